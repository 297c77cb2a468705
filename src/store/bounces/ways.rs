//! What came by each way, and when something of the kind last did.

use jiff::Timestamp;
use sqlx::{Sqlite, Transaction};

use super::super::{Result, Store, instant, parsed};
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
