//! Dates in figures, which are the same in every language.

use std::ops::Range;

use crate::token::Token;
use crate::written::Written;

/// Years that texts speak of; other numbers of four digits are taken for numbers.
pub const YEARS: Range<u32> = 1900..2101;

/// The date that begins at a token, and what comes after it: `2020-10-01`, `2020/10/01`, `03.10.2020`, `13/10/2020`.
pub fn date(tokens: &[Token<'_>], at: usize) -> Option<(Written, usize)> {
    let token = |at: usize| tokens.get(at);
    let (first, mark, second, again, third) =
        (token(at)?, token(at + 1)?, token(at + 2)?, token(at + 3)?, token(at + 4)?);
    let together = [mark, second, again, third].iter().all(|token| !token.spaced) && mark.text == again.text;
    if !together || !(matches!(mark.text, "-" | "/" | ".") || mark.is_dash()) {
        return None;
    }
    // The time may be glued to the day: 2020-10-01T14:00.
    let third_text = third.text.split_once('T').map_or(third.text, |(day, _)| day);
    let third_number: u32 = third_text.parse().ok()?;
    let (first_number, second_number) = (first.number()?, second.number()?);
    let goes_on = token(at + 5).is_some_and(|next| {
        !next.spaced
            && (next.is_word()
                || next.number().is_some()
                || (next.text == "." && token(at + 6).is_some_and(|t| !t.spaced)))
    });
    if goes_on {
        return None;
    }
    let next = at + if third_text.len() < third.text.len() { 4 } else { 5 };
    let (year, month, day) = match (first.text.len(), second.text.len(), third_text.len()) {
        (4, 1..=2, 1..=2) => (first_number, second_number, third_number),
        (1..=2, 1..=2, 4) if second_number > 12 && mark.text != "." => (third_number, first_number, second_number),
        (1..=2, 1..=2, 4) if mark.text != "/" || first_number > 12 => (third_number, second_number, first_number),
        (1..=2, 1..=2, 4) if YEARS.contains(&third_number) => {
            let (first, second) = (first_number as i8, second_number as i8);
            return Some((Written::Slashed { year: Some(third_number as i16), first, second }, next));
        }
        _ => return None,
    };
    if !YEARS.contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    Some((Written::Day { year: Some(year as i16), month: month as i8, day: day as i8 }, next))
}
