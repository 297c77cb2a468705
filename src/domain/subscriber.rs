//! People who get mail, and what they agreed to.

mod edit;

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;

use super::address::EmailAddress;
use super::event::Kind;
use super::token::{Nonce, Subject};
use super::zone::Zone;
use super::{Invalid, words};
pub use edit::{DetailChange, Edited, EditedSubscriber, ListEdit, SubscriberEdit};

/// A person, known by an email address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscriber {
    pub id: i64,
    pub nonce: Option<Nonce>,
    pub email: EmailAddress,
    pub name: String,
    /// Topics followed; none means all.
    pub topics: Vec<String>,
    /// Kinds of events told of; none means all.
    pub kinds: Vec<Kind>,
    pub timezone: Option<Zone>,
    /// The hour of their own day at which mail comes, where a digest leaves that to its readers.
    pub send_hour: Option<Hour>,
    pub locale: Option<String>,
    /// Why nothing may be sent to the address, if so.
    pub suppression: Option<Suppression>,
    pub created_at: Timestamp,
    pub subscriptions: Vec<Subscription>,
}

impl Subscriber {
    /// As links stand for it.
    pub fn subject(&self) -> Subject {
        Subject { id: self.id, nonce: self.nonce }
    }
}

/// A wish to get digests, and what was said beside; of what nobody spoke, what is known stays.
#[derive(Debug, Clone)]
pub struct NewSubscriber {
    pub email: EmailAddress,
    pub name: Option<String>,
    /// Topics to follow; an empty list means all.
    pub topics: Option<Vec<String>>,
    /// Kinds of events to be told of; an empty list means all.
    pub kinds: Option<Vec<Kind>>,
    pub timezone: Option<Zone>,
    pub send_hour: Option<Hour>,
    pub locale: Option<String>,
    /// The digests wanted, by slug.
    pub digests: Vec<String>,
}

impl NewSubscriber {
    /// A wish to get these digests, silent about all else.
    pub fn of(email: EmailAddress, digests: Vec<String>) -> Self {
        let (name, topics, kinds, timezone, send_hour, locale) = Default::default();
        Self { email, name, topics, kinds, timezone, send_hour, locale, digests }
    }
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

words! {
    pub enum SuppressionReason, "reason to send nothing" {
        /// Mail came back for good, or too often.
        Bounced => "bounced",
        /// The reader told their provider that it is spam.
        Complained => "complained",
    }
}

/// Nothing is sent to the address: why, and since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Suppression {
    pub reason: SuppressionReason,
    pub at: Timestamp,
}

/// An hour of the day, 0 to 23.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hour(u8);

impl Hour {
    /// All of them, from midnight on.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..24).map(Self)
    }

    pub fn number(self) -> u8 {
        self.0
    }

    /// `08:00`.
    pub fn on_a_clock(self) -> String {
        format!("{:02}:00", self.0)
    }
}

impl FromStr for Hour {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text.trim().parse() {
            Ok(hour @ 0..24) => Ok(Self(hour)),
            _ => Err(Invalid(format!("`{text}` is not an hour of the day: write 0 (midnight) to 23"))),
        }
    }
}

impl fmt::Display for Hour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl serde::Serialize for Hour {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(self.0)
    }
}
