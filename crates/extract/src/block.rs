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
        let text = without_marks(single_line(without_number(&text)));
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

/// Without what is written for a program: `**bold**` in a plain text, `:tada:`.
fn without_marks(text: String) -> String {
    let is_sign = |word: &str| {
        let inner = word.strip_prefix(':').and_then(|word| word.strip_suffix(':'));
        inner.is_some_and(|inner| {
            inner.len() > 2 && inner.bytes().all(|octet| octet.is_ascii_lowercase() || octet == b'_')
        })
    };
    let text = if text.contains("**") { text.replace("**", "") } else { text };
    match text.ends_with(':') && text.rsplit(' ').next().is_some_and(is_sign) {
        true => text.rsplit_once(' ').map_or_else(String::new, |(text, _)| text.to_owned()),
        false => text,
    }
}

/// Without the number of a paragraph and the box of a task: `(III) The period`, `1.9 This consultation`, `IV.2.2) Time
/// limit`, `[x] cut the branch`. `4.7.0 branches` keeps its own.
fn without_number(text: &str) -> &str {
    let text = text.trim_start();
    if let Some(rest) = numbered(text) {
        return rest;
    }
    let boxes = ["[ ] ", "[x] ", "[X] ", "☐ ", "☑ ", "✓ ", "✔ ", "✅ "];
    if let Some(rest) = boxes.iter().find_map(|mark| text.strip_prefix(mark)) {
        return rest;
    }
    let Some((number, rest)) = text.split_once(' ').filter(|(number, _)| number.len() <= 10 && number.is_ascii())
    else {
        return text;
    };
    let dotted = number.trim_end_matches('.');
    let is_paragraph = dotted.contains('.')
        && dotted
            .split('.')
            .all(|part| (1..=2).contains(&part.len()) && part.bytes().all(|octet| octet.is_ascii_digit()))
        && BEGINS_PARAGRAPH.iter().any(|word| rest.strip_prefix(word).is_some_and(|rest| rest.starts_with(' ')));
    if is_paragraph { rest.trim_start() } else { text }
}

/// What stands behind the number of a list's line: `(III) The period`, `IV.2.2) Time limit`, `(a) a fee`.
pub fn numbered(text: &str) -> Option<&str> {
    let (number, rest) = text.split_once(' ').filter(|(number, _)| number.len() <= 10 && number.is_ascii())?;
    let is_numeral = |text: &str| {
        !text.is_empty()
            && (text.len() <= 4 && text.bytes().all(|octet| b"ivxIVX".contains(&octet))
                || text.len() <= 2 && text.bytes().all(|octet| octet.is_ascii_digit())
                || text.len() == 1 && text.bytes().all(|octet| octet.is_ascii_alphabetic()))
    };
    let inner = number.strip_prefix('(').and_then(|inner| inner.strip_suffix(')'));
    let is_bracketed = inner.is_some_and(is_numeral);
    let is_section = number.strip_suffix(')').is_some_and(|inner| inner.split('.').all(is_numeral));
    (is_bracketed || is_section).then(|| rest.trim_start())
}

/// Words that begin a sentence and no name behind a version.
const BEGINS_PARAGRAPH: &[&str] = &[
    "The",
    "This",
    "These",
    "It",
    "In",
    "On",
    "At",
    "A",
    "An",
    "If",
    "Where",
    "For",
    "We",
    "Any",
    "All",
    "Each",
    "Firms",
    "Members",
    "As",
    "To",
    "By",
    "From",
    "When",
    "Following",
];

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
