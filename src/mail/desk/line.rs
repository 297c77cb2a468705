//! A relay, or the folder, as the desk sees it.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use super::{Ask, LONGEST_SLEEP, LineId};
use crate::config::Rate;
use crate::mail::pace::RelayPace;
use crate::mail::standing::Standing;
use crate::store::{KeptRefusal, StoppedRelay};

/// Its name, its rate, its share, and who waits for work.
pub struct Line {
    pub id: LineId,
    pub name: Arc<str>,
    pub connections: usize,
    pub(super) pace: RelayPace,
    /// What one message counts. The line that is furthest behind gets the next one.
    pub(super) stride: f64,
    pub(super) given: f64,
    pub(super) waiting: VecDeque<Ask>,
    pub(super) standing: Standing,
    /// Whether what is kept of its relay is known to it.
    pub(super) is_resumed: bool,
    /// Whether another has taken its place: there are messages on the wire, and no more to come.
    pub(super) is_leaving: bool,
    /// What workers of lines before it, of the same relay, still have on the wire.
    pub(super) overlap: usize,
}

impl Line {
    pub fn new(name: &str, rate: Rate, weight: u32, connections: usize) -> Self {
        Self {
            id: LineId(0),
            name: name.into(),
            connections,
            pace: RelayPace::new(rate, Instant::now()),
            stride: 1.0 / f64::from(weight.max(1)),
            given: 0.0,
            waiting: VecDeque::new(),
            standing: Standing::default(),
            is_resumed: false,
            is_leaving: false,
            overlap: 0,
        }
    }

    /// How it stood when the program ended.
    pub fn resume(&mut self, refusals: &[KeptRefusal], stops: &[StoppedRelay]) {
        for KeptRefusal { said, address, edition, .. } in refusals.iter().filter(|kept| *kept.relay == *self.name) {
            let domain = address.rsplit('@').next().unwrap_or_default();
            self.standing.resume(said, domain, *edition);
        }
        self.standing.set_stop(stops.iter().find(|stop| *stop.relay == *self.name).cloned());
        self.is_resumed = true;
    }

    /// Goes on where `former` stood, of which so many deliveries are `on_the_wire`: the same line if the id is the same,
    /// or one of the same relay.
    pub(super) fn follow(&mut self, former: Line, on_the_wire: usize, now: Instant) {
        self.pace.follow(&former.pace, now);
        self.given = former.given;
        self.standing = former.standing;
        self.is_resumed = former.is_resumed;
        self.overlap = former.overlap;
        match self.id == former.id {
            true => self.waiting = former.waiting,
            false => self.overlap += on_the_wire,
        }
    }

    /// How many deliveries it can take now.
    pub(super) fn room(&self, now: Instant, clock: Timestamp) -> usize {
        self.standing.allows(self.places().min(self.pace.free(now)), clock)
    }

    /// How many workers may get something. Messages of workers before them may take long: twice as many connections as
    /// are configured is the most that the relay sees, however often the configuration changes.
    fn places(&self) -> usize {
        self.waiting.len().min((self.connections + self.waiting.len()).saturating_sub(self.overlap))
    }

    /// When it may take more.
    pub(super) fn next(&self, now: Instant, clock: Timestamp) -> Instant {
        if self.places() == 0 {
            // A worker that is done with a message comes first.
            return now + LONGEST_SLEEP;
        }
        if !self.standing.is_stopped() {
            return self.pace.next();
        }
        let pause = self.standing.tried_at().map(|at| Duration::try_from(at.duration_since(clock)).unwrap_or_default());
        now + pause.unwrap_or(LONGEST_SLEEP).min(LONGEST_SLEEP)
    }
}
