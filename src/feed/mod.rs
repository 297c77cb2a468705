//! Ways out: what events look like to programs. Pure: events go in, text comes out.

pub mod content_lines;
pub mod ics;
pub mod record;

use jiff::{Span, Timestamp};

use crate::domain::event::Event;
use crate::domain::filter::EventFilter;
use crate::domain::zone::Zone;

/// What of all events belongs into a feed, and until when that stays true by itself.
pub struct Selection<'a> {
    pub events: Vec<&'a Event>,
    /// When the next cancelled event drops out.
    pub valid_until: Option<Timestamp>,
    /// When the last one dropped out.
    pub dropped_at: Option<Timestamp>,
}

/// The published events that match; cancelled and removed ones stay for `keep_cancelled`, so that calendars learn it.
/// In the order of their ids, which no change disturbs.
pub fn select<'a>(
    events: &'a [Event],
    filter: &EventFilter,
    keep_cancelled: Span,
    zone: &Zone,
    now: Timestamp,
) -> Selection<'a> {
    let mut selection = Selection { events: Vec::new(), valid_until: None, dropped_at: None };
    for event in events.iter().filter(|event| event.is_public() && filter.matches(event)) {
        let drops_at = event
            .is_cancelled()
            .then(|| event.ended_at.and_then(|at| zone.at(at).checked_add(keep_cancelled).ok()))
            .flatten()
            .map(|zoned| zoned.timestamp());
        match drops_at {
            Some(at) if at <= now => selection.dropped_at = selection.dropped_at.max(Some(at)),
            Some(at) => {
                selection.valid_until = Some(selection.valid_until.map_or(at, |first: Timestamp| first.min(at)));
                selection.events.push(event);
            }
            None => selection.events.push(event),
        }
    }
    selection
}
