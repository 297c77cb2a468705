//! Where an event lies as seen from an edition. Pure.

use jiff::{Span, Timestamp, ZonedDateTime};

use crate::domain::event::{Details, Event, Status};
use crate::domain::when::{Precision, When, Window};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Over, or out, for no longer than an edition looks back.
    Past,
    /// Going on, or begins within reach.
    Dated,
    /// Only its month, quarter or year is known, and that has not ended; or it is new and beyond reach.
    Ahead,
}

pub struct Reach {
    now: Timestamp,
    first: Timestamp,
    last: Timestamp,
}

impl Reach {
    pub fn new(now: &ZonedDateTime, recent: Span, upcoming: Span) -> Self {
        Self {
            now: now.timestamp(),
            first: now.checked_sub(recent).map_or(Timestamp::MIN, |z| z.timestamp()),
            last: now.checked_add(upcoming).map_or(Timestamp::MAX, |z| z.timestamp()),
        }
    }

    /// The same, looking back to `first` at least.
    pub fn back_to(self, first: Timestamp) -> Self {
        Self { first: self.first.min(first), ..self }
    }

    pub fn place(&self, details: &Details) -> Option<Place> {
        let when = &details.when;
        let (begins, ends) = (when.first_instant(), when.end_instant());
        if ends <= self.now {
            return (ends > self.first).then_some(Place::Past);
        }
        let has_begun = begins < self.now;
        match (when.is_partial(), has_begun) {
            (false, _) => (has_begun || begins < self.last).then_some(Place::Dated),
            (true, false) => Some(Place::Ahead),
            // Of a month that has begun one still wants to know, and what is sure to be out in it is out.
            (true, true) if when.precision() == Precision::Month => {
                let is_out = details.kind.traits().is_out_with_its_month && details.status == Status::Confirmed;
                Some(if is_out { Place::Past } else { Place::Ahead })
            }
            // A quarter or a year that has begun is no news.
            (true, true) => None,
        }
    }

    /// The same, where it is to be told wherever it lies.
    pub fn place_anyway(&self, details: &Details) -> Place {
        let when = &details.when;
        self.place(details).unwrap_or(match when.end_instant() <= self.now {
            true => Place::Past,
            false if when.is_partial() || when.first_instant() >= self.last => Place::Ahead,
            false => Place::Dated,
        })
    }

    /// All that an edition looks at, but for what is far ahead and has no day yet.
    pub fn whole(&self) -> Window {
        Window { from: self.first, to: self.last }
    }

    /// Whether its first day lies farther ahead than an edition looks.
    pub fn is_beyond(&self, event: &Event) -> bool {
        !event.details.when.is_partial() && !self.begins_within(event)
    }

    pub fn begins_within(&self, event: &Event) -> bool {
        event.details.when.first_instant() < self.last
    }

    /// Not over for longer than an edition looks back.
    pub fn is_current(&self, event: &Event) -> bool {
        event.touches(Window { from: self.first, ..Window::ALL })
    }

    /// Whether a date that was given up might still be in somebody's mind.
    pub fn is_remembered(&self, before: &When) -> bool {
        before.end_instant() > self.first
    }
}
