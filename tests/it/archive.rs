//! Past editions, for everybody.

use crate::support::Office;

const CONFIG: &str = "[site]\ntitle = \"The Watch\"\n\n\
                      [[digest]]\nslug = \"weekly\"\ntitle = \"The week ahead\"\nschedule = \"0 8 * * mon\"\nretell = true\n\n\
                      [[digest]]\nslug = \"daily\"\ntitle = \"Every day\"\nschedule = \"0 8 * * *\"\n\n\
                      [[digest]]\nslug = \"board\"\ntitle = \"For the board\"\nschedule = \"0 8 * * *\"\narchive = false\n";

/// Two editions of `weekly`, one of `daily` and one of `board`, which is private.
fn office() -> Office {
    let office = Office::with_config(CONFIG);
    office.set_clock("2020-09-28T06:30:00Z");
    office.add(&["meeting", "Plenary <of all>", "--on", "2020-10-12"]);
    office.ok(&["subscriber", "add", "ada@example.org", "--name", "Ada Countess", "--confirmed"]);
    for (digest, at) in
        [("weekly", "2020-09-21"), ("weekly", "2020-09-28"), ("daily", "2020-09-28"), ("board", "2020-09-28")]
    {
        office.ok(&["digest", "send", digest, "--at", at]);
    }
    office
}

#[track_caller]
fn in_order(page: &str, parts: &[&str]) {
    let places: Vec<_> =
        parts.iter().map(|part| page.find(part).unwrap_or_else(|| panic!("no {part} in {page}"))).collect();
    assert!(places.is_sorted(), "{parts:?}: {page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn past_editions_are_listed_the_newest_first() {
    let office = office();
    let daemon = office.serve();
    assert!(daemon.text("/").await.contains("<a href=\"/archive\">Archive</a>"));
    let page = daemon.text("/archive").await;
    in_order(
        &page,
        &[
            "href=\"/archive/daily/1\">",
            "Plenary &#60;of all&#62;, 12 October",
            "Every day · No. 1 · Monday 28 September 2020",
            "href=\"/archive/weekly/2\">",
            "href=\"/archive/weekly/1\">",
            "The week ahead · No. 1 · Monday 21 September 2020",
        ],
    );
    assert!(page.contains("type=\"application/atom+xml\" href=\"/archive.atom\""), "{page}");
    assert!(!page.contains("board"), "{page}");
    let weekly = daemon.text("/archive/weekly?lang=zh").await;
    in_order(&weekly, &["<h1>The week ahead</h1>", "第2期 · 2020年9月28日 星期一", "第1期"]);
    assert!(!weekly.contains("Every day") && weekly.contains("href=\"/archive/weekly.atom\""), "{weekly}");
    let earlier = daemon.text("/archive?before=2").await;
    assert!(earlier.contains("/archive/weekly/1") && !earlier.contains("/archive/weekly/2"), "{earlier}");

    for (path, parts) in [
        (
            "/archive.atom",
            &["<title>The Watch", "/archive/daily/1\"", "/archive/weekly/2\"", "/archive/weekly/1\""][..],
        ),
        ("/archive/weekly.atom", &["<title>The week ahead", "/archive/weekly/2\"", "/archive/weekly/1\""]),
    ] {
        let feed = daemon.get_with(path, &[("Accept-Language", "zh")]).await;
        assert_eq!(feed.headers()["content-type"], "application/atom+xml; charset=utf-8");
        assert_eq!(feed.headers()["vary"], "Accept-Encoding");
        let etag = feed.headers()["etag"].to_str().unwrap().to_owned();
        let feed = feed.text().await.unwrap();
        in_order(&feed, parts);
        assert!(feed.contains("href=\"http://127.0.0.1:8080/archive/weekly/2\"") && !feed.contains("board"), "{feed}");
        assert_eq!(daemon.get_with(path, &[("If-None-Match", &etag)]).await.status(), 304);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_follows_everything_as_atom_gets_the_editions_too() {
    let office = office();
    let daemon = office.serve();
    let feed = daemon.get("/feed.atom").await;
    let etag = feed.headers()["etag"].to_str().unwrap().to_owned();
    let feed = feed.text().await.unwrap();
    assert!(feed.contains("/archive/weekly/2\"") && feed.contains("/events/1\"") && !feed.contains("board"), "{feed}");
    assert!(!daemon.text("/feed.atom?kind=meeting").await.contains("/archive/"));
    assert_eq!(daemon.get_with("/feed.atom", &[("If-None-Match", &etag)]).await.status(), 304);
    office.add(&["meeting", "Another", "--on", "2020-10-13"]);
    office.ok(&["digest", "send", "weekly", "--at", "2020-09-22"]);
    crate::support::wait_for("the edition to be told", || {
        let text =
            tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(daemon.text("/feed.atom")));
        text.contains("/archive/weekly/3\"").then_some(())
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edition_is_shown_as_it_was_sent_with_nothing_of_a_reader_and_nothing_that_runs() {
    let office = office();
    let daemon = office.serve();
    let mails = office.wait_for_mails(4);
    let mail = mails.iter().find(|mail| mail.html().contains("/archive/weekly/2")).unwrap();
    let page = daemon.get("/archive/weekly/2").await;
    let header = |name: &str| page.headers()[name].to_str().unwrap().to_owned();
    let policy = header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && !policy.contains("script-src"), "{policy}");
    assert_eq!(page.headers().get_all("content-security-policy").iter().count(), 1);
    assert!(!page.headers().contains_key("x-robots-tag"));
    assert!(header("last-modified").starts_with("Mon, 28 Sep 2020 06:30:"), "{}", header("last-modified"));
    let (etag, made) = (header("etag"), header("last-modified"));
    assert!(header("vary").contains("Accept-Language, Cookie") && header("content-language") == "en");
    let text = page.text().await.unwrap();
    for (part, is_personal) in [
        ("<html lang=\"en\"", false),
        ("Plenary &lt;of all&gt;", false),
        ("Monday 28 September 2020", false),
        ("/preferences/", true),
        ("/unsubscribe/", true),
    ] {
        assert!(mail.html().contains(part), "no {part} in {}", mail.html());
        assert_eq!(text.contains(part), !is_personal, "{part}: {text}");
    }
    assert!(!text.contains('\u{1}') && !text.contains("Countess") && !text.contains("ada@"), "{text}");
    // The one before is beside it, and the one after it is beside that.
    assert!(text.contains("<main>") && text.contains("rel=\"prev\"") && !text.contains("rel=\"next\""), "{text}");
    let first = daemon.text("/archive/weekly/1").await;
    in_order(&first, &["</main>", "All editions", "rel=\"next\"", "href=\"/archive/weekly/2\">No. 2 →"]);
    for (name, value) in [("If-None-Match", &etag), ("If-Modified-Since", &made)] {
        assert_eq!(daemon.get_with("/archive/weekly/2", &[(name, value)]).await.status(), 304);
    }
    let chinese = daemon.get_with("/archive/weekly/2", &[("Accept-Language", "zh"), ("If-None-Match", &etag)]).await;
    assert_eq!(chinese.headers()["content-language"], "zh-Hans");
    assert!(chinese.text().await.unwrap().contains("2020年9月28日"));
    // One that was made before there was this language.
    office.sql("DELETE FROM archived_edition WHERE edition_id = 1 AND locale = 'zh-Hans'");
    assert_eq!(daemon.get("/archive/weekly/1?lang=zh").await.headers()["content-language"], "en");

    for path in [
        "/archive/weekly/3",
        "/archive/weekly/0",
        "/archive/weekly/-1",
        "/archive/weekly/01",
        "/archive/weekly/x",
        "/archive/monthly",
        "/archive/monthly.atom",
        "/archive/monthly/1",
        "/archive/board",
        "/archive/board.atom",
        "/archive/board/1",
        "/archive/..%2f..%2fetc/passwd",
        "/archive/weekly/..%2f2",
        "/archive/weekly/2/x",
    ] {
        assert_eq!(daemon.get(path).await.status(), 404, "{path}");
    }

    // What was sent to all is taken back.
    drop(daemon);
    office.configure(&CONFIG.replace("slug = \"weekly\"\n", "slug = \"weekly\"\narchive = false\n"));
    let daemon = office.serve();
    assert_eq!(daemon.get("/archive/weekly/2").await.status(), 404);
    assert!(!daemon.text("/archive").await.contains("weekly"));
}
