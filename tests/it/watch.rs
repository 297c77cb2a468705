//! Pages and feeds that are watched.

use serde_json::Value;

use crate::support::web_server::WebServer;
use crate::support::{Office, wait_for};

const RSS: &str = "application/rss+xml";
const HTML: &str = "text/html; charset=utf-8";

fn item(guid: &str, link: &str, title: &str, text: &str) -> String {
    format!(
        "<item><guid isPermaLink='false'>{guid}</guid><link>{link}</link><title>{title}</title>\
         <description><![CDATA[{text}]]></description><pubDate>Mon, 02 Mar 2026 08:00:00 GMT</pubDate></item>\n"
    )
}

fn feed(items: &[String]) -> String {
    format!(
        "<?xml version='1.0'?>\n<rss version='2.0'><channel><title>News</title>\n{}</channel></rss>",
        items.concat()
    )
}

/// A page of meetings as sites have them: with a menu, and the day on which it is asked for.
fn page(today: &str, lines: &[&str]) -> String {
    let lines: String = lines.iter().map(|line| format!("<p>{line}</p>\n")).collect();
    format!(
        "<!doctype html><html><head><title>Meetings</title></head><body><nav><a href='/'>Home</a></nav><p>Today is {today}</p>\n\
         <main><h1>Meetings of the committee</h1>\n{lines}</main><footer>Visitors: {}</footer></body></html>",
        today.len() * 100
    )
}

fn office(server: &WebServer, sources: &str) -> Office {
    Office::with_config(&format!(
        "[site]\ntimezone = \"UTC\"\n[fetch]\nallowed_hosts = [\"{}\"]\n{sources}",
        server.address
    ))
}

fn source(name: &str, url: &str, rest: &str) -> String {
    format!("[[source]]\nname = \"{name}\"\nurl = \"{url}\"\n{rest}\n")
}

/// All events as `1 2026-05-05 draft Forum`.
fn events(office: &Office) -> Vec<String> {
    let list = office.json(&["event", "list"]);
    let word = |event: &Value, name: &str| event[name].as_str().unwrap_or_default().to_owned();
    let told = |event: &Value| {
        format!("{} {} {} {}", event["id"], word(event, "start"), word(event, "status"), word(event, "title"))
    };
    let mut told: Vec<_> = list.as_array().unwrap().iter().map(told).collect();
    told.sort();
    told
}

/// Runs a daemon from this moment on until it has looked at every source.
fn look_at(office: &Office, moment: &str) {
    office.set_clock(moment);
    let mut daemon = office.serve();
    let begun: jiff::Timestamp = moment.parse().unwrap();
    wait_for(&format!("a look at {moment}"), || {
        let sources = office.json(&["source", "list"]);
        let tried = |source: &Value| source["tried_at"].as_str().and_then(|at| at.parse::<jiff::Timestamp>().ok());
        sources.as_array().unwrap().iter().all(|source| tried(source).is_some_and(|at| at >= begun)).then_some(())
    });
    office.settle(&mut daemon);
    daemon.stop();
}

const FORUM: &str = "<p>The Lift Safety Forum will be held on 5 May 2026 in Bergen, Norway.</p>";
const PLENARY: &str = "The plenary of TC 5 will be held on 14 April 2026 in Leuven.";

#[test]
fn a_week_of_watching() {
    let server = WebServer::start();
    let every = "every = \"12h\"";
    let sources = source("news", &server.url("/feed"), &format!("format = \"feed\"\n{every}"))
        + &source("meetings", &server.url("/meetings"), &format!("format = \"page\"\ntopics = [\"lifts\"]\n{every}"));
    let office = office(&server, &sources);
    let link = server.url("/news/1");
    let old = item("9", &server.url("/news/9"), "A forum", "The Door Forum was held on 5 January 2026 in Oslo.");

    // Monday: what lies ahead is proposed, and what is over is not.
    server.serve("/feed", RSS, feed(&[item("1", &link, "A forum on lifts", FORUM), old.clone()]));
    server.serve("/meetings", HTML, page("Monday, 2 March 2026", &["All are welcome.", PLENARY]));
    look_at(&office, "2026-03-02T09:00:00Z");
    let mut told = events(&office);
    told.iter_mut().for_each(|line| *line = line.split_once(' ').unwrap().1.to_owned());
    told.sort();
    assert_eq!(told, ["2026-04-14 draft Plenary of TC 5", "2026-05-05 draft Lift Safety Forum"]);
    let by_start = |start: &str| {
        let list = office.json(&["event", "list"]);
        let found = list.as_array().unwrap().iter().find(|event| event["start"] == start).cloned();
        found.unwrap_or_else(|| panic!("no event on {start}: {list}"))
    };
    let (forum, plenary) = (by_start("2026-05-05"), by_start("2026-04-14"));
    assert_eq!((forum["url"].as_str(), plenary["url"].as_str()), (Some(&*link), Some(&*server.url("/meetings"))));
    assert!(forum["description"].as_str().unwrap().contains("will be held on 5 May 2026 in Bergen"), "{forum}");
    assert_eq!(plenary["topics"][0], "lifts");
    let (forum, plenary) = (forum["id"].to_string(), plenary["id"].to_string());
    assert_eq!(office.json(&["event", "history", &forum])[0]["actor"], "source news");

    // Tuesday: another day stands on the page, and the feed calls its items otherwise. Nothing is proposed again.
    let monday = events(&office);
    server.serve("/feed", RSS, feed(&[item("1-b", &link, "A forum on lifts", FORUM), old.clone()]));
    server.serve("/meetings", HTML, page("Tuesday, 3 March 2026", &["All are welcome.", PLENARY]));
    look_at(&office, "2026-03-03T09:00:00Z");
    assert_eq!(events(&office), monday);

    // Wednesday: a year is corrected, an item is new, and one is Chinese. The editor publishes and removes.
    office.ok(&["event", "publish", &plenary]);
    let corrected = item("1-c", &link, "A forum on lifts", &FORUM.replace("2026", "2027"));
    let chinese =
        item("2", &server.url("/news/2"), "年会通知", "<p>2026年全国标准化年会将于2026年9月9日在北京召开。</p>");
    let doors =
        item("3", &server.url("/news/3"), "Doors", "<p>The Fire Door Forum will be held on 3 June 2026 in Turin.</p>");
    server.serve("/feed", RSS, feed(&[doors.clone(), chinese.clone(), corrected.clone(), old.clone()]));
    look_at(&office, "2026-03-04T09:00:00Z");
    let corrected_forum = office.json(&["event", "show", &forum]);
    assert_eq!(
        (corrected_forum["start"].as_str(), corrected_forum["status"].as_str()),
        (Some("2027-05-05"), Some("draft"))
    );
    assert!(corrected_forum["description"].as_str().unwrap().contains("5 May 2027"), "{corrected_forum}");
    let annual = by_start("2026-09-09");
    assert!(annual["title"].as_str().unwrap().contains("全国标准化年会"), "{annual}");
    let door = by_start("2026-06-03")["id"].to_string();
    office.ok(&["event", "remove", &door, "--yes"]);
    let wednesday = events(&office);
    assert_eq!(wednesday.len(), 3);

    // Thursday: the server has trouble. No draft goes.
    server.fail(500);
    look_at(&office, "2026-03-05T09:00:00Z");
    assert_eq!(events(&office), wednesday);
    assert_eq!(office.json(&["source", "list"])[0]["failures"], 1);

    // Friday: the published plenary moves there, which is proposed; the removed draft stays away in other words, too.
    let doors = doors.replace("will be held on 3 June 2026", "is going to be held on 4 June 2026");
    server.serve("/feed", RSS, feed(&[doors.clone(), chinese.clone(), corrected.clone(), old.clone()]));
    let moved = PLENARY.replace("14 April", "21 April");
    server.serve("/meetings", HTML, page("Friday, 6 March 2026", &["All are welcome.", &moved]));
    look_at(&office, "2026-03-06T09:00:00Z");
    let published = office.json(&["event", "show", &plenary]);
    assert_eq!((published["start"].as_str(), published["status"].as_str()), (Some("2026-04-14"), Some("confirmed")));
    let draft = by_start("2026-04-21");
    assert_eq!(draft["status"], "draft");
    let said = draft["description"].as_str().unwrap();
    assert!(said.contains(&format!("Another date for event {plenary}")), "{said}");
    let friday = events(&office);
    assert_eq!(friday.len(), 4, "{friday:#?}");

    // Saturday: nothing is new.
    server.serve("/meetings", HTML, page("Saturday, 7 March 2026", &["All are welcome.", &moved]));
    look_at(&office, "2026-03-07T09:00:00Z");
    assert_eq!(events(&office), friday);

    // Sunday: the editor decides, and the event moves.
    let out = office.ok(&["event", "publish", &draft["id"].to_string()]);
    assert!(out.contains(&format!("Event {plenary} moved")) && out.contains("2026-04-14 → 2026-04-21"), "{out}");
    let sunday = events(&office);
    look_at(&office, "2026-03-08T09:00:00Z");
    assert_eq!(events(&office), sunday);
    assert_eq!(sunday.len(), 3, "{sunday:#?}");
    let lines = office.json(&["event", "history", &plenary]);
    assert_eq!(lines.as_array().unwrap().last().unwrap()["actor"], "operator");
}

#[test]
fn fifty_drafts_are_made_of_one_look_and_the_rest_of_the_next() {
    let server = WebServer::start();
    let office = office(&server, &source("list", &server.url("/list"), "format = \"page\""));
    office.set_clock("2026-03-02T09:00:00Z");
    const NAMES: [&str; 8] = ["Lift", "Door", "Kettle", "Bridge", "Harbour", "Window", "Garden", "Bicycle"];
    let lines: Vec<String> = (0..62_usize)
        .map(|number| {
            let (name, day, month) = (NAMES[number % 8], number % 28 + 1, ["April", "May", "June"][number / 28]);
            format!("The {name} Forum will be held on {day} {month} 2026 in Oslo.")
        })
        .collect();
    server.serve("/list", HTML, page("Monday, 2 March 2026", &lines.iter().map(String::as_str).collect::<Vec<_>>()));
    let first = office.json(&["source", "sync"]);
    assert_eq!((&first[0]["status"], &first[0]["proposed"]), (&"watched".into(), &50.into()), "{first}");
    assert_eq!(first[0]["held_back"].as_array().unwrap().len(), 12);
    assert!(office.ok(&["source", "list"]).contains("12 more proposals wait for the next look"));
    let second = office.json(&["source", "sync"]);
    assert_eq!((&second[0]["proposed"], &second[0]["known"]), (&12.into(), &50.into()), "{second}");
    assert_eq!(events(&office).len(), 62);
    assert!(office.ok(&["source", "sync"]).contains("not changed since the last time"));

    // Made anew from the ground, it proposes only what lies ahead and is not known.
    let anew = "<div>On 1 April 2026, the Lift Forum will be held in Oslo.</div><div>The Cable Forum was held on 5 January 2026 in \
                Oslo.</div><div>The Cable Forum will be held on 5 July 2026 in Oslo.</div>";
    server.serve("/list", HTML, anew);
    let third = office.json(&["source", "sync"]);
    assert_eq!(third[0]["proposed"], 1, "{third}");
}

#[test]
fn pages_that_items_link_to_are_read_by_the_same_guard() {
    let server = WebServer::start();
    let inner = WebServer::start();
    let office = office(&server, &source("news", &server.url("/feed"), "format = \"feed\"\nfollow = true"));
    office.set_clock("2026-03-02T09:00:00Z");
    let items = [
        item("1", "/news/1", "A forum on kettles", "More on our page."),
        item("2", &inner.url("/secret"), "Within", "More within."),
    ];
    server.serve("/feed", RSS, feed(&items));
    let about = "The Kettle Forum will be held on 5 May 2026 in Bergen.";
    server.serve("/news/1", HTML, page("Monday, 2 March 2026", &[about]));
    inner.serve(
        "/secret",
        HTML,
        page("Monday, 2 March 2026", &["The Secret Forum will be held on 6 May 2026 in Bergen."]),
    );
    let first = office.json(&["source", "sync"]);
    assert_eq!(first[0]["proposed"], 1, "{first}");
    assert!(first[0]["notes"][0].as_str().unwrap().contains("not on the public internet"), "{first}");
    assert_eq!((inner.asked("/secret"), server.asked("/news/1")), (0, 1));
    let draft = &office.json(&["event", "list"])[0];
    assert_eq!((draft["start"].as_str(), draft["url"].as_str()), (Some("2026-05-05"), Some(&*server.url("/news/1"))));
    // What is read is not asked for again.
    office.ok(&["source", "sync"]);
    assert_eq!(server.asked("/news/1"), 1);
}

#[test]
fn what_cannot_be_watched_is_told_in_words() {
    let server = WebServer::start();
    let office = office(
        &server,
        &(source("feed", &server.url("/feed"), "format = \"feed\"")
            + &source("page", &server.url("/page"), "format = \"page\"")),
    );
    server.serve(
        "/feed",
        HTML,
        "<!doctype html><link rel='alternate' type='application/rss+xml' href='/rss.xml'><p>Hello",
    );
    server.serve("/page", HTML, "<script>render()</script><div id=app></div>");
    let ran = office.run(&["source", "sync"]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.stdout.contains(&format!("this is a web page; its feed is at {}", server.url("/rss.xml"))),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.contains("there is no text on this page"), "{}", ran.stdout);
    let bomb = "<!DOCTYPE rss [<!ENTITY a 'ha'>]><rss><channel><item><title>&a;</title></item></channel></rss>";
    server.serve("/feed", RSS, bomb);
    assert!(office.run(&["source", "sync", "feed"]).stdout.contains("defines entities"));
    // Of one that breaks off, what comes before is read.
    let broken = feed(&[item("1", "/1", "A forum", "The Lift Safety Forum will be held on 5 May 2099 in Bergen.")]);
    server.serve("/feed", RSS, broken.replace("</channel></rss>", "<item><title>cut o"));
    let ran = office.json(&["source", "sync", "feed"]);
    assert_eq!(ran[0]["proposed"], 1, "{ran}");
    assert!(ran[0]["notes"][0].as_str().unwrap().contains("breaks off in line"), "{ran}");

    office.configure("[[source]]\nurl = \"https://example.org/a.ics\"\nfollow = true\n");
    let error = office.fails(&["source", "list"], 1);
    assert!(error.contains("follow is for feeds"), "{error}");
}
