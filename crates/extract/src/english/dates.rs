//! The dates of a sentence, as they are written: years may be missing, and what is no day of the calendar is no date.

use std::ops::Range;

use jiff::civil::{Date, Weekday};

use super::names::{month, nth, quarter, weekday};
use crate::clock;
use crate::figures::{self, YEARS};
use crate::token::Token;
use crate::written::{Relative, Span, Written};

/// A date in a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// The tokens it takes.
    pub tokens: Range<usize>,
    pub start: Written,
    pub end: Option<Written>,
    pub times: Option<clock::Times>,
    pub weekday: Option<Weekday>,
}

impl Mention {
    pub fn span(&self) -> Span {
        Span { start: self.start, end: self.end, times: self.times, weekday: self.weekday }
    }
}

/// All dates of a sentence, in order.
pub fn mentions(tokens: &[Token<'_>]) -> Vec<Mention> {
    let reader = Reader { tokens };
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if !may_begin(&tokens[at]) {
            at += 1;
            continue;
        }
        let times = clock::times(tokens, at).filter(|(_, next)| *next < tokens.len());
        let after_times = times.as_ref().and_then(|(times, next)| {
            let next = next + usize::from(tokens[*next].is_one_of(&["on", ","]));
            let next = next + usize::from(tokens.get(next).is_some_and(|token| token.is("on")));
            reader.read(next).map(|read| (*times, read))
        });
        let read = match after_times {
            Some((times, read)) => Some((Some(times), read)),
            None => reader.read(at).map(|read| (None, read)),
        };
        let Some((times, (dates, mut next))) = read else {
            at += 1;
            continue;
        };
        let times = times.or_else(|| {
            let (times, end) = clock::times_after(tokens, next)?;
            next = end;
            Some(times)
        });
        found.extend(dates.iter().filter(|(start, end)| start.exists() && end.is_none_or(Written::exists)).map(
            |&(start, end)| Mention {
                tokens: at..next,
                start,
                end,
                // A time of day says nothing of several days.
                times: times.filter(|_| start.is_day() && end.is_none()),
                weekday: tokens[at..next].iter().find_map(|token| weekday(token.text)),
            },
        ));
        at = next;
    }
    found
}

/// Whether a date or a time may begin with it: most words are passed over.
fn may_begin(token: &Token<'_>) -> bool {
    token.text.starts_with(|c: char| c.is_ascii_digit() || c.is_uppercase() || c == '@')
        || matches!(
            token.text,
            "the"
                | "mid"
                | "early"
                | "late"
                | "spring"
                | "summer"
                | "autumn"
                | "fall"
                | "winter"
                | "end"
                | "beginning"
                | "start"
                | "middle"
                | "close"
                | "first"
                | "second"
                | "third"
                | "fourth"
                | "last"
                | "final"
                | "today"
                | "tomorrow"
                | "yesterday"
                | "next"
                | "this"
                | "coming"
                | "at"
                | "from"
                | "between"
                | "starting"
                | "noon"
                | "midnight"
                | "q1"
                | "q2"
                | "q3"
                | "q4"
        )
}

/// Start and perhaps end, most often one; days that do not follow each other are dates of their own.
type Dates = Vec<(Written, Option<Written>)>;

struct Reader<'a> {
    tokens: &'a [Token<'a>],
}

impl Reader<'_> {
    fn token(&self, at: usize) -> Option<&Token<'_>> {
        self.tokens.get(at)
    }

    fn is(&self, at: usize, words: &[&str]) -> bool {
        self.token(at).is_some_and(|token| token.is_one_of(words))
    }

    /// Reads what begins at a token, and says where it ends.
    fn read(&self, at: usize) -> Option<(Dates, usize)> {
        if at.checked_sub(1).is_some_and(|before| self.is_inside_of_number(before, at)) {
            return None;
        }
        self.days_of_a_month(at)
            .or_else(|| self.day_or_days(at))
            .or_else(|| self.nth_weekday(at))
            .or_else(|| self.relative(at))
            .or_else(|| self.long_period(at).map(|(start, end, next)| (vec![(start, end)], next)))
    }

    /// What a number goes on with is no beginning: the `05` of `14.05`.
    fn is_inside_of_number(&self, before: usize, at: usize) -> bool {
        self.token(at).is_some_and(|token| !token.spaced)
            && (matches!(self.tokens[before].text, "." | "/" | ":" | "-") || self.tokens[before].number().is_some())
            && before
                .checked_sub(1)
                .is_some_and(|number| self.tokens[number].number().is_some() && !self.tokens[before].spaced)
    }

    /// `14 to 20 September 2020`, `14 and 15 October`, `May 4-6, 2022`.
    fn days_of_a_month(&self, at: usize) -> Option<(Dates, usize)> {
        let begin = self.skip_weekday(at);
        if let Some((first, next)) = self.day_number(begin) {
            let ((days, is_range), next) = self.more_days(first, next)?;
            let days = (days, is_range || self.is(at.wrapping_sub(1), &["between"]));
            let next = next + usize::from(self.is(next, &["of"]));
            return self.month_and_year(next).map(|(month, year, next)| self.days(days, month, year, next));
        }
        let (month, next) = self.named_month(begin)?;
        let (first, next) = self.day_number(next)?;
        let ((days, is_range), next) = self.more_days(first, next)?;
        let days = (days, is_range || self.is(at.wrapping_sub(1), &["between"]));
        // `May 4 to June 6` and `May 4 - 6 June` are read elsewhere.
        if self.month(next).is_some() {
            return None;
        }
        let (year, next) = self.year_after_comma(next);
        Some(self.days(days, month, year, next))
    }

    fn days(&self, (days, is_range): (Vec<i8>, bool), month: i8, year: Option<i16>, next: usize) -> (Dates, usize) {
        let day = |day: i8| Written::Day { year, month, day };
        let follow = days.windows(2).all(|pair| pair[1] == pair[0] + 1);
        let dates = match days.as_slice() {
            [first, .., last] if is_range || follow => match first < last {
                true => vec![(day(*first), Some(day(*last)))],
                false => vec![],
            },
            several => several.iter().map(|&each| (day(each), None)).collect(),
        };
        (dates, next)
    }

    /// The days after the first: `– 20`, `, 15 and 16`, `to Friday 8`.
    fn more_days(&self, first: i8, next: usize) -> Option<((Vec<i8>, bool), usize)> {
        let mut days = vec![first];
        if let Some(after) = self.range_word(next) {
            let (last, next) = self.day_number(self.skip_weekday(after))?;
            return Some(((vec![first, last], true), next));
        }
        let mut next = next;
        let mut is_range = false;
        while let Some(token) = self.token(next).filter(|token| token.is_one_of(&[",", "and", "&", "/", "or"])) {
            let after = next + 1 + usize::from(token.text == "," && self.is(next + 1, &["and"]));
            let Some((day, end)) = self.day_number(self.skip_weekday(after)) else { break };
            is_range |= token.text == "/";
            days.push(day);
            next = end;
        }
        (days.len() > 1).then_some(((days, is_range), next))
    }

    /// One day or from one to another, each with its month.
    fn day_or_days(&self, at: usize) -> Option<(Dates, usize)> {
        let (start, next) = self.day(at)?;
        let one = |start: Written| (vec![(start, None)], next);
        // `from Monday, 5 October, to Friday, 9 October`
        let next_word = next + usize::from(self.is(next, &[","]) && self.is(next + 1, &["to", "until"]));
        let joint = self.range_word(next_word).or_else(|| self.is(next, &["and", "/"]).then_some(next + 1));
        let Some((end, after)) = joint.and_then(|joint| self.day(self.skip_from(joint))) else {
            // `October 4 to 6, 2022` was read as days of a month; `4 October 2021 to 6` is no range.
            return Some(one(start));
        };
        let is_range = self.range_word(next_word).is_some() || self.is(at.wrapping_sub(1), &["between"]);
        let start = start.with_year(end.year().map(|year| match start.place_in_year() > end.place_in_year() {
            true => year - 1,
            false => year,
        }));
        if is_range || follows(start, end) {
            return Some((vec![(start, Some(end))], after));
        }
        Some((vec![(start, None), (end, None)], after))
    }

    /// Past a second `from` or `on`, as in `from 1 May and on 3 May`.
    fn skip_from(&self, at: usize) -> usize {
        at + usize::from(self.is(at, &["on"]))
    }

    /// `Monday, 5 October 2020`, `May 25th, 2018`, `2020-10-01`, `03.10.2020`.
    fn day(&self, at: usize) -> Option<(Written, usize)> {
        let begin = at;
        let at = self.skip_weekday(at);
        if let Some(read) = figures::date(self.tokens, at) {
            return Some(read);
        }
        if at > begin
            && let Some(read) = self.slashed_day(at)
        {
            return Some(read);
        }
        if let Some((day, next)) = self.day_number(at) {
            let next = next + usize::from(self.is(next, &["of"]));
            let next = next + usize::from(self.token(next).is_some_and(|dash| dash.text == "-" && !dash.spaced));
            let (month, year, next) = self.month_and_year(next)?;
            return Some((Written::Day { year, month, day }, next));
        }
        let (month, next) = self.named_month(at)?;
        let (day, next) = self.day_number(next)?;
        let (year, next) = self.year_after_comma(next);
        Some((Written::Day { year, month, day }, next))
    }

    /// `the first Thursday of June 2023`. Without a year it is no day yet, and certainly no month.
    fn nth_weekday(&self, at: usize) -> Option<(Dates, usize)> {
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
    fn relative(&self, at: usize) -> Option<(Dates, usize)> {
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

    /// `7/5` behind a weekday.
    fn slashed_day(&self, at: usize) -> Option<(Written, usize)> {
        let (first, mark, second) = (self.token(at)?, self.token(at + 1)?, self.token(at + 2)?);
        let goes_on = self.token(at + 3).is_some_and(|mark| !mark.spaced && matches!(mark.text, "/" | ":" | "."));
        if mark.text != "/" || mark.spaced || second.spaced || goes_on {
            return None;
        }
        let number =
            |token: &Token<'_>| token.number().filter(|number| (1..=31).contains(number) && token.text.len() <= 2);
        let written = Written::Slashed { year: None, first: number(first)? as i8, second: number(second)? as i8 };
        written.exists().then_some((written, at + 3))
    }

    /// Months, quarters, halves and years.
    fn long_period(&self, at: usize) -> Option<(Written, Option<Written>, usize)> {
        let at_period = at + usize::from(self.is(at, &["the"]));
        if let Some((quarters, next)) = quarter(self.tokens, at_period) {
            let next = next + usize::from(self.is(next, &["of", ",", "/", "in"]));
            let (year, next) = self.year(next)?;
            let of = |quarter| Written::Quarter { year, quarter };
            let end = (quarters.start() != quarters.end()).then(|| of(*quarters.end()));
            return Some((of(*quarters.start()), end, next));
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

    fn months(&self, at: usize) -> Option<(Written, Option<Written>, usize)> {
        // `31 February 2021` is no February.
        if at.checked_sub(1).is_some_and(|before| self.day_number(before).is_some()) {
            return None;
        }
        let (month, next) = self.named_month(at)?;
        let own = self.year_after(next);
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

    fn skip_weekday(&self, at: usize) -> usize {
        match self.token(at).filter(|token| weekday(token.text).is_some()) {
            None => at,
            Some(_) => {
                let next = at + 1;
                let next = next + usize::from(self.is(next, &[".", ","]));
                next + usize::from(self.is(next, &[",", "the"]))
            }
        }
    }

    /// The token after a word or dash that stands between two ends.
    fn range_word(&self, at: usize) -> Option<usize> {
        let token = self.token(at)?;
        (token.is_dash() || token.is_one_of(&["to", "until", "till", "through", "thru"])).then_some(at + 1)
    }

    /// `5`, `5th`, `the 5th`.
    fn day_number(&self, at: usize) -> Option<(i8, usize)> {
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

    fn month(&self, at: usize) -> Option<(i8, usize)> {
        let token = self.token(at)?;
        let (month, is_short) = month(token.text)?;
        let dot = is_short && self.token(at + 1).is_some_and(|dot| dot.text == "." && !dot.spaced);
        Some((month, at + 1 + usize::from(dot)))
    }

    /// A month in the middle of a sentence: `may` and `march` are words, too.
    fn named_month(&self, at: usize) -> Option<(i8, usize)> {
        self.month(at).filter(|_| self.tokens[at].is_capitalised())
    }

    /// What follows a day: a month, and perhaps a year. Without one, `5 may` is no date.
    fn month_and_year(&self, at: usize) -> Option<(i8, Option<i16>, usize)> {
        let (month, next) = self.month(at)?;
        let is_glued =
            self.token(next).is_some_and(|dash| dash.text == "-" && !dash.spaced) && self.year(next + 1).is_some();
        let (year, next) = self.year_after(next + usize::from(is_glued));
        (year.is_some() || self.tokens[at].is_capitalised()).then_some((month, year, next))
    }

    fn year(&self, at: usize) -> Option<(i16, usize)> {
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

    /// The year that may follow a month or a day: `2020`, `, 2020`, `of 2020`. `5 May, 2000 people` has none.
    fn year_after(&self, at: usize) -> (Option<i16>, usize) {
        let is_joined = self.is(at, &[",", "of"]);
        match self.year(at + usize::from(is_joined)) {
            Some((year, next)) if !(is_joined && self.counts_something(next)) => (Some(year), next),
            _ => (None, at),
        }
    }

    /// The same where a comma is usual: `May 5, 2020`.
    fn year_after_comma(&self, at: usize) -> (Option<i16>, usize) {
        let year = self.year(at + usize::from(self.is(at, &[","])));
        year.map_or((None, at), |(year, next)| (Some(year), next))
    }

    fn counts_something(&self, at: usize) -> bool {
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

const YEAR_LEADS: &[&str] = &["in", "during", "by", "before", "until", "for", "throughout", "of"];

const MONTH_LEADS: &[&str] =
    &["in", "by", "until", "during", "for", "from", "this", "next", "since", "mid", "early", "late", "of", "-"];

/// Whether `end` is the day after `start`.
fn follows(start: Written, end: Written) -> bool {
    let date = |written: Written| match written {
        Written::Day { year, month, day } => Date::new(year.unwrap_or(2001), month, day).ok(),
        _ => None,
    };
    date(start).and_then(|day| day.tomorrow().ok()).is_some_and(|next| Some(next) == date(end))
}

#[cfg(test)]
mod tests;
