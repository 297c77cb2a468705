//! All events in memory, read again when the database changed, with the feeds made from them.

use std::collections::HashMap;
use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Bytes;
use data_encoding::HEXLOWER;
use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use tokio::sync::RwLock;

use crate::clock::whole_second;
use crate::config::Config;
use crate::domain::event::Event;
use crate::domain::filter::EventFilter;
use crate::feed::{FeedInfo, Format, select};
use crate::store::watch::Changes;
use crate::store::{Result, Store};

/// How many different feeds are kept ready; one more, and all are made anew when asked for.
const FEEDS_KEPT: usize = 64;

/// A feed ready to be sent, plain and compressed.
pub struct Body {
    pub plain: Bytes,
    pub gzip: Bytes,
    /// A hash of the plain body, in hex.
    pub hash: String,
    pub last_modified: Timestamp,
    /// Whether that date tells this body from the one before; two changes within a second have the same.
    pub is_dated: bool,
    /// Until a cancelled event drops out.
    valid_until: Option<Timestamp>,
}

/// The events as of one revision of the database.
pub struct Snapshot {
    pub events: Vec<Event>,
    head: i64,
    /// When any of what is public changed last.
    changed_at: Timestamp,
    feeds: Mutex<HashMap<String, Arc<Body>>>,
}

struct Sent {
    head: i64,
    hash: String,
    modified: Timestamp,
    is_dated: bool,
}

pub struct Snapshots {
    store: Store,
    config: Arc<Config>,
    changes: Changes,
    /// With the count of changes seen when it was read.
    current: RwLock<(u64, Arc<Snapshot>)>,
    /// Since when the calendar's own title and the like are as they are.
    described_at: Timestamp,
    /// What was sent last under each name, so that Last-Modified never stands still while the body changes.
    sent: Mutex<HashMap<String, Sent>>,
}

impl Snapshots {
    pub async fn new(store: Store, config: Arc<Config>, changes: Changes) -> Result<Self> {
        let described_at = described_at(&store, &config).await?;
        let seen = *changes.borrow();
        let current = RwLock::new((seen, Arc::new(read(&store).await?)));
        Ok(Self { store, config, changes, current, described_at, sent: Mutex::default() })
    }

    /// The events as they are now; one reader at a time looks when there was a change.
    pub async fn current(&self) -> Result<Arc<Snapshot>> {
        let newest = *self.changes.borrow();
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
                current.1 = Arc::new(read(&self.store).await?);
            }
            current.0 = newest;
        }
        Ok(current.1.clone())
    }

    /// The feed of what `filter` asks for, under the path and query `name`.
    pub async fn feed(&self, format: Format, name: &str, filter: &EventFilter) -> Result<Arc<Body>> {
        let snapshot = self.current().await?;
        let now = self.store.now();
        if let Some(body) = lock(&snapshot.feeds).get(name).filter(|b| b.valid_until.is_none_or(|at| now < at)) {
            return Ok(body.clone());
        }
        // Thousands of events take a while to print and pack: other requests go on meanwhile.
        let body = tokio::task::block_in_place(|| Arc::new(self.build(&snapshot, format, name, filter, now)));
        let mut feeds = lock(&snapshot.feeds);
        if feeds.len() >= FEEDS_KEPT {
            feeds.clear();
        }
        feeds.insert(name.to_owned(), body.clone());
        Ok(body)
    }

    fn build(&self, snapshot: &Snapshot, format: Format, name: &str, filter: &EventFilter, now: Timestamp) -> Body {
        let keep = self.config.feed.keep_cancelled.span();
        let selection = select(&snapshot.events, filter, keep, &self.config.site.timezone, now);
        let plain = format.print(&selection.events, &FeedInfo::of(&self.config, name)).into_bytes();
        let hash = HEXLOWER.encode(&Sha256::digest(&plain)[..16]);
        let mut modified =
            snapshot.changed_at.max(self.described_at).max(selection.dropped_at.unwrap_or(Timestamp::MIN));
        let mut sent = lock(&self.sent);
        // A build of older events may end after one of newer ones; it then leaves no trace.
        let last = sent.get(name).filter(|last| last.head <= snapshot.head);
        let mut is_dated = true;
        if let Some(last) = last {
            match last.hash == hash {
                true => (modified, is_dated) = (last.modified, last.is_dated),
                // RFC 9110 section 8.8.2.1: never later than now.
                false => {
                    modified = modified.max(last.modified + SignedDuration::from_secs(1)).min(whole_second(now));
                    is_dated = modified > last.modified;
                }
            }
        }
        if last.is_some() || !sent.contains_key(name) {
            if sent.len() >= FEEDS_KEPT {
                sent.clear();
            }
            sent.insert(name.to_owned(), Sent { head: snapshot.head, hash: hash.clone(), modified, is_dated });
        }
        drop(sent);
        Body {
            gzip: compress(&plain).into(),
            plain: plain.into(),
            hash,
            last_modified: modified,
            is_dated,
            valid_until: selection.valid_until,
        }
    }
}

async fn read(store: &Store) -> Result<Snapshot> {
    // The head first: what comes in between is read again, not missed.
    let head = store.history_head().await?;
    let events = store.events().await?;
    let changed = events.iter().filter(|event| event.is_public()).map(|event| event.updated_at).max();
    Ok(Snapshot { head, changed_at: changed.unwrap_or(Timestamp::UNIX_EPOCH), events, feeds: Mutex::default() })
}

/// A change of title or address, or of the program, changes the calendar too: since when it is as it is, is kept in the database.
async fn described_at(store: &Store, config: &Config) -> Result<Timestamp> {
    let version = env!("CARGO_PKG_VERSION");
    let description = format!("{version} {:?} {:?}", FeedInfo::of(config, ""), config.feed.keep_cancelled);
    let hash = HEXLOWER.encode(&Sha256::digest(description));
    let known = store.meta("feed_description").await?;
    if let Some((_, at)) = known.as_deref().and_then(|text| text.split_once(' ')).filter(|(old, _)| *old == hash)
        && let Ok(at) = at.parse()
    {
        return Ok(at);
    }
    let now = store.now();
    store.set_meta("feed_description", &format!("{hash} {now}")).await?;
    Ok(now)
}

fn compress(plain: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(plain.len() / 4), Compression::default());
    // Writing into memory does not fail.
    let _ = encoder.write_all(plain);
    encoder.finish().unwrap_or_default()
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    // Nothing under these locks can be left half-done.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
