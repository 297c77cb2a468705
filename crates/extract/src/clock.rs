//! Times of day in a sentence, with the zones that people name.

use jiff::civil::Time;

use crate::token::Token;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    pub start: Time,
    pub end: Option<Time>,
    /// The IANA name of the zone, if one was told.
    pub zone: Option<&'static str>,
}

/// Zones by what they are called; what is ambiguous (CST, IST) is left to the site's.
const ZONES: &[(&str, &str)] = &[
    ("UTC", "UTC"),
    ("GMT", "UTC"),
    ("Z", "UTC"),
    ("CET", "Europe/Brussels"),
    ("CEST", "Europe/Brussels"),
    ("Brussels", "Europe/Brussels"),
    ("Paris", "Europe/Paris"),
    ("Geneva", "Europe/Zurich"),
    ("Berlin", "Europe/Berlin"),
    ("London", "Europe/London"),
    ("BST", "Europe/London"),
    ("EET", "Europe/Helsinki"),
    ("EEST", "Europe/Helsinki"),
    ("EST", "America/New_York"),
    ("EDT", "America/New_York"),
    ("ET", "America/New_York"),
    ("PST", "America/Los_Angeles"),
    ("PDT", "America/Los_Angeles"),
    ("PT", "America/Los_Angeles"),
    ("Beijing", "Asia/Shanghai"),
    ("Shanghai", "Asia/Shanghai"),
    ("HKT", "Asia/Hong_Kong"),
    ("SGT", "Asia/Singapore"),
    ("JST", "Asia/Tokyo"),
    ("Tokyo", "Asia/Tokyo"),
    ("KST", "Asia/Seoul"),
    ("AEST", "Australia/Sydney"),
    ("AEDT", "Australia/Sydney"),
];

/// Reads `14:00`, `10 a.m.`, `09:00–17:30 (CET)` where they begin, perhaps after `from` or `at`.
pub fn times(tokens: &[Token<'_>], at: usize) -> Option<(Times, usize)> {
    let begin =
        at + usize::from(tokens.get(at).is_some_and(|token| token.is_one_of(&["at", "from", "between", "noon"])));
    let (first, next) = clock_time(tokens, begin)?;
    let is_joint =
        tokens.get(next).is_some_and(|token| token.is_dash() || token.is_one_of(&["to", "until", "till", "and"]));
    let second = is_joint.then(|| clock_time(tokens, next + 1)).flatten();
    // `9 to 11 a.m.` and `9:00–11:00 p.m.`: the half of the day is told once.
    let (end, next) = match second {
        Some((end, after)) => (Some(end), after),
        None => (None, next),
    };
    let start = match (first, end) {
        (Clock::Twelve(hour, minute), Some(Clock::Full(end))) if end.hour() >= 12 && hour < 12 => {
            let later = Time::new(hour + 12, minute, 0, 0).ok().filter(|later| *later < end);
            later.or_else(|| Time::new(hour, minute, 0, 0).ok())?
        }
        (Clock::Twelve(..), None) => return None,
        (Clock::Twelve(hour, minute), _) | (Clock::Day(hour, minute), _) => Time::new(hour, minute, 0, 0).ok()?,
        (Clock::Full(start), _) => start,
    };
    let end = match end {
        None => None,
        Some(Clock::Full(end)) => Some(end),
        Some(Clock::Day(hour, minute)) => Some(Time::new(hour, minute, 0, 0).ok()?),
        Some(Clock::Twelve(..)) => return None,
    };
    let (zone, next) = zone(tokens, next);
    Some((Times { start, end: end.filter(|end| *end > start), zone }, next))
}

/// The same after a date: `, 09:00`, ` at 14:00 CET`, ` (14:00)`.
pub fn times_after(tokens: &[Token<'_>], at: usize) -> Option<(Times, usize)> {
    let is_glued = tokens.get(at).filter(|token| token.text.len() == 5 && token.text.as_bytes()[2] == b'T');
    if let Some(token) = is_glued {
        // The token of 2020-10-01T14:00 that holds day and hour.
        let hour: i8 = token.text[3..].parse().ok()?;
        let minute: i8 = tokens
            .get(at + 1)
            .filter(|colon| colon.text == ":")
            .and_then(|_| tokens.get(at + 2))?
            .text
            .get(..2)?
            .parse()
            .ok()?;
        let is_utc = tokens.get(at + 2).is_some_and(|minute| minute.text.ends_with('Z'));
        return Some((
            Times { start: Time::new(hour, minute, 0, 0).ok()?, end: None, zone: is_utc.then_some("UTC") },
            at + 3,
        ));
    }
    let mut next = at;
    while tokens.get(next).is_some_and(|token| token.is_one_of(&[",", "(", "|", "–", "starting", "beginning"]))
        && next < at + 2
    {
        next += 1;
    }
    times(tokens, next)
}

/// A time by itself: the half of the day may be told elsewhere.
#[derive(Clone, Copy)]
enum Clock {
    Full(Time),
    /// On the clock of 24 hours.
    Day(i8, i8),
    /// An hour alone, which means nothing unless more is said.
    Twelve(i8, i8),
}

fn clock_time(tokens: &[Token<'_>], at: usize) -> Option<(Clock, usize)> {
    let first = tokens.get(at)?;
    if first.is("noon") {
        return Some((Clock::Full(Time::constant(12, 0, 0, 0)), at + 1));
    }
    // 10am
    let digits = first.text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let glued_half = half_of_day(&first.text[digits.len()..]);
    if first.number().is_none() && glued_half.is_none() || digits.len() > 2 {
        return None;
    }
    let hour: i8 = digits.parse().ok()?;
    if let Some(is_later) = glued_half {
        return Some((Clock::Full(twelve(hour, 0, is_later)?), at + 1));
    }
    let minutes = tokens.get(at + 1).filter(|mark| !mark.spaced && matches!(mark.text, ":" | "：")).and_then(|_| {
        let token = tokens.get(at + 2).filter(|token| !token.spaced)?;
        let digits = token.text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let half = half_of_day(&token.text[digits.len()..]);
        let is_hour = token.text.ends_with('h') || token.text.ends_with('Z') || digits.len() == token.text.len();
        (digits.len() == 2 && (half.is_some() || is_hour))
            .then(|| digits.parse::<i8>().ok().map(|minute| (minute, half)))?
    });
    let (minute, next) = match minutes {
        Some((minute, Some(is_later))) => return Some((Clock::Full(twelve(hour, minute, is_later)?), at + 3)),
        Some((minute, None)) => {
            // Seconds say nothing.
            let seconds = tokens.get(at + 3).is_some_and(|mark| mark.text == ":" && !mark.spaced);
            (Some(minute), at + if seconds { 5 } else { 3 })
        }
        None => (None, at + 1),
    };
    let (is_later, after) = spelt_half(tokens, next);
    match (is_later, minute) {
        (Some(is_later), minute) => Some((Clock::Full(twelve(hour, minute.unwrap_or(0), is_later)?), after)),
        (None, Some(minute)) => Time::new(hour, minute, 0, 0).is_ok().then_some((Clock::Day(hour, minute), next)),
        (None, None) if first.number().is_some() => Some((Clock::Twelve(hour, 0), next)),
        (None, None) => None,
    }
}

/// `a.m.`, `pm`, after an hour.
fn spelt_half(tokens: &[Token<'_>], at: usize) -> (Option<bool>, usize) {
    let Some(first) = tokens.get(at) else { return (None, at) };
    if let Some(is_later) = half_of_day(first.text) {
        return (Some(is_later), at + 1);
    }
    let dotted = [Some("."), None, Some(".")].iter().enumerate().all(|(n, mark)| {
        tokens
            .get(at + 1 + n)
            .is_some_and(|token| !token.spaced && mark.map_or(token.is("m"), |mark| token.text == mark))
    });
    let letter = dotted.then(|| half_of_day(&format!("{}m", first.text))).flatten();
    match letter {
        Some(is_later) => (Some(is_later), at + 4),
        None => (None, at),
    }
}

fn half_of_day(text: &str) -> Option<bool> {
    match () {
        () if text.eq_ignore_ascii_case("am") => Some(false),
        () if text.eq_ignore_ascii_case("pm") => Some(true),
        () => None,
    }
}

fn twelve(hour: i8, minute: i8, is_later: bool) -> Option<Time> {
    let hour = match (hour, is_later) {
        (12, false) => 0,
        (1..=11, true) => hour + 12,
        (1..=12, _) => hour,
        _ => return None,
    };
    Time::new(hour, minute, 0, 0).ok()
}

/// The zone told after a time: `CET`, `(Beijing time)`, `hrs UTC`.
fn zone(tokens: &[Token<'_>], at: usize) -> (Option<&'static str>, usize) {
    let next = at + usize::from(tokens.get(at).is_some_and(|token| token.is_one_of(&["hrs", "hours", "h", "o’clock"])));
    let is_open = tokens.get(next).is_some_and(|token| token.text == "(");
    let word = next + usize::from(is_open);
    let known = tokens.get(word).and_then(|token| {
        let (name, zone) = ZONES.iter().find(|(name, _)| token.text == *name)?;
        // A city is a zone only as `Beijing time`.
        let is_city = name.chars().any(char::is_lowercase);
        let has_time = tokens.get(word + 1).is_some_and(|token| token.is("time"));
        (has_time || !is_city).then_some((*zone, word + 1 + usize::from(has_time)))
    });
    match known {
        None => (None, next),
        Some((zone, after)) => {
            let closes = is_open && tokens.get(after).is_some_and(|token| token.text == ")");
            (Some(zone), after + usize::from(closes))
        }
    }
}
