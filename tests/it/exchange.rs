//! Tables and documents in and out.

use serde_json::{Value, json};

use crate::support::Office;

const SAMPLE: &str = include_str!("../../config/sample/events.csv");

#[test]
fn the_sample_newsletter_goes_in_once() {
    let office = Office::new();
    let file = office.write("events.csv", SAMPLE);
    let counts = |report: Value| ["added", "updated", "unchanged"].map(|key| report[key].as_u64().unwrap());
    assert_eq!(counts(office.json(&["import", &file])), [17, 0, 0]);
    assert_eq!(counts(office.json(&["import", &file])), [0, 0, 17]);
    let moved = SAMPLE.replace("Zhengzhou,SAC/TC260 and CESI", "online,SAC/TC260 and CESI");
    let file = office.write("events.csv", moved);
    assert_eq!(counts(office.json(&["import", &file, "--dry-run"])), [0, 1, 16]);
    assert_eq!(counts(office.json(&["import", &file])), [0, 1, 16]);
    let forum = office.json(&["event", "list", "--search", "Cybersecurity Standards Forum"]);
    assert_eq!(forum[0]["location"], "online");
    assert_eq!(forum[0]["sequence"], 1);
}

#[test]
fn bad_rows_are_reported_and_the_others_go_in() {
    let office = Office::new();
    let table = "kind,title,start,end\nmeeting,A,2020-09-11,\nmeeting,B,2020-02-30,\nparty,C,2020-01-01,\nforum,D,2021,2020\n\
                 release,E,2020-03,\n";
    let file = office.write("events.csv", table);
    let ran = office.run(&["import", &file, "--json"]);
    assert_eq!(ran.code, 1);
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(report["added"], 2);
    let rejected = report["rejected"].as_array().unwrap();
    let told: Vec<_> = rejected.iter().map(|r| (r["line"].as_u64().unwrap(), r["column"].as_str().unwrap())).collect();
    assert_eq!(told, [(3, "start"), (4, "kind"), (5, "end")]);
    assert!(rejected[0]["reason"].as_str().unwrap().contains("29 days"));

    let ran = office.run(&["import", &file]);
    assert!(ran.stdout.contains("2 unchanged, 3 rejected") && ran.stdout.contains("LINE"), "{}", ran.stdout);
}

#[test]
fn a_file_that_is_no_table_of_events_changes_nothing() {
    let office = Office::new();
    for (name, content, part) in [
        ("empty.csv", &b""[..], "empty"),
        ("other.csv", b"name,age\nAda,36\n", "`name`, `age` are not columns"),
        ("binary.csv", b"\xff\xfe\x00k\x00i", "not a column"),
        ("broken.json", b"[{", "JSON"),
        ("object.json", b"{}", "JSON"),
    ] {
        let file = office.write(name, content);
        let error = office.fails(&["import", &file], 1);
        assert!(error.contains(name) && error.contains(part), "{error}");
    }
    let file = office.write("latin1.csv", b"kind,title,start\nmeeting,Caf\xe9,2020\nmeeting,B,2020\n");
    let ran = office.run(&["import", &file]);
    assert!(ran.code == 1 && ran.stdout.contains("not UTF-8"), "{}", ran.stdout);
    assert_eq!(office.json(&["event", "list"]).as_array().unwrap().len(), 1);
}

#[test]
fn an_export_imported_elsewhere_gives_the_same_events() {
    let office = Office::new();
    let file = office.write("events.csv", SAMPLE);
    office.ok(&["import", &file]);
    office.add(&[
        "meeting",
        "Quotes \"and\", commas; 标准 🎉",
        "--from",
        "2020-12-31 23:00",
        "--to",
        "2021-01-01 01:00",
        "--tz",
        "Europe/Brussels",
        "--topic",
        "a b",
        "--topic",
        "c",
        "--standard",
        "GB/T 1-2020",
        "--url",
        "https://example.org/",
        "--description",
        "Two\n\nparagraphs, **bold**",
        "--status",
        "tentative",
    ]);
    office.add(&["forum", "Draft", "--on", "2021-Q3", "--status", "draft"]);
    let id = office.add(&["forum", "Gone", "--on", "2021-05-05"]);
    office.ok(&["event", "cancel", &id, "--reason", "rain"]);

    let comparable = |office: &Office| {
        let mut events = office.json(&["event", "list"]);
        for event in events.as_array_mut().unwrap() {
            let event = event.as_object_mut().unwrap();
            for own in ["id", "created_at", "updated_at"] {
                event.remove(own);
            }
        }
        let mut events = events.as_array().unwrap().clone();
        events.sort_by_key(|event| event["uid"].to_string());
        events
    };
    for format in ["csv", "json"] {
        let exported = office.ok(&["export", "--format", format]);
        let other = Office::new();
        let ran = other.run_with_input(&["import", "-", "--format", format], exported.as_bytes());
        assert!(ran.code == 0 && ran.stdout.contains("20 added"), "{}{}", ran.stdout, ran.stderr);
        assert_eq!(comparable(&other), comparable(&office), "{format}");
        let again = other.run_with_input(&["import", "-"], exported.as_bytes());
        assert!(again.stdout.contains("20 unchanged"), "{}", again.stdout);
    }
    let calendar = office.ok(&["export", "--format", "ics"]);
    assert_eq!(calendar.matches("BEGIN:VEVENT").count(), 19);
    assert!(!calendar.contains("Draft"));
}

#[test]
fn drafts_wait_for_an_editor() {
    let office = Office::new();
    let file = office.write("events.csv", SAMPLE);
    office.ok(&["import", &file, "--draft"]);
    assert_eq!(office.json(&["event", "list", "--status", "draft"]).as_array().unwrap().len(), 17);
    office.ok(&["event", "publish", "1"]);
    // The same file again publishes nothing and takes nothing back.
    let report = office.json(&["import", &file, "--draft"]);
    assert_eq!(report["unchanged"], 17);
    assert_eq!(office.json(&["event", "list", "--status", "draft"]).as_array().unwrap().len(), 16);
}

#[test]
fn a_table_typed_by_hand_brings_no_cancelled_event_back() {
    let office = Office::new();
    let file = office.write("events.csv", SAMPLE);
    office.ok(&["import", &file]);
    office.ok(&["event", "cancel", "1", "--reason", "storm"]);
    office.ok(&["event", "remove", "2", "--yes"]);
    assert_eq!(office.json(&["import", &file])["unchanged"], 17);
    assert_eq!(office.json(&["event", "list"]).as_array().unwrap().len(), 16);
    assert_eq!(office.json(&["event", "show", "1"])["status"], "cancelled");
    // An export knows its events by UID and is taken at its word.
    let exported = office.ok(&["export", "--format", "csv"]).replace("cancelled", "confirmed");
    let file = office.write("export.csv", exported);
    assert_eq!(office.json(&["import", &file])["updated"], 1);
    assert_eq!(office.json(&["event", "show", "1"])["status"], "confirmed");
}

#[test]
fn the_same_event_twice_in_a_file_is_told_and_taken_once() {
    let office = Office::new();
    let file = office.write("events.csv", "kind,title,start,location\nmeeting,A,2020,Rome\nmeeting,A,2020,Oslo\n");
    for expected in ["1 added, 0 updated, 0 unchanged, 1 rejected", "0 added, 0 updated, 1 unchanged, 1 rejected"] {
        let ran = office.run(&["import", &file]);
        assert_eq!(ran.code, 1);
        assert!(ran.stdout.contains(expected) && ran.stdout.contains("line 2"), "{}", ran.stdout);
    }
}

/// What other programs write, with most of what they get wrong.
const FOREIGN: &str = "\u{feff}BEGIN:VCALENDAR\nVERSION:2.0\nX-WR-TIMEZONE:Asia/Shanghai\nBEGIN:VTIMEZONE\nTZID:My zone\n\
    BEGIN:STANDARD\nDTSTART:16010101T000000\nTZOFFSETFROM:+0800\nTZOFFSETTO:+0800\nEND:STANDARD\nEND:VTIMEZONE\n\
    BEGIN:VTODO\nUID:t\nSUMMARY:To do\nEND:VTODO\n\
    BEGIN:VEVENT\nUID:1\nDTSTART;TZID=\"China Standard Time\":20200916T090000\nDTEND;TZID=\"China Standard Time\":20200916T170000\n\
    SUMMARY:Windows\\, zone\nDESCRIPTION:folded\nwrongly\nCATEGORIES:a,b\nURL:mailto:a@example.org\nSTATUS:TENTATIVE\nEND:VEVENT\n\
    BEGIN:VEVENT\nUID:2\nDTSTART;TZID=My zone:20200917T090000\nDURATION:PT90M\nSUMMARY:Own zone\nEND:VEVENT\n\
    BEGIN:VEVENT\nUID:3\nDTSTART;VALUE=DATE:20200918\nDTEND;VALUE=DATE:20200921\nSUMMARY:Days\nEND:VEVENT\n\
    BEGIN:VEVENT\nUID:4\nSUMMARY:Undated\nEND:VEVENT\nEND:VCALENDAR\n\
    BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:5\nDTSTART:20200922T010000\nSUMMARY:Floating\nRRULE:FREQ=WEEKLY;COUNT=3\n\
    EXDATE:20200929T010000\nEND:VEVENT\n\
    BEGIN:VEVENT\nUID:5\nRECURRENCE-ID:20201006T010000\nDTSTART:20201007T010000\nSUMMARY:Moved\nEND:VEVENT\n\
    BEGIN:VEVENT\nUID:6\nDTSTART:20200923T010000Z\nSUMMARY:Cut off";

#[test]
fn foreign_calendars_are_read_as_far_as_they_can_be() {
    let office = Office::new();
    let file = office.write("foreign.ics", FOREIGN);
    let ran = office.run(&["import", &file, "--kind", "meeting", "--json"]);
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((ran.code, &report["added"]), (1, &5.into()), "{report}");
    let rejected = &report["rejected"];
    assert_eq!((rejected.as_array().unwrap().len(), &rejected[0]["line"]), (1, &39.into()), "{report}");
    assert!(rejected[0]["reason"].as_str().unwrap().contains("no start"), "{report}");
    assert!(report["notes"].to_string().contains("ends in the middle of this event"), "{report}");

    let list = office.json(&["event", "list", "--from", "2020", "--to", "2020"]);
    let told: Vec<_> = list
        .as_array()
        .unwrap()
        .iter()
        .map(|e| ["title", "start", "end", "timezone"].map(|key| e[key].as_str().unwrap_or("-").to_owned()).join(" | "))
        .collect();
    assert_eq!(
        told,
        [
            "Windows, zone | 2020-09-16T09:00 | 2020-09-16T17:00 | Asia/Shanghai",
            "Own zone | 2020-09-17T09:00 | 2020-09-17T10:30 | Asia/Shanghai",
            "Days | 2020-09-18 | 2020-09-20 | UTC",
            "Floating | 2020-09-22T01:00 | - | UTC",
            "Cut off | 2020-09-23T01:00 | - | UTC",
            "Moved | 2020-10-07T01:00 | - | UTC",
        ]
    );
    let first = &list[0];
    assert_eq!((&first["kind"], &first["status"]), (&"meeting".into(), &"tentative".into()));
    assert_eq!(first["topics"], serde_json::json!(["a", "b"]));
    assert_eq!(first["description"], "folded\nwrongly\n\nmailto:a@example.org");
    let again = office.run(&["import", &file, "--kind", "meeting", "--json"]);
    let again: Value = serde_json::from_str(&again.stdout).unwrap();
    // The one that is cut stays as it was.
    assert_eq!((&again["added"], &again["updated"], &again["unchanged"]), (&0.into(), &0.into(), &4.into()));
}

#[test]
fn encodings_and_junk_are_no_trouble() {
    let office = Office::new();
    let one = |title: &str| {
        format!(
            "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:{title}\r\nDTSTART:20200916\r\nSUMMARY:{title}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        )
    };
    let latin: Vec<u8> = one("Café").chars().map(|c| c as u8).collect();
    let utf16: Vec<u8> = [0xfeff].into_iter().chain(one("标准").encode_utf16()).flat_map(u16::to_le_bytes).collect();
    for (name, octets) in [("latin.ics", latin), ("utf16.ics", utf16)] {
        let file = office.write(name, octets);
        assert_eq!(office.json(&["import", &file])["added"], 1, "{name}");
    }
    let titles = office.json(&["event", "list"]).to_string();
    assert!(titles.contains("Café") && titles.contains("标准"), "{titles}");
    for junk in [&b""[..], b"hello", b"<html>", b"\xff\xfe\x00", &[0; 1000]] {
        let file = office.write("junk.ics", junk);
        let error = office.fails(&["import", &file], 1);
        let is_told =
            ["there is no calendar in it", "came instead of a calendar"].iter().any(|told| error.contains(told));
        assert!(is_told, "{error}");
    }
}

#[test]
fn a_newer_series_has_no_date_that_an_older_change_was_about() {
    let office = Office::new();
    let file = office.write(
        "a.ics",
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:s\r\nRECURRENCE-ID;VALUE=DATE:20260713\r\nDTSTART;VALUE=DATE:20260714\r\n\
         SEQUENCE:1\r\nSUMMARY:Old\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:s\r\nDTSTART;VALUE=DATE:20260706\r\nSUMMARY:New\r\n\
         RRULE:FREQ=WEEKLY;COUNT=3\r\nEXDATE;VALUE=DATE:20260713\r\nSEQUENCE:2\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
    );
    let report = office.json(&["import", &file]);
    assert!(report["notes"].to_string().contains("has it no more"), "{report}");
    assert_eq!(office.json(&["event", "list", "--to", "2027"]).as_array().unwrap().len(), 2);
}

#[test]
fn articles_are_exported_with_the_events_and_are_the_same_elsewhere() {
    let office = Office::new();
    office.ok(&["event", "add", "forum", "Forum", "--on", "2027-03-01", "--status", "draft"]);
    office.ok(&["event", "add", "meeting", "Plenary", "--on", "2027-03-02"]);
    let about =
        "---\ntitle: Two meetings\nbyline: Ann\ndate: 2026-10-01\ntopics: [IPv6]\nevents: [2, 1]\n---\nText *here*.";
    office.ok(&["article", "add", &office.write("a.md", about)]);
    office.ok(&["article", "add", &office.write("b.md", "---\ntitle: A draft\ndraft: true\n---\nMore."), "--draft"]);
    let exported = office.ok(&["export", "--format", "json"]);

    let other = Office::new();
    // Ids are others there.
    other.ok(&["event", "add", "other", "Another", "--on", "2027-01-01"]);
    other.ok(&["article", "add", &other.write("c.md", "---\ntitle: Another\n---\nText.")]);
    let file = other.write("all.json", &exported);
    let would = other.json(&["import", &file, "--dry-run"]);
    let counts = |added: usize, unchanged: usize| json!({ "added": added, "updated": 0, "unchanged": unchanged });
    assert_eq!((&would["articles"], &would["added"], &would["rejected"]), (&counts(2, 0), &json!(2), &json!([])));
    assert_eq!(other.json(&["article", "list"]).as_array().unwrap().len(), 1);
    assert!(other.ok(&["import", &file]).contains("Articles: 2 added, 0 updated, 0 unchanged"));
    let again = other.json(&["import", &file]);
    assert_eq!((&again["articles"], &again["unchanged"]), (&counts(0, 2), &json!(2)));

    let (here, there) = (office.json(&["article", "show", "1"]), other.json(&["article", "show", "2"]));
    for same in ["uid", "title", "byline", "date", "topics", "body", "status", "published_at"] {
        assert_eq!(here[same], there[same], "{same}");
    }
    assert_eq!(there["events"], json!([3, 2]));
    assert_eq!(other.json(&["article", "show", "3"])["status"], "draft");

    let changed = exported.replace("Text *here*.", "Text *there*.");
    let report = other.json(&["import", &other.write("all.json", changed)]);
    assert_eq!(report["articles"], json!({ "added": 0, "updated": 1, "unchanged": 1 }));
    assert_eq!(other.json(&["article", "history", "2"])[1]["field"], "body");
}

#[test]
fn an_article_that_can_not_be_is_rejected_with_its_place_and_the_rest_goes_in() {
    let office = Office::new();
    let list = json!([
        { "type": "article", "title": "A", "body": "Text.", "events": ["nowhere@example.org"] },
        { "type": "article", "title": "", "body": "Text." },
        { "type": "article", "title": "C", "body": 7 },
        { "type": "article", "title": "D", "body": "Text.", "colour": "red" },
        { "type": "article", "title": "E", "body": "Text.", "published_at": "yesterday" },
        { "type": "article", "title": "F", "body": "Text." },
    ]);
    let file = office.write("list.json", list.to_string());
    let ran = office.run(&["--json", "import", &file]);
    assert_eq!(ran.code, 1);
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(report["articles"]["added"], 1);
    let rejected = report["rejected"].as_array().unwrap();
    let lines: Vec<_> = rejected.iter().map(|r| r["line"].as_u64().unwrap()).collect();
    assert_eq!(lines, [1, 2, 3, 4, 5], "{rejected:?}");
    for (place, word) in [(0, "nowhere@example.org"), (1, "title"), (2, "body"), (3, "colour"), (4, "published_at")] {
        assert!(rejected[place]["reason"].as_str().unwrap().contains(word), "{rejected:?}");
    }
}

#[test]
fn an_import_reads_no_event_that_it_is_not_about() {
    let office = Office::new();
    let first = office.write("first.csv", "uid,kind,title,start\na,meeting,A,2020-10-01\n,meeting,B,2020-10-01\n");
    office.ok(&["import", &first]);
    office.add(&["meeting", "Damaged", "--on", "2020-10-01"]);
    office.sql("UPDATE event SET timezone = 'Mars/Olympus' WHERE title = 'Damaged'");
    assert_ne!(office.run(&["event", "show", "3"]).code, 0, "whoever reads it notices");
    let next = "uid,kind,title,start,location\na,meeting,A,2020-10-02,\n,meeting,B,2020-10-01,Room 4\n,meeting,C,2020-10-01,\n";
    let report = office.json(&["import", &office.write("next.csv", next)]);
    assert_eq!(["added", "updated", "unchanged"].map(|key| report[key].as_u64().unwrap()), [1, 2, 0]);
}
