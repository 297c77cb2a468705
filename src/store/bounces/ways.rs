//! What came by each way, and when something of the kind last did.

use jiff::Timestamp;
use sqlx::{Sqlite, Transaction};

use super::super::{Result, Store, instant, parsed, words_to_json};
use crate::domain::bounce::Way;

/// How much of one kind came by one way since it was first counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WayFigures {
    pub way: Way,
    /// A class of report, or what is none: `delivered`, `left`, `other`.
    pub what: String,
    pub number: u64,
    pub last_at: Timestamp,
}

impl Store {
    /// What came back, by way and kind; in the order of their words.
    pub async fn ways(&self) -> Result<Vec<WayFigures>> {
        let rows = sqlx::query!("SELECT way, what, number, last_at FROM returned_way ORDER BY way, what");
        let figures = rows.fetch_all(&self.read).await?.into_iter().map(|row| {
            Ok(WayFigures {
                way: parsed(&row.way)?,
                what: row.what,
                number: u64::try_from(row.number).unwrap_or_default(),
                last_at: instant(row.last_at)?,
            })
        });
        figures.collect()
    }

    /// How many of these relays' mails failed since then, as any way tells; of all relays if none is named.
    pub async fn failed_since(&self, relays: &[String], since: Timestamp) -> Result<u64> {
        let (relays, since) = (words_to_json(relays), since.as_second());
        let failed = sqlx::query_scalar!(
            "SELECT count(*) FROM bounce JOIN delivery ON delivery.id = delivery_id
             WHERE at > $2 AND class IN ('hard', 'soft', 'complaint')
               AND ($1 = '[]' OR relay IN (SELECT value FROM json_each($1)))",
            relays,
            since
        );
        Ok(u64::try_from(failed.fetch_one(&self.read).await?).unwrap_or_default())
    }

    /// How many of the last mails that were taken before then these relays took. Not of all: they may be millions.
    pub async fn taken_by(&self, relays: &[String], before: Timestamp) -> Result<u64> {
        let (relays, before) = (words_to_json(relays), before.as_second());
        let taken = sqlx::query_scalar!(
            "SELECT count(*) FROM (SELECT relay FROM delivery WHERE +status = 'sent' AND tried_since < $2
                                   ORDER BY id DESC LIMIT 10000)
             WHERE relay IN (SELECT value FROM json_each($1))",
            relays,
            before
        );
        Ok(u64::try_from(taken.fetch_one(&self.read).await?).unwrap_or_default())
    }

    /// Something came by this way that is no report.
    pub async fn note_way(&self, way: Way, what: &str) -> Result<()> {
        let mut transaction = self.begin().await?;
        note(&mut transaction, way, what, self.now()).await?;
        transaction.commit().await?;
        Ok(())
    }
}

pub async fn note(transaction: &mut Transaction<'_, Sqlite>, way: Way, what: &str, now: Timestamp) -> Result<()> {
    let (way, at) = (way.as_str(), now.as_second());
    sqlx::query!(
        "INSERT INTO returned_way (way, what, number, last_at) VALUES ($1, $2, 1, $3)
         ON CONFLICT DO UPDATE SET number = number + 1, last_at = excluded.last_at",
        way,
        what,
        at
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}
