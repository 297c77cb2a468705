//! Work of a while: what a terminal shows of it, and what is left when it is stopped.

use std::net::TcpListener;

use crate::support::calendar_server::CalendarServer;
use crate::support::terminal::{CTRL_C, Setting, Terminal};
use crate::support::{Office, wait_for};

fn table(rows: usize) -> String {
    let row = |n| format!("meeting,Meeting {n},{}-{:02}-{:02}\n", 2090 + n / 336, n / 28 % 12 + 1, n % 28 + 1);
    format!("kind,title,start\n{}", (0..rows).map(row).collect::<String>())
}

fn is_plain(terminal: &Terminal) {
    assert!(terminal.is_as_it_was(), "{}", terminal.all());
    assert!(!terminal.screen().contains('█'), "{}", terminal.screen());
}

/// Files in a folder of the office that a copy half-way would be among.
fn parts(office: &Office, folder: &str) -> Vec<String> {
    let names = std::fs::read_dir(office.path(folder)).unwrap().map(|file| file.unwrap().file_name());
    names.map(|name| name.to_string_lossy().into_owned()).filter(|name| name.contains("part")).collect()
}

/// An office whose database takes a while to copy.
fn large_office() -> Office {
    let office = Office::new();
    office.add(&["meeting", "Plenary", "--on", "2090-01-01"]);
    office.sql(
        "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 400)
         INSERT INTO meta (key, value) SELECT 'test' || n, hex(randomblob(100000)) FROM n",
    );
    office
}

#[test]
fn an_import_that_is_stopped_leaves_nothing_at_whatever_it_is() {
    let office = Office::new();
    office.write("dates.csv", table(100_000));
    for doing in ["reading dates.csv", "writing events"] {
        let mut terminal = Setting::of(60, 20).run(&office, &["import", "dates.csv"]);
        terminal.wait_for(doing);
        let line = terminal.screen().lines().find(|line| line.contains(doing)).unwrap_or_default().to_owned();
        assert!(line.chars().count() <= 60, "{line}");
        assert!(doing == "reading dates.csv" || line.contains(" of 100,000"), "{line}");
        terminal.press(CTRL_C);
        let shown = terminal.ends_with(130);
        assert!(shown.ends_with("stopped: nothing was taken in"), "{shown}");
        is_plain(&terminal);
        assert_eq!(office.ask("SELECT (SELECT count(*) FROM event) + (SELECT count(*) FROM history)"), "0");
    }
    office.write("dates.csv", table(10));
    assert!(office.ok(&["import", "dates.csv"]).starts_with("10 added"));
}

#[test]
fn a_signal_that_was_to_be_ignored_stays_ignored() {
    let office = Office::new();
    office.write("dates.csv", table(100_000));
    // As nohup does it.
    let setting = Setting::of(80, 24).with("PROGRAM", env!("CARGO_BIN_EXE_kalends"));
    let mut terminal = setting.run_line(&office, "trap '' HUP; exec $PROGRAM import dates.csv");
    terminal.wait_for("reading dates.csv").signal("HUP");
    terminal.wait_for("comparing it with what is known").press(CTRL_C);
    terminal.ends_with(130);
}

#[test]
fn a_backup_that_is_stopped_leaves_no_file() {
    let office = large_office();
    for (signal, code) in [("INT", 130), ("TERM", 143), ("HUP", 129)] {
        let mut terminal = Setting::of(80, 24).run(&office, &["backup", "copy.db"]);
        wait_for("a copy half-way", || (!parts(&office, ".").is_empty()).then_some(()));
        terminal.signal(signal);
        let shown = terminal.ends_with(code);
        assert!(shown.ends_with("stopped: no copy was made"), "{shown}");
        is_plain(&terminal);
        assert_eq!(parts(&office, "."), [""; 0]);
        assert!(!office.path("copy.db").exists());
    }
    let shown = Setting::of(80, 24).run(&office, &["backup", "copy.db"]).ends_with(0);
    assert!(shown.contains("To go back to it") && office.path("copy.db").exists(), "{shown}");
}

#[test]
fn a_restore_that_is_stopped_leaves_the_database_as_it_was() {
    let office = large_office();
    office.ok(&["backup", "copy.db"]);
    office.add(&["meeting", "Since then", "--on", "2090-02-01"]);
    let mut terminal = Setting::of(80, 24).run(&office, &["restore", "copy.db", "--yes"]);
    wait_for("a copy half-way", || (!parts(&office, "data").is_empty()).then_some(()));
    terminal.press(CTRL_C);
    let shown = terminal.ends_with(130);
    assert!(shown.contains("stopped: nothing was put back; data/kalends.db is as it was"), "{shown}");
    assert_eq!(parts(&office, "data"), [""; 0]);
    let copies: Vec<_> =
        std::fs::read_dir(office.path("data")).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert!(!copies.iter().any(|name| name.to_string_lossy().contains("before")), "{copies:?}");
    assert_eq!(office.ask("SELECT count(*) FROM event"), "2");
    office.ok(&["check"]);
}

#[test]
fn who_was_taken_in_before_it_was_stopped_is_told_and_the_rest_comes_with_the_next() {
    let office = Office::new();
    let rows: String = (0..4000).map(|n| format!("reader{n}@example.com\n")).collect();
    office.write("readers.csv", format!("email\n{rows}"));
    let mut terminal = Setting::of(80, 24).run(&office, &["subscriber", "import", "readers.csv"]);
    terminal.wait_for("taking people in").wait_for(" of 4,000").press(CTRL_C);
    let shown = terminal.ends_with(130);
    let said = shown.lines().last().unwrap();
    let taken = said.split(' ').nth(1).unwrap();
    assert_eq!(said, format!("stopped: {taken} of 4000 rows were taken in; the same file again takes in the rest"));
    assert_eq!(office.ask("SELECT count(*) FROM sign_up"), taken);
    assert!(taken.parse::<usize>().unwrap() < 4000, "{taken}");
    // What was done is told of who did it.
    assert!(taken == "0" || office.ok(&["acts"]).contains(&format!("{taken} added")), "{}", office.ok(&["acts"]));
    // Elsewhere nothing of it shows.
    let mut terminal = Setting::of(80, 24).run_line(&office, "kalends subscriber import readers.csv 2>err | cat >out");
    assert_eq!(terminal.ends_with(0), "");
    let [out, err] = ["out", "err"].map(|name| std::fs::read_to_string(office.path(name)).unwrap());
    assert!(out.starts_with(&format!("{} added", 4000 - taken.parse::<usize>().unwrap())), "{out}");
    assert!(!format!("{out}{err}").contains(['\r', '\u{1b}', '█']), "{out}{err}");
    assert_eq!(office.ask("SELECT count(*) FROM sign_up"), "4000");
}

#[test]
fn a_send_that_is_stopped_makes_no_edition() {
    let office = Office::with_config(
        "[mail]\nfrom = \"Watch <news@example.org>\"\n\
         [[digest]]\nslug = \"weekly\"\nschedule = \"0 8 * * 1\"\nupcoming = \"90y\"\n",
    );
    let rows = |row: &dyn Fn(usize) -> String| (0..300).map(row).collect::<String>();
    office.write(
        "dates.csv",
        format!("kind,title,start,topics\n{}", rows(&|n| format!("forum,Forum {n},2090-01-01,t{n}\n"))),
    );
    let readers = rows(&|n| format!("reader{n}@example.com,2020-01-01,t{n}\n"));
    office.write("readers.csv", format!("email,consent_at,topics\n{readers}"));
    office.ok(&["import", "dates.csv"]);
    office.ok(&["subscriber", "import", "readers.csv"]);
    let mut terminal = Setting::of(80, 24).run(&office, &["digest", "send", "weekly", "--yes"]);
    terminal.wait_for("composing mails").wait_for(" of 300").press(CTRL_C);
    let shown = terminal.ends_with(130);
    assert!(shown.ends_with("stopped: no edition was made, and nothing is sent"), "{shown}");
    assert_eq!(office.ask("SELECT (SELECT count(*) FROM edition) + (SELECT count(*) FROM delivery)"), "0");
    // A person is asked when all is composed, and the line is gone then.
    let mut terminal = Setting::of(80, 24).run(&office, &["digest", "send", "weekly"]);
    terminal.wait_for("Send it? [y/N]");
    is_plain(&terminal);
    terminal.press(CTRL_C);
    assert!(terminal.ends_with(130).ends_with("stopped: nothing was done"));
}

#[test]
fn sources_that_were_read_before_it_was_stopped_stay_read() {
    let server = CalendarServer::start();
    server.serve(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:a\r\nDTSTAMP:20260101T000000Z\r\n\
                  DTSTART;VALUE=DATE:20900101\r\nSUMMARY:Plenary\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
    );
    // Whoever connects is kept waiting.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let other = silent.local_addr().unwrap();
    let office = Office::with_config(&format!(
        "[fetch]\nallowed_hosts = [\"127.0.0.1\"]\n\
         [[source]]\nname = \"quick\"\nurl = \"{}\"\n[[source]]\nname = \"slow\"\nurl = \"http://{other}/c.ics\"\n",
        server.url()
    ));
    let mut terminal = Setting::of(60, 24).run(&office, &["source", "sync"]);
    terminal.wait_for("reading slow").wait_for("1 of 2").press(CTRL_C);
    let shown = terminal.ends_with(130);
    assert!(shown.contains("quick: 1 added") && shown.ends_with("stopped: 1 of 2 sources were read"), "{shown}");
    assert_eq!(office.ask("SELECT title FROM event"), "Plenary");
    is_plain(&terminal);

    let mut terminal = Setting::of(60, 24).run(&office, &["source", "sync", "slow"]);
    terminal.wait_for("reading slow, for").press(CTRL_C);
    assert!(terminal.ends_with(130).ends_with("stopped: nothing was read"));
}

#[test]
fn what_is_waited_for_is_told_and_can_be_left() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let relay = format!("smtp://{}", silent.local_addr().unwrap());
    let office = Office::with_config(&format!(
        "[mail]\nfrom = \"a@example.org\"\ntransport = \"smtp\"\n[[mail.relay]]\nurl = \"{relay}\"\n"
    ));
    let mut terminal = Setting::of(80, 24).run(&office, &["check"]);
    terminal.wait_for(&format!("trying relay {relay}")).press(CTRL_C);
    assert!(terminal.ends_with(130).ends_with("stopped: not all was tried"));
    let address = format!("http://{}/dates.csv", silent.local_addr().unwrap());
    let mut terminal = Setting::of(80, 24).run(&office, &["import", &address]);
    terminal.wait_for("fetching from 127.0.0.1").press(CTRL_C);
    assert!(terminal.ends_with(130).ends_with("stopped: nothing was taken in"));
    // A program that asks in JSON is told nothing else.
    let mut terminal = Setting::of(80, 24).run(&office, &["--json", "import", &address]);
    std::thread::sleep(std::time::Duration::from_millis(1500));
    assert_eq!(terminal.screen(), "");
    terminal.press(CTRL_C).ends_with(130);
}

#[test]
fn quick_work_shows_nothing_that_moves() {
    let office = Office::new();
    office.write("dates.csv", table(3));
    for args in [&["import", "dates.csv"][..], &["extract", "dates.csv"], &["backup", "copy.db"], &["check"]] {
        let mut terminal = Setting::of(80, 24).run(&office, args);
        assert_eq!(terminal.ends(), 0, "{}", terminal.all());
        assert!(!terminal.octets().contains("\u{1b}"), "{args:?}: {:?}", terminal.octets());
    }
}
