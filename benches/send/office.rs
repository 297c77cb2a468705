//! An office with readers, whose edition the real program sends.

use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tempfile::TempDir;

use crate::CONNECTIONS;
use crate::sink::{Sink, Weather};

/// So many make a mail of 15 KB.
const EVENTS: usize = 4;
/// An edition that nobody waits for.
const SELDOM: &str = "0 8 1 1 *";
/// Time enough to start a daemon.
const TO_START: Duration = Duration::from_secs(20);

/// A folder with a configuration and a database, which each sending finds as it was in the beginning.
pub struct Office {
    folder: TempDir,
    readers: usize,
}

/// What readers get, before it is made anyone's own.
pub struct Mail {
    pub subject: String,
    pub text: String,
    pub html: String,
    /// Of the whole message.
    pub octets: usize,
}

/// How an edition went out.
pub struct Sent {
    pub messages: usize,
    /// From the trigger to the last 250.
    pub took: Duration,
    /// From the first MAIL on.
    pub on_the_wire: Duration,
    /// Of the daemon's resident memory, in MB; none where the system does not tell.
    pub peak: Option<f64>,
}

impl Sent {
    /// Messages a second, from the trigger on.
    pub fn rate(&self) -> f64 {
        self.messages as f64 / self.took.as_secs_f64()
    }

    /// Messages a second, from the first MAIL on.
    pub fn wire_rate(&self) -> f64 {
        self.messages as f64 / self.on_the_wire.as_secs_f64()
    }
}

impl Office {
    pub fn with(readers: usize) -> Self {
        let office = Self { folder: tempfile::tempdir().unwrap(), readers };
        office.ok(&["init"]);
        office.configure(9, None, SELDOM);
        for key in ["rsa", "ed25519"] {
            office.ok(&["dkim-key", "--type", key, "--out", &format!("config/{key}.pem")]);
        }
        let mut people = String::from("email,digests,consent_at\n");
        for n in 0..readers {
            people.push_str(&format!("reader{n}@example.net,weekly,2020-01-01\n"));
        }
        std::fs::write(office.path("people.csv"), people).unwrap();
        office.ok(&["subscriber", "import", "people.csv"]);
        std::fs::write(office.path("events.csv"), events()).unwrap();
        office.ok(&["import", "events.csv"]);
        office.ok(&["backup", "fresh.db"]);
        office
    }

    /// What readers get, by `kalends digest preview`.
    pub fn mail(&self) -> Mail {
        let mail = self.json(&["digest", "preview", "weekly"]);
        let part = |name: &str| mail[name].as_str().unwrap().to_owned();
        let octets = self.ok(&["digest", "preview", "weekly", "--format", "eml"]).len();
        assert!((14_000..16_000).contains(&octets), "a mail of {octets} octets");
        Mail { subject: part("subject"), text: part("text"), html: part("html"), octets }
    }

    /// An edition made by `kalends digest send` while the daemon runs.
    pub fn send(&self, weather: Weather, key: Option<&str>) -> Sent {
        self.measure(weather, key, SELDOM, || {
            let begun = SystemTime::now();
            self.ok(&["digest", "send", "weekly"]);
            begun
        })
    }

    /// An edition made by the daemon itself when it is due.
    pub fn send_scheduled(&self, weather: Weather) -> Sent {
        let due = Timestamp::now() + SignedDuration::try_from(TO_START).unwrap();
        let schedule = due.strftime("%S %M %H %d %m *").to_string();
        self.measure(weather, None, &schedule, || UNIX_EPOCH + Duration::from_secs(due.as_second() as u64))
    }

    /// `trigger` tells the moment that counts.
    fn measure(&self, weather: Weather, key: Option<&str>, schedule: &str, trigger: impl Fn() -> SystemTime) -> Sent {
        let sink = Sink::start(weather, self.readers);
        self.restore();
        self.configure(sink.port, key, schedule);
        let daemon = self.serve();
        let begun = trigger();
        let arrived = sink.wait().unwrap_or_else(|e| panic!("{e}; the log: {}", self.log()));
        let peak = daemon.peak();
        daemon.stop();
        // What was sent is also known to have been, and to nobody twice.
        let last = &self.json(&["digest", "status", "weekly"])[0]["last"];
        assert_eq!((last["sent"].as_u64(), sink.count()), (Some(self.readers as u64), self.readers), "{last}");
        Sent {
            messages: self.readers,
            took: arrived.last_reply.duration_since(begun).unwrap(),
            on_the_wire: arrived.last_reply.duration_since(arrived.first_mail).unwrap(),
            peak,
        }
    }

    /// How long it takes until a page is safe on the disk: a median.
    pub fn time_of_sync(&self) -> Duration {
        let mut file = File::create(self.path("page")).unwrap();
        let mut times: Vec<_> = (0..100)
            .map(|_| {
                file.write_all(&[1; 4096]).unwrap();
                let begun = Instant::now();
                file.sync_data().unwrap();
                begun.elapsed()
            })
            .collect();
        times.sort();
        times[times.len() / 2]
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn restore(&self) {
        std::fs::remove_dir_all(self.path("data")).unwrap();
        std::fs::create_dir(self.path("data")).unwrap();
        std::fs::copy(self.path("fresh.db"), self.path("data/kalends.db")).unwrap();
    }

    fn configure(&self, port: u16, key: Option<&str>, schedule: &str) {
        let dkim = key
            .map_or(String::new(), |key| format!("[mail.dkim]\nselector = \"bench\"\nkey_file = \"config/{key}.pem\""));
        let config = format!(
            r#"
[site]
title = "Standards Watch"
base_url = "https://events.example.org"
[mail]
from = "Standards Watch <watch@example.org>"
transport = "smtp"
[[mail.relay]]
url = "smtp://127.0.0.1:{port}"
connections = {CONNECTIONS}
{dkim}
[bounce]
address = "bounces@example.org"
[[digest]]
slug = "weekly"
title = "The week ahead"
schedule = "{schedule}"
"#
        );
        std::fs::write(self.path("config/kalends.toml"), config).unwrap();
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kalends"));
        command.current_dir(self.folder.path()).stdin(Stdio::null());
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("KALENDS_")) {
            command.env_remove(name);
        }
        command
    }

    /// What a command prints that must succeed.
    #[track_caller]
    fn ok(&self, args: &[&str]) -> String {
        let output = self.command().args(args).output().unwrap();
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn json(&self, args: &[&str]) -> Value {
        serde_json::from_str(&self.ok(&[args, &["--json"]].concat())).unwrap()
    }

    /// The daemon, once it listens.
    fn serve(&self) -> Daemon {
        let log = File::create(self.path("log")).unwrap();
        let child = self.command().args(["serve", "--listen", "127.0.0.1:0"]).stderr(log).spawn().unwrap();
        let daemon = Daemon(child);
        let begun = Instant::now();
        while !self.log().contains("listening") {
            assert!(begun.elapsed() < TO_START, "the daemon does not listen: {}", self.log());
            std::thread::sleep(Duration::from_millis(10));
        }
        daemon
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.path("log")).unwrap()
    }
}

struct Daemon(Child);

impl Daemon {
    /// Its resident memory at most so far, in MB.
    fn peak(&self) -> Option<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        let kilobytes: f64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
        Some(kilobytes * 1024.0 / 1e6)
    }

    /// By SIGTERM, so that what it knows is written.
    fn stop(mut self) {
        Command::new("kill").arg(self.0.id().to_string()).status().unwrap();
        assert!(self.0.wait().unwrap().success());
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// In the next weeks, so that an edition tells them.
fn events() -> String {
    let mut table = String::from("kind,title,start,location,organizer,standards,description\n");
    for n in 1..=EVENTS {
        let day = Timestamp::now() + SignedDuration::from_hours(24 * (n as i64 % 25 + 1));
        table.push_str(&format!(
            "meeting,A meeting on the standards of item number {n},{},\"Room {n}, Brussels\",Committee {n},\
             GB/T 3527{n}-2020,{}\n",
            day.strftime("%Y-%m-%d"),
            "An agenda of the usual points and some words more on each of them as an office writes it. ".repeat(2)
        ));
    }
    table
}
