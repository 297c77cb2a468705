//! Clears deliveries, reports and wishes that have had their time ([keep]), a lot at a time.

use std::time::Duration;

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::config::KeepConfig;
use crate::store::{self, Store};

/// How often it is looked for.
const INTERVAL: Duration = Duration::from_secs(60 * 60);

/// Between two lots others write.
const PAUSE: Duration = Duration::from_millis(20);

pub async fn run(store: &Store, keep: &KeepConfig, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        if let Some(Err(error)) = stop.run_until_cancelled(clear(store, keep)).await {
            tracing::warn!(%error, "what has had its time could not be cleared; tried again later");
        }
        let _ = stop.run_until_cancelled(tokio::time::sleep(INTERVAL)).await;
    }
}

async fn clear(store: &Store, keep: &KeepConfig) -> store::Result<()> {
    let Some(now) = super::now(store) else { return Ok(()) };
    if let Some(before) = keep.deliveries.before(now) {
        let (mut cursor, mut cleared) = (0, 0);
        while let Some(lot) = store.clear_deliveries(before, cursor).await? {
            (cursor, cleared) = (lot.last, cleared + lot.cleared);
            tokio::time::sleep(PAUSE).await;
        }
        tell("deliveries", cleared, before);
    }
    if let Some(before) = keep.bounces.before(now) {
        let mut cleared = 0;
        while let lot @ 1.. = store.clear_bounces(before).await? {
            cleared += lot;
            tokio::time::sleep(PAUSE).await;
        }
        tell("bounces", cleared, before);
    }
    if let Some(before) = keep.sign_ups.before(now) {
        let mut cleared = 0;
        while let lot @ 1.. = store.clear_sign_ups(before).await? {
            cleared += lot;
            tokio::time::sleep(PAUSE).await;
        }
        tell("sign-ups", cleared, before);
    }
    while store.clear_seen_reports().await? > 0 {
        tokio::time::sleep(PAUSE).await;
    }
    while store.clear_forwarded().await? > 0 {
        tokio::time::sleep(PAUSE).await;
    }
    Ok(())
}

fn tell(what: &str, cleared: u64, before: Timestamp) {
    if cleared > 0 {
        tracing::info!(cleared, %before, "{what} have had their time");
    }
}
