//! The configuration changes while mail is on its way.

use std::collections::HashSet;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use kalends::domain::verp::Verp;

use crate::bounces::lmtp;
use crate::reload::{TAKEN, ask};
use crate::support::smtp_server::{Fault, SmtpServer};
use crate::support::{Office, PATIENCE, wait_for};

const DIGEST: &str = "[[digest]]\nslug = \"weekly\"\nschedule = \"0 8 * * 1\"\nupcoming = \"90y\"\n";

fn relay(server: &SmtpServer, keys: &str) -> String {
    format!("[[mail.relay]]\nurl = \"smtp://127.0.0.1:{}\"\n{keys}\n", server.port())
}

/// An office whose edition to so many readers is queued.
fn office(config: &str, readers: usize) -> Office {
    let office = Office::with_config(config);
    office.add(&["meeting", "Plenary", "--on", "2090-01-01"]);
    let rows = (0..readers).map(|n| format!("reader{n}@example.com,weekly,2020-01-01\n"));
    let table = office.write("readers.csv", format!("email,digests,consent_at\n{}", rows.collect::<String>()));
    office.ok(&["subscriber", "import", &table]);
    office.ok(&["digest", "send", "weekly"]);
    office
}

fn number(name: &str, default: usize) -> usize {
    std::env::var(name).ok().map_or(default, |text| text.parse().unwrap())
}

fn sent(office: &Office) -> usize {
    office.ask("SELECT count(*) FROM delivery WHERE status = 'sent'").parse().unwrap()
}

/// Everybody got it once, and nobody ever had a doubt.
#[track_caller]
fn assert_once_each(office: &Office, servers: &[&SmtpServer], readers: usize) {
    let received = servers.iter().flat_map(|server| server.received());
    let to: Vec<_> = received.filter(|mail| mail.accepted).map(|mail| mail.to[0].clone()).collect();
    assert_eq!((to.len(), to.iter().collect::<HashSet<_>>().len()), (readers, readers));
    assert_eq!(office.ask("SELECT count(*) FROM delivery WHERE doubts > 0 OR attempts > 1"), "0");
    assert_eq!(sent(office), readers);
}

/// `tests/crash/run` waits for each change to be taken over.
#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_changes_in_a_send_lose_nobody_double_nobody_and_end_no_connection() {
    let (readers, awaited) = (number("RELOAD_READERS", 2000), number("RELOAD_AWAITED", 8));
    // A few are always on the wire.
    let slow = |address: &str, _| match address.trim_start_matches("reader").split('@').next().unwrap().parse() {
        Ok(0..700) => Fault::Slow(Duration::from_millis(150)),
        _ => Fault::None,
    };
    let server = SmtpServer::builder().pipelining().weather(slow).start().await;
    // Another way of greeting needs other connections, another address of the site other mails.
    let config = |n: usize, rate: usize| {
        format!(
            "[site]\ntitle = \"Office {n}\"\nbase_url = \"https://s{}.example.org\"\n[mail]\nfrom = \"news@example.org\"\n\
             transport = \"smtp\"\nhelo_name = \"host{}.example.org\"\n{}[bounce]\naddress = \"back@example.org\"\n\
             listen = \"127.0.0.1:0\"\n{DIGEST}",
            n / 5,
            n / 2,
            relay(&server, &format!("connections = 4\nrate = {rate}")),
        )
    };
    let office = office(&config(0, 20), readers);
    let mut daemon = office.serve();
    let mut mail_server = lmtp(&mut daemon);
    let mut browser = TcpStream::connect(&daemon.address).unwrap();
    server.wait_for(1, PATIENCE).await;
    let (begun, mut most) = (Instant::now(), 0);
    for n in 1..=200 {
        office.configure(&config(n, 20));
        if n % awaited == 0 {
            daemon.wait_for_line(&format!("→ “Office {n}”"));
        } else {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert!(ask(&mut browser, "/healthz").starts_with("HTTP/1.1 200"));
        mail_server.says("NOOP\r\n", &["250"]);
        most = most.max(server.open_connections());
    }
    let (took, gone) = (begun.elapsed().as_secs_f64(), server.received().len());
    assert!(gone < readers, "all were sent before the last change, in {took} s");
    assert!((10.0 * took..20.0 * took + 10.0).contains(&(gone as f64)), "{gone} in {took} s, with 20 a second");
    // As many as are configured, those of before that still have a message on the wire, and some that say goodbye.
    assert!(most <= 3 * 4, "{most} connections at a time");
    office.configure(&config(201, 0));
    wait_for("all to be sent", || (sent(&office) == readers).then_some(()));
    assert_once_each(&office, &[&server], readers);
    assert!(ask(&mut browser, "/").contains("Office 201"));
    mail_server.says("NOOP\r\n", &["250"]);
    let log = daemon.log_so_far();
    assert_eq!((log.matches("were on the wire").count(), log.matches("WARN").count()), (0, 0), "{log}");
    println!(
        "{readers} readers, 200 changes in {took:.0} s: nobody missing, nobody doubled, {most} connections at most"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_on_the_wire_has_its_time_and_all_else_goes_by_what_is_in_force() {
    // Longer than what a stop waits for.
    let slow = |address: &str, _| match address.starts_with("reader0@") {
        true => Fault::Slow(Duration::from_secs(12)),
        false => Fault::Hang,
    };
    let former = SmtpServer::builder().weather(slow).start().await;
    let next = SmtpServer::start().await;
    let config = |base: &str, back: &str, relay: &str| {
        format!(
            "[site]\nbase_url = \"{base}\"\n[mail]\nfrom = \"news@example.org\"\ntransport = \"smtp\"\n{relay}\
             [bounce]\naddress = \"{back}\"\n{DIGEST}"
        )
    };
    let readers = 40;
    let first = config("https://old.example.org", "old@example.org", &relay(&former, "connections = 1"));
    let office = office(&first, readers);
    let mut daemon = office.serve();
    wait_for("the first to be on the wire", || (former.received().len() == 1).then_some(()));
    let begun = Instant::now();
    office.configure(&config("https://new.example.org", "new@example.org", &relay(&next, "connections = 3")));
    daemon.wait_for_line(TAKEN);
    next.wait_for(readers - 1, PATIENCE).await;
    assert!(begun.elapsed() < Duration::from_secs(11), "the others waited for the slow one: {:?}", begun.elapsed());
    wait_for("the others to be settled", || (sent(&office) == readers - 1).then_some(()));
    assert_eq!(office.ask("SELECT count(*) FROM delivery WHERE status = 'sending'"), "1");
    wait_for("the slow one", || (sent(&office) == readers).then_some(()));
    assert!(begun.elapsed() > Duration::from_secs(9), "{:?}", begun.elapsed());
    assert_once_each(&office, &[&former, &next], readers);
    for (server, is_new) in [(&former, false), (&next, true)] {
        for mail in server.received() {
            let text = String::from_utf8_lossy(&mail.data).into_owned();
            assert_eq!(mail.from.starts_with("new+b"), is_new, "{}", mail.from);
            assert_eq!(text.contains("List-Unsubscribe: <https://new.example.org/unsubscribe/"), is_new, "{text}");
            assert_eq!(text.contains("<mailto:new+u"), is_new, "{text}");
        }
    }
    wait_for("the old connection to end", || (former.open_connections() == 0).then_some(()));
    assert!(former.transcript().iter().any(|line| line.contains("QUIT")), "{:?}", former.transcript());
}

#[tokio::test(flavor = "multi_thread")]
async fn another_password_in_its_file_opens_the_relay() {
    let server = SmtpServer::builder().require_login("user", "right").start().await;
    let keys = "username = \"user\"\npassword_file = \"secret\"\nconnections = 10";
    let config = format!("[mail]\nfrom = \"news@example.org\"\ntransport = \"smtp\"\n{}{DIGEST}", relay(&server, keys));
    let office = Office::with_config("");
    office.write("secret", "wrong\n");
    office.configure(&config);
    office.add(&["meeting", "Plenary", "--on", "2090-01-01"]);
    for n in 0..12 {
        office.ok(&["subscriber", "add", &format!("reader{n}@example.com"), "--confirmed"]);
    }
    office.ok(&["digest", "send", "weekly"]);
    let mut daemon = office.serve();
    // Then it is left alone for five minutes, and for longer each time.
    daemon.wait_for_line("the relay refuses everybody: it is stopped");
    office.configure(&config.replace("[mail]", "[site]\ntitle = \"No matter\"\n[mail]"));
    daemon.wait_for_line(TAKEN);
    office.settle(&mut daemon);
    assert_eq!((office.ask("SELECT count(*) FROM stopped_relay"), sent(&office)), ("1".into(), 0));
    office.write("secret", "right\n");
    daemon.wait_for_line("the relay takes mail again");
    // The mailer may be quicker than the line that tells of what it goes by.
    if daemon.log_so_far().matches(TAKEN).count() < 2 {
        daemon.wait_for_line(TAKEN);
    }
    wait_for("that to be kept", || (office.ask("SELECT count(*) FROM stopped_relay") == "0").then_some(()));
    office.ok(&["delivery", "retry", "--all"]);
    wait_for("all to be sent", || (sent(&office) == 12).then_some(()));
    assert!(server.received().iter().all(|mail| mail.login.as_deref() == Some("user")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_leaked_seals_no_more_mails_of_a_send_under_way() {
    let slow = |_: &str, _| Fault::Slow(Duration::from_millis(50));
    let server = SmtpServer::builder().pipelining().weather(slow).start().await;
    let readers = 90;
    let config = format!(
        "[mail]\nfrom = \"news@example.org\"\ntransport = \"smtp\"\n{}[bounce]\naddress = \"back@example.org\"\n{DIGEST}",
        relay(&server, "connections = 1")
    );
    let office = office(&config, readers);
    let sender = |to: &str| {
        let id = office.ask(&format!("SELECT id FROM delivery WHERE address = '{to}'")).parse().unwrap();
        let verp = Verp::of(&"back@example.org".parse().unwrap(), &office.token_key());
        verp.envelope_sender(office.subject("delivery", id)).to_string()
    };
    let _daemon = office.serve();
    let before = server.wait_for(5, PATIENCE).await;
    assert_eq!(before[0].from, sender(&before[0].to[0]));
    office.ok(&["secret", "renew", "--leaked"]);
    assert_ne!(before[0].from, sender(&before[0].to[0]));
    // What is on the wire by then, and what the server was asked about, is as it was.
    tokio::time::sleep(Duration::from_millis(500)).await;
    let known = server.received().len() + 2;
    assert!(known + 10 < readers, "it was sent too fast to see anything");
    let after = server.wait_for(readers, PATIENCE).await;
    for mail in after.iter().skip(known).step_by(5).chain(after.last()) {
        assert_eq!(mail.from, sender(&mail.to[0]));
    }
    wait_for("all to be settled", || (sent(&office) == readers).then_some(()));
    assert_once_each(&office, &[&server], readers);
}
