//! One mail to one person, as `delivery list` tells it, and what became of the wish to send some again.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::address::EmailAddress;
use crate::domain::edition::{self, DeliveryStatus};

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Delivery {
    /// By which it is sent again.
    pub id: i64,
    /// The edition's id; null for a mail of no edition, such as a confirmation.
    #[schema(required)]
    pub edition: Option<i64>,
    /// The edition's digest, by slug.
    #[schema(required)]
    pub digest: Option<String>,
    /// The edition's number in its digest: with it, `weekly/1`.
    #[schema(required)]
    pub number: Option<i64>,
    /// Where it goes.
    #[schema(value_type = String)]
    pub address: EmailAddress,
    /// `queued`, `sending`, `sent`, `deferred`, `failed`, `uncertain` or `suppressed`.
    pub status: DeliveryStatus,
    /// How often it was tried.
    pub attempts: i64,
    /// When it is tried next; null if it is not.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub next_at: Option<Timestamp>,
    /// Why it was not taken.
    #[schema(required)]
    pub error: Option<String>,
    /// The relay that was asked last, or the folder of files.
    #[schema(required)]
    pub relay: Option<String>,
    /// With angle brackets; the same on each attempt.
    pub message_id: String,
    /// What the relay called it when it took it, for its own log; null if it gave it no name.
    #[schema(required)]
    pub relay_id: Option<String>,
}

/// What became of the wish to send deliveries again.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct Retried {
    /// How many were queued.
    pub queued: u64,
    /// Left out, since their readers were told the same by a later edition.
    pub made_up: u64,
    /// Left out, since nothing may be sent to their address.
    pub held: u64,
    /// Left out, since their readers have left, or came only later.
    pub unwanted: u64,
}

/// An edition that is sent to one reader.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ResentRecord {
    /// The id of the edition's row.
    pub edition: i64,
    pub digest: String,
    pub number: i64,
    /// Where it goes.
    pub to: String,
    /// Whether it is what they got before; otherwise it tells what the edition told as things are now.
    pub again: bool,
}

impl From<&edition::Delivery> for Delivery {
    fn from(delivery: &edition::Delivery) -> Self {
        let name = delivery.edition_name.as_ref();
        Self {
            id: delivery.id,
            edition: delivery.edition,
            digest: name.map(|name| name.digest.clone()),
            number: name.map(|name| name.number),
            address: delivery.address.clone(),
            status: delivery.status,
            attempts: delivery.attempts,
            next_at: delivery.next_at,
            error: delivery.error.clone(),
            relay: delivery.relay.clone(),
            message_id: format!("<{}>", delivery.message_id),
            relay_id: delivery.relay_id.clone(),
        }
    }
}

impl From<edition::Retried> for Retried {
    fn from(retried: edition::Retried) -> Self {
        let edition::Retried { queued, made_up, held, unwanted } = retried;
        Self { queued, made_up, held, unwanted }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_delivery_has_the_promised_names() {
        let delivery = edition::Delivery {
            id: 12,
            edition: Some(5),
            edition_name: Some(edition::EditionName { digest: "weekly".into(), number: 1 }),
            address: "ada@example.org".parse().unwrap(),
            status: DeliveryStatus::Deferred,
            attempts: 2,
            next_at: Some(Timestamp::UNIX_EPOCH),
            error: Some("451 later".into()),
            relay: None,
            message_id: "a@b".into(),
            relay_id: Some("4F1A".into()),
        };
        assert_eq!(
            serde_json::to_value(Delivery::from(&delivery)).unwrap(),
            json!({
                "id": 12, "edition": 5, "digest": "weekly", "number": 1, "address": "ada@example.org",
                "status": "deferred", "attempts": 2, "next_at": "1970-01-01T00:00:00Z", "error": "451 later",
                "relay": null, "message_id": "<a@b>", "relay_id": "4F1A",
            })
        );
        let retried = edition::Retried { queued: 1, made_up: 2, held: 3, unwanted: 4 };
        assert_eq!(
            serde_json::to_value(Retried::from(retried)).unwrap(),
            json!({ "queued": 1, "made_up": 2, "held": 3, "unwanted": 4 })
        );
    }
}
