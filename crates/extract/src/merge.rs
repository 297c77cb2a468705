//! What a text tells twice is found once.

use std::collections::BTreeMap;

use crate::alike::Likeness;
use crate::event::{Event, Kind, Point};

/// Among so many things of one kind and date, the newest, one that is alike is looked for. A text that tells of more
/// on one day is none that people write.
const LOOKED_AT: usize = 40;

type Key = (Kind, Point);

/// Each event once, in the order told. A later sentence fills in what the first left out.
pub fn merged(events: impl IntoIterator<Item = Event>) -> Vec<Event> {
    let mut kept: Vec<Event> = Vec::new();
    let mut by_key: BTreeMap<Key, Vec<(Likeness, usize)>> = BTreeMap::new();
    for event in events {
        let likeness = Likeness::of(&event.title, &event.standards);
        let known = by_key.entry((event.kind, event.when.start)).or_default();
        let alike = known.iter().rev().take(LOOKED_AT).find(|(other, at)| {
            let same_end = kept[*at].when.end == event.when.end;
            let one_is_open = kept[*at].when.end.is_none() || event.when.end.is_none();
            (same_end || one_is_open) && other.is_alike(&likeness)
        });
        match alike {
            Some((_, at)) => fill_in(&mut kept[*at], event),
            None => {
                known.push((likeness, kept.len()));
                kept.push(event);
            }
        }
    }
    kept
}

fn fill_in(event: &mut Event, other: Event) {
    if event.location.is_empty() {
        event.location = other.location;
    }
    if event.organizer.is_empty() {
        event.organizer = other.organizer;
    }
    if event.standards.is_empty() {
        event.standards = other.standards;
    }
    if event.when.end.is_none() {
        event.when = other.when;
    }
    let new: Vec<_> = other.topics.into_iter().filter(|topic| !event.topics.contains(topic)).collect();
    event.topics.extend(new);
}
