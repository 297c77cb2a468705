//! Mail that comes to us: read, proved, kept. The command on standard input and the LMTP listener both end here.

use super::bounce::{self, Enclosed, Reading};
use crate::config::Config;
use crate::domain::bounce::{Class, MESSAGE_LIMIT, Taken, TakenClass, Way, WhyNot};
use crate::domain::links::unsubscribe_token;
use crate::domain::token::{Claim, Purpose, TokenKey};
use crate::domain::verp::Verp;
use crate::store::{Proof, RecordedReturn, Result, Return, Store};

/// Takes messages to the bounce address and its variants.
#[derive(Clone)]
pub struct Returns {
    store: Store,
    key: TokenKey,
    /// Of the bounce address, and of those before it, which what was sent then comes back to. Without any, nothing can be
    /// proved.
    verps: Vec<Verp>,
    soft_limit: u32,
    /// The name that we go by.
    host: String,
}

impl Returns {
    pub async fn new(store: Store, config: &Config) -> Result<Self> {
        let key = store.token_key().await?;
        let former = store.bounce_addresses().await?;
        let addresses =
            config.bounce.address.iter().chain(former.iter().filter(|a| Some(*a) != config.bounce.address.as_ref()));
        let verps = addresses.map(|address| Verp::of(address, &key)).collect();
        let host = config.bounce.address.as_ref().unwrap_or(&config.mail.from.address).domain().to_owned();
        Ok(Self { store, key, verps, soft_limit: config.bounce.soft_limit, host })
    }

    pub fn host(&self) -> &str {
        &self.host
    }

    /// Whether mail to this address is ours to take.
    pub fn is_ours(&self, recipient: &str) -> bool {
        self.verps.iter().any(|verp| verp.is_ours(recipient))
    }

    /// Takes one message; `recipients` are the addresses that it may have come to, the most telling first, and `sender`
    /// the envelope sender where it is known, empty if there was none. All of it is on disk when this returns. None if
    /// it proves nothing, and so much of that kind came within the hour that it was not kept.
    pub async fn take(
        &self,
        way: Way,
        recipients: &[String],
        sender: Option<&str>,
        message: &[u8],
    ) -> Result<Option<Vec<Taken>>> {
        let proved = self.prove(recipients).await?;
        self.keep(way, proved, &bounce::read(message, sender), message).await
    }

    /// Takes a message that came to all of these; for each, in order, whether it was kept. It is read once, and taken
    /// once for each address that proves something, and once for all others together.
    pub async fn take_for_all(
        &self,
        way: Way,
        recipients: &[String],
        sender: Option<&str>,
        message: &[u8],
    ) -> Result<Vec<bool>> {
        let reading = bounce::read(message, sender);
        let mut taken: Vec<(Option<(Purpose, i64)>, bool)> = Vec::new();
        let mut answers = Vec::new();
        for recipient in recipients {
            let proved = self.prove(std::slice::from_ref(recipient)).await?;
            let answer = match taken.iter().find(|(known, _)| *known == proved) {
                Some((_, answer)) => *answer,
                None => {
                    let answer = self.keep(way, proved, &reading, message).await?.is_some();
                    taken.push((proved, answer));
                    answer
                }
            };
            answers.push(answer);
        }
        Ok(answers)
    }

    async fn keep(
        &self,
        way: Way,
        proved: Option<(Purpose, i64)>,
        reading: &Reading,
        message: &[u8],
    ) -> Result<Option<Vec<Taken>>> {
        if let Some((Purpose::UnsubscribeByMail, id)) = proved {
            return Ok(Some(vec![self.unsubscribe(way, id).await?]));
        }
        let proof = match proved {
            Some((_, delivery)) => Some(Proof::Delivery(delivery)),
            None => self.proof_of_complaint(reading).await?,
        };
        let message = &message[..message.len().min(MESSAGE_LIMIT)];
        let mut reports = reading.reports.clone();
        for report in reports.iter_mut().filter(|report| !report.understood && proof.is_none()) {
            // What a server says that nobody understands is soft only if it is known to be about a mail of ours.
            report.class = Class::Unknown;
        }
        let came = Return { way, proof, reports: &reports, key: None, message };
        let recorded = self.store.record_bounces(came, self.soft_limit).await?;
        let Some(RecordedReturn { reader, counted, is_late, .. }) = recorded else {
            tracing::warn!("too much came back within the hour that proves nothing: it is not taken");
            return Ok(None);
        };
        let verified = proof.is_some_and(Proof::is_strong);
        // What is only tried did not come.
        for report in reports.iter().filter(|_| !self.store.is_rehearsal()) {
            let status = report.status.map(|status| status.to_string());
            tracing::info!(%way, ?proof, class = report.class.as_str(), status, verified, counted, "came back");
        }
        let taken = reports.into_iter().map(|report| Taken {
            address: report.address.or_else(|| reader.clone().filter(|_| report.class != Class::Unknown)),
            class: TakenClass::Report(report.class),
            status: report.status.map(|status| status.to_string()),
            diagnostic: report.diagnostic,
            verified,
            why_not: match report.class {
                Class::Hard | Class::Soft if !report.counts => Some(WhyNot::AboutUs),
                Class::Hard | Class::Soft | Class::Complaint if is_late => Some(WhyNot::TooLate),
                _ => None,
            },
        });
        Ok(Some(taken.collect()))
    }

    /// A provider sends complaints to one address for all: the proof stands in the mail that was complained of, in its
    /// envelope sender, or in its ways out where all else is blackened.
    async fn proof_of_complaint(&self, reading: &Reading) -> Result<Option<Proof>> {
        let Enclosed { senders, ways_out } = &reading.complained_of;
        if let Some((Purpose::Bounce, delivery)) = self.prove(senders).await? {
            return Ok(Some(Proof::Delivery(delivery)));
        }
        let links = ways_out.iter().filter_map(|link| unsubscribe_token(link));
        for claim in links.filter_map(|token| Claim::read(Purpose::Unsubscribe, token)) {
            if let Ok(subscription) = self.store.open_link(&self.key, &claim).await? {
                return Ok(Some(Proof::Subscription(subscription)));
            }
        }
        Ok(match self.prove(ways_out).await? {
            Some((Purpose::UnsubscribeByMail, subscription)) => Some(Proof::Subscription(subscription)),
            _ => None,
        })
    }

    /// What the first of these addresses that proves anything proves: what for, and the row's id.
    async fn prove(&self, addresses: &[String]) -> Result<Option<(Purpose, i64)>> {
        let read = |address: &String| self.verps.iter().find_map(|verp| verp.read(address));
        for claim in addresses.iter().filter_map(read) {
            if let Ok(id) = self.store.open_link(&self.key, &claim).await? {
                return Ok(Some((claim.purpose(), id)));
            }
        }
        Ok(None)
    }

    /// Whatever the mail says: that it came to this address is the wish (RFC 2369 section 3.2).
    async fn unsubscribe(&self, way: Way, subscription: i64) -> Result<Taken> {
        let known = self.store.subscription(subscription).await?;
        self.store.leave(subscription, false).await?;
        self.store.note_way(way, "left").await?;
        if !self.store.is_rehearsal() {
            tracing::info!(%way, subscription, "unsubscribed by mail");
        }
        let diagnostic = match &known {
            Some(known) => format!("unsubscribed from {}", known.digest),
            None => "unsubscribed; nobody has this subscription any more".into(),
        };
        Ok(Taken {
            address: known.map(|known| known.email.to_string()),
            class: TakenClass::Unsubscribe,
            status: None,
            diagnostic: Some(diagnostic),
            verified: true,
            why_not: None,
        })
    }
}
