//! The first page: what is coming up.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;

use super::Site;
use super::agenda::Page;
use super::articles::{self, ListedArticle};
use super::cards::Label;
use super::chrome::Chrome;
use super::error::PageError;
use super::follow::Follow;
use super::language::Language;
use super::listing::Listing;
use super::meant::Offers;
use super::query::FilterQuery;
use super::search::Search;
use crate::domain::filter::EventFilter;
use crate::domain::links::Links;
use crate::store::Snapshot;

pub fn router() -> Router<Site> {
    Router::new().route("/", get(home))
}

#[derive(Template)]
#[template(path = "page/home.html")]
struct HomePage {
    chrome: Chrome,
    listing: Listing,
    /// Where nothing is found.
    offers: Offers,
    /// What is said where nothing is to come.
    none: String,
    past_heading: String,
    /// Where the dates go on that are too many for one page.
    later_url: Option<String>,
    /// What the panel says that one follows.
    follow_lead: String,
    month_url: String,
    search: Search,
    follow: Follow,
    /// What is asked for is told only where it must be.
    is_long: bool,
    articles: Vec<ListedArticle>,
    /// Of most events.
    topics: Arc<Vec<Label>>,
    can_subscribe: bool,
}

/// How many coming events a page shows before it points to the next.
const AHEAD_SHOWN: usize = 150;

/// How many past events the first page shows, unless a search asks for them.
const PAST_SHOWN: usize = 8;

/// How many articles the first page names.
const ARTICLES_SHOWN: usize = 3;

/// How many of those that a search finds.
const ARTICLES_FOUND: usize = 5;

async fn home(State(site): State<Site>, language: Language, query: FilterQuery) -> Result<Response, PageError> {
    let filter = query.filter(&site.config.site.timezone)?;
    let locale = language.locale();
    let search = Search::of(&query, &filter, "/", locale);
    let snapshot = site.snapshots.current().await?;
    let articles = match query.page() {
        Some(_) => Vec::new(),
        None if search.is_filtered => articles::found(&site, &query, locale, ARTICLES_FOUND).await?,
        None => articles::newest(&site, locale, ARTICLES_SHOWN).await?,
    };
    let made = {
        let site = site.clone();
        move || page(&site, &language, &query, &filter, search, &snapshot, articles)
    };
    site.work.run(made).await?
}

/// The page itself: among many events, looking for those that match takes a while.
fn page(
    site: &Site,
    language: &Language,
    query: &FilterQuery,
    filter: &EventFilter,
    search: Search,
    snapshot: &Snapshot,
    articles: Vec<ListedArticle>,
) -> Result<Response, PageError> {
    let locale = language.locale();
    let now = site.store.now();
    let zone = &site.config.site.timezone;
    let today = zone.at(now).date();
    let page = Page {
        now,
        from: query.page(),
        most_ahead: AHEAD_SHOWN,
        most_past: if search.is_filtered { AHEAD_SHOWN } else { PAST_SHOWN },
    };
    let listing = Listing::of(snapshot, filter, &page, zone, locale);
    let offers = match listing.is_empty() && articles.is_empty() && search.is_filtered {
        true => Offers::of(&site.vocabulary, snapshot, query),
        false => Offers::default(),
    };
    let page = HomePage {
        offers,
        later_url: listing.next_page.map(|day| query.next_page(day)),
        listing,
        none: locale.say(if search.is_filtered { "home-none-matches" } else { "home-none" }),
        past_heading: locale.say(if search.is_filtered { "home-past" } else { "home-just-past" }),
        follow_lead: locale.say(if search.is_filtered { "follow-filtered" } else { "follow-all" }),
        month_url: query.at(&Links::HERE.month(page.from.unwrap_or(today))),
        search,
        follow: Follow::of(site.config.site.links(), query),
        is_long: query.is_long(),
        articles,
        topics: site.vocabulary.most_used(snapshot),
        can_subscribe: !site.config.digests.is_empty(),
        chrome: Chrome::of(site, language),
    };
    Ok(page.chrome.page(StatusCode::OK, &page)?)
}
