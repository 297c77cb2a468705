//! Several relays, their rates and shares; the pace of recipients' domains; pausing.

use std::time::{Duration, Instant};

use crate::support::smtp_server::{Fault, SmtpServer};
use crate::support::{Office, PATIENCE, wait_for};

fn relay(server: &SmtpServer, keys: &str) -> String {
    format!("[[mail.relay]]\nurl = \"smtp://127.0.0.1:{}\"\n{keys}\n", server.port())
}

/// An office with a meeting, these readers and no edition yet.
fn office(mail: &str, relays: &[String], readers: &[String]) -> Office {
    let digest = |slug: &str| format!("[[digest]]\nslug = \"{slug}\"\nschedule = \"0 8 * * 1\"\nupcoming = \"90y\"\n");
    let office = Office::with_config(&format!(
        "[mail]\nfrom = \"Watch <news@example.org>\"\ntransport = \"smtp\"\n{mail}\n{}{}{}",
        relays.concat(),
        digest("weekly"),
        digest("monthly"),
    ));
    office.add(&["meeting", "Plenary", "--on", "2090-01-01"]);
    let rows = readers.iter().map(|reader| format!("{reader},weekly;monthly,2020-01-01\n"));
    let table = office.write("readers.csv", format!("email,digests,consent_at\n{}", rows.collect::<String>()));
    office.ok(&["subscriber", "import", &table]);
    office
}

fn readers(count: usize, domain: &str) -> Vec<String> {
    (0..count).map(|n| format!("reader{n}@{domain}")).collect()
}

fn sent(office: &Office) -> usize {
    office.json(&["delivery", "list", "--status", "sent"]).as_array().unwrap().len()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_keeps_its_rate_and_reaches_it() {
    let server = SmtpServer::start().await;
    let office = office("", &[relay(&server, "connections = 4\nrate = 20")], &readers(60, "example.com"));
    office.ok(&["digest", "send", "weekly"]);
    let _daemon = office.serve();
    server.wait_for(1, PATIENCE).await;
    let begun = Instant::now();
    server.wait_for(60, PATIENCE).await;
    let took = begun.elapsed();
    // 59 intervals of 50 ms; a busy machine may be late, but never early by more than a burst.
    assert!(took > Duration::from_millis(2700), "{took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn relays_share_the_load_by_their_weights() {
    let slow = || SmtpServer::builder().reply_delay(Duration::from_millis(1));
    let (heavy, light) = (slow().start().await, slow().start().await);
    // As many connections as there are deliveries at a time: both always have one free.
    let relays = [relay(&heavy, "connections = 8\nweight = 3"), relay(&light, "connections = 8")];
    let office = office("domain_rate = 40", &relays, &readers(120, "example.com"));
    office.ok(&["digest", "send", "weekly"]);
    let _daemon = office.serve();
    wait_for("all to be sent", || (sent(&office) == 120).then_some(()));
    let (heavy, light) = (heavy.received().len(), light.received().len());
    assert!(heavy > light && light > 0, "{heavy} and {light}");
}

#[tokio::test(flavor = "multi_thread")]
async fn relays_that_hang_or_refuse_hold_up_nobody_and_lose_nothing() {
    let good = SmtpServer::start().await;
    let hanging = SmtpServer::builder().weather(|_, _| Fault::Hang).start().await;
    let refusing = SmtpServer::builder().weather(|_, _| Fault::Rcpt("451 4.3.0 not now")).start().await;
    let relays = [
        relay(&hanging, "connections = 2"),
        relay(&refusing, "connections = 2"),
        relay(&good, "connections = 2"),
        "[[mail.relay]]\nurl = \"smtp://127.0.0.1:1\"\nconnections = 2\n".into(),
    ];
    let office = office("", &relays, &readers(100, "example.com"));
    office.ok(&["digest", "send", "weekly"]);
    let daemon = office.serve();
    // Two hang for ten minutes, some wait for their second attempt; the rest arrives.
    wait_for("most to be sent", || (sent(&office) >= 80).then_some(()));
    let refused = office.json(&["delivery", "list", "--status", "deferred"]);
    let refused = refused.as_array().unwrap();
    assert!(refused.iter().any(|d| d["relay"].as_str().unwrap().ends_with(&refusing.port().to_string())));
    daemon.kill();

    office.sql("UPDATE delivery SET next_at = 1 WHERE next_at IS NOT NULL");
    let config = std::fs::read_to_string(office.path("config/kalends.toml")).unwrap();
    let rest = config.replace(&relays[0], "").replace(&relays[1], "");
    office.configure(&rest);
    let _daemon = office.serve();
    wait_for("all to be sent", || (sent(&office) == 100).then_some(()));
}

#[tokio::test(flavor = "multi_thread")]
async fn while_all_relays_hang_everything_else_goes_on() {
    let hanging = SmtpServer::builder().weather(|_, _| Fault::Hang).start().await;
    let office = office("", &[relay(&hanging, "connections = 3")], &readers(20, "example.com"));
    office.ok(&["digest", "send", "weekly"]);
    let daemon = office.serve();
    let on_the_wire = || office.json(&["delivery", "list", "--status", "sending"]).as_array().unwrap().len();
    wait_for("all connections to hang", || (on_the_wire() == 3).then_some(()));

    let begun = Instant::now();
    let page = daemon.post("/subscribe", &[("email", "new@example.com"), ("digest", "weekly")]).await;
    assert_eq!(page.status(), 200);
    office.add(&["forum", "While nothing moves", "--on", "2090-02-02"]);
    office.ok(&["digest", "pause", "monthly"]);
    wait_for("the calendar to tell it", || {
        let calendar =
            tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(daemon.text("/calendar.ics")));
        calendar.contains("While nothing moves").then_some(())
    });
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    let queued = office.json(&["delivery", "list", "--status", "queued"]);
    assert!(queued.as_array().unwrap().iter().any(|delivery| delivery["address"] == "new@example.com"));
    assert_eq!(on_the_wire(), 3);

    // Told to stop, it does not wait for them either, and nobody is taken for served.
    let (status, took) = daemon.stop();
    assert!(status.success() && took < Duration::from_secs(12), "{status} after {took:?}");
    assert_eq!(sent(&office), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_that_refuses_the_sender_takes_nobody_off_the_list() {
    let server = SmtpServer::start().await;
    let office = office(
        "",
        &[relay(&server, "connections = 1\nusername = \"a\"\npassword = \"b\"")],
        &readers(3, "example.com"),
    );
    office.ok(&["digest", "send", "weekly"]);
    let _daemon = office.serve();
    // It offers no login, so none is possible.
    wait_for("a delivery to wait", || {
        let waiting = office.json(&["delivery", "list", "--status", "deferred"]);
        (!waiting.as_array().unwrap().is_empty()).then_some(())
    });
    assert!(office.json(&["delivery", "list", "--status", "failed"]).as_array().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_domain_holds_up_no_other() {
    let server = SmtpServer::start().await;
    let mut all = readers(30, "slow.example");
    all.extend(readers(30, "fast.example"));
    let office = office("domain_rates = { \"slow.example\" = \"2/s\" }", &[relay(&server, "connections = 2")], &all);
    office.ok(&["digest", "send", "weekly"]);
    let daemon = office.serve();
    let of = |domain: &str| server.received().iter().filter(|m| m.to[0].ends_with(domain)).count();
    wait_for("the fast ones", || (of("fast.example") == 30).then_some(()));
    assert!(of("slow.example") < 20, "{}", of("slow.example"));
    let last = office.json(&["digest", "status", "weekly"])[0]["last"].clone();
    assert_eq!(
        last["queued"].as_i64().unwrap() + last["sent"].as_i64().unwrap() + last["sending"].as_i64().unwrap(),
        60
    );
    daemon.stop();
    // A restart forgets nobody.
    let _daemon = office.serve();
    wait_for("the slow ones", || (of("slow.example") == 30).then_some(()));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_digest_does_not_wait_for_another_and_pausing_holds_within_a_second() {
    let server = SmtpServer::builder().reply_delay(Duration::from_millis(10)).start().await;
    let office = office("", &[relay(&server, "connections = 1")], &readers(200, "example.com"));
    office.ok(&["digest", "send", "weekly"]);
    let daemon = office.serve();
    server.wait_for(3, PATIENCE).await;
    office.ok(&["digest", "send", "monthly"]);
    let sent_of = |slug: &str| office.json(&["digest", "status", slug])[0]["last"]["sent"].as_i64().unwrap();
    wait_for("some of the second", || (sent_of("monthly") >= 5).then_some(()));
    assert!(sent_of("weekly") < 150, "the second digest waited for the first");

    office.ok(&["digest", "pause", "weekly"]);
    // So long it may take.
    std::thread::sleep(Duration::from_secs(1));
    let held = sent_of("weekly");
    let others = sent_of("monthly");
    wait_for("more of the other", || (sent_of("monthly") >= others + 20).then_some(()));
    assert!(sent_of("weekly") - held <= 1, "it went on after the pause");
    office.ok(&["digest", "resume", "weekly"]);
    wait_for("it to go on", || (sent_of("weekly") > held + 3).then_some(()));
    drop(daemon);
}

#[tokio::test(flavor = "multi_thread")]
async fn editions_rest_in_quiet_hours_and_confirmations_do_not() {
    let server = SmtpServer::start().await;
    // 12:00 UTC is 20:00 in Shanghai and 13:00 in Brussels.
    let quiet = "quiet_hours = \"19:00-07:00\"";
    let office = office(quiet, &[relay(&server, "connections = 1")], &readers(1, "example.com"));
    for (reader, zone) in [("lin@example.com", "Asia/Shanghai"), ("ada@example.com", "Europe/Brussels")] {
        office.ok(&["subscriber", "add", reader, "--confirmed", "--tz", zone]);
    }
    office.set_clock("2026-01-15T12:00:00Z");
    office.ok(&["digest", "send", "weekly"]);
    let daemon = office.serve();
    office.ok(&["subscriber", "add", "new@example.com", "--tz", "Asia/Shanghai"]);
    server.wait_for(3, PATIENCE).await;
    let to: Vec<_> = server.received().iter().map(|message| message.to[0].clone()).collect();
    assert!(!to.contains(&"lin@example.com".into()) && to.contains(&"new@example.com".into()), "{to:?}");
    daemon.stop();
    let waiting = &office.json(&["delivery", "list", "--status", "queued"])[0];
    assert_eq!((&waiting["address"], &waiting["next_at"]), (&"lin@example.com".into(), &"2026-01-15T23:00:00Z".into()));
}
