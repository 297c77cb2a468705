//! Clears what is kept for a while only.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::domain::copy::Why;
use crate::store::{Copies, Store};

/// How often.
const INTERVAL: Duration = Duration::from_secs(60 * 60);

pub async fn run(store: &Store, copies: &Copies, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        if let Err(error) = store.forget_networks().await {
            tracing::warn!(%error, "where old sign-ups came from could not be cleared; tried again later");
        }
        if let Err(error) = store.scrub_again().await {
            tracing::warn!(%error, "the files could not be cleared of who is forgotten; tried again later");
        }
        if let Err(error) = store.clear_unproved_bounces().await {
            tracing::warn!(%error, "old mail that proves nothing could not be cleared; tried again later");
        }
        if let Err(error) = store.clear_answers().await {
            tracing::warn!(%error, "old answers to programs could not be cleared; tried again later");
        }
        if let Err(error) = store.clear_desk().await {
            tracing::warn!(%error, "old sessions of the desk could not be cleared; tried again later");
        }
        if super::now(store).is_some()
            && let Err(error) = store.clear_watched().await
        {
            tracing::warn!(%error, "what was seen of watched sources could not be cleared; tried again later");
        }
        if let Some(now) = super::now(store)
            && let Err(error) = copies.clear(&[Why::BeforeRestore], now)
        {
            tracing::warn!(%error, "old copies of the database could not be cleared; tried again later");
        }
        let _ = stop.run_until_cancelled(tokio::time::sleep(INTERVAL)).await;
    }
}
