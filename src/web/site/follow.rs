//! The ways to follow what a page shows, and `/follow`, which tells them all and what happens then.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use jiff::Timestamp;

use super::Site;
use super::cards::Label;
use super::chrome::Chrome;
use super::error::PageError;
use super::language::Language;
use super::query::FilterQuery;
use super::search::Search;
use super::ways::{Ways, webcal};
use crate::config::Config;
use crate::domain::filter::EventFilter;
use crate::domain::links::{EMBED, FOLLOW, Links};
use crate::domain::wording::Locale;
use crate::feed::{Format, LARGE_EVENTS, Past};
use crate::store::Snapshot;

/// Of the questions in an address.
const LONGEST_EMBEDDED: usize = 1000;

/// Google takes no longer address, and does not say so.
const LONGEST_FOR_GOOGLE: usize = 256;

pub fn router() -> Router<Site> {
    Router::new().route(FOLLOW, get(follow))
}

/// The ways in a panel beside what is followed.
pub struct Follow {
    pub calendar_url: String,
    pub webcal_url: String,
    /// Where all ways are told.
    pub more_url: String,
    pub atom_path: String,
    pub json_path: String,
}

impl Follow {
    /// Of the events that these questions ask for.
    pub fn of(links: Links<'_>, query: &FilterQuery) -> Self {
        let calendar_url = links.at(&query.at(Format::Calendar.path()));
        Self {
            webcal_url: webcal(&calendar_url),
            calendar_url,
            more_url: query.at(FOLLOW),
            atom_path: query.at(Format::Atom.path()),
            json_path: query.at(Format::Json.path()),
        }
    }
}

#[derive(Template)]
#[template(path = "page/follow_page.html")]
struct FollowPage {
    chrome: Chrome,
    search: Search,
    lead: String,
    ways: Ways,
    /// What a program may not take of it.
    limits: Vec<String>,
    /// Smaller calendars, where this is too large.
    topics: Arc<Vec<Label>>,
    /// Where this one has what is long over, too; none where it does anyhow.
    whole_url: Option<String>,
    atom_url: String,
    json_url: String,
    /// A line of HTML that shows it on another site; empty where that is too long to be told once more.
    embed_line: String,
    /// Another line, which makes the frame as high as what it shows.
    height_line: String,
    can_subscribe: bool,
    mail_url: String,
}

async fn follow(State(site): State<Site>, language: Language, query: FilterQuery) -> Result<Response, PageError> {
    let filter = query.filter(&site.config.site.timezone)?;
    let snapshot = site.snapshots.current().await?;
    let made = {
        let site = site.clone();
        move || page(&site, &language, &query, &filter, &snapshot)
    };
    site.work.run(made).await?
}

fn page(
    site: &Site,
    language: &Language,
    query: &FilterQuery,
    filter: &EventFilter,
    snapshot: &Snapshot,
) -> Result<Response, PageError> {
    let (locale, links, title) = (language.locale(), site.config.site.links(), site.config.site.title.as_str());
    let search = Search::of(query, filter, FOLLOW, locale);
    let address = links.at(&query.at(Format::Calendar.path()));
    let is_large = size(snapshot, filter, &site.config, site.store.now()) > LARGE_EVENTS;
    let topics: Vec<_> = query.all("topic");
    let page = FollowPage {
        lead: locale.say(if search.is_filtered { "follow-filtered" } else { "follow-all" }),
        limits: limits(&address, is_large, locale),
        topics: if is_large { site.vocabulary.most_used(snapshot) } else { Arc::default() },
        whole_url: site.config.feed.past.as_ref().map(|_| links.at(&query.of_whole(Format::Calendar.path()))),
        atom_url: query.at(Format::Atom.path()),
        json_url: query.at(Format::Json.path()),
        embed_line: embed_line(links, title, query),
        height_line: format!("<script src=\"{}\" defer></script>", links.at("/assets/frame.js")),
        can_subscribe: !site.config.digests.is_empty(),
        mail_url: match topics.as_slice() {
            [topic] => Links::HERE.subscribe_to("topic", topic),
            _ => Links::HERE.subscribe(),
        },
        ways: Ways::of(address, title, &links.at(&query.at(FOLLOW))),
        search,
        chrome: Chrome::of(site, language),
    };
    Ok(page.chrome.page(StatusCode::OK, &page)?)
}

/// How many events a calendar holds, about.
fn size(snapshot: &Snapshot, filter: &EventFilter, config: &Config, now: Timestamp) -> usize {
    let begins = Past::of(config).map_or(Timestamp::MIN, |past| past.begins(now));
    snapshot.visible(&filter.matcher()).filter(|it| it.extent().to > begins).count()
}

fn limits(address: &str, is_large: bool, locale: Locale) -> Vec<String> {
    let large = is_large.then(|| locale.with("follow-large", "most", LARGE_EVENTS));
    let long = (address.chars().count() > LONGEST_FOR_GOOGLE).then(|| locale.say("follow-long"));
    large.into_iter().chain(long).collect()
}

fn embed_line(links: Links<'_>, title: &str, query: &FilterQuery) -> String {
    let quoted = |text: &str| text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;");
    let (embedded, title) = (quoted(&links.at(&query.at(EMBED))), quoted(title));
    if embedded.len() > LONGEST_EMBEDDED {
        return String::new();
    }
    format!(
        "<iframe src=\"{embedded}\" title=\"{title}\" width=\"100%\" height=\"600\" style=\"border:0\" loading=\"lazy\"></iframe>"
    )
}
