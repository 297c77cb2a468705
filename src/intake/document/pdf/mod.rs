//! The text layer of a PDF (ISO 32000-1), as HTML. A page only says which letters stand where: words, lines, columns and
//! headings are made of that again.

mod flow;
mod font;
mod lines;
mod page;

use std::collections::HashMap;

use jiff::civil::Date;
use lopdf::{DecompressError, Dictionary, Document, Error, LoadOptions, Object};

use super::{LONGEST_TEXT, Text, Unread, written};
use memchr::memmem;
use page::Reader;

/// What one stream may unpack to, in octets.
const LARGEST_STREAM: usize = 32 * 1024 * 1024;
const MOST_PAGES: usize = 5000;
/// How far from its end a document's last line is looked for.
const LONGEST_END: usize = 4096;

pub fn read(octets: &[u8]) -> Result<Text, Unread> {
    // The library mends what it can; but half a text is none.
    let end = octets.get(octets.len().saturating_sub(LONGEST_END)..).unwrap_or_default();
    if memmem::find(end, b"%%EOF").is_none() {
        return Err(Unread::BrokenPdf);
    }
    let options = LoadOptions::with_max_decompressed_size(LARGEST_STREAM);
    let document = Document::load_mem_with_options(octets, options).map_err(|error| refused(&error))?;
    if document.is_encrypted() {
        return Err(Unread::Locked);
    }
    let pages: Vec<_> = document.page_iter().take(MOST_PAGES).collect();
    if pages.is_empty() {
        return Err(Unread::BrokenPdf);
    }
    let bare = without_encodings(&document);
    let mut reader = Reader::new(&document, &bare);
    let (mut lines, mut length, mut letters, mut unknown, mut broken) = (Vec::new(), 0, 0, 0, 0);
    for page in &pages {
        let Some(pieces) = reader.pieces(*page) else {
            broken += 1;
            continue;
        };
        for c in pieces.iter().flat_map(|piece| piece.text.chars()) {
            letters += usize::from(c.is_alphanumeric());
            unknown += usize::from(c == '\u{fffd}' || ('\u{e000}'..='\u{f8ff}').contains(&c));
        }
        length += pieces.iter().map(|piece| piece.text.len()).sum::<usize>();
        if length > LONGEST_TEXT {
            return Err(Unread::Large);
        }
        lines.push(lines::of_page(pieces));
    }
    match () {
        () if unknown > letters => Err(Unread::Unlettered),
        () if letters == 0 && broken == pages.len() => Err(Unread::BrokenPdf),
        () if letters == 0 && reader.has_picture => Err(Unread::Picture),
        () if letters == 0 => Err(Unread::Empty),
        () => Ok(Text { text: flow::html(lines), is_html: true, written: day_of(&document) }),
    }
}

fn refused(error: &Error) -> Unread {
    match error {
        Error::InvalidPassword | Error::Decryption(_) => Unread::Locked,
        Error::Decompress(DecompressError::MemoryLimitExceeded { .. }) => Unread::Large,
        _ => Unread::BrokenPdf,
    }
}

/// The library looks at a font's table of letters only where no encoding is named.
fn without_encodings(document: &Document) -> HashMap<*const Dictionary, Dictionary> {
    let fonts = document.objects.values().filter_map(|object| object.as_dict().ok());
    let fonts = fonts.filter(|font| font.has(b"ToUnicode") && font.has(b"Encoding"));
    fonts
        .map(|font| {
            let mut bare = font.clone();
            bare.remove(b"Encoding");
            (std::ptr::from_ref(font), bare)
        })
        .collect()
}

/// `D:20210507080000+02'00'`
fn day_of(document: &Document) -> Option<Date> {
    let information = document.trailer.get_deref(b"Info", document).and_then(Object::as_dict).ok()?;
    let day = |name: &[u8]| {
        let text = information.get_deref(name, document).and_then(Object::as_str).ok()?;
        let text = String::from_utf8_lossy(text);
        let day = text.trim_start_matches("D:").get(..8)?;
        Date::strptime("%Y%m%d", day).ok()
    };
    written(day(b"CreationDate"), day(b"ModDate"))
}
