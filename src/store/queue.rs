//! The way into the outbox: mails and their deliveries as they are queued.

use jiff::Timestamp;
use sqlx::{Sqlite, Transaction};

use super::Result;
use crate::domain::edition::Rendered;

/// Stands in a delivery where a reader would whose mail is nobody's who reads digests: nothing that is known of readers
/// touches it.
pub const NO_READER: i64 = 0;

/// As `json_each` takes them.
pub(super) fn to_ids(ids: &[i64]) -> String {
    serde_json::to_string(ids).unwrap_or_else(|_| "[]".into())
}

pub(super) async fn insert_mail(
    transaction: &mut Transaction<'_, Sqlite>,
    edition_id: Option<i64>,
    mail: &Rendered,
) -> Result<i64> {
    Ok(sqlx::query_scalar!(
        r#"INSERT INTO mail (edition_id, subject, text, html, calendar, answers) VALUES ($1, $2, $3, $4, $5, $6)
           RETURNING id AS "id!""#,
        edition_id,
        mail.subject,
        mail.text,
        mail.html,
        mail.calendar,
        mail.answers
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
        "INSERT INTO delivery (nonce, mail_id, subscriber_id, address, message_id, status, next_at, created_at)
         SELECT randomblob(8), $1, id, email, lower(hex(randomblob(16))) || '@' || $3, 'queued', $4, $4
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
