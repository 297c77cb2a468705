//! A table with a heading, as offices have them: a CSV or a workbook, and what events and subscribers have in common in
//! them. Its rows are known by what their heads mean, whatever stands above the heading.

mod csv;
mod dates;
mod heading;
pub mod workbook;

use jiff::civil::Date;

use super::Rejected;
use crate::domain::Invalid;
use crate::domain::heads::{Head, Heads};
use crate::domain::text;
pub use dates::{Dates, clocks};
use heading::Heading;
use workbook::Workbook;

/// More rows are no table that somebody keeps.
const MOST_ROWS: usize = 200_000;

/// More cells in a row than any heading has use for.
const MOST_CELLS: usize = 1000;

/// Of one cell, in octets. The longest text that is kept has less.
const LONGEST_CELL: usize = 1024 * 1024;

/// Where a table stands.
pub enum Input<'a> {
    Csv(&'a [u8]),
    Workbook(Workbook),
}

/// What a heading must have: the name of a column, and what says the same.
pub struct Required<H> {
    pub name: &'static str,
    pub is_it: fn(H) -> bool,
}

/// What was read of a table.
pub struct Table<H> {
    /// In the order of the columns.
    pub heads: Vec<H>,
    pub rows: Vec<Row<H>>,
    pub rejected: Vec<Rejected>,
    pub notes: Vec<Rejected>,
}

/// One row, and the line it begins in.
pub struct Row<H> {
    pub line: u64,
    /// In the order of the heading.
    pub cells: Vec<(H, String)>,
}

/// A line of a table before its heading is known.
#[derive(Debug, Default)]
struct Record {
    line: u64,
    cells: Vec<Cell>,
    is_hidden: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Cell {
    Text(String),
    /// A day that a spreadsheet shows with the time 00:00.
    Midnight(Date),
    /// What is wrong with it.
    Fault(String),
}

impl Cell {
    fn is_blank(&self) -> bool {
        matches!(self, Self::Text(text) if text.trim().is_empty())
    }

    /// Leaves what a head can have.
    fn clip(&mut self) {
        if let Self::Text(text) = self
            && text.len() > 1000
        {
            *text = text::clip(text, 200);
        }
    }

    fn text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Midnight(_) | Self::Fault(_) => "",
        }
    }
}

impl Record {
    fn is_blank(&self) -> bool {
        self.cells.iter().all(Cell::is_blank)
    }
}

/// Reads a table whose heading has what is required. An error means that the heading can't be used, or that there is too
/// much of it.
pub fn read<H: Head>(input: Input<'_>, heads: &Heads<H>, required: &[Required<H>]) -> Result<Table<H>, Invalid> {
    match input {
        Input::Csv(octets) => csv::read(octets, heads, required),
        Input::Workbook(workbook) => workbook.read(heads, required),
    }
}

/// A table of which the heading is known, and the rows are still to come.
struct Reader<'a, H> {
    heading: Heading<H>,
    required: &'a [Required<H>],
    /// How many there were.
    rows: usize,
    records: Vec<Record>,
    rejected: Vec<Rejected>,
    notes: Vec<Rejected>,
    /// Columns without a head in which something stands, and the first line of it.
    headless: Vec<(usize, u64)>,
    hidden: Vec<u64>,
}

impl<'a, H: Head> Reader<'a, H> {
    fn new(heading: Heading<H>, required: &'a [Required<H>]) -> Self {
        let notes = heading.notes();
        let (rows, records, rejected, headless, hidden) = Default::default();
        Self { heading, required, rows, records, rejected, notes, headless, hidden }
    }

    /// `is_ragged`: whether a row without all its cells is broken, as in a CSV, or ends in empty ones.
    fn take(&mut self, record: Record, is_ragged: bool) -> Result<(), Invalid> {
        let line = record.line;
        if record.is_blank() {
            return Ok(());
        }
        self.rows += 1;
        if self.rows > MOST_ROWS {
            return Err(Invalid(format!("the table has more than {MOST_ROWS} rows: import it in parts")));
        }
        let (has, wants) = (record.cells.len(), self.heading.columns.len());
        let has_more = record.cells.iter().skip(wants).any(|cell| !cell.is_blank());
        if is_ragged && (has < wants || has_more) {
            self.reject(line, format!("has {has} fields where the heading has {wants}: see its commas and quotes"));
            return Ok(());
        }
        if let Some(cell) = record.cells.iter().find(|cell| cell.text().len() > LONGEST_CELL) {
            let said = format!("`{}` goes on for more than 1 MB: no field is so long", text::clip(cell.text(), 40));
            self.reject(line, said);
            return Ok(());
        }
        if self.heading.is_said_again(&record) {
            return Ok(());
        }
        if self.is_total(&record) {
            self.note(line, "is a sum and left out".into());
            return Ok(());
        }
        for (index, _) in record.cells.iter().enumerate().filter(|(_, cell)| !cell.is_blank()) {
            let has_head = self.heading.columns.get(index).is_some_and(Option::is_some);
            if !has_head && !self.heading.left_out.contains(&index) && self.headless.iter().all(|(at, _)| *at != index)
            {
                self.headless.push((index, line));
            }
        }
        if record.is_hidden {
            self.hidden.push(line);
        }
        self.records.push(record);
        Ok(())
    }

    /// Whether it only adds up what stands above: it has no cell that a row needs.
    fn is_total(&self, record: &Record) -> bool {
        const WORDS: [&str; 10] =
            ["total", "totals", "grandtotal", "subtotal", "sum", "summe", "gesamt", "合计", "总计", "小计"];
        let is_sum = |cell: &Cell| WORDS.contains(&crate::domain::heads::squeezed(cell.text()).as_str());
        let lacks = |required: &Required<H>| {
            let cells = self.heading.columns.iter().zip(&record.cells);
            let mut cells = cells.filter(|(head, _)| head.is_some_and(required.is_it));
            cells.all(|(_, cell)| cell.is_blank())
        };
        record.cells.iter().find(|cell| !cell.is_blank()).is_some_and(is_sum) && self.required.iter().any(lacks)
    }

    fn reject(&mut self, line: u64, reason: String) {
        self.rejected.push(Rejected::whole(line, reason));
    }

    fn note(&mut self, line: u64, said: String) {
        self.notes.push(Rejected::whole(line, said));
    }

    fn finish(mut self) -> Table<H> {
        for (index, line) in std::mem::take(&mut self.headless) {
            self.note(line, format!("column {} has no head: what stands in it is left out", index + 1));
        }
        if let Some(first) = self.hidden.first().copied() {
            let rows = crate::domain::wording::count(self.hidden.len(), "row", "rows");
            self.note(first, format!("the sheet hides {rows}: what is hidden is taken, too; the first is this one"));
        }
        let columns = self.heading.columns;
        // A column of days that a program wrote with the time of midnight.
        let has_times: Vec<bool> = (0..columns.len())
            .map(|index| {
                let mut cells = self.records.iter().filter_map(|record| record.cells.get(index));
                cells.any(|cell| !cell.is_blank() && !matches!(cell, Cell::Midnight(_)))
            })
            .collect();
        let mut rows = Vec::with_capacity(self.records.len());
        for record in self.records {
            let mut cells = Vec::with_capacity(columns.len());
            let mut fault = None;
            let mut given = record.cells.into_iter();
            for (head, has_times) in columns.iter().zip(&has_times) {
                let cell = given.next().unwrap_or(Cell::Text(String::new()));
                let Some(head) = head else { continue };
                match cell {
                    // As an export keeps spreadsheets from taking it for a formula.
                    Cell::Text(text) => cells.push((*head, unquoted(text))),
                    Cell::Midnight(day) => cells.push((*head, dates::midnight(day, !has_times))),
                    Cell::Fault(what) => fault = fault.or(Some((*head, what))),
                }
            }
            match fault {
                Some((head, what)) => {
                    let reason = format!("column {} {what}", head.name());
                    self.rejected
                        .push(Rejected { column: Some(head.name().into()), ..Rejected::whole(record.line, reason) });
                }
                None => rows.push(Row { line: record.line, cells }),
            }
        }
        let heads = columns.into_iter().flatten().collect();
        Table { heads, rows, rejected: self.rejected, notes: self.notes }
    }
}

/// As an export keeps spreadsheets from taking it for a formula.
fn unquoted(cell: String) -> String {
    match text::from_cell(&cell) {
        text if text.len() == cell.len() => cell,
        text => text.to_owned(),
    }
}
