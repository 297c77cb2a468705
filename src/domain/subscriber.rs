//! People who get mail, and what they agreed to.

use jiff::Timestamp;

use super::address::EmailAddress;
use super::words;
use super::zone::Zone;

/// A person, known by an email address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscriber {
    pub id: i64,
    pub email: EmailAddress,
    pub name: String,
    /// Topics followed; none means all.
    pub topics: Vec<String>,
    pub timezone: Option<Zone>,
    pub locale: Option<String>,
    pub created_at: Timestamp,
    pub subscriptions: Vec<Subscription>,
}

/// A wish to get digests, and what was said beside; of what nobody spoke, what is known stays.
#[derive(Debug, Clone)]
pub struct NewSubscriber {
    pub email: EmailAddress,
    pub name: Option<String>,
    /// Topics to follow; an empty list means all.
    pub topics: Option<Vec<String>>,
    pub timezone: Option<Zone>,
    pub locale: Option<String>,
    /// The digests wanted, by slug.
    pub digests: Vec<String>,
}

words! {
    pub enum Consent, "state of consent" {
        /// Asked for, and the confirmation mail not yet answered.
        Pending => "pending",
        Confirmed => "confirmed",
        /// Left, with one click or by an editor's hand.
        Left => "left",
    }
}

/// One digest and whether the person agreed to get it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Subscription {
    #[serde(skip)]
    pub id: i64,
    pub digest: String,
    pub status: Consent,
    pub consent_at: Option<Timestamp>,
    pub consent_note: Option<String>,
    pub left_at: Option<Timestamp>,
}

/// Where a consent comes from.
#[derive(Debug, Clone)]
pub enum ConsentSource {
    /// A confirmation mail asks first (double opt-in).
    AskByMail,
    /// The same, but nobody is asked who was asked before, whatever they answered.
    AskOnce,
    /// Got elsewhere, on this day, and how.
    Recorded { at: Timestamp, note: String },
}
