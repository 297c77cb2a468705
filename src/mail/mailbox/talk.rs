//! Commands to a server (RFC 3501), one at a time, and its answers.

use std::io;
use std::time::Duration;

use imap_proto::{MailboxDatum, Response};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{Instant, timeout_at};

use super::frames::{self, Frame, Frames, Unreadable};
use crate::domain::text;
use crate::mail::smtp::Stream;

/// For what a server does at once.
pub const COMMAND_TIMEOUT: Duration = Duration::from_secs(60);
/// To one command. A list of all new mails is asked for in pieces.
const MOST_ANSWERS: usize = 100_000;
/// Of what a server says for people, in characters.
const MOST_SAID: usize = 300;

/// Why the conversation is at its end.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    #[error("no answer in time")]
    Silence,
    #[error("the server closed the connection{}", .0.as_ref().map(|said| format!(": {said}")).unwrap_or_default())]
    Closed(Option<String>),
    #[error("{0}")]
    Network(#[from] io::Error),
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    #[error("the server said what nobody had asked for, again and again")]
    Flood,
}

/// How a command ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    pub is_ok: bool,
    /// What stands in brackets before the words, such as `TRYCREATE`.
    pub code: String,
    /// For people, on one line.
    pub said: String,
}

/// What a server says first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Greeting {
    Ready,
    /// Whoever comes is logged in already.
    KnowsUs,
}

pub struct Talk {
    stream: Box<dyn Stream>,
    frames: Frames,
    tags: u32,
    /// What the server said at its going.
    bye: Option<String>,
    /// Whether it told of mails since somebody last looked (EXISTS), be it between two other things.
    pub has_news: bool,
}

impl Talk {
    pub fn new(stream: Box<dyn Stream>) -> Self {
        Self { stream, frames: Frames::default(), tags: 0, bye: None, has_news: false }
    }

    /// The bare connection, for TLS; none if the server said something that nobody asked for, as if somebody on the way
    /// had put it there.
    pub fn into_stream(self) -> Option<Box<dyn Stream>> {
        self.frames.is_empty().then_some(self.stream)
    }

    pub async fn greeting(&mut self) -> Result<Greeting, Fault> {
        let frame = self.frame(Instant::now() + COMMAND_TIMEOUT).await?;
        let (first, rest) = word(&frame);
        match (first.as_str(), word(rest).0.to_ascii_uppercase().as_str()) {
            ("*", "OK") => Ok(Greeting::Ready),
            ("*", "PREAUTH") => Ok(Greeting::KnowsUs),
            _ => Err(Fault::Closed(Some(spoken(&frame)))),
        }
    }

    pub async fn ask(
        &mut self,
        limit: Duration,
        command: &str,
        each: impl FnMut(&Response<'_>),
    ) -> Result<Done, Fault> {
        self.ask_and_say(limit, command, |_| None, each).await
    }

    /// Asks; where the server wants more of the command (`+`), `more` says what.
    pub async fn ask_and_say(
        &mut self,
        limit: Duration,
        command: &str,
        mut more: impl FnMut(&str) -> Option<String>,
        mut each: impl FnMut(&Response<'_>),
    ) -> Result<Done, Fault> {
        let until = Instant::now() + limit;
        let tag = self.begin(command, until).await?;
        for _ in 0..MOST_ANSWERS {
            let frame = self.frame(until).await?;
            match self.read(&frame, &tag) {
                Answer::Done(done) => return Ok(done),
                Answer::More(said) => {
                    if let Some(line) = more(&said) {
                        self.give_line(&line, until).await?;
                    }
                }
                Answer::Data(response) => each(&response),
                Answer::Nothing => {}
            }
        }
        Err(Fault::Flood)
    }

    /// Waits until there is something new, or for so long (RFC 2177); whether there is. None if the server will not.
    pub async fn idle(&mut self, lasts: Duration) -> Result<Option<bool>, Fault> {
        if self.has_news {
            return Ok(Some(true));
        }
        let tag = self.begin("IDLE", Instant::now() + COMMAND_TIMEOUT).await?;
        let (mut until, mut is_on) = (Instant::now() + COMMAND_TIMEOUT, false);
        for _ in 0..MOST_ANSWERS {
            let frame = match self.frame(until).await {
                Ok(frame) => frame,
                Err(Fault::Silence) if is_on => break,
                Err(fault) => return Err(fault),
            };
            match self.read(&frame, &tag) {
                Answer::Done(done) => return Ok(done.is_ok.then_some(self.has_news)),
                Answer::More(_) if !is_on => (is_on, until) = (true, Instant::now() + lasts),
                _ => {}
            }
            if is_on && self.has_news {
                break;
            }
        }
        // A server that is gone says nothing, and this is where that shows.
        let until = Instant::now() + COMMAND_TIMEOUT;
        self.give_line("DONE", until).await?;
        for _ in 0..MOST_ANSWERS {
            let frame = self.frame(until).await?;
            if let Answer::Done(_) = self.read(&frame, &tag) {
                return Ok(Some(self.has_news));
            }
        }
        Err(Fault::Flood)
    }

    async fn begin(&mut self, command: &str, until: Instant) -> Result<String, Fault> {
        self.tags += 1;
        let tag = format!("k{}", self.tags);
        self.give_line(&format!("{tag} {command}"), until).await?;
        Ok(tag)
    }

    async fn give_line(&mut self, line: &str, until: Instant) -> Result<(), Fault> {
        let saying = async {
            self.stream.write_all(format!("{line}\r\n").as_bytes()).await?;
            self.stream.flush().await
        };
        Ok(timeout_at(until, saying).await.map_err(|_| Fault::Silence)??)
    }

    async fn frame(&mut self, until: Instant) -> Result<Frame, Fault> {
        let mut octets = [0; 8192];
        loop {
            if let Some(frame) = self.frames.take_next()? {
                return Ok(frame);
            }
            match timeout_at(until, self.stream.read(&mut octets)).await {
                Err(_) => return Err(Fault::Silence),
                Ok(Ok(0)) => return Err(Fault::Closed(self.bye.take())),
                // Whoever leaves without a word of TLS leaves all the same.
                Ok(Err(error)) if error.kind() == io::ErrorKind::UnexpectedEof => {
                    return Err(Fault::Closed(self.bye.take()));
                }
                Ok(read) => self.frames.push(&octets[..read?]),
            }
        }
    }

    fn read<'f>(&mut self, frame: &'f [u8], tag: &str) -> Answer<'f> {
        let (first, rest) = word(frame);
        if first == tag {
            let (status, rest) = word(rest);
            let (code, said) = coded(&spoken(rest));
            return Answer::Done(Done { is_ok: status.eq_ignore_ascii_case("OK"), code, said });
        }
        if first == "+" {
            return Answer::More(spoken(rest));
        }
        let (second, rest) = word(rest);
        if first == "*" && second.eq_ignore_ascii_case("BYE") {
            self.bye = Some(coded(&spoken(rest)).1);
        }
        match frames::read(frame) {
            Some(response) if first == "*" => {
                self.has_news |= matches!(response, Response::MailboxData(MailboxDatum::Exists(_)));
                Answer::Data(response)
            }
            // Or an answer to a command that was given up.
            _ => Answer::Nothing,
        }
    }
}

enum Answer<'f> {
    Done(Done),
    More(String),
    Data(Response<'f>),
    Nothing,
}

/// The first word, and what follows it.
fn word(octets: &[u8]) -> (String, &[u8]) {
    let end = octets.iter().position(u8::is_ascii_whitespace).unwrap_or(octets.len());
    let (word, rest) = octets.split_at(end);
    (String::from_utf8_lossy(word).into_owned(), rest.strip_prefix(b" ").unwrap_or(rest))
}

/// A server's words, on one line and not endless.
fn spoken(octets: &[u8]) -> String {
    text::single_line(&String::from_utf8_lossy(octets)).chars().take(MOST_SAID).collect()
}

/// `[CODE] words` as both.
fn coded(said: &str) -> (String, String) {
    match said.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((code, rest)) => (code.to_owned(), rest.trim().to_owned()),
        None => (String::new(), said.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncBufReadExt, BufReader};

    use super::*;

    /// A server that says these things, each for a line that it gets.
    fn server(says: &'static [&'static str]) -> Talk {
        let (ours, theirs) = tokio::io::duplex(1 << 16);
        tokio::spawn(async move {
            let mut theirs = BufReader::new(theirs);
            for said in says {
                let mut line = String::new();
                theirs.read_line(&mut line).await.unwrap();
                theirs.write_all(said.as_bytes()).await.unwrap();
            }
        });
        Talk::new(Box::new(ours))
    }

    #[tokio::test]
    async fn answers_come_in_any_order_and_only_the_own_end_counts() {
        let mut talk = server(&[
            "* NEW EXTENSION {2}\r\nab\r\nk0 BAD old\r\n* 3 EXISTS\r\nk1 NO [TRYCREATE] no\x07 such folder\r\n",
        ]);
        let mut exists = Vec::new();
        let done = talk.ask(COMMAND_TIMEOUT, "NOOP", |response| exists.push(format!("{response:?}"))).await.unwrap();
        assert_eq!(exists, ["MailboxData(Exists(3))"]);
        assert_eq!(done, Done { is_ok: false, code: "TRYCREATE".into(), said: "no such folder".into() });
        let lost = talk.ask(COMMAND_TIMEOUT, "NOOP", |_| {}).await.unwrap_err();
        assert!(matches!(lost, Fault::Closed(None) | Fault::Network(_)), "{lost}");
    }

    #[tokio::test]
    async fn a_server_that_goes_says_why() {
        let mut talk = server(&["* BYE [UNAVAILABLE] disconnected for inactivity\r\n"]);
        let lost = talk.ask(COMMAND_TIMEOUT, "NOOP", |_| {}).await.unwrap_err();
        assert_eq!(lost.to_string(), "the server closed the connection: disconnected for inactivity");
    }

    #[tokio::test]
    async fn idling_ends_with_news_with_time_and_where_the_server_will_not() {
        let lasts = Duration::from_millis(100);
        let mut talk = server(&["+ idling\r\n* OK still here\r\n* 4 EXISTS\r\n", "k1 OK\r\n"]);
        assert_eq!(talk.idle(Duration::from_secs(300)).await.unwrap(), Some(true));
        // Until somebody has looked.
        assert_eq!(talk.idle(lasts).await.unwrap(), Some(true));
        let mut talk = server(&["+ idling\r\n* OK still here\r\n", "k1 OK\r\n", "k2 BAD no\r\n"]);
        assert_eq!(talk.idle(lasts).await.unwrap(), Some(false));
        assert_eq!(talk.idle(lasts).await.unwrap(), None);
        // What comes behind DONE is news, too.
        let mut talk = server(&["+ idling\r\n", "* 5 EXISTS\r\nk1 OK\r\n"]);
        assert_eq!(talk.idle(lasts).await.unwrap(), Some(true));
    }
}
