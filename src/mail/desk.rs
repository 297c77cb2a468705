//! The desk: the one place that takes deliveries out of the outbox and gives them to whoever has a connection free.
//!
//! Workers come with how their last delivery ended and ask for another. While one turn is written to the disk others
//! queue up, and the next turn serves them all: so the disk is waited for once for many.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::pace::{Gate, RelayPace};
use crate::config::Rate;
use crate::store::watch::Changes;
use crate::store::{Outcome, Outgoing, Settled, Store};

const LONGEST_SLEEP: Duration = Duration::from_secs(30);
const SHORTEST_SLEEP: Duration = Duration::from_millis(10);
const PAUSE_AFTER_ERROR: Duration = Duration::from_secs(2);

/// A worker's way to the desk.
#[derive(Clone)]
pub struct Desk {
    requests: mpsc::UnboundedSender<Request>,
    relay: usize,
}

struct Request {
    settled: Option<Settled>,
    next: Option<Ask>,
}

struct Ask {
    relay: usize,
    reply: oneshot::Sender<Outgoing>,
}

impl Desk {
    /// How a delivery ended, and nothing more to do for now.
    pub fn settle(&self, settled: Settled) {
        // The desk outlives all workers.
        let _ = self.requests.send(Request { settled: Some(settled), next: None });
    }

    /// The next delivery for this worker, as soon as there is one; its end comes when the mailer is told to stop.
    pub fn next(&self, settled: Option<Settled>) -> oneshot::Receiver<Outgoing> {
        let (reply, receiver) = oneshot::channel();
        let _ = self.requests.send(Request { settled, next: Some(Ask { relay: self.relay, reply }) });
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
    waiting: VecDeque<oneshot::Sender<Outgoing>>,
}

impl Line {
    pub fn new(name: &str, rate: Rate, weight: u32) -> Self {
        Self {
            name: name.into(),
            pace: RelayPace::new(rate, Instant::now()),
            stride: 1.0 / f64::from(weight.max(1)),
            given: 0.0,
            waiting: VecDeque::new(),
        }
    }

    /// How many deliveries it can take now.
    fn room(&self, now: Instant) -> usize {
        self.waiting.len().min(self.pace.free(now))
    }
}

/// The desk's own side.
pub struct Clerk {
    store: Store,
    gate: Gate,
    lines: Vec<Line>,
    requests: mpsc::UnboundedReceiver<Request>,
    settled: Vec<Settled>,
    /// Whose turn it is among the digests.
    turn: usize,
    /// How much had been given to the line that was served last: one that was away does not make up for it.
    given: f64,
    /// Before then nothing is due that is known of.
    rest_until: Option<Instant>,
    is_closing: bool,
}

impl Clerk {
    /// The desk's own side and, for each line, a worker's way to it.
    pub fn new(store: Store, gate: Gate, lines: Vec<Line>) -> (Self, Vec<Desk>) {
        let (sender, requests) = mpsc::unbounded_channel();
        let desks = (0..lines.len()).map(|relay| Desk { requests: sender.clone(), relay }).collect();
        let (settled, turn, given, rest_until, is_closing) = (Vec::new(), 0, 0.0, None, false);
        (Self { store, gate, lines, requests, settled, turn, given, rest_until, is_closing }, desks)
    }

    /// Serves until `stop`, and then until the last worker has gone and what they brought is kept.
    pub async fn run(mut self, mut changes: Changes, stop: CancellationToken) {
        loop {
            let wake = self.wake();
            tokio::select! {
                request = self.requests.recv() => match request {
                    Some(request) => self.note(request),
                    None => break,
                },
                () = stop.cancelled(), if !self.is_closing => self.close(),
                Ok(()) = changes.changed(), if self.rest_until.is_some() => self.rest_until = None,
                () = tokio::time::sleep_until(wake) => {
                    if self.rest_until.is_some_and(|until| until <= Instant::now()) {
                        self.rest_until = None;
                    }
                }
            }
            while let Ok(request) = self.requests.try_recv() {
                self.note(request);
            }
            self.serve(&stop).await;
        }
        while !self.settled.is_empty() {
            self.serve(&stop).await;
        }
    }

    /// When to look again though nobody came.
    fn wake(&self) -> Instant {
        if !self.settled.is_empty() {
            return Instant::now();
        }
        let rested = self.rest_until.unwrap_or_else(|| Instant::now() + LONGEST_SLEEP);
        let waiting = self.lines.iter().filter(|line| !line.waiting.is_empty());
        let paced = waiting.map(|line| line.pace.next()).min().filter(|_| self.rest_until.is_none());
        paced.map_or(rested, |paced| paced.min(rested))
    }

    fn note(&mut self, request: Request) {
        self.settled.extend(request.settled);
        if let Some(Ask { relay, reply }) = request.next
            && !self.is_closing
        {
            self.lines[relay].waiting.push_back(reply);
        }
    }

    /// Nobody gets anything more; who waits learns it.
    fn close(&mut self) {
        self.is_closing = true;
        self.lines.iter_mut().for_each(|line| line.waiting.clear());
    }

    /// One turn, if there is something to keep or somebody to serve.
    async fn serve(&mut self, stop: &CancellationToken) {
        let now = Instant::now();
        let room = match self.rest_until {
            None => self.lines.iter().fold(0, |room: usize, line| room.saturating_add(line.room(now))),
            Some(_) => 0,
        };
        if room == 0 && self.settled.is_empty() {
            return;
        }
        self.turn = self.turn.wrapping_add(1);
        let (gate, clock) = (&mut self.gate, self.store.now());
        let taken = self.store.take_turn(&self.settled, room, self.turn, |delivery| gate.judge(delivery, clock)).await;
        let taken = match taken {
            Ok(taken) => taken,
            Err(error) => {
                // What servers said must not be lost to a lock or a full disk. If the program ends before it is kept,
                // the next start finds these deliveries as `sending`.
                tracing::error!(%error, waiting = self.settled.len(), "the outbox can't be written yet");
                let _ = stop.run_until_cancelled(tokio::time::sleep(PAUSE_AFTER_ERROR)).await;
                if stop.is_cancelled() {
                    tokio::time::sleep(Duration::from_millis(200)).await;
                }
                return;
            }
        };
        let is_all = taken.len() < room;
        self.settled.clear();
        for delivery in taken {
            self.give(delivery, now);
        }
        if room > 0 && is_all || self.rest_until.is_some() {
            self.rest().await;
        }
    }

    /// To the line with room that is furthest behind its share.
    fn give(&mut self, delivery: Outgoing, now: Instant) {
        let given = self.given;
        let behind = |line: &&mut Line| line.given.max(given - 1.0);
        let open = self.lines.iter_mut().filter(|line| line.room(now) > 0);
        let chosen = open.min_by(|a, b| behind(a).total_cmp(&behind(b)));
        let Some(line) = chosen else { return self.put_back(delivery) };
        line.given = line.given.max(given - 1.0) + line.stride;
        self.given = self.given.max(line.given);
        line.pace.take(now);
        if let Some(reply) = line.waiting.pop_front()
            && let Err(delivery) = reply.send(delivery)
        {
            self.put_back(delivery);
        }
    }

    /// Its worker has gone: it is as if it had never been taken.
    fn put_back(&mut self, delivery: Outgoing) {
        self.settled.push(Settled { id: delivery.id, outcome: Outcome::Released, relay: "".into() });
    }

    /// Nothing more is due now.
    async fn rest(&mut self) {
        let next = self.store.next_delivery_at().await.ok().flatten();
        let pause = next.map_or(LONGEST_SLEEP, |at| {
            Duration::try_from(at.duration_since(self.store.now())).unwrap_or_default().min(LONGEST_SLEEP)
        });
        self.rest_until = Some(Instant::now() + pause.max(SHORTEST_SLEEP));
    }
}
