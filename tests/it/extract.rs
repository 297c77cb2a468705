//! Dated events found in running text.

use serde_json::Value;

use crate::support::Office;

const NOTICE: &str = "\
New Rules for Lifts Adopted

On 5 May 2021, the Lift Safety Forum was held in Bergen, Norway. GB/T 7588-2020 Safety Rules for Lifts takes effect on
1 July 2022, and comments on its guide are due by 30 September 2021.

By Ann Other on 7 May 2021
";

fn told<'a>(events: &'a Value, field: &str) -> Vec<&'a str> {
    events.as_array().unwrap().iter().map(|event| event[field].as_str().unwrap_or_default()).collect()
}

#[test]
fn proposals_are_printed_without_a_database_and_nothing_is_kept() {
    let office = Office::empty();
    office.write("notice.txt", NOTICE);
    let proposals = office.json(&["extract", "notice.txt"]);
    assert_eq!(told(&proposals, "start"), ["2021-05-05", "2022-07-01", "2021-09-30"]);
    assert_eq!(told(&proposals, "kind"), ["forum", "effective-date", "deadline"]);
    let first = &proposals[0];
    assert!(first["id"].is_null() && first["end"].is_null() && first["created_at"].is_null());
    assert_eq!((first["status"].as_str(), first["precision"].as_str()), (Some("draft"), Some("day")));
    assert_eq!(first["location"], "Bergen, Norway");
    assert_eq!(first["source_text"], "On 5 May 2021, the Lift Safety Forum was held in Bergen, Norway.");
    assert_eq!(first["source_line"], 3);
    assert_eq!(proposals[1]["title"], "GB/T 7588-2020 Safety Rules for Lifts takes effect");
    assert_eq!(proposals[1]["standards"][0], "GB/T 7588-2020");
    assert!(!office.path("data").exists());

    let list = office.ok(&["extract", "notice.txt"]);
    assert!(list.contains("3 dated events found.") && list.contains("--add-drafts"), "{list}");
    assert!(office.fails(&["extract", "notice.txt", "--add-drafts"], 1).contains("kalends init"));
}

#[test]
fn drafts_are_added_once_and_published_by_their_editor() {
    let office = Office::new();
    office.add(&["other", "Lifts", "--on", "2020-01-01", "--topic", "lift safety"]);
    office.write("notice.txt", NOTICE);
    let added = office.json(&["extract", "notice.txt", "--add-drafts"]);
    assert_eq!(added.as_array().unwrap().len(), 3);
    assert_eq!(added[0]["topics"][0], "lift safety");
    let drafts = office.json(&["event", "list", "--status", "draft"]);
    let ids: Vec<_> = drafts.as_array().unwrap().iter().map(|draft| draft["id"].as_i64().unwrap()).collect();
    let mut given: Vec<_> = added.as_array().unwrap().iter().map(|draft| draft["id"].as_i64().unwrap()).collect();
    given.sort_by_key(|id| ids.iter().position(|other| other == id));
    assert_eq!(given, ids);

    // Whatever became of them since: edited, published, cancelled, removed.
    let id = |at: usize| given[at].to_string();
    office.ok(&["event", "edit", &id(0), "--title", "Something else", "--on", "2021-05-06"]);
    office.ok(&["event", "publish", &id(0)]);
    office.ok(&["event", "publish", &id(1)]);
    office.ok(&["event", "cancel", &id(1)]);
    office.ok(&["event", "remove", &id(2), "--yes"]);
    let history = office.ask("SELECT count(*) FROM history");
    assert_eq!(office.json(&["extract", "notice.txt"]).as_array().unwrap().len(), 0);
    let again = office.ok(&["extract", "notice.txt", "--add-drafts"]);
    assert!(again.contains("Nothing new. 3 are known already."), "{again}");
    assert_eq!(office.ask("SELECT count(*) FROM history"), history);
}

#[test]
fn what_an_editor_typed_in_is_not_proposed_again() {
    let office = Office::new();
    office.add(&["forum", "Forum on the Safety of Lifts", "--on", "2021-05-05"]);
    office.add(&["effective-date", "Rules for lifts", "--on", "2022-07-01", "--standard", "gb/t 7588-2020"]);
    office.add(&["deadline", "Papers for the congress", "--on", "2021-09-30"]);
    office.write("notice.txt", NOTICE);
    let proposals = office.json(&["extract", "notice.txt"]);
    assert_eq!(told(&proposals, "start"), ["2021-09-30"]);
}

#[test]
fn nothing_that_is_proposed_is_seen_outside() {
    let office = Office::new();
    office.write("notice.txt", NOTICE);
    office.ok(&["extract", "notice.txt", "--add-drafts"]);
    assert!(!office.ok(&["export"]).contains("BEGIN:VEVENT"));
}

#[test]
fn text_comes_from_standard_input_too_and_from_html_and_markdown() {
    let office = Office::empty();
    let html = "<!doctype html><title>X 1 May 2020</title><script>'held on 2 May 2020'</script>\n<h1>Forum &amp; Fair</h1>\n\
                <p>The Fire Door\n<b>Forum</b> was held in Turin on 3&nbsp;May&nbsp;2021.</p>";
    let markdown = "---\ntitle: Doors\ndate: 2021-05-06\n---\n\n# Doors\n\nThe *Fire Door* Forum was held in [Turin](https://x.org/2020-01-02)\non 3 May.\n";
    for input in [html, markdown, "The Fire Door Forum was held in\nTurin on 3 May 2021."] {
        let ran = office.run_with_input(&["extract", "-", "--json"], input.as_bytes());
        let proposals: Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!(told(&proposals, "start"), ["2021-05-03"], "{input}");
        assert_eq!(told(&proposals, "title"), ["Fire Door Forum"], "{input}");
        assert_eq!(told(&proposals, "location"), ["Turin"], "{input}");
    }
    // What it is can be said, and so can the day of writing.
    let ran = office.run_with_input(
        &["extract", "-", "--json", "--format", "html", "--written", "2019-03-01"],
        b"Met in <b>Oslo</b> on 2 March.",
    );
    assert_eq!(told(&serde_json::from_str(&ran.stdout).unwrap(), "start"), ["2019-03-02"]);
}

#[test]
fn what_is_no_text_is_refused_with_a_sentence() {
    let office = Office::empty();
    office.write("picture.png", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR");
    office.write("paper.pdf", b"%PDF-1.7 5 May 2021");
    for (file, part) in [
        ("picture.png", "this is no text"),
        ("paper.pdf", "save it as plain text"),
        ("none.txt", "can't read none.txt"),
    ] {
        let error = office.fails(&["extract", file], 1);
        assert!(error.contains(part), "{error}");
    }
    office.fails(&["extract"], 2);
    office.fails(&["extract", "paper.pdf", "--written", "2021"], 2);
    // Other encodings are read, and an empty text has no events.
    office.write("latin1.txt", b"The Caf\xe9 Forum was held on 3 May 2021.");
    assert_eq!(office.json(&["extract", "latin1.txt"])[0]["title"], "Café Forum");
    office.write("empty.txt", "");
    assert_eq!(office.json(&["extract", "empty.txt"]).as_array().unwrap().len(), 0);
    assert_eq!(office.ok(&["extract", "empty.txt"]), "No dated events found.\n");
}

/// A year that nobody says is marked everywhere, and mended when somebody says it.
#[test]
fn an_assumed_year_is_said_and_a_later_run_with_the_right_one_mends_the_draft() {
    let office = Office::new();
    office.write("card.txt", "The round table on kettles takes place on 14 March in Leuven.");
    let guessed = office.json(&["extract", "card.txt", "--add-drafts"]);
    assert_eq!(guessed[0]["year_guessed"], true);
    assert!(guessed[0]["description"].as_str().unwrap().contains("no year; assumed"), "{guessed}");
    assert!(office.ok(&["extract", "card.txt"]).contains("Nothing new."));

    let told = office.json(&["extract", "card.txt", "--written", "2022-02-01"]);
    assert_eq!((told[0]["start"].as_str(), told[0]["year_guessed"].as_bool()), (Some("2022-03-14"), Some(false)));
    office.ok(&["extract", "card.txt", "--written", "2022-02-01", "--add-drafts"]);
    let drafts = office.json(&["event", "list", "--status", "draft"]);
    assert_eq!(told_starts(&drafts), ["2022-03-14"]);
    assert!(!drafts[0]["description"].as_str().unwrap().contains("assumed"), "{drafts}");
    assert!(office.ok(&["extract", "card.txt", "--written", "2022-02-01"]).contains("Nothing new."));

    // What an editor published is left alone.
    office.ok(&["event", "publish", &drafts[0]["id"].to_string()]);
    assert!(office.ok(&["extract", "card.txt", "--written", "2023-02-01"]).contains("Nothing new."));
}

/// What a text moves is a draft of the move, which is the change once it is published.
#[test]
fn a_text_that_moves_an_event_makes_a_draft_that_moves_it() {
    let office = Office::new();
    let forum = office.add(&["forum", "Lift Safety Forum", "--on", "2031-05-05", "--location", "Bergen"]);
    let text = "The Lift Safety Forum scheduled for 5 May 2031 has been rescheduled for 12 May 2031 in Oslo.";
    office.write("moved.txt", text);
    let proposed = office.json(&["extract", "moved.txt"]);
    assert_eq!((proposed[0]["moves"].to_string(), told(&proposed, "start")), (forum.clone(), vec!["2031-05-12"]));
    let said = office.ok(&["extract", "moved.txt", "--add-drafts"]);
    assert!(said.contains(&format!("another date for event {forum}")), "{said}");
    assert!(office.ok(&["extract", "moved.txt", "--add-drafts"]).contains("Nothing new."));
    let draft = office.json(&["event", "list", "--status", "draft"])[0].clone();
    assert!(draft["description"].as_str().unwrap().contains(&format!("Another date for event {forum}")), "{draft}");
    office.ok(&["event", "publish", &draft["id"].to_string()]);
    let events = office.json(&["event", "list"]);
    assert_eq!((told_starts(&events), events[0]["id"].to_string()), (vec!["2031-05-12"], forum.clone()));
    assert_eq!(events[0]["location"], "Bergen");
    assert!(office.ok(&["extract", "moved.txt", "--add-drafts"]).contains("Nothing new."));
    // What is called off here, or repeats, is not moved by a text.
    office.ok(&["event", "cancel", &forum]);
    office.write("again.txt", text.replace("12 May", "19 May").replace("5 May", "12 May"));
    assert!(office.json(&["extract", "again.txt"])[0]["moves"].is_null());
}

#[test]
fn a_draft_that_a_text_moves_has_the_new_date_and_keeps_what_was_written_there() {
    let office = Office::new();
    let draft = office.add(&[
        "forum",
        "Lift Safety Forum",
        "--on",
        "2031-05-05 09:00",
        "--status",
        "draft",
        "--description",
        "Ask Bo.",
    ]);
    office.write(
        "moved.txt",
        "The Lift Safety Forum scheduled for 5 May 2031 has been rescheduled for 12 May 2031 in Oslo.",
    );
    let kept = office.json(&["extract", "moved.txt", "--add-drafts"]);
    assert_eq!((kept[0]["id"].to_string(), kept[0]["start"].as_str()), (draft.clone(), Some("2031-05-12")));
    let drafts = office.json(&["event", "list", "--status", "draft"]);
    assert_eq!(told_starts(&drafts), ["2031-05-12"]);
    let description = drafts[0]["description"].as_str().unwrap();
    assert!(description.starts_with("Ask Bo.") && description.contains("has been rescheduled"), "{description}");
    assert!(office.ok(&["extract", "moved.txt", "--add-drafts"]).contains("Nothing new."));
}

/// As deep as they come, mails inside of mails end nothing.
#[test]
fn a_mail_of_parts_inside_of_parts_is_read() {
    let office = Office::empty();
    let head = "From: a@example.org\nTo: b@example.org\nDate: Thu, 11 Jan 2024 16:02:00 +0100\n";
    let nested = (0..9000).fold("The call is held on 22 February in Ghent.".to_owned(), |inner, level| {
        format!("Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n{inner}\n")
    });
    let ran = office.run_with_input(&["extract", "-", "--json"], format!("{head}{nested}").as_bytes());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
}

fn told_starts(events: &Value) -> Vec<&str> {
    told(events, "start")
}

#[test]
fn people_are_told_that_a_year_is_assumed_and_what_a_date_was_before() {
    let office = Office::empty();
    office.write("card.txt", "The round table on kettles takes place on 14 March in Leuven.");
    let said = office.ok(&["extract", "card.txt"]);
    assert!(said.contains("year assumed; --written says"), "{said}");
    office.write("moved.md", "- Call for tutorials: ~~3 March 2025~~ 17 March 2025\n");
    let moved = office.json(&["extract", "moved.md"]);
    assert_eq!((told(&moved, "start"), moved[0]["was"].as_str()), (vec!["2025-03-17"], Some("2025-03-03")));
    assert!(office.ok(&["extract", "moved.md"]).contains("before: 2025-03-03"));
}

#[test]
fn a_mail_is_decoded_and_its_date_is_the_day_of_writing() {
    let office = Office::empty();
    let plain = "From: Ann <ann@example.org>\nTo: Bo <bo@example.org>\nDate: Thu, 11 Jan 2024 16:02:00 +0100\n\
                 Subject: Re: Next call\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\
                 Content-Transfer-Encoding: quoted-printable\n\nThe next call of the caf=C3=A9 group will be held on 22 Feb=\nruary in=20Ghent.\n";
    let html = "From: Ann <ann@example.org>\nTo: Bo <bo@example.org>\nDate: Thu, 11 Jan 2024 16:02:00 +0100\n\
                Subject: Next call\nMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\
                Content-Transfer-Encoding: base64\n\nPHA+VGhlIG5leHQgY2FsbCBvZiB0aGUgY2Fmw6kgZ3JvdXAgd2lsbCBiZSBoZWxkIG9uIDIyIEZlYnJ1YXJ5IGluIEdoZW50LjwvcD4=\n";
    for mail in [plain, html] {
        let ran = office.run_with_input(&["extract", "-", "--json"], mail.as_bytes());
        let found: Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!(told(&found, "start"), ["2024-02-22"], "{mail}");
        assert_eq!(found[0]["location"], "Ghent", "{found}");
        assert!(found[0]["title"].as_str().unwrap().contains("café group"), "{found}");
        assert_eq!(
            (found[0]["organizer"].as_str(), found[0]["year_guessed"].as_bool()),
            (Some(""), Some(false)),
            "{found}"
        );
    }
}

#[test]
fn of_other_languages_dates_in_figures_are_found_and_that_is_said() {
    let office = Office::empty();
    office.write("avis.txt", "La réunion du comité aura lieu le 2023-05-24 à Paris, dans la salle du conseil.\n");
    let ran = office.run(&["extract", "avis.txt", "--json"]);
    let found: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((told(&found, "start"), told(&found, "kind")), (vec!["2023-05-24"], vec!["other"]));
    assert!(ran.stderr.contains("neither in English nor in Chinese"), "{}", ran.stderr);
}

#[test]
fn a_zone_that_is_not_known_gives_the_day_alone_and_a_note() {
    let office = Office::empty();
    office.write(
        "call.txt",
        "The call takes place on 5 May 2023 at 10:00 CST. The vote is held on 6 May 2023 at 10:00 (UTC+2).",
    );
    let found = office.json(&["extract", "call.txt"]);
    assert_eq!(told(&found, "start"), ["2023-05-05", "2023-05-06T10:00"]);
    assert!(found[0]["note"].as_str().unwrap().contains("zone that is not known"), "{found}");
    assert_eq!(found[1]["timezone"], "Etc/GMT-2");
}

/// The events of the sample are all found in the newsletter that tells of them.
#[test]
fn the_sample_newsletter_tells_the_sample_events() {
    let office = Office::new();
    office.write("events.csv", include_bytes!("../../config/sample/events.csv"));
    office.write("newsletter.txt", include_bytes!("../../config/sample/newsletter.txt"));
    let proposals = office.json(&["extract", "newsletter.txt"]);
    office.ok(&["import", "events.csv"]);
    let events = office.json(&["event", "list"]);
    let key = |event: &Value| ["kind", "start", "end"].map(|field| event[field].to_string()).join(" ");
    let mut found: Vec<_> = proposals.as_array().unwrap().iter().map(key).collect();
    let mut expected: Vec<_> = events.as_array().unwrap().iter().map(key).collect();
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
}
