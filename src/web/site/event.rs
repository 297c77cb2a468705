//! `/events/{id}` for people, `/events/{id}.ics` for calendars.

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::articles::{self, ListedArticle};
use super::cards::{Card, Label};
use super::chrome::Chrome;
use super::error::PageError;
use super::id::Id;
use super::language::Language;
use super::ways::WaysOfOne;
use super::{Site, feeds, json_ld, moved};
use crate::domain::changes::Change;
use crate::domain::changes::turns::{Turn, turns};
use crate::domain::event::Event;
use crate::domain::links::Links;
use crate::domain::text;
use crate::domain::when::{Point, When, Window};
use crate::domain::wording::{Clock, Locale, Value};
use crate::domain::zone::Zone;
use crate::markdown::description;
use crate::store::Error;

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
    /// With its weekday.
    when: String,
    /// The same where it is another hour: by the reader's clock once a script knows it, by the site's until then.
    elsewhere: Option<Elsewhere>,
    /// Of one date.
    ways: Option<WaysOfOne>,
    /// What changed since it was public, the last first.
    turns: Vec<String>,
    /// The date of a repeating event that came last.
    last: String,
    description: String,
    url: String,
    links: Vec<Link>,
    /// That it is cancelled, and why, if that is known.
    cancelled: String,
    organizer: String,
    location: String,
    /// What else takes place there.
    place_url: String,
    standards_label: String,
    standards: Vec<Label>,
    /// How it repeats, and its next dates.
    repeat: String,
    next: Vec<NextDate>,
    articles: Vec<ListedArticle>,
    json_ld: String,
}

/// An event's hours for a script to tell by the reader's own clock.
struct Elsewhere {
    /// RFC 3339; the end is empty if it has none.
    begins: String,
    ends: String,
    zone: String,
    /// By the site's clock; empty if that is the event's own.
    told: String,
}

impl Elsewhere {
    fn of(when: &When, site_zone: &Zone, locale: Locale) -> Option<Self> {
        let Point::Minute(_) = when.start() else { return None };
        let begins = when.first_instant();
        let is_other = |at| when.zone().at(at).offset() != site_zone.at(at).offset();
        let here = Clock::at(begins, site_zone, false);
        Some(Self {
            begins: begins.to_string(),
            ends: when.end().map(|_| when.end_instant().to_string()).unwrap_or_default(),
            zone: when.zone().name().to_owned(),
            told: if is_other(begins) { locale.long_when_by(when, &here) } else { String::new() },
        })
    }
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

/// What changed when, in words.
fn turned(turn: &Turn, today: Date, zone: &Zone, locale: Locale) -> Option<String> {
    let day = zone.at(turn.at).date();
    let day = if day.year() == today.year() { locale.day_of_year(day) } else { locale.day(day) };
    let when = |when: &When| Value::from(locale.when(when));
    let (phrase, values) = match &turn.change {
        Change::Moved { before } => ("turn-moved", vec![("before", when(before)), ("when", when(&turn.when))]),
        Change::Exact { before } => ("turn-exact", vec![("before", when(before)), ("when", when(&turn.when))]),
        Change::Relocated { before } => ("turn-relocated", vec![("before", text::single_line(before).into())]),
        Change::Placed => ("turn-placed", Vec::new()),
        Change::Cancelled => ("turn-cancelled", Vec::new()),
        Change::Reinstated => ("turn-reinstated", Vec::new()),
        _ => return None,
    };
    Some(locale.tell(phrase, values.into_iter().chain([("day", day.into())])))
}

/// So many changes are told.
const TURNS_SHOWN: usize = 6;

/// How far back the last date of a repeating event is looked for.
const LAST_WITHIN_DAYS: i64 = 400;

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
    let mut history = match site.store.event_history(id).await {
        // The event itself is there and can be shown.
        Err(error @ Error::Damaged(_)) => {
            tracing::warn!(%error, event = id, "its history can't be told");
            Vec::new()
        }
        history => history?,
    };
    // What was done since the events were looked at is not seen in them yet.
    history.retain(|revision| revision.line <= snapshot.head);
    let turns = turns(event, &history);
    let moved_from = turns.iter().rev().find_map(|turn| match &turn.change {
        Change::Moved { before } => Some(before),
        _ => None,
    });
    let (page_url, zone) = (site.config.site.links().event(id), &site.config.site.timezone);
    let page = EventPage {
        when: locale.long_when(&shown.details.when),
        elsewhere: Elsewhere::of(&shown.details.when, zone, locale),
        ways: WaysOfOne::of(event, &page_url),
        last: last_date(event, now).map(|when| locale.when(&when)).unwrap_or_default(),
        turns: turns.iter().rev().filter_map(|turn| turned(turn, today, zone, locale)).take(TURNS_SHOWN).collect(),
        json_ld: json_ld::event(event, moved_from, site.config.site.links(), locale),
        card: Card::of(shown, today, locale),
        page_url,
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
        place_url: Links::HERE.at_place(details.place()),
        standards_label: locale.with("event-standards", "count", details.standards.len()),
        standards: details.standards.iter().map(|name| Label::standard(name)).collect(),
        articles: articles::about(&site, event, locale).await?,
        chrome: Chrome::of(&site, &language),
    };
    Ok(page.chrome.page(StatusCode::OK, &page)?)
}

/// The date of a repeating event that came last before `now`.
fn last_date(event: &Event, now: Timestamp) -> Option<When> {
    event.details.repeat.as_ref()?;
    let since = now.checked_sub(SignedDuration::from_hours(24 * LAST_WITHIN_DAYS)).ok()?;
    let dates = event.occurrences(Window { from: since, to: now }).into_iter().filter(|date| !date.is_cancelled());
    let over = dates.map(|date| date.details.when).filter(|when| when.end_instant() <= now);
    over.max_by_key(When::first_instant)
}
