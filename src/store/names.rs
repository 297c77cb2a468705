//! What things are called, for a shell that completes a word while somebody waits: read from beside, and never for long.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection};

use super::Result;
use crate::domain::edition::EditionName;

/// Nobody looks through more.
const MOST: i64 = 2000;

/// Of people nobody is shown more.
const MOST_PEOPLE: i64 = 100;

/// A shell's Tab waits no longer for another process that holds the database.
const PATIENCE: Duration = Duration::from_millis(20);

/// An open database that can only be read, of any version: what it does not have is an error.
pub struct Names(SqliteConnection);

impl Names {
    pub async fn open(path: &Path) -> Result<Self> {
        let options = SqliteConnectOptions::new().filename(path).read_only(true).busy_timeout(PATIENCE);
        Ok(Self(options.connect().await?))
    }

    pub async fn close(self) {
        let _ = self.0.close().await;
    }

    /// Ids and titles of events that are there, the newest first; drafts alone, or all.
    pub async fn events(&mut self, drafts_alone: bool) -> Result<Vec<(i64, String)>> {
        let rows = sqlx::query!(
            r#"SELECT id AS "id!", title FROM event WHERE removed = 0 AND ($1 = 0 OR status = 'draft') ORDER BY id DESC LIMIT $2"#,
            drafts_alone,
            MOST
        );
        Ok(rows.fetch_all(&mut self.0).await?.into_iter().map(|row| (row.id, row.title)).collect())
    }

    /// The same of articles.
    pub async fn articles(&mut self) -> Result<Vec<(i64, String)>> {
        let rows = sqlx::query!(r#"SELECT id AS "id!", title FROM article ORDER BY id DESC LIMIT $1"#, MOST);
        Ok(rows.fetch_all(&mut self.0).await?.into_iter().map(|row| (row.id, row.title)).collect())
    }

    /// Topics of the newest events and articles, those of most of them first.
    pub async fn topics(&mut self) -> Result<Vec<String>> {
        let of_events =
            sqlx::query_scalar!("SELECT topics FROM event WHERE removed = 0 ORDER BY id DESC LIMIT $1", MOST);
        let mut lists = of_events.fetch_all(&mut self.0).await?;
        let of_articles = sqlx::query_scalar!("SELECT topics FROM article ORDER BY id DESC LIMIT $1", MOST);
        lists.extend(of_articles.fetch_all(&mut self.0).await?);
        Ok(by_use(&lists))
    }

    /// The same of standards, of events.
    pub async fn standards(&mut self) -> Result<Vec<String>> {
        let lists =
            sqlx::query_scalar!("SELECT standards FROM event WHERE removed = 0 ORDER BY id DESC LIMIT $1", MOST);
        Ok(by_use(&lists.fetch_all(&mut self.0).await?))
    }

    /// The newest first.
    pub async fn editions(&mut self) -> Result<Vec<EditionName>> {
        let rows = sqlx::query!(
            "SELECT slug, number FROM edition JOIN digest ON digest.id = digest_id ORDER BY edition.id DESC LIMIT $1",
            MOST
        );
        let rows = rows.fetch_all(&mut self.0).await?;
        Ok(rows.into_iter().map(|row| EditionName { digest: row.slug, number: row.number }).collect())
    }

    /// Addresses of subscribers that begin so.
    pub async fn subscribers(&mut self, beginning: &str) -> Result<Vec<String>> {
        let rows = sqlx::query_scalar!(
            "SELECT email FROM subscriber WHERE email_key >= $1 AND email_key < $1 || char(1114111)
             ORDER BY email_key LIMIT $2",
            beginning,
            MOST_PEOPLE
        );
        Ok(rows.fetch_all(&mut self.0).await?)
    }

    /// Addresses of those who may change things.
    pub async fn editors(&mut self) -> Result<Vec<String>> {
        let rows = sqlx::query_scalar!(
            r#"SELECT email AS "email!" FROM editor WHERE email IS NOT NULL AND left_at IS NULL ORDER BY email LIMIT $1"#,
            MOST
        );
        Ok(rows.fetch_all(&mut self.0).await?)
    }

    /// Names of tokens that are in force.
    pub async fn tokens(&mut self) -> Result<Vec<String>> {
        let rows = sqlx::query_scalar!("SELECT name FROM token WHERE revoked_at IS NULL ORDER BY name LIMIT $1", MOST);
        Ok(rows.fetch_all(&mut self.0).await?)
    }
}

/// Each label of these lists once.
pub(super) fn by_use(lists: &[String]) -> Vec<String> {
    let mut uses: BTreeMap<String, usize> = BTreeMap::new();
    for label in lists.iter().flat_map(|list| serde_json::from_str::<Vec<String>>(list).unwrap_or_default()) {
        *uses.entry(label).or_default() += 1;
    }
    let mut labels: Vec<_> = uses.into_iter().collect();
    labels.sort_by_key(|(_, uses)| Reverse(*uses));
    labels.into_iter().map(|(label, _)| label).collect()
}
