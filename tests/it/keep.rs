//! What has had its time is cleared ([keep]): counts stay, nobody is told anything twice for it, or never.

use serde_json::Value;

use crate::support::{Office, wait_for};

const CONFIG: &str = r#"
[metrics]
listen = "127.0.0.1:0"
[bounce]
address = "bounces@example.org"
[keep]
deliveries = "90d"
bounces = "400d"
sign_ups = "30d"
[[digest]]
slug = "weekly"
schedule = "0 8 * * 1"
"#;

/// An office with these readers of the weekly digest.
fn office(readers: &[&str]) -> Office {
    let office = Office::with_config(CONFIG);
    office.set_clock("2020-09-07T08:00:00Z");
    for reader in readers {
        office.ok(&["subscriber", "add", &format!("{reader}@example.com"), "--confirmed"]);
    }
    office
}

/// Makes an edition at this moment, whose deliveries end so for each reader; its id.
fn send(office: &Office, moment: &str, ends: &[(&str, &str)]) -> i64 {
    office.set_clock(moment);
    let edition = office.json(&["digest", "send", "weekly"])["edition"].as_i64().unwrap();
    for (reader, status) in ends {
        office.sql(&format!(
            "UPDATE delivery SET status = '{status}', next_at = iif('{status}' = 'deferred', next_at, NULL),
                    attempts = 1, tried_since = unixepoch('{moment}')
             WHERE edition_id = {edition} AND address LIKE '{reader}%'"
        ));
    }
    edition
}

/// Lets a daemon look for what has had its time, at this moment.
fn tidy(office: &Office, moment: &str) {
    office.set_clock(moment);
    let mut daemon = office.serve();
    daemon.wait_for_line("have had their time");
    office.settle(&mut daemon);
    daemon.stop();
}

fn count(office: &Office, of: &str) -> i64 {
    office.ask(&format!("SELECT count(*) FROM {of}")).parse().unwrap()
}

fn mail(office: &Office, edition: i64, reader: &str) -> String {
    office.ask(&format!(
        "SELECT text FROM mail JOIN delivery ON mail_id = mail.id WHERE delivery.edition_id = {edition} AND address LIKE '{reader}%'"
    ))
}

fn tally(office: &Office) -> Value {
    let mut record = office.json(&["digest", "status", "weekly/1"]);
    record.as_object_mut().unwrap().remove("queued_until");
    record
}

async fn delivery_metrics(office: &Office) -> Vec<String> {
    let mut daemon = office.serve();
    let text = reqwest::get(daemon.metrics_url()).await.unwrap().text().await.unwrap();
    daemon.stop();
    let lines = text.lines().filter(|line| line.starts_with("kalends_deliveries"));
    let mut lines: Vec<_> = lines.map(str::to_owned).collect();
    lines.sort();
    lines
}

#[tokio::test(flavor = "multi_thread")]
async fn old_deliveries_go_and_all_that_is_counted_stays() {
    let office = office(&["ada", "ben", "cyd", "dan", "eve"]);
    office.add(&["meeting", "Plenary", "--on", "2020-09-30"]);
    let ends = [("ada", "sent"), ("ben", "sent"), ("cyd", "failed"), ("dan", "suppressed"), ("eve", "uncertain")];
    let first = send(&office, "2020-09-07T08:00:00Z", &ends);
    office.ok(&["digest", "pause", "weekly"]);
    // Before any of it is old.
    office.set_clock("2020-12-01T08:00:00Z");
    let before = (tally(&office), delivery_metrics(&office).await);
    assert_eq!((&before.0["sent"], &before.0["candidates"]), (&2.into(), &5.into()), "{}", before.0);
    assert!(before.1.iter().any(|line| line.contains("sent") && line.contains(" 2")), "{:?}", before.1);
    assert_eq!(count(&office, "delivery"), 5);
    let archived = office.rows("SELECT html FROM archived_edition ORDER BY locale");

    tidy(&office, "2020-12-07T08:00:00Z");
    // What waits for the operator waits.
    assert_eq!(office.rows("SELECT status FROM delivery"), ["uncertain"]);
    let after = (tally(&office), delivery_metrics(&office).await);
    assert_eq!(after, before);
    assert_eq!(office.rows("SELECT html FROM archived_edition ORDER BY locale"), archived);
    assert!(!archived.is_empty() && count(&office, &format!("mail WHERE edition_id = {first}")) > 0);
    assert_eq!(count(&office, "told"), 1);
    assert_eq!(office.json(&["delivery", "list", "--edition", "weekly/1"]).as_array().unwrap().len(), 1);
    // The last of it is settled, and goes too: every sum is as it was.
    office.sql("UPDATE delivery SET status = 'sent'");
    tidy(&office, "2020-12-08T08:00:00Z");
    let last = tally(&office);
    assert_eq!(count(&office, "delivery"), 0);
    assert_eq!((&last["sent"], &last["uncertain"], &last["candidates"]), (&3.into(), &0.into(), &5.into()));
}

#[test]
fn who_missed_an_edition_is_told_in_a_later_one_though_the_delivery_is_gone() {
    let office = office(&["ada", "lin", "moe"]);
    // Each is told once, when it is new: its date is far off.
    office.add(&["meeting", "Plenary", "--on", "2021-06-30"]);
    let ends = [("ada", "sent"), ("lin", "failed"), ("moe", "failed")];
    send(&office, "2020-09-07T08:00:00Z", &ends);
    office.add(&["meeting", "Forum", "--on", "2021-07-01"]);
    // This one makes up for the first, and arrives at one of the two.
    send(&office, "2020-09-14T08:00:00Z", &[("ada", "sent"), ("lin", "sent"), ("moe", "failed")]);
    office.ok(&["digest", "pause", "weekly"]);
    tidy(&office, "2021-01-20T08:00:00Z");
    // A delivery goes after those that it made up for.
    tidy_until_empty(&office, "2021-01-21T08:00:00Z");
    office.add(&["meeting", "Workshop", "--on", "2021-07-02"]);
    let third = send(&office, "2021-01-25T08:00:00Z", &[]);
    let (ada, lin, moe) = (mail(&office, third, "ada"), mail(&office, third, "lin"), mail(&office, third, "moe"));
    assert!(["Plenary", "Forum", "Workshop"].iter().all(|title| moe.contains(title)), "{moe}");
    for text in [ada, lin] {
        assert!(text.contains("Workshop") && !text.contains("Plenary") && !text.contains("Forum"), "{text}");
    }
}

fn tidy_until_empty(office: &Office, moment: &str) {
    office.set_clock(moment);
    for _ in 0..3 {
        let mut daemon = office.serve();
        office.settle(&mut daemon);
        daemon.stop();
        if count(office, "delivery") == 0 {
            return;
        }
    }
    panic!("still there: {:?}", office.rows("SELECT address || status FROM delivery"));
}

#[test]
fn what_waits_is_never_cleared_however_old_it_is() {
    let office = office(&["ada", "ben"]);
    office.add(&["meeting", "Plenary", "--on", "2020-09-30"]);
    send(&office, "2020-09-07T08:00:00Z", &[("ada", "sent"), ("ben", "deferred")]);
    // Its digest is paused, and so it waits.
    office.ok(&["digest", "pause", "weekly"]);
    tidy(&office, "2021-09-07T08:00:00Z");
    assert_eq!(office.rows("SELECT status || ' ' || address FROM delivery"), ["deferred ben@example.com"]);
}

#[test]
fn what_comes_back_of_a_delivery_that_is_gone_is_taken_and_changes_nothing() {
    let office = office(&["ada"]);
    office.add(&["meeting", "Plenary", "--on", "2020-09-30"]);
    send(&office, "2020-09-07T08:00:00Z", &[("ada", "sent")]);
    let verp = kalends::domain::verp::Verp::of(&"bounces@example.org".parse().unwrap(), &office.token_key());
    let id: i64 = office.ask("SELECT id FROM delivery").parse().unwrap();
    let sender = verp.envelope_sender(office.subject("delivery", id)).to_string();
    office.ok(&["digest", "pause", "weekly"]);
    tidy(&office, "2021-01-20T08:00:00Z");
    assert_eq!(count(&office, "delivery"), 0);
    let report = "From: MAILER-DAEMON@mx.example.net\nSubject: Undelivered Mail\nMIME-Version: 1.0\n\
                  Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nNo.\n\n--b\n\
                  Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.net\n\n\
                  Final-Recipient: rfc822; ada@example.com\nAction: failed\nStatus: 5.1.1\n\n--b--\n";
    let ran = office.run_with_input(&["--json", "bounce", "--recipient", &sender], report.as_bytes());
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(office.json(&["subscriber", "show", "ada@example.com"])["suppressed"].is_null());
    // Of what proves nothing any more nothing is kept that names her.
    assert_eq!(office.ask("SELECT count(*) FROM bounce WHERE address IS NOT NULL OR message IS NOT NULL"), "0");
}

#[test]
fn a_report_outlives_its_delivery_and_still_goes_with_its_person() {
    let office = office(&["ada"]);
    office.add(&["meeting", "Plenary", "--on", "2020-09-30"]);
    send(&office, "2020-09-07T08:00:00Z", &[("ada", "sent")]);
    office.sql(
        "INSERT INTO bounce (at, delivery_id, address, class, status, diagnostic, verified, counted)
         SELECT created_at, id, 'elsewhere@example.net', 'soft', '4.2.2', 'no room for ADA', 1, 1 FROM delivery",
    );
    office.ok(&["digest", "pause", "weekly"]);
    tidy(&office, "2021-01-20T08:00:00Z");
    assert_eq!(count(&office, "delivery"), 0);
    let known = office.json(&["subscriber", "export", "ada@example.com"]);
    assert_eq!(known["bounces"][0]["diagnostic"], "no room for ADA", "{known}");
    office.ok(&["subscriber", "forget", "ada@example.com", "--yes"]);
    assert_eq!(office.before_in_database("room for ada"), "");
    // Its own time comes, too.
    tidy(&office, "2021-12-20T08:00:00Z");
    assert_eq!(count(&office, "bounce"), 0);
}

#[test]
fn a_wish_goes_and_the_record_of_consent_stays() {
    let office = office(&["ada"]);
    office.ok(&["subscriber", "add", "ben@example.com"]);
    office.sql("UPDATE sign_up SET confirmed_at = created_at");
    office.sql(
        "UPDATE subscription SET status = 'confirmed', consent_at = 1, consent_note = 'confirmed by mail'
         WHERE status = 'pending'",
    );
    office.ok(&["subscriber", "add", "cyd@example.com"]);
    assert_eq!(count(&office, "sign_up"), 2);
    let before = office.rows("SELECT consent_note || status FROM subscription WHERE consent_note IS NOT NULL");
    tidy(&office, "2020-10-08T08:00:00Z");
    assert_eq!(count(&office, "sign_up"), 0);
    assert_eq!(office.rows("SELECT consent_note || status FROM subscription WHERE consent_note IS NOT NULL"), before);
    assert_eq!(office.json(&["subscriber", "list"]).as_array().unwrap().len(), 3);
}

#[test]
fn thousands_go_in_small_lots_while_others_write() {
    let office = office(&["ada"]);
    office.add(&["meeting", "Plenary", "--on", "2020-09-30"]);
    let edition = send(&office, "2020-09-07T08:00:00Z", &[("ada", "sent")]);
    office.sql(&format!(
        "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 3000)
         INSERT INTO delivery (nonce, mail_id, edition_id, lane, subscriber_id, address, message_id, status, attempts,
                               tried_since, created_at)
         SELECT randomblob(8), mail_id, edition_id, lane, 1000 + n, n || '@example.net', n || '@x', 'sent', 1, tried_since,
                created_at
         FROM delivery, n WHERE edition_id = {edition}"
    ));
    office.sql("UPDATE edition SET candidates = 3001");
    office.ok(&["digest", "pause", "weekly"]);
    office.set_clock("2021-01-20T08:00:00Z");
    let daemon = office.serve();
    // Each of these waits for its turn only.
    let mut writes = 0;
    wait_for("all to be cleared", || {
        office.add(&["meeting", &format!("Meeting {writes}"), "--on", "2021-09-30"]);
        writes += 1;
        (count(&office, "delivery") == 0).then_some(())
    });
    assert!(writes > 1);
    daemon.stop();
    assert_eq!(tally(&office)["sent"], 3001);
}

#[test]
fn too_short_a_time_is_refused_with_what_needs_longer() {
    let office = Office::with_config("[keep]\ndeliveries = \"30d\"\n");
    let error = office.fails(&["event", "list"], 1);
    assert!(error.contains("line 2") && error.contains("90d at least"), "{error}");
}
