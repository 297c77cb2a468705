//! A person at a terminal: the binary on a pseudo-terminal of a given size, the keys that are typed, and what is seen.
#![allow(dead_code)] // no single test uses all of it

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Instant;

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};
use vt100::Parser;

use super::{Office, PATIENCE};

/// As many lines are kept of what scrolled by.
const KEPT_LINES: usize = 100_000;

pub const ENTER: &str = "\r";
pub const CTRL_C: &str = "\x03";
pub const CTRL_D: &str = "\x04";
pub const ESCAPE: &str = "\x1b";
pub const UP: &str = "\x1b[A";
pub const DOWN: &str = "\x1b[B";

/// What a terminal is like before anything runs on it.
pub struct Setting {
    columns: u16,
    rows: u16,
    environment: Vec<(String, String)>,
}

impl Setting {
    /// With a TERM that knows colours, and nothing else but where to find programs: no NO_COLOR, no EDITOR, and a HOME
    /// in which nothing is.
    pub fn of(columns: u16, rows: u16) -> Self {
        let path = std::env::var("PATH").unwrap_or_default();
        let environment = [("TERM", "xterm-256color"), ("LANG", "C.UTF-8"), ("HOME", "/nonexistent"), ("PATH", &path)];
        let environment = environment.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        Self { columns, rows, environment }
    }

    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.environment.retain(|(known, _)| known != name);
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Runs kalends in the office's folder.
    pub fn run(self, office: &Office, args: &[&str]) -> Terminal {
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_kalends"));
        command.args(args);
        self.start(office, command)
    }

    /// Runs a line of a shell, in which `kalends` is the binary: some of it may go into a pipe or a file.
    pub fn run_line(self, office: &Office, line: &str) -> Terminal {
        let mut command = CommandBuilder::new("/bin/sh");
        command.args(["-c", &format!("kalends() {{ {} \"$@\"; }}; {line}", env!("CARGO_BIN_EXE_kalends"))]);
        self.start(office, command)
    }

    fn start(self, office: &Office, mut command: CommandBuilder) -> Terminal {
        command.cwd(office.path("."));
        command.env_clear();
        for (name, value) in &self.environment {
            command.env(name, value);
        }
        let size = PtySize { rows: self.rows, cols: self.columns, ..PtySize::default() };
        let pair = native_pty_system().openpty(size).unwrap();
        let child = pair.slave.spawn_command(command).unwrap();
        // Once the program ends, nobody has the terminal open any more, and reading it ends.
        drop(pair.slave);
        let [rows, columns] = [self.rows, self.columns].map(|n| NonZeroU16::new(n).unwrap());
        let seen = Seen { parser: Parser::new(rows, columns, KEPT_LINES), octets: Vec::new(), is_over: false };
        let shared = Arc::new((Mutex::new(seen), Condvar::new()));
        let keyboard = Arc::new(Mutex::new(pair.master.take_writer().unwrap()));
        let reader = pair.master.try_clone_reader().unwrap();
        let (for_reader, for_answers) = (shared.clone(), keyboard.clone());
        std::thread::spawn(move || read(reader, &for_reader, &for_answers));
        Terminal { child, master: pair.master, keyboard, shared, keys: 0 }
    }
}

type Keyboard = Arc<Mutex<Box<dyn Write + Send>>>;

struct Seen {
    parser: Parser,
    octets: Vec<u8>,
    is_over: bool,
}

impl Seen {
    fn columns(&self) -> u16 {
        self.parser.screen().size().1.get()
    }

    fn screen(&self) -> String {
        let rows: Vec<_> = self.parser.screen().rows(0, self.columns()).collect();
        rows.iter().map(|row| row.trim_end()).collect::<Vec<_>>().join("\n").trim_end().to_owned()
    }
}

fn read(mut reader: Box<dyn Read + Send>, shared: &(Mutex<Seen>, Condvar), keyboard: &Keyboard) {
    let mut octets = [0; 4096];
    // Linux says EIO where nobody has the terminal open any more.
    while let Ok(length @ 1..) = reader.read(&mut octets) {
        let came = &octets[..length];
        let Ok(mut seen) = shared.0.lock() else { return };
        seen.parser.process(came);
        seen.octets.extend_from_slice(came);
        let (row, column) = seen.parser.screen().cursor_position();
        drop(seen);
        // A program may ask where the cursor is (DSR 6), and waits for the answer.
        if came.windows(4).any(|window| window == b"\x1b[6n") {
            let _ = write!(keyboard.lock().unwrap(), "\x1b[{};{}R", row + 1, column + 1);
        }
        shared.1.notify_all();
    }
    if let Ok(mut seen) = shared.0.lock() {
        seen.is_over = true;
    }
    shared.1.notify_all();
}

/// A program at work on a terminal; hung up when the test ends.
pub struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    keyboard: Keyboard,
    shared: Arc<(Mutex<Seen>, Condvar)>,
    keys: usize,
}

impl Terminal {
    /// Waits until this is on the screen, or has scrolled by. Where a line breaks does not count, nor do blanks.
    #[track_caller]
    pub fn wait_for(&mut self, text: &str) -> &mut Self {
        self.wait_until(text, all)
    }

    /// Waits until this is on the screen, and not only above it.
    #[track_caller]
    pub fn wait_for_on_screen(&mut self, text: &str) -> &mut Self {
        self.wait_until(text, |seen| seen.screen())
    }

    #[track_caller]
    fn wait_until(&mut self, wanted: &str, shown: impl Fn(&mut Seen) -> String) -> &mut Self {
        let begun = Instant::now();
        let mut seen = self.shared.0.lock().unwrap();
        loop {
            let text = shown(&mut seen);
            if without_blanks(&text).contains(&without_blanks(wanted)) {
                drop(seen);
                return self;
            }
            let left = PATIENCE.saturating_sub(begun.elapsed());
            assert!(!left.is_zero() && !seen.is_over, "waited in vain for {wanted:?}; the terminal shows:\n{text}");
            seen = self.shared.1.wait_timeout(seen, left).unwrap().0;
        }
    }

    /// Types; each character counts as a key.
    pub fn types(&mut self, text: &str) -> &mut Self {
        self.keys += text.chars().count();
        self.send(text)
    }

    /// Presses one key, whatever it sends.
    pub fn press(&mut self, key: &str) -> &mut Self {
        self.keys += 1;
        self.send(key)
    }

    fn send(&mut self, text: &str) -> &mut Self {
        // A program that is gone reads nothing.
        let _ = self.keyboard.lock().unwrap().write_all(text.as_bytes());
        self
    }

    /// How many keys were typed so far.
    pub fn keys(&self) -> usize {
        self.keys
    }

    /// What is on the screen now, without blanks at the ends of lines.
    pub fn screen(&self) -> String {
        self.shared.0.lock().unwrap().screen()
    }

    /// What scrolled by, and the screen.
    pub fn all(&self) -> String {
        all(&mut self.shared.0.lock().unwrap())
    }

    /// All octets that came, such as those that colour.
    pub fn octets(&self) -> String {
        String::from_utf8_lossy(&self.shared.0.lock().unwrap().octets).into_owned()
    }

    pub fn is_cursor_hidden(&self) -> bool {
        self.shared.0.lock().unwrap().parser.screen().hide_cursor()
    }

    /// Whether what is typed shows, and lines are edited by the terminal: what a program that ends leaves behind.
    pub fn is_as_it_was(&self) -> bool {
        let modes = self.master.get_termios().unwrap().local_flags.bits();
        // ECHO and ICANON of termios(3).
        let is_plain = modes & 0o12 == 0o12;
        is_plain && !self.is_cursor_hidden() && !self.shared.0.lock().unwrap().parser.screen().alternate_screen()
    }

    pub fn resize(&self, columns: u16, rows: u16) {
        let size = PtySize { rows, cols: columns, ..PtySize::default() };
        self.master.resize(size).unwrap();
        let [rows, columns] = [rows, columns].map(|n| NonZeroU16::new(n).unwrap());
        self.shared.0.lock().unwrap().parser.set_size(rows, columns);
    }

    /// A signal from elsewhere.
    pub fn signal(&self, name: &str) {
        let id = self.child.process_id().unwrap();
        let status = std::process::Command::new("sh").arg("-c").arg(format!("kill -{name} {id}")).status().unwrap();
        assert!(status.success());
    }

    /// Waits until the program ends; its exit code, or 128 and more of a signal, as a shell has it.
    #[track_caller]
    pub fn ends(&mut self) -> i32 {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                let mut seen = self.shared.0.lock().unwrap();
                while !seen.is_over && begun.elapsed() < PATIENCE {
                    seen = self.shared.1.wait_timeout(seen, PATIENCE).unwrap().0;
                }
                let all = all(&mut seen);
                assert!(!all.contains("panicked"), "{all}");
                return code(&status);
            }
            assert!(begun.elapsed() < PATIENCE, "it does not end; the terminal shows:\n{}", self.all());
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
    }

    /// Waits until the program ends, which must be with this code; what the terminal showed.
    #[track_caller]
    pub fn ends_with(&mut self, expected: i32) -> String {
        let code = self.ends();
        let all = self.all();
        assert_eq!(code, expected, "the terminal shows:\n{all}");
        all
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn code(status: &ExitStatus) -> i32 {
    match status.signal() {
        None => i32::try_from(status.exit_code()).unwrap(),
        Some("Interrupt") => 130,
        Some("Hangup") => 129,
        Some("Terminated") => 143,
        Some(other) => panic!("killed: {other}"),
    }
}

fn without_blanks(text: &str) -> String {
    text.split_whitespace().collect()
}

/// What scrolled by and the screen, without blanks at the ends of lines.
fn all(seen: &mut Seen) -> String {
    let columns = seen.columns();
    let screen = seen.parser.screen_mut();
    let above = screen.scrollback_len();
    let mut lines = Vec::new();
    for offset in (1..=above).rev() {
        screen.set_scrollback(offset);
        lines.extend(screen.rows(0, columns).next());
    }
    screen.set_scrollback(0);
    let above: String = lines.iter().map(|line| format!("{}\n", line.trim_end())).collect();
    above + &seen.screen()
}
