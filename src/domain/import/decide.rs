//! What is new, what changed, what is the same, and what is there no more.

mod dates;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;

use self::dates::is_late;
use super::held::{Look, hold};
use super::same;
use super::take_over::{ToldDates, VANISHED, take_over, take_over_occurrences};
use super::{
    ByHand, ContentKey, Extent, Fate, ImportCounts, ImportEntry, ImportOrigin, Imported, ImportedRow, Known, Missing,
    Private, Telling, alike, parts,
};
use crate::domain::event::{Action, Event, EventPatch, HistoryEntry, Status};
use crate::domain::when::{Point, Window};
use crate::domain::{FieldError, Invalid};

/// Adds what is new and updates what changed, by the same rules as an editor's change. Entries are matched by UID,
/// without one by kind, title and start; those of a source whose UIDs change, as [`same`] says. What vanished from a
/// source that was read whole is cancelled, if it is not suddenly too much. `new_uid` makes the UID of what has none.
pub fn decide(
    entries: Vec<ImportEntry>,
    known: Known,
    origin: ImportOrigin<'_>,
    now: Timestamp,
    new_uid: impl Fn() -> String,
) -> Imported {
    let by_content = entries.iter().any(|entry| entry.uid.is_none() && !entry.is_nameless());
    let mut import = Import::onto(known, origin, now, by_content);
    let is_empty = entries.is_empty();
    let matched = match origin.source {
        Some(_) => same::matches(&entries, &import.events, &import.by_uid, |event| import.is_ours(event)),
        None => HashMap::new(),
    };
    let pairs = alike::pair(&entries, &import.events, origin.source);
    for (place, entry) in entries.into_iter().enumerate() {
        if let Some((index, date)) = entry.date_of.as_ref().and_then(|of| import.find_date(of)) {
            import.take_date(index, date, &entry);
            continue;
        }
        let found = match (&entry.uid, origin.source) {
            (Some(uid), _) if import.told.contains_key(uid) => import.told.get(uid).copied(),
            (Some(_), Some(_)) => matched.get(&place).copied(),
            (Some(uid), None) => import.by_uid.get(uid).copied(),
            (None, _) if entry.is_nameless() => pairs.get(&place).copied(),
            (None, _) => import.by_content.as_ref().and_then(|all| all.get(&ContentKey::of(&entry.details)).copied()),
        };
        import.take(entry, found, &new_uid);
    }
    import.fold_parts();
    if origin.source.is_some() {
        import.cancel_vanished(is_empty);
    }
    import.finish()
}

/// An import in the making: events that may be spoken of, those known first.
struct Import<'a> {
    origin: ImportOrigin<'a>,
    now: Timestamp,
    next_id: i64,
    events: Vec<Event>,
    by_hand: ByHand,
    /// By the UIDs that their source gave them the last time, else by their own.
    by_uid: HashMap<String, usize>,
    own_uids: HashSet<String>,
    foreign_uids: HashMap<i64, String>,
    /// Under which UIDs this import told events so far.
    told: HashMap<String, usize>,
    renamed: Vec<(i64, Option<String>)>,
    /// None: no entry is to be known so.
    by_content: Option<HashMap<ContentKey<'static>, usize>>,
    /// What is kept of series under UIDs of their own, by the UID of the series.
    parts: HashMap<String, Vec<(Point, usize)>>,
    /// All dates of series that are counted.
    counted: HashMap<usize, HashSet<Point>>,
    /// Series that were told, single dates or not.
    whole: Vec<usize>,
    /// The SEQUENCE that an event had before: one import is one change.
    sequences: HashMap<usize, u32>,
    /// The line that spoke of an event; a second one would undo it, at each import again.
    spoken: HashMap<usize, u64>,
    /// Which events are to be written, each once, in order.
    touched: Vec<usize>,
    history: Vec<(i64, HistoryEntry)>,
    counts: ImportCounts,
}

impl<'a> Import<'a> {
    fn onto(known: Known, origin: ImportOrigin<'a>, now: Timestamp, by_content: bool) -> Self {
        let Known { events, foreign_uids, next_id, by_hand } = known;
        let parts = parts::by_series(&events);
        let mut by_uid = HashMap::new();
        for (index, event) in events.iter().enumerate() {
            by_uid.insert(foreign_uids.get(&event.id).unwrap_or(&event.uid).clone(), index);
        }
        // A source that gives them back their own is not to be mistaken.
        for (index, event) in events.iter().enumerate() {
            by_uid.entry(event.uid.clone()).or_insert(index);
        }
        let own_uids = events.iter().map(|event| event.uid.clone()).collect();
        let by_content = by_content.then(|| contents(&events, origin.source));
        Self {
            origin,
            now,
            next_id,
            events,
            by_hand,
            by_uid,
            own_uids,
            foreign_uids,
            told: HashMap::new(),
            renamed: Vec::new(),
            by_content,
            parts,
            counted: HashMap::new(),
            whole: Vec::new(),
            sequences: HashMap::new(),
            spoken: HashMap::new(),
            touched: Vec::new(),
            history: Vec::new(),
            counts: ImportCounts::default(),
        }
    }

    fn finish(self) -> Imported {
        let mut all: Vec<_> = self.events.into_iter().map(Some).collect();
        let events = self.touched.iter().filter_map(|index| all.get_mut(*index)?.take()).collect();
        Imported { events, history: self.history, foreign_uids: self.renamed, counts: self.counts }
    }

    fn is_ours(&self, event: &Event) -> bool {
        event.source.as_deref() == self.origin.source
    }

    fn take(&mut self, entry: ImportEntry, found: Option<usize>, new_uid: impl Fn() -> String) {
        if found.is_none() && entry.telling == Telling::Cancellation {
            return self.call_off_unknown(&entry);
        }
        if found.is_none() && entry.private == Some(Private::Skip) {
            self.counts.private += 1;
            return;
        }
        let index = found.unwrap_or(self.events.len());
        if let Some(line) = self.spoken.insert(index, entry.line) {
            self.counts.rejected.push((entry.line, same_as(line, entry.uid.is_some())));
            return;
        }
        if let Some(uid) = &entry.uid {
            self.told.insert(uid.clone(), index);
        }
        match found {
            None => self.add(entry, new_uid),
            Some(index) => self.update(index, &entry),
        }
    }

    fn add(&mut self, entry: ImportEntry, new_uid: impl Fn() -> String) {
        let stamp = entry.stamp();
        let ImportEntry { line, uid: told_uid, sequence, fields, details, extent, occurrences, private, .. } = entry;
        if extent == Extent::Cut && self.origin.source.is_some() {
            let reason = "the file ends in the middle of this event: it is taken when all of it is there";
            self.counts.rejected.push((line, FieldError { field: "uid", reason: Invalid::new(reason) }));
            return;
        }
        // Where UIDs change, it may have one that an event has here that is told under another by now.
        let uid = told_uid.clone().filter(|uid| !self.own_uids.contains(uid)).unwrap_or_else(new_uid);
        let mut event = Event::new(self.next_id, uid, details, self.now);
        event.cancel_reason = fields.cancel_reason.unwrap_or_default();
        event.source = self.origin.source.map(str::to_owned);
        self.next_id += 1;
        // Its history begins with it as it is; what single dates have otherwise belongs to that.
        let told = ToldDates { dates: &occurrences, stamp, extent };
        let (_, rejected) = take_over_occurrences(&mut event, &told, true, self.now);
        self.counts.rejected.extend(rejected);
        event.sequence = sequence;
        event.stamp = stamp.filter(|_| self.origin.source.is_none());
        event.private = private.is_some();
        self.counts.private += usize::from(event.private);
        self.history.push((event.id, HistoryEntry::of(Action::Added, self.now)));
        if told_uid.as_ref().is_some_and(|uid| *uid != event.uid) {
            self.renamed.push((event.id, told_uid));
        }
        self.tell_row(line, Fate::Added, &event, &[]);
        self.own_uids.insert(event.uid.clone());
        if let Some(all) = &mut self.by_content {
            all.insert(ContentKey::of(&event.details).into_owned(), self.events.len());
        }
        self.touched.push(self.events.len());
        self.whole.push(self.events.len());
        self.events.push(event);
        self.remember_part(self.events.len() - 1);
        self.counts.added += 1;
    }

    fn update(&mut self, index: usize, entry: &ImportEntry) {
        if let Err(owner) = self.take_hold(index) {
            self.counts.rejected.push((entry.line, FieldError { field: "uid", reason: Invalid::new(owner) }));
            return;
        }
        if entry.extent == Extent::Cut {
            let reason = "the file ends in the middle of this event, which stays as it was";
            self.counts.rejected.push((entry.line, FieldError { field: "uid", reason: Invalid::new(reason) }));
            return;
        }
        let is_state = self.origin.source.is_some();
        // Where it is another one from some date on, may stand in what did not come.
        let parted = (entry.extent == Extent::DatesMissing && self.has_parts(index)).then(|| ImportEntry {
            fields: EventPatch { repeat: None, rdates: None, exdates: None, ..entry.fields.clone() },
            ..entry.clone()
        });
        let entry = parted.as_ref().unwrap_or(entry);
        let event = &mut self.events[index];
        if !is_state && is_late(event, entry) {
            return self.pass_over(entry.line);
        }
        let is_gone = event.removed && entry.telling == Telling::Cancellation;
        let (was_private, was_public) = (event.private, event.is_public());
        let taken = match is_gone {
            true => Ok(Default::default()),
            false => take_over(event, entry, is_state, &self.by_hand, self.now),
        };
        let (is_public, is_marked) = (event.is_public(), event.private != was_private);
        match taken {
            Err(reason) => self.counts.rejected.push((entry.line, reason)),
            Ok((done, rejected)) => {
                self.counts.rejected.extend(rejected);
                self.tell_fate(index, entry.line, &done);
                self.note_stamp(index, entry, !done.is_empty());
                if is_marked && done.is_empty() {
                    self.touched.push(index);
                }
                self.keep(index, done);
                // One date has no UID of its own.
                self.follow_uid(index, entry.uid.as_deref().filter(|_| entry.date_of.is_none()));
                match entry.telling {
                    Telling::Cancellation => self.call_off_parts(index, entry),
                    _ if entry.extent == Extent::Whole => self.whole.push(index),
                    _ => {}
                }
            }
        }
        self.count_private(index, entry, was_public, is_public);
    }

    /// What readers do not get to see, and what they do though it is private.
    fn count_private(&mut self, index: usize, entry: &ImportEntry, was_public: bool, is_public: bool) {
        if entry.private.is_none() {
            return;
        }
        let id = self.events[index].id;
        match (was_public, is_public) {
            (_, true) => {
                let note =
                    format!("event {id} is private in its calendar, and was published here by hand: it stays so");
                self.counts.notes.push((entry.line, note));
            }
            (true, false) => {
                let note = format!(
                    "event {id} is private in its calendar, and was published here: it is taken back, and nobody is told"
                );
                self.counts.notes.push((entry.line, note));
                self.counts.private += 1;
            }
            (false, false) => self.counts.private += 1,
        }
    }

    /// What became of a known event, where it is only tried.
    fn tell_fate(&mut self, index: usize, line: u64, done: &[HistoryEntry]) {
        if self.origin.dry_run {
            let fate = if done.is_empty() { Fate::Unchanged } else { Fate::Updated };
            let event = self.events[index].clone();
            self.tell_row(line, fate, &event, done);
        }
    }

    /// A calendar that moved, or an event that moved to another one, takes its events along. An error says who has it.
    fn take_hold(&mut self, index: usize) -> Result<(), &'static str> {
        let event = &mut self.events[index];
        let is_orphan = event.source.as_deref().is_some_and(|owner| {
            !self.origin.configured.contains(&owner) || (event.is_cancelled() && event.cancel_reason == VANISHED)
        });
        if self.origin.source.is_some() && is_orphan {
            event.source = self.origin.source.map(str::to_owned);
        }
        // Not which one: its address may hold a password.
        match event.source.as_deref() == self.origin.source {
            true => Ok(()),
            false if event.source.is_some() => Err("is kept in step with another calendar: it is changed there"),
            false => Err("has the UID of an event that was added here: that one stays"),
        }
    }

    /// Keeps in mind by which UID its source knows an event, where that is another than the last time.
    fn follow_uid(&mut self, index: usize, told: Option<&str>) {
        let event = &self.events[index];
        let known = self.foreign_uids.get(&event.id).unwrap_or(&event.uid);
        if let Some(told) = told.filter(|told| event.source.is_some() && told != known) {
            self.renamed.push((event.id, (told != event.uid).then(|| told.to_owned())));
            self.counts.renamed += 1;
        }
    }

    /// Only where somebody wants to see it before it is done.
    fn tell_row(&mut self, line: u64, fate: Fate, event: &Event, done: &[HistoryEntry]) {
        if self.origin.dry_run {
            let (title, start) = (event.details.title.clone(), event.details.when.start());
            self.counts.rows.push(ImportedRow { line, fate, title, start, changes: done.to_vec() });
        }
    }

    fn keep(&mut self, index: usize, done: Vec<HistoryEntry>) {
        if done.is_empty() {
            self.counts.unchanged += 1;
            return;
        }
        self.write(index, done);
        self.counts.updated += 1;
    }

    fn write(&mut self, index: usize, done: Vec<HistoryEntry>) {
        let id = self.events[index].id;
        self.history.extend(done.into_iter().map(|entry| (id, entry)));
        self.touched.push(index);
    }

    /// What the source has no more is cancelled here, if it still lay ahead: what has begun or is past is not rewritten.
    /// A draft stays for its editor to judge.
    fn cancel_vanished(&mut self, is_empty: bool) {
        let ahead: Vec<usize> = (0..self.events.len()).filter(|index| self.lies_ahead(&self.events[*index])).collect();
        let vanished: Vec<usize> = ahead.iter().copied().filter(|index| !self.spoken.contains_key(index)).collect();
        let held = match self.origin.missing {
            Missing::Unread => return,
            Missing::Believed => None,
            Missing::Gone { held } => {
                let known = self.spoken.keys().filter_map(|index| self.events.get(*index));
                let told = known.map(|event| event.id).collect();
                let missing = vanished.iter().map(|index| self.events[*index].id).collect();
                hold(Look { missing, ahead: ahead.len(), told: &told, is_empty, now: self.now }, held)
            }
        };
        if held.is_some() {
            self.counts.held = held;
            return;
        }
        for index in vanished {
            let event = &mut self.events[index];
            let done = event.cancel(VANISHED, self.now).unwrap_or_default();
            self.write(index, done);
            self.counts.cancelled += 1;
        }
    }

    /// Whether it is one of the source's that people still wait for.
    fn lies_ahead(&self, event: &Event) -> bool {
        let lies_ahead = match event.details.repeat {
            None => event.details.when.first_instant() > self.now,
            Some(_) => event.touches(Window { from: self.now, ..Window::ALL }),
        };
        self.is_ours(event) && lies_ahead && !event.is_cancelled() && event.details.status != Status::Draft
    }
}

/// A table typed by hand has no say over what a foreign calendar brought. Of several alike, one that is still there.
fn contents(events: &[Event], source: Option<&str>) -> HashMap<ContentKey<'static>, usize> {
    let mut contents: HashMap<_, usize> = HashMap::new();
    for (index, event) in events.iter().enumerate().filter(|(_, event)| event.source.as_deref() == source) {
        let known = contents.entry(ContentKey::of(&event.details).into_owned()).or_insert(index);
        if events[*known].removed && !event.removed {
            *known = index;
        }
    }
    contents
}

fn same_as(line: u64, by_uid: bool) -> FieldError {
    let what = if by_uid { "UID" } else { "kind, title and start" };
    FieldError {
        field: if by_uid { "uid" } else { "title" },
        reason: Invalid(format!("is the same event as in line {line}, by its {what}")),
    }
}
