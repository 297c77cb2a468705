//! Pages and feeds that are watched: what was seen of them, and what became of what they told.

use super::event::{Details, Event, Kind};
use super::when::Point;

/// An item of a feed or a block of a page that was there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SeenText {
    /// A hash of what the feed calls it, or of the block's words.
    pub key: String,
    pub link: String,
    pub title: String,
    /// Of all that was read of it; empty: it has to be read again.
    pub hash: String,
    /// How often its page was asked for in vain; none: it is read, or nobody wants it.
    pub tries: Option<u32>,
}

/// A dated event that was told there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenProposal {
    pub uid: String,
    /// The key of the item that told it; empty for a page.
    pub item: String,
    pub kind: Kind,
    pub title: String,
    pub standards: Vec<String>,
    pub start: Point,
    /// What it became: a draft, or an event that was there. None: nothing, such as what was over when it was first seen.
    pub event_id: Option<i64>,
    /// The event that this draft has another date for.
    pub moves: Option<i64>,
    /// Whether its item told it when that was read last.
    pub is_told: bool,
}

/// All that was seen of one source.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    pub texts: Vec<SeenText>,
    pub proposals: Vec<SeenProposal>,
}

/// What is known when a look at a source is decided on.
#[derive(Debug, Default)]
pub struct Known {
    pub seen: Seen,
    /// Those that what was seen became, those with a UID that is told now, and those of a kind and start that is; removed
    /// ones, too.
    pub events: Vec<Event>,
    /// Of these, by their ids, those that somebody else changed.
    pub touched: Vec<i64>,
}

/// What a look at a source changes.
#[derive(Debug, Default)]
pub struct Decided {
    /// New drafts, with their UIDs.
    pub added: Vec<(String, Details)>,
    /// Drafts that become otherwise, by their ids.
    pub revised: Vec<(i64, Details)>,
    /// What is kept of the source's texts: those that are there now.
    pub texts: Vec<SeenText>,
    /// What is kept of proposals. One that has the UID of a new draft becomes that.
    pub proposals: Vec<SeenProposal>,
}
