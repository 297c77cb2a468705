//! `kalends config show`: what is in force, and where it comes from.

use serde_json::Value;

use crate::support::{Office, wait_for};

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

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_of_the_configuration_is_kept_and_a_change_of_one_is_seen() {
    let office = Office::with_config(&RELAY.replace("48151623", "23421615"));
    let mut daemon = office.serve();
    office.configure(&RELAY.replace("\"48151623\"", "\"16234248\"").replace("48151623", "23421615"));
    let line = daemon.wait_for_line("the configuration was taken over");
    assert!(line.ends_with("[[mail.relay]] 1 password: changed, and is not shown"), "{line}");
    let kept = office.ask("SELECT settings FROM daemon");
    assert!(kept.contains("[[mail.relay]]") && !kept.contains("23421615") && !kept.contains("16234248"), "{kept}");
    assert_eq!(office.before_in_database("16234248"), "");
    assert!(!daemon.log_so_far().contains("16234248"));
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

#[tokio::test(flavor = "multi_thread")]
async fn what_the_daemon_goes_by_otherwise_is_told_first_with_the_reason() {
    let config = "[site]\ntitle = \"Before\"\n[http]\nlisten = \"127.0.0.1:18999\"\n";
    let office = Office::with_config(config);
    let mut daemon = office.serve();
    let shown = office.json(&["config", "show"]);
    assert_eq!(shown["daemon"]["differences"], serde_json::json!([]));
    assert_eq!(shown["daemon"]["version"], env!("CARGO_PKG_VERSION"));

    // What is opened at the start waits, and all else is taken over.
    office.configure(&config.replace("18999", "18998").replace("Before", "After"));
    daemon.wait_for_line("this changes when the daemon is started again");
    let told = wait_for("the new title", || {
        let shown = office.json(&["config", "show"]);
        let options: Vec<Value> = shown["daemon"]["differences"].as_array().unwrap().clone();
        (options.len() == 1).then(|| options[0].clone())
    });
    assert_eq!((&told["option"], &told["why"]), (&"[http] listen".into(), &"new-start".into()));
    assert_eq!((&told["daemon"], &told["file"]), (&"\"127.0.0.1:18999\"".into(), &"\"127.0.0.1:18998\"".into()));
    let people = office.ok(&["config", "show"]);
    let first = people.find("waits for the daemon's next start").unwrap();
    assert!(first < people.find("[site]").unwrap(), "{people}");

    // What can't be taken over is told with what is wrong, and what is in force with it.
    office.configure(&config.replace("Before", "Last").replace("[http]", "timezone = \"Mars\"\n[http]"));
    daemon.wait_for_line("the configuration can't be taken over");
    wait_for("the refusal", || office.run(&["config", "show"]).stdout.contains("can't take over").then_some(()));
    let ran = office.run(&["config", "show", "--json"]);
    let shown: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(ran.code, 1);
    assert!(shown["wrong"][0].as_str().unwrap().contains("line 3: [site] timezone"), "{shown:#}");
    assert_eq!(shown["daemon"]["refused"], shown["wrong"]);
    assert_eq!(setting(&shown["daemon"], "[site] title")["value"], "After");

    // A variable that the daemon has not.
    office.configure(&config.replace("Before", "After"));
    daemon.wait_for_line("the configuration is right again");
    let ran = office.run_among(&[("KALENDS_SITE__TITLE", "Other")], &["config", "show"]);
    assert!(
        ran.stdout.contains("KALENDS_SITE__TITLE is not the same where the daemon runs and here"),
        "{}",
        ran.stdout
    );
    daemon.stop();
    assert!(office.ok(&["config", "show"]).starts_with("No daemon runs on data/kalends.db."));
}
