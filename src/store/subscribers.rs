//! Subscribers: the people who get mail.

use sqlx::SqliteConnection;

use super::links::subject;
use super::memory::Audiences;
use super::{Error, Result, Store, from_json, instant, parsed};
use crate::domain::address::EmailAddress;
use crate::domain::event::Kind;
use crate::domain::refused::{Noun, Refused};
use crate::domain::subscriber::{Consent, Subscriber, SubscriberFilter, Subscription, Suppression};
use crate::domain::text;

impl Store {
    /// How many people have confirmed each digest, by slug, counted now.
    pub(super) async fn count_audiences(&self) -> Result<Audiences> {
        let rows = sqlx::query!(
            r#"SELECT slug, (SELECT count(*) FROM subscription WHERE digest_id = digest.id AND status = 'confirmed') AS "readers!: i64"
               FROM digest ORDER BY slug"#
        )
        .fetch_all(&self.read)
        .await?;
        Ok(rows.into_iter().map(|row| (row.slug, row.readers)).collect())
    }

    /// All, in the order of their addresses.
    pub async fn subscribers(&self) -> Result<Vec<Subscriber>> {
        let mut connection = self.read.acquire().await?;
        let ids = sqlx::query_scalar!("SELECT id FROM subscriber").fetch_all(&mut *connection).await?;
        fetch(&mut connection, &ids).await
    }

    /// The first so many behind an id, by their ids.
    pub async fn subscribers_after(
        &self,
        filter: &SubscriberFilter,
        after: i64,
        limit: usize,
    ) -> Result<Vec<Subscriber>> {
        let status = filter.status.map(Consent::as_str);
        let (digest, is_suppressed) = (&filter.digest, filter.is_suppressed);
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut connection = self.read.acquire().await?;
        // Of one address there is one: the others are not looked through for it.
        let (after, last) = match &filter.email {
            None => (after, i64::MAX),
            Some(email) => {
                let key = email.key();
                let one = sqlx::query_scalar!("SELECT id FROM subscriber WHERE email_key = $1", key);
                let Some(id) = one.fetch_optional(&mut *connection).await? else { return Ok(Vec::new()) };
                (after.max(id - 1), id)
            }
        };
        let ids = sqlx::query_scalar!(
            "SELECT id FROM subscriber
             WHERE id > $1 AND id <= $2 AND ($3 IS NULL OR (suppressed IS NOT NULL) = $3)
               AND ($4 IS NULL AND $5 IS NULL OR EXISTS
                    (SELECT 1 FROM subscription JOIN digest ON digest.id = digest_id
                     WHERE subscriber_id = subscriber.id AND ($4 IS NULL OR slug = $4) AND ($5 IS NULL OR status = $5)))
             ORDER BY id LIMIT $6",
            after,
            last,
            is_suppressed,
            digest,
            status,
            limit
        )
        .fetch_all(&mut *connection)
        .await?;
        let mut subscribers = fetch(&mut connection, &ids).await?;
        subscribers.sort_by_key(|subscriber| subscriber.id);
        Ok(subscribers)
    }

    pub async fn subscriber(&self, email: &EmailAddress) -> Result<Subscriber> {
        find(&mut *self.read.acquire().await?, email).await?.ok_or_else(|| no_subscriber(email))
    }

    /// Whose subscription it is; none if they are gone.
    pub async fn subscriber_of(&self, subscription: i64) -> Result<Option<Subscriber>> {
        let id = sqlx::query_scalar!("SELECT subscriber_id FROM subscription WHERE id = $1", subscription);
        match id.fetch_optional(&self.read).await? {
            Some(id) => self.subscriber_by_id(id).await,
            None => Ok(None),
        }
    }

    /// By id; none if they are gone.
    pub async fn subscriber_by_id(&self, id: i64) -> Result<Option<Subscriber>> {
        Ok(fetch(&mut *self.read.acquire().await?, &[id]).await?.pop())
    }
}

/// None if nobody is known by this address.
pub(super) async fn find(connection: &mut SqliteConnection, email: &EmailAddress) -> Result<Option<Subscriber>> {
    let key = email.key();
    let ids = sqlx::query_scalar!(r#"SELECT id AS "id!" FROM subscriber WHERE email_key = $1"#, key)
        .fetch_all(&mut *connection)
        .await?;
    Ok(fetch(connection, &ids).await?.pop())
}

/// Those with these ids, in the order of their addresses.
async fn fetch(connection: &mut SqliteConnection, ids: &[i64]) -> Result<Vec<Subscriber>> {
    let ids = serde_json::json!(ids).to_string();
    let rows = sqlx::query!(
        "SELECT id, nonce, email, name, topics, kinds, timezone, send_hour, locale, suppressed, suppressed_at,
                created_at
         FROM subscriber WHERE id IN (SELECT value FROM json_each($1)) ORDER BY email_key",
        ids
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut subscribers = rows
        .into_iter()
        .map(|row| {
            Ok(Subscriber {
                id: row.id,
                nonce: subject(row.id, row.nonce)?.nonce,
                email: parsed(&row.email)?,
                name: text::kept_line(row.name),
                topics: from_json(&row.topics)?.into_iter().map(text::kept_line).collect(),
                kinds: kinds_from_json(&row.kinds)?,
                timezone: row.timezone.as_deref().map(parsed).transpose()?,
                send_hour: row.send_hour.map(|hour| parsed(&hour.to_string())).transpose()?,
                suppression: suppression(row.suppressed.as_deref(), row.suppressed_at)?,
                locale: row.locale,
                created_at: instant(row.created_at)?,
                subscriptions: Vec::new(),
            })
        })
        .collect::<Result<Vec<_>>>()?;
    let subscriptions = sqlx::query!(
        "SELECT subscription.id, subscriber_id, slug, status, consent_at, consent_note, left_at
         FROM subscription JOIN digest ON digest.id = digest_id
         WHERE subscriber_id IN (SELECT value FROM json_each($1)) ORDER BY slug",
        ids
    )
    .fetch_all(connection)
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

/// Kinds of events as they are kept in a column.
pub(super) fn kinds_from_json(text: &str) -> Result<Vec<Kind>> {
    Kind::list(from_json(text)?.iter().map(String::as_str)).map_err(|e| Error::Damaged(e.to_string()))
}

fn suppression(reason: Option<&str>, at: Option<i64>) -> Result<Option<Suppression>> {
    let Some(reason) = reason else { return Ok(None) };
    Ok(Some(Suppression { reason: parsed(reason)?, at: instant(at.unwrap_or_default())? }))
}

pub(super) fn no_subscriber(email: &EmailAddress) -> Error {
    Refused::not_found(Noun::Subscriber, email).into()
}
