//! The dates of a page, in the order that people read them. Pure.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::{Date, Time};

use crate::domain::event::Event;
use crate::domain::zone::Zone;

/// Events in their places on a page.
#[derive(Default)]
pub struct Agenda<'a> {
    /// By day; none for what began on an earlier day and goes on.
    pub days: BTreeMap<Option<Date>, Vec<&'a Event>>,
    /// Of which only a month, a quarter or a year is known.
    pub expected: Vec<&'a Event>,
    /// The last first.
    pub past: Vec<&'a Event>,
    /// The day with which the next page begins, if there is one.
    pub next_page: Option<Date>,
}

/// Where a page begins and how much it holds.
pub struct Page {
    pub now: Timestamp,
    /// From this day on, for all pages but the first.
    pub from: Option<Date>,
    pub most_ahead: usize,
    pub most_past: usize,
}

impl Page {
    /// Where it begins.
    pub fn first(&self, zone: &Zone) -> Timestamp {
        self.from.map_or(self.now, |day| zone.instant(day.to_datetime(Time::midnight())))
    }
}

/// Orders `events` for a page in `zone`. The events of one day are never split over two pages.
pub fn agenda<'a>(events: impl IntoIterator<Item = &'a Event>, page: &Page, zone: &Zone) -> Agenda<'a> {
    let today = zone.at(page.now).date();
    let mut agenda = Agenda::default();
    let mut dated: Vec<(Option<Date>, &Event)> = Vec::new();
    for event in events {
        let when = &event.details.when;
        match () {
            () if when.end_instant() < page.now => agenda.past.push(event),
            () if when.is_partial() => agenda.expected.push(event),
            () => dated.push((when.listed_on(zone, today), event)),
        }
    }
    dated.retain(|(day, _)| page.from.is_none_or(|from| day.is_some_and(|day| day >= from)));
    dated.sort_by_cached_key(|(day, event)| (*day, event.details.when.first_instant(), event.id));
    let first_day = dated.first().and_then(|(day, _)| *day);
    agenda.next_page = dated.get(page.most_ahead).and_then(|(day, _)| *day).filter(|day| Some(*day) != first_day);
    for (day, event) in dated {
        if agenda.next_page.is_none_or(|next| day.is_none_or(|day| day < next)) {
            agenda.days.entry(day).or_default().push(event);
        }
    }
    agenda.expected.sort_by_cached_key(|event| (event.details.when.first_instant(), event.id));
    agenda.past.sort_by_cached_key(|event| std::cmp::Reverse((event.details.when.end_instant(), event.id)));
    agenda.past.truncate(page.most_past);
    if page.from.is_some() {
        // The first page has had these.
        agenda.expected.clear();
        agenda.past.clear();
    }
    agenda
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::event::{Details, Kind};
    use crate::domain::when::When;

    fn event(id: i64, start: &str, end: Option<&str>) -> Event {
        let when = When::parse(start, end, Zone::utc()).unwrap();
        Event::new(id, id.to_string(), Details::new(Kind::Meeting, "A title", when), Timestamp::UNIX_EPOCH)
    }

    fn page(from: Option<&str>, most_ahead: usize) -> Page {
        let now = "2020-09-28T12:00:00Z".parse().unwrap();
        Page { now, from: from.map(|day| day.parse().unwrap()), most_ahead, most_past: 2 }
    }

    fn told(agenda: &Agenda) -> String {
        let ids = |events: &[&Event]| events.iter().map(|e| e.id.to_string()).collect::<Vec<_>>().join(" ");
        let day = |(day, events): (&Option<Date>, &Vec<&Event>)| {
            format!("{}: {}", day.map_or("on".into(), |day| day.to_string()), ids(events))
        };
        let days = agenda.days.iter().map(day).collect::<Vec<_>>().join("; ");
        format!("{days} | {} | {}", ids(&agenda.expected), ids(&agenda.past))
    }

    #[test]
    fn each_event_stands_where_one_looks_for_it() {
        let events = [
            event(1, "2020-09-27", Some("2020-09-29")),
            event(2, "2020-09-28", None),
            event(3, "2020-10-01", None),
            event(4, "2021", None),
            event(5, "2020-09-01", None),
            event(6, "2020-09-20", None),
            event(7, "2020-08-01", None),
        ];
        let agenda = agenda(&events, &page(None, 10), &Zone::utc());
        assert_eq!(told(&agenda), "on: 1; 2020-09-28: 2; 2020-10-01: 3 | 4 | 6 5");
        assert_eq!(agenda.next_page, None);
    }

    #[test]
    fn a_long_list_goes_on_with_a_new_day() {
        let events = [
            event(1, "2020-10-01", None),
            event(2, "2020-10-02", None),
            event(3, "2020-10-02", None),
            event(4, "2020-10-03", None),
        ];
        let first = agenda(&events, &page(None, 2), &Zone::utc());
        assert_eq!(told(&first), "2020-10-01: 1 |  | ");
        assert_eq!(first.next_page, Some("2020-10-02".parse().unwrap()));
        let second = agenda(&events, &page(Some("2020-10-02"), 2), &Zone::utc());
        assert_eq!(told(&second), "2020-10-02: 2 3 |  | ");
        let third = agenda(&events, &page(Some("2020-10-03"), 2), &Zone::utc());
        assert_eq!((told(&third).as_str(), third.next_page), ("2020-10-03: 4 |  | ", None));
        // A single day that is too long is shown whole.
        let crowded = agenda(&events[1..3], &page(None, 1), &Zone::utc());
        assert_eq!((told(&crowded).as_str(), crowded.next_page), ("2020-10-02: 2 3 |  | ", None));
    }
}
