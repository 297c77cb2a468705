//! Foreign calendars: how reading them went, and reading them now.

use super::{Error, Office, Result};
use crate::config::SourceConfig;
use crate::domain::refused::{Noun, Refused};
use crate::domain::source::{SourceName, Trust};
use crate::domain::text::overheard;
use crate::net::fetch::Fetcher;
use crate::progress::Stopped;
use crate::shape::source::{HeldRecord, RejectedRecord, SourceRecord, SyncOutcome, SyncRecord, WatchedRecord};
use crate::source::{self, Synced, Taken, sync};
use crate::store::SourceState;

impl Office {
    /// Those configured, and how reading them went.
    pub async fn sources(&self) -> Result<Vec<SourceRecord>> {
        let mut records = Vec::new();
        for source in &self.config.sources {
            let state = self.store.source_state(source.url.as_str()).await?;
            let mut record = record(source, state);
            if source.watched().is_some() {
                let [texts, proposed, drafts] = self.store.watched_figures(source.url.as_str()).await?;
                record.watched = Some(WatchedRecord { texts, proposed, drafts });
            }
            records.push(record);
        }
        Ok(records)
    }

    /// Reads all sources now, or the one of this name or number, due or not. What changes is changed by the source. Whoever
    /// stops it keeps what was read of those that come back.
    pub async fn sync_sources(&self, which: Option<&str>, trust: Trust) -> Result<Vec<SyncRecord>> {
        if let Some(which) = which {
            return Ok(vec![self.sync_source(which, trust).await?]);
        }
        if self.config.sources.is_empty() {
            return Err(Refused::conflict("no foreign calendar is configured").into());
        }
        let progress = self.progress();
        let _settling = progress.settle();
        let mut records = Vec::new();
        for source in &self.config.sources {
            progress.begin_counted(format!("reading {}", source.name()), self.config.sources.len());
            progress.at(records.len() as u64);
            match progress.unless_stopped(self.read_source(source, trust)).await {
                Ok(record) => records.push(record?),
                Err(Stopped) => break,
            }
        }
        Ok(records)
    }

    /// Reads the one of this name or number.
    pub async fn sync_source(&self, which: &str, trust: Trust) -> Result<SyncRecord> {
        let source = chosen(&self.config.sources, which)?;
        self.progress().begin(format!("reading {}", source.name()));
        self.read_source(source, trust).await
    }

    async fn read_source(&self, source: &SourceConfig, trust: Trust) -> Result<SyncRecord> {
        let outcome = match self.store.is_rehearsal() {
            true => SyncOutcome::DryRun,
            false => {
                let fetcher = Fetcher::new(&self.config.fetch.allowed_hosts).map_err(Error::Failed)?;
                match sync(&self.store, &self.config, source, &fetcher, trust).await {
                    Ok(synced) => outcome(synced),
                    // All others would go as badly.
                    Err(source::Error::Store(error)) => return Err(error.into()),
                    Err(error) => SyncOutcome::Failed {
                        error: overheard(&error.to_string()),
                        held: error.held().map(HeldRecord::of),
                    },
                }
            }
        };
        Ok(SyncRecord { number: source.number, name: source.name().to_owned(), outcome })
    }
}

fn chosen<'a>(sources: &'a [SourceConfig], which: &str) -> Result<&'a SourceConfig> {
    if which.parse::<usize>().is_err() {
        which.parse::<SourceName>()?;
    }
    let found = sources.iter().find(|source| source.is_called(which));
    Ok(found.ok_or_else(|| Refused::not_found(Noun::Source, which).or_meant(sources.iter().map(SourceConfig::name)))?)
}

pub(super) fn record(source: &SourceConfig, state: SourceState) -> SourceRecord {
    SourceRecord {
        number: source.number,
        name: source.name().to_owned(),
        url: source.url.told(),
        read_at: state.read_at,
        tried_at: state.tried_at,
        next_at: state.next_at,
        failures: state.failures,
        error: state.error,
        held: state.held.as_ref().map(HeldRecord::of),
        uids_changed: state.uids_changed,
        notes_count: state.notes.count,
        notes: state.notes.first,
        watched: None,
    }
}

fn outcome(synced: Synced) -> SyncOutcome {
    match synced {
        Synced::NotModified => SyncOutcome::NotModified,
        Synced::Watched(watched) => SyncOutcome::Watched {
            items: watched.items,
            new: watched.new,
            proposed: watched.outcome.proposed,
            moves: watched.outcome.moves,
            updated: watched.outcome.updated,
            known: watched.outcome.known,
            held_back: watched.outcome.held_back,
            notes: watched.notes,
        },
        Synced::Taken(taken) => {
            let Taken { counts, rejected, notes, cut_off } = *taken;
            SyncOutcome::Read {
                added: counts.added,
                updated: counts.updated,
                unchanged: counts.unchanged,
                cancelled: counts.cancelled,
                private: counts.private,
                rejected: rejected
                    .into_iter()
                    .map(|rejected| RejectedRecord {
                        line: rejected.line,
                        column: rejected.column,
                        reason: rejected.reason,
                    })
                    .collect(),
                cut_off: cut_off.map(|cut_off| format!("line {}: {}", cut_off.line, cut_off.reason)),
                held: counts.held.as_ref().map(HeldRecord::of),
                renamed: counts.renamed,
                notes_count: notes.count,
                notes: notes.first,
            }
        }
    }
}

/// How reading a calendar goes, in a few words.
pub fn health(source: &SourceRecord) -> String {
    let mut told = match (&source.error, source.failures) {
        (Some(error), 0) => error.clone(),
        (Some(error), 1) => format!("failed: {error}"),
        (Some(error), n) => format!("failed {n} times, the last time: {error}"),
        (None, _) if source.read_at.is_none() => "not read yet".into(),
        (None, _) => "ok".into(),
    };
    const BY: &str = "so its events are known by title, start and place";
    match source.uids_changed {
        0 => {}
        1 => told.push_str(&format!("; its UIDs changed since the last time, {BY}")),
        _ => told.push_str(&format!("; its UIDs change at every fetch, {BY}")),
    }
    match source.notes_count {
        0 => {}
        1 => told.push_str("; 1 note"),
        count => told.push_str(&format!("; {count} notes")),
    }
    told
}
