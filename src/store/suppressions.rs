//! Addresses that nothing may be sent to, and the way back.

use jiff::Timestamp;
use sqlx::{Sqlite, SqliteConnection, Transaction};

use super::subscribers::{find, no_subscriber};
use super::{Result, Store, acts, parsed};
use crate::domain::act::Deed;
use crate::domain::actor::Actor;
use crate::domain::address::EmailAddress;
use crate::domain::refused::Noun;
use crate::domain::subscriber::Subscriber;

impl Store {
    /// Lets mail go to these addresses again: for each, in this order, whether it could not. All of them are known, or
    /// nothing is changed.
    pub async fn unsuppress(&self, by: &Actor, emails: &[EmailAddress]) -> Result<Vec<bool>> {
        let mut transaction = self.begin().await?;
        let people = known(&mut transaction, emails).await?;
        let mut lifted = Vec::new();
        for person in people {
            lift_suppression(&mut transaction, person.id, false).await?;
            lifted.push(person.suppression.is_some());
            if person.suppression.is_some() {
                note(&mut transaction, self.now(), by, Deed::Unsuppressed, person.id).await?;
            }
        }
        transaction.commit().await?;
        Ok(lifted)
    }

    /// Sends nothing more to these: for each, whether nothing was sent already. All of them are known, or nothing is changed.
    pub async fn suppress(&self, by: &Actor, emails: &[EmailAddress]) -> Result<Vec<bool>> {
        let mut transaction = self.begin().await?;
        let people = known(&mut transaction, emails).await?;
        let now = self.now();
        let at = now.as_second();
        let mut were = Vec::new();
        for person in people {
            let kept_from = sqlx::query!(
                "UPDATE subscriber SET suppressed = 'withheld', suppressed_at = $2 WHERE id = $1 AND suppressed IS NULL",
                person.id,
                at
            );
            let is_new = kept_from.execute(&mut *transaction).await?.rows_affected() > 0;
            if is_new {
                note(&mut transaction, now, by, Deed::Suppressed, person.id).await?;
            }
            were.push(!is_new);
        }
        transaction.commit().await?;
        Ok(were)
    }

    /// Lets mail go again to all who bounced since then, and because of a mail of this edition. Who complained is left
    /// out: that was the reader's own wish. The addresses, in order.
    pub async fn unsuppress_bounced(
        &self,
        by: &Actor,
        edition: Option<i64>,
        since: Option<Timestamp>,
    ) -> Result<Vec<EmailAddress>> {
        let since = since.map(Timestamp::as_second);
        let mut transaction = self.begin().await?;
        let rows = sqlx::query!(
            "SELECT id, email FROM subscriber
             WHERE suppressed = 'bounced' AND ($2 IS NULL OR suppressed_at >= $2)
               AND ($1 IS NULL OR EXISTS
                   (SELECT 1 FROM bounce JOIN delivery ON delivery.id = delivery_id
                    WHERE edition_id = $1 AND subscriber_id = subscriber.id AND counted = 1
                      AND class IN ('hard', 'soft') AND bounce.at = suppressed_at))
             ORDER BY email_key",
            edition,
            since
        )
        .fetch_all(&mut *transaction)
        .await?;
        let mut lifted = Vec::new();
        for row in rows {
            lift_suppression(&mut transaction, row.id, false).await?;
            note(&mut transaction, self.now(), by, Deed::Unsuppressed, row.id).await?;
            lifted.push(parsed(&row.email)?);
        }
        transaction.commit().await?;
        Ok(lifted)
    }
}

/// All of these, or a refusal that names the first whom nobody knows.
async fn known(connection: &mut SqliteConnection, emails: &[EmailAddress]) -> Result<Vec<Subscriber>> {
    let mut people = Vec::new();
    for email in emails {
        people.push(find(connection, email).await?.ok_or_else(|| no_subscriber(email))?);
    }
    Ok(people)
}

async fn note(
    transaction: &mut Transaction<'_, Sqlite>,
    now: Timestamp,
    by: &Actor,
    deed: Deed,
    id: i64,
) -> Result<()> {
    acts::note(transaction, now, by, deed, (Noun::Subscriber, &id.to_string()), "").await
}

/// Lets mail go to a reader again; with `only_bounced`, only if that was why. What was made meanwhile passed them over.
pub(super) async fn lift_suppression(
    transaction: &mut Transaction<'_, Sqlite>,
    subscriber_id: i64,
    only_bounced: bool,
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO passed_over (edition_id, subscriber_id)
         SELECT edition.id, subscriber.id
         FROM subscriber JOIN subscription ON subscription.subscriber_id = subscriber.id
         JOIN edition ON edition.digest_id = subscription.digest_id
         WHERE subscriber.id = $1 AND status = 'confirmed' AND number >= first_edition AND composed_at >= suppressed_at
           AND NOT EXISTS (SELECT 1 FROM delivery
                           WHERE delivery.edition_id = edition.id AND delivery.subscriber_id = subscriber.id)
         ON CONFLICT DO NOTHING",
        subscriber_id
    )
    .execute(&mut **transaction)
    .await?;
    sqlx::query!(
        "UPDATE subscriber SET suppressed = NULL, suppressed_at = NULL, soft_bounces = 0
         WHERE id = $1 AND NOT ($2 AND suppressed IS NOT 'bounced')",
        subscriber_id,
        only_bounced
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}
