//! What an editor says to the readers of one edition.

use reqwest::Method;
use serde_json::json;

use crate::support::Office;
use crate::support::program::Program;

/// On a Sunday; the next edition is that of Monday, 28 September.
fn office() -> Office {
    let office = Office::with_config("[[digest]]\nslug = \"weekly\"\ntitle = \"The week\"\nschedule = \"0 8 * * 1\"\n");
    office.set_clock("2020-09-27T09:00:00Z");
    for (reader, locale) in [("ada@example.org", "en"), ("lin@example.org", "zh-Hans")] {
        office.ok(&["subscriber", "add", reader, "--confirmed", "--locale", locale]);
    }
    office.serve().stop();
    office
}

#[tokio::test(flavor = "multi_thread")]
async fn a_note_stands_at_the_head_of_one_edition_and_makes_it_where_nothing_else_is_told() {
    let office = office();
    let words = office.write("note.md", "Dear all,\n\nwe move to *Room 5*:\n\n- bring a badge\n- and a mug\n");
    let said = office.ok(&["digest", "note", "weekly", "--file", &words, "--subject", "We move"]);
    assert_eq!(said, "The edition of weekly of Mon 2020-09-28 08:00:00 UTC says this.\n");
    let chinese = office.write("zh.md", "各位好");
    assert!(office.ok(&["digest", "note", "weekly", "--file", &chinese, "--locale", "zh-Hans"]).contains("zh-Hans"));
    // Seen before it goes, also on a later day of the same week.
    for preview in [&["digest", "preview", "weekly"][..], &["digest", "preview", "weekly", "--at", "2020-09-28 08:00"]]
    {
        let preview = office.ok(preview);
        assert!(preview.starts_with("Subject: We move\n"), "{preview}");
        assert!(preview.contains("we move to *Room 5*:\n\n- bring a badge\n- and a mug\n"), "{preview}");
        assert!(!preview.contains("Nothing"), "{preview}");
    }
    assert!(!office.ok(&["digest", "preview", "weekly", "--at", "2020-09-29"]).contains("Room 5"));

    office.set_clock("2020-09-28T08:00:01Z");
    let daemon = office.serve();
    let mut mails = office.wait_for_mails(2);
    mails.sort_by_key(|mail| mail.header("To"));
    assert_eq!(mails[0].subject(), "We move");
    assert!(mails[0].html().contains("we move to <em>Room 5</em>"), "{}", mails[0].html());
    assert!(mails[1].text().contains("各位好") && !mails[1].text().contains("Room 5"), "{}", mails[1].text());
    assert!(mails[1].subject().starts_with("The week"), "{}", mails[1].subject());
    let archived = daemon.text("/archive/weekly/1").await;
    assert!(archived.contains("<em>Room 5</em>") && archived.contains("We move"), "{archived}");
    // It went out as it is, and the next edition says nothing of it.
    let refused = office.fails(&["digest", "note", "weekly", "--for", "2020-09-28", "--subject", "Late"], 1);
    assert!(refused.contains("2020-09-28 has its edition already"), "{refused}");
    assert!(office.ok(&["digest", "note", "weekly"]).starts_with("Nothing is said of the edition of weekly"));
    assert!(!office.ok(&["digest", "preview", "weekly"]).contains("Room 5"));
}

#[test]
fn what_is_said_may_be_said_better_and_taken_back() {
    let office = office();
    let note = |more: &[&str]| office.ok(&[&["digest", "note", "weekly"], more].concat());
    let words = office.write("note.md", "First words");
    note(&["--file", &words]);
    assert_eq!(note(&[]), "\nFirst words\n");
    // What is not given stays.
    let again = note(&["--subject", "Now with a subject"]);
    assert!(again.ends_with(" says this, in the place of what operator said before; its words stay.\n"), "{again}");
    assert_eq!(note(&[]), "Subject: Now with a subject\n\nFirst words\n");
    let better = office.write("better.md", "Better words");
    let again = note(&["--file", &better, "--subject", ""]);
    assert!(again.ends_with(" in the place of what operator said before.\n"), "{again}");
    assert_eq!(note(&[]), "\nBetter words\n");
    note(&["--locale", "zh", "--subject", "第一期"]);
    assert_eq!(note(&["--locale", "zh-CN"]), "To readers of: zh-Hans\nSubject: 第一期\n");
    note(&["--clear", "--locale", "zh"]);
    assert_eq!(note(&[]), "\nBetter words\n");
    assert_eq!(
        note(&["--clear"]),
        "The edition of weekly of Mon 2020-09-28 08:00:00 UTC says nothing of its own any more.\n"
    );
    assert!(note(&["--clear"]).starts_with("Nothing was said"));
    assert!(office.ok(&["acts"]).contains("unsaid"));
}

#[test]
fn what_can_not_be_said_is_refused_and_leaves_what_is_said() {
    let office = office();
    let before = office.write("before.md", "Said before");
    office.ok(&["digest", "note", "weekly", "--file", &before]);
    for (given, code, expected) in [
        (
            &["--for", "2020-09-29", "--subject", "a"][..],
            1,
            "2020-09-29 is no moment of the schedule: the next editions of weekly are those of Mon 2020-09-28 08:00:00 UTC",
        ),
        (&["--for", "2020-09-28 09:00", "--subject", "a"], 1, "is no moment of the schedule"),
        (&["--for", "2020-09-21", "--subject", "a"], 1, "2020-09-21 is not to come any more"),
        (&["--for", "soon", "--subject", "a"], 2, "soon"),
        (&["--for", "2020-10", "--subject", "a"], 2, "2020-10"),
        (&["--locale", "tlh", "--subject", "a"], 2, "`tlh` is not a locale"),
        (&["--subject", &"long ".repeat(50)], 2, "150 characters at most"),
        (&["--file", "no-such-file.md"], 1, "no-such-file.md"),
    ] {
        let refused = office.fails(&[&["digest", "note", "weekly"], given].concat(), code);
        assert!(refused.contains(expected), "{given:?}: {refused}");
    }
    for (text, expected) in [
        ("Hello\n\n<script>alert(1)</script>".to_owned(), "line 3: a note is Markdown"),
        ("Hello <b>all</b>".to_owned(), "line 1: a note is Markdown"),
        ("All of it. ".repeat(100_000), "20000 characters at most"),
        (String::new(), "both are empty"),
    ] {
        let file = office.write("wrong.md", &text);
        let refused = office.fails(&["digest", "note", "weekly", "--file", &file], 1);
        assert!(refused.contains(expected) && refused.contains("wrong.md"), "{refused}");
    }
    assert!(office.fails(&["digest", "note", "monthly", "--subject", "a"], 1).contains("there is no digest monthly"));
    assert_eq!(office.ok(&["digest", "note", "weekly"]), "\nSaid before\n");
    // One that has its edition already, made by hand in its place.
    office.ok(&["digest", "send", "weekly", "--instead"]);
    let refused = office.fails(&["digest", "note", "weekly", "--for", "2020-09-28", "--subject", "a"], 1);
    assert!(refused.contains("2020-09-28 has its edition already: the next editions"), "{refused}");
}

#[test]
fn what_is_said_of_the_next_edition_is_said_by_the_one_that_comes_first_and_once() {
    let office = office();
    let words = office.write("note.md", "First words");
    let shows =
        |preview: &[&str]| office.ok(&[&["digest", "preview", "weekly"], preview].concat()).contains("First words");
    // Of a moment: an edition that is made by hand before says nothing of it, nor does a later one.
    office.ok(&["digest", "note", "weekly", "--file", &words, "--for", "2020-09-28"]);
    assert!(shows(&[]) && !shows(&["--at", "2020-10-05 08:00"]));
    assert!(office.ok(&["digest", "send", "weekly"]).contains("has nothing to tell"));
    // Of the next, whichever it is.
    office.ok(&["digest", "note", "weekly", "--file", &words]);
    assert!(office.ok(&["digest", "send", "weekly", "--dry-run"]).contains("2 readers"));
    office.ok(&["digest", "send", "weekly"]);
    assert!(!shows(&[]));
    assert!(office.ok(&["digest", "note", "weekly"]).starts_with("Nothing is said"));
    // Nobody was there at eight; what was said then is told a week later, once.
    office.ok(&["digest", "note", "weekly", "--file", &words, "--for", "2020-09-28 08:00"]);
    office.set_clock("2020-10-05T07:00:00Z");
    assert!(shows(&["--at", "2020-10-05 08:00"]));
    office.ok(&["digest", "send", "weekly", "--at", "2020-09-28 08:00"]);
    assert!(!shows(&["--at", "2020-10-05 08:00"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_say_it_as_editors_do() {
    let office = office();
    let daemon = office.serve();
    let robot = Program::new(&office, &daemon, "robot", &["digests:write"]);
    let said = json!({ "for": "2020-10-05", "subject": "Hello", "text": "*Words*" });
    let (status, note) = robot.json(Method::PUT, "/digests/weekly/note", Some(said)).await;
    assert_eq!((status, &note["scheduled_for"]), (200, &json!("2020-10-05T08:00:00Z")), "{note}");
    let (_, again) =
        robot.json(Method::PUT, "/digests/weekly/note", Some(json!({ "for": "2020-10-05", "text": "b" }))).await;
    assert_eq!((&again["subject"], &again["replaced"]), (&json!("Hello"), &json!("token robot")), "{again}");
    let (_, notes) = robot.json(Method::GET, "/digests/weekly/note?for=2020-10-05", None).await;
    assert_eq!(notes, office.json(&["digest", "note", "weekly", "--for", "2020-10-05"]));
    let (status, problem) = robot.json(Method::PUT, "/digests/weekly/note", Some(json!({ "text": "<b>a</b>" }))).await;
    assert_eq!((status, &problem["errors"][0]["field"]), (422, &json!("text")), "{problem}");
    let wish = json!({ "for": "2020-10-06", "text": "a" });
    let (status, problem) = robot.json(Method::PUT, "/digests/weekly/note", Some(wish)).await;
    assert_eq!(status, 409, "{problem}");
    let (_, cleared) = robot.json(Method::DELETE, "/digests/weekly/note?for=2020-10-05", None).await;
    assert_eq!(cleared["cleared"], 1);
}
