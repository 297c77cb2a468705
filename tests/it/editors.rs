//! Who changed what, and in which version: history, the log of acts, editors.

use serde_json::{Value, json};

use crate::support::Office;

fn added(office: &Office, title: &str, more: &[&str]) -> String {
    let args = [&["event", "add", "meeting", title, "--on", "2027-03-01"], more].concat();
    office.ok(&args).trim().to_owned()
}

#[test]
fn history_names_who_changed_an_event_and_knows_nobody_of_before() {
    let office = Office::new();
    let id = added(&office, "Plenary", &[]);
    office.sql("UPDATE history SET actor = 'unknown'");
    office.ok(&["event", "edit", &id, "--title", "Second plenary"]);
    office.ok(&["editor", "add", "Ann@example.org", "--name", "Ann"]);
    office.sql(
        "INSERT INTO history (event_id, at, actor, action) VALUES (1, 1900000000, 'editor 1', 'edited'),
                (1, 1900000001, 'token robot', 'edited'), (1, 1900000002, 'source tc260', 'edited')",
    );
    let history = office.json(&["event", "history", &id]);
    let actors: Vec<_> = history.as_array().unwrap().iter().map(|line| line["actor"].as_str().unwrap()).collect();
    assert_eq!(actors, ["unknown", "operator", "editor Ann@example.org", "token robot", "source tc260"]);
    assert!(office.ok(&["event", "history", &id]).contains("editor Ann@example.org"));
}

#[test]
fn a_batch_with_one_wrong_id_publishes_nothing_and_names_it() {
    let office = Office::new();
    let id = added(&office, "Plenary", &["--status", "draft"]);
    for ids in [[&*id, "999"], ["999", &*id]] {
        let ran = office.run(&["--json", "event", "publish", ids[0], ids[1]]);
        let told: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!((ran.code, &told["code"]), (1, &"not-found".into()));
        assert!(ran.stderr.contains("no event 999"), "{}", ran.stderr);
    }
    assert_eq!(office.json(&["event", "show", &id])["status"], "draft");
    let other = added(&office, "Forum", &["--status", "draft"]);
    assert_eq!(office.ok(&["event", "publish", &id, &other, &id]), "Event 1 published.\nEvent 2 published.\n");
}

#[test]
fn a_change_of_what_somebody_saw_in_another_version_is_refused_with_what_changed_meanwhile() {
    let office = Office::new();
    let id = added(&office, "Plenary", &[]);
    let seen = office.json(&["event", "show", &id])["version"].to_string();
    office.ok(&["event", "edit", &id, "--if-version", &seen, "--location", "Beijing"]);
    let refused = office.fails(&["event", "edit", &id, "--if-version", &seen, "--title", "Second plenary"], 1);
    for part in ["changed meanwhile", "location “” → “Beijing”", "by operator"] {
        assert!(refused.contains(part), "{refused}");
    }
    assert_eq!(office.json(&["event", "show", &id])["title"], "Plenary");
    let now = office.json(&["event", "show", &id])["version"].to_string();
    assert_ne!(now, seen);
    office.ok(&["event", "edit", &id, "--if-version", &now, "--title", "Second plenary"]);
    assert!(office.fails(&["event", "edit", &id, "--if-version", "9999", "--title", "x"], 1).contains("version"));
}

#[test]
fn topics_are_replaced_in_the_open_or_added_and_taken_away_one_by_one() {
    let office = Office::new();
    let id = added(&office, "Plenary", &["--topic", "IPv6", "--topic", "finance", "--standard", "GB/T 1"]);
    let said = office.ok(&["event", "edit", &id, "--topic", "cities"]);
    assert!(said.contains("topics: IPv6; finance → cities"), "{said}");
    office.ok(&["event", "edit", &id, "--add-topic", "IPv6", "--remove-topic", "CITIES", "--add-standard", "GB/T 2"]);
    let shown = office.json(&["event", "show", &id]);
    assert_eq!((&shown["topics"], &shown["standards"]), (&json!(["IPv6"]), &json!(["GB/T 1", "GB/T 2"])));
    office.ok(&["event", "edit", &id, "--remove-standard", "GB/T 1"]);
    assert_eq!(office.json(&["event", "show", &id])["standards"], json!(["GB/T 2"]));
}

#[test]
fn cancelling_one_date_says_which_and_is_taken_back() {
    let office = Office::new();
    let id = added(&office, "Weekly", &["--repeat", "FREQ=WEEKLY;COUNT=5"]);
    let said = office.ok(&["event", "cancel", &id, "--occurrence", "2027-03-08"]);
    assert_eq!(said, "The date of 2027-03-08 of event 1 cancelled.\n");
    let date = |office: &Office| {
        let listed = office.json(&["event", "list", "--from", "2027-03-08", "--to", "2027-03-08"]);
        listed[0]["status"].clone()
    };
    assert_eq!(
        (date(&office), office.json(&["event", "show", &id])["status"].clone()),
        (json!("cancelled"), json!("confirmed"))
    );
    assert_eq!(
        office.ok(&["event", "restore", &id, "--occurrence", "2027-03-08"]),
        "The date of 2027-03-08 of event 1 restored.\n"
    );
    assert_eq!(date(&office), "confirmed");
}

#[test]
fn a_cancellation_or_a_removal_is_taken_back_to_what_was_before() {
    let office = Office::new();
    let id = added(&office, "Plenary", &["--status", "tentative"]);
    office.ok(&["event", "cancel", &id, "--reason", "no hall"]);
    office.ok(&["event", "restore", &id]);
    let shown = office.json(&["event", "show", &id]);
    assert_eq!((&shown["status"], &shown["cancel_reason"]), (&json!("tentative"), &json!("")));
    office.ok(&["event", "remove", &id, "--yes"]);
    office.fails(&["event", "show", &id], 1);
    office.ok(&["event", "restore", &id]);
    assert_eq!(office.json(&["event", "show", &id])["status"], "tentative");
    assert!(office.run(&["event", "restore", &id]).stderr.contains("nothing was changed"));
    office.fails(&["event", "restore", "99"], 1);
}

#[test]
fn editors_come_leave_and_come_back_under_their_old_number() {
    let office = Office::new();
    assert_eq!(office.json(&["editor", "list"]), json!([]));
    let add = |more: &[&str]| office.json(&[&["editor", "add", "ann@example.org"], more].concat());
    let ann = add(&["--name", "Ann", "--role", "operator", "--locale", "zh"]);
    assert_eq!((&ann["id"], &ann["role"], &ann["name"]), (&json!(1), &json!("operator"), &json!("Ann")));
    assert_eq!(add(&["--role", "editor"])["name"], "Ann");
    assert_eq!(office.json(&["editor", "list"])[0]["role"], "editor");
    office.ok(&["editor", "remove", "ANN@example.org", "--yes"]);
    assert_eq!(office.json(&["editor", "list"]), json!([]));
    office.fails(&["editor", "remove", "ann@example.org", "--yes"], 1);
    assert_eq!(add(&[])["id"], 1);
    office.fails(&["editor", "add", "ann", "--role", "editor"], 2);
    office.fails(&["editor", "add", "bob@example.org", "--role", "king"], 2);
    let deeds: Vec<Value> =
        office.json(&["acts"]).as_array().unwrap().iter().map(|act| act["action"].clone()).collect();
    assert_eq!(deeds, ["added", "removed", "edited", "added"]);
    assert_eq!(office.json(&["acts"])[0]["about"], "editor ann@example.org");
}

#[test]
fn an_editor_is_forgotten_only_after_they_left_and_history_keeps_the_number() {
    let office = Office::new();
    office.ok(&["editor", "add", "ann@example.org"]);
    let refused = office.fails(&["subscriber", "forget", "ann@example.org", "--yes"], 1);
    assert!(refused.contains("is an editor") && refused.contains("kalends editor remove"), "{refused}");
    office.ok(&["editor", "remove", "ann@example.org", "--yes"]);
    office.ok(&["subscriber", "forget", "ann@example.org", "--yes"]);
    assert!(!office.ok(&["acts"]).contains("ann@"), "{}", office.ok(&["acts"]));
    let files = std::fs::read_dir(office.path("data")).unwrap();
    for file in files.map(|file| file.unwrap().path()).filter(|path| path.is_file()) {
        let octets = std::fs::read(&file).unwrap();
        assert!(!String::from_utf8_lossy(&octets).to_lowercase().contains("ann@example"), "{}", file.display());
    }
}

#[test]
fn an_article_has_a_history_that_outlives_it() {
    let office = Office::new();
    let file = office.write("a.md", "---\ntitle: One\ndate: 2026-10-01\ndraft: true\n---\nText.");
    office.ok(&["article", "add", &file]);
    office.sql("UPDATE article_history SET actor = 'token robot'");
    let seen = office.json(&["article", "show", "1"])["version"].to_string();
    office.write("a.md", "---\ntitle: Two\ndate: 2026-10-01\n---\nText.");
    office.ok(&["article", "edit", "1", &file, "--if-version", &seen]);
    let refused = office.fails(&["article", "edit", "1", &file, "--if-version", &seen], 1);
    assert!(refused.contains("changed meanwhile: title “One” → “Two” by operator"), "{refused}");
    office.ok(&["article", "publish", "1"]);
    office.ok(&["article", "remove", "1", "--yes"]);
    let history = office.json(&["article", "history", "1"]);
    let lines: Vec<_> = history.as_array().unwrap().iter().map(|l| format!("{} {}", l["actor"], l["action"])).collect();
    let expected = [
        "\"token robot\" \"added\"",
        "\"operator\" \"edited\"",
        "\"operator\" \"published\"",
        "\"operator\" \"removed\"",
    ];
    assert_eq!(lines, expected);
    assert_eq!(
        (&history[1]["field"], &history[1]["from"], &history[1]["to"]),
        (&json!("title"), &json!("One"), &json!("Two"))
    );
    office.fails(&["article", "history", "99"], 1);
}
