//! What is read otherwise today than by an older version, though its calendar says the same.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;

use super::{Formerly, ImportEntry};
use crate::domain::actor::Actor;
use crate::domain::event::{Action, DescriptionFormat, Details, Event, EventPatch, Field, HistoryEntry, Revision};

impl Formerly {
    /// Whether these are as an older version made them, and nobody has changed them since.
    fn is(&self, details: &Details) -> bool {
        details.description_format == DescriptionFormat::Markdown
            && details.description == self.description
            && details.join_url == self.join_url
    }
}

/// Brings what an older version read otherwise to how it is read today, where nobody has changed it since. Nothing happened
/// for that: neither SEQUENCE nor the date of the last change rises, and nobody is told.
pub(super) fn reread(event: &mut Event, entry: &ImportEntry, now: Timestamp) -> Vec<HistoryEntry> {
    let is_formerly =
        |formerly: &Option<Formerly>, of: &Details| formerly.as_ref().is_some_and(|formerly| formerly.is(of));
    // Asked before anything changes: what a date does not say itself it has from its series.
    let dates: Vec<_> = entry
        .occurrences
        .iter()
        .filter(|told| event.overrides.iter().any(|known| known.occurrence == told.start))
        .map(|told| (told, event.occurrence(told.start).details))
        .filter(|(told, known)| is_formerly(&told.formerly, known))
        .collect();
    let mut done = Vec::new();
    if is_formerly(&entry.formerly, &event.details) {
        let mut read = event.details.clone();
        take(&mut read, &entry.details);
        done.extend(lines(&event.details, &read, now));
        event.details = read;
    }
    for (told, known) in dates {
        let plain = event.plain_occurrence(told.start).details;
        let zone = plain.when.zone().clone();
        let Ok(said) = told.fields.onto(Some(&plain), &zone) else { continue };
        let mut read = known.clone();
        take(&mut read, &said);
        for change in event.overrides.iter_mut().filter(|change| change.occurrence == told.start) {
            change.patch = EventPatch {
                description: (read.description != plain.description).then(|| read.description.clone()),
                description_format: (read.description_format != plain.description_format)
                    .then_some(read.description_format),
                join_url: (read.join_url != plain.join_url).then(|| read.join_url.clone()),
                ..std::mem::take(&mut change.patch)
            };
        }
        let about = lines(&known, &read, now).into_iter();
        done.extend(about.map(|line| HistoryEntry { occurrence: Some(told.start), ..line }));
    }
    done
}

fn take(details: &mut Details, said: &Details) {
    details.description.clone_from(&said.description);
    details.description_format = said.description_format;
    details.join_url.clone_from(&said.join_url);
}

fn lines(before: &Details, after: &Details, now: Timestamp) -> Vec<HistoryEntry> {
    let changes = before.changes_to(after).into_iter();
    let line = |change: crate::domain::event::FieldChange| HistoryEntry {
        about: Some(change.field.into()),
        before: Some(change.before),
        after: Some(change.after),
        ..HistoryEntry::of(Action::Reread, now)
    };
    changes.map(line).collect()
}

/// What people did with the events of an import, as their history tells.
#[derive(Debug, Default)]
pub struct ByHand {
    /// What the description of an event was before somebody changed it, if nothing else has changed it since.
    descriptions: HashMap<i64, String>,
    /// Those that somebody published.
    published: HashSet<i64>,
}

impl ByHand {
    pub fn of(history: &[Revision]) -> Self {
        let mut by_hand = Self::default();
        for Revision { event_id, by, entry, .. } in history.iter().filter(|line| line.entry.occurrence.is_none()) {
            let is_source = matches!(by, Actor::Source(_));
            if entry.action == Action::Published && !is_source {
                by_hand.published.insert(*event_id);
            }
            if entry.is_about(Field::Description) {
                if is_source {
                    by_hand.descriptions.remove(event_id);
                } else {
                    // Of several changes the first tells what there was.
                    let before = || entry.before.clone().unwrap_or_default();
                    by_hand.descriptions.entry(*event_id).or_insert_with(before);
                }
            }
        }
        by_hand
    }

    pub(super) fn has_published(&self, event: &Event) -> bool {
        self.published.contains(&event.id)
    }

    /// Whether somebody has written another description than that which the calendar has had all the time.
    pub(super) fn has_described(&self, event: &Event, entry: &ImportEntry) -> bool {
        let Some(before) = self.descriptions.get(&event.id) else { return false };
        *before == entry.details.description
            || entry.formerly.as_ref().is_some_and(|formerly| formerly.description == *before)
    }
}
