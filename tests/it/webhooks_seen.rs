//! What an operator sees of webhooks, and what these are told of mail and of people, by whichever door they come.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::hook_receiver::{Answer, HookReceiver, Request};
use crate::support::program::Program;
use crate::support::smtp_server::SmtpServer;
use crate::support::{Daemon, Office, wait_for};

/// With a chat that is told at once, and what `more` says.
fn config(receiver: &HookReceiver, more: &str) -> String {
    let (host, url) = (&receiver.address, receiver.url());
    format!(
        "[fetch]\nallowed_hosts = [\"{host}\"]\n[metrics]\nlisten = \"127.0.0.1:0\"\n\
         [[webhook]]\nname = \"crm\"\nurl = \"{url}\"\nsecret_file = \"config/secret\"\nwait = \"0s\"\n\
         [[digest]]\nslug = \"weekly\"\nschedule = \"0 8 * * 1\"\nupcoming = \"90y\"\n{more}"
    )
}

fn office(receiver: &HookReceiver, more: &str) -> Office {
    let office = Office::with_config(&config(receiver, more));
    office.write("config/secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    office
}

fn by_mail(server: &SmtpServer) -> String {
    format!(
        "[mail]\nfrom = \"Watch <news@example.org>\"\ntransport = \"smtp\"\n\
         [[mail.relay]]\nurl = \"smtp://127.0.0.1:{}\"\n\
         [operator]\naddress = \"admin@office.example\"\nfree = \"0 MB\"\n",
        server.port()
    )
}

fn serve(office: &Office) -> Daemon {
    let daemon = office.serve();
    wait_for("the webhook", || (office.ask("SELECT count(*) FROM webhook") == "1").then_some(()));
    daemon
}

fn state(office: &Office) -> Value {
    office.json(&["webhook", "list"])[0].clone()
}

/// The messages of a type.
fn told(requests: &[Request], kind: &str) -> Vec<Value> {
    let all = requests.iter().map(Request::json);
    all.filter(|message| message["type"] == kind).map(|message| message["data"].clone()).collect()
}

/// The first message of a type, once it is there.
fn wait_for_told(receiver: &HookReceiver, kind: &str) -> Value {
    wait_for(kind, || told(&receiver.requests(), kind).into_iter().next())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_that_fails_is_seen_wherever_things_stand_and_told_after_a_day() {
    let (receiver, server) = (HookReceiver::start(), SmtpServer::start().await);
    let office = office(&receiver, &by_mail(&server));
    let mut daemon = serve(&office);
    receiver.answer(Answer::Status(500, "", "out of order"));
    office.add(&["meeting", "Plenary", "--on", "2099-12-18"]);
    for failures in 1..=3 {
        wait_for("the failure", || (state(&office)["failures"] == failures).then_some(()));
        office.sql("UPDATE hook_message SET next_at = unixepoch() WHERE status = 'waiting' AND attempts < 3");
    }
    let said = "failed 3 times: 500 Internal Server Error: out of order";
    let robot = Program::new(&office, &daemon, "watcher", &["operate"]);
    let finding = json!({ "check": "webhook crm", "status": "error", "message": said });
    let found: Value = serde_json::from_str(&office.run(&["--json", "check"]).stdout).unwrap();
    assert!(found.as_array().unwrap().contains(&finding), "{found}");
    let (_, found) = robot.json(Method::GET, "/check", None).await;
    assert!(found.as_array().unwrap().contains(&finding), "{found}");
    let status = office.run(&["status"]).stdout;
    assert!(status.contains(&format!("the webhook crm: {said}")) && status.contains("webhook replay crm"), "{status}");
    let (_, status) = robot.json(Method::GET, "/status", None).await;
    assert_eq!((&status["webhooks"][0]["failures"], &status["webhooks"][0]["waiting"]), (&json!(3), &json!(1)));
    assert!(status["needs"].to_string().contains("POST /api/v1/webhooks/crm/replay"), "{status}");
    let (_, listed) = robot.json(Method::GET, "/webhooks", None).await;
    assert_eq!(listed, office.json(&["webhook", "list"]));
    let (_, messages) = robot.json(Method::GET, "/webhooks/crm/messages", None).await;
    assert_eq!(messages, office.json(&["webhook", "list", "crm"]));
    let token = robot.token;
    let metrics = reqwest::get(daemon.metrics_url()).await.unwrap().text().await.unwrap();
    for line in ["kalends_webhook_failures{webhook=\"crm\"} 3", "kalends_webhook_waiting{webhook=\"crm\"} 1"] {
        assert!(metrics.contains(line), "no {line} in {metrics}");
    }
    assert_eq!(server.received().len(), 0, "what fails for less than a day may be there again");

    office.sql("UPDATE hook_message SET tried_since = unixepoch() - 90000");
    daemon.wait_for_line("The webhook crm takes nothing");
    let mail = server.wait_for(1, crate::support::PATIENCE).await.remove(0);
    assert!(String::from_utf8_lossy(&mail.data).contains("Subject: [kalends] the webhook crm takes nothing"));
    receiver.answer(Answer::Status(200, "", ""));
    let robot = Program::with(&daemon, &token);
    let (status, replayed) = robot.json(Method::POST, "/webhooks/crm/replay", Some(json!({}))).await;
    assert_eq!((status, &replayed["replayed"]), (200, &json!(1)), "{replayed}");
    let mail = server.wait_for(2, crate::support::PATIENCE).await.remove(1);
    assert!(String::from_utf8_lossy(&mail.data).contains("the webhook crm fails no more"));
    assert!(!office.run(&["status"]).stdout.contains("the webhook crm:"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_tries_a_webhook_and_has_messages_sent_again() {
    let receiver = HookReceiver::start();
    let office = office(&receiver, "");
    let daemon = serve(&office);
    let robot = Program::new(&office, &daemon, "watcher", &["operate"]);
    let test = "/webhooks/crm/test";
    let (status, tried) = robot.json(Method::POST, &format!("{test}?dry_run=true"), None).await;
    assert_eq!((status, &tried["taken"], receiver.requests().len()), (200, &json!(false), 0), "{tried}");
    let (status, tried) = robot.json(Method::POST, test, None).await;
    assert_eq!((status, &tried["taken"], receiver.requests().len()), (200, &json!(true), 1), "{tried}");
    office.add(&["meeting", "Plenary", "--on", "2099-12-18"]);
    let first = receiver.wait_for(2).remove(1);
    wait_for("the end", || (state(&office)["waiting"] == 0).then_some(()));
    let replay = "/webhooks/crm/replay";
    for (wish, expected) in [
        (json!({ "messages": ["msg_none"] }), 409),
        (json!({ "messages": [first.id()], "since": "2020-01-01T00:00:00Z" }), 422),
        (json!({ "since": "yesterday" }), 422),
        (json!({ "all": true }), 422),
    ] {
        let (status, problem) = robot.json(Method::POST, replay, Some(wish.clone())).await;
        assert_eq!(status, expected, "{wish}: {problem}");
    }
    let (_, again) = robot.json(Method::POST, replay, Some(json!({ "messages": [first.id()] }))).await;
    assert_eq!(again, json!({ "webhook": "crm", "replayed": 1 }));
    assert_eq!(receiver.wait_for(3)[2].id(), first.id());
    let (_, again) = robot.json(Method::POST, replay, Some(json!({ "since": "2020-01-01T00:00:00Z" }))).await;
    assert_eq!(again["replayed"], 1);
    let (status, _) = robot.json(Method::GET, "/webhooks/other/messages", None).await;
    assert_eq!(status, 404);
    let reader = Program::new(&office, &daemon, "reader", &["events:read"]);
    assert_eq!(reader.json(Method::GET, "/webhooks/other/messages", None).await.0, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_that_fails_and_a_relay_that_stops_are_told() {
    let (receiver, server) = (HookReceiver::start(), SmtpServer::start().await);
    let office = office(&receiver, &by_mail(&server));
    office.add(&["meeting", "Plenary", "--on", "2090-01-01"]);
    server.on_rcpt("gone@example.com", "550 5.1.1 nobody here");
    for name in ["ada", "gone", "lin"] {
        office.ok(&["subscriber", "add", &format!("{name}@example.com"), "--confirmed"]);
    }
    let daemon = serve(&office);
    office.ok(&["digest", "send", "weekly"]);
    let failed = wait_for_told(&receiver, "delivery.failed");
    let gone = office.json(&["delivery", "list", "--status", "failed"])[0].clone();
    assert_eq!(failed["deliveries"][0], gone["id"], "{failed}");
    assert!(!failed.to_string().contains('@'), "{failed}");
    let sent = wait_for_told(&receiver, "edition.sent");
    assert_eq!((&sent["sent"], &sent["failed"]), (&json!(2), &json!(1)), "{sent}");

    server.refuse_everybody(Some("550 Rejected: the reverse DNS record of your host does not exist"));
    for n in 0..12 {
        office.ok(&["subscriber", "add", &format!("reader{n}@domain{}.example", n % 3), "--confirmed"]);
    }
    office.add(&["meeting", "Another", "--on", "2090-02-01"]);
    office.ok(&["digest", "send", "weekly"]);
    let stopped = wait_for_told(&receiver, "relay.stopped");
    assert_eq!(stopped["relay"], json!(format!("smtp://127.0.0.1:{}", server.port())), "{stopped}");
    // It refused everybody, so that what seemed to fail is taken back.
    assert_eq!(told(&receiver.requests(), "delivery.failed").len(), 1);
    drop(daemon);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_and_goes_by_a_program_or_in_a_table_is_told_and_nobody_twice() {
    let receiver = HookReceiver::start();
    let office = office(&receiver, "");
    let mut daemon = serve(&office);
    let robot = Program::new(&office, &daemon, "crm", &["subscribers:write"]);
    let ada = json!({ "email": "ada@example.org", "consent_at": "2020-01-01T00:00:00Z", "consent_note": "a form" });
    for expected in [201, 200] {
        let (status, _) = robot.json(Method::PUT, "/subscribers", Some(ada.clone())).await;
        assert_eq!(status, expected);
    }
    wait_for_told(&receiver, "subscriber.confirmed");
    let asked = json!({ "email": "asked@example.org" });
    robot.json(Method::PUT, "/subscribers", Some(asked)).await;
    let table = "email,digests,consent_at\nlin@example.org,weekly,2020-01-01\nmax@example.org,weekly,2020-01-01\n";
    for _ in 0..2 {
        let (status, answer) = robot.send("/subscribers/import", "text/csv", table).await;
        assert_eq!(status, 200, "{answer}");
    }
    wait_for("the table", || (told(&receiver.requests(), "subscriber.confirmed").len() >= 2).then_some(()));
    let left = json!({ "remove_digests": ["weekly"] });
    let (status, _) = robot.json(Method::PATCH, "/subscribers/1", Some(left)).await;
    assert_eq!(status, 200);
    wait_for_told(&receiver, "subscriber.left");
    office.settle(&mut daemon);
    let ids = |kind: &str| -> Vec<i64> {
        let all = told(&receiver.requests(), kind).into_iter();
        let people = all.flat_map(|data| data["subscribers"].as_array().unwrap().clone());
        people.map(|person| person["id"].as_i64().unwrap()).collect()
    };
    assert_eq!((ids("subscriber.confirmed"), ids("subscriber.left")), (vec![1, 3, 4], vec![1]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waited_for_a_webhook_is_told_after_a_restore_and_nothing_of_the_backup_again() {
    let receiver = HookReceiver::start();
    let office = office(&receiver, "");
    let mut daemon = serve(&office);
    office.add(&["meeting", "Told before", "--on", "2099-12-18"]);
    receiver.wait_for(1);
    receiver.answer(Answer::Status(500, "", ""));
    office.add(&["meeting", "Waits in the backup", "--on", "2099-12-18"]);
    wait_for("the failure", || (state(&office)["failures"] == 1).then_some(()));
    office.ok(&["backup", "copy.db"]);
    let waiting = office.ask("SELECT message_id FROM hook_message WHERE status = 'waiting'");
    receiver.answer(Answer::Status(200, "", ""));
    office.ok(&["webhook", "replay", "crm"]);
    wait_for("the end", || (state(&office)["waiting"] == 0).then_some(()));
    receiver.answer(Answer::Status(500, "", ""));
    office.add(&["meeting", "Waits in the office", "--on", "2099-12-19"]);
    wait_for("the failure", || (state(&office)["failures"] == 1).then_some(()));
    let newer = office.ask("SELECT message_id FROM hook_message WHERE status = 'waiting'");
    assert_ne!(waiting, newer);
    office.settle(&mut daemon);
    daemon.stop();
    let before = receiver.requests().len();
    office.ok(&["restore", "copy.db"]);
    receiver.answer(Answer::Status(200, "", ""));
    office.sql("UPDATE hook_message SET next_at = unixepoch()");
    let mut daemon = serve(&office);
    receiver.wait_for(before + 1);
    office.settle(&mut daemon);
    let ids: Vec<String> = receiver.requests()[before..].iter().map(Request::id).collect();
    assert_eq!(ids, [newer]);
    office.add(&["meeting", "After", "--on", "2099-12-20"]);
    assert_eq!(receiver.wait_for(before + 2)[before + 1].json()["data"]["events"][0]["title"], "After");
}
