//! Puts a backup back. All is prepared in a copy beside the database and takes its place in one step, so that a kill at any
//! moment leaves the one or the other. What happened since and must not be undone is carried over (`carry`, `erase`);
//! where that is not known, nothing more is sent until somebody has looked.

mod carry;
mod erase;
mod given;
mod part;
mod salvage;
mod there;

use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use sqlx::{Connection, Sqlite, SqliteConnection, Transaction};

pub use self::carry::Carried;
use self::part::{Part, remove_sidecars};
use self::there::{Read, There};
use super::{Copies, Error, Result, acts, clear_parts, secrets};
use crate::clock::Clock;
use crate::domain::act::Deed;
use crate::domain::actor::Actor;
use crate::domain::refused::Noun;
use crate::domain::token::TokenKey;
use crate::progress::Progress;

/// What a delivery shows whose end nobody knows.
const HELD: &str = "held: whether it was sent after the backup was made is not known";

/// What a restore came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// What was there before; none if there was nothing.
    pub copy: Option<PathBuf>,
    /// Whether the backup was of an older version.
    pub was_older: bool,
    /// What happened since the backup and was kept; none if nothing is known of it.
    pub carried: Option<Carried>,
    /// Why not all of that could be read. Then every digest is paused.
    pub unread: Option<String>,
    /// Deliveries that wait for somebody to say whether they go, by edition, such as `weekly/1`; those of none last.
    pub held: Vec<(Option<String>, u64)>,
    /// By slug.
    pub paused: Vec<String>,
}

/// Puts a copy of `file` into the place of the database, which no daemon may be at work on. `digests` are the slugs that
/// are configured.
pub async fn restore(
    by: &Actor,
    database: &Path,
    file: &Path,
    copies: &Copies,
    digests: impl IntoIterator<Item = &str>,
    progress: &Progress,
) -> Result<Restored> {
    progress.begin("reading and checking the backup");
    // A link to it goes on leading to it.
    let database = std::fs::canonicalize(database).unwrap_or_else(|_| database.to_owned());
    if let Some(folder) = database.parent() {
        // What can't be cleared is in nobody's way.
        clear_parts(folder).unwrap_or_default();
    }
    let (part, was_older) = given::take(file, &database).await?;
    let there = There::shut(&database).await?;
    progress.begin("keeping a copy of what is there");
    let copy = there.keep(copies)?;
    let unneeded = Unneeded(copy.clone());
    let prepared = async {
        progress.begin("bringing over what happened since");
        let mut restored = prepare(by, &part, &there, digests, progress).await?;
        let failed = |e: std::io::Error| Error::Backup(database.clone(), e.to_string());
        // Where it could be opened there are none any more.
        remove_sidecars(&database).map_err(failed)?;
        restored.was_older = was_older;
        Ok(restored)
    };
    let placed = match prepared.await {
        Ok(restored) => {
            part.put(&database).map(|()| restored).map_err(|e| Error::Backup(database.clone(), e.to_string()))
        }
        Err(error) => Err(error),
    };
    if placed.is_ok() {
        std::mem::forget(unneeded);
    }
    // It is in its place, whoever wants to stop.
    let _settling = progress.settle();
    there.release().await;
    Ok(Restored { copy, ..placed? })
}

/// Of what is still there no copy is needed: dropped, it is gone.
struct Unneeded(Option<PathBuf>);

impl Drop for Unneeded {
    fn drop(&mut self) {
        self.0.iter().for_each(|copy| std::fs::remove_file(copy).unwrap_or_default());
    }
}

/// Brings what must not be undone into the new database, or holds all that could be.
async fn prepare(
    by: &Actor,
    part: &Part,
    there: &There,
    digests: impl IntoIterator<Item = &str>,
    progress: &Progress,
) -> Result<Restored> {
    let (read, damage) = match there.read().await? {
        Read::Nothing { why } => (None, Some(why)),
        Read::Copy { part, damage } => (Some(part), damage),
    };
    let mut connection = part.open().await?;
    carry::silence_webhooks(&mut connection).await?;
    if let Some(read) = &read {
        sqlx::query("ATTACH $1 AS old")
            .bind(read.path().to_string_lossy().into_owned())
            .execute(&mut connection)
            .await?;
    }
    let now = clock(&mut connection).await?.now();
    let mut transaction = connection.begin().await?;
    let known = match &read {
        None => Err(damage.unwrap_or_default()),
        Some(_) => match carry(&mut transaction, now).await {
            Ok(carried) => Ok((carried, damage)),
            Err(error @ Error::DiskFull(_)) => return Err(error),
            Err(error) => {
                transaction.rollback().await?;
                transaction = connection.begin().await?;
                Err(format!("the database that was there can't be read ({error})"))
            }
        },
    };
    let (carried, unread) = match known {
        Ok((carried, damage)) => (Some(carried), damage),
        Err(why) => (None, Some(why)),
    };
    if unread.is_some() {
        if carried.is_some() {
            carry::count_anew(&mut transaction).await?;
        }
        hold(&mut transaction, digests).await?;
    }
    // What feeds tell of when they changed must not go back.
    sqlx::query("DELETE FROM main.meta WHERE key = 'feed_description'").execute(&mut *transaction).await?;
    let name = unread.as_deref().map_or("", |_| "held");
    acts::note(&mut transaction, now, by, Deed::Restored, (Noun::Database, ""), name).await?;
    let held = held(&mut transaction).await?;
    let paused = sqlx::query_scalar("SELECT slug FROM main.digest WHERE paused ORDER BY slug");
    let paused = paused.fetch_all(&mut *transaction).await?;
    transaction.commit().await?;
    if read.is_some() {
        sqlx::query("DETACH old").execute(&mut connection).await?;
    }
    if carried.is_some_and(|carried| carried.forgotten + carried.removed > 0) {
        // SQLite zeroes what is deleted, but not every copy that it made when it moved rows.
        sqlx::query("VACUUM").execute(&mut connection).await?;
    }
    progress.begin("checking what was prepared");
    check(&mut connection).await?;
    connection.close().await?;
    Ok(Restored { copy: None, was_older: false, carried, unread, held, paused })
}

async fn carry(transaction: &mut Transaction<'_, Sqlite>, now: Timestamp) -> Result<Carried> {
    if !carry::is_of_one_office(transaction).await? {
        return Err(Error::Damaged("it was begun anew and does not know what the backup knows".into()));
    }
    carry::secrets(transaction).await?;
    let key = TokenKey::of(secrets::read(transaction).await?);
    let forgotten = erase::erase_forgotten(transaction, &key, now).await?;
    Ok(Carried { forgotten, ..carry::carry_over(transaction, now, HELD).await? })
}

/// What waits, waits for the operator, and no edition is made.
async fn hold(transaction: &mut Transaction<'_, Sqlite>, digests: impl IntoIterator<Item = &str>) -> Result<()> {
    for slug in digests {
        sqlx::query("INSERT INTO main.digest (slug, schedule, paused) VALUES ($1, '', 1) ON CONFLICT DO NOTHING")
            .bind(slug)
            .execute(&mut **transaction)
            .await?;
    }
    sqlx::query("UPDATE main.digest SET paused = 1").execute(&mut **transaction).await?;
    let open = "UPDATE main.delivery SET status = 'uncertain', next_at = NULL, held_until = NULL, error = $1
                WHERE status IN ('queued', 'sending', 'deferred') OR status = 'uncertain' AND next_at IS NOT NULL";
    sqlx::query(open).bind(HELD).execute(&mut **transaction).await?;
    Ok(())
}

async fn held(transaction: &mut Transaction<'_, Sqlite>) -> Result<Vec<(Option<String>, u64)>> {
    let held: Vec<(Option<String>, i64)> = sqlx::query_as(
        "SELECT slug || '/' || number AS name, count(*) FROM main.delivery
         LEFT JOIN main.edition ON edition.id = edition_id LEFT JOIN main.digest ON digest.id = digest_id
         WHERE status = 'uncertain' AND next_at IS NULL AND error = $1
         GROUP BY edition_id ORDER BY slug IS NULL, slug, number",
    )
    .bind(HELD)
    .fetch_all(&mut **transaction)
    .await?;
    Ok(held.into_iter().map(|(name, count)| (name, u64::try_from(count).unwrap_or_default())).collect())
}

/// That what was prepared is sound.
async fn check(connection: &mut SqliteConnection) -> Result<()> {
    let problems: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check(3)").fetch_all(&mut *connection).await?;
    let strays = sqlx::query("PRAGMA foreign_key_check").fetch_all(&mut *connection).await?.len();
    match problems.iter().all(|line| line == "ok") && strays == 0 {
        true => Ok(()),
        false => {
            Err(Error::Damaged(format!("what was prepared is not sound: {}, {strays} strays", problems.join("; "))))
        }
    }
}

/// The clock that the backup lives by.
async fn clock(connection: &mut SqliteConnection) -> Result<Clock> {
    let offset: Option<String> =
        sqlx::query_scalar("SELECT value FROM main.meta WHERE key = 'clock_offset'").fetch_optional(connection).await?;
    let offset = offset.and_then(|text| text.parse().ok());
    Ok(offset.map_or(Clock::system(), |seconds| Clock::shifted(SignedDuration::from_secs(seconds))))
}
