//! The events that pages and feeds show: looked for anew when the database has changed.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use tokio::sync::RwLock;

use crate::store::watch::Changes;
use crate::store::{Result, Snapshot, Store};

/// Gives the events as they are now, or were a moment ago.
pub struct Snapshots {
    store: Store,
    changes: Changes,
    /// With the count of changes seen when it was asked for.
    current: RwLock<(u64, Arc<Snapshot>)>,
    /// In seconds since 1970; never, if there are no articles.
    first_article_at: AtomicI64,
}

impl Snapshots {
    pub async fn new(store: Store, changes: Changes) -> Result<Self> {
        let seen = changes.borrow().count;
        store.keep_events().await?;
        let current = RwLock::new((seen, store.snapshot().await?.unwrap_or_default()));
        let first_article_at = AtomicI64::new(store.first_article_at().await?.unwrap_or(i64::MAX));
        Ok(Self { store, changes, current, first_article_at })
    }

    /// Whether any article is shown, as of the last page that looked at what changed.
    pub fn has_articles(&self) -> bool {
        self.first_article_at.load(Ordering::Relaxed) <= self.store.now().as_second()
    }

    /// The events as they are now; one reader at a time looks when there was a change. Where there was none, nothing is asked
    /// of the database.
    pub async fn current(&self) -> Result<Arc<Snapshot>> {
        let newest = self.changes.borrow().count;
        {
            let current = self.current.read().await;
            if current.0 == newest {
                return Ok(current.1.clone());
            }
        }
        let mut current = self.current.write().await;
        if current.0 != newest {
            current.1 = self.store.snapshot().await?.unwrap_or_default();
            let first_article_at = self.store.first_article_at().await?.unwrap_or(i64::MAX);
            self.first_article_at.store(first_article_at, Ordering::Relaxed);
            current.0 = newest;
        }
        Ok(current.1.clone())
    }
}
