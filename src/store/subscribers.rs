//! Subscribers, and the consent they gave for each digest.

use jiff::SignedDuration;
use sqlx::{Sqlite, Transaction};

use super::outbox::{insert_mail, queue_for_subscriber};
use super::{Error, NewMail, Result, Store, from_json, instant, parsed, to_json};
use crate::domain::address::EmailAddress;
use crate::domain::subscriber::{Consent, ConsentSource, NewSubscriber, Subscriber, Subscription};

/// Another confirmation mail to one address goes out only after this, so that nobody's mailbox can be filled.
const ASK_AGAIN_AFTER: SignedDuration = SignedDuration::from_mins(10);

/// What became of a wish to subscribe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Request {
    /// The address was not known before.
    pub new: bool,
    /// Something is other than it was.
    pub changed: bool,
    /// A confirmation mail was queued.
    pub asked: bool,
    /// Subscriptions that still wait for the person's answer.
    pub pending: bool,
}

/// Who a link in a mail speaks of.
#[derive(Debug, Clone)]
pub struct Seed {
    pub subscription_id: i64,
    pub email: EmailAddress,
    pub digest: String,
    pub status: Consent,
}

impl Store {
    /// Takes a wish to get digests. With `AskByMail` the subscriptions stay pending and the confirmation mail that
    /// `confirmation` writes (given the subscriber's id) is queued with them; who is known keeps name and choices,
    /// since nobody has proved yet to be that person. A recorded consent counts at once and updates both.
    pub async fn subscribe(
        &self,
        wish: &NewSubscriber,
        source: &ConsentSource,
        mail_domain: &str,
        confirmation: impl FnOnce(i64) -> NewMail,
    ) -> Result<Request> {
        let now = self.now();
        let mut transaction = self.begin().await?;
        let (key, email) = (wish.email.key(), wish.email.as_str());
        let known = sqlx::query!("SELECT id, asked_at FROM subscriber WHERE email_key = $1", key)
            .fetch_optional(&mut *transaction)
            .await?;
        let mut request = Request { new: known.is_none(), changed: known.is_none(), ..Request::default() };
        let (topics, zone) = (to_json(&wish.topics), wish.timezone.as_ref().map(|zone| zone.name()));
        let at = now.as_second();
        let (id, asked_at) = match known {
            None => {
                let id = sqlx::query_scalar!(
                    "INSERT INTO subscriber (email, email_key, name, topics, timezone, locale, created_at)
                     VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
                    email,
                    key,
                    wish.name,
                    topics,
                    zone,
                    wish.locale,
                    at
                )
                .fetch_one(&mut *transaction)
                .await?;
                (id, None)
            }
            Some(row) => {
                if matches!(source, ConsentSource::Recorded { .. }) {
                    let updated = sqlx::query!(
                        "UPDATE subscriber SET name = $2, topics = $3, timezone = $4, locale = $5
                         WHERE id = $1 AND (name, topics, coalesce(timezone, ''), coalesce(locale, ''))
                                        <> ($2, $3, coalesce($4, ''), coalesce($5, ''))",
                        row.id,
                        wish.name,
                        topics,
                        zone,
                        wish.locale
                    )
                    .execute(&mut *transaction)
                    .await?;
                    request.changed |= updated.rows_affected() > 0;
                }
                (row.id, row.asked_at)
            }
        };
        for slug in &wish.digests {
            let state = subscribe_to(&mut transaction, id, slug, source).await?;
            request.changed |= state.changed;
            request.pending |= state.pending;
        }
        let may_ask =
            asked_at.map(instant).transpose()?.is_none_or(|asked| now.duration_since(asked) >= ASK_AGAIN_AFTER);
        if request.pending && matches!(source, ConsentSource::AskByMail) && may_ask {
            let mail = insert_mail(&mut transaction, None, &confirmation(id)).await?;
            queue_for_subscriber(&mut transaction, mail, id, mail_domain, now).await?;
            sqlx::query!("UPDATE subscriber SET asked_at = $2 WHERE id = $1", id, at)
                .execute(&mut *transaction)
                .await?;
            request.asked = true;
        }
        transaction.commit().await?;
        Ok(request)
    }

    /// Confirms what a subscriber was asked; the digests that are confirmed now, also if they were before.
    pub async fn confirm(&self, subscriber_id: i64) -> Result<Vec<String>> {
        let mut transaction = self.begin().await?;
        let at = self.now().as_second();
        sqlx::query!(
            "UPDATE subscription SET status = 'confirmed', consent_at = $2, consent_note = 'confirmed by mail',
                    left_at = NULL
             WHERE subscriber_id = $1 AND status = 'pending'",
            subscriber_id,
            at
        )
        .execute(&mut *transaction)
        .await?;
        let digests = sqlx::query_scalar!(
            "SELECT digest.slug FROM subscription JOIN digest ON digest.id = digest_id
             WHERE subscriber_id = $1 AND status = 'confirmed' ORDER BY digest.slug",
            subscriber_id
        )
        .fetch_all(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(digests)
    }

    /// The subscription behind a link; none if the person was removed since.
    pub async fn subscription(&self, id: i64) -> Result<Option<Seed>> {
        let row = sqlx::query!(
            "SELECT email, slug, status FROM subscription
             JOIN subscriber ON subscriber.id = subscriber_id JOIN digest ON digest.id = digest_id
             WHERE subscription.id = $1",
            id
        )
        .fetch_optional(&self.read)
        .await?;
        row.map(|row| {
            Ok(Seed { subscription_id: id, email: parsed(&row.email)?, digest: row.slug, status: parsed(&row.status)? })
        })
        .transpose()
    }

    /// Ends one subscription, or all that the same person has. A second time it changes nothing.
    pub async fn leave(&self, subscription_id: i64, all: bool) -> Result<()> {
        let at = self.now().as_second();
        sqlx::query!(
            "UPDATE subscription SET status = 'left', left_at = $3
             WHERE status <> 'left' AND (id = $1 OR ($2 AND subscriber_id =
                   (SELECT subscriber_id FROM subscription WHERE id = $1)))",
            subscription_id,
            all,
            at
        )
        .execute(&self.write)
        .await?;
        Ok(())
    }

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

/// One subscription brought to what `source` allows.
async fn subscribe_to(
    transaction: &mut Transaction<'_, Sqlite>,
    subscriber_id: i64,
    slug: &str,
    source: &ConsentSource,
) -> Result<Request> {
    let digest_id = sqlx::query_scalar!(r#"SELECT id AS "id!" FROM digest WHERE slug = $1"#, slug)
        .fetch_optional(&mut **transaction)
        .await?
        .ok_or_else(|| Error::not_found("digest", slug, ": `kalends digest list` shows those configured"))?;
    let (status, at, note) = match source {
        ConsentSource::AskByMail => (Consent::Pending, None, None),
        ConsentSource::Recorded { at, note } => (Consent::Confirmed, Some(at.as_second()), Some(note)),
    };
    let status_text = status.as_str();
    // Who already agreed is not asked again, and a wish that waits goes on waiting.
    let changed = sqlx::query!(
        "INSERT INTO subscription (subscriber_id, digest_id, status, consent_at, consent_note)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (subscriber_id, digest_id) DO UPDATE
            SET status = excluded.status, consent_at = excluded.consent_at, consent_note = excluded.consent_note,
                left_at = NULL
            WHERE subscription.status <> 'confirmed' AND subscription.status <> excluded.status",
        subscriber_id,
        digest_id,
        status_text,
        at,
        note
    )
    .execute(&mut **transaction)
    .await?
    .rows_affected()
        > 0;
    let now = sqlx::query_scalar!(
        "SELECT status FROM subscription WHERE subscriber_id = $1 AND digest_id = $2",
        subscriber_id,
        digest_id
    )
    .fetch_one(&mut **transaction)
    .await?;
    Ok(Request { changed, pending: now == Consent::Pending.as_str(), ..Request::default() })
}
