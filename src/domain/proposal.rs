//! What a text tells of a dated event, as somebody may keep it.

use super::event::{Details, EventPatch};
use super::import::{Extent, ImportEntry, Telling};

/// What is proposed: an event as a draft, and the sentence that it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The same for the same sentence, date and kind, for ever: what was proposed once is known again.
    pub uid: String,
    /// As a draft.
    pub details: Details,
    /// The text does not say the year, and nobody else did.
    pub is_year_guessed: bool,
    /// The date that this one takes the place of, as the text tells it.
    pub was: Option<String>,
    /// What an editor should know.
    pub note: Option<String>,
    /// Of a draft that is known under this UID: it has another year.
    pub corrects: bool,
    pub source_text: String,
    /// Where in the input its block begins, from 1.
    pub line: usize,
}

impl Proposal {
    /// For the store: a new event. One that is known under this UID is left as it is, but for a draft that has another year.
    pub fn entry(self, number: usize) -> ImportEntry {
        let fields = match self.corrects {
            true => EventPatch {
                start: Some(self.details.when.start()),
                end: Some(self.details.when.end()),
                description: Some(self.details.description.clone()),
                ..EventPatch::default()
            },
            false => EventPatch::default(),
        };
        ImportEntry {
            formerly: None,
            private: None,
            withheld: Vec::new(),
            line: number as u64 + 1,
            uid: Some(self.uid),
            sequence: 0,
            stamp: None,
            telling: Telling::List,
            fields,
            details: self.details,
            tells_dates: false,
            extent: Extent::Whole,
            occurrences: Vec::new(),
            date_of: None,
        }
    }
}
