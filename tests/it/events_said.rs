//! Events on the command line: when they are, in words; several at once; one like another.

use crate::support::Office;
use crate::support::program::Program;
use reqwest::Method;
use serde_json::json;

const SHANGHAI: &str =
    "[site]\ntimezone = \"Asia/Shanghai\"\n[[digest]]\nslug = \"weekly\"\nschedule = \"0 8 * * 1\"\n";

/// Monday 30 November 2026, ten o'clock in Shanghai.
pub fn office() -> Office {
    let office = Office::with_config(SHANGHAI);
    office.set_clock("2026-11-30T02:00:00Z");
    office
}

#[test]
fn dates_are_said_in_words_and_told_as_they_were_understood() {
    let office = office();
    for (said, start, end, told) in [
        (&["--on", "tomorrow 9:00"][..], "2026-12-01T09:00", None, "Tuesday 1 December 2026, 09:00 Asia/Shanghai"),
        (&["--on", "next tuesday"], "2026-12-01", None, "Tuesday 1 December 2026"),
        (&["--on", "+14d"], "2026-12-14", None, "Monday 14 December 2026"),
        (&["--on", "1.12.2026"], "2026-12-01", None, "Tuesday 1 December 2026"),
        (
            &["--on", "22 June - 3 July"],
            "2027-06-22",
            Some("2027-07-03"),
            "Tuesday 22 June 2027 – Saturday 3 July 2027",
        ),
        (&["--on", "Q3 2021"], "2021-Q3", None, "Q3 2021"),
        (&["--from", "tomorrow 9:00", "--to", "12:00"], "2026-12-01T09:00", Some("2026-12-01T12:00"), "09:00–12:00"),
        (&["--from", "22 June 2028", "--to", "3 July"], "2028-06-22", Some("2028-07-03"), "3 July 2028"),
        (&["--on", "11:00"], "2026-11-30T11:00", None, "Monday 30 November 2026, 11:00"),
        // Two o'clock in London: of today there, too.
        (&["--on", "9:00", "--tz", "Europe/London"], "2026-11-30T09:00", None, "09:00 Europe/London"),
    ] {
        let ran = office.run(&[&["event", "add", "meeting", &format!("Meeting {}", said.join(" "))], said].concat());
        assert_eq!(ran.code, 0, "{said:?}: {}", ran.stderr);
        // In a pipe, as ever, the id alone.
        assert!(ran.stdout.trim().parse::<i64>().is_ok(), "{said:?}: {}", ran.stdout);
        assert!(ran.stderr.contains(told), "{said:?}: {}", ran.stderr);
        let event = office.json(&["event", "show", ran.stdout.trim()]);
        assert_eq!((event["start"].as_str(), event["end"].as_str()), (Some(start), end), "{said:?}");
    }
    for (said, told) in [
        ("9:00", "`9:00` alone is today, and that is past: say the day, as in `tomorrow 9:00`"),
        ("1/12/2026", "`1/12/2026` can be read as `2026-12-01` or `2026-01-12`: write one of these"),
        ("monday 1 December 2026", "2026-12-01 is a Tuesday, not a Monday"),
        ("tomorow", "did you mean `tomorrow`"),
        ("soon", "is not a date"),
    ] {
        let error = office.fails(&["event", "add", "meeting", "A", "--on", said], 2);
        assert!(error.contains(told) && error.lines().count() == 1, "{said}: {error}");
    }
    let quiet = office.run(&["event", "add", "meeting", "Quiet", "--on", "tomorrow", "--quiet"]);
    assert_eq!((quiet.code, quiet.stderr.as_str()), (0, ""));
    assert_eq!(office.json(&["event", "list", "--from", "today", "--to", "tomorrow"]).as_array().unwrap().len(), 7);
}

#[test]
fn rules_are_said_in_words_and_the_next_dates_told() {
    let office = office();
    let every = |args: &[&str]| {
        let ran = office.run(&[&["event", "add", "meeting", &format!("Meeting {}", args.join(" "))], args].concat());
        assert_eq!(ran.code, 0, "{args:?}: {}", ran.stderr);
        let event = office.json(&["event", "show", ran.stdout.trim()]);
        let said = |name: &str| event[name].as_str().unwrap_or_default().to_owned();
        (said("start"), said("repeat"), ran.stderr)
    };
    let (start, rule, told) = every(&["--every", "2nd tuesday"]);
    assert_eq!((start.as_str(), rule.as_str()), ("2026-12-08", "FREQ=MONTHLY;BYDAY=2TU"));
    let dates = "Tuesday 8 December 2026, Tuesday 12 January 2027, Tuesday 9 February 2027, Tuesday 9 March 2027, Tuesday \
                 13 April 2027";
    assert!(told.contains("every month on the second Tuesday") && told.contains(dates), "{told}");
    let (start, rule, _) = every(&["--every", "2nd tuesday", "--on", "9:00-12:00"]);
    assert_eq!((start.as_str(), rule.as_str()), ("2026-12-08T09:00", "FREQ=MONTHLY;BYDAY=2TU"));
    let (_, rule, _) = every(&["--every", "every two weeks until 30 June", "--on", "tomorrow 9:00"]);
    assert_eq!(rule, "FREQ=WEEKLY;INTERVAL=2;UNTIL=20270630T155900Z".replace("155900", "155959"), "{rule}");

    let add = ["event", "add", "meeting", "A", "--every"];
    let fails = |rest: &[&str]| office.fails(&[&add, rest].concat(), 2);
    assert!(fails(&["blue moon"]).contains("does not say how it repeats"));
    assert!(fails(&["every two weeks"]).contains("these words name no day"));
    let error = fails(&["2nd tuesday", "--on", "2026-12-01"]);
    assert!(error.contains("the first after it is 2026-12-08"), "{error}");
    assert!(fails(&["weekly", "--repeat", "FREQ=DAILY"]).contains("--repeat"));
}

#[test]
fn several_are_changed_by_ranges_and_filters_all_or_none() {
    let office = office();
    for n in 1..=6 {
        let status = if n <= 4 { "draft" } else { "confirmed" };
        let (title, day) = (format!("Meeting {n}"), format!("2026-12-{n:02}"));
        office.add(&[
            "meeting",
            &title,
            "--on",
            &day,
            "--status",
            status,
            "--topic",
            if n % 2 == 0 { "even" } else { "odd" },
        ]);
    }
    let status = |id: &str| office.json(&["event", "show", id])["status"].as_str().unwrap().to_owned();
    // A range needs no --yes; what a filter chooses does, and so does a removal.
    assert_eq!(office.ok(&["event", "publish", "1-2"]), "Event 1 published.\nEvent 2 published.\n");
    let error = office.fails(&["event", "publish", "--status", "draft"], 2);
    assert_eq!(error, "error: Publish 2 events? Say --yes to do it without being asked.\n");
    assert_eq!(office.json(&["event", "publish", "--topic", "even", "--yes"]).as_array().unwrap().len(), 1);
    assert_eq!((status("3"), status("4")), ("draft".to_owned(), "confirmed".to_owned()));
    assert_eq!(
        office.ok(&["event", "publish", "--topic", "even", "--yes"]),
        "No events are meant; nothing was done.\n"
    );
    // One that can't be cancelled: none is.
    let error = office.fails(&["event", "cancel", "1-3", "--reason", "hall closed"], 1);
    assert!(error.contains("event 3 is a draft"), "{error}");
    assert_eq!(status("1"), "confirmed");
    let would = office.ok(&["event", "cancel", "--topic", "odd", "--dry-run"]);
    assert!(
        would.contains("Nothing was done") && would.contains("  1  Tuesday 1 December 2026, Meeting 1\n"),
        "{would}"
    );
    assert!(!would.contains("Meeting 3"), "a draft can't be cancelled: {would}");
    office.ok(&["event", "cancel", "--topic", "odd", "--yes", "--reason", "hall closed"]);
    assert_eq!((status("1"), status("3"), status("5")), ("cancelled".into(), "draft".into(), "cancelled".into()));

    office.ok(&["event", "edit", "2", "4", "6", "--location", "Beijing", "--add-topic", "data"]);
    office.ok(&["event", "edit", "--where-topic", "data", "--location", "Shanghai", "--yes"]);
    assert_eq!(office.json(&["event", "show", "6"])["location"], "Shanghai");
    let error = office.fails(&["event", "edit", "1-6", "--to", "2026-12-03"], 2);
    assert!(error.contains("event 4: ") && error.contains("before the start"), "{error}");
    let by: Vec<_> =
        office.json(&["event", "history", "6"]).as_array().unwrap().iter().map(|it| it["actor"].clone()).collect();
    assert!(by.iter().all(|by| by == "operator"), "{by:?}");

    assert!(office.fails(&["event", "remove", "1-3"], 2).contains("Remove 3 events?"));
    office.ok(&["event", "remove", "1-3", "--yes"]);
    assert_eq!(office.json(&["event", "list"]).as_array().unwrap().len(), 3);
    // Of a range what is there; what is named has to be.
    assert!(office.fails(&["event", "remove", "1", "4", "--yes"], 1).contains("there is no event 1"));
    office.ok(&["event", "remove", "1-4", "--yes"]);
    for (args, said) in [
        (&["event", "publish"][..], "say which events"),
        (&["event", "publish", "5-1"], "write 1-5"),
        (&["event", "publish", "x"], "event list"),
        (&["event", "cancel", "5-6", "--occurrence", "2026-12-01"], "name one id"),
    ] {
        assert!(office.fails(args, 2).contains(said), "{args:?}");
    }
    assert!(office.fails(&["event", "publish", "100-200"], 1).contains("there is no event 100-200"));
}

#[test]
fn five_thousand_at_once_are_the_most() {
    let office = office();
    let rows: String = (0..5_001).map(|n| format!("meeting,Meeting {n},2026-12-01,draft\n")).collect();
    let file = office.write("many.csv", format!("kind,title,start,status\n{rows}"));
    office.ok(&["import", &file]);
    let error = office.fails(&["event", "publish", "--status", "draft", "--yes"], 2);
    assert!(error.contains("more than 5000 events"), "{error}");
    assert_eq!(office.json(&["event", "publish", "1-5000"]).as_array().unwrap().len(), 5_000);
}

#[test]
fn an_event_is_copied_to_another_day_and_a_twin_pointed_out() {
    let office = office();
    let id = office.add(&[
        "forum",
        "Annual forum",
        "--from",
        "2026-10-12 09:00",
        "--to",
        "2026-10-13 17:00",
        "--topic",
        "data",
        "--location",
        "Beijing",
    ]);
    let copy = office.ok(&["event", "copy", &id, "--on", "2027-10-11"]);
    let copy = office.json(&["event", "show", copy.trim()]);
    assert_eq!((copy["start"].as_str(), copy["end"].as_str()), (Some("2027-10-11T09:00"), Some("2027-10-12T17:00")));
    assert_eq!(
        (&copy["location"], &copy["topics"][0], &copy["status"]),
        (&"Beijing".into(), &"data".into(), &"confirmed".into())
    );
    assert_ne!(copy["uid"], office.json(&["event", "show", &id])["uid"]);
    let again = office.run(&["event", "copy", &id, "--on", "2027-10-12", "--title", "Annual Forum"]);
    assert!(again.stderr.contains("may be the same: “Annual forum”, Monday 11 October 2027"), "{}", again.stderr);
    let other = office.run(&["event", "add", "forum", "Annual forum", "--on", "2027-10-20 09:00"]);
    assert_eq!(other.stderr, "");
    assert!(office.fails(&["event", "copy", &id], 2).contains("say when it is"));
    assert!(office.fails(&["event", "copy", "99", "--on", "2027-10-11"], 1).contains("no event 99"));
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_change_several_at_once_and_copy() {
    let office = office();
    for n in 1..=3 {
        office.add(&["meeting", &format!("Meeting {n}"), "--on", "2026-12-01", "--status", "draft"]);
    }
    let daemon = office.serve();
    let program = Program::new(&office, &daemon, "robot", &["events:read", "events:write"]);
    let ask = async |method: Method, path: &str, body| program.json(method, path, Some(body)).await;
    let (status, published) = ask(Method::POST, "/events/publish", json!({"ids": [1, 2, 2]})).await;
    assert_eq!((status, published.as_array().unwrap().len()), (200, 2), "{published}");
    assert_eq!(published[1]["status"], "confirmed");
    // All or none.
    let (status, problem) = ask(Method::POST, "/events/cancel", json!({"ids": [1, 3], "reason": "hall closed"})).await;
    assert_eq!((status, &problem["code"]), (409, &"conflict".into()), "{problem}");
    assert_eq!(office.json(&["event", "show", "1"])["status"], "confirmed");
    let (status, _) = ask(Method::PATCH, "/events", json!({"ids": [1, 2, 3], "change": {"location": "Beijing"}})).await;
    assert_eq!((status, office.json(&["event", "show", "3"])["location"].clone()), (200, "Beijing".into()));
    let (status, copy) = ask(Method::POST, "/events/1/copy", json!({"start": "2027-12-01"})).await;
    assert_eq!((status, &copy["start"], &copy["location"]), (201, &"2027-12-01".into(), &"Beijing".into()), "{copy}");
    let (status, _) = ask(Method::POST, "/events/remove", json!({"ids": [1, 2]})).await;
    assert_eq!((status, office.json(&["event", "list"]).as_array().unwrap().len()), (200, 2));
    let history = office.json(&["event", "history", "1"]);
    assert_eq!(history.as_array().unwrap().last().unwrap()["actor"], "token robot");
    for (method, path, body, field) in [
        (Method::POST, "/events/publish", json!({"ids": []}), "ids"),
        (Method::POST, "/events/publish", json!({"ids": "1"}), "ids"),
        (Method::PATCH, "/events", json!({"ids": [3], "change": "x"}), "change"),
        (Method::PATCH, "/events", json!({"ids": [3], "change": {"start": "soon"}}), "start"),
        (Method::POST, "/events/3/copy", json!({"title": "B"}), "start"),
    ] {
        let (status, problem) = ask(method, path, body).await;
        assert_eq!((status, &problem["errors"][0]["field"]), (422, &field.into()), "{path}: {problem}");
    }
}
