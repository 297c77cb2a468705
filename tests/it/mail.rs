//! Deliveries over real SMTP conversations.

use std::time::Duration;

use serde_json::Value;

use crate::support::smtp_server::{Fault, Received, SmtpServer};
use crate::support::{Mail, Office, PATIENCE, wait_for};

fn config(server: &SmtpServer, relay: &str) -> String {
    format!(
        r#"
[site]
title = "Standards Watch"
base_url = "https://events.example.org"
[mail]
from = "Standards Watch 标准 <news@example.org>"
reply_to = "editors@example.org"
transport = "smtp"
[[mail.relay]]
url = "smtp://localhost:{}"
{relay}
[[digest]]
slug = "weekly"
title = "The week ahead"
schedule = "0 8 * * 1"
upcoming = "90y"
"#,
        server.port()
    )
}

/// An office with an event and `readers` confirmed readers whose edition is queued.
fn office(server: &SmtpServer, relay: &str, readers: &[&str]) -> Office {
    let office = Office::with_config(&config(server, relay));
    office.add(&["meeting", "标准 plenary", "--on", "2090-01-01"]);
    for reader in readers {
        office.ok(&["subscriber", "add", reader, "--confirmed"]);
    }
    office.ok(&["digest", "send", "weekly"]);
    office
}

fn wait_for_status(office: &Office, address: &str, status: &str) -> Value {
    wait_for(&format!("{address} to be {status}"), || {
        let all = office.json(&["delivery", "list"]);
        all.as_array().unwrap().iter().find(|d| d["address"] == address && d["status"] == status).cloned()
    })
}

/// The deliveries of the last edition by status. They must add up, whatever happened.
#[track_caller]
fn tally(office: &Office) -> Value {
    let last = office.json(&["digest", "status"])[0]["last"].clone();
    let states = ["sent", "queued", "sending", "deferred", "failed", "uncertain", "suppressed"];
    let sum: i64 = states.iter().map(|status| last[status].as_i64().unwrap()).sum();
    assert_eq!(sum, last["candidates"].as_i64().unwrap(), "{last}");
    last
}

fn mail(received: &Received) -> Mail {
    Mail { octets: received.data.clone() }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edition_goes_out_over_connections_that_are_used_again() {
    let server = SmtpServer::start().await;
    let readers: Vec<String> = (0..30).map(|n| format!("reader{n}@example.com")).collect();
    let readers: Vec<&str> = readers.iter().map(String::as_str).collect();
    let office = office(&server, "connections = 2", &readers);
    let _daemon = office.serve();
    let received = server.wait_for(30, PATIENCE).await;
    assert!(server.connections() <= 2, "{} connections", server.connections());
    let mut to: Vec<_> = received.iter().map(|r| r.to[0].clone()).collect();
    to.sort();
    to.dedup();
    assert_eq!(to.len(), 30);
    for message in &received {
        assert_eq!((message.from.as_str(), message.to.len()), ("news@example.org", 1));
        assert!(!message.bare_lf && !message.long_line);
    }
    let first = mail(&received[0]);
    assert_eq!(first.header("List-Id"), "The week ahead <weekly.example.org>");
    assert_eq!(first.header("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
    assert!(first.header("List-Unsubscribe").starts_with("<https://events.example.org/unsubscribe/"));
    assert_eq!(first.header("Auto-Submitted"), "auto-generated");
    assert_eq!(first.header("Reply-To"), "editors@example.org");
    assert!(first.header("Content-Type").starts_with("multipart/alternative"));
    assert!(first.text().contains("标准 plenary") && first.html().contains("标准 plenary"));
    wait_for("the status", || {
        let last = office.json(&["digest", "status"])[0]["last"].clone();
        (last["sent"] == 30 && last["candidates"] == 30).then_some(())
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn starttls_and_login() {
    let server = SmtpServer::builder().starttls().require_login("kalends", "s3cret").start().await;
    let relay =
        "username = \"kalends\"\npassword_file = \"config/password\"\nca_file = \"config/ca.pem\"\ntls = \"required\"";
    let office = Office::with_config(&config(&server, relay));
    office.write("config/ca.pem", server.ca_pem());
    office.write("config/password", "s3cret\n");
    let check = office.ok(&["check"]);
    assert!(check.contains("connected with TLS and logged in"), "{check}");
    office.ok(&["digest", "send", "weekly", "--to", "ada@example.com"]);
    let received = server.wait_for(1, PATIENCE).await;
    assert!(received[0].tls && received[0].login.as_deref() == Some("kalends"));
    assert!(mail(&received[0]).subject().starts_with("[Test] "));

    office.write("config/password", "wrong");
    let ran = office.run(&["check"]);
    assert!(ran.code == 1 && ran.stdout.contains("login failed"), "{}", ran.stdout);
    std::fs::remove_file(office.path("config/ca.pem")).unwrap();
    let ran = office.run(&["check"]);
    assert!(ran.code == 1 && ran.stdout.contains("ca_file"), "{}", ran.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn tls_from_the_first_octet() {
    let server = SmtpServer::builder().implicit_tls().start().await;
    let config = config(&server, "ca_file = \"config/ca.pem\"").replace("smtp://localhost", "smtps://localhost");
    let office = Office::with_config(&config);
    office.write("config/ca.pem", server.ca_pem());
    office.ok(&["digest", "send", "weekly", "--to", "ada@example.com"]);
    assert!(server.wait_for(1, PATIENCE).await[0].tls);
    // A server whose certificate nobody vouches for gets nothing.
    office.configure(&config.replace("ca_file = \"config/ca.pem\"", ""));
    let error = office.fails(&["digest", "send", "weekly", "--to", "ada@example.com"], 1);
    assert!(error.contains("TLS failed"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_not_sent_where_tls_is_required_and_missing() {
    let server = SmtpServer::builder().require_login("kalends", "s3cret").start().await;
    let relay = "username = \"kalends\"\npassword = \"s3cret\"\ntls = \"required\"";
    let office = Office::with_config(&config(&server, relay));
    let ran = office.run(&["check"]);
    assert!(ran.code == 1 && ran.stdout.contains("no STARTTLS"), "{}", ran.stdout);
    assert!(!server.transcript().iter().any(|line| line.contains("C: AUTH")), "{:?}", server.transcript());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_for_now_is_deferred_and_for_good_has_failed() {
    let server = SmtpServer::start().await;
    server.on_rcpt("busy@example.com", "451 4.2.0 greylisted");
    server.on_rcpt("gone@example.com", "550 5.1.1 no such user");
    let office = office(&server, "connections = 1", &["busy@example.com", "gone@example.com", "here@example.com"]);
    let _daemon = office.serve();
    server.wait_for(1, PATIENCE).await;
    let busy = wait_for_status(&office, "busy@example.com", "deferred");
    assert!(busy["error"].as_str().unwrap().contains("greylisted"), "{busy}");
    assert!(busy["next_at"].is_string());
    let gone = wait_for_status(&office, "gone@example.com", "failed");
    assert!(gone["error"].as_str().unwrap().contains("no such user"), "{gone}");
    wait_for_status(&office, "here@example.com", "sent");
    // One refusal does not cost the connection.
    assert_eq!(server.connections(), 1);
    let last = tally(&office);
    assert_eq!(
        (last["sent"].clone(), last["deferred"].clone(), last["failed"].clone()),
        (1.into(), 1.into(), 1.into())
    );

    // Nothing more goes to an address that is no good, until somebody says that it is.
    server.on_rcpt_once("gone@example.com", "250 2.1.5 here after all");
    office.ok(&["subscriber", "unsuppress", "gone@example.com"]);
    office.ok(&["delivery", "retry", &gone["id"].to_string()]);
    let again = wait_for_status(&office, "gone@example.com", "sent");
    assert_eq!((&again["message_id"], &again["attempts"]), (&gone["message_id"], &2.into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_lost_after_the_final_dot_leaves_the_delivery_uncertain() {
    let server = SmtpServer::start().await;
    server.drop_after_final_dot_once();
    let office = office(&server, "connections = 1", &["ada@example.com"]);
    let held = std::fs::read_to_string(office.path("config/kalends.toml")).unwrap();
    office.configure(&held.replace("transport = \"smtp\"", "transport = \"smtp\"\nuncertain = \"hold\""));
    let daemon = office.serve();
    let uncertain = wait_for_status(&office, "ada@example.com", "uncertain");
    assert!(uncertain["next_at"].is_null());
    daemon.stop();

    // With "retry" it goes once more, under the same Message-ID, so that a mailbox can tell.
    office.configure(&held);
    office.ok(&["delivery", "retry", &uncertain["id"].to_string()]);
    let _daemon = office.serve();
    wait_for_status(&office, "ada@example.com", "sent");
    let received = server.received();
    let ids: Vec<_> = received.iter().map(|r| mail(r).header("Message-ID")).collect();
    assert_eq!(ids.len(), 2);
    assert_eq!(ids[0], ids[1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_lost_before_the_message_is_no_doubt() {
    let server = SmtpServer::start().await;
    let office = office(&server, "connections = 1", &["ada@example.com", "lin@example.com"]);
    server.drop_before_data_once();
    let _daemon = office.serve();
    // The first connection had carried nothing: its delivery is deferred for seconds and then sent.
    wait_for_status(&office, "ada@example.com", "sent");
    wait_for_status(&office, "lin@example.com", "sent");
    let sent: Vec<_> = server.received().into_iter().filter(|r| r.accepted).collect();
    assert_eq!(sent.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_that_is_away_loses_nothing_and_gets_it_when_it_is_back() {
    let server = SmtpServer::start().await;
    let port = server.port();
    let office = office(&server, "connections = 1", &["ada@example.com"]);
    drop(server);
    let _daemon = office.serve();
    let deferred = wait_for_status(&office, "ada@example.com", "deferred");
    assert!(deferred["error"].as_str().unwrap().contains(&port.to_string()), "{deferred}");
    assert_eq!(tally(&office)["deferred"], 1);
    let server = SmtpServer::builder().port(port).start().await;
    server.wait_for(1, PATIENCE).await;
    wait_for_status(&office, "ada@example.com", "sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_relay_does_not_hold_up_a_living_one() {
    let server = SmtpServer::start().await;
    let dead = "connections = 1\n[[mail.relay]]\nurl = \"smtp://127.0.0.1:1\"\nconnections = 1";
    let readers: Vec<String> = (0..10).map(|n| format!("reader{n}@example.com")).collect();
    let readers: Vec<&str> = readers.iter().map(String::as_str).collect();
    let office = office(&server, dead, &readers);
    let _daemon = office.serve();
    server.wait_for(10, PATIENCE).await;
    wait_for("all to be sent", || (tally(&office)["sent"] == 10).then_some(()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_doubtful_delivery_is_repeated_until_the_server_answers() {
    let server = SmtpServer::start().await;
    server.drop_after_final_dot_once();
    server.drop_after_final_dot_once();
    let office = office(&server, "connections = 1", &["ada@example.com"]);
    let _daemon = office.serve();
    let sent = wait_for_status(&office, "ada@example.com", "sent");
    assert_eq!(sent["attempts"], 3);
    assert_eq!(tally(&office)["sent"], 1);
    let ids: Vec<_> = server.received().iter().map(|r| mail(r).header("Message-ID")).collect();
    assert!(ids.len() == 3 && ids.iter().all(|id| *id == ids[0]), "{ids:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_lets_the_message_on_the_wire_arrive() {
    let server = SmtpServer::builder().reply_delay(Duration::from_millis(300)).start().await;
    let office = office(&server, "connections = 1", &["ada@example.com", "lin@example.com", "bob@example.com"]);
    let daemon = office.serve();
    wait_for("a delivery on the wire", || (tally(&office)["sending"] == 1).then_some(()));
    let (status, _) = daemon.stop();
    assert!(status.success());
    let last = tally(&office);
    assert_eq!((&last["sending"], &last["uncertain"]), (&0.into(), &0.into()), "{last}");
    assert_eq!(last["sent"].as_i64().unwrap() as usize, server.received().iter().filter(|r| r.accepted).count());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_is_asked_about_the_next_reader_ahead_and_who_left_meanwhile_gets_nothing() {
    let slow = |_: &str, _| Fault::Slow(Duration::from_millis(500));
    let server = SmtpServer::builder().pipelining().weather(slow).start().await;
    let readers = ["ada@example.com", "bob@example.com", "eve@example.com", "lin@example.com", "sam@example.com"];
    let office = office(&server, "connections = 1", &readers);
    let _daemon = office.serve();
    server.wait_for(1, PATIENCE).await;
    office.sql("UPDATE subscription SET status = 'left' WHERE subscriber_id = (SELECT id FROM subscriber WHERE email LIKE 'eve@%')");
    wait_for_status(&office, "sam@example.com", "sent");
    wait_for_status(&office, "eve@example.com", "suppressed");
    assert_eq!(tally(&office)["sent"], 4);
    let to: Vec<_> = server.received().iter().map(|message| message.to[0].clone()).collect();
    assert!(to.len() == 4 && !to.contains(&"eve@example.com".to_owned()), "{to:?}");
    // It was asked about her behind Bob's message; only the end of the connection could take that back.
    let said = server.transcript();
    assert!(said.iter().any(|line| line.contains("RCPT TO:<eve@")), "{said:?}");
    assert_eq!(server.connections(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_in_the_middle_loses_nobody_and_doubles_only_what_was_on_the_wire() {
    let server = SmtpServer::builder().reply_delay(Duration::from_millis(5)).start().await;
    let readers: Vec<String> = (0..60).map(|n| format!("reader{n}@example.com")).collect();
    let readers: Vec<&str> = readers.iter().map(String::as_str).collect();
    let office = office(&server, "connections = 3", &readers);
    let mut kills = 0;
    for accepted in [5, 20, 40] {
        let daemon = office.serve();
        server.wait_for(accepted, PATIENCE).await;
        daemon.kill();
        kills += 1;
        let last = tally(&office);
        assert_eq!(last["candidates"], 60);
        assert!(last["sending"].as_i64().unwrap() <= 3, "{last}");
    }
    let _daemon = office.serve();
    wait_for("all to be sent", || (office.json(&["digest", "status"])[0]["last"]["sent"] == 60).then_some(()));
    let mut to: Vec<_> = server.received().iter().filter(|r| r.accepted).map(|r| r.to[0].clone()).collect();
    let sent = to.len();
    to.sort();
    to.dedup();
    assert_eq!(to.len(), 60);
    assert!(sent - 60 <= kills * 3, "{} doubled", sent - 60);
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_beyond_ascii_is_encoded_and_reads_the_same() {
    let server = SmtpServer::start().await;
    let office = office(&server, "", &["阿达@example.com", "ada@bücher.example"]);
    let _daemon = office.serve();
    let received = server.wait_for(2, PATIENCE).await;
    let to: Vec<_> = received.iter().map(|r| r.to[0].as_str()).collect();
    assert!(to.contains(&"阿达@example.com") && to.contains(&"ada@xn--bcher-kva.example"), "{to:?}");
    let ada = received.iter().find(|r| r.to[0].contains("bcher")).unwrap();
    assert!(ada.data.is_ascii());
}
