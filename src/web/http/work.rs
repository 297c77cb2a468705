//! Work that would hold up others: looking through all events takes a while where there are many.

use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::JoinError;

/// Does such work on threads of its own, no more at once than leave the machine time for what is quick.
#[derive(Clone)]
pub struct Work(Arc<Semaphore>);

/// Work that broke down, or that the end of the daemon left undone.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct WorkError(JoinError);

impl Default for Work {
    fn default() -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Self(Arc::new(Semaphore::new((processors / 2).max(1))))
    }
}

impl Work {
    /// The result of the work. Who asked for it may go away: work that has not begun is not done then.
    pub async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, WorkError> {
        // Nobody closes it, so there is always a turn.
        let turn = self.0.clone().acquire_owned().await.ok();
        let done = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work()
        });
        done.await.map_err(WorkError)
    }
}
