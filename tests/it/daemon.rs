//! The daemon: starts, is watched, stops.

use std::io::Write;
use std::time::{Duration, Instant};

use crate::support::{Daemon, Office, PATIENCE};

/// What it says of itself once it says so: it looks at its database once a second.
async fn readiness(daemon: &Daemon, status: u16) -> String {
    let begun = Instant::now();
    loop {
        let answer = daemon.get("/readyz").await;
        if answer.status() == status {
            return answer.text().await.unwrap();
        }
        assert!(begun.elapsed() < PATIENCE, "waited in vain for {status}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_stops_cleanly_with_a_request_half_sent() {
    let office = Office::new();
    for signal in ["TERM", "INT"] {
        let daemon = office.serve();
        let mut idle = std::net::TcpStream::connect(&daemon.address).unwrap();
        idle.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n").unwrap();
        let kept = reqwest::Client::new();
        kept.get(daemon.url("/healthz")).send().await.unwrap();
        if signal == "INT" {
            daemon.signal("INT");
        }
        let (status, took) = daemon.stop();
        assert!(status.success(), "{status}");
        assert!(took < Duration::from_secs(10), "{took:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_daemon_on_the_same_database_is_refused() {
    let office = Office::new();
    let daemon = office.serve();
    let its_port = daemon.url("").trim_start_matches("http://").to_owned();
    for address in ["127.0.0.1:0", &its_port] {
        let error = office.run(&["serve", "--listen", address]);
        assert_eq!(error.code, 1);
        assert!(error.stderr.contains("error: another kalends daemon already serves"), "{}", error.stderr);
    }
    // That of another office has no such excuse.
    let error = Office::new().fails(&["serve", "--listen", &its_port], 1);
    assert!(error.contains("is in use by another program"), "{error}");
    // Nor does another way to write the path help.
    std::os::unix::fs::symlink(office.path("data/kalends.db"), office.path("link.db")).unwrap();
    let config = std::fs::read_to_string(office.path("config/kalends.toml")).unwrap();
    office.configure(&config.replace("sqlite://data/kalends.db", "sqlite://link.db"));
    assert_eq!(office.run(&["serve", "--listen", "127.0.0.1:0"]).code, 1);
    office.configure(&config);
    daemon.kill();
    // A dead one leaves nothing in the way.
    office.serve();
}

#[tokio::test(flavor = "multi_thread")]
async fn it_tells_how_it_is() {
    let office = Office::new();
    let daemon = office.serve();
    assert_eq!(daemon.text("/healthz").await, "ok\n");
    assert_eq!(daemon.text("/readyz").await, "ready\n");
    assert!(daemon.text("/robots.txt").await.contains("User-agent: *"));
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_not_ready_while_nothing_can_be_written_and_says_why() {
    let office = Office::new();
    let daemon = office.serve_with_little_room(1200);
    assert_eq!(daemon.text("/readyz").await, "ready\n");
    let mut refused = 0;
    for n in 0..60 {
        let email = format!("reader{n}@example.org");
        let (client, wish) = (format!("10.{n}.0.1"), [("email", email.as_str()), ("digest", "weekly")]);
        if daemon.post_from(&client, "/subscribe", &wish).await.status().is_server_error() {
            refused += 1;
            break;
        }
    }
    assert_eq!(refused, 1, "the room was never used up");
    // A write that failed is remembered, though a small one may find room.
    for _ in 0..2 {
        let answer = daemon.get("/readyz").await;
        assert_eq!(answer.status(), 503);
        let text = answer.text().await.unwrap();
        assert!(text.starts_with("not ready: the disk that holds the database"), "{text}");
        // What is not asked again within a second is not tried again.
        std::thread::sleep(Duration::from_millis(1100));
    }
    assert_eq!(daemon.text("/healthz").await, "ok\n");
    daemon.make_room();
    assert_eq!(readiness(&daemon, 200).await, "ready\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_says_once_until_when_nothing_is_due() {
    let office = Office::with_config("[[digest]]\nslug = \"weekly\"\nschedule = \"0 8 * * 1\"\n");
    office.set_clock("2020-09-29T00:00:00Z");
    let mut daemon = office.serve();
    let line = daemon.wait_for_line("idle until");
    assert!(line.contains("idle until 2020-10-05T08:00:00Z as_of="), "{line}");
    // A mail that comes and goes in between changes nothing of that.
    office.ok(&["subscriber", "add", "ada@example.org"]);
    office.settle(&mut daemon);
    assert_eq!(office.outbox().len(), 1);
    let told = daemon.log_so_far().lines().filter(|line| line.contains("INFO") && line.contains("idle until"));
    assert_eq!(told.count(), 1, "{}", daemon.log_so_far());
    office.ok(&["digest", "pause", "weekly"]);
    daemon.wait_for_line("idle until something changes");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_not_ready_when_a_file_of_its_database_was_taken_away() {
    let office = Office::new();
    let daemon = office.serve();
    // Strangers may ask often; that costs no more than a write a second.
    let before = office.ask("SELECT value FROM meta WHERE key = 'written_at'");
    let mut seen = std::collections::HashSet::from([before]);
    let begun = std::time::Instant::now();
    while begun.elapsed() < Duration::from_secs(2) {
        assert_eq!(daemon.text("/readyz").await, "ready\n");
        seen.insert(office.ask("SELECT value FROM meta WHERE key = 'written_at'"));
    }
    assert!((2..=4).contains(&seen.len()), "{seen:?}");
    std::fs::remove_file(office.path("data/kalends.db-wal")).unwrap();
    let text = readiness(&daemon, 503).await;
    assert!(text.contains("deleted or replaced"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_metrics_have_a_door_of_their_own() {
    let office = Office::new();
    let daemon = office.serve();
    assert_eq!(daemon.get("/metrics").await.status(), 404);
    drop(daemon);
    office.configure("[metrics]\nlisten = \"127.0.0.1:0\"\n");
    let mut daemon = office.serve();
    let metrics = daemon.metrics_url();
    let text = reqwest::get(&metrics).await.unwrap().text().await.unwrap();
    assert!(text.contains("kalends_events{status=\"confirmed\"} 0.0") && text.ends_with("# EOF\n"), "{text}");
    assert_eq!(daemon.get("/metrics").await.status(), 404);
    // Nor is the site there.
    assert_eq!(reqwest::get(metrics.replace("/metrics", "/")).await.unwrap().status(), 404);
}

#[test]
fn it_refuses_to_start_where_it_could_not_work() {
    let office = Office::empty();
    let error = office.fails(&["serve", "--listen", "127.0.0.1:0"], 1);
    assert!(error.contains("kalends init"), "{error}");
    let office = Office::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let error = office.fails(&["serve", "--listen", &taken.local_addr().unwrap().to_string()], 1);
    assert!(error.contains("in use") && error.contains("--listen"), "{error}");
    let error = office.fails(&["serve", "--listen", "nonsense"], 2);
    assert!(error.contains("no address to listen on"), "{error}");
}
