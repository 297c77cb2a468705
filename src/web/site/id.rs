//! The number of an event, an article or an edition in an address.

use std::str::FromStr;

use super::error::PageError;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Id(pub i64);

/// As we write it: nothing of ours is found under another spelling.
impl FromStr for Id {
    type Err = PageError;

    fn from_str(text: &str) -> Result<Self, PageError> {
        Self::in_any_spelling(text).ok().filter(|id| id.0.to_string() == text).ok_or(PageError::NotFound)
    }
}

impl Id {
    /// However somebody wrote it, where the page's own address is told to who did (`moved`).
    pub fn in_any_spelling(text: &str) -> Result<Self, PageError> {
        text.parse().map(Self).map_err(|_| PageError::NotFound)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_as_we_write_it() {
        for (text, exact, any) in [
            ("7", Some(7), Some(7)),
            ("007", None, Some(7)),
            ("+7", None, Some(7)),
            ("-0", None, Some(0)),
            ("", None, None),
            ("7x", None, None),
            (" 7", None, None),
            ("٧", None, None),
            ("9223372036854775808", None, None),
        ] {
            assert_eq!(text.parse::<Id>().ok().map(|id| id.0), exact, "{text}");
            assert_eq!(Id::in_any_spelling(text).ok().map(|id| id.0), any, "{text}");
        }
    }
}
