//! Articles, as editors handle them.

use super::{Office, Result};
use crate::domain::actor::Actor;
use crate::domain::article::{Article, ArticleChange, ArticleFilter, Manuscript};
use crate::domain::editor::named;
use crate::domain::event::Event;
use crate::store::RevisedArticle;

/// An article with what belongs to it.
pub struct ShownArticle {
    pub article: Article,
    pub version: i64,
    /// Those it is about, in its order.
    pub events: Vec<Event>,
}

/// One line of an article's history, with the name of who made it.
pub struct ToldChange {
    pub by: String,
    pub change: ArticleChange,
}

impl Office {
    pub async fn article(&self, id: i64) -> Result<ShownArticle> {
        // The version first: what comes in between makes it stale, not wrong.
        let version = self.store.article_version(id).await?;
        let article = self.store.article(id).await?;
        let events = self.store.events_by_ids(&article.events).await?;
        Ok(ShownArticle { article, version, events })
    }

    /// The newest first.
    pub async fn articles(&self, filter: &ArticleFilter, limit: usize) -> Result<Vec<Article>> {
        Ok(self.store.articles(filter, 0, limit).await?)
    }

    pub async fn add_article(&self, by: &Actor, manuscript: Manuscript) -> Result<Article> {
        Ok(self.store.add_article(by, manuscript, self.zone()).await?)
    }

    /// Makes an article what its file says now; with `seen`, only if it still is in that version.
    pub async fn edit_article(
        &self,
        by: &Actor,
        id: i64,
        seen: Option<i64>,
        manuscript: Manuscript,
    ) -> Result<RevisedArticle> {
        Ok(self.store.rewrite_article(by, id, seen, manuscript, self.zone()).await?)
    }

    /// Shows a draft, from the day of its date on.
    pub async fn publish_article(&self, by: &Actor, id: i64) -> Result<RevisedArticle> {
        Ok(self.store.publish_article(by, id, self.zone()).await?)
    }

    /// Deletes it; what it was is told.
    pub async fn remove_article(&self, by: &Actor, id: i64) -> Result<Article> {
        Ok(self.store.remove_article(by, id).await?)
    }

    /// Oldest first, also of what was removed.
    pub async fn article_history(&self, id: i64) -> Result<Vec<ToldChange>> {
        let editors = self.store.editors().await?;
        let history = self.store.article_history(id).await?.into_iter();
        Ok(history.map(|line| ToldChange { by: named(&line.by, &editors), change: line.change }).collect())
    }
}
