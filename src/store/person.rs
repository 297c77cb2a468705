//! All that is kept of one person.

use sqlx::{Sqlite, Transaction};

use super::forgotten::all_ids;
use super::links::subject;
use super::subscribers::kinds_from_json;
use super::{Error, Result, Store, from_json, instant, parsed};
use crate::domain::address::EmailAddress;
use crate::domain::edition::EditionName;
use crate::domain::person::{Person, PersonBounce, PersonCalendar, PersonChoices, PersonDelivery, PersonSignUp};
use crate::domain::refused::Noun;
use crate::domain::subscriber::Subscriber;

impl Store {
    /// Of a person whose link we have opened.
    pub async fn record_of(&self, subscriber: Subscriber) -> Result<Person> {
        let ids = vec![subscriber.id];
        self.gather(subscriber.email.clone(), Some(subscriber), &ids).await
    }

    /// Of the person behind an address, also of what is left of one who was removed.
    pub async fn record_of_address(&self, email: &EmailAddress) -> Result<Person> {
        let mut transaction = self.read.begin().await?;
        let ids = all_ids(&mut transaction, email).await?;
        drop(transaction);
        let known = match self.subscriber(email).await {
            Ok(subscriber) => Some(subscriber),
            Err(Error::Refused(refused)) if refused.is_missing(Noun::Subscriber) && !ids.is_empty() => None,
            Err(error) => return Err(error),
        };
        self.gather(email.clone(), known, &ids).await
    }

    async fn gather(&self, email: EmailAddress, known: Option<Subscriber>, ids: &[i64]) -> Result<Person> {
        let mut record = Person {
            email,
            name: String::new(),
            since: None,
            choices: PersonChoices::default(),
            suppressed: None,
            subscriptions: Vec::new(),
            sign_ups: Vec::new(),
            deliveries: Vec::new(),
            bounces: Vec::new(),
            calendars: Vec::new(),
        };
        if let Some(person) = known {
            record = Person {
                name: person.name,
                since: Some(person.created_at),
                choices: PersonChoices {
                    topics: person.topics,
                    kinds: person.kinds,
                    timezone: person.timezone.map(|zone| zone.to_string()),
                    send_hour: person.send_hour,
                    locale: person.locale,
                },
                suppressed: person.suppression,
                subscriptions: person.subscriptions,
                ..record
            };
        }
        let mut transaction = self.read.begin().await?;
        for &id in ids {
            record.sign_ups.extend(sign_ups(&mut transaction, id).await?);
            record.deliveries.extend(deliveries(&mut transaction, id).await?);
            record.bounces.extend(bounces(&mut transaction, id).await?);
            record.calendars.extend(calendars(&mut transaction, id).await?);
        }
        Ok(record)
    }
}

async fn sign_ups(transaction: &mut Transaction<'_, Sqlite>, id: i64) -> Result<Vec<PersonSignUp>> {
    let rows = sqlx::query!(
        "SELECT created_at, digests, name, topics, kinds, timezone, send_hour, locale, origin, network, confirmed_at
         FROM sign_up WHERE subscriber_id = $1 ORDER BY id",
        id
    )
    .fetch_all(&mut **transaction)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(PersonSignUp {
                at: instant(row.created_at)?,
                digests: from_json(&row.digests)?,
                name: row.name,
                topics: row.topics.as_deref().map(from_json).transpose()?,
                kinds: row.kinds.as_deref().map(kinds_from_json).transpose()?,
                timezone: row.timezone,
                send_hour: row.send_hour.map(|hour| parsed(&hour.to_string())).transpose()?,
                locale: row.locale,
                origin: row.origin,
                network: row.network,
                confirmed_at: row.confirmed_at.map(instant).transpose()?,
            })
        })
        .collect()
}

async fn deliveries(transaction: &mut Transaction<'_, Sqlite>, id: i64) -> Result<Vec<PersonDelivery>> {
    let rows = sqlx::query!(
        r#"SELECT delivery.created_at, slug AS "slug?", number AS "number?", subject, address, status, attempts,
                  tried_since, next_at, error, message_id
           FROM delivery JOIN mail ON mail.id = mail_id LEFT JOIN edition ON edition.id = delivery.edition_id
           LEFT JOIN digest ON digest.id = digest_id WHERE subscriber_id = $1 ORDER BY delivery.id"#,
        id
    )
    .fetch_all(&mut **transaction)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(PersonDelivery {
                queued_at: instant(row.created_at)?,
                edition: row.slug.zip(row.number).map(|(digest, number)| EditionName { digest, number }),
                subject: row.subject,
                address: row.address,
                status: parsed(&row.status)?,
                attempts: row.attempts,
                first_tried_at: row.tried_since.map(instant).transpose()?,
                next_at: row.next_at.map(instant).transpose()?,
                error: row.error,
                message_id: row.message_id,
            })
        })
        .collect()
}

async fn bounces(transaction: &mut Transaction<'_, Sqlite>, id: i64) -> Result<Vec<PersonBounce>> {
    let rows = sqlx::query!(
        "SELECT at, class, status, diagnostic, verified FROM bounce
         WHERE reader_id = $1 OR delivery_id IN (SELECT id FROM delivery WHERE subscriber_id = $1)
         ORDER BY id",
        id
    )
    .fetch_all(&mut **transaction)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(PersonBounce {
                at: instant(row.at)?,
                class: parsed(&row.class)?,
                status: row.status,
                diagnostic: row.diagnostic,
                verified: row.verified != 0,
            })
        })
        .collect()
}

async fn calendars(transaction: &mut Transaction<'_, Sqlite>, id: i64) -> Result<Vec<PersonCalendar>> {
    let rows = sqlx::query!(
        "SELECT id, nonce, created_at, revoked_at FROM personal_calendar WHERE subscriber_id = $1 ORDER BY id",
        id
    )
    .fetch_all(&mut **transaction)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(PersonCalendar {
                subject: subject(row.id, row.nonce)?,
                created_at: instant(row.created_at)?,
                revoked_at: row.revoked_at.map(instant).transpose()?,
            })
        })
        .collect()
}
