//! `[operator] ping`: an address that is fetched to tell that an edition is through.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer};
use url::Url;

use crate::domain::Invalid;

/// Whoever knows it can say that all is well here: it is told by its server alone.
#[derive(Clone, PartialEq, Eq)]
pub struct PingUrl(Url);

impl PingUrl {
    pub fn url(&self) -> &Url {
        &self.0
    }
}

impl fmt::Debug for PingUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PingUrl").field(&self.0.host_str().unwrap_or_default()).finish()
    }
}

impl FromStr for PingUrl {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match Url::parse(text.trim()) {
            Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Ok(Self(url)),
            // What was given may be right but for a letter, and a secret.
            _ => Err(Invalid::new("this is no address to fetch: write one such as https://hc-ping.com/your-uuid")),
        }
    }
}

impl<'de> Deserialize<'de> for PingUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_told_by_its_server_alone_whether_it_is_right_or_wrong() {
        let url: PingUrl = " https://ada:hush@hc-ping.example/hush?key=hush ".parse().unwrap();
        assert_eq!(format!("{url:?}"), "PingUrl(\"hc-ping.example\")");
        for wrong in ["htps://hc-ping.example/hush", "hush", "ftp://x/hush", "https://", ""] {
            let error = wrong.parse::<PingUrl>().unwrap_err().0;
            assert!(!error.contains("hush") && error.contains("https://hc-ping.com/"), "{error}");
        }
    }
}
