//! Taking in many events at once: what is new, what changed, what is the same.

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;

use super::row::{append_history, fetch_all, next_id, save};
use super::{Result, Store, new_uid};
use crate::clock::whole_second;
use crate::domain::actor::Actor;
use crate::domain::event::{Action, Details, Event, HistoryEntry, Status};
use crate::domain::fields::EventFields;
use crate::domain::refused::Refused;
use crate::domain::when::{Point, Window};
use crate::domain::{FieldError, Invalid};

/// One entry of an import: an event, perhaps with the UID it has elsewhere.
#[derive(Debug, Clone)]
pub struct ImportEntry {
    /// Where in the input it stands, for the report.
    pub line: u64,
    pub uid: Option<String>,
    /// The SEQUENCE it has elsewhere: calendars that know the UID must not see a lower one.
    pub sequence: u32,
    /// What the input says; fields it is silent about stay as they are.
    pub fields: EventFields,
    /// The event these fields make by themselves.
    pub details: Details,
    /// Whether its form can speak of single dates of a repeating event, so that silence means that they are as the rest.
    pub tells_dates: bool,
    /// What it says of them.
    pub occurrences: Vec<ImportedOccurrence>,
}

/// One date of a repeating event that is not as the rest.
#[derive(Debug, Clone)]
pub struct ImportedOccurrence {
    pub line: u64,
    /// The start that the rule gives it.
    pub start: Point,
    pub sequence: u32,
    pub fields: EventFields,
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
    /// Whether all of it could be read, so that what is missing is gone.
    pub is_whole: bool,
    /// Nothing is kept.
    pub dry_run: bool,
}

/// What an import did, or would have done.
#[derive(Debug, Default)]
pub struct ImportCounts {
    pub added: usize,
    pub updated: usize,
    pub unchanged: usize,
    /// Cancelled because their source has them no more.
    pub cancelled: usize,
    /// Line and reason of entries that can't be.
    pub rejected: Vec<(u64, FieldError)>,
}

impl Store {
    /// Adds what is new, updates what changed, in one transaction. Entries are matched by UID, without one by kind,
    /// title and start.
    pub async fn import_events(
        &self,
        by: &Actor,
        entries: Vec<ImportEntry>,
        origin: ImportOrigin<'_>,
    ) -> Result<ImportCounts> {
        let mut transaction = self.begin().await?;
        let known = fetch_all(&mut transaction).await?;
        let next_id = next_id(&mut transaction).await?;
        let mut import = Import::onto(known, next_id, origin, whole_second(self.now()));
        for entry in entries {
            import.take(entry);
        }
        if origin.source.is_some() && origin.is_whole {
            import.cancel_vanished();
        }
        if !origin.dry_run {
            let touched: Vec<_> = import.touched.iter().filter_map(|index| import.events.get(*index)).collect();
            save(&mut transaction, &touched).await?;
            append_history(&mut transaction, by, &import.history).await?;
            transaction.commit().await?;
        }
        Ok(import.counts)
    }
}

/// An import in the making: all events, those known first.
struct Import<'a> {
    origin: ImportOrigin<'a>,
    now: Timestamp,
    next_id: i64,
    events: Vec<Event>,
    by_uid: HashMap<String, usize>,
    by_content: HashMap<String, usize>,
    /// The line that spoke of an event; a second one would undo it, at each import again.
    spoken: HashMap<usize, u64>,
    /// Which events are to be written, in order.
    touched: Vec<usize>,
    history: Vec<(i64, HistoryEntry)>,
    counts: ImportCounts,
}

impl<'a> Import<'a> {
    fn onto(events: Vec<Event>, next_id: i64, origin: ImportOrigin<'a>, now: Timestamp) -> Self {
        let mut by_uid = HashMap::new();
        let mut by_content: HashMap<String, usize> = HashMap::new();
        for (index, event) in events.iter().enumerate() {
            by_uid.insert(event.uid.clone(), index);
            // A table typed by hand has no say over what a foreign calendar brought.
            if event.source.as_deref() != origin.source {
                continue;
            }
            // Of several alike, one that is still there.
            let known = by_content.entry(content_key(&event.details)).or_insert(index);
            if events[*known].removed && !event.removed {
                *known = index;
            }
        }
        Self {
            origin,
            now,
            next_id,
            events,
            by_uid,
            by_content,
            spoken: HashMap::new(),
            touched: Vec::new(),
            history: Vec::new(),
            counts: ImportCounts::default(),
        }
    }

    fn take(&mut self, entry: ImportEntry) {
        let found = match &entry.uid {
            Some(uid) => self.by_uid.get(uid).copied(),
            None => self.by_content.get(&content_key(&entry.details)).copied(),
        };
        let index = found.unwrap_or(self.events.len());
        if let Some(line) = self.spoken.insert(index, entry.line) {
            self.counts.rejected.push((entry.line, same_as(line, entry.uid.is_some())));
            return;
        }
        match found {
            None => self.add(entry),
            Some(index) => self.update(index, &entry),
        }
    }

    fn add(&mut self, entry: ImportEntry) {
        let uid = entry.uid.clone().unwrap_or_else(|| new_uid(self.origin.host));
        let mut event = Event::new(self.next_id, uid, entry.details.clone(), self.now);
        event.cancel_reason = entry.fields.cancel_reason.clone().unwrap_or_default();
        event.source = self.origin.source.map(str::to_owned);
        event.ended_at = event.is_cancelled().then_some(event.created_at);
        self.next_id += 1;
        // Its history begins with it as it is; what single dates have otherwise belongs to that.
        let (_, rejected) = take_over_occurrences(&mut event, &entry, self.now);
        self.counts.rejected.extend(rejected);
        event.sequence = entry.sequence;
        self.history.push((event.id, HistoryEntry::of(Action::Added, self.now)));
        self.by_uid.insert(event.uid.clone(), self.events.len());
        self.by_content.insert(content_key(&event.details), self.events.len());
        self.touched.push(self.events.len());
        self.events.push(event);
        self.counts.added += 1;
    }

    fn update(&mut self, index: usize, entry: &ImportEntry) {
        let event = &mut self.events[index];
        // A calendar that moved, or an event that moved to another one, takes its events along.
        let is_orphan = event.source.as_deref().is_some_and(|owner| {
            !self.origin.configured.contains(&owner) || (event.is_cancelled() && event.cancel_reason == VANISHED)
        });
        if self.origin.source.is_some() && is_orphan {
            event.source = self.origin.source.map(str::to_owned);
        }
        if event.source.as_deref() != self.origin.source {
            let owner = match &event.source {
                Some(source) => format!("is kept in step with {source}: it is changed there"),
                None => "has the UID of an event that was added here: that one stays".into(),
            };
            self.counts.rejected.push((entry.line, FieldError { field: "uid", reason: Invalid(owner) }));
            return;
        }
        match take_over(event, entry, self.now) {
            Err(reason) => self.counts.rejected.push((entry.line, reason)),
            Ok((done, rejected)) => {
                self.counts.rejected.extend(rejected);
                self.keep(index, done);
            }
        }
    }

    fn keep(&mut self, index: usize, done: Vec<HistoryEntry>) {
        if done.is_empty() {
            self.counts.unchanged += 1;
            return;
        }
        let id = self.events[index].id;
        self.history.extend(done.into_iter().map(|entry| (id, entry)));
        self.touched.push(index);
        self.counts.updated += 1;
    }

    /// What the source has no more is cancelled here, if it still lay ahead: what has begun or is past is not rewritten.
    /// A draft stays for its editor to judge.
    fn cancel_vanished(&mut self) {
        let source = self.origin.source;
        let ahead = Window { from: self.now, ..Window::ALL };
        for index in 0..self.events.len() {
            let event = &mut self.events[index];
            let has_vanished = event.source.as_deref() == source && !self.spoken.contains_key(&index);
            let lies_ahead = match event.details.repeat {
                None => event.details.when.first_instant() > self.now,
                Some(_) => event.touches(ahead),
            };
            if !has_vanished || !lies_ahead || event.is_cancelled() || event.details.status == Status::Draft {
                continue;
            }
            let done = event.cancel(VANISHED, self.now).unwrap_or_default();
            let id = event.id;
            self.history.extend(done.into_iter().map(|entry| (id, entry)));
            self.touched.push(index);
            self.counts.cancelled += 1;
        }
    }
}

/// Why a vanished event is cancelled, for its readers.
const VANISHED: &str = "no longer in the calendar it came from";

type Rejections = Vec<(u64, FieldError)>;

/// Brings a known event to what an import says of it.
fn take_over(
    event: &mut Event,
    entry: &ImportEntry,
    now: Timestamp,
) -> std::result::Result<(Vec<HistoryEntry>, Rejections), FieldError> {
    let fields = &entry.fields;
    let status = |refused: Refused| FieldError { field: "status", reason: refused.into() };
    let zone = event.details.when.zone().clone();
    let mut details = fields.onto(Some(&event.details), &zone)?;
    // What was removed from a foreign calendar's events here stays so.
    if event.removed && event.source.is_some() {
        return Ok((Vec::new(), Vec::new()));
    }
    // Of a draft that was cancelled elsewhere nobody knew; and what is taken in as a draft publishes nothing.
    let stays_draft = details.status == Status::Cancelled || entry.details.status == Status::Draft;
    if event.details.status == Status::Draft && stays_draft {
        details.status = Status::Draft;
    }
    let is_back = event.is_cancelled() && event.cancel_reason == VANISHED;
    if is_back && fields.status.as_ref().is_none_or(|status| status.trim().is_empty()) {
        details.status = Status::Confirmed;
    }
    // A table without UIDs is typed by hand and knows nothing of what was cancelled or removed here since.
    if entry.uid.is_none() && event.removed {
        return Ok((Vec::new(), Vec::new()));
    }
    if entry.uid.is_none() && event.details.status == Status::Cancelled && !is_back {
        details.status = Status::Cancelled;
    }
    let cancelled = details.status == Status::Cancelled && event.details.status != Status::Draft;
    let sequence = event.sequence;
    let mut done = event.revise(details, now).map_err(status)?;
    if cancelled {
        done.extend(event.cancel(fields.cancel_reason.as_deref().unwrap_or_default(), now).map_err(status)?);
    }
    let mut rejected = Vec::new();
    if entry.uid.is_some() && entry.tells_dates {
        let (changed, bad) = take_over_occurrences(event, entry, now);
        done.extend(changed);
        rejected = bad;
    }
    if !done.is_empty() {
        // One import is one change, however many lines of history it makes.
        event.sequence = event.sequence.min(sequence.saturating_add(1)).max(entry.sequence);
    }
    Ok((done, rejected))
}

/// Makes the dates that the entry speaks of as it says, and all others as the rule has them.
fn take_over_occurrences(event: &mut Event, entry: &ImportEntry, now: Timestamp) -> (Vec<HistoryEntry>, Rejections) {
    let (mut done, mut rejected) = (Vec::new(), Vec::new());
    let spoken: BTreeSet<Point> = entry.occurrences.iter().map(|occurrence| occurrence.start).collect();
    let silent = event.overrides.iter().map(|known| known.occurrence).filter(|start| !spoken.contains(start));
    for start in silent.collect::<Vec<_>>() {
        let plain = event.plain_occurrence(start).details;
        done.extend(event.change_occurrence(start, now, |it| it.revise(plain, now)).unwrap_or_default());
    }
    for occurrence in &entry.occurrences {
        let base = event.plain_occurrence(occurrence.start).details;
        let zone = base.when.zone().clone();
        let changed = occurrence.fields.onto(Some(&base), &zone).and_then(|details| {
            let reason = occurrence.fields.cancel_reason.clone().unwrap_or_default();
            event
                .change_occurrence(occurrence.start, now, |it| {
                    let is_cancelled = details.status == Status::Cancelled;
                    let mut done = it.revise(details, now)?;
                    if is_cancelled {
                        done.extend(it.cancel(&reason, now)?);
                    }
                    Ok(done)
                })
                .map_err(|refused| FieldError { field: "occurrence", reason: refused.into() })
        });
        match changed {
            Ok(changed) => done.extend(changed),
            Err(error) => rejected.push((occurrence.line, error)),
        }
    }
    (done, rejected)
}

fn same_as(line: u64, by_uid: bool) -> FieldError {
    let what = if by_uid { "UID" } else { "kind, title and start" };
    FieldError {
        field: if by_uid { "uid" } else { "title" },
        reason: Invalid(format!("is the same event as in line {line}, by its {what}")),
    }
}

fn content_key(details: &Details) -> String {
    format!("{}\n{}\n{}", details.kind, details.title, details.when.start())
}
