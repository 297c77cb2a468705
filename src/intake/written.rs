//! What the description of a foreign event is written in. DESCRIPTION is plain text (RFC 5545 section 3.8.1.5), and many
//! programs put HTML there.

use std::collections::{HashMap, HashSet};

use crate::domain::event::DescriptionFormat;
use crate::domain::html;

/// A description in a form that loses none of its words.
#[derive(Debug, PartialEq, Eq)]
pub struct Written {
    pub text: String,
    pub format: DescriptionFormat,
}

/// Whether line breaks between words are meant, as in a text to which a program added its tags, or only wrap the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lines {
    Meant,
    Wrapped,
}

/// A text as another program wrote it: HTML if its tags or entities say so. `<Bob>` and `a < b` are words.
pub fn read(text: &str, lines: Lines) -> Written {
    let marks = Marks::of(text);
    match marks.are_html() {
        true => Written { text: marks.tidied(lines), format: DescriptionFormat::Html },
        false => Written { text: text.to_owned(), format: DescriptionFormat::Plain },
    }
}

/// In running text these mean something alone.
const VOID: [&str; 5] = ["br", "hr", "img", "input", "wbr"];
/// These are left open as often as closed.
const OPTIONAL: [&str; 13] = ["body", "dd", "dt", "head", "html", "li", "link", "meta", "p", "td", "th", "tr", "tbody"];
/// Of these nobody speaks by their tags but who writes HTML.
const USUAL: [&str; 35] = [
    "a",
    "b",
    "blockquote",
    "caption",
    "center",
    "code",
    "dl",
    "div",
    "em",
    "font",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "i",
    "ol",
    "pre",
    "s",
    "small",
    "span",
    "strong",
    "strike",
    "sub",
    "sup",
    "table",
    "tfoot",
    "thead",
    "u",
    "ul",
    "del",
    "ins",
    "figure",
    "section",
];
/// What pages are made of: only where they are closed, too.
const OTHERS: [&str; 30] = [
    "abbr",
    "address",
    "article",
    "aside",
    "big",
    "button",
    "cite",
    "dfn",
    "figcaption",
    "footer",
    "form",
    "header",
    "iframe",
    "kbd",
    "label",
    "main",
    "mark",
    "nav",
    "noscript",
    "q",
    "samp",
    "script",
    "style",
    "summary",
    "svg",
    "details",
    "time",
    "title",
    "tt",
    "var",
];
/// They have a line of their own, and no place in what readers are shown but as this.
const SHOWN_AS: [(&str, &str); 12] = [
    ("h1", "h2"),
    ("center", "div"),
    ("section", "div"),
    ("article", "div"),
    ("aside", "div"),
    ("address", "div"),
    ("footer", "div"),
    ("header", "div"),
    ("main", "div"),
    ("nav", "div"),
    ("form", "div"),
    ("summary", "div"),
];
/// Beside these a line break means nothing: they begin lines anyway.
const LINES: [&str; 28] = [
    "br",
    "hr",
    "p",
    "div",
    "li",
    "ul",
    "ol",
    "dl",
    "dt",
    "dd",
    "table",
    "tbody",
    "thead",
    "tfoot",
    "tr",
    "td",
    "th",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "blockquote",
    "pre",
    "body",
    "html",
    "head",
];

/// A text cut where something stands that may be a tag.
struct Marks<'a> {
    pieces: Vec<Piece<'a>>,
    /// How often each element is opened and closed.
    counts: HashMap<String, (usize, usize)>,
    /// It says that it is a document.
    is_document: bool,
}

#[derive(Debug)]
enum Piece<'a> {
    Words(&'a str),
    Tag {
        text: &'a str,
        name: String,
        is_closing: bool,
        /// Its quotes are closed.
        is_whole: bool,
    },
    /// A comment, a doctype: nobody's words.
    Aside(&'a str),
}

impl<'a> Marks<'a> {
    fn of(text: &'a str) -> Self {
        let mut marks = Self { pieces: Vec::new(), counts: HashMap::new(), is_document: false };
        let (mut from, mut at) = (0, 0);
        // Where no comment ends any more, none is looked for again.
        let mut has_comments = true;
        while let Some(next) = text.get(at..).and_then(|rest| rest.find('<')) {
            let begin = at + next;
            let rest = text.get(begin..).unwrap_or_default();
            let comment = rest.starts_with("<!--") && has_comments;
            let piece = match comment.then(|| rest.find("-->")) {
                Some(Some(end)) => rest.get(..end + 3).map(Piece::Aside),
                Some(None) => {
                    has_comments = false;
                    None
                }
                None => aside(rest).or_else(|| tag(rest)),
            };
            let Some(piece) = piece else {
                at = begin + 1;
                continue;
            };
            if from < begin {
                marks.pieces.extend(text.get(from..begin).map(Piece::Words));
            }
            let (Piece::Words(shown) | Piece::Aside(shown) | Piece::Tag { text: shown, .. }) = piece;
            (from, at) = (begin + shown.len(), begin + shown.len());
            match &piece {
                Piece::Tag { name, is_closing, .. } => {
                    let count = marks.counts.entry(name.clone()).or_default();
                    if *is_closing {
                        count.1 += 1
                    } else {
                        count.0 += 1
                    }
                    marks.is_document |= matches!(name.as_str(), "html" | "body");
                }
                Piece::Aside(text) => marks.is_document |= text.starts_with("<!d") || text.starts_with("<!D"),
                Piece::Words(_) => {}
            }
            marks.pieces.push(piece);
        }
        marks.pieces.extend(text.get(from..).filter(|rest| !rest.is_empty()).map(Piece::Words));
        marks
    }

    fn are_html(&self) -> bool {
        let count = |name: &str| self.counts.get(name).copied().unwrap_or_default();
        let mut tags = self.pieces.iter().filter_map(|piece| match piece {
            Piece::Tag { text, name, .. } => Some((*text, name.as_str())),
            _ => None,
        });
        if self.is_document || tags.any(|(text, name)| speaks_for_itself(text, name)) {
            return true;
        }
        let is_paired = |name: &&str| count(name).0 > 0 && count(name).1 > 0;
        let is_repeated = |name: &&str| count(name).0 > 1;
        if USUAL.iter().chain(&OTHERS).chain(&OPTIONAL).any(is_paired) || ["p", "li"].iter().any(is_repeated) {
            return true;
        }
        // No tag at all, but what only HTML writes for a character.
        let is_words =
            |piece: &Piece<'_>| matches!(piece, Piece::Words(words) if !words.contains('<') && has_entity(words));
        self.pieces.len() == 1 && self.pieces.iter().all(is_words)
    }

    /// The same as HTML in which every word is one, and every line that was meant.
    fn tidied(&self, lines: Lines) -> String {
        let are_meant = lines == Lines::Meant && !self.is_document;
        let mut out = String::new();
        let mut after_line = true;
        let mut preformatted = 0_usize;
        for (index, piece) in self.pieces.iter().enumerate() {
            match piece {
                Piece::Aside(_) => {}
                Piece::Tag { text, name, is_closing, is_whole } if self.is_tag(name) => {
                    match (name.as_str(), is_closing) {
                        ("pre", false) => preformatted += 1,
                        ("pre", true) => preformatted = preformatted.saturating_sub(1),
                        _ => {}
                    }
                    let shown = SHOWN_AS.iter().find(|(known, _)| known == name).map(|(_, shown)| *shown);
                    after_line = LINES.contains(&name.as_str()) || shown.is_some();
                    // To a browser, quotes that are never closed hold all that follows.
                    match (shown.or((!is_whole).then_some(name.as_str())), is_closing) {
                        (Some(shown), true) => out.push_str(&format!("</{shown}>")),
                        (Some(shown), false) => out.push_str(&format!("<{shown}>")),
                        (None, _) => out.push_str(text),
                    }
                }
                Piece::Tag { text, .. } => {
                    out.push_str(&text.replace('<', "&lt;"));
                    after_line = false;
                }
                Piece::Words(words) => {
                    let escaped = words.replace('<', "&lt;");
                    let before_line = match self.pieces.get(index + 1) {
                        Some(Piece::Tag { name, .. }) => LINES.contains(&name.as_str()),
                        Some(_) => false,
                        None => true,
                    };
                    match are_meant && preformatted == 0 {
                        true => break_lines(&mut out, &escaped, after_line, before_line),
                        false => out.push_str(&escaped),
                    }
                    after_line = false;
                }
            }
        }
        out
    }

    /// Whether it is an element here, and no word in brackets.
    fn is_tag(&self, name: &str) -> bool {
        let (opened, closed) = self.counts.get(name).copied().unwrap_or_default();
        let is_known = VOID.contains(&name) || OPTIONAL.contains(&name) || USUAL.contains(&name) || name.contains(':');
        is_known || (OTHERS.contains(&name) && opened > 0 && closed > 0)
    }
}

/// `<!DOCTYPE html>`
fn aside(rest: &str) -> Option<Piece<'_>> {
    let head = rest.get(..9)?;
    let end = rest.find('>').filter(|_| head.eq_ignore_ascii_case("<!doctype"))?;
    rest.get(..=end).map(Piece::Aside)
}

/// What has the form of a tag, whatever it is called.
fn tag(rest: &str) -> Option<Piece<'_>> {
    let inner = rest.get(1..)?;
    let (inner, is_closing) = inner.strip_prefix('/').map_or((inner, false), |inner| (inner, true));
    let is_of_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '-');
    let length = inner.find(|c| !is_of_name(c)).filter(|length| (1..=30).contains(length))?;
    let (name, attributes) = inner.split_at_checked(length)?;
    if !name.starts_with(|c: char| c.is_ascii_alphabetic())
        || !attributes.starts_with(['>', '/', ' ', '\t', '\n', '\r'])
    {
        return None;
    }
    let attributes = attributes.get(..attributes.floor_char_boundary(LONGEST_TAG))?;
    let first = attributes.find('>')?;
    let end = end_of(attributes);
    let length = 1 + usize::from(is_closing) + name.len() + end.unwrap_or(first) + 1;
    let (text, name) = (rest.get(..length)?, name.to_ascii_lowercase());
    Some(Piece::Tag { text, name, is_closing, is_whole: end.is_some() })
}

/// Where a tag ends: a `>` within the quotes of a value is none. None where quotes are never closed.
fn end_of(attributes: &str) -> Option<usize> {
    let (mut quote, mut last): (Option<char>, char) = (None, ' ');
    for (at, c) in attributes.char_indices() {
        match (quote, c) {
            (Some(open), c) if open == c => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') if last == '=' => quote = Some(c),
            (None, '>') => return Some(at),
            (None, _) => {}
        }
        if !c.is_ascii_whitespace() {
            last = c;
        }
    }
    None
}

/// In octets.
const LONGEST_TAG: usize = 5000;

/// A tag that nobody writes but in HTML.
fn speaks_for_itself(tag: &str, name: &str) -> bool {
    let tag = tag.to_ascii_lowercase();
    match name {
        "br" | "hr" => true,
        "a" => tag.contains("href="),
        "img" => tag.contains("src="),
        "p" | "div" | "span" | "font" | "table" | "td" => tag.contains('='),
        _ => false,
    }
}

/// `&amp;`, `&#8217;`
fn has_entity(words: &str) -> bool {
    let mut seen = HashSet::new();
    words.split('&').skip(1).take(1000).any(|rest| {
        let Some(name) =
            rest.split(';').next().filter(|name| name.len() < rest.len() && (2..=10).contains(&name.len()))
        else {
            return false;
        };
        let is_name = name.trim_start_matches('#').bytes().all(|b| b.is_ascii_alphanumeric());
        is_name && seen.insert(name) && {
            let entity = format!("x&{name};");
            html::words(&entity) != entity
        }
    })
}

/// Line breaks as HTML has them, but for those beside what begins a line anyway.
fn break_lines(out: &mut String, words: &str, after_line: bool, before_line: bool) {
    let begin = if after_line { words.len() - words.trim_start().len() } else { 0 };
    let (blank, words) = words.split_at_checked(begin).unwrap_or(("", words));
    let end = if before_line { words.trim_end().len() } else { words.len() };
    let (words, rest) = words.split_at_checked(end).unwrap_or((words, ""));
    out.push_str(blank);
    out.push_str(&words.replace("\r\n", "\n").replace('\n', "<br>\n"));
    out.push_str(rest);
}

#[cfg(test)]
mod tests;
