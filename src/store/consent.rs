//! Consent: how people come to a digest and how they leave it.

use jiff::Timestamp;
use sqlx::{Sqlite, Transaction};

use super::forgotten::welcome_back;
use super::limits::Limit;
use super::queue::to_ids;
use super::suppressions::lift_suppression;
use super::{Result, Store, instant, parsed};
use crate::domain::address::EmailAddress;
use crate::domain::limits;
use crate::domain::refused::{Noun, Refused};
use crate::domain::subscriber::{Consent, ConsentSource};

/// What became of a wish to subscribe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WishOutcome {
    /// A confirmation mail is queued; all else waits for the answer.
    Asked,
    /// Subscribed at once, somebody new.
    New,
    /// Subscribed at once, or what is known of the person changed.
    Changed,
    /// It was so already.
    Unchanged,
    /// Too many mails of this sort went out: nothing was done.
    Limited(Limit),
    /// The address was deleted for good, then: nothing was done. Only the person can come back.
    Forgotten(Timestamp),
    /// Nothing may be sent to the address: nothing was done.
    Suppressed,
}

impl WishOutcome {
    /// Why nothing was done for this address, if so.
    pub fn refusal(self, email: &EmailAddress) -> Option<Refused> {
        let refused = match self {
            Self::Asked | Self::New | Self::Changed | Self::Unchanged => return None,
            Self::Forgotten(at) => Refused::forbidden(format!(
                "{email} was deleted for good on {}: only the person can come back, by the form on the site or by the \
                 mail that asks somebody who is added without a consent",
                at.strftime("%Y-%m-%d")
            )),
            Self::Suppressed => Refused::conflict(format!("{email} bounced or complained: nothing is sent there")),
            Self::Limited(_) => Refused::limited(format!(
                "{email} got as many confirmation mails as may go to one address: {}, and only one if mail bounced: try \
                 again later",
                limits::told(&limits::TO_AN_ADDRESS)
            )),
        };
        Some(refused.about(Noun::Subscriber, email))
    }
}

/// What a confirmation link came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmed {
    /// What of its digests the person gets now. Nothing, if they have left since.
    pub digests: Vec<String>,
    /// Otherwise nothing was changed.
    pub is_first_use: bool,
}

/// The subscription behind an unsubscribe link.
#[derive(Debug, Clone)]
pub struct SubscriptionOf {
    pub email: EmailAddress,
    pub digest: String,
    pub status: Consent,
    pub locale: Option<String>,
}

impl Store {
    /// Confirms what one mail asked for, and nothing else; once. Whoever confirms proves that mail to the address
    /// arrives and is wanted: what kept mail from it is lifted. None if the person was removed since.
    /// Those of its digests that are among `welcoming` owe their newest edition.
    pub async fn confirm(&self, sign_up: i64, welcoming: &[&str]) -> Result<Option<Confirmed>> {
        let at = self.now().as_second();
        let key = self.token_key().await?;
        let welcoming = serde_json::to_string(welcoming).unwrap_or_else(|_| "[]".into());
        let mut transaction = self.begin().await?;
        let asked = sqlx::query!(
            "SELECT subscriber_id, email_key, origin, sign_up.created_at, confirmed_at
             FROM sign_up JOIN subscriber ON subscriber.id = subscriber_id WHERE sign_up.id = $1",
            sign_up
        )
        .fetch_optional(&mut *transaction)
        .await?;
        let Some(asked) = asked else { return Ok(None) };
        let is_first_use = asked.confirmed_at.is_none();
        if is_first_use {
            let new = sqlx::query_scalar!(
                "SELECT subscription.id FROM sign_up, json_each(digests) wanted JOIN digest ON digest.slug = wanted.value
                 JOIN subscription ON digest_id = digest.id AND subscription.subscriber_id = sign_up.subscriber_id
                 WHERE sign_up.id = $1 AND status = 'pending' AND slug IN (SELECT value FROM json_each($2))",
                sign_up,
                welcoming
            );
            let new = to_ids(&new.fetch_all(&mut *transaction).await?);
            let note = consent_note(&asked.origin, instant(asked.created_at)?);
            sqlx::query!(
                "UPDATE subscription SET status = 'confirmed', consent_at = $2, consent_note = $3, left_at = NULL
                 WHERE status = 'pending'
                   AND subscriber_id = (SELECT subscriber_id FROM sign_up WHERE id = $1)
                   AND digest_id IN (SELECT digest.id FROM sign_up, json_each(digests) wanted
                                     JOIN digest ON digest.slug = wanted.value WHERE sign_up.id = $1)",
                sign_up,
                at,
                note
            )
            .execute(&mut *transaction)
            .await?;
            sqlx::query!(
                "UPDATE subscription SET is_welcome_due = 1 WHERE id IN (SELECT value FROM json_each($1))",
                new
            )
            .execute(&mut *transaction)
            .await?;
            sqlx::query!("UPDATE sign_up SET confirmed_at = $2 WHERE id = $1", sign_up, at)
                .execute(&mut *transaction)
                .await?;
        }
        let digests = sqlx::query_scalar!(
            "SELECT slug FROM sign_up JOIN subscription USING (subscriber_id) JOIN digest ON digest.id = digest_id
             WHERE sign_up.id = $1 AND status = 'confirmed' AND slug IN (SELECT value FROM json_each(digests))
             ORDER BY slug",
            sign_up
        )
        .fetch_all(&mut *transaction)
        .await?;
        if is_first_use && !digests.is_empty() {
            // Only now is it known that the wish came from the person.
            sqlx::query!(
                "UPDATE subscriber SET topics = coalesce(s.topics, subscriber.topics),
                        kinds = coalesce(s.kinds, subscriber.kinds),
                        timezone = coalesce(s.timezone, subscriber.timezone),
                        send_hour = coalesce(s.send_hour, subscriber.send_hour),
                        locale = coalesce(s.locale, subscriber.locale), name = coalesce(s.name, subscriber.name)
                 FROM sign_up s WHERE s.id = $1 AND subscriber.id = s.subscriber_id",
                sign_up
            )
            .execute(&mut *transaction)
            .await?;
            lift_suppression(&mut transaction, asked.subscriber_id, false).await?;
            welcome_back(&mut transaction, &key.fingerprint(&asked.email_key)).await?;
        }
        transaction.commit().await?;
        Ok(Some(Confirmed { digests, is_first_use }))
    }

    /// The subscription behind a link; none if the person was removed since.
    pub async fn subscription(&self, id: i64) -> Result<Option<SubscriptionOf>> {
        let row = sqlx::query!(
            "SELECT email, slug, status, locale FROM subscription
             JOIN subscriber ON subscriber.id = subscriber_id JOIN digest ON digest.id = digest_id
             WHERE subscription.id = $1",
            id
        )
        .fetch_optional(&self.read)
        .await?;
        let subscription = row.map(|row| {
            let (email, status) = (parsed(&row.email)?, parsed(&row.status)?);
            Ok(SubscriptionOf { email, digest: row.slug, status, locale: row.locale })
        });
        subscription.transpose()
    }

    /// Ends one subscription, or all that the same person has. A second time it changes nothing.
    pub async fn leave(&self, subscription_id: i64, all: bool) -> Result<()> {
        let at = self.now().as_second();
        sqlx::query!(
            "UPDATE subscription SET status = 'left', left_at = $3
             WHERE status <> 'left' AND (id = $1 OR ($2 AND subscriber_id =
                   (SELECT subscriber_id FROM subscription WHERE id = $1)))",
            subscription_id,
            all,
            at
        )
        .execute(&self.write)
        .await?;
        Ok(())
    }
}

/// For the record: what was asked, how, when, and by what it was answered.
fn consent_note(origin: &str, asked_at: Timestamp) -> String {
    match origin {
        "" => "confirmed by mail".to_owned(),
        origin => format!("confirmed by mail, asked for {origin} at {asked_at}"),
    }
}

/// One subscription brought to what `source` allows; whether that changed anything.
pub(super) async fn subscribe_to(
    transaction: &mut Transaction<'_, Sqlite>,
    subscriber_id: i64,
    slug: &str,
    source: &ConsentSource,
) -> Result<bool> {
    let digest_id = sqlx::query_scalar!(r#"SELECT id AS "id!" FROM digest WHERE slug = $1"#, slug)
        .fetch_optional(&mut **transaction)
        .await?
        .ok_or_else(|| Refused::not_found(Noun::Digest, slug))?;
    let (status, at, note) = match source {
        ConsentSource::AskByMail | ConsentSource::AskOnce => (Consent::Pending, None, None),
        ConsentSource::Recorded { at, note } => (Consent::Confirmed, Some(at.as_second()), Some(note)),
    };
    let status_text = status.as_str();
    // Who agreed is not asked again, a wish that waits goes on waiting, and who left after they agreed has left.
    let changed = sqlx::query!(
        "INSERT INTO subscription (nonce, subscriber_id, digest_id, status, consent_at, consent_note)
         VALUES (randomblob(8), $1, $2, $3, $4, $5)
         ON CONFLICT (subscriber_id, digest_id) DO UPDATE
            SET status = excluded.status, consent_at = excluded.consent_at, consent_note = excluded.consent_note,
                left_at = NULL
            WHERE subscription.status NOT IN ('confirmed', excluded.status)
              AND coalesce(subscription.left_at <= excluded.consent_at, TRUE)",
        subscriber_id,
        digest_id,
        status_text,
        at,
        note
    )
    .execute(&mut **transaction)
    .await?
    .rows_affected()
        > 0;
    Ok(changed)
}
