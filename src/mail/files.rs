//! Mail into files: for a first look, for tests, and for programs that send them on.

use std::path::{Path, PathBuf};

use super::SendError;
use crate::domain::address::EmailAddress;

/// Writes the message as `000012-weekly-ada@example.org.eml`, and tells where. The name is the delivery's own and the file appears
/// whole or not at all, so a second attempt replaces the first.
pub async fn write(
    folder: &Path,
    id: i64,
    list: Option<&str>,
    to: &EmailAddress,
    octets: &[u8],
) -> Result<PathBuf, SendError> {
    let failed = |path: &Path, e: std::io::Error| SendError::Transient(format!("can't write {}: {e}", path.display()));
    tokio::fs::create_dir_all(folder).await.map_err(|e| failed(folder, e))?;
    let target = folder.join(file_name(id, list, to));
    let part = target.with_extension("part");
    let result = write_through(&part, octets).await;
    let result = match result {
        Ok(()) => put_in_place(&part, &target, folder).await,
        failed => failed,
    };
    if result.is_err() {
        // A full disk may keep half a file that nobody wants.
        let _ = tokio::fs::remove_file(&part).await;
    }
    match result {
        Ok(()) => Ok(target),
        Err(error) => Err(failed(&target, error)),
    }
}

async fn put_in_place(part: &Path, target: &Path, folder: &Path) -> std::io::Result<()> {
    tokio::fs::rename(part, target).await?;
    // The name too must survive a power cut.
    tokio::fs::File::open(folder).await?.sync_all().await
}

async fn write_through(path: &Path, octets: &[u8]) -> std::io::Result<()> {
    use tokio::io::AsyncWriteExt;
    let mut file = tokio::fs::File::create(path).await?;
    file.write_all(octets).await?;
    file.sync_all().await
}

fn file_name(id: i64, list: Option<&str>, to: &EmailAddress) -> PathBuf {
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '@' | '.' | '-' | '_' | '+');
    let address: String = to.as_str().chars().map(|c| if fits(c) { c } else { '_' }).take(100).collect();
    PathBuf::from(format!("{id:06}-{}-{address}.eml", list.unwrap_or("confirmation")))
}
