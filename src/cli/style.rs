//! Bold, dim and red, where they are wanted.

use std::io;
use std::sync::OnceLock;

use anstream::AutoStream;
use clap::ColorChoice;

/// What `--color` says.
static CHOICE: OnceLock<ColorChoice> = OnceLock::new();

/// Told once, before anything is printed.
pub fn choose(choice: ColorChoice) {
    let _ = CHOICE.set(choice);
}

/// Whether what goes to standard output is styled: as `--color` says, else on a terminal, unless the environment says that
/// it is not to be (NO_COLOR of no-color.org, TERM=dumb).
pub fn is_on() -> bool {
    match CHOICE.get() {
        Some(ColorChoice::Always) => true,
        Some(ColorChoice::Never) => false,
        _ => AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    Plain,
    Bold,
    Dim,
    Red,
}

impl Style {
    /// The text in this style, if styles are on.
    pub fn paint(self, text: &str) -> String {
        let code = match self {
            Style::Bold => "1",
            Style::Dim => "2",
            Style::Red => "31",
            Style::Plain => return text.to_owned(),
        };
        match is_on() && !text.is_empty() {
            true => format!("\x1b[{code}m{text}\x1b[0m"),
            false => text.to_owned(),
        }
    }
}
