//! Who did not get an edition gets in a later one what it told, once.

use serde_json::Value;

use crate::support::Office;

const CONFIG: &str = r#"
[[digest]]
slug = "weekly"
schedule = "0 8 * * 1"
[[digest]]
slug = "reminders"
schedule = "0 8 * * *"
remind_before = ["1d"]
"#;

/// An office with two readers of the weekly digest.
fn office() -> Office {
    let office = Office::with_config(CONFIG);
    office.set_clock("2020-09-07T08:00:00Z");
    for reader in ["ada@example.com", "lin@example.com"] {
        office.ok(&["subscriber", "add", reader, "--confirmed", "--digest", "weekly"]);
    }
    office
}

/// Makes an edition at this moment; its id.
fn send(office: &Office, moment: &str) -> i64 {
    office.set_clock(moment);
    office.json(&["digest", "send", "weekly"])["edition"].as_i64().unwrap()
}

/// Lets the deliveries of an edition end so, for a reader or all.
fn end(office: &Office, edition: i64, reader: &str, status: &str) {
    office.sql(&format!(
        "UPDATE delivery SET status = '{status}', next_at = NULL, tried_since = 1 WHERE edition_id = {edition} AND address LIKE '{reader}%'"
    ));
}

/// The text of an edition's mail to a reader; empty if there is none.
fn mail(office: &Office, edition: i64, reader: &str) -> String {
    office.ask(&format!(
        "SELECT text FROM mail JOIN delivery ON mail_id = mail.id WHERE delivery.edition_id = {edition} AND address LIKE '{reader}%'"
    ))
}

#[test]
fn who_did_not_get_an_edition_is_told_in_the_next_and_the_others_are_not_told_twice() {
    let office = office();
    office.add(&["meeting", "Plenary", "--on", "2020-09-30"]);
    let first = send(&office, "2020-09-07T08:00:00Z");
    end(&office, first, "ada", "sent");
    end(&office, first, "lin", "failed");
    office.add(&["meeting", "Forum", "--on", "2020-10-01"]);
    let second = send(&office, "2020-09-14T08:00:00Z");
    let (ada, lin) = (mail(&office, second, "ada"), mail(&office, second, "lin"));
    assert!(ada.contains("Forum") && !ada.contains("Plenary"), "{ada}");
    assert!(lin.contains("Forum") && lin.contains("Plenary"), "{lin}");

    // Made up for, it is not sent again.
    let told = office.ok(&["delivery", "retry", "--edition", &first.to_string()]);
    assert!(told.contains("0 deliveries queued") && told.contains("1 delivery left out"), "{told}");
    end(&office, second, "", "sent");
    office.add(&["meeting", "Workshop", "--on", "2020-10-02"]);
    let third = send(&office, "2020-09-21T08:00:00Z");
    assert_eq!(mail(&office, third, "ada"), mail(&office, third, "lin"));
    assert!(!mail(&office, third, "lin").contains("Plenary"));
}

#[test]
fn an_edition_that_makes_up_for_another_and_fails_too_leaves_both_to_the_next() {
    let office = office();
    office.add(&["meeting", "Plenary", "--on", "2020-09-30"]);
    let first = send(&office, "2020-09-07T08:00:00Z");
    end(&office, first, "", "failed");
    office.add(&["meeting", "Forum", "--on", "2020-10-01"]);
    let second = send(&office, "2020-09-14T08:00:00Z");
    end(&office, second, "ada", "sent");
    end(&office, second, "lin", "failed");
    office.add(&["meeting", "Workshop", "--on", "2020-10-02"]);
    let third = send(&office, "2020-09-21T08:00:00Z");
    let lin = mail(&office, third, "lin");
    assert!(["Plenary", "Forum", "Workshop"].iter().all(|title| lin.contains(title)), "{lin}");
    let ada = mail(&office, third, "ada");
    assert!(ada.contains("Workshop") && !ada.contains("Plenary") && !ada.contains("Forum"), "{ada}");
}

#[test]
fn what_may_yet_arrive_counts_as_told_until_it_has_failed() {
    let office = office();
    office.add(&["meeting", "Plenary", "--on", "2020-10-05"]);
    let first = send(&office, "2020-09-07T08:00:00Z");
    end(&office, first, "ada", "uncertain");
    office.sql("UPDATE delivery SET status = 'deferred' WHERE address LIKE 'lin%'");
    office.add(&["meeting", "Forum", "--on", "2020-10-06"]);
    let second = send(&office, "2020-09-14T08:00:00Z");
    assert!(!mail(&office, second, "lin").contains("Plenary") && !mail(&office, second, "ada").contains("Plenary"));
    // Only now it is given up: the second edition did not tell it, whoever else it told.
    end(&office, second, "", "sent");
    end(&office, first, "lin", "failed");
    office.add(&["meeting", "Workshop", "--on", "2020-10-07"]);
    let third = send(&office, "2020-09-21T08:00:00Z");
    let (ada, lin) = (mail(&office, third, "ada"), mail(&office, third, "lin"));
    assert!(lin.contains("Plenary") && !lin.contains("Forum"), "{lin}");
    assert!(!ada.contains("Plenary") && !ada.contains("Forum"), "{ada}");
}

#[test]
fn changes_are_made_up_for_too_and_what_has_passed_meanwhile() {
    let office = office();
    let plenary = office.add(&["meeting", "Plenary", "--on", "2020-11-30"]);
    let forum = office.add(&["forum", "Forum", "--on", "2020-12-01"]);
    let zeroth = send(&office, "2020-08-31T08:00:00Z");
    end(&office, zeroth, "", "sent");
    office.ok(&["event", "cancel", &plenary]);
    office.ok(&["event", "edit", &forum, "--on", "2020-12-02"]);
    office.add(&["release", "GB 1", "--on", "2020-09-05"]);
    let first = send(&office, "2020-09-07T08:00:00Z");
    assert!(mail(&office, first, "lin").contains("GB 1"));
    end(&office, first, "ada", "sent");
    end(&office, first, "lin", "failed");
    office.add(&["meeting", "Workshop", "--on", "2020-09-16"]);
    let second = send(&office, "2020-09-14T08:00:00Z");
    let (ada, lin) = (mail(&office, second, "ada"), mail(&office, second, "lin"));
    assert!(["Plenary", "Forum", "GB 1", "Workshop"].iter().all(|title| lin.contains(title)), "{lin}");
    assert!(["Plenary", "Forum", "GB 1"].iter().all(|title| !ada.contains(title)), "{ada}");
}

#[test]
fn who_was_kept_from_mail_is_told_what_the_editions_meanwhile_told() {
    let office = office();
    office.sql("UPDATE subscriber SET suppressed = 'bounced', suppressed_at = 1 WHERE email LIKE 'lin%'");
    office.add(&["meeting", "Plenary", "--on", "2020-09-30"]);
    let first = send(&office, "2020-09-07T08:00:00Z");
    assert_eq!(mail(&office, first, "lin"), "");
    end(&office, first, "", "sent");
    office.ok(&["subscriber", "unsuppress", "lin@example.com"]);
    office.add(&["meeting", "Forum", "--on", "2020-10-01"]);
    let second = send(&office, "2020-09-14T08:00:00Z");
    let (ada, lin) = (mail(&office, second, "ada"), mail(&office, second, "lin"));
    assert!(lin.contains("Plenary") && lin.contains("Forum"), "{lin}");
    assert!(!ada.contains("Plenary") && ada.contains("Forum"), "{ada}");
}

#[test]
fn an_edition_that_only_some_need_is_made_for_them_alone() {
    let office = office();
    office.add(&["meeting", "Plenary", "--on", "2020-09-30"]);
    let first = send(&office, "2020-09-07T08:00:00Z");
    end(&office, first, "ada", "sent");
    end(&office, first, "lin", "failed");
    let preview = office.ok(&["digest", "preview", "weekly", "--as", "lin@example.com", "--format", "text"]);
    assert!(preview.contains("Plenary"), "{preview}");
    let second = send(&office, "2020-09-14T08:00:00Z");
    assert!(mail(&office, second, "ada").is_empty() && mail(&office, second, "lin").contains("Plenary"));
}

#[test]
fn a_reminder_that_was_missed_is_made_up_for() {
    let office = office();
    office.ok(&["subscriber", "add", "ada@example.com", "--confirmed", "--digest", "reminders"]);
    office.add(&["deadline", "Comments", "--on", "2020-09-09"]);
    office.set_clock("2020-09-08T08:00:00Z");
    let first = office.json(&["digest", "send", "reminders"])["edition"].as_i64().unwrap();
    assert!(mail(&office, first, "ada").contains("Comments"));
    end(&office, first, "ada", "failed");
    office.set_clock("2020-09-09T08:00:00Z");
    let second = office.json(&["digest", "send", "reminders"])["edition"].as_i64().unwrap();
    assert!(mail(&office, second, "ada").contains("Comments"));
}

#[test]
fn half_of_all_readers_who_missed_one_are_one_group_more() {
    let office = Office::with_config(CONFIG);
    office.set_clock("2020-09-07T08:00:00Z");
    office.sql(
        "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 10000)
         INSERT INTO subscriber (email, email_key, name, topics, created_at)
         SELECT 'reader' || n || '@example.com', 'reader' || n || '@example.com', '', '[]', 0 FROM n",
    );
    office.ok(&["digest", "list"]);
    office.sql("INSERT INTO subscription (subscriber_id, digest_id, status) SELECT subscriber.id, digest.id, 'confirmed' FROM subscriber, digest WHERE slug = 'weekly'");
    office.add(&["meeting", "Plenary", "--on", "2020-09-30"]);
    let first = send(&office, "2020-09-07T08:00:00Z");
    office.sql("UPDATE delivery SET status = iif(subscriber_id % 2, 'sent', 'failed'), next_at = NULL");
    office.add(&["meeting", "Forum", "--on", "2020-10-01"]);
    let begun = std::time::Instant::now();
    let second = send(&office, "2020-09-14T08:00:00Z");
    let with_missed = begun.elapsed();
    let mails = |edition| office.ask(&format!("SELECT count(*) FROM mail WHERE edition_id = {edition}"));
    assert_eq!((mails(first), mails(second)), ("1".into(), "2".into()));
    let told = |title: &str| {
        office.ask(&format!(
            "SELECT count(*) FROM delivery JOIN mail ON mail.id = mail_id
             WHERE delivery.edition_id = {second} AND instr(text, '{title}') > 0"
        ))
    };
    assert_eq!((told("Forum"), told("Plenary")), ("10000".into(), "5000".into()));

    // As many readers again who all got everything take about as long.
    office.sql("UPDATE delivery SET status = 'sent', next_at = NULL WHERE next_at IS NOT NULL");
    office.add(&["meeting", "Workshop", "--on", "2020-10-02"]);
    let begun = std::time::Instant::now();
    let third = send(&office, "2020-09-21T08:00:00Z");
    let without = begun.elapsed();
    assert_eq!(mails(third), "1");
    assert!(with_missed < 3 * without, "{with_missed:?} where half missed one, {without:?} where nobody did");
}

#[test]
fn deliveries_of_left_and_forgotten_readers_are_left_alone() {
    let office = office();
    office.add(&["meeting", "Plenary", "--on", "2020-09-30"]);
    let first = send(&office, "2020-09-07T08:00:00Z");
    end(&office, first, "", "suppressed");
    office.sql("UPDATE subscription SET status = 'left' WHERE subscriber_id = 1");
    office.ok(&["subscriber", "forget", "lin@example.com", "--yes"]);
    let told: Value = office.json(&["delivery", "retry", "--all"]);
    assert_eq!((&told["queued"], &told["unwanted"]), (&0.into(), &2.into()), "{told}");
}
