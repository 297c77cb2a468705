//! What a text tells coarsely first and exactly later.

use jiff::civil::Date;

use crate::alike::Likeness;
use crate::event::{Event, Kind, Point};

/// Whether people come to it, its kind and day, what it is called, and the figures in that.
type Exact = (bool, Kind, Date, Likeness, String);

/// What a text tells first by its month or year and then by its day is told by its day.
pub fn drop_coarse(events: &mut Vec<Event>) {
    const LOOKED_AT: usize = 400;
    if events.len() > LOOKED_AT {
        return;
    }
    let figures = |title: &str| title.chars().filter(char::is_ascii_digit).collect::<String>();
    let exact: Vec<Exact> = events
        .iter()
        .filter(|event| matches!(event.when.start, Point::Day(_) | Point::Minute(_)))
        .map(|event| {
            (
                event.kind.is_attended(),
                event.kind,
                event.when.start.first_day(),
                Likeness::of(&event.title, &event.standards),
                figures(&event.title),
            )
        })
        .collect();
    events.retain(|event| {
        let is_within = |day: Date| match event.when.start {
            Point::Month(year, month) => (day.year(), day.month()) == (year, month),
            Point::Quarter(year, quarter) => day.year() == year && (day.month() - 1) / 3 + 1 == quarter,
            Point::Year(year) => day.year() == year,
            Point::Day(_) | Point::Minute(_) => false,
        };
        let likeness = Likeness::of(&event.title, &event.standards);
        let is_told = |(attended, kind, day, other, own): &Exact| {
            let of = figures(&event.title);
            is_within(*day)
                && (of.is_empty() || of == *own)
                && (*kind == event.kind || *attended && event.kind.is_attended())
                && other.is_alike(&likeness)
        };
        !exact.iter().any(is_told)
    });
}
