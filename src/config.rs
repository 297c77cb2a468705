//! The configuration: one struct a concern, each with its defaults; read from a TOML file, then overridden by the
//! environment. `config/kalends.toml` is the manual of it all.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use jiff::Span;
use secrecy::SecretString;
use serde::{Deserialize, Deserializer};

use crate::digest::schedule::Schedule;
use crate::domain::address::Mailbox;
use crate::domain::event::Kind;
use crate::domain::zone::Zone;
use crate::domain::{Invalid, words};

/// The commented file that `init` writes and a test keeps true to the defaults below.
pub const TEMPLATE: &str = include_str!("../config/kalends.toml");

/// Where the file is looked for when none is named.
pub const DEFAULT_PATH: &str = "config/kalends.toml";

/// Environment variables that begin with this override the file: `KALENDS_MAIL__FROM` is `from` in `[mail]`.
const ENVIRONMENT_PREFIX: &str = "KALENDS_";
/// Those that speak to the program itself and name no key.
const ENVIRONMENT_OTHERS: [&str; 2] = ["KALENDS_CONFIG", "KALENDS_LOG"];

/// A sentence that names the place (file and line, or the variable), what is wrong and what would be right.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(String);

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    pub site: SiteConfig,
    pub database: DatabaseConfig,
    pub http: HttpConfig,
    pub mail: MailConfig,
    pub feed: FeedConfig,
    #[serde(rename = "digest")]
    pub digests: Vec<DigestConfig>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SiteConfig {
    pub title: String,
    pub base_url: BaseUrl,
    pub timezone: Zone,
}

impl Default for SiteConfig {
    fn default() -> Self {
        Self { title: "kalends".into(), base_url: BaseUrl("http://127.0.0.1:8080".into()), timezone: Zone::utc() }
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DatabaseConfig {
    pub url: DatabaseUrl,
}

impl Default for DatabaseConfig {
    fn default() -> Self {
        Self { url: DatabaseUrl(PathBuf::from("data/kalends.db")) }
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HttpConfig {
    pub listen: String,
}

impl Default for HttpConfig {
    fn default() -> Self {
        Self { listen: "127.0.0.1:8080".into() }
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MailConfig {
    pub from: Mailbox,
    pub reply_to: Option<Mailbox>,
    pub transport: TransportKind,
    pub outbox: PathBuf,
    pub uncertain: UncertainPolicy,
    #[serde(rename = "relay")]
    pub relays: Vec<RelayConfig>,
}

impl Default for MailConfig {
    fn default() -> Self {
        Self {
            from: DEFAULT_FROM.parse().unwrap_or_else(|_| unreachable!("a test reads it")),
            reply_to: None,
            transport: TransportKind::File,
            outbox: PathBuf::from("data/outbox"),
            uncertain: UncertainPolicy::Retry,
            relays: Vec::new(),
        }
    }
}

/// Good enough for files, and nobody's; with SMTP it must be replaced.
const DEFAULT_FROM: &str = "kalends <news@example.org>";

words! {
    pub enum TransportKind, "mail transport" {
        File => "file",
        Smtp => "smtp",
    }
}

words! {
    /// What happens to a delivery of which nobody can know whether the server took it.
    pub enum UncertainPolicy, "policy for uncertain deliveries" {
        /// It is sent once more, with the same Message-ID.
        Retry => "retry",
        /// It waits for `kalends delivery retry`.
        Hold => "hold",
    }
}

words! {
    pub enum TlsPolicy, "TLS policy" {
        /// STARTTLS where the server offers it.
        Auto => "auto",
        Required => "required",
        None => "none",
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RelayConfig {
    pub url: RelayUrl,
    pub username: Option<String>,
    pub password: Option<SecretString>,
    pub password_file: Option<PathBuf>,
    #[serde(default = "RelayConfig::default_tls")]
    pub tls: TlsPolicy,
    /// Certificates (PEM) to trust beside the system's.
    pub ca_file: Option<PathBuf>,
    #[serde(default = "RelayConfig::default_connections", deserialize_with = "one_to_hundred")]
    pub connections: u32,
    /// Messages a second over all its connections; 0 sets no limit.
    #[serde(default)]
    pub rate: u32,
}

impl RelayConfig {
    fn default_tls() -> TlsPolicy {
        TlsPolicy::Auto
    }

    fn default_connections() -> u32 {
        4
    }
}

fn one_to_hundred<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    match u32::deserialize(deserializer)? {
        n @ 1..=100 => Ok(n),
        n => Err(serde::de::Error::custom(format!("{n} connections: use 1 to 100"))),
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FeedConfig {
    pub title: Option<String>,
    pub description: String,
    pub refresh: Period,
    pub keep_cancelled: Period,
}

impl Default for FeedConfig {
    fn default() -> Self {
        Self {
            title: None,
            description: String::new(),
            refresh: Period(Span::new().hours(6)),
            keep_cancelled: Period(Span::new().days(60)),
        }
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DigestConfig {
    pub slug: Slug,
    pub title: Option<String>,
    #[serde(default)]
    pub description: String,
    pub schedule: Schedule,
    /// The site's if none is given.
    pub timezone: Option<Zone>,
    #[serde(default = "DigestConfig::default_upcoming")]
    pub upcoming: Period,
    #[serde(default = "DigestConfig::default_recent")]
    pub recent: Period,
    #[serde(default)]
    pub kinds: Vec<Kind>,
    #[serde(default)]
    pub topics: Vec<String>,
    #[serde(default)]
    pub send_empty: bool,
}

impl DigestConfig {
    fn default_upcoming() -> Period {
        Period(Span::new().days(30))
    }

    fn default_recent() -> Period {
        Period(Span::new().days(7))
    }

    pub fn title(&self) -> &str {
        self.title.as_deref().unwrap_or(&self.slug.0)
    }
}

/// A length of time as people write it: `90m`, `12h`, `30d`, `2w`, `6mo`.
#[derive(Debug, Clone)]
pub struct Period(Span);

impl Period {
    pub fn span(&self) -> Span {
        self.0
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

/// What stands before every link: scheme and host, perhaps a path, no slash at the end.
#[derive(Debug, Clone)]
pub struct BaseUrl(String);

impl BaseUrl {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn host(&self) -> String {
        url::Url::parse(&self.0).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
    }

    /// For a site whose address is where it listens, such as a demo's.
    pub fn of_listener(address: std::net::SocketAddr) -> Self {
        Self(format!("http://{address}"))
    }
}

impl FromStr for BaseUrl {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match url::Url::parse(text) {
            Ok(url)
                if matches!(url.scheme(), "http" | "https")
                    && url.has_host()
                    && url.query().is_none()
                    && url.fragment().is_none() =>
            {
                Ok(Self(url.as_str().trim_end_matches('/').to_owned()))
            }
            _ => Err(Invalid(format!(
                "`{text}` is not an address of a site: write one such as https://events.example.org"
            ))),
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

impl FromStr for DatabaseUrl {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let path = text.strip_prefix("sqlite://").or_else(|| text.strip_prefix("sqlite:"));
        match path {
            Some(path) if !path.is_empty() && !path.contains(['?', ':']) => Ok(Self(PathBuf::from(path))),
            _ => Err(Invalid(format!("`{text}` is not a database: write sqlite://data/kalends.db"))),
        }
    }
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

impl std::fmt::Display for RelayUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}://{}:{}", if self.implicit_tls { "smtps" } else { "smtp" }, self.host, self.port)
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
read_from_text!(Period, BaseUrl, DatabaseUrl, RelayUrl, Slug, Schedule);

impl Config {
    /// Reads `path` (without one, the default file if it is there) and the environment.
    pub fn load(path: Option<&Path>) -> Result<Self, ConfigError> {
        let default = Path::new(DEFAULT_PATH);
        let (name, text) = match path {
            Some(path) => (path, read(path)?),
            None if default.exists() => (default, read(default)?),
            None => (default, String::new()),
        };
        let environment = std::env::vars()
            .filter(|(name, _)| name.starts_with(ENVIRONMENT_PREFIX) && !ENVIRONMENT_OTHERS.contains(&name.as_str()));
        Self::parse(&name.display().to_string(), &text, environment.collect())
    }

    /// `name` is what errors call the file.
    pub fn parse(name: &str, text: &str, environment: Vec<(String, String)>) -> Result<Self, ConfigError> {
        let mut config: Config = toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(1, |span| 1 + text[..span.start.min(text.len())].matches('\n').count());
            ConfigError(format!("{name}, line {line}: {}", error.message().replace('\n', ": ")))
        })?;
        if !environment.is_empty() {
            let mut table: toml::Table = toml::from_str(text).unwrap_or_default();
            for (variable, value) in environment {
                config = overridden(&mut table, &variable, &value)?;
            }
        }
        config.check(name, text)?;
        Ok(config)
    }

    /// What can only be judged with several keys in view.
    fn check(&self, name: &str, text: &str) -> Result<(), ConfigError> {
        let at = |key: &str, sentence: String| {
            let line = text.lines().position(|line| line.trim_start().starts_with(key));
            Err(ConfigError(match line {
                Some(line) => format!("{name}, line {}: {sentence}", line + 1),
                None => format!("{name}: {sentence}"),
            }))
        };
        if self.mail.transport == TransportKind::Smtp {
            if self.mail.relays.is_empty() {
                return at("transport", "transport is \"smtp\", but there is no [[mail.relay]] with a url".into());
            }
            if self.mail.from.to_string() == DEFAULT_FROM {
                return at(
                    "transport",
                    "transport is \"smtp\", but [mail] from still is the example: set your own".into(),
                );
            }
        }
        for relay in &self.mail.relays {
            if relay.password.is_some() && relay.password_file.is_some() {
                return at("password", "give password or password_file, not both".into());
            }
            if relay.username.is_some() != (relay.password.is_some() || relay.password_file.is_some()) {
                return at("username", "a login needs username and password (or password_file)".into());
            }
        }
        for (index, digest) in self.digests.iter().enumerate() {
            if self.digests[..index].iter().any(|other| other.slug == digest.slug) {
                return at("slug", format!("two digests have the slug `{}`", digest.slug.as_str()));
            }
        }
        Ok(())
    }

    pub fn digest(&self, slug: &str) -> Option<&DigestConfig> {
        self.digests.iter().find(|digest| digest.slug.as_str() == slug)
    }

    pub fn zone_of<'a>(&'a self, digest: &'a DigestConfig) -> &'a Zone {
        digest.timezone.as_ref().unwrap_or(&self.site.timezone)
    }

    pub fn feed_title(&self) -> &str {
        self.feed.title.as_deref().unwrap_or(&self.site.title)
    }
}

fn read(path: &Path) -> Result<String, ConfigError> {
    let octets = std::fs::read(path)
        .map_err(|e| ConfigError(format!("can't read {}: {e}; `kalends init` writes one", path.display())))?;
    String::from_utf8(octets).map_err(|_| ConfigError(format!("{} is not UTF-8: save it as UTF-8", path.display())))
}

/// The configuration with one variable set: as a TOML value where that fits (`true`, `8`, `["meeting"]`), else as text.
fn overridden(table: &mut toml::Table, variable: &str, value: &str) -> Result<Config, ConfigError> {
    let keys = variable[ENVIRONMENT_PREFIX.len()..].to_lowercase();
    let as_value = toml::from_str::<toml::Table>(&format!("v = {value}")).ok().and_then(|mut t| t.remove("v"));
    let mut last_error = None;
    for candidate in [Some(toml::Value::String(value.to_owned())), as_value].into_iter().flatten() {
        let mut attempt = table.clone();
        if !set(&mut attempt, keys.split("__"), candidate) {
            break;
        }
        match attempt.clone().try_into::<Config>() {
            Ok(config) => {
                *table = attempt;
                return Ok(config);
            }
            Err(error) => last_error = Some(error.message().replace('\n', ": ")),
        }
    }
    let reason = last_error.unwrap_or_else(|| "it names no key".into());
    Err(ConfigError(format!("the environment variable {variable}: {reason}")))
}

fn set<'a>(table: &mut toml::Table, mut keys: impl Iterator<Item = &'a str>, value: toml::Value) -> bool {
    let Some(first) = keys.next().filter(|key| !key.is_empty()) else { return false };
    let rest: Vec<_> = keys.collect();
    if rest.is_empty() {
        table.insert(first.to_owned(), value);
        return true;
    }
    let inner = table.entry(first).or_insert_with(|| toml::Value::Table(toml::Table::new()));
    inner.as_table_mut().is_some_and(|inner| set(inner, rest.into_iter(), value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Config, String> {
        Config::parse("kalends.toml", text, Vec::new()).map_err(|e| e.to_string())
    }

    #[test]
    fn the_manual_of_options_is_read_and_says_the_defaults() {
        let shown = Config::parse("kalends.toml", TEMPLATE, Vec::new()).unwrap();
        let default = Config::default();
        // Every option stands there, commented out where it has no sensible default of its own.
        let uncommented: String =
            TEMPLATE.lines().map(|line| line.strip_prefix("#: ").unwrap_or(line)).collect::<Vec<_>>().join("\n");
        Config::parse("kalends.toml", &uncommented, Vec::new()).unwrap();
        assert_eq!(format!("{:?}", shown.mail), format!("{:?}", default.mail));
        assert_eq!(format!("{:?}", shown.feed), format!("{:?}", default.feed));
        assert_eq!(format!("{:?}", shown.site), format!("{:?}", default.site));
        assert_eq!(shown.digests.len(), 1);
    }

    #[test]
    fn errors_name_the_file_the_line_and_what_would_be_right() {
        for (text, parts) in [
            ("[site]\ntitel = \"x\"", &["kalends.toml, line 2", "titel", "title"][..]),
            ("[site]\n\ntimezone = \"Mars/Olympus\"", &["line 3", "Mars/Olympus", "IANA"]),
            ("[[digest]]\nslug = \"w\"\nschedule = \"0 8 31 2 *\"", &["line 3", "never comes"]),
            ("[[digest]]\nslug = \"w\"\nschedule = \"0 8 * *\"", &["line 3", "five fields"]),
            ("[[digest]]\nslug = \"W eekly\"\nschedule = \"0 8 * * 1\"", &["line 2", "slug"]),
            ("[feed]\nrefresh = \"often\"", &["line 2", "12h"]),
            ("[mail]\ntransport = \"pigeon\"", &["line 2", "file, smtp"]),
            ("[mail]\ntransport = \"smtp\"", &["line 2", "[[mail.relay]]"]),
            ("[mail]\nfrom = \"a@b@c\"", &["line 2", "not an email address"]),
            ("[database]\nurl = \"postgres://x\"", &["line 2", "sqlite://"]),
            ("[site\n", &["line 1"]),
        ] {
            let error = parse(text).unwrap_err();
            for part in parts {
                assert!(error.contains(part), "{text:?}: {error} lacks {part:?}");
            }
        }
    }

    #[test]
    fn the_environment_overrides_the_file() {
        let set = |name: &str, value: &str| {
            Config::parse("kalends.toml", "[mail]\nfrom = \"a@example.org\"", vec![(name.into(), value.into())])
                .map_err(|e| e.to_string())
        };
        assert_eq!(set("KALENDS_MAIL__FROM", "b@example.org").unwrap().mail.from.to_string(), "b@example.org");
        assert_eq!(set("KALENDS_SITE__TITLE", "2020").unwrap().site.title, "2020");
        let relays = set("KALENDS_MAIL__RELAY", "[{ url = \"smtp://localhost:2525\", connections = 2 }]").unwrap();
        assert_eq!(relays.mail.relays[0].connections, 2);
        for (name, part) in [("KALENDS_MAIL__FORM", "KALENDS_MAIL__FORM"), ("KALENDS_MAIL", "KALENDS_MAIL")] {
            assert!(set(name, "x").unwrap_err().contains(part));
        }
    }
}
