//! What one more event costs where there are many already, beside an editor adding it, and what a table of 100,000 costs
//! beside sqlite3 importing it: `cargo bench --bench import`. Rounds are taken in turns, because machines are noisy;
//! medians are compared.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use kalends::domain::actor::Actor;
use kalends::domain::event::{EventPatch, Kind};
use kalends::domain::import::{ImportEntry, ImportOrigin, Missing};
use kalends::domain::zone::Zone;
use kalends::intake::{Intake, ToldEvent};
use kalends::store::Store;

const EVENTS: usize = 8_000;
const ROUNDS: usize = 15;
const ORIGIN: ImportOrigin<'static> =
    ImportOrigin { host: "example.org", source: None, configured: &[], missing: Missing::Unread, dry_run: false };

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(run());
    compare_tables();
}

const ROWS_OF_TABLE: usize = 100_000;
const ROUNDS_OF_TABLES: usize = 3;

/// The whole command, from its start to its end, beside sqlite3 with the same rows.
fn compare_tables() {
    let folder = tempfile::tempdir().unwrap();
    let mut table =
        String::from("uid,kind,title,start,end,timezone,location,organizer,topics,standards,url,description\n");
    for number in 0..ROWS_OF_TABLE {
        let (year, month, day) = (2000 + number / 336 % 40, 1 + number / 28 % 12, 1 + number % 28);
        writeln!(
            table,
            "{number:06}@example.org,meeting,Meeting {number},{year}-{month:02}-{day:02}T09:00,{year}-{month:02}-{day:02}T17:00,\
             Asia/Shanghai,Room 4,The committee,cybersecurity;data,GB/T {number}-2020,https://example.org/{number},\
             \"An agenda of the usual points, and some words more on each.\""
        )
        .unwrap();
    }
    let file = folder.path().join("events.csv");
    std::fs::write(&file, table).unwrap();
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS_OF_TABLES {
        let office = folder.path().join(round.to_string());
        std::fs::create_dir(&office).unwrap();
        let kalends = || Command::new(env!("CARGO_BIN_EXE_kalends"));
        timed(kalends().arg("init"), &office);
        ours.push(timed(kalends().arg("import").arg(&file), &office));
        let import = format!(".import {} event", file.display());
        theirs.push(timed(Command::new("sqlite3").args(["reference.db", ".mode csv", &import]), &office));
    }
    let (ours, theirs) = (median(&mut ours), median(&mut theirs));
    let ratio = ours.as_secs_f64() / theirs.as_secs_f64();
    println!("{ROWS_OF_TABLE} rows of a table: {ours:.2?}, sqlite3 {theirs:.2?}   ratio {ratio:.2} (to reach: 3 s)");
}

fn timed(command: &mut Command, folder: &Path) -> Duration {
    let begun = Instant::now();
    let output = command.current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    begun.elapsed()
}

async fn run() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(&folder.path().join("kalends.db")).await.unwrap();
    store.import_events(&Actor::Operator, (0..EVENTS).map(named).collect(), ORIGIN).await.unwrap();

    let (mut added, mut by_uid, mut by_content) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let number = EVENTS + 3 * round;
        let details = named(number).details;
        let begun = Instant::now();
        store.add_event(&Actor::Operator, details, "example.org").await.unwrap();
        added.push(begun.elapsed());
        by_uid.push(import(&store, named(number + 1)).await);
        by_content.push(import(&store, ImportEntry { uid: None, ..named(number + 2) }).await);
    }

    let reference = median(&mut added);
    println!("one event to {EVENTS}, medians of {ROUNDS} rounds in turns; an editor adds it in {reference:.1?}");
    for (what, times) in [("imported by its UID", &mut by_uid), ("by kind, title and start", &mut by_content)] {
        let ratio = median(times).as_secs_f64() / reference.as_secs_f64();
        println!("{what:<26} {:>9.1?}   ratio {ratio:.2} (to reach: 2, and 10 ms)", median(times));
    }
}

async fn import(store: &Store, entry: ImportEntry) -> Duration {
    let begun = Instant::now();
    let counts = store.import_events(&Actor::Operator, vec![entry], ORIGIN).await.unwrap();
    let taken = begun.elapsed();
    assert_eq!(counts.added, 1);
    taken
}

fn named(number: usize) -> ImportEntry {
    let day = 1 + number % 28;
    let (year, month) = (2020 + number / 336 % 40, 1 + number / 28 % 12);
    let told = ToldEvent {
        uid: Some(format!("{number:06}@example.org")),
        fields: EventPatch {
            kind: Some(Kind::Meeting),
            title: Some(format!("Meeting {number}")),
            start: format!("{year}-{month:02}-{day:02}T09:00").parse().ok(),
            location: Some("Room 4".into()),
            topics: Some(vec!["cybersecurity".into()]),
            description: Some("An agenda of the usual points, and some words more on each.".into()),
            ..EventPatch::default()
        },
        ..ToldEvent::default()
    };
    Intake::of([told], &Zone::utc()).entries.remove(0)
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort();
    times[times.len() / 2]
}
