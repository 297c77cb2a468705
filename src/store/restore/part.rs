//! Copies that a restore works on, beside the database. They are nobody's else, and gone when the work ends, however it
//! ends: what a kill leaves is cleared by the next start (`copies::clear_parts`).

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Seek};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, SqliteConnection};

use crate::private::give_to_owner_of;
use crate::store::copies::{PART, SIDECARS};
use crate::store::{BUSY_TIMEOUT, Error, Result};

pub(super) struct Part {
    path: PathBuf,
    /// Open and locked as long as it is worked on, so that nobody takes it for one that was left behind. SQLite's own locks
    /// end when a file is closed that it has open, so that this one is closed last.
    file: File,
}

impl Part {
    /// An empty one, called `name` behind the database's own.
    pub(super) fn empty(database: &Path, name: &str) -> Result<Self> {
        let path = database.with_added_extension(name).with_added_extension(PART);
        let failed = |e: io::Error| Error::Backup(database.to_owned(), e.to_string());
        remove_with_sidecars(&path).map_err(failed)?;
        let file =
            OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&path).map_err(failed)?;
        let part = Self { path, file };
        part.file.try_lock().map_err(|e| failed(e.into()))?;
        Ok(part)
    }

    /// Of a database file and, if it has one, its log, as they lie there.
    pub(super) fn copy_of(source: &File, log: Option<&Path>, database: &Path, name: &str) -> Result<Self> {
        let part = Self::empty(database, name)?;
        let failed = |e: io::Error| Error::Backup(part.path.clone(), e.to_string());
        copy(source, &part.file).map_err(failed)?;
        if let Some(log) = log.filter(|log| log.metadata().is_ok_and(|log| log.len() > 0)) {
            std::fs::copy(log, beside(&part.path, "-wal")).map_err(failed)?;
        }
        Ok(part)
    }

    /// Gives a file that was cut off the length that its header says, since SQLite opens no shorter one (section 1.3 of its
    /// file format). What is missing is found to be damaged.
    pub(super) fn make_whole(&self) -> Result<()> {
        let mut header = [0; 32];
        let number = |octets: &[u8]| octets.iter().fold(0, |number, octet| number << 8 | u64::from(*octet));
        let lengthened = self.file.read_exact_at(&mut header, 0).and_then(|()| {
            // One stands for a size that has no room there.
            let page = if header[16..18] == [0, 1] { 65_536 } else { number(&header[16..18]) };
            let length = page * number(&header[28..32]);
            if self.file.metadata()?.len() < length { self.file.set_len(length) } else { Ok(()) }
        });
        match lengthened {
            Err(error) if error.kind() != ErrorKind::UnexpectedEof => {
                Err(Error::Backup(self.path.clone(), error.to_string()))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Nothing of it is safe until [`Self::put`]; a transaction can be taken back all the same.
    pub(super) async fn open(&self) -> Result<SqliteConnection> {
        let options = SqliteConnectOptions::new()
            .filename(&self.path)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT)
            .journal_mode(SqliteJournalMode::Memory)
            .synchronous(SqliteSynchronous::Off)
            .pragma("secure_delete", "ON");
        Ok(options.connect().await?)
    }

    /// Makes it safe and puts it into the place of `target`, in one step: before it, what was there is whole; after it, this.
    pub(super) fn put(self, target: &Path) -> io::Result<()> {
        give_to_owner_of(target, &self.file)?;
        self.file.sync_all()?;
        std::fs::rename(&self.path, target)?;
        sync_folder(target)
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        let _ = remove_with_sidecars(&self.path);
    }
}

/// A file's content into another, from their beginnings.
pub(super) fn copy(mut source: &File, mut target: &File) -> io::Result<()> {
    source.rewind()?;
    io::copy(&mut source, &mut target).map(|_| ())
}

/// What is renamed or removed in a folder survives a power cut only when the folder is written, too.
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

/// SQLite's files beside this one, which must not meet another database.
pub(super) fn remove_sidecars(path: &Path) -> io::Result<()> {
    SIDECARS.iter().try_for_each(|end| remove(&beside(path, end)))
}

pub(super) fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.to_owned().into_os_string();
    name.push(end);
    name.into()
}

fn remove_with_sidecars(path: &Path) -> io::Result<()> {
    remove(path)?;
    remove_sidecars(path)
}

fn remove(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
