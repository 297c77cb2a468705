//! Editions that are corrected after they went out.

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::Method;
use serde_json::json;

use crate::support::program::Program;
use crate::support::smtp_server::{Fault, SmtpServer};
use crate::support::{Office, PATIENCE, wait_for};

const CONFIG: &str = "[[digest]]\nslug = \"weekly\"\nschedule = \"0 8 * * 1\"\nupcoming = \"90y\"\n";

/// An office whose first edition was sent to ada and lin, and to nobody knows whom of eve; bob has left since.
fn office() -> Office {
    let office = Office::with_config(CONFIG);
    office.add(&["meeting", "Plenary", "--on", "2090-01-01"]);
    for reader in ["ada", "lin", "eve", "bob", "tom"] {
        office.ok(&["subscriber", "add", &format!("{reader}@example.com"), "--confirmed", "--digest", "weekly"]);
    }
    office.ok(&["subscriber", "edit", "lin@example.com", "--locale", "zh-Hans"]);
    office.ok(&["digest", "send", "weekly"]);
    office.sql("UPDATE delivery SET status = 'sent', next_at = NULL");
    office.sql("UPDATE delivery SET status = 'uncertain' WHERE address LIKE 'eve%'");
    office.sql("UPDATE delivery SET status = 'failed' WHERE address LIKE 'tom%'");
    office.sql("UPDATE subscription SET status = 'left', left_at = 1 WHERE subscriber_id = (SELECT id FROM subscriber WHERE email LIKE 'bob%')");
    office
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_stands_in_the_archive_and_is_mailed_to_those_who_got_the_edition() {
    let office = office();
    let note = office.write("note.md", "The plenary is on **2 January** 2090.");
    let told = office.ok(&["digest", "correct", "weekly/1", "--file", &note]);
    assert!(told.contains("weekly/1 begins with the correction"), "{told}");
    let daemon = office.serve();
    let page = daemon.text("/archive/weekly/1").await;
    let place = |part: &str| page.find(part).unwrap_or_else(|| panic!("no {part} in {page}"));
    assert!(
        place("Correction of ") < place("<strong>2 January</strong>")
            && Some(place("2 January")) < page.rfind("Plenary")
    );

    let told = office.ok(&["digest", "correct", "weekly/1", "--file", &note, "--mail"]);
    assert!(told.contains("3 mails tell it"), "{told}");
    let mails = office.wait_for_mails(3);
    let to = |name: &str| mails.iter().find(|mail| mail.header("To").contains(name)).unwrap();
    assert!(to("ada").subject().starts_with("Correction: ") && to("ada").text().contains("2 January"));
    assert!(to("lin").subject().starts_with("更正：") && to("eve").text().contains("/archive/weekly/1"));
    assert!(to("ada").header("List-Unsubscribe").contains("http"));
    // The edition's own figures stay as they were.
    let status = office.json(&["digest", "status", "weekly/1"]);
    assert_eq!((&status["candidates"], &status["sent"]), (&5.into(), &3.into()));

    for (args, said) in [
        (vec!["digest", "correct", "weekly/1", "--file", &note, "--mail"], "were told this by mail already"),
        (vec!["digest", "correct", "weekly/1", "--file", &note], "is corrected so already"),
        (vec!["digest", "correct", "weekly/2", "--file", &note], "there is no edition weekly/2"),
    ] {
        let refused = office.fails(&args, 1);
        assert!(refused.contains(said), "{refused}");
    }
    let wrong = office.write("wrong.md", "Fine\n\n<script>alert(1)</script>");
    assert!(office.fails(&["digest", "correct", "weekly/1", "--file", &wrong], 1).contains("wrong.md: line 3"));
}

#[test]
fn what_was_not_sent_yet_is_not_corrected() {
    let office = Office::with_config(CONFIG);
    office.add(&["meeting", "Plenary", "--on", "2090-01-01"]);
    for reader in ["ada@example.com", "lin@example.com"] {
        office.ok(&["subscriber", "add", reader, "--confirmed", "--digest", "weekly"]);
    }
    office.ok(&["digest", "send", "weekly"]);
    let note = office.write("note.md", "Sorry.");
    let refused = office.fails(&["digest", "correct", "weekly/1", "--file", &note, "--mail"], 1);
    assert!(refused.contains("nothing of weekly/1 was sent yet"), "{refused}");
    office.sql("UPDATE delivery SET status = 'sent', next_at = NULL WHERE address LIKE 'ada%'");
    let refused = office.fails(&["digest", "correct", "weekly/1", "--file", &note, "--mail"], 1);
    assert!(refused.contains("weekly/1 has 1 mail still to send"), "{refused}");
}

/// Editors correct, and send an edition once more, while the program is killed in the midst of it: each hears of it, and nobody
/// twice of the same.
#[tokio::test(flavor = "multi_thread")]
async fn corrections_and_what_is_sent_again_outlive_kills() {
    let slow = |_: &str, _| Fault::Slow(Duration::from_millis(30));
    let server = SmtpServer::builder().weather(slow).start().await;
    let office = Office::with_config(&format!(
        "[mail]\nfrom = \"Watch <news@example.org>\"\ntransport = \"smtp\"\n[[mail.relay]]\nurl = \
         \"smtp://127.0.0.1:{}\"\n{CONFIG}",
        server.port()
    ));
    office.add(&["meeting", "Plenary", "--on", "2090-01-01"]);
    let rows: String = (0..30).map(|n| format!("reader{n}@example.com,weekly,2020-01-01\n")).collect();
    let table = office.write("readers.csv", format!("email,digests,consent_at\n{rows}"));
    office.ok(&["subscriber", "import", &table]);
    office.ok(&["digest", "send", "weekly"]);
    let daemon = office.serve();
    server.wait_for(30, PATIENCE).await;
    wait_for("the edition to be settled", || {
        (office.json(&["digest", "status", "weekly/1"])["sent"] == 30).then_some(())
    });
    let note = office.write("note.md", "It is in Oslo.");
    office.ok(&["digest", "correct", "weekly/1", "--file", &note, "--mail"]);
    office.ok(&["delivery", "resend", "weekly/1", "--to", "reader7@example.com"]);
    server.wait_for(34, PATIENCE).await;
    daemon.kill();
    for _ in 0..3 {
        let daemon = office.serve();
        std::thread::sleep(Duration::from_millis(150));
        daemon.kill();
    }
    let again = office.fails(&["digest", "correct", "weekly/1", "--file", &note, "--mail"], 1);
    assert!(again.contains("were told this by mail already"), "{again}");
    let daemon = office.serve();
    wait_for("all to be settled", || {
        (office.ask("SELECT count(*) FROM delivery WHERE edition_id IS NULL AND status = 'sent'") == "31").then_some(())
    });
    // A kill behind a final dot sends again, under the same Message-ID: that is one mail.
    let mut by_reader: BTreeMap<(String, bool), Vec<String>> = BTreeMap::new();
    for mail in server.received() {
        let text = String::from_utf8_lossy(&mail.data).into_owned();
        let id = text.lines().find(|line| line.starts_with("Message-ID")).unwrap().to_owned();
        let is_correction = text.contains("\nSubject: Correction");
        let ids = by_reader.entry((mail.to.concat(), is_correction)).or_default();
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    for n in 0..30 {
        let got = |is_correction| by_reader[&(format!("reader{n}@example.com"), is_correction)].len();
        assert_eq!((got(true), got(false)), (1, if n == 7 { 2 } else { 1 }), "reader{n}");
    }
    drop(daemon);
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_correct_and_send_again_as_the_terminal_does() {
    let office = office();
    let daemon = office.serve();
    let program = Program::new(&office, &daemon, "robot", &["digests:write", "operate"]);
    let post = async |path: &str, body| program.json(Method::POST, path, Some(body)).await;
    let (code, said) = post("/editions/1/correction", json!({ "text": "It is in *Oslo*.", "mail": true })).await;
    assert_eq!((code, &said["mailed"]), (200, &json!(3)), "{said}");
    let (code, said) = post("/editions/1/correction", json!({ "text": "It is in *Oslo*.", "mail": true })).await;
    assert!(code == 409 && said.to_string().contains("by mail already"), "{code} {said}");
    let (code, said) = post("/editions/1/correction", json!({ "text": "  " })).await;
    assert!(code == 422 && said.to_string().contains("a correction says something"), "{code} {said}");
    let to = |edition: &str, email: &str| json!({ "edition": edition, "to": email });
    let (code, said) = post("/deliveries/resend", to("weekly/1", "ada@example.com")).await;
    assert_eq!((code, &said["again"]), (200, &json!(true)), "{said}");
    let (code, said) = post("/deliveries/resend", to("weekly/1", "bob@example.com")).await;
    assert!(code == 409 && said.to_string().contains("bob@example.com has left weekly"), "{code} {said}");
    let (code, _) = post("/deliveries/resend", to("weekly/9", "ada@example.com")).await;
    assert_eq!(code, 404);
    // The mail of ada, once more, begins with what was corrected; and one each of the correction.
    let mails = office.wait_for_mails(4);
    let again = mails.iter().find(|mail| mail.text().starts_with("Correction of ")).unwrap();
    assert!(again.header("To").contains("ada") && again.text().contains("Plenary"), "{}", again.text());
    drop(daemon);
}
