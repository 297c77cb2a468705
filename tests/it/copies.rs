//! Copies that the daemon makes by itself: on its schedule, before the database is brought up to date, and what it says of
//! them where the database is broken.

use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

use crate::support::{Office, wait_for};
use crate::upgrade::office_at;

/// The copies in a folder, the oldest first.
pub fn copies_in(office: &Office, folder: &str, why: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(office.path(folder)).into_iter().flatten().flatten();
    let is_one = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy();
        name.starts_with("kalends-") && name.ends_with(&format!("-{why}.db"))
    };
    let mut found: Vec<_> = entries.map(|entry| entry.path()).filter(is_one).collect();
    found.sort();
    found
}

/// What another program finds in a database.
pub fn ask(path: &std::path::Path, query: &str) -> String {
    let ran = std::process::Command::new("sqlite3").arg(path).arg(query).output().unwrap();
    format!("{}{}", String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr)).trim().to_owned()
}

fn finding(office: &Office, check: &str) -> (String, String) {
    let ran = office.run(&["--json", "check"]);
    let found: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let one = found.as_array().unwrap().iter().find(|one| one["check"] == check).unwrap_or_else(|| panic!("{found}"));
    (one["status"].as_str().unwrap().to_owned(), one["message"].as_str().unwrap().to_owned())
}

#[test]
fn copies_are_made_on_their_schedule_and_older_ones_go() {
    let office = Office::with_config("[backup]\nfolder = \"away/backups\"\nevery = \"1s\"\nkeep = 2\n");
    office.add(&["meeting", "Plenary", "--on", "2030-10-12"]);
    assert_eq!(finding(&office, "backups").0, "warning", "there is none yet");
    let mut daemon = office.serve();
    for _ in 0..4 {
        daemon.wait_for_line("the copy is sound");
    }
    daemon.wait_for_line("an older copy has had its time");
    daemon.stop();
    let copies = copies_in(&office, "away/backups", "scheduled");
    assert!((1..=3).contains(&copies.len()), "{copies:?}");
    for copy in &copies {
        assert_eq!(ask(copy, "PRAGMA integrity_check"), "ok", "{copy:?}");
        assert_eq!(ask(copy, "SELECT title FROM event"), "Plenary");
        assert_eq!(copy.metadata().unwrap().mode() & 0o777, 0o600);
    }
    // Nothing else is left there.
    let all = std::fs::read_dir(office.path("away/backups")).unwrap().count();
    assert_eq!(all, copies.len());
    let (status, message) = finding(&office, "backups");
    assert!(status != "error" && message.contains("in away/backups, the last of "), "{status} {message}");
}

#[test]
fn after_a_rest_one_copy_makes_up_for_all_that_were_missed() {
    let office = Office::with_config("[backup]\nfolder = \"backups\"\nevery = \"1d\"\n");
    office.set_clock("2026-03-01T09:00:00Z");
    let mut daemon = office.serve();
    daemon.wait_for_line("the copy is sound");
    daemon.stop();
    let first = copies_in(&office, "backups", "scheduled");
    assert_eq!(first.len(), 1);
    assert!(first[0].to_string_lossy().contains("backups/kalends-20260301T0900"), "by the database's clock: {first:?}");
    // One that is due tomorrow is not made again by a new start.
    let mut daemon = office.serve();
    office.settle(&mut daemon);
    daemon.stop();
    assert_eq!(copies_in(&office, "backups", "scheduled"), first);
    office.set_clock("2026-03-20T09:00:00Z");
    let mut daemon = office.serve();
    daemon.wait_for_line("the copy is sound");
    office.settle(&mut daemon);
    daemon.stop();
    assert_eq!(copies_in(&office, "backups", "scheduled").len(), 2);
}

#[test]
fn a_folder_that_takes_no_copy_is_told_and_the_older_ones_stay() {
    let office = Office::with_config("[backup]\nfolder = \"backups\"\nevery = \"1s\"\nkeep = 1\n");
    let mut daemon = office.serve();
    daemon.wait_for_line("the copy is sound");
    daemon.stop();
    let before = copies_in(&office, "backups", "scheduled");
    std::fs::rename(office.path("backups"), office.path("kept")).unwrap();
    office.write("backups", "a file, where a folder should be");
    let mut daemon = office.serve();
    let line = daemon.wait_for_line("no copy of the database was made");
    assert!(line.contains("backups ([backup] folder) can't be"), "{line}");
    wait_for("the failure to be told", || {
        let (status, message) = finding(&office, "backups");
        (status == "error" && message.contains("can't be looked at")).then_some(())
    });
    // It is mended, and goes on by itself.
    std::fs::remove_file(office.path("backups")).unwrap();
    std::fs::rename(office.path("kept"), office.path("backups")).unwrap();
    assert!(!copies_in(&office, "backups", "scheduled").is_empty() && !before.is_empty());
    daemon.wait_for_line("the copy is sound");
    wait_for("it to be well again", || (finding(&office, "backups").0 != "error").then_some(()));
    daemon.stop();
}

#[test]
fn a_copy_that_has_no_room_is_told_and_nothing_half_written_is_left() {
    let office = Office::with_config("[backup]\nfolder = \"backups\"\nevery = \"1s\"\nkeep = 1\n");
    let mut daemon = office.serve();
    daemon.wait_for_line("the copy is sound");
    daemon.stop();
    let before = copies_in(&office, "backups", "scheduled");
    // Less than the database is long.
    let mut daemon = office.serve_with_little_room(150);
    daemon.wait_for_line("no copy of the database was made");
    wait_for("the failure to be told", || {
        let (status, message) = finding(&office, "backups");
        (status == "error" && message.contains("none was made: can't write the copy")).then_some(())
    });
    assert_eq!(copies_in(&office, "backups", "scheduled"), before);
    assert_eq!(std::fs::read_dir(office.path("backups")).unwrap().count(), 1);
    daemon.make_room();
    daemon.wait_for_line("the copy is sound");
    wait_for("it to be well again", || (finding(&office, "backups").0 != "error").then_some(()));
    daemon.stop();
}

#[test]
fn what_is_not_ours_is_never_cleared() {
    let office = Office::with_config("[backup]\nfolder = \"backups\"\nevery = \"1s\"\nkeep = 1\n");
    std::fs::create_dir(office.path("backups")).unwrap();
    let theirs = ["kalends-20200101T000000Z-scheduled.db", "kalends-20200101T000000Z-scheduled.db.gz", "notes.txt"];
    for name in theirs {
        office.write(&format!("backups/{name}"), "somebody's own");
    }
    office.ok(&["backup", "backups/by-hand.db"]);
    let mut daemon = office.serve();
    daemon.wait_for_line("an older copy has had its time");
    daemon.stop();
    for name in theirs.iter().chain(&["by-hand.db"]) {
        assert!(office.path("backups").join(name).exists(), "{name}");
    }
}

#[test]
fn the_database_is_copied_before_it_is_brought_up_to_date_and_the_last_such_copy_stays() {
    let office = office_at("2020-09-08T00:35:00Z", ("", ""));
    let of_then = office.ask("SELECT max(version) FROM _sqlx_migrations");
    let people = office.ask("SELECT count(*) FROM subscriber");
    office.serve().stop();
    let copies = copies_in(&office, "data", "before-migration");
    assert_eq!(copies.len(), 1);
    assert_eq!(copies[0].metadata().unwrap().mode() & 0o777, 0o600);
    assert_eq!(ask(&copies[0], "PRAGMA integrity_check"), "ok");
    assert_eq!(ask(&copies[0], "SELECT max(version) FROM _sqlx_migrations"), of_then);
    assert_eq!(ask(&copies[0], "SELECT count(*) FROM subscriber"), people);
    // One that is up to date needs none, and the one of then stays.
    office.serve().stop();
    assert_eq!(copies_in(&office, "data", "before-migration"), copies);
    let (_, message) = finding(&office, "copies");
    assert!(message.contains("before-migration"), "{message}");
    // The next one takes its place.
    office.sql("DELETE FROM _sqlx_migrations WHERE version = (SELECT min(version) FROM _sqlx_migrations)");
    let ran = office.run(&["init"]);
    let after = copies_in(&office, "data", "before-migration");
    // That migration can't be run twice: what it would have been copied for is not done, so both stay.
    assert!(ran.code == 1 && after.len() == 2 && after.contains(&copies[0]), "{} {after:?}", ran.stderr);
}

#[test]
fn a_new_database_is_not_copied() {
    let office = Office::new();
    office.serve().stop();
    assert_eq!(copies_in(&office, "data", "before-migration"), [] as [PathBuf; 0]);
}

/// Overwrites pages in the middle of the database.
fn break_database(office: &Office) {
    let path = office.path("data/kalends.db");
    let mut octets = std::fs::read(&path).unwrap();
    let pages = octets.len() / 4096;
    for page in 2..pages {
        octets[page * 4096..page * 4096 + 2000].fill(0xa5);
    }
    std::fs::write(path, octets).unwrap();
}

#[test]
fn after_a_kill_the_database_is_looked_at_and_a_broken_one_is_not_served() {
    let office = Office::with_config("[backup]\nfolder = \"backups\"\n");
    let mut daemon = office.serve();
    daemon.wait_for_line("the copy is sound");
    daemon.kill();
    // The log says so once, and not after an end in order.
    let daemon = office.serve();
    assert!(daemon.log_so_far().contains("the database was looked at and is sound"), "{}", daemon.log_so_far());
    daemon.stop();
    let daemon = office.serve();
    assert!(!daemon.log_so_far().contains("looked at"), "{}", daemon.log_so_far());
    daemon.kill();

    for end in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(office.path(&format!("data/kalends.db{end}")));
    }
    break_database(&office);
    let copy = copies_in(&office, "backups", "scheduled").remove(0);
    let name = copy.file_name().unwrap().to_string_lossy().into_owned();
    let error = office.fails(&["serve"], 1);
    assert!(error.contains("damaged") && error.contains(&format!("`kalends restore backups/{name}`")), "{error}");
    // Nor is one that is gone made anew while there is a copy.
    std::fs::rename(office.path("data/kalends.db"), office.path("data/broken")).unwrap();
    let error = office.fails(&["serve"], 1);
    assert!(error.contains("there is no database") && error.contains("kalends restore backups/"), "{error}");
    std::fs::rename(office.path("data/broken"), office.path("data/kalends.db")).unwrap();
    // A copy that is broken, too, is not recommended.
    let mut octets = std::fs::read(&copy).unwrap();
    octets[5000..].fill(0xa5);
    std::fs::write(&copy, octets).unwrap();
    let error = office.fails(&["serve"], 1);
    assert!(error.contains("damaged") && !error.contains("kalends restore"), "{error}");
}

#[test]
fn a_newer_database_says_to_an_older_program_what_to_do() {
    let office = office_at("2020-09-08T00:35:00Z", ("", ""));
    office.serve().stop();
    office.sql(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'what is to come', 1, x'00', 0)",
    );
    let copy = copies_in(&office, "data", "before-migration").remove(0);
    let name = copy.file_name().unwrap().to_string_lossy().into_owned();
    for command in [&["serve"][..], &["event", "list"], &["check"]] {
        let ran = office.run(command);
        let told = ran.stdout + &ran.stderr;
        let told: String = told.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(ran.code, 1, "{told}");
        assert!(told.contains("newer kalends") && told.contains("install"), "{command:?}: {told}");
        assert!(told.contains("kalends restore") && told.contains(&name), "{command:?}: {told}");
    }
    // What it was before can't be read either: then only the newer program helps.
    std::fs::remove_file(copy).unwrap();
    let error = office.fails(&["serve"], 1);
    assert!(error.contains("install") && !error.contains("restore"), "{error}");
}

#[test]
fn a_copy_by_hand_is_opened_and_checked_before_it_is_said_to_be_there() {
    let office = Office::new();
    for n in 0..200 {
        office.sql(&format!(
            "INSERT INTO act (at, actor, action, noun, name, detail) VALUES ({n}, 'operator', 'edited', 'event', '', '')"
        ));
    }
    break_database(&office);
    let error = office.fails(&["backup", "copy.db"], 1);
    assert!(!office.path("copy.db").exists(), "{error}");
    assert!(!office.path("copy.db.kalends.part").exists(), "{error}");
}

#[test]
fn who_is_forgotten_is_told_in_which_copies_they_still_are_and_until_when() {
    let office = Office::with_config(
        "[backup]\nfolder = \"backups\"\nkeep = 3\n[[digest]]\nslug = \"weekly\"\nschedule = \"0 8 * * 1\"\n",
    );
    office.set_clock("2026-03-01T09:00:00Z");
    let mut daemon = office.serve();
    daemon.wait_for_line("the copy is sound");
    daemon.stop();
    // She came after the first copy, and is in the second.
    office.ok(&["subscriber", "add", "ada@example.org", "--confirmed"]);
    office.set_clock("2026-03-02T10:00:00Z");
    let mut daemon = office.serve();
    daemon.wait_for_line("the copy is sound");
    daemon.stop();
    let copies = copies_in(&office, "backups", "scheduled");
    assert_eq!(copies.len(), 2);
    let second = copies[1].file_name().unwrap().to_string_lossy().into_owned();
    let ran = office.run(&["--json", "subscriber", "forget", "Ada@example.org", "--yes"]);
    let said: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let told = said["copies"].as_array().unwrap();
    assert_eq!(told.len(), 1, "{said}");
    assert_eq!(told[0]["path"], format!("backups/{second}"));
    assert_eq!(told[0]["why"], "scheduled");
    assert!(told[0]["made_at"].as_str().unwrap().starts_with("2026-03-02T10:00"), "{said}");
    // A copy a day, and three of them.
    assert!(told[0]["until"].as_str().unwrap().starts_with("2026-03-05T10:00"), "{said}");
    assert!(ran.stderr.contains(&format!("backups/{second}")), "{}", ran.stderr);
    assert!(ran.stderr.contains("until 2026-03-05T10:00"), "{}", ran.stderr);
    // She is in none that is made from now on.
    office.set_clock("2026-03-09T10:00:00Z");
    let mut daemon = office.serve();
    daemon.wait_for_line("the copy is sound");
    daemon.stop();
    let last = copies_in(&office, "backups", "scheduled").pop().unwrap();
    assert_eq!(ask(&last, "SELECT count(*) FROM subscriber"), "0");
    assert!(!std::fs::read(&last).unwrap().windows(15).any(|octets| octets == b"ada@example.org"));
}
