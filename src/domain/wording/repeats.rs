//! How an event repeats, in words.

use ical::recur::{IcalRecurFreq, IcalRecurWeekdayNum};

use super::Locale;
use super::dates::number;
use crate::domain::event::Details;
use crate::domain::recurrence::{Recurrence, Rule};
use crate::domain::when::{Point, When};

/// `Tuesday`, or `the second Tuesday` of a month.
enum On {
    Day(String),
    The(String),
}

impl Locale {
    /// How an event repeats, if it does.
    pub fn repeat_of(self, details: &Details) -> String {
        details.repeat.as_ref().map(|how| self.repeat(how, &details.when)).unwrap_or_default()
    }

    /// `every week on Tuesday`, `every month on the second Tuesday, until 31 December 2020`. A rule that has no short
    /// words is told as it is written.
    pub(super) fn repeat(self, repeat: &Recurrence, when: &When) -> String {
        let words = match &repeat.rule {
            Some(rule) => {
                self.rule(rule, when).unwrap_or_else(|| self.with("repeat-by-rule", "rule", rule.as_str().to_owned()))
            }
            None => self.say("repeat-on-dates"),
        };
        let with_dates = |words: String, id: &str, dates: &[Point]| match dates {
            [] => words,
            dates => self.tell(id, [("every", words.into()), ("dates", self.dates(dates).into())]),
        };
        let words = with_dates(words, "repeat-also", &repeat.rdates);
        with_dates(words, "repeat-but", &repeat.exdates)
    }

    fn dates(self, points: &[Point]) -> String {
        self.listing(&points.iter().map(|at| self.day(at.first_day())).collect::<Vec<_>>())
    }

    fn rule(self, rule: &Rule, when: &When) -> Option<String> {
        let parts = rule.parts();
        let is_plain = parts.by_set_pos.is_empty()
            && parts.by_week_no.is_empty()
            && parts.by_year_day.is_empty()
            && parts.by_hour.is_empty()
            && parts.by_minute.is_empty()
            && parts.by_month_day.len() <= 1
            && (parts.by_day.is_empty() || parts.by_month_day.is_empty());
        if !is_plain {
            return None;
        }
        let first = when.first_day();
        let weekdays = || {
            let days: Option<Vec<_>> = parts.by_day.iter().map(|day| self.nth_weekday(day)).collect();
            Some(self.listing(&days?))
        };
        let day_of_month = |day: i8| On::Day(self.tell("day-of-month", [number("day", day)]));
        let (every, on) = match parts.freq {
            IcalRecurFreq::Daily if parts.by_day.is_empty() && parts.by_month_day.is_empty() => ("every-day", None),
            IcalRecurFreq::Weekly if parts.by_day.is_empty() => ("every-week", Some(On::Day(self.weekday(first)))),
            IcalRecurFreq::Weekly => ("every-week", Some(On::Day(weekdays()?))),
            IcalRecurFreq::Monthly => match (parts.by_day.is_empty(), parts.by_month_day.first()) {
                (false, _) => ("every-month", Some(On::The(weekdays()?))),
                (true, Some(-1)) => ("every-month", Some(On::The(self.say("last-day")))),
                (true, Some(day @ 1..)) => ("every-month", Some(day_of_month(*day))),
                (true, Some(_)) => return None,
                (true, None) => ("every-month", Some(day_of_month(first.day()))),
            },
            IcalRecurFreq::Yearly if parts.by_day.is_empty() && parts.by_month.len() <= 1 => {
                let month = parts.by_month.first().map_or(first.month(), |month| *month as i8);
                let day = parts.by_month_day.first().map_or(first.day(), |day| *day);
                let date = (day > 0).then(|| [number("day", day), ("month", self.month(month).into())])?;
                ("every-year", Some(On::Day(self.tell("date-of-year", date))))
            }
            _ => return None,
        };
        let mut words = self.tell(every, [number("n", parts.interval)]);
        let mut add = |id: &str, name: &'static str, value: String| {
            words = self.tell(id, [("every", std::mem::take(&mut words).into()), (name, value.into())]);
        };
        match on {
            Some(On::Day(day)) => add("repeat-on", "on", day),
            Some(On::The(day)) => add("repeat-on-the", "on", day),
            None => {}
        }
        if parts.freq != IcalRecurFreq::Yearly && !parts.by_month.is_empty() {
            let months: Vec<_> = parts.by_month.iter().map(|month| self.month(*month as i8)).collect();
            add("repeat-in", "months", self.listing(&months));
        }
        Some(match (parts.count, rule.until()) {
            (Some(n), _) => self.tell("repeat-times", [("every", words.into()), number("n", n)]),
            (None, Some(until)) => {
                self.tell("repeat-until", [("every", words.into()), ("date", self.day(until.date()).into())])
            }
            (None, None) => words,
        })
    }

    /// `Tuesday`, `second Tuesday`, `last Friday`.
    fn nth_weekday(self, day: &IcalRecurWeekdayNum) -> Option<String> {
        // Sunday is 0 there.
        let name = self.weekday_name(match day.weekday as i8 {
            0 => 7,
            weekday => weekday,
        });
        Some(match day.ordinal {
            None => name,
            Some(n @ (-1 | 1..=5)) => self.tell("nth-weekday", [number("n", n), ("weekday", name.into())]),
            Some(_) => return None,
        })
    }
}
