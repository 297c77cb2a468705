//! Which events the entries of a source are. A UID tells it, unless the source gives its events other ones than before, as
//! many programs do at every fetch: then what has the same title, start and zone is the same event, and where that fits
//! several, what repeats by the same rule in the same place.

use std::collections::{HashMap, HashSet, VecDeque};

use super::ImportEntry;
use super::take_over::VANISHED;
use crate::domain::event::{Details, Event};
use crate::domain::when::Point;

/// What an event is known by: its title, its start, and the zone of a time.
type Key<'a> = (&'a str, Point, Option<&'a str>);

fn key(details: &Details) -> Key<'_> {
    let start = details.when.start();
    let zone = matches!(start, Point::Minute(_)).then(|| details.when.zone().name());
    (&details.title, start, zone)
}

/// The same, with the rule that it repeats by and the place, where these count.
fn closely(details: &Details, rule: bool, place: bool) -> (Key<'_>, &str, &str) {
    let place = if place { details.location.as_str() } else { "" };
    (key(details), if rule { details.rule() } else { "" }, place)
}

/// How much beside the key has to be the same: the rule and the place, the rule, nothing.
const CLOSENESS: [(bool, bool); 3] = [(true, true), (true, false), (false, false)];

/// Those of a kind that an entry may be: first what people wait for, then what was called off or removed here, and last
/// what the source had no more. Of the last two, only what is the same in all of it.
const RANKS: [fn(&Event) -> bool; 3] = [
    |event| !event.is_cancelled(),
    |event| event.is_cancelled() && event.cancel_reason != VANISHED,
    |event| event.is_cancelled() && event.cancel_reason == VANISHED && !event.removed,
];

/// The events of `entries`, by the places of both. `uids` says which event had a UID the last time; what is told without
/// one is left to the caller, and so are events of others.
pub(super) fn matches(
    entries: &[ImportEntry],
    events: &[Event],
    uids: &HashMap<String, usize>,
    is_ours: impl Fn(&Event) -> bool,
) -> HashMap<usize, usize> {
    let ours: Vec<usize> = (0..events.len()).filter(|at| is_ours(&events[*at])).collect();
    let own: HashSet<usize> = ours.iter().copied().collect();
    let named = |entry: &ImportEntry| entry.uid.as_ref().and_then(|uid| uids.get(uid)).copied();
    let Sorted { sure, loose } = sorted(entries, events, &own, named);
    let taken: HashSet<usize> = sure.values().copied().collect();
    let mut found = sure;
    let mut free: Vec<usize> = ours.into_iter().filter(|at| !taken.contains(at)).collect();
    let mut open = loose;
    for (rank, is_of_rank) in RANKS.iter().enumerate() {
        for (same_rule, same_place) in CLOSENESS.iter().take(if rank == 0 { CLOSENESS.len() } else { 1 }) {
            let close = |details| closely(details, *same_rule, *same_place);
            let mut known: HashMap<_, VecDeque<usize>> = HashMap::new();
            for at in free.iter().copied().filter(|at| is_of_rank(&events[*at])) {
                known.entry(close(&events[at].details)).or_default().push_back(at);
            }
            open.retain(|entry| {
                // Of copies that vanished one after the other, the last is the one that people saw last.
                let queue = known.get_mut(&close(&entries[*entry].details));
                let event = queue.and_then(|queue| if rank == 2 { queue.pop_back() } else { queue.pop_front() });
                event.is_none_or(|event| {
                    found.insert(*entry, event);
                    false
                })
            });
            let taken: HashSet<usize> = found.values().copied().collect();
            free.retain(|at| !taken.contains(at));
        }
    }
    // What nothing else speaks for is what its UID says.
    let mut taken: HashSet<usize> = found.values().copied().collect();
    for entry in open {
        if let Some(event) = named(&entries[entry]).filter(|event| taken.insert(*event)) {
            found.insert(entry, event);
        }
    }
    found
}

/// The entries by whether their UIDs can be gone by.
struct Sorted {
    sure: HashMap<usize, usize>,
    loose: Vec<usize>,
}

/// A UID that leads to an event with another title and another start is not gone by where what either of them says is found
/// under another UID: then UIDs are places in a list. Where most of them are, none that leads elsewhere is gone by.
fn sorted(
    entries: &[ImportEntry],
    events: &[Event],
    own: &HashSet<usize>,
    named: impl Fn(&ImportEntry) -> Option<usize>,
) -> Sorted {
    let known: HashSet<Key<'_>> = own.iter().map(|at| key(&events[*at].details)).collect();
    let told: HashSet<Key<'_>> = entries.iter().map(|entry| key(&entry.details)).collect();
    let mut sorted = Sorted { sure: HashMap::new(), loose: Vec::new() };
    let (mut kept, mut moved, mut changed) = (0, 0, 0);
    let mut doubtful = Vec::new();
    let mut uids = HashSet::new();
    for (at, entry) in entries.iter().enumerate() {
        // Of what is told twice, the first.
        if !entry.uid.as_ref().is_some_and(|uid| uids.insert(uid)) {
            continue;
        }
        let Some(event) = named(entry) else {
            sorted.loose.push(at);
            continue;
        };
        let (new, old) = (key(&entry.details), key(&events[event].details));
        let is_known_elsewhere = known.contains(&new);
        match () {
            () if !own.contains(&event) || new == old => kept += 1,
            () if is_known_elsewhere => moved += 1,
            () => changed += 1,
        }
        let is_doubtful = own.contains(&event) && new != old && (is_known_elsewhere || told.contains(&old));
        match is_doubtful {
            true => doubtful.push((at, event, new.0 != old.0 && new.1 != old.1)),
            false => drop(sorted.sure.entry(at).or_insert(event)),
        }
    }
    let are_places = moved > 1 && moved > kept + changed;
    for (at, event, is_other) in doubtful {
        match is_other || are_places {
            true => sorted.loose.push(at),
            false => drop(sorted.sure.insert(at, event)),
        }
    }
    sorted.loose.sort_unstable();
    sorted
}
