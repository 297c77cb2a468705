//! Subscribers: the people who get mail.

use super::{Error, Result, Store, from_json, instant, parsed};
use crate::domain::address::EmailAddress;
use crate::domain::subscriber::{Subscriber, Subscription};

impl Store {
    /// How many people have confirmed each digest, by slug.
    pub async fn audience_sizes(&self) -> Result<Vec<(String, i64)>> {
        let rows = sqlx::query!(
            "SELECT slug, count(subscription.id) AS readers FROM digest
             LEFT JOIN subscription ON digest_id = digest.id AND status = 'confirmed' GROUP BY slug"
        )
        .fetch_all(&self.read)
        .await?;
        Ok(rows.into_iter().map(|row| (row.slug, row.readers)).collect())
    }

    pub async fn subscribers(&self) -> Result<Vec<Subscriber>> {
        self.fetch_subscribers(None).await
    }

    pub async fn subscriber(&self, email: &EmailAddress) -> Result<Subscriber> {
        self.fetch_subscribers(Some(email.key())).await?.pop().ok_or_else(|| no_subscriber(email))
    }

    /// Deletes the person. Mail still queued for the address is suppressed at hand-off.
    pub async fn remove_subscriber(&self, email: &EmailAddress) -> Result<()> {
        let key = email.key();
        let deleted = sqlx::query!("DELETE FROM subscriber WHERE email_key = $1", key).execute(&self.write).await?;
        match deleted.rows_affected() {
            0 => Err(no_subscriber(email)),
            _ => Ok(()),
        }
    }

    async fn fetch_subscribers(&self, key: Option<String>) -> Result<Vec<Subscriber>> {
        let rows = sqlx::query!(
            "SELECT id, email, name, topics, timezone, locale, created_at FROM subscriber
             WHERE $1 IS NULL OR email_key = $1 ORDER BY email_key",
            key
        )
        .fetch_all(&self.read)
        .await?;
        let mut subscribers = rows
            .into_iter()
            .map(|row| {
                Ok(Subscriber {
                    id: row.id,
                    email: parsed(&row.email)?,
                    name: row.name,
                    topics: from_json(&row.topics)?,
                    timezone: row.timezone.as_deref().map(parsed).transpose()?,
                    locale: row.locale,
                    created_at: instant(row.created_at)?,
                    subscriptions: Vec::new(),
                })
            })
            .collect::<Result<Vec<_>>>()?;
        let subscriptions = sqlx::query!(
            "SELECT subscription.id, subscriber_id, slug, status, consent_at, consent_note, left_at
             FROM subscription JOIN digest ON digest.id = digest_id JOIN subscriber ON subscriber.id = subscriber_id
             WHERE $1 IS NULL OR email_key = $1 ORDER BY slug",
            key
        )
        .fetch_all(&self.read)
        .await?;
        let places: std::collections::HashMap<i64, usize> =
            subscribers.iter().enumerate().map(|(place, s)| (s.id, place)).collect();
        for row in subscriptions {
            if let Some(&place) = places.get(&row.subscriber_id) {
                subscribers[place].subscriptions.push(Subscription {
                    id: row.id,
                    digest: row.slug,
                    status: parsed(&row.status)?,
                    consent_at: row.consent_at.map(instant).transpose()?,
                    consent_note: row.consent_note,
                    left_at: row.left_at.map(instant).transpose()?,
                });
            }
        }
        Ok(subscribers)
    }
}

fn no_subscriber(email: &EmailAddress) -> Error {
    Error::not_found("subscriber", email, ": `kalends subscriber list` shows all")
}
