//! What an editor leaves out of an edition, puts first and adds.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::Office;
use crate::support::program::Program;

const CONFIG: &str =
    "[[digest]]\nslug = \"weekly\"\ntitle = \"The week\"\nschedule = \"0 8 * * 1\"\nupcoming = \"30d\"\n";

/// On a Sunday; the next edition is that of Monday, 28 September. Events 1 to 4 are told in it, 5 was long ago.
fn office_with(config: &str) -> Office {
    let office = Office::with_config(&format!("{CONFIG}{config}"));
    office.set_clock("2020-09-27T09:00:00Z");
    office.ok(&["subscriber", "add", "ada@example.org", "--confirmed"]);
    for (kind, title, on) in [
        ("meeting", "Plenary", "2020-10-06"),
        ("meeting", "Workshop", "2020-09-30"),
        ("deadline", "Comments", "2020-10-12"),
        ("forum", "Summit", "2020-10-20"),
        ("meeting", "Kick-off", "2020-01-10"),
    ] {
        office.ok(&["event", "add", kind, title, "--on", on]);
    }
    office.serve().stop();
    office
}

fn office() -> Office {
    office_with("")
}

/// Sends what is due then, and tells the plain text of the mail to ada.
fn mail_at(office: &Office, now: &str, count: usize) -> String {
    let known: Vec<String> = office.outbox().iter().map(|mail| mail.text()).collect();
    office.set_clock(now);
    let daemon = office.serve();
    let mails = office.wait_for_mails(count);
    daemon.stop();
    mails.iter().map(|mail| mail.text()).find(|text| !known.contains(text)).unwrap()
}

/// The entries of the next edition, as `section entry marks`.
fn entries(office: &Office, more: &[&str]) -> Vec<String> {
    let draft = office.json(&[&["digest", "draft", "weekly"], more].concat());
    let mut all = Vec::new();
    for section in draft["sections"].as_array().unwrap() {
        for entry in section["entries"].as_array().unwrap() {
            let marks = entry["marks"].as_array().unwrap().iter().map(|mark| mark.as_str().unwrap());
            let marks = marks.collect::<Vec<_>>().join("+");
            let words = [section["section"].as_str().unwrap(), entry["entry"].as_str().unwrap(), &marks];
            all.push(words.join(" ").trim_end().to_owned());
        }
    }
    all
}

fn told(text: &str, titles: &[&str]) -> Vec<bool> {
    titles.iter().map(|title| text.contains(&format!("* {title}")) || text.contains(&format!(": {title}"))).collect()
}

#[test]
fn what_one_edition_leaves_out_the_next_one_tells() {
    let office = office();
    let article = office.write("a.md", "---\ntitle: On standards\ndate: 2020-09-25\n---\nWords.\n");
    office.ok(&["article", "add", &article]);
    let said = office.ok(&["digest", "leave-out", "weekly", "1", "2", "article:1"]);
    assert_eq!(
        said,
        "The edition of weekly of Mon 2020-09-28 08:00:00 UTC leaves out event 1 (Plenary), event 2 (Workshop), article 1 (On \
         standards).\n"
    );
    assert_eq!(
        entries(&office, &[]),
        [
            "deadlines event 3",
            "upcoming event 2 left-out",
            "upcoming event 1 left-out",
            "upcoming event 4",
            "articles article 1 left-out"
        ]
    );
    let all = ["Plenary", "Workshop", "Comments", "Summit", "On standards"];
    let preview = office.ok(&["digest", "preview", "weekly"]);
    assert_eq!(told(&preview, &all), [false, false, true, true, false], "{preview}");
    let first = mail_at(&office, "2020-09-28T08:00:01Z", 1);
    assert_eq!(told(&first, &all), [false, false, true, true, false], "{first}");
    // The workshop is over by then.
    let second = mail_at(&office, "2020-10-05T08:00:01Z", 2);
    assert_eq!(told(&second, &all), [true, false, false, false, true], "{second}");
    office.set_clock("2020-10-12T07:00:00Z");
    assert!(office.ok(&["digest", "preview", "weekly"]).contains("Nothing"));
}

#[test]
fn a_change_that_was_left_out_twice_is_told_as_the_change_it_was() {
    let office = office();
    mail_at(&office, "2020-09-28T08:00:01Z", 1);
    office.ok(&["event", "edit", "4", "--on", "2020-10-21"]);
    office.ok(&["event", "edit", "1", "--location", "Brussels"]);
    office.ok(&["event", "add", "meeting", "Spring school", "--on", "2021-03-01"]);
    office.ok(&["digest", "leave-out", "weekly", "4", "6"]);
    office.ok(&["article", "add", &office.write("a.md", "---\ntitle: Reason to write\n---\nWords.\n")]);
    let second = mail_at(&office, "2020-10-05T08:00:01Z", 2);
    assert_eq!(told(&second, &["Summit", "Spring school", "Reason"]), [false, false, true], "{second}");
    office.ok(&["event", "edit", "4", "--on", "2020-10-22"]);
    assert_eq!(entries(&office, &[]), ["changes event 4", "ahead event 6"]);
    office.ok(&["digest", "leave-out", "weekly", "4"]);
    let third = mail_at(&office, "2020-10-12T08:00:01Z", 3);
    assert_eq!(told(&third, &["Summit", "Spring school"]), [false, true], "{third}");
    let fourth = mail_at(&office, "2020-10-19T08:00:01Z", 4);
    assert!(fourth.contains("Summit") && fourth.contains("20 October"), "{fourth}");
    assert!(!fourth.contains("Spring school"), "{fourth}");
}

#[test]
fn where_all_is_left_out_no_edition_is_made_and_the_next_tells_it() {
    let office = office();
    office.ok(&["digest", "leave-out", "weekly", "1", "2", "3", "4"]);
    assert!(office.ok(&["digest", "send", "weekly", "--dry-run"]).contains("nothing to tell"));
    office.set_clock("2020-09-28T08:00:01Z");
    let mut daemon = office.serve();
    daemon.wait_for_line("nothing to tell, so no edition");
    daemon.stop();
    assert_eq!(entries(&office, &[]), ["deadlines event 3", "upcoming event 1", "upcoming event 4", "held event 2"]);
}

#[test]
fn what_is_left_out_for_good_stays_out_until_that_is_undone() {
    let office = office();
    let said = office.ok(&["digest", "leave-out", "weekly", "4", "--for-good"]);
    assert_eq!(said, "No edition of weekly tells of event 4 (Summit) until that is undone.\n");
    for (edition, now) in [(1, "2020-09-28T08:00:01Z"), (2, "2020-10-05T08:00:01Z")] {
        office.ok(&["event", "add", "meeting", &format!("Meeting {edition}"), "--on", "2020-10-15"]);
        let mail = mail_at(&office, now, edition);
        assert!(!mail.contains("Summit"), "{mail}");
        // Its date is told, once it may be, with what it was before.
        office.ok(&["event", "edit", "4", "--on", &format!("2020-10-2{edition}")]);
    }
    assert_eq!(entries(&office, &[]), ["changes event 4 left-out"]);
    let refused = office.fails(&["digest", "leave-out", "weekly", "4", "--undo"], 1);
    assert!(refused.contains("event 4 is left out of weekly for good, not of this edition alone"), "{refused}");
    let undone = office.ok(&["digest", "leave-out", "weekly", "4", "--for-good", "--undo"]);
    assert_eq!(undone, "No edition of weekly leaves event 4 (Summit) out for good any more.\n");
    let mail = mail_at(&office, "2020-10-12T08:00:01Z", 3);
    assert!(mail.contains("Summit"), "{mail}");
}

#[test]
fn what_is_put_first_is_the_first_and_the_subject() {
    let office = office();
    office.ok(&["digest", "put-first", "weekly", "4"]);
    office.ok(&["digest", "put-first", "weekly", "event", "3"]);
    let draft = office.ok(&["digest", "draft", "weekly"]);
    assert!(draft.starts_with("Edition weekly/1 of Mon 2020-09-28 08:00:00 UTC\nSubject: "), "{draft}");
    assert!(draft.contains("In focus") && draft.contains("put first"), "{draft}");
    assert_eq!(
        entries(&office, &[])[..2],
        ["first event 3 put-first".to_owned(), "first event 4 put-first".to_owned()]
    );
    office.ok(&["digest", "put-first", "weekly", "3", "--undo"]);
    let preview = office.ok(&["digest", "preview", "weekly"]);
    assert!(preview.lines().next().unwrap().contains("Summit"), "{preview}");
    let place = |title: &str| preview.find(&format!("* {title}")).unwrap();
    assert!(preview.contains("IN FOCUS") && place("Summit") < place("Comments"), "{preview}");
    assert_eq!(preview.matches("* Summit").count(), 1);
    let mail = mail_at(&office, "2020-09-28T08:00:01Z", 1);
    assert!(mail.contains("IN FOCUS"), "{mail}");
    // What it told is told.
    assert!(entries(&office, &[]).is_empty());
}

#[test]
fn what_is_added_is_told_to_all_and_counts_as_told() {
    let office = office_with("topics = [\"ipv6\"]\n");
    office.ok(&["subscriber", "edit", "ada@example.org", "--topic", "smart city"]);
    assert!(entries(&office, &[]).is_empty());
    let article = office.write("a.md", "---\ntitle: Long ago\ndate: 2020-01-25\n---\nWords.\n");
    office.ok(&["article", "add", &article]);
    office.ok(&["event", "add", "meeting", "Weekly call", "--on", "2020-09-21", "--repeat", "FREQ=WEEKLY"]);
    office.ok(&["event", "add", "meeting", "Winter school", "--on", "2021-02-01"]);
    office.ok(&["digest", "add", "weekly", "5", "7", "article", "1", "6", "2"]);
    assert_eq!(
        entries(&office, &[]),
        [
            "upcoming event 6@2020-09-28 added",
            "upcoming event 2 added",
            "ahead event 7 added",
            "held event 5 added",
            "articles article 1 added"
        ]
    );
    let mail = mail_at(&office, "2020-09-28T08:00:01Z", 1);
    let titles = ["Winter school", "Kick-off", "Long ago", "Weekly call", "Workshop", "Plenary"];
    assert_eq!(told(&mail, &titles), [true, true, true, true, true, false], "{mail}");
    // Its date comes near, and it was told.
    office.ok(&["event", "edit", "7", "--topic", "ipv6"]);
    office.set_clock("2021-01-31T09:00:00Z");
    assert!(entries(&office, &[]).is_empty(), "{:?}", entries(&office, &[]));
}

#[test]
fn what_can_not_be_wanted_is_refused_and_changes_nothing() {
    let office = office();
    office.ok(&["event", "add", "meeting", "Secret", "--on", "2020-10-01", "--status", "draft"]);
    office.ok(&["event", "add", "meeting", "Gone", "--on", "2020-10-01"]);
    office.ok(&["event", "remove", "7", "--yes"]);
    office.ok(&["digest", "leave-out", "weekly", "1"]);
    office.ok(&["digest", "put-first", "weekly", "2"]);
    office.ok(&["digest", "add", "weekly", "5"]);
    let before = entries(&office, &[]);
    for (given, code, expected) in [
        (&["leave-out", "weekly", "99"][..], 1, "there is no event 99"),
        (&["leave-out", "weekly", "7"], 1, "there is no event 7"),
        (&["leave-out", "weekly", "article:9"], 1, "there is no article 9"),
        (&["leave-out", "weekly", "6"], 1, "event 6 is a draft, which no edition tells"),
        (&["add", "weekly", "6"], 1, "event 6 is a draft, which no edition tells"),
        (&["leave-out", "weekly", "1"], 1, "event 1 is left out of this edition already"),
        (&["put-first", "weekly", "1"], 1, "event 1 is left out of this edition"),
        (&["put-first", "weekly", "2"], 1, "event 2 is put first already"),
        (&["add", "weekly", "5"], 1, "event 5 is added already"),
        (&["leave-out", "weekly", "5"], 1, "event 5 is added to this edition"),
        (&["add", "weekly", "3"], 1, "event 3 is in this edition of weekly anyway"),
        // All of it or nothing.
        (&["leave-out", "weekly", "3", "99"], 1, "there is no event 99"),
        (&["leave-out", "weekly", "3", "1"], 1, "event 1 is left out of this edition already"),
        (&["leave-out", "weekly", "3", "--undo"], 1, "event 3 is not left out of this edition"),
        (
            &["leave-out", "weekly", "1", "--for-good", "--undo"],
            1,
            "event 1 is left out of this edition alone, not for good",
        ),
        (&["put-first", "weekly", "3", "--undo"], 1, "event 3 is not put first"),
        (&["add", "weekly", "3", "--undo"], 1, "event 3 is not added to this edition"),
        (&["leave-out", "weekly", "3@2020-10-12"], 1, "does not repeat"),
        (&["leave-out", "weekly", "three"], 2, "`three` names no entry: write event:12"),
        (&["leave-out", "weekly", "article:3@2020"], 2, "names no entry"),
        (&["leave-out", "weekly", "3", "--for", "2020-09-29"], 1, "2020-09-29 is no moment of the schedule"),
        (&["leave-out", "weekly", "3", "--for", "2020-09-21"], 1, "2020-09-21 is not to come any more"),
        (&["leave-out", "weekly", "3", "--for", "soon"], 2, "soon"),
        (&["leave-out", "monthly", "3"], 1, "there is no digest monthly"),
        (&["put-first", "weekly"], 2, "ENTRY"),
        (&["draft", "weekly", "--locale", "tlh"], 2, "`tlh` is not a locale"),
        (&["draft", "weekly", "--for", "2020-09-29"], 1, "is no moment of the schedule"),
    ] {
        let refused = office.fails(&[&["digest"], given].concat(), code);
        assert!(refused.contains(expected), "{given:?}: {refused}");
    }
    assert_eq!(entries(&office, &[]), before);
    let refused = office.fails(&["digest", "leave-out", "weekly", "3", "--for-good", "--for", "2020-09-28"], 2);
    assert!(refused.contains("--for"), "{refused}");
    // What is left out stands first no more.
    office.ok(&["digest", "leave-out", "weekly", "2"]);
    assert!(entries(&office, &[]).contains(&"upcoming event 2 left-out".to_owned()));
    assert_eq!(office.ok(&["acts"]).matches("arranged").count(), 4);
    // One that has its edition already.
    office.ok(&["digest", "send", "weekly", "--instead"]);
    let refused = office.fails(&["digest", "leave-out", "weekly", "3", "--for", "2020-09-28"], 1);
    assert!(refused.contains("2020-09-28 has its edition already"), "{refused}");
}

#[test]
fn one_edition_is_meant_and_no_other() {
    let office = office();
    office.ok(&["event", "add", "meeting", "Weekly call", "--on", "2020-09-21", "--repeat", "FREQ=WEEKLY"]);
    // One date of it, of the edition after the next.
    office.ok(&["digest", "leave-out", "weekly", "6@2020-10-12", "--for", "2020-10-05"]);
    assert!(!entries(&office, &[]).join(" ").contains("left-out"));
    let later = entries(&office, &["--for", "2020-10-05"]);
    assert!(later.contains(&"upcoming event 6@2020-10-12 left-out".to_owned()), "{later:?}");
    assert!(later.contains(&"upcoming event 6@2020-10-19".to_owned()), "{later:?}");
    let shown = office.ok(&["digest", "draft", "weekly", "--for", "2020-10-05"]);
    assert!(shown.contains("1 edition comes before it"), "{shown}");
    // Of the next, whichever it is.
    office.ok(&["digest", "leave-out", "weekly", "3"]);
    office.ok(&["digest", "send", "weekly"]);
    assert_eq!(entries(&office, &[]), ["deadlines event 3"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_want_it_as_editors_do() {
    let office = office();
    let daemon = office.serve();
    let robot = Program::new(&office, &daemon, "robot", &["digests:write", "digests:read"]);
    let path = "/digests/weekly/marks/left-out";
    let (status, told) = robot.json(Method::PUT, path, Some(json!({ "entries": ["event:3", "4"] }))).await;
    let expected = json!({
        "digest": "weekly", "scheduled_for": "2020-09-28T08:00:00Z", "mark": "left-out", "undone": false,
        "entries": [{ "entry": "event 3", "title": "Comments" }, { "entry": "event 4", "title": "Summit" }],
    });
    assert_eq!((status, told), (200, expected));
    let (_, draft) = robot.json(Method::GET, "/digests/weekly/draft", None).await;
    assert_eq!(draft, office.json(&["digest", "draft", "weekly"]));
    let (status, told) = robot.json(Method::DELETE, &format!("{path}?entries=event:3&entries=4"), None).await;
    assert_eq!((status, &told["undone"]), (200, &json!(true)), "{told}");
    for (method, path, body, expected, field) in [
        (Method::PUT, path, Some(json!({ "entries": ["event:3"], "for": "2020-09-29" })), 409, json!("for")),
        (Method::PUT, path, Some(json!({ "entries": [] })), 422, json!("entries")),
        (Method::PUT, path, Some(json!({ "entries": ["three"] })), 422, json!("entries")),
        (Method::PUT, path, Some(json!({ "entries": ["99"] })), 404, Value::Null),
        (Method::PUT, "/digests/weekly/marks/red", Some(json!({ "entries": ["3"] })), 422, json!("mark")),
        (Method::PUT, "/digests/weekly/marks/added", Some(json!({ "entries": ["3"] })), 409, json!("entries")),
        (
            Method::PUT,
            "/digests/weekly/marks/added",
            Some(json!({ "entries": ["5"], "for_good": true })),
            422,
            json!("for_good"),
        ),
        (Method::DELETE, "/digests/weekly/marks/left-out?entries=3", None, 409, json!("entries")),
    ] {
        let (status, problem) = robot.json(method, path, body).await;
        assert_eq!((status, &problem["errors"][0]["field"]), (expected, &field), "{path}: {problem}");
    }
    let acts = office.ok(&["acts"]);
    assert!(acts.contains("token robot") && acts.contains("left-out event 3, event 4: taken back"), "{acts}");
}
