//! JSON Feed (version 1 and 1.1).

use serde_json::Value;
use url::Url;

use super::{Feed, Item, LONGEST_TEXT, LONGEST_WORD, cut, day, link};
use crate::domain::Invalid;
use crate::domain::html::escaped;
use crate::domain::text::single_line;

pub fn read(text: &str, address: &Url) -> Result<Feed, Invalid> {
    let feed: Value = serde_json::from_str(text)
        .map_err(|error| Invalid(format!("this JSON is broken in line {}: {error}", error.line())))?;
    let is_feed = feed["version"].as_str().is_some_and(|version| version.contains("jsonfeed.org"));
    let Some(items) = feed["items"].as_array().filter(|_| is_feed) else {
        return Err(Invalid::new("this JSON is no feed: one has a `version` of https://jsonfeed.org and `items`"));
    };
    let mut read = Feed::default();
    items.iter().for_each(|told| read.take(item(told, address)));
    Ok(read)
}

fn item(told: &Value, address: &Url) -> Item {
    let word = |name: &str| match &told[name] {
        Value::String(text) => Some(cut(text.clone(), LONGEST_TEXT)).filter(|text| !text.trim().is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let text = || ["content_text", "summary"].iter().find_map(|name| word(name)).map(|text| paragraphs(&text));
    Item {
        id: word("id").map(|id| cut(id, LONGEST_WORD)),
        link: ["url", "external_url"].iter().find_map(|name| link(address, &word(name)?)),
        title: cut(single_line(&word("title").unwrap_or_default()), LONGEST_WORD),
        html: word("content_html").or_else(text).unwrap_or_default(),
        written: ["date_published", "date_modified"].iter().find_map(|name| day::read(&word(name)?)),
    }
}

/// Plain text, whose lines and paragraphs are its form.
fn paragraphs(text: &str) -> String {
    let lines = escaped(text).replace("\r\n", "\n");
    format!("<p>{}</p>", lines.replace("\n\n", "</p><p>").replace('\n', "<br>"))
}
