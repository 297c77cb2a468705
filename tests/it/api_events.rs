//! What programs do with events: by their UIDs, and by their dates.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::Office;
use crate::support::program::Program;

#[tokio::test(flavor = "multi_thread")]
async fn an_event_is_made_as_it_is_to_be_however_often_that_is_said() {
    let office = Office::new();
    let daemon = office.serve();
    let robot = Program::new(&office, &daemon, "robot", &["events:write"]);
    let event = json!({"uid": "plenary/1@example.org", "kind": "meeting", "title": "Plenary", "start": "2026-12-20",
                       "topics": ["ipv6"], "location": "Geneva"});
    let (status, answer) = robot.ask(Method::PUT, "/events", &[], Some(event.clone())).await;
    assert_eq!((status, answer.headers()["location"].to_str().unwrap()), (201, "/api/v1/events/1"));
    let first = answer.headers()["etag"].to_str().unwrap().to_owned();
    let (status, answer) = robot.ask(Method::PUT, "/events", &[], Some(event.clone())).await;
    assert_eq!((status, answer.headers()["etag"].to_str().unwrap()), (200, first.as_str()));
    assert_eq!(robot.json(Method::GET, "/events/1/history", None).await.1.as_array().unwrap().len(), 1);

    // What it does not name stays.
    let change = json!({"uid": "plenary/1@example.org", "title": "Plenary meeting", "location": null});
    let (status, changed) = robot.json(Method::PUT, "/events", Some(change.clone())).await;
    assert_eq!((status, &changed["uid"]), (200, &json!("plenary/1@example.org")));
    assert_eq!((&changed["title"], &changed["location"]), (&json!("Plenary meeting"), &json!("")));
    assert_eq!((&changed["topics"], &changed["start"]), (&json!(["ipv6"]), &json!("2026-12-20")));
    let (status, answer) = robot.ask(Method::PUT, "/events", &[("If-Match", &first)], Some(change.clone())).await;
    assert_eq!((status, answer.text().await.unwrap().contains("changed meanwhile")), (412, true));
    let unseen = json!({"uid": "another", "kind": "other", "title": "Another", "start": "2026"});
    assert_eq!(robot.ask(Method::PUT, "/events", &[("If-Match", &first)], Some(unseen)).await.0, 412);

    // What was removed is there again, and the history tells it.
    assert_eq!(robot.json(Method::DELETE, "/events/1", None).await.0, 204);
    let (status, back) = robot.json(Method::PUT, "/events", Some(change)).await;
    assert_eq!((status, &back["id"], &back["status"]), (200, &json!(1), &json!("confirmed")));
    let (_, history) = robot.json(Method::GET, "/events/1/history", None).await;
    assert_eq!((&history[3]["action"], &history[4]["action"]), (&json!("removed"), &json!("reinstated")), "{history}");

    let dry = json!({"uid": "b", "kind": "other", "title": "B", "start": "2027"});
    for _ in 0..2 {
        let (status, answer) = robot.json(Method::PUT, "/events?dry_run=true", Some(dry.clone())).await;
        assert_eq!((status, &answer["uid"]), (200, &json!("b")));
    }
    assert_eq!(robot.json(Method::GET, "/events", None).await.1.as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_is_named_wrongly_is_not_made() {
    let office = Office::new();
    let daemon = office.serve();
    let robot = Program::new(&office, &daemon, "robot", &["events:write"]);
    for (body, field) in [
        (json!({"kind": "other", "title": "A", "start": "2026"}), "uid"),
        (json!({"uid": 7, "kind": "other", "title": "A", "start": "2026"}), "uid"),
        (json!({"uid": null, "kind": "other", "title": "A", "start": "2026"}), "uid"),
        (json!({"uid": " ", "kind": "other", "title": "A", "start": "2026"}), "uid"),
        (json!({"uid": "a\u{0}b", "kind": "other", "title": "A", "start": "2026"}), "uid"),
        (json!({"uid": "u".repeat(256), "kind": "other", "title": "A", "start": "2026"}), "uid"),
        (json!({"uid": "a", "title": "A", "start": "2026"}), "kind"),
        (json!({"uid": "a", "kind": "other", "start": "2026"}), "title"),
        (json!({"uid": "a", "kind": "other", "title": "A"}), "start"),
        (json!({"uid": "a", "kind": "other", "title": "A", "start": "2026", "add_topics": ["b"]}), "add_topics"),
    ] {
        let (status, problem) = robot.json(Method::PUT, "/events", Some(body)).await;
        assert_eq!((status, problem["errors"][0]["field"].as_str()), (422, Some(field)), "{problem}");
    }
    assert_eq!(robot.json(Method::GET, "/events", None).await.1, json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_programs_that_want_the_same_event_make_it_once() {
    let office = Office::new();
    let daemon = office.serve();
    let robot = Program::new(&office, &daemon, "robot", &["events:write"]);
    let event = json!({"uid": "a", "kind": "other", "title": "A", "start": "2026"});
    let ask = || robot.json(Method::PUT, "/events", Some(event.clone()));
    let (a, b, c, d) = tokio::join!(ask(), ask(), ask(), ask());
    let mut statuses = [a.0, b.0, c.0, d.0];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 200, 200, 201]);
    assert_eq!(robot.json(Method::GET, "/events/1/history", None).await.1.as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn labels_come_and_go_while_the_rest_of_them_stays() {
    let office = Office::new();
    let daemon = office.serve();
    let robot = Program::new(&office, &daemon, "robot", &["events:write"]);
    office.add(&["other", "A", "--on", "2026", "--topic", "ipv6", "--topic", "cities", "--standard", "GB/T 1"]);
    let change = json!({"add_topics": ["data"], "remove_topics": ["IPv6"], "add_standards": ["GB/T 2"]});
    let (status, event) = robot.json(Method::PATCH, "/events/1", Some(change)).await;
    assert_eq!((status, &event["topics"]), (200, &json!(["cities", "data"])), "{event}");
    assert_eq!(event["standards"], json!(["GB/T 1", "GB/T 2"]));
    let (status, problem) = robot.json(Method::PATCH, "/events/1", Some(json!({"remove_topics": "data"}))).await;
    assert_eq!((status, &problem["errors"][0]["field"]), (422, &json!("remove_topics")));
}

/// All rows of a list, page by page.
async fn pages(robot: &Program<'_>, path: &str) -> Vec<Value> {
    let (mut path, mut seen) = (path.to_owned(), Vec::new());
    loop {
        let (status, answer) = robot.ask(Method::GET, &path, &[], None).await;
        let link = answer.headers().get("link").map(|link| link.to_str().unwrap().to_owned());
        let page: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        assert_eq!(status, 200, "{page}");
        seen.extend(page.as_array().unwrap().iter().cloned());
        let Some(link) = link else { return seen };
        path = link.split_once(">; ").unwrap().0.trim_start_matches("</api/v1").to_owned();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_date_of_a_repeating_event_is_a_row_of_its_own() {
    let office = Office::new();
    let daemon = office.serve();
    let robot = Program::new(&office, &daemon, "robot", &["events:write"]);
    office.add(&["meeting", "Weekly", "--on", "2026-12-01", "--repeat", "FREQ=WEEKLY", "--topic", "ipv6"]);
    office.add(&["meeting", "Days", "--from", "2026-12-20", "--to", "2027-01-03", "--repeat", "FREQ=YEARLY"]);
    office.add(&["other", "Once", "--on", "2026-12-15"]);
    // Two dates on one day, and one that does not match.
    for (date, change) in [("2026-12-22", json!({"start": "2026-12-29"})), ("2027-01-12", json!({"title": "Odd"}))] {
        let (status, _) = robot.json(Method::PATCH, &format!("/events/1/occurrences/{date}"), Some(change)).await;
        assert_eq!(status, 200);
    }
    for (query, args) in [
        ("from=2026-12-10&to=2027-02-28", vec!["--from", "2026-12-10", "--to", "2027-02-28"]),
        ("from=2026-12&to=2027&search=weekly", vec!["--from", "2026-12", "--to", "2027", "--search", "weekly"]),
        ("from=2026-12&to=2027&topic=ipv6", vec!["--from", "2026-12", "--to", "2027", "--topic", "ipv6"]),
        ("from=2026-12-29&to=2026-12-29", vec!["--from", "2026-12-29", "--to", "2026-12-29"]),
    ] {
        let told = office.json(&[&["event", "list"], args.as_slice()].concat());
        let key = |row: &Value| format!("{} {} {}", row["start"], row["id"], row["occurrence"]);
        let mut told: Vec<String> = told.as_array().unwrap().iter().map(key).collect();
        for limit in [1, 2, 7, 500] {
            let rows = pages(&robot, &format!("/events?occurrences=true&{query}&limit={limit}")).await;
            let mut rows: Vec<_> = rows.iter().map(key).collect();
            rows.sort();
            told.sort();
            assert_eq!(rows, told, "{query} {limit}");
        }
        assert!(told.len() > 1, "{told:?}");
    }
    for (query, field) in [
        ("", "from"),
        ("&from=2026-01-01", "to"),
        ("&to=2026-01-01", "from"),
        ("&from=2026-01-01&to=2030-01-01", "to"),
        ("&from=2026-01-01&to=2026-02-01&cursor=AAAA.2026", "cursor"),
    ] {
        let (status, problem) = robot.json(Method::GET, &format!("/events?occurrences=true{query}"), None).await;
        assert_eq!((status, problem["errors"][0]["field"].as_str()), (422, Some(field)), "{problem}");
    }
}
