//! Bearer tokens (RFC 6750): by which a program says that somebody let it in, and what it may do.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use data_encoding::BASE32_NOPAD;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::{Invalid, words};

/// By which scanners of repositories and logs know a token that leaked.
const PREFIX: &str = "kal_";
/// 160 bits: nobody guesses one.
pub const OCTETS: usize = 20;

words! {
    /// What a token allows. Who may write may read, too.
    pub enum Scope, "scope" {
        /// Also drafts, and what is private.
        EventsRead => "events:read",
        EventsWrite => "events:write",
        ArticlesRead => "articles:read",
        ArticlesWrite => "articles:write",
        SubscribersRead => "subscribers:read",
        SubscribersWrite => "subscribers:write",
        DigestsRead => "digests:read",
        DigestsWrite => "digests:write",
        /// What keeps the office running: deliveries, bounces, sources, how things stand.
        Operate => "operate",
    }
}

impl Scope {
    fn allows(self, wanted: Self) -> bool {
        let writes = match wanted {
            Self::EventsRead => Some(Self::EventsWrite),
            Self::ArticlesRead => Some(Self::ArticlesWrite),
            Self::SubscribersRead => Some(Self::SubscribersWrite),
            Self::DigestsRead => Some(Self::DigestsWrite),
            _ => None,
        };
        self == wanted || Some(self) == writes
    }
}

/// What a token allows, as text: words with spaces between (RFC 6749 section 3.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scopes(BTreeSet<Scope>);

impl Scopes {
    /// None of nothing: a token that may do nothing is a mistake.
    pub fn new(scopes: impl IntoIterator<Item = Scope>) -> Option<Self> {
        Some(Self(scopes.into_iter().collect())).filter(|scopes| !scopes.0.is_empty())
    }

    pub fn allow(&self, wanted: Scope) -> bool {
        self.0.iter().any(|scope| scope.allows(wanted))
    }

    pub fn iter(&self) -> impl Iterator<Item = Scope> {
        self.0.iter().copied()
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<&str> = self.iter().map(Scope::as_str).collect();
        f.pad(&words.join(" "))
    }
}

impl FromStr for Scopes {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let scopes = text.split_whitespace().map(str::parse).collect::<Result<Vec<_>, _>>()?;
        Self::new(scopes).ok_or_else(|| Invalid::new("a token without a scope may do nothing: name one"))
    }
}

/// A token itself. It is shown once, when it is made, and never printed by itself.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    pub fn of(random: [u8; OCTETS]) -> Self {
        Self(format!("{PREFIX}{}", BASE32_NOPAD.encode(&random).to_ascii_lowercase()))
    }

    /// Reads one as it comes in a header; none if it can't be one.
    pub fn read(text: &str) -> Option<Self> {
        let rest = text.strip_prefix(PREFIX)?;
        let octets = BASE32_NOPAD.decode(rest.to_ascii_uppercase().as_bytes()).ok()?;
        Some(Self::of(octets.try_into().ok()?))
    }

    /// For the one who asked for it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What is kept of it. It has bits enough that no slow hash is needed.
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}…")
    }
}

/// What is known of a token.
#[derive(Debug, Clone)]
pub struct Token {
    pub id: i64,
    pub name: String,
    pub scopes: Scopes,
    pub created_at: Timestamp,
    /// None: never.
    pub expires_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
    /// To the minute.
    pub last_used_at: Option<Timestamp>,
}

impl Token {
    pub fn is_in_force(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| end > now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_may_write_may_read_and_nothing_else() {
        let scopes: Scopes = "events:write digests:read".parse().unwrap();
        let allowed: Vec<_> = Scope::ALL.iter().copied().filter(|scope| scopes.allow(*scope)).collect();
        assert_eq!(allowed, [Scope::EventsRead, Scope::EventsWrite, Scope::DigestsRead]);
        assert_eq!(scopes.to_string(), "events:write digests:read");
        assert!("".parse::<Scopes>().is_err() && "events".parse::<Scopes>().is_err());
    }

    #[test]
    fn a_secret_is_known_again_and_never_printed() {
        let secret = Secret::of([7; OCTETS]);
        let text = secret.expose().to_owned();
        assert!(text.starts_with("kal_") && text.len() == 36, "{text}");
        assert_eq!(Secret::read(&text).unwrap().hash(), secret.hash());
        assert!(!format!("{secret:?}").contains(&text[4..12]));
        for wrong in ["", "kal_", &text[1..], &text[..35], &format!("{text}a"), "kal_\u{e9}"] {
            assert!(Secret::read(wrong).is_none(), "{wrong}");
        }
    }
}
