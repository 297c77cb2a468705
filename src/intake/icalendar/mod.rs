//! Reads iCalendar files (RFC 5545) as other programs write them. Whatever events can be read are read; what can't be,
//! or is not quite what the file says, is told with its line.

mod component;
pub(super) mod decode;
mod definition;
mod draft;
mod lines;
mod method;
mod moment;
mod names;
mod observance;
mod outline;
mod problems;
mod property;
mod read;
mod rules;
mod series;
mod times;
mod zone_names;
mod zones;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use crate::domain::length::Length;
pub use method::Method;
pub use problems::Problem;

/// What a file holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// In the order of the file.
    pub events: Vec<ForeignEvent>,
    /// In the order of the file.
    pub problems: Vec<Problem>,
    /// Not all of the file is there: where that shows first, and how.
    pub cut_off: Option<(u64, String)>,
}

/// Reads a file of any number of calendars. It never fails: a file of no use has problems and no events.
pub fn read(octets: &[u8]) -> Reading {
    let mut problems = problems::Problems::default();
    let octets = decode::readable(octets);
    let outline = outline::outline(lines::Lines::new(&octets), &mut problems);
    let events = read::events(&outline, &mut problems);
    Reading { events, problems: problems.into_list(), cut_off: outline.cut_off }
}

/// A day, or a date and time in the event's zone (floating if it has none).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Moment {
    Day(Date),
    Local(DateTime),
}

impl Moment {
    pub fn day(self) -> Date {
        match self {
            Moment::Day(day) => day,
            Moment::Local(at) => at.date(),
        }
    }
}

/// STATUS (section 3.8.1.11).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Cancelled,
    Tentative,
    Confirmed,
}

/// A VEVENT (section 3.6.1). All its moments are told in `zone`, whatever zones the file gives them.
#[derive(Debug, Clone, PartialEq)]
pub struct ForeignEvent {
    /// The line of its BEGIN:VEVENT.
    pub line: u64,
    /// The file ends in the middle of it.
    pub is_cut: bool,
    pub uid: Option<String>,
    /// That of its calendar.
    pub method: Method,
    /// 0 if it is not told.
    pub sequence: u32,
    /// DTSTAMP (section 3.8.7.2).
    pub stamp: Option<Timestamp>,
    /// If set, this is one changed occurrence of the series with the same UID, and which. Told in the zone of that
    /// series if the file holds it, else in this event's own. A day, for a series of times, means the one on that day.
    pub recurrence_id: Option<Moment>,
    /// The same as an instant, if it has a time that does not float.
    pub recurrence_instant: Option<Timestamp>,
    /// RANGE=THISANDFUTURE (section 3.2.13): all later occurrences are changed like that one.
    pub and_later: bool,
    pub start: Moment,
    /// A day is the last one, inclusive. Of the same kind as the start, after it, or none.
    pub end: Option<Moment>,
    /// How long it lasts, where clocks do not tell it by the end.
    pub length: Option<Length>,
    /// The IANA zone the start is told in; none if it floats or is a day.
    pub zone: Option<TimeZone>,
    /// The zone in which the calendar wants its times shown (X-WR-TIMEZONE); of interest if `zone` is UTC or none.
    pub calendar_zone: Option<TimeZone>,
    /// RRULE as it stands (section 3.8.5.3). Its UNTIL is not converted.
    pub rrules: Vec<String>,
    /// EXRULE as it stands (RFC 2445).
    pub exrules: Vec<String>,
    /// Of the same kind as the start; of a period the beginning.
    pub rdates: Vec<Moment>,
    /// Those of them that have an end of their own, and which.
    pub periods: Vec<(Moment, Moment)>,
    /// A day, for a start with a time, takes out all that begins on it.
    pub exdates: Vec<Moment>,
    pub summary: Option<String>,
    pub description: Option<String>,
    /// What stands for the description where there is none: X-ALT-DESC or STYLED-DESCRIPTION (RFC 9073 section 6.5).
    pub styled_description: Option<String>,
    /// Whether not everybody may see it (CLASS, section 3.8.1.3).
    pub is_private: bool,
    pub location: Option<String>,
    /// COMMENT (section 3.8.1.4): of a cancelled event, why.
    pub comment: Option<String>,
    /// The name or mail address of ORGANIZER, or else CONTACT.
    pub organizer: Option<String>,
    pub categories: Vec<String>,
    pub status: Option<Status>,
    pub url: Option<String>,
    /// REFID (RFC 9253 section 8.3).
    pub refids: Vec<String>,
    /// X-KALENDS-KIND.
    pub kind: Option<String>,
    extensions: Vec<(String, String)>,
}

impl ForeignEvent {
    /// The text of another property that begins with `X-`, or that the table of an event's fields names.
    pub fn extension(&self, name: &str) -> Option<&str> {
        self.extensions(name).next()
    }

    /// Those of all properties of that name.
    pub fn extensions(&self, name: &str) -> impl Iterator<Item = &str> {
        let of_name = self.extensions.iter().filter(move |(known, _)| known.eq_ignore_ascii_case(name));
        of_name.map(|(_, text)| text.as_str())
    }

    /// Whether its times are told in UTC, which may be nobody's own.
    pub fn is_utc(&self) -> bool {
        self.zone.as_ref().is_some_and(|zone| *zone == TimeZone::UTC)
    }

    pub fn repeats(&self) -> bool {
        !self.rrules.is_empty() || !self.rdates.is_empty()
    }
}

#[cfg(test)]
mod proptests;
#[cfg(test)]
mod tests;
