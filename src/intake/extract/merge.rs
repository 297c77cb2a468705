//! What a text tells twice, and what is known already, is proposed once or not at all.

use std::collections::{BTreeMap, HashSet};

use super::alike::Likeness;
use super::proposal::Proposal;
use crate::domain::event::{Details, Event, Kind};
use crate::domain::when::Point;

/// Among so many things of one kind and date, the newest, one that is alike is looked for. A text that tells of more
/// on one day is none that people write.
const LOOKED_AT: usize = 40;

type Key = (Kind, Point);

fn key(details: &Details) -> Key {
    (details.kind, details.when.start())
}

/// Each event once, in the order told. A later sentence fills in what the first left out.
pub fn merged(proposals: impl IntoIterator<Item = Proposal>) -> Vec<Proposal> {
    let mut kept: Vec<Proposal> = Vec::new();
    let mut by_key: BTreeMap<Key, Vec<(Likeness, usize)>> = BTreeMap::new();
    let mut uids = HashSet::new();
    for proposal in proposals {
        if !uids.insert(proposal.uid.clone()) {
            continue;
        }
        let likeness = Likeness::of(&proposal.details.title, &proposal.details.standards);
        let known = by_key.entry(key(&proposal.details)).or_default();
        let alike = known.iter().rev().take(LOOKED_AT).find(|(other, at)| {
            let same_end = kept[*at].details.when.end() == proposal.details.when.end();
            let one_is_open = kept[*at].details.when.end().is_none() || proposal.details.when.end().is_none();
            (same_end || one_is_open) && other.is_alike(&likeness)
        });
        match alike {
            Some((_, at)) => fill_in(&mut kept[*at].details, proposal.details),
            None => {
                known.push((likeness, kept.len()));
                kept.push(proposal);
            }
        }
    }
    kept
}

fn fill_in(details: &mut Details, other: Details) {
    if details.location.is_empty() {
        details.location = other.location;
    }
    if details.organizer.is_empty() {
        details.organizer = other.organizer;
    }
    if details.standards.is_empty() {
        details.standards = other.standards;
    }
    if details.when.end().is_none() {
        details.when = other.when;
    }
    let new: Vec<_> = other.topics.into_iter().filter(|topic| !details.topics.contains(topic)).collect();
    details.topics.extend(new);
}

/// Without what was proposed before, whatever became of it, and what is told already by an event of the same kind and
/// start. Also how many those are.
pub fn unknown(proposals: Vec<Proposal>, events: &[Event]) -> (Vec<Proposal>, usize) {
    let uids: HashSet<&str> = events.iter().map(|event| event.uid.as_str()).collect();
    let mut by_key: BTreeMap<Key, Vec<Likeness>> = BTreeMap::new();
    for event in events.iter().filter(|event| !event.removed) {
        let likeness = Likeness::of(&event.details.title, &event.details.standards);
        by_key.entry(key(&event.details)).or_default().push(likeness);
    }
    let all = proposals.len();
    let is_new = |proposal: &Proposal| {
        let likeness = Likeness::of(&proposal.details.title, &proposal.details.standards);
        let told = by_key.get(&key(&proposal.details)).into_iter().flatten().take(LOOKED_AT);
        !uids.contains(proposal.uid.as_str()) && !told.into_iter().any(|known| known.is_alike(&likeness))
    };
    let new: Vec<_> = proposals.into_iter().filter(is_new).collect();
    let known = all - new.len();
    (new, known)
}
