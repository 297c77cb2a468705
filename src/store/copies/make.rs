//! Making a copy: room is asked for before, SQLite writes it while others read and write, and it has its name when it was
//! opened and checked.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection};

use super::super::{APPLICATION_ID, BUSY_TIMEOUT, Error, Result};
use super::{PART, SIDECARS};
use crate::progress::Progress;

/// How often it is looked how much was written.
const LOOK: Duration = Duration::from_millis(100);

/// SQLite asks so often whether it is to go on, in instructions of its machine.
const ASKS_EVERY: i32 = 10_000;

/// What has to be free beside the copy itself: for what else is written to the disk meanwhile.
const SPARE_OCTETS: u64 = 1 << 20;

/// Rows of tables that only grow, and how many ids were ever given in others: what was there before a copy was made is in
/// it, and nothing that was not there after. The first schema has them all.
const GROWING: &str = "
    SELECT count(*) FROM event UNION ALL SELECT count(*) FROM history UNION ALL SELECT count(*) FROM edition
    UNION ALL SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'subscriber'), 0)
    UNION ALL SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'subscription'), 0)
    UNION ALL SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'delivery'), 0)
    UNION ALL SELECT max(version) FROM _sqlx_migrations";

/// A consistent copy of a database, also while others write to it: it appears whole and checked or not at all. How long it
/// is, in octets. The connection is one of its own, so that neither the writer nor a reader waits. Who
/// does not wait for its end leaves nothing of it.
pub(in super::super) async fn make(database: &Path, target: &Path, progress: &Progress) -> Result<u64> {
    let failed = |reason: String| Error::Backup(target.to_owned(), reason);
    let options = SqliteConnectOptions::new().filename(database).read_only(true).busy_timeout(BUSY_TIMEOUT);
    let mut source = options.connect().await.map_err(|e| failed(e.to_string()))?;
    let part = target.with_added_extension(PART);
    // SQLite writes into an empty file. As long as we hold its lock nobody takes it for one that was left behind.
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part);
    let file = file.map_err(|e| failed(e.to_string()))?;
    let half = Half { part: &part, is_left: Arc::default() };
    let (is_left, watched) = (half.is_left.clone(), progress.clone());
    let mut handle = source.lock_handle().await.map_err(|e| failed(e.to_string()))?;
    handle.set_progress_handler(ASKS_EVERY, move || !is_left.load(Ordering::Relaxed) && !watched.is_stopped());
    drop(handle);
    let made = match file.try_lock() {
        Ok(()) => fill(&mut source, &part, file, progress).await,
        Err(error) => Err(io::Error::from(error).to_string()),
    };
    let _ = source.close().await;
    if made.is_err() {
        drop(half);
        progress.be_left().await;
        return made.map_err(failed);
    }
    let placed = made.and_then(|octets| {
        std::fs::rename(&part, target).and_then(|()| sync_folder(target)).map_err(|e| e.to_string())?;
        Ok(octets)
    });
    placed.map_err(failed)
}

/// What is written, until it has its name. Dropped, it is gone; SQLite, on a thread of its own, soon writes no more.
struct Half<'a> {
    part: &'a Path,
    is_left: Arc<AtomicBool>,
}

impl Drop for Half<'_> {
    fn drop(&mut self) {
        self.is_left.store(true, Ordering::Relaxed);
        let _ = std::fs::remove_file(self.part);
        for end in SIDECARS {
            let mut beside = self.part.as_os_str().to_owned();
            beside.push(end);
            let _ = std::fs::remove_file(beside);
        }
    }
}

/// Writes the copy and looks at it.
async fn fill(
    source: &mut SqliteConnection,
    part: &Path,
    file: File,
    progress: &Progress,
) -> std::result::Result<u64, String> {
    let octets: i64 = sqlx::query_scalar(
        "SELECT (page_count - freelist_count) * page_size
         FROM pragma_page_count(), pragma_freelist_count(), pragma_page_size()",
    )
    .fetch_one(&mut *source)
    .await
    .map_err(|e| e.to_string())?;
    expect_room(&file, octets.unsigned_abs())?;
    let before = growing(source).await?;
    let name = part.to_string_lossy().into_owned();
    progress.begin_octets("copying the database", octets.unsigned_abs());
    {
        // If it is to stop, SQLite ends by itself, which on a thread of its own would write on.
        let _settling = progress.settle();
        let mut copied = std::pin::pin!(sqlx::query("VACUUM INTO $1").bind(name).execute(&mut *source));
        let copied = loop {
            tokio::select! {
                biased;
                copied = &mut copied => break copied,
                () = tokio::time::sleep(LOOK) => progress.at(file.metadata().map_or(0, |written| written.len())),
            }
        };
        copied.map_err(|e| e.to_string())?;
    }
    progress.begin("checking the copy");
    let after = growing(source).await?;
    let synced = tokio::task::spawn_blocking(move || file.sync_all().and_then(|()| file.metadata())).await;
    let octets = synced.map_err(io::Error::other).flatten().map_err(|e| e.to_string())?.len();
    check(part, &before, &after).await.map_err(|found| format!("what was written is not whole: {found}"))?;
    Ok(octets)
}

/// Nobody writes to a copy: neither a log nor a lock is to be made beside it.
pub(super) async fn open(copy: &Path) -> std::result::Result<SqliteConnection, String> {
    let options = SqliteConnectOptions::new().filename(copy).read_only(true).immutable(true);
    options.connect().await.map_err(|e| e.to_string())
}

/// The schema that a copy has.
pub(in super::super) async fn schema_of(copy: &Path) -> std::result::Result<i64, String> {
    let mut connection = open(copy).await?;
    let version = scalar("SELECT max(version) FROM _sqlx_migrations", &mut connection).await;
    let _ = connection.close().await;
    version
}

/// Whether SQLite finds nothing wrong with a copy.
pub(super) async fn is_sound(copy: &Path) -> bool {
    let Ok(mut connection) = open(copy).await else { return false };
    let found: std::result::Result<String, _> = scalar("PRAGMA integrity_check(1)", &mut connection).await;
    let _ = connection.close().await;
    found.is_ok_and(|found| found == "ok")
}

/// That a copy is a sound database of ours, and holds what the database held while it was made.
async fn check(copy: &Path, before: &[i64], after: &[i64]) -> std::result::Result<(), String> {
    let mut connection = open(copy).await?;
    let id: i64 = scalar("PRAGMA application_id", &mut connection).await?;
    let found: String = scalar("PRAGMA integrity_check(1)", &mut connection).await?;
    let rows = growing(&mut connection).await?;
    let _ = connection.close().await;
    let is_between = rows.len() == before.len()
        && rows.iter().zip(before.iter().zip(after)).all(|(row, (before, after))| (before..=after).contains(&row));
    match (id, found.as_str()) {
        (APPLICATION_ID, "ok") if is_between => Ok(()),
        (APPLICATION_ID, "ok") => Err(format!("it has {rows:?} rows, and the database {before:?} to {after:?}")),
        (APPLICATION_ID, found) => Err(found.to_owned()),
        _ => Err("it is no database of ours".into()),
    }
}

async fn growing(connection: &mut SqliteConnection) -> std::result::Result<Vec<i64>, String> {
    sqlx::query_scalar(GROWING).fetch_all(connection).await.map_err(|e| e.to_string())
}

async fn scalar<T>(query: &'static str, connection: &mut SqliteConnection) -> std::result::Result<T, String>
where
    T: Send + Unpin + for<'r> sqlx::Decode<'r, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite>,
{
    sqlx::query_scalar(query).fetch_one(connection).await.map_err(|e| e.to_string())
}

/// That the disk of an open file has room for so much more.
fn expect_room(file: &File, octets: u64) -> std::result::Result<(), String> {
    let disk = rustix::fs::fstatvfs(file).map_err(|e| io::Error::from(e).to_string())?;
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    let needed = octets.saturating_add(SPARE_OCTETS);
    match free >= needed {
        true => Ok(()),
        false => Err(format!("its disk has {} free, and it takes {}", megabytes(free), megabytes(needed))),
    }
}

fn megabytes(octets: u64) -> String {
    let tenths = octets.saturating_mul(10) / 1_000_000;
    format!("{}.{} MB", tenths / 10, tenths % 10)
}

/// So that its name survives a power cut as its content does.
fn sync_folder(target: &Path) -> io::Result<()> {
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}
