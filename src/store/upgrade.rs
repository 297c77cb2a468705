//! From an older schema to this program's: a copy is made before, and the last such copy stays.

use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use sqlx::migrate::Migrate;
use sqlx::sqlite::{SqliteConnection, SqlitePool};

use super::copies::{Copies, make, schema_of};
use super::{Error, MIGRATIONS, Result, error, known};
use crate::clock::Clock;
use crate::domain::copy::{OwnCopy, Why};
use crate::progress::Progress;

/// Names the copy that was made before the migrations that are not done yet. Who comes back after a kill among them has
/// the database of before already, and makes no copy of one that is half of this and half of that.
const UNDER_WAY: &str = "migrating_from";

/// Brings the database up to date, or says what is to be done if it is not.
pub(super) async fn migrate(pool: &SqlitePool, path: &Path, is_wanted: bool) -> Result<()> {
    let mut connection = pool.acquire().await?;
    if is_wanted {
        connection.ensure_migrations_table(&MIGRATIONS.table_name).await?;
    }
    let applied = connection.list_applied_migrations(&MIGRATIONS.table_name).await?;
    let known = known();
    match applied.iter().map(|m| m.version).max() {
        Some(found) if found > known => {
            let version = version_of_newer(&mut connection).await;
            let copy = before(path, known).await;
            return Err(Error::Newer { found, known, version, copy });
        }
        _ => {}
    }
    let is_old = MIGRATIONS.iter().any(|m| !applied.iter().any(|done| done.version == m.version));
    if !is_wanted {
        return if is_old { Err(Error::Older(error::Location::default())) } else { Ok(()) };
    }
    if applied.is_empty() {
        return Ok(MIGRATIONS.run(&mut *connection).await?);
    }
    let is_under_way = meta(&mut connection, UNDER_WAY).await?.is_some();
    let offset = meta(&mut connection, "clock_offset").await?.and_then(|text| text.parse().ok());
    let now = Clock::shifted(SignedDuration::from_secs(offset.unwrap_or(0))).now();
    if is_old {
        save(&mut connection, path, now).await?;
    }
    MIGRATIONS.run(&mut *connection).await?;
    // A kill may have come between the last migration and this.
    if is_old || is_under_way { clear(&mut connection, path, now).await } else { Ok(()) }
}

/// Makes the copy of before, unless there is one.
async fn save(connection: &mut SqliteConnection, path: &Path, now: Timestamp) -> Result<()> {
    let copies = Copies::beside(path);
    if made(connection, &copies).await?.is_some() {
        return Ok(());
    }
    let target = copies.place(Why::BeforeMigration, now);
    make(path, &target, &Progress::default()).await.map_err(|error| Error::NotSaved(Box::new(error)))?;
    tracing::info!(copy = %target.display(), "the database was copied before it is brought up to date");
    let name = target.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    sqlx::query("INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value")
        .bind(UNDER_WAY)
        .bind(name)
        .execute(connection)
        .await?;
    Ok(())
}

/// All is done: older copies of before a migration have had their time. That it is done is noted last: who comes back
/// after a kill clears them.
async fn clear(connection: &mut SqliteConnection, path: &Path, now: Timestamp) -> Result<()> {
    let copies = Copies::beside(path);
    // Of two within a second the name of the later one is a little ahead.
    let now = made(connection, &copies).await?.map_or(now, |copy| copy.made_at.max(now));
    if let Err(error) = copies.clear(&[Why::BeforeMigration], now) {
        tracing::warn!(%error, "an older copy of the database could not be cleared");
    }
    sqlx::query("DELETE FROM meta WHERE key = $1").bind(UNDER_WAY).execute(connection).await?;
    Ok(())
}

/// The copy that was made before the migrations under way, if it is there.
async fn made(connection: &mut SqliteConnection, copies: &Copies) -> Result<Option<OwnCopy>> {
    let Some(name) = meta(connection, UNDER_WAY).await? else { return Ok(None) };
    Ok(copies.list().ok().and_then(|all| all.into_iter().find(|copy| copy.path.ends_with(&name))))
}

async fn meta(connection: &mut SqliteConnection, key: &str) -> Result<Option<String>> {
    Ok(sqlx::query_scalar("SELECT value FROM meta WHERE key = $1").bind(key).fetch_optional(connection).await?)
}

/// Which program last ran on a newer schema, if that still says so in the place that we know.
async fn version_of_newer(connection: &mut SqliteConnection) -> Option<String> {
    sqlx::query_scalar("SELECT version FROM daemon LIMIT 1").fetch_optional(connection).await.ok().flatten()
}

/// The last copy of before a migration that this program can read.
async fn before(path: &Path, known: i64) -> Option<std::path::PathBuf> {
    for copy in Copies::beside(path).list().ok()? {
        if copy.why == Why::BeforeMigration && schema_of(&copy.path).await.is_ok_and(|schema| schema <= known) {
            return Some(copy.path);
        }
    }
    None
}
