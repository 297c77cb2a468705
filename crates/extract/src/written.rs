//! A date as it is written: the year may be missing.

use jiff::civil::{Date, Weekday};

use crate::clock::Times;

/// One end of a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    Day {
        year: Option<i16>,
        month: i8,
        day: i8,
    },
    Month {
        year: Option<i16>,
        month: i8,
    },
    Quarter {
        year: i16,
        quarter: i8,
    },
    Year(i16),
    /// From this year's summer to the next one's, of what is planned by seasons or terms: `2023/24`.
    Season(i16),
    /// `04/03/2021`: which of the two is the month, other dates of the text tell.
    Slashed {
        year: Option<i16>,
        first: i8,
        second: i8,
    },
    Relative(Relative),
}

/// A day that is told from the day of writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relative {
    /// So many days later: `tomorrow` is 1.
    Days(i8),
    /// `next Tuesday`
    Next(Weekday),
    /// `last Tuesday`
    Last(Weekday),
    /// `on Tuesday`, past or ahead as the sentence has it.
    On(Weekday),
}

impl Written {
    pub fn year(self) -> Option<i16> {
        match self {
            Written::Day { year, .. } | Written::Month { year, .. } | Written::Slashed { year, .. } => year,
            Written::Relative(_) => None,
            Written::Quarter { year, .. } | Written::Year(year) | Written::Season(year) => Some(year),
        }
    }

    /// With this year, where it has none.
    pub fn with_year(self, given: Option<i16>) -> Self {
        match self {
            Written::Day { year: None, month, day } => Written::Day { year: given, month, day },
            Written::Month { year: None, month } => Written::Month { year: given, month },
            other => other,
        }
    }

    pub fn is_day(self) -> bool {
        matches!(self, Written::Day { .. } | Written::Slashed { .. } | Written::Relative(_))
    }

    /// By month and day alone.
    pub fn place_in_year(self) -> (i8, i8) {
        match self {
            Written::Day { month, day, .. } => (month, day),
            Written::Month { month, .. } => (month, 0),
            _ => (0, 0),
        }
    }

    /// Whether its numbers leave no choice which of them is the month.
    pub fn is_settled(self) -> bool {
        !matches!(self, Written::Slashed { first, second, .. } if first.max(second) <= 12)
    }

    /// Whether there is such a day, in this year or in some year.
    pub fn exists(self) -> bool {
        match self {
            Written::Day { year, month, day } => Date::new(year.unwrap_or(2000), month, day).is_ok(),
            Written::Slashed { first, second, .. } => {
                first.min(second) <= 12 && first.min(second) > 0 && first.max(second) <= 31
            }
            _ => true,
        }
    }

    /// The same with the month where it belongs.
    pub fn settled(self, is_day_first: Option<bool>) -> Option<Self> {
        let Written::Slashed { year, first, second } = self else { return Some(self) };
        let (day, month) = if is_day_first? { (first, second) } else { (second, first) };
        Some(Written::Day { year, month, day }).filter(|written| (1..=12).contains(&month) && written.exists())
    }
}

/// From when to when, as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    pub start: Written,
    pub end: Option<Written>,
    pub times: Option<Times>,
    /// The day of the week that is told of the start: it decides between years.
    pub weekday: Option<Weekday>,
}

impl Span {
    /// A day alone.
    pub fn of(start: Written) -> Self {
        Self { start, end: None, times: None, weekday: None }
    }
}
