//! Past editions, for everybody.

use kalends::domain::edition::Archived;
use kalends::store::Store;

use crate::support::Office;

const CONFIG: &str = "[site]\ntitle = \"The Watch\"\n\n\
                      [[digest]]\nslug = \"weekly\"\ntitle = \"The week ahead\"\nschedule = \"0 8 * * mon\"\nretell = true\n\n\
                      [[digest]]\nslug = \"daily\"\ntitle = \"Every day\"\nschedule = \"0 8 * * *\"\n";

fn edition(locale: &str, subject: &str) -> Archived {
    Archived {
        locale: locale.into(),
        subject: subject.into(),
        preheader: "Plenary · <Framework>".into(),
        html: format!(
            "<!doctype html><html lang=\"{locale}\"><body style=\"margin: 0\"><h1>{subject}</h1></body></html>"
        ),
        text: subject.into(),
    }
}

/// Two editions of `weekly`, the second in two languages, and one of `daily`.
async fn office() -> Office {
    let office = Office::with_config(CONFIG);
    office.set_clock("2020-09-28T06:30:00Z");
    office.add(&["meeting", "Plenary", "--on", "2020-10-12"]);
    office.ok(&["subscriber", "add", "ada@example.org", "--confirmed"]);
    for (digest, at) in [("weekly", "2020-09-21"), ("weekly", "2020-09-28"), ("daily", "2020-09-28")] {
        office.ok(&["digest", "send", digest, "--at", at]);
    }
    office.sql("DELETE FROM archived_edition");
    let store = Store::open(&office.path("data/kalends.db")).await.unwrap();
    store.archive(1, &[edition("en", "Week 38")]).await.unwrap();
    store.archive(2, &[edition("en", "Week 39"), edition("zh-Hans", "第三十九周")]).await.unwrap();
    store.archive(3, &[edition("en", "Monday")]).await.unwrap();
    store.close().await;
    office
}

fn in_order(page: &str, parts: &[&str]) {
    let places: Vec<_> =
        parts.iter().map(|part| page.find(part).unwrap_or_else(|| panic!("no {part} in {page}"))).collect();
    assert!(places.is_sorted(), "{parts:?}: {page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn past_editions_are_listed_the_newest_first() {
    let office = office().await;
    let daemon = office.serve();
    assert!(daemon.text("/").await.contains("<a href=\"/archive\">Archive</a>"));
    let page = daemon.text("/archive").await;
    in_order(
        &page,
        &[
            "href=\"/archive/daily/1\">Monday",
            "Every day · No. 1 · Monday 28 September 2020",
            "Plenary · &#60;Framework&#62;",
            "href=\"/archive/weekly/2\">Week 39",
            "href=\"/archive/weekly/1\">Week 38",
        ],
    );
    assert!(page.contains("type=\"application/atom+xml\" href=\"/archive.atom\""), "{page}");
    let weekly = daemon.text("/archive/weekly?lang=zh").await;
    in_order(&weekly, &["<h1>The week ahead</h1>", "第三十九周", "第2期 · 2020年9月28日 星期一", "Week 38"]);
    assert!(!weekly.contains("Monday") && weekly.contains("href=\"/archive/weekly.atom\""), "{weekly}");
    let earlier = daemon.text("/archive?before=2").await;
    assert!(earlier.contains("Week 38") && !earlier.contains("Week 39"), "{earlier}");

    for (path, parts) in [
        ("/archive.atom", &["<title>The Watch", ">Monday<", ">Week 39<", ">Week 38<"][..]),
        ("/archive/weekly.atom", &["<title>The week ahead", ">Week 39<", ">Week 38<"]),
    ] {
        let feed = daemon.get_with(path, &[("Accept-Language", "zh")]).await;
        assert_eq!(feed.headers()["content-type"], "application/atom+xml; charset=utf-8");
        assert_eq!(feed.headers()["vary"], "Accept-Encoding");
        let etag = feed.headers()["etag"].to_str().unwrap().to_owned();
        let feed = feed.text().await.unwrap();
        in_order(&feed, parts);
        assert!(feed.contains("href=\"http://127.0.0.1:8080/archive/weekly/2\""), "{feed}");
        assert_eq!(daemon.get_with(path, &[("If-None-Match", &etag)]).await.status(), 304);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edition_is_shown_as_it_was_made_and_loads_nothing_that_runs() {
    let office = office().await;
    let daemon = office.serve();
    let page = daemon.get("/archive/weekly/2").await;
    let header = |name: &str| page.headers()[name].to_str().unwrap().to_owned();
    let policy = header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && !policy.contains("script-src"), "{policy}");
    assert_eq!(page.headers().get_all("content-security-policy").iter().count(), 1);
    assert!(!page.headers().contains_key("x-robots-tag"));
    assert!(header("last-modified").starts_with("Mon, 28 Sep 2020 06:30:"), "{}", header("last-modified"));
    let (etag, made) = (header("etag"), header("last-modified"));
    assert!(header("vary").contains("Accept-Language, Cookie") && header("content-language") == "en");
    assert_eq!(page.text().await.unwrap(), edition("en", "Week 39").html);
    for (name, value) in [("If-None-Match", &etag), ("If-Modified-Since", &made)] {
        assert_eq!(daemon.get_with("/archive/weekly/2", &[(name, value)]).await.status(), 304);
    }
    let chinese = daemon.get_with("/archive/weekly/2", &[("Accept-Language", "zh"), ("If-None-Match", &etag)]).await;
    assert_eq!(chinese.text().await.unwrap(), edition("zh-Hans", "第三十九周").html);
    // In the language there is.
    let only = daemon.get("/archive/weekly/1?lang=zh").await;
    assert_eq!(only.headers()["content-language"], "en");
    assert_eq!(only.text().await.unwrap(), edition("en", "Week 38").html);

    for path in [
        "/archive/weekly/3",
        "/archive/weekly/0",
        "/archive/weekly/-1",
        "/archive/weekly/01",
        "/archive/weekly/x",
        "/archive/monthly",
        "/archive/monthly.atom",
        "/archive/monthly/1",
        "/archive/..%2f..%2fetc/passwd",
        "/archive/weekly/..%2f2",
        "/archive/weekly/2/x",
    ] {
        assert_eq!(daemon.get(path).await.status(), 404, "{path}");
    }
}
