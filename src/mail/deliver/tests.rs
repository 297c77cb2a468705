//! Takeovers in the middle of sending, with a server that counts.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::*;
use crate::domain::edition::Rendered;
use crate::domain::mark::EditionMarks;
use crate::domain::note::EditorsNotes;
use crate::domain::subscriber::NewSubscriber;
use crate::idle::Idle;
use crate::store::{Grouping, NewEdition, Portion, Recorded};

/// A mail server that takes everything, each message in its own time.
struct Sink {
    port: u16,
    shared: Arc<Shared>,
}

struct Shared {
    delay: Duration,
    /// Envelope sender and recipient of what was taken.
    taken: Mutex<Vec<(String, String)>>,
    greeted: Mutex<Vec<String>>,
    /// Messages that came and are not answered yet.
    on_the_wire: AtomicUsize,
    connections: AtomicUsize,
    open: AtomicUsize,
    most_open: AtomicUsize,
}

impl Sink {
    async fn start(delay: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared {
            delay,
            taken: Mutex::default(),
            greeted: Mutex::default(),
            on_the_wire: AtomicUsize::new(0),
            connections: AtomicUsize::new(0),
            open: AtomicUsize::new(0),
            most_open: AtomicUsize::new(0),
        });
        tokio::spawn({
            let shared = shared.clone();
            async move {
                while let Ok((stream, _)) = listener.accept().await {
                    tokio::spawn(converse(stream, shared.clone()));
                }
            }
        });
        Self { port, shared }
    }

    fn relay(&self, keys: &str) -> String {
        format!("[[mail.relay]]\nurl = \"smtp://127.0.0.1:{}\"\n{keys}\n", self.port)
    }

    fn count(&self) -> usize {
        self.shared.taken.lock().unwrap().len()
    }

    /// How often each recipient got something.
    fn copies(&self) -> HashMap<String, usize> {
        let mut copies = HashMap::new();
        for (_, to) in self.shared.taken.lock().unwrap().iter() {
            *copies.entry(to.clone()).or_default() += 1;
        }
        copies
    }
}

async fn converse(stream: TcpStream, shared: Arc<Shared>) -> Option<()> {
    shared.connections.fetch_add(1, Ordering::SeqCst);
    let open = shared.open.fetch_add(1, Ordering::SeqCst) + 1;
    shared.most_open.fetch_max(open, Ordering::SeqCst);
    let ended = serve(stream, &shared).await;
    shared.open.fetch_sub(1, Ordering::SeqCst);
    ended
}

async fn serve(stream: TcpStream, shared: &Shared) -> Option<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 sink\r\n").await.ok()?;
    let (mut from, mut to, mut line) = (String::new(), String::new(), String::new());
    loop {
        line.clear();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        let path = || line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
        let reply = match line[..4].to_ascii_uppercase().as_str() {
            "EHLO" => {
                shared.greeted.lock().unwrap().push(line[5..].trim().to_owned());
                "250-sink\r\n250 PIPELINING\r\n"
            }
            "MAIL" => {
                from = path();
                "250 2.1.0 ok\r\n"
            }
            "RCPT" => {
                to = path();
                "250 2.1.5 ok\r\n"
            }
            "QUIT" => {
                stream.write_all(b"221 bye\r\n").await.ok()?;
                return Some(());
            }
            "DATA" => {
                stream.write_all(b"354 go on\r\n").await.ok()?;
                while line != ".\r\n" {
                    line.clear();
                    if stream.read_line(&mut line).await.ok()? == 0 {
                        return None;
                    }
                }
                shared.on_the_wire.fetch_add(1, Ordering::SeqCst);
                tokio::time::sleep(shared.delay).await;
                shared.on_the_wire.fetch_sub(1, Ordering::SeqCst);
                // Taken, whoever hears it.
                shared.taken.lock().unwrap().push((from.clone(), to.clone()));
                "250 2.0.0 ok\r\n"
            }
            _ => "250 2.0.0 ok\r\n",
        };
        stream.write_all(reply.as_bytes()).await.ok()?;
    }
}

fn config(text: &str) -> Arc<Config> {
    Arc::new(toml::from_str(&format!("[mail]\ntransport = \"smtp\"\nfrom = \"news@example.org\"\n{text}")).unwrap())
}

/// A mailer at work on an edition to so many readers.
struct Office {
    store: Store,
    successors: mpsc::Sender<Mailer>,
    stop: CancellationToken,
    mailer: JoinHandle<anyhow::Result<()>>,
    _folder: TempDir,
}

impl Office {
    async fn sending(readers: usize, first: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(&folder.path().join("kalends.db")).await.unwrap();
        queue(&store, readers).await;
        let (successors, receiver) = mpsc::channel(1);
        let stop = CancellationToken::new();
        let changes = store.watch(stop.clone()).await.unwrap();
        let mailer = Mailer::new(store.clone(), config(first)).await.unwrap();
        let mailer = tokio::spawn(mailer.run(changes, Idle::default().part(), receiver, stop.clone()));
        Self { store, successors, stop, mailer, _folder: folder }
    }

    async fn take_over(&self, text: &str) {
        let successor = Mailer::new(self.store.clone(), config(text)).await.unwrap();
        assert!(self.successors.send(successor).await.is_ok());
    }

    /// How many deliveries are in each state.
    async fn counts(&self) -> HashMap<String, i64> {
        self.store.delivery_counts().await.unwrap().into_iter().collect()
    }

    async fn stop(self) {
        self.stop.cancel();
        self.mailer.await.unwrap().unwrap();
    }
}

async fn queue(store: &Store, readers: usize) {
    store.register_digests(["weekly"]).await.unwrap();
    let consents: Vec<_> = (0..readers)
        .map(|n| Recorded {
            wish: NewSubscriber {
                email: format!("reader{n}@example.com").parse().unwrap(),
                name: None,
                topics: None,
                kinds: None,
                timezone: None,
                send_hour: None,
                locale: None,
                digests: vec!["weekly".into()],
            },
            at: store.now(),
            note: "a test".into(),
        })
        .collect();
    store.record_consents(&consents).await.unwrap();
    let grouping = Grouping::by_choice();
    let new = NewEdition {
        digest: "weekly",
        scheduled_for: Timestamp::UNIX_EPOCH,
        history_head: 0,
        mail_domain: "example.org",
        by: None,
        history_since: 0,
        grouping: &grouping,
        tellings: &[],
        archived: &[],
        notes: &EditorsNotes::default(),
        marks: &EditionMarks::default(),
        follows: None,
        notices: &[],
    };
    let groups = store.reader_groups("weekly", &grouping).await.unwrap();
    let portions: Vec<_> =
        groups.into_iter().map(|group| Portion { group, mail: Some(0), next_at: store.now() }).collect();
    let mail =
        Rendered { subject: "Dates".into(), text: "Dates".into(), html: "<p>Dates".into(), ..Rendered::default() };
    store.create_edition(&new, &[mail], &portions).await.unwrap();
}

async fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(60), "waited in vain for {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn wait_for_sent(office: &Office, count: i64) {
    let begun = Instant::now();
    while office.counts().await.get("sent") != Some(&count) {
        assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", office.counts().await);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_takeovers_in_a_send_lose_nobody_and_double_nobody() {
    let sink = Sink::start(Duration::from_millis(2)).await;
    // Each is another way of greeting, so that all connections are made anew.
    let name = |n: usize| format!("helo_name = \"host{n}.example.org\"\n{}", sink.relay("connections = 3"));
    let office = Office::sending(600, &name(0)).await;
    for n in 1..=60 {
        let before = sink.count();
        wait_until("some to be sent", || sink.count() >= (before + 3).min(600)).await;
        office.take_over(&name(n)).await;
    }
    wait_for_sent(&office, 600).await;
    let copies = sink.copies();
    assert_eq!(copies.len(), 600);
    assert!(copies.values().all(|copies| *copies == 1), "{copies:?}");
    let most = sink.shared.most_open.load(Ordering::SeqCst);
    assert!(most <= 3 * 3, "{most} connections at a time");
    assert!(sink.shared.greeted.lock().unwrap().iter().any(|name| name == "host50.example.org"));
    assert!(sink.shared.connections.load(Ordering::SeqCst) <= 61 * 6);
    office.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changes_nothing_for_mail_costs_no_connection() {
    let sink = Sink::start(Duration::from_millis(2)).await;
    let text = |n: usize| {
        format!("reply_to = \"desk@example.org\"\n{}[feed]\ndescription = \"{n}\"\n", sink.relay("connections = 3"))
    };
    let office = Office::sending(600, &text(0)).await;
    for n in 1..=50 {
        let before = sink.count();
        wait_until("some to be sent", || sink.count() >= (before + 3).min(600)).await;
        office.take_over(&text(n)).await;
    }
    wait_for_sent(&office, 600).await;
    assert_eq!(sink.copies().len(), 600);
    assert_eq!(sink.shared.connections.load(Ordering::SeqCst), 3);
    office.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_on_the_wire_is_finished_and_all_else_goes_another_way() {
    let (slow, quick) = (Sink::start(Duration::from_secs(3)).await, Sink::start(Duration::ZERO).await);
    let office = Office::sending(50, &slow.relay("connections = 4")).await;
    wait_until("four to be on the wire", || slow.shared.on_the_wire.load(Ordering::SeqCst) == 4).await;
    office.take_over(&format!("[bounce]\naddress = \"back@example.org\"\n{}", quick.relay("connections = 4"))).await;
    wait_until("the others to be sent", || quick.count() == 46).await;
    assert_eq!(slow.count(), 0, "nobody waited for the slow ones");
    wait_for_sent(&office, 50).await;
    assert_eq!((slow.count(), quick.count()), (4, 46));
    let taken = quick.shared.taken.lock().unwrap().clone();
    assert!(taken.iter().all(|(from, _)| from.starts_with("back+b")), "{taken:?}");
    assert!(slow.shared.taken.lock().unwrap().iter().all(|(from, _)| from == "news@example.org"));
    wait_until("the old connections to end", || slow.shared.open.load(Ordering::SeqCst) == 0).await;
    office.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_sees_twice_its_connections_at_most_however_often_others_take_over() {
    let sink = Sink::start(Duration::from_secs(4)).await;
    let name = |n: usize| format!("helo_name = \"host{n}.example.org\"\n{}", sink.relay("connections = 2"));
    let office = Office::sending(30, &name(0)).await;
    wait_until("two to be on the wire", || sink.shared.on_the_wire.load(Ordering::SeqCst) == 2).await;
    for n in 1..=20 {
        office.take_over(&name(n)).await;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    wait_until("two more", || sink.shared.on_the_wire.load(Ordering::SeqCst) == 4).await;
    assert_eq!(sink.shared.most_open.load(Ordering::SeqCst), 4);
    wait_until("the first to be through", || sink.count() >= 8).await;
    assert!(sink.copies().values().all(|copies| *copies == 1));
    office.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_takeover_lets_more_go_than_the_rate() {
    let sink = Sink::start(Duration::ZERO).await;
    let name = |n: usize| format!("helo_name = \"host{n}.example.org\"\n{}", sink.relay("connections = 3\nrate = 20"));
    let office = Office::sending(60, &name(0)).await;
    wait_until("the first", || sink.count() > 0).await;
    let begun = Instant::now();
    for n in 1..=100 {
        office.take_over(&name(n)).await;
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    wait_for_sent(&office, 60).await;
    // 59 intervals of 50 ms.
    assert!(begun.elapsed() > Duration::from_millis(2700), "{:?}", begun.elapsed());
    office.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn quiet_hours_that_are_taken_away_wake_what_they_kept_back() {
    let sink = Sink::start(Duration::ZERO).await;
    let hour = |later: i64| (Timestamp::now() + jiff::SignedDuration::from_hours(later)).strftime("%H:%M").to_string();
    let quiet = format!("quiet_hours = \"{}-{}\"\n{}", hour(-1), hour(2), sink.relay(""));
    let office = Office::sending(150, &quiet).await;
    let begun = Instant::now();
    while office.store.next_delivery_at().await.unwrap().is_some_and(|at| at <= Timestamp::now()) {
        assert!(begun.elapsed() < Duration::from_secs(60), "they were not put off");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(sink.count(), 0);
    office.take_over(&sink.relay("")).await;
    wait_for_sent(&office, 150).await;
    assert_eq!(sink.copies().len(), 150);
    office.stop().await;
}

#[tokio::test]
async fn only_what_matters_to_them_makes_other_mails_and_other_connections() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(&folder.path().join("kalends.db")).await.unwrap();
    store.register_digests(["weekly"]).await.unwrap();
    let file = |name: &str, content: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        format!("{:?}", path.display().to_string())
    };
    let certificate = |name: &str| rcgen::generate_simple_self_signed(vec![name.into()]).unwrap();
    let (one, other) = (certificate("one.example"), certificate("other.example"));
    let (one, other) = (file("one.pem", &one.cert.pem()), file("other.pem", &other.cert.pem()));
    let login = |password: &str| format!("username = \"u\"\npassword = \"{password}\"\nca_file = {one}");
    // Keys of [mail], keys of the relay, what follows; whether mails and connections are the same as those of the first.
    let digest =
        |title: &str| format!("[[digest]]\nslug = \"weekly\"\nschedule = \"0 8 * * 1\"\ntitle = \"{title}\"\n");
    let first = ("", login("a"), digest("W"), true, true);
    let cases = [
        first.clone(),
        ("", format!("{}\nrate = 5\nweight = 9", login("a")), digest("W"), true, true),
        ("domain_rate = 3\n", login("a"), digest("W"), true, true),
        // What the site tells those who run it is a list of its name.
        ("", login("a"), format!("{}[site]\ntitle = \"Other\"\n", digest("W")), false, true),
        ("reply_to = \"desk@example.org\"\n", login("a"), digest("W"), false, true),
        ("", login("a"), digest("Other"), false, true),
        ("", login("a"), format!("{}[site]\nbase_url = \"https://other.example\"\n", digest("W")), false, true),
        ("", login("a"), format!("{}[bounce]\naddress = \"back@example.org\"\n", digest("W")), false, true),
        ("helo_name = \"host.example.org\"\n", login("a"), digest("W"), true, false),
        ("uncertain = \"hold\"\n", login("a"), digest("W"), true, false),
        ("", login("b"), digest("W"), true, false),
        ("", login("a").replace(&one, &other), digest("W"), true, false),
        ("", format!("{}\ntls = \"required\"", login("a")), digest("W"), true, false),
        ("", format!("{}\nconnections = 7", login("a")), digest("W"), true, false),
    ];
    let mailer = async |(keys, relay, more, ..): &(&str, String, String, bool, bool)| {
        let text = format!("{keys}[[mail.relay]]\nurl = \"smtp://127.0.0.1:25\"\n{relay}\n{more}");
        let mut mailer = Mailer::new(store.clone(), config(&text)).await.unwrap();
        let (line, way) = mailer.lines.pop().unwrap();
        let uncertain = mailer.config.mail.uncertain;
        let leave = CancellationToken::new();
        (mailer.composer, Crew { line: line.id, way, connections: line.connections, uncertain, leave })
    };
    let (composer, crew) = mailer(&first).await;
    for case in &cases {
        let (others, other_crew) = mailer(case).await;
        assert_eq!((composer.is_like(&others), crew.is_like(&other_crew)), (case.3, case.4), "{case:?}");
    }
}
