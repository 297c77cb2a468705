//! The desk: the one place that takes deliveries out of the outbox and gives them to whoever has a connection free.
//!
//! Workers come with how their last delivery ended and ask for another. A turn serves all who are there, and waits a
//! moment for those about to come: so the disk is waited for once for many. While that is on the wire, the messages of
//! the next turn are made.
//!
//! Where a server takes several commands at once, its worker is told ahead what it will do next, and asks about that with
//! the message before. It is taken in hand only when that message is settled: so no connection has two in doubt.

mod clerk;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;
use tokio_util::task::AbortOnDropHandle;

use super::SendError;
use super::breaker::Refusal;
use super::composer::Composer;
use super::pace::RelayPace;
use super::smtp::Envelope;
use super::standing::Standing;
use crate::config::Rate;
use crate::store::{KeptRefusal, Outgoing, Settled, StoppedRelay};
pub use clerk::Clerk;

/// A message says when it was made; with a slow relay that may be long before it goes.
const FRESH: SignedDuration = SignedDuration::from_secs(60);
const LONGEST_SLEEP: Duration = Duration::from_secs(30);

/// A worker's way to the desk.
#[derive(Clone)]
pub struct Desk {
    visits: mpsc::UnboundedSender<Visit>,
    relay: usize,
}

/// How a worker's delivery ended, and what its server said if it refused it.
pub struct Ended {
    pub settled: Settled,
    pub refusal: Option<Refusal>,
}

/// What a worker comes with.
#[derive(Default)]
struct Visit {
    relay: usize,
    ended: Option<Ended>,
    /// What it was to do next and does not.
    returned: Option<Due>,
    next: Option<Ask>,
}

struct Ask {
    relay: usize,
    /// What it has asked its server about already, with the message before.
    kept: Option<Due>,
    /// Whether it can do that again.
    keeps_one: bool,
    reply: oneshot::Sender<Assignment>,
}

/// A delivery for a worker. Its server may be asked at once, and gets the message when `go` comes: then the attempt is
/// on disk. If its sender goes instead, somebody has left or paused meanwhile, and the worker comes for another. With
/// `go` may come what the worker will do next: that is not taken in hand yet, but its server can be asked about it.
pub struct Assignment {
    pub due: Due,
    pub go: oneshot::Receiver<Option<Due>>,
}

/// A delivery on its way to a worker whose attempt is being written.
struct Given {
    id: i64,
    relay: usize,
    keeps_one: bool,
    go: oneshot::Sender<Option<Due>>,
}

type InTheMaking = AbortOnDropHandle<std::result::Result<Vec<u8>, SendError>>;

/// A delivery that is due, with its message if that is begun.
pub struct Due {
    pub delivery: Outgoing,
    pub envelope: Envelope,
    message: Option<InTheMaking>,
}

impl Due {
    fn new(delivery: Outgoing, composer: &Composer) -> Self {
        Self { envelope: composer.envelope(&delivery), delivery, message: None }
    }

    fn begin(&mut self, composer: &Arc<Composer>) {
        self.message.get_or_insert_with(|| {
            let (composer, delivery) = (composer.clone(), self.delivery.clone());
            AbortOnDropHandle::new(tokio::spawn(async move { composer.compose(delivery).await }))
        });
    }

    /// The octets of its message, once they are made.
    pub async fn message(&mut self) -> std::result::Result<Vec<u8>, SendError> {
        match self.message.take() {
            Some(making) => making.await.unwrap_or_else(|e| Err(SendError::NotTried(e.to_string()))),
            None => Err(SendError::NotTried("its message was not begun".into())),
        }
    }

    /// Whether its message may stand for one that is begun now.
    fn is_as_good_as(&self, new: &Outgoing) -> bool {
        let old = &self.delivery;
        old.address == new.address && new.tried_since.duration_since(old.tried_since) < FRESH
    }
}

impl Desk {
    /// How a delivery ended, and nothing more to do for now; `returned` is for somebody else to do.
    pub fn settle(&self, ended: Ended, returned: Option<Due>) {
        // The desk outlives all workers.
        let _ = self.visits.send(Visit { relay: self.relay, ended: Some(ended), returned, next: None });
    }

    /// For somebody else to do.
    pub fn give_back(&self, due: Due) {
        let _ = self.visits.send(Visit { returned: Some(due), ..Visit::default() });
    }

    /// The next delivery for this worker, `kept` if there is one, as soon as it can be; its end comes when the mailer
    /// is told to stop.
    pub fn next(&self, ended: Option<Ended>, kept: Option<Due>, keeps_one: bool) -> oneshot::Receiver<Assignment> {
        let (reply, receiver) = oneshot::channel();
        let next = Some(Ask { relay: self.relay, kept, keeps_one, reply });
        let _ = self.visits.send(Visit { relay: self.relay, ended, returned: None, next });
        receiver
    }
}

/// A relay as the desk sees it: its name, its rate, its share, and who waits for work.
pub struct Line {
    pub name: Arc<str>,
    pace: RelayPace,
    /// What one message counts. The line that is furthest behind gets the next one.
    stride: f64,
    given: f64,
    connections: usize,
    waiting: VecDeque<Ask>,
    standing: Standing,
}

impl Line {
    pub fn new(name: &str, rate: Rate, weight: u32, connections: usize) -> Self {
        Self {
            name: name.into(),
            connections,
            pace: RelayPace::new(rate, Instant::now()),
            stride: 1.0 / f64::from(weight.max(1)),
            given: 0.0,
            waiting: VecDeque::new(),
            standing: Standing::default(),
        }
    }

    /// How it stood when the program ended.
    pub fn resume(&mut self, refusals: &[KeptRefusal], stops: &[StoppedRelay]) {
        for KeptRefusal { said, address, edition, .. } in refusals.iter().filter(|kept| *kept.relay == *self.name) {
            let domain = address.rsplit('@').next().unwrap_or_default();
            self.standing.resume(said, domain, *edition);
        }
        self.standing.set_stop(stops.iter().find(|stop| *stop.relay == *self.name).cloned());
    }

    /// How many deliveries it can take now.
    fn room(&self, now: Instant, clock: Timestamp) -> usize {
        self.standing.allows(self.waiting.len().min(self.pace.free(now)), clock)
    }

    /// When it may take more.
    fn next(&self, now: Instant, clock: Timestamp) -> Instant {
        if !self.standing.is_stopped() {
            return self.pace.next();
        }
        let pause = self.standing.tried_at().map(|at| Duration::try_from(at.duration_since(clock)).unwrap_or_default());
        now + pause.unwrap_or(LONGEST_SLEEP).min(LONGEST_SLEEP)
    }
}
