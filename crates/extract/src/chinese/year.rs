//! From what is written to the moments that are meant: years, months and days that a text leaves out.

use jiff::ToSpan;
use jiff::civil::{Date, Time};

use super::clock::Zone;
use super::dates::{Mention, Written, Year};
use super::kind::Tense;
use crate::event::{self, Point, When};

/// Out of what a date is understood, the nearer first.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    /// The last date told in the same paragraph or list.
    pub told: Option<Date>,
    /// When the text was written: its byline, its signature, or what is known of it.
    pub written: Option<Date>,
    /// A year that the sentence or the heading names otherwise: `2022海洋论坛日程`.
    pub named: Option<i16>,
    /// The nearest date with a year anywhere in the text.
    pub elsewhere: Option<Date>,
    pub today: Date,
    /// The last date whose year was guessed: the next ones are guessed beside it.
    pub guessed: Option<Date>,
    /// The last day on which people come together, for 当日 and 次日 behind a deadline.
    pub held: Option<Date>,
    /// The middle of a school's term, whose days a text tells.
    pub term: Option<Date>,
}

/// Within so many days two dates lie in one year, though the months run over its end.
const HALF_YEAR: i32 = 270;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meant {
    pub when: When,
    pub year: event::Year,
    pub zone: Option<String>,
    pub is_zone_unknown: bool,
}

impl Clock {
    pub fn meant(&self, mention: &Mention, tense: Tense, is_end_only: bool) -> Option<Meant> {
        let (start, year) = self.point(mention.start, tense, mention.weekday)?;
        let end = mention.end.and_then(|end| self.end(end, start));
        if is_end_only && let Some(end) = end.filter(|end| *end > start) {
            return Some(Meant { when: When { start: end, end: None }, year, zone: None, is_zone_unknown: false });
        }
        let told = mention.times.or(mention.end_times);
        let zone = match told.map(|times| times.zone) {
            Some(Zone::Told(zone)) => Some(zone.to_owned()),
            _ => None,
        };
        let is_zone_unknown = told.is_some_and(|times| times.zone == Zone::Unknown);
        let half = match (mention.start, start) {
            (Written::Half { half, .. }, Point::Quarter(year, _)) => Some(Point::Quarter(year, 2 * half)),
            _ => None,
        };
        // `6月9日 0:30至6月9日 3:00`
        let same_day = end.filter(|end| *end == start).and(mention.end_times).and_then(|times| times.start);
        let end = end.filter(|end| *end > start);
        let days = When { start, end: end.or(half) };
        let when = match (start, end, mention.times) {
            (Point::Day(day), None, Some(times)) if !is_zone_unknown => match times.start {
                Some(time) => {
                    let last = same_day.filter(|last| *last > time).map(|last| at(day, last));
                    When { start: at(day, time), end: last.or(times.end_from(day).map(Point::Minute)) }
                }
                None => days,
            },
            // `9月16日9:00至9月18日17:00`
            (Point::Day(first), Some(Point::Day(last)), Some(times)) if !is_zone_unknown => {
                match (times.start, mention.end_times.and_then(|times| times.start)) {
                    (Some(from), Some(to)) => When { start: at(first, from), end: Some(at(last, to)) },
                    // `至9月18日24:00`: the day's end is where the next begins.
                    (Some(from), None) if mention.end_times.is_some() => When {
                        start: at(first, from),
                        end: last.tomorrow().ok().map(|next| at(next, Time::midnight())),
                    },
                    _ => days,
                }
            }
            _ => days,
        };
        let zone = zone.filter(|_| matches!(when.start, Point::Minute(_)));
        Some(Meant { when, year, zone, is_zone_unknown })
    }

    fn point(
        &self,
        written: Written,
        tense: Tense,
        weekday: Option<jiff::civil::Weekday>,
    ) -> Option<(Point, event::Year)> {
        let (now, how) = self.now();
        match written {
            Written::Day { year, month, day } => {
                let (date, how) = self.day(year, month, day, tense)?;
                let date = match weekday.filter(|weekday| how != event::Year::Told && date.weekday() != *weekday) {
                    Some(weekday) => fitting(date, weekday),
                    None => date,
                };
                Some((Point::Day(date), how))
            }
            Written::DayAlone(day) => {
                let (base, how) = self.base();
                // In the same month; in the next, if the text was written after the day and speaks of what is to come.
                let date = Date::new(base.year(), base.month(), day).ok()?;
                let is_later = self.told.is_none() && tense == Tense::Ahead && date < base;
                let date = if is_later { date.checked_add(1.month()).ok()? } else { date };
                let is_before = self.told.is_none() && tense != Tense::Ahead && (date - base).get_days() > 7;
                Some((Point::Day(if is_before { date.checked_sub(1.month()).ok()? } else { date }), how))
            }
            Written::Month { year, month } => {
                let (date, how) = self.day(year, month, 15, tense)?;
                Some((Point::Month(date.year(), month), how))
            }
            Written::Quarter { year, quarter } => {
                let (date, how) = self.day(year, 3 * quarter - 1, 15, tense)?;
                Some((Point::Quarter(date.year(), quarter), how))
            }
            Written::Half { year, half } => {
                let (date, how) = self.day(year, if half == 1 { 4 } else { 10 }, 1, tense)?;
                Some((Point::Quarter(date.year(), 2 * half - 1), how))
            }
            Written::Whole(year) => {
                let (date, how) = self.day(year, 12, 31, tense)?;
                Some((Point::Year(date.year()), how))
            }
            Written::FromNow(days) => Some((Point::Day(now.checked_add(i64::from(days).days()).ok()?), how)),
            Written::FromTold(days) => {
                let (base, how) = match self.held {
                    Some(held) if self.told.is_some() => (held, event::Year::Understood),
                    _ => self.base(),
                };
                Some((Point::Day(base.checked_add(i64::from(days).days()).ok()?), how))
            }
            Written::Weekday { weeks, weekday } => {
                let monday = now.checked_sub(i64::from(now.weekday().to_monday_zero_offset()).days()).ok()?;
                let days = 7 * i64::from(weeks) + i64::from(weekday.to_monday_zero_offset());
                Some((Point::Day(monday.checked_add(days.days()).ok()?), how))
            }
            Written::MonthFromNow { months, day } => {
                let first = Date::new(now.year(), now.month(), 1).ok()?.checked_add(i64::from(months).months()).ok()?;
                match day {
                    Some(day) => Some((Point::Day(Date::new(first.year(), first.month(), day).ok()?), how)),
                    None => Some((Point::Month(first.year(), first.month()), how)),
                }
            }
        }
    }

    /// The day of writing, or else the next best.
    fn now(&self) -> (Date, event::Year) {
        match self.written.or(self.elsewhere) {
            Some(date) => (date, event::Year::Understood),
            None => (self.guessed.unwrap_or(self.today), event::Year::Guessed),
        }
    }

    fn base(&self) -> (Date, event::Year) {
        match self.told {
            Some(date) => (date, event::Year::Understood),
            None => self.now(),
        }
    }

    fn day(&self, year: Year, month: i8, day: i8, tense: Tense) -> Option<(Date, event::Year)> {
        let of = |year: i16| Date::new(year, month, day).ok();
        let understood = |date: Option<Date>| date.map(|date| (date, event::Year::Understood));
        match year {
            Year::Told(year) => return of(year).map(|date| (date, event::Year::Told)),
            Year::FromNow(years) => {
                let base =
                    self.written.map(|date| date.year()).or(self.named).or(self.elsewhere.map(|date| date.year()));
                return match base {
                    Some(base) => understood(of(base + years)),
                    None => of(self.today.year() + years).map(|date| (date, event::Year::Guessed)),
                };
            }
            Year::FromTold(years) if self.told.is_some() => {
                return understood(self.told.and_then(|told| of(told.year() + years)));
            }
            Year::FromTold(years) => {
                let (base, how) = self.now();
                return of(base.year() + years).map(|date| (date, how));
            }
            Year::Untold => {}
        }
        let shifted = |anchor: Date| {
            let date = of(anchor.year()).or_else(|| of(anchor.year() + 1))?;
            match (date - anchor).get_days() {
                days if days > HALF_YEAR => of(anchor.year() - 1),
                days if days < -HALF_YEAR => of(anchor.year() + 1),
                _ => Some(date),
            }
        };
        let by_tense = |anchor: Date| {
            let years = || (anchor.year() - 1..=anchor.year() + 1).filter_map(of);
            let distance = |date: &Date| (*date - anchor).get_days();
            match tense {
                Tense::Ahead => years().find(|date| distance(date) >= -5),
                Tense::Past => years().rev().find(|date| distance(date) <= 3),
                Tense::Unknown => None,
            }
        };
        if let Some(term) = self.term {
            let distance = |date: &Date| (*date - term).get_days().abs();
            let nearest = (term.year() - 1..=term.year() + 1).filter_map(of).min_by_key(distance);
            return understood(nearest);
        }
        if let Some(told) = self.told {
            let date = shifted(told)?;
            // What is to come does not lie before the day of writing.
            let is_wrong = self.written.is_some_and(|written| {
                let days = (date - written).get_days();
                (tense == Tense::Ahead && days < -5) || (tense == Tense::Past && days > 3)
            });
            let better = self.written.filter(|_| is_wrong).and_then(by_tense);
            return Some((better.unwrap_or(date), event::Year::Understood));
        }
        if let Some(written) = self.written {
            // What is a few weeks ahead of the day of writing is not of another year that a name tells.
            let is_near = |date: &Date| (0..=45).contains(&(*date - written).get_days());
            let named =
                self.named.filter(|named| (named - written.year()).abs() <= 1).and_then(of).filter(|named| {
                    (*named - written).get_days() < 200 || !shifted(written).as_ref().is_some_and(is_near)
                });
            return understood(by_tense(written).or(named).or_else(|| shifted(written)));
        }
        if let Some(date) = self.named.and_then(of).or_else(|| self.elsewhere.and_then(shifted)) {
            return Some((date, event::Year::Understood));
        }
        if let Some(date) = self.guessed.and_then(shifted) {
            return Some((date, event::Year::Guessed));
        }
        let nearest = || {
            (self.today.year() - 1..=self.today.year() + 1)
                .filter_map(of)
                .min_by_key(|date| (*date - self.today).get_days().abs())
        };
        by_tense(self.today).or_else(nearest).map(|date| (date, event::Year::Guessed))
    }

    /// The end of what begins at `start`: the first such day after it.
    fn end(&self, written: Written, start: Point) -> Option<Point> {
        let first = start.first_day();
        let end = match written {
            Written::Day { year: Year::Told(year), month, day } => Point::Day(Date::new(year, month, day).ok()?),
            Written::Day { month, day, .. } => {
                let date = Date::new(first.year(), month, day).ok()?;
                let date = if date < first { Date::new(first.year() + 1, month, day).ok()? } else { date };
                Point::Day(date)
            }
            Written::DayAlone(day) => Point::Day(Date::new(first.year(), first.month(), day).ok()?),
            Written::Month { year: Year::Told(year), month } => Point::Month(year, month),
            Written::Month { month, .. } => Point::Month(first.year() + i16::from(month < first.month()), month),
            Written::MonthFromNow { day: Some(day), .. } => {
                Point::Day(Date::new(first.year(), first.month(), day).ok()?)
            }
            Written::Quarter { year: Year::Told(year), quarter } => Point::Quarter(year, quarter),
            other => self.point(other, Tense::Unknown, None)?.0,
        };
        (end.is_as_exact_as(start) && end >= start).then_some(end)
    }
}

fn at(day: Date, time: Time) -> Point {
    Point::Minute(day.to_datetime(time))
}

/// The same day of a year beside it that is such a day of the week.
fn fitting(date: Date, weekday: jiff::civil::Weekday) -> Date {
    [1, -1, 2, -2]
        .into_iter()
        .filter_map(|years| Date::new(date.year() + years, date.month(), date.day()).ok())
        .find(|other| other.weekday() == weekday)
        .unwrap_or(date)
}

#[cfg(test)]
mod tests {
    use super::super::mask::Masked;
    use super::super::script::Text;
    use super::*;

    fn meant(sentence: &str, clock: Clock, tense: Tense) -> String {
        let text = Text::new(sentence);
        let mention = super::super::dates::mentions(&text, &Masked::of(&text)).remove(0);
        clock
            .meant(&mention, tense, false)
            .map_or("none".to_owned(), |meant| format!("{} {:?}", meant.when, meant.year))
    }

    #[test]
    fn years_are_understood_from_the_nearest_that_is_told() {
        let today = Date::constant(2026, 11, 28);
        let none = Clock {
            told: None,
            written: None,
            named: None,
            elsewhere: None,
            today,
            guessed: None,
            held: None,
            term: None,
        };
        let written = Clock { written: Some(Date::constant(2022, 12, 20)), ..none };
        let told = Clock { told: Some(Date::constant(2023, 10, 30)), ..none };
        for (sentence, clock, tense, expected) in [
            ("1月10日15:00", written, Tense::Ahead, "2023-01-10T15:00 Understood"),
            ("12月8日", written, Tense::Past, "2022-12-08 Understood"),
            ("今年3月5日", written, Tense::Unknown, "2022-03-05 Understood"),
            ("明年3月5日", written, Tense::Unknown, "2023-03-05 Understood"),
            ("本月底", written, Tense::Unknown, "2022-12 Understood"),
            ("下周三", written, Tense::Unknown, "2022-12-28 Understood"),
            ("今日", written, Tense::Unknown, "2022-12-20 Understood"),
            ("8月31日", told, Tense::Ahead, "2023-08-31 Understood"),
            ("次年1月5日", told, Tense::Unknown, "2024-01-05 Understood"),
            ("3月14日", none, Tense::Ahead, "2027-03-14 Guessed"),
            ("3月14日（星期二）", none, Tense::Ahead, "2028-03-14 Guessed"),
            ("2023年12月28日至1月5日", none, Tense::Unknown, "2023-12-28/2024-01-05 Told"),
            ("9月5日", Clock { named: Some(2022), ..none }, Tense::Unknown, "2022-09-05 Understood"),
            ("2021年上半年", none, Tense::Unknown, "2021-Q1/2021-Q2 Told"),
            ("2021年9月16日9:00至9月18日17:00", none, Tense::Unknown, "2021-09-16T09:00/2021-09-18T17:00 Told"),
            ("2021年9月16日至18日9:00-17:00", none, Tense::Unknown, "2021-09-16/2021-09-18 Told"),
            ("2021年9月16日9:00至9月18日24:00", none, Tense::Unknown, "2021-09-16T09:00/2021-09-19T00:00 Told"),
            ("2021-09-16/18", none, Tense::Unknown, "2021-09-16/2021-09-18 Told"),
            ("2021-09-16 (Thu) 9:00 - 10:00", none, Tense::Unknown, "2021-09-16T09:00/2021-09-16T10:00 Told"),
            ("2021年9月16日24:00", none, Tense::Unknown, "2021-09-16 Told"),
        ] {
            assert_eq!(meant(sentence, clock, tense), expected, "{sentence}");
        }
    }
}
