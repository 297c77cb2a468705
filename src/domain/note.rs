//! What an editor says to the readers of one edition: words at its head, and the subject of its mails.

use jiff::Timestamp;

use super::refused::Refused;
use super::wording::Locale;

/// An editor's note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditorsNote {
    /// For readers of this language; none: for all.
    pub locale: Option<Locale>,
    /// Of the mail, in one line; empty: as it is without a note.
    pub subject: String,
    /// Markdown; empty: it has a subject alone.
    pub body: String,
}

impl EditorsNote {
    /// With what is said now; what is not said stays. An error: nothing is left of it.
    pub fn saying(self, said: EditorsWords) -> Result<Self, Refused> {
        let note = Self {
            subject: said.subject.unwrap_or(self.subject),
            body: said.body.unwrap_or(self.body),
            locale: self.locale,
        };
        match note.subject.is_empty() && note.body.is_empty() {
            true => Err(Refused::invalid("a note has words, or a subject: both are empty").in_field("text")),
            false => Ok(note),
        }
    }
}

/// Of which edition something is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spoken {
    /// Its moment.
    pub moment: Timestamp,
    /// It is said of the next edition, also if one is made by hand before that moment.
    pub is_next: bool,
}

/// What is said by a note; none: nothing of that kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EditorsWords {
    pub subject: Option<String>,
    pub body: Option<String>,
}

/// All that was said for one edition, in the order it was said; once at most for each language, and once for all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EditorsNotes(pub Vec<EditorsNote>);

impl EditorsNotes {
    /// What readers of a language are told: what was said in it, else to all, else what was said first.
    pub fn in_language(&self, locale: Locale) -> Option<&EditorsNote> {
        let said = |wanted: Option<Locale>| self.0.iter().find(move |note| note.locale == wanted);
        said(Some(locale)).or_else(|| said(None)).or(self.0.first())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readers_get_what_was_said_in_their_language_or_to_all_or_first() {
        let note = |locale: &str, body: &str| EditorsNote {
            locale: locale.parse().ok(),
            subject: String::new(),
            body: body.to_owned(),
        };
        let (english, chinese): (Locale, Locale) = ("en".parse().unwrap(), "zh-Hans".parse().unwrap());
        for (notes, expected) in [
            (vec![], [None, None]),
            (vec![note("", "all")], [Some("all"), Some("all")]),
            (vec![note("zh-Hans", "zh")], [Some("zh"), Some("zh")]),
            (vec![note("zh-Hans", "zh"), note("", "all")], [Some("all"), Some("zh")]),
            (vec![note("zh-Hans", "zh"), note("en", "en")], [Some("en"), Some("zh")]),
        ] {
            let notes = EditorsNotes(notes);
            let told = [english, chinese].map(|locale| notes.in_language(locale).map(|note| note.body.as_str()));
            assert_eq!(told, expected);
        }
    }
}
