//! Events that their calendar shows not to everybody, and that were or are shown here.

use jiff::{SignedDuration, Timestamp};

use super::{Result, Store};
use crate::domain::event::Status;
use crate::domain::text;

/// One that an operator should know of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disclosed {
    pub id: i64,
    pub title: String,
    /// The one date of a series that is meant, if it is not all of it.
    pub date: Option<String>,
    /// It still is, because somebody published it by hand; else it was taken back.
    pub is_public: bool,
}

/// A date that was taken back is told for so long: nothing is left of it that could be published or removed.
const DATES_TOLD_FOR: SignedDuration = SignedDuration::from_hours(30 * 24);

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
        let disclosed = rows.map(|row| Disclosed {
            id: row.id,
            title: text::kept_line(row.title),
            date: None,
            is_public: row.status != draft,
        });
        let mut disclosed: Vec<_> = disclosed.collect();
        let since = self.now().saturating_sub(DATES_TOLD_FOR).unwrap_or(Timestamp::MIN).as_second();
        let dates = sqlx::query!(
            r#"SELECT event.id AS "id!", event.title, history.occurrence FROM history JOIN event ON event.id = event_id
               WHERE history.action = 'withdrawn' AND history.occurrence IS NOT NULL AND history.at >= $1 AND removed = 0
               ORDER BY event.id, history.occurrence"#,
            since
        );
        let dates = dates.fetch_all(&self.read).await?.into_iter();
        disclosed.extend(dates.map(|row| Disclosed {
            id: row.id,
            title: text::kept_line(row.title),
            date: row.occurrence,
            is_public: false,
        }));
        Ok(disclosed)
    }
}
