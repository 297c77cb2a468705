//! Subscribers, and the consent they gave for each digest.

use jiff::{SignedDuration, Timestamp};
use sqlx::{Sqlite, Transaction};

use super::outbox::{insert_mail, queue_for_subscriber};
use super::{Error, NewMail, Result, Store, from_json, instant, parsed, to_json};
use crate::domain::address::EmailAddress;
use crate::domain::subscriber::{Consent, ConsentSource, NewSubscriber, Subscriber, Subscription};

/// So many confirmation mails go to one address in this time, so that nobody's mailbox can be filled.
const ASKED_AT_MOST: i64 = 3;
const ASKED_WITHIN: SignedDuration = SignedDuration::from_hours(1);

/// What became of a wish to subscribe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Request {
    /// A confirmation mail is queued; all else waits for the answer.
    Asked,
    /// Subscribed at once, somebody new.
    New,
    /// Subscribed at once, or what is known of the person changed.
    Changed,
    /// It was so already.
    Unchanged,
    /// Too many confirmation mails went out within the last hour: nothing was done.
    TooMany,
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
    /// Takes a wish to get digests. A recorded consent counts at once. Asked by mail, the wish is kept as it is, and
    /// the confirmation mail that `confirmation` writes (given the sign-up's id) is queued with it: nobody has proved
    /// yet to be that person, so what is known of them stays.
    pub async fn subscribe(
        &self,
        wish: &NewSubscriber,
        source: &ConsentSource,
        mail_domain: &str,
        confirmation: impl FnOnce(i64) -> NewMail,
    ) -> Result<Request> {
        let now = self.now();
        let mut transaction = self.begin().await?;
        let (id, is_new) = find_or_insert(&mut transaction, wish, now).await?;
        let request = match source {
            ConsentSource::Recorded { .. } => {
                let mut changed = update_subscriber(&mut transaction, id, wish).await?;
                for slug in &wish.digests {
                    changed |= subscribe_to(&mut transaction, id, slug, source).await?;
                }
                match (is_new, changed) {
                    (true, _) => Request::New,
                    (false, true) => Request::Changed,
                    (false, false) => Request::Unchanged,
                }
            }
            ConsentSource::AskByMail | ConsentSource::AskOnce => {
                let also_asked = matches!(source, ConsentSource::AskOnce);
                let open = unconfirmed(&mut transaction, id, &wish.digests, also_asked).await?;
                if open.is_empty() {
                    return Ok(Request::Unchanged);
                }
                if asked_within(&mut transaction, id, now - ASKED_WITHIN).await? >= ASKED_AT_MOST {
                    return Ok(Request::TooMany);
                }
                for slug in &open {
                    subscribe_to(&mut transaction, id, slug, source).await?;
                }
                let sign_up = insert_sign_up(&mut transaction, id, wish, now).await?;
                let mail = insert_mail(&mut transaction, None, &confirmation(sign_up)).await?;
                queue_for_subscriber(&mut transaction, mail, id, mail_domain, now).await?;
                Request::Asked
            }
        };
        transaction.commit().await?;
        Ok(request)
    }

    /// What a confirmation link would confirm: its digests by slug. None if the person was removed since.
    pub async fn sign_up(&self, id: i64) -> Result<Option<Vec<String>>> {
        let digests =
            sqlx::query_scalar!("SELECT digests FROM sign_up WHERE id = $1", id).fetch_optional(&self.read).await?;
        digests.as_deref().map(from_json).transpose()
    }

    /// Confirms what one mail asked for, and nothing else; a second time it changes nothing.
    pub async fn confirm(&self, sign_up: i64) -> Result<()> {
        let mut transaction = self.begin().await?;
        let at = self.now().as_second();
        let confirmed = sqlx::query!(
            "UPDATE subscription SET status = 'confirmed', consent_at = $2, consent_note = 'confirmed by mail',
                    left_at = NULL
             WHERE status = 'pending'
               AND subscriber_id = (SELECT subscriber_id FROM sign_up WHERE id = $1)
               AND digest_id IN (SELECT digest.id FROM sign_up, json_each(digests) wanted
                                 JOIN digest ON digest.slug = wanted.value WHERE sign_up.id = $1)",
            sign_up,
            at
        )
        .execute(&mut *transaction)
        .await?;
        if confirmed.rows_affected() > 0 {
            // Only now is it known that the wish came from the person.
            sqlx::query!(
                "UPDATE subscriber SET topics = s.topics, timezone = coalesce(s.timezone, subscriber.timezone),
                        locale = coalesce(s.locale, subscriber.locale),
                        name = CASE s.name WHEN '' THEN subscriber.name ELSE s.name END
                 FROM sign_up s WHERE s.id = $1 AND subscriber.id = s.subscriber_id",
                sign_up
            )
            .execute(&mut *transaction)
            .await?;
        }
        Ok(transaction.commit().await?)
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

/// The person's id, and whether it was made here.
async fn find_or_insert(
    transaction: &mut Transaction<'_, Sqlite>,
    wish: &NewSubscriber,
    now: Timestamp,
) -> Result<(i64, bool)> {
    let (key, email, at) = (wish.email.key(), wish.email.as_str(), now.as_second());
    let known = sqlx::query_scalar!(r#"SELECT id AS "id!" FROM subscriber WHERE email_key = $1"#, key)
        .fetch_optional(&mut **transaction)
        .await?;
    if let Some(id) = known {
        return Ok((id, false));
    }
    let (topics, zone) = (to_json(&wish.topics), wish.timezone.as_ref().map(|zone| zone.name()));
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
    .fetch_one(&mut **transaction)
    .await?;
    Ok((id, true))
}

/// Takes over what is wished beside the digests; whether that changed anything.
async fn update_subscriber(transaction: &mut Transaction<'_, Sqlite>, id: i64, wish: &NewSubscriber) -> Result<bool> {
    let (topics, zone) = (to_json(&wish.topics), wish.timezone.as_ref().map(|zone| zone.name()));
    let updated = sqlx::query!(
        "UPDATE subscriber SET name = $2, topics = $3, timezone = $4, locale = $5
         WHERE id = $1 AND (name, topics, coalesce(timezone, ''), coalesce(locale, ''))
                        <> ($2, $3, coalesce($4, ''), coalesce($5, ''))",
        id,
        wish.name,
        topics,
        zone,
        wish.locale
    )
    .execute(&mut **transaction)
    .await?;
    Ok(updated.rows_affected() > 0)
}

/// Those of the wanted digests that the person has not confirmed; with `not_asked`, nor was asked to.
async fn unconfirmed(
    transaction: &mut Transaction<'_, Sqlite>,
    id: i64,
    wanted: &[String],
    not_asked: bool,
) -> Result<Vec<String>> {
    let confirmed = sqlx::query_scalar!(
        "SELECT slug FROM subscription JOIN digest ON digest.id = digest_id
         WHERE subscriber_id = $1 AND (status = 'confirmed' OR ($2 AND status = 'pending'))",
        id,
        not_asked
    )
    .fetch_all(&mut **transaction)
    .await?;
    Ok(wanted.iter().filter(|slug| !confirmed.contains(slug)).cloned().collect())
}

/// How many confirmation mails were made for the person since then.
async fn asked_within(transaction: &mut Transaction<'_, Sqlite>, id: i64, since: Timestamp) -> Result<i64> {
    let since = since.as_second();
    Ok(sqlx::query_scalar!("SELECT count(*) FROM sign_up WHERE subscriber_id = $1 AND created_at > $2", id, since)
        .fetch_one(&mut **transaction)
        .await?)
}

async fn insert_sign_up(
    transaction: &mut Transaction<'_, Sqlite>,
    subscriber_id: i64,
    wish: &NewSubscriber,
    now: Timestamp,
) -> Result<i64> {
    let (digests, topics) = (to_json(&wish.digests), to_json(&wish.topics));
    let (zone, at) = (wish.timezone.as_ref().map(|zone| zone.name()), now.as_second());
    Ok(sqlx::query_scalar!(
        "INSERT INTO sign_up (subscriber_id, digests, name, topics, timezone, locale, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id AS \"id!\"",
        subscriber_id,
        digests,
        wish.name,
        topics,
        zone,
        wish.locale,
        at
    )
    .fetch_one(&mut **transaction)
    .await?)
}

/// One subscription brought to what `source` allows; whether that changed anything.
async fn subscribe_to(
    transaction: &mut Transaction<'_, Sqlite>,
    subscriber_id: i64,
    slug: &str,
    source: &ConsentSource,
) -> Result<bool> {
    let digest_id = sqlx::query_scalar!(r#"SELECT id AS "id!" FROM digest WHERE slug = $1"#, slug)
        .fetch_optional(&mut **transaction)
        .await?
        .ok_or_else(|| Error::not_found("digest", slug, ": `kalends digest list` shows those configured"))?;
    let (status, at, note) = match source {
        ConsentSource::AskByMail | ConsentSource::AskOnce => (Consent::Pending, None, None),
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
    Ok(changed)
}
