//! Deliveries as the operator sees them, and sends them again.

use super::{Error, Result, Store, acts, instant, parsed};
use crate::domain::act::Deed;
use crate::domain::actor::Actor;
use crate::domain::address::EmailAddress;
use crate::domain::edition::{Delivery, DeliveryStatus, Edition, EditionName, Lost, Retried, Tally};
use crate::domain::refused::Noun;

/// Which deliveries are listed: those that are all of this.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeliveryFilter {
    /// By id.
    pub edition: Option<i64>,
    /// By slug.
    pub digest: Option<String>,
    pub status: Option<DeliveryStatus>,
    pub address: Option<EmailAddress>,
    /// Older than the one of this id.
    pub before: Option<i64>,
    /// Only so many, the newest.
    pub limit: Option<u32>,
}

/// Which deliveries are sent again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Again {
    One(i64),
    Edition(Edition),
    All,
}

impl Store {
    /// In the order in which they were made.
    pub async fn deliveries(&self, filter: &DeliveryFilter) -> Result<Vec<Delivery>> {
        let status = filter.status.map(DeliveryStatus::as_str);
        let (address, key) =
            (filter.address.as_ref().map(EmailAddress::as_str), filter.address.as_ref().map(EmailAddress::key));
        // A negative limit is none.
        let limit = filter.limit.map_or(-1, i64::from);
        let rows = sqlx::query_as!(
            DeliveryRow,
            r#"SELECT delivery.id, edition_id, address, status, attempts, next_at, error, relay, message_id,
                      relay_id, slug AS "slug?", number AS "number?"
               FROM delivery LEFT JOIN edition ON edition.id = edition_id LEFT JOIN digest ON digest.id = digest_id
               WHERE ($1 IS NULL OR edition_id = $1) AND ($2 IS NULL OR status = $2) AND ($3 IS NULL OR slug = $3)
                 AND ($4 IS NULL OR address = $4 OR lower(address) = $5) AND ($7 IS NULL OR delivery.id < $7)
               ORDER BY delivery.id DESC LIMIT $6"#,
            filter.edition,
            status,
            filter.digest,
            address,
            key,
            limit,
            filter.before
        );
        rows.fetch_all(&self.read).await?.into_iter().rev().map(Delivery::try_from).collect()
    }

    pub async fn delivery(&self, id: i64) -> Result<Option<Delivery>> {
        let row = sqlx::query_as!(
            DeliveryRow,
            r#"SELECT delivery.id, edition_id, address, status, attempts, next_at, error, relay, message_id,
                      relay_id, slug AS "slug?", number AS "number?"
               FROM delivery LEFT JOIN edition ON edition.id = edition_id LEFT JOIN digest ON digest.id = digest_id
               WHERE delivery.id = $1"#,
            id
        );
        row.fetch_optional(&self.read).await?.map(Delivery::try_from).transpose()
    }

    /// Of all its deliveries, those too that were cleared since.
    pub async fn tally(&self, edition_id: i64) -> Result<Tally> {
        let rows = sqlx::query!(
            r#"SELECT candidates, status AS "status!", n AS "n!: i64"
               FROM (SELECT status, count(*) AS n FROM delivery
                     WHERE edition_id = $1
                       AND status IN ('queued', 'sending', 'deferred', 'sent', 'failed', 'uncertain', 'suppressed')
                     GROUP BY status
                     UNION ALL SELECT status, number FROM cleared_delivery WHERE edition_id = $1)
               JOIN edition ON edition.id = $1"#,
            edition_id
        )
        .fetch_all(&self.read)
        .await?;
        let mut tally = Tally::default();
        for row in rows {
            tally.candidates = row.candidates;
            *tally.slot(parsed(&row.status)?) += row.n;
        }
        Ok(tally)
    }

    /// Of those who got an edition, how many left before the next one, and how many complained of it.
    pub async fn lost_by(&self, edition_id: i64) -> Result<Lost> {
        let row = sqlx::query!(
            r#"SELECT (SELECT count(*) FROM delivery
                       JOIN subscription ON subscription.subscriber_id = delivery.subscriber_id
                                        AND subscription.digest_id = delivery.lane
                       WHERE edition_id = $1 AND delivery.status IN ('sent', 'uncertain')
                         AND subscription.status = 'left' AND left_at >= delivery.created_at
                         AND left_at < coalesce((SELECT later.composed_at FROM edition later JOIN edition it ON it.id = $1
                                                 WHERE later.digest_id = it.digest_id AND later.number = it.number + 1),
                                                left_at + 1)) AS "left!: i64",
                      (SELECT count(DISTINCT delivery.id) FROM bounce JOIN delivery ON delivery.id = bounce.delivery_id
                       WHERE class = 'complaint' AND edition_id = $1) AS "complained!: i64""#,
            edition_id
        );
        let row = row.fetch_one(&self.read).await?;
        Ok(Lost { left: row.left, complained: row.complained })
    }

    /// Queues again what failed, waits, is uncertain or was suppressed, where its reader may get mail (again) and was not
    /// told the same by a later edition. Relays that were stopped are tried at once.
    pub async fn retry_deliveries(&self, by: &Actor, again: &Again) -> Result<Retried> {
        let (id, edition) = match again {
            Again::One(id) => (Some(*id), None),
            Again::Edition(edition) => (None, Some(edition.id)),
            Again::All => (None, None),
        };
        let now = self.now().as_second();
        let mut transaction = self.begin().await?;
        // A later edition that is sent again with the others makes up for the earlier one too.
        let found = sqlx::query!(
            r#"SELECT delivery.id,
                      EXISTS (SELECT 1 FROM delivery_wanted WHERE delivery_id = delivery.id)
                          AND (edition_id IS NULL OR delivery.status IN ('deferred', 'uncertain') OR number >=
                               (SELECT first_edition FROM subscription
                                WHERE subscription.subscriber_id = delivery.subscriber_id AND digest_id = lane))
                      AS "is_wanted!: bool",
                      EXISTS (SELECT 1 FROM subscriber
                              WHERE subscriber.id = delivery.subscriber_id AND suppressed IS NOT NULL)
                      AS "is_held!: bool",
                      EXISTS (SELECT 1 FROM delivery later JOIN json_each(later.makes_up) made
                              WHERE later.subscriber_id = delivery.subscriber_id AND later.makes_up IS NOT NULL
                                AND later.edition_id > delivery.edition_id AND later.lane = delivery.lane
                                AND made.value = number
                                AND (later.status NOT IN ('failed', 'suppressed') OR $1 IS NULL AND $2 IS NULL))
                          OR EXISTS (SELECT 1 FROM json_each(delivery.makes_up) made
                                     JOIN edition before ON before.digest_id = lane AND before.number = made.value
                                     JOIN delivery other ON other.edition_id = before.id
                                                        AND other.subscriber_id = delivery.subscriber_id
                                     WHERE delivery.status IN ('failed', 'suppressed')
                                       AND other.status NOT IN ('failed', 'suppressed'))
                      AS "is_made_up!: bool"
               FROM delivery LEFT JOIN edition ON edition.id = edition_id
               WHERE ($1 IS NULL OR delivery.id = $1) AND ($2 IS NULL OR edition_id = $2)
                 AND status IN ('failed', 'deferred', 'uncertain', 'suppressed')
                 AND NOT coalesce(is_given_up, 0)"#,
            id,
            edition
        )
        .fetch_all(&mut *transaction)
        .await?;
        let mut retried = Retried::default();
        let mut ids = Vec::new();
        for row in found {
            match row {
                _ if row.is_wanted && row.is_made_up => retried.made_up += 1,
                _ if row.is_wanted => ids.push(row.id),
                _ if row.is_held => retried.held += 1,
                _ => retried.unwanted += 1,
            }
        }
        let ids = super::queue::to_ids(&ids);
        retried.queued = sqlx::query!(
            "UPDATE delivery SET status = 'queued', next_at = $2, tried_since = NULL, doubts = 0
             WHERE id IN (SELECT value FROM json_each($1))",
            ids,
            now
        )
        .execute(&mut *transaction)
        .await?
        .rows_affected();
        if retried.queued > 0 {
            sqlx::query!("UPDATE stopped_relay SET next_at = min(next_at, $1)", now).execute(&mut *transaction).await?;
            let (noun, name) = match again {
                Again::One(id) => (Noun::Delivery, id.to_string()),
                Again::Edition(edition) => (Noun::Edition, edition.name().to_string()),
                Again::All => (Noun::Delivery, String::new()),
            };
            let detail = format!("{} queued", retried.queued);
            acts::note(&mut transaction, self.now(), by, Deed::Retried, (noun, &name), &detail).await?;
        }
        transaction.commit().await?;
        Ok(retried)
    }
}

struct DeliveryRow {
    id: i64,
    edition_id: Option<i64>,
    address: String,
    status: String,
    attempts: i64,
    next_at: Option<i64>,
    error: Option<String>,
    relay: Option<String>,
    message_id: String,
    relay_id: Option<String>,
    slug: Option<String>,
    number: Option<i64>,
}

impl TryFrom<DeliveryRow> for Delivery {
    type Error = Error;

    fn try_from(row: DeliveryRow) -> Result<Self> {
        Ok(Self {
            id: row.id,
            edition: row.edition_id,
            edition_name: row.slug.zip(row.number).map(|(digest, number)| EditionName { digest, number }),
            address: parsed(&row.address)?,
            status: parsed(&row.status)?,
            attempts: row.attempts,
            next_at: row.next_at.map(instant).transpose()?,
            error: row.error,
            relay: row.relay,
            message_id: row.message_id,
            relay_id: row.relay_id,
        })
    }
}
