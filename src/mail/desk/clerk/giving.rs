//! What is next, and who gets it.

use std::collections::HashMap;

use tokio::sync::oneshot;
use tokio::time::Instant;

use super::{Ask, Assignment, Clerk, Due, Given, InHand};
use crate::store::{Outcome, Outgoing, Record, Result, Settled};

/// So many due deliveries are read at once at least: that takes no longer than a turn waits for the disk.
const LOOK_AHEAD: usize = 100;

impl Clerk {
    /// Who comes for what it has asked its server about, with the place of its line. A relay that was stopped since, or is
    /// gone, gets nothing: somebody else does.
    pub(super) fn come(&mut self) -> Vec<(usize, Due, Ask)> {
        let mut coming = Vec::new();
        for (due, ask) in std::mem::take(&mut self.coming) {
            match self.place(ask.line) {
                Some(at) if !self.lines[at].standing.is_stopped() => coming.push((at, due, ask)),
                _ => {
                    self.take_back(Some(due));
                    self.wait(ask);
                }
            }
        }
        coming
    }

    /// Who asks waits at its line; if others have taken its place, it gets nothing more and learns it.
    pub(super) fn wait(&mut self, ask: Ask) {
        if let Some(at) = self.place(ask.line) {
            self.lines[at].waiting.push_back(ask);
        }
    }

    /// How many due deliveries are read at once. More are read while there is still as much as is made ahead.
    pub(super) fn look_ahead(&self) -> usize {
        LOOK_AHEAD.max(4 * self.ahead)
    }

    /// Takes what is due from the outbox, without what was given out since it was read. Messages that are begun go on.
    pub(super) fn refill(&mut self, due: Vec<Outgoing>, given: &[i64]) {
        let known = std::mem::take(&mut self.ready).into_iter().map(|due| (due.delivery.id, due));
        let mut known: HashMap<_, _> = known.collect();
        let is_taken = |id: &i64| given.contains(id) || self.in_hand.contains_key(id) || self.kept.contains(id);
        let due = due.into_iter().filter(|next| !is_taken(&next.id));
        self.ready = due
            .map(|next| match known.remove(&next.id) {
                Some(known) if known.is_as_good_as(&next) => known,
                _ => Due::new(next, &self.composer),
            })
            .collect();
        self.is_stale = false;
    }

    /// Begins the messages that are next.
    pub(super) fn compose_ahead(&mut self) {
        self.ready.iter_mut().take(self.ahead).for_each(Due::begin);
    }

    /// Up to `room` deliveries that may go now; those before them that may not are put off.
    pub(super) async fn choose(&mut self, room: usize) -> Result<Vec<Due>> {
        if self.is_stale || self.ready.is_empty() {
            let due = self.store.due_deliveries(self.look_ahead()).await?;
            self.refill(due, &[]);
        }
        let clock = self.store.now();
        let mut chosen = Vec::new();
        while chosen.len() < room
            && let Some(due) = self.ready.pop_front()
        {
            match self.gate.judge(&due.delivery, clock) {
                Some(until) => self.turn.put_off.push((due.delivery.id, until)),
                None => chosen.push(due),
            }
        }
        Ok(chosen)
    }

    /// To the line with room that is furthest behind its share.
    pub(super) fn give(&mut self, due: Due, now: Instant) -> Option<Given> {
        let (least, clock) = (self.given - 1.0, self.store.now());
        let open = self.lines.iter().enumerate().filter(|(_, line)| line.room(now, clock) > 0);
        let (at, _) = open.min_by(|(_, a), (_, b)| a.given.max(least).total_cmp(&b.given.max(least)))?;
        let ask = self.lines[at].waiting.pop_front()?;
        self.count(at, now);
        self.hand(at, due, ask, now)
    }

    /// To who has come for it.
    pub(super) fn hand(&mut self, at: usize, mut due: Due, ask: Ask, now: Instant) -> Option<Given> {
        let Ask { line, keeps_one, reply, .. } = ask;
        let (id, (sender, go)) = (due.delivery.id, oneshot::channel());
        self.kept.remove(&id);
        due.begin();
        reply.send(Assignment { due, go }).ok()?;
        self.in_hand.insert(id, InHand { since: now, line, relay: self.lines[at].name.clone() });
        self.lines[at].standing.begin(id);
        Some(Given { id, at, keeps_one, go: sender })
    }

    /// What a worker of this line will do next, if that may go now.
    pub(super) fn keep_one(&mut self, at: usize, now: Instant) -> Option<Due> {
        let line = &self.lines[at];
        if self.is_closing || line.standing.is_stopped() || line.pace.free(now) == 0 {
            return None;
        }
        let due = self.ready.pop_front()?;
        if let Some(until) = self.gate.judge(&due.delivery, self.store.now()) {
            self.turn.put_off.push((due.delivery.id, until));
            return None;
        }
        self.count(at, now);
        self.kept.insert(due.delivery.id);
        Some(due)
    }

    /// The line gets one of its share.
    pub(super) fn count(&mut self, at: usize, now: Instant) {
        let line = &mut self.lines[at];
        line.given = line.given.max(self.given - 1.0) + line.stride;
        line.pace.take(now);
        self.given = self.given.max(line.given);
    }

    /// Nobody has it: it is as if it had never been taken.
    pub(super) fn put_back(&mut self, id: i64) {
        self.in_hand.remove(&id);
        self.lines.iter_mut().for_each(|line| line.standing.withdraw(id));
        let (outcome, record) = (Outcome::Released, Record::Nothing);
        self.turn.settled.push(Settled { id, outcome, relay: "".into(), relay_id: None, attempts: 0, record });
    }

    /// Its worker does something else.
    pub(super) fn take_back(&mut self, kept: Option<Due>) {
        if let Some(due) = kept {
            self.kept.remove(&due.delivery.id);
            self.ready.push_front(due.by(&self.composer));
        }
    }
}
