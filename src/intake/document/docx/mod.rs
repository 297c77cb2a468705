//! .docx (ECMA-376 part 1), as HTML: headings, lists and tables are what the extractor goes by.

mod block;
mod body;
mod dates;
mod styles;
mod table;
mod xml;

use std::io::{Cursor, Read};

use zip::ZipArchive;
use zip::result::ZipError;

use super::{Text, Unread};
use crate::intake::icalendar::decode;
use styles::Styles;

type Archive<'a> = ZipArchive<Cursor<&'a [u8]>>;

/// What one part of a document may unpack to, in octets. A text of 500 pages has less.
const LARGEST_PART: u64 = 16 * 1024 * 1024;

pub fn read(octets: &[u8]) -> Result<Text, Unread> {
    let mut archive = ZipArchive::new(Cursor::new(octets)).map_err(|_| broken(octets))?;
    let names: Vec<String> = archive.file_names_raw().map(|name| String::from_utf8_lossy(name).into_owned()).collect();
    let main = main_part(&names).ok_or_else(|| other(&mut archive, &names))?;
    let styles = match part(&mut archive, "word/styles.xml")? {
        Some(part) => Styles::read(&part),
        None => Styles::default(),
    };
    let body = part(&mut archive, main)?.ok_or(Unread::BrokenDocx)?;
    let mut html = body::read(&body, &styles)?;
    if html.is_empty() {
        return Err(Unread::Empty);
    }
    // What is broken beside the text is no reason to refuse it.
    if let Ok(Some(notes)) = part(&mut archive, "word/footnotes.xml") {
        html.push_str(&body::read(&notes, &styles).unwrap_or_default());
    }
    let properties = part(&mut archive, "docProps/core.xml").ok().flatten();
    Ok(Text { text: html, is_html: true, written: properties.and_then(|part| dates::written(&part)) })
}

/// Where the text is: `word/document.xml`, by some programs `word/document2.xml`.
fn main_part(names: &[String]) -> Option<&str> {
    let is_main = |name: &&String| {
        let number = name.strip_prefix("word/document").and_then(|rest| rest.strip_suffix(".xml"));
        number.is_some_and(|number| number.chars().all(|c| c.is_ascii_digit()))
    };
    names.iter().filter(is_main).min().map(String::as_str)
}

/// A part as UTF-8, or none if it is not there.
fn part(archive: &mut Archive<'_>, name: &str) -> Result<Option<Vec<u8>>, Unread> {
    let file = match archive.by_name(name) {
        Ok(file) => file,
        Err(ZipError::FileNotFound) => return Ok(None),
        Err(ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) | ZipError::InvalidPassword) => {
            return Err(Unread::Locked);
        }
        Err(_) => return Err(Unread::BrokenDocx),
    };
    // What it says of its size may be a lie.
    let mut octets = Vec::new();
    file.take(LARGEST_PART + 1).read_to_end(&mut octets).map_err(|_| Unread::BrokenDocx)?;
    if octets.len() as u64 > LARGEST_PART {
        return Err(Unread::Large);
    }
    Ok(Some(decode::readable(&octets).into_owned()))
}

/// A zip archive without an end: of whose document, its first names tell.
fn broken(octets: &[u8]) -> Unread {
    let is_docx = ["word/", "[Content_Types].xml", "_rels/.rels"];
    let is_docx = is_docx.iter().any(|name| memchr::memmem::find(octets, name.as_bytes()).is_some());
    if is_docx { Unread::BrokenDocx } else { Unread::Zip }
}

/// What an archive is that is no .docx.
fn other(archive: &mut Archive<'_>, names: &[String]) -> Unread {
    let begins = |start: &str| names.iter().any(|name| name.starts_with(start));
    let mimetype = part(archive, "mimetype").ok().flatten().unwrap_or_default();
    match () {
        () if begins("xl/") => Unread::Excel,
        () if begins("ppt/") => Unread::PowerPoint,
        () if mimetype.starts_with(b"application/epub") => Unread::Book,
        () if mimetype.starts_with(b"application/vnd.oasis") => Unread::OpenDocument,
        () if begins("META-INF/manifest.xml") && begins("content.xml") => Unread::OpenDocument,
        () if begins("word/") => Unread::BrokenDocx,
        () => Unread::Zip,
    }
}
