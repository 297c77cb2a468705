//! The mailer: takes due deliveries in hand one by one, hands them over and keeps how that ended.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use lettre::address::Envelope;
use tokio::sync::Mutex;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::message::{Letter, List};
use super::smtp::{Relay, Session};
use super::{SendError, files, retry};
use crate::config::{Config, TransportKind, UncertainPolicy};
use crate::domain::edition::Rendered;
use crate::domain::token::{Purpose, TokenKey};
use crate::store::watch::Changes;
use crate::store::{Outcome, Outgoing, Result, Store};

/// Without work, a connection is closed after this; servers drop idle ones themselves after minutes.
const IDLE_CONNECTION: Duration = Duration::from_secs(20);
const LONGEST_SLEEP: Duration = Duration::from_secs(30);
const PAUSE_AFTER_ERROR: Duration = Duration::from_secs(5);
/// A relay that can't be reached is left alone for this long, doubled each time up to a minute.
const RELAY_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_RELAY_PAUSE: Duration = Duration::from_secs(60);
/// How long what is on the wire may take when the program is told to stop.
const DRAIN: Duration = Duration::from_secs(7);

/// What all workers share.
pub struct Mailer {
    store: Store,
    config: Arc<Config>,
    key: TokenKey,
    /// Rendered mails by id, so that thousands of deliveries read each once.
    mails: Mutex<HashMap<i64, Arc<Rendered>>>,
    /// One for each worker.
    carriers: Vec<Carrier>,
}

/// Where one worker hands its messages to.
enum Carrier {
    Files(PathBuf),
    Smtp { relay: Arc<Relay>, pace: Arc<Pace>, session: Option<Box<Session>> },
}

/// Keeps a relay's rate over all of its connections.
struct Pace {
    interval: Duration,
    next: Mutex<Instant>,
}

impl Pace {
    async fn wait(&self) {
        if self.interval.is_zero() {
            return;
        }
        let mut next = self.next.lock().await;
        let slot = (*next).max(Instant::now());
        *next = slot + self.interval;
        drop(next);
        tokio::time::sleep_until(slot).await;
    }
}

impl Mailer {
    /// An error says which secret or certificate of a relay can't be read.
    pub async fn new(store: Store, config: Arc<Config>) -> anyhow::Result<Self> {
        let key = store.token_key().await?;
        let carriers = carriers(&config)?;
        Ok(Self { store, config, key, mails: Mutex::default(), carriers })
    }

    /// Drains the outbox until `stop`, then finishes what is on the wire.
    pub async fn run(mut self, changes: Changes, stop: CancellationToken) -> anyhow::Result<()> {
        self.recover().await?;
        let carriers = std::mem::take(&mut self.carriers);
        let mailer = Arc::new(self);
        let mut workers = JoinSet::new();
        for carrier in carriers {
            workers.spawn(mailer.clone().work(carrier, changes.clone(), stop.clone()));
        }
        // One that breaks down must not take the others' messages off the wire.
        let mut result = Ok(());
        while let Some(ended) = workers.join_next().await {
            if let Err(error) = ended {
                tracing::error!(%error, "a mail worker broke down");
                result = Err(error.into());
            }
        }
        result
    }

    /// What was on the wire when a program died may have arrived. A file would only be written once more.
    async fn recover(&self) -> Result<()> {
        let hold =
            self.config.mail.uncertain == UncertainPolicy::Hold && self.config.mail.transport == TransportKind::Smtp;
        let retry_at = (!hold).then(|| self.store.now());
        match self.store.recover_deliveries(retry_at).await? {
            0 => {}
            n => tracing::warn!(deliveries = n, held = hold, "were on the wire when the program ended: uncertain"),
        }
        Ok(())
    }

    async fn work(self: Arc<Self>, mut carrier: Carrier, mut changes: Changes, stop: CancellationToken) {
        let mut relay_pause = RELAY_PAUSE;
        while !stop.is_cancelled() {
            changes.mark_unchanged();
            match self.deliver_next(&mut carrier, relay_pause, &stop).await {
                Ok(Step::Handled) => relay_pause = RELAY_PAUSE,
                Ok(Step::NoRelay) => {
                    let _ = stop.run_until_cancelled(tokio::time::sleep(relay_pause)).await;
                    relay_pause = (relay_pause * 2).min(LONGEST_RELAY_PAUSE);
                }
                Ok(Step::NothingDue) => self.rest(&mut carrier, &mut changes, &stop).await,
                Err(error) => {
                    tracing::error!(%error, "the mailer could not do its work and tries again");
                    let _ = stop.run_until_cancelled(tokio::time::sleep(PAUSE_AFTER_ERROR)).await;
                }
            }
        }
        carrier.close().await;
    }

    /// Waits for a change or for the next delivery to fall due; a connection that stays idle is closed.
    async fn rest(&self, carrier: &mut Carrier, changes: &mut Changes, stop: &CancellationToken) {
        let next = self.store.next_delivery_at().await.ok().flatten();
        let mut pause = next.map_or(LONGEST_SLEEP, |at| {
            Duration::try_from(at.duration_since(self.store.now())).unwrap_or_default().min(LONGEST_SLEEP)
        });
        // What is due now another worker has, or will have.
        pause = pause.max(Duration::from_millis(100));
        let idle = tokio::time::sleep(IDLE_CONNECTION.min(pause));
        tokio::select! {
            () = stop.cancelled() => return,
            Ok(()) = changes.changed() => return,
            () = idle => {}
        }
        if pause > IDLE_CONNECTION {
            carrier.close().await;
            tokio::select! {
                () = stop.cancelled() => {}
                Ok(()) = changes.changed() => {}
                () = tokio::time::sleep(pause - IDLE_CONNECTION) => {}
            }
        }
    }

    /// One delivery. `relay_pause` is how long this worker will leave its relay alone if it can't be reached.
    async fn deliver_next(
        &self,
        carrier: &mut Carrier,
        relay_pause: Duration,
        stop: &CancellationToken,
    ) -> Result<Step> {
        if let Carrier::Smtp { pace, .. } = carrier
            && stop.run_until_cancelled(pace.wait()).await.is_none()
        {
            return Ok(Step::NothingDue);
        }
        let Some(delivery) = self.store.claim_delivery().await? else { return Ok(Step::NothingDue) };
        let (envelope, octets) = match self.letter(&delivery).await {
            Ok(Ok(built)) => built,
            Ok(Err(error)) => {
                self.settle(&delivery, &Outcome::Failed { error }).await;
                return Ok(Step::Handled);
            }
            Err(error) => {
                // It was not tried: somebody will, once the database can be read again.
                until_stored(|| self.store.release_delivery(delivery.id)).await;
                return Err(error);
            }
        };
        let sent = tokio::select! {
            sent = carrier.send(&delivery, &envelope, &octets) => Some(sent),
            // Told to stop: what is on the wire gets its time.
            () = async { stop.cancelled().await; tokio::time::sleep(DRAIN).await } => None,
        };
        let result = match sent {
            Some(result) => result,
            None if carrier.is_past_final_dot() => Err(SendError::Unknown("the program was stopped".into())),
            None => {
                carrier.cut();
                until_stored(|| self.store.release_delivery(delivery.id)).await;
                return Ok(Step::Handled);
            }
        };
        let step = if matches!(result, Err(SendError::NoConnection(_))) { Step::NoRelay } else { Step::Handled };
        let outcome = self.outcome(&delivery, result, relay_pause);
        self.settle(&delivery, &outcome).await;
        Ok(step)
    }

    fn outcome(
        &self,
        delivery: &Outgoing,
        result: std::result::Result<(), SendError>,
        relay_pause: Duration,
    ) -> Outcome {
        let now = self.store.now();
        let later = |until: Option<Timestamp>, error: String| match until {
            Some(until) => Outcome::Deferred { until, error },
            None => Outcome::Failed { error: format!("given up after four days: {error}") },
        };
        match result {
            Ok(()) => Outcome::Sent,
            Err(SendError::Permanent(error)) => Outcome::Failed { error },
            Err(SendError::Transient(error)) => {
                let jitter = f64::from(uuid::Uuid::new_v4().as_bytes()[0]) / 255.0;
                later(retry::after_refusal(now, delivery.tried_since, delivery.attempts, jitter), error)
            }
            Err(SendError::NoConnection(error) | SendError::Lost(error)) => {
                let pause = SignedDuration::try_from(relay_pause).unwrap_or_default();
                later(retry::after_no_connection(now, delivery.tried_since, pause), error)
            }
            Err(SendError::Unknown(error)) => {
                let retry_at = match self.config.mail.uncertain {
                    UncertainPolicy::Retry => retry::after_doubt(now, delivery.tried_since, delivery.doubts),
                    UncertainPolicy::Hold => None,
                };
                Outcome::Uncertain { retry_at, error }
            }
        }
    }

    /// Tells and keeps how an attempt ended. What the server said must not be lost, so this does not give up.
    async fn settle(&self, delivery: &Outgoing, outcome: &Outcome) {
        let (id, edition, to, attempts) = (delivery.id, delivery.edition, delivery.address.masked(), delivery.attempts);
        // Servers repeat the address in what they say; the log names nobody.
        let told = |error: &str| error.replace(delivery.address.as_str(), &to);
        match outcome {
            Outcome::Sent => tracing::info!(delivery = id, edition, to, attempts, "sent"),
            Outcome::Deferred { until, error } => {
                tracing::warn!(delivery = id, edition, to, attempts, %until, error = told(error), "deferred");
            }
            Outcome::Failed { error } => {
                tracing::warn!(delivery = id, edition, to, attempts, error = told(error), "failed");
            }
            Outcome::Uncertain { error, retry_at } => {
                let held = retry_at.is_none();
                tracing::warn!(delivery = id, edition, to, attempts, held, error = told(error), "uncertain");
            }
        }
        until_stored(|| self.store.settle_delivery(id, outcome)).await;
    }

    /// The message of a delivery; the inner error says why there can't be one.
    async fn letter(&self, delivery: &Outgoing) -> Result<std::result::Result<(Envelope, Vec<u8>), String>> {
        let mail = self.mail(delivery.mail_id).await?;
        let link = delivery.list.as_ref().map(|(_, subscription)| {
            let token = self.key.seal(Purpose::Unsubscribe, *subscription, None);
            format!("{}/unsubscribe/{token}", self.config.site.base_url.as_str())
        });
        let list = delivery.list.as_ref().zip(link.as_deref()).map(|((slug, _), unsubscribe_url)| List {
            slug,
            title: self.config.digest(slug).map_or(slug, |digest| digest.title()),
            unsubscribe_url,
        });
        let letter = Letter {
            from: &self.config.mail.from,
            reply_to: self.config.mail.reply_to.as_ref(),
            to: &delivery.address,
            message_id: &delivery.message_id,
            date: delivery.created_at,
            mail: &mail,
            list,
        };
        Ok(letter.build().map_err(|e| e.to_string()))
    }

    async fn mail(&self, id: i64) -> Result<Arc<Rendered>> {
        let mut mails = self.mails.lock().await;
        if let Some(mail) = mails.get(&id) {
            return Ok(mail.clone());
        }
        let mail = Arc::new(self.store.mail(id).await?);
        // A few editions with their groups; one confirmation has one reader.
        if mails.len() >= 64 {
            mails.clear();
        }
        mails.insert(id, mail.clone());
        Ok(mail)
    }
}

/// A carrier for each connection; an error says which secret or certificate of a relay can't be read.
fn carriers(config: &Config) -> anyhow::Result<Vec<Carrier>> {
    let mail = &config.mail;
    if mail.transport == TransportKind::File {
        return Ok(vec![Carrier::Files(mail.outbox.clone())]);
    }
    let mut carriers = Vec::new();
    for config in &mail.relays {
        let relay = Arc::new(Relay::new(config).map_err(anyhow::Error::msg)?);
        let interval = if config.rate == 0 { Duration::ZERO } else { Duration::from_secs(1) / config.rate };
        let pace = Arc::new(Pace { interval, next: Mutex::new(Instant::now()) });
        carriers.extend((0..config.connections).map(|_| Carrier::Smtp {
            relay: relay.clone(),
            pace: pace.clone(),
            session: None,
        }));
    }
    Ok(carriers)
}

/// Repeats a write until the database takes it. A delivery's state must not be lost to a lock or a full disk; if the
/// program ends before, the next start finds the delivery as `sending`.
async fn until_stored<F: Future<Output = Result<()>>>(write: impl Fn() -> F) {
    while let Err(error) = write().await {
        tracing::error!(%error, "how a delivery ended can't be kept yet");
        tokio::time::sleep(PAUSE_AFTER_ERROR).await;
    }
}

/// What a worker's step came to.
enum Step {
    Handled,
    NothingDue,
    /// The relay can't be reached: no sense in trying the next message at once.
    NoRelay,
}

impl Carrier {
    async fn send(
        &mut self,
        delivery: &Outgoing,
        envelope: &Envelope,
        octets: &[u8],
    ) -> std::result::Result<(), SendError> {
        let (relay, session) = match self {
            Carrier::Files(folder) => {
                let list = delivery.list.as_ref().map(|(slug, _)| slug.as_str());
                return files::write(folder, delivery.id, list, &delivery.address, octets).await;
            }
            Carrier::Smtp { relay, session, .. } => (relay, session),
        };
        loop {
            let was_used = session.as_ref().is_some_and(|open| open.is_used());
            let open = match session {
                Some(open) => open,
                None => session.insert(Box::new(relay.connect().await?)),
            };
            let result = open.send(envelope, octets).await;
            let is_over =
                matches!(result, Err(SendError::Lost(_) | SendError::Unknown(_) | SendError::NoConnection(_)));
            if is_over || open.is_broken() {
                *session = None;
            }
            match result {
                // The server may close a connection that waited; the message goes over a new one.
                Err(SendError::Lost(_)) if was_used => {}
                // A new connection that is lost is as good as none.
                Err(SendError::Lost(error)) => return Err(SendError::NoConnection(error)),
                result => return result,
            }
        }
    }

    fn is_past_final_dot(&self) -> bool {
        matches!(self, Carrier::Smtp { session: Some(open), .. } if open.is_past_final_dot())
    }

    /// Drops a connection with a message half given.
    fn cut(&mut self) {
        if let Carrier::Smtp { session, .. } = self {
            *session = None;
        }
    }

    async fn close(&mut self) {
        if let Carrier::Smtp { session, .. } = self
            && let Some(open) = session.take()
        {
            open.quit().await;
        }
    }
}

/// Hands over one message that is no delivery, such as a test.
pub async fn send_once(config: &Config, letter: &Letter<'_>) -> std::result::Result<(), SendError> {
    let (envelope, octets) = letter.build().map_err(|e| SendError::Permanent(e.to_string()))?;
    let mail = &config.mail;
    if mail.transport == TransportKind::File {
        return files::write(&mail.outbox, 0, Some("test"), letter.to, &octets).await;
    }
    let mut last = SendError::NoConnection("no relay is configured".into());
    for relay in &mail.relays {
        let relay = Relay::new(relay).map_err(SendError::NoConnection)?;
        match relay.connect().await {
            Err(error) => last = error,
            Ok(mut session) => {
                let result = session.send(&envelope, &octets).await;
                session.quit().await;
                return result;
            }
        }
    }
    Err(last)
}
