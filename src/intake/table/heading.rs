//! The row that names the columns: where it stands, and what each head means.

use super::{MOST_CELLS, Record, Rejected, Required};
use crate::domain::Invalid;
use crate::domain::heads::{Found, Head, Heads, squeezed};
use crate::domain::text::quoted;

/// So many rows are looked at: offices write titles above the heading.
pub const ROWS_BEFORE_DATA: usize = 25;

/// So many unknown heads are named.
const MOST_NAMED: usize = 20;

/// What the heading of a table says.
pub struct Heading<H> {
    line: u64,
    /// What stands in each column that is kept.
    pub columns: Vec<Option<H>>,
    /// Columns that other programs keep, by their place.
    pub left_out: Vec<usize>,
    /// The heads as they are written.
    given: Vec<String>,
    /// Heads that are words of others.
    taken: Vec<(String, H)>,
    /// The first line of the table, if it stands above.
    above: Option<u64>,
}

/// How much of a heading a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Likeness {
    is_whole: bool,
    known: usize,
}

impl Likeness {
    /// Whether it has all that is required.
    pub fn is_whole(self) -> bool {
        self.is_whole
    }
}

/// Which of the first rows of a table is its heading: the first that has all it needs, else the one with most heads
/// that are known.
pub fn find<H: Head>(rows: &[Record], heads: &Heads<H>, required: &[Required<H>]) -> (usize, Likeness) {
    let mut best = (0, Likeness::default());
    for (index, row) in rows.iter().enumerate() {
        let found: Vec<H> = row
            .cells
            .iter()
            .take(MOST_CELLS)
            .filter_map(|cell| heads.find(cell.text()))
            .map(|found| found.head)
            .collect();
        let is_whole = required.iter().all(|required| found.iter().any(|head| (required.is_it)(*head)));
        let likeness = Likeness { is_whole, known: found.len() };
        if likeness > best.1 {
            best = (index, likeness);
        }
        if is_whole {
            break;
        }
    }
    best
}

impl<H: Head> Heading<H> {
    /// Reads the heading among the first rows of a table, as `find` has found it.
    pub fn read(rows: &[Record], at: usize, heads: &Heads<H>, required: &[Required<H>]) -> Result<Self, Invalid> {
        let Some(row) = rows.get(at) else {
            let needed = needed(required);
            return Err(Invalid(format!("the file is empty: its first line must name the columns ({needed}, …)")));
        };
        let in_line = |said: String| Invalid(format!("line {}: {said}", row.line));
        let cells = row.cells.len() - row.cells.iter().rev().take_while(|cell| cell.is_blank()).count();
        if cells > MOST_CELLS {
            return Err(in_line(format!("the heading has more than {MOST_CELLS} columns")));
        }
        let above = rows.first().map(|first| first.line).filter(|_| at > 0);
        let (columns, left_out, given, taken) = Default::default();
        let mut heading = Self { line: row.line, columns, left_out, given, taken, above };
        let mut unknown = Vec::new();
        for (index, cell) in row.cells.iter().take(cells).enumerate() {
            if let super::Cell::Fault(what) = cell {
                return Err(in_line(format!("the heading of column {} {what}", index + 1)));
            }
            let given = cell.text().trim();
            heading.given.push(given.to_owned());
            match heads.find(given) {
                Some(found) => heading.take(index, given, found).map_err(in_line)?,
                None => {
                    heading.columns.push(None);
                    if !given.is_empty() {
                        unknown.push(given.to_owned());
                    }
                }
            }
        }
        if !unknown.is_empty() {
            return Err(in_line(not_known(&unknown, heads)));
        }
        let has = |required: &Required<H>| heading.columns.iter().flatten().any(|head| (required.is_it)(*head));
        match required.iter().find(|required| !has(required)) {
            Some(missing) => {
                Err(in_line(format!("there is no column `{}`: needed are {}", missing.name, needed(required))))
            }
            None => Ok(heading),
        }
    }

    fn take(&mut self, index: usize, given: &str, found: Found<H>) -> Result<(), String> {
        let Found { head, is_own } = found;
        if !head.is_kept() {
            self.left_out.push(index);
            self.columns.push(None);
            return Ok(());
        }
        let other = self.columns.iter().position(|known| known.is_some_and(|known| known.name() == head.name()));
        if let Some(other) = other {
            let other = self.given.get(other).map(String::as_str).unwrap_or_default();
            return Err(match squeezed(other) == squeezed(given) {
                true => format!("there are two columns `{}`", quoted(&given.to_lowercase())),
                false => format!("`{}` and `{}` both say the {}: keep one", quoted(other), quoted(given), head.name()),
            });
        }
        if !is_own {
            self.taken.push((given.to_owned(), head));
        }
        self.columns.push(Some(head));
        Ok(())
    }

    /// Whether a row is the heading once more, as on each page of a print.
    pub fn is_said_again(&self, record: &Record) -> bool {
        let mut given = self.given.iter().map(String::as_str);
        let mut cells = record.cells.iter().map(|cell| cell.text().trim());
        record.cells.len() >= self.given.len() && given.all(|head| cells.next() == Some(head))
    }

    /// What was taken otherwise than it is written.
    pub fn notes(&self) -> Vec<Rejected> {
        let mut notes = Vec::new();
        if let Some(first) = self.above {
            let said =
                format!("the heading is taken to stand here: what lines {first} to {} say is left out", self.line - 1);
            notes.push(Rejected::whole(self.line, said));
        }
        for (given, head) in &self.taken {
            let said = format!("the column `{}` is taken for it", quoted(given));
            notes.push(Rejected { column: Some(head.name().to_owned()), ..Rejected::whole(self.line, said) });
        }
        if !self.left_out.is_empty() {
            let names = self.left_out.iter().filter_map(|index| self.given.get(*index));
            let names: Vec<_> = names.map(|name| format!("`{}`", quoted(name))).collect();
            notes.push(Rejected::whole(
                self.line,
                format!("what other programs keep is left out: {}", names.join(", ")),
            ));
        }
        notes
    }
}

fn needed<H>(required: &[Required<H>]) -> String {
    required.iter().map(|required| required.name).collect::<Vec<_>>().join(", ")
}

/// All that are unknown, each with what may be meant.
fn not_known<H: Head>(unknown: &[String], heads: &Heads<H>) -> String {
    let named = |given: &String| {
        let shown = quoted(&given.to_lowercase());
        match heads.like(given) {
            Some(like) => format!("`{shown}` (did you mean `{like}`?)"),
            None => format!("`{shown}`"),
        }
    };
    let mut list = unknown.iter().take(MOST_NAMED).map(named).collect::<Vec<_>>().join(", ");
    if let more @ 1.. = unknown.len().saturating_sub(MOST_NAMED) {
        list.push_str(&format!(" and {more} more"));
    }
    let verb = if unknown.len() == 1 { "is not a column" } else { "are not columns" };
    format!("{list} {verb}: use {}", heads.names())
}
