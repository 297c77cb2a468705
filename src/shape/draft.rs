//! An edition to come, as programs see it.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::approval::ApprovalRecord;
use super::digest::NoteRecord;
use crate::domain::mark::Mark;

/// The edition of a moment as it would be if nothing changed until then.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DraftRecord {
    pub digest: String,
    /// The moment of the edition.
    #[schema(value_type = String, format = DateTime)]
    pub scheduled_for: Timestamp,
    /// The number that it will have, if all before it are made.
    pub number: i64,
    /// How many editions are to come before it: what they tell, this one tells no more.
    pub editions_before: usize,
    /// Of the mails of readers without a choice.
    pub subject: String,
    /// Whether it may go; null where it goes without anybody's approval.
    #[schema(required)]
    pub approval: Option<ApprovalRecord>,
    /// What its editors say.
    pub notes: Vec<NoteRecord>,
    /// What readers are told who chose nothing and have read all other editions; what is left out stands among it.
    pub sections: Vec<DraftSection>,
}

impl DraftRecord {
    /// The entries that its readers will see.
    pub fn told(&self) -> impl Iterator<Item = &DraftEntry> {
        let entries = self.sections.iter().flat_map(|section| &section.entries);
        entries.filter(|entry| !entry.marks.contains(&Mark::LeftOut))
    }

    /// The same as sections.
    pub fn without_left_out(mut self) -> Self {
        for section in &mut self.sections {
            section.entries.retain(|entry| !entry.marks.contains(&Mark::LeftOut));
        }
        self.sections.retain(|section| !section.entries.is_empty());
        self
    }
}

/// What stands under one heading.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DraftSection {
    /// `first`, `changes`, `effective`, `deadlines`, `upcoming`, `released`, `held`, `articles` or `ahead`.
    pub section: &'static str,
    pub heading: String,
    pub entries: Vec<DraftEntry>,
}

/// One thing that the edition tells, or leaves out.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DraftEntry {
    /// As it is named where it is to be left out, put first or added: `event 12`, `article 3`, `event 12@2020-10-05` of one
    /// date of a repeating event.
    pub entry: String,
    pub title: String,
    /// When it is, or of which day an article, in words.
    pub when: String,
    /// `Moved`, `New`; empty if it is as it was.
    pub badge: String,
    /// What was before, or why; empty if there is nothing to say.
    pub note: String,
    /// What editors want of it.
    pub marks: Vec<Mark>,
    /// Whether it is left out of all editions.
    pub for_good: bool,
}

/// What is wanted of entries of an edition, or was taken back.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MarkedRecord {
    pub digest: String,
    /// The moment of the edition; null: of all.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub scheduled_for: Option<Timestamp>,
    pub mark: Mark,
    /// Whether it was taken back.
    pub undone: bool,
    pub entries: Vec<MarkedEntry>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MarkedEntry {
    /// `event 12`, `article 3`, `event 12@2020-10-05`.
    pub entry: String,
    /// Empty of what is not there any more.
    pub title: String,
}
