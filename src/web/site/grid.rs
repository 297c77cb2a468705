//! A month as a table of its days. Pure.

use std::borrow::Borrow;
use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{SignedDuration, Span};

use crate::domain::event::Event;
use crate::domain::when::{Point, When};
use crate::domain::zone::Zone;

/// The events of a month in their places.
pub struct Grid<'a> {
    /// From Monday to Sunday; none before the first day and after the last.
    pub weeks: Vec<Vec<Option<Square<'a>>>>,
    /// Of which no more is known than this month, or a quarter or year that it lies in; the most exact first.
    pub expected: Vec<&'a Event>,
}

/// A day of the month.
pub struct Square<'a> {
    pub date: Date,
    /// What lasts several days, each in the same lane on all its days of a week; a lane may be free on a day.
    pub lanes: Vec<Option<Part<'a>>>,
    /// What is on this day alone.
    pub events: Vec<&'a Event>,
}

/// What lasts several days, on one of them.
#[derive(Clone, Copy)]
pub struct Part<'a> {
    pub event: &'a Event,
    /// Whether this is its first day,
    pub begins: bool,
    /// and its last.
    pub ends: bool,
    /// On the first of its days in this week, how many these are; none on the others.
    pub span: usize,
}

/// With the first and the last of its days that the month has.
struct Lasting<'a> {
    event: &'a Event,
    from: Date,
    to: Date,
    begins: Date,
    ends: Date,
}

/// Puts events, the dates of repeating ones each as its own, into the month that begins on `first`, on each of their
/// days as `zone` has them.
pub fn grid<'a, E: Borrow<Event>>(events: &'a [E], first: Date, zone: &Zone) -> Grid<'a> {
    let last = first.last_of_month();
    let mut days: BTreeMap<Date, Vec<&Event>> = BTreeMap::new();
    let (mut lasting, mut expected) = (Vec::new(), Vec::new());
    for event in events.iter().map(Borrow::borrow) {
        let (begins, ends) = days_of(&event.details.when, zone);
        match event.details.when.is_partial() {
            _ if begins > last || ends < first => {}
            true => expected.push(event),
            false if begins == ends => days.entry(begins).or_default().push(event),
            false => lasting.push(Lasting { event, from: begins.max(first), to: ends.min(last), begins, ends }),
        }
    }
    for events in days.values_mut() {
        // What has no hour stands above what has.
        events.sort_by_key(|event| {
            let when = &event.details.when;
            (matches!(when.start(), Point::Minute(_)), when.first_instant(), event.id)
        });
    }
    expected.sort_by_key(|event| (event.details.when.precision(), event.details.when.first_instant(), event.id));
    // The longest above, so that few lanes have gaps.
    lasting.sort_by_key(|it| (it.from, std::cmp::Reverse(it.to), it.event.details.when.first_instant(), it.event.id));
    let square = |date: Date| Some(Square { date, lanes: Vec::new(), events: days.remove(&date).unwrap_or_default() });
    let before = usize::try_from(first.weekday().to_monday_zero_offset()).unwrap_or_default();
    let month = first.series(Span::new().days(1)).take_while(|day| *day <= last).map(square);
    let mut squares: Vec<_> = std::iter::repeat_with(|| None).take(before).chain(month).collect();
    let mut weeks = Vec::new();
    while !squares.is_empty() {
        let rest = squares.split_off(squares.len().min(7));
        squares.resize_with(7, || None);
        lay(&lasting, &mut squares);
        weeks.push(std::mem::replace(&mut squares, rest));
    }
    Grid { weeks, expected }
}

/// Lays what lasts over the days of a week, each into the first lane that is free.
fn lay<'a>(lasting: &[Lasting<'a>], week: &mut [Option<Square<'a>>]) {
    for it in lasting {
        let is_on = |square: &Square<'_>| (it.from..=it.to).contains(&square.date);
        let mut on: Vec<&mut Square<'a>> = week.iter_mut().flatten().filter(|square| is_on(square)).collect();
        let (count, is_free) =
            (on.len(), |lane: usize, square: &Square<'_>| square.lanes.get(lane).is_none_or(Option::is_none));
        let lane = (0..).find(|lane| on.iter().all(|square| is_free(*lane, square))).unwrap_or_default();
        for (at, square) in on.iter_mut().enumerate() {
            if square.lanes.len() <= lane {
                square.lanes.resize(lane + 1, None);
            }
            square.lanes[lane] = Some(Part {
                event: it.event,
                begins: square.date == it.begins,
                ends: square.date == it.ends,
                span: if at == 0 { count } else { 0 },
            });
        }
    }
}

/// The first and the last day it touches: a time by the clock of `zone`, a day as it is.
fn days_of(when: &When, zone: &Zone) -> (Date, Date) {
    match when.start() {
        Point::Minute(_) => {
            let begins = when.first_instant();
            // What ends at midnight does not touch the day that begins then.
            let ends = when.end_instant().checked_sub(SignedDuration::from_secs(1)).unwrap_or(begins).max(begins);
            (zone.at(begins).date(), zone.at(ends).date())
        }
        _ => (when.first_day(), when.last_day()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::event::{Details, Kind};
    use crate::domain::occurrence::unroll;
    use crate::domain::recurrence::{Recurrence, Rule};
    use crate::domain::when::Window;

    fn event(id: i64, start: &str, end: Option<&str>) -> Event {
        let when = When::parse(start, end, "Asia/Shanghai".parse().unwrap()).unwrap();
        Event::new(id, id.to_string(), Details::new(Kind::Meeting, "A title", when), jiff::Timestamp::UNIX_EPOCH)
    }

    fn first() -> Date {
        "2020-10-01".parse().unwrap()
    }

    /// `1: [1+ 2-] 4 5, 12: 6 | 7`: on the first, 1 begins and 2 ends, and 4 and 5 are on that day alone.
    fn told(grid: &Grid) -> String {
        let ids = |events: &[&Event]| events.iter().map(|event| event.id.to_string()).collect::<Vec<_>>().join(" ");
        let part = |part: &Option<Part>| {
            part.map_or("_".into(), |part| {
                let mark = |is: bool, mark| if is { mark } else { "" };
                let span = if part.span == 0 { String::new() } else { format!("x{}", part.span) };
                format!("{}{span}{}{}", part.event.id, mark(part.begins, "+"), mark(part.ends, "-"))
            })
        };
        let day = |square: &Square| {
            let lanes = square.lanes.iter().map(part).collect::<Vec<_>>().join(" ");
            let lanes = if lanes.is_empty() { lanes } else { format!("[{lanes}] ") };
            format!("{}: {lanes}{}", square.date.day(), ids(&square.events)).trim_end().to_owned()
        };
        let squares = grid.weeks.iter().flatten().flatten();
        let days: Vec<_> = squares.filter(|it| !it.events.is_empty() || !it.lanes.is_empty()).map(day).collect();
        format!("{} | {}", days.join(", "), ids(&grid.expected))
    }

    #[test]
    fn weeks_begin_on_monday_and_hold_seven_days() {
        for (month, before, weeks) in [("2020-10-01", 3, 5), ("2021-02-01", 0, 4), ("2020-11-01", 6, 6)] {
            let first: Date = month.parse().unwrap();
            let grid = grid::<Event>(&[], first, &Zone::utc());
            assert!(grid.weeks.iter().all(|week| week.len() == 7));
            assert_eq!(grid.weeks.len(), weeks, "{month}");
            assert_eq!(grid.weeks[0].iter().take_while(|square| square.is_none()).count(), before, "{month}");
            let days: Vec<_> = grid.weeks.iter().flatten().flatten().map(|square| square.date.day()).collect();
            assert_eq!(days, (1..=first.days_in_month()).collect::<Vec<_>>());
        }
    }

    #[test]
    fn each_event_stands_on_each_of_its_days() {
        let events = [
            event(1, "2020-09-29", Some("2020-10-02")),
            event(2, "2020-10-31", Some("2020-11-01")),
            event(3, "2020-10-02", None),
            event(4, "2020-10-02 09:00", Some("2020-10-02 10:00")),
            event(5, "2020-10-02 08:00", None),
            event(6, "2020-11-01", None),
            event(7, "2020-09-30", None),
        ];
        let zone = "Asia/Shanghai".parse().unwrap();
        assert_eq!(told(&grid(&events, first(), &zone)), "1: [1x2], 2: [1-] 3 5 4, 31: [2x1+] | ");
        // By another clock a time is on another day, and what ends at midnight ends on the day before.
        let late = [event(1, "2020-10-01 07:00", Some("2020-10-02 08:00"))];
        assert_eq!(told(&grid(&late, first(), &Zone::utc())), "1: [1x1-] | ");
    }

    #[test]
    fn what_lasts_stays_in_its_lane_for_a_week() {
        let events = [
            event(1, "2020-10-05", Some("2020-10-06")),
            event(2, "2020-10-05", Some("2020-10-07")),
            event(3, "2020-10-07", Some("2020-10-12")),
            event(4, "2020-10-11", Some("2020-10-13")),
        ];
        let zone = "Asia/Shanghai".parse().unwrap();
        assert_eq!(
            told(&grid(&events, first(), &zone)),
            "5: [2x3+ 1x2+], 6: [2 1-], 7: [2- 3x5+], 8: [_ 3], 9: [_ 3], 10: [_ 3], 11: [4x1+ 3], 12: [3x1- 4x2], 13: [_ 4-] | "
        );
    }

    #[test]
    fn what_is_known_to_the_month_or_less_stands_beside_the_days() {
        let events = [
            event(1, "2020", None),
            event(2, "2020-Q4", None),
            event(3, "2020-10", None),
            event(4, "2020-Q3", None),
            event(5, "2020-09", Some("2020-11")),
            event(6, "2021", None),
        ];
        assert_eq!(told(&grid(&events, first(), &Zone::utc())), " | 5 3 2 1");
    }

    #[test]
    fn a_repeating_event_stands_on_each_of_its_dates() {
        let mut weekly = event(1, "2020-09-01", None);
        let rule = Rule::read("FREQ=WEEKLY;COUNT=7", weekly.details.when.start(), &Zone::utc()).unwrap();
        weekly.details.repeat = Some(Box::new(Recurrence { rule: Some(rule), ..Recurrence::default() }));
        let events = [weekly];
        let dates = unroll(&events, Window::ALL);
        assert_eq!(told(&grid(&dates, first(), &Zone::utc())), "6: 1, 13: 1 | ");
    }
}
