//! What is told to whoever keeps the office running.

use crate::support::calendar_server::CalendarServer;
use crate::support::smtp_server::SmtpServer;
use crate::support::{Daemon, Mail, Office, another_second, wait_for};

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

/// However full the disk is that the test runs on.
const OPERATOR: &str = "[operator]\naddress = \"admin@office.example\"\nfree = \"0 MB\"\n";

/// The mails that the operator got, in order.
fn to_operator(server: &SmtpServer) -> Vec<Mail> {
    let received = server.received().into_iter();
    let theirs = received.filter(|mail| mail.accepted && mail.to[0] == "admin@office.example");
    theirs.map(|mail| Mail { octets: mail.data }).collect()
}

fn subjects(server: &SmtpServer) -> Vec<String> {
    to_operator(server).iter().map(Mail::subject).collect()
}

#[track_caller]
fn wait_for_mails(server: &SmtpServer, count: usize) -> Mail {
    wait_for(&format!("{count} mails to the operator"), || (to_operator(server).len() >= count).then_some(()));
    assert_eq!(to_operator(server).len(), count, "{:?}", subjects(server));
    to_operator(server).pop().unwrap()
}

fn words(mail: &Mail) -> String {
    mail.text().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// From now on the office's clock is ahead by so many hours.
fn let_hours_pass(office: &Office, hours: i64) {
    office.set_clock(&(jiff::Timestamp::now() + jiff::SignedDuration::from_hours(hours)).to_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edition_that_makes_no_headway_for_an_hour_is_told_once_and_so_is_that_it_goes_on() {
    let server = SmtpServer::start().await;
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let config = format!("{}{OPERATOR}{WEEKLY}", smtp(&server));
    let office = Office::with_config(&config.replace(&format!(":{}\"", server.port()), &format!(":{nobody}\"")));
    office.add(&["meeting", "Plenary", "--on", "2090-01-01"]);
    add_readers(&office, &["ada@example.com", "lin@example.com"]);
    office.ok(&["digest", "send", "weekly"]);
    let mut daemon = office.serve();
    daemon.wait_for_line("attempts=2");
    assert!(!daemon.log_so_far().contains("headway"), "{}", daemon.log_so_far());
    daemon.stop();

    let_hours_pass(&office, 2);
    let mut daemon = office.serve();
    let line = daemon.wait_for_line("edition weekly/1 makes no headway");
    assert!(line.contains("ERROR") && line.contains("mails of edition weekly/1 could go"), "{line}");
    let queued = "SELECT count(*) FROM delivery WHERE address = 'admin@office.example'";
    wait_for("the mail", || (office.ask(queued) == "1").then_some(()));
    // Another start tells it no second time.
    daemon.stop();
    office.configure(&config);
    let mut daemon = office.serve();
    daemon.wait_for_line("the edition is through");
    let mail = wait_for_mails(&server, 1);
    assert_eq!(mail.subject(), "[kalends] edition weekly/1 makes no headway");
    assert!(words(&mail).contains("see that the relays can be reached"), "{}", words(&mail));
    let over = wait_for_mails(&server, 2);
    assert!(over.subject().contains("weekly/1 waits for nothing any more"), "{}", over.subject());
    office.settle(&mut daemon);
    assert_eq!((office.ask(queued).as_str(), to_operator(&server).len()), ("2", 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn sources_that_fail_for_a_day_are_told_in_one_mail_by_their_names_and_no_secret() {
    let (server, calendar) = (SmtpServer::start().await, CalendarServer::start());
    calendar.fail(500, "");
    let address = &calendar.address;
    let source =
        |name: &str| format!("[[source]]\nname = \"{name}\"\nurl = \"http://{address}/hush/{name}.ics?token=hush\"\n");
    let office = Office::with_config(&format!(
        "{}{OPERATOR}[fetch]\nallowed_hosts = [\"{address}\"]\n{}{}",
        smtp(&server),
        source("tc260"),
        source("ietf")
    ));
    let failed = "SELECT count(*) FROM source WHERE failures > 0";
    let mut daemon = office.serve();
    wait_for("both to fail", || (office.ask(failed) == "2").then_some(()));
    office.settle(&mut daemon);
    daemon.stop();
    let_hours_pass(&office, 23);
    let mut daemon = office.serve();
    office.settle(&mut daemon);
    assert_eq!(subjects(&server), [""; 0]);
    daemon.stop();

    let_hours_pass(&office, 25);
    let mut daemon = office.serve();
    let mail = wait_for_mails(&server, 1);
    assert_eq!(mail.subject(), "[kalends] 2 things need a hand");
    let text = words(&mail);
    for part in ["source tc260 can't be read", "source ietf can't be read", "trouble of its own"] {
        assert!(text.contains(part), "no {part} in {text}");
    }
    office.settle(&mut daemon);
    assert!(!text.contains("hush") && !daemon.log_so_far().contains("hush"), "{text}");

    calendar.serve("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nEND:VCALENDAR\r\n");
    office.ok(&["source", "sync"]);
    let over = wait_for_mails(&server, 2);
    assert_eq!(over.subject(), "[kalends] 2 things are over");
    assert!(words(&over).contains("the source tc260 fails no more"), "{}", words(&over));
}

#[tokio::test(flavor = "multi_thread")]
async fn that_a_stopped_relay_takes_mail_again_is_told_after_a_while_and_not_each_time() {
    let (refusing, good) = (SmtpServer::start().await, SmtpServer::start().await);
    refusing.refuse_everybody(Some("550 5.7.1 your host has no name"));
    let second = format!("[[mail.relay]]\nurl = \"smtp://127.0.0.1:{}\"\nconnections = 1\n", good.port());
    let office = Office::with_config(&format!("{}{second}{OPERATOR}{WEEKLY}", smtp(&refusing)));
    office.add(&["meeting", "Plenary", "--on", "2090-01-01"]);
    let rows: String = (0..40).map(|n| format!("reader{n}@domain{}.example,weekly,2020-01-01\n", n % 5)).collect();
    let table = office.write("readers.csv", format!("email,digests,consent_at\n{rows}"));
    office.ok(&["subscriber", "import", &table]);
    office.ok(&["digest", "send", "weekly"]);
    let stopped = || office.ask("SELECT count(*) FROM stopped_relay");
    let _daemon = office.serve();
    wait_for("the relay to be stopped", || (stopped() == "1").then_some(()));
    let mail = wait_for_mails(&good, 1);
    assert!(mail.subject().contains("refuses all mail"), "{}", mail.subject());
    // It takes one mail, and the next moment refuses all again: nobody has to hear of that.
    office.sql("DELETE FROM stopped_relay");
    wait_for("its end", || (office.ask("SELECT count(*) FROM alert WHERE over_at IS NOT NULL") == "1").then_some(()));
    office.sql(&format!(
        "INSERT INTO stopped_relay (relay, since, reason, said, tries, next_at)
         VALUES ('smtp://127.0.0.1:{}', unixepoch(), '550 no', 'no', 0, unixepoch() + 600)",
        refusing.port()
    ));
    wait_for("it to go on", || (office.ask("SELECT count(*) FROM alert WHERE over_at IS NULL") == "1").then_some(()));
    refusing.refuse_everybody(None);
    office.sql("DELETE FROM stopped_relay");
    let all = || [&refusing, &good].into_iter().flat_map(to_operator).collect::<Vec<_>>();
    wait_for("that it is over", || (all().len() == 2).then_some(()));
    assert!(all().iter().any(|mail| mail.subject().contains("is not stopped any more")));
}

/// In a file system of its own, if one can be mounted here.
#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_is_nearly_full_is_told_and_so_is_that_it_has_room_again() {
    let server = SmtpServer::start().await;
    let office = Office::empty();
    let config = format!("{}{OPERATOR}", smtp(&server)).replace("0 MB", "5 MB");
    office.write("kalends.toml", &config);
    let script =
        "mkdir small && mount -t tmpfs -o size=40m tmpfs small && mkdir small/config && cp kalends.toml small/config
        cd small && \"$0\" init 2>/dev/null; head -c 39m /dev/zero > filler
        (while [ ! -e ../room ]; do sleep 0.1; done; rm filler) &
        exec \"$0\" serve --listen 127.0.0.1:0";
    let mut command = std::process::Command::new("unshare");
    let can = command.args(["--map-root-user", "--mount", "true"]).status().is_ok_and(|status| status.success());
    if !can {
        eprintln!("no small file system can be mounted here: SKIPPED");
        return;
    }
    let mut command = std::process::Command::new("unshare");
    command.args(["--map-root-user", "--mount", "sh", "-ec", script, env!("CARGO_BIN_EXE_kalends")]);
    command.current_dir(office.path(".")).env_remove("KALENDS_CONFIG").env_remove("KALENDS_LOG");
    let mut daemon = Daemon::spawn(command, "listening address=");
    let mail = wait_for_mails(&server, 1);
    assert_eq!(mail.subject(), "[kalends] the disk that holds data is nearly full");
    assert!(words(&mail).contains("free of 42 MB"), "{}", words(&mail));
    daemon.wait_for_line("is nearly full");
    office.write("room", "");
    let over = wait_for_mails(&server, 2);
    assert!(over.subject().contains("has room again"), "{}", over.subject());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_each_edition_is_told_to_an_address_that_nobody_else_learns() {
    let server = CalendarServer::start();
    server.fail(500, "");
    let address = &server.address;
    let config = |allowed: &str| {
        format!("{WEEKLY}[operator]\nping = \"http://{address}/hush?key=hush\"\n[fetch]\nallowed_hosts = [{allowed}]\n")
    };
    let office = Office::with_config(&config(""));
    office.add(&["meeting", "Plenary", "--on", "2090-01-01"]);
    add_readers(&office, &["ada@example.com"]);
    let mut daemon = office.serve();
    office.settle(&mut daemon);
    assert_eq!(server.requests().len(), 0);
    // Guarded as sources are, and nothing is held up.
    office.ok(&["digest", "send", "weekly"]);
    let line = daemon.wait_for_line("ping could not be fetched");
    assert!(line.contains("WARN") && line.contains("is not on the public internet"), "{line}");
    assert!(daemon.log_so_far().contains("the edition is through"), "{}", daemon.log_so_far());
    assert!(office.json(&["digest", "status", "weekly/1"])["sent"] == 1 && server.requests().is_empty());
    daemon.stop();

    office.configure(&config(&format!("\"{address}\"")));
    let mut daemon = office.serve();
    let line = daemon.wait_for_line("ping could not be fetched");
    assert!(line.contains("it answers 500"), "{line}");
    wait_for("it in the status", || office.json(&["status"])["ping"]["error"].as_str().map(str::to_owned));
    let said = office.ok(&["status"]);
    assert!(said.contains("ping could not be fetched") && !said.contains("hush"), "{said}");
    server.serve("OK");
    // It is tried again by itself, also after a start.
    daemon.kill();
    office.sql("UPDATE ping SET failed_at = 1");
    let mut daemon = office.serve();
    daemon.wait_for_line("was told to [operator] ping");
    let asked = server.requests();
    assert!(asked.len() == 2 && asked[1].starts_with("GET /hush?key=hush HTTP/1.1\r\n"), "{asked:?}");
    daemon.stop();
    let mut daemon = office.serve();
    office.settle(&mut daemon);
    assert_eq!(server.requests().len(), 2, "it was told twice");
    let ping = office.json(&["status"])["ping"].clone();
    assert!(ping["error"].is_null() && ping["answered_at"].is_string(), "{ping}");

    another_second();
    office.ok(&["digest", "send", "weekly"]);
    daemon.wait_for_line("was told to [operator] ping");
    office.settle(&mut daemon);
    assert_eq!(server.requests().len(), 3);
    for shown in [office.ok(&["config", "show"]), office.run(&["check"]).stdout, daemon.log_so_far().to_owned()] {
        assert!(!shown.contains("hush"), "{shown}");
    }
    assert_eq!(office.ask("SELECT count(*) FROM daemon WHERE settings LIKE '%hush%'"), "0");
    office.configure("[operator]\nping = \"htp://hc.example/hush\"\n");
    let error = office.fails(&["digest", "list"], 1);
    assert!(error.contains("line 2") && error.contains("https://hc-ping.com/") && !error.contains("hush"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_configuration_that_is_not_taken_over_is_told_and_so_is_that_it_is_right_again() {
    let server = SmtpServer::start().await;
    let config = format!("{}{OPERATOR}", smtp(&server));
    let office = Office::with_config(&config);
    let _daemon = office.serve();
    office.configure(&format!("{config}[feed]\nrefresh = \"often\"\n"));
    let mail = wait_for_mails(&server, 1);
    assert_eq!(mail.subject(), "[kalends] the changed configuration is not taken over");
    assert!(words(&mail).contains("often"), "{}", words(&mail));
    office.configure(&config);
    let over = wait_for_mails(&server, 2);
    assert_eq!(over.subject(), "[kalends] the configuration is the one in the file again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_that_fails_is_told_and_so_is_that_one_was_made() {
    let server = SmtpServer::start().await;
    let office = Office::with_config(&format!("{}{OPERATOR}[backup]\nfolder = \"copies\"\n", smtp(&server)));
    office.write("copies", "a file in its place");
    let daemon = office.serve();
    let mail = wait_for_mails(&server, 1);
    assert_eq!(mail.subject(), "[kalends] no backup can be made");
    assert!(words(&mail).contains("copies"), "{}", words(&mail));
    daemon.stop();
    std::fs::remove_file(office.path("copies")).unwrap();
    let _daemon = office.serve();
    let over = wait_for_mails(&server, 2);
    assert_eq!(over.subject(), "[kalends] a backup was made again");
}
