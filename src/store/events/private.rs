//! Events that their calendar shows not to everybody, and that were or are shown here.

use super::{Result, Store};
use crate::domain::event::Status;
use crate::domain::text;

/// One that an operator should know of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disclosed {
    pub id: i64,
    pub title: String,
    /// It still is, because somebody published it by hand; else it was taken back.
    pub is_public: bool,
}

impl Store {
    /// In the order of their ids. One that was taken back is told until it is removed or published.
    pub async fn disclosed_events(&self) -> Result<Vec<Disclosed>> {
        let rows = sqlx::query!(
            r#"SELECT id AS "id!", title, status FROM event
               WHERE private = 1 AND removed = 0
                 AND (status <> 'draft' OR EXISTS (SELECT 1 FROM history WHERE event_id = event.id AND action = 'withdrawn'))
               ORDER BY id"#
        );
        let rows = rows.fetch_all(&self.read).await?.into_iter();
        let draft = Status::Draft.as_str();
        let disclosed =
            rows.map(|row| Disclosed { id: row.id, title: text::kept_line(row.title), is_public: row.status != draft });
        Ok(disclosed.collect())
    }
}
