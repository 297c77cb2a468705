//! When something is, as people say it: `tomorrow 9:00`, `next tuesday`, `+14d`, `22 June - 3 July`, `Q3 2021`; and how it
//! repeats (`every`).

mod chinese;
mod every;
#[cfg(test)]
mod tests;
mod words;

use jiff::Span as Length;
use jiff::civil::{Date, DateTime, Weekday, date};

pub use every::{Every, every};
use words::{Parts, Relative, read_parts};

use super::when::{Point, YEARS};
use super::{FieldError, Invalid, text};

/// What is longer is no date, in characters.
const LONGEST: usize = 80;
/// What was said without a year and is over for no more than so many days may be meant as well as the next.
const JUST_OVER: i32 = 31;

/// A date, or from one to another, inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    pub start: Point,
    pub end: Option<Point>,
}

impl Span {
    fn at(start: Point) -> Self {
        Self { start, end: None }
    }
}

/// What somebody may have meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// At least one; several where it can be read in several ways.
    pub spans: Vec<Span>,
    /// Not one of the ways of writing a date that say all by themselves ([`Point`]): it is worth saying what was understood.
    pub in_words: bool,
    /// A time alone, which is of today.
    pub is_time_alone: bool,
}

impl Reading {
    /// The one meaning, or why there is none.
    pub fn only(&self, said: &str) -> Result<Span, Invalid> {
        match self.spans.as_slice() {
            [span] => Ok(*span),
            several => {
                let dates: Vec<_> = several.iter().map(|span| format!("`{}`", span.written())).collect();
                Err(Invalid(format!("`{}` can be read as {}: write one of these", quoted(said), dates.join(" or "))))
            }
        }
    }
}

impl Reading {
    /// A time alone is today's, which may be past.
    pub fn refuse_past(&self, said: &str, now: DateTime) -> Result<(), Invalid> {
        match self.spans.first() {
            Some(Span { start: Point::Minute(at), .. }) if self.is_time_alone && *at < now => {
                let said = quoted(said.trim());
                Err(Invalid(format!("`{said}` alone is today, and that is past: say the day, as in `tomorrow {said}`")))
            }
            _ => Ok(()),
        }
    }
}

impl Span {
    /// `2020-10-01`, `2020-10-01 09:00`, or both ends with ` to ` between them: as it is read again.
    pub fn written(&self) -> String {
        let written = |point: Point| point.to_string().replace('T', " ");
        match self.end {
            Some(end) => format!("{} to {}", written(self.start), written(end)),
            None => written(self.start),
        }
    }
}

/// Reads what was said, with `now` on the clocks that it is meant by.
pub fn read(said: &str, now: DateTime) -> Result<Reading, Invalid> {
    let said = said.trim();
    if let Ok(point) = said.parse::<Point>() {
        return Ok(Reading { spans: vec![Span::at(point)], in_words: false, is_time_alone: false });
    }
    // Who writes a date in figures learns what is wrong with it.
    let is_written = |text: &str| text.bytes().all(|octet| octet.is_ascii_digit() || octet == b'-');
    if matches!(said.len(), 7 | 10) && is_written(said) && said[4..].starts_with('-') {
        said.parse::<Point>().map(drop)?;
    }
    let words = said.to_lowercase().replace(['–', '—', '−'], "-");
    if words.chars().count() > LONGEST {
        return Err(unreadable(said));
    }
    let words = chinese::in_english(&words, now.date());
    if let Some(parts) = read_parts(&words) {
        let is_time_alone = parts.is_time_alone();
        let spans = resolved(&parts, now, said)?;
        return Ok(Reading { spans, in_words: true, is_time_alone });
    }
    // From one to another: the first place to cut at which both sides are something.
    for (left, right) in cuts(&words) {
        if let (Some(left), Some(right)) = (read_parts(left), read_parts(right)) {
            let is_time_alone = left.is_time_alone() && right.is_time_alone();
            let mut spans = range(left, right, now, said)?;
            // What goes on now is meant, and not what comes in a year.
            let goes_on = |span: &Span| {
                span.start.first_day() <= now.date() && span.end.is_some_and(|end| end.last_day() >= now.date())
            };
            if let Some(now) = spans.iter().copied().find(goes_on) {
                spans = vec![now];
            }
            return Ok(Reading { spans, in_words: true, is_time_alone });
        }
    }
    Err(unreadable(said))
}

/// Reads the two ends of a range: what one leaves out in words, the other says.
pub fn from_to(from: &str, to: &str, now: DateTime) -> Result<Reading, FieldError> {
    let strict = |said: &str| said.trim().parse::<Point>().ok();
    let wrong = |field: &'static str, said: &str| read(said, now).map(drop).map_err(FieldError::of(field));
    match (strict(from), strict(to)) {
        (Some(start), Some(end)) => {
            let spans = vec![Span { start, end: Some(end) }];
            return Ok(Reading { spans, in_words: false, is_time_alone: false });
        }
        (Some(_), None) => wrong("end", to)?,
        (None, _) => wrong("start", from)?,
    }
    read(&format!("{from} to {to}"), now).map_err(FieldError::of("end"))
}

/// The same of what is one day, month, quarter or year, or one minute.
pub fn point(said: &str, now: DateTime) -> Result<Point, Invalid> {
    let span = read(said, now)?.only(said)?;
    match span.end {
        None => Ok(span.start),
        Some(_) => Err(Invalid(format!("`{}` is more than one date: say one", quoted(said)))),
    }
}

fn quoted(said: &str) -> String {
    text::quoted(said)
}

fn unreadable(said: &str) -> Invalid {
    let hint = words::nearest(said).map(|word| format!("did you mean `{word}`? Or ")).unwrap_or_default();
    Invalid(format!(
        "`{}` is not a date: {hint}write 2020-10-01, 2020-10-01 09:30, 2020-10, 2020-Q4 or 2020, or say it: tomorrow, next \
         tuesday 9:00, +14d, 1 October 2020, 22 June - 3 July, Q3 2021",
        quoted(said)
    ))
}

/// Where a range may be cut: between words first, since a dash also stands in dates.
fn cuts(words: &str) -> impl Iterator<Item = (&str, &str)> {
    let between = [" - ", " to ", " until ", " till ", ".."].into_iter();
    let by_word = between.flat_map(|mark| words.match_indices(mark).map(move |(at, _)| (at, mark.len())));
    let by_dash = words.match_indices('-').map(|(at, dash)| (at, dash.len()));
    by_word.chain(by_dash).map(|(at, length)| (words[..at].trim(), words[at + length..].trim()))
}

/// From one to another. What one side leaves out, the other says.
fn range(mut left: Parts, mut right: Parts, now: DateTime, said: &str) -> Result<Vec<Span>, Invalid> {
    if right.has_no_date() {
        // Of one day: `tomorrow 9:00 - 12:00`, and over midnight into the next.
        let starts = resolved(&left, now, said)?;
        let to = right.time.ok_or_else(|| unreadable(said))?;
        return starts
            .into_iter()
            .map(|span| match (span.start, span.end) {
                (Point::Minute(from), None) => {
                    let day = if to > from.time() { Some(from.date()) } else { from.date().tomorrow().ok() };
                    let end = day.ok_or_else(|| unreadable(said))?.to_datetime(to);
                    Ok(Span { end: Some(Point::Minute(end)), ..span })
                }
                _ => Err(Invalid(format!("`{}` ends at a time and begins at none: say both", quoted(said)))),
            })
            .collect();
    }
    left.borrow_from(&right);
    right.borrow_from(&left);
    if right.year.is_none() && left.year.is_none() || left.relative.is_some() || right.relative.is_some() {
        return both(&left, &right, now, said);
    }
    // One of them has the year: the other lies as near to it as it can.
    match (left.year, right.year) {
        (None, Some(year)) => {
            left.year = Some(if left.place_in_year() > right.place_in_year() { year - 1 } else { year });
        }
        (Some(year), None) => {
            right.year = Some(if right.place_in_year() < left.place_in_year() { year + 1 } else { year });
        }
        _ => {}
    }
    both(&left, &right, now, said)
}

/// Each meaning of the start with the first end that does not lie before it.
fn both(left: &Parts, right: &Parts, now: DateTime, said: &str) -> Result<Vec<Span>, Invalid> {
    let mut spans = Vec::new();
    for Span { start, .. } in resolved(left, now, said)? {
        let then = start.first_day().to_datetime(now.time());
        let mut ends = match right.year.is_some() || right.relative.is_some() {
            true => resolved(right, now, said)?,
            // Without a year it is the next such date after the start.
            false => resolved(right, then, said)?,
        };
        ends.retain(|end| end.start >= start || end.start.precision() != start.precision());
        let Some(Span { start: end, .. }) = ends.first() else {
            return Err(Invalid(format!("`{}` ends before it begins", quoted(said))));
        };
        spans.push(Span { start, end: Some(*end).filter(|end| *end != start) });
    }
    Ok(spans)
}

/// The dates that this may be, soonest first.
fn resolved(parts: &Parts, now: DateTime, said: &str) -> Result<Vec<Span>, Invalid> {
    let spans = days(parts, now.date(), said)?;
    let Some(time) = parts.time else { return Ok(spans) };
    let at = |span: Span| match span {
        Span { start: Point::Day(day), end: None } => Ok(Span::at(Point::Minute(day.to_datetime(time)))),
        _ => Err(Invalid(format!("`{}` has a time and no day: say the day", quoted(said)))),
    };
    spans.into_iter().map(at).collect()
}

fn days(parts: &Parts, today: Date, said: &str) -> Result<Vec<Span>, Invalid> {
    let no_date = || Invalid(format!("`{}` is not a date that a calendar has", quoted(said)));
    let checked = |year: i16| match YEARS.contains(&year) {
        true => Ok(year),
        false => {
            Err(Invalid(format!("the year of `{}` lies outside {} to {}", quoted(said), YEARS.start(), YEARS.end())))
        }
    };
    if let Some(relative) = parts.relative {
        let span = away(relative, today).ok_or_else(no_date)?;
        checked(span.start.first_day().year())?;
        return Ok(vec![span]);
    }
    if let Some((a, b)) = parts.slashed {
        // Day and month, or month and day: people write both.
        let read = |day, month| Parts { day: Some(day), month: Some(month), slashed: None, ..parts.clone() };
        let mut dates = Vec::new();
        for parts in [read(a, b), read(b, a)] {
            if let Ok(found) = days(&parts, today, said) {
                found.into_iter().for_each(|span| {
                    if !dates.contains(&span) {
                        dates.push(span);
                    }
                });
            }
        }
        return if dates.is_empty() { Err(no_date()) } else { Ok(dates) };
    }
    match (parts.day, parts.month, parts.quarter, parts.year) {
        (Some(day), Some(month), None, Some(year)) => {
            let found = Date::new(checked(year)?, month, day).map_err(|_| no_date())?;
            match parts.weekday.filter(|weekday| *weekday != found.weekday()) {
                Some(other) => Err(Invalid(format!(
                    "`{}`: {found} is a {}, not a {}",
                    quoted(said),
                    words::weekday_name(found.weekday()),
                    words::weekday_name(other)
                ))),
                None => Ok(vec![Span::at(Point::Day(found))]),
            }
        }
        (Some(day), Some(month), None, None) => without_year(day, month, parts.weekday, today).ok_or_else(no_date),
        // A number alone may be anything.
        (Some(_), None, None, None) if parts.is_bare => Err(unreadable(said)),
        (Some(day), None, None, None) => {
            let of = |month: Date| month.first_of_month().with().day(day).build().ok().filter(|found| *found >= today);
            let months = (0..12).filter_map(|n| today.first_of_month().checked_add(Length::new().months(n)).ok());
            let found = months.filter_map(of).next().ok_or_else(no_date)?;
            Ok(vec![Span::at(Point::Day(found))])
        }
        (None, Some(month), None, year) => {
            let year = year.map_or(Ok(today.year() + i16::from(month < today.month())), checked)?;
            Ok(vec![Span::at(Point::Month(year, month))])
        }
        (None, None, Some(quarter), year) => {
            let is_over = quarter < (today.month() + 2) / 3;
            let year = year.map_or(Ok(today.year() + i16::from(is_over)), checked)?;
            Ok(vec![Span::at(Point::Quarter(year, quarter))])
        }
        (None, None, None, Some(year)) => Ok(vec![Span::at(Point::Year(checked(year)?))]),
        (None, None, None, None) => match parts.weekday {
            Some(weekday) => {
                let next = nth_after(today, 1, weekday).ok_or_else(no_date)?;
                let is_today = today.weekday() == weekday;
                Ok(is_today.then_some(today).into_iter().chain([next]).map(|day| Span::at(Point::Day(day))).collect())
            }
            // A time alone is of today.
            None if parts.time.is_some() => Ok(vec![Span::at(Point::Day(today))]),
            None => Err(no_date()),
        },
        _ => Err(no_date()),
    }
}

/// The next such date; and the one that is just over, if it is.
fn without_year(day: i8, month: i8, weekday: Option<Weekday>, today: Date) -> Option<Vec<Span>> {
    let fits = |found: &Date| weekday.is_none_or(|weekday| weekday == found.weekday());
    let of = |year: i16| Date::new(year, month, day).ok().filter(fits);
    // 29 February comes every four years, now and then every eight, and on a weekday every 28.
    let next = (today.year()..).take(40).filter_map(of).find(|found| *found >= today)?;
    let past = [today.year(), today.year() - 1].into_iter().filter_map(of).find(|found| *found < today);
    let past = past.filter(|past| (today - *past).get_days() <= JUST_OVER);
    Some(past.into_iter().chain([next]).map(|day| Span::at(Point::Day(day))).collect())
}

/// The `n`th such weekday after a day, or before it.
fn nth_after(today: Date, n: i32, weekday: Weekday) -> Option<Date> {
    today.nth_weekday(n, weekday).ok()
}

fn away(relative: Relative, today: Date) -> Option<Span> {
    let later = |length: Length| today.checked_add(length).ok();
    let day = |day: Date| Span::at(Point::Day(day));
    Some(match relative {
        Relative::Exactly(span) => span,
        Relative::Days(n) => day(later(Length::new().try_days(n).ok()?)?),
        Relative::Weeks(n) => day(later(Length::new().try_weeks(n).ok()?)?),
        Relative::Months(n) => day(later(Length::new().try_months(n).ok()?)?),
        Relative::Years(n) => day(later(Length::new().try_years(n).ok()?)?),
        Relative::Weekday(n, weekday) => match n {
            // This week's, which begins on Monday.
            0 => {
                let offset = i64::from(weekday.to_monday_zero_offset() - today.weekday().to_monday_zero_offset());
                day(later(Length::new().try_days(offset).ok()?)?)
            }
            n => day(nth_after(today, n, weekday)?),
        },
        Relative::Week(n) => {
            let monday = i64::from(n) * 7 - i64::from(today.weekday().to_monday_zero_offset());
            let from = later(Length::new().try_days(monday).ok()?)?;
            let to = from.checked_add(Length::new().days(6)).ok()?;
            Span { start: Point::Day(from), end: Some(Point::Day(to)) }
        }
        Relative::Month(n) => {
            let month = today.first_of_month().checked_add(Length::new().months(n)).ok()?;
            Span::at(Point::Month(month.year(), month.month()))
        }
        Relative::Quarter(n) => {
            let this = date(today.year(), (today.month() - 1) / 3 * 3 + 1, 1);
            let first = this.checked_add(Length::new().months(3 * n)).ok()?;
            Span::at(Point::Quarter(first.year(), (first.month() + 2) / 3))
        }
        Relative::Year(n) => Span::at(Point::Year(today.year().checked_add(n)?)),
    })
}
