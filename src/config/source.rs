//! `[[source]]`: a foreign calendar that is kept in step, or a page or feed that is watched.

use std::fmt;
use std::str::FromStr;

use jiff::Span;
use serde::{Deserialize, Deserializer};

use super::Period;
use super::values::without_login;
use crate::domain::Invalid;
use crate::domain::event::Kind;
use crate::domain::format::SourceFormat;
use crate::domain::import::Private;
use crate::domain::source::SourceName;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of options")]
pub struct SourceConfig {
    /// Its place among them, from 1.
    #[serde(skip)]
    pub number: usize,
    #[serde(rename = "name")]
    pub(super) given_name: Option<SourceName>,
    /// That or one made of its server's; no other has it.
    #[serde(skip)]
    made_name: Option<SourceName>,
    pub url: SourceUrl,
    #[serde(default = "SourceConfig::default_every")]
    pub every: Period,
    /// By its address or its content if none is given: a calendar.
    pub format: Option<SourceFormat>,
    /// Whether the pages that a feed's items link to are read, too.
    #[serde(default)]
    pub follow: bool,
    /// Of events that do not say theirs.
    #[serde(default = "SourceConfig::default_kind")]
    pub kind: Kind,
    /// What all its events carry beside their own.
    #[serde(default)]
    pub topics: Vec<String>,
    /// What is put before each title.
    #[serde(default)]
    pub prefix: String,
    /// Whether an editor publishes what is new.
    #[serde(default)]
    pub draft: bool,
    /// What becomes of events that it shows not to everybody.
    #[serde(default)]
    pub private: Private,
}

impl SourceConfig {
    fn default_every() -> Period {
        Period::of(Span::new().hours(6))
    }

    fn default_kind() -> Kind {
        Kind::Other
    }

    /// What of it is watched; none: it is a calendar that is kept in step.
    pub fn watched(&self) -> Option<SourceFormat> {
        self.format.filter(|format| format.calendar().is_none())
    }

    /// What people know it by.
    pub fn name(&self) -> &str {
        self.given_name.as_ref().or(self.made_name.as_ref()).map_or("", SourceName::as_str)
    }

    /// What it is called where it was called after its server before it had a name.
    pub fn label(&self) -> &str {
        self.given_name.as_ref().map_or(self.url.server(), SourceName::as_str)
    }

    /// Whether this is its name, or its number.
    pub fn is_called(&self, text: &str) -> bool {
        text.parse() == Ok(self.number) || self.name().eq_ignore_ascii_case(text)
    }
}

/// Gives each its number, and those without a name one that nobody else has.
pub(super) fn give_names(sources: &mut [SourceConfig]) {
    let mut taken: Vec<SourceName> = sources.iter().filter_map(|source| source.given_name.clone()).collect();
    for (index, source) in sources.iter_mut().enumerate() {
        source.number = index + 1;
        if source.given_name.is_none() {
            let name = SourceName::of_server(source.url.server(), |name| taken.contains(name));
            taken.push(name.clone());
            source.made_name = Some(name);
        }
    }
}

/// Where a foreign calendar is: `https://`, `http://` or `webcal://`. Its path may be its only secret, so it is told by
/// its server alone wherever that is enough.
#[derive(Clone, PartialEq, Eq)]
pub struct SourceUrl {
    text: String,
    url: url::Url,
}

impl SourceUrl {
    /// As it was given.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    pub fn url(&self) -> &url::Url {
        &self.url
    }

    /// The server's name, for people and logs.
    pub fn server(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    /// What may be told of it: no login, no query, and of the path no part that nobody could guess.
    pub fn told(&self) -> String {
        told(&self.text, &self.url)
    }
}

/// What may be told of an address, which is written as `text`.
pub(super) fn told(text: &str, url: &url::Url) -> String {
    let has_secret = !url.username().is_empty()
        || url.password().is_some()
        || url.query().is_some()
        || url.fragment().is_some()
        || url.path().split('/').any(is_secret);
    if !has_secret {
        return text.to_owned();
    }
    let server = &url[url::Position::BeforeHost..url::Position::AfterPort];
    let parts: Vec<&str> = url.path().split('/').map(|part| if is_secret(part) { "…" } else { part }).collect();
    format!("{}://{server}{}", url.scheme(), parts.join("/"))
}

/// Whether a part of a path looks as if only those may know it who were told: `private-1b9ac51f0d5e4ac5`, a UUID.
fn is_secret(part: &str) -> bool {
    const LONG: usize = 12;
    let is_mixed = |word: &str| {
        word.len() >= LONG && word.bytes().any(|b| b.is_ascii_digit()) && word.bytes().any(|b| b.is_ascii_alphabetic())
    };
    let digits = part.bytes().filter(u8::is_ascii_digit).count();
    digits >= LONG || part.split(|c: char| !c.is_ascii_alphanumeric()).any(is_mixed)
}

impl fmt::Debug for SourceUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SourceUrl").field(&self.server()).finish()
    }
}

impl FromStr for SourceUrl {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match url::Url::parse(text.trim()) {
            Ok(url) if matches!(url.scheme(), "http" | "https" | "webcal" | "webcals") && url.has_host() => {
                Ok(Self { text: text.trim().to_owned(), url })
            }
            _ => Err(Invalid(format!(
                "`{}` is no address of a calendar: write one such as https://example.org/calendar.ics",
                beginning(text)
            ))),
        }
    }
}

/// What may be told of an address that is wrong somewhere: up to its path, and less if there may be a login.
fn beginning(text: &str) -> String {
    let (scheme, rest) = text.trim().split_once("://").unwrap_or(("", text.trim()));
    let scheme = if scheme.is_empty() { String::new() } else { format!("{scheme}://") };
    match rest.find(['/', '?', '#']) {
        _ if rest.contains('@') => without_login(&format!("{scheme}…")),
        Some(end) => without_login(&format!("{scheme}{}…", &rest[..=end])),
        None => without_login(&format!("{scheme}{rest}")),
    }
}

impl<'de> Deserialize<'de> for SourceUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_of_an_address_gives_no_way_in() {
        for (given, told) in [
            ("https://example.org/meetings-2026.ics", "https://example.org/meetings-2026.ics"),
            ("webcal://Example.org/a.ics", "webcal://Example.org/a.ics"),
            ("https://ada:hunter2@example.org:8443/a.ics", "https://example.org:8443/a.ics"),
            ("https://ada@example.org/a.ics", "https://example.org/a.ics"),
            ("https://example.org/a.ics?key=hunter2#hunter2", "https://example.org/a.ics"),
            ("https://example.org/ical/private-1b9ac51f0d5e4ac5/basic.ics", "https://example.org/ical/…/basic.ics"),
            ("https://example.org/550e8400-e29b-41d4-a716-446655440000.ics", "https://example.org/…"),
        ] {
            let url: SourceUrl = given.parse().unwrap();
            assert_eq!((url.told().as_str(), url.as_str()), (told, given));
            assert!(!format!("{url:?}").contains("hunter2"));
        }
    }

    #[test]
    fn a_wrong_address_is_told_without_what_may_be_secret() {
        for (given, told) in [
            ("example.org/hunter2.ics", "`example.org/…`"),
            ("htps://example.org/hunter2", "`htps://example.org/…`"),
            ("htps://ada:hunter2@example.org/", "`htps://…`"),
            ("htps://ada:hun/ter2@example.org/", "`htps://…`"),
            ("calendar", "`calendar`"),
        ] {
            let error = given.parse::<SourceUrl>().unwrap_err().0;
            assert!(error.starts_with(told) && error.contains("https://example.org/calendar.ics"), "{error}");
        }
    }
}
