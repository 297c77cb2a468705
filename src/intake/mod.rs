//! Ways in: foreign tables and documents read into entries that the store can take. What can't be read is reported
//! with its line and never keeps the rest out.

pub mod csv;
pub mod json;
pub mod subscribers;
mod table;

use crate::domain::fields::EventFields;
use crate::domain::zone::Zone;
use crate::domain::{FieldError, Invalid, text, words};
use crate::store::{ImportCounts, ImportEntry};

words! {
    pub enum Format, "format" {
        Csv => "csv",
        Json => "json",
    }
}

impl Format {
    /// By a file's name.
    pub fn of_name(name: &str) -> Option<Self> {
        name.rsplit_once('.').and_then(|(_, ending)| ending.parse().ok())
    }
}

/// An entry that did not go in.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Rejected {
    /// Counts from 1, the heading included.
    pub line: u64,
    /// The column or field at fault, where it is one.
    pub column: Option<String>,
    pub reason: String,
}

/// What was read out of an input.
#[derive(Debug, Default)]
pub struct Intake {
    pub entries: Vec<ImportEntry>,
    pub rejected: Vec<Rejected>,
}

impl Intake {
    /// Takes an entry in, or its error.
    fn take(&mut self, line: u64, uid: Option<String>, sequence: u32, mut fields: EventFields, zone: &Zone) {
        let judged = (|| {
            let uid = uid.map(checked_uid).transpose().map_err(FieldError::of("uid"))?;
            if let Some(reason) = &mut fields.cancel_reason {
                *reason = text::single_line(reason);
                text::at_most("reason", reason, 1000).map_err(FieldError::of("cancel_reason"))?;
            }
            Ok((uid, fields.onto(None, zone)?))
        })();
        match judged {
            Ok((uid, details)) => self.entries.push(ImportEntry { line, uid, sequence, fields, details }),
            Err(error) => self.rejected.push(Rejected::by_field(line, error)),
        }
    }

    fn reject(&mut self, line: u64, reason: impl Into<String>) {
        self.rejected.push(Rejected::whole(line, reason));
    }

    /// New events of this input are drafts until an editor publishes them.
    pub fn as_drafts(mut self) -> Self {
        for entry in &mut self.entries {
            entry.details.status = crate::domain::event::Status::Draft;
            entry.fields.status = None;
        }
        self
    }
}

/// A UID is any text of one line (RFC 5545 section 3.8.4.7), of a length that every program keeps (RFC 7986 section 5.3).
fn checked_uid(uid: String) -> Result<String, Invalid> {
    match uid.trim() {
        "" => Err(Invalid::new("the UID is empty: leave it out, and one is made")),
        trimmed if trimmed.chars().any(char::is_control) => Err(Invalid::new("the UID holds a control character")),
        trimmed if trimmed.len() > 255 => Err(Invalid::new("the UID has more than 255 octets")),
        trimmed => Ok(trimmed.to_owned()),
    }
}

impl Rejected {
    /// Where no single column is at fault.
    fn whole(line: u64, reason: impl Into<String>) -> Self {
        Self { line, column: None, reason: reason.into() }
    }

    fn by_field(line: u64, error: FieldError) -> Self {
        Self { line, column: Some(error.field.to_owned()), reason: error.reason.to_string() }
    }
}

/// What an import did: the shape of `kalends import --json`.
#[derive(Debug, Default, serde::Serialize)]
pub struct Report {
    pub added: usize,
    pub updated: usize,
    pub unchanged: usize,
    pub rejected: Vec<Rejected>,
}

impl Report {
    pub fn new(counts: ImportCounts, mut rejected: Vec<Rejected>) -> Self {
        rejected.extend(counts.rejected.into_iter().map(|(line, error)| Rejected::by_field(line, error)));
        rejected.sort_by_key(|r| r.line);
        Self { added: counts.added, updated: counts.updated, unchanged: counts.unchanged, rejected }
    }

    pub fn reject(&mut self, line: u64, reason: String) {
        self.rejected.push(Rejected::whole(line, reason));
    }
}

/// Reads `octets`. An error means that nothing of it could be read.
pub fn read(octets: &[u8], format: Format, zone: &Zone) -> Result<Intake, Invalid> {
    match format {
        Format::Csv => csv::read(octets, zone),
        Format::Json => json::read(octets, zone),
    }
}
