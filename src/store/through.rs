//! Editions that are through: each of their deliveries has ended, or waits for the operator alone.

use super::{Result, Store, instant};
use crate::domain::edition::{Edition, Hold, Tally};

/// An edition whose last delivery has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Through {
    pub edition: Edition,
    pub tally: Tally,
    /// From when it was made until then.
    pub seconds: i64,
}

impl Store {
    /// Notes which editions are through that were not before: each comes back once, for ever. With `pings`, the operator's
    /// address is due to be fetched for them. Nothing is written if there are none.
    pub async fn note_through(&self, pings: bool) -> Result<Vec<Through>> {
        let ids: Vec<i64> = sqlx::query_scalar!(
            r#"SELECT id AS "id!" FROM edition
               WHERE through_at IS NULL
                 AND NOT EXISTS (SELECT 1 FROM delivery WHERE edition_id = edition.id
                                 AND status IN ('queued', 'sending', 'deferred'))
                 AND NOT EXISTS (SELECT 1 FROM delivery WHERE edition_id = edition.id
                                 AND status = 'uncertain' AND next_at IS NOT NULL)"#
        )
        .fetch_all(&self.read)
        .await?;
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let (now, ids) = (self.now().as_second(), super::queue::to_ids(&ids));
        let mut transaction = self.begin().await?;
        let rows = sqlx::query!(
            r#"UPDATE edition SET through_at = $2
               WHERE id IN (SELECT value FROM json_each($1)) AND through_at IS NULL
                 AND NOT EXISTS (SELECT 1 FROM delivery WHERE edition_id = edition.id
                                 AND status IN ('queued', 'sending', 'deferred'))
               RETURNING id AS "id!", (SELECT slug FROM digest WHERE digest.id = digest_id) AS "digest!: String", number,
                         scheduled_for, composed_at, history_head, candidates"#,
            ids,
            now
        )
        .fetch_all(&mut *transaction)
        .await?;
        if pings && !rows.is_empty() {
            sqlx::query!("UPDATE ping SET due_since = $1, tries = 0", now).execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        let mut through = Vec::new();
        for row in rows {
            let edition = Edition {
                id: row.id,
                digest: row.digest,
                number: row.number,
                scheduled_for: instant(row.scheduled_for)?,
                composed_at: instant(row.composed_at)?,
                history_head: row.history_head,
                candidates: row.candidates,
                hold: Hold::None,
            };
            let tally = Tally { candidates: edition.candidates, ..self.tally(edition.id).await? };
            through.push(Through { edition, tally, seconds: now - row.composed_at });
        }
        Ok(through)
    }
}
