//! RSS and Atom, element by element. What an element is called counts, whatever stands before the colon: the forms share
//! their words, and feeds mix them.

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use url::Url;

use super::{Feed, Item, LONGEST_TEXT, LONGEST_WORD, cut, day, html, link};
use crate::domain::Invalid;
use crate::domain::html::escaped;
use crate::domain::text::{quoted, single_line};

/// No feed is nested so deep.
const DEEPEST: usize = 200;

pub fn read(text: &str, address: &Url) -> Result<Feed, Invalid> {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.expand_empty_elements = true;
    config.allow_dangling_amp = true;
    // Which element ends is seen by the stack: feeds with a bare `<br>` in them are read, too.
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    let line = |at: u64| {
        let before = text.as_bytes().get(..usize::try_from(at).unwrap_or(0).min(text.len())).unwrap_or_default();
        before.iter().filter(|octet| **octet == b'\n').count() + 1
    };
    let mut outline =
        Outline { feed: Feed::default(), stack: Vec::new(), item: None, base: address.clone(), has_root: false };
    let broken = loop {
        match reader.read_event() {
            Ok(Event::Start(start)) => outline.open(&start, || html::no_feed(text, address))?,
            Ok(Event::End(end)) => outline.close(&String::from_utf8_lossy(end.local_name().into_inner())),
            Ok(Event::Text(some)) => outline.say(&String::from_utf8_lossy(&some)),
            Ok(Event::CData(some)) => outline.say(&String::from_utf8_lossy(&some)),
            Ok(Event::GeneralRef(name)) => match name.resolve_char_ref() {
                Ok(Some(c)) => outline.say(c.encode_utf8(&mut [0; 4])),
                _ => {
                    let name = String::from_utf8_lossy(&name).into_owned();
                    match resolve_predefined_entity(&name) {
                        Some(known) => outline.say(known),
                        // One of HTML, maybe; where markup is read it gets its meaning.
                        None => outline.say(&format!("&{name};")),
                    }
                }
            },
            Ok(Event::DocType(doctype)) if doctype.windows(8).any(|word| word.eq_ignore_ascii_case(b"<!ENTITY")) => {
                return Err(Invalid(format!(
                    "line {} defines entities, by which a short text may become endless: no feed needs them, and such a \
                     one is not read",
                    line(reader.buffer_position())
                )));
            }
            Ok(Event::Eof) if outline.stack.is_empty() => break None,
            Ok(Event::Eof) => break Some(format!("it breaks off in line {}", line(reader.buffer_position()))),
            Ok(_) => {}
            Err(error) => break Some(format!("its XML is broken in line {} ({error})", line(reader.error_position()))),
        }
    };
    match (broken, outline.has_root, outline.feed.items.is_empty()) {
        (Some(broken), true, false) => Ok(Feed { broken: Some(broken), ..outline.feed }),
        (Some(broken), ..) => Err(Invalid(format!("this feed can't be read: {broken}, before its first item ends"))),
        (None, true, _) => Ok(outline.feed),
        (None, false, _) => Err(Invalid::new("this XML has no element, and is no feed")),
    }
}

/// What is said of an item, by where it is said.
#[derive(Debug, Default)]
struct Draft {
    depth: usize,
    id: String,
    /// Whether its id is an address of its page.
    is_permalink: bool,
    link: Option<String>,
    /// `<link>…</link>` of RSS.
    said_link: String,
    title: Said,
    content: Said,
    summary: Said,
    published: String,
    updated: String,
}

#[derive(Debug, Default)]
struct Said {
    text: String,
    /// Its text is text, and no markup.
    is_plain: bool,
}

impl Said {
    fn html(self) -> String {
        if self.is_plain { escaped(&self.text) } else { self.text }
    }

    fn plain(&self) -> String {
        if self.is_plain { single_line(&self.text) } else { html::plain(&self.text) }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// The feed, and all in it that is of no item.
    Other,
    Item,
    Id,
    Link,
    Title,
    Content,
    Summary,
    Published,
    Updated,
    /// Markup in a text.
    Within(Whole),
    /// What belongs to an item's pictures, authors and sources, and is none of its own.
    Aside,
}

/// Which text markup stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whole {
    Title,
    Content,
    Summary,
}

struct Open {
    name: String,
    place: Place,
    /// What addresses stood for outside of it, where it has another base.
    base: Option<Url>,
}

struct Outline {
    feed: Feed,
    stack: Vec<Open>,
    item: Option<Draft>,
    base: Url,
    has_root: bool,
}

impl Outline {
    fn open(&mut self, start: &BytesStart<'_>, page: impl FnOnce() -> Invalid) -> Result<(), Invalid> {
        let name = String::from_utf8_lossy(start.local_name().into_inner()).into_owned();
        if !self.has_root {
            is_root(&name, page)?;
            self.has_root = true;
        }
        if self.stack.len() >= DEEPEST {
            return Err(Invalid(format!("its elements are nested more than {DEEPEST} deep: this is no feed")));
        }
        let prefix = start.name().prefix().map(|prefix| prefix.into_inner().to_vec()).unwrap_or_default();
        let parent = self.stack.last().map_or(Place::Other, |open| open.place);
        let place = match (parent, &self.item) {
            (Place::Title | Place::Within(Whole::Title), _) => Place::Within(Whole::Title),
            (Place::Content | Place::Within(Whole::Content), _) => Place::Within(Whole::Content),
            (Place::Summary | Place::Within(Whole::Summary), _) => Place::Within(Whole::Summary),
            (Place::Other, None) if matches!(name.as_str(), "item" | "entry") => {
                self.item = Some(Draft { depth: self.stack.len(), ..Draft::default() });
                Place::Item
            }
            (Place::Other, _) => Place::Other,
            (Place::Item, _) => field(&name, &prefix),
            _ => Place::Aside,
        };
        let mut base = None;
        if let Some(given) = attribute(start, b"xml:base")
            && let Ok(joined) = self.base.join(&given)
        {
            base = Some(std::mem::replace(&mut self.base, joined));
        }
        self.begin(place, start, &name);
        self.stack.push(Open { name, place, base });
        Ok(())
    }

    fn begin(&mut self, place: Place, start: &BytesStart<'_>, name: &str) {
        let Some(item) = &mut self.item else { return };
        let kind = || attribute(start, b"type").unwrap_or_default().trim().to_ascii_lowercase();
        match place {
            Place::Item => item.id = attribute(start, b"rdf:about").unwrap_or_default(),
            Place::Id => {
                item.is_permalink = name == "guid"
                    && !attribute(start, b"isPermaLink").is_some_and(|said| said.trim().eq_ignore_ascii_case("false"));
                item.id.clear();
            }
            Place::Link => {
                let is_alternate = attribute(start, b"rel").is_none_or(|rel| rel.eq_ignore_ascii_case("alternate"));
                let found = attribute(start, b"href").filter(|_| is_alternate && item.link.is_none());
                item.link = item.link.take().or_else(|| link(&self.base, &found?));
            }
            Place::Title | Place::Content | Place::Summary => {
                // Of Atom, where nothing is said, it is text; RSS has no such word, and its texts are HTML.
                let is_atom = self.stack.first().is_some_and(|root| matches!(root.name.as_str(), "feed" | "entry"));
                let kind = kind();
                let is_plain = match kind.as_str() {
                    "" => is_atom,
                    "text" | "plain" | "text/plain" => true,
                    _ => false,
                };
                let said = match place {
                    Place::Title => &mut item.title,
                    Place::Content => &mut item.content,
                    _ => &mut item.summary,
                };
                // Told twice, the first counts; an empty one is none.
                if said.text.trim().is_empty() {
                    *said = Said { is_plain, text: String::new() };
                }
            }
            Place::Within(whole) => {
                let said = item.text(whole);
                if said.text.len() < LONGEST_TEXT {
                    said.text.push_str(&format!("<{name}"));
                    if let Some(datetime) = attribute(start, b"datetime") {
                        said.text.push_str(&format!(" datetime=\"{}\"", escaped(&datetime).replace('"', "&quot;")));
                    }
                    said.text.push('>');
                }
            }
            _ => {}
        }
    }

    fn say(&mut self, text: &str) {
        let (Some(item), Some(open)) = (&mut self.item, self.stack.last()) else { return };
        let (to, most) = match open.place {
            Place::Id => (&mut item.id, LONGEST_WORD),
            Place::Link => (&mut item.said_link, LONGEST_WORD),
            Place::Published => (&mut item.published, LONGEST_WORD),
            Place::Updated => (&mut item.updated, LONGEST_WORD),
            Place::Title => (&mut item.title.text, LONGEST_WORD),
            Place::Content => (&mut item.content.text, LONGEST_TEXT),
            Place::Summary => (&mut item.summary.text, LONGEST_TEXT),
            Place::Within(whole) => {
                let said = item.text(whole);
                if said.text.len() < LONGEST_TEXT {
                    said.text.push_str(&escaped(text));
                }
                return;
            }
            _ => return,
        };
        if to.len() < most {
            to.push_str(text);
            to.truncate(to.floor_char_boundary(most));
        }
    }

    /// Ends the innermost open element of this name, and those in it that nobody ended.
    fn close(&mut self, name: &str) {
        let Some(at) = self.stack.iter().rposition(|open| open.name == name) else { return };
        // What ends in a text's markup ends nothing around it.
        let is_markup = |open: &Open| matches!(open.place, Place::Within(_));
        let whole = self.stack.last().is_some_and(is_markup);
        if whole && !is_markup(&self.stack[at]) && !is_ours(self.stack[at].place) {
            return;
        }
        while self.stack.len() > at {
            let Some(open) = self.stack.pop() else { return };
            self.base = open.base.unwrap_or_else(|| self.base.clone());
            if let (Place::Within(whole), Some(item)) = (open.place, &mut self.item)
                && !is_void(&open.name)
            {
                item.text(whole).text.push_str(&format!("</{}>", open.name));
            }
            if self.item.as_ref().is_some_and(|item| item.depth == self.stack.len())
                && let Some(item) = self.item.take()
            {
                self.feed.take(item.told(&self.base));
            }
        }
    }
}

fn is_ours(place: Place) -> bool {
    !matches!(place, Place::Within(_) | Place::Aside)
}

/// HTML's elements without an end.
fn is_void(name: &str) -> bool {
    matches!(
        name,
        "br" | "hr" | "img" | "input" | "meta" | "link" | "wbr" | "area" | "base" | "col" | "embed" | "source"
    )
}

fn is_root(name: &str, page: impl FnOnce() -> Invalid) -> Result<(), Invalid> {
    match name.to_ascii_lowercase().as_str() {
        "rss" | "feed" | "rdf" | "entry" | "channel" => Ok(()),
        "html" => Err(page()),
        "opml" => Err(Invalid::new("this is a list of feeds (OPML): enter the address of one of them")),
        "urlset" | "sitemapindex" => Err(Invalid::new(
            "this is a site's map and no feed: enter the address of its feed, or watch one of its pages",
        )),
        _ => Err(Invalid(format!("this XML is neither RSS nor Atom: its first element is <{}>", quoted(name)))),
    }
}

fn field(name: &str, prefix: &[u8]) -> Place {
    // What is said of pictures and films has the same words.
    if matches!(prefix, b"media" | b"itunes" | b"podcast" | b"image" | b"thr" | b"georss") {
        return Place::Aside;
    }
    match name {
        "guid" | "id" => Place::Id,
        "link" => Place::Link,
        "title" => Place::Title,
        "encoded" | "content" | "body" => Place::Content,
        "description" | "summary" => Place::Summary,
        "pubDate" | "published" | "issued" | "created" => Place::Published,
        "date" | "updated" | "modified" => Place::Updated,
        _ => Place::Aside,
    }
}

fn attribute(start: &BytesStart<'_>, name: &[u8]) -> Option<String> {
    let mut attributes = start.attributes();
    // Looking for doubles takes time by the square.
    let mut attributes = attributes.with_checks(false).flatten();
    let found = attributes.find(|found| found.key.as_ref().eq_ignore_ascii_case(name))?;
    let raw = String::from_utf8_lossy(&found.value);
    Some(cut(html::plain(&raw), LONGEST_WORD))
}

impl Draft {
    fn text(&mut self, whole: Whole) -> &mut Said {
        match whole {
            Whole::Title => &mut self.title,
            Whole::Content => &mut self.content,
            Whole::Summary => &mut self.summary,
        }
    }

    fn told(self, base: &Url) -> Item {
        let id = Some(single_line(&self.id)).filter(|id| !id.is_empty());
        let is_address = |id: &&String| id.starts_with("http://") || id.starts_with("https://");
        let of_id = || link(base, id.as_ref().filter(is_address).filter(|_| self.is_permalink)?);
        let title = cut(self.title.plain(), LONGEST_WORD);
        let has_content = !self.content.text.trim().is_empty();
        let said = if has_content { self.content } else { self.summary };
        Item {
            link: link(base, &self.said_link).or(self.link).or_else(of_id),
            id,
            title,
            html: said.html(),
            written: day::read(&self.published).or_else(|| day::read(&self.updated)),
        }
    }
}
