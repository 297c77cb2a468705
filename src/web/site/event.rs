//! `/events/{id}` for people, `/events/{id}.ics` for calendars.

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::articles::{self, ListedArticle};
use super::cards::{Card, Label};
use super::chrome::Chrome;
use super::error::PageError;
use super::id::Id;
use super::language::Language;
use super::{Site, feeds, json_ld, moved};
use crate::domain::event::Event;
use crate::domain::links::Links;
use crate::domain::wording::Locale;
use crate::markdown::description;

pub fn router() -> Router<Site> {
    Router::new().route("/events/{id}", get(event))
}

#[derive(Template)]
#[template(path = "page/event.html")]
struct EventPage {
    chrome: Chrome,
    card: Card,
    /// The whole address of this page.
    page_url: String,
    calendar_url: String,
    description: String,
    url: String,
    links: Vec<Link>,
    /// That it is cancelled, and why, if that is known.
    cancelled: String,
    organizer: String,
    location: String,
    standards_label: String,
    standards: Vec<Label>,
    /// How it repeats, and its next dates.
    repeat: String,
    next: Vec<NextDate>,
    articles: Vec<ListedArticle>,
    json_ld: String,
}

/// An address that people follow by its words.
struct Link {
    words: String,
    address: String,
}

/// One of the coming dates of a repeating event.
struct NextDate {
    when: String,
    note: String,
    is_cancelled: bool,
    /// How to join this one, where that is otherwise than for the others.
    links: Vec<Link>,
}

impl NextDate {
    /// `plain`: what the series says of the same date.
    fn of(event: &Event, plain: &Event, locale: Locale) -> Self {
        let (now, then) = (&event.details, &plain.details);
        let mut notes = Vec::new();
        if event.is_cancelled() {
            notes.push(locale.say("cancelled"));
            notes.extend(Some(event.cancel_reason.clone()).filter(|reason| !reason.is_empty()));
        }
        if now.when != then.when {
            notes.push(locale.with("event-instead-of", "when", locale.when(&then.when)));
        }
        if now.title != then.title {
            notes.push(now.title.clone());
        }
        if now.location != then.location {
            notes.extend(Some(now.place().to_owned()).filter(|place| !place.is_empty()));
        }
        let links = if now.join_url == then.join_url { Vec::new() } else { links(event, locale) };
        let note = notes.into_iter().reduce(|all, note| locale.joined(all, note)).unwrap_or_default();
        Self { when: locale.when(&now.when), note, is_cancelled: event.is_cancelled(), links }
    }
}

fn links(event: &Event, locale: Locale) -> Vec<Link> {
    event.links().map(|(phrase, address)| Link { words: locale.say(phrase), address }).collect()
}

/// How many of the coming dates of a repeating event its page names.
const NEXT_SHOWN: usize = 6;

async fn event(
    State(site): State<Site>,
    Path(name): Path<String>,
    language: Language,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let (id, for_calendars) = match name.strip_suffix(".ics") {
        Some(id) => (id, true),
        None => (name.as_str(), false),
    };
    let Id(id) = Id::in_any_spelling(id)?;
    let snapshot = site.snapshots.current().await?;
    let event = snapshot.public(id).ok_or(PageError::NotFound)?;
    if event.removed && !for_calendars {
        return Err(PageError::NotFound);
    }
    let address = if for_calendars { Links::HERE.event_calendar(id) } else { Links::HERE.event(id) };
    if let Some(moved) = moved::to(&address, &uri) {
        return Ok(moved);
    }
    if for_calendars {
        return Ok(feeds::one_event(&site, event, &headers).into_response());
    }
    let details = &event.details;
    let locale = language.locale();
    let today = site.config.site.timezone.at(site.store.now()).date();
    let now = site.store.now();
    let next = match event.details.repeat {
        Some(_) if !event.is_cancelled() => event.next_occurrences(now, NEXT_SHOWN),
        _ => Vec::new(),
    };
    let next_date = |date: &Event| {
        let plain = date.occurrence.map_or_else(|| date.clone(), |start| event.plain_occurrence(start));
        NextDate::of(date, &plain, locale)
    };
    // Of what repeats, the date that comes next is what people look for.
    let shown = next.iter().find(|date| !date.is_cancelled()).unwrap_or(event);
    let page = EventPage {
        card: Card::of(shown, today, locale),
        page_url: site.config.site.links().event(id),
        calendar_url: Links::HERE.event_calendar(id),
        repeat: locale.repeat_of(details),
        next: next.iter().map(next_date).collect(),
        description: description::html(details),
        url: details.url.clone(),
        links: links(shown, locale),
        cancelled: match event.cancel_reason.as_str() {
            "" => String::new(),
            reason => locale.with("cancelled-because", "reason", reason),
        },
        organizer: details.organizer.clone(),
        location: details.place().to_owned(),
        standards_label: locale.with("event-standards", "count", details.standards.len()),
        standards: details.standards.iter().map(|name| Label::standard(name)).collect(),
        articles: articles::about(&site, event, locale).await?,
        json_ld: json_ld::event(event, site.config.site.links(), locale),
        chrome: Chrome::of(&site, &language),
    };
    Ok(page.chrome.page(StatusCode::OK, &page)?)
}
