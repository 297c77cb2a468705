//! The outbox: deliveries, each in exactly one state, moved on by conditional updates.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use sqlx::{Sqlite, Transaction};

use super::{Error, Result, Store, instant, parsed};
use crate::domain::address::EmailAddress;
use crate::domain::edition::{Delivery, DeliveryStatus, Rendered, Tally};
use crate::domain::zone::Zone;

/// The lane of what somebody waits for: confirmations. The other lanes are digests, by id.
pub const URGENT: i64 = 0;

/// So many rows are looked at for one delivery that may go now, before others get their turn.
const ROWS_AT_ONCE: i64 = 500;

/// A delivery that is due.
#[derive(Debug, Clone)]
pub struct Outgoing {
    pub id: i64,
    pub lane: i64,
    pub mail_id: i64,
    pub edition: Option<i64>,
    pub subscriber_id: i64,
    /// The digest's slug and the subscription its unsubscribe link ends; none for a confirmation.
    pub list: Option<(String, i64)>,
    pub address: EmailAddress,
    /// The reader's, if it is known.
    pub timezone: Option<Zone>,
    pub message_id: String,
    /// How often it was tried, this time included.
    pub attempts: i64,
    /// The first attempt.
    pub tried_since: Timestamp,
    /// How often before nobody could know whether it was taken.
    pub doubts: i64,
    pub due_at: Timestamp,
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
    /// It was taken in hand and not tried.
    Released,
}

/// A delivery whose attempt ended, and at which relay.
#[derive(Debug, Clone)]
pub struct Settled {
    pub id: i64,
    pub outcome: Outcome,
    pub relay: Arc<str>,
}

impl Store {
    /// How many deliveries there are in each state.
    pub async fn delivery_counts(&self) -> Result<Vec<(String, i64)>> {
        let rows = sqlx::query!("SELECT status, count(*) AS number FROM delivery GROUP BY status ORDER BY status");
        Ok(rows.fetch_all(&self.read).await?.into_iter().map(|row| (row.status, row.number)).collect())
    }

    /// Keeps how attempts ended and takes up to `wanted` deliveries that are due in hand, all in one transaction: the
    /// attempt is on disk before anybody is asked, and many share the cost of writing it there. `turn` says whose turn
    /// it is among the lanes; those of paused digests wait. `judge` may put one off until later. Those whose reader has
    /// left meanwhile are suppressed on the way. May come back with less than there is, never with more than `wanted`.
    pub async fn take_turn(
        &self,
        settled: &[Settled],
        wanted: usize,
        turn: usize,
        mut judge: impl FnMut(&Outgoing) -> Option<Timestamp>,
    ) -> Result<Vec<Outgoing>> {
        let now = self.now();
        let mut transaction = self.begin().await?;
        settle(&mut transaction, settled, now).await?;
        let mut claimed = Vec::new();
        if wanted > 0 {
            let mut lanes = due_lanes(&mut transaction, now).await?;
            // Who waits for a confirmation comes first; the digests take turns.
            let digests = usize::from(lanes.first() == Some(&URGENT));
            if lanes.len() > digests {
                let by = turn % (lanes.len() - digests);
                lanes[digests..].rotate_left(by);
            }
            for (done, lane) in lanes.iter().enumerate() {
                let share = (wanted - claimed.len()).div_ceil(if *lane == URGENT { 1 } else { lanes.len() - done });
                claim(&mut transaction, *lane, share, now, &mut judge, &mut claimed).await?;
            }
        }
        transaction.commit().await?;
        Ok(claimed)
    }

    /// Only at the start, when nothing is on the wire: what a dead program had in hand becomes `uncertain`, to be
    /// tried again at `retry_at`; how many they were.
    pub async fn recover_deliveries(&self, retry_at: Option<Timestamp>) -> Result<u64> {
        let retry_at = retry_at.map(Timestamp::as_second);
        let recovered = sqlx::query!(
            "UPDATE delivery SET status = 'uncertain', next_at = $1, doubts = doubts + 1,
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
            r#"SELECT min(at) AS "at: i64" FROM (
                   SELECT min(next_at) AS at FROM delivery WHERE lane = 0 AND next_at IS NOT NULL
                   UNION ALL
                   SELECT (SELECT min(next_at) FROM delivery WHERE lane = digest.id AND next_at IS NOT NULL)
                   FROM digest WHERE NOT paused)"#
        )
        .fetch_one(&self.read)
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
            "SELECT id, edition_id, address, status, attempts, next_at, error, relay, message_id FROM delivery
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
                relay: row.relay,
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

async fn settle(transaction: &mut Transaction<'_, Sqlite>, settled: &[Settled], now: Timestamp) -> Result<()> {
    let now = now.as_second();
    for relay in settled.iter().map(|s| &s.relay).collect::<BTreeSet<_>>() {
        let sent = settled.iter().filter(|s| s.outcome == Outcome::Sent && s.relay == *relay).map(|s| s.id);
        let sent = ids(sent);
        if sent != "[]" {
            let relay = &**relay;
            sqlx::query!(
                "UPDATE delivery SET status = 'sent', next_at = NULL, error = NULL, relay = $2
                 WHERE status = 'sending' AND id IN (SELECT value FROM json_each($1))",
                sent,
                relay
            )
            .execute(&mut **transaction)
            .await?;
        }
    }
    for Settled { id, outcome, relay } in settled {
        let (status, next_at, error) = match outcome {
            Outcome::Sent => continue,
            Outcome::Released => {
                release(transaction, *id, now).await?;
                continue;
            }
            Outcome::Deferred { until, error } => (DeliveryStatus::Deferred, Some(*until), error),
            Outcome::Failed { error } => (DeliveryStatus::Failed, None, error),
            Outcome::Uncertain { retry_at, error } => (DeliveryStatus::Uncertain, *retry_at, error),
        };
        let (status, next_at, relay) = (status.as_str(), next_at.map(Timestamp::as_second), &**relay);
        sqlx::query!(
            "UPDATE delivery SET status = $2, next_at = $3, error = $4, relay = $5,
                    doubts = doubts + ($2 = 'uncertain')
             WHERE id = $1 AND status = 'sending'",
            id,
            status,
            next_at,
            error,
            relay
        )
        .execute(&mut **transaction)
        .await?;
    }
    Ok(())
}

async fn release(transaction: &mut Transaction<'_, Sqlite>, id: i64, now: i64) -> Result<()> {
    sqlx::query!(
        "UPDATE delivery SET status = 'queued', attempts = attempts - 1, next_at = $2
         WHERE id = $1 AND status = 'sending'",
        id,
        now
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// Lanes in which something is due, the urgent one first; those of paused digests are closed.
async fn due_lanes(transaction: &mut Transaction<'_, Sqlite>, now: Timestamp) -> Result<Vec<i64>> {
    let now = now.as_second();
    Ok(sqlx::query_scalar!(
        r#"SELECT lane AS "lane!: i64" FROM (SELECT 0 AS lane UNION ALL SELECT id FROM digest WHERE NOT paused) lanes
           WHERE EXISTS (SELECT 1 FROM delivery WHERE delivery.lane = lanes.lane AND next_at <= $1) ORDER BY lane"#,
        now
    )
    .fetch_all(&mut **transaction)
    .await?)
}

/// Takes up to `wanted` of a lane in hand.
async fn claim(
    transaction: &mut Transaction<'_, Sqlite>,
    lane: i64,
    wanted: usize,
    now: Timestamp,
    judge: &mut impl FnMut(&Outgoing) -> Option<Timestamp>,
    claimed: &mut Vec<Outgoing>,
) -> Result<()> {
    let mut limit = i64::try_from(wanted).unwrap_or(ROWS_AT_ONCE);
    let mut missing = wanted;
    for _ in 0..2 {
        if missing == 0 {
            break;
        }
        let mut due = due_of(transaction, lane, limit, now).await?;
        let is_last = due.len() < usize::try_from(limit).unwrap_or(usize::MAX);
        let (mut later, mut unwanted, mut taken) = (Vec::new(), Vec::new(), Vec::new());
        for (delivery, is_wanted) in due.drain(..) {
            match delivery {
                _ if taken.len() == missing => break,
                Due::Damaged(id, error) => fail(transaction, id, &error).await?,
                Due::Sound(delivery) if !is_wanted => unwanted.push(delivery.id),
                Due::Sound(delivery) => match judge(&delivery) {
                    Some(until) => later.push((delivery.id, until.as_second())),
                    None => taken.push(delivery),
                },
            }
        }
        put_off(transaction, &later).await?;
        suppress(transaction, &unwanted).await?;
        take_in_hand(transaction, &taken, now).await?;
        missing -= taken.len();
        claimed.append(&mut taken);
        if is_last {
            break;
        }
        // Many were put off: others may be behind them.
        limit = ROWS_AT_ONCE;
    }
    Ok(())
}

enum Due {
    Sound(Outgoing),
    Damaged(i64, Error),
}

/// What is due in a lane, and whether its reader still wants it.
async fn due_of(
    transaction: &mut Transaction<'_, Sqlite>,
    lane: i64,
    limit: i64,
    now: Timestamp,
) -> Result<Vec<(Due, bool)>> {
    let until = now.as_second();
    let rows = sqlx::query!(
        r#"SELECT delivery.id, mail_id, edition_id, delivery.subscriber_id, address, message_id, attempts, tried_since,
                  doubts, next_at AS "next_at!", timezone, slug AS "slug?", subscription.id AS "subscription_id?",
                  (lane = 0 AND subscriber.id IS NOT NULL
                   OR coalesce(subscription.status, '') = 'confirmed' AND suppressed IS NULL) AS "wanted!: bool"
           FROM delivery
           LEFT JOIN digest ON digest.id = lane
           LEFT JOIN subscriber ON subscriber.id = delivery.subscriber_id
           LEFT JOIN subscription ON subscription.digest_id = lane
                                 AND subscription.subscriber_id = delivery.subscriber_id
           WHERE lane = $1 AND next_at <= $2 ORDER BY next_at LIMIT $3"#,
        lane,
        until,
        limit
    )
    .fetch_all(&mut **transaction)
    .await?;
    let due = rows.into_iter().map(|row| {
        let read = || -> Result<Outgoing> {
            Ok(Outgoing {
                id: row.id,
                lane,
                mail_id: row.mail_id,
                edition: row.edition_id,
                subscriber_id: row.subscriber_id,
                list: row.slug.zip(row.subscription_id),
                address: parsed(&row.address)?,
                timezone: row.timezone.as_deref().and_then(|zone| zone.parse().ok()),
                message_id: row.message_id,
                attempts: row.attempts + 1,
                tried_since: row.tried_since.map(instant).transpose()?.unwrap_or(now),
                doubts: row.doubts,
                due_at: instant(row.next_at)?,
            })
        };
        (read().map_or_else(|error| Due::Damaged(row.id, error), Due::Sound), row.wanted)
    });
    Ok(due.collect())
}

async fn take_in_hand(transaction: &mut Transaction<'_, Sqlite>, taken: &[Outgoing], now: Timestamp) -> Result<()> {
    if taken.is_empty() {
        return Ok(());
    }
    let (taken, now) = (ids(taken.iter().map(|delivery| delivery.id)), now.as_second());
    sqlx::query!(
        "UPDATE delivery SET status = 'sending', attempts = attempts + 1, tried_since = coalesce(tried_since, $2),
                next_at = NULL
         WHERE id IN (SELECT value FROM json_each($1))",
        taken,
        now
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

async fn put_off(transaction: &mut Transaction<'_, Sqlite>, later: &[(i64, i64)]) -> Result<()> {
    if later.is_empty() {
        return Ok(());
    }
    let later = serde_json::to_string(later).unwrap_or_else(|_| "[]".into());
    sqlx::query!(
        "UPDATE delivery SET next_at = later.value ->> 1 FROM json_each($1) later WHERE delivery.id = later.value ->> 0",
        later
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

async fn suppress(transaction: &mut Transaction<'_, Sqlite>, unwanted: &[i64]) -> Result<()> {
    if unwanted.is_empty() {
        return Ok(());
    }
    let unwanted = ids(unwanted.iter().copied());
    sqlx::query!(
        "UPDATE delivery SET status = 'suppressed', next_at = NULL
         WHERE id IN (SELECT value FROM json_each($1))",
        unwanted
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// What can't be read can't be sent, and must not hold up the rest.
async fn fail(transaction: &mut Transaction<'_, Sqlite>, id: i64, error: &Error) -> Result<()> {
    let error = error.to_string();
    sqlx::query!("UPDATE delivery SET status = 'failed', next_at = NULL, error = $2 WHERE id = $1", id, error)
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

/// As `json_each` takes them.
fn ids(ids: impl Iterator<Item = i64>) -> String {
    serde_json::to_string(&ids.collect::<Vec<_>>()).unwrap_or_else(|_| "[]".into())
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
