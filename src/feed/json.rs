//! Events as a JSON Feed (version 1.1), the last changed first. `_kalends` holds the event as `--json` shows it.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{AT_ONCE, FeedInfo, Parts, Printer, entry_html, last_changed_first, summary};
use crate::domain::event::{Column, Event, Field};
use crate::shape::event::EventRecord;

pub fn feed(events: &[Arc<Event>], info: &FeedInfo) -> String {
    parts(events, info).text()
}

/// The same in parts.
pub fn parts<'a>(events: &'a [Arc<Event>], info: &'a FeedInfo) -> Parts<'a> {
    let mut feed = json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": info.title,
        "home_page_url": info.links().home(),
        "feed_url": info.source,
        "items": [],
    });
    if !info.description.is_empty() {
        feed["description"] = json!(info.description);
    }
    let frame = feed.to_string();
    // Quotes in texts are escaped, so that this is the list itself.
    let begin = frame.find(ITEMS).map_or(frame.len(), |at| at + ITEMS.len());
    let (head, foot) = frame.split_at(begin);
    let mut middle: Vec<Printer<'a>> = Vec::new();
    for some in last_changed_first(events).chunks(AT_ONCE) {
        let (some, comma) = (some.to_vec(), if middle.is_empty() { "" } else { "," });
        middle.push(Box::new(move || {
            let items: Vec<_> = some.iter().map(|event| item(event, info).to_string()).collect();
            format!("{comma}{}", items.join(","))
        }));
    }
    Parts { head: head.to_owned(), middle, foot: foot.to_owned() }
}

const ITEMS: &str = "\"items\":[";

fn item(event: &Event, info: &FeedInfo) -> Value {
    let page = info.links().event(event.id);
    json!({
        "id": page,
        "url": page,
        "title": summary(event, info.locale),
        "content_html": entry_html(event, info.locale),
        "date_published": event.created_at,
        "date_modified": event.updated_at,
        "tags": event.details.topics,
        "_kalends": record(event),
    })
}

/// Without what the promised names have gained, where it says nothing: readers of before get what they got.
fn record(event: &Event) -> Value {
    let mut record = json!(EventRecord::from(event));
    let is_silent = |field: &Field| match field {
        // There is nothing to join any more.
        Field::JoinUrl if event.is_cancelled() => true,
        field => Column::Field(*field).is_later() && !field.is_said(&event.details),
    };
    let silent = Field::ALL.iter().filter(|field| is_silent(field));
    for field in silent {
        record.as_object_mut().map(|members| members.remove(field.as_str()));
    }
    record
}
