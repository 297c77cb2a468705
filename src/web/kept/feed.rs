//! A feed as it is sent: which events are in it, its octets, and since when they are as they are.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::body::{Body, Piece};
use crate::clock::whole_second;
use crate::domain::event::Event;
use crate::domain::filter::Wanted;
use crate::domain::wording::Locale;
use crate::feed::{FeedInfo, Format, Parts, Selection, atom, ics, json};
use crate::parallel;
use crate::store::Snapshot;

/// Of a feed with more events than this only the packed form is kept, and unpacked for the few who want it plain.
const PLAIN_EVENTS: usize = 20_000;

/// And of a longer text.
const PLAIN_OCTETS: usize = 1 << 20;

/// The ids of a piece of a calendar: events that follow each other are printed and packed together.
const IDS_OF_A_PIECE: i64 = 512;

/// What tells one feed from another. All who ask for the same are sent the same octets.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FeedKey {
    pub format: Format,
    pub wanted: Wanted,
    /// Of our own words in it.
    pub locale: Locale,
    /// Whether it has what is long over, too, whatever the configuration leaves out.
    pub is_whole: bool,
    /// Its path and query, which stand in it; empty if where it is found is not for all to know.
    pub path: String,
}

impl FeedKey {
    /// Whether this is what everybody follows, and not what somebody asked for.
    pub fn is_of_all(&self) -> bool {
        self.wanted == Wanted::default() && self.path == self.format.path()
    }
}

/// A feed as it is sent.
pub struct Feed {
    pub body: Body,
    pub last_modified: Timestamp,
    /// Whether that date tells this body from the one before; two changes within a second have the same.
    pub is_dated: bool,
    /// The revision of the database it shows.
    head: i64,
    /// The newest edition that it tells, by id.
    edition: Option<i64>,
    /// Until a cancelled event drops out.
    valid_until: Option<Timestamp>,
}

impl Feed {
    /// One that is made anew each time it is asked for. Its date does not tell it from another: what is taken back
    /// leaves an older date behind.
    pub fn of_text(text: String, last_modified: Timestamp) -> Self {
        let keep_plain = text.len() <= PLAIN_OCTETS;
        let body = Body::new(vec![Arc::new(Piece::new(Vec::new(), text, keep_plain))]);
        Self { body, last_modified, is_dated: false, head: 0, edition: None, valid_until: None }
    }

    /// Whether it still is what there is, at this revision and with this newest edition.
    pub fn is_current(&self, head: i64, edition: Option<i64>, now: Timestamp) -> bool {
        self.head >= head && self.edition == edition && self.valid_until.is_none_or(|at| now < at)
    }

    /// Made of what is selected from a snapshot. What did not change since the last one is taken from there.
    pub fn make(
        format: Format,
        info: &FeedInfo,
        snapshot: &Snapshot,
        selection: &Selection,
        described_at: Timestamp,
        last: Option<&Feed>,
        now: Timestamp,
    ) -> Self {
        let events = &selection.events;
        let body = Body::new(match format {
            Format::Calendar => calendar_pieces(events, info, last),
            Format::Atom => pieces(atom::parts(events, info), events.len()),
            Format::Json => pieces(json::parts(events, info), events.len()),
        });
        let newest_edition = info.editions.first().map(|edition| edition.edition_id);
        let edition_at = info.editions.iter().map(|edition| edition.composed_at).max();
        let last_change = [selection.dropped_at, edition_at].into_iter().flatten().max().unwrap_or(Timestamp::MIN);
        // Told is the last second that is over: what the present one still brings will have another date.
        let over = whole_second(now).saturating_sub(SignedDuration::from_secs(1)).unwrap_or(now);
        let changed_at = whole_second(snapshot.changed_at.max(described_at).max(last_change));
        let mut last_modified = changed_at.min(over);
        let mut is_dated = last_modified == changed_at;
        if let Some(last) = last {
            match last.body.hash == body.hash {
                true => (last_modified, is_dated) = (last.last_modified, last.is_dated),
                // RFC 9110 section 8.8.2.1: never later than now.
                false => {
                    let after = last.last_modified.saturating_add(SignedDuration::from_secs(1));
                    last_modified = last_modified.max(after.unwrap_or(last_modified)).min(over);
                    is_dated = last_modified > last.last_modified;
                }
            }
        }
        let (head, valid_until) = (snapshot.head, selection.valid_until);
        Self { body, last_modified, is_dated, head, edition: newest_edition, valid_until }
    }
}

/// What is not in the order of ids, so that nothing stays in its place.
fn pieces(parts: Parts<'_>, events: usize) -> Vec<Arc<Piece>> {
    let piece = |text: String| Arc::new(Piece::new(Vec::new(), text, events <= PLAIN_EVENTS));
    let middle = parallel::map(&parts.middle, 1, |print| piece(print()));
    [piece(parts.head)].into_iter().chain(middle).chain([piece(parts.foot)]).collect()
}

/// The calendar in pieces: its head, the events by ranges of their ids, its foot. What did not change since the last
/// time is taken from there.
fn calendar_pieces(events: &[Arc<Event>], info: &FeedInfo, last: Option<&Feed>) -> Vec<Arc<Piece>> {
    let range = |id: i64| id / IDS_OF_A_PIECE;
    let known: HashMap<i64, &Arc<Piece>> = last
        .into_iter()
        .flat_map(|last| &last.body.pieces)
        .filter_map(|piece| Some((range(piece.first_id()?), piece)))
        .collect();
    let keep_plain = events.len() <= PLAIN_EVENTS;
    let mut pieces = vec![Arc::new(Piece::new(Vec::new(), ics::head(events, info), keep_plain))];
    let ranges: Vec<_> = events.chunk_by(|a, b| range(a.id) == range(b.id)).collect();
    pieces.extend(parallel::map(&ranges, 2, |some| {
        let same = some.first().and_then(|event| known.get(&range(event.id))).filter(|piece| piece.is_of(some));
        same.map(|piece| Arc::clone(piece)).unwrap_or_else(|| {
            Arc::new(Piece::new(some.to_vec(), ics::components(some, info, ics::Style::Feed), keep_plain))
        })
    }));
    pieces.push(Arc::new(Piece::new(Vec::new(), ics::FOOT.to_owned(), keep_plain)));
    pieces
}
