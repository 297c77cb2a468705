//! Dated events found in running English text. Three small parts do it one after the other: `mask` takes out the
//! numbers that are no dates, `dates` reads the dates as they are written, `kind` knows the words that tell what happens
//! then. `clause` brings dates and words together, `subject` says what it is about, `merge` tells it once.
//!
//! Each sentence is read by itself and no further than it goes, so the work grows with the length of the text alone.

mod alike;
mod article;
mod clause;
mod clock;
mod dates;
mod html;
mod kind;
mod lead;
mod lexicon;
mod markdown;
mod mask;
mod merge;
mod names;
mod naming;
mod nouns;
mod parts;
mod phrase;
mod place;
mod plain;
mod proposal;
mod read;
mod sentence;
mod subject;
mod text;
mod titles;
mod token;
mod topics;
mod year;

#[cfg(test)]
mod proptests;

pub use merge::unknown;
pub use proposal::Proposal;
pub use text::Form;
pub use topics::Topics;

use jiff::civil::Date;

use super::icalendar::decode;
use crate::domain::Invalid;
use crate::domain::zone::Zone;

/// What a text does not say itself.
#[derive(Debug)]
pub struct Known<'a> {
    /// Topics of events that there are.
    pub topics: &'a Topics,
    /// Where dates without a year are understood from, if the text says none.
    pub today: Date,
    /// The zone of times that do not name theirs.
    pub zone: &'a Zone,
}

/// All dated events of a text, each once, in the order told.
pub fn extract(text: &str, form: Form, known: &Known<'_>) -> Vec<Proposal> {
    merge::merged(read::proposals(article::articles(text::blocks(text, form)), known))
}

/// The text of a file, in whatever encoding; an error says what the file is instead.
pub fn decoded(octets: &[u8]) -> Result<String, Invalid> {
    let signs = [
        (&b"%PDF"[..], "a PDF"),
        (b"PK\x03\x04", "a packed file, such as a DOCX"),
        (b"\xd0\xcf\x11\xe0", "an old Word file"),
    ];
    if let Some((_, what)) = signs.iter().find(|(sign, _)| octets.starts_with(sign)) {
        return Err(Invalid(format!("this is {what}: save it as plain text or HTML first")));
    }
    let text = decode::text(octets);
    match text.chars().filter(|c| c.is_control() && !c.is_whitespace()).take(100).count() {
        count if count * 20 > text.len() || text.contains('\0') => {
            Err(Invalid::new("this is no text: give plain text, Markdown or HTML"))
        }
        _ => Ok(text),
    }
}
