//! Somebody comes in by every door there is, is forgotten, and stands nowhere any more.

use std::path::{Path, PathBuf};

use data_encoding::BASE64;
use kalends::domain::verp::Verp;
use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::bounces::{dsn, lmtp};
use crate::support::hook_receiver::{Answer, HookReceiver};
use crate::support::program::Program;
use crate::support::smtp_server::SmtpServer;
use crate::support::{Daemon, Mail, Office, mails_in, wait_for};

const SITE: &str = "http://127.0.0.1:8080";
/// As she writes it; others write it otherwise.
const ADA: &str = "Ada.Lovelace@example.org";
const ADA_KEY: &str = "ada.lovelace@example.org";

fn config(mail: &str, receiver: &HookReceiver) -> String {
    let (host, url) = (&receiver.address, receiver.url());
    format!(
        "[mail]\nfrom = \"Watch <news@example.org>\"\n{mail}\n[operator]\naddress = \"{ADA}\"\nfree = \"0 MB\"\n\
         [bounce]\naddress = \"bounces@example.org\"\nlisten = \"127.0.0.1:0\"\n\
         [[digest]]\nslug = \"weekly\"\nschedule = \"0 8 * * 1\"\nupcoming = \"90y\"\nretell = true\n\
         [[digest]]\nslug = \"daily\"\nschedule = \"0 8 * * *\"\nupcoming = \"90y\"\nretell = true\n\
         [fetch]\nallowed_hosts = [\"{host}\"]\n\
         [[webhook]]\nname = \"chat\"\nurl = \"{url}\"\nformat = \"mattermost\"\npersons = true\nwait = \"0s\"\n"
    )
}

fn path(mail: &Mail, page: &str) -> String {
    mail.link(&format!("{SITE}/{page}/")).strip_prefix(SITE).unwrap().to_owned()
}

/// The newest mail to her in the folder of files that leads to this page.
fn newest(office: &Office, page: &str) -> Mail {
    wait_for(page, || {
        let is_hers =
            |mail: &Mail| mail.header("To").to_lowercase() == ADA_KEY && !mail.subject().starts_with("[Test]");
        office.outbox().into_iter().rfind(|mail| is_hers(mail) && mail.text().contains(&format!("{SITE}/{page}/")))
    })
}

/// A message that reports nothing, with her address in it as mails spell it.
fn strange(encoding: &str, body: &str) -> String {
    format!(
        "From: gateway@elsewhere.example\r\nSubject: Returned\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\
         Content-Transfer-Encoding: {encoding}\r\n\r\n{body}\r\n"
    )
}

/// All files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => all.extend(files(&path)),
            false => all.push(path),
        }
    }
    all
}

/// Where her address or her name stands, in any case, in quoted-printable, in a link or in base64: the file and how.
fn found(office: &Office) -> Vec<String> {
    let plain = [ADA_KEY, "ada.lovelace=40example.org", "ada.lovelace%40example.org", "countess"];
    // In base64 an address looks one of three ways, and its ends run into what stands around it.
    let encoded = [ADA, ADA_KEY, "ADA.Lovelace@example.org"].into_iter().flat_map(|address| {
        (0..3).map(move |before| {
            let text = BASE64.encode([&b"xx"[..before], address.as_bytes()].concat().as_slice());
            text[4..text.len() - 4].to_owned()
        })
    });
    let encoded: Vec<String> = encoded.collect();
    let mut found = Vec::new();
    for file in files(&office.path("data")) {
        let name = file.strip_prefix(office.path("data")).unwrap().to_string_lossy().into_owned();
        let octets = std::fs::read(&file).unwrap();
        let small = [name.to_lowercase().as_bytes(), b"\n", &octets.to_ascii_lowercase()].concat();
        // Nada is somebody else.
        let holds = |octets: &[u8], text: &str| {
            let windows = octets.windows(text.len()).enumerate();
            windows.filter(|(at, window)| *window == text.as_bytes() && (*at == 0 || octets[at - 1] != b'n')).count()
                > 0
        };
        found.extend(plain.iter().filter(|text| holds(&small, text)).map(|text| format!("{name}: {text}")));
        found.extend(encoded.iter().filter(|text| holds(&octets, text)).map(|text| format!("{name}: {text} (base64)")));
    }
    for mail in mails_in(&office.path("data/outbox")) {
        let body = format!("{}{}{}", mail.header("To"), mail.text(), mail.html()).to_lowercase();
        if body.replace("nada.", "").contains(ADA_KEY) {
            found.push(format!("a mail to {}", mail.header("To")));
        }
    }
    found
}

/// How many rows of a table name her.
fn rows(office: &Office, table: &str, column: &str) -> u32 {
    let query = format!(
        "SELECT count(*) FROM {table} WHERE lower(CAST({column} AS TEXT)) LIKE '%ada.lovelace@example.org%'
           AND lower(CAST({column} AS TEXT)) NOT LIKE '%nada.lovelace%'"
    );
    office.ask(&query).parse().unwrap()
}

/// Signs up, confirms, chooses, and asks for what is hers.
async fn by_the_site(office: &Office, daemon: &Daemon) {
    daemon.post("/subscribe", &[("email", ADA), ("digest", "weekly"), ("topic", "ipv6")]).await;
    let confirm = path(&newest(office, "confirm"), "confirm");
    assert_eq!(daemon.post(&confirm, &[]).await.status(), 200);
    office.ok(&["digest", "send", "weekly"]);
    let own = path(&newest(office, "unsubscribe"), "preferences");
    let choice = [("do", "save"), ("digest", "weekly"), ("topic", "ipv6"), ("timezone", "Asia/Tokyo")];
    assert_eq!(daemon.post(&own, &choice).await.status(), 200);
    assert_eq!(daemon.post(&own, &[("do", "link")]).await.status(), 200);
    let is_own = |mail: &Mail| mail.subject().starts_with("Your link");
    let own = path(&wait_for("her own link", || office.outbox().into_iter().find(is_own)), "preferences");
    assert_eq!(daemon.post(&own, &[("do", "renew-calendar")]).await.status(), 200);
    assert!(daemon.post(&own, &[("do", "export")]).await.text().await.unwrap().contains(ADA));
}

/// Adds, changes and imports her; and what else is done of her.
fn by_the_terminal(office: &Office) {
    office.ok(&["subscriber", "add", ADA, "--digest", "daily", "--name", "Ada Countess", "--confirmed"]);
    office.ok(&["subscriber", "edit", ADA, "--add-topic", "finance", "--hour", "7"]);
    let table = format!(
        "email,name,digests,consent_at,consent_note\nADA.Lovelace@example.org,Ada Countess,daily,2020-01-01,{ADA_KEY}\n"
    );
    let table = office.write("people.csv", table);
    office.ok(&["subscriber", "import", &table]);
    office.ok(&["subscriber", "calendar", ADA, "--renew"]);
    office.ok(&["digest", "send", "weekly", "--to", ADA]);
    office.ok(&["editor", "add", ADA, "--name", "Ada Countess"]);
    office.ok(&["editor", "remove", ADA, "--yes"]);
}

/// The same by a program, which names her in every way that it may.
async fn by_a_program(office: &Office, daemon: &Daemon) {
    let robot = Program::new(office, daemon, "crm", &["subscribers:write"]);
    let told = json!({ "email": ADA, "name": "Ada Countess", "digests": ["daily"] });
    let consent = json!({ "email": ADA_KEY, "consent_at": "2020-01-01T00:00:00Z", "consent_note": ADA });
    let asked = async |method: Method, path: &str, body: Option<Value>| {
        let (status, answer) = robot.json(method, path, body).await;
        assert!((200..300).contains(&status), "{path}: {answer}");
        answer
    };
    let (status, _) = robot.json(Method::POST, "/subscribers?dry_run=true", Some(told.clone())).await;
    assert_eq!(status, 200);
    let id = asked(Method::POST, "/subscribers", Some(told.clone())).await["id"].clone();
    let key = [("Idempotency-Key", "her")];
    let (status, kept) = robot.ask(Method::POST, "/subscribers", &key, Some(told.clone())).await;
    assert_eq!((status, kept.text().await.unwrap().contains(ADA)), (200, true));
    asked(Method::PUT, "/subscribers", Some(told)).await;
    asked(Method::PUT, "/subscribers", Some(consent)).await;
    let found = asked(Method::GET, &format!("/subscribers?email={ADA}"), None).await;
    assert_eq!((&found[0]["id"], &found[0]["name"]), (&id, &json!("Ada Countess")));
    let name = json!({ "name": "The Countess", "add_topics": ["cities"] });
    asked(Method::PATCH, &format!("/subscribers/{id}"), Some(name)).await;
    asked(Method::POST, &format!("/subscribers/{id}/calendar"), Some(json!({ "renew": true }))).await;
    let export = asked(Method::GET, &format!("/subscribers/{id}/export"), None).await;
    assert!(export.to_string().contains(ADA), "{export}");
    asked(Method::GET, "/subscribers/export", None).await;
    let table = format!("email,name,consent_at,consent_note\n{ADA},Ada Countess,2020-01-01,{ADA}\n");
    let import = Client::new().post(daemon.url("/api/v1/subscribers/import")).header("Content-Type", "text/csv");
    let import = import.header("Authorization", format!("Bearer {}", robot.token)).body(table).send().await.unwrap();
    assert_eq!(import.status(), 200);
    // What is refused names her, too.
    for path in [format!("/subscribers/{ADA}"), format!("/subscribers?email={ADA}&limit=0")] {
        let (status, _) = robot.json(Method::GET, &path, None).await;
        assert!((400..500).contains(&status));
    }
    let (status, _) = robot.json(Method::POST, "/subscribers", Some(json!({ "email": ADA, "send_hour": ADA }))).await;
    assert_eq!(status, 422);
}

/// What comes back of her mails, on standard input and over LMTP.
fn by_mail(office: &Office, daemon: &mut Daemon) {
    let verp = Verp::of(&"bounces@example.org".parse().unwrap(), &office.token_key());
    let id = |query: &str| office.ask(query).parse().unwrap();
    let delivery =
        id(&format!("SELECT max(id) FROM delivery WHERE lower(address) = '{ADA_KEY}' AND edition_id IS NOT NULL"));
    let sender = verp.envelope_sender(office.subject("delivery", delivery)).to_string();
    let daily = id("SELECT max(subscription.id) FROM subscription JOIN subscriber ON subscriber.id = subscriber_id
                    WHERE email_key = 'ada.lovelace@example.org'");
    let leave = verp.unsubscribe_address(office.subject("subscription", daily));
    let full = dsn("failed", "5.2.2", &format!("552 5.2.2 <{ADA}>: mailbox full")).replace("ada@example.com", ADA);
    let lost = strange("base64", &BASE64.encode(format!("Nobody lives at <{ADA}>.").as_bytes()));
    let moved = strange("quoted-printable", "<ada.lovelace=40example.org> has moved");
    let input = |recipient: &str, message: &str| {
        let ran = office.run_with_input(&["bounce", "--recipient", recipient], message.as_bytes());
        assert_eq!(ran.code, 0, "{}", ran.stderr);
    };
    input(&sender, &full);
    input(&sender, &lost);
    input("bounces@example.org", &lost.replace("Returned", "Again"));
    input("bounces@example.org", &moved);
    input("bounces@example.org", &full);
    let mut peer = lmtp(daemon);
    let complaint = format!(
        "From: fbl@example.com\r\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\r\n\r\n--b\r\n\r\n\
         spam\r\n--b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nOriginal-Rcpt-To: {ADA}\r\n\r\n\
         --b\r\nContent-Type: message/rfc822\r\n\r\nReturn-Path: <{sender}>\r\nTo: {ADA}\r\n\r\nx\r\n--b--\r\n"
    );
    for (recipient, message) in
        [(leave.as_str(), "I leave"), ("bounces@example.org", &moved), ("bounces@example.org", &complaint)]
    {
        peer.says(&format!("MAIL FROM:<{ADA}>\r\nRCPT TO:<{recipient}>\r\nDATA\r\n"), &["250", "250", "354"]);
        peer.says(&format!("From: {ADA}\r\n{message}\r\n.\r\n"), &["250"]);
    }
    let suppressed = "SELECT suppressed FROM subscriber WHERE email_key = 'ada.lovelace@example.org'";
    assert_eq!(office.ask(suppressed), "complained");
    office.ok(&["subscriber", "unsuppress", ADA]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_forgotten_stands_in_no_file_whatever_door_they_came_by() {
    // Who is told of her, and says so.
    let receiver = HookReceiver::start();
    receiver.answer(Answer::Status(404, "", "nobody here knows ADA.Lovelace@example.org"));
    let office = Office::with_config(&config("transport = \"file\"", &receiver));
    office.add(&["meeting", "Plenary", "--on", "2090-01-01", "--topic", "ipv6"]);
    office.ok(&["subscriber", "add", "nada.lovelace@example.org", "--confirmed"]);
    let mut daemon = office.serve();
    by_the_site(&office, &daemon).await;
    by_the_terminal(&office);
    by_a_program(&office, &daemon).await;
    by_mail(&office, &mut daemon);
    let weekly = path(&newest(&office, "unsubscribe"), "unsubscribe");
    assert_eq!(daemon.post(&weekly, &[("List-Unsubscribe", "One-Click")]).await.status(), 200);
    daemon.stop();

    // A server that names her as it refuses her mail, and then refuses everybody, so that she is told as the operator.
    let server = SmtpServer::start().await;
    server.on_rcpt(ADA, &format!("550 5.1.1 <{ADA}>: Recipient address rejected: User unknown"));
    let relay = format!("transport = \"smtp\"\n[[mail.relay]]\nurl = \"smtp://127.0.0.1:{}\"", server.port());
    office.configure(&config(&relay, &receiver));
    office.ok(&[
        "subscriber",
        "add",
        ADA,
        "--digest",
        "weekly",
        "--digest",
        "daily",
        "--confirmed",
        "--consent-note",
        ADA,
    ]);
    let mut daemon = office.serve();
    office.ok(&["digest", "send", "daily"]);
    let failed = format!("SELECT 1 FROM delivery WHERE status = 'failed' AND lower(address) = '{ADA_KEY}'");
    wait_for("the refusal", || (office.ask(&failed) == "1").then_some(()));
    let bounces = office.json(&["bounce", "list"]);
    assert_eq!((&bounces[0]["address"], &bounces[0]["class"]), (&ADA.into(), &"hard".into()), "{bounces}");
    office.ok(&["subscriber", "unsuppress", ADA]);
    server.refuse_everybody(Some("550 Rejected: the reverse DNS record of your host does not exist"));
    for n in 0..12 {
        office.ok(&["subscriber", "add", &format!("reader{n}@domain{}.example", n % 3), "--confirmed"]);
    }
    office.ok(&["digest", "send", "weekly"]);
    daemon.wait_for_line("the relay refuses everybody");
    let notice = "SELECT count(*) FROM delivery WHERE subscriber_id = 0";
    wait_for("the operator's mail", || (office.ask(notice) == "1").then_some(()));

    // Before, she stands in all of these.
    for (table, column) in [
        ("subscriber", "email"),
        ("subscription", "consent_note"),
        ("delivery", "address"),
        ("delivery", "error"),
        ("bounce", "address"),
        ("bounce", "diagnostic"),
        ("bounce", "message"),
        ("editor", "email"),
        ("hook_message", "answer"),
    ] {
        assert!(rows(&office, table, column) > 0, "{table}.{column} does not hold her");
    }
    let before = found(&office);
    for part in ["kalends.db", "outbox/", "(base64)", "=40", "countess", "a mail to"] {
        assert!(before.iter().any(|place| place.contains(part)), "nothing with {part} in {before:#?}");
    }
    let test_mail =
        |office: &Office| office.outbox().iter().filter(|mail| mail.subject().starts_with("[Test]")).count();
    assert_eq!(test_mail(&office), 1);
    let of_others = office.outbox().iter().filter(|mail| mail.header("To").starts_with("nada")).count();
    let acts: i64 = office.ask("SELECT count(*) FROM act").parse().unwrap();

    let forget = ["subscriber", "forget", "ADA.Lovelace@example.org", "--yes", "--json"];
    // What is in force is kept, too: the file names her.
    let said = office.run(&forget);
    assert!(said.stderr.contains("[operator] address"), "{}", said.stderr);
    assert!(said.stdout.contains(r#""was_known": true"#), "{}", said.stdout);
    office.configure(&config(&relay, &receiver).replace(ADA, "admin@example.org"));
    let in_force = "SELECT count(*) FROM daemon WHERE lower(settings) LIKE '%\"ada.lovelace%'";
    wait_for("the configuration without her", || (office.ask(in_force) == "0").then_some(()));

    let said = office.run(&forget);
    assert!(!said.stderr.contains("[operator]"), "{}", said.stderr);
    assert_eq!(found(&office), Vec::<String>::new(), "while the daemon runs");
    daemon.stop();
    assert_eq!(found(&office), Vec::<String>::new(), "after it stopped");
    let daemon = office.serve();
    assert_eq!(found(&office), Vec::<String>::new(), "after another start");

    // What is others' stays, and that things were done.
    assert_eq!(office.outbox().len(), of_others);
    assert!(of_others > 0 && !office.before_in_database("nada.lovelace@example.org").is_empty());
    assert_eq!(office.ask("SELECT count(*) FROM act").parse::<i64>().unwrap(), acts + 1);
    assert_eq!(office.ask("SELECT count(*) FROM act WHERE noun = 'subscriber' AND name = '1'"), "1", "Nada was added");
    let export = office.fails(&["subscriber", "export", ADA], 1);
    assert!(export.contains("there is no subscriber"), "{export}");

    // A program that asks her again erases her as well.
    let robot = Program::new(&office, &daemon, "another", &["subscribers:write"]);
    let (status, again) =
        robot.json(Method::POST, "/subscribers", Some(json!({ "email": ADA, "name": "Countess" }))).await;
    assert_eq!((status, found(&office).is_empty()), (201, false), "{again}");
    let path = format!("/subscribers/{}/forget", again["id"]);
    for _ in 0..2 {
        // What it was answered is kept, and does not name her.
        let (status, gone) = robot.ask(Method::POST, &path, &[("Idempotency-Key", "once")], None).await;
        let gone: Value = serde_json::from_str(&gone.text().await.unwrap()).unwrap();
        assert_eq!((status, &gone["was_known"], &gone["is_scrubbed"]), (200, &json!(true), &json!(true)), "{gone}");
    }
    assert_eq!(found(&office), Vec::<String>::new(), "after a program's wish");
}
