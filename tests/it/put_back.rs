//! `kalends restore`: a backup takes the database's place, and what must not be undone is not.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use crate::crash::{Dice, number};
use crate::support::smtp_server::SmtpServer;
use crate::support::{Daemon, Office, PATIENCE, wait_for};

const READERS: [&str; 8] = ["ann", "ben", "cat", "dan", "eve", "fay", "gus", "hal"];

pub fn config(server: &SmtpServer) -> String {
    format!(
        "[mail]\nfrom = \"Watch <news@example.org>\"\ntransport = \"smtp\"\n\
         [[mail.relay]]\nurl = \"smtp://127.0.0.1:{}\"\n\
         [[digest]]\nslug = \"weekly\"\nschedule = \"0 8 * * mon\"\nsend_empty = true\n",
        server.port()
    )
}

pub fn address(name: &str) -> String {
    format!("{name}@example.com")
}

/// An office with eight readers whose digest is due each Monday. Nothing was sent yet, and a daemon has run.
pub fn office(config: &str) -> Office {
    let office = Office::with_config(config);
    office.set_clock("2020-09-07T09:00:00Z");
    office.add(&["meeting", "Plenary", "--on", "2020-10-20"]);
    for name in READERS {
        office.ok(&["subscriber", "add", &address(name), "--confirmed"]);
    }
    settled(&office);
    office
}

/// Runs a daemon until it has done all there is to do.
pub fn settled(office: &Office) {
    let mut daemon = office.serve();
    office.settle(&mut daemon);
    wait_for("all to be sent", || {
        (office.ask("SELECT count(*) FROM delivery WHERE status IN ('queued', 'sending')") == "0").then_some(())
    });
    office.settle(&mut daemon);
    assert!(daemon.stop().0.success());
}

pub fn is_sound(office: &Office) -> bool {
    office.rows("PRAGMA integrity_check") == ["ok"]
        && office.rows("SELECT \"table\" FROM pragma_foreign_key_check").is_empty()
}

/// How many mails each reader got.
pub fn counts(server: &SmtpServer) -> HashMap<String, usize> {
    let mut counts = HashMap::new();
    for mail in server.received().into_iter().filter(|mail| mail.accepted) {
        *counts.entry(mail.to[0].split('@').next().unwrap().to_owned()).or_default() += 1;
    }
    counts
}

pub fn status_of(office: &Office, name: &str) -> String {
    office.json(&["subscriber", "show", &address(name)])["subscriptions"][0]["status"].as_str().unwrap().to_owned()
}

pub fn copies(office: &Office) -> Vec<String> {
    let entries = std::fs::read_dir(office.path("data")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
    names.filter(|name| name.ends_with("before-restore.db")).collect()
}

async fn leave(daemon: &Daemon, office: &Office, server: &SmtpServer, name: &str) {
    let mail = server.received().into_iter().find(|mail| mail.to[0] == address(name)).unwrap();
    let text = String::from_utf8_lossy(&mail.data).replace("=\r\n", "");
    let at = text.find("/unsubscribe/").unwrap();
    let link: String = text[at..].chars().take_while(|c| !"> \r\n".contains(*c)).collect();
    assert_eq!(daemon.post(&link, &[("List-Unsubscribe", "One-Click")]).await.status(), 200);
    assert_eq!(status_of(office, name), "left");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_that_is_an_edition_and_three_leavings_old_brings_nobody_back_and_sends_nothing_twice() {
    let server = SmtpServer::start().await;
    let office = office(&config(&server));
    // The first edition reaches all but one, whose delivery waits when the backup is made.
    server.on_rcpt_once(&address("hal"), "451 4.2.1 later");
    office.set_clock("2020-09-14T09:00:00Z");
    let mut daemon = office.serve();
    server.wait_for(7, PATIENCE).await;
    office.settle(&mut daemon);
    assert_eq!(office.json(&["delivery", "list", "--status", "deferred"]).as_array().unwrap().len(), 1);
    office.ok(&["backup", "b.db"]);

    leave(&daemon, &office, &server, "ann").await;
    office.ok(&["subscriber", "forget", &address("ben"), "--yes"]);
    office.ok(&["subscriber", "remove", &address("cat"), "--yes"]);
    office.sql("UPDATE subscriber SET suppressed = 'complained', suppressed_at = 1 WHERE email LIKE 'dan@%'");
    office.ok(&["subscriber", "add", "new@example.com", "--confirmed"]);
    office.ok(&["subscriber", "add", "gone@example.com", "--confirmed"]);
    office.sql(
        "UPDATE subscription SET status = 'left', left_at = 1
                WHERE subscriber_id = (SELECT id FROM subscriber WHERE email LIKE 'gone@%')",
    );
    office.add(&["forum", "Later", "--on", "2020-11-01"]);
    assert!(daemon.stop().0.success());
    office.set_clock("2020-09-21T09:00:00Z");
    office.sql("UPDATE delivery SET next_at = 1 WHERE next_at IS NOT NULL");
    settled(&office);
    let before = counts(&server);
    let expected = |name: &str| match name {
        "ann" | "ben" | "cat" | "dan" => 1,
        _ => 2,
    };
    for name in READERS {
        assert_eq!(before[name], expected(name), "{name}");
    }
    assert_eq!((before["new"], before.get("gone")), (1, None));

    let restored = office.json(&["restore", "b.db"]);
    assert_eq!(restored["unread"], serde_json::Value::Null, "{restored}");
    let kept = &restored["carried_over"];
    assert_eq!(
        (&kept["forgotten"], &kept["removed"], &kept["editions"]),
        (&1.into(), &1.into(), &1.into()),
        "{restored}"
    );
    assert_eq!(
        (&kept["left"], &kept["suppressed"], &kept["deliveries"]),
        (&2.into(), &1.into(), &1.into()),
        "{restored}"
    );
    assert_eq!(restored["undone"], serde_json::json!({ "people": 1, "consents": 0, "changes": 1 }), "{restored}");
    assert_eq!((&restored["held"], &restored["paused"]), (&serde_json::json!([]), &serde_json::json!([])));
    assert_eq!(copies(&office).len(), 1);
    assert!(is_sound(&office));

    assert_eq!(status_of(&office, "ann"), "left");
    assert_eq!(status_of(&office, "gone"), "left");
    for name in ["ben", "cat", "new"] {
        office.fails(&["subscriber", "show", &address(name)], 1);
    }
    assert_eq!(office.before_in_database("ben@example.com"), "");
    assert!(office.json(&["subscriber", "show", &address("dan")])["suppressed"].is_object());
    let table = office.write("ben.csv", "email,digests,consent_at\nben@example.com,weekly,2020-01-01\n");
    let import = office.run(&["subscriber", "import", &table]);
    assert!(import.code == 1 && import.stdout.contains("deleted for good"), "{}", import.stdout);
    assert_eq!(office.json(&["acts"])[0]["action"], "restored");

    // Neither the moment that had its edition nor what was delivered comes again; the next edition has the next number.
    office.set_clock("2020-09-21T10:00:00Z");
    settled(&office);
    assert_eq!(counts(&server), before);
    office.set_clock("2020-09-28T09:00:00Z");
    settled(&office);
    let after = counts(&server);
    for name in READERS {
        assert_eq!(after[name] - before[name], usize::from("efgh".contains(&name[..1])), "{name}");
    }
    assert_eq!(after["new"], before["new"]);
    assert_eq!(office.ask("SELECT count(*) FROM edition"), "3");
    assert_eq!(office.ask("SELECT max(number) FROM edition"), "3");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_backup_of_ours_is_refused_and_all_stays_as_it_was() {
    let office = office("[[digest]]\nslug = \"weekly\"\nschedule = \"0 8 * * mon\"\n");
    office.ok(&["backup", "b.db"]);
    let whole = std::fs::read(office.path("b.db")).unwrap();
    office.write("text.db", "dear diary");
    office.write("empty.db", "");
    office.write("short.db", &whole[..60]);
    office.write("cut.db", &whole[..whole.len() / 2]);
    let mut broken = whole.clone();
    broken[8192..12288].fill(0xa5);
    office.write("broken.db", broken);
    let change = |name: &str, statement: &str| {
        office.write(name, &whole);
        let done = std::process::Command::new("sqlite3").arg(office.path(name)).arg(statement).status();
        assert!(done.unwrap().success());
    };
    change("others.db", "PRAGMA application_id = 7");
    change(
        "newer.db",
        "INSERT INTO _sqlx_migrations SELECT 9000, description, installed_on, success, checksum, execution_time
                        FROM _sqlx_migrations LIMIT 1",
    );
    std::os::unix::fs::symlink(office.path("data/kalends.db"), office.path("link.db")).unwrap();
    std::fs::hard_link(office.path("data/kalends.db"), office.path("twin.db")).unwrap();
    let before = std::fs::read(office.path("data/kalends.db")).unwrap();
    for (file, why) in [
        ("nowhere.db", "is not there"),
        ("data", "is no file"),
        ("text.db", "is no SQLite database"),
        ("empty.db", "is empty"),
        ("short.db", "is broken or cut off"),
        ("cut.db", "is broken or cut off"),
        ("broken.db", "is broken or cut off"),
        ("others.db", "is the database of another program"),
        ("newer.db", "was written by a newer kalends"),
        ("data/kalends.db", "is the database itself"),
        ("link.db", "is the database itself"),
        ("twin.db", "is the database itself"),
    ] {
        let error = office.fails(&["restore", file], 1);
        assert!(error.contains(why) && error.contains(file), "{file}: {error}");
        assert_eq!(std::fs::read(office.path("data/kalends.db")).unwrap(), before, "{file}");
    }
    assert_eq!(copies(&office).len(), 0);
    assert!(
        !std::fs::read_dir(office.path("data")).unwrap().any(|e| e
            .unwrap()
            .file_name()
            .to_string_lossy()
            .contains("part"))
    );

    // Nor while somebody is at work on the database.
    let daemon = office.serve();
    let error = office.fails(&["restore", "b.db"], 1);
    assert!(error.contains("another kalends daemon"), "{error}");
    daemon.stop();
    let other = office.hold_database(Duration::from_secs(7));
    wait_for("the other program", || {
        let ran = office.run(&["restore", "b.db"]);
        (ran.code == 1 && ran.stderr.contains("in use by another program")).then_some(())
    });
    other.join().unwrap();
    // Another program's database in the place of ours is left alone.
    std::fs::copy(office.path("others.db"), office.path("data/kalends.db")).unwrap();
    let error = office.fails(&["restore", "b.db"], 1);
    assert!(error.contains("another program, and stays as it is"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_taken_from_people_since_stays_taken() {
    let office = office("[[digest]]\nslug = \"weekly\"\nschedule = \"0 8 * * mon\"\n");
    let calendar = |name: &str| {
        let said = office.ok(&["subscriber", "calendar", &address(name)]);
        let at = said.find("/calendar/").unwrap();
        said[at..].split_whitespace().next().unwrap().to_owned()
    };
    let (ann, ben) = (calendar("ann"), calendar("ben"));
    office.ok(&["editor", "add", "ed@example.com", "--role", "operator"]);
    office.ok(&["editor", "add", "ida@example.com", "--role", "operator"]);
    let token = |name: &str| {
        let made = office.json(&["token", "add", name, "--scope", "events:read"]);
        made["token"].as_str().unwrap().to_owned()
    };
    let (revoked, stays) = (token("robot"), token("reader"));
    office.ok(&["backup", "b.db"]);
    office.ok(&["token", "revoke", "robot", "--yes"]);
    office.ok(&["subscriber", "calendar", &address("ann"), "--revoke"]);
    office.ok(&["subscriber", "calendar", &address("ben"), "--renew"]);
    let renewed = calendar("ben");
    office.ok(&["editor", "remove", "ed@example.com", "--yes"]);
    office.ok(&["editor", "add", "ida@example.com", "--role", "editor"]);
    office.ok(&["digest", "pause", "weekly"]);
    office.ok(&["restore", "b.db"]);

    let daemon = office.serve();
    assert_eq!(daemon.get(&ann).await.status(), 410);
    assert_eq!(daemon.get(&ben).await.status(), 410);
    assert_eq!(daemon.get(&renewed).await.status(), 200);
    for (token, status) in [(&revoked, 401), (&stays, 200)] {
        let bearer = format!("Bearer {token}");
        assert_eq!(daemon.get_with("/api/v1/events", &[("Authorization", &bearer)]).await.status(), status);
    }
    let editors = office.json(&["editor", "list"]);
    assert_eq!(editors.as_array().unwrap().len(), 1, "{editors}");
    assert_eq!((&editors[0]["email"], &editors[0]["role"]), (&"ida@example.com".into(), &"editor".into()));
    assert_eq!(office.json(&["digest", "status"])[0]["paused"], true);
    drop(daemon);
    // No id of what is lost is given again.
    let lost = office.ask("SELECT seq FROM sqlite_sequence WHERE name = 'subscriber'");
    office.ok(&["subscriber", "add", "new@example.com", "--confirmed"]);
    let new: i64 = office.ask("SELECT max(id) FROM subscriber").parse().unwrap();
    office.ok(&["restore", "b.db"]);
    office.ok(&["subscriber", "add", "other@example.com", "--confirmed"]);
    assert_eq!(office.ask("SELECT max(id) FROM subscriber"), (new + 1).to_string());
    assert!(lost.parse::<i64>().unwrap() < new);
}

/// `tests/crash/run` runs it with more kills.
#[tokio::test(flavor = "multi_thread")]
async fn kills_in_restores_leave_the_old_or_the_new_and_the_next_start_goes_on() {
    let office = Office::with_config("[[digest]]\nslug = \"weekly\"\nschedule = \"0 8 * * mon\"\nsend_empty = true\n");
    let rows = (0..3000).map(|n| format!("reader{n}@example.com,weekly,2020-01-01\n"));
    let table = office.write("readers.csv", format!("email,digests,consent_at\n{}", rows.collect::<String>()));
    office.ok(&["subscriber", "import", &table]);
    office.ok(&["digest", "send", "weekly", "--at", "2020-09-07T08:00:00Z"]);
    office.ok(&["backup", "b.db"]);
    office.ok(&["digest", "send", "weekly", "--at", "2020-09-14T08:00:00Z"]);
    office.ok(&["digest", "pause", "weekly"]);
    for n in 0..20 {
        office.ok(&["subscriber", "forget", &format!("reader{n}@example.com"), "--yes"]);
    }
    office.add(&["meeting", "Since", "--on", "2090-01-01"]);
    office.ok(&["backup", "there.db"]);
    let database = office.path("data/kalends.db");
    let put_there = || {
        for end in ["-wal", "-shm"] {
            let _ = std::fs::remove_file(office.path(&format!("data/kalends.db{end}")));
        }
        std::fs::copy(office.path("there.db"), &database).unwrap();
        // With a log that holds something, as a kill leaves it.
        office.ok(&["digest", "list"]);
    };
    put_there();
    let begun = Instant::now();
    office.ok(&["restore", "b.db"]);
    let whole = u64::try_from(begun.elapsed().as_millis()).unwrap();

    let (mut dice, mut ended) = (Dice(number("CRASH_SEED", 1) as u64), HashMap::new());
    for kill in 0..number("CRASH_KILLS", 5) {
        put_there();
        let mut restoring = office.start(&["restore", "b.db"]);
        tokio::time::sleep(Duration::from_millis(dice.below(whole * 11 / 10))).await;
        restoring.kill().unwrap();
        restoring.wait().unwrap();
        assert!(is_sound(&office), "kill {kill}");
        let is_new = office.ask("SELECT count(*) FROM event") == "0";
        let is_whole =
            office.ask("SELECT count(*) FROM act WHERE action = 'restored'") == if is_new { "1" } else { "0" };
        assert!(is_whole, "kill {kill}");
        assert_eq!(office.ask("SELECT count(*) FROM edition"), "2", "kill {kill}");
        assert_eq!(office.ask("SELECT count(*) FROM subscriber"), "2980", "kill {kill}");
        *ended.entry(is_new).or_insert(0) += 1;
        settled_but_for_what_is_paused(&office);
        let left =
            std::fs::read_dir(office.path("data")).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap());
        assert!(!left.into_iter().any(|name| name.contains(".part")), "kill {kill}");
        assert!(is_sound(&office), "kill {kill}");
        office.ok(&["restore", "b.db"]);
        assert!(is_sound(&office), "kill {kill}");
    }
    println!("a restore takes {whole} ms; after kills the new one was there: {ended:?}");
}

fn settled_but_for_what_is_paused(office: &Office) {
    let mut daemon = office.serve();
    office.settle(&mut daemon);
    assert!(daemon.stop().0.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_can_be_taken_back_and_still_sends_nothing_twice() {
    let server = SmtpServer::start().await;
    let office = office(&config(&server));
    office.ok(&["backup", "b.db"]);
    office.ok(&["subscriber", "add", "new@example.com", "--confirmed"]);
    office.ok(&["subscriber", "remove", &address("cat"), "--yes"]);
    office.ok(&["subscriber", "edit", &address("ann"), "--remove-digest", "weekly"]);
    office.set_clock("2020-09-14T09:00:00Z");
    settled(&office);
    let restored = office.json(&["restore", "b.db"]);
    assert_eq!(restored["undone"]["people"], 1);
    office.fails(&["subscriber", "show", "new@example.com"], 1);
    office.ok(&["subscriber", "edit", &address("dan"), "--remove-digest", "weekly"]);

    let copy = restored["copy"]["file"].as_str().unwrap();
    let again = office.json(&["restore", copy]);
    assert_eq!((&again["unread"], &again["carried_over"]["removed"]), (&serde_json::Value::Null, &0.into()), "{again}");
    assert_eq!(status_of(&office, "new"), "confirmed");
    assert_eq!((status_of(&office, "ann"), status_of(&office, "dan")), ("left".into(), "left".into()));
    office.fails(&["subscriber", "show", &address("cat")], 1);
    settled(&office);
    assert!(counts(&server).values().all(|count| *count == 1), "{:?}", counts(&server));
    office.set_clock("2020-09-21T09:00:00Z");
    settled(&office);
    let counts = counts(&server);
    assert_eq!((counts["new"], counts["eve"], counts["dan"], counts.get("ann")), (2, 2, 1, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_room_nothing_is_changed() {
    let office = office("[[digest]]\nslug = \"weekly\"\nschedule = \"0 8 * * mon\"\n");
    office.ok(&["backup", "b.db"]);
    office.ok(&["subscriber", "remove", &address("ann"), "--yes"]);
    let people = office.ask("SELECT count(*) FROM subscriber");
    let whole = u32::try_from(std::fs::metadata(office.path("b.db")).unwrap().len() / 1024).unwrap();
    for kibibytes in [whole / 4, whole / 2, whole - 8] {
        let ran = office.run_with_little_room(kibibytes, &["restore", "b.db"]);
        assert!(ran.code == 1 && ran.stderr.contains("error: "), "{kibibytes}: {} {}", ran.code, ran.stderr);
        assert_eq!(office.ask("SELECT count(*) FROM subscriber"), people);
        assert_eq!(copies(&office).len(), 0, "{kibibytes}");
        assert!(is_sound(&office));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn calendars_learn_of_what_went_back() {
    let office = office("[[digest]]\nslug = \"weekly\"\nschedule = \"0 8 * * mon\"\n");
    office.ok(&["backup", "b.db"]);
    office.ok(&["event", "edit", "1", "--on", "2020-10-21"]);
    office.add(&["meeting", "Added", "--on", "2020-10-22"]);
    office.set_clock("2020-09-07T10:00:00Z");
    let daemon = office.serve();
    let then = daemon.get("/calendar.ics").await.headers()["last-modified"].to_str().unwrap().to_owned();
    daemon.stop();
    office.ok(&["restore", "b.db"]);
    office.set_clock("2020-09-07T11:00:00Z");
    let daemon = office.serve();
    let answer = daemon.get_with("/calendar.ics", &[("If-Modified-Since", &then)]).await;
    assert_eq!(answer.status(), 200);
    let calendar = answer.text().await.unwrap();
    assert!(
        calendar.contains("SEQUENCE:2") && calendar.contains("20201020") && !calendar.contains("Added"),
        "{calendar}"
    );
}
