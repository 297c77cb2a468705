//! The parts of a message. mail-parser reads header fields and decodes what stands in a part; the tree is walked here,
//! because mail-parser nests messages as deep as they come, and one of 900 kB, made for it, ends the process.

use mail_parser::{HeaderValue, MessageParser, MimeHeaders, PartType};

use super::fields::Fields;

/// Reports nest two deep; a forwarded one has a level more.
const DEEPEST: usize = 6;
/// As many parts are looked at, whatever they are.
const PARTS_LIMIT: usize = 100;

/// A part that is no multipart.
#[derive(Debug)]
pub struct Part {
    /// In small letters: `text/plain`.
    pub media_type: String,
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
    walk(octets, DEEPEST, &mut parts);
    (Fields::read(octets), parts)
}

fn walk(octets: &[u8], levels: usize, parts: &mut Vec<Part>) {
    if parts.len() >= PARTS_LIMIT {
        return;
    }
    let parser = MessageParser::new().with_mime_headers();
    let Some(head) = parser.parse_headers(octets) else {
        // Not one field: it is all text.
        return parts.push(Part { media_type: "text/plain".into(), body: octets.to_vec() });
    };
    let content_type = head.content_type();
    let media_type = content_type.map_or("text/plain".into(), |content_type| {
        let subtype = content_type.c_subtype.as_deref().unwrap_or("plain");
        format!("{}/{subtype}", content_type.c_type).to_ascii_lowercase()
    });
    let boundary = content_type.and_then(|content_type| content_type.attribute("boundary"));
    if let (true, Some(boundary), true) = (media_type.starts_with("multipart/"), boundary, levels > 0) {
        for part in between(body(octets), boundary) {
            walk(part, levels - 1, parts);
        }
        return;
    }
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
    parts.push(Part { media_type, body: decoded.unwrap_or_else(|| body(octets).to_vec()) });
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
