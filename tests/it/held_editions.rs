//! Editions whose sending is held, goes on, or is given up.

use std::collections::HashMap;
use std::time::Duration;

use crate::support::smtp_server::{Fault, SmtpServer};
use crate::support::{Office, PATIENCE, wait_for};

/// An office with a plenary in 2090 and so many readers of its weekly digest, which goes over the server, if there is one.
fn office(server: Option<&SmtpServer>, readers: usize) -> Office {
    let relay = match server {
        Some(server) => {
            format!(
                "transport = \"smtp\"\n[[mail.relay]]\nurl = \"smtp://127.0.0.1:{}\"\nconnections = 2",
                server.port()
            )
        }
        None => String::new(),
    };
    let office = Office::with_config(&format!(
        "[mail]\nfrom = \"Watch <news@example.org>\"\n{relay}\n\
         [[digest]]\nslug = \"weekly\"\nschedule = \"0 8 * * 1\"\nupcoming = \"90y\"\n"
    ));
    office.add(&["meeting", "Plenary", "--on", "2090-01-01"]);
    let rows: String = (0..readers).map(|n| format!("reader{n}@example.com,weekly,2020-01-01\n")).collect();
    let table = office.write("readers.csv", format!("email,digests,consent_at\n{rows}"));
    office.ok(&["subscriber", "import", &table]);
    office
}

fn number(office: &Office, edition: &str, status: &str) -> i64 {
    office.json(&["digest", "status", edition])[status].as_i64().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_stopped_in_the_midst_of_it_waits_over_a_kill_and_all_of_it_arrives_once() {
    let slow = |_: &str, _| Fault::Slow(Duration::from_millis(60));
    let server = SmtpServer::builder().weather(slow).start().await;
    let office = office(Some(&server), 60);
    office.ok(&["digest", "send", "weekly"]);
    let daemon = office.serve();
    server.wait_for(5, PATIENCE).await;
    let told = office.ok(&["digest", "stop", "weekly/1"]);
    assert!(told.contains("weekly/1 is stopped") && told.contains("go-on weekly/1"), "{told}");
    // What was on the wire ends.
    wait_for("the wire to be quiet", || (number(&office, "weekly/1", "sending") == 0).then_some(()));
    let sent = server.received().len();
    assert!(sent < 60, "{sent}");
    daemon.kill();
    let daemon = office.serve();
    std::thread::sleep(Duration::from_millis(700));
    assert_eq!(server.received().len(), sent);
    assert!(office.ok(&["digest", "status", "weekly/1"]).contains("stopped since"));
    assert!(office.ok(&["status"]).contains("weekly/1 is stopped"));
    let again = office.fails(&["digest", "stop", "weekly/1"], 1);
    assert!(again.contains("weekly/1 is stopped already"), "{again}");

    // Whose date is another by now is said first.
    office.ok(&["event", "edit", "1", "--on", "2090-02-03"]);
    let trial = office.ok(&["digest", "go-on", "weekly/1", "--dry-run"]);
    assert!(trial.contains("event 1, Plenary: now 3 February 2090") && trial.contains("Nothing was done"), "{trial}");
    assert_eq!(server.received().len(), sent);
    let told = office.ok(&["digest", "go-on", "weekly/1"]);
    assert!(told.contains("event 1, Plenary: now 3 February 2090") && told.contains("weekly/1 goes on"), "{told}");
    let all = server.wait_for(60, PATIENCE).await;
    let mut by_reader: HashMap<String, usize> = HashMap::new();
    all.iter().for_each(|mail| *by_reader.entry(mail.to.concat()).or_default() += 1);
    assert!(by_reader.len() == 60 && by_reader.values().all(|mails| *mails == 1), "{by_reader:?}");
    wait_for("all to be settled", || (number(&office, "weekly/1", "sent") == 60).then_some(()));
    let late = office.fails(&["digest", "stop", "weekly/1"], 1);
    assert!(late.contains("nothing of weekly/1 waits to be sent"), "{late}");
    drop(daemon);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_back_from_the_wire_while_it_is_stopped_waits_with_the_rest() {
    let later = |_: &str, tried| match tried {
        0 => Fault::Rcpt("451 4.2.1 greylisted"),
        _ => Fault::None,
    };
    let server = SmtpServer::builder().weather(later).start().await;
    let office = office(Some(&server), 3);
    office.ok(&["digest", "send", "weekly"]);
    let _daemon = office.serve();
    wait_for("all to be put off", || (number(&office, "weekly/1", "deferred") == 3).then_some(()));
    office.ok(&["digest", "stop", "weekly/1"]);
    // Sent again by hand, they wait all the same.
    office.ok(&["delivery", "retry", "--all"]);
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(server.received().len(), 0);
    office.ok(&["digest", "go-on", "weekly/1"]);
    server.wait_for(3, PATIENCE).await;
}

#[test]
fn what_is_given_up_is_never_sent_and_its_readers_are_told_by_the_next_edition() {
    let office = office(None, 3);
    office.set_clock("2030-01-01T08:00:00Z");
    office.ok(&["digest", "send", "weekly"]);
    office.sql("UPDATE delivery SET status = 'sent', next_at = NULL WHERE address LIKE 'reader0%'");
    let trial = office.ok(&["digest", "drop", "weekly/1", "--dry-run"]);
    assert!(trial.contains("Nothing was done: 2 mails of weekly/1 would be given up."), "{trial}");
    office.ok(&["digest", "stop", "weekly/1"]);
    let told = office.ok(&["digest", "drop", "weekly/1"]);
    assert!(told.contains("weekly/1 is given up: 2 mails are not sent"), "{told}");
    assert_eq!(number(&office, "weekly/1", "suppressed"), 2);
    for (args, said) in [
        (["digest", "drop", "weekly/1"].as_slice(), "was given up"),
        (&["digest", "go-on", "weekly/1"], "was given up"),
        (&["digest", "stop", "weekly/1"], "was given up"),
        (&["delivery", "retry", "--edition", "weekly/1"], "was given up"),
        (&["digest", "stop", "weekly/7"], "there is no edition weekly/7"),
    ] {
        let refused = office.fails(args, 1);
        assert!(refused.contains(said), "{args:?}: {refused}");
    }
    assert!(office.ok(&["delivery", "retry", "--all"]).starts_with("0 deliveries queued"));

    office.add(&["forum", "Forum", "--on", "2090-03-01"]);
    office.set_clock("2030-01-08T08:00:00Z");
    office.ok(&["digest", "send", "weekly"]);
    let text = |reader: &str| {
        office.ask(&format!(
            "SELECT text FROM mail JOIN delivery ON mail_id = mail.id JOIN edition ON edition.id = delivery.edition_id
             WHERE number = 2 AND address LIKE '{reader}@%'"
        ))
    };
    let (had, missed) = (text("reader0"), text("reader1"));
    assert!(had.contains("Forum") && !had.contains("Plenary"), "{had}");
    assert!(missed.contains("Forum") && missed.contains("Plenary"), "{missed}");
    let acts = office.ok(&["acts"]);
    assert!(acts.contains("stopped") && acts.contains("given-up"), "{acts}");
}

#[test]
fn an_edition_that_nobody_got_is_in_no_archive() {
    let office = office(None, 2);
    office.ok(&["digest", "send", "weekly"]);
    assert_eq!(office.ask("SELECT count(*) > 0 FROM archived_edition"), "1");
    office.ok(&["digest", "drop", "weekly/1"]);
    assert_eq!(office.ask("SELECT count(*) FROM archived_edition"), "0");
}

#[test]
fn a_dry_run_says_who_gets_nothing_and_why() {
    let office = office(None, 2);
    office.ok(&["subscriber", "add", "new@example.com", "--digest", "weekly"]);
    office.sql("UPDATE subscriber SET suppressed = 'bounced' WHERE email LIKE 'reader1%'");
    let said = office.ok(&["digest", "send", "weekly", "--dry-run"]);
    assert!(
        said.contains("would go to 1 reader, and not to 1 reader yet to confirm, nor to 1 reader to whose"),
        "{said}"
    );
}

#[test]
fn a_cancellation_says_before_it_is_done_who_would_hear_of_it() {
    let office = office(None, 2);
    let said = office.ok(&["event", "cancel", "1", "--dry-run"]);
    assert!(said.starts_with("Nothing was done. “Plenary”, 1 January 2090: calendars show it"), "{said}");
    assert!(said.contains("mails tell it to 2 readers of weekly on Mon "), "{said}");
    assert_eq!(office.json(&["event", "show", "1"])["status"], "confirmed");
    let told = office.json(&["event", "cancel", "1", "--dry-run"]);
    assert_eq!((&told[0]["digest"], &told[0]["readers"]), (&"weekly".into(), &2.into()));
    office.ok(&["event", "add", "meeting", "Draft", "--on", "2090-01-01", "--status", "draft"]);
    assert!(office.ok(&["event", "cancel", "2", "--dry-run"]).contains("not published, so nobody hears of it"));
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_seen_who_got_what_and_who_left_and_how_sending_goes() {
    let server = SmtpServer::start().await;
    server.on_rcpt("reader1@example.com", "550 5.1.1 nobody here");
    let office = office(Some(&server), 3);
    office.ok(&["digest", "send", "weekly"]);
    let _daemon = office.serve();
    let watched = office.ok(&["digest", "status", "weekly", "--watch"]);
    assert!(watched.contains("100 %  through") && watched.contains("1 failed"), "{watched}");
    let shown = office.ok(&["subscriber", "show", "reader1@example.com"]);
    assert!(shown.contains("LAST MAILS") && shown.contains("weekly/1") && shown.contains("nobody here"), "{shown}");
    let shown = office.ok(&["subscriber", "show", "reader0@example.com"]);
    assert!(shown.contains("weekly/1") && shown.contains("sent"), "{shown}");

    office.sql("UPDATE subscription SET status = 'left', left_at = unixepoch() + 5 WHERE id = 3");
    let status = office.json(&["digest", "status", "weekly/1"]);
    assert_eq!((&status["left"], &status["complained"], &status["sent"]), (&1.into(), &0.into(), &2.into()));
    assert!(office.ok(&["digest", "status", "weekly/1"]).contains("1 reader left since."));
    assert!(office.fails(&["digest", "status", "--watch"], 2).contains("SLUG or EDITION"));
}
