//! Days that leave their month to a date told before.

use super::{Mention, Reader};
use crate::token::Token;
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

/// So many words further nobody points back to a month.
const FAR: usize = 30;

/// What may stand behind `the 23rd` where that is a day.
const MAY_FOLLOW: &[&str] =
    &["and", "at", "in", "from", "to", "until", "when", "if", "with", "for", "but", "or", "is", "will", "we", "as"];
