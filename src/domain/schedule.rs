//! When a digest is due: crontab(5) schedules on the wall clock of a time zone.
//!
//! A schedule is read and checked here, its matching days and times are found
//! by the `cron` crate on a plain calendar without a time zone, and each of
//! them is turned into an instant with `jiff`, so that daylight saving is
//! decided in one place ([`Schedule::next_after`] says how).

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use jiff::Timestamp;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};

use super::text;

/// 2000-01-01T00:00:00, from where `parse` looks for a first match.
const PARSE_EPOCH: i64 = 946_684_800;
/// 2100-12-31T23:59:59: `cron` knows the years 1970 to 2100 and no others.
const LAST_SECOND: i64 = 4_133_980_799;
/// Vixie cron has no limit; a step past the end of the field is one value.
const MAX_STEP: u32 = 999;
/// Longer than any stretch of wall clock that any zone has repeated.
const LONGEST_FOLD: i64 = 2 * 86_400;

/// A crontab(5) schedule, evaluated in a time zone.
///
/// It has five fields, minute hour day-of-month month weekday, or six, of which
/// the first is the second; or it is one of the nicknames `@yearly`,
/// `@annually`, `@monthly`, `@weekly`, `@daily`, `@midnight` and `@hourly`.
///
/// Fields mean what they mean to Vixie cron: lists, ranges, steps (`*/n` and
/// `a-b/n`), names for months and weekdays, 0 and 7 both Sunday. If neither day
/// field starts with `*`, a day matches when either of them does, else when
/// both do.
///
/// Two schedules are equal when they are written alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    source: String,
    /// Two of them when either day field may match, each with one of the two.
    calendars: Vec<cron::Schedule>,
    comes_once_a_day: bool,
}

/// Why a text is not a [`Schedule`], as a sentence for the one who wrote it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScheduleError {
    /// Neither five fields nor six.
    #[error(
        "a schedule has five fields (minute hour day month weekday), \
         or six with seconds first; this one has {0}"
    )]
    FieldCount(usize),
    /// The field called so, the part of it that is wrong, and what is wrong.
    #[error("the {0} `{1}` {2}")]
    Field(&'static str, String, String),
    /// A word with `@` that names no times.
    #[error(
        "`{0}` names no times: write @yearly, @annually, @monthly, @weekly, @daily, \
         @midnight or @hourly"
    )]
    Nickname(String),
    /// No date matches.
    #[error("`{0}` never comes: no such day exists")]
    Never(String),
    /// The calendar search refused what was read.
    #[error("`{0}` cannot be evaluated: write it as plain lists of numbers")]
    Unsupported(String),
}

impl Schedule {
    /// Reads a schedule; one that can never be due is refused too.
    pub fn parse(text: &str) -> Result<Schedule, ScheduleError> {
        let source = text.trim_ascii();
        let spelled_out = match source.to_ascii_lowercase().as_str() {
            "@yearly" | "@annually" => "0 0 1 1 *",
            "@monthly" => "0 0 1 * *",
            "@weekly" => "0 0 * * 0",
            "@daily" | "@midnight" => "0 0 * * *",
            "@hourly" => "0 * * * *",
            _ if source.starts_with('@') => return Err(ScheduleError::Nickname(clip(source))),
            _ => source,
        };
        let mut texts: Vec<&str> = spelled_out.split_ascii_whitespace().collect();
        if texts.len() == 5 {
            texts.insert(0, "0");
        }
        let &[second, minute, hour, day, month, weekday] = texts.as_slice() else {
            return Err(ScheduleError::FieldCount(texts.len()));
        };
        let (second, minute) = (SECOND.read(second)?, MINUTE.read(minute)?);
        let times = format!("{second} {minute} {}", HOUR.read(hour)?);
        let (days, months, weekdays) = (DAY.read(day)?, MONTH.read(month)?, WEEKDAY.read(weekday)?);
        // Vixie cron goes by the first character, so `*/2` is no restriction.
        let written = if day.starts_with('*') || weekday.starts_with('*') {
            vec![format!("{times} {days} {months} {weekdays}")]
        } else {
            vec![format!("{times} {days} {months} *"), format!("{times} * {months} {weekdays}")]
        };
        let calendars: Vec<cron::Schedule> = written
            .iter()
            .map(|calendar| calendar.parse())
            .collect::<Result<_, cron::error::Error>>()
            .map_err(|_| ScheduleError::Unsupported(clip(source)))?;
        let source = source.to_owned();
        let comes_once_a_day = !times.contains(['*', ',']);
        let schedule = Schedule { source, calendars, comes_once_a_day };
        match schedule.match_after(PARSE_EPOCH - 1) {
            Some(_) => Ok(schedule),
            None => Err(ScheduleError::Never(clip(&schedule.source))),
        }
    }

    /// The schedule as it was written.
    pub fn as_str(&self) -> &str {
        &self.source
    }

    /// Whether it is due at one time of day only.
    pub fn comes_once_a_day(&self) -> bool {
        self.comes_once_a_day
    }

    /// The first moment strictly after `after` at which it is due in `zone`.
    ///
    /// A wall-clock time that the zone skips is due at the first moment after
    /// the gap, once for all the times in it; one that the zone repeats is due
    /// the first time only. `None` once the year 2100 has passed.
    pub fn next_after(&self, after: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let mut wall = reached(after, zone);
        // `reached` is exact, so this goes round once; the check makes sure
        // that no odd zone can break the promise of "strictly after".
        loop {
            wall = self.match_after(wall)?;
            let due = instant(wall, zone)?;
            if due > after {
                return Some(due);
            }
        }
    }

    /// The last moment at which it is due in `zone` that is after `after` and
    /// not after `until`, for catching up. Takes no longer for a longer span.
    pub fn last_between(&self, after: Timestamp, until: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        if until <= after {
            return None;
        }
        let mut wall = reached(until, zone).saturating_add(1);
        loop {
            wall = self.match_before(wall)?;
            let due = instant(wall, zone)?;
            if due <= until {
                return (due > after).then_some(due);
            }
        }
    }

    /// The first matching wall-clock second after `wall`.
    fn match_after(&self, wall: i64) -> Option<i64> {
        // `cron` takes a year before 0 for one far in the future.
        let from = DateTime::<Utc>::from_timestamp(wall.max(-1), 0)?;
        let found = self.calendars.iter().filter_map(|c| c.after(&from).next());
        found.min().map(|found| found.timestamp())
    }

    /// The last matching wall-clock second before `wall`.
    fn match_before(&self, wall: i64) -> Option<i64> {
        if wall <= 0 {
            return None;
        }
        // From a year past its own, `cron` would keep the month and day of it.
        let from = DateTime::<Utc>::from_timestamp(wall.min(LAST_SECOND + 1), 0)?;
        let calendars = self.calendars.iter();
        let found = calendars.filter_map(|c| c.after(&from).next_back());
        found.max().map(|found| found.timestamp())
    }
}

impl FromStr for Schedule {
    type Err = ScheduleError;

    fn from_str(text: &str) -> Result<Schedule, ScheduleError> {
        Schedule::parse(text)
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)
    }
}

/// The last wall-clock second that is due by `instant`. Wall clocks are counted
/// in seconds since 1970-01-01T00:00:00 on that same clock.
pub fn reached(instant: Timestamp, zone: &TimeZone) -> i64 {
    let wall = |at: Timestamp, offset: Offset| {
        // Rounded down, also before 1970.
        let second = at.as_second() - i64::from(at.subsec_nanosecond() < 0);
        second + i64::from(offset.seconds())
    };
    let nanosecond = jiff::SignedDuration::from_nanos(1);
    let just_after = instant.checked_add(nanosecond).unwrap_or(instant);
    // After the clock was put back it shows times that were due before that:
    // what counts is how far it had come.
    zone.preceding(just_after)
        .map(|transition| transition.timestamp())
        .take_while(|at| instant.as_second() - at.as_second() <= LONGEST_FOLD)
        .filter_map(|at| {
            let just_before = at.checked_sub(nanosecond).ok()?;
            Some(wall(at, zone.to_offset(just_before)) - 1)
        })
        .fold(wall(instant, zone.to_offset(instant)), i64::max)
}

/// The instant at which the wall-clock second `wall` is due.
pub fn instant(wall: i64, zone: &TimeZone) -> Option<Timestamp> {
    let civil = Offset::UTC.to_datetime(Timestamp::from_second(wall).ok()?);
    let ambiguous = zone.to_ambiguous_timestamp(civil);
    let AmbiguousOffset::Gap { before, after } = ambiguous.offset() else {
        return ambiguous.earlier().ok();
    };
    // The clock was put forward between these two, and the moment of that is
    // what all the times in the gap stand for.
    let earliest = after.to_timestamp(civil).ok()?;
    let latest = before.to_timestamp(civil).ok()?;
    zone.following(earliest)
        .map(|transition| transition.timestamp())
        .take_while(|at| *at <= latest)
        .find(|at| zone.to_offset(*at) == after)
        .or(Some(latest))
}

/// What one field may hold.
struct Field {
    name: &'static str,
    min: u32,
    max: u32,
    /// Names of the values from `min` up.
    names: &'static [&'static str],
}

const SECOND: Field = Field::new("second", 0, 59, &[]);
const MINUTE: Field = Field::new("minute", 0, 59, &[]);
const HOUR: Field = Field::new("hour", 0, 23, &[]);
const DAY: Field = Field::new("day of the month", 1, 31, &[]);
const MONTH: Field = Field::new("month", 1, 12, MONTHS);
const WEEKDAY: Field = Field::new("weekday", 0, 7, WEEKDAYS);
const MONTHS: &[&str] = &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS: &[&str] = &["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

impl Field {
    const fn new(name: &'static str, min: u32, max: u32, names: &'static [&'static str]) -> Field {
        Field { name, min, max, names }
    }

    /// Rewrites a field for `cron`: as `*`, or as a list without ranges and
    /// steps, with weekdays by name because `cron` counts them from 1.
    fn read(&self, text: &str) -> Result<String, ScheduleError> {
        let mut bits = 0_u64;
        for item in text.split(',') {
            if item.is_empty() {
                return Err(self.wrong(text, "has an empty place: write one comma between values"));
            }
            let (first, last, step) = self.item(item)?;
            for value in (first..=last).step_by(step) {
                bits |= 1 << self.fold(value);
            }
        }
        let all = self.min..=self.top();
        let set: Vec<u32> = all.clone().filter(|value| bits >> value & 1 == 1).collect();
        if set.len() == all.count() {
            return Ok("*".to_owned());
        }
        let labels: Vec<String> = set.into_iter().map(|value| self.label(value)).collect();
        Ok(labels.join(","))
    }

    /// One item of a list, as first, last and step.
    fn item(&self, item: &str) -> Result<(u32, u32, usize), ScheduleError> {
        let (range, step) = match item.split_once('/') {
            Some((range, step)) => (range, Some(step)),
            None => (item, None),
        };
        let by = match step.map(number) {
            None => 1,
            Some(Some(by @ 1..=MAX_STEP)) => by as usize,
            Some(_) => {
                let problem = format!("has a step other than a number from 1 to {MAX_STEP}");
                return Err(self.wrong(item, problem));
            }
        };
        if range == "*" {
            return Ok((self.min, self.max, by));
        }
        let Some((first_text, last_text)) = range.split_once('-') else {
            let value = self.value(range, item)?;
            if step.is_some() {
                let (from, to) = (self.label(self.fold(value)), self.label(self.top()));
                let problem = format!("steps through no range: write `{from}-{to}/{by}`");
                return Err(self.wrong(item, problem));
            }
            return Ok((value, value, 1));
        };
        let first = self.value(first_text, item)?;
        let mut last = self.value(last_text, item)?;
        // By name, the Sunday that ends a range is the one after it: `fri-sun`.
        if first > 0 && self.max == 7 && last_text.eq_ignore_ascii_case("sun") {
            last = 7;
        }
        if first > last {
            let (first, top) = (self.fold(first), self.top());
            let instead = match first <= last {
                true => self.span(first, last),
                false => self.span(first, top) + "," + &self.span(self.min, last),
            };
            let steps = if by > 1 { ", and the steps to it" } else { "" };
            return Err(self.wrong(item, format!("runs backwards: write `{instead}`{steps}")));
        }
        Ok((first, last, by))
    }

    fn value(&self, text: &str, item: &str) -> Result<u32, ScheduleError> {
        let (min, max) = (self.min, self.max);
        if let Some(value) = number(text) {
            if (min..=max).contains(&value) {
                return Ok(value);
            }
            return Err(self.wrong(text, format!("lies outside {min} to {max}")));
        }
        let mut names = (min..).zip(self.names);
        if let Some((value, _)) = names.find(|(_, name)| text.eq_ignore_ascii_case(name)) {
            return Ok(value);
        }
        let mut problem = format!("is not a number from {min} to {max}");
        if let [first, .., last] = self.names {
            problem += &format!(" or a name from {first} to {last}");
        }
        if text == "?" {
            problem += "; for any, write `*`";
        }
        Err(self.wrong(if text.is_empty() { item } else { text }, problem))
    }

    fn wrong(&self, text: &str, problem: impl Into<String>) -> ScheduleError {
        ScheduleError::Field(self.name, clip(text), problem.into())
    }

    /// The last value that is not a second way to write the first.
    fn top(&self) -> u32 {
        if self.max == 7 { 6 } else { self.max }
    }

    fn fold(&self, value: u32) -> u32 {
        if value > self.top() { self.min } else { value }
    }

    fn label(&self, value: u32) -> String {
        let mut names = (self.min..).zip(self.names);
        let name = names.find(|(named, _)| *named == value);
        name.map_or_else(|| value.to_string(), |(_, name)| (*name).to_owned())
    }

    fn span(&self, first: u32, last: u32) -> String {
        if first == last {
            return self.label(first);
        }
        format!("{}-{}", self.label(first), self.label(last))
    }
}

/// A number of any size, the ones out of every range being all the same.
fn number(text: &str) -> Option<u32> {
    // `parse` would take `+5`.
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(u32::MAX))
}

/// Quotes at most a line's worth.
fn clip(text: &str) -> String {
    text::clip(&text.replace(char::is_control, " "), 40)
}

#[cfg(test)]
mod tests;
