//! Whatever is wrong gets one sentence that says what would be right, and nothing is half-written.

use crate::support::Office;

#[test]
fn wrong_arguments_are_told_what_would_be_right() {
    let office = Office::new();
    let cases: &[(&[&str], i32, &str)] = &[
        (&["event", "add", "meeting", "A", "--on", "2020-02-30"], 2, "February 2020 has 29 days"),
        (&["event", "add", "meeting", "A", "--from", "2020-09-20", "--to", "2020-09-14"], 2, "before the start"),
        (&["event", "add", "meeting", "A", "--from", "2020-09-20", "--to", "2020"], 2, "give both alike"),
        (&["event", "add", "meeting", "A", "--on", "2020-09-20", "--tz", "Mars/Olympus"], 2, "IANA"),
        (&["event", "add", "party", "A", "--on", "2020-09-20"], 2, "meeting, forum, release"),
        (&["event", "add", "meeting", "  ", "--on", "2020-09-20"], 2, "title is empty"),
        (&["event", "add", "meeting", "A"], 2, "--on"),
        (&["event", "add", "meeting", "A", "--on", "2020", "--from", "2020"], 2, "--from"),
        (&["event", "add", "meeting", "A", "--on", "2020", "--url", "javascript:alert(1)"], 2, "https://"),
        (&["event", "add", "meeting", "A", "--on", "2020", "--topic", "a;b"], 2, "semicolon"),
        (&["event", "add", "meeting", "A", "--on", "2020", "--status", "cancelled"], 2, "event cancel"),
        (&["event", "add", "meeting", "A", "--on", "2020", "--description-file", "gone.md"], 1, "gone.md"),
        (&["event", "show", "99"], 1, "no event 99"),
        (&["event", "show", "abc"], 2, "event list"),
        (&["event", "add", "meeting", "A", "--on", "2020", "--status", "done"], 2, "confirmed, tentative, draft"),
        (&["delivery", "retry", "99"], 1, "delivery list"),
        (&["event", "add", "--nonsense"], 2, "--nonsense"),
        (&["event", "edit", "99", "--title", "B"], 1, "no event 99"),
        (&["event", "history", "99"], 1, "no event 99"),
        (&["event", "list", "--from", "soon"], 2, "is not a date"),
        (&["event", "list", "--from", "2021", "--to", "2020"], 2, "before the first"),
        (&["import", "gone.csv"], 1, "gone.csv"),
        (&["digest", "preview", "monthly"], 1, "digest list"),
        (&["digest", "schedule", "weekly", "--from", "soon"], 2, "is not a date"),
        (&["subscriber", "add", "ada@example.org\r\nBcc: eve@example.org", "--confirmed"], 2, "line break"),
        (&["subscriber", "add", "ada", "--confirmed"], 2, "ada@example.org"),
        (&["subscriber", "add", "ada@example.org", "--digest", "monthly"], 1, "digest list"),
        (&["subscriber", "show", "nobody@example.org"], 1, "subscriber list"),
        (&["delivery", "retry"], 2, "--all"),
        (&["backup", "/nowhere/at/all.db"], 1, "database"),
    ];
    for (args, code, part) in cases {
        let error = office.fails(args, *code);
        assert!(error.contains(part), "{args:?}: {error} lacks {part:?}");
        assert_eq!(error.lines().count(), 1, "{args:?}: {error}");
    }
    assert_eq!(office.json(&["event", "list"]).as_array().unwrap().len(), 0);
    assert_eq!(office.json(&["subscriber", "list"]).as_array().unwrap().len(), 0);
}

#[test]
fn a_wrong_configuration_names_file_and_line() {
    let office = Office::new();
    for (config, part) in [
        ("[site]\nzone = \"UTC\"\n", "line 2"),
        ("[[digest]]\nslug = \"w\"\nschedule = \"0 8 31 2 *\"\n", "never comes"),
        ("[[digest]]\nslug = \"w\"\nschedule = \"61 8 * * *\"\n", "0 to 59"),
        ("[mail]\ntransport = \"smtp\"\n", "[[mail.relay]]"),
        ("[site]\ntimezone = \"Mars/Olympus\"\n", "IANA"),
        ("[site\n", "line 1"),
    ] {
        office.configure(config);
        let error = office.fails(&["event", "list"], 1);
        assert!(error.contains("config/kalends.toml, line") && error.contains(part), "{config}: {error}");
        assert_eq!(error.lines().count(), 1, "{error}");
    }
    let error = office.fails(&["--config", "gone.toml", "event", "list"], 1);
    assert!(error.contains("gone.toml"), "{error}");
}

#[test]
fn all_that_is_wrong_with_a_configuration_is_told_at_once() {
    let office = Office::new();
    office.configure(
        "[database]\nurl = \"sqlite://data/kalends.db\"\n[[source]]\nurl = \"https://example.org/\"\n\
         [[source]]\nurl = \"https://example.org/\"\n[[digest]]\nslug = \"w\"\nschedule = \"61 8 * * *\"\n",
    );
    let error = office.fails(&["event", "list"], 1);
    let lines: Vec<&str> = error.lines().collect();
    assert_eq!(lines.len(), 2, "{error}");
    assert!(lines[0].contains("config/kalends.toml, line 6: [[source]] url: two sources"), "{error}");
    assert!(lines[1].contains("config/kalends.toml, line 9: [[digest]] schedule: "), "{error}");
    // Each is a finding of its own.
    let ran = office.run(&["--json", "check"]);
    let findings: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let messages: Vec<_> =
        findings.as_array().unwrap().iter().map(|finding| finding["message"].as_str().unwrap()).collect();
    assert_eq!(messages, [lines[0].trim_start_matches("error: "), lines[1]]);
    assert_eq!(ran.code, 1);
}

#[test]
fn a_value_of_the_environment_is_told_by_its_variable() {
    let office = Office::new();
    let ran = office.run_among(&[("KALENDS_MAIL__FROM", "Ж <ж@example.org>")], &["event", "list"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("the environment variable KALENDS_MAIL__FROM: [mail] from: "), "{}", ran.stderr);
    assert!(!ran.stderr.contains("line"), "{}", ran.stderr);
    // It counts where the file's value is wrong, and what it holds is not repeated.
    office.configure("[mail]\nrelay = 5\n");
    let relay = "[{ url = \"smtp://127.0.0.1:1\", username = \"k\", password = \"hunter2\" }]";
    assert_eq!(office.run_among(&[("KALENDS_MAIL__RELAY", relay)], &["event", "list"]).code, 0);
    let ran = office.run_among(&[("KALENDS_MAIL__RELAY", &relay.replace("username", "user"))], &["event", "list"]);
    assert!(ran.code == 1 && ran.stderr.contains("KALENDS_MAIL__RELAY: [[mail.relay]] user: "), "{}", ran.stderr);
    assert!(!ran.stderr.contains("hunter2"), "{}", ran.stderr);
}

#[test]
fn a_database_that_cannot_be_used_is_told_why() {
    let office = Office::new();
    let list = ["event", "list"];

    office.sql("INSERT INTO _sqlx_migrations VALUES (9999, 'from the future', '2030-01-01', 1, x'00', 0)");
    let error = office.fails(&list, 1);
    assert!(error.contains("newer kalends"), "{error}");

    std::fs::write(office.path("data/kalends.db"), vec![b'x'; 5000]).unwrap();
    let error = office.fails(&list, 1);
    assert!(error.contains("not a kalends database"), "{error}");

    std::fs::remove_file(office.path("data/kalends.db")).unwrap();
    let error = office.fails(&list, 1);
    assert!(error.contains("kalends init"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_database_is_told_and_nothing_is_written() {
    use sqlx::{ConnectOptions, Connection, Executor};
    let office = Office::new();
    let path = office.path("data/kalends.db");
    let mut other = sqlx::sqlite::SqliteConnectOptions::new().filename(&path).connect().await.unwrap();
    other.execute("BEGIN IMMEDIATE").await.unwrap();
    let error = office.fails(&["event", "add", "meeting", "A", "--on", "2020"], 1);
    assert!(error.contains("in use by another program"), "{error}");
    other.execute("ROLLBACK").await.unwrap();
    other.close().await.unwrap();
    assert_eq!(office.json(&["event", "list"]).as_array().unwrap().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_programs_database_is_left_as_it_is() {
    use sqlx::{ConnectOptions, Connection, Executor};
    let office = Office::new();
    let path = office.path("data/other.db");
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&path).create_if_missing(true);
    let mut other = options.connect().await.unwrap();
    other.execute("CREATE TABLE mail (id INTEGER)").await.unwrap();
    other.close().await.unwrap();
    let before = std::fs::read(&path).unwrap();
    office.configure("[database]\nurl = \"sqlite://data/other.db\"\n");
    for command in [&["event", "list"][..], &["init"], &["serve", "--listen", "127.0.0.1:0"]] {
        let ran = office.run(command);
        assert_eq!(ran.code, 1, "{command:?}");
    }
    let error = office.fails(&["event", "list"], 1);
    assert!(error.contains("not a kalends database"), "{error}");
    assert_eq!(std::fs::read(&path).unwrap(), before);

    std::fs::write(&path, b"").unwrap();
    let error = office.fails(&["event", "list"], 1);
    assert!(error.contains("not a kalends database"), "{error}");
}

#[test]
fn output_that_can_not_be_written_is_a_failure() {
    let office = Office::new();
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let ran = office.run_into(&["export", "--format", "csv"], full.into());
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("standard output"), "{}", ran.stderr);
}
