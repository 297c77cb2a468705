//! A copy of all that is kept.

use std::path::Path;

use super::{Error, Office, Result};
use crate::domain::refused::Refused;
use crate::shape::setup::BackupRecord;
use crate::store::clear_parts;

impl Office {
    /// A consistent copy in a file that is not there yet, also while others write.
    pub async fn backup(&self, file: &Path) -> Result<BackupRecord> {
        if file.exists() {
            return Err(
                Refused::conflict(format!("{} is there already: name a file that is not", file.display())).into()
            );
        }
        clear_parts(file.parent().unwrap_or(Path::new("."))).unwrap_or_default();
        self.store.backup(file).await?;
        let octets = std::fs::metadata(file).map_err(|e| Error::Failed(e.to_string()))?.len();
        Ok(BackupRecord { file: file.to_owned(), octets })
    }
}
