//! The pages of topics, kinds and standards, and the list of all pages.

use crate::support::Office;

fn office() -> Office {
    let office = Office::new();
    office.set_clock("2020-09-28T00:00:00Z");
    let standard = |kind, title, on, standard| {
        office.add(&[kind, title, "--on", on, "--standard", standard, "--topic", "smart city"]);
    };
    standard("release", "The old text", "2017-12-29", "GB/T 35273-2017");
    standard("effective-date", "The old text takes effect", "2018-05-01", "GB/T 35273-2017");
    standard("release", "The new text", "2020-03", "GB/T 35273-2020");
    standard("effective-date", "The new text takes effect", "2020-10-01", "GB/T 35273-2020");
    office.add(&["forum", "A forum <b>", "--on", "2020-11-02", "--topic", "AI/data & more"]);
    office.add(&["forum", "Nobody's forum", "--on", "2020-11-03", "--topic", "secret", "--status", "draft"]);
    office
}

#[tokio::test(flavor = "multi_thread")]
async fn a_topic_has_a_page_with_its_calendar_and_mail() {
    let office = office();
    let daemon = office.serve();
    let list = daemon.text("/topics").await;
    assert!(list.contains("<a href=\"/topics/smart%20city\">smart city</a> <span class=\"quiet\">4</span>"), "{list}");
    assert!(list.contains("href=\"/topics/AI/data%20%26%20more\"") && !list.contains("secret"), "{list}");
    for path in ["/topics/smart%20city", "/topics/Smart%20City"] {
        let page = daemon.text(path).await;
        for part in [
            "<h1>smart city</h1>",
            "The new text takes effect",
            "The old text",
            "calendar.ics?topic=smart+city",
            "/feed.atom?topic=smart+city",
            "/feed.json?topic=smart+city",
            "href=\"/subscribe?topic=smart+city\"",
            "rel=\"canonical\" href=\"http://127.0.0.1:8080/topics/smart%20city\"",
        ] {
            assert!(page.contains(part), "{path}: no {part} in {page}");
        }
        assert!(!page.contains("A forum"), "{page}");
    }
    assert!(daemon.text("/topics/AI/data%20&%20more").await.contains("A forum &#60;b&#62;"));
    let form = daemon.text("/subscribe?topic=smart+city").await;
    assert!(form.contains("value=\"smart city\" checked"), "{form}");
    // A card leads there, and so does an event.
    assert!(daemon.text("/").await.contains("href=\"/topics/smart%20city\""));
    assert!(daemon.text("/events/4").await.contains("href=\"/standards/GB/T%2035273-2020\""));

    for path in ["/topics/secret", "/topics/none", "/topics/%3Cb%3E", "/kinds/party", "/standards/GB/T%203527"] {
        let answer = daemon.get(path).await;
        assert_eq!(answer.status(), 404, "{path}");
        let page = answer.text().await.unwrap();
        assert!(page.contains("role=\"search\"") && !page.contains("<b>"), "{path}: {page}");
    }
    // An article alone has its topic, too.
    let file = office.write("text.md", "---\ntitle: A text\ndate: 2020-09-01\ntopics: lifts\n---\nWords.\n");
    office.ok(&["article", "add", &file]);
    let page = daemon.text("/topics/Lifts").await;
    assert!(page.contains("<h1>lifts</h1>") && page.contains("A text"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_standard_tells_its_life() {
    let office = office();
    let daemon = office.serve();
    let list = daemon.text("/standards").await;
    assert!(list.contains("href=\"/standards/GB/T%2035273-2017\""), "{list}");
    for path in ["/standards/GB/T%2035273", "/standards/gb/t35273"] {
        let page = daemon.text(path).await;
        for part in [
            "<h1>GB/T 35273</h1>",
            "<svg viewBox=\"0 0 1000 156\" aria-hidden=\"true\"",
            "replaced by GB/T 35273-2020",
            "March 2020",
            "href=\"/standards/GB/T%2035273-2017\"",
            "calendar.ics?standard=GB%2FT+35273\"",
        ] {
            assert!(page.contains(part), "{path}: no {part} in {page}");
        }
        assert_eq!(page.matches("<circle").count(), 3, "{page}");
        assert_eq!(page.matches("<rect").count(), 1, "{page}");
    }
    let page = daemon.text("/standards/GB/T%2035273-2020").await;
    assert!(page.contains("<h1>GB/T 35273-2020</h1>") && !page.contains("The old text"), "{page}");
    let chinese = daemon.text("/standards/GB/T%2035273?lang=zh-Hans").await;
    assert!(chinese.contains("被 GB/T 35273-2020 代替"), "{chinese}");
    let page = daemon.text("/kinds/effective-date").await;
    assert!(page.contains("The new text takes effect") && !page.contains("A forum"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_about_a_standard_tells_all_its_editions_and_nothing_else() {
    let office = office();
    let daemon = office.serve();
    let page = daemon.text("/standards/GB/T%2035273").await;
    assert!(page.contains("href=\"/subscribe?topic=GB%2FT+35273\""), "{page}");
    let form = daemon.text("/subscribe?topic=GB%2FT+35273").await;
    assert!(form.contains("value=\"GB/T 35273\" checked"), "{form}");
    // What is no standard of any event is not offered, and can't be asked for.
    assert!(!daemon.text("/subscribe?topic=GB%2FT+1").await.contains("value=\"GB/T 1\""));
    let wish = |topic| [("email", "ada@example.org"), ("digest", "weekly"), ("topic", topic)];
    assert_eq!(daemon.post("/subscribe", &wish("GB/T 1")).await.status(), 400);
    assert_eq!(daemon.post("/subscribe", &wish("GB/T 35273")).await.status(), 200);
    assert_eq!(office.ask("SELECT topics FROM subscriber WHERE email = 'ada@example.org'"), r#"["GB/T 35273"]"#);
    let asked = office.wait_for_mails(1).remove(0);
    let link = asked.link("http://127.0.0.1:8080/confirm/").replace("http://127.0.0.1:8080", "");
    daemon.post(&link, &[]).await;
    office.add(&["forum", "A forum of the city", "--on", "2020-10-05", "--topic", "smart city"]);
    let article = |name: &str, standard: &str| {
        office.add(&["release", name, "--on", "2020-10-02", "--standard", standard]);
        let id = office.ask("SELECT max(id) FROM event");
        let text = format!("---\ntitle: About {name}\ndate: 2020-09-27\ntopics: lifts\nevents: {id}\n---\nWords.\n");
        office.ok(&["article", "add", &office.write(&format!("{name}.md"), &text)]);
    };
    article("an amendment", "GB/T 35273-2020/XG1");
    article("another text", "GB/T 352731-2020");
    office.ok(&["digest", "send", "weekly"]);
    let mails = office.wait_for_mails(2);
    let edition = mails.iter().find(|mail| mail.header("Subject").contains("takes effect")).unwrap();
    let text = edition.text();
    for told in ["The new text takes effect", "an amendment", "About an amendment"] {
        assert!(text.contains(told), "no {told} in {text}");
    }
    assert!(!text.contains("A forum of the city") && !text.contains("another text"), "{text}");
    // The same of the calendar.
    let calendar = daemon.text("/calendar.ics?topic=gb/t35273").await;
    assert!(calendar.contains("The new text") && calendar.contains("The old text"), "{calendar}");
    assert!(!calendar.contains("another text"), "{calendar}");
}

#[tokio::test(flavor = "multi_thread")]
async fn search_engines_are_told_all_pages_and_no_draft() {
    let office = office();
    let daemon = office.serve();
    assert!(daemon.text("/robots.txt").await.contains("Sitemap: http://127.0.0.1:8080/sitemap.xml"));
    let answer = daemon.get("/sitemap.xml").await;
    assert_eq!(answer.headers()["content-type"], "application/xml");
    let xml = answer.text().await.unwrap();
    for path in [
        "/",
        "/topics",
        "/topics/smart%20city",
        "/topics/AI/data%20%26%20more",
        "/standards/GB/T%2035273-2017",
        "/kinds/forum",
        "/events/5",
    ] {
        assert!(xml.contains(&format!("<loc>http://127.0.0.1:8080{path}</loc>")), "no {path} in {xml}");
    }
    assert!(!xml.contains("secret") && !xml.contains("/events/6<") && !xml.contains("/kinds/meeting"), "{xml}");
}

#[tokio::test(flavor = "multi_thread")]
async fn other_sites_may_frame_the_dates_and_nothing_else() {
    let office = office();
    let daemon = office.serve();
    let answer = daemon.get("/embed?topic=smart+city").await;
    assert!(!answer.headers().contains_key("x-frame-options"));
    let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("frame-ancestors *") && policy.contains("form-action 'none'"), "{policy}");
    let page = answer.text().await.unwrap();
    assert!(page.contains("The new text takes effect") && page.contains("<base target=\"_blank\">"), "{page}");
    assert!(!page.contains("<form") && !page.contains("A forum") && !page.contains("The old text"), "{page}");
    assert!(page.contains("href=\"/?topic=smart+city\""), "{page}");
    for path in ["/", "/events/4", "/topics/smart%20city", "/subscribe", "/nothing", "/admin/sign-in"] {
        let answer = daemon.get(path).await;
        assert_eq!(answer.headers()["x-frame-options"], "DENY", "{path}");
    }
    let home = daemon.text("/?topic=smart+city").await;
    assert!(home.contains("href=\"/follow?topic=smart+city\""), "{home}");
    let page = daemon.text("/follow?topic=smart+city").await;
    assert!(page.contains("&#60;iframe src=&#34;http://127.0.0.1:8080/embed?topic=smart+city&#34;"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_forgives_and_what_narrows_a_list_can_be_taken_away() {
    let office = office();
    let daemon = office.serve();
    for query in ["q=GBT+35273", "q=gbt35273", "q=texts+October+2020", "q=2020-10", "q=2020%E5%B9%B410%E6%9C%88"] {
        let page = daemon.text(&format!("/?{query}")).await;
        assert!(page.contains("The new text takes effect"), "{query}: {page}");
        assert!(!page.contains("A forum"), "{query}: {page}");
    }
    let page = daemon.text("/?q=foram&kind=forum").await;
    assert!(page.contains("Did you mean <a href=\"/?kind=forum&#38;q=forum\">forum</a>?"), "{page}");
    assert!(page.contains("href=\"/topics/smart%20city\"") && !page.contains("secret"), "{page}");
    // No word of a draft is told.
    let page = daemon.text("/?q=nobodys").await;
    assert!(!page.contains("Did you mean") && !page.to_lowercase().contains("nobody&#39;s"), "{page}");

    let page = daemon.text("/?topic=smart+city&from=2020-09-01&q=text").await;
    for part in [
        "href=\"/?from=2020-09-01&#38;q=text\">smart city",
        "href=\"/?q=text&#38;topic=smart+city\">from 2020-09-01",
        "href=\"/?from=2020-09-01&#38;topic=smart+city\">text",
        "<input type=\"hidden\" name=\"topic\" value=\"smart city\">",
        "<input type=\"hidden\" name=\"from\" value=\"2020-09-01\">",
    ] {
        assert!(page.contains(part), "no {part} in {page}");
    }
    let month = daemon.text("/2020/10?topic=smart+city").await;
    assert!(month.contains("href=\"/2020/10\">smart city"), "{month}");
}
