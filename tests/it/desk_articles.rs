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
    assert!(history.has("Title: What it said") && history.has("editor ada@example.org"), "{}", history.text);

    let removed = browser.post("/admin/articles/1", &[("do", "remove")]).await;
    assert_eq!(removed.location, "/admin/articles?done=gone", "{}", removed.text);
    assert_eq!(browser.get("/admin/articles/1").await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_is_put_into_what_is_typed() {
    const PICTURE: &[u8] = include_bytes!("../../config/sample/articles/smart-city.png");
    const PAGE: &str = "/admin/articles/1";
    let office = Office::new();
    let daemon = office.serve();
    let mut browser = Browser::signed_in(&daemon, &office, ADA, "editor").await;
    let first = [("title", "A city"), ("date", "2026-11-01"), ("status", "published"), ("body", "Words.")];
    assert_eq!(browser.post("/admin/articles/new", &first).await.status, 303);
    let shown = browser.get(PAGE).await;
    let (place, seen) = (("place", PAGE), shown.value("seen"));
    let typed = [place, ("seen", &seen), ("title", "A city"), ("body", "Other words."), ("do", "picture")];
    let typed_and = |alt| [typed.as_slice(), &[("alt", alt)]].concat();

    // Nothing chosen, no words for it, no picture: the form again, with what was typed.
    let nothing = browser.post_file(PAGE, &typed_and("A map"), ("picture", "", b"")).await;
    assert!(nothing.status == 422 && nothing.has("choose a picture first"), "{}", nothing.text);
    for (alt, octets) in [("", PICTURE), ("A map", &b"<svg onload=alert(1)>"[..])] {
        let wrong = browser.post_file(PAGE, &typed_and(alt), ("picture", "map.png", octets)).await;
        assert!(wrong.status == 422 && wrong.has("the picture") && wrong.has("Other words."), "{}", wrong.text);
    }
    let added = browser.post_file(PAGE, &typed_and("A [map] of it"), ("picture", "map.png", PICTURE)).await;
    assert_eq!(added.status, 202, "{}", added.text);
    assert!(added.has("Other words.\n\n![A \\[map\\] of it](/media/") && added.has("<img"), "{}", added.text);
    // Who writes sees it, and nobody else yet.
    let address =
        added.text.split("src=\"").find_map(|part| part.split('"').next().filter(|at| at.starts_with("/admin/media/")));
    let address = address.unwrap().to_owned();
    assert_eq!((browser.get(&address).await.status, Browser::new(&daemon).get(&address).await.status), (200, 303));
    assert_eq!(daemon.get(&address["/admin".len()..]).await.status(), 404);
    // It is kept as typed, and saved by whoever saves.
    assert!(browser.get(PAGE).await.has("did not save"));
    let (body, seen) = (added.text.split("![A").nth(1).unwrap().split(')').next().unwrap(), added.value("seen"));
    let body = format!("Other words.\n\n![A{body})");
    let saved = browser.post(PAGE, &[place, ("seen", &seen), ("title", "A city"), ("body", &body)]).await;
    assert_eq!(saved.location, format!("{PAGE}?done=saved"), "{}", saved.text);
    let public = daemon.text("/articles/1").await;
    assert!(public.contains("alt=\"A [map] of it\"") && public.contains("/media/"), "{public}");

    // Without its token, or with one that is cut, it is no form of ours.
    browser.token = "x".to_owned();
    assert_eq!(browser.post_file(PAGE, &typed_and("A map"), ("picture", "map.png", PICTURE)).await.status, 403);
}
