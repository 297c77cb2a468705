//! Editions that somebody gets after they went.

use jiff::Timestamp;
use sqlx::{Sqlite, Transaction};

use super::acts::note;
use super::queue::insert_mail;
use super::{Result, Store, parsed};
use crate::domain::act::Deed;
use crate::domain::actor::Actor;
use crate::domain::address::EmailAddress;
use crate::domain::edition::{DeliveryStatus, Edition, Rendered};
use crate::domain::refused::{Noun, Refused};

/// Who is owed the newest edition of a digest.
#[derive(Debug, Clone)]
pub struct Welcome {
    pub subscription_id: i64,
    pub subscriber_id: i64,
    pub email: EmailAddress,
    /// By slug.
    pub digest: String,
}

/// An edition as one reader gets it late.
#[derive(Debug, Clone, Copy)]
pub struct LateMail<'a> {
    pub edition: &'a Edition,
    pub subscriber_id: i64,
    /// None where it tells nothing that they chose.
    pub mail: Option<&'a Rendered>,
    /// The newest line of history that it takes in.
    pub history_head: i64,
    /// The domain of its Message-ID.
    pub mail_domain: &'a str,
}

/// What a reader has got of an edition.
#[derive(Debug, Clone)]
pub struct Had {
    pub status: DeliveryStatus,
    pub mail: Rendered,
}

impl Store {
    /// Who is owed a welcome, those first who confirmed first.
    pub async fn welcomes(&self, most: i64) -> Result<Vec<Welcome>> {
        let rows = sqlx::query!(
            "SELECT subscription.id, subscriber_id, email, slug
             FROM subscription JOIN subscriber ON subscriber.id = subscriber_id JOIN digest ON digest.id = digest_id
             WHERE is_welcome_due ORDER BY subscription.consent_at LIMIT $1",
            most
        );
        let owed = rows.fetch_all(&self.read).await?.into_iter().map(|row| {
            Ok(Welcome {
                subscription_id: row.id,
                subscriber_id: row.subscriber_id,
                email: parsed(&row.email)?,
                digest: row.slug,
            })
        });
        owed.collect()
    }

    pub async fn owe_no_welcome(&self, welcome: &Welcome) -> Result<()> {
        sqlx::query!("UPDATE subscription SET is_welcome_due = 0 WHERE id = $1", welcome.subscription_id)
            .execute(&self.write)
            .await?;
        Ok(())
    }

    /// Queues a welcome, which is the reader's first edition: what it told is told. Nothing is queued for who has got that
    /// edition already. Whether something was; nothing is changed if another edition was made meanwhile.
    pub async fn welcome(&self, welcome: &Welcome, late: &LateMail<'_>) -> Result<bool> {
        let mut transaction = self.begin().await?;
        let now = self.now();
        let is_owed = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT 1 FROM subscription JOIN subscriber ON subscriber.id = subscriber_id
                              WHERE subscription.id = $1 AND is_welcome_due AND status = 'confirmed'
                                AND suppressed IS NULL) AS "is_owed!: bool""#,
            welcome.subscription_id
        );
        let is_owed = is_owed.fetch_one(&mut *transaction).await?;
        if is_owed && !is_newest(&mut transaction, late.edition).await? {
            return Ok(false);
        }
        let is_queued = match is_owed {
            true => {
                let is_queued = queue(&mut transaction, late, now).await?;
                count_as_first(&mut transaction, late).await?;
                is_queued
            }
            false => false,
        };
        sqlx::query!("UPDATE subscription SET is_welcome_due = 0 WHERE id = $1", welcome.subscription_id)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(is_queued)
    }

    /// What somebody has got, or is to get, of an edition; none: nothing that is still kept.
    pub async fn had(&self, edition: &Edition, subscriber_id: i64) -> Result<Option<Had>> {
        let row = sqlx::query!(
            "SELECT status, subject, text, html, calendar FROM delivery JOIN mail ON mail.id = mail_id
             WHERE delivery.edition_id = $1 AND subscriber_id = $2",
            edition.id,
            subscriber_id
        );
        let had = row.fetch_optional(&self.read).await?.map(|row| {
            // The marks for a reader's own links stay in it.
            let mail = Rendered {
                subject: row.subject,
                text: row.text,
                html: row.html,
                calendar: row.calendar,
                answers: None,
            };
            Ok(Had { status: parsed(&row.status)?, mail })
        });
        had.transpose()
    }

    /// Sends an edition once more, or late, to one reader. Who comes to the newest one late is told what it told, as with a
    /// welcome.
    pub async fn resend_edition(&self, by: &Actor, late: &LateMail<'_>) -> Result<()> {
        let mut transaction = self.begin().await?;
        let now = self.now();
        let name = late.edition.name();
        let queued = match sent_to(&mut transaction, late).await? {
            Some(_) => {
                again(&mut transaction, late, now).await?;
                true
            }
            None => queue(&mut transaction, late, now).await?,
        };
        if !queued {
            let said = format!("a mail of {name} to this reader waits already");
            return Err(Refused::conflict(said).about(Noun::Edition, &name).into());
        }
        if is_newest(&mut transaction, late.edition).await? {
            let digest = &late.edition.digest;
            let begins_after = sqlx::query_scalar!(
                r#"SELECT EXISTS (SELECT 1 FROM subscription WHERE subscriber_id = $1 AND first_edition = $3 + 1
                                     AND digest_id = (SELECT id FROM digest WHERE slug = $2)) AS "is_new!: bool""#,
                late.subscriber_id,
                digest,
                late.edition.number
            );
            if begins_after.fetch_one(&mut *transaction).await? {
                count_as_first(&mut transaction, late).await?;
            }
        }
        let detail = format!("to subscriber {}", late.subscriber_id);
        note(&mut transaction, now, by, Deed::Resent, (Noun::Edition, &name.to_string()), &detail).await?;
        Ok(transaction.commit().await?)
    }
}

/// Whether no edition of its digest was made after it, and it is not held.
async fn is_newest(transaction: &mut Transaction<'_, Sqlite>, edition: &Edition) -> Result<bool> {
    let found = sqlx::query_scalar!(
        r#"SELECT NOT EXISTS (SELECT 1 FROM edition it JOIN edition other ON other.digest_id = it.digest_id
                              WHERE it.id = $1 AND (other.number > it.number OR it.stopped_at IS NOT NULL))
           AS "is_newest!: bool""#,
        edition.id
    );
    Ok(found.fetch_one(&mut **transaction).await?)
}

/// What it told is told to its reader, as things were when it was composed.
async fn count_as_first(transaction: &mut Transaction<'_, Sqlite>, late: &LateMail<'_>) -> Result<()> {
    let (edition, head) = (late.edition, late.history_head);
    sqlx::query!(
        "UPDATE subscription SET first_edition = $3, told_until = $4
         WHERE subscriber_id = $1 AND digest_id = (SELECT id FROM digest WHERE slug = $2)",
        late.subscriber_id,
        edition.digest,
        edition.number,
        head
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// The delivery of the edition that its reader has got, or may have.
async fn sent_to(transaction: &mut Transaction<'_, Sqlite>, late: &LateMail<'_>) -> Result<Option<i64>> {
    let found = sqlx::query_scalar!(
        "SELECT id FROM delivery WHERE edition_id = $1 AND subscriber_id = $2 AND status IN ('sent', 'uncertain')",
        late.edition.id,
        late.subscriber_id
    );
    Ok(found.fetch_optional(&mut **transaction).await?)
}

/// Queues the edition's delivery to its reader, in the place of one that failed or was not handed over; false where there is
/// another already, or nothing to send.
async fn queue(transaction: &mut Transaction<'_, Sqlite>, late: &LateMail<'_>, now: Timestamp) -> Result<bool> {
    let Some(mail) = late.mail else { return Ok(false) };
    let now = now.as_second();
    let had = sqlx::query!(
        "SELECT id, status FROM delivery WHERE edition_id = $1 AND subscriber_id = $2",
        late.edition.id,
        late.subscriber_id
    );
    match had.fetch_optional(&mut **transaction).await? {
        Some(had) if !matches!(had.status.as_str(), "failed" | "suppressed") => Ok(false),
        Some(had) => {
            let mail = insert_mail(transaction, Some(late.edition.id), mail).await?;
            sqlx::query!(
                "UPDATE delivery SET status = 'queued', mail_id = $2, next_at = $3, tried_since = NULL, doubts = 0,
                        address = (SELECT email FROM subscriber WHERE subscriber.id = subscriber_id)
                 WHERE id = $1",
                had.id,
                mail,
                now
            )
            .execute(&mut **transaction)
            .await?;
            Ok(true)
        }
        None => {
            let mail = insert_mail(transaction, Some(late.edition.id), mail).await?;
            insert(transaction, mail, Some(late.edition.id), late, now).await?;
            sqlx::query!("UPDATE edition SET candidates = candidates + 1 WHERE id = $1", late.edition.id)
                .execute(&mut **transaction)
                .await?;
            Ok(true)
        }
    }
}

/// Queues what a reader has got once more: the edition's figures stay as they are.
async fn again(transaction: &mut Transaction<'_, Sqlite>, late: &LateMail<'_>, now: Timestamp) -> Result<()> {
    let Some(mail) = late.mail else { return Ok(()) };
    let mail = insert_mail(transaction, None, mail).await?;
    insert(transaction, mail, None, late, now.as_second()).await
}

async fn insert(
    transaction: &mut Transaction<'_, Sqlite>,
    mail: i64,
    edition: Option<i64>,
    late: &LateMail<'_>,
    now: i64,
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO delivery (nonce, mail_id, edition_id, lane, subscriber_id, address, message_id, status, next_at,
                               created_at)
         SELECT randomblob(8), $1, $2, (SELECT id FROM digest WHERE slug = $3), id, email,
                lower(hex(randomblob(16))) || '@' || $5, 'queued', $6, $6
         FROM subscriber WHERE id = $4",
        mail,
        edition,
        late.edition.digest,
        late.subscriber_id,
        late.mail_domain,
        now
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}
