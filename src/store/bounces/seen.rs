//! Which reports were taken: senders try again for hours, and the same report counts once.

use jiff::{SignedDuration, Timestamp};
use sqlx::{Sqlite, Transaction};

use super::super::{Result, Store};
use crate::domain::bounce::Way;

/// Longer than any sender tries, and than a report counts after its mail.
const KNOWN_FOR: SignedDuration = SignedDuration::from_hours(40 * 24);
/// Rows of one transaction.
const LOT: i64 = 500;

impl Store {
    /// Forgets reports that nobody sends again; how many of them in one go.
    pub async fn clear_seen_reports(&self) -> Result<u64> {
        let before = (self.now() - KNOWN_FOR).as_second();
        let cleared = sqlx::query!(
            "DELETE FROM seen_report WHERE (way, key) IN (SELECT way, key FROM seen_report WHERE at < $1 LIMIT $2)",
            before,
            LOT
        );
        Ok(cleared.execute(&self.write).await?.rows_affected())
    }

    /// Whether what was asked for by this way, and is told from others by this key, was done before.
    pub async fn was_done(&self, way: Way, key: &str) -> Result<bool> {
        let (way, key) = (way.as_str(), self.token_key().await?.digest_of_report(key.as_bytes()));
        let found = sqlx::query_scalar!("SELECT 1 AS found FROM seen_report WHERE way = $1 AND key = $2", way, key);
        Ok(found.fetch_optional(&self.read).await?.is_some())
    }

    /// It was done, and need not be again.
    pub async fn note_done(&self, way: Way, key: &str) -> Result<()> {
        let key = self.token_key().await?.digest_of_report(key.as_bytes());
        let mut transaction = self.begin().await?;
        is_new(&mut transaction, way, &key, self.now()).await?;
        transaction.commit().await?;
        Ok(())
    }
}

/// Whether a signature is good for what it came with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// It never came, or with the very same.
    ToThis,
    ToAnother,
}

/// Binds a signature that does not cover what it came with to that: from now on it is good for nothing else.
pub async fn bind(
    transaction: &mut Transaction<'_, Sqlite>,
    way: Way,
    token: &[u8],
    content: &[u8],
    now: Timestamp,
) -> Result<Bound> {
    let (way, at) = (way.as_str(), now.as_second());
    let known = sqlx::query_scalar!(
        r#"INSERT INTO seen_report (way, key, body, at) VALUES ($1, $2, $3, $4)
           ON CONFLICT DO UPDATE SET at = at RETURNING body IS $3 AS "is_same!: bool""#,
        way,
        token,
        content,
        at
    );
    let is_same = known.fetch_one(&mut **transaction).await?;
    Ok(if is_same { Bound::ToThis } else { Bound::ToAnother })
}

/// Whether a report with this hash of its key never came by this way. From now on it has.
pub async fn is_new(transaction: &mut Transaction<'_, Sqlite>, way: Way, key: &[u8], now: Timestamp) -> Result<bool> {
    let (way, at) = (way.as_str(), now.as_second());
    let inserted =
        sqlx::query!("INSERT INTO seen_report (way, key, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", way, key, at);
    Ok(inserted.execute(&mut **transaction).await?.rows_affected() > 0)
}
