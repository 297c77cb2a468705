//! The parts of a date: a day's number, a month's name, a year, and what stands between them.

use super::Reader;
use crate::english::names::{month, weekday, weekdays};
use crate::figures::YEARS;

impl Reader<'_> {
    /// Past `Monday, the`.
    pub fn skip_weekday(&self, at: usize) -> usize {
        match self.token(at).filter(|token| weekday(token.text).is_some()) {
            // `Tuesdays 17 June and 15 July`
            None if self.token(at).is_some_and(|days| weekdays(days.text).is_some())
                && self.token(at + 1).is_some_and(|next| next.number().is_some() || month(next.text).is_some()) =>
            {
                at + 1
            }
            None => at,
            Some(_) => {
                let next = at + 1;
                let next = next + usize::from(self.is(next, &[".", ","]));
                next + usize::from(self.is(next, &[",", "the"]))
            }
        }
    }

    /// `(Fri.)`, `(Wed.-Sun.)`
    pub fn skip_weekdays_in_brackets(&self, at: usize) -> usize {
        if !self.is(at, &["("]) {
            return at;
        }
        let mut next = at + 1;
        while self.token(next).is_some_and(|token| {
            weekday(token.text).is_some() || token.is_dash() || matches!(token.text, "." | "," | "/" | "&")
        }) {
            next += 1;
        }
        if next > at + 1 && self.is(next, &[")"]) { next + 1 } else { at }
    }

    /// The token after a word or dash that stands between two ends.
    pub fn range_word(&self, at: usize) -> Option<usize> {
        let token = self.token(at)?;
        (token.is_dash() || token.is_one_of(&["to", "until", "till", "through", "thru"])).then_some(at + 1)
    }

    /// `5`, `5th`, `the 5th`.
    pub fn day_number(&self, at: usize) -> Option<(i8, usize)> {
        let at = at + usize::from(self.is(at, &["the"]));
        let token = self.token(at)?;
        let digits = match token.number() {
            Some(_) => token.text,
            None => {
                let digits = token.text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
                let ending = token.text[digits.len()..].to_ascii_lowercase();
                matches!(&*ending, "st" | "nd" | "rd" | "th").then_some(digits)?
            }
        };
        let day: i8 = digits.parse().ok()?;
        let goes_on = self.token(at + 1).is_some_and(|mark| {
            !mark.spaced
                && matches!(mark.text, "." | ":" | "/" | "%")
                && self.token(at + 2).is_some_and(|next| !next.spaced)
        }) && !self.is(at + 1, &["/"]);
        // `24. September`, `23./24. September`
        let dot = self.token(at + 1).filter(|dot| dot.text == "." && !dot.spaced).and_then(|_| self.token(at + 2));
        let is_dotted = token.number().is_some()
            && dot.is_some_and(|next| next.text == "/" || next.spaced && month(next.text).is_some());
        (digits.len() <= 2 && (1..=31).contains(&day) && (!goes_on || is_dotted))
            .then_some((day, at + 1 + usize::from(is_dotted)))
    }

    pub fn month(&self, at: usize) -> Option<(i8, usize)> {
        let token = self.token(at)?;
        let (month, is_short) = month(token.text)?;
        let dot = is_short && self.token(at + 1).is_some_and(|dot| dot.text == "." && !dot.spaced);
        Some((month, at + 1 + usize::from(dot)))
    }

    /// A month in the middle of a sentence: `may` and `march` are words, too.
    pub fn named_month(&self, at: usize) -> Option<(i8, usize)> {
        self.month(at).filter(|_| self.tokens[at].is_capitalised())
    }

    /// What follows a day: a month, and perhaps a year. Without one, `5 may` is no date.
    pub fn month_and_year(&self, at: usize) -> Option<(i8, Option<i16>, usize)> {
        let (month, next) = self.month(at)?;
        let is_glued = self.token(next).is_some_and(|dash| dash.text == "-" && !dash.spaced)
            && (self.year(next + 1).is_some() || self.short_year(next + 1).is_some());
        let next = next + usize::from(is_glued);
        let (year, next) = match self.year_after(next) {
            (None, _) => self.short_year(next).map_or((None, next), |(year, next)| (Some(year), next)),
            told => told,
        };
        (year.is_some() || self.tokens[at].is_capitalised()).then_some((month, year, next))
    }

    pub fn year(&self, at: usize) -> Option<(i16, usize)> {
        let token = self.token(at).filter(|token| token.text.len() == 4)?;
        let year = token.number().filter(|year| YEARS.contains(year))?;
        let goes_on = self.token(at + 1).is_some_and(|mark| {
            !mark.spaced
                && (mark.text == "%"
                    || (matches!(mark.text, "/" | ":" | ".") || mark.is_dash())
                        && self.token(at + 2).is_some_and(|next| !next.spaced && next.number().is_some()))
        });
        (!goes_on).then_some((year as i16, at + 1))
    }

    /// `16 Jan 23`, `16-Jan-23`, `May ’24`: the last two figures of a year, where nothing counts by them.
    fn short_year(&self, at: usize) -> Option<(i16, usize)> {
        let is_marked = self.token(at).is_some_and(|mark| matches!(mark.text, "’" | "'" | "‘"));
        let token = self.token(at + usize::from(is_marked)).filter(|token| token.text.len() == 2)?;
        let next = at + 1 + usize::from(is_marked);
        let year = token.number().filter(|year| (10..60).contains(year) && !(is_marked && token.spaced))?;
        let goes_on = self.token(next).is_some_and(|after| {
            matches!(after.text, ":" | "." | "/" | "%" | "’" | "'")
                && self.token(next + 1).is_some_and(|more| !more.spaced)
                || after.is_one_of(&["am", "pm", "a", "p", "h", "hrs", "hours", "o’clock", "noon"])
                || after.is_word() && after.text.starts_with(char::is_lowercase) && !after.is_one_of(FOLLOWS_YEAR)
                || month(after.text).is_some()
        });
        (is_marked || !goes_on).then_some((2000 + year as i16, next))
    }

    /// The year that may follow a month or a day: `2020`, `, 2020`, `of 2020`. `5 May, 2000 people` has none.
    pub fn year_after(&self, at: usize) -> (Option<i16>, usize) {
        let is_joined = self.is(at, &[",", "of"]);
        match self.year(at + usize::from(is_joined)) {
            Some((year, next)) if !(is_joined && self.counts_something(next)) => (Some(year), next),
            _ => (None, at),
        }
    }

    /// The same where a comma is usual: `May 5, 2020`.
    pub fn year_after_comma(&self, at: usize) -> (Option<i16>, usize) {
        let year = self.year(at + usize::from(self.is(at, &[","])));
        year.map_or((None, at), |(year, next)| (Some(year), next))
    }

    /// The same behind the name of a month: a number could be a day, so a mark is needed.
    pub fn marked_year(&self, at: usize) -> Option<(i16, usize)> {
        self.token(at).filter(|mark| matches!(mark.text, "’" | "'" | "‘")).and_then(|_| self.short_year(at))
    }

    pub fn counts_something(&self, at: usize) -> bool {
        const NO_NOUNS: &[&str] = &[
            "in", "at", "on", "by", "and", "or", "to", "from", "until", "the", "a", "an", "is", "was", "are", "were",
            "has", "will", "with", "for", "as", "of", "after", "before", "when", "where", "which", "while", "but",
            "under", "during", "online", "via", "through", "between", "that", "it", "this", "shall", "had", "have",
            "not", "also",
        ];
        self.token(at).is_some_and(|next| {
            next.is_word()
                && next.text.starts_with(char::is_lowercase)
                && next.text.ends_with('s')
                && !next.is_one_of(NO_NOUNS)
        }) || self.is(at, &["people", "million", "billion", "participants"])
    }
}

/// Words that may stand behind a year.
const FOLLOWS_YEAR: &[&str] = &[
    "in", "at", "on", "by", "and", "or", "to", "from", "until", "till", "the", "is", "was", "are", "with", "for",
    "via", "through", "between", "onwards", "online", "starting", "only",
];
