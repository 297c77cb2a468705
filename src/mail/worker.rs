//! A worker: takes due deliveries from the desk one by one and hands them over, over one connection.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use tokio_util::sync::CancellationToken;

use super::breaker::Refusal;
use super::carrier::{Carrier, Label};
use super::desk::{Assignment, Desk, Due, Ended};
use super::smtp::{Envelope, Taken};
use super::{SendError, retry};
use crate::config::UncertainPolicy;
use crate::domain::reply::{self, About, Fate};
use crate::store::{Outcome, Outgoing, Record, Settled, Store};

/// Without work, a connection is closed after this; servers drop idle ones themselves after minutes.
const IDLE_CONNECTION: Duration = Duration::from_secs(20);
const PAUSE_AFTER_ERROR: Duration = Duration::from_secs(5);
/// A relay that can't be reached, or takes nothing, is left alone for this long, doubled each time up to a minute.
const RELAY_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_RELAY_PAUSE: Duration = Duration::from_secs(60);
/// So many refusals one after the other say more of the relay than of the recipients.
const REFUSALS_IN_A_ROW: u32 = 5;
/// A server that takes longer than this for a message is asked about the next one only when it has answered.
const PROMPT: Duration = Duration::from_secs(1);
/// Whom others have taken the place of waits so long for a server that has not yet asked for the message.
const LEAVING: Duration = Duration::from_secs(30);
/// How long what is on the wire may take when the program is told to stop.
const DRAIN: Duration = Duration::from_secs(7);

/// One of a relay's, or the folder's only one.
#[derive(Clone)]
pub struct Worker {
    pub store: Store,
    pub desk: Desk,
    pub relay: Arc<str>,
    pub uncertain: UncertainPolicy,
    /// Others have taken its place: it has no more to wait for, but all the time for what is on the wire.
    pub leave: CancellationToken,
    pub stop: CancellationToken,
}

impl Worker {
    /// Works until the desk has no more to give.
    pub async fn work(self, mut carrier: Carrier) {
        let (mut ended, mut kept, mut is_prompt) = (None, None, true);
        let (mut pause, mut refusals) = (RELAY_PAUSE, 0);
        loop {
            let mut next = self.desk.next(ended.take(), kept.take(), is_prompt && carrier.is_pipelining());
            let assignment = match tokio::time::timeout(IDLE_CONNECTION, &mut next).await {
                Ok(assignment) => assignment,
                Err(_) => {
                    carrier.close().await;
                    next.await
                }
            };
            let Ok(Assignment { mut due, go }) = assignment else { break };
            // The attempt may still be on its way to the disk: until the message itself is given, nothing has happened.
            let ready = match due.message().await {
                Ok(octets) => self.while_here(carrier.ask(&due.envelope)).await.map(|()| octets),
                Err(error) => Err(error),
            };
            let Ok(next) = go.await else {
                carrier.withdraw();
                continue;
            };
            kept = next;
            let result = match ready {
                Ok(octets) => {
                    let next = kept.as_ref().map(|due| due.envelope.clone());
                    let mut giving = pin!(self.hand_over(&mut carrier, &due, &octets, next));
                    let prompt = tokio::time::timeout(PROMPT, &mut giving).await;
                    is_prompt = prompt.is_ok();
                    match prompt {
                        Ok(result) => result,
                        // What was to come next need not wait for this server.
                        Err(_) => {
                            if let Some(next) = kept.take() {
                                self.desk.give_back(next);
                            }
                            giving.await
                        }
                    }
                }
                Err(error) => Err(error),
            };
            let delivery = due.delivery;
            refusals = if matches!(result, Err(SendError::Transient(_))) { refusals + 1 } else { 0 };
            let rests = match &result {
                Err(SendError::NoConnection(_) | SendError::Unwelcome(_)) => Some(pause),
                Err(SendError::NotTried(_)) => Some(PAUSE_AFTER_ERROR),
                _ => (refusals >= REFUSALS_IN_A_ROW).then_some(pause),
            };
            let (result, relay_id) = match result {
                Ok(taken) => (Ok(()), taken),
                Err(error) => (Err(error), None),
            };
            let (outcome, refusal) = self.outcome(&delivery, result, pause);
            tell(&delivery, &outcome, &self.relay);
            let Outgoing { id, attempts, .. } = delivery;
            let settled =
                Settled { id, outcome, relay: self.relay.clone(), relay_id, attempts, record: Record::Nothing };
            let end = Ended { settled, refusal };
            match rests {
                None => {
                    pause = RELAY_PAUSE;
                    ended = Some(end);
                }
                Some(rest) => {
                    self.desk.settle(end, kept.take());
                    // Some servers count refusals, and take no more over a connection that had too many.
                    carrier.close().await;
                    let _ = self.leave.run_until_cancelled(tokio::time::sleep(rest)).await;
                    pause = (pause * 2).min(LONGEST_RELAY_PAUSE);
                }
            }
        }
        carrier.close().await;
    }

    /// What comes of how an attempt ended, and what was refused if it was. `pause` is how long this worker leaves its
    /// relay alone if it has to.
    fn outcome(
        &self,
        delivery: &Outgoing,
        result: std::result::Result<(), SendError>,
        pause: Duration,
    ) -> (Outcome, Option<Refusal>) {
        let now = self.store.now();
        let outcome = match result {
            Ok(()) => Outcome::Sent,
            Err(SendError::Permanent(reply)) => return self.refused(delivery, reply, true),
            Err(SendError::Transient(reply)) => return self.refused(delivery, reply, false),
            Err(SendError::Unsendable(error)) => Outcome::Failed { error },
            Err(SendError::NoConnection(error) | SendError::Lost(error)) => self.unreached(delivery, error, pause),
            Err(SendError::Unwelcome(reply)) => {
                let outcome = self.unreached(delivery, reply.clone(), pause);
                let is_last = matches!(outcome, Outcome::Failed { .. });
                return (outcome, Some(Refusal::of(delivery, reply, About::Us, is_last)));
            }
            Err(SendError::Unknown(error)) => {
                let retry_at = match self.uncertain {
                    UncertainPolicy::Retry => retry::after_doubt(now, delivery.tried_since, delivery.doubts),
                    UncertainPolicy::Hold => None,
                };
                Outcome::Uncertain { retry_at, error }
            }
            Err(SendError::NotTried(error)) => {
                tracing::warn!(delivery = delivery.id, error, "not tried");
                Outcome::Released
            }
        };
        (outcome, None)
    }

    /// What comes of a refusal, for good or for now. Only what is about the recipient counts against an address; what passes
    /// or is about us is no last word.
    fn refused(&self, delivery: &Outgoing, reply: String, is_for_good: bool) -> (Outcome, Option<Refusal>) {
        let about = reply::judge(None, &reply);
        let jitter = f64::from(uuid::Uuid::new_v4().as_bytes()[0]) / 255.0;
        let again = retry::after_refusal(self.store.now(), delivery.tried_since, delivery.attempts, jitter);
        let error = || format!("given up after four days: {reply}");
        let outcome = match (about, again) {
            (About::Recipient(Fate::Hard | Fate::Unclear), _) if is_for_good => {
                Outcome::Refused { reply: reply.clone() }
            }
            (About::Message, _) if is_for_good => Outcome::Failed { error: reply.clone() },
            (_, Some(until)) => {
                Outcome::Deferred { until, error: reply.clone(), counts: is_for_good && about.counts() }
            }
            (about, None) if about.counts() => Outcome::Refused { reply: error() },
            (_, None) => Outcome::Failed { error: error() },
        };
        (outcome, Some(Refusal::of(delivery, reply, about, again.is_none())))
    }

    /// What comes of a delivery whose relay was not asked about it.
    fn unreached(&self, delivery: &Outgoing, error: String, pause: Duration) -> Outcome {
        let pause = SignedDuration::try_from(pause).unwrap_or_default();
        match retry::after_no_connection(self.store.now(), delivery.tried_since, pause) {
            Some(until) => Outcome::Deferred { until, error, counts: false },
            None => Outcome::Failed { error: format!("given up after four days: {error}") },
        }
    }

    /// Gives the message, until the server has said its word or there is no more time.
    async fn hand_over(
        &self,
        carrier: &mut Carrier,
        due: &Due,
        octets: &[u8],
        next: Option<Envelope>,
    ) -> std::result::Result<Taken, SendError> {
        let Due { delivery, envelope, .. } = due;
        let mark = carrier.wants_mark().then(|| due.mark());
        let list = delivery.list.as_ref().map(|(slug, _)| slug.as_str());
        let label = Label { id: delivery.id, list, mark: mark.as_deref() };
        match self.in_time(carrier.give(label, envelope, octets, next)).await {
            Err(SendError::NotTried(reason)) if carrier.is_past_final_dot() => Err(SendError::Unknown(reason)),
            result => result,
        }
    }

    /// A step that tells nobody anything yet.
    async fn while_here(
        &self,
        step: impl Future<Output = std::result::Result<(), SendError>>,
    ) -> std::result::Result<(), SendError> {
        tokio::select! {
            result = self.in_time(step) => result,
            () = async { self.leave.cancelled().await; tokio::time::sleep(LEAVING).await } => {
                Err(SendError::NotTried("another relay has taken its place".into()))
            }
        }
    }

    /// A step with a server. Told to stop, what is on the wire gets its time, and is left then.
    async fn in_time<T>(
        &self,
        step: impl Future<Output = std::result::Result<T, SendError>>,
    ) -> std::result::Result<T, SendError> {
        tokio::select! {
            result = step => result,
            () = async { self.stop.cancelled().await; tokio::time::sleep(DRAIN).await } => {
                Err(SendError::NotTried("the program was stopped".into()))
            }
        }
    }
}

/// A line of the log for each attempt. Servers repeat the address in what they say; the log names nobody.
fn tell(delivery: &Outgoing, outcome: &Outcome, relay: &str) {
    let (id, to, attempts) = (delivery.id, delivery.address.masked(), delivery.attempts);
    let edition = delivery.edition_name.as_ref().map(tracing::field::display);
    let told = |error: &str| error.replace(delivery.address.as_str(), &to);
    match outcome {
        Outcome::Sent => tracing::debug!(delivery = id, edition, to, attempts, relay, "sent"),
        Outcome::Deferred { until, error, .. } => {
            tracing::warn!(delivery = id, edition, to, attempts, relay, %until, error = told(error), "deferred");
        }
        Outcome::Failed { error } | Outcome::Refused { reply: error } => {
            tracing::warn!(delivery = id, edition, to, attempts, relay, error = told(error), "failed");
        }
        Outcome::Uncertain { error, retry_at } => {
            let held = retry_at.is_none();
            tracing::warn!(delivery = id, edition, to, attempts, relay, held, error = told(error), "uncertain");
        }
        Outcome::Released => {}
    }
}
