//! What is told to whoever keeps the office running.

use crate::support::smtp_server::SmtpServer;
use crate::support::{Office, another_second, wait_for};

fn smtp(server: &SmtpServer) -> String {
    format!(
        "[mail]\nfrom = \"Watch <news@example.org>\"\ntransport = \"smtp\"\n\
         [[mail.relay]]\nurl = \"smtp://127.0.0.1:{}\"\nconnections = 2\n",
        server.port()
    )
}

const WEEKLY: &str = "[[digest]]\nslug = \"weekly\"\nschedule = \"0 8 * * 1\"\nupcoming = \"90y\"\nretell = true\n";

fn add_readers(office: &Office, readers: &[&str]) {
    for reader in readers {
        office.ok(&["subscriber", "add", reader, "--digest", "weekly", "--confirmed"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_tells_the_start_and_the_end_of_each_edition_with_its_counts_and_once() {
    let server = SmtpServer::start().await;
    server.on_rcpt("gone@example.com", "550 5.1.1 nobody here");
    let office = Office::with_config(&format!("{}{WEEKLY}", smtp(&server)));
    office.add(&["meeting", "Plenary", "--on", "2090-01-01"]);
    add_readers(&office, &["ada@example.com", "lin@example.com", "gone@example.com"]);
    let mut daemon = office.serve();
    let start = daemon.log_so_far().lines().find(|line| line.contains("kalends starts")).unwrap().to_owned();
    for part in ["version=\"0.", "data/kalends.db", "events=1", "readers=3", "weekly Mon ", "08:00:00 UTC"] {
        assert!(start.contains(part), "no {part} in {start}");
    }

    office.ok(&["digest", "send", "weekly"]);
    let end = daemon.wait_for_line("the edition is through");
    for part in ["edition=weekly/1 ", "candidates=3 ", "sent=2 ", "failed=1 ", "uncertain=0 ", "suppressed=0 "] {
        assert!(end.contains(part), "no {part} in {end}");
    }
    // Neither what comes later nor another start tells it again, and sending one of its mails again does not either.
    daemon.stop();
    let mut daemon = office.serve();
    office.settle(&mut daemon);
    server.on_rcpt("gone@example.com", "250 2.1.5 ok");
    office.ok(&["subscriber", "unsuppress", "gone@example.com"]);
    office.ok(&["delivery", "retry", "--edition", "weekly/1"]);
    wait_for("the third", || (office.json(&["digest", "status", "weekly/1"])["sent"] == 3).then_some(()));
    office.settle(&mut daemon);
    assert!(!daemon.log_so_far().contains("is through"), "{}", daemon.log_so_far());

    another_second();
    office.ok(&["digest", "send", "weekly"]);
    let end = daemon.wait_for_line("the edition is through");
    assert!(end.contains("edition=weekly/2 ") && end.contains("sent=3 "), "{end}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edition_is_through_only_when_its_last_mail_has_ended_also_if_the_program_died_before() {
    let server = SmtpServer::start().await;
    server.on_rcpt("busy@example.com", "451 4.3.0 try later");
    let office = Office::with_config(&format!("{}{WEEKLY}", smtp(&server)));
    office.add(&["meeting", "Plenary", "--on", "2090-01-01"]);
    add_readers(&office, &["ada@example.com", "busy@example.com"]);
    office.ok(&["digest", "send", "weekly"]);
    let mut daemon = office.serve();
    let open = "SELECT count(*) FROM delivery WHERE status = 'deferred'";
    wait_for("one to be put off", || (office.ask(open) == "1").then_some(()));
    office.settle(&mut daemon);
    assert!(!daemon.log_so_far().contains("is through"), "{}", daemon.log_so_far());
    daemon.kill();
    server.on_rcpt("busy@example.com", "250 2.1.5 ok");
    office.sql("UPDATE delivery SET next_at = 1 WHERE next_at IS NOT NULL");
    let mut daemon = office.serve();
    let end = daemon.wait_for_line("the edition is through");
    assert!(end.contains("sent=2 "), "{end}");
}
