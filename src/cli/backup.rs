//! `kalends backup`

use std::path::Path;

use super::{Context, Done};

pub async fn run(context: Context, file: &Path) -> Done {
    let copy = context.long("no copy was made", context.office.backup(file)).await?;
    context.out.show(&copy, || {
        let (file, octets) = (file.display(), copy.octets);
        format!("{file}: {octets} octets. To go back to it: stop the daemon, then `kalends restore {file}`.\n")
    })
}
