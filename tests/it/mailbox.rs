//! The mailbox that bounces arrive in.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;

use kalends::domain::verp::Verp;
use serde_json::{Value, json};

use crate::bounces::dsn;
use crate::support::imap_server::{ImapServer, Instead};
use crate::support::smtp_server::SmtpServer;
use crate::support::{Office, wait_for};

const DIGEST: &str = "[[digest]]\nslug = \"weekly\"\nschedule = \"0 8 * * 1\"\nretell = true\n";

/// An office with two readers, what was sent to them, and a mailbox.
struct Scene {
    office: Office,
    server: ImapServer,
}

impl Scene {
    fn new() -> Self {
        let server = ImapServer::start();
        let office = Office::with_config("");
        let scene = Self { office, server };
        scene.configure("", "");
        std::fs::write(scene.office.path("config/mailbox"), "hush \"hush\"\n").unwrap();
        scene.office.set_clock("2020-09-01T00:00:00Z");
        scene.office.add(&["meeting", "Plenary", "--on", "2020-10-12"]);
        for address in ["ada@example.com", "bob@example.com"] {
            scene.office.ok(&["subscriber", "add", address, "--confirmed"]);
        }
        scene
    }

    /// With more in `[bounce]`, and more behind it.
    fn configure(&self, bounce: &str, more: &str) {
        let mailbox = if bounce.contains("mailbox =") { String::new() } else { self.server.config() };
        let text = format!("[bounce]\naddress = \"bounces@example.org\"\n{mailbox}{bounce}\n{DIGEST}{more}\n");
        self.office.configure(&text);
    }

    /// Sends an edition at this moment; where its deliveries come back to, Ada's and Bob's.
    fn send(&self, moment: &str) -> Vec<String> {
        self.office.set_clock(moment);
        self.office.ok(&["digest", "send", "weekly"]);
        self.office.sql(&format!(
            "UPDATE delivery SET status = 'sent', next_at = NULL, tried_since = unixepoch('{moment}') WHERE status = 'queued'"
        ));
        let verp = Verp::of(&"bounces@example.org".parse().unwrap(), &self.office.token_key());
        let ids = self.office.rows("SELECT CAST(id AS TEXT) FROM delivery ORDER BY edition_id DESC, address LIMIT 2");
        let subject = |id: &String| self.office.subject("delivery", id.parse().unwrap());
        ids.iter().map(|id| verp.envelope_sender(subject(id)).to_string()).collect()
    }

    fn suppressed(&self) -> Vec<String> {
        self.office.rows("SELECT email FROM subscriber WHERE suppressed IS NOT NULL ORDER BY email")
    }

    fn soft_bounces(&self) -> String {
        self.office.ask("SELECT max(soft_bounces) FROM subscriber")
    }

    fn bounces(&self) -> Vec<Value> {
        self.office.json(&["bounce", "list"]).as_array().unwrap().clone()
    }

    #[track_caller]
    fn wait_until(&self, what: &str, is_so: impl Fn(&Self) -> bool) {
        wait_for(what, || is_so(self).then_some(()));
    }

    #[track_caller]
    fn wait_for_error(&self, part: &str) {
        wait_for(part, || {
            let error = self.office.ask("SELECT max(error) FROM mailbox");
            error.contains(part).then_some(())
        });
    }
}

fn to(address: &str, message: &str) -> String {
    format!("Delivered-To: {address}\r\n{message}")
}

fn hard() -> String {
    dsn("failed", "5.1.1", "550 5.1.1 User unknown")
}

fn soft() -> String {
    dsn("failed", "5.2.2", "552 5.2.2 Mailbox full")
}

const LETTER: &str =
    "From: Eve <eve@example.net>\r\nTo: bounces@example.org\r\nSubject: Lunch on Friday?\r\n\r\nAt noon.\r\n";

#[test]
fn what_is_understood_is_counted_and_moved_and_all_else_stays() {
    let scene = Scene::new();
    let senders = scene.send("2020-09-07T08:00:00Z");
    let letter = scene.server.put(LETTER);
    scene.server.put(to(&senders[0], &hard()));
    let daemon = scene.office.serve();
    scene.wait_until("Ada's bounce", |scene| scene.suppressed() == ["ada@example.com"]);
    scene.wait_until("a moved mail", |scene| scene.server.folder("kalends").len() == 1);
    // Told of by the server, and of any size: only its beginning is fetched.
    let size = 50 << 20;
    let big = [to(&senders[1], &soft()).into_bytes(), vec![b'x'; 2 << 20]].concat();
    {
        let mut state = scene.server.state();
        state.put(big);
        state.inbox.last_mut().unwrap().size = Some(size);
    }
    scene.wait_until("Bob's bounce", |scene| scene.soft_bounces() == "1");
    scene.wait_until("both moved", |scene| scene.server.folder("kalends").len() == 2);
    let state = scene.server.state();
    assert_eq!(state.times("BODY.PEEK[]<0.1048576>"), 1, "{:#?}", state.asked);
    assert_eq!(state.inbox.iter().map(|mail| mail.uid).collect::<Vec<_>>(), [letter]);
    assert_eq!(state.inbox[0].flags, ["\\Flagged"]);
    drop(state);
    let unknown: Vec<Value> = scene.bounces().into_iter().filter(|one| one["class"] == "unknown").collect();
    assert_eq!(unknown.len(), 1);
    assert_eq!((&unknown[0]["diagnostic"], &unknown[0]["way"]), (&json!("Lunch on Friday?"), &json!("mailbox")));
    // It is looked at once, also by the next daemon.
    drop(daemon);
    let _daemon = scene.office.serve();
    scene.server.put(to(&senders[1], &hard()));
    scene.wait_until("Bob's end", |scene| scene.suppressed().len() == 2);
    let fetched = format!("UID FETCH {letter} (UID BODY");
    assert_eq!((scene.server.state().times(&fetched), scene.bounces().len()), (1, 4));
}

#[test]
fn a_kill_before_a_mail_is_moved_counts_nothing_twice() {
    let scene = Scene::new();
    let senders = scene.send("2020-09-07T08:00:00Z");
    scene.server.put(to(&senders[0], &soft()));
    scene.server.fault("UID MOVE", Instead::Endless(b"* OK patience\r\n"), 1);
    let daemon = scene.office.serve();
    scene.wait_until("the move", |scene| scene.server.state().times("UID MOVE") == 1);
    daemon.kill();
    let daemon = scene.office.serve();
    scene.wait_until("the mail in its folder", |scene| scene.server.folder("kalends").len() == 1);
    assert_eq!((scene.soft_bounces().as_str(), scene.bounces().len()), ("1", 1));
    daemon.kill();
    // The server counts its mails anew, and has the moved one again, beside one of a person.
    {
        let mut state = scene.server.state();
        state.validity = 8;
        state.put(to(&senders[0], &soft()));
        state.put(LETTER);
    }
    let _daemon = scene.office.serve();
    scene.wait_until("the mail in its folder again", |scene| scene.server.folder("kalends").len() == 2);
    scene.wait_until("a flag", |scene| scene.server.state().inbox.iter().any(|mail| !mail.flags.is_empty()));
    {
        let mut state = scene.server.state();
        state.validity = 9;
        state.put(to(&senders[1], &soft()));
    }
    scene.wait_until("Bob's bounce", |scene| scene.server.folder("kalends").len() == 3);
    assert_eq!((scene.soft_bounces().as_str(), scene.bounces().len()), ("1", 3));
    assert_eq!(scene.office.ask("SELECT sum(soft_bounces) FROM subscriber"), "2");
}

#[test]
fn a_server_without_move_loses_nothing_of_others() {
    let scene = Scene::new();
    let senders = scene.send("2020-09-07T08:00:00Z");
    {
        let mut state = scene.server.state();
        state.capabilities = String::new();
        state.put(LETTER);
        state.inbox[0].flags.push("\\Deleted".into());
        state.put(to(&senders[0], &hard()));
    }
    // Without IDLE it is asked again and again.
    scene.configure("every = \"1s\"", "");
    let _daemon = scene.office.serve();
    scene.wait_until("a copy", |scene| scene.server.folder("kalends").len() == 1);
    scene.server.put(to(&senders[1], &hard()));
    scene.wait_until("another", |scene| scene.server.folder("kalends").len() == 2);
    scene.wait_until("marks", |scene| scene.server.state().inbox.iter().all(|mail| mail.flags == ["\\Deleted"]));
    let state = scene.server.state();
    assert_eq!((state.inbox.len(), state.times("EXPUNGE"), state.times("IDLE")), (3, 0, 0), "{:#?}", state.asked);
    assert_eq!(state.times(r#"LOGIN "office" "hush \"hush\"""#), 1, "{:#?}", state.asked);
}

#[test]
fn a_mail_that_breaks_the_connection_costs_itself() {
    for instead in [
        Instead::Endless(b"* SEARCH 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1"),
        Instead::Say("* 1 FETCH (UID 1 BODY[] {52428800}\r\n".into()),
        Instead::Say(format!("* 1 FETCH (UID 1 BODYSTRUCTURE {}\r\n", "(".repeat(100_000))),
        Instead::Drop,
    ] {
        let scene = Scene::new();
        let senders = scene.send("2020-09-07T08:00:00Z");
        scene.server.put(LETTER);
        scene.server.put(to(&senders[0], &hard()));
        scene.server.fault("UID FETCH 1 (UID BODY.PEEK[])", instead.clone(), 100);
        let _daemon = scene.office.serve();
        scene.wait_until("Ada's bounce", |scene| scene.suppressed() == ["ada@example.com"]);
        scene.wait_until("a moved mail", |scene| scene.server.folder("kalends").len() == 1);
        let bounces = scene.bounces();
        let said = bounces.iter().find(|one| one["class"] == "unknown").unwrap()["diagnostic"].as_str().unwrap();
        assert!(said.starts_with("mail 1 of the mailbox can't be read: it was tried 3 times"), "{instead:?}: {said}");
        let state = scene.server.state();
        assert_eq!(
            (state.inbox[0].flags.as_slice(), state.times("UID FETCH 1 (UID BODY")),
            (&["\\Flagged".to_owned()][..], 3)
        );
    }
}

#[test]
fn rubbish_is_no_answer_and_a_server_that_comes_back_is_read() {
    let scene = Scene::new();
    let senders = scene.send("2020-09-07T08:00:00Z");
    scene.server.put(to(&senders[0], &hard()));
    scene.server.fault("CAPABILITY", Instead::Say("\u{0}\u{ff} rubbish {3}\r\nx(*\r\n{tag} NO what?\r\n".into()), 1);
    scene.server.fault("SELECT", Instead::Say("{tag} NO [SERVERBUG] Internal error\r\n".into()), 1);
    scene.server.fault("UID SEARCH", Instead::Drop, 1);
    let mut daemon = scene.office.serve();
    daemon.wait_for_line("the folder INBOX can't be opened");
    scene.wait_until("Ada's bounce", |scene| scene.suppressed() == ["ada@example.com"]);
    let no_trouble = "SELECT count(*) FROM mailbox WHERE failing_since IS NULL AND error IS NULL";
    scene.wait_until("no trouble", |scene| scene.office.ask(no_trouble) == "1");
}

#[test]
fn a_login_that_is_refused_says_what_the_host_wants() {
    let scene = Scene::new();
    scene.server.fault("AUTHENTICATE", Instead::Say("{tag} NO Basic authentication is disabled.\r\n".into()), 1);
    scene.server.state().logins = vec!["\0office\0another".into()];
    let mut daemon = scene.office.serve();
    daemon.wait_for_line("set [bounce.oauth] instead of password_file");
    scene.wait_for_error("correct the user in mailbox or what stands in password_file");
    let checked = scene.office.run(&["check"]).stdout;
    assert!(checked.contains("login failed: correct the user in mailbox"), "{checked}");
    assert!(checked.contains("it can't be read as it should since"), "{checked}");
    let status = scene.office.run(&["status"]).stdout;
    assert!(status.contains("bounces by way of mailbox: it can't be read as it should since"), "{status}");
    // What stands in the file is read anew.
    std::fs::write(scene.office.path("config/mailbox"), "another").unwrap();
    scene.wait_until("the mailbox", |scene| scene.office.ask("SELECT count(read_at) FROM mailbox") == "1");
    assert!(!daemon.log_so_far().contains("hush") && !daemon.log_so_far().contains("another"));
    let checked = scene.office.run(&["check"]).stdout;
    assert!(checked.contains("opens, 0 mails in it; its server tells of new mail"), "{checked}");
}

#[test]
fn a_folder_that_cannot_be_made_loses_nothing() {
    let scene = Scene::new();
    let senders = scene.send("2020-09-07T08:00:00Z");
    scene.server.put(to(&senders[0], &soft()));
    scene.configure("done_folder = \"Done/kalends\"\nevery = \"1s\"", "");
    scene.server.fault("CREATE", Instead::Say("{tag} NO [NOPERM] Permission denied\r\n".into()), 4);
    let _daemon = scene.office.serve();
    scene.wait_for_error("the folder Done/kalends can't be made");
    scene.wait_until("Ada's bounce", |scene| scene.soft_bounces() == "1");
    scene.wait_until("a moved mail", |scene| scene.server.folder("Done/kalends").len() == 1);
    scene.wait_until("no trouble", |scene| scene.office.ask("SELECT error IS NULL FROM mailbox") == "1");
    assert_eq!((scene.soft_bounces().as_str(), scene.bounces().len()), ("1", 1));
}

#[test]
fn a_mail_to_the_way_out_ends_a_subscription() {
    let scene = Scene::new();
    scene.send("2020-09-07T08:00:00Z");
    let verp = Verp::of(&"bounces@example.org".parse().unwrap(), &scene.office.token_key());
    let id: i64 = scene.office.ask("SELECT min(id) FROM subscription").parse().unwrap();
    let way_out = verp.unsubscribe_address(scene.office.subject("subscription", id)).to_string();
    // One that was made up, and one that was sent.
    scene.server.put(to(&way_out.replace("+u", "+ux"), LETTER));
    scene.server.put(format!("To: <{way_out}>\r\nFrom: ada@example.com\r\nSubject: unsubscribe\r\n\r\n"));
    let _daemon = scene.office.serve();
    scene.wait_until("a subscription less", |scene| {
        scene.office.rows("SELECT status FROM subscription ORDER BY id") == ["left", "confirmed"]
    });
    scene.wait_until("a moved mail", |scene| scene.server.folder("kalends").len() == 1);
    assert_eq!(scene.server.state().inbox.len(), 1);
}

/// A report as it comes where the host has no plus-addresses: to the address itself, with the mail enclosed.
fn named(message_id: &str, report: &str) -> String {
    let report = report.replace("Subject: Dates", &format!("Message-ID: <{message_id}>\r\nSubject: Dates"));
    to("bounces@example.org", &report)
}

#[tokio::test(flavor = "multi_thread")]
async fn without_plus_addresses_the_enclosed_mail_says_whose_it_is() {
    let relay = SmtpServer::start().await;
    let scene = Scene::new();
    let mail = format!(
        "[mail]\ntransport = \"smtp\"\nfrom = \"office@example.org\"\n[[mail.relay]]\nurl = \"smtp://127.0.0.1:{}\"\n",
        relay.port()
    );
    scene.configure("plus = false\nsoft_limit = 5", &mail);
    let mut ids = Vec::new();
    for count in [2, 4] {
        scene.office.set_clock(if count == 2 { "2020-09-07T08:00:00Z" } else { "2020-09-14T08:00:00Z" });
        scene.office.ok(&["digest", "send", "weekly"]);
        let mut daemon = scene.office.serve();
        daemon.wait_for_line("the edition is through");
        assert_eq!(scene.office.ask("SELECT count(*) FROM delivery WHERE status = 'sent'"), count.to_string());
        ids.push(
            scene.office.ask("SELECT message_id FROM delivery WHERE address LIKE 'ada%' ORDER BY id DESC LIMIT 1"),
        );
    }
    for received in relay.received() {
        let head = String::from_utf8(received.data).unwrap();
        assert_eq!(received.from, "bounces@example.org");
        assert!(!head.contains("mailto:"), "{head}");
    }
    let _daemon = scene.office.serve();
    // Whoever was forwarded the mail knows its Message-ID: a person's word does nothing, and neither does one report.
    scene.server.put(named(&ids[0], &hard()).replace("Return-Path: <>", "Return-Path: <eve@example.net>"));
    scene.server.put(named(&ids[0], &hard()));
    scene.wait_until("one moved mail", |scene| scene.server.folder("kalends").len() == 1);
    assert_eq!((scene.suppressed().len(), scene.soft_bounces().as_str()), (0, "1"));
    // The same mail again, in another report.
    scene.server.put(named(&ids[0], &hard()).replace("Sorry.", "Sorry again."));
    scene.wait_until("two moved mails", |scene| scene.server.folder("kalends").len() == 2);
    assert_eq!((scene.suppressed().len(), scene.soft_bounces().as_str()), (0, "1"));
    // Two editions came back.
    scene.server.put(named(&ids[1], &hard()));
    scene.wait_until("Ada's end", |scene| scene.suppressed() == ["ada@example.com"]);
    let weak =
        scene.bounces().into_iter().filter(|one| one["class"] == "hard" && one["verified"] == json!(false)).count();
    assert_eq!(weak, 4);
}

/// Gives out tokens, one after the other, to who sends the right form.
fn token_server() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for (at, stream) in listener.incoming().map_while(Result::ok).enumerate() {
            let mut reader = BufReader::new(stream);
            let (mut line, mut length) = (String::new(), 0);
            while reader.read_line(&mut line).unwrap() > 2 {
                if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
                line.clear();
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            let form = "grant_type=client_credentials&client_id=office&client_secret=hush%26hush&scope=https%3A%2F%2Fmail%2F.default";
            let (status, said) = match (at, body == form.as_bytes()) {
                (0, true) => {
                    ("401 Unauthorized", json!({"error": "invalid_client", "error_description": "AADSTS7000215: no"}))
                }
                (_, true) => {
                    ("200 OK", json!({"access_token": format!("token{at}"), "expires_in": "2", "token_type": "Bearer"}))
                }
                (_, false) => ("400 Bad Request", json!({"error": String::from_utf8(body).unwrap()})),
            };
            let said = said.to_string();
            write!(reader.get_mut(), "HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n{said}", said.len()).unwrap();
        }
    });
    port
}

#[test]
fn tokens_stand_for_a_password_and_are_renewed() {
    let scene = Scene::new();
    let senders = scene.send("2020-09-07T08:00:00Z");
    std::fs::write(scene.office.path("config/client"), "hush&hush\n").unwrap();
    {
        let mut state = scene.server.state();
        state.capabilities = "IDLE MOVE AUTH=XOAUTH2".into();
        // The second is refused, as one that was taken back.
        let is_good = |at: &u32| *at != 2;
        state.logins =
            (1..100).filter(is_good).map(|at| format!("user=office\x01auth=Bearer token{at}\x01\x01")).collect();
    }
    let oauth = format!(
        "mailbox = \"imap://office@127.0.0.1:{}\"\noauth = {{ token_url = \"http://127.0.0.1:{}/token\", client_id = \"office\", \
         client_secret_file = \"config/client\", scope = \"https://mail/.default\" }}",
        scene.server.port,
        token_server()
    );
    scene.configure(&oauth, "[fetch]\nallowed_hosts = [\"127.0.0.1\"]");
    let mut daemon = scene.office.serve();
    daemon.wait_for_line("its secret may have ended. The server said: invalid_client AADSTS7000215: no");
    scene.server.put(to(&senders[0], &hard()));
    scene.wait_until("Ada's bounce", |scene| scene.suppressed() == ["ada@example.com"]);
    daemon.wait_for_line("the token opens no mailbox of this name");
    scene.server.put(to(&senders[1], &hard()));
    scene.wait_until("Bob's bounce", |scene| scene.suppressed().len() == 2);
    assert!(!daemon.log_so_far().contains("hush") && !daemon.log_so_far().contains("token1"));
}

#[test]
fn another_mailbox_takes_over_while_the_daemon_runs() {
    let scene = Scene::new();
    let senders = scene.send("2020-09-07T08:00:00Z");
    let daemon = scene.office.serve();
    scene.wait_until("the first", |scene| scene.server.state().times("IDLE") == 1);
    let other = ImapServer::start();
    other.put(to(&senders[0], &hard()));
    scene.configure(&other.config(), "");
    scene.wait_until("the other's bounce", |scene| scene.suppressed() == ["ada@example.com"]);
    scene.configure("mailbox = \"imap://127.0.0.1/INBOX\"", "");
    let refused = scene.office.run(&["check"]);
    let refused = refused.stdout + &refused.stderr;
    assert!(refused.contains("whose mailbox on 127.0.0.1 is it?"), "{refused}");
    drop(daemon);
}
