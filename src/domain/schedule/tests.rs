use std::collections::BTreeSet;

use jiff::ToSpan as _;
use jiff::civil;
use jiff::tz::TimeZoneDatabase;

use super::*;

fn schedule(text: &str) -> Schedule {
    Schedule::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn zone(name: &str) -> TimeZone {
    // The machine's own zones may be older.
    TimeZoneDatabase::bundled().get(name).unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The moments after `after` are exactly `expected`, as far as that goes.
fn check(text: &str, zone_name: &str, after: &str, expected: &[&str]) {
    let (schedule, zone) = (schedule(text), zone(zone_name));
    let mut moment = at(after);
    for expected in expected {
        let next = schedule.next_after(moment, &zone);
        let context = format!("`{text}` in {zone_name} after {moment}");
        assert_eq!(next, Some(at(expected)), "{context}");
        let last = schedule.last_between(moment, at(expected), &zone);
        assert_eq!(last, Some(at(expected)), "{context}, looking back");
        moment = at(expected);
    }
}

#[test]
fn it_is_known_whether_it_comes_once_a_day() {
    for text in ["0 8 * * *", "30 0 8 1 * *", "@monthly", "0 8 1,15 * mon", "*/60 8-8 * * *"] {
        assert!(schedule(text).comes_once_a_day(), "{text}");
    }
    for text in ["0 8,17 * * *", "* 8 * * *", "0 */12 * * mon", "@hourly", "*/30 0 8 * * *"] {
        assert!(!schedule(text).comes_once_a_day(), "{text}");
    }
}

#[test]
fn what_is_wrong_is_said_in_one_sentence() {
    const FIELDS: &str = "a schedule has five fields (minute hour day month weekday), \
         or six with seconds first; this one has";
    const NICKNAMES: &str = "names no times: write @yearly, @annually, @monthly, @weekly, \
         @daily, @midnight or @hourly";
    let long = "9".repeat(100_000);
    let cases = [
        ("", format!("{FIELDS} 0")),
        (" \t\n", format!("{FIELDS} 0")),
        ("0 8 * *", format!("{FIELDS} 4")),
        ("0 0 8 * * * 2030", format!("{FIELDS} 7")),
        ("0\u{a0}8 * * *", format!("{FIELDS} 4")),
        ("@reboot", format!("`@reboot` {NICKNAMES}")),
        ("@daily @daily", format!("`@daily @daily` {NICKNAMES}")),
        ("0 25 * * *", "the hour `25` lies outside 0 to 23".into()),
        ("60 8 * * *", "the minute `60` lies outside 0 to 59".into()),
        ("61 0 8 * * *", "the second `61` lies outside 0 to 59".into()),
        ("0 8 0 * *", "the day of the month `0` lies outside 1 to 31".into()),
        ("0 8 32 * *", "the day of the month `32` lies outside 1 to 31".into()),
        ("0 8 * 13 *", "the month `13` lies outside 1 to 12".into()),
        ("0 8 * * 8", "the weekday `8` lies outside 0 to 7".into()),
        ("0 1-99 * * *", "the hour `99` lies outside 0 to 23".into()),
        ("4294967296 8 * * *", "the minute `4294967296` lies outside 0 to 59".into()),
        (&format!("{long} 8 * * *"), format!("the minute `{}…` lies outside 0 to 59", &long[..40])),
        ("x 8 * * *", "the minute `x` is not a number from 0 to 59".into()),
        ("+5 8 * * *", "the minute `+5` is not a number from 0 to 59".into()),
        ("-5 8 * * *", "the minute `-5` is not a number from 0 to 59".into()),
        ("5- 8 * * *", "the minute `5-` is not a number from 0 to 59".into()),
        ("1-2-3 8 * * *", "the minute `2-3` is not a number from 0 to 59".into()),
        ("1.5 8 * * *", "the minute `1.5` is not a number from 0 to 59".into()),
        ("** 8 * * *", "the minute `**` is not a number from 0 to 59".into()),
        ("٣ 8 * * *", "the minute `٣` is not a number from 0 to 59".into()),
        ("🕗 8 * * *", "the minute `🕗` is not a number from 0 to 59".into()),
        ("\u{1b}[1m 8 * * *", "the minute ` [1m` is not a number from 0 to 59".into()),
        ("0 mon * * *", "the hour `mon` is not a number from 0 to 23".into()),
        ("0 8 L * *", "the day of the month `L` is not a number from 1 to 31".into()),
        ("0 8 ? * *", "the day of the month `?` is not a number from 1 to 31; for any, write `*`".into()),
        ("0 8 15W * *", "the day of the month `15W` is not a number from 1 to 31".into()),
        ("0 8 * january *", "the month `january` is not a number from 1 to 12 or a name from jan to dec".into()),
        ("0 8 * * 5#2", "the weekday `5#2` is not a number from 0 to 7 or a name from sun to sat".into()),
        ("0 8 * * monday", "the weekday `monday` is not a number from 0 to 7 or a name from sun to sat".into()),
        ("1,,2 8 * * *", "the minute `1,,2` has an empty place: write one comma between values".into()),
        ("1, 8 * * *", "the minute `1,` has an empty place: write one comma between values".into()),
        ("*/0 8 * * *", "the minute `*/0` has a step other than a number from 1 to 999".into()),
        ("*/ 8 * * *", "the minute `*/` has a step other than a number from 1 to 999".into()),
        ("*/-1 8 * * *", "the minute `*/-1` has a step other than a number from 1 to 999".into()),
        ("*/5/2 8 * * *", "the minute `*/5/2` has a step other than a number from 1 to 999".into()),
        ("*/99999999999 8 * * *", "the minute `*/99999999999` has a step other than a number from 1 to 999".into()),
        ("0 8 * * */mon", "the weekday `*/mon` has a step other than a number from 1 to 999".into()),
        ("5/15 8 * * *", "the minute `5/15` steps through no range: write `5-59/15`".into()),
        ("0 8 * * 1/2", "the weekday `1/2` steps through no range: write `mon-sat/2`".into()),
        ("/5 8 * * *", "the minute `/5` is not a number from 0 to 59".into()),
        ("0 22-2 * * *", "the hour `22-2` runs backwards: write `22-23,0-2`".into()),
        ("0 23-0 * * *", "the hour `23-0` runs backwards: write `23,0`".into()),
        ("0 22-2/2 * * *", "the hour `22-2/2` runs backwards: write `22-23,0-2`, and the steps to it".into()),
        ("0 8 28-3 * *", "the day of the month `28-3` runs backwards: write `28-31,1-3`".into()),
        ("0 8 * nov-feb *", "the month `nov-feb` runs backwards: write `nov-dec,jan-feb`".into()),
        ("0 8 * * fri-mon", "the weekday `fri-mon` runs backwards: write `fri-sat,sun-mon`".into()),
        ("0 8 * * 5-0", "the weekday `5-0` runs backwards: write `fri-sat,sun`".into()),
        ("0 8 * * 7-2", "the weekday `7-2` runs backwards: write `sun-tue`".into()),
        ("0 8 31 2 *", "`0 8 31 2 *` never comes: no such day exists".into()),
        ("0 8 30-31 feb *", "`0 8 30-31 feb *` never comes: no such day exists".into()),
        ("0 8 31 2,4,6,9,11 *", "`0 8 31 2,4,6,9,11 *` never comes: no such day exists".into()),
        // `*/2` is no restriction to Vixie cron, so both have to match.
        ("0 8 30 2 */2", "`0 8 30 2 */2` never comes: no such day exists".into()),
    ];
    for (text, expected) in &cases {
        let error = Schedule::parse(text).expect_err(text);
        assert_eq!(&error.to_string(), expected, "{text:.60}");
    }
}

#[test]
fn no_text_makes_the_parser_panic() {
    let pieces = [
        "*",
        "/",
        "-",
        ",",
        "0",
        "7",
        "31",
        "999",
        "4294967295",
        "sun",
        "FEB",
        "?",
        "L",
        "W",
        "#",
        "@",
        "+",
        " ",
        "  ",
        "\t",
        "\n",
        "\0",
        "é",
        "日",
        "\u{202e}",
        "@daily",
        "5-7",
    ];
    let mut random = 1_u64;
    for _ in 0..20_000 {
        let mut text = String::new();
        for _ in 0..12 {
            random = random.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            text += pieces[(random >> 33) as usize % pieces.len()];
        }
        if let Err(error) = Schedule::parse(&text) {
            let error = error.to_string();
            assert!(!error.contains(['\n', '\t', '\0']), "{error:?}");
            assert!(error.chars().count() < 250, "{error:?}");
        }
    }
}

#[test]
fn reads_fields_as_vixie_cron_does() {
    // 2024-01-01 was a Monday.
    let cases = [
        ("0 8 * * *", "2024-01-01T08:00:00Z", "2024-01-02T08:00:00Z"),
        ("0 8 * * *", "2024-01-01T07:59:59.5Z", "2024-01-01T08:00:00Z"),
        ("0 8 * * *", "2024-01-01T08:00:00.5Z", "2024-01-02T08:00:00Z"),
        ("  05\t08  * * *  ", "2024-01-01T00:00:00Z", "2024-01-01T08:05:00Z"),
        ("30 0 8 * * *", "2024-01-01T00:00:00Z", "2024-01-01T08:00:30Z"),
        ("* * * * * *", "2024-01-01T00:00:00Z", "2024-01-01T00:00:01Z"),
        ("*/15 * * * *", "2024-01-01T00:01:00Z", "2024-01-01T00:15:00Z"),
        ("*/25 * * * *", "2024-01-01T00:50:00Z", "2024-01-01T01:00:00Z"),
        ("*/60 * * * *", "2024-01-01T00:01:00Z", "2024-01-01T01:00:00Z"),
        ("5-59/15 * * * *", "2024-01-01T00:21:00Z", "2024-01-01T00:35:00Z"),
        ("1,3,2-10/4,*/30 * * * *", "2024-01-01T00:06:00Z", "2024-01-01T00:10:00Z"),
        ("0 0-23 * * *", "2024-01-01T05:00:00Z", "2024-01-01T06:00:00Z"),
        ("0 0 29 2 *", "2024-02-29T00:00:00Z", "2028-02-29T00:00:00Z"),
        ("0 0 29 2 *", "2096-02-28T00:00:00Z", "2096-02-29T00:00:00Z"),
        ("0 0 31 * *", "2024-01-31T00:00:00Z", "2024-03-31T00:00:00Z"),
        ("0 0 1 Feb,NOV-dec *", "2024-02-01T00:00:00Z", "2024-11-01T00:00:00Z"),
        ("59 59 23 31 12 *", "2024-01-01T00:00:00Z", "2024-12-31T23:59:59Z"),
        ("0 8 * * *", "1000-01-01T00:00:00Z", "1970-01-01T08:00:00Z"),
        ("0 8 * * *", "-001000-01-01T00:00:00Z", "1970-01-01T08:00:00Z"),
        ("@yearly", "2024-01-01T00:00:00Z", "2025-01-01T00:00:00Z"),
        ("@Annually", "2024-01-01T00:00:00Z", "2025-01-01T00:00:00Z"),
        ("@monthly", "2024-01-01T00:00:00Z", "2024-02-01T00:00:00Z"),
        ("@weekly", "2024-01-01T00:00:00Z", "2024-01-07T00:00:00Z"),
        ("@daily", "2024-01-01T00:00:00Z", "2024-01-02T00:00:00Z"),
        ("@midnight", "2024-01-01T00:00:00Z", "2024-01-02T00:00:00Z"),
        ("@HOURLY", "2024-01-01T00:00:00Z", "2024-01-01T01:00:00Z"),
    ];
    for (text, after, expected) in cases {
        check(text, "UTC", after, &[expected]);
    }
}

/// The days of January 2024, whose first is a Monday, that match.
fn january(days: &str) -> Vec<u32> {
    let (day, weekday) = days.split_once(' ').unwrap();
    let schedule = schedule(&format!("0 12 {day} 1 {weekday}"));
    let mut after = at("2024-01-01T00:00:00Z");
    let mut found = Vec::new();
    while let Some(next) = schedule.next_after(after, &TimeZone::UTC) {
        if next > at("2024-02-01T00:00:00Z") {
            break;
        }
        found.push(Offset::UTC.to_datetime(next).day().unsigned_abs().into());
        after = next;
    }
    found
}

#[test]
fn weekdays_count_from_sunday_twice() {
    let cases: &[(&str, &[u32])] = &[
        ("0", &[7]),
        ("7", &[7]),
        ("sun", &[7]),
        ("1", &[1]),
        ("MON", &[1]),
        ("2", &[2]),
        ("3", &[3]),
        ("Thu", &[4]),
        ("5", &[5]),
        ("6", &[6]),
        ("0,7", &[7]),
        ("5-7", &[5, 6, 7]),
        ("fri-sun", &[5, 6, 7]),
        ("5-sun", &[5, 6, 7]),
        ("sat-sun", &[6, 7]),
        ("sun-tue", &[1, 2, 7]),
        ("0-2", &[1, 2, 7]),
        ("sun-sun", &[7]),
        ("7-7", &[7]),
        ("7-sun", &[7]),
        ("0-7", &[1, 2, 3, 4, 5, 6, 7]),
        ("0-6", &[1, 2, 3, 4, 5, 6, 7]),
        ("mon-sun", &[1, 2, 3, 4, 5, 6, 7]),
        ("mon-fri", &[1, 2, 3, 4, 5]),
        ("1-7/2", &[1, 3, 5, 7]),
        ("mon-sun/3", &[1, 4, 7]),
        ("*/2", &[2, 4, 6, 7]),
        ("*/7", &[7]),
        ("*/5", &[5, 7]),
        ("tue,Sat,4", &[2, 4, 6]),
    ];
    for (weekday, expected) in cases {
        let mut found = january(&format!("* {weekday}"));
        found.retain(|day| *day <= 7);
        assert_eq!(&found, expected, "{weekday}");
    }
}

#[test]
fn two_day_fields_match_either_day_unless_one_starts_with_a_star() {
    let cases: &[(&str, &[u32])] = &[
        ("13 *", &[13]),
        ("* fri", &[5, 12, 19, 26]),
        ("13 fri", &[5, 12, 13, 19, 26]),
        ("12,13 fri", &[5, 12, 13, 19, 26]),
        ("*/10 mon", &[1]),
        ("*/7 mon", &[1, 8, 15, 22, 29]),
        ("1-31/7 mon", &[1, 8, 15, 22, 29]),
        ("1-31/10 mon", &[1, 8, 11, 15, 21, 22, 29, 31]),
        ("13 */2", &[13]),
        ("14,15,16 */7", &[14]),
        ("*,13 fri", &[5, 12, 19, 26]),
        ("1-31 fri", &(1..=31).collect::<Vec<u32>>()),
        ("13 0-7", &(1..=31).collect::<Vec<u32>>()),
        ("13,* fri", &(1..=31).collect::<Vec<u32>>()),
    ];
    for (days, expected) in cases {
        assert_eq!(&january(days), expected, "{days}");
    }
    // A day that never comes does not count against one that does.
    check("0 0 30 2 mon", "UTC", "2024-02-01T00:00:00Z", &["2024-02-05T00:00:00Z"]);
}

#[test]
fn a_skipped_time_is_due_once_right_after_the_gap() {
    let cases: &[(&str, &str, &str, &[&str])] = &[
        (
            "30 2 * * *",
            "Europe/Berlin",
            "2024-03-30T02:00:00+01",
            &["2024-03-30T02:30:00+01", "2024-03-31T03:00:00+02", "2024-04-01T02:30:00+02"],
        ),
        (
            // Several in the gap, and one on its far edge, are one.
            "*/20 2,3 * * *",
            "Europe/Berlin",
            "2024-03-30T03:40:00+01",
            &["2024-03-31T03:00:00+02", "2024-03-31T03:20:00+02"],
        ),
        (
            "* * * * * *",
            "Europe/Berlin",
            "2024-03-31T01:59:58+01",
            &["2024-03-31T01:59:59+01", "2024-03-31T03:00:00+02", "2024-03-31T03:00:01+02"],
        ),
        (
            "30 2 * * *",
            "America/New_York",
            "2024-03-10T01:59:59.9-05",
            &["2024-03-10T03:00:00-04", "2024-03-11T02:30:00-04"],
        ),
        (
            // Half an hour, 02:00 to 02:30.
            "15 2 * * *",
            "Australia/Lord_Howe",
            "2024-10-06T00:00:00+10:30",
            &["2024-10-06T02:30:00+11", "2024-10-07T02:15:00+11"],
        ),
        (
            "0 0 * * *",
            "America/Sao_Paulo",
            "2018-11-03T12:00:00-03",
            &["2018-11-04T01:00:00-02", "2018-11-05T00:00:00-02"],
        ),
        ("@daily", "Africa/Cairo", "2024-04-25T12:00:00+02", &["2024-04-26T01:00:00+03", "2024-04-27T00:00:00+03"]),
        (
            "30 0 * * sun",
            "Asia/Beirut",
            "2024-03-30T12:00:00+02",
            &["2024-03-31T01:00:00+03", "2024-04-07T00:30:00+03"],
        ),
        (
            // The whole of December 30.
            "0 8 * * *",
            "Pacific/Apia",
            "2011-12-29T00:00:00-10",
            &["2011-12-29T08:00:00-10", "2011-12-31T00:00:00+14", "2011-12-31T08:00:00+14"],
        ),
        (
            "0 */6 30 12 *",
            "Pacific/Apia",
            "2011-01-01T00:00:00-11",
            &["2011-12-31T00:00:00+14", "2012-12-30T00:00:00+14"],
        ),
        (
            "0 8 * * *",
            "Pacific/Kwajalein",
            "1993-08-20T00:00:00-12",
            &["1993-08-20T08:00:00-12", "1993-08-22T00:00:00+12", "1993-08-22T08:00:00+12"],
        ),
    ];
    for (text, zone, after, expected) in cases {
        check(text, zone, after, expected);
    }
}

#[test]
fn a_repeated_time_is_due_the_first_time_only() {
    let cases: &[(&str, &str, &str, &[&str])] = &[
        (
            "30 2 * * *",
            "Europe/Berlin",
            "2024-10-26T12:00:00+02",
            &["2024-10-27T02:30:00+02", "2024-10-28T02:30:00+01"],
        ),
        (
            "*/10 * * * *",
            "Europe/Berlin",
            "2024-10-27T02:45:00+02",
            &["2024-10-27T02:50:00+02", "2024-10-27T03:00:00+01", "2024-10-27T03:10:00+01"],
        ),
        // From inside the second pass.
        ("*/10 * * * *", "Europe/Berlin", "2024-10-27T02:00:00+01", &["2024-10-27T03:00:00+01"]),
        ("*/10 * * * *", "Europe/Berlin", "2024-10-27T02:15:00.5+01", &["2024-10-27T03:00:00+01"]),
        ("* * * * * *", "Europe/Berlin", "2024-10-27T02:59:59+01", &["2024-10-27T03:00:00+01"]),
        (
            "0 1 * * *",
            "America/New_York",
            "2024-11-03T00:00:00-04",
            &["2024-11-03T01:00:00-04", "2024-11-04T01:00:00-05"],
        ),
        (
            // 01:30 to 02:00 comes twice.
            "*/15 * * * *",
            "Australia/Lord_Howe",
            "2024-04-07T01:25:00+11",
            &["2024-04-07T01:30:00+11", "2024-04-07T01:45:00+11", "2024-04-07T02:00:00+10:30"],
        ),
        (
            // 23:00 to 24:00 comes twice, and with it the date.
            "30 23 * * *",
            "Africa/Cairo",
            "2024-10-31T12:00:00+03",
            &["2024-10-31T23:30:00+03", "2024-11-01T23:30:00+02"],
        ),
        ("@daily", "America/Sao_Paulo", "2018-02-17T23:30:00-03", &["2018-02-18T00:00:00-03"]),
    ];
    for (text, zone, after, expected) in cases {
        check(text, zone, after, expected);
    }
    // In the second pass the last one due is that of the first.
    let until = at("2024-10-27T02:15:00+01");
    let last = schedule("*/10 * * * *").last_between(at(cases[0].2), until, &zone(cases[0].1));
    assert_eq!(last, Some(at("2024-10-27T02:50:00+02")));
}

/// All due moments of some days, wall-clock minute by wall-clock minute.
fn brute_force(schedule: &Schedule, zone: &TimeZone, first: civil::Date) -> BTreeSet<Timestamp> {
    let mut found = BTreeSet::new();
    for minute in 0..5 * 24 * 60 {
        let wall = first.at(0, 0, 0, 0) + i64::from(minute).minutes();
        let plain = Offset::UTC.to_timestamp(wall).unwrap().as_second();
        let plain = DateTime::<Utc>::from_timestamp(plain, 0).unwrap();
        if !schedule.calendars.iter().any(|calendar| calendar.includes(plain)) {
            continue;
        }
        let ambiguous = zone.to_ambiguous_timestamp(wall);
        let mut due = ambiguous.earlier().unwrap();
        if let AmbiguousOffset::Gap { .. } = ambiguous.offset() {
            // `earlier` lies before the gap: go on till the clock is past it.
            while zone.to_datetime(due) < wall {
                due += 1.minute();
            }
        }
        found.insert(due);
    }
    found
}

#[test]
fn agrees_with_brute_force_around_every_kind_of_transition() {
    let schedules = [
        "* * * * *",
        "*/7 * * * *",
        "*/30 * * * *",
        "15,45 * * * *",
        "30 0-3 * * *",
        "5 2 * * *",
        "0 0 * * *",
        "59 23 * * *",
        "30 1 * * sun",
        "10 2 1-31/2 * sat",
        "20 */5 */2 * */2",
    ];
    let places = [
        ("Europe/Berlin", civil::date(2024, 3, 29)),
        ("Europe/Berlin", civil::date(2024, 10, 24)),
        ("America/New_York", civil::date(2007, 11, 1)),
        ("America/St_Johns", civil::date(2010, 3, 12)),
        ("America/St_Johns", civil::date(2010, 11, 5)),
        ("America/Santiago", civil::date(2023, 9, 1)),
        ("America/Santiago", civil::date(2024, 4, 4)),
        ("America/Sao_Paulo", civil::date(2018, 11, 2)),
        ("America/Sao_Paulo", civil::date(2018, 2, 15)),
        ("Africa/Cairo", civil::date(2024, 4, 24)),
        ("Africa/Cairo", civil::date(2024, 10, 29)),
        ("Africa/Casablanca", civil::date(2023, 3, 17)),
        ("Antarctica/Troll", civil::date(2024, 3, 29)),
        ("Antarctica/Troll", civil::date(2024, 10, 25)),
        ("Asia/Beirut", civil::date(2023, 3, 24)),
        ("Asia/Pyongyang", civil::date(2018, 5, 2)),
        ("Asia/Kathmandu", civil::date(1985, 12, 30)),
        ("America/Caracas", civil::date(2007, 12, 7)),
        ("Australia/Lord_Howe", civil::date(2024, 4, 5)),
        ("Australia/Lord_Howe", civil::date(2024, 10, 4)),
        ("Pacific/Apia", civil::date(2011, 12, 28)),
        ("Pacific/Kwajalein", civil::date(1993, 8, 19)),
        ("Asia/Tokyo", civil::date(2024, 1, 1)),
    ];
    let mut random = 7_u64;
    for ((zone_name, first), text) in places.iter().flat_map(|p| schedules.map(|s| (p, s))) {
        let (schedule, zone) = (schedule(text), zone(zone_name));
        let context = format!("`{text}` in {zone_name} from {first}");
        let all = brute_force(&schedule, &zone, *first);
        let start = zone.to_timestamp(first.at(0, 0, 0, 0)).unwrap() - 1.second();
        let end = start + (4 * 24).hours();

        let mut walked = BTreeSet::new();
        let mut moment = start;
        while let Some(next) = schedule.next_after(moment, &zone).filter(|next| *next <= end) {
            assert!(next > moment, "{context}");
            walked.insert(next);
            moment = next;
        }
        let expected: BTreeSet<Timestamp> = all.range(..=end).copied().collect();
        assert_eq!(walked, expected, "{context}");

        for _ in 0..40 {
            let mut pick = || {
                random = random.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                start + ((random >> 33) as i64 % (4 * 86_400)).seconds()
            };
            let (after, until) = (pick(), pick());
            let next = all.range(after..).find(|moment| **moment > after).copied();
            if next.is_some() {
                assert_eq!(schedule.next_after(after, &zone), next, "{context} after {after}");
            }
            let (low, high) = (after.min(until), after.max(until));
            let last = all.range(low..=high).next_back().copied().filter(|last| *last > low);
            let found = schedule.last_between(low, high, &zone);
            assert_eq!(found, last, "{context} between {low} and {high}");
        }
    }
}

#[test]
fn looks_back_over_any_span() {
    let cases = [
        ("* * * * * *", "0001-01-01T00:00:00Z", "2024-06-01T12:00:00.9Z", Some("2024-06-01T12:00:00Z")),
        ("0 0 29 2 *", "1990-01-01T00:00:00Z", "2024-02-28T23:59:59Z", Some("2020-02-29T00:00:00Z")),
        ("0 0 29 2 *", "2020-02-29T00:00:00Z", "2024-02-28T23:59:59Z", None),
        ("0 0 29 2 *", "2020-02-28T23:59:59Z", "2020-02-29T00:00:00Z", Some("2020-02-29T00:00:00Z")),
        ("0 8 * * *", "2024-01-01T08:00:00Z", "2024-01-02T07:59:59Z", None),
        ("0 8 * * *", "2024-01-02T08:00:00Z", "2024-01-02T08:00:00Z", None),
        ("0 8 * * *", "2024-01-05T00:00:00Z", "2024-01-01T00:00:00Z", None),
        ("0 8 * * *", "1900-01-01T00:00:00Z", "1970-01-01T07:59:59Z", None),
        ("0 8 * * *", "-009000-01-01T00:00:00Z", "-001000-01-01T00:00:00Z", None),
        ("0 8 31 12 *", "2090-01-01T00:00:00Z", "2500-03-04T00:00:00Z", Some("2100-12-31T08:00:00Z")),
    ];
    for (text, after, until, expected) in cases {
        let found = schedule(text).last_between(at(after), at(until), &TimeZone::UTC);
        assert_eq!(found, expected.map(at), "`{text}` between {after} and {until}");
    }
}

#[test]
fn the_ends_of_time_are_no_trouble() {
    for zone in [TimeZone::UTC, zone("America/New_York"), zone("Pacific/Apia")] {
        let schedule = schedule("* * * * * *");
        assert_eq!(schedule.next_after(Timestamp::MAX, &zone), None);
        assert_eq!(schedule.next_after(at("2101-01-02T00:00:00Z"), &zone), None);
        assert!(schedule.next_after(Timestamp::MIN, &zone).is_some());
        assert!(schedule.last_between(Timestamp::MIN, Timestamp::MAX, &zone).is_some());
        assert_eq!(schedule.last_between(Timestamp::MIN, Timestamp::MIN, &zone), None);
    }
}

#[test]
fn is_written_as_it_was_read() {
    let daily: Schedule = " 0  8 * * MON \n".parse().unwrap();
    assert_eq!(daily.as_str(), "0  8 * * MON");
    assert_eq!(daily.to_string(), daily.as_str());
    assert_eq!(daily, schedule("0  8 * * MON"));
    assert_ne!(daily, schedule("0 8 * * 1"));
}
