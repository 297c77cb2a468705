//! The pages.

use crate::support::Office;

#[tokio::test(flavor = "multi_thread")]
async fn the_first_page_has_what_is_coming_and_how_to_follow() {
    let office = Office::new();
    office.set_clock("2020-09-28T00:00:00Z");
    office.add(&[
        "effective-date",
        "GB/T 35273-2020 takes effect",
        "--on",
        "2020-10-01",
        "--standard",
        "GB/T 35273-2020",
    ]);
    office.add(&["forum", "Cybersecurity week", "--from", "2020-09-14", "--to", "2020-09-20", "--topic", "smart city"]);
    office.add(&["release", "Framework", "--on", "2021"]);
    office.add(&["release", "Hidden", "--on", "2021", "--status", "draft"]);
    let daemon = office.serve();
    let page = daemon.text("/").await;
    let order: Vec<_> = [
        "Thursday 1 October 2020",
        "GB/T 35273-2020 takes effect",
        "Expected",
        "Framework",
        "Just past",
        "Cybersecurity week",
    ]
    .iter()
    .map(|part| page.find(part).unwrap_or_else(|| panic!("no {part} in {page}")))
    .collect();
    assert!(order.is_sorted(), "{page}");
    assert!(!page.contains("Hidden"));
    for part in [
        "value=\"http://127.0.0.1:8080/calendar.ics\"",
        "href=\"webcal://127.0.0.1:8080/calendar.ics\"",
        "data-copy=\"calendar-url\"",
        "href=\"/subscribe\"",
    ] {
        assert!(page.contains(part), "no {part} in {page}");
    }
    let narrowed = daemon.text("/?standard=gb/t35273").await;
    assert!(narrowed.contains("takes effect") && !narrowed.contains("Framework"));
    assert!(narrowed.contains("calendar.ics?standard=gb%2Ft35273"), "{narrowed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_has_a_page_that_programs_read_too() {
    let office = Office::new();
    office.add(&[
        "meeting",
        "Plenary </script><script>alert(1)</script>",
        "--from",
        "2020-10-12 09:00",
        "--to",
        "2020-10-12 17:00",
        "--tz",
        "Asia/Shanghai",
        "--location",
        "Beijing",
        "--description",
        "**Bold** <script>alert(2)</script> [x](javascript:alert(3))",
    ]);
    office.ok(&["event", "cancel", "1", "--reason", "<b>rain</b>"]);
    let daemon = office.serve();
    let page = daemon.text("/events/1").await;
    assert!(
        page.contains("<strong>Bold</strong>") && page.contains("12 October 2020, 09:00–17:00 (Asia/Shanghai)"),
        "{page}"
    );
    assert!(!page.contains("<script>alert") && !page.contains("javascript:") && !page.contains("<b>rain"), "{page}");
    let (_, rest) = page.split_once("application/ld+json\">").unwrap();
    let document: serde_json::Value = serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap();
    assert_eq!(document["startDate"], "2020-10-12T09:00:00+08:00");
    assert_eq!(document["eventStatus"], "https://schema.org/EventCancelled");

    for path in ["/events/2", "/events/x", "/events/99999999999999999999", "/nothing", "/events/%ff", "/?from=%00"] {
        let status = daemon.get(path).await.status().as_u16();
        assert!(matches!(status, 400 | 404), "{path}: {status}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_is_shown_back_as_text() {
    let office = Office::new();
    let daemon = office.serve();
    let page = daemon.text("/?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E").await;
    assert!(!page.contains("<script>alert"), "{page}");
    let response = daemon.get("/").await;
    let policy = response.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    assert!(!response.headers().contains_key("set-cookie"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_tells_browsers_what_it_may_do() {
    let office = Office::with_config(
        "[site]\nbase_url = \"https://events.example.org\"\n[[digest]]\nslug = \"weekly\"\nschedule = \"0 8 * * 1\"\n",
    );
    office.add(&["meeting", "Plenary", "--on", "2020-09-11"]);
    let daemon = office.serve();
    for (path, status) in [
        ("/", 200),
        ("/events/1", 200),
        ("/nothing", 404),
        ("/calendar.ics", 200),
        ("/calendar.ics?kind=zz", 400),
        ("/feed.atom?from=x", 400),
        ("/calendar/x.ics", 404),
        ("/archive/none.atom", 404),
        ("/articles.atom", 200),
        ("/confirm/x", 404),
        ("/healthz", 200),
    ] {
        let answer = daemon.get(path).await;
        assert_eq!(answer.status(), status, "{path}");
        let header = |name: &str| answer.headers().get(name).map_or("", |value| value.to_str().unwrap());
        assert!(header("content-security-policy").contains("default-src 'none'"), "{path}");
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(header("x-frame-options"), "DENY", "{path}");
        assert_eq!(header("strict-transport-security"), "max-age=31536000", "{path}");
        assert!(header("permissions-policy").contains("camera=()"), "{path}");
        if path.starts_with("/calendar/") || path.starts_with("/confirm/") {
            assert_eq!(header("cache-control"), "no-store", "{path}");
        }
    }
    assert_eq!(daemon.post("/calendar.ics", &[]).await.status(), 405);
    // By http nobody is told to come by https.
    office.configure("[site]\nbase_url = \"http://events.example.org\"\n");
    drop(daemon);
    assert!(!office.serve().get("/").await.headers().contains_key("strict-transport-security"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_holds_no_secret_of_an_address_at_any_level() {
    let office = Office::new();
    let mut daemon = office.serve_with_log("trace");
    for path in [
        "/preferences/cSECRETSECRETSECRETSECRET",
        "/confirm/cSECRET",
        "/unsubscribe/cSECRET?x=SECRET",
        "/calendar/cSECRET.ics",
        "/?q=SECRET",
    ] {
        daemon.get(path).await;
    }
    daemon.post("/unsubscribe/cSECRET", &[("List-Unsubscribe", "One-Click")]).await;
    daemon.get("/events/77").await;
    daemon.wait_for_line("/events/77");
    let log = daemon.log_so_far();
    assert!(log.contains("/preferences/…") && !log.contains("SECRET"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_office_has_its_own_colour_and_logo() {
    let office =
        Office::with_config("[look]\naccent = \"#AA3300\"\nlogo = \"config/logo.png\"\n[site]\ntitle = \"Watch\"\n");
    office.write("config/logo.png", b"\x89PNG\r\n\x1a\n");
    let daemon = office.serve();
    let home = daemon.text("/").await;
    assert!(home.contains("src=\"/assets/logo.png\" alt=\"Watch\""), "{home}");
    let logo = daemon.get("/assets/logo.png").await;
    assert_eq!((logo.status().as_u16(), logo.headers()["content-type"].to_str().unwrap()), (200, "image/png"));
    assert_eq!(daemon.get("/assets/logo.gif").await.status(), 404);
    assert!(daemon.text("/assets/site.css").await.contains("--link: #aa3300"));
    std::fs::remove_file(office.path("config/logo.png")).unwrap();
    assert_eq!(daemon.get("/assets/logo.png").await.status(), 404);
    assert!(office.run(&["check"]).stdout.contains("logo"));
}
