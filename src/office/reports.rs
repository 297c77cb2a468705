//! What mail providers tell of the mails that they carried: who may tell, whose it is, and what follows.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use hyper::HeaderMap;
use jiff::Timestamp;

use super::certificates::Certificates;
use crate::config::{Config, HookProof};
use crate::domain::bounce::{Class, KnownBy, Report, Way};
use crate::domain::provider::Provider;
use crate::domain::token::TokenKey;
use crate::domain::verp;
use crate::mail::provider::{self, Credentials, Denied, Event, Posted, Told, What};
use crate::net::fetch::Fetcher;
use crate::store::{self, Entry, EntryWhat, Proof, RecordedReturn, Signature, Store};

/// Takes what providers tell, as one configuration says.
#[derive(Clone)]
pub struct Reports(Arc<Parts>);

struct Parts {
    store: Store,
    key: TokenKey,
    /// Of those that may tell something.
    doors: HashMap<Provider, Door>,
    soft_limit: u32,
    certificates: Arc<Certificates>,
    /// None where no certificate is needed.
    fetcher: Option<Fetcher>,
}

struct Door {
    credentials: Credentials,
    /// The relays that are this provider's, as deliveries name them.
    relays: Vec<String>,
}

/// Why a request is not taken.
#[derive(Debug)]
pub enum Refusal {
    /// This provider may tell nothing here.
    Closed,
    /// It is not proved whose it is: why not, and what a provider that logs in is asked for.
    Unproved {
        why: String,
        challenge: Option<&'static str>,
    },
    Unreadable(String),
    TooLong(String),
    /// What would prove it can't be had now. Nobody knows who asked.
    NoCertificate,
    /// It is proved, and another time it may be taken.
    Busy,
}

impl Reports {
    /// An error says which secret can't be used.
    pub async fn new(store: Store, config: &Config) -> Result<Self, String> {
        Self::of(store, config, Arc::default()).await
    }

    /// The same under another configuration.
    pub async fn under(&self, config: &Config) -> Result<Self, String> {
        Self::of(self.0.store.clone(), config, self.0.certificates.clone()).await
    }

    async fn of(store: Store, config: &Config, certificates: Arc<Certificates>) -> Result<Self, String> {
        let mut doors = HashMap::new();
        for (provider, proof) in config.bounce.hooks.given() {
            let credentials = credentials(provider, proof)?;
            let relays = config.mail.relays.iter().filter(|relay| relay.provider() == Some(provider));
            let relays = relays.map(|relay| relay.url.to_string()).collect();
            doors.insert(provider, Door { credentials, relays });
        }
        let needs_certificates = doors.contains_key(&Provider::Ses);
        let fetcher = needs_certificates.then(|| Fetcher::new(&config.fetch.allowed_hosts)).transpose()?;
        let key = store.token_key().await.map_err(|error| error.to_string())?;
        let soft_limit = config.bounce.soft_limit;
        Ok(Self(Arc::new(Parts { store, key, doors, soft_limit, certificates, fetcher })))
    }

    pub fn is_open(&self, provider: Provider) -> bool {
        self.0.doors.contains_key(&provider)
    }

    /// Takes one request. All of it is on disk when this returns.
    pub async fn take(&self, provider: Provider, headers: &HeaderMap, body: &[u8]) -> Result<(), Refusal> {
        let door = self.0.doors.get(&provider).ok_or(Refusal::Closed)?;
        let at = self.0.store.now();
        let told = self.read(door, &Posted { headers, body, at }).await?;
        let way = Way::from(provider);
        if let Some(url) = &told.confirm {
            self.confirm(way, url).await?;
        }
        if let Some(notice) = told.notice {
            tracing::warn!(%way, "{notice}");
        }
        let recorded = self.record(door, way, &told, at).await.map_err(busy)?;
        let Some(recorded) = recorded else {
            let why = "this signature came with another event before".to_owned();
            return Err(Refusal::Unproved { why, challenge: None });
        };
        tell(way, &told, &recorded);
        Ok(())
    }

    async fn read(&self, door: &Door, posted: &Posted<'_>) -> Result<Told, Refusal> {
        let refused = |denied| refused(denied, &door.credentials);
        let certificate = match provider::certificate_url(posted, &door.credentials).map_err(refused)? {
            None => None,
            Some(url) => {
                let fetcher = self.0.fetcher.as_ref().ok_or(Refusal::NoCertificate)?;
                // Who signed is not known yet, so it is asked for again.
                let found = self.0.certificates.at(&url, fetcher).await.map_err(|error| {
                    tracing::warn!(error, "the certificate of a report could not be fetched");
                    Refusal::NoCertificate
                })?;
                Some(found)
            }
        };
        provider::read(posted, &door.credentials, certificate.as_deref().map(str::as_bytes)).map_err(refused)
    }

    /// A topic that is configured wants to tell us: fetching this address says yes, once.
    async fn confirm(&self, way: Way, url: &url::Url) -> Result<(), Refusal> {
        let (store, key) = (&self.0.store, format!("confirm:{url}"));
        if store.was_done(way, &key).await.map_err(busy)? {
            return Ok(());
        }
        let fetcher = self.0.fetcher.as_ref().ok_or(Refusal::Busy)?;
        match fetcher.get_small(url).await {
            Ok(_) => {
                tracing::info!("a topic of Amazon SNS was confirmed: it tells us from now on");
                store.note_done(way, &key).await.map_err(busy)
            }
            Err(error) => {
                tracing::warn!(error, "a topic of Amazon SNS could not be confirmed; it asks again");
                Err(Refusal::Busy)
            }
        }
    }

    /// None if its signature came with something else before.
    async fn record(
        &self,
        door: &Door,
        way: Way,
        told: &Told,
        now: Timestamp,
    ) -> store::Result<Option<Vec<RecordedReturn>>> {
        let mut proofs = Vec::with_capacity(told.events.len());
        for event in &told.events {
            proofs.push(match event.what {
                What::Report { .. } | What::Left | What::Unknown => {
                    self.whose(door, event, told.is_signed, now).await?
                }
                What::Delivered | What::Nothing => None,
            });
        }
        let reports: Vec<Report> = told.events.iter().map(report).collect();
        let entries: Vec<Entry<'_>> = (told.events.iter().zip(&reports).zip(proofs))
            .map(|((event, report), proof)| {
                let raw = event.raw.as_deref().unwrap_or_default();
                let what = match event.what {
                    What::Report { .. } | What::Unknown => EntryWhat::Report { report, raw },
                    What::Left => EntryWhat::Left,
                    What::Delivered => EntryWhat::Noted("delivered"),
                    What::Nothing => EntryWhat::Noted("other"),
                };
                Entry { key: &event.key, proof, what }
            })
            .collect();
        let signature = told.replay.as_ref().map(|replay| Signature { token: &replay.token, content: &replay.content });
        if entries.is_empty() {
            self.0.store.note_way(way, "other").await?;
        }
        self.0.store.record_told(way, signature, &entries, self.0.soft_limit).await
    }

    /// Which delivery an event is about: by our mark in it, by what the relay called the mail, by its Message-ID; if the
    /// provider signed the event, by the address alone. Whatever names a delivery proves nothing of another address.
    async fn whose(&self, door: &Door, event: &Event, is_signed: bool, now: Timestamp) -> store::Result<Option<Proof>> {
        let Parts { store, key, .. } = &*self.0;
        let address = event.address.as_deref();
        let mut found = Vec::new();
        let marks = [event.delivery.as_deref(), event.envelope_sender.as_deref().and_then(tag)];
        for claim in marks.into_iter().flatten().filter_map(verp::read_mark) {
            found.extend(store.open_link(key, &claim).await?.ok().map(|id| (id, KnownBy::Token)));
        }
        if let Some(relay_id) = &event.relay_id {
            found.extend(store.delivery_of_relay_id(relay_id).await?.map(|id| (id, KnownBy::RelayId)));
        }
        if let Some(message_id) = &event.message_id {
            found.extend(store.delivery_of_message(message_id).await?.map(|id| (id, KnownBy::MessageId)));
        }
        for (delivery, by) in found {
            if store.went_to(delivery, address).await? {
                return Ok(Some(Proof::Told { delivery, by }));
            }
        }
        let Some(address) = address.filter(|_| is_signed) else { return Ok(None) };
        let until = event.at.map_or(now, |at| at.min(now));
        let last = store.last_delivery_to(address, &door.relays, until).await?;
        Ok(last.map(|delivery| Proof::Told { delivery, by: KnownBy::Recipient }))
    }
}

/// What stands behind the `+` of an address.
fn tag(address: &str) -> Option<&str> {
    Some(address.rsplit_once('@')?.0.rsplit_once('+')?.1)
}

fn report(event: &Event) -> Report {
    let (class, counts) = match event.what {
        What::Report { class, counts } => (class, counts),
        What::Unknown | What::Delivered | What::Left | What::Nothing => (Class::Unknown, false),
    };
    Report {
        address: event.address.clone(),
        class,
        counts,
        understood: class != Class::Unknown,
        status: event.status,
        diagnostic: event.diagnostic.clone(),
    }
}

/// A line of the log for each event of interest. It names nobody.
fn tell(way: Way, told: &Told, recorded: &[RecordedReturn]) {
    for (event, became) in told.events.iter().zip(recorded) {
        let (what, status) = (event.what, event.status.map(|status| status.to_string()));
        let RecordedReturn { counted, is_late, is_known, .. } = became;
        match what {
            What::Delivered | What::Nothing => tracing::debug!(%way, ?what, "told"),
            _ => tracing::info!(%way, ?what, status, counted, late = is_late, again = is_known, "told"),
        }
    }
}

fn busy(error: store::Error) -> Refusal {
    match error.is_passing() {
        true => tracing::warn!(%error, "what a provider tells can't be kept now; it tells it again"),
        false => tracing::error!(%error, "what a provider tells can't be kept; it tells it again"),
    }
    Refusal::Busy
}

fn refused(denied: Denied, credentials: &Credentials) -> Refusal {
    match denied {
        Denied::Unproved(why) => {
            Refusal::Unproved { why, challenge: credentials.shown().map(|secret| secret.challenge()) }
        }
        Denied::Unreadable(why) => Refusal::Unreadable(why),
        Denied::TooLong(why) => Refusal::TooLong(why),
    }
}

/// What proves a provider's requests; an error names the option.
pub fn credentials(provider: Provider, proof: HookProof<'_>) -> Result<Credentials, String> {
    let place = format!("[bounce.hooks.{provider}]");
    let made = match proof {
        HookProof::Topics(topics) => Credentials::topics(topics),
        HookProof::PublicKey(key) => Credentials::secret(provider, None, key.unwrap_or_default()),
        HookProof::Secret { username, file } => {
            let file = file.ok_or_else(|| format!("{place}: give a secret_file"))?;
            Credentials::secret(provider, username, &secret(&place, file)?)
        }
    };
    made.map_err(|error| format!("{place}: {error}"))
}

fn secret(place: &str, file: &Path) -> Result<String, String> {
    std::fs::read_to_string(file)
        .map_err(|error| format!("{place}: the secret_file {} can't be read: {error}", file.display()))
}

#[cfg(test)]
mod tests;
