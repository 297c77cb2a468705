//! The mailbox of a configuration with its secrets read, and the way into it.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use data_encoding::BASE64;
use secrecy::{ExposeSecret, SecretString};
use tokio::net::TcpStream;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};

use super::names::quoted;
use super::session::{Offer, Session};
use super::talk::{COMMAND_TIMEOUT, Done, Greeting, Talk};
use super::token::{self, Token};
use super::trouble::{Trouble, login_refused};
use crate::config::{Config, FolderName, MailboxUrl, OauthConfig};
use crate::mail::smtp::Stream;
use crate::mail::tls;
use crate::net::fetch::Fetcher;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);
/// In sentences about its files.
const WHOSE: &str = "the mailbox's";

pub struct Account {
    pub url: MailboxUrl,
    pub done_folder: FolderName,
    pub every: Duration,
    login: Login,
    tls: Arc<ClientConfig>,
    /// Those of `ca_file`.
    named: Vec<CertificateDer<'static>>,
}

enum Login {
    Password(SecretString),
    Token { config: Box<OauthConfig>, secret: SecretString, fetcher: Box<Fetcher>, kept: Mutex<Option<Token>> },
}

impl Account {
    /// None if there is no mailbox. Reads the files that the configuration names; an error says which can't be used.
    pub fn of(config: &Config) -> Result<Option<Self>, String> {
        let bounce = &config.bounce;
        let Some(url) = &bounce.mailbox else { return Ok(None) };
        let login = match (&bounce.oauth, &bounce.password_file) {
            (Some(oauth), _) => Login::Token {
                config: Box::new(oauth.clone()),
                secret: secret(&oauth.client_secret_file, "the mailbox's client_secret_file")?,
                fetcher: Box::new(Fetcher::new(&config.fetch.allowed_hosts)?),
                kept: Mutex::default(),
            },
            (None, Some(file)) => Login::Password(secret(file, "the mailbox's password_file")?),
            (None, None) => return Err("a mailbox needs a password_file beside it, or oauth".into()),
        };
        let named =
            bounce.ca_file.as_deref().map(|path| tls::certificates(path, WHOSE)).transpose()?.unwrap_or_default();
        let tls = tls::client_config(named.clone())
            .map_err(|e| format!("the mailbox {url} can't be spoken to with TLS: {e}"))?;
        Ok(Some(Self {
            url: url.clone(),
            done_folder: bounce.done_folder.clone(),
            every: bounce.every.length().and_then(|every| every.try_into().ok()).unwrap_or(Duration::from_secs(300)),
            login,
            tls: Arc::new(tls),
            named,
        }))
    }

    /// Whether a connection of it is as good as one of `other`.
    pub fn is_like(&self, other: &Self) -> bool {
        let is_same_login = match (&self.login, &other.login) {
            (Login::Password(a), Login::Password(b)) => a.expose_secret() == b.expose_secret(),
            (Login::Token { config: a, secret: x, .. }, Login::Token { config: b, secret: y, .. }) => {
                a == b && x.expose_secret() == y.expose_secret()
            }
            _ => false,
        };
        is_same_login
            && (&self.url, &self.done_folder, self.every, &self.named)
                == (&other.url, &other.done_folder, other.every, &other.named)
    }

    /// Connects, encrypts and logs in.
    pub async fn open(&self) -> Result<Session, Trouble> {
        let connecting = TcpStream::connect((self.url.host.as_str(), self.url.port));
        let stream = timeout(CONNECT_TIMEOUT, connecting)
            .await
            .map_err(|_| Trouble::new("no answer in time to the connection"))?
            .map_err(|e| Trouble::new(format!("can't connect: {e}")))?;
        stream.set_nodelay(true).map_err(|e| Trouble::new(e.to_string()))?;
        let stream: Box<dyn Stream> = Box::new(stream);
        let mut talk = Talk::new(if self.url.implicit_tls { self.encrypt(stream).await? } else { stream });
        let greeting = talk.greeting().await?;
        if !self.url.implicit_tls {
            talk = self.start_tls(talk, greeting).await?;
        }
        let ends_at = match greeting {
            Greeting::KnowsUs => None,
            Greeting::Ready => self.log_in(&mut talk).await?,
        };
        Session::begin(talk, ends_at).await
    }

    async fn start_tls(&self, mut talk: Talk, greeting: Greeting) -> Result<Talk, Trouble> {
        let offer = Offer::of(&mut talk).await?;
        if greeting == Greeting::KnowsUs || !offer.has("STARTTLS") {
            return match self.url.is_loopback() {
                true => Ok(talk),
                false => Err(Trouble::new(
                    "the server offers no STARTTLS, and nothing is read or said in the clear: write imaps:// if it has TLS \
                     from the beginning (port 993)",
                )),
            };
        }
        let done = talk.ask(COMMAND_TIMEOUT, "STARTTLS", |_| {}).await?;
        if !done.is_ok {
            return Err(Trouble::of("STARTTLS was refused", &done));
        }
        let stream =
            talk.into_stream().ok_or_else(|| Trouble::new("somebody spoke between us and the server's STARTTLS"))?;
        Ok(Talk::new(self.encrypt(stream).await?))
    }

    async fn encrypt(&self, stream: Box<dyn Stream>) -> Result<Box<dyn Stream>, Trouble> {
        let name = ServerName::try_from(self.url.host.clone()).map_err(|e| Trouble::new(format!("TLS failed: {e}")))?;
        let handshake = TlsConnector::from(self.tls.clone()).connect(name, stream);
        let encrypted = timeout(CONNECT_TIMEOUT, handshake).await;
        let encrypted = encrypted.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
        let failed = |e| Trouble::new(format!("TLS failed: {}", tls::reason(&e, WHOSE, false)));
        Ok(Box::new(encrypted.map_err(failed)?))
    }

    /// Until when the login is good, if it ends.
    async fn log_in(&self, talk: &mut Talk) -> Result<Option<Instant>, Trouble> {
        let offer = Offer::of(talk).await?;
        let user = &self.url.user;
        match &self.login {
            Login::Password(password) => {
                let done = log_in_by_password(talk, &offer, user, password.expose_secret()).await?;
                if !done.is_ok {
                    return Err(login_refused(&done, false));
                }
                Ok(None)
            }
            Login::Token { config, secret, fetcher, kept } => {
                if !offer.mechanisms.is_empty() && !offer.has_mechanism("XOAUTH2") {
                    let said =
                        "login failed: the server takes no tokens (AUTH=XOAUTH2): use password_file instead of oauth";
                    return Err(Trouble::new(said));
                }
                let mut kept = kept.lock().await;
                if kept.as_ref().is_none_or(|token| token.until <= Instant::now()) {
                    *kept = Some(token::fetch(fetcher, config, secret).await.map_err(Trouble::new)?);
                }
                let Some(Token { secret, until }) = kept.as_ref() else { return Ok(None) };
                let says = format!("user={user}\x01auth=Bearer {}\x01\x01", secret.expose_secret());
                let done = authenticate(talk, &offer, "XOAUTH2", says.as_bytes()).await?;
                let until = *until;
                if !done.is_ok {
                    // Another one may be better.
                    *kept = None;
                    return Err(login_refused(&done, true));
                }
                Ok(Some(until))
            }
        }
    }
}

async fn log_in_by_password(talk: &mut Talk, offer: &Offer, user: &str, password: &str) -> Result<Done, Trouble> {
    if offer.has_mechanism("PLAIN") {
        return authenticate(talk, offer, "PLAIN", format!("\0{user}\0{password}").as_bytes()).await;
    }
    if offer.has("LOGINDISABLED") {
        let said = "login failed: the server takes no passwords here (LOGINDISABLED), and offers no AUTH=PLAIN";
        return Err(Trouble::new(said));
    }
    let quoted = quoted(user).zip(quoted(password));
    let (user, password) = quoted.ok_or_else(|| {
        Trouble::new("login failed: the server offers no AUTH=PLAIN, and LOGIN takes no letters outside of ASCII")
    })?;
    Ok(talk.ask(COMMAND_TIMEOUT, &format!("LOGIN {user} {password}"), |_| {}).await?)
}

/// AUTHENTICATE, with all that there is to say in the first line (RFC 4959) or in the second. Whoever asks once more has
/// refused, and tells why when that is answered by nothing.
async fn authenticate(talk: &mut Talk, offer: &Offer, mechanism: &str, says: &[u8]) -> Result<Done, Trouble> {
    let mut says = Some(BASE64.encode(says));
    let command = match offer.has("SASL-IR") {
        true => format!("AUTHENTICATE {mechanism} {}", says.take().unwrap_or_default()),
        false => format!("AUTHENTICATE {mechanism}"),
    };
    let more = |_: &str| Some(says.take().unwrap_or_default());
    Ok(talk.ask_and_say(COMMAND_TIMEOUT, &command, more, |_| {}).await?)
}

/// A secret alone in its file.
fn secret(path: &std::path::Path, what: &str) -> Result<SecretString, String> {
    let text = std::fs::read_to_string(path).map_err(|e| format!("can't read {what} {}: {e}", path.display()))?;
    match text.trim_end_matches(['\r', '\n']) {
        "" => Err(format!("{what} {} is empty", path.display())),
        text if text.contains(char::is_control) => Err(format!("{what} {} is to hold one line", path.display())),
        text => Ok(SecretString::from(text)),
    }
}
