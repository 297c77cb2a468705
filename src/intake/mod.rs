//! Ways in: foreign tables and documents read into entries that the store can take. What can't be read is reported
//! with its line and never keeps the rest out.

pub mod csv;
pub mod json;
pub mod subscribers;
mod table;

use crate::domain::fields::EventFields;
use crate::domain::words;
use crate::domain::zone::Zone;
use crate::domain::{FieldError, Invalid};
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
    fn take(&mut self, line: u64, uid: Option<String>, sequence: u32, fields: EventFields, zone: &Zone) {
        match fields.onto(None, zone) {
            Ok(details) => self.entries.push(ImportEntry { line, uid, sequence, fields, details }),
            Err(error) => self.rejected.push(Rejected::by_field(line, error)),
        }
    }

    fn reject(&mut self, line: u64, reason: impl Into<String>) {
        self.rejected.push(Rejected { line, column: None, reason: reason.into() });
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

impl Rejected {
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
        self.rejected.push(Rejected { line, column: None, reason });
    }
}

/// Reads `octets`. An error means that nothing of it could be read.
pub fn read(octets: &[u8], format: Format, zone: &Zone) -> Result<Intake, Invalid> {
    match format {
        Format::Csv => csv::read(octets, zone),
        Format::Json => json::read(octets, zone),
    }
}
