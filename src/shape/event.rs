//! An event, as programs see it: in `--json`, in exports, and in the JSON feed.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::event::{DescriptionFormat, Details, Event, HistoryEntry, Kind, Status};
use crate::domain::length::Length;
use crate::domain::when::{Point, Precision};

#[derive(Debug, Serialize, ToSchema)]
pub struct EventRecord<'a> {
    /// Null in what is only proposed, as are the instants below.
    pub id: Option<i64>,
    /// By which it is known elsewhere, too; all dates of a repeating event have the same.
    pub uid: &'a str,
    #[schema(value_type = String)]
    pub kind: Kind,
    pub title: &'a str,
    /// As given, from `2020` to `2020-10-01T09:30`, on the clocks of `timezone`.
    #[schema(value_type = String)]
    pub start: Point,
    /// As given, and inclusive: of whole days the last. Null where nobody gave one.
    #[schema(value_type = Option<String>)]
    pub end: Option<Point>,
    /// A name of the IANA database.
    pub timezone: &'a str,
    /// How exactly the date is known, from `minute` to `year`.
    #[schema(value_type = String)]
    pub precision: Precision,
    #[schema(value_type = String)]
    pub status: Status,
    /// May be empty, as the other texts below.
    pub location: &'a str,
    pub organizer: &'a str,
    pub topics: &'a [String],
    /// What it is about, by number: `GB/T 35273-2020`.
    pub standards: &'a [String],
    /// Where more is told.
    pub url: &'a str,
    /// Written as `description_format` says.
    pub description: &'a str,
    /// An RRULE (RFC 5545 section 3.3.10); null where no rule repeats it.
    pub repeat: Option<&'a str>,
    /// The SEQUENCE (RFC 5545 section 3.8.7.4): how often it changed since it was published.
    pub sequence: u32,
    /// An instant (RFC 3339, UTC).
    #[schema(value_type = Option<String>)]
    pub created_at: Option<Timestamp>,
    /// An instant (RFC 3339, UTC).
    #[schema(value_type = Option<String>)]
    pub updated_at: Option<Timestamp>,
    /// Why it is off, for its readers; empty where it is not, or where nobody said.
    pub cancel_reason: &'a str,
    /// Dates beside those of the rule.
    #[schema(value_type = Vec<String>)]
    pub rdates: &'a [Point],
    /// Dates of the rule that are left out.
    #[schema(value_type = Vec<String>)]
    pub exdates: &'a [Point],
    /// Of one date of a repeating event: the start that the rule gives it.
    #[schema(value_type = Option<String>)]
    pub occurrence: Option<Point>,
    /// Where one joins from afar.
    pub join_url: &'a str,
    #[schema(value_type = String)]
    pub description_format: DescriptionFormat,
    /// How long it lasts (RFC 5545 section 3.3.6), where its times do not tell it: where clocks show its end twice, as they
    /// are put back, and where it was said in days. Null elsewhere.
    #[schema(value_type = Option<String>)]
    pub duration: Option<Length>,
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
            join_url: &details.join_url,
            description_format: details.description_format,
            duration: details.when.length(),
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

/// An event with what belongs to it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShownEvent<'a> {
    #[serde(flatten)]
    pub event: EventRecord<'a>,
    /// The last line of its history: another after each change.
    pub version: i64,
    /// Articles about it, the newest first.
    pub articles: Vec<i64>,
}

/// A line of an event's history.
#[derive(Debug, Serialize, ToSchema)]
pub struct HistoryRecord<'a> {
    /// The id of the event: of a series that is kept in several, it may be another than the one asked for.
    pub event: i64,
    /// Who made it, with their name.
    #[serde(rename = "actor")]
    pub by: &'a str,
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub entry: &'a HistoryEntry,
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

/// Readers of a digest who hear of a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct HearersRecord {
    pub digest: String,
    pub readers: i64,
    /// The edition that tells them; null while the digest is paused, or if there is none.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub next_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::when::When;
    use crate::domain::zone::Zone;

    #[test]
    fn an_event_has_the_names_that_programs_rely_on() {
        let when = When::parse("2020-10", None, Zone::utc()).unwrap();
        let event = Event::new(7, "u".into(), Details::new(Kind::EffectiveDate, "GB/T 1", when), Timestamp::UNIX_EPOCH);
        let record = serde_json::to_value(EventRecord::from(&event)).unwrap();
        let names: Vec<_> = record.as_object().unwrap().keys().map(String::as_str).collect();
        let promised = [
            "cancel_reason",
            "created_at",
            "description",
            "description_format",
            "duration",
            "end",
            "exdates",
            "id",
            "join_url",
            "kind",
            "location",
            "occurrence",
            "organizer",
            "precision",
            "rdates",
            "repeat",
            "sequence",
            "standards",
            "start",
            "status",
            "timezone",
            "title",
            "topics",
            "uid",
            "updated_at",
            "url",
        ];
        assert_eq!(names, promised);
        assert_eq!((&record["kind"], &record["start"]), (&"effective-date".into(), &"2020-10".into()));
        assert_eq!((&record["precision"], &record["end"]), (&"month".into(), &serde_json::Value::Null));
        assert_eq!(record["created_at"], "1970-01-01T00:00:00Z");
    }
}
