//! An older backup is put back: what was mailed in the time that it does not know acts on nobody.

use kalends::domain::token::{Nonce, Purpose, Subject};
use kalends::domain::verp::Verp;

use crate::support::{Daemon, Office};
use crate::upgrade::{office_at, one};

pub const CONFIG: &str = "[bounce]\naddress = \"bounces@example.org\"\n\n\
                      [[digest]]\nslug = \"weekly\"\nschedule = \"0 8 * * mon\"\nretell = true\n";

pub const ONE_CLICK: [(&str, &str); 1] = [("List-Unsubscribe", "One-Click")];

/// All that stands for one reader, one sign-up and one delivery.
pub struct Links {
    pub confirm: String,
    pub unsubscribe: String,
    pub preferences: String,
    pub owner: String,
    pub calendar: String,
    pub leave: String,
    pub bounce: String,
}

/// As they are mailed for these rows, with their own nonces or, as before there were any, without.
pub fn links(office: &Office, sign_up: i64, reader: i64, is_old: bool) -> Links {
    let key = office.token_key();
    let row = |table: &str, id: i64| match is_old {
        true => Subject { id, nonce: None },
        false => office.subject(table, id),
    };
    let id_of = |query: &str| office.ask(&query.replace("$1", &reader.to_string())).parse().unwrap();
    let subscription = row("subscription", id_of("SELECT max(id) FROM subscription WHERE subscriber_id = $1"));
    let calendar = row("personal_calendar", id_of("SELECT max(id) FROM personal_calendar WHERE subscriber_id = $1"));
    let delivery = row("delivery", id_of("SELECT max(id) FROM delivery WHERE subscriber_id = $1"));
    let verp = Verp::of(&"bounces@example.org".parse().unwrap(), &key);
    Links {
        confirm: format!("/confirm/{}", key.seal(Purpose::Confirm, row("sign_up", sign_up), None)),
        unsubscribe: format!("/unsubscribe/{}", key.seal(Purpose::Unsubscribe, subscription, None)),
        preferences: format!("/preferences/{}", key.seal(Purpose::Preferences, subscription, None)),
        owner: format!("/preferences/{}", key.seal(Purpose::Owner, row("subscriber", reader), None)),
        calendar: format!("/calendar/{}.ics", key.seal(Purpose::Calendar, calendar, None)),
        leave: verp.unsubscribe_address(subscription).to_string(),
        bounce: verp.envelope_sender(delivery).to_string(),
    }
}

/// Somebody subscribes, has a calendar and gets an edition; somebody else asks to, and has yet to answer.
pub fn two_people_come(office: &Office, reader: &str, asking: &str, moment: &str) {
    office.ok(&["subscriber", "add", reader, "--confirmed"]);
    office.ok(&["subscriber", "calendar", reader]);
    let said = office.ok(&["digest", "send", "weekly", "--at", moment]);
    assert!(said.contains("is made"), "{said}");
    office.ok(&["subscriber", "add", asking]);
}

pub fn status_of(office: &Office, email: &str) -> String {
    office.json(&["subscriber", "show", email])["subscriptions"][0]["status"].as_str().unwrap().to_owned()
}

pub fn is_proved(office: &Office, recipient: &str) -> bool {
    let report = "From: MAILER-DAEMON@mx.example.net\nSubject: Undelivered Mail\nMIME-Version: 1.0\n\
                  Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nNo.\n\n--b\n\
                  Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.net\n\n\
                  Final-Recipient: rfc822; who@example.org\nAction: failed\nStatus: 5.1.1\n\n--b--\n";
    let ran = office.run_with_input(&["--json", "bounce", "--recipient", recipient], report.as_bytes());
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    serde_json::from_str::<serde_json::Value>(&ran.stdout).unwrap()[0]["verified"] == true
}

/// None of these opens anything, and they leave this reader and this wish alone.
async fn are_refused(links: &Links, office: &Office, daemon: &Daemon, reader: &str, asking: &str) {
    for path in [&links.confirm, &links.unsubscribe, &links.preferences, &links.owner, &links.calendar] {
        assert_eq!(daemon.get(path).await.status(), 404, "{path}");
    }
    assert_eq!(daemon.post(&links.confirm, &[]).await.status(), 404);
    assert_eq!(daemon.post(&links.unsubscribe, &ONE_CLICK).await.status(), 404);
    for link in [&links.preferences, &links.owner] {
        assert_eq!(daemon.post(link, &[("do", "leave")]).await.status(), 404);
    }
    assert!(!is_proved(office, &links.leave) && !is_proved(office, &links.bounce));
    let shown = office.json(&["subscriber", "show", reader]);
    assert_eq!((&shown["subscriptions"][0]["status"], &shown["suppressed"]), (&"confirmed".into(), &().into()));
    assert_eq!(status_of(office, asking), "pending");
}

/// Each does what it is for.
pub async fn open(links: &Links, office: &Office, daemon: &Daemon, reader: &str, asking: &str) {
    for path in [&links.confirm, &links.unsubscribe, &links.preferences, &links.owner, &links.calendar] {
        assert_eq!(daemon.get(path).await.status(), 200, "{path}");
    }
    assert_eq!(daemon.post(&links.confirm, &[]).await.status(), 200);
    assert_eq!(status_of(office, asking), "confirmed");
    assert_eq!(daemon.post(&links.unsubscribe, &ONE_CLICK).await.status(), 200);
    assert_eq!(status_of(office, reader), "left");
    assert!(is_proved(office, &links.leave) && is_proved(office, &links.bounce));
    assert!(!office.json(&["subscriber", "show", reader])["suppressed"].is_null());
}

fn put_back(office: &Office, backup: &str) {
    for end in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(office.path(&format!("data/kalends.db{end}")));
    }
    std::fs::copy(office.path(backup), office.path("data/kalends.db")).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn links_mailed_since_a_backup_act_on_nobody_once_it_is_put_back() {
    let office = Office::with_config(CONFIG);
    office.set_clock("2020-09-07T09:00:00Z");
    office.add(&["meeting", "Plenary", "--on", "2020-09-12"]);
    two_people_come(&office, "ada@example.org", "ben@example.org", "2020-09-07T08:00:00Z");
    let known = links(&office, 1, 1, false);
    office.ok(&["backup", "b.db"]);

    two_people_come(&office, "dan@example.org", "fay@example.org", "2020-09-07T08:01:00Z");
    let unknown = links(&office, 2, 3, false);
    let daemon = office.serve();
    let mails = office.wait_for_mails(5);
    let mailed = |link: &str| mails.iter().any(|mail| String::from_utf8_lossy(&mail.octets).contains(link));
    let tag = unknown.leave.split(['+', '@']).nth(1).unwrap();
    assert!(mailed(&unknown.unsubscribe) && mailed(tag));
    assert_eq!(daemon.get(&unknown.preferences).await.status(), 200);
    daemon.stop();

    put_back(&office, "b.db");
    two_people_come(&office, "eve@example.org", "gus@example.org", "2020-09-07T08:01:00Z");
    let of_others = links(&office, 2, 3, false);
    let daemon = office.serve();
    are_refused(&unknown, &office, &daemon, "eve@example.org", "gus@example.org").await;
    open(&of_others, &office, &daemon, "eve@example.org", "gus@example.org").await;
    open(&known, &office, &daemon, "ada@example.org", "ben@example.org").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_made_since_the_migration_take_no_links_of_the_old_form() {
    let office = office_at("2020-09-08T00:35:00Z", ("", ""));
    let before = "data/before.db";
    std::fs::copy(office.path("data/kalends.db"), office.path(before)).unwrap();
    // As the older program would have mailed them in the time that the backup does not know, and as this one does.
    office.serve().stop();
    two_people_come(&office, "una@example.org", "vic@example.org", "2020-09-08T00:31:00Z");
    let id = |email: &str| office.ask(&format!("SELECT id FROM subscriber WHERE email = '{email}'")).parse().unwrap();
    let sign_up = office.ask("SELECT max(id) FROM sign_up").parse().unwrap();
    let (reader, old_form, own) = (id("una@example.org"), true, false);
    let old = links(&office, sign_up, reader, old_form);
    let unknown = links(&office, sign_up, reader, own);

    let daemon = office.serve();
    are_refused(&old, &office, &daemon, "una@example.org", "vic@example.org").await;
    daemon.stop();
    put_back(&office, before);
    office.serve().stop();
    two_people_come(&office, "wim@example.org", "xia@example.org", "2020-09-08T00:31:00Z");
    assert_eq!(id("wim@example.org"), reader);
    let daemon = office.serve();
    for links in [&old, &unknown] {
        are_refused(links, &office, &daemon, "wim@example.org", "xia@example.org").await;
    }
    assert_eq!(daemon.get(&one("preferences")).await.status(), 200);
    assert_eq!(daemon.get(&one("calendar")).await.status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_gone_can_still_leave_by_a_true_link_alone() {
    let office = office_at("2020-09-08T00:35:00Z", ("", ""));
    office.serve().stop();
    office.ok(&["subscriber", "add", "una@example.org", "--confirmed"]);
    office.ok(&["subscriber", "add", "vic@example.org", "--confirmed"]);
    let key = office.token_key();
    let link = |row: Subject| format!("/unsubscribe/{}", key.seal(Purpose::Unsubscribe, row, None));
    let id_of = |email: &str| -> i64 {
        let query =
            "SELECT min(s.id) FROM subscription s JOIN subscriber ON subscriber.id = subscriber_id WHERE email =";
        office.ask(&format!("{query} '{email}'")).parse().unwrap()
    };
    let (una, vic) = (id_of("una@example.org"), id_of("vic@example.org"));
    let (removed, forgotten) = (office.subject("subscription", una), office.subject("subscription", vic));
    office.ok(&["subscriber", "remove", "una@example.org", "--yes"]);
    office.ok(&["subscriber", "forget", "vic@example.org", "--yes"]);
    office.ok(&["subscriber", "remove", "ben@example.org", "--yes"]);
    assert_eq!(office.before_in_database("vic@example.org"), "");

    let daemon = office.serve();
    for link in [link(removed), link(forgotten), one("unsubscribe")] {
        assert_eq!(daemon.get(&link).await.status(), 200, "{link}");
        assert_eq!(daemon.post(&link, &ONE_CLICK).await.status(), 200, "{link}");
    }
    let never = Subject { id: 1 << 40, nonce: None };
    let other = Subject { nonce: Nonce::new(b"12345678"), ..removed };
    for forged in [link(Subject { nonce: None, ..removed }), link(other), link(never)] {
        assert_eq!(daemon.post(&forged, &ONE_CLICK).await.status(), 404, "{forged}");
    }
}
