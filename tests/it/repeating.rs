//! Events that repeat: on the command line, on the pages, in calendars and editions, there and back.

use serde_json::Value;

use crate::support::Office;

const CONFIG: &str =
    "[site]\ntimezone = \"Europe/Brussels\"\n\n[[digest]]\nslug = \"weekly\"\nschedule = \"0 8 * * mon\"\n";

fn office() -> Office {
    let office = Office::with_config(CONFIG);
    office.set_clock("2026-10-12T06:00:00Z");
    office
}

/// Occurrence, start and status of each row.
fn rows(office: &Office, args: &[&str]) -> Vec<String> {
    let list = office.json(&[&["event", "list"], args].concat());
    let row = |row: &Value| {
        let text = |key: &str| row[key].as_str().unwrap_or("-").to_owned();
        format!("{} {} {}", text("occurrence"), text("start"), text("status"))
    };
    list.as_array().unwrap().iter().map(row).collect()
}

/// Every Tuesday at nine; one is moved, one cancelled, one left out, one added.
fn series(office: &Office) {
    let dates = ["--from", "2026-10-13 09:00", "--to", "2026-10-13 10:30"];
    let rule = ["--repeat", "FREQ=WEEKLY;COUNT=6", "--exdate", "2026-11-10", "--rdate", "2026-10-15"];
    office.add(&[&["meeting", "Working group", "--location", "Room 1"][..], &dates, &rule].concat());
    let moved = ["--from", "2026-10-28 14:00", "--to", "2026-10-28 15:00"];
    office.ok(&[&["event", "edit", "1", "--occurrence", "2026-10-27"][..], &moved].concat());
    office.ok(&["event", "cancel", "1", "--occurrence", "2026-11-03", "--reason", "a holiday"]);
}

#[test]
fn each_date_is_a_row_of_a_list_with_both_ends() {
    let office = office();
    series(&office);
    let all = [
        "2026-10-13T09:00 2026-10-13T09:00 confirmed",
        "2026-10-15T09:00 2026-10-15T09:00 confirmed",
        "2026-10-20T09:00 2026-10-20T09:00 confirmed",
        "2026-10-27T09:00 2026-10-28T14:00 confirmed",
        "2026-11-03T09:00 2026-11-03T09:00 cancelled",
        "2026-11-17T09:00 2026-11-17T09:00 confirmed",
    ];
    assert_eq!(rows(&office, &["--from", "2026-01-01", "--to", "2027-12-31"]), all);
    assert_eq!(rows(&office, &["--from", "2026-10-27", "--to", "2026-10-27"]), [""; 0]);
    assert_eq!(rows(&office, &["--from", "2026-10-28", "--to", "2026-10-28"]), all[3..4]);
    // Without a last day it is one row: the event, or the next of its dates.
    assert_eq!(rows(&office, &[]), ["- 2026-10-13T09:00 confirmed"]);
    assert_eq!(rows(&office, &["--from", "2026-10-16"]), all[2..3]);
    let shown = office.ok(&["event", "show", "1"]);
    for part in
        ["every week on Tuesday, 6 times", "2026-10-27T09:00 moved to 2026-10-28T14:00", "2026-11-03T09:00 cancelled"]
    {
        assert!(shown.contains(part), "{shown}");
    }
    let history = office.json(&["event", "history", "1"]);
    assert_eq!(history[1]["occurrence"], "2026-10-27T09:00");
    assert_eq!((&history[1]["from"], &history[1]["to"]), (&"2026-10-27T09:00".into(), &"2026-10-28T14:00".into()));
}

#[test]
fn a_changed_series_keeps_what_is_different_about_single_dates() {
    let office = office();
    series(&office);
    office.ok(&["event", "edit", "1", "--from", "2026-10-13 10:00", "--to", "2026-10-13 11:30", "--title", "Group"]);
    let list = office.json(&["event", "list", "--from", "2026-10-20", "--to", "2026-11-30"]);
    let told: Vec<_> =
        list.as_array().unwrap().iter().map(|e| (e["start"].as_str().unwrap(), e["end"].as_str().unwrap())).collect();
    assert_eq!(
        told,
        [
            ("2026-10-20T10:00", "2026-10-20T11:30"),
            ("2026-10-28T14:00", "2026-10-28T15:00"),
            ("2026-11-03T10:00", "2026-11-03T11:30"),
            ("2026-11-17T10:00", "2026-11-17T11:30"),
        ]
    );
    assert!(list.as_array().unwrap().iter().all(|event| event["title"] == "Group"));
    assert_eq!(list[2]["status"], "cancelled");
    // Back on, as the rule has it.
    office.ok(&["event", "edit", "1", "--occurrence", "2026-11-03", "--status", "confirmed"]);
    assert!(!office.ok(&["event", "show", "1"]).contains("2026-11-03T10:00"));
    office.ok(&["event", "edit", "1", "--repeat", "", "--rdate", ""]);
    assert_eq!(rows(&office, &["--to", "2030"]), ["- 2026-10-13T10:00 confirmed"]);
}

#[test]
fn wrong_wishes_are_refused_with_what_would_be_right() {
    let office = office();
    series(&office);
    office.add(&["meeting", "Once", "--on", "2026-10-13"]);
    for (args, code, part) in [
        (&["event", "cancel", "1", "--occurrence", "2026-10-14"][..], 1, "the next are 2026-10-15T09:00"),
        (&["event", "cancel", "2", "--occurrence", "2026-10-13"], 1, "does not repeat"),
        (&["event", "edit", "1", "--occurrence", "2026-10-20", "--repeat", "FREQ=DAILY"], 1, "can't repeat by itself"),
        (&["event", "edit", "1", "--occurrence", "2026-10-20", "--on", "2026-11"], 1, "has its day"),
        (&["event", "edit", "1", "--occurrence", "soon", "--on", "2026-11-01"], 2, "is not a date"),
        (&["event", "add", "meeting", "X", "--on", "2026-10", "--repeat", "FREQ=DAILY"], 2, "can't repeat"),
        (&["event", "add", "meeting", "X", "--on", "2026-10-01", "--repeat", "FREQ=WEKLY"], 2, "FREQ=WEEKLY;BYDAY=TU"),
        (&["event", "add", "meeting", "X", "--on", "2026-10-01", "--exdate", "2026-10-02"], 2, "does not repeat"),
    ] {
        let error = office.fails(args, code);
        assert!(error.contains(part), "{args:?}: {error}");
    }
}

#[test]
fn a_rule_without_end_costs_no_more_than_the_window() {
    let office = office();
    office.add(&["other", "Tick", "--on", "1990-01-01 00:00", "--repeat", "FREQ=MINUTELY"]);
    office.add(&["other", "Day", "--on", "1990-01-01", "--repeat", "FREQ=DAILY"]);
    let begun = std::time::Instant::now();
    assert_eq!(rows(&office, &["--from", "2989-03-01", "--to", "2989-03-31", "--search", "day"]).len(), 31);
    assert_eq!(rows(&office, &["--from", "2989-03-01", "--to", "2989-03-01", "--search", "tick"]).len(), 1440);
    // Walking there would take minutes.
    assert!(begun.elapsed().as_secs() < 10, "{:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_editions_and_calendars_tell_the_dates() {
    let office = office();
    series(&office);
    let daemon = office.serve();
    let home = daemon.text("/").await;
    for part in ["13 October 2026", "28 October 2026, 14:00–15:00", "17 November 2026"] {
        assert!(home.contains(part), "no {part} in {home}");
    }
    assert!(!home.contains("10 November 2026"), "{home}");
    let page = daemon.text("/events/1").await;
    for part in ["every week on Tuesday", "instead of 27 October 2026, 09:00–10:30", "a holiday"] {
        assert!(page.contains(part), "no {part} in {page}");
    }
    let ics = daemon.text("/calendar.ics").await.replace("\r\n ", "");
    for line in [
        "DTSTART;TZID=Europe/Brussels:20261013T090000",
        "RRULE:FREQ=WEEKLY;COUNT=6",
        "RDATE;TZID=Europe/Brussels:20261015T090000",
        "EXDATE;TZID=Europe/Brussels:20261110T090000",
        "RECURRENCE-ID;TZID=Europe/Brussels:20261027T090000",
        "RECURRENCE-ID;TZID=Europe/Brussels:20261103T090000",
        "SUMMARY:[Cancelled] Working group",
        "BEGIN:VTIMEZONE",
    ] {
        assert!(ics.lines().any(|l| l == line), "no {line} in {ics}");
    }
    assert_eq!(ics.matches("SEQUENCE:2").count(), 3);
    // Calendars of one day hold it if any of its dates is that day's.
    assert!(daemon.text("/calendar.ics?from=2026-11-17&to=2026-11-17").await.contains("RRULE"));
    assert!(!daemon.text("/calendar.ics?from=2026-11-18").await.contains("RRULE"));

    let mail = office.ok(&["digest", "preview", "weekly", "--format", "text"]);
    for part in
        ["Tuesday 13 October 2026, 09:00–10:30 (Europe/Brussels) · tomorrow", "Wednesday 28 October 2026, 14:00–15:00"]
    {
        assert!(mail.contains(part), "no {part} in {mail}");
    }
    daemon.stop();

    // Long after, a cancelled date is simply left out.
    office.set_clock("2027-01-30T06:00:00Z");
    let ics = office.serve().text("/calendar.ics").await.replace("\r\n ", "");
    assert!(ics.contains("EXDATE;TZID=Europe/Brussels:20261103T090000,20261110T090000"), "{ics}");
    assert!(!ics.contains("[Cancelled]"), "{ics}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_date_is_news_with_the_old_one() {
    let office = office();
    office.add(&["meeting", "Working group", "--on", "2026-10-13 09:00", "--repeat", "FREQ=WEEKLY"]);
    office.ok(&["subscriber", "add", "ada@example.org", "--confirmed"]);
    let daemon = office.serve();
    office.ok(&["digest", "send", "weekly"]);
    office.wait_for_mails(1);
    drop(daemon);
    office.ok(&["event", "edit", "1", "--occurrence", "2026-10-20", "--on", "2026-10-21 09:00"]);
    office.ok(&["event", "cancel", "1", "--occurrence", "2026-10-27", "--reason", "a holiday"]);
    let preview = office.ok(&["digest", "preview", "weekly", "--format", "text"]);
    for part in ["Cancelled: Working group", "a holiday", "Moved: Working group", "was 20 October 2026, 09:00"] {
        assert!(preview.contains(part), "no {part} in {preview}");
    }
    office.ok(&["event", "edit", "1", "--repeat", "FREQ=WEEKLY;INTERVAL=2"]);
    let preview = office.ok(&["digest", "preview", "weekly", "--format", "text"]);
    assert!(preview.contains("New dates: Working group") && preview.contains("every second week"), "{preview}");
}

#[test]
fn what_is_exported_gives_the_same_events_elsewhere() {
    let office = office();
    series(&office);
    office.add(&["forum", "Board", "--on", "2026-10-13", "--repeat", "FREQ=MONTHLY;BYDAY=2TU", "--topic", "a, b"]);
    office.add(&[
        "release",
        "A standard; 标准",
        "--on",
        "2027-Q1",
        "--standard",
        "GB/T 1-2027",
        "--url",
        "https://example.org/x",
    ]);
    office.add(&[
        "deadline",
        "Comments",
        "--on",
        "2026-12-01 17:00",
        "--tz",
        "Asia/Shanghai",
        "--description",
        "a\n\n*b*, c;",
    ]);
    office.add(&["meeting", "Off", "--on", "2026-12-02"]);
    // A date that was moved into another zone, dates without a rule, and a title beside which more is known.
    let moved = ["--from", "2027-01-12 20:00", "--tz", "America/New_York", "--title", "Far, \\away;"];
    office.ok(&[&["event", "edit", "2", "--occurrence", "2027-01-12"][..], &moved].concat());
    office.add(&["other", "By hand", "--on", "2026-12-03", "--rdate", "2026-12-10", "--rdate", "2026-12-24"]);
    office.ok(&["event", "cancel", "5", "--reason", "no quorum"]);
    let events = |office: &Office| {
        let mut list = office.json(&["event", "list", "--from", "2026", "--to", "2027"]);
        for event in list.as_array_mut().unwrap() {
            for made_here in ["id", "sequence", "created_at", "updated_at"] {
                event[made_here] = Value::Null;
            }
        }
        list
    };
    let wanted = events(&office);
    assert_eq!(wanted.as_array().unwrap().len(), 27);
    for format in ["csv", "json", "ics"] {
        let exported = office.ok(&["export", "--format", format]);
        let elsewhere = Office::with_config("");
        let file = elsewhere.write(&format!("events.{format}"), &exported);
        let report = elsewhere.json(&["import", &file]);
        assert_eq!(
            (&report["added"], report["rejected"].as_array().unwrap().len()),
            (&6.into(), 0),
            "{format}: {report}"
        );
        assert_eq!(events(&elsewhere), wanted, "{format}");
        let again = elsewhere.json(&["import", &file]);
        assert_eq!((&again["unchanged"], &again["updated"]), (&6.into(), &0.into()), "{format}: {again}");
    }
}

#[test]
fn odd_dates_and_statuses_leave_everything_readable() {
    let office = office();
    // A time told of a series of days means its day; a month means nothing.
    let table = "uid,kind,title,start,repeat,status,occurrence\n\
                 u1,meeting,Days,2027-01-05,FREQ=WEEKLY;COUNT=3,,\nu1,meeting,Days,2027-01-12,,cancelled,2027-01-12T09:00\n\
                 u1,meeting,Days,2027-01-19,,cancelled,2027-01\n";
    let file = office.write("a.csv", table);
    let report = office.run(&["import", "--draft", &file, "--json"]);
    assert!(report.code == 1 && report.stdout.contains("is no day"), "{}", report.stdout);
    assert_eq!(rows(&office, &["--to", "2028"]).len(), 2);
    // At the end of the years there are no more dates.
    office.add(&["meeting", "End", "--from", "2999-12-30", "--to", "2999-12-31", "--repeat", "FREQ=DAILY"]);
    office.ok(&["event", "edit", "2", "--occurrence", "2999-12-31", "--title", "Last"]);
    assert_eq!(rows(&office, &["--from", "2999-12-01", "--to", "2999"]).len(), 2);
    // A series that is off is off on all its dates, also on one that had a status of its own.
    office.add(&["meeting", "Weekly", "--on", "2027-01-05", "--repeat", "FREQ=WEEKLY;COUNT=3"]);
    office.ok(&["event", "edit", "3", "--occurrence", "2027-01-12", "--status", "tentative"]);
    office.ok(&["event", "cancel", "3"]);
    let list = rows(&office, &["--to", "2028", "--search", "weekly"]);
    assert!(list.iter().all(|row| row.ends_with("cancelled")), "{list:?}");
    // Cancelling a date of it again says nothing new.
    let before = office.json(&["event", "show", "3"])["sequence"].clone();
    office.ok(&["event", "edit", "3", "--occurrence", "2027-01-19", "--location", "Room 2"]);
    office.ok(&["event", "edit", "3", "--status", "confirmed"]);
    assert_eq!(rows(&office, &["--to", "2028", "--search", "weekly"])[2], "2027-01-19 2027-01-19 confirmed");
    assert_ne!(office.json(&["event", "show", "3"])["sequence"], before);
}

#[test]
fn a_table_that_knows_no_single_dates_leaves_them_as_they_are() {
    let office = office();
    series(&office);
    let uid = office.json(&["event", "show", "1"])["uid"].as_str().unwrap().to_owned();
    let file = office.write("a.csv", format!("uid,kind,title,start\n{uid},meeting,Another title,2026-10-13T09:00\n"));
    assert_eq!(office.json(&["import", &file])["updated"], 1);
    let shown = office.ok(&["event", "show", "1"]);
    for part in ["Another title", "2026-11-03T09:00 cancelled", "6 times"] {
        assert!(shown.contains(part), "{shown}");
    }
    // A later hour does not cost the last date, which UNTIL names.
    office.add(&["meeting", "Until", "--on", "2027-01-05 09:00", "--repeat", "FREQ=WEEKLY;UNTIL=20270119T080000Z"]);
    office.ok(&["event", "edit", "2", "--on", "2027-01-05 10:00"]);
    assert_eq!(rows(&office, &["--to", "2028", "--search", "until"]).len(), 3);
}
