//! Clears what has had its time, in small lots, so that nobody waits for long. Nobody is told anything twice for it, or
//! never: who missed an edition goes on having missed it.

use jiff::Timestamp;
use sqlx::{Sqlite, Transaction};

use super::forgotten::NOBODY;
use super::queue::to_ids;
use super::{Result, Store};

/// Rows of one transaction: a few milliseconds.
const LOT: i64 = 200;

/// What was cleared in one go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lot {
    pub cleared: u64,
    /// The last id that was looked at.
    pub last: i64,
}

impl Store {
    /// Clears deliveries that were made and first tried before then and have ended; how many of each edition ended how is
    /// kept. What waits, even for the operator, stays, and so does what a relay's refusals may yet take back. One lot of
    /// those with ids behind `cursor`; none: there are no more.
    pub async fn clear_deliveries(&self, before: Timestamp, cursor: i64) -> Result<Option<Lot>> {
        let at = before.as_second();
        // A delivery that made up for another goes after that one, or its reader would seem to have missed it again. One
        // that was sent after all goes after the one that failed to make up for it. What shows that a suppressed reader
        // was not passed over stays as long as they are.
        let ids: Vec<i64> = sqlx::query_scalar!(
            r#"SELECT delivery.id AS "id!" FROM delivery LEFT JOIN edition ON edition.id = edition_id
               WHERE delivery.id > $1 AND status IN ('sent', 'failed', 'suppressed') AND next_at IS NULL
                 AND created_at < $2 AND coalesce(tried_since, created_at) < $2
                 AND NOT EXISTS (SELECT 1 FROM refusal WHERE delivery_id = delivery.id)
                 AND NOT EXISTS (SELECT 1 FROM subscriber
                                 WHERE subscriber.id = subscriber_id AND suppressed_at <= composed_at)
                 AND (makes_up IS NULL OR status <> 'sent'
                   OR NOT EXISTS (SELECT 1 FROM json_each(makes_up) made
                                  JOIN edition earlier ON earlier.digest_id = lane AND earlier.number = made.value
                                  JOIN delivery lost ON lost.edition_id = earlier.id
                                                    AND lost.subscriber_id = delivery.subscriber_id
                                  WHERE lost.status IN ('failed', 'suppressed')))
                 AND (status <> 'sent'
                   OR NOT EXISTS (SELECT 1 FROM delivery later JOIN json_each(later.makes_up) made
                                  WHERE later.subscriber_id = delivery.subscriber_id AND later.makes_up IS NOT NULL
                                    AND later.edition_id > delivery.edition_id AND later.lane = delivery.lane
                                    AND later.status IN ('failed', 'suppressed') AND made.value = edition.number))
               ORDER BY delivery.id LIMIT $3"#,
            cursor,
            at,
            LOT
        )
        .fetch_all(&self.read)
        .await?;
        let Some(&last) = ids.last() else { return Ok(None) };
        let mut transaction = self.begin().await?;
        // Somebody may have had some sent again meanwhile.
        let ids = to_ids(&ids);
        let ids: Vec<i64> = sqlx::query_scalar!(
            r#"SELECT id AS "id!" FROM delivery
               WHERE id IN (SELECT value FROM json_each($1)) AND status IN ('sent', 'failed', 'suppressed')
                 AND next_at IS NULL AND NOT EXISTS (SELECT 1 FROM refusal WHERE delivery_id = delivery.id)"#,
            ids
        )
        .fetch_all(&mut *transaction)
        .await?;
        clear_lot(&mut transaction, &to_ids(&ids)).await?;
        transaction.commit().await?;
        Ok(Some(Lot { cleared: ids.len() as u64, last }))
    }

    /// Clears a lot of what came back before then; how many.
    pub async fn clear_bounces(&self, before: Timestamp) -> Result<u64> {
        let at = before.as_second();
        let mut transaction = self.begin().await?;
        let ids: Vec<i64> =
            sqlx::query_scalar!(r#"SELECT id AS "id!" FROM bounce WHERE at < $1 ORDER BY id LIMIT $2"#, at, LOT)
                .fetch_all(&mut *transaction)
                .await?;
        if ids.is_empty() {
            return Ok(0);
        }
        let lot = to_ids(&ids);
        hand_messages_over(&mut transaction, &lot).await?;
        sqlx::query!("DELETE FROM bounce WHERE id IN (SELECT value FROM json_each($1))", lot)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(ids.len() as u64)
    }

    /// Clears a lot of wishes of before then, whose links are valid no more; how many. The record of a consent stands with
    /// the subscription.
    pub async fn clear_sign_ups(&self, before: Timestamp) -> Result<u64> {
        let at = before.as_second();
        let cleared = sqlx::query!(
            "DELETE FROM sign_up WHERE id IN (SELECT id FROM sign_up WHERE created_at < $1 ORDER BY id LIMIT $2)",
            at,
            LOT
        )
        .execute(&self.write)
        .await?;
        Ok(cleared.rows_affected())
    }
}

async fn clear_lot(transaction: &mut Transaction<'_, Sqlite>, lot: &str) -> Result<()> {
    // Who missed an edition by one of these, as the view `missed` has it.
    sqlx::query!(
        "INSERT INTO passed_over (edition_id, subscriber_id)
         SELECT edition.id, lost.subscriber_id
         FROM delivery lost JOIN edition ON edition.id = lost.edition_id
         JOIN subscription ON subscription.digest_id = edition.digest_id
                          AND subscription.subscriber_id = lost.subscriber_id
         WHERE lost.id IN (SELECT value FROM json_each($1)) AND lost.status IN ('failed', 'suppressed')
           AND history_since IS NOT NULL AND subscription.status = 'confirmed' AND number >= first_edition
           AND NOT EXISTS (SELECT 1 FROM delivery later JOIN json_each(later.makes_up) made
                           WHERE later.subscriber_id = lost.subscriber_id AND later.makes_up IS NOT NULL
                             AND later.edition_id > edition.id AND later.lane = edition.digest_id
                             AND later.status NOT IN ('failed', 'suppressed') AND made.value = number)
         ON CONFLICT DO NOTHING",
        lot
    )
    .execute(&mut **transaction)
    .await?;
    // And what one of these made up for is not missed without it either.
    sqlx::query!(
        "DELETE FROM passed_over WHERE (edition_id, subscriber_id) IN
             (SELECT earlier.id, later.subscriber_id
              FROM delivery later JOIN json_each(later.makes_up) made
              JOIN edition earlier ON earlier.digest_id = later.lane AND earlier.number = made.value
              WHERE later.id IN (SELECT value FROM json_each($1)) AND later.makes_up IS NOT NULL
                AND later.status NOT IN ('failed', 'suppressed'))",
        lot
    )
    .execute(&mut **transaction)
    .await?;
    sqlx::query!(
        "INSERT INTO cleared_delivery (edition_id, status, number)
         SELECT coalesce(edition_id, 0), status, count(*) FROM delivery
         WHERE id IN (SELECT value FROM json_each($1)) GROUP BY 1, 2
         ON CONFLICT (edition_id, status) DO UPDATE SET number = number + excluded.number",
        lot
    )
    .execute(&mut **transaction)
    .await?;
    // What came back stays for a time of its own, and goes on being whose it is.
    sqlx::query!(
        "UPDATE bounce SET reader_id = nullif(delivery.subscriber_id, 0),
                           address = coalesce(bounce.address, nullif(delivery.address, $2))
         FROM delivery WHERE delivery.id = bounce.delivery_id AND delivery.id IN (SELECT value FROM json_each($1))",
        lot,
        NOBODY
    )
    .execute(&mut **transaction)
    .await?;
    erase_acts_of_nobody(transaction, lot).await?;
    let mails: Vec<i64> = sqlx::query_scalar!(
        "SELECT DISTINCT mail_id FROM delivery WHERE edition_id IS NULL AND id IN (SELECT value FROM json_each($1))",
        lot
    )
    .fetch_all(&mut **transaction)
    .await?;
    sqlx::query!("DELETE FROM delivery WHERE id IN (SELECT value FROM json_each($1))", lot)
        .execute(&mut **transaction)
        .await?;
    // The mails of editions stay; one of no edition is its reader's alone.
    let mails = to_ids(&mails);
    sqlx::query!(
        "DELETE FROM mail WHERE id IN (SELECT value FROM json_each($1))
             AND NOT EXISTS (SELECT 1 FROM delivery WHERE mail_id = mail.id)",
        mails
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// Of who was removed, their deliveries alone tell which acts were about them: without these nobody could have them
/// forgotten.
async fn erase_acts_of_nobody(transaction: &mut Transaction<'_, Sqlite>, lot: &str) -> Result<()> {
    let gone: Vec<i64> = sqlx::query_scalar!(
        "SELECT DISTINCT subscriber_id FROM delivery
         WHERE id IN (SELECT value FROM json_each($1)) AND subscriber_id <> 0
           AND NOT EXISTS (SELECT 1 FROM subscriber WHERE subscriber.id = delivery.subscriber_id)
           AND NOT EXISTS (SELECT 1 FROM delivery other WHERE other.subscriber_id = delivery.subscriber_id
                                                      AND other.id NOT IN (SELECT value FROM json_each($1)))",
        lot
    )
    .fetch_all(&mut **transaction)
    .await?;
    if !gone.is_empty() {
        let gone = to_ids(&gone);
        sqlx::query!(
            "UPDATE act SET name = '', detail = ''
             WHERE noun = 'subscriber' AND name IN (SELECT CAST(value AS TEXT) FROM json_each($1))",
            gone
        )
        .execute(&mut **transaction)
        .await?;
    }
    Ok(())
}

/// A message that several reports stand for is kept with one of them: if that goes, with the oldest that stays.
async fn hand_messages_over(transaction: &mut Transaction<'_, Sqlite>, lot: &str) -> Result<()> {
    let heirs = sqlx::query!(
        r#"SELECT holder.id AS "holder!", min(heir.id) AS "heir!: i64"
           FROM bounce holder JOIN bounce heir ON heir.message_of = holder.id
           WHERE holder.id IN (SELECT value FROM json_each($1)) AND heir.id NOT IN (SELECT value FROM json_each($1))
           GROUP BY holder.id"#,
        lot
    )
    .fetch_all(&mut **transaction)
    .await?;
    for row in heirs {
        sqlx::query!(
            "UPDATE bounce SET message = (SELECT message FROM bounce holder WHERE holder.id = $2), message_of = NULL
             WHERE id = $1",
            row.heir,
            row.holder
        )
        .execute(&mut **transaction)
        .await?;
        sqlx::query!("UPDATE bounce SET message_of = $1 WHERE message_of = $2", row.heir, row.holder)
            .execute(&mut **transaction)
            .await?;
    }
    Ok(())
}
