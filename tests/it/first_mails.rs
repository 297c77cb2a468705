//! The first mail of a new reader: an edition, and not all that lies ahead.

use crate::support::{Mail, Office};

const CONFIG: &str = r#"
[site]
title = "The Watch"
feedback = "mailto:desk@example.org"
[mail]
reply_to = "desk@example.org"
[[digest]]
slug = "weekly"
title = "The week ahead"
schedule = "0 8 * * mon"
"#;

/// Its plain text, with line ends as they are written here.
fn text_of(mail: &Mail) -> String {
    mail.text().replace("\r\n", "\n")
}

fn mails_to(office: &Office, reader: &str) -> Vec<Mail> {
    office.outbox().into_iter().filter(|mail| mail.header("To").starts_with(reader)).collect()
}

/// The part of a text that stands under a heading.
fn under<'a>(text: &'a str, heading: &str) -> &'a str {
    let begin = text.find(heading).unwrap_or_else(|| panic!("no {heading} in {text}"));
    text[begin + heading.len()..].split("\n-- \n").next().unwrap().split("NOW IN EFFECT").next().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_reader_gets_an_edition_and_of_what_is_far_five_titles() {
    let office = Office::with_config(CONFIG);
    office.set_clock("2020-09-21T08:00:00Z");
    office.ok(&["subscriber", "add", "ada@example.org", "--confirmed"]);
    for year in 2022..2030 {
        office.add(&["release", &format!("Edition of {year}"), "--on", &format!("{year}-07"), "--location", "Geneva"]);
    }
    office.ok(&["digest", "send", "weekly"]);

    office.set_clock("2020-09-28T08:00:00Z");
    office.ok(&["subscriber", "add", "bob@example.org", "--confirmed"]);
    office.add(&["release", "Release of Rust 1.90", "--on", "2020-10-02", "--location", "Online"]);
    office.add(&["effective-date", "GB/T 1-2020", "--on", "2020-09-25"]);
    // What is new to everybody is told to everybody.
    office.add(&["meeting", "Congress", "--on", "2029-09-14", "--location", "Lisbon"]);
    office.ok(&["digest", "send", "weekly"]);
    let daemon = office.serve();
    office.wait_for_mails(3);

    let (ada, bob) = (mails_to(&office, "ada"), mails_to(&office, "bob"));
    assert_eq!((ada.len(), bob.len()), (2, 1));
    for first in [&ada[0], &bob[0]] {
        let text = text_of(first);
        let ahead = under(&text, "FURTHER AHEAD");
        assert_eq!(ahead.matches("* Edition of").count(), 5, "{text}");
        assert!(ahead.contains("* Edition of 2022\n  in July 2022\n"), "{text}");
        assert!(!ahead.contains("Geneva") && ahead.contains("and 3 more on the site"), "{text}");
    }
    let (second, first) = (text_of(&ada[1]), text_of(&bob[0]));
    assert!(!second.contains("Edition of"), "{second}");
    for text in [&second, &first] {
        let ahead = under(text, "FURTHER AHEAD");
        assert!(ahead.contains("* Congress\n  Friday 14 September 2029\n  Meeting · Lisbon\n"), "{text}");
        assert!(!text.contains("in 3273 days"), "{text}");
        // The title says what kind it is.
        assert!(text.contains("Friday 2 October 2020 · in 4 days\n  Online\n"), "{text}");
        // What is over stands behind what is to come.
        let places: Vec<_> =
            ["COMING UP", "FURTHER AHEAD", "NOW IN EFFECT"].iter().map(|heading| text.find(heading)).collect();
        assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{text}");
        assert!(text.contains("Tell us what you think: mailto:desk@example.org"), "{text}");
    }
    assert_eq!(bob[0].header("Reply-To"), "desk@example.org");

    // What stands beside a date leads to its calendar.
    let address = first.split_whitespace().find(|word| word.contains("/events/") && word.ends_with(".ics")).unwrap();
    let calendar = daemon.text(&address[address.find("/events/").unwrap()..]).await;
    assert!(calendar.contains("BEGIN:VEVENT") && calendar.contains("SUMMARY:Release of Rust 1.90"), "{calendar}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_welcomed_gets_what_is_far_in_short() {
    let office = Office::with_config(&format!("{CONFIG}welcome = true\n"));
    office.set_clock("2020-09-28T08:00:00Z");
    office.ok(&["subscriber", "add", "ada@example.org", "--confirmed"]);
    office.add(&["meeting", "Plenary", "--on", "2020-10-06"]);
    office.ok(&["digest", "send", "weekly"]);
    office.set_clock("2020-09-28T08:00:10Z");
    office.add(&["meeting", "Plenary of the spring", "--on", "2021-03", "--location", "Geneva"]);
    office.ok(&["digest", "send", "weekly"]);
    let daemon = office.serve();
    office.wait_for_mails(2);
    assert!(mails_to(&office, "ada").iter().any(|mail| mail.text().contains("Geneva")));
    let form = [("email", "bob@example.org"), ("digest", "weekly"), ("lang", "en")];
    let answer = daemon.post("/subscribe", &form).await;
    assert!(answer.status().is_success(), "{}", answer.status());
    let asked = crate::support::wait_for("the mail that asks", || mails_to(&office, "bob").into_iter().next());
    let link = asked.link("/confirm/");
    let path = &link[link.find("/confirm/").unwrap()..];
    daemon.post(path, &[]).await;
    let welcome = crate::support::wait_for("the welcome", || mails_to(&office, "bob").into_iter().nth(1));
    let welcome = text_of(&welcome);
    assert!(welcome.contains("* Plenary of the spring\n  in March 2021\n"), "{welcome}");
    assert!(!welcome.contains("Geneva"), "{welcome}");
}
