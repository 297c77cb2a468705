//! Fetches the operator's address when an edition is through, so that somebody notices if none ever is (a dead man's
//! switch). Nothing waits for it.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::idle::Part;
use crate::net::fetch::Fetcher;
use crate::store::watch::Changes;
use crate::store::{Due, Result, Store};

/// After the first, second, … failure; then it is given up until the next edition.
const PAUSES_SECONDS: [i64; 5] = [5, 60, 300, 1800, 7200];

/// Machines sleep and clocks are set.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);

/// Until `stop`.
pub async fn run(
    store: Store,
    mut config: watch::Receiver<Arc<Config>>,
    mut changes: Changes,
    idle: Part,
    stop: CancellationToken,
) {
    loop {
        let (seen, present) = (changes.borrow_and_update().count, config.borrow_and_update().clone());
        idle.works();
        let next = match stop.run_until_cancelled(step(&store, &present)).await {
            None => return,
            Some(Ok(next)) => next,
            Some(Err(error)) => {
                tracing::warn!(%error, "whether an edition's end was told can't be read or kept; tried again soon");
                Some(store.now() + SignedDuration::from_secs(10))
            }
        };
        idle.rests(seen, next);
        let pause = next.map(|next| Duration::try_from(next.duration_since(store.now())).unwrap_or_default());
        tokio::select! {
            () = stop.cancelled() => return,
            Ok(()) = changes.changed() => {}
            Ok(()) = config.changed() => {}
            () = tokio::time::sleep(pause.unwrap_or(LONGEST_SLEEP).min(LONGEST_SLEEP)) => {}
        }
    }
}

/// Fetches the address if it is due; when it is the next time.
async fn step(store: &Store, config: &Config) -> Result<Option<Timestamp>> {
    let state = store.ping_state().await?;
    let Some(due) = state.due else { return Ok(None) };
    let Some(ping) = &config.operator.ping else {
        store.forget_ping().await?;
        return Ok(None);
    };
    let now = store.now();
    match next_try(due, now) {
        Some(next) if next > now => return Ok(Some(next)),
        _ => {}
    }
    let result = match Fetcher::new(&config.fetch.allowed_hosts) {
        Ok(fetcher) => fetcher.ping(ping.url()).await,
        Err(error) => Err(error),
    };
    match result {
        Ok(()) => {
            tracing::info!("the end of an edition was told to [operator] ping");
            store.note_pinged(due).await?;
        }
        Err(error) => {
            let is_last = next_pause(due.tries + 1).is_none();
            tracing::warn!(error, is_last, "[operator] ping could not be fetched");
            store.note_ping_failed(due, &error, is_last).await?;
        }
    }
    Ok(store.ping_state().await?.due.and_then(|due| next_try(due, store.now())))
}

fn next_pause(tries: u32) -> Option<SignedDuration> {
    let step = usize::try_from(tries).ok()?.checked_sub(1)?;
    PAUSES_SECONDS.get(step).map(|seconds| SignedDuration::from_secs(*seconds))
}

/// When it is to be tried, now at the earliest if it was not yet. A failure that seems to lie ahead was told by a clock that
/// was wrong.
fn next_try(due: Due, now: Timestamp) -> Option<Timestamp> {
    match (next_pause(due.tries), due.failed_at) {
        (Some(pause), Some(failed)) if failed <= now => failed.checked_add(pause).ok(),
        _ => Some(now),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_tried_a_few_times_ever_later_and_then_given_up() {
        let at = |second: i64| Timestamp::from_second(second).unwrap();
        let due = |tries: u32, failed: Option<i64>| Due { since: at(0), tries, failed_at: failed.map(at) };
        for (tries, failed, now, next) in [
            // The last edition's failures are past.
            (0, None, 100, 100),
            (0, Some(90), 100, 100),
            (1, Some(100), 100, 105),
            (2, Some(100), 100, 160),
            (5, Some(100), 100, 7300),
            (1, Some(9000), 100, 100),
        ] {
            assert_eq!(next_try(due(tries, failed), at(now)), Some(at(next)), "{tries} {failed:?}");
        }
        let pauses: Vec<bool> = (1..8).map(|tries| next_pause(tries).is_some()).collect();
        assert_eq!(pauses, [true, true, true, true, true, false, false]);
    }
}
