//! An event: one dated thing that people must know of.

use jiff::Timestamp;

use super::actor::Actor;
use super::editor::{self, Editor};
use super::recurrence::Recurrence;
use super::refused::{Noun, Refused};
use super::when::{Point, When};
use super::{FieldError, Invalid, text, words};

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
    /// The label people see.
    pub fn label(self) -> &'static str {
        match self {
            Kind::Meeting => "Meeting",
            Kind::Forum => "Forum",
            Kind::Release => "Release",
            Kind::EffectiveDate => "Takes effect",
            Kind::Deadline => "Deadline",
            Kind::Other => "Date",
        }
    }

    /// Several, each once and in the order above, so that the same choice is the same list.
    pub fn list<'a>(given: impl IntoIterator<Item = &'a str>) -> Result<Vec<Self>, Invalid> {
        let mut kinds = given.into_iter().map(str::parse).collect::<Result<Vec<Self>, _>>()?;
        kinds.sort();
        kinds.dedup();
        Ok(kinds)
    }

    /// Whether people spend the time of it there; a release or a deadline blocks nobody's day.
    pub fn is_attended(self) -> bool {
        matches!(self, Kind::Meeting | Kind::Forum)
    }
}

words! {
    pub enum Status, "status" {
        Confirmed => "confirmed",
        Tentative => "tentative",
        /// Seen by nobody outside until it is published.
        Draft => "draft",
        Cancelled => "cancelled",
    }
}

/// What an editor says about an event. What is kept went through [`Details::checked`], so it is fit to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Details {
    pub kind: Kind,
    pub title: String,
    /// Of a repeating event: the first of its dates.
    pub when: When,
    pub repeat: Option<Box<Recurrence>>,
    pub status: Status,
    pub location: String,
    pub organizer: String,
    pub topics: Vec<String>,
    pub standards: Vec<String>,
    pub url: String,
    /// Markdown.
    pub description: String,
}

impl Details {
    /// An event that says no more than what, when and of which kind.
    pub fn new(kind: Kind, title: &str, when: When) -> Self {
        Self {
            kind,
            title: title.to_owned(),
            when,
            repeat: None,
            status: Status::Confirmed,
            location: String::new(),
            organizer: String::new(),
            topics: Vec::new(),
            standards: Vec::new(),
            url: String::new(),
            description: String::new(),
        }
    }

    /// Tidies white space and control characters and refuses what can't be kept.
    pub fn checked(self) -> Result<Self, FieldError> {
        let line = |field: &'static str, text: &str| {
            let line = text::single_line(text);
            text::at_most(field, &line, 1000).map_err(FieldError::of(field)).map(|()| line)
        };
        let details = Self {
            title: line("title", &self.title)?,
            location: line("location", &self.location)?,
            organizer: line("organizer", &self.organizer)?,
            topics: text::labels("topic", self.topics.iter().map(String::as_str)).map_err(FieldError::of("topics"))?,
            standards: text::labels("standard", self.standards.iter().map(String::as_str))
                .map_err(FieldError::of("standards"))?,
            url: text::web_url(&self.url).map_err(FieldError::of("url"))?,
            description: text::multi_line(&self.description),
            ..self
        };
        if details.title.is_empty() {
            return Err(FieldError::of("title")(Invalid::new(
                "the title is empty: say in a few words what the event is",
            )));
        }
        text::at_most("description", &details.description, 100_000).map_err(FieldError::of("description"))?;
        Ok(details)
    }

    /// The fields that differ in `new`, by the names they have outside, with their text before and after.
    pub fn changes_to(&self, new: &Self) -> Vec<FieldChange> {
        let before = self.fields();
        let after = new.fields();
        before
            .into_iter()
            .zip(after)
            .filter(|(b, a)| b.1 != a.1)
            .map(|((field, before), (_, after))| FieldChange { field, before, after })
            .collect()
    }

    fn fields(&self) -> [(&'static str, String); 15] {
        let end = self.when.end().map(|end| end.to_string()).unwrap_or_default();
        let repeat = self.repeat.as_deref();
        let dates = |of: fn(&Recurrence) -> &Vec<Point>| {
            repeat.map(|r| of(r).iter().map(Point::to_string).collect::<Vec<_>>().join("; ")).unwrap_or_default()
        };
        [
            ("kind", self.kind.to_string()),
            ("title", self.title.clone()),
            ("start", self.when.start().to_string()),
            ("end", end),
            ("timezone", self.when.zone().to_string()),
            ("repeat", self.rule().to_owned()),
            ("rdates", dates(|r| &r.rdates)),
            ("exdates", dates(|r| &r.exdates)),
            ("status", self.status.to_string()),
            ("location", self.location.clone()),
            ("organizer", self.organizer.clone()),
            ("topics", self.topics.join("; ")),
            ("standards", self.standards.join("; ")),
            ("url", self.url.clone()),
            ("description", self.description.clone()),
        ]
    }

    /// The RRULE, if it repeats by one.
    pub fn rule(&self) -> &str {
        self.repeat.as_ref().and_then(|repeat| repeat.rule.as_ref()).map(|rule| rule.as_str()).unwrap_or_default()
    }

    /// Takes over what `new` has otherwise than `old`, where this was as `old`.
    pub(super) fn follow(&mut self, old: &Self, new: &Self) {
        macro_rules! follow {
            ($($field:ident),+) => {
                $(if self.$field == old.$field { self.$field.clone_from(&new.$field); })+
            };
        }
        follow!(kind, title, when, status, location, organizer, topics, standards, url, description);
    }

    /// The words a search looks in, in lower case.
    pub fn search_text(&self) -> String {
        let mut words = vec![self.title.as_str(), &self.location, &self.organizer, self.kind.as_str()];
        words.extend(self.topics.iter().map(String::as_str));
        words.extend(self.standards.iter().map(String::as_str));
        words.push(&self.description);
        text::fold_case(&words.join("\n"))
    }
}

/// One field of an event before and after a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChange {
    pub field: &'static str,
    pub before: String,
    pub after: String,
}

/// What is different about one date of a series: a component with RECURRENCE-ID (RFC 5545 section 3.8.4.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// The start that the rule gives it, whenever it is now.
    pub occurrence: Point,
    /// All of it, as it is on that date; what the series says of the rest is followed when the series changes.
    pub details: Details,
    pub cancel_reason: String,
    /// When it was cancelled, if it was.
    pub ended_at: Option<Timestamp>,
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
        Self {
            id,
            uid,
            occurrence: None,
            details,
            overrides: Vec::new(),
            cancel_reason: String::new(),
            source: None,
            sequence: 0,
            created_at: now,
            updated_at: now,
            ended_at: None,
            removed: false,
        }
    }

    pub fn is_cancelled(&self) -> bool {
        self.removed || self.details.status == Status::Cancelled
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
                let action = if change.field == "status" { action } else { Action::Edited };
                HistoryEntry {
                    field: Some(change.field.to_owned()),
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
                field: Some("reason".to_owned()),
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
    }
}

/// One line of an event's history.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct HistoryEntry {
    pub at: Timestamp,
    pub action: Action,
    /// Of which date of a repeating event, by its original start; null where it is about all of it.
    pub occurrence: Option<Point>,
    /// Which field changed; null where the action says it all.
    pub field: Option<String>,
    #[serde(rename = "from")]
    pub before: Option<String>,
    #[serde(rename = "to")]
    pub after: Option<String>,
}

/// One line of history together with the event it belongs to.
#[derive(Debug, Clone)]
pub struct Revision {
    pub event_id: i64,
    pub by: Actor,
    pub entry: HistoryEntry,
}

impl HistoryEntry {
    pub fn of(action: Action, at: Timestamp) -> Self {
        Self { at, action, occurrence: None, field: None, before: None, after: None }
    }
}

/// What it was before it was cancelled, as its history tells.
pub fn status_before_cancelling(history: &[Revision], occurrence: Option<Point>) -> Status {
    let lines = history.iter().rev().map(|revision| &revision.entry).filter(|entry| entry.occurrence == occurrence);
    let cancelled =
        lines.clone().find(|line| line.action == Action::Cancelled && line.field.as_deref() == Some("status"));
    cancelled.and_then(|line| line.before.as_deref()?.parse().ok()).unwrap_or(Status::Confirmed)
}

/// The refusal of a change by somebody who saw an older version: what was changed since.
pub fn changed_meanwhile(id: i64, meanwhile: &[Revision], editors: &[Editor]) -> Refused {
    let lines = meanwhile.iter().map(|revision| revision.told(editors));
    Refused::stale(Noun::Event, id, lines.collect())
}

impl Revision {
    /// `title “Plenary” → “Plenary meeting” by editor ann@example.org at 2020-09-11T08:00:00Z`.
    fn told(&self, editors: &[Editor]) -> String {
        let entry = &self.entry;
        let value = |text: &Option<String>| text::clip(&text::single_line(text.as_deref().unwrap_or_default()), 60);
        let what = match &entry.field {
            Some(field) => format!("{field} “{}” → “{}”", value(&entry.before), value(&entry.after)),
            None => entry.action.to_string(),
        };
        let date = entry.occurrence.map(|start| format!(" of {start}")).unwrap_or_default();
        format!("{what}{date} by {} at {}", editor::named(&self.by, editors), entry.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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
        assert_eq!((changes[0].field, &*changes[0].before, &*changes[0].after), ("start", "2020-09-11", "2020-09-18"));
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
