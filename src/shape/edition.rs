//! An edition, as programs see it.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::edition::{Edition, Hold, Lost, Tally};

/// An edition and how the sending of it goes.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EditionRecord {
    /// The id of its row; people name it by digest and number, `weekly/1`.
    pub edition: i64,
    /// The slug of its digest.
    pub digest: String,
    /// Counts from 1 in each digest.
    pub number: i64,
    /// The moment it is for.
    #[schema(value_type = String, format = DateTime)]
    pub scheduled_for: Timestamp,
    /// When it is time on the last of its readers' clocks; null where nobody waits for it any more.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub queued_until: Option<Timestamp>,
    /// Since when its sending is held; null where it is not.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub stopped_at: Option<Timestamp>,
    /// Whether it was given up then: what was not sent is not sent any more.
    pub given_up: bool,
    /// `candidates`, to how many it goes, and how many of those deliveries are `sent`, `queued`, `sending`, `deferred`,
    /// `failed`, `uncertain` and `suppressed`.
    #[serde(flatten)]
    pub tally: Tally,
}

impl EditionRecord {
    pub fn of(edition: &Edition, tally: Tally, queued_until: Option<Timestamp>) -> Self {
        Self {
            edition: edition.id,
            digest: edition.digest.clone(),
            number: edition.number,
            scheduled_for: edition.scheduled_for,
            queued_until,
            stopped_at: match edition.hold {
                Hold::None => None,
                Hold::Stopped(since) | Hold::GivenUp(since) => Some(since),
            },
            given_up: matches!(edition.hold, Hold::GivenUp(_)),
            tally,
        }
    }
}

/// One edition by itself.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ShownEdition {
    #[serde(flatten)]
    pub edition: EditionRecord,
    #[serde(flatten)]
    pub lost: Lost,
}

/// What became of the wish to hold an edition's sending, to go on with it or to give it up.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HoldRecord {
    /// How it is now.
    #[serde(flatten)]
    pub edition: EditionRecord,
    /// How many deliveries were held, go out, or were given up.
    pub deliveries: u64,
    /// Events whose date is another by now than the edition tells, and those that were cancelled or taken back.
    pub changed: Vec<ChangedEvent>,
}

/// A correction of an edition.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CorrectionRecord {
    /// The id of the edition's row.
    pub edition: i64,
    pub digest: String,
    pub number: i64,
    /// To how many it is told by mail; null where that was not asked for.
    #[schema(required)]
    pub mailed: Option<u64>,
}

/// An event that an edition tells otherwise than it is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ChangedEvent {
    pub id: i64,
    pub title: String,
    /// The date that the edition tells: its start, with its end behind a slash.
    pub told: String,
    /// When it begins now; null where it is cancelled or taken back.
    #[schema(required)]
    pub start: Option<String>,
    #[schema(required)]
    pub end: Option<String>,
    /// The same for people.
    #[serde(skip)]
    pub when: Option<String>,
}

/// What became of the wish to send an edition.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SendRecord {
    /// The id of its row; null if none was made.
    #[schema(required)]
    pub edition: Option<i64>,
    /// The slug of its digest.
    pub digest: String,
    /// Its number there, or that which it would have had.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<i64>,
    /// The moment it is for.
    #[schema(value_type = String, format = DateTime)]
    pub scheduled_for: Timestamp,
    /// Whether it stands in the place of a scheduled edition, which is not made again.
    pub instead: bool,
    /// To how many it goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub candidates: Option<i64>,
    /// Why none was made: `already` there for that moment, `empty` as it tells its readers nothing, `no-readers`, or
    /// `dry-run`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
    /// Of a dry run: what its mail would be called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Of a dry run: how many readers it tells nothing that they chose.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left_out: Option<i64>,
    /// Of a dry run: how many have yet to confirm,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unconfirmed: Option<i64>,
    /// and to how many addresses nothing may be sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suppressed: Option<i64>,
}

/// A test mail that was sent.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TestMailRecord {
    pub to: String,
    /// In angle brackets, as in its header.
    pub message_id: String,
    /// Where mail is written into files, the file; nobody was sent anything then.
    #[schema(required)]
    pub file: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_an_edition_are_those_that_were_promised() {
        let edition = Edition {
            id: 5,
            digest: "weekly".into(),
            number: 1,
            scheduled_for: Timestamp::UNIX_EPOCH,
            composed_at: Timestamp::UNIX_EPOCH,
            history_head: 0,
            candidates: 2,
            hold: Hold::None,
        };
        let tally = Tally { candidates: 2, sent: 1, failed: 1, ..Tally::default() };
        let record = serde_json::to_value(EditionRecord::of(&edition, tally, None)).unwrap();
        let expected = serde_json::json!({
            "edition": 5, "digest": "weekly", "number": 1, "scheduled_for": "1970-01-01T00:00:00Z", "queued_until": null,
            "stopped_at": null, "given_up": false, "candidates": 2, "sent": 1, "queued": 0, "sending": 0, "deferred": 0, "failed": 1, "uncertain": 0,
            "suppressed": 0,
        });
        assert_eq!(record, expected);
    }
}
