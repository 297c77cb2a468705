//! What readers take with them: the calendar in every program, one event, mail; and what is left out because it is long over.

use std::time::Duration;

use reqwest::StatusCode;

use crate::support::{Daemon, Office};

fn events_of(calendar: &str) -> Vec<&str> {
    let mut summaries: Vec<_> = calendar.lines().filter_map(|line| line.strip_prefix("SUMMARY:")).collect();
    summaries.sort_unstable();
    summaries
}

/// The page once it says so: a daemon sees a moment later what was done beside it.
async fn soon(daemon: &Daemon, path: &str, words: &str) -> String {
    for _ in 0..100 {
        let page = daemon.text(path).await;
        if page.contains(words) {
            return page;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{path} never says {words}");
}

#[tokio::test(flavor = "multi_thread")]
async fn feeds_leave_out_what_is_long_over_by_whole_months_and_have_all_for_who_asks() {
    let office = Office::with_config("[site]\ntimezone = \"Asia/Shanghai\"\n[feed]\npast = \"2y\"\n");
    office.set_clock("2020-10-31T15:00:00Z");
    office.add(&["meeting", "Long over", "--on", "2018-09-30"]);
    office.add(&["meeting", "Just within", "--on", "2018-10-01"]);
    office.add(&["meeting", "Old and weekly", "--on", "2017-01-02", "--repeat", "FREQ=WEEKLY"]);
    office.add(&["meeting", "Old and through", "--on", "2017-01-02", "--repeat", "FREQ=WEEKLY;COUNT=3"]);
    office.add(&["meeting", "To come", "--on", "2020-12-01"]);
    let daemon = office.serve();
    let calendar = |daemon: &Daemon, path: &str| {
        let (path, client) = (daemon.url(path), reqwest::Client::new());
        async move { client.get(path).send().await.unwrap() }
    };
    let answer = calendar(&daemon, "/calendar.ics").await;
    let (etag, dated) = (answer.headers()["etag"].clone(), answer.headers()["last-modified"].clone());
    assert_eq!(events_of(&answer.text().await.unwrap()), ["Just within", "Old and weekly", "To come"]);
    for path in ["/feed.atom", "/feed.json"] {
        let text = daemon.text(path).await;
        assert!(text.contains("Just within") && !text.contains("Long over"), "{path}: {text}");
        assert!(daemon.text(&format!("{path}?all=1")).await.contains("Long over"), "{path}");
    }
    let whole = daemon.text("/calendar.ics?all=1").await;
    assert_eq!(events_of(&whole), ["Just within", "Long over", "Old and through", "Old and weekly", "To come"]);
    assert!(daemon.text("/events/1.ics").await.contains("Long over"), "one event is there whenever it was");
    let page = daemon.text("/follow").await;
    assert!(page.contains("http://127.0.0.1:8080/calendar.ics?all=1"), "{page}");
    drop(daemon);

    // In the same month nothing changes, and in the next one more is over.
    office.set_clock("2020-10-31T15:30:00Z");
    let daemon = office.serve();
    let answer = calendar(&daemon, "/calendar.ics").await;
    assert_eq!((&answer.headers()["etag"], &answer.headers()["last-modified"]), (&etag, &dated));
    drop(daemon);
    office.set_clock("2020-11-01T08:00:00Z");
    let daemon = office.serve();
    let answer = calendar(&daemon, "/calendar.ics").await;
    assert_eq!(answer.headers()["last-modified"], "Sat, 31 Oct 2020 16:00:00 GMT");
    assert_eq!(events_of(&answer.text().await.unwrap()), ["Old and weekly", "To come"]);

    // A calendar that all of it is promised in stays as it was.
    let plain = Office::new();
    plain.add(&["meeting", "Long over", "--on", "1999-01-01"]);
    let daemon = plain.serve();
    assert!(daemon.text("/calendar.ics").await.contains("Long over"));
    assert!(!daemon.text("/follow").await.contains("all=1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_calendar_that_is_too_large_for_some_is_told_of() {
    let office = Office::new();
    let rows: Vec<String> = (0..1101).map(|n| format!("meeting,Meeting {n},2030-01-{:02},lifts", 1 + n % 28)).collect();
    let table = office.write("many.csv", format!("kind,title,start,topics\n{}\n", rows.join("\n")));
    office.add(&["meeting", "Few", "--on", "2030-01-01", "--topic", "few"]);
    assert!(office.run(&["check"]).stdout.contains("1 event, "), "{}", office.run(&["check"]).stdout);
    office.ok(&["import", &table]);
    let told = office.run(&["check"]).stdout;
    assert!(told.contains("Google takes about 1100 events") && told.contains("[feed] past"), "{told}");
    let daemon = office.serve();
    let page = daemon.text("/follow").await;
    assert!(page.contains("Google shows about 1100 of them") && page.contains("/topics/few#follow"), "{page}");
    let few = daemon.text("/follow?topic=few").await;
    assert!(!few.contains("Google shows about"), "{few}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_tells_what_became_of_it_and_goes_into_any_calendar() {
    let office = Office::with_config("[site]\ntimezone = \"Asia/Shanghai\"\n");
    office.set_clock("2020-09-28T00:00:00Z");
    office.add(&["meeting", "Plenary", "--on", "2020-12-01 09:00", "--status", "draft", "--location", "Hall 1"]);
    office.ok(&["event", "edit", "1", "--location", "Hall 2"]);
    office.ok(&["event", "publish", "1"]);
    office.set_clock("2020-10-05T00:00:00Z");
    office.ok(&["event", "edit", "1", "--on", "2020-12-15 09:00"]);
    office.set_clock("2020-11-02T00:00:00Z");
    office.ok(&["event", "edit", "1", "--on", "2020-12-17 09:00", "--tell", "never"]);
    office.ok(&["event", "edit", "1", "--location", "Suzhou"]);
    office.add(&["meeting", "Weekly", "--on", "2020-10-07", "--repeat", "FREQ=WEEKLY"]);
    office.add(&["meeting", "Elsewhere", "--on", "2020-12-01 09:00", "--tz", "Europe/Paris"]);
    let daemon = office.serve();
    let page = daemon.text("/events/1").await;
    for part in [
        "Thursday 17 December 2020, 09:00",
        "5 October: moved from 1 December",
        "2 November: another place (it was to be in Hall 2)",
        "\"eventStatus\":\"https://schema.org/EventRescheduled\"",
        "\"previousStartDate\":\"2020-12-01T09:00:00+08:00\"",
        "href=\"/?place=Suzhou\"",
        "https://calendar.google.com/calendar/render?action=TEMPLATE&#38;text=Plenary",
        "https://outlook.live.com/calendar/0/deeplink/compose?",
        "data-begins=\"2020-12-17T01:00:00Z\"",
        "<link rel=\"canonical\" href=\"http://127.0.0.1:8080/events/1\">",
    ] {
        assert!(page.contains(part), "no {part} in {page}");
    }
    // What nobody saw, and what was to be told to nobody.
    assert!(!page.contains("Hall 1") && !page.contains("from 15 December"), "{page}");
    assert!(daemon.text("/?place=suzhou").await.contains("Plenary"));
    assert!(!daemon.text("/?place=suzhou").await.contains("Elsewhere"));

    let weekly = daemon.text("/events/2").await;
    assert!(weekly.contains("<dt>Last</dt><dd>28 October 2020</dd>"), "{weekly}");
    assert!(!weekly.contains("action=TEMPLATE") && weekly.contains("/events/2.ics"), "{weekly}");
    // By the site's clock, too, where that is another.
    assert!(
        daemon.text("/events/3").await.contains(">Tuesday 1 December 2020, 16:00"),
        "{}",
        daemon.text("/events/3").await
    );
    office.ok(&["event", "cancel", "1"]);
    let page = soon(&daemon, "/events/1", "2 November: cancelled").await;
    assert!(page.contains("EventCancelled") && !page.contains("action=TEMPLATE"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_says_yes_is_told_what_comes_and_whoever_leaves_finds_back() {
    let office = Office::new();
    office.set_clock("2020-09-28T12:00:00Z");
    office.add(&["meeting", "Plenary", "--on", "2020-10-01"]);
    office.ok(&["subscriber", "add", "first@example.org", "--confirmed"]);
    office.ok(&["digest", "send", "weekly"]);
    let daemon = office.serve();
    daemon.post("/subscribe", &[("email", "ada@example.org"), ("digest", "weekly")]).await;
    let mails = office.wait_for_mails(2);
    let asked = mails.iter().find(|mail| mail.header("To").contains("ada")).unwrap();
    let link = asked.link("http://127.0.0.1:8080/confirm/").replace("http://127.0.0.1:8080", "");
    let page = daemon.post(&link, &[]).await.text().await.unwrap();
    assert!(page.contains("The next edition comes on Monday 5 October"), "{page}");
    assert!(page.contains("href=\"/archive/weekly/1\">Read the last one, of Monday 28 September"), "{page}");
    for way in
        ["webcal://", "calendar.google.com/calendar/render?cid=", "outlook.live.com/calendar/0/addfromweb", "<svg"]
    {
        assert!(page.contains(way), "no {way} in {page}");
    }
    let sent = mails.iter().find(|mail| mail.header("To").contains("first")).unwrap();
    let leave = sent.link("http://127.0.0.1:8080/unsubscribe/").replace("http://127.0.0.1:8080", "");
    for _ in 0..2 {
        let left = daemon.post(&leave, &[("List-Unsubscribe", "One-Click")]).await.text().await.unwrap();
        let back = left.split("href=\"").find(|part| part.starts_with("/preferences/")).unwrap();
        let back = back.split('"').next().unwrap();
        assert!(daemon.text(back).await.contains("name=\"digest\" value=\"weekly\">"), "{left}");
    }
    office.ok(&["subscriber", "forget", "first@example.org", "--yes"]);
    let gone = daemon.post(&leave, &[]).await.text().await.unwrap();
    assert!(!gone.contains("/preferences/"), "{gone}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_on_the_offices_own_site_leads_back_there_and_nowhere_else() {
    let office = Office::with_config(
        "[site]\nreturn_to = [\"https://www.example.org/news/\"]\n[[digest]]\nslug = \"weekly\"\ntitle = \"Weekly\"\nschedule = \"0 8 * * 1\"\n",
    );
    let daemon = office.serve();
    let wish = |back: &'static str, email: &'static str| {
        let fields = [("email", email), ("digest", "weekly"), ("return", back)];
        let (url, client) = (daemon.url("/subscribe"), reqwest::Client::builder());
        let client = client.redirect(reqwest::redirect::Policy::none()).build().unwrap();
        async move { client.post(url).form(&fields).send().await.unwrap() }
    };
    let answer = wish("https://www.example.org/news/thanks?x=1#y", "ada@example.org").await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert_eq!(answer.headers()["location"], "https://www.example.org/news/thanks?x=1#y");
    assert_eq!(office.wait_for_mails(1).len(), 1);
    for elsewhere in [
        "https://evil.example/",
        "https://www.example.org/",
        "https://www.example.org.evil.example/news/",
        "https://www.example.org/news/../admin",
        "http://www.example.org/news/",
        "//www.example.org/news/",
        "javascript:alert(1)",
        "",
    ] {
        let answer = wish(elsewhere, "ben@example.org").await;
        assert_eq!(answer.status(), StatusCode::OK, "{elsewhere}");
    }
    // Kinds may be chosen, too, and are no more than there are.
    let fields = [("email", "cleo@example.org"), ("digest", "weekly"), ("kind", "forum"), ("kind", "deadline")];
    assert_eq!(daemon.post("/subscribe", &fields).await.status(), StatusCode::OK);
    let asked = office.ask("SELECT kinds FROM subscriber WHERE email = 'cleo@example.org'");
    assert_eq!(asked, r#"["forum","deadline"]"#);
    let fields = [("email", "cleo@example.org"), ("digest", "weekly"), ("kind", "party")];
    assert_eq!(daemon.post("/subscribe", &fields).await.status(), StatusCode::BAD_REQUEST);
    let form = daemon.text("/subscribe?kind=forum").await;
    assert!(form.contains("<details class=\"kinds\" open>") && form.contains("value=\"forum\" checked"), "{form}");
    assert!(daemon.text("/kinds/forum").await.contains("href=\"/subscribe?kind=forum\""));
    // What is wrong is said on our own page, which keeps where it leads back to.
    let answer = wish("https://www.example.org/news/thanks", "nobody").await;
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    let page = answer.text().await.unwrap();
    assert!(page.contains("name=\"return\" value=\"https://www.example.org/news/thanks\""), "{page}");
    let wrong = Office::with_config("[site]\nreturn_to = [\"www.example.org\"]\n");
    let said = wrong.run(&["check"]).stdout;
    assert!(said.contains("return_to") && said.contains("https address"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_look_has_fonts_a_second_colour_and_a_drawn_logo_with_a_picture_for_mails() {
    let office = Office::with_config(
        "[look]\nlogo = \"config/logo.svg\"\nsecond = \"#c2410c\"\nfont = \"Georgia, 'Noto Serif', serif\"\n\
         [[digest]]\nslug = \"weekly\"\ntitle = \"Weekly\"\nschedule = \"0 8 * * 1\"\n",
    );
    office.write("config/logo.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>");
    let told = office.run(&["check"]).stdout;
    assert!(told.contains("config/logo.png can't be read"), "{told}");
    office.write("config/logo.png", b"\x89PNG\r\n\x1a\n");
    office.add(&["meeting", "Plenary", "--on", "+2d"]);
    office.ok(&["digest", "send", "weekly", "--to", "ada@example.org"]);
    let daemon = office.serve();
    assert!(daemon.text("/").await.contains("src=\"/assets/logo.svg\""));
    let drawn = daemon.get("/assets/logo.svg").await;
    assert_eq!(drawn.headers()["content-type"], "image/svg+xml");
    assert!(drawn.headers()["content-security-policy"].to_str().unwrap().contains("sandbox"));
    assert_eq!(daemon.get("/assets/logo.png").await.headers()["content-type"], "image/png");
    let css = daemon.text("/assets/site.css").await;
    assert!(css.contains("--second: #c2410c") && css.contains("font-family: Georgia, 'Noto Serif', serif"), "{css}");
    let html = office.wait_for_mails(1)[0].html();
    assert!(html.contains("/assets/logo.png") && !html.contains("logo.svg"), "{html}");
    assert!(html.contains("Georgia, 'Noto Serif', serif"), "{html}");
    let wrong = Office::with_config("[look]\nfont = \"a; } * { display: none\"\n");
    assert!(wrong.run(&["check"]).stdout.contains("is not a list of fonts"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_finds_articles_and_puts_what_it_means_most_first() {
    let office = Office::new();
    office.set_clock("2020-09-28T12:00:00Z");
    for n in 1..=6 {
        let day = format!("2020-10-{n:02}");
        office.add(&["meeting", &format!("Meeting {n}"), "--on", &day, "--description", "It speaks of lifts, too."]);
    }
    office.add(&["forum", "Lifts and their standards", "--on", "2020-11-20"]);
    let text =
        |title: &str, words: &str, state: &str| format!("---\ntitle: {title}\ndate: 2020-09-01\n{state}---\n{words}\n");
    for (name, text) in [
        ("a.md", text("How lifts are tested", "Words.", "")),
        ("b.md", text("A text", "It names a lift once.", "")),
        ("c.md", text("Secret lifts", "Words.", "draft: true\n")),
    ] {
        let file = office.write(name, text);
        office.ok(&["article", "add", &file]);
    }
    let daemon = office.serve();
    let page = daemon.text("/?q=lifts").await;
    let at = |part: &str| page.find(part).unwrap_or_else(|| panic!("no {part} in {page}"));
    assert!(at("Best matches") < at("Lifts and their standards") && at("Lifts and their standards") < at("Meeting 1"));
    assert!(at("Meeting 6") < at("How lifts are tested") && at("How lifts are tested") < at("A text"), "{page}");
    assert!(!page.contains("Secret"), "{page}");
    // Where all answer alike and are few, the order is that of their dates.
    assert!(!daemon.text("/?q=meeting").await.contains("Best matches"));
    office.ok(&["article", "publish", "3"]);
    soon(&daemon, "/?q=lifts", "Secret lifts").await;
}
