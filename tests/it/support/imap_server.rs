//! An IMAP server on a real socket, with the faults that a real one can't be made to have. What a real one does,
//! `tests/mailbox` shows.
#![allow(dead_code)] // no single test uses all of it

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use data_encoding::BASE64;

/// A mail in the folder that is read.
#[derive(Clone, Debug)]
pub struct Stored {
    pub uid: u32,
    pub octets: Vec<u8>,
    /// What it is said to weigh, if that is not what is there.
    pub size: Option<usize>,
    pub flags: Vec<String>,
}

/// What happens instead of an answer.
#[derive(Clone, Debug)]
pub enum Instead {
    /// This, with `{tag}` in it.
    Say(String),
    /// The same again and again, until the client has enough.
    Endless(&'static [u8]),
    Drop,
}

#[derive(Default)]
pub struct State {
    pub validity: u32,
    next: u32,
    pub inbox: Vec<Stored>,
    pub folders: BTreeMap<String, Vec<Vec<u8>>>,
    pub capabilities: String,
    /// By a part of a command: what happens, and how often yet.
    pub faults: Vec<(String, Instead, usize)>,
    /// All that was asked, without tags.
    pub asked: Vec<String>,
    /// What a login is to say, decoded; whatever it says if empty.
    pub logins: Vec<String>,
    pub connections: usize,
}

impl State {
    pub fn put(&mut self, octets: impl AsRef<[u8]>) -> u32 {
        self.next += 1;
        let octets = octets.as_ref().to_vec();
        self.inbox.push(Stored { uid: self.next, octets, size: None, flags: Vec::new() });
        self.next
    }

    /// How often something was asked.
    pub fn times(&self, part: &str) -> usize {
        self.asked.iter().filter(|line| line.contains(part)).count()
    }
}

#[derive(Clone)]
pub struct ImapServer {
    pub port: u16,
    state: Arc<Mutex<State>>,
}

impl ImapServer {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let state =
            State { validity: 7, capabilities: "IDLE MOVE UIDPLUS SASL-IR AUTH=PLAIN".into(), ..State::default() };
        let server = Self { port: listener.local_addr().unwrap().port(), state: Arc::new(Mutex::new(state)) };
        let for_all = server.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let server = for_all.clone();
                server.state().connections += 1;
                // Whoever goes without a word goes.
                std::thread::spawn(move || server.converse(stream).unwrap_or_default());
            }
        });
        server
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    pub fn put(&self, octets: impl AsRef<[u8]>) -> u32 {
        self.state().put(octets)
    }

    /// What lies in another folder.
    pub fn folder(&self, name: &str) -> Vec<Vec<u8>> {
        self.state().folders.get(name).cloned().unwrap_or_default()
    }

    /// So often a command that holds `part` gets another answer.
    pub fn fault(&self, part: &str, instead: Instead, times: usize) {
        self.state().faults.push((part.into(), instead, times));
    }

    /// As `[bounce]` names it, with a password in `config/mailbox`.
    pub fn config(&self) -> String {
        format!("mailbox = \"imap://office@127.0.0.1:{}/INBOX\"\npassword_file = \"config/mailbox\"\n", self.port)
    }

    fn converse(&self, stream: TcpStream) -> std::io::Result<()> {
        stream.set_read_timeout(Some(Duration::from_millis(20)))?;
        let (mut lines, mut stream) = (Lines { stream: BufReader::new(stream.try_clone()?), line: Vec::new() }, stream);
        // Up to which mail it was told what there is.
        let mut told = 0;
        write!(stream, "* OK [CAPABILITY IMAP4rev1] ready\r\n")?;
        while let Some(line) = lines.wait()? {
            let (tag, command) = line.split_once(' ').unwrap_or((&line, ""));
            if let Some(instead) = self.instead(command) {
                match instead {
                    Instead::Say(said) => write!(stream, "{}", said.replace("{tag}", tag))?,
                    Instead::Drop => return Ok(()),
                    Instead::Endless(octets) => loop {
                        stream.write_all(octets)?;
                    },
                }
                continue;
            }
            if command == "IDLE" {
                self.idle(&mut lines, &mut stream, &mut told)?;
                write!(stream, "{tag} OK idled\r\n")?;
                continue;
            }
            let mut command = command.to_owned();
            if command.starts_with("SELECT") {
                told = self.state().next;
            }
            if command.starts_with("AUTHENTICATE") && command.split(' ').count() == 2 {
                write!(stream, "+ \r\n")?;
                command = format!("{command} {}", lines.wait()?.unwrap_or_default());
            }
            let answer = self.answer(&command);
            if answer == b"NO" {
                write!(stream, "+ {}\r\n", BASE64.encode(b"{\"status\":\"400\"}"))?;
                lines.wait()?;
                write!(stream, "{tag} NO [AUTHENTICATIONFAILED] Authentication failed.\r\n")?;
                continue;
            }
            stream.write_all(&answer)?;
            write!(stream, "{tag} OK done\r\n")?;
            if command == "LOGOUT" {
                return Ok(());
            }
        }
        Ok(())
    }

    fn instead(&self, command: &str) -> Option<Instead> {
        let mut state = self.state();
        state.asked.push(command.to_owned());
        let (_, instead, times) =
            state.faults.iter_mut().find(|(part, _, times)| command.contains(&**part) && *times > 0)?;
        *times -= 1;
        Some(instead.clone())
    }

    fn idle(&self, lines: &mut Lines, stream: &mut TcpStream, told: &mut u32) -> std::io::Result<()> {
        write!(stream, "+ idling\r\n")?;
        loop {
            match lines.next()? {
                Next::Line(_) | Next::End => return Ok(()),
                Next::Nothing => {
                    let state = self.state();
                    let (next, mails) = (state.next, state.inbox.len());
                    drop(state);
                    if next != *told {
                        write!(stream, "* {mails} EXISTS\r\n")?;
                    }
                    *told = next;
                }
            }
        }
    }

    /// What is said before the end of a command. `NO` of a login that is not right.
    fn answer(&self, command: &str) -> Vec<u8> {
        let mut state = self.state();
        let words: Vec<&str> = command.split(' ').collect();
        match words.as_slice() {
            ["CAPABILITY"] => format!("* CAPABILITY IMAP4rev1 {}\r\n", state.capabilities).into_bytes(),
            ["AUTHENTICATE", _, said] => {
                let said = String::from_utf8(BASE64.decode(said.as_bytes()).unwrap()).unwrap();
                let is_right = state.logins.is_empty() || state.logins.contains(&said);
                if is_right { Vec::new() } else { b"NO".to_vec() }
            }
            ["LIST", _, "\"\""] => b"* LIST (\\Noselect) \"/\" \"\"\r\n".to_vec(),
            ["LIST", _, name] if state.folders.contains_key(name.trim_matches('"')) => {
                format!("* LIST () \"/\" {name}\r\n").into_bytes()
            }
            ["CREATE", name] => {
                state.folders.entry(name.trim_matches('"').to_owned()).or_default();
                Vec::new()
            }
            ["SELECT", _] => format!(
                "* {} EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY {}] ok\r\n* OK [UIDNEXT {}] ok\r\n\
                 * OK [PERMANENTFLAGS (\\Flagged \\Deleted \\*)] ok\r\n",
                state.inbox.len(),
                state.validity,
                state.next + 1
            )
            .into_bytes(),
            ["UID", "SEARCH", places, "UID", uids, "UNDELETED"] => {
                let (from, to) = places.split_once(':').unwrap();
                let (from, to): (usize, usize) = (from.parse().unwrap(), to.parse().unwrap());
                let first: u32 = uids.trim_end_matches(":*").parse().unwrap();
                let last = state.inbox.last().map_or(0, |mail| mail.uid);
                let here = state.inbox.iter().enumerate().filter(|(at, mail)| {
                    let is_deleted = mail.flags.iter().any(|flag| flag == "\\Deleted");
                    (from..=to).contains(&(at + 1)) && (mail.uid >= first || mail.uid == last) && !is_deleted
                });
                let uids: String = here.map(|(_, mail)| format!(" {}", mail.uid)).collect();
                format!("* SEARCH{uids}\r\n").into_bytes()
            }
            ["UID", "FETCH", uid, ..] => {
                let found = state.inbox.iter().enumerate().find(|(_, mail)| mail.uid.to_string() == **uid);
                let Some((at, mail)) = found else { return Vec::new() };
                let (at, size) = (at + 1, mail.size.unwrap_or(mail.octets.len()));
                if command.contains("RFC822.SIZE") {
                    return format!("* {at} FETCH (UID {uid} RFC822.SIZE {size})\r\n").into_bytes();
                }
                // `<0.100>`
                let partial = command.split_once('<').and_then(|(_, rest)| rest.split_once('>')?.0.split_once('.'));
                let (origin, from, most) = match partial {
                    Some((from, most)) => (format!("<{from}>"), from.parse().unwrap(), most.parse().unwrap()),
                    None => (String::new(), 0, usize::MAX),
                };
                let octets = &mail.octets[mail.octets.len().min(from)..];
                let octets = &octets[..octets.len().min(most)];
                let head = format!("* {at} FETCH (UID {uid} BODY[]{origin} {{{}}}\r\n", octets.len());
                [head.as_bytes(), octets, b")\r\n"].concat()
            }
            ["UID", "STORE", uids, _, flag] => {
                let flag = flag.trim_matches(['(', ')']).to_owned();
                state
                    .inbox
                    .iter_mut()
                    .filter(|mail| is_in(uids, mail.uid))
                    .for_each(|mail| mail.flags.push(flag.clone()));
                Vec::new()
            }
            ["UID", what @ ("MOVE" | "COPY"), uids, folder] => {
                let (here, rest): (Vec<Stored>, Vec<Stored>) =
                    state.inbox.clone().into_iter().partition(|mail| is_in(uids, mail.uid));
                let folder = state.folders.entry(folder.trim_matches('"').to_owned()).or_default();
                folder.extend(here.into_iter().map(|mail| mail.octets));
                if *what == "MOVE" {
                    state.inbox = rest;
                }
                Vec::new()
            }
            ["UID", "EXPUNGE", uids] => {
                state.inbox.retain(|mail| !is_in(uids, mail.uid) || !mail.flags.contains(&"\\Deleted".to_owned()));
                Vec::new()
            }
            _ => Vec::new(),
        }
    }
}

fn is_in(set: &str, uid: u32) -> bool {
    set.split(',').any(|run| {
        let (first, last) = run.split_once(':').unwrap_or((run, run));
        (first.parse().unwrap()..=last.parse().unwrap()).contains(&uid)
    })
}

enum Next {
    Line(String),
    Nothing,
    End,
}

/// Lines of a connection that is looked at for a moment at a time.
struct Lines {
    stream: BufReader<TcpStream>,
    line: Vec<u8>,
}

impl Lines {
    fn next(&mut self) -> std::io::Result<Next> {
        match self.stream.read_until(b'\n', &mut self.line) {
            Ok(_) if self.line.ends_with(b"\n") => {
                let line = String::from_utf8(std::mem::take(&mut self.line)).unwrap();
                Ok(Next::Line(line.trim_end().to_owned()))
            }
            Ok(_) => Ok(Next::End),
            Err(error) if matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut) => {
                Ok(Next::Nothing)
            }
            Err(error) => Err(error),
        }
    }

    fn wait(&mut self) -> std::io::Result<Option<String>> {
        loop {
            match self.next()? {
                Next::Line(line) => return Ok(Some(line)),
                Next::End => return Ok(None),
                Next::Nothing => {}
            }
        }
    }
}
