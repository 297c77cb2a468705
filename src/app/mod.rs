//! Builds the daemon from a configuration and runs it until it is told to stop. `serve` and the tests both use it.

mod configuration;
mod manager;
mod parts;
mod reload;

use std::fs::{File, TryLockError};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio::task::{JoinError, JoinSet};
use tokio_util::sync::CancellationToken;

use crate::alert;
use crate::clock;
use crate::digest;
use crate::domain::listen::Listen;
use crate::hook;
use crate::idle::{self, Idle};
use crate::mail::{lmtp, mailbox};
use crate::net::listener::Listener;
use crate::source;
use crate::store::{Store, lock_file};
use crate::upkeep;
use crate::web::http::server;
pub use configuration::Configuration;
use parts::Parts;
use reload::Reload;

/// How long open requests and what is on the wire may take when the daemon is told to stop; after it, it goes anyway.
const DRAIN: Duration = Duration::from_secs(9);

/// How often, and with which pause, the database's lock is tried.
const LOCK_TRIES: u32 = 5;
const LOCK_PAUSE: Duration = Duration::from_millis(20);

/// The daemon, not yet running.
pub struct App {
    configuration: Configuration,
    store: Store,
    /// Held as long as the daemon lives: one database has one daemon.
    _lock: File,
}

impl App {
    /// With the [`lock`] of its database.
    pub async fn new(configuration: Configuration, store: Store, lock: File) -> anyhow::Result<Self> {
        let config = &configuration.config;
        store.keep_digests(&config.slugs()).await?;
        if clock::is_set(Timestamp::now()) {
            digest::run::adopt_schedules(&store, config, Some(store.now())).await?;
        }
        store.note_start(env!("CARGO_PKG_VERSION"), &configuration.settings_as_json()).await?;
        reload::tell_absent_digests(&store).await;
        Ok(Self { configuration, store, _lock: lock })
    }

    /// Serves on `listener`, makes editions and sends mail until `stop`; then drains and closes the database. What `reload`
    /// brings has the configuration read again at once.
    pub async fn run(
        self,
        listener: Listener,
        reload: mpsc::Receiver<()>,
        stop: CancellationToken,
    ) -> anyhow::Result<()> {
        let Self { configuration, store, _lock } = self;
        let config = configuration.config.clone();
        let changes = store.watch(stop.clone()).await?;
        let lmtp = match &config.bounce.listen {
            Some(listen) => Some(bind(listen, "[bounce] listen").await?),
            None => None,
        };
        let metrics = match &config.metrics.listen {
            Some(listen) => Some(bind(listen, "[metrics] listen").await?),
            None => None,
        };
        let (inlets, parts) = Parts::first(&store, config.clone(), changes.clone()).await?;
        // A start that fails says why, and nothing before that.
        alert::start(&store, &config).await?;
        match configuration.file() {
            Some(file) => tracing::info!(file = %file.display(), "configured"),
            None => tracing::info!("there is no configuration: all is as by default"),
        }
        let address = listener.address();
        tracing::info!(%address, "listening");

        let idle = Idle::default();
        let mut running = JoinSet::new();
        if let Some(listener) = metrics {
            tracing::info!(address = %listener.address(), "telling /metrics");
            running.spawn(server::serve(listener, parts.metrics, stop.clone()));
        }
        running.spawn(server::serve(listener, parts.pages, stop.clone()));
        let mailer = parts.mailer.run(changes.clone(), idle.part(), parts.mailers, stop.clone());
        running.spawn(on_its_own_thread("mailer", mailer));
        let inbox = parts.inbox.clone();
        running.spawn(part(mailbox::run(store.clone(), parts.mailbox, inbox, idle.part(), stop.clone())));
        if let Some(listener) = lmtp {
            tracing::info!(address = listener.address(), "taking what comes back, over LMTP");
            running.spawn(lmtp::serve(listener, parts.inbox, stop.clone()));
        }
        running.spawn(part(source::run(store.clone(), parts.sources, idle.part(), stop.clone())));
        running.spawn(part(hook::run(store.clone(), parts.hooks, changes.clone(), idle.part(), stop.clone())));
        let watcher = alert::run(store.clone(), parts.config.clone(), changes.clone(), idle.part(), stop.clone());
        running.spawn(part(watcher));
        let ping = alert::ping(store.clone(), parts.config.clone(), changes.clone(), idle.part(), stop.clone());
        running.spawn(part(ping));
        // A disk far away may leave a copy hanging, and nobody else.
        let upkeep = upkeep::run(store.clone(), parts.config.clone(), stop.clone());
        running.spawn(on_its_own_thread("upkeep", part(upkeep)));
        let scheduler = digest::run::run(store.clone(), parts.config, changes.clone(), idle.part(), stop.clone());
        running.spawn(part(scheduler));
        running.spawn(part(Reload::new(configuration, store.clone(), inlets).run(reload, stop.clone())));
        running.spawn(part(idle::tell(idle, store.clone(), changes, stop.clone())));

        if let Some(watched) = manager::watched(store.clone(), stop.clone()) {
            running.spawn(part(watched));
        }
        manager::tell_ready(&address);

        // A part that ends by itself failed, and the daemon with it: better restarted than half alive. The others
        // still get their time to drain.
        let mut result = tokio::select! {
            biased;
            () = stop.cancelled() => Ok(()),
            Some(ended) = running.join_next() => Err(failure(ended)),
        };
        stop.cancel();
        manager::tell_stopping();
        let drained = tokio::time::timeout(DRAIN, async {
            while let Some(ended) = running.join_next().await {
                if !matches!(ended, Ok(Ok(()))) {
                    result = result.and(Err(failure(ended)));
                }
            }
            result
        });
        let result = drained.await.unwrap_or_else(|_| {
            tracing::warn!("some connections did not end in time and were cut");
            Ok(())
        });
        running.shutdown().await;
        // Closing writes SQLite's log into the file; it must not hold the exit up.
        let _ = tokio::time::timeout(Duration::from_millis(500), store.close()).await;
        result
    }
}

async fn bind(listen: &Listen, option: &str) -> anyhow::Result<Listener> {
    Listener::bind(listen).await.with_context(|| format!("can't listen on {listen} ({option})"))
}

/// A part that fails at nothing: what goes wrong it tries again.
async fn part(part: impl Future<Output = ()>) -> anyhow::Result<()> {
    part.await;
    Ok(())
}
/// Runs a part on one thread of its own. The mailer's work is thousands of small steps a second: handed from thread to
/// thread they take twice as long, and on a thread of their own they hold up no page.
async fn on_its_own_thread(
    name: &str,
    part: impl Future<Output = anyhow::Result<()>> + Send + 'static,
) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (sender, ended) = tokio::sync::oneshot::channel();
    std::thread::Builder::new().name(name.to_owned()).spawn(move || {
        // Nobody asks any more once the time to drain is over.
        let _ = sender.send(runtime.block_on(part));
    })?;
    ended.await.with_context(|| format!("the {name} broke down"))?
}

/// Why a part of the daemon ended that should not have.
fn failure(ended: Result<anyhow::Result<()>, JoinError>) -> anyhow::Error {
    match ended {
        Ok(Ok(())) => anyhow!("a part of the daemon ended by itself"),
        Ok(Err(error)) => error,
        Err(error) => anyhow::Error::new(error).context("a part of the daemon broke down"),
    }
}

/// An exclusive lock on a file beside the database. The system takes it back when the process ends, however it ends.
pub fn lock(database: &Path) -> anyhow::Result<File> {
    let path = lock_file(database);
    // What stands in it says how the last run ended.
    let file = File::options().read(true).write(true).create(true).truncate(false).open(&path);
    let file = file.with_context(|| format!("can't write {}", path.display()))?;
    for _ in 0..LOCK_TRIES {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            // Whoever asks whether a daemon runs holds it for a moment.
            Err(TryLockError::WouldBlock) => std::thread::sleep(LOCK_PAUSE),
            Err(TryLockError::Error(error)) => {
                return Err(error).with_context(|| format!("can't lock {}", path.display()));
            }
        }
    }
    bail!("another kalends daemon already serves {}: stop it first, or use another database", database.display())
}
