//! How much there is of what, for the log and for whoever watches the machine.

use super::{Result, Store};

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
}
