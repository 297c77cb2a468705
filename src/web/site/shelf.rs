//! The articles as a search looks through them, kept in memory while nothing is said of any.

use std::cmp::Reverse;
use std::sync::Arc;

use tokio::sync::Mutex;

use crate::domain::article::{Article, ArticleFilter, ArticleStatus};
use crate::domain::filter::{Sought, any_label};
use crate::domain::text;
use crate::store::{Result, Store};

/// An article with its words as they are searched.
struct Shelved {
    article: Article,
    title: String,
    text: String,
}

impl Shelved {
    fn of(article: Article) -> Self {
        let title = text::fold_case(&article.title);
        let words = [&article.title, &article.byline, &article.body].into_iter().chain(&article.topics);
        let text = text::fold_case(&words.map(String::as_str).collect::<Vec<_>>().join("\n"));
        Self { article, title, text }
    }
}

/// Those that are published, as of a version of the database; some may be of a day to come.
#[derive(Default)]
pub struct Shelf(Mutex<Option<(String, Arc<Vec<Shelved>>)>>);

impl Shelf {
    /// Those that are shown now, with any of these topics, in which all words of a search are: where the title has them first, and
    /// then the newest.
    pub async fn found(&self, store: &Store, search: &str, topics: &[String], most: usize) -> Result<Vec<Article>> {
        let (all, sought, now) = (self.all(store).await?, Sought::of(search), store.now());
        let is_found = |it: &&Shelved| {
            it.article.is_public(now) && any_label(topics, &it.article.topics) && sought.is_in(&it.text)
        };
        let mut found: Vec<&Shelved> = all.iter().filter(is_found).collect();
        found.sort_by_key(|it| (Reverse(sought.is_in(&it.title)), Reverse((it.article.date, it.article.id))));
        Ok(found.into_iter().take(most).map(|it| it.article.clone()).collect())
    }

    async fn all(&self, store: &Store) -> Result<Arc<Vec<Shelved>>> {
        let version = store.told_version().await?;
        let mut kept = self.0.lock().await;
        if let Some((known, all)) = &*kept
            && *known == version
        {
            return Ok(all.clone());
        }
        let published = ArticleFilter { statuses: vec![ArticleStatus::Published], ..ArticleFilter::default() };
        let all = store.articles(&published, 0, usize::MAX).await?;
        let all: Arc<Vec<Shelved>> = Arc::new(all.into_iter().map(Shelved::of).collect());
        *kept = Some((version, all.clone()));
        Ok(all)
    }
}
