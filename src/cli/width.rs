//! How wide a terminal is, and lines that fit it.

use std::borrow::Cow;
use std::io::{self, IsTerminal};

use rustix::termios::tcgetwinsize;
use textwrap::{Options, WordSplitter};

/// How many columns the terminal has that standard error is.
pub fn error_width() -> Option<usize> {
    let size = tcgetwinsize(io::stderr()).ok().filter(|_| io::stderr().is_terminal())?;
    (size.ws_col > 0).then(|| usize::from(size.ws_col))
}

/// How many columns the terminal has that standard output is; none where it is none, or does not say.
pub fn width() -> Option<usize> {
    size().map(|size| size.0)
}

/// Columns and rows of the terminal that standard output is.
pub fn size() -> Option<(usize, usize)> {
    let size = tcgetwinsize(io::stdout()).ok().filter(|_| io::stdout().is_terminal())?;
    (size.ws_col > 0 && size.ws_row > 0).then(|| (usize::from(size.ws_col), usize::from(size.ws_row)))
}

/// Words stay whole, but for those that fit no line.
fn options<'a>(width: usize) -> Options<'a> {
    Options::new(width.max(20)).word_splitter(WordSplitter::NoHyphenation)
}

/// One line in those that it takes.
pub fn lines(text: &str, width: usize) -> Vec<String> {
    textwrap::wrap(text, options(width)).into_iter().map(Cow::into_owned).collect()
}

/// The text with no line wider than that: words stay whole where they fit one, and go on under the beginning of their line.
pub fn folded(text: &str, width: usize) -> String {
    let fold = |line: &str| {
        let margin = " ".repeat(line.len() - line.trim_start_matches(' ').len());
        textwrap::fill(line, options(width).subsequent_indent(&margin))
    };
    let fits = |line: &str| textwrap::core::display_width(line) <= width;
    text.split_inclusive('\n')
        .map(|line| match line.strip_suffix('\n') {
            Some(whole) if !fits(whole) => fold(whole) + "\n",
            None if !fits(line) => fold(line),
            _ => line.to_owned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_whole_and_go_on_under_their_line() {
        let text = "A sentence that is longer than that.\n  and one with a margin that is\nshort\n\nlast one without its end of line";
        let told = folded(text, 20);
        assert_eq!(
            told,
            "A sentence that is\nlonger than that.\n  and one with a\n  margin that is\nshort\n\nlast one without its\nend of line"
        );
        assert_eq!(folded("中文中文中文中文中文中文\n", 20), "中文中文中文中文中文\n中文\n");
    }
}
