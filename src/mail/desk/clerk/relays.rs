//! What servers' refusals mean for their relays: which is stopped, which is tried again.

use jiff::Timestamp;

use super::Clerk;
use crate::counted::ATTEMPTS;
use crate::mail::breaker::{Refusal, Verdict};
use crate::mail::desk::Ended;
use crate::mail::standing::Comes;
use crate::store::{RelayChange, Result, StoppedRelay};

impl Clerk {
    /// What ended deliveries mean for their relays, and then for themselves.
    pub(super) async fn weigh(&mut self) {
        for (line, Ended { mut settled, refusal }) in std::mem::take(&mut self.ended) {
            let now = self.store.now();
            let Some(at) = self.successor(line, &settled.relay) else {
                ATTEMPTS.add(settled.outcome.as_str());
                self.turn.settled.push(settled);
                continue;
            };
            let change = match self.lines[at].standing.end(&mut settled, refusal.as_ref(), now) {
                Comes::ToNothing => None,
                Comes::To(change) => Some(*change),
                Comes::ToSuspicion(verdict) => match refusal {
                    Some(refusal) if self.is_everybody(verdict).await => Some(self.stop(at, &refusal, now)),
                    _ => None,
                },
            };
            match &change {
                Some(RelayChange::Resumed { relay }) => tracing::info!(relay, "the relay takes mail again"),
                Some(RelayChange::Tried(StoppedRelay { relay, reason, next_at, .. })) => {
                    tracing::warn!(relay, reason, %next_at, "the relay was tried and still takes no mail");
                }
                Some(RelayChange::Stopped { stop: StoppedRelay { relay, reason, next_at, .. }, .. }) => {
                    tracing::error!(relay, reason, %next_at, "the relay refuses everybody: it is stopped, and nobody is taken off for it");
                }
                None => {}
            }
            ATTEMPTS.add(settled.outcome.as_str());
            self.turn.settled.push(settled);
            self.turn.relays.extend(change);
        }
        self.let_go();
    }

    async fn is_everybody(&self, verdict: Verdict) -> bool {
        let (editions, domain) = match verdict {
            Verdict::Individual => return false,
            Verdict::Everybody => return true,
            Verdict::EverybodyUnless { editions, domain } => (editions, domain),
        };
        for edition in editions {
            // If that can't be read, the next refusal asks again.
            if self.store.has_other_domains(edition, &domain).await.unwrap_or(true) {
                return false;
            }
        }
        true
    }

    /// Stops a relay: others may have what it refused at once.
    fn stop(&mut self, at: usize, refusal: &Refusal, now: Timestamp) -> RelayChange {
        let line = &mut self.lines[at];
        let stop = line.standing.stop(&line.name, refusal, now);
        let mut others = self.lines.iter().filter(|line| !line.is_leaving);
        let due_at = match others.all(|line| line.standing.is_stopped()) {
            true => stop.next_at,
            false => now,
        };
        RelayChange::Stopped { stop, due_at }
    }

    /// An operator may want a stopped relay tried sooner.
    pub(super) async fn look_at_stops(&mut self) -> Result<()> {
        let is_kept = self.turn.relays.is_empty();
        if self.is_stale && is_kept && self.lines.iter().any(|line| line.standing.is_stopped()) {
            let stops = self.store.stopped_relays().await?;
            for line in self.lines.iter_mut().filter(|line| line.standing.is_stopped()) {
                line.standing.set_stop(stops.iter().find(|stop| *stop.relay == *line.name).cloned());
            }
        }
        Ok(())
    }
}
