//! All that is kept of a person, as they may ask for it (GDPR, articles 15 and 20).

use jiff::Timestamp;
use serde::Serialize;

use super::event::Kind;
use super::links::Links;
use super::subscriber::{Hour, Subscription, Suppression};
use super::token::{Subject, TokenKey};

#[derive(Debug, Clone, Serialize)]
pub struct PersonRecord {
    pub email: String,
    pub name: String,
    /// None of somebody who was removed, of whom deliveries are left.
    pub since: Option<Timestamp>,
    pub choices: ChoicesRecord,
    /// Why nothing is sent to the address, if so.
    pub suppressed: Option<Suppression>,
    pub subscriptions: Vec<Subscription>,
    pub sign_ups: Vec<SignUpRecord>,
    pub deliveries: Vec<DeliveryRecord>,
    pub bounces: Vec<BounceRecord>,
    pub calendars: Vec<CalendarRecord>,
}

impl PersonRecord {
    /// Puts their addresses to the calendars, but for those that were taken back.
    pub fn add_calendar_urls(&mut self, links: Links<'_>, key: &TokenKey) {
        for calendar in self.calendars.iter_mut().filter(|calendar| calendar.revoked_at.is_none()) {
            calendar.url = Some(links.own_calendar(key, calendar.subject));
        }
    }
}

#[derive(Debug, Clone, Default, Serialize)]
pub struct ChoicesRecord {
    pub topics: Vec<String>,
    pub kinds: Vec<Kind>,
    pub timezone: Option<String>,
    pub send_hour: Option<Hour>,
    pub locale: Option<String>,
}

/// What was asked for before it was confirmed, and what was said beside.
#[derive(Debug, Clone, Serialize)]
pub struct SignUpRecord {
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

#[derive(Debug, Clone, Serialize)]
pub struct DeliveryRecord {
    pub queued_at: Timestamp,
    /// None for a mail of no edition, such as a confirmation.
    pub digest: Option<String>,
    pub edition: Option<i64>,
    pub subject: String,
    pub address: String,
    pub status: String,
    pub attempts: i64,
    pub first_tried_at: Option<Timestamp>,
    pub next_at: Option<Timestamp>,
    pub error: Option<String>,
    pub message_id: String,
}

#[derive(Debug, Clone, Serialize)]
pub struct BounceRecord {
    pub at: Timestamp,
    pub class: String,
    pub status: Option<String>,
    pub diagnostic: Option<String>,
    pub verified: bool,
}

#[derive(Debug, Clone, Serialize)]
pub struct CalendarRecord {
    #[serde(skip)]
    pub subject: Subject,
    /// Unless it was taken back.
    pub url: Option<String>,
    pub created_at: Timestamp,
    pub revoked_at: Option<Timestamp>,
}
