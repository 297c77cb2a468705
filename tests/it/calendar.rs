//! `/calendar.ics` as calendar programs fetch it.

use std::io::Read;
use std::time::Duration;

use crate::support::{Daemon, Office, PATIENCE};

/// Fetches until the calendar holds `part`; how long that took.
async fn wait_for_calendar(daemon: &Daemon, part: &str) -> Duration {
    let begun = std::time::Instant::now();
    while !daemon.text("/calendar.ics").await.contains(part) {
        assert!(begun.elapsed() < PATIENCE, "no {part} in the calendar");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    begun.elapsed()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_added_beside_the_daemon_is_there_within_two_seconds() {
    let office = Office::new();
    let daemon = office.serve();
    assert!(!daemon.text("/calendar.ics").await.contains("BEGIN:VEVENT"));
    office.add(&["meeting", "Plenary", "--on", "2020-09-11"]);
    let took = wait_for_calendar(&daemon, "SUMMARY:Plenary").await;
    assert!(took < Duration::from_secs(2), "{took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_octets_until_something_changes() {
    let office = Office::new();
    office.add(&["meeting", "Plenary", "--on", "2020-09-11"]);
    let daemon = office.serve();
    let first = daemon.text("/calendar.ics").await;
    daemon.stop();
    let mut daemon = office.serve();
    // A change that is no event's leaves the calendar alone.
    office.ok(&["subscriber", "add", "ada@example.org", "--confirmed"]);
    office.settle(&mut daemon);
    assert_eq!(daemon.text("/calendar.ics").await, first);
    office.ok(&["event", "edit", "1", "--location", "Beijing"]);
    wait_for_calendar(&daemon, "LOCATION:Beijing").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn http_validators_work_as_rfc_9110_has_them() {
    let office = Office::new();
    office.add(&["meeting", "Plenary", "--on", "2020-09-11"]);
    let daemon = office.serve();
    let full = daemon.get("/calendar.ics").await;
    let header = |name: &str| full.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "text/calendar; charset=utf-8");
    assert_eq!(header("cache-control"), "public, max-age=900, s-maxage=50");
    assert!(header("content-disposition").starts_with("inline"));
    let (etag, modified) = (header("etag"), header("last-modified"));
    assert!(etag.starts_with('"'), "{etag}");

    let ask = async |headers: &[(&str, &str)]| daemon.get_with("/calendar.ics", headers).await;
    for fresh in [
        &[("If-None-Match", etag.as_str())][..],
        &[("If-None-Match", &format!("\"x\", W/{etag}"))],
        &[("If-None-Match", "*")],
        &[("If-Modified-Since", &modified)],
        // If-None-Match wins.
        &[("If-None-Match", &etag), ("If-Modified-Since", "Thu, 01 Jan 1970 00:00:00 GMT")],
    ] {
        let response = ask(fresh).await;
        assert_eq!(response.status(), 304, "{fresh:?}");
        assert_eq!(response.headers()["etag"], etag.as_str());
        assert_eq!(response.headers()["last-modified"], modified.as_str());
        assert!(response.bytes().await.unwrap().is_empty());
    }
    for stale in [
        &[("If-None-Match", "\"x\"")][..],
        &[("If-None-Match", "\"x\""), ("If-Modified-Since", &modified)],
        &[("If-Modified-Since", "Thu, 01 Jan 1970 00:00:00 GMT")],
        &[("If-Modified-Since", "yesterday")],
    ] {
        assert_eq!(ask(stale).await.status(), 200, "{stale:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn head_and_gzip_tell_the_same() {
    let office = Office::new();
    office.add(&["meeting", "Plenary", "--on", "2020-09-11"]);
    let daemon = office.serve();
    let plain = daemon.get("/calendar.ics").await;
    let (etag, length) = (plain.headers()["etag"].clone(), plain.headers()["content-length"].clone());
    let plain = plain.bytes().await.unwrap();

    let head = reqwest::Client::new().head(daemon.url("/calendar.ics")).send().await.unwrap();
    assert_eq!((head.status().as_u16(), &head.headers()["etag"]), (200, &etag));
    assert_eq!(head.headers()["content-length"], length);

    let gzip = daemon.get_with("/calendar.ics", &[("Accept-Encoding", "br;q=1, gzip;q=0.5")]).await;
    assert_eq!(gzip.headers()["content-encoding"], "gzip");
    assert_ne!(gzip.headers()["etag"], etag);
    let compressed = gzip.headers()["etag"].to_str().unwrap().to_owned();
    let octets = gzip.bytes().await.unwrap();
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(&octets[..]).read_to_end(&mut unpacked).unwrap();
    assert_eq!(unpacked, plain);

    let refused = daemon.get_with("/calendar.ics", &[("Accept-Encoding", "gzip;q=0")]).await;
    assert!(!refused.headers().contains_key("content-encoding"));
    let fresh = [("If-None-Match", compressed.as_str()), ("Accept-Encoding", "gzip")];
    assert_eq!(daemon.get_with("/calendar.ics", &fresh).await.status(), 304);
}

#[tokio::test(flavor = "multi_thread")]
async fn drafts_stay_out_and_what_is_cancelled_or_removed_is_told() {
    let office = Office::new();
    office.add(&["meeting", "Hidden", "--on", "2020-09-11", "--status", "draft"]);
    office.add(&["meeting", "Called off", "--on", "2020-09-12"]);
    office.add(&["meeting", "Mistaken", "--on", "2020-09-13"]);
    office.ok(&["event", "cancel", "2", "--reason", "storm"]);
    office.ok(&["event", "remove", "3", "--yes"]);
    let daemon = office.serve();
    let calendar = daemon.text("/calendar.ics").await;
    assert!(!calendar.contains("Hidden"));
    assert_eq!(calendar.matches("STATUS:CANCELLED").count(), 2);
    assert!(calendar.contains("SUMMARY:[Cancelled] Called off") && calendar.contains("Cancelled: storm"));
    assert!(calendar.contains("SEQUENCE:1"));
    assert_eq!(daemon.get("/events/1").await.status(), 404);
    assert_eq!(daemon.get("/events/1.ics").await.status(), 404);
    assert_eq!(daemon.get("/events/2.ics").await.status(), 200);
    daemon.stop();

    // After the configured time they drop out.
    office.set_clock("2100-01-01T00:00:00Z");
    let daemon = office.serve();
    assert!(!daemon.text("/calendar.ics").await.contains("STATUS:CANCELLED"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_narrows_the_calendar() {
    let office = Office::new();
    office.add(&["meeting", "Plenary", "--on", "2020-09-11", "--topic", "Smart City", "--standard", "GB/T 35273-2020"]);
    office.add(&["release", "Report", "--on", "2021"]);
    let daemon = office.serve();
    for (query, count) in [
        ("", 2),
        ("?kind=meeting", 1),
        ("?kind=meeting,release", 2),
        ("?topic=smart%20city", 1),
        ("?standard=gb/t35273", 1),
        ("?precise=1", 1),
        ("?from=2020-12", 1),
        ("?q=report", 1),
        ("?unknown=1", 2),
    ] {
        let calendar = daemon.text(&format!("/calendar.ics{query}")).await;
        assert_eq!(calendar.matches("BEGIN:VEVENT").count(), count, "{query}");
    }
    for query in ["?kind=party", "?from=soon"] {
        assert_eq!(daemon.get(&format!("/calendar.ics{query}")).await.status(), 400, "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn feed_readers_get_the_same_events_as_atom_and_json() {
    let office = Office::new();
    office.add(&["meeting", "Plenary <b> & 标准", "--on", "2020-09-11", "--topic", "ipv6", "--location", "Beijing"]);
    office.add(&["release", "Report", "--on", "2021-Q3", "--description", "**Bold** <script>alert(1)</script>"]);
    office.add(&["release", "Hidden", "--on", "2021", "--status", "draft"]);
    office.ok(&["event", "cancel", "1", "--reason", "storm"]);
    let daemon = office.serve();

    let response = daemon.get("/feed.atom").await;
    assert_eq!(response.headers()["content-type"], "application/atom+xml; charset=utf-8");
    let etag = response.headers()["etag"].to_str().unwrap().to_owned();
    let atom = atom_syndication::Feed::read_from(response.text().await.unwrap().as_bytes()).unwrap();
    let mut titles: Vec<_> = atom.entries.iter().map(|entry| entry.title.value.as_str()).collect();
    titles.sort();
    assert_eq!(titles, ["Report (Q3 2021)", "[Cancelled] Plenary <b> & 标准"]);
    let report = atom.entries.iter().find(|entry| entry.title.value.starts_with("Report")).unwrap();
    let html = report.content.as_ref().unwrap().value.as_deref().unwrap();
    assert!(html.contains("Q3 2021") && html.contains("<strong>Bold</strong>") && !html.contains("<script"), "{html}");
    assert_eq!(daemon.get_with("/feed.atom", &[("If-None-Match", &etag)]).await.status(), 304);

    let json: serde_json::Value = serde_json::from_str(&daemon.text("/feed.json?kind=release").await).unwrap();
    assert_eq!(json["version"], "https://jsonfeed.org/version/1.1");
    assert_eq!(json["feed_url"], "http://127.0.0.1:8080/feed.json?kind=release");
    let items = json["items"].as_array().unwrap();
    assert_eq!(items.len(), 1);
    assert_eq!(items[0]["url"], "http://127.0.0.1:8080/events/2");
    assert_eq!(items[0]["_kalends"]["start"], "2021-Q3");
}
