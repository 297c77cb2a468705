//! The only SQL. One SQLite file, one writer connection, a pool of readers; a file per table family.

mod acts;
mod alerts;
mod answers;
mod approvals;
mod archive;
mod articles;
mod bounces;
mod consent;
mod copies;
mod corrections;
mod daemon;
mod deliveries;
mod desk;
mod digests;
mod drafts;
mod editions;
mod editors;
mod edits;
mod error;
mod events;
mod figures;
mod forgotten;
mod forwarded;
mod groups;
mod headway;
mod health;
mod held;
mod hooks;
mod keep;
mod late;
mod latest;
mod limits;
mod links;
mod mailbox;
mod marks;
mod memory;
mod names;
mod notes;
mod outbox;
mod person;
#[cfg(test)]
mod personal;
mod personal_calendars;
mod pings;
mod preferences;
mod queue;
mod recorded;
mod relays;
mod restore;
mod secrets;
mod sign_ups;
mod sources;
mod standing;
mod subscribers;
mod suppressions;
mod through;
mod tokens;
mod told;
mod typed;
mod upgrade;
pub mod watch;
mod watched;

use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rustix::fs::{Access, access};
use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, Sqlite, Transaction};

pub use alerts::Notice;
pub use answers::{Asked, KeptAnswer};
pub use approvals::{Question, Seen};
pub use archive::Neighbours;
pub use articles::{RevisedArticle, Served, TakenBack};
pub use bounces::{Entry, EntryWhat, Proof, RecordedReturn, Return, Signature, WayFigures};
pub use consent::{Confirmed, SubscriptionOf, WishOutcome};
pub use copies::{Copies, FailedBackup, clear_parts, is_copy};
pub use corrections::CorrectionMail;
pub use daemon::{Daemon, is_served, lock_file};
pub use deliveries::{Again, DeliveryFilter};
pub use desk::{AskedThere, NewSession};
pub use digests::{AbsentDigest, DigestState};
pub use editions::{Made, NewEdition, Portion};
pub use editors::EditorWish;
pub use edits::Joining;
pub use error::Error;
pub use events::{Disclosed, Put, Revised, Target};
pub use figures::Size;
pub use forgotten::Forgotten;
pub use forwarded::{CameOf, Forward, ForwardFigures};
pub use groups::{Absent, Grouping, ReaderGroup};
pub use headway::Lane;
pub use health::Files;
pub use hooks::{
    FailedDelivery, FailingHook, Happening, HookHead, HookMessage, HookState, NewHookMessage, Replay, Told,
};
pub use late::{Had, LateMail, Welcome};
pub use limits::Limit;
pub use mailbox::{MailFate, MailboxStanding};
pub use marks::MarkWish;
use memory::Keeper;
pub use memory::{KnownEvent, Snapshot};
pub use names::Names;
pub use outbox::{Outcome, Outgoing, Record, Settled, Turn, URGENT};
pub use personal_calendars::PersonalCalendar;
pub use pings::{Due, PingState};
pub use preferences::{ChangedChoices, Choices, LinkRequest};
pub use recorded::{RECORDED_AT_ONCE, Recorded};
pub use relays::{KeptRefusal, RelayChange, StoppedRelay};
pub use restore::{Carried, Restored, restore};
pub use secrets::RenewedSecret;
pub use sign_ups::{AskedFor, SignUp};
pub use sources::SourceState;
pub use standing::{Disk, KnownDigest, Miscarried, SentLately, Sizes, Waiting};
pub use through::Through;
pub use tokens::NewToken;
use upgrade::migrate;
use watch::Asker;
pub use watched::Wanted;

use crate::clock::Clock;
use crate::domain::token::TokenKey;
use crate::progress::Progress;

pub type Result<T> = std::result::Result<T, Error>;

static MIGRATIONS: Migrator = sqlx::migrate!();

/// Stands in the header of the file, set by the first migration.
const APPLICATION_ID: i64 = 1_802_268_260;

/// How long a statement waits for another process that holds the database.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Rows of one statement: enough to make its cost not count, and little to hold in memory.
const ROWS_AT_ONCE: usize = 500;

/// Of a list that has the newest first: what stands behind the row of this id, and how many of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stretch {
    pub before: Option<i64>,
    pub limit: Option<usize>,
}

impl Stretch {
    pub fn newest(limit: usize) -> Self {
        Self { before: None, limit: Some(limit) }
    }

    /// For SQLite, to which a negative number is none.
    fn most(self) -> i64 {
        self.limit.map_or(-1, |limit| i64::try_from(limit).unwrap_or(i64::MAX))
    }
}

/// What is to become of an older schema, or of none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Schema {
    AsItIs,
    BroughtUpToDate,
    Made,
}

/// An open database, of this program's schema.
#[derive(Clone)]
pub struct Store {
    write: SqlitePool,
    read: SqlitePool,
    path: PathBuf,
    clock: Clock,
    key: TokenKey,
    /// Its file, once somebody had to look through it.
    file: Arc<OnceLock<&'static File>>,
    /// Nothing that this one writes stays.
    is_rehearsal: bool,
    progress: Progress,
    /// What is kept in memory, if anything is.
    keeper: Arc<Keeper>,
    /// Who asks for its version, once somebody wants that.
    asker: Arc<Asker>,
}

impl Store {
    /// Opens the database at `path`, which must be there and be of this program's schema: an older daemon may be at work
    /// on it.
    pub async fn open(path: &Path) -> Result<Self> {
        find(path)?;
        check_is_ours(path).await.map_err(|e| e.at(path))?;
        Self::connect(path, Schema::AsItIs).await
    }

    /// The same, and brings an older one up to date: for a daemon, or where there is none.
    pub async fn upgrade(path: &Path) -> Result<Self> {
        find(path)?;
        check_is_ours(path).await.map_err(|e| e.at(path))?;
        Self::connect(path, Schema::BroughtUpToDate).await
    }

    /// Makes the database, with its folder, where there is none yet.
    pub async fn create(path: &Path) -> Result<Self> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|e| Error::Folder(folder.to_owned(), e))?;
        }
        if path.metadata().is_ok_and(|file| file.len() > 0) {
            check_is_ours(path).await.map_err(|e| e.at(path))?;
        }
        Self::connect(path, Schema::Made).await
    }

    async fn connect(path: &Path, schema: Schema) -> Result<Self> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(schema == Schema::Made)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT)
            // Rows come over from a thread of their own: in large lots, or it is woken for each.
            .row_buffer_size(ROWS_AT_ONCE)
            // What is committed survives a power cut: an attempt must be on disk before a server is given the message.
            .synchronous(SqliteSynchronous::Full);
        let located = |e: sqlx::Error| Error::from(e).at(path);
        // Several writers with deferred transactions fail each other in spite of the time-out; one does not.
        let write = SqlitePoolOptions::new()
            .max_connections(1)
            // A file does not go away as a server does.
            .test_before_acquire(false)
            // On a full disk SQLite itself takes a transaction back; the library then believes for ever that it is in one.
            .before_acquire(|connection, _| Box::pin(async { Ok(!connection.is_in_transaction()) }))
            .connect_with(
                options
                    .clone()
                    .journal_mode(SqliteJournalMode::Wal)
                    // What is deleted is overwritten with zeros: who is forgotten must not linger in free pages.
                    .pragma("secure_delete", "ON")
                    // In KiB: what a large import changes is written once, and not each time that it has to make room.
                    .pragma("cache_size", "-16384"),
            )
            .await
            .map_err(located)?;
        migrate(&write, path, schema != Schema::AsItIs).await.map_err(|e| e.at(path))?;
        let read = SqlitePoolOptions::new()
            .max_connections(4)
            .test_before_acquire(false)
            // Each has a cache of its own, in KiB with a minus; the system keeps the file in memory once for all.
            .connect_lazy_with(options.read_only(true).pragma("cache_size", "-256"));
        let secrets = secrets::read(&mut *write.acquire().await?).await?;
        let (clock, key) = (Clock::system(), TokenKey::of(secrets));
        let mut store = Self {
            write,
            read,
            path: path.to_owned(),
            clock,
            key,
            file: Arc::default(),
            is_rehearsal: false,
            progress: Progress::default(),
            keeper: Arc::default(),
            asker: Arc::default(),
        };
        if let Some(offset) = store.meta("clock_offset").await?.and_then(|text| text.parse().ok()) {
            store.clock = Clock::shifted(SignedDuration::from_secs(offset));
        }
        Ok(store)
    }

    /// The same database, to try something on: what is written can be read here and nowhere else, and is gone with this.
    /// Until then nobody else writes.
    pub fn rehearsal(&self) -> Self {
        let options = SqliteConnectOptions::new()
            .filename(&self.path)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT)
            .row_buffer_size(ROWS_AT_ONCE);
        let only = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(BUSY_TIMEOUT)
            .test_before_acquire(false)
            .after_connect(|connection, _| {
                Box::pin(async {
                    // Never committed: each transaction of ours is a savepoint in this one.
                    std::mem::forget(connection.begin_with("BEGIN IMMEDIATE").await?);
                    Ok(())
                })
            })
            // Not before something is asked of it: who is slow to say what they want holds up nobody.
            .connect_lazy_with(options);
        let (write, read) = (only.clone(), only);
        // What is tried here is not to be seen elsewhere, either.
        Self { write, read, is_rehearsal: true, keeper: Arc::default(), asker: Arc::default(), ..self.clone() }
    }

    pub fn is_rehearsal(&self) -> bool {
        self.is_rehearsal
    }

    /// The same database, for somebody who watches how far work on it has come, and may stop it.
    pub fn telling(self, progress: Progress) -> Self {
        Self { progress, ..self }
    }

    /// Where work on it tells how far it has come.
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The clock this database lives by: the system's, but for a demo.
    pub fn clock(&self) -> Clock {
        self.clock
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Makes this a demo: from now on its clock goes on from `moment`, for every program that opens it.
    pub async fn set_clock(&mut self, moment: Timestamp) -> Result<()> {
        self.clock = Clock::starting_at(moment);
        self.set_meta("clock_offset", &self.clock.offset().as_secs().to_string()).await
    }

    pub fn is_demo(&self) -> bool {
        self.clock.is_shifted()
    }

    pub async fn meta(&self, key: &str) -> Result<Option<String>> {
        Ok(sqlx::query_scalar!("SELECT value FROM meta WHERE key = $1", key).fetch_optional(&self.write).await?)
    }

    pub async fn set_meta(&self, key: &str, value: &str) -> Result<()> {
        sqlx::query!(
            "INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            key,
            value
        )
        .execute(&self.write)
        .await?;
        Ok(())
    }

    /// SQLite's own check of the whole file: what it finds wrong, nothing if all is well.
    pub async fn integrity(&self) -> Result<Vec<String>> {
        Ok(integrity(&self.read).await?)
    }

    /// Writes what lies in the log into the file itself and closes it.
    pub async fn close(self) {
        self.read.close().await;
        self.write.close().await;
    }

    /// A transaction that takes the right to write at once, so that what it reads stays true until it commits.
    async fn begin(&self) -> Result<Transaction<'static, Sqlite>> {
        Ok(match self.is_rehearsal {
            false => self.write.begin_with("BEGIN IMMEDIATE").await?,
            true => self.write.begin().await?,
        })
    }
}

/// The newest schema that this program knows.
fn known() -> i64 {
    MIGRATIONS.iter().map(|m| m.version).max().unwrap_or(0)
}

/// That there is a file, and that we may read it. It is not opened: with whatever closes a file, all locks of the process on
/// it end (POSIX.1, fcntl), also those of SQLite, which may have it open. Nobody but SQLite opens a database, or what lies
/// beside it, where it may be at work on it.
pub fn find(path: &Path) -> Result<()> {
    match access(path, Access::READ_OK).map_err(|error| error.kind()) {
        Err(ErrorKind::NotFound) => Err(Error::Missing(path.to_owned())),
        Err(ErrorKind::PermissionDenied) => Err(Error::not_ours(path)),
        _ => Ok(()),
    }
}

/// Looks, and writes nothing: another program's database stays as it is.
async fn check_is_ours(path: &Path) -> Result<()> {
    let options = SqliteConnectOptions::new().filename(path).read_only(true).busy_timeout(BUSY_TIMEOUT);
    let mut connection = options.connect().await?;
    let id: i64 = sqlx::query_scalar("PRAGMA application_id").fetch_one(&mut connection).await?;
    connection.close().await?;
    match id {
        APPLICATION_ID => Ok(()),
        _ => Err(Error::NotADatabase(error::Location::default())),
    }
}

/// SQLite's own check of a whole file that no daemon serves, after what its log still holds was taken over.
pub async fn expect_sound(path: &Path) -> Result<()> {
    find(path)?;
    check_is_ours(path).await.map_err(|e| e.at(path))?;
    let options = SqliteConnectOptions::new().filename(path).busy_timeout(BUSY_TIMEOUT);
    let look = async {
        let mut connection = options.connect().await?;
        let found = integrity(&mut connection).await;
        connection.close().await?;
        found
    };
    let found = look.await.map_err(|e| Error::from(e).at(path))?;
    if found.is_empty() { Ok(()) } else { Err(Error::Damaged(found.join("; "))) }
}

/// What SQLite finds wrong, nothing if all is well.
async fn integrity(connection: impl sqlx::SqliteExecutor<'_>) -> sqlx::Result<Vec<String>> {
    let found: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check(10)").fetch_all(connection).await?;
    Ok(found.into_iter().filter(|line| line != "ok").collect())
}

/// A list of words (kinds of events) as it is kept in a column, or of what a query looks for.
fn words_to_json(list: impl serde::Serialize) -> String {
    serde_json::to_string(&list).unwrap_or_else(|_| "[]".into())
}

/// A list of text as it is kept in a column.
fn to_json(list: &[String]) -> String {
    serde_json::to_string(list).unwrap_or_else(|_| "[]".into())
}

fn from_json(text: &str) -> Result<Vec<String>> {
    if text == "[]" {
        return Ok(Vec::new());
    }
    let mut list: Vec<String> =
        serde_json::from_str(text).map_err(|_| Error::Damaged(format!("`{text}` is not a list")))?;
    // Many lists are kept for long, and room for four words in each.
    list.shrink_to_fit();
    Ok(list)
}

fn instant(seconds: i64) -> Result<Timestamp> {
    Timestamp::from_second(seconds).map_err(|_| Error::Damaged(format!("{seconds} is not an instant")))
}

/// Reads back what a type of ours wrote as text.
fn parsed<T: std::str::FromStr>(text: &str) -> Result<T>
where
    T::Err: std::fmt::Display,
{
    text.parse().map_err(|e: T::Err| Error::Damaged(e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_transaction_that_sqlite_took_back_itself_stands_in_no_ones_way() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(&folder.path().join("kalends.db")).await.unwrap();
        for _ in 0..3 {
            // As SQLite does when the disk is full.
            let mut transaction = store.begin().await.unwrap();
            sqlx::query("ROLLBACK").execute(&mut *transaction).await.unwrap();
            assert!(transaction.commit().await.is_err());
        }
        store.set_meta("colour", "red").await.unwrap();
        assert_eq!(store.meta("colour").await.unwrap().as_deref(), Some("red"));
    }

    #[tokio::test]
    async fn nothing_of_a_rehearsal_stays() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(&folder.path().join("kalends.db")).await.unwrap();
        store.set_meta("colour", "red").await.unwrap();
        for _ in 0..2 {
            let rehearsal = store.rehearsal();
            rehearsal.set_meta("colour", "blue").await.unwrap();
            let mut transaction = rehearsal.begin().await.unwrap();
            sqlx::query("UPDATE meta SET value = 'green'").execute(&mut *transaction).await.unwrap();
            transaction.commit().await.unwrap();
            assert_eq!(rehearsal.meta("colour").await.unwrap().as_deref(), Some("green"));
            let other = sqlx::query_scalar::<_, String>("SELECT value FROM meta WHERE key = 'colour'");
            assert_eq!(other.fetch_one(&store.read).await.unwrap(), "red");
            drop(rehearsal);
        }
        assert_eq!(store.meta("colour").await.unwrap().as_deref(), Some("red"));
        store.set_meta("colour", "white").await.unwrap();
    }

    #[tokio::test]
    async fn an_older_database_that_is_in_use_is_brought_up_to_date() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kalends.db");
        let options = SqliteConnectOptions::new().filename(&path).create_if_missing(true).foreign_keys(true);
        let mut connection = options.connect().await.unwrap();
        // A row as the first schema has it; each later one must find its way around it.
        let rows = "INSERT INTO event VALUES (1, 'a@example.org', 'meeting', 'Plenary', '2020-09-11', NULL, 'UTC',
                      'confirmed', '', '', '[]', '[]', '', '', '', 0, 1, 1, NULL, 0);
                    INSERT INTO history VALUES (1, 1, 1, 'added', NULL, NULL, NULL);
                    INSERT INTO subscriber VALUES (1, 'ada@example.org', 'ada@example.org', '', '[]', NULL, NULL, 1);
                    INSERT INTO digest VALUES (1, 'weekly', '', 1, 0);
                    INSERT INTO subscription VALUES (1, 1, 1, 'confirmed', 1, NULL, NULL);
                    INSERT INTO edition VALUES (1, 1, 1, 1, 1, 1, 1);
                    INSERT INTO mail VALUES (1, 1, '', '', '');
                    INSERT INTO delivery (id, mail_id, edition_id, subscriber_id, address, message_id, status, created_at)
                    VALUES (1, 1, 1, 1, 'ada@example.org', 'a', 'sent', 1)";
        for number in 1..=MIGRATIONS.iter().count() {
            let some = MIGRATIONS.iter().take(number).cloned().collect();
            Migrator::with_migrations(some).run(&mut connection).await.unwrap();
            if number == 1 {
                sqlx::raw_sql(rows).execute(&mut connection).await.unwrap();
            }
        }
        connection.close().await.unwrap();

        let store = Store::upgrade(&path).await.unwrap();
        assert_eq!(store.event(1).await.unwrap().details.title, "Plenary");
        assert_eq!(store.subscribers().await.unwrap().len(), 1);
        assert!(store.articles_of_event(1).await.unwrap().is_empty());
    }
}
