//! `kalends backup`

use std::path::Path;

use super::{Context, Done};

pub async fn run(context: Context, file: &Path) -> Done {
    let copy = context.office.backup(file).await?;
    context.out.show(&copy, || {
        let (octets, database) = (copy.octets, context.office.config.database.url.path().display());
        format!(
            "{}: {octets} octets. To go back to it: stop the daemon, delete {database}-wal and {database}-shm, and put \
             the copy in the place of {database}.\n",
            file.display()
        )
    })
}
