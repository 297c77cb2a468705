//! Editions that are corrected after they went out.

use crate::support::Office;

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
