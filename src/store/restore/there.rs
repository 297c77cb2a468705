//! The database that was there: nobody writes to it from now on, a copy of it is kept, and another is read.

use std::fs::{File, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode};
use sqlx::{ConnectOptions, Connection, Executor, SqliteConnection};

use super::given::{Kind, judge, kind};
use super::part::{Part, beside, copy, sync_folder};
use super::salvage::salvage;
use crate::domain::copy::Why;
use crate::domain::refused::Refused;
use crate::private::give_to_owner_of;
use crate::store::copies::PART;
use crate::store::{BUSY_TIMEOUT, Copies, Error, MIGRATIONS, Result};

/// What there was.
pub(super) struct There {
    database: PathBuf,
    /// Closed last: SQLite's locks end when a file is closed that it has open.
    file: Option<File>,
    /// Keeps others from writing.
    lock: Option<SqliteConnection>,
    /// Why it can't be read.
    pub(super) unreadable: Option<String>,
}

impl There {
    /// Looks, and shuts others out. Its log is written into it, so that all of it is one file. Refused if it is another
    /// program's, or in use.
    pub(super) async fn shut(database: &Path) -> Result<Self> {
        let mut there = Self { database: database.to_owned(), file: None, lock: None, unreadable: None };
        let file = match File::open(database) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                there.unreadable = Some("there was no database".into());
                return Ok(there);
            }
            Err(error) if error.kind() == ErrorKind::PermissionDenied => return Err(Error::not_ours(database)),
            Err(error) => {
                return Err(Refused::conflict(format!("{} can't be read: {error}", database.display())).into());
            }
        };
        let found = kind(&file);
        there.file = Some(file);
        match found {
            Kind::Ours => {}
            Kind::Anothers => {
                let said = format!(
                    "{} is the database of another program, and stays as it is: see [database] url in the configuration",
                    database.display()
                );
                return Err(Refused::conflict(said).into());
            }
            Kind::Empty => there.unreadable = Some("the database that was there is empty".into()),
            Kind::Other => there.unreadable = Some("what was there is no SQLite database any more".into()),
        }
        if there.unreadable.is_none() {
            match lock(database).await {
                Ok(connection) => there.lock = Some(connection),
                // It may be read in part all the same.
                Err(Error::Damaged(_) | Error::NotADatabase(_) | Error::Disk(_)) => {}
                Err(error) => return Err(error.at(database)),
            }
        }
        Ok(there)
    }

    /// Keeps a copy of it as it lies there, and tells where; none if there was nothing.
    pub(super) fn keep(&self, copies: &Copies) -> Result<Option<PathBuf>> {
        let Some(file) = &self.file else { return Ok(None) };
        let target = copies.place(Why::BeforeRestore, Timestamp::now());
        let part = target.with_added_extension(PART);
        let kept = || {
            let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part)?;
            made.try_lock()?;
            copy(file, &made)?;
            give_to_owner_of(&self.database, &made)?;
            made.sync_all()?;
            // Of one that can't be opened: else its log is in it.
            let log = beside(&self.database, "-wal");
            if self.lock.is_none() && log.metadata().is_ok_and(|log| log.len() > 0) {
                std::fs::copy(&log, beside(&target, "-wal"))?;
            }
            std::fs::rename(&part, &target)?;
            sync_folder(&target)
        };
        kept().map_err(|error: std::io::Error| {
            let _ = std::fs::remove_file(&part);
            let _ = std::fs::remove_file(beside(&target, "-wal"));
            Error::Backup(target.clone(), error.to_string())
        })?;
        Ok(Some(target))
    }

    /// A copy to read from, brought up to date; or why it can't be read. What is damaged in part is read as far as it goes,
    /// and `damage` says so.
    pub(super) async fn read(&self) -> Result<Read> {
        if let Some(why) = &self.unreadable {
            return Ok(Read::Nothing { why: why.clone() });
        }
        let Some(file) = &self.file else { return Ok(Read::Nothing { why: "there was no database".into() }) };
        let log = self.lock.is_none().then(|| beside(&self.database, "-wal"));
        let part = Part::copy_of(file, log.as_deref(), &self.database, "was")?;
        part.make_whole()?;
        let opened = async {
            let mut connection = part.open().await?;
            let judged = judge(&mut connection).await;
            if let Ok(true) = judged {
                MIGRATIONS.run(&mut connection).await?;
            }
            connection.close().await?;
            match judged {
                // What is newer is read as far as this program knows it.
                Ok(_) | Err(Error::Newer { .. }) => Ok(None),
                Err(Error::Damaged(why)) => self.salvage(&part, &why).await.map(Some),
                Err(error) => Err(error),
            }
        };
        match opened.await {
            Ok(None) => Ok(Read::Copy { part, damage: None }),
            Ok(Some((saved, damage))) => Ok(Read::Copy { part: saved, damage: Some(damage) }),
            Err(error @ (Error::DiskFull(_) | Error::Backup(..))) => Err(error),
            Err(error) => Ok(Read::Nothing { why: format!("the database that was there can't be read ({error})") }),
        }
    }

    /// What can be read of one that is damaged, and what can't, as a sentence.
    async fn salvage(&self, broken: &Part, why: &str) -> Result<(Part, String)> {
        let (saved, unread) = salvage(broken, &self.database).await?;
        let unread: Vec<_> = unread.iter().map(|table| table.replace('_', " ")).collect();
        let damage = match unread.is_empty() {
            true => format!("the database that was there is damaged ({why}), though all of its tables could be read"),
            false => {
                format!("the database that was there is damaged, and could not be read whole: {}", unread.join(", "))
            }
        };
        Ok((saved, damage))
    }

    /// Lets go of it, once another is in its place.
    pub(super) async fn release(self) {
        if let Some(lock) = self.lock {
            let _ = lock.close().await;
        }
    }
}

/// What can be read of the database that was there.
pub(super) enum Read {
    Nothing { why: String },
    Copy { part: Part, damage: Option<String> },
}

/// A connection that alone may use the database, which then has no log: SQLite allows that only if nobody else has it open.
async fn lock(database: &Path) -> Result<SqliteConnection> {
    let begun = Instant::now();
    loop {
        let options = SqliteConnectOptions::new().filename(database).journal_mode(SqliteJournalMode::Delete);
        let locked = async {
            let mut connection = options.connect().await?;
            connection.execute("BEGIN EXCLUSIVE").await?;
            Ok::<_, sqlx::Error>(connection)
        };
        match locked.await.map_err(Error::from) {
            Err(Error::Locked(_)) if begun.elapsed() < BUSY_TIMEOUT => {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            locked => return locked,
        }
    }
}
