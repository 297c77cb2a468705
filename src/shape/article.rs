//! An article, as programs see it.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::article::{Article, ArticleAction, ArticleChange, ArticleStatus};
use crate::markdown;
use crate::shape::picture::{ExportedImage, ImageRecord};

/// How much of the text an excerpt shows, in characters.
const EXCERPT_LENGTH: usize = 300;

#[derive(Debug, Serialize, ToSchema)]
pub struct ArticleRecord<'a> {
    pub id: i64,
    /// By which it is known elsewhere, too.
    pub uid: &'a str,
    pub title: &'a str,
    pub byline: &'a str,
    #[schema(value_type = String, format = Date)]
    pub date: Date,
    /// The address of what it was taken from; may be empty.
    pub source: &'a str,
    pub topics: &'a [String],
    /// The ids of the events that it is about.
    pub events: &'a [i64],
    #[schema(inline)]
    pub status: ArticleStatus,
    /// Markdown.
    pub body: &'a str,
    /// The beginning of the text, plain.
    pub excerpt: String,
    /// Its pictures: those that the text shows, in its order, then those that wait to be shown.
    pub images: Vec<ImageRecord<'a>>,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// The last real change.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// The instant from which it is shown, which may lie ahead; null for a draft.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub published_at: Option<Timestamp>,
}

impl<'a> From<&'a Article> for ArticleRecord<'a> {
    fn from(article: &'a Article) -> Self {
        Self {
            id: article.id,
            uid: &article.uid,
            title: &article.title,
            byline: &article.byline,
            date: article.date,
            source: &article.source,
            topics: &article.topics,
            events: &article.events,
            status: article.status(),
            body: &article.body,
            excerpt: markdown::excerpt(&article.body, EXCERPT_LENGTH),
            images: article.images.iter().map(ImageRecord::from).collect(),
            created_at: article.created_at,
            updated_at: article.updated_at,
            published_at: article.published_at,
        }
    }
}

/// An article with its version.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShownArticle<'a> {
    #[serde(flatten)]
    pub article: ArticleRecord<'a>,
    /// The last line of its history: another after each change.
    pub version: i64,
}

/// A line of an article's history.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangeRecord<'a> {
    /// Who made it, with their name.
    pub actor: &'a str,
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    #[schema(inline)]
    pub action: ArticleAction,
    /// Which field changed; null where the action says it all.
    pub field: Option<&'a str>,
    pub from: Option<&'a str>,
    pub to: Option<&'a str>,
}

impl<'a> ChangeRecord<'a> {
    pub fn of(by: &'a str, change: &'a ArticleChange) -> Self {
        Self {
            actor: by,
            at: change.at,
            action: change.action,
            field: change.field.as_deref(),
            from: change.before.as_deref(),
            to: change.after.as_deref(),
        }
    }
}

/// An article in an export, which stands in the list of events. What it is about it names by their UIDs: ids are others
/// elsewhere.
#[derive(Debug, Serialize)]
pub struct ExportedArticle<'a> {
    /// `article`, which no event has.
    pub r#type: &'static str,
    pub uid: &'a str,
    pub title: &'a str,
    pub byline: &'a str,
    pub date: Date,
    pub source: &'a str,
    pub topics: &'a [String],
    /// UIDs.
    pub events: Vec<&'a str>,
    pub status: ArticleStatus,
    pub body: &'a str,
    /// Those that go with it, octets and all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub images: Vec<ExportedImage<'a>>,
    pub published_at: Option<Timestamp>,
}

impl<'a> ExportedArticle<'a> {
    pub fn of(article: &'a Article, events: Vec<&'a str>, pictures: &HashMap<String, Vec<u8>>) -> Self {
        Self {
            r#type: "article",
            uid: &article.uid,
            title: &article.title,
            byline: &article.byline,
            date: article.date,
            source: &article.source,
            topics: &article.topics,
            events,
            status: article.status(),
            body: &article.body,
            images: ExportedImage::all(&article.images, pictures),
            published_at: article.published_at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::article::Manuscript;
    use crate::domain::zone::Zone;

    #[test]
    fn an_article_has_the_names_that_programs_rely_on() {
        let manuscript = Manuscript { title: "A".into(), body: "*Text*.".into(), ..Manuscript::default() };
        let article = Article::new(1, manuscript, vec![3], &Zone::utc(), Timestamp::UNIX_EPOCH);
        let record = serde_json::to_value(ArticleRecord::from(&article)).unwrap();
        let names: Vec<_> = record.as_object().unwrap().keys().map(String::as_str).collect();
        let promised = [
            "body",
            "byline",
            "created_at",
            "date",
            "events",
            "excerpt",
            "id",
            "images",
            "published_at",
            "source",
            "status",
            "title",
            "topics",
            "uid",
            "updated_at",
        ];
        assert_eq!(names, promised);
        assert_eq!((&record["excerpt"], &record["events"]), (&"Text.".into(), &serde_json::json!([3])));
    }
}
