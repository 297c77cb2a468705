//! Atom feeds (RFC 4287): events, the last changed first; past editions; articles.

use std::sync::Arc;

use atom_syndication::{Category, Content, Entry, Feed, FixedDateTime, Generator, Link, Person, Text};
use jiff::Timestamp;

use super::{AT_ONCE, FeedInfo, Parts, Printer, entry_html, last_changed_first, summary};
use crate::domain::archive::ArchiveEntry;
use crate::domain::article::Article;
use crate::domain::event::Event;
use crate::domain::links::ARTICLES;

/// The text of a feed of events, and of the past editions beside them.
pub fn feed(events: &[Arc<Event>], info: &FeedInfo) -> String {
    parts(events, info).text()
}

/// What an entry tells.
#[derive(Clone, Copy)]
enum Told<'a> {
    Event(&'a Event),
    Edition(&'a ArchiveEntry),
}

impl Told<'_> {
    fn updated(&self) -> Timestamp {
        match self {
            Self::Event(event) => event.updated_at,
            Self::Edition(edition) => edition.composed_at,
        }
    }

    fn entry(&self, info: &FeedInfo) -> Entry {
        match self {
            Self::Event(event) => entry(event, info),
            Self::Edition(edition) => edition_entry(edition, info),
        }
    }
}

/// The same in parts.
pub fn parts<'a>(events: &'a [Arc<Event>], info: &'a FeedInfo) -> Parts<'a> {
    let editions = info.editions.iter().map(Told::Edition);
    let mut told: Vec<_> = editions.chain(last_changed_first(events).into_iter().map(Told::Event)).collect();
    told.sort_by_key(|told| std::cmp::Reverse(told.updated().as_second()));
    let updated = told.first().map(Told::updated);
    let frame = Feed { updated: date(updated.unwrap_or(Timestamp::UNIX_EPOCH)), ..frame(info, "/", Vec::new()) };
    // The library prints whole feeds: of one with some entries, these are taken.
    let printed = frame.to_string();
    let (head, foot) = printed.split_at(printed.rfind(END).unwrap_or(printed.len()));
    let mut middle: Vec<Printer<'a>> = Vec::new();
    for some in told.chunks(AT_ONCE).map(<[Told<'a>]>::to_vec) {
        middle.push(Box::new(move || {
            let some = Feed { entries: some.iter().map(|told| told.entry(info)).collect(), ..Feed::default() };
            let text = some.to_string();
            let entries = text.find("<entry>").zip(text.rfind(END)).and_then(|(begin, end)| text.get(begin..end));
            entries.unwrap_or_default().to_owned()
        }));
    }
    Parts { head: head.to_owned(), middle, foot: foot.to_owned() }
}

const END: &str = "</feed>";

/// Past editions, whose list is at `path`, the newest first.
pub fn editions(editions: &[ArchiveEntry], info: &FeedInfo, path: &str) -> String {
    frame(info, path, editions.iter().map(|edition| edition_entry(edition, info)).collect()).to_string()
}

/// Articles, whole, the newest first.
pub fn articles(articles: &[Article], info: &FeedInfo) -> String {
    frame(info, ARTICLES, articles.iter().map(|article| article_entry(article, info)).collect()).to_string()
}

fn frame(info: &FeedInfo, page: &str, entries: Vec<Entry>) -> Feed {
    Feed {
        title: Text::plain(info.title.clone()),
        id: info.source.clone(),
        // A feed of nothing was never changed.
        updated: entries.iter().map(|entry| entry.updated).max().unwrap_or_else(|| date(Timestamp::UNIX_EPOCH)),
        authors: vec![Person { name: info.title.clone(), ..Person::default() }],
        subtitle: Some(info.description.clone()).filter(|text| !text.is_empty()).map(Text::plain),
        generator: Some(Generator { value: "kalends".into(), ..Generator::default() }),
        links: vec![link("self", &info.source), link("alternate", &info.links().at(page))],
        entries,
        ..Feed::default()
    }
}

fn edition_entry(edition: &ArchiveEntry, info: &FeedInfo) -> Entry {
    let page = info.links().edition(&edition.digest, edition.number);
    Entry {
        title: Text::plain(edition.subject.clone()),
        id: page.clone(),
        updated: date(edition.composed_at),
        published: Some(date(edition.scheduled_for)),
        links: vec![link("alternate", &page)],
        summary: Some(edition.preheader.clone()).filter(|text| !text.is_empty()).map(Text::plain),
        ..Entry::default()
    }
}

fn article_entry(article: &Article, info: &FeedInfo) -> Entry {
    let page = info.links().article(article.id);
    let html = crate::markdown::pictures::html(article, info.links());
    let mut links = vec![link("alternate", &page)];
    links.extend(Some(&article.source).filter(|source| !source.is_empty()).map(|source| link("via", source)));
    Entry {
        title: Text::plain(article.title.clone()),
        id: page,
        updated: date(article.changed_at()),
        published: article.published_at.map(date),
        authors: match article.byline.as_str() {
            "" => Vec::new(),
            byline => vec![Person { name: byline.to_owned(), ..Person::default() }],
        },
        links,
        categories: article.topics.iter().map(|topic| category(topic)).collect(),
        content: Some(Content { content_type: Some("html".into()), value: Some(html), ..Content::default() }),
        ..Entry::default()
    }
}

fn category(topic: &str) -> Category {
    Category { term: topic.to_owned(), ..Category::default() }
}

fn entry(event: &Event, info: &FeedInfo) -> Entry {
    let page = info.links().event(event.id);
    Entry {
        title: Text::plain(summary(event, info.locale)),
        id: page.clone(),
        updated: date(event.updated_at),
        published: Some(date(event.created_at)),
        links: vec![link("alternate", &page)],
        categories: event.details.topics.iter().map(|topic| category(topic)).collect(),
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
