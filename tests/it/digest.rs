//! Digests: when they are due, what they tell, and that a moment has one edition.

use std::time::Duration;

use serde_json::json;

use crate::support::{Office, another_second, wait_for};

const WEEKLY: &str = r#"
[site]
timezone = "Asia/Shanghai"
[[digest]]
slug = "weekly"
title = "The week ahead"
schedule = "0 8 * * 1"
upcoming = "30d"
recent = "14d"
"#;

/// Due every two seconds.
const RESTLESS: &str = r#"
[[digest]]
slug = "weekly"
schedule = "*/2 * * * * *"
send_empty = true
"#;

#[test]
fn monday_is_monday() {
    let office = Office::with_config(WEEKLY);
    let moments = office.json(&["digest", "schedule", "weekly", "--from", "2020-09-26", "--count", "2"]);
    assert_eq!(moments, json!([{ "at": "2020-09-28T00:00:00Z" }, { "at": "2020-10-05T00:00:00Z" }]));
    let exactly = office.json(&["digest", "schedule", "weekly", "--from", "2020-09-28 08:00", "--count", "1"]);
    assert_eq!(exactly, json!([{ "at": "2020-09-28T00:00:00Z" }]));
    // In words, on the digest's own clock.
    office.set_clock("2020-09-25T12:00:00Z");
    let in_words = office.json(&["digest", "schedule", "weekly", "--from", "tomorrow", "--count", "2"]);
    assert_eq!(in_words, moments);
    let table = office.ok(&["digest", "schedule", "weekly", "--from", "2020-09-26", "--count", "1"]);
    assert!(table.contains("Mon 2020-09-28 08:00:00 Asia/Shanghai"), "{table}");
}

#[test]
fn a_preview_has_each_event_in_its_place() {
    let office = Office::with_config(WEEKLY);
    office.set_clock("2020-09-28T00:00:00Z");
    office.add(&["effective-date", "GB/T 35273-2020 takes effect", "--on", "2020-10-01"]);
    office.add(&["deadline", "Comments on the draft", "--on", "2020-10-09", "--organizer", "TC260"]);
    office.add(&["meeting", "Plenary & dinner", "--from", "2020-10-12", "--to", "2020-10-14", "--location", "Beijing"]);
    office.add(&["forum", "Cybersecurity week", "--from", "2020-09-14", "--to", "2020-09-20"]);
    office.add(&["meeting", "Far away", "--on", "2022"]);
    office.add(&["meeting", "Secret", "--on", "2020-10-02", "--status", "draft"]);
    let text = office.ok(&["digest", "preview", "weekly"]);
    let place = |part: &str| text.find(part).unwrap_or_else(|| panic!("no {part} in {text}"));
    let order = [
        "Subject: GB/T 35273-2020 takes effect Thursday, and 4 more dates",
        "TAKES EFFECT",
        "Thursday 1 October 2020 · in 3 days",
        "DEADLINES",
        "Comments on the draft",
        "COMING UP",
        "12–18 October 2020",
        "12–14 October 2020 · in 14 days",
        "FURTHER AHEAD",
        "Far away",
        "JUST HELD",
        "Cybersecurity week",
        "Unsubscribe: http://127.0.0.1:8080/unsubscribe/preview",
    ]
    .map(place);
    assert!(order.is_sorted(), "{text}");
    assert!(!text.contains("Secret"));

    let html = office.ok(&["digest", "preview", "weekly", "--format", "html"]);
    assert!(html.contains("Plenary &#38; dinner") || html.contains("Plenary &amp; dinner"), "{html}");
    assert!(html.contains("prefers-color-scheme: dark") && html.contains("style=\""));
    let eml = office.ok(&["digest", "preview", "weekly", "--format", "eml", "--at", "2020-10-12 09:00"]);
    assert!(eml.contains("Subject: Plenary & dinner, today, and 2 more dates\r\n"), "{eml}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edition_tells_what_changed_since_the_last_one_and_only_that() {
    let office = Office::with_config(WEEKLY);
    office.set_clock("2020-09-28T00:00:00Z");
    office.add(&["meeting", "Moving", "--on", "2020-10-12"]);
    office.add(&["meeting", "Dropped", "--on", "2020-10-13"]);
    office.add(&["meeting", "Steady", "--on", "2020-10-14"]);
    office.ok(&["subscriber", "add", "ada@example.org", "--confirmed"]);
    let _daemon = office.serve();
    office.ok(&["digest", "send", "weekly"]);
    let first = office.wait_for_mails(1)[0].text();
    assert!(!first.contains("WHAT CHANGED") && first.contains("Steady"), "{first}");

    office.ok(&["event", "edit", "1", "--on", "2020-10-19"]);
    office.ok(&["event", "cancel", "2", "--reason", "no quorum"]);
    office.add(&["meeting", "Brand new", "--on", "2020-10-15"]);
    office.add(&["release", "New and far", "--on", "2023"]);
    another_second();
    office.ok(&["digest", "send", "weekly"]);
    let second = office.wait_for_mails(2)[1].text();
    for part in [
        "Cancelled: Dropped",
        "no quorum",
        "Moved: Moving",
        "Monday 19 October 2020",
        "was 12 October 2020",
        "New and far",
        "Brand new",
    ] {
        assert!(second.contains(part), "no {part} in {second}");
    }
    assert!(!second.contains("Steady"), "{second}");
    another_second();
    assert_eq!(office.json(&["digest", "send", "weekly"])["reason"], "empty");
    // Who comes later is told what lies ahead, and nobody is told it again.
    office.ok(&["subscriber", "add", "lin@example.org", "--confirmed"]);
    office.ok(&["digest", "send", "weekly"]);
    let third = &office.wait_for_mails(3)[2];
    assert_eq!(third.header("To"), "lin@example.org");
    assert!(["Steady", "Moving", "Brand new"].iter().all(|title| third.text().contains(title)), "{}", third.text());
}

#[test]
fn an_agenda_tells_everything_each_time() {
    let office = Office::with_config(&format!("{WEEKLY}retell = true\n"));
    office.set_clock("2020-09-28T00:00:00Z");
    office.add(&["meeting", "Plenary", "--on", "2020-10-12"]);
    office.ok(&["subscriber", "add", "ada@example.org", "--confirmed"]);
    office.ok(&["digest", "send", "weekly", "--at", "2020-09-28"]);
    office.add(&["meeting", "Another", "--on", "2020-10-13"]);
    let text = office.ok(&["digest", "preview", "weekly"]);
    assert!(text.contains("* Plenary") && text.contains("* New: Another"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn reminders_come_when_it_is_time_and_are_made_up_for() {
    let config = r#"
[site]
timezone = "Asia/Shanghai"
[[digest]]
slug = "reminders"
schedule = "0 8 * * *"
remind_before = ["7d", "1d"]
"#;
    let office = Office::with_config(config);
    office.set_clock("2020-09-27T00:00:10Z");
    office.add(&["deadline", "Due in a week", "--on", "2020-10-05"]);
    office.add(&["deadline", "Due in a week but a day", "--on", "2020-10-04"]);
    office.add(&["deadline", "Due later", "--on", "2020-10-07"]);
    let preview = |day: &str| office.ok(&["digest", "preview", "reminders", "--at", &format!("{day} 08:00")]);
    assert!(preview("2020-09-28").contains("Due in a week\n") && !preview("2020-09-28").contains("Due later"));
    assert!(preview("2020-09-30").contains("Due later") && preview("2020-10-06").contains("Due later"));
    office.ok(&["subscriber", "add", "ada@example.org", "--confirmed"]);
    office.serve().stop();
    // The daemon slept through the 28th.
    office.set_clock("2020-09-29T00:00:00Z");
    let _daemon = office.serve();
    let text = office.wait_for_mails(1)[0].text();
    assert!(text.contains("* Due in a week") && text.contains("· in 6 days") && !text.contains("but a day"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn reminders_that_were_sent_before_their_day_are_not_made_up_for() {
    let config = "[[digest]]\nslug = \"reminders\"\nschedule = \"0 8 * * *\"\nremind_before = [\"7d\"]\n";
    let office = Office::with_config(config);
    office.set_clock("2020-09-26T09:00:00Z");
    for day in ["2020-10-04", "2020-10-05", "2020-10-06"] {
        office.add(&["deadline", &format!("Due on {day}"), "--on", day]);
    }
    office.ok(&["subscriber", "add", "ada@example.org", "--confirmed"]);
    office.serve().stop();
    office.ok(&["digest", "send", "reminders", "--at", "2020-09-28 08:00", "--instead"]);
    // The daemon slept from the 27th to the 29th, and the 28th has had its edition.
    office.set_clock("2020-09-29T08:00:10Z");
    let _daemon = office.serve();
    let mails = office.wait_for_mails(2);
    let told =
        |mail: usize| ["04", "05", "06"].map(|day| mails[mail].text().contains(&format!("Due on 2020-10-{day}")));
    assert_eq!((told(0), told(1)), ([false, true, false], [true, false, true]));
}

#[test]
fn a_calendar_goes_with_a_mail_if_asked_for() {
    let office = Office::with_config(&format!("{WEEKLY}attach_calendar = true\n"));
    office.set_clock("2020-09-28T00:00:00Z");
    office.add(&["meeting", "Plenary", "--on", "2020-10-12"]);
    office.add(&["meeting", "Secret", "--on", "2020-10-12", "--status", "draft"]);
    let eml = office.ok(&["digest", "preview", "weekly", "--format", "eml"]);
    let mail = mail_parser::MessageParser::default().parse(eml.as_bytes()).unwrap();
    assert_eq!(mail.attachment_count(), 1);
    let file = mail.attachment(0).unwrap();
    let (kind, name) = (mail_parser::MimeHeaders::content_type(file), mail_parser::MimeHeaders::attachment_name(file));
    assert_eq!(kind.and_then(|kind| kind.attribute("method")), Some("PUBLISH"));
    assert_eq!(name, Some("calendar.ics"));
    let calendar = file.text_contents().unwrap();
    let uid = office.json(&["event", "show", "1"])["uid"].as_str().unwrap().to_owned();
    assert!(calendar.contains(&format!("UID:{uid}")) && !calendar.contains("Secret"), "{calendar}");
    assert!(mail.body_text(0).unwrap().contains("Plenary") && mail.body_html(0).unwrap().contains("Plenary"));
}

#[test]
fn each_reader_reads_their_own_language() {
    let office = Office::with_config(WEEKLY);
    office.set_clock("2020-09-28T00:00:00Z");
    office.add(&["effective-date", "个人信息安全规范", "--on", "2020-10-01"]);
    office.write(
        "readers.csv",
        "email,digests,locale,consent_at\nlin@example.org,weekly,zh-CN,2020-01-01\nada@example.org,weekly,,2020-01-01\n",
    );
    office.ok(&["subscriber", "import", "readers.csv"]);
    let preview = |reader: &str| office.ok(&["digest", "preview", "weekly", "--as", reader]);
    let chinese = preview("lin@example.org");
    for part in ["Subject: 个人信息安全规范星期四生效", "生效", "2020年10月1日 星期四 · 3天后", "退订: "]
    {
        assert!(chinese.contains(part), "no {part} in {chinese}");
    }
    assert!(preview("ada@example.org").contains("TAKES EFFECT"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_moment_has_one_edition_however_often_it_is_asked_for() {
    let office = Office::with_config(WEEKLY);
    office.set_clock("2020-09-28T00:00:00Z");
    office.add(&["meeting", "Plenary", "--on", "2020-10-12"]);
    office.ok(&["subscriber", "add", "ada@example.org", "--confirmed"]);
    let at = ["digest", "send", "weekly", "--at", "2020-09-28 08:00"];
    assert_eq!(office.json(&at)["candidates"], 1);
    assert_eq!(office.json(&at)["reason"], "already");
    let mut daemon = office.serve();
    office.wait_for_mails(1);
    office.settle(&mut daemon);
    assert_eq!(office.outbox().len(), 1);
    let status = office.json(&["digest", "status", "weekly"]);
    let last = &status[0]["last"];
    assert_eq!((&last["sent"], &last["candidates"]), (&json!(1), &json!(1)));
    assert_eq!(last["scheduled_for"], "2020-09-28T00:00:00Z");
}

#[tokio::test(flavor = "multi_thread")]
async fn killing_the_daemon_makes_no_second_edition_and_loses_no_mail() {
    let office = Office::with_config(RESTLESS);
    for reader in 0..20 {
        office.ok(&["subscriber", "add", &format!("reader{reader}@example.org"), "--confirmed"]);
    }
    for round in 0..5 {
        let mut daemon = office.serve();
        daemon.wait_for_line("edition made");
        std::thread::sleep(Duration::from_millis(7 * round));
        daemon.kill();
    }
    let _daemon = office.serve();
    // The digest goes on every two seconds; what counts is that the first editions are done.
    let first = wait_for("the first five editions to be sent", || {
        let all = office.json(&["delivery", "list"]);
        let first: Vec<_> =
            all.as_array().unwrap().iter().filter(|d| d["edition"].as_i64() <= Some(5)).cloned().collect();
        (first.len() == 100 && first.iter().all(|d| d["status"] == "sent")).then_some(first)
    });
    let mut pairs: Vec<_> = first.iter().map(|d| (d["edition"].to_string(), d["address"].to_string())).collect();
    pairs.sort();
    pairs.dedup();
    assert_eq!(pairs.len(), 100);
    let mut message_ids: Vec<_> = office.outbox().iter().map(|mail| mail.header("Message-ID")).collect();
    let files = message_ids.len();
    message_ids.sort();
    message_ids.dedup();
    assert_eq!(message_ids.len(), files);
}

#[tokio::test(flavor = "multi_thread")]
async fn missed_moments_are_caught_up_by_one_edition() {
    let office = Office::with_config(WEEKLY);
    office.set_clock("2020-09-28T00:00:10Z");
    office.ok(&["subscriber", "add", "ada@example.org", "--confirmed"]);
    office.add(&["meeting", "Plenary", "--on", "2020-10-20"]);
    // The daemon has seen the digest and goes to sleep for three Mondays.
    office.serve().stop();
    office.set_clock("2020-10-19T03:00:00Z");
    let mut daemon = office.serve();
    daemon.wait_for_line("edition made");
    let mails = office.wait_for_mails(1);
    assert_eq!(mails[0].subject(), "Plenary, tomorrow");
    let status = office.json(&["digest", "status"]);
    assert_eq!(status[0]["last"]["number"], 1);
    assert_eq!(status[0]["last"]["scheduled_for"], "2020-10-19T00:00:00Z");
    daemon.stop();
    office.serve().stop();
    assert_eq!(office.outbox().len(), 1);
}

#[test]
fn an_empty_edition_is_not_made_unless_asked() {
    let office = Office::with_config(WEEKLY);
    office.ok(&["subscriber", "add", "ada@example.org", "--confirmed"]);
    assert_eq!(office.json(&["digest", "send", "weekly"])["reason"], "empty");
    office.configure(&format!("{WEEKLY}send_empty = true\n"));
    assert_eq!(office.json(&["digest", "send", "weekly"])["candidates"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_digest_makes_nothing_and_sends_nothing_until_resumed() {
    let office = Office::with_config(RESTLESS);
    office.ok(&["subscriber", "add", "ada@example.org", "--confirmed"]);
    office.ok(&["digest", "pause", "weekly"]);
    office.ok(&["digest", "send", "weekly"]);
    let mut daemon = office.serve();
    office.settle(&mut daemon);
    assert_eq!(office.outbox().len(), 0);
    let status = office.json(&["digest", "status"]);
    assert_eq!((&status[0]["paused"], &status[0]["last"]["queued"]), (&json!(true), &json!(1)));
    assert!(status[0]["next_at"].is_null());
    office.ok(&["digest", "resume", "weekly"]);
    office.wait_for_mails(2);
}

#[test]
fn readers_get_the_topics_they_follow() {
    let office = Office::with_config(WEEKLY);
    office.set_clock("2020-09-28T00:00:00Z");
    office.add(&["meeting", "About cities", "--on", "2020-10-12", "--topic", "smart city"]);
    office.add(&["meeting", "About networks", "--on", "2020-10-12", "--topic", "ipv6"]);
    office.ok(&["subscriber", "add", "ada@example.org", "--confirmed", "--topic", "IPv6"]);
    office.ok(&["subscriber", "add", "lin@example.org", "--confirmed", "--topic", "finance"]);
    let text = office.ok(&["digest", "preview", "weekly", "--as", "ada@example.org"]);
    assert!(text.contains("About networks") && !text.contains("About cities"), "{text}");
    // Nobody gets an empty mail.
    assert_eq!(office.json(&["digest", "send", "weekly"])["candidates"], 1);
    assert_eq!(office.json(&["delivery", "list"])[0]["address"], "ada@example.org");
}

#[test]
fn an_edition_is_named_by_its_digest_and_its_number_there_and_found_by_its_id_too() {
    let other = "[[digest]]\nslug = \"daily\"\nschedule = \"0 8 * * *\"\nretell = true\n";
    let office = Office::with_config(&format!("{WEEKLY}{other}"));
    office.set_clock("2020-09-28T02:00:00Z");
    office.add(&["meeting", "Plenary", "--on", "2020-10-12"]);
    office.ok(&["subscriber", "add", "ada@example.org", "--confirmed"]);
    for moment in ["2020-09-25", "2020-09-26"] {
        office.ok(&["digest", "send", "daily", "--at", moment]);
    }
    let sent = office.json(&["digest", "send", "weekly"]);
    assert_eq!((&sent["edition"], &sent["digest"], &sent["number"]), (&json!(3), &json!("weekly"), &json!(1)));
    let daily = office.ok(&["digest", "send", "daily", "--at", "2020-09-27"]);
    assert!(daily.starts_with("Edition daily/3 is made"), "{daily}");

    let list = office.json(&["delivery", "list", "--edition", "weekly/1"]);
    assert_eq!(list, office.json(&["delivery", "list", "--edition", "3"]));
    assert_eq!((&list[0]["edition"], &list[0]["digest"], &list[0]["number"]), (&json!(3), &json!("weekly"), &json!(1)));
    assert!(office.ok(&["delivery", "list"]).contains("daily/2"));
    let last = &office.json(&["digest", "status"])[0]["last"];
    assert_eq!((&last["edition"], &last["digest"], &last["number"]), (&json!(3), &json!("weekly"), &json!(1)));
    assert!(office.ok(&["digest", "status"]).contains("weekly/1"));
    let second = office.json(&["digest", "status", "daily/2"]);
    assert_eq!((&second["edition"], &second["number"], &second["queued"]), (&json!(2), &json!(2), &json!(1)));
    assert!(office.ok(&["digest", "status", "daily/2"]).contains("daily/2  Sat 2020-09-26 00:00:00 Asia/Shanghai"));
    assert!(office.fails(&["digest", "status", "daily/9"], 1).contains("there is no edition daily/9"));
    office.sql("UPDATE delivery SET status = 'failed' WHERE edition_id = 3");
    assert_eq!(office.json(&["delivery", "retry", "--edition", "weekly/1"])["queued"], 1);

    for command in [["delivery", "list"], ["delivery", "retry"], ["subscriber", "unsuppress"]] {
        let args = |edition| [&command[..], &["--edition", edition]].concat();
        for missing in ["weekly/2", "nosuch/1", "99"] {
            let error = office.fails(&args(missing), 1);
            let expected = format!("error: there is no edition {missing}: `kalends digest status` shows");
            assert!(error.starts_with(&expected), "{error}");
        }
        let error = office.fails(&args("weekly/one"), 2);
        assert!(error.contains("`weekly/one` names no edition: write its digest and its number there"), "{error}");
    }
}

/// The moments that `digest schedule`, `list` and `status` tell, which must be the same.
#[track_caller]
fn next_moments(office: &Office, slug: &str, count: usize) -> Vec<String> {
    let list = office.json(&["digest", "schedule", slug, "--count", &count.to_string()]);
    let moments: Vec<String> = list.as_array().unwrap().iter().map(|m| m["at"].as_str().unwrap().to_owned()).collect();
    let listed = office.json(&["digest", "list"]);
    let listed = listed.as_array().unwrap().iter().find(|digest| digest["slug"] == slug).unwrap();
    assert_eq!(listed["next_at"], json!(moments[0]));
    assert_eq!(office.json(&["digest", "status", slug])[0]["next_at"], json!(moments[0]));
    moments
}

fn editions(office: &Office) -> Vec<String> {
    office.rows(
        "SELECT slug || '/' || number || ' ' || strftime('%Y-%m-%dT%H:%M:%SZ', scheduled_for, 'unixepoch') FROM edition
         JOIN digest ON digest.id = digest_id ORDER BY edition.id",
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edition_of_a_moment_ahead_is_sent_now_only_instead_of_the_scheduled_one() {
    let office = Office::with_config(&format!("{WEEKLY}retell = true\n"));
    office.set_clock("2020-09-30T00:00:00Z");
    office.add(&["meeting", "Plenary", "--on", "2020-10-12"]);
    office.ok(&["subscriber", "add", "ada@example.org", "--confirmed"]);
    office.serve().stop();

    let ahead = ["digest", "send", "weekly", "--at", "2020-10-05 08:00"];
    // A second before and after it is refused as well, and so is a week later.
    for moment in ["2020-10-05 08:00", "2020-10-05T07:59:59+08:00", "2020-10-05T08:00:01+08:00", "2020-10-12 08:00"] {
        for flag in [None, Some("--dry-run")] {
            let mut args = vec!["digest", "send", "weekly", "--at", moment];
            args.extend(flag);
            let error = office.fails(&args, 1);
            assert!(error.contains("is still ahead"), "{error}");
            assert!(error.contains("next moment of weekly is Mon 2020-10-05 08:00:00 Asia/Shanghai"), "{error}");
            assert!(error.contains("--instead"), "{error}");
        }
    }
    assert!(editions(&office).is_empty());
    assert_eq!(next_moments(&office, "weekly", 2), ["2020-10-05T00:00:00Z", "2020-10-12T00:00:00Z"]);

    let instead = [&ahead[..], &["--instead"]].concat();
    let sent = office.json(&instead);
    assert_eq!((&sent["number"], &sent["candidates"], &sent["instead"]), (&json!(1), &json!(1), &json!(true)));
    assert_eq!(sent["scheduled_for"], "2020-10-05T00:00:00Z");
    // That moment has its edition, whoever asks for another one and however.
    assert_eq!(office.json(&instead)["reason"], "already");
    assert_eq!(office.json(&ahead)["reason"], "already");
    assert_eq!(office.json(&["digest", "send", "weekly", "--instead"])["reason"], "already");
    assert_eq!(next_moments(&office, "weekly", 2), ["2020-10-12T00:00:00Z", "2020-10-19T00:00:00Z"]);
    let from = office.json(&["digest", "schedule", "weekly", "--from", "2020-10-05 08:00", "--count", "1"]);
    assert_eq!(from, json!([{ "at": "2020-10-12T00:00:00Z" }]));
    let daemon = office.serve();
    let mails = office.wait_for_mails(1);
    assert_eq!(mails[0].subject(), "Plenary, 12 October");
    daemon.kill();

    // The moment comes and goes; the next one is as always.
    office.set_clock("2020-10-05T00:00:10Z");
    let mut daemon = office.serve();
    daemon.wait_for_line("the edition was there already");
    daemon.stop();
    office.set_clock("2020-10-12T00:00:10Z");
    let mut daemon = office.serve();
    daemon.wait_for_line("edition made");
    office.wait_for_mails(2);
    daemon.stop();
    assert_eq!(editions(&office), ["weekly/1 2020-10-05T00:00:00Z", "weekly/2 2020-10-12T00:00:00Z"]);
    // What has passed stands in nobody's place.
    let error = office.fails(&["digest", "send", "weekly", "--at", "2020-10-05 08:00", "--instead"], 1);
    assert!(error.contains("no edition of weekly is still to come at Mon 2020-10-05 08:00:00"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_readers_nothing_is_sent_and_the_scheduled_edition_still_comes() {
    let office = Office::with_config(WEEKLY);
    office.set_clock("2020-09-30T00:00:00Z");
    office.add(&["meeting", "Plenary", "--on", "2020-10-12"]);
    office.serve().stop();
    let wishes: [&[&str]; 4] =
        [&[], &["--dry-run"], &["--at", "2020-09-29"], &["--at", "2020-10-05 08:00", "--instead"]];
    for wish in wishes {
        let args = [&["digest", "send", "weekly"], wish].concat();
        let told = office.json(&args);
        assert_eq!((&told["edition"], &told["reason"]), (&json!(null), &json!("no-readers")), "{wish:?}");
        assert!(office.ok(&args).starts_with("weekly has no readers, so no edition was made"));
    }
    assert_eq!(next_moments(&office, "weekly", 1), ["2020-10-05T00:00:00Z"]);
    office.ok(&["subscriber", "add", "ada@example.org", "--confirmed"]);
    office.set_clock("2020-10-05T00:00:10Z");
    let _daemon = office.serve();
    assert_eq!(office.wait_for_mails(1)[0].subject(), "Plenary, 12 October");
    assert_eq!(editions(&office), ["weekly/1 2020-10-05T00:00:00Z"]);
}

#[test]
fn a_dry_run_says_what_would_go_to_how_many_and_makes_nothing() {
    let office = Office::with_config(WEEKLY);
    office.set_clock("2020-09-28T02:00:00Z");
    office.add(&["meeting", "Plenary", "--on", "2020-10-12", "--topic", "ipv6"]);
    office.ok(&["subscriber", "add", "ada@example.org", "--confirmed"]);
    office.ok(&["subscriber", "add", "bea@example.org", "--confirmed", "--topic", "IPv6"]);
    office.ok(&["subscriber", "add", "lin@example.org", "--confirmed", "--topic", "finance"]);
    let acts = office.json(&["acts"]);
    let told = office.ok(&["digest", "send", "weekly", "--dry-run"]);
    let expected = "Nothing was made. Edition weekly/1, \"Plenary, 12 October\", would go to 2 readers, \
                    and not to 1 reader whom it tells nothing.\n";
    assert_eq!(told, expected);
    let record = office.json(&["digest", "send", "weekly", "--at", "2020-10-05 08:00", "--instead", "--dry-run"]);
    assert_eq!((&record["edition"], &record["number"], &record["candidates"]), (&json!(null), &json!(1), &json!(2)));
    assert_eq!(record["subject"], "Plenary, 12 October");
    assert_eq!((&record["left_out"], &record["reason"]), (&json!(1), &json!("dry-run")));
    assert!(editions(&office).is_empty() && office.json(&["acts"]) == acts);
    assert_eq!(next_moments(&office, "weekly", 1), ["2020-10-05T00:00:00Z"]);
    assert_eq!(office.json(&["digest", "send", "weekly"])["candidates"], 2);
    let again = ["digest", "send", "weekly", "--at", "2020-09-27", "--dry-run"];
    assert_eq!(office.json(&again)["reason"], "empty");
}

#[test]
fn what_somebody_does_with_a_digest_is_told_with_who_did_it() {
    let office = Office::with_config(WEEKLY);
    office.set_clock("2020-09-28T02:00:00Z");
    office.add(&["meeting", "Plenary", "--on", "2020-10-12"]);
    office.ok(&["subscriber", "add", "ada@example.org", "--confirmed"]);
    office.ok(&["digest", "pause", "weekly"]);
    office.ok(&["digest", "pause", "weekly"]);
    office.ok(&["digest", "resume", "weekly"]);
    let tested = office.ok(&["digest", "send", "weekly", "--to", "you@example.org"]);
    let file = "data/outbox/000000-test-you@example.org.eml";
    assert!(tested.contains(&format!("was written to {file}. It went to nobody")), "{tested}");
    assert!(office.path(file).exists());
    let record = office.json(&["digest", "send", "weekly", "--to", "you@example.org"]);
    assert_eq!((&record["to"], &record["file"]), (&json!("you@example.org"), &json!(file)));
    office.ok(&["digest", "send", "weekly"]);
    let acts = office.json(&["acts"]);
    let acts: Vec<_> = acts
        .as_array()
        .unwrap()
        .iter()
        .rev()
        .map(|act| ["actor", "action", "about", "detail"].map(|name| act[name].as_str().unwrap()).join(", "))
        .filter(|act| act.contains("weekly"))
        .collect();
    let expected = [
        "operator, paused, digest weekly, ",
        "operator, resumed, digest weekly, ",
        "operator, tested, digest weekly, ",
        "operator, tested, digest weekly, ",
        "operator, sent, edition weekly/1, 1 reader",
    ];
    assert_eq!(acts, expected);
}
