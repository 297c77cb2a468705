//! The dates of a sentence, as they are written: years may be missing, and what is no day of the calendar is no date.

mod parts;
mod period;
mod pointed;
mod relative;

use std::ops::Range;

use jiff::civil::{Date, Weekday};

use super::names::{month, weekday, weekdays};
use crate::clock;
use crate::figures;
use crate::token::Token;
use crate::written::{Span, Written};

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
            // `4:00 pm – Friday 5 April`
            let is_joint = tokens[*next].is_one_of(&["on", ","]) || tokens[*next].is_dash() && tokens[*next].spaced;
            let next = next + usize::from(is_joint);
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
        next = reader.skip_weekdays_in_brackets(next);
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
                weekday: tokens[at..next].iter().find_map(|token| weekday(token.text).or_else(|| weekdays(token.text))),
            },
        ));
        at = next;
    }
    pointed::years_of_lists(tokens, &mut found);
    if found.len() < MOST_POINTED {
        pointed::days_of_told_months(tokens, &mut found);
    }
    found
}

/// What tells of more dates is a list, which leaves nothing out.
const MOST_POINTED: usize = 20;

/// Whether a date or a time may begin with it: most words are passed over.
fn may_begin(token: &Token<'_>) -> bool {
    let text = token.text;
    let Some(first) = text.chars().next() else { return false };
    match first {
        '0'..='9' | '@' => return true,
        // `Q3`, `H1`
        'Q' | 'H' if text.len() == 2 => return true,
        _ if text.len() > LONGEST_BEGINNING || !first.is_ascii_alphabetic() => return false,
        _ => {}
    }
    let mut lower = [0; LONGEST_BEGINNING];
    let Some(lower) = lower.get_mut(..text.len()) else { return false };
    lower.copy_from_slice(text.as_bytes());
    lower.make_ascii_lowercase();
    let is_word = matches!(
        &*lower,
        b"the"
            | b"mid"
            | b"early"
            | b"late"
            | b"spring"
            | b"summer"
            | b"autumn"
            | b"fall"
            | b"winter"
            | b"end"
            | b"beginning"
            | b"start"
            | b"middle"
            | b"close"
            | b"first"
            | b"second"
            | b"third"
            | b"fourth"
            | b"last"
            | b"final"
            | b"today"
            | b"tomorrow"
            | b"yesterday"
            | b"next"
            | b"this"
            | b"coming"
            | b"at"
            | b"from"
            | b"between"
            | b"starting"
            | b"noon"
            | b"midnight"
            | b"q1"
            | b"q2"
            | b"q3"
            | b"q4"
    );
    is_word
        || first.is_ascii_uppercase() && (month(text).is_some() || weekday(text).is_some() || weekdays(text).is_some())
}

/// In octets, of those above and of the months and weekdays.
const LONGEST_BEGINNING: usize = 10;

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
        if at.checked_sub(1).is_some_and(|before| self.is_inside_of_number(before, at) || self.is_counted(before, at)) {
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

    /// The number of `Race 3 – 17 August` is none of a day.
    fn is_counted(&self, before: usize, at: usize) -> bool {
        const COUNTED: &[&str] = &[
            "race",
            "part",
            "session",
            "round",
            "stage",
            "module",
            "phase",
            "lecture",
            "talk",
            "lot",
            "group",
            "step",
            "volume",
            "issue",
            "unit",
            "tranche",
            "batch",
            "cohort",
            "wave",
            "heat",
            "leg",
            "match",
            "annex",
            "article",
            "chapter",
            "section",
            "episode",
            "class",
            "lesson",
            "milestone",
            "workshop",
            "webinar",
            "seminar",
            "meeting",
            "room",
            "grants",
        ];
        let is_number = self.token(at).is_some_and(|token| token.number().is_some() && token.text.len() <= 2);
        is_number && self.is(before, COUNTED) && self.token(at + 1).is_some_and(|dash| dash.is_dash() && dash.spaced)
    }

    /// `14 to 20 September 2020`, `14 and 15 October`, `May 4-6, 2022`.
    pub fn days_of_a_month(&self, at: usize) -> Option<(Dates, usize)> {
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
            let (last, next) = self.day_number(self.skip_weekday(after)).filter(|(_, next)| !self.is_hour(*next))?;
            return Some(((vec![first, last], true), next));
        }
        let mut next = next;
        let mut is_range = false;
        while let Some(token) = self.token(next).filter(|token| token.is_one_of(&[",", "and", "&", "/", "or", "+"])) {
            let after = next + 1 + usize::from(token.text == "," && self.is(next + 1, &["and"]));
            let Some((day, end)) = self.day_number(self.skip_weekday(after)) else { break };
            // `May 10, 5 p.m.`, `June 11th, 5-7pm`
            let is_hour = self.is_hour(end)
                || self.range_word(end).is_some_and(|last| {
                    self.is_hour(last + 1)
                        || self.token(last).is_some_and(|last| {
                            last.number().is_none() && (last.text.ends_with("pm") || last.text.ends_with("am"))
                        })
                });
            if is_hour {
                break;
            }
            is_range |= token.text == "/";
            days.push(day);
            next = end;
        }
        (days.len() > 1).then_some(((days, is_range), next))
    }

    /// Whether half a day is told, so that the number before is that of an hour.
    fn is_hour(&self, at: usize) -> bool {
        self.is(at, &["am", "pm"]) || self.is(at, &["a", "p"]) && self.is(at + 1, &["."]) && self.is(at + 2, &["m"])
    }

    /// One day or from one to another, each with its month.
    pub fn day_or_days(&self, at: usize) -> Option<(Dates, usize)> {
        let (start, next) = self.day(at)?;
        let one = |start: Written| (vec![(start, None)], next);
        // `from 17 November (Friday evening) to 19 November`
        let close = (next + 1..next + 4).find(|at| self.is(*at, &[")"])).filter(|_| self.is(next, &["("]));
        let next = close.filter(|close| self.range_word(close + 1).is_some()).map_or(next, |close| close + 1);
        // `from Monday, 5 October, to Friday, 9 October`
        let next_word = next + usize::from(self.is(next, &[","]) && self.is(next + 1, &["to", "until"]));
        let joint = self.range_word(next_word).or_else(|| self.is(next, &["and", "/"]).then_some(next + 1));
        let Some((end, after)) = joint.and_then(|joint| self.day(self.skip_from(joint))) else {
            if let Some((end, after)) = self.range_word(next).and_then(|joint| self.rest_of_figures(at, start, joint)) {
                return Some((vec![(start, Some(end))], after));
            }
            // `October 4 to 6, 2022` was read as days of a month; `4 October 2021 to 6` is no range.
            return Some(one(start));
        };
        // `2024-02-05/2024-02-09` (ISO 8601)
        let is_interval = self.is(next, &["/"]) && self.tokens[at..after].iter().all(|token| !token.is_word());
        let is_range = is_interval || self.range_word(next_word).is_some() || self.is(at.wrapping_sub(1), &["between"]);
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
        // `Monday (16 January)`
        if at > begin
            && self.is(at, &["("])
            && let Some((day, next)) = self.day(at + 1).filter(|(_, next)| self.is(*next, &[")"]))
        {
            return Some((day, next + 1));
        }
        if let Some(read) = figures::date(self.tokens, at).or_else(|| figures::compact_date(self.tokens, at)) {
            return Some(read);
        }
        let is_led =
            || at.checked_sub(1).is_some_and(|lead| self.is(lead, &["by", "until", "before", "due", "through", "on"]));
        if let Some(read) = self.slashed_day(at).filter(|(written, _)| at > begin || is_led() && written.is_settled()) {
            return Some(read);
        }
        if let Some((day, next)) = self.day_number(at) {
            // `the 9th day of May`
            let next = next + usize::from(self.is(next, &["day"]) && self.is(next + 1, &["of"]));
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

    /// What a date in figures leaves out of its end: `2024-03-11 to 15`, `2024-02-05 – 02-09`.
    fn rest_of_figures(&self, at: usize, start: Written, joint: usize) -> Option<(Written, usize)> {
        let Written::Day { year, month, day } = start else { return None };
        let is_iso = self.token(self.skip_weekday(at)).is_some_and(|year| year.text.len() == 4);
        let small = |at: usize| {
            let token = self.token(at).filter(|token| token.text.len() <= 2)?;
            token.number().and_then(|number| i8::try_from(number).ok())
        };
        let first = small(joint).filter(|_| is_iso)?;
        let dash = self.token(joint + 1).filter(|dash| dash.is_dash() && !dash.spaced);
        let (end_month, end_day, next) = match dash.and_then(|_| small(joint + 2)) {
            Some(second) => (first, second, joint + 3),
            None => (month, first, joint + 1),
        };
        let end = Written::Day { year, month: end_month, day: end_day };
        let goes_on = self.token(next).is_some_and(|mark| !mark.spaced && matches!(mark.text, ":" | "." | "/" | "%"));
        (!goes_on && (1..=12).contains(&end_month) && end.exists() && (end_month, end_day) > (month, day))
            .then_some((end, next))
    }

    /// `7/5` behind a weekday.
    fn slashed_day(&self, at: usize) -> Option<(Written, usize)> {
        let (first, mark, second) = (self.token(at)?, self.token(at + 1)?, self.token(at + 2)?);
        let goes_on = self.token(at + 3).is_some_and(|mark| !mark.spaced && matches!(mark.text, "/" | ":" | "."))
            && self.token(at + 4).is_some_and(|more| !more.spaced);
        if mark.text != "/" || mark.spaced || second.spaced || goes_on {
            return None;
        }
        let number =
            |token: &Token<'_>| token.number().filter(|number| (1..=31).contains(number) && token.text.len() <= 2);
        let written = Written::Slashed { year: None, first: number(first)? as i8, second: number(second)? as i8 };
        written.exists().then_some((written, at + 3))
    }
}

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
