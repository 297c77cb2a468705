//! Changed occurrences and the series they belong to (RFC 5545 section 3.8.4.4).

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::civil::Date;

use super::moment::in_range;
use super::{ForeignEvent, Moment};

/// A RECURRENCE-ID before it is known how its series tells time.
pub struct Change {
    pub event: usize,
    pub day: Date,
    pub instant: Option<Timestamp>,
}

/// Tells which occurrences are changed in the way their series tells them.
pub fn tell_by_series(events: &mut [ForeignEvent], changes: &[Change]) {
    if changes.is_empty() {
        return;
    }
    let series = events.iter().enumerate().filter(|(_, event)| event.recurrence_id.is_none());
    let series: HashMap<String, usize> =
        series.filter_map(|(index, event)| Some((event.uid.clone()?, index))).collect();
    for change in changes {
        let of = |index: &usize| events.get(*index).map(|event| (event.start, event.zone.clone()));
        let uid = events.get(change.event).and_then(|event| event.uid.as_ref());
        let told = match uid.and_then(|uid| series.get(uid)).and_then(of) {
            Some((Moment::Day(_), _)) => Some(Moment::Day(change.day)),
            Some((Moment::Local(_), Some(zone))) => change.instant.map(|at| Moment::Local(zone.to_datetime(at))),
            _ => None,
        };
        let told = told.filter(|told| in_range(&told.day()));
        if let (Some(told), Some(event)) = (told, events.get_mut(change.event)) {
            event.recurrence_id = Some(told);
        }
    }
}
