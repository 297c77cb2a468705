//! Events as an Atom feed (RFC 4287), the last changed first.

use std::sync::Arc;

use atom_syndication::{Category, Content, Entry, Feed, FixedDateTime, Generator, Link, Person, Text};
use jiff::Timestamp;

use super::{FeedInfo, entry_html, last_changed_first, summary};
use crate::domain::event::Event;

pub fn feed(events: &[Arc<Event>], info: &FeedInfo) -> String {
    let events = last_changed_first(events);
    let feed = Feed {
        title: Text::plain(info.title.clone()),
        id: info.source.clone(),
        // A feed of no events was never changed.
        updated: date(events.first().map_or(Timestamp::UNIX_EPOCH, |event| event.updated_at)),
        authors: vec![Person { name: info.title.clone(), ..Person::default() }],
        subtitle: Some(info.description.clone()).filter(|text| !text.is_empty()).map(Text::plain),
        generator: Some(Generator { value: "kalends".into(), ..Generator::default() }),
        links: vec![link("self", &info.source), link("alternate", &format!("{}/", info.base_url))],
        entries: events.into_iter().map(|event| entry(event, info)).collect(),
        ..Feed::default()
    };
    feed.to_string()
}

fn entry(event: &Event, info: &FeedInfo) -> Entry {
    let page = info.page_of(event);
    let category = |topic: &String| Category { term: topic.clone(), ..Category::default() };
    Entry {
        title: Text::plain(summary(event, info.locale)),
        id: page.clone(),
        updated: date(event.updated_at),
        published: Some(date(event.created_at)),
        links: vec![link("alternate", &page)],
        categories: event.details.topics.iter().map(category).collect(),
        content: Some(Content {
            content_type: Some("html".into()),
            value: Some(entry_html(event, info.locale)),
            ..Content::default()
        }),
        ..Entry::default()
    }
}

fn link(rel: &str, href: &str) -> Link {
    Link { rel: rel.into(), href: href.into(), ..Link::default() }
}

fn date(at: Timestamp) -> FixedDateTime {
    chrono::DateTime::from_timestamp(at.as_second(), 0).unwrap_or_default().fixed_offset()
}
