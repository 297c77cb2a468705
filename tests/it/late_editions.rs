//! Editions that somebody gets after they went: a welcome right after a confirmation, one that is sent again or late.

use reqwest::StatusCode;

use crate::support::smtp_server::SmtpServer;
use crate::support::{Daemon, Mail, Office, PATIENCE, another_second, wait_for};

const CONFIG: &str = "[[digest]]\nslug = \"weekly\"\nschedule = \"0 8 * * 1\"\nupcoming = \"90y\"\nwelcome = true\n";

/// An office whose first edition told ada of a plenary and a forum, with a note.
fn office() -> Office {
    let office = Office::with_config(CONFIG);
    office.add(&["meeting", "Plenary", "--on", "2090-01-01"]);
    office.add(&["forum", "Open forum", "--on", "2090-02-01", "--topic", "cities"]);
    office.ok(&["subscriber", "add", "ada@example.com", "--confirmed", "--digest", "weekly"]);
    let note = office.write("note.md", "Our *new* address.");
    office.ok(&["digest", "note", "weekly", "--file", &note]);
    office.ok(&["digest", "send", "weekly"]);
    office
}

/// Signs somebody up by the form and follows the link of the mail.
async fn confirm(office: &Office, daemon: &Daemon, email: &str) {
    let before = office.outbox().len();
    let form = [("email", email), ("digest", "weekly"), ("lang", "en")];
    assert_eq!(daemon.post("/subscribe", &form).await.status(), StatusCode::OK);
    let mails = office.wait_for_mails(before + 1);
    let asking = mails.iter().find(|mail| mail.header("To").contains(email)).unwrap();
    let link = asking.link("/confirm/");
    let path = &link[link.find("/confirm/").unwrap()..];
    assert_eq!(daemon.post(path, &[]).await.status(), StatusCode::OK);
}

fn to<'a>(mails: &'a [Mail], who: &str) -> Vec<&'a Mail> {
    mails.iter().filter(|mail| mail.header("To").contains(who)).collect()
}

/// The editions among somebody's mails.
fn editions<'a>(mails: &'a [Mail], who: &str) -> Vec<&'a Mail> {
    to(mails, who).into_iter().filter(|mail| mail.header("List-Unsubscribe").contains("http")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_confirms_gets_the_newest_edition_as_things_are_and_the_next_does_not_repeat_it() {
    let office = office();
    let daemon = office.serve();
    office.wait_for_mails(1);
    // Since then one date has moved, and something was added that the edition does not tell.
    office.ok(&["event", "edit", "1", "--on", "2090-01-08"]);
    office.add(&["deadline", "Comments", "--on", "2090-03-01"]);
    confirm(&office, &daemon, "lin@example.com").await;
    let mails = office.wait_for_mails(3);
    let [first] = editions(&mails, "lin@")[..] else { panic!("{}", mails.len()) };
    let text = first.text();
    assert!(text.contains("Welcome to") && text.contains("Our *new* address."), "{text}");
    assert!(text.contains("8 January 2090") && !text.contains("1 January 2090"), "{text}");
    assert!(text.contains("Open forum") && !text.contains("Comments"), "{text}");
    let status = office.json(&["digest", "status", "weekly/1"]);
    assert_eq!((&status["candidates"], &status["sent"]), (&2.into(), &2.into()));

    // The other reader hears of the move, the new one knows; both of what was added; and what moves later both hear.
    office.ok(&["event", "edit", "2", "--on", "2090-02-08"]);
    office.ok(&["digest", "send", "weekly"]);
    let mails = office.wait_for_mails(5);
    let ada = editions(&mails, "ada@").last().unwrap().text();
    let lin = editions(&mails, "lin@").last().unwrap().text();
    assert!(ada.contains("8 January 2090") && ada.contains("8 February 2090") && ada.contains("Comments"), "{ada}");
    assert!(!lin.contains("Plenary") && lin.contains("8 February 2090") && lin.contains("Comments"), "{lin}");
    assert!(!lin.contains("Welcome"), "{lin}");

    // From then on they are readers like others.
    office.add(&["meeting", "Working group", "--on", "2090-04-01"]);
    another_second();
    office.ok(&["digest", "send", "weekly"]);
    let mails = office.wait_for_mails(7);
    let (ada, lin) = (editions(&mails, "ada@").len(), editions(&mails, "lin@"));
    assert_eq!((ada, lin.len()), (3, 3));
    assert!(lin[2].text().contains("Working group") && !lin[2].text().contains("Comments"), "{}", lin[2].text());
    drop(daemon);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_welcomed_before_the_first_edition_or_with_one_that_is_stopped() {
    let office = Office::with_config(CONFIG);
    office.add(&["meeting", "Plenary", "--on", "2090-01-01"]);
    let mut daemon = office.serve();
    confirm(&office, &daemon, "lin@example.com").await;
    office.settle(&mut daemon);
    assert_eq!(office.outbox().len(), 1);
    office.ok(&["digest", "pause", "weekly"]);
    office.ok(&["digest", "send", "weekly"]);
    office.ok(&["digest", "stop", "weekly/1"]);
    office.ok(&["digest", "resume", "weekly"]);
    confirm(&office, &daemon, "ada@example.com").await;
    office.settle(&mut daemon);
    assert!(editions(&office.outbox(), "ada@").is_empty());
    let refused = office.fails(&["delivery", "resend", "weekly/1", "--to", "ada@example.com"], 1);
    assert!(refused.contains("weekly/1 is stopped"), "{refused}");
}

/// Who confirms while the program is killed again and again has one welcome, and nobody has two.
#[tokio::test(flavor = "multi_thread")]
async fn a_welcome_outlives_kills() {
    let server = SmtpServer::start().await;
    let office = Office::with_config(&format!(
        "[mail]\nfrom = \"Watch <news@example.org>\"\ntransport = \"smtp\"\n[[mail.relay]]\nurl = \
         \"smtp://127.0.0.1:{}\"\n{CONFIG}",
        server.port()
    ));
    office.add(&["meeting", "Plenary", "--on", "2090-01-01"]);
    office.ok(&["subscriber", "add", "ada@example.com", "--confirmed", "--digest", "weekly"]);
    office.ok(&["digest", "send", "weekly"]);
    let daemon = office.serve();
    server.wait_for(1, PATIENCE).await;
    wait_for("ada's mail to be settled", || {
        (office.json(&["digest", "status", "weekly/1"])["sent"] == 1).then_some(())
    });
    daemon.kill();
    for n in 0..6 {
        let reader = format!("r{n}@example.com");
        office.ok(&["subscriber", "add", &reader, "--digest", "weekly"]);
        office.sql("UPDATE subscription SET status = 'confirmed' WHERE status = 'pending'");
        office.sql(
            "UPDATE subscription SET is_welcome_due = 1
             WHERE subscriber_id = (SELECT max(subscriber_id) FROM subscription)",
        );
        let daemon = office.serve();
        std::thread::sleep(std::time::Duration::from_millis(40 * n));
        daemon.kill();
    }
    let daemon = office.serve();
    let is_done =
        || office.rows("SELECT CAST(count(*) AS TEXT) FROM delivery WHERE edition_id = 1 AND status = 'sent'") == ["7"];
    wait_for("seven mails", || is_done().then_some(()));
    assert_eq!(office.rows("SELECT CAST(count(*) AS TEXT) FROM delivery WHERE edition_id = 1"), ["7"]);
    let received = server.received();
    for n in 0..6 {
        let who = format!("r{n}@example.com");
        let of_it: Vec<_> = received.iter().filter(|mail| mail.to.concat().contains(&who)).collect();
        let mut ids: Vec<String> = of_it
            .iter()
            .map(|mail| String::from_utf8_lossy(&mail.data).into_owned())
            .filter(|mail| mail.contains("Plenary"))
            .filter_map(|mail| mail.lines().find(|line| line.starts_with("Message-ID")).map(str::to_owned))
            .collect();
        ids.dedup();
        // A kill behind the final dot sends again under the same Message-ID.
        assert_eq!(ids.len(), 1, "{who}");
    }
    drop(daemon);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edition_is_sent_again_or_late_to_who_reads_and_to_nobody_else() {
    let office = office();
    let daemon = office.serve();
    office.wait_for_mails(1);
    wait_for("the mail to be settled", || (office.json(&["digest", "status", "weekly/1"])["sent"] == 1).then_some(()));
    let told = office.ok(&["delivery", "resend", "weekly/1", "--to", "ada@example.com"]);
    assert_eq!(told, "weekly/1 goes to ada@example.com once more.\n");
    let mails = office.wait_for_mails(2);
    assert_eq!(mails[0].text(), mails[1].text());
    assert_ne!(mails[0].header("Message-ID"), mails[1].header("Message-ID"));

    // Who came later gets it as things are, below what was corrected, and counts as having read it.
    office.ok(&["subscriber", "add", "bob@example.com", "--confirmed", "--digest", "weekly"]);
    office.ok(&["event", "edit", "1", "--on", "2090-01-08"]);
    let note = office.write("sorry.md", "It is a week later.");
    office.ok(&["digest", "correct", "weekly/1", "--file", &note]);
    let told = office.ok(&["delivery", "resend", "weekly/1", "--to", "bob@example.com"]);
    assert_eq!(told, "weekly/1 goes to bob@example.com, as things are now.\n");
    let mails = office.wait_for_mails(3);
    let late = editions(&mails, "bob@")[0].text();
    assert!(late.starts_with("Correction of ") && late.contains("It is a week later."), "{late}");
    assert!(late.contains("8 January 2090") && !late.contains("Welcome"), "{late}");
    assert!(late.contains("/unsubscribe/") && !late.contains('\u{1}'), "{late}");
    office.add(&["deadline", "Comments", "--on", "2090-03-01"]);
    office.ok(&["digest", "send", "weekly"]);
    let mails = office.wait_for_mails(5);
    let next = editions(&mails, "bob@").last().unwrap().text();
    assert!(next.contains("Comments") && !next.contains("Plenary") && !next.contains("Open forum"), "{next}");

    for (args, more) in [
        (
            vec!["subscriber", "add", "tom@example.com", "--digest", "weekly"],
            "tom@example.com has yet to confirm weekly",
        ),
        (vec!["subscriber", "remove", "ada@example.com", "--yes"], "there is no subscriber ada@example.com"),
    ] {
        office.ok(&args);
        let who = args[2];
        let refused = office.fails(&["delivery", "resend", "weekly/1", "--to", who], 1);
        assert!(refused.contains(more), "{refused}");
    }
    office.ok(&["subscriber", "add", "eve@example.com", "--confirmed", "--digest", "weekly", "--topic", "none such"]);
    let refused = office.fails(&["delivery", "resend", "weekly/2", "--to", "eve@example.com"], 1);
    assert!(refused.contains("weekly/2 tells nothing that eve@example.com chose"), "{refused}");
    let refused = office.fails(&["delivery", "resend", "weekly/9", "--to", "eve@example.com"], 1);
    assert!(refused.contains("there is no edition weekly/9"), "{refused}");
    drop(daemon);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_signs_up_again_is_mailed_the_link_to_their_choices_once_a_day() {
    let office = Office::with_config(CONFIG);
    office.ok(&["subscriber", "add", "ada@example.com", "--confirmed", "--digest", "weekly"]);
    office.ok(&["subscriber", "add", "eve@example.com", "--confirmed", "--digest", "weekly"]);
    office.sql("UPDATE subscriber SET reminded_at = unixepoch() - 90000 WHERE email = 'ada@example.com'");
    let mut daemon = office.serve();
    let unknown = [("email", "new@example.com"), ("digest", "weekly")];
    let neutral = daemon.post("/subscribe", &unknown).await.text().await.unwrap();
    let known = [("email", "ada@example.com"), ("digest", "weekly")];
    for _ in 0..2 {
        let answer = daemon.post("/subscribe", &known).await.text().await.unwrap();
        assert_eq!(answer.replace("ada@", "new@"), neutral);
    }
    office.settle(&mut daemon);
    let mails = office.outbox();
    let [mail] = to(&mails, "ada@")[..] else { panic!("{}", mails.len()) };
    assert!(mail.text().contains("subscribed this address once more"), "{}", mail.text());
    let link = mail.link("/preferences/");
    let page = daemon.text(&link[link.find("/preferences/").unwrap()..]).await;
    assert!(page.contains("ada@example.com"), "{page}");
}
