//! What an office looks at first: how much waits, and what was changed last.

use jiff::Timestamp;

use super::names::by_use;
use super::{Result, Store, instant, parsed};
use crate::domain::actor::Actor;
use crate::domain::event::Action;
use crate::domain::text;

/// Topics are gathered of so many events.
const TOPICS_OF: i64 = 2000;

/// A change of an event.
pub struct Latest {
    pub at: Timestamp,
    pub by: Actor,
    pub action: Action,
    pub event: i64,
    /// As it is now.
    pub title: String,
}

impl Store {
    pub async fn drafts_waiting(&self) -> Result<i64> {
        let drafts = sqlx::query_scalar!("SELECT count(*) FROM event WHERE status = 'draft' AND removed = 0");
        Ok(drafts.fetch_one(&self.read).await?)
    }

    /// The languages that the readers of a digest chose, and how many did.
    pub async fn locales_of_readers(&self, slug: &str) -> Result<Vec<(Option<String>, i64)>> {
        let rows = sqlx::query!(
            r#"SELECT locale, count(*) AS "readers!: i64"
               FROM subscription JOIN digest ON digest.id = digest_id JOIN subscriber ON subscriber.id = subscriber_id
               WHERE slug = $1 AND status = 'confirmed' GROUP BY locale"#,
            slug
        );
        Ok(rows.fetch_all(&self.read).await?.into_iter().map(|row| (row.locale, row.readers)).collect())
    }

    /// Topics of the newest events, those of most of them first.
    pub async fn topics_in_use(&self) -> Result<Vec<String>> {
        let lists =
            sqlx::query_scalar!("SELECT topics FROM event WHERE removed = 0 ORDER BY id DESC LIMIT $1", TOPICS_OF);
        Ok(by_use(&lists.fetch_all(&self.read).await?))
    }

    /// The newest first; what somebody changed of one event at one time is one.
    pub async fn latest_changes(&self, most: u32) -> Result<Vec<Latest>> {
        let rows = sqlx::query!(
            r#"SELECT max(history.id) AS "last!: i64", at AS "at!", actor AS "actor!", action AS "action!",
                      event_id AS "event_id!", title AS "title!"
               FROM (SELECT id, at, actor, action, event_id FROM history WHERE action <> 'reread' ORDER BY id DESC LIMIT 500) history
               JOIN event ON event.id = event_id
               GROUP BY event_id, at, actor, action ORDER BY 1 DESC LIMIT $1"#,
            most
        );
        let latest = rows.fetch_all(&self.read).await?.into_iter().map(|row| {
            Ok(Latest {
                at: instant(row.at)?,
                by: parsed(&row.actor)?,
                action: parsed(&row.action)?,
                event: row.event_id,
                title: text::kept_line(row.title),
            })
        });
        latest.collect()
    }
}
