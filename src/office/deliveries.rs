//! The outbox: what is in it, and what is sent again.

use super::{Office, Result};
use crate::domain::actor::Actor;
use crate::domain::address::EmailAddress;
use crate::domain::edition::{Delivery, DeliveryStatus, Edition, EditionRef, Hold, Retried};

use crate::domain::refused::{Noun, Refused};
use crate::office::digests::given_up;
use crate::store::{Again, DeliveryFilter};

/// Which deliveries are asked for: those that are all of this.
#[derive(Debug, Clone, Default)]
pub struct DeliveryQuery {
    pub edition: Option<EditionRef>,
    /// By slug.
    pub digest: Option<String>,
    pub status: Option<DeliveryStatus>,
    pub address: Option<EmailAddress>,
    /// Older than the one of this id.
    pub before: Option<i64>,
    /// Only so many, the newest.
    pub limit: Option<u32>,
}

/// Which deliveries are to be sent again.
#[derive(Debug, Clone)]
pub enum Retry {
    One(i64),
    Edition(EditionRef),
    All,
}

impl Retry {
    /// What of it was said; none if that is nothing, or several things.
    pub fn of(id: Option<i64>, edition: Option<EditionRef>, all: bool) -> Option<Self> {
        match (id, edition, all) {
            (Some(id), None, false) => Some(Self::One(id)),
            (None, Some(edition), false) => Some(Self::Edition(edition)),
            (None, None, true) => Some(Self::All),
            _ => None,
        }
    }
}

impl Office {
    /// In the order in which they were made.
    pub async fn deliveries(&self, query: DeliveryQuery) -> Result<Vec<Delivery>> {
        let DeliveryQuery { edition, digest, status, address, before, limit } = query;
        let edition = match &edition {
            Some(edition) => Some(self.wanted_edition(edition).await?.id),
            None => None,
        };
        let filter = DeliveryFilter { edition, digest, status, address, before, limit };
        let found = self.store.deliveries(&filter).await?;
        match &filter.digest {
            // One that was taken out of the configuration may still have sent.
            Some(slug) if found.is_empty() => {
                self.expect_digest(slug).await?;
                Ok(found)
            }
            _ => Ok(found),
        }
    }

    /// Queues again what failed, waits, is uncertain or was suppressed, for those who may get mail. The edition comes with
    /// it, if it was one.
    pub async fn retry_deliveries(&self, by: &Actor, retry: &Retry) -> Result<(Retried, Option<Edition>)> {
        let again = match retry {
            Retry::One(id) => Again::One(*id),
            Retry::Edition(edition) => {
                let edition = self.wanted_edition(edition).await?;
                if matches!(edition.hold, Hold::GivenUp(_)) {
                    return Err(given_up(&edition.name()).into());
                }
                Again::Edition(edition)
            }
            Retry::All => Again::All,
        };
        let retried = self.store.retry_deliveries(by, &again).await?;
        match again {
            Again::One(id) if retried.queued == 0 => Err(self.why_not_retried(id, retried).await?.into()),
            Again::Edition(edition) => Ok((retried, Some(edition))),
            Again::One(_) | Again::All => Ok((retried, None)),
        }
    }

    /// Why one delivery was not queued again.
    async fn why_not_retried(&self, id: i64, retried: Retried) -> Result<Refused> {
        let delivery = self.store.delivery(id).await?;
        Ok(match (delivery, retried) {
            (Some(delivery), Retried { held: 1.., .. }) => {
                let said = format!("nothing may be sent to the address of delivery {id}");
                Refused::conflict(said).about(Noun::Subscriber, delivery.address)
            }
            (Some(_), Retried { made_up: 1.., .. }) => Refused::conflict(format!(
                "delivery {id} was not queued again: a later edition tells its reader the same"
            )),
            (Some(_), Retried { unwanted: 1.., .. }) => Refused::conflict(format!(
                "delivery {id} was not queued again: its reader has left, or came only later"
            )),
            (Some(Delivery { edition: Some(edition), edition_name: Some(name), .. }), _)
                if matches!(self.store.edition(&EditionRef::Id(edition)).await?.hold, Hold::GivenUp(_)) =>
            {
                given_up(&name)
            }
            (Some(delivery), _) => {
                let said = format!("delivery {id} is {}: only what failed or waits is sent again", delivery.status);
                Refused::conflict(said).about(Noun::Delivery, id)
            }
            (None, _) => Refused::not_found(Noun::Delivery, id),
        })
    }
}
