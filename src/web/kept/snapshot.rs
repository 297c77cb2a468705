//! All events in memory, brought up to date when the database changed, with the feeds made from them.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use data_encoding::HEXLOWER;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use tokio::sync::RwLock;

use super::body::{Body, Piece};
use crate::clock::whole_second;
use crate::config::Config;
use crate::domain::event::Event;
use crate::feed::{FeedInfo, Format, Selection, ics, select};
use crate::parallel;
use crate::store::watch::Changes;
use crate::store::{Result, Store};
use crate::web::http::work::Work;
use crate::web::kept::FeedError;

/// How many different feeds are kept ready, and how many octets of them; one more, and all are made anew when asked for.
const FEEDS_KEPT: usize = 64;
const OCTETS_KEPT: u64 = 128 << 20;

/// Of a calendar with more events than this only the packed form is kept, and unpacked for the few who want it plain.
const PLAIN_EVENTS: usize = 20_000;

/// The ids of a piece of a calendar: events that follow each other are printed and packed together.
const IDS_OF_A_PIECE: i64 = 64;

/// A feed as it is sent.
pub struct Feed {
    pub body: Body,
    pub last_modified: Timestamp,
    /// Whether that date tells this body from the one before; two changes within a second have the same.
    pub is_dated: bool,
    /// The revision of the database it shows.
    head: i64,
    /// Until a cancelled event drops out.
    valid_until: Option<Timestamp>,
}

impl Feed {
    /// One that is made anew each time it is asked for. Its date does not tell it from another: what is taken back
    /// leaves an older date behind.
    pub fn of_text(text: String, last_modified: Timestamp) -> Self {
        let body = Body::new(vec![Arc::new(Piece::new(Vec::new(), text, true))]);
        Self { body, last_modified, is_dated: false, head: 0, valid_until: None }
    }
}

/// The events as of one revision of the database, in the order of their ids.
pub struct Snapshot {
    pub events: Vec<Arc<Event>>,
    head: i64,
    /// When any of what is public changed last.
    changed_at: Timestamp,
}

pub struct Snapshots {
    store: Store,
    config: Arc<Config>,
    changes: Changes,
    /// With the count of changes seen when it was read.
    current: RwLock<(u64, Arc<Snapshot>)>,
    /// In seconds since 1970; never, if there are no articles.
    first_article_at: AtomicI64,
    /// Since when the calendar's own title and the like are as they are.
    described_at: Timestamp,
    /// What was sent last under each name: the next one is made from it, and is dated after it.
    feeds: Mutex<HashMap<String, Arc<Feed>>>,
    /// Held by who makes a feed: many who ask for one at once wait for it instead of making it too.
    making: tokio::sync::Mutex<()>,
    work: Work,
}

impl Snapshots {
    pub async fn new(store: Store, config: Arc<Config>, changes: Changes, work: Work) -> Result<Self> {
        let described_at = described_at(&store, &config).await?;
        let seen = *changes.borrow();
        let nothing = Snapshot { events: Vec::new(), head: 0, changed_at: Timestamp::UNIX_EPOCH };
        let current = RwLock::new((seen, Arc::new(nothing.brought_up_to_date(&store).await?)));
        let first_article_at = AtomicI64::new(store.first_article_at().await?.unwrap_or(i64::MAX));
        let (feeds, making) = (Mutex::default(), tokio::sync::Mutex::default());
        Ok(Self { store, config, changes, current, first_article_at, described_at, feeds, making, work })
    }

    /// Whether any article is shown, as of the last page that looked at what changed.
    pub fn has_articles(&self) -> bool {
        self.first_article_at.load(Ordering::Relaxed) <= self.store.now().as_second()
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
                current.1 = Arc::new(current.1.brought_up_to_date(&self.store).await?);
            }
            let first_article_at = self.store.first_article_at().await?.unwrap_or(i64::MAX);
            self.first_article_at.store(first_article_at, Ordering::Relaxed);
            current.0 = newest;
        }
        Ok(current.1.clone())
    }

    /// The feed of the events that are wanted, in the site's language, under the path and query `name`.
    pub async fn feed(
        &self,
        format: Format,
        name: &str,
        is_wanted: impl Fn(&Event) -> bool + Send + 'static,
    ) -> std::result::Result<Arc<Feed>, FeedError> {
        self.feed_of(format, name, || FeedInfo::of(&self.config, name), is_wanted).await
    }

    /// The feed that was sent last under this name, and whether it still is what there is.
    fn known(&self, name: &str, snapshot: &Snapshot) -> (bool, Option<Arc<Feed>>) {
        let (known, now) = (lock(&self.feeds).get(name).cloned(), self.store.now());
        let is_current = |feed: &Feed| feed.head >= snapshot.head && feed.valid_until.is_none_or(|at| now < at);
        (known.as_ref().is_some_and(|feed| is_current(feed)), known)
    }

    /// How long the second of `at` still lasts, if it is the present one.
    fn rest_of_second(&self, at: Timestamp) -> Duration {
        let now = self.store.now();
        match at.as_second() == now.as_second() {
            true => {
                Duration::from_nanos(1_000_000_000_u64.saturating_sub(now.subsec_nanosecond().unsigned_abs().into()))
            }
            false => Duration::ZERO,
        }
    }

    /// The feed of the events that are wanted, which says this of itself; all who ask under `name` get the same.
    pub async fn feed_of(
        &self,
        format: Format,
        name: &str,
        info: impl FnOnce() -> FeedInfo,
        is_wanted: impl Fn(&Event) -> bool + Send + 'static,
    ) -> std::result::Result<Arc<Feed>, FeedError> {
        let mut snapshot = self.current().await?;
        if let (true, Some(feed)) = self.known(name, &snapshot) {
            return Ok(feed);
        }
        let _making = self.making.lock().await;
        let mut known = self.known(name, &snapshot);
        if let (false, None) = known {
            // Who knows what was told under this name before the daemon was started? While the second of the last change
            // lasts, another change may come that has the same date.
            let second = self.rest_of_second(snapshot.changed_at.max(self.described_at));
            tokio::time::sleep(second).await;
            snapshot = self.current().await?;
            known = self.known(name, &snapshot);
        }
        let last = match known {
            (true, Some(feed)) => return Ok(feed),
            (_, last) => last,
        };
        let now = self.store.now();
        let (info, described_at) = (info(), self.described_at);
        let (keep, zone) = (self.config.feed.keep_cancelled.span(), self.config.site.timezone.clone());
        let make = move || {
            let selection = select(&snapshot.events, is_wanted, keep, &zone, now);
            Arc::new(make(&snapshot, described_at, format, &info, &selection, last.as_deref(), now))
        };
        let feed = self.work.run(make).await?;
        let mut feeds = lock(&self.feeds);
        let kept: u64 = feeds.values().map(|feed| feed.body.octets()).sum();
        if !feeds.contains_key(name) && (feeds.len() >= FEEDS_KEPT || kept + feed.body.octets() > OCTETS_KEPT) {
            feeds.clear();
        }
        feeds.insert(name.to_owned(), feed.clone());
        Ok(feed)
    }
}

fn make(
    snapshot: &Snapshot,
    described_at: Timestamp,
    format: Format,
    info: &FeedInfo,
    selection: &Selection,
    last: Option<&Feed>,
    now: Timestamp,
) -> Feed {
    let body = match format {
        Format::Calendar => Body::new(calendar_pieces(&selection.events, info, last)),
        _ => Body::new(vec![Arc::new(Piece::new(Vec::new(), format.print(&selection.events, info), true))]),
    };
    let edition_at = info.editions.iter().map(|edition| edition.composed_at).max();
    let last_change = [selection.dropped_at, edition_at].into_iter().flatten().max().unwrap_or(Timestamp::MIN);
    // Told is the last second that is over: what the present one still brings will have another date.
    let over = whole_second(now).saturating_sub(SignedDuration::from_secs(1)).unwrap_or(now);
    let changed_at = whole_second(snapshot.changed_at.max(described_at).max(last_change));
    let mut last_modified = changed_at.min(over);
    let mut is_dated = last_modified == changed_at;
    if let Some(last) = last {
        match last.body.hash == body.hash {
            true => (last_modified, is_dated) = (last.last_modified, last.is_dated),
            // RFC 9110 section 8.8.2.1: never later than now.
            false => {
                let after = last.last_modified.saturating_add(SignedDuration::from_secs(1));
                last_modified = last_modified.max(after.unwrap_or(last_modified)).min(over);
                is_dated = last_modified > last.last_modified;
            }
        }
    }
    Feed { body, last_modified, is_dated, head: snapshot.head, valid_until: selection.valid_until }
}

/// The calendar in pieces: its head, the events by ranges of their ids, its foot. What did not change since the last
/// time is taken from there.
fn calendar_pieces(events: &[Arc<Event>], info: &FeedInfo, last: Option<&Feed>) -> Vec<Arc<Piece>> {
    let range = |id: i64| id / IDS_OF_A_PIECE;
    let known: HashMap<i64, &Arc<Piece>> = last
        .into_iter()
        .flat_map(|last| &last.body.pieces)
        .filter_map(|piece| Some((range(piece.first_id()?), piece)))
        .collect();
    let keep_plain = events.len() <= PLAIN_EVENTS;
    let mut pieces = vec![Arc::new(Piece::new(Vec::new(), ics::head(events, info), keep_plain))];
    let ranges: Vec<_> = events.chunk_by(|a, b| range(a.id) == range(b.id)).collect();
    pieces.extend(parallel::map(&ranges, 16, |some| {
        let same = some.first().and_then(|event| known.get(&range(event.id))).filter(|piece| piece.is_of(some));
        same.map(|piece| Arc::clone(piece)).unwrap_or_else(|| {
            Arc::new(Piece::new(some.to_vec(), ics::components(some, info, ics::Style::Feed), keep_plain))
        })
    }));
    pieces.push(Arc::new(Piece::new(Vec::new(), ics::FOOT.to_owned(), keep_plain)));
    pieces
}

impl Snapshot {
    /// The events that pages show.
    pub fn visible(&self) -> impl Iterator<Item = &Event> {
        self.events.iter().map(|event| &**event).filter(|event| event.is_public() && !event.removed)
    }

    /// A public event, a removed one too.
    pub fn public(&self, id: i64) -> Option<&Event> {
        let index = self.events.binary_search_by_key(&id, |event| event.id).ok()?;
        self.events.get(index).map(|event| &**event).filter(|event| event.is_public())
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

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    // Nothing under these locks can be left half-done.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
