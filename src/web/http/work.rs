//! Work that would hold up others: looking through all events takes a while where there are many.

use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::web::site::error::PageError;

/// Does such work on threads of its own, no more at once than leave the machine time for what is quick.
#[derive(Clone)]
pub struct Work(Arc<Semaphore>);

impl Default for Work {
    fn default() -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Self(Arc::new(Semaphore::new((processors / 2).max(1))))
    }
}

impl Work {
    /// The result of the work. Who asked for it may go away: work that has not begun is not done then.
    pub async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, PageError> {
        // Nobody closes it.
        let turn = self.0.clone().acquire_owned().await.map_err(|error| PageError::Internal(Box::new(error)))?;
        let done = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work()
        });
        done.await.map_err(|error| PageError::Internal(Box::new(error)))
    }
}
