//! Pages for readers: what is coming up, and one event.

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use jiff::civil::{Date, Time};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::agenda::{Page, agenda};
use super::chrome::Chrome;
use super::error::PageError;
use super::query::FilterQuery;
use super::{Site, feeds};
use crate::domain::event::{Event, Kind, Status};
use crate::domain::filter::EventFilter;
use crate::domain::when::{Point, Window};
use crate::domain::wording::Locale;
use crate::domain::zone::Zone;
use crate::feed::Format;

pub fn router() -> Router<Site> {
    Router::new().route("/", get(home)).route("/events/{id}", get(event))
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
    kinds: Vec<(Kind, bool)>,
    query: String,
    is_filtered: bool,
    follow: Follow,
    can_subscribe: bool,
}

struct Day {
    heading: String,
    aside: String,
    cards: Vec<Card>,
}

impl Day {
    fn of(day: Option<Date>, events: &[&Event], today: Date) -> Self {
        let card = |event: &&Event| {
            let mut card = Card::of(event, today);
            if day.is_some() {
                // The heading says it already; a range or a time says more.
                card.aside.clear();
                let when = &event.details.when;
                if when.end().is_none() && matches!(when.start(), Point::Day(_)) {
                    card.when.clear();
                }
            }
            card
        };
        Self {
            heading: day.map_or("Now".into(), |day| Locale::default().long_day(day)),
            aside: day.map(|day| Locale::default().days_away(today, day)).unwrap_or_default(),
            cards: events.iter().map(card).collect(),
        }
    }
}

struct Card {
    id: i64,
    kind: Kind,
    title: String,
    when: String,
    aside: String,
    facts: Vec<String>,
    topics: Vec<String>,
    is_tentative: bool,
    is_cancelled: bool,
}

impl Card {
    fn of(event: &Event, today: Date) -> Self {
        let details = &event.details;
        let facts = [details.location.clone(), details.organizer.clone(), details.standards.join(", ")];
        let aside = match details.when.is_partial() {
            true => String::new(),
            false if details.when.last_day() < today => Locale::default().days_away(today, details.when.last_day()),
            false => Locale::default().days_away(today, details.when.first_day()),
        };
        Self {
            id: event.id,
            kind: details.kind,
            title: details.title.clone(),
            when: Locale::default().when(&details.when),
            aside,
            facts: facts.into_iter().filter(|fact| !fact.is_empty()).collect(),
            topics: details.topics.clone(),
            is_tentative: details.status == Status::Tentative,
            is_cancelled: event.is_cancelled(),
        }
    }
}

/// How many coming events a page shows before it points to the next.
const AHEAD_SHOWN: usize = 150;

/// How many past events the first page shows, unless a search asks for them.
const PAST_SHOWN: usize = 8;

/// How far around the first day of a page the dates of a repeating event are listed, unless others are asked for.
const REPEATS_AHEAD_DAYS: i64 = 92;
const REPEATS_BEHIND_DAYS: i64 = 14;

async fn home(State(site): State<Site>, query: FilterQuery) -> Result<Html<String>, PageError> {
    let filter = query.filter(&site)?;
    let is_filtered = filter != EventFilter::default();
    let snapshot = site.snapshots.current().await?;
    let now = site.store.now();
    let zone = &site.config.site.timezone;
    let today = zone.at(now).date();
    let page = Page {
        now,
        from: query.page(),
        most_ahead: AHEAD_SHOWN,
        most_past: if is_filtered { AHEAD_SHOWN } else { PAST_SHOWN },
    };
    let chosen = snapshot.events.iter().map(|e| &**e).filter(|e| e.is_public() && !e.removed && filter.matches(e));
    let (repeating, single): (Vec<&Event>, Vec<&Event>) = chosen.partition(|event| event.details.repeat.is_some());
    let dates = dates(&repeating, &filter, &page, zone);
    let agenda = agenda(single.into_iter().chain(&dates), &page, zone);
    let cards = |events: &[&Event]| events.iter().map(|event| Card::of(event, today)).collect::<Vec<_>>();
    let follow = Follow::of(site.config.site.base_url.as_str(), &query.canonical());
    let asked = query.one("q").or(query.one("standard")).or(query.one("topic"));
    let page = HomePage {
        days: agenda.days.iter().map(|(day, events)| Day::of(*day, events, today)).collect(),
        expected: cards(&agenda.expected),
        later_url: agenda.next_page.map(|day| query.next_page(day)),
        past: cards(&agenda.past),
        kinds: Kind::ALL.iter().map(|kind| (*kind, filter.kinds.contains(kind))).collect(),
        query: asked.unwrap_or_default().to_owned(),
        is_filtered,
        follow,
        can_subscribe: !site.config.digests.is_empty(),
        chrome: Chrome::of(&site),
    };
    Ok(Html(page.render()?))
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

/// The ways to follow the calendar of what a page shows.
struct Follow {
    calendar_url: String,
    webcal_url: String,
    google_url: String,
    atom_path: String,
    json_path: String,
}

/// The address by which a calendar program is asked to follow.
pub fn webcal(url: &str) -> String {
    url.replacen("https://", "webcal://", 1).replacen("http://", "webcal://", 1)
}

impl Follow {
    fn of(base_url: &str, questions: &str) -> Self {
        let mark = if questions.is_empty() { "" } else { "?" };
        let path = |format: Format| format!("{}{mark}{questions}", format.path());
        let calendar_url = format!("{base_url}{}", path(Format::Calendar));
        let webcal_url = webcal(&calendar_url);
        let google: String = url::form_urlencoded::byte_serialize(webcal_url.as_bytes()).collect();
        Self {
            google_url: format!("https://calendar.google.com/calendar/render?cid={google}"),
            calendar_url,
            webcal_url,
            atom_path: path(Format::Atom),
            json_path: path(Format::Json),
        }
    }
}

#[derive(Template)]
#[template(path = "page/event.html")]
struct EventPage {
    chrome: Chrome,
    card: Card,
    description: String,
    url: String,
    cancel_reason: String,
    organizer: String,
    location: String,
    standards: Vec<String>,
    /// How it repeats, and its next dates.
    repeat: String,
    next: Vec<NextDate>,
    json_ld: String,
}

/// One of the coming dates of a repeating event.
struct NextDate {
    when: String,
    note: String,
    is_cancelled: bool,
}

impl NextDate {
    /// `plain`: what the series says of the same date.
    fn of(event: &Event, plain: &Event) -> Self {
        let (now, then) = (&event.details, &plain.details);
        let mut notes = Vec::new();
        if event.is_cancelled() {
            notes.push("cancelled".to_owned());
            notes.extend(Some(event.cancel_reason.clone()).filter(|reason| !reason.is_empty()));
        }
        if now.when != then.when {
            notes.push(format!("instead of {}", Locale::default().when(&then.when)));
        }
        if now.title != then.title {
            notes.push(now.title.clone());
        }
        if now.location != then.location {
            notes.push(now.location.clone());
        }
        Self { when: Locale::default().when(&now.when), note: notes.join(", "), is_cancelled: event.is_cancelled() }
    }
}

/// How many of the coming dates of a repeating event its page names.
const NEXT_SHOWN: usize = 6;

/// `/events/{id}` for people, `/events/{id}.ics` for calendars.
async fn event(State(site): State<Site>, Path(name): Path<String>, headers: HeaderMap) -> Result<Response, PageError> {
    let (id, for_calendars) = match name.strip_suffix(".ics") {
        Some(id) => (id, true),
        None => (name.as_str(), false),
    };
    let id: i64 = id.parse().map_err(|_| PageError::NotFound)?;
    let snapshot = site.snapshots.current().await?;
    let event = snapshot.events.iter().find(|e| e.id == id && e.is_public()).ok_or(PageError::NotFound)?;
    if for_calendars {
        return Ok(feeds::one_event(&site, event, &headers).await?.into_response());
    }
    if event.removed {
        return Err(PageError::NotFound);
    }
    let details = &event.details;
    let today = site.config.site.timezone.at(site.store.now()).date();
    let now = site.store.now();
    let next = match event.details.repeat {
        Some(_) if !event.is_cancelled() => event.next_occurrences(now, NEXT_SHOWN),
        _ => Vec::new(),
    };
    let page = EventPage {
        // Of what repeats, the date that comes next is what people look for.
        card: Card::of(next.iter().find(|date| !date.is_cancelled()).unwrap_or(event), today),
        repeat: Locale::default().repeat_of(details),
        next: next
            .iter()
            .map(|it| {
                NextDate::of(it, &it.occurrence.map_or_else(|| it.clone(), |start| event.plain_occurrence(start)))
            })
            .collect(),
        description: crate::markdown::to_html(&details.description),
        url: details.url.clone(),
        cancel_reason: event.cancel_reason.clone(),
        organizer: details.organizer.clone(),
        location: details.location.clone(),
        standards: details.standards.clone(),
        json_ld: json_ld(event, site.config.site.base_url.as_str()),
        chrome: Chrome::of(&site),
    };
    Ok(Html(page.render()?).into_response())
}

/// The event as schema.org has it, safe inside of a script element.
fn json_ld(event: &Event, base_url: &str) -> String {
    let details = &event.details;
    let date = |point: Point| match point {
        Point::Minute(at) => {
            let zone = details.when.zone();
            zone.at(zone.instant(at)).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
        }
        other => other.first_day().to_string(),
    };
    let status = if event.is_cancelled() { "EventCancelled" } else { "EventScheduled" };
    let mut value = json!({
        "@context": "https://schema.org",
        "@type": "Event",
        "name": details.title,
        "startDate": date(details.when.start()),
        "eventStatus": format!("https://schema.org/{status}"),
        "url": format!("{base_url}/events/{}", event.id),
        "identifier": event.uid,
    });
    if let Some(end) = details.when.end() {
        value["endDate"] = json!(match end {
            Point::Minute(_) => date(end),
            other => other.last_day().to_string(),
        });
    }
    if !details.location.is_empty() {
        value["location"] = json!({ "@type": "Place", "name": details.location });
    }
    if !details.organizer.is_empty() {
        value["organizer"] = json!({ "@type": "Organization", "name": details.organizer });
    }
    if !details.standards.is_empty() {
        value["about"] = json!(details.standards);
    }
    if let Some(rule) = details.repeat.as_ref().and_then(|repeat| repeat.rule.as_ref()) {
        value["description"] = json!(format!("{} ({})", Locale::default().repeat_of(details), rule.as_str()));
    }
    // "</script>" in a title must not end the script.
    value.to_string().replace('<', "\\u003c")
}
