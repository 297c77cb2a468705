//! A table with a heading (RFC 4180), as spreadsheets save it: what events and subscribers have in common.

use std::borrow::Cow;

use csv::{ByteRecord, ReaderBuilder};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

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
    let octets = unicode(octets)?;
    let (octets, said) = octets_behind_hint(&octets);
    let delimiter = said.unwrap_or_else(|| delimiter(octets));
    let first_line = if said.is_some() { 2 } else { 1 };
    let mut reader = ReaderBuilder::new().delimiter(delimiter).flexible(true).has_headers(false).from_reader(octets);
    let mut record = ByteRecord::new();
    let heading = match reader.read_byte_record(&mut record) {
        Ok(true) => heading(&record, columns, required).map_err(|e| Invalid(format!("line {first_line}: {e}")))?,
        Ok(false) => {
            let needed = required.join(", ");
            return Err(Invalid(format!("the file is empty: its first line must name the columns ({needed}, …)")));
        }
        Err(error) => return Err(Invalid(format!("line {first_line} can't be read: {error}"))),
    };
    let mut rejected = Vec::new();
    let mut lines = LineCounter { octets, at: 0, line: first_line };
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

/// The table without a byte order mark. Excel's "Unicode text" is UTF-16; where the mark is missing, its zeros tell.
fn unicode(octets: &[u8]) -> Result<Cow<'_, [u8]>, Invalid> {
    let (encoding, text) = match (Encoding::for_bom(octets), octets) {
        (Some((encoding, mark)), _) => (encoding, &octets[mark..]),
        (None, [1..=255, 0, ..]) => (UTF_16LE, octets),
        (None, [0, 1..=255, ..]) => (UTF_16BE, octets),
        (None, _) => (UTF_8, octets),
    };
    if encoding == UTF_8 {
        return Ok(Cow::Borrowed(text));
    }
    match encoding.decode_without_bom_handling_and_without_replacement(text) {
        Some(text) => Ok(Cow::Owned(text.into_owned().into_bytes())),
        None => Err(Invalid(format!("the table is damaged {}: save it as CSV UTF-8", encoding.name()))),
    }
}

/// What stands behind a first line `sep=;`, by which Excel is told what separates, and what that is.
fn octets_behind_hint(octets: &[u8]) -> (&[u8], Option<u8>) {
    let (line, rest) = octets.split_at(memchr::memchr(b'\n', octets).map_or(octets.len(), |end| end + 1));
    let line = line.trim_ascii_end();
    // A tab is trimmed off.
    match line.split_at_checked(4) {
        Some((name, said)) if name.eq_ignore_ascii_case(b"sep=") && said.len() <= 1 => {
            (rest, Some(said.first().copied().unwrap_or(b'\t')))
        }
        _ => (octets, None),
    }
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
) -> Result<Vec<&'static str>, String> {
    // `E-Mail` and `Consent at` are clear enough.
    let squeezed = |name: &str| name.to_lowercase().replace([' ', '-', '_'], "");
    let (mut names, mut unknown) = (Vec::new(), Vec::new());
    for cell in record {
        let given = String::from_utf8_lossy(cell).trim().to_lowercase();
        match columns.iter().find(|column| squeezed(column) == squeezed(&given)) {
            None => unknown.push(format!("`{given}`")),
            Some(name) if names.contains(name) => return Err(format!("there are two columns `{name}`")),
            Some(name) => names.push(*name),
        }
    }
    match unknown.as_slice() {
        [] => {}
        [unknown] => return Err(format!("{unknown} is not a column: use {}", columns.join(", "))),
        _ => return Err(format!("{} are not columns: use {}", unknown.join(", "), columns.join(", "))),
    }
    match required.iter().find(|name| !names.contains(name)) {
        Some(missing) => Err(format!("there is no column `{missing}`: needed are {}", required.join(", "))),
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
            // As an export keeps spreadsheets from taking it for a formula.
            Ok(text) => Ok((*name, crate::domain::text::from_cell(text).to_owned())),
            Err(_) => Err(format!("column {name} is not UTF-8: save the table as CSV UTF-8")),
        })
        .collect()
}
