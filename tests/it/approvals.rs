//! Editions that go out once somebody has approved them.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::program::Program;
use crate::support::{Daemon, Mail, Office, wait_for};

const CONFIG: &str = "[[digest]]\nslug = \"weekly\"\ntitle = { en = \"The week\", zh-Hans = \"一周\" }\nschedule = \"0 8 * * 1\"\n\
                      approval = \"ask\"\nprepare = \"1d\"\n[operator]\naddress = \"admin@example.org\"\nfree = \"0 MB\"\n";

const ANN: &str = "ann@example.org";
const LIN: &str = "lin@example.org";
const ADA: &str = "ada@example.org";

/// On a Saturday, before anybody is to be asked of the edition of Monday, 28 September.
fn office_with(config: &str) -> Office {
    let office = Office::with_config(config);
    office.set_clock("2020-09-26T09:00:00Z");
    office.ok(&["subscriber", "add", ADA, "--confirmed"]);
    office.ok(&["editor", "add", ANN]);
    office.ok(&["editor", "add", LIN, "--locale", "zh-Hans"]);
    office.add(&["meeting", "Plenary", "--on", "2020-10-06"]);
    office.add(&["deadline", "Comments", "--on", "2020-10-12"]);
    office.serve().stop();
    office
}

fn office() -> Office {
    office_with(CONFIG)
}

fn to(office: &Office, address: &str) -> Vec<Mail> {
    office.outbox().into_iter().filter(|mail| mail.header("To").contains(address)).collect()
}

#[track_caller]
fn wait_for_mails_to(office: &Office, address: &str, count: usize) -> Vec<Mail> {
    wait_for(&format!("{count} mails to {address}"), || Some(to(office, address)).filter(|mails| mails.len() >= count))
}

/// Its words, wherever its lines end.
fn words(mail: &Mail) -> String {
    mail.text().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The path of the link in a mail.
fn link(mail: &Mail) -> String {
    let text = mail.text();
    let begin = text.find("/approve/").unwrap_or_else(|| panic!("no link in {text}"));
    text[begin..].split_whitespace().next().unwrap().to_owned()
}

fn at(office: &Office, now: &str) -> Daemon {
    office.set_clock(now);
    office.serve()
}

fn state(office: &Office) -> Value {
    office.json(&["digest", "status", "weekly"])[0]["approval"]["state"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edition_goes_once_an_editor_has_approved_it_by_their_link() {
    let office = office();
    let mut daemon = at(&office, "2020-09-27T07:59:00Z");
    office.settle(&mut daemon);
    assert!(office.outbox().is_empty());
    assert_eq!(state(&office), "open");
    drop(daemon);
    let daemon = at(&office, "2020-09-27T08:00:01Z");
    let asked = wait_for_mails_to(&office, ANN, 1).remove(0);
    let of_lin = wait_for_mails_to(&office, LIN, 1).remove(0);
    assert!(asked.header("List-Id").contains("<notices.kalends."), "{}", asked.header("List-Id"));
    assert!(asked.header("List-Unsubscribe").is_empty() && asked.header("Message-ID").contains('@'));
    assert_eq!(state(&office), "asked");
    assert!(asked.subject().starts_with("To approve: "), "{}", asked.subject());
    let text = words(&asked);
    for part in ["The week", "once somebody has approved it", "DEADLINES", "* Comments", "event 2", "* Plenary"] {
        assert!(text.contains(part), "no {part} in {text}");
    }
    assert!(of_lin.subject().starts_with("待批准：") && of_lin.text().contains("一周"), "{}", of_lin.text());
    // Link scanners follow every link.
    let path = link(&asked);
    for _ in 0..2 {
        let page = daemon.get(&path).await;
        assert_eq!(page.status(), 200);
        assert_eq!(page.headers()["cache-control"], "no-store");
        assert_eq!(page.headers()["x-robots-tag"], "noindex");
        let page = page.text().await.unwrap();
        assert!(page.contains("Plenary") && page.contains("<form method=\"post\">"), "{page}");
    }
    assert_eq!(state(&office), "asked");
    // Nothing but the hash of a link is kept of it.
    let token = path.rsplit('/').next().unwrap();
    assert_eq!(office.ask(&format!("SELECT count(*) FROM approval_link WHERE instr(hash, '{token}')")), "0");

    let done = daemon.post(&path, &[]).await;
    assert_eq!(done.status(), 200);
    assert!(done.text().await.unwrap().contains("goes out at its time"));
    assert_eq!(state(&office), "approved");
    assert!(office.ok(&["digest", "status"]).contains("approved by editor ann@example.org"));
    assert!(office.ok(&["acts"]).contains("approved"));
    // Used, another's of an edition that is approved, and none at all.
    for (path, status, expected) in [
        (path.clone(), 410, "was used"),
        (link(&of_lin), 409, "editor ann@example.org"),
        (format!("{path}a"), 404, "not one of ours"),
        ("/approve/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa".into(), 404, "not one of ours"),
    ] {
        for answer in [daemon.get(&format!("{path}?lang=en")).await, daemon.post(&format!("{path}?lang=en"), &[]).await]
        {
            let (code, page) = (answer.status(), answer.text().await.unwrap());
            assert_eq!(code, status, "{path}: {page}");
            assert!(page.contains(expected), "{path}: {page}");
        }
    }
    // What changes is in it, and who has approved is told.
    office.ok(&["event", "edit", "1", "--on", "2020-10-07"]);
    office.add(&["meeting", "Workshop", "--on", "2020-10-08"]);
    office.ok(&["event", "remove", "2", "--yes"]);
    assert_eq!(state(&office), "approved");
    drop(daemon);
    let daemon = at(&office, "2020-09-28T08:00:01Z");
    let mail = wait_for_mails_to(&office, ADA, 1).remove(0);
    assert!(mail.text().contains("Workshop"), "{}", mail.text());
    let told =
        wait_for_mails_to(&office, ANN, 2).into_iter().find(|mail| !mail.subject().starts_with("To approve")).unwrap();
    let words = words(&told);
    for part in [
        "changed since you approved it",
        "Added: Workshop",
        "Now: Plenary",
        "It was: Plenary",
        "Not in it any more: Comments",
    ] {
        assert!(words.contains(part), "no {part} in {words}");
    }
    assert_eq!((to(&office, LIN).len(), to(&office, "admin").len()), (1, 0));
    let answer = daemon.get(&format!("{}?lang=en", link(&of_lin))).await;
    assert_eq!(answer.status(), 410);
    assert!(answer.text().await.unwrap().contains("weekly/1"));
}

#[test]
fn without_an_approval_it_waits_and_goes_as_the_edition_of_its_moment() {
    let office = office();
    let daemon = at(&office, "2020-09-28T07:59:58Z");
    wait_for_mails_to(&office, ANN, 1);
    // Its moment comes, and its editors are asked again.
    let late = wait_for_mails_to(&office, ANN, 2);
    assert!(late.iter().any(|mail| words(mail).contains("has not gone out")), "{}", late[1].text());
    assert_eq!(state(&office), "waiting");
    let status = office.ok(&["digest", "status"]);
    assert!(status.contains("Mon 2020-09-28") && status.contains("it waits for an approval"), "{status}");
    assert!(to(&office, ADA).is_empty());
    drop(daemon);
    let mut daemon = at(&office, "2020-09-29T07:00:00Z");
    office.settle(&mut daemon);
    assert_eq!((to(&office, ADA).len(), to(&office, ANN).len()), (0, 2));
    let status = office.ok(&["status"]);
    assert!(status.contains("of weekly waits until somebody approves it"), "{status}");
    assert!(status.contains("`kalends digest approve weekly` lets it go"), "{status}");
    assert_eq!(office.json(&["status"])["digests"][0]["to_approve"], true);
    let check = office.run(&["check"]).stdout;
    assert!(check.contains("the edition of Mon 2020-09-28 08:00 UTC waits until somebody approves it"), "{check}");
    let draft = office.ok(&["digest", "draft", "weekly"]);
    assert!(draft.contains("Approval: its moment has come, and it waits for an approval"), "{draft}");
    let said = office.ok(&["digest", "approve", "weekly"]);
    assert_eq!(
        said,
        "The edition of weekly of Mon 2020-09-28 08:00:00 UTC is approved, and the daemon makes it now.\n"
    );
    wait_for_mails_to(&office, ADA, 1);
    let last = office.json(&["digest", "status", "weekly"])[0]["last"].clone();
    assert_eq!((&last["number"], &last["scheduled_for"]), (&json!(1), &json!("2020-09-28T08:00:00Z")));
    // Nobody is told that nothing changed.
    office.settle(&mut daemon);
    assert_eq!((to(&office, ANN).len(), to(&office, "admin").len()), (2, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_next_moment_comes_first_that_edition_takes_all_of_it_over() {
    let office = office();
    let note = office.write("note.md", "Words of this week");
    office.ok(&["digest", "note", "weekly", "--file", &note]);
    office.ok(&["digest", "put-first", "weekly", "1"]);
    let daemon = at(&office, "2020-09-28T08:00:01Z");
    let old = link(&wait_for_mails_to(&office, ANN, 1).remove(0));
    drop(daemon);
    let daemon = at(&office, "2020-10-05T08:00:01Z");
    let known: Vec<String> = vec![old.clone()];
    let new = wait_for("another link", || to(&office, ANN).iter().map(link).find(|path| !known.contains(path)));
    let answer = daemon.post(&old, &[]).await;
    assert_eq!(answer.status(), 410);
    assert!(answer.text().await.unwrap().contains("later edition has taken its place"));
    assert!(to(&office, ADA).is_empty());
    assert_eq!(daemon.post(&new, &[]).await.status(), 200);
    let mail = wait_for_mails_to(&office, ADA, 1).remove(0).text();
    for part in ["Words of this week", "IN FOCUS", "Plenary", "Comments"] {
        assert_eq!(mail.matches(part).count(), 1, "{part} in {mail}");
    }
    let last = office.json(&["digest", "status", "weekly"])[0]["last"].clone();
    assert_eq!((&last["number"], &last["scheduled_for"]), (&json!(1), &json!("2020-10-05T08:00:00Z")));
    // And nothing of it is told again.
    drop(daemon);
    let mut daemon = at(&office, "2020-10-12T08:00:01Z");
    daemon.wait_for_line("nothing to tell, so no edition");
    assert_eq!(to(&office, ADA).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_word_of_a_person_wants_another_approval() {
    let office = office();
    let mut daemon = at(&office, "2020-09-27T09:00:00Z");
    let first = link(&wait_for_mails_to(&office, ANN, 1).remove(0));
    let robot = Program::new(&office, &daemon, "robot", &["digests:write", "digests:read"]);
    let (status, approved) = robot.json(Method::POST, "/digests/weekly/approve", Some(json!({}))).await;
    assert_eq!((status, &approved["is_due"]), (200, &json!(false)), "{approved}");
    let (_, draft) = robot.json(Method::GET, "/digests/weekly/draft", None).await;
    assert_eq!((&draft["approval"]["state"], &draft["approval"]["by"]), (&json!("approved"), &json!("token robot")));
    let (status, problem) = robot.json(Method::POST, "/digests/weekly/approve", Some(json!({}))).await;
    assert_eq!(status, 409, "{problem}");
    // Data is none.
    office.ok(&["event", "edit", "1", "--on", "2020-10-07"]);
    assert_eq!(state(&office), "approved");
    // What is said and taken back was not said.
    office.ok(&["digest", "leave-out", "weekly", "1"]);
    assert_eq!(state(&office), "asked");
    office.ok(&["digest", "leave-out", "weekly", "1", "--undo"]);
    assert_eq!(state(&office), "approved");
    office.ok(&["digest", "note", "weekly", "--subject", "Now with a subject"]);
    assert_eq!(state(&office), "asked");
    // Editors have rested.
    office.sql("UPDATE edition_note SET said_at = said_at - 60");
    let anew = wait_for("another link", || {
        to(&office, ANN).into_iter().find(|mail| mail.subject().contains("Now with a subject"))
    });
    assert!(words(&anew).contains("was changed since it was last shown"), "{}", anew.text());
    let answer = daemon.post(&first, &[]).await;
    assert_eq!(answer.status(), 409);
    assert!(answer.text().await.unwrap().contains("A newer mail has a link"));
    // Who is no editor any more approves nothing.
    office.ok(&["editor", "remove", ANN, "--yes"]);
    assert_eq!(daemon.post(&link(&anew), &[]).await.status(), 403);
    assert_eq!(state(&office), "asked");
    office.settle(&mut daemon);
    assert_eq!(to(&office, ANN).len(), 2);
}

#[test]
fn what_can_not_be_approved_is_refused() {
    let office = office_with(&format!("{CONFIG}[[digest]]\nslug = \"free\"\nschedule = \"0 8 * * 1\"\n"));
    for (given, expected) in [
        (&["approve", "free"][..], "free goes out without anybody's approval"),
        (&["approve", "monthly"], "there is no digest monthly"),
        (&["approve", "weekly", "--for", "2020-09-29"], "is no moment of the schedule"),
        (&["approve", "weekly", "--for", "2020-09-21"], "is not to come any more"),
    ] {
        let refused = office.fails(&[&["digest"], given].concat(), 1);
        assert!(refused.contains(expected), "{given:?}: {refused}");
    }
    // Before anybody is asked is soon enough.
    let said = office.ok(&["digest", "approve", "weekly"]);
    assert_eq!(said, "The edition of weekly of Mon 2020-09-28 08:00:00 UTC is approved, and goes out then.\n");
    let refused = office.fails(&["digest", "approve", "weekly"], 1);
    assert!(refused.contains("is approved already, by operator"), "{refused}");
    let mut daemon = at(&office, "2020-09-27T09:00:00Z");
    office.settle(&mut daemon);
    assert!(office.outbox().is_empty());
}

#[test]
fn each_reader_has_their_own_clock_and_editors_are_asked_before_the_first() {
    let office = office_with(&CONFIG.replace("approval", "per_reader_time = true\napproval"));
    // It is eight on Monday there on Sunday at 19:00 UTC: editors are asked on Saturday.
    office.ok(&["subscriber", "edit", ADA, "--tz", "Pacific/Auckland"]);
    let mut daemon = at(&office, "2020-09-26T18:58:00Z");
    office.settle(&mut daemon);
    assert!(office.outbox().is_empty());
    drop(daemon);
    let daemon = at(&office, "2020-09-26T19:00:01Z");
    wait_for_mails_to(&office, ANN, 1);
    drop(daemon);
    let mut daemon = at(&office, "2020-09-27T19:00:01Z");
    wait_for_mails_to(&office, ANN, 2);
    office.settle(&mut daemon);
    assert_eq!(state(&office), "waiting");
    assert!(to(&office, ADA).is_empty());
    office.ok(&["digest", "approve", "weekly"]);
    wait_for_mails_to(&office, ADA, 1);
    assert_eq!(to(&office, ANN).len(), 2);
}

#[test]
fn kill_9_between_any_two_steps_loses_nothing_and_mails_nobody_twice() {
    let office = office();
    let mut dice = crate::crash::Dice(7);
    let mut kill = |office: &Office, now: &str, times: usize| {
        for _ in 0..times {
            office.set_clock(now);
            let daemon = office.serve();
            std::thread::sleep(Duration::from_millis(dice.below(250)));
            daemon.kill();
        }
    };
    kill(&office, "2020-09-27T08:00:01Z", 8);
    let daemon = at(&office, "2020-09-27T08:05:00Z");
    wait_for_mails_to(&office, ANN, 1);
    wait_for_mails_to(&office, LIN, 1);
    drop(daemon);
    // It is asked once more when its moment has come, and once only.
    kill(&office, "2020-09-28T08:00:01Z", 8);
    let daemon = at(&office, "2020-09-28T08:05:00Z");
    wait_for_mails_to(&office, ANN, 2);
    wait_for_mails_to(&office, LIN, 2);
    drop(daemon);
    office.ok(&["digest", "approve", "weekly"]);
    kill(&office, "2020-09-28T08:10:01Z", 8);
    let mut daemon = at(&office, "2020-09-28T09:00:00Z");
    wait_for_mails_to(&office, ADA, 1);
    office.settle(&mut daemon);
    let deliveries = office.ask(
        "SELECT group_concat(n || ' ' || address, ', ') FROM
             (SELECT address, count(*) AS n FROM delivery GROUP BY address ORDER BY address)",
    );
    assert_eq!(deliveries, "1 ada@example.org, 2 ann@example.org, 2 lin@example.org");
    assert_eq!(office.json(&["digest", "status", "weekly"])[0]["last"]["scheduled_for"], json!("2020-09-28T08:00:00Z"));
}
