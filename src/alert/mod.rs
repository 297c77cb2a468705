//! Speaking up: what the log, and a mail where it needs a hand, tell whoever keeps the office running.

mod disk;
mod letter;
mod log;
mod ping;
mod stalled;
mod trouble;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::clock::whole_second;
use crate::config::Config;
use crate::domain::alert::{self, Alert, Patience};
use crate::idle::Part;
use crate::store::watch::Changes;
use crate::store::{Result, Store};

pub use log::start;
pub use ping::run as ping;

/// What no change of the database tells is looked at this often: what rests, and how full the disks are.
const LOOK_EVERY: Duration = Duration::from_secs(10);

/// Watches until `stop`, and looks once more then: what was the last to happen is told, too.
pub async fn run(
    store: Store,
    mut config: watch::Receiver<Arc<Config>>,
    mut changes: Changes,
    idle: Part,
    stop: CancellationToken,
) {
    let mut watcher = Watcher::new(store, config.borrow_and_update().clone());
    loop {
        let seen = changes.borrow_and_update().count;
        // Once there is room again that is noted, and what failed is kept.
        if watcher.store.failed_write().is_some() {
            let _ = watcher.store.ping().await;
        }
        let wake = match watcher.look().await {
            Ok(wake) => {
                idle.rests(seen, None);
                wake
            }
            Err(error) => {
                tracing::warn!(%error, "what needs a hand can't be looked at or kept; tried again soon");
                idle.works();
                Instant::now() + LOOK_EVERY
            }
        };
        tokio::select! {
            biased;
            () = stop.cancelled() => break,
            Ok(()) = changes.changed() => {}
            Ok(()) = config.changed() => watcher.config = config.borrow_and_update().clone(),
            () = tokio::time::sleep_until(wake) => {}
        }
    }
    watcher.looks_at = Instant::now();
    // A database that is locked or full must not hold the exit up.
    let _ = tokio::time::timeout(Duration::from_secs(1), watcher.look()).await;
}

struct Watcher {
    store: Store,
    config: Arc<Config>,
    slow: trouble::Slow,
    /// When that is looked at again which changes by itself.
    looks_at: Instant,
}

impl Watcher {
    fn new(store: Store, config: Arc<Config>) -> Self {
        Self { store, config, slow: trouble::Slow::default(), looks_at: Instant::now() }
    }

    /// Looks at what is through and what is wrong, and tells it; when to look again though nothing changes.
    async fn look(&mut self) -> Result<Instant> {
        for through in self.store.note_through(self.config.operator.ping.is_some()).await? {
            log::through(&through);
        }
        let known = self.store.alerts().await?;
        if self.looks_at <= Instant::now() {
            self.slow.look(&self.store, &self.config, &known).await?;
            self.looks_at = Instant::now() + LOOK_EVERY;
        }
        let mut troubles = trouble::seen(&self.store, &self.config).await?;
        troubles.extend(self.slow.found().cloned());
        let wake = self.tell(known, &troubles).await?;
        Ok(wake.map_or(self.looks_at, |wake| self.looks_at.min(Instant::now() + wake)))
    }

    async fn tell(&self, known: Vec<Alert>, troubles: &[alert::Trouble]) -> Result<Option<Duration>> {
        let (store, config) = (&self.store, &self.config);
        let now = whole_second(store.now());
        let patience = Patience { stalled: stalled::patience(&config.mail), peer: trouble::PEER_FAILS_FOR };
        let step = alert::step(known.clone(), troubles, config.operator.address.is_some(), patience, now);
        let open: Vec<Alert> =
            step.alerts.iter().filter(|alert| alert.is_open() && alert.told_at.is_some()).cloned().collect();
        let notice = letter::letter(config, &step.news, &step.over, &open, store.is_demo());
        log::alerts(&step);
        store.keep_alerts(&known, &step, notice.as_ref()).await?;
        // Kept by the second.
        Ok(step
            .wake
            .map(|wake| Duration::try_from(wake.duration_since(now)).unwrap_or_default() + Duration::from_secs(1)))
    }
}
