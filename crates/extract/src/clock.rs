//! Times of day in a sentence, with the zones that people name.

use jiff::civil::Time;

use crate::token::Token;
use crate::zones::{self, Zone};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    pub start: Time,
    pub end: Option<Time>,
    /// None where no zone is told.
    pub zone: Option<Zone>,
}

/// What leads to a time.
const LEADS: &[&str] = &["at", "from", "between", "@", "starting", "beginning"];

/// Reads `14:00`, `10 a.m.`, `09:00–17:30 (CET)` where they begin, perhaps after `from` or `at`. The same moment in
/// another zone behind it is read over: `2 p.m. ET / 11 a.m. PT`.
pub fn times(tokens: &[Token<'_>], at: usize) -> Option<(Times, usize)> {
    let is_led = tokens.get(at).is_some_and(|token| token.is_one_of(LEADS));
    let begin = at + usize::from(is_led);
    let begin = begin + usize::from(tokens.get(begin).is_some_and(|token| token.is_one_of(&["from", "at", "between"])));
    let (times, mut next) = one_times(tokens, begin, begin > at)?;
    loop {
        let mark = tokens.get(next).filter(|mark| matches!(mark.text, "/" | "(" | "=") || mark.is_one_of(&["or", ","]));
        let again = mark.filter(|_| times.zone.is_some()).and_then(|_| one_times(tokens, next + 1, true));
        let Some((_, end)) = again.filter(|(again, _)| again.zone.is_some() && again.zone != times.zone) else { break };
        next = end + usize::from(tokens.get(end).is_some_and(|close| close.text == ")"));
    }
    // `19:30 for 20:00`: doors open half an hour before.
    if times.end.is_none() && tokens.get(next).is_some_and(|token| token.is("for")) {
        next = clock_time(tokens, next + 1)
            .filter(|(clock, _)| !matches!(clock, Clock::Twelve(..)))
            .map_or(next, |(_, end)| end);
    }
    // `each day from … to …`
    let is_daily = tokens.get(next).is_some_and(|token| token.is_one_of(&["each", "every"]))
        && tokens.get(next + 1).is_some_and(|token| token.is("day"));
    let next = if is_daily { next + 2 } else { next };
    let next = next + usize::from(tokens.get(next).is_some_and(|token| token.is("daily")));
    Some((times, next.min(tokens.len())))
}

/// `09.30` and `1900-2100` where they are all there is, and so no other numbers.
pub fn times_alone(tokens: &[Token<'_>]) -> Option<(Times, usize)> {
    one_times(tokens, 0, true).filter(|(_, next)| *next == tokens.len() && (3..=7).contains(next))
}

fn one_times(tokens: &[Token<'_>], begin: usize, is_led: bool) -> Option<(Times, usize)> {
    let (first, next) = clock_time(tokens, begin)?;
    let (first_zone, next) = zone(tokens, next);
    let is_joint =
        tokens.get(next).is_some_and(|token| token.is_dash() || token.is_one_of(&["to", "until", "till", "and"]));
    let second = is_joint.then(|| clock_time(tokens, next + 1)).flatten();
    // `9 to 11 a.m.` and `9:00–11:00 p.m.`: the half of the day is told once.
    let (end, next) = match second {
        Some((end, after)) => (Some(end), after),
        None => (None, next),
    };
    let is_later = |end: &Clock| matches!(end, Clock::Full(end, true) if end.hour() >= 12);
    let start = match (first, end) {
        (Clock::Twelve(hour, minute), Some(Clock::Full(end, _))) if end.hour() >= 12 && hour < 12 => {
            let later = Time::new(hour + 12, minute, 0, 0).ok().filter(|later| *later < end);
            later.or_else(|| Time::new(hour, minute, 0, 0).ok())?
        }
        // `6:30-7:30pm`
        (Clock::Day(start), Some(end)) if is_later(&end) && start.hour() < 12 => {
            let later = Time::new(start.hour() + 12, start.minute(), 0, 0).ok();
            let end = match end {
                Clock::Full(end, _) => end,
                _ => start,
            };
            later.filter(|later| *later < end).unwrap_or(start)
        }
        (Clock::Twelve(..), None) => return None,
        (Clock::Compact(_) | Clock::Dotted(_), None) if !is_led && first_zone.is_none() => return None,
        (Clock::Compact(start), None)
            if first_zone.is_none() && !tokens.get(next.wrapping_sub(1)).is_some_and(is_hours) =>
        {
            let _ = start;
            return None;
        }
        (Clock::Twelve(hour, minute), _) => Time::new(hour, minute, 0, 0).ok()?,
        (Clock::Full(start, _) | Clock::Day(start) | Clock::Dotted(start) | Clock::Compact(start), _) => start,
    };
    let end = match end {
        None => None,
        Some(Clock::Full(end, _) | Clock::Day(end) | Clock::Dotted(end) | Clock::Compact(end)) => Some(end),
        Some(Clock::Twelve(..)) => return None,
    };
    let (told, next) = zone(tokens, next);
    Some((Times { start, end: end.filter(|end| *end > start), zone: told.or(first_zone) }, next))
}

fn is_hours(token: &Token<'_>) -> bool {
    token.is_one_of(&["hrs", "hours", "h"])
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
        let mut next = at + 3;
        let mut is_utc = tokens.get(at + 2).is_some_and(|minute| minute.text.ends_with('Z'));
        if tokens.get(next).is_some_and(|colon| colon.text == ":" && !colon.spaced) {
            // Seconds, and perhaps parts of them.
            is_utc |= tokens.get(next + 1).is_some_and(|seconds| seconds.text.ends_with('Z'));
            next += 2;
            if tokens.get(next).is_some_and(|dot| dot.text == "." && !dot.spaced) {
                is_utc |= tokens.get(next + 1).is_some_and(|parts| parts.text.ends_with('Z'));
                next += 2;
            }
        }
        let told = zones::signed(tokens, next).filter(|_| tokens.get(next).is_some_and(|sign| !sign.spaced));
        let (zone, next) = match told {
            Some((minutes, next)) => (Some(zones::offset(minutes)), next),
            None => (is_utc.then_some(Zone::Known("UTC")), next),
        };
        return Some((Times { start: Time::new(hour, minute, 0, 0).ok()?, end: None, zone }, next.min(tokens.len())));
    }
    let mut next = at;
    while tokens.get(next).is_some_and(|token| {
        token.is_one_of(&[
            ",",
            "(",
            "|",
            "–",
            "—",
            ":",
            "starting",
            "beginning",
            "each",
            "every",
            "day",
            "daily",
            "both",
            "days",
            "local",
            "time",
            "by",
            "before",
            "until",
            "upto",
        ]) || (token.is_dash() && token.spaced)
    }) && next < at + 5
    {
        next += 1;
    }
    let is_open = next > at && tokens.get(next - 1).is_some_and(|open| open.text == "(");
    let (times, next) = times(tokens, next).or_else(|| dotted_after_comma(tokens, next).filter(|_| next > at))?;
    let closes = is_open && tokens.get(next).is_some_and(|close| close.text == ")");
    Some((times, (next + usize::from(closes)).min(tokens.len())))
}

/// `Wed 29 May, 18.00`: behind a day a number of hours and five minutes is a time.
fn dotted_after_comma(tokens: &[Token<'_>], at: usize) -> Option<(Times, usize)> {
    let is_hours = tokens.get(at).is_some_and(|hours| hours.text.len() == 2);
    let is_fives = tokens.get(at + 2).is_some_and(|minutes| minutes.text.ends_with(['0', '5']));
    let ends = tokens.get(at + 3).is_none_or(|next| {
        matches!(next.text, "," | ";" | ")" | ".") && tokens.get(at + 4).is_none_or(|after| after.spaced)
            || next.is_one_of(&["s", "c", "sharp", "in", "at"])
    });
    one_times(tokens, at, true).filter(|_| is_hours && is_fives && ends)
}

/// A time by itself: the half of the day may be told elsewhere.
#[derive(Clone, Copy)]
enum Clock {
    /// And whether its half of the day was told.
    Full(Time, bool),
    /// On the clock of 24 hours.
    Day(Time),
    /// `9.30`, which may be a number.
    Dotted(Time),
    /// `0930`
    Compact(Time),
    /// An hour alone, which means nothing unless more is said.
    Twelve(i8, i8),
}

fn clock_time(tokens: &[Token<'_>], at: usize) -> Option<(Clock, usize)> {
    let first = tokens.get(at)?;
    if first.is("noon") {
        return Some((Clock::Full(Time::constant(12, 0, 0, 0), false), at + 1));
    }
    if first.is("midnight") {
        return Some((Clock::Full(Time::constant(23, 59, 0, 0), false), at + 1));
    }
    if first.number().is_some() && first.text.len() == 4 {
        let (hour, minute) = first.text.split_at(2);
        let time = Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()?;
        return Some((Clock::Compact(time), at + 1));
    }
    // 19h30
    if let Some((hour, minute)) = first.text.split_once(['h', 'H']).filter(|(_, minute)| minute.len() == 2) {
        let time = Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()?;
        return Some((Clock::Day(time), at + 1));
    }
    // 10am
    let digits = first.text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let glued_half = half_of_day(&first.text[digits.len()..]);
    let is_hour = first.text[digits.len()..].eq_ignore_ascii_case("h");
    if first.number().is_none() && glued_half.is_none() && !is_hour || digits.len() > 2 || digits.is_empty() {
        return None;
    }
    let hour: i8 = digits.parse().ok()?;
    if let Some(is_later) = glued_half {
        return Some((Clock::Full(twelve(hour, 0, is_later)?, true), at + 1));
    }
    if is_hour {
        return Some((Clock::Day(Time::new(hour, 0, 0, 0).ok()?), at + 1));
    }
    let is_dotted = tokens.get(at + 1).is_some_and(|mark| mark.text == ".");
    let minutes =
        tokens.get(at + 1).filter(|mark| !mark.spaced && matches!(mark.text, ":" | "：" | ".")).and_then(|_| {
            let token = tokens.get(at + 2).filter(|token| !token.spaced)?;
            let digits = token.text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
            let half = half_of_day(&token.text[digits.len()..]);
            let is_hour = token.text.ends_with('h') || token.text.ends_with('Z') || digits.len() == token.text.len();
            // 9.30.21 is no time.
            let goes_on = is_dotted
                && tokens.get(at + 3).is_some_and(|mark| mark.text == "." && !mark.spaced)
                && tokens.get(at + 4).is_some_and(|more| !more.spaced && more.number().is_some());
            (digits.len() == 2 && !goes_on && (half.is_some() || is_hour))
                .then(|| digits.parse::<i8>().ok().map(|minute| (minute, half)))?
        });
    let (minute, next) = match minutes {
        Some((minute, Some(is_later))) => return Some((Clock::Full(twelve(hour, minute, is_later)?, true), at + 3)),
        Some((minute, None)) => {
            // Seconds say nothing.
            let seconds = tokens.get(at + 3).is_some_and(|mark| mark.text == ":" && !mark.spaced);
            (Some(minute), at + if seconds { 5 } else { 3 })
        }
        None => (None, at + 1),
    };
    // `12 noon`
    if hour == 12 && minute.is_none() && tokens.get(next).is_some_and(|noon| noon.is_one_of(&["noon", "midday"])) {
        return Some((Clock::Full(Time::constant(12, 0, 0, 0), false), next + 1));
    }
    // `7:15 o’clock p.m.`
    let oclock = usize::from(tokens.get(next).is_some_and(|token| token.is_one_of(&["o’clock", "o'clock"])));
    let (is_later, after) = spelt_half(tokens, next + oclock);
    match (is_later, minute) {
        (Some(is_later), minute) => Some((Clock::Full(twelve(hour, minute.unwrap_or(0), is_later)?, true), after)),
        (None, Some(minute)) => {
            // 24:00 is the end of the day.
            let time = match (hour, minute) {
                (24, 0) => Time::constant(23, 59, 0, 0),
                _ => Time::new(hour, minute, 0, 0).ok()?,
            };
            Some((if is_dotted { Clock::Dotted(time) } else { Clock::Day(time) }, next))
        }
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
        (1..=23, _) => hour,
        _ => return None,
    };
    Time::new(hour, minute, 0, 0).ok()
}

/// The zone told after a time: `CET`, `, Eastern Time`, `hrs UTC`.
fn zone(tokens: &[Token<'_>], at: usize) -> (Option<Zone>, usize) {
    // 06:00Z
    let is_glued = at
        .checked_sub(1)
        .and_then(|before| tokens.get(before))
        .is_some_and(|minute| minute.text.len() == 3 && minute.text.ends_with('Z'));
    if is_glued {
        return (Some(Zone::Known("UTC")), at);
    }
    let next = at
        + usize::from(tokens.get(at).is_some_and(|token| is_hours(token) || token.is_one_of(&["o’clock", "o'clock"])));
    if let Some((zone, next)) = zones::zone(tokens, next) {
        return (Some(zone), next);
    }
    // `4:30 p.m., Eastern Time`; `5 p.m., ABCT` would be a guess too many.
    let after_comma = tokens.get(next).filter(|comma| comma.text == ",").and_then(|_| zones::zone(tokens, next + 1));
    match after_comma {
        Some((Zone::Known(name), next)) => (Some(Zone::Known(name)), next),
        _ => (None, next),
    }
}
