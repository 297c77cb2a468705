//! What pages cost as an office grows: `cargo bench --bench pages`. The site's and the desk's, through the real program, with
//! 1,000, 10,000 and 100,000 events, of which 3 % lie ahead, and five times as many readers. To reach with 100,000: the site
//! within 10 ms, a search within 20 ms, the desk within 50 ms; the site's within three times what 1,000 events take.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use kalends::domain::zone::Zone;
use reqwest::Client;
use reqwest::redirect::Policy;

const SIZES: [usize; 3] = [1_000, 10_000, 100_000];
const READERS_AN_EVENT: usize = 5;
/// The dates lie in so many days, of which the last few are ahead.
const DAYS: usize = 1_000;
const DAYS_AHEAD: i64 = 30;
const ROUNDS: usize = 15;

/// Readers and programs ask for these,
const SITE: [&str; 9] = [
    "/",
    "/?q=budget+review",
    "/?q=nothing+has+this",
    "/?topic=cybersecurity",
    "/?standard=GB%2FT+35273",
    "/{month}",
    "/events/77",
    "/subscribe",
    "/calendar.ics?q=budget",
];

/// editors and operators for these.
const DESK: [&str; 17] = [
    "/admin",
    "/admin/events",
    "/admin/events?q=budget",
    "/admin/events?all=1",
    "/admin/events/77",
    "/admin/events/new",
    "/admin/drafts",
    "/admin/articles",
    "/admin/editions",
    "/admin/editions/weekly",
    "/admin/editions/weekly/preview?locale=en",
    "/admin/deliveries",
    "/admin/subscribers",
    "/admin/subscribers?q=reader77%40example.com",
    "/admin/subscribers/77",
    "/admin/bounces",
    "/admin/team",
];

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(run());
}

async fn run() {
    let mut times: Vec<Vec<Duration>> = vec![Vec::new(); SITE.len() + DESK.len()];
    let mut memory = Vec::new();
    for events in SIZES {
        let folder = tempfile::tempdir().unwrap();
        make(folder.path(), events);
        let office = Office::serve(folder.path()).await;
        for (path, times) in SITE.iter().chain(&DESK).zip(&mut times) {
            times.push(office.median(path).await);
        }
        office.get("/calendar.ics").await;
        office.get("/feed.atom").await;
        memory.push(office.resident());
    }
    println!("{:<46} {:>9} {:>9} {:>9}   ratio of the last to the first", "events", SIZES[0], SIZES[1], SIZES[2]);
    for (path, times) in SITE.iter().chain(&DESK).zip(&times) {
        let told: Vec<String> = times.iter().map(|time| format!("{:.1} ms", time.as_secs_f64() * 1000.0)).collect();
        let ratio = times[2].as_secs_f64() / times[0].as_secs_f64();
        println!("{path:<46} {:>9} {:>9} {:>9}   {ratio:.1}", told[0], told[1], told[2]);
    }
    println!("{:<46} {:>8}M {:>8}M {:>8}M", "memory, after all pages and feeds", memory[0], memory[1], memory[2]);
}

/// An office with so many events, and an edition that went out before.
fn make(folder: &Path, events: usize) {
    std::fs::create_dir(folder.join("config")).unwrap();
    let config = "[http]\nlisten = \"127.0.0.1:0\"\n[[digest]]\nslug = \"weekly\"\ntitle = \"The week\"\nschedule = \"0 8 * * Mon\"\n";
    std::fs::write(folder.join("config/kalends.toml"), config).unwrap();
    kalends(folder, &["init"]);
    std::fs::write(folder.join("events.csv"), table(events)).unwrap();
    kalends(folder, &["import", "events.csv"]);
    kalends(folder, &["subscriber", "add", "first@example.org", "--confirmed"]);
    kalends(folder, &["digest", "send", "weekly", "--yes"]);
    for part in 0..READERS_AN_EVENT {
        std::fs::write(folder.join("readers.csv"), readers(part * events..(part + 1) * events)).unwrap();
        kalends(folder, &["subscriber", "import", "readers.csv"]);
    }
    kalends(folder, &["editor", "add", "ida@example.org", "--role", "operator"]);
}

struct Office {
    daemon: Child,
    base: String,
    cookie: String,
    client: Client,
}

impl Drop for Office {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

impl Office {
    async fn serve(folder: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kalends"));
        command.arg("serve").current_dir(folder).stderr(Stdio::piped());
        let mut daemon = command.spawn().unwrap();
        let mut lines = BufReader::new(daemon.stderr.take().unwrap()).lines().map_while(Result::ok);
        let line = lines.find(|line| line.contains("listening address=")).expect("the daemon does not listen");
        let address = line.split_once("address=").unwrap().1.split_whitespace().next().unwrap().to_owned();
        // What it goes on to say must not fill the pipe.
        std::thread::spawn(move || lines.for_each(drop));
        let client = Client::builder().redirect(Policy::none()).build().unwrap();
        let base = format!("http://{address}");
        let link = kalends(folder, &["editor", "link", "ida@example.org"]);
        let path = &link[link.find("/admin/sign-in/").unwrap()..];
        let entered = client.post(format!("{base}{}", path.split_whitespace().next().unwrap()));
        let entered = entered.header("Origin", &base).send().await.unwrap();
        let cookies = entered.headers().get_all("Set-Cookie").iter();
        let cookies: Vec<_> = cookies.map(|it| it.to_str().unwrap().split(';').next().unwrap().to_owned()).collect();
        Self { daemon, base, cookie: cookies.join("; "), client }
    }

    async fn get(&self, path: &str) -> Duration {
        let path = path.replace("{month}", &today().strftime("%Y/%m").to_string());
        let asked = self.client.get(format!("{}{path}", self.base)).header("Cookie", &self.cookie);
        let begun = Instant::now();
        let answer = asked.send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        answer.bytes().await.unwrap();
        begun.elapsed()
    }

    /// The first look is not one of them: it may have to gather what is kept.
    async fn median(&self, path: &str) -> Duration {
        self.get(path).await;
        let mut times = Vec::new();
        for _ in 0..ROUNDS {
            times.push(self.get(path).await);
        }
        times.sort();
        times[ROUNDS / 2]
    }

    /// In MiB.
    fn resident(&self) -> usize {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.daemon.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<usize>().unwrap() / 1024
    }
}

fn kalends(folder: &Path, args: &[&str]) -> String {
    let ran = Command::new(env!("CARGO_BIN_EXE_kalends")).args(args).current_dir(folder).output().unwrap();
    assert!(ran.status.success(), "{args:?}: {}", String::from_utf8_lossy(&ran.stderr));
    String::from_utf8(ran.stdout).unwrap()
}

fn today() -> Date {
    Zone::utc().at(Timestamp::now()).date()
}

fn table(events: usize) -> String {
    let words =
        ["budget", "review", "plenary", "forum", "draft", "vote", "audit", "標準", "会议", "workshop", "release"];
    let topics = ["cybersecurity", "smart city", "lifts", "energy", "health"];
    let mut table = String::from("kind,title,start,repeat,location,topics,standards,description\n");
    let last = today().checked_add(DAYS_AHEAD.days()).unwrap();
    for number in 0..events {
        let day = last.checked_sub(i64::try_from(number * 7919 % DAYS).unwrap().days()).unwrap();
        let pick = |of: &[&'static str], step: usize| of[number / step % of.len()];
        let title = format!("{} {} {number}", pick(&words, 1), pick(&words, 13));
        let repeat = if number % 20 == 0 { "FREQ=MONTHLY;COUNT=6" } else { "" };
        let standard = if number % 10 == 0 { format!("GB/T {}-2020", 30_000 + number) } else { String::new() };
        let description = "An agenda of the usual points and some words more on each. ".repeat(1 + number % 9);
        let (hour, topic) = (8 + number % 10, pick(&topics, 3));
        writeln!(table, "meeting,{title},{day}T{hour:02}:00,{repeat},Room 4,{topic},{standard},{description}").unwrap();
    }
    table
}

fn readers(numbers: std::ops::Range<usize>) -> String {
    let mut table = String::from("email,digests,consent_at,consent_note\n");
    for number in numbers {
        writeln!(table, "reader{number}@example.com,weekly,2026-01-01,at the fair").unwrap();
    }
    table
}
