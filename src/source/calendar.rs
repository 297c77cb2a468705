//! A source that is a calendar: its events are its own, and what becomes of them there becomes of them here.

use super::{Error, Synced, Taken};
use crate::config::{Config, SourceConfig};
use crate::domain::Invalid;
use crate::domain::actor::Actor;
use crate::domain::format::{Format, SourceFormat};
use crate::domain::import::{ImportOrigin, Missing};
use crate::domain::source::{Notes, Trust, Validators};
use crate::intake::{self, Intake, Preset};
use crate::net::fetch::{Fetched, Fetcher};
use crate::store::{SourceState, Store};

/// Fetches it if it changed, and brings its events to what it says.
pub async fn take_over(
    store: &Store,
    config: &Config,
    source: &SourceConfig,
    fetcher: &Fetcher,
    trust: Trust,
    state: &mut SourceState,
) -> Result<Synced, Error> {
    let (octets, content_type, validators) = match fetcher.get(source.url.url(), &state.validators).await? {
        Fetched::NotModified => return Ok(Synced::NotModified),
        Fetched::Body { octets, content_type, validators } => (octets, content_type, validators),
    };
    let (topics, prefix) = (source.topics.clone(), source.prefix.clone());
    let preset = Preset { kind: Some(source.kind), topics, prefix, private: source.private };
    let format = source.format.and_then(SourceFormat::calendar);
    let (zone, path) = (config.site.timezone.clone(), source.url.url().path().to_owned());
    // Reading megabytes takes its time, and others wait for this thread.
    let read = tokio::task::spawn_blocking(move || {
        let opened = intake::open(octets)?;
        let guess = || Format::guess(&path, content_type.as_deref(), &opened.octets);
        opened.read(format.unwrap_or_else(guess), &preset, &zone)
    })
    .await;
    let mut intake: Intake =
        read.unwrap_or_else(|_| Err(Invalid::new("reading it failed; please report this calendar")))?;
    if source.draft {
        intake = intake.as_drafts();
    }
    let host = config.site.base_url.host();
    let is_whole = intake.is_whole();
    let missing = match trust {
        _ if !is_whole => Missing::Unread,
        Trust::Careful => Missing::Gone { held: state.held.as_ref() },
        Trust::Believed => Missing::Believed,
    };
    let configured: Vec<&str> = config.sources.iter().map(|source| source.url.as_str()).collect();
    let by = Actor::Source(source.name().to_owned());
    let source = Some(source.url.as_str());
    let origin = ImportOrigin { host: &host, source, configured: &configured, missing, dry_run: false };
    let is_empty = intake.entries.is_empty();
    let mut counts = store.import_events(&by, intake.entries, origin).await?;
    // What was read only in part says nothing of what was held.
    if is_whole {
        state.held = counts.held.clone();
    }
    if is_empty && let Some(held) = counts.held.take() {
        return Err(Error::Emptied(held));
    }
    let mut rejected = intake.rejected;
    rejected.extend(counts.rejected.drain(..).map(|(line, error)| intake::Rejected::by_field(line, error)));
    rejected.sort_by_key(|rejected| rejected.line);
    let mut notes = intake.notes;
    notes.extend(counts.notes.drain(..).map(|(line, reason)| intake::Rejected::whole(line, reason)));
    notes.sort_by_key(|note| note.line);
    let notes = Notes::of(notes.into_iter().map(intake::Rejected::into_note));
    // What was not taken this time is asked for in whole again.
    let is_taken = rejected.is_empty() && intake.cut_off.is_none() && state.held.is_none();
    state.validators = if is_taken { validators } else { Validators::default() };
    Ok(Synced::Taken(Box::new(Taken { counts, rejected, notes, cut_off: intake.cut_off })))
}
