//! What the sheets of a workbook hold, cell by cell.

use std::io::Cursor;

use calamine::{DataRef, Reader, SheetType, SheetVisible, Xlsx, XlsxError};
use zip::ZipArchive;

use super::hidden::HiddenRows;
use super::{LARGEST_UNPACKED, LONGEST_ANSWER, Line, MOST_SHEETS, Told, Unread, refusal, serial};
use crate::intake::table::{LONGEST_CELL, MOST_CELLS, MOST_ROWS};

/// How many cells may say what one above them says, since they are merged with it.
const MOST_MERGED: usize = 1_000_000;

type Book<'a> = Xlsx<Cursor<&'a [u8]>>;

/// Tells the lines of a workbook one after the other, and at last that it is at its end or why it is not read; `out` may
/// have enough. May panic, loop or want all memory: only to be called where that does no harm.
pub fn tell<E>(octets: &[u8], mut out: impl FnMut(&Line) -> Result<(), E>) -> Result<(), E> {
    let mut failed = None;
    let end = match read(octets, &mut |line| out(line).map_err(|error| failed = Some(error)).is_ok()) {
        Ok(()) => Line::End,
        Err(unread) => Line::Unread(unread),
    };
    match failed {
        Some(error) => Err(error),
        None => out(&end),
    }
}

fn read(octets: &[u8], out: &mut dyn FnMut(&Line) -> bool) -> Result<(), Unread> {
    if let Some(unread) = refusal(octets) {
        return Err(unread);
    }
    let hidden = expect_workbook(octets)?;
    let mut book: Book<'_> = Xlsx::new(Cursor::new(octets)).map_err(unread)?;
    let sheets: Vec<_> = book.sheets_metadata().to_vec();
    let mut room = LONGEST_ANSWER / 2;
    for sheet in sheets.into_iter().filter(|sheet| sheet.typ == SheetType::WorkSheet).take(MOST_SHEETS) {
        let is_hidden = sheet.visible != SheetVisible::Visible;
        if !out(&Line::Sheet { name: sheet.name.clone(), is_hidden }) {
            return Ok(());
        }
        let merged = Merged::of(&mut book, &sheet.name)?;
        let mut rows = Rows { hidden: hidden.of(&sheet.name), merged, cells: Vec::new(), at: 0, told: 0, out };
        rows.read(&mut book, &sheet.name, &mut room)?;
    }
    Ok(())
}

/// That it is a workbook of Excel and does not unpack to what nobody has room for; and which of its rows are hidden.
fn expect_workbook(octets: &[u8]) -> Result<HiddenRows, Unread> {
    let mut archive = ZipArchive::new(Cursor::new(octets)).map_err(|_| Unread::Broken)?;
    let names: Vec<String> = archive.file_names_raw().map(|name| String::from_utf8_lossy(name).into_owned()).collect();
    let begins = |start: &str| names.iter().any(|name| name.to_lowercase().starts_with(start));
    if !begins("xl/") {
        let is_open = begins("mimetype") || begins("content.xml");
        return Err(if is_open { Unread::OpenDocument } else { Unread::Other });
    }
    if begins("xl/workbook.bin") {
        return Err(Unread::Binary);
    }
    let mut unpacked = 0_u64;
    for index in 0..archive.len() {
        let part = archive.by_index_raw(index).map_err(|_| Unread::Broken)?;
        // Pictures are not looked at.
        if part.name().is_ok_and(|name| name.ends_with(".xml")) {
            unpacked = unpacked.saturating_add(part.size());
        }
    }
    if unpacked > LARGEST_UNPACKED {
        return Err(Unread::Large);
    }
    Ok(HiddenRows::find(&mut archive))
}

fn unread(error: XlsxError) -> Unread {
    match error {
        XlsxError::Password => Unread::Locked,
        XlsxError::CellError(_) => Unread::Unknown,
        _ => Unread::Broken,
    }
}

/// Cells that are merged downwards: what the first says, all of them say.
struct Merged {
    /// Column, first and last row, and what the first says once it is known.
    areas: Vec<(usize, u32, u32, Option<String>)>,
}

impl Merged {
    fn of(book: &mut Book<'_>, sheet: &str) -> Result<Self, Unread> {
        let areas = book.merge_cells_by_sheet_name(sheet).map_err(unread)?;
        let downwards = areas.into_iter().filter(|area| area.end.0 > area.start.0);
        let areas: Vec<_> = downwards.map(|area| (area.start.1 as usize, area.start.0, area.end.0, None)).collect();
        let all: u64 = areas.iter().map(|(_, first, last, _)| u64::from(last - first)).sum();
        if areas.len() > MOST_ROWS || all > MOST_MERGED as u64 * 10 {
            return Err(Unread::Large);
        }
        Ok(Self { areas })
    }
}

/// The rows of a sheet as its cells come.
struct Rows<'a> {
    hidden: Option<&'a std::collections::HashSet<u32>>,
    merged: Merged,
    cells: Vec<(usize, Told)>,
    /// Of which row they are, from 0.
    at: u32,
    told: usize,
    out: &'a mut dyn FnMut(&Line) -> bool,
}

impl Rows<'_> {
    fn read(&mut self, book: &mut Book<'_>, sheet: &str, room: &mut u64) -> Result<(), Unread> {
        let is_1904 = book.has_1904_epoch();
        let mut cells = book.worksheet_cells_reader(sheet).map_err(unread)?;
        while let Some((cell, style)) = cells.next_cell_with_style_id().map_err(unread)? {
            let format = cells.styles().get(style).and_then(|style| style.number_format.as_ref());
            let shows_time = format.is_some_and(|format| serial::shows_time(&format.format_code));
            let Some(told) = told(cell.get_value(), is_1904, shows_time) else { continue };
            let (row, column) = cell.get_position();
            let column = column as usize;
            if row != self.at && !self.end_row()? {
                return Ok(());
            }
            self.at = row;
            let length = match &told {
                Told::Text(text) | Told::Error(text) => text.len(),
                Told::Midnight(_) => 10,
            };
            *room = room.checked_sub(length as u64 + 8).ok_or(Unread::Large)?;
            if length > LONGEST_CELL {
                return Err(Unread::LongCell);
            }
            if column >= MOST_CELLS {
                return Err(Unread::ManyColumns);
            }
            self.cells.push((column, told));
        }
        self.end_row().map(|_| ())
    }

    /// Tells the row; whether there may be more.
    fn end_row(&mut self) -> Result<bool, Unread> {
        let cells = std::mem::take(&mut self.cells);
        if cells.is_empty() {
            return Ok(true);
        }
        self.told += 1;
        if self.told > MOST_ROWS + 100 {
            return Err(Unread::ManyRows);
        }
        let is_hidden = self.hidden.is_some_and(|hidden| hidden.contains(&(self.at + 1)));
        let cells = self.with_merged(cells);
        Ok((self.out)(&Line::Row { line: u64::from(self.at) + 1, is_hidden, cells }))
    }

    fn with_merged(&mut self, mut cells: Vec<(usize, Told)>) -> Vec<(usize, Told)> {
        let at = self.at;
        for (column, first, last, says) in &mut self.merged.areas {
            if at == *first {
                *says = cells.iter().find(|(own, _)| own == column).and_then(|(_, told)| match told {
                    Told::Text(text) => Some(text.clone()),
                    Told::Midnight(day) => Some(day.to_string()),
                    Told::Error(_) => None,
                });
            } else if (*first..=*last).contains(&at)
                && let Some(text) = says
                && cells.iter().all(|(own, _)| own != column)
            {
                cells.push((*column, Told::Text(text.clone())));
            }
        }
        cells
    }
}

/// What a cell says; none if it is empty.
fn told(value: &DataRef<'_>, is_1904: bool, shows_time: bool) -> Option<Told> {
    let text = |text: &str| (!text.trim().is_empty()).then(|| Told::Text(text.to_owned()));
    match value {
        DataRef::Empty => None,
        DataRef::String(given) | DataRef::DateTimeIso(given) | DataRef::DurationIso(given) => text(given),
        DataRef::SharedString(given) => text(given),
        DataRef::Int(number) => Some(Told::Text(number.to_string())),
        DataRef::Float(number) => Some(Told::Text(serial::number(*number))),
        DataRef::Bool(is_it) => Some(Told::Text(if *is_it { "TRUE" } else { "FALSE" }.into())),
        DataRef::DateTime(at) => Some(serial::told(at.as_f64(), is_1904, shows_time)),
        DataRef::Error(error) => Some(Told::Error(error.to_string())),
    }
}
