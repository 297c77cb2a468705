//! The database, the links and the configuration of an older version, in the hands of this one.

use std::io::Read;
use std::path::PathBuf;

use jiff::Timestamp;
use serde_json::Value;

use crate::support::smtp_server::SmtpServer;
use crate::support::{Daemon, Office, wait_for};

fn kept(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/v0.2.0").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// An office of 0.2.0 at this moment, that no newer program has touched; `replaced` is put into its configuration.
pub fn office_at(moment: &str, replaced: (&str, &str)) -> Office {
    let office = Office::empty();
    for folder in ["data", "config"] {
        std::fs::create_dir(office.path(folder)).unwrap();
    }
    let packed = include_bytes!("../data/v0.2.0.db.gz");
    let mut database = Vec::new();
    flate2::read::GzDecoder::new(&packed[..]).read_to_end(&mut database).unwrap();
    office.write("data/kalends.db", database);
    office.configure(&kept("office.toml").replace(replaced.0, replaced.1));
    let offset = moment.parse::<Timestamp>().unwrap().duration_since(Timestamp::now()).as_secs();
    office.sql(&format!("INSERT INTO meta VALUES ('clock_offset', '{offset}')"));
    office
}

/// The same, after a daemon of today has migrated it.
fn migrated(moment: &str) -> (Office, Daemon) {
    let office = office_at(moment, ("", ""));
    let daemon = office.serve();
    (office, daemon)
}

/// What was mailed for this purpose: to whom, and the link or address.
fn mailed(purpose: &str) -> Vec<(String, String)> {
    let lines = kept("links.txt");
    let words = |line: &str| line.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let found: Vec<_> = lines.lines().map(words).filter(|words| words[0] == purpose).collect();
    assert!(!found.is_empty(), "{purpose}");
    found.into_iter().map(|words| (words[1].clone(), words[2].clone())).collect()
}

pub fn one(purpose: &str) -> String {
    mailed(purpose).remove(0).1
}

#[tokio::test(flavor = "multi_thread")]
async fn calendars_and_feeds_stay_the_same_to_the_octet() {
    let (_office, daemon) = migrated("2020-09-08T00:35:00Z");
    let own = one("calendar");
    for (path, name) in [
        ("/calendar.ics", "calendar.ics"),
        ("/feed.json", "feed.json"),
        ("/feed.atom", "feed.atom"),
        (own.as_str(), "own-calendar.ics"),
    ] {
        let (now, then) = (daemon.text(path).await, kept(name));
        let differs = now.lines().zip(then.lines()).find(|(now, then)| now != then);
        assert!(now == then, "{path}: {differs:?}");
    }
}

#[test]
fn the_next_edition_tells_what_it_would_have_told() {
    let (office, _daemon) = migrated("2020-09-13T23:00:00Z");
    for (name, reader) in
        [("all", &[][..]), ("ben", &["--as", "ben@example.org"]), ("lin", &["--as", "lin@example.org"])]
    {
        let preview = ["digest", "preview", "weekly", "--at", "2020-09-14 08:00", "--format", "text"];
        let (now, then) = (office.ok(&[&preview, reader].concat()), kept(&format!("next-{name}.txt")));
        // How it is told has changed since: subject, times, links to calendars. What is told, and in which order, has not.
        let is_entry = |line: &&str| line.starts_with("* ") || line.contains("/events/") && !line.ends_with(".ics");
        let told = |mail: &str| mail.lines().filter(is_entry).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(told(&now), told(&then), "{name}");
        assert!(told(&now).len() >= 2, "{now}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_link_that_was_mailed_still_leads_where_it_led() {
    let (office, daemon) = migrated("2020-09-07T01:20:00Z");
    let status_of = |email: &str, digest: &str| {
        let person = office.json(&["subscriber", "show", email]);
        let of = person["subscriptions"].as_array().unwrap().iter().find(|s| s["digest"] == digest).cloned();
        of.unwrap()["status"].as_str().unwrap().to_owned()
    };
    assert!(daemon.text(&one("preferences")).await.contains("a…@example.org"));
    assert!(daemon.text(&one("owner")).await.contains("ada@example.org"));
    assert_eq!(daemon.get(&one("calendar")).await.status(), 200);

    assert_eq!(status_of("dan@example.org", "weekly"), "pending");
    assert_eq!(daemon.get(&one("confirm")).await.status(), 200);
    assert_eq!(daemon.post(&one("confirm"), &[]).await.status(), 200);
    assert_eq!(status_of("dan@example.org", "weekly"), "confirmed");
    assert_eq!(daemon.get(&one("confirmed")).await.status(), 200);

    let one_click = [("List-Unsubscribe", "One-Click")];
    for (email, link) in mailed("unsubscribe") {
        assert_eq!(status_of(&email, "weekly"), "confirmed");
        for _ in 0..2 {
            assert_eq!(daemon.post(&link, &one_click).await.status(), 200, "{email}");
        }
        assert_eq!(status_of(&email, "weekly"), "left");
    }
    assert_eq!(status_of("ada@example.org", "weekly"), "confirmed");
    for purpose in ["unsubscribe-left", "unsubscribe-forgotten"] {
        assert_eq!(daemon.post(&one(purpose), &one_click).await.status(), 200, "{purpose}");
        let forged = one(purpose).replace("dQAAAAA", "dQAAAAB");
        assert_eq!(daemon.post(&forged, &one_click).await.status(), 404, "{purpose}");
    }
}

#[test]
fn every_address_that_was_mailed_still_proves_what_it_proved() {
    let (office, _daemon) = migrated("2020-09-08T01:00:00Z");
    let take = |recipient: &str, message: &str| -> Value {
        let ran = office.run_with_input(&["--json", "bounce", "--recipient", recipient], message.as_bytes());
        assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
        serde_json::from_str::<Value>(&ran.stdout).unwrap()[0].clone()
    };
    for (email, address) in mailed("bounce") {
        let report = format!(
            "From: MAILER-DAEMON@mx.example.net\nTo: {address}\nSubject: Undelivered Mail\nMIME-Version: 1.0\n\
             Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nNo.\n\n--b\n\
             Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.net\n\n\
             Final-Recipient: rfc822; {email}\nAction: failed\nStatus: 5.1.1\n\n--b--\n"
        );
        let taken = take(&address, &report);
        assert_eq!((&taken["class"], &taken["verified"]), (&"hard".into(), &true.into()), "{taken}");
        assert!(!office.json(&["subscriber", "show", &email])["suppressed"].is_null(), "{email}");
    }
    let leave = take(&one("unsubscribe-mail"), "From: hal@example.org\nSubject: unsubscribe\n\n");
    assert_eq!((&leave["class"], &leave["verified"]), (&"unsubscribe".into(), &true.into()), "{leave}");
    let hal = office.json(&["subscriber", "show", "hal@example.org"]);
    assert_eq!(hal["subscriptions"][0]["status"], "left");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waited_in_the_outbox_goes_out_once() {
    let server = SmtpServer::builder().start().await;
    let (old, new) = ("smtp://127.0.0.1:1", format!("smtp://127.0.0.1:{}", server.port()));
    // Later than the last reader's own morning.
    let office = office_at("2020-09-09T00:00:00Z", (old, &new));
    let waiting = "SELECT count(*) FROM delivery
                   WHERE edition_id <= 3 AND status IN ('queued', 'sending', 'deferred', 'uncertain')";
    assert_eq!(office.ask(waiting), "10");
    let _daemon = office.serve();
    wait_for("the deliveries", || Some(()).filter(|()| office.ask(waiting) == "0"));
    assert_eq!(office.ask("SELECT count(*) FROM delivery WHERE edition_id IN (2, 3) AND status = 'sent'"), "8");
    // Each delivery has a sender of its own.
    let mut senders: Vec<_> = server.received().into_iter().map(|mail| mail.from).collect();
    assert!(senders.len() >= 10, "{senders:?}");
    senders.sort();
    let all = senders.clone();
    senders.dedup();
    assert_eq!(senders, all);
}

#[test]
fn the_configuration_of_then_is_taken_as_it_is() {
    let office = Office::new();
    office.configure(&kept("kalends.toml"));
    assert_eq!(office.json(&["digest", "list"])[0]["slug"], "weekly");
    office.configure(&kept("office.toml"));
    assert_eq!(office.json(&["digest", "list"]).as_array().unwrap().len(), 2);
}
