//! By which ways bounces come back is shown wherever things stand, and so is a way that says nothing while mails fail.

use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::support::program::Program;
use crate::support::smtp_server::SmtpServer;
use crate::support::{Office, wait_for};

const SECRET: &str = "9f2c4b7e1d0a8f6e5c3b2a19";

#[tokio::test(flavor = "multi_thread")]
async fn a_door_that_says_nothing_while_mails_fail_is_told_until_it_does() {
    let server = SmtpServer::start().await;
    let office = Office::with_config(&format!(
        "[mail]\nfrom = \"Watch <news@example.org>\"\ntransport = \"smtp\"\n\
         [[mail.relay]]\nurl = \"smtp://127.0.0.1:{}\"\nprovider = \"brevo\"\n\
         [metrics]\nlisten = \"127.0.0.1:0\"\n[bounce.hooks.brevo]\nsecret_file = \"secret\"\n\
         [[digest]]\nslug = \"weekly\"\nschedule = \"0 8 * * 1\"\nupcoming = \"90y\"\n",
        server.port()
    ));
    office.write("secret", SECRET);
    office.add(&["meeting", "Plenary", "--on", "2090-01-01"]);
    for n in 0..12 {
        let address = format!("reader{n}@domain{n}.example");
        if n % 2 == 0 && n < 10 {
            server.on_rcpt(&address, "550 5.1.1 nobody here");
        }
        office.ok(&["subscriber", "add", &address, "--confirmed"]);
    }
    let mut daemon = office.serve();
    assert_eq!(
        office.json(&["status"])["ways"],
        json!([{ "way": "brevo", "last_at": null, "told": {}, "trouble": null }])
    );
    office.ok(&["digest", "send", "weekly"]);
    wait_for("the refusals", || {
        let failed = office.json(&["delivery", "list", "--status", "failed"]);
        (failed.as_array().unwrap().len() == 5).then_some(())
    });
    let said = "it never told anything, and 5 mails failed meanwhile";
    let status = office.run(&["status"]).stdout;
    assert!(status.contains(&format!("bounces by way of brevo: {said}")) && status.contains("bounce list"), "{status}");
    assert!(status.contains("hand-over") && status.contains("5 hard"), "{status}");
    let found: Value = serde_json::from_str(&office.run(&["--json", "check"]).stdout).unwrap();
    let finding = found.as_array().unwrap().iter().find(|finding| finding["check"] == "hook brevo").unwrap();
    assert_eq!(finding["status"], "warning");
    assert!(finding["message"].as_str().unwrap().ends_with(said), "{finding}");

    let event = json!({ "event": "opened", "email": "reader1@domain1.example", "message-id": "<a@b>", "ts_epoch": 1 });
    let asked = Client::new().post(daemon.url("/hooks/brevo")).header("Authorization", format!("Bearer {SECRET}"));
    let asked = asked.header("Content-Type", "application/json").body(event.to_string());
    assert_eq!(asked.send().await.unwrap().status(), 200);
    let robot = Program::new(&office, &daemon, "watcher", &["operate"]);
    let (_, status) = robot.json(Method::GET, "/status", None).await;
    let of_brevo = status["ways"].as_array().unwrap().iter().find(|way| way["way"] == "brevo").unwrap();
    assert!(of_brevo["trouble"].is_null() && of_brevo["last_at"].is_string(), "{of_brevo}");
    assert_eq!(of_brevo["told"], json!({ "other": 1 }));
    assert!(!status["needs"].to_string().contains("brevo"), "{status}");
    let metrics = reqwest::get(daemon.metrics_url()).await.unwrap().text().await.unwrap();
    for line in [
        "kalends_returned_total{way=\"hand-over\",what=\"hard\"} 5",
        "kalends_returned_total{way=\"brevo\",what=\"other\"} 1",
        "kalends_returned_timestamp_seconds{way=\"brevo\"} ",
    ] {
        assert!(metrics.contains(line), "no {line} in {metrics}");
    }
    // A week later it is told again, if mails went on failing.
    office.sql("UPDATE returned_way SET last_at = last_at - 800000 WHERE way = 'brevo'");
    let status = office.run(&["status"]).stdout;
    assert!(status.contains("bounces by way of brevo: it has told nothing since"), "{status}");
}
