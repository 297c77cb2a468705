//! The configuration: one struct a concern, each with its defaults. `config/kalends.toml` is the manual of it all.

mod backup;
mod begun;
mod digest;
mod dkim;
mod helo;
mod hooks;
mod in_languages;
mod judge;
mod keep;
mod load;
mod look;
mod mailbox;
mod manual;
mod origin;
mod ping;
mod place;
mod settings;
mod source;
mod tree;
mod values;
mod webhook;

use std::collections::HashMap;
use std::path::PathBuf;

use jiff::Span;
use secrecy::SecretString;
use serde::{Deserialize, Deserializer};

pub use backup::BackupConfig;
pub use begun::{Begun, BegunRelay};
pub use digest::{DigestConfig, TemplateName};
pub use dkim::{DkimConfig, DomainName, Selector};
pub use helo::HeloName;
pub use hooks::{HookProof, HooksConfig};
pub use in_languages::InLanguages;
pub use keep::{KeepConfig, Retention};
pub use load::ConfigError;
pub use look::{Colour, Font, Logo, LookConfig};
pub use mailbox::{FolderName, MailboxUrl, OauthConfig};
pub use origin::{Complaint, Origin};
pub use ping::PingUrl;
pub use place::{default_file, found_file, is_of_system};
pub use settings::{Change, Changed, Setting, Settings, Whence};
pub use source::{SourceConfig, SourceUrl};
pub use values::{
    BasePath, BaseUrl, DatabaseUrl, FeedbackUrl, NameServer, Period, QuietHours, Rate, RelayUrl, ReturnUrl, Slug, Title,
};
pub use webhook::{WebhookConfig, WebhookUrl};

use crate::domain::address::{EmailAddress, Mailbox};
use crate::domain::host::AllowedHost;
use crate::domain::links::Links;
use crate::domain::listen::Listen;
use crate::domain::network::IpRange;
use crate::domain::octets::Octets;
use crate::domain::provider::Provider;
use crate::domain::subject::SubjectPattern;
use crate::domain::wording::Locale;
use crate::domain::words;
use crate::domain::zone::Zone;

/// The commented file that `init` writes and a test keeps true to the defaults below.
pub const TEMPLATE: &str = include_str!("../config/kalends.toml");

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table of options")]
pub struct Config {
    pub site: SiteConfig,
    pub look: LookConfig,
    pub database: DatabaseConfig,
    pub http: HttpConfig,
    pub metrics: MetricsConfig,
    pub mail: MailConfig,
    pub bounce: BounceConfig,
    pub intake: IntakeConfig,
    pub backup: BackupConfig,
    pub keep: KeepConfig,
    pub operator: OperatorConfig,
    pub feed: FeedConfig,
    pub fetch: FetchConfig,
    #[serde(rename = "source")]
    pub sources: Vec<SourceConfig>,
    #[serde(rename = "digest")]
    pub digests: Vec<DigestConfig>,
    #[serde(rename = "webhook")]
    pub webhooks: Vec<WebhookConfig>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table of options")]
pub struct SiteConfig {
    pub title: Title,
    pub base_url: BaseUrl,
    pub timezone: Zone,
    /// The language of readers who chose none.
    pub locale: Locale,
    /// Where readers say what they think of a mail.
    pub feedback: Option<FeedbackUrl>,
    /// Pages elsewhere that a sign-up form may lead back to.
    pub return_to: Vec<ReturnUrl>,
}

impl SiteConfig {
    /// Makes addresses of its pages.
    pub fn links(&self) -> Links<'_> {
        Links::new(self.base_url.as_str())
    }
}

impl Default for SiteConfig {
    fn default() -> Self {
        Self {
            title: "kalends".parse().unwrap_or_else(|_| unreachable!("it is a title")),
            base_url: BaseUrl::default(),
            timezone: Zone::utc(),
            locale: Locale::default(),
            feedback: None,
            return_to: Vec::new(),
        }
    }
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table of options")]
pub struct DatabaseConfig {
    pub url: DatabaseUrl,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table of options")]
pub struct HttpConfig {
    pub listen: Listen,
    /// Below which path of its host the site lies; `[site] base_url` has it, once it is read.
    pub base_path: BasePath,
    /// Whose X-Forwarded-For or Forwarded is believed.
    pub trusted_proxies: Vec<IpRange>,
    /// Requests a minute that one token of the API may make.
    #[serde(deserialize_with = "a_rate_of_requests")]
    pub token_rate: u32,
}

impl Default for HttpConfig {
    fn default() -> Self {
        let loopback = ["127.0.0.1", "::1"].iter().filter_map(|address| address.parse().ok());
        Self {
            listen: Listen::default(),
            base_path: BasePath::default(),
            trusted_proxies: loopback.collect(),
            token_rate: 600,
        }
    }
}

fn a_rate_of_requests<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    match u32::deserialize(deserializer)? {
        n @ 1..=1_000_000 => Ok(n),
        n => Err(serde::de::Error::custom(format!("{n} requests a minute: use 1 to 1000000"))),
    }
}

/// Figures for a watcher of machines. They tell of the office's readers and of its sources, so they have a door of their
/// own.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table of options")]
pub struct MetricsConfig {
    /// Where `/metrics` is; nowhere if not set.
    pub listen: Option<Listen>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table of options")]
pub struct MailConfig {
    pub from: Mailbox,
    pub reply_to: Option<Mailbox>,
    pub transport: TransportKind,
    pub outbox: PathBuf,
    pub uncertain: UncertainPolicy,
    /// What relays are greeted with; this machine's name or address if none is given.
    pub helo_name: Option<HeloName>,
    /// When editions rest, on each reader's own clock; confirmations do not.
    pub quiet_hours: Option<QuietHours>,
    /// To one recipient's domain, over all relays.
    pub domain_rate: Rate,
    /// To these domains, instead.
    pub domain_rates: HashMap<String, Rate>,
    #[serde(rename = "relay")]
    pub relays: Vec<RelayConfig>,
    /// Mail is signed with each of these keys.
    #[serde(deserialize_with = "dkim::one_or_several")]
    pub dkim: Vec<DkimConfig>,
    /// Who is asked about DNS, by `check` and for signatures of forwarded mails; the system's name servers if none is given.
    pub resolver: Option<NameServer>,
}

impl Default for MailConfig {
    fn default() -> Self {
        Self {
            from: DEFAULT_FROM.parse().unwrap_or_else(|_| unreachable!("a test reads it")),
            reply_to: None,
            transport: TransportKind::File,
            outbox: PathBuf::from("data/outbox"),
            uncertain: UncertainPolicy::Retry,
            helo_name: None,
            quiet_hours: None,
            domain_rate: Rate::default(),
            domain_rates: HashMap::new(),
            relays: Vec::new(),
            dkim: Vec::new(),
            resolver: None,
        }
    }
}

impl MailConfig {
    /// Whether a relay gives mails another Date and Message-ID, as Amazon SES does.
    pub fn has_fields_rewritten(&self) -> bool {
        self.relays.iter().any(|relay| relay.provider() == Some(Provider::Ses))
    }

    /// The domain that a key signs for: its own, or that of the sender.
    pub fn dkim_domain<'a>(&'a self, key: &'a DkimConfig) -> &'a str {
        key.domain.as_ref().map_or(self.from.address.domain(), DomainName::as_str)
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
        /// It is sent again, a few times, with the same Message-ID.
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
#[serde(deny_unknown_fields, expecting = "a table of options")]
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
    /// Over all its connections.
    #[serde(default)]
    pub rate: Rate,
    /// Its share of the load among the relays that have a connection free.
    #[serde(default = "RelayConfig::default_weight", deserialize_with = "one_to_hundred")]
    pub weight: u32,
    /// Whose it is, where its host does not tell.
    pub provider: Option<Provider>,
}

impl RelayConfig {
    /// The mail provider whose it is, if it is one's that is known.
    pub fn provider(&self) -> Option<Provider> {
        self.provider.or_else(|| Provider::of_host(&self.url.host))
    }

    fn default_tls() -> TlsPolicy {
        TlsPolicy::Auto
    }

    fn default_connections() -> u32 {
        4
    }

    fn default_weight() -> u32 {
        1
    }
}

fn one_to_hundred<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    match u32::deserialize(deserializer)? {
        n @ 1..=100 => Ok(n),
        n => Err(serde::de::Error::custom(format!("{n} is too few or too many: use 1 to 100"))),
    }
}

/// Where mail comes back to.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table of options")]
pub struct BounceConfig {
    /// `bounces@example.org`: each delivery gets an envelope sender made from it. None: nothing is known of what comes
    /// back.
    pub address: Option<EmailAddress>,
    /// Whether what stands behind a `+` in an address makes no other mailbox of it: else all is sent from the address as it
    /// is, and proves less.
    pub plus: bool,
    /// Where mail to it is taken over LMTP, if a mail server does not run `kalends bounce`.
    pub listen: Option<Listen>,
    /// Where mail to it arrives, if it is hosted elsewhere.
    pub mailbox: Option<MailboxUrl>,
    pub password_file: Option<PathBuf>,
    /// Instead of a password.
    pub oauth: Option<OauthConfig>,
    /// Certificates (PEM) to trust beside the system's.
    pub ca_file: Option<PathBuf>,
    /// Where what was understood is moved.
    pub done_folder: FolderName,
    /// How often the mailbox is looked into, also where its server tells of new mail.
    pub every: Period,
    /// After so many soft bounces in a row nothing more is sent to an address.
    #[serde(deserialize_with = "one_to_hundred_bounces")]
    pub soft_limit: u32,
    /// Mail providers that may tell at `/hooks/…`.
    pub hooks: HooksConfig,
}

impl Default for BounceConfig {
    fn default() -> Self {
        Self {
            address: None,
            plus: true,
            listen: None,
            mailbox: None,
            password_file: None,
            oauth: None,
            ca_file: None,
            done_folder: FolderName::default(),
            every: Period::of(Span::new().minutes(5)),
            soft_limit: 5,
            hooks: HooksConfig::default(),
        }
    }
}

fn one_to_hundred_bounces<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    match u32::deserialize(deserializer)? {
        n @ 1..=100 => Ok(n),
        n => Err(serde::de::Error::custom(format!("{n} soft bounces: use 1 to 100"))),
    }
}

/// Where editors forward mails to.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table of options")]
pub struct IntakeConfig {
    /// `intake@example.org`: what is told there becomes drafts. It is taken by the doors that bounces come by. None: nothing
    /// is taken.
    pub address: Option<EmailAddress>,
}

/// Who keeps it running.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table of options")]
pub struct OperatorConfig {
    /// Gets a mail when something needs a hand; nobody does if it is not set.
    pub address: Option<EmailAddress>,
    /// Is fetched when an edition is through; nothing is if it is not set.
    pub ping: Option<PingUrl>,
    /// So much is to be free on each disk that is written to; by the disk's size if it is not set.
    pub free: Option<Octets>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table of options")]
pub struct FeedConfig {
    pub title: Option<Title>,
    pub description: String,
    pub refresh: Period,
    pub keep_cancelled: Period,
    /// How long ago may be over what is in it; all, if not set.
    pub past: Option<Period>,
}

impl Default for FeedConfig {
    fn default() -> Self {
        Self {
            title: None,
            description: String::new(),
            refresh: Period::of(Span::new().hours(6)),
            keep_cancelled: Period::of(Span::new().days(60)),
            past: None,
        }
    }
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table of options")]
pub struct FetchConfig {
    /// Servers at private addresses that calendars may be fetched from: names or addresses, with or without a port.
    pub allowed_hosts: Vec<AllowedHost>,
}

impl Config {
    /// Whether mail would go out under the example's address, which is nobody's.
    pub fn has_example_sender(&self) -> bool {
        self.mail.from.to_string() == DEFAULT_FROM
    }

    /// This one as it comes into force while a daemon runs that started with `old`: what is opened at the start stays (see
    /// [`Change::takes_a_new_start`]).
    pub fn kept_from_start(self, old: &Self) -> Self {
        let (http, metrics, bounce) = (&old.http, &old.metrics, &old.bounce);
        Self {
            database: old.database.clone(),
            http: HttpConfig { listen: http.listen.clone(), ..self.http },
            metrics: MetricsConfig { listen: metrics.listen.clone() },
            bounce: BounceConfig { listen: bounce.listen.clone(), ..self.bounce },
            ..self
        }
    }

    pub fn slugs(&self) -> Vec<&str> {
        self.digests.iter().map(|digest| digest.slug.as_str()).collect()
    }

    pub fn digest(&self, slug: &str) -> Option<&DigestConfig> {
        self.digests.iter().find(|digest| digest.slug.as_str() == slug)
    }

    pub fn webhook(&self, name: &str) -> Option<&WebhookConfig> {
        self.webhooks.iter().find(|webhook| webhook.name.as_str() == name)
    }

    /// The digests whose editions everybody may read.
    pub fn public_digests(&self) -> impl Iterator<Item = &DigestConfig> {
        self.digests.iter().filter(|digest| digest.archive)
    }

    /// Digests in words, by their slugs: `“The week ahead” and “Deadlines”`.
    pub fn titles(&self, locale: Locale, slugs: &[String]) -> String {
        let titles =
            slugs.iter().map(|slug| self.digest(slug).map_or(slug.as_str(), |digest| self.title_of(digest, locale)));
        locale.listing(&titles.map(|title| locale.with("newsletter", "title", title)).collect::<Vec<_>>())
    }

    /// What readers of a language call a digest.
    pub fn title_of<'a>(&self, digest: &'a DigestConfig, locale: Locale) -> &'a str {
        let title = digest.title.as_ref().and_then(|title| title.of(locale, self.site.locale));
        title.map_or(digest.slug.as_str(), Title::as_str)
    }

    /// What it is, for them; empty if nobody says it.
    pub fn description_of<'a>(&self, digest: &'a DigestConfig, locale: Locale) -> &'a str {
        digest
            .description
            .as_ref()
            .and_then(|described| described.of(locale, self.site.locale))
            .map_or("", String::as_str)
    }

    /// What its mails to them have for a subject, if somebody says it.
    pub fn subject_of<'a>(&self, digest: &'a DigestConfig, locale: Locale) -> Option<&'a SubjectPattern> {
        digest.subject.as_ref().and_then(|subject| subject.of(locale, self.site.locale))
    }

    /// Where readers of a digest say what they think of it; empty if nobody asks.
    pub fn feedback_of<'a>(&'a self, digest: &'a DigestConfig) -> &'a str {
        digest.feedback.as_ref().or(self.site.feedback.as_ref()).map_or("", FeedbackUrl::as_str)
    }

    pub fn zone_of<'a>(&'a self, digest: &'a DigestConfig) -> &'a Zone {
        digest.timezone.as_ref().unwrap_or(&self.site.timezone)
    }

    pub fn feed_title(&self) -> &str {
        self.feed.title.as_ref().unwrap_or(&self.site.title).as_str()
    }
}
