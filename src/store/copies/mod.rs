//! Copies of the database: whole ones, and what was left of others.

mod make;
mod own;
mod people;
mod record;

use std::io;
use std::path::Path;

use super::{APPLICATION_ID, Result, Store};
pub(super) use make::{make, schema_of};
pub use own::Copies;
pub use record::FailedBackup;

/// What a copy of the database is called until it is whole.
pub const PART: &str = "kalends.part";

/// What SQLite keeps beside a database.
pub(super) const SIDECARS: [&str; 3] = ["-wal", "-shm", "-journal"];

impl Store {
    /// A consistent copy, also while others write: it appears whole and checked or not at all. How long it is, in octets.
    pub async fn backup(&self, target: &Path) -> Result<u64> {
        make(&self.path, target, &self.progress).await
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
        let name = name.to_string_lossy();
        // What SQLite keeps beside one that it works on goes with it.
        if let Some(part) = SIDECARS.iter().find_map(|end| name.strip_suffix(end)).filter(|part| part.ends_with(PART)) {
            let is_worked_on = std::fs::File::open(folder.join(part)).is_ok_and(|part| part.try_lock().is_err());
            if !is_worked_on {
                std::fs::remove_file(&path)?;
            }
            continue;
        }
        let is_part = name.ends_with(PART) || path.extension().is_some_and(|end| end == "part");
        if !is_part || !entry.file_type().is_ok_and(|kind| kind.is_file()) {
            continue;
        }
        let Ok(file) = std::fs::File::open(&path) else { continue };
        let is_copy = name.ends_with(PART) || is_copy(&file);
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
        let sidecars = ["a.db.kalends.part-wal", "b.db.kalends.part-wal", "d.db-wal"];
        for name in ["a.db.kalends.part", "b.db.kalends.part", "c.part", "d.db"].iter().chain(&sidecars) {
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
        assert_eq!(sidecars.map(|name| at(name).exists()), [false, true, true]);
    }
}
