//! Text from anywhere, on its way in and on its way out.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::support::{Daemon, Office};

const CONFIG: &str = "[site]\ntimezone = \"UTC\"\n[[digest]]\nslug = \"weekly\"\nschedule = \"0 8 * * mon\"\n";

/// What XML 1.0 has no room for (section 2.2), and what turns the direction of writing beyond its own line.
fn harm(text: &str) -> Option<char> {
    let is_wrong = |c: char| {
        c.is_control() && !matches!(c, '\t' | '\n' | '\r')
            || matches!(c, '\u{fffe}' | '\u{ffff}' | '\u{202a}'..='\u{202e}')
            || u32::from(c) & 0xfffe == 0xfffe
    };
    let lone = text.lines().find_map(|line| {
        let depths = line.chars().scan(0_i32, |depth, c| {
            *depth += i32::from(('\u{2066}'..='\u{2068}').contains(&c)) - i32::from(c == '\u{2069}');
            Some(*depth)
        });
        let depths: Vec<_> = depths.collect();
        (depths.iter().any(|depth| *depth < 0) || depths.last().is_some_and(|depth| *depth != 0)).then_some('\u{2069}')
    });
    text.chars().find(|c| is_wrong(*c)).or(lone)
}

const PAGES: [&str; 14] = [
    "/calendar.ics",
    "/feed.atom",
    "/feed.json",
    "/",
    "/?q=Plenary",
    "/events/1",
    "/events/1.ics",
    "/2020/10",
    "/articles",
    "/articles/1",
    "/articles.atom",
    "/archive",
    "/archive/weekly/1",
    "/archive.atom",
];

/// An office with one of everything, and its daemon.
fn office() -> (Office, Daemon) {
    let office = Office::with_config(CONFIG);
    office.set_clock("2020-10-05T08:00:00Z");
    office.add(&["meeting", "Plenary", "--on", "2020-10-12", "--location", "x", "--organizer", "x", "--topic", "x"]);
    office.write(
        "article.md",
        "---\ntitle: An article\ndate: 2020-10-05\nbyline: x\ntopics: [x]\nevents: [1]\n---\nText.\n",
    );
    office.ok(&["article", "add", "article.md"]);
    office.ok(&["subscriber", "add", "ada@example.org", "--confirmed"]);
    office.ok(&["digest", "send", "weekly"]);
    let daemon = office.serve();
    (office, daemon)
}

#[test]
fn no_feed_and_no_page_shows_what_harms_whatever_is_kept() {
    let (office, daemon) = office();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let odd =
        "[\u{fffe}\u{ffff}\u{1fffe}\u{202e}\u{202a}\u{2066}-\u{2069}\u{0}-\u{1f}\u{7f}-\u{9f}\u{fdd0}a<&\"' ]{1,12}";
    let mut runner = TestRunner::new(Config { cases: 12, failure_persistence: None, ..Config::default() });
    let tried = runner.run(&(odd, odd), |(one, other)| {
        // SQLite ends a text at the first NUL, as a quoted literal.
        let quoted = |text: &str| format!("'{}'", text.replace('\0', "\u{1}").replace('\'', "''"));
        let (one, other) = (quoted(&format!("Plenary {one}")), quoted(&format!("{other} x")));
        office.sql(&format!(
            "UPDATE event SET title = {one}, location = {other}, organizer = {other}, description = {one} || char(10) || {other},
                    cancel_reason = {other}, url = 'https://example.org/' || {other},
                    topics = json_array({one}), standards = json_array({other}), uid = {one};
             INSERT INTO history (event_id, at, action) VALUES (1, 1601884800, 'changed');
             UPDATE article SET title = {one}, byline = {other}, source = {other}, topics = json_array({one}),
                    body = {one} || ' &#8238; &#xfffe; ' || {other};
             UPDATE archived_edition SET subject = {one}, preheader = {other}, text = {one}, html = '<p>' || {other};
             UPDATE subscriber SET name = {one}"
        ));
        for page in PAGES {
            let (status, text) = runtime.block_on(async {
                let answer = daemon.get(page).await;
                // Calendars are read unfolded (RFC 5545 section 3.1).
                (answer.status().as_u16(), answer.text().await.unwrap().replace("\r\n ", ""))
            });
            prop_assert_eq!(status, 200, "{}", page);
            prop_assert_eq!(harm(&text), None, "{}: {:?}", page, text);
        }
        let listed = office.ok(&["event", "list"]) + &office.ok(&["event", "show", "1"]) + &office.ok(&["article", "list"]);
        prop_assert_eq!(harm(&listed), None, "{:?}", listed);
        Ok(())
    });
    tried.unwrap();
}

#[test]
fn what_an_older_version_kept_is_shown_clean_and_raises_no_sequence() {
    let office = Office::with_config(CONFIG);
    let calendar = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:a@example.org\r\n\
                    DTSTAMP:20200901T000000Z\r\nDTSTART:20201012T090000Z\r\nSUMMARY:Forum \u{ffff}\u{202e}1\r\n\
                    END:VEVENT\r\nEND:VCALENDAR\r\n";
    let import = |expected: &str| {
        let ran = office.run_with_input(&["import", "-", "--format", "ics"], calendar.as_bytes());
        assert!(ran.stdout.starts_with(expected), "{}{}", ran.stdout, ran.stderr);
    };
    import("1 added");
    assert_eq!(office.ask("SELECT title FROM event"), "Forum 1");
    office.sql("UPDATE event SET title = 'Forum ' || char(65535, 8238) || '1'");
    assert_eq!(office.json(&["event", "show", "1"])["title"], "Forum 1");
    import("0 added, 0 updated, 1 unchanged");
    assert_eq!(office.ask("SELECT sequence FROM event"), "0");
}

#[test]
fn an_export_holds_no_formulas_and_comes_back_as_it_was() {
    let office = Office::with_config(CONFIG);
    let titles = ["=cmd|' /C calc'!A0", "+1", "-2", "@SUM(A1)", "'=x", "''-y", "'quoted'", "plain"];
    for title in titles {
        office.add(&["meeting", "--on", "2020-10-12", &format!("--location={title}"), "--", title]);
    }
    office.ok(&["subscriber", "add", "ada@example.org", "--name==1+1", "--confirmed"]);
    let events = office.ok(&["export", "--format", "csv"]);
    let readers = office.ok(&["subscriber", "export"]);
    for table in [&events, &readers] {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(table.as_bytes());
        for cell in reader.records().flat_map(|row| row.unwrap().iter().map(str::to_owned).collect::<Vec<_>>()) {
            assert!(!cell.starts_with(['=', '+', '-', '@']), "{cell}");
        }
    }
    let again = Office::with_config(CONFIG);
    again.write("events.csv", &events);
    again.write("readers.csv", &readers);
    again.ok(&["import", "events.csv"]);
    again.ok(&["subscriber", "import", "readers.csv"]);
    let shown: Vec<_> = again.rows("SELECT title FROM event ORDER BY id");
    assert_eq!(shown, titles);
    assert_eq!(again.rows("SELECT location FROM event ORDER BY id"), titles);
    assert_eq!(again.rows("SELECT name FROM subscriber"), ["=1+1"]);
}

#[test]
fn a_password_in_an_address_is_not_told() {
    let office = Office::with_config(CONFIG);
    let error = office.fails(&["import", "http://ada:s3cret@127.0.0.1:1/calendar.ics"], 1);
    assert!(!error.contains("s3cret") && !error.contains("ada:"), "{error}");
    for (what, url) in [("source", "https//ada:s3cret@example.org/x"), ("mail.relay", "imap://ada:s3cret@example.org")]
    {
        office.configure(&format!("[[{what}]]\nurl = \"{url}\"\n"));
        let error = office.fails(&["event", "list"], 1);
        assert!(!error.contains("s3cret") && error.contains("example.org"), "{error}");
    }
}
