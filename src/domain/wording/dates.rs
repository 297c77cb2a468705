//! Dates in words.

use jiff::civil::{Date, DateTime};

use super::{Locale, Value};
use crate::domain::when::{Point, When};

impl Locale {
    /// `Thursday`.
    pub(super) fn weekday(self, day: Date) -> String {
        self.weekday_name(day.weekday().to_monday_one_offset())
    }

    /// Monday is 1.
    pub fn weekday_name(self, weekday: i8) -> String {
        self.say(&format!("weekday-{weekday}"))
    }

    /// `October`.
    pub fn month(self, month: i8) -> String {
        self.say(&format!("month-{month}"))
    }

    /// `1 October 2020`.
    pub fn day(self, day: Date) -> String {
        self.date("date", day)
    }

    /// `1 October`.
    pub fn day_of_year(self, day: Date) -> String {
        self.date("date-of-year", day)
    }

    /// `Thursday 1 October 2020`.
    pub fn long_day(self, day: Date) -> String {
        self.date("date-and-weekday", day)
    }

    /// `14–20 September 2020`, `22 June – 3 July 2020`.
    pub fn days(self, first: Date, last: Date) -> String {
        match first {
            _ if first == last => self.day(last),
            _ if (first.year(), first.month()) == (last.year(), last.month()) => {
                self.tell("days-of-month", self.date_values(last).into_iter().chain([number("first", first.day())]))
            }
            _ if first.year() == last.year() => {
                let begin = [number("first", first.day()), ("first-month", self.month(first.month()).into())];
                self.tell("days-of-year", self.date_values(last).into_iter().chain(begin))
            }
            _ => self.range(self.day(first), self.day(last)),
        }
    }

    /// The whole of it, as short as it stays clear: `14–20 September 2020`, `22 June – 3 July 2020`,
    /// `16 September 2020, 09:00–17:00 (Asia/Shanghai)`, `Q3 2021`, `March 2020`, `2021`.
    pub fn when(self, when: &When) -> String {
        self.when_with(when, Self::day)
    }

    /// The same, and what is on one day with its weekday: `Thursday 1 October 2020`.
    pub fn long_when(self, when: &When) -> String {
        match (when.start(), when.end()) {
            (Point::Day(day), None) => self.long_day(day),
            (Point::Minute(_), _) if when.first_day() == when.last_day() => self.when_with(when, Self::long_day),
            _ => self.when(when),
        }
    }

    /// `day`: how the day of a time is told.
    fn when_with(self, when: &When, day: impl Fn(Self, Date) -> String) -> String {
        let in_zone = |date: String, time: String| {
            let zone = when.zone().name().to_owned();
            self.tell("at-time-in-zone", [("date", date.into()), ("time", time.into()), ("zone", zone.into())])
        };
        let Some(end) = when.end() else {
            return match when.start() {
                Point::Minute(at) => in_zone(day(self, at.date()), clock(at)),
                other => self.point(other),
            };
        };
        match (when.start(), end) {
            (Point::Minute(a), Point::Minute(b)) if a.date() == b.date() => {
                in_zone(day(self, a.date()), format!("{}–{}", clock(a), end_clock(when, b)))
            }
            (Point::Minute(_), Point::Minute(b)) => {
                self.range(self.point(when.start()), in_zone(self.day(b.date()), end_clock(when, b)))
            }
            (Point::Day(a), Point::Day(b)) => self.days(a, b),
            (Point::Month(a, m), Point::Month(year, n)) if a == year => {
                let months = [("first-month", self.month(m).into()), ("month", self.month(n).into())];
                self.tell("months-of-year", months.into_iter().chain([number("year", year)]))
            }
            (Point::Quarter(a, q), Point::Quarter(year, r)) if a == year => {
                self.tell("quarters-of-year", [number("first", q), number("quarter", r), number("year", year)])
            }
            (Point::Year(a), Point::Year(b)) => self.tell("years", [number("first", a), number("year", b)]),
            (a, b) => self.range(self.point(a), self.point(b)),
        }
    }

    /// One end alone: `1 October 2020`, `March 2020`, `Q3 2021`, `2021`.
    pub fn point(self, at: Point) -> String {
        match at {
            Point::Minute(at) => {
                self.tell("at-time", [("date", self.day(at.date()).into()), ("time", clock(at).into())])
            }
            Point::Day(date) => self.day(date),
            Point::Month(year, month) => {
                self.tell("month-and-year", [("month", self.month(month).into()), number("year", year)])
            }
            Point::Quarter(year, quarter) => self.tell("quarter", [number("quarter", quarter), number("year", year)]),
            Point::Year(year) => self.with("year", "year", i64::from(year)),
        }
    }

    /// How far away a day is: `today`, `tomorrow`, `in 3 days`, `yesterday`, `8 days ago`.
    pub fn days_away(self, from: Date, to: Date) -> String {
        match (to - from).get_days() {
            days @ 0.. => self.with("days-ahead", "days", i64::from(days)),
            days => self.with("days-ago", "days", -i64::from(days)),
        }
    }

    pub(super) fn range(self, start: String, end: String) -> String {
        self.tell("range", [("start", start.into()), ("end", end.into())])
    }

    fn date(self, id: &str, day: Date) -> String {
        self.tell(id, self.date_values(day))
    }

    fn date_values(self, day: Date) -> [(&'static str, Value<'static>); 4] {
        [
            number("day", day.day()),
            ("month", self.month(day.month()).into()),
            number("year", day.year()),
            ("weekday", self.weekday(day).into()),
        ]
    }
}

/// What clocks show at its end; where they show it twice, by which time they go then: `01:30 EST`.
pub(super) fn end_clock(when: &When, end: DateTime) -> String {
    let ends = when.end_instant();
    match when.zone().instant(end) == ends {
        true => clock(end),
        false => format!("{} {}", clock(end), when.zone().at(ends).strftime("%Z")),
    }
}

pub(super) fn clock(at: DateTime) -> String {
    at.strftime("%H:%M").to_string()
}

pub(super) fn number(name: &'static str, value: impl Into<i64>) -> (&'static str, Value<'static>) {
    (name, Value::from(value.into()))
}
