//! The file that is to be restored: refused unless it is a whole database of ours, and brought up to date in a copy of it.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use sqlx::migrate::Migrate;
use sqlx::{Connection, SqliteConnection};

use super::part::{Part, beside};
use crate::domain::refused::Refused;
use crate::store::{APPLICATION_ID, Error, MIGRATIONS, Result, known};

/// The first octets of every SQLite database (section 1.3 of its file format).
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// What a file's first octets say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A database of ours, whole or not.
    Ours,
    /// A database of another program.
    Anothers,
    Empty,
    /// No database.
    Other,
}

pub(super) fn kind(file: &File) -> Kind {
    let mut header = Vec::new();
    if file.take(72).read_to_end(&mut header).is_err() {
        return Kind::Other;
    }
    let id = header.get(68..72).and_then(|id| id.try_into().ok()).map(u32::from_be_bytes);
    match id {
        _ if header.is_empty() => Kind::Empty,
        _ if !header.starts_with(MAGIC) => Kind::Other,
        Some(id) if i64::from(id) != APPLICATION_ID => Kind::Anothers,
        // Cut off in its very header: what it was to be is found out later.
        _ => Kind::Ours,
    }
}

/// Copies the file and brings the copy up to date; says whether it had to be.
pub(super) async fn take(file: &Path, database: &Path) -> Result<(Part, bool)> {
    let refused = |why: &str| Error::from(Refused::conflict(format!("{} {why}", file.display())));
    let found = file.metadata().map_err(|error| match error.kind() {
        ErrorKind::NotFound => refused("is not there: name a file that `backup` wrote"),
        _ => refused(&format!("can't be read: {error}")),
    })?;
    if !found.is_file() {
        return Err(refused("is no file: name one that `backup` wrote"));
    }
    let is_same = |path: &Path| path.metadata().is_ok_and(|at| (at.dev(), at.ino()) == (found.dev(), found.ino()));
    if is_same(database) {
        return Err(refused("is the database itself: name a copy of it"));
    }
    let source = File::open(file).map_err(|error| refused(&format!("can't be read: {error}")))?;
    match kind(&source) {
        Kind::Ours => {}
        Kind::Anothers => return Err(refused("is the database of another program")),
        Kind::Empty => return Err(refused("is empty")),
        Kind::Other => return Err(refused("is no SQLite database, and so no copy of one")),
    }
    let part = Part::copy_of(&source, Some(&beside(file, "-wal")), database, "restored")?;
    let judged = async {
        let mut connection = part.open().await?;
        let is_older = judge(&mut connection).await?;
        if is_older {
            MIGRATIONS.run(&mut connection).await?;
            sqlx::query("DELETE FROM meta WHERE key = 'migrating_from'").execute(&mut connection).await?;
        }
        connection.close().await?;
        Ok(is_older)
    };
    match judged.await {
        Ok(is_older) => Ok((part, is_older)),
        Err(Error::Newer { found, known, .. }) => Err(refused(&format!(
            "was written by a newer kalends (its schema is {found}, this program knows {known}): install that one and \
             restore it there"
        ))),
        Err(Error::Damaged(why)) => Err(refused(&format!("is broken or cut off ({why}): name another backup"))),
        Err(Error::NotADatabase(_) | Error::Disk(_)) => Err(refused("is broken or cut off: name another backup")),
        Err(Error::Migration(why)) => Err(refused(&format!("can't be brought up to date ({why})"))),
        Err(error) => Err(error),
    }
}

/// That it is sound, and of a schema that this program knows; whether that is an older one.
pub(super) async fn judge(connection: &mut SqliteConnection) -> Result<bool> {
    let problems: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check(3)").fetch_all(&mut *connection).await?;
    if problems.iter().any(|line| line != "ok") {
        return Err(Error::Damaged(problems.join("; ")));
    }
    is_older(connection).await
}

/// Whether its schema is older than this program's; an error if it is newer.
pub(super) async fn is_older(connection: &mut SqliteConnection) -> Result<bool> {
    let has_schema = "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = '_sqlx_migrations')";
    if !sqlx::query_scalar::<_, bool>(has_schema).fetch_one(&mut *connection).await? {
        return Err(Error::Damaged("it has no tables of ours".into()));
    }
    let applied = connection.list_applied_migrations(&MIGRATIONS.table_name).await?;
    let newest = applied.iter().map(|migration| migration.version).max().unwrap_or(0);
    let known = known();
    match newest > known {
        true => Err(Error::Newer { found: newest, known, version: None, copy: None }),
        false => Ok(MIGRATIONS.iter().any(|m| !applied.iter().any(|applied| applied.version == m.version))),
    }
}
