//! `kalends backup`

use std::path::Path;

use super::{Context, Done, Failure};
use crate::shape::setup::BackupRecord;
use crate::store::clear_parts;

pub async fn run(context: Context, file: &Path) -> Done {
    if file.exists() {
        return Err(Failure::failed(format!("{} is there already: name a file that is not", file.display())));
    }
    clear_parts(file.parent().unwrap_or(Path::new("."))).unwrap_or_default();
    context.store.backup(file).await?;
    let octets = std::fs::metadata(file)?.len();
    context.out.show(&BackupRecord { file: file.to_owned(), octets }, || {
        let database = context.store.path().display();
        format!(
            "{}: {octets} octets. To go back to it: stop the daemon, delete {database}-wal and {database}-shm, and put \
             the copy in the place of {database}.\n",
            file.display()
        )
    })
}
