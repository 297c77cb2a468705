//! Which entries of a file are revisions of one event, and which are several events.

use std::collections::HashMap;

use crate::domain::event::Stamp;
use crate::domain::import::Telling;
use crate::domain::when::Point;
use crate::intake::{Rejected, ToldEvent};

/// A UID that several events share: a higher SEQUENCE replaces a lower; of equal ones, those at another time become
/// events of their own, so that no date is lost, and of those at the same time the last revision counts. What stands there
/// twice is one.
pub fn tell_apart(told: &mut Vec<ToldEvent>, notes: &mut Vec<Rejected>) {
    let newest = newest(told);
    let mut notes_on = |line: u64, reason: String| notes.push(Rejected::whole(line, reason));
    // By UID and start: where each that is kept stands.
    let mut kept: HashMap<(String, Option<Point>), usize> = HashMap::new();
    let mut same: HashMap<String, u64> = HashMap::new();
    let mut drop = vec![false; told.len()];
    for index in 0..told.len() {
        let Some(one) = told.get(index).filter(|one| one.occurrence.is_none()) else { continue };
        let Some(uid) = &one.uid else {
            let first = *same.entry(format!("{:?} {:?}", one.fields, one.periods)).or_insert(one.line);
            if first != one.line {
                notes_on(one.line, format!("the same event stands in line {first}, too: it is taken once"));
                drop[index] = true;
            }
            continue;
        };
        let Some(newest) = newest.get(uid) else { continue };
        if one.sequence < newest.sequence {
            let (line, newer, older) = (newest.line, newest.sequence, one.sequence);
            let reason = format!(
                "line {line} has a newer revision of this event (SEQUENCE {newer}, here {older}): this one is passed over"
            );
            notes_on(one.line, reason);
            drop[index] = true;
            continue;
        }
        // What is called off is the event, whenever it was.
        let at = if one.telling == Telling::Cancellation { newest.start } else { one.fields.start };
        let key = (uid.clone(), at);
        let Some(known) = kept.get(&key).copied().and_then(|at| Some((at, told.get(at)?))) else {
            kept.insert(key, index);
            continue;
        };
        let (place, other) = known;
        if one.fields == other.fields && one.telling == other.telling {
            notes_on(one.line, format!("the same event stands in line {}, too: it is taken once", other.line));
            drop[index] = true;
            continue;
        }
        let stamps = (stamp_of(one), stamp_of(other));
        let is_newer =
            stamps.1.is_before(stamps.0) || (one.telling == Telling::Cancellation && !stamps.0.is_before(stamps.1));
        if is_newer || stamps.0.is_before(stamps.1) {
            let (old, new) = if is_newer { (place, index) } else { (index, place) };
            let line = |at: usize| told.get(at).map(|one| one.line).unwrap_or_default();
            notes_on(
                line(old),
                format!("line {} has a newer revision of this event: this one is passed over", line(new)),
            );
            drop[old] = true;
            kept.insert(key, new);
        }
    }
    for one in told.iter_mut().filter(|one| one.occurrence.is_none() && one.telling != Telling::Cancellation) {
        let (Some(uid), Some(start)) = (&one.uid, one.fields.start) else { continue };
        if newest.get(uid).is_some_and(|newest| newest.start != Some(start)) {
            one.uid = Some(format!("{uid}#{start}"));
        }
    }
    let mut drop = drop.into_iter();
    told.retain(|_| !drop.next().unwrap_or_default());
}

fn stamp_of(told: &ToldEvent) -> Stamp {
    Stamp { sequence: told.sequence, at: told.stamp }
}

/// The newest revision that is told under a UID, the first if there are several.
struct Newest {
    sequence: u32,
    start: Option<Point>,
    line: u64,
    is_cancellation: bool,
}

fn newest(told: &[ToldEvent]) -> HashMap<String, Newest> {
    let mut newest: HashMap<String, Newest> = HashMap::new();
    for one in told.iter().filter(|one| one.occurrence.is_none()) {
        let Some(uid) = &one.uid else { continue };
        let is_cancellation = one.telling == Telling::Cancellation;
        let own = || Newest { sequence: one.sequence, start: one.fields.start, line: one.line, is_cancellation };
        let known = newest.entry(uid.clone()).or_insert_with(own);
        // What is called off need not say when it was.
        let tells_more = one.sequence == known.sequence && known.is_cancellation && !is_cancellation;
        if one.sequence > known.sequence || tells_more {
            *known = own();
        }
    }
    newest
}
