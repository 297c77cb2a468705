//! Notices that any process changed the database, so that no part needs to be told by another.

use std::time::Duration;

use jiff::Timestamp;
use sqlx::SqliteConnection;
use tokio::sync::{Mutex, OnceCell, watch};
use tokio_util::sync::CancellationToken;

use super::{Error, Result, Store, secrets};

/// How often SQLite is asked; the cost is one page of shared memory. People see a change within twice this.
const POLL_INTERVAL: Duration = Duration::from_millis(100);

/// Counts the changes seen. Waiting on it wakes for a commit of this process or any other.
pub type Changes = watch::Receiver<Seen>;

/// What is known of changes.
#[derive(Debug, Clone, Copy)]
pub struct Seen {
    pub count: u64,
    /// When it was last asked, by the machine's clock: what was committed before is counted. It moves on without a wake.
    pub asked_at: Timestamp,
}

/// Asks for the database's version, once somebody wants to know: by one connection, which never writes.
#[derive(Default)]
pub(super) struct Asker(OnceCell<Mutex<SqliteConnection>>);

impl Store {
    /// A number that is another after each commit of anybody's. Those of one store and its clones compare.
    pub async fn version(&self) -> Result<i64> {
        let first = async || Ok::<_, Error>(Mutex::new(self.read.acquire().await?.detach()));
        let mut connection = self.asker.0.get_or_try_init(first).await?.lock().await;
        Ok(sqlx::query_scalar("PRAGMA data_version").fetch_one(&mut *connection).await?)
    }

    /// Watches until `stop`. `data_version` changes when another connection than the one that asks commits.
    pub async fn watch(&self, stop: CancellationToken) -> Result<Changes> {
        let (sender, receiver) = watch::channel(Seen { count: 0, asked_at: Timestamp::UNIX_EPOCH });
        let (mut connection, keys) = (self.read.acquire().await?.detach(), self.key.clone());
        tokio::spawn(async move {
            let mut seen: i64 = -1;
            while stop.run_until_cancelled(tokio::time::sleep(POLL_INTERVAL)).await.is_some() {
                let asked_at = Timestamp::now();
                match sqlx::query_scalar("PRAGMA data_version").fetch_one(&mut connection).await {
                    Ok(version) => {
                        let is_other = std::mem::replace(&mut seen, version) != version;
                        if is_other {
                            // Before anybody acts on what has changed.
                            match secrets::read(&mut connection).await {
                                Ok(secrets) => keys.take_over(secrets),
                                Err(error) => tracing::debug!(%error, "cannot ask for the secrets"),
                            }
                        }
                        sender.send_if_modified(|seen| {
                            *seen = Seen { count: seen.count + u64::from(is_other), asked_at };
                            is_other
                        });
                    }
                    // Whoever reads next meets the same trouble and says so.
                    Err(error) => tracing::debug!(%error, "cannot ask for the database's version"),
                }
            }
        });
        Ok(receiver)
    }
}
