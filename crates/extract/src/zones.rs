//! Time zones by what people call them.

use std::sync::LazyLock;

use jiff::tz::TimeZoneDatabase;

use crate::token::Token;

/// A zone that a text names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zone {
    /// By its IANA name.
    Known(&'static str),
    /// It is named, but nobody can say which is meant: CST is one in America and one in China.
    Unknown,
}

/// Zones by their short names. Those that mean several are left out, and so are not known.
const SHORT: &[(&str, &str)] = &[
    ("UTC", "UTC"),
    ("GMT", "UTC"),
    ("Z", "UTC"),
    ("AoE", "Etc/GMT+12"),
    ("AOE", "Etc/GMT+12"),
    ("WET", "Europe/Lisbon"),
    ("WEST", "Europe/Lisbon"),
    ("CET", "Europe/Brussels"),
    ("CEST", "Europe/Brussels"),
    ("BST", "Europe/London"),
    ("EET", "Europe/Helsinki"),
    ("EEST", "Europe/Helsinki"),
    ("MSK", "Europe/Moscow"),
    ("EST", "America/New_York"),
    ("EDT", "America/New_York"),
    ("ET", "America/New_York"),
    ("CDT", "America/Chicago"),
    ("CT", "America/Chicago"),
    ("MDT", "America/Denver"),
    ("MST", "America/Denver"),
    ("MT", "America/Denver"),
    ("PST", "America/Los_Angeles"),
    ("PDT", "America/Los_Angeles"),
    ("PT", "America/Los_Angeles"),
    ("AKST", "America/Anchorage"),
    ("AKDT", "America/Anchorage"),
    ("HKT", "Asia/Hong_Kong"),
    ("SGT", "Asia/Singapore"),
    ("JST", "Asia/Tokyo"),
    ("KST", "Asia/Seoul"),
    ("AEST", "Australia/Sydney"),
    ("AEDT", "Australia/Sydney"),
    ("AWST", "Australia/Perth"),
    ("NZST", "Pacific/Auckland"),
    ("NZDT", "Pacific/Auckland"),
    ("SAST", "Africa/Johannesburg"),
];

/// Zones by what stands before `Time`, perhaps with `Standard`, `Daylight` or `Summer` between.
const LONG: &[(&str, &str)] = &[
    ("Central European", "Europe/Brussels"),
    ("Eastern European", "Europe/Helsinki"),
    ("Western European", "Europe/Lisbon"),
    ("Greenwich Mean", "UTC"),
    ("Coordinated Universal", "UTC"),
    ("Universal", "UTC"),
    ("British", "Europe/London"),
    ("UK", "Europe/London"),
    ("US Eastern", "America/New_York"),
    ("Eastern", "America/New_York"),
    ("Central", "America/Chicago"),
    ("Mountain", "America/Denver"),
    ("Pacific", "America/Los_Angeles"),
    ("Japan", "Asia/Tokyo"),
    ("Korea", "Asia/Seoul"),
    ("Singapore", "Asia/Singapore"),
    ("Hong Kong", "Asia/Hong_Kong"),
    ("China", "Asia/Shanghai"),
    ("Beijing", "Asia/Shanghai"),
    ("Geneva", "Europe/Zurich"),
    ("New York", "America/New_York"),
];

/// Offsets that are not of whole hours, by minutes.
const ODD: &[(i32, &str)] = &[
    (-210, "America/St_Johns"),
    (210, "Asia/Tehran"),
    (270, "Asia/Kabul"),
    (330, "Asia/Kolkata"),
    (345, "Asia/Kathmandu"),
    (390, "Asia/Yangon"),
    (570, "Australia/Darwin"),
];

static IANA: LazyLock<Vec<String>> = LazyLock::new(|| {
    let names = TimeZoneDatabase::bundled();
    let mut names: Vec<String> = names.available().map(|name| name.to_string()).collect();
    names.sort();
    names
});

/// By its IANA name, or by a city of one.
fn iana(name: &str) -> Option<&'static str> {
    let found = IANA.binary_search_by(|known| known.as_str().cmp(name)).ok()?;
    IANA.get(found).map(String::as_str)
}

fn city(name: &str) -> Option<&'static str> {
    let ending = format!("/{}", name.replace(' ', "_"));
    IANA.iter().find(|known| known.ends_with(&ending)).map(String::as_str)
}

const ETC: [&str; 27] = [
    "Etc/GMT+12",
    "Etc/GMT+11",
    "Etc/GMT+10",
    "Etc/GMT+9",
    "Etc/GMT+8",
    "Etc/GMT+7",
    "Etc/GMT+6",
    "Etc/GMT+5",
    "Etc/GMT+4",
    "Etc/GMT+3",
    "Etc/GMT+2",
    "Etc/GMT+1",
    "UTC",
    "Etc/GMT-1",
    "Etc/GMT-2",
    "Etc/GMT-3",
    "Etc/GMT-4",
    "Etc/GMT-5",
    "Etc/GMT-6",
    "Etc/GMT-7",
    "Etc/GMT-8",
    "Etc/GMT-9",
    "Etc/GMT-10",
    "Etc/GMT-11",
    "Etc/GMT-12",
    "Etc/GMT-13",
    "Etc/GMT-14",
];

/// So many minutes ahead of UTC. The names of the tz database count the other way round.
pub fn offset(minutes: i32) -> Zone {
    if minutes % 60 != 0 {
        return ODD.iter().find(|(odd, _)| *odd == minutes).map_or(Zone::Unknown, |(_, name)| Zone::Known(name));
    }
    usize::try_from(minutes / 60 + 12).ok().and_then(|at| ETC.get(at)).map_or(Zone::Unknown, |name| Zone::Known(name))
}

/// The zone that is named at a token, and what comes after: `CET`, `(Beijing time)`, `UTC+2`, `Europe/London`.
pub fn zone(tokens: &[Token<'_>], at: usize) -> Option<(Zone, usize)> {
    let is_open = tokens.get(at).is_some_and(|token| matches!(token.text, "(" | "["));
    let begin = at + usize::from(is_open);
    let begin = begin + usize::from(tokens.get(begin).is_some_and(|token| token.is("in")));
    let (zone, next) = named(tokens, begin)?;
    // `Eastern Daylight Time (EDT)`
    let again = tokens.get(next).filter(|token| token.text == "(").and_then(|_| named(tokens, next + 1));
    let next = again.filter(|(_, end)| closes(tokens, *end)).map_or(next, |(_, end)| end + 1);
    match is_open {
        true => closes(tokens, next).then_some((zone, next + 1)),
        false => Some((zone, next)),
    }
}

fn closes(tokens: &[Token<'_>], at: usize) -> bool {
    tokens.get(at).is_some_and(|token| matches!(token.text, ")" | "]"))
}

fn named(tokens: &[Token<'_>], at: usize) -> Option<(Zone, usize)> {
    let first = tokens.get(at)?;
    if !first.is_capitalised() && !first.is_one_of(&["anywhere", "local"]) {
        return None;
    }
    let text = |n: usize| tokens.get(at + n).map_or("", |token| token.text);
    if matches!(first.text, "UTC" | "GMT") {
        if let Some((minutes, next)) = signed(tokens, at + 1) {
            return Some((offset(minutes), next));
        }
        return Some((Zone::Known("UTC"), at + 1));
    }
    // America/Argentina/Buenos_Aires is three words and marks between.
    if text(1) == "/" && first.is_capitalised() {
        let end = (1..8).find(|n| tokens.get(at + n).is_none_or(|token| token.spaced)).unwrap_or(8);
        for length in (3..=end).rev() {
            let name: String = tokens[at..at + length.min(tokens.len() - at)].iter().map(|token| token.text).collect();
            if let Some(name) = iana(&name) {
                return Some((Zone::Known(name), at + length));
            }
        }
    }
    if let Some((_, name)) = SHORT.iter().find(|(short, _)| *short == first.text) {
        return Some((Zone::Known(name), at + 1));
    }
    if first.is("anywhere") && tokens.get(at + 1).is_some_and(|on| on.is("on")) {
        return Some((Zone::Known("Etc/GMT+12"), at + 3));
    }
    let is_time = |n: usize| tokens.get(at + n).is_some_and(|token| token.is("time"));
    let is_half =
        |n: usize| tokens.get(at + n).is_some_and(|token| token.is_one_of(&["standard", "daylight", "summer", "mean"]));
    for length in (1..=3).rev() {
        let after = length + usize::from(is_half(length));
        let is_alone = length == 1 && matches!(first.text, "Eastern" | "Pacific" | "Central" | "Mountain");
        if !(is_alone || is_time(after) && first.is_capitalised()) {
            continue;
        }
        let name = (0..length).map(text).collect::<Vec<_>>().join(" ");
        let known = LONG.iter().find(|(long, _)| *long == name).map(|(_, zone)| *zone);
        // `noon Pacific`
        if is_alone && !is_time(after) {
            return known.map(|zone| (Zone::Known(zone), at + 1));
        }
        if let Some(zone) = known.or_else(|| city(&name)) {
            return Some((Zone::Known(zone), at + after + 1));
        }
        if length == 1 {
            return Some((Zone::Unknown, at + after + 1));
        }
    }
    if first.is("local") && is_time(1) {
        return Some((Zone::Unknown, at + 2));
    }
    let is_short = (3..=4).contains(&first.text.len())
        && first.is_word()
        && first.text.bytes().all(|octet| octet.is_ascii_uppercase())
        && first.text.ends_with('T');
    is_short.then_some((Zone::Unknown, at + 1))
}

/// `+2`, `+02:00`, `-0530`, right behind what stands before.
pub fn signed(tokens: &[Token<'_>], at: usize) -> Option<(i32, usize)> {
    let sign = match tokens.get(at)?.text {
        "+" => 1,
        "-" | "−" | "–" => -1,
        _ => return None,
    };
    let hours = tokens.get(at + 1).filter(|token| !token.spaced)?;
    let value = hours.text.parse::<i32>().ok()?;
    match hours.text.len() {
        4 => Some((sign * (value / 100 * 60 + value % 100), at + 2)),
        1 | 2 if value <= 14 => {
            let minutes = tokens
                .get(at + 2)
                .filter(|colon| colon.text == ":" && !colon.spaced)
                .and_then(|_| tokens.get(at + 3)?.text.parse::<i32>().ok())
                .filter(|minutes| *minutes < 60);
            Some((sign * (value * 60 + minutes.unwrap_or(0)), at + if minutes.is_some() { 4 } else { 2 }))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::tokens;

    #[test]
    fn zones_are_known_by_all_their_names() {
        for (text, expected) in [
            ("CET", Some("Europe/Brussels")),
            ("Eastern Time", Some("America/New_York")),
            ("Eastern Daylight Time (EDT)", Some("America/New_York")),
            ("Central European Summer Time", Some("Europe/Brussels")),
            ("(Beijing time)", Some("Asia/Shanghai")),
            ("Oslo time", Some("Europe/Oslo")),
            ("Europe/London", Some("Europe/London")),
            ("America/Argentina/Buenos_Aires", Some("America/Argentina/Buenos_Aires")),
            ("(UTC+2)", Some("Etc/GMT-2")),
            ("GMT-05:30", None),
            ("UTC+05:30", Some("Asia/Kolkata")),
            ("AoE", Some("Etc/GMT+12")),
            ("Anywhere on Earth", Some("Etc/GMT+12")),
            ("CST", None),
            ("Arrakis time", None),
        ] {
            let raw = tokens(text);
            let (found, end) = zone(&raw, 0).unwrap();
            assert_eq!(found, expected.map_or(Zone::Unknown, Zone::Known), "{text}");
            assert_eq!(end, raw.len(), "{text}");
        }
        assert!(zone(&tokens("to the"), 0).is_none());
    }
}
