//! Digests that each reader gets on their own clock, and what else readers choose.

use serde_json::{Value, json};

use crate::support::{Daemon, Mail, Office};

const CONFIG: &str = r#"
[site]
timezone = "Asia/Shanghai"
[[digest]]
slug = "weekly"
title = "The week ahead"
schedule = "0 8 * * mon"
per_reader_time = true
"#;

/// Brussels put its clocks back on Sunday 25 October 2020, New York will a week later, Auckland put them forward a month
/// before. When it is Monday, eight o'clock:
const READERS: [(&str, &str); 4] = [
    ("Pacific/Auckland", "2020-10-25T19:00:00Z"),
    ("Asia/Shanghai", "2020-10-26T00:00:00Z"),
    ("Europe/Brussels", "2020-10-26T07:00:00Z"),
    ("America/New_York", "2020-10-26T12:00:00Z"),
];

/// An office with a reader in each zone, whose daemon has seen the digest on the Sunday before.
fn office() -> Office {
    let office = Office::with_config(CONFIG);
    office.set_clock("2020-10-25T10:00:00Z");
    office.add(&["meeting", "Plenary", "--on", "2020-10-28"]);
    office.add(&["forum", "Forum", "--on", "2020-10-29"]);
    for (zone, _) in READERS {
        add(&office, &address(zone), zone);
    }
    office.serve().stop();
    office
}

fn address(zone: &str) -> String {
    format!("{}@example.org", zone.split('/').next_back().unwrap().to_lowercase())
}

fn add(office: &Office, address: &str, zone: &str) {
    office.ok(&["subscriber", "add", address, "--tz", zone, "--confirmed"]);
}

/// A daemon that starts then.
fn serve_at(office: &Office, moment: &str) -> Daemon {
    office.set_clock(moment);
    office.serve()
}

/// How many different mails its last edition has.
fn mails_made(office: &Office) -> String {
    office.ask("SELECT count(*) FROM mail WHERE edition_id = (SELECT max(id) FROM edition)")
}

const PLAIN: &str = r#"
[site]
timezone = "Asia/Shanghai"
[[digest]]
slug = "weekly"
title = "The week ahead"
schedule = "0 8 * * mon"
"#;

#[tokio::test(flavor = "multi_thread")]
async fn times_are_told_on_the_readers_clock_and_readers_with_like_clocks_share_a_mail() {
    let office = Office::with_config(PLAIN);
    office.set_clock("2020-09-28T00:00:00Z");
    let zones = ["Europe/London", "Europe/Lisbon", "America/New_York", "America/Toronto", "Asia/Shanghai"];
    zones.iter().for_each(|zone| add(&office, &address(zone), zone));
    office.ok(&["subscriber", "add", "anywhere@example.org", "--confirmed"]);

    // Days are the same everywhere.
    office.add(&["meeting", "Plenary", "--on", "2020-09-30"]);
    office.ok(&["digest", "send", "weekly"]);
    assert_eq!(mails_made(&office), "1");

    office.set_clock("2020-09-28T00:00:10Z");
    let (from, to) = ("2020-09-30 10:00", "2020-09-30 12:00");
    office.add(&["meeting", "Call", "--from", from, "--to", to]);
    office.add(&["meeting", "Forum", "--from", from, "--to", to, "--tz", "Europe/Brussels"]);
    office.ok(&["digest", "send", "weekly"]);
    // London and Lisbon, New York and Toronto, Shanghai, and whoever said nothing.
    assert_eq!(mails_made(&office), "4");
    let daemon = office.serve();
    let mails = office.wait_for_mails(12);
    daemon.stop();
    for (reader, call, forum, away) in [
        (
            "london",
            "30 September 2020, 03:00–05:00 your time (10:00–12:00 Shanghai)",
            "09:00–11:00 your time (10:00–12:00 Brussels)",
            "in 2 days",
        ),
        (
            // Sunday evening when it goes out.
            "new_york",
            "Tuesday 29 September 2020, 22:00–24:00 your time (30 September 2020, 10:00–12:00 Shanghai)",
            "04:00–06:00 your time (10:00–12:00 Brussels)",
            "in 2 days",
        ),
        (
            "shanghai",
            "30 September 2020, 10:00–12:00 your time",
            "16:00–18:00 your time (10:00–12:00 Brussels)",
            "in 2 days",
        ),
        (
            "anywhere",
            "30 September 2020, 10:00–12:00 (Asia/Shanghai)",
            "16:00–18:00 Shanghai (10:00–12:00 Brussels)",
            "in 2 days",
        ),
    ] {
        let is_theirs = |mail: &&Mail| mail.header("To").starts_with(reader) && mail.text().contains("Call");
        let mail = mails.iter().find(is_theirs).unwrap();
        for text in [mail.text().split_whitespace().collect::<Vec<_>>().join(" "), mail.html()] {
            for part in [call, forum, away] {
                assert!(text.contains(part), "{reader}: no {part} in {text}");
            }
        }
    }
    let daemon = office.serve();
    let archived = reqwest::get(daemon.url("/archive/weekly/2")).await.unwrap().text().await.unwrap();
    assert!(
        archived.contains("16:00–18:00 Shanghai (10:00–12:00 Brussels)") && !archived.contains("your time"),
        "{archived}"
    );
}

/// The outbox: who, when, how it stands.
fn deliveries(office: &Office) -> Vec<(String, Value, String)> {
    let list = office.json(&["delivery", "list"]);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    list.as_array().unwrap().iter().map(|d| (text(&d["address"]), d["next_at"].clone(), text(&d["status"]))).collect()
}

fn recipients(office: &Office) -> Vec<String> {
    office.outbox().iter().map(|mail| mail.header("To")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_reader_gets_it_at_the_same_hour_of_their_own_day_once() {
    let office = office();
    // Two seconds before it is time on the first clock.
    let mut daemon = serve_at(&office, "2020-10-25T18:59:58Z");
    daemon.wait_for_line("edition made");
    office.wait_for_mails(1);
    let waiting: Vec<_> = READERS[1..].iter().map(|(zone, at)| (address(zone), json!(at), "queued".into())).collect();
    assert_eq!(deliveries(&office)[1..], waiting);
    let status = office.json(&["digest", "status", "weekly"]);
    assert_eq!(status[0]["last"]["scheduled_for"], "2020-10-26T00:00:00Z");
    assert_eq!(status[0]["last"]["queued_until"], "2020-10-26T12:00:00Z");
    assert_eq!(status[0]["next_at"], "2020-11-02T00:00:00Z");
    let table = office.ok(&["digest", "status"]);
    assert!(table.contains("(the last until Mon 2020-10-26 20:00:00 Asia/Shanghai)"), "{table}");
    daemon.kill();

    for (number, (_, moment)) in READERS.iter().enumerate().skip(1) {
        let mut daemon = serve_at(&office, moment);
        office.wait_for_mails(number + 1);
        // Whoever moves has their mail already or still to come, and no second one.
        add(&office, "brussels@example.org", READERS[number].0);
        office.settle(&mut daemon);
        assert_eq!(recipients(&office), READERS[..=number].iter().map(|(zone, _)| address(zone)).collect::<Vec<_>>());
        daemon.kill();
    }
    let mut daemon = serve_at(&office, "2020-10-27T12:00:00Z");
    office.settle(&mut daemon);
    daemon.stop();
    let status = office.json(&["digest", "status", "weekly"]);
    let last = &status[0]["last"];
    assert_eq!((&last["number"], &last["candidates"], &last["sent"]), (&json!(1), &json!(4), &json!(4)));
    assert!(last["queued_until"].is_null());
    for mail in office.outbox() {
        assert_eq!(mail.subject(), "Plenary, Wednesday, and one more date");
        assert!(mail.text().contains("Wednesday 28 October 2020 · in 2 days"), "{}", mail.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_hour_of_their_own_comes_before_or_after_that_of_the_digest() {
    let office = office();
    for (reader, hour) in [("auckland", 23), ("shanghai", 0), ("brussels", 2)] {
        office.sql(&format!("UPDATE subscriber SET send_hour = {hour} WHERE email = '{reader}@example.org'"));
    }
    // Sunday in all other zones when Monday begins in Shanghai.
    let mut daemon = serve_at(&office, "2020-10-25T15:59:58Z");
    daemon.wait_for_line("edition made");
    let mails = office.wait_for_mails(1);
    assert_eq!((mails[0].header("To"), mails.len()), ("shanghai@example.org".into(), 1));
    let mut waiting: Vec<_> =
        deliveries(&office).into_iter().map(|(to, at, _)| (at.as_str().map(str::to_owned), to)).collect();
    waiting.sort();
    let waiting: Vec<_> = waiting.iter().map(|(at, to)| (at.as_deref(), to.as_str())).collect();
    assert_eq!(
        waiting,
        [
            (None, "shanghai@example.org"),
            (Some("2020-10-26T01:00:00Z"), "brussels@example.org"),
            (Some("2020-10-26T10:00:00Z"), "auckland@example.org"),
            (Some("2020-10-26T12:00:00Z"), "new_york@example.org"),
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_rest_one_edition_is_made_and_whose_time_has_passed_gets_it_at_once() {
    let office = office();
    // Two Mondays are over in most places; of the second, New York has yet to see eight o'clock.
    let mut daemon = serve_at(&office, "2020-11-02T09:00:00Z");
    daemon.wait_for_line("edition made");
    office.wait_for_mails(3);
    office.settle(&mut daemon);
    assert_eq!(office.outbox().len(), 3);
    assert_eq!(office.outbox()[0].subject(), "Just held: Forum, and one more date");
    // Clocks were put back there on Sunday.
    assert_eq!(deliveries(&office)[3].1, "2020-11-02T13:00:00Z");
    daemon.kill();
    let _daemon = serve_at(&office, "2020-11-02T13:00:00Z");
    office.wait_for_mails(4);
    let status = office.json(&["digest", "status", "weekly"]);
    assert_eq!((&status[0]["last"]["number"], &status[0]["last"]["sent"]), (&json!(1), &json!(4)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_holds_what_waits_for_its_hour() {
    let office = office();
    let mut daemon = serve_at(&office, "2020-10-25T18:59:59Z");
    daemon.wait_for_line("edition made");
    office.wait_for_mails(1);
    office.ok(&["digest", "pause", "weekly"]);
    daemon.kill();
    let mut daemon = serve_at(&office, "2020-10-26T07:00:00Z");
    office.settle(&mut daemon);
    assert_eq!(office.outbox().len(), 1);
    office.ok(&["digest", "resume", "weekly"]);
    office.wait_for_mails(3);
    office.settle(&mut daemon);
    assert_eq!(office.outbox().len(), 3);
    assert_eq!(deliveries(&office)[3].1, "2020-10-26T12:00:00Z");
    daemon.kill();
    // The next moment is nobody's but its own.
    assert_eq!(office.json(&["digest", "status"])[0]["next_at"], "2020-11-02T00:00:00Z");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_whose_clock_is_ahead_of_all_others_is_noticed_while_the_daemon_runs() {
    let office = office();
    let mut daemon = serve_at(&office, "2020-10-25T18:30:00Z");
    office.settle(&mut daemon);
    assert!(deliveries(&office).is_empty());
    add(&office, "kiritimati@example.org", "Pacific/Kiritimati");
    daemon.wait_for_line("edition made");
    let mails = office.wait_for_mails(1);
    assert_eq!(mails[0].header("To"), "kiritimati@example.org");
    assert_eq!(mails[0].subject(), "Plenary, Wednesday, and one more date");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edition_made_by_hand_goes_out_at_once_unless_told_otherwise() {
    let office = office();
    let at = |moment| ["digest", "send", "weekly", "--at", moment];
    office.json(&at("2020-10-25 18:00"));
    let now = deliveries(&office);
    assert!(now.iter().all(|(_, at, _)| at.as_str() < Some("2020-10-25T10:30")), "{now:?}");
    office.add(&["meeting", "One more", "--on", "2020-11-10"]);
    let args = [&at("2020-10-25 19:00")[..], &["--per-reader-time"]].concat();
    assert_eq!(office.json(&args)["candidates"], 4);
    // Auckland is past it; in Shanghai it is 18:00.
    let mut waits: Vec<_> = deliveries(&office)[4..].iter().map(|(_, at, _)| at.to_string()).collect();
    assert!(waits.remove(0).as_str() < "\"2020-10-25T10:30");
    assert_eq!(
        waits,
        ["2020-10-25T11:00:00Z", "2020-10-25T18:00:00Z", "2020-10-25T23:00:00Z"].map(|at| json!(at).to_string())
    );
    assert!(office.ok(&["digest", "send", "--help"]).contains("to all readers at once"));
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_are_told_of_the_kinds_they_chose() {
    let office = office();
    office.sql(r#"UPDATE subscriber SET kinds = '["meeting"]' WHERE email = 'brussels@example.org'"#);
    office.sql(r#"UPDATE subscriber SET kinds = '["release"]' WHERE email = 'new_york@example.org'"#);
    let text = office.ok(&["digest", "preview", "weekly", "--as", "brussels@example.org"]);
    assert!(text.contains("Plenary") && !text.contains("Forum"), "{text}");
    // Nothing was released, and nobody gets an empty mail.
    assert_eq!(office.json(&["digest", "send", "weekly"])["candidates"], 3);
    let daemon = office.serve();
    for mail in office.wait_for_mails(3) {
        assert_eq!(mail.text().contains("Forum"), mail.header("To") != "brussels@example.org", "{}", mail.text());
    }
    let url = office.json(&["subscriber", "calendar", "brussels@example.org"])["url"].as_str().unwrap().to_owned();
    let calendar = daemon.text(&url[url.find("/calendar/").unwrap()..]).await;
    assert!(calendar.contains("SUMMARY:Plenary") && !calendar.contains("SUMMARY:Forum"), "{calendar}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_moment_that_had_its_edition_ahead_of_its_time_is_told_no_more() {
    let office = office();
    let mut daemon = serve_at(&office, "2020-10-25T18:59:58Z");
    daemon.wait_for_line("edition made");
    daemon.kill();
    // It is Sunday there still.
    let next = json!([{ "at": "2020-11-02T00:00:00Z" }]);
    assert_eq!(office.json(&["digest", "schedule", "weekly", "--count", "1"]), next);
    assert_eq!(office.json(&["digest", "schedule", "weekly", "--from", "2020-10-26", "--count", "1"]), next);
    assert_eq!(office.json(&["digest", "list"])[0]["next_at"], next[0]["at"]);
    let at = ["digest", "send", "weekly", "--at", "2020-10-26 08:00"];
    assert_eq!(office.json(&at)["reason"], "already");
    // On their clocks or not, one in the place of the next would be the only one of that Monday.
    let at = ["digest", "send", "weekly", "--at", "2020-11-02 08:00", "--per-reader-time"];
    let error = office.fails(&at, 1);
    assert!(error.contains("next moment of weekly is Mon 2020-11-02 08:00:00 Asia/Shanghai"), "{error}");
    office.add(&["meeting", "One more", "--on", "2020-11-10"]);
    assert_eq!(office.json(&[&at[..], &["--instead"]].concat())["candidates"], 4);
    assert_eq!(deliveries(&office)[4].1, "2020-11-01T19:00:00Z");
    assert_eq!(office.json(&["digest", "status"])[0]["next_at"], "2020-11-09T00:00:00Z");
}
