//! Mail into files: for a first look, for tests, and for programs that send them on.

use std::path::{Path, PathBuf};

use super::SendError;
use crate::domain::address::EmailAddress;
use crate::domain::text::fold_case;

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

/// Removes the mails to an address from the folder; how many there were. A folder that is not there has none.
pub fn forget(folder: &Path, to: &EmailAddress) -> std::io::Result<usize> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(0),
        entries => entries?,
    };
    let end = fold_case(&format!("-{}", in_file_names(to)));
    let mut removed = 0;
    for entry in entries {
        let path = entry?.path();
        let is_mail = path.extension().is_some_and(|extension| extension == "eml" || extension == "part");
        let name = path.file_stem().map(|name| fold_case(&name.to_string_lossy())).unwrap_or_default();
        if is_mail && name.ends_with(&end) && is_to(&path, to)? {
            std::fs::remove_file(&path)?;
            removed += 1;
        }
    }
    if removed > 0 {
        std::fs::File::open(folder)?.sync_all()?;
    }
    Ok(removed)
}

/// Whether a mail goes to this address, and not to another that its file's name might stand for as well. Of half a mail
/// nobody can say, and nobody wants it.
fn is_to(path: &Path, to: &EmailAddress) -> std::io::Result<bool> {
    let octets = std::fs::read(path)?;
    let message = mail_parser::MessageParser::default().parse_headers(octets.as_slice());
    let found = message.as_ref().and_then(|message| message.to()?.first()?.address().map(fold_case));
    Ok(found.is_none_or(|found| found == to.key()))
}

fn file_name(id: i64, list: Option<&str>, to: &EmailAddress) -> PathBuf {
    PathBuf::from(format!("{id:06}-{}-{}.eml", list.unwrap_or("confirmation"), in_file_names(to)))
}

fn in_file_names(to: &EmailAddress) -> String {
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '@' | '.' | '-' | '_' | '+');
    to.as_str().chars().map(|c| if fits(c) { c } else { '_' }).take(100).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_mails_to_who_is_forgotten_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let (ada, long) = ("ada@example.org", format!("{}@example.org", "a".repeat(60)));
        let all = ["Ada@Example.org", ada, "nada@example.org", "lovelace-ada@example.org", "ad#a@example.org", &long];
        for (n, address) in all.iter().enumerate() {
            let to: EmailAddress = address.parse().unwrap();
            let mail = format!("From: x@example.org\r\nTo: {to}\r\n\r\nAbout ada@example.org\r\n");
            write(folder.path(), n as i64, Some("weekly"), &to, mail.as_bytes()).await.unwrap();
        }
        std::fs::write(folder.path().join("000009-weekly-ada@example.org.part"), "From: x@ex").unwrap();
        std::fs::write(folder.path().join("notes-ada@example.org.txt"), "To: ada@example.org").unwrap();
        assert_eq!(forget(folder.path(), &ada.parse().unwrap()).unwrap(), 3);
        assert_eq!(forget(folder.path(), &"ad$a@example.org".parse().unwrap()).unwrap(), 0);
        assert_eq!(forget(folder.path(), &"ad#a@example.org".parse().unwrap()).unwrap(), 1);
        assert_eq!(forget(folder.path(), &long.parse().unwrap()).unwrap(), 1);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3);
        assert_eq!(forget(&folder.path().join("nowhere"), &ada.parse().unwrap()).unwrap(), 0);
    }
}
