//! The description of an event, as its readers see it.

use std::borrow::Cow;

use super::{excerpt, to_html};
use crate::domain::event::Details;

/// To stand on a page or in a feed's entry.
pub fn html(of: &Details) -> String {
    to_html(&of.description)
}

/// Its beginning in about so many characters, plain.
pub fn beginning(of: &Details, limit: usize) -> String {
    excerpt(&of.description, limit)
}

/// All of it for programs that show text alone. Markdown is readable as it was written.
pub fn text(of: &Details) -> Cow<'_, str> {
    Cow::Borrowed(&of.description)
}
