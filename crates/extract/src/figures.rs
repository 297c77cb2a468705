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
        // 5/14/24
        (1..=2, 1..=2, 2) if mark.text == "/" && first_number.max(second_number) > 12 => {
            let (day, month) = (first_number.max(second_number), first_number.min(second_number));
            (2000 + third_number, month, day)
        }
        // 29.03.24
        (1..=2, 2, 2) if mark.text == "." && (10..60).contains(&third_number) && second_number <= 12 => {
            (2000 + third_number, second_number, first_number)
        }
        (1..=2, 1..=2, 2) if mark.text == "/" => {
            let (first, second) = (first_number as i8, second_number as i8);
            return Some((Written::Slashed { year: Some(2000 + third_number as i16), first, second }, next));
        }
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

/// `20240422`, where a date is due: at the head of a line or of a label's value. Elsewhere it is any number.
pub fn compact_date(tokens: &[Token<'_>], at: usize) -> Option<(Written, usize)> {
    let is_due = at.checked_sub(1).is_none_or(|before| matches!(tokens[before].text, ":" | "|"));
    let digits = tokens.get(at).filter(|token| is_due && token.text.len() == 8 && token.number().is_some())?.text;
    let goes_on = tokens.get(at + 1).is_some_and(|next| !next.spaced && next.text != ":" && next.text != ",");
    let year: u32 = digits.get(..4)?.parse().ok()?;
    let (month, day) = (digits.get(4..6)?.parse().ok()?, digits.get(6..)?.parse().ok()?);
    let written = Written::Day { year: Some(year as i16), month, day };
    ((1990..2060).contains(&year) && (1..=12).contains(&month) && written.exists() && !goes_on)
        .then_some((written, at + 1))
}
