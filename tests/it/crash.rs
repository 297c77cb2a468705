//! The promise: whatever happens, nobody is missing, and who got a mail twice was marked `uncertain`.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use crate::support::smtp_server::{Fault, SmtpServer};
use crate::support::{Office, wait_for};

const CONNECTIONS: usize = 6;

fn config(server: &SmtpServer) -> String {
    format!(
        r#"
[mail]
from = "Watch <news@example.org>"
transport = "smtp"
[[mail.relay]]
url = "smtp://127.0.0.1:{}"
connections = {CONNECTIONS}
[[digest]]
slug = "weekly"
schedule = "0 8 * * 1"
upcoming = "90y"
"#,
        server.port()
    )
}

/// An office whose edition to so many readers is queued.
fn office(server: &SmtpServer, readers: usize) -> Office {
    queue(Office::with_config(&config(server)), readers)
}

fn queue(office: Office, readers: usize) -> Office {
    office.add(&["meeting", "Plenary", "--on", "2090-01-01"]);
    let mut table = String::from("email,digests,consent_at\n");
    for n in 0..readers {
        table.push_str(&format!("reader{n}@example.com,weekly,2020-01-01\n"));
    }
    let table = office.write("readers.csv", table);
    office.ok(&["subscriber", "import", &table]);
    office.ok(&["digest", "send", "weekly"]);
    office
}

/// The deliveries of the last edition by status. They must add up, whatever happened.
#[track_caller]
fn tally(office: &Office) -> HashMap<String, i64> {
    let last = office.json(&["digest", "status"])[0]["last"].clone();
    let states = ["sent", "queued", "sending", "deferred", "failed", "uncertain", "suppressed"];
    let of = |name: &str| last[name].as_i64().unwrap();
    assert_eq!(states.iter().map(|status| of(status)).sum::<i64>(), of("candidates"), "{last}");
    states.iter().chain(&["candidates"]).map(|name| ((*name).to_owned(), of(name))).collect()
}

/// One in three is hit by something, at the first attempt and some at the second; one in thirty is refused for good.
fn storm(address: &str, tried: usize) -> Fault {
    let number: usize = address.trim_start_matches("reader").split('@').next().unwrap().parse().unwrap();
    match (number % 30, tried) {
        (0, _) => Fault::Rcpt("550 5.1.1 nobody here"),
        (1, 0..=1) => Fault::Rcpt("451 4.2.1 greylisted"),
        (2, 0) => Fault::FinalDot("452 4.3.1 no room"),
        (3, 0) => Fault::DropInData,
        (4, 0) => Fault::DropAfterDot { kept: true },
        (5, 0) => Fault::DropAfterDot { kept: false },
        // Longer than any daemon lives that is killed; the last one must not wait for the end of its patience.
        (6, 0) if number.is_multiple_of(7) => Fault::HangFor(Duration::from_secs(3)),
        (7, _) => Fault::Slow(Duration::from_millis(40)),
        (8, _) => Fault::FinalDot("554 5.6.0 not in this form"),
        _ => Fault::None,
    }
}

pub fn number(name: &str, default: usize) -> usize {
    std::env::var(name).ok().map_or(default, |text| text.parse().unwrap())
}

/// A generator that is good enough to pick moments, and gives the same ones for the same seed.
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) % limit
    }
}

/// `tests/crash/run` runs it with more readers and kills.
#[tokio::test(flavor = "multi_thread")]
async fn kills_in_a_storm_lose_nobody_and_double_only_what_was_uncertain() {
    let (readers, kills) = (number("CRASH_READERS", 900), number("CRASH_KILLS", 8));
    let seed = number("CRASH_SEED", 1);
    let server = SmtpServer::builder().pipelining().weather(storm).start().await;
    let office = office(&server, readers);
    let mut dice = Dice(seed as u64);
    let mut at_kills = 0;
    for kill in 0..kills {
        let daemon = office.serve();
        // What was put off for minutes is due at once, so that there is always something on the wire.
        office.sql("UPDATE delivery SET next_at = 1 WHERE next_at IS NOT NULL");
        tokio::time::sleep(Duration::from_millis(20 + dice.below(700))).await;
        daemon.kill();
        let now = tally(&office);
        assert_eq!(now["candidates"], readers as i64);
        assert!(now["sending"] <= CONNECTIONS as i64, "kill {kill}: {now:?}");
        at_kills += now["sending"] as usize;
    }
    let daemon = office.serve();
    wait_for("all to be settled", || {
        office.sql("UPDATE delivery SET next_at = 1 WHERE next_at IS NOT NULL");
        let now = tally(&office);
        (now["sent"] + now["failed"] + now["uncertain"] == now["candidates"] && now["uncertain"] == 0).then_some(())
    });
    assert!(daemon.stop().0.success());

    let mut copies: HashMap<String, usize> = HashMap::new();
    for message in server.received().into_iter().filter(|message| message.accepted) {
        *copies.entry(message.to[0].clone()).or_default() += 1;
    }
    let deliveries = office.json(&["delivery", "list"]);
    let deliveries = deliveries.as_array().unwrap();
    assert_eq!(deliveries.len(), readers);
    let uncertain = doubted(&office);
    let (mut doubled, mut refused) = (0, 0);
    for delivery in deliveries {
        let address = delivery["address"].as_str().unwrap();
        let copies = copies.get(address).copied().unwrap_or_default();
        match delivery["status"].as_str().unwrap() {
            "sent" => assert!(copies >= 1, "{address} is missing: {delivery}"),
            "failed" => refused += 1,
            other => panic!("{address} is {other}"),
        }
        if copies > 1 {
            doubled += copies - 1;
            assert!(uncertain.contains(address), "{address} got {copies} copies and was never uncertain");
        }
    }
    assert_eq!(refused, (0..readers).filter(|n| matches!(n % 30, 0 | 8)).count());
    let dropped = (0..readers).filter(|n| n % 30 == 4 || n % 30 == 6 && n % 7 == 0).count();
    assert!(doubled <= at_kills + dropped, "{doubled} doubled, {at_kills} on the wire at kills, {dropped} dropped");
    println!(
        "{readers} readers, {kills} kills: nobody missing; {doubled} came twice, all of them marked uncertain ({at_kills} were on the wire at a kill, {dropped} dropped behind the final dot)"
    );
}

/// Whose delivery was uncertain at some time.
fn doubted(office: &Office) -> HashSet<String> {
    office.rows("SELECT address FROM delivery WHERE doubts > 0").into_iter().collect()
}

/// `tests/crash/run` runs it with more readers and kills.
#[tokio::test(flavor = "multi_thread")]
async fn a_relay_that_refuses_everybody_for_a_while_costs_nobody_whenever_the_daemon_is_killed() {
    let (readers, kills) = (number("CRASH_READERS", 300), number("CRASH_KILLS", 8));
    let server = SmtpServer::builder().pipelining().start().await;
    let office = Office::with_config(&config(&server));
    office.add(&["meeting", "Plenary", "--on", "2090-01-01"]);
    let rows = (0..readers).map(|n| format!("reader{n}@domain{}.example,weekly,2020-01-01\n", n % 7));
    let table = office.write("readers.csv", format!("email,digests,consent_at\n{}", rows.collect::<String>()));
    office.ok(&["subscriber", "import", &table]);
    office.ok(&["digest", "send", "weekly"]);
    // In words that suppress whoever they are about.
    server.refuse_everybody(Some("550 5.1.1 <ADDRESS>: User unknown"));
    let mut dice = Dice(number("CRASH_SEED", 1) as u64);
    let mut counted = 0;
    for _ in 0..kills {
        let daemon = office.serve();
        tokio::time::sleep(Duration::from_millis(dice.below(120))).await;
        daemon.kill();
        assert_eq!(tally(&office)["candidates"], readers as i64);
        counted += office.ask("SELECT count(*) FROM refusal").parse::<usize>().unwrap();
        office.sql("UPDATE stopped_relay SET next_at = 1; UPDATE delivery SET next_at = 1 WHERE next_at IS NOT NULL");
    }
    let daemon = office.serve();
    wait_for("the relay to be stopped", || (office.ask("SELECT count(*) FROM stopped_relay") == "1").then_some(()));
    wait_for("what is on the wire", || (tally(&office)["sending"] == 0).then_some(()));
    let now = tally(&office);
    assert_eq!((now["failed"], now["suppressed"], now["sent"]), (0, 0, 0), "{now:?}");
    let hit = "SELECT count(*) FROM subscriber WHERE suppressed IS NOT NULL OR soft_bounces > 0";
    assert_eq!(office.ask(hit), "0");

    server.refuse_everybody(None);
    wait_for("the edition", || {
        office.sql("UPDATE stopped_relay SET next_at = 1; UPDATE delivery SET next_at = 1 WHERE next_at IS NOT NULL");
        (tally(&office)["sent"] == readers as i64).then_some(())
    });
    assert!(daemon.stop().0.success());
    assert_eq!(office.ask(hit), "0");
    let to: Vec<_> =
        server.received().into_iter().filter(|mail| mail.accepted).map(|mail| mail.to[0].clone()).collect();
    assert_eq!((to.len(), to.iter().collect::<HashSet<_>>().len()), (readers, readers));
    println!(
        "{readers} readers refused, {kills} kills, {counted} refusals found behind them: nobody missing, nobody suppressed"
    );
}

/// `tests/crash/run` runs it with more readers and kills.
#[tokio::test(flavor = "multi_thread")]
async fn kills_while_a_changed_configuration_is_taken_over_leave_all_sound() {
    let (readers, kills) = (number("CRASH_READERS", 600), number("CRASH_KILLS", 6));
    let slow = |_: &str, _| Fault::Slow(Duration::from_millis(150));
    let server = SmtpServer::builder().pipelining().weather(slow).start().await;
    // Title, relay's connections and mails are all others each time.
    let changed = |n: usize| {
        let config = config(&server).replace("[mail]", &format!("[mail]\nhelo_name = \"host{n}.example.org\""));
        format!("[site]\ntitle = \"Office {n}\"\nbase_url = \"https://s{n}.example.org\"\n{config}")
    };
    let office = office(&server, readers);
    let mut dice = Dice(number("CRASH_SEED", 1) as u64);
    let (mut at_kills, mut taken) = (0, 0);
    for kill in 1..=kills {
        let daemon = office.serve();
        office.sql("UPDATE delivery SET next_at = 1 WHERE next_at IS NOT NULL");
        server.wait_for(kill, crate::support::PATIENCE).await;
        // It may be taken over, or be half taken over, or not, and another one may have come meanwhile.
        for n in 0..=dice.below(2) as usize {
            office.configure(&changed(10 * kill + n));
            tokio::time::sleep(Duration::from_millis(450 + dice.below(450))).await;
        }
        daemon.kill();
        assert_eq!(office.ask("SELECT integrity_check FROM pragma_integrity_check"), "ok");
        let now = tally(&office);
        assert_eq!(now["candidates"], readers as i64);
        // Those of the old relay's workers, too.
        assert!(now["sending"] <= 2 * CONNECTIONS as i64, "kill {kill}: {now:?}");
        at_kills += now["sending"] as usize;
        let known = format!("SELECT count(*) FROM daemon WHERE settings LIKE '%Office {kill}_%'");
        taken += office.ask(&known).parse::<usize>().unwrap();
    }
    let daemon = office.serve();
    assert!(daemon.text("/").await.contains(&format!("Office {kills}")));
    wait_for("all to be settled", || {
        office.sql("UPDATE delivery SET next_at = 1 WHERE next_at IS NOT NULL");
        (tally(&office)["sent"] == readers as i64).then_some(())
    });
    assert!(daemon.stop().0.success());
    let uncertain = doubted(&office);
    let mut copies: HashMap<String, usize> = HashMap::new();
    for message in server.received().into_iter().filter(|message| message.accepted) {
        *copies.entry(message.to[0].clone()).or_default() += 1;
    }
    assert_eq!(copies.len(), readers);
    let doubled: Vec<_> = copies.iter().filter(|(_, copies)| **copies > 1).collect();
    assert!(doubled.iter().all(|(address, _)| uncertain.contains(*address)), "{doubled:?}");
    assert!(doubled.len() <= at_kills, "{doubled:?} and {at_kills} on the wire");
    println!(
        "{readers} readers, {kills} kills in reloads, {taken} behind the takeover: sound each time, nobody missing; {} came \
         twice, all of them marked uncertain ({at_kills} were on the wire at a kill)",
        doubled.len()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_another_program_holds_delays_and_loses_nothing() {
    let server = SmtpServer::builder().reply_delay(Duration::from_millis(3)).start().await;
    let office = office(&server, 200);
    let daemon = office.serve();
    server.wait_for(20, crate::support::PATIENCE).await;
    // Longer than a statement waits.
    let held = office.hold_database(Duration::from_secs(7));
    held.join().unwrap();
    wait_for("all to be sent", || (tally(&office)["sent"] == 200).then_some(()));
    assert!(daemon.stop().0.success());
    let to: Vec<_> = server.received().into_iter().map(|message| message.to[0].clone()).collect();
    assert_eq!((to.len(), to.iter().collect::<HashSet<_>>().len()), (200, 200));
}

/// Needs a file system of a few megabytes, which `tests/crash/run` makes and names.
#[tokio::test(flavor = "multi_thread")]
#[ignore]
async fn a_full_disk_delays_and_loses_nothing() {
    let disk = std::env::var("SMALL_DISK").expect("the folder of a small file system");
    let server = SmtpServer::builder().reply_delay(Duration::from_millis(2)).start().await;
    let readers = 1500;
    let office = queue(Office::inside(&disk, &config(&server)), readers);
    let mut daemon = office.serve();
    for round in 1..=3 {
        server.wait_for(round * 200, crate::support::PATIENCE).await;
        // Whatever is free is taken.
        let filler = std::path::Path::new(&disk).join("filler");
        let mut file = std::fs::File::create(&filler).unwrap();
        while std::io::Write::write_all(&mut file, &[0; 4096]).is_ok() {}
        drop(file);
        daemon.wait_for_line("the outbox can't be");
        if round == 2 {
            // In the middle of it the power fails.
            daemon.kill();
            std::fs::remove_file(&filler).unwrap();
            daemon = office.serve();
        } else {
            // It has tried again in vain.
            daemon.wait_for_line("the outbox can't be");
            std::fs::remove_file(&filler).unwrap();
        }
        tally(&office);
    }
    wait_for("all to be sent", || (tally(&office)["sent"] == readers as i64).then_some(()));
    assert!(daemon.stop().0.success());
    let uncertain = doubted(&office);
    let mut copies: HashMap<String, usize> = HashMap::new();
    for message in server.received() {
        *copies.entry(message.to[0].clone()).or_default() += 1;
    }
    assert_eq!(copies.len(), readers);
    let doubled: Vec<_> = copies.iter().filter(|(_, copies)| **copies > 1).collect();
    assert!(doubled.iter().all(|(address, _)| uncertain.contains(*address)), "{doubled:?}");
    assert!(doubled.len() <= CONNECTIONS, "{doubled:?}");
    println!("the disk was full three times, with one kill: nobody missing, {} came twice", doubled.len());
}
