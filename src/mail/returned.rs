//! Mail that comes to us: read, proved, kept. The command on standard input and the LMTP listener both end here.

use sha2::{Digest, Sha256};

use super::bounce::{self, Enclosed, Reading};
use crate::config::Config;
use crate::domain::bounce::{Class, MESSAGE_LIMIT, Report, Taken, TakenClass, Way, WhyNot};
use crate::domain::links::unsubscribe_token;
use crate::domain::token::{Claim, Purpose, TokenKey};
use crate::domain::verp::{self, Verp};
use crate::store::{Proof, RecordedReturn, Result, Return, Store};

/// A mail that nobody could read, or that broke what reads it.
#[derive(Debug, Clone, Copy)]
pub struct Unread<'a> {
    /// What tells it from others.
    pub key: &'a [u8],
    /// A sentence.
    pub why: &'a str,
}

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

    /// Takes a mail of the bounce mailbox, once however often it is found there. Whether it is ours and was understood: it is
    /// on disk then.
    pub async fn take_from_mailbox(&self, reading: &Reading, message: &[u8]) -> Result<bool> {
        let proved = self.prove(&bounce::recipients(message)).await?;
        if let Some((Purpose::UnsubscribeByMail, id)) = proved {
            self.unsubscribe(Way::Mailbox, id).await?;
            return Ok(true);
        }
        let proof = self.proof(proved, reading).await?;
        let key = Sha256::digest(message);
        let taken = self.record(Way::Mailbox, proof, reading, Some(&key), message).await?;
        Ok(proof.is_some() && taken.is_some_and(|taken| taken.iter().all(|taken| !taken.class.is_unknown())))
    }

    /// Notes, once, that there is a mail of which nothing is known.
    pub async fn take_unread(&self, unread: Unread<'_>) -> Result<()> {
        let report = Report::unknown(Some(unread.why.to_owned()));
        let reading = Reading { reports: vec![report], ..Reading::default() };
        self.record(Way::Mailbox, None, &reading, Some(unread.key), b"").await.map(|_| ())
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
        let proof = self.proof(proved, reading).await?;
        self.record(way, proof, reading, None, message).await
    }

    /// How it is known whose a message is: by the address that it came to, else by the mail in it.
    async fn proof(&self, proved: Option<(Purpose, i64)>, reading: &Reading) -> Result<Option<Proof>> {
        if let Some((_, delivery)) = proved {
            return Ok(Some(Proof::Delivery(delivery)));
        }
        match self.proof_of_complaint(&reading.complained_of).await? {
            Some(proof) => Ok(Some(proof)),
            None => self.named(&reading.returned).await,
        }
    }

    /// Keeps what a message says. Under the same `key` it counts once.
    async fn record(
        &self,
        way: Way,
        proof: Option<Proof>,
        reading: &Reading,
        key: Option<&[u8]>,
        message: &[u8],
    ) -> Result<Option<Vec<Taken>>> {
        let message = &message[..message.len().min(MESSAGE_LIMIT)];
        let mut reports = reading.reports.clone();
        for report in reports.iter_mut().filter(|report| !report.understood && proof.is_none()) {
            // What a server says that nobody understands is soft only if it is known to be about a mail of ours.
            report.class = Class::Unknown;
        }
        let came = Return { way, proof, reports: &reports, key, message };
        let recorded = self.store.record_bounces(came, self.soft_limit).await?;
        let Some(RecordedReturn { reader, counted, is_late, is_known }) = recorded else {
            tracing::warn!("too much came back within the hour that proves nothing: it is not taken");
            return Ok(None);
        };
        let verified = proof.is_some_and(Proof::is_strong);
        // What is only tried did not come, and what came before did not come now.
        for report in reports.iter().filter(|_| !self.store.is_rehearsal() && !is_known) {
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
    async fn proof_of_complaint(&self, complained_of: &Enclosed) -> Result<Option<Proof>> {
        if let Some((Purpose::Bounce, delivery)) = self.prove(&complained_of.senders).await? {
            return Ok(Some(Proof::Delivery(delivery)));
        }
        Ok(self.subscription(&complained_of.ways_out).await?.map(Proof::Subscription))
    }

    /// Which delivery a mail names that came back to an address that says nothing itself, as where the host has no
    /// plus-addresses: by its Message-ID, or what the relay made of that; by our mark or its envelope sender; by its way out, if
    /// the relay left nothing else.
    async fn named(&self, returned: &Enclosed) -> Result<Option<Proof>> {
        for id in &returned.message_ids {
            if let Some(delivery) = self.store.delivery_called(id).await? {
                return Ok(Some(Proof::Named(delivery)));
            }
        }
        let marked = returned.marks.iter().filter_map(|mark| verp::read_mark(mark));
        if let Some((Purpose::Bounce, delivery)) = self.open(marked).await? {
            return Ok(Some(Proof::Named(delivery)));
        }
        if let Some((Purpose::Bounce, delivery)) = self.prove(&returned.senders).await? {
            return Ok(Some(Proof::Named(delivery)));
        }
        let Some(subscription) = self.subscription(&returned.ways_out).await? else { return Ok(None) };
        Ok(self.store.last_delivery_of(subscription).await?.map(Proof::Named))
    }

    /// Whose ways out these are.
    async fn subscription(&self, ways_out: &[String]) -> Result<Option<i64>> {
        let links = ways_out.iter().filter_map(|link| unsubscribe_token(link));
        for claim in links.filter_map(|token| Claim::read(Purpose::Unsubscribe, token)) {
            if let Ok(subscription) = self.store.open_link(&self.key, &claim).await? {
                return Ok(Some(subscription));
            }
        }
        Ok(match self.prove(ways_out).await? {
            Some((Purpose::UnsubscribeByMail, subscription)) => Some(subscription),
            _ => None,
        })
    }

    /// What the first of these addresses that proves anything proves: what for, and the row's id.
    async fn prove(&self, addresses: &[String]) -> Result<Option<(Purpose, i64)>> {
        self.open(addresses.iter().filter_map(|address| self.verps.iter().find_map(|verp| verp.read(address)))).await
    }

    async fn open(&self, claims: impl Iterator<Item = Claim>) -> Result<Option<(Purpose, i64)>> {
        for claim in claims {
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
