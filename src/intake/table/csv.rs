//! A table as text (RFC 4180), as spreadsheets save it.

use std::borrow::Cow;

use csv::{ByteRecord, ReaderBuilder};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::heading::{self, Heading, Likeness, ROWS_BEFORE_DATA};
use super::{Cell, Head, Heads, Invalid, Reader, Record, Required, Table};

/// The largest that is read, in octets.
const LARGEST: usize = 256 * 1024 * 1024;

/// As `super::read`.
pub fn read<H: Head>(octets: &[u8], heads: &Heads<H>, required: &[Required<H>]) -> Result<Table<H>, Invalid> {
    if octets.len() > LARGEST {
        return Err(Invalid::new("the table is larger than 256 MB: import it in parts"));
    }
    let octets = unicode(octets)?;
    let (octets, said) = octets_behind_hint(&octets);
    let first_line = if said.is_some() { 2 } else { 1 };
    let (delimiter, first_rows, at) = match said {
        Some(said) => {
            let rows = first_rows(octets, said, first_line);
            let at = heading::find(&rows, heads, required).0;
            (said, rows, at)
        }
        None => delimiter(octets, heads, required),
    };
    if first_rows.is_empty() && !octets.trim_ascii().is_empty() {
        return Err(Invalid(format!("line {first_line} can't be read: a quote in it is never closed")));
    }
    let heading = Heading::read(&first_rows, at, heads, required)?;
    let line_of_heading = first_rows.get(at).map_or(0, |row| row.line);
    drop(first_rows);
    let mut reader = Reader::new(heading, required);
    let mut records = Records::new(octets, delimiter, first_line);
    while let Some((record, is_unclosed)) = records.next() {
        if is_unclosed {
            let said = "a quote opened in this row is never closed, so all after it can't be read";
            reader.reject(record.line, said.into());
        } else if record.line > line_of_heading {
            reader.take(record, true)?;
        }
    }
    Ok(reader.finish())
}

/// The records of a table, each with its line.
struct Records<'a> {
    octets: &'a [u8],
    reader: csv::Reader<&'a [u8]>,
    lines: LineCounter<'a>,
    record: ByteRecord,
}

impl<'a> Records<'a> {
    fn new(octets: &'a [u8], delimiter: u8, first_line: u64) -> Self {
        let reader = ReaderBuilder::new().delimiter(delimiter).flexible(true).has_headers(false).from_reader(octets);
        Self { octets, reader, lines: LineCounter { octets, at: 0, line: first_line }, record: ByteRecord::new() }
    }

    /// The next one, and whether a quote that is never closed is in it.
    fn next(&mut self) -> Option<(Record, bool)> {
        // Of octets in memory, fields of any number and any octets, nothing can fail.
        if !self.reader.read_byte_record(&mut self.record).ok()? {
            return None;
        }
        let begin = self.record.position().map_or(0, |position| position.byte() as usize);
        let end = self.reader.position().byte() as usize;
        let line = self.lines.of_record_at(begin);
        let rest = &self.octets[begin.min(self.octets.len())..];
        let is_unclosed = end >= self.octets.len() && is_unclosed(rest, &self.record);
        let cell = |cell: &[u8]| match std::str::from_utf8(cell) {
            Ok(text) => Cell::Text(text.to_owned()),
            Err(_) => Cell::Fault("is not UTF-8: save the table as CSV UTF-8".into()),
        };
        let cells = if is_unclosed { Vec::new() } else { self.record.iter().map(cell).collect() };
        Some((Record { line, cells, is_hidden: false }, is_unclosed))
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

/// Spreadsheets separate by what the user's country does not write numbers with: what makes a heading of one of the
/// first rows is it. Those rows, and which of them is the heading.
fn delimiter<H: Head>(octets: &[u8], heads: &Heads<H>, required: &[Required<H>]) -> (u8, Vec<Record>, usize) {
    let first_line = octets.split(|octet| *octet == b'\n').next().unwrap_or_default();
    let count = |delimiter: u8| first_line.iter().filter(|octet| **octet == delimiter).count();
    let mut best: Option<((Likeness, usize), _)> = None;
    for delimiter in [b',', b';', b'\t'] {
        let rows = first_rows(octets, delimiter, 1);
        let (at, likeness) = heading::find(&rows, heads, required);
        let rank = (likeness, count(delimiter));
        if best.as_ref().is_none_or(|(known, _)| rank > *known) {
            best = Some((rank, (delimiter, rows, at)));
        }
        if likeness.is_whole() {
            break;
        }
    }
    best.map_or((b',', Vec::new(), 0), |(_, found)| found)
}

/// Those that hold anything.
fn first_rows(octets: &[u8], delimiter: u8, first_line: u64) -> Vec<Record> {
    let mut records = Records::new(octets, delimiter, first_line);
    let mut rows = Vec::new();
    while rows.len() < ROWS_BEFORE_DATA {
        match records.next() {
            Some((record, _)) if record.is_blank() => {}
            Some((mut record, _)) => {
                record.cells.iter_mut().for_each(Cell::clip);
                rows.push(record);
            }
            None => break,
        }
    }
    rows
}
