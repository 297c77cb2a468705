//! What can go wrong with a database, each as a sentence for the person who can mend it.

use std::path::{Path, PathBuf};

use super::health;
use crate::domain::Invalid;
use crate::domain::refused::Refused;
use crate::private;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database is well; what was asked for can't be.
    #[error(transparent)]
    Refused(#[from] Refused),
    #[error("there is no database at {}", .0.display())]
    Missing(PathBuf),
    #[error("can't make the folder {0}: {1}")]
    Folder(PathBuf, #[source] std::io::Error),
    #[error(
        "the database was written by a newer kalends (its schema is {found}, this program knows {known}): install {}",
        .version.as_ref().map_or("the newer program".into(), |version| format!("kalends {version}"))
    )]
    Newer {
        found: i64,
        known: i64,
        /// Of the program that last served it.
        version: Option<String>,
        /// What it was before it was brought up to date, as this program can read it.
        copy: Option<PathBuf>,
    },
    #[error("the database is left as it is, since it could not be copied before it is brought up to date: {0}")]
    NotSaved(#[source] Box<Error>),
    #[error("the database{0} is of an older kalends")]
    Older(Location),
    /// Another user's, and closed to us.
    #[error("{} is private", path.display())]
    NotOurs { path: PathBuf, owner: String },
    #[error(
        "the database{0} is in use by another program and stayed locked for 5 seconds: try again, or end that program"
    )]
    Locked(Location),
    #[error("the database{0} is read-only: give the user that runs kalends the right to write to it and its folder")]
    ReadOnly(Location),
    #[error(
        "can't open the database{0}: see that its path is right and that the user that runs kalends may write to its folder"
    )]
    CannotOpen(Location),
    #[error("{} is not a kalends database: see [database] url in the configuration", .0.subject())]
    NotADatabase(Location),
    #[error("the disk that holds the database{0} is full: nothing was written; make room")]
    DiskFull(Location),
    #[error("the disk that holds the database{0} fails (an input/output error): see the system's log")]
    Disk(Location),
    #[error("the database is damaged ({0}): restore a backup")]
    Damaged(String),
    #[error(
        "can't write the copy {0} of the database ({1}): see that its folder is there, can be written to and has room"
    )]
    Backup(PathBuf, String),
    #[error("the database failed: {0}")]
    Other(#[source] sqlx::Error),
    #[error("the database can't be brought up to date: {0}")]
    Migration(#[source] sqlx::migrate::MigrateError),
}

/// Where the database lies, if that is known at the place of the error.
#[derive(Debug, Default)]
pub struct Location(Option<PathBuf>);

impl Location {
    fn subject(&self) -> String {
        self.0.as_ref().map_or("the file".into(), |path| path.display().to_string())
    }
}

impl std::fmt::Display for Location {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.0 {
            Some(path) => write!(f, " at {}", path.display()),
            None => Ok(()),
        }
    }
}

impl Error {
    pub(super) fn not_ours(path: &Path) -> Self {
        Self::NotOurs { path: path.to_owned(), owner: private::owner_of(path) }
    }

    pub(super) fn at(self, path: &Path) -> Self {
        let here = || Location(Some(path.to_owned()));
        match self {
            Self::Older(_) => Self::Older(here()),
            Self::ReadOnly(_) | Self::CannotOpen(_) if private::is_anothers(path) => Self::not_ours(path),
            Self::Locked(_) => Self::Locked(here()),
            Self::ReadOnly(_) => Self::ReadOnly(here()),
            Self::CannotOpen(_) => Self::CannotOpen(here()),
            Self::NotADatabase(_) => Self::NotADatabase(here()),
            Self::DiskFull(_) => Self::DiskFull(here()),
            Self::Disk(_) => Self::Disk(here()),
            other => other,
        }
    }

    /// Whether the file can't be written or read for now, and only an operator can mend that. One that is locked is
    /// another program's for a while.
    fn is_of_the_file(&self) -> bool {
        matches!(
            self,
            Self::ReadOnly(_)
                | Self::Disk(_)
                | Self::DiskFull(_)
                | Self::CannotOpen(_)
                | Self::NotADatabase(_)
                | Self::Damaged(_)
        )
    }

    /// Whether trying again later may help without anybody's doing.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Locked(_) | Self::DiskFull(_))
    }
}

impl From<Invalid> for Error {
    fn from(error: Invalid) -> Self {
        Self::Refused(error.into())
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        // The extended code's low byte is SQLite's primary result code.
        let code = match &error {
            sqlx::Error::Database(e) => e.code().and_then(|code| code.parse::<i32>().ok()).map(|code| code & 0xff),
            sqlx::Error::PoolTimedOut => Some(5),
            _ => None,
        };
        let told = match code {
            Some(5 | 6) => Self::Locked(Location::default()),
            Some(8) => Self::ReadOnly(Location::default()),
            Some(10) => Self::Disk(Location::default()),
            Some(13) => Self::DiskFull(Location::default()),
            Some(14) => Self::CannotOpen(Location::default()),
            Some(26) => Self::NotADatabase(Location::default()),
            Some(11) => Self::Damaged("SQLite finds its file malformed".into()),
            _ => Self::Other(error),
        };
        if told.is_of_the_file() {
            health::note(&told);
        }
        told
    }
}

impl From<sqlx::migrate::MigrateError> for Error {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        match error {
            sqlx::migrate::MigrateError::Execute(e) => Self::from(e),
            sqlx::migrate::MigrateError::ExecuteMigration(e, version) => match Self::from(e) {
                Self::Other(e) => Self::Migration(sqlx::migrate::MigrateError::ExecuteMigration(e, version)),
                known => known,
            },
            other => Self::Migration(other),
        }
    }
}
