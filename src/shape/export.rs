//! All that is kept of events and articles, for another office.

use std::collections::HashMap;

use serde::Serialize;

use super::article::ExportedArticle;
use super::event::{EventRecord, with_changed_dates};
use crate::domain::article::Article;
use crate::domain::event::Event;

/// An entry of the list that an export is.
#[derive(Serialize)]
#[serde(untagged)]
enum Exported<'a> {
    Event(EventRecord<'a>),
    Article(ExportedArticle<'a>),
}

/// A list of the events, with the articles after them, and in these their pictures, whose octets are given by their hashes.
pub fn json(events: &[Event], articles: &[Article], pictures: &HashMap<String, Vec<u8>>) -> serde_json::Result<String> {
    let uids: HashMap<i64, &str> = events.iter().map(|event| (event.id, event.uid.as_str())).collect();
    let all = with_changed_dates(events);
    let events = all.iter().map(|event| Exported::Event(EventRecord::from(&**event)));
    let articles = articles.iter().map(|article| {
        let about = article.events.iter().filter_map(|id| uids.get(id).copied()).collect();
        Exported::Article(ExportedArticle::of(article, about, pictures))
    });
    serde_json::to_string_pretty(&events.chain(articles).collect::<Vec<_>>())
}
