//! What is found: dated events, as far as a text tells of them.

use std::fmt;

use jiff::civil::{Date, DateTime};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    Meeting,
    Forum,
    Release,
    EffectiveDate,
    Deadline,
    Other,
}

impl Kind {
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Meeting => "meeting",
            Kind::Forum => "forum",
            Kind::Release => "release",
            Kind::EffectiveDate => "effective-date",
            Kind::Deadline => "deadline",
            Kind::Other => "other",
        }
    }

    /// Whether people come together for it, so that it has a place.
    pub fn is_attended(self) -> bool {
        matches!(self, Kind::Meeting | Kind::Forum)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// One end of a date: a minute, a day, or the longer period that is all that is known. Printed as `2020-10-01T09:30`,
/// `2020-10-01`, `2020-10`, `2020-Q4`, `2020`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Point {
    Minute(DateTime),
    Day(Date),
    Month(i16, i8),
    Quarter(i16, i8),
    Year(i16),
}

impl Point {
    pub fn first_day(self) -> Date {
        let first_of = |year: i16, month: i8| Date::new(year, month, 1).unwrap_or(Date::ZERO);
        match self {
            Point::Minute(at) => at.date(),
            Point::Day(day) => day,
            Point::Month(year, month) => first_of(year, month),
            Point::Quarter(year, quarter) => first_of(year, 3 * quarter - 2),
            Point::Year(year) => first_of(year, 1),
        }
    }

    /// Whether both are known to the same exactness, so that they may be the two ends of one date.
    pub fn is_as_exact_as(self, other: Self) -> bool {
        std::mem::discriminant(&self) == std::mem::discriminant(&other)
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Point::Minute(at) => write!(f, "{}", at.strftime("%Y-%m-%dT%H:%M")),
            Point::Day(day) => write!(f, "{day}"),
            Point::Month(year, month) => write!(f, "{year:04}-{month:02}"),
            Point::Quarter(year, quarter) => write!(f, "{year:04}-Q{quarter}"),
            Point::Year(year) => write!(f, "{year:04}"),
        }
    }
}

/// From when to when, by the wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct When {
    pub start: Point,
    pub end: Option<Point>,
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.end {
            None => write!(f, "{}", self.start),
            Some(end) => write!(f, "{}/{end}", self.start),
        }
    }
}

/// How the year of a date is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Year {
    /// It stands in the date.
    Told,
    /// The text tells it elsewhere, or whoever gave the text knows when it was written.
    Understood,
    /// From today's clock.
    Guessed,
}

/// A dated event that a text tells of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub kind: Kind,
    pub title: String,
    pub when: When,
    /// The IANA name of the zone that the text names; none where it names none.
    pub zone: Option<String>,
    pub location: String,
    pub organizer: String,
    /// As they should be written: `GB/T 35273-2020`.
    pub standards: Vec<String>,
    pub topics: Vec<String>,
    pub year: Year,
    /// The date as it is written, which stays the same whatever its year is taken for.
    pub written: String,
    /// The date that this one takes the place of.
    pub was: Option<When>,
    /// What an editor should know, a sentence.
    pub note: Option<String>,
    /// The sentence or line that it comes from.
    pub source_text: String,
    /// Where in the text its block begins, from 1.
    pub line: usize,
}
