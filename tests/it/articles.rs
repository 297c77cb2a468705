//! Articles on the command line.

use serde_json::{Value, json};

use crate::support::Office;

const FILE: &str = "---\ntitle: First blockchain standard approved\nbyline: Haley WU\ndate: 2020-10-19\n\
    source: https://example.org/news\ntopics: [blockchain, ITU]\nevents: [1]\n---\n\
    The plenary was held *online* from 22 June to 3 July.\n\nMore.\n";

/// An office with one event and a file of an article about it.
fn office() -> (Office, String) {
    let office = Office::new();
    office.add(&["meeting", "Plenary of Study Group 16", "--from", "2020-06-22", "--to", "2020-07-03"]);
    let file = office.write("blockchain.md", FILE);
    (office, file)
}

fn add(office: &Office, name: &str, text: &str) -> String {
    let file = office.write(name, text);
    office.ok(&["article", "add", &file]).trim().to_owned()
}

fn ids(list: &Value) -> Vec<i64> {
    list.as_array().unwrap().iter().map(|article| article["id"].as_i64().unwrap()).collect()
}

#[test]
fn an_article_is_added_from_its_file_and_shown_with_its_events() {
    let (office, file) = office();
    assert_eq!(office.ok(&["article", "add", &file]), "1\n");
    let article = office.json(&["article", "show", "1"]);
    for (key, value) in [
        ("id", json!(1)),
        ("title", json!("First blockchain standard approved")),
        ("byline", json!("Haley WU")),
        ("date", json!("2020-10-19")),
        ("source", json!("https://example.org/news")),
        ("topics", json!(["blockchain", "ITU"])),
        ("events", json!([1])),
        ("status", json!("published")),
        ("body", json!("The plenary was held *online* from 22 June to 3 July.\n\nMore.")),
        ("excerpt", json!("The plenary was held online from 22 June to 3 July.")),
    ] {
        assert_eq!(article[key], value, "{key}");
    }
    for key in ["created_at", "updated_at", "published_at"] {
        assert!(article[key].as_str().unwrap().ends_with('Z'), "{key}");
    }
    let shown = office.ok(&["article", "show", "1"]);
    assert!(shown.contains("Event         1, 22 June – 3 July 2020: Plenary of Study Group 16\n"), "{shown}");
    assert!(shown.contains("Date          19 October 2020\n") && shown.ends_with("\nMore.\n"), "{shown}");
}

#[test]
fn an_event_shows_its_articles_and_an_export_tells_them_after_the_events() {
    let (office, file) = office();
    let before = office.json(&["export", "--format", "json"]);
    office.ok(&["article", "add", &file]);
    add(&office, "b.md", "---\ntitle: B\ndate: 2020-10-20\nevents: 1\ndraft: true\n---\nText.");
    add(&office, "c.md", "---\ntitle: C\n---\nText.");
    assert_eq!(office.json(&["event", "show", "1"])["articles"], json!([2, 1]));
    let shown = office.ok(&["event", "show", "1"]);
    assert!(shown.contains("Article       1, 19 October 2020: First blockchain standard approved\n"), "{shown}");
    assert!(shown.contains("Article       2, 20 October 2020: B (draft)\n"), "{shown}");
    let after = office.json(&["export", "--format", "json"]);
    assert_eq!((&after[0], after.as_array().unwrap().len()), (&before[0], 4));
    assert_eq!((&after[1]["type"], &after[1]["events"]), (&json!("article"), &json!([before[0]["uid"]])));
}

#[test]
fn events_are_named_by_id_or_uid_and_each_must_be_there() {
    let office = Office::new();
    office.add(&["meeting", "A", "--on", "2020-09-11"]);
    office.add(&["meeting", "B", "--on", "2020-09-12", "--status", "draft"]);
    let uid = office.json(&["event", "show", "1"])["uid"].as_str().unwrap().to_owned();
    let id = add(&office, "a.md", &format!("---\ntitle: A\nevents: [2, {uid}, 1]\n---\nText."));
    assert_eq!(office.json(&["article", "show", &id])["events"], json!([2, 1]));
    let shown = office.ok(&["article", "show", &id]);
    assert!(shown.contains("Event         2, 12 September 2020: B (draft)\n"), "{shown}");
    for (named, missing) in [("[1, 99]", "99"), ("gone@example.org", "gone@example.org")] {
        let file = office.write("b.md", format!("---\ntitle: B\nevents: {named}\n---\nText."));
        for command in [&["article", "add", &file][..], &["article", "edit", &id, &file]] {
            let error = office.fails(command, 1);
            let part = format!("b.md, events: there is no event {missing}: `kalends event list`");
            assert!(error.contains(&part), "{error}");
        }
    }
    assert_eq!(ids(&office.json(&["article", "list"])), [1]);
    assert_eq!(office.json(&["article", "show", &id])["title"], "A");
}

#[test]
fn removing_an_event_leaves_its_articles_as_they_are() {
    let (office, file) = office();
    office.ok(&["article", "add", &file]);
    office.ok(&["event", "remove", "1", "--yes"]);
    let article = office.json(&["article", "show", "1"]);
    assert_eq!((&article["events"], &article["title"]), (&json!([]), &json!("First blockchain standard approved")));
    assert!(!office.ok(&["article", "show", "1"]).contains("Event  "));
    // What was removed is not there to be named anew.
    let error = office.fails(&["article", "edit", "1", &file], 1);
    assert!(error.contains("no event 1"), "{error}");
}

#[test]
fn the_same_article_is_not_added_twice() {
    let (office, file) = office();
    office.ok(&["article", "add", &file]);
    let again =
        office.write("again.md", "---\ntitle: FIRST blockchain  standard approved\ndate: 2020-10-19\n---\nText.");
    for file in [&file, &again] {
        let error = office.fails(&["article", "add", file], 1);
        assert!(error.contains("article 1 has the same title and date") && error.contains("article edit 1"), "{error}");
    }
    // Without a date, the day on which it is added tells nothing.
    let text = "---\ntitle: Undated\n---\nText.";
    office.set_clock("2020-10-01T00:00:00Z");
    let id = add(&office, "undated.md", text);
    office.set_clock("2020-10-05T00:00:00Z");
    let error = office.fails(&["article", "add", "undated.md"], 1);
    assert!(error.contains(&format!("article {id} has the same title and text")), "{error}");
    add(&office, "b.md", "---\ntitle: B\ndate: 2020-10-19\n---\nText.");
    let error = office.fails(&["article", "edit", "3", &again], 1);
    assert!(error.contains("article 1 has the same"), "{error}");
    assert_eq!(ids(&office.json(&["article", "list"])), [3, 1, 2]);
}

#[test]
fn an_edit_makes_an_article_all_that_its_file_says() {
    let (office, file) = office();
    office.set_clock("2020-10-20T00:00:00Z");
    office.ok(&["article", "add", &file]);
    let before = office.json(&["article", "show", "1"]);
    let ran = office.run(&["article", "edit", "1", &file]);
    assert!(ran.stdout.is_empty() && ran.stderr.contains("nothing was changed"), "{}{}", ran.stdout, ran.stderr);
    assert_eq!(office.json(&["article", "show", "1"]), before);

    let file = office.write("b.md", "---\ntitle: B\n---\nText.");
    assert_eq!(office.ok(&["article", "edit", "1", &file]), "Article 1 changed.\n");
    let after = office.json(&["article", "show", "1"]);
    for (key, value) in [
        ("title", json!("B")),
        ("byline", json!("")),
        ("date", json!("2020-10-20")),
        ("source", json!("")),
        ("topics", json!([])),
        ("events", json!([])),
        ("body", json!("Text.")),
        ("created_at", before["created_at"].clone()),
        ("published_at", before["published_at"].clone()),
    ] {
        assert_eq!(after[key], value, "{key}");
    }
    let error = office.fails(&["article", "edit", "99", &file], 1);
    assert!(error.contains("no article 99"), "{error}");
}

#[test]
fn a_draft_is_published_by_command_and_not_by_an_edit_that_is_silent() {
    let (office, file) = office();
    office.ok(&["article", "add", &file, "--draft"]);
    let draft = office.json(&["article", "show", "1"]);
    assert_eq!((&draft["status"], &draft["published_at"]), (&json!("draft"), &Value::Null));
    office.write("blockchain.md", FILE.replace("online", "in Geneva"));
    let edited = office.json(&["article", "edit", "1", &file]);
    assert_eq!((&edited["status"], edited["body"].to_string().contains("Geneva")), (&json!("draft"), true));
    assert_eq!(office.ok(&["article", "publish", "1"]), "Article 1 published.\n");
    assert_eq!(office.json(&["article", "show", "1"])["status"], "published");
    assert!(office.run(&["article", "publish", "1"]).stderr.contains("nothing was changed"));
    office.fails(&["article", "publish", "99"], 1);
}

#[test]
fn an_article_with_a_date_ahead_is_shown_from_that_day_on() {
    let office = Office::with_config("[site]\ntimezone = \"Asia/Shanghai\"\n");
    office.set_clock("2020-10-18T20:00:00Z");
    let file = office.write("a.md", "---\ntitle: A\ndate: 2020-11-01\n---\nText.");
    let ran = office.run(&["article", "add", &file]);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("1\n", "It is shown from 1 November 2020 on.\n"));
    assert_eq!(office.json(&["article", "show", "1"])["published_at"], "2020-10-31T16:00:00Z");
    assert!(office.ok(&["article", "list"]).contains("from 1 November 2020"));
    // Without a date: today, as a calendar on the site's wall shows it.
    let id = add(&office, "b.md", "---\ntitle: B\n---\nText.");
    assert_eq!(office.json(&["article", "show", &id])["date"], "2020-10-19");
}

#[test]
fn lists_are_newest_first_and_narrowed_by_topic_and_status() {
    let office = Office::new();
    for (title, date, topics, draft) in [
        ("A", "2020-09-01", "[Smart City, IPv6]", false),
        ("B", "2020-10-01", "Café", false),
        ("C", "2020-08-01", "smart city", true),
        ("D", "2020-10-01", "[]", false),
    ] {
        let front = format!("title: {title}\ndate: {date}\ntopics: {topics}\ndraft: {draft}");
        add(&office, "a.md", &format!("---\n{front}\n---\nText."));
    }
    for (args, expected) in [
        (&[][..], &[4, 2, 1, 3][..]),
        (&["--topic", "SMART city"], &[1, 3]),
        (&["--topic", "CAFÉ", "--topic", "ipv6"], &[2, 1]),
        (&["--status", "draft"], &[3]),
        (&["--status", "published,draft"], &[4, 2, 1, 3]),
        (&["--status", "published", "--limit", "2"], &[4, 2]),
        (&["--topic", "smart city", "--limit", "1"], &[1]),
        (&["--topic", "smart", "--limit", "0"], &[]),
    ] {
        assert_eq!(ids(&office.json(&[&["article", "list"], args].concat())), expected, "{args:?}");
    }
    let table = office.ok(&["article", "list"]);
    assert!(table.starts_with("ID  DATE") && table.contains("draft"), "{table}");
    assert!(office.fails(&["article", "list", "--status", "gone"], 2).contains("published, draft"));
}

#[test]
fn removing_asks_and_the_id_is_not_given_again() {
    let (office, file) = office();
    office.ok(&["article", "add", &file]);
    let error = office.fails(&["article", "remove", "1"], 2);
    assert!(error.contains("First blockchain standard approved") && error.contains("--yes"), "{error}");
    assert_eq!(office.ok(&["article", "remove", "1", "--yes"]), "Article 1 removed.\n");
    office.fails(&["article", "remove", "1", "--yes"], 1);
    office.fails(&["article", "show", "1"], 1);
    assert_eq!(office.json(&["event", "show", "1"])["articles"], json!([]));
    assert_eq!(office.ok(&["article", "add", &file]), "2\n");
}

#[test]
fn a_file_that_is_wrong_is_told_with_its_line_and_nothing_is_kept() {
    let office = Office::new();
    let huge = format!("# A\n{}", "x".repeat(1_100_000));
    for (content, part) in [
        (&b"---\ntitle: A\nauthor: B\n---\nText."[..], "a.md, line 3: unknown field `author`, expected one of title,"),
        (b"---\ntitle: A\ndate: 2020-02-30\n---\nText.", "a.md, line 3: `2020-02-30` is not a date"),
        (b"---\r\ntitle: A\r\n", "a.md, line 1: the front matter that begins here has no end"),
        (b"\xef\xbb\xbf---\ntitle: A\n---\n", "a.md, line 4: the article has no text"),
        (b"# A\n\nCaf\xe9", "a.md, line 3: this is not UTF-8"),
        (huge.as_bytes(), "a.md, line 1: the file has more than 1 MB"),
    ] {
        let file = office.write("a.md", content);
        let error = office.fails(&["article", "add", &file], 1);
        assert!(error.contains(part), "{error} lacks {part}");
        assert_eq!(error.lines().count(), 1, "{error}");
    }
    assert!(office.fails(&["article", "add", "gone.md"], 1).contains("can't read gone.md"));
    assert!(office.fails(&["article", "show", "abc"], 2).contains("article list"));
    assert!(office.fails(&["article", "show", "99"], 1).contains("article list"));
    let ran = office.run_with_input(&["article", "add", "-"], b"Text.");
    assert!(ran.stderr.starts_with("error: standard input, line 1: the title is missing"), "{}", ran.stderr);
    assert_eq!(office.json(&["article", "list"]), json!([]));
    let ran = office.run_with_input(&["article", "add", "-"], b"# A\n\nText.");
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "1\n"), "{}", ran.stderr);
}
