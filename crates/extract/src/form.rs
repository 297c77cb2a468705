//! What a text is written in.

use std::fmt;
use std::str::FromStr;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    Plain,
    Markdown,
    Html,
}

impl Form {
    pub const ALL: &'static [Form] = &[Form::Plain, Form::Markdown, Form::Html];

    pub fn as_str(self) -> &'static str {
        match self {
            Form::Plain => "text",
            Form::Markdown => "markdown",
            Form::Html => "html",
        }
    }

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

/// A word that names no form of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownForm(String);

impl fmt::Display for UnknownForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a form of text: use one of text, markdown, html", self.0)
    }
}

impl std::error::Error for UnknownForm {}

impl FromStr for Form {
    type Err = UnknownForm;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let word = text.trim();
        let known = Self::ALL.iter().copied().find(|form| form.as_str().eq_ignore_ascii_case(word));
        known.ok_or_else(|| UnknownForm(word.to_owned()))
    }
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
