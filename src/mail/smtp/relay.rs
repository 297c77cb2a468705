//! A relay, and the way to an open connection.

use std::io;
use std::sync::Arc;

use data_encoding::BASE64;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use secrecy::{ExposeSecret, SecretString};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};

use super::caution::Caution;
use super::greeting::{address_literal, greet, own_name};
use super::replies::Reply;
use super::session::Session;
use super::wire::{Stream, Wire};
use super::{COMMAND_TIMEOUT, CONNECT_TIMEOUT, refusal};
use crate::config::{HeloName, RelayConfig, TlsPolicy};
use crate::mail::{SendError, tls};

/// In sentences about its files.
const WHOSE: &str = "the relay's";

/// Of a login.
const MOST_CHALLENGES: usize = 10;

/// Where mail goes: a relay with its secrets read.
pub struct Relay {
    config: RelayConfig,
    login: Option<(String, SecretString)>,
    tls: Arc<ClientConfig>,
    /// Those of `ca_file`.
    named: Vec<CertificateDer<'static>>,
    /// What kalends calls itself; if not set, by this machine's name or address.
    helo_name: Option<HeloName>,
    caution: Arc<Caution>,
}

impl Relay {
    /// Reads the files that the configuration names; an error says which can't be read.
    pub fn new(config: &RelayConfig, helo_name: Option<&HeloName>) -> Result<Self, String> {
        let password = match (&config.password, &config.password_file) {
            (Some(password), _) => Some(password.clone()),
            (None, Some(path)) => {
                let text = std::fs::read_to_string(path)
                    .map_err(|e| format!("can't read the relay's password_file {}: {e}", path.display()))?;
                Some(SecretString::from(text.trim_end_matches(['\r', '\n'])))
            }
            (None, None) => None,
        };
        let named = match &config.ca_file {
            None => Vec::new(),
            Some(path) => tls::certificates(path, WHOSE)?,
        };
        let tls = tls::client_config(named.clone())
            .map_err(|e| format!("the relay {} can't be spoken to with TLS: {e}", config.url))?;
        Ok(Self {
            login: config.username.clone().zip(password),
            tls: Arc::new(tls),
            named,
            helo_name: helo_name.cloned(),
            caution: Arc::new(Caution::of(config.url.to_string())),
            config: config.clone(),
        })
    }

    pub fn config(&self) -> &RelayConfig {
        &self.config
    }

    /// Whether a connection to it is as good as one to `other`: to the same server, made in the same way.
    pub fn is_like(&self, other: &Self) -> bool {
        let login = |relay: &Self| {
            relay.login.as_ref().map(|(username, password)| (username.clone(), password.expose_secret().to_owned()))
        };
        self.config.url == other.config.url
            && self.config.tls == other.config.tls
            && self.config.provider == other.config.provider
            && self.helo_name == other.helo_name
            && self.named == other.named
            && login(self) == login(other)
    }

    /// Takes over what was found out about `former`, the same server.
    pub fn follow(&self, former: &Self) {
        self.caution.take_over(&former.caution);
    }

    /// Whether it may be sent several commands at once, if it offers that.
    pub fn is_trusted_with_several(&self) -> bool {
        !self.caution.is_on()
    }

    /// Connects, greets, encrypts and logs in as the configuration says.
    pub async fn connect(&self) -> Result<Session, SendError> {
        self.open().await.map_err(|Unopened { why, is_refused }| {
            let told = format!("{}: {why}", self.config.url);
            if is_refused { SendError::Unwelcome(told) } else { SendError::NoConnection(told) }
        })
    }

    async fn open(&self) -> Result<Session, Unopened> {
        let url = &self.config.url;
        let stream = tokio::time::timeout(CONNECT_TIMEOUT, TcpStream::connect((url.host.as_str(), url.port)))
            .await
            .map_err(|_| "no answer in time to the connection")?
            .map_err(|e| format!("can't connect: {e}"))?;
        // Without this a message may wait 40 ms for an acknowledgement.
        stream.set_nodelay(true).map_err(|e| e.to_string())?;
        let name = self.own_name(&stream).await?;
        let stream: Box<dyn Stream> = Box::new(stream);
        let mut is_encrypted = url.implicit_tls;
        let mut wire = Wire::new(if is_encrypted { self.encrypt(stream).await? } else { stream });
        let greeting = wire.reply(COMMAND_TIMEOUT).await.map_err(|e| format!("greeting: {e}"))?;
        if !greeting.is_yes() {
            return Err(Unopened::by(&greeting, "it greets by"));
        }
        let mut offer = greet(&mut wire, &name).await?;
        if !is_encrypted && self.config.tls != TlsPolicy::None {
            if offer.starttls {
                wire = self.start_tls(wire).await.map_err(|e| format!("STARTTLS failed: {e}"))?;
                is_encrypted = true;
                // What was said in the clear is forgotten (RFC 3207 section 4.2).
                offer = greet(&mut wire, &name).await?;
            } else if self.config.tls == TlsPolicy::Required {
                return Err("the server offers no STARTTLS, and tls is \"required\"".into());
            }
        }
        if let Some((username, password)) = &self.login {
            if !is_encrypted && !url.is_loopback() && self.config.tls != TlsPolicy::None {
                return Err("the server offers no STARTTLS: the password is not sent in the clear".into());
            }
            let credentials = Credentials::new(username.clone(), password.expose_secret().to_owned());
            let failed = |e: Unopened| Unopened { why: format!("login failed: {}", e.why), ..e };
            log_in(&mut wire, &offer.logins, &credentials).await.map_err(failed)?;
        }
        Ok(Session::new(wire, offer, name, is_encrypted, self.caution.clone()))
    }

    /// RFC 5321 section 4.1.1.1: a full name, else the address at our end.
    async fn own_name(&self, stream: &TcpStream) -> Result<String, String> {
        if let Some(name) = &self.helo_name {
            return Ok(name.to_string());
        }
        let address = stream.local_addr().map_err(|e| e.to_string())?;
        Ok(own_name().await.map_or_else(|| address_literal(address.ip()), |name| name.to_string()))
    }

    /// Asks for TLS, on what has said nothing more than that it is ready.
    async fn start_tls(&self, mut wire: Wire) -> Result<Wire, String> {
        let reply = wire.ask(COMMAND_TIMEOUT, b"STARTTLS\r\n").await.map_err(|e| e.to_string())?;
        if !reply.is_yes() {
            return Err(refusal(&reply).map_or_else(|| format!("answered by {}", reply.code), |e| e.to_string()));
        }
        Ok(Wire::new(self.encrypt(wire.into_stream()).await?))
    }

    async fn encrypt(&self, stream: Box<dyn Stream>) -> Result<Box<dyn Stream>, String> {
        let name = ServerName::try_from(self.config.url.host.clone()).map_err(|e| format!("TLS failed: {e}"))?;
        let handshake = TlsConnector::from(self.tls.clone()).connect(name, stream);
        let encrypted = tokio::time::timeout(CONNECT_TIMEOUT, handshake).await;
        let encrypted = encrypted.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
        let failed = |e| format!("TLS failed: {}", tls::reason(&e, WHOSE, !self.config.url.implicit_tls));
        Ok(Box::new(encrypted.map_err(failed)?))
    }
}

/// RFC 4954.
async fn log_in(wire: &mut Wire, offered: &[Mechanism], credentials: &Credentials) -> Result<(), Unopened> {
    let mechanism = [Mechanism::Plain, Mechanism::Login].into_iter().find(|known| offered.contains(known));
    let mechanism = mechanism.ok_or("the server offers neither PLAIN nor LOGIN")?;
    let answer = |challenge: Option<&str>| {
        let answer = mechanism.response(credentials, challenge).map_err(|e| e.to_string())?;
        Ok::<_, String>(BASE64.encode(answer.as_bytes()))
    };
    let mut command = match mechanism.supports_initial_response() {
        true => format!("AUTH {mechanism} {}\r\n", answer(None)?),
        false => format!("AUTH {mechanism}\r\n"),
    };
    for _ in 0..MOST_CHALLENGES {
        let reply = wire.ask(COMMAND_TIMEOUT, command.as_bytes()).await.map_err(|e| e.to_string())?;
        if reply.is_yes() {
            return Ok(());
        }
        if reply.code != 334 {
            return Err(Unopened::by(&reply, "answered by"));
        }
        let challenge = BASE64.decode(reply.text().as_bytes()).map_err(|e| format!("its challenge: {e}"))?;
        command = format!("{}\r\n", answer(Some(&String::from_utf8_lossy(&challenge)))?);
    }
    Err("the server asks again and again".into())
}

/// Why there is no connection.
struct Unopened {
    why: String,
    /// The server wants none with us, now or ever.
    is_refused: bool,
}

impl Unopened {
    fn by(reply: &Reply, how: &str) -> Self {
        let refused = refusal(reply).filter(|_| reply.code != 421);
        let is_refused = refused.is_some();
        Self { why: refused.map_or_else(|| format!("{how} {}", reply.code), |e| e.to_string()), is_refused }
    }
}

impl From<String> for Unopened {
    fn from(why: String) -> Self {
        Self { why, is_refused: false }
    }
}

impl From<&str> for Unopened {
    fn from(why: &str) -> Self {
        why.to_owned().into()
    }
}
