//! Consent: how people come to a digest and how they leave it.

use jiff::{SignedDuration, Timestamp};
use sqlx::{Sqlite, Transaction};

use super::outbox::{insert_mail, queue_for_subscriber};
use super::{Error, Result, Store, from_json, parsed, to_json};
use crate::domain::address::EmailAddress;
use crate::domain::edition::Rendered;
use crate::domain::subscriber::{Consent, ConsentSource, NewSubscriber};

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

/// The subscription behind an unsubscribe link.
#[derive(Debug, Clone)]
pub struct SubscriptionOf {
    pub email: EmailAddress,
    pub digest: String,
    pub status: Consent,
}

impl Store {
    /// Takes a consent that was got elsewhere. It counts at once, but not against somebody who left after it.
    pub async fn record_consent(&self, wish: &NewSubscriber, at: Timestamp, note: &str) -> Result<Request> {
        let source = ConsentSource::Recorded { at, note: note.to_owned() };
        let mut transaction = self.begin().await?;
        let (id, is_new) = find_or_insert(&mut transaction, wish, self.now()).await?;
        let mut changed = update_subscriber(&mut transaction, id, wish).await?;
        for slug in &wish.digests {
            changed |= subscribe_to(&mut transaction, id, slug, &source).await?;
        }
        transaction.commit().await?;
        Ok(match (is_new, changed) {
            (true, _) => Request::New,
            (false, true) => Request::Changed,
            (false, false) => Request::Unchanged,
        })
    }

    /// Takes a wish as a sign-up and queues the mail that asks whether it is the person's own; `confirmation` writes
    /// it, given the sign-up's id. Until it is answered, what is known of the person stays. With `only_once` nobody is
    /// asked who was asked before, whatever they answered.
    pub async fn ask_for_consent(
        &self,
        wish: &NewSubscriber,
        only_once: bool,
        mail_domain: &str,
        confirmation: impl FnOnce(i64) -> Rendered,
    ) -> Result<Request> {
        let now = self.now();
        let mut transaction = self.begin().await?;
        let (id, _) = find_or_insert(&mut transaction, wish, now).await?;
        let open = open_digests(&mut transaction, id, &wish.digests, only_once).await?;
        if open.is_empty() {
            return Ok(Request::Unchanged);
        }
        if asked_since(&mut transaction, id, now - ASKED_WITHIN).await? >= ASKED_AT_MOST {
            return Ok(Request::TooMany);
        }
        for slug in &open {
            subscribe_to(&mut transaction, id, slug, &ConsentSource::AskByMail).await?;
        }
        let sign_up = insert_sign_up(&mut transaction, id, wish, now).await?;
        let mail = insert_mail(&mut transaction, None, &confirmation(sign_up)).await?;
        queue_for_subscriber(&mut transaction, mail, id, mail_domain, now).await?;
        transaction.commit().await?;
        Ok(Request::Asked)
    }

    /// What a confirmation link would confirm: its digests by slug. None if the person was removed since.
    pub async fn sign_up(&self, id: i64) -> Result<Option<Vec<String>>> {
        let digests =
            sqlx::query_scalar!("SELECT digests FROM sign_up WHERE id = $1", id).fetch_optional(&self.read).await?;
        digests.as_deref().map(from_json).transpose()
    }

    /// Confirms what one mail asked for, and nothing else. Which of it is confirmed now: nothing, if the person said
    /// yes before and has left since.
    pub async fn confirm(&self, sign_up: i64) -> Result<Vec<String>> {
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
                "UPDATE subscriber SET topics = coalesce(s.topics, subscriber.topics),
                        timezone = coalesce(s.timezone, subscriber.timezone),
                        locale = coalesce(s.locale, subscriber.locale), name = coalesce(s.name, subscriber.name)
                 FROM sign_up s WHERE s.id = $1 AND subscriber.id = s.subscriber_id",
                sign_up
            )
            .execute(&mut *transaction)
            .await?;
        }
        let now_confirmed = sqlx::query_scalar!(
            "SELECT slug FROM sign_up JOIN subscription USING (subscriber_id) JOIN digest ON digest.id = digest_id
             WHERE sign_up.id = $1 AND status = 'confirmed' AND slug IN (SELECT value FROM json_each(digests))
             ORDER BY slug",
            sign_up
        )
        .fetch_all(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(now_confirmed)
    }

    /// The subscription behind a link; none if the person was removed since.
    pub async fn subscription(&self, id: i64) -> Result<Option<SubscriptionOf>> {
        let row = sqlx::query!(
            "SELECT email, slug, status FROM subscription
             JOIN subscriber ON subscriber.id = subscriber_id JOIN digest ON digest.id = digest_id
             WHERE subscription.id = $1",
            id
        )
        .fetch_optional(&self.read)
        .await?;
        row.map(|row| Ok(SubscriptionOf { email: parsed(&row.email)?, digest: row.slug, status: parsed(&row.status)? }))
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
    let topics = to_json(wish.topics.as_deref().unwrap_or_default());
    let (name, zone) = (wish.name.as_deref().unwrap_or_default(), wish.timezone.as_ref().map(|zone| zone.name()));
    let id = sqlx::query_scalar!(
        "INSERT INTO subscriber (email, email_key, name, topics, timezone, locale, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
        email,
        key,
        name,
        topics,
        zone,
        wish.locale,
        at
    )
    .fetch_one(&mut **transaction)
    .await?;
    Ok((id, true))
}

/// Takes over what is said beside the digests; whether that changed anything.
async fn update_subscriber(transaction: &mut Transaction<'_, Sqlite>, id: i64, wish: &NewSubscriber) -> Result<bool> {
    let (topics, zone) = (wish.topics.as_deref().map(to_json), wish.timezone.as_ref().map(|zone| zone.name()));
    let updated = sqlx::query!(
        "UPDATE subscriber SET name = coalesce($2, name), topics = coalesce($3, topics),
                timezone = coalesce($4, timezone), locale = coalesce($5, locale)
         WHERE id = $1 AND (coalesce($2, name) <> name OR coalesce($3, topics) <> topics
                        OR coalesce($4, timezone) IS NOT timezone OR coalesce($5, locale) IS NOT locale)",
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

/// Those of the wanted digests that the person may be asked for: not confirmed and, with `only_once`, never asked.
async fn open_digests(
    transaction: &mut Transaction<'_, Sqlite>,
    id: i64,
    wanted: &[String],
    only_once: bool,
) -> Result<Vec<String>> {
    let closed = sqlx::query_scalar!(
        "SELECT slug FROM subscription JOIN digest ON digest.id = digest_id
         WHERE subscriber_id = $1 AND (status = 'confirmed' OR $2)",
        id,
        only_once
    )
    .fetch_all(&mut **transaction)
    .await?;
    Ok(wanted.iter().filter(|slug| !closed.contains(slug)).cloned().collect())
}

/// How many confirmation mails were made for the person since then.
async fn asked_since(transaction: &mut Transaction<'_, Sqlite>, id: i64, since: Timestamp) -> Result<i64> {
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
    let (digests, topics) = (to_json(&wish.digests), wish.topics.as_deref().map(to_json));
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
    // Who agreed is not asked again, a wish that waits goes on waiting, and who left after they agreed has left.
    let changed = sqlx::query!(
        "INSERT INTO subscription (subscriber_id, digest_id, status, consent_at, consent_note)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (subscriber_id, digest_id) DO UPDATE
            SET status = excluded.status, consent_at = excluded.consent_at, consent_note = excluded.consent_note,
                left_at = NULL
            WHERE subscription.status NOT IN ('confirmed', excluded.status)
              AND coalesce(subscription.left_at <= excluded.consent_at, TRUE)",
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
