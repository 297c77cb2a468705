//! Whether an edition goes out before somebody has approved it, and what was approved.

use data_encoding::HEXLOWER;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::actor::Actor;
use super::edition::EditionName;
use super::mark::EditionMarks;
use super::note::EditorsNotes;
use super::wording::Locale;
use super::words;

words! {
    /// Whether an edition waits until somebody has approved it.
    #[derive(Default)]
    pub enum Approval, "approval" {
        #[default]
        None => "none",
        Ask => "ask",
    }
}

words! {
    /// How the next edition of a digest stands that asks.
    pub enum ApprovalState, "state of an approval" {
        /// Nobody was asked yet.
        Open => "open",
        Asked => "asked",
        /// Its moment has come, and nobody has approved it.
        Waiting => "waiting",
        Approved => "approved",
    }
}

/// A fingerprint of all that editors say of an edition. With other words it wants another approval.
pub fn words_of(notes: &EditorsNotes, marks: &EditionMarks) -> String {
    let mut hash = Sha256::new();
    // Each with its length: no two ways of saying come to the same.
    let mut take = |text: &str| {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text);
    };
    for note in &notes.0 {
        for text in ["note", note.locale.map_or("", Locale::tag), &note.subject, &note.body] {
            take(text);
        }
    }
    for marked in &marks.0 {
        let of = if marked.is_for_good { "for good" } else { "" };
        for text in ["mark", marked.mark.as_str(), &marked.entry.to_string(), of] {
            take(text);
        }
    }
    HEXLOWER.encode(&hash.finalize())
}

/// One thing that an edition told when it was approved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToldLine {
    /// By its name: `event 12`.
    pub entry: String,
    /// Date and title, and what is said of them.
    pub text: String,
}

/// What an edition tells otherwise than when it was approved.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Differences {
    pub added: Vec<String>,
    pub gone: Vec<String>,
    /// What it says now, and what it said.
    pub changed: Vec<(String, String)>,
}

impl Differences {
    pub fn between(approved: &[ToldLine], now: &[ToldLine]) -> Self {
        let find = |lines: &[ToldLine], entry: &str| lines.iter().find(|line| line.entry == entry).cloned();
        let mut found = Self::default();
        for line in now {
            match find(approved, &line.entry) {
                None => found.added.push(line.text.clone()),
                Some(before) if before.text != line.text => found.changed.push((line.text.clone(), before.text)),
                Some(_) => {}
            }
        }
        let gone = approved.iter().filter(|line| find(now, &line.entry).is_none());
        found.gone = gone.map(|line| line.text.clone()).collect();
        found
    }

    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.gone.is_empty() && self.changed.is_empty()
    }
}

/// What is kept of an edition that asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptApproval {
    /// What its editors had said when it was asked or approved.
    pub words: String,
    /// When its editors were asked last; none: never.
    pub asked_at: Option<Timestamp>,
    pub approved: Option<(Actor, Timestamp)>,
    /// What it told when it was approved.
    pub told: Vec<ToldLine>,
}

impl KeptApproval {
    /// Who has approved the edition that says this, and when.
    pub fn of(&self, words: &str) -> Option<&(Actor, Timestamp)> {
        self.approved.as_ref().filter(|_| self.words == words)
    }
}

/// What a link to approve is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovalLink {
    pub digest: String,
    pub scheduled_for: Timestamp,
    pub editor_id: i64,
    /// The editor's language.
    pub locale: Option<Locale>,
    pub has_left: bool,
    /// What editors had said when it was sent.
    pub words: String,
    pub is_used: bool,
    /// The edition of that moment, once it is made.
    pub edition: Option<EditionName>,
}

/// Why a link to approve does nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkTrouble {
    Unknown,
    Used,
    /// Its editor is one no more.
    Left,
    /// What editors say of the edition was changed since it was sent.
    Changed,
    /// Somebody has approved it already.
    Approved(String),
    /// The edition is made.
    Made(EditionName),
    /// A later edition has taken its place.
    Over,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::mark::{Mark, Marked};
    use crate::domain::note::EditorsNote;

    #[test]
    fn other_words_have_another_fingerprint() {
        let note = |subject: &str, body: &str| EditorsNote { locale: None, subject: subject.into(), body: body.into() };
        let marked = |entry: &str, mark, is_for_good| Marked { entry: entry.parse().unwrap(), mark, is_for_good };
        let mut seen = Vec::new();
        for (notes, marks) in [
            (vec![], vec![]),
            (vec![note("ab", "c")], vec![]),
            (vec![note("a", "bc")], vec![]),
            (vec![note("a", "bc"), note("", "d")], vec![]),
            (vec![], vec![marked("1", Mark::LeftOut, false)]),
            (vec![], vec![marked("1", Mark::LeftOut, true)]),
            (vec![], vec![marked("1", Mark::PutFirst, false), marked("2", Mark::PutFirst, false)]),
            (vec![], vec![marked("2", Mark::PutFirst, false), marked("1", Mark::PutFirst, false)]),
        ] {
            let words = words_of(&EditorsNotes(notes), &EditionMarks(marks));
            assert!(!seen.contains(&words));
            seen.push(words);
        }
    }

    #[test]
    fn what_changed_after_an_approval_is_found() {
        let line = |entry: &str, text: &str| ToldLine { entry: entry.into(), text: text.into() };
        let approved = [line("event 1", "A"), line("event 2", "B"), line("article 1", "C")];
        assert!(Differences::between(&approved, &approved).is_empty());
        let now = [line("article 1", "C"), line("event 2", "b"), line("event 3", "D")];
        let expected =
            Differences { added: vec!["D".into()], gone: vec!["A".into()], changed: vec![("b".into(), "B".into())] };
        assert_eq!(Differences::between(&approved, &now), expected);
    }
}
