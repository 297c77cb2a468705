//! What mail providers tell at `/hooks/…`, each in its own words and proved in its own way.

use std::collections::HashMap;
use std::time::Duration;

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use aws_lc_rs::{hmac, rand};
use data_encoding::{BASE64, HEXLOWER};
use reqwest::Client;
use serde_json::{Value, json};

use crate::support::dns_server::DnsServer;
use crate::support::smtp_server::SmtpServer;
use crate::support::{Daemon, Office, wait_for};

const SECRET: &str = "9f2c4b7e1d0a8f6e5c3b2a19";
/// 24 octets.
const STANDARD_SECRET: &str = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz";
const PROVIDERS: [&str; 7] = ["postmark", "sendgrid", "mailgun", "brevo", "mailjet", "resend", "sparkpost"];
const KINDS: [&str; 6] = ["hard", "soft", "complaint", "delayed", "delivered", "unknown"];

/// An office whose readers, one for each provider and kind, got an edition, with all doors open.
struct Scene {
    office: Office,
    daemon: Daemon,
    /// SendGrid's own.
    key: EcdsaKeyPair,
    /// Deliveries by address.
    deliveries: HashMap<String, i64>,
}

/// A request to a door.
#[derive(Clone)]
struct Posted {
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

fn address(provider: &str, kind: &str) -> String {
    format!("{provider}-{kind}@example.com")
}

impl Scene {
    async fn new(readers: &[String]) -> Self {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        let public: PublicKeyX509Der = key.public_key().as_der().unwrap();
        let office = Office::new();
        for (file, secret) in [("secret", SECRET), ("standard", STANDARD_SECRET)] {
            office.write(file, secret);
        }
        let doors: String = ["postmark", "mailgun", "brevo", "mailjet", "sparkpost"]
            .map(|name| format!("[bounce.hooks.{name}]\nsecret_file = \"secret\"\n"))
            .concat();
        office.configure(&format!(
            "{doors}[bounce.hooks.resend]\nsecret_file = \"standard\"\n[bounce.hooks.sendgrid]\npublic_key = \"{}\"\n\
             [[digest]]\nslug = \"weekly\"\nschedule = \"0 8 * * 1\"\nupcoming = \"90y\"\n",
            BASE64.encode(public.as_ref())
        ));
        office.add(&["meeting", "Plenary", "--on", "2090-01-01"]);
        let rows: String = readers.iter().map(|reader| format!("{reader},weekly,2020-01-01\n")).collect();
        let table = office.write("readers.csv", format!("email,digests,consent_at\n{rows}"));
        office.ok(&["subscriber", "import", &table]);
        office.ok(&["digest", "send", "weekly"]);
        let daemon = office.serve();
        wait_for("the edition to be sent", || {
            let sent = office.json(&["delivery", "list", "--status", "sent"]);
            (sent.as_array().unwrap().len() == readers.len()).then_some(())
        });
        let listed = office.json(&["delivery", "list"]);
        let of =
            |delivery: &Value| (delivery["address"].as_str().unwrap().to_owned(), delivery["id"].as_i64().unwrap());
        let deliveries = listed.as_array().unwrap().iter().map(of).collect();
        Self { office, daemon, key, deliveries }
    }

    fn mark(&self, address: &str) -> String {
        let subject = self.office.subject("delivery", self.deliveries[address]);
        kalends::domain::verp::mark(&self.office.token_key(), subject)
    }

    /// What a provider says of the mail to this address.
    fn event(&self, provider: &str, kind: &str, address: &str) -> Value {
        event(provider, kind, address, &self.mark(address))
    }

    /// As its provider posts it, proved.
    fn post(&self, provider: &str, event: Value) -> Posted {
        self.signed(provider, &event.to_string(), &HEXLOWER.encode(&random()))
    }

    fn signed(&self, provider: &str, body: &str, token: &str) -> Posted {
        let now = jiff::Timestamp::now().as_second();
        let basic = || format!("Basic {}", BASE64.encode(format!("{provider}:{SECRET}").as_bytes()));
        let mac = |key: &[u8], text: &str| hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text.as_bytes());
        let (headers, body) = match provider {
            "brevo" => (vec![("authorization", format!("Bearer {SECRET}"))], body.to_owned()),
            "sendgrid" => {
                let signed = format!("{now}{body}");
                let signature = self.key.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
                let field = "x-twilio-email-event-webhook";
                let (one, other) = (BASE64.encode(signature.as_ref()), now.to_string());
                let headers = vec![("signature", one), ("timestamp", other)];
                let headers = headers.into_iter().map(|(name, value)| (format!("{field}-{name}"), value)).collect();
                return Posted { path: "/hooks/sendgrid".into(), headers, body: body.into() };
            }
            "mailgun" => {
                let signature = HEXLOWER.encode(mac(SECRET.as_bytes(), &format!("{now}{token}")).as_ref());
                let signature = json!({"timestamp": now.to_string(), "token": token, "signature": signature});
                let event: Value = serde_json::from_str(body).unwrap();
                (vec![], json!({"signature": signature, "event-data": event}).to_string())
            }
            "resend" => {
                let key = BASE64.decode(STANDARD_SECRET.strip_prefix("whsec_").unwrap().as_bytes()).unwrap();
                let signature = BASE64.encode(mac(&key, &format!("{token}.{now}.{body}")).as_ref());
                let id = ("svix-id", token.to_owned());
                let headers =
                    vec![id, ("svix-timestamp", now.to_string()), ("svix-signature", format!("v1,{signature}"))];
                (headers, body.to_owned())
            }
            _ => (vec![("authorization", basic())], body.to_owned()),
        };
        let headers = headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Posted { path: format!("/hooks/{provider}"), headers, body: body.into() }
    }

    async fn send(&self, posted: &Posted) -> (u16, String) {
        send(&self.daemon, posted).await
    }

    /// What is known of a reader: suppressed, soft bounces, status of the subscription.
    fn reader(&self, address: &str) -> String {
        self.office.ask(&format!(
            "SELECT coalesce(suppressed, '-') || ' ' || soft_bounces || ' ' || status FROM subscriber
             JOIN subscription ON subscriber_id = subscriber.id WHERE email = '{address}'"
        ))
    }

    fn listed(&self) -> Vec<Value> {
        self.office.json(&["bounce", "list"]).as_array().unwrap().clone()
    }
}

async fn send(daemon: &Daemon, posted: &Posted) -> (u16, String) {
    let mut request = Client::new().post(daemon.url(&posted.path)).header("content-type", "application/json");
    for (name, value) in &posted.headers {
        request = request.header(name, value);
    }
    let answer = request.body(posted.body.clone()).send().await.unwrap();
    assert_eq!(answer.headers()["cache-control"], "no-store");
    (answer.status().as_u16(), answer.text().await.unwrap())
}

fn random() -> [u8; 16] {
    let mut octets = [0; 16];
    rand::fill(&mut octets).unwrap();
    octets
}

/// In the provider's words.
fn event(provider: &str, kind: &str, address: &str, mark: &str) -> Value {
    let (id, now) = (HEXLOWER.encode(&random()), jiff::Timestamp::now());
    let seconds = now.as_second();
    let (gone, full) = ("550 5.1.1 no such user", "452 4.2.2 mailbox full");
    let mut event = match provider {
        "postmark" => json!({"RecordType": "Bounce", "ID": seconds, "Email": address, "BouncedAt": now.to_string(),
            "MessageID": id, "Metadata": {"kalends_delivery": mark}}),
        "sendgrid" => json!({"email": address, "timestamp": seconds, "sg_event_id": id, "kalends_delivery": mark}),
        "mailgun" => json!({"id": id, "timestamp": seconds, "recipient": address,
            "user-variables": {"kalends_delivery": mark}}),
        "brevo" => {
            json!({"email": address, "ts_epoch": now.as_millisecond(), "message-id": format!("<{id}@x.example>"),
            "X-Mailin-custom": json!({"kalends_delivery": mark}).to_string()})
        }
        "mailjet" => json!({"email": address, "time": seconds, "MessageID": 1152921536331213003_i64, "CustomID": mark}),
        "resend" => json!({"created_at": now.to_string(), "data": {"email_id": id, "to": [address],
            "headers": [{"name": "X-Kalends-Delivery", "value": mark}]}}),
        "sparkpost" => json!({"event_id": id, "timestamp": seconds.to_string(), "rcpt_to": address,
            "rcpt_meta": {"kalends_delivery": mark}}),
        other => panic!("{other}"),
    };
    let more = match (provider, kind) {
        ("postmark", "hard") => json!({"Type": "HardBounce", "TypeCode": 1, "Details": format!("smtp;{gone}")}),
        ("postmark", "soft") => json!({"Type": "SoftBounce", "TypeCode": 4096, "Details": format!("smtp;{full}")}),
        ("postmark", "complaint") => {
            json!({"RecordType": "SpamComplaint", "Type": "SpamComplaint", "TypeCode": 100001})
        }
        ("postmark", "delayed") => json!({"Type": "Transient", "TypeCode": 2, "Details": "smtp;421 later"}),
        ("postmark", "delivered") => json!({"RecordType": "Delivery", "Recipient": address}),
        ("postmark", _) => json!({"RecordType": "Tomorrow"}),
        ("sendgrid", "hard") => json!({"event": "bounce", "type": "bounce", "status": "5.1.1", "reason": gone}),
        ("sendgrid", "soft") => json!({"event": "bounce", "type": "bounce", "status": "4.2.2", "reason": full}),
        ("sendgrid", "complaint") => json!({"event": "spamreport"}),
        ("sendgrid", "delayed") => json!({"event": "deferred", "response": "421 later", "attempt": "2"}),
        ("sendgrid", "delivered") => json!({"event": "delivered", "response": "250 OK"}),
        ("sendgrid", _) => json!({"event": "tomorrow"}),
        ("mailgun", "hard") => json!({"event": "failed", "severity": "permanent", "reason": "bounce",
            "delivery-status": {"code": 550, "enhanced-code": "5.1.1", "message": gone}}),
        ("mailgun", "soft") => json!({"event": "failed", "severity": "permanent", "reason": "old",
            "delivery-status": {"code": 602, "message": "Too old"}}),
        ("mailgun", "complaint") => json!({"event": "complained"}),
        ("mailgun", "delayed") => json!({"event": "failed", "severity": "temporary", "delivery-status": {"code": 421}}),
        ("mailgun", "delivered") => json!({"event": "delivered"}),
        ("mailgun", _) => json!({"event": "tomorrow"}),
        ("brevo", "hard") => json!({"event": "hard_bounce", "reason": gone}),
        ("brevo", "soft") => json!({"event": "soft_bounce", "reason": full}),
        ("brevo", "complaint") => json!({"event": "spam"}),
        ("brevo", "delayed") => json!({"event": "deferred", "reason": "421 later"}),
        ("brevo", "delivered") => json!({"event": "delivered"}),
        ("brevo", _) => json!({"event": "tomorrow"}),
        ("mailjet", "hard") => json!({"event": "bounce", "hard_bounce": true, "error_related_to": "recipient",
            "error": "user unknown"}),
        ("mailjet", "soft") => json!({"event": "bounce", "hard_bounce": false, "error_related_to": "recipient",
            "error": "quota exceeded"}),
        ("mailjet", "complaint") => json!({"event": "spam", "source": "JMRPP"}),
        ("mailjet", "delayed") => json!({"event": "bounce", "hard_bounce": false, "error": "greylisted"}),
        ("mailjet", "delivered") => json!({"event": "sent"}),
        ("mailjet", _) => json!({"event": "tomorrow"}),
        ("resend", "hard") => json!({"type": "email.bounced", "bounce": {"type": "Permanent", "subType": "General"}}),
        ("resend", "soft") => {
            json!({"type": "email.bounced", "bounce": {"type": "Transient", "subType": "MailboxFull"}})
        }
        ("resend", "complaint") => json!({"type": "email.complained"}),
        ("resend", "delayed") => json!({"type": "email.delivery_delayed"}),
        ("resend", "delivered") => json!({"type": "email.delivered"}),
        ("resend", _) => json!({"type": "email.tomorrow"}),
        ("sparkpost", "hard") => json!({"type": "bounce", "bounce_class": "10", "raw_reason": gone}),
        ("sparkpost", "soft") => json!({"type": "bounce", "bounce_class": "22", "raw_reason": full}),
        ("sparkpost", "complaint") => json!({"type": "spam_complaint"}),
        ("sparkpost", "delayed") => json!({"type": "delay", "bounce_class": "21", "raw_reason": "421 later"}),
        ("sparkpost", "delivered") => json!({"type": "delivery"}),
        ("sparkpost", _) => json!({"type": "tomorrow"}),
        other => panic!("{other:?}"),
    };
    for (name, value) in more.as_object().unwrap() {
        match name.as_str() {
            "bounce" => event["data"]["bounce"] = value.clone(),
            name => event[name] = value.clone(),
        }
    }
    match provider {
        "sparkpost" => json!([{"msys": {"message_event": event}}]),
        "sendgrid" | "mailjet" => json!([event]),
        _ => event,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_each_provider_tells_counts_once_as_what_it_is() {
    let readers: Vec<String> =
        PROVIDERS.iter().flat_map(|provider| KINDS.map(|kind| address(provider, kind))).collect();
    let scene = Scene::new(&readers).await;
    let mut all = Vec::new();
    for provider in PROVIDERS {
        for kind in KINDS {
            let posted = scene.post(provider, scene.event(provider, kind, &address(provider, kind)));
            assert_eq!(scene.send(&posted).await.0, 200, "{provider} {kind}");
            all.push(posted);
        }
    }
    let check = || {
        for provider in PROVIDERS {
            let of = |kind: &str| scene.reader(&address(provider, kind));
            assert_eq!(of("hard"), "bounced 0 confirmed", "{provider}");
            assert_eq!(of("soft"), "- 1 confirmed", "{provider}");
            assert_eq!(of("complaint"), "complained 0 left", "{provider}");
            for kind in ["delayed", "delivered", "unknown"] {
                assert_eq!(of(kind), "- 0 confirmed", "{provider} {kind}");
            }
            let listed = scene.listed();
            let here: Vec<&Value> = listed.iter().filter(|bounce| bounce["way"] == provider).collect();
            let classes: Vec<_> = here.iter().rev().map(|bounce| bounce["class"].as_str().unwrap()).collect();
            assert_eq!(classes, ["hard", "soft", "complaint", "delayed", "unknown"], "{provider}");
            let hard = here.last().unwrap();
            assert_eq!(
                (&hard["verified"], &hard["counted"], &hard["proof"]),
                (&json!(true), &json!(true), &json!("token"))
            );
            // What nobody understands is kept as it came.
            assert_eq!((&here[0]["kept"], &here[0]["counted"]), (&json!(true), &json!(false)), "{provider}");
        }
    };
    check();
    // A late word that a mail was delivered undoes nothing; the same again counts for nothing, also after a restart.
    let late = scene.event("sendgrid", "delivered", &address("sendgrid", "hard"));
    assert_eq!(scene.send(&scene.post("sendgrid", late)).await.0, 200);
    for posted in &all {
        assert_eq!(scene.send(posted).await.0, 200);
    }
    check();
    let Scene { office, daemon, key, deliveries } = scene;
    daemon.stop();
    let scene = Scene { daemon: office.serve(), office, key, deliveries };
    for posted in &all {
        assert_eq!(scene.send(posted).await.0, 200);
    }
    let listed = scene.listed();
    assert_eq!(listed.len(), PROVIDERS.len() * 5);
    assert_eq!(scene.reader(&address("brevo", "soft")), "- 1 confirmed");
    // Who is forgotten stands in nothing that was told of them.
    scene.office.ok(&["subscriber", "forget", &address("mailgun", "unknown"), "--yes"]);
    assert_eq!(scene.office.before_in_database(&address("mailgun", "unknown")), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_proved_changes_nothing_and_is_told_why() {
    let ada = "ada@example.com".to_owned();
    let scene = Scene::new(std::slice::from_ref(&ada)).await;
    for provider in PROVIDERS {
        let right = scene.post(provider, scene.event(provider, "hard", &ada));
        let mut wrong = right.clone();
        match provider {
            "mailgun" => {
                let body = String::from_utf8(wrong.body).unwrap();
                wrong.body = body.replace("\"signature\":\"", "\"signature\":\"00").into();
            }
            "sendgrid" | "resend" => wrong.body.extend_from_slice(b" "),
            _ => wrong.headers[0].1.push('x'),
        }
        let (status, said) = scene.send(&wrong).await;
        assert_eq!(status, 401, "{provider}: {said}");
        assert!(said.len() > 20 && !said.contains(SECRET), "{said}");
        wrong.headers.clear();
        if provider != "mailgun" {
            assert_eq!(scene.send(&wrong).await.0, 401, "{provider}");
        }
        // What can't be read, of who is proved, is no better.
        if ["postmark", "brevo", "mailjet", "sparkpost"].contains(&provider) {
            let broken = Posted { body: b"{\"event\":".to_vec(), ..right.clone() };
            assert_eq!(scene.send(&broken).await.0, 400, "{provider}");
            let answer = Client::new().post(scene.daemon.url(&right.path)).body("{}").send().await.unwrap();
            assert!(answer.headers().contains_key("www-authenticate"), "{provider}");
        }
    }
    assert_eq!(scene.reader(&ada), "- 0 confirmed");
    assert!(scene.listed().is_empty());
    // A stranger who goes on has to wait, and is in nobody's way.
    let stranger = Posted { path: "/hooks/brevo".into(), headers: Vec::new(), body: b"{}".to_vec() };
    let mut last = 0;
    for _ in 0..40 {
        last = scene.send(&stranger).await.0;
    }
    assert_eq!(last, 429);
    assert_eq!(scene.send(&scene.post("brevo", scene.event("brevo", "soft", &ada))).await.0, 200);
    assert_eq!(scene.reader(&ada), "- 1 confirmed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_door_takes_what_it_is_for_and_no_more() {
    let readers = ["ada", "ben", "cleo"].map(|name| format!("{name}@example.com"));
    let scene = Scene::new(&readers).await;
    let [ada, ben, cleo] = &readers;
    // Not configured, unknown, otherwise written, or asked for.
    for path in ["/hooks/ses", "/hooks/nobody", "/hooks/Brevo", "/hooks/", "/hooks"] {
        let posted = Posted { path: path.into(), headers: Vec::new(), body: b"{}".to_vec() };
        let answer = Client::new().post(scene.daemon.url(&posted.path)).body("{}").send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 404, "{path}");
    }
    let asked = Client::new().get(scene.daemon.url("/hooks/brevo")).send().await.unwrap();
    assert_eq!((asked.status().as_u16(), asked.headers()["allow"].to_str().unwrap()), (405, "POST"));
    let long = Posted { body: vec![b' '; (1 << 20) + 1], ..scene.post("brevo", json!({})) };
    assert_eq!(scene.send(&long).await.0, 413);
    // Packed, and unpacked too long.
    let packed = |octets: &[u8]| {
        use std::io::Write;
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        packer.write_all(octets).unwrap();
        packer.finish().unwrap()
    };
    let mut posted = scene.post("brevo", scene.event("brevo", "hard", ada));
    posted.headers.push(("content-encoding".into(), "gzip".into()));
    let bomb = Posted { body: packed(&vec![b' '; 3 << 20]), ..posted.clone() };
    assert_eq!(scene.send(&bomb).await.0, 413);
    posted.body = packed(&posted.body);
    assert_eq!(scene.send(&posted).await.0, 200);
    assert_eq!(scene.reader(ada), "bounced 0 confirmed");
    // One entry of a batch that makes no sense costs itself alone.
    let batch = format!(
        "[{}, 7, {{\"event\": [[]]}}, {}]",
        scene.event("brevo", "soft", ben),
        scene.event("brevo", "complaint", cleo)
    );
    assert_eq!(scene.send(&scene.signed("brevo", &batch, "")).await.0, 200);
    assert_eq!((scene.reader(ben).as_str(), scene.reader(cleo).as_str()), ("- 1 confirmed", "complained 0 left"));
    // A mark names its own delivery and no other address.
    let foreign = event("brevo", "hard", ben, &scene.mark(cleo));
    assert_eq!(scene.send(&scene.post("brevo", foreign)).await.0, 200);
    assert_eq!(scene.reader(ben), "- 1 confirmed");
    let [newest, ..] = &scene.listed()[..] else { panic!("nothing came") };
    assert_eq!((&newest["verified"], &newest["delivery"]), (&json!(false), &Value::Null), "{newest}");
    // Who signs events may tell by the address alone, who logs in may not.
    for (provider, proof) in [("postmark", Value::Null), ("sendgrid", json!("recipient"))] {
        let unmarked = event(provider, "hard", ben, "nothing");
        assert_eq!(scene.send(&scene.post(provider, unmarked)).await.0, 200);
        assert_eq!(scene.listed()[0]["proof"], proof, "{provider}");
    }
    assert_eq!(scene.reader(ben), "bounced 1 confirmed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_that_covers_no_event_is_good_for_the_one_it_came_with() {
    let readers = ["ada", "ben"].map(|name| format!("{name}@example.com"));
    let scene = Scene::new(&readers).await;
    let [ada, ben] = &readers;
    let first = scene.signed("mailgun", &scene.event("mailgun", "soft", ada).to_string(), "token-1");
    assert_eq!(scene.send(&first).await.0, 200);
    assert_eq!(scene.send(&first).await.0, 200);
    let signature = serde_json::from_slice::<Value>(&first.body).unwrap()["signature"].clone();
    let forged = json!({"signature": signature, "event-data": scene.event("mailgun", "hard", ben)});
    let forged = Posted { body: forged.to_string().into(), ..first.clone() };
    assert_eq!(scene.send(&forged).await.0, 401);
    assert_eq!((scene.reader(ada).as_str(), scene.reader(ben).as_str()), ("- 1 confirmed", "- 0 confirmed"));
    assert_eq!(scene.listed().len(), 1);
    // The reader left by Mailgun's link: that digest, as by ours.
    let mut left = scene.event("mailgun", "delivered", ben);
    left["event"] = json!("unsubscribed");
    assert_eq!(scene.send(&scene.post("mailgun", left)).await.0, 200);
    assert_eq!(scene.reader(ben), "- 0 left");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_changed_holds_at_once_and_a_busy_database_loses_nothing() {
    let ada = "ada@example.com".to_owned();
    let scene = Scene::new(std::slice::from_ref(&ada)).await;
    let report = scene.post("brevo", scene.event("brevo", "soft", &ada));
    let held = scene.office.hold_database(Duration::from_secs(15));
    tokio::time::sleep(Duration::from_millis(500)).await;
    let answer = scene.send(&report).await;
    held.join().unwrap();
    assert_eq!(answer.0, 503, "{}", answer.1);
    assert_eq!(scene.send(&report).await.0, 200);
    assert_eq!(scene.reader(&ada), "- 1 confirmed");
    scene.office.write("secret", "another-secret-of-more-than-sixteen");
    let mut other = report.clone();
    other.headers[0].1 = "Bearer another-secret-of-more-than-sixteen".into();
    let deadline = std::time::Instant::now() + crate::support::PATIENCE;
    while scene.send(&other).await.0 != 200 {
        assert!(std::time::Instant::now() < deadline, "the new secret is not taken over");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    assert_eq!(scene.send(&report).await.0, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn check_says_who_may_tell_and_a_wrong_secret_is_refused_at_the_start() {
    let server = SmtpServer::start().await;
    let office = Office::new();
    let dns = DnsServer::start();
    let config = |doors: &str| {
        format!(
            "[mail]\nresolver = \"127.0.0.1:{}\"\nfrom = \"Watch <news@example.org>\"\ntransport = \"smtp\"\n[[mail.relay]]\nurl = \
             \"smtp://127.0.0.1:{}\"\nprovider = \"ses\"\n{doors}",
            dns.port(),
            server.port()
        )
    };
    let found = |office: &Office, check: &str| {
        let found: Value = serde_json::from_str(&office.run(&["check", "--json"]).stdout).unwrap();
        let found = found.as_array().unwrap().iter().find(|finding| finding["check"] == check).cloned();
        found.map(|finding| format!("{} {}", finding["status"].as_str().unwrap(), finding["message"].as_str().unwrap()))
    };
    office.configure(&config(""));
    let said = found(&office, "hook ses").unwrap();
    assert!(
        said.starts_with("warning") && said.contains("/hooks/ses") && said.contains("[bounce.hooks.ses]"),
        "{said}"
    );
    office.configure(&config("[bounce.hooks.ses]\ntopics = [\"arn:aws:sns:eu-central-1:123456789012:returns\"]\n"));
    let said = found(&office, "hook ses").unwrap();
    assert!(said.starts_with("ok") && said.contains("Amazon SES may tell"), "{said}");

    assert_eq!(found(&office, "signatures"), None);
    let key = office.json(&["dkim-key", "--type", "ed25519", "--selector", "k"]);
    office.configure(&config(key["config"].as_str().unwrap()));
    let said = found(&office, "signatures").unwrap();
    assert!(said.starts_with("ok") && said.contains("Date and Message-ID"), "{said}");

    for (doors, told) in [
        ("[bounce.hooks.ses]\ntopics = []\n", "name the topics"),
        ("[bounce.hooks.ses]\ntopics = [\"returns\"]\n", "ARN"),
        ("[bounce.hooks.brevo]\n", "secret_file"),
        ("[bounce.hooks.brevo]\nsecret_file = \"nowhere\"\n", "can't be read"),
        ("[bounce.hooks.sendgrid]\npublic_key = \"x\"\n", "public key"),
        ("[bounce.hooks.nobody]\n", "nobody"),
    ] {
        office.configure(&config(doors));
        let said = office.fails(&["serve", "--listen", "127.0.0.1:0"], 1);
        assert!(said.contains(told) && said.contains("bounce.hooks"), "{doors}: {said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_told_since_a_backup_counts_no_second_time_after_it_was_put_back() {
    let ada = "ada@example.com".to_owned();
    let scene = Scene::new(std::slice::from_ref(&ada)).await;
    scene.office.ok(&["backup", "before.db"]);
    let report = scene.post("brevo", scene.event("brevo", "soft", &ada));
    assert_eq!(scene.send(&report).await.0, 200);
    assert_eq!(scene.reader(&ada), "- 1 confirmed");
    let Scene { office, daemon, key, deliveries } = scene;
    daemon.stop();
    office.ok(&["restore", "before.db"]);
    let scene = Scene { daemon: office.serve(), office, key, deliveries };
    assert_eq!(scene.send(&report).await.0, 200);
    assert_eq!(scene.reader(&ada), "- 1 confirmed");
    assert!(scene.listed().is_empty(), "it was put back to before");
    let ways = scene.office.rows("SELECT way || ' ' || what || ' ' || number FROM returned_way");
    assert_eq!(ways, ["brevo soft 1"]);
}
