//! What a text tells of dated events.

use std::collections::HashMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::event::EventRecord;
use crate::domain::event::Event;
use crate::domain::proposal::{Becomes, Proposal};

/// An event that is proposed, and the sentence it comes from.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProposalRecord<'a> {
    #[serde(flatten)]
    pub event: EventRecord<'a>,
    /// Nobody said the year.
    pub year_guessed: bool,
    /// The date that this one takes the place of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub was: Option<&'a str>,
    /// The event that this is another date for: its draft moves that when it is published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moves: Option<i64>,
    /// What an editor should know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<&'a str>,
    pub source_text: &'a str,
    /// The line of the text that its paragraph begins in.
    pub source_line: usize,
}

impl<'a> ProposalRecord<'a> {
    /// All of them, each with the draft that it was `kept` as, if it was.
    pub fn all(proposals: &'a [Proposal], kept: &'a [Event]) -> Vec<Self> {
        let by_uid: HashMap<&str, &Event> = kept.iter().map(|event| (event.uid.as_str(), event)).collect();
        proposals.iter().map(|proposal| Self::of(proposal, by_uid.get(proposal.kept_uid()).copied())).collect()
    }

    fn of(proposal: &'a Proposal, kept: Option<&'a Event>) -> Self {
        Self {
            event: kept
                .map_or_else(|| EventRecord::proposed(proposal.kept_uid(), &proposal.details), EventRecord::from),
            year_guessed: proposal.is_year_guessed,
            was: proposal.was.as_deref(),
            moves: match proposal.becomes {
                Becomes::Move { event } => Some(event),
                Becomes::Draft | Becomes::Correction { .. } => None,
            },
            note: proposal.note.as_deref(),
            source_text: &proposal.source_text,
            source_line: proposal.line,
        }
    }
}
