//! An editor's week at the terminal, as `docs/terminal` has it recorded at three widths: each session is run again on a real
//! terminal and must show the same. `RECORD_TERMINAL=1` writes the recordings anew.

use std::path::Path;

use crate::support::Office;
use crate::support::terminal::{ENTER, Setting};

const CONFIG: &str = r#"[site]
title = "Standards Watch"
timezone = "Asia/Shanghai"

[[digest]]
slug = "weekly"
title = "The week ahead"
schedule = "0 8 * * 1"
upcoming = "30d"
"#;

const NOTICE: &str = "\
News of the office

The working group on personal information meets in Beijing on 8 December 2026, from 9:00 to 12:00.
The draft of GB/T 35273 is open for comments until 18 December 2026.
GB/T 42574-2026 takes effect on 1 January 2027.
The annual forum on smart cities will be held in Shenzhen on 14 March.
";

/// What is typed, and what the terminal shows before each key or line is.
struct Session {
    heading: &'static str,
    args: &'static [&'static str],
    keys: &'static [(&'static str, &'static str)],
}

const WEEK: &[Session] = &[
    Session {
        heading: "Monday: the dates of a text become drafts",
        args: &["extract", "notice.txt", "--add-drafts", "--written", "2026-11-30"],
        keys: &[],
    },
    Session {
        heading: "and are reviewed, a key each: published, one with a topic more, one dropped, one skipped",
        args: &["event", "review"],
        keys: &[
            ("Draft 1 of 4", "p"),
            ("Draft 2 of 4", "t"),
            ("Topics,", "+privacy\r"),
            ("Topics    privacy", "p"),
            ("Draft 3 of 4", "d"),
            ("Draft 4 of 4", "s"),
        ],
    },
    Session { heading: "What there is", args: &["event", "list"], keys: &[] },
    Session {
        heading: "Tuesday: a meeting in words",
        args: &["event", "add", "meeting", "Plenary", "--on", "next tuesday 9:00-12:00", "--topic", "privacy"],
        keys: &[],
    },
    Session {
        heading: "one that repeats",
        args: &["event", "add", "meeting", "Editors' tea", "--every", "2nd tuesday", "--on", "16:00"],
        keys: &[],
    },
    Session {
        heading: "and one that can be read in two ways",
        args: &["event", "add", "deadline", "Comments close", "--on", "5/1/2027"],
        keys: &[("Which one?", "1\r")],
    },
    Session {
        heading: "Wednesday: it is to be somewhere else, and later",
        args: &["event", "edit", "5", "--on", "15.12.2026 10:00", "--location", "Beijing"],
        keys: &[],
    },
    Session {
        heading: "Thursday: next year's forum, like this year's",
        args: &["event", "copy", "5", "--on", "14 December 2027", "--title", "Plenary 2027"],
        keys: &[],
    },
    Session {
        heading: "and several at once",
        args: &["event", "edit", "5-8", "--add-topic", "office"],
        keys: &[("Change 4 events? [y/N]", "y\r")],
    },
    Session {
        heading: "Friday: a meeting is off",
        args: &["event", "cancel", "5", "--reason", "the hall is closed"],
        keys: &[("Cancel it? [y/N]", "y\r")],
    },
    Session { heading: "What was done to it, and by whom", args: &["event", "history", "5"], keys: &[] },
    Session {
        heading: "A slip of the finger",
        args: &["event", "add", "meeting", "Tea", "--on", "tomorow"],
        keys: &[],
    },
];

fn recorded(columns: u16) -> String {
    let office = Office::with_config(CONFIG);
    office.set_clock("2026-11-30T02:00:00Z");
    office.write("notice.txt", NOTICE);
    office.ok(&["subscriber", "add", "ann@example.org", "--confirmed"]);
    let mut said = format!("An editor's week, at a terminal of {columns} columns. Keys are in ‹ ›.\n");
    for Session { heading, args, keys } in WEEK {
        let mut terminal = Setting::of(columns, 200).with("PAGER", "cat").run(&office, args);
        let mut typed = Vec::new();
        for (seen, key) in *keys {
            terminal.wait_for(seen).types(key);
            typed.push(format!("‹{}›", key.replace(ENTER, "⏎")));
        }
        terminal.ends();
        let words = args.iter().map(|word| match word.contains([' ', '\'']) {
            true => format!("\"{word}\""),
            false => (*word).to_owned(),
        });
        let command = words.collect::<Vec<_>>().join(" ");
        let typed = if typed.is_empty() { String::new() } else { format!("    {}", typed.join(" ")) };
        said += &format!("\n## {heading}\n\n$ kalends {command}{typed}\n{}\n", at_rest(terminal.all().trim_end()));
    }
    said
}

/// The clock goes on while the week is played: its seconds are left at nought.
fn at_rest(text: &str) -> String {
    let mut parts = text.split("10:00:");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |said, part| said + "10:00:00" + part.get(2..).unwrap_or_default())
}

#[test]
fn the_recorded_week_is_what_a_terminal_shows() {
    for columns in [60, 80, 140] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("docs/terminal/week-{columns}.txt"));
        let now = recorded(columns);
        let widest =
            now.lines().filter(|line| !line.starts_with(['$', '#', 'A'])).map(|line| line.chars().count()).max();
        assert!(widest <= Some(usize::from(columns)), "{columns}: {widest:?}");
        if std::env::var_os("RECORD_TERMINAL").is_some() {
            std::fs::write(&path, &now).unwrap();
        }
        let known = std::fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(now, known, "{}: run it with RECORD_TERMINAL=1 and look at what changed", path.display());
    }
}
