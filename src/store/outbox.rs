//! The outbox: deliveries, each in exactly one state, moved on by conditional updates.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;
use sqlx::{Sqlite, SqliteConnection, Transaction};

use super::bounces::{count_rejection, forgive, is_counted};
use super::forgotten::NOBODY;
use super::links::subject;
use super::queue::{NO_READER, to_ids};
use super::relays::{self, RelayChange, forget_refusals, keep_refusal};
use super::{Result, Store, instant};
use crate::domain::address::EmailAddress;
use crate::domain::edition::{DeliveryStatus, EditionName, Rendered};
use crate::domain::token::{Nonce, Subject};
use crate::domain::zone::Zone;

/// The lane of what somebody waits for: confirmations. The other lanes are digests, by id.
pub const URGENT: i64 = 0;

/// A delivery that is due.
#[derive(Debug, Clone)]
pub struct Outgoing {
    pub id: i64,
    pub nonce: Option<Nonce>,
    pub lane: i64,
    pub mail_id: i64,
    pub edition: Option<i64>,
    pub edition_name: Option<EditionName>,
    pub subscriber_id: i64,
    /// The digest's slug and the subscription its unsubscribe link ends; none for a confirmation.
    pub list: Option<(String, Subject)>,
    pub address: EmailAddress,
    /// It answers a mail: nothing is to come back of it (RFC 3834 section 3.3).
    pub is_answer: bool,
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

impl Outgoing {
    /// Whether it tells something to those who run the site.
    pub fn is_notice(&self) -> bool {
        self.subscriber_id == NO_READER && !self.is_answer
    }

    /// As the address stands for it that it comes back to.
    pub fn subject(&self) -> Subject {
        Subject { id: self.id, nonce: self.nonce }
    }
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Sent,
    Deferred {
        until: Timestamp,
        error: String,
        /// Whether it counts once, as what may pass, if the mail is not taken after all.
        counts: bool,
    },
    Failed {
        error: String,
    },
    /// Failed by what a server said of this recipient: it counts as if the mail had come back.
    Refused {
        reply: String,
    },
    /// Lost after the final dot. Without `retry_at` it waits for the operator.
    Uncertain {
        retry_at: Option<Timestamp>,
        error: String,
    },
    /// It was taken in hand and not tried.
    Released,
}

impl Outcome {
    /// In a word. Whether a recipient or a message was refused makes no difference to who counts.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Deferred { .. } => "deferred",
            Self::Failed { .. } | Self::Refused { .. } => "failed",
            Self::Uncertain { .. } => "uncertain",
            Self::Released => "released",
        }
    }
}

/// A delivery whose attempt ended, and at which relay.
#[derive(Debug, Clone)]
pub struct Settled {
    pub id: i64,
    pub outcome: Outcome,
    pub relay: Arc<str>,
    /// What that calls the mail, if it took it and said so.
    pub relay_id: Option<String>,
    /// How often it was tried.
    pub attempts: i64,
    pub record: Record,
}

/// What a delivery's end means for what is kept of its relay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    Nothing,
    /// Refused for good, in these words without what is different each time.
    Refused {
        said: String,
    },
    /// It took this one: what it refused before was the recipients' own.
    Clean,
}

/// What a turn has to keep.
#[derive(Debug, Default)]
pub struct Turn {
    pub settled: Vec<Settled>,
    /// What comes of it for relays.
    pub relays: Vec<RelayChange>,
    pub put_off: Vec<(i64, Timestamp)>,
}

impl Turn {
    pub fn is_empty(&self) -> bool {
        self.settled.is_empty() && self.relays.is_empty() && self.put_off.is_empty()
    }
}

impl Store {
    /// How many deliveries there are in each state, with those that were cleared since.
    pub async fn delivery_counts(&self) -> Result<Vec<(String, i64)>> {
        let rows = sqlx::query!(
            r#"SELECT status AS "status!", sum(number) AS "number!: i64"
               FROM (SELECT status, count(*) AS number FROM delivery GROUP BY status
                     UNION ALL SELECT status, number FROM cleared_delivery)
               GROUP BY status ORDER BY status"#
        );
        Ok(rows.fetch_all(&self.read).await?.into_iter().map(|row| (row.status, row.number)).collect())
    }

    /// Up to `limit` deliveries that are due, as they are now: what somebody waits for first, then the digests in turns.
    /// Those of digests that are paused, or not configured any more, wait. Nothing is taken in hand yet.
    pub async fn due_deliveries(&self, limit: usize) -> Result<Vec<Outgoing>> {
        let now = self.now();
        let mut connection = self.read.acquire().await?;
        let lanes = due_lanes(&mut connection, now).await?;
        let share = limit.div_ceil(lanes.len().max(1));
        let (mut queues, mut damaged) = (Vec::new(), Vec::new());
        for lane in lanes {
            queues.push(due_of(&mut connection, lane, share, now, &mut damaged).await?.into_iter());
        }
        if !damaged.is_empty() {
            self.fail_deliveries(&damaged, "its address can't be read").await?;
        }
        let mut due = Vec::new();
        if queues.first().is_some_and(|queue| queue.as_slice().first().is_some_and(|first| first.lane == URGENT)) {
            due.extend(queues.remove(0));
        }
        while due.len() < limit {
            let round: Vec<_> = queues.iter_mut().filter_map(Iterator::next).collect();
            if round.is_empty() {
                break;
            }
            due.extend(round);
        }
        Ok(due)
    }

    async fn fail_deliveries(&self, ids: &[i64], error: &str) -> Result<()> {
        let ids = to_ids(ids);
        sqlx::query!(
            "UPDATE delivery SET status = 'failed', next_at = NULL, error = $2
             WHERE id IN (SELECT value FROM json_each($1))",
            ids,
            error
        )
        .execute(&self.write)
        .await?;
        Ok(())
    }

    /// Keeps how attempts ended, puts deliveries off, and takes those of `wanted` in hand that may still go: the
    /// attempt is on disk before anybody gets the message, and many share the cost of writing it there. The ids of those taken
    /// come back. Whose reader has left meanwhile is suppressed. After `soft_limit` soft bounces in a row an address is
    /// given up.
    pub async fn take_turn(&self, turn: &Turn, wanted: &[i64], soft_limit: u32) -> Result<HashSet<i64>> {
        let (now, Turn { settled, relays, put_off }) = (self.now(), turn);
        let mut sent: BTreeMap<&str, Sent<'_>> = BTreeMap::new();
        for Settled { id, relay, relay_id, .. } in settled.iter().filter(|settled| settled.outcome == Outcome::Sent) {
            sent.entry(relay).or_default().push((*id, relay_id.as_deref()));
        }
        let (relay, ids) = sent.pop_first().unwrap_or_default();
        let is_plain = |settled: &Settled| {
            settled.outcome == Outcome::Sent && settled.record == Record::Nothing && settled.attempts <= 1
        };
        if sent.is_empty() && put_off.is_empty() && relays.is_empty() && settled.iter().all(is_plain) {
            // The usual turn is a single statement.
            return move_on(&mut *self.write.acquire().await?, relay, &ids, wanted, now).await;
        }
        let mut transaction = self.begin().await?;
        settle(&mut transaction, settled, soft_limit, now).await?;
        for change in relays {
            relays::change(&mut transaction, change, now).await?;
        }
        delay(&mut transaction, put_off).await?;
        for (relay, ids) in &sent {
            move_on(&mut transaction, relay, ids, &[], now).await?;
        }
        let taken = move_on(&mut transaction, relay, &ids, wanted, now).await?;
        transaction.commit().await?;
        Ok(taken)
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
                   FROM digest WHERE NOT paused AND configured)"#
        )
        .fetch_one(&self.read)
        .await?;
        at.map(instant).transpose()
    }

    pub async fn mail(&self, id: i64) -> Result<Rendered> {
        Ok(sqlx::query_as!(Rendered, "SELECT subject, text, html, calendar, answers FROM mail WHERE id = $1", id)
            .fetch_one(&self.read)
            .await?)
    }
}

/// Deliveries that a relay took, and what it calls them.
type Sent<'a> = Vec<(i64, Option<&'a str>)>;

/// What was taken by `relay` is sent, what is `wanted` and may still go is on the wire: one statement that returns
/// nothing, since most of a turn's cost is going to the database and back.
async fn move_on(
    connection: &mut SqliteConnection,
    relay: &str,
    sent: &[(i64, Option<&str>)],
    wanted: &[i64],
    now: Timestamp,
) -> Result<HashSet<i64>> {
    let sent_ids = to_ids(&sent.iter().map(|(id, _)| *id).collect::<Vec<_>>());
    let names: BTreeMap<i64, &str> = sent.iter().filter_map(|(id, name)| Some((*id, (*name)?))).collect();
    let names = serde_json::to_string(&names).unwrap_or_else(|_| "{}".into());
    let (wanted_ids, at) = (to_ids(wanted), now.as_second());
    let moved = sqlx::query!(
        "UPDATE delivery
         SET status = CASE status WHEN 'sending' THEN 'sent' ELSE 'sending' END,
             attempts = attempts + (status <> 'sending'),
             tried_since = coalesce(tried_since, $4),
             error = CASE WHEN status <> 'sending' THEN error END,
             relay = CASE WHEN status <> 'sending' THEN relay ELSE $3 END,
             relay_id = CASE status WHEN 'sending' THEN json_extract($5, '$.' || id) END,
             next_at = NULL
         WHERE id IN (SELECT value FROM json_each($1)) AND status = 'sending'
            OR id IN (SELECT value FROM json_each($2)) AND next_at <= $4
           AND NOT EXISTS (SELECT 1 FROM digest WHERE digest.id = lane AND (paused OR NOT configured))
           AND EXISTS (SELECT 1 FROM delivery_wanted WHERE delivery_id = delivery.id)",
        sent_ids,
        wanted_ids,
        relay,
        at,
        names
    )
    .execute(&mut *connection)
    .await?;
    if usize::try_from(moved.rows_affected()).is_ok_and(|moved| moved == sent.len() + wanted.len()) {
        return Ok(wanted.iter().copied().collect());
    }
    let taken = sqlx::query_scalar!(
        "SELECT id FROM delivery WHERE id IN (SELECT value FROM json_each($1)) AND status = 'sending'",
        wanted_ids
    );
    let taken = taken.fetch_all(&mut *connection).await?;
    sqlx::query!(
        "UPDATE delivery SET status = 'suppressed', next_at = NULL
         WHERE id IN (SELECT value FROM json_each($1)) AND next_at <= $2
           AND NOT EXISTS (SELECT 1 FROM delivery_wanted WHERE delivery_id = delivery.id)",
        wanted_ids,
        at
    )
    .execute(connection)
    .await?;
    Ok(taken.into_iter().collect())
}

async fn settle(
    transaction: &mut Transaction<'_, Sqlite>,
    settled: &[Settled],
    soft_limit: u32,
    now: Timestamp,
) -> Result<()> {
    for Settled { id, outcome, relay, attempts, record, .. } in settled {
        if *record == Record::Clean {
            forget_refusals(transaction, relay).await?;
        }
        let (status, next_at, error) = match outcome {
            Outcome::Sent if *attempts > 1 => {
                forgive(transaction, *id).await?;
                continue;
            }
            Outcome::Sent => continue,
            Outcome::Released => {
                release(transaction, *id, now).await?;
                continue;
            }
            Outcome::Deferred { until, error, .. } => (DeliveryStatus::Deferred, Some(*until), error),
            Outcome::Failed { error } => (DeliveryStatus::Failed, None, error),
            Outcome::Refused { reply } => (DeliveryStatus::Failed, None, reply),
            Outcome::Uncertain { retry_at, error } => (DeliveryStatus::Uncertain, *retry_at, error),
        };
        let (status, next_at, relay) = (status.as_str(), next_at.map(Timestamp::as_second), &**relay);
        sqlx::query!(
            "UPDATE delivery SET status = $2, next_at = $3, relay = $5,
                    error = CASE WHEN address <> $6 THEN $4 END,
                    doubts = doubts + ($2 = 'uncertain')
             WHERE id = $1 AND status = 'sending'",
            id,
            status,
            next_at,
            error,
            relay,
            NOBODY
        )
        .execute(&mut **transaction)
        .await?;
        let counts = match outcome {
            Outcome::Refused { reply } => Some(reply.as_str()),
            Outcome::Deferred { error, counts: true, .. } if !is_counted(transaction, *id).await? => {
                Some(error.as_str())
            }
            _ => None,
        };
        match record {
            Record::Refused { said } => keep_refusal(transaction, relay, *id, said, counts, soft_limit, now).await?,
            _ => {
                if let Some(reply) = counts {
                    count_rejection(transaction, *id, reply, soft_limit, now).await?;
                }
            }
        }
    }
    Ok(())
}

async fn release(transaction: &mut Transaction<'_, Sqlite>, id: i64, now: Timestamp) -> Result<()> {
    let now = now.as_second();
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

async fn delay(transaction: &mut Transaction<'_, Sqlite>, put_off: &[(i64, Timestamp)]) -> Result<()> {
    if put_off.is_empty() {
        return Ok(());
    }
    let put_off: Vec<_> = put_off.iter().map(|(id, until)| (id, until.as_second())).collect();
    let put_off = serde_json::to_string(&put_off).unwrap_or_else(|_| "[]".into());
    sqlx::query!(
        "UPDATE delivery SET next_at = later.value ->> 1 FROM json_each($1) later
         WHERE delivery.id = later.value ->> 0 AND next_at IS NOT NULL",
        put_off
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// Lanes in which something is due, the urgent one first; those of digests that are paused, or not configured any more, are
/// closed.
async fn due_lanes(connection: &mut SqliteConnection, now: Timestamp) -> Result<Vec<i64>> {
    let now = now.as_second();
    Ok(sqlx::query_scalar!(
        r#"SELECT lane AS "lane!: i64" FROM (SELECT 0 AS lane UNION ALL SELECT id FROM digest WHERE NOT paused AND configured) lanes
           WHERE EXISTS (SELECT 1 FROM delivery WHERE delivery.lane = lanes.lane AND next_at <= $1) ORDER BY lane"#,
        now
    )
    .fetch_all(connection)
    .await?)
}

/// The first that are due in a lane, and the ids of those that can't be read.
async fn due_of(
    connection: &mut SqliteConnection,
    lane: i64,
    limit: usize,
    now: Timestamp,
    damaged: &mut Vec<i64>,
) -> Result<Vec<Outgoing>> {
    let (limit, until) = (i64::try_from(limit).unwrap_or(i64::MAX), now.as_second());
    let rows = sqlx::query!(
        r#"SELECT delivery.id, mail_id, edition_id, delivery.subscriber_id, address, message_id, attempts, tried_since,
                  doubts, next_at AS "next_at!", timezone, slug AS "slug?", subscription.id AS "subscription_id?",
                  delivery.nonce, subscription.nonce AS "subscription_nonce?: Vec<u8>", number AS "number?",
                  (delivery.subscriber_id = $4 AND EXISTS (SELECT 1 FROM mail WHERE mail.id = mail_id AND answers IS NOT NULL))
                      AS "is_answer!: bool"
           FROM delivery
           LEFT JOIN edition ON edition.id = edition_id
           LEFT JOIN digest ON digest.id = lane
           LEFT JOIN subscriber ON subscriber.id = delivery.subscriber_id
           LEFT JOIN subscription ON subscription.digest_id = lane
                                 AND subscription.subscriber_id = delivery.subscriber_id
           WHERE lane = $1 AND next_at <= $2 ORDER BY next_at LIMIT $3"#,
        lane,
        until,
        limit,
        NO_READER
    )
    .fetch_all(connection)
    .await?;
    let mut due = Vec::new();
    for row in rows {
        // What can't be read can't be sent, and must not hold up the rest.
        let Ok(address) = row.address.parse() else {
            damaged.push(row.id);
            continue;
        };
        let subscription = row.subscription_id.map(|id| subject(id, row.subscription_nonce)).transpose()?;
        due.push(Outgoing {
            id: row.id,
            nonce: subject(row.id, row.nonce)?.nonce,
            lane,
            mail_id: row.mail_id,
            edition: row.edition_id,
            edition_name: row.slug.clone().zip(row.number).map(|(digest, number)| EditionName { digest, number }),
            subscriber_id: row.subscriber_id,
            list: row.slug.zip(subscription),
            address,
            is_answer: row.is_answer,
            timezone: row.timezone.as_deref().and_then(|zone| zone.parse().ok()),
            message_id: row.message_id,
            attempts: row.attempts + 1,
            tried_since: row.tried_since.map(instant).transpose()?.unwrap_or(now),
            doubts: row.doubts,
            due_at: instant(row.next_at)?,
        });
    }
    Ok(due)
}
