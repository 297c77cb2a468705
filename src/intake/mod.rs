//! Ways in: foreign tables and documents read into entries that the store can take. What can't be read is reported
//! with its line and never keeps the rest out.

pub mod article;
pub mod charset;
pub mod document;
pub mod event_fields;
pub mod event_form;
mod event_table;
pub mod extract;
pub mod feed;
mod foreign_rule;
pub mod icalendar;
mod ics;
mod instead;
mod json;
pub mod mail;
pub mod mime;
pub mod note;
pub mod page;
mod parts;
pub mod picture;
pub mod subscribers;
mod table;
mod told;
mod written;

use utoipa::ToSchema;

use crate::domain::address::EmailAddress;
use crate::domain::article::Manuscript;
use crate::domain::event::{EventPatch, HistoryEntry, Kind};
use crate::domain::format::Format;
use crate::domain::import::{Extent, Fate, ImportCounts, ImportEntry, ImportedArticles, ImportedRow, Private};
use crate::domain::source::Note;
use crate::domain::when::Point;
use crate::domain::zone::Zone;
use crate::domain::{FieldError, Invalid, text};
pub use instead::{Opened, open};
use table::Input;
pub use table::workbook::{self, Workbook};
pub use told::ToldEvent;

/// An entry that did not go in.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, ToSchema)]
pub struct Rejected {
    /// Counts from 1, the heading included.
    pub line: u64,
    /// The column or field at fault, where it is one.
    #[schema(required)]
    pub column: Option<String>,
    pub reason: String,
}

/// What was read out of an input.
#[derive(Debug, Default)]
pub struct Intake {
    pub entries: Vec<ImportEntry>,
    /// With their lines.
    pub articles: Vec<(u64, Manuscript)>,
    pub rejected: Vec<Rejected>,
    /// What went in otherwise than it may be meant.
    pub notes: Vec<Rejected>,
    /// Not all of it came: where that shows, and how. What is missing is not gone.
    pub cut_off: Option<Rejected>,
}

impl Intake {
    /// Whether all of it is there and was read, so that what it does not tell is not.
    pub fn is_whole(&self) -> bool {
        self.cut_off.is_none() && self.rejected.is_empty()
    }

    /// New events of this input are drafts until an editor publishes them.
    pub fn as_drafts(mut self) -> Self {
        self.entries.iter_mut().for_each(ImportEntry::make_draft);
        self
    }
}

impl Rejected {
    /// Where no single column is at fault.
    pub fn whole(line: u64, reason: impl Into<String>) -> Self {
        Self { line, column: None, reason: text::overheard(&reason.into()) }
    }

    pub fn into_note(self) -> Note {
        Note { line: self.line, column: self.column, reason: self.reason }
    }

    pub fn by_field(line: u64, error: FieldError) -> Self {
        Self { line, column: Some(error.field.to_owned()), reason: text::overheard(&error.reason.to_string()) }
    }
}

/// What an import did: the shape of `kalends import --json`.
#[derive(Debug, Default, serde::Serialize, ToSchema)]
pub struct Report {
    pub added: usize,
    pub updated: usize,
    pub unchanged: usize,
    /// How many events and single dates are drafts or stayed out because their calendar shows them not to everybody.
    pub private: usize,
    pub rejected: Vec<Rejected>,
    /// What went in otherwise than it may be meant.
    pub notes: Vec<Rejected>,
    /// Those of them, where the input has any: they are not counted above.
    #[serde(skip_serializing_if = "ArticleCounts::is_empty")]
    #[schema(required = false)]
    pub articles: ArticleCounts,
    /// What becomes of each entry, in a report of what is only tried.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<Vec<ReportRow>>,
}

/// What becomes of one entry.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, ToSchema)]
pub struct ReportRow {
    /// Counts from 1, the heading included.
    pub line: u64,
    /// `added`, `updated` or `unchanged`.
    #[schema(inline)]
    pub becomes: Fate,
    /// Of an event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub start: Option<Point>,
    /// Of a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub email: Option<EmailAddress>,
    /// Whether a mail asks the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked: Option<bool>,
    /// What is otherwise than before.
    pub changes: Vec<RowChange>,
}

/// One field before and after.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, ToSchema)]
pub struct RowChange {
    pub field: String,
    /// Of which date of a repeating event, by its original start.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub occurrence: Option<Point>,
    pub from: String,
    pub to: String,
}

impl From<ImportedRow> for ReportRow {
    fn from(row: ImportedRow) -> Self {
        let change = |entry: HistoryEntry| RowChange {
            field: entry.about.map_or_else(|| entry.action.to_string(), |about| about.to_string()),
            occurrence: entry.occurrence,
            from: entry.before.unwrap_or_default(),
            to: entry.after.unwrap_or_default(),
        };
        Self {
            line: row.line,
            becomes: row.fate,
            title: Some(row.title),
            start: Some(row.start),
            email: None,
            asked: None,
            changes: row.changes.into_iter().map(change).collect(),
        }
    }
}

/// What an import did with articles.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, ToSchema)]
pub struct ArticleCounts {
    pub added: usize,
    pub updated: usize,
    pub unchanged: usize,
}

impl ArticleCounts {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Report {
    pub fn new(counts: ImportCounts, mut rejected: Vec<Rejected>, mut notes: Vec<Rejected>) -> Self {
        rejected.extend(counts.rejected.into_iter().map(|(line, error)| Rejected::by_field(line, error)));
        rejected.sort_by_key(|r| r.line);
        notes.extend(counts.notes.into_iter().map(|(line, reason)| Rejected::whole(line, reason)));
        notes.sort_by_key(|note| note.line);
        let (articles, rows) = Default::default();
        let ImportCounts { added, updated, unchanged, private, .. } = counts;
        Self { added, updated, unchanged, private, rejected, notes, articles, rows }
    }

    /// The same, and what becomes of each entry.
    pub fn with_rows(mut self, mut rows: Vec<ReportRow>) -> Self {
        rows.sort_by_key(|row| row.line);
        self.rows = Some(rows);
        self
    }

    /// The same, and what became of the articles.
    pub fn with_articles(mut self, articles: ImportedArticles) -> Self {
        let ImportedArticles { added, updated, unchanged, rejected } = articles;
        self.articles = ArticleCounts { added, updated, unchanged };
        let rejected = rejected.into_iter().map(|(line, refused)| Rejected {
            column: refused.field.map(str::to_owned),
            ..Rejected::whole(line, refused.said)
        });
        self.rejected.extend(rejected);
        self.rejected.sort_by_key(|rejected| rejected.line);
        self
    }

    pub fn reject(&mut self, line: u64, reason: String) {
        self.rejected.push(Rejected::whole(line, reason));
    }
}

/// What is said of all events of an input, where they do not say it themselves.
#[derive(Debug, Clone, Default)]
pub struct Preset {
    pub kind: Option<Kind>,
    /// Beside those of their own.
    pub topics: Vec<String>,
    /// Put before each title.
    pub prefix: String,
    /// What becomes of events that their calendar shows not to everybody.
    pub private: Private,
}

impl Preset {
    fn apply(&self, fields: &mut EventPatch) {
        if let (None, Some(kind)) = (&fields.kind, self.kind) {
            fields.kind = Some(kind);
        }
        if !self.topics.is_empty() {
            fields.topics.get_or_insert_default().extend(self.topics.iter().cloned());
        }
        if let Some(title) = fields.title.as_mut().filter(|title| !title.starts_with(&self.prefix)) {
            title.insert_str(0, &self.prefix);
        }
    }
}

/// Reads `octets`. An error means that nothing of it could be read.
pub fn read(octets: &[u8], format: Format, preset: &Preset, zone: &Zone) -> Result<Intake, Invalid> {
    instead::refuse(octets, format)?;
    let reading = match format {
        Format::Ics => ics::read(octets, zone)?,
        Format::Csv => event_table::read(Input::Csv(octets), preset.kind)?,
        Format::Json => json::read(octets)?,
        Format::Xlsx => {
            return Err(Invalid::new("this is a workbook of Excel, which is read by an import: save it as CSV UTF-8"));
        }
    };
    Ok(judged(reading, preset, zone))
}

/// The same from a workbook.
pub fn read_workbook(workbook: Workbook, preset: &Preset, zone: &Zone) -> Result<Intake, Invalid> {
    Ok(judged(event_table::read(Input::Workbook(workbook), preset.kind)?, preset, zone))
}

fn judged(mut reading: Reading, preset: &Preset, zone: &Zone) -> Intake {
    for told in &mut reading.told {
        preset.apply(&mut told.fields);
    }
    let mut intake = Intake::with(reading.told, zone, preset.private);
    intake.articles = reading.articles;
    intake.rejected.extend(reading.rejected);
    intake.notes.extend(reading.notes);
    intake.cut_off = reading.cut_off;
    if !intake.is_whole() {
        for entry in intake.entries.iter_mut().filter(|entry| entry.extent == Extent::Whole) {
            entry.extent = Extent::DatesMissing;
        }
    }
    intake
}

/// So many events are not worth a thread.
const FEW: usize = 500;

/// What an input tells, what of it could not be read, and what was read otherwise than it may be meant.
#[derive(Debug, Default)]
struct Reading {
    told: Vec<ToldEvent>,
    articles: Vec<(u64, Manuscript)>,
    rejected: Vec<Rejected>,
    notes: Vec<Rejected>,
    cut_off: Option<Rejected>,
}
