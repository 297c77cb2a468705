//! What a person at a terminal sees and is asked; and that none of it is in a pipe.

use crate::support::terminal::{CTRL_C, CTRL_D, ENTER, Setting};
use crate::support::{Office, another_second};

/// With an event, a reader, an edition of which nothing was sent, and a backup in which none of these is.
fn office() -> Office {
    let office = Office::with_config(
        "[mail]\nfrom = \"Watch <news@example.org>\"\n\
         [[digest]]\nslug = \"weekly\"\nschedule = \"0 8 * * 1\"\nupcoming = \"90y\"\n",
    );
    office.ok(&["backup", "before.db"]);
    office.add(&["meeting", "Plenary", "--on", "2090-01-01"]);
    office.ok(&["subscriber", "add", "ada@example.com", "--confirmed"]);
    office.ok(&["digest", "send", "weekly"]);
    // What the next edition tells, in a second of its own.
    office.add(&["forum", "Forum", "--on", "2090-03-01"]);
    another_second();
    office
}

/// What is asked before something is done, and by which query it shows that it was.
const QUESTIONS: [(&[&str], &str, &str); 5] = [
    (&["digest", "send", "weekly"], "Send it? [y/N]", "SELECT count(*) > 1 FROM edition"),
    (&["subscriber", "remove", "ada@example.com"], "subscriptions? [y/N]", "SELECT count(*) = 0 FROM subscriber"),
    (&["event", "cancel", "1"], "Cancel it? [y/N]", "SELECT status = 'cancelled' FROM event WHERE id = 1"),
    (&["digest", "drop", "weekly/1"], "Give it up? [y/N]", "SELECT stopped_at IS NOT NULL FROM edition WHERE id = 1"),
    (&["restore", "before.db"], "kept. [y/N]", "SELECT count(*) = 0 FROM event"),
];

#[test]
fn what_is_not_answered_with_yes_is_not_done() {
    let office = office();
    for (args, question, done) in QUESTIONS {
        for (keys, code) in [("n\r", 1), ("no\r", 1), ("yep\r", 1), (ENTER, 1), (CTRL_D, 1), (CTRL_C, 130)] {
            let mut terminal = Setting::of(80, 24).run(&office, args);
            terminal.wait_for(question).types(keys);
            let shown = terminal.ends_with(code);
            assert_eq!(office.ask(done), "0", "{args:?} {keys:?}: {shown}");
            assert!(terminal.is_as_it_was(), "{args:?} {keys:?}");
        }
    }
}

#[test]
fn what_is_answered_with_yes_is_done() {
    for (args, question, done) in QUESTIONS {
        for answer in ["y", " Yes "] {
            let office = office();
            let mut terminal = Setting::of(80, 24).run(&office, args);
            terminal.wait_for(question).types(answer).press(ENTER);
            let shown = terminal.ends_with(0);
            assert_eq!(terminal.keys(), answer.len() + 1);
            assert_eq!(office.ask(done), "1", "{args:?}: {shown}");
        }
    }
}

#[test]
fn with_yes_or_json_nothing_is_asked_on_a_terminal() {
    for (args, _, done) in QUESTIONS {
        let office = office();
        let shown = Setting::of(80, 24).run(&office, &[args, &["--yes"]].concat()).ends_with(0);
        assert!(!shown.contains("[y/N]"), "{shown}");
        assert_eq!(office.ask(done), "1", "{args:?}");
    }
}

#[test]
fn where_nobody_can_answer_nothing_is_asked() {
    for (args, _, done) in QUESTIONS {
        let office = office();
        let words: Vec<_> = args.iter().map(|word| format!("'{word}'")).collect();
        let mut terminal = Setting::of(80, 24).run_line(&office, &format!("kalends {} </dev/null", words.join(" ")));
        let code = terminal.ends();
        let shown = terminal.all();
        assert!(!shown.contains("[y/N]"), "{shown}");
        // What loses something wants to be told that it is meant.
        let is_refused = code == 2 && shown.contains("--yes");
        assert_eq!(office.ask(done) == "1", !is_refused, "{args:?}: {code} {shown}");
    }
}

#[test]
fn nothing_that_moves_or_colours_is_in_a_pipe() {
    let office = office();
    let rows: String = (0..3000).map(|n| format!("reader{n}@example.com,weekly,2020-01-01\n")).collect();
    office.write("readers.csv", format!("email,digests,consent_at\n{rows}"));
    for line in [
        "kalends subscriber import readers.csv >out 2>&1",
        "kalends status >out 2>&1",
        "kalends event list >out 2>&1",
        "kalends digest draft weekly >out 2>&1",
        "kalends backup after.db >out 2>&1",
        "kalends --json check >out 2>err || true",
    ] {
        let mut terminal = Setting::of(80, 24).run_line(&office, line);
        let shown = terminal.ends_with(0);
        assert_eq!(shown, "", "{line}");
        let said = std::fs::read_to_string(office.path("out")).unwrap();
        assert!(!said.is_empty() && !said.contains(['\u{1b}', '\r']), "{line}: {said:?}");
    }
    assert_eq!(std::fs::read_to_string(office.path("err")).unwrap(), "");
}
