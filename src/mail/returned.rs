//! Mail that comes to us: read, proved, kept. The command on standard input and the LMTP listener both end here.

use serde::Serialize;

use super::bounce;
use crate::config::Config;
use crate::domain::bounce::Class;
use crate::domain::token::{Purpose, TokenKey};
use crate::domain::verp::Verp;
use crate::store::{Result, Store};

/// Takes messages to the bounce address and its variants.
#[derive(Clone)]
pub struct Returns {
    store: Store,
    key: TokenKey,
    /// None if no bounce address is configured: then nothing can be proved.
    verp: Option<Verp>,
    soft_limit: u32,
}

/// What a message said, and whether it was proved and so counts.
#[derive(Debug, Serialize)]
pub struct Taken {
    pub address: Option<String>,
    /// That of a report, or `unsubscribe`.
    pub class: &'static str,
    pub status: Option<String>,
    pub diagnostic: Option<String>,
    pub verified: bool,
}

impl Returns {
    pub async fn new(store: Store, config: &Config) -> Result<Self> {
        let key = store.token_key().await?;
        let verp = config.bounce.address.as_ref().map(|address| Verp::of(address, &key));
        Ok(Self { store, key, verp, soft_limit: config.bounce.soft_limit })
    }

    /// Whether mail to this address is ours to take.
    pub fn is_ours(&self, recipient: &str) -> bool {
        self.verp.as_ref().is_some_and(|verp| verp.is_ours(recipient))
    }

    /// Takes one message; `recipients` are the addresses that it may have come to, the most telling first. All of it is
    /// on disk when this returns.
    pub async fn take(&self, recipients: &[String], message: &[u8]) -> Result<Vec<Taken>> {
        let proved = self.prove(recipients).await?;
        if let Some((Purpose::UnsubscribeByMail, id)) = proved {
            return Ok(vec![self.unsubscribe(id).await?]);
        }
        let message = &message[..message.len().min(bounce::MESSAGE_LIMIT)];
        let reading = bounce::read(message);
        // A provider sends complaints to one address for all; the proof stands in what was complained of.
        let proved = match proved {
            None => self.prove(&reading.complained_of).await?,
            proved => proved,
        };
        let delivery = proved.and_then(|(purpose, id)| (purpose == Purpose::Bounce).then_some(id));
        self.store.record_bounces(delivery, &reading.reports, message, self.soft_limit).await?;
        let verified = delivery.is_some();
        for report in &reading.reports {
            let status = report.status.map(|status| status.to_string());
            tracing::info!(delivery, class = report.class.as_str(), status, verified, "came back");
        }
        let taken = reading.reports.into_iter().map(|report| Taken {
            address: report.address,
            class: report.class.as_str(),
            status: report.status.map(|status| status.to_string()),
            diagnostic: report.diagnostic,
            verified,
        });
        Ok(taken.collect())
    }

    /// What the first of these addresses that proves anything proves: what for, and the row's id.
    async fn prove(&self, addresses: &[String]) -> Result<Option<(Purpose, i64)>> {
        let Some(verp) = &self.verp else { return Ok(None) };
        for claim in addresses.iter().filter_map(|address| verp.read(address)) {
            if let Ok(id) = self.store.open_link(&self.key, &claim).await? {
                return Ok(Some((claim.purpose(), id)));
            }
        }
        Ok(None)
    }

    /// Whatever the mail says: that it came to this address is the wish (RFC 2369 section 3.2).
    async fn unsubscribe(&self, subscription: i64) -> Result<Taken> {
        let known = self.store.subscription(subscription).await?;
        self.store.leave(subscription, false).await?;
        tracing::info!(subscription, "unsubscribed by mail");
        let diagnostic = match &known {
            Some(known) => format!("unsubscribed from {}", known.digest),
            None => "unsubscribed; nobody has this subscription any more".into(),
        };
        Ok(Taken {
            address: known.map(|known| known.email.to_string()),
            class: UNSUBSCRIBE,
            status: None,
            diagnostic: Some(diagnostic),
            verified: true,
        })
    }
}

const UNSUBSCRIBE: &str = "unsubscribe";

impl Taken {
    /// One sentence for people.
    pub fn told(&self) -> String {
        let who = self.address.as_deref().unwrap_or("an address that is not told");
        let class = match self.class {
            UNSUBSCRIBE => return format!("{who}: {}.", self.diagnostic.as_deref().unwrap_or(UNSUBSCRIBE)),
            class if class == Class::Unknown.as_str() => "not understood; it is kept, see `kalends bounce list`",
            class => class,
        };
        let said = self.diagnostic.as_ref().map(|said| format!(" ({said})")).unwrap_or_default();
        let proof = if self.verified { "" } else { " Nothing was changed: the address it came to proves nothing." };
        format!("{who}: {class}{said}.{proof}")
    }
}
