//! The desk: the one place that takes deliveries out of the outbox and gives them to whoever has a connection free.
//!
//! Workers come with how their last delivery ended and ask for another. A turn serves all who are there, and waits a
//! moment for those about to come: so the disk is waited for once for many. While that is on the wire, the messages of
//! the next turn are made.
//!
//! Where a server takes several commands at once, its worker is told ahead what it will do next, and asks about that with
//! the message before. It is taken in hand only when that message is settled: so no connection has two in doubt.

mod clerk;
mod line;

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;
use tokio_util::task::AbortOnDropHandle;

use super::SendError;
use super::breaker::Refusal;
use super::composer::Composer;
use super::pace::Gate;
use super::smtp::Envelope;
use crate::config::Config;
use crate::store::{Outgoing, Settled};
pub use clerk::Clerk;
pub use line::Line;

/// A message says when it was made; with a slow relay that may be long before it goes.
const FRESH: SignedDuration = SignedDuration::from_secs(60);
const LONGEST_SLEEP: Duration = Duration::from_secs(30);

/// A worker's way to the desk.
#[derive(Clone)]
pub struct Desk {
    calls: mpsc::UnboundedSender<Call>,
    line: LineId,
}

/// Which line, for as long as the program runs: one that takes another's place is another line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineId(pub u64);

/// Whoever comes to the clerk.
pub enum Call {
    Worker(Box<Visit>),
    /// From now on all is done by this.
    Takeover(Box<Takeover>),
}

/// What the desk goes by: all of it is replaced at once.
pub struct Takeover {
    pub config: Arc<Config>,
    /// The very same as before if it makes the same messages.
    pub composer: Arc<Composer>,
    pub gate: Gate,
    /// One with the id of a line that there is goes on, with its workers; all other workers get nothing more.
    pub lines: Vec<Line>,
}

/// How a worker's delivery ended, and what its server said if it refused it.
pub struct Ended {
    pub settled: Settled,
    pub refusal: Option<Refusal>,
}

/// What a worker comes with.
pub struct Visit {
    line: LineId,
    ended: Option<Ended>,
    /// What it was to do next and does not.
    returned: Option<Due>,
    next: Option<Ask>,
}

struct Ask {
    line: LineId,
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
    /// The place of its line.
    at: usize,
    keeps_one: bool,
    go: oneshot::Sender<Option<Due>>,
}

type InTheMaking = AbortOnDropHandle<std::result::Result<Vec<u8>, SendError>>;

/// A delivery that is due, with its message if that is begun.
pub struct Due {
    pub delivery: Outgoing,
    pub envelope: Envelope,
    message: Option<InTheMaking>,
    /// Envelope and message are of one mind.
    composer: Arc<Composer>,
}

/// A delivery in a worker's hands.
struct InHand {
    since: Instant,
    line: LineId,
    relay: Arc<str>,
}

impl Due {
    fn new(delivery: Outgoing, composer: &Arc<Composer>) -> Self {
        Self { envelope: composer.envelope(&delivery), delivery, message: None, composer: composer.clone() }
    }

    /// As this composer makes it.
    fn by(self, composer: &Arc<Composer>) -> Self {
        if Arc::ptr_eq(&self.composer, composer) { self } else { Self::new(self.delivery, composer) }
    }

    fn begin(&mut self) {
        self.message.get_or_insert_with(|| {
            let (composer, delivery) = (self.composer.clone(), self.delivery.clone());
            AbortOnDropHandle::new(tokio::spawn(async move { composer.compose(delivery).await }))
        });
    }

    /// By which a provider can name it.
    pub fn mark(&self) -> String {
        self.composer.mark(&self.delivery)
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
    /// The way of the workers of one line.
    pub fn of(calls: &mpsc::UnboundedSender<Call>, line: LineId) -> Self {
        Self { calls: calls.clone(), line }
    }

    /// How a delivery ended, and nothing more to do for now; `returned` is for somebody else to do.
    pub fn settle(&self, ended: Ended, returned: Option<Due>) {
        self.visit(Some(ended), returned, None);
    }

    /// For somebody else to do.
    pub fn give_back(&self, due: Due) {
        self.visit(None, Some(due), None);
    }

    /// The next delivery for this worker, `kept` if there is one, as soon as it can be; its end comes when the mailer
    /// is told to stop, or others have taken this one's place.
    pub fn next(&self, ended: Option<Ended>, kept: Option<Due>, keeps_one: bool) -> oneshot::Receiver<Assignment> {
        let (reply, receiver) = oneshot::channel();
        self.visit(ended, None, Some(Ask { line: self.line, kept, keeps_one, reply }));
        receiver
    }

    fn visit(&self, ended: Option<Ended>, returned: Option<Due>, next: Option<Ask>) {
        // The desk outlives all workers.
        let _ = self.calls.send(Call::Worker(Box::new(Visit { line: self.line, ended, returned, next })));
    }
}
