//! `[mail.dkim]`: who signs, and with which key.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::str::FromStr;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::domain::{Invalid, serde_as_text};

/// One key. Several give as many signatures: RSA for everybody and Ed25519 beside it (RFC 8463 section 3).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of options")]
pub struct DkimConfig {
    /// That of [mail] from if none is given.
    pub domain: Option<DomainName>,
    pub selector: Selector,
    pub key_file: PathBuf,
}

/// `[mail.dkim]` for one key, `[[mail.dkim]]` for several.
pub(super) fn one_or_several<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<DkimConfig>, D::Error> {
    struct OneOrSeveral;

    impl<'de> Visitor<'de> for OneOrSeveral {
        type Value = Vec<DkimConfig>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a table of options")
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
            Ok(vec![DkimConfig::deserialize(MapAccessDeserializer::new(map))?])
        }

        fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
            Vec::deserialize(SeqAccessDeserializer::new(seq))
        }
    }

    deserializer.deserialize_any(OneOrSeveral)
}

/// A domain as DNS has it: in ASCII, small letters, with a dot in it and none at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DomainName(String);

impl DomainName {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for DomainName {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let bad = || Invalid(format!("`{text}` is not a domain: write one such as example.org"));
        let name = idna::domain_to_ascii_strict(text.trim().trim_end_matches('.')).map_err(|_| bad())?;
        match name.contains('.') && name.parse::<IpAddr>().is_err() {
            true => Ok(Self(name)),
            false => Err(bad()),
        }
    }
}

impl fmt::Display for DomainName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

serde_as_text!(DomainName);

/// Which key of a domain (RFC 6376 section 3.1). It becomes part of a name in DNS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selector(String);

impl Selector {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Selector {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let is_label = |label: &str| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        match text.len() <= 100 && text.split('.').all(is_label) {
            true => Ok(Self(text.to_ascii_lowercase())),
            false => Err(Invalid(format!(
                "`{text}` is not a selector: use letters, digits and hyphens, such as kalends-2026"
            ))),
        }
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

serde_as_text!(Selector);
