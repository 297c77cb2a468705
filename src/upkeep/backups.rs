//! Makes a copy of the database when one is due. It is whole and checked before older ones go; after a rest one makes up
//! for all that were missed.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::Context;
use jiff::{SignedDuration, Timestamp};
use tokio_util::sync::CancellationToken;

use crate::domain::copy::Why;
use crate::store::{Copies, Store, clear_parts};

/// After a failure it is tried again by then, or when the next is due.
const RETRY: SignedDuration = SignedDuration::from_hours(1);

/// How often the clock is looked at: it may be set, and the machine may have slept.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);

pub async fn run(store: &Store, copies: &Copies, stop: &CancellationToken) {
    let Some(folder) = copies.policy().folder.clone() else { return };
    let every = SignedDuration::try_from(copies.policy().every).unwrap_or(SignedDuration::MAX);
    let mut not_before = Timestamp::MIN;
    while !stop.is_cancelled() {
        if let Some(now) = super::now(store)
            && now >= not_before
        {
            match stop.run_until_cancelled(make_if_due(store, copies, now)).await {
                Some(Ok(next)) => not_before = next,
                Some(Err(error)) => {
                    let said = format!("{error:#}");
                    not_before = now.saturating_add(every.min(RETRY)).unwrap_or(Timestamp::MAX);
                    tracing::warn!(error = said, again_at = %not_before, "no copy of the database was made; older ones are kept");
                    if let Err(error) = store.note_failed_backup(Some(&said)).await {
                        tracing::warn!(%error, "that could not be written down");
                    }
                }
                // What was half written is taken away.
                None => clear_parts(&folder).unwrap_or_default(),
            }
        }
        let left = not_before.duration_since(store.now()).max(SignedDuration::ZERO);
        let sleep = Duration::try_from(left).unwrap_or_default().min(LONGEST_SLEEP);
        let _ = stop.run_until_cancelled(tokio::time::sleep(sleep)).await;
    }
}

/// Makes one if its time has come; when the next is due.
async fn make_if_due(store: &Store, copies: &Copies, now: Timestamp) -> anyhow::Result<Timestamp> {
    let policy = copies.policy();
    let folder = policy.folder.clone().unwrap_or_else(|| PathBuf::from("."));
    let unreadable = || format!("the folder {} ([backup] folder) can't be read", folder.display());
    let next = policy.next(&copies.list().with_context(unreadable)?, now);
    if next > now {
        return Ok(next);
    }
    let unmade = || format!("the folder {} ([backup] folder) can't be made", folder.display());
    std::fs::create_dir_all(&folder).with_context(unmade)?;
    clear_parts(&folder).with_context(unreadable)?;
    let (target, begun) = (copies.place(Why::Scheduled, now), Instant::now());
    let octets = store.backup(&target).await?;
    if store.forgot_since(&target).await? {
        // It is none that anybody was told of.
        std::fs::remove_file(&target)?;
        tracing::info!("somebody was forgotten while the database was copied: it is copied again");
        return Ok(now);
    }
    let took = begun.elapsed();
    tracing::info!(copy = %target.display(), octets, ?took, "the database was copied, and the copy is sound");
    store.note_failed_backup(None).await?;
    let cleared = copies.clear(&[Why::Scheduled], now).context("older copies could not be cleared")?;
    for copy in cleared {
        tracing::info!(copy = %copy.path.display(), "an older copy has had its time");
    }
    Ok(policy.next(&copies.list().with_context(unreadable)?, now))
}
