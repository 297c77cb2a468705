//! What readers choose for themselves, by a link that proves who they are.

use sqlx::{Sqlite, Transaction};

use super::consent::subscribe_to;
use super::limits::{Limit, count_mail, limit_of_address, put_off};
use super::queue::{insert_mail, queue_for_subscriber};
use super::{Result, Store, to_json, words_to_json};
use crate::domain::edition::Rendered;
use crate::domain::event::Kind;
use crate::domain::limits::DAY;
use crate::domain::network::Network;
use crate::domain::subscriber::{ConsentSource, Hour, Subscriber};
use crate::domain::zone::Zone;

/// All that a reader may choose, as a form shows it; what it did not show (the outer None) stays.
#[derive(Debug, Clone, Default)]
pub struct Choices {
    /// The digests that could be chosen, by slug; a subscription to another stays.
    pub offered: Vec<String>,
    /// Those of them that the reader wants.
    pub digests: Vec<String>,
    pub topics: Vec<String>,
    pub kinds: Vec<Kind>,
    pub timezone: Option<Option<Zone>>,
    pub send_hour: Option<Option<Hour>>,
    pub locale: Option<Option<String>>,
}

/// What a reader's choice changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChangedChoices {
    /// Digests by slug.
    pub joined: Vec<String>,
    pub left: Vec<String>,
    /// Whether anything beside the digests changed.
    pub details: bool,
}

/// What became of the wish for a fresh link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkRequest {
    Mailed,
    Limited(Limit),
}

impl Store {
    /// Takes what a reader chose. Digests they join count as agreed to, with `note` for the record. None if the reader
    /// is gone.
    pub async fn change_choices(&self, id: i64, choices: &Choices, note: &str) -> Result<Option<ChangedChoices>> {
        let now = self.now();
        let mut transaction = self.begin().await?;
        let Some(details) = update_details(&mut transaction, id, choices).await? else { return Ok(None) };
        let mut changed = ChangedChoices { details, ..ChangedChoices::default() };
        let agreed = ConsentSource::Recorded { at: now, note: note.to_owned() };
        for slug in &choices.offered {
            if choices.digests.contains(slug) {
                if subscribe_to(&mut transaction, id, slug, &agreed).await? {
                    changed.joined.push(slug.clone());
                }
            } else if leave_digest(&mut transaction, id, slug, now.as_second()).await? {
                changed.left.push(slug.clone());
            }
        }
        transaction.commit().await?;
        Ok(Some(changed))
    }

    /// Ends all that the reader gets, and what they were asked to confirm.
    pub async fn leave_everything(&self, id: i64) -> Result<()> {
        let now = self.now().as_second();
        sqlx::query!(
            "UPDATE subscription SET status = 'left', left_at = $2 WHERE subscriber_id = $1 AND status <> 'left'",
            id,
            now
        )
        .execute(&self.write)
        .await?;
        Ok(())
    }

    /// Queues `letter` for a reader, one of those few that may be asked for, by somebody of this network.
    pub async fn mail_link(
        &self,
        reader: &Subscriber,
        letter: &Rendered,
        mail_domain: &str,
        network: Network,
    ) -> Result<LinkRequest> {
        if let Some(limit) = self.count_wish(network).await? {
            return Ok(LinkRequest::Limited(limit));
        }
        let (id, now, key) = (reader.id, self.now(), self.token_key().await?);
        let mut transaction = self.begin().await?;
        if let Some(limit) = limit_of_address(&mut transaction, id, now).await? {
            return Ok(LinkRequest::Limited(limit));
        }
        let due = match count_mail(&mut transaction, &key, &reader.email, now).await? {
            Ok(due) => due,
            Err(limit) => return Ok(LinkRequest::Limited(limit)),
        };
        let mail = insert_mail(&mut transaction, None, letter).await?;
        queue_for_subscriber(&mut transaction, mail, id, mail_domain, now).await?;
        put_off(&mut transaction, mail, due).await?;
        transaction.commit().await?;
        Ok(LinkRequest::Mailed)
    }
}

impl Store {
    /// Queues `letter` for a reader who signed up for what they get already; once a day, and never where nothing may be
    /// sent. Its wish is counted already.
    pub async fn remind_of_choices(&self, reader: &Subscriber, letter: &Rendered, mail_domain: &str) -> Result<()> {
        let (id, now, key) = (reader.id, self.now(), self.token_key().await?);
        let (at, a_day_ago) = (now.as_second(), (now - DAY).as_second());
        let mut transaction = self.begin().await?;
        let is_due = sqlx::query!(
            "UPDATE subscriber SET reminded_at = $2
             WHERE id = $1 AND suppressed IS NULL AND coalesce(reminded_at <= $3, TRUE)",
            id,
            at,
            a_day_ago
        );
        if is_due.execute(&mut *transaction).await?.rows_affected() == 0
            || limit_of_address(&mut transaction, id, now).await?.is_some()
        {
            return Ok(());
        }
        let Ok(due) = count_mail(&mut transaction, &key, &reader.email, now).await? else { return Ok(()) };
        let mail = insert_mail(&mut transaction, None, letter).await?;
        queue_for_subscriber(&mut transaction, mail, id, mail_domain, now).await?;
        put_off(&mut transaction, mail, due).await?;
        Ok(transaction.commit().await?)
    }
}

/// Whether anything beside the digests changed; none if the reader is gone.
async fn update_details(transaction: &mut Transaction<'_, Sqlite>, id: i64, choices: &Choices) -> Result<Option<bool>> {
    let known = sqlx::query!("SELECT topics, kinds, timezone, send_hour, locale FROM subscriber WHERE id = $1", id)
        .fetch_optional(&mut **transaction)
        .await?;
    let Some(known) = known else { return Ok(None) };
    let (topics, kinds) = (to_json(&choices.topics), words_to_json(&choices.kinds));
    let zone = match &choices.timezone {
        Some(zone) => zone.as_ref().map(|zone| zone.name().to_owned()),
        None => known.timezone.clone(),
    };
    let hour = match choices.send_hour {
        Some(hour) => hour.map(|hour| i64::from(hour.number())),
        None => known.send_hour,
    };
    let locale = choices.locale.clone().unwrap_or_else(|| known.locale.clone());
    let is_same = (&topics, &kinds, &zone, &hour, &locale)
        == (&known.topics, &known.kinds, &known.timezone, &known.send_hour, &known.locale);
    if !is_same {
        sqlx::query!(
            "UPDATE subscriber SET topics = $2, kinds = $3, timezone = $4, send_hour = $5, locale = $6 WHERE id = $1",
            id,
            topics,
            kinds,
            zone,
            hour,
            locale
        )
        .execute(&mut **transaction)
        .await?;
    }
    Ok(Some(!is_same))
}

/// A wish that waits for its confirmation goes on waiting: nobody said no to it.
async fn leave_digest(transaction: &mut Transaction<'_, Sqlite>, id: i64, slug: &str, now: i64) -> Result<bool> {
    let left = sqlx::query!(
        "UPDATE subscription SET status = 'left', left_at = $3
         WHERE subscriber_id = $1 AND status = 'confirmed' AND digest_id = (SELECT id FROM digest WHERE slug = $2)",
        id,
        slug,
        now
    )
    .execute(&mut **transaction)
    .await?;
    Ok(left.rows_affected() > 0)
}
