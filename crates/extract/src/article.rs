//! The articles of a text: what stands under one heading, with the day that its byline tells.

use crate::block::{Block, Role};
use crate::language;
use crate::written::Written;

#[derive(Debug, Default)]
pub struct Article {
    /// Empty if it has none.
    pub heading: String,
    pub blocks: Vec<Block>,
    /// When it was published, as its byline says it.
    pub published: Option<Written>,
}

/// Every block but bylines belongs to an article, headings too.
pub fn articles(blocks: Vec<Block>) -> Vec<Article> {
    let mut articles: Vec<Article> = Vec::new();
    let mut open = Article::default();
    for block in blocks {
        let byline = language::of(&block.text).byline(&block);
        if block.role == Role::Heading && byline.is_none() {
            if open.blocks.iter().any(|known| known.role != Role::Heading) {
                articles.push(std::mem::take(&mut open));
            }
            open.heading.clone_from(&block.text);
        }
        match byline {
            Some(date) => open.published = open.published.or(Some(date)),
            None => open.blocks.push(block),
        }
    }
    articles.push(open);
    articles
}
