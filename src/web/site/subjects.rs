//! `/topics`, `/standards`, `/kinds`: what there is of one thing, with its calendar, its articles and mail about it.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
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
use super::life::Life;
use super::listing::Listing;
use super::query::FilterQuery;
use crate::domain::event::{Event, Kind};
use crate::domain::filter::EventFilter;
use crate::domain::links::{Links, STANDARDS, TOPICS};
use crate::domain::standard;
use crate::domain::text;
use crate::store::Snapshot;

/// How many dates a page shows that are to come, and that are over.
const AHEAD_SHOWN: usize = 100;
const PAST_SHOWN: usize = 50;
/// Articles about so many events are looked for.
const EVENTS_WITH_ARTICLES: usize = 20;

pub fn router() -> Router<Site> {
    Router::new()
        .route(TOPICS, get(topics))
        .route("/topics/{*topic}", get(topic))
        .route(STANDARDS, get(standards))
        .route("/standards/{*standard}", get(standard_page))
        .route("/kinds/{kind}", get(kind))
}

#[derive(Template)]
#[template(path = "page/labels.html")]
struct LabelsPage {
    chrome: Chrome,
    title: String,
    /// What is said where there is none.
    none: String,
    /// With how many dates each has.
    labels: Vec<(Label, usize)>,
}

async fn topics(State(site): State<Site>, language: Language) -> Result<Response, PageError> {
    let snapshot = site.snapshots.current().await?;
    let gather = move || snapshot.topics().map(|(name, count)| (Label::topic(name), count)).collect();
    let labels = site.work.run(gather).await?;
    list(&site, &language, ("topics", "topics-none"), labels)
}

async fn standards(State(site): State<Site>, language: Language) -> Result<Response, PageError> {
    let snapshot = site.snapshots.current().await?;
    let gather = move || snapshot.standards().map(|(name, count)| (Label::standard(name), count)).collect();
    let labels = site.work.run(gather).await?;
    list(&site, &language, ("standards", "standards-none"), labels)
}

fn list(
    site: &Site,
    language: &Language,
    (title, none): (&str, &str),
    labels: Vec<(Label, usize)>,
) -> Result<Response, PageError> {
    let locale = language.locale();
    let page = LabelsPage {
        title: locale.tell(title, []),
        none: locale.tell(none, []),
        labels,
        chrome: Chrome::of(site, language),
    };
    Ok(page.chrome.page(StatusCode::OK, &page)?)
}

/// What a page is about.
struct Subject {
    heading: String,
    /// What it is: a topic, a kind, a standard.
    label: String,
    /// The one address of its page.
    path: String,
    query: FilterQuery,
    articles: Vec<ListedArticle>,
    /// The sign-up for mail about it; empty if there is none.
    mail_url: String,
    /// Of a standard, its key.
    standard: Option<String>,
    /// Of a standard of which several editions are known.
    editions: Vec<Label>,
}

#[derive(Template)]
#[template(path = "page/subject.html")]
struct SubjectPage {
    chrome: Chrome,
    heading: String,
    label: String,
    canonical_url: String,
    listing: Listing,
    none: String,
    past_heading: String,
    later_url: Option<String>,
    follow: Follow,
    follow_lead: String,
    articles: Vec<ListedArticle>,
    mail_url: String,
    life: Option<Life>,
    editions: Vec<Label>,
}

async fn topic(
    State(site): State<Site>,
    Path(asked): Path<String>,
    language: Language,
    query: FilterQuery,
) -> Result<Response, PageError> {
    let (snapshot, locale) = (site.snapshots.current().await?, language.locale());
    let known = snapshot.topics().map(|(name, _)| name).find(|name| text::is_same(name, &asked)).map(str::to_owned);
    let articles = articles::with_topic(&site, &asked, locale).await?;
    let of_article = || articles.first()?.topics.iter().find(|own| text::is_same(own, &asked)).cloned();
    let name = known.or_else(of_article).ok_or(PageError::NotFound)?;
    let subject = Subject {
        label: locale.say("subject-topic"),
        path: Links::HERE.topic(&name),
        query: FilterQuery::about("topic", &name, &query),
        articles,
        mail_url: mail_url(&site, "topic", &name),
        standard: None,
        editions: Vec::new(),
        heading: name,
    };
    show(site, language, subject, snapshot).await
}

async fn kind(
    State(site): State<Site>,
    Path(asked): Path<String>,
    language: Language,
    query: FilterQuery,
) -> Result<Response, PageError> {
    let kind: Kind = asked.parse().map_err(|_| PageError::NotFound)?;
    let (snapshot, locale) = (site.snapshots.current().await?, language.locale());
    let subject = Subject {
        heading: locale.kind(kind),
        label: locale.say("subject-kind"),
        path: Links::HERE.kind(kind),
        query: FilterQuery::about("kind", kind.as_str(), &query),
        articles: Vec::new(),
        mail_url: mail_url(&site, "kind", kind.as_str()),
        standard: None,
        editions: Vec::new(),
    };
    show(site, language, subject, snapshot).await
}

/// Of an edition, or of all editions of a number.
async fn standard_page(
    State(site): State<Site>,
    Path(asked): Path<String>,
    language: Language,
    query: FilterQuery,
) -> Result<Response, PageError> {
    let (snapshot, locale, key) = (site.snapshots.current().await?, language.locale(), standard::key(&asked));
    let known = snapshot.standards().map(|(name, _)| name).filter(|name| standard::matches(&standard::key(name), &key));
    let known: Vec<String> = known.map(str::to_owned).collect();
    let first = known.first().ok_or(PageError::NotFound)?;
    let whole = known.iter().find(|name| standard::key(name) == key);
    let name =
        whole.map_or_else(|| without_year(first, &key).unwrap_or_else(|| text::single_line(&asked)), Clone::clone);
    let filter = EventFilter { standard: name.clone(), ..EventFilter::default() };
    let matcher = filter.matcher();
    let events: Vec<Arc<Event>> = snapshot.visible(&matcher).map(|it| it.event.clone()).collect();
    let mut articles: Vec<ListedArticle> = Vec::new();
    for event in events.iter().rev().take(EVENTS_WITH_ARTICLES) {
        for article in articles::about(&site, event, locale).await? {
            if articles.iter().all(|known| known.url != article.url) {
                articles.push(article);
            }
        }
    }
    let subject = Subject {
        label: locale.say("subject-standard"),
        path: Links::HERE.standard(&name),
        query: FilterQuery::about("standard", &name, &query),
        articles,
        mail_url: mail_url(&site, "topic", &name),
        standard: Some(key.clone()),
        editions: known.iter().filter(|name| standard::key(name) != key).map(|name| Label::standard(name)).collect(),
        heading: name,
    };
    show(site, language, subject, snapshot).await
}

/// The sign-up for mail about something; empty where there is no digest.
fn mail_url(site: &Site, what: &str, name: &str) -> String {
    if site.config.digests.is_empty() { String::new() } else { Links::HERE.subscribe_to(what, name) }
}

/// An identifier as it is spelled without its year, if that is what a key means.
fn without_year(name: &str, key: &str) -> Option<String> {
    let ends = name.char_indices().map(|(at, _)| at).filter(|at| *at > 0);
    let mut beginnings = ends.map(|at| &name[..at]).filter(|begin| standard::key(begin) == key);
    beginnings.next().map(|begin| begin.trim_end().to_owned())
}

async fn show(
    site: Site,
    language: Language,
    subject: Subject,
    snapshot: Arc<Snapshot>,
) -> Result<Response, PageError> {
    let filter = subject.query.filter(&site.config.site.timezone)?;
    let made = {
        let site = site.clone();
        move || page(&site, &language, subject, &filter, &snapshot)
    };
    site.work.run(made).await?
}

/// The page itself: among many events, looking for those that match takes a while.
fn page(
    site: &Site,
    language: &Language,
    subject: Subject,
    filter: &EventFilter,
    snapshot: &Snapshot,
) -> Result<Response, PageError> {
    let (locale, zone, links) = (language.locale(), &site.config.site.timezone, site.config.site.links());
    let (now, from) = (site.store.now(), subject.query.page());
    let shown = Page { now, from, most_ahead: AHEAD_SHOWN, most_past: PAST_SHOWN };
    let listing = Listing::of(snapshot, filter, &shown, zone, locale);
    let life = subject.standard.and_then(|key| {
        let matcher = filter.matcher();
        let events: Vec<&Event> = snapshot.visible(&matcher).map(|it| &**it.event).collect();
        Life::of(&events, &key, locale)
    });
    let page = SubjectPage {
        later_url: listing.next_page.map(|day| subject.query.next_page(day)),
        none: locale.say("subject-none"),
        past_heading: locale.say("home-past"),
        listing,
        follow: Follow::of(links, &subject.query),
        follow_lead: locale.say("subject-follow"),
        canonical_url: links.at(&subject.path),
        heading: subject.heading,
        label: subject.label,
        articles: subject.articles,
        mail_url: subject.mail_url,
        life,
        editions: subject.editions,
        chrome: Chrome::of(site, language),
    };
    Ok(page.chrome.page(StatusCode::OK, &page)?)
}
