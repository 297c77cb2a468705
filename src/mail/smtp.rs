//! One connection to a relay: kept open, used for one message after the other, one recipient each.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, AsyncTokioStream, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Ehlo, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use lettre::transport::smtp::response::Response;
use secrecy::{ExposeSecret, SecretString};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::error::Elapsed;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::SendError;
use crate::config::{RelayConfig, TlsPolicy};
use crate::domain::address::EmailAddress;

/// Time-outs of RFC 5321 section 4.5.3.2.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);
const COMMAND_TIMEOUT: Duration = Duration::from_secs(5 * 60);
const DATA_TIMEOUT: Duration = Duration::from_secs(2 * 60);
const FINAL_DOT_TIMEOUT: Duration = Duration::from_secs(10 * 60);
const RESET_TIMEOUT: Duration = Duration::from_secs(30);
const QUIT_TIMEOUT: Duration = Duration::from_secs(1);

/// Where mail goes: a relay with its secrets read.
pub struct Relay {
    config: RelayConfig,
    login: Option<(String, SecretString)>,
    /// For TLS from the first octet.
    tls: Arc<ClientConfig>,
    /// For STARTTLS.
    starttls: TlsParameters,
}

impl Relay {
    /// Reads the files that the configuration names; an error says which can't be read.
    pub fn new(config: &RelayConfig) -> Result<Self, String> {
        let password = match (&config.password, &config.password_file) {
            (Some(password), _) => Some(password.clone()),
            (None, Some(path)) => {
                let text = std::fs::read_to_string(path)
                    .map_err(|e| format!("can't read the relay's password_file {}: {e}", path.display()))?;
                Some(SecretString::from(text.trim_end_matches(['\r', '\n'])))
            }
            (None, None) => None,
        };
        let authorities = match &config.ca_file {
            None => Vec::new(),
            Some(path) => certificates(path)?,
        };
        let unusable = |e: String| format!("the relay {} can't be spoken to with TLS: {e}", config.url);
        Ok(Self {
            login: config.username.clone().zip(password),
            tls: Arc::new(client_config(&authorities).map_err(|e| unusable(e.to_string()))?),
            starttls: tls_parameters(&config.url.host, &authorities).map_err(|e| unusable(reason(&e)))?,
            config: config.clone(),
        })
    }

    pub fn config(&self) -> &RelayConfig {
        &self.config
    }

    /// Connects, greets, encrypts and logs in as the configuration says.
    pub async fn connect(&self) -> Result<Session, SendError> {
        let url = &self.config.url;
        let no_connection = |what: String| SendError::NoConnection(format!("{url}: {what}"));
        let in_time = |step: &'static str| no_connection(format!("no answer in time {step}"));
        let stream = tokio::time::timeout(CONNECT_TIMEOUT, TcpStream::connect((url.host.as_str(), url.port)))
            .await
            .map_err(|_| in_time("to the connection"))?
            .map_err(|e| no_connection(format!("can't connect: {e}")))?;
        // Body and final dot are two writes; without this each message waits 40 ms for an acknowledgement.
        stream.set_nodelay(true).map_err(|e| no_connection(e.to_string()))?;
        let hello = ClientId::default();
        let stream: Box<dyn AsyncTokioStream> = match url.implicit_tls {
            false => Box::new(stream),
            true => Box::new(self.encrypt(stream).await.map_err(|e| no_connection(format!("TLS failed: {e}")))?),
        };
        let greeting = AsyncSmtpConnection::connect_with_transport(stream, &hello);
        let mut connection = tokio::time::timeout(COMMAND_TIMEOUT, greeting)
            .await
            .map_err(|_| in_time("to the greeting"))?
            .map_err(|e| no_connection(reason(&e)))?;
        let mut is_encrypted = url.implicit_tls;
        if !is_encrypted && self.config.tls != TlsPolicy::None {
            if connection.can_starttls() {
                within(COMMAND_TIMEOUT, connection.starttls(self.starttls.clone(), &hello)).await.map_err(|e| {
                    no_connection(format!("STARTTLS failed: {}", e.unwrap_or_else(|| "no answer".into())))
                })?;
                is_encrypted = true;
            } else if self.config.tls == TlsPolicy::Required {
                return Err(no_connection("the server offers no STARTTLS, and tls is \"required\"".into()));
            }
        }
        if let Some((username, password)) = &self.login {
            if !is_encrypted && !url.is_loopback() && self.config.tls != TlsPolicy::None {
                return Err(no_connection(
                    "the server offers no STARTTLS: the password is not sent in the clear".into(),
                ));
            }
            let credentials = Credentials::new(username.clone(), password.expose_secret().to_owned());
            within(COMMAND_TIMEOUT, connection.auth(&[Mechanism::Plain, Mechanism::Login], &credentials))
                .await
                .map_err(|e| no_connection(format!("login failed: {}", e.unwrap_or_else(|| "no answer".into()))))?;
        }
        // The library keeps only what it knows of the server's extensions, so it is asked once more.
        let extensions = within(COMMAND_TIMEOUT, connection.command(Ehlo::new(hello))).await;
        let is_pipelining =
            extensions.is_ok_and(|answer| answer.message().any(|line| line.eq_ignore_ascii_case("PIPELINING")));
        Ok(Session { connection, is_encrypted, is_pipelining, messages: 0, stage: Stage::Idle })
    }

    /// TLS from the first octet, on a stream of our own because the library's would lack TCP_NODELAY.
    async fn encrypt(&self, stream: TcpStream) -> Result<EncryptedStream, io::Error> {
        let name = ServerName::try_from(self.config.url.host.clone()).map_err(io::Error::other)?;
        let address = stream.peer_addr()?;
        let handshake = TlsConnector::from(self.tls.clone()).connect(name, stream);
        let stream = tokio::time::timeout(CONNECT_TIMEOUT, handshake).await.map_err(|_| io::ErrorKind::TimedOut)??;
        Ok(EncryptedStream { stream, address })
    }
}

/// The system's certificates and `authorities` are trusted.
fn client_config(authorities: &[Vec<u8>]) -> Result<ClientConfig, tokio_rustls::rustls::Error> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    roots.add_parsable_certificates(authorities.iter().map(|der| CertificateDer::from(der.clone())));
    let provider = Arc::new(tokio_rustls::rustls::crypto::aws_lc_rs::default_provider());
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth())
}

/// The same for the library's own STARTTLS.
fn tls_parameters(host: &str, authorities: &[Vec<u8>]) -> Result<TlsParameters, SmtpError> {
    let mut builder = TlsParameters::builder(host.to_owned());
    for der in authorities {
        builder = builder.add_root_certificate(Certificate::from_der(der.clone())?);
    }
    builder.build_rustls()
}

fn certificates(path: &std::path::Path) -> Result<Vec<Vec<u8>>, String> {
    let bad = |e: String| format!("can't read certificates from the relay's ca_file {}: {e}", path.display());
    let found = CertificateDer::pem_file_iter(path).map_err(|e| bad(e.to_string()))?;
    let found: Result<Vec<_>, _> = found.map(|item| item.map(|der| der.to_vec())).collect();
    found.map_err(|e| bad(e.to_string()))
}

/// A step with its time-out; the error is the reason, none if time ran out.
async fn within<T>(limit: Duration, step: impl Future<Output = Result<T, SmtpError>>) -> Result<T, Option<String>> {
    match tokio::time::timeout(limit, step).await {
        Err(_) => Err(None),
        Ok(result) => result.map_err(|e| Some(reason(&e))),
    }
}

/// The error with what caused it, in one line.
fn reason(error: &SmtpError) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        let inner_text = inner.to_string();
        if !text.contains(&inner_text) {
            text = format!("{text}: {inner_text}");
        }
        source = inner.source();
    }
    crate::domain::text::single_line(&text)
}

/// Who a message is from and to, for the server: what its header says is another matter (RFC 5321 section 2.3.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    pub from: EmailAddress,
    pub to: EmailAddress,
}

/// An open connection.
pub struct Session {
    connection: AsyncSmtpConnection,
    is_encrypted: bool,
    /// Whether commands may be sent without waiting for each answer (RFC 2920).
    is_pipelining: bool,
    messages: u64,
    stage: Stage,
}

/// What a connection is at.
enum Stage {
    Idle,
    /// MAIL, RCPT and DATA for this envelope are sent, their answers to be read.
    Asked(Envelope),
    /// The server waits for the message of this envelope.
    Open(Envelope),
    /// The message may have been taken.
    PastFinalDot,
    /// It can't be trusted with another message.
    Broken,
}

impl Session {
    pub fn is_encrypted(&self) -> bool {
        self.is_encrypted
    }

    /// Whether it has been asked about a message before: then a loss says only that the server grew tired of waiting.
    pub fn is_used(&self) -> bool {
        self.messages > 0
    }

    /// Whether it can't be trusted with another message.
    pub fn is_broken(&self) -> bool {
        matches!(self.stage, Stage::Broken | Stage::PastFinalDot)
    }

    /// Whether it is at no message.
    pub fn is_idle(&self) -> bool {
        matches!(self.stage, Stage::Idle)
    }

    pub fn is_pipelining(&self) -> bool {
        self.is_pipelining
    }

    /// Whether the message now on the wire may have been taken.
    pub fn is_past_final_dot(&self) -> bool {
        matches!(self.stage, Stage::PastFinalDot)
    }

    /// Hands one message over, whatever its state is here.
    pub async fn send(&mut self, envelope: &Envelope, octets: &[u8]) -> Result<(), SendError> {
        self.ask(envelope).await?;
        self.give(octets, None).await
    }

    /// Asks whether the server takes a message of this envelope, up to its word to go ahead. Nothing of the message is
    /// given: who goes away now has told nobody anything. After `Lost` the session is of no more use.
    pub async fn ask(&mut self, envelope: &Envelope) -> Result<(), SendError> {
        let is_asked = match &self.stage {
            Stage::Idle => false,
            Stage::Asked(asked) if asked == envelope => true,
            Stage::Open(open) if open == envelope => return Ok(()),
            _ => return Err(SendError::Lost("the connection is at another message".into())),
        };
        let go_ahead = match (is_asked, self.is_pipelining) {
            (true, _) => {
                self.begin();
                let sender = self.next_answer(COMMAND_TIMEOUT).await?;
                self.go_ahead(sender).await?
            }
            (false, true) => {
                let group = self.group(envelope)?;
                self.begin();
                let sender = self.answer(COMMAND_TIMEOUT, group).await?;
                self.go_ahead(sender).await?
            }
            (false, false) => {
                let [mail, rcpt] = self.commands(envelope)?;
                self.begin();
                self.command(COMMAND_TIMEOUT, mail).await.map_err(sender_refused)?;
                self.command(COMMAND_TIMEOUT, rcpt).await?;
                self.command(DATA_TIMEOUT, Data.to_string()).await?
            }
        };
        if !go_ahead.has_code(354) {
            return Err(SendError::Lost(format!("DATA was answered by {}", go_ahead.code())));
        }
        self.stage = Stage::Open(envelope.clone());
        Ok(())
    }

    /// Until all answers are there.
    fn begin(&mut self) {
        self.stage = Stage::Broken;
        self.messages += 1;
    }

    /// Gives the message that the server waits for, and asks about the next one in the same breath if it may (RFC 2920
    /// section 3.1): the answers are for [`ask`](Self::ask). After `Unknown` the session is of no more use.
    pub async fn give(&mut self, octets: &[u8], next: Option<Envelope>) -> Result<(), SendError> {
        // The dot's own CRLF comes with it.
        let octets = octets.strip_suffix(b"\r\n").unwrap_or(octets);
        let text = std::str::from_utf8(octets).ok();
        let behind = match &next {
            Some(next) if self.is_pipelining && text.is_some() => self.group(next).unwrap_or_default(),
            _ => String::new(),
        };
        // From here on a lost connection leaves in doubt whether the server has it.
        self.stage = Stage::PastFinalDot;
        let giving = async {
            match text {
                // In one write: several would be as many packets.
                Some(text) => self.connection.command(with_final_dot(text, &behind)).await,
                None => self.connection.message(octets).await,
            }
        };
        let result = match tokio::time::timeout(FINAL_DOT_TIMEOUT, giving).await {
            Err(_) => Err(SendError::Unknown("no answer to the final dot in time".into())),
            Ok(Ok(response)) if response.has_code(354) => {
                Err(SendError::Unknown("the final dot was answered by 354".into()))
            }
            Ok(Ok(_)) => Ok(()),
            Ok(Err(e)) => Err(refusal(&e).unwrap_or_else(|| {
                SendError::Unknown(format!("the connection was lost after the final dot: {}", reason(&e)))
            })),
        };
        if !matches!(result, Err(SendError::Unknown(_))) {
            self.stage = match next {
                Some(next) if !behind.is_empty() => Stage::Asked(next),
                _ => Stage::Idle,
            };
        }
        result
    }

    /// MAIL and RCPT for one recipient.
    fn commands(&self, envelope: &Envelope) -> Result<[String; 2], SendError> {
        let address = |address: &EmailAddress| {
            let unusable = |e| SendError::Unsendable(format!("the address can't be put into a command: {e}"));
            address.as_str().parse::<lettre::Address>().map_err(unusable)
        };
        let mut parameters = Vec::new();
        if !envelope.from.as_str().is_ascii() || !envelope.to.as_str().is_ascii() {
            if !self.connection.server_info().supports_feature(Extension::SmtpUtfEight) {
                return Err(SendError::Unsendable("the server takes no addresses beyond ASCII (SMTPUTF8)".into()));
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        let mail = Mail::new(Some(address(&envelope.from)?), parameters);
        Ok([mail.to_string(), Rcpt::new(address(&envelope.to)?, Vec::new()).to_string()])
    }

    /// MAIL, RCPT and DATA in one go.
    fn group(&self, envelope: &Envelope) -> Result<String, SendError> {
        let [mail, rcpt] = self.commands(envelope)?;
        Ok(format!("{mail}{rcpt}{Data}"))
    }

    /// What comes of MAIL, RCPT and DATA in one go (RFC 2920 section 3.1): one round trip instead of three. All three
    /// answers are waited for, whatever the first says.
    async fn go_ahead(&mut self, sender: Result<Response, SendError>) -> Result<Response, SendError> {
        let recipient = self.next_answer(COMMAND_TIMEOUT).await?;
        let go_ahead = self.next_answer(DATA_TIMEOUT).await?;
        match (sender, recipient, go_ahead) {
            (Ok(_), Ok(_), Ok(go_ahead)) => Ok(go_ahead),
            (sender, recipient, Ok(_)) => {
                // The server waits for a message though it refused: it gets an empty one, and refuses that.
                if matches!(self.answer(DATA_TIMEOUT, ".\r\n".into()).await, Ok(Err(_))) {
                    self.stage = Stage::Idle;
                }
                Err(sender.map_err(sender_refused).and(recipient).err().unwrap_or_else(no_answer))
            }
            (sender, recipient, Err(data)) => {
                let refused = sender.map_err(sender_refused).and(recipient).err().unwrap_or(data);
                self.reset().await;
                Err(refused)
            }
        }
    }

    /// One command. A refusal leaves the session usable, after a RSET.
    async fn command(&mut self, limit: Duration, command: String) -> Result<Response, SendError> {
        match self.answer(limit, command).await? {
            Ok(response) => Ok(response),
            Err(refusal) => {
                self.reset().await;
                Err(refusal)
            }
        }
    }

    /// Without an answer to this, later answers could be taken for those of other commands.
    async fn reset(&mut self) {
        if within(RESET_TIMEOUT, self.connection.command(Rset)).await.is_ok() {
            self.stage = Stage::Idle;
        }
    }

    /// The answer to commands just sent: the outer error says that the connection is gone, the inner that it was no.
    async fn answer(&mut self, limit: Duration, command: String) -> Result<Result<Response, SendError>, SendError> {
        judge(tokio::time::timeout(limit, self.connection.command(command)).await)
    }

    /// The answer to one more of them.
    async fn next_answer(&mut self, limit: Duration) -> Result<Result<Response, SendError>, SendError> {
        judge(tokio::time::timeout(limit, self.connection.read_response()).await)
    }

    /// Says goodbye, if the server listens to commands now.
    pub async fn quit(mut self) {
        if !matches!(self.stage, Stage::Idle) {
            return;
        }
        let _ = tokio::time::timeout(QUIT_TIMEOUT, self.connection.quit()).await;
    }
}

fn judge(answer: Result<Result<Response, SmtpError>, Elapsed>) -> Result<Result<Response, SendError>, SendError> {
    match answer {
        Err(_) => Err(SendError::Lost("no answer in time".into())),
        Ok(Ok(response)) => Ok(Ok(response)),
        Ok(Err(e)) => match refusal(&e) {
            // RFC 5321 section 3.8: after 421 the server closes, and wants to be left alone for a while.
            Some(SendError::Transient(text)) if e.status().is_some_and(|code| code.to_string() == "421") => {
                Err(SendError::NoConnection(text))
            }
            Some(refusal) => Ok(Err(refusal)),
            None => Err(SendError::Lost(reason(&e))),
        },
    }
}

/// A relay that refuses the sender says nothing of the recipient, unless it is the message that is too large for it.
fn sender_refused(error: SendError) -> SendError {
    match error {
        SendError::Permanent(text) if !text.contains("552") && !text.contains("5.3.4") => SendError::NoConnection(text),
        SendError::Transient(text) => SendError::NoConnection(text),
        error => error,
    }
}

fn no_answer() -> SendError {
    SendError::Lost("the server gave no answer that makes sense".into())
}

/// The message as it goes on the wire (RFC 5321 section 4.5.2): dots at the beginning of lines doubled, and the final one;
/// `after` it.
fn with_final_dot(text: &str, after: &str) -> String {
    let mut wire = String::with_capacity(text.len() + after.len() + 64);
    if text.starts_with('.') {
        wire.push('.');
    }
    let mut copied = 0;
    for at in memchr::memmem::find_iter(text.as_bytes(), b"\r\n.") {
        let dot = at + 2;
        wire.push_str(&text[copied..dot]);
        wire.push('.');
        copied = dot;
    }
    wire.push_str(&text[copied..]);
    wire.push_str("\r\n.\r\n");
    wire.push_str(after);
    wire
}

/// What the server said no with; none if it said nothing.
fn refusal(error: &SmtpError) -> Option<SendError> {
    match error {
        e if e.is_permanent() => Some(SendError::Permanent(reason(e))),
        e if e.is_transient() => Some(SendError::Transient(reason(e))),
        _ => None,
    }
}

/// A TLS stream in the shape the library takes.
#[derive(Debug)]
struct EncryptedStream {
    stream: TlsStream<TcpStream>,
    address: SocketAddr,
}

impl AsyncTokioStream for EncryptedStream {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}

impl AsyncRead for EncryptedStream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for EncryptedStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
