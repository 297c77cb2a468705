//! What an event becomes that an import speaks of.

use std::borrow::Cow;
use std::collections::BTreeSet;

use jiff::Timestamp;

use super::private::withhold;
use super::reread::reread;
use super::{ByHand, Extent, ImportEntry, ImportedOccurrence, Private};
use crate::domain::FieldError;
use crate::domain::event::{Event, HistoryEntry, Override, Stamp, Status};
use crate::domain::refused::Refused;
use crate::domain::when::Point;

/// Why a vanished event is cancelled, for its readers.
pub(super) const VANISHED: &str = "no longer in the calendar it came from";

type Rejections = Vec<(u64, FieldError)>;

/// Brings a known event to what an import says of it.
pub(super) fn take_over(
    event: &mut Event,
    entry: &ImportEntry,
    is_state: bool,
    by_hand: &ByHand,
    now: Timestamp,
) -> Result<(Vec<HistoryEntry>, Rejections), FieldError> {
    let mut silent = withhold(event, entry, by_hand, now);
    if entry.private == Some(Private::Skip) && !event.is_public() {
        return Ok((silent, Vec::new()));
    }
    silent.extend(reread(event, entry, now));
    let mut fields = Cow::Borrowed(&entry.fields);
    if by_hand.has_described(event, entry) {
        let fields = fields.to_mut();
        (fields.description, fields.description_format) = (None, None);
    }
    let status = |refused: Refused| FieldError { field: "status", reason: refused.into() };
    let zone = event.details.when.zone().clone();
    let mut details = fields.onto(Some(&event.details), &zone)?;
    // What was removed from a foreign calendar's events here stays so.
    if event.removed && event.source.is_some() && !event.is_folded() {
        return Ok((silent, Vec::new()));
    }
    // Of a draft that was cancelled elsewhere nobody knew; and what is taken in as a draft publishes nothing.
    let stays_draft = details.status == Status::Cancelled || entry.details.status == Status::Draft;
    if event.details.status == Status::Draft && stays_draft {
        details.status = Status::Draft;
    }
    let is_back = event.is_cancelled() && event.cancel_reason == VANISHED;
    if is_back && fields.status.is_none() {
        details.status = Status::Confirmed;
    }
    // A table without UIDs is typed by hand and knows nothing of what was cancelled or removed here since.
    if entry.uid.is_none() && event.removed {
        return Ok((silent, Vec::new()));
    }
    if entry.uid.is_none() && event.details.status == Status::Cancelled && !is_back {
        details.status = Status::Cancelled;
    }
    let cancelled = details.status == Status::Cancelled && event.details.status != Status::Draft;
    let sequence = event.sequence;
    // A number of changes belongs to a UID: calendars that know ours never saw that of another.
    let is_called_so = entry.uid.as_ref().is_none_or(|uid| *uid == event.uid);
    let mut done = event.revise(details, now).map_err(status)?;
    if cancelled {
        done.extend(event.cancel(fields.cancel_reason.as_deref().unwrap_or_default(), now).map_err(status)?);
    }
    let mut rejected = Vec::new();
    if entry.uid.is_some() && entry.tells_dates {
        let (changed, bad) = take_over_occurrences(event, &ToldDates::of(entry), is_state, now);
        done.extend(changed);
        rejected = bad;
    }
    if !done.is_empty() {
        // One import is one change, however many lines of history it makes.
        let told = if is_called_so { entry.sequence } else { 0 };
        event.sequence = event.sequence.min(sequence.saturating_add(1)).max(told);
    }
    silent.extend(done);
    Ok((silent, rejected))
}

/// What an entry says of single dates.
pub(super) struct ToldDates<'a> {
    pub dates: &'a [ImportedOccurrence],
    pub stamp: Option<Stamp>,
    pub extent: Extent,
}

impl<'a> ToldDates<'a> {
    fn of(entry: &'a ImportEntry) -> Self {
        Self { dates: &entry.occurrences, stamp: entry.stamp(), extent: entry.extent }
    }
}

/// Makes the dates that the entry speaks of as it says, and all others as the rule has them. Of a date of which a newer
/// message was taken, that stays: `is_state` if the entry says how all is now.
pub(super) fn take_over_occurrences(
    event: &mut Event,
    told: &ToldDates<'_>,
    is_state: bool,
    now: Timestamp,
) -> (Vec<HistoryEntry>, Rejections) {
    let (mut done, mut rejected) = (Vec::new(), Vec::new());
    let spoken: BTreeSet<Point> = told.dates.iter().map(|occurrence| occurrence.start).collect();
    let is_newer = |known: &Override, stamp: Option<Stamp>| {
        !is_state && matches!((known.stamp, stamp), (Some(known), Some(stamp)) if stamp.is_before(known))
    };
    let silent = event.overrides.iter().filter(|known| !is_newer(known, told.stamp));
    let silent = silent.map(|known| known.occurrence).filter(|start| !spoken.contains(start));
    let silent: Vec<_> = silent.filter(|_| told.extent == Extent::Whole).collect();
    for start in silent {
        let plain = event.plain_occurrence(start).details;
        done.extend(event.change_occurrence(start, now, |it| it.revise(plain, now)).unwrap_or_default());
    }
    for occurrence in told.dates {
        let stamp = told.stamp.map(|whole| occurrence_stamp(occurrence).map_or(whole, |own| own.max(whole)));
        if event.override_of(occurrence.start).is_some_and(|known| is_newer(known, stamp)) {
            continue;
        }
        match take_over_date(event, occurrence, now) {
            Ok(changed) => done.extend(changed),
            Err(error) => rejected.push((occurrence.line, error)),
        }
    }
    (done, rejected)
}

pub(super) fn occurrence_stamp(date: &ImportedOccurrence) -> Option<Stamp> {
    Some(Stamp { sequence: date.sequence, at: date.stamp })
}

/// Makes one date of a series as it is told.
pub(super) fn take_over_date(
    event: &mut Event,
    date: &ImportedOccurrence,
    now: Timestamp,
) -> Result<Vec<HistoryEntry>, FieldError> {
    let base = match date.is_cancellation {
        true => event.occurrence(date.start).details,
        false => event.plain_occurrence(date.start).details,
    };
    let zone = base.when.zone().clone();
    let details = date.fields.onto(Some(&base), &zone)?;
    let reason = date.fields.cancel_reason.clone().unwrap_or_default();
    event
        .change_occurrence(date.start, now, |it| {
            let is_cancelled = details.status == Status::Cancelled;
            let mut done = it.revise(details, now)?;
            if is_cancelled {
                done.extend(it.cancel(&reason, now)?);
            }
            Ok(done)
        })
        .map_err(|refused| FieldError { field: "occurrence", reason: refused.into() })
}
