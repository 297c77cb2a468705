//! Dates with the English name of the month, as tables in two languages have them: `Jun-2`, `2020 Mar-31`, `28 May 2013`.

use jiff::civil::Weekday;

use super::{Mention, Reader, Written, Year};
use crate::english::{WEEKDAYS, month};

/// Whether a word is a date by the English name of its month, or a part of one: `Mar-31`, `2-Jun-2021`, `May`.
pub fn is_english_date(word: &str) -> bool {
    let word = word.trim_end_matches(['.', ',', ':']);
    let mut months = 0;
    let are_parts = word.split(['-', '/', '.']).all(|part| {
        let is_month = month(part).is_some();
        months += usize::from(is_month);
        let digits = part.trim_end_matches(|c: char| c.is_ascii_lowercase());
        let is_number = (1..=4).contains(&digits.len()) && digits.bytes().all(|octet| octet.is_ascii_digit());
        is_month || is_number && matches!(&part[digits.len()..], "" | "st" | "nd" | "rd" | "th")
    });
    are_parts && months == 1
}

impl Reader<'_> {
    /// Begins at the year, the day or the month.
    pub fn english(&self, at: usize) -> Option<(Written, usize)> {
        if self.text.before(at).is_some_and(|c| c.is_ascii_alphanumeric()) {
            return None;
        }
        if let Some((year, next)) = self.digits(at, 4) {
            let next = self.parted(next)?;
            let (month, next) = self.month_name(next)?;
            let (day, next) = self.day_of_month(self.parted(next)?)?;
            return Some((Written::Day { year: Year::Told(year), month, day }, next));
        }
        if let Some((day, next)) = self.day_of_month(at) {
            let (month, next) = self.month_name(self.parted(next)?)?;
            let (year, next) = self.year_behind(next);
            return Some((Written::Day { year, month, day }, next));
        }
        let (month, next) = self.month_name(at)?;
        let after = self.parted(next)?;
        if let Some((year, next)) = self.digits(after, 4) {
            return Some((Written::Month { year: Year::Told(year), month }, next));
        }
        let (day, next) = self.day_of_month(after)?;
        let (year, next) = self.year_behind(next);
        Some((Written::Day { year, month, day }, next))
    }

    /// `15-26 April 2024`, `April 15–26, 2024`: days of one month.
    pub fn english_range(&self, at: usize) -> Option<Mention> {
        let is_head = self.text.at(at).is_some_and(|c| c.is_ascii_alphanumeric())
            && !self.text.before(at).is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '/'));
        let days = |at: usize| {
            let (first, next) = self.day_of_month(at)?;
            let next = next + usize::from(self.is(next, " "));
            let next = self.text.one_of(next, &["--", "-", "~", "to ", "至"])?;
            let (last, next) = self.day_of_month(next + usize::from(self.is(next, " ")))?;
            (first < last).then_some((first, last, next))
        };
        if !is_head {
            return None;
        }
        let ((first, last, next), month) = match self.month_name(at) {
            Some((month, next)) => (days(self.parted(next)?)?, month),
            None => {
                let (first, last, next) = days(at)?;
                let (month, next) = self.month_name(self.parted(next)?)?;
                ((first, last, next), month)
            }
        };
        let (year, next) = self.year_behind(next);
        let day = |day| Written::Day { year, month, day };
        Some(Mention {
            place: at..next,
            start: day(first),
            end: Some(day(last)),
            times: None,
            end_times: None,
            weekday: None,
        })
    }

    /// `Wed`, `Tuesday`
    pub fn weekday_in_english(&self, at: usize) -> Option<(Weekday, usize)> {
        let length = (at..at + 10).take_while(|at| self.text.at(*at).is_some_and(|c| c.is_ascii_alphabetic())).count();
        let word = self.text.plain(at..at + length).to_ascii_lowercase();
        let (_, weekday) = WEEKDAYS.iter().find(|(day, _)| length >= 3 && day.starts_with(&word))?;
        Some((*weekday, at + length))
    }

    fn digits(&self, at: usize, length: usize) -> Option<(i16, usize)> {
        let run = (at..at + 5).take_while(|at| self.text.at(*at).is_some_and(|c| c.is_ascii_digit())).count();
        let value = self.text.plain(at..at + length).parse().ok().filter(|_| run == length)?;
        (length < 4 || (1900..2101).contains(&value)).then_some((value, at + length))
    }

    /// `2`, `02`, `2nd`
    fn day_of_month(&self, at: usize) -> Option<(i8, usize)> {
        let (day, next) = self.digits(at, 2).or_else(|| self.digits(at, 1))?;
        let next = self.text.one_of(next, &["st", "nd", "rd", "th"]).unwrap_or(next);
        let goes_on = self.text.at(next).is_some_and(|c| c.is_ascii_alphanumeric() || c == ':');
        ((1..=31).contains(&day) && !goes_on).then_some((day as i8, next))
    }

    fn month_name(&self, at: usize) -> Option<(i8, usize)> {
        let length = (at..at + 10).take_while(|at| self.text.at(*at).is_some_and(|c| c.is_ascii_alphabetic())).count();
        Some((month(&self.text.plain(at..at + length))?.0, at + length))
    }

    fn parted(&self, at: usize) -> Option<usize> {
        let mut next = at;
        while next < at + 2 && self.text.at(next).is_some_and(|c| matches!(c, ' ' | '-' | '.' | '/' | ',')) {
            next += 1;
        }
        (next > at || self.text.has_gap(at)).then_some(next)
    }

    fn year_behind(&self, at: usize) -> (Year, usize) {
        let year = self.parted(at).and_then(|next| self.digits(next, 4));
        year.map_or((Year::Untold, at), |(year, next)| (Year::Told(year), next))
    }
}
