//! A workbook of Excel (.xlsx) as a table. It is read in a process of its own (`crate::confined`), which tells its lines as
//! JSON, one a line, since what libraries do with a broken one must harm nobody.

mod hidden;
mod serial;
mod sheets;

use jiff::civil::Date;
use memchr::memmem;
use serde::{Deserialize, Serialize};

use super::heading::{self, Heading, Likeness, ROWS_BEFORE_DATA};
use super::{Cell, Head, Heads, Invalid, MOST_CELLS, MOST_ROWS, Reader, Record, Required, Table};
use crate::domain::text::quoted;
pub use sheets::tell;

/// The largest workbook that is looked at, in octets.
const LARGEST: usize = 64 * 1024 * 1024;

/// What its parts may unpack to by what they say; what lies is stopped by the process's own bounds.
const LARGEST_UNPACKED: u64 = 1024 * 1024 * 1024;

/// The longest that the process may tell of one, in octets.
pub const LONGEST_ANSWER: u64 = 128 * 1024 * 1024;

/// More sheets are left out.
const MOST_SHEETS: usize = 100;

/// What the process tells.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    Sheet {
        name: String,
        is_hidden: bool,
    },
    Row {
        line: u64,
        is_hidden: bool,
        /// With their columns, from 0.
        cells: Vec<(usize, Told)>,
    },
    Unread(Unread),
    /// All of it was told.
    End,
}

/// What stands in a cell.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    #[serde(rename = "t")]
    Text(String),
    /// A day that is shown with the time 00:00.
    Midnight(Date),
    /// What Excel could not reckon: `#N/A`.
    Error(String),
}

/// Why a workbook is not read. The sentence is the parent's own: what reads it tells a word alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Unread {
    #[error(
        "this workbook is larger than 64 MB: save the sheet with the table as a workbook of its own, or as CSV UTF-8"
    )]
    LargeFile,
    #[error(
        "this workbook holds too much to be read: save the sheet with the table as a workbook of its own, or as CSV UTF-8"
    )]
    Large,
    #[error("a sheet has more than {MOST_ROWS} rows: import it in parts")]
    ManyRows,
    #[error("a row has something in a column behind the first {MOST_CELLS}: no table has so many")]
    ManyColumns,
    #[error("a cell holds more than 1 MB: no field is so long")]
    LongCell,
    #[error("a cell holds an error that is not known: mend its formula, or save the sheet as CSV UTF-8")]
    Unknown,
    #[error("this workbook is broken or cut off: get it again, or open it and save it anew")]
    Broken,
    #[error("this workbook has a password: open it and save it without one")]
    Locked,
    #[error("this is an old Office file (.xls): open it and save it as .xlsx, or as CSV UTF-8")]
    Old,
    #[error("this is an OpenDocument file: save it as .xlsx, or as CSV UTF-8")]
    OpenDocument,
    #[error("this is a binary workbook (.xlsb): save it as .xlsx, or as CSV UTF-8")]
    Binary,
    #[error("this is no workbook of Excel: say in which format it is, such as csv")]
    None,
    #[error("this is no workbook but another document: dates can be taken out of a text with `extract`")]
    Other,
}

/// Whether it is no text but what Excel, or another program of an office, keeps a table in.
pub fn is_workbook(octets: &[u8]) -> bool {
    octets.starts_with(b"PK\x03\x04") || octets.starts_with(OLD)
}

/// What Excel wrote before 2007, and in what it locks up what it writes today.
const OLD: &[u8] = b"\xd0\xcf\x11\xe0";

/// What can be told without reading it.
pub fn refusal(octets: &[u8]) -> Option<Unread> {
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    match () {
        () if octets.starts_with(OLD) && memmem::find(octets, &name).is_some() => Some(Unread::Locked),
        () if octets.starts_with(OLD) => Some(Unread::Old),
        () if !is_workbook(octets) => Some(Unread::None),
        () if octets.len() > LARGEST => Some(Unread::LargeFile),
        () => None,
    }
}

/// The sheets of a workbook that hold anything.
#[derive(Debug, Default)]
pub struct Workbook {
    sheets: Vec<Sheet>,
}

#[derive(Debug, Default)]
struct Sheet {
    name: String,
    is_hidden: bool,
    records: Vec<Record>,
}

impl Workbook {
    /// Of what the process has told.
    pub fn of_answer(answer: &[u8]) -> Result<Self, Unread> {
        let mut workbook = Self::default();
        for line in answer.split(|octet| *octet == b'\n') {
            match serde_json::from_slice(line).map_err(|_| Unread::Broken)? {
                Line::Sheet { name, is_hidden } => {
                    workbook.sheets.push(Sheet { name, is_hidden, records: Vec::new() });
                }
                Line::Row { line, is_hidden, cells } => {
                    let sheet = workbook.sheets.last_mut().ok_or(Unread::Broken)?;
                    sheet.records.push(Record { line, cells: filled(cells), is_hidden });
                }
                Line::Unread(unread) => return Err(unread),
                Line::End => {
                    workbook.sheets.retain(|sheet| !sheet.records.is_empty());
                    return Ok(workbook);
                }
            }
        }
        Err(Unread::Broken)
    }

    /// As `super::read`: the first sheet that has the heading, those that are shown first.
    pub(super) fn read<H: Head>(mut self, heads: &Heads<H>, required: &[Required<H>]) -> Result<Table<H>, Invalid> {
        self.sheets.sort_by_key(|sheet| sheet.is_hidden);
        let mut best: Option<(Likeness, usize, usize)> = None;
        for (index, sheet) in self.sheets.iter().enumerate() {
            let first = &sheet.records[..sheet.records.len().min(ROWS_BEFORE_DATA)];
            let (at, likeness) = heading::find(first, heads, required);
            if best.is_none_or(|(known, ..)| likeness > known) {
                best = Some((likeness, index, at));
            }
            if likeness.is_whole() {
                break;
            }
        }
        let Some((_, index, at)) = best else {
            let needed: Vec<_> = required.iter().map(|required| required.name).collect();
            return Err(Invalid(format!(
                "the workbook is empty: a sheet must have a line that names the columns ({}, …)",
                needed.join(", ")
            )));
        };
        let is_only = self.sheets.len() == 1;
        let sheet = self.sheets.remove(index);
        let name = quoted(&sheet.name);
        let in_sheet = |error: Invalid| if is_only { error } else { Invalid(format!("sheet `{name}`: {error}")) };
        let heading = Heading::read(&sheet.records, at, heads, required).map_err(in_sheet)?;
        let line = sheet.records.get(at).map_or(0, |row| row.line);
        let mut reader = Reader::new(heading, required);
        for record in sheet.records.into_iter().skip(at + 1) {
            reader.take(record, false)?;
        }
        if !is_only {
            let others: Vec<_> = self.sheets.iter().map(|sheet| format!("`{}`", quoted(&sheet.name))).collect();
            reader.note(line, format!("the sheet `{name}` is read, and what {} say is left out", others.join(", ")));
        }
        Ok(reader.finish())
    }
}

fn filled(cells: Vec<(usize, Told)>) -> Vec<Cell> {
    let mut filled = Vec::with_capacity(cells.len());
    for (column, told) in cells {
        let column = column.min(MOST_CELLS);
        if filled.len() <= column {
            filled.resize(column + 1, Cell::Text(String::new()));
        }
        filled[column] = match told {
            Told::Text(text) => Cell::Text(text),
            Told::Midnight(day) => Cell::Midnight(day),
            Told::Error(what) => Cell::Fault(format!("holds {what}, which Excel could not reckon: mend its formula")),
        };
    }
    filled
}
