//! What somebody says about an article, field by field: what of it can be kept, whoever says it and in which form.

use jiff::civil::Date;

use super::ArticleStatus;
use crate::domain::event::Said;
use crate::domain::when::Point;
use crate::domain::{FieldError, Invalid, text, words};

words! {
    /// What people say of an article, by its name outside.
    pub enum ArticleField, "field of an article" {
        Title => "title",
        Byline => "byline",
        Date => "date",
        Source => "source",
        Topics => "topics",
        Events => "events",
        Status => "status",
        Body => "body",
    }
}

/// What is to be different about an article; of the rest nothing is said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ArticlePatch {
    pub title: Option<String>,
    pub byline: Option<String>,
    /// None within: the day on which it was added.
    pub date: Option<Option<Date>>,
    pub source: Option<String>,
    pub topics: Option<Vec<String>>,
    /// By id or UID.
    pub events: Option<Vec<String>>,
    pub status: Option<ArticleStatus>,
    /// Markdown.
    pub body: Option<String>,
}

impl ArticlePatch {
    /// Says something in words. Whether the text is fit to show is judged where Markdown is understood.
    pub fn say(&mut self, field: ArticleField, said: Said<'_>) -> Result<(), FieldError> {
        let wrong = FieldError::of(field.as_str());
        match field {
            ArticleField::Title => self.title = Some(said.text().and_then(title).map_err(wrong)?),
            ArticleField::Byline => {
                self.byline = Some(said.text().and_then(|given| line("byline", given)).map_err(wrong)?);
            }
            ArticleField::Date => self.date = Some(said.text().and_then(day_or_none).map_err(wrong)?),
            ArticleField::Source => self.source = Some(said.text().and_then(text::web_url).map_err(wrong)?),
            ArticleField::Topics => self.topics = Some(topics(&said.list()).map_err(wrong)?),
            ArticleField::Events => self.events = Some(events(&said.list())),
            ArticleField::Status => self.status = Some(said.text().and_then(str::parse).map_err(wrong)?),
            ArticleField::Body => self.body = Some(text::multi_line(said.text().map_err(wrong)?)),
        }
        Ok(())
    }
}

/// One line without control characters; a line break within a longer value is a space.
pub fn line(what: &str, given: &str) -> Result<String, Invalid> {
    if let Some(control) = given.chars().find(|c| c.is_control() && !c.is_whitespace()) {
        let code = u32::from(control);
        return Err(Invalid(format!("the {what} holds a control character (U+{code:04X}): take it out")));
    }
    let line = text::single_line(given);
    text::at_most(what, &line, 1000)?;
    Ok(line)
}

fn title(given: &str) -> Result<String, Invalid> {
    match line("title", given)? {
        title if title.is_empty() => Err(Invalid::new("the title is empty: say in a few words what the article tells")),
        title => Ok(title),
    }
}

fn day_or_none(given: &str) -> Result<Option<Date>, Invalid> {
    if given.trim().is_empty() { Ok(None) } else { Point::read_day(given).map(Some) }
}

pub fn topics(given: &[String]) -> Result<Vec<String>, Invalid> {
    text::labels("topic", given.iter().map(String::as_str))
}

/// Ids and UIDs, as they are written.
pub fn events(given: &[String]) -> Vec<String> {
    given.iter().map(|name| text::single_line(name)).filter(|name| !name.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_words_are_refused_by_the_field_they_were_said_in() {
        for (field, words) in [
            (ArticleField::Title, " "),
            (ArticleField::Title, "a\u{0}b"),
            (ArticleField::Byline, "\u{1b}[31m"),
            (ArticleField::Date, "2020-02-30"),
            (ArticleField::Date, "2020-10"),
            (ArticleField::Date, "soon"),
            (ArticleField::Source, "javascript:alert(1)"),
            (ArticleField::Topics, &"a".repeat(201)),
            (ArticleField::Status, ""),
            (ArticleField::Status, "cancelled"),
        ] {
            let error = ArticlePatch::default().say(field, Said::Text(words)).unwrap_err();
            assert_eq!(error.field, field.as_str(), "{words}");
        }
    }

    #[test]
    fn only_what_is_said_is_in_a_patch() {
        let mut patch = ArticlePatch::default();
        patch.say(ArticleField::Date, Said::Text("")).unwrap();
        patch.say(ArticleField::Events, Said::List(vec!["3".into(), " ".into(), "a@example.org".into()])).unwrap();
        let events = Some(vec!["3".into(), "a@example.org".into()]);
        assert_eq!(patch, ArticlePatch { date: Some(None), events, ..ArticlePatch::default() });
    }
}
