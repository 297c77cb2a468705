//! Foreign calendars that come cut off, under other UIDs, or as something else.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::calendar_server::CalendarServer;
use crate::support::program::Program;
use crate::support::{Office, Ran, wait_for};

const BEGIN: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Town Hall//Agenda 3//EN\r\n";
const END: &str = "END:VCALENDAR\r\n";

/// The event of this number, a day each in May.
fn event(number: usize, uid: &str) -> String {
    format!(
        "BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTAMP:20270101T000000Z\r\nDTSTART:202705{number:02}T090000Z\r\nSUMMARY:Session {number}\r\n\
         DESCRIPTION:What session {number} is about\\, at some length so that it has to be\r\n  folded here.\r\nEND:VEVENT\r\n"
    )
}

fn events(numbers: impl IntoIterator<Item = usize>) -> String {
    numbers.into_iter().map(|number| event(number, &format!("session-{number}@town.example"))).collect()
}

fn calendar(numbers: impl IntoIterator<Item = usize>) -> String {
    format!("{BEGIN}{}{END}", events(numbers))
}

fn office(server: &CalendarServer, extra: &str) -> Office {
    let office = Office::with_config(&format!(
        "[fetch]\nallowed_hosts = [\"127.0.0.1\"]\n[[source]]\nname = \"town\"\nurl = \"{}\"\nevery = \"6h\"\n{extra}",
        server.url()
    ));
    office.set_clock("2027-04-01T10:00:00Z");
    office
}

fn sync(office: &Office, more: &[&str]) -> (Ran, Value) {
    let ran = office.run(&[&["--json", "source", "sync"], more].concat());
    let told: Value = serde_json::from_str(&ran.stdout).unwrap();
    let told = told[0].clone();
    (ran, told)
}

fn state(office: &Office) -> Value {
    office.json(&["source", "list"])[0].clone()
}

fn cancelled(office: &Office) -> usize {
    office.json(&["event", "list", "--status", "cancelled"]).as_array().unwrap().len()
}

/// All that calendars are told, as it was printed.
fn feed(office: &Office) -> String {
    office.ok(&["export", "--format", "ics"])
}

#[test]
fn a_calendar_that_was_cut_off_takes_nothing_away() {
    let server = CalendarServer::start();
    let office = office(&server, "");
    let whole = calendar(1..=12);
    server.serve(&whole);
    office.ok(&["source", "sync"]);
    let before = feed(&office);
    let four = format!("{BEGIN}{}", events(1..=4));
    let cut_at = |text: &str| whole[..whole.find(text).unwrap() + text.len()].to_owned();
    for (body, told, rejected) in [
        (four.clone(), "the file ends before END:VCALENDAR", 0),
        (
            format!("{four}<br />\n<b>Fatal error</b>:  Maximum execution time of 30 seconds exceeded\n"),
            "END:VCALENDAR",
            0,
        ),
        (cut_at("DESCRIPTION:What session 5"), "in the middle of an event", 1),
        (
            cut_at("What session 5 is about\\, at some length so that it has to be\r\n  fol"),
            "in the middle of an event",
            1,
        ),
        (cut_at("UID:session-5@tow"), "in the middle of an event", 1),
        (format!("{}\r\n{END}", cut_at("What session 5 is")), "the calendar ends in the middle of an event", 1),
        (format!("{}{BEGIN}{}", calendar(1..=2), events(3..=4)), "the file ends before END:VCALENDAR", 0),
        (format!("{four}{}", calendar(5..=6)), "BEGIN:VCALENDAR in line 1 has no END:VCALENDAR", 0),
        (BEGIN.to_owned(), "the file ends before END:VCALENDAR", 0),
        (events(1..=4), "nobody can tell", 0),
    ] {
        server.serve(&body);
        let (ran, synced) = sync(&office, &[]);
        let (cut_off, lines) = (synced["cut_off"].as_str().unwrap_or_default(), synced["rejected"].as_array().unwrap());
        assert!(ran.code == 1 && cut_off.contains(told), "{told}: {synced}");
        assert_eq!((&synced["cancelled"], &synced["updated"], lines.len()), (&json!(0), &json!(0), rejected), "{told}");
        let state = state(&office);
        assert!(state["error"].as_str().unwrap().starts_with("it was cut off, so what is missing stays"), "{state}");
        assert_eq!(state["failures"], 0);
        assert!(office.run(&["check"]).stdout.contains("it was cut off"));
        assert_eq!(feed(&office), before, "{told}");
    }
    // It is asked again soon, and for all of it.
    assert_eq!(state(&office)["next_at"].as_str().unwrap().get(..14), Some("2027-04-01T11:"));
    assert!(!server.requests().last().unwrap().to_lowercase().contains("if-none-match"));
    server.serve(&whole);
    let (ran, synced) = sync(&office, &[]);
    assert_eq!((ran.code, &synced["unchanged"], &synced["cut_off"]), (0, &json!(12), &Value::Null));
    assert_eq!(state(&office)["error"], Value::Null);
    assert_eq!(feed(&office), before);
}

#[test]
fn dates_of_a_series_behind_the_end_of_a_file_stay_as_they_were() {
    let server = CalendarServer::start();
    let office = office(&server, "");
    let series = "BEGIN:VEVENT\r\nUID:s@town.example\r\nDTSTART:20270503T090000Z\r\nRRULE:FREQ=WEEKLY;COUNT=4\r\nSUMMARY:Weekly\r\n\
                  END:VEVENT\r\n";
    let moved = "BEGIN:VEVENT\r\nUID:s@town.example\r\nRECURRENCE-ID:20270510T090000Z\r\nDTSTART:20270511T090000Z\r\n\
                 SUMMARY:Weekly\r\nLOCATION:Annex\r\nEND:VEVENT\r\n";
    server.serve(format!("{BEGIN}{series}{moved}{END}"));
    office.ok(&["source", "sync"]);
    let before = feed(&office);
    assert!(before.contains("20270511T"), "{before}");
    for cut in [format!("{BEGIN}{series}"), format!("{BEGIN}{series}{}", &moved[..moved.len() - 20])] {
        server.serve(&cut);
        let (ran, synced) = sync(&office, &[]);
        assert_eq!((ran.code, &synced["updated"]), (1, &json!(0)), "{cut}");
        assert_eq!(feed(&office), before);
    }
    // A new event that is cut off waits; a person who hands in such a file sees what came of it.
    let new = "BEGIN:VEVENT\r\nUID:n@town.example\r\nDTSTART:20270503T090000Z\r\nSUMMARY:New\r\nDESCRIPTION:Ha";
    server.serve(format!("{BEGIN}{series}{moved}{new}"));
    let (_, synced) = sync(&office, &[]);
    assert_eq!((&synced["added"], &synced["rejected"].as_array().unwrap().len()), (&json!(0), &1));
    let other = Office::new();
    let file = other.write("cut.ics", format!("{BEGIN}{new}"));
    let ran = other.run(&["import", &file]);
    assert!(ran.code == 0 && ran.stdout.contains("1 added") && ran.stdout.contains("cut off"), "{}", ran.stdout);
}

#[test]
fn what_suddenly_lacks_most_of_it_is_held_for_an_hour() {
    let server = CalendarServer::start();
    let office = office(&server, "");
    server.serve(calendar(1..=12));
    office.ok(&["source", "sync"]);
    // What is there is taken.
    let three = calendar(1..=3).replace("SUMMARY:Session 2\r\n", "SUMMARY:Session 2 of 3\r\n");
    server.serve(&three);
    let (ran, synced) = sync(&office, &[]);
    assert_eq!((ran.code, &synced["updated"], &synced["cancelled"]), (1, &json!(1), &json!(0)));
    assert_eq!((&synced["held"]["missing"], &synced["held"]["ahead"]), (&json!(9), &json!(12)));
    assert!(ran.stderr.contains("source sync town --believe"), "{}", ran.stderr);
    let known = state(&office);
    assert_eq!(known["held"]["missing"], 9);
    assert!(known["next_at"].as_str().unwrap().starts_with("2027-04-01T11:0"), "{known}");
    let listed = office.ok(&["source", "list"]);
    assert!(
        listed.contains("9 of the 12 events that lay ahead are missing") && listed.contains("--believe"),
        "{listed}"
    );
    let check = office.run(&["check"]).stdout;
    assert!(check.contains("9 of the 12") && check.contains("source sync town --believe"), "{check}");

    // The same within the hour, and another set later.
    office.set_clock("2027-04-01T10:50:00Z");
    let (_, synced) = sync(&office, &[]);
    assert_eq!(synced["held"]["since"], known["held"]["since"]);
    server.serve(calendar(1..=2));
    office.set_clock("2027-04-01T11:30:00Z");
    let (_, synced) = sync(&office, &[]);
    assert_eq!((&synced["held"]["missing"], &synced["cancelled"]), (&json!(10), &json!(0)));
    assert_ne!(synced["held"]["since"], known["held"]["since"]);
    // An answer that is cut off says nothing of it.
    server.serve(&calendar(1..=12)[..400]);
    office.set_clock("2027-04-01T12:00:00Z");
    sync(&office, &[]);
    server.serve(calendar(1..=2));

    // The daemon asks again when it may be believed, though nothing is due for long, and it is taken at its word.
    office.set_clock("2027-04-01T12:35:00Z");
    office.sql("UPDATE source SET next_at = unixepoch('2027-04-01T12:30:00Z')");
    let daemon = office.serve();
    wait_for("the end", || (state(&office)["held"] == Value::Null).then_some(()));
    drop(daemon);
    assert_eq!((cancelled(&office), &state(&office)["error"]), (10, &Value::Null));
    // And conditions are sent again.
    office.ok(&["source", "sync"]);
    assert!(server.requests().last().unwrap().to_lowercase().contains("if-none-match"));
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_can_believe_it_at_once() {
    let server = CalendarServer::start();
    let office = office(&server, "");
    server.serve(calendar(1..=12));
    office.ok(&["source", "sync"]);
    server.serve(calendar(1..=3));
    office.run(&["source", "sync"]);
    let out = office.ok(&["source", "sync", "town", "--believe"]);
    assert!(out.contains("9 cancelled"), "{out}");
    assert_eq!((cancelled(&office), &state(&office)["held"]), (9, &Value::Null));

    // Half of it is a change like any other, and so are five.
    server.serve(calendar(1..=12));
    office.ok(&["source", "sync"]);
    server.serve(calendar(1..=6));
    office.ok(&["source", "sync"]);
    server.serve(calendar(1..=1));
    office.ok(&["source", "sync"]);
    assert_eq!(cancelled(&office), 11);

    // None at all is a failure, however few they were; what is cut off is believed by nobody.
    server.serve(calendar([]));
    let (ran, synced) = sync(&office, &[]);
    assert_eq!((ran.code, &synced["status"], &synced["held"]["missing"]), (1, &json!("failed"), &json!(1)));
    assert!(ran.stderr.contains("--believe") && office.ok(&["source", "list"]).contains("--believe"), "{}", ran.stderr);
    server.serve(BEGIN);
    assert_eq!(sync(&office, &["--believe"]).1["cancelled"], 0);
    server.serve(calendar([]));
    office.run(&["source", "sync"]);
    let daemon = office.serve();
    let operator = Program::new(&office, &daemon, "operator", &["operate"]);
    assert_eq!(operator.json(Method::POST, "/sources/town/sync?believe=perhaps", None).await.0, 422);
    let (status, read) = operator.json(Method::POST, "/sources/town/sync?believe=true", None).await;
    assert_eq!((status, &read["status"], &read["cancelled"]), (200, &json!("read"), &json!(1)));
    // Where nothing lies ahead, nothing is missing.
    let (_, read) = operator.json(Method::POST, "/sources/town/sync", Some(json!({ "believe": true }))).await;
    assert_eq!(read["status"], "not-modified");
    assert_eq!(cancelled(&office), 12);
}

#[test]
fn a_calendar_whose_uids_change_at_every_fetch_changes_nothing() {
    let server = CalendarServer::start();
    let office = office(&server, "");
    let series = |uid: &str| {
        format!(
            "BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTART;TZID=Europe/Berlin:20270506T180000\r\nRRULE:FREQ=WEEKLY;COUNT=4\r\nSUMMARY:Choir\r\n\
             END:VEVENT\r\nBEGIN:VEVENT\r\nUID:{uid}\r\nRECURRENCE-ID;TZID=Europe/Berlin:20270513T180000\r\n\
             DTSTART;TZID=Europe/Berlin:20270514T180000\r\nSUMMARY:Choir\r\nEND:VEVENT\r\n"
        )
    };
    let room =
        |uid: &str, room: &str| event(9, uid).replace("DESCRIPTION", &format!("LOCATION:Room {room}\r\nDESCRIPTION"));
    let fetched = |run: usize, rooms: [&str; 2]| {
        let sessions: String = (1..=8).map(|n| event(n, &format!("{}-{run}@town.example", n * 7919 + run))).collect();
        let rooms = rooms.map(|name| room(&format!("room-{name}-{run}"), name)).concat();
        format!("{BEGIN}{sessions}{rooms}{}{END}", series(&format!("choir-{run}")))
    };
    server.serve(fetched(0, ["A", "B"]));
    office.ok(&["source", "sync"]);
    let (before, history) = (feed(&office), office.rows("SELECT CAST(count(*) AS TEXT) FROM history"));
    for run in 1..=4 {
        // In another order, too.
        server.serve(fetched(run, if run % 2 == 0 { ["A", "B"] } else { ["B", "A"] }));
        let (ran, synced) = sync(&office, &[]);
        let counts = ["added", "updated", "unchanged", "cancelled", "renamed"].map(|name| synced[name].clone());
        assert_eq!((ran.code, counts), (0, [0, 0, 11, 0, 11].map(|count| json!(count))));
        assert_eq!(feed(&office), before);
    }
    assert_eq!(office.rows("SELECT CAST(count(*) AS TEXT) FROM history"), history);
    assert_eq!(state(&office)["uids_changed"], 4);
    assert!(office.ok(&["source", "list"]).contains("its UIDs change at every fetch"));
    assert!(office.run(&["check"]).stdout.contains("its UIDs change at every fetch"));

    // Now they stay, and a move is a move.
    let moved = fetched(4, ["A", "B"]).replace("DTSTART:20270503T090000Z", "DTSTART:20270504T100000Z");
    server.serve(moved);
    let (_, synced) = sync(&office, &[]);
    let counts = ["added", "updated", "cancelled", "renamed"].map(|name| synced[name].clone());
    assert_eq!(counts, [0, 1, 0, 0].map(|count| json!(count)));
    assert_eq!(state(&office)["uids_changed"], 0);
    let third = office.json(&["event", "list", "--search", "Session 3"])[0].clone();
    assert_eq!(
        (&third["id"], &third["uid"], &third["sequence"]),
        (&json!(3), &json!("23757-0@town.example"), &json!(1))
    );
    // A title that changed with its UID is another event.
    server.serve(
        fetched(5, ["A", "B"])
            .replace("DTSTART:20270503T090000Z", "DTSTART:20270504T100000Z")
            .replace("Session 8", "Workshop"),
    );
    let (_, synced) = sync(&office, &[]);
    assert_eq!((&synced["added"], &synced["cancelled"], &synced["renamed"]), (&json!(1), &json!(1), &json!(10)));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_read_only_in_part_is_told_wherever_somebody_looks() {
    let server = CalendarServer::start();
    let office = office(&server, "");
    let odd =
        |number: usize| event(number, &format!("odd-{number}")).replace("SUMMARY", "RRULE:FREQ=FORTNIGHTLY\r\nSUMMARY");
    server.serve(format!("{BEGIN}{}{END}", (1..=14).map(odd).collect::<String>()));
    let mut daemon = office.serve_with_log("info");
    let line = daemon.wait_for_line("not quite as it says");
    assert!(line.contains("only its first date is taken") && daemon.log_so_far().contains("notes=14"), "{line}");
    wait_for("the state", || (state(&office)["notes_count"] == 14).then_some(()));
    let check = |known: &Value| {
        assert_eq!((&known["notes_count"], known["notes"].as_array().unwrap().len()), (&json!(14), 10));
        assert_eq!(known["notes"][0]["line"], 4);
        assert!(known["notes"][0]["reason"].as_str().unwrap().starts_with("only its first date is taken"), "{known}");
    };
    check(&state(&office));
    // They outlive an answer that nothing changed.
    let operator = Program::new(&office, &daemon, "operator", &["operate"]);
    assert_eq!(operator.json(Method::POST, "/sources/town/sync", None).await.1["status"], "not-modified");
    check(&operator.json(Method::GET, "/sources", None).await.1[0]);
    let listed = office.ok(&["source", "list"]);
    assert!(
        listed.contains("ok; 14 notes")
            && listed.contains("town, line 4: only its first")
            && listed.contains("and 4 more")
    );
    let found = office.run(&["check"]);
    assert!(found.stdout.contains("14 of what it says was taken otherwise"), "{}", found.stdout);
    server.serve(format!("{BEGIN}{}{}{END}", odd(1), events(2..=14)));
    let (ran, synced) = sync(&office, &[]);
    assert_eq!((ran.code, &synced["notes_count"]), (0, &json!(1)));
    assert!(ran.stderr.contains("town, line 4: only its first date is taken"), "{}", ran.stderr);
    server.serve(calendar(1..=14));
    office.run(&["source", "sync", "--believe"]);
    assert_eq!(state(&office)["notes_count"], 0);
}

fn packed(octets: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(octets).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn what_came_instead_of_a_calendar_is_told() {
    let server = CalendarServer::start();
    let office = office(&server, "");
    let whole = calendar(1..=12);
    server.serve(&whole);
    office.ok(&["source", "sync"]);
    let before = feed(&office);
    let login =
        "<!DOCTYPE html><html><head><title>Portal</title></head><form><input type=\"password\" name=\"p\"></form>";
    let gzip = packed(whole.as_bytes());
    for (body, told) in [
        (
            b"<html><head><title>Page not found</title>".to_vec(),
            "a web page (“Page not found”) came instead of a calendar",
        ),
        (login.into(), "a page that asks to log in (“Portal”) came instead of a calendar"),
        (b"{\"error\":\"token expired\"}".to_vec(), "a JSON object that says “token expired” came"),
        (b"%PDF-1.4 x".to_vec(), "a PDF came"),
        (b"PK\x03\x04xxxx".to_vec(), "a zip archive"),
        (b"<?xml version=\"1.0\"?><rss><channel/></rss>".to_vec(), "a news feed (RSS or Atom) came"),
        (Vec::new(), "nothing (an empty answer or file) came"),
        (gzip[..gzip.len() / 2].to_vec(), "it is gzip, without saying so, and is broken or cut off"),
        (packed(&vec![0; 30_000_000]), "holds more than 20 MB"),
    ] {
        server.serve(&body);
        let (ran, synced) = sync(&office, &[]);
        assert!(ran.code == 1 && synced["error"].as_str().unwrap_or_default().contains(told), "{told}: {synced}");
        // At an address that does not say what it should be, too; there it may be a workbook.
        let told = if told == "a zip archive" { "this workbook is broken" } else { told };
        let ran = Office::new().run(&["import", &format!("http://{}/agenda", server.address)]);
        assert!(ran.code == 1 && ran.stderr.contains(told), "{told}: {}", ran.stderr);
    }
    assert_eq!(feed(&office), before);
    server.serve(&gzip);
    let (ran, synced) = sync(&office, &[]);
    assert_eq!((ran.code, &synced["unchanged"], &synced["notes_count"]), (0, &json!(12), &json!(1)));
    assert!(ran.stderr.contains("it is gzip, without saying so: it was unpacked"), "{}", ran.stderr);
    // A warning of the server's program is no reason.
    server.serve(format!("<br />\n<b>Warning</b>: Undefined index in agenda.php on line 3<br />\n{whole}"));
    assert_eq!(Office::new().json(&["import", &format!("http://{}/agenda", server.address)])["added"], 12);
}
