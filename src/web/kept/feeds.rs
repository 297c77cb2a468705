//! The feeds that are kept ready: by use and by weight, each made by one for all who ask for the same.

use std::hash::RandomState;
use std::sync::Arc;
use std::time::Duration;

use data_encoding::HEXLOWER;
use jiff::Timestamp;
use quick_cache::sync::{Cache, EntryAction, EntryResult, PlaceholderGuard};
use quick_cache::{Lifecycle, OptionsBuilder, Weighter};
use sha2::{Digest, Sha256};

use super::feed::{Feed, FeedKey};
use super::snapshots::Snapshots;
use crate::config::Config;
use crate::domain::archive::ArchiveEntry;
use crate::domain::event::Event;
use crate::domain::links::Links;
use crate::feed::{FeedInfo, Format, Past, select};
use crate::store::{self, KnownEvent, Store};
use crate::web::http::work::{Work, WorkError};

/// How many octets of feeds are kept; what is used least goes first.
const OCTETS_KEPT: u64 = 128 << 20;
/// What a feed takes beside its octets, about.
const OVERHEAD_OCTETS: u64 = 4 << 10;
/// How many there may be, about: for these the keys of as many that went are remembered.
const FEEDS_ABOUT: usize = 1000;

/// Why there is no feed.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error(transparent)]
    Work(#[from] WorkError),
}

type Kept = Cache<FeedKey, Arc<Feed>, ByOctets, RandomState, OfAll>;
type Guard<'a> = PlaceholderGuard<'a, FeedKey, Arc<Feed>, ByOctets, RandomState, OfAll>;

/// How much a feed counts.
#[derive(Clone)]
struct ByOctets;

impl Weighter<FeedKey, Arc<Feed>> for ByOctets {
    fn weight(&self, key: &FeedKey, feed: &Arc<Feed>) -> u64 {
        OVERHEAD_OCTETS + key.path.len() as u64 + feed.body.octets()
    }
}

/// What everybody follows stays, whatever else is asked for.
#[derive(Clone)]
struct OfAll;

impl Lifecycle<FeedKey, Arc<Feed>> for OfAll {
    type RequestState = ();

    fn is_pinned(&self, key: &FeedKey, _: &Arc<Feed>) -> bool {
        key.is_of_all()
    }
}

pub struct Feeds {
    store: Store,
    config: Arc<Config>,
    snapshots: Arc<Snapshots>,
    /// Since when the calendar's own title and the like are as they are.
    described_at: Timestamp,
    /// What was sent last: the next one is made from it, and is dated after it.
    kept: Kept,
    work: Work,
}

impl Feeds {
    pub async fn new(store: Store, config: Arc<Config>, snapshots: Arc<Snapshots>, work: Work) -> store::Result<Self> {
        let described_at = described_at(&store, &config).await?;
        Ok(Self { store, config, snapshots, described_at, kept: kept(OCTETS_KEPT), work })
    }

    /// The feed of a key, with these editions told beside the events, the newest first.
    pub async fn feed(&self, key: &FeedKey, editions: Vec<ArchiveEntry>) -> Result<Arc<Feed>, FeedError> {
        let mut snapshot = self.snapshots.current().await?;
        let (head, edition, now) =
            (snapshot.head, editions.first().map(|edition| edition.edition_id), self.store.now());
        let look = |_: &FeedKey, feed: &mut Arc<Feed>| match feed.is_current(head, edition, now) {
            true => EntryAction::Retain(feed.clone()),
            false => EntryAction::ReplaceWithGuard,
        };
        // Who finds somebody else making it waits here for what comes of it.
        let making = match self.kept.entry_async(key, look).await {
            EntryResult::Retained(feed) => return Ok(feed),
            EntryResult::Replaced(guard, last) => Making { guard: Some(guard), last: Some(last) },
            EntryResult::Vacant(guard) => Making { guard: Some(guard), last: None },
            EntryResult::Removed(..) | EntryResult::Timeout => unreachable!("neither is asked for"),
        };
        if making.last.is_none() {
            // Who knows what was told under this name before the daemon was started? While the second of the last change
            // lasts, another change may come that has the same date.
            tokio::time::sleep(self.rest_of_second(snapshot.changed_at.max(self.described_at))).await;
            snapshot = self.snapshots.current().await?;
        }
        let make = {
            let (wanted, format, described_at) = (key.wanted.matchers(), key.format, self.described_at);
            let info = FeedInfo { locale: key.locale, editions, ..FeedInfo::of(&self.config, &key.path) };
            let (last, now, config) = (making.last.clone(), self.store.now(), self.config.clone());
            let past = if key.is_whole { None } else { Past::of(&config) };
            move || {
                let (matcher, one_of) = &wanted;
                let is_one =
                    |it: &KnownEvent<'_>| one_of.is_empty() || one_of.iter().any(|matcher| it.matches(matcher));
                let events = snapshot.matching(matcher).filter(is_one).map(|it| (it.event, it.extent().to));
                let selection = select(events, &config, past.as_ref(), now);
                Arc::new(Feed::make(format, &info, &snapshot, &selection, described_at, last.as_deref(), now))
            }
        };
        let feed = self.work.run(make).await?;
        making.done(feed.clone());
        Ok(feed)
    }

    /// The calendar of one event. It is small, and there are as many as events: it is made for each who asks.
    pub fn of_event(&self, event: &Arc<Event>) -> Feed {
        let now = self.store.now();
        let info = FeedInfo::of(&self.config, &Links::HERE.event_calendar(event.id));
        // Its end is not asked for.
        let selection = select([(event, Timestamp::MAX)], &self.config, None, now);
        let changed_at = event.updated_at.max(self.described_at).max(selection.dropped_at.unwrap_or(Timestamp::MIN));
        Feed::of_text(Format::Calendar.print(&selection.events, &info), changed_at)
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
}

/// Whoever makes a feed. If nothing comes of it, as when they went away, the last one stays for the next to begin with.
struct Making<'a> {
    guard: Option<Guard<'a>>,
    last: Option<Arc<Feed>>,
}

impl Making<'_> {
    fn done(mut self, feed: Arc<Feed>) {
        self.last = Some(feed);
    }
}

impl Drop for Making<'_> {
    fn drop(&mut self) {
        if let (Some(guard), Some(feed)) = (self.guard.take(), self.last.take()) {
            // Nobody takes a place away, so it is still there.
            let _ = guard.insert(feed);
        }
    }
}

/// In one shard, so that the weight is that of all together.
fn kept(octets: u64) -> Kept {
    let options = OptionsBuilder::new().shards(1).estimated_items_capacity(FEEDS_ABOUT).weight_capacity(octets).build();
    #[allow(clippy::expect_used)]
    let options = options.expect("all that must be said is said");
    Cache::with_options(options, ByOctets, RandomState::new(), OfAll)
}

/// A change of title or address, or of the program, changes the calendar too: since when it is as it is, is kept in the database.
async fn described_at(store: &Store, config: &Config) -> store::Result<Timestamp> {
    let version = env!("CARGO_PKG_VERSION");
    let mut description = format!("{version} {:?} {:?}", FeedInfo::of(config, ""), config.feed.keep_cancelled);
    if let Some(past) = &config.feed.past {
        description += &format!(" {past:?}");
    }
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

#[cfg(test)]
mod tests {
    use futures_util::future::join_all;
    use tokio_util::sync::CancellationToken;

    use super::*;
    use crate::domain::actor::Actor;
    use crate::domain::event::{Details, Kind};
    use crate::domain::filter::{EventFilter, Wanted};
    use crate::domain::when::When;
    use crate::domain::zone::Zone;
    use crate::store::watch::Changes;

    const EVENTS: i64 = 600;

    /// Feeds of so many events; the store changes them.
    async fn feeds(folder: &std::path::Path) -> (Feeds, Store, Changes) {
        let store = Store::create(&folder.join("kalends.db")).await.unwrap();
        for n in 0..EVENTS {
            let when = When::new(format!("2030-01-{:02}", 1 + n % 28).parse().unwrap(), None, Zone::utc()).unwrap();
            let details = Details::new(Kind::Meeting, &format!("Meeting {n}"), when);
            let details = Details { location: "The long room".into(), ..details };
            store.add_event(&Actor::Operator, details, "example.org").await.unwrap();
        }
        let changes = store.watch(CancellationToken::new()).await.unwrap();
        let snapshots = Arc::new(Snapshots::new(store.clone(), changes.clone()).await.unwrap());
        let feeds = Feeds::new(store.clone(), Arc::new(Config::default()), snapshots, Work::default()).await.unwrap();
        (feeds, store, changes)
    }

    async fn edit(store: &Store, id: i64, location: &str) {
        let revise = |event: &mut Event, now| {
            let mut details = event.details.clone();
            details.location = location.to_owned();
            event.revise(details, now)
        };
        store.revise_event(&Actor::Operator, id, revise).await.unwrap();
    }

    /// Of the events that a word is found in; of all if it is empty.
    fn key(word: &str) -> FeedKey {
        let (format, locale) = (Format::Calendar, Config::default().site.locale);
        let path = if word.is_empty() { format.path().to_owned() } else { format!("{}?q={word}", format.path()) };
        let filter = EventFilter { search: word.to_owned(), ..EventFilter::default() };
        FeedKey { format, wanted: Wanted { filter, one_of: Vec::new() }, locale, is_whole: false, path }
    }

    async fn get(feeds: &Feeds, word: &str) -> Arc<Feed> {
        feeds.feed(&key(word), Vec::new()).await.unwrap()
    }

    #[tokio::test]
    async fn what_few_ask_for_pushes_out_neither_what_all_follow_nor_what_is_asked_for_often() {
        let folder = tempfile::tempdir().unwrap();
        let (mut feeds, ..) = feeds(folder.path()).await;
        let octets = get(&feeds, "").await.body.octets();
        feeds.kept = kept(octets * 5);
        let (all, often) = (get(&feeds, "").await, get(&feeds, "meeting long").await);
        for n in 0..100 {
            // As large as those of all.
            get(&feeds, &format!("meeting {}", "room ".repeat(n))).await;
            if n % 2 == 0 {
                assert!(Arc::ptr_eq(&often, &get(&feeds, "meeting long").await), "{n}");
            }
            assert!(feeds.kept.weight() <= octets * 5);
        }
        // Those that are asked for again and again leave no room for more; still nothing takes its own from all.
        for n in 100..110 {
            for _ in 0..5 {
                get(&feeds, &format!("meeting {}", "room ".repeat(n))).await;
            }
        }
        assert!(Arc::ptr_eq(&all, &get(&feeds, "").await));
        let event = feeds.snapshots.current().await.unwrap().public(1).unwrap().clone();
        let count = feeds.kept.len();
        assert!(feeds.of_event(&event).body.octets() > 0 && feeds.kept.len() == count);
    }

    #[tokio::test]
    async fn many_who_ask_at_once_get_one_feed_and_wait_for_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let (feeds, ..) = feeds(folder.path()).await;
        let key = key("slow");
        let slow = feeds.kept.get_value_or_guard_async(&key).await;
        let made = join_all((0..20).map(|_| get(&feeds, "meeting"))).await;
        assert!(made.iter().all(|feed| Arc::ptr_eq(feed, &made[0])));
        drop(slow);
        get(&feeds, "slow").await;
    }

    #[tokio::test]
    async fn the_next_feed_takes_over_what_did_not_change_also_after_a_maker_went_away() {
        let folder = tempfile::tempdir().unwrap();
        let (feeds, store, mut changes) = feeds(folder.path()).await;
        let first = get(&feeds, "").await;
        changes.mark_unchanged();
        edit(&store, 570, "Elsewhere").await;
        changes.changed().await.unwrap();
        // Asked for, and given up at the first wait.
        {
            let mut gone = Box::pin(get(&feeds, ""));
            while feeds.kept.peek(&key("")).is_some() {
                assert!(futures_util::poll!(&mut gone).is_pending());
                tokio::task::yield_now().await;
            }
        }
        let second = get(&feeds, "").await;
        assert!(!Arc::ptr_eq(&first, &second) && first.body.hash != second.body.hash);
        let same = |n: usize| Arc::ptr_eq(&first.body.pieces[n], &second.body.pieces[n]);
        // The head, two ranges of ids and the foot: the event is in the second range.
        assert_eq!((1..4).map(same).collect::<Vec<_>>(), [true, false, false]);
        assert!(second.last_modified > first.last_modified || !second.is_dated);
    }
}
