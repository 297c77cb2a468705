//! What a text tells twice is found once.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{TimeZone, TimeZoneDatabase};

use crate::alike::Likeness;
use crate::event::{Event, Kind, Point};

/// Among so many things of one date, the newest, one that is alike is looked for. A text that tells of more on one day is
/// none that people write.
const LOOKED_AT: usize = 40;

/// Each event once, in the order told. A later sentence fills in what the first left out.
pub fn merged(events: impl IntoIterator<Item = Event>) -> Vec<Event> {
    let zones = TimeZoneDatabase::bundled();
    let mut kept: Vec<(Event, Option<Timestamp>)> = Vec::new();
    let mut by_day: BTreeMap<Date, Vec<(Likeness, usize)>> = BTreeMap::new();
    for event in events {
        let moment = moment(&event, &zones);
        // Of the same moment in two zones the days may differ.
        let day = moment.map_or(event.when.start.first_day(), |moment| moment.to_zoned_datetime(TimeZone::UTC).date());
        let likeness = Likeness::of(&event.title, &event.standards);
        let known = by_day.entry(day).or_default();
        let alike = known.iter().rev().take(LOOKED_AT).find(|(other, at)| {
            let (told, told_moment) = &kept[*at];
            is_same_time(told, *told_moment, &event, moment)
                && are_of_one_kind(told.kind, event.kind)
                && (other.is_alike(&likeness) || is_said_again(told, &event))
        });
        match alike {
            Some((_, at)) => {
                if let Some((told, told_moment)) = kept.get_mut(*at) {
                    *told_moment = told_moment.or(moment);
                    fill_in(told, event);
                }
            }
            None => {
                known.push((likeness, kept.len()));
                kept.push((event, moment));
            }
        }
    }
    kept.into_iter().map(|(event, _)| event).collect()
}

/// Whether the line below says the same in another language: `Registration Deadline: March 30` over `注册截止日: 20230330`.
fn is_said_again(a: &Event, b: &Event) -> bool {
    let holds_han = |event: &Event| event.title.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    a.kind == b.kind && a.when == b.when && b.line.saturating_sub(a.line) == 1 && holds_han(a) != holds_han(b)
}

/// The moment at which it begins, where the text names the zone.
fn moment(event: &Event, zones: &TimeZoneDatabase) -> Option<Timestamp> {
    let Point::Minute(at) = event.when.start else { return None };
    let zone = zones.get(event.zone.as_deref()?).ok()?;
    zone.to_ambiguous_zoned_datetime(at).compatible().ok().map(|at| at.timestamp())
}

fn is_same_time(a: &Event, a_moment: Option<Timestamp>, b: &Event, b_moment: Option<Timestamp>) -> bool {
    let one_is_open = a.when.end.is_none() || b.when.end.is_none() || a.when.end == b.when.end;

    match (a.when.start, b.when.start) {
        _ if a_moment.is_some() && a_moment == b_moment => true,
        // A time that is told once holds for the day that is told elsewhere.
        (Point::Minute(at), Point::Day(day)) => at.date() == day,
        (Point::Day(day), Point::Minute(at)) => at.date() == day && a.when.end.is_none(),
        (a, b) => a == b && one_is_open,
    }
}

fn are_of_one_kind(a: Kind, b: Kind) -> bool {
    let is_vague = |kind: Kind| kind.is_attended() || kind == Kind::Other;
    a == b || is_vague(a) && is_vague(b) && (a == Kind::Other || b == Kind::Other)
}

fn fill_in(event: &mut Event, other: Event) {
    if matches!((event.when.start, other.when.start), (Point::Day(_), Point::Minute(_))) {
        event.when = other.when;
        event.zone = other.zone;
    }
    if event.kind == Kind::Other {
        event.kind = other.kind;
    }
    if event.location.is_empty() {
        event.location = other.location;
    }
    if event.organizer.is_empty() {
        event.organizer = other.organizer;
    }
    if event.standards.is_empty() {
        event.standards = other.standards;
    }
    if event.when.end.is_none() && event.when.start == other.when.start {
        event.when = other.when;
    }
    event.was = event.was.or(other.was);
    event.year = event.year.min(other.year);
    let new: Vec<_> = other.topics.into_iter().filter(|topic| !event.topics.contains(topic)).collect();
    event.topics.extend(new);
}
