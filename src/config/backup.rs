//! Copies of the database that the daemon makes by itself.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use jiff::{SignedDuration, Span};
use serde::{Deserialize, Deserializer};

use super::Period;
use crate::domain::Invalid;
use crate::domain::copy::{CopyPolicy, Keep};

/// A name knows no less.
const SHORTEST_EVERY: SignedDuration = SignedDuration::from_secs(1);

#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table of options")]
pub struct BackupConfig {
    /// None: no copies are made but those before a migration or a restore.
    pub folder: Option<PathBuf>,
    pub every: Period,
    pub keep: Keep,
}

impl Default for BackupConfig {
    fn default() -> Self {
        let CopyPolicy { folder, keep, .. } = CopyPolicy::default();
        Self { folder, every: Period::of(Span::new().days(1)), keep }
    }
}

impl BackupConfig {
    /// Whether `every` has a length, and not too short a one.
    pub(super) fn has_interval(&self) -> bool {
        self.every.length().is_some_and(|every| every >= SHORTEST_EVERY)
    }

    pub fn policy(&self) -> CopyPolicy {
        let every = self.every.length().and_then(|every| Duration::try_from(every).ok());
        let every = every.unwrap_or(CopyPolicy::default().every);
        CopyPolicy { folder: self.folder.clone(), every, keep: self.keep }
    }
}

impl FromStr for Keep {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text.trim().parse::<u32>() {
            Ok(0) => Err(Invalid::new("keep at least one copy")),
            Ok(copies) => Ok(Self::Copies(copies)),
            Err(_) => {
                let bad = |_| {
                    Invalid(format!(
                        "`{text}` says not what to keep: write a number of copies, such as 14, or how long, such as 30d"
                    ))
                };
                let period: Period = text.parse().map_err(bad)?;
                Ok(Self::For(period.span()))
            }
        }
    }
}

impl<'de> Deserialize<'de> for Keep {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "a number of copies, such as 14, or how long, such as 30d")]
        enum Given {
            Number(u32),
            Text(String),
        }
        let text = match Given::deserialize(deserializer)? {
            Given::Number(copies) => copies.to_string(),
            Given::Text(text) => text,
        };
        text.parse().map_err(serde::de::Error::custom)
    }
}
