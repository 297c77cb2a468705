//! What programs do over HTTP.

use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::support::Office;
use crate::support::program::Program;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_only_tried_is_answered_as_if_done_and_leaves_nothing() {
    let office = Office::new();
    let daemon = office.serve();
    let robot = Program::new(&office, &daemon, "robot", &["events:write"]);
    let event = json!({"kind": "meeting", "title": "Plenary", "start": "2026-12-20"});
    for _ in 0..2 {
        let (status, answer) = robot.ask(Method::POST, "/events?dry_run=true", &[], Some(event.clone())).await;
        assert_eq!((status, answer.headers().get("location"), answer.headers().get("etag")), (200, None, None));
        let shown: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        assert_eq!(shown["title"], "Plenary");
    }
    assert_eq!(robot.json(Method::GET, "/events", None).await.1, json!([]));
    let (status, _) = robot.json(Method::POST, "/events?dry_run=false", Some(event.clone())).await;
    assert_eq!(status, 201);
    let (status, answer) = robot.json(Method::DELETE, "/events/1?dry_run=true", None).await;
    assert_eq!((status, answer), (204, Value::Null));
    let (status, shown) = robot.json(Method::GET, "/events/1?dry_run=perhaps", None).await;
    assert_eq!((status, &shown["status"]), (200, &json!("confirmed")));
    let (status, problem) = robot.json(Method::POST, "/events?dry_run=perhaps", Some(event)).await;
    assert_eq!((status, &problem["errors"][0]["field"]), (422, &json!("dry_run")));

    // Who has it as it is gets no more of it.
    let (_, answer) = robot.ask(Method::GET, "/events/1", &[], None).await;
    let tag = answer.headers()["etag"].to_str().unwrap().to_owned();
    let (status, answer) = robot.ask(Method::GET, "/events/1", &[("If-None-Match", &tag)], None).await;
    assert_eq!((status, answer.text().await.unwrap()), (304, String::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_again_with_its_key_is_done_once() {
    let office = Office::new();
    let daemon = office.serve();
    let robot = Program::new(&office, &daemon, "robot", &["events:write"]);
    let event = json!({"kind": "meeting", "title": "Plenary", "start": "2026-12-20"});
    let key = [("Idempotency-Key", "b9c1")];
    // Ten at once: one does it, the others hear so or are told to wait.
    let asked = (0..10).map(|_| robot.ask(Method::POST, "/events", &key, Some(event.clone())));
    let answers = futures_util::future::join_all(asked).await;
    assert!(answers.iter().all(|(status, _)| [201, 409].contains(status)), "{answers:?}");
    assert!(answers.iter().any(|(status, _)| *status == 201));
    let (status, first) = robot.ask(Method::POST, "/events", &key, Some(event.clone())).await;
    let headers = first.headers().clone();
    assert_eq!((status, headers["location"].to_str().unwrap()), (201, "/api/v1/events/1"));
    assert_eq!(headers["idempotency-replayed"], "true");
    let text = first.text().await.unwrap();
    // The same, whatever happened meanwhile.
    robot.json(Method::PATCH, "/events/1", Some(json!({"title": "Moved"}))).await;
    let (_, again) = robot.ask(Method::POST, "/events", &key, Some(event.clone())).await;
    assert_eq!(again.headers()["etag"], headers["etag"]);
    assert_eq!(again.text().await.unwrap(), text);
    assert_eq!(office.json(&["event", "list"]).as_array().unwrap().len(), 1);

    let other = json!({"kind": "meeting", "title": "Other", "start": "2026-12-20"});
    let (status, answer) = robot.ask(Method::POST, "/events", &key, Some(other.clone())).await;
    let problem: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    assert_eq!((status, &problem["errors"][0]["field"]), (422, &json!("Idempotency-Key")));
    // Another program has keys of its own.
    let second = Program::new(&office, &daemon, "second", &["events:write"]);
    assert_eq!(second.ask(Method::POST, "/events", &key, Some(other)).await.0, 201);
    // What was refused may be mended.
    let key = [("Idempotency-Key", "b9c2")];
    let wrong = json!({"kind": "meeting", "title": "", "start": "2026-12-20"});
    assert_eq!(robot.ask(Method::POST, "/events", &key, Some(wrong)).await.0, 422);
    assert_eq!(robot.ask(Method::POST, "/events", &key, Some(event.clone())).await.0, 201);
    // What is only tried takes no key.
    let key = [("Idempotency-Key", "b9c3")];
    assert_eq!(robot.ask(Method::POST, "/events?dry_run=true", &key, Some(event.clone())).await.0, 200);
    assert_eq!(robot.ask(Method::POST, "/events", &key, Some(event.clone())).await.0, 201);
    for wrong in ["", &"k".repeat(256)] {
        assert_eq!(robot.ask(Method::POST, "/events", &[("Idempotency-Key", wrong)], Some(event.clone())).await.0, 422);
    }

    // Of what was sent nothing is kept in words.
    assert_eq!(office.ask("SELECT count(*) FROM answer WHERE instr(asked, 'Plenary') > 0"), "0");
    // One that was cut off is not done again.
    office.sql("UPDATE answer SET status = NULL WHERE key = 'b9c3'");
    let (status, answer) = robot.ask(Method::POST, "/events", &key, Some(event)).await;
    assert_eq!((status, answer.headers().contains_key("retry-after")), (409, true));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_is_added_read_changed_cancelled_and_removed() {
    let office = Office::new();
    let daemon = office.serve();
    let robot = Program::new(&office, &daemon, "robot", &["events:write"]);
    let event = json!({"kind": "meeting", "title": "Plenary", "start": "2026-12-20T09:00", "end": "2026-12-20T11:00",
                       "timezone": "Asia/Shanghai", "topics": ["ipv6", "cities"], "status": "draft"});
    let (status, answer) = robot.ask(Method::POST, "/events", &[], Some(event)).await;
    assert_eq!((status, answer.headers()["location"].to_str().unwrap()), (201, "/api/v1/events/1"));
    let first = answer.headers()["etag"].to_str().unwrap().to_owned();
    let event: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    assert_eq!((&event["title"], &event["topics"]), (&json!("Plenary"), &json!(["ipv6", "cities"])));
    // The shape is that of the command line.
    assert_eq!(office.json(&["event", "show", "1"]), event);

    let (status, event) = robot.json(Method::POST, "/events/1/publish", None).await;
    assert_eq!((status, &event["status"]), (200, &json!("confirmed")));
    let change = json!({"title": "Plenary meeting", "end": null});
    let (status, answer) = robot.ask(Method::PATCH, "/events/1", &[("If-Match", &first)], Some(change.clone())).await;
    let problem: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    assert_eq!((status, &problem["code"]), (412, &json!("conflict")));
    assert!(problem["detail"].as_str().unwrap().contains("by token robot"), "{problem}");
    let (_, answer) = robot.ask(Method::GET, "/events/1", &[], None).await;
    let tag = answer.headers()["etag"].to_str().unwrap().to_owned();
    let (status, answer) = robot.ask(Method::PATCH, "/events/1", &[("If-Match", &tag)], Some(change)).await;
    let event: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    assert_eq!((status, &event["title"], &event["end"]), (200, &json!("Plenary meeting"), &Value::Null));

    let (status, event) = robot.json(Method::POST, "/events/1/cancel", Some(json!({"reason": "no room"}))).await;
    assert_eq!((status, &event["status"], &event["cancel_reason"]), (200, &json!("cancelled"), &json!("no room")));
    assert_eq!(robot.json(Method::DELETE, "/events/1", None).await.0, 204);
    assert_eq!(robot.json(Method::GET, "/events", None).await, (200, json!([])));
    let (status, event) = robot.json(Method::POST, "/events/1/restore", Some(json!({}))).await;
    assert_eq!((status, &event["status"]), (200, &json!("cancelled")));
    let (_, history) = robot.json(Method::GET, "/events/1/history", None).await;
    assert!(history.as_array().unwrap().iter().all(|line| line["actor"] == "token robot"), "{history}");
    assert_eq!(office.json(&["event", "history", "1"]), history);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_read_page_by_page_and_nothing_stands_on_two_or_none() {
    let office = Office::new();
    let daemon = office.serve();
    let robot = Program::new(&office, &daemon, "robot", &["events:read"]);
    let starts = ["2026", "2026-12-01", "2026-12-01", "2026-12-01T09:00", "2026-11", "2027-01-05", "2026-12-31"];
    for (number, start) in starts.iter().cycle().take(21).enumerate() {
        office.add(&["meeting", &format!("Meeting {number}"), "--on", start]);
    }
    office.add(&["meeting", "Weekly", "--on", "2026-12-02", "--repeat", "FREQ=WEEKLY"]);
    let (_, whole) = robot.json(Method::GET, "/events?limit=500", None).await;
    assert_eq!(whole.as_array().unwrap().len(), 22);
    let (seen, pages) = robot.pages("/events?kind=meeting&limit=4").await;
    assert_eq!((Value::Array(seen), pages), (whole, 6));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_learns_it_before_anything_is_looked_up() {
    let office = Office::new();
    let daemon = office.serve();
    let reader = Program::new(&office, &daemon, "reader", &["events:read"]);
    let (status, answer) = reader.ask(Method::PATCH, "/events/99", &[], Some(json!({"title": "x"}))).await;
    assert_eq!(status, 403);
    assert!(answer.headers()["www-authenticate"].to_str().unwrap().contains("scope=\"events:write\""));
    assert_eq!(reader.json(Method::GET, "/events/99", None).await.0, 404);

    let nobody = Client::new().get(daemon.url("/api/v1/events/99")).send().await.unwrap();
    assert_eq!(nobody.status(), 401);
    assert_eq!(nobody.headers()["content-type"], "application/problem+json");
    assert_eq!(nobody.headers()["cache-control"], "no-store");
    office.ok(&["token", "revoke", "reader", "--yes"]);
    assert_eq!(reader.json(Method::GET, "/events", None).await.0, 401);
    // It is nowhere but with the program.
    assert_eq!(office.before_in_database(&reader.token), "");

    // So is one whose time is over.
    let brief = office.json(&["token", "add", "brief", "--scope", "events:read", "--expires", "90d"]);
    let end: jiff::Timestamp = brief["expires_at"].as_str().unwrap().parse().unwrap();
    let days = end.duration_since(jiff::Timestamp::now()).as_hours() / 24;
    assert!((89..=90).contains(&days), "{brief}");
    let brief = Program::with(&daemon, brief["token"].as_str().unwrap());
    assert_eq!(brief.json(Method::GET, "/events", None).await.0, 200);
    office.sql("UPDATE token SET expires_at = 1 WHERE name = 'brief'");
    assert_eq!(brief.json(Method::GET, "/events", None).await.0, 401);
    let wrong = office.fails(&["token", "add", "x", "--scope", "events:read", "--expires", "soon"], 2);
    assert!(wrong.contains("`soon`") && wrong.contains("90d"), "{wrong}");

    let other = Program::new(&office, &daemon, "other", &["events:read"]);
    let mut answers = Vec::new();
    for _ in 0..11 {
        answers.push(reader.json(Method::GET, "/events", None).await.0);
    }
    assert_eq!(answers.last(), Some(&429), "{answers:?}");
    assert_eq!(other.json(Method::GET, "/events", None).await.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_told_with_its_field_and_nothing_is_half_written() {
    let office = Office::new();
    let daemon = office.serve();
    let robot = Program::new(&office, &daemon, "robot", &["events:write"]);
    let good = json!({"kind": "meeting", "title": "Plenary", "start": "2026-12-20"});
    let with = |name: &str, value: Value| {
        let mut body = good.clone();
        body[name] = value;
        body
    };
    for (body, status, field) in [
        (with("start", json!("2026-02-30")), 422, "start"),
        (with("start", json!(7)), 422, "start"),
        (with("topics", json!("ipv6")), 422, "topics"),
        (with("colour", json!("red")), 422, "colour"),
        (with("timezone", json!("Mars/Olympus")), 422, "timezone"),
        (json!({"title": "Plenary", "start": "2026-12-20"}), 422, "kind"),
        (json!({"kind": "meeting", "start": "2026-12-20"}), 422, "title"),
    ] {
        let (found, problem) = robot.json(Method::POST, "/events", Some(body)).await;
        assert_eq!((found, problem["errors"][0]["field"].as_str()), (status, Some(field)), "{problem}");
        assert!(problem["status"] == status && problem["type"] == "about:blank", "{problem}");
    }
    let client = Client::new();
    let post = |body: Vec<u8>, kind: &'static str| {
        let request = client.post(daemon.url("/api/v1/events")).header("Content-Type", kind).body(body);
        request.header("Authorization", format!("Bearer {}", robot.token)).send()
    };
    let deep = [b"{\"title\": ".to_vec(), vec![b'['; 100_000], vec![b']'; 100_000], b"}".to_vec()].concat();
    for (body, kind, status) in [
        (b"{".to_vec(), "application/json", 400),
        (b"[]".to_vec(), "application/json", 422),
        (b"\xff\xfe".to_vec(), "application/json", 400),
        (deep, "application/json", 400),
        (b"{}".to_vec(), "text/plain", 415),
        (vec![b' '; 1_000_000], "application/json", 413),
    ] {
        let answer = post(body, kind).await.unwrap();
        assert_eq!(answer.status(), status);
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
    }
    for (method, path, status) in [
        (Method::GET, "/nothing", 404),
        (Method::GET, "/events/x", 404),
        (Method::PUT, "/events/1", 405),
        (Method::GET, "/events?limit=0", 422),
        (Method::GET, "/events?colour=red", 422),
        (Method::GET, "/events?cursor=x", 422),
        (Method::GET, "/events?from=tomorrow", 422),
    ] {
        let (found, problem) = robot.json(method, path, None).await;
        assert_eq!((found, problem["status"].as_u64()), (status, Some(status.into())), "{path} {problem}");
    }
    assert_eq!(robot.json(Method::GET, "/events", None).await.1, json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_describes_itself_to_everybody() {
    let office = Office::new();
    let daemon = office.serve();
    let description: Value = serde_json::from_str(&daemon.text("/api/v1/openapi.json").await).unwrap();
    assert_eq!(description["openapi"], "3.1.0");
    let events = &description["paths"]["/events"];
    assert_eq!(events["post"]["security"], json!([{"bearer": ["events:write"]}]));
    for operation in
        description["paths"].as_object().unwrap().values().flat_map(|path| path.as_object().unwrap().values())
    {
        for answer in operation["responses"].as_object().unwrap().values() {
            assert!(answer["description"].as_str().is_some_and(|text| !text.is_empty()), "{operation}");
        }
    }
}
