//! What a relay gets beside the mail, and what it calls it.

use serde_json::json;

use crate::support::smtp_server::{Fault, Received, SmtpServer};
use crate::support::{Mail, Office, wait_for};

/// An office whose edition goes by a relay with these options, and what that got.
async fn handed_over(relay: &str) -> (Office, Received) {
    let server = SmtpServer::builder().weather(|_, _| Fault::FinalDot("250 2.0.0 Ok: queued as 4F1A9c")).start().await;
    let office = Office::with_config(&format!(
        "[mail]\nfrom = \"Watch <news@example.org>\"\ntransport = \"smtp\"\n[[mail.relay]]\n\
         url = \"smtp://127.0.0.1:{}\"\n{relay}\n[[digest]]\nslug = \"weekly\"\nschedule = \"0 8 * * 1\"\n\
         upcoming = \"90y\"\n",
        server.port()
    ));
    office.add(&["meeting", "Plenary", "--on", "2090-01-01"]);
    office.ok(&["subscriber", "add", "ada@example.com", "--confirmed", "--digest", "weekly"]);
    office.ok(&["digest", "send", "weekly"]);
    let _daemon = office.serve();
    wait_for("the mail to be sent", || (office.json(&["delivery", "list"])[0]["status"] == "sent").then_some(()));
    let received = server.received().remove(0);
    (office, received)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_is_told_which_delivery_a_mail_is_and_nobody_else() {
    let (office, received) = handed_over("provider = \"postmark\"").await;
    let mark = kalends::domain::verp::mark(&office.token_key(), office.subject("delivery", 1));
    let mail = Mail { octets: received.data };
    assert_eq!(mail.header("X-PM-Metadata-kalends_delivery"), mark);
    assert_eq!(mail.header("X-PM-KeepID"), "true");
    assert!(!mail.subject().is_empty());
    assert_eq!(office.json(&["delivery", "list"])[0]["relay_id"], json!("4F1A9c"));

    let (office, received) = handed_over("").await;
    let mark = kalends::domain::verp::mark(&office.token_key(), office.subject("delivery", 1));
    let text = String::from_utf8_lossy(&received.data).into_owned();
    assert!(!text.contains(&mark) && !text.contains("X-PM-"), "{text}");
    assert_eq!(office.json(&["delivery", "list"])[0]["relay_id"], json!("4F1A9c"));
}
