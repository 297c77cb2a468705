//! A text as the blocks that it is made of, whatever it was written in.

use jiff::civil::Date;

use crate::text::single_line;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Heading,
    Paragraph,
    /// One of a list, a line that stands by itself, or a row of a table.
    Item,
    /// Seen by nobody: a page's own word for the day on which it was written.
    Written(Date),
}

/// A heading, a paragraph, or one of a list: text of one line, its white space tidied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    pub role: Role,
    pub text: String,
    /// Where it begins in the input, from 1.
    pub line: usize,
    /// What stands over a list or a table, where it is no heading: a line, a caption.
    pub head: String,
    /// Of a row of a table, or of lines that together tell of one thing: its parts.
    pub cells: Vec<Cell>,
    /// What is crossed out in it, and stands neither in its text nor in its cells.
    pub struck: Vec<String>,
}

/// A part of a block, under the head of its column or behind its label.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cell {
    pub head: String,
    pub text: String,
}

impl Block {
    /// None where nothing is in it.
    pub fn of(role: Role, text: &str, line: usize) -> Option<Self> {
        let (text, struck) = without_struck(text);
        let text = single_line(&text);
        let block = Self { role, text, line, head: String::new(), cells: Vec::new(), struck };
        (!block.text.is_empty()).then_some(block)
    }

    pub fn of_cells(cells: Vec<Cell>, text: &str, line: usize) -> Option<Self> {
        let mut struck = Vec::new();
        let mut tidy = |text: &str| {
            let (text, mut gone) = without_struck(text);
            struck.append(&mut gone);
            single_line(&text)
        };
        let cells = cells.into_iter().map(|cell| Cell { head: tidy(&cell.head), text: tidy(&cell.text) }).collect();
        Some(Self { cells, struck, ..Self::of(Role::Item, text, line)? })
    }

    pub fn written(day: Date, line: usize) -> Self {
        Self {
            role: Role::Written(day),
            text: String::new(),
            line,
            head: String::new(),
            cells: Vec::new(),
            struck: Vec::new(),
        }
    }
}

/// What the readers put around text that is crossed out. No input holds them: they are no characters of any text.
pub const STRUCK: (char, char) = ('\u{fdd0}', '\u{fdd1}');

/// The text without what is crossed out, and that.
fn without_struck(text: &str) -> (String, Vec<String>) {
    if !text.contains(STRUCK.0) {
        return (text.replace(STRUCK.1, ""), Vec::new());
    }
    let (mut kept, mut struck) = (String::with_capacity(text.len()), Vec::new());
    let mut is_struck = false;
    for part in text.split_inclusive([STRUCK.0, STRUCK.1]) {
        let words = part.trim_end_matches([STRUCK.0, STRUCK.1]);
        match is_struck {
            true => struck.push(single_line(words)),
            false => kept.push_str(words),
        }
        is_struck = part.ends_with(STRUCK.0);
        kept.push(' ');
    }
    struck.retain(|words| !words.is_empty());
    (kept, struck)
}
