//! What a message holds. It is kept as JSON, which is what programs get of it; a chat's sentence is made of it when it goes.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::edition::{Edition, Tally};
use crate::domain::event::{Kind, Status};
use crate::domain::hook::Topic;
use crate::domain::when::{Point, Precision, When};
use crate::domain::words;

/// Of many, so many are told one by one.
pub const SHOWN: usize = 5;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    #[serde(rename = "type")]
    pub topic: Topic,
    /// When it happened.
    pub timestamp: Timestamp,
    pub data: Data,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Data {
    Dates(Dates),
    Readers(Readers),
    Deliveries(Deliveries),
    Edition(ToldEdition),
    Source { source: String, reason: String },
    Relay { relay: String, reason: String },
    Test { site: String },
}

/// Of one act.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Dates {
    /// How many there are.
    pub count: usize,
    /// As history has it: `operator`, `editor 3`, `token robot`, `source tc260`.
    pub actor: String,
    /// The first of them.
    pub events: Vec<ToldDate>,
}

words! {
    /// What became of a date.
    pub enum What, "change" {
        Added => "added",
        Moved => "moved",
        Relocated => "relocated",
        /// It repeats otherwise.
        Rescheduled => "rescheduled",
        Reinstated => "reinstated",
        Edited => "edited",
        Cancelled => "cancelled",
    }
}

impl What {
    pub fn topic(self) -> Topic {
        match self {
            Self::Added => Topic::EventAdded,
            Self::Cancelled => Topic::EventCancelled,
            _ => Topic::EventChanged,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ToldDate {
    pub change: What,
    pub id: i64,
    pub uid: String,
    /// Of one date of a repeating event: the start that the rule gives it.
    pub occurrence: Option<Point>,
    pub kind: Kind,
    pub title: String,
    pub start: Point,
    pub end: Option<Point>,
    pub timezone: String,
    pub precision: Precision,
    pub status: Status,
    pub location: String,
    /// Where one joins from afar.
    #[serde(default)]
    pub join_url: String,
    pub topics: Vec<String>,
    pub standards: Vec<String>,
    /// Its page here.
    pub page: String,
    pub sequence: u32,
    /// Why it is off; empty where nobody said.
    pub cancel_reason: String,
    /// What is not as it was.
    pub fields: Vec<String>,
    /// How the short ones of these were.
    pub before: BTreeMap<String, String>,
}

impl ToldDate {
    /// When it is; none if the zone is not known any more.
    pub fn when(&self) -> Option<When> {
        When::new(self.start, self.end, self.timezone.parse().ok()?).ok()
    }

    /// When it was.
    pub fn when_before(&self) -> Option<When> {
        let before = |field: &str, now: String| self.before.get(field).cloned().unwrap_or(now);
        let end = before("end", self.end.map(|end| end.to_string()).unwrap_or_default());
        let zone = before("timezone", self.timezone.clone()).parse().ok()?;
        When::parse(&before("start", self.start.to_string()), Some(&end), zone).ok()
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Readers {
    /// How many there are.
    pub count: usize,
    /// The first of them.
    pub subscribers: Vec<ToldReader>,
    /// To which newsletters they came, or which they left.
    pub digests: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ToldReader {
    /// Of the reader's row; of a mail to somebody who is no reader, 0.
    pub id: i64,
    /// Put in when the message goes, where it may be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Deliveries {
    /// How many failed.
    pub failed: usize,
    /// As people name it, `weekly/1`; null where they are of no edition.
    pub edition: Option<String>,
    /// The first of them, by their ids,
    pub deliveries: Vec<i64>,
    /// and to whom.
    pub subscribers: Vec<ToldReader>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ToldEdition {
    /// As people name it, `weekly/1`.
    pub edition: String,
    pub digest: String,
    pub number: i64,
    pub scheduled_for: Timestamp,
    /// To how many it goes.
    pub candidates: i64,
    #[serde(default)]
    pub sent: i64,
    #[serde(default)]
    pub failed: i64,
    #[serde(default)]
    pub uncertain: i64,
    #[serde(default)]
    pub suppressed: i64,
    /// Its page in the archive; null where that is not public.
    pub page: Option<String>,
}

impl ToldEdition {
    pub fn of(edition: &Edition, tally: Tally, page: Option<String>) -> Self {
        Self {
            edition: edition.name().to_string(),
            digest: edition.digest.clone(),
            number: edition.number,
            scheduled_for: edition.scheduled_for,
            candidates: edition.candidates,
            sent: tally.sent,
            failed: tally.failed,
            uncertain: tally.uncertain,
            suppressed: tally.suppressed,
            page,
        }
    }
}

impl Message {
    /// Those whom it is about.
    pub fn readers(&mut self) -> &mut [ToldReader] {
        match &mut self.data {
            Data::Readers(readers) => &mut readers.subscribers,
            Data::Deliveries(deliveries) => &mut deliveries.subscribers,
            _ => &mut [],
        }
    }
}
