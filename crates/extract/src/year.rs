//! The year of a date that is written without one: from the byline, or from the dates around it.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use crate::event::Point;
use crate::written::{Relative, Written};

/// So far from a known day nobody leaves the year out to mean another one, whatever the sentence's tense.
const CLOSE_DAYS: i32 = 31;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tense {
    Past,
    Ahead,
    Unknown,
}

/// A day with a year, out of which those without one are understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Anchor {
    pub day: Date,
    /// The day of writing: what is past lies before it, what is to come after.
    pub is_now: bool,
    /// It stands at the end of what is told, which is before it.
    pub is_end: bool,
    /// It is known to a day, so that `today` and `next Tuesday` can be counted from it.
    pub is_exact: bool,
}

impl Anchor {
    /// A day that the text tells of something else.
    pub fn beside(day: Date) -> Self {
        Self { day, is_now: false, is_end: false, is_exact: false }
    }

    /// The day of writing.
    pub fn now(day: Date, is_exact: bool) -> Self {
        Self { is_now: true, is_exact, ..Self::beside(day) }
    }
}

/// The point that is meant by what is written, understood from the anchor.
pub fn resolve(written: Written, weekday: Option<Weekday>, anchor: Anchor, tense: Tense) -> Option<Point> {
    match written {
        Written::Slashed { .. } => {
            // The order in which the weekday is right, or the only one there is.
            let is_settled = weekday.is_none() && written.is_settled();
            let orders = [Some(false), Some(true)].into_iter().filter_map(|order| written.settled(order));
            let days = orders.filter_map(|written| match resolve(written, None, anchor, tense) {
                Some(Point::Day(day)) => Some(day),
                _ => None,
            });
            days.into_iter().find(|day| is_settled || Some(day.weekday()) == weekday).map(Point::Day)
        }
        Written::Relative(relative) if anchor.is_exact => counted(relative, anchor.day, tense).map(Point::Day),
        Written::Relative(_) | Written::Season(_) => None,
        Written::Year(year) => Some(Point::Year(year)),
        Written::Quarter { year, quarter } => Some(Point::Quarter(year, quarter)),
        Written::Month { year: Some(year), month } => Some(Point::Month(year, month)),
        Written::Month { year: None, month } => {
            let middle = nearest(month, 15, None, anchor, tense)?;
            Some(Point::Month(middle.year(), month))
        }
        Written::Day { year: Some(year), month, day } => Date::new(year, month, day).ok().map(Point::Day),
        Written::Day { year: None, month, day } => nearest(month, day, weekday, anchor, tense).map(Point::Day),
    }
}

/// The end of a range that begins at `start`: the first such day after it.
pub fn resolve_end(written: Written, start: Point) -> Option<Point> {
    let anchor = Anchor::beside(start.first_day());
    let end = match written.year() {
        Some(_) => resolve(written, None, anchor, Tense::Unknown)?,
        None => {
            let year = anchor.day.year();
            let in_year = |year| match written {
                Written::Day { month, day, .. } => Date::new(year, month, day).ok().map(Point::Day),
                Written::Month { month, .. } => Some(Point::Month(year, month)),
                _ => None,
            };
            in_year(year).filter(|end| *end >= start).or_else(|| in_year(year + 1))?
        }
    };
    (end.is_as_exact_as(start) && end > start).then_some(end)
}

/// The day that is so far from the day of writing.
fn counted(relative: Relative, written: Date, tense: Tense) -> Option<Date> {
    match (relative, tense) {
        (Relative::Days(days), _) => written.checked_add(i64::from(days).days()).ok(),
        (Relative::Next(weekday), _) | (Relative::On(weekday), Tense::Ahead) => written.nth_weekday(1, weekday).ok(),
        (Relative::Last(weekday), _) => written.nth_weekday(-1, weekday).ok(),
        // On the day itself news is told of it, too.
        (Relative::On(weekday), Tense::Past) if written.weekday() == weekday => Some(written),
        (Relative::On(weekday), Tense::Past) => written.nth_weekday(-1, weekday).ok(),
        (Relative::On(_), Tense::Unknown) => None,
    }
}

/// The day of this month and number that is meant. A weekday decides between years, if one of them fits.
fn nearest(month: i8, day: i8, weekday: Option<Weekday>, anchor: Anchor, tense: Tense) -> Option<Date> {
    let distance = |date: &Date| (*date - anchor.day).get_days();
    let year = anchor.day.year();
    // A leap day may be four years away, and a weekday comes back after six at the latest, but for leap days.
    let candidates = (year - 6..=year + 6).filter_map(|year| Date::new(year, month, day).ok());
    let fitting = candidates.clone().filter(|date| weekday.is_some_and(|weekday| date.weekday() == weekday));
    let is_near = |date: &Date| weekday.is_none_or(|weekday| date.weekday() == weekday);
    let closest = candidates.clone().min_by_key(|date| distance(date).abs())?;
    if distance(&closest).abs() <= CLOSE_DAYS && is_near(&closest) {
        return Some(closest);
    }
    // A text goes on in time.
    if anchor.is_end && weekday.is_none() {
        return candidates.filter(|date| distance(date) <= 0).max();
    }
    match tense {
        Tense::Ahead => {
            let next = candidates.clone().filter(|date| distance(date) >= 0).min()?;
            if is_near(&next) { Some(next) } else { fitting.min_by_key(|date| distance(date).abs()).or(Some(next)) }
        }
        Tense::Past if anchor.is_now => {
            let last = candidates.clone().filter(|date| distance(date) <= 0).max()?;
            if is_near(&last) { Some(last) } else { fitting.min_by_key(|date| distance(date).abs()).or(Some(last)) }
        }
        _ => fitting.min_by_key(|date| distance(date).abs()).or(Some(closest)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_without_a_year_is_understood_from_the_day_of_writing() {
        let written = Anchor::now(Date::constant(2020, 10, 9), true);
        let told = Anchor { is_now: false, ..written };
        for (month, day, anchor, tense, expected) in [
            (9, 28, written, Tense::Past, "2020-09-28"),
            (10, 12, written, Tense::Past, "2020-10-12"),
            (1, 20, written, Tense::Ahead, "2021-01-20"),
            (1, 20, written, Tense::Past, "2020-01-20"),
            (1, 20, told, Tense::Past, "2021-01-20"),
            (5, 5, written, Tense::Unknown, "2020-05-05"),
            (2, 29, written, Tense::Unknown, "2020-02-29"),
        ] {
            let found = resolve(Written::Day { year: None, month, day }, None, anchor, tense).unwrap();
            assert_eq!(found.to_string(), expected);
        }
        let start = Point::Day(Date::constant(2020, 12, 29));
        let end = resolve_end(Written::Day { year: None, month: 1, day: 2 }, start);
        assert_eq!(end.unwrap().to_string(), "2021-01-02");
    }
}
