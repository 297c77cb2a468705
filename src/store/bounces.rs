//! What came back: every report is kept; one that is proved to be about a delivery counts against its reader's address.

use jiff::{SignedDuration, Timestamp};
use sqlx::{Sqlite, Transaction};

use super::{Error, Result, Store, instant, parsed};
use crate::domain::bounce::{Class, Report, decisive};

/// A mail that did not come back within this time was taken. Servers try for 4 to 5 days (RFC 5321 section 4.5.4.1).
const COMES_BACK_WITHIN: SignedDuration = SignedDuration::from_hours(6 * 24);

/// A report as it was kept.
#[derive(Debug, Clone)]
pub struct Bounce {
    pub id: i64,
    pub at: Timestamp,
    /// Whose it is, where that is proved.
    pub delivery: Option<i64>,
    pub address: Option<String>,
    pub class: Class,
    pub status: Option<String>,
    pub diagnostic: Option<String>,
    pub verified: bool,
    /// Whether the message was kept because it could not be understood.
    pub is_kept: bool,
}

impl Store {
    /// Keeps what one message reports, and lets it count if `delivery` proves whose it is. `message` is kept with what
    /// could not be understood. After `soft_limit` soft bounces in a row an address is given up.
    pub async fn record_bounces(
        &self,
        delivery: Option<i64>,
        reports: &[Report],
        message: &[u8],
        soft_limit: u32,
    ) -> Result<()> {
        let now = self.now();
        let mut transaction = self.begin().await?;
        record(&mut transaction, delivery, reports, message, soft_limit, now).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// All that came back, or what is of this class; the newest first.
    pub async fn bounces(&self, class: Option<Class>) -> Result<Vec<Bounce>> {
        let class = class.map(Class::as_str);
        sqlx::query_as!(
            Row,
            r#"SELECT id, at, delivery_id, address, class, status, diagnostic, verified AS "verified: bool",
                      message IS NOT NULL AS "is_kept!: bool"
               FROM bounce WHERE $1 IS NULL OR class = $1 ORDER BY id DESC"#,
            class
        )
        .fetch_all(&self.read)
        .await?
        .into_iter()
        .map(Bounce::try_from)
        .collect()
    }

    /// One report, with its message if that was kept.
    pub async fn bounce(&self, id: i64) -> Result<(Bounce, Option<Vec<u8>>)> {
        let row = sqlx::query_as!(
            Row,
            r#"SELECT id, at, delivery_id, address, class, status, diagnostic, verified AS "verified: bool",
                      message IS NOT NULL AS "is_kept!: bool"
               FROM bounce WHERE id = $1"#,
            id
        )
        .fetch_optional(&self.read)
        .await?
        .ok_or_else(|| Error::not_found("bounce", id, ": `kalends bounce list` shows all"))?;
        let message = sqlx::query_scalar!("SELECT message FROM bounce WHERE id = $1", id).fetch_one(&self.read).await?;
        Ok((row.try_into()?, message))
    }
}

struct Row {
    id: i64,
    at: i64,
    delivery_id: Option<i64>,
    address: Option<String>,
    class: String,
    status: Option<String>,
    diagnostic: Option<String>,
    verified: bool,
    is_kept: bool,
}

impl TryFrom<Row> for Bounce {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: row.id,
            at: instant(row.at)?,
            delivery: row.delivery_id,
            address: row.address,
            class: parsed(&row.class)?,
            status: row.status,
            diagnostic: row.diagnostic,
            verified: row.verified,
            is_kept: row.is_kept,
        })
    }
}

/// Lets a server's refusal at hand-over count as if it had come back by mail: `reply` is what the server said to RCPT or
/// after the final dot, for good (5xx) or until it was given up (4xx). What it said of our own sender or of the
/// connection is nothing that the address has a part in, and must not come here.
pub(super) async fn count_rejection(
    transaction: &mut Transaction<'_, Sqlite>,
    delivery_id: i64,
    reply: &str,
    soft_limit: u32,
    now: Timestamp,
) -> Result<()> {
    record(transaction, Some(delivery_id), &[Report::of_reply(reply)], b"", soft_limit, now).await
}

/// Whether something came back of a delivery that counts.
pub(super) async fn is_counted(transaction: &mut Transaction<'_, Sqlite>, delivery_id: i64) -> Result<bool> {
    let found = sqlx::query_scalar!(
        "SELECT 1 AS found FROM bounce WHERE delivery_id = $1 AND class IN ('hard', 'soft') AND verified = 1 LIMIT 1",
        delivery_id
    );
    Ok(found.fetch_optional(&mut **transaction).await?.is_some())
}

/// A delivery was taken after all: what was refused of it before was only a delay.
pub(super) async fn forgive(transaction: &mut Transaction<'_, Sqlite>, delivery_id: i64) -> Result<()> {
    let delayed = sqlx::query!(
        "UPDATE bounce SET class = 'delayed' WHERE delivery_id = $1 AND class = 'soft' AND verified = 1",
        delivery_id
    );
    if delayed.execute(&mut **transaction).await?.rows_affected() > 0 {
        sqlx::query!(
            "UPDATE subscriber SET soft_bounces = max(soft_bounces - 1, 0)
             WHERE id = (SELECT subscriber_id FROM delivery WHERE id = $1)",
            delivery_id
        )
        .execute(&mut **transaction)
        .await?;
    }
    Ok(())
}

async fn record(
    transaction: &mut Transaction<'_, Sqlite>,
    delivery: Option<i64>,
    reports: &[Report],
    message: &[u8],
    soft_limit: u32,
    now: Timestamp,
) -> Result<()> {
    let subscriber = match delivery {
        Some(id) => subscriber_of(transaction, id).await?,
        None => None,
    };
    if let (Some(delivery), Some(subscriber), Some(class)) = (delivery, subscriber, decisive(reports)) {
        count(transaction, delivery, subscriber, class, soft_limit, now).await?;
    }
    // Of somebody who was removed or forgotten since, nothing is kept that names them.
    let is_nobody = delivery.is_some() && subscriber.is_none();
    let verified = delivery.is_some();
    let at = now.as_second();
    for report in reports {
        let (address, diagnostic) = match is_nobody {
            true => (None, None),
            false => (report.address.as_deref(), report.diagnostic.as_deref()),
        };
        let (class, status) = (report.class.as_str(), report.status.map(|status| status.to_string()));
        let message = (report.class == Class::Unknown && !is_nobody && !message.is_empty()).then_some(message);
        sqlx::query!(
            "INSERT INTO bounce (at, delivery_id, address, class, status, diagnostic, verified, message)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            at,
            delivery,
            address,
            class,
            status,
            diagnostic,
            verified,
            message
        )
        .execute(&mut **transaction)
        .await?;
    }
    Ok(())
}

/// Who got this delivery, if the person is still known by the address that it went to.
async fn subscriber_of(transaction: &mut Transaction<'_, Sqlite>, delivery_id: i64) -> Result<Option<i64>> {
    Ok(sqlx::query_scalar!(
        r#"SELECT subscriber.id AS "id!" FROM delivery
           JOIN subscriber ON subscriber.id = subscriber_id AND subscriber.email = delivery.address
           WHERE delivery.id = $1"#,
        delivery_id
    )
    .fetch_optional(&mut **transaction)
    .await?)
}

/// Lets a proved report count. The delivery stays as it is: it was handed over.
async fn count(
    transaction: &mut Transaction<'_, Sqlite>,
    delivery_id: i64,
    subscriber_id: i64,
    class: Class,
    soft_limit: u32,
    now: Timestamp,
) -> Result<()> {
    match class {
        Class::Hard => suppress(transaction, subscriber_id, now).await,
        Class::Complaint => complained(transaction, subscriber_id, now).await,
        Class::Soft => match count_soft(transaction, delivery_id, subscriber_id, now).await? {
            Some(in_a_row) if in_a_row >= i64::from(soft_limit) => suppress(transaction, subscriber_id, now).await,
            _ => Ok(()),
        },
        Class::Delayed | Class::Unknown => Ok(()),
    }
}

async fn suppress(transaction: &mut Transaction<'_, Sqlite>, subscriber_id: i64, now: Timestamp) -> Result<()> {
    let at = now.as_second();
    sqlx::query!(
        "UPDATE subscriber SET suppressed = 'bounced', suppressed_at = $2 WHERE id = $1 AND suppressed IS NULL",
        subscriber_id,
        at
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// Who complained wants no more of anything.
async fn complained(transaction: &mut Transaction<'_, Sqlite>, subscriber_id: i64, now: Timestamp) -> Result<()> {
    let at = now.as_second();
    sqlx::query!(
        "UPDATE subscriber SET suppressed = 'complained', suppressed_at = $2
         WHERE id = $1 AND suppressed IS NOT 'complained'",
        subscriber_id,
        at
    )
    .execute(&mut **transaction)
    .await?;
    sqlx::query!(
        "UPDATE subscription SET status = 'left', left_at = $2 WHERE subscriber_id = $1 AND status <> 'left'",
        subscriber_id,
        at
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// How many soft bounces there are in a row, with this one; none if this delivery was counted before. A mail that was
/// sent since the last one and did not come back begins a new row.
async fn count_soft(
    transaction: &mut Transaction<'_, Sqlite>,
    delivery_id: i64,
    subscriber_id: i64,
    now: Timestamp,
) -> Result<Option<i64>> {
    let taken_before = (now - COMES_BACK_WITHIN).as_second();
    Ok(sqlx::query_scalar!(
        r#"UPDATE subscriber SET soft_bounces = 1 + iif(
               EXISTS (SELECT 1 FROM delivery taken
                       WHERE taken.subscriber_id = $2 AND taken.status = 'sent' AND taken.tried_since <= $3
                         AND taken.id < $1 AND taken.id > coalesce(
                             (SELECT max(bounce.delivery_id) FROM bounce JOIN delivery ON delivery.id = delivery_id
                              WHERE delivery.subscriber_id = $2 AND class IN ('hard', 'soft') AND verified = 1), 0)),
               0, soft_bounces)
           WHERE id = $2 AND NOT EXISTS
               (SELECT 1 FROM bounce WHERE delivery_id = $1 AND class IN ('hard', 'soft') AND verified = 1)
           RETURNING soft_bounces"#,
        delivery_id,
        subscriber_id,
        taken_before
    )
    .fetch_optional(&mut **transaction)
    .await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A store with a reader and three deliveries to her, all sent.
    async fn store(folder: &std::path::Path) -> Store {
        let store = Store::create(&folder.join("kalends.db")).await.unwrap();
        sqlx::raw_sql(
            "INSERT INTO subscriber (email, email_key, name, topics, created_at)
             VALUES ('Ada@example.com', 'ada@example.com', '', '[]', 0);
             INSERT INTO mail (subject, text, html) VALUES ('', '', '');
             INSERT INTO delivery (mail_id, subscriber_id, address, message_id, status, created_at)
             VALUES (1, 1, 'Ada@example.com', 'a', 'failed', 0), (1, 1, 'Ada@example.com', 'b', 'failed', 0),
                    (1, 1, 'old@example.com', 'c', 'failed', 0)",
        )
        .execute(&store.write)
        .await
        .unwrap();
        store
    }

    async fn reject(store: &Store, delivery: i64, reply: &str) -> (Option<String>, i64) {
        let mut transaction = store.begin().await.unwrap();
        count_rejection(&mut transaction, delivery, reply, 2, store.now()).await.unwrap();
        transaction.commit().await.unwrap();
        let state = sqlx::query_as("SELECT suppressed, soft_bounces FROM subscriber").fetch_one(&store.write);
        state.await.unwrap()
    }

    #[tokio::test]
    async fn a_refusal_at_hand_over_counts_as_if_it_had_come_back() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(folder.path()).await;
        assert_eq!(reject(&store, 1, "552 5.2.2 mailbox full").await, (None, 1));
        assert_eq!(reject(&store, 1, "552 5.2.2 mailbox full").await, (None, 1));
        // It went to an address that she no longer has.
        assert_eq!(reject(&store, 3, "550 5.1.1 no such user").await, (None, 1));
        // It is about us, whatever follows.
        assert_eq!(reject(&store, 2, "550 5.7.1 spam").await, (None, 1));
        assert_eq!(reject(&store, 2, "550 Your host does not exist").await, (None, 1));
        let kept = store.bounces(Some(Class::Soft)).await.unwrap();
        assert_eq!(kept.len(), 4);
        assert!(kept[1].verified && kept[1].status.as_deref() == Some("5.7.1"), "{kept:?}");
    }
}
