//! The first page: what is coming up.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use jiff::civil::Time;
use jiff::{SignedDuration, Timestamp};

use super::Site;
use super::agenda::{Page, agenda};
use super::articles::{self, ListedArticle};
use super::cards::{Card, Day};
use super::chrome::Chrome;
use super::error::PageError;
use super::follow::Follow;
use super::language::Language;
use super::query::FilterQuery;
use super::search::Search;
use crate::domain::event::Event;
use crate::domain::filter::EventFilter;
use crate::domain::links::Links;
use crate::domain::when::Window;
use crate::domain::zone::Zone;
use crate::web::kept::snapshot::Snapshot;

pub fn router() -> Router<Site> {
    Router::new().route("/", get(home))
}

#[derive(Template)]
#[template(path = "page/home.html")]
struct HomePage {
    chrome: Chrome,
    days: Vec<Day>,
    /// Only a month, a quarter or a year is known.
    expected: Vec<Card>,
    /// Where the dates go on that are too many for one page.
    later_url: Option<String>,
    past: Vec<Card>,
    month_url: String,
    search: Search,
    follow: Follow,
    /// What is asked for is told only where it must be.
    is_long: bool,
    articles: Vec<ListedArticle>,
    can_subscribe: bool,
}

/// How many coming events a page shows before it points to the next.
const AHEAD_SHOWN: usize = 150;

/// How many past events the first page shows, unless a search asks for them.
const PAST_SHOWN: usize = 8;

/// How many articles the first page names.
const ARTICLES_SHOWN: usize = 3;

/// How far around the first day of a page the dates of a repeating event are listed, unless others are asked for.
const REPEATS_AHEAD_DAYS: i64 = 92;
const REPEATS_BEHIND_DAYS: i64 = 14;

async fn home(State(site): State<Site>, language: Language, query: FilterQuery) -> Result<Response, PageError> {
    let filter = query.filter(&site.config.site.timezone)?;
    let locale = language.locale();
    let search = Search::of(&query, &filter, locale);
    let snapshot = site.snapshots.current().await?;
    let articles = match search.is_filtered || query.page().is_some() {
        true => Vec::new(),
        false => articles::newest(&site, locale, ARTICLES_SHOWN).await?,
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
    let matcher = filter.matcher();
    let chosen = snapshot.visible().filter(|event| matcher.matches(event));
    let (repeating, single): (Vec<&Event>, Vec<&Event>) = chosen.partition(|event| event.details.repeat.is_some());
    let dates = dates(&repeating, filter, &page, zone);
    let agenda = agenda(single.into_iter().chain(&dates), &page, zone);
    let cards = |events: &[&Event]| events.iter().map(|event| Card::of(event, today, locale)).collect::<Vec<_>>();
    let page = HomePage {
        days: agenda.days.iter().map(|(day, events)| Day::of(*day, events, today, locale)).collect(),
        expected: cards(&agenda.expected),
        later_url: agenda.next_page.map(|day| query.next_page(day)),
        past: cards(&agenda.past),
        month_url: query.at(&Links::HERE.month(page.from.unwrap_or(today))),
        search,
        follow: Follow::of(site.config.site.links(), &query.canonical()),
        is_long: query.is_long(),
        articles,
        can_subscribe: !site.config.digests.is_empty(),
        chrome: Chrome::of(site, language),
    };
    Ok(page.chrome.page(StatusCode::OK, &page)?)
}

/// What a page lists of repeating events: the dates near the page's first day, or those asked for; at least the next.
fn dates(repeating: &[&Event], filter: &EventFilter, page: &Page, zone: &Zone) -> Vec<Event> {
    let first = page.from.map_or(page.now, |day| zone.instant(day.to_datetime(Time::midnight())));
    let shifted = |at: Timestamp, days: i64| at.saturating_add(SignedDuration::from_hours(24 * days)).unwrap_or(at);
    let near = Window {
        from: filter.window.from.max(shifted(first, -REPEATS_BEHIND_DAYS)),
        to: filter.window.to.min(shifted(first.max(filter.window.from), REPEATS_AHEAD_DAYS)),
    };
    let mut found = Vec::new();
    for event in repeating {
        let known = found.len();
        found.extend(event.occurrences(near));
        if found[known..].iter().all(|event| event.details.when.end_instant() < first) {
            found.extend(event.next_occurrence(first).filter(|next| filter.matches(next)));
        }
    }
    found
}
