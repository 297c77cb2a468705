//! Kills in the middle of copies and of migrations: whatever has a copy's name is whole, and the next start goes on.
//! `tests/crash/run` kills more often.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::copies::{ask, copies_in};
use crate::support::Office;
use crate::upgrade::office_at;

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().map_or(default, |text| text.parse().unwrap())
}

/// So many events with a history, for a copy to take a while.
fn fill(office: &Office, rows: u64) {
    let columns = "kind, title, start, timezone, status, location, organizer, topics, standards, url, description,
                   cancel_reason, sequence, created_at, updated_at, removed";
    office.sql(&format!(
        "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {rows})
         INSERT INTO event (uid, {columns})
         SELECT 'filler' || n, 'meeting', 'Filler ' || n, '2030-01-01', 'UTC', 'confirmed', '', '', '[]', '[]', '',
                hex(randomblob(200)), '', 0, 1, 1, 0 FROM n;
         INSERT INTO history (event_id, at, action) SELECT id, 1, 'added' FROM event WHERE uid LIKE 'filler%'"
    ));
}

fn are_sound(office: &Office, folder: &str, why: &str, rows: &str) {
    for copy in copies_in(office, folder, why) {
        assert_eq!(ask(&copy, "PRAGMA integrity_check"), "ok", "{copy:?}");
        assert_eq!(ask(&copy, "SELECT count(*) FROM event"), rows, "{copy:?}");
    }
}

fn is_sound(path: &Path) {
    assert_eq!(ask(path, "PRAGMA integrity_check"), "ok", "{path:?}");
}

#[test]
fn kills_in_copies_leave_whole_ones_alone() {
    let kills = number("COPY_KILLS", 4);
    let office = Office::with_config("[backup]\nfolder = \"backups\"\nevery = \"1s\"\nkeep = 3\n");
    fill(&office, 3000);
    let rows = office.ask("SELECT count(*) FROM event");
    let mut in_the_middle = 0;
    for kill in 0..kills {
        let daemon = office.serve();
        // Copies are made all the time: a moment after the start, one is under way.
        std::thread::sleep(Duration::from_millis(3 + kill * 37 % 400));
        daemon.kill();
        let parts = std::fs::read_dir(office.path("backups")).into_iter().flatten().flatten();
        in_the_middle += parts.filter(|entry| entry.file_name().to_string_lossy().ends_with(".part")).count();
        is_sound(&office.path("data/kalends.db"));
        are_sound(&office, "backups", "scheduled", &rows);
    }
    // The next start goes on, and nothing half written is left.
    let mut daemon = office.serve();
    daemon.wait_for_line("the copy is sound");
    daemon.stop();
    are_sound(&office, "backups", "scheduled", &rows);
    let copies = copies_in(&office, "backups", "scheduled").len();
    assert!((1..=4).contains(&copies), "{copies}");
    let left = std::fs::read_dir(office.path("backups")).unwrap().count();
    assert_eq!(left, copies);
    println!("{kills} kills, {in_the_middle} of them in the middle of a copy: every copy is whole");
}

#[test]
fn kills_in_migrations_lose_nothing_and_the_next_start_goes_on() {
    let kills = number("COPY_KILLS", 4);
    let mut by_state = std::collections::BTreeMap::<String, u32>::new();
    // How long it takes undisturbed.
    let undisturbed = office_at("2020-09-08T00:35:00Z", ("", ""));
    fill(&undisturbed, 1000);
    let begun = Instant::now();
    undisturbed.serve().stop();
    let whole = begun.elapsed();
    for kill in 0..kills {
        let office = office_at("2020-09-08T00:35:00Z", ("", ""));
        fill(&office, 1000);
        let of_then = office.ask("SELECT max(version) FROM _sqlx_migrations");
        let (events, people) =
            (office.ask("SELECT count(*) FROM event"), office.ask("SELECT count(*) FROM subscriber"));
        // Killed again and again, at other moments each time.
        for again in 0..3 {
            let mut command = Command::new(env!("CARGO_BIN_EXE_kalends"));
            command.current_dir(office.path("")).args(["serve", "--listen", "127.0.0.1:0"]);
            let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            std::thread::sleep(whole.mul_f64((kill + again * kills) as f64 / (3 * kills) as f64));
            child.kill().unwrap();
            child.wait().unwrap();
            is_sound(&office.path("data/kalends.db"));
            for copy in copies_in(&office, "data", "before-migration") {
                is_sound(&copy);
                assert_eq!(ask(&copy, "SELECT count(*) FROM subscriber"), people);
                assert_eq!(ask(&copy, "SELECT max(version) FROM _sqlx_migrations"), of_then, "of before all of them");
            }
            let now = office.ask("SELECT max(version) FROM _sqlx_migrations");
            *by_state.entry(now).or_default() += 1;
        }
        office.serve().stop();
        is_sound(&office.path("data/kalends.db"));
        assert_eq!(office.ask("SELECT count(*) FROM event"), events);
        assert_eq!(office.ask("SELECT count(*) FROM subscriber"), people);
        let copies = copies_in(&office, "data", "before-migration");
        assert_eq!(copies.len(), 1, "{copies:?}");
        assert_eq!(ask(&copies[0], "SELECT max(version) FROM _sqlx_migrations"), of_then);
        assert_eq!(office.ask("SELECT count(*) FROM meta WHERE key = 'migrating_from'"), "0");
    }
    println!("{kills} offices, killed three times each within {whole:?}; the schema at the kills: {by_state:?}");
}

/// Needs a file system of a few megabytes, which `tests/crash/run` makes and names.
#[test]
#[ignore]
fn a_disk_without_room_for_a_copy_keeps_the_database_as_it_is() {
    let disk = std::env::var("SMALL_DISK").expect("the folder of a small file system");
    let office = office_at("2020-09-08T00:35:00Z", ("", ""));
    // The database of then on the small disk.
    let folder = tempfile::tempdir_in(&disk).unwrap();
    let database = folder.path().join("kalends.db");
    std::fs::copy(office.path("data/kalends.db"), &database).unwrap();
    let config = std::fs::read_to_string(office.path("config/kalends.toml")).unwrap();
    office.configure(&format!("{config}\n[database]\nurl = \"sqlite://{}\"\n", database.display()));
    let before = ask(&database, "SELECT max(version) FROM _sqlx_migrations");
    let filler = Path::new(&disk).join("filler");
    let mut file = std::fs::File::create(&filler).unwrap();
    while std::io::Write::write_all(&mut file, &[0; 4096]).is_ok() {}
    let full = file.metadata().unwrap().len();
    // Some room for what SQLite keeps beside it, and not enough for a copy.
    file.set_len(full.saturating_sub(300_000)).unwrap();
    let ran = office.run(&["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(ran.stderr.contains("is left as it is") && ran.stderr.contains("free, and it takes"), "{}", ran.stderr);
    assert_eq!(ask(&database, "SELECT max(version) FROM _sqlx_migrations"), before);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().flatten().filter(is_copy).count(), 0);
    // The room is free only once nobody has it open.
    drop(file);
    std::fs::remove_file(&filler).unwrap();
    office.serve().stop();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().flatten().filter(is_copy).count(), 1);
    println!("a full disk: the database is left as it is, and brought up to date when there is room");
}

fn is_copy(entry: &std::fs::DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy().into_owned();
    name.contains("before-migration")
}
