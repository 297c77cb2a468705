//! What became of events: the lines of their history, which outlive them.

use jiff::Timestamp;
use sqlx::SqliteConnection;

use super::super::queue::to_ids;
use super::super::{Error, Result, Store, instant, parsed};
use super::no_event;
use crate::domain::event::{Aspect, HistoryEntry, Revision};
use crate::domain::import::series_of;
use crate::domain::{stale, text};

/// So many events of one series are told together.
const MOST_OF_A_SERIES: i64 = 1_000;

impl Store {
    /// The last line of an event's history: whoever changes the event may say which one they saw.
    pub async fn event_version(&self, id: i64) -> Result<i64> {
        version(&mut *self.read.acquire().await?, id).await
    }

    /// The history of an event, oldest first, also of a removed one.
    pub async fn event_history(&self, id: i64) -> Result<Vec<Revision>> {
        let revisions = history_of(&mut *self.read.acquire().await?, &[id], 0).await?;
        if revisions.is_empty() {
            return Err(no_event(id));
        }
        Ok(revisions)
    }

    /// The same, with that of all the events in which the series is kept that it is part of.
    pub async fn series_history(&self, id: i64) -> Result<Vec<Revision>> {
        let mut connection = self.read.acquire().await?;
        let uid = sqlx::query_scalar!("SELECT uid FROM event WHERE id = $1", id);
        let uid = uid.fetch_optional(&mut *connection).await?.ok_or_else(|| no_event(id))?;
        let series = series_of(&uid).map_or(uid.as_str(), |(series, _)| series);
        // UIDs that begin so, by their index: `$` follows `#`.
        let (from, to) = (format!("{series}#"), format!("{series}$"));
        let family = sqlx::query!(
            r#"SELECT id AS "id!", uid FROM event WHERE uid = $1 OR (uid >= $2 AND uid < $3) ORDER BY id LIMIT $4"#,
            series,
            from,
            to,
            MOST_OF_A_SERIES
        );
        let family = family.fetch_all(&mut *connection).await?.into_iter();
        let is_of = |uid: &str| uid == series || series_of(uid).is_some_and(|(of, _)| of == series);
        let mut ids: Vec<i64> = family.filter(|row| is_of(&row.uid)).map(|row| row.id).collect();
        if !ids.contains(&id) {
            ids.push(id);
        }
        history_of(&mut connection, &ids, 0).await
    }

    /// What happened to one event behind a line of its history, oldest first.
    pub async fn revisions_since(&self, id: i64, line: i64) -> Result<Vec<Revision>> {
        history_of(&mut *self.read.acquire().await?, &[id], line).await
    }

    /// Everything that happened after the history's line `since` up to its line `head`, oldest first.
    pub async fn history_between(&self, since: i64, head: i64) -> Result<Vec<Revision>> {
        let rows = sqlx::query_as!(
            HistoryRow,
            "SELECT id AS line, event_id, at, actor, action, occurrence, field, before, after, tell FROM history
             WHERE id > $1 AND id <= $2 ORDER BY id",
            since,
            head
        );
        rows.fetch_all(&self.read).await?.into_iter().map(Revision::try_from).collect()
    }

    /// The newest line of history: when it is the same, no event changed.
    pub async fn history_head(&self) -> Result<i64> {
        Ok(sqlx::query_scalar!("SELECT coalesce(max(id), 0) FROM history").fetch_one(&self.read).await?)
    }

    /// The last line of history written before `moment`.
    pub async fn history_head_at(&self, moment: Timestamp) -> Result<i64> {
        let moment = moment.as_second();
        Ok(sqlx::query_scalar!("SELECT coalesce(max(id), 0) FROM history WHERE at < $1", moment)
            .fetch_one(&self.read)
            .await?)
    }
}

async fn version(connection: &mut SqliteConnection, id: i64) -> Result<i64> {
    let last = sqlx::query_scalar!(r#"SELECT coalesce(max(id), 0) AS "last!" FROM history WHERE event_id = $1"#, id);
    Ok(last.fetch_one(connection).await?)
}

/// What changed since somebody saw it is said, so that they can see whether it is in their way.
pub(super) async fn refuse_stale(connection: &mut SqliteConnection, id: i64, seen: i64) -> Result<()> {
    if version(&mut *connection, id).await? == seen {
        return Ok(());
    }
    let meanwhile = history_of(&mut *connection, &[id], seen).await?;
    let editors = super::super::editors::fetch_all(connection).await?;
    Err(stale::event(id, &meanwhile, &editors).into())
}

/// Of these events, behind the line `after`.
async fn history_of(connection: &mut SqliteConnection, ids: &[i64], after: i64) -> Result<Vec<Revision>> {
    let ids = to_ids(ids);
    let rows = sqlx::query_as!(
        HistoryRow,
        "SELECT id AS line, event_id, at, actor, action, occurrence, field, before, after, tell FROM history
         WHERE event_id IN (SELECT value FROM json_each($1)) AND id > $2 ORDER BY id",
        ids,
        after
    );
    rows.fetch_all(connection).await?.into_iter().map(Revision::try_from).collect()
}

pub(super) struct HistoryRow {
    pub line: i64,
    pub event_id: i64,
    pub at: i64,
    pub actor: String,
    pub action: String,
    pub occurrence: Option<String>,
    pub field: Option<String>,
    pub before: Option<String>,
    pub after: Option<String>,
    pub tell: Option<String>,
}

impl TryFrom<HistoryRow> for Revision {
    type Error = Error;

    fn try_from(row: HistoryRow) -> Result<Self> {
        Ok(Self {
            line: row.line,
            event_id: row.event_id,
            by: parsed(&row.actor)?,
            entry: HistoryEntry {
                at: instant(row.at)?,
                action: parsed(&row.action)?,
                occurrence: row.occurrence.as_deref().map(parsed).transpose()?,
                about: row.field.as_deref().map(Aspect::from),
                before: row.before.map(text::kept_lines),
                after: row.after.map(text::kept_lines),
                tell: row.tell.as_deref().map(parsed).transpose()?,
            },
        })
    }
}
