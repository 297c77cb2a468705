//! A source that is a calendar: its events are its own, and what becomes of them there becomes of them here.

use super::{Error, Synced};
use crate::config::{Config, SourceConfig};
use crate::domain::Invalid;
use crate::domain::actor::Actor;
use crate::domain::format::Format;
use crate::domain::import::ImportOrigin;
use crate::domain::source::Validators;
use crate::intake::{self, Intake, Preset};
use crate::net::fetch::{Fetched, Fetcher};
use crate::store::{SourceState, Store};

/// Fetches it if it changed, and brings its events to what it says.
pub async fn take_over(
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
