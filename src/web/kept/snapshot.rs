//! All events in memory, brought up to date when the database changed.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;
use tokio::sync::RwLock;

use crate::domain::event::Event;
use crate::store::watch::Changes;
use crate::store::{Result, Store};

/// The events as of one revision of the database, in the order of their ids.
pub struct Snapshot {
    pub events: Vec<Arc<Event>>,
    pub head: i64,
    /// When any of what is public changed last.
    pub changed_at: Timestamp,
}

/// Gives the events as they are now.
pub struct Snapshots {
    store: Store,
    changes: Changes,
    /// With the count of changes seen when it was read.
    current: RwLock<(u64, Arc<Snapshot>)>,
    /// In seconds since 1970; never, if there are no articles.
    first_article_at: AtomicI64,
}

impl Snapshots {
    pub async fn new(store: Store, changes: Changes) -> Result<Self> {
        let seen = changes.borrow().count;
        let nothing = Snapshot { events: Vec::new(), head: 0, changed_at: Timestamp::UNIX_EPOCH };
        let current = RwLock::new((seen, Arc::new(nothing.brought_up_to_date(&store).await?)));
        let first_article_at = AtomicI64::new(store.first_article_at().await?.unwrap_or(i64::MAX));
        Ok(Self { store, changes, current, first_article_at })
    }

    /// Whether any article is shown, as of the last page that looked at what changed.
    pub fn has_articles(&self) -> bool {
        self.first_article_at.load(Ordering::Relaxed) <= self.store.now().as_second()
    }

    /// The events as they are now; one reader at a time looks when there was a change.
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
            // Most changes are of deliveries and leave the events alone.
            if self.store.history_head().await? != current.1.head {
                current.1 = Arc::new(current.1.brought_up_to_date(&self.store).await?);
            }
            let first_article_at = self.store.first_article_at().await?.unwrap_or(i64::MAX);
            self.first_article_at.store(first_article_at, Ordering::Relaxed);
            current.0 = newest;
        }
        Ok(current.1.clone())
    }
}

impl Snapshot {
    /// The events that pages show.
    pub fn visible(&self) -> impl Iterator<Item = &Event> {
        self.events.iter().map(|event| &**event).filter(|event| event.is_public() && !event.removed)
    }

    /// A public event, a removed one too.
    pub fn public(&self, id: i64) -> Option<&Arc<Event>> {
        let index = self.events.binary_search_by_key(&id, |event| event.id).ok()?;
        self.events.get(index).filter(|event| event.is_public())
    }

    async fn brought_up_to_date(&self, store: &Store) -> Result<Self> {
        // The head first: what comes in between is read again, not missed.
        let head = store.history_head().await?;
        let mut next = Self { head, changed_at: self.changed_at, events: self.events.clone() };
        if self.head == 0 {
            store.each_event(|event| next.put(event)).await?;
            next.events.shrink_to_fit();
        } else {
            for event in store.events_changed_since(self.head).await? {
                next.put(event);
            }
        }
        Ok(next)
    }

    fn put(&mut self, event: Event) {
        if event.is_public() {
            self.changed_at = self.changed_at.max(event.updated_at);
        }
        let event = Arc::new(event);
        match self.events.binary_search_by_key(&event.id, |known| known.id) {
            Ok(index) => self.events[index] = event,
            Err(index) => self.events.insert(index, event),
        }
    }
}
