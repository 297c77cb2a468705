//! Ends in and over the hour that comes twice.

use serde_json::json;

use crate::support::Office;

fn calendar(events: &[&str]) -> String {
    let events: String = events
        .iter()
        .enumerate()
        .map(|(n, lines)| {
            let lines = lines.replace('\n', "\r\n");
            format!("BEGIN:VEVENT\r\nUID:{n}@night.example\r\nDTSTAMP:20261101T080000Z\r\nSUMMARY:Window {n}\r\n{lines}\r\nEND:VEVENT\r\n")
        })
        .collect();
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{events}END:VCALENDAR\r\n")
}

const NIGHT: [&str; 6] = [
    "DTSTART;TZID=America/Toronto:20271107T013000\nDURATION:PT1H",
    "DTSTART;TZID=America/Toronto:20271107T014500\nDURATION:PT30M",
    "DTSTART;TZID=America/Toronto:20271107T010000\nDTEND:20271107T063000Z",
    "DTSTART;TZID=America/Toronto:20271107T003000\nDURATION:PT2H",
    "DTSTART;TZID=Europe/Berlin:20271030T013000\nDURATION:PT1H30M\nRRULE:FREQ=DAILY;COUNT=3",
    "DTSTART;TZID=Europe/Berlin:20270327T120000\nDURATION:PT24H\nRRULE:FREQ=DAILY;COUNT=2",
];

/// What a list says of each: title, start, end and how long it lasts.
fn told(office: &Office) -> Vec<String> {
    let events = office.json(&["event", "list", "--from", "2027-01-01", "--to", "2027-12-31"]);
    let text = |value: &serde_json::Value| value.as_str().unwrap_or("-").to_owned();
    let told =
        |event: &serde_json::Value| ["title", "start", "end", "duration"].map(|name| text(&event[name])).join(" ");
    let mut told: Vec<_> = events.as_array().unwrap().iter().map(told).collect();
    told.sort();
    told
}

const EXPECTED: [&str; 9] = [
    "Window 0 2027-11-07T01:30 2027-11-07T01:30 PT1H",
    "Window 1 2027-11-07T01:45 2027-11-07T01:15 PT30M",
    "Window 2 2027-11-07T01:00 2027-11-07T01:30 PT1H30M",
    "Window 3 2027-11-07T00:30 2027-11-07T01:30 PT2H",
    "Window 4 2027-10-30T01:30 2027-10-30T03:00 -",
    "Window 4 2027-10-31T01:30 2027-10-31T02:00 PT1H30M",
    "Window 4 2027-11-01T01:30 2027-11-01T03:00 -",
    "Window 5 2027-03-27T12:00 2027-03-28T13:00 -",
    "Window 5 2027-03-28T12:00 2027-03-29T12:00 -",
];

#[test]
fn ends_in_and_over_the_hour_that_comes_twice_are_kept_everywhere() {
    let office = Office::new();
    let file = office.write("night.ics", calendar(&NIGHT));
    let report = office.json(&["import", &file]);
    assert_eq!((&report["added"], &report["notes"]), (&json!(6), &json!([])), "{report}");
    assert_eq!(told(&office), EXPECTED);
    assert_eq!(office.json(&["import", &file])["unchanged"], 6);

    let shown = office.ok(&["event", "show", "4"]);
    assert!(shown.contains("00:30–01:30 EST (America/Toronto)"), "{shown}");
    let feed = office.ok(&["export", "--format", "ics"]).replace("\r\n ", "");
    for line in [
        "DTEND:20271107T063000Z",
        "DTEND:20271107T061500Z",
        "DTEND;TZID=Europe/Berlin:20271030T030000",
        "DURATION:PT24H",
    ] {
        assert!(feed.contains(line), "no {line} in {feed}");
    }
    assert_eq!(feed.matches("DTEND:20271107T063000Z").count(), 3, "{feed}");

    for format in ["ics", "csv", "json"] {
        let other = Office::new();
        let file = other.write(&format!("all.{format}"), office.ok(&["export", "--format", format]));
        assert_eq!(other.json(&["import", &file])["added"], 6, "{format}");
        assert_eq!(told(&other), EXPECTED, "{format}");
        assert_eq!(other.json(&["import", &file])["unchanged"], 6, "{format}");
    }
}

#[test]
fn a_length_is_said_changed_and_told_by_its_history() {
    let office = Office::new();
    let id = office.add(&[
        "meeting",
        "Window",
        "--from",
        "2027-11-07 00:30",
        "--duration",
        "PT2H",
        "--tz",
        "America/Toronto",
    ]);
    assert_eq!(office.json(&["event", "show", &id])["duration"], "PT2H");
    office.ok(&["event", "edit", &id, "--to", "2027-11-07 01:15"]);
    assert_eq!(office.json(&["event", "show", &id])["duration"], json!(null));
    let fields: Vec<_> =
        office.json(&["event", "history", &id]).as_array().unwrap().iter().map(|line| line["field"].clone()).collect();
    assert_eq!(fields, [json!(null), json!("end"), json!("duration")]);
    let error = office.fails(&["event", "add", "meeting", "Day", "--from", "2027-11-07", "--duration", "PT2H"], 2);
    assert!(error.contains("say when it ends"), "{error}");
}
