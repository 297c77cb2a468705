//! People who get mail, and what they agreed to.

mod edit;
mod head;

use std::fmt;
use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};

use super::address::EmailAddress;
use super::event::Kind;
use super::token::{Nonce, Subject};
use super::zone::Zone;
use super::{FieldError, Invalid, words};
pub use edit::{DetailChange, Edited, EditedSubscriber, ListEdit, SubscriberEdit};
pub use head::Head;

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

/// Which people are asked for; what is none is not asked.
#[derive(Debug, Clone, Default)]
pub struct SubscriberFilter {
    pub email: Option<EmailAddress>,
    /// Who ever had to do with this digest, by slug; with `status`, who stands so with it.
    pub digest: Option<String>,
    /// Who stands so with a digest.
    pub status: Option<Consent>,
    /// Whether nothing may be sent to them.
    pub is_suppressed: Option<bool>,
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

/// Clocks and days differ by so much at most.
const A_DAY: SignedDuration = SignedDuration::from_hours(24);

/// When somebody agreed elsewhere, as it is kept. A consent from the future would count against somebody who leaves
/// until then.
pub fn consented(at: Timestamp, now: Timestamp) -> Result<Timestamp, FieldError> {
    match at.duration_since(now) > A_DAY {
        true => Err(FieldError::of("consent_at")(Invalid(format!("{at} is yet to come: nobody has agreed by then")))),
        false => Ok(at.min(now)),
    }
}

words! {
    pub enum SuppressionReason, "reason to send nothing" {
        /// Mail came back for good, or too often.
        Bounced => "bounced",
        /// The reader told their provider that it is spam.
        Complained => "complained",
        /// The office said so.
        Withheld => "withheld",
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

impl<'de> serde::Deserialize<'de> for Hour {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        u64::deserialize(deserializer)?.to_string().parse().map_err(serde::de::Error::custom)
    }
}

impl serde::Serialize for Hour {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_agreed_in_the_future() {
        let now: Timestamp = "2026-11-29T08:00:00Z".parse().unwrap();
        let kept = |text: &str| consented(text.parse().unwrap(), now);
        assert_eq!(kept("2019-05-01T00:00:00Z").unwrap().to_string(), "2019-05-01T00:00:00Z");
        // A clock that is ahead, and a day that has begun elsewhere.
        for ahead in ["2026-11-29T08:00:01Z", "2026-11-30T00:00:00Z"] {
            assert_eq!(kept(ahead), Ok(now));
        }
        assert_eq!(kept("2099-01-01T00:00:00Z").unwrap_err().field, "consent_at");
    }
}
