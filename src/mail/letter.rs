//! What the mails have in common that go to one reader and are of no edition.

use crate::config::Config;
use crate::domain::wording::Locale;

/// The width of plain text.
const TEXT_COLUMNS: usize = 72;

/// A sentence as lines of plain text.
pub fn lines(sentence: &str) -> String {
    textwrap::fill(sentence, TEXT_COLUMNS)
}

/// Digests in words, by their slugs: `“The week ahead” and “Deadlines”`.
pub fn titles(config: &Config, locale: Locale, digests: &[String]) -> String {
    let titles = digests.iter().map(|slug| config.digest(slug).map_or(slug.as_str(), |digest| digest.title()));
    locale.listing(&titles.map(|title| locale.with("newsletter", "title", title)).collect::<Vec<_>>())
}
