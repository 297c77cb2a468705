//! What the daemon does for itself: copies of its database, and clearing what has had its time.

mod backups;
pub mod run_mark;
mod tidy;

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::clock;
use crate::config::Config;
use crate::store::{Copies, Store};

/// The part of the daemon, not yet running.
pub struct Upkeep {
    store: Store,
    copies: Copies,
}

impl Upkeep {
    pub fn new(store: Store, config: &Config) -> Self {
        let copies = Copies::of(store.path(), config.backup.policy());
        Self { store, copies }
    }

    /// Until `stop`. Nothing that goes wrong here ends the daemon: it is told, and tried again.
    pub async fn run(self, stop: CancellationToken) {
        let Self { store, copies } = self;
        tokio::join!(backups::run(&store, &copies, &stop), tidy::run(&store, &copies, &stop));
    }
}

/// Now on the clock of the database; none as long as the machine's has yet to be set: what is named or cleared by such a
/// clock would be wrong.
fn now(store: &Store) -> Option<Timestamp> {
    clock::is_set(Timestamp::now()).then(|| store.now())
}
