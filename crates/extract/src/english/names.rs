//! Months, weekdays and quarters by their names.

use std::ops::RangeInclusive;

use jiff::civil::Weekday;

use crate::token::Token;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

fn month_name(number: i8) -> &'static str {
    MONTHS[(number.clamp(1, 12) - 1) as usize]
}

/// The month of a name, and whether the name is cut short.
pub fn month(name: &str) -> Option<(i8, bool)> {
    // Most words are none, and end here.
    if !(3..=9).contains(&name.len())
        || !name.starts_with(['J', 'F', 'M', 'A', 'S', 'O', 'N', 'D', 'j', 'f', 'm', 'a', 's', 'o', 'n', 'd'])
    {
        return None;
    }
    let number = (1..=12).find(|&number| {
        let full = month_name(number);
        let is_short = (name.len() == 3 || name.eq_ignore_ascii_case("sept"))
            && full.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
        full.eq_ignore_ascii_case(name) || is_short
    })?;
    Some((number, name.len() < 5 && month_name(number).len() > name.len()))
}

/// In lower case.
pub const WEEKDAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];

pub fn weekday(name: &str) -> Option<Weekday> {
    // `sun`, `sat` and `wed` are words, too.
    if !name.starts_with(['M', 'T', 'W', 'F', 'S']) {
        return None;
    }
    let is_short = |full: &str| {
        (3..=5).contains(&name.len()) && full.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))
    };
    WEEKDAYS.iter().find(|(full, _)| full.eq_ignore_ascii_case(name) || is_short(full)).map(|(_, weekday)| *weekday)
}

/// `Tuesdays`
pub fn weekdays(name: &str) -> Option<Weekday> {
    name.strip_suffix('s').filter(|name| name.ends_with("day")).and_then(weekday)
}

/// `first`, `2nd`, `last` of a month's weekdays.
pub fn nth(word: &str) -> Option<i8> {
    match word.to_ascii_lowercase().as_str() {
        "first" | "1st" => Some(1),
        "second" | "2nd" => Some(2),
        "third" | "3rd" => Some(3),
        "fourth" | "4th" => Some(4),
        "last" => Some(-1),
        _ => None,
    }
}

/// `Q3`, `third quarter`, `first half`, `H1`: the quarters that it takes, and what comes after.
pub fn quarter(tokens: &[Token<'_>], at: usize) -> Option<(RangeInclusive<i8>, usize)> {
    let first = tokens.get(at).filter(|first| first.is_word())?;
    let glued = match first.text.as_bytes() {
        [b'Q' | b'q', n @ b'1'..=b'4'] | [n @ b'1'..=b'4', b'Q'] => Some((n - b'0') as i8..=(n - b'0') as i8),
        [b'H', b'1'] => Some(1..=2),
        [b'H', b'2'] => Some(3..=4),
        _ => None,
    };
    if let Some(quarters) = glued {
        return Some((quarters, at + 1));
    }
    let number = match first.text.to_ascii_lowercase().as_str() {
        "first" | "1st" => 1,
        "second" | "2nd" => 2,
        "third" | "3rd" => 3,
        "fourth" | "4th" => 4,
        "last" | "final" => 0,
        _ => return None,
    };
    let what = tokens.get(at + 1)?;
    match number {
        0 if what.is("quarter") => Some((4..=4, at + 2)),
        1..=4 if what.is("quarter") => Some((number..=number, at + 2)),
        1 | 2 if what.is("half") => Some((2 * number - 1..=2 * number, at + 2)),
        _ => None,
    }
}
