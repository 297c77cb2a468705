//! What the mails have in common that go to one reader and are of no edition.

/// The width of plain text.
const TEXT_COLUMNS: usize = 72;

/// A sentence as lines of plain text.
pub fn lines(sentence: &str) -> String {
    textwrap::fill(sentence, TEXT_COLUMNS)
}
