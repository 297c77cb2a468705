//! `kalends config show`: what is in force, and where it comes from.

use serde_json::Value;

use crate::support::Office;

/// An option of what `config show --json` tells.
#[track_caller]
fn setting<'a>(shown: &'a Value, option: &str) -> &'a Value {
    let found = shown["settings"].as_array().unwrap().iter().find(|setting| setting["option"] == option);
    found.unwrap_or_else(|| panic!("no {option} in {shown:#}"))
}

const RELAY: &str = "[mail]\nfrom = \"News <news@example.net>\"\ntransport = \"smtp\"\n[[mail.relay]]\n\
                     url = \"smtp://127.0.0.1:2525\"\nusername = \"kalends\"\npassword = \"48151623\"\n\
                     [[source]]\nurl = \"https://ada:48151623@example.org/a.ics?key=48151623\"\n";

#[test]
fn every_value_in_force_is_told_with_its_place_and_no_secret_is() {
    let office = Office::with_config(RELAY);
    let environment = [("KALENDS_SITE__TITLE", "Norms"), ("KALENDS_DATABASE__URL", "sqlite://data/kalends.db")];
    let shown = office.run_among(&environment, &["config", "show", "--json"]);
    assert_eq!(shown.code, 0, "{}", shown.stderr);
    let json: Value = serde_json::from_str(&shown.stdout).unwrap();
    let from = setting(&json, "[mail] from");
    assert_eq!(
        (&from["value"], &from["origin"], &from["line"]),
        (&"News <news@example.net>".into(), &"file".into(), &2.into())
    );
    let title = setting(&json, "[site] title");
    assert_eq!((&title["value"], &title["variable"]), (&"Norms".into(), &"KALENDS_SITE__TITLE".into()));
    assert_eq!(setting(&json, "[feed] refresh")["value"], "6h");
    assert_eq!(setting(&json, "[[mail.relay]] 1 connections")["value"], 4);
    let password = setting(&json, "[[mail.relay]] 1 password");
    assert_eq!((&password["value"], &password["secret"]), (&Value::Null, &true.into()));
    assert_eq!(setting(&json, "[[source]] example-org url")["value"], "https://example.org/a.ics");
    assert_eq!(json["daemon"], Value::Null);

    let people = office.run_among(&environment, &["config", "show"]).stdout;
    let lines: Vec<String> = people.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    for line in [
        "No daemon runs on data/kalends.db.",
        "from line 2 \"News <news@example.net>\"",
        "title KALENDS_SITE__TITLE \"Norms\"",
        "reply_to default not set",
        "password line 7 set, and not shown",
        "[[digest]] none",
    ] {
        assert!(lines.iter().any(|told| told == line), "no {line:?} in\n{people}");
    }
    assert!(!people.contains("48151623") && !shown.stdout.contains("48151623"));
}

#[test]
fn a_file_that_is_wrong_is_told_and_a_database_that_is_not_there_hinders_nothing() {
    let office = Office::with_config("[mail]\nfrom = \"a@b@c\"\n[site]\ntitel = \"x\"\n");
    let ran = office.run(&["config", "show"]);
    assert_eq!(ran.code, 1);
    for said in ["line 2: [mail] from", "line 4: [site] titel"] {
        assert!(ran.stderr.contains(said), "{}", ran.stderr);
    }
    let ran = office.run(&["config", "show", "--json"]);
    let json: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((ran.code, json["wrong"].as_array().unwrap().len()), (1, 2));

    let office = Office::empty();
    let ran = office.run(&["config", "show"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stdout.contains("There is no file") && ran.stdout.contains("\"0 8 * * mon\""), "{}", ran.stdout);
    assert!(ran.stderr.contains("kalends init"), "{}", ran.stderr);
}
