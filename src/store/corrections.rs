//! What was corrected in editions that went out.

use jiff::Timestamp;
use sqlx::{Sqlite, Transaction};

use super::acts::note;
use super::queue::{insert_mail, to_ids};
use super::{Result, Store, instant};
use crate::domain::act::Deed;
use crate::domain::actor::Actor;
use crate::domain::correction::Correction;
use crate::domain::edition::{Edition, Rendered};
use crate::domain::refused::{Noun, Refused};
use crate::domain::text;
use crate::domain::wording::{Locale, count};

/// A correction as it is mailed to those who got the edition.
#[derive(Debug)]
pub struct CorrectionMail<'a> {
    /// In each language.
    pub mails: &'a [(Locale, Rendered)],
    /// The language of readers who chose none, or one that is not spoken here.
    pub default: Locale,
    /// The domain of its Message-IDs.
    pub mail_domain: &'a str,
}

impl Store {
    /// Those of an edition, by its digest's slug and its number, the oldest first.
    pub async fn corrections(&self, digest: &str, number: i64) -> Result<Vec<Correction>> {
        let rows = sqlx::query!(
            "SELECT body, made_at, mailed_at FROM correction JOIN edition ON edition.id = edition_id
             WHERE digest_id = (SELECT id FROM digest WHERE slug = $1) AND number = $2 ORDER BY correction.id",
            digest,
            number
        );
        let made = rows.fetch_all(&self.read).await?.into_iter().map(|row| {
            Ok(Correction {
                body: text::kept_lines(row.body),
                made_at: instant(row.made_at)?,
                mailed_at: row.mailed_at.map(instant).transpose()?,
            })
        });
        made.collect()
    }

    /// Corrects an edition; with a mail, all are told to whom it was sent, or may have been, and who still read: how many. What
    /// was said already is refused, but for a mail of what was not mailed yet.
    pub async fn correct_edition(
        &self,
        by: &Actor,
        edition: &Edition,
        body: &str,
        mail: Option<CorrectionMail<'_>>,
    ) -> Result<u64> {
        let mut transaction = self.begin().await?;
        let now = self.now();
        let name = edition.name();
        let at = now.as_second();
        let known =
            sqlx::query!("SELECT mailed_at FROM correction WHERE edition_id = $1 AND body = $2", edition.id, body);
        let known = known.fetch_optional(&mut *transaction).await?;
        if let Some(known) = &known {
            let said = match (known.mailed_at, &mail) {
                (Some(_), Some(_)) => Some(format!("those who got {name} were told this by mail already")),
                (_, None) => Some(format!("{name} is corrected so already")),
                (None, Some(_)) => None,
            };
            if let Some(said) = said {
                return Err(Refused::conflict(said).about(Noun::Edition, &name).into());
            }
        }
        let (actor, mailed_at) = (by.to_string(), mail.as_ref().map(|_| at));
        sqlx::query!(
            "INSERT INTO correction (edition_id, body, actor, made_at, mailed_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (edition_id, body) DO UPDATE SET mailed_at = excluded.mailed_at",
            edition.id,
            body,
            actor,
            at,
            mailed_at
        )
        .execute(&mut *transaction)
        .await?;
        let told = match &mail {
            None => 0,
            Some(mail) => queue(&mut transaction, edition, mail, now).await?,
        };
        let detail = match &mail {
            None => String::new(),
            Some(_) => count(told as usize, "mail", "mails"),
        };
        note(&mut transaction, now, by, Deed::Corrected, (Noun::Edition, &name.to_string()), &detail).await?;
        transaction.commit().await?;
        Ok(told)
    }
}

/// One mail for each who got the edition, in their language.
async fn queue(
    transaction: &mut Transaction<'_, Sqlite>,
    edition: &Edition,
    mail: &CorrectionMail<'_>,
    now: Timestamp,
) -> Result<u64> {
    let now = now.as_second();
    let spoken: Vec<&str> = mail.mails.iter().map(|(locale, _)| locale.tag()).collect();
    let spoken = serde_json::to_string(&spoken).unwrap_or_else(|_| "[]".into());
    let mut told = 0;
    for (locale, rendered) in mail.mails {
        let mail_id = insert_mail(transaction, None, rendered).await?;
        let (tag, is_default) = (locale.tag(), *locale == mail.default);
        let queued = sqlx::query!(
            "INSERT INTO delivery (nonce, mail_id, lane, subscriber_id, address, message_id, status, next_at, created_at)
             SELECT randomblob(8), $1, digest_id, subscriber.id, email, lower(hex(randomblob(16))) || '@' || $5, 'queued',
                    $6, $6
             FROM delivery had JOIN subscriber ON subscriber.id = had.subscriber_id
                  JOIN subscription ON subscription.subscriber_id = subscriber.id AND digest_id = had.lane
             WHERE had.edition_id = $2 AND had.status IN ('sent', 'uncertain', 'sending')
               AND subscription.status = 'confirmed' AND suppressed IS NULL
               AND (locale = $3 OR $4 AND (locale IS NULL OR locale NOT IN (SELECT value FROM json_each($7))))",
            mail_id,
            edition.id,
            tag,
            is_default,
            mail.mail_domain,
            now,
            spoken
        );
        let queued = queued.execute(&mut **transaction).await?.rows_affected();
        if queued == 0 {
            let ids = to_ids(&[mail_id]);
            sqlx::query!("DELETE FROM mail WHERE id IN (SELECT value FROM json_each($1))", ids)
                .execute(&mut **transaction)
                .await?;
        }
        told += queued;
    }
    Ok(told)
}
