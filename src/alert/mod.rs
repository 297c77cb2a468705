//! Speaking up: what the log, and a mail where it needs a hand, tell whoever keeps the office running.

mod log;

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::idle::Part;
use crate::store::watch::Changes;
use crate::store::{Result, Store};

/// What no change of the database tells is looked at this often.
const LOOK_EVERY: Duration = Duration::from_secs(10);

/// Watches until `stop`, and looks once more then: what was the last to happen is told, too.
pub async fn run(store: Store, mut changes: Changes, idle: Part, stop: CancellationToken) {
    let watcher = Watcher { store };
    loop {
        let seen = changes.borrow_and_update().count;
        match watcher.look().await {
            Ok(()) => idle.rests(seen, None),
            Err(error) => {
                tracing::warn!(%error, "what needs a hand can't be looked at or kept; tried again soon");
                idle.works();
            }
        }
        tokio::select! {
            biased;
            () = stop.cancelled() => break,
            Ok(()) = changes.changed() => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
    // A database that is locked or full must not hold the exit up.
    let _ = tokio::time::timeout(Duration::from_secs(1), watcher.look()).await;
}

struct Watcher {
    store: Store,
}

impl Watcher {
    async fn look(&self) -> Result<()> {
        for through in self.store.note_through(false).await? {
            log::through(&through);
        }
        Ok(())
    }
}

pub use log::start;
