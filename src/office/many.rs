//! Several events at once: all of them, or none.

use std::collections::HashSet;

use jiff::SignedDuration;

use super::{Changed, Error, Office, Result};
use crate::domain::actor::Actor;
use crate::domain::event::{Details, Event, EventPatch, Status};
use crate::domain::filter::EventFilter;
use crate::domain::refused::{Noun, Refused};
use crate::domain::several::{Ids, MOST_AT_ONCE};
use crate::domain::tell::Tell;
use crate::domain::text;
use crate::domain::when::{Point, When};

/// Titles so alike are taken for the same, from 0 to 1: a letter or two apart.
const ALIKE: f64 = 0.9;

/// Which events are meant.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// By their ids; none: all that the filter lets through.
    pub ids: Vec<Ids>,
    /// Of these only what it lets through.
    pub filter: Option<EventFilter>,
}

/// What is to be done with several events.
#[derive(Debug, Clone)]
pub enum Act {
    Publish,
    Cancel { reason: String },
    Remove,
    Edit(Box<EventPatch>),
}

impl Act {
    /// The states of events for which it can be meant. Who names ids is told what can't be done; a filter lets through
    /// what can.
    fn statuses(&self) -> &'static [Status] {
        match self {
            Act::Publish => &[Status::Draft],
            Act::Cancel { .. } => &[Status::Confirmed, Status::Tentative],
            Act::Remove | Act::Edit(_) => &[],
        }
    }
}

impl Office {
    /// Those that are meant, by id. One that is named and is not there is refused; of a range, those that are there count.
    pub async fn selected(&self, selection: &Selection, act: &Act) -> Result<Vec<Event>> {
        let mut filter = selection.filter.clone();
        if let Some(filter) = filter.as_mut().filter(|filter| filter.statuses.is_empty()) {
            filter.statuses = act.statuses().to_vec();
        }
        let mut events = Vec::new();
        match (selection.ids.as_slice(), &filter) {
            ([], None) => return Err(Refused::invalid("nothing says which events are meant").into()),
            ([], Some(filter)) => events = self.store.events_for(filter, usize::MAX).await?,
            (ids, _) => {
                for ids in ids {
                    let found = self.store.events_between(*ids, MOST_AT_ONCE + 1).await?;
                    if found.is_empty() {
                        return Err(match ids.is_one() {
                            true => Refused::not_found(Noun::Event, ids.first),
                            false => Refused::not_found(Noun::Event, ids),
                        }
                        .into());
                    }
                    events.extend(found);
                }
            }
        }
        if let Some(matcher) = filter.as_ref().map(EventFilter::matcher) {
            events.retain(|event| matcher.matches(event));
        }
        events.sort_by_key(|event| event.id);
        events.dedup_by_key(|event| event.id);
        refuse_too_many(events.len())?;
        Ok(events)
    }

    /// Does the same with each: with all of them, or with none if one can't be. A draft that has another date for an event
    /// moves that, when it is published.
    pub async fn change_events(&self, by: &Actor, ids: &[i64], act: &Act, tell: Option<Tell>) -> Result<Vec<Changed>> {
        refuse_too_many(ids.len())?;
        let ids = &once(ids);
        if let Act::Publish = act {
            let revised = self.store.publish_events(by, ids).await?;
            return Ok(revised.into_iter().map(|revised| Changed::of(revised, None)).collect());
        }
        if matches!(act, Act::Edit(patch) if **patch == EventPatch::default()) {
            return Err(Refused::invalid("nothing is said that is to be changed").into());
        }
        let revised = self.store.revise_events(by, ids, |event, now| {
            let mut entries = match act {
                Act::Publish => event.publish(now)?,
                Act::Cancel { reason } => event.cancel(reason, now)?,
                Act::Remove => event.remove(now),
                Act::Edit(patch) => {
                    let told = patch.onto(Some(&event.details), self.zone());
                    let details = told.map_err(|error| {
                        let refused = Refused::from(error);
                        Refused { said: format!("event {}: {}", event.id, refused.said), ..refused }
                    })?;
                    event.revise(details, now)?
                }
            };
            entries.iter_mut().for_each(|entry| entry.tell = tell);
            Ok(entries)
        });
        Ok(revised.await?.into_iter().map(|revised| Changed::of(revised, None)).collect())
    }

    /// Adds an event like another, at another time. Of its time what the patch leaves unsaid is as it was: the hour, and how
    /// long it lasts. It happens once, if the patch says nothing else.
    pub async fn copy_event(&self, by: &Actor, id: i64, patch: &EventPatch) -> Result<Changed> {
        let event = self.store.event(id).await?;
        let patch = like(&event.details, patch)?;
        let mut base = event.details.once(event.details.when.clone());
        if base.status == Status::Cancelled {
            base.status = Status::Confirmed;
        }
        let details = patch.onto(Some(&base), self.zone())?;
        let event = self.store.add_event(by, details, &self.host()).await?;
        Ok(Changed { event, entries: Vec::new() })
    }

    /// Others of the same title, or nearly so, within a day of it.
    pub async fn twins(&self, event: &Event) -> Result<Vec<Event>> {
        // Days of others begin at other hours.
        let near = SignedDuration::from_hours(72);
        let when = &event.details.when;
        let mut filter = EventFilter::default();
        filter.window.from = when.first_instant().saturating_sub(near).unwrap_or(filter.window.from);
        filter.window.to = when.first_instant().saturating_add(near).unwrap_or(filter.window.to);
        let near = self.events(&filter, MOST_AT_ONCE).await?;
        let title = text::fold_case(&event.details.title);
        let is_near = |other: &When| {
            let days = (other.first_day() - when.first_day()).get_days();
            days.abs() <= 1 && other.precision() == when.precision()
        };
        let figures = |title: &str| title.chars().filter(char::is_ascii_digit).collect::<String>();
        let is_alike = |other: &Event| {
            let other = text::fold_case(&other.details.title);
            // Standards one after the other in a row are others.
            figures(&other) == figures(&title) && strsim::normalized_damerau_levenshtein(&other, &title) >= ALIKE
        };
        Ok(near
            .into_iter()
            .filter(|other| other.id != event.id && is_near(&other.details.when) && is_alike(other))
            .collect())
    }
}

/// Each id where it stands first.
fn once(ids: &[i64]) -> Vec<i64> {
    let mut seen = HashSet::new();
    ids.iter().copied().filter(|id| seen.insert(*id)).collect()
}

fn refuse_too_many(count: usize) -> std::result::Result<(), Error> {
    match count > MOST_AT_ONCE {
        true => Err(Refused::invalid(format!(
            "more than {MOST_AT_ONCE} events are meant, and so many can be changed at once: choose fewer"
        ))
        .into()),
        false => Ok(()),
    }
}

/// What `patch` says of an event like this one: a day alone is at the same hour, and the end follows the start.
pub(super) fn like(details: &Details, patch: &EventPatch) -> std::result::Result<EventPatch, Refused> {
    let mut patch = patch.clone();
    let was = &details.when;
    let Some(start) = patch.start else {
        return Err(Refused::invalid("nothing says when the copy is").in_field("start"));
    };
    let says_end = matches!(patch.end, Some(Some(_))) || matches!(patch.duration, Some(Some(_)));
    let start = match (start, was.start()) {
        (Point::Day(day), Point::Minute(at)) if !says_end => Point::Minute(day.to_datetime(at.time())),
        (start, _) => start,
    };
    patch.start = Some(start);
    if !says_end {
        let is_alike = start.precision() == was.precision();
        patch.duration = Some(was.length().filter(|_| is_alike));
        // An end that follows from the length is not said beside it.
        patch.end = Some(ends(was, start)).filter(|_| was.length().is_none() || !is_alike);
    }
    Ok(patch)
}

/// The end of what lasts as long as this, from another start on.
fn ends(was: &When, start: Point) -> Option<Point> {
    let end = was.end()?;
    let moved = |from: Point, to: Point, at: Point| {
        let days = to.first_day().since(from.first_day()).ok()?;
        match at {
            Point::Minute(at) => at.checked_add(days).ok().map(Point::Minute),
            Point::Day(day) => day.checked_add(days).ok().map(Point::Day),
            _ => None,
        }
    };
    match (was.start(), start, end) {
        (Point::Minute(from), Point::Minute(to), Point::Minute(at)) => {
            // By the clock: from nine to twelve stays so.
            let length = at.since(from).ok()?;
            to.checked_add(length).ok().map(Point::Minute)
        }
        (Point::Day(_), Point::Day(_), end @ Point::Day(_)) => moved(was.start(), start, end),
        (Point::Year(from), Point::Year(to), Point::Year(at)) => Some(Point::Year(to.checked_add(at - from)?)),
        // Of months and quarters only their number matters.
        (Point::Month(y, m), Point::Month(year, month), Point::Month(end_year, end_month)) => {
            let months = i32::from(end_year - y) * 12 + i32::from(end_month - m) + i32::from(month) - 1;
            let years = i16::try_from(months.div_euclid(12)).ok()?;
            Some(Point::Month(year.checked_add(years)?, i8::try_from(months.rem_euclid(12)).ok()? + 1))
        }
        (Point::Quarter(y, q), Point::Quarter(year, quarter), Point::Quarter(end_year, end_quarter)) => {
            let quarters = i32::from(end_year - y) * 4 + i32::from(end_quarter - q) + i32::from(quarter) - 1;
            let years = i16::try_from(quarters.div_euclid(4)).ok()?;
            Some(Point::Quarter(year.checked_add(years)?, i8::try_from(quarters.rem_euclid(4)).ok()? + 1))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::event::Kind;
    use crate::domain::zone::Zone;

    fn copied(start: &str, end: Option<&str>, on: &str) -> String {
        let zone: Zone = "Asia/Shanghai".parse().unwrap();
        let details = Details::new(Kind::Meeting, "Plenary", When::parse(start, end, zone.clone()).unwrap());
        let patch = EventPatch { start: Some(on.parse().unwrap()), ..EventPatch::default() };
        let when = like(&details, &patch).unwrap().onto(Some(&details), &zone).unwrap().when;
        format!("{} {}", when.start(), when.end().map(|end| end.to_string()).unwrap_or_default())
    }

    #[test]
    fn a_copy_lasts_as_long_and_begins_at_the_same_hour() {
        for (start, end, on, copy) in [
            ("2026-10-01", None, "2027-10-01", "2027-10-01 "),
            ("2026-09-14", Some("2026-09-20"), "2027-09-13", "2027-09-13 2027-09-19"),
            ("2026-09-16 09:00", Some("2026-09-16 12:00"), "2027-09-15", "2027-09-15T09:00 2027-09-15T12:00"),
            ("2026-09-16 09:00", Some("2026-09-17 12:00"), "2027-09-15 10:00", "2027-09-15T10:00 2027-09-16T13:00"),
            ("2026-09-16 09:00", None, "2027-09-15", "2027-09-15T09:00 "),
            ("2026-11", Some("2027-02"), "2027-11", "2027-11 2028-02"),
            ("2026-Q4", Some("2027-Q1"), "2027-Q4", "2027-Q4 2028-Q1"),
            ("2026", None, "2028", "2028 "),
            ("2026-09-16 09:00", Some("2026-09-16 12:00"), "2027", "2027 "),
        ] {
            assert_eq!(copied(start, end, on), copy, "{start} {end:?} {on}");
        }
    }
}
