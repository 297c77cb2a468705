//! `kalends secret renew`: what was mailed before goes on as long as it may be of use, or ends at once.

use crate::restore::{CONFIG, Links, ONE_CLICK, is_proved, links, open, status_of, two_people_come};
use crate::support::{Daemon, Office, wait_for};

const READER: &str = "ada@example.org";
const ASKING: &str = "ben@example.org";

fn office() -> Office {
    let office = Office::with_config(CONFIG);
    office.set_clock("2020-09-07T09:00:00Z");
    office.add(&["meeting", "Plenary", "--on", "2020-09-12"]);
    office.ok(&["subscriber", "add", "gone@example.org", "--confirmed"]);
    office.ok(&["subscriber", "forget", "gone@example.org", "--yes"]);
    two_people_come(&office, READER, ASKING, "2020-09-07T08:00:00Z");
    office
}

/// Those of Ada, and of what Ben asked for, under the newest secret.
fn known(office: &Office) -> Links {
    let id = |query: &str| office.ask(query).parse().unwrap();
    links(office, id("SELECT max(id) FROM sign_up"), id("SELECT id FROM subscriber WHERE email LIKE 'ada@%'"), false)
}

fn pages(links: &Links) -> [&String; 5] {
    [&links.confirm, &links.preferences, &links.owner, &links.unsubscribe, &links.calendar]
}

async fn statuses(links: &Links, daemon: &Daemon) -> Vec<u16> {
    let mut statuses = Vec::new();
    for page in pages(links) {
        statuses.push(daemon.get(page).await.status().as_u16());
    }
    statuses
}

fn is_forgotten(office: &Office) -> bool {
    let table = office.write("gone.csv", "email,digests,consent_at\ngone@example.org,weekly,2020-01-01\n");
    let ran = office.run(&["subscriber", "import", &table]);
    ran.code == 1 && ran.stdout.contains("deleted for good")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_daemon_opens_what_old_secrets_sealed_and_seals_with_the_newest() {
    let office = office();
    let mut daemon = office.serve();
    let first = known(&office);
    let said = office.ok(&["secret", "renew"]);
    assert!(said.contains("for ever") && said.contains("until 2020-10-07"), "{said}");
    let second = known(&office);
    assert_ne!(first.unsubscribe, second.unsubscribe);
    let renewed = office.json(&["secret", "renew"]);
    assert_eq!(
        (&renewed["leaked"], &renewed["calendars"], &renewed["sign_ups"]),
        (&false.into(), &1.into(), &1.into())
    );
    let third = known(&office);
    office.settle(&mut daemon);
    for links in [&first, &second, &third] {
        assert_eq!(statuses(links, &daemon).await, [200; 5]);
    }
    assert_eq!(office.json(&["acts"])[0]["action"], "renewed");
    assert!(is_forgotten(&office));

    // What is mailed now leads out by the newest.
    let mailed = office.outbox().len();
    office.ok(&["subscriber", "add", "new@example.org"]);
    office.ok(&["digest", "send", "weekly"]);
    let mails = office.wait_for_mails(mailed + 2);
    let holds = |link: &str| mails.iter().any(|mail| String::from_utf8_lossy(&mail.octets).contains(link));
    assert!(holds(&third.unsubscribe) && !holds(&second.unsubscribe));

    // A month later what waits for an answer has ended, and what leads out has not.
    office.sql("UPDATE old_secret SET replaced_at = replaced_at - 30 * 86400");
    wait_for("the daemon to see it", || (statuses_now(&first, &daemon)[0] == 410).then_some(()));
    for links in [&first, &second] {
        assert_eq!(statuses(links, &daemon).await, [410, 410, 410, 200, 200]);
        assert_eq!(daemon.post(&links.preferences, &[("do", "leave")]).await.status(), 410);
    }
    assert_eq!(statuses(&third, &daemon).await, [200; 5]);
    assert!(is_proved(&office, &first.bounce));
    assert_eq!(daemon.post(&first.unsubscribe, &ONE_CLICK).await.status(), 200);
    assert_eq!(status_of(&office, READER), "left");
    assert!(is_proved(&office, &second.leave));
}

fn statuses_now(links: &Links, daemon: &Daemon) -> Vec<u16> {
    tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(statuses(links, daemon)))
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_a_leaked_secret_sealed_opens_anything() {
    let office = office();
    office.ok(&["secret", "renew"]);
    let daemon = office.serve();
    let leaked = known(&office);
    let said = office.ok(&["secret", "renew", "--leaked"]);
    for part in
        ["1 reader's own calendar has another address", "1 sign-up waits", "who wants to leave does so by a mail"]
    {
        assert!(said.contains(part), "{part}: {said}");
    }
    wait_for("the daemon to see it", || (statuses_now(&leaked, &daemon)[0] == 410).then_some(()));
    assert_eq!(statuses(&leaked, &daemon).await, [410; 5]);
    assert_eq!(daemon.post(&leaked.unsubscribe, &ONE_CLICK).await.status(), 410);
    assert_eq!(daemon.post(&leaked.confirm, &[]).await.status(), 410);
    assert!(!is_proved(&office, &leaked.leave) && !is_proved(&office, &leaked.bounce));
    assert_eq!((status_of(&office, READER), status_of(&office, ASKING)), ("confirmed".into(), "pending".into()));
    let calendar = office.ok(&["subscriber", "calendar", READER]);
    let renewed = known(&office);
    assert!(calendar.contains(&renewed.calendar));
    assert!(is_forgotten(&office));
    open(&renewed, &office, &daemon, READER, ASKING).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_brings_no_old_secret_back() {
    for leaked in [false, true] {
        let office = office();
        let first = known(&office);
        office.ok(&["backup", "b.db"]);
        office.ok(&["secret", "renew"]);
        if leaked {
            office.ok(&["secret", "renew", "--leaked"]);
        }
        let newest = office.ask("SELECT value FROM meta WHERE key = 'secret'");
        let restored = office.json(&["restore", "b.db"]);
        assert_eq!(restored["unread"], serde_json::Value::Null, "{restored}");
        assert_eq!(office.ask("SELECT value FROM meta WHERE key = 'secret'"), newest);
        let daemon = office.serve();
        assert_eq!(statuses(&first, &daemon).await, [if leaked { 410 } else { 200 }; 5]);
        assert_eq!(statuses(&known(&office), &daemon).await, [200; 5]);
        assert!(is_forgotten(&office));
        daemon.stop();
        // Nor does one that was made after that, put back over a still older one.
        office.ok(&["backup", "later.db"]);
        office.ok(&["restore", "later.db"]);
        assert_eq!(office.ask("SELECT value FROM meta WHERE key = 'secret'"), newest);
    }
}
