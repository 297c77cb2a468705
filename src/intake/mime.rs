//! The parts of a mail. mail-parser reads header fields and decodes what stands in a part; the tree is walked here,
//! because mail-parser nests messages as deep as they come, and one of 900 kB, made for it, ends the process.

mod fields;

use mail_parser::{HeaderValue, MessageParser, MimeHeaders, PartType};

use crate::domain::text;
pub use fields::Fields;

/// Reports nest two deep; a forwarded one has a level more.
const DEEPEST: usize = 6;
/// As many parts are looked at, whatever they are.
pub const PARTS_LIMIT: usize = 100;

/// A part that is no multipart.
#[derive(Debug, Default)]
pub struct Part {
    /// In small letters: `text/plain`.
    pub media_type: String,
    /// What it is called, if it is.
    pub name: Option<String>,
    /// Whether the mail says that it is a file beside the text (RFC 2183 section 2.2).
    pub is_attachment: bool,
    /// Shown inside of another part, as a picture in a signature is.
    pub is_inline: bool,
    /// The same is told in another way by the parts that have this number, too (RFC 2046 section 5.1.4).
    pub alternative: Option<usize>,
    /// Decoded; text is UTF-8. Of a mail inside of this one, as it came.
    pub body: Vec<u8>,
}

impl Part {
    /// What a person would read.
    pub fn text(&self) -> String {
        let text = String::from_utf8_lossy(&self.body);
        match self.media_type.as_str() {
            "text/html" => mail_parser::decoders::html::html_to_text(&text.replace("&nbsp;", " ")),
            _ => text.into_owned(),
        }
    }
}

/// The head of a message and its parts in order. Mails inside of it are parts by themselves.
pub fn parts(octets: &[u8]) -> (Fields, Vec<Part>) {
    let mut parts = Vec::new();
    walk(octets, DEEPEST, None, &mut parts);
    (Fields::read(octets), parts)
}

fn walk(octets: &[u8], levels: usize, alternative: Option<usize>, parts: &mut Vec<Part>) {
    if parts.len() >= PARTS_LIMIT {
        return;
    }
    let parser = MessageParser::new().with_mime_headers();
    let Some(head) = parser.parse_headers(octets) else {
        // Not one field: it is all text.
        let media_type = "text/plain".into();
        return parts.push(Part { media_type, body: octets.to_vec(), alternative, ..Part::default() });
    };
    let content_type = head.content_type();
    let media_type = content_type.map_or("text/plain".into(), |content_type| {
        let subtype = content_type.c_subtype.as_deref().unwrap_or("plain");
        format!("{}/{subtype}", content_type.c_type).to_ascii_lowercase()
    });
    let boundary = content_type.and_then(|content_type| content_type.attribute("boundary"));
    if let (true, Some(boundary), true) = (media_type.starts_with("multipart/"), boundary, levels > 0) {
        // Those inside of one belong to it, however deep: a page with its pictures is one way to tell it.
        let begun = || (media_type == "multipart/alternative").then_some(parts.len());
        let alternative = alternative.or_else(begun);
        for part in between(body(octets), boundary) {
            walk(part, levels - 1, alternative, parts);
        }
        return;
    }
    let disposition = head.content_disposition();
    let name = head.attachment_name().map(text::single_line).filter(|name| !name.is_empty());
    let is_attachment = disposition.is_some_and(|disposition| disposition.is_attachment());
    let is_inline = !is_attachment && head.content_id().is_some();
    let is_mail =
        matches!(media_type.as_str(), "message/rfc822" | "message/global") || media_type.starts_with("multipart/");
    let decoded = match is_mail {
        true => None,
        false => parser.parse(octets).and_then(|mut message| {
            message.parts.drain(..).next().map(|part| match part.body {
                PartType::Text(text) | PartType::Html(text) => text.into_owned().into_bytes(),
                PartType::Binary(octets) | PartType::InlineBinary(octets) => octets.into_owned(),
                PartType::Message(_) | PartType::Multipart(_) => Vec::new(),
            })
        }),
    };
    let body = decoded.unwrap_or_else(|| body(octets).to_vec());
    parts.push(Part { media_type, name, is_attachment, is_inline, alternative, body });
}

/// What follows the first empty line.
fn body(octets: &[u8]) -> &[u8] {
    let mut start = 0;
    for line in octets.split_inclusive(|octet| *octet == b'\n') {
        start += line.len();
        if line.iter().all(u8::is_ascii_whitespace) {
            break;
        }
    }
    &octets[start..]
}

/// What stands between lines of `--boundary` (RFC 2046 section 5.1.1); the last may lack its end.
fn between<'a>(body: &'a [u8], boundary: &str) -> Vec<&'a [u8]> {
    let mut parts = Vec::new();
    let (mut begun, mut offset) = (None, 0);
    for line in body.split_inclusive(|octet| *octet == b'\n') {
        if let Some(rest) = line.strip_prefix(b"--").and_then(|line| line.strip_prefix(boundary.as_bytes()))
            && (rest.starts_with(b"--") || rest.iter().all(u8::is_ascii_whitespace))
        {
            parts.extend(begun.map(|begun| &body[begun..offset]));
            begun = (!rest.starts_with(b"--")).then_some(offset + line.len());
            if begun.is_none() || parts.len() >= PARTS_LIMIT {
                return parts;
            }
        }
        offset += line.len();
    }
    parts.extend(begun.map(|begun| &body[begun..]));
    parts
}

/// A header field's text without the wrapping of RFC 2047.
pub fn decode_words(value: &str) -> String {
    let field = format!("Subject: {value}\n\n");
    let decoded = MessageParser::new().header_text(mail_parser::HeaderName::Subject).parse_headers(&field);
    match decoded.as_ref().and_then(|message| message.header(mail_parser::HeaderName::Subject)) {
        Some(HeaderValue::Text(text)) => text.clone().into_owned(),
        _ => value.to_owned(),
    }
}
