//! The words of dates.

use jiff::civil::{Time, Weekday, time};

use super::Span;
use crate::domain::when::{MONTHS, Point};

const WEEKDAYS: [(&str, Weekday); 7] = [
    ("Monday", Weekday::Monday),
    ("Tuesday", Weekday::Tuesday),
    ("Wednesday", Weekday::Wednesday),
    ("Thursday", Weekday::Thursday),
    ("Friday", Weekday::Friday),
    ("Saturday", Weekday::Saturday),
    ("Sunday", Weekday::Sunday),
];

/// What says nothing.
const FILLERS: [&str; 6] = ["on", "in", "at", "the", "of", "o'clock"];

/// Other words that mean something here.
const OTHERS: [&str; 13] = [
    "today",
    "tomorrow",
    "yesterday",
    "next",
    "this",
    "last",
    "week",
    "month",
    "quarter",
    "year",
    "days",
    "weeks",
    "noon",
];

/// What was said of a moment, as far as it was.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Parts {
    pub day: Option<i8>,
    /// The day is a number and no more, which may be anything where it stands alone.
    pub is_bare: bool,
    pub month: Option<i8>,
    pub quarter: Option<i8>,
    pub year: Option<i16>,
    pub weekday: Option<Weekday>,
    /// Two figures with a slash between them: of a day and a month, in either order.
    pub slashed: Option<(i8, i8)>,
    pub relative: Option<Relative>,
    pub time: Option<Time>,
}

/// A date by how far it is from today, or one that says all by itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Relative {
    Exactly(Span),
    Days(i64),
    Weeks(i64),
    Months(i64),
    Years(i64),
    /// The next is 1, this week's 0, the last -1.
    Weekday(i32, Weekday),
    /// The whole of it: the next is 1.
    Week(i32),
    Month(i32),
    Quarter(i32),
    Year(i16),
}

impl Parts {
    pub fn has_no_date(&self) -> bool {
        Self { time: None, ..self.clone() } == Self::default()
    }

    pub fn is_time_alone(&self) -> bool {
        self.time.is_some() && self.has_no_date()
    }

    /// Takes month and year of a date that says them, where this one says a day, or a quarter or month, and no more.
    pub fn borrow_from(&mut self, other: &Self) {
        if self.relative.is_some() || other.relative.is_some() || self.slashed.is_some() || other.slashed.is_some() {
            return;
        }
        if self.day.is_some() && self.month.is_none() {
            self.month = other.month;
        }
    }

    /// For saying which of two dates of one year is the earlier.
    pub fn place_in_year(&self) -> (i8, i8) {
        let month = self.month.or(self.quarter.map(|quarter| 3 * quarter)).unwrap_or(0);
        (month, self.day.unwrap_or(0))
    }
}

/// None where a word is not known, or two say the same thing.
pub(super) fn read_parts(words: &str) -> Option<Parts> {
    let words = words.replace("the day after tomorrow", "+2d").replace("day after tomorrow", "+2d");
    let words = words.replace("the day before yesterday", "-2d").replace("day before yesterday", "-2d");
    let words: Vec<&str> =
        words.split([' ', '\t', ',', '\u{a0}', '\u{3000}']).filter(|word| !word.is_empty()).collect();
    let mut parts = Parts::default();
    let mut rest = words.as_slice();
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let taken = several(rest, &mut parts).or_else(|| one(rest[0], &mut parts).map(|()| 1))?;
        rest = &rest[taken..];
    }
    // What only says "the".
    (parts != Parts::default()).then_some(parts)
}

/// Puts something where nothing is yet.
fn put<T>(place: &mut Option<T>, value: T) -> Option<()> {
    place.is_none().then(|| *place = Some(value))
}

/// What is said by more than one word; how many those are.
fn several(words: &[&str], parts: &mut Parts) -> Option<usize> {
    let (first, second) = (*words.first()?, *words.get(1)?);
    let step = match first {
        "next" => Some(1),
        "this" => Some(0),
        "last" => Some(-1),
        _ => None,
    };
    if let Some(n) = step {
        let relative = match second {
            "week" => Relative::Week(n),
            "month" => Relative::Month(n),
            "quarter" => Relative::Quarter(n),
            "year" => Relative::Year(i16::try_from(n).ok()?),
            other => Relative::Weekday(n, weekday(other)?),
        };
        return put(&mut parts.relative, relative).map(|()| 2);
    }
    // `in 14 days`, `14 days ago`, `3rd quarter`, `9 am`
    if first == "in" {
        let relative = distance(count(second)?, words.get(2)?)?;
        return put(&mut parts.relative, relative).map(|()| 3);
    }
    if words.get(2) == Some(&"ago") {
        let relative = distance(-count(first)?, second)?;
        return put(&mut parts.relative, relative).map(|()| 3);
    }
    if second == "quarter" {
        let quarter = ordinal(first).filter(|n| (1..=4).contains(n))?;
        return put(&mut parts.quarter, quarter).map(|()| 2);
    }
    if matches!(second, "am" | "pm") {
        return put(&mut parts.time, clock(&format!("{first}{second}"))?).map(|()| 2);
    }
    None
}

fn one(word: &str, parts: &mut Parts) -> Option<()> {
    if FILLERS.contains(&word) {
        return Some(());
    }
    match word {
        "today" => return put(&mut parts.relative, Relative::Days(0)),
        "tomorrow" => return put(&mut parts.relative, Relative::Days(1)),
        "yesterday" => return put(&mut parts.relative, Relative::Days(-1)),
        "noon" => return put(&mut parts.time, time(12, 0, 0, 0)),
        _ => {}
    }
    if let Some(sign) = word.chars().next().filter(|sign| matches!(sign, '+' | '-')) {
        let rest = &word[1..];
        let unit = rest.find(|c: char| !c.is_ascii_digit())?;
        let n: i64 = rest[..unit].parse().ok()?;
        return put(&mut parts.relative, distance(if sign == '-' { -n } else { n }, &rest[unit..])?);
    }
    // `2020-10-01T09:00`, `2020-10-01`, `2020-Q4`, `2020-10`, `2020`
    if let Ok(point) = word.parse::<Point>() {
        return match point {
            Point::Minute(at) => {
                put(&mut parts.time, at.time())?;
                exactly(parts, Point::Day(at.date()))
            }
            Point::Year(year) => put(&mut parts.year, year),
            point => exactly(parts, point),
        };
    }
    if let Some(time) = clock(word) {
        return put(&mut parts.time, time);
    }
    if let Some(month) = month(word) {
        return put(&mut parts.month, month);
    }
    if let Some(weekday) = weekday(word) {
        return put(&mut parts.weekday, weekday);
    }
    if let Some(quarter) = word.strip_prefix('q').and_then(|n| n.parse().ok()).filter(|n| (1..=4).contains(n)) {
        return put(&mut parts.quarter, quarter);
    }
    if let Some(day) = ordinal(word) {
        return put(&mut parts.day, day);
    }
    if let Some(day) = bare_day(word) {
        parts.is_bare = true;
        return put(&mut parts.day, day);
    }
    figures(word, parts)
}

/// A date that says all by itself, in the fields of which it is made, so that a range may lack its year on one side.
fn exactly(parts: &mut Parts, point: Point) -> Option<()> {
    match point {
        Point::Day(day) => {
            put(&mut parts.year, day.year())?;
            put(&mut parts.month, day.month())?;
            put(&mut parts.day, day.day())
        }
        Point::Month(year, month) => {
            put(&mut parts.year, year)?;
            put(&mut parts.month, month)
        }
        Point::Quarter(year, quarter) => {
            put(&mut parts.year, year)?;
            put(&mut parts.quarter, quarter)
        }
        other => put(&mut parts.relative, Relative::Exactly(Span { start: other, end: None })),
    }
}

/// `1.12.2026`, `1.12.26`, `1.12.`: the day stands first wherever dots are written. `1/12/2026`, `1/12`: either may.
/// `2026/12/1`, `2026-12-1`, `2026.12.1`: the largest first.
fn figures(word: &str, parts: &mut Parts) -> Option<()> {
    let mark = ['.', '/', '-'].into_iter().find(|mark| word.contains(*mark))?;
    let closed = if mark == '.' { word.strip_suffix('.').unwrap_or(word) } else { word };
    let figures: Vec<&str> = closed.split(mark).collect();
    if figures.iter().any(|figure| figure.is_empty() || !figure.bytes().all(|octet| octet.is_ascii_digit())) {
        return None;
    }
    let small =
        |figure: &str, most: i8| figure.parse::<i8>().ok().filter(|n| (1..=most).contains(n) && figure.len() <= 2);
    let year = |figure: &str| match (figure.len(), figure.parse::<i16>().ok()?) {
        (4, year) => Some(year),
        (2, year) => Some(2000 + year),
        _ => None,
    };
    match figures.as_slice() {
        [y, m, d] if y.len() == 4 => {
            put(&mut parts.year, year(y)?)?;
            put(&mut parts.month, small(m, 12)?)?;
            put(&mut parts.day, small(d, 31)?)
        }
        [d, m, y] if mark == '.' => {
            put(&mut parts.year, year(y)?)?;
            put(&mut parts.month, small(m, 12)?)?;
            put(&mut parts.day, small(d, 31)?)
        }
        // `1.12` without a second dot may be a number or a time.
        [d, m] if mark == '.' && closed.len() < word.len() => {
            put(&mut parts.month, small(m, 12)?)?;
            put(&mut parts.day, small(d, 31)?)
        }
        [a, b, y] if mark == '/' => {
            put(&mut parts.year, year(y)?)?;
            put(&mut parts.slashed, (small(a, 31)?, small(b, 31)?))
        }
        [a, b] if mark == '/' => put(&mut parts.slashed, (small(a, 31)?, small(b, 31)?)),
        _ => None,
    }
}

/// `9:00`, `09:30`, `9am`, `9:30pm`.
fn clock(word: &str) -> Option<Time> {
    let (figures, half) = match (word.strip_suffix("am"), word.strip_suffix("pm")) {
        (Some(figures), _) => (figures, Some(0)),
        (_, Some(figures)) => (figures, Some(12)),
        _ => (word, None),
    };
    let (hour, minute) = match figures.split_once(':') {
        Some((hour, minute)) if minute.len() == 2 => (hour, minute),
        None if half.is_some() => (figures, "00"),
        _ => return None,
    };
    let is_number = |figures: &str| (1..=2).contains(&figures.len()) && figures.bytes().all(|c| c.is_ascii_digit());
    if !is_number(hour) || !is_number(minute) {
        return None;
    }
    let (hour, minute): (i8, i8) = (hour.parse().ok()?, minute.parse().ok()?);
    let hour = match half {
        None => hour,
        Some(half) if (1..=12).contains(&hour) => hour % 12 + half,
        Some(_) => return None,
    };
    Time::new(hour, minute, 0, 0).ok()
}

/// `22`, as in `22 june` and `june 22`.
fn bare_day(word: &str) -> Option<i8> {
    let is_number = (1..=2).contains(&word.len()) && word.bytes().all(|octet| octet.is_ascii_digit());
    word.parse().ok().filter(|day| is_number && (1..=31).contains(day))
}

/// `1st`, `22nd`, `third`.
pub(super) fn ordinal(word: &str) -> Option<i8> {
    const WORDS: [&str; 5] = ["first", "second", "third", "fourth", "fifth"];
    if let Some(at) = WORDS.iter().position(|known| *known == word) {
        return i8::try_from(at + 1).ok();
    }
    let figures = ["st", "nd", "rd", "th"].iter().find_map(|end| word.strip_suffix(end))?;
    let n: i8 = figures.parse().ok().filter(|n| (1..=31).contains(n))?;
    let right = match (n % 10, n) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    word.ends_with(right).then_some(n)
}

/// `14`, `two`, `a`.
pub(super) fn count(word: &str) -> Option<i64> {
    const WORDS: [&str; 12] =
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    if matches!(word, "a" | "an") {
        return Some(1);
    }
    let in_words = WORDS.iter().position(|known| *known == word).and_then(|at| i64::try_from(at + 1).ok());
    let is_number = (1..=4).contains(&word.len()) && word.bytes().all(|octet| octet.is_ascii_digit());
    in_words.or_else(|| word.parse().ok().filter(|_| is_number))
}

/// `14 d`, `2 weeks`.
fn distance(n: i64, unit: &str) -> Option<Relative> {
    Some(match unit {
        "d" | "day" | "days" => Relative::Days(n),
        "w" | "week" | "weeks" => Relative::Weeks(n),
        "m" | "month" | "months" => Relative::Months(n),
        "y" | "year" | "years" => Relative::Years(n),
        _ => return None,
    })
}

/// A name, or its beginning of three letters or more.
fn begins<'a>(word: &str, mut names: impl Iterator<Item = &'a str>) -> Option<usize> {
    let word = word.strip_suffix('.').unwrap_or(word);
    names.position(|name| word.len() >= 3 && name.to_lowercase().starts_with(word))
}

pub(super) fn month(word: &str) -> Option<i8> {
    let word = if word.trim_end_matches('.') == "sept" { "sep" } else { word };
    begins(word, MONTHS.into_iter()).and_then(|at| i8::try_from(at + 1).ok())
}

/// Also of several: `tuesdays`.
pub(super) fn weekday(word: &str) -> Option<Weekday> {
    let one = word.strip_suffix('s').filter(|one| one.ends_with("day")).unwrap_or(word);
    begins(one, WEEKDAYS.iter().map(|(name, _)| *name)).map(|at| WEEKDAYS[at].1)
}

pub(super) fn weekday_name(weekday: Weekday) -> &'static str {
    WEEKDAYS[usize::from(weekday.to_monday_zero_offset().unsigned_abs()) % WEEKDAYS.len()].0
}

/// What was said, with a word that is not known put right, where one lies near.
pub(super) fn nearest(said: &str) -> Option<String> {
    let said = said.to_lowercase();
    if said.chars().count() > super::LONGEST {
        return None;
    }
    let known = || {
        let names = WEEKDAYS.iter().map(|(name, _)| *name).chain(MONTHS);
        names.map(str::to_lowercase).chain(OTHERS.iter().map(|name| (*name).to_owned()))
    };
    let mended: Vec<String> = said
        .split_whitespace()
        .map(|word| {
            if word.len() < 4 || one(word, &mut Parts::default()).is_some() || known().any(|name| name == word) {
                return word.to_owned();
            }
            known().find(|name| strsim::osa_distance(name, word) == 1).unwrap_or_else(|| word.to_owned())
        })
        .collect();
    let mended = mended.join(" ");
    (mended != said && (read_parts(&mended).is_some())).then_some(mended)
}
