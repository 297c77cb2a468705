//! The desk: coming in, who may do what, forms that are not ours, and what is typed.

use crate::support::browser::{Browser, Page, path_of};
use crate::support::{Mail, Office, wait_for};

const ADA: &str = "ada@example.org";

fn office() -> Office {
    Office::with_config("[site]\ntimezone = \"Asia/Shanghai\"\n")
}

/// The mails to an editor, as many as are waited for, the oldest first.
fn mails(office: &Office, count: usize) -> Vec<Mail> {
    office.wait_for_mails(count)
}

async fn ask(browser: &mut Browser, email: &str) -> Page {
    browser.get("/admin/sign-in").await;
    browser.post("/admin/sign-in", &[("email", email)]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_editor_comes_in_by_a_mailed_link_and_leaves() {
    let office = office();
    office.ok(&["editor", "add", ADA, "--name", "Ada"]);
    let daemon = office.serve();
    let mut browser = Browser::new(&daemon);
    let turned_away = browser.get("/admin/events/7?x=1").await;
    assert_eq!(
        (turned_away.status, turned_away.location.as_str()),
        (303, "/admin/sign-in?to=%2Fadmin%2Fevents%2F7%3Fx%3D1")
    );

    // Who is an editor, and who is not, is answered alike.
    let asked = ask(&mut browser, ADA).await;
    let stranger = ask(&mut Browser::new(&daemon), "eve@example.org").await;
    assert_eq!((asked.status, stranger.status), (200, 200));
    assert_eq!(asked.text.replace(ADA, "x"), stranger.text.replace("eve@example.org", "x"));
    let wrong = browser.post("/admin/sign-in", &[("email", "ada <b>")]).await;
    assert!(wrong.status == 422 && wrong.has("is no email address") && !wrong.has("<b>"), "{}", wrong.text);

    let mail = &mails(&office, 1)[0];
    assert!(mail.header("To").contains(ADA) && mail.text().contains("15 minutes"), "{}", mail.text());
    let link = path_of(&mail.text());
    // Scanners follow links: nothing is changed by that.
    for _ in 0..2 {
        let shown = browser.get(&link).await;
        assert!(
            shown.status == 200 && shown.has("You sign in as ada@example.org") && !shown.has("another browser"),
            "{}",
            shown.text
        );
    }
    let elsewhere = Browser::new(&daemon).get(&link).await;
    assert!(elsewhere.has("asked for in another browser"), "{}", elsewhere.text);

    let entered = browser.post(&link, &[]).await;
    assert_eq!((entered.status, entered.location.as_str()), (303, "/admin"));
    let cookie = entered.headers.get_all("set-cookie").iter().map(|line| line.to_str().unwrap()).collect::<String>();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && !cookie.contains("Secure"), "{cookie}");
    let today = browser.get("/admin").await;
    assert!(today.status == 200 && today.has("Today") && today.has(">Ada<"), "{}", today.text);
    for (name, value) in [("cache-control", "no-store"), ("x-robots-tag", "noindex"), ("x-frame-options", "DENY")] {
        assert_eq!(today.headers.get(name).unwrap(), value);
    }
    assert!(!today.headers.get("content-security-policy").unwrap().to_str().unwrap().contains("unsafe"));

    let again = Browser::new(&daemon).post(&link, &[]).await;
    assert!(again.status == 410 && again.has("used already"), "{}", again.text);
    let told = &mails(&office, 2)[1];
    assert!(told.subject().contains("new sign-in"), "{}", told.subject());

    let left = browser.post("/admin/sign-out", &[]).await;
    assert_eq!((left.status, left.location.as_str()), (303, "/admin/sign-in?why=out"));
    assert_eq!(browser.get("/admin").await.status, 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_link_ends_the_older_and_too_many_are_not_mailed() {
    let office = office();
    office.ok(&["editor", "add", ADA]);
    let daemon = office.serve();
    let mut browser = Browser::new(&daemon);
    ask(&mut browser, ADA).await;
    let first = path_of(&mails(&office, 1)[0].text());
    ask(&mut browser, ADA).await;
    mails(&office, 2);
    let old = browser.get(&first).await;
    assert!(old.status == 410 && old.has("a newer one took its place"), "{}", old.text);
    for _ in 0..5 {
        assert_eq!(ask(&mut browser, ADA).await.status, 200);
    }
    // Another mail shows that all before it were made, or will not be.
    let link = office.ok(&["editor", "link", ADA]);
    assert_eq!(browser.post(&path_of(&link), &[]).await.status, 303);
    wait_for("the mail about the sign-in", || {
        office.outbox().iter().any(|mail| mail.subject().contains("new sign-in")).then_some(())
    });
    assert_eq!(office.outbox().iter().filter(|mail| mail.subject().starts_with("Sign in")).count(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_and_a_session_end_by_time() {
    let office = office();
    office.ok(&["editor", "add", ADA]);
    let link = path_of(&office.ok(&["editor", "link", ADA]));
    office.sql("UPDATE sign_in SET ends_at = ends_at - 900");
    let daemon = office.serve();
    let late = Browser::new(&daemon).post(&link, &[]).await;
    assert!(late.status == 410 && late.has("15 minutes"), "{}", late.text);
    let mut browser = Browser::signed_in(&daemon, &office, ADA, "editor").await;
    assert_eq!(browser.get("/admin").await.status, 200);
    office.sql("UPDATE session SET seen_at = seen_at - 15 * 86400, began_at = began_at - 15 * 86400");
    assert_eq!(browser.get("/admin").await.status, 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_removed_is_out_at_once_and_the_last_operator_stays() {
    let office = office();
    let daemon = office.serve();
    let mut ada = Browser::signed_in(&daemon, &office, ADA, "editor").await;
    office.ok(&["editor", "remove", ADA, "--yes"]);
    assert_eq!(ada.get("/admin").await.status, 303);
    let removed = ada.post("/admin/events/new", &[("kind", "meeting"), ("title", "X"), ("start", "2027-01-01")]).await;
    assert!(removed.status == 303 && office.rows("SELECT title FROM event").is_empty(), "{}", removed.text);

    office.ok(&["editor", "add", "bo@example.org", "--role", "operator"]);
    let last = office.fails(&["editor", "remove", "bo@example.org", "--yes"], 1);
    assert!(last.contains("the last operator"), "{last}");
    office.ok(&["editor", "add", ADA, "--role", "operator"]);
    office.ok(&["editor", "remove", "bo@example.org", "--yes"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_from_elsewhere_or_of_nobody_changes_nothing() {
    let office = office();
    let daemon = office.serve();
    let mut browser = Browser::signed_in(&daemon, &office, ADA, "operator").await;
    let form = [("kind", "meeting"), ("title", "Forged"), ("start", "2027-01-01"), ("status", "confirmed")];
    let right = browser.token.clone();
    assert_eq!(browser.post_from("https://evil.example", "/admin/events/new", &form).await.status, 403);
    assert_eq!(browser.post_from("null", "/admin/events/new", &form).await.status, 403);
    for token in ["", "x", &right[1..], &right.to_uppercase()] {
        browser.token = token.to_owned();
        let forged = browser.post("/admin/events/new", &form).await;
        assert!(forged.status == 403 && forged.has("could not be taken"), "{token}: {}", forged.text);
    }
    let other = Browser::signed_in(&daemon, &office, "bo@example.org", "editor").await;
    browser.token = other.token;
    assert_eq!(browser.post("/admin/events/new", &form).await.status, 403);
    browser.token = right.clone();
    let multipart = browser.post_octets("/admin/sign-out", b"token=".to_vec()).await;
    assert_eq!(multipart.status, 403);
    assert!(office.rows("SELECT title FROM event").is_empty());
    let cookie = browser.cookies.clone();
    browser.cookies.insert("desk".into(), "a".repeat(32));
    assert_eq!(browser.get("/admin").await.status, 303);
    browser.cookies = cookie;
    assert_eq!(browser.post("/admin/events/new", &form).await.status, 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_typed_is_there_again_whatever_happens() {
    let office = office();
    let daemon = office.serve();
    let mut browser = Browser::signed_in(&daemon, &office, ADA, "editor").await;
    browser.get("/admin/events/new").await;
    let typed =
        [("place", "/admin/events/new"), ("kind", "forum"), ("title", "A <b>long</b> thought"), ("start", "some day")];
    let refused = browser.post("/admin/events/new", &typed).await;
    assert!(
        refused.status == 422 && refused.has("A &#60;b&#62;long") && refused.has("`some day` is not a date"),
        "{}",
        refused.text
    );
    let again = browser.get("/admin/events/new").await;
    assert!(again.has("A &#60;b&#62;long") && again.has("did not save"), "{}", again.text);

    // The session ends while somebody types.
    office.sql("UPDATE session SET ended_at = 1");
    let typed =
        [("place", "/admin/events/new"), ("kind", "forum"), ("title", "Typed for an hour"), ("start", "2027-05-01")];
    let ended = browser.post("/admin/events/new", &typed).await;
    assert_eq!((ended.status, ended.location.as_str()), (303, "/admin/sign-in?to=%2Fadmin%2Fevents%2Fnew&why=kept"));
    assert!(browser.get(&ended.location).await.has("What you typed is kept"));
    let mut browser = Browser::signed_in(&daemon, &office, ADA, "editor").await;
    assert!(browser.get("/admin/events/new").await.has("Typed for an hour"));
    // Nobody else sees it, and once it is saved it is gone.
    let mut other = Browser::signed_in(&daemon, &office, "bo@example.org", "editor").await;
    assert!(!other.get("/admin/events/new").await.has("Typed for an hour"));
    assert_eq!(browser.post("/admin/events/new", &typed).await.status, 303);
    assert!(!browser.get("/admin/events/new").await.has("Typed for an hour"));

    // With a script it is kept while it is typed.
    let kept = browser.post("/admin/typed", &[("at", "/admin/events/new"), ("title", "Half a")]).await;
    assert_eq!(kept.status, 204);
    assert!(browser.get("/admin/events/new").await.has("Half a"));
    assert_eq!(browser.post("/admin/typed", &[("at", "https://evil.example/"), ("title", "x")]).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_sent_is_no_failure_of_ours() {
    let office = office();
    let id = office.add(&["meeting", "Plenary", "--on", "2027-01-01"]);
    let daemon = office.serve();
    let mut browser = Browser::signed_in(&daemon, &office, ADA, "operator").await;
    let megabyte = "a".repeat(1024 * 1024);
    let pages = ["/admin/events/new".to_owned(), format!("/admin/events/{id}"), "/admin/drafts".to_owned()];
    for path in &pages {
        for value in ["<script>alert(1)</script>", &megabyte, "a\u{0}b\u{1b}[31m\u{202e}", "\r\nSet-Cookie: x=y", "💥"]
        {
            browser.get(path).await;
            let names =
                ["kind", "title", "start", "end", "timezone", "repeat", "topics", "description", "text", "address"];
            let mut fields: Vec<(&str, &str)> = names.iter().map(|name| (*name, value)).collect();
            fields.push(("place", path));
            let page = browser.post(path, &fields).await;
            assert!((400..500).contains(&page.status), "{path}: {} {}", page.status, &value[..5.min(value.len())]);
            assert!(!page.has("<script>alert"), "{path}");
        }
        let garbled = format!("token={}&title=%FF%FE&kind=meeting&start=2027-01-01", browser.token).into_bytes();
        let page = browser.post_octets(path, garbled).await;
        assert!((400..500).contains(&page.status), "{path}: {}", page.status);
    }
    let too_much = format!("token={}&title={}", browser.token, "a".repeat(5 * 1024 * 1024)).into_bytes();
    assert_eq!(browser.post_octets("/admin/events/new", too_much).await.status, 413);
    for path in ["/admin/nothing", "/admin/events/x", "/admin/events/99999", "/admin/drafts/99999999999999999999"] {
        let page = browser.get(path).await;
        assert!((300..500).contains(&page.status), "{path}: {}", page.status);
    }
    assert_eq!(office.rows("SELECT title FROM event"), ["Plenary"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_is_found_with_a_slash_too_many_and_never_packed() {
    let office = office();
    let daemon = office.serve();
    let mut browser = Browser::signed_in(&daemon, &office, ADA, "editor").await;
    for (asked, led) in [("/admin/", "/admin"), ("/admin/events/", "/admin/events")] {
        let answer = browser.get(asked).await;
        assert_eq!((answer.status, answer.location.as_str()), (308, led));
    }
    let packed = daemon.get_with("/admin/sign-in", &[("Accept-Encoding", "gzip")]).await;
    assert!(packed.headers().get("content-encoding").is_none());
}
