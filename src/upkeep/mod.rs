//! What the daemon does for itself: copies of its database, and clearing what has had its time.

mod backups;
mod keep;
pub mod run_mark;
mod tidy;

use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::clock;
use crate::config::Config;
use crate::store::{Copies, Store};

/// Runs until `stop`, by the configuration that is in force. Nothing that goes wrong here ends the daemon: it is told, and
/// tried again.
pub async fn run(store: Store, mut config: watch::Receiver<Arc<Config>>, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let present = config.borrow_and_update().clone();
        let copies = Copies::of(store.path(), present.backup.policy());
        let until = stop.child_token();
        let other = async {
            let is_other = |next: &Arc<Config>| told(next) != told(&present);
            let _ = until.run_until_cancelled(config.wait_for(is_other)).await;
            until.cancel();
        };
        tokio::join!(
            backups::run(&store, &copies, &until),
            tidy::run(&store, &copies, &until),
            keep::run(&store, &present.keep, &until),
            other
        );
    }
}

/// What of a configuration it goes by.
fn told(config: &Config) -> String {
    format!("{:?} {:?}", config.backup, config.keep)
}

/// Now on the clock of the database; none as long as the machine's has yet to be set: what is named or cleared by such a
/// clock would be wrong.
fn now(store: &Store) -> Option<Timestamp> {
    clock::is_set(Timestamp::now()).then(|| store.now())
}
