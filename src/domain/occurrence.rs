//! The single dates of a repeating event, and what is different about some of them.

use std::borrow::Cow;
use std::collections::BTreeSet;

use jiff::civil::Time;
use jiff::{Span, Timestamp};

use super::event::{Action, Aspect, Details, Event, EventPatch, HistoryEntry, Override, Status};
use super::length::Length;
use super::refused::Refused;
use super::when::{Point, When, Window, YEARS};

/// No list is longer for one event: a rule may come every minute for ever.
const MOST_OCCURRENCES: usize = 5000;

/// No honest series has more dates that are not as the rest.
pub const MOST_CHANGED: usize = 5000;

/// The events, with each repeating one replaced by those of its dates that lie in `window`.
pub fn unroll<'a>(events: impl IntoIterator<Item = &'a Event>, window: Window) -> Vec<Cow<'a, Event>> {
    let mut unrolled = Vec::new();
    for event in events {
        match event.details.repeat {
            None => unrolled.push(Cow::Borrowed(event)),
            Some(_) => unrolled.extend(event.occurrences(window).into_iter().map(Cow::Owned)),
        }
    }
    unrolled
}

impl Event {
    /// Its occurrences in `window`, each as an event of its own that knows its original start, in order; itself if it
    /// does not repeat.
    pub fn occurrences(&self, window: Window) -> Vec<Event> {
        let mut found = self.some_occurrences(window, MOST_OCCURRENCES);
        found.sort_by_key(|event| event.details.when.first_instant());
        found
    }

    /// The first of its dates that is not over at `from`.
    pub fn next_occurrence(&self, from: Timestamp) -> Option<Event> {
        self.next_occurrences(from, 1).pop()
    }

    /// The next of its dates that are not over at `from`, `count` at most, in order.
    pub fn next_occurrences(&self, from: Timestamp, count: usize) -> Vec<Event> {
        let window = Window { from, ..Window::ALL };
        // Dates that differ from the rule are found first, so more are asked for by as many.
        let mut found = self.some_occurrences(window, self.overrides.len() + count);
        found.sort_by_key(|event| event.details.when.first_instant());
        found.truncate(count);
        found
    }

    /// The same; of what is over, its first dates.
    pub fn next_or_first_occurrences(&self, from: Timestamp, count: usize) -> Vec<Event> {
        match self.next_occurrences(from, count) {
            over if over.is_empty() => self.next_occurrences(self.details.when.first_instant(), count),
            next => next,
        }
    }

    /// Whether any date of it lies in `window`.
    pub fn touches(&self, window: Window) -> bool {
        window == Window::ALL
            || match self.details.repeat {
                None => window.touches(&self.details.when),
                Some(_) => !self.some_occurrences(window, 1).is_empty(),
            }
    }

    /// The time in which all its dates lie, or a little more; to the end of time where they do not end, or are too many to
    /// be walked through.
    pub fn extent(&self) -> Window {
        let when = &self.details.when;
        let first = Window::of(when);
        let Some(repeat) = &self.details.repeat else { return first };
        let last = repeat.last_start(when, MOST_OCCURRENCES).map(|start| when.starting_at(start).end_instant());
        // The same length may end later where the clocks have changed.
        let last = last.and_then(|at| at.checked_add(Span::new().hours(48)).ok()).unwrap_or(Timestamp::MAX);
        let changed = self.overrides.iter().map(|change| self.changed_when(change));
        changed.fold(Window { from: first.from, to: first.to.max(last) }, |extent, when| Window {
            from: extent.from.min(when.first_instant()),
            to: extent.to.max(when.end_instant()),
        })
    }

    /// When each of its dates is that is as the series has it; none if it has more than `most`.
    pub fn plain_dates(&self, most: usize) -> Option<Vec<Window>> {
        let when = &self.details.when;
        let repeat = self.details.repeat.as_ref()?;
        let by_rule: Vec<Point> = repeat.starts(when, None).take(most + 1).collect();
        let plain = by_rule.iter().filter(|start| self.override_of(**start).is_none());
        let dates = plain.map(|start| Window::of(&when.starting_at(*start)));
        (by_rule.len() <= most).then(|| dates.collect())
    }

    /// The same as [`Event::occurrences`] where the dates are known that are as the series has them.
    pub fn occurrences_among(&self, plain: &[Window], window: Window) -> Vec<Event> {
        let when = &self.details.when;
        let by_day = matches!(when.start(), Point::Day(_));
        let start = |date: &Window| {
            let at = when.zone().at(date.from).datetime();
            if by_day { Point::Day(at.date()) } else { Point::Minute(at) }
        };
        let changed = self.overrides.iter().filter(|change| window.touches(&self.changed_when(change)));
        let plain = plain.iter().filter(|date| window.touches_time(**date));
        let mut found: Vec<Event> = changed.map(|change| self.with(change)).collect();
        found.extend(plain.map(|date| self.plain_occurrence(start(date))));
        found.sort_by_key(|event| event.details.when.first_instant());
        found
    }

    /// Whether one of its dates lies in `window` that are not as the series has them.
    pub fn is_changed_within(&self, window: Window) -> bool {
        self.overrides.iter().any(|change| window.touches(&self.changed_when(change)))
    }

    fn some_occurrences(&self, window: Window, limit: usize) -> Vec<Event> {
        let Some(repeat) = &self.details.repeat else {
            return window.touches(&self.details.when).then(|| self.clone()).into_iter().collect();
        };
        let changed = self.overrides.iter().filter(|change| window.touches(&self.changed_when(change)));
        let mut found: Vec<_> = changed.take(limit).map(|change| self.with(change)).collect();
        // An occurrence that began before the window may reach into it.
        let when = &self.details.when;
        let length = when.end_instant().duration_since(when.first_instant());
        let from = window.from.checked_sub(length).and_then(|at| at.checked_sub(Span::new().hours(48)));
        let from = from.ok().map(|at| when.zone().at(at).datetime());
        for start in repeat.starts(when, from) {
            let at = when.starting_at(start);
            if found.len() >= limit || at.first_instant() >= window.to {
                break;
            }
            if window.touches(&at) && self.override_of(start).is_none() {
                found.push(self.plain_occurrence(start));
            }
        }
        found
    }

    /// One of its dates, as it is now.
    pub fn occurrence(&self, start: Point) -> Event {
        match self.override_of(start) {
            Some(change) => self.with(change),
            None => self.plain_occurrence(start),
        }
    }

    /// What is different about one of its dates.
    pub fn override_of(&self, start: Point) -> Option<&Override> {
        let at = self.overrides.binary_search_by_key(&start, |change| change.occurrence).ok()?;
        self.overrides.get(at)
    }

    pub fn override_mut(&mut self, start: Point) -> Option<&mut Override> {
        let at = self.overrides.binary_search_by_key(&start, |change| change.occurrence).ok()?;
        self.overrides.get_mut(at)
    }

    /// One of its dates as the series has it.
    pub fn plain_occurrence(&self, start: Point) -> Event {
        let details = self.details.once(self.details.when.starting_at(start));
        Event {
            id: self.id,
            uid: self.uid.clone(),
            occurrence: Some(start),
            details,
            overrides: Vec::new(),
            cancel_reason: self.cancel_reason.clone(),
            source: self.source.clone(),
            ..*self
        }
    }

    fn with(&self, change: &Override) -> Event {
        let mut event = self.plain_occurrence(change.occurrence);
        event.details = change.patch.applied_to(event.details);
        if change.ended_at.is_some() {
            event.cancel_reason.clone_from(&change.cancel_reason);
            event.ended_at = self.ended_at.or(change.ended_at);
        }
        if self.details.status == Status::Cancelled {
            // Whatever was said of one date: all are off.
            event.details.status = Status::Cancelled;
        }
        event
    }

    /// When that date is now.
    pub fn changed_when(&self, change: &Override) -> When {
        change.patch.whole_when().unwrap_or_else(|| self.details.when.starting_at(change.occurrence))
    }

    /// The same with some dates left out as if by EXDATE.
    pub fn without_dates(&self, starts: &[Point]) -> Event {
        let mut event = self.clone();
        event.overrides.retain(|change| !starts.contains(&change.occurrence));
        if let Some(repeat) = &mut event.details.repeat {
            repeat.exdates.extend(starts);
            repeat.exdates.sort();
            repeat.exdates.dedup();
        }
        event
    }

    /// The original start of the occurrence that somebody means by `given`: the start itself, its day, or the day it
    /// was moved to.
    pub fn find_occurrence(&self, given: Point) -> Result<Point, Refused> {
        let Some(repeat) = &self.details.repeat else {
            return Err(self.conflict("does not repeat: it has no occurrence to name"));
        };
        let when = &self.details.when;
        let from = given.first_day().to_datetime(Time::midnight());
        let means = |start: Point| start == given || (given == Point::Day(start.first_day()));
        let by_rule = repeat.starts(when, Some(from)).take_while(|start| start.first_day() == given.first_day());
        let mut found: Vec<Point> = by_rule.filter(|start| means(*start)).take(10).collect();
        let changed = || self.overrides.iter();
        found.extend(
            changed()
                .map(|change| change.occurrence)
                .filter(|start| means(*start) && !found.contains(start))
                .collect::<Vec<_>>(),
        );
        if found.is_empty() {
            found.extend(
                changed().filter(|change| means(self.changed_when(change).start())).map(|change| change.occurrence),
            );
        }
        let list = |points: Vec<Point>| points.iter().map(Point::to_string).collect::<Vec<_>>().join(", ");
        match found.as_slice() {
            [one] => Ok(*one),
            [] => {
                let next = list(repeat.starts(when, Some(from)).take(3).collect());
                let hint =
                    if next.is_empty() { "its last date lies before".into() } else { format!("the next are {next}") };
                Err(self.conflict(&format!("has no occurrence on {given}: {hint}")))
            }
            _ => Err(self.conflict(&format!("has several occurrences on {given}: name one of {}", list(found)))),
        }
    }

    /// Lets `change` do with one occurrence what may be done with an event, and keeps what is different about it then.
    pub fn change_occurrence(
        &mut self,
        start: Point,
        now: Timestamp,
        change: impl FnOnce(&mut Event) -> Result<Vec<HistoryEntry>, Refused>,
    ) -> Result<Vec<HistoryEntry>, Refused> {
        let mut changed = self.occurrence(start);
        let mut entries = change(&mut changed)?;
        if changed.details.repeat.is_some() {
            return Err(Refused::conflict(
                "one occurrence can't repeat by itself: change the event, or add another one",
            ));
        }
        if changed.details.when.is_partial() {
            return Err(Refused::conflict("an occurrence has its day: give a date such as 2020-10-01"));
        }
        if self.details.status == Status::Draft && changed.details.status != Status::Draft {
            return Err(self.conflict("is a draft: publish it first"));
        }
        if entries.is_empty() {
            return Ok(entries);
        }
        for entry in &mut entries {
            entry.occurrence = Some(start);
        }
        let place = self.overrides.binary_search_by_key(&start, |known| known.occurrence);
        let before = place.ok().and_then(|at| self.overrides.get(at));
        let plain = self.plain_occurrence(start).details;
        let after = (changed.details != plain).then(|| {
            let is_cancelled = changed.details.status == Status::Cancelled;
            let ended_before = before.and_then(|known| known.ended_at);
            let ended_at = if self.is_cancelled() { ended_before } else { changed.ended_at.filter(|_| is_cancelled) };
            let cancel_reason = if is_cancelled { changed.cancel_reason } else { String::new() };
            let patch = EventPatch::between(&plain, &changed.details);
            let stamp = before.and_then(|known| known.stamp);
            Override { occurrence: start, patch, cancel_reason, ended_at, stamp }.compared(&plain)
        });
        if before == after.as_ref() {
            return Ok(Vec::new());
        }
        match (place, after) {
            (Ok(at), Some(after)) => self.overrides[at] = after,
            (Ok(at), None) => drop(self.overrides.remove(at)),
            (Err(at), Some(after)) => self.overrides.insert(at, after),
            (Err(_), None) => {}
        }
        self.touch(now);
        Ok(entries)
    }

    /// After the series was changed: what is different about single dates stays so, the rest follows. A
    /// date that there is no more takes what was different about it along; the history tells.
    pub(super) fn carry_overrides(&mut self, old: &Details, now: Timestamp) -> Vec<HistoryEntry> {
        let mut lost = Vec::new();
        let changed: Vec<_> = self.overrides.iter().map(|change| change.occurrence).collect();
        let repeats = self.details.repeat.is_some();
        // What the series never had by its rule does not hang on it.
        let alone = old.repeat.as_ref().map(|repeat| repeat.outside(&old.when, &changed)).unwrap_or_default();
        let mut kept: BTreeSet<Point> = BTreeSet::new();
        for mut change in std::mem::take(&mut self.overrides) {
            let is_alone = repeats
                && change.occurrence.precision() == self.details.when.precision()
                && alone.binary_search(&change.occurrence).is_ok();
            let date = if is_alone { Some(change.occurrence) } else { self.same_date(change.occurrence) };
            match date.filter(|start| kept.insert(*start)) {
                Some(start) => {
                    change.occurrence = start;
                    let change = change.compared(&self.plain_occurrence(start).details);
                    self.overrides.push(change);
                }
                None => lost.push(HistoryEntry {
                    occurrence: Some(change.occurrence),
                    about: Some(Aspect::Occurrence),
                    before: Some(change.patch.start.unwrap_or(change.occurrence).to_string()),
                    ..HistoryEntry::of(Action::Edited, now)
                }),
            }
        }
        self.overrides.sort_by_key(|change| change.occurrence);
        lost
    }

    /// The start that took the place of an earlier one: the same, or the only one on its day.
    fn same_date(&self, start: Point) -> Option<Point> {
        let repeat = self.details.repeat.as_ref()?;
        let day = start.first_day();
        let from = Some(day.to_datetime(Time::midnight()));
        let on_day: Vec<_> =
            repeat.starts(&self.details.when, from).take_while(|other| other.first_day() == day).take(1500).collect();
        match on_day.as_slice() {
            [one] => Some(*one),
            several => several.iter().copied().find(|other| *other == start),
        }
    }
}

impl Override {
    /// Without what is as the series has it, which follows the series from here on. What was cancelled by itself stays so.
    pub fn compared(self, plain: &Details) -> Self {
        let mut patch = EventPatch::between(plain, &self.patch.applied_to(plain.clone()));
        if self.ended_at.is_some() {
            patch.status = Some(Status::Cancelled);
        }
        Self { patch, ..self }
    }
}

impl When {
    /// The same length of time from another start on. Days are counted; times keep their exact length, as section
    /// 3.8.5.3 has it, but for days that were said as such.
    pub fn starting_at(&self, start: Point) -> When {
        let end = match (self.start(), self.end(), start) {
            (Point::Day(from), Some(Point::Day(to)), Point::Day(day)) => {
                day.checked_add(to - from).ok().map(Point::Day)
            }
            (Point::Minute(_), Some(Point::Minute(_)), Point::Minute(_)) => {
                let exact = || Length::between(self.first_instant(), self.end_instant());
                let length = self.length().filter(|length| length.has_days()).or_else(exact);
                let lasts = length.and_then(|length| When::lasting(start, length, self.zone().clone()).ok());
                return lasts.unwrap_or_else(|| When::open(start, self.zone().clone()));
            }
            _ => None,
        };
        let end = end.filter(|end| YEARS.contains(&end.first_day().year()));
        When::new(start, end, self.zone().clone()).unwrap_or_else(|_| When::open(start, self.zone().clone()))
    }
}
