//! Makes the message of a delivery: the mail, with what is the reader's own in it, signed.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::Mutex;

use super::SendError;
use super::dkim::Signer;
use super::dkim::signers::Signers;
use super::message::{Letter, List, Own};
use super::smtp::Envelope;
use super::stencil::Stencil;
use crate::config::Config;
use crate::domain::token::{Purpose, Subject, TokenKey};
use crate::domain::verp::{self, Verp};
use crate::store::{Outgoing, Store};

/// A few editions with their groups; one confirmation has one reader.
const STENCILS: usize = 64;

pub struct Composer {
    store: Store,
    config: Arc<Config>,
    hand: Arc<Hand>,
    /// Where signing takes longer than a thread of the runtime should be held up.
    signers: Option<Signers>,
    /// Mails by id, encoded once for all who get them.
    stencils: Mutex<HashMap<i64, Arc<Stencil>>>,
}

/// What puts the reader's own into a mail.
struct Hand {
    key: TokenKey,
    /// Makes addresses that prove what comes back, if there is a bounce address whose host takes such.
    verp: Option<Verp>,
    signer: Signer,
}

impl Composer {
    /// An error says which secret or key can't be read.
    pub async fn new(store: Store, config: Arc<Config>) -> anyhow::Result<Self> {
        let key = store.token_key().await?;
        let signer = Signer::new(&config.mail).map_err(anyhow::Error::msg)?;
        let base = config.bounce.address.as_ref().filter(|_| config.bounce.plus);
        let verp = base.map(|address| Verp::of(address, &key));
        let signers = signer.takes_long().then(Signers::new).transpose()?;
        Ok(Self { store, config, hand: Arc::new(Hand { key, verp, signer }), signers, stencils: Mutex::default() })
    }

    /// Whether it makes the same of every delivery.
    pub fn is_like(&self, other: &Self) -> bool {
        let said = |composer: &Self| {
            let Config { mail, bounce, site, digests, .. } = &*composer.config;
            let titled = |digest| composer.config.title_of(digest, site.locale).to_owned();
            let titles: Vec<_> = digests.iter().map(|digest| (digest.slug.clone(), titled(digest))).collect();
            let base_url = site.base_url.as_str().to_owned();
            let title = site.title.as_str().to_owned();
            (mail.from.clone(), mail.reply_to.clone(), (bounce.address.clone(), bounce.plus), base_url, title, titles)
        };
        let (hand, others) = (&*self.hand, &*other.hand);
        said(self) == said(other) && hand.key == others.key && hand.signer.is_like(&others.signer)
    }

    /// What links say of nobody: another word once the secret is another.
    pub fn word(&self) -> String {
        self.hand.key.seal(Purpose::Unsubscribe, Subject { id: 0, nonce: None }, None)
    }

    /// Whether a message takes much longer to make than to hand over.
    pub fn takes_long(&self) -> bool {
        self.signers.is_some()
    }

    /// Who the message of a delivery is from and to, for a server.
    pub fn envelope(&self, delivery: &Outgoing) -> Envelope {
        if delivery.is_answer {
            return Envelope { from: None, to: delivery.address.clone() };
        }
        let from = match &self.hand.verp {
            Some(verp) => verp.envelope_sender(delivery.subject()),
            None => self.config.bounce.address.as_ref().unwrap_or(&self.config.mail.from.address).clone(),
        };
        Envelope { from: Some(from), to: delivery.address.clone() }
    }

    /// By which a provider that it is handed to can name the delivery.
    pub fn mark(&self, delivery: &Outgoing) -> String {
        verp::mark(&self.hand.key, delivery.subject())
    }

    /// The octets of a delivery's message.
    pub async fn compose(&self, delivery: Outgoing) -> Result<Vec<u8>, SendError> {
        let (stencil, now) = (self.stencil(&delivery).await?, self.store.now());
        match &self.signers {
            None => self.hand.make(&stencil, &delivery, now),
            Some(signers) => {
                let hand = self.hand.clone();
                let made = signers.make(move || hand.make(&stencil, &delivery, now)).await;
                made.unwrap_or_else(|| Err(SendError::NotTried("what signs it broke down".into())))
            }
        }
    }

    async fn stencil(&self, delivery: &Outgoing) -> Result<Arc<Stencil>, SendError> {
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
            notice_of: delivery.is_notice().then_some(self.config.site.title.as_str()),
            list: delivery.list.as_ref().map(|(slug, _)| List {
                slug,
                title: self
                    .config
                    .digest(slug)
                    .map_or(slug, |digest| self.config.title_of(digest, self.config.site.locale)),
                links: self.config.site.links(),
                has_unsubscribe_address: self.hand.verp.is_some(),
            }),
        };
        let stencil = Arc::new(letter.stencil().map_err(|e| SendError::Unsendable(e.to_string()))?);
        if stencils.len() >= STENCILS {
            stencils.clear();
        }
        stencils.insert(delivery.mail_id, stencil.clone());
        Ok(stencil)
    }
}

impl Hand {
    /// The message, with the signatures before it.
    fn make(&self, stencil: &Stencil, delivery: &Outgoing, now: Timestamp) -> Result<Vec<u8>, SendError> {
        let token = |purpose: Purpose| match &delivery.list {
            Some((_, subscription)) => self.key.seal(purpose, *subscription, None),
            None => String::new(),
        };
        let (unsubscribe, preferences) = (token(Purpose::Unsubscribe), token(Purpose::Preferences));
        let list = delivery.list.as_ref().zip(self.verp.as_ref());
        let unsubscribe_address = list.map(|((_, subscription), verp)| verp.unsubscribe_address(*subscription));
        let own = Own {
            to: &delivery.address,
            message_id: &delivery.message_id,
            date: delivery.tried_since,
            unsubscribe: &unsubscribe,
            preferences: &preferences,
            unsubscribe_address: unsubscribe_address.as_ref().map_or("", |address| address.as_str()),
        };
        let mut octets = own.fill(stencil);
        let signatures = self.signer.sign(&octets, now).map_err(|e| SendError::Unsendable(e.to_string()))?;
        octets.splice(0..0, signatures);
        Ok(octets)
    }
}
