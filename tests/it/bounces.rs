//! Mail that comes back: on standard input and over LMTP.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use kalends::domain::verp::Verp;
use serde_json::{Value, json};

use crate::support::smtp_server::SmtpServer;
use crate::support::{Daemon, Mail, Office, wait_for};

const CONFIG: &str = r#"
[bounce]
address = "bounces@example.org"
listen = "127.0.0.1:0"
soft_limit = 2
[[digest]]
slug = "weekly"
schedule = "0 8 * * 1"
retell = true
[[digest]]
slug = "monthly"
schedule = "0 8 1 * *"
"#;

/// An office with one reader of two digests, and what was sent to her.
struct Scene {
    office: Office,
    verp: Verp,
}

impl Scene {
    fn new() -> Self {
        let office = Office::with_config(CONFIG);
        office.set_clock("2020-09-01T00:00:00Z");
        office.add(&["meeting", "Plenary", "--on", "2020-10-12"]);
        office.ok(&[
            "subscriber",
            "add",
            "ada@example.com",
            "--confirmed",
            "--digest",
            "weekly",
            "--digest",
            "monthly",
        ]);
        let verp = Verp::of(&"bounces@example.org".parse().unwrap(), &office.token_key());
        Self { office, verp }
    }

    /// Sends an edition at this moment; where its delivery comes back to.
    fn send(&self, moment: &str) -> String {
        self.office.set_clock(moment);
        self.office.ok(&["digest", "send", "weekly"]);
        let deliveries = self.office.json(&["delivery", "list"]);
        let id = deliveries.as_array().unwrap().last().unwrap()["id"].as_i64().unwrap();
        self.office.sql(&format!(
            "UPDATE delivery SET status = 'sent', next_at = NULL, tried_since = unixepoch('{moment}') WHERE id = {id}"
        ));
        self.verp.envelope_sender(self.office.subject("delivery", id)).to_string()
    }

    /// What `kalends bounce` makes of a message to this address.
    #[track_caller]
    fn bounce(&self, recipient: &str, message: &str) -> Value {
        let ran = self.office.run_with_input(&["--json", "bounce", "--recipient", recipient], message.as_bytes());
        assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
        serde_json::from_str(&ran.stdout).unwrap()
    }

    fn suppressed(&self) -> String {
        self.office.ask("SELECT suppressed FROM subscriber")
    }

    fn soft_bounces(&self) -> String {
        self.office.ask("SELECT soft_bounces FROM subscriber")
    }

    fn statuses(&self) -> String {
        self.office.ask("SELECT group_concat(status, ' ') FROM (SELECT status FROM subscription ORDER BY digest_id)")
    }
}

pub fn dsn(action: &str, status: &str, diagnostic: &str) -> String {
    format!(
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example.com\r\nSubject: Undelivered Mail\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n--b\r\n\r\nSorry.\r\n--b\r\n\
         Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.com\r\n\r\n\
         Final-Recipient: rfc822; ada@example.com\r\nAction: {action}\r\nStatus: {status}\r\n\
         Diagnostic-Code: smtp; {diagnostic}\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: Dates\r\n\r\n\
         x\r\n--b--\r\n"
    )
}

fn hard() -> String {
    dsn("failed", "5.1.1", "550 5.1.1 User unknown")
}

fn soft() -> String {
    dsn("failed", "5.2.2", "552 5.2.2 Mailbox full")
}

#[test]
fn a_proved_hard_bounce_suppresses_the_address_at_once() {
    let scene = Scene::new();
    let sender = scene.send("2020-09-07T08:00:00Z");
    let told = scene.bounce(&sender, &hard());
    assert_eq!(
        told,
        json!([{
            "address": "ada@example.com", "class": "hard", "status": "5.1.1", "diagnostic": "550 5.1.1 User unknown",
            "verified": true,
        }])
    );
    assert_eq!(scene.suppressed(), "bounced");
    assert_eq!(scene.statuses(), "confirmed confirmed");
    assert_eq!(scene.office.ask("SELECT status FROM delivery"), "sent");
    let listed = scene.office.json(&["bounce", "list", "--class", "hard"]);
    assert_eq!(
        (&listed[0]["address"], &listed[0]["delivery"], &listed[0]["kept"]),
        (&told[0]["address"], &json!(1), &json!(false))
    );
}

#[test]
fn what_is_not_proved_changes_nothing() {
    let scene = Scene::new();
    let sender = scene.send("2020-09-07T08:00:00Z");
    let other = Verp::of(&"bounces@example.org".parse().unwrap(), &kalends::domain::token::TokenKey::new("other"));
    let complaint =
        "Content-Type: message/feedback-report\n\nFeedback-Type: abuse\nOriginal-Rcpt-To: ada@example.com\n";
    for forged in [
        other.envelope_sender(scene.office.subject("delivery", 1)).to_string(),
        sender.replace("+b", "+u"),
        sender.replace("@", "x@"),
        sender.replace("example.org", "example.net"),
        "bounces@example.org".into(),
        "ada@example.com".into(),
    ] {
        for message in [&hard(), complaint] {
            let told = scene.bounce(&forged, message);
            assert_eq!(
                (&told[0]["address"], &told[0]["verified"]),
                (&json!("ada@example.com"), &json!(false)),
                "{forged}"
            );
        }
    }
    assert_eq!((scene.suppressed().as_str(), scene.soft_bounces().as_str()), ("", "0"));
    assert_eq!(scene.statuses(), "confirmed confirmed");
    assert_eq!(scene.office.json(&["bounce", "list"]).as_array().unwrap().len(), 12);
}

#[test]
fn the_recipient_is_found_where_the_mail_server_puts_it() {
    let scene = Scene::new();
    let sender = scene.send("2020-09-07T08:00:00Z");
    for header in ["Delivered-To", "X-Original-To", "Envelope-To", "To"] {
        let message = format!("{header}: <{sender}>\r\n{}", dsn("delayed", "4.4.1", "no answer"));
        let ran = scene.office.run_with_input(&["bounce", "--json"], message.as_bytes());
        let told: Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!((&told[0]["class"], &told[0]["verified"]), (&json!("delayed"), &json!(true)), "{header}");
    }
    assert_eq!((scene.suppressed().as_str(), scene.soft_bounces().as_str()), ("", "0"));
}

#[test]
fn soft_bounces_count_in_a_row_and_each_delivery_once() {
    let scene = Scene::new();
    let first = scene.send("2020-09-07T08:00:00Z");
    scene.bounce(&first, &soft());
    scene.bounce(&first, &soft());
    assert_eq!((scene.soft_bounces().as_str(), scene.suppressed().as_str()), ("1", ""));
    // One mail that does not come back for a week ends the row.
    scene.send("2020-09-14T08:00:00Z");
    let third = scene.send("2020-09-21T08:00:00Z");
    scene.bounce(&third, &soft());
    assert_eq!((scene.soft_bounces().as_str(), scene.suppressed().as_str()), ("1", ""));
    let fourth = scene.send("2020-09-28T08:00:00Z");
    scene.bounce(&fourth, &soft());
    assert_eq!((scene.soft_bounces().as_str(), scene.suppressed().as_str()), ("2", "bounced"));
}

#[test]
fn a_complaint_ends_all_subscriptions_wherever_its_proof_stands() {
    let scene = Scene::new();
    let sender = scene.send("2020-09-07T08:00:00Z");
    let complaint = |kind: &str| {
        format!(
            "From: fbl@example.com\nTo: abuse@example.org\nContent-Type: multipart/report; report-type=feedback-report; \
             boundary=b\n\n--b\n\nspam\n--b\nContent-Type: message/feedback-report\n\nFeedback-Type: {kind}\n\
             Original-Rcpt-To: ada@example.com\n\n--b\nContent-Type: message/rfc822\n\nReturn-Path: <{sender}>\n\nx\n--b--\n"
        )
    };
    scene.bounce("bounces@example.org", &complaint("not-spam"));
    assert_eq!(scene.statuses(), "confirmed confirmed");
    let told = scene.bounce("bounces@example.org", &complaint("abuse"));
    assert_eq!((&told[0]["class"], &told[0]["verified"]), (&json!("complaint"), &json!(true)));
    assert_eq!((scene.suppressed().as_str(), scene.statuses().as_str()), ("complained", "left left"));
    // A bounce after it says less.
    scene.bounce(&sender, &hard());
    assert_eq!(scene.suppressed(), "complained");
}

#[test]
fn what_is_not_understood_is_kept_and_shown_and_changes_nothing() {
    let scene = Scene::new();
    let sender = scene.send("2020-09-07T08:00:00Z");
    let away =
        "From: ada@example.com\nSubject: Out of office\nAuto-Submitted: auto-replied\n\nuser unknown \u{1b}[31m\n";
    for message in [away, "rubbish", "\u{0}\u{1}\u{fffd}"] {
        let told = scene.bounce(&sender, message);
        assert_eq!((&told[0]["class"], &told[0]["verified"]), (&json!("unknown"), &json!(true)), "{message:?}");
    }
    assert_eq!((scene.suppressed().as_str(), scene.soft_bounces().as_str()), ("", "0"));
    let listed = scene.office.json(&["bounce", "list", "--class", "unknown"]);
    assert_eq!(listed.as_array().unwrap().len(), 3);
    assert_eq!(scene.office.json(&["bounce", "show", "1"])["message"], away);
    let shown = scene.office.ok(&["bounce", "show", "1"]);
    assert!(shown.contains("Out of office") && !shown.contains('\u{1b}'), "{shown}");
    assert!(scene.office.fails(&["bounce", "show", "99"], 1).contains("bounce 99"));
    // All went well: nothing to tell.
    assert_eq!(scene.bounce(&sender, &dsn("delivered", "2.0.0", "250 ok")), json!([]));
    assert_eq!(scene.office.run(&["bounce"]).code, 2);
}

/// As a program writes that knows no report.
fn in_words(from: &str, subject: &str, text: &str) -> String {
    format!("Return-Path: <>\r\nFrom: {from}\r\nSubject: {subject}\r\n\r\n{text}\r\n")
}

#[test]
fn a_proved_bounce_counts_though_it_names_nobody() {
    for (text, class, suppressed) in [
        ("undeliverable to the following:\r\n\tada (user not found)", "hard", "bounced"),
        ("Es konnte nichts zugestellt werden.\r\n\r\n550 5.1.1 wer?", "hard", "bounced"),
        ("Es konnte nichts zugestellt werden.", "soft", ""),
    ] {
        let scene = Scene::new();
        let sender = scene.send("2020-09-07T08:00:00Z");
        let told = scene.bounce(&sender, &in_words("Mailer-Daemon@example.com", "Status", text));
        assert_eq!(
            (&told[0]["class"], &told[0]["verified"], &told[0]["address"]),
            (&json!(class), &json!(true), &json!("ada@example.com")),
            "{text}"
        );
        assert_eq!(scene.suppressed(), suppressed, "{text}");
        assert_eq!(scene.soft_bounces(), if class == "soft" { "1" } else { "0" }, "{text}");
    }
}

#[test]
fn what_a_server_says_that_nobody_understands_is_kept_to_be_read() {
    let scene = Scene::new();
    let sender = scene.send("2020-09-07T08:00:00Z");
    let message = in_words("Mailer-Daemon@example.com", "Status", "Es ging nicht.");
    // Without a proof nobody can say what it is.
    for (recipient, class) in [("bounces@example.org", "unknown"), (&sender, "soft")] {
        assert_eq!(scene.bounce(recipient, &message)[0]["class"], json!(class));
        let newest = scene.office.ask("SELECT max(id) FROM bounce");
        assert_eq!(scene.office.json(&["bounce", "show", &newest])["message"], json!(message));
    }
    assert_eq!(scene.soft_bounces(), "1");
}

#[test]
fn replies_of_people_and_for_people_never_count() {
    let scene = Scene::new();
    for (n, subject) in ["Automatische Antwort: Weekly", "自动回复: Weekly", "Re: Weekly", "Weekly"].iter().enumerate()
    {
        let sender = scene.send(&format!("2020-09-{:02}T08:00:00Z", n + 7));
        let reply = in_words("ada@example.com", subject, "My deputy did not receive it: 550 5.1.1 user unknown");
        // The last is told to have a sender: what stands in the head is the stranger's own.
        let args = ["--json", "bounce", "--recipient", &sender, "--sender", "ada@example.com"];
        let args = if n == 3 { &args[..] } else { &args[..4] };
        let ran = scene.office.run_with_input(args, reply.as_bytes());
        let told: Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!((&told[0]["class"], &told[0]["verified"]), (&json!("unknown"), &json!(true)), "{subject}");
    }
    assert_eq!((scene.suppressed().as_str(), scene.soft_bounces().as_str()), ("", "0"));
}

#[test]
fn what_a_server_says_of_us_counts_against_nobody() {
    let scene = Scene::new();
    for day in 7..14 {
        let sender = scene.send(&format!("2020-09-{day:02}T08:00:00Z"));
        let told = scene.bounce(&sender, &dsn("failed", "5.7.1", "550 5.7.1 the PTR of your host does not exist"));
        assert_eq!((&told[0]["class"], &told[0]["verified"]), (&json!("soft"), &json!(true)));
    }
    assert_eq!((scene.suppressed().as_str(), scene.soft_bounces().as_str()), ("", "0"));
    assert_eq!(scene.office.json(&["bounce", "list"])[0]["counted"], json!(false));
    let sender = scene.send("2020-09-20T08:00:00Z");
    let relay = dsn("failed", "5.7.1", "554 5.7.1 <ada@example.com>: Relay access denied");
    let ran = scene.office.run_with_input(&["bounce", "--recipient", &sender], relay.as_bytes());
    assert!(ran.stdout.contains("Nothing was changed: it is about us"), "{}", ran.stdout);
}

#[test]
fn a_proof_counts_for_thirty_days_and_leaving_has_no_end() {
    let complaint = |sender: &str| {
        format!(
            "Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/feedback-report\n\nFeedback-Type: \
             abuse\n\n--b\nContent-Type: message/rfc822\n\nReturn-Path: <{sender}>\n\nx\n--b--\n"
        )
    };
    let scene = Scene::new();
    let sender = scene.send("2020-09-07T08:00:00Z");
    scene.office.set_clock("2020-10-07T08:00:01Z");
    assert_eq!(scene.bounce(&sender, &hard())[0]["verified"], json!(true));
    scene.bounce(&sender, &soft());
    scene.bounce("bounces@example.org", &complaint(&sender));
    assert_eq!((scene.suppressed().as_str(), scene.soft_bounces().as_str()), ("", "0"));
    assert_eq!(scene.statuses(), "confirmed confirmed");
    let kept = scene.office.json(&["bounce", "list"]);
    assert!(kept.as_array().unwrap().iter().all(|bounce| bounce["counted"] == json!(false)), "{kept}");
    let ran = scene.office.run_with_input(&["bounce", "--recipient", &sender], hard().as_bytes());
    assert!(ran.stdout.contains("more than 30 days"), "{}", ran.stdout);

    scene.office.set_clock("2020-10-07T07:59:00Z");
    scene.bounce(&sender, &hard());
    assert_eq!(scene.suppressed(), "bounced");
    scene.office.set_clock("2030-01-01T00:00:00Z");
    let weekly = scene.office.ask("SELECT min(id) FROM subscription").parse().unwrap();
    let leave = scene.verp.unsubscribe_address(scene.office.subject("subscription", weekly)).to_string();
    scene.bounce(&leave, "Subject: unsubscribe\n\n");
    assert_eq!(scene.statuses(), "left confirmed");
}

#[test]
fn a_complaint_that_only_the_way_out_proves_ends_that_subscription_alone() {
    let scene = Scene::new();
    scene.send("2020-09-07T08:00:00Z");
    let [weekly, monthly] = ["min", "max"].map(|which| {
        let id = scene.office.ask(&format!("SELECT {which}(id) FROM subscription")).parse().unwrap();
        scene.office.subject("subscription", id)
    });
    let mailto = format!("mailto:{}?subject=unsubscribe", scene.verp.unsubscribe_address(weekly));
    let token = scene.office.token_key().seal(kalends::domain::token::Purpose::Unsubscribe, monthly, None);
    let link = format!("https://news.example.org/unsubscribe/{token}");
    let complaint = |kind: &str, way_out: &str| {
        format!(
            "From: fbl@example.net\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\n\n--b\n\
             Content-Type: message/feedback-report\n\nFeedback-Type: {kind}\nOriginal-Rcpt-To: redacted\n\n--b\n\
             Content-Type: message/rfc822\n\nList-Unsubscribe: <https://example.org/unsubscribe/dQAA>,\n \
             <{way_out}>\n\nx\n--b--\n"
        )
    };
    scene.bounce("bounces@example.org", &complaint("not-spam", &mailto));
    assert_eq!(scene.statuses(), "confirmed confirmed");
    let told = scene.bounce("bounces@example.org", &complaint("abuse", &mailto));
    assert_eq!(
        (&told[0]["class"], &told[0]["verified"], &told[0]["address"]),
        (&json!("complaint"), &json!(true), &json!("ada@example.com"))
    );
    assert_eq!(scene.statuses(), "left confirmed");
    scene.bounce("bounces@example.org", &complaint("abuse", &link));
    assert_eq!((scene.statuses().as_str(), scene.suppressed().as_str()), ("left left", ""));
    let forged = scene.bounce("bounces@example.org", &complaint("abuse", &link.replace(&token[30..], "x")));
    assert_eq!(forged[0]["verified"], json!(false));
}

#[test]
fn microsofts_older_complaints_are_proved_by_the_mail_they_hold() {
    let scene = Scene::new();
    let sender = scene.send("2020-09-07T08:00:00Z");
    let complaint = format!(
        "From: <staff@hotmail.com>\nSubject: complaint about message from 192.0.2.1\nContent-Type: multipart/mixed; \
         boundary=b\n\n--b\nContent-Type: message/rfc822\n\nX-HmXmrOriginalRecipient: ada@example.com\nReturn-Path: \
         {sender}\n\nx\n--b--\n"
    );
    let told = scene.bounce("bounces@example.org", &complaint);
    assert_eq!((&told[0]["class"], &told[0]["verified"]), (&json!("complaint"), &json!(true)));
    assert_eq!((scene.statuses().as_str(), scene.suppressed().as_str()), ("left left", "complained"));
}

/// The octets that messages take in the database.
fn kept_octets(scene: &Scene) -> usize {
    scene.office.ask("SELECT coalesce(sum(length(message)), 0) FROM bounce").parse().unwrap()
}

#[test]
fn of_mail_that_proves_nothing_little_is_kept_and_proved_mail_gets_through() {
    let scene = Scene::new();
    let sender = scene.send("2020-09-07T08:00:00Z");
    let big = |n: usize| format!("From: eve@example.net\nSubject: {n}\n\n{}", "x".repeat(50_000));
    for n in 0..3 {
        scene.bounce("bounces+b0@example.org", &big(n));
    }
    scene.bounce("bounces+b1@example.org", &big(0));
    assert_eq!(scene.office.ask("SELECT count(*) FROM bounce WHERE verified = 0"), "4");
    assert_eq!(kept_octets(&scene), 3 * 16 * 1024);
    let shown = scene.office.json(&["bounce", "show", "1"]);
    assert!(shown["message"].as_str().unwrap().starts_with("From: eve@example.net\nSubject: 0"), "{shown}");
    // As if an hour's worth had come.
    scene.office.sql(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 250)
         INSERT INTO bounce (at, class, verified) SELECT (SELECT max(at) FROM bounce), 'unknown', 0 FROM n",
    );
    let ran = scene.office.run_with_input(&["bounce", "--recipient", "bounces@example.org"], big(9).as_bytes());
    assert!(ran.code == 75 && ran.stderr.contains("within the hour"), "{} {}", ran.code, ran.stderr);
    scene.bounce(&sender, &hard());
    assert_eq!(scene.suppressed(), "bounced");
    assert_eq!(scene.office.ask("SELECT count(*) FROM bounce WHERE verified = 0"), "200");
    // Another day there is room again, and after a month it is gone; what is proved stays.
    scene.office.set_clock("2020-09-08T08:00:00Z");
    scene.bounce("bounces@example.org", &big(9));
    scene.office.set_clock("2020-10-09T08:00:00Z");
    scene.bounce("bounces@example.org", "x");
    assert_eq!(scene.office.ask("SELECT count(*) FROM bounce WHERE verified = 0"), "1");
    assert_eq!(scene.office.ask("SELECT count(*) FROM bounce WHERE verified = 1"), "1");
    // The daemon clears it though nothing more comes.
    scene.office.set_clock("2020-12-01T08:00:00Z");
    let _daemon = scene.office.serve();
    wait_for("what is old to be cleared", || {
        (scene.office.ask("SELECT count(*) FROM bounce WHERE verified = 0") == "0").then_some(())
    });
    assert_eq!(scene.office.ask("SELECT count(*) FROM bounce WHERE verified = 1"), "1");
}

#[test]
fn a_message_to_many_is_kept_once() {
    let scene = Scene::new();
    let sender = scene.send("2020-09-07T08:00:00Z");
    let mut daemon = scene.office.serve();
    let mut peer = lmtp(&mut daemon);
    let danced = dsn("danced", "", "").replace("\r\n\r\n--b\r\nContent-Type: message/rfc822", &{
        let more = (0..90).map(|n| format!("\r\n\r\nFinal-Recipient: rfc822; x{n}@example.com\r\nAction: danced"));
        format!("{}\r\n\r\n--b\r\nContent-Type: message/rfc822", more.collect::<String>())
    });
    let message = format!("{danced}{}\r\n.\r\n", format!("{}\r\n", "x".repeat(998)).repeat(1000));
    let strangers: Vec<String> = (0..98).map(|n| format!("bounces+x{n}@example.org")).collect();
    let ours = [sender.clone(), sender.to_uppercase()];
    for recipients in [&strangers[..], &ours[..]] {
        let asked: String = recipients.iter().map(|to| format!("RCPT TO:<{to}>\r\n")).collect();
        peer.says(&format!("MAIL FROM:<>\r\n{asked}DATA\r\n"), &vec!["250"; recipients.len() + 1]);
        peer.says("", &["354"]);
        peer.says(&message, &vec!["250 2.0.0"; recipients.len()]);
    }
    assert_eq!(scene.office.ask("SELECT count(*) FROM bounce WHERE verified = 0"), "10");
    assert_eq!(scene.office.ask("SELECT count(*) FROM bounce WHERE verified = 1"), "91");
    assert_eq!(scene.office.ask("SELECT count(*) FROM bounce WHERE message IS NOT NULL"), "2");
    let octets = kept_octets(&scene);
    assert!(octets <= (1 << 20) + (16 << 10), "{octets}");
}

#[test]
fn connections_that_say_nothing_shut_nobody_out() {
    let scene = Scene::new();
    let sender = scene.send("2020-09-07T08:00:00Z");
    let mut daemon = scene.office.serve();
    let peer = lmtp(&mut daemon);
    let address = peer.0.get_ref().peer_addr().unwrap();
    let idle: Vec<TcpStream> = (0..80).map(|_| TcpStream::connect(address).unwrap()).collect();
    let mut late = Conversation(BufReader::new(TcpStream::connect(address).unwrap()));
    late.0.get_ref().set_read_timeout(Some(crate::support::PATIENCE)).unwrap();
    late.says("LHLO x\r\n", &["220", "250"]);
    late.says(&format!("MAIL FROM:<>\r\nRCPT TO:<{sender}>\r\nDATA\r\n"), &["250", "250", "354"]);
    late.says(&format!("{}.\r\n", hard()), &["250"]);
    assert_eq!(scene.suppressed(), "bounced");
    // The first of them learned that its place went to another.
    let mut first = Conversation(BufReader::new(idle.into_iter().next().unwrap()));
    first.0.get_ref().set_read_timeout(Some(crate::support::PATIENCE)).unwrap();
    // It may have been sent away before it was greeted.
    let code = first.codes(1).remove(0);
    let code = if code.starts_with("220") { first.codes(1).remove(0) } else { code };
    assert!(code.starts_with("421 4.3.2"), "{code}");
}

#[test]
fn of_somebody_removed_nothing_is_written_down_again() {
    let scene = Scene::new();
    let sender = scene.send("2020-09-07T08:00:00Z");
    scene.office.ok(&["subscriber", "remove", "ada@example.com", "--yes"]);
    scene.bounce(&sender, &hard());
    scene.bounce(&sender, "ada@example.com is away");
    assert_eq!(
        scene
            .office
            .ask("SELECT count(*) FROM bounce WHERE address IS NULL AND diagnostic IS NULL AND message IS NULL"),
        "2"
    );
}

#[test]
fn a_mail_server_is_asked_to_try_again_if_the_database_is_not_there() {
    let office = Office::empty();
    let ran = office.run_with_input(&["bounce"], hard().as_bytes());
    assert_eq!(ran.code, 75, "{}", ran.stderr);
    assert!(ran.stderr.starts_with("error: there is no database"), "{}", ran.stderr);
}

/// A conversation over any socket, line by line.
pub struct Conversation<S: Read + Write>(BufReader<S>);

impl<S: Read + Write> Conversation<S> {
    fn send(&mut self, octets: &str) {
        self.0.get_mut().write_all(octets.as_bytes()).unwrap();
    }

    /// The next replies' codes; of one of several lines the last.
    fn codes(&mut self, count: usize) -> Vec<String> {
        let mut codes = Vec::new();
        while codes.len() < count {
            let mut line = String::new();
            assert!(self.0.read_line(&mut line).unwrap() > 0, "closed after {codes:?}");
            assert!(line.ends_with("\r\n"), "{line:?}");
            if line.as_bytes()[3] == b' ' {
                codes.push(line[..line.len().min(9)].trim_end().to_owned());
            }
        }
        codes
    }

    #[track_caller]
    pub fn says(&mut self, octets: &str, expected: &[&str]) {
        self.send(octets);
        let codes = self.codes(expected.len());
        for (code, expected) in codes.iter().zip(expected) {
            assert!(code.starts_with(expected), "{octets:?}: {codes:?} is not {expected:?}");
        }
    }
}

pub fn lmtp(daemon: &mut Daemon) -> Conversation<TcpStream> {
    let part = "over LMTP address=";
    let known = daemon.log_so_far().lines().find(|line| line.contains(part)).map(str::to_owned);
    let line = known.unwrap_or_else(|| daemon.wait_for_line(part));
    let address = line.split("address=").nth(1).unwrap().split('"').find(|part| part.contains(':')).unwrap();
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(crate::support::PATIENCE)).unwrap();
    let mut conversation = Conversation(BufReader::new(stream));
    conversation.says("LHLO mx.example.org\r\n", &["220", "250"]);
    conversation
}

#[test]
fn a_mail_server_gives_bounces_and_unsubscribes_over_lmtp() {
    let scene = Scene::new();
    let sender = scene.send("2020-09-07T08:00:00Z");
    let weekly = scene.office.ask("SELECT min(id) FROM subscription").parse().unwrap();
    let leave = scene.verp.unsubscribe_address(scene.office.subject("subscription", weekly));
    let mut daemon = scene.office.serve();
    let mut peer = lmtp(&mut daemon);
    peer.says("MAIL FROM:<>\r\nRCPT TO:<ada@example.com>\r\nDATA\r\n", &["250", "550 5.1.1", "503"]);
    // Pipelined, in the letters of a server that changes case, with a wrong recipient between the right ones.
    peer.says(
        &format!(
            "RSET\r\nMAIL FROM:<> SIZE=999\r\nRCPT TO:<{}>\r\nRCPT TO:<nobody@example.org>\r\nRCPT TO:<{leave}>\r\nDATA\r\n",
            sender.to_uppercase()
        ),
        &["250", "250", "250", "550", "250", "354"],
    );
    peer.says(&format!("{}\r\n..\r\n\n.\nMAIL FROM:<x>\r\n.\r\n", hard()), &["250 2.0.0", "250 2.0.0"]);
    assert_eq!((scene.suppressed().as_str(), scene.statuses().as_str()), ("bounced", "left confirmed"));
    // The second time and with any body.
    peer.says(&format!("MAIL FROM:<ada@example.com>\r\nRCPT TO:<{leave}>\r\nDATA\r\n"), &["250", "250", "354"]);
    peer.says("\r\n.\r\nNOOP\r\n", &["250", "250"]);
    peer.says("NOOP\nMAIL FROM:<>\r\nQUIT\r\n", &["500", "250", "221"]);

    let mut second = Conversation(BufReader::new(TcpStream::connect(peer.0.get_ref().peer_addr().unwrap()).unwrap()));
    second.says("", &["220"]);
    // Waiting connections are told at the stop, and hold nothing up.
    daemon.signal("TERM");
    second.says("", &["421 4.3.2"]);
    let (status, lasted) = daemon.stop();
    assert!(status.success() && lasted.as_secs() < 5, "{status} {lasted:?}");
}

#[test]
fn what_was_sent_under_a_former_address_still_comes_back() {
    let scene = Scene::new();
    let sender = scene.send("2020-09-07T08:00:00Z");
    let monthly = scene.office.ask("SELECT max(id) FROM subscription").parse().unwrap();
    let leave = scene.verp.unsubscribe_address(scene.office.subject("subscription", monthly));
    let mut daemon = scene.office.serve();
    let mut peer = lmtp(&mut daemon);
    scene.office.configure(&CONFIG.replace("bounces@example.org", "back@example.net"));
    daemon.wait_for_line("[bounce] address");
    // Over the same connection, to the old and to the new one.
    let to = |address: &str| format!("MAIL FROM:<>\r\nRCPT TO:<{address}>\r\nDATA\r\n");
    peer.says("RSET\r\nMAIL FROM:<>\r\nRCPT TO:<back@example.net>\r\nRSET\r\n", &["250", "250", "250", "250"]);
    peer.says(&to(leave.as_str()), &["250", "250", "354"]);
    peer.says("\r\n.\r\n", &["250"]);
    assert_eq!(scene.statuses(), "confirmed left");
    // Also after a new start.
    daemon.stop();
    let mut daemon = scene.office.serve();
    let mut peer = lmtp(&mut daemon);
    peer.says(&to(&sender), &["250", "250", "354"]);
    peer.says(&format!("{}.\r\n", hard()), &["250"]);
    assert_eq!(scene.suppressed(), "bounced");
}

#[test]
fn what_can_not_be_kept_is_given_again_later() {
    let scene = Scene::new();
    let sender = scene.send("2020-09-07T08:00:00Z");
    let mut daemon = scene.office.serve();
    let mut peer = lmtp(&mut daemon);
    scene.office.sql("ALTER TABLE bounce RENAME TO elsewhere");
    let message = format!("MAIL FROM:<>\r\nRCPT TO:<{sender}>\r\nDATA\r\n");
    peer.says(&message, &["250", "250", "354"]);
    peer.says(&format!("{}.\r\n", hard()), &["451 4.3.0"]);
    assert_eq!(scene.suppressed(), "");
    scene.office.sql("ALTER TABLE elsewhere RENAME TO bounce");
    peer.says(&message, &["250", "250", "354"]);
    peer.says(&format!("{}.\r\n", hard()), &["250 2.0.0"]);
    assert_eq!(scene.suppressed(), "bounced");
}

#[test]
fn lmtp_listens_on_a_socket_of_the_file_system_too() {
    let scene = Scene::new();
    let sender = scene.send("2020-09-07T08:00:00Z");
    let path = scene.office.path("lmtp");
    scene.office.configure(&CONFIG.replace("127.0.0.1:0", &format!("unix:{}", path.display())));
    // One that a dead program left is no hindrance.
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    let mut daemon = scene.office.serve();
    daemon.wait_for_line("over LMTP address=");
    let mut peer = Conversation(BufReader::new(UnixStream::connect(&path).unwrap()));
    peer.says("LHLO x\r\n", &["220", "250"]);
    peer.says(&format!("MAIL FROM:<>\r\nRCPT TO:<{sender}>\r\nDATA\r\n"), &["250", "250", "354"]);
    peer.says(&format!("{}.\r\n", soft()), &["250"]);
    assert_eq!(scene.soft_bounces(), "1");
    daemon.stop();
    assert!(!path.exists());
}

#[test]
fn check_says_whether_bounces_come_back() {
    let found = |office: &Office| {
        let ran = office.run(&["check", "--json"]);
        let all: Value = serde_json::from_str(&ran.stdout).unwrap();
        all.as_array().unwrap().iter().find(|finding| finding["check"] == "bounces").cloned()
    };
    let told = found(&Office::with_config(CONFIG)).unwrap();
    assert!(told["message"].as_str().unwrap().contains("bounces@example.org"), "{told}");
    assert_eq!(found(&Office::new()), None);
    let smtp = "[mail]\ntransport = \"smtp\"\n[[mail.relay]]\nurl = \"smtp://127.0.0.1:1\"\n";
    assert_eq!(found(&Office::with_config(smtp)).unwrap()["status"], "warning");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_out_proves_what_comes_back_and_a_refusal_at_hand_over_counts_too() {
    let server = SmtpServer::start().await;
    let relay = format!(
        "[mail]\ntransport = \"smtp\"\n[[mail.relay]]\nurl = \"smtp://127.0.0.1:{}\"\nconnections = 1\n",
        server.port()
    );
    let office = Office::with_config(&format!("{CONFIG}{relay}"));
    office.set_clock("2020-09-01T00:00:00Z");
    office.add(&["meeting", "Plenary", "--on", "2020-10-12"]);
    for name in ["ada", "gone", "full", "lin"] {
        let email = format!("{name}@example.com");
        office.ok(&["subscriber", "add", &email, "--confirmed", "--digest", "weekly"]);
    }
    server.on_rcpt("gone@example.com", "550 5.1.1 <gone@example.com>: no such user");
    server.on_rcpt("full@example.com", "552 5.2.2 mailbox full");
    office.ok(&["digest", "send", "weekly"]);
    let _daemon = office.serve();
    let received = server.wait_for(2, Duration::from_secs(10)).await;

    let state =
        "SELECT email || ' ' || coalesce(suppressed, 'fine') || ' ' || soft_bounces FROM subscriber ORDER BY id";
    let expected = ["ada@example.com fine 0", "gone@example.com bounced 0", "full@example.com fine 1"];
    wait_for("the refusals to count", || (office.rows(state)[..3] == expected).then_some(()));
    let bounces = office.json(&["bounce", "list"]);
    assert!(bounces.as_array().unwrap().len() == 2 && bounces[0]["verified"] == json!(true), "{bounces}");

    let to = |name: &str| received.iter().find(|mail| mail.to[0].starts_with(name)).unwrap();
    assert_ne!(to("ada").from, to("lin").from);
    let ran = office.run_with_input(&["bounce", "--recipient", &to("ada").from], hard().as_bytes());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let ways_out = Mail { octets: to("lin").data.clone() }.header("List-Unsubscribe");
    let leave = ways_out.split("<mailto:").nth(1).unwrap().split('?').next().unwrap();
    let ran = office.run_with_input(&["bounce", "--recipient", leave], b"Subject: unsubscribe\r\n\r\n");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(office.rows(state)[0], "ada@example.com bounced 0");
    let left = "SELECT email FROM subscription JOIN subscriber ON subscriber.id = subscriber_id WHERE status = 'left'";
    assert_eq!(office.rows(left), ["lin@example.com"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_deliveries_and_of_what_came_back_says_whom_each_is_about() {
    let server = SmtpServer::start().await;
    server.on_rcpt("lin@example.com", "550 5.1.1 nobody here");
    server.on_rcpt("boss@example.com", "550 5.1.1 nobody here");
    let office = Office::with_config(&format!(
        "{CONFIG}[operator]\naddress = \"boss@example.com\"\nfree = \"0 MB\"\n[mail]\nfrom = \"Watch <news@example.org>\"\n\
         transport = \"smtp\"\n[[mail.relay]]\nurl = \"smtp://127.0.0.1:{}\"\n",
        server.port()
    ));
    office.add(&["meeting", "Plenary", "--on", "2090-10-12", "--description", "x"]);
    for email in ["Ada@example.com", "lin@example.com"] {
        office.ok(&["subscriber", "add", email, "--digest", "weekly", "--confirmed"]);
    }
    office.ok(&["subscriber", "add", "eve@example.com", "--digest", "monthly"]);
    // A mail to the operator, who is no reader.
    office.sql(
        "INSERT INTO mail (subject, text, html) VALUES ('x', 'x', 'x');
         INSERT INTO delivery (mail_id, subscriber_id, address, message_id, status, next_at, created_at)
         SELECT max(id), 0, 'boss@example.com', 'b@x', 'queued', 1, 1 FROM mail",
    );
    office.ok(&["digest", "send", "weekly"]);
    let _daemon = office.serve();
    let left = "SELECT count(*) FROM delivery WHERE status NOT IN ('sent', 'failed')";
    wait_for("all mails", || (office.ask(left) == "0").then_some(()));

    let bounces = office.json(&["bounce", "list"]);
    let mut about: Vec<_> =
        bounces.as_array().unwrap().iter().map(|bounce| bounce["address"].as_str().unwrap()).collect();
    about.sort();
    assert_eq!(about, ["boss@example.com", "lin@example.com"]);
    assert!(office.ok(&["bounce", "list"]).contains("boss@example.com"));

    let listed = |args: &[&str]| {
        let all = office.json(&[&["delivery", "list"], args].concat());
        let mut to: Vec<_> =
            all.as_array().unwrap().iter().map(|d| d["address"].as_str().unwrap().to_owned()).collect();
        to.sort();
        to.join(" ")
    };
    assert_eq!(listed(&["--digest", "weekly"]), "Ada@example.com lin@example.com");
    assert_eq!(listed(&["--edition", "weekly/1", "--status", "failed"]), "lin@example.com");
    assert_eq!(listed(&["--address", "ADA@example.com"]), "Ada@example.com");
    assert_eq!(listed(&["--address", "nobody@example.com"]), "");
    assert_eq!(listed(&["--digest", "monthly"]), "");
    assert_eq!(office.json(&["delivery", "list", "--limit", "3"]).as_array().unwrap().len(), 3);
    // The newest, in the order in which they were made.
    let newest = office.json(&["delivery", "list", "--limit", "2"]);
    let all = office.json(&["delivery", "list"]);
    assert_eq!(newest.as_array().unwrap()[..], all.as_array().unwrap()[2..]);
    assert_eq!(
        json!([newest[0]["edition"], newest[0]["digest"], newest[0]["number"]]),
        json!([1, "weekly", 1]),
        "{newest}"
    );
    for (args, code, part) in [
        (&["--digest", "nope"][..], 1, "there is no digest nope"),
        (&["--edition", "weekly/9"], 1, "there is no edition weekly/9"),
        (&["--address", "nonsense"], 2, "is not an email address"),
        (&["--limit", "few"], 2, "few"),
    ] {
        let error = office.fails(&[&["delivery", "list"], args].concat(), code);
        assert!(error.contains(part), "no {part} in {error}");
    }
    // Why one is not sent again.
    let lin = office.ask("SELECT id FROM delivery WHERE address = 'lin@example.com'");
    let error = office.fails(&["delivery", "retry", &lin], 1);
    assert!(error.contains("`kalends subscriber unsuppress lin@example.com` lifts that"), "{error}");
    let ada = office.ask("SELECT id FROM delivery WHERE address = 'Ada@example.com'");
    assert!(office.fails(&["delivery", "retry", &ada], 1).contains("is sent: only what failed or waits"));
    assert!(office.fails(&["delivery", "retry", "99"], 1).contains("there is no delivery 99"));
    office.fails(&["delivery", "retry", "x"], 2);
    office.ok(&["subscriber", "unsuppress", "lin@example.com"]);
    office.ok(&["delivery", "retry", &lin]);
    assert_eq!(
        office.ask("SELECT actor || ' ' || action || ' ' || noun || ' ' || name FROM act ORDER BY id DESC LIMIT 1"),
        format!("operator retried delivery {lin}")
    );
}
