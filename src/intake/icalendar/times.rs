//! From times as they are written to moments in the zone of an event.

use std::rc::Rc;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Span, Timestamp};

use super::Moment;
use super::moment::{Length, Written, in_range};
use super::rules::Rules;
use crate::domain::length;

/// The clock that a time is told by.
#[derive(Debug, Clone)]
pub enum Clock {
    /// That of whoever reads it (section 3.3.5, form 1).
    Floating,
    Zone(TimeZone),
    /// One that no known zone agrees with. Its times are turned into UTC.
    Defined(Rc<Rules>),
}

impl Clock {
    /// None: it floats.
    pub fn instant(&self, local: DateTime) -> Option<Timestamp> {
        match self {
            Clock::Floating => None,
            Clock::Zone(zone) => zone.to_ambiguous_timestamp(local).compatible().ok(),
            Clock::Defined(rules) => rules.instant(local),
        }
    }

    /// The zone that the times of an event by this clock are told in.
    pub fn zone(&self) -> Option<TimeZone> {
        match self {
            Clock::Floating => None,
            Clock::Zone(zone) => Some(zone.clone()),
            Clock::Defined(_) => Some(TimeZone::UTC),
        }
    }
}

/// When something ends, and how long it lasts where clocks do not tell that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct End {
    pub at: Moment,
    pub length: Option<length::Length>,
}

impl From<Moment> for End {
    fn from(at: Moment) -> Self {
        Self { at, length: None }
    }
}

/// What the moments of an event are told in.
pub struct Frame {
    /// That of its start.
    pub clock: Clock,
    pub zone: Option<TimeZone>,
    pub calendar_zone: Option<TimeZone>,
}

impl Frame {
    pub fn new(clock: Clock, calendar_zone: Option<&TimeZone>) -> Self {
        let zone = clock.zone();
        Self { clock, zone, calendar_zone: calendar_zone.cloned() }
    }

    /// A time that is written by `clock`, or by that of the event if there is none. None: it lies out of all bounds.
    pub fn moment(&self, written: Written, clock: Option<&Clock>) -> Option<Moment> {
        let local = match (written, clock.unwrap_or(&self.clock)) {
            (Written::Day(day), _) => return Some(Moment::Day(day)),
            (Written::Utc(at), _) => self.local(Offset::UTC.to_timestamp(at).ok()?).unwrap_or(at),
            // A time that the clock skips stays what it is.
            (Written::Local(at), Clock::Zone(zone)) if self.zone.as_ref().is_some_and(|own| is_same(own, zone)) => at,
            (Written::Local(at), clock) => match self.zone.as_ref().and_then(|_| clock.instant(at)) {
                Some(instant) => self.local(instant)?,
                None => at,
            },
        };
        in_range(&local.date()).then_some(Moment::Local(local))
    }

    /// The instant of a time that does not float.
    pub fn instant(&self, written: Written, clock: Option<&Clock>) -> Option<Timestamp> {
        match written {
            Written::Day(_) => None,
            Written::Utc(at) => Offset::UTC.to_timestamp(at).ok(),
            Written::Local(at) => clock.unwrap_or(&self.clock).instant(at),
        }
    }

    /// The day that is meant for a series of days, even if it is written as a time: a midnight in UTC may be one
    /// elsewhere.
    pub fn day(&self, written: Written) -> Date {
        match (written, self.instant(written, None), &self.calendar_zone) {
            (Written::Utc(_), Some(instant), Some(zone)) => zone.to_datetime(instant).date(),
            _ => written.day(),
        }
    }

    /// What clocks show at `instant` where the event is or, if it floats, where its calendar is.
    fn local(&self, instant: Timestamp) -> Option<DateTime> {
        self.zone.as_ref().or(self.calendar_zone.as_ref()).map(|zone| zone.to_datetime(instant))
    }

    /// The end so long after `start` (RFC 5545 section 3.3.6: days first, then the time that passes). `repeats`: whether
    /// other dates are to last as many days.
    fn after(&self, start: DateTime, length: Length, repeats: bool) -> Option<End> {
        let later = start.checked_add(Span::new().try_days(length.days).ok()?).ok()?;
        let seconds = SignedDuration::from_secs(length.seconds);
        let Some(zone) = &self.zone else {
            let at = later.checked_add(seconds).ok().filter(|end| *end > start)?;
            return Some(Moment::Local(at).into());
        };
        let ends = zone.to_ambiguous_timestamp(later).compatible().ok()?.checked_add(seconds).ok()?;
        let at = if length.seconds == 0 { later } else { zone.to_datetime(ends) };
        let mut end = self.between(start, at, ends)?;
        if repeats && length.days > 0 {
            end.length = length::Length::new(length.days, length.seconds);
        }
        Some(end)
    }

    /// The end at an instant at which clocks show `at`.
    fn between(&self, start: DateTime, at: DateTime, ends: Timestamp) -> Option<End> {
        let zone = self.zone.as_ref()?;
        let of = |local| zone.to_ambiguous_timestamp(local).compatible().ok();
        let begins = of(start)?;
        if ends <= begins {
            return None;
        }
        let is_told = of(at) == Some(ends) && at > start;
        let exact = || length::Length::new(0, ends.duration_since(begins).as_secs());
        Some(End { at: Moment::Local(at), length: if is_told { None } else { exact() } })
    }

    /// The end by DTEND (section 3.8.2.2), of which the instant is known if it does not float. The text tells what is wrong
    /// with it.
    pub fn end_at(&self, start: Moment, end: Moment, ends: Option<Timestamp>) -> (Option<End>, Option<&'static str>) {
        const BEFORE: &str = "the end lies before the start: the event is read without an end";
        match (start, end) {
            (Moment::Day(first), Moment::Day(next)) if next < first => (None, Some(BEFORE)),
            (Moment::Day(first), Moment::Day(next)) => {
                (next.yesterday().ok().filter(|last| *last > first).map(Moment::Day).map(End::from), None)
            }
            (Moment::Day(first), Moment::Local(at)) => {
                let is_exclusive = at.time() == Time::midnight() && at.date() > first;
                let last = if is_exclusive { at.date().yesterday().unwrap_or(first) } else { at.date() };
                let note = "the start is a day and the end a time: the day of the end is taken";
                if last < first {
                    (None, Some(BEFORE))
                } else {
                    (Some(last).filter(|last| *last > first).map(Moment::Day).map(End::from), Some(note))
                }
            }
            (Moment::Local(start), Moment::Day(next)) => {
                let end = next.to_datetime(Time::midnight());
                let note = "the start has a time and the end is a day: the event is taken to end as that day begins";
                if end <= start { (None, Some(BEFORE)) } else { (Some(Moment::Local(end).into()), Some(note)) }
            }
            (Moment::Local(start), Moment::Local(end)) if end != start || ends.is_some() => {
                let found = match ends.filter(|_| self.zone.is_some()) {
                    // Where the clocks are put back, an end may look as if it came first.
                    Some(ends) => self.between(start, end, ends),
                    None => Some(Moment::Local(end).into()).filter(|_| end > start),
                };
                (found, (end < start && found.is_none()).then_some(BEFORE))
            }
            (Moment::Local(_), Moment::Local(_)) => (None, None),
        }
    }

    /// The end by DURATION (section 3.8.2.5).
    pub fn end_after(&self, start: Moment, length: Length, repeats: bool) -> Option<End> {
        let end = match start {
            Moment::Day(first) => {
                let more = Span::new().try_days(length.whole_days() - 1).ok()?;
                Moment::Day(first.checked_add(more).ok().filter(|last| *last > first)?).into()
            }
            Moment::Local(start) => self.after(start, length, repeats)?,
        };
        in_range(&end.at.day()).then_some(end)
    }
}

/// Whether two zones are one. They are compared by name: their data may be alike by chance.
fn is_same(one: &TimeZone, other: &TimeZone) -> bool {
    one.iana_name() == other.iana_name()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(zone: &str, calendar: &str) -> Frame {
        let zone_named = |name: &str| (!name.is_empty()).then(|| TimeZone::get(name).unwrap());
        Frame::new(zone_named(zone).map_or(Clock::Floating, Clock::Zone), zone_named(calendar).as_ref())
    }

    fn moment(text: &str) -> Moment {
        match Written::read(text).unwrap() {
            Written::Day(day) => Moment::Day(day),
            Written::Local(at) | Written::Utc(at) => Moment::Local(at),
        }
    }

    #[test]
    fn moments_are_told_in_the_zone_of_the_start() {
        for (zone, calendar, text, by, told) in [
            ("Europe/Berlin", "", "20200916T070000Z", "", "20200916T090000"),
            ("Europe/Berlin", "", "20200916T090000", "", "20200916T090000"),
            ("Europe/Berlin", "", "20200916T150000", "Asia/Shanghai", "20200916T090000"),
            ("Europe/Berlin", "", "20200329T023000", "Europe/Berlin", "20200329T023000"),
            ("UTC", "Europe/Berlin", "20200916T090000", "Europe/Berlin", "20200916T070000"),
            ("", "Europe/Berlin", "20200916T070000Z", "", "20200916T090000"),
            ("", "", "20200916T070000Z", "", "20200916T070000"),
            ("", "", "20200916T070000", "Europe/Berlin", "20200916T070000"),
            ("Europe/Berlin", "", "20200916", "Asia/Shanghai", "20200916"),
        ] {
            let by = (!by.is_empty()).then(|| Clock::Zone(TimeZone::get(by).unwrap()));
            let found = frame(zone, calendar).moment(Written::read(text).unwrap(), by.as_ref());
            assert_eq!(found, Some(moment(told)), "{zone} {text}");
        }
        let last = Written::read("29991231T235900Z").unwrap();
        assert_eq!(frame("Asia/Shanghai", "").moment(last, None), None);
    }

    #[test]
    fn a_midnight_elsewhere_is_a_day() {
        for (calendar, text, day) in [
            ("Europe/Berlin", "20200915T220000Z", "20200916"),
            ("", "20200915T220000Z", "20200915"),
            ("Europe/Berlin", "20200915T220000", "20200915"),
            ("Europe/Berlin", "20200915", "20200915"),
        ] {
            let found = Moment::Day(frame("", calendar).day(Written::read(text).unwrap()));
            assert_eq!(found, moment(day), "{text} {calendar}");
        }
    }

    #[test]
    fn an_end_is_of_the_kind_of_the_start_and_after_it() {
        for (start, end, told, noted) in [
            ("20200916", "20200919", Some("20200918"), false),
            ("20200916", "20200917", None, false),
            ("20200916", "20200916", None, false),
            ("20200916", "20200915", None, true),
            ("20200916", "20200918T000000", Some("20200917"), true),
            ("20200916", "20200918T120000", Some("20200918"), true),
            ("20200916", "20200916T120000", None, true),
            ("20200916", "20200915T120000", None, true),
            ("20200916T090000", "20200918", Some("20200918T000000"), true),
            ("20200916T090000", "20200916", None, true),
            ("20200916T090000", "20200916T103000", Some("20200916T103000"), false),
            ("20200916T090000", "20200916T090000", None, false),
            ("20200916T090000", "20200916T080000", None, true),
        ] {
            let (found, note) = frame("", "").end_at(moment(start), moment(end), None);
            assert_eq!((found.map(|end| end.at), note.is_some()), (told.map(moment), noted), "{start} to {end}");
        }
    }

    #[test]
    fn a_duration_leads_to_an_end() {
        for (zone, start, length, told) in [
            ("", "20200916", "P1D", None),
            ("", "20200916", "P1W", Some("20200922")),
            ("", "20200916", "PT36H", Some("20200917")),
            ("", "20200916", "PT0S", None),
            ("", "20200916T090000", "PT1H30M", Some("20200916T103000")),
            ("", "20200916T090000", "PT0S", None),
            ("Europe/Berlin", "20200328T120000", "P1D", Some("20200329T120000")),
            ("Europe/Berlin", "20200328T120000", "PT24H", Some("20200329T130000")),
            ("Europe/Berlin", "20200916T090000", "P4294967295W", None),
            ("Europe/Berlin", "29991231T230000", "PT2H", None),
        ] {
            let found = frame(zone, "").end_after(moment(start), Length::read(length).unwrap(), false);
            assert_eq!(found.map(|end| end.at), told.map(moment), "{start} {length}");
        }
    }

    #[test]
    fn an_end_that_clocks_show_twice_keeps_its_length() {
        let toronto = frame("America/Toronto", "");
        for (start, length, at, kept) in [
            ("20271107T013000", "PT1H", "20271107T013000", Some("PT1H")),
            ("20271107T014500", "PT30M", "20271107T011500", Some("PT30M")),
            ("20271107T003000", "PT2H", "20271107T013000", Some("PT2H")),
            ("20271107T003000", "PT1H", "20271107T013000", None),
            ("20271106T013000", "P1D", "20271107T013000", None),
        ] {
            let end = toronto.end_after(moment(start), Length::read(length).unwrap(), false).unwrap();
            let found = (end.at, end.length.map(|length| length.to_string()));
            assert_eq!(found, (moment(at), kept.map(str::to_owned)), "{start} {length}");
        }
        let daily = toronto.end_after(moment("20271101T120000"), Length::read("P1D").unwrap(), true).unwrap();
        assert_eq!(daily.length.map(|length| length.to_string()).as_deref(), Some("P1D"));
        for (start, end, kept, noted) in [
            ("20271107T010000", "20271107T063000Z", Some("PT1H30M"), false),
            ("20271107T014500", "20271107T061500Z", Some("PT30M"), false),
            ("20271107T010000", "20271107T053000Z", None, false),
            ("20271107T010000", "20271107T043000Z", None, true),
        ] {
            let written = Written::read(end).unwrap();
            let (at, ends) = (toronto.moment(written, None).unwrap(), toronto.instant(written, None));
            let (found, note) = toronto.end_at(moment(start), at, ends);
            let length = found.and_then(|end| end.length).map(|length| length.to_string());
            assert_eq!((length, note.is_some()), (kept.map(str::to_owned), noted), "{start} to {end}");
        }
    }
}
