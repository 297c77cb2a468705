//! What came back, as `bounce` and `bounce list` tell it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::bounce::{self, Class, KnownBy, Way};

/// What one message says of one address.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Taken {
    /// Whom it is about, if that is told or proved.
    #[schema(required)]
    pub address: Option<String>,
    /// `hard`, `soft`, `delayed`, `complaint` or `unknown`; `unsubscribe` for a mail that is no report.
    pub class: &'static str,
    /// An enhanced status code (RFC 3463).
    #[schema(required)]
    pub status: Option<String>,
    /// What the server said.
    #[schema(required)]
    pub diagnostic: Option<String>,
    /// Whether the address that it came to proves whose it is; only then is anything changed.
    pub verified: bool,
}

/// What came back by one way.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WayRecord {
    pub way: Way,
    /// When something last came by it.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub last_at: Option<Timestamp>,
    /// How much of each kind came: the classes of reports, and `delivered`, `left` and `other`.
    pub told: BTreeMap<String, u64>,
    /// Why something may be wrong with it: it can't be read, or it said nothing for long.
    #[schema(required)]
    pub trouble: Option<String>,
}

/// A report that was kept.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Bounce {
    /// By which it is shown.
    pub id: i64,
    /// When it came.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// By which way: `hand-over` (a relay refused it), `lmtp`, `command`, `api`, `mailbox`, or a mail provider's name; null
    /// if it came before this was kept.
    #[schema(required)]
    pub way: Option<Way>,
    /// The id of the delivery that it is about, where that is known.
    #[schema(required)]
    pub delivery: Option<i64>,
    /// As it was reported, or where the delivery went.
    #[schema(required)]
    pub address: Option<String>,
    /// `hard`, `soft`, `delayed`, `complaint` or `unknown`.
    pub class: Class,
    /// An enhanced status code (RFC 3463).
    #[schema(required)]
    pub status: Option<String>,
    /// What the server said.
    #[schema(required)]
    pub diagnostic: Option<String>,
    /// Whether it was proved whose it is, by more than what everybody knows who has the mail. If not, it changes nothing,
    /// or counts as `soft` at most (see `proof`).
    pub verified: bool,
    /// By what it is known whose it is: `hand-over`, `address` (that it came to), `link` (in the mail complained of),
    /// `token` and `relay-id` (told by a provider), `message-id` (which counts as `soft` at most if `verified` is false),
    /// `recipient` (the reader's last mail). Null if it is not known.
    #[schema(required)]
    pub proof: Option<KnownBy>,
    /// Whether it counted against the address.
    pub counted: bool,
    /// Whether the message was kept because it could not be understood.
    pub kept: bool,
}

/// The same with the message that was kept.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BounceWithMessage {
    #[serde(flatten)]
    pub bounce: Bounce,
    /// As it came; what is no UTF-8 in it is replaced.
    #[schema(required)]
    pub message: Option<String>,
}

impl BounceWithMessage {
    pub fn of(bounce: &bounce::Bounce, message: Option<&[u8]>) -> Self {
        let message = message.map(|octets| String::from_utf8_lossy(octets).into_owned());
        Self { bounce: bounce.into(), message }
    }
}

impl From<&bounce::Taken> for Taken {
    fn from(taken: &bounce::Taken) -> Self {
        Self {
            address: taken.address.clone(),
            class: taken.class.as_str(),
            status: taken.status.clone(),
            diagnostic: taken.diagnostic.clone(),
            verified: taken.verified,
        }
    }
}

impl From<&bounce::Bounce> for Bounce {
    fn from(bounce: &bounce::Bounce) -> Self {
        Self {
            id: bounce.id,
            at: bounce.at,
            way: bounce.way,
            delivery: bounce.delivery,
            address: bounce.address.clone(),
            class: bounce.class,
            status: bounce.status.clone(),
            diagnostic: bounce.diagnostic.clone(),
            verified: bounce.verified,
            proof: bounce.proof,
            counted: bounce.counted,
            kept: bounce.is_kept,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_bounce_has_the_promised_names() {
        let bounce = bounce::Bounce {
            id: 3,
            at: Timestamp::UNIX_EPOCH,
            delivery: Some(12),
            address: Some("ada@example.org".into()),
            class: Class::Soft,
            status: Some("5.2.2".into()),
            diagnostic: Some("552 full".into()),
            verified: true,
            proof: Some(KnownBy::Address),
            way: Some(Way::Lmtp),
            counted: true,
            is_kept: false,
        };
        let mut expected = json!({
            "id": 3, "at": "1970-01-01T00:00:00Z", "delivery": 12, "address": "ada@example.org", "class": "soft",
            "status": "5.2.2", "diagnostic": "552 full", "verified": true, "proof": "address", "way": "lmtp", "counted": true, "kept": false,
        });
        let bounce = Bounce::from(&bounce);
        assert_eq!(serde_json::to_value(&bounce).unwrap(), expected);
        expected["message"] = json!("gibberish");
        let shown = BounceWithMessage { bounce, message: Some("gibberish".into()) };
        assert_eq!(serde_json::to_value(shown).unwrap(), expected);
        let taken = bounce::Taken {
            address: None,
            class: bounce::TakenClass::Unsubscribe,
            status: None,
            diagnostic: None,
            verified: true,
            why_not: None,
        };
        assert_eq!(
            serde_json::to_value(Taken::from(&taken)).unwrap(),
            json!({ "address": null, "class": "unsubscribe", "status": null, "diagnostic": null, "verified": true })
        );
    }
}
