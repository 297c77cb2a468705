//! Foreign calendars that are kept in step: what they are called, and what is known of them.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::text::{overheard, quoted};
use super::{Invalid, serde_as_text};

/// What is known of a calendar from the last time, for a conditional request (RFC 9110 section 13).
#[derive(Default, Clone, PartialEq, Eq, Debug)]
pub struct Validators {
    /// As it came.
    pub etag: Option<String>,
    /// As it came.
    pub last_modified: Option<String>,
    /// The address that gave the other two, after redirects, without user name and password. They are sent to no
    /// other: another host has no business with them, and of another file of the same host they are not true.
    pub url: Option<String>,
}

/// What is thought of a source that suddenly lacks most of what it had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// It is taken at its word when it says the same an hour later.
    Careful,
    /// It is taken at its word: somebody says so.
    Believed,
}

/// What of a source was read otherwise than it may be meant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notes {
    pub count: usize,
    /// The first of them, in the order of the source.
    pub first: Vec<Note>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Note {
    /// Counts from 1.
    pub line: u64,
    /// The field that it is about, where it is one.
    #[schema(required)]
    pub column: Option<String>,
    pub reason: String,
}

impl Notes {
    /// As many as somebody reads.
    pub const MOST: usize = 10;

    pub fn of(notes: impl IntoIterator<Item = Note>) -> Self {
        let mut kept = Self::default();
        for note in notes {
            kept.count += 1;
            if kept.first.len() < Self::MOST {
                kept.first.push(Note { reason: overheard(&note.reason), ..note });
            }
        }
        kept
    }
}

/// What people know a source by. Large and small letters are the same.
#[derive(Debug, Clone, Eq)]
pub struct SourceName(String);

/// As long as a digest's.
const LONGEST: usize = 40;

impl SourceName {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name of one that was given none: that of its server, with a number behind it where another has that.
    pub fn of_server(host: &str, is_taken: impl Fn(&Self) -> bool) -> Self {
        let plain: String = host.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        let words: Vec<&str> = plain.split('-').filter(|word| !word.is_empty()).collect();
        // Room for the number.
        let name: String = words.join("-").to_ascii_lowercase().chars().take(LONGEST - 6).collect();
        let base = match name.trim_end_matches('-') {
            name if name.bytes().any(|b| !b.is_ascii_digit()) => name.to_owned(),
            number => format!("source-{number}").trim_end_matches('-').to_owned(),
        };
        let numbered = |number: u32| Self(if number == 1 { base.clone() } else { format!("{base}-{number}") });
        let mut number = 1;
        while is_taken(&numbered(number)) {
            number += 1;
        }
        numbered(number)
    }
}

impl PartialEq for SourceName {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl FromStr for SourceName {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '-';
        let is_name = (1..=LONGEST).contains(&text.len())
            && text.chars().all(fits)
            && !text.starts_with('-')
            && !text.ends_with('-')
            // Such a one is a place in the list.
            && text.bytes().any(|b| !b.is_ascii_digit());
        match is_name {
            true => Ok(Self(text.to_owned())),
            false => {
                // An address may hold a password.
                let given =
                    if text.contains(['/', '@', '?']) { "an address".into() } else { format!("`{}`", quoted(text)) };
                Err(Invalid(format!(
                    "{given} is not a name of a source: use up to 40 letters, digits and hyphens, such as tc260, and not \
                     digits alone"
                )))
            }
        }
    }
}

impl std::fmt::Display for SourceName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.0)
    }
}

serde_as_text!(SourceName);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_notes_the_first_are_kept_and_shortened() {
        let note = |line| Note { line, column: None, reason: "x".repeat(1000) };
        let notes = Notes::of((1..=20_000).map(note));
        assert_eq!((notes.count, notes.first.len(), notes.first[9].line), (20_000, 10, 10));
        assert_eq!(notes.first[0].reason.chars().count(), 300);
    }

    #[test]
    fn a_name_has_letters_digits_and_hyphens() {
        for good in ["tc260", "TC260", "a-b", "2026-plan", "x"] {
            assert_eq!(good.parse::<SourceName>().unwrap().to_string(), good);
        }
        assert_eq!("TC260".parse::<SourceName>(), "tc260".parse());
        for bad in ["", "2", "a b", "-a", "a-", "example.org", "büro", &"a".repeat(41)] {
            assert!(bad.parse::<SourceName>().unwrap_err().0.contains("such as tc260"), "{bad}");
        }
        let error = "https://ada:secret@example.org/".parse::<SourceName>().unwrap_err();
        assert!(error.0.starts_with("an address is not a name"), "{error}");
    }

    #[test]
    fn the_name_of_a_server_is_a_name_and_nobody_elses() {
        for (host, name) in [
            ("Calendar.example.org", "calendar-example-org"),
            ("127.0.0.1", "127-0-0-1"),
            ("[::1]", "source-1"),
            ("xn--bcher-kva.example", "xn-bcher-kva-example"),
            ("", "source"),
            (&format!("{}.example", "a".repeat(60)), &"a".repeat(34)),
        ] {
            let made = SourceName::of_server(host, |_| false);
            assert_eq!((made.as_str(), made.as_str().parse()), (name, Ok(made.clone())));
        }
        let taken = ["example-org", "EXAMPLE-ORG-2"].map(|name| name.parse::<SourceName>().unwrap());
        assert_eq!(SourceName::of_server("example.org", |name| taken.contains(name)).as_str(), "example-org-3");
    }
}
