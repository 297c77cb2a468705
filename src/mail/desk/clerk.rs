//! The desk's own side: what ended is written, what is next is chosen and given out.

mod giving;
mod relays;
mod takeover;

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{Ask, Assignment, Call, Due, Ended, Given, InHand, LONGEST_SLEEP, Line, LineId, Takeover};
use crate::config::Config;
use crate::idle::Part;
use crate::mail::composer::Composer;
use crate::mail::pace::Gate;
use crate::store::watch::Changes;
use crate::store::{Result, Store, Turn};

/// How long a turn waits for workers that are still busy, if their deliveries are quick: with a server far away the disk
/// is not what takes time.
const GATHERING: Duration = Duration::from_millis(1);
const QUICK: Duration = Duration::from_millis(10);
/// Signing for a while ahead keeps all processors busy, whatever connections and the disk wait for.
const AHEAD_OF_SIGNERS: usize = 200;
const SHORTEST_SLEEP: Duration = Duration::from_millis(10);
const PAUSE_AFTER_ERROR: Duration = Duration::from_secs(2);

/// The desk's own side.
pub struct Clerk {
    store: Store,
    gate: Gate,
    lines: Vec<Line>,
    config: Arc<Config>,
    composer: Arc<Composer>,
    /// What it seals links with.
    word: String,
    /// So many messages are made before they are asked for.
    ahead: usize,
    calls: mpsc::UnboundedReceiver<Call>,
    /// What ended at which line, to be weighed.
    ended: Vec<(LineId, Ended)>,
    /// What the next turn has to keep.
    turn: Turn,
    /// Who comes for what it has asked its server about already.
    coming: Vec<(Due, Ask)>,
    /// What workers will do next.
    kept: HashSet<i64>,
    /// The deliveries that workers have.
    in_hand: HashMap<i64, InHand>,
    /// How many of those took longer than a turn waits: the next does not wait for them again.
    slow: usize,
    /// Due as the outbox had it a moment ago; what became of it since is asked when it is taken in hand.
    ready: VecDeque<Due>,
    /// The outbox has changed since: something else may come first.
    is_stale: bool,
    /// How much had been given to the line that was served last: one that was away does not make up for it.
    given: f64,
    /// Before then nothing is due that is known of.
    rest_until: Option<Instant>,
    /// When the outbox then had the next delivery due.
    next_due: Option<Timestamp>,
    /// There are new ones, or some are gone: what is kept of them is not in step yet.
    has_other_relays: bool,
    is_closing: bool,
}

impl Clerk {
    /// The desk's own side, which takes what is called there.
    pub fn new(store: Store, first: Takeover, calls: mpsc::UnboundedReceiver<Call>) -> Self {
        let Takeover { config, composer, gate, lines } = first;
        let ahead = ahead(&composer, &lines);
        Self {
            store,
            gate,
            lines,
            config,
            word: composer.word(),
            composer,
            ahead,
            calls,
            ended: Vec::new(),
            turn: Turn::default(),
            coming: Vec::new(),
            kept: HashSet::new(),
            in_hand: HashMap::new(),
            slow: 0,
            ready: VecDeque::new(),
            is_stale: false,
            given: 0.0,
            rest_until: None,
            next_due: None,
            has_other_relays: false,
            is_closing: false,
        }
    }

    /// Serves until `stop`, and then until the last worker has gone and what they brought is kept.
    pub async fn run(mut self, mut changes: Changes, idle: Part, stop: CancellationToken) {
        let mut seen = changes.borrow_and_update().count;
        loop {
            let wake = self.wake();
            match self.idle_until() {
                Some(until) => idle.rests(seen, until),
                None => idle.works(),
            }
            tokio::select! {
                call = self.calls.recv() => match call {
                    Some(call) => {
                        let is_quick = self.note(call);
                        self.gather(is_quick).await;
                    }
                    None => break,
                },
                () = stop.cancelled(), if !self.is_closing => self.close(),
                Ok(()) = changes.changed() => {
                    seen = changes.borrow_and_update().count;
                    self.heed_secret();
                    self.look_again();
                }
                () = tokio::time::sleep_until(wake) => {
                    if self.rest_until.is_some_and(|until| until <= Instant::now()) {
                        self.look_again();
                    }
                }
            }
            if let Err(error) = self.serve().await {
                // What servers said must not be lost to a lock or a full disk. If the program ends before it is kept,
                // the next start finds these deliveries as `sending`.
                tracing::error!(%error, waiting = self.turn.settled.len(), "the outbox can't be read or written yet");
                let pause = if stop.is_cancelled() { PAUSE_AFTER_ERROR / 10 } else { PAUSE_AFTER_ERROR };
                tokio::time::sleep(pause).await;
            }
        }
        while !self.ended.is_empty() || !self.turn.is_empty() {
            if let Err(error) = self.serve().await {
                tracing::error!(%error, waiting = self.turn.settled.len(), "the outbox can't be written yet");
                tokio::time::sleep(PAUSE_AFTER_ERROR / 10).await;
            }
        }
    }

    /// When to look again though nobody came.
    fn wake(&self) -> Instant {
        let now = Instant::now();
        if !self.ended.is_empty() || !self.turn.is_empty() || !self.coming.is_empty() || self.has_other_relays {
            return now;
        }
        let clock = self.store.now();
        let waiting = self.lines.iter().filter(|line| !line.waiting.is_empty());
        match (self.rest_until, waiting.map(|line| line.next(now, clock)).min()) {
            (Some(rest), _) => rest,
            (None, Some(paced)) => paced,
            (None, None) => now + LONGEST_SLEEP,
        }
    }

    /// Until when there is nothing to do, if nobody has a delivery and none may go: none is due, or no line takes any.
    fn idle_until(&self) -> Option<Option<Timestamp>> {
        let is_at_work = !self.ended.is_empty() || !self.coming.is_empty() || !self.in_hand.is_empty();
        if is_at_work || !self.turn.is_empty() || !self.kept.is_empty() || self.has_other_relays || self.is_closing {
            return None;
        }
        if self.rest_until.is_some() {
            return Some(self.next_due);
        }
        let (now, clock) = (Instant::now(), self.store.now());
        let held = |line: &Line| !line.waiting.is_empty() && line.room(now, clock) == 0;
        let next = self.lines.iter().map(|line| line.next(now, clock)).min().filter(|next| *next > now)?;
        let until = clock + SignedDuration::try_from(next - now).unwrap_or_default();
        self.lines.iter().all(held).then_some(Some(until))
    }

    /// Who has come already and, if deliveries are quick, who comes soon.
    async fn gather(&mut self, is_quick: bool) {
        let until = Instant::now() + GATHERING;
        loop {
            while let Ok(call) = self.calls.try_recv() {
                self.note(call);
            }
            if !is_quick || self.in_hand.len() <= self.slow {
                return;
            }
            match tokio::time::timeout_at(until, self.calls.recv()).await {
                Ok(Some(call)) => {
                    self.note(call);
                }
                Ok(None) => return,
                Err(_) => break,
            }
        }
        self.slow = self.in_hand.len();
    }

    /// Whether it brings a delivery that was quick.
    fn note(&mut self, call: Call) -> bool {
        let visit = match call {
            Call::Worker(visit) => *visit,
            Call::Takeover(next) => {
                self.take_over(*next);
                return false;
            }
        };
        let mut is_quick = false;
        if let Some(ended) = visit.ended {
            if let Some(held) = self.in_hand.remove(&ended.settled.id) {
                is_quick = held.since.elapsed() < QUICK;
                self.make_room_after(&held);
            }
            self.slow = self.slow.min(self.in_hand.len());
            self.ended.push((visit.line, ended));
        }
        self.take_back(visit.returned);
        if let Some(mut ask) = visit.next
            && !self.is_closing
        {
            match ask.kept.take() {
                Some(due) => self.coming.push((due, ask)),
                None => self.wait(ask),
            }
        }
        is_quick
    }

    /// The outbox changed, or something fell due: something else may come first now.
    fn look_again(&mut self) {
        self.rest_until = None;
        self.is_stale = true;
    }

    /// Nobody gets anything more; who waits learns it.
    fn close(&mut self) {
        self.is_closing = true;
        self.coming.clear();
        self.lines.iter_mut().for_each(|line| line.waiting.clear());
    }

    /// One turn, if there is something to keep or somebody to serve.
    async fn serve(&mut self) -> Result<()> {
        self.weigh().await;
        self.forget_relays().await?;
        self.look_at_stops().await?;
        let (now, clock) = (Instant::now(), self.store.now());
        let room: usize = self.lines.iter().map(|line| line.room(now, clock)).sum();
        let is_resting = self.rest_until.is_some();
        let chosen = match room {
            1.. if !is_resting => self.choose(room).await?,
            _ => Vec::new(),
        };
        let coming = self.come();
        if chosen.is_empty() && coming.is_empty() && self.turn.is_empty() {
            return self.rest(room > 0 && !is_resting).await;
        }
        let is_short = chosen.len() < room && self.ready.is_empty() && self.turn.put_off.is_empty();
        let is_low = chosen.len() + coming.len() > 0 && (self.is_stale || self.ready.len() < 2 * self.ahead);
        let mut given: Vec<_> = coming.into_iter().filter_map(|(at, due, ask)| self.hand(at, due, ask, now)).collect();
        given.extend(chosen.into_iter().filter_map(|due| self.give(due, now)));
        self.compose_ahead();
        let wanted: Vec<i64> = given.iter().map(|given| given.id).collect();
        let look_ahead = self.look_ahead();
        let turn = self.store.take_turn(&self.turn, &wanted, self.config.bounce.soft_limit);
        // Meanwhile what comes next is read: the disk takes its time.
        let (taken, more) = tokio::join!(turn, async {
            match is_low {
                true => self.store.due_deliveries(look_ahead).await.map(Some),
                false => Ok(None),
            }
        });
        let taken = match taken {
            Ok(taken) => taken,
            Err(error) => {
                self.is_stale = true;
                // Nobody goes, whether that was written or not.
                wanted.into_iter().for_each(|id| self.put_back(id));
                return Err(error);
            }
        };
        self.turn = Turn::default();
        for Given { id, at, keeps_one, go } in given {
            if !taken.contains(&id) {
                self.in_hand.remove(&id);
                self.lines[at].standing.withdraw(id);
                continue;
            }
            let next = if keeps_one { self.keep_one(at, now) } else { None };
            if let Err(next) = go.send(next) {
                self.put_back(id);
                self.take_back(next);
            }
        }
        if let Some(more) = more? {
            self.refill(more, &wanted);
        }
        self.rest(is_resting || is_short).await
    }

    /// Where nothing more is due now, until when.
    async fn rest(&mut self, is_idle: bool) -> Result<()> {
        if is_idle {
            let next = self.store.next_delivery_at().await?;
            let pause = next.map_or(LONGEST_SLEEP, |at| {
                Duration::try_from(at.duration_since(self.store.now())).unwrap_or_default().min(LONGEST_SLEEP)
            });
            self.rest_until = Some(Instant::now() + pause.max(SHORTEST_SLEEP));
            self.next_due = next;
        }
        Ok(())
    }
}

/// So many messages are made before they are asked for.
fn ahead(composer: &Composer, lines: &[Line]) -> usize {
    let connections = lines.iter().filter(|line| !line.is_leaving).map(|line| line.connections).sum();
    if composer.takes_long() { AHEAD_OF_SIGNERS.max(connections) } else { connections }
}
