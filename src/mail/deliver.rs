//! The mailer: workers that take due deliveries from the desk one by one and hand them over.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use tokio::sync::Mutex;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::carrier::{Carrier, Label, relays};
use super::desk::{Assignment, Clerk, Desk, Line};
use super::dkim::Signer;
use super::message::{Letter, List, Own};
use super::pace::Gate;
use super::smtp::Envelope;
use super::stencil::Stencil;
use super::{SendError, retry};
use crate::config::{Config, Rate, TransportKind, UncertainPolicy};
use crate::domain::token::{Purpose, TokenKey};
use crate::domain::verp::Verp;
use crate::store::watch::Changes;
use crate::store::{Outcome, Outgoing, Result, Settled, Store};

/// Without work, a connection is closed after this; servers drop idle ones themselves after minutes.
const IDLE_CONNECTION: Duration = Duration::from_secs(20);
const PAUSE_AFTER_ERROR: Duration = Duration::from_secs(5);
/// A relay that can't be reached, or takes nothing, is left alone for this long, doubled each time up to a minute.
const RELAY_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_RELAY_PAUSE: Duration = Duration::from_secs(60);
/// So many refusals one after the other say more of the relay than of the recipients.
const REFUSALS_IN_A_ROW: u32 = 5;
/// How long what is on the wire may take when the program is told to stop.
const DRAIN: Duration = Duration::from_secs(7);

/// What all workers share.
pub struct Mailer {
    store: Store,
    config: Arc<Config>,
    key: TokenKey,
    /// Makes addresses that prove what comes back, if there is a bounce address.
    verp: Option<Verp>,
    signer: Arc<Signer>,
    /// Mails by id, encoded once for all who get them.
    stencils: Mutex<HashMap<i64, Arc<Stencil>>>,
    /// What the desk knows of each relay, or of the folder, and its connections.
    lines: Vec<(Line, Vec<Carrier>)>,
}

impl Mailer {
    /// An error says which secret, certificate or key can't be read.
    pub async fn new(store: Store, config: Arc<Config>) -> anyhow::Result<Self> {
        let key = store.token_key().await?;
        let lines = lines(&config).map_err(anyhow::Error::msg)?;
        let signer = Arc::new(Signer::new(&config.mail).map_err(anyhow::Error::msg)?);
        let verp = config.bounce.address.as_ref().map(|address| Verp::of(address, &key));
        Ok(Self { store, config, key, verp, signer, stencils: Mutex::default(), lines })
    }

    /// Drains the outbox until `stop`, then finishes what is on the wire.
    pub async fn run(mut self, changes: Changes, stop: CancellationToken) -> anyhow::Result<()> {
        self.recover().await?;
        let gate = Gate::new(&self.config.mail, &self.config.site.timezone);
        let (lines, carriers): (Vec<_>, Vec<_>) = std::mem::take(&mut self.lines).into_iter().unzip();
        let names: Vec<_> = lines.iter().map(|line| line.name.clone()).collect();
        let (clerk, desks) = Clerk::new(self.store.clone(), gate, lines, self.config.bounce.soft_limit);
        let mailer = Arc::new(self);
        let mut tasks = JoinSet::new();
        tasks.spawn(clerk.run(changes, stop.clone()));
        for ((desk, name), carriers) in desks.into_iter().zip(names).zip(carriers) {
            for carrier in carriers {
                tasks.spawn(mailer.clone().work(carrier, name.clone(), desk.clone(), stop.clone()));
            }
        }
        // One that breaks down must not take the others' messages off the wire.
        let mut result = Ok(());
        while let Some(ended) = tasks.join_next().await {
            if let Err(error) = ended {
                tracing::error!(%error, "a part of the mailer broke down");
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

    /// One connection's work, until the desk has no more to give.
    async fn work(self: Arc<Self>, mut carrier: Carrier, relay: Arc<str>, desk: Desk, stop: CancellationToken) {
        let mut settled = None;
        let (mut pause, mut refusals) = (RELAY_PAUSE, 0);
        loop {
            let mut next = desk.next(settled.take());
            let assignment = match tokio::time::timeout(IDLE_CONNECTION, &mut next).await {
                Ok(assignment) => assignment,
                Err(_) => {
                    carrier.close().await;
                    next.await
                }
            };
            let Ok(Assignment { delivery, go }) = assignment else { break };
            // Made while the attempt is written to the disk.
            let message = self.message(&delivery).await;
            if go.await.is_err() {
                continue;
            }
            let result = match message {
                Ok((envelope, octets)) => hand_over(&mut carrier, &delivery, &envelope, &octets, &stop).await,
                Err(error) => Err(error),
            };
            refusals = if matches!(result, Err(SendError::Transient(_))) { refusals + 1 } else { 0 };
            let rests = match &result {
                Err(SendError::NoConnection(_)) => Some(pause),
                Err(SendError::NotTried(_)) => Some(PAUSE_AFTER_ERROR),
                _ => (refusals >= REFUSALS_IN_A_ROW).then_some(pause),
            };
            let outcome = self.outcome(&delivery, result, pause);
            tell(&delivery, &outcome, &relay);
            let ended = Settled { id: delivery.id, outcome, relay: relay.clone() };
            match rests {
                None => {
                    pause = RELAY_PAUSE;
                    settled = Some(ended);
                }
                Some(rest) => {
                    desk.settle(ended);
                    let _ = stop.run_until_cancelled(tokio::time::sleep(rest)).await;
                    pause = (pause * 2).min(LONGEST_RELAY_PAUSE);
                }
            }
        }
        carrier.close().await;
    }

    /// What comes of how an attempt ended. `pause` is how long this worker leaves its relay alone if it has to.
    fn outcome(&self, delivery: &Outgoing, result: std::result::Result<(), SendError>, pause: Duration) -> Outcome {
        let now = self.store.now();
        let given_up = |error: &str| format!("given up after four days: {error}");
        match result {
            Ok(()) => Outcome::Sent,
            Err(SendError::Permanent(reply)) => Outcome::Refused { reply },
            Err(SendError::Unsendable(error)) => Outcome::Failed { error },
            Err(SendError::Transient(error)) => {
                let jitter = f64::from(uuid::Uuid::new_v4().as_bytes()[0]) / 255.0;
                match retry::after_refusal(now, delivery.tried_since, delivery.attempts, jitter) {
                    Some(until) => Outcome::Deferred { until, error },
                    None => Outcome::Refused { reply: given_up(&error) },
                }
            }
            Err(SendError::NoConnection(error) | SendError::Lost(error)) => {
                let pause = SignedDuration::try_from(pause).unwrap_or_default();
                match retry::after_no_connection(now, delivery.tried_since, pause) {
                    Some(until) => Outcome::Deferred { until, error },
                    None => Outcome::Failed { error: given_up(&error) },
                }
            }
            Err(SendError::Unknown(error)) => {
                let retry_at = match self.config.mail.uncertain {
                    UncertainPolicy::Retry => retry::after_doubt(now, delivery.tried_since, delivery.doubts),
                    UncertainPolicy::Hold => None,
                };
                Outcome::Uncertain { retry_at, error }
            }
            Err(SendError::NotTried(error)) => {
                tracing::warn!(delivery = delivery.id, error, "not tried");
                Outcome::Released
            }
        }
    }

    /// The message of a delivery, its envelope first.
    async fn message(&self, delivery: &Outgoing) -> std::result::Result<(Envelope, Vec<u8>), SendError> {
        let stencil = self.stencil(delivery).await?;
        let token = |purpose: Purpose| match &delivery.list {
            Some((_, subscription)) => self.key.seal(purpose, *subscription, None),
            None => String::new(),
        };
        let (unsubscribe, preferences) = (token(Purpose::Unsubscribe), token(Purpose::Preferences));
        let list = delivery.list.as_ref().zip(self.verp.as_ref());
        let unsubscribe_address = list.map(|((_, subscription), verp)| verp.unsubscribe_address(*subscription));
        let unsubscribe_address = unsubscribe_address.map_or(String::new(), |address| address.as_str().to_owned());
        let own = Own {
            to: &delivery.address,
            message_id: &delivery.message_id,
            date: delivery.tried_since,
            unsubscribe: &unsubscribe,
            preferences: &preferences,
            unsubscribe_address: &unsubscribe_address,
        };
        let octets = self.sign(own.fill(&stencil)).await?;
        let from = match &self.verp {
            Some(verp) => verp.envelope_sender(delivery.id),
            None => self.config.mail.from.address.clone(),
        };
        Ok((Envelope { from, to: delivery.address.clone() }, octets))
    }

    /// With the signatures before it.
    async fn sign(&self, mut octets: Vec<u8>) -> std::result::Result<Vec<u8>, SendError> {
        let now = self.store.now();
        let signatures = match self.signer.takes_long() {
            false => self.signer.sign(&octets, now),
            // Longer than a thread of the runtime should be held up.
            true => {
                let signer = self.signer.clone();
                let signing = tokio::task::spawn_blocking(move || (signer.sign(&octets, now), octets));
                let (signatures, signed) = signing.await.map_err(|e| SendError::NotTried(e.to_string()))?;
                octets = signed;
                signatures
            }
        };
        octets.splice(0..0, signatures.map_err(|e| SendError::Unsendable(e.to_string()))?);
        Ok(octets)
    }

    async fn stencil(&self, delivery: &Outgoing) -> std::result::Result<Arc<Stencil>, SendError> {
        let mut stencils = self.stencils.lock().await;
        if let Some(stencil) = stencils.get(&delivery.mail_id) {
            return Ok(stencil.clone());
        }
        // It was not tried: somebody will, once the database can be read again.
        let mail = self.store.mail(delivery.mail_id).await.map_err(|e| SendError::NotTried(e.to_string()))?;
        let letter = Letter {
            from: &self.config.mail.from,
            reply_to: self.config.mail.reply_to.as_ref(),
            mail: &mail,
            list: delivery.list.as_ref().map(|(slug, _)| List {
                slug,
                title: self.config.digest(slug).map_or(slug, |digest| digest.title()),
                base_url: self.config.site.base_url.as_str(),
                has_unsubscribe_address: self.verp.is_some(),
            }),
        };
        let stencil = Arc::new(letter.stencil().map_err(|e| SendError::Unsendable(e.to_string()))?);
        // A few editions with their groups; one confirmation has one reader.
        if stencils.len() >= 64 {
            stencils.clear();
        }
        stencils.insert(delivery.mail_id, stencil.clone());
        Ok(stencil)
    }
}

/// One delivery, until the server has said its word or there is no more time.
async fn hand_over(
    carrier: &mut Carrier,
    delivery: &Outgoing,
    envelope: &Envelope,
    octets: &[u8],
    stop: &CancellationToken,
) -> std::result::Result<(), SendError> {
    let label = Label { id: delivery.id, list: delivery.list.as_ref().map(|(slug, _)| slug.as_str()) };
    let sent = tokio::select! {
        sent = carrier.send(label, envelope, octets) => Some(sent),
        // Told to stop: what is on the wire gets its time.
        () = async { stop.cancelled().await; tokio::time::sleep(DRAIN).await } => None,
    };
    match sent {
        Some(result) => result,
        None if carrier.is_past_final_dot() => Err(SendError::Unknown("the program was stopped".into())),
        None => {
            carrier.cut();
            Err(SendError::NotTried("the program was stopped".into()))
        }
    }
}

/// A line for each relay, with its connections; an error says which secret or certificate can't be read.
fn lines(config: &Config) -> std::result::Result<Vec<(Line, Vec<Carrier>)>, String> {
    let mail = &config.mail;
    if mail.transport == TransportKind::File {
        let line = Line::new("file", Rate::default(), 1);
        return Ok(vec![(line, vec![Carrier::Files(mail.outbox.clone())])]);
    }
    let line = |relay: Arc<super::smtp::Relay>| {
        let config = relay.config();
        let line = Line::new(&config.url.to_string(), config.rate, config.weight);
        let carriers = (0..config.connections).map(|_| Carrier::Smtp { relay: relay.clone(), session: None });
        (line, carriers.collect())
    };
    Ok(relays(mail)?.into_iter().map(line).collect())
}

/// A line of the log for each attempt. Servers repeat the address in what they say; the log names nobody.
fn tell(delivery: &Outgoing, outcome: &Outcome, relay: &str) {
    let (id, edition, to, attempts) = (delivery.id, delivery.edition, delivery.address.masked(), delivery.attempts);
    let told = |error: &str| error.replace(delivery.address.as_str(), &to);
    match outcome {
        Outcome::Sent => tracing::debug!(delivery = id, edition, to, attempts, relay, "sent"),
        Outcome::Deferred { until, error } => {
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
