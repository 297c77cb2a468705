//! A table with a heading (RFC 4180), as spreadsheets save it: what events and subscribers have in common.

use csv::{ByteRecord, ReaderBuilder};

use super::Rejected;
use crate::domain::Invalid;

/// One row by its columns' names, and the line it begins in.
pub struct Row<'a> {
    pub line: u64,
    cells: Vec<(&'a str, String)>,
}

impl<'a> Row<'a> {
    /// The cells in the order of the heading.
    pub fn cells(self) -> impl Iterator<Item = (&'a str, String)> {
        self.cells.into_iter()
    }
}

/// Hands each row to `take`; rows that can't be read are returned. An error means that the heading can't be used:
/// it may name only `columns`, and must name those of `required`.
pub fn read(
    octets: &[u8],
    columns: &[&'static str],
    required: &[&'static str],
    mut take: impl FnMut(Row<'_>),
) -> Result<Vec<Rejected>, Invalid> {
    let octets = octets.strip_prefix(b"\xef\xbb\xbf").unwrap_or(octets);
    let mut reader =
        ReaderBuilder::new().delimiter(delimiter(octets)).flexible(true).has_headers(false).from_reader(octets);
    let mut record = ByteRecord::new();
    let heading = match reader.read_byte_record(&mut record) {
        Ok(true) => heading(&record, columns, required)?,
        Ok(false) => {
            let needed = required.join(", ");
            return Err(Invalid(format!("the file is empty: its first line must name the columns ({needed}, …)")));
        }
        Err(error) => return Err(Invalid(format!("line 1 can't be read: {error}"))),
    };
    let mut rejected = Vec::new();
    let mut lines = LineCounter { octets, at: 0, line: 1 };
    loop {
        let more = reader.read_byte_record(&mut record);
        let begin = record.position().map_or(0, |position| position.byte() as usize);
        let end = reader.position().byte() as usize;
        let line = lines.of_record_at(begin);
        let mut reject = |reason: String| rejected.push(Rejected::whole(line, reason));
        match more {
            Ok(false) => return Ok(rejected),
            Err(error) => reject(format!("can't be read: {error}")),
            Ok(true) if record.iter().all(|cell| cell.trim_ascii().is_empty()) => {}
            Ok(true) if end >= octets.len() && is_unclosed(&octets[begin.min(octets.len())..], &record) => {
                reject("a quote opened in this row is never closed, so all after it can't be read".into());
            }
            Ok(true) => match cells(&heading, &record) {
                Ok(cells) => take(Row { line, cells }),
                Err(reason) => reject(reason),
            },
        }
    }
}

/// Counts lines from one record to the next; the library does not count the empty lines before one.
struct LineCounter<'a> {
    octets: &'a [u8],
    at: usize,
    line: u64,
}

impl LineCounter<'_> {
    fn of_record_at(&mut self, begin: usize) -> u64 {
        let blank = self.octets.iter().skip(begin).take_while(|octet| matches!(octet, b'\r' | b'\n')).count();
        let first = begin + blank;
        let passed = self.octets.get(self.at..first).unwrap_or_default();
        self.line += passed.iter().filter(|octet| **octet == b'\n').count() as u64;
        self.at = first;
        self.line
    }
}

/// Whether the last record swallowed what follows an opening quote. The library takes that for a field; a well-formed
/// record has its quotes in pairs, and a lone one inside of a field is kept in it.
fn is_unclosed(octets: &[u8], record: &ByteRecord) -> bool {
    let quotes = octets.iter().filter(|octet| **octet == b'"').count();
    let spans_lines = octets.trim_ascii().contains(&b'\n');
    let keeps_a_quote = record.as_slice().contains(&b'"');
    quotes % 2 == 1 && (spans_lines || !keeps_a_quote)
}

/// Spreadsheets separate by what the user's country does not write numbers with.
fn delimiter(octets: &[u8]) -> u8 {
    let first_line = octets.split(|octet| *octet == b'\n').next().unwrap_or_default();
    let count = |delimiter: u8| first_line.iter().filter(|octet| **octet == delimiter).count();
    [b',', b';', b'\t'].into_iter().max_by_key(|d| (count(*d), *d == b',')).unwrap_or(b',')
}

fn heading(
    record: &ByteRecord,
    columns: &[&'static str],
    required: &[&'static str],
) -> Result<Vec<&'static str>, Invalid> {
    let mut names = Vec::new();
    for cell in record {
        let given = String::from_utf8_lossy(cell).trim().to_lowercase();
        let Some(name) = columns.iter().find(|column| **column == given) else {
            return Err(Invalid(format!("line 1: `{given}` is not a column: use {}", columns.join(", "))));
        };
        if names.contains(name) {
            return Err(Invalid(format!("line 1: there are two columns `{name}`")));
        }
        names.push(*name);
    }
    match required.iter().find(|name| !names.contains(name)) {
        Some(missing) => {
            Err(Invalid(format!("line 1: there is no column `{missing}`: needed are {}", required.join(", "))))
        }
        None => Ok(names),
    }
}

fn cells(heading: &[&'static str], record: &ByteRecord) -> Result<Vec<(&'static str, String)>, String> {
    if record.len() != heading.len() {
        let (has, wants) = (record.len(), heading.len());
        return Err(format!("has {has} fields where the heading has {wants}: see its commas and quotes"));
    }
    heading
        .iter()
        .zip(record)
        .map(|(name, cell)| match std::str::from_utf8(cell) {
            Ok(text) => Ok((*name, text.to_owned())),
            Err(_) => Err(format!("column {name} is not UTF-8: save the table as CSV UTF-8")),
        })
        .collect()
}
