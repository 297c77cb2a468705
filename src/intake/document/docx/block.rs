//! A paragraph, and paragraphs on their way into HTML.

use super::styles::Look;
use crate::intake::document::html::{escaped, is_han, is_heading_like};

/// What a line of fields is shorter than.
const LONGEST_FIELD: usize = 160;

#[derive(Debug)]
pub struct Paragraph {
    html: String,
    is_struck: bool,
    pub look: Look,
    pub is_centred: bool,
    /// All that was written so far.
    is_bold: bool,
}

impl Default for Paragraph {
    fn default() -> Self {
        Self { html: String::new(), is_struck: false, look: Look::Text, is_centred: false, is_bold: true }
    }
}

impl Paragraph {
    pub fn write(&mut self, text: &str, is_struck: bool, is_bold: bool) {
        self.strike(is_struck);
        self.is_bold &= is_bold || text.trim().is_empty();
        self.html.push_str(&escaped(text));
    }

    /// The next line of the same paragraph.
    pub fn end_line(&mut self) {
        self.strike(false);
        self.html.push_str("<br>");
    }

    fn strike(&mut self, is_struck: bool) {
        if self.is_struck != is_struck {
            self.html.push_str(if is_struck { "<del>" } else { "</del>" });
            self.is_struck = is_struck;
        }
    }

    /// Its text as HTML, and what it is.
    pub fn finish(mut self) -> (Look, String) {
        self.strike(false);
        let look = match self.look {
            Look::Text if (self.is_centred || self.is_bold) && is_heading_like(&self.html) => {
                Look::Heading(if self.is_centred { 1 } else { 2 })
            }
            look => look,
        };
        (look, self.html)
    }
}

/// A page of one block a line, so that a line's number is a paragraph's.
#[derive(Debug, Default)]
pub struct Page {
    html: String,
    /// Fields that follow each other tell of one thing.
    fields: Vec<String>,
}

impl Page {
    pub fn take(&mut self, paragraph: Paragraph) {
        let (look, text) = paragraph.finish();
        if text.replace("<br>", "").trim().is_empty() {
            return self.end_fields();
        }
        match look {
            Look::Text if is_field(&text) => self.fields.push(text),
            Look::Text => self.block(&format!("<p>{text}</p>")),
            Look::Item => self.block(&format!("<ul><li>{text}</li></ul>")),
            Look::Heading(level) => self.block(&format!("<h{level}>{text}</h{level}>")),
        }
    }

    pub fn block(&mut self, html: &str) {
        self.end_fields();
        self.html.push_str(html);
        self.html.push('\n');
    }

    fn end_fields(&mut self) {
        if !self.fields.is_empty() {
            let lines = std::mem::take(&mut self.fields).join("<br>");
            self.html.push_str(&format!("<p>{lines}</p>\n"));
        }
    }

    pub fn finish(mut self) -> String {
        self.end_fields();
        self.html
    }
}

/// `Venue: Oslo`, or what tabs set in columns. Chinese lines are read one by one anyway.
fn is_field(text: &str) -> bool {
    let is_labelled =
        text.split_once(": ").is_some_and(|(label, _)| label.chars().count() <= 40 && !label.contains(". "));
    (is_labelled || text.trim().contains('\t'))
        && text.chars().take(LONGEST_FIELD).count() < LONGEST_FIELD
        && !text.contains(is_han)
}
