//! What needs a hand and what was told of it, and mail to people who are no readers.

use jiff::Timestamp;
use sqlx::{Sqlite, Transaction};

use super::queue::{NO_READER, insert_mail};
use super::{Error, Result, Store, instant, parsed};
use crate::domain::address::EmailAddress;
use crate::domain::alert::{Alert, Step};
use crate::domain::edition::Rendered;

/// A mail to somebody who is no reader.
#[derive(Debug, Clone)]
pub struct Notice {
    pub to: EmailAddress,
    pub mail: Rendered,
    /// The domain of its Message-ID.
    pub mail_domain: String,
}

impl Store {
    /// What is wrong, what may be, and what was a while ago, in the order in which it came.
    pub async fn alerts(&self) -> Result<Vec<Alert>> {
        let rows = sqlx::query_as!(
            AlertRow,
            r#"SELECT id AS "id!", kind, about, since, sentence, raised_at, told_at, over_at, over_told_at
               FROM alert ORDER BY since, id"#
        );
        rows.fetch_all(&self.read).await?.into_iter().map(Alert::try_from).collect()
    }

    /// What needs a hand now.
    pub async fn open_alerts(&self) -> Result<Vec<Alert>> {
        Ok(self.alerts().await?.into_iter().filter(Alert::is_open).collect())
    }

    /// Keeps what became of `known`, and queues the mail that tells it: both or nothing, so that it is told once. Nothing is
    /// written if nothing changed.
    pub async fn keep_alerts(&self, known: &[Alert], step: &Step, notice: Option<&Notice>) -> Result<()> {
        let changed: Vec<&Alert> = step.alerts.iter().filter(|alert| !known.contains(alert)).collect();
        if changed.is_empty() && step.dropped.is_empty() && notice.is_none() {
            return Ok(());
        }
        let mut transaction = self.begin().await?;
        for id in &step.dropped {
            sqlx::query!("DELETE FROM alert WHERE id = $1", id).execute(&mut *transaction).await?;
        }
        for alert in changed {
            keep(&mut transaction, alert).await?;
        }
        if let Some(notice) = notice {
            queue_notice(&mut transaction, notice, self.now()).await?;
        }
        Ok(transaction.commit().await?)
    }
}

async fn keep(transaction: &mut Transaction<'_, Sqlite>, alert: &Alert) -> Result<()> {
    let seconds = |at: Option<Timestamp>| at.map(Timestamp::as_second);
    // A new one gets its id.
    let (id, kind) = ((alert.id != 0).then_some(alert.id), alert.kind.as_str());
    let (since, raised_at, told_at) = (alert.since.as_second(), seconds(alert.raised_at), seconds(alert.told_at));
    let (over_at, over_told_at) = (seconds(alert.over_at), seconds(alert.over_told_at));
    sqlx::query!(
        "INSERT INTO alert (id, kind, about, since, sentence, raised_at, told_at, over_at, over_told_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (id) DO UPDATE
            SET since = excluded.since, sentence = excluded.sentence, raised_at = excluded.raised_at,
                told_at = excluded.told_at, over_at = excluded.over_at, over_told_at = excluded.over_told_at",
        id,
        kind,
        alert.about,
        since,
        alert.sentence,
        raised_at,
        told_at,
        over_at,
        over_told_at
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

pub(super) async fn queue_notice(
    transaction: &mut Transaction<'_, Sqlite>,
    notice: &Notice,
    now: Timestamp,
) -> Result<()> {
    let (to, now) = (notice.to.as_str(), now.as_second());
    let mail_id = insert_mail(transaction, None, &notice.mail).await?;
    sqlx::query!(
        "INSERT INTO delivery (mail_id, subscriber_id, address, message_id, status, next_at, created_at)
         VALUES ($1, $2, $3, lower(hex(randomblob(16))) || '@' || $4, 'queued', $5, $5)",
        mail_id,
        NO_READER,
        to,
        notice.mail_domain,
        now
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

struct AlertRow {
    id: i64,
    kind: String,
    about: String,
    since: i64,
    sentence: String,
    raised_at: Option<i64>,
    told_at: Option<i64>,
    over_at: Option<i64>,
    over_told_at: Option<i64>,
}

impl TryFrom<AlertRow> for Alert {
    type Error = Error;

    fn try_from(row: AlertRow) -> Result<Self> {
        let at = |seconds: Option<i64>| seconds.map(instant).transpose();
        Ok(Self {
            id: row.id,
            kind: parsed(&row.kind)?,
            about: row.about,
            since: instant(row.since)?,
            sentence: row.sentence,
            raised_at: at(row.raised_at)?,
            told_at: at(row.told_at)?,
            over_at: at(row.over_at)?,
            over_told_at: at(row.over_told_at)?,
        })
    }
}
