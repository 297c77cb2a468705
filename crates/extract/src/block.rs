//! A text as the blocks that it is made of, whatever it was written in.

use crate::text::single_line;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Heading,
    Paragraph,
    /// One of a list, a line that stands by itself, or a row of a table.
    Item,
}

/// A heading, a paragraph, or one of a list: text of one line, its white space tidied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    pub role: Role,
    pub text: String,
    /// Where it begins in the input, from 1.
    pub line: usize,
}

impl Block {
    /// None where nothing is in it.
    pub fn of(role: Role, text: &str, line: usize) -> Option<Self> {
        let text = single_line(text);
        (!text.is_empty()).then_some(Self { role, text, line })
    }
}
