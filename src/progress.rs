//! How far work of a while has come, told as it goes to whoever watches; and whether somebody wants it to stop.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

/// How often work that is to stop is looked at, until it may.
const LOOK: Duration = Duration::from_millis(20);

/// A part of the work.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stage {
    /// The first is 1; before that nothing was told.
    pub number: u64,
    /// What is being done, such as `writing events`.
    pub doing: String,
    pub done: u64,
    /// None where nobody knows it.
    pub total: Option<u64>,
    pub unit: Unit,
}

/// What is counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Unit {
    #[default]
    Things,
    Octets,
}

#[derive(Default)]
struct Watched {
    stage: Mutex<Stage>,
    stop: CancellationToken,
    /// How many are at what must not be left half-way.
    settling: AtomicUsize,
}

/// Goes with the work. By default nobody watches it, and it is not stopped.
#[derive(Clone, Default)]
pub struct Progress(Option<Arc<Watched>>);

/// Somebody wanted it to stop, and it did; what was not committed is not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stopped;

impl Progress {
    pub fn watched() -> Self {
        Self(Some(Arc::default()))
    }

    /// Nobody knows how long this takes.
    pub fn begin(&self, doing: impl Into<String>) {
        self.enter(doing, None, Unit::Things);
    }

    pub fn begin_counted(&self, doing: impl Into<String>, total: usize) {
        self.enter(doing, Some(total as u64), Unit::Things);
    }

    pub fn begin_octets(&self, doing: impl Into<String>, total: u64) {
        self.enter(doing, Some(total), Unit::Octets);
    }

    fn enter(&self, doing: impl Into<String>, total: Option<u64>, unit: Unit) {
        let Some(watched) = &self.0 else { return };
        let mut stage = watched.stage.lock().unwrap_or_else(PoisonError::into_inner);
        *stage = Stage { number: stage.number + 1, doing: doing.into(), done: 0, total, unit };
    }

    /// So much of it is done.
    pub fn at(&self, done: u64) {
        let Some(watched) = &self.0 else { return };
        watched.stage.lock().unwrap_or_else(PoisonError::into_inner).done = done;
    }

    pub fn stage(&self) -> Stage {
        let Some(watched) = &self.0 else { return Stage::default() };
        watched.stage.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// From now on what can be left is left.
    pub fn stop(&self) {
        if let Some(watched) = &self.0 {
            watched.stop.cancel();
        }
    }

    pub fn is_stopped(&self) -> bool {
        self.0.as_ref().is_some_and(|watched| watched.stop.is_cancelled())
    }

    /// As long as this is held, the work is not left by [`Self::unless_stopped`] around it: what is committed meanwhile is
    /// known to be done, or it looks itself whether it is to stop.
    pub fn settle(&self) -> Settling {
        if let Some(watched) = &self.0 {
            watched.settling.fetch_add(1, Ordering::SeqCst);
        }
        Settling(self.clone())
    }

    /// For work that has put away what was half-written: if it is to stop, it goes no further than this, and is left here.
    pub async fn be_left(&self) {
        if self.is_stopped() {
            std::future::pending::<()>().await;
        }
    }

    fn settling(&self) -> usize {
        self.0.as_ref().map_or(0, |watched| watched.settling.load(Ordering::SeqCst))
    }

    /// Does the work, or leaves it where it is when it is to stop.
    pub async fn unless_stopped<T>(&self, work: impl Future<Output = T>) -> Result<T, Stopped> {
        let Some(watched) = &self.0 else { return Ok(work.await) };
        let around = self.settling();
        tokio::pin!(work);
        tokio::select! {
            biased;
            done = &mut work => return Ok(done),
            () = watched.stop.cancelled() => {}
        }
        while self.settling() > around {
            tokio::select! {
                biased;
                done = &mut work => return Ok(done),
                () = tokio::time::sleep(LOOK) => {}
            }
        }
        Err(Stopped)
    }
}

/// A file, or what came from an address or by standard input, as it is told while it is read.
pub fn called(name: &str) -> &str {
    match name.rsplit('/').next() {
        None | Some("" | "-") => "what came",
        Some(name) => name,
    }
}

/// See [`Progress::settle`].
pub struct Settling(Progress);

impl Drop for Settling {
    fn drop(&mut self) {
        if let Some(watched) = &self.0.0 {
            watched.settling.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_is_left_where_it_is_but_not_before_what_it_settles_is_done() {
        let progress = Progress::watched();
        let waits = progress.unless_stopped(std::future::pending::<()>());
        let stops = async { progress.stop() };
        assert_eq!(tokio::join!(waits, stops).0, Err(Stopped));
        // To stop already, it begins nothing that it would have to wait for.
        assert_eq!(progress.unless_stopped(std::future::pending::<()>()).await, Err(Stopped));
        let settles = async {
            let settling = progress.settle();
            tokio::time::sleep(LOOK).await;
            drop(settling);
            let _inner = progress.settle();
            // Around this the settling is known, so that what is in it can be left.
            let left = progress.unless_stopped(std::future::pending::<()>()).await;
            assert_eq!(left, Err(Stopped));
            7
        };
        assert_eq!(progress.unless_stopped(settles).await, Ok(7));
    }

    #[tokio::test]
    async fn what_is_told_is_seen_by_who_watches_and_by_nobody_else() {
        for (progress, number, done) in [(Progress::watched(), 2, 5), (Progress::default(), 0, 0)] {
            progress.begin("reading");
            progress.begin_counted("writing", 9);
            progress.at(5);
            let stage = progress.stage();
            assert_eq!((stage.number, stage.done), (number, done));
            progress.stop();
            assert_eq!(progress.is_stopped(), number > 0);
        }
        assert_eq!(Progress::default().unless_stopped(async { 1 }).await, Ok(1));
    }
}
