//! What people and programs read on the terminal.

use std::io::{self, ErrorKind, IsTerminal, Write};
use std::time::{Duration, Instant};

use comfy_table::presets::NOTHING;
use comfy_table::{Cell, ContentArrangement, Table};
use serde::Serialize;

use super::Failure;
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
            true => print(&format!("{}\n", serde_json::to_string_pretty(value)?)),
            false => print(&text::cleaned(&people())),
        }
    }
}

/// Whether colours are wanted: on a terminal, unless somebody says that they are not (no-color.org).
pub fn is_coloured() -> bool {
    io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Writes to standard output; a reader that went away (`| head`) is no error.
pub fn print(text: &str) -> Result<(), Failure> {
    print_octets(text.as_bytes())
}

pub fn print_octets(octets: &[u8]) -> Result<(), Failure> {
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

/// Asks before something is lost: on a terminal the person, elsewhere `--yes` must say it.
pub fn confirm(question: &str, yes: bool) -> Result<(), Failure> {
    if yes {
        return Ok(());
    }
    if !may_ask() {
        return Err(Failure::Usage(format!("{question} Say --yes to do it without being asked.")));
    }
    ask(question)
}

/// Whether somebody is there to answer.
pub fn may_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks the person at the terminal; what is not answered with yes is not done.
pub fn ask(question: &str) -> Result<(), Failure> {
    let mut err = io::stderr().lock();
    write!(err, "{question} [y/N] ")?;
    err.flush()?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    match answer.trim().to_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => Err(Failure::failed("not done")),
    }
}

/// How far something long has come, on one line of a terminal; nothing where standard error is none.
pub struct Progress<W = io::Stderr> {
    total: usize,
    terminal: Option<W>,
    shown_at: Option<Instant>,
}

impl Progress {
    pub fn new(total: usize) -> Self {
        Self::on(Some(io::stderr()).filter(IsTerminal::is_terminal), total)
    }
}

impl<W: Write> Progress<W> {
    /// How often it changes.
    const EVERY: Duration = Duration::from_millis(200);

    fn on(terminal: Option<W>, total: usize) -> Self {
        Self { total, terminal, shown_at: None }
    }

    pub fn show(&mut self, done: usize) {
        let Some(terminal) = &mut self.terminal else { return };
        if self.shown_at.is_none_or(|at| at.elapsed() >= Self::EVERY) {
            self.shown_at = Some(Instant::now());
            let _ = write!(terminal, "\r{done} of {}", self.total);
        }
    }

    /// Leaves the line to what comes next.
    pub fn clear(&mut self) {
        if let (Some(terminal), Some(_)) = (&mut self.terminal, self.shown_at) {
            let _ = write!(terminal, "\r\x1b[K");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_told_on_a_terminal_now_and_then_and_wiped_out_at_the_end() {
        let mut said = Vec::new();
        let mut progress = Progress::on(Some(&mut said), 3);
        (0..3).for_each(|done| progress.show(done));
        progress.clear();
        assert_eq!(String::from_utf8(said).unwrap(), "\r0 of 3\r\x1b[K");
        let mut nothing = Progress::on(None::<Vec<u8>>, 3);
        nothing.show(1);
        assert!(nothing.shown_at.is_none());
    }
}
