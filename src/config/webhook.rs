//! `[[webhook]]`: another program or a chat that is told what happens.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use jiff::Span;
use serde::{Deserialize, Deserializer};
use url::Url;

use super::Period;
use crate::domain::Invalid;
use crate::domain::hook::{HookFormat, HookName, Topic};

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of options")]
pub struct WebhookConfig {
    pub name: HookName,
    pub url: WebhookUrl,
    /// What it tells.
    #[serde(default = "Topic::wanted", deserialize_with = "topics")]
    pub events: Vec<Topic>,
    #[serde(default)]
    pub format: HookFormat,
    /// What its messages are signed with, or what opens its server's door.
    pub secret_file: Option<PathBuf>,
    /// Whether readers' addresses are told, and not their ids alone.
    #[serde(default)]
    pub persons: bool,
    /// What happens within so long is told together, and what changed several times once.
    #[serde(default = "WebhookConfig::default_wait")]
    pub wait: Period,
}

impl WebhookConfig {
    fn default_wait() -> Period {
        Period::of(Span::new().minutes(1))
    }
}

fn topics<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Topic>, D::Error> {
    let topics = Vec::<Topic>::deserialize(deserializer)?;
    match topics.iter().find(|topic| !Topic::wanted().contains(topic)) {
        Some(_) => Err(serde::de::Error::custom("a test is told at every webhook: leave `test` out")),
        None => Ok(topics),
    }
}

/// Whoever knows it can write there: it is told by its server alone.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookUrl(Url);

impl WebhookUrl {
    pub fn url(&self) -> &Url {
        &self.0
    }

    /// What may be told of it.
    pub fn told(&self) -> String {
        told(&self.0)
    }
}

/// Of an address that is a secret as a whole: its server.
pub(super) fn told(url: &Url) -> String {
    format!("{}://{}/…", url.scheme(), &url[url::Position::BeforeHost..url::Position::AfterPort])
}

impl fmt::Debug for WebhookUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("WebhookUrl").field(&self.told()).finish()
    }
}

impl FromStr for WebhookUrl {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match Url::parse(text.trim()) {
            Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Ok(Self(url)),
            // What was given may be right but for a letter, and a secret.
            _ => Err(Invalid::new("this is no address of a webhook: write one such as https://hooks.example.org/…")),
        }
    }
}

impl<'de> Deserialize<'de> for WebhookUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_told_by_its_server_alone_whether_it_is_right_or_wrong() {
        let url: WebhookUrl = " https://ada:hush@hooks.example:8443/hush?key=hush ".parse().unwrap();
        assert_eq!(format!("{url:?}"), "WebhookUrl(\"https://hooks.example:8443/…\")");
        for wrong in ["htps://hooks.example/hush", "hush", "ftp://x/hush", "https://", ""] {
            let error = wrong.parse::<WebhookUrl>().unwrap_err().0;
            assert!(!error.contains("hush") && error.contains("https://hooks.example.org/"), "{error}");
        }
    }
}
