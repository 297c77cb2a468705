//! A copy of all that is kept.

use std::path::Path;

use super::{Office, Result};
use crate::domain::refused::Refused;
use crate::shape::setup::BackupRecord;
use crate::store::clear_parts;

impl Office {
    /// A consistent copy in a file that is not there yet, also while others write. It was opened and checked.
    pub async fn backup(&self, file: &Path) -> Result<BackupRecord> {
        if file.exists() {
            return Err(
                Refused::conflict(format!("{} is there already: name a file that is not", file.display())).into()
            );
        }
        clear_parts(file.parent().unwrap_or(Path::new("."))).unwrap_or_default();
        let octets = self.store.backup(file).await?;
        Ok(BackupRecord { file: file.to_owned(), octets })
    }
}
