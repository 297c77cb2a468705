//! What programs do with people who get mail.

use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::support::program::Program;
use crate::support::{Daemon, Office};

const DIGESTS: &str = "[[digest]]\nslug = \"weekly\"\nschedule = \"0 8 * * 1\"\n\
                       [[digest]]\nslug = \"daily\"\nschedule = \"0 8 * * *\"\n";
const ADA: &str = "ada@example.org";

fn robot<'a>(office: &Office, daemon: &'a Daemon) -> Program<'a> {
    Program::new(office, daemon, "crm", &["subscribers:write"])
}

async fn import(daemon: &Daemon, robot: &Program<'_>, path: &str, table: &str) -> (u16, Value) {
    let request = Client::new().post(daemon.url(&format!("/api/v1/subscribers/import{path}")));
    let request = request.header("Authorization", format!("Bearer {}", robot.token));
    let answer = request.header("Content-Type", "text/csv; charset=utf-8").body(table.to_owned()).send().await.unwrap();
    (answer.status().as_u16(), serde_json::from_str(&answer.text().await.unwrap()).unwrap())
}

/// How they stand: `daily pending, weekly confirmed`.
fn states(person: &Value) -> String {
    let all = person["subscriptions"].as_array().unwrap().iter();
    let all = all.map(|one| format!("{} {}", one["digest"].as_str().unwrap(), one["status"].as_str().unwrap()));
    all.collect::<Vec<_>>().join(", ")
}

/// All of the database that an operation on people could change.
fn kept(office: &Office) -> Vec<String> {
    let counts = ["subscriber", "subscription", "sign_up", "delivery", "mail", "act", "forgotten", "personal_calendar"];
    let mut kept: Vec<String> = counts
        .iter()
        .map(|table| format!("{table} {}", office.ask(&format!("SELECT count(*) FROM {table}"))))
        .collect();
    kept.push(office.json(&["subscriber", "list"]).to_string());
    kept
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_subscribed_without_a_consent() {
    let office = Office::with_config(DIGESTS);
    let daemon = office.serve();
    let robot = robot(&office, &daemon);
    let (status, answer) =
        robot.ask(Method::POST, "/subscribers", &[], Some(json!({ "email": ADA, "name": "Ada" }))).await;
    assert_eq!((status, answer.headers()["location"].to_str().unwrap()), (201, "/api/v1/subscribers/1"));
    let tag = answer.headers()["etag"].to_str().unwrap().to_owned();
    let ada: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    assert_eq!((states(&ada).as_str(), &ada["asked"]), ("daily pending, weekly pending", &json!(["weekly", "daily"])));
    let mail = &office.wait_for_mails(1)[0];
    let link = mail.link("http://127.0.0.1:8080/confirm/").replace("http://127.0.0.1:8080", "");
    // The shape and the tag of who was added are those of who is shown.
    let (_, answer) = robot.ask(Method::GET, "/subscribers/1", &[], None).await;
    assert_eq!(answer.headers()["etag"].to_str().unwrap(), tag);
    let shown: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    assert_eq!(office.json(&["subscriber", "show", ADA]), shown);
    assert_eq!(daemon.post(&link, &[]).await.status(), 200);
    let (_, ada) = robot.json(Method::GET, "/subscribers/1", None).await;
    let note = ada["subscriptions"][0]["consent_note"].as_str().unwrap();
    assert!(note.starts_with("confirmed by mail, asked for by token crm at 20"), "{note}");

    // Got elsewhere it is told with when and how.
    let bob = json!({ "email": "bob@example.org", "digests": ["weekly", "weekly"], "topics": ["ipv6"], "kinds": ["meeting"],
                      "timezone": "Asia/Tokyo", "send_hour": 7, "locale": "en", "consent_at": "2019-05-01T00:00:00Z",
                      "consent_note": "paper form" });
    let (status, answer) = robot.json(Method::POST, "/subscribers", Some(bob)).await;
    assert_eq!((status, states(&answer).as_str(), &answer["joined"]), (201, "weekly confirmed", &json!(["weekly"])));
    assert_eq!(answer["subscriptions"][0]["consent_at"], "2019-05-01T00:00:00Z");
    assert_eq!((&answer["send_hour"], &answer["timezone"]), (&json!(7), &json!("Asia/Tokyo")));
    // Of who is known, nothing is taken, and what stays is told.
    let more = json!({ "email": "BOB@example.org", "name": "Bob", "topics": ["finance"], "timezone": "UTC", "digests": ["daily"] });
    let (status, answer) = robot.json(Method::POST, "/subscribers", Some(more)).await;
    assert_eq!((status, &answer["id"], &answer["name"]), (200, &json!(2), &json!("Bob")));
    assert_eq!((&answer["topics"], &answer["kept"]), (&json!(["ipv6", "finance"]), &json!(["timezone"])));
    assert_eq!(states(&answer), "daily pending, weekly confirmed");
    office.wait_for_mails(2);

    let with = |name: &str, value: Value| {
        let mut body = json!({ "email": "eve@example.org" });
        body[name] = value;
        body
    };
    for (body, field) in [
        (json!({ "name": "Eve" }), "email"),
        (json!({ "email": "eve" }), "email"),
        (with("consent_at", json!("2020-01-01T00:00:00Z")), "consent_note"),
        (with("consent_note", json!("form")), "consent_at"),
        (
            json!({ "email": "eve@example.org", "consent_at": "2099-01-01T00:00:00Z", "consent_note": "form" }),
            "consent_at",
        ),
        (with("digests", json!(["yearly"])), "digests"),
        (with("digests", json!("weekly")), "digests"),
        (with("kinds", json!(["party"])), "kinds"),
        (with("topics", json!(["a;b"])), "topics"),
        (with("timezone", json!("Mars")), "timezone"),
        (with("send_hour", json!(24)), "send_hour"),
        (with("send_hour", json!("7")), "send_hour"),
        (with("locale", json!("xx")), "locale"),
        (with("name", json!(["Eve"])), "name"),
        (with("name", json!("e".repeat(1001))), "name"),
        (with("status", json!("confirmed")), "status"),
    ] {
        for method in [Method::POST, Method::PUT] {
            let (status, problem) = robot.json(method, "/subscribers", Some(body.clone())).await;
            assert_eq!((status, problem["errors"][0]["field"].as_str()), (422, Some(field)), "{body} {problem}");
        }
    }
    assert_eq!(office.ask("SELECT count(*) FROM subscriber"), "2");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_put_twice_is_so_once_and_mails_nobody_again() {
    let office = Office::with_config(DIGESTS);
    let mut daemon = office.serve();
    let robot = robot(&office, &daemon);
    let put = async |body: Value| robot.json(Method::PUT, "/subscribers", Some(body)).await;
    let ada = json!({ "email": ADA, "name": "Ada", "digests": ["weekly"], "topics": ["ipv6"] });
    let (status, first) = put(ada.clone()).await;
    assert_eq!((status, states(&first).as_str(), &first["asked"]), (201, "weekly pending", &json!(["weekly"])));
    let before = kept(&office);
    for _ in 0..5 {
        let (status, again) = put(ada.clone()).await;
        assert_eq!((status, &again["asked"], &again["changes"]), (200, &json!([]), &json!([])));
        assert_eq!(kept(&office), before);
    }
    // What is named becomes so, what is not stays, and null takes away.
    office.ok(&["subscriber", "edit", ADA, "--hour", "7", "--tz", "UTC"]);
    let (status, changed) =
        put(json!({ "email": ADA, "name": "Ada L.", "topics": ["finance"], "timezone": null })).await;
    assert_eq!((status, &changed["name"], &changed["topics"]), (200, &json!("Ada L."), &json!(["finance"])));
    assert_eq!((&changed["timezone"], &changed["send_hour"]), (&Value::Null, &json!(7)));
    assert_eq!(states(&changed), "weekly pending");
    // Another digest is asked about, once; a consent counts at once, and what was agreed to is not given up.
    let both = json!({ "email": ADA, "digests": ["daily"] });
    assert_eq!(put(both.clone()).await.1["asked"], json!(["daily"]));
    assert_eq!(put(both).await.1["asked"], json!([]));
    let consent =
        json!({ "email": ADA, "digests": ["weekly"], "consent_at": "2020-01-01T00:00:00Z", "consent_note": "form" });
    assert_eq!(put(consent.clone()).await.1["joined"], json!(["weekly"]));
    let (status, again) = put(consent.clone()).await;
    assert_eq!(
        (status, &again["joined"], states(&again).as_str()),
        (200, &json!([]), "daily pending, weekly confirmed")
    );
    // Who left after that has left.
    office.ok(&["subscriber", "edit", ADA, "--remove-digest", "weekly"]);
    for body in [consent, json!({ "email": ADA, "digests": ["weekly"] })] {
        let (status, left) = put(body).await;
        assert_eq!((status, states(&left).as_str()), (200, "daily pending, weekly left"));
    }
    // Whom nothing is sent to is not asked, and nothing of it is done.
    office.ok(&["subscriber", "add", "bob@example.org", "--digest", "weekly", "--confirmed"]);
    office.sql("UPDATE subscriber SET suppressed = 'bounced', suppressed_at = 1 WHERE email LIKE 'bob@%'");
    let (status, problem) = put(json!({ "email": "bob@example.org", "name": "Bob", "digests": ["daily"] })).await;
    assert_eq!((status, &problem["code"]), (409, &json!("conflict")));
    assert_eq!(office.json(&["subscriber", "show", "bob@example.org"])["name"], "");
    let (status, _) = put(json!({ "email": "bob@example.org", "name": "Bob", "digests": ["weekly"] })).await;
    assert_eq!(status, 200);
    // A third to who is told nothing of digests.
    let (status, new) = put(json!({ "email": "eve@example.org" })).await;
    assert_eq!((status, states(&new).as_str()), (201, "daily pending, weekly pending"));
    assert_eq!(put(json!({ "email": "eve@example.org" })).await.0, 200);
    office.settle(&mut daemon);
    assert_eq!(office.outbox().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_changed_as_they_were_seen_or_not_at_all() {
    let office = Office::with_config(DIGESTS);
    office.ok(&["subscriber", "add", ADA, "--digest", "weekly", "--confirmed", "--topic", "ipv6"]);
    office.sql("UPDATE subscriber SET suppressed = 'bounced', suppressed_at = 1");
    let daemon = office.serve();
    let robot = robot(&office, &daemon);
    let tag = async || {
        let (_, answer) = robot.ask(Method::GET, "/subscribers/1", &[], None).await;
        answer.headers()["etag"].to_str().unwrap().to_owned()
    };
    let seen = tag().await;
    let (status, answer) = robot.json(Method::POST, "/subscribers/1/unsuppress", None).await;
    assert_eq!((status, answer), (200, json!({ "email": ADA, "was_suppressed": true })));
    for (method, body) in [(Method::PATCH, Some(json!({ "name": "Ada" }))), (Method::DELETE, None)] {
        let (status, answer) = robot.ask(method, "/subscribers/1", &[("If-Match", &seen)], body).await;
        let problem: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        assert_eq!((status, &problem["status"], &problem["code"]), (412, &json!(412), &json!("conflict")));
    }
    let seen = tag().await;
    let change = json!({ "name": "Ada", "topics": ["ipv6", "finance"], "add_digests": ["daily"], "send_hour": 9,
                         "kinds": ["meeting"], "timezone": "Asia/Tokyo", "locale": "en" });
    let (status, answer) = robot.ask(Method::PATCH, "/subscribers/1", &[("If-Match", &seen)], Some(change)).await;
    assert_eq!((status, answer.headers()["etag"].to_str().unwrap()), (200, tag().await.as_str()));
    let changed: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    assert_eq!((&changed["asked"], &changed["send_hour"]), (&json!(["daily"]), &json!(9)));
    assert_eq!(changed["changes"].as_array().unwrap().len(), 7);
    // A conflict that is none of versions is none with If-Match either.
    let stray = Some(json!({ "remove_topics": ["nothing"] }));
    let (status, _) = robot.ask(Method::PATCH, "/subscribers/1", &[("If-Match", &tag().await)], stray).await;
    assert_eq!(status, 409);
    let (_, changed) =
        robot.json(Method::PATCH, "/subscribers/1", Some(json!({ "timezone": null, "digests": [] }))).await;
    assert_eq!((states(&changed).as_str(), &changed["name"]), ("daily left, weekly left", &json!("Ada")));
    assert_eq!(changed["timezone"], Value::Null);
    for (body, field) in [
        (json!({ "email": "eve@example.org" }), Some("email")),
        (json!({ "digests": null }), Some("digests")),
        (json!({ "add_digests": ["yearly"] }), Some("digests")),
        (json!({ "add_kinds": ["party"] }), Some("add_kinds")),
        (json!({ "remove_topics": ["a;b"] }), Some("remove_topics")),
        (json!({}), None),
    ] {
        let (status, problem) = robot.json(Method::PATCH, "/subscribers/1", Some(body)).await;
        assert_eq!((status, problem["errors"][0]["field"].as_str()), (422, field), "{problem}");
    }
    // Acts name a program and a number.
    let acts =
        office.rows("SELECT actor || ' ' || action || ' ' || name FROM act WHERE actor <> 'operator' ORDER BY id");
    assert_eq!(acts, ["token crm unsuppressed 1", "token crm edited 1", "token crm edited 1"]);
    let (status, answer) = robot.ask(Method::DELETE, "/subscribers/1", &[("If-Match", &tag().await)], None).await;
    assert_eq!((status, answer.text().await.unwrap()), (204, String::new()));
    for (method, path) in [(Method::GET, ""), (Method::DELETE, ""), (Method::POST, "/forget"), (Method::GET, "/export")]
    {
        let (status, problem) = robot.json(method, &format!("/subscribers/1{path}"), None).await;
        assert_eq!((status, &problem["code"]), (404, &json!("not-found")), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_found_by_what_they_chose_and_a_page_at_a_time() {
    let office = Office::with_config(DIGESTS);
    let mut table = "email,digests,consent_at\n".to_owned();
    for n in (0..12).rev() {
        let digest = if n % 3 == 0 { "daily" } else { "weekly" };
        table.push_str(&format!("reader{n}@example.org,{digest},{}\n", if n < 8 { "2020-01-01" } else { "" }));
    }
    let daemon = office.serve();
    let robot = robot(&office, &daemon);
    let (status, report) = import(&daemon, &robot, "", &table).await;
    assert_eq!((status, &report["added"], &report["rejected"]), (200, &json!(12), &json!([])));
    office.sql("UPDATE subscriber SET suppressed = 'bounced', suppressed_at = 1 WHERE email LIKE 'reader3@%'");
    let reader = Program::new(&office, &daemon, "reader", &["subscribers:read"]);
    let (mut path, mut seen) = ("/subscribers?limit=5".to_owned(), Vec::new());
    loop {
        let (status, answer) = reader.ask(Method::GET, &path, &[], None).await;
        assert_eq!(status, 200);
        let link = answer.headers().get("link").map(|link| link.to_str().unwrap().to_owned());
        let page: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        seen.extend(page.as_array().unwrap().iter().map(|one| one["id"].as_i64().unwrap()));
        // Who goes meanwhile moves nobody to another page.
        office.sql(&format!("DELETE FROM subscriber WHERE id = {}", seen[0]));
        let Some(link) = link else { break };
        path = link.split_once(">; ").unwrap().0.trim_start_matches("</api/v1").to_owned();
    }
    assert_eq!(seen, (1..=12).collect::<Vec<_>>());
    let found = async |query: &str| {
        let (status, found) = reader.json(Method::GET, &format!("/subscribers?{query}"), None).await;
        assert_eq!(status, 200, "{found}");
        found.as_array().unwrap().len()
    };
    assert_eq!(found("email=READER5@example.org").await, 1);
    assert_eq!(found("email=nobody@example.org").await, 0);
    assert_eq!((found("digest=daily").await, found("digest=daily&status=confirmed").await), (4, 3));
    assert_eq!((found("status=pending").await, found("suppressed=true").await), (4, 1));
    assert_eq!((found("suppressed=false&digest=daily").await, found("digest=none").await), (3, 0));
    for (query, field) in [
        ("email=nobody", "email"),
        ("status=happy", "status"),
        ("suppressed=perhaps", "suppressed"),
        ("limit=501", "limit"),
        ("cursor=x", "cursor"),
        ("colour=red", "colour"),
    ] {
        let (status, problem) = reader.json(Method::GET, &format!("/subscribers?{query}"), None).await;
        assert_eq!((status, problem["errors"][0]["field"].as_str()), (422, Some(field)), "{problem}");
    }
    // Who may read changes nothing, and is told so before anything is looked up.
    for (method, path) in
        [(Method::PUT, ""), (Method::DELETE, "/99"), (Method::POST, "/99/forget"), (Method::POST, "/99/calendar")]
    {
        assert_eq!(reader.json(method, &format!("/subscribers{path}"), Some(json!({}))).await.0, 403, "{path}");
    }
    let (status, agreed) = reader.json(Method::GET, "/subscribers/export", None).await;
    assert_eq!((status, agreed), (200, office.json(&["subscriber", "export"])));
    let (status, answer) =
        robot.json(Method::POST, "/subscribers/unsuppress", Some(json!({ "since": "1970-01-01" }))).await;
    assert_eq!((status, answer), (200, json!([{ "email": "reader3@example.org", "was_suppressed": true }])));
    for (body, field) in [
        (json!({}), "edition"),
        (json!({ "edition": "x/y/z" }), "edition"),
        (json!({ "edition": "weekly/9" }), "edition"),
        (json!({ "since": "soon" }), "since"),
    ] {
        let (status, problem) = robot.json(Method::POST, "/subscribers/unsuppress", Some(body)).await;
        assert_eq!((status, problem["errors"][0]["field"].as_str()), (422, Some(field)), "{problem}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_is_taken_as_the_command_line_takes_it() {
    let office = Office::with_config(DIGESTS);
    office.ok(&["subscriber", "add", "gone@example.org", "--confirmed"]);
    office.ok(&["subscriber", "forget", "gone@example.org", "--yes"]);
    let daemon = office.serve();
    let robot = robot(&office, &daemon);
    let table = "email,name,digests,consent_at,consent_note\nada@example.org,Ada,weekly,2019-05-01,paper form\n\
                 lin@example.org,,,,\nnot an address,,,,\ngone@example.org,,,2020-01-01,\nbob@example.org,,monthly,,\n\
                 eve@example.org,,weekly,2099-01-01,form\n";
    let (status, tried) = import(&daemon, &robot, "?dry_run=true", table).await;
    assert_eq!((status, office.ask("SELECT count(*) FROM subscriber").as_str()), (200, "0"));
    let (status, report) = import(&daemon, &robot, "", table).await;
    assert_eq!((status, &report), (200, &tried));
    assert_eq!((&report["added"], &report["updated"]), (&json!(2), &json!(0)));
    let rejected = report["rejected"].as_array().unwrap();
    let lines: Vec<_> = rejected.iter().map(|row| row["line"].as_u64().unwrap()).collect();
    assert_eq!(lines, [4, 5, 6, 7]);
    assert!(rejected[1]["reason"].as_str().unwrap().contains("deleted for good"), "{report}");
    let again = import(&daemon, &robot, "", table).await.1;
    assert_eq!((&again["added"], &again["unchanged"]), (&json!(0), &json!(2)));
    let file = office.write("people.csv", table);
    let by_terminal: Value =
        serde_json::from_str(&office.run(&["subscriber", "import", &file, "--json"]).stdout).unwrap();
    assert_eq!((&by_terminal["unchanged"], by_terminal["rejected"].as_array().unwrap().len()), (&json!(2), 4));

    for (table, part) in [("", "is empty"), ("name\nAda\n", "no column `email`"), ("email,colour\n", "`colour`")] {
        let (status, problem) = import(&daemon, &robot, "", table).await;
        assert_eq!(status, 422);
        assert!(problem["detail"].as_str().unwrap().contains(part), "{problem}");
    }
    let (status, _) = robot.json(Method::POST, "/subscribers/import", Some(json!([{ "email": ADA }]))).await;
    assert_eq!(status, 415);
    // More than other bodies may have, and less than too much.
    let mut table = "email,consent_at\n".to_owned();
    for n in 0..10_000 {
        table.push_str(&format!("one.of.many.readers.{n}@example.org,2020-01-01\n"));
    }
    assert_eq!(import(&daemon, &robot, "", &table).await.1["added"], 10_000);
    assert_eq!(import(&daemon, &robot, "", &" ".repeat(17 << 20)).await.0, 413);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_forgotten_comes_back_by_themselves_alone() {
    let office = Office::with_config(DIGESTS);
    office.ok(&["subscriber", "add", ADA, "--digest", "weekly", "--confirmed"]);
    let daemon = office.serve();
    let robot = robot(&office, &daemon);
    let (status, calendar) = robot.json(Method::POST, "/subscribers/1/calendar", Some(json!({}))).await;
    assert_eq!(
        (status, &calendar),
        (200, &json!({ "url": office.json(&["subscriber", "calendar", ADA])["url"], "revoked": false }))
    );
    let (_, renewed) = robot.json(Method::POST, "/subscribers/1/calendar", Some(json!({ "renew": true }))).await;
    assert!(renewed["url"] != calendar["url"] && renewed["revoked"] == true);
    let (_, revoked) = robot.json(Method::POST, "/subscribers/1/calendar", Some(json!({ "revoke": true }))).await;
    assert_eq!(revoked, json!({ "url": null, "revoked": true }));
    let both = json!({ "renew": true, "revoke": true });
    let (status, problem) = robot.json(Method::POST, "/subscribers/1/calendar", Some(both)).await;
    assert_eq!((status, &problem["errors"][0]["field"]), (422, &json!("revoke")));
    let (status, all) = robot.json(Method::GET, "/subscribers/1/export", None).await;
    assert_eq!((status, &all), (200, &office.json(&["subscriber", "export", ADA])));
    assert_eq!(all["calendars"].as_array().unwrap().len(), 2);

    let (status, gone) = robot.json(Method::POST, "/subscribers/1/forget", None).await;
    assert_eq!((status, &gone["was_known"], &gone["is_scrubbed"]), (200, &json!(true), &json!(true)));
    assert_eq!(office.before_in_database(ADA), "");
    let consent = json!({ "email": ADA, "consent_at": "2020-01-01T00:00:00Z", "consent_note": "form" });
    for (method, body) in
        [(Method::POST, consent.clone()), (Method::PUT, consent), (Method::PUT, json!({ "email": ADA }))]
    {
        let (status, problem) = robot.json(method, "/subscribers", Some(body)).await;
        assert_eq!((status, &problem["code"]), (403, &json!("forbidden")), "{problem}");
    }
    let table = "email,consent_at\nada@example.org,2020-01-01\n";
    assert_eq!(import(&daemon, &robot, "", table).await.1["rejected"][0]["line"], 2);
    assert_eq!(office.before_in_database(ADA), "");
    // A mail may ask them, as the command line's does, and they may say yes.
    let (status, asked) =
        robot.json(Method::POST, "/subscribers", Some(json!({ "email": ADA, "digests": ["weekly"] }))).await;
    assert_eq!((status, states(&asked).as_str()), (201, "weekly pending"));
    let link = office.wait_for_mails(1)[0].link("http://127.0.0.1:8080/confirm/").replace("http://127.0.0.1:8080", "");
    assert_eq!(daemon.post(&link, &[]).await.status(), 200);
    let (_, found) = robot.json(Method::GET, "/subscribers?email=ada@example.org", None).await;
    assert_eq!(states(&found[0]), "weekly confirmed");

    // Who was removed is forgotten by address, as is who never was here.
    robot.json(Method::DELETE, &format!("/subscribers/{}", found[0]["id"]), None).await;
    let (_, gone) = robot.json(Method::POST, "/subscribers/forget", Some(json!({ "email": ADA }))).await;
    assert_eq!((&gone["was_known"], &gone["mails"]), (&json!(true), &json!(1)));
    let (_, gone) =
        robot.json(Method::POST, "/subscribers/forget", Some(json!({ "email": "never@example.org" }))).await;
    assert_eq!(gone["was_known"], false);
    assert_eq!(robot.json(Method::POST, "/subscribers/forget", Some(json!({ "email": 7 }))).await.0, 422);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_only_tried_of_people_leaves_nothing_and_mails_nobody() {
    let office = Office::with_config(DIGESTS);
    office.add(&["meeting", "Plenary", "--on", "2090-01-01"]);
    office.ok(&["subscriber", "add", ADA, "--digest", "weekly", "--confirmed"]);
    let mut daemon = office.serve();
    office.ok(&["digest", "send", "weekly", "--to", ADA]);
    office.ok(&["subscriber", "add", "lin@example.org"]);
    office.wait_for_mails(2);
    office.sql("UPDATE subscriber SET suppressed = 'bounced', suppressed_at = 1 WHERE id = 1");
    office.settle(&mut daemon);
    let robot = robot(&office, &daemon);
    let before = kept(&office);
    let new = json!({ "email": "new@example.org", "name": "New" });
    let consent = json!({ "email": "new@example.org", "consent_at": "2020-01-01T00:00:00Z", "consent_note": "form" });
    for (method, path, body, status) in [
        (Method::POST, "", Some(new.clone()), 200),
        (Method::POST, "", Some(consent.clone()), 200),
        (Method::PUT, "", Some(new), 200),
        (Method::PUT, "", Some(consent), 200),
        (Method::PUT, "", Some(json!({ "email": "lin@example.org", "name": "Lin" })), 200),
        (Method::PATCH, "/1", Some(json!({ "name": "Ada", "add_digests": ["daily"] })), 200),
        (Method::DELETE, "/1", None, 204),
        (Method::POST, "/1/suppress", None, 200),
        (Method::POST, "/1/unsuppress", None, 200),
        (Method::POST, "/unsuppress", Some(json!({ "since": "1970-01-01" })), 200),
        (Method::POST, "/1/calendar", Some(json!({ "renew": true })), 200),
        (Method::POST, "/1/calendar", Some(json!({ "revoke": true })), 200),
        (Method::POST, "/1/forget", None, 200),
        (Method::POST, "/forget", Some(json!({ "email": ADA })), 200),
    ] {
        let asked = format!("/subscribers{path}?dry_run=true");
        let (found, answer) = robot.ask(method.clone(), &asked, &[], body).await;
        assert_eq!((found, answer.headers().get("location")), (status, None), "{method} {path}");
        assert_eq!(answer.headers().get("etag"), None);
        assert_eq!(kept(&office), before, "{method} {path}");
    }
    let (_, told) = robot.json(Method::POST, "/subscribers/1/forget?dry_run=true", None).await;
    assert_eq!((&told["was_known"], &told["is_scrubbed"], &told["mails"]), (&json!(true), &json!(true), &json!(0)));
    // It is refused as it would be, and what was tried can be done.
    assert_eq!(robot.json(Method::PATCH, "/subscribers/9?dry_run=true", Some(json!({ "name": "x" }))).await.0, 404);
    office.settle(&mut daemon);
    assert_eq!(office.outbox().len(), 2);
    let robot = Program::new(&office, &daemon, "other", &["subscribers:write"]);
    assert_eq!(robot.json(Method::POST, "/subscribers/1/forget", None).await.0, 200);
    assert_eq!(office.before_in_database(ADA), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_of_a_person_stands_in_no_log() {
    let office = Office::with_config(DIGESTS);
    let mut daemon = office.serve_with_log("trace");
    let robot = robot(&office, &daemon);
    robot.json(Method::POST, "/subscribers", Some(json!({ "email": "ada.lovelace@example.org" }))).await;
    robot.json(Method::POST, "/subscribers", Some(json!({ "email": "ada.lovelace@ example.org" }))).await;
    robot.json(Method::GET, "/subscribers?email=ada.lovelace@example.org", None).await;
    robot.json(Method::GET, "/subscribers/ada.lovelace@example.org", None).await;
    robot.json(Method::GET, "/subscribers/ada.lovelace%40example.org", None).await;
    robot.json(Method::POST, "/subscribers/1/forget", None).await;
    robot.json(Method::GET, "/subscribers/the-last", None).await;
    daemon.wait_for_line("/subscribers/the-last");
    let log = daemon.log_so_far();
    assert!(log.contains("path=\"/api/v1/subscribers/…\"") && !log.contains("lovelace"), "{log}");
}
