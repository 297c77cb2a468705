//! A page that is watched: what of its blocks was not there before.

use std::collections::HashSet;

use jiff::Timestamp;
use jiff::civil::Date;

use super::{Came, Look, Piece, Reader, Reading, Watched, aside, hashed};
use crate::config::SourceConfig;
use crate::documents;
use crate::domain::Invalid;
use crate::domain::watch::{Seen, SeenText};
use crate::intake::charset::decoded;
use crate::intake::document::is_document;
use crate::intake::extract::{Document, Form};
use crate::intake::page::Page;
use crate::source::Error;

pub(super) async fn read(
    reader: Reader,
    source: &SourceConfig,
    came: Came,
    seen: Seen,
    now: Timestamp,
) -> Result<Reading, Error> {
    let (page, written) = page(came.octets, came.content_type, reader.today).await?;
    if page.blocks.is_empty() {
        return Err(Error::Unreadable(Invalid::new(
            "there is no text on this page: what it shows may be made by a script in the browser, or wait behind a login",
        )));
    }
    let url = source.url.told();
    let keys: Vec<String> = page.blocks.iter().map(|words| hashed([words.as_str()])).collect();
    let known: HashSet<&str> = seen.texts.iter().map(|text| text.key.as_str()).collect();
    let is_known: Vec<bool> = keys.iter().map(|key| known.contains(key.as_str())).collect();
    let old: Vec<&str> =
        page.blocks.iter().zip(&is_known).filter(|(_, known)| **known).map(|(words, _)| &**words).collect();
    let new = is_known.iter().filter(|known| !**known).count();
    // A page of which nothing was there before is another one.
    let is_ahead_only = old.is_empty();
    let old_words = Some(old.join(" "));
    let mut watched = Watched { items: page.blocks.len(), new, ..Watched::default() };
    if page.left_out > 0 {
        watched.notes.push(format!("{} more blocks of text are not looked at", page.left_out));
    }
    let texts = keys.into_iter().map(|key| SeenText { key, ..SeenText::default() }).collect();
    let pieces = match new {
        0 => Vec::new(),
        _ => {
            let document = Document { written, ..page.document() };
            let proposals = aside(move || reader.proposals(&document, &url)).await?;
            vec![Piece { item: String::new(), proposals }]
        }
    };
    Ok(Reading { look: Look { pieces, texts, is_ahead_only, old_words, now }, watched })
}

/// What came from a server as a page: HTML, a text, or a document; and when it says that it was written.
pub(super) async fn page(
    octets: Vec<u8>,
    content_type: Option<String>,
    today: Date,
) -> Result<(Page, Option<Date>), Error> {
    let media_type = content_type.as_deref().and_then(|kind| kind.split(';').next()).unwrap_or_default().trim();
    let is_other = ["image/", "audio/", "video/", "font/"].iter().any(|kind| media_type.starts_with(kind));
    if is_other {
        return Err(Error::Unreadable(Invalid(format!(
            "this is no page but `{}`",
            crate::domain::text::quoted(media_type)
        ))));
    }
    if is_document(&octets) {
        let Document { text, form, written } = documents::read(&octets).await.map_err(|error| match error {
            documents::Error::Unread(unread) => Error::Unreadable(unread),
            failed => Error::Unreadable(Invalid(failed.to_string())),
        })?;
        let is_html = form == Some(Form::Html);
        let read = move || if is_html { Page::of_html(&text, today) } else { Page::of_text(&text, today) };
        return Ok((aside(read).await?, written));
    }
    let is_plain = media_type.eq_ignore_ascii_case("text/plain");
    let read = move || {
        let text = decoded(&octets, content_type.as_deref());
        if text.contains('\0') {
            return Err(Invalid::new("this is no text: a page is HTML, plain text, PDF or .docx"));
        }
        Ok(match is_plain || Form::guess("", &text) != Form::Html {
            true => Page::of_text(&text, today),
            false => Page::of_html(&text, today),
        })
    };
    Ok((aside(read).await??, None))
}
