//! Mails that editors forward.

use std::time::Duration;

use data_encoding::BASE64;
use mail_auth::common::crypto::Ed25519Key;
use mail_auth::common::headers::HeaderWriter;
use mail_auth::dkim::DkimSigner;
use serde_json::{Value, json};

use crate::bounces::lmtp;
use crate::documents::docx::{self, Docx};
use crate::support::dns_server::DnsServer;
use crate::support::imap_server::ImapServer;
use crate::support::smtp_server::SmtpServer;
use crate::support::{Daemon, Mail, Office, wait_for};

const CONFIG: &str = "[intake]\naddress = \"intake@example.org\"\n[bounce]\nlisten = \"127.0.0.1:0\"\n";
const FORUM: &str = "The Lift Safety Forum will be held on 5 May 2031 in Bergen, Norway.";

/// An office with an editor, and her own address.
struct Scene {
    office: Office,
    dns: DnsServer,
    /// PKCS#8.
    key: Vec<u8>,
}

impl Scene {
    fn new(more: &str) -> Self {
        let dns = DnsServer::start();
        let mail = format!("[mail]\nresolver = \"127.0.0.1:{}\"\n", dns.port());
        let office = Office::with_config(&format!("{mail}{CONFIG}{more}"));
        office.ok(&["editor", "add", "ann@norms.example"]);
        let key = Ed25519Key::generate_pkcs8().unwrap();
        let public = BASE64.encode(&Ed25519Key::from_pkcs8_der(&key).unwrap().public_key());
        dns.add_txt("desk._domainkey.norms.example", &format!("v=DKIM1; k=ed25519; p={public}"));
        Self { office, dns, key }
    }

    fn own_address(&self) -> String {
        self.office.ok(&["editor", "address", "ann@norms.example"]).trim().to_owned()
    }

    /// Signed by her domain, over these fields.
    fn signed(&self, fields: &[&str], mail: &str) -> String {
        self.signed_with("desk", fields, mail)
    }

    fn signed_with(&self, selector: &str, fields: &[&str], mail: &str) -> String {
        let signer = DkimSigner::from_key(Ed25519Key::from_pkcs8_der(&self.key).unwrap());
        let signer = signer.domain("norms.example").selector(selector).headers(fields.iter().copied());
        format!("{}{mail}", signer.sign(mail.as_bytes()).unwrap().to_header())
    }

    /// The drafts as `2031-05-05 forum Lift Safety Forum`.
    fn drafts(&self) -> Vec<String> {
        drafts(&self.office)
    }

    /// The mails to her.
    fn answers(&self) -> Vec<Mail> {
        self.office.outbox()
    }

    #[track_caller]
    fn answer(&self, number: usize) -> Mail {
        let mut mails = self.office.wait_for_mails(number);
        assert_eq!(mails.len(), number);
        let at = mails
            .iter()
            .position(|mail| mail.header("In-Reply-To").contains(&format!("m{number}@")))
            .unwrap_or(number - 1);
        mails.remove(at)
    }

    fn figures(&self) -> Value {
        self.office.json(&["status"])["intake"]["told"].clone()
    }
}

/// A mail's words, however they are wrapped.
fn words(mail: &Mail) -> String {
    mail.text().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn drafts(office: &Office) -> Vec<String> {
    let list = office.json(&["event", "list", "--status", "draft"]);
    let word = |event: &Value, name: &str| event[name].as_str().unwrap_or_default().to_owned();
    let told = |event: &Value| format!("{} {} {}", word(event, "start"), word(event, "kind"), word(event, "title"));
    let mut told: Vec<_> = list.as_array().unwrap().iter().map(told).collect();
    told.sort();
    told
}

/// Gives a mail over LMTP; the codes it is answered with.
fn give(daemon: &mut Daemon, sender: &str, to: &str, mail: &str, expected: &str) {
    let mut peer = lmtp(daemon);
    peer.says(&format!("MAIL FROM:<{sender}>\r\nRCPT TO:<{to}>\r\nDATA\r\n"), &["250", "250", "354"]);
    peer.says(&format!("{}\r\n.\r\n", stuffed(mail)), &[expected]);
}

fn stuffed(mail: &str) -> String {
    mail.replace("\r\n", "\n").replace("\n.", "\n..").replace('\n', "\r\n")
}

fn now() -> String {
    jiff::fmt::rfc2822::to_string(&jiff::Timestamp::now().to_zoned_datetime(jiff::tz::TimeZone::UTC)).unwrap()
}

fn mail(number: u32, body: &str) -> String {
    format!(
        "From: Ann <ann@norms.example>\r\nTo: intake@example.org\r\nDate: {}\r\nSubject: Fwd: News of lifts\r\n\
         Message-ID: <m{number}@norms.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n",
        now()
    )
}

/// A mail with parts: media type with parameters, other fields, body.
fn parts(number: u32, parts: &[(&str, &str, &str)]) -> String {
    let mut body = String::new();
    for (kind, fields, content) in parts {
        body.push_str(&format!("--part\r\nContent-Type: {kind}\r\n{fields}\r\n{content}\r\n"));
    }
    mail(number, &format!("{body}--part--")).replace(
        "Content-Type: text/plain; charset=utf-8\r\n\r\n--part",
        "Content-Type: multipart/mixed; boundary=part\r\n\r\n--part",
    )
}

#[test]
fn a_mail_to_an_editors_own_address_becomes_drafts_and_is_answered() {
    let scene = Scene::new("");
    let own = scene.own_address();
    let mut daemon = scene.office.serve();
    give(&mut daemon, "ann@home.example", &own, &mail(1, FORUM), "250");
    assert_eq!(scene.drafts(), ["2031-05-05 forum Lift Safety Forum"]);
    let id = scene.office.json(&["event", "list"])[0]["id"].to_string();
    assert_eq!(scene.office.json(&["event", "history", &id])[0]["actor"], "editor ann@norms.example");
    let answer = scene.answer(1);
    assert_eq!((answer.subject().as_str(), answer.header("To").as_str()), ("Re: News of lifts", "ann@norms.example"));
    assert_eq!(answer.header("Auto-Submitted"), "auto-replied");
    assert_eq!(answer.header("In-Reply-To"), "<m1@norms.example>");
    let text = words(&answer);
    assert!(text.contains(&format!("{id} · Forum · 5 May 2031 · Lift Safety Forum")), "{text}");
    assert!(
        !String::from_utf8_lossy(&answer.octets).contains(own.split('@').next().unwrap()),
        "the address is a secret"
    );

    // Once, whoever brings it again.
    give(&mut daemon, "ann@home.example", &own, &mail(1, "Another text of 6 May 2031."), "250");
    scene.office.settle(&mut daemon);
    assert_eq!((scene.drafts().len(), scene.answers().len()), (1, 1));
    assert_eq!(scene.figures(), json!({ "taken": 1, "again": 1 }));

    // What is known is told, and nothing of it twice.
    give(&mut daemon, "ann@home.example", &own, &mail(2, FORUM), "250");
    let known = words(&scene.answer(2));
    assert!(known.contains("One date is known already."), "{known}");
    assert_eq!(scene.drafts().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_proves_nothing_is_passed_over_and_counted() {
    let scene = Scene::new("[metrics]\nlisten = \"127.0.0.1:0\"\n");
    let own = scene.own_address();
    let mut daemon = scene.office.serve();
    let metrics = daemon.metrics_url();
    for to in ["intake@example.org", "intake+aaaaaaaaaaaaaaaaaaaa@example.org"] {
        give(&mut daemon, "ann@norms.example", to, &mail(1, FORUM), "250");
    }
    // Renewed, the former address is nobody's; and so is that of who left.
    let renewed = scene.office.json(&["editor", "address", "ann@norms.example", "--renew"]);
    assert_ne!(renewed["address"].as_str(), Some(own.as_str()));
    give(&mut daemon, "ann@norms.example", &own, &mail(1, FORUM), "250");
    let own = scene.own_address();
    assert_eq!(renewed["address"].as_str(), Some(own.as_str()));
    scene.office.ok(&["editor", "remove", "ann@norms.example", "--yes"]);
    give(&mut daemon, "ann@norms.example", &own, &mail(1, FORUM), "250");
    scene.office.ok(&["editor", "add", "ann@norms.example"]);
    give(&mut daemon, "ann@norms.example", &own, &mail(1, FORUM), "250");
    assert!(scene.drafts().is_empty() && scene.answers().is_empty());
    assert_eq!(scene.figures(), json!({ "unproved": 5 }));
    let check = scene.office.run(&["check"]).stdout;
    assert!(check.contains("of 5 nobody knows whose they were"), "{check}");
    assert!(scene.office.ok(&["status"]).contains("5 unproved"));
    let told = reqwest::get(metrics).await.unwrap().text().await.unwrap();
    assert!(told.contains("kalends_forwarded_total{way=\"lmtp\",what=\"unproved\"} 5"), "{told}");
    let mut peer = lmtp(&mut daemon);
    peer.says("MAIL FROM:<>\r\nRCPT TO:<intakes@example.org>\r\n", &["250", "550"]);
    assert!(scene.office.fails(&["editor", "address", "bob@norms.example"], 1).contains("bob@norms.example"));
}

#[test]
fn a_leaked_secret_takes_the_addresses_with_it() {
    let scene = Scene::new("");
    let first = scene.own_address();
    assert_eq!(scene.office.json(&["secret", "renew"])["editors"], 1);
    let second = scene.own_address();
    assert_ne!(first, second);
    let mut daemon = scene.office.serve();
    give(&mut daemon, "a@b.example", &first, &mail(1, FORUM), "250");
    assert_eq!(scene.drafts().len(), 1);
    let said = scene.office.ok(&["secret", "renew", "--leaked"]);
    scene.office.settle(&mut daemon);
    assert!(said.contains("1 editor has another address to forward mails to"), "{said}");
    for former in [&first, &second] {
        give(&mut daemon, "a@b.example", former, &mail(2, "The Door Forum will be held on 6 May 2031 in Oslo."), "250");
    }
    assert_eq!(scene.drafts().len(), 1);
    give(
        &mut daemon,
        "a@b.example",
        &scene.own_address(),
        &mail(2, "The Door Forum will be held on 6 May 2031 in Oslo."),
        "250",
    );
    assert_eq!(scene.drafts().len(), 2);
}

#[test]
fn an_address_that_was_renewed_stays_so_across_a_restore() {
    let scene = Scene::new("");
    let former = scene.own_address();
    scene.office.ok(&["backup", "copy.db"]);
    let renewed = scene.office.ok(&["editor", "address", "ann@norms.example", "--renew"]);
    scene.office.ok(&["restore", "copy.db"]);
    assert_eq!(scene.own_address(), renewed.trim());
    let mut daemon = scene.office.serve();
    give(&mut daemon, "a@b.example", &former, &mail(1, FORUM), "250");
    assert_eq!(scene.figures(), json!({ "unproved": 1 }));
}

#[test]
fn a_signature_of_the_editors_domain_proves_a_mail() {
    let scene = Scene::new("");
    let all = ["From", "To", "Date", "Subject"];
    scene.office.ok(&["editor", "add", "ann@desk.norms.example"]);
    let mut daemon = scene.office.serve();
    let good = scene.signed(&all, &mail(1, FORUM));
    give(&mut daemon, "ann@norms.example", "intake@example.org", &good, "250");
    assert_eq!(scene.drafts().len(), 1);
    assert!(words(&scene.answer(1)).contains("Lift Safety Forum"));

    let other = "The Door Forum will be held on 6 May 2031 in Oslo.";
    let plain = mail(2, other);
    let old = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(49);
    let old = jiff::fmt::rfc2822::to_string(&old.to_zoned_datetime(jiff::tz::TimeZone::UTC)).unwrap();
    let old = plain
        .lines()
        .map(|line| if line.starts_with("Date:") { format!("Date: {old}\r\n") } else { format!("{line}\r\n") });
    let bob = plain.replace("ann@norms.example", "bob@norms.example");
    for (what, unproved) in [
        ("not signed", plain.clone()),
        ("Date is not covered", scene.signed(&["From", "To", "Subject"], &plain)),
        ("To is not covered", scene.signed(&["From", "Date", "Subject"], &plain)),
        ("changed on the way", scene.signed(&all, &plain).replace("Oslo", "Rome")),
        ("a second From before it", format!("From: ann@norms.example\r\n{}", scene.signed(&all, &plain))),
        ("to somebody else", scene.signed(&all, &plain.replace("To: intake@example.org", "To: eve@example.net"))),
        ("of last week", scene.signed(&all, &old.collect::<String>())),
        ("of no editor", scene.signed(&all, &bob)),
        ("the same again under another name", good.replace("m1@", "m9@")),
        ("a domain above", scene.signed(&all, &plain.replace("ann@norms.example", "ann@desk.norms.example"))),
    ] {
        give(&mut daemon, "ann@norms.example", "intake@example.org", &unproved, "250");
        assert_eq!(scene.drafts().len(), 1, "{what}");
    }
    // Signed with a key that nobody published, and with one that is only tried out.
    let name = |selector: &str| format!("{selector}._domainkey.norms.example");
    let public = BASE64.encode(&Ed25519Key::from_pkcs8_der(&scene.key).unwrap().public_key());
    scene.dns.add_txt(&name("tried"), &format!("v=DKIM1; k=ed25519; t=y; p={public}"));
    for selector in ["gone", "tried"] {
        let signed = scene.signed_with(selector, &all, &plain);
        give(&mut daemon, "ann@norms.example", "intake@example.org", &signed, "250");
    }
    scene.office.settle(&mut daemon);
    assert_eq!((scene.drafts().len(), scene.answers().len()), (1, 1));
}

#[test]
fn where_dns_does_not_answer_the_mail_server_tries_again() {
    let scene = Scene::new("");
    let silent = DnsServer::silent();
    scene.office.configure(&format!("[mail]\nresolver = \"127.0.0.1:{}\"\n{CONFIG}", silent.port()));
    let mut daemon = scene.office.serve();
    let signed = scene.signed(&["From", "To", "Date"], &mail(1, FORUM));
    give(&mut daemon, "ann@norms.example", "intake@example.org", &signed, "451 4.7.5");
    // Whose From is no editor's, nobody asks DNS about.
    give(&mut daemon, "a@b.example", "intake@example.org", &signed.replace("Ann <ann@", "Bob <bob@"), "250");
    assert_eq!(scene.figures(), json!({ "unproved": 1 }));
}

const ICS: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\nBEGIN:VEVENT\r\nUID:plenary@norms.example\r\n\
                   DTSTAMP:20310101T000000Z\r\nSUMMARY:Plenary of TC 5\r\nDTSTART:20310414T080000Z\r\nDTEND:20310414T160000Z\r\nEND:VEVENT\r\nEND:VCALENDAR";

#[test]
fn attached_calendars_tables_and_documents_become_drafts_too() {
    let scene = Scene::new("");
    let own = scene.own_address();
    let mut daemon = scene.office.serve();
    let document = Docx::of(&[docx::paragraph("The Door Forum will be held on 6 May 2031 in Oslo.")]).packed();
    let document = BASE64
        .encode(&document)
        .as_bytes()
        .chunks(76)
        .map(|line| String::from_utf8_lossy(line).into_owned() + "\r\n")
        .collect::<String>();
    let file = |name: &str| format!("Content-Disposition: attachment; filename=\"{name}\"\r\n");
    let inner = mail(77, "The Window Forum will be held on 7 May 2031 in Rome.");
    let given = parts(
        1,
        &[
            ("text/plain; charset=utf-8", "", FORUM),
            ("text/calendar; charset=utf-8", &file("plenary.ics"), ICS),
            (
                "application/vnd.ms-excel",
                &file("dates.csv"),
                "kind,title,start\r\ndeadline,Comments on lifts,2031-03-01\r\nmeeting,,2031-03-02",
            ),
            (
                "application/octet-stream",
                &format!("{}Content-Transfer-Encoding: base64\r\n", file("doors.docx")),
                &document,
            ),
            ("message/rfc822", "", &inner),
            ("image/png", &file("poster.png"), "PNG"),
            ("application/pdf", &file("broken.pdf"), "%PDF-1.7 nothing"),
        ],
    );
    give(&mut daemon, "a@b.example", &own, &given, "250");
    assert_eq!(
        scene.drafts(),
        [
            "2031-03-01 deadline Comments on lifts",
            "2031-04-14T08:00 other Plenary of TC 5",
            "2031-05-05 forum Lift Safety Forum",
            "2031-05-06 forum Door Forum",
            "2031-05-07 forum Window Forum",
        ]
    );
    let text = words(&scene.answer(1));
    for part in [
        "5 drafts were made of it",
        "dates.csv: line 3:",
        "poster.png: a picture is not read",
        "broken.pdf: this PDF is broken",
    ] {
        assert!(text.contains(part), "no {part} in {text}");
    }
}

#[test]
fn what_is_published_is_never_changed_and_another_date_is_a_draft_that_moves_it() {
    let scene = Scene::new("");
    let own = scene.own_address();
    scene.office.write("plenary.ics", ICS);
    scene.office.ok(&["import", "plenary.ics"]);
    let forum = scene.office.add(&["forum", "Lift Safety Forum", "--on", "2031-05-05"]);
    let before = scene.office.json(&["event", "show", "1"]);
    let mut daemon = scene.office.serve();
    let moved = ICS.replace("20310414", "20310421").replace("DTSTAMP:2031", "DTSTAMP:2032");
    let given = parts(
        1,
        &[
            (
                "text/plain; charset=utf-8",
                "",
                "The Lift Safety Forum scheduled for 5 May 2031 has been rescheduled for 12 May 2031 in Bergen, Norway.",
            ),
            ("text/calendar; charset=utf-8", "", &moved),
        ],
    );
    give(&mut daemon, "a@b.example", &own, &given, "250");
    assert_eq!(scene.office.json(&["event", "show", "1"]), before);
    assert_eq!(scene.drafts(), ["2031-04-21T08:00 other Plenary of TC 5", "2031-05-12 forum Lift Safety Forum"]);
    let text = words(&scene.answer(1));
    assert!(
        text.contains("another date for event 1") && text.contains(&format!("another date for event {forum}")),
        "{text}"
    );
    let ids: Vec<String> = scene
        .office
        .json(&["event", "list", "--status", "draft"])
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["id"].to_string())
        .collect();
    scene.office.ok(&[&["event", "publish"], &ids.iter().map(String::as_str).collect::<Vec<_>>()[..]].concat());
    assert!(scene.drafts().is_empty());
    assert_eq!(scene.office.json(&["event", "show", "1"])["start"], "2031-04-21T08:00");
    assert_eq!(scene.office.json(&["event", "show", &forum])["start"], "2031-05-12");
    // Called off there, it stays here, and that is told.
    let off = moved.replace("SUMMARY", "STATUS:CANCELLED\r\nSEQUENCE:9\r\nSUMMARY");
    give(&mut daemon, "a@b.example", &own, &parts(2, &[("text/calendar", "", &off)]), "250");
    assert_eq!(scene.office.json(&["event", "show", "1"])["status"], "confirmed");
    let text = words(&scene.answer(2));
    assert!(text.contains("otherwise than it stands here"), "{text}");
}

#[test]
fn dates_in_a_forwarded_text_are_of_the_year_it_was_written_in() {
    let scene = Scene::new("");
    let own = scene.own_address();
    let mut daemon = scene.office.serve();
    let gmail = "See below.\r\n\r\n---------- Forwarded message ---------\r\nFrom: Bo <bo@example.net>\r\nDate: Thu, 11 Jan 2024 at 16:02\r\n\
                 Subject: Round table\r\nTo: Ann <ann@norms.example>\r\n\r\nThe round table on kettles takes place on 14 March in Leuven.\r\n";
    give(&mut daemon, "a@b.example", &own, &mail(1, gmail), "250");
    let outlook = "<html><body><p>FYI</p><div><p><b>From:</b> Bo &lt;bo@example.net&gt;<br><b>Sent:</b> Monday, 6 March 2023 4:02 PM<br>\
                   <b>To:</b> Ann<br><b>Subject:</b> 会议通知</p></div><p>全国标准化年会将于9月9日在北京召开。</p></body></html>";
    let html = mail(2, outlook).replace("text/plain", "text/html");
    give(&mut daemon, "a@b.example", &own, &html, "250");
    let starts: Vec<String> = scene.drafts().iter().map(|draft| draft.split(' ').next().unwrap().to_owned()).collect();
    assert_eq!(starts, ["2023-09-09", "2024-03-14"], "{:?}", scene.drafts());
    assert!(!scene.office.json(&["event", "list", "--status", "draft"]).to_string().contains("assumed"));
}

#[test]
fn nobody_answers_a_program_and_nobody_gets_more_than_twenty_answers_a_day() {
    let scene = Scene::new("");
    let own = scene.own_address();
    let mut daemon = scene.office.serve();
    let with = |number: u32, field: &str| {
        let text = format!("The Lift Forum will be held on {number} May 2031 in Bergen.");
        mail(number, &text).replacen("Subject:", &format!("{field}\r\nSubject:"), 1)
    };
    for (number, field) in [
        (1, "Auto-Submitted: auto-replied"),
        (2, "List-Id: <news.example.net>"),
        (3, "Precedence: bulk"),
        (4, "List-Unsubscribe: <https://example.net/>"),
    ] {
        give(&mut daemon, "a@b.example", &own, &with(number, field), "250");
    }
    give(&mut daemon, "", &own, &with(5, "X-Other: 1"), "250");
    scene.office.settle(&mut daemon);
    assert_eq!((scene.drafts().len(), scene.answers().len()), (5, 0));
    for number in 6..=27 {
        give(&mut daemon, "a@b.example", &own, &with(number, "Auto-Submitted: no"), "250");
    }
    scene.office.settle(&mut daemon);
    assert_eq!((scene.drafts().len(), scene.answers().len()), (27, 20));
    let last = scene.answers().iter().filter(|mail| words(mail).contains("the last of 20 answers")).count();
    assert_eq!(last, 1);
}

#[test]
fn bad_input_is_taken_with_a_sentence() {
    let scene = Scene::new("");
    let own = scene.own_address();
    let mut daemon = scene.office.serve();
    let nested = (0..2000).fold(String::from("deep"), |inner, level| {
        format!("Content-Type: multipart/mixed; boundary=b{level}\r\n\r\n--b{level}\r\n{inner}\r\n--b{level}--")
    });
    let nested = mail(1, "").replace("Content-Type: text/plain; charset=utf-8\r\n\r\n\r\n", &nested);
    give(&mut daemon, "a@b.example", &own, &nested, "250");
    assert!(words(&scene.answer(1)).contains("deeper"), "{}", words(&scene.answer(1)));
    let cut = ICS.split("DTEND").next().unwrap();
    give(&mut daemon, "a@b.example", &own, &parts(2, &[("text/calendar", "", cut)]), "250");
    assert!(words(&scene.answer(2)).contains("Not all of it could be read"), "{}", words(&scene.answer(2)));
    let charset = mail(3, "The Caf\u{e9} Forum will be held on 5 May 2031 in Bergen.").replace("utf-8", "x-klingon");
    give(&mut daemon, "a@b.example", &own, &charset, "250");
    assert!(words(&scene.answer(3)).contains("One draft was made"), "{}", words(&scene.answer(3)));
    let locked = format!("\u{d0}\u{cf}{}", "x".repeat(99));
    give(
        &mut daemon,
        "a@b.example",
        &own,
        &parts(4, &[("application/msword", "Content-Disposition: attachment; filename=old.doc\r\n", &locked)]),
        "250",
    );
    scene.answer(4);
    for (number, body) in [(5, ""), (6, "\u{0}\u{1}"), (7, "No dates here, in plain English, for anybody to find.")] {
        give(&mut daemon, "a@b.example", &own, &mail(number, body), "250");
        scene.answer(number as usize);
    }
    // Larger than is read: told by the address, and sent back without.
    let large = mail(8, &format!("{}\r\n", "x".repeat(998)).repeat(28_000));
    give(&mut daemon, "a@b.example", &own, &large, "250");
    assert!(words(&scene.answer(8)).contains("larger than 25 MB"), "{}", words(&scene.answer(8)));
    give(&mut daemon, "ann@norms.example", "intake@example.org", &large, "552 5.3.4");
    // Of a calendar that is cut, what is there.
    assert_eq!(scene.drafts(), ["2031-04-14T08:00 other Plenary of TC 5", "2031-05-05 forum Café Forum"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_go_out_without_an_envelope_sender() {
    let smtp = SmtpServer::builder().start().await;
    let office = Office::with_config(&format!(
        "[mail]\nfrom = \"news@example.org\"\ntransport = \"smtp\"\n[[mail.relay]]\nurl = \"smtp://127.0.0.1:{}\"\ntls = \"none\"\n{CONFIG}address = \"bounces@example.org\"\n",
        smtp.port()
    ));
    office.ok(&["editor", "add", "ann@norms.example", "--locale", "zh-Hans"]);
    let own = office.ok(&["editor", "address", "ann@norms.example"]).trim().to_owned();
    let mut daemon = office.serve();
    give(&mut daemon, "a@b.example", &own, &mail(1, FORUM), "250");
    let received = smtp.wait_for(1, Duration::from_secs(20)).await.remove(0);
    assert_eq!((received.from.as_str(), received.to.as_slice()), ("", &["ann@norms.example".to_owned()][..]));
    let mail = Mail { octets: received.data };
    assert!(mail.text().contains("已生成 1 份草稿"), "{}", mail.text());
}

#[test]
fn a_mailbox_brings_forwarded_mails_of_any_size() {
    let scene = Scene::new("");
    let server = ImapServer::start();
    scene.office.write("config/mailbox", "hush");
    scene.office.configure(&format!("[intake]\naddress = \"intake@example.org\"\n[bounce]\n{}", server.config()));
    let own = scene.own_address();
    // What is told stands behind more than is fetched of a bounce.
    let sound = format!("{}\r\n", "x".repeat(76)).repeat(30_000);
    let given = parts(
        1,
        &[("audio/mpeg", "Content-Disposition: attachment; filename=a.mp3\r\n", &sound), ("text/plain", "", FORUM)],
    );
    server.put(format!("Return-Path: <ann@norms.example>\r\nDelivered-To: {own}\r\n{given}"));
    let stranger = server.put(format!("Delivered-To: intake@example.org\r\n{}", mail(2, FORUM)));
    let _daemon = scene.office.serve();
    wait_for("the draft", || (scene.drafts() == ["2031-05-05 forum Lift Safety Forum"]).then_some(()));
    wait_for("the mail to be moved", || (server.folder("kalends").len() == 1).then_some(()));
    wait_for("the other to be flagged", || {
        let state = server.state();
        state
            .inbox
            .iter()
            .any(|mail| mail.uid == stranger && mail.flags.contains(&"\\Flagged".to_owned()))
            .then_some(())
    });
    assert_eq!(scene.figures(), json!({ "taken": 1, "unproved": 1 }));
}

#[test]
fn a_mail_server_may_run_the_command_instead() {
    let scene = Scene::new("");
    let own = scene.own_address();
    for (to, class) in [(own.as_str(), "true"), ("intake@example.org", "false")] {
        let ran = scene.office.run_with_input(&["--json", "bounce", "--recipient", to], mail(1, FORUM).as_bytes());
        let told: Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!(
            (&told[0]["class"], told[0]["verified"].to_string().as_str()),
            (&json!("forwarded"), class),
            "{told}"
        );
    }
    assert_eq!(scene.drafts().len(), 1);
    let _daemon = scene.office.serve();
    scene.answer(1);
}

/// What was taken is there whole after a kill, with its answer, and comes no second time.
#[test]
fn a_kill_behind_taking_a_mail_loses_nothing_and_doubles_nothing() {
    let scene = Scene::new("");
    let own = scene.own_address();
    let mut daemon = scene.office.serve();
    give(&mut daemon, "a@b.example", &own, &mail(1, FORUM), "250");
    daemon.kill();
    let mut daemon = scene.office.serve();
    give(&mut daemon, "a@b.example", &own, &mail(1, FORUM), "250");
    scene.office.settle(&mut daemon);
    assert_eq!((scene.drafts().len(), scene.answers().len()), (1, 1));
}

#[test]
fn where_it_can_be_forwarded_to_is_judged() {
    let office = Office::new();
    for (config, said) in [
        ("[intake]\naddress = \"intake\"\n", "is not an email address"),
        (
            "[intake]\naddress = \"a@example.org\"\n[bounce]\naddress = \"A@example.org\"\n",
            "bounces come back to this address",
        ),
        ("[intake]\nadress = \"a@example.org\"\n", "adress"),
    ] {
        office.configure(config);
        let error = office.fails(&["event", "list"], 1);
        assert!(error.contains(said), "{error}");
    }
    office.configure("");
    office.ok(&["editor", "add", "ann@norms.example"]);
    let error = office.fails(&["editor", "address", "ann@norms.example"], 1);
    assert!(error.contains("[intake] address"), "{error}");
}
