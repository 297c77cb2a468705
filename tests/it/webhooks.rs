//! Other programs and chats are told what happens: nothing is lost, and nothing is told twice but what no client can avoid.

use serde_json::{Value, json};

use crate::support::calendar_server::CalendarServer;
use crate::support::hook_receiver::{Answer, HookReceiver, Request};
use crate::support::{Daemon, Office, wait_for};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// With one webhook, which `more` says more of.
fn office(receiver: &HookReceiver, more: &str) -> Office {
    with(&config(receiver, more))
}

fn with(config: &str) -> Office {
    let office = Office::with_config(config);
    office.write("config/secret", SECRET);
    office
}

fn config(receiver: &HookReceiver, more: &str) -> String {
    let (address, url) = (&receiver.address, receiver.url());
    format!(
        "[fetch]\nallowed_hosts = [\"{address}\"]\n\n[[webhook]]\nname = \"crm\"\nurl = \"{url}\"\n\
         secret_file = \"config/secret\"\n{more}\n\n[[digest]]\nslug = \"weekly\"\nschedule = \"0 8 * * 1\"\n"
    )
}

/// A daemon that knows the webhook: what happens from now on is told.
fn serve(office: &Office) -> Daemon {
    let daemon = office.serve();
    wait_for("the webhook", || (office.ask("SELECT count(*) FROM webhook") == "1").then_some(()));
    daemon
}

fn add(office: &Office, title: &str) -> String {
    office.add(&["meeting", title, "--on", "2099-12-18"])
}

fn types(requests: &[Request]) -> Vec<String> {
    requests.iter().map(|request| request.json()["type"].as_str().unwrap().to_owned()).collect()
}

fn titles(request: &Request) -> Vec<String> {
    let json = request.json();
    let events = json["data"]["events"].as_array().unwrap().clone();
    events.iter().map(|event| event["title"].as_str().unwrap().to_owned()).collect()
}

fn verify(request: &Request) {
    let key = data_encoding::BASE64.decode(SECRET.trim_start_matches("whsec_").as_bytes()).unwrap();
    let (id, time) = (request.id(), &request.headers["webhook-timestamp"]);
    let signed = format!("{id}.{time}.{}", request.body);
    let tag = aws_lc_rs::hmac::sign(&aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, &key), signed.as_bytes());
    let expected = format!("v1,{}", data_encoding::BASE64.encode(tag.as_ref()));
    assert_eq!(request.headers["webhook-signature"], expected);
}

#[test]
fn what_happens_to_dates_is_told_and_signed() {
    let receiver = HookReceiver::start();
    let office = office(&receiver, "wait = \"0s\"");
    add(&office, "Before anybody listened");
    let mut daemon = serve(&office);
    let id = add(&office, "Plenary");
    let added = receiver.wait_for(1).remove(0);
    verify(&added);
    assert_eq!(added.line, "POST /hush HTTP/1.1");
    assert_eq!(added.headers["content-type"], "application/json");
    let json = added.json();
    assert_eq!((&json["type"], &json["data"]["count"]), (&json!("event.added"), &json!(1)));
    let event = &json["data"]["events"][0];
    assert_eq!((&event["title"], &event["start"], &event["id"]), (&json!("Plenary"), &json!("2099-12-18"), &json!(2)));
    assert_eq!(json["data"]["actor"], "operator");
    assert!(!added.body.contains("\": ") && !added.body.contains('\n'), "minified: {}", added.body);

    office.ok(&["event", "edit", &id, "--on", "2099-12-21"]);
    let moved = receiver.wait_for(2).remove(1).json();
    let event = &moved["data"]["events"][0];
    assert_eq!((&moved["type"], &event["change"]), (&json!("event.changed"), &json!("moved")));
    assert_eq!((&event["before"], &event["fields"]), (&json!({ "start": "2099-12-18" }), &json!(["start"])));
    office.ok(&["event", "cancel", &id, "--reason", "no quorum"]);
    let cancelled = receiver.wait_for(3).remove(2).json();
    assert_eq!(cancelled["type"], "event.cancelled");
    assert_eq!(cancelled["data"]["events"][0]["cancel_reason"], "no quorum");

    // What nobody outside may see is told when they may.
    let draft = office.add(&["meeting", "Secret", "--on", "2099-12-18", "--status", "draft"]);
    office.ok(&["event", "edit", &draft, "--location", "Room 1"]);
    office.settle(&mut daemon);
    assert_eq!(receiver.requests().len(), 3);
    office.ok(&["event", "publish", &draft]);
    assert_eq!(titles(&receiver.wait_for(4)[3]), ["Secret"]);
}

#[test]
fn an_act_is_one_message_and_what_changed_thrice_is_told_once() {
    let receiver = HookReceiver::start();
    let office = office(&receiver, "wait = \"3s\"");
    let mut daemon = serve(&office);
    let rows: String = (1..=500).map(|n| format!("meeting,Meeting {n},2099-01-{:02}\n", n % 28 + 1)).collect();
    let table = office.write("many.csv", format!("kind,title,start\n{rows}"));
    office.ok(&["import", &table]);
    let many = receiver.wait_for(1).remove(0);
    assert_eq!(many.json()["data"]["count"], 500);
    assert_eq!(titles(&many), ["Meeting 1", "Meeting 2", "Meeting 3", "Meeting 4", "Meeting 5"]);
    assert!(many.body.len() < 20_000, "{}", many.body.len());
    office.settle(&mut daemon);

    for day in ["2099-02-01", "2099-02-02", "2099-02-03"] {
        office.ok(&["event", "edit", "1", "--on", day]);
    }
    office.ok(&["event", "edit", "2", "--on", "2099-03-01"]);
    office.ok(&["event", "edit", "2", "--on", "2099-01-03"]);
    let requests = receiver.wait_for(2);
    let told = requests[1].json();
    assert_eq!((&told["data"]["count"], &told["data"]["events"][0]["start"]), (&json!(1), &json!("2099-02-03")));
    assert_eq!(told["data"]["events"][0]["before"]["start"], "2099-01-02");
    office.settle(&mut daemon);
    assert_eq!(receiver.requests().len(), 2, "there and back is no change");
}

#[test]
fn a_webhook_tells_only_what_it_is_asked_for() {
    let receiver = HookReceiver::start();
    let office = office(&receiver, "wait = \"0s\"\nevents = [\"event.cancelled\", \"subscriber.confirmed\"]");
    let mut daemon = serve(&office);
    let id = add(&office, "Plenary");
    office.settle(&mut daemon);
    office.ok(&["event", "remove", &id, "--yes"]);
    office.ok(&["subscriber", "add", "ada@example.org", "--digest", "weekly", "--confirmed"]);
    office.ok(&["subscriber", "remove", "ada@example.org", "--yes"]);
    receiver.wait_for(2);
    office.settle(&mut daemon);
    assert_eq!(types(&receiver.requests()), ["event.cancelled", "subscriber.confirmed"]);
}

/// Its messages are due now.
fn let_time_pass(office: &Office) {
    office.sql("UPDATE hook_message SET next_at = unixepoch() WHERE status = 'waiting'");
}

#[test]
fn a_receiver_that_fails_hangs_and_comes_back_gets_all_of_it_once() {
    let receiver = HookReceiver::start();
    let office = office(&receiver, "wait = \"0s\"");
    let mut daemon = serve(&office);
    receiver.answer(Answer::Status(500, "", "out of order\u{1b}[31m"));
    add(&office, "One");
    let line = daemon.wait_for_line("a webhook took no message; tried again later");
    assert!(line.contains("500 Internal Server Error: out of order") && !line.contains("hush"), "{line}");
    add(&office, "Two");
    wait_for("the second message", || (office.ask("SELECT count(*) FROM hook_message") == "2").then_some(()));
    office.settle(&mut daemon);
    // The table of the mail: five minutes after the first attempt, and a fifth of that at most.
    let pause: i64 = office.ask("SELECT next_at - tried_since FROM hook_message WHERE attempts = 1").parse().unwrap();
    assert!((300..=361).contains(&pause), "{pause}");

    receiver.answer(Answer::Close);
    let_time_pass(&office);
    daemon.wait_for_line("a webhook took no message; tried again later");
    // The kill comes while it has the message and says nothing.
    let before = receiver.requests().len();
    receiver.answer(Answer::Hang);
    let_time_pass(&office);
    receiver.wait_for(before + 1);
    daemon.kill();
    add(&office, "Three");
    receiver.answer(Answer::Status(204, "", ""));
    let mut daemon = serve(&office);
    let_time_pass(&office);
    let taken = "SELECT count(*) FROM hook_message WHERE status = 'taken'";
    wait_for("all of it", || (office.ask(taken) == "3").then_some(()));
    office.settle(&mut daemon);
    let requests = receiver.requests();
    let mut ids: Vec<(String, String)> = requests.iter().map(|r| (titles(r).remove(0), r.id())).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.iter().map(|(title, _)| title.as_str()).collect::<Vec<_>>(), ["One", "Three", "Two"], "{ids:?}");
    for request in &requests {
        verify(request);
    }
    assert_eq!(office.json(&["webhook", "list"])[0]["failures"], 0);
}

#[test]
fn redirects_are_not_followed_and_a_pause_that_is_asked_for_is_made() {
    let receiver = HookReceiver::start();
    let office = office(&receiver, "wait = \"0s\"");
    let mut daemon = serve(&office);
    receiver.answer(Answer::Status(302, "Location: /elsewhere\r\n", ""));
    add(&office, "One");
    let line = daemon.wait_for_line("a webhook took no message");
    assert!(line.contains("redirects are not followed"), "{line}");
    assert_eq!(receiver.requests().len(), 1);
    receiver.answer(Answer::Status(429, "Retry-After: 4000\r\n", "slower"));
    add(&office, "Two");
    daemon.wait_for_line("a webhook took no message");
    wait_for("the pause", || {
        let soonest = "SELECT min(next_at) - unixepoch() FROM hook_message WHERE status = 'waiting'";
        (office.ask(soonest).parse::<i64>().unwrap() > 3900).then_some(())
    });
    let list = office.json(&["webhook", "list"]);
    assert_eq!((&list[0]["waiting"], &list[0]["error"]), (&json!(2), &json!("429 Too Many Requests: slower")));
}

#[test]
fn a_webhook_that_is_gone_is_told_nothing_until_it_is_another() {
    let receiver = HookReceiver::start();
    let office = office(&receiver, "wait = \"0s\"");
    let mut daemon = serve(&office);
    receiver.answer(Answer::Status(410, "", "gone"));
    add(&office, "One");
    daemon.wait_for_line("it is told nothing any more");
    add(&office, "Two");
    office.settle(&mut daemon);
    assert_eq!(receiver.requests().len(), 1);
    let list = office.json(&["webhook", "list"]);
    assert!(list[0]["gone_at"].is_string() && list[0]["error"] == "410 Gone: gone", "{list}");

    receiver.answer(Answer::Status(200, "", ""));
    let other = config(&receiver, "wait = \"0s\"").replace("/hush", "/hush2");
    office.configure(&other);
    wait_for("the other address", || (office.json(&["webhook", "list"])[0]["gone_at"] == Value::Null).then_some(()));
    add(&office, "Three");
    let requests = receiver.wait_for(2);
    assert_eq!((titles(&requests[1]), requests[1].line.as_str()), (vec!["Three".into()], "POST /hush2 HTTP/1.1"));
}

#[test]
fn readers_are_told_by_their_ids_and_by_their_addresses_where_that_is_wished() {
    for (more, is_told) in [("", false), ("persons = true", true)] {
        let receiver = HookReceiver::start();
        let office = office(&receiver, &format!("wait = \"0s\"\n{more}"));
        let mut daemon = serve(&office);
        office.ok(&["subscriber", "add", "ada@example.org", "--digest", "weekly", "--confirmed"]);
        let came = receiver.wait_for(1).remove(0);
        let expected = match is_told {
            false => json!([{ "id": 1 }]),
            true => json!([{ "id": 1, "email": "ada@example.org" }]),
        };
        assert_eq!(
            (&came.json()["data"]["subscribers"], &came.json()["data"]["digests"]),
            (&expected, &json!(["weekly"]))
        );
        verify(&came);
        assert!(!office.ask("SELECT body FROM hook_message").contains("ada"), "an address has no place in the outbox");

        // A server that says what it got.
        receiver.answer(Answer::Status(500, "", "ADA@example.org is not welcome"));
        office.ok(&["subscriber", "edit", "ada@example.org", "--remove-digest", "weekly"]);
        daemon.wait_for_line("a webhook took no message");
        wait_for("the answer", || {
            office.ask("SELECT answer FROM hook_message WHERE status = 'waiting'").contains("ADA").then_some(())
        });
        receiver.answer(Answer::Status(200, "", ""));
        office.ok(&["subscriber", "forget", "ada@example.org", "--yes"]);
        assert_eq!(office.before_in_database("ada@example.org"), "");
        let_time_pass(&office);
        let left = receiver.wait_for(3).remove(2);
        assert_eq!(left.json()["data"]["subscribers"], json!([{ "id": 1 }]), "of who is forgotten an id is left");
    }
}

#[test]
fn a_chat_gets_a_sentence_a_date_and_calls_nobody() {
    let receiver = HookReceiver::start();
    let chat = config(&receiver, "wait = \"0s\"\nformat = \"slack\"").replace("secret_file = \"config/secret\"\n", "");
    let office = Office::with_config(&format!("[site]\nbase_url = \"https://s.example\"\n{chat}"));
    let daemon = serve(&office);
    let id = add(&office, "<!channel> https://evil.example");
    // Else both may be told as one.
    receiver.wait_for(1);
    office.ok(&["event", "edit", &id, "--on", "2099-12-21"]);
    let requests = receiver.wait_for(2);
    let text = |request: &Request| request.json()["text"].as_str().unwrap().to_owned();
    let title = "&lt;!channel&gt; https:\u{200B}//evil.\u{200B}example";
    assert_eq!(text(&requests[0]), format!("New: {title}, 18 December 2099 https://s.example/events/1"));
    let moved = format!("Moved to 21 December 2099: {title}, was 18 December 2099 https://s.example/events/1");
    assert_eq!(text(&requests[1]), moved);
    // One act, though a program would get two messages.
    let table = office.write(
        "two.csv",
        format!(
            "uid,kind,title,start\n{},meeting,Other,2099-12-22\nnew,meeting,New,2099-12-23\n",
            office.json(&["event", "show", &id])["uid"].as_str().unwrap()
        ),
    );
    office.ok(&["import", &table]);
    let requests = receiver.wait_for(3);
    assert_eq!(text(&requests[2]).lines().count(), 2, "{}", text(&requests[2]));
    drop(daemon);
}

#[test]
fn a_chat_that_refuses_with_a_200_is_asked_again() {
    let receiver = HookReceiver::start();
    let office = office(&receiver, "wait = \"0s\"\nformat = \"feishu\"");
    let mut daemon = serve(&office);
    receiver.answer(Answer::Status(200, "", "{\"code\":19021,\"msg\":\"sign match fail\"}"));
    add(&office, "Plenary");
    let line = daemon.wait_for_line("a webhook took no message; tried again later");
    assert!(line.contains("19021"), "{line}");
    receiver.answer(Answer::Status(200, "", "{\"code\":0}"));
    assert_eq!(office.json(&["webhook", "replay", "crm"])["replayed"], 1);
    receiver.wait_for(2);
    wait_for("the end", || (office.json(&["webhook", "list"])[0]["waiting"] == 0).then_some(()));
}

#[test]
fn editions_and_what_needs_a_hand_are_told() {
    let (receiver, calendar) = (HookReceiver::start(), CalendarServer::start());
    calendar.fail(500, "");
    let source = format!("[[source]]\nname = \"tc260\"\nurl = \"http://{}/all.ics\"", calendar.address);
    let config = config(&receiver, &format!("wait = \"0s\"\n\n{source}"));
    let office = with(&config.replace("hosts = [", &format!("hosts = [\"{}\", ", calendar.address)));
    office.ok(&["subscriber", "add", "ada@example.org", "--digest", "weekly", "--confirmed"]);
    let mut daemon = serve(&office);
    let alert = "SELECT count(*) FROM alert WHERE kind = 'source'";
    wait_for("the source to fail", || (office.ask(alert) == "1").then_some(()));
    add(&office, "Plenary");
    receiver.wait_for(1);
    office.ok(&["digest", "send", "weekly"]);
    office.wait_for_mails(1);
    receiver.wait_for(3);
    office.settle(&mut daemon);
    let requests = receiver.requests();
    assert_eq!(types(&requests[1..]), ["edition.made", "edition.sent"]);
    let sent = requests[2].json();
    assert_eq!((&sent["data"]["edition"], &sent["data"]["sent"]), (&json!("weekly/1"), &json!(1)));
    office.sql("UPDATE alert SET since = since - 90000");
    let failing = receiver.wait_for(4).remove(3).json();
    assert_eq!((&failing["type"], &failing["data"]["source"]), (&json!("source.failing"), &json!("tc260")));
}

#[test]
fn a_webhook_is_tried_and_told_again_by_hand() {
    let receiver = HookReceiver::start();
    let office = office(&receiver, "wait = \"0s\"");
    let test = office.json(&["webhook", "test", "crm"]);
    assert_eq!((&test["taken"], &test["answer"]), (&json!(true), &json!("200 OK: ok")));
    verify(&receiver.requests()[0]);
    receiver.answer(Answer::Status(404, "", "no such hook"));
    let ran = office.run(&["webhook", "test", "crm"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, "crm did not take it: 404 Not Found: no such hook\n"));
    receiver.answer(Answer::Status(200, "", ""));

    let daemon = serve(&office);
    add(&office, "One");
    let first = receiver.wait_for(3).remove(2);
    wait_for("the end", || (office.json(&["webhook", "list", "crm"])[0]["status"] == "taken").then_some(()));
    assert_eq!(office.json(&["webhook", "replay", "crm"])["replayed"], 0);
    let error = office.fails(&["webhook", "replay", "crm", "--message", &first.id(), "--message", "msg_none"], 1);
    assert!(error.contains("none is sent again"), "{error}");
    assert_eq!(office.json(&["webhook", "replay", "crm", "--message", &first.id()])["replayed"], 1);
    let again = receiver.wait_for(4).remove(3);
    assert_eq!((again.id(), again.body), (first.id(), first.body));
    assert!(office.fails(&["webhook", "test", "other"], 1).contains("webhook list"));
    drop(daemon);
}

#[test]
fn an_address_on_the_offices_own_net_has_to_be_allowed_and_no_secret_is_shown() {
    let receiver = HookReceiver::start();
    let guarded = config(&receiver, "").replace(&format!("[fetch]\nallowed_hosts = [\"{}\"]\n", receiver.address), "");
    let office = Office::with_config(&guarded);
    let error = office.fails(&["webhook", "test", "crm"], 1);
    assert!(error.contains("secret_file") && error.contains("can't be read"), "{error}");
    office.write("config/secret", "whsec_short");
    assert!(office.fails(&["webhook", "test", "crm"], 1).contains("openssl rand"));
    office.write("config/secret", SECRET);
    let ran = office.run(&["webhook", "test", "crm"]);
    assert!(ran.code == 1 && ran.stdout.contains("allowed_hosts") && !ran.stdout.contains("hush"), "{}", ran.stdout);
    assert!(receiver.requests().is_empty());
    for args in [&["config", "show"][..], &["config", "show", "--json"], &["webhook", "list"]] {
        let shown = office.ok(args);
        assert!(shown.contains(&receiver.address) && !shown.contains("hush") && !shown.contains("whsec"), "{shown}");
    }
}
