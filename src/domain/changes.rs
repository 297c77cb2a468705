//! What happened to events since the last edition, from the lines of their history. Pure.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::event::{Action, Event, Field, Revision};
use super::when::{Point, When};

/// What happened to an event since the last edition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    Moved {
        before: When,
    },
    /// To another place.
    Relocated {
        before: String,
    },
    /// People join it at another address, or at none.
    Relinked,
    /// It repeats otherwise than before.
    Rescheduled,
    Cancelled,
    Reinstated,
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
    // What was only read otherwise, or taken back in silence, is no news.
    let is_told = |revision: &&Revision| !matches!(revision.entry.action, Action::Reread | Action::Withdrawn);
    for revision in revisions.iter().filter(is_told) {
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
    let old_start = before(Field::Start).unwrap_or_else(|| when.start().to_string());
    let old_end = before(Field::End).unwrap_or_else(|| when.end().map(|end| end.to_string()).unwrap_or_default());
    let old_zone = before(Field::Timezone).and_then(|zone| zone.parse().ok()).unwrap_or_else(|| when.zone().clone());
    let old_length = before(Field::Duration).map_or(when.length(), |length| length.parse().ok());
    let old = match old_length {
        Some(length) => When::lasting(old_start.parse().ok()?, length, old_zone),
        None => When::parse(&old_start, Some(&old_end), old_zone),
    }
    .ok()?;
    if old != *when {
        return Some(Change::Moved { before: old });
    }
    let differs = |field: Field, now: &str| before(field).is_some_and(|old| old != now);
    let is_rescheduled = differs(Field::Repeat, event.details.rule())
        || [Field::Rdates, Field::Exdates].iter().any(|field| before(*field).is_some());
    if is_rescheduled {
        return Some(Change::Rescheduled);
    }
    // Where nothing was known before, nobody has to change a plan.
    let changed = |field: Field, now: &str| before(field).filter(|old| !old.is_empty() && old != now);
    let place = changed(Field::Location, &event.details.location).map(|before| Change::Relocated { before });
    place.or_else(|| changed(Field::JoinUrl, &event.details.join_url).map(|_| Change::Relinked))
}
