//! Relays that refuse everybody: what each refused since it last took a mail, the way back of what that counted, and how
//! long it is left alone.

use jiff::Timestamp;
use sqlx::{Sqlite, Transaction};

use super::bounces::count_rejection;
use super::queue::to_ids;
use super::suppressions::lift_suppression;
use super::{Result, Store, instant};

/// A relay that refuses everybody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoppedRelay {
    pub relay: String,
    pub since: Timestamp,
    /// What it said the last time, with nobody's address.
    pub reason: String,
    /// The same without what is different each time.
    pub said: String,
    /// How often it was tried since then.
    pub tries: u32,
    /// When it is tried again.
    pub next_at: Timestamp,
}

/// A refusal as it was kept.
#[derive(Debug, Clone)]
pub struct KeptRefusal {
    pub relay: String,
    pub said: String,
    pub address: String,
    pub edition: Option<i64>,
}

/// What a relay's answers came to.
#[derive(Debug, Clone)]
pub enum RelayChange {
    /// It refuses everybody: what it refused in these words is put back and due at `due_at`, what that counted is taken
    /// back.
    Stopped { stop: StoppedRelay, due_at: Timestamp },
    /// It was tried and still does.
    Tried(StoppedRelay),
    /// It takes mail again.
    Resumed { relay: String },
}

impl Store {
    pub async fn stopped_relays(&self) -> Result<Vec<StoppedRelay>> {
        sqlx::query!(
            r#"SELECT relay AS "relay!", since, reason, said, tries AS "tries: u32", next_at
               FROM stopped_relay ORDER BY since, relay"#
        )
        .fetch_all(&self.read)
        .await?
        .into_iter()
        .map(|row| {
            Ok(StoppedRelay {
                relay: row.relay,
                since: instant(row.since)?,
                reason: row.reason,
                said: row.said,
                tries: row.tries,
                next_at: instant(row.next_at)?,
            })
        })
        .collect()
    }

    /// What relays refused since each last took a mail, in order.
    pub async fn kept_refusals(&self) -> Result<Vec<KeptRefusal>> {
        Ok(sqlx::query_as!(
            KeptRefusal,
            "SELECT refusal.relay, said, address, edition_id AS edition
             FROM refusal JOIN delivery ON delivery.id = delivery_id ORDER BY refusal.id"
        )
        .fetch_all(&self.read)
        .await?)
    }

    /// Forgets what is known of all relays but these, which are configured.
    pub async fn keep_relays(&self, names: &[String]) -> Result<()> {
        let names = super::to_json(names);
        let mut transaction = self.begin().await?;
        sqlx::query!("DELETE FROM stopped_relay WHERE relay NOT IN (SELECT value FROM json_each($1))", names)
            .execute(&mut *transaction)
            .await?;
        sqlx::query!("DELETE FROM refusal WHERE relay NOT IN (SELECT value FROM json_each($1))", names)
            .execute(&mut *transaction)
            .await?;
        Ok(transaction.commit().await?)
    }

    /// Whether an edition goes to addresses of another domain too.
    pub async fn has_other_domains(&self, edition: i64, domain: &str) -> Result<bool> {
        let domain = format!("@{}", domain.to_lowercase());
        let found = sqlx::query_scalar!(
            "SELECT 1 AS found FROM delivery WHERE edition_id = $1 AND lower(address) NOT LIKE '%' || $2 LIMIT 1",
            edition,
            domain
        );
        Ok(found.fetch_optional(&self.read).await?.is_some())
    }
}

/// What a reader's row says that a refusal can change.
struct Standing {
    is_suppressed: bool,
    soft_bounces: i64,
}

/// Keeps that a relay refused a delivery in these words, and lets it count if `reply` is given: what it changed is kept
/// beside it.
pub(super) async fn keep_refusal(
    transaction: &mut Transaction<'_, Sqlite>,
    relay: &str,
    delivery_id: i64,
    said: &str,
    reply: Option<&str>,
    soft_limit: u32,
    now: Timestamp,
) -> Result<()> {
    let before = standing(transaction, delivery_id).await?;
    let newest = newest_bounce(transaction, delivery_id).await?;
    let open = open_beside(transaction, delivery_id).await?;
    if let Some(reply) = reply {
        count_rejection(transaction, delivery_id, reply, soft_limit, now).await?;
    }
    let after = standing(transaction, delivery_id).await?;
    let bounce = Some(newest_bounce(transaction, delivery_id).await?).filter(|bounce| *bounce != newest).flatten();
    let has_suppressed =
        before.as_ref().is_some_and(|before| !before.is_suppressed) && after.is_some_and(|after| after.is_suppressed);
    let soft_bounces = before.map(|before| before.soft_bounces);
    let open = to_ids(&open);
    sqlx::query!(
        "INSERT INTO refusal (relay, delivery_id, said, bounce_id, suppressed, soft_bounces, open)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        relay,
        delivery_id,
        said,
        bounce,
        has_suppressed,
        soft_bounces,
        open
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// The relay took a mail: what it refused before was the recipients' own.
pub(super) async fn forget_refusals(transaction: &mut Transaction<'_, Sqlite>, relay: &str) -> Result<()> {
    sqlx::query!("DELETE FROM refusal WHERE relay = $1", relay).execute(&mut **transaction).await?;
    Ok(())
}

pub(super) async fn change(
    transaction: &mut Transaction<'_, Sqlite>,
    change: &RelayChange,
    now: Timestamp,
) -> Result<()> {
    match change {
        RelayChange::Stopped { stop, due_at } => {
            take_back(transaction, stop, *due_at, now).await?;
            keep_stop(transaction, stop).await
        }
        RelayChange::Tried(stop) => keep_stop(transaction, stop).await,
        RelayChange::Resumed { relay } => {
            sqlx::query!("DELETE FROM stopped_relay WHERE relay = $1", relay).execute(&mut **transaction).await?;
            Ok(())
        }
    }
}

async fn keep_stop(transaction: &mut Transaction<'_, Sqlite>, stop: &StoppedRelay) -> Result<()> {
    let (since, next_at) = (stop.since.as_second(), stop.next_at.as_second());
    sqlx::query!(
        "INSERT INTO stopped_relay (relay, since, reason, said, tries, next_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (relay) DO UPDATE
            SET reason = excluded.reason, said = excluded.said, tries = excluded.tries, next_at = excluded.next_at",
        stop.relay,
        since,
        stop.reason,
        stop.said,
        stop.tries,
        next_at
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// As if it had not refused in these words: the newest is undone first.
async fn take_back(
    transaction: &mut Transaction<'_, Sqlite>,
    stop: &StoppedRelay,
    due_at: Timestamp,
    now: Timestamp,
) -> Result<()> {
    let rows = sqlx::query!(
        r#"SELECT delivery_id, subscriber_id, bounce_id, suppressed AS "suppressed: bool", soft_bounces, open
           FROM refusal JOIN delivery ON delivery.id = delivery_id
           WHERE refusal.relay = $1 AND said = $2 ORDER BY refusal.id DESC"#,
        stop.relay,
        stop.said
    )
    .fetch_all(&mut **transaction)
    .await?;
    let (due_at, now) = (due_at.as_second(), now.as_second());
    for row in rows {
        sqlx::query!(
            "UPDATE delivery SET status = 'deferred', next_at = $2
             WHERE id = $1 AND status = 'failed'
               -- Unless an edition made meanwhile tells the same.
               AND NOT EXISTS (SELECT 1 FROM delivery later JOIN json_each(later.makes_up) made
                               JOIN edition ON edition.id = delivery.edition_id
                               WHERE later.subscriber_id = delivery.subscriber_id AND later.makes_up IS NOT NULL
                                 AND later.edition_id > delivery.edition_id AND later.lane = delivery.lane
                                 AND later.status NOT IN ('failed', 'suppressed') AND made.value = number)",
            row.delivery_id,
            due_at
        )
        .execute(&mut **transaction)
        .await?;
        sqlx::query!("DELETE FROM bounce WHERE id = $1", row.bounce_id).execute(&mut **transaction).await?;
        if row.suppressed {
            lift_suppression(transaction, row.subscriber_id, true).await?;
        }
        sqlx::query!(
            "UPDATE subscriber SET soft_bounces = coalesce($2, soft_bounces) WHERE id = $1",
            row.subscriber_id,
            row.soft_bounces
        )
        .execute(&mut **transaction)
        .await?;
        // What was taken up meanwhile was not handed over.
        sqlx::query!(
            "UPDATE delivery SET status = 'queued', next_at = $2
             WHERE status = 'suppressed' AND id IN (SELECT value FROM json_each($1))
               AND EXISTS (SELECT 1 FROM delivery_wanted WHERE delivery_id = delivery.id)",
            row.open,
            now
        )
        .execute(&mut **transaction)
        .await?;
    }
    forget_refusals(transaction, &stop.relay).await
}

async fn standing(transaction: &mut Transaction<'_, Sqlite>, delivery_id: i64) -> Result<Option<Standing>> {
    Ok(sqlx::query_as!(
        Standing,
        r#"SELECT suppressed IS NOT NULL AS "is_suppressed!: bool", soft_bounces
           FROM delivery JOIN subscriber ON subscriber.id = subscriber_id WHERE delivery.id = $1"#,
        delivery_id
    )
    .fetch_optional(&mut **transaction)
    .await?)
}

async fn newest_bounce(transaction: &mut Transaction<'_, Sqlite>, delivery_id: i64) -> Result<Option<i64>> {
    Ok(sqlx::query_scalar!(r#"SELECT max(id) AS "id: i64" FROM bounce WHERE delivery_id = $1"#, delivery_id)
        .fetch_one(&mut **transaction)
        .await?)
}

/// The other deliveries of the same reader that wait.
async fn open_beside(transaction: &mut Transaction<'_, Sqlite>, delivery_id: i64) -> Result<Vec<i64>> {
    Ok(sqlx::query_scalar!(
        r#"SELECT other.id AS "id!" FROM delivery JOIN delivery other USING (subscriber_id)
           WHERE delivery.id = $1 AND other.id <> delivery.id AND subscriber_id <> 0 AND other.next_at IS NOT NULL"#,
        delivery_id
    )
    .fetch_all(&mut **transaction)
    .await?)
}
