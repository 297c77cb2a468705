//! Single dates and later parts of series, as other programs write them: in the same file, and in files of their own.

use serde_json::Value;

use crate::support::Office;
use crate::support::calendar_server::CalendarServer;

/// A calendar of these events, each the lines of one, for this METHOD.
fn calendar(method: &str, events: &[&str]) -> String {
    let events: Vec<_> = events
        .iter()
        .map(|lines| format!("BEGIN:VEVENT\r\n{}\r\nEND:VEVENT\r\n", lines.replace(' ', "\r\n").replace('_', " ")))
        .collect();
    let method = if method.is_empty() { String::new() } else { format!("METHOD:{method}\r\n") };
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{method}{}END:VCALENDAR\r\n", events.concat())
}

fn import(office: &Office, method: &str, events: &[&str]) -> Value {
    let file = office.write("some.ics", calendar(method, events));
    office.json(&["import", &file])
}

/// Added, updated, unchanged.
fn counts(report: &Value) -> [u64; 3] {
    ["added", "updated", "unchanged"].map(|key| report[key].as_u64().unwrap())
}

/// Start, end, title and status of each date of 2027.
fn dates(office: &Office) -> Vec<String> {
    let list = office.json(&["event", "list", "--from", "2027", "--to", "2027"]);
    let row = |row: &Value| {
        let text = |key: &str| row[key].as_str().unwrap_or("-").replace("2027-", "");
        let status = if row["status"] == "confirmed" { String::new() } else { format!(" {}", text("status")) };
        format!("{} {} {}{status}", text("start"), text("end"), text("title"))
    };
    list.as_array().unwrap().iter().map(row).collect()
}

/// Imports a file twice: the second time nothing may change.
#[track_caller]
fn check(events: &[&str], expected: &[&str], notes: &[&str]) {
    let office = Office::new();
    let report = import(&office, "", events);
    assert_eq!(dates(&office), expected, "{events:#?}");
    let told = report["notes"].as_array().unwrap();
    assert_eq!(told.len(), notes.len(), "{report}");
    for (note, part) in told.iter().zip(notes) {
        assert!(note["reason"].as_str().unwrap().contains(part), "{report}");
    }
    let again = import(&office, "", events);
    let [added, updated, _] = counts(&again);
    assert_eq!((added, updated, dates(&office)), (0, 0, dates(&office)), "{again}");
    assert_eq!(dates(&office), expected);
}

const WEEKLY: &str = "UID:s DTSTAMP:20261101T080000Z DTSTART:20270301T090000Z DTEND:20270301T100000Z \
    RRULE:FREQ=WEEKLY;COUNT=3 SUMMARY:Series SEQUENCE:1";

#[test]
fn rules_that_are_not_quite_rules_are_followed() {
    check(
        &["UID:a DTSTART:20270301T090000Z RRULE:FREQ=DAILY;COUNT=30;UNTIL=20270302T090000Z SUMMARY:A"],
        &["03-01T09:00 - A", "03-02T09:00 - A"],
        &["the earlier is taken"],
    );
    check(
        &["UID:a DTSTART:20270301T090000Z RRULE:FREQ=WEEKLY;INTERVAL=0;BYDAY=1MO,2TU;COUNT=3 SUMMARY:A"],
        &["03-01T09:00 - A", "03-02T09:00 - A", "03-08T09:00 - A"],
        &["INTERVAL=0", "numbered weekdays"],
    );
}

#[test]
fn a_change_of_the_only_date_is_a_change_of_the_event() {
    let moved = "UID:a RECURRENCE-ID:20270301T090000Z DTSTART:20270302T090000Z SUMMARY:B";
    check(&[moved, "UID:a DTSTART:20270301T090000Z SUMMARY:A"], &["03-02T09:00 - B"], &[]);
    // With a rule that can't be read, too.
    let unreadable = "UID:a DTSTART:20270301T090000Z RRULE:FREQ=FORTNIGHTLY SUMMARY:A";
    check(&[unreadable, moved], &["03-02T09:00 - B"], &["only its first date"]);
    check(&["UID:a SEQUENCE:2 DTSTART:20270301T090000Z SUMMARY:A", moved], &["03-01T09:00 - A"], &["changed since"]);
    let series = "UID:m X-MOZ-FAKED-MASTER:1 DTSTART:20270108T093000Z RDATE:20270108T093000Z,20270115T093000Z";
    let date = "UID:m RECURRENCE-ID:20270115T093000Z DTSTART:20270115T100000Z SUMMARY:Meeting";
    check(&[series, date], &["01-15T10:00 - Meeting"], &[]);
    let other = "UID:m RECURRENCE-ID:20270108T093000Z DTSTART:20270108T093000Z SUMMARY:Meeting_one";
    check(&[series, date, other], &["01-08T09:30 - Meeting one", "01-15T10:00 - Meeting"], &[]);
}

#[test]
fn of_two_revisions_in_a_file_the_newer_counts_and_it_is_told() {
    let one = |sequence: u8, stamp: u8, title: &str| {
        format!("UID:a SEQUENCE:{sequence} DTSTAMP:202611{stamp:02}T080000Z DTSTART:20270301T090000Z SUMMARY:{title}")
    };
    let newer = "has a newer revision";
    check(&[&one(2, 1, "New"), &one(1, 1, "Old")], &["03-01T09:00 - New"], &[newer]);
    check(&[&one(1, 1, "Old"), &one(1, 2, "New")], &["03-01T09:00 - New"], &[newer]);
    check(&[&one(1, 2, "New"), &one(1, 1, "Old")], &["03-01T09:00 - New"], &[newer]);
    check(&[&one(1, 2, "A"), &one(1, 2, "A")], &["03-01T09:00 - A"], &["taken once"]);
}

#[test]
fn events_without_a_uid_are_told_apart_by_their_place() {
    let [room_a, room_b] = ["A", "B"].map(|room| format!("DTSTART:20270421T200000Z SUMMARY:Workshop LOCATION:{room}"));
    let two = ["04-21T20:00 - Workshop", "04-21T20:00 - Workshop"];
    check(&[&room_a, &room_b], &two, &[]);
    check(&[&room_a, &room_a], &two[..1], &["taken once"]);
    let more = |text: &str| format!("{room_a} DESCRIPTION:{text}");
    check(&[&more("one"), &more("two")], &two, &[]);
    let office = Office::new();
    import(&office, "", &[&room_a]);
    // The only one has moved; then there is another.
    assert_eq!(counts(&import(&office, "", &[&room_b])), [0, 1, 0]);
    assert_eq!(counts(&import(&office, "", &[&room_a, &room_b])), [1, 0, 1]);
    assert_eq!(counts(&import(&office, "", &[&room_b, &more("news")])), [0, 1, 1]);
}

#[test]
fn a_date_more_lasts_as_long_as_it_says() {
    check(
        &["UID:a DTSTART:20270324T080000Z DURATION:PT1H RRULE:FREQ=DAILY;COUNT=2 SUMMARY:A \
           RDATE;VALUE=PERIOD:20270325T120000Z/PT3H,20270327T100000Z/20270327T123000Z"],
        &[
            "03-24T08:00 03-24T09:00 A",
            "03-25T08:00 03-25T09:00 A",
            "03-25T12:00 03-25T15:00 A",
            "03-27T10:00 03-27T12:30 A",
        ],
        &[],
    );
}

#[test]
fn a_series_may_be_another_one_from_some_date_on() {
    let series = "UID:s DTSTART:20270601T120000Z DTEND:20270601T140000Z RRULE:FREQ=WEEKLY;COUNT=4 SUMMARY:One";
    let turn = |from: &str, rest: &str| format!("UID:s RECURRENCE-ID;RANGE=THISANDFUTURE:2027{from}T120000Z {rest}");
    let later = turn("0615", "DTSTART:20270615T140000Z DTEND:20270615T150000Z SUMMARY:Two SEQUENCE:1");
    let first = ["06-01T12:00 06-01T14:00 One", "06-08T12:00 06-08T14:00 One"];
    let rest = ["06-15T14:00 06-15T15:00 Two", "06-22T14:00 06-22T15:00 Two"];
    check(&[series, &later], &[first, rest].concat(), &[]);
    // The whole of it; what is different behind it, as the whole or as the part tells its dates; two of them; its end.
    let all = turn("0601", "DTSTART:20270601T130000Z SUMMARY:All");
    check(&[series, &all], &["06-01T13:00 - All", "06-08T13:00 - All", "06-15T13:00 - All", "06-22T13:00 - All"], &[]);
    for id in ["20270622T120000Z", "20270622T140000Z"] {
        let single = format!("UID:s RECURRENCE-ID:{id} DTSTART:20270623T080000Z SUMMARY:Single SEQUENCE:1");
        check(&[&single, series, &later], &[&first[..], &rest[..1], &["06-23T08:00 - Single"]].concat(), &[]);
    }
    let again = turn("0622", "DTSTART:20270624T090000Z SUMMARY:Three");
    check(&[series, &later, &again], &[&first[..], &rest[..1], &["06-24T09:00 - Three"]].concat(), &[]);
    let off = turn("0615", "DTSTART:20270615T120000Z STATUS:CANCELLED SUMMARY:Off");
    check(
        &[series, &off],
        &[&first[..], &["06-15T12:00 - Off cancelled", "06-22T12:00 - Off cancelled"]].concat(),
        &[],
    );
    // Without an end, to another weekday.
    let endless = series.replace(";COUNT=4", "");
    let turned = turn("0608", "DTSTART:20270609T120000Z SUMMARY:Wednesdays");
    let office = Office::new();
    import(&office, "", &[&endless, &turned]);
    let told = dates(&office);
    assert_eq!(
        (told.len(), told[1].as_str(), told[30].as_str()),
        (31, "06-09T12:00 - Wednesdays", "12-29T12:00 - Wednesdays")
    );
}

#[test]
fn where_a_series_turns_may_change() {
    let series = "UID:s DTSTART:20270601T120000Z RRULE:FREQ=WEEKLY;COUNT=4 SUMMARY:One";
    let turn = |day: u8| {
        format!(
            "UID:s RECURRENCE-ID;RANGE=THISANDFUTURE:202706{day:02}T120000Z DTSTART:202706{day:02}T140000Z SUMMARY:Two"
        )
    };
    let expected = |turns: u8| -> Vec<String> {
        let date = |day| match day < turns {
            true => format!("06-{day:02}T12:00 - One"),
            false => format!("06-{day:02}T14:00 - Two"),
        };
        [1, 8, 15, 22].into_iter().map(date).collect()
    };
    let server = CalendarServer::start();
    let by_source = Office::with_config(&format!(
        "[fetch]\nallowed_hosts = [\"{0}\"]\n\n[[source]]\nurl = \"http://{0}/all.ics\"\n",
        server.address
    ));
    let by_file = Office::new();
    for turns in [15, 8, 22, 8, 99, 15] {
        let turned = turn(turns);
        let events = [series, turned.as_str()];
        let events = if turns == 99 { &events[..1] } else { &events[..] };
        import(&by_file, "", events);
        assert_eq!(dates(&by_file), expected(turns), "{turns}");
        server.serve(calendar("", events));
        by_source.ok(&["source", "sync"]);
        assert_eq!(dates(&by_source), expected(turns), "{turns}, of a source");
    }
    // One history, of whichever event it is asked for.
    let histories = ["1", "2"].map(|id| by_file.json(&["event", "history", id]));
    assert_eq!(histories[0], histories[1]);
    let told: Vec<_> = histories[0].as_array().unwrap().iter().map(|line| line["event"].as_i64().unwrap()).collect();
    assert!(told.contains(&1) && told.contains(&2) && told.contains(&3), "{told:?}");
    assert!(by_file.ok(&["event", "history", "2"]).starts_with("EVENT"));
    // In files of their own: what is changed already from some date on is not known any more as a part of the whole.
    let later = import(&by_file, "REQUEST", &[&turn(8)]);
    assert!(later["notes"].to_string().contains("from 2027-06-15T12:00 on they were changed before"), "{later}");
    assert_eq!(dates(&by_file), expected(8));
    let off = "UID:s RECURRENCE-ID;RANGE=THISANDFUTURE:20270601T120000Z";
    import(&by_file, "CANCEL", &[off]);
    assert!(dates(&by_file).iter().all(|date| date.ends_with("cancelled")), "{:?}", dates(&by_file));
}

#[test]
fn what_a_series_was_in_parts_is_one_again_when_it_is_told_so() {
    let series = |sequence: u8| {
        format!("UID:s SEQUENCE:{sequence} DTSTART:20270601T120000Z RRULE:FREQ=WEEKLY;COUNT=3 SUMMARY:One")
    };
    let later =
        "UID:s SEQUENCE:1 RECURRENCE-ID;RANGE=THISANDFUTURE:20270608T120000Z DTSTART:20270608T140000Z SUMMARY:Two";
    let parted = ["06-01T12:00 - One", "06-08T14:00 - Two", "06-15T14:00 - Two"];
    let whole = ["06-01T12:00 - One", "06-08T12:00 - One", "06-15T12:00 - One"];
    let office = Office::new();
    import(&office, "REQUEST", &[&series(0)]);
    // In a file of its own, and twice.
    for expected in [[0, 1, 0], [0, 0, 1]] {
        assert_eq!(counts(&import(&office, "REQUEST", &[later])), expected);
        assert_eq!(dates(&office), parted);
    }
    // One date of the later part, as the whole series tells it; and an old message, which comes late.
    let single = "UID:s SEQUENCE:2 RECURRENCE-ID:20270615T120000Z";
    assert_eq!(counts(&import(&office, "CANCEL", &[single])), [0, 1, 0]);
    assert_eq!(dates(&office)[2], "06-15T14:00 - Two cancelled");
    assert!(import(&office, "REQUEST", &[&series(0)])["notes"].to_string().contains("older than what is known"));
    assert_eq!(dates(&office)[1], parted[1]);
    import(&office, "REQUEST", &[&series(3)]);
    assert_eq!(dates(&office), whole);
    assert_eq!(counts(&import(&office, "REQUEST", &[&series(3)])), [0, 0, 1]);
    // The rest is called off.
    let off = "UID:s SEQUENCE:4 RECURRENCE-ID;RANGE=THISANDFUTURE:20270608T120000Z COMMENT:No_room";
    import(&office, "CANCEL", &[off]);
    assert_eq!(dates(&office), ["06-01T12:00 - One", "06-08T12:00 - One cancelled", "06-15T12:00 - One cancelled"]);
}

#[test]
fn a_change_of_one_date_finds_the_series_that_is_known() {
    let office = Office::new();
    import(&office, "REQUEST", &[WEEKLY, "UID:o DTSTART:20270305T090000Z SUMMARY:Once SEQUENCE:1"]);
    let off = "UID:s SEQUENCE:2 DTSTAMP:20261102T080000Z RECURRENCE-ID:20270308T090000Z COMMENT:A_holiday";
    for expected in [[0, 2, 0], [0, 0, 2]] {
        assert_eq!(counts(&import(&office, "CANCEL", &[off, "UID:o SEQUENCE:2"])), expected);
        let told = dates(&office);
        let off = ["03-05T09:00 - Once cancelled", "03-08T09:00 03-08T10:00 Series cancelled"];
        assert_eq!(told[1..3], off);
        assert_eq!((told.len(), told[3].as_str()), (4, "03-15T09:00 03-15T10:00 Series"));
    }
    let date = office.json(&["event", "show", "1"]);
    assert_eq!(date["sequence"], 2);
    // On again, moved, in another zone's words; an older message changes nothing, nor does the series' own.
    let on = "UID:s SEQUENCE:3 RECURRENCE-ID;TZID=Europe/Berlin:20270308T100000 DTSTART:20270309T090000Z SUMMARY:Moved";
    assert_eq!(counts(&import(&office, "REQUEST", &[on])), [0, 1, 0]);
    assert_eq!(dates(&office)[2], "03-09T09:00 - Moved");
    for late in [off, WEEKLY] {
        let method = if late == off { "CANCEL" } else { "REQUEST" };
        assert_eq!(counts(&import(&office, method, &[late])), [0, 0, 1], "{late}");
        assert_eq!(dates(&office)[2], "03-09T09:00 - Moved");
    }
    // All of it is called off; and what nobody knows is not there afterwards.
    import(&office, "CANCEL", &["UID:s SEQUENCE:4"]);
    assert!(dates(&office).iter().all(|date| date.ends_with("cancelled")), "{:?}", dates(&office));
    for unknown in ["UID:x DTSTART:20270301T090000Z", "UID:x RECURRENCE-ID:20270301T090000Z"] {
        let report = import(&office, "CANCEL", &[unknown]);
        assert_eq!(counts(&report), [0, 0, 0]);
        assert!(report["notes"].to_string().contains("not known here"), "{report}");
    }
    assert_eq!(dates(&office).len(), 4);
}

#[test]
fn a_date_that_came_before_its_series_does_not_stand_beside_it() {
    let office = Office::new();
    let moved = "UID:s SEQUENCE:2 DTSTAMP:20261102T080000Z RECURRENCE-ID:20270308T090000Z DTSTART:20270309T090000Z SUMMARY:Moved";
    assert_eq!(counts(&import(&office, "REQUEST", &[moved])), [1, 0, 0]);
    assert_eq!(dates(&office), ["03-09T09:00 - Moved"]);
    let all = ["03-01T09:00 03-01T10:00 Series", "03-09T09:00 - Moved", "03-15T09:00 03-15T10:00 Series"];
    assert_eq!(counts(&import(&office, "REQUEST", &[WEEKLY])), [1, 0, 0]);
    assert_eq!(dates(&office), all);
    assert_eq!(counts(&import(&office, "REQUEST", &[WEEKLY])), [0, 0, 1]);
    assert_eq!(counts(&import(&office, "REQUEST", &[moved])), [0, 0, 1]);
    assert_eq!(dates(&office), all);
    assert_eq!(office.json(&["event", "history", "1"]).as_array().unwrap().last().unwrap()["action"], "removed");
}

#[test]
fn a_source_may_tell_single_dates_alone() {
    let server = CalendarServer::start();
    let (address, url) = (&server.address, server.url());
    let config = format!("[fetch]\nallowed_hosts = [\"{address}\"]\n\n[[source]]\nurl = \"{url}\"\n");
    let office = Office::with_config(&config);
    let serve = |events: &[&str]| server.serve(calendar("", events));
    serve(&[WEEKLY]);
    office.ok(&["source", "sync"]);
    serve(&["UID:s RECURRENCE-ID:20270308T090000Z DTSTART:20270308T110000Z SUMMARY:Later"]);
    office.ok(&["source", "sync"]);
    let told = ["03-01T09:00 03-01T10:00 Series", "03-08T11:00 - Later", "03-15T09:00 03-15T10:00 Series"];
    assert_eq!(dates(&office), told);
    serve(&[WEEKLY]);
    office.ok(&["source", "sync"]);
    assert_eq!(dates(&office)[1], "03-08T09:00 03-08T10:00 Series");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_program_sees_a_date_that_no_rule_makes() {
    let office = Office::new();
    let odd = "UID:s RECURRENCE-ID:20270308T120000Z DTSTART:20270309T150000Z SUMMARY:Odd SEQUENCE:1";
    import(&office, "", &[&format!("{WEEKLY} EXDATE:20270308T120000Z"), odd]);
    assert_eq!(dates(&office).len(), 4);
    // Nor does a change of the series lead it astray.
    office.ok(&["event", "edit", "1", "--title", "Renamed"]);
    assert_eq!(dates(&office)[1..3], ["03-08T09:00 03-08T10:00 Renamed", "03-09T15:00 - Odd"]);
    let daemon = office.serve();
    let ics = daemon.text("/calendar.ics").await.replace("\r\n ", "");
    assert!(ics.contains("RDATE:20270308T120000Z\r\n") && !ics.contains("EXDATE"), "{ics}");
    assert!(ics.contains("RECURRENCE-ID:20270308T120000Z\r\n"), "{ics}");
}
