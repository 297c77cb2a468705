//! All events, by date, a page at a time.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::{SignedDuration, Timestamp};

use super::super::chrome::{Choice, Chrome};
use super::super::trouble::{Trouble, told_refusal};
use super::super::visitor::{At, Events};
use crate::domain::event::{Event, Kind, Status};
use crate::domain::filter::EventFilter;
use crate::domain::links::DESK;
use crate::domain::refused::Code;
use crate::domain::wording::Locale;
use crate::office::Place;

/// So many are on a page.
const ON_A_PAGE: usize = 50;
/// Without a question the list begins so long ago.
const SHOWN_SINCE: SignedDuration = SignedDuration::from_hours(30 * 24);

/// One line.
pub struct Row {
    pub id: i64,
    pub url: String,
    pub title: String,
    pub when: String,
    pub repeats: String,
    pub kind: Kind,
    pub kind_label: String,
    pub status: Status,
    /// Empty where it is as most are.
    pub status_label: String,
    pub topics: String,
}

impl Row {
    pub fn of(event: &Event, locale: Locale) -> Self {
        let details = &event.details;
        Self {
            id: event.id,
            url: format!("{DESK}/events/{}", event.id),
            title: details.title.clone(),
            when: locale.when(&details.when),
            repeats: locale.repeat_of(details),
            kind: details.kind,
            kind_label: locale.kind(details.kind),
            status: details.status,
            status_label: status_label(details.status, locale),
            topics: details.topics.join(", "),
        }
    }
}

/// What is to be said of a state that is not the usual one.
pub fn status_label(status: Status, locale: Locale) -> String {
    match status {
        Status::Confirmed => String::new(),
        Status::Tentative => locale.say("tentative"),
        Status::Draft => locale.say("desk-draft"),
        Status::Cancelled => locale.say("cancelled"),
    }
}

#[derive(Template)]
#[template(path = "desk/events.html")]
struct ListPage {
    chrome: Chrome,
    rows: Vec<Row>,
    kinds: Vec<Choice>,
    statuses: Vec<Choice>,
    q: String,
    topic: String,
    standard: String,
    organizer: String,
    from: String,
    to: String,
    /// What is wrong with the question; empty if nothing is.
    wrong: String,
    done: String,
    /// Of the next page; empty if there is none.
    next: String,
    /// To all that is older; empty where that is shown.
    all: String,
}

/// The question of a query, with what is wrong in it.
pub fn filter_of<N>(at: &At<N>) -> (EventFilter, String) {
    let kinds: Vec<Kind> = at.all_asked("kind").iter().filter_map(|kind| kind.parse().ok()).collect();
    let statuses: Vec<Status> = at.all_asked("status").iter().filter_map(|status| status.parse().ok()).collect();
    let text = |name: &str| at.asked(name).unwrap_or_default().to_owned();
    let filter = EventFilter {
        kinds,
        statuses,
        topics: at.all_asked("topic"),
        standard: text("standard"),
        organizer: text("organizer"),
        search: text("q"),
        ..EventFilter::default()
    };
    match filter.clone().between(at.asked("from"), at.asked("to"), at.office().zone()) {
        Ok(filter) => (filter, String::new()),
        Err(wrong) => (filter, told_refusal(at.locale(), Code::Invalid, &wrong.to_string())),
    }
}

pub async fn show(at: At<Events>) -> Result<Response, Trouble> {
    let locale = at.locale();
    let (mut filter, wrong) = filter_of(&at);
    let after = at.asked("after").and_then(place);
    let is_plain = ["kind", "status", "topic", "standard", "organizer", "q", "from", "to", "all"]
        .iter()
        .all(|name| at.asked(name).is_none());
    if is_plain {
        filter.window.from = at.office().now() - SHOWN_SINCE;
    }
    let page = at.office().events_after(&filter, after, ON_A_PAGE).await?;
    let choice = |value: &str, label: String, name: &str| Choice {
        is_chosen: at.all_asked(name).iter().any(|chosen| chosen == value),
        value: value.to_owned(),
        label,
    };
    let text = |name: &str| at.asked(name).unwrap_or_default().to_owned();
    let listed = ListPage {
        chrome: at.chrome(locale.say("desk-events")).await?,
        rows: page.events.iter().map(|event| Row::of(event, locale)).collect(),
        kinds: Kind::ALL.iter().map(|kind| choice(kind.as_str(), locale.kind(*kind), "kind")).collect(),
        statuses: Status::ALL
            .iter()
            .map(|status| choice(status.as_str(), status_name(*status, locale), "status"))
            .collect(),
        q: text("q"),
        topic: text("topic"),
        standard: text("standard"),
        organizer: text("organizer"),
        from: text("from"),
        to: text("to"),
        wrong,
        done: at.done(),
        next: page.next.map(|next| at.further("after", &told(next))).unwrap_or_default(),
        all: if is_plain { format!("{DESK}/events?all=1") } else { String::new() },
    };
    listed.chrome.page(StatusCode::OK, &listed)
}

/// What a state is called.
pub fn status_name(status: Status, locale: Locale) -> String {
    match status {
        Status::Confirmed => locale.say("desk-confirmed"),
        other => status_label(other, locale),
    }
}

/// A place as an address tells it,
fn told(place: Place) -> String {
    format!("{}.{}", place.at.as_second(), place.id)
}

/// and as it is read there.
fn place(text: &str) -> Option<Place> {
    let (at, id) = text.split_once('.')?;
    Some(Place { at: Timestamp::from_second(at.parse().ok()?).ok()?, id: id.parse().ok()?, occurrence: None })
}
