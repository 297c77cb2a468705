//! Threads that sign: one for each processor, so that none waits for another and no part of the program for them.

use std::num::NonZero;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::available_parallelism;

use tokio::sync::oneshot;

type Job = Box<dyn FnOnce() + Send>;

/// They end when this is dropped and what was begun is done.
pub struct Signers {
    jobs: Sender<Job>,
}

impl Signers {
    pub fn new() -> std::io::Result<Self> {
        let (jobs, queue) = channel();
        let queue = Arc::new(Mutex::new(queue));
        for number in 0..available_parallelism().map_or(1, NonZero::get) {
            let queue = queue.clone();
            std::thread::Builder::new().name(format!("signer {number}")).spawn(move || work(&queue))?;
        }
        Ok(Self { jobs })
    }

    /// What `job` makes, in the order of coming. None if nobody waits for it any more, or it broke down.
    pub async fn make<T: Send + 'static>(&self, job: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        let (sender, made) = oneshot::channel();
        let job = move || {
            if !sender.is_closed() {
                let _ = sender.send(job());
            }
        };
        self.jobs.send(Box::new(job)).ok()?;
        made.await.ok()
    }
}

/// Whoever is free takes the next job.
fn work(queue: &Mutex<Receiver<Job>>) {
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
    while let Ok(job) = next() {
        job();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn each_gets_what_its_own_job_made() {
        let signers = Signers::new().unwrap();
        let made = futures_util::future::join_all((0..100).map(|n| signers.make(move || n * 2))).await;
        assert_eq!(made, (0..100).map(|n| Some(n * 2)).collect::<Vec<_>>());
    }
}
