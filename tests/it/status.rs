//! `kalends status`: how things stand at a glance.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::support::smtp_server::SmtpServer;
use crate::support::{Office, wait_for};

fn config(relay: u16) -> String {
    format!(
        "[mail]\nfrom = \"Watch <news@example.org>\"\ntransport = \"smtp\"\n[[mail.relay]]\n\
         url = \"smtp://127.0.0.1:{relay}\"\n[[source]]\nname = \"away\"\nurl = \"http://127.0.0.1:9/a.ics\"\n\
         [[digest]]\nslug = \"weekly\"\nschedule = \"0 8 * * 1\"\nsend_empty = true\n"
    )
}

/// With so many readers of its digest.
fn office(config: &str, readers: usize) -> Office {
    let office = Office::with_config(config);
    let rows: String = (0..readers).map(|n| format!("reader{n}@example.org,weekly,2020-01-01\n")).collect();
    let table = office.write("readers.csv", format!("email,digests,consent_at\n{rows}"));
    office.ok(&["subscriber", "import", &table]);
    office
}

/// The messages of what needs a hand.
fn needs(status: &Value) -> Vec<String> {
    status["needs"].as_array().unwrap().iter().map(|need| need["message"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edition_is_told_with_its_counts_what_failed_and_why() {
    let server = SmtpServer::start().await;
    server.on_rcpt("reader1@example.org", "550 5.1.1 <reader1@example.org>: User unknown");
    server.on_rcpt("reader2@example.org", "550 5.1.1 <reader2@example.org>: User unknown");
    server.on_rcpt("reader3@example.org", "451 4.7.1 Greylisted, try again");
    let office = office(&config(server.port()), 9);
    let mut daemon = office.serve();
    office.ok(&["digest", "send", "weekly"]);
    let status = wait_for("the edition", || {
        let status = office.json(&["status"]);
        (status["digests"][0]["last"]["sent"] == 6 && status["backlog"]["due"] == 0).then_some(status)
    });
    let digest = &status["digests"][0];
    assert_eq!(
        (&digest["digest"], &digest["readers"], &digest["paused"]),
        (&"weekly".into(), &9.into(), &false.into())
    );
    let last = &digest["last"];
    assert_eq!((&last["candidates"], &last["failed"], &last["deferred"]), (&9.into(), &2.into(), &1.into()));
    assert!(digest["next_at"].as_str().unwrap() > status["at"].as_str().unwrap());
    assert_eq!(status["daemon"]["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(status["configuration"]["differences"], serde_json::json!([]));

    // Alike, whoever it was for, and with nobody's address.
    let mut failures: Vec<_> = status["failures"].as_array().unwrap().clone();
    failures.sort_by_key(|failure| failure["status"].as_str().unwrap().to_owned());
    let told: Vec<_> =
        failures.iter().map(|f| (f["status"].as_str().unwrap(), f["deliveries"].as_i64().unwrap())).collect();
    assert_eq!(told, [("deferred", 1), ("failed", 2)], "{failures:#?}");
    assert!(failures[1]["reason"].as_str().unwrap().contains("User unknown"), "{failures:#?}");
    assert_eq!((&failures[1]["edition"], &failures[0]["is_tried_again"]), (&"weekly/1".into(), &true.into()));
    let all = status.to_string() + &office.ok(&["status"]);
    assert!(!all.contains("reader1") && !all.contains("reader2"), "{all}");

    // What waits for its time, its speed, and when it will be through.
    let backlog = &status["backlog"];
    assert_eq!((&backlog["waiting"], &backlog["due"]), (&1.into(), &0.into()));
    assert!(
        backlog["per_minute"].as_i64().unwrap() > 0
            && backlog["through_at"].as_str().unwrap() > status["at"].as_str().unwrap()
    );
    assert_eq!(status["relays"][0]["stopped_since"], Value::Null);
    assert!(status["disk"]["octets"].as_u64().unwrap() > 0 && status["disk"]["free_octets"].as_u64().unwrap() > 0);
    let away = wait_for("the calendar to fail", || {
        let status = office.json(&["status"]);
        (status["sources"][0]["failures"] == 1).then(|| status["sources"][0].clone())
    });
    assert_eq!((&away["name"], &away["read_at"]), (&"away".into(), &Value::Null));

    let people = office.ok(&["status"]);
    for said in
        ["6 of 9 sent, 1 deferred, 2 failed", "the file says the same", "1 mail waits, none of them due yet", "in use"]
    {
        assert!(people.contains(said), "no {said:?} in\n{people}");
    }
    office.settle(&mut daemon);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_needs_a_hand_stands_first_with_what_helps() {
    let server = SmtpServer::start().await;
    let office = office(&config(server.port()), 12);
    let status = office.json(&["status"]);
    assert!(needs(&status)[0].contains("no daemon runs on data/kalends.db"), "{status:#}");
    assert!(status["needs"][0]["help"].as_str().unwrap().contains("kalends serve"));

    // A relay that refuses everybody.
    server.refuse_everybody(Some("550 Rejected: the reverse DNS record of your host 192.0.2.1 does not exist"));
    let mut daemon = office.serve();
    office.ok(&["digest", "send", "weekly"]);
    daemon.wait_for_line("the relay refuses everybody");
    let status = wait_for("the stop", || {
        let status = office.json(&["status"]);
        needs(&status).iter().any(|need| need.contains("is stopped since")).then_some(status)
    });
    assert!(status["relays"][0]["reason"].as_str().unwrap().contains("reverse DNS"), "{status:#}");

    // A digest that was taken out, with its mails.
    office.configure(&config(server.port()).replace("slug = \"weekly\"", "slug = \"daily\""));
    daemon.wait_for_line("the digest is not in the configuration");
    let status = wait_for("the digest", || {
        let status = office.json(&["status"]);
        (status["absent"][0]["digest"] == "weekly").then_some(status)
    });
    assert_eq!((&status["absent"][0]["readers"], &status["absent"][0]["queued"]), (&12.into(), &12.into()));
    assert!(
        needs(&status)
            .iter()
            .any(|n| n == "weekly is not configured any more: it has 12 readers, and 12 mails of it wait")
    );
    assert_eq!((&status["backlog"]["waiting"], &status["backlog"]["held"]), (&0.into(), &12.into()));
    let ran = office.run(&["check", "--json"]);
    assert!(ran.stdout.contains("its readers are 12, and of its mails 12 wait"), "{}", ran.stdout);

    // A pause, and a file that is wrong; the digests are those that the daemon has.
    office.configure(&config(server.port()));
    daemon.wait_for_line("the configuration was taken over: [[digest]] daily: is no longer there");
    office.ok(&["digest", "pause", "weekly"]);
    office.configure(&config(server.port()).replace("0 8 * * 1", "0 8 * *"));
    daemon.wait_for_line("the configuration can't be taken over");
    let status = wait_for("the refusal", || {
        let status = office.json(&["status"]);
        (status["configuration"]["refused_at"] != Value::Null).then_some(status)
    });
    assert_eq!((&status["digests"][0]["digest"], &status["digests"][0]["paused"]), (&"weekly".into(), &true.into()));
    let said = needs(&status).join("\n");
    for part in [
        "can't take over what the file says since",
        "[[digest]] schedule",
        "weekly is paused: no editions are made, and 12 mails of it wait",
    ] {
        assert!(said.contains(part), "no {part:?} in\n{said}");
    }
    let people = office.run(&["status"]);
    assert!(people.code == 0 && people.stdout.starts_with("NEEDS A HAND\n"), "{}", people.stdout);
    assert!(people.stdout.contains("`kalends digest resume weekly`") && !people.stdout.contains('\u{1b}'));
    let ran = office.run(&["check"]);
    assert!(ran.code == 1 && ran.stdout.contains("goes by the configuration of"), "{}", ran.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_failed_is_told_once_there_is_room_again() {
    let office = Office::new();
    let daemon = office.serve_with_little_room(1200);
    assert_eq!(office.json(&["status"])["failed_write"], Value::Null);
    let mut is_full = false;
    for n in 0..60 {
        let email = format!("reader{n}@example.org");
        let (client, wish) = (format!("10.{n}.0.1"), [("email", email.as_str()), ("digest", "weekly")]);
        is_full = daemon.post_from(&client, "/subscribe", &wish).await.status().is_server_error();
        if is_full {
            break;
        }
    }
    assert!(is_full, "the room was never used up");
    daemon.make_room();
    // The daemon finds that by itself.
    let failed = wait_for("the write that failed", || {
        Some(office.json(&["status"])["failed_write"].clone()).filter(|failed| *failed != Value::Null)
    });
    assert!(failed["reason"].as_str().unwrap().starts_with("the disk that holds the database"), "{failed}");
    assert!(office.ok(&["status"]).contains("last write failed"));
}

#[test]
fn a_database_that_can_not_be_opened_is_told_and_no_error() {
    let office = Office::empty();
    let status = office.json(&["status"]);
    assert!(needs(&status)[0].contains("data/kalends.db"), "{status:#}");
    assert!(status["needs"][0]["help"].as_str().unwrap().contains("kalends init"), "{status:#}");
    std::fs::create_dir(office.path("data")).unwrap();
    office.write("data/kalends.db", "no database at all, but some text that somebody wrote");
    let status = office.json(&["status"]);
    assert!(needs(&status)[0].contains("data/kalends.db"), "{status:#}");
}

/// A watch in this office, by another program that gives it a terminal or not.
fn watch(office: &Office, args: &[&str]) -> std::process::Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kalends"));
    command.current_dir(office.path("")).env_remove("KALENDS_CONFIG").args(["status", "--watch"]).args(args);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

#[test]
fn a_watch_without_a_terminal_prints_blocks_until_somebody_ends_it() {
    let office = Office::with_config("");
    let mut child = watch(&office, &[]);
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    for _ in 0..2 {
        let first = lines.by_ref().map(Result::unwrap).find(|line| line.starts_with("NEEDS A HAND"));
        assert_eq!(first.as_deref(), Some("NEEDS A HAND"));
    }
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    assert!(child.wait().unwrap().success());

    // A line each for programs; and who goes away ends it.
    let mut child = watch(&office, &["--json"]);
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    for _ in 0..2 {
        let status: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
        assert_eq!(status["daemon"], Value::Null);
    }
    drop(lines);
    assert!(child.wait().unwrap().success());
}
