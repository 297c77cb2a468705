//! Single dates and later parts of series that are kept as events of their own, under the UID of the series and their
//! date: those that came before their series did, and what a series is from some date on.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::domain::event::{Details, Event, HistoryEntry, fitting};
use crate::domain::recurrence::Shift;
use crate::domain::refused::Refused;
use crate::domain::when::Point;

/// The events that are part of a series, by its UID, each with the date that its own UID names; in the order of the dates.
pub fn by_series(events: &[Event]) -> HashMap<String, Vec<(Point, usize)>> {
    let mut parts: HashMap<String, Vec<(Point, usize)>> = HashMap::new();
    for (index, event) in events.iter().enumerate() {
        if let Some((series, date)) = series_of(&event.uid) {
            parts.entry(series.to_owned()).or_default().push((date, index));
        }
    }
    parts.values_mut().for_each(|parts| parts.sort());
    parts
}

/// The series and the date that a UID names.
pub fn series_of(uid: &str) -> Option<(&str, Point)> {
    let (series, date) = uid.rsplit_once('#')?;
    Some((series, date.parse().ok()?))
}

/// The date as a series tells it: by the instant, if it is known, else as it is.
pub fn as_told_by(series: &Details, date: Point, instant: Option<Timestamp>) -> Option<Point> {
    match (series.when.start(), date, instant) {
        (Point::Minute(_), Point::Minute(_), Some(at)) => {
            let local = series.when.zone().at(at).datetime();
            let minute = local.with().second(0).subsec_nanosecond(0).build().ok()?;
            Some(Point::Minute(minute))
        }
        _ => fitting(date, &series.when).ok(),
    }
}

/// Whether a series has a date, by its rule or as one that is not as the rest.
pub fn has(event: &Event, date: Point) -> bool {
    event.override_of(date).is_some()
        || event.details.repeat.as_ref().is_some_and(|repeat| repeat.outside(&event.details.when, &[date]).is_empty())
}

/// How the dates of a later part follow from those of its series.
pub fn shift_of(part: &Event, from: Point) -> Shift {
    Shift::between(from, part.details.when.start())
}

/// Ends a series where a later part begins. None: nothing would be left.
pub fn end_before(event: &mut Event, from: Point, now: Timestamp) -> Option<Result<Vec<HistoryEntry>, Refused>> {
    let before = event.details.repeat.as_ref()?.before(&event.details.when, from)?;
    let details = Details { repeat: before.map(Box::new), ..event.details.clone() };
    // What is different about later dates goes along with them.
    event.overrides.retain(|change| change.occurrence < from);
    Some(event.revise(details, now))
}
