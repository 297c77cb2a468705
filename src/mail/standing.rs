//! How a relay stands: what it refused since it last took a mail, and whether it is stopped for refusing everybody. A
//! stopped one is tried with one message at a time, ever later.

use jiff::Timestamp;

use super::breaker::{Refusal, Run, Verdict, next_try};
use crate::domain::reply::About;
use crate::store::{Outcome, Record, RelayChange, Settled, StoppedRelay};

#[derive(Debug, Default)]
pub struct Standing {
    run: Run,
    stop: Option<Stop>,
}

#[derive(Debug)]
struct Stop {
    kept: StoppedRelay,
    /// The delivery that it is tried with.
    trial: Option<i64>,
}

/// What the end of a delivery comes to.
#[derive(Debug)]
pub enum Comes {
    ToNothing,
    To(Box<RelayChange>),
    /// The relay may refuse everybody.
    ToSuspicion(Verdict),
}

impl Standing {
    /// A relay that was stopped before the program started, or refused something then.
    pub fn resume(&mut self, said: &str, domain: &str, edition: Option<i64>) {
        self.run.resume(said, domain, edition);
    }

    pub fn set_stop(&mut self, kept: Option<StoppedRelay>) {
        let trial = self.stop.take().and_then(|stop| stop.trial);
        self.stop = kept.map(|kept| Stop { kept, trial });
    }

    pub fn is_stopped(&self) -> bool {
        self.stop.is_some()
    }

    /// It may be another one by now, so that it is tried at once if it is stopped.
    pub fn renew(&mut self, now: Timestamp) -> Option<StoppedRelay> {
        let stop = self.stop.as_mut()?;
        stop.kept.next_at = stop.kept.next_at.min(crate::clock::whole_second(now));
        // What the former one says to a message that it has says nothing of this one.
        stop.trial = None;
        Some(stop.kept.clone())
    }

    /// How many deliveries it may have of so many.
    pub fn allows(&self, wanted: usize, now: Timestamp) -> usize {
        match &self.stop {
            None => wanted,
            Some(Stop { kept, trial: None }) if kept.next_at <= now => wanted.min(1),
            Some(_) => 0,
        }
    }

    /// Of a stopped one: when it is tried; none while it is.
    pub fn tried_at(&self) -> Option<Timestamp> {
        self.stop.as_ref().filter(|stop| stop.trial.is_none()).map(|stop| stop.kept.next_at)
    }

    /// It gets this delivery.
    pub fn begin(&mut self, delivery: i64) {
        if let Some(stop) = &mut self.stop {
            stop.trial = Some(delivery);
        }
    }

    /// The delivery was not tried.
    pub fn withdraw(&mut self, delivery: i64) {
        if let Some(stop) = &mut self.stop
            && stop.trial == Some(delivery)
        {
            stop.trial = None;
        }
    }

    /// It refuses everybody from now on, in the words of this refusal.
    pub fn stop(&mut self, relay: &str, refusal: &Refusal, now: Timestamp) -> StoppedRelay {
        let kept = StoppedRelay {
            relay: relay.to_owned(),
            since: crate::clock::whole_second(now),
            reason: refusal.reason(),
            said: refusal.said(),
            tries: 0,
            next_at: next_try(now, 0),
        };
        self.run.end();
        self.stop = Some(Stop { kept: kept.clone(), trial: None });
        kept
    }

    /// A delivery ended; how it is settled may change, if the relay is a stopped one.
    pub fn end(&mut self, settled: &mut Settled, refusal: Option<&Refusal>, now: Timestamp) -> Comes {
        match &mut self.stop {
            Some(stop) => stop.end(settled, refusal, now).map_or_else(
                || Comes::ToNothing,
                |change| {
                    if let RelayChange::Resumed { .. } = change {
                        self.stop = None;
                    }
                    Comes::To(Box::new(change))
                },
            ),
            None => self.note(settled, refusal),
        }
    }

    fn note(&mut self, settled: &mut Settled, refusal: Option<&Refusal>) -> Comes {
        if settled.outcome == Outcome::Sent && !self.run.is_empty() {
            self.run.end();
            settled.record = Record::Clean;
        }
        let Some(refusal) = refusal else { return Comes::ToNothing };
        let said = refusal.said();
        let verdict = self.run.add(refusal, &said);
        let has_cost = matches!(
            settled.outcome,
            Outcome::Refused { .. } | Outcome::Failed { .. } | Outcome::Deferred { counts: true, .. }
        );
        if has_cost && !refusal.is_last {
            settled.record = Record::Refused { said };
        }
        match verdict {
            Verdict::Individual => Comes::ToNothing,
            verdict => Comes::ToSuspicion(verdict),
        }
    }
}

impl Stop {
    fn end(&mut self, settled: &mut Settled, refusal: Option<&Refusal>, now: Timestamp) -> Option<RelayChange> {
        let is_trial = self.trial == Some(settled.id);
        if is_trial {
            self.trial = None;
        }
        let resumed = || Some(RelayChange::Resumed { relay: self.kept.relay.clone() });
        let Some(refusal) = refusal else {
            return match &settled.outcome {
                // Also one that was on the wire as it was stopped.
                Outcome::Sent => resumed(),
                // It was not reached.
                Outcome::Deferred { .. } if is_trial => Some(self.tried(now)),
                _ => None,
            };
        };
        let is_like = refusal.said() == self.kept.said;
        if !is_like && matches!(refusal.about, About::Recipient(_)) {
            // It looks at recipients again. If it refuses all of them, that is seen.
            return if is_trial { resumed() } else { None };
        }
        if is_trial {
            self.kept.reason = refusal.reason();
            self.kept.said = refusal.said();
        }
        let tried = is_trial.then(|| self.tried(now));
        // Nobody's fault but the relay's, or ours: nothing counts, until the delivery has been tried for long enough.
        let error = refusal.reply.clone();
        settled.outcome = match refusal.is_last {
            true => Outcome::Failed { error: format!("given up after four days: {error}") },
            false => Outcome::Deferred { until: self.kept.next_at, error, counts: false },
        };
        tried
    }

    fn tried(&mut self, now: Timestamp) -> RelayChange {
        self.kept.tries = self.kept.tries.saturating_add(1);
        self.kept.next_at = next_try(now, self.kept.tries);
        RelayChange::Tried(self.kept.clone())
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::domain::reply::Fate;

    const DEAD: About = About::Recipient(Fate::Hard);

    fn refusal(about: About, reply: &str) -> Refusal {
        let to = "ada@example.com".parse().unwrap();
        Refusal { reply: reply.into(), about, to, edition: None, is_last: false }
    }

    fn settled(id: i64, outcome: Outcome) -> Settled {
        Settled { id, outcome, relay: "relay".into(), relay_id: None, attempts: 1, record: Record::Nothing }
    }

    fn refused() -> Outcome {
        Outcome::Refused { reply: "550 no".into() }
    }

    /// A relay that was stopped, and delivery 1 that it is tried with.
    fn on_trial() -> (Standing, Timestamp) {
        let (mut standing, start) = (Standing::default(), Timestamp::UNIX_EPOCH);
        standing.stop("relay", &refusal(About::Us, "550 no"), start);
        assert_eq!(standing.allows(5, start), 0);
        let later = start + SignedDuration::from_mins(5);
        assert_eq!(standing.allows(5, later), 1);
        standing.begin(1);
        assert_eq!(standing.allows(5, later), 0);
        (standing, later)
    }

    #[test]
    fn a_stopped_relay_that_refuses_again_is_tried_later_and_nothing_counts() {
        let (mut standing, now) = on_trial();
        let mut settled = settled(1, refused());
        let comes = standing.end(&mut settled, Some(&refusal(DEAD, "550 no")), now);
        let until = now + SignedDuration::from_mins(10);
        assert!(
            matches!(comes, Comes::To(change) if matches!(&*change, RelayChange::Tried(stop) if stop.next_at == until))
        );
        assert_eq!(settled.outcome, Outcome::Deferred { until, error: "550 no".into(), counts: false });
        assert_eq!((standing.allows(5, now), standing.allows(5, until)), (0, 1));
    }

    #[test]
    fn a_mail_that_is_taken_lets_it_go_on() {
        let (mut standing, now) = on_trial();
        let comes = standing.end(&mut settled(7, Outcome::Sent), None, now);
        assert!(matches!(comes, Comes::To(change) if matches!(*change, RelayChange::Resumed { .. })));
        assert_eq!(standing.allows(5, now), 5);
    }

    #[test]
    fn a_dead_mailbox_shows_that_it_looks_at_recipients_again_and_counts() {
        let (mut standing, now) = on_trial();
        let mut settled = settled(1, refused());
        let comes = standing.end(&mut settled, Some(&refusal(DEAD, "550 nobody of that name lives here")), now);
        assert!(matches!(comes, Comes::To(change) if matches!(*change, RelayChange::Resumed { .. })));
        assert_eq!(settled.outcome, refused());
    }

    #[test]
    fn a_trial_that_was_not_made_is_made_with_another_delivery() {
        let (mut standing, now) = on_trial();
        standing.withdraw(2);
        assert_eq!(standing.allows(5, now), 0);
        assert!(matches!(standing.end(&mut settled(1, Outcome::Released), None, now), Comes::ToNothing));
        assert_eq!(standing.allows(5, now), 1);
    }

    #[test]
    fn what_was_tried_for_long_enough_fails_and_counts_against_nobody() {
        let (mut standing, now) = on_trial();
        let mut settled = settled(1, refused());
        let refusal = Refusal { is_last: true, ..refusal(DEAD, "550 no") };
        standing.end(&mut settled, Some(&refusal), now);
        assert!(matches!(settled.outcome, Outcome::Failed { .. }), "{settled:?}");
    }
}
