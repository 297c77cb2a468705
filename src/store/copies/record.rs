//! Whether the last scheduled copy could be made, for whoever watches.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::super::{Error, Result, Store};

const KEY: &str = "backup_failed";

/// The last try, if it failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedBackup {
    pub at: Timestamp,
    pub reason: String,
}

impl Store {
    /// Keeps why the last try failed; none: it did not.
    pub async fn note_failed_backup(&self, reason: Option<&str>) -> Result<()> {
        let at = self.now();
        let failed = reason.map(|reason| FailedBackup { at, reason: reason.to_owned() });
        if failed.is_none() && self.failed_backup().await?.is_none() {
            return Ok(());
        }
        let value = serde_json::to_string(&failed).map_err(|error| Error::Damaged(error.to_string()))?;
        self.set_meta(KEY, &value).await
    }

    pub async fn failed_backup(&self) -> Result<Option<FailedBackup>> {
        let value: Option<String> =
            sqlx::query_scalar!("SELECT value FROM meta WHERE key = $1", KEY).fetch_optional(&self.read).await?;
        value.map_or(Ok(None), |text| serde_json::from_str(&text).map_err(|error| Error::Damaged(error.to_string())))
    }
}
