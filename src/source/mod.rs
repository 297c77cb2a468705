//! Foreign calendars that are kept in step: fetched when they are due, read, and taken over as an import is.

mod calendar;
mod state;
mod sync;
mod watched;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::config::{Config, SourceConfig};
use crate::domain::import::{Held, ImportCounts};
use crate::domain::source::{Notes, Trust};
use crate::domain::{Invalid, text};
use crate::idle::Part;
use crate::intake;
use crate::net::fetch::{FetchError, Fetcher};
use crate::store::{self, Store};
pub use sync::sync;
pub use watched::Watched;

/// Without anything to wake for, the clock is looked at this often.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);

/// Why a calendar could not be kept in step this time.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Fetch(#[from] FetchError),
    #[error("it can't be read: {0}")]
    Unreadable(#[from] Invalid),
    #[error("it came without any events, and had {} ahead before: nothing was changed here, and it is taken at its word if it \
             still says so at {}", .0.missing.len(), .0.until())]
    Emptied(Held),
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl Error {
    /// What is held, where that is why.
    pub fn held(&self) -> Option<&Held> {
        match self {
            Self::Emptied(held) => Some(held),
            _ => None,
        }
    }
}

/// What came of looking at a calendar.
#[derive(Debug)]
pub enum Synced {
    NotModified,
    Taken(Box<Taken>),
    /// It is watched, and was read.
    Watched(Box<Watched>),
}

/// What was read of a calendar.
#[derive(Debug)]
pub struct Taken {
    pub counts: ImportCounts,
    /// What of it could not be read.
    pub rejected: Vec<intake::Rejected>,
    /// What went in otherwise than it may be meant.
    pub notes: Notes,
    /// Not all of it came: where that shows, and how.
    pub cut_off: Option<intake::Rejected>,
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
                    report(source, &sync(&store, &config, source, &fetcher, Trust::Careful).await);
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
        Ok(Synced::Taken(taken)) => {
            let Taken { counts, rejected, notes, cut_off } = &**taken;
            tracing::info!(
                source = name,
                added = counts.added,
                updated = counts.updated,
                cancelled = counts.cancelled,
                private = counts.private,
                rejected = rejected.len(),
                renamed = counts.renamed,
                notes = notes.count,
                "a source was read"
            );
            for note in &notes.first {
                let about = note.column.as_deref().unwrap_or_default();
                tracing::info!(
                    source = name,
                    line = note.line,
                    about,
                    note = note.reason,
                    "taken, but not quite as it says"
                );
            }
            if let Some(cut_off) = cut_off {
                let (line, reason) = (cut_off.line, &cut_off.reason);
                tracing::warn!(source = name, line, %reason, "a source came cut off; what is missing stays");
            }
            if let Some(held) = &counts.held {
                let (missing, ahead, since) = (held.missing.len(), held.ahead, held.since);
                tracing::warn!(source = name, missing, ahead, %since, "a source lacks most of what it had; that is held");
            }
        }
        Ok(Synced::Watched(watched)) => tracing::info!(
            source = name,
            items = watched.items,
            new = watched.new,
            proposed = watched.outcome.proposed,
            updated = watched.outcome.updated,
            held_back = watched.outcome.held_back.len(),
            "a watched source was read"
        ),
        Err(error) => {
            let error = text::overheard(&error.to_string());
            tracing::warn!(source = name, %error, "a source could not be read; tried again later");
        }
    }
}

async fn is_due(store: &Store, source: &SourceConfig) -> Result<bool, store::Error> {
    let state = store.source_state(source.url.as_str()).await?;
    Ok(!state::is_of(&state, source) || state.next_at.is_none_or(|at| at <= store.now()))
}
