//! The year of a date that is written without one: from the byline, or from the dates around it.

use jiff::civil::Date;

use crate::event::Point;
use crate::written::Written;

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
}

/// The point that is meant by what is written, understood from the anchor.
pub fn resolve(written: Written, anchor: Anchor, tense: Tense) -> Option<Point> {
    match written {
        Written::Year(year) => Some(Point::Year(year)),
        Written::Quarter { year, quarter } => Some(Point::Quarter(year, quarter)),
        Written::Month { year: Some(year), month } => Some(Point::Month(year, month)),
        Written::Month { year: None, month } => {
            let middle = nearest(month, 15, anchor, tense)?;
            Some(Point::Month(middle.year(), month))
        }
        Written::Day { year: Some(year), month, day } => Date::new(year, month, day).ok().map(Point::Day),
        Written::Day { year: None, month, day } => nearest(month, day, anchor, tense).map(Point::Day),
    }
}

/// The end of a range that begins at `start`: the first such day after it.
pub fn resolve_end(written: Written, start: Point) -> Option<Point> {
    let anchor = Anchor { day: start.first_day(), is_now: false };
    let end = match written.year() {
        Some(_) => resolve(written, anchor, Tense::Unknown)?,
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

fn nearest(month: i8, day: i8, anchor: Anchor, tense: Tense) -> Option<Date> {
    let distance = |date: &Date| (*date - anchor.day).get_days();
    let year = anchor.day.year();
    // A leap day may be four years away.
    let candidates = (year - 4..=year + 4).filter_map(|year| Date::new(year, month, day).ok());
    let closest = candidates.clone().min_by_key(|date| distance(date).abs())?;
    if distance(&closest).abs() <= CLOSE_DAYS {
        return Some(closest);
    }
    match tense {
        Tense::Ahead => candidates.filter(|date| distance(date) >= 0).min(),
        Tense::Past if anchor.is_now => candidates.filter(|date| distance(date) <= 0).max(),
        _ => Some(closest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_without_a_year_is_understood_from_the_day_of_writing() {
        let written = Anchor { day: Date::constant(2020, 10, 9), is_now: true };
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
            let found = resolve(Written::Day { year: None, month, day }, anchor, tense).unwrap();
            assert_eq!(found.to_string(), expected);
        }
        let start = Point::Day(Date::constant(2020, 12, 29));
        let end = resolve_end(Written::Day { year: None, month: 1, day: 2 }, start);
        assert_eq!(end.unwrap().to_string(), "2021-01-02");
    }
}
