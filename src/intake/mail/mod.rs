//! A mail as somebody forwards it: what stands in it, passage by passage, and the files beside that. Pure, for any octets.

mod addressed;
mod heads;
mod html;
mod plain;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use jiff::civil::Date;
use mail_parser::DateTime;

use super::extract::{Document, Form, without_reply_marks};
use super::mime::{self, Fields, Part, decode_words};
use crate::domain::text::{clip, single_line};
pub use addressed::{Addressed, addressed};
use heads::Head;

/// Mails inside of mails are read so deep.
const DEEPEST: usize = 4;
/// As many passages of a text are read, and files beside it.
const MOST_PASSAGES: usize = 20;
const MOST_FILES: usize = 30;
const NAME_CHARS: usize = 100;

/// What a mail tells.
#[derive(Debug, Default)]
pub struct Letter {
    /// Without the marks of answers and forwards.
    pub subject: String,
    pub bodies: Vec<Body>,
    pub files: Vec<File>,
    /// It nests deeper, or holds more, than is looked at.
    pub is_cut: bool,
}

/// A text. What is told in two ways, plain and as HTML, is the same text.
#[derive(Debug, Default)]
pub struct Body {
    pub plain: Vec<Document>,
    pub html: Vec<Document>,
}

/// What came beside the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    pub name: String,
    /// In small letters.
    pub media_type: String,
    pub octets: Vec<u8>,
}

/// Reads a mail, and those inside of it.
pub fn read(octets: &[u8]) -> Letter {
    let mut letter = Letter::default();
    take(octets, DEEPEST, &mut letter);
    letter.bodies.retain(|body| !body.plain.is_empty() || !body.html.is_empty());
    letter
}

fn take(octets: &[u8], levels: usize, letter: &mut Letter) {
    let (header, parts) = mime::parts(octets);
    let own = Head { subject: subject(&header), written: header.first("Date").and_then(heads::day) };
    if letter.subject.is_empty() {
        letter.subject.clone_from(&own.subject);
    }
    letter.is_cut |= parts.len() >= mime::PARTS_LIMIT;
    let mut by_group: HashMap<usize, usize> = HashMap::new();
    for part in parts {
        let name = part.name.as_deref().unwrap_or_default().to_lowercase();
        let is_text = matches!(part.media_type.as_str(), "text/plain" | "text/html") && !part.is_attachment;
        match part.media_type.as_str() {
            "message/rfc822" | "message/global" => inner(&part.body, levels, letter),
            _ if name.ends_with(".eml") => inner(&part.body, levels, letter),
            media_type if media_type.starts_with("multipart/") => letter.is_cut = true,
            _ if is_text && (part.name.is_none() || part.alternative.is_some()) => {
                let at = match part.alternative {
                    Some(group) => *by_group.entry(group).or_insert(letter.bodies.len()),
                    None => letter.bodies.len(),
                };
                if at >= letter.bodies.len() {
                    letter.bodies.push(Body::default());
                }
                if let Some(body) = letter.bodies.get_mut(at) {
                    body.add(&part, &own);
                }
            }
            _ if is_nothing(&part) => {}
            _ if letter.files.len() >= MOST_FILES => letter.is_cut = true,
            _ => letter.files.push(file(part)),
        }
    }
}

fn inner(octets: &[u8], levels: usize, letter: &mut Letter) {
    match levels.checked_sub(1) {
        Some(levels) => take(octets, levels, letter),
        None => letter.is_cut = true,
    }
}

impl Body {
    fn add(&mut self, part: &Part, own: &Head) {
        let text = String::from_utf8_lossy(&part.body);
        let is_html = part.media_type == "text/html";
        let passages = if is_html { html::passages(&text) } else { plain::passages(&text) };
        let form = if is_html { Form::Html } else { Form::Plain };
        for (head, text) in passages.into_iter().take(MOST_PASSAGES) {
            let head = head.unwrap_or_else(|| own.clone());
            // Of whom it is in answer to, only the day is told.
            let subject = if head.subject.is_empty() { &own.subject } else { &head.subject };
            let text = match (is_html, subject.as_str()) {
                (_, "") => text,
                (true, subject) => format!("<h1>{}</h1>\n{text}", subject.replace('&', "&amp;").replace('<', "&lt;")),
                (false, subject) => format!("{subject}\n\n{text}"),
            };
            let document = Document { text, form: Some(form), written: head.written };
            if is_html { self.html.push(document) } else { self.plain.push(document) }
        }
    }
}

/// What no reader sees: signatures, and pictures in the text.
fn is_nothing(part: &Part) -> bool {
    let kind = part.media_type.as_str();
    let is_picture = kind.starts_with("image/") && (part.is_inline || !part.is_attachment);
    let is_signature = kind.ends_with("pgp-signature") || kind.ends_with("pkcs7-signature") || kind == "text/vcard";
    is_picture || is_signature || part.body.iter().all(u8::is_ascii_whitespace)
}

fn file(part: Part) -> File {
    let Part { media_type, name, body, .. } = part;
    let name = name.map(|name| clip(&single_line(&decode_words(&name)), NAME_CHARS)).unwrap_or_else(|| {
        let ending = media_type.rsplit('/').next().unwrap_or_default();
        format!("attachment ({})", clip(&single_line(ending), 40))
    });
    File { name, media_type, octets: body }
}

fn subject(header: &Fields) -> String {
    let whole = single_line(&decode_words(header.first("Subject").unwrap_or_default()));
    without_reply_marks(&whole).to_owned()
}

/// The day of a Date field (RFC 5322 section 3.3).
fn rfc_day(value: &str) -> Option<Date> {
    let at = DateTime::parse_rfc822(value)?;
    Date::new(i16::try_from(at.year).ok()?, i8::try_from(at.month).ok()?, i8::try_from(at.day).ok()?).ok()
}
