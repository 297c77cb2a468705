//! What is said of single dates whose series is not in the same input, and what comes late or calls off (RFC 5546).

use super::Import;
use crate::domain::event::{Action, Details, Event, HistoryEntry, Override, Stamp, Status};
use crate::domain::import::parts::{as_told_by, end_before, has, series_of, shift_of};
use crate::domain::import::take_over::{occurrence_stamp, take_over_date};
use crate::domain::import::{DateOf, ImportEntry, ImportedOccurrence, Telling};
use crate::domain::occurrence::MOST_CHANGED;
use crate::domain::recurrence::Shift;
use crate::domain::refused::Refused;
use crate::domain::when::Point;
use crate::domain::{FieldError, Invalid};

/// How many later parts of a series are looked through for one that is still there.
const MOST_LOOKED_AT: usize = 100;

impl Import<'_> {
    /// Which known event has the date, and how that tells it: the series, or its later part. None: it is no date of
    /// anything that is known.
    pub(super) fn find_date(&mut self, of: &DateOf) -> Option<(usize, Point)> {
        let index = self.by_uid.get(&of.series).copied()?;
        let date = as_told_by(&self.events.get(index)?.details, of.date.start, of.instant)?;
        if self.has_date(index, date) {
            return Some((index, date));
        }
        let parts = self.parts.get(&of.series).map(Vec::as_slice).unwrap_or_default();
        let after = parts.partition_point(|(from, _)| *from <= date);
        // The last that had begun by then; one that was taken back is none.
        let begun = parts.get(..after).unwrap_or_default().iter().rev().copied();
        let last = begun.take(MOST_LOOKED_AT).find(|(_, part)| self.events.get(*part).is_some_and(|it| !it.removed));
        if let Some((from, part)) = last {
            let moved = shift_of(self.events.get(part)?, from).apply(date);
            if let Some(date) = [moved, date].into_iter().find(|date| self.has_date(part, *date)) {
                return Some((part, date));
            }
        }
        self.events.get(index)?.details.repeat.is_some().then_some((index, date))
    }

    /// Whether it is one of the dates of a known event.
    fn has_date(&mut self, index: usize, date: Point) -> bool {
        let Some(event) = self.events.get(index) else { return false };
        let Some(repeat) = &event.details.repeat else { return event.details.when.start() == date };
        if repeat.rule.as_ref().is_none_or(|rule| rule.parts().count.is_none()) {
            return has(event, date);
        }
        // What is counted is walked through once, however many dates are asked for.
        let dates = self.counted.entry(index).or_insert_with(|| repeat.starts(&event.details.when, None).collect());
        dates.contains(&date) || event.override_of(date).is_some()
    }

    /// Changes one date of a known event; the others stay as they are.
    pub(super) fn take_date(&mut self, index: usize, date: Point, entry: &ImportEntry) {
        let Some(of) = &entry.date_of else { return };
        // What is not told here is not gone.
        let series = self.by_uid.get(&of.series).copied().unwrap_or(index);
        if self.spoken.insert(series, entry.line).is_none() {
            let family = self.parts.get(&of.series).into_iter().flatten().map(|(_, part)| *part);
            for known in family.chain([index]) {
                self.spoken.entry(known).or_insert(entry.line);
            }
        }
        if self.events[index].details.repeat.is_none() {
            return self.update(index, entry);
        }
        if let Err(owner) = self.take_hold(index) {
            self.counts.rejected.push((entry.line, FieldError::of("uid")(Invalid::new(owner))));
            return;
        }
        let event = &self.events[index];
        if self.origin.source.is_none() && is_late_date(event, date, entry) {
            return self.pass_over(entry.line);
        }
        if event.removed {
            return self.note(entry.line, "it is about an event that was removed here, and stays so".to_owned());
        }
        let is_crowded = event.overrides.len() >= MOST_CHANGED && event.override_of(date).is_none();
        let sequence = event.sequence;
        if is_crowded {
            let reason = Invalid(format!("is one date more than the {MOST_CHANGED} of an event that may be changed"));
            self.counts.rejected.push((entry.line, FieldError::of("occurrence")(reason)));
            return;
        }
        if of.date.is_cancellation && !self.has_date(index, date) {
            return self.note(entry.line, format!("it calls off the date of {date}, which the event does not have"));
        }
        let done = match of.date.and_later {
            true => {
                self.reach_later_parts(index, date, entry, of);
                self.turn(index, date, entry, of)
            }
            false => self.change(index, date, &of.date),
        };
        match done {
            Err(refused) => self.counts.rejected.push((entry.line, refused)),
            Ok(done) => {
                if !done.is_empty() {
                    self.raise(index, sequence, of.date.sequence);
                }
                self.tell_fate(index, entry.line, &done);
                self.keep(index, done);
            }
        }
    }

    fn change(
        &mut self,
        index: usize,
        date: Point,
        told: &ImportedOccurrence,
    ) -> Result<Vec<HistoryEntry>, FieldError> {
        let (now, stamp) = (self.now, occurrence_stamp(told).filter(|_| self.origin.source.is_none()));
        let event = &mut self.events[index];
        let mut told = ImportedOccurrence { start: date, ..told.clone() };
        if event.details.status == Status::Draft {
            if told.fields.status == Some(Status::Cancelled) {
                // Nobody knew of a draft's dates.
                let mut details = event.details.clone();
                if let Some(repeat) = &mut details.repeat {
                    repeat.exdates.push(date);
                    repeat.exdates.sort();
                    repeat.exdates.dedup();
                }
                self.counted.remove(&index);
                event.overrides.retain(|change| change.occurrence != date);
                return event.revise(details, now).map_err(of_occurrence);
            }
            told.fields.status = None;
        }
        let done = take_over_date(event, &told, now)?;
        if let Some(change) = event.override_mut(date) {
            change.stamp = stamp;
        }
        Ok(done)
    }

    /// Ends a series at one of its dates and tells the rest as the entry has it, by an event of its own.
    fn turn(
        &mut self,
        index: usize,
        date: Point,
        entry: &ImportEntry,
        of: &DateOf,
    ) -> Result<Vec<HistoryEntry>, FieldError> {
        let (now, stamp) = (self.now, occurrence_stamp(&of.date).filter(|_| self.origin.source.is_none()));
        let event = &mut self.events[index];
        let reason = of.date.fields.cancel_reason.clone().unwrap_or_default();
        let plain = event.details.when.starting_at(date);
        let mut details = match of.date.is_cancellation {
            true => Details { status: Status::Cancelled, ..event.details.once(plain) },
            false => Details { kind: event.details.kind, ..entry.details.clone() },
        };
        let is_draft = event.details.status == Status::Draft;
        let is_cancelled = details.status == Status::Cancelled && !is_draft;
        if is_draft && !of.date.is_cancellation {
            details.status = Status::Draft;
        }
        let when = event.details.when.clone();
        let rest = event.details.repeat.as_ref().and_then(|repeat| repeat.rest(&when, date, None, &details.when));
        let Some(rest) = rest else {
            let reason =
                "this change is meant for all later dates too, but they are too many: only the one it names is changed";
            self.counts.notes.push((entry.line, reason.to_owned()));
            return self.change(index, date, &of.date);
        };
        self.counted.remove(&index);
        let shift = Shift::between(date, details.when.start());
        details.repeat = rest.repeat.map(Box::new);
        let event = &mut self.events[index];
        let later: Vec<Override> = event.overrides.iter().filter(|change| change.occurrence >= date).cloned().collect();
        let Some(ended) = end_before(event, date, now) else {
            // The whole event is that rest.
            event.overrides.clear();
            let mut done = event.revise(details, now).map_err(of_occurrence)?;
            if is_cancelled {
                done.extend(event.cancel(&reason, now).map_err(of_occurrence)?);
            }
            event.overrides = moved(later, shift, event);
            event.stamp = stamp.or(event.stamp);
            return Ok(done);
        };
        let done = ended.map_err(of_occurrence)?;
        event.stamp = stamp.or(event.stamp);
        if details.status == Status::Cancelled && is_draft {
            return Ok(done);
        }
        let from = as_told_by(&event.details, of.date.start, of.instant).unwrap_or(date);
        let uid = format!("{}#{from}", of.series);
        let (source, sequence) = (event.source.clone(), of.date.sequence);
        let part = match self.by_uid.get(&uid).copied() {
            Some(part) => part,
            None => {
                let event = Event::new(self.next_id, uid.clone(), details.clone(), now);
                self.next_id += 1;
                self.events.push(Event { source, sequence, ..event });
                let part = self.events.len() - 1;
                self.own_uids.insert(uid.clone());
                self.by_uid.insert(uid, part);
                self.remember_part(part);
                self.write(part, vec![HistoryEntry::of(Action::Added, now)]);
                part
            }
        };
        self.spoken.entry(part).or_insert(entry.line);
        let event = &mut self.events[part];
        let mut told = event.revise(details, now).map_err(of_occurrence)?;
        if is_cancelled {
            told.extend(event.cancel(&reason, now).map_err(of_occurrence)?);
        }
        event.overrides = moved(later, shift, event);
        event.stamp = stamp;
        event.sequence = event.sequence.max(sequence);
        self.write(part, told);
        Ok(done)
    }

    /// Knows an event by the series and the date that its UID names, if it does.
    pub(super) fn remember_part(&mut self, index: usize) {
        let Some((series, date)) = self.events.get(index).and_then(|event| series_of(&event.uid)) else { return };
        let parts = self.parts.entry(series.to_owned()).or_default();
        parts.insert(parts.partition_point(|known| *known < (date, index)), (date, index));
    }

    /// What is kept apart behind a date is called off with it; otherwise it was changed by itself, and stays so.
    fn reach_later_parts(&mut self, index: usize, date: Point, entry: &ImportEntry, of: &DateOf) {
        let is_there =
            |part: &usize| self.events.get(*part).is_some_and(|event| !event.removed && !event.is_cancelled());
        let parts = self.parts.get(&of.series).into_iter().flatten().copied();
        let later: Vec<_> = parts.filter(|(from, part)| *from > date && *part != index && is_there(part)).collect();
        let Some((from, _)) = later.first().copied() else { return };
        if of.date.is_cancellation {
            self.call_off(later, entry);
        } else {
            let said = "this change is meant for all later dates too, but from";
            self.note(entry.line, format!("{said} {from} on they were changed before: those stay as they are"));
        }
    }

    /// Whether it is kept in parts.
    pub(super) fn has_parts(&self, index: usize) -> bool {
        let parts = self.events.get(index).and_then(|event| self.parts.get(&event.uid));
        let is_there = |part: &usize| self.events.get(*part).is_some_and(|event| !event.removed);
        parts.is_some_and(|parts| parts.iter().any(|(_, part)| is_there(part)))
    }

    /// Of a series that is told as a whole, what was kept of it by itself is no more than that.
    pub(super) fn fold_parts(&mut self) {
        for index in std::mem::take(&mut self.whole) {
            let Some(parts) = self.events.get(index).and_then(|event| self.parts.get(&event.uid)).cloned() else {
                continue;
            };
            for (from, part) in parts {
                self.fold(index, from, part);
            }
        }
    }

    fn fold(&mut self, index: usize, from: Point, part: usize) {
        let now = self.now;
        let (series, alone) = (&self.events[index], &self.events[part]);
        let is_other = self.spoken.contains_key(&part) || alone.removed || alone.source != series.source;
        let is_unseen = series.removed || (!series.is_public() && alone.is_public());
        if is_other || is_unseen || series.details.repeat.is_none() {
            return;
        }
        let zone = alone.details.when.zone();
        let instant = match from {
            Point::Minute(at) => Some(zone.instant(at)),
            _ => None,
        };
        let told = [None, instant].into_iter().filter_map(|instant| as_told_by(&series.details, from, instant));
        let Some(date) = told.into_iter().find(|date| has(series, *date)) else {
            if self.is_covered(&series.uid, from) {
                let id = series.id;
                let done = self.events[part].fold_into(id, now);
                self.write(part, done);
            }
            return;
        };
        let is_newer = self.origin.source.is_none()
            && alone.details.repeat.is_none()
            && series.override_of(date).is_none()
            && is_before(series.stamp, alone.stamp);
        let (id, stamp) = (series.id, alone.stamp);
        if is_newer {
            let details = Details { repeat: None, ..alone.details.clone() };
            let series = &mut self.events[index];
            let done = series.change_occurrence(date, now, |it| it.revise(details, now)).unwrap_or_default();
            if let Some(change) = series.override_mut(date) {
                change.stamp = stamp;
            }
            self.write(index, done);
        }
        let done = self.events[part].fold_into(id, now);
        self.write(part, done);
    }

    /// Whether a date of a series is told as part of what that is from a date on.
    fn is_covered(&self, series: &str, date: Point) -> bool {
        let repeats = |part: &usize| self.events.get(*part).is_some_and(|event| event.details.repeat.is_some());
        let mut parts = self.parts.get(series).into_iter().flatten();
        parts.any(|(from, part)| *from <= date && self.spoken.contains_key(part) && repeats(part))
    }

    /// What is called off is so with all that is kept of it by itself.
    pub(super) fn call_off_parts(&mut self, index: usize, entry: &ImportEntry) {
        let Some(parts) = self.events.get(index).and_then(|event| self.parts.get(&event.uid)).cloned() else { return };
        self.call_off(parts, entry);
    }

    /// What nobody here knows of is not there afterwards, either.
    pub(super) fn call_off_unknown(&mut self, entry: &ImportEntry) {
        let parts = entry.uid.as_ref().and_then(|uid| self.parts.get(uid)).cloned().unwrap_or_default();
        if !self.call_off(parts, entry) {
            self.note(entry.line, "it calls off an event that is not known here: nothing is changed".to_owned());
        }
    }

    fn call_off(&mut self, parts: Vec<(Point, usize)>, entry: &ImportEntry) -> bool {
        let reason = entry.fields.cancel_reason.clone().unwrap_or_default();
        let mut any = false;
        for (_, part) in parts {
            self.spoken.entry(part).or_insert(entry.line);
            let is_ours = self.events[part].source.as_deref() == self.origin.source;
            let event = &mut self.events[part];
            if is_ours && !event.is_cancelled() && event.details.status != Status::Draft {
                let done = event.cancel(&reason, self.now).unwrap_or_default();
                self.write(part, done);
                any = true;
            }
        }
        any
    }

    /// Remembers which revision was taken.
    pub(super) fn note_stamp(&mut self, index: usize, entry: &ImportEntry, is_changed: bool) {
        let event = &mut self.events[index];
        let Some(told) = entry.stamp().filter(|_| self.origin.source.is_none()) else { return };
        if is_changed || event.stamp.is_none_or(|known| known.sequence < told.sequence) {
            event.stamp = Some(told);
            self.touched.push(index);
        }
    }

    /// One import raises the SEQUENCE once, or to what it is elsewhere.
    fn raise(&mut self, index: usize, before: u32, told: u32) {
        let first = *self.sequences.entry(index).or_insert(before);
        let event = &mut self.events[index];
        event.sequence = event.sequence.min(first.saturating_add(1)).max(told);
    }

    pub(super) fn pass_over(&mut self, line: u64) {
        self.counts.unchanged += 1;
        self.note(line, "it is older than what is known here (by SEQUENCE and DTSTAMP): nothing is changed".to_owned());
    }

    fn note(&mut self, line: u64, reason: String) {
        self.counts.notes.push((line, reason));
    }
}

/// Whether it is an older revision than the one that was taken last. A calendar that is told as it is may have been made
/// at any time; only its SEQUENCE counts.
pub(super) fn is_late(event: &Event, entry: &ImportEntry) -> bool {
    let (Some(told), Some(known)) = (entry.stamp(), event.stamp) else { return false };
    match entry.telling {
        Telling::List | Telling::Calendar => told.sequence < known.sequence,
        Telling::Message | Telling::Cancellation => told.is_before(known),
    }
}

/// The same of one date. Some programs count the revisions of a changed date apart from those of its series, so that
/// only messages are held against that.
fn is_late_date(event: &Event, date: Point, entry: &ImportEntry) -> bool {
    let Some(told) = entry.date_of.as_ref().and_then(|of| occurrence_stamp(&of.date)) else { return false };
    let known = event.override_of(date).and_then(|change| change.stamp);
    match entry.telling {
        Telling::List => false,
        Telling::Calendar => known.is_some_and(|known| told.sequence < known.sequence),
        Telling::Message | Telling::Cancellation => known.or(event.stamp).is_some_and(|known| told.is_before(known)),
    }
}

fn is_before(one: Option<Stamp>, other: Option<Stamp>) -> bool {
    matches!((one, other), (Some(one), Some(other)) if one.is_before(other))
}

/// What is different about single dates, at the dates that they are now.
fn moved(changes: Vec<Override>, shift: Shift, of: &Event) -> Vec<Override> {
    let moved = changes.into_iter().map(|change| {
        let change = Override { occurrence: shift.apply(change.occurrence), ..change };
        let plain = of.plain_occurrence(change.occurrence).details;
        change.compared(&plain)
    });
    let mut moved: Vec<_> = moved.collect();
    moved.sort_by_key(|change| change.occurrence);
    moved
}

fn of_occurrence(refused: Refused) -> FieldError {
    FieldError { field: "occurrence", reason: refused.into() }
}
