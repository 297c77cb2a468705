//! Days that are told by their weekday, or from the day of writing.

use jiff::civil::Date;

use super::{Dates, Reader};
use crate::english::names::{nth, weekday};
use crate::written::{Relative, Written};

impl Reader<'_> {
    /// `the first Thursday of June 2023`. Without a year it is no day yet, and certainly no month.
    pub fn nth_weekday(&self, at: usize) -> Option<(Dates, usize)> {
        let begin = at + usize::from(self.is(at, &["the"]));
        let nth = nth(self.token(begin)?.text)?;
        let weekday = weekday(self.token(begin + 1)?.text)?;
        let next = begin + 2;
        let next = next + usize::from(self.is(next, &["of", "in"]));
        let (month, next) = self.named_month(next)?;
        let (year, next) = self.year_after(next);
        let day = year.and_then(|year| Date::new(year, month, 1).ok()?.nth_weekday_of_month(nth, weekday).ok());
        let day = day.map(|day| (Written::Day { year, month, day: day.day() }, None));
        Some((day.into_iter().collect(), next))
    }

    /// `today`, `next Tuesday`, `on Tuesday`.
    pub fn relative(&self, at: usize) -> Option<(Dates, usize)> {
        let token = self.token(at)?;
        let one = |relative, next| Some((vec![(Written::Relative(relative), None)], next));
        // `today's`, `as of today`
        let is_of = at.checked_sub(1).is_some_and(|before| self.is(before, &["of", "until", "since", "to"]));
        match () {
            () if is_of => None,
            () if token.is("today") => one(Relative::Days(0), at + 1),
            () if token.is("tomorrow") => one(Relative::Days(1), at + 1),
            () if token.is("yesterday") => one(Relative::Days(-1), at + 1),
            () if token.is_one_of(&["next", "this", "coming", "last"]) => {
                let weekday = weekday(self.token(at + 1)?.text)?;
                // `this Friday, 17 May`
                if let Some(read) = self.days_of_a_month(at + 1).or_else(|| self.day_or_days(at + 1)) {
                    return Some(read);
                }
                let relative = if token.is("last") { Relative::Last(weekday) } else { Relative::Next(weekday) };
                one(relative, at + 2)
            }
            () => {
                let is_led = at.checked_sub(1).is_some_and(|before| self.is(before, &["on", "by", "until"]));
                let weekday = weekday(token.text).filter(|_| is_led && token.text.len() > 5)?;
                // `on Friday afternoons`, `on Sunday trading`
                let ends = self.token(at + 1).is_none_or(|next| {
                    !next.is_word() || next.is_one_of(&["with", "at", "in", "by", "and", "to", "after", "from", "that"])
                });
                if ends { one(Relative::On(weekday), at + 1) } else { None }
            }
        }
    }
}
