//! Months, quarters, halves and years.

use super::Reader;
use crate::english::names::quarter;
use crate::token::Class;
use crate::written::Written;

impl Reader<'_> {
    /// What is longer than a day, and what comes after it.
    pub fn long_period(&self, at: usize) -> Option<(Written, Option<Written>, usize)> {
        let at_period = at + usize::from(self.is(at, &["the"]));
        if let Some((quarters, next)) = quarter(self.tokens, self.skip_part_of_period(at_period)) {
            let next = next + usize::from(self.is(next, &["of", ",", "/", "in"]));
            let (year, next) = self.year(next)?;
            let of = |quarter| Written::Quarter { year, quarter };
            let end = (quarters.start() != quarters.end()).then(|| of(*quarters.end()));
            return Some((of(*quarters.start()), end, next));
        }
        if let Some(read) = self.month_in_figures(at) {
            return Some((read.0, None, read.1));
        }
        if let Some((year, next)) = self.year(at)
            && let Some((quarters, next)) =
                quarter(self.tokens, next + usize::from(self.token(next).is_some_and(|t| t.is_dash())))
        {
            let of = |quarter| Written::Quarter { year, quarter };
            let end = (quarters.start() != quarters.end()).then(|| of(*quarters.end()));
            return Some((of(*quarters.start()), end, next));
        }
        let begin = self.skip_part_of_period(at_period);
        self.months(begin).or_else(|| {
            let (year, next) = self.year(begin)?;
            // A name goes on after its year: the 2020 Annual Meeting.
            let is_name = self.token(next).is_some_and(|next| next.spaced && next.is_capitalised());
            let is_led = begin > at_period || at.checked_sub(1).is_some_and(|before| self.is(before, YEAR_LEADS));
            (is_led && !is_name).then_some((Written::Year(year), None, next))
        })
    }

    /// `2023-05` (ISO 8601)
    fn month_in_figures(&self, at: usize) -> Option<(Written, usize)> {
        let (year, dash, month) = (self.token(at)?, self.token(at + 1)?, self.token(at + 2)?);
        let is_one = year.text.len() == 4 && dash.text == "-" && month.text.len() == 2 && !dash.spaced && !month.spaced;
        let ends =
            self.token(at + 3).is_none_or(|next| next.spaced || matches!(next.text, ")" | "," | ";" | "." | ":"));
        // `V17.5.0 (2022-03)` is an edition.
        let is_edition = self.is(at.wrapping_sub(1), &["("])
            && at.checked_sub(2).is_some_and(|before| self.tokens[before].class == Class::Opaque);
        let is_led = !is_edition
            && at.checked_sub(1).is_none_or(|before| {
                self.is(before, &["in", "by", "until", "from", "(", ":", "|", "during", "since", "to"])
            });
        let number = month.number().filter(|number| (1..=12).contains(number))?;
        let year = year.number().filter(|year| (1990..2060).contains(year))?;
        (is_one && ends && is_led).then_some((Written::Month { year: Some(year as i16), month: number as i8 }, at + 3))
    }

    fn months(&self, at: usize) -> Option<(Written, Option<Written>, usize)> {
        // `31 February 2021` is no February.
        if at.checked_sub(1).is_some_and(|before| self.day_number(before).is_some()) {
            return None;
        }
        let (month, next) = self.named_month(at)?;
        let own = match self.year_after(next) {
            (None, at) => self.marked_year(at).map_or((None, at), |(year, next)| (Some(year), next)),
            told => told,
        };
        let joint = self.range_word(own.1).or_else(|| self.is(own.1, &["/", "and"]).then_some(own.1 + 1));
        let second = joint.and_then(|joint| {
            let (end, next) = self.named_month(joint)?;
            let (year, next) = self.year_after(next);
            self.day_number(next).is_none().then_some((Written::Month { year, month: end }, year, next))
        });
        if let Some((end, Some(year), next)) = second {
            let start = Written::Month { year: own.0, month };
            let start =
                start.with_year(Some(if start.place_in_year() > end.place_in_year() { year - 1 } else { year }));
            return Some((start, Some(end), next));
        }
        match own {
            (Some(year), next) => Some((Written::Month { year: Some(year), month }, None, next)),
            (None, next) => {
                let is_led = at.checked_sub(1).is_some_and(|before| self.is(before, MONTH_LEADS));
                let has_day = self.day_number(next).is_some();
                (is_led && !has_day).then_some((Written::Month { year: None, month }, None, next))
            }
        }
    }

    /// Past `mid-`, `early`, `the end of`: the period that they are in is as much as is known.
    fn skip_part_of_period(&self, at: usize) -> usize {
        if self.is(at, &["mid", "early", "late", "spring", "summer", "autumn", "fall", "winter", "end"]) {
            let next = at + 1 + usize::from(self.token(at + 1).is_some_and(|dash| dash.is_dash()));
            return next + usize::from(self.is(next, &["of", "in"]));
        }
        let is_part = self.is(at, &["beginning", "start", "middle", "close"]) && self.is(at + 1, &["of"]);
        if is_part { at + 2 } else { at }
    }
}

const YEAR_LEADS: &[&str] = &["in", "during", "by", "before", "until", "for", "throughout", "of"];

const MONTH_LEADS: &[&str] =
    &["in", "by", "until", "during", "for", "from", "this", "next", "since", "mid", "early", "late", "of", "-"];
