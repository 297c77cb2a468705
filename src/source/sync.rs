//! Looks at one source: asks for it, takes over what came, and keeps how it went.

use super::{Error, Synced, calendar, state, watched};
use crate::config::{Config, SourceConfig};
use crate::domain::source::Trust;
use crate::net::fetch::Fetcher;
use crate::store::Store;

/// Looks at a source now, due or not.
pub async fn sync(
    store: &Store,
    config: &Config,
    source: &SourceConfig,
    fetcher: &Fetcher,
    trust: Trust,
) -> Result<Synced, Error> {
    let url = source.url.as_str();
    let mut known = state::to_begin_with(store.source_state(url).await?, source);
    let result = match source.watched() {
        None => calendar::take_over(store, config, source, fetcher, trust, &mut known).await,
        Some(_) => watched::take_over(store, config, source, fetcher, &mut known).await,
    };
    state::settle(&mut known, source, &result, store.now());
    store.keep_source_state(url, &known).await?;
    result
}
