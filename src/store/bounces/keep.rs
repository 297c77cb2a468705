//! What is kept of what came back: every report, and of a message that could not be understood one copy. Of what proves
//! nothing, little: anybody may write to the bounce address.

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use sqlx::{Sqlite, Transaction};

use super::super::Result;
use super::{Proof, Reader, Return};
use crate::domain::bounce::{Class, Report};

/// Of a message that proves nothing, the beginning is kept,
const UNPROVED_OCTETS: usize = 16 << 10;
/// for so long,
const UNPROVED_FOR: SignedDuration = SignedDuration::from_hours(30 * 24);
/// of so many reports,
const UNPROVED_REPORTS: i64 = 200;
/// of which one message has no more than these,
pub const UNPROVED_OF_A_MESSAGE: usize = 10;
/// and so many come within an hour.
const UNPROVED_AN_HOUR: i64 = 100;
const HOUR: SignedDuration = SignedDuration::from_hours(1);
/// Of what comes back of one delivery and can't be understood, so much is kept as it came.
const KEPT_OF_A_DELIVERY: i64 = 10;

/// One report of a message.
pub async fn insert(
    transaction: &mut Transaction<'_, Sqlite>,
    came: Return<'_>,
    reader: Option<&Reader>,
    report: &Report,
    counted: bool,
    now: Timestamp,
) -> Result<()> {
    let Return { way, proof, message, .. } = came;
    let delivery = proof.and_then(Proof::delivery);
    let verified = proof.is_some_and(Proof::is_strong);
    if let Some(Proof::Named(delivery)) = proof
        && !has_room_for_named(transaction, delivery).await?
    {
        return Ok(());
    }
    // Of somebody who was removed or forgotten since, nothing is kept that names them.
    let is_nobody = proof.is_some() && reader.is_none();
    let email = reader.filter(|_| report.class != Class::Unknown).map(|reader| reader.email.as_str());
    let (address, diagnostic) = match is_nobody {
        true => (None, None),
        false => (report.address.as_deref().or(email), report.diagnostic.as_deref()),
    };
    let message = match report.understood {
        false if !is_nobody && !message.is_empty() && has_room(transaction, delivery).await? => {
            Some(if verified { message } else { &message[..message.len().min(UNPROVED_OCTETS)] })
        }
        _ => None,
    };
    let digest = message.map(|message| Sha256::digest(message).to_vec());
    // One copy of a message. What proves nothing is cleared from the oldest on, so there the newest row has it.
    let holder = match &digest {
        Some(digest) if verified => {
            sqlx::query_scalar!(
                r#"SELECT id AS "id!" FROM bounce WHERE digest = $1 AND verified = 1 AND message IS NOT NULL"#,
                digest
            )
            .fetch_optional(&mut **transaction)
            .await?
        }
        _ => None,
    };
    let message = message.filter(|_| holder.is_none());
    let (way, known_by) = (way.as_str(), proof.map(|proof| proof.known_by(way).as_str()));
    let (at, class, status) = (now.as_second(), report.class.as_str(), report.status.map(|status| status.to_string()));
    let id = sqlx::query_scalar!(
        r#"INSERT INTO bounce (at, delivery_id, address, class, status, diagnostic, verified, counted, message, digest,
                               message_of, way, proof)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) RETURNING id AS "id!""#,
        at,
        delivery,
        address,
        class,
        status,
        diagnostic,
        verified,
        counted,
        message,
        digest,
        holder,
        way,
        known_by
    )
    .fetch_one(&mut **transaction)
    .await?;
    if let (Some(digest), false) = (digest, verified) {
        sqlx::query!(
            "UPDATE bounce SET message = NULL, message_of = $1 WHERE digest = $2 AND verified = 0 AND id <> $1",
            id,
            digest
        )
        .execute(&mut **transaction)
        .await?;
    }
    Ok(())
}

/// Whether more of what came back of this delivery is kept as it came.
async fn has_room(transaction: &mut Transaction<'_, Sqlite>, delivery: Option<i64>) -> Result<bool> {
    let kept =
        sqlx::query_scalar!("SELECT count(*) FROM bounce WHERE delivery_id = $1 AND message IS NOT NULL", delivery);
    Ok(kept.fetch_one(&mut **transaction).await? < KEPT_OF_A_DELIVERY)
}

/// Whether more is kept of what names this delivery and proves nothing else.
async fn has_room_for_named(transaction: &mut Transaction<'_, Sqlite>, delivery: i64) -> Result<bool> {
    let kept = sqlx::query_scalar!("SELECT count(*) FROM bounce WHERE delivery_id = $1 AND verified = 0", delivery);
    Ok(kept.fetch_one(&mut **transaction).await? < KEPT_OF_A_DELIVERY)
}

pub async fn clear_unproved(transaction: &mut Transaction<'_, Sqlite>, now: Timestamp) -> Result<()> {
    let before = (now - UNPROVED_FOR).as_second();
    sqlx::query!(
        "DELETE FROM bounce WHERE verified = 0 AND delivery_id IS NULL
             AND (at < $1 OR id NOT IN (SELECT id FROM bounce WHERE verified = 0 AND delivery_id IS NULL
                                        ORDER BY id DESC LIMIT $2))",
        before,
        UNPROVED_REPORTS
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// Whether so much came within the hour that proves nothing that no more of it is taken.
pub async fn has_had_enough(transaction: &mut Transaction<'_, Sqlite>, now: Timestamp) -> Result<bool> {
    let since = (now - HOUR).as_second();
    let came = sqlx::query_scalar!(
        "SELECT count(*) FROM bounce WHERE verified = 0 AND delivery_id IS NULL AND at > $1",
        since
    );
    Ok(came.fetch_one(&mut **transaction).await? >= UNPROVED_AN_HOUR)
}
