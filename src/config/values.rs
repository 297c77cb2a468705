//! The values of single options: text with a meaning, judged as it is read.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use jiff::civil::Time;
use jiff::{SignedDuration, Span};
use serde::{Deserialize, Deserializer};

use crate::domain::address::EmailAddress;
use crate::domain::listen::Listen;
use crate::domain::octets::Octets;
use crate::domain::schedule::Schedule;
use crate::domain::{Invalid, text};

/// A length of time as people write it: `90m`, `12h`, `30d`, `2w`, `6mo`.
#[derive(Debug, Clone)]
pub struct Period(Span);

impl Period {
    pub fn of(span: Span) -> Self {
        Self(span)
    }

    pub fn span(&self) -> Span {
        self.0
    }

    /// Its length where days have 24 hours; none if it tells months or years.
    pub fn length(&self) -> Option<SignedDuration> {
        self.0.to_duration(jiff::SpanRelativeTo::days_are_24_hours()).ok()
    }

    /// As RFC 5545 section 3.3.6 writes a duration. It knows no months or years; these have none.
    pub fn duration(&self) -> Option<String> {
        let seconds = self.length()?.as_secs();
        Some(match seconds {
            s if s % 86_400 == 0 => format!("P{}D", s / 86_400),
            s if s % 3600 == 0 => format!("PT{}H", s / 3600),
            s if s % 60 == 0 => format!("PT{}M", s / 60),
            s => format!("PT{s}S"),
        })
    }
}

impl FromStr for Period {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let bad = || Invalid(format!("`{text}` is not a length of time: write one such as 90m, 12h, 30d or 2w"));
        let span: Span = text.trim().parse().map_err(|_| bad())?;
        match span.is_negative() || span.get_years().abs() > 100 {
            true => Err(bad()),
            false => Ok(Self(span)),
        }
    }
}

/// How many messages in how long: `10` and `10/s` a second, `600/m` a minute, `5000/h` an hour; 0 sets no limit.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Rate {
    interval: Option<Duration>,
}

impl Rate {
    fn new(messages: u32, seconds: u64) -> Self {
        Self { interval: Duration::from_secs(seconds).checked_div(messages) }
    }

    /// From one message to the next; none without a limit.
    pub fn interval(&self) -> Option<Duration> {
        self.interval
    }
}

impl FromStr for Rate {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let bad =
            || Invalid(format!("`{text}` is not a rate: write messages a second, such as 10, or 10/s, 600/m, 5000/h"));
        let (number, unit) = text.split_once('/').unwrap_or((text, "s"));
        let seconds = match unit.trim() {
            "s" => 1,
            "m" => 60,
            "h" => 3600,
            _ => return Err(bad()),
        };
        Ok(Self::new(number.trim().parse().map_err(|_| bad())?, seconds))
    }
}

impl<'de> Deserialize<'de> for Rate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "messages a second, such as 10, or 10/s, 600/m, 5000/h")]
        enum Given {
            Number(u32),
            Text(String),
        }
        match Given::deserialize(deserializer)? {
            Given::Number(messages) => Ok(Self::new(messages, 1)),
            Given::Text(text) => text.parse().map_err(serde::de::Error::custom),
        }
    }
}

/// From one time of day to another, over midnight if need be: `22:00-07:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuietHours {
    pub from: Time,
    pub to: Time,
}

impl FromStr for QuietHours {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let time = |text: &str| Time::strptime("%H:%M", text.trim()).ok();
        match text.split_once('-').map(|(from, to)| (time(from), time(to))) {
            Some((Some(from), Some(to))) if from != to => Ok(Self { from, to }),
            _ => Err(Invalid(format!("`{text}` are no quiet hours: write them such as 22:00-07:00"))),
        }
    }
}

/// A title: one line that is not empty.
#[derive(Debug, Clone)]
pub struct Title(String);

impl Title {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Title {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text::single_line(text) {
            line if line.is_empty() => Err(Invalid::new("a title is empty: give it a few words, or leave it out")),
            line => Ok(Self(line)),
        }
    }
}

/// What stands before every link: scheme and host, no path and no slash at the end.
#[derive(Debug, Clone)]
pub struct BaseUrl(String);

impl BaseUrl {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn host(&self) -> String {
        url::Url::parse(&self.0).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
    }
}

impl Default for BaseUrl {
    fn default() -> Self {
        Self("http://127.0.0.1:8080".into())
    }
}

impl FromStr for BaseUrl {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match url::Url::parse(text) {
            Ok(url)
                if matches!(url.scheme(), "http" | "https")
                    && url.has_host()
                    && url.path() == "/"
                    && url.username().is_empty()
                    && url.password().is_none()
                    && !text.contains(char::is_control)
                    && url.query().is_none()
                    && url.fragment().is_none() =>
            {
                Ok(Self(url.as_str().trim_end_matches('/').to_owned()))
            }
            _ => Err(Invalid(format!(
                "`{}` is not an address of a site: write one such as https://events.example.org",
                without_login(text)
            ))),
        }
    }
}

impl BaseUrl {
    /// The same site, below a path of it.
    pub(super) fn below(&mut self, base: &BasePath) {
        self.0.push_str(base.as_str());
    }

    /// Whether people come by https.
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https:")
    }
}

/// The path below which all of the site lies: `/dates`; that of the root is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BasePath(std::sync::Arc<str>);

impl BasePath {
    /// Without a slash at the end.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }
}

impl std::fmt::Display for BasePath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for BasePath {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let is_name = |name: &str| {
            let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '~');
            !name.trim_matches('.').is_empty() && name.chars().all(is_plain)
        };
        let path = text.strip_suffix('/').unwrap_or(text);
        match path.strip_prefix('/') {
            None if path.is_empty() => Ok(Self::default()),
            Some(names) if names.split('/').all(is_name) && path.len() <= 200 => Ok(Self(path.into())),
            _ => Err(Invalid(format!(
                "`{text}` is not a path of a site: write one such as /dates, of letters, digits, `-`, `.`, `_` and `~`"
            ))),
        }
    }
}

/// Where readers say what they think: a page, or an address of mail (`mailto:` RFC 6068).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedbackUrl(String);

impl FeedbackUrl {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for FeedbackUrl {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let bad = || {
            let text = without_login(text);
            Invalid(format!(
                "`{text}` is not where readers can write to: give https://example.org/feedback or mailto:desk@example.org"
            ))
        };
        let url = url::Url::parse(text.trim()).map_err(|_| bad())?;
        let fits = match url.scheme() {
            "https" | "http" => url.has_host() && url.username().is_empty() && url.password().is_none(),
            "mailto" => url.path().parse::<EmailAddress>().is_ok(),
            _ => false,
        };
        match fits && !text.contains(char::is_control) {
            true => Ok(Self(url.into())),
            false => Err(bad()),
        }
    }
}

/// Where a sign-up form on another site may lead back to: this page, and those below it if it ends with a slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnUrl(url::Url);

impl ReturnUrl {
    /// Whether it lets by where a form says that it leads.
    pub fn covers(&self, address: &url::Url) -> bool {
        let (own, other) = (self.0.path(), address.path());
        self.0.origin() == address.origin() && (own == other || own.ends_with('/') && other.starts_with(own))
    }
}

impl FromStr for ReturnUrl {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let bad = || {
            let text = without_login(text);
            Invalid(format!(
                "`{text}` is not where a form can lead back to: give the https address of a page, or of a site with a slash at its end"
            ))
        };
        let url = url::Url::parse(text.trim()).map_err(|_| bad())?;
        let is_plain = url.username().is_empty() && url.password().is_none();
        match matches!(url.scheme(), "https" | "http") && url.has_host() && is_plain && url.query().is_none() {
            true => Ok(Self(url)),
            false => Err(bad()),
        }
    }
}

/// `sqlite://data/kalends.db`: a path, from the folder the program runs in.
#[derive(Debug, Clone)]
pub struct DatabaseUrl(PathBuf);

impl DatabaseUrl {
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl DatabaseUrl {
    pub(super) fn path_mut(&mut self) -> &mut PathBuf {
        &mut self.0
    }
}

impl Default for DatabaseUrl {
    fn default() -> Self {
        Self(PathBuf::from("data/kalends.db"))
    }
}

impl FromStr for DatabaseUrl {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let path = text.strip_prefix("sqlite://").or_else(|| text.strip_prefix("sqlite:"));
        match path {
            // Any name will do for a file, but settings behind a `?` are another program's habit.
            Some(path) if !matches!(path, "" | ":memory:") && !has_settings(path) => Ok(Self(PathBuf::from(path))),
            _ => Err(Invalid(format!("`{}` is not a database: write sqlite://data/kalends.db", without_login(text)))),
        }
    }
}

/// `data/kalends.db?mode=rwc`
fn has_settings(path: &str) -> bool {
    let settings = path.rsplit_once('?').and_then(|(_, settings)| settings.split_once('='));
    settings.is_some_and(|(name, _)| ["mode", "cache", "immutable", "vfs"].contains(&name))
}

/// `smtp://host:port` or, with TLS from the first octet, `smtps://host:port`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelayUrl {
    pub host: String,
    pub port: u16,
    pub implicit_tls: bool,
}

impl FromStr for RelayUrl {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let bad = || {
            let text = without_login(text);
            Invalid(format!("`{text}` is not a relay: write smtp://host:port (STARTTLS) or smtps://host:port (TLS)"))
        };
        let url = url::Url::parse(text).map_err(|_| bad())?;
        let implicit_tls = match url.scheme() {
            "smtp" => false,
            "smtps" => true,
            _ => return Err(bad()),
        };
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or_else(bad)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Invalid::new("a relay's url holds no login: give username and password_file beside it"));
        }
        Ok(Self {
            host: host.trim_matches(['[', ']']).to_owned(),
            port: url.port().unwrap_or(if implicit_tls { 465 } else { 25 }),
            implicit_tls,
        })
    }
}

impl RelayUrl {
    /// Whether it is on this machine.
    pub fn is_loopback(&self) -> bool {
        self.host == "localhost" || self.host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }
}

impl std::fmt::Display for RelayUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}://{}:{}", if self.implicit_tls { "smtps" } else { "smtp" }, self.host, self.port)
    }
}

/// A name server: an address, with a port if it is not 53.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NameServer(pub SocketAddr);

impl FromStr for NameServer {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let address = text.parse().or_else(|_| text.parse::<IpAddr>().map(|ip| SocketAddr::new(ip, 53)));
        address
            .map(Self)
            .map_err(|_| Invalid(format!("`{text}` is not the address of a name server: write one such as 192.0.2.53")))
    }
}

/// What may be told of an address that is wrong somewhere: its beginning, without what may be a password.
pub(super) fn without_login(text: &str) -> String {
    match text.rsplit_once('@') {
        Some((_, rest)) => format!("…@{}", text::quoted(rest)),
        None => text::quoted(text),
    }
}

/// A name that fits into a URL, a List-Id and a file name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slug(String);

impl Slug {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Slug {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        match (1..=40).contains(&text.len()) && text.chars().all(fits) && !text.starts_with('-') && !text.ends_with('-')
        {
            true => Ok(Self(text.to_owned())),
            false => Err(Invalid(format!(
                "`{text}` is not a slug: use up to 40 small letters, digits and hyphens, such as weekly-standards"
            ))),
        }
    }
}

macro_rules! read_from_text {
    ($($name:ty),+) => {$(
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    )+};
}
read_from_text!(
    Period,
    QuietHours,
    Listen,
    Title,
    BasePath,
    BaseUrl,
    FeedbackUrl,
    ReturnUrl,
    DatabaseUrl,
    RelayUrl,
    NameServer,
    Slug,
    Schedule,
    Octets
);
