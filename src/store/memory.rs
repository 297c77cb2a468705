//! What a daemon keeps in memory: all events, brought up to date where history has gone on, and how many read each digest.

use std::collections::{BTreeMap, BinaryHeap};
use std::ops::Bound;
use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::{Mutex, OnceCell, RwLock};

use super::{Result, Store};
use crate::domain::event::{Event, Kind};
use crate::domain::filter::{KnownOf, Matcher};
use crate::domain::when::Window;
use crate::domain::{standard, text};
use crate::parallel;

/// A repeating event of no more dates is known by them: to make them of its rule takes a while.
const DATES_KNOWN: usize = 100;

/// So many events are searched by a thread at once.
const READ_AT_ONCE: usize = 1024;

/// After a change of more events their order is made anew.
const MOVED_ONE_BY_ONE: usize = 100;

/// The events as of one revision of the database, in the order of their ids; removed ones too.
#[derive(Clone, Default)]
pub struct Snapshot {
    pub events: Vec<Arc<Event>>,
    /// What is known of each beside it. No event goes, and new ones come last, so that places stay.
    known: Vec<Known>,
    /// Their beginnings and ids, in the order of a list by date.
    by_date: Vec<(Timestamp, i64)>,
    /// By topics in lower case,
    topics: Labels,
    /// and by the keys of standards.
    standards: Labels,
    /// The newest line of history that it knows.
    pub head: i64,
    /// When any of what is public changed last.
    pub changed_at: Timestamp,
}

/// The places of the events that carry a label.
#[derive(Clone, Default)]
struct Labels(BTreeMap<String, Arc<Vec<u32>>>);

impl Labels {
    /// Files the event of a place, which had these labels, under those it has now.
    fn file(&mut self, place: u32, before: Vec<String>, now: Vec<String>) {
        for label in before {
            if let Some(places) = self.0.get_mut(&label)
                && let Ok(at) = places.binary_search(&place)
            {
                Arc::make_mut(places).remove(at);
            }
        }
        for label in now {
            let places = self.0.entry(label).or_default();
            if let Err(at) = places.binary_search(&place) {
                Arc::make_mut(places).insert(at, place);
            }
        }
    }
}

/// What is asked of all events, beside each other: to look at each event itself would take longer.
#[derive(Clone)]
struct Known {
    kind: Kind,
    is_public: bool,
    is_removed: bool,
    repeats: bool,
    is_partial: bool,
    begins: Timestamp,
    /// The time in which all its dates lie.
    extent: Window,
    /// Each of its dates that is as the series has it, where it repeats and they are few.
    dates: Option<Arc<[Window]>>,
    /// Its words, as they are searched.
    searched: Arc<str>,
}

impl Known {
    fn of(event: &Event) -> Self {
        let details = &event.details;
        let extent = event.extent();
        let repeats = details.repeat.is_some();
        Self {
            kind: details.kind,
            is_public: event.is_public(),
            is_removed: event.removed,
            repeats,
            is_partial: details.when.is_partial(),
            begins: details.when.first_instant(),
            dates: (repeats && extent.to < Timestamp::MAX)
                .then(|| event.plain_dates(DATES_KNOWN))
                .flatten()
                .map(Arc::from),
            extent,
            searched: details.search_text().into(),
        }
    }
}

/// An event with what is known of it.
#[derive(Clone, Copy)]
pub struct KnownEvent<'a> {
    pub event: &'a Arc<Event>,
    known: &'a Known,
}

impl KnownEvent<'_> {
    /// The time in which all its dates lie, or a little more.
    pub fn extent(&self) -> Window {
        self.known.extent
    }

    pub fn repeats(&self) -> bool {
        self.known.repeats
    }

    /// When its dates begin, where it repeats, they are few and each is as the series has it.
    pub fn beginnings(&self) -> impl Iterator<Item = Timestamp> {
        let dates = self.known.dates.as_deref().filter(|_| self.event.overrides.is_empty());
        dates.unwrap_or_default().iter().map(|date| date.from)
    }

    pub fn is_partial(&self) -> bool {
        self.known.is_partial
    }

    pub fn is_visible(&self) -> bool {
        self.known.is_public && !self.known.is_removed
    }

    /// Whether one of its dates lies in the window.
    pub fn touches(&self, window: Window) -> bool {
        match &self.known.dates {
            _ if !window.meets(self.known.extent) => false,
            Some(dates) => dates.iter().any(|date| window.touches_time(*date)) || self.event.is_changed_within(window),
            None if !self.known.repeats => window.touches_time(self.known.extent),
            None => self.event.touches(window),
        }
    }

    /// How well it answers the words that are asked for.
    pub fn rank(&self, matcher: &Matcher) -> usize {
        matcher.rank(&self.known.searched)
    }

    /// Its dates in the window.
    pub fn occurrences(&self, window: Window) -> Vec<Event> {
        match &self.known.dates {
            Some(dates) => self.event.occurrences_among(dates, window),
            None => self.event.occurrences(window),
        }
    }

    pub fn matches(&self, matcher: &Matcher) -> bool {
        let touches = |window| self.touches(window);
        let Known { kind, extent, ref searched, .. } = *self.known;
        matcher.matches_known(self.event, &KnownOf { kind, extent, searched, touches: &touches })
    }
}

impl Snapshot {
    /// A public event, a removed one too.
    pub fn public(&self, id: i64) -> Option<&Arc<Event>> {
        self.known(id).map(|it| it.event).filter(|event| event.is_public())
    }

    fn known(&self, id: i64) -> Option<KnownEvent<'_>> {
        self.at(self.events.binary_search_by_key(&id, |event| event.id).ok()?)
    }

    fn at(&self, place: usize) -> Option<KnownEvent<'_>> {
        Some(KnownEvent { event: self.events.get(place)?, known: self.known.get(place)? })
    }

    /// All of them, removed ones too.
    pub fn all(&self) -> impl Iterator<Item = KnownEvent<'_>> {
        self.events.iter().zip(&self.known).map(|(event, known)| KnownEvent { event, known })
    }

    /// Those that match, removed ones and drafts too.
    pub fn matching<'a>(&'a self, matcher: &'a Matcher) -> Box<dyn Iterator<Item = KnownEvent<'a>> + 'a> {
        let (topics, standard) = (matcher.topics(), matcher.standard());
        let filed: Vec<&Arc<Vec<u32>>> = match () {
            () if !topics.is_empty() => {
                let standards = matcher.standards_as_topics().iter().flat_map(|key| self.filed_under(key));
                let topics = topics.iter().filter_map(|topic| self.topics.0.get(topic));
                topics.chain(standards.map(|(_, places)| places)).collect()
            }
            () if !standard.is_empty() => self.filed_under(standard).map(|(_, places)| places).collect(),
            () if matcher.reads_texts() => return Box::new(self.searched(matcher)),
            () => return Box::new(self.all().filter(|it| it.matches(matcher))),
        };
        let mut places: Vec<u32> = filed.into_iter().flat_map(|places| &**places).copied().collect();
        places.sort_unstable();
        places.dedup();
        Box::new(places.into_iter().filter_map(|at| self.at(at as usize)).filter(|it| it.matches(matcher)))
    }

    /// Those in which a text is found: there is much to read, so that several threads share it.
    fn searched<'a>(&'a self, matcher: &'a Matcher) -> impl Iterator<Item = KnownEvent<'a>> + 'a {
        let some: Vec<_> = self.events.chunks(READ_AT_ONCE).zip(self.known.chunks(READ_AT_ONCE)).collect();
        let found = parallel::map(&some, 4, |(events, known)| {
            let all = events.iter().zip(*known).map(|(event, known)| KnownEvent { event, known });
            all.filter(|it| it.matches(matcher)).collect::<Vec<_>>()
        });
        found.into_iter().flatten()
    }

    /// The standards that a key means: itself, its editions and parts.
    fn filed_under<'a>(&'a self, key: &'a str) -> impl Iterator<Item = (&'a String, &'a Arc<Vec<u32>>)> {
        let from = self.standards.0.range::<str, _>((Bound::Included(key), Bound::Unbounded));
        from.take_while(move |(own, _)| own.starts_with(key)).filter(move |(own, _)| standard::matches(own, key))
    }

    /// Those of them that pages show.
    pub fn visible<'a>(&'a self, matcher: &'a Matcher) -> impl Iterator<Item = KnownEvent<'a>> {
        self.matching(matcher).filter(KnownEvent::is_visible)
    }

    /// The topics that events carry which pages show, in alphabetical order, each as the first of these spells it, and how many
    /// carry it.
    pub fn topics(&self) -> impl Iterator<Item = (&str, usize)> {
        self.topics.0.iter().filter_map(|(topic, places)| {
            self.spelled(places, |event| event.details.topics.iter().find(|own| text::fold_case(own) == *topic))
        })
    }

    /// The same of standards.
    pub fn standards(&self) -> impl Iterator<Item = (&str, usize)> {
        self.standards.0.iter().filter_map(|(key, places)| {
            self.spelled(places, |event| event.details.standards.iter().find(|own| standard::key(own) == *key))
        })
    }

    fn spelled<'a>(
        &'a self,
        places: &'a [u32],
        label: impl Fn(&'a Event) -> Option<&'a String>,
    ) -> Option<(&'a str, usize)> {
        let mut visible = places.iter().filter_map(|at| self.at(*at as usize)).filter(KnownEvent::is_visible);
        let spelled = label(visible.next()?.event)?;
        Some((spelled, visible.count() + 1))
    }

    /// Those that match and are there, drafts too, each once and by its beginning: the first behind a place in that list.
    pub(super) fn after(&self, matcher: &Matcher, behind: Option<(Timestamp, i64)>, limit: usize) -> Vec<Event> {
        let begin = behind.map_or(0, |behind| self.by_date.partition_point(|place| *place <= behind));
        let rest = self.by_date.get(begin..).unwrap_or_default().iter();
        let found = rest.filter_map(|(_, id)| self.known(*id)).filter(|it| !it.known.is_removed && it.matches(matcher));
        found.take(limit).map(|it| Event::clone(it.event)).collect()
    }

    /// Those that match and are there, drafts too: at least those that come first by date, up to the limit, and each that
    /// repeats and may have a date before the last of these.
    pub(super) fn first(&self, matcher: &Matcher, limit: usize) -> Vec<Event> {
        let mut first: BinaryHeap<(Timestamp, i64)> = BinaryHeap::new();
        let mut repeating = Vec::new();
        for it in self.matching(matcher).filter(|it| !it.known.is_removed) {
            if it.repeats() {
                repeating.push((it.known.extent.from, it.event.id));
                continue;
            }
            first.push((it.known.begins, it.event.id));
            if first.len() > limit {
                first.pop();
            }
        }
        let last = if first.len() < limit { None } else { first.peek().map(|(begins, _)| *begins) };
        repeating.retain(|(from, _)| last.is_none_or(|last| *from <= last));
        let mut ids: Vec<i64> = first.into_iter().chain(repeating).map(|(_, id)| id).collect();
        ids.sort_unstable();
        ids.into_iter().filter_map(|id| self.known(id)).map(|it| Event::clone(it.event)).collect()
    }

    async fn brought_up_to_date(&self, store: &Store) -> Result<Self> {
        // The head first: what comes in between is read again, not missed.
        let head = store.history_head().await?;
        let mut next = Self { head, ..self.clone() };
        if self.head == 0 {
            store.each_event(|event| next.put(event)).await?;
            next.events.shrink_to_fit();
            next.known.shrink_to_fit();
            next.sort();
            return Ok(next);
        }
        let changed = store.events_changed_since(self.head).await?;
        let are_few = changed.len() <= MOVED_ONE_BY_ONE;
        for event in changed {
            let (id, before) = (event.id, next.known(event.id).map(|it| it.known.begins));
            next.put(event);
            if are_few {
                next.move_by_date(id, before);
            }
        }
        if !are_few {
            next.sort();
        }
        Ok(next)
    }

    /// Makes the order by date anew.
    fn sort(&mut self) {
        self.by_date = self.events.iter().zip(&self.known).map(|(event, known)| (known.begins, event.id)).collect();
        self.by_date.sort_unstable();
    }

    /// Puts an event that began at another time before, if it was there, into its place by date.
    fn move_by_date(&mut self, id: i64, before: Option<Timestamp>) {
        if let Some(Ok(at)) = before.map(|before| self.by_date.binary_search(&(before, id))) {
            self.by_date.remove(at);
        }
        if let Some(place) = self.known(id).map(|it| (it.known.begins, id))
            && let Err(at) = self.by_date.binary_search(&place)
        {
            self.by_date.insert(at, place);
        }
    }

    fn put(&mut self, event: Event) {
        if event.is_public() {
            self.changed_at = self.changed_at.max(event.updated_at);
        }
        let known = Known::of(&event);
        let place = self.events.binary_search_by_key(&event.id, |known| known.id);
        let (Ok(index) | Err(index)) = place;
        self.file(index, &event);
        match place {
            Ok(index) => (self.events[index], self.known[index]) = (Arc::new(event), known),
            Err(index) => {
                self.events.insert(index, Arc::new(event));
                self.known.insert(index, known);
            }
        }
    }

    /// Files an event under its labels, and no more under those that it had in its place before.
    fn file(&mut self, index: usize, event: &Event) {
        let Ok(place) = u32::try_from(index) else { return };
        let topics = |event: &Event| event.details.topics.iter().map(|topic| text::fold_case(topic)).collect();
        let standards = |event: &Event| event.details.standards.iter().map(|own| standard::key(own)).collect();
        let before = self.events.get(index);
        let (had_topics, had_standards) =
            (before.map_or(Vec::new(), |it| topics(it)), before.map_or(Vec::new(), |it| standards(it)));
        self.topics.file(place, had_topics, topics(event));
        self.standards.file(place, had_standards, standards(event));
    }
}

/// What is kept in memory, once somebody wants it kept.
#[derive(Default)]
pub(super) struct Keeper {
    snapshot: OnceCell<RwLock<Arc<Snapshot>>>,
    /// How many read each digest, as of a version of the database.
    audiences: Mutex<Option<(i64, Audiences)>>,
}

/// How many people have confirmed each digest, by slug.
pub(super) type Audiences = Vec<(String, i64)>;

impl Store {
    /// From now on all events are kept in memory, for whoever asks by this or a clone of it.
    pub async fn keep_events(&self) -> Result<()> {
        let first = async || Ok(RwLock::new(Arc::new(Snapshot::default().brought_up_to_date(self).await?)));
        self.keeper.snapshot.get_or_try_init(first).await.map(drop)
    }

    /// All events as they are now, if they are kept.
    pub async fn snapshot(&self) -> Result<Option<Arc<Snapshot>>> {
        let Some(kept) = self.keeper.snapshot.get() else { return Ok(None) };
        let head = self.history_head().await?;
        {
            let kept = kept.read().await;
            if kept.head >= head {
                return Ok(Some(kept.clone()));
            }
        }
        // One looks for all who wait.
        let mut kept = kept.write().await;
        if kept.head < head {
            *kept = Arc::new(kept.brought_up_to_date(self).await?);
        }
        Ok(Some(kept.clone()))
    }

    /// Tells one state of what editions tell from another: dates, articles and their pictures, what editors say of editions to
    /// come, the editions that went.
    pub async fn told_version(&self) -> Result<String> {
        let version = sqlx::query_scalar!(
            r#"SELECT concat_ws(' ', (SELECT max(id) FROM history), (SELECT max(id) FROM article_history),
                                (SELECT max(id) FROM act), (SELECT max(id) FROM edition),
                                (SELECT count(*) FROM article_picture)) AS "version!: String""#
        );
        Ok(version.fetch_one(&self.read).await?)
    }

    /// How many people have confirmed each digest, by slug. To count half a million takes a while: a daemon does it once for
    /// all who ask while nothing changes.
    pub async fn audience_sizes(&self) -> Result<Audiences> {
        if self.keeper.snapshot.get().is_none() {
            return self.count_audiences().await;
        }
        let mut kept = self.keeper.audiences.lock().await;
        let version = self.version().await?;
        match &*kept {
            Some((known, audiences)) if *known == version => Ok(audiences.clone()),
            _ => {
                let audiences = self.count_audiences().await?;
                *kept = Some((version, audiences.clone()));
                Ok(audiences)
            }
        }
    }
}
