//! What people and programs read on the terminal.

use std::io::{self, ErrorKind, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use comfy_table::presets::NOTHING;
use comfy_table::{Attribute, Cell, Color, ColumnConstraint, ContentArrangement, Table, Width};
use serde::Serialize;

pub use super::question::{ask, confirm, may_ask};
use super::style::{self, Style};
use super::width::{error_width, folded, width};
use super::{Failure, pager};
use crate::domain::edition::Tally;
use crate::domain::text;

/// Prints one JSON document, or tables and sentences.
pub struct Output {
    json: bool,
}

impl Output {
    pub fn new(json: bool) -> Self {
        Self { json }
    }

    pub fn is_json(&self) -> bool {
        self.json
    }

    /// Whether a person reads it: a pipe gets what scripts rely on.
    pub fn is_for_people(&self) -> bool {
        !self.json && io::stdout().is_terminal()
    }

    /// The document if JSON is wanted, else what `people` makes of it.
    pub fn show<T: Serialize>(&self, value: &T, people: impl FnOnce() -> String) -> Result<(), Failure> {
        match self.json {
            true => document(value),
            false => self.show_styled(&text::cleaned(&people())),
        }
    }

    /// What is cleaned already, and may be styled; on a terminal that it does not fit, through a pager.
    pub fn show_styled(&self, text: &str) -> Result<(), Failure> {
        let text = width().map_or_else(|| text.to_owned(), |width| folded(text, width));
        match pager::is_wanted(&text) && pager::show(&text)? {
            true => Ok(()),
            false => print(&text),
        }
    }
}

/// One JSON document.
pub fn document(value: &impl Serialize) -> Result<(), Failure> {
    print(&format!("{}\n", serde_json::to_string_pretty(value)?))
}

static HAS_PRINTED: AtomicBool = AtomicBool::new(false);

/// Keeps in mind that something was.
pub fn mark_printed() {
    HAS_PRINTED.store(true, Ordering::Relaxed);
}

/// Whether anything was printed that is the result.
pub fn has_printed() -> bool {
    HAS_PRINTED.load(Ordering::Relaxed)
}

/// Writes to standard output; a reader that went away (`| head`) is no error.
pub fn print(text: &str) -> Result<(), Failure> {
    print_octets(text.as_bytes())
}

pub fn print_octets(octets: &[u8]) -> Result<(), Failure> {
    mark_printed();
    let mut out = io::stdout().lock();
    match out.write_all(octets).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Failure::failed(format!("can't write to standard output: {error}")))
        }
        _ => Ok(()),
    }
}

/// Something for people that is not the result: to standard error, so that the result can be piped.
pub fn note(text: &str) {
    let text = text::cleaned(text);
    let text = error_width().map_or_else(|| text.to_string(), |width| folded(&text, width));
    let _ = writeln!(io::stderr(), "{text}");
}

/// Words of more columns than this may be broken, where a column is narrow.
const LONGEST_WHOLE: usize = 24;

/// Aligned columns under their headings; as wide as the terminal, or as the content where there is none.
pub fn table(headings: &[&str], rows: Vec<Vec<String>>) -> String {
    in_columns(headings, rows.into_iter().map(|row| (Style::Plain, row)).collect(), false)
}

/// The same with a style for each row, where styles are on. What is in the cells has to be cleaned.
pub fn styled_table(headings: &[&str], rows: Vec<(Style, Vec<String>)>) -> String {
    in_columns(headings, rows, style::is_on())
}

fn in_columns(headings: &[&str], rows: Vec<(Style, Vec<String>)>, is_styled: bool) -> String {
    let mut table = Table::new();
    table.load_style(NOTHING).set_header(headings.iter().map(|heading| {
        let cell = Cell::new(heading);
        if is_styled { cell.add_attribute(Attribute::Bold) } else { cell }
    }));
    if is_styled {
        table.enforce_styling();
    }
    let longest: Vec<usize> = (0..headings.len()).map(|at| longest_word(headings[at], &rows, at)).collect();
    let needed: usize = longest.iter().map(|longest| longest + 2).sum();
    if width().is_some_and(|width| width + 2 < needed) {
        return stacked(headings, &rows, is_styled);
    }
    if io::stdout().is_terminal() {
        table.set_content_arrangement(ContentArrangement::Dynamic);
    }
    table.add_rows(rows.into_iter().map(|(style, row)| {
        row.into_iter().map(move |text| {
            let cell = Cell::new(text);
            match style {
                Style::Bold if is_styled => cell.add_attribute(Attribute::Bold),
                Style::Dim if is_styled => cell.add_attribute(Attribute::Dim),
                Style::Red if is_styled => cell.fg(Color::DarkRed),
                _ => cell,
            }
        })
    }));
    for (column, longest) in table.column_iter_mut().zip(longest) {
        // The first column begins at the margin.
        column.set_padding((0, 2));
        // Words stay whole.
        let whole = u16::try_from(longest + 2).unwrap_or(u16::MAX);
        column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(whole)));
    }
    let lines: Vec<_> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    lines.join("\n") + "\n"
}

/// Where columns would break words, each row is a block of lines, without what it does not say.
fn stacked(headings: &[&str], rows: &[(Style, Vec<String>)], is_styled: bool) -> String {
    let margin = headings.iter().map(|heading| textwrap::core::display_width(heading)).max().unwrap_or(0);
    let block = |(style, row): &(Style, Vec<String>)| {
        let lines = headings.iter().zip(row).filter(|(_, value)| !value.is_empty());
        let line = |(heading, value): (&&str, &String)| {
            let value = if is_styled { style.paint(value) } else { value.clone() };
            format!("{heading:<margin$}  {value}\n")
        };
        lines.map(line).collect::<String>()
    };
    rows.iter().map(block).collect::<Vec<_>>().join("\n")
}

fn longest_word(heading: &str, rows: &[(Style, Vec<String>)], at: usize) -> usize {
    let cells = rows.iter().filter_map(|(_, row)| row.get(at)).map(String::as_str).chain([heading]);
    let words = cells.flat_map(str::split_whitespace).map(textwrap::core::display_width);
    words.filter(|width| *width <= LONGEST_WHOLE).max().unwrap_or(0)
}

/// `3 of 5 sent, 2 deferred`.
pub fn tally(tally: &Tally) -> String {
    let mut text = format!("{} of {} sent", tally.sent, tally.candidates);
    for (n, name) in [
        (tally.queued, "queued"),
        (tally.sending, "sending"),
        (tally.deferred, "deferred"),
        (tally.failed, "failed"),
        (tally.uncertain, "uncertain"),
        (tally.suppressed, "suppressed"),
    ] {
        if n > 0 {
            text.push_str(&format!(", {n} {name}"));
        }
    }
    text
}

/// How long something takes, as people say it: `59 s`, `2 min`, `1 h 1 min`.
pub fn time(seconds: f64) -> String {
    let seconds = seconds.round() as u64;
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min", seconds.div_ceil(60)),
        _ => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_long_something_takes_is_told_in_the_largest_unit_that_fits() {
        assert_eq!([time(59.0), time(61.0), time(3660.0)], ["59 s", "2 min", "1 h 1 min"]);
    }
}
