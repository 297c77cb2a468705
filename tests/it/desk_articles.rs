//! Articles at the desk.

use crate::support::Office;
use crate::support::browser::Browser;

const ADA: &str = "ada@example.org";

#[tokio::test(flavor = "multi_thread")]
async fn an_article_is_written_looked_at_published_and_removed() {
    let office = Office::new();
    let event = office.add(&["forum", "Autumn forum", "--on", "2037-10-01"]);
    let daemon = office.serve();
    let mut browser = Browser::signed_in(&daemon, &office, ADA, "editor").await;
    assert!(browser.get("/admin/articles").await.has("No articles yet."));
    let place = ("place", "/admin/articles/new");
    let found = browser.get("/admin/articles/new?find=autumn").await;
    assert!(found.has("Autumn forum") && found.has(&format!("<strong>{event}</strong>")), "{}", found.text);

    let wrong = [place, ("title", ""), ("date", "some day"), ("body", "Some *words*.")];
    let wrong = browser.post("/admin/articles/new", &wrong).await;
    assert!(wrong.status == 422 && wrong.has("Some *words*.") && wrong.has("some day"), "{}", wrong.text);
    assert!(browser.get("/admin/articles/new").await.has("did not save"));

    let events = event.clone();
    let fields = [
        place,
        ("title", "What the forum said"),
        ("date", "2026-11-01"),
        ("status", "draft"),
        ("events", events.as_str()),
        ("body", "Some *words* <script>alert(1)</script> and [more](https://example.org)."),
    ];
    let mut look = fields.to_vec();
    look.push(("do", "look"));
    let looked = browser.post("/admin/articles/new", &look).await;
    assert!(looked.has("<em>words</em>") && !looked.has("<script>alert"), "{}", looked.text);
    let clean: Vec<_> =
        fields.iter().map(|(name, value)| (*name, if *name == "body" { "Some *words*." } else { *value })).collect();
    let added = browser.post("/admin/articles/new", &clean).await;
    assert_eq!((added.status, added.location.as_str()), (303, "/admin/articles/1?done=added"), "{}", added.text);
    let shown = browser.get("/admin/articles/1").await;
    assert!(shown.has("Autumn forum") && shown.has("Publish"), "{}", shown.text);
    let seen = shown.value("seen");
    assert_eq!(
        browser.post("/admin/articles/1", &[("do", "publish")]).await.location,
        "/admin/articles/1?done=published"
    );
    assert!(daemon.text("/articles/1").await.contains("What the forum said"));

    // Somebody has changed it since that page was loaded.
    let stale = [("place", "/admin/articles/1"), ("seen", seen.as_str()), ("title", "What it said")];
    let stale = browser.post("/admin/articles/1", &stale).await;
    assert!(stale.status == 409 && stale.has("What it said") && stale.has("was changed meanwhile"), "{}", stale.text);
    let again = [("seen", stale.value("seen")), ("title", "What it said".to_owned())];
    let again: Vec<_> = again.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(browser.post("/admin/articles/1", &again).await.location, "/admin/articles/1?done=saved");
    let history = browser.get("/admin/articles/1").await;
    assert!(history.has("title: What it said") && history.has("editor ada@example.org"), "{}", history.text);

    let removed = browser.post("/admin/articles/1", &[("do", "remove")]).await;
    assert_eq!(removed.location, "/admin/articles?done=gone", "{}", removed.text);
    assert_eq!(browser.get("/admin/articles/1").await.status, 404);
}
