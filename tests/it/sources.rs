//! Foreign calendars that are kept in step.

use serde_json::Value;

use crate::support::calendar_server::CalendarServer;
use crate::support::{Office, wait_for};

fn calendar(events: &[&str]) -> String {
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{}END:VCALENDAR\r\n", events.concat())
}

fn event(uid: &str, title: &str, day: &str) -> String {
    format!(
        "BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTAMP:20200101T000000Z\r\nDTSTART;VALUE=DATE:{day}\r\nSUMMARY:{title}\r\nEND:VEVENT\r\n"
    )
}

fn office(server: &CalendarServer, extra: &str) -> Office {
    let (address, url) = (&server.address, server.url());
    Office::with_config(&format!(
        "[fetch]\nallowed_hosts = [\"{address}\"]\n\n[[source]]\nurl = \"{url}\"\nevery = \"1s\"\n{extra}"
    ))
}

fn titles(office: &Office) -> Vec<String> {
    let list = office.json(&["event", "list"]);
    let title = |event: &Value| format!("{} {}", event["title"].as_str().unwrap(), event["status"].as_str().unwrap());
    list.as_array().unwrap().iter().map(title).collect()
}

#[test]
fn a_foreign_calendar_is_kept_in_step() {
    let server = CalendarServer::start();
    let office = office(&server, "kind = \"meeting\"\ntopics = [\"ietf\"]\nprefix = \"IETF: \"\n");
    let (first, second) = (event("a", "Plenary", "20990901"), event("b", "Old", "20000101"));
    server.serve(calendar(&[&first, &second]));
    let daemon = office.serve();
    wait_for("the events", || Some(titles(&office)).filter(|titles| titles.len() == 2));
    let plenary = &office.json(&["event", "list", "--search", "plenary"])[0];
    assert_eq!((&plenary["kind"], &plenary["title"]), (&"meeting".into(), &"IETF: Plenary".into()));
    assert_eq!(plenary["topics"][0], "ietf");

    // Asked again, it says that nothing changed.
    wait_for("a conditional request", || {
        server.requests().iter().any(|head| head.to_lowercase().contains("if-none-match")).then_some(())
    });
    assert_eq!(office.json(&["event", "show", "1"])["sequence"], 0);

    server.serve(calendar(&[&event("a", "Plenary", "20990902"), &second, &event("c", "Forum", "20990910")]));
    wait_for("the change", || (office.json(&["event", "show", "1"])["start"] == "2099-09-02").then_some(()));
    assert_eq!(office.json(&["event", "show", "1"])["sequence"], 1);

    // What vanished is cancelled if it lay ahead; the past is not rewritten.
    server.serve(calendar(&[&event("c", "Forum", "20990910")]));
    wait_for("the end", || (office.json(&["event", "show", "1"])["status"] == "cancelled").then_some(()));
    assert_eq!(titles(&office), ["IETF: Old confirmed", "IETF: Plenary cancelled", "IETF: Forum confirmed"]);
    drop(daemon);
}

#[test]
fn what_goes_wrong_changes_nothing_and_is_told() {
    let server = CalendarServer::start();
    let office = office(&server, "");
    server.serve(calendar(&[&event("a", "Plenary", "20990901"), &event("b", "Forum", "20990902")]));
    let out = office.ok(&["source", "sync"]);
    assert!(out.contains("2 added"), "{out}");
    let secret = "calendar.ics";
    let broken =
        calendar(&[&event("a", "Plenary", "20990901"), "BEGIN:VEVENT\r\nUID:x\r\nSUMMARY:No date\r\nEND:VEVENT\r\n"]);
    for (answer, part) in [
        (Err((500, "")), "trouble of its own"),
        (Err((503, "Retry-After: 3600\r\n")), "overloaded"),
        (Err((302, "Location: http://127.0.0.2/x\r\n")), "not on the public internet"),
        (Ok(calendar(&[])), "without any events"),
        (Ok("<html>Not here</html>".to_owned()), "a web page came instead of a calendar"),
    ] {
        match answer {
            Ok(body) => server.serve(body),
            Err((status, extra)) => server.fail(status, extra),
        }
        let ran = office.run(&["source", "sync"]);
        assert!(ran.code == 1 && ran.stdout.contains(part), "{part}: {}{}", ran.stdout, ran.stderr);
        let check = office.run(&["check"]);
        assert!(check.code == 1 && check.stdout.contains("source 1 127.0.0.1"), "{}", check.stdout);
        assert!(!check.stdout.contains(secret), "{}", check.stdout);
    }
    assert_eq!(titles(&office), ["Plenary confirmed", "Forum confirmed"]);
    let failed = &office.json(&["source", "list"])[0];
    assert_eq!(failed["failures"], 5);

    // Of a calendar that could not be read whole, nothing is taken for gone.
    server.fail(200, "");
    server.serve(broken);
    let ran = office.run(&["source", "sync"]);
    assert!(ran.stdout.contains("1 unchanged, 0 cancelled, 1 rejected"), "{}{}", ran.stdout, ran.stderr);
    assert_eq!(titles(&office), ["Plenary confirmed", "Forum confirmed"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_show_in_the_metrics_and_are_not_repeated_at_once() {
    let server = CalendarServer::start();
    server.fail(404, "");
    let office = Office::with_config(&format!(
        "[fetch]\nallowed_hosts = [\"{}\"]\n[[source]]\nurl = \"{}\"\nevery = \"1h\"\n\
         [metrics]\nlisten = \"127.0.0.1:0\"\n",
        server.address,
        server.url()
    ));
    let mut daemon = office.serve();
    let metrics = daemon.metrics_url();
    let line = "kalends_source_failures{source=\"127.0.0.1\",number=\"1\"} 1.0";
    let mut text = String::new();
    for _ in 0..200 {
        text = reqwest::get(&metrics).await.unwrap().text().await.unwrap();
        if text.contains(line) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert!(text.contains(line), "{text}");
    assert!(text.contains("kalends_events{status=\"confirmed\"} 0.0"), "{text}");
    office.settle(&mut daemon);
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn private_addresses_are_refused_unless_allowed_by_name() {
    let server = CalendarServer::start();
    server.serve(calendar(&[&event("a", "Plenary", "20990901")]));
    let config =
        |allowed: &str| format!("[fetch]\nallowed_hosts = [{allowed}]\n[[source]]\nurl = \"{}\"\n", server.url());
    let office = Office::with_config(&config(""));
    let ran = office.run(&["source", "sync"]);
    assert!(ran.code == 1 && ran.stdout.contains("allowed_hosts in [fetch]"), "{}", ran.stdout);
    assert!(server.requests().is_empty());
    office.configure(&config("\"127.0.0.1\""));
    office.ok(&["source", "sync"]);
    // Who names an address on the command line means it.
    let elsewhere = Office::new();
    assert_eq!(elsewhere.json(&["import", &server.url()])["added"], 1);
}

#[test]
fn what_a_source_brings_can_wait_for_an_editor() {
    let server = CalendarServer::start();
    let office = office(&server, "draft = true\n");
    server.serve(calendar(&[&event("a", "Plenary", "20990901"), &event("b", "Forum", "20990902")]));
    office.ok(&["source", "sync"]);
    assert_eq!(titles(&office), ["Plenary draft", "Forum draft"]);
    office.ok(&["event", "publish", "1"]);
    office.ok(&["event", "remove", "2", "--yes"]);
    server.serve(calendar(&[&event("a", "Plenary, moved", "20990903"), &event("b", "Forum, moved", "20990902")]));
    office.ok(&["source", "sync"]);
    // What was published stays so, and what was removed does too.
    assert_eq!(titles(&office), ["Plenary, moved confirmed"]);
}

#[test]
fn what_vanished_comes_back_and_what_moved_is_taken_along() {
    let (first, second) = (CalendarServer::start(), CalendarServer::start());
    let office = Office::new();
    let config = |servers: &[&CalendarServer]| {
        let sources: String = servers.iter().map(|s| format!("[[source]]\nurl = \"{}\"\n", s.url())).collect();
        format!("[fetch]\nallowed_hosts = [\"127.0.0.1\"]\n{sources}")
    };
    office.configure(&config(&[&first, &second]));
    let plenary = event("a", "Plenary", "20990901");
    let forum = event("b", "Forum", "20990902");
    // The same event twice is one, and keeps nothing from being cancelled.
    first.serve(calendar(&[&plenary, &plenary, &forum]));
    second.serve(calendar(&[&event("c", "Other", "20990903")]));
    office.run(&["source", "sync"]);
    first.serve(calendar(&[&plenary, &plenary]));
    office.run(&["source", "sync", "1"]);
    assert_eq!(titles(&office), ["Plenary confirmed", "Forum cancelled", "Other confirmed"]);
    first.serve(calendar(&[&plenary, &forum]));
    office.ok(&["source", "sync", "1"]);
    assert_eq!(titles(&office), ["Plenary confirmed", "Forum confirmed", "Other confirmed"]);

    // An event moves to another calendar.
    first.serve(calendar(&[&forum]));
    second.serve(calendar(&[&event("c", "Other", "20990903"), &plenary]));
    office.run(&["source", "sync"]);
    office.ok(&["source", "sync", "2"]);
    assert_eq!(titles(&office), ["Plenary confirmed", "Forum confirmed", "Other confirmed"]);

    // A calendar moves to another address.
    let third = CalendarServer::start();
    third.serve(calendar(&[&event("b", "Forum, moved", "20990905")]));
    office.configure(&config(&[&third, &second]));
    office.ok(&["source", "sync"]);
    assert_eq!(titles(&office), ["Plenary confirmed", "Other confirmed", "Forum, moved confirmed"]);
}

#[test]
fn a_source_is_called_by_its_name_or_its_number() {
    let (first, second) = (CalendarServer::start(), CalendarServer::start());
    let office = Office::with_config(&format!(
        "[fetch]\nallowed_hosts = [\"127.0.0.1\"]\n[[source]]\nurl = \"{}\"\n[[source]]\nurl = \"{}\"\n\
         [[source]]\nname = \"TC260\"\nurl = \"http://{}/tc260.ics\"\n",
        first.url(),
        second.url(),
        second.address
    ));
    first.serve(calendar(&[&event("a", "Plenary", "20990901")]));
    second.serve(calendar(&[&event("b", "Forum", "20990902")]));
    let listed = office.json(&["source", "list"]);
    let told = |source: &Value| format!("{} {} {}", source["number"], source["name"], source["url"]);
    let told: Vec<String> = listed.as_array().unwrap().iter().map(told).collect();
    let right = [
        format!("1 \"127-0-0-1\" \"{}\"", first.url()),
        format!("2 \"127-0-0-1-2\" \"{}\"", second.url()),
        format!("3 \"TC260\" \"http://{}/tc260.ics\"", second.address),
    ];
    assert_eq!(told, right);
    assert!(office.ok(&["source", "list"]).contains("TC260"));

    let synced = office.json(&["source", "sync", "tc260"]);
    assert_eq!(
        (&synced[0]["number"], &synced[0]["name"], &synced[0]["added"]),
        (&3.into(), &"TC260".into(), &1.into())
    );
    assert_eq!(titles(&office), ["Forum confirmed"]);
    assert_eq!(office.json(&["event", "history", "1"])[0]["actor"], "source TC260");
    assert!(office.ok(&["source", "sync", "1"]).starts_with("1 127-0-0-1: 1 added"));

    // What is not there is one thing, what can be no name another.
    for (name, code) in [("9", 1), ("0", 1), ("tc261", 1), ("127.0.0.1", 2), ("a b", 2)] {
        let error = office.fails(&["source", "sync", name], code);
        assert!(error.contains(name) && (code == 2 || error.contains("`kalends source list`")), "{error}");
    }
    let error = Office::new().fails(&["source", "sync"], 1);
    assert!(error.contains("no foreign calendar is configured"), "{error}");
}

#[test]
fn what_opens_a_source_is_told_nowhere() {
    let server = CalendarServer::start();
    server.serve(calendar(&[&event("a", "Plenary", "20990901")]));
    let url = |name: &str| format!("http://ada:hunter2@{}/{name}-1b9ac51f0d5e4ac5.ics?key=hunter3", server.address);
    let office = Office::with_config(&format!(
        "[fetch]\nallowed_hosts = [\"127.0.0.1\"]\n[[source]]\nurl = \"{}\"\nevery = \"1s\"\n[[source]]\nurl = \"{}\"\n",
        url("one"),
        url("two")
    ));
    let mut said = String::new();
    let tell = |args: &[&str]| {
        let ran = office.run(args);
        format!("{args:?}\n{}{}", ran.stdout, ran.stderr)
    };
    // The second has what the first one keeps, and is told whose it is.
    said += &tell(&["source", "sync"]);
    assert!(said.contains("is kept in step with another calendar"), "{said}");
    said += &tell(&["--json", "source", "sync"]);
    server.fail(500, "");
    let mut daemon = office.serve_with_log("debug");
    said += &daemon.wait_for_line("could not be read");
    said += daemon.log_so_far();
    drop(daemon);
    for args in [
        &["source", "list"][..],
        &["--json", "source", "list"],
        &["source", "sync"],
        &["--json", "source", "sync"],
        &["source", "sync", &url("one")],
        &["check"],
        &["--json", "check"],
        &["event", "history", "1"],
        &["--json", "event", "history", "1"],
        &["event", "show", "1"],
        &["--json", "event", "show", "1"],
        &["export", "--format", "json"],
        &["acts"],
    ] {
        said += &tell(args);
    }
    assert!(said.contains("\"name\": \"127-0-0-1\"") || said.contains("\"name\":\"127-0-0-1\""), "{said}");
    for secret in ["hunter2", "hunter3", "1b9ac51f0d5e4ac5", "ada:"] {
        let line = said.lines().find(|line| line.contains(secret) && !line.starts_with('['));
        assert_eq!(line, None, "{secret} is told");
    }
}

#[test]
fn certificates_are_read_only_where_something_is_fetched() {
    let server = CalendarServer::start();
    server.serve(calendar(&[&event("a", "Plenary", "20990901")]));
    let office = office(&server, "");
    // Whoever opens it waits for a writer, and nobody writes.
    let pipe = office.path("certificates");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let environment = [("SSL_CERT_FILE", pipe.to_str().unwrap())];
    for args in [&["event", "list"][..], &["source", "list"], &["digest", "list"], &["bounce", "list"], &["export"]] {
        let ran = office.run_among(&environment, args);
        assert_eq!(ran.code, 0, "{args:?}: {}", ran.stderr);
    }
}
