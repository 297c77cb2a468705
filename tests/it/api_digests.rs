//! What programs do with digests, editions, deliveries, bounces and sources over HTTP.

use kalends::domain::verp::Verp;
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::bounces::dsn;
use crate::support::calendar_server::CalendarServer;
use crate::support::program::Program;
use crate::support::{Office, another_second, wait_for};

const CONFIG: &str = r#"
[site]
timezone = "Asia/Shanghai"
[bounce]
address = "bounces@example.org"
[[digest]]
slug = "weekly"
title = "The week ahead"
schedule = "0 8 * * 1"
retell = true
[[digest]]
slug = "monthly"
schedule = "0 8 1 * *"
"#;

/// An office with two readers of the weekly digest, on a Tuesday.
fn office() -> Office {
    let office = Office::with_config(CONFIG);
    office.set_clock("2020-09-29T01:00:00Z");
    office.add(&["meeting", "Plenary", "--on", "2020-10-12"]);
    for reader in ["ada@example.com", "lin@example.com"] {
        office.ok(&["subscriber", "add", reader, "--confirmed", "--digest", "weekly"]);
    }
    office
}

/// All that a database holds which these operations could change.
fn kept(office: &Office) -> String {
    let count = |table: &str| office.ask(&format!("SELECT count(*) FROM {table}"));
    let tables = ["edition", "delivery", "mail", "act", "bounce", "source", "event"].map(count).join(" ");
    tables
        + " "
        + &office.ask("SELECT group_concat(status) FROM (SELECT status FROM delivery ORDER BY id)")
        + &office.ask("SELECT group_concat(paused) FROM digest")
        + &office.ask("SELECT group_concat(coalesce(suppressed, '-')) FROM subscriber")
        + &office.ask("SELECT group_concat(status) FROM subscription")
}

async fn post(program: &Program<'_>, path: &str, body: Value) -> (u16, Value) {
    program.json(Method::POST, path, Some(body)).await
}

fn kind(answer: &Response) -> String {
    answer.headers()["content-type"].to_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_digest_is_shown_with_its_moments_and_seen_before_it_is_sent() {
    let office = office();
    let daemon = office.serve();
    let reader = Program::new(&office, &daemon, "reader", &["digests:read"]);
    let (_, digests) = reader.json(Method::GET, "/digests", None).await;
    assert_eq!(digests, office.json(&["digest", "list"]));
    let (status, answer) = reader.ask(Method::GET, "/digests/weekly", &[], None).await;
    let tag = answer.headers()["etag"].to_str().unwrap().to_owned();
    let weekly: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    assert_eq!((status, &weekly["subscribers"], &weekly["last"]), (200, &json!(2), &Value::Null));
    assert_eq!(weekly["next_at"], "2020-10-05T00:00:00Z");
    let (status, _) = reader.ask(Method::GET, "/digests/weekly", &[("If-None-Match", &tag)], None).await;
    assert_eq!(status, 304);

    let moments = "/digests/weekly/moments?from=2020-09-28%2008:00&count=2";
    let (_, told) = reader.json(Method::GET, moments, None).await;
    assert_eq!(told, json!([{ "at": "2020-09-28T00:00:00Z" }, { "at": "2020-10-05T00:00:00Z" }]));
    let (_, told) = reader.json(Method::GET, "/digests/weekly/moments", None).await;
    assert_eq!(told, office.json(&["digest", "schedule", "weekly"]));

    let wish = json!({ "at": "2020-10-05 08:00" });
    let (status, preview) = post(&reader, "/digests/weekly/preview", wish).await;
    assert_eq!((status, &preview["subject"]), (200, &json!("Plenary, 12 October")));
    for (format, expected, part) in [
        ("html", "text/html; charset=utf-8", "<html"),
        ("text", "text/plain; charset=utf-8", "Subject: Plenary, 12 October"),
        ("eml", "message/rfc822", "\r\nAuto-Submitted: auto-generated\r\n"),
    ] {
        let body = Some(json!({ "format": format }));
        let (status, answer) = reader.ask(Method::POST, "/digests/weekly/preview", &[], body).await;
        assert_eq!((status, kind(&answer).as_str()), (200, expected));
        let text = answer.text().await.unwrap();
        assert!(text.contains(part) && text.contains("Plenary"), "{format}: {text}");
    }
    assert_eq!(office.outbox().len(), 0);

    // Who may not see readers does not learn who they are.
    for address in ["ada@example.com", "nobody@example.com"] {
        let (status, problem) = post(&reader, "/digests/weekly/preview", json!({ "as": address })).await;
        assert_eq!((status, &problem["code"]), (403, &json!("forbidden")));
        assert!(problem["detail"].as_str().unwrap().contains("subscribers:read"), "{problem}");
    }
    let both = Program::new(&office, &daemon, "both", &["digests:read", "subscribers:read"]);
    let wish = |address: &str| json!({ "as": address, "format": "eml" });
    let (status, answer) = both.ask(Method::POST, "/digests/weekly/preview", &[], Some(wish("ada@example.com"))).await;
    assert_eq!(status, 200);
    assert!(answer.text().await.unwrap().contains("To: ada@example.com"));
    assert_eq!(post(&both, "/digests/weekly/preview", wish("nobody@example.com")).await.0, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edition_is_made_and_its_deliveries_are_followed_and_sent_again() {
    let office = office();
    let daemon = office.serve();
    let robot = Program::new(&office, &daemon, "robot", &["digests:write"]);
    let (status, answer) = robot.ask(Method::POST, "/digests/weekly/editions", &[], Some(json!({}))).await;
    assert_eq!((status, answer.headers()["location"].to_str().unwrap()), (201, "/api/v1/editions/1"));
    let sent: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    assert_eq!((&sent["edition"], &sent["candidates"], &sent["instead"]), (&json!(1), &json!(2), &json!(false)));
    assert_eq!(office.wait_for_mails(2).len(), 2);
    let told = || office.json(&["digest", "status", "weekly/1"]);
    wait_for("both to be sent", || (told()["sent"] == 2).then_some(()));
    let (status, edition) = robot.json(Method::GET, "/editions/1", None).await;
    assert_eq!((status, &edition), (200, &told()));
    assert_eq!(office.json(&["acts"])[0]["actor"], "token robot");

    // The same moment has one edition, and what is ahead is meant only if that is said.
    let at = sent["scheduled_for"].clone();
    let (status, again) = post(&robot, "/digests/weekly/editions", json!({ "at": at })).await;
    assert_eq!((status, &again["edition"], &again["reason"]), (200, &Value::Null, &json!("already")));
    let (status, problem) = post(&robot, "/digests/weekly/editions", json!({ "at": "2020-10-05T08:00" })).await;
    assert_eq!((status, &problem["errors"][0]["field"]), (409, &json!("instead")));
    let (status, none) = post(&robot, "/digests/monthly/editions", json!({})).await;
    assert_eq!((status, &none["reason"]), (200, &json!("no-readers")));
    let (status, early) = post(&robot, "/digests/weekly/editions", json!({ "instead": true })).await;
    assert_eq!((status, &early["scheduled_for"]), (201, &json!("2020-10-05T00:00:00Z")));

    let (editions, pages) = robot.pages("/editions?digest=weekly&limit=1").await;
    let names: Vec<_> = editions.iter().map(|edition| edition["number"].as_i64().unwrap()).collect();
    assert_eq!((names, pages), (vec![2, 1], 2));

    // Whom they went to is not for who sends them.
    for path in ["/deliveries", "/bounces", "/sources", "/status", "/acts", "/configuration"] {
        assert_eq!(robot.json(Method::GET, path, None).await.0, 403, "{path}");
    }
    office.wait_for_mails(4);
    wait_for("all to be sent", || {
        (office.ask("SELECT count(*) FROM delivery WHERE status = 'sent'") == "4").then_some(())
    });
    let operator = Program::new(&office, &daemon, "operator", &["operate"]);
    let (deliveries, pages) = operator.pages("/deliveries?limit=3").await;
    let mut listed = office.json(&["delivery", "list"]);
    listed.as_array_mut().unwrap().reverse();
    assert_eq!((Value::Array(deliveries), pages), (listed, 2));
    for (query, count) in [
        ("edition=weekly/1", 2),
        ("edition=2&address=ADA@example.com", 1),
        ("digest=weekly&status=sent", 4),
        ("status=failed", 0),
        ("digest=monthly", 0),
    ] {
        let (found, _) = operator.pages(&format!("/deliveries?{query}")).await;
        assert_eq!(found.len(), count, "{query}");
    }

    office.sql("UPDATE delivery SET status = 'failed' WHERE id = 1");
    for wish in [json!({}), json!({ "all": false }), json!({ "id": 1, "all": true })] {
        let (status, problem) = post(&operator, "/deliveries/retry", wish).await;
        assert!(status == 422 && problem["detail"].as_str().unwrap().starts_with("say what to retry"), "{problem}");
    }
    assert_eq!(post(&operator, "/deliveries/retry", json!({ "id": 2 })).await.0, 409);
    assert_eq!(post(&operator, "/deliveries/retry", json!({ "id": 2.0 })).await.0, 409);
    assert_eq!(post(&operator, "/deliveries/retry", json!({ "id": 99 })).await.0, 404);
    let (status, retried) = post(&operator, "/deliveries/retry", json!({ "edition": "weekly/1" })).await;
    assert_eq!((status, &retried["queued"]), (200, &json!(1)));
    wait_for("it to go again", || (told()["sent"] == 2).then_some(()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_digest_is_paused_tried_and_resumed() {
    let office = office();
    let daemon = office.serve();
    let robot = Program::new(&office, &daemon, "robot", &["digests:write"]);
    let (status, paused) = robot.json(Method::POST, "/digests/weekly/pause", None).await;
    assert_eq!((status, paused), (200, json!({ "digest": "weekly", "paused": true, "next_at": null })));
    assert_eq!(robot.json(Method::GET, "/digests/weekly", None).await.1["paused"], true);
    let (status, resumed) = robot.json(Method::POST, "/digests/weekly/resume", None).await;
    assert_eq!((status, &resumed["next_at"]), (200, &json!("2020-10-05T00:00:00Z")));
    let (status, test) = post(&robot, "/digests/weekly/test", json!({ "to": "ann@example.org" })).await;
    assert_eq!((status, &test["to"]), (200, &json!("ann@example.org")));
    let mail = &office.wait_for_mails(1)[0];
    assert_eq!(
        (mail.header("To").as_str(), mail.header("Message-ID")),
        ("ann@example.org", test["message_id"].as_str().unwrap().to_owned())
    );
    assert_eq!(office.ask("SELECT count(*) FROM edition"), "0");
    let operator = Program::new(&office, &daemon, "operator", &["operate"]);
    let (acts, pages) = operator.pages("/acts?limit=2").await;
    let deeds: Vec<_> = acts.iter().map(|act| act["action"].as_str().unwrap().to_owned()).collect();
    assert_eq!(deeds[..4], ["added", "tested", "resumed", "paused"], "{deeds:?}");
    assert_eq!((Value::Array(acts), pages), (office.json(&["acts"]), 4));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_back_is_taken_and_shown() {
    let office = office();
    office.ok(&["digest", "send", "weekly"]);
    office.sql("UPDATE delivery SET status = 'sent', next_at = NULL, tried_since = created_at");
    let daemon = office.serve();
    let operator = Program::new(&office, &daemon, "operator", &["operate"]);
    let verp = Verp::of(&"bounces@example.org".parse().unwrap(), &office.token_key());
    let recipient = verp.envelope_sender(office.subject("delivery", 1)).to_string();
    let path = format!("/bounces?sender=&recipient={}", recipient.replace('+', "%2B"));
    let message = dsn("failed", "5.1.1", "550 5.1.1 no such user");

    let before = kept(&office);
    let (status, tried) = operator.send(&format!("{path}&dry_run=true"), "message/rfc822", message.clone()).await;
    assert_eq!((status, &tried[0]["class"], &tried[0]["verified"]), (200, &json!("hard"), &json!(true)));
    assert_eq!(kept(&office), before);
    let (status, taken) = operator.send(&path, "message/rfc822", message.clone()).await;
    assert_eq!((status, &taken), (200, &tried));
    assert_eq!(office.ask("SELECT count(*) FROM subscriber WHERE suppressed = 'bounced'"), "1");
    // What nobody understands is kept as it came.
    let (status, _) = operator.send("/bounces", "Message/RFC822; charset=utf-8", "Subject: x\r\n\r\n\u{e9}?").await;
    assert_eq!(status, 200);

    let (bounces, pages) = operator.pages("/bounces?limit=1").await;
    assert_eq!((Value::Array(bounces), pages), (office.json(&["bounce", "list"]), 2));
    let (hard, _) = operator.pages("/bounces?class=hard").await;
    assert_eq!((hard.len(), &hard[0]["counted"]), (1, &json!(true)));
    let (status, shown) = operator.json(Method::GET, "/bounces/2", None).await;
    assert_eq!((status, &shown), (200, &office.json(&["bounce", "show", "2"])));
    assert_eq!(shown["message"], "Subject: x\r\n\r\n\u{e9}?");

    // A way out by mail, too.
    let way_out = verp.unsubscribe_address(office.subject("subscription", 2)).to_string();
    let path = format!("/bounces?recipient={}", way_out.replace('+', "%2B"));
    let before = kept(&office);
    let (status, tried) = operator.send(&format!("{path}&dry_run=true"), "message/rfc822", "Subject: x\r\n\r\n").await;
    assert_eq!((status, &tried[0]["class"]), (200, &json!("unsubscribe")));
    assert_eq!(kept(&office), before);
    assert_eq!(operator.send(&path, "message/rfc822", "Subject: x\r\n\r\n").await, (200, tried));
    assert_ne!(kept(&office), before);

    for (kind, octets, expected) in [
        ("application/json", "{}".to_owned(), 415),
        ("message/rfc822", " \r\n".to_owned(), 422),
        ("message/rfc822", "x".repeat(60 << 20), 413),
    ] {
        assert_eq!(operator.send("/bounces", kind, octets).await.0, expected, "{kind}");
    }
    let large = format!("Subject: x\r\n\r\n{}", "y".repeat(1 << 21));
    assert_eq!(operator.send("/bounces", "message/rfc822", large).await.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_is_read_when_it_is_asked_for() {
    let server = CalendarServer::start();
    let office = Office::with_config(&format!(
        "[fetch]\nallowed_hosts = [\"{}\"]\n[[source]]\nname = \"tc260\"\nurl = \"{}\"\nevery = \"1h\"\n",
        server.address,
        server.url()
    ));
    server.fail(404, "");
    let daemon = office.serve();
    wait_for("the first look", || (server.requests().len() == 1).then_some(()));
    let operator = Program::new(&office, &daemon, "operator", &["operate"]);
    wait_for("what came of it", || (office.json(&["source", "list"])[0]["failures"] == 1).then_some(()));
    let (_, sources) = operator.json(Method::GET, "/sources", None).await;
    assert_eq!(sources, office.json(&["source", "list"]));

    server.serve(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:a\r\nDTSTAMP:20200101T000000Z\r\n\
         DTSTART;VALUE=DATE:20990901\r\nSUMMARY:Plenary\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
    );
    let before = kept(&office);
    let (status, tried) = operator.json(Method::POST, "/sources/tc260/sync?dry_run=true", None).await;
    assert_eq!((status, tried), (200, json!({ "number": 1, "name": "tc260", "status": "dry-run" })));
    assert_eq!((kept(&office), server.requests().len()), (before, 1));
    let (status, read) = operator.json(Method::POST, "/sources/tc260/sync", None).await;
    assert_eq!((status, &read["status"], &read["added"]), (200, &json!("read"), &json!(1)));
    assert_eq!(office.json(&["event", "list"])[0]["title"], "Plenary");
    let (_, read) = operator.json(Method::POST, "/sources/1/sync", None).await;
    assert_eq!(read["status"], "not-modified");
    server.fail(500, "");
    let (status, read) = operator.json(Method::POST, "/sources/tc260/sync", None).await;
    assert_eq!((status, &read["status"]), (200, &json!("failed")));
    assert_eq!(operator.json(Method::POST, "/sources/other/sync", None).await.0, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn how_things_stand_is_told_as_on_the_command_line() {
    let office = office();
    let daemon = office.serve();
    let operator = Program::new(&office, &daemon, "operator", &["operate"]);
    office.ok(&["digest", "pause", "weekly"]);
    let (status, told) = operator.json(Method::GET, "/status", None).await;
    assert_eq!(status, 200);
    let shown = office.json(&["status"]);
    for part in ["daemon", "digests", "backlog", "configuration", "sources", "relays", "absent"] {
        assert_eq!(told[part], shown[part], "{part}");
    }
    let needs = told["needs"].as_array().unwrap();
    let paused = needs.iter().find(|need| need["message"].as_str().unwrap().contains("weekly")).unwrap();
    assert_eq!(paused["help"], "POST /api/v1/digests/weekly/resume lets it go on");
    assert!(!told.to_string().contains("`kalends"), "{told}");
    let (status, told) = operator.json(Method::GET, "/configuration", None).await;
    assert_eq!((status, told), (200, office.json(&["config", "show"])));
    // Also while the file is wrong.
    office.configure("[site]\ncolour = \"red\"\n");
    let (status, told) = operator.json(Method::GET, "/status", None).await;
    assert_eq!(status, 200);
    assert!(told["configuration"]["wrong"][0].as_str().unwrap().contains("colour"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_only_tried_with_digests_leaves_nothing() {
    let office = office();
    office.ok(&["digest", "send", "weekly"]);
    office.sql("UPDATE delivery SET status = 'failed', next_at = NULL");
    another_second();
    let daemon = office.serve();
    let all = ["digests:write", "operate"];
    let robot = Program::new(&office, &daemon, "robot", &all);
    let before = kept(&office);
    for _ in 0..2 {
        for (path, body, expected) in [
            ("/digests/weekly/editions", json!({ "instead": true }), json!({ "number": 2, "candidates": 2 })),
            ("/digests/weekly/editions", json!({}), json!({ "reason": "dry-run", "edition": null })),
            ("/digests/weekly/test", json!({ "to": "ann@example.org" }), json!({ "to": "ann@example.org" })),
            ("/digests/weekly/pause", json!({}), json!({ "paused": true })),
            ("/digests/weekly/resume", json!({}), json!({ "paused": false })),
            ("/deliveries/retry", json!({ "all": true }), json!({ "queued": 2 })),
            ("/deliveries/retry", json!({ "id": 1 }), json!({ "queued": 1 })),
            ("/deliveries/retry", json!({ "edition": "weekly/1" }), json!({ "queued": 2 })),
        ] {
            let (status, answer) = post(&robot, &format!("{path}?dry_run=true"), body).await;
            assert_eq!(status, 200, "{path}: {answer}");
            for (name, value) in expected.as_object().unwrap() {
                assert_eq!(&answer[name], value, "{path}: {answer}");
            }
        }
        assert_eq!(kept(&office), before);
    }
    // A refusal is the same.
    let ahead = json!({ "at": "2020-10-05T08:00" });
    assert_eq!(post(&robot, "/digests/weekly/editions?dry_run=true", ahead).await.0, 409);
    assert!(office.outbox().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_about_digests_is_told_with_its_field() {
    let office = office();
    let daemon = office.serve();
    let robot = Program::new(&office, &daemon, "robot", &["digests:write", "subscribers:read", "operate"]);
    let editions = "/digests/weekly/editions";
    for (path, body, field) in [
        ("/digests/weekly/preview", json!({ "at": "2020-02-30" }), "at"),
        ("/digests/weekly/preview", json!({ "at": "9999-12-31T23:00:00Z" }), "at"),
        ("/digests/weekly/preview", json!({ "at": 7 }), "at"),
        ("/digests/weekly/preview", json!({ "format": "pdf" }), "format"),
        ("/digests/weekly/preview", json!({ "as": "nobody" }), "as"),
        ("/digests/weekly/preview", json!({ "colour": "red" }), "colour"),
        (editions, json!({ "at": "2020-Q3" }), "at"),
        (editions, json!({ "instead": "yes" }), "instead"),
        ("/digests/weekly/test", json!({ "to": "nobody" }), "to"),
        ("/digests/weekly/test", json!({ "to": "a@b.c\r\nBcc: d@e.f" }), "to"),
        ("/deliveries/retry", json!({ "edition": "weekly" }), "edition"),
        ("/deliveries/retry", json!({ "id": "x" }), "id"),
        ("/deliveries/retry", json!({ "id": 1.5 }), "id"),
        ("/deliveries/retry", json!({ "edition": "1", "id": null }), "id"),
        ("/deliveries/retry", json!({ "all": null }), "all"),
    ] {
        let (status, problem) = post(&robot, path, body.clone()).await;
        assert_eq!((status, problem["errors"][0]["field"].as_str()), (422, Some(field)), "{path} {body}: {problem}");
    }
    for (path, status, field) in [
        ("/digests/weekly/moments?count=0", 422, "count"),
        ("/digests/weekly/moments?count=501", 422, "count"),
        ("/digests/weekly/moments?from=soon", 422, "from"),
        ("/digests/weekly/moments?until=2020", 422, "until"),
        ("/editions?limit=x", 422, "limit"),
        ("/editions?cursor=x", 422, "cursor"),
        ("/deliveries?status=lost", 422, "status"),
        ("/deliveries?address=nobody", 422, "address"),
        ("/deliveries?edition=weekly", 422, "edition"),
        ("/bounces?class=red", 422, "class"),
        ("/acts?limit=0", 422, "limit"),
        ("/digests/daily", 404, ""),
        ("/digests/%ff", 404, ""),
        ("/digests/daily/moments", 404, ""),
        ("/editions?digest=daily", 404, ""),
        ("/editions/7", 404, ""),
        ("/editions/x", 404, ""),
        ("/deliveries?digest=daily", 404, ""),
        ("/deliveries?edition=7", 404, ""),
        ("/bounces/7", 404, ""),
    ] {
        let (found, problem) = robot.json(Method::GET, path, None).await;
        let told = problem["errors"][0]["field"].as_str().unwrap_or_default();
        assert_eq!((found, told), (status, field), "{path}: {problem}");
    }
    for path in ["/digests/daily/preview", "/digests/daily/editions", "/digests/daily/pause", "/digests/daily/resume"] {
        assert_eq!(post(&robot, path, json!({})).await.0, 404, "{path}");
    }
    // A list is no object, though each of its items could be a field.
    for path in ["/digests/weekly/preview", editions, "/digests/weekly/test", "/deliveries/retry"] {
        for body in [json!([]), json!([null, null]), json!(["a@example.org"])] {
            assert_eq!(post(&robot, path, body).await.0, 422, "{path}");
        }
    }
    // Whatever the moment, it can be seen.
    for at in ["1000-01-02", "2999-12-30 23:59", "2020-09-28T08:00:00+08:00"] {
        let (status, preview) = post(&robot, "/digests/weekly/preview", json!({ "at": at })).await;
        assert_eq!(status, 200, "{at}: {preview}");
        let path = format!("/digests/weekly/moments?count=500&from={}", at.replace('+', "%2B"));
        assert_eq!(robot.json(Method::GET, &path, None).await.0, 200, "{at}");
    }
}
