//! Days that leave their month to a date told before, or their year to one that is told behind them.

use super::{Mention, Reader};
use crate::english::names::weekday;
use crate::token::{Class, Token};
use crate::written::Written;

/// `rc1 on 16 January, rc2 on the 23rd`: a day of the month that was told before, which goes before its own.
pub fn days_of_told_months(tokens: &[Token<'_>], found: &mut Vec<Mention>) {
    let reader = Reader { tokens };
    let mut pointed = Vec::new();
    for (index, before) in found.iter().enumerate() {
        let Written::Day { year, month, day } = before.end.unwrap_or(before.start) else { continue };
        let until = found.get(index + 1).map_or(tokens.len(), |next| next.tokens.start);
        let of_month = |at: usize| {
            let (number, next) = reader.day_number(at).filter(|_| reader.is(at, &["the"]))?;
            let is_ordinal = tokens.get(at + 1).is_some_and(|token| token.number().is_none());
            let names = tokens.get(next).is_some_and(|next| next.is_word() && !next.is_one_of(MAY_FOLLOW));
            let is_led =
                at.checked_sub(1).is_some_and(|lead| reader.is(lead, &["on", "by", "until", "from", "before", "and"]));
            (is_ordinal && is_led && !names && number > day).then_some((number, at..next))
        };
        if let Some((number, range)) = (before.tokens.end..until.min(before.tokens.end + FAR)).find_map(of_month) {
            let start = Written::Day { year, month, day: number };
            pointed.push((index + 1, Mention { tokens: range, start, end: None, times: None, weekday: None }));
        }
    }
    for (place, mention) in pointed.into_iter().rev().filter(|(_, mention)| mention.start.exists()) {
        found.insert(place, mention);
    }
}

/// `1 January, 29 March and 25 December 2024`: the year at the end of a list is that of all of it.
pub fn years_of_lists(tokens: &[Token<'_>], found: &mut [Mention]) {
    let is_joint = |token: &Token<'_>| {
        token.class == Class::Mark && token.text != "."
            || token.is_one_of(&["and", "or", "on", "the", "as", "well", "to"])
            || weekday(token.text).is_some()
    };
    for index in (1..found.len()).rev() {
        let (before, after) = found.split_at_mut(index);
        let (Some(own), Some(next)) = (before.last_mut(), after.first()) else { continue };
        let Some(year) = next.start.year().filter(|_| next.start.is_day() && own.start.is_day()) else { continue };
        let between = tokens.get(own.tokens.end..next.tokens.start).unwrap_or_default();
        if own.start.year().is_some()
            || own.end.is_some_and(|end| end.year().is_some())
            || !between.iter().all(is_joint)
        {
            continue;
        }
        let is_later = own.start.place_in_year() > next.start.place_in_year();
        let year = Some(if is_later { year - 1 } else { year });
        own.start = own.start.with_year(year);
        own.end = own.end.map(|end| end.with_year(year));
    }
}

/// So many words further nobody points back to a month.
const FAR: usize = 30;

/// What may stand behind `the 23rd` where that is a day.
const MAY_FOLLOW: &[&str] =
    &["and", "at", "in", "from", "to", "until", "when", "if", "with", "for", "but", "or", "is", "will", "we", "as"];
