//! People come, confirm and leave.

use serde_json::Value;

use crate::support::{Office, wait_for};

/// The path of a link in a mail.
fn path(link: &str) -> String {
    link.strip_prefix("http://127.0.0.1:8080").unwrap().to_owned()
}

fn status(office: &Office, email: &str) -> String {
    office.json(&["subscriber", "show", email])["subscriptions"][0]["status"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscription_counts_once_it_is_confirmed_by_mail() {
    let office = Office::new();
    let said = office.ok(&["subscriber", "add", "ada@example.org", "--name", "Ada"]);
    assert!(said.contains("confirmation mail is queued"), "{said}");
    assert_eq!(status(&office, "ada@example.org"), "pending");
    let daemon = office.serve();
    let mail = &office.wait_for_mails(1)[0];
    assert_eq!(mail.subject(), "Please confirm your subscription to kalends");
    assert!(mail.header("List-Id").is_empty());
    let link = path(&mail.link("http://127.0.0.1:8080/confirm/"));

    // Looking changes nothing: scanners follow every link.
    let page = daemon.get(&link).await;
    assert_eq!(page.status(), 200);
    assert!(page.text().await.unwrap().contains("method=\"post\""));
    assert_eq!(status(&office, "ada@example.org"), "pending");

    for _ in 0..2 {
        assert_eq!(daemon.post(&link, &[]).await.status(), 200);
        assert_eq!(status(&office, "ada@example.org"), "confirmed");
    }
    let shown = office.json(&["subscriber", "show", "ada@example.org"]);
    assert_eq!(
        (&shown["subscriptions"][0]["consent_note"], &shown["name"]),
        (&"confirmed by mail".into(), &"Ada".into())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_confirmation_link_ends_after_72_hours_and_forged_ones_open_nothing() {
    let office = Office::new();
    office.set_clock("2020-09-28T00:00:00Z");
    office.ok(&["subscriber", "add", "ada@example.org"]);
    let daemon = office.serve();
    let link = path(&office.wait_for_mails(1)[0].link("http://127.0.0.1:8080/confirm/"));
    for forged in [link.replace("/confirm/", "/confirm/x"), link[..link.len() - 2].to_owned(), "/confirm/".into()] {
        assert_eq!(daemon.post(&forged, &[]).await.status(), 404, "{forged}");
    }
    assert_eq!(daemon.post(&link.replace("/confirm/", "/unsubscribe/"), &[]).await.status(), 404);
    daemon.stop();
    office.set_clock("2020-10-01T00:01:00Z");
    let daemon = office.serve();
    assert_eq!(daemon.get(&link).await.status(), 410);
    assert_eq!(daemon.post(&link, &[]).await.status(), 410);
    assert_eq!(status(&office, "ada@example.org"), "pending");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_click_leaves_and_the_queued_edition_is_suppressed() {
    let office = Office::new();
    office.set_clock("2020-09-28T00:00:00Z");
    office.add(&["meeting", "Plenary", "--on", "2020-10-12"]);
    office.ok(&["subscriber", "add", "ada@example.org", "--confirmed"]);
    let daemon = office.serve();
    office.ok(&["digest", "send", "weekly", "--at", "2020-09-27"]);
    let mail = &office.wait_for_mails(1)[0];
    let link = path(&mail.link("http://127.0.0.1:8080/unsubscribe/"));
    assert_eq!(mail.header("List-Unsubscribe"), format!("<http://127.0.0.1:8080{link}>"));
    assert!(mail.html().contains(&link));

    let page = daemon.text(&link).await;
    assert!(page.contains("a…@example.org") && !page.contains("ada@example.org"), "{page}");
    assert_eq!(status(&office, "ada@example.org"), "confirmed");

    // A second edition waits while its reader leaves.
    office.ok(&["digest", "pause", "weekly"]);
    office.ok(&["digest", "send", "weekly"]);
    // As RFC 8058 section 3.2 has it: a form, or multipart, no cookie, and no redirect to follow.
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let multipart = "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--\r\n";
    for (content_type, body) in [
        ("application/x-www-form-urlencoded", "List-Unsubscribe=One-Click"),
        ("multipart/form-data; boundary=b", multipart),
    ] {
        let response =
            client.post(daemon.url(&link)).header("Content-Type", content_type).body(body).send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(status(&office, "ada@example.org"), "left");
    }
    // A consent of before does not bring anybody back, and a wish from a list does not ask them again.
    for table in ["email,consent_at\nada@example.org,2019-01-01\n", "email\nada@example.org\n"] {
        let file = office.write("people.csv", table);
        office.ok(&["subscriber", "import", &file]);
        assert_eq!(status(&office, "ada@example.org"), "left");
    }
    office.ok(&["digest", "resume", "weekly"]);
    wait_for("the delivery to be suppressed", || {
        let last = office.json(&["digest", "status"])[0]["last"].clone();
        (last["suppressed"] == 1 && last["candidates"] == 1).then_some(())
    });
    assert_eq!(office.outbox().len(), 1);

    // Who is deleted can still follow the old link.
    office.ok(&["subscriber", "remove", "ada@example.org", "--yes"]);
    assert_eq!(daemon.post(&link, &[]).await.status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_tells_nobody_whether_an_address_is_known() {
    let office = Office::new();
    office.ok(&["subscriber", "add", "known@example.org", "--confirmed", "--name", "Known"]);
    let daemon = office.serve();
    let answer = async |email: &str| {
        let response = daemon.post("/subscribe", &[("email", email), ("digest", "weekly")]).await;
        assert_eq!(response.status(), 200);
        response.text().await.unwrap().replace(email, "X")
    };
    assert_eq!(answer("known@example.org").await, answer("new@example.org").await);
    let mails = office.wait_for_mails(1);
    assert!(mails[0].header("To").contains("new@example.org"));
    // Asking again and again fills nobody's mailbox.
    for _ in 0..5 {
        answer("new@example.org").await;
    }
    office.wait_for_mails(3);
    std::thread::sleep(std::time::Duration::from_millis(700));
    assert_eq!(office.outbox().len(), 3);
    assert_eq!(office.json(&["subscriber", "show", "known@example.org"])["name"], "Known");

    for (form, part) in [
        (vec![("email", "nonsense"), ("digest", "weekly")], "not an email address"),
        (vec![("email", "a@example.org\r\nBcc: b@example.org"), ("digest", "weekly")], "line break"),
        (vec![("email", "a@example.org")], "at least one"),
        (vec![("email", "a@example.org"), ("digest", "nope")], "at least one"),
    ] {
        let response = daemon.post("/subscribe", &form).await;
        assert_eq!(response.status(), 400);
        let page = response.text().await.unwrap();
        assert!(page.contains(part), "{page}");
    }
}

#[test]
fn people_are_imported_with_the_consent_they_gave() {
    let office = Office::new();
    let table = "email,name,digests,topics,timezone,consent_at,consent_note\n\
                 ada@example.org,Ada,weekly,ipv6;smart city,Asia/Shanghai,2019-05-01,paper form\n\
                 lin@example.org,,,,,,\nnot an address,,,,,,\nbob@example.org,,monthly,,,2020-01-01,\n\
                 eve@example.org,,weekly,,Mars,2020-01-01,\n";
    let file = office.write("people.csv", table);
    let ran = office.run(&["subscriber", "import", &file, "--json"]);
    assert_eq!(ran.code, 1);
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(report["added"], 2);
    let lines: Vec<_> = report["rejected"].as_array().unwrap().iter().map(|r| r["line"].as_u64().unwrap()).collect();
    assert_eq!(lines, [4, 5, 6]);
    let ada = office.json(&["subscriber", "show", "ada@example.org"]);
    assert_eq!(ada["topics"], serde_json::json!(["ipv6", "smart city"]));
    assert_eq!(ada["subscriptions"][0]["consent_at"], "2019-05-01T00:00:00Z");
    assert_eq!(ada["subscriptions"][0]["consent_note"], "paper form");
    assert_eq!(status(&office, "lin@example.org"), "pending");
    // A table that is silent about names and topics leaves them as they are.
    let silent = office.write("silent.csv", "email,consent_at\nada@example.org,2020-01-01\n");
    office.ok(&["subscriber", "import", &silent]);
    assert_eq!(office.json(&["subscriber", "show", "ada@example.org"])["topics"], ada["topics"]);
    let again = office.run(&["subscriber", "import", &file, "--json"]);
    let report: Value = serde_json::from_str(&again.stdout).unwrap();
    assert_eq!((&report["added"], &report["updated"], &report["unchanged"]), (&0.into(), &0.into(), &2.into()));
}

#[test]
fn an_address_is_one_person_whatever_its_case() {
    let office = Office::new();
    office.ok(&["subscriber", "add", "Ada@Example.org", "--confirmed"]);
    office.ok(&["subscriber", "add", "ada@example.org", "--confirmed"]);
    assert_eq!(office.json(&["subscriber", "list"]).as_array().unwrap().len(), 1);
    let error = office.fails(&["subscriber", "remove", "ADA@example.org"], 2);
    assert!(error.contains("--yes"), "{error}");
    office.ok(&["subscriber", "remove", "ADA@example.org", "--yes"]);
    assert_eq!(office.json(&["subscriber", "list"]).as_array().unwrap().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_confirms_what_its_mail_named_and_nothing_else() {
    let office = Office::with_config(
        "[[digest]]\nslug = \"weekly\"\nschedule = \"0 8 * * 1\"\n[[digest]]\nslug = \"daily\"\ntitle = \"Every day\"\n\
         schedule = \"0 8 * * *\"\n",
    );
    office.add(&["meeting", "Plenary", "--on", "2020-09-11", "--topic", "ipv6", "--topic", "finance"]);
    let daemon = office.serve();
    daemon.post("/subscribe", &[("email", "ada@example.org"), ("digest", "weekly"), ("topic", "ipv6")]).await;
    daemon.post("/subscribe", &[("email", "ada@example.org"), ("digest", "daily"), ("topic", "finance")]).await;
    let mails = office.wait_for_mails(2);
    assert!(mails[0].text().contains("\"weekly\"") && mails[1].text().contains("\"Every day\""));
    let shown = || {
        let person = office.json(&["subscriber", "show", "ada@example.org"]);
        let states: Vec<String> = person["subscriptions"]
            .as_array()
            .unwrap()
            .iter()
            .map(|s| format!("{} {}", s["digest"].as_str().unwrap(), s["status"].as_str().unwrap()))
            .collect();
        (states.join(", "), person["topics"].clone())
    };
    let second = path(&mails[1].link("http://127.0.0.1:8080/confirm/"));
    assert!(daemon.text(&second).await.contains("“Every day”"));
    assert_eq!(daemon.post(&second, &[]).await.status(), 200);
    assert_eq!(shown(), ("daily confirmed, weekly pending".into(), serde_json::json!(["finance"])));
    let first = path(&mails[0].link("http://127.0.0.1:8080/confirm/"));
    daemon.post(&first, &[]).await;
    assert_eq!(shown(), ("daily confirmed, weekly confirmed".into(), serde_json::json!(["ipv6"])));
}
