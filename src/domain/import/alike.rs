//! Which known events are meant by a calendar's entries without a UID. What and when they are is not enough to tell:
//! there may be several at the same time in several rooms.

use std::collections::HashMap;

use super::{ContentKey, ImportEntry, Telling};
use crate::domain::event::{Details, Event};

/// The known event of each such entry, both by their index; those that are new have none. `source` has the events.
pub fn pair(entries: &[ImportEntry], events: &[Event], source: Option<&str>) -> HashMap<usize, usize> {
    let mut told: HashMap<ContentKey<'_>, Vec<usize>> = HashMap::new();
    for (index, entry) in entries.iter().enumerate().filter(|(_, entry)| entry.is_nameless()) {
        told.entry(ContentKey::of(&entry.details)).or_default().push(index);
    }
    let mut known: HashMap<ContentKey<'_>, Vec<usize>> = HashMap::new();
    for (index, event) in events.iter().enumerate().filter(|(_, event)| event.source.as_deref() == source) {
        let key = ContentKey::of(&event.details);
        if told.contains_key(&key) {
            known.entry(key).or_default().push(index);
        }
    }
    let mut pairs = HashMap::new();
    for (key, known) in &mut known {
        // Of several alike, one that is still there.
        known.sort_by_key(|index| events.get(*index).is_some_and(|event| event.removed));
        let told = told.get(key).map(Vec::as_slice).unwrap_or_default();
        match (told, known.as_slice()) {
            // The only such event may have got another place.
            ([told], [known]) => drop(pairs.insert(*told, *known)),
            _ => pair_alike(told, known, entries, events, &mut pairs),
        }
    }
    pairs
}

/// By place, there those that are the same in everything first, and then in their order.
fn pair_alike(
    told: &[usize],
    known: &[usize],
    entries: &[ImportEntry],
    events: &[Event],
    pairs: &mut HashMap<usize, usize>,
) {
    let whole = |details: &Details| format!("{details:?}");
    let place = |details: &Details| details.location.clone();
    let rounds: [&dyn Fn(&Details) -> String; 2] = [&whole, &place];
    let mut free = known.to_vec();
    for by in rounds {
        let mut found: HashMap<String, Vec<usize>> = HashMap::new();
        for index in free.iter().rev() {
            if let Some(event) = events.get(*index) {
                found.entry(by(&event.details)).or_default().push(*index);
            }
        }
        for index in told {
            let Some(entry) = entries.get(*index).filter(|_| !pairs.contains_key(index)) else { continue };
            if let Some(known) = found.get_mut(&by(&entry.details)).and_then(Vec::pop) {
                pairs.insert(*index, known);
            }
        }
        let taken: std::collections::HashSet<usize> = pairs.values().copied().collect();
        free.retain(|index| !taken.contains(index));
    }
}

impl ImportEntry {
    /// Whether it is a calendar's entry without a UID.
    pub(super) fn is_nameless(&self) -> bool {
        self.uid.is_none() && self.telling != Telling::List
    }
}
