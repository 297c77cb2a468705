//! What happened to events since the last edition, from the lines of their history. Pure.

pub mod turns;
mod typo;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::event::{Action, Event, Field, HistoryEntry, Revision, Status};
use super::tell::Tell;
use super::when::{Point, When};
use typo::is_typo;

/// What happened to an event since the last edition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    Moved {
        before: When,
    },
    /// Its date lies within what was known of it before, and is told more exactly.
    Exact {
        before: When,
    },
    /// To another place.
    Relocated {
        before: String,
    },
    /// People join it at another address, or at none.
    Relinked,
    /// It has a place, and had none.
    Placed,
    /// There is an address by which people join it, and was none.
    Linked,
    /// It was tentative before.
    Confirmed,
    /// Its editors want it told, and it is none of the others.
    Updated {
        /// What it was called, if that is what changed.
        title: Option<String>,
    },
    /// It repeats otherwise than before.
    Rescheduled,
    Cancelled,
    Reinstated,
}

impl Change {
    /// Its date before, if that is what changed.
    pub fn date_before(&self) -> Option<&When> {
        match self {
            Self::Moved { before } | Self::Exact { before } => Some(before),
            _ => None,
        }
    }
}

/// What happened since the last edition.
#[derive(Debug, Default)]
pub struct Developments {
    /// Events that were not there before, or nobody saw.
    pub added: HashSet<i64>,
    pub changed: Vec<(Arc<Event>, Change)>,
}

/// What the revisions of one event amount to.
enum News {
    Added,
    Changed(Change),
}

/// What the revisions amount to for each event, and for single dates of repeating ones: an event moved there and back
/// has no change.
pub fn changes(events: &[Arc<Event>], revisions: &[Revision]) -> Developments {
    let mut by_date: BTreeMap<(i64, Option<Point>), Vec<&Revision>> = BTreeMap::new();
    for revision in revisions.iter().filter(|revision| is_told(&revision.entry)) {
        by_date.entry((revision.event_id, revision.entry.occurrence)).or_default().push(revision);
    }
    let by_id: HashMap<i64, &Arc<Event>> = events.iter().map(|event| (event.id, event)).collect();
    let mut changes = Developments::default();
    let mut whole_told = None;
    for ((id, occurrence), revisions) in by_date {
        let Some(event) = by_id.get(&id) else { continue };
        let event = match occurrence {
            // Of what is new or cancelled as a whole, no single date is told.
            Some(_) if whole_told == Some(id) => continue,
            Some(start) => Arc::new(event.occurrence(start)),
            None => Arc::clone(event),
        };
        let Some(news) = net_change(&event, &revisions) else { continue };
        if matches!(news, News::Added | News::Changed(Change::Cancelled)) && occurrence.is_none() {
            whole_told = Some(id);
        }
        match news {
            News::Added => drop(changes.added.insert(id)),
            News::Changed(change) => changes.changed.push((event, change)),
        }
    }
    changes
}

/// What was only read otherwise, or taken back in silence, is no news.
fn is_told(entry: &HistoryEntry) -> bool {
    !matches!(entry.action, Action::Reread | Action::Withdrawn) && entry.tell != Some(Tell::Never)
}

fn net_change(event: &Event, revisions: &[&Revision]) -> Option<News> {
    let entries = || revisions.iter().map(|revision| &revision.entry);
    let is_new = entries().any(|entry| matches!(entry.action, Action::Added | Action::Published));
    if is_new {
        // Cancelled before anybody was told of it: nothing to tell.
        return (!event.is_cancelled()).then_some(News::Added);
    }
    what_changed(event, revisions).map(News::Changed)
}

fn what_changed(event: &Event, revisions: &[&Revision]) -> Option<Change> {
    let entries = || revisions.iter().map(|revision| &revision.entry);
    // The first of these tells what it was before.
    let turn = entries()
        .map(|entry| entry.action)
        .find(|action| matches!(action, Action::Cancelled | Action::Removed | Action::Reinstated));
    let was_told = event.ended_at.is_some_and(|ended| entries().all(|entry| ended < entry.at));
    match (turn, event.is_cancelled()) {
        // It was cancelled before and only taken off the list now.
        (Some(Action::Removed), true) if was_told => return None,
        (Some(Action::Cancelled | Action::Removed), true) => return Some(Change::Cancelled),
        (Some(Action::Reinstated), false) => return Some(Change::Reinstated),
        (_, true) => return None,
        _ => {}
    }
    let before = |field: Field| entries().find(|entry| entry.is_about(field)).and_then(|entry| entry.before.clone());
    let when = &event.details.when;
    let old = when_before(when, before)?;
    if old != *when {
        return Some(match is_within(when, &old) {
            true => Change::Exact { before: old },
            false => Change::Moved { before: old },
        });
    }
    let differs = |field: Field, now: &str| before(field).is_some_and(|old| old != now);
    let is_rescheduled = differs(Field::Repeat, event.details.rule())
        || [Field::Rdates, Field::Exdates].iter().any(|field| before(*field).is_some());
    if is_rescheduled {
        return Some(Change::Rescheduled);
    }
    let details = &event.details;
    let is_wanted = entries().any(|entry| entry.tell == Some(Tell::Next));
    let place = before(Field::Location).filter(|old| *old != details.location);
    let is_slip = |old: &str| !is_wanted && is_typo(old, &details.location);
    match place {
        Some(old) if old.is_empty() => return Some(Change::Placed),
        Some(before) if !is_slip(&before) => return Some(Change::Relocated { before }),
        _ => {}
    }
    let was_tentative = before(Field::Status).is_some_and(|old| old == Status::Tentative.as_str());
    if was_tentative && details.status == Status::Confirmed {
        return Some(Change::Confirmed);
    }
    match before(Field::JoinUrl).filter(|old| *old != details.join_url) {
        Some(old) if old.is_empty() => return Some(Change::Linked),
        Some(_) => return Some(Change::Relinked),
        None => {}
    }
    is_wanted.then(|| Change::Updated { title: before(Field::Title).filter(|old| *old != details.title) })
}

/// The date that became this one, by what some of its fields were before.
fn when_before(when: &When, before: impl Fn(Field) -> Option<String>) -> Option<When> {
    let start = before(Field::Start).unwrap_or_else(|| when.start().to_string());
    let end = before(Field::End).unwrap_or_else(|| when.end().map(|end| end.to_string()).unwrap_or_default());
    let zone = before(Field::Timezone).and_then(|zone| zone.parse().ok()).unwrap_or_else(|| when.zone().clone());
    let length = before(Field::Duration).map_or(when.length(), |length| length.parse().ok());
    match length {
        Some(length) => When::lasting(start.parse().ok()?, length, zone),
        None => When::parse(&start, Some(&end), zone),
    }
    .ok()
}

/// Whether a date is told more exactly than before and lies within that: a day of the month that was known, a time of the day.
fn is_within(now: &When, before: &When) -> bool {
    now.precision() < before.precision()
        && before.first_instant() <= now.first_instant()
        && now.end_instant() <= before.end_instant()
}

#[cfg(test)]
mod tests;
