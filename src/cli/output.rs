//! What people and programs read on the terminal.

use std::io::{self, ErrorKind, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use comfy_table::presets::NOTHING;
use comfy_table::{Cell, ContentArrangement, Table};
use serde::Serialize;

use super::Failure;
pub use super::question::{ask, confirm, may_ask};
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

    /// The document if JSON is wanted, else what `people` makes of it.
    pub fn show<T: Serialize>(&self, value: &T, people: impl FnOnce() -> String) -> Result<(), Failure> {
        match self.json {
            true => document(value),
            false => print(&text::cleaned(&people())),
        }
    }
}

/// One JSON document.
pub fn document(value: &impl Serialize) -> Result<(), Failure> {
    print(&format!("{}\n", serde_json::to_string_pretty(value)?))
}

/// Whether colours are wanted: on a terminal, unless somebody says that they are not (no-color.org).
pub fn is_coloured() -> bool {
    io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
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
    let _ = writeln!(io::stderr(), "{}", text::cleaned(text));
}

/// Aligned columns under their headings; as wide as the terminal, or as the content where there is none.
pub fn table(headings: &[&str], rows: Vec<Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(NOTHING).set_header(headings.iter().map(Cell::new));
    if io::stdout().is_terminal() {
        table.set_content_arrangement(ContentArrangement::Dynamic);
    }
    table.add_rows(rows);
    // The first column begins at the margin.
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    let lines: Vec<_> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    lines.join("\n") + "\n"
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
