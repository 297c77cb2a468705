//! What programs do with articles.

use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::support::Office;
use crate::support::program::Program;

async fn read(answer: reqwest::Response) -> Value {
    let text = answer.text().await.unwrap();
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_article_is_added_read_changed_published_and_removed() {
    let office = Office::new();
    let daemon = office.serve();
    let robot = Program::new(&office, &daemon, "robot", &["articles:write"]);
    office.add(&["meeting", "Plenary", "--on", "2026-12-20"]);
    let event = office.json(&["event", "show", "1"])["uid"].clone();
    let article = json!({"title": "A new edition", "byline": "Haley WU", "date": "2026-10-19", "topics": ["ipv6", "IPv6"],
                         "source": "https://example.org/news", "events": [event], "status": "draft",
                         "body": "# A new edition\n\nText *here*."});
    let (status, answer) = robot.ask(Method::POST, "/articles", &[], Some(article)).await;
    assert_eq!((status, answer.headers()["location"].to_str().unwrap()), (201, "/api/v1/articles/1"));
    let first = answer.headers()["etag"].to_str().unwrap().to_owned();
    let article = read(answer).await;
    assert_eq!((&article["events"], &article["body"]), (&json!([1]), &json!("Text *here*.")));
    assert_eq!((&article["topics"], &article["status"]), (&json!(["ipv6"]), &json!("draft")));
    // The shape is that of the command line.
    assert_eq!(office.json(&["article", "show", "1"]), article);

    let (status, article) = robot.json(Method::POST, "/articles/1/publish", None).await;
    assert_eq!((status, &article["status"]), (200, &json!("published")));
    let change = json!({"title": "The new edition", "byline": null, "events": [1]});
    let (status, answer) = robot.ask(Method::PATCH, "/articles/1", &[("If-Match", &first)], Some(change.clone())).await;
    let problem = read(answer).await;
    assert_eq!((status, &problem["code"]), (412, &json!("conflict")));
    assert!(problem["detail"].as_str().unwrap().contains("by token robot"), "{problem}");
    let (_, answer) = robot.ask(Method::GET, "/articles/1", &[], None).await;
    let tag = answer.headers()["etag"].to_str().unwrap().to_owned();
    let (status, answer) = robot.ask(Method::PATCH, "/articles/1", &[("If-Match", &tag)], Some(change)).await;
    let article = read(answer).await;
    assert_eq!((status, &article["title"], &article["byline"]), (200, &json!("The new edition"), &json!("")));
    assert_eq!((&article["source"], &article["date"]), (&json!("https://example.org/news"), &json!("2026-10-19")));
    assert_eq!((&article["body"], &article["status"]), (&json!("Text *here*."), &json!("published")));

    // The same again is no change.
    let (_, before) = robot.json(Method::GET, "/articles/1", None).await;
    let (status, after) = robot.json(Method::PATCH, "/articles/1", Some(json!({"title": "The new edition"}))).await;
    assert_eq!((status, after), (200, before));

    assert_eq!(robot.ask(Method::DELETE, "/articles/1", &[("If-Match", &tag)], None).await.0, 412);
    assert_eq!(robot.json(Method::DELETE, "/articles/1", None).await, (204, Value::Null));
    assert_eq!(robot.json(Method::GET, "/articles/1", None).await.0, 404);
    let (_, history) = robot.json(Method::GET, "/articles/1/history", None).await;
    assert!(history.as_array().unwrap().iter().all(|line| line["actor"] == "token robot"), "{history}");
    assert_eq!(office.json(&["article", "history", "1"]), history);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_named_stays_also_what_is_hidden_for_a_while() {
    let office = Office::new();
    let daemon = office.serve();
    let robot = Program::new(&office, &daemon, "robot", &["articles:write", "events:write"]);
    for title in ["One", "Two"] {
        office.add(&["meeting", title, "--on", "2026-12-20"]);
    }
    let article = json!({"title": "A", "events": [1, 2], "body": "Text."});
    assert_eq!(robot.json(Method::POST, "/articles", Some(article)).await.0, 201);
    assert_eq!(robot.json(Method::DELETE, "/events/2", None).await.0, 204);
    let (_, changed) = robot.json(Method::PATCH, "/articles/1", Some(json!({"body": "More text."}))).await;
    assert_eq!(changed["events"], json!([1]));
    assert_eq!(robot.json(Method::POST, "/events/2/restore", Some(json!({}))).await.0, 200);
    assert_eq!(robot.json(Method::GET, "/articles/1", None).await.1["events"], json!([1, 2]));
    let (_, changed) = robot.json(Method::PATCH, "/articles/1", Some(json!({"events": null}))).await;
    assert_eq!(changed["events"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_articles_is_read_page_by_page() {
    let office = Office::new();
    let daemon = office.serve();
    let robot = Program::new(&office, &daemon, "robot", &["articles:write"]);
    for number in 0..13 {
        let article = json!({"title": format!("Article {number}"), "date": format!("2026-10-{:02}", 1 + number % 4),
                             "topics": [if number % 2 == 0 { "even" } else { "odd" }], "body": "Text.",
                             "status": if number % 3 == 0 { "draft" } else { "published" }});
        assert_eq!(robot.json(Method::POST, "/articles", Some(article)).await.0, 201);
    }
    for (query, args) in [
        ("", vec![]),
        ("&topic=even", vec!["--topic", "even"]),
        ("&status=draft", vec!["--status", "draft"]),
        ("&status=draft&status=published&topic=Odd&topic=none", vec!["--topic", "odd"]),
    ] {
        let whole = office.json(&[&["article", "list"], args.as_slice()].concat());
        let (mut path, mut seen) = (format!("/articles?limit=3{query}"), Vec::new());
        loop {
            let (status, answer) = robot.ask(Method::GET, &path, &[], None).await;
            let link = answer.headers().get("link").map(|link| link.to_str().unwrap().to_owned());
            let page = read(answer).await;
            assert!(status == 200 && page.as_array().unwrap().len() <= 3, "{page}");
            seen.extend(page.as_array().unwrap().iter().cloned());
            let Some(link) = link else { break };
            path = link.split_once(">; ").unwrap().0.trim_start_matches("</api/v1").to_owned();
        }
        assert_eq!(Value::Array(seen), whole, "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_only_tried_with_articles_leaves_nothing() {
    let office = Office::new();
    let daemon = office.serve();
    let robot = Program::new(&office, &daemon, "robot", &["articles:write"]);
    let article = json!({"title": "A", "body": "Text.", "status": "draft"});
    for _ in 0..2 {
        let (status, answer) = robot.ask(Method::POST, "/articles?dry_run=true", &[], Some(article.clone())).await;
        assert_eq!((status, answer.headers().get("location"), answer.headers().get("etag")), (200, None, None));
        assert_eq!(read(answer).await["title"], "A");
    }
    assert_eq!(robot.json(Method::POST, "/articles", Some(article)).await.0, 201);
    let (_, before) = robot.json(Method::GET, "/articles/1", None).await;
    for (method, path, body, status, told) in [
        (Method::PATCH, "/articles/1", Some(json!({"title": "B"})), 200, "B"),
        (Method::POST, "/articles/1/publish", None, 200, "A"),
        (Method::DELETE, "/articles/1", None, 204, ""),
    ] {
        let (found, answer) = robot.json(method, &format!("{path}?dry_run=true"), body).await;
        assert_eq!((found, answer["title"].as_str().unwrap_or_default()), (status, told), "{path}");
    }
    assert_eq!(robot.json(Method::GET, "/articles/1", None).await.1, before);
    assert_eq!(robot.json(Method::GET, "/articles/1/history", None).await.1.as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_an_article_is_told_with_its_field() {
    let office = Office::new();
    let daemon = office.serve();
    let robot = Program::new(&office, &daemon, "robot", &["articles:write"]);
    let good = json!({"title": "A", "body": "Text."});
    let with = |name: &str, value: Value| {
        let mut body = good.clone();
        body[name] = value;
        body
    };
    for (body, field) in [
        (with("title", json!("")), "title"),
        (with("title", json!(null)), "title"),
        (with("title", json!("a\u{0}b")), "title"),
        (with("title", json!("a".repeat(1001))), "title"),
        (with("byline", json!(7)), "byline"),
        (with("date", json!("2026-02-30")), "date"),
        (with("date", json!("2026-02")), "date"),
        (with("source", json!("javascript:alert(1)")), "source"),
        (with("topics", json!("ipv6")), "topics"),
        (with("topics", json!(["a;b"])), "topics"),
        (with("topics", json!([7])), "topics"),
        (with("events", json!([99])), "events"),
        (with("events", json!([{"id": 1}])), "events"),
        (with("events", json!([9_223_372_036_854_775_808_u64])), "events"),
        (with("events", json!([1.5])), "events"),
        (with("status", json!("cancelled")), "status"),
        (with("status", json!(null)), "status"),
        (with("body", json!("")), "body"),
        (with("body", json!("<i>".repeat(1001))), "body"),
        (with("body", json!("a".repeat(200_001))), "body"),
        (with("uid", json!("a")), "uid"),
        (with("colour", json!("red")), "colour"),
        (json!({"body": "Text."}), "title"),
        (json!({"title": "A"}), "body"),
    ] {
        let (status, problem) = robot.json(Method::POST, "/articles", Some(body)).await;
        assert_eq!((status, problem["errors"][0]["field"].as_str()), (422, Some(field)), "{problem}");
        assert!(problem["detail"].as_str().unwrap().len() > 10, "{problem}");
    }
    assert_eq!(robot.json(Method::GET, "/articles", None).await.1, json!([]));

    // A text as long as one may be, in whatever letters, is no trouble.
    let long = with("body", json!("标".repeat(200_000)));
    assert_eq!(robot.json(Method::POST, "/articles", Some(long)).await.0, 201);
    let (status, problem) =
        robot.json(Method::POST, "/articles", Some(with("body", json!("标".repeat(200_000))))).await;
    assert_eq!((status, &problem["errors"][0]["field"]), (409, &json!("title")), "{problem}");
    let (status, problem) = robot.json(Method::PATCH, "/articles/1", Some(json!({}))).await;
    assert_eq!((status, &problem["code"]), (422, &json!("invalid")));
    for path in ["/articles/9", "/articles/9/history", "/articles/x", "/articles/9223372036854775808", "/articles/-1"] {
        assert_eq!(robot.json(Method::GET, path, None).await.0, 404, "{path}");
    }
    for query in ["limit=0", "limit=501", "status=maybe", "colour=red", "cursor=x"] {
        assert_eq!(robot.json(Method::GET, &format!("/articles?{query}"), None).await.0, 422, "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_no_object_of_json_is_refused_everywhere() {
    let office = Office::new();
    let daemon = office.serve();
    let scopes = ["articles:write", "events:write"];
    let robot = Program::new(&office, &daemon, "robot", &scopes);
    office.add(&["meeting", "Plenary", "--on", "2026-12-20"]);
    assert_eq!(robot.json(Method::POST, "/articles", Some(json!({"title": "A", "body": "Text."}))).await.0, 201);
    let before = (office.json(&["event", "show", "1"]), office.json(&["article", "show", "1"]));
    let deep = |open: &str, close: &str| format!("{{\"title\": {}{}}}", open.repeat(20_000), close.repeat(20_000));
    let bodies: Vec<(Vec<u8>, &str, &[u16])> = vec![
        (b"".to_vec(), "application/json", &[400]),
        (b"{".to_vec(), "application/json", &[400]),
        (b"[]".to_vec(), "application/json", &[422]),
        (b"7".to_vec(), "application/json", &[422]),
        (b"null".to_vec(), "application/json", &[422]),
        (b"\"title\"".to_vec(), "application/json", &[422]),
        (b"{\"title\": \"\xff\"}".to_vec(), "application/json", &[400]),
        (b"{\"title\": \"a\0b\"}".to_vec(), "application/json", &[400]),
        (b"{\"title\": \"\\ud800\"}".to_vec(), "application/json", &[400]),
        (b"{\"title\": 1e999}".to_vec(), "application/json", &[400, 422]),
        (b"{} {}".to_vec(), "application/json", &[400]),
        (deep("[", "]").into_bytes(), "application/json", &[400]),
        (deep("{\"a\":", "}").replacen("}", "1}", 1).into_bytes(), "application/json", &[400]),
        (b"{}".to_vec(), "text/plain", &[415]),
        (b"title=A".to_vec(), "application/x-www-form-urlencoded", &[415]),
        (vec![b' '; 2_000_000], "application/json", &[413]),
    ];
    let client = Client::new();
    for (method, path) in [
        (Method::POST, "/articles"),
        (Method::PATCH, "/articles/1"),
        (Method::POST, "/events"),
        (Method::PUT, "/events"),
        (Method::PATCH, "/events/1"),
        (Method::POST, "/events/1/cancel"),
        (Method::POST, "/events/1/restore"),
    ] {
        for (body, kind, statuses) in &bodies {
            let request = client.request(method.clone(), daemon.url(&format!("/api/v1{path}")));
            let request = request.header("Authorization", format!("Bearer {}", robot.token));
            let answer = request.header("Content-Type", *kind).body(body.clone()).send().await.unwrap();
            let (status, is_problem) =
                (answer.status().as_u16(), answer.headers()["content-type"] == "application/problem+json");
            let problem = read(answer).await;
            let start = String::from_utf8_lossy(&body[..body.len().min(40)]).into_owned();
            assert!(statuses.contains(&status) && is_problem, "{method} {path} {start}: {status} {problem}");
            assert!(problem["detail"].as_str().unwrap().len() > 10, "{problem}");
        }
    }
    assert_eq!((office.json(&["event", "show", "1"]), office.json(&["article", "show", "1"])), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_write_articles_does_not_learn_which_there_are() {
    let office = Office::new();
    let daemon = office.serve();
    let reader = Program::new(&office, &daemon, "reader", &["articles:read", "events:write"]);
    assert_eq!(reader.json(Method::GET, "/articles", None).await, (200, json!([])));
    for (method, path) in [
        (Method::POST, "/articles"),
        (Method::PATCH, "/articles/9"),
        (Method::DELETE, "/articles/9"),
        (Method::POST, "/articles/9/publish"),
    ] {
        assert_eq!(reader.json(method, path, Some(json!({}))).await.0, 403, "{path}");
    }
    let other = Program::new(&office, &daemon, "other", &["events:write"]);
    assert_eq!(other.json(Method::GET, "/articles/9", None).await.0, 403);
}
