//! Articles as readers find them on the site.

use crate::support::Office;

const FILE: &str = "---\ntitle: First <blockchain> standard approved\nbyline: Haley WU\ndate: 2020-09-21\n\
    source: https://example.org/news\ntopics: [blockchain]\nevents: [1, 2]\n---\n\
    The plenary was held *online*. <script>alert(1)</script><img src=\"https://example.org/a.png\" onerror=\"alert(2)\">\n\n\
    ## What is next\n";

fn add(office: &Office, name: &str, text: &str) -> String {
    let file = office.write(name, text);
    office.ok(&["article", "add", &file]).trim().to_owned()
}

/// An office with an article about two events, one of which is a draft, and articles that nobody may see yet.
fn office() -> Office {
    let office = Office::new();
    office.set_clock("2020-09-28T06:30:00Z");
    office.add(&["meeting", "Plenary of Study Group 16", "--from", "2020-10-12", "--to", "2020-10-14"]);
    office.add(&["meeting", "Hidden", "--on", "2020-10-15", "--status", "draft"]);
    add(&office, "first.md", FILE);
    add(&office, "ahead.md", "---\ntitle: Tomorrow\ndate: 2020-09-29\nevents: 1\n---\nText.");
    add(&office, "draft.md", "---\ntitle: Unfinished\ndate: 2020-09-20\nevents: 1\ndraft: true\n---\nText.");
    add(&office, "second.md", "---\ntitle: Smart cities\ndate: 2020-09-27\ntopics: [smart city]\n---\nText of it.");
    office
}

#[tokio::test(flavor = "multi_thread")]
async fn an_article_has_a_page_with_what_it_is_about() {
    let office = office();
    let daemon = office.serve();
    let response = daemon.get("/articles/1").await;
    let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("img-src 'self' https:") && policy.contains("script-src 'self'"), "{policy}");
    let page = response.text().await.unwrap();
    for part in [
        "<h1>First &#60;blockchain&#62; standard approved</h1>",
        "<time datetime=\"2020-09-21\">21 September 2020</time> · Haley WU",
        "<em>online</em>",
        "<h3>What is next</h3>",
        "<img src=\"https://example.org/a.png\">",
        "href=\"https://example.org/news\"",
        "href=\"/articles?topic=blockchain\"",
        "href=\"/events/1\">Plenary of Study Group 16",
    ] {
        assert!(page.contains(part), "no {part} in {page}");
    }
    assert!(!page.contains("alert(") && !page.contains("Hidden"), "{page}");
    let (_, rest) = page.split_once("application/ld+json\">").unwrap();
    let document: serde_json::Value = serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap();
    assert_eq!(document["@type"], "NewsArticle");
    assert_eq!(document["datePublished"], "2020-09-21");
    assert_eq!(document["about"][0]["name"], "Plenary of Study Group 16");
    assert_eq!(document["about"].as_array().unwrap().len(), 1);

    let event = daemon.text("/events/1").await;
    assert!(event.contains("href=\"/articles/1\"") && !event.contains("Tomorrow") && !event.contains("Unfinished"));
    for path in ["/articles/2", "/articles/3", "/articles/9", "/articles/01", "/articles/x", "/articles/1/2"] {
        assert_eq!(daemon.get(path).await.status(), 404, "{path}");
    }
    let chinese = daemon.text("/articles/1?lang=zh").await;
    assert!(chinese.contains("2020年9月21日") && chinese.contains("相关日程"), "{chinese}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_way_to_the_articles_is_shown_where_there_are_any() {
    let office = Office::new();
    add(&office, "draft.md", "---\ntitle: Unfinished\ndraft: true\n---\nText.");
    let daemon = office.serve();
    let way = "<a href=\"/articles\">Articles</a>";
    assert!(!daemon.text("/").await.contains(way));
    office.ok(&["article", "publish", "1"]);
    let found = async || daemon.text("/").await.contains(way);
    for _ in 0..100 {
        if found().await {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("waited in vain for the way to the articles");
}

#[tokio::test(flavor = "multi_thread")]
async fn articles_are_listed_the_newest_first_from_their_day_on() {
    let office = office();
    let daemon = office.serve();
    let order = |page: &str| {
        let at = |title: &str| page.find(title).unwrap_or_else(|| panic!("no {title} in {page}"));
        at("Smart cities") < at("First &#60;blockchain&#62; standard approved")
    };
    for path in ["/articles", "/"] {
        let page = daemon.text(path).await;
        assert!(order(&page) && !page.contains("Tomorrow") && !page.contains("Unfinished"), "{page}");
        assert!(page.contains("type=\"application/atom+xml\" href=\"/articles.atom\""), "{page}");
    }
    assert!(!daemon.text("/?q=plenary").await.contains("Smart cities"));
    let narrowed = daemon.text("/articles?topic=Blockchain").await;
    assert!(narrowed.contains("First") && !narrowed.contains("Smart cities"), "{narrowed}");
    assert!(narrowed.contains("href=\"/articles.atom?topic=Blockchain\""), "{narrowed}");
    assert!(daemon.text("/articles?topic=none").await.contains("No article matches."));
    assert!(daemon.text("/articles?page=99999999999999999999").await.contains("Smart cities"));
    assert!(daemon.text("/articles?page=2").await.contains("There are no articles yet."));

    let response = daemon.get("/articles.atom").await;
    let etag = response.headers()["etag"].to_str().unwrap().to_owned();
    let feed = response.text().await.unwrap();
    assert!(feed.contains("<title>Smart cities</title>") && feed.contains("&lt;em&gt;online&lt;/em&gt;"), "{feed}");
    assert!(!feed.contains("alert(") && !feed.contains("Tomorrow") && !feed.contains("Unfinished"), "{feed}");
    assert_eq!(daemon.get_with("/articles.atom", &[("If-None-Match", &etag)]).await.status(), 304);
    office.ok(&["article", "remove", "4", "--yes"]);
    assert!(
        !daemon.get_with("/articles.atom", &[("If-None-Match", &etag)]).await.text().await.unwrap().contains("cities")
    );
    assert_eq!(daemon.get("/articles/4").await.status(), 404);

    drop(daemon);
    office.set_clock("2020-09-29T06:30:00Z");
    let daemon = office.serve();
    assert!(daemon.text("/articles").await.contains("Tomorrow"));
    assert_eq!(daemon.get("/articles/2").await.status(), 200);
}
