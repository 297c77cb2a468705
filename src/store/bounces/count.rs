//! How a proved report counts against an address.

use jiff::{SignedDuration, Timestamp};
use sqlx::{Sqlite, Transaction};

use super::super::Result;
use crate::domain::bounce::{Class, KnownBy};

/// A mail that did not come back within this time was taken. Servers try for 4 to 5 days (RFC 5321 section 4.5.4.1).
const COMES_BACK_WITHIN: SignedDuration = SignedDuration::from_hours(6 * 24);

/// Lets a proved report count. The delivery stays as it is: it was handed over.
pub async fn count(
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

/// Lets a report count of which nothing proves who says so: as soft, until a second one is as hard about another edition,
/// and no mail was taken in between.
pub async fn count_named(
    transaction: &mut Transaction<'_, Sqlite>,
    delivery_id: i64,
    subscriber_id: i64,
    class: Class,
    soft_limit: u32,
    now: Timestamp,
) -> Result<()> {
    let Some(in_a_row) = count_soft(transaction, delivery_id, subscriber_id, now).await? else { return Ok(()) };
    let is_second = class == Class::Hard && in_a_row >= 2 && {
        let message_id = KnownBy::MessageId.as_str();
        let first = sqlx::query_scalar!(
            "SELECT 1 AS found FROM bounce JOIN delivery other ON other.id = bounce.delivery_id
             JOIN delivery this ON this.id = $1
             WHERE other.subscriber_id = $2 AND other.edition_id <> this.edition_id
               AND class = 'hard' AND counted = 1 AND verified = 0 AND proof = $3 LIMIT 1",
            delivery_id,
            subscriber_id,
            message_id
        );
        first.fetch_optional(&mut **transaction).await?.is_some()
    };
    match is_second || in_a_row >= i64::from(soft_limit) {
        true => suppress(transaction, subscriber_id, now).await,
        false => Ok(()),
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
                              WHERE delivery.subscriber_id = $2 AND class IN ('hard', 'soft') AND counted = 1), 0)),
               0, soft_bounces)
           WHERE id = $2 AND NOT EXISTS
               (SELECT 1 FROM bounce WHERE delivery_id = $1 AND class IN ('hard', 'soft') AND counted = 1)
           RETURNING soft_bounces"#,
        delivery_id,
        subscriber_id,
        taken_before
    )
    .fetch_optional(&mut **transaction)
    .await?)
}

/// Ends one subscription, as its link would.
pub async fn leave(transaction: &mut Transaction<'_, Sqlite>, subscription_id: i64, now: Timestamp) -> Result<()> {
    let at = now.as_second();
    sqlx::query!(
        "UPDATE subscription SET status = 'left', left_at = $2 WHERE id = $1 AND status <> 'left'",
        subscription_id,
        at
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}
