//! A clock that was wrong for a while: nothing is silenced, and nothing comes twice.

use crate::support::{Office, wait_for};

/// One digest by its own clock, one by its readers'.
const CONFIG: &str = r#"
[site]
timezone = "UTC"
[[digest]]
slug = "daily"
schedule = "0 8 * * *"
retell = true
send_empty = true
[[digest]]
slug = "own"
schedule = "0 8 * * *"
per_reader_time = true
retell = true
send_empty = true
"#;

/// The moments that had an edition, as `daily 2020-09-29T08:00:00Z`.
fn editions(office: &Office) -> Vec<String> {
    office.rows(
        "SELECT slug || ' ' || strftime('%Y-%m-%dT%H:%M:%SZ', scheduled_for, 'unixepoch') FROM edition
         JOIN digest ON digest.id = digest_id ORDER BY edition.id",
    )
}

/// Runs a daemon from this moment on until it has made and sent what is due then: one edition of each digest, or none.
fn serve_at(office: &Office, moment: &str, expected: usize) {
    let before = editions(office).len();
    office.set_clock(moment);
    let mut daemon = office.serve();
    wait_for(&format!("editions at {moment}"), || Some(()).filter(|()| editions(office).len() >= before + expected));
    office.wait_for_mails(before + expected);
    office.settle(&mut daemon);
    daemon.stop();
    assert_eq!(editions(office).len(), before + expected, "{moment}");
}

#[test]
fn ten_years_ahead_and_back_silence_nothing_and_double_nothing() {
    let office = Office::with_config(CONFIG);
    office.set_clock("2020-09-28T09:00:00Z");
    office.add(&["meeting", "Plenary", "--on", "2020-10-12"]);
    let reader = ["subscriber", "add", "ada@example.org", "--tz", "Europe/Brussels", "--confirmed"];
    office.ok(&[&reader[..], &["--digest", "daily", "--digest", "own"]].concat());
    serve_at(&office, "2020-09-28T09:00:00Z", 0);
    serve_at(&office, "2020-09-29T08:00:10Z", 2);
    serve_at(&office, "2030-09-29T08:00:10Z", 2);

    serve_at(&office, "2020-09-30T08:00:10Z", 2);
    let status = office.run(&["--json", "digest", "status"]);
    let shown: serde_json::Value = serde_json::from_str(&status.stdout).unwrap();
    for digest in shown.as_array().unwrap() {
        assert_eq!(digest["next_at"], "2020-10-01T08:00:00Z");
        assert_eq!(digest["set_aside"], "2030-09-29T08:00:00Z");
    }
    assert!(status.stderr.contains("a clock was wrong"), "{}", status.stderr);
    let told = office.run(&["check"]).stdout;
    assert!(told.contains("daily is said to have had its editions until Sun 2030-09-29 08:00:00 UTC"), "{told}");
    let mut daemon = office.serve();
    daemon.wait_for_line("a clock was ahead");
    daemon.stop();

    serve_at(&office, "2020-09-30T12:00:00Z", 0);
    serve_at(&office, "2020-10-01T08:00:10Z", 2);
    // What was handled while the clock was wrong is not handled again when that time has really come.
    serve_at(&office, "2030-09-29T09:00:00Z", 0);
    serve_at(&office, "2030-09-30T08:00:10Z", 2);
    let mut made = editions(&office);
    made.sort();
    let days = ["2020-09-29", "2020-09-30", "2020-10-01", "2030-09-29", "2030-09-30"];
    let expected: Vec<_> =
        ["daily", "own"].iter().flat_map(|slug| days.map(|day| format!("{slug} {day}T08:00:00Z"))).collect();
    assert_eq!(made, expected);
    assert_eq!(office.outbox().len(), 10);
}

#[test]
fn what_a_wrong_clock_put_off_for_years_goes_out_when_it_is_set_back() {
    let office = Office::with_config(CONFIG);
    office.set_clock("2020-09-28T09:00:00Z");
    office.serve().stop();
    office.set_clock("2030-09-28T09:00:00Z");
    office.ok(&["subscriber", "add", "ada@example.org", "--digest", "daily"]);
    office.set_clock("2020-09-28T10:00:00Z");
    let _daemon = office.serve();
    assert!(office.wait_for_mails(1)[0].subject().contains("confirm"));
}
