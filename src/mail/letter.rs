//! What the mails have in common that go to one reader and are of no edition.

use askama::Template;

use crate::domain::edition::Rendered;
use crate::letterhead::{Letterhead, inline};

/// The width of plain text.
const TEXT_COLUMNS: usize = 72;

/// A sentence as lines of plain text.
pub fn lines(sentence: &str) -> String {
    textwrap::fill(sentence, TEXT_COLUMNS)
}

#[derive(Template)]
#[template(path = "email/notice.html")]
struct Html<'a> {
    letterhead: &'a Letterhead<'a>,
    title: &'a str,
    paragraphs: &'a [String],
}

#[derive(Template)]
#[template(path = "email/notice.txt")]
struct Text<'a> {
    letterhead: &'a Letterhead<'a>,
    paragraphs: &'a [String],
}

/// A mail that is words alone.
pub fn of_paragraphs(letterhead: &Letterhead<'_>, subject: String, title: &str, paragraphs: &[String]) -> Rendered {
    Rendered {
        subject,
        // These templates hold nothing that can fail to be written.
        text: Text { letterhead, paragraphs }.render().unwrap_or_default(),
        html: inline(&Html { letterhead, title, paragraphs }.render().unwrap_or_default()),
        calendar: None,
        answers: None,
    }
}
