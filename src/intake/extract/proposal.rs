//! What is proposed: an event as a draft, and the sentence that it comes from.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::domain::event::{Details, Status};
use crate::domain::fields::EventFields;
use crate::domain::text::fold_case;
use crate::store::ImportEntry;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The same for the same sentence, date and kind, for ever: what was proposed once is known again.
    pub uid: String,
    /// As a draft.
    pub details: Details,
    pub source_text: String,
    /// Where in the input its block begins, from 1.
    pub line: usize,
}

impl Proposal {
    /// None where an event can't be made of it.
    pub fn new(details: Details, source_text: &str, line: usize, written: &str) -> Option<Self> {
        let details = Details { status: Status::Draft, ..details }.checked().ok()?;
        let uid = uid(&details, source_text, written);
        Some(Self { uid, details, source_text: source_text.to_owned(), line })
    }

    /// For the store: a new event. One that is known under this UID is left as it is.
    pub fn entry(self, number: usize) -> ImportEntry {
        ImportEntry {
            line: number as u64 + 1,
            uid: Some(self.uid),
            sequence: 0,
            fields: EventFields::default(),
            details: self.details,
            tells_dates: false,
            occurrences: Vec::new(),
        }
    }
}

/// A hash of the sentence's words, however they are set, of the dates and of the kind; of the standards, because one
/// sentence may tell of several. `written` stands for a date whose year was guessed from today.
fn uid(details: &Details, source_text: &str, written: &str) -> String {
    let mut hash = Sha256::new();
    for word in fold_case(source_text).split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        hash.update(word);
        hash.update(" ");
    }
    hash.update([0]);
    for part in [written, details.kind.as_str(), &details.standards.join(";")] {
        hash.update(part);
        hash.update([0]);
    }
    let digest = hash.finalize();
    format!("extract-{}", HEXLOWER.encode(&digest[..16]))
}
