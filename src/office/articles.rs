//! Articles, as editors handle them.

use jiff::civil::Date;

use super::{Office, Result};
use crate::domain::actor::Actor;
use crate::domain::article::{Article, ArticleChange, ArticleFilter, ArticlePatch, Manuscript};
use crate::domain::editor::named;
use crate::domain::event::Event;
use crate::domain::refused::Refused;
use crate::intake::article::told;
use crate::store::RevisedArticle;

/// An article with what belongs to it.
pub struct ShownArticle {
    pub article: Article,
    pub version: i64,
    /// Those it is about, in its order.
    pub events: Vec<Event>,
}

/// Some articles of a list.
pub struct ArticlePage {
    pub articles: Vec<Article>,
    /// Behind which the next page begins, if there is one: a date and an id.
    pub next: Option<(Date, i64)>,
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

    /// The same a page at a time: those behind `after`.
    pub async fn articles_after(
        &self,
        filter: &ArticleFilter,
        after: Option<(Date, i64)>,
        limit: usize,
    ) -> Result<ArticlePage> {
        let mut articles = self.store.articles_after(filter, after, limit + 1).await?;
        let is_more = articles.len() > limit;
        articles.truncate(limit);
        let next = articles.last().map(|article| (article.date, article.id)).filter(|_| is_more);
        Ok(ArticlePage { articles, next })
    }

    pub async fn add_article(&self, by: &Actor, manuscript: Manuscript) -> Result<Article> {
        let manuscript = self.developed(manuscript).await?;
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
        let manuscript = self.developed(manuscript).await?;
        Ok(self.store.rewrite_article(by, id, seen, self.zone(), |_| Ok(manuscript)).await?)
    }

    /// Adds what is said of one.
    pub async fn add_told_article(&self, by: &Actor, patch: ArticlePatch) -> Result<Article> {
        self.add_article(by, told(patch, None)?).await
    }

    /// Changes what `patch` speaks of; the rest stays.
    pub async fn change_article(
        &self,
        by: &Actor,
        id: i64,
        seen: Option<i64>,
        patch: ArticlePatch,
    ) -> Result<RevisedArticle> {
        if patch == ArticlePatch::default() {
            return Err(Refused::invalid("nothing is said that is to be changed").into());
        }
        let tell = |known: &Article| Ok(told(patch, Some(known))?);
        Ok(self.store.rewrite_article(by, id, seen, self.zone(), tell).await?)
    }

    /// Shows a draft, from the day of its date on.
    pub async fn publish_article(&self, by: &Actor, id: i64) -> Result<RevisedArticle> {
        Ok(self.store.publish_article(by, id, self.zone()).await?)
    }

    /// Deletes it, with `seen` only if it still is in that version; what it was is told.
    pub async fn remove_article(&self, by: &Actor, id: i64, seen: Option<i64>) -> Result<Article> {
        Ok(self.store.remove_article(by, id, seen).await?)
    }

    /// Oldest first, also of what was removed.
    pub async fn article_history(&self, id: i64) -> Result<Vec<ToldChange>> {
        let editors = self.store.editors().await?;
        let history = self.store.article_history(id).await?.into_iter();
        Ok(history.map(|line| ToldChange { by: named(&line.by, &editors), change: line.change }).collect())
    }
}
