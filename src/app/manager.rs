//! What the service manager is told, where one started the daemon (sd_notify(3)): that it is ready, that it stops, that it is
//! alive.

use sd_notify::{NotifyState, notify, watchdog_enabled};
use tokio_util::sync::CancellationToken;

use crate::store::Store;

pub fn tell_ready(address: &str) {
    tell(&[NotifyState::Ready, NotifyState::Status(&format!("listening on {address}"))]);
}

pub fn tell_stopping() {
    tell(&[NotifyState::Stopping]);
}

/// Tells that the daemon is alive as long as the database answers, be it that it can't be read: to start anew would not mend
/// that. None if nobody wants to know.
pub fn watched(store: Store, stop: CancellationToken) -> Option<impl Future<Output = ()>> {
    // Twice in the time after which it is taken for dead.
    let every = watchdog_enabled()? / 2;
    Some(async move {
        loop {
            let _ = store.ping().await;
            tell(&[NotifyState::Watchdog]);
            if stop.run_until_cancelled(tokio::time::sleep(every)).await.is_none() {
                return;
            }
        }
    })
}

fn tell(state: &[NotifyState<'_>]) {
    if let Err(error) = notify(state) {
        tracing::warn!(%error, "the service manager could not be told");
    }
}
