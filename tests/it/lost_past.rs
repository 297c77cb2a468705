//! `kalends restore` where the database that was there is damaged, of another version, or not there at all.

use std::collections::HashMap;

use crate::put_back::{address, config, copies, counts, is_sound, office, settled, status_of};
use crate::support::Office;
use crate::support::smtp_server::SmtpServer;
use crate::upgrade::office_at;

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_is_known_of_the_time_since_all_is_held_until_somebody_has_looked() {
    for damage in ["garbage", "absent", "begun anew"] {
        let server = SmtpServer::start().await;
        let office = office(&config(&server));
        office.ok(&["digest", "send", "weekly", "--at", "2020-09-07T08:30:00Z"]);
        office.ok(&["subscriber", "add", "asked@example.com"]);
        office.ok(&["backup", "b.db"]);
        let database = office.path("data/kalends.db");
        match damage {
            "garbage" => std::fs::write(&database, vec![b'x'; 50_000]).unwrap(),
            _ => std::fs::remove_file(&database).unwrap(),
        }
        if damage == "begun anew" {
            office.ok(&["init"]);
        }
        let said = office.ok(&["restore", "b.db"]);
        for part in [
            "weekly/1: 8 deliveries are held",
            "kalends delivery retry --edition weekly/1",
            "1 mail of no edition is held",
            "kalends delivery retry ID",
            "weekly is paused: `kalends digest resume weekly`",
        ] {
            assert!(said.contains(part), "{damage}: {part}: {said}");
        }
        assert_eq!(copies(&office).len(), usize::from(damage != "absent"));
        assert!(is_sound(&office));
        office.set_clock("2020-09-14T09:00:00Z");
        settled(&office);
        assert_eq!(counts(&server), HashMap::new(), "{damage}");
        let held = office.json(&["delivery", "list", "--status", "uncertain"]);
        assert_eq!(held.as_array().unwrap().len(), 9);
        assert!(held[0]["error"].as_str().unwrap().starts_with("held: "), "{held}");

        office.ok(&["digest", "resume", "weekly"]);
        office.ok(&["delivery", "retry", "--edition", "weekly/1"]);
        settled(&office);
        assert_eq!(counts(&server).len(), 8, "{damage}");
        office.set_clock("2020-09-21T09:00:00Z");
        settled(&office);
        let counts = counts(&server);
        assert!(
            counts.values().all(|count| *count == 2),
            "{damage}: {counts:?} {:?}",
            office.ok(&["delivery", "list"])
        );
    }
}

/// Overwrites the first page of a table or an index.
fn break_page(office: &Office, name: &str) {
    let number = |query: &str| office.ask(query).parse::<usize>().unwrap();
    let page = number(&format!("SELECT rootpage FROM sqlite_master WHERE name = '{name}'"));
    let size = number("SELECT page_size FROM pragma_page_size");
    office.sql("PRAGMA wal_checkpoint(TRUNCATE)");
    let mut octets = std::fs::read(office.path("data/kalends.db")).unwrap();
    octets[(page - 1) * size..page * size].fill(0xee);
    std::fs::write(office.path("data/kalends.db"), octets).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_damaged_database_what_can_be_read_is_carried_over_and_the_rest_is_named() {
    for (broken, named) in
        [("delivery", "delivery"), ("told", "told"), ("event_by_start", "all of its tables could be read")]
    {
        let server = SmtpServer::start().await;
        let office = office(&config(&server));
        office.ok(&["digest", "send", "weekly", "--at", "2020-09-07T08:30:00Z"]);
        office.ok(&["backup", "b.db"]);
        settled(&office);
        office.ok(&["subscriber", "forget", &address("ben"), "--yes"]);
        office.ok(&["subscriber", "edit", &address("ann"), "--remove-digest", "weekly"]);
        break_page(&office, broken);

        let restored = office.json(&["restore", "b.db"]);
        let unread = restored["unread"].as_str().unwrap();
        assert!(unread.contains("damaged") && unread.contains(named), "{broken}: {unread}");
        let kept = &restored["carried_over"];
        assert_eq!((&kept["forgotten"], &kept["left"]), (&1.into(), &1.into()), "{broken}: {restored}");
        assert_eq!(restored["paused"], serde_json::json!(["weekly"]));
        assert!(is_sound(&office));
        office.fails(&["subscriber", "show", &address("ben")], 1);
        assert_eq!(status_of(&office, "ann"), "left");
        let held = restored["held"][0]["deliveries"].as_u64().unwrap_or(0);
        assert_eq!(held, if broken == "delivery" { 7 } else { 0 }, "{broken}: {restored}");
        office.set_clock("2020-09-14T09:00:00Z");
        settled(&office);
        assert!(counts(&server).values().all(|count| *count == 1), "{broken}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_database_that_was_cut_off_what_is_left_is_read() {
    let server = SmtpServer::start().await;
    let office = office(&config(&server));
    office.ok(&["digest", "send", "weekly", "--at", "2020-09-07T08:30:00Z"]);
    office.ok(&["backup", "b.db"]);
    settled(&office);
    office.ok(&["subscriber", "forget", &address("ben"), "--yes"]);
    office.sql("PRAGMA wal_checkpoint(TRUNCATE)");
    let file = std::fs::File::options().write(true).open(office.path("data/kalends.db")).unwrap();
    // Its last pages hold what came last, such as indexes of newer tables.
    file.set_len(file.metadata().unwrap().len() - 8 * 4096).unwrap();
    drop(file);
    let restored = office.json(&["restore", "b.db"]);
    assert!(restored["unread"].as_str().unwrap().contains("damaged"), "{restored}");
    assert_eq!(restored["carried_over"]["forgotten"], 1, "{restored}");
    assert_eq!(restored["paused"], serde_json::json!(["weekly"]));
    assert!(is_sound(&office));
    settled(&office);
    assert!(counts(&server).values().all(|count| *count == 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_an_older_version_is_brought_up_to_date_and_so_is_what_is_read_of_an_older_database() {
    let office = office_at("2020-09-08T00:35:00Z", ("", ""));
    let older = "data/older.db";
    std::fs::copy(office.path("data/kalends.db"), office.path(older)).unwrap();
    let restored = office.json(&["restore", older]);
    assert_eq!(
        (&restored["brought_up_to_date"], &restored["unread"]),
        (&true.into(), &serde_json::Value::Null),
        "{restored}"
    );
    assert!(is_sound(&office));
    let people = office.ask("SELECT count(*) FROM subscriber");
    let ben = "ben@example.org";
    office.ok(&["subscriber", "forget", ben, "--yes"]);
    office.serve().stop();
    let restored = office.json(&["restore", older]);
    assert_eq!(restored["carried_over"]["forgotten"], 1, "{restored}");
    office.fails(&["subscriber", "show", ben], 1);
    assert_eq!(office.before_in_database(ben), "");
    let left: i64 = office.ask("SELECT count(*) FROM subscriber").parse().unwrap();
    assert_eq!(left + 1, people.parse::<i64>().unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_a_newer_version_is_read_as_far_as_this_program_knows_it() {
    let office = office("[[digest]]\nslug = \"weekly\"\nschedule = \"0 8 * * mon\"\n");
    office.ok(&["backup", "b.db"]);
    office.ok(&["subscriber", "forget", &address("ben"), "--yes"]);
    let migrated = "INSERT INTO _sqlx_migrations
                    SELECT 9000, description, installed_on, success, checksum, execution_time FROM _sqlx_migrations LIMIT 1";
    office.sql(migrated);
    office.fails(&["subscriber", "list"], 1);
    let restored = office.json(&["restore", "b.db"]);
    assert_eq!((&restored["unread"], &restored["carried_over"]["forgotten"]), (&serde_json::Value::Null, &1.into()));
    office.fails(&["subscriber", "show", &address("ben")], 1);

    // Where it does not know the newer tables, nothing more is sent.
    office.sql(migrated);
    office.sql("ALTER TABLE subscription RENAME TO agreement");
    let restored = office.json(&["restore", "b.db"]);
    assert!(restored["unread"].is_string() && restored["carried_over"].is_null(), "{restored}");
    assert_eq!(restored["paused"], serde_json::json!(["weekly"]));
    assert!(is_sound(&office));
}
