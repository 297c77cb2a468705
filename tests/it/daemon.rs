//! The daemon: starts, is watched, stops.

use std::io::Write;
use std::time::Duration;

use crate::support::Office;

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
    let error = office.run(&["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(error.code, 1);
    assert!(error.stderr.contains("error: another kalends daemon already serves"), "{}", error.stderr);
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

#[test]
fn it_refuses_to_start_where_it_could_not_work() {
    let office = Office::empty();
    let error = office.fails(&["serve", "--listen", "127.0.0.1:0"], 1);
    assert!(error.contains("kalends init"), "{error}");
    let office = Office::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let error = office.fails(&["serve", "--listen", &taken.local_addr().unwrap().to_string()], 1);
    assert!(error.contains("in use") && error.contains("--listen"), "{error}");
    let error = office.fails(&["serve", "--listen", "nonsense"], 1);
    assert!(error.contains("can't listen"), "{error}");
}
