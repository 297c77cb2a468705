//! Articles that come from another office.

use sqlx::SqliteConnection;

use super::super::{Error, Result, Store};
use super::{add, fetch_one, find_event, rewrite};
use crate::clock::whole_second;
use crate::domain::actor::Actor;
use crate::domain::article::{Article, Manuscript};
use crate::domain::import::ImportedArticles;
use crate::domain::zone::Zone;

impl Store {
    /// Takes articles from another office: those known by their UID, or else by title and date, are brought to what is
    /// said of them. Each with its line, for the report. In a dry run, events that are `coming`, by their UIDs, count as there.
    pub async fn import_articles(
        &self,
        by: &Actor,
        manuscripts: Vec<(u64, Manuscript)>,
        zone: &Zone,
        coming: &[String],
        dry_run: bool,
    ) -> Result<ImportedArticles> {
        let mut transaction = self.begin().await?;
        let now = whole_second(self.now());
        let mut imported = ImportedArticles::default();
        for (line, mut manuscript) in manuscripts {
            if dry_run {
                forgo_coming(&mut transaction, &mut manuscript, coming).await?;
            }
            let known = find_known(&mut transaction, &manuscript).await?;
            let is_new = known.is_none();
            let revised = match known {
                None => add(&mut transaction, by, manuscript, zone, now).await.map(|_| true),
                Some(article) => rewrite(&mut transaction, by, article, manuscript, zone, now)
                    .await
                    .map(|revised| !revised.changes.is_empty()),
            };
            match revised {
                Ok(true) if is_new => imported.added += 1,
                Ok(true) => imported.updated += 1,
                Ok(false) => imported.unchanged += 1,
                Err(Error::Refused(refused)) => imported.rejected.push((line, refused)),
                Err(error) => return Err(error),
            }
        }
        if !dry_run {
            transaction.commit().await?;
        }
        Ok(imported)
    }
}

async fn find_known(connection: &mut SqliteConnection, manuscript: &Manuscript) -> Result<Option<Article>> {
    let date = manuscript.date.map(|date| date.to_string());
    let found = sqlx::query_scalar!(
        r#"SELECT id AS "id!" FROM article WHERE uid = $1 OR title = $2 AND date = $3 ORDER BY uid = $1 DESC LIMIT 1"#,
        manuscript.uid,
        manuscript.title,
        date
    );
    match found.fetch_optional(&mut *connection).await? {
        Some(id) => Ok(Some(fetch_one(connection, id).await?)),
        None => Ok(None),
    }
}

/// Takes those events out of what it is about that an import would add before it.
async fn forgo_coming(connection: &mut SqliteConnection, manuscript: &mut Manuscript, coming: &[String]) -> Result<()> {
    let mut there = Vec::new();
    for name in std::mem::take(&mut manuscript.events) {
        if !coming.contains(&name) || find_event(connection, &name).await?.is_some() {
            there.push(name);
        }
    }
    manuscript.events = there;
    Ok(())
}
