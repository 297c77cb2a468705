//! What programs bring in and take out: files of events, and texts that tell of dates.

use reqwest::{Client, Method, Response};
use serde_json::{Value, json};

use crate::support::program::Program;
use crate::support::{Daemon, Office};

const NOTICE: &str = "\
New Rules for Lifts Adopted

On 5 May 2021, the Lift Safety Forum was held in Bergen, Norway. GB/T 7588-2020 Safety Rules for Lifts takes effect on
1 July 2022, and comments on its guide are due by 30 September 2021.

By Ann Other on 7 May 2021
";

const TABLE: &str =
    "kind,title,start,topics\nmeeting,Plenary,2026-12-20,ipv6\nmeeting,Plenary,2026-02-30,\nforum,Forum,2027,\n";

/// Sends a file as it is.
async fn send(daemon: &Daemon, robot: &Program<'_>, path: &str, kind: &str, body: impl Into<Vec<u8>>) -> (u16, Value) {
    let request = Client::new().post(daemon.url(&format!("/api/v1{path}"))).header("Content-Type", kind);
    let request = request.header("Authorization", format!("Bearer {}", robot.token)).body(body.into());
    read(request.send().await.unwrap()).await
}

async fn read(answer: Response) -> (u16, Value) {
    let status = answer.status().as_u16();
    (status, serde_json::from_str(&answer.text().await.unwrap()).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_taken_in_once_and_what_can_not_be_is_told_with_its_line() {
    let office = Office::new();
    let daemon = office.serve();
    let robot = Program::new(&office, &daemon, "robot", &["events:write"]);
    let tried = send(&daemon, &robot, "/events/import?dry_run=true&draft=true", "text/csv", TABLE).await;
    assert_eq!(robot.json(Method::GET, "/events", None).await.1, json!([]));
    let (status, report) = send(&daemon, &robot, "/events/import?draft=true", "Text/CSV; charset=utf-8", TABLE).await;
    assert_eq!((status, &report["added"], &report["rejected"][0]["line"]), (200, &json!(2), &json!(3)), "{report}");
    assert_eq!((status, report), tried);
    let (_, events) = robot.json(Method::GET, "/events?topic=ipv6", None).await;
    assert_eq!((&events[0]["title"], &events[0]["status"]), (&json!("Plenary"), &json!("draft")));
    let (_, history) = robot.json(Method::GET, "/events/1/history", None).await;
    assert_eq!(history[0]["actor"], "token robot");
    let (_, again) = send(&daemon, &robot, "/events/import?draft=true", "text/csv", TABLE).await;
    assert_eq!((&again["added"], &again["unchanged"]), (&json!(0), &json!(2)), "{again}");

    let calendar = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:a\r\nDTSTAMP:20260101T000000Z\r\n\
                    DTSTART;VALUE=DATE:20261201\r\nSUMMARY:A\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    let path = "/events/import?kind=forum&topic=data&topic=cities";
    let (status, report) = send(&daemon, &robot, path, "text/calendar", calendar).await;
    assert_eq!((status, &report["added"]), (200, &json!(1)), "{report}");
    let (_, events) = robot.json(Method::GET, "/events?topic=data", None).await;
    assert_eq!((&events[0]["kind"], &events[0]["topics"]), (&json!("forum"), &json!(["data", "cities"])));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_can_not_be_read_is_refused_whole() {
    let office = Office::new();
    let daemon = office.serve();
    let robot = Program::new(&office, &daemon, "robot", &["events:write"]);
    let deep = format!("[{}{}]", "[".repeat(100_000), "]".repeat(100_000));
    for (query, kind, body, status) in [
        ("", "text/plain", TABLE.as_bytes().to_vec(), 415),
        ("", "", TABLE.as_bytes().to_vec(), 415),
        ("", "text/csv", b"name,age\nAda,36\n".to_vec(), 400),
        ("", "text/csv", b"".to_vec(), 400),
        ("", "text/csv", b"\xff\xfe\0k\0i".to_vec(), 400),
        ("", "text/calendar", b"no calendar".to_vec(), 400),
        ("", "text/calendar", vec![0; 1_000_000], 400),
        ("", "application/json", b"{}".to_vec(), 400),
        ("", "application/json", b"[".to_vec(), 400),
        ("", "application/json", b"\"\xff\"".to_vec(), 400),
        ("", "application/json", deep.into_bytes(), 400),
        ("", "text/csv", vec![b'a'; 10 * 1024 * 1024 + 1], 413),
        ("?draft=perhaps", "text/csv", TABLE.as_bytes().to_vec(), 422),
        ("?dry_run=perhaps", "text/csv", TABLE.as_bytes().to_vec(), 422),
        ("?kind=party", "text/csv", TABLE.as_bytes().to_vec(), 422),
        ("?colour=red", "text/csv", TABLE.as_bytes().to_vec(), 422),
    ] {
        let (found, problem) = send(&daemon, &robot, &format!("/events/import{query}"), kind, body).await;
        assert_eq!(found, status, "{query} {kind} {problem}");
        assert!(problem["detail"].as_str().unwrap().len() > 10, "{problem}");
        if let Some((name, _)) = query.trim_start_matches('?').split_once('=') {
            assert_eq!(problem["errors"][0]["field"], name, "{problem}");
        }
    }
    // What is in a list and is no event is told like a row of a table.
    let (status, report) = send(&daemon, &robot, "/events/import", "application/json", "[7, {\"kind\": 7}]").await;
    assert_eq!((status, report["rejected"].as_array().unwrap().len()), (200, 2), "{report}");
    assert_eq!(robot.json(Method::GET, "/events", None).await.1, json!([]));
    let reader = Program::new(&office, &daemon, "reader", &["events:read"]);
    assert_eq!(send(&daemon, &reader, "/events/import", "text/csv", TABLE).await.0, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_taken_out_of_one_office_goes_into_another() {
    let office = Office::new();
    let daemon = office.serve();
    let robot = Program::new(&office, &daemon, "robot", &["events:read", "articles:read"]);
    office.add(&["meeting", "Weekly", "--on", "2026-12-01", "--repeat", "FREQ=WEEKLY"]);
    office.ok(&["event", "cancel", "1", "--occurrence", "2026-12-08"]);
    office.write("a.md", "---\ntitle: A\nevents: [1]\n---\nText.");
    office.ok(&["article", "add", "a.md"]);
    let (status, list) = robot.json(Method::GET, "/events/export", None).await;
    assert_eq!((status, &list), (200, &office.json(&["export"])));
    let (_, answer) = robot.ask(Method::GET, "/events/export?format=csv", &[], None).await;
    assert_eq!(answer.text().await.unwrap(), office.ok(&["export", "--format", "csv"]));
    let (_, answer) = robot.ask(Method::GET, "/events/export?format=ics", &[], None).await;
    assert_eq!(answer.headers()["content-type"], "text/calendar; charset=utf-8");
    assert_eq!(answer.text().await.unwrap(), office.ok(&["export", "--format", "ics"]));
    let (status, problem) = robot.json(Method::GET, "/events/export?format=xls", None).await;
    assert_eq!((status, &problem["errors"][0]["field"]), (422, &json!("format")));
    let reader = Program::new(&office, &daemon, "reader", &["events:read"]);
    let (_, events) = reader.json(Method::GET, "/events/export", None).await;
    assert!(events.as_array().unwrap().iter().all(|entry| entry["type"].is_null()), "{events}");

    let other = Office::new();
    let there = other.serve();
    let text = list.to_string();
    let half = Program::new(&other, &there, "half", &["events:write"]);
    let (status, problem) = send(&there, &half, "/events/import", "application/json", text.clone()).await;
    assert_eq!((status, &problem["code"]), (403, &json!("forbidden")), "{problem}");
    let whole = Program::new(&other, &there, "whole", &["events:write", "articles:write"]);
    let tried = send(&there, &whole, "/events/import?dry_run=true", "application/json", text.clone()).await;
    assert_eq!(whole.json(Method::GET, "/events", None).await.1, json!([]));
    let (status, report) = send(&there, &whole, "/events/import", "application/json", text).await;
    assert_eq!((status, &report["added"], &report["articles"]["added"]), (200, &json!(1), &json!(1)), "{report}");
    assert_eq!((status, report), tried);
    assert_eq!(whole.json(Method::GET, "/articles/1", None).await.1["events"], json!([1]));
}

#[tokio::test(flavor = "multi_thread")]
async fn dates_of_a_text_are_proposed_and_kept_if_that_is_asked() {
    let office = Office::new();
    let daemon = office.serve();
    let reader = Program::new(&office, &daemon, "reader", &["events:read"]);
    let robot = Program::new(&office, &daemon, "robot", &["events:write"]);
    office.write("notice.txt", NOTICE);
    let (status, proposals) = send(&daemon, &reader, "/extract", "text/plain", NOTICE).await;
    assert_eq!((status, proposals.as_array().unwrap().len()), (200, 3), "{proposals}");
    assert_eq!(proposals, office.json(&["extract", "notice.txt"]));
    let html = "<h1>Plenary</h1><p>The plenary meeting will be held on 5 May in Bergen, Norway.</p>";
    let (status, told) = send(&daemon, &reader, "/extract?written=2019-03-01", "text/html; charset=utf-8", html).await;
    assert_eq!((status, &told[0]["start"]), (200, &json!("2019-05-05")), "{told}");
    let chinese = encoding_rs::GB18030.encode("全体会议将于2024年5月6日在北京召开。").0.into_owned();
    let (status, told) = send(&daemon, &reader, "/extract", "text/plain; charset=\"GB2312\"", chinese.clone()).await;
    assert_eq!((status, &told[0]["start"]), (200, &json!("2024-05-06")), "{told}");
    let (status, problem) = send(&daemon, &reader, "/extract", "text/plain; charset=klingon", chinese).await;
    assert!(status == 415 && problem["detail"].as_str().unwrap().contains("`klingon`"), "{problem}");
    let markdown = "# Plenary\n\nThe *plenary* meeting will be held on **5 May 2024** in Bergen, Norway.\n";
    let (_, told) = send(&daemon, &reader, "/extract", "text/markdown", markdown).await;
    assert_eq!(told[0]["start"], "2024-05-05", "{told}");
    let mail = format!(
        "From: a@example.org\r\nTo: b@example.org\r\nDate: Fri, 7 May 2021 09:00:00 +0000\r\n\
                        Subject: News\r\n\r\n{NOTICE}"
    );
    let (_, told) = send(&daemon, &reader, "/extract", "message/rfc822", mail).await;
    assert_eq!(told.as_array().unwrap().len(), 3, "{told}");

    let (status, problem) = send(&daemon, &reader, "/extract?add_drafts=true", "text/plain", NOTICE).await;
    assert_eq!((status, &problem["code"]), (403, &json!("forbidden")));
    let (status, tried) = send(&daemon, &robot, "/extract?add_drafts=true&dry_run=true", "text/plain", NOTICE).await;
    assert_eq!((status, tried[2]["id"].is_i64()), (200, true), "{tried}");
    assert_eq!(robot.json(Method::GET, "/events", None).await.1, json!([]));
    let (status, kept) = send(&daemon, &robot, "/extract?add_drafts=true", "text/plain", NOTICE).await;
    assert_eq!((status, &kept[0]["id"], &kept[0]["status"]), (200, &json!(1), &json!("draft")), "{kept}");
    assert_eq!(send(&daemon, &robot, "/extract?add_drafts=true", "text/plain", NOTICE).await, (200, json!([])));
    let (_, history) = robot.json(Method::GET, "/events/1/history", None).await;
    assert_eq!(history[0]["actor"], "token robot");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_is_read_and_what_is_no_text_is_refused() {
    let office = Office::new();
    let daemon = office.serve();
    let reader = Program::new(&office, &daemon, "reader", &["events:read"]);
    for (query, kind, body, status) in [
        ("", "application/json", b"{}".to_vec(), 415),
        ("", "image/png", b"\x89PNG".to_vec(), 415),
        ("", "text/plain", vec![0; 1000], 400),
        ("", "application/pdf", b"%PDF-1.7\nbroken".to_vec(), 400),
        ("", "text/plain", b"PK\x03\x04broken".to_vec(), 400),
        ("", "text/plain", vec![b'a'; 10 * 1024 * 1024 + 1], 413),
        ("?written=2020-10", "text/plain", NOTICE.as_bytes().to_vec(), 422),
        ("?written=2020-02-30", "text/plain", NOTICE.as_bytes().to_vec(), 422),
        ("?add_drafts=7", "text/plain", NOTICE.as_bytes().to_vec(), 422),
        ("", "text/plain", b"".to_vec(), 200),
        ("", "text/html", b"<p>5 May \xff\xfe 2021".to_vec(), 200),
        ("", "text/plain", vec![b'('; 1_000_000], 200),
    ] {
        let (found, answer) = send(&daemon, &reader, &format!("/extract{query}"), kind, body).await;
        assert_eq!(found, status, "{query} {kind} {answer}");
        if let Some((name, _)) = query.trim_start_matches('?').split_once('=') {
            assert_eq!(answer["errors"][0]["field"], name, "{answer}");
        }
    }
}
