//! A scriptable SMTP server on a real socket. It runs on the runtime of the test that started it.
#![allow(dead_code)] // no single test uses all of it

use std::collections::{HashMap, VecDeque};
use std::panic::Location;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use data_encoding::BASE64;
use tokio::io::{self, AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{Instant, sleep, timeout, timeout_at};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::{ServerConfig, pki_types::PrivatePkcs8KeyDer};

const MAX_SIZE: usize = 10 << 20;

/// A message read up to its final dot, whatever was answered.
#[derive(Clone, Debug, Default)]
pub struct Received {
    pub from: String,
    pub to: Vec<String>,
    /// Parameters of MAIL, such as `BODY=8BITMIME`.
    pub params: Vec<String>,
    /// Dot-unstuffed, line ends as sent.
    pub data: Vec<u8>,
    /// Answered with a 2xx; set when that is decided, before any reply delay.
    pub accepted: bool,
    pub tls: bool,
    pub login: Option<String>,
    /// The connection it came over, counted from 1.
    pub connection: usize,
    pub bare_lf: bool,
    /// A line of over 998 octets, not counting its end.
    pub long_line: bool,
}

/// What goes wrong with a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    None,
    /// RCPT is refused for now, or for good.
    Rcpt(&'static str),
    /// The final dot is answered so, whatever that makes of the message.
    FinalDot(&'static str),
    /// The answer to the final dot takes a while.
    Slow(Duration),
    /// The connection is closed in the middle of the message.
    DropInData,
    /// It is closed after the final dot, and the message is kept or not.
    DropAfterDot {
        kept: bool,
    },
    /// The message is kept, and the final dot never answered.
    Hang,
    /// The same, and the connection is closed after this long.
    HangFor(Duration),
}

/// What is said in the place of a reply, whatever it is.
#[derive(Clone, Debug)]
pub enum Said {
    Octets(Vec<u8>),
    /// These again and again, until the client has enough.
    Endless(&'static [u8]),
}

impl From<&str> for Said {
    fn from(text: &str) -> Self {
        Self::Octets(text.into())
    }
}

impl From<&[u8]> for Said {
    fn from(octets: &[u8]) -> Self {
        Self::Octets(octets.into())
    }
}

/// What a server can't do that says it can pipeline (RFC 2920).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Loses {
    #[default]
    Nothing,
    /// What comes together with a command.
    BehindCommands,
    /// What comes together with a final dot.
    BehindFinalDots,
}

/// Bad weather: what goes wrong, by the address and how often it was tried before.
pub type Weather = fn(address: &str, tried: usize) -> Fault;

#[derive(Default)]
pub struct Builder {
    weather: Option<Weather>,
    starttls: bool,
    implicit_tls: bool,
    pipelining: bool,
    loses: Loses,
    /// So many recipients it refuses over one connection, and then everybody.
    patience: Option<usize>,
    answers: Vec<(String, Said, bool)>,
    identity: Option<(CertificateDer<'static>, PrivateKeyDer<'static>)>,
    login: Option<(String, String)>,
    reply_delay: Duration,
    port: u16,
}

impl Builder {
    /// Instead of a free one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }
    pub fn starttls(mut self) -> Self {
        self.starttls = true;
        self
    }
    pub fn implicit_tls(mut self) -> Self {
        self.implicit_tls = true;
        self
    }
    pub fn weather(mut self, weather: Weather) -> Self {
        self.weather = Some(weather);
        self
    }
    /// Announces PIPELINING.
    pub fn pipelining(mut self) -> Self {
        self.pipelining = true;
        self
    }
    pub fn loses(mut self, what: Loses) -> Self {
        self.loses = what;
        self
    }
    pub fn patience(mut self, refusals: usize) -> Self {
        self.patience = Some(refusals);
        self
    }
    /// See [`SmtpServer::answer`].
    pub fn answer(mut self, at: &str, said: impl Into<Said>) -> Self {
        self.answers.push((at.into(), said.into(), false));
        self
    }
    /// The certificate that it shows, and the key it has, whether or not they belong together.
    pub fn identity(mut self, certificate: CertificateDer<'static>, key: PrivateKeyDer<'static>) -> Self {
        self.identity = Some((certificate, key));
        self
    }
    /// AUTH is offered at once, or with TLS enabled, only once it is in use.
    pub fn require_login(mut self, user: &str, password: &str) -> Self {
        self.login = Some((user.into(), password.into()));
        self
    }
    /// Waits this long before every reply, the greeting included.
    pub fn reply_delay(mut self, delay: Duration) -> Self {
        self.reply_delay = delay;
        self
    }
    pub async fn start(mut self) -> SmtpServer {
        let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
        let made = rcgen::generate_simple_self_signed(names).unwrap();
        let own_key = || PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()).into();
        let (shown, key) = self.identity.take().unwrap_or_else(|| (made.cert.der().clone(), own_key()));
        let key = aws_lc_rs::sign::any_supported_type(&key).unwrap();
        let tls = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(Shows(Arc::new(CertifiedKey::new(vec![shown], key)))));
        let state = State { answers: std::mem::take(&mut self.answers), ..State::default() };
        let listener = TcpListener::bind(("127.0.0.1", self.port)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared {
            config: self,
            acceptor: TlsAcceptor::from(Arc::new(tls)),
            state: Mutex::new(state),
            received: Notify::new(),
        });
        let accepting = tokio::spawn(accept(listener, shared.clone()));
        SmtpServer { port, ca_pem: made.cert.pem(), shared, accepting }
    }
}

/// One certificate to everybody.
#[derive(Debug)]
struct Shows(Arc<CertifiedKey>);

impl ResolvesServerCert for Shows {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.clone())
    }
}

/// Dropping it closes the port and every connection.
///
/// Scripted replies are full lines without the last CRLF; a 421 also closes the connection.
/// Each call of a `_once` method adds one use, and rules for the same event are used in order.
pub struct SmtpServer {
    port: u16,
    ca_pem: String,
    shared: Arc<Shared>,
    accepting: JoinHandle<()>,
}

impl SmtpServer {
    pub async fn start() -> Self {
        Self::builder().start().await
    }
    pub fn builder() -> Builder {
        Builder::default()
    }
    pub fn port(&self) -> u16 {
        self.port
    }
    /// The self-signed certificate, for localhost and 127.0.0.1.
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// Answers RCPT for this address (in any case) so from now on.
    pub fn on_rcpt(&self, address: &str, reply: &str) {
        let address = address.to_lowercase();
        self.state().rcpt.insert(address, reply.into());
    }
    /// Answers only the next RCPT for this address so; goes before [`Self::on_rcpt`].
    pub fn on_rcpt_once(&self, address: &str, reply: &str) {
        let address = address.to_lowercase();
        self.state().rcpt_once.push((address, reply.into()));
    }
    /// Says this at `greeting`, a verb such as `EHLO`, or `.`, from now on; octet by octet as it is given. What would be
    /// said there happens all the same, but for recipients and messages: those are taken if it begins with a 2.
    pub fn answer(&self, at: &str, said: impl Into<Said>) {
        self.state().answers.push((at.into(), said.into(), false));
    }
    /// Only the next time.
    pub fn answer_once(&self, at: &str, said: impl Into<Said>) {
        self.state().answers.push((at.into(), said.into(), true));
    }
    /// Octets that the server was rid of while it said something endless.
    pub fn flooded(&self) -> usize {
        self.state().flooded
    }
    /// Answers every RCPT so, until it is mended with none.
    pub fn refuse_everybody(&self, reply: Option<&str>) {
        self.state().everybody = reply.map(str::to_owned);
    }
    /// Answers the final dot of the next message so.
    pub fn on_data_once(&self, reply: &str) {
        self.state().final_dot.push_back(Some(reply.into()));
    }
    /// Reads and records the next message, then closes without a reply; `accepted` is false.
    pub fn drop_after_final_dot_once(&self) {
        self.state().final_dot.push_back(None);
    }
    /// Closes the connection at the next DATA.
    pub fn drop_before_data_once(&self) {
        self.state().drops_before_data += 1;
    }
    /// Leaves the next MAIL unanswered until the client closes the connection.
    pub fn hang_once(&self) {
        self.state().hangs += 1;
    }

    /// All messages so far, accepted or not.
    pub fn received(&self) -> Vec<Received> {
        self.state().received.clone()
    }
    /// Connections opened so far.
    pub fn connections(&self) -> usize {
        self.state().connections
    }
    pub fn open_connections(&self) -> usize {
        self.state().open
    }
    /// What was said, a line each: `#1 C: NOOP`.
    pub fn transcript(&self) -> Vec<String> {
        self.state().transcript.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap()
    }

    /// Waits for at least `n` accepted messages and returns the accepted ones.
    #[track_caller]
    pub fn wait_for(&self, n: usize, within: Duration) -> impl Future<Output = Vec<Received>> {
        let (caller, deadline) = (Location::caller(), Instant::now() + within);
        async move {
            loop {
                let more = self.shared.received.notified(); // before looking, to miss none
                let all = self.received();
                let accepted: Vec<_> = all.iter().filter(|m| m.accepted).cloned().collect();
                if accepted.len() >= n {
                    return accepted;
                }
                if timeout_at(deadline, more).await.is_err() {
                    panic!(
                        "{caller}: {} of {n} messages accepted after {within:?} ({} received, \
                         {} connections, {} open)\n{}",
                        accepted.len(),
                        all.len(),
                        self.connections(),
                        self.open_connections(),
                        self.transcript().join("\n"),
                    );
                }
            }
        }
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

#[derive(Default)]
struct State {
    rcpt: HashMap<String, String>,
    rcpt_once: Vec<(String, String)>,
    everybody: Option<String>,
    final_dot: VecDeque<Option<String>>, // none: close without a reply
    drops_before_data: usize,
    hangs: usize,
    received: Vec<Received>,
    connections: usize,
    open: usize,
    transcript: Vec<String>,
    tried: HashMap<String, usize>,
    /// At what, what, and whether only once.
    answers: Vec<(String, Said, bool)>,
    flooded: usize,
}

impl State {
    fn said_at(&mut self, at: &str) -> Option<Said> {
        let found = self.answers.iter().position(|(place, ..)| place == at)?;
        let (_, said, once) = self.answers[found].clone();
        if once {
            self.answers.remove(found);
        }
        Some(said)
    }
}

impl Said {
    fn is_yes(&self) -> bool {
        matches!(self, Self::Octets(octets) if octets.starts_with(b"2"))
    }
}

struct Shared {
    config: Builder,
    acceptor: TlsAcceptor,
    state: Mutex<State>,
    received: Notify,
}

/// Accepts until aborted; the sessions end with it.
async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut sessions = JoinSet::new();
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        stream.set_nodelay(true).unwrap();
        while sessions.try_join_next().is_some() {}
        sessions.spawn(Session::new(shared.clone(), stream).serve());
    }
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

struct Session {
    shared: Arc<Shared>,
    stream: BufReader<Box<dyn Stream>>,
    connection: usize,
    tls: bool,
    greeted: bool,
    login: Option<String>,
    message: Option<Received>,
    fault: Fault,
    refused: usize,
    closing: bool,
}

impl Drop for Session {
    fn drop(&mut self) {
        self.state().open -= 1;
    }
}

impl Session {
    fn new(shared: Arc<Shared>, stream: TcpStream) -> Self {
        let mut state = shared.state.lock().unwrap();
        state.connections += 1;
        state.open += 1;
        let connection = state.connections;
        drop(state);
        Self {
            shared,
            stream: BufReader::new(Box::new(stream)),
            connection,
            tls: false,
            greeted: false,
            login: None,
            message: None,
            fault: Fault::None,
            refused: 0,
            closing: false,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap()
    }

    fn log(&self, what: &str) {
        let line = format!("#{} {what}", self.connection);
        self.state().transcript.push(line);
    }

    async fn serve(mut self) {
        if let Err(why) = self.converse().await {
            self.log(&format!("closed: {why}"));
        }
    }

    async fn converse(&mut self) -> io::Result<()> {
        if self.shared.config.implicit_tls {
            self.secure().await?;
        }
        self.reply_at("greeting", "220 localhost ESMTP").await?;
        while !self.closing {
            let line = self.read_line().await?;
            self.lose(Loses::BehindCommands).await?;
            self.command(&line).await?;
        }
        self.stream.shutdown().await
    }

    /// Switches to TLS. Anything sent ahead in the clear is thrown away with the buffer.
    async fn secure(&mut self) -> io::Result<()> {
        let nothing = BufReader::new(Box::new(io::empty()) as Box<dyn Stream>);
        let plain = std::mem::replace(&mut self.stream, nothing).into_inner();
        let stream = self.shared.acceptor.accept(plain).await?;
        self.stream = BufReader::new(Box::new(stream));
        (self.tls, self.greeted, self.message) = (true, false, None);
        Ok(())
    }

    async fn read_line(&mut self) -> io::Result<String> {
        let mut line = Vec::new();
        self.stream.read_until(b'\n', &mut line).await?;
        let Some(line) = line.strip_suffix(b"\r\n") else {
            let rest = line.escape_ascii();
            return Err(closed(&format!("no complete line: \"{rest}\"")));
        };
        let line = String::from_utf8_lossy(line).into_owned();
        self.log(&format!("C: {line}"));
        Ok(line)
    }

    /// What came together with what was read last goes nowhere, if the server is of that kind.
    async fn lose(&mut self, what: Loses) -> io::Result<()> {
        if self.shared.config.loses != what {
            return Ok(());
        }
        while let Ok(more) = timeout(Duration::from_millis(20), self.stream.fill_buf()).await {
            match more?.len() {
                0 => break,
                octets => self.stream.consume(octets),
            }
        }
        Ok(())
    }

    /// The reply, or what the script has at this place.
    async fn reply_at(&mut self, at: &str, reply: &str) -> io::Result<()> {
        let said = self.state().said_at(at);
        match said {
            Some(said) => self.say(&said).await,
            None => self.reply(reply).await,
        }
    }

    async fn reply(&mut self, reply: &str) -> io::Result<()> {
        self.say(&Said::Octets(format!("{reply}\r\n").into())).await
    }

    async fn say(&mut self, said: &Said) -> io::Result<()> {
        if !self.shared.config.reply_delay.is_zero() {
            sleep(self.shared.config.reply_delay).await;
        }
        match said {
            Said::Octets(octets) => {
                let reply = String::from_utf8_lossy(octets);
                self.log(&format!("S: {}", reply.trim_end()));
                self.closing |= reply.starts_with("221") || reply.starts_with("421");
                self.stream.write_all(octets).await?;
                self.stream.flush().await
            }
            Said::Endless(octets) => loop {
                self.stream.write_all(octets).await?;
                self.state().flooded += octets.len();
            },
        }
    }

    async fn command(&mut self, line: &str) -> io::Result<()> {
        let config = &self.shared.config;
        let (starttls, needs_login) = (config.starttls, config.login.is_some());
        let (verb, arg) = line.split_once(' ').unwrap_or((line, ""));
        let verb = verb.to_ascii_uppercase();
        let takes_message = self.message.as_ref().is_some_and(|message| !message.to.is_empty());
        let reply = match verb.as_str() {
            "EHLO" | "HELO" => {
                (self.greeted, self.message) = (true, None);
                self.hello(verb == "EHLO")
            }
            "NOOP" => "250 2.0.0 ok".into(),
            "QUIT" => "221 2.0.0 bye".into(),
            "RSET" => {
                self.message = None;
                "250 2.0.0 ok".into()
            }
            "STARTTLS" | "AUTH" | "MAIL" | "RCPT" | "DATA" if !self.greeted => "503 5.5.1 EHLO first".into(),
            "STARTTLS" if self.tls => "503 5.5.1 TLS already in use".into(),
            "STARTTLS" if starttls => {
                self.reply_at("STARTTLS", "220 2.0.0 go ahead").await?;
                return self.secure().await;
            }
            "AUTH" if needs_login => self.auth(arg).await?.into(),
            "MAIL" | "RCPT" | "DATA" if needs_login && self.login.is_none() => {
                "530 5.7.0 authentication required".into()
            }
            "MAIL" if take_one(&mut self.state().hangs) => {
                io::copy(&mut self.stream, &mut io::sink()).await?;
                return Err(closed("by the client, left hanging"));
            }
            "MAIL" => self.mail(arg).into(),
            "RCPT" => self.rcpt(arg),
            "DATA" => self.data().await?,
            _ => "502 5.5.1 not implemented".into(),
        };
        match verb.as_str() {
            "DATA" if takes_message => self.reply_at(".", &reply).await,
            "DATA" => self.reply(&reply).await,
            verb => self.reply_at(verb, &reply).await,
        }
    }

    fn hello(&self, extended: bool) -> String {
        let config = &self.shared.config;
        if !extended {
            return "250 localhost".into();
        }
        let mut lines = format!("250-localhost\r\n250-SIZE {MAX_SIZE}\r\n250-8BITMIME\r\n");
        if config.pipelining {
            lines += "250-PIPELINING\r\n";
        }
        if config.starttls && !self.tls {
            lines += "250-STARTTLS\r\n";
        } else if config.login.is_some() {
            lines += "250-AUTH PLAIN LOGIN\r\n";
        }
        lines + "250 SMTPUTF8"
    }

    async fn auth(&mut self, arg: &str) -> io::Result<&'static str> {
        if self.shared.config.starttls && !self.tls {
            return Ok("538 5.7.11 STARTTLS first");
        }
        if self.login.is_some() || self.message.is_some() {
            return Ok("503 5.5.1 not now");
        }
        let (mechanism, initial) = match arg.split_once(' ') {
            Some((mechanism, initial)) => (mechanism, Some(initial.to_owned())),
            None => (arg, None),
        };
        let given = match mechanism.to_ascii_uppercase().as_str() {
            "PLAIN" => self.ask("", initial).await?.and_then(|text| {
                let mut parts = text.splitn(3, '\0').skip(1).map(str::to_owned);
                Some((parts.next()?, parts.next()?))
            }),
            "LOGIN" => match self.ask("Username:", initial).await? {
                Some(user) => self.ask("Password:", None).await?.map(|given| (user, given)),
                None => None,
            },
            _ => return Ok("504 5.5.4 no such mechanism"),
        };
        if given.is_some() && given == self.shared.config.login {
            self.login = given.map(|(user, _)| user);
            return Ok("235 2.7.0 welcome");
        }
        Ok(match given {
            Some(_) => "535 5.7.8 wrong user or password",
            None => "501 5.5.2 not understood",
        })
    }

    /// The initial response if there is one, else the answer to a challenge; none if undecodable.
    async fn ask(&mut self, what: &str, initial: Option<String>) -> io::Result<Option<String>> {
        let text = match initial {
            Some(text) => text,
            None => {
                let challenge = BASE64.encode(what.as_bytes());
                self.reply(&format!("334 {challenge}")).await?;
                self.read_line().await?
            }
        };
        let text = if text == "=" { "" } else { &text };
        let bytes = BASE64.decode(text.as_bytes()).ok();
        Ok(bytes.and_then(|bytes| String::from_utf8(bytes).ok()))
    }

    fn mail(&mut self, arg: &str) -> &'static str {
        let Some((from, params)) = path(arg, "FROM:") else {
            return "501 5.5.4 MAIL FROM:<address>";
        };
        if self.message.is_some() {
            return "503 5.5.1 MAIL already given";
        }
        let mut sizes = params.iter().filter_map(|param| param.strip_prefix("SIZE="));
        if sizes.any(|size| size.parse().is_ok_and(|size: usize| size > MAX_SIZE)) {
            return "552 5.3.4 too big";
        }
        self.message = Some(Received {
            from,
            params,
            tls: self.tls,
            login: self.login.clone(),
            connection: self.connection,
            ..Received::default()
        });
        "250 2.1.0 ok"
    }

    fn rcpt(&mut self, arg: &str) -> String {
        let Some((to, _)) = path(arg, "TO:").filter(|(to, _)| !to.is_empty()) else {
            return "501 5.5.4 RCPT TO:<address>".into();
        };
        let Some(message) = &mut self.message else {
            return "503 5.5.1 MAIL first".into();
        };
        let state = &mut *self.shared.state.lock().unwrap();
        let key = to.to_lowercase();
        let once = state.rcpt_once.iter().position(|(rule, _)| *rule == key);
        let reply = match once {
            Some(at) => state.rcpt_once.remove(at).1,
            None => state.rcpt.get(&key).map_or("250 2.1.5 ok", |r| r).into(),
        };
        if let Some(weather) = self.shared.config.weather {
            let tried = state.tried.entry(key.clone()).or_default();
            self.fault = weather(&key, *tried);
            *tried += 1;
        }
        let reply = match (&state.everybody, self.fault) {
            (Some(reply), _) => reply.replace("ADDRESS", &to),
            (None, Fault::Rcpt(reply)) => reply.into(),
            _ if self.shared.config.patience.is_some_and(|patience| self.refused >= patience) => {
                "450 4.7.1 too many refused".into()
            }
            _ => reply,
        };
        let scripted = state.answers.iter().find(|(at, ..)| at == "RCPT").map(|(_, said, _)| said.is_yes());
        match scripted.unwrap_or(reply.starts_with('2')) {
            true => message.to.push(to),
            false => self.refused += 1,
        }
        reply
    }

    async fn data(&mut self) -> io::Result<String> {
        let Some(mut message) = self.message.take_if(|message| !message.to.is_empty()) else {
            return Ok("503 5.5.1 no recipients".into());
        };
        if take_one(&mut self.state().drops_before_data) {
            return Err(closed("before data, as scripted"));
        }
        self.reply_at("DATA", "354 end with a dot on its own line").await?;
        let mut line = Vec::new();
        loop {
            // Only CRLF ends a line: neither LF.LF nor CRLF.LF ends the message.
            let starts = message.data.is_empty() || message.data.ends_with(b"\r\n");
            line.clear();
            if self.stream.read_until(b'\n', &mut line).await? == 0 {
                return Err(closed("by the client, within data"));
            }
            if starts && line == b".\r\n" {
                break;
            }
            if self.fault == Fault::DropInData {
                return Err(closed("in the middle of a message, as the weather has it"));
            }
            let text = &line[usize::from(starts && line[0] == b'.')..];
            let end = if text.ends_with(b"\r\n") { 2 } else { 1 };
            message.bare_lf |= end == 1;
            message.long_line |= text.len() > 998 + end;
            message.data.extend_from_slice(text);
        }
        self.log(&format!("C: [{} octets of data]", message.data.len()));
        self.lose(Loses::BehindFinalDots).await?;
        let reply = self.record(message);
        self.shared.received.notify_waiters();
        match self.fault {
            Fault::Slow(delay) => sleep(delay).await,
            Fault::Hang => {
                io::copy(&mut self.stream, &mut io::sink()).await?;
                return Err(closed("by the client, left hanging"));
            }
            Fault::HangFor(length) => {
                let _ = timeout(length, io::copy(&mut self.stream, &mut io::sink())).await;
                return Err(closed("after a while without an answer"));
            }
            _ => {}
        }
        reply.ok_or_else(|| closed("after the final dot, as scripted"))
    }
}

impl Session {
    /// Keeps the message; how the final dot is answered, if it is.
    fn record(&self, mut message: Received) -> Option<String> {
        let mut state = self.state();
        let reply = match state.final_dot.pop_front() {
            Some(scripted) => scripted,
            None if message.data.len() > MAX_SIZE => Some("552 5.3.4 too big".into()),
            None => Some("250 2.0.0 accepted".into()),
        };
        let reply = match self.fault {
            Fault::FinalDot(reply) => Some(reply.into()),
            Fault::DropAfterDot { .. } => None,
            _ => reply,
        };
        let scripted = state.answers.iter().find(|(at, ..)| at == ".").map(|(_, said, _)| said.is_yes());
        let kept = matches!(self.fault, Fault::DropAfterDot { kept: true });
        message.accepted =
            kept || scripted.unwrap_or_else(|| reply.as_ref().is_some_and(|reply| reply.starts_with('2')));
        state.received.push(message);
        reply
    }
}

fn closed(why: &str) -> io::Error {
    io::Error::other(why)
}

fn take_one(count: &mut usize) -> bool {
    let left = count.checked_sub(1);
    *count = left.unwrap_or(0);
    left.is_some()
}

/// Takes `FROM:<address> PARAMETERS` apart.
fn path(arg: &str, keyword: &str) -> Option<(String, Vec<String>)> {
    let (start, rest) = arg.split_at_checked(keyword.len())?;
    let rest = rest.strip_prefix('<')?;
    let mut quoted = false;
    let end = rest.find(|c| {
        quoted ^= c == '"';
        c == '>' && !quoted
    })?;
    let (address, params) = (&rest[..end], &rest[end + 1..]);
    let valid = params.is_empty() || params.starts_with(' ');
    let params = params.split_whitespace().map(str::to_owned).collect();
    (valid && start.eq_ignore_ascii_case(keyword)).then_some((address.into(), params))
}
