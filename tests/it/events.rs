//! Events on the command line.

use crate::support::Office;

/// Of a digest that tells of what the tests below add.
const WEEKLY: &str = "[site]\ntimezone = \"Asia/Shanghai\"\n[[digest]]\nslug = \"weekly\"\nschedule = \"0 8 * * 1\"\nupcoming = \"30d\"\n";

/// The event's fields after it went out of one office, by a file of that format, and into another.
fn taken_along(from: &Office, format: &str) -> serde_json::Value {
    let other = Office::new();
    let file = other.write(&format!("events.{format}"), from.ok(&["export", "--format", format]));
    other.ok(&["import", &file]);
    assert_eq!(other.json(&["import", &file])["unchanged"], 1, "{format}");
    other.json(&["event", "list"])[0].clone()
}

#[test]
fn every_kind_and_precision_is_added_and_shown_as_it_was_given() {
    let office = Office::new();
    for (kind, dates, start, end, precision) in [
        ("meeting", &["--on", "2020-09-11"][..], "2020-09-11", None, "day"),
        ("forum", &["--from", "2020-12-29", "--to", "2021-01-02"], "2020-12-29", Some("2021-01-02"), "day"),
        ("release", &["--on", "2020-03"], "2020-03", None, "month"),
        ("effective-date", &["--on", "2022-Q3"], "2022-Q3", None, "quarter"),
        ("deadline", &["--on", "2020-09-16 17:00", "--tz", "Europe/Brussels"], "2020-09-16T17:00", None, "minute"),
        ("other", &["--from", "2021", "--to", "2025"], "2021", Some("2025"), "year"),
    ] {
        let id = office.add(&[&[kind, "A title"], dates].concat());
        let event = office.json(&["event", "show", &id]);
        assert_eq!(event["kind"], kind);
        assert_eq!(event["start"], start);
        assert_eq!(event["end"].as_str(), end);
        assert_eq!(event["precision"], precision);
    }
    let list = office.json(&["event", "list"]);
    let starts: Vec<_> = list.as_array().unwrap().iter().map(|e| e["start"].as_str().unwrap()).collect();
    assert_eq!(starts, ["2020-03", "2020-09-11", "2020-09-16T17:00", "2020-12-29", "2021", "2022-Q3"]);
}

#[test]
fn a_standard_is_found_in_every_edition_whatever_its_spelling() {
    let office = Office::new();
    for standard in ["GB/T 35273-2017", "GB/T 35273-2020", "GB/T 3527-2020", "ISO/IEC 30145-3:2020"] {
        office.add(&["release", standard, "--on", "2020", "--standard", standard]);
    }
    for (asked, found) in
        [("GB/T 35273", 2), ("gb/t35273", 2), ("GB/T  35273-2020", 1), ("iso/iec 30145", 1), ("GB/T 352", 0)]
    {
        let list = office.json(&["event", "list", "--standard", asked]);
        assert_eq!(list.as_array().unwrap().len(), found, "{asked}");
    }
}

#[test]
fn lists_are_narrowed_by_day_kind_topic_and_words() {
    let office = Office::new();
    office.add(&[
        "meeting",
        "Plenary in the capital",
        "--on",
        "2020-09-11",
        "--location",
        "Beijing",
        "--topic",
        "IPv6",
    ]);
    office.add(&["forum", "标准化论坛", "--from", "2020-09-14", "--to", "2020-09-20", "--topic", "Smart City"]);
    office.add(&["release", "A year", "--on", "2021"]);
    let count = |args: &[&str]| office.json(&[&["event", "list"], args].concat()).as_array().unwrap().len();
    assert_eq!(count(&["--from", "2020-09-20"]), 2);
    assert_eq!(count(&["--from", "2020-09-12", "--to", "2020-09-13"]), 0);
    assert_eq!(count(&["--from", "2020-09-16", "--to", "2020-09-16"]), 1);
    assert_eq!(count(&["--to", "2020-09"]), 2);
    assert_eq!(count(&["--kind", "forum", "--kind", "release"]), 2);
    assert_eq!(count(&["--topic", "smart city"]), 1);
    assert_eq!(count(&["--search", "beijing PLENARY"]), 1);
    assert_eq!(count(&["--search", "标准"]), 1);
    assert_eq!(count(&["--search", "PLENARYin thecapital"]), 1);
    assert_eq!(count(&["--search", "nowhere"]), 0);
    assert_eq!(count(&["--limit", "2"]), 2);
}

#[test]
fn each_change_is_in_the_history_with_what_was_before() {
    let office = Office::new();
    let id = office.add(&["meeting", "Plenary", "--on", "2020-09-11", "--status", "draft"]);
    office.ok(&["event", "publish", &id]);
    office.ok(&["event", "edit", &id, "--on", "2020-09-18", "--location", "Beijing"]);
    office.ok(&["event", "edit", &id, "--location", "Beijing"]);
    office.ok(&["event", "cancel", &id, "--reason", "no quorum"]);
    let event = office.json(&["event", "show", &id]);
    assert_eq!((&event["status"], &event["sequence"]), (&"cancelled".into(), &2.into()));
    let history = office.json(&["event", "history", &id]);
    let told: Vec<_> = history
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| {
            assert!(entry["at"].as_str().unwrap().ends_with('Z'));
            let text = |key: &str| entry[key].as_str().unwrap_or("-").to_owned();
            (text("action"), text("field"), text("from"), text("to"))
        })
        .collect();
    let told: Vec<_> = told.iter().map(|(a, f, b, c)| (a.as_str(), f.as_str(), b.as_str(), c.as_str())).collect();
    assert_eq!(
        told,
        [
            ("added", "-", "-", "-"),
            ("published", "status", "draft", "confirmed"),
            ("edited", "start", "2020-09-11", "2020-09-18"),
            ("edited", "location", "", "Beijing"),
            ("cancelled", "status", "confirmed", "cancelled"),
            ("cancelled", "reason", "", "no quorum"),
        ]
    );
}

#[test]
fn what_an_edit_does_not_name_stays() {
    let office = Office::new();
    let id = office.add(&[
        "forum",
        "Week",
        "--from",
        "2020-09-14",
        "--to",
        "2020-09-20",
        "--topic",
        "a",
        "--topic",
        "b",
        "--url",
        "https://example.org/",
    ]);
    office.ok(&["event", "edit", &id, "--title", "Cybersecurity week"]);
    let event = office.json(&["event", "show", &id]);
    assert_eq!((&event["end"], &event["url"]), (&"2020-09-20".into(), &"https://example.org/".into()));
    // One day alone has no end, and a list that is named is replaced.
    office.ok(&["event", "edit", &id, "--on", "2020-09-16", "--topic", "c"]);
    let event = office.json(&["event", "show", &id]);
    assert!(event["end"].is_null());
    assert_eq!(event["topics"], serde_json::json!(["c"]));
}

#[test]
fn removing_asks_and_keeps_the_history() {
    let office = Office::new();
    let id = office.add(&["meeting", "Plenary", "--on", "2020-09-11"]);
    let error = office.fails(&["event", "remove", &id], 2);
    assert!(error.contains("--yes"), "{error}");
    office.ok(&["event", "remove", &id, "--yes"]);
    office.fails(&["event", "show", &id], 1);
    assert_eq!(office.json(&["event", "list"]).as_array().unwrap().len(), 0);
    let history = office.json(&["event", "history", &id]);
    assert_eq!(history[1]["action"], "removed");
}

#[test]
fn a_published_event_is_never_made_a_draft() {
    let office = Office::new();
    let id = office.add(&["meeting", "Plenary", "--on", "2020-09-11"]);
    let error = office.fails(&["event", "edit", &id, "--status", "draft"], 1);
    assert!(error.contains("cancel or remove"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_to_join_is_found_wherever_people_look_for_it() {
    const JOIN: &str = "https://meet.example.org/j/93?pwd=a,b";
    let office = Office::with_config(WEEKLY);
    office.set_clock("2020-09-28T00:00:00Z");
    let id = office.add(&["meeting", "Plenary", "--on", "2020-10-02 09:00", "--join-url", JOIN]);
    assert!(office.fails(&["event", "edit", &id, "--join-url", "ftp://example.org"], 2).contains("not a web address"));
    assert_eq!(office.json(&["event", "show", &id])["join_url"], JOIN);
    assert!(office.ok(&["event", "show", &id]).contains(JOIN));
    assert_eq!(office.json(&["event", "list", "--search", "meet.example.org"])[0]["title"], "Plenary");
    for format in ["csv", "json", "ics"] {
        assert_eq!(taken_along(&office, format)["join_url"], JOIN, "{format}");
    }
    let daemon = office.serve();
    assert!(daemon.text("/calendar.ics").await.contains(&format!("\r\nCONFERENCE;VALUE=URI:{JOIN}\r\n")));
    let page = format!("/events/{id}");
    for (language, words) in [("en", "Join online"), ("zh-CN", "在线参加")] {
        let page = daemon.get_with(&page, &[("Accept-Language", language)]).await.text().await.unwrap();
        assert!(page.contains(&format!("href=\"{JOIN}\" rel=\"noopener noreferrer\">{words}</a>")), "{page}");
    }
    assert!(daemon.text("/?search=meet.example.org").await.contains("Plenary"));
    let text = office.ok(&["digest", "preview", "weekly"]);
    assert!(text.contains(&format!("Join online: {JOIN}")), "{text}");
    let html = office.ok(&["digest", "preview", "weekly", "--format", "html"]);
    assert!(html.contains(&format!("href=\"{JOIN}\"")) && html.contains(">Join online</a>"), "{html}");
    // Where it goes again, calendars and history are told.
    assert!(office.ok(&["event", "edit", &id, "--join-url", ""]).contains(&format!("join_url: {JOIN} → none")));
    assert!(!office.ok(&["export", "--format", "ics"]).contains("CONFERENCE"));
    assert_eq!(office.json(&["event", "history", &id])[1]["field"], "join_url");
}

#[test]
fn a_link_to_join_is_read_from_what_other_programs_write() {
    for (lines, join) in [
        (
            "CONFERENCE;VALUE=URI;FEATURE=PHONE:tel:+1-412-555-0123\r\nCONFERENCE;VALUE=URI:https://a.example/1\r\n",
            "https://a.example/1",
        ),
        ("X-GOOGLE-CONFERENCE:https://meet.google.example/abc\r\n", "https://meet.google.example/abc"),
        ("X-MICROSOFT-SKYPETEAMSMEETINGURL:https://teams.example/l/1?a=%3a\r\n", "https://teams.example/l/1?a=%3a"),
        ("CONFERENCE:xmpp:chat@example.org\r\n", ""),
    ] {
        let office = Office::new();
        let file = office.write(
            "in.ics",
            format!(
                "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20201002T010000Z\r\nSUMMARY:A\r\n{lines}\
                 END:VEVENT\r\nEND:VCALENDAR\r\n"
            ),
        );
        office.ok(&["import", &file]);
        assert_eq!(office.json(&["event", "list"])[0]["join_url"], join, "{lines}");
    }
}

#[test]
fn a_date_of_its_own_may_have_its_own_link_to_join() {
    let office = Office::new();
    let join = "https://meet.example.org/every";
    let id =
        office.add(&["meeting", "Weekly", "--on", "2020-10-01 09:00", "--repeat", "FREQ=WEEKLY", "--join-url", join]);
    office.ok(&["event", "edit", &id, "--occurrence", "2020-10-08", "--join-url", "https://meet.example.org/once"]);
    office.ok(&["event", "edit", &id, "--join-url", "https://meet.example.org/new", "--location", "Beijing"]);
    let dates = office.json(&["event", "list", "--from", "2020-10-01", "--to", "2020-10-15"]);
    let told: Vec<_> =
        dates.as_array().unwrap().iter().map(|date| (date["join_url"].as_str().unwrap(), &date["location"])).collect();
    let new = "https://meet.example.org/new";
    assert_eq!(told.iter().map(|(join, _)| *join).collect::<Vec<_>>(), [new, "https://meet.example.org/once", new]);
    assert!(told.iter().all(|(_, location)| *location == "Beijing"), "{told:?}");
    assert_eq!(
        office.ask("SELECT overrides FROM event"),
        r#"[{"occurrence":"2020-10-08T09:00","cancel_reason":"","ended_at":null,"join_url":"https://meet.example.org/once"}]"#
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_description_is_shown_as_it_is_written() {
    let office = Office::with_config(WEEKLY);
    office.set_clock("2020-09-28T00:00:00Z");
    let add = |title: &str, format: &[&str], description: &str| {
        let said = ["meeting", title, "--on", "2020-10-02 09:00", "--description", description];
        office.add(&[&said, format].concat())
    };
    let marked = add("Marked", &[], "An *agenda*");
    let plain = add("Plain", &["--description-format", "plain"], "5 * 3 * 2 <b>is</b> 30");
    let html = add(
        "Html",
        &["--description-format", "html"],
        "<p onclick=\"x()\">An <b>agenda</b> &amp; more</p><script>alert(1)</script><ul><li>one</li></ul>",
    );
    assert!(
        office.fails(&["event", "edit", &html, "--description-format", "rtf"], 2).contains("markdown, plain, html")
    );
    for (id, format) in [(&marked, "markdown"), (&plain, "plain"), (&html, "html")] {
        assert_eq!(office.json(&["event", "show", id])["description_format"], format);
    }
    let daemon = office.serve();
    let page = |id: &str| {
        let path = format!("/events/{id}");
        let daemon = &daemon;
        async move { daemon.text(&path).await }
    };
    assert!(page(&marked).await.contains("<p>An <em>agenda</em></p>"));
    assert!(page(&plain).await.contains("<p>5 * 3 * 2 &lt;b&gt;is&lt;/b&gt; 30</p>"));
    let shown = page(&html).await;
    assert!(shown.contains("<p>An <b>agenda</b> &amp; more</p>") && shown.contains("<li>one</li>"), "{shown}");
    assert!(!shown.contains("onclick") && !shown.contains("alert(1)"), "{shown}");
    let calendar = daemon.text("/calendar.ics").await;
    for told in
        ["DESCRIPTION:An *agenda*", "DESCRIPTION:5 * 3 * 2 <b>is</b> 30", "DESCRIPTION:An agenda & more\\n\\n- one"]
    {
        assert!(calendar.contains(told), "{told}: {calendar}");
    }
    let mail = office.ok(&["digest", "preview", "weekly"]);
    for told in ["  An agenda\n", "5 * 3 * 2 <b>is</b> 30", "  An agenda & more - one\n"] {
        assert!(mail.contains(told), "{told}: {mail}");
    }
    for id in [&marked, &plain] {
        office.ok(&["event", "remove", id, "--yes"]);
    }
    let written = office.json(&["event", "show", &html]);
    for format in ["csv", "json", "ics"] {
        let taken = taken_along(&office, format);
        assert_eq!(taken["description_format"], "html", "{format}");
        assert_eq!(taken["description"], written["description"], "{format}");
    }
    let table = office
        .write("more.csv", "kind,title,start,description,description_format\nforum,F,2020,a,rtf\nforum,G,2020,a,\n");
    let ran = office.run(&["import", &table, "--json"]);
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(
        (&report["added"], &report["rejected"][0]["column"]),
        (&1.into(), &"description_format".into()),
        "{report}"
    );
}
