//! The outbox: deliveries, each in exactly one state, moved on by conditional updates.

use jiff::Timestamp;
use sqlx::{Sqlite, Transaction};

use super::{Result, Store, instant, parsed};
use crate::domain::address::EmailAddress;
use crate::domain::edition::{Delivery, DeliveryStatus, Rendered, Tally};

/// A delivery taken in hand: its attempt is on disk before the peer is asked.
#[derive(Debug, Clone)]
pub struct Outgoing {
    pub id: i64,
    pub mail_id: i64,
    pub edition: Option<i64>,
    /// The digest's slug and the subscription its unsubscribe link ends; none for a confirmation.
    pub list: Option<(String, i64)>,
    pub address: EmailAddress,
    pub message_id: String,
    /// How often it was tried, this time included.
    pub attempts: i64,
    /// The first attempt.
    pub tried_since: Timestamp,
    /// How often before a connection was lost after the final dot.
    pub doubts: i64,
    pub created_at: Timestamp,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Sent,
    Deferred {
        until: Timestamp,
        error: String,
    },
    Failed {
        error: String,
    },
    /// Lost after the final dot. Without `retry_at` it waits for the operator.
    Uncertain {
        retry_at: Option<Timestamp>,
        error: String,
    },
}

impl Store {
    /// How many deliveries there are in each state.
    pub async fn delivery_counts(&self) -> Result<Vec<(String, i64)>> {
        let rows = sqlx::query!("SELECT status, count(*) AS number FROM delivery GROUP BY status ORDER BY status");
        Ok(rows.fetch_all(&self.read).await?.into_iter().map(|row| (row.status, row.number)).collect())
    }

    /// Takes the delivery that is due first in hand, or none: confirmations before editions, since somebody waits for
    /// them. Deliveries of paused digests wait; those whose reader has left meanwhile are suppressed on the way.
    pub async fn claim_delivery(&self) -> Result<Option<Outgoing>> {
        let now = self.now().as_second();
        loop {
            let mut transaction = self.begin().await?;
            let row = sqlx::query!(
                r#"SELECT delivery.id, mail_id, edition_id, address, message_id, attempts, tried_since, doubts,
                          delivery.created_at, slug AS "slug?", subscription.id AS "subscription_id?",
                          (edition_id IS NULL AND EXISTS (SELECT 1 FROM subscriber s WHERE s.id = delivery.subscriber_id)
                           OR coalesce(subscription.status, '') = 'confirmed') AS "wanted!: bool"
                   FROM delivery
                   LEFT JOIN edition ON edition.id = edition_id
                   LEFT JOIN digest ON digest.id = edition.digest_id
                   LEFT JOIN subscription ON subscription.digest_id = edition.digest_id
                                         AND subscription.subscriber_id = delivery.subscriber_id
                   WHERE delivery.id = coalesce(
                       (SELECT id FROM delivery WHERE edition_id IS NULL AND next_at <= $1 ORDER BY next_at LIMIT 1),
                       (SELECT due.id FROM delivery due
                        JOIN edition ON edition.id = due.edition_id JOIN digest ON digest.id = edition.digest_id
                        WHERE due.next_at <= $1 AND NOT paused ORDER BY due.next_at LIMIT 1))"#,
                now
            )
            .fetch_optional(&mut *transaction)
            .await?;
            let Some(row) = row else { return Ok(None) };
            let claimed = Outgoing {
                id: row.id,
                mail_id: row.mail_id,
                edition: row.edition_id,
                list: row.slug.zip(row.subscription_id),
                address: parsed(&row.address)?,
                message_id: row.message_id,
                attempts: row.attempts + i64::from(row.wanted),
                tried_since: instant(row.tried_since.unwrap_or(now))?,
                doubts: row.doubts,
                created_at: instant(row.created_at)?,
            };
            let status = if row.wanted { DeliveryStatus::Sending } else { DeliveryStatus::Suppressed }.as_str();
            let tried_since = row.wanted.then_some(claimed.tried_since.as_second());
            sqlx::query!(
                "UPDATE delivery SET status = $2, attempts = $3, tried_since = $4, next_at = NULL WHERE id = $1",
                claimed.id,
                status,
                claimed.attempts,
                tried_since
            )
            .execute(&mut *transaction)
            .await?;
            transaction.commit().await?;
            if row.wanted {
                return Ok(Some(claimed));
            }
        }
    }

    /// Keeps how an attempt ended.
    pub async fn settle_delivery(&self, id: i64, outcome: &Outcome) -> Result<()> {
        let (status, next_at, error) = match outcome {
            Outcome::Sent => (DeliveryStatus::Sent, None, None),
            Outcome::Deferred { until, error } => (DeliveryStatus::Deferred, Some(*until), Some(error)),
            Outcome::Failed { error } => (DeliveryStatus::Failed, None, Some(error)),
            Outcome::Uncertain { retry_at, error } => (DeliveryStatus::Uncertain, *retry_at, Some(error)),
        };
        let (status, next_at) = (status.as_str(), next_at.map(Timestamp::as_second));
        sqlx::query!(
            "UPDATE delivery SET status = $2, next_at = $3, error = $4, doubts = doubts + ($2 = 'uncertain')
             WHERE id = $1 AND status = 'sending'",
            id,
            status,
            next_at,
            error
        )
        .execute(&self.write)
        .await?;
        Ok(())
    }

    /// Puts a delivery back that was taken in hand and not tried.
    pub async fn release_delivery(&self, id: i64) -> Result<()> {
        let now = self.now().as_second();
        sqlx::query!(
            "UPDATE delivery SET status = 'queued', attempts = attempts - 1, next_at = $2
             WHERE id = $1 AND status = 'sending'",
            id,
            now
        )
        .execute(&self.write)
        .await?;
        Ok(())
    }

    /// Only at the start, when nothing is on the wire: what a dead program had in hand becomes `uncertain`, to be
    /// tried again at `retry_at`; how many they were.
    pub async fn recover_deliveries(&self, retry_at: Option<Timestamp>) -> Result<u64> {
        let retry_at = retry_at.map(Timestamp::as_second);
        let recovered = sqlx::query!(
            "UPDATE delivery SET status = 'uncertain', next_at = $1,
                    error = 'the program ended while this was being handed over'
             WHERE status = 'sending'",
            retry_at
        )
        .execute(&self.write)
        .await?;
        Ok(recovered.rows_affected())
    }

    /// When the next delivery is due that is not held by a pause.
    pub async fn next_delivery_at(&self) -> Result<Option<Timestamp>> {
        let at = sqlx::query_scalar!(
            r#"SELECT next_at AS "next_at!" FROM delivery
               LEFT JOIN edition ON edition.id = edition_id LEFT JOIN digest ON digest.id = edition.digest_id
               WHERE next_at IS NOT NULL AND coalesce(paused, 0) = 0 ORDER BY next_at LIMIT 1"#
        )
        .fetch_optional(&self.read)
        .await?;
        at.map(instant).transpose()
    }

    pub async fn mail(&self, id: i64) -> Result<Rendered> {
        Ok(sqlx::query_as!(Rendered, "SELECT subject, text, html FROM mail WHERE id = $1", id)
            .fetch_one(&self.read)
            .await?)
    }

    pub async fn deliveries(&self, edition: Option<i64>, status: Option<DeliveryStatus>) -> Result<Vec<Delivery>> {
        let status = status.map(DeliveryStatus::as_str);
        sqlx::query!(
            "SELECT id, edition_id, address, status, attempts, next_at, error, message_id FROM delivery
             WHERE ($1 IS NULL OR edition_id = $1) AND ($2 IS NULL OR status = $2) ORDER BY id",
            edition,
            status
        )
        .fetch_all(&self.read)
        .await?
        .into_iter()
        .map(|row| {
            Ok(Delivery {
                id: row.id,
                edition: row.edition_id,
                address: parsed(&row.address)?,
                status: parsed(&row.status)?,
                attempts: row.attempts,
                next_at: row.next_at.map(instant).transpose()?,
                error: row.error,
                message_id: row.message_id,
            })
        })
        .collect()
    }

    /// Queues again what failed, waits or is uncertain: one delivery, or all of an edition, or all there are.
    pub async fn retry_deliveries(&self, id: Option<i64>, edition: Option<i64>) -> Result<u64> {
        let now = self.now().as_second();
        let queued = sqlx::query!(
            "UPDATE delivery SET status = 'queued', next_at = $3, tried_since = NULL, doubts = 0
             WHERE ($1 IS NULL OR id = $1) AND ($2 IS NULL OR edition_id = $2)
               AND status IN ('failed', 'deferred', 'uncertain')",
            id,
            edition,
            now
        )
        .execute(&self.write)
        .await?;
        Ok(queued.rows_affected())
    }

    pub async fn tally(&self, edition_id: i64) -> Result<Tally> {
        let rows = sqlx::query!(
            "SELECT candidates, status, count(*) AS n FROM delivery JOIN edition ON edition.id = edition_id
             WHERE edition_id = $1 GROUP BY status",
            edition_id
        )
        .fetch_all(&self.read)
        .await?;
        let mut tally = Tally::default();
        for row in rows {
            tally.candidates = row.candidates;
            *tally.slot(parsed(&row.status)?) = row.n;
        }
        Ok(tally)
    }
}

pub(super) async fn insert_mail(
    transaction: &mut Transaction<'_, Sqlite>,
    edition_id: Option<i64>,
    mail: &Rendered,
) -> Result<i64> {
    Ok(sqlx::query_scalar!(
        r#"INSERT INTO mail (edition_id, subject, text, html) VALUES ($1, $2, $3, $4) RETURNING id AS "id!""#,
        edition_id,
        mail.subject,
        mail.text,
        mail.html
    )
    .fetch_one(&mut **transaction)
    .await?)
}

/// Queues a mail of no edition for one subscriber.
pub(super) async fn queue_for_subscriber(
    transaction: &mut Transaction<'_, Sqlite>,
    mail_id: i64,
    subscriber_id: i64,
    mail_domain: &str,
    now: Timestamp,
) -> Result<()> {
    let now = now.as_second();
    sqlx::query!(
        "INSERT INTO delivery (mail_id, subscriber_id, address, message_id, status, next_at, created_at)
         SELECT $1, id, email, lower(hex(randomblob(16))) || '@' || $3, 'queued', $4, $4
         FROM subscriber WHERE id = $2",
        mail_id,
        subscriber_id,
        mail_domain,
        now
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}
