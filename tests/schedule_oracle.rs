//! Compares `Schedule` with `croner`, an implementation of crontab schedules
//! that shares no code with it, on random expressions and moments.
//!
//! Left out, because the two differ there by design:
//! - A day field that starts with `*` but is not `*`, such as `*/2`, beside a
//!   restricted one: Vixie cron then wants both days to match, croner either.
//! - Anything but a plain second, minute and hour in zones with daylight
//!   saving: croner runs those in both passes of a repeated hour and not at all
//!   in a skipped one.
//! - `sun-sun`, which croner takes for the whole week, and nicknames, of which
//!   it does not know `@midnight`.
//! - Moments past the first at which the two time zone databases disagree.

#![allow(clippy::unwrap_used, clippy::panic)]

use chrono::{DateTime, Offset as _, Utc};
use chrono_tz::Tz;
use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{Timestamp, ToSpan as _};
use kalends::domain::schedule::Schedule;

/// A small generator, so that every run compares the same.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: i64) -> i64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        let high = i64::try_from(self.0 >> 33).unwrap();
        high % limit
    }

    fn between(&mut self, first: i64, last: i64) -> i64 {
        first + self.below(last - first + 1)
    }

    fn pick<'a, T: ?Sized>(&mut self, choices: &[&'a T]) -> &'a T {
        choices[usize::try_from(self.below(choices.len() as i64)).unwrap()]
    }
}

const MONTHS: &[&str] = &["jan", "feb", "Mar", "apr", "may", "JUN", "jul", "aug", "sep", "oct", "nov", "Dec"];
const WEEKDAYS: &[&str] = &["sun", "mon", "Tue", "wed", "THU", "fri", "sat"];

/// One value of a field, by name now and then if it has names.
fn value(random: &mut Random, value: i64, min: i64, names: &[&str]) -> String {
    let name = usize::try_from(value - min).ok().and_then(|at| names.get(at));
    match name {
        Some(name) if random.below(2) == 0 => (*name).to_owned(),
        _ => value.to_string(),
    }
}

/// Any field that does not start with `*`.
fn restricted(random: &mut Random, min: i64, max: i64, names: &[&str]) -> String {
    let mut items = Vec::new();
    let count = random.pick(&[&1, &1, &1, &2, &3]);
    for _ in 0..*count {
        let first = random.between(min, max);
        items.push(match random.below(4) {
            0 | 1 => value(random, first, min, names),
            kind => {
                let last = random.between(first, max);
                let mut range = value(random, first, min, names);
                // A Sunday by name is the first day, or the last if it ends a
                // range that does not begin with it.
                range += "-";
                range += &match max == 7 && last == 7 && first > 0 && random.below(2) == 0 {
                    true => "Sun".to_owned(),
                    false if last == min => last.to_string(),
                    false => value(random, last, min, names),
                };
                if kind == 3 {
                    range += &format!("/{}", random.between(1, max - min + 2));
                }
                range
            }
        });
    }
    items.join(",")
}

/// Any field.
fn field(random: &mut Random, min: i64, max: i64, names: &[&str]) -> String {
    match random.below(4) {
        0 => "*".to_owned(),
        1 => format!("*/{}", random.between(1, max - min + 2)),
        _ => restricted(random, min, max, names),
    }
}

/// Day of the month, month and weekday.
fn days(random: &mut Random) -> String {
    let (day, weekday) = match random.below(8) {
        0 => ("*".to_owned(), "*".to_owned()),
        1 => (restricted(random, 1, 31, &[]), "*".to_owned()),
        2 => ("*".to_owned(), restricted(random, 0, 7, WEEKDAYS)),
        3 => (format!("*/{}", random.between(1, 32)), "*".to_owned()),
        4 => ("*".to_owned(), format!("*/{}", random.between(1, 8))),
        _ => (restricted(random, 1, 31, &[]), restricted(random, 0, 7, WEEKDAYS)),
    };
    let month = match random.below(2) {
        0 => "*".to_owned(),
        _ => field(random, 1, 12, MONTHS),
    };
    format!("{day} {month} {weekday}")
}

fn expression(random: &mut Random) -> String {
    let times = [(0, 59), (0, 59), (0, 23)].map(|(min, max)| field(random, min, max, &[]));
    let [second, minute, hour] = times;
    let days = days(random);
    match random.below(2) {
        0 => format!("{minute} {hour} {days}"),
        _ => format!("{second} {minute} {hour} {days}"),
    }
}

fn fixed_time(random: &mut Random) -> String {
    // Most of them in the hours in which clocks are changed.
    let hour = match random.below(4) {
        0 => random.between(4, 22),
        1 => 23,
        _ => random.between(0, 3),
    };
    let minute = random.between(0, 59);
    let minute = *random.pick(&[&0, &15, &30, &minute]);
    let days = match random.below(2) {
        0 => "* * *".to_owned(),
        _ => days(random),
    };
    match random.below(2) {
        0 => format!("{minute} {hour} {days}"),
        _ => format!("{} {minute} {hour} {days}", random.between(0, 59)),
    }
}

/// A zone in both databases, up to the second at which they first differ.
struct Zone {
    name: &'static str,
    jiff: TimeZone,
    chrono: Tz,
    agrees_until: i64,
    /// Moments at which the clock is changed.
    transitions: Vec<i64>,
}

impl Zone {
    fn new(name: &'static str) -> Zone {
        // Not the machine's own zones, which may be of any age.
        let jiff = TimeZoneDatabase::bundled().get(name).unwrap();
        let chrono: Tz = name.parse().unwrap();
        let (start, end) = (second("2000-01-01T00:00:00Z"), second("2064-01-01T00:00:00Z"));
        let transitions: Vec<i64> = jiff
            .following(Timestamp::from_second(start).unwrap())
            .map(|transition| transition.timestamp().as_second())
            .take_while(|at| *at < end)
            .collect();
        // Every week besides, for changes that only the other one knows.
        let weeks = (start..end).step_by(7 * 86_400);
        let mut probes: Vec<i64> = transitions.iter().flat_map(|at| [at - 1, *at]).chain(weeks).collect();
        probes.sort_unstable();
        let differs = probes.into_iter().find(|at| {
            let here = jiff.to_offset(Timestamp::from_second(*at).unwrap()).seconds();
            let there = utc(*at).with_timezone(&chrono).offset().fix().local_minus_utc();
            here != there
        });
        let agrees_until = differs.map_or(end, |at| at - 8 * 86_400);
        Zone { name, jiff, chrono, agrees_until, transitions }
    }
}

fn second(text: &str) -> i64 {
    text.parse::<Timestamp>().unwrap().as_second()
}

fn utc(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(second, 0).unwrap()
}

fn oracle(text: &str) -> Cron {
    let parser = CronParser::builder().seconds(Seconds::Optional).year(Year::Disallowed).dom_and_dow(false).build();
    parser.parse(text).unwrap_or_else(|error| panic!("croner refuses `{text}`: {error}"))
}

/// What was compared.
#[derive(Debug, Default)]
struct Count {
    compared: u32,
    never: u32,
    beyond_agreement: u32,
}

/// Compares one expression at some moments.
fn compare(text: &str, zone: &Zone, moments: &[i64], count: &mut Count) {
    let Ok(schedule) = Schedule::parse(text) else {
        let error = Schedule::parse(text).unwrap_err().to_string();
        assert!(error.contains("never comes"), "`{text}`: {error}");
        let next = oracle(text).find_next_occurrence(&utc(moments[0]), false);
        assert!(next.is_err(), "`{text}` comes at {next:?}");
        count.never += 1;
        return;
    };
    let oracle = oracle(text);
    for moment in moments {
        let after = Timestamp::from_second(*moment).unwrap();
        let found = schedule.next_after(after, &zone.jiff).unwrap();
        let expected = oracle
            .find_next_occurrence(&utc(*moment).with_timezone(&zone.chrono), false)
            .unwrap_or_else(|error| panic!("`{text}` in {} after {after}: {error}", zone.name));
        let expected = Timestamp::from_second(expected.timestamp()).unwrap();
        if found.max(expected).as_second() > zone.agrees_until {
            count.beyond_agreement += 1;
            continue;
        }
        let here = |at: Timestamp| format!("{at}, there {}", zone.jiff.to_datetime(at));
        assert_eq!(here(found), here(expected), "`{text}` in {} after {}", zone.name, here(after),);
        // Looking back from just before the next one finds none, from it, it.
        assert_eq!(schedule.last_between(after, found, &zone.jiff), Some(found), "`{text}`");
        let before = found - 1.nanosecond();
        assert_eq!(schedule.last_between(after, before, &zone.jiff), None, "`{text}`");
        count.compared += 1;
    }
}

fn any_moment(random: &mut Random) -> i64 {
    random.between(second("2000-01-01T00:00:00Z"), second("2035-12-31T00:00:00Z"))
}

#[test]
fn agrees_with_croner_on_any_expression_without_daylight_saving() {
    let names = ["UTC", "Asia/Tokyo", "Asia/Kolkata", "America/Phoenix", "Pacific/Honolulu", "Etc/GMT+12"];
    let zones = names.map(Zone::new);
    let mut random = Random(20_000_101);
    let mut count = Count::default();
    for _ in 0..1_000 {
        for zone in &zones {
            let text = expression(&mut random);
            let moments = [(); 3].map(|()| any_moment(&mut random));
            compare(&text, zone, &moments, &mut count);
        }
    }
    println!("{count:?}");
    assert!(count.compared >= 2_000, "{count:?}");
}

#[test]
fn agrees_with_croner_on_what_never_comes() {
    let utc = Zone::new("UTC");
    let mut random = Random(1);
    let mut count = Count::default();
    let cases = ["30 2 *", "30,31 feb *", "31 4-6/2 *", "31 apr,jun,9,11 *", "30-31/1 2 *", "29 2 *", "30 2 mon"];
    for days in cases {
        compare(&format!("0 8 {days}"), &utc, &[any_moment(&mut random)], &mut count);
    }
    println!("{count:?}");
    assert_eq!((count.never, count.compared), (5, 2), "{count:?}");
}

#[test]
fn agrees_with_croner_on_fixed_times_with_daylight_saving() {
    let names = [
        "Europe/Berlin",
        "Europe/London",
        "America/New_York",
        "America/St_Johns",
        "America/Santiago",
        "America/Sao_Paulo",
        "Africa/Cairo",
        "Asia/Beirut",
        "Asia/Tehran",
        "Australia/Lord_Howe",
        "Antarctica/Troll",
        "Pacific/Auckland",
    ];
    let zones = names.map(Zone::new);
    let mut random = Random(20_351_231);
    let mut count = Count::default();
    for _ in 0..300 {
        for zone in &zones {
            let text = fixed_time(&mut random);
            // Most of them within three hours of a change of the clock, some
            // a day before one.
            let mut near = |before: i64, after: i64| {
                let at = random.below(zone.transitions.len() as i64);
                let at = zone.transitions[usize::try_from(at).unwrap()];
                at + random.between(-before, after)
            };
            let moments = [near(10_800, 10_800), near(10_800, 10_800), near(86_400, 0), near(1, 1)];
            compare(&text, zone, &moments, &mut count);
            compare(&text, zone, &[any_moment(&mut random)], &mut count);
        }
    }
    println!("{count:?}");
    assert!(count.compared >= 2_000, "{count:?}");
}
