//! All that is kept of a person, as they may ask for it (GDPR, articles 15 and 20).

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::setup::CopyRecord;
use super::subscriber::{Subscription, Suppression};
use crate::domain::address::EmailAddress;
use crate::domain::bounce::Class;
use crate::domain::edition::DeliveryStatus;
use crate::domain::event::Kind;
use crate::domain::person;
use crate::domain::subscriber::Hour;
use crate::domain::token::Subject;

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Person {
    /// As it was asked for.
    #[schema(value_type = String)]
    pub email: EmailAddress,
    /// Empty if it is not known.
    pub name: String,
    /// When they were first heard of; none of somebody who was removed, of whom deliveries are left.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub since: Option<Timestamp>,
    /// What they chose.
    pub choices: ChoicesRecord,
    /// Why nothing is sent to the address, if so.
    #[schema(required)]
    pub suppressed: Option<Suppression>,
    /// By digest, also those that ended.
    pub subscriptions: Vec<Subscription>,
    /// What was asked for, confirmed or not.
    pub sign_ups: Vec<SignUp>,
    /// The mails to them.
    pub deliveries: Vec<Delivery>,
    /// What came back of those.
    pub bounces: Vec<Bounce>,
    /// Their own calendar, also those that were taken back.
    pub calendars: Vec<Calendar>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = PersonChoices)]
pub struct ChoicesRecord {
    /// None means all.
    pub topics: Vec<String>,
    /// None means all.
    #[schema(inline)]
    pub kinds: Vec<Kind>,
    /// An IANA name.
    #[schema(required)]
    pub timezone: Option<String>,
    /// Of their own day, 0 to 23.
    #[schema(required, value_type = Option<u8>, maximum = 23)]
    pub send_hour: Option<Hour>,
    /// A language's tag.
    #[schema(required)]
    pub locale: Option<String>,
}

/// What was asked for before it was confirmed, and what was said beside; what is null was not spoken of.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = PersonSignUp)]
pub struct SignUp {
    /// When it was asked for.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// By slug.
    pub digests: Vec<String>,
    #[schema(required)]
    pub name: Option<String>,
    #[schema(required)]
    pub topics: Option<Vec<String>>,
    #[schema(required, inline)]
    pub kinds: Option<Vec<Kind>>,
    #[schema(required)]
    pub timezone: Option<String>,
    #[schema(required, value_type = Option<u8>, maximum = 23)]
    pub send_hour: Option<Hour>,
    #[schema(required)]
    pub locale: Option<String>,
    /// How it came: by which page, or by whom.
    pub origin: String,
    /// Where it was sent from, for a day.
    #[schema(required)]
    pub network: Option<String>,
    /// When its link was followed.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub confirmed_at: Option<Timestamp>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = PersonDelivery)]
pub struct Delivery {
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub queued_at: Timestamp,
    /// By slug; null for a mail of no edition, such as a confirmation.
    #[schema(required)]
    pub digest: Option<String>,
    /// The edition's number in its digest.
    #[schema(required)]
    pub edition: Option<i64>,
    pub subject: String,
    /// Where it went: they may have another since.
    pub address: String,
    /// `queued`, `sending`, `sent`, `deferred`, `failed`, `uncertain` or `suppressed`.
    #[schema(inline)]
    pub status: DeliveryStatus,
    /// How often it was tried.
    pub attempts: i64,
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub first_tried_at: Option<Timestamp>,
    /// When it is tried next.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub next_at: Option<Timestamp>,
    /// Why it was not taken.
    #[schema(required)]
    pub error: Option<String>,
    /// The same on each attempt, without angle brackets.
    pub message_id: String,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = PersonBounce)]
pub struct Bounce {
    /// When it came.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// `hard`, `soft`, `delayed`, `complaint` or `unknown`.
    #[schema(inline)]
    pub class: Class,
    /// An enhanced status code (RFC 3463).
    #[schema(required)]
    pub status: Option<String>,
    /// What the server said.
    #[schema(required)]
    pub diagnostic: Option<String>,
    /// Whether it was proved to be about this mail.
    pub verified: bool,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = PersonCalendar)]
pub struct Calendar {
    /// A secret; null once it was taken back.
    #[schema(required)]
    pub url: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was taken back.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub revoked_at: Option<Timestamp>,
}

/// What became of the wish to be forgotten. It does not name whose: answers to programs are kept for a while.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ForgottenRecord {
    /// Whether anything was kept of the person.
    pub was_known: bool,
    /// Deliveries whose address was erased.
    pub deliveries: u64,
    /// Mails in the folder of files that were removed.
    pub mails: usize,
    /// Copies that kalends made by itself and that still hold the person; null if that can't be told.
    #[schema(required)]
    pub copies: Option<Vec<CopyRecord>>,
    /// False: another program was reading, and the database's files may still hold some of it; the daemon tries again each hour.
    pub is_scrubbed: bool,
    /// False: the folder of mails could not be cleared: do the same again.
    pub is_outbox_cleared: bool,
    /// The configuration names them as the operator: take them out of it, then do the same again.
    pub is_operator: bool,
}

impl Person {
    /// `url` is the address of a calendar.
    pub fn of(known: person::Person, url: impl Fn(Subject) -> String) -> Self {
        let person::PersonChoices { topics, kinds, timezone, send_hour, locale } = known.choices;
        let calendar = |calendar: person::PersonCalendar| Calendar {
            url: calendar.revoked_at.is_none().then(|| url(calendar.subject)),
            created_at: calendar.created_at,
            revoked_at: calendar.revoked_at,
        };
        Self {
            email: known.email,
            name: known.name,
            since: known.since,
            choices: ChoicesRecord { topics, kinds, timezone, send_hour, locale },
            suppressed: known.suppressed.map(Suppression::from),
            subscriptions: known.subscriptions.iter().map(Subscription::from).collect(),
            sign_ups: known.sign_ups.into_iter().map(SignUp::from).collect(),
            deliveries: known.deliveries.into_iter().map(Delivery::from).collect(),
            bounces: known.bounces.into_iter().map(Bounce::from).collect(),
            calendars: known.calendars.into_iter().map(calendar).collect(),
        }
    }
}

impl From<person::PersonSignUp> for SignUp {
    fn from(sign_up: person::PersonSignUp) -> Self {
        Self {
            at: sign_up.at,
            digests: sign_up.digests,
            name: sign_up.name,
            topics: sign_up.topics,
            kinds: sign_up.kinds,
            timezone: sign_up.timezone,
            send_hour: sign_up.send_hour,
            locale: sign_up.locale,
            origin: sign_up.origin,
            network: sign_up.network,
            confirmed_at: sign_up.confirmed_at,
        }
    }
}

impl From<person::PersonDelivery> for Delivery {
    fn from(delivery: person::PersonDelivery) -> Self {
        let (digest, edition) = delivery.edition.map(|name| (name.digest, name.number)).unzip();
        Self {
            queued_at: delivery.queued_at,
            digest,
            edition,
            subject: delivery.subject,
            address: delivery.address,
            status: delivery.status,
            attempts: delivery.attempts,
            first_tried_at: delivery.first_tried_at,
            next_at: delivery.next_at,
            error: delivery.error,
            message_id: delivery.message_id,
        }
    }
}

impl From<person::PersonBounce> for Bounce {
    fn from(bounce: person::PersonBounce) -> Self {
        let person::PersonBounce { at, class, status, diagnostic, verified } = bounce;
        Self { at, class, status, diagnostic, verified }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::domain::edition::EditionName;

    #[test]
    fn a_person_s_data_have_the_promised_names() {
        let at = Timestamp::UNIX_EPOCH;
        let calendar =
            |revoked_at| person::PersonCalendar { subject: Subject { id: 3, nonce: None }, created_at: at, revoked_at };
        let known = person::Person {
            email: "ada@example.org".parse().unwrap(),
            name: "Ada".into(),
            since: Some(at),
            choices: person::PersonChoices { topics: vec!["ipv6".into()], ..Default::default() },
            suppressed: None,
            subscriptions: Vec::new(),
            sign_ups: vec![person::PersonSignUp {
                at,
                digests: vec!["weekly".into()],
                name: None,
                topics: Some(Vec::new()),
                kinds: None,
                timezone: None,
                send_hour: None,
                locale: None,
                origin: "on the command line".into(),
                network: None,
                confirmed_at: None,
            }],
            deliveries: vec![person::PersonDelivery {
                queued_at: at,
                edition: Some(EditionName { digest: "weekly".into(), number: 2 }),
                subject: "Dates".into(),
                address: "ada@example.org".into(),
                status: DeliveryStatus::Sent,
                attempts: 1,
                first_tried_at: Some(at),
                next_at: None,
                error: None,
                message_id: "a@b".into(),
            }],
            bounces: vec![person::PersonBounce {
                at,
                class: Class::Hard,
                status: Some("5.1.1".into()),
                diagnostic: None,
                verified: true,
            }],
            calendars: vec![calendar(Some(at)), calendar(None)],
        };
        let record = serde_json::to_value(Person::of(known, |subject| format!("/calendar/{}", subject.id))).unwrap();
        let epoch = "1970-01-01T00:00:00Z";
        assert_eq!(
            record,
            json!({
                "email": "ada@example.org", "name": "Ada", "since": epoch,
                "choices": { "topics": ["ipv6"], "kinds": [], "timezone": null, "send_hour": null, "locale": null },
                "suppressed": null, "subscriptions": [],
                "sign_ups": [{
                    "at": epoch, "digests": ["weekly"], "name": null, "topics": [], "kinds": null, "timezone": null,
                    "send_hour": null, "locale": null, "origin": "on the command line", "network": null,
                    "confirmed_at": null,
                }],
                "deliveries": [{
                    "queued_at": epoch, "digest": "weekly", "edition": 2, "subject": "Dates",
                    "address": "ada@example.org", "status": "sent", "attempts": 1, "first_tried_at": epoch,
                    "next_at": null, "error": null, "message_id": "a@b",
                }],
                "bounces": [{ "at": epoch, "class": "hard", "status": "5.1.1", "diagnostic": null, "verified": true }],
                "calendars": [
                    { "url": Value::Null, "created_at": epoch, "revoked_at": epoch },
                    { "url": "/calendar/3", "created_at": epoch, "revoked_at": null },
                ],
            })
        );
    }
}
