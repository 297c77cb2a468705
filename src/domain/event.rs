//! An event: one dated thing that people must know of.

mod column;
mod field;
mod head;
mod patch;
mod stamp;
mod traits;
mod value;

use std::fmt;

use jiff::Timestamp;

use super::actor::Actor;
use super::refused::{Noun, Refused};
use super::tell::Tell;
use super::when::Point;
use super::{Invalid, conference, html, text, words};
pub use column::Column;
pub use field::*;
pub use head::Head;
pub use patch::fitting;
pub use stamp::Stamp;
pub use traits::KindSaid;
pub use value::{Said, checked_uid, split_list, typed_list};

words! {
    pub enum Kind, "kind of event" {
        Meeting => "meeting",
        Forum => "forum",
        Release => "release",
        EffectiveDate => "effective-date",
        Deadline => "deadline",
        Other => "other",
    }
}

impl Kind {
    /// Several, each once and in the order above, so that the same choice is the same list.
    pub fn list<'a>(given: impl IntoIterator<Item = &'a str>) -> Result<Vec<Self>, Invalid> {
        let mut kinds = given.into_iter().map(str::parse).collect::<Result<Vec<Self>, _>>()?;
        kinds.sort();
        kinds.dedup();
        Ok(kinds)
    }
}

words! {
    #[derive(Default)]
    pub enum Status, "status" {
        #[default]
        Confirmed => "confirmed",
        Tentative => "tentative",
        /// Seen by nobody outside until it is published.
        Draft => "draft",
        Cancelled => "cancelled",
    }
}

impl Details {
    /// The fields that differ in `new`, with their text before and after.
    pub fn changes_to(&self, new: &Self) -> Vec<FieldChange> {
        let change = |field: &Field| FieldChange { field: *field, before: field.text(self), after: field.text(new) };
        Field::ALL.iter().map(change).filter(|change| change.before != change.after).collect()
    }

    /// The RRULE, if it repeats by one.
    pub fn rule(&self) -> &str {
        self.repeat.as_ref().and_then(|repeat| repeat.rule.as_ref()).map(|rule| rule.as_str()).unwrap_or_default()
    }

    /// The words a search looks in, in lower case.
    pub fn search_text(&self) -> String {
        let searched = Field::ALL.iter().filter(|field| field.about().is_searched);
        let words = |field: &Field| match (field, self.description_format) {
            (Field::Description, DescriptionFormat::Html) => html::words(&self.description),
            _ => field.joined(self, "\n"),
        };
        let mut text = text::fold_case(&searched.map(words).collect::<Vec<_>>().join("\n"));
        // Who writes such a word in another way finds it by what stands behind.
        let squeezed: Vec<String> = text.split_whitespace().filter_map(text::squeezed).collect();
        if !squeezed.is_empty() {
            text = text + "\n" + &squeezed.join(" ");
        }
        text
    }

    /// Where people go: nothing where the location only repeats the link to join.
    pub fn place(&self) -> &str {
        let repeats = !self.join_url.is_empty() && conference::only(&self.location).as_ref() == Some(&self.join_url);
        if repeats { "" } else { &self.location }
    }
}

/// One field of an event before and after a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChange {
    pub field: Field,
    pub before: String,
    pub after: String,
}

/// What is different about one date of a series: a component with RECURRENCE-ID (RFC 5545 section 3.8.4.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// The start that the rule gives it, whenever it is now.
    pub occurrence: Point,
    /// What is not as the series has it; in the rest it follows the series.
    pub patch: EventPatch,
    pub cancel_reason: String,
    /// When it was cancelled, if it was.
    pub ended_at: Option<Timestamp>,
    /// Of which revision it is, if it came without its series.
    pub stamp: Option<Stamp>,
}

/// An event as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub id: i64,
    /// Its iCalendar UID (RFC 5545 section 3.8.4.7): the same for ever.
    pub uid: String,
    /// Set in what stands for a single date of a repeating event: the start that the rule gives it.
    pub occurrence: Option<Point>,
    pub details: Details,
    /// The dates of a repeating event that are not as the rest, by their original starts.
    pub overrides: Vec<Override>,
    pub cancel_reason: String,
    /// The foreign calendar that it is kept in step with, by its address.
    pub source: Option<String>,
    /// Of which revision elsewhere it was when it was last taken from a file.
    pub stamp: Option<Stamp>,
    /// That calendar, or the file it came from, shows it not to everybody.
    pub private: bool,
    /// Rises with every change that subscribers must notice (RFC 5545 section 3.8.7.4).
    pub sequence: u32,
    pub created_at: Timestamp,
    /// The last real change.
    pub updated_at: Timestamp,
    /// When it was cancelled or removed, if it was.
    pub ended_at: Option<Timestamp>,
    pub removed: bool,
}

impl Event {
    pub fn new(id: i64, uid: String, details: Details, now: Timestamp) -> Self {
        let ended_at = (details.status == Status::Cancelled).then_some(now);
        Self {
            id,
            uid,
            occurrence: None,
            details,
            overrides: Vec::new(),
            cancel_reason: String::new(),
            source: None,
            stamp: None,
            private: false,
            sequence: 0,
            created_at: now,
            updated_at: now,
            ended_at,
            removed: false,
        }
    }

    pub fn is_cancelled(&self) -> bool {
        self.removed || self.details.status == Status::Cancelled
    }

    /// What people follow, each address with the phrase for it; nothing where there is nothing to go to any more.
    pub fn links(&self) -> impl Iterator<Item = (&'static str, String)> {
        self.details.links().filter(|_| !self.is_cancelled())
    }

    /// Seen outside: everything but drafts, also what was cancelled or removed, which calendars must be told.
    pub fn is_public(&self) -> bool {
        self.details.status != Status::Draft
    }

    /// Takes over what an editor changed and tells it as history. No change gives no history and leaves all as it is.
    pub fn revise(&mut self, new: Details, now: Timestamp) -> Result<Vec<HistoryEntry>, Refused> {
        let changes = self.details.changes_to(&new);
        if changes.is_empty() && !self.removed {
            return Ok(Vec::new());
        }
        let action = match (self.details.status, new.status) {
            _ if self.removed => Action::Reinstated,
            (Status::Draft, Status::Draft) => Action::Edited,
            (Status::Draft, _) => Action::Published,
            (_, Status::Draft) => {
                return Err(self.conflict("is published and can't become a draft again: cancel or remove it"));
            }
            (Status::Cancelled, Status::Cancelled) => Action::Edited,
            (Status::Cancelled, _) => Action::Reinstated,
            (_, Status::Cancelled) => Action::Cancelled,
            _ => Action::Edited,
        };
        let mut entries: Vec<_> = changes
            .into_iter()
            .map(|change| {
                let action = if change.field == Field::Status { action } else { Action::Edited };
                HistoryEntry {
                    about: Some(change.field.into()),
                    before: Some(change.before),
                    after: Some(change.after),
                    ..HistoryEntry::of(action, now)
                }
            })
            .collect();
        if self.removed {
            entries.insert(0, HistoryEntry::of(Action::Reinstated, now));
        }
        match action {
            Action::Cancelled => self.ended_at = Some(now),
            Action::Reinstated => {
                self.ended_at = (new.status == Status::Cancelled).then_some(now);
                self.cancel_reason.clear();
            }
            _ => {}
        }
        self.removed = false;
        self.touch(now);
        let old = std::mem::replace(&mut self.details, new);
        entries.extend(self.carry_overrides(&old, now));
        Ok(entries)
    }

    /// Cancels it, with a reason people are told. A second time with the same reason changes nothing.
    pub fn cancel(&mut self, reason: &str, now: Timestamp) -> Result<Vec<HistoryEntry>, Refused> {
        if self.details.status == Status::Draft {
            return Err(self.conflict("is a draft that nobody has seen: remove it instead"));
        }
        let reason = text::single_line(reason);
        text::at_most("reason", &reason, 1000)?;
        let cancelled = Details { status: Status::Cancelled, ..self.details.clone() };
        let mut entries = self.revise(cancelled, now)?;
        if reason != self.cancel_reason && !reason.is_empty() {
            if entries.is_empty() {
                self.touch(now);
            }
            entries.push(HistoryEntry {
                about: Some(Aspect::Reason),
                before: Some(std::mem::take(&mut self.cancel_reason)),
                after: Some(reason.clone()),
                ..HistoryEntry::of(Action::Cancelled, now)
            });
            self.cancel_reason = reason;
        }
        Ok(entries)
    }

    /// Takes a removal back, or else a cancellation: then it is what it was `before`.
    pub fn restore(&mut self, before: Status, now: Timestamp) -> Result<Vec<HistoryEntry>, Refused> {
        if self.removed {
            return self.revise(self.details.clone(), now);
        }
        match self.details.status {
            Status::Cancelled => self.revise(Details { status: before, ..self.details.clone() }, now),
            _ => Ok(Vec::new()),
        }
    }

    /// Shows a draft to all.
    pub fn publish(&mut self, now: Timestamp) -> Result<Vec<HistoryEntry>, Refused> {
        match self.details.status {
            Status::Draft => self.revise(Details { status: Status::Confirmed, ..self.details.clone() }, now),
            Status::Cancelled => Err(self.conflict("is cancelled: restore it first")),
            Status::Confirmed | Status::Tentative => Ok(Vec::new()),
        }
    }

    /// Takes it off the lists. Calendars are told that it was cancelled.
    pub fn remove(&mut self, now: Timestamp) -> Vec<HistoryEntry> {
        self.removed = true;
        self.ended_at = self.ended_at.or(Some(now));
        self.touch(now);
        vec![HistoryEntry::of(Action::Removed, now)]
    }

    /// Takes it off the lists without a word, because it is told as part of the event `of`: calendars drop it at once,
    /// and no edition tells that it was cancelled.
    pub fn fold_into(&mut self, of: i64, now: Timestamp) -> Vec<HistoryEntry> {
        self.removed = true;
        self.ended_at = Some(Timestamp::UNIX_EPOCH);
        self.touch(now);
        let told = HistoryEntry {
            about: Some(Aspect::Reason),
            after: Some(format!("it is part of event {of}")),
            ..HistoryEntry::of(Action::Removed, now)
        };
        vec![told]
    }

    /// Whether it is off the lists because it is told as part of another.
    pub fn is_folded(&self) -> bool {
        self.removed && self.ended_at == Some(Timestamp::UNIX_EPOCH)
    }

    /// That what was asked for does not fit how it is.
    pub(super) fn conflict(&self, said: &str) -> Refused {
        Refused::conflict(format!("event {} {said}", self.id)).about(Noun::Event, self.id)
    }

    pub(super) fn touch(&mut self, now: Timestamp) {
        self.updated_at = now;
        if self.is_public() {
            self.sequence = self.sequence.saturating_add(1);
        }
    }
}

words! {
    /// What was done to an event, as its history tells.
    pub enum Action, "action" {
        Added => "added",
        Edited => "edited",
        Published => "published",
        Cancelled => "cancelled",
        Reinstated => "reinstated",
        Removed => "removed",
        /// Taken back from its readers as if it had never been shown to them.
        Withdrawn => "withdrawn",
        /// Read otherwise than before, though nothing of it changed: no news to anybody.
        Reread => "reread",
    }
}

/// One line of an event's history.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct HistoryEntry {
    pub at: Timestamp,
    pub action: Action,
    /// Of which date of a repeating event, by its original start; null where it is about all of it.
    pub occurrence: Option<Point>,
    /// Null where the action says it all.
    #[serde(rename = "field")]
    pub about: Option<Aspect>,
    #[serde(rename = "from")]
    pub before: Option<String>,
    #[serde(rename = "to")]
    pub after: Option<String>,
    /// What an editor said of telling it; left out where nothing was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tell: Option<Tell>,
}

/// What of an event a line of history tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Aspect {
    Field(Field),
    /// Why it is cancelled.
    Reason,
    /// That a date of a series is there no more.
    Occurrence,
    /// By a name that another version wrote, and this one does not know.
    Unknown(String),
}

impl From<Field> for Aspect {
    fn from(field: Field) -> Self {
        Self::Field(field)
    }
}

impl fmt::Display for Aspect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Aspect::Field(field) => field.as_str(),
            Aspect::Reason => "reason",
            Aspect::Occurrence => "occurrence",
            Aspect::Unknown(name) => name,
        })
    }
}

/// Any name is readable.
impl From<&str> for Aspect {
    fn from(name: &str) -> Self {
        match name {
            "reason" => Self::Reason,
            "occurrence" => Self::Occurrence,
            name => name.parse().map_or_else(|_| Self::Unknown(text::cleaned(name).into_owned()), Self::Field),
        }
    }
}

impl serde::Serialize for Aspect {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

/// One line of history together with the event it belongs to.
#[derive(Debug, Clone)]
pub struct Revision {
    /// Rises with time, over all events.
    pub line: i64,
    pub event_id: i64,
    pub by: Actor,
    pub entry: HistoryEntry,
}

impl HistoryEntry {
    pub fn of(action: Action, at: Timestamp) -> Self {
        Self { at, action, occurrence: None, about: None, before: None, after: None, tell: None }
    }

    pub fn is_about(&self, field: Field) -> bool {
        self.about == Some(Aspect::Field(field))
    }
}

/// What it was before it was cancelled, as its history tells.
pub fn status_before_cancelling(history: &[Revision], occurrence: Option<Point>) -> Status {
    let lines = history.iter().rev().map(|revision| &revision.entry).filter(|entry| entry.occurrence == occurrence);
    let cancelled = lines.clone().find(|line| line.action == Action::Cancelled && line.is_about(Field::Status));
    cancelled.and_then(|line| line.before.as_deref()?.parse().ok()).unwrap_or(Status::Confirmed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::when::When;
    use crate::domain::zone::Zone;

    fn meeting(title: &str) -> Details {
        let when = When::parse("2020-09-11", None, Zone::utc()).unwrap();
        Details::new(Kind::Meeting, title, when)
    }

    #[test]
    fn an_event_needs_a_title() {
        for title in ["", "  ", "\u{1}\n"] {
            let error = meeting(title).checked().unwrap_err();
            assert!(error.to_string().contains("title is empty"), "{title:?}");
        }
    }

    #[test]
    fn changes_name_the_field_and_both_values() {
        let before = meeting("Plenary");
        let mut after = before.clone();
        after.when = When::parse("2020-09-18", None, Zone::utc()).unwrap();
        let changes = before.changes_to(&after);
        assert_eq!(changes.len(), 1);
        assert_eq!(
            (changes[0].field, &*changes[0].before, &*changes[0].after),
            (Field::Start, "2020-09-11", "2020-09-18")
        );
    }

    #[test]
    fn a_name_that_history_has_from_another_version_stays_readable() {
        for name in ["start", "reason", "occurrence", "colour of the door"] {
            assert_eq!(Aspect::from(name).to_string(), name);
        }
        assert_eq!(Aspect::from("topics"), Aspect::Field(Field::Topics));
    }

    #[test]
    fn a_change_raises_the_sequence_and_no_change_does_nothing() {
        let now = Timestamp::UNIX_EPOCH;
        let mut event = Event::new(1, "u".into(), meeting("Plenary"), now);
        assert!(event.revise(event.details.clone(), now).unwrap().is_empty());
        assert_eq!(event.sequence, 0);
        event.revise(meeting("Second plenary"), now).unwrap();
        assert_eq!(event.sequence, 1);
        event.cancel("no quorum", now).unwrap();
        assert_eq!((event.sequence, &*event.cancel_reason, event.ended_at), (2, "no quorum", Some(now)));
        assert!(event.cancel("no quorum", now).unwrap().is_empty());
        let back = event.revise(meeting("Second plenary"), now).unwrap();
        assert_eq!((back[0].action, event.sequence, event.ended_at), (Action::Reinstated, 3, None));
    }

    #[test]
    fn a_published_event_never_becomes_a_draft() {
        let mut event = Event::new(1, "u".into(), meeting("Plenary"), Timestamp::UNIX_EPOCH);
        let draft = Details { status: Status::Draft, ..event.details.clone() };
        assert!(event.revise(draft, Timestamp::UNIX_EPOCH).is_err());
    }

    #[test]
    fn kinds_are_read_and_an_unknown_one_is_told_what_there_is() {
        assert_eq!("effective-date".parse(), Ok(Kind::EffectiveDate));
        let error = "party".parse::<Kind>().unwrap_err().to_string();
        assert!(error.contains("meeting, forum, release"), "{error}");
    }
}
