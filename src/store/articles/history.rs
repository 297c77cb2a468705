//! The history of articles. It outlives them.

use sqlx::{Sqlite, SqliteConnection, Transaction};

use super::super::{Result, Store, editors, instant, parsed};
use super::fetch_one;
use crate::domain::actor::Actor;
use crate::domain::article::{ArticleChange, ArticleRevision};
use crate::domain::{stale, text};

impl Store {
    /// The last line of an article's history: whoever changes the article may say which one they saw.
    pub async fn article_version(&self, id: i64) -> Result<i64> {
        version(&mut *self.read.acquire().await?, id).await
    }

    /// The history of an article, oldest first, also of a removed one.
    pub async fn article_history(&self, id: i64) -> Result<Vec<ArticleRevision>> {
        let mut connection = self.read.acquire().await?;
        let history = fetch_history(&mut connection, id, 0).await?;
        if history.is_empty() {
            // One of before history was kept.
            fetch_one(&mut connection, id).await?;
        }
        Ok(history)
    }
}

pub async fn append(
    transaction: &mut Transaction<'_, Sqlite>,
    by: &Actor,
    article_id: i64,
    changes: &[ArticleChange],
) -> Result<()> {
    let by = by.to_string();
    for change in changes {
        let (at, action) = (change.at.as_second(), change.action.as_str());
        sqlx::query!(
            "INSERT INTO article_history (article_id, at, actor, action, field, before, after)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            article_id,
            at,
            by,
            action,
            change.field,
            change.before,
            change.after
        )
        .execute(&mut **transaction)
        .await?;
    }
    Ok(())
}

async fn version(connection: &mut SqliteConnection, id: i64) -> Result<i64> {
    let last =
        sqlx::query_scalar!(r#"SELECT coalesce(max(id), 0) AS "last!" FROM article_history WHERE article_id = $1"#, id);
    Ok(last.fetch_one(connection).await?)
}

pub async fn refuse_stale(connection: &mut SqliteConnection, id: i64, seen: i64) -> Result<()> {
    if version(&mut *connection, id).await? == seen {
        return Ok(());
    }
    let meanwhile = fetch_history(&mut *connection, id, seen).await?;
    let editors = editors::fetch_all(connection).await?;
    Err(stale::article(id, &meanwhile, &editors).into())
}

/// What came after the line `after`.
async fn fetch_history(connection: &mut SqliteConnection, id: i64, after: i64) -> Result<Vec<ArticleRevision>> {
    let rows = sqlx::query!(
        "SELECT at, actor, action, field, before, after FROM article_history
         WHERE article_id = $1 AND id > $2 ORDER BY id",
        id,
        after
    );
    let history = rows.fetch_all(connection).await?.into_iter().map(|row| {
        Ok(ArticleRevision {
            by: parsed(&row.actor)?,
            change: ArticleChange {
                at: instant(row.at)?,
                action: parsed(&row.action)?,
                field: row.field,
                before: row.before.map(text::kept_lines),
                after: row.after.map(text::kept_lines),
            },
        })
    });
    history.collect()
}
