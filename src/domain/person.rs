//! All that is kept of a person, as they may ask for it (GDPR, articles 15 and 20).

use jiff::Timestamp;

use super::address::EmailAddress;
use super::bounce::Class;
use super::edition::{DeliveryStatus, EditionName};
use super::event::Kind;
use super::subscriber::{Hour, Subscription, Suppression};
use super::token::Subject;

#[derive(Debug, Clone)]
pub struct Person {
    pub email: EmailAddress,
    pub name: String,
    /// None of somebody who was removed, of whom deliveries are left.
    pub since: Option<Timestamp>,
    pub choices: PersonChoices,
    /// Why nothing is sent to the address, if so.
    pub suppressed: Option<Suppression>,
    pub subscriptions: Vec<Subscription>,
    pub sign_ups: Vec<PersonSignUp>,
    pub deliveries: Vec<PersonDelivery>,
    pub bounces: Vec<PersonBounce>,
    pub calendars: Vec<PersonCalendar>,
}

#[derive(Debug, Clone, Default)]
pub struct PersonChoices {
    pub topics: Vec<String>,
    pub kinds: Vec<Kind>,
    pub timezone: Option<String>,
    pub send_hour: Option<Hour>,
    pub locale: Option<String>,
}

/// What was asked for before it was confirmed, and what was said beside.
#[derive(Debug, Clone)]
pub struct PersonSignUp {
    pub at: Timestamp,
    pub digests: Vec<String>,
    pub name: Option<String>,
    pub topics: Option<Vec<String>>,
    pub kinds: Option<Vec<Kind>>,
    pub timezone: Option<String>,
    pub send_hour: Option<Hour>,
    pub locale: Option<String>,
    /// How it came: by which page, or by whom.
    pub origin: String,
    /// Where it was sent from, for a day.
    pub network: Option<String>,
    pub confirmed_at: Option<Timestamp>,
}

#[derive(Debug, Clone)]
pub struct PersonDelivery {
    pub queued_at: Timestamp,
    /// None for a mail of no edition, such as a confirmation.
    pub edition: Option<EditionName>,
    pub subject: String,
    pub address: String,
    pub status: DeliveryStatus,
    pub attempts: i64,
    pub first_tried_at: Option<Timestamp>,
    pub next_at: Option<Timestamp>,
    pub error: Option<String>,
    pub message_id: String,
}

#[derive(Debug, Clone)]
pub struct PersonBounce {
    pub at: Timestamp,
    pub class: Class,
    pub status: Option<String>,
    pub diagnostic: Option<String>,
    pub verified: bool,
}

#[derive(Debug, Clone)]
pub struct PersonCalendar {
    pub subject: Subject,
    pub created_at: Timestamp,
    pub revoked_at: Option<Timestamp>,
}
