//! Passages of a text in HTML: it is cut where a head stands, and each piece stays as it is.

use super::heads::{self, Head, Line};
use super::plain;

/// Elements that end a line.
const BLOCKS: [&str; 22] = [
    "p",
    "div",
    "br",
    "tr",
    "table",
    "tbody",
    "li",
    "ul",
    "ol",
    "dl",
    "dt",
    "dd",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "blockquote",
    "body",
    "pre",
];
/// Elements whose content nobody reads.
const UNSEEN: [&str; 4] = ["script", "style", "title", "head"];

/// Each with the head that stands above it; none above the first.
pub fn passages(html: &str) -> Vec<(Option<Head>, String)> {
    plain::cut(html, heads::find(&lines(html)), str::to_owned)
}

/// What stands in a line for who looks at it. Empty ones are left out: they are space between elements.
fn lines(html: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    let (mut text, mut begun, mut end) = (String::new(), None, 0);
    let mut flush = |text: &mut String, begun: &mut Option<usize>, end: usize| {
        let read = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if let Some(start) = begun.take().filter(|_| !read.is_empty()) {
            lines.push(Line { text: read, at: start..end });
        }
        text.clear();
    };
    let mut at = 0;
    while let Some(rest) = html.get(at..).filter(|rest| !rest.is_empty()) {
        if let Some(comment) = rest.strip_prefix("<!--") {
            at += comment.find("-->").map_or(rest.len(), |close| close + 7);
        } else if let Some((name, length)) = tag(rest) {
            at += length;
            match name.as_str() {
                _ if UNSEEN.contains(&name.as_str()) => at += past(&html[at..], &name),
                _ if BLOCKS.contains(&name.trim_start_matches('/')) => flush(&mut text, &mut begun, end),
                "td" | "th" | "/td" | "/th" => text.push(' '),
                _ => {}
            }
        } else {
            let (c, length) = character(rest);
            if !c.is_whitespace() && c != '\u{a0}' {
                begun = begun.or(Some(at));
                end = at + length;
            }
            text.push(if c == '\u{a0}' { ' ' } else { c });
            at += length;
        }
    }
    flush(&mut text, &mut begun, end);
    lines
}

/// An element's name in small letters, with `/` before it where it ends, and how long the tag is.
fn tag(rest: &str) -> Option<(String, usize)> {
    let inner = rest.strip_prefix('<')?;
    let named = inner.strip_prefix('/').unwrap_or(inner);
    if !named.starts_with(|c: char| c.is_ascii_alphabetic() || c == '!' || c == '?') {
        return None;
    }
    let close = rest.find('>').unwrap_or(rest.len() - 1);
    let end = named.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(named.len());
    let slash = if inner.starts_with('/') { "/" } else { "" };
    Some((format!("{slash}{}", named[..end].to_ascii_lowercase()), close + 1))
}

/// How far it is past the end of an element of this name.
fn past(rest: &str, name: &str) -> usize {
    let close = format!("</{name}");
    let is_close = |at: &usize| rest.get(*at..at + close.len()).is_some_and(|found| found.eq_ignore_ascii_case(&close));
    let mut places = rest.match_indices('<').map(|(at, _)| at);
    places.find(is_close).unwrap_or(rest.len())
}

/// The next character, as it is read, and how long it is in the source.
fn character(rest: &str) -> (char, usize) {
    const ENTITIES: [(&str, char); 7] = [
        ("&nbsp;", '\u{a0}'),
        ("&#160;", '\u{a0}'),
        ("&lt;", '<'),
        ("&gt;", '>'),
        ("&amp;", '&'),
        ("&quot;", '"'),
        ("&#58;", ':'),
    ];
    if let Some((name, c)) = ENTITIES.iter().find(|(name, _)| rest.starts_with(name)) {
        return (*c, name.len());
    }
    rest.chars().next().map_or((' ', 1), |c| (c, c.len_utf8()))
}
