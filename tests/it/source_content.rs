//! What of a foreign calendar is shown, and as what: private events, descriptions, links to join.

use serde_json::Value;

use crate::support::Office;
use crate::support::calendar_server::CalendarServer;

fn calendar(events: &[&str]) -> String {
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{}END:VCALENDAR\r\n", events.concat())
}

fn event(uid: &str, title: &str, day: &str, more: &str) -> String {
    format!("BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTART:{day}T090000Z\r\nSUMMARY:{title}\r\n{more}END:VEVENT\r\n")
}

fn config(server: &CalendarServer, extra: &str) -> String {
    format!(
        "[fetch]\nallowed_hosts = [\"{}\"]\n[[source]]\nname = \"team\"\nurl = \"{}\"\n{extra}\n\
         [[digest]]\nslug = \"weekly\"\nschedule = \"0 8 * * 1\"\nsend_empty = true\n",
        server.address,
        server.url()
    )
}

fn titles(office: &Office) -> Vec<String> {
    let list = office.json(&["event", "list"]);
    let title = |event: &Value| format!("{} {}", event["title"].as_str().unwrap(), event["status"].as_str().unwrap());
    list.as_array().unwrap().iter().map(title).collect()
}

fn team() -> String {
    calendar(&[
        &event("a", "Public meeting", "20260907", "CLASS:public\r\n"),
        &event("b", "Doctor", "20260908", "CLASS:PRIVATE\r\n"),
        &event("c", "Salary talk", "20260909", "CLASS:Confidential\r\n"),
        &event("d", "Odd", "20260910", "CLASS:X-TEAM-ONLY\r\n"),
    ])
}

/// Mails an edition to somebody, so that the next one tells what is news.
fn send(office: &Office) {
    office.ok(&["subscriber", "add", "ada@example.org", "--digest", "weekly", "--confirmed"]);
    office.ok(&["digest", "send", "weekly"]);
}

/// The state that an older version, which knew nothing of all this, left behind.
fn age(office: &Office) {
    office.sql(
        "UPDATE event SET private = 0, description_format = 'markdown', join_url = '';
         UPDATE source SET settings = 'older'",
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn private_events_wait_for_an_editor_stay_out_or_are_as_all_others() {
    for (way, drafts) in [("draft", 3), ("skip", 0), ("publish", 0)] {
        let office = Office::new();
        let file = office.write("team.ics", team());
        let report = office.json(&["import", &file, "--private", way]);
        let all = titles(&office);
        assert_eq!(all.iter().filter(|title| title.ends_with("draft")).count(), drafts, "{way}: {all:?}");
        assert_eq!(all.len(), if way == "skip" { 1 } else { 4 }, "{way}");
        assert_eq!(report["private"], if way == "publish" { 0 } else { 3 }, "{way}: {report}");
        // The same once more changes nothing, and says the same.
        let again = office.json(&["import", &file, "--private", way]);
        assert_eq!((&again["private"], &again["added"], &again["updated"]), (&report["private"], &0.into(), &0.into()));
    }
    let office = Office::new();
    let file = office.write("team.ics", team());
    assert!(office.ok(&["import", &file]).contains("3 are marked as private: they are drafts until you publish them"));
    assert!(office.fails(&["import", &file, "--private", "hide"], 2).contains("draft, skip, publish"));
    let whole = "BEGIN:VCALENDAR\r\nX-CALENDARSERVER-ACCESS:RESTRICTED\r\n";
    let file = office.write(
        "whole.ics",
        calendar(&[&event("z", "Restricted", "20260911", "")]).replace("BEGIN:VCALENDAR\r\n", whole),
    );
    assert_eq!(office.json(&["import", &file])["private"], 1);
    let daemon = office.serve();
    for path in ["/calendar.ics", "/feed.atom", "/feed.json", "/"] {
        let text = daemon.text(path).await;
        assert!(!text.contains("Doctor") && !text.contains("Salary") && !text.contains("Restricted"), "{path}: {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_older_version_published_is_taken_back_and_nobody_is_told() {
    let server = CalendarServer::start();
    let office = Office::with_config(&config(&server, "private = \"publish\""));
    office.set_clock("2026-09-01T00:00:00Z");
    server.serve(team());
    office.ok(&["source", "sync"]);
    office.ok(&["event", "edit", "2", "--title", "Doctor's visit"]);
    let sequence = office.json(&["event", "show", "2"])["sequence"].clone();
    age(&office);
    send(&office);
    office.configure(&config(&server, ""));

    office.set_clock("2026-09-02T00:00:00Z");
    let synced = &office.json(&["source", "sync"])[0];
    assert_eq!((&synced["private"], &synced["cancelled"]), (&3.into(), &0.into()), "{synced}");
    assert_eq!(titles(&office), ["Public meeting confirmed", "Doctor draft", "Salary talk draft", "Odd draft"]);
    let daemon = office.serve();
    for path in ["/calendar.ics", "/feed.json", "/"] {
        let text = daemon.text(path).await;
        assert!(
            text.contains("Public meeting") && !text.contains("Doctor") && !text.contains("Salary"),
            "{path}: {text}"
        );
    }
    assert_eq!(daemon.get("/events/3").await.status(), 404);
    // It would read the source by what is configured, too.
    drop(daemon);
    assert_eq!(office.json(&["event", "show", "2"])["sequence"], sequence);
    let history = office.json(&["event", "history", "3"]);
    let last = history.as_array().unwrap().last().unwrap();
    assert_eq!((&last["action"], &last["actor"]), (&"withdrawn".into(), &"source team".into()), "{history}");
    let mail = office.ok(&["digest", "preview", "weekly"]);
    assert!(!mail.contains("Doctor") && !mail.contains("Cancelled"), "{mail}");
    let check = office.run(&["check"]).stdout;
    assert!(check.contains("event 2 “Doctor”, event 3 “Salary talk”, event 4 “Odd”"), "{check}");

    // Who publishes it nevertheless is asked, and not overruled.
    office.ok(&["event", "publish", "3"]);
    server.serve(team().replace("Salary talk", "Salaries"));
    office.ok(&["source", "sync"]);
    assert!(titles(&office).contains(&"Salaries confirmed".to_owned()), "{:?}", titles(&office));
    let check = office.run(&["check"]).stdout;
    assert!(check.contains("event 3 “Salaries”: private in their calendar, and published here by hand"), "{check}");

    // Left out, drafts vanish without a word, and come back with the option.
    office.configure(&config(&server, "private = \"skip\""));
    office.ok(&["source", "sync"]);
    assert_eq!(titles(&office), ["Public meeting confirmed", "Salaries confirmed"]);
    office.configure(&config(&server, ""));
    office.ok(&["source", "sync"]);
    assert_eq!(titles(&office), ["Public meeting confirmed", "Doctor draft", "Salaries confirmed", "Odd draft"]);
    // What is for everybody now is published.
    server.serve(team().replace("CLASS:PRIVATE", "CLASS:PUBLIC"));
    office.ok(&["source", "sync"]);
    assert!(titles(&office).contains(&"Doctor confirmed".to_owned()), "{:?}", titles(&office));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_private_date_of_a_series_is_left_out_of_it() {
    let series = |class: &str| {
        let changed = format!("RECURRENCE-ID:20260914T090000Z\r\n{class}");
        calendar(&[
            &event("s", "Weekly", "20260907", "RRULE:FREQ=WEEKLY;COUNT=3\r\n"),
            &event("s", "At the doctor's", "20260914", &changed),
        ])
    };
    let server = CalendarServer::start();
    let office = Office::with_config(&config(&server, ""));
    office.set_clock("2026-09-01T00:00:00Z");
    server.serve(series(""));
    office.ok(&["source", "sync"]);
    let daemon = office.serve();
    assert!(daemon.text("/calendar.ics").await.contains("doctor"));
    send(&office);

    office.set_clock("2026-09-02T00:00:00Z");
    server.serve(series("CLASS:PRIVATE\r\n"));
    let synced = &office.json(&["source", "sync"])[0];
    assert_eq!((&synced["private"], &synced["cancelled"]), (&1.into(), &0.into()), "{synced}");
    let calendar = daemon.text("/calendar.ics").await;
    assert!(!calendar.contains("doctor") && calendar.contains("EXDATE:20260914T090000Z"), "{calendar}");
    assert!(!calendar.contains("CANCELLED"), "{calendar}");
    assert_eq!(titles(&office), ["Weekly confirmed", "At the doctor's draft"]);
    let check = office.run(&["check"]).stdout;
    assert!(check.contains("event 1 “Weekly” on 2026-09-14T09:00: private in their calendar"), "{check}");
    let mail = office.ok(&["digest", "preview", "weekly"]);
    assert!(!mail.contains("WHAT CHANGED") && !mail.contains("doctor"), "{mail}");
    // And the same once more changes nothing.
    office.sql("UPDATE source SET settings = ''");
    assert_eq!(office.json(&["source", "sync"])[0]["updated"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn descriptions_that_an_older_version_took_for_markdown_are_read_anew_and_nobody_is_told() {
    let server = CalendarServer::start();
    let office = Office::with_config(&config(&server, ""));
    office.set_clock("2026-09-01T00:00:00Z");
    let plain = "DESCRIPTION:Ask <Bob> for *keys*\\n-----\\nhttps://zoom.us/j/81234567890\r\n";
    let html =
        "DESCRIPTION:Meet at 10<br>Bring <b>ID</b>\\, see <a href=\"https://example.org/agenda\">the agenda</a>\r\n";
    let dated = format!("RECURRENCE-ID:20260914T090000Z\r\n{html}");
    server.serve(calendar(&[
        &event("a", "Plain", "20260907", plain),
        &event("b", "Html", "20260908", html),
        &event("c", "Ours", "20260909", html),
        &event("s", "Weekly", "20260907", &format!("RRULE:FREQ=WEEKLY;COUNT=3\r\n{plain}")),
        &event("s", "Weekly", "20260914", &dated),
    ]));
    office.ok(&["source", "sync"]);
    // As the older version had it.
    age(&office);
    let text = "'Meet at 10<br>Bring <b>ID</b>, see <a href=\"https://example.org/agenda\">the agenda</a>'";
    office.sql(&format!(
        "UPDATE event SET description = {text} WHERE uid IN ('b', 'c');
         UPDATE event SET overrides = json_array(json_object('occurrence', '2026-09-14T09:00', 'cancel_reason', '',
             'ended_at', NULL, 'description', {text})) WHERE uid = 's'"
    ));
    office.ok(&["event", "edit", "3", "--description", "An *agenda* of our own"]);
    send(&office);
    let before = office.json(&["event", "show", "2"]);

    office.set_clock("2026-09-02T00:00:00Z");
    let synced = office.json(&["source", "sync"]);
    assert_eq!(synced[0]["rejected"], serde_json::json!([]));
    let event = |id: &str| office.json(&["event", "show", id]);
    assert_eq!(
        (&event("1")["description_format"], &event("2")["description_format"]),
        (&"plain".into(), &"html".into())
    );
    assert_eq!(event("1")["join_url"], "https://zoom.us/j/81234567890");
    for key in ["sequence", "updated_at"] {
        assert_eq!(event("2")[key], before[key], "{key}");
    }
    assert_eq!(
        (&event("3")["description"], &event("3")["description_format"]),
        (&"An *agenda* of our own".into(), &"markdown".into())
    );
    let dates = office.json(&["event", "list", "--search", "Weekly", "--from", "2026-09-07", "--to", "2026-09-30"]);
    let formats: Vec<_> =
        dates.as_array().unwrap().iter().map(|date| date["description_format"].as_str().unwrap()).collect();
    assert_eq!((formats, &event("4")["sequence"]), (vec!["plain", "html", "plain"], &0.into()));
    let daemon = office.serve();
    let page = daemon.text("/events/1").await;
    assert!(page.contains("Ask &lt;Bob&gt; for *keys*<br>"), "{page}");
    assert!(page.contains("class=\"button\" href=\"https://zoom.us/j/81234567890\""), "{page}");
    let history = office.json(&["event", "history", "2"]);
    let actions: Vec<_> = history.as_array().unwrap().iter().map(|line| line["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["added", "reread"], "{history}");
    let mail = office.ok(&["digest", "preview", "weekly"]);
    assert!(!mail.contains("WHAT CHANGED") && !mail.contains("Html"), "{mail}");
    // The same once more changes nothing.
    office.sql("UPDATE source SET settings = ''");
    assert_eq!(office.json(&["source", "sync"])[0]["updated"], 0);
    assert_eq!(event("3")["description"], "An *agenda* of our own");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_link_to_join_is_news_as_another_place_is() {
    let server = CalendarServer::start();
    let office = Office::with_config(&config(&server, ""));
    office.set_clock("2026-09-01T00:00:00Z");
    let serve = |first: &str, date: &str| {
        let lines = |number: &str| format!("DESCRIPTION:Join Zoom Meeting\\nhttps://zoom.us/j/{number}\r\n");
        let changed = format!("RECURRENCE-ID:20260914T090000Z\r\n{}", lines(date));
        server.serve(calendar(&[
            &event("a", "Plenary", "20260908", &lines(first)),
            &event("s", "Weekly", "20260907", &format!("RRULE:FREQ=WEEKLY;COUNT=3\r\n{}", lines("10000000"))),
            &event("s", "Weekly", "20260914", &changed),
        ]));
        office.ok(&["source", "sync"]);
    };
    serve("11111111", "22222222");
    send(&office);
    office.set_clock("2026-09-02T00:00:00Z");
    serve("33333333", "44444444");
    let mail = office.ok(&["digest", "preview", "weekly"]);
    assert!(mail.contains("* New link: Plenary") && mail.contains("The link to join is a new one"), "{mail}");
    assert!(mail.contains("* New link: Weekly") && mail.contains("Join online: https://zoom.us/j/44444444"), "{mail}");
    assert!(!mail.contains("22222222"), "{mail}");
    let html = office.ok(&["digest", "preview", "weekly", "--format", "html"]);
    assert!(html.contains("href=\"https://zoom.us/j/33333333\"") && html.contains(">Join online</a>"), "{html}");
    let daemon = office.serve();
    let calendar = daemon.text("/calendar.ics").await;
    assert!(calendar.contains("CONFERENCE;FEATURE=VIDEO;VALUE=URI:https://zoom.us/j/33333333"), "{calendar}");
    let page = daemon.text("/events/2").await;
    assert!(page.contains("href=\"https://zoom.us/j/44444444\" rel=\"noopener noreferrer\">Join online"), "{page}");

    // Where it is called off, there is nothing to join.
    drop(daemon);
    office.ok(&["event", "cancel", "1"]);
    let daemon = office.serve();
    assert!(
        !daemon.text("/calendar.ics").await.contains("CONFERENCE;FEATURE=VIDEO;VALUE=URI:https://zoom.us/j/33333333")
    );
    assert!(!daemon.text("/events/1").await.contains("class=\"button\" href=\"https://zoom.us"));
    assert!(!daemon.text("/feed.json").await.contains("\"join_url\":\"https://zoom.us/j/33333333\""));
}
