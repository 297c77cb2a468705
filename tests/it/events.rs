//! Events on the command line.

use crate::support::Office;

#[test]
fn every_kind_and_precision_is_added_and_shown_as_it_was_given() {
    let office = Office::new();
    for (kind, dates, start, end, precision) in [
        ("meeting", &["--on", "2020-09-11"][..], "2020-09-11", None, "day"),
        ("forum", &["--from", "2020-12-29", "--to", "2021-01-02"], "2020-12-29", Some("2021-01-02"), "day"),
        ("release", &["--on", "2020-03"], "2020-03", None, "month"),
        ("effective-date", &["--on", "2022-Q3"], "2022-Q3", None, "quarter"),
        ("deadline", &["--on", "2020-09-16 17:00", "--tz", "Europe/Brussels"], "2020-09-16T17:00", None, "minute"),
        ("other", &["--from", "2021", "--to", "2025"], "2021", Some("2025"), "year"),
    ] {
        let id = office.add(&[&[kind, "A title"], dates].concat());
        let event = office.json(&["event", "show", &id]);
        assert_eq!(event["kind"], kind);
        assert_eq!(event["start"], start);
        assert_eq!(event["end"].as_str(), end);
        assert_eq!(event["precision"], precision);
    }
    let list = office.json(&["event", "list"]);
    let starts: Vec<_> = list.as_array().unwrap().iter().map(|e| e["start"].as_str().unwrap()).collect();
    assert_eq!(starts, ["2020-03", "2020-09-11", "2020-09-16T17:00", "2020-12-29", "2021", "2022-Q3"]);
}

#[test]
fn a_standard_is_found_in_every_edition_whatever_its_spelling() {
    let office = Office::new();
    for standard in ["GB/T 35273-2017", "GB/T 35273-2020", "GB/T 3527-2020", "ISO/IEC 30145-3:2020"] {
        office.add(&["release", standard, "--on", "2020", "--standard", standard]);
    }
    for (asked, found) in
        [("GB/T 35273", 2), ("gb/t35273", 2), ("GB/T  35273-2020", 1), ("iso/iec 30145", 1), ("GB/T 352", 0)]
    {
        let list = office.json(&["event", "list", "--standard", asked]);
        assert_eq!(list.as_array().unwrap().len(), found, "{asked}");
    }
}

#[test]
fn lists_are_narrowed_by_day_kind_topic_and_words() {
    let office = Office::new();
    office.add(&[
        "meeting",
        "Plenary in the capital",
        "--on",
        "2020-09-11",
        "--location",
        "Beijing",
        "--topic",
        "IPv6",
    ]);
    office.add(&["forum", "标准化论坛", "--from", "2020-09-14", "--to", "2020-09-20", "--topic", "Smart City"]);
    office.add(&["release", "A year", "--on", "2021"]);
    let count = |args: &[&str]| office.json(&[&["event", "list"], args].concat()).as_array().unwrap().len();
    assert_eq!(count(&["--from", "2020-09-20"]), 2);
    assert_eq!(count(&["--from", "2020-09-12", "--to", "2020-09-13"]), 0);
    assert_eq!(count(&["--from", "2020-09-16", "--to", "2020-09-16"]), 1);
    assert_eq!(count(&["--to", "2020-09"]), 2);
    assert_eq!(count(&["--kind", "forum", "--kind", "release"]), 2);
    assert_eq!(count(&["--topic", "smart city"]), 1);
    assert_eq!(count(&["--search", "beijing PLENARY"]), 1);
    assert_eq!(count(&["--search", "标准"]), 1);
    assert_eq!(count(&["--search", "PLENARYin thecapital"]), 1);
    assert_eq!(count(&["--search", "nowhere"]), 0);
    assert_eq!(count(&["--limit", "2"]), 2);
}

#[test]
fn each_change_is_in_the_history_with_what_was_before() {
    let office = Office::new();
    let id = office.add(&["meeting", "Plenary", "--on", "2020-09-11", "--status", "draft"]);
    office.ok(&["event", "publish", &id]);
    office.ok(&["event", "edit", &id, "--on", "2020-09-18", "--location", "Beijing"]);
    office.ok(&["event", "edit", &id, "--location", "Beijing"]);
    office.ok(&["event", "cancel", &id, "--reason", "no quorum"]);
    let event = office.json(&["event", "show", &id]);
    assert_eq!((&event["status"], &event["sequence"]), (&"cancelled".into(), &2.into()));
    let history = office.json(&["event", "history", &id]);
    let told: Vec<_> = history
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| {
            assert!(entry["at"].as_str().unwrap().ends_with('Z'));
            let text = |key: &str| entry[key].as_str().unwrap_or("-").to_owned();
            (text("action"), text("field"), text("from"), text("to"))
        })
        .collect();
    let told: Vec<_> = told.iter().map(|(a, f, b, c)| (a.as_str(), f.as_str(), b.as_str(), c.as_str())).collect();
    assert_eq!(
        told,
        [
            ("added", "-", "-", "-"),
            ("published", "status", "draft", "confirmed"),
            ("edited", "start", "2020-09-11", "2020-09-18"),
            ("edited", "location", "", "Beijing"),
            ("cancelled", "status", "confirmed", "cancelled"),
            ("cancelled", "reason", "", "no quorum"),
        ]
    );
}

#[test]
fn what_an_edit_does_not_name_stays() {
    let office = Office::new();
    let id = office.add(&[
        "forum",
        "Week",
        "--from",
        "2020-09-14",
        "--to",
        "2020-09-20",
        "--topic",
        "a",
        "--topic",
        "b",
        "--url",
        "https://example.org/",
    ]);
    office.ok(&["event", "edit", &id, "--title", "Cybersecurity week"]);
    let event = office.json(&["event", "show", &id]);
    assert_eq!((&event["end"], &event["url"]), (&"2020-09-20".into(), &"https://example.org/".into()));
    // One day alone has no end, and a list that is named is replaced.
    office.ok(&["event", "edit", &id, "--on", "2020-09-16", "--topic", "c"]);
    let event = office.json(&["event", "show", &id]);
    assert!(event["end"].is_null());
    assert_eq!(event["topics"], serde_json::json!(["c"]));
}

#[test]
fn removing_asks_and_keeps_the_history() {
    let office = Office::new();
    let id = office.add(&["meeting", "Plenary", "--on", "2020-09-11"]);
    let error = office.fails(&["event", "remove", &id], 2);
    assert!(error.contains("--yes"), "{error}");
    office.ok(&["event", "remove", &id, "--yes"]);
    office.fails(&["event", "show", &id], 1);
    assert_eq!(office.json(&["event", "list"]).as_array().unwrap().len(), 0);
    let history = office.json(&["event", "history", &id]);
    assert_eq!(history[1]["action"], "removed");
}

#[test]
fn a_published_event_is_never_made_a_draft() {
    let office = Office::new();
    let id = office.add(&["meeting", "Plenary", "--on", "2020-09-11"]);
    let error = office.fails(&["event", "edit", &id, "--status", "draft"], 1);
    assert!(error.contains("cancel or remove"), "{error}");
}
