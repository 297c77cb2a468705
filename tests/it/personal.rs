//! Calendars that follow what one reader chose.

use crate::support::Office;

const CONFIG: &str = "[[digest]]\nslug = \"meetings\"\nschedule = \"0 8 * * mon\"\nkinds = [\"meeting\"]\n\n\
                      [[digest]]\nslug = \"all\"\nschedule = \"0 9 * * mon\"\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_readers_calendar_follows_their_choices_until_it_is_taken_back() {
    let office = Office::with_config(CONFIG);
    office.add(&["meeting", "On ipv6", "--on", "2099-09-01", "--topic", "ipv6"]);
    office.add(&["forum", "Forum on ipv6", "--on", "2099-09-02", "--topic", "ipv6"]);
    office.add(&["meeting", "On cities", "--on", "2099-09-03", "--topic", "smart city"]);
    office.ok(&["subscriber", "add", "ada@example.org", "--digest", "meetings", "--topic", "ipv6", "--confirmed"]);
    let daemon = office.serve();
    let path = |office: &Office, args: &[&str]| {
        let url = office.json(&[&["subscriber", "calendar", "ada@example.org"], args].concat())["url"].clone();
        let url = url.as_str().unwrap().to_owned();
        assert!(url.ends_with(".ics") && url.len() < 200, "{url}");
        url[url.find("/calendar/").unwrap()..].to_owned()
    };
    let first = path(&office, &[]);
    assert_eq!(path(&office, &[]), first);

    let response = daemon.get(&first).await;
    assert_eq!(response.headers()["cache-control"], "private, max-age=900");
    let etag = response.headers()["etag"].to_str().unwrap().to_owned();
    let text = response.text().await.unwrap();
    assert!(text.contains("SUMMARY:On ipv6") && text.matches("BEGIN:VEVENT").count() == 1, "{text}");
    assert!(!text.contains("ada@") && !text.contains("SOURCE"), "{text}");
    assert_eq!(daemon.get_with(&first, &[("If-None-Match", &etag)]).await.status(), 304);

    // Another choice, and the calendar follows it at once.
    office.ok(&["subscriber", "add", "ada@example.org", "--digest", "all", "--topic", "ipv6", "--confirmed"]);
    assert_eq!(daemon.text(&first).await.matches("BEGIN:VEVENT").count(), 2);

    let second = path(&office, &["--renew"]);
    assert_ne!(first, second);
    assert_eq!(daemon.get(&first).await.status(), 410);
    assert_eq!(daemon.get(&second).await.status(), 200);
    let revoked = office.json(&["subscriber", "calendar", "ada@example.org", "--revoke"]);
    assert_eq!(revoked["revoked"], true);
    assert_eq!(daemon.get(&second).await.status(), 410);

    // So it is when the reader is deleted; and what was never given out is not there.
    let third = path(&office, &[]);
    office.ok(&["subscriber", "remove", "ada@example.org", "--yes"]);
    assert_eq!(daemon.get(&third).await.status(), 410);
    assert_eq!(daemon.get("/calendar/AAAA.ics").await.status(), 404);
    assert_eq!(daemon.get(first.trim_end_matches(".ics")).await.status(), 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_confirms_is_given_a_calendar_of_their_own() {
    let office = Office::new();
    office.add(&["meeting", "On ipv6", "--on", "2099-09-01", "--topic", "ipv6"]);
    office.add(&["meeting", "On cities", "--on", "2099-09-03", "--topic", "smart city"]);
    office.ok(&["subscriber", "add", "ada@example.org", "--topic", "ipv6"]);
    let daemon = office.serve();
    let link = office.wait_for_mails(1)[0].link("http://127.0.0.1:8080/confirm/");
    let page = daemon.post(&link["http://127.0.0.1:8080".len()..], &[]).await.text().await.unwrap();
    let marker = "webcal://127.0.0.1:8080";
    let at = page.find(marker).unwrap_or_else(|| panic!("no {marker} in {page}")) + marker.len();
    let path = page[at..].split('"').next().unwrap();
    let text = daemon.text(path).await;
    assert!(text.contains("SUMMARY:On ipv6") && text.matches("BEGIN:VEVENT").count() == 1, "{text}");
}
