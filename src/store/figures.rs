//! How much there is of what, for the log and for whoever watches the machine.

use std::path::Path;

use super::{Result, Store};

/// How large an office is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Without those that were removed.
    pub events: i64,
    /// People who get at least one digest.
    pub readers: i64,
}

impl Store {
    pub async fn size(&self) -> Result<Size> {
        Ok(sqlx::query_as!(
            Size,
            "SELECT (SELECT count(*) FROM event WHERE NOT removed) AS events,
                    (SELECT count(DISTINCT subscriber_id) FROM subscription JOIN subscriber ON subscriber.id = subscriber_id
                     WHERE status = 'confirmed' AND suppressed IS NULL) AS readers"
        )
        .fetch_one(&self.read)
        .await?)
    }

    /// How large the database's file and its log are together.
    pub fn octets(&self) -> u64 {
        let (file, log) = self.file_sizes();
        file + log
    }

    /// The sizes of the database's file and of its log, in octets.
    pub fn file_sizes(&self) -> (u64, u64) {
        // SQLite names its log after the file itself, wherever a link to it may lie.
        let path = std::fs::canonicalize(self.path()).unwrap_or_else(|_| self.path().to_owned());
        let mut log = path.clone().into_os_string();
        log.push("-wal");
        let size = |path: &Path| path.metadata().map_or(0, |file| file.len());
        (size(&path), size(log.as_ref()))
    }
}
