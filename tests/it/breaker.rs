//! A relay that refuses everybody costs nobody.

use serde_json::Value;

use crate::support::smtp_server::SmtpServer;
use crate::support::{Daemon, Office, wait_for};

/// What a relay says of us, in words that others use of dead mailboxes.
const ABOUT_US: &str = "550 Rejected: the reverse DNS record of your host 192.0.2.1 does not exist";
/// What says that a mailbox is dead, whoever it is said of.
const UNKNOWN: &str = "550 5.1.1 <ADDRESS>: Recipient address rejected: User unknown in relay recipient table";

fn relay(server: &SmtpServer) -> String {
    format!("[[mail.relay]]\nurl = \"smtp://127.0.0.1:{}\"\nconnections = 2\n", server.port())
}

/// An office whose edition to these readers is queued.
fn office(relays: &[&SmtpServer], readers: &[String]) -> Office {
    let relays: String = relays.iter().map(|server| relay(server)).collect();
    let office = Office::with_config(&format!(
        "[mail]\nfrom = \"Watch <news@example.org>\"\ntransport = \"smtp\"\n{relays}\n\
         [operator]\naddress = \"admin@office.example\"\nfree = \"0 MB\"\n\
         [[digest]]\nslug = \"weekly\"\nschedule = \"0 8 * * 1\"\nupcoming = \"90y\"\n",
    ));
    office.add(&["meeting", "Plenary", "--on", "2090-01-01"]);
    let rows: String = readers.iter().map(|reader| format!("{reader},weekly,2020-01-01\n")).collect();
    let table = office.write("readers.csv", format!("email,digests,consent_at\n{rows}"));
    office.ok(&["subscriber", "import", &table]);
    office.ok(&["digest", "send", "weekly"]);
    office
}

/// Readers of so many domains.
fn readers(count: usize, domains: usize) -> Vec<String> {
    (0..count).map(|n| format!("reader{n}@domain{}.example", n % domains)).collect()
}

fn count(office: &Office, status: &str) -> usize {
    office.json(&["delivery", "list", "--edition", "1", "--status", status]).as_array().unwrap().len()
}

fn suppressed(office: &Office) -> String {
    office.ask("SELECT count(*) FROM subscriber WHERE suppressed IS NOT NULL OR soft_bounces > 0")
}

fn wait_until_stopped(office: &Office, relays: usize) {
    wait_for("the relay to be stopped", || {
        (office.ask("SELECT count(*) FROM stopped_relay") == relays.to_string()).then_some(())
    });
}

/// Lets the time pass until the relay is tried again.
fn let_time_pass(office: &Office) {
    office.sql("UPDATE stopped_relay SET next_at = 1; UPDATE delivery SET next_at = 1 WHERE next_at IS NOT NULL");
}

/// The check's findings about stopped relays.
fn findings(office: &Office) -> Vec<Value> {
    let ran = office.run(&["--json", "check"]);
    let all: Value = serde_json::from_str(&ran.stdout).unwrap();
    let is_stop = |finding: &&Value| finding["check"].as_str().unwrap().ends_with(" stopped");
    all.as_array().unwrap().iter().filter(is_stop).cloned().collect()
}

fn to_operator(server: &SmtpServer) -> usize {
    server.received().iter().filter(|mail| mail.accepted && mail.to[0] == "admin@office.example").count()
}

async fn readyz(daemon: &Daemon) -> (u16, String) {
    let answer = daemon.get("/readyz").await;
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_that_refuses_everybody_is_stopped_told_and_tried_again_and_nobody_is_lost() {
    let server = SmtpServer::start().await;
    server.refuse_everybody(Some(ABOUT_US));
    let office = office(&[&server], &readers(20, 5));
    let mut daemon = office.serve();
    daemon.wait_for_line("the relay refuses everybody");
    wait_until_stopped(&office, 1);
    wait_for("what was on the wire", || (count(&office, "sending") == 0).then_some(()));
    assert_eq!((count(&office, "queued") + count(&office, "deferred"), suppressed(&office).as_str()), (20, "0"));

    // It is told, and the site goes on.
    let findings = findings(&office);
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert!(findings[0]["status"] == "error" && findings[0]["message"].as_str().unwrap().contains("reverse DNS"));
    let (status, text) = readyz(&daemon).await;
    assert!(status == 200 && text.contains("a relay is stopped"), "{status} {text}");

    // A restart keeps it, and another try in vain puts the next one off.
    daemon.stop();
    let asked = || server.transcript().iter().filter(|line| line.contains("C: RCPT")).count();
    let before = asked();
    let mut daemon = office.serve();
    office.ok(&["subscriber", "add", "new@domain1.example"]);
    office.settle(&mut daemon);
    assert_eq!(asked(), before, "a stopped relay was asked");
    let_time_pass(&office);
    wait_for("another try", || (office.ask("SELECT tries FROM stopped_relay") == "1").then_some(()));
    assert_eq!(asked(), before + 1);
    let pause = office.ask("SELECT next_at - unixepoch() FROM stopped_relay").parse::<i64>().unwrap();
    assert!((590..=600).contains(&pause), "tried again in {pause} s");
    assert_eq!(suppressed(&office), "0");

    // Mended, it gets all that waits, and the operator's mail once.
    server.refuse_everybody(None);
    let_time_pass(&office);
    wait_for("the edition", || (count(&office, "sent") == 20).then_some(()));
    wait_for("the operator's mail", || (to_operator(&server) == 1).then_some(()));
    assert_eq!(office.ask("SELECT count(*) FROM stopped_relay"), "0");
    let (_, text) = readyz(&daemon).await;
    assert_eq!(text, "ready\n");
    let mut to: Vec<_> = server.received().iter().filter(|mail| mail.accepted).map(|mail| mail.to[0].clone()).collect();
    to.sort();
    let all = to.len();
    to.dedup();
    assert_eq!((all, to.len()), (22, 22), "{to:?}");

    // The operator is no reader, and can be forgotten all the same: alone.
    assert_eq!(office.ask("SELECT count(*) FROM subscriber"), "21");
    let last = office.json(&["digest", "status", "weekly"])[0]["last"].clone();
    assert_eq!((&last["sent"], &last["candidates"]), (&20.into(), &20.into()), "{last}");
    // What is in force stands in the database, too.
    let config = std::fs::read_to_string(office.path("config/kalends.toml")).unwrap();
    office.configure(&config.replace("address = \"admin@office.example\"", ""));
    let named = || office.ask("SELECT count(*) FROM daemon WHERE settings LIKE '%admin@office.example%'");
    assert_eq!(named(), "1");
    wait_for("the configuration without them", || (named() == "0").then_some(()));
    office.ok(&["subscriber", "forget", "admin@office.example", "--yes"]);
    assert_eq!(office.before_in_database("admin@office.example"), "");
    assert_eq!(office.ask("SELECT count(*) FROM delivery WHERE address LIKE '%forgotten%'"), "1");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_who_is_forgotten_takes_no_mail_from_the_operator() {
    let server = SmtpServer::start().await;
    server.refuse_everybody(Some(ABOUT_US));
    let office = office(&[&server], &readers(12, 3));
    let daemon = office.serve();
    wait_until_stopped(&office, 1);
    wait_for("what was on the wire", || (count(&office, "sending") == 0).then_some(()));
    daemon.stop();
    office.ok(&["subscriber", "forget", "reader3@domain0.example", "--yes"]);
    let operators = "SELECT status FROM delivery WHERE address = 'admin@office.example'";
    assert_eq!(office.ask(operators), "queued");
    // `delivery retry` has a stopped relay tried at once.
    server.refuse_everybody(None);
    office.ok(&["delivery", "retry", "--edition", "1"]);
    let _daemon = office.serve();
    wait_for("the edition", || (count(&office, "sent") == 11).then_some(()));
    wait_for("the operator's mail", || (to_operator(&server) == 1).then_some(()));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_relay_takes_the_edition_and_the_operators_mail() {
    let (refusing, good) = (SmtpServer::start().await, SmtpServer::start().await);
    refusing.refuse_everybody(Some(UNKNOWN));
    let office = office(&[&refusing], &readers(20, 5));
    let config = std::fs::read_to_string(office.path("config/kalends.toml")).unwrap();
    let daemon = office.serve();
    wait_until_stopped(&office, 1);
    daemon.stop();
    office.configure(&config.replace("[operator]", &format!("{}[operator]", relay(&good))));
    office.sql("UPDATE delivery SET next_at = 1 WHERE next_at IS NOT NULL");
    let _daemon = office.serve();
    wait_for("the edition", || (count(&office, "sent") == 20).then_some(()));
    wait_for("the operator's mail", || (to_operator(&good) == 1).then_some(()));
    assert_eq!((suppressed(&office).as_str(), office.ask("SELECT count(*) FROM bounce").as_str()), ("0", "0"));
    assert_eq!(office.ask("SELECT count(*) FROM stopped_relay"), "1");
    let mail = good.received().into_iter().find(|mail| mail.to[0] == "admin@office.example").unwrap();
    let mail = crate::support::Mail { octets: mail.data };
    assert!(
        mail.subject().contains("refuses all mail")
            && mail.header("List-Id").contains("<notices.kalends.")
            && mail.header("List-Unsubscribe").is_empty(),
        "{}",
        mail.subject()
    );
    let text = mail.text().replace("\r\n", " ");
    assert!(text.contains("User unknown in relay recipient table") && !text.contains("domain"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_relay_counted_before_it_was_seen_to_refuse_everybody_is_taken_back() {
    let server = SmtpServer::start().await;
    server.refuse_everybody(Some(UNKNOWN));
    let office = office(&[&server], &readers(20, 2));
    let daemon = office.serve();
    wait_until_stopped(&office, 1);
    wait_for("what was on the wire", || (count(&office, "sending") == 0).then_some(()));
    assert_eq!(suppressed(&office), "0");
    assert_eq!(office.ask("SELECT count(*) FROM bounce WHERE class = 'hard'"), "0");
    assert_eq!(count(&office, "failed"), 0);
    daemon.stop();
    server.refuse_everybody(None);
    let_time_pass(&office);
    let _daemon = office.serve();
    wait_for("the edition", || (count(&office, "sent") == 20).then_some(()));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_dead_mailboxes_of_one_closed_office_stop_nothing_and_count() {
    let server = SmtpServer::start().await;
    let mut all: Vec<String> = (0..10).map(|n| format!("clerk{n}@closed.example")).collect();
    for clerk in &all {
        server.on_rcpt(clerk, "550 5.1.1 no such user");
    }
    all.extend(readers(5, 5));
    let office = office(&[&server], &all);
    let _daemon = office.serve();
    wait_for("the others", || (count(&office, "sent") == 5 && count(&office, "failed") == 10).then_some(()));
    assert_eq!((suppressed(&office).as_str(), office.ask("SELECT count(*) FROM stopped_relay").as_str()), ("10", "0"));
    assert_eq!(to_operator(&server), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_readers_at_one_domain_what_is_said_of_mailboxes_counts_and_what_is_said_of_us_stops_the_relay() {
    for (reply, stopped, held) in [("550 5.1.1 <ADDRESS>: User unknown", "0", "12"), (ABOUT_US, "1", "0")] {
        let server = SmtpServer::start().await;
        server.refuse_everybody(Some(reply));
        let office = office(&[&server], &readers(12, 1));
        let _daemon = office.serve();
        match stopped {
            "1" => wait_until_stopped(&office, 1),
            _ => wait_for("all to fail", || (count(&office, "failed") == 12).then_some(())),
        }
        wait_for("what was on the wire", || (count(&office, "sending") == 0).then_some(()));
        assert_eq!(suppressed(&office), held, "{reply}");
        assert_eq!(office.ask("SELECT count(*) FROM stopped_relay"), stopped, "{reply}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_about_us_is_tried_again_and_counts_against_nobody() {
    let server = SmtpServer::start().await;
    for reply in ["554 5.7.1 <ADDRESS>: Relay access denied", "550 Your account has been disabled, contact support"] {
        server.refuse_everybody(Some(reply));
        let office = office(&[&server], &readers(3, 3));
        let _daemon = office.serve();
        wait_for("all to wait", || (count(&office, "deferred") == 3).then_some(()));
        assert_eq!(suppressed(&office), "0", "{reply}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn there_is_a_way_back_for_who_was_refused() {
    let server = SmtpServer::start().await;
    let all = readers(8, 4);
    for reader in &all[..6] {
        server.on_rcpt(reader, "550 5.1.1 User unknown");
    }
    let office = office(&[&server], &all);
    let _daemon = office.serve();
    wait_for("the others", || (count(&office, "sent") == 2 && count(&office, "failed") == 6).then_some(()));
    assert_eq!(suppressed(&office), "6");
    let refused = office.json(&["delivery", "list", "--status", "failed"])[0].clone();
    let told = office.fails(&["delivery", "retry", &refused["id"].to_string()], 1);
    assert!(
        told.contains(&format!("kalends subscriber unsuppress {}", refused["address"].as_str().unwrap())),
        "{told}"
    );
    let told = office.ok(&["delivery", "retry", "--edition", "1"]);
    assert!(told.contains("6 deliveries left out") && told.contains("unsuppress --edition weekly/1"), "{told}");

    // The relay is mended.
    all.iter().for_each(|reader| server.on_rcpt(reader, "250 2.1.5 ok"));
    let lifted = office.json(&["subscriber", "unsuppress", &all[0], &all[1]]);
    assert_eq!(lifted.as_array().unwrap().len(), 2);
    assert_eq!(office.json(&["subscriber", "unsuppress", "--since", "2999-01-01"]).as_array().unwrap().len(), 0);
    assert_eq!(office.json(&["subscriber", "unsuppress", "--edition", "1"]).as_array().unwrap().len(), 4);
    assert_eq!(office.json(&["delivery", "retry", "--edition", "1"])["queued"], 6);
    wait_for("the edition", || (count(&office, "sent") == 8).then_some(()));
    assert_eq!(suppressed(&office), "0");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_passes_counts_once_and_not_at_all_if_the_mail_is_taken_in_the_end() {
    let server = SmtpServer::start().await;
    let all = readers(3, 3);
    let rate =
        "550 5.2.1 The user you are trying to contact is receiving mail at a rate that prevents additional messages";
    server.on_rcpt(&all[0], rate);
    let office = office(&[&server], &all);
    let _daemon = office.serve();
    wait_for("the others", || (count(&office, "sent") == 2 && count(&office, "deferred") == 1).then_some(()));
    let state =
        || office.ask("SELECT coalesce(suppressed, 'fine') || soft_bounces FROM subscriber ORDER BY id LIMIT 1");
    assert_eq!(state(), "fine1");
    let again = |attempts: &str| {
        office.sql("UPDATE delivery SET next_at = 1 WHERE next_at IS NOT NULL");
        wait_for("another attempt", || (office.ask("SELECT max(attempts) FROM delivery") == attempts).then_some(()));
    };
    again("2");
    wait_for("its end", || (count(&office, "sending") == 0).then_some(()));
    assert_eq!(state(), "fine1");
    server.on_rcpt(&all[0], "250 2.1.5 ok");
    again("3");
    wait_for("all", || (count(&office, "sent") == 3).then_some(()));
    assert_eq!(state(), "fine0");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_that_refuses_our_login_or_sender_is_stopped_and_told_too() {
    for (at, reply) in
        [("MAIL", "550 5.7.1 this account is disabled\r\n"), ("greeting", "554 5.7.1 your host is not welcome\r\n")]
    {
        let server = SmtpServer::start().await;
        server.answer(at, reply);
        let office = office(&[&server], &readers(20, 5));
        let config = std::fs::read_to_string(office.path("config/kalends.toml")).unwrap();
        // Each worker waits longer after each try.
        office.configure(&config.replace("connections = 2", "connections = 20"));
        let _daemon = office.serve();
        wait_until_stopped(&office, 1);
        assert_eq!((count(&office, "failed"), suppressed(&office).as_str()), (0, "0"), "{at}");
    }
}
