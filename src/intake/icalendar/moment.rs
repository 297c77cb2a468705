//! Dates, times and durations as files have them (RFC 5545 sections 3.3.4 to 3.3.6 and 3.3.9).

use calcard::common::IanaParse;
use calcard::icalendar::ICalendarDuration;
use jiff::SignedDuration;
use jiff::civil::{Date, DateTime, Time};

/// Years that are taken for a date; others are typing errors, or stand for none.
const YEARS: std::ops::RangeInclusive<i16> = 1000..=2999;

/// A date or time as it is written, before its zone is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    Day(Date),
    Local(DateTime),
    Utc(DateTime),
}

impl Written {
    /// Reads `20200916`, `20200916T090000`, `20200916T090000Z` and what comes near. The error tells what is wrong.
    pub fn read(text: &str) -> Result<Self, String> {
        let text = text.trim_ascii();
        let unreadable = || {
            let shown = clipped(text);
            format!("`{shown}` is not a date: it should look like 20200916 or, with a time, like 20200916T090000")
        };
        let mut digits = Digits(text);
        let date = (|| {
            let year = digits.number(4)?;
            digits.skip(['-', '/']);
            let month = digits.number(2)?;
            digits.skip(['-', '/']);
            Some((year, month, digits.number(2)?))
        })();
        let (year, month, day) = date.ok_or_else(unreadable)?;
        if !YEARS.contains(&year) {
            let (first, last) = (YEARS.start(), YEARS.end());
            return Err(format!("the year of `{}` is not between {first} and {last}", clipped(text)));
        }
        let day = Date::new(year, month as i8, day as i8)
            .map_err(|_| format!("`{}` is not a date: there is no such day in the calendar", clipped(text)))?;
        digits.skip(['T', 't', ' ']);
        if digits.0.is_empty() {
            return Ok(Self::Day(day));
        }
        let (seconds, is_next_day) = digits.clock_time().ok_or_else(unreadable)?;
        let day = if is_next_day { day.tomorrow().ok().filter(in_range).ok_or_else(unreadable)? } else { day };
        let local = day.to_datetime(seconds);
        match digits.offset().ok_or_else(unreadable)? {
            None => Ok(Self::Local(local)),
            Some(offset) => {
                let utc = local.checked_sub(SignedDuration::from_secs(i64::from(offset))).map_err(|_| unreadable())?;
                if in_range(&utc.date()) { Ok(Self::Utc(utc)) } else { Err(unreadable()) }
            }
        }
    }

    /// The day that is written, in whatever zone.
    pub fn day(self) -> Date {
        match self {
            Self::Day(day) => day,
            Self::Local(at) | Self::Utc(at) => at.date(),
        }
    }

    /// The date and time that is written, in whatever zone.
    pub fn local(self) -> DateTime {
        match self {
            Self::Day(day) => day.to_datetime(Time::midnight()),
            Self::Local(at) | Self::Utc(at) => at,
        }
    }
}

pub fn in_range(day: &Date) -> bool {
    YEARS.contains(&day.year())
}

/// What is left to read.
struct Digits<'a>(&'a str);

impl Digits<'_> {
    /// A number of exactly `width` digits.
    fn number(&mut self, width: usize) -> Option<i16> {
        let (number, rest) = self.0.split_at_checked(width)?;
        let number = number.bytes().all(|octet| octet.is_ascii_digit()).then(|| number.parse().ok())??;
        self.0 = rest;
        Some(number)
    }

    fn skip<const N: usize>(&mut self, chars: [char; N]) {
        self.0 = self.0.strip_prefix(chars).unwrap_or(self.0);
    }

    /// A time of the day; whether it is midnight at the day's end, written 24:00. Seconds may be missing, and one that
    /// was put in is the one before it (section 3.3.12).
    fn clock_time(&mut self) -> Option<(Time, bool)> {
        let hour = self.number(2)?;
        self.skip([':']);
        let minute = self.number(2).unwrap_or(0);
        self.skip([':']);
        let second = self.number(2).unwrap_or(0);
        if let Some(fraction) = self.0.strip_prefix(['.', ',']) {
            self.0 = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
        }
        match (hour, minute, second) {
            (24, 0, 0) => Some((Time::midnight(), true)),
            (_, _, 60) => Some((Time::new(hour as i8, minute as i8, 59, 0).ok()?, false)),
            _ => Some((Time::new(hour as i8, minute as i8, second as i8, 0).ok()?, false)),
        }
    }

    /// Seconds east of UTC, if anything is said of it; nothing else may follow.
    fn offset(&mut self) -> Option<Option<i32>> {
        let text = self.0.trim_ascii();
        match text {
            "" => Some(None),
            "Z" | "z" => Some(Some(0)),
            _ => offset(text).map(Some),
        }
    }
}

/// Seconds east of UTC, from `+0100`, `-05:30`, `+8`.
pub fn offset(text: &str) -> Option<i32> {
    let (sign, digits) = match text.strip_prefix('+') {
        Some(digits) => (1, digits),
        None => (-1, text.strip_prefix(['-', '\u{2212}'])?),
    };
    let width = digits.bytes().take_while(u8::is_ascii_digit).count();
    let mut digits = Digits(digits);
    let hours = digits.number(if width % 2 == 1 { 1 } else { 2 })?;
    digits.skip([':', '.']);
    let minutes = if digits.0.is_empty() { 0 } else { digits.number(2)? };
    let is_offset = digits.0.is_empty() && hours <= 15 && minutes < 60;
    is_offset.then(|| sign * (i32::from(hours) * 3600 + i32::from(minutes) * 60))
}

/// A length of time: whole days, which may be longer or shorter than 24 hours, and seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Length {
    pub days: i64,
    pub seconds: i64,
}

impl Length {
    pub fn read(text: &str) -> Option<Self> {
        let length = ICalendarDuration::parse(text.trim_ascii().as_bytes())?;
        let sign = if length.neg { -1 } else { 1 };
        let days = i64::from(length.weeks) * 7 + i64::from(length.days);
        let seconds = i64::from(length.hours) * 3600 + i64::from(length.minutes) * 60 + i64::from(length.seconds);
        Some(Self { days: sign * days, seconds: sign * seconds })
    }

    pub fn is_negative(self) -> bool {
        self.days < 0 || self.seconds < 0
    }

    /// How many days it touches from a midnight on.
    pub fn whole_days(self) -> i64 {
        self.days + (self.seconds.max(0) + 86_399) / 86_400
    }
}

/// What is shown of a text that may be long.
pub fn clipped(text: &str) -> String {
    const SHOWN: usize = 60;
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_files_have_them() {
        for (text, shown) in [
            ("20200916", "Day(2020-09-16)"),
            (" 2020-09-16 ", "Day(2020-09-16)"),
            ("20200916T", "Day(2020-09-16)"),
            ("20200916T090000", "Local(2020-09-16T09:00:00)"),
            ("20200916t0900", "Local(2020-09-16T09:00:00)"),
            ("20200916T09", "Local(2020-09-16T09:00:00)"),
            ("2020-09-16 09:30:15.250", "Local(2020-09-16T09:30:15)"),
            ("20200916T240000", "Local(2020-09-17T00:00:00)"),
            ("20161231T235960Z", "Utc(2016-12-31T23:59:59)"),
            ("20200916T093060", "Local(2020-09-16T09:30:59)"),
            ("20200916T090000Z", "Utc(2020-09-16T09:00:00)"),
            ("2020-09-16T09:00:00+02:00", "Utc(2020-09-16T07:00:00)"),
            ("20200916T090000-0530", "Utc(2020-09-16T14:30:00)"),
            ("10000101", "Day(1000-01-01)"),
            ("29991231", "Day(2999-12-31)"),
        ] {
            assert_eq!(Written::read(text).map(|written| format!("{written:?}")).as_deref(), Ok(shown), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for (text, part) in [
            ("", "is not a date"),
            ("soon", "is not a date"),
            ("2020916", "is not a date"),
            ("20200230", "no such day"),
            ("20201301T090000", "no such day"),
            ("00000000T000000Z", "not between 1000 and 2999"),
            ("99991231", "not between 1000 and 2999"),
            ("20200916T250000", "is not a date"),
            ("20200916T240001", "is not a date"),
            ("20200916T099900", "is not a date"),
            ("20200916T09000", "is not a date"),
            ("20200916T090000Zulu", "is not a date"),
            ("29991231T240000", "is not a date"),
            ("10000101T000000+0100", "is not a date"),
            ("20200916,20200917", "is not a date"),
            ("２０２０0916", "is not a date"),
        ] {
            let reason = Written::read(text).unwrap_err();
            assert!(reason.contains(part), "{text}: {reason}");
        }
    }

    #[test]
    fn lengths_and_offsets() {
        for (text, days, seconds) in [
            ("PT1H30M", 0, 5400),
            ("P1W", 7, 0),
            ("p2dt1h", 2, 3600),
            ("-PT15M", 0, -900),
            ("P1DT0S", 1, 0),
            ("P4294967295W", 30_064_771_065, 0),
        ] {
            assert_eq!(Length::read(text), Some(Length { days, seconds }), "{text}");
        }
        for text in ["", "P", "1H", "PT", "P1Y", "soon"] {
            assert_eq!(Length::read(text), None, "{text}");
        }
        assert_eq!(Length { days: 1, seconds: 3600 }.whole_days(), 2);
        for (text, seconds) in [
            ("+0100", Some(3600)),
            ("-05:30", Some(-19_800)),
            ("+8", Some(28_800)),
            ("\u{2212}3", Some(-10_800)),
            ("+530", Some(19_800)),
            ("+14.00", Some(50_400)),
            ("+99", None),
            ("8", None),
            ("+", None),
            ("+01000", None),
        ] {
            assert_eq!(offset(text), seconds, "{text}");
        }
    }
}
