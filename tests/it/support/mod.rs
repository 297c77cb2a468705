//! An office of its own for each test: a folder, the binary, a daemon.

pub mod browser;
pub mod calendar_server;
pub mod dns_server;
pub mod hook_receiver;
pub mod imap_server;
pub mod program;
pub mod smtp_server;
pub mod terminal;
pub mod web_server;

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// Long enough for a busy machine; nothing waits for it unless it fails.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// As by default, and each time that the daemon has nothing to do.
const LOG: &str = "info,kalends::idle=debug,sqlx=off";

/// What a run of the binary came to.
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

/// A folder with a configuration and a database in it.
pub struct Office {
    folder: TempDir,
}

impl Office {
    /// As `kalends init` leaves it.
    pub fn new() -> Self {
        let office = Self::empty();
        office.ok(&["init"]);
        office
    }

    pub fn empty() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// In a folder inside of this one, such as a disk that is small.
    pub fn inside(parent: &str, config: &str) -> Self {
        let office = Self { folder: tempfile::tempdir_in(parent).unwrap() };
        office.ok(&["init"]);
        office.configure(config);
        office
    }

    /// With this configuration.
    pub fn with_config(config: &str) -> Self {
        let office = Self::new();
        office.configure(config);
        office
    }

    pub fn configure(&self, config: &str) {
        std::fs::write(self.path("config/kalends.toml"), config).unwrap();
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        std::fs::write(self.path(name), content).unwrap();
        name.to_owned()
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kalends"));
        command.current_dir(self.folder.path()).env_remove("KALENDS_CONFIG").env_remove("KALENDS_LOG");
        command
    }

    pub fn run(&self, args: &[&str]) -> Ran {
        self.run_with_input(args, b"")
    }

    pub fn run_with_input(&self, args: &[&str], input: &[u8]) -> Ran {
        let child =
            self.command().args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut child = child.unwrap();
        // A command that does not read its input may be gone already.
        let _ = child.stdin.take().unwrap().write_all(input);
        Self::ran(args, child)
    }

    /// With no file made larger than this, as on a disk that is nearly full.
    pub fn run_with_little_room(&self, kibibytes: u32, args: &[&str]) -> Ran {
        let mut command = Command::new("sh");
        let script = format!("trap '' XFSZ; ulimit -S -f {}; exec \"$0\" \"$@\"", kibibytes * 2);
        command.current_dir(self.folder.path()).env_remove("KALENDS_CONFIG").env_remove("KALENDS_LOG");
        command.args(["-c", &script, env!("CARGO_BIN_EXE_kalends")]).args(args);
        let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        Self::ran(args, child.unwrap())
    }

    /// Starts a command and does not wait for it.
    pub fn start(&self, args: &[&str]) -> Child {
        self.command().args(args).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    /// As another user, which only root can.
    pub fn run_as(&self, user: u32, args: &[&str]) -> Ran {
        use std::os::unix::process::CommandExt;
        // That user may not come to where it was built.
        let program = self.path("kalends");
        std::fs::copy(env!("CARGO_BIN_EXE_kalends"), &program).unwrap();
        let mut command = Command::new(program);
        command.current_dir(self.folder.path()).uid(user).gid(user).env_remove("KALENDS_CONFIG");
        let child = command.args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        Self::ran(args, child.unwrap())
    }

    /// With these variables of the environment, and for 20 seconds at most; after them the code is 124.
    pub fn run_among(&self, environment: &[(&str, &str)], args: &[&str]) -> Ran {
        let mut command = Command::new("timeout");
        command.current_dir(self.folder.path()).args(["20", env!("CARGO_BIN_EXE_kalends")]).args(args);
        command.env_remove("KALENDS_CONFIG").env_remove("KALENDS_LOG").envs(environment.iter().copied());
        let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        Self::ran(args, child.unwrap())
    }

    /// With its standard output going elsewhere.
    pub fn run_into(&self, args: &[&str], stdout: Stdio) -> Ran {
        let child = self.command().args(args).stdin(Stdio::null()).stdout(stdout).stderr(Stdio::piped()).spawn();
        Self::ran(args, child.unwrap())
    }

    fn ran(args: &[&str], child: Child) -> Ran {
        let output = child.wait_with_output().unwrap();
        let ran = Ran {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        };
        assert!(!ran.stderr.contains("panicked"), "{args:?}: {}", ran.stderr);
        ran
    }

    /// What a command that must succeed prints.
    #[track_caller]
    pub fn ok(&self, args: &[&str]) -> String {
        let ran = self.run(args);
        assert_eq!(ran.code, 0, "{args:?}: {}{}", ran.stdout, ran.stderr);
        ran.stdout
    }

    #[track_caller]
    pub fn json(&self, args: &[&str]) -> Value {
        let out = self.ok(&[args, &["--json"]].concat());
        serde_json::from_str(&out).unwrap_or_else(|e| panic!("{args:?}: {e}: {out}"))
    }

    /// The one sentence of a command that must fail with `code`.
    #[track_caller]
    pub fn fails(&self, args: &[&str], code: i32) -> String {
        let ran = self.run(args);
        assert_eq!(ran.code, code, "{args:?}: {}{}", ran.stdout, ran.stderr);
        assert!(ran.stderr.starts_with("error: "), "{args:?}: {}", ran.stderr);
        ran.stderr
    }

    /// Adds an event and returns its id.
    #[track_caller]
    pub fn add(&self, args: &[&str]) -> String {
        self.ok(&[&["event", "add"], args].concat()).trim().to_owned()
    }

    /// Sets the clock of this office's database.
    pub fn set_clock(&self, moment: &str) {
        let path = self.path("data/kalends.db");
        block_on(async || {
            let mut store = kalends::store::Store::open(&path).await.unwrap();
            store.set_clock(moment.parse().unwrap()).await.unwrap();
            store.close().await;
        });
    }

    /// Changes a column where no command does, to let time pass or to do damage.
    pub fn sql(&self, statement: &str) {
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(self.path("data/kalends.db"));
        block_on(async || {
            use sqlx::{ConnectOptions, Connection, Executor};
            let mut connection = options.connect().await.unwrap();
            connection.execute(sqlx::AssertSqlSafe(statement)).await.unwrap();
            connection.close().await.unwrap();
        });
    }

    /// The texts that a query finds.
    pub fn rows(&self, query: &str) -> Vec<String> {
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(self.path("data/kalends.db"));
        let mut rows = Vec::new();
        block_on(async || {
            use sqlx::{ConnectOptions, Connection};
            let mut connection = options.connect().await.unwrap();
            rows = sqlx::query_scalar(sqlx::AssertSqlSafe(query)).fetch_all(&mut connection).await.unwrap();
            connection.close().await.unwrap();
        });
        rows
    }

    /// Another program that holds the database so long.
    pub fn hold_database(&self, length: Duration) -> std::thread::JoinHandle<()> {
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(self.path("data/kalends.db"));
        std::thread::spawn(move || {
            block_on(async || {
                use sqlx::{ConnectOptions, Connection, Executor};
                let mut connection = options.connect().await.unwrap();
                connection.execute("BEGIN IMMEDIATE").await.unwrap();
                tokio::time::sleep(length).await;
                connection.execute("ROLLBACK").await.unwrap();
                connection.close().await.unwrap();
            });
        })
    }

    /// What stands before `text` wherever a file of the database holds it, in any case: one character each.
    pub fn before_in_database(&self, text: &str) -> String {
        let entries = std::fs::read_dir(self.path("data")).unwrap().map(|entry| entry.unwrap().path());
        let files = entries.filter(|path| path.is_file() && path.to_string_lossy().contains("kalends.db"));
        let mut found = String::new();
        for file in files {
            let octets = std::fs::read(file).unwrap().to_ascii_lowercase();
            let places = octets.windows(text.len()).enumerate().filter(|(_, window)| *window == text.as_bytes());
            found.extend(places.map(|(at, _)| char::from(octets[at.max(1) - 1])));
        }
        found
    }

    /// The one value that a query gives, as text; empty for null.
    pub fn ask(&self, query: &str) -> String {
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(self.path("data/kalends.db"));
        let mut answer = None;
        block_on(async || {
            use sqlx::{ConnectOptions, Connection};
            let query = format!("SELECT CAST(({query}) AS TEXT)");
            let mut connection = options.connect().await.unwrap();
            answer = sqlx::query_scalar(sqlx::AssertSqlSafe(query)).fetch_one(&mut connection).await.unwrap();
            connection.close().await.unwrap();
        });
        answer.unwrap_or_default()
    }

    /// The secret that this office's tokens are made with.
    pub fn token_key(&self) -> kalends::domain::token::TokenKey {
        kalends::domain::token::TokenKey::new(self.ask("SELECT value FROM meta WHERE key = 'secret'"))
    }

    /// A row of a table, as links stand for it.
    pub fn subject(&self, table: &str, id: i64) -> kalends::domain::token::Subject {
        let nonce = self.ask(&format!("SELECT hex(nonce) FROM {table} WHERE id = {id}"));
        let octets = data_encoding::HEXUPPER.decode(nonce.as_bytes()).unwrap();
        kalends::domain::token::Subject { id, nonce: kalends::domain::token::Nonce::new(&octets) }
    }

    /// Waits until the daemon has looked at all that is there by now and finds nothing due: what has not happened then does
    /// not happen.
    #[track_caller]
    pub fn settle(&self, daemon: &mut Daemon) {
        let since = jiff::Timestamp::now();
        let begun = Instant::now();
        let is_later = |line: &str| {
            let as_of = line.split("as_of=").nth(1).unwrap_or_else(|| panic!("{line}"));
            as_of.trim().parse::<jiff::Timestamp>().unwrap() > since
        };
        while begun.elapsed() < PATIENCE {
            // It says so once for each change. The look that first sees this one may have begun before it.
            let mark = "INSERT INTO meta (key, value) VALUES ('test', hex(randomblob(4)))";
            self.sql(&format!("{mark} ON CONFLICT (key) DO UPDATE SET value = excluded.value"));
            while let Some(line) = daemon.line_within(Duration::from_secs(2), "idle until") {
                if is_later(&line) {
                    return;
                }
            }
        }
        panic!("it never settled; the log:\n{}", daemon.log);
    }

    pub fn serve(&self) -> Daemon {
        self.serve_with(&[])
    }

    /// With as much in its log as this asks for.
    pub fn serve_with_log(&self, level: &str) -> Daemon {
        let mut command = self.command();
        command.args(["serve", "--listen", "127.0.0.1:0"]).env("KALENDS_LOG", level);
        Daemon::spawn(command, "listening address=")
    }

    pub fn serve_with(&self, args: &[&str]) -> Daemon {
        let mut command = self.command();
        command.args(["serve", "--listen", "127.0.0.1:0"]).args(args).env("KALENDS_LOG", LOG);
        Daemon::spawn(command, "listening address=")
    }

    pub fn serve_at(&self, listen: &str) -> Daemon {
        let mut command = self.command();
        command.args(["serve", "--listen", listen]);
        Daemon::spawn(command, "listening address=")
    }

    /// With these variables of the environment.
    pub fn serve_in(&self, variables: &[(&str, &str)]) -> Daemon {
        let mut command = self.command();
        command.args(["serve", "--listen", "127.0.0.1:0"]).envs(variables.iter().copied());
        Daemon::spawn(command, "listening address=")
    }

    /// A daemon that can make no file larger than this, as on a disk that is nearly full; see [`Daemon::make_room`].
    pub fn serve_with_little_room(&self, kibibytes: u32) -> Daemon {
        let mut command = Command::new("sh");
        let script = format!("trap '' XFSZ; ulimit -S -f {}; exec \"$0\" serve --listen 127.0.0.1:0", kibibytes * 2);
        command.current_dir(self.folder.path()).env_remove("KALENDS_CONFIG").env_remove("KALENDS_LOG");
        command.args(["-c", &script, env!("CARGO_BIN_EXE_kalends")]);
        Daemon::spawn(command, "listening address=")
    }

    /// The mails in the outbox folder, by name.
    pub fn outbox(&self) -> Vec<Mail> {
        mails_in(&self.path("data/outbox"))
    }

    #[track_caller]
    pub fn wait_for_mails(&self, count: usize) -> Vec<Mail> {
        wait_for(&format!("{count} mails"), || Some(self.outbox()).filter(|mails| mails.len() >= count))
    }
}

/// From inside of a test's own runtime another can only be used on another thread.
fn block_on(work: impl AsyncFnOnce() + Send) {
    let run = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work());
    std::thread::scope(|scope| scope.spawn(run).join().unwrap());
}

/// Asks again and again until there is an answer.
#[track_caller]
pub fn wait_for<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(begun.elapsed() < PATIENCE, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Waits for the next second: an edition for no moment is for the second in which it is asked for.
pub fn another_second() {
    let begun = jiff::Timestamp::now().as_second();
    wait_for("the next second", || (jiff::Timestamp::now().as_second() > begun).then_some(()));
}

/// An .eml file.
pub struct Mail {
    pub octets: Vec<u8>,
}

impl Mail {
    pub fn header(&self, name: &str) -> String {
        let message = mail_parser::MessageParser::default().parse(&self.octets).unwrap();
        message.header_raw(name).unwrap_or_default().trim().to_owned()
    }

    pub fn subject(&self) -> String {
        mail_parser::MessageParser::default().parse(&self.octets).unwrap().subject().unwrap_or_default().to_owned()
    }

    pub fn text(&self) -> String {
        let message = mail_parser::MessageParser::default().parse(&self.octets).unwrap();
        message.body_text(0).unwrap().into_owned()
    }

    pub fn html(&self) -> String {
        let message = mail_parser::MessageParser::default().parse(&self.octets).unwrap();
        message.body_html(0).unwrap().into_owned()
    }

    /// The path of the first link to this site that contains `part`.
    #[track_caller]
    pub fn link(&self, part: &str) -> String {
        let text = self.text();
        let at = text.find(part).unwrap_or_else(|| panic!("no {part} in {text}"));
        text[at..].split_whitespace().next().unwrap().to_owned()
    }
}

pub fn mails_in(folder: &Path) -> Vec<Mail> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<_> =
        entries.map(|e| e.unwrap().path()).filter(|path| path.extension().is_some_and(|e| e == "eml")).collect();
    paths.sort();
    paths.iter().map(|path| Mail { octets: std::fs::read(path).unwrap() }).collect()
}

/// A running daemon; killed when the test ends.
pub struct Daemon {
    child: Child,
    pub address: String,
    lines: Receiver<String>,
    log: String,
}

impl Daemon {
    /// Starts it and waits until it says, after `marker`, where it listens.
    pub fn spawn(mut command: Command, marker: &str) -> Self {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (sender, lines) = channel();
        let (stdout, stderr) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        for stream in [Box::new(stdout) as Box<dyn Read + Send>, Box::new(stderr)] {
            let sender = sender.clone();
            std::thread::spawn(move || {
                for line in BufReader::new(stream).lines().map_while(Result::ok) {
                    if sender.send(line).is_err() {
                        return;
                    }
                }
            });
        }
        let mut daemon = Self { child, address: String::new(), lines, log: String::new() };
        let line = daemon.wait_for_line(marker);
        let rest = &line[line.find(marker).unwrap() + marker.len()..];
        daemon.address = rest.split(['/', ' ']).next().unwrap().to_owned();
        daemon
    }

    /// What was seen of its log.
    pub fn log_so_far(&self) -> &str {
        &self.log
    }

    /// The next line that it prints or logs and that holds `part`.
    #[track_caller]
    pub fn wait_for_line(&mut self, part: &str) -> String {
        let line = self.line_within(PATIENCE, part);
        line.unwrap_or_else(|| panic!("no line with {part:?}; the log:\n{}", self.log))
    }

    /// The same, if it comes before nothing at all was logged for so long.
    #[track_caller]
    fn line_within(&mut self, patience: Duration, part: &str) -> Option<String> {
        loop {
            let line = self.lines.recv_timeout(patience).ok()?;
            self.log.push_str(&line);
            self.log.push('\n');
            assert!(!line.contains("panicked"), "{}", self.log);
            if line.contains(part) {
                return Some(line);
            }
        }
    }

    /// Where it tells its metrics, if the configuration says so.
    #[track_caller]
    pub fn metrics_url(&mut self) -> String {
        let line = self.wait_for_line("telling /metrics");
        format!("http://{}/metrics", line.split("address=").nth(1).unwrap().trim())
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub async fn get(&self, path: &str) -> reqwest::Response {
        reqwest::get(self.url(path)).await.unwrap()
    }

    pub async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> reqwest::Response {
        let mut request = reqwest::Client::new().get(self.url(path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.unwrap()
    }

    /// A form, sent past a proxy that says where it came from.
    pub async fn post_from(&self, client: &str, path: &str, form: &[(&str, &str)]) -> reqwest::Response {
        let request = reqwest::Client::new().post(self.url(path)).header("X-Forwarded-For", client);
        request.form(form).send().await.unwrap()
    }

    pub async fn text(&self, path: &str) -> String {
        self.get(path).await.text().await.unwrap()
    }

    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> reqwest::Response {
        reqwest::Client::new().post(self.url(path)).form(form).send().await.unwrap()
    }

    pub fn signal(&self, name: &str) {
        let status = Command::new("sh").arg("-c").arg(format!("kill -{name} {}", self.child.id())).status().unwrap();
        assert!(status.success());
    }

    /// The disk that was nearly full has room again.
    pub fn make_room(&self) {
        let id = self.child.id().to_string();
        let status = Command::new("prlimit").args(["--pid", &id, "--fsize=unlimited:unlimited"]).status().unwrap();
        assert!(status.success());
    }

    /// SIGTERM, then how it ended and how long that took.
    pub fn stop(mut self) -> (ExitStatus, Duration) {
        let begun = Instant::now();
        self.signal("TERM");
        let status = self.child.wait().unwrap();
        (status, begun.elapsed())
    }

    /// SIGKILL: as a power cut, but for the disk's cache.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let ended = self.child.wait();
        // Why a test fails may stand in the log.
        if std::thread::panicking() {
            let rest = self.lines.iter().map(|line| line + "\n").collect::<String>();
            eprintln!("the daemon ended, {ended:?}; its log:\n{}{rest}", self.log);
        }
    }
}
