//! When something is: whole and partial dates, times, and ranges of them.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time, date};

use super::length::Length;
use super::zone::Zone;
use super::{Invalid, serde_as_text, text, words};

/// Years that are taken for a date; others are typing errors.
pub(super) const YEARS: std::ops::RangeInclusive<i16> = 1000..=2999;

words! {
    /// How exactly a date is known. It is kept and shown as it is, never turned into a day.
    pub enum Precision, "precision" {
        Minute => "minute",
        Day => "day",
        Month => "month",
        Quarter => "quarter",
        Year => "year",
    }
}

/// One end of a `When`: a minute, a day, or a longer period of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Point {
    Minute(DateTime),
    Day(Date),
    Month(i16, i8),
    Quarter(i16, i8),
    Year(i16),
}

impl Point {
    pub fn precision(self) -> Precision {
        match self {
            Point::Minute(_) => Precision::Minute,
            Point::Day(_) => Precision::Day,
            Point::Month(..) => Precision::Month,
            Point::Quarter(..) => Precision::Quarter,
            Point::Year(_) => Precision::Year,
        }
    }

    pub fn first_day(self) -> Date {
        match self {
            Point::Minute(at) => at.date(),
            Point::Day(day) => day,
            Point::Month(year, month) => date(year, month, 1),
            Point::Quarter(year, quarter) => date(year, 3 * quarter - 2, 1),
            Point::Year(year) => date(year, 1, 1),
        }
    }

    /// The last day that belongs to it.
    pub fn last_day(self) -> Date {
        match self {
            Point::Minute(at) => at.date(),
            Point::Day(day) => day,
            Point::Month(year, month) => date(year, month, 1).last_of_month(),
            Point::Quarter(year, quarter) => date(year, 3 * quarter, 1).last_of_month(),
            Point::Year(year) => date(year, 12, 31),
        }
    }
}

impl Point {
    /// A day and nothing else.
    pub fn read_day(given: &str) -> Result<Date, Invalid> {
        match given.parse() {
            Ok(Self::Day(day)) => Ok(day),
            // A day that no calendar has.
            Err(error) if given.trim().len() == "2020-10-19".len() => Err(error),
            _ => Err(Invalid(format!("`{}` is no day: write the date as 2020-10-19", text::quoted(given)))),
        }
    }
}

impl FromStr for Point {
    type Err = Invalid;

    /// Reads `YYYY-MM-DD`, `YYYY-MM-DD HH:MM` (or with `T`), `YYYY-MM`, `YYYY-Qn` and `YYYY`.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        let unreadable =
            || Invalid(format!("`{text}` is not a date: write 2020-10-01, 2020-10-01 09:30, 2020-10, 2020-Q4 or 2020"));
        let (day_text, time_text) = match text.split_once(['T', 't', ' ']) {
            Some((day, time)) => (day, Some(time.trim())),
            None => (text, None),
        };
        let mut parts = day_text.split('-');
        let year = parts.next().and_then(|p| digits(p, 4)).ok_or_else(unreadable)?;
        if !YEARS.contains(&year) {
            return Err(Invalid(format!("the year of `{text}` lies outside {} to {}", YEARS.start(), YEARS.end())));
        }
        let point = match (parts.next(), parts.next(), parts.next()) {
            (None, ..) => Point::Year(year),
            (Some(part), None, _) if part.starts_with(['Q', 'q']) => match digits(&part[1..], 1) {
                Some(quarter @ 1..=4) => Point::Quarter(year, quarter as i8),
                _ => return Err(Invalid(format!("`{text}` names no quarter: use Q1 to Q4"))),
            },
            (Some(part), None, _) => Point::Month(year, month(part, text).ok_or_else(unreadable)??),
            (Some(part), Some(day), None) => {
                let month = month(part, text).ok_or_else(unreadable)??;
                let day = digits(day, 2).ok_or_else(unreadable)?;
                let last = date(year, month, 1).days_in_month();
                Point::Day(i8::try_from(day).ok().and_then(|day| Date::new(year, month, day).ok()).ok_or_else(
                    || Invalid(format!("`{text}` is not a date: {} {year} has {last} days", month_name(month))),
                )?)
            }
            _ => return Err(unreadable()),
        };
        match (point, time_text) {
            (point, None) => Ok(point),
            (Point::Day(day), Some(time)) => Ok(Point::Minute(day.to_datetime(clock_time(time, text)?))),
            _ => Err(unreadable()),
        }
    }
}

pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The name of a month from 1 to 12.
pub fn month_name(month: i8) -> &'static str {
    MONTHS[(month.clamp(1, 12) - 1) as usize]
}

/// A number of exactly `width` ASCII digits.
fn digits(text: &str, width: usize) -> Option<i16> {
    (text.len() == width && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

fn month(part: &str, text: &str) -> Option<Result<i8, Invalid>> {
    digits(part, 2).map(|month| match month {
        1..=12 => Ok(month as i8),
        _ => Err(Invalid(format!("`{text}` is not a date: months run from 01 to 12"))),
    })
}

fn clock_time(time: &str, text: &str) -> Result<Time, Invalid> {
    let unreadable = || Invalid(format!("`{text}` has no readable time: write HH:MM, from 00:00 to 23:59"));
    // Seconds are allowed where they say nothing, as other programs write them.
    let time = time.strip_suffix(":00").filter(|t| t.len() == 5).unwrap_or(time);
    let (hour, minute) = time.split_once(':').ok_or_else(unreadable)?;
    let hour = digits(hour, 2).ok_or_else(unreadable)?;
    let minute = digits(minute, 2).ok_or_else(unreadable)?;
    Time::new(hour as i8, minute as i8, 0, 0).map_err(|_| unreadable())
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

serde_as_text!(Point);

/// When an event is: a start, perhaps an inclusive end of the same precision, and the zone both are told in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct When {
    start: Point,
    /// A time is what clocks show then, which they may show twice.
    end: Option<Point>,
    zone: Zone,
    /// How long it lasts, where clocks alone do not tell it.
    length: Option<Length>,
}

impl When {
    /// An end that says no more than the start (the same day, the same month) is left out.
    pub fn new(start: Point, end: Option<Point>, zone: Zone) -> Result<Self, Invalid> {
        let end = end.filter(|end| *end != start);
        if let Some(end) = end {
            let (a, b) = (start.precision(), end.precision());
            if a != b {
                return Err(Invalid(format!(
                    "the start `{start}` is given to the {a} and the end `{end}` to the {b}: give both alike"
                )));
            }
            if end < start {
                return Err(Invalid(format!("the end `{end}` lies before the start `{start}`")));
            }
        }
        let when = Self { start, end, zone, length: None };
        // The clock may be put forward between two times that look in order.
        if when.end.is_some() && when.end_instant() <= when.first_instant() {
            return Err(Invalid(format!(
                "`{start}` does not exist in {}, where the clock is put forward then: the end would not lie after it",
                when.zone
            )));
        }
        Ok(when)
    }

    /// Without an end.
    pub fn open(start: Point, zone: Zone) -> Self {
        Self { start, end: None, zone, length: None }
    }

    /// From a time on for so long. The length is kept where clocks do not tell the end: where they show it twice and the
    /// second is meant, and where days are said, which last as long as days do.
    pub fn lasting(start: Point, length: Length, zone: Zone) -> Result<Self, Invalid> {
        let Point::Minute(from) = start else {
            return Err(Invalid(format!("a duration is of what has a time, and `{start}` has none: say when it ends")));
        };
        let ends = length.after(from, &zone).filter(|ends| *ends > zone.instant(from));
        let ends = ends.map(|ends| (ends, zone.at(ends).datetime())).filter(|(_, at)| YEARS.contains(&at.year()));
        let Some((ends, at)) = ends else {
            return Err(Invalid(format!("`{start}` and {length} more is no date")));
        };
        let is_told = !length.has_days() && zone.instant(at) == ends && at > from;
        Ok(Self { start, end: Some(Point::Minute(at)), zone, length: (!is_told).then_some(length) })
    }

    pub fn parse(start: &str, end: Option<&str>, zone: Zone) -> Result<Self, Invalid> {
        let end = end.map(str::trim).filter(|end| !end.is_empty());
        Self::new(start.parse()?, end.map(str::parse).transpose()?, zone)
    }

    pub fn start(&self) -> Point {
        self.start
    }

    pub fn end(&self) -> Option<Point> {
        self.end
    }

    /// How long it lasts, where its clocks do not tell it.
    pub fn length(&self) -> Option<Length> {
        self.length
    }

    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    pub fn precision(&self) -> Precision {
        self.start.precision()
    }

    /// A month, a quarter or a year: the day is not known.
    pub fn is_partial(&self) -> bool {
        matches!(self.precision(), Precision::Month | Precision::Quarter | Precision::Year)
    }

    pub fn first_day(&self) -> Date {
        self.start.first_day()
    }

    /// The last day it touches, inclusive.
    pub fn last_day(&self) -> Date {
        self.end.unwrap_or(self.start).last_day()
    }

    /// The day under which a list in `zone` has it; none for what began before `today` and goes on.
    pub fn listed_on(&self, zone: &Zone, today: Date) -> Option<Date> {
        let day = match self.start {
            Point::Minute(_) => zone.at(self.first_instant()).date(),
            other => other.first_day(),
        };
        (day >= today).then_some(day)
    }

    pub fn first_instant(&self) -> Timestamp {
        self.zone.instant(match self.start {
            Point::Minute(at) => at,
            other => other.first_day().to_datetime(Time::midnight()),
        })
    }

    /// The instant at which it is over (exclusive). A time without an end is over as it begins.
    pub fn end_instant(&self) -> Timestamp {
        if let (Point::Minute(from), Some(length)) = (self.start, self.length)
            && let Some(ends) = length.after(from, &self.zone)
        {
            return ends;
        }
        match self.end.unwrap_or(self.start) {
            Point::Minute(at) => self.zone.instant(at),
            other => {
                let next = other.last_day().tomorrow().unwrap_or(Date::MAX);
                self.zone.instant(next.to_datetime(Time::midnight()))
            }
        }
    }
}

/// A stretch of time that is looked at: from an instant on, up to another (exclusive).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Window {
    pub from: Timestamp,
    pub to: Timestamp,
}

impl Window {
    pub const ALL: Self = Self { from: Timestamp::MIN, to: Timestamp::MAX };

    /// Whether some of `when` lies in it.
    pub fn touches(&self, when: &When) -> bool {
        self.overlaps(when.first_instant(), || when.end_instant())
    }

    /// The same of a time that is reckoned already.
    pub fn touches_time(&self, time: Window) -> bool {
        self.overlaps(time.from, || time.to)
    }

    fn overlaps(&self, begins: Timestamp, ends: impl FnOnce() -> Timestamp) -> bool {
        // A moment without length counts on its own instant, so `>=` there.
        begins < self.to && (begins >= self.from || ends() > self.from)
    }

    /// From the beginning of something to its end.
    pub fn of(when: &When) -> Self {
        Self { from: when.first_instant(), to: when.end_instant() }
    }

    /// Whether something that lies in `extent` may touch it.
    pub fn meets(&self, extent: Window) -> bool {
        extent.from < self.to && extent.to >= self.from
    }
}

impl Default for Window {
    fn default() -> Self {
        Self::ALL
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn when(start: &str, end: &str) -> Result<When, Invalid> {
        When::parse(start, Some(end), "Asia/Shanghai".parse().unwrap())
    }

    #[test]
    fn dates_are_read_at_the_precision_they_are_given() {
        for (text, precision, first, last) in [
            ("2020-10-01", Precision::Day, "2020-10-01", "2020-10-01"),
            ("2020-10-01 09:30", Precision::Minute, "2020-10-01", "2020-10-01"),
            ("2020-10-01T09:30:00", Precision::Minute, "2020-10-01", "2020-10-01"),
            ("2020-02", Precision::Month, "2020-02-01", "2020-02-29"),
            ("2021-Q3", Precision::Quarter, "2021-07-01", "2021-09-30"),
            ("2021-q4", Precision::Quarter, "2021-10-01", "2021-12-31"),
            ("2021", Precision::Year, "2021-01-01", "2021-12-31"),
        ] {
            let point: Point = text.parse().unwrap();
            assert_eq!(point.precision(), precision, "{text}");
            assert_eq!(point.first_day().to_string(), first, "{text}");
            assert_eq!(point.last_day().to_string(), last, "{text}");
        }
    }

    #[test]
    fn wrong_dates_are_refused_with_what_would_be_right() {
        for (text, part) in [
            ("2020-02-30", "February 2020 has 29 days"),
            ("2021-02-29", "February 2021 has 28 days"),
            ("2020-13-01", "months run from 01 to 12"),
            ("2020-00", "months run from 01 to 12"),
            ("2020-Q5", "use Q1 to Q4"),
            ("2020-10-01 25:00", "from 00:00 to 23:59"),
            ("2020-10-01T09", "HH:MM"),
            ("2020-10 09:00", "is not a date"),
            ("0200-10-01", "outside 1000 to 2999"),
            ("20-10-01", "is not a date"),
            ("1 October 2020", "is not a date"),
            ("2020-1-1", "is not a date"),
            ("２０２０-10-01", "is not a date"),
            ("2020-Qé", "use Q1 to Q4"),
            ("", "is not a date"),
        ] {
            let error = text.parse::<Point>().unwrap_err().to_string();
            assert!(error.contains(part), "{text}: {error}");
        }
    }

    #[test]
    fn ranges_cross_days_months_and_years() {
        assert!(when("2020-06-22", "2020-07-03").is_ok());
        assert!(when("2020-12-29", "2021-01-02").is_ok());
        assert!(when("2020", "2022").is_ok());
        assert_eq!(when("2020-09-11", "2020-09-11").unwrap().end(), None);
        for (start, end, part) in [
            ("2020-09-20", "2020-09-14", "lies before the start"),
            ("2020-09-20 10:00", "2020-09-20 09:00", "lies before the start"),
            ("2020-09-20", "2020-09-20 09:00", "give both alike"),
            ("2020-09", "2021", "give both alike"),
        ] {
            let error = when(start, end).unwrap_err().to_string();
            assert!(error.contains(part), "{start} to {end}: {error}");
        }
    }

    #[test]
    fn a_start_that_the_clock_skips_never_lies_after_its_end() {
        let brussels = || "Europe/Brussels".parse().unwrap();
        let error = When::parse("2027-03-28 02:50", Some("2027-03-28 03:10"), brussels()).unwrap_err();
        assert!(error.to_string().contains("put forward"), "{error}");
        assert!(When::parse("2027-03-28 02:50", Some("2027-03-28 04:10"), brussels()).is_ok());
    }

    #[test]
    fn a_length_is_kept_where_clocks_do_not_tell_the_end() {
        for (start, length, end, ends, is_kept) in [
            ("2027-11-07 01:30", "PT1H", "2027-11-07T01:30", "2027-11-07T06:30:00Z", true),
            ("2027-11-07 01:45", "PT30M", "2027-11-07T01:15", "2027-11-07T06:15:00Z", true),
            ("2027-11-07 00:30", "PT2H", "2027-11-07T01:30", "2027-11-07T06:30:00Z", true),
            ("2027-11-07 00:30", "PT1H", "2027-11-07T01:30", "2027-11-07T05:30:00Z", false),
            ("2027-11-07 00:30", "PT3H", "2027-11-07T02:30", "2027-11-07T07:30:00Z", false),
            ("2027-11-06 12:00", "PT24H", "2027-11-07T11:00", "2027-11-07T16:00:00Z", false),
            ("2027-11-06 12:00", "P1D", "2027-11-07T12:00", "2027-11-07T17:00:00Z", true),
        ] {
            let when =
                When::lasting(start.parse().unwrap(), length.parse().unwrap(), "America/Toronto".parse().unwrap());
            let when = when.unwrap();
            let found = (when.end().unwrap().to_string(), when.end_instant().to_string(), when.length().is_some());
            assert_eq!(found, (end.to_owned(), ends.to_owned(), is_kept), "{start} {length}");
        }
        let hour = || "PT1H".parse().unwrap();
        assert!(When::lasting("2027-11-07".parse().unwrap(), hour(), Zone::utc()).is_err());
        assert!(When::lasting("2999-12-31 23:30".parse().unwrap(), hour(), Zone::utc()).is_err());
    }

    #[test]
    fn a_range_of_days_is_over_when_its_last_day_is() {
        let week = when("2020-09-14", "2020-09-20").unwrap();
        assert_eq!(week.first_instant().to_string(), "2020-09-13T16:00:00Z");
        assert_eq!(week.end_instant().to_string(), "2020-09-20T16:00:00Z");
    }

    proptest! {
        #[test]
        fn any_text_is_a_date_or_an_error_and_never_a_panic(text in "\\PC{0,20}") {
            let _ = text.parse::<Point>();
        }

        #[test]
        fn near_dates_are_dates_or_errors(text in "[0-9]{4}(-[0-9Qq]{1,2}){0,3}([T ][0-9:]{0,8})?") {
            let _ = text.parse::<Point>();
        }

        #[test]
        fn what_is_printed_is_read_back(year in 1000i16..3000, month in 1i8..=12, day in 1i8..=31, hour in 0i8..24, minute in 0i8..60) {
            let day = day.min(date(year, month, 1).days_in_month());
            let day = date(year, month, day);
            for point in [
                Point::Minute(day.at(hour, minute, 0, 0)),
                Point::Day(day),
                Point::Month(year, month),
                Point::Quarter(year, (month + 2) / 3),
                Point::Year(year),
            ] {
                prop_assert_eq!(point.to_string().parse::<Point>(), Ok(point));
                let when = When::new(point, None, Zone::utc()).unwrap();
                prop_assert!(when.first_day() <= day && day <= when.last_day());
                prop_assert!(when.first_instant() <= when.end_instant());
            }
        }
    }
}
