//! What a calendar shows not to everybody (CLASS, RFC 5545 section 3.8.1.3), and what becomes of it here.

use jiff::Timestamp;

use super::{ByHand, ImportEntry};
use crate::domain::event::{Action, Event, Field, HistoryEntry, Status};
use crate::domain::when::Point;
use crate::domain::words;

words! {
    /// What becomes of events that their calendar shows not to everybody.
    #[derive(Default)]
    pub enum Private, "way with private events" {
        /// They wait for an editor.
        #[default]
        Draft => "draft",
        /// They stay out.
        Skip => "skip",
        /// They are as all others.
        Publish => "publish",
    }
}

/// Why a draft is not there any more, until it is again.
const LEFT_OUT: &str = "private in the calendar it came from";

impl ImportEntry {
    /// New, it is a draft until an editor publishes it.
    pub fn make_draft(&mut self) {
        self.details.status = Status::Draft;
        // What an editor published from it still follows the calendar it comes from.
        self.fields.status = self.fields.status.take().filter(|status| *status != Status::Draft);
        // Nobody was told of a draft's dates: those cancelled are simply left out.
        let (cancelled, rest): (Vec<_>, Vec<_>) = std::mem::take(&mut self.occurrences)
            .into_iter()
            .partition(|date| date.fields.status == Some(Status::Cancelled));
        self.occurrences = rest;
        for date in &mut self.occurrences {
            date.fields.status = None;
        }
        if let Some(of) = &mut self.date_of {
            of.date.fields.status = of.date.fields.status.filter(|status| *status == Status::Cancelled);
        }
        self.leave_out(cancelled.iter().map(|date| date.start));
    }

    /// Its series is without these dates, as if by EXDATE.
    fn leave_out(&mut self, starts: impl IntoIterator<Item = Point>) {
        let Some(repeat) = self.details.repeat.as_mut() else { return };
        let before = repeat.exdates.len();
        repeat.exdates.extend(starts);
        if repeat.exdates.len() > before {
            repeat.exdates.sort();
            repeat.exdates.dedup();
            self.fields.exdates = Some(repeat.exdates.clone());
        }
    }

    /// One of its dates is private, though it is not.
    pub fn withhold(&mut self, start: Point) {
        self.occurrences.retain(|date| date.start != start);
        self.leave_out([start]);
        self.withheld.push(start);
    }
}

/// Takes from the readers of a known event what its calendar does not show to everybody, as if it had never been here: they
/// are not told. What an editor published by hand stays.
pub(super) fn withhold(event: &mut Event, entry: &ImportEntry, by_hand: &ByHand, now: Timestamp) -> Vec<HistoryEntry> {
    let mut done = Vec::new();
    event.private = entry.private.is_some();
    if event.private && event.is_public() && !by_hand.has_published(event) {
        done.push(event.withdraw(now));
    }
    let was_left_out = event.removed && !event.is_public() && event.cancel_reason == LEFT_OUT;
    match entry.private {
        Some(Private::Skip) if !event.removed && !event.is_public() => {
            done.extend(event.remove(now));
            LEFT_OUT.clone_into(&mut event.cancel_reason);
        }
        Some(Private::Skip) => {}
        _ if was_left_out => {
            event.removed = false;
            event.ended_at = None;
            event.cancel_reason.clear();
            done.push(HistoryEntry::of(Action::Reinstated, now));
        }
        _ => {}
    }
    for start in &entry.withheld {
        done.extend(event.withdraw_date(*start, now));
    }
    done
}

impl Event {
    /// Makes a draft of what was shown, and tells nobody.
    fn withdraw(&mut self, now: Timestamp) -> HistoryEntry {
        let before = std::mem::replace(&mut self.details.status, Status::Draft);
        let (over, rest): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.overrides).into_iter().partition(|change| change.ended_at.is_some());
        self.overrides = rest;
        for change in &mut self.overrides {
            change.patch.status = None;
        }
        // A draft has no dates that are called off.
        *self = self.without_dates(&over.iter().map(|change| change.occurrence).collect::<Vec<_>>());
        if !self.removed {
            self.ended_at = None;
        }
        self.cancel_reason.clear();
        self.updated_at = now;
        HistoryEntry {
            about: Some(Field::Status.into()),
            before: Some(before.to_string()),
            after: Some(Status::Draft.to_string()),
            ..HistoryEntry::of(Action::Withdrawn, now)
        }
    }

    /// Leaves out one date, and tells nobody but calendars, which have it no more.
    fn withdraw_date(&mut self, start: Point, now: Timestamp) -> Option<HistoryEntry> {
        let repeat = self.details.repeat.as_ref()?;
        if repeat.exdates.contains(&start) || start.precision() != self.details.when.precision() {
            return None;
        }
        *self = self.without_dates(&[start]);
        self.touch(now);
        Some(HistoryEntry { occurrence: Some(start), ..HistoryEntry::of(Action::Withdrawn, now) })
    }
}
