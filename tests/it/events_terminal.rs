//! An editor at a terminal: drafts reviewed, events changed in an editor, lists, questions.

use std::os::unix::fs::PermissionsExt;

use crate::events_said::office;
use crate::support::Office;
use crate::support::terminal::{CTRL_C, ENTER, Setting};

/// A program that stands for an editor: a line of a shell, with the file as `$1`.
fn editor(office: &Office, name: &str, script: &str) -> String {
    office.write(name, format!("#!/bin/sh\n{script}\n"));
    std::fs::set_permissions(office.path(name), std::fs::Permissions::from_mode(0o755)).unwrap();
    format!("./{name}")
}

fn statuses(office: &Office) -> Vec<String> {
    let list = office.json(&["event", "list"]);
    list.as_array().unwrap().iter().map(|event| event["status"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_drafts_of_a_newsletter_are_reviewed_with_a_key_each() {
    let office = office();
    let text = office.write("newsletter.txt", include_str!("../../config/sample/newsletter.txt"));
    office.ok(&["extract", &text, "--add-drafts", "--written", "2020-09-27"]);
    let drafts = statuses(&office).len();
    let mut terminal = Setting::of(80, 40).run(&office, &["event", "review"]);
    terminal.wait_for(&format!("Draft 1 of {drafts}"));
    // One is dropped, one gets a topic, one is undone; all else is published.
    terminal.types("d").wait_for(&format!("Draft 2 of {drafts}")).types("u").wait_for("undo");
    terminal.types("p").wait_for(&format!("Draft 2 of {drafts}")).types("d").wait_for(&format!("Draft 3 of {drafts}"));
    terminal.types("t").wait_for("Topics, with ;").types("+data").press(ENTER).wait_for("data");
    for at in 3..=drafts {
        terminal.wait_for(&format!("Draft {at} of {drafts}")).types("p");
    }
    let seen = terminal.ends_with(0);
    assert!(seen.contains(&format!("{} published, 1 dropped, 0 left.", drafts - 1)), "{seen}");
    assert!(terminal.keys() <= 40, "{} keys", terminal.keys());
    assert_eq!(statuses(&office), vec!["confirmed"; drafts - 1]);
    // The sentence stands beside the fields.
    assert!(
        seen.contains("When      Friday 11 September 2020") && seen.contains("> The three national groups"),
        "{seen}"
    );
    assert!(terminal.is_as_it_was());
}

#[test]
fn a_guessed_year_and_a_twin_are_in_plain_sight_and_nothing_is_done_before_the_end() {
    let office = office();
    let text = office.write("notice.txt", "The plenary will be held in Beijing on 14 March.\n");
    office.ok(&["extract", &text, "--add-drafts"]);
    office.add(&["meeting", "Annual forum", "--on", "2027-04-01", "--status", "draft"]);
    office.add(&["meeting", "Annual Forum", "--on", "2027-04-02"]);
    let before = statuses(&office);
    let mut terminal = Setting::of(60, 40).run(&office, &["event", "review"]);
    terminal.wait_for("Draft 1 of 2").wait_for("[p]ublish");
    assert!(terminal.screen().contains("the year is a guess"), "{}", terminal.screen());
    terminal.types("p").wait_for("Draft 2 of 2").wait_for("Twice?").types("x").types("p");
    // Both are decided, and the walk is over.
    assert!(terminal.ends_with(0).contains("2 published"), "{}", terminal.all());

    // Who leaves by Ctrl-C is asked; what was not decided stays.
    office.add(&["meeting", "Third", "--on", "2027-05-01", "--status", "draft"]);
    office.add(&["meeting", "Fourth", "--on", "2027-05-02", "--status", "draft"]);
    let mut terminal = Setting::of(80, 40).run(&office, &["event", "review"]);
    terminal
        .wait_for("Draft 1 of 2")
        .types("p")
        .wait_for("Draft 2 of 2")
        .press(CTRL_C)
        .wait_for("Do it? [Y/n]")
        .types("n");
    assert!(terminal.ends_with(0).contains("Nothing was published"), "{}", terminal.all());
    assert_eq!(statuses(&office).iter().filter(|status| *status == "draft").count(), 2);
    // Whose terminal goes away has decided all the same.
    let mut terminal = Setting::of(80, 40).run(&office, &["event", "review"]);
    terminal.wait_for("Draft 1 of 2").types("p").wait_for("Draft 2 of 2");
    terminal.signal("HUP");
    terminal.ends();
    assert_eq!(statuses(&office).iter().filter(|status| *status == "draft").count(), 1);
    assert_eq!(before.len(), 3);

    let error = office.fails(&["event", "review"], 2);
    assert!(error.contains("on a terminal") && error.contains("event publish"), "{error}");
}

#[test]
fn an_event_is_changed_in_an_editor_and_a_mistake_comes_back() {
    let office = office();
    let id = office.add(&["meeting", "Plenary", "--on", "2026-12-08 09:00", "--location", "Beijing"]);
    let run = |script: &str| {
        let editor = editor(&office, "editor", script);
        Setting::of(240, 40).with("EDITOR", &editor).run(&office, &["event", "edit", &id])
    };
    let seen =
        run("sed -i 's/^location: .*/location: Shanghai, hall 2/; s/^end:/end: 2026-12-08 12:00/' \"$1\"").ends_with(0);
    assert!(
        seen.contains("location: Beijing → Shanghai, hall 2") && seen.contains("end: none → 2026-12-08T12:00"),
        "{seen}"
    );
    assert!(seen.contains("Calendars and pages show it now"), "{seen}");
    assert!(run("true").ends_with(0).contains("Nothing was changed."));
    // In words, and right at the second try: what is wrong stands above its line.
    let twice = "if grep -q '^# error: .*is not a date' \"$1\"; then sed -i 's/^start: .*/start: next tuesday 10:00/' \"$1\"; \
                 else sed -i 's/^start: .*/start: soon/; s/^end: .*/end:/; s/^title: .*/title: Plenary, moved/' \"$1\"; fi";
    let seen = run(twice).ends_with(0);
    assert!(
        seen.contains("line 5: `soon` is not a date") && seen.contains("title: Plenary → Plenary, moved"),
        "{seen}"
    );
    assert_eq!(office.json(&["event", "show", &id])["start"], "2026-12-01T10:00");
    // Left as it is: nothing changes, and what was typed is still there.
    let seen = run("sed -i 's/^kind: .*/kind: party/; s/^title: .*/title: Typed with care/' \"$1\"").ends_with(1);
    let flat: String = seen.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("nothing was changed; what you wrote is in "), "{seen}");
    let kept = flat.split("what you wrote is in ").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
    assert!(std::fs::read_to_string(&kept).unwrap().contains("title: Typed with care"));
    std::fs::remove_file(kept).unwrap();
    assert!(run("exit 3").ends_with(1).contains("ended with an error"));
    // Somebody else was there meanwhile.
    let other =
        format!("kalends event edit {id} --location Xi\\'an >/dev/null; sed -i 's/^title: .*/title: Mine/' \"$1\"");
    let path = std::path::Path::new(env!("CARGO_BIN_EXE_kalends")).parent().unwrap().display().to_string();
    let seen = run(&format!("PATH={path}:$PATH; {other}")).ends_with(1);
    assert!(seen.contains("what you wrote is in"), "{seen}");
    assert_eq!(office.json(&["event", "show", &id])["location"], "Xi'an");
    // Elsewhere than on a terminal it has to be said.
    assert!(office.fails(&["event", "edit", &id], 2).contains("say what to change"));
}

#[test]
fn a_list_on_a_terminal_begins_a_month_ago_and_keeps_words_whole() {
    let office = office();
    for (title, on, rest) in [
        ("Long ago", "2017-03-01", &[][..]),
        ("Last year", "2025-11-30", &[]),
        ("Last week", "2026-11-23", &[]),
        (
            "Cybersecurity standardization plenary",
            "2026-12-08 09:00",
            &["--topic", "cybersecurity", "--location", "Beijing"],
        ),
        ("Cancelled forum", "2026-12-10", &[]),
    ] {
        office.add(&[&["meeting", title, "--on", on], rest].concat());
    }
    office.ok(&["event", "cancel", "5"]);
    let run = |columns, args: &[&str]| Setting::of(columns, 40).run(&office, &[&["event", "list"], args].concat());
    for columns in [60, 80, 140] {
        let mut terminal = run(columns, &[]);
        let seen = terminal.ends_with(0);
        assert!(!seen.contains("Long ago") && seen.contains("Last week") && seen.contains("2 before: --all"), "{seen}");
        assert!(seen.contains("cybersecurity"), "{seen}");
        // No word is broken.
        for word in ["Cybersecurity", "standardization", "plenary", "Beijing", "Cancelled"] {
            assert!(seen.split_whitespace().any(|seen| seen == word), "{columns}: {word}\n{seen}");
        }
        let octets = terminal.octets();
        assert!(octets.contains("\x1b[31m") || octets.contains("\x1b[38;5;1m"), "{octets:?}");
    }
    assert!(run(80, &["--all"]).ends_with(0).contains("Long ago"));
    assert!(run(80, &["--search", "ago"]).ends_with(0).contains("Long ago"));
    assert!(run(80, &["--from", "2017"]).ends_with(0).contains("Long ago"));
    let mut without = Setting::of(80, 40).with("NO_COLOR", "1").run(&office, &["event", "list"]);
    without.ends();
    assert!(!without.octets().contains("\x1b["), "{:?}", without.octets());
    let mut plain = run(80, &["--color", "never"]);
    plain.ends();
    assert!(!plain.octets().contains("\x1b["), "{:?}", plain.octets());
    // In a pipe it is as it was.
    let piped = office.ok(&["event", "list"]);
    assert!(piped.contains("Long ago") && piped.starts_with("ID  WHEN") && !piped.contains("TOPICS"), "{piped}");
    assert!(office.ok(&["--color", "always", "event", "list"]).starts_with("ID"));
}

#[test]
fn what_can_be_read_in_two_ways_is_asked_and_several_are_confirmed() {
    let office = office();
    let mut terminal = Setting::of(80, 30).run(&office, &["event", "add", "meeting", "Plenary", "--on", "1/12/2026"]);
    terminal.wait_for("Which one? [1-2]").types("1").press(ENTER);
    let seen = terminal.ends_with(0);
    assert!(seen.contains("1  Tuesday 1 December 2026") && seen.contains("2  Monday 12 January 2026"), "{seen}");
    assert!(seen.contains("1: Tuesday 1 December 2026, “Plenary”."), "{seen}");
    let mut terminal = Setting::of(80, 30).run(&office, &["event", "add", "meeting", "Other", "--on", "1/12/2026"]);
    terminal.wait_for("Which one?").press(ENTER);
    assert!(terminal.ends_with(1).contains("not done"));

    let every = ["event", "add", "meeting", "Tea", "--every", "2nd tuesday", "--on", "9:00"];
    let seen = Setting::of(140, 30).run(&office, &every).ends_with(0);
    assert!(seen.contains("It repeats every month on the second Tuesday: Tuesday 8 December 2026,"), "{seen}");

    office.add(&["meeting", "Draft", "--on", "2026-12-20", "--status", "draft"]);
    office.add(&["meeting", "Draft too", "--on", "2026-12-21", "--status", "draft"]);
    let mut terminal = Setting::of(80, 30).run(&office, &["event", "publish", "--status", "draft"]);
    terminal.wait_for("Publish 2 events? [y/N]").types("n").press(ENTER);
    assert!(terminal.ends_with(1).contains("3  Sunday 20 December 2026, Draft"));
    let mut terminal = Setting::of(80, 30).run(&office, &["event", "publish", "3-4"]);
    terminal.wait_for("Publish 2 events?").types("y").press(ENTER);
    assert!(terminal.ends_with(0).contains("Event 4 published."));
}
