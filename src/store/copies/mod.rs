//! Copies of the database: whole ones, and what was left of others.

mod own;

use std::fs::OpenOptions;
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use super::{APPLICATION_ID, Error, Result, Store};
pub use own::Copies;

/// What a copy of the database is called until it is whole.
pub const PART: &str = "kalends.part";

impl Store {
    /// A consistent copy, also while others write. It appears whole or not at all.
    pub async fn backup(&self, target: &Path) -> Result<()> {
        let part = target.with_added_extension(PART);
        let name = part.to_string_lossy().into_owned();
        let failed = |e: std::io::Error| Error::Backup(target.to_owned(), e.to_string());
        // SQLite writes into an empty file. As long as we hold its lock nobody takes it for one that was left behind.
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part).map_err(failed)?;
        file.try_lock().map_err(|e| failed(e.into()))?;
        let copied = sqlx::query("VACUUM INTO $1").bind(name).execute(&self.write).await;
        let placed = copied.map_err(|e| e.to_string()).and_then(|_| {
            let in_place = file.sync_all();
            in_place.and_then(|()| std::fs::rename(&part, target)).map_err(|e| e.to_string())
        });
        placed.map_err(|reason| {
            let _ = std::fs::remove_file(&part);
            Error::Backup(target.to_owned(), reason)
        })
    }
}

/// Whether a file begins as a copy of a database of ours does, whole or not (section 1.3 of SQLite's file format).
pub fn is_copy(mut file: &std::fs::File) -> bool {
    let mut header = [0; 72];
    let read = std::io::Read::read_exact(&mut file, &mut header);
    let id = header.last_chunk().map_or(0, |id| i64::from(u32::from_be_bytes(*id)));
    read.is_ok() && id == APPLICATION_ID
}

/// Takes away the half-written copies that a killed `backup` left in a folder. What is still being written is locked.
pub fn clear_parts(folder: &Path) -> io::Result<()> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    for entry in std::fs::read_dir(folder)?.flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        let is_part = name.to_string_lossy().ends_with(PART) || path.extension().is_some_and(|end| end == "part");
        if !is_part || !entry.file_type().is_ok_and(|kind| kind.is_file()) {
            continue;
        }
        let Ok(file) = std::fs::File::open(&path) else { continue };
        let is_copy = name.to_string_lossy().ends_with(PART) || is_copy(&file);
        if is_copy && file.try_lock().is_ok() {
            std::fs::remove_file(&path)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_written_copies_are_cleared_but_for_those_that_are_being_written() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in ["a.db.kalends.part", "b.db.kalends.part", "c.part", "d.db"] {
            std::fs::write(at(name), "").unwrap();
        }
        // As versions before this one called it.
        let mut header = [0; 100];
        header[68..72].copy_from_slice(b"klnd");
        std::fs::write(at("e.db.part"), header).unwrap();
        let written = std::fs::File::open(at("b.db.kalends.part")).unwrap();
        written.try_lock().unwrap();
        clear_parts(folder.path()).unwrap();
        let left =
            ["a.db.kalends.part", "b.db.kalends.part", "c.part", "d.db", "e.db.part"].map(|name| at(name).exists());
        assert_eq!(left, [false, true, true, true, false]);
    }
}
