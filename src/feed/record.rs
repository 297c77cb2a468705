//! An event as JSON and CSV show it: the shape that exports, `--json` and programs rely on.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::event::{Details, Event, Kind, Status};
use crate::domain::fields::COLUMNS;
use crate::domain::text::to_cell;
use crate::domain::when::{Point, Precision};

/// `start` and `end` are as given, `end` inclusive; instants are RFC 3339 in UTC.
#[derive(Debug, Serialize)]
pub struct EventRecord<'a> {
    /// Null in what is only proposed, as are the times below.
    pub id: Option<i64>,
    pub uid: &'a str,
    pub kind: Kind,
    pub title: &'a str,
    pub start: Point,
    pub end: Option<Point>,
    pub timezone: &'a str,
    pub precision: Precision,
    pub status: Status,
    pub location: &'a str,
    pub organizer: &'a str,
    pub topics: &'a [String],
    pub standards: &'a [String],
    pub url: &'a str,
    pub description: &'a str,
    /// An RRULE (RFC 5545 section 3.3.10).
    pub repeat: Option<&'a str>,
    pub sequence: u32,
    pub created_at: Option<Timestamp>,
    pub updated_at: Option<Timestamp>,
    pub cancel_reason: &'a str,
    /// Dates beside those of the rule, and dates left out.
    pub rdates: &'a [Point],
    pub exdates: &'a [Point],
    /// Of one date of a repeating event: the start that the rule gives it.
    pub occurrence: Option<Point>,
}

impl<'a> EventRecord<'a> {
    /// Of an event that nobody keeps yet.
    pub fn proposed(uid: &'a str, details: &'a Details) -> Self {
        Self {
            id: None,
            uid,
            kind: details.kind,
            title: &details.title,
            start: details.when.start(),
            end: details.when.end(),
            timezone: details.when.zone().name(),
            precision: details.when.precision(),
            status: details.status,
            location: &details.location,
            organizer: &details.organizer,
            topics: &details.topics,
            standards: &details.standards,
            url: &details.url,
            description: &details.description,
            repeat: Some(details.rule()).filter(|rule| !rule.is_empty()),
            sequence: 0,
            created_at: None,
            updated_at: None,
            cancel_reason: "",
            rdates: details.repeat.as_ref().map_or(&[], |repeat| &repeat.rdates),
            exdates: details.repeat.as_ref().map_or(&[], |repeat| &repeat.exdates),
            occurrence: None,
        }
    }
}

impl<'a> From<&'a Event> for EventRecord<'a> {
    fn from(event: &'a Event) -> Self {
        Self {
            id: Some(event.id),
            sequence: event.sequence,
            created_at: Some(event.created_at),
            updated_at: Some(event.updated_at),
            cancel_reason: &event.cancel_reason,
            occurrence: event.occurrence,
            ..Self::proposed(&event.uid, &event.details)
        }
    }
}

/// All of the events: after a repeating one, each of its dates that is not as the rest, as a record of its own.
pub fn with_changed_dates<'a>(events: impl IntoIterator<Item = &'a Event>) -> Vec<Cow<'a, Event>> {
    let mut all = Vec::new();
    for event in events {
        all.push(Cow::Borrowed(event));
        all.extend(event.overrides.iter().map(|change| Cow::Owned(event.occurrence(change.occurrence))));
    }
    all
}

/// A table of events with a heading (RFC 4180), lists joined by `;`.
pub fn csv<'a>(events: impl IntoIterator<Item = &'a Event>) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS)?;
    for event in with_changed_dates(events) {
        let r = EventRecord::from(&*event);
        let cells = [
            text(r.id).as_str(),
            r.uid,
            r.kind.as_str(),
            r.title,
            &r.start.to_string(),
            &text(r.end),
            r.timezone,
            r.precision.as_str(),
            r.status.as_str(),
            r.location,
            r.organizer,
            &r.topics.join(";"),
            &r.standards.join(";"),
            r.url,
            r.description,
            r.repeat.unwrap_or_default(),
            &r.sequence.to_string(),
            &text(r.created_at),
            &text(r.updated_at),
            r.cancel_reason,
            &joined(r.rdates),
            &joined(r.exdates),
            &text(r.occurrence),
        ]
        .map(|cell| to_cell(cell).into_owned());
        writer.write_record(cells)?;
    }
    writer.into_inner().map_err(|e| e.into_error().into())
}

fn text(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn joined(dates: &[Point]) -> String {
    dates.iter().map(Point::to_string).collect::<Vec<_>>().join(";")
}
