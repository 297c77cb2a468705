//! Which changes editions tell, and what an editor says of that.

use reqwest::Method;
use serde_json::json;

use crate::support::program::Program;
use crate::support::{Office, another_second};

const CONFIG: &str = "[[digest]]\nslug = \"weekly\"\nschedule = \"0 8 * * 1\"\nupcoming = \"90y\"\n";

/// The text of the next edition.
fn edition(office: &Office, number: usize) -> String {
    another_second();
    office.ok(&["digest", "send", "weekly"]);
    let mails = office.wait_for_mails(number);
    mails.last().unwrap().text()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_lets_people_plan_is_told_and_the_editor_has_the_last_word() {
    let office = Office::with_config(CONFIG);
    for (title, more) in [
        ("Plenary", vec!["--on", "2090-03"]),
        ("Forum", vec!["--on", "2090-04-01", "--status", "tentative"]),
        ("Workshop", vec!["--on", "2090-05-01"]),
        ("Hearing", vec!["--on", "2090-06-01"]),
        ("Seminar", vec!["--on", "2090-07-01", "--location", "Genvea"]),
        ("Panel", vec!["--on", "2090-08-01"]),
        ("Assembly", vec!["--on", "2090-09-01"]),
    ] {
        office.add(&[&["meeting", title], more.as_slice()].concat());
    }
    office.ok(&["subscriber", "add", "ada@example.com", "--confirmed", "--digest", "weekly"]);
    office.ok(&["digest", "send", "weekly"]);
    let daemon = office.serve();
    office.wait_for_mails(1);

    office.ok(&["event", "edit", "1", "--on", "2090-03-15"]);
    office.ok(&["event", "edit", "2", "--status", "confirmed"]);
    office.ok(&["event", "edit", "3", "--location", "Geneva"]);
    office.ok(&["event", "edit", "4", "--join-url", "https://meet.example.org/a"]);
    office.ok(&["event", "edit", "5", "--location", "Geneva"]);
    office.ok(&["event", "edit", "6", "--on", "2090-08-02", "--tell", "never"]);
    office.ok(&["event", "edit", "7", "--title", "General assembly", "--tell", "next"]);
    let text = edition(&office, 2);
    for told in [
        "Date set: Plenary",
        "so far: March 2090",
        "Confirmed: Forum",
        "had been tentative",
        "Place set: Workshop",
        "Online too: Hearing",
        "Updated: General assembly",
        "was called “Assembly”",
    ] {
        assert!(text.contains(told), "no {told} in {text}");
    }
    assert!(!text.contains("Seminar") && !text.contains("Panel"), "{text}");

    // What changes in silence stays told; a silent cancellation too. By the API it is the same.
    office.ok(&["event", "cancel", "5", "--tell", "never"]);
    let program = Program::new(&office, &daemon, "robot", &["events:read", "events:write"]);
    let body = json!({ "location": "Room 5" });
    let (code, _) = program.json(Method::PATCH, "/events/3?tell=never", Some(body)).await;
    assert_eq!(code, 200);
    let (code, said) = program.json(Method::PATCH, "/events/3?tell=sometimes", Some(json!({ "location": "x" }))).await;
    assert_eq!(code, 422, "{said}");
    assert!(said.to_string().contains("use one of next, never"), "{said}");
    let (_, history) = program.json(Method::GET, "/events/3/history", None).await;
    assert_eq!(history.as_array().unwrap().last().unwrap()["tell"], "never");
    office.ok(&["event", "edit", "6", "--location", "Oslo"]);
    let text = edition(&office, 3);
    assert!(text.contains("Place set: Panel") && !text.contains("Seminar") && !text.contains("Workshop"), "{text}");

    // A later reader finds all as it is.
    office.ok(&["subscriber", "add", "lin@example.com", "--confirmed", "--digest", "weekly"]);
    office.add(&["meeting", "Council", "--on", "2090-10-01"]);
    another_second();
    office.ok(&["digest", "send", "weekly"]);
    let mails = office.wait_for_mails(5);
    let of = |who: &str| mails.iter().rev().find(|mail| mail.header("To").contains(who)).unwrap().text();
    assert!(of("lin@").contains("Panel") && of("lin@").contains("2 August 2090"), "{}", of("lin@"));
    assert!(!of("ada@").contains("Panel") && of("ada@").contains("Council"), "{}", of("ada@"));
    let wrong = office.fails(&["event", "edit", "1", "--title", "x", "--tell", "maybe"], 2);
    assert!(wrong.contains("use one of next, never"), "{wrong}");
}
