//! How much there is of what, for the log and for whoever watches the machine.

use jiff::Timestamp;

use super::{Result, Store, instant};

/// How large an office is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Without those that were removed.
    pub events: i64,
    /// People who get at least one digest.
    pub readers: i64,
}

impl Store {
    pub async fn size(&self) -> Result<Size> {
        Ok(sqlx::query_as!(
            Size,
            "SELECT (SELECT count(*) FROM event WHERE NOT removed) AS events,
                    (SELECT count(DISTINCT subscriber_id) FROM subscription JOIN subscriber ON subscriber.id = subscriber_id
                     WHERE status = 'confirmed' AND suppressed IS NULL) AS readers"
        )
        .fetch_one(&self.read)
        .await?)
    }

    /// When the oldest delivery was queued that has yet to end and is not held. All of an edition were queued together.
    pub async fn oldest_waiting(&self) -> Result<Option<Timestamp>> {
        let at = sqlx::query_scalar!(
            r#"SELECT min(at) AS "at: i64" FROM (
                   SELECT min(created_at) AS at FROM delivery WHERE lane = 0 AND next_at IS NOT NULL
                   UNION ALL
                   SELECT composed_at FROM edition WHERE id IN (
                       (SELECT min(edition_id) FROM delivery WHERE status = 'queued'),
                       (SELECT min(edition_id) FROM delivery WHERE status = 'sending'),
                       (SELECT min(edition_id) FROM delivery WHERE status = 'deferred'),
                       (SELECT min(edition_id) FROM delivery WHERE status = 'uncertain' AND next_at IS NOT NULL)))"#
        )
        .fetch_one(&self.read)
        .await?;
        at.map(instant).transpose()
    }

    /// How many reports ever came back of each class.
    pub async fn bounce_counts(&self) -> Result<Vec<(String, u64)>> {
        let rows = sqlx::query!(r#"SELECT class AS "class!", number FROM bounce_count"#).fetch_all(&self.read).await?;
        Ok(rows.into_iter().map(|row| (row.class, u64::try_from(row.number).unwrap_or_default())).collect())
    }
}
