//! Foreign text as the blocks that it is made of, whatever it was written in.

use super::{html, markdown, plain};
use crate::domain::words;

words! {
    /// What a text is written in.
    pub enum Form, "form of text" {
        Plain => "text",
        Markdown => "markdown",
        Html => "html",
    }
}

impl Form {
    /// By a file's name, else by how the text begins.
    pub fn guess(name: &str, text: &str) -> Self {
        let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
        match ending.as_deref() {
            Some("md" | "markdown") => Self::Markdown,
            Some("html" | "htm" | "xhtml") => Self::Html,
            Some("txt" | "text") => Self::Plain,
            _ => Self::by_content(text.trim_start_matches('\u{feff}').trim_start()),
        }
    }

    fn by_content(text: &str) -> Self {
        let is_tag =
            text.strip_prefix('<').is_some_and(|rest| rest.starts_with(|c: char| c == '!' || c.is_ascii_alphabetic()));
        let is_heading = |line: &str| line.trim_start_matches('#').starts_with(' ') && line.starts_with('#');
        match () {
            () if is_tag => Self::Html,
            () if text.starts_with("---\n") || text.lines().take(50).any(is_heading) => Self::Markdown,
            () => Self::Plain,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Heading,
    Paragraph,
    /// One of a list, or a row of a table.
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
        let text = crate::domain::text::single_line(text);
        (!text.is_empty()).then_some(Self { role, text, line })
    }
}

pub fn blocks(text: &str, form: Form) -> Vec<Block> {
    match form {
        Form::Plain => plain::blocks(text),
        Form::Markdown => markdown::blocks(text),
        Form::Html => html::blocks(text),
    }
}
