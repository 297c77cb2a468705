//! Foreign calendars that are kept in step: fetched when they are due, read, and taken over as an import is.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::config::{Config, SourceConfig};
use crate::domain::actor::Actor;
use crate::domain::format::Format;
use crate::domain::import::{ImportCounts, ImportOrigin};
use crate::domain::source::Validators;
use crate::domain::{Invalid, text};
use crate::idle::Part;
use crate::intake::{self, Intake, Preset};
use crate::net::fetch::{FetchError, Fetched, Fetcher};
use crate::store::{self, SourceState, Store};

/// Without anything to wake for, the clock is looked at this often.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);
/// After a failure, doubled with each that follows, up to the source's own interval or a day.
const FIRST_PAUSE: SignedDuration = SignedDuration::from_mins(2);
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_hours(24);

/// Why a calendar could not be kept in step this time.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Fetch(#[from] FetchError),
    #[error("it can't be read: {0}")]
    Unreadable(#[from] Invalid),
    #[error("it came without any events, and had some before: nothing was changed here")]
    Emptied,
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// What came of looking at a calendar.
#[derive(Debug)]
pub enum Synced {
    NotModified,
    Taken {
        counts: ImportCounts,
        /// What of it could not be read.
        rejected: Vec<intake::Rejected>,
    },
}

/// What it goes by: the configuration, and what fetches by it.
#[derive(Clone)]
pub struct Equipment {
    config: Arc<Config>,
    /// None where there is nothing to fetch.
    fetcher: Option<Fetcher>,
}

impl Equipment {
    pub fn of(config: Arc<Config>) -> Result<Self, String> {
        let fetcher = (!config.sources.is_empty()).then(|| Fetcher::new(&config.fetch.allowed_hosts)).transpose()?;
        Ok(Self { config, fetcher })
    }

    /// Whether foreign calendars are kept in step by both in the same way.
    pub fn is_as(&self, other: &Self) -> bool {
        let told = |Self { config, .. }: &Self| format!("{:?} {:?} {:?}", config.sources, config.fetch, config.site);
        told(self) == told(other)
    }
}

/// Runs until `stop`, by the configuration that is in force. What is being fetched when that changes is given up.
pub async fn run(store: Store, mut equipment: watch::Receiver<Equipment>, idle: Part, stop: CancellationToken) {
    loop {
        idle.works();
        let Equipment { config, fetcher } = equipment.borrow_and_update().clone();
        let work = async {
            let next = match &fetcher {
                Some(fetcher) => step(&store, &config, fetcher).await,
                None => None,
            };
            idle.sleeps(next);
            let rest = next.map(|next| Duration::try_from(next.duration_since(store.now())).unwrap_or_default());
            let pause = rest.map_or(LONGEST_SLEEP, |rest| rest.clamp(Duration::from_millis(200), LONGEST_SLEEP));
            tokio::time::sleep(pause).await;
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = work => {}
            Ok(()) = equipment.changed() => {}
        }
    }
}

/// Syncs what is due now, each calendar by itself, so that a slow one holds up no other; when the next is due.
async fn step(store: &Store, config: &Arc<Config>, fetcher: &Fetcher) -> Option<Timestamp> {
    let mut work = JoinSet::new();
    for index in 0..config.sources.len() {
        let (store, config, fetcher) = (store.clone(), config.clone(), fetcher.clone());
        work.spawn(async move {
            let source = config.sources.get(index)?;
            match is_due(&store, source).await {
                Ok(true) => {
                    report(source, &sync(&store, &config, source, &fetcher).await);
                }
                Ok(false) => {}
                Err(error) => tracing::error!(source = source.name(), %error, "a source's state can't be read"),
            }
            store.source_state(source.url.as_str()).await.ok()?.next_at
        });
    }
    work.join_all().await.into_iter().flatten().min()
}

fn report(source: &SourceConfig, result: &Result<Synced, Error>) {
    let name = source.name();
    match result {
        Ok(Synced::NotModified) => tracing::debug!(source = name, "not modified"),
        Ok(Synced::Taken { counts, rejected }) => tracing::info!(
            source = name,
            added = counts.added,
            updated = counts.updated,
            cancelled = counts.cancelled,
            rejected = rejected.len(),
            "a source was read"
        ),
        Err(error) => {
            let error = text::overheard(&error.to_string());
            tracing::warn!(source = name, %error, "a source could not be read; tried again later");
        }
    }
}

async fn is_due(store: &Store, source: &SourceConfig) -> Result<bool, store::Error> {
    let state = store.source_state(source.url.as_str()).await?;
    let is_other = state.settings != settings(source);
    Ok(is_other || state.next_at.is_none_or(|at| at <= store.now()))
}

/// What of the configuration decides on what its events become.
fn settings(source: &SourceConfig) -> String {
    format!("{:?} {:?} {:?} {:?} {:?}", source.kind, source.topics, source.prefix, source.draft, source.format)
}

/// Fetches a calendar if it changed, takes it over, and keeps what came of that.
pub async fn sync(store: &Store, config: &Config, source: &SourceConfig, fetcher: &Fetcher) -> Result<Synced, Error> {
    let mut state = store.source_state(source.url.as_str()).await?;
    if state.settings != settings(source) {
        state = SourceState { settings: settings(source), ..SourceState::default() };
    }
    let result = take_over(store, config, source, fetcher, &mut state).await;
    let now = store.now();
    state.tried_at = Some(now);
    let every = source.every.length().unwrap_or(LONGEST_PAUSE);
    match &result {
        Ok(synced) => {
            let unread = match synced {
                Synced::Taken { rejected, .. } if !rejected.is_empty() => {
                    let first = rejected.first().map(|first| format!("line {}: {}", first.line, first.reason));
                    let first = first.unwrap_or_default();
                    Some(text::overheard(&format!("{} could not be read, the first: {first}", rejected.len())))
                }
                Synced::Taken { .. } => None,
                // What it was not able to say the last time, it says no better now.
                Synced::NotModified => state.error.take().filter(|_| state.failures == 0),
            };
            (state.read_at, state.failures, state.error) = (Some(now), 0, unread);
            state.next_at = now.checked_add(every).ok();
        }
        Err(error) => {
            state.failures = state.failures.saturating_add(1);
            state.error = Some(text::overheard(&error.to_string()));
            let asked = match error {
                Error::Fetch(error) => error.retry_after().and_then(|pause| SignedDuration::try_from(pause).ok()),
                _ => None,
            };
            let pause = pause_after(state.failures, every).max(asked.unwrap_or_default());
            state.next_at = now.checked_add(pause).ok();
        }
    }
    store.keep_source_state(source.url.as_str(), &state).await?;
    result
}

async fn take_over(
    store: &Store,
    config: &Config,
    source: &SourceConfig,
    fetcher: &Fetcher,
    state: &mut SourceState,
) -> Result<Synced, Error> {
    let (octets, content_type, validators) = match fetcher.get(source.url.url(), &state.validators).await? {
        Fetched::NotModified => return Ok(Synced::NotModified),
        Fetched::Body { octets, content_type, validators } => (octets, content_type, validators),
    };
    let format =
        source.format.unwrap_or_else(|| Format::guess(source.url.url().path(), content_type.as_deref(), &octets));
    let preset = Preset { kind: Some(source.kind), topics: source.topics.clone(), prefix: source.prefix.clone() };
    // Reading megabytes takes its time, and others wait for this thread.
    let zone = config.site.timezone.clone();
    let read = tokio::task::spawn_blocking(move || intake::read(&octets, format, &preset, &zone)).await;
    let mut intake: Intake =
        read.unwrap_or_else(|_| Err(Invalid::new("reading it failed; please report this calendar")))?;
    if source.draft {
        intake = intake.as_drafts();
    }
    let host = config.site.base_url.host();
    let is_whole = intake.rejected.is_empty();
    if intake.entries.is_empty() && store.has_events_of(source.url.as_str()).await? {
        return Err(Error::Emptied);
    }
    // What could not be read is not taken for gone.
    let configured: Vec<&str> = config.sources.iter().map(|source| source.url.as_str()).collect();
    let by = Actor::Source(source.name().to_owned());
    let source = Some(source.url.as_str());
    let origin = ImportOrigin { host: &host, source, configured: &configured, is_whole, dry_run: false };
    let mut counts = store.import_events(&by, intake.entries, origin).await?;
    let mut rejected = intake.rejected;
    rejected.extend(counts.rejected.drain(..).map(|(line, error)| intake::Rejected::by_field(line, error)));
    rejected.sort_by_key(|rejected| rejected.line);
    // What could not be taken this time is tried again.
    state.validators = if rejected.is_empty() { validators } else { Validators::default() };
    Ok(Synced::Taken { counts, rejected })
}

/// Two minutes, four, eight … but never longer than `every`, if that is less than a day.
fn pause_after(failures: u32, every: SignedDuration) -> SignedDuration {
    let doubled = 2i32.saturating_pow(failures.saturating_sub(1).min(20));
    FIRST_PAUSE.saturating_mul(doubled).min(every.max(FIRST_PAUSE)).min(LONGEST_PAUSE)
}
