//! Whether the database can be written to, for whoever watches the machine.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use super::{Error, Result, Store};

/// Why a write failed last, whichever part of the program wanted it, until one went through that needed room. A process
/// has one database.
static FAILED: Mutex<Option<(Timestamp, String)>> = Mutex::new(None);

/// Where the last that failed is kept, once there is room again.
const LAST_FAILED: &str = "failed_write";

/// More than what SQLite may find room for in its files on a disk that is full.
const ROOM_OCTETS: usize = 256 * 1024;

/// Keeps in mind that the file could not be written or read.
pub(super) fn note(error: &Error) {
    *failed() = Some((Timestamp::now(), error.to_string()));
}

fn failed() -> MutexGuard<'static, Option<(Timestamp, String)>> {
    FAILED.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Store {
    /// Why a write failed that nothing has made good since.
    pub fn failed_write(&self) -> Option<String> {
        failed().as_ref().map(|(_, reason)| reason.clone())
    }

    /// When that was.
    pub fn failed_write_at(&self) -> Option<Timestamp> {
        failed().as_ref().map(|(at, _)| *at)
    }

    /// The last write of any process that failed, when and why; known once one went through again.
    pub async fn last_failed_write(&self) -> Result<Option<(Timestamp, String)>> {
        let kept = self.meta(LAST_FAILED).await?;
        Ok(kept.and_then(|text| serde_json::from_str(&text).ok()))
    }

    /// That the database answers and can be written to: writes a row. After a write that failed, one with as much in it
    /// as that may have needed.
    pub async fn ping(&self) -> Result<()> {
        let last = failed().clone();
        if let Some(last) = &last {
            self.set_meta("written_at", &" ".repeat(ROOM_OCTETS)).await?;
            let last = serde_json::to_string(last).map_err(|error| Error::Damaged(error.to_string()))?;
            self.set_meta(LAST_FAILED, &last).await?;
        }
        self.set_meta("written_at", &self.now().to_string()).await?;
        *failed() = None;
        Ok(())
    }
}

/// The files of a database as they were when it was opened. SQLite goes on writing into files that somebody deleted or
/// replaced meanwhile, and says nothing.
#[derive(Debug)]
pub struct Files {
    paths: Vec<PathBuf>,
    then: Vec<Option<(u64, u64)>>,
}

impl Files {
    pub fn of(store: &Store) -> Self {
        // SQLite names its log after the file itself, wherever a link to it may lie.
        let path = std::fs::canonicalize(store.path()).unwrap_or_else(|_| store.path().to_owned());
        let mut log = path.clone().into_os_string();
        log.push("-wal");
        let paths = vec![path, log.into()];
        let then = paths.iter().map(|path| identity(path)).collect();
        Self { paths, then }
    }

    /// Which of them is not there any more, or is another.
    pub fn lost(&self) -> Option<&Path> {
        let lost = self.paths.iter().zip(&self.then).find(|(path, then)| identity(path) != **then);
        lost.map(|(path, _)| path.as_path())
    }
}

fn identity(path: &Path) -> Option<(u64, u64)> {
    std::fs::metadata(path).ok().map(|file| (file.dev(), file.ino()))
}
