//! Feeds of other sites: RSS 0.9x, 1.0 (RDF) and 2.0, Atom (RFC 4287) and JSON Feed, as they are found and not only as the
//! book has them.

mod day;
mod html;
mod json;
#[cfg(test)]
mod proptests;
#[cfg(test)]
mod tests;
mod xml;

use jiff::civil::Date;
use url::Url;

use super::charset;
use crate::domain::Invalid;
use crate::domain::text::{self, quoted};

/// As many of a feed's items are read, from its beginning, where the newest are.
pub const MOST_ITEMS: usize = 1000;
/// As much of an item's text is read, in octets.
const LONGEST_TEXT: usize = 256 * 1024;
/// As much of an id, a link or a title.
const LONGEST_WORD: usize = 2000;

/// One thing that a feed tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Item {
    /// What the feed calls it (guid, id), if it does.
    pub id: Option<String>,
    /// The page about it: http or https, without a login.
    pub link: Option<String>,
    /// One line of plain text.
    pub title: String,
    pub html: String,
    /// When it was published, else changed, on its own clock.
    pub written: Option<Date>,
}

/// What was read of a feed.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Feed {
    /// In the order of the feed.
    pub items: Vec<Item>,
    /// How many more there are.
    pub left_out: usize,
    /// What is wrong with it, where only its beginning could be read.
    pub broken: Option<String>,
}

impl Feed {
    fn take(&mut self, item: Item) {
        if item.title.is_empty() && item.html.trim().is_empty() {
            return;
        }
        match self.items.len() < MOST_ITEMS {
            true => self.items.push(item),
            false => self.left_out += 1,
        }
    }
}

/// Reads a feed that was found at `address`. What comes before a break is read; an error says what this is instead.
pub fn read(octets: &[u8], content_type: Option<&str>, address: &Url) -> Result<Feed, Invalid> {
    let text = charset::decoded(octets, content_type);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let starts = |word: &str| text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    match () {
        () if text.is_empty() => Err(Invalid::new("it is empty, and no feed")),
        () if text.starts_with('{') => json::read(text, address),
        () if starts("BEGIN:VCALENDAR") => {
            Err(Invalid::new("this is a calendar and no feed: leave `format` out, so that it is kept in step"))
        }
        () if starts("<!doctype html") || starts("<html") => Err(html::no_feed(text, address)),
        () if text.starts_with('<') => xml::read(text, address),
        () => Err(Invalid(format!(
            "this is neither RSS, Atom nor a JSON feed: it begins with `{}`",
            quoted(&beginning(text))
        ))),
    }
}

fn beginning(text: &str) -> String {
    text.chars().take(40).collect()
}

/// An address in a feed as others may follow it: absolute, http or https, and without a login.
fn link(base: &Url, given: &str) -> Option<String> {
    let mut url = base.join(given.trim()).ok().filter(|_| !given.trim().is_empty())?;
    url.set_username("").ok()?;
    url.set_password(None).ok()?;
    text::web_url(url.as_str()).ok().filter(|link| !link.is_empty())
}

/// At most so many octets of it.
fn cut(mut text: String, most: usize) -> String {
    text.truncate(text.floor_char_boundary(most));
    text
}
