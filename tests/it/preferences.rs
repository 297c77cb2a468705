//! Readers see and change what they get, and have what is theirs.

use serde_json::{Value, json};

use crate::support::{Daemon, Mail, Office};

const SITE: &str = "http://127.0.0.1:8080";

const CONFIG: &str = "[[digest]]\nslug = \"weekly\"\ntitle = \"The week ahead\"\nschedule = \"0 8 * * mon\"\n\n\
                      [[digest]]\nslug = \"daily\"\ntitle = \"Every day\"\nschedule = \"0 8 * * *\"\n";

/// An office with a reader of `weekly` who follows ipv6, its daemon, and the link in the edition that they got.
fn reader() -> (Office, Daemon, String) {
    let office = Office::with_config(CONFIG);
    office.set_clock("2026-09-28T06:30:00Z");
    office.add(&["meeting", "On ipv6", "--on", "2026-10-12", "--topic", "ipv6"]);
    office.add(&["deadline", "Comments on ipv6", "--on", "2026-10-12", "--topic", "ipv6"]);
    office.add(&["meeting", "On cities", "--on", "2026-10-12", "--topic", "smart city"]);
    office.ok(&["subscriber", "add", "ada@example.org", "--digest", "weekly", "--topic", "ipv6", "--confirmed"]);
    let daemon = office.serve();
    office.ok(&["digest", "send", "weekly"]);
    let link = path(&office.wait_for_mails(1)[0]);
    (office, daemon, link)
}

/// The path of the link to the reader's page in a mail.
fn path(mail: &Mail) -> String {
    mail.link(&format!("{SITE}/preferences/")).strip_prefix(SITE).unwrap().to_owned()
}

fn shown(office: &Office) -> Value {
    office.json(&["subscriber", "show", "ada@example.org"])
}

/// `daily confirmed, weekly left`.
fn states(office: &Office) -> String {
    let person = shown(office);
    let state = |s: &Value| format!("{} {}", s["digest"].as_str().unwrap(), s["status"].as_str().unwrap());
    person["subscriptions"].as_array().unwrap().iter().map(state).collect::<Vec<_>>().join(", ")
}

/// A fresh link, asked for with the one in an edition.
async fn fresh_link(office: &Office, daemon: &Daemon, link: &str) -> String {
    let count = office.outbox().len();
    let page = daemon.post(link, &[("do", "link")]).await;
    assert_eq!(page.status(), 200);
    assert!(page.text().await.unwrap().contains("on its way to a…@example.org"));
    let mails = office.wait_for_mails(count + 1);
    let mail = mails.iter().find(|mail| mail.subject().starts_with("Your link")).unwrap();
    assert!(!mail.text().contains("ada@"));
    path(mail)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_link_in_each_mail_changes_choices_and_hides_whose_they_are() {
    let (office, daemon, link) = reader();
    let mails = office.outbox();
    assert!(mails[0].html().contains(&link) && !mails[0].html().contains('\u{1}'));
    let before = shown(&office);
    let page = daemon.get(&link).await;
    for (name, value) in
        [("cache-control", "no-store"), ("referrer-policy", "no-referrer"), ("x-robots-tag", "noindex")]
    {
        assert_eq!(page.headers()[name], value);
    }
    let page = page.text().await.unwrap();
    assert!(page.contains("a…@example.org") && !page.contains("ada@example.org"), "{page}");
    assert!(page.contains("value=\"weekly\" checked") && page.contains("value=\"daily\">"), "{page}");
    assert!(
        page.contains("value=\"ipv6\" checked") && page.contains("Asia/Shanghai") && !page.contains("calendar-url")
    );
    assert_eq!(shown(&office), before);

    let choice = [
        ("do", "save"),
        ("digest", "daily"),
        ("digest", "none such"),
        ("topic", "smart city"),
        ("topic", "none such"),
        ("kind", "meeting"),
        ("kind", "deadline"),
        ("timezone", "Asia/Shanghai"),
        ("send_hour", "7"),
        ("locale", "en"),
    ];
    let page = daemon.post(&link, &choice).await;
    assert_eq!(page.status(), 200);
    let page = page.text().await.unwrap();
    assert!(page.contains("From now on you get “Every day”. You no longer get “The week ahead”."), "{page}");
    let after = shown(&office);
    assert_eq!(states(&office), "daily confirmed, weekly left");
    assert_eq!(
        json!([after["topics"], after["kinds"], after["timezone"], after["send_hour"], after["locale"]]),
        json!([["smart city"], ["meeting", "deadline"], "Asia/Shanghai", 7, "en"])
    );
    assert_eq!(
        after["subscriptions"][0]["consent_note"],
        format!("joined on {SITE}/preferences by the link in a mail")
    );
    assert!(after["subscriptions"][0]["consent_at"].as_str().unwrap().starts_with("2026-09-28T06:30"));
    assert!(daemon.post(&link, &choice).await.text().await.unwrap().contains("Nothing was changed."));

    // What is not on the form stays, what is empty is taken back.
    daemon.post(&link, &[("do", "save"), ("digest", "daily"), ("timezone", "")]).await;
    let after = shown(&office);
    assert_eq!(
        json!([after["topics"], after["kinds"], after["timezone"], after["send_hour"]]),
        json!([[], [], null, 7])
    );

    let before = shown(&office);
    for (form, part) in [
        (&[("do", "save"), ("timezone", "Mars/Olympus")][..], "Mars/Olympus"),
        (&[("do", "save"), ("send_hour", "24")], "0 (midnight) to 23"),
        (&[("do", "save"), ("kind", "party")], "party"),
        (&[("do", "save"), ("locale", "tlh")], "one of en"),
        (&[("do", "dance")], "dance"),
        (&[("digest", "daily")], "Nothing was asked for"),
    ] {
        let page = daemon.post(&link, form).await;
        assert_eq!(page.status(), 400, "{form:?}");
        assert!(page.text().await.unwrap().contains(part), "{form:?}");
    }
    for action in ["export", "renew-calendar", "revoke-calendar", "forget", "forget-now"] {
        let page = daemon.post(&link, &[("do", action)]).await;
        assert_eq!(page.status(), 403, "{action}");
        assert!(!page.text().await.unwrap().contains("ada@example.org"));
    }
    assert_eq!(shown(&office), before);

    // A link that leaves does that alone.
    let leave = mails[0].link(&format!("{SITE}/unsubscribe/"));
    let token = leave.rsplit('/').next().unwrap();
    for path in [format!("/preferences/{token}"), link.replace("/preferences/", "/unsubscribe/"), link + "A"] {
        assert_eq!(daemon.get(&path).await.status(), 404);
        assert_eq!(daemon.post(&path, &[("do", "leave")]).await.status(), 404);
    }
    assert_eq!(shown(&office), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_button_leaves_everything_and_another_choice_comes_back() {
    let (office, daemon, link) = reader();
    daemon.post(&link, &[("do", "save"), ("digest", "daily"), ("digest", "weekly"), ("topic", "ipv6")]).await;
    assert_eq!(states(&office), "daily confirmed, weekly confirmed");
    assert!(daemon.post(&link, &[("do", "leave")]).await.text().await.unwrap().contains("You get nothing any more"));
    assert_eq!(states(&office), "daily left, weekly left");
    daemon.post(&link, &[("do", "save"), ("digest", "weekly")]).await;
    assert_eq!(states(&office), "daily left, weekly confirmed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fresh_link_shows_the_readers_calendar_and_gives_their_data() {
    let (office, daemon, link) = reader();
    let own = fresh_link(&office, &daemon, &link).await;
    let page = daemon.text(&own).await;
    assert!(page.contains("ada@example.org") && page.contains("Make one"), "{page}");

    let address = |page: &str| {
        let at = page.find("value=\"http").unwrap() + "value=\"".len();
        page[at..].split('"').next().unwrap().strip_prefix(SITE).unwrap().to_owned()
    };
    let page = daemon.post(&own, &[("do", "renew-calendar")]).await.text().await.unwrap();
    let first = address(&page);
    assert_eq!(daemon.text(&first).await.matches("BEGIN:VEVENT").count(), 2);
    // It follows the kinds as it does the topics.
    daemon.post(&own, &[("do", "save"), ("digest", "weekly"), ("topic", "ipv6"), ("kind", "deadline")]).await;
    let calendar = daemon.text(&first).await;
    assert!(calendar.contains("SUMMARY:Comments on ipv6") && calendar.matches("BEGIN:VEVENT").count() == 1);
    let page = daemon.post(&own, &[("do", "renew-calendar")]).await.text().await.unwrap();
    assert_eq!(daemon.get(&first).await.status(), 410);
    let second = address(&page);
    assert_eq!(daemon.get(&second).await.status(), 200);

    let file = daemon.post(&own, &[("do", "export")]).await;
    assert_eq!(file.headers()["cache-control"], "no-store");
    assert_eq!(file.headers()["content-disposition"], "attachment; filename=\"my-data.json\"");
    let data: Value = serde_json::from_str(&file.text().await.unwrap()).unwrap();
    assert_eq!(data, office.json(&["subscriber", "export", "ada@example.org"]));
    assert_eq!(data["email"], "ada@example.org");
    assert_eq!(data["choices"]["kinds"], json!(["deadline"]));
    assert_eq!(data["deliveries"][0]["status"], "sent");
    assert_eq!(data["deliveries"][0]["digest"], "weekly");
    assert!(data["calendars"][1]["url"].as_str().unwrap().ends_with(&second) && data["calendars"][0]["url"].is_null());

    assert!(daemon.post(&own, &[("do", "revoke-calendar")]).await.text().await.unwrap().contains("Make one"));
    assert_eq!(daemon.get(&second).await.status(), 410);

    // It is for an hour; the one in the mail is for ever.
    daemon.stop();
    office.set_clock("2026-09-28T07:40:00Z");
    let daemon = office.serve();
    let late = daemon.post(&own, &[("do", "export")]).await;
    assert_eq!(late.status(), 410);
    assert!(late.text().await.unwrap().contains("valid for 60 minutes"));
    assert_eq!(daemon.get(&link).await.status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_flooded_with_links() {
    let (office, mut daemon, link) = reader();
    for _ in 0..3 {
        assert_eq!(daemon.post(&link, &[("do", "link")]).await.status(), 200);
    }
    assert_eq!(daemon.post(&link, &[("do", "link")]).await.status(), 429);
    // Confirmations count with them, whoever asks.
    daemon.post("/subscribe", &[("email", "ada@example.org"), ("digest", "daily")]).await;
    office.wait_for_mails(4);
    office.settle(&mut daemon);
    assert_eq!(office.outbox().len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_twice_is_forgotten_and_can_come_back() {
    let (office, daemon, link) = reader();
    let own = fresh_link(&office, &daemon, &link).await;
    // SQLite leaves copies behind where it moves rows; here one in a page that nothing uses.
    office.sql("CREATE TABLE t (x); INSERT INTO t VALUES ('Ada@example.org'); DROP TABLE t");
    let page = daemon.post(&own, &[("do", "forget")]).await.text().await.unwrap();
    assert!(page.contains("Delete all that is kept of you?") && page.contains("forget-now"), "{page}");
    assert_eq!(shown(&office)["email"], "ada@example.org");
    // Who still is an editor is told so, and stays.
    office.ok(&["editor", "add", "ada@example.org"]);
    let refused = daemon.post(&own, &[("do", "forget-now")]).await;
    assert_eq!(refused.status(), 409);
    assert!(refused.text().await.unwrap().contains("take you off the editors first"));
    office.ok(&["editor", "remove", "ada@example.org", "--yes"]);
    let page = daemon.post(&own, &[("do", "forget-now")]).await.text().await.unwrap();
    assert!(page.contains("You are forgotten"), "{page}");
    assert_eq!(office.before_in_database("ada@example.org"), "");
    assert!(office.outbox().is_empty());
    office.fails(&["subscriber", "show", "ada@example.org"], 1);
    for path in [&own, &link] {
        assert_eq!(daemon.get(path).await.status(), 410);
        assert_eq!(daemon.post(path, &[("do", "forget-now")]).await.status(), 410);
    }

    let error = office.fails(&["subscriber", "add", "Ada@example.org", "--confirmed"], 1);
    assert!(error.contains("was deleted for good on 2026-09-28"), "{error}");
    daemon.post("/subscribe", &[("email", "ada@example.org"), ("digest", "weekly")]).await;
    let mails = office.wait_for_mails(1);
    let confirm = mails.iter().find(|mail| mail.subject().starts_with("Please confirm")).unwrap();
    // Until they have said yes, they are as forgotten as before.
    office.fails(&["subscriber", "add", "ada@example.org", "--confirmed"], 1);
    let confirm = confirm.link(&format!("{SITE}/confirm/"));
    assert_eq!(daemon.post(confirm.strip_prefix(SITE).unwrap(), &[]).await.status(), 200);
    assert_eq!(states(&office), "weekly confirmed");
    office.ok(&["subscriber", "add", "ada@example.org", "--digest", "daily", "--confirmed"]);
}
