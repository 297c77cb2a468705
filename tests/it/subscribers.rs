//! People come, confirm and leave.

use serde_json::{Value, json};

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
    let note = shown["subscriptions"][0]["consent_note"].as_str().unwrap();
    assert!(note.starts_with("confirmed by mail, asked for on the command line at 20"), "{note}");
    assert_eq!(shown["name"], "Ada");
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
    office.add(&["meeting", "Another", "--on", "2026-10-13"]);
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
    let mut daemon = office.serve();
    let answer = async |email: &str| {
        let response = daemon.post("/subscribe", &[("email", email), ("digest", "weekly")]).await;
        assert_eq!(response.status(), 200);
        response.text().await.unwrap().replace(email, "X")
    };
    assert_eq!(answer("known@example.org").await, answer("new@example.org").await);
    office.wait_for_mails(2);
    // Asking again and again fills nobody's mailbox: who is known has the link to their choices once a day.
    for who in ["new", "known", "new", "known", "new", "new", "new"] {
        answer(&format!("{who}@example.org")).await;
    }
    office.wait_for_mails(4);
    office.settle(&mut daemon);
    let to = |who: &str| office.outbox().iter().filter(|mail| mail.header("To").contains(who)).count();
    assert_eq!((to("new@example.org"), to("known@example.org")), (3, 1));
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
    assert!(mails[0].text().contains("“weekly”") && mails[1].text().contains("“Every day”"));
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

#[tokio::test(flavor = "multi_thread")]
async fn a_confirmation_link_works_once() {
    let office = Office::new();
    let daemon = office.serve();
    daemon.post("/subscribe", &[("email", "ada@example.org"), ("digest", "weekly")]).await;
    let mails = office.wait_for_mails(1);
    let link = path(&mails[0].link("http://127.0.0.1:8080/confirm/"));
    assert_eq!(daemon.get(&link).await.headers()["cache-control"], "no-store");
    assert!(daemon.post(&link, &[]).await.text().await.unwrap().contains("webcal://"));
    let shown = office.json(&["subscriber", "show", "ada@example.org"]);
    let note = shown["subscriptions"][0]["consent_note"].as_str().unwrap();
    assert!(note.starts_with("confirmed by mail, asked for on http://127.0.0.1:8080/subscribe at 20"), "{note}");
    // Whoever has the mail later learns nothing by its link, and does nothing with it.
    let again = daemon.post(&link, &[]).await;
    assert_eq!(again.status(), 200);
    assert!(!again.text().await.unwrap().contains("webcal://"));
    assert_eq!(office.json(&["subscriber", "show", "ada@example.org"]), shown);

    // Somebody else's wish for the person is not confirmed by the old link.
    let leave = office.json(&["subscriber", "show", "ada@example.org"]);
    assert_eq!(leave["subscriptions"][0]["status"], "confirmed");
    office.sql("UPDATE subscription SET status = 'left', left_at = 1");
    daemon.post("/subscribe", &[("email", "ada@example.org"), ("digest", "weekly")]).await;
    office.wait_for_mails(2);
    assert_eq!(daemon.post(&link, &[]).await.status(), 410);
    assert_eq!(status(&office, "ada@example.org"), "pending");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_forgotten_wherever_they_stand() {
    let office = Office::new();
    office.set_clock("2026-09-28T06:30:00Z");
    office.add(&["meeting", "Plenary", "--on", "2026-10-12"]);
    let mut table = "email,name,consent_at\n".to_owned();
    for n in 0..400 {
        table.push_str(&format!("reader{n}@example.org,Reader {n},2020-01-01\n"));
    }
    let file = office.write("people.csv", &table);
    office.ok(&["subscriber", "import", &file]);
    office.ok(&["subscriber", "add", "Ada.Lovelace@example.org", "--name", "Ada Countess", "--confirmed"]);
    office.ok(&["subscriber", "add", "nada.lovelace@example.org", "--confirmed"]);
    let daemon = office.serve();
    office.ok(&["digest", "send", "weekly"]);
    let mails = office.wait_for_mails(402);
    let ada = mails.iter().find(|mail| mail.header("To").contains("Ada.Lovelace")).unwrap();
    let leave = path(&ada.link("http://127.0.0.1:8080/unsubscribe/"));
    // One is queued, one was refused with their name in it, and mail came back.
    office.ok(&["digest", "pause", "weekly"]);
    office.add(&["meeting", "Another", "--on", "2026-10-13"]);
    office.ok(&["digest", "send", "weekly", "--at", "2026-09-27"]);
    office.sql(
        "UPDATE delivery SET status = 'failed', error = '550 no Ada.Lovelace@example.org here'
         WHERE edition_id = 1 AND address LIKE 'ada%';
         INSERT INTO bounce (at, delivery_id, address, class, status, diagnostic, verified)
         SELECT 1, id, address, 'hard', '5.1.1', 'Ada.Lovelace@example.org is unknown', 1 FROM delivery
         WHERE address LIKE 'ada%' AND edition_id = 1;
         INSERT INTO bounce (at, address, class, diagnostic, verified, message)
         VALUES (1, 'ada.lovelace@example.org', 'unknown', NULL, 0, CAST('To: <ADA.Lovelace@example.org>' AS BLOB)),
                (1, 'nada.lovelace@example.org', 'unknown', 'nada.lovelace@example.org', 0, NULL);",
    );
    let calendar = office.json(&["subscriber", "calendar", "ada.lovelace@example.org"])["url"].clone();
    let calendar = path(calendar.as_str().unwrap());
    assert_eq!(daemon.get(&calendar).await.status(), 200);

    let told = office.ok(&["subscriber", "export", "ada.lovelace@example.org"]);
    for part in ["Ada Countess", "recorded on the command line", "5.1.1", "550 no", "queued", "/calendar/"] {
        assert!(told.contains(part), "no {part} in {told}");
    }
    let address = "ada.lovelace@example.org";
    assert!(office.before_in_database(address).contains(|c| c != 'n'));
    let error = office.fails(&["subscriber", "forget", "ADA.Lovelace@example.org"], 2);
    assert!(error.contains("--yes"), "{error}");
    let said = office.json(&["subscriber", "forget", "ADA.Lovelace@example.org", "--yes"]);
    assert_eq!((&said["was_known"], &said["deliveries"]), (&true.into(), &2.into()));
    // Nothing of them is left in any of the database's files, while Nada is, in bounces too.
    let left = office.before_in_database(address);
    assert!(left.len() >= 4 && left.chars().all(|c| c == 'n'), "{left:?}");
    assert_eq!(office.before_in_database("countess"), "");
    let ada = office.json(&["delivery", "list"]);
    let ada: Vec<_> =
        ada.as_array().unwrap().iter().filter(|d| d["address"] == "forgotten@forgotten.invalid").collect();
    assert_eq!(ada.len(), 2);
    assert!(ada.iter().all(|delivery| delivery["error"].is_null()));

    // The sums stay right, also when the queue moves on; old links do no harm.
    office.ok(&["digest", "resume", "weekly"]);
    wait_for("the second edition", || {
        let last = office.json(&["digest", "status"])[0]["last"].clone();
        let sum = |names: &[&str]| names.iter().map(|name| last[name].as_i64().unwrap()).sum::<i64>();
        assert_eq!(sum(&["sent", "queued", "sending", "deferred", "failed", "uncertain", "suppressed"]), 402);
        (sum(&["queued", "sending"]) == 0 && last["suppressed"].as_i64() >= Some(1)).then_some(())
    });
    assert_eq!(daemon.get(&calendar).await.status(), 410);
    for _ in 0..2 {
        assert_eq!(daemon.post(&leave, &[("List-Unsubscribe", "One-Click")]).await.status(), 200);
    }

    // Nobody but the person brings them back.
    let file = office.write(
        "again.csv",
        "email,consent_at\nada.lovelace@example.org,2026-01-01\nADA.Lovelace@example.org,\nnew@example.org,2026-01-01\n",
    );
    let ran = office.run(&["subscriber", "import", &file, "--json"]);
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((ran.code, &report["added"]), (1, &1.into()));
    for (n, line) in [2, 3].into_iter().enumerate() {
        assert_eq!(report["rejected"][n]["line"], line);
        assert!(report["rejected"][n]["reason"].as_str().unwrap().contains("deleted for good on 2026-09-28"));
    }
    let unknown = office.json(&["subscriber", "forget", "never@example.org", "--yes"]);
    assert_eq!(unknown["was_known"], false);
    office.fails(&["subscriber", "add", "never@example.org", "--confirmed"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_bounced_gets_one_mail_and_counts_again_once_it_is_answered() {
    let office = Office::new();
    office.ok(&["subscriber", "add", "ada@example.org", "--confirmed"]);
    office.ok(&["subscriber", "add", "bob@example.org", "--confirmed"]);
    let held = "UPDATE subscriber SET suppressed = 'bounced', suppressed_at = unixepoch(), soft_bounces = 3";
    office.sql(held);
    let shown = office.ok(&["subscriber", "show", "ada@example.org"]);
    assert!(shown.contains("mail came back") && shown.contains("subscriber unsuppress ada@example.org"), "{shown}");
    let refused = office.write("ada.csv", "email\nada@example.org\n");
    office.ok(&["subscriber", "import", &refused]);
    let mut daemon = office.serve();
    for _ in 0..2 {
        let page = daemon.post("/subscribe", &[("email", "ada@example.org"), ("digest", "weekly")]).await;
        assert_eq!(page.status(), 200);
    }
    let mails = office.wait_for_mails(1);
    office.settle(&mut daemon);
    assert_eq!(office.outbox().len(), 1);
    let link = path(&mails[0].link("http://127.0.0.1:8080/confirm/"));
    daemon.get(&link).await;
    assert_eq!(office.json(&["subscriber", "show", "ada@example.org"])["suppressed"]["reason"], "bounced");
    assert_eq!(daemon.post(&link, &[]).await.status(), 200);
    assert_eq!(office.json(&["subscriber", "show", "ada@example.org"])["suppressed"], Value::Null);

    // By an editor's hand it is lifted too. Who is deleted while it is not stays out.
    assert_eq!(office.json(&["subscriber", "unsuppress", "bob@example.org"])["was_suppressed"], true);
    assert_eq!(office.json(&["subscriber", "unsuppress", "bob@example.org"])["was_suppressed"], false);
    office.sql(held);
    office.ok(&["subscriber", "remove", "bob@example.org", "--yes"]);
    let error = office.fails(&["subscriber", "add", "bob@example.org", "--confirmed"], 1);
    assert!(error.contains("deleted for good"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn sign_ups_are_limited_for_each_address_and_each_network() {
    let office = Office::new();
    office.set_clock("2026-09-28T06:00:00Z");
    let mut daemon = office.serve();
    let sign_up = async |daemon: &crate::support::Daemon, client: &str, email: &str| {
        let page = daemon.post_from(client, "/subscribe", &[("email", email), ("digest", "weekly")]).await;
        assert_eq!(page.status(), 200);
        page.text().await.unwrap().replace(email, "X")
    };
    let first = sign_up(&daemon, "203.0.113.1", "a0@example.org").await;
    for n in 1..14 {
        // Another address each time, and what a client says of itself before the proxy's word does not help.
        let client = format!("198.51.100.{n}, 203.0.113.{n}");
        assert_eq!(sign_up(&daemon, &client, &format!("a{n}@example.org")).await, first);
    }
    assert_eq!(sign_up(&daemon, "2001:db8::1", "b@example.org").await, first);
    // Programs fill in what people don't see.
    let trap = [("email", "c@example.org"), ("digest", "weekly"), ("subject", "Cheap watches")];
    assert_eq!(daemon.post("/subscribe", &trap).await.text().await.unwrap().replace("c@example.org", "X"), first);
    office.wait_for_mails(11);
    office.settle(&mut daemon);
    let to: Vec<_> = office.outbox().iter().map(|mail| mail.header("To")).collect();
    assert_eq!(to.len(), 11);
    assert!(to.contains(&"b@example.org".to_owned()), "{to:?}");
    let network =
        |office: &Office, email: &str| office.json(&["subscriber", "export", email])["sign_ups"][0]["network"].clone();
    assert_eq!(network(&office, "a0@example.org"), "203.0.113.0/24");
    assert_eq!(network(&office, "b@example.org"), "2001:db8::/48");
    daemon.stop();

    // An hour later there is room again, but not for more than three mails a day to one mailbox.
    for hour in 7..12 {
        office.set_clock(&format!("2026-09-28T{hour:02}:05:00Z"));
        let daemon = office.serve();
        for n in 0..3 {
            sign_up(&daemon, &format!("192.0.2.{n}"), "a0@example.org").await;
        }
        daemon.stop();
    }
    let to_a0 = office.json(&["subscriber", "export", "a0@example.org"])["deliveries"].as_array().unwrap().len();
    assert_eq!(to_a0, 3);

    // After a day nobody knows where it came from.
    office.set_clock("2026-09-29T07:00:00Z");
    let _daemon = office.serve();
    wait_for("the network to be forgotten", || (network(&office, "b@example.org") == Value::Null).then_some(()));
}

#[tokio::test(flavor = "multi_thread")]
async fn sign_ups_are_limited_for_a_network_s_day_and_for_all_in_a_minute() {
    let office = Office::new();
    office.set_clock("2026-09-28T12:00:00Z");
    let known = office.ok(&["subscriber", "add", "ada@example.org", "--confirmed"]);
    assert!(known.contains("ada@example.org"), "{known}");
    // So many have signed up already, each row from `network` or one of its own, so long ago.
    let signed_up = |count: usize, network: &str, ago: &str| {
        office.sql(&format!(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})
             INSERT INTO wish (network, at) SELECT {network}, unixepoch('2026-09-28T12:00:00Z', '{ago}') FROM n"
        ));
    };
    signed_up(49, "'203.0.113.0/24'", "-5 hours");
    let daemon = office.serve();
    let sign_up = async |client: &str, email: &str| {
        assert_eq!(
            daemon.post_from(client, "/subscribe", &[("email", email), ("digest", "weekly")]).await.status(),
            200
        );
        !office.json(&["subscriber", "list"]).as_array().unwrap().iter().all(|known| known["email"] != email)
    };
    assert!(sign_up("203.0.113.7", "fiftieth@example.org").await);
    assert!(!sign_up("203.0.113.8", "one-more@example.org").await);
    assert!(sign_up("198.51.100.1", "elsewhere@example.org").await);

    signed_up(57, "'2001:db8:' || i || '::/48'", "+0 seconds");
    assert!(sign_up("198.51.101.1", "sixtieth@example.org").await);
    assert!(!sign_up("198.51.102.1", "too-many@example.org").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_answer_to_a_wish_takes_as_long_whoever_it_is_for() {
    let office = Office::new();
    for email in ["known@example.org", "held@example.org", "forgotten@example.org"] {
        office.ok(&["subscriber", "add", email, "--confirmed"]);
    }
    office.sql("UPDATE subscriber SET suppressed = 'complained', suppressed_at = 1 WHERE email LIKE 'held%'");
    office.ok(&["subscriber", "forget", "forgotten@example.org", "--yes"]);
    let daemon = office.serve();
    let mut answers = Vec::new();
    for email in ["known@example.org", "held@example.org", "forgotten@example.org", "new@example.org"] {
        let begun = std::time::Instant::now();
        let response = daemon.post("/subscribe", &[("email", email), ("digest", "weekly")]).await;
        assert!(begun.elapsed().as_millis() >= 300, "{email}: {:?}", begun.elapsed());
        let status = response.status();
        let headers: Vec<_> = response.headers().keys().map(ToString::to_string).collect();
        answers.push((status, headers, response.text().await.unwrap().replace(email, "X")));
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
}

#[test]
fn an_export_brings_the_same_subscribers_elsewhere() {
    let config = "[[digest]]\nslug = \"weekly\"\nschedule = \"0 8 * * 1\"\n[[digest]]\nslug = \"daily\"\n\
                  schedule = \"0 8 * * *\"\n";
    let office = Office::with_config(config);
    let table = "email,name,digests,topics,timezone,locale,consent_at,consent_note,kinds,send_hour\n\
                 ada@example.org,\"Ada, \"\"Countess\"\"\",weekly,ipv6;smart city,Asia/Shanghai,en,2019-05-01,paper form,\
                 deadline;meeting,7\n\
                 ada@example.org,\"Ada, \"\"Countess\"\"\",daily,ipv6;smart city,,,2020-05-01T10:00:00Z,by phone,,\n\
                 lin@example.org,,weekly;daily,,,,2020-01-01,,,\n\
                 bob@example.org,,daily,,,,2020-01-01,,party,\neve@example.org,,daily,,,,2020-01-01,,,24\n";
    let file = office.write("people.csv", table);
    let ran = office.run(&["subscriber", "import", &file, "--json"]);
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    let columns: Vec<_> =
        report["rejected"].as_array().unwrap().iter().map(|r| r["column"].as_str().unwrap()).collect();
    assert_eq!(columns, ["kinds", "send_hour"]);
    // The second row of Ada says that all kinds are wanted.
    office.ok(&["subscriber", "edit", "ada@example.org", "--kind", "meeting", "--kind", "deadline", "--hour", "8"]);
    office.ok(&["subscriber", "add", "pending@example.org"]);
    office.ok(&["subscriber", "add", "held@example.org", "--confirmed"]);
    office.sql("UPDATE subscriber SET suppressed = 'bounced', suppressed_at = 1 WHERE email LIKE 'held%'");

    let exported = office.run(&["subscriber", "export"]);
    assert!(exported.stderr.contains("1 person not subscribed now, 1 person suppressed"), "{}", exported.stderr);
    assert_eq!(exported.stdout.lines().count(), 4, "{}", exported.stdout);
    assert_eq!(office.json(&["subscriber", "export"]).as_array().unwrap().len(), 3);
    let other = Office::with_config(config);
    let file = other.write("moved.csv", &exported.stdout);
    other.ok(&["subscriber", "import", &file]);
    for email in ["ada@example.org", "lin@example.org"] {
        let without_date = |office: &Office| {
            let mut person = office.json(&["subscriber", "show", email]);
            person.as_object_mut().unwrap().remove("created_at");
            person
        };
        assert_eq!(without_date(&office), without_date(&other));
    }
    let ada = other.json(&["subscriber", "show", "ada@example.org"]);
    assert_eq!((&ada["kinds"], &ada["send_hour"]), (&serde_json::json!(["meeting", "deadline"]), &8.into()));
    assert_eq!(other.json(&["subscriber", "list"]).as_array().unwrap().len(), 2);
    assert_eq!(other.run(&["subscriber", "export"]).stdout, exported.stdout);
    other.fails(&["subscriber", "export", "nobody@example.org"], 1);
    other.fails(&["subscriber", "add", "x@example.org", "--hour", "24"], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_known_and_added_keeps_all_they_have_and_is_asked_about_what_is_new() {
    let office = Office::with_config(TWO_DIGESTS);
    let add = |args: &[&str]| office.json(&[&["subscriber", "add", "ada@example.org"], args].concat());
    add(&["--name", "Ada", "--digest", "weekly", "--topic", "ipv6", "--topic", "5g", "--confirmed"]);
    let ran = office.run(&["subscriber", "add", "ADA@example.org", "--topic", "finance", "--name", "Countess"]);
    assert!(ran.stdout.contains("topics: ipv6; 5g → ipv6; 5g; finance"), "{}", ran.stdout);
    assert!(ran.stderr.contains("Left as it was: name"), "{}", ran.stderr);
    let added = add(&["--confirmed", "--kind", "meeting", "--tz", "Asia/Shanghai"]);
    // Nobody is narrowed to one kind by being added to it.
    assert_eq!(
        (&added["kinds"], &added["timezone"], &added["name"]),
        (&json!([]), &"Asia/Shanghai".into(), &"Ada".into())
    );
    assert_eq!(added["topics"], json!(["ipv6", "5g", "finance"]));
    assert_eq!(added["subscriptions"].as_array().unwrap().len(), 1);
    assert_eq!(office.ask("SELECT count(*) FROM delivery"), "0");

    let added = add(&["--digest", "daily", "--digest", "weekly"]);
    assert_eq!((&added["asked"], &added["joined"], &added["left"]), (&json!(["daily"]), &json!([]), &json!([])));
    assert_eq!(states(&office), "daily pending, weekly confirmed");
    let daemon = office.serve();
    let mail = &office.wait_for_mails(1)[0];
    assert!(mail.text().contains("“daily”") && !mail.text().contains("“weekly”"), "{}", mail.text());
    daemon.post(&path(&mail.link("http://127.0.0.1:8080/confirm/")), &[]).await;
    assert_eq!(states(&office), "daily confirmed, weekly confirmed");
    // What she has been given since is not taken back by the link.
    assert_eq!(office.json(&["subscriber", "show", "ada@example.org"])["topics"], json!(["ipv6", "5g", "finance"]));
    let same = office.ok(&["subscriber", "add", "ada@example.org", "--digest", "daily", "--topic", "IPv6"]);
    assert!(same.contains("known so already"), "{same}");

    // Elsewhere agreed, after she left.
    office.ok(&["subscriber", "edit", "ada@example.org", "--remove-digest", "daily"]);
    let again = add(&["--digest", "daily", "--confirmed", "--consent-note", "by phone"]);
    assert_eq!((&again["joined"], &again["subscriptions"][0]["consent_note"]), (&json!(["daily"]), &"by phone".into()));
    assert_eq!(again["topics"], json!(["ipv6", "5g", "finance"]));
}

const TWO_DIGESTS: &str = "[[digest]]\nslug = \"weekly\"\nschedule = \"0 8 * * 1\"\n[[digest]]\nslug = \"daily\"\n\
                           schedule = \"0 8 * * *\"\n";

/// Of the only subscriber's digests.
fn states(office: &Office) -> String {
    office.ask(
        "SELECT group_concat(slug || ' ' || status, ', ') FROM
             (SELECT slug, status FROM subscription JOIN digest ON digest.id = digest_id ORDER BY slug)",
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn an_editor_changes_what_is_known_of_a_reader_and_sees_what_it_was() {
    let office = Office::with_config(TWO_DIGESTS);
    office.ok(&["subscriber", "add", "ada@example.org", "--digest", "weekly", "--topic", "ipv6", "--confirmed"]);
    let edit = |args: &[&str]| office.ok(&[&["subscriber", "edit", "Ada@example.org"], args].concat());
    let shown = || office.json(&["subscriber", "show", "ada@example.org"]);
    let said = edit(&[
        "--topic",
        "finance",
        "--topic",
        "5g",
        "--name",
        " Ada  Lovelace",
        "--hour",
        "7",
        "--locale",
        "zh-Hans",
    ]);
    for line in
        ["topics: ipv6 → finance; 5g", "name: none → Ada Lovelace", "send_hour: none → 07:00", "locale: none → zh"]
    {
        assert!(said.contains(line), "no {line} in {said}");
    }
    edit(&[
        "--add-topic",
        "ipv6",
        "--remove-topic",
        "5G",
        "--kind",
        "deadline",
        "--add-kind",
        "meeting",
        "--tz",
        "Asia/Tokyo",
    ]);
    assert_eq!(shown()["topics"], json!(["finance", "ipv6"]));
    assert_eq!((&shown()["kinds"], &shown()["timezone"]), (&json!(["meeting", "deadline"]), &"Asia/Tokyo".into()));
    // Empty takes away.
    edit(&["--name", "", "--hour", "", "--locale", "", "--tz", "", "--kind", "", "--topic", ""]);
    for field in ["send_hour", "locale", "timezone"] {
        assert_eq!(shown()[field], Value::Null, "{field}");
    }
    assert_eq!((&shown()["topics"], &shown()["kinds"], &shown()["name"]), (&json!([]), &json!([]), &"".into()));
    assert!(edit(&["--name", ""]).contains("so already"));

    // A digest that she has not agreed to get is asked about; the mail names it alone.
    let edited = office.json(&["subscriber", "edit", "ada@example.org", "--add-digest", "daily", "--topic", "ipv6"]);
    assert_eq!((&edited["asked"], &edited["changes"][0]["field"]), (&json!(["daily"]), &"topics".into()));
    assert_eq!((&edited["changes"][0]["before"], &edited["changes"][0]["after"]), (&"all".into(), &"ipv6".into()));
    let digests = &edited["changes"][1];
    assert_eq!(
        (&digests["field"], &digests["before"], &digests["after"]),
        (&"digests".into(), &"weekly".into(), &"daily (to be confirmed); weekly".into())
    );
    assert_eq!(states(&office), "daily pending, weekly confirmed");
    let daemon = office.serve();
    let mail = &office.wait_for_mails(1)[0];
    assert_eq!(daemon.post(&path(&mail.link("http://127.0.0.1:8080/confirm/")), &[]).await.status(), 200);
    let note = shown()["subscriptions"][0]["consent_note"].as_str().unwrap().to_owned();
    assert!(note.starts_with("confirmed by mail, asked for on the command line at 20"), "{note}");
    assert!(edit(&["--digest", "daily"]).contains("digests: daily; weekly → daily"));
    assert_eq!(states(&office), "daily confirmed, weekly left");

    // Wrong in one thing, nothing is changed.
    for (args, code, part) in [
        (&["--add-digest", "nope", "--name", "X"][..], 1, "there is no digest nope"),
        (&["--remove-digest", "weekly", "--name", "X"], 1, "does not get weekly"),
        (&["--remove-topic", "5g", "--name", "X"], 1, "do not follow the topic `5g`"),
        (&["--remove-topic", "ipv6", "--name", "X"], 1, "no topic would be left, and none means all of them"),
        (&["--hour", "24", "--name", "X"], 2, "is not an hour of the day"),
        (&["--kind", "party", "--name", "X"], 2, "party"),
        (&[], 2, "nothing is said that is to be changed"),
    ] {
        let error = office.fails(&[&["subscriber", "edit", "ada@example.org"], args].concat(), code);
        assert!(error.contains(part), "no {part} in {error}");
    }
    assert_eq!(shown()["name"], "");
    office.fails(&["subscriber", "edit", "nobody@example.org", "--name", "X"], 1);

    // Who did it and what, and nothing of her.
    let acts: Vec<String> = office
        .rows("SELECT actor || ': ' || action || ' ' || noun || ' ' || name || ': ' || detail FROM act ORDER BY id");
    assert_eq!(acts[0], "operator: added subscriber 1: ");
    assert_eq!(acts[1], "operator: edited subscriber 1: name, topics, send_hour, locale");
    assert_eq!(acts[4], "operator: edited subscriber 1: topics, asked about daily");
    assert_eq!(acts[5], "operator: edited subscriber 1: left weekly");
    assert_eq!(acts.len(), 6);
}

#[test]
fn nothing_is_lifted_unless_all_who_are_named_are_known() {
    let office = Office::new();
    office.ok(&["subscriber", "add", "ada@example.org", "--confirmed"]);
    office.sql("UPDATE subscriber SET suppressed = 'bounced', suppressed_at = 1");
    let error = office.fails(&["subscriber", "unsuppress", "ada@example.org", "eve@example.org"], 1);
    assert!(error.contains("there is no subscriber eve@example.org"), "{error}");
    assert_eq!(office.ask("SELECT suppressed FROM subscriber"), "bounced");
    office.ok(&["subscriber", "unsuppress", "ada@example.org", "ada@example.org"]);
    assert_eq!(office.ask("SELECT coalesce(suppressed, 'nothing') FROM subscriber"), "nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_office_keeps_mail_from_somebody_until_it_or_they_want_it() {
    let office = Office::with_config("[[digest]]\nslug = \"weekly\"\nschedule = \"0 8 * * 1\"\nupcoming = \"90y\"\n");
    office.add(&["meeting", "Plenary", "--on", "2090-01-01"]);
    for reader in ["ada@example.org", "bob@example.org"] {
        office.ok(&["subscriber", "add", reader, "--confirmed", "--digest", "weekly"]);
    }
    let error = office.fails(&["subscriber", "suppress", "ada@example.org", "eve@example.org"], 1);
    assert!(error.contains("eve@example.org"), "{error}");
    assert_eq!(office.json(&["subscriber", "show", "ada@example.org"])["suppressed"], Value::Null);
    // What is queued stays where it is.
    office.ok(&["digest", "send", "weekly", "--yes"]);
    let told = office.ok(&["subscriber", "suppress", "ada@example.org"]);
    assert!(told.contains("Nothing more is sent to ada@example.org"), "{told}");
    assert_eq!(office.json(&["subscriber", "suppress", "ada@example.org"])["was_suppressed"], true);
    let shown = office.ok(&["subscriber", "show", "ada@example.org"]);
    assert!(shown.contains("the office said so") && shown.contains("unsuppress ada@example.org"), "{shown}");
    let mut daemon = office.serve();
    assert!(office.wait_for_mails(1)[0].header("To").contains("bob@"));
    office.settle(&mut daemon);
    assert_eq!(office.outbox().len(), 1);
    assert_eq!(office.rows("SELECT status FROM delivery ORDER BY address"), ["suppressed", "sent"]);
    // Who bounced is another matter.
    assert!(office.json(&["subscriber", "unsuppress", "--since", "1970-01-01"]).as_array().unwrap().is_empty());
    assert_eq!(office.json(&["subscriber", "unsuppress", "ada@example.org"])["was_suppressed"], true);
    assert_eq!(office.json(&["subscriber", "show", "ada@example.org"])["suppressed"], Value::Null);
    let acts = office.ok(&["acts"]);
    assert!(acts.contains("suppressed") && acts.contains("unsuppressed"), "{acts}");
}
