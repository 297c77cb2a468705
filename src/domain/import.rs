//! Taking in many events at once: what is brought, and what came of it. What becomes of each is decided in [`decide`].

mod alike;
pub mod decide;
mod held;
mod parts;
mod private;
mod reread;
mod same;
mod take_over;

pub use held::Held;
pub use parts::series_of;
pub use private::Private;
pub use reread::ByHand;

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;

use super::event::{Details, Event, EventPatch, HistoryEntry, Kind, Stamp};
use super::refused::Refused;
use super::when::Point;
use super::{FieldError, words};

/// In which way an input speaks of events.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Telling {
    /// A list that somebody keeps: who gives an event of it another place, means the same event.
    #[default]
    List,
    /// A calendar as it is.
    Calendar,
    /// A message about an event of a calendar (RFC 5546), which may come late.
    Message,
    /// One that calls it off: it says no more of it.
    Cancellation,
}

/// One entry of an import: an event, perhaps with the UID it has elsewhere.
#[derive(Debug, Clone)]
pub struct ImportEntry {
    /// Where in the input it stands, for the report.
    pub line: u64,
    pub uid: Option<String>,
    /// The SEQUENCE it has elsewhere: calendars that know the UID must not see a lower one.
    pub sequence: u32,
    /// When that revision was made, if it is told.
    pub stamp: Option<Timestamp>,
    pub telling: Telling,
    /// What the input says; fields it is silent about stay as they are.
    pub fields: EventPatch,
    /// The event these fields make by themselves.
    pub details: Details,
    /// What an older version read otherwise.
    pub formerly: Option<Formerly>,
    /// Whether its form can speak of single dates of a repeating event, so that silence means that they are as the rest.
    pub tells_dates: bool,
    pub extent: Extent,
    /// What it says of them.
    pub occurrences: Vec<ImportedOccurrence>,
    /// What becomes of it because its calendar shows it not to everybody; none: it is as all others.
    pub private: Option<Private>,
    /// Its dates that are private by themselves: it is without them.
    pub withheld: Vec<Point>,
    /// Set: it is one date of a series that is not in the input. If that is known, this is said of it.
    pub date_of: Option<Box<DateOf>>,
}

/// Which date of which series.
#[derive(Debug, Clone)]
pub struct DateOf {
    pub series: String,
    pub date: ImportedOccurrence,
    /// The start that the rule gives it, if that does not float.
    pub instant: Option<Timestamp>,
}

impl ImportEntry {
    /// Which revision it is of the event elsewhere; a list does not know.
    pub fn stamp(&self) -> Option<Stamp> {
        (self.telling != Telling::List).then_some(Stamp { sequence: self.sequence, at: self.stamp })
    }

    /// Whether dates of it may be kept by themselves.
    fn may_have_parts(&self) -> bool {
        match self.telling {
            Telling::List => false,
            Telling::Calendar | Telling::Message => self.details.repeat.is_some(),
            Telling::Cancellation => true,
        }
    }
}

/// How much of an entry came.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Extent {
    #[default]
    Whole,
    /// Single dates of it may stand in what did not come: silence about them says nothing.
    DatesMissing,
    /// The input ends in the middle of it: what it says is half of what it says there.
    Cut,
}

/// One date of a repeating event that is not as the rest.
#[derive(Debug, Clone)]
pub struct ImportedOccurrence {
    pub line: u64,
    /// The start that the rule gives it.
    pub start: Point,
    pub sequence: u32,
    pub stamp: Option<Timestamp>,
    /// It is called off, and nothing else is said of it.
    pub is_cancellation: bool,
    /// All later ones are changed in the same way (RFC 5545 section 3.2.13).
    pub and_later: bool,
    pub fields: EventPatch,
    /// What an older version read otherwise.
    pub formerly: Option<Formerly>,
}

/// What an older version made of the words of a foreign calendar that are read otherwise today: where an event still is as
/// that had it, nothing was changed there or here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Formerly {
    /// Taken for Markdown.
    pub description: String,
    pub join_url: String,
}

/// Where an import comes from and what may become of it.
#[derive(Debug, Clone, Copy, Default)]
pub struct ImportOrigin<'a> {
    /// New UIDs are made for this host.
    pub host: &'a str,
    /// The foreign calendar by its address: its events are its own, and those that vanished from it are cancelled.
    pub source: Option<&'a str>,
    /// All that are configured: the events of others may be taken over.
    pub configured: &'a [&'a str],
    /// What is thought of the calendar's events that it does not tell.
    pub missing: Missing<'a>,
    /// Nothing is kept.
    pub dry_run: bool,
}

/// What is thought of events that a source told once, and tells no more.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Missing<'a> {
    /// Not all of the source came: they may be in what did not.
    #[default]
    Unread,
    /// They are gone, unless they are suddenly so many that it is rather a fault: then they are held.
    Gone { held: Option<&'a Held> },
    /// They are gone, however many they are: somebody says so.
    Believed,
}

/// What an import did, or would have done.
#[derive(Debug, Default)]
pub struct ImportCounts {
    pub added: usize,
    pub updated: usize,
    pub unchanged: usize,
    /// Cancelled because their source has them no more.
    pub cancelled: usize,
    /// What would have been cancelled, had it not been too much at once.
    pub held: Option<Held>,
    /// Known ones that came under another UID than the last time: their titles, starts and places told which they are.
    pub renamed: usize,
    /// How many events and single dates are drafts or stayed out because their calendar shows them not to everybody.
    pub private: usize,
    /// Line and reason of entries that can't be.
    pub rejected: Vec<(u64, FieldError)>,
    /// Line of what was taken otherwise than it may be meant, and how.
    pub notes: Vec<(u64, String)>,
    /// What becomes of each entry, where it is only tried.
    pub rows: Vec<ImportedRow>,
}

/// What becomes of one entry of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedRow {
    pub line: u64,
    pub fate: Fate,
    pub title: String,
    pub start: Point,
    /// Lines of the event's history; none of one that is new.
    pub changes: Vec<HistoryEntry>,
}

words! {
    /// What becomes of an entry.
    pub enum Fate, "fate" {
        Added => "added",
        Updated => "updated",
        Unchanged => "unchanged",
    }
}

/// What must be known to decide on an import: the events that these say, and no others.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Needed<'a> {
    pub uids: BTreeSet<&'a str>,
    /// What is told without a UID is known by this, among the events of the same source.
    pub contents: BTreeSet<ContentKey<'a>>,
    /// Of these series also what is kept of single dates and later parts, under UIDs of their own.
    pub series: BTreeSet<&'a str>,
    /// All of a calendar's events: one that it tells under another UID may be any of them, and what it has no more is
    /// cancelled.
    pub all_of: Option<&'a str>,
}

/// By what an event is known that has no UID.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentKey<'a> {
    pub kind: Kind,
    pub start: Point,
    pub title: Cow<'a, str>,
}

impl<'a> ContentKey<'a> {
    pub fn of(details: &'a Details) -> Self {
        Self { kind: details.kind, start: details.when.start(), title: Cow::Borrowed(&details.title) }
    }

    fn into_owned(self) -> ContentKey<'static> {
        ContentKey { title: Cow::Owned(self.title.into_owned()), ..self }
    }
}

impl<'a> Needed<'a> {
    pub fn of(entries: &'a [ImportEntry], origin: ImportOrigin<'a>) -> Self {
        let unnamed = entries.iter().filter(|entry| entry.uid.is_none());
        let of = entries.iter().filter_map(|entry| Some(entry.date_of.as_ref()?.series.as_str()));
        let whole = entries.iter().filter(|entry| entry.may_have_parts());
        Self {
            uids: entries.iter().filter_map(|entry| entry.uid.as_deref()).chain(of.clone()).collect(),
            contents: unnamed.map(|entry| ContentKey::of(&entry.details)).collect(),
            series: whole.filter_map(|entry| entry.uid.as_deref()).chain(of).collect(),
            all_of: origin.source,
        }
    }
}

/// What is known already of what an import may change.
#[derive(Debug, Default)]
pub struct Known {
    /// Those that are [`Needed`], in the order of their ids.
    pub events: Vec<Event>,
    /// The UIDs that their source gave some of them the last time, by their ids: of those that have another here.
    pub foreign_uids: HashMap<i64, String>,
    /// The id that the next new event gets.
    pub next_id: i64,
    /// Of events whose history has to be known ([`in_doubt`]).
    pub by_hand: ByHand,
}

/// The events of which it must be known who made them what they are.
pub fn in_doubt(entries: &[ImportEntry], events: &[Event], foreign_uids: &HashMap<i64, String>) -> Vec<i64> {
    let mut by_uid: HashMap<&str, &Event> = events.iter().map(|event| (event.uid.as_str(), event)).collect();
    by_uid.extend(events.iter().filter_map(|event| Some((foreign_uids.get(&event.id)?.as_str(), event))));
    let by_content: HashMap<ContentKey<'_>, &Event> =
        events.iter().map(|event| (ContentKey::of(&event.details), event)).collect();
    // One whose UID is another than the last time is known by what it says, too.
    let known = entries.iter().filter_map(|entry| {
        let by_uid = entry.uid.as_ref().and_then(|uid| by_uid.get(uid.as_str()));
        Some((entry, *by_uid.or_else(|| by_content.get(&ContentKey::of(&entry.details)))?))
    });
    let is_published = |entry: &ImportEntry, event: &Event| entry.private.is_some() && event.is_public();
    let is_described_otherwise = |entry: &ImportEntry, event: &Event| {
        let formerly = entry.formerly.as_ref().map(|formerly| &formerly.description);
        event.source.is_some()
            && event.details.description != entry.details.description
            && Some(&event.details.description) != formerly
    };
    let in_doubt = known.filter(|(entry, event)| is_published(entry, event) || is_described_otherwise(entry, event));
    in_doubt.map(|(_, event)| event.id).collect()
}

/// What is to be kept of an import.
#[derive(Debug, Default)]
pub struct Imported {
    /// As they are now, in the order in which they were first spoken of.
    pub events: Vec<Event>,
    /// Each line with the id of its event.
    pub history: Vec<(i64, HistoryEntry)>,
    /// By which UIDs their source knows these now, with their ids; none where that is their own.
    pub foreign_uids: Vec<(i64, Option<String>)>,
    pub counts: ImportCounts,
}

/// What an import of articles did, or would have done.
#[derive(Debug, Default)]
pub struct ImportedArticles {
    pub added: usize,
    pub updated: usize,
    pub unchanged: usize,
    /// Line and reason of those that can't be.
    pub rejected: Vec<(u64, Refused)>,
}
