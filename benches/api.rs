//! What the API costs: `cargo bench --bench api`. 1,000 events by POST, one after the other, beside as many commits by SQLite
//! alone on the same disk; and pages of a long list, beside an answer that needs no work. Both through the real program.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, Executor};

const POSTS: usize = 1_000;
/// POSTs and commits are taken in turns of so many.
const TURN: usize = 100;
const EVENTS: usize = 100_000;
const PAGES: usize = 400;

/// Limits are for strangers.
const CONFIG: &str = "[http]\ntoken_rate = 1000000\n";

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(run());
}

async fn run() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("config")).unwrap();
    std::fs::write(folder.path().join("config/kalends.toml"), CONFIG).unwrap();
    kalends(folder.path(), &["init"]);
    let added = kalends(folder.path(), &["--json", "token", "add", "bench", "--scope", "events:write"]);
    let token = serde_json::from_str::<Value>(&added).unwrap()["token"].as_str().unwrap().to_owned();
    let office = Office::serve(folder.path(), token);
    posts(&office, folder.path()).await;
    drop(office.daemon);

    std::fs::write(folder.path().join("many.csv"), table()).unwrap();
    kalends(folder.path(), &["import", "many.csv"]);
    pages(&Office::serve(folder.path(), office.token)).await;
}

async fn posts(office: &Office, folder: &Path) {
    let mut bare = bare(folder).await;
    let (mut posting, mut committing) = (Duration::ZERO, Duration::ZERO);
    for turn in 0..POSTS / TURN {
        let begun = Instant::now();
        for number in turn * TURN..(turn + 1) * TURN {
            let event = json!({ "kind": "meeting", "title": format!("Meeting {number}"), "start": "2031-03-05T09:00",
                                "location": "Room 4", "topics": ["cybersecurity"] });
            let asked = office.post("/events").header("Content-Type", "application/json").body(event.to_string());
            let answer = asked.send().await.unwrap();
            assert_eq!(answer.status(), 201);
            answer.bytes().await.unwrap();
        }
        posting += begun.elapsed();
        let begun = Instant::now();
        for number in turn * TURN..(turn + 1) * TURN {
            let mut transaction = bare.begin_with("BEGIN IMMEDIATE").await.unwrap();
            let row = sqlx::query("INSERT INTO bare (title, start) VALUES ($1, '2031-03-05T09:00')");
            row.bind(format!("Meeting {number}")).execute(&mut *transaction).await.unwrap();
            transaction.commit().await.unwrap();
        }
        committing += begun.elapsed();
    }
    let ratio = posting.as_secs_f64() / committing.as_secs_f64();
    println!(
        "{POSTS} events by POST {posting:.2?}, as many commits by SQLite alone {committing:.2?}   ratio {ratio:.2}"
    );
}

async fn pages(office: &Office) {
    // The first request reads all events into memory.
    office.get("/api/v1/events?limit=50").send().await.unwrap();
    let (mut first, mut within, mut nothing) = (Vec::new(), Vec::new(), Vec::new());
    let mut next = String::from("/api/v1/events?limit=50");
    for _ in 0..PAGES {
        first.push(timed(office.get("/api/v1/events?limit=50")).await.0);
        let (taken, link) = timed(office.get(&next)).await;
        within.push(taken);
        next = link.unwrap();
        nothing.push(timed(office.get("/healthz")).await.0);
    }
    let reference = median(&mut nothing);
    println!("a page of 50 of {EVENTS} events, medians of {PAGES} in turns; /healthz takes {reference:.2?}");
    for (what, times) in [("the first page", &mut first), ("page after page", &mut within)] {
        let time = median(times);
        let own = time.saturating_sub(reference);
        println!("{what:<16} {time:>9.2?}   without what /healthz takes {own:.2?} (to reach: 5 ms)");
    }
}

/// How long an answer takes until its last octet, and the next page that it names.
async fn timed(asked: RequestBuilder) -> (Duration, Option<String>) {
    let begun = Instant::now();
    let answer = asked.send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let link = answer.headers().get("Link").and_then(|link| link.to_str().ok()).map(str::to_owned);
    answer.bytes().await.unwrap();
    let taken = begun.elapsed();
    let next = link.and_then(|link| Some(link.split_once('<')?.1.split_once('>')?.0.to_owned()));
    (taken, next)
}

struct Office {
    daemon: Running,
    address: String,
    token: String,
    client: Client,
}

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Office {
    fn serve(folder: &Path, token: String) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kalends"));
        command.args(["serve", "--listen", "127.0.0.1:0"]).current_dir(folder).stderr(Stdio::piped());
        let mut daemon = Running(command.spawn().unwrap());
        let mut lines = BufReader::new(daemon.0.stderr.take().unwrap()).lines().map_while(Result::ok);
        let line = lines.find(|line| line.contains("listening address=")).expect("the daemon does not listen");
        let address = line.split_once("address=").unwrap().1.split_whitespace().next().unwrap().to_owned();
        // What it goes on to say must not fill the pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Self { daemon, address, token, client: Client::new() }
    }

    fn get(&self, path: &str) -> RequestBuilder {
        let url = if path.starts_with('/') { format!("http://{}{path}", self.address) } else { path.to_owned() };
        self.client.get(url).header("Authorization", format!("Bearer {}", self.token))
    }

    fn post(&self, path: &str) -> RequestBuilder {
        let asked = self.client.post(format!("http://{}/api/v1{path}", self.address));
        asked.header("Authorization", format!("Bearer {}", self.token))
    }
}

fn kalends(folder: &Path, args: &[&str]) -> String {
    let ran = Command::new(env!("CARGO_BIN_EXE_kalends")).args(args).current_dir(folder).output().unwrap();
    assert!(ran.status.success(), "{args:?}: {}", String::from_utf8_lossy(&ran.stderr));
    String::from_utf8(ran.stdout).unwrap()
}

/// A database that syncs as that of the office does.
async fn bare(folder: &Path) -> sqlx::SqliteConnection {
    let options = SqliteConnectOptions::new().filename(folder.join("bare.db")).create_if_missing(true);
    let options = options.journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Full);
    let mut connection = options.connect().await.unwrap();
    connection
        .execute("CREATE TABLE bare (id INTEGER PRIMARY KEY, title TEXT NOT NULL, start TEXT NOT NULL)")
        .await
        .unwrap();
    connection
}

fn table() -> String {
    let mut table = String::from("kind,title,start,location,topics\n");
    for number in 0..EVENTS {
        let (year, month, day) = (2020 + number / 336 % 40, 1 + number / 28 % 12, 1 + number % 28);
        writeln!(table, "meeting,Session {number},{year}-{month:02}-{day:02}T09:00,Room 4,cybersecurity").unwrap();
    }
    table
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort();
    times[times.len() / 2]
}
