//! Somebody who gets mail, as `subscriber list` and `show` tell it.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::address::EmailAddress;
use crate::domain::event::Kind;
use crate::domain::subscriber::{self, Consent, Head, Hour, SuppressionReason};
use crate::domain::text::to_cell;
use crate::domain::zone::Zone;

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Subscriber {
    /// By which it is named in an address, where no email address stands.
    pub id: i64,
    /// Where their mail goes.
    #[schema(value_type = String)]
    pub email: EmailAddress,
    /// Empty if it is not known.
    pub name: String,
    /// Those they follow; none means all.
    pub topics: Vec<String>,
    /// The kinds of events they are told of; none means all.
    #[schema(inline)]
    pub kinds: Vec<Kind>,
    /// An IANA name, if they gave one.
    #[schema(required, value_type = Option<String>)]
    pub timezone: Option<Zone>,
    /// The hour of their own day, 0 to 23, at which mail comes where a digest leaves that to its readers.
    #[schema(required, value_type = Option<u8>, maximum = 23)]
    pub send_hour: Option<Hour>,
    /// Why nothing is sent to the address, if so.
    #[schema(required)]
    pub suppressed: Option<Suppression>,
    /// The tag of the language of their mail, if they chose one.
    #[schema(required)]
    pub locale: Option<String>,
    /// When they were first heard of.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// By digest, also those that ended.
    pub subscriptions: Vec<Subscription>,
}

/// One digest, and whether somebody agreed to get it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Subscription {
    /// By its slug.
    pub digest: String,
    /// `pending` until the confirmation mail is answered, `confirmed`, or `left`.
    #[schema(inline)]
    pub status: Consent,
    /// When they agreed.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub consent_at: Option<Timestamp>,
    /// How and where.
    #[schema(required)]
    pub consent_note: Option<String>,
    /// When they left.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub left_at: Option<Timestamp>,
}

/// Nothing is sent to an address.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Suppression {
    /// `bounced` or `complained`.
    #[schema(inline)]
    pub reason: SuppressionReason,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

/// Somebody after they were added to or changed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EditedSubscriber {
    /// As they are now.
    #[serde(flatten)]
    pub subscriber: Subscriber,
    /// Details as they were and are.
    pub changes: Vec<Change>,
    /// Digests that they get from now on.
    pub joined: Vec<String>,
    /// Digests that a confirmation mail asks about.
    pub asked: Vec<String>,
    /// Digests that they get no more.
    pub left: Vec<String>,
    /// Fields that were said when they were added, and are known otherwise: they stay.
    pub kept: Vec<&'static str>,
}

/// A detail that was changed, in words.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Change {
    /// By its name here.
    pub field: &'static str,
    pub before: String,
    pub after: String,
}

/// An address from which mail is kept, or is kept no longer.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SuppressionRecord {
    #[schema(value_type = String)]
    pub email: EmailAddress,
    /// Whether it was kept from it before.
    pub was_suppressed: bool,
}

/// The calendar of somebody's own.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OwnCalendar {
    /// A secret; null if they have none.
    #[schema(required)]
    pub url: Option<String>,
    /// Whether an address was taken back.
    pub revoked: bool,
}

/// One consent, as the table of all subscribers has it: what was agreed to at one time.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Agreement {
    #[schema(value_type = String)]
    pub email: EmailAddress,
    pub name: String,
    /// By slug.
    pub digests: Vec<String>,
    pub topics: Vec<String>,
    #[schema(required, value_type = Option<String>)]
    pub timezone: Option<Zone>,
    #[schema(required)]
    pub locale: Option<String>,
    /// When they agreed,
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub consent_at: Option<Timestamp>,
    /// and how.
    #[schema(required)]
    pub consent_note: Option<String>,
    #[schema(inline)]
    pub kinds: Vec<Kind>,
    #[schema(required, value_type = Option<u8>, maximum = 23)]
    pub send_hour: Option<Hour>,
}

/// All of them as a table (RFC 4180), as an import takes it.
pub fn table_of(rows: &[Agreement]) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(Head::names())?;
    for row in rows {
        let cells = [
            row.email.as_str(),
            &row.name,
            &row.digests.join(";"),
            &row.topics.join(";"),
            &row.timezone.as_ref().map(ToString::to_string).unwrap_or_default(),
            row.locale.as_deref().unwrap_or_default(),
            &row.consent_at.map(|at| at.to_string()).unwrap_or_default(),
            row.consent_note.as_deref().unwrap_or_default(),
            &row.kinds.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(";"),
            &row.send_hour.map(|hour| hour.to_string()).unwrap_or_default(),
        ]
        .map(|cell| to_cell(cell).into_owned());
        writer.write_record(cells)?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

impl From<&subscriber::Subscriber> for Subscriber {
    fn from(person: &subscriber::Subscriber) -> Self {
        Self {
            id: person.id,
            email: person.email.clone(),
            name: person.name.clone(),
            topics: person.topics.clone(),
            kinds: person.kinds.clone(),
            timezone: person.timezone.clone(),
            send_hour: person.send_hour,
            suppressed: person.suppression.map(Suppression::from),
            locale: person.locale.clone(),
            created_at: person.created_at,
            subscriptions: person.subscriptions.iter().map(Subscription::from).collect(),
        }
    }
}

impl From<&subscriber::Edited> for EditedSubscriber {
    fn from(edited: &subscriber::Edited) -> Self {
        let change = |change: &subscriber::DetailChange| Change {
            field: change.field,
            before: change.before.clone(),
            after: change.after.clone(),
        };
        Self {
            subscriber: Subscriber::from(&edited.subscriber),
            changes: edited.changes.iter().map(change).collect(),
            joined: edited.joined.clone(),
            asked: edited.asked.clone(),
            left: edited.left.clone(),
            kept: Vec::new(),
        }
    }
}

impl From<&subscriber::Subscription> for Subscription {
    fn from(subscription: &subscriber::Subscription) -> Self {
        Self {
            digest: subscription.digest.clone(),
            status: subscription.status,
            consent_at: subscription.consent_at,
            consent_note: subscription.consent_note.clone(),
            left_at: subscription.left_at,
        }
    }
}

impl From<subscriber::Suppression> for Suppression {
    fn from(suppression: subscriber::Suppression) -> Self {
        Self { reason: suppression.reason, at: suppression.at }
    }
}

impl Agreement {
    /// All that somebody agreed to and still gets, a row for each time and way of agreeing.
    pub fn all_of(person: &subscriber::Subscriber) -> Vec<Self> {
        let mut rows: Vec<Self> = Vec::new();
        for subscription in person.subscriptions.iter().filter(|s| s.status == Consent::Confirmed) {
            let (at, note) = (subscription.consent_at, &subscription.consent_note);
            match rows.iter_mut().find(|row| row.consent_at == at && row.consent_note == *note) {
                Some(row) => row.digests.push(subscription.digest.clone()),
                None => rows.push(Self {
                    email: person.email.clone(),
                    name: person.name.clone(),
                    digests: vec![subscription.digest.clone()],
                    topics: person.topics.clone(),
                    timezone: person.timezone.clone(),
                    locale: person.locale.clone(),
                    consent_at: at,
                    consent_note: note.clone(),
                    kinds: person.kinds.clone(),
                    send_hour: person.send_hour,
                }),
            }
        }
        rows
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_subscriber_has_the_promised_names() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let subscription = |digest: &str, consent_at| subscriber::Subscription {
            id: 1,
            digest: digest.into(),
            status: Consent::Confirmed,
            consent_at: Some(at(consent_at)),
            consent_note: Some("paper".into()),
            left_at: None,
        };
        let person = subscriber::Subscriber {
            id: 7,
            nonce: None,
            email: "ada@example.org".parse().unwrap(),
            name: "Ada".into(),
            topics: vec!["ipv6".into()],
            kinds: vec![Kind::Meeting],
            timezone: Some("Asia/Shanghai".parse().unwrap()),
            send_hour: Some("7".parse().unwrap()),
            locale: Some("en".into()),
            suppression: Some(subscriber::Suppression { reason: SuppressionReason::Bounced, at: at(5) }),
            created_at: at(1),
            subscriptions: vec![subscription("daily", 2), subscription("monthly", 3), subscription("weekly", 2)],
        };
        let record = serde_json::to_value(Subscriber::from(&person)).unwrap();
        let subscription = |digest: &str, at: &str| json!({ "digest": digest, "status": "confirmed", "consent_at": at, "consent_note": "paper", "left_at": null });
        assert_eq!(
            record,
            json!({
                "id": 7, "email": "ada@example.org", "name": "Ada", "topics": ["ipv6"], "kinds": ["meeting"],
                "timezone": "Asia/Shanghai", "send_hour": 7, "locale": "en", "created_at": "1970-01-01T00:00:01Z",
                "suppressed": { "reason": "bounced", "at": "1970-01-01T00:00:05Z" },
                "subscriptions": [
                    subscription("daily", "1970-01-01T00:00:02Z"), subscription("monthly", "1970-01-01T00:00:03Z"),
                    subscription("weekly", "1970-01-01T00:00:02Z"),
                ],
            })
        );
        let edited = subscriber::Edited {
            subscriber: person.clone(),
            changes: vec![subscriber::DetailChange { field: "name", before: String::new(), after: "Ada".into() }],
            joined: Vec::new(),
            asked: vec!["yearly".into()],
            left: Vec::new(),
        };
        let mut expected = record;
        expected["changes"] = json!([{ "field": "name", "before": "", "after": "Ada" }]);
        expected["joined"] = json!([]);
        expected["asked"] = json!(["yearly"]);
        expected["left"] = json!([]);
        expected["kept"] = json!([]);
        assert_eq!(serde_json::to_value(EditedSubscriber::from(&edited)).unwrap(), expected);
        let agreements = serde_json::to_value(Agreement::all_of(&person)).unwrap();
        assert_eq!(
            agreements[0],
            json!({
                "email": "ada@example.org", "name": "Ada", "digests": ["daily", "weekly"], "topics": ["ipv6"],
                "timezone": "Asia/Shanghai", "locale": "en", "consent_at": "1970-01-01T00:00:02Z",
                "consent_note": "paper", "kinds": ["meeting"], "send_hour": 7,
            })
        );
        assert_eq!((&agreements[1]["digests"], agreements.as_array().unwrap().len()), (&json!(["monthly"]), 2));
    }
}
