//! Events and drafts at the desk.

use crate::support::Office;
use crate::support::browser::Browser;

const ADA: &str = "ada@example.org";

fn office() -> Office {
    Office::with_config(
        "[site]\ntimezone = \"Asia/Shanghai\"\n\n[[digest]]\nslug = \"weekly\"\ntitle = \"Weekly\"\nschedule = \"0 8 * * 1\"\n",
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_is_added_looked_at_and_changed_in_a_form() {
    let office = office();
    office.ok(&["subscriber", "add", "grace@example.net", "--digest", "weekly", "--confirmed"]);
    let daemon = office.serve();
    let mut browser = Browser::signed_in(&daemon, &office, ADA, "editor").await;
    browser.get("/admin/events/new").await;
    let fields = [
        ("place", "/admin/events/new"),
        ("kind", "meeting"),
        ("title", "Plenary"),
        ("start", "12 January 2027 9:00-12:00"),
        ("end", ""),
        ("timezone", "Asia/Shanghai"),
        ("repeat", "2nd tuesday"),
        ("topics", "cybersecurity; ipv6"),
        ("status", "confirmed"),
    ];
    let mut look = fields.to_vec();
    look.push(("do", "look"));
    let looked = browser.post("/admin/events/new", &look).await;
    assert_eq!(looked.status, 202, "{}", looked.text);
    for date in ["12 January 2027", "9 February 2027", "8 June 2027"] {
        assert!(looked.has(date), "{date}: {}", looked.text);
    }
    assert!(looked.has("One reader of Weekly hears of it"), "{}", looked.text);
    assert!(office.rows("SELECT title FROM event").is_empty());

    let added = browser.post("/admin/events/new", &fields).await;
    assert_eq!((added.status, added.location.as_str()), (303, "/admin/events/1?done=added"), "{}", added.text);
    let shown = browser.get("/admin/events/1").await;
    assert!(shown.has("value=\"2027-01-12 09:00\"") && shown.has("FREQ=MONTHLY;BYDAY=2TU"), "{}", shown.text);
    let seen = shown.value("seen");

    // All of the form comes back, with only the place changed.
    let form = [("place", "/admin/events/1"), ("seen", seen.as_str()), ("title", "Plenary"), ("location", "Beijing")];
    let mut look = form.to_vec();
    look.push(("do", "look"));
    let looked = browser.post("/admin/events/1", &look).await;
    assert!(looked.status == 202 && looked.has("<ins>Beijing</ins>"), "{}", looked.text);
    assert_eq!(browser.post("/admin/events/1", &form).await.location, "/admin/events/1?done=saved");
    let history = office.json(&["event", "history", "1"]);
    assert_eq!(history.as_array().unwrap().last().unwrap()["actor"], "editor ada@example.org", "{history}");

    // Somebody else was there first.
    let stale = browser
        .post("/admin/events/1", &[("seen", seen.as_str()), ("title", "Plenary 2"), ("place", "/admin/events/1")])
        .await;
    assert!(
        stale.status == 409
            && stale.has("Somebody changed it meanwhile")
            && stale.has("Plenary 2")
            && stale.has("Beijing"),
        "{}",
        stale.text
    );
    assert_eq!(
        browser.post("/admin/events/1", &[("seen", stale.value("seen").as_str()), ("title", "Plenary 2")]).await.status,
        303
    );

    // A change is taken back.
    let shown = browser.get("/admin/events/1").await;
    let undone = browser.post("/admin/events/1", &[("do", "undo"), ("change", shown.value("change").as_str())]).await;
    assert_eq!(undone.location, "/admin/events/1?done=undone", "{}", undone.text);
    assert_eq!(office.json(&["event", "show", "1"])["title"], "Plenary");
}

#[tokio::test(flavor = "multi_thread")]
async fn single_dates_of_a_series_are_moved_and_cancelled() {
    let office = office();
    let id = office.add(&["meeting", "Plenary", "--on", "2037-01-13 09:00", "--repeat", "FREQ=MONTHLY;BYDAY=2TU"]);
    let daemon = office.serve();
    let mut browser = Browser::signed_in(&daemon, &office, ADA, "editor").await;
    let path = format!("/admin/events/{id}/dates");
    let dates = browser.get(&path).await;
    assert!(dates.has("13 January 2037") && dates.has("10 February 2037"), "{}", dates.text);
    let date = ("occurrence", "2037-02-10T09:00");
    let wrong = browser.post(&path, &[date, ("start", "some day"), ("do", "move")]).await;
    assert!(wrong.status == 422 && wrong.has("value=\"some day\"") && wrong.has("is not a date"), "{}", wrong.text);
    assert_eq!(browser.post(&path, &[date, ("start", "2037-02-11 10:00"), ("do", "move")]).await.status, 303);
    let march = ("occurrence", "2037-03-10T09:00");
    assert_eq!(browser.post(&path, &[march, ("reason", "no room"), ("do", "cancel")]).await.status, 303);
    let dates = browser.get(&path).await;
    assert!(dates.has("11 February 2037") && dates.has("instead of") && dates.has("no room"), "{}", dates.text);
    assert_eq!(browser.post(&path, &[march, ("do", "restore")]).await.status, 303);
    assert!(!browser.get(&path).await.has("no room"));
}

#[tokio::test(flavor = "multi_thread")]
async fn many_events_are_changed_at_once_or_none_is() {
    let office = office();
    for title in ["One", "Two", "Three"] {
        office.add(&["meeting", title, "--on", "2037-01-13", "--status", "draft"]);
    }
    let daemon = office.serve();
    let mut browser = Browser::signed_in(&daemon, &office, ADA, "editor").await;
    let listed = browser.get("/admin/events?status=draft&q=two").await;
    assert!(listed.has(">Two<") && !listed.has(">One<"), "{}", listed.text);
    let published = browser.post("/admin/events", &[("ids", "1"), ("ids", "2"), ("do", "publish")]).await;
    assert_eq!(published.location, "/admin/events?done=published&count=2");
    assert!(browser.get(&published.location).await.has("2 published."));
    let labelled =
        browser.post("/admin/events", &[("ids", "1"), ("ids", "3"), ("add_topics", "ipv6"), ("do", "label")]).await;
    assert_eq!(labelled.location, "/admin/events?done=labelled&count=2");
    // A draft can't be cancelled, so neither is the other.
    let asked = browser.post("/admin/events", &[("ids", "1"), ("ids", "2"), ("do", "cancel")]).await;
    assert!(asked.status == 200 && asked.has("Cancel these 2 events?"), "{}", asked.text);
    let refused = browser.post("/admin/events", &[("ids", "1"), ("ids", "3"), ("do", "cancel"), ("sure", "1")]).await;
    assert!((400..500).contains(&refused.status), "{}", refused.status);
    let sure = [("ids", "1"), ("ids", "2"), ("do", "cancel"), ("sure", "1"), ("reason", "moved online")];
    assert_eq!(browser.post("/admin/events", &sure).await.location, "/admin/events?done=cancelled&count=2");
    assert_eq!(office.rows("SELECT status FROM event ORDER BY id"), ["cancelled", "cancelled", "draft"]);
    assert_eq!(browser.post("/admin/events", &[("ids", "3"), ("do", "remove"), ("sure", "1")]).await.status, 303);
    assert_eq!(browser.post("/admin/events/3", &[("do", "restore")]).await.location, "/admin/events/3?done=restored");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pasted_text_becomes_drafts_that_are_looked_through() {
    let office = office();
    let daemon = office.serve();
    let mut browser = Browser::signed_in(&daemon, &office, ADA, "editor").await;
    let nothing = browser.post("/admin/drafts", &[("text", " "), ("place", "/admin/drafts")]).await;
    assert!(nothing.status == 422 && nothing.has("paste a text"), "{}", nothing.text);
    for address in
        ["http://127.0.0.1:1/x", "http://localhost/", "http://[::1]/", "http://10.0.0.1/", "file:///etc/passwd"]
    {
        let private = browser.post("/admin/drafts", &[("address", address)]).await;
        assert_eq!(private.status, 422, "{address}: {}", private.text);
    }
    let text = include_str!("../../config/sample/newsletter.txt");
    let found =
        browser.post("/admin/drafts", &[("text", text), ("written", "2020-09-28"), ("place", "/admin/drafts")]).await;
    assert_eq!(found.status, 303, "{}", found.text);
    let drafts = office.rows("SELECT CAST(id AS TEXT) FROM event WHERE status = 'draft'").len();
    assert!(drafts > 10, "{drafts}");
    let list = browser.get("/admin/drafts").await;
    assert!(list.has("class=\"count\""), "{}", list.text);
    let mut at = list
        .text
        .split("data-key=\"r\"")
        .next()
        .unwrap()
        .rsplit("href=\"")
        .next()
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    let mut marked = 0;
    for (number, act) in std::iter::once("drop").chain(std::iter::repeat("publish")).take(drafts).enumerate() {
        let draft = browser.get(&at).await;
        assert!(draft.has("Draft 1 of"), "{number}: {}", draft.text);
        marked += usize::from(draft.has("<mark>"));
        at = browser.post(&at, &[("do", act)]).await.location;
    }
    // Some sentences say "on the same day".
    assert!(marked * 10 >= drafts * 8, "{marked} of {drafts}");
    assert!(at.starts_with("/admin/drafts?"), "{at}");
    assert!(browser.get("/admin/drafts").await.has("No drafts wait."));
    let of = |query: &str| office.rows(query).len();
    assert_eq!(of("SELECT title FROM event WHERE status = 'confirmed' AND removed = 0"), drafts - 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_becomes_drafts_and_what_is_none_leaves_what_was_typed() {
    const NOTICE: &[u8] = include_bytes!("../../config/sample/notice.txt");
    let office = office();
    let daemon = office.serve();
    let mut browser = Browser::signed_in(&daemon, &office, ADA, "editor").await;
    browser.get("/admin/drafts").await;
    let typed = [("place", "/admin/drafts"), ("text", "typed before")];
    let wrong = browser.post_file("/admin/drafts", &typed, ("file", "a.pdf", b"%PDF-1.7 and then nothing")).await;
    assert!(wrong.status == 422 && wrong.has("typed before"), "{}", wrong.text);
    let found = browser.post_file("/admin/drafts", &typed[..1], ("file", "notice.txt", NOTICE)).await;
    assert_eq!(found.location, "/admin/drafts?found=3", "{}", found.text);
    let drafts = browser.get("/admin/drafts").await;
    assert!(
        drafts.has("The year is a guess") || drafts.has("Wuhan") || drafts.has("trusted devices"),
        "{}",
        drafts.text
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_field_of_a_megabyte_is_told_beside_it_and_kept() {
    let office = office();
    let daemon = office.serve();
    let mut browser = Browser::signed_in(&daemon, &office, ADA, "editor").await;
    browser.get("/admin/events/new").await;
    let long = "x".repeat(1_000_000);
    let fields =
        [("place", "/admin/events/new"), ("title", long.as_str()), ("start", "2037-01-13"), ("kind", "meeting")];
    let refused = browser.post("/admin/events/new", &fields).await;
    assert!(refused.status == 422 && refused.has("id=\"title\"") && refused.has(&long), "{}", refused.status);
    assert!(refused.has("aria-invalid=\"true\""), "no field is marked");
    assert!(browser.get("/admin/events/new").await.has(&long));
}
