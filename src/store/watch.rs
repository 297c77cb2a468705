//! Notices that any process changed the database, so that no part needs to be told by another.

use std::time::Duration;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{Result, Store};

/// How often SQLite is asked; the cost is one page of shared memory. People see a change within twice this.
const POLL_INTERVAL: Duration = Duration::from_millis(100);

/// Counts the changes seen. Waiting on it wakes for a commit of this process or any other.
pub type Changes = watch::Receiver<u64>;

impl Store {
    /// Watches until `stop`. `data_version` changes when another connection than the one that asks commits.
    pub async fn watch(&self, stop: CancellationToken) -> Result<Changes> {
        let (sender, receiver) = watch::channel(0);
        let mut connection = self.read.acquire().await?.detach();
        tokio::spawn(async move {
            let mut seen: i64 = -1;
            while stop.run_until_cancelled(tokio::time::sleep(POLL_INTERVAL)).await.is_some() {
                match sqlx::query_scalar("PRAGMA data_version").fetch_one(&mut connection).await {
                    Ok(version) if version != seen => {
                        seen = version;
                        sender.send_modify(|count| *count += 1);
                    }
                    Ok(_) => {}
                    // Whoever reads next meets the same trouble and says so.
                    Err(error) => tracing::debug!(%error, "cannot ask for the database's version"),
                }
            }
        });
        Ok(receiver)
    }
}
