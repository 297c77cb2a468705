//! A changed configuration is taken over while the daemon runs: the file, or one that it names, changed and has rested, or
//! somebody asked for it.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::Configuration;
use super::parts::Inlets;
use crate::config::Change;
use crate::store::Store;

/// How often the files are looked at. Watching by the system would lose what editors do, who put another file in place.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// So long nothing may have changed any more: nobody has written half of it.
const REST: Duration = Duration::from_millis(500);
/// What could not be taken over may go the next time, as when the database was busy.
const TRY_AGAIN: Duration = Duration::from_secs(30);

/// What of a file shows that it changed: where it lies, its size, when it was written and when it was put there.
type Mark = Option<(u64, u64, u64, (i64, i64), (i64, i64))>;

fn mark(path: &Path) -> Mark {
    let file = std::fs::metadata(path).ok()?;
    Some((file.dev(), file.ino(), file.size(), (file.mtime(), file.mtime_nsec()), (file.ctime(), file.ctime_nsec())))
}

/// What keeps the configuration in force in step with the file.
pub struct Reload {
    configuration: Configuration,
    store: Store,
    inlets: Inlets,
    /// What is looked at: the file, and those that it names.
    files: Vec<PathBuf>,
    /// What was last told to be wrong.
    refused: Vec<String>,
}

impl Reload {
    pub fn new(configuration: Configuration, store: Store, inlets: Inlets) -> Self {
        let files = configuration.files();
        Self { configuration, store, inlets, files, refused: Vec::new() }
    }

    /// Runs until `stop`. What comes by `asked` has the file read at once, unless it is just being written.
    pub async fn run(mut self, mut asked: mpsc::Receiver<()>, stop: CancellationToken) {
        let mut look = interval(LOOK_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut seen, mut is_asked) = (self.marks().await, false);
        // It may have changed between being read and being looked at, and may be half written now.
        let mut read_at = Some(Instant::now() + REST);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = look.tick() => {}
                Some(()) = asked.recv() => is_asked = true,
            }
            let marks = self.marks().await;
            if marks != seen {
                seen = marks;
                read_at = Some(Instant::now() + REST);
            } else if is_asked && read_at.is_none_or(|at| at > Instant::now() + REST) {
                read_at = Some(Instant::now());
            }
            if read_at.is_none_or(|at| at > Instant::now()) {
                continue;
            }
            read_at = None;
            let next = self.read().await;
            let now = self.marks().await;
            if now != seen {
                // It was written while it was read.
                seen = now;
                read_at = Some(Instant::now() + REST);
                continue;
            }
            let before = self.files.clone();
            if !self.weigh(next, std::mem::take(&mut is_asked)).await {
                read_at = Some(Instant::now() + TRY_AGAIN);
            }
            if self.files != before {
                // They may have changed since they were read.
                seen = self.marks().await;
                read_at = Some(Instant::now() + REST);
            }
        }
    }

    async fn marks(&self) -> Vec<Mark> {
        let files = self.files.clone();
        tokio::task::spawn_blocking(move || files.iter().map(|file| mark(file)).collect()).await.unwrap_or_default()
    }

    /// What the file says now; sentences if that is wrong.
    async fn read(&self) -> Result<Configuration, Vec<String>> {
        let file = self.configuration.file().map(Path::to_owned);
        let read = tokio::task::spawn_blocking(move || Configuration::load(file.as_deref())).await;
        read.map_err(|error| vec![error.to_string()])?.map_err(|error| error.sentences())
    }

    /// Takes over what was read, if it is another and right; whether nothing of it has to be tried again.
    async fn weigh(&mut self, next: Result<Configuration, Vec<String>>, is_asked: bool) -> bool {
        let next = match next {
            Ok(next) => next,
            Err(sentences) => {
                self.refuse(sentences, is_asked).await;
                return true;
            }
        };
        let (next, changes) = next.after(&self.configuration);
        // What it names is looked at even if it can't be taken over: there may be what has to be mended.
        self.files = next.files();
        if !changes.is_empty()
            && let Err(error) = self.inlets.take_over(&self.store, next.config.clone()).await
        {
            self.refuse(vec![format!("{error:#}")], is_asked).await;
            return false;
        }
        for change in &changes {
            tracing::info!("the configuration was taken over: {change}");
        }
        for change in next.waiting.iter().filter(|change| !self.configuration.waiting.contains(change)) {
            tracing::warn!("this changes when the daemon is started again: {change}");
        }
        let was_refused = !std::mem::take(&mut self.refused).is_empty();
        if changes.is_empty() && was_refused {
            tracing::info!("the configuration is right again, and says what is in force");
        } else if changes.is_empty() && is_asked {
            tracing::info!("the configuration was read again: nothing changed");
        }
        if !changes.is_empty() || was_refused || next.waiting != self.configuration.waiting {
            let waiting: Vec<String> = next.waiting.iter().map(Change::to_string).collect();
            if let Err(error) = self.store.note_taken_over(&next.settings_as_json(), &waiting).await {
                tracing::warn!(%error, "which configuration is in force could not be noted");
            }
            tell_absent_digests(&self.store).await;
        }
        self.configuration = next;
        true
    }

    /// Keeps the old one, and says why: once, and whenever somebody asks.
    async fn refuse(&mut self, sentences: Vec<String>, is_asked: bool) {
        if sentences == self.refused && !is_asked {
            return;
        }
        for sentence in &sentences {
            tracing::error!("the configuration can't be taken over, the old one stays in force: {sentence}");
        }
        if let Err(error) = self.store.note_refused_file(&sentences).await {
            tracing::warn!(%error, "that the configuration can't be taken over could not be noted");
        }
        self.refused = sentences;
    }
}

/// The log tells which digests are not in the configuration any more, if somebody misses them.
pub async fn tell_absent_digests(store: &Store) {
    match store.absent_digests().await {
        Ok(absent) => {
            for digest in absent {
                tracing::warn!(
                    digest = digest.slug,
                    readers = digest.readers,
                    queued = digest.queued,
                    "the digest is not in the configuration: it makes no editions, and its mails wait until it is there again"
                );
            }
        }
        Err(error) => tracing::warn!(%error, "which digests are not in the configuration can't be read"),
    }
}
