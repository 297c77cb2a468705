//! Lines of the log that tell a beginning or an end.

use super::letter;
use crate::config::Config;
use crate::digest::moments::Moments;
use crate::domain::alert::Step;
use crate::store::{Result, Store, Through};

/// What this office is, and when its digests come next.
pub async fn start(store: &Store, config: &Config) -> Result<()> {
    let size = store.size().await?;
    let mut next = Vec::new();
    for digest in &config.digests {
        let moments = Moments::of(store, config, digest).await?;
        let zone = config.zone_of(digest);
        let when = match moments.next() {
            _ if moments.state.paused => "paused".to_owned(),
            Some(at) => format!("{} {zone}", zone.at(at).strftime("%a %Y-%m-%d %H:%M:%S")),
            None => "never".to_owned(),
        };
        next.push(format!("{} {when}", digest.slug.as_str()));
    }
    tracing::info!(
        version = env!("CARGO_PKG_VERSION"),
        database = %store.path().display(),
        events = size.events,
        readers = size.readers,
        next_editions = next.join(", "),
        "kalends starts"
    );
    Ok(())
}

/// How an edition ended.
pub fn through(through: &Through) {
    let Through { edition, tally, seconds } = through;
    tracing::info!(
        edition = %edition.name(),
        candidates = edition.candidates,
        sent = tally.sent,
        failed = tally.failed,
        uncertain = tally.uncertain,
        suppressed = tally.suppressed,
        seconds,
        "the edition is through"
    );
}

/// What began to need a hand, and what does so no more.
pub fn alerts(step: &Step) {
    for alert in &step.raised {
        tracing::error!(since = %alert.since, "{}: {}", letter::begun(alert), alert.sentence);
    }
    for alert in &step.ended {
        tracing::info!(since = %alert.since, "{}", letter::ended(alert));
    }
}
