//! What a text tells of a dated event, as somebody may keep it.

use super::event::{Details, Event, EventPatch, Status};
use super::import::{Extent, ImportEntry, Telling};
use super::when::Point;

/// What is proposed: an event as a draft, and the sentence that it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The same for the same sentence, date and kind, for ever: what was proposed once is known again.
    pub uid: String,
    /// As a draft.
    pub details: Details,
    /// The text does not say the year, and nobody else did.
    pub is_year_guessed: bool,
    /// The date that this one takes the place of, as the text tells it.
    pub was: Option<String>,
    /// What an editor should know.
    pub note: Option<String>,
    pub becomes: Becomes,
    pub source_text: String,
    /// Where in the input its block begins, from 1.
    pub line: usize,
}

/// What becomes of a proposal that is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Becomes {
    /// A draft of its own.
    #[default]
    Draft,
    /// Another date for the draft of this UID: of another year, or moved since.
    Correction { uid: String },
    /// A draft that says that the event of this id has another date: published, it moves that.
    Move { event: i64 },
}

impl Proposal {
    /// When it was to begin before, as the text tells it.
    pub fn was_start(&self) -> Option<Point> {
        self.was.as_deref()?.split('/').next()?.parse().ok()
    }

    /// The UID that it is kept under.
    pub fn kept_uid(&self) -> &str {
        match &self.becomes {
            Becomes::Correction { uid } => uid,
            Becomes::Draft | Becomes::Move { .. } => &self.uid,
        }
    }

    /// For the store: a new event. One that is known under this UID is left as it is, but for a draft that has another date.
    pub fn entry(self, number: usize) -> ImportEntry {
        let fields = match &self.becomes {
            Becomes::Correction { .. } => EventPatch {
                start: Some(self.details.when.start()),
                end: Some(self.details.when.end()),
                description: Some(self.details.description.clone()),
                ..EventPatch::default()
            },
            Becomes::Draft | Becomes::Move { .. } => EventPatch::default(),
        };
        ImportEntry {
            formerly: None,
            private: None,
            withheld: Vec::new(),
            line: number as u64 + 1,
            uid: Some(self.kept_uid().to_owned()),
            sequence: 0,
            stamp: None,
            telling: Telling::List,
            fields,
            details: self.details,
            tells_dates: false,
            extent: Extent::Whole,
            occurrences: Vec::new(),
            date_of: None,
        }
    }
}

/// Whether another date for it is a draft that moves it, once published.
pub fn may_be_moved(event: &Event) -> bool {
    let is_shown = matches!(event.details.status, Status::Confirmed | Status::Tentative);
    is_shown && !event.removed && event.details.repeat.is_none()
}

/// For the editor who looks at a draft that moves this event.
pub fn moves_sentence(event: &Event) -> String {
    let when = &event.details.when;
    let until = when.end().map(|end| format!(" to {end}")).unwrap_or_default();
    format!(
        "Another date for event {}, which is on {}{until} here. To publish this draft moves that event.",
        event.id,
        when.start()
    )
}
