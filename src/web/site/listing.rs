//! The dates that a page lists, out of all events. Pure.

use std::cmp::Reverse;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::agenda::{Page, agenda};
use super::cards::{Card, Day};
use crate::domain::event::Event;
use crate::domain::filter::{EventFilter, Matcher};
use crate::domain::when::Window;
use crate::domain::wording::Locale;
use crate::domain::zone::Zone;
use crate::store::{KnownEvent, Snapshot};

/// How far around the first day of a page the dates of a repeating event are listed, unless others are asked for.
const REPEATS_AHEAD_DAYS: i64 = 92;
const REPEATS_BEHIND_DAYS: i64 = 14;

/// The same day is over everywhere on Earth within so many.
const ZONES_APART_DAYS: i64 = 3;

/// How many of those that answer a search best stand before the list.
const BEST_SHOWN: usize = 3;

/// Of a shorter list all is seen at once.
const SHORT: usize = 10;

/// What is on a page.
pub struct Listing {
    /// What answers a search best, where that is not plain from the list.
    pub best: Vec<Card>,
    pub days: Vec<Day>,
    /// Of which only a month, a quarter or a year is known.
    pub expected: Vec<Card>,
    /// The last first.
    pub past: Vec<Card>,
    /// The day with which the next page begins, if there is one.
    pub next_page: Option<Date>,
}

impl Listing {
    /// Of the events that match, for a page in `zone`.
    pub fn of(snapshot: &Snapshot, filter: &EventFilter, page: &Page, zone: &Zone, locale: Locale) -> Self {
        let (matcher, today) = (filter.matcher(), zone.at(page.now).date());
        let near = near(filter, page.first(zone));
        let chosen = Chosen::of(snapshot, &matcher, near, page, zone);
        let dates = dates(&chosen, filter, near, page.first(zone));
        let agenda = agenda(chosen.single.iter().copied().chain(&dates), page, zone);
        let cards = |events: &[&Event]| events.iter().map(|event| Card::of(event, today, locale)).collect();
        let best: Vec<Event> = chosen.best.told().map(|event| nearest_date(event, page.now)).collect();
        Self {
            best: cards(&best.iter().collect::<Vec<_>>()),
            days: agenda.days.iter().map(|(day, events)| Day::of(*day, events, today, locale)).collect(),
            expected: cards(&agenda.expected),
            past: cards(&agenda.past),
            next_page: agenda.next_page,
        }
    }

    /// Whether nothing is to come.
    pub fn has_nothing_ahead(&self) -> bool {
        self.days.is_empty() && self.expected.is_empty()
    }

    pub fn is_empty(&self) -> bool {
        self.has_nothing_ahead() && self.past.is_empty()
    }
}

/// What of all events a page may show; the dates of each are looked at of these alone.
struct Chosen<'a> {
    single: Vec<&'a Event>,
    repeating: Vec<KnownEvent<'a>>,
    /// What ended before stands on no page; none where all that is over does.
    since: Option<Timestamp>,
    /// What begins later stands on another page; none where all is on this one.
    until: Option<Timestamp>,
    best: Best<'a>,
}

/// What ended last so far, of all that is over: of most it is seen at once that it is none of these.
struct Past<'a> {
    ended: Vec<(Timestamp, KnownEvent<'a>)>,
    most: usize,
    /// What ended before is none of them; none while there is room.
    since: Option<Timestamp>,
    /// With so many it is time to part with some.
    room: usize,
}

impl<'a> Past<'a> {
    fn new(most: usize) -> Self {
        Self { ended: Vec::new(), most, since: None, room: 2 * most + 64 }
    }

    fn put(&mut self, ends: Timestamp, it: KnownEvent<'a>) {
        if self.since.is_none_or(|since| ends >= since) {
            self.ended.push((ends, it));
            if self.ended.len() > self.room {
                self.cut();
                // Many may have ended with the last of them.
                self.room = 2 * self.ended.len() + 64;
            }
        }
    }

    /// Those that ended last, and all that ended with the last of these: they are told apart later.
    fn last(mut self) -> Self {
        self.cut();
        self
    }

    fn cut(&mut self) {
        if self.ended.len() > self.most {
            self.ended.select_nth_unstable_by_key(self.most, |(ends, _)| Reverse(*ends));
            self.since = self.ended.get(self.most).map(|(ends, _)| *ends);
            self.ended.retain(|(ends, _)| self.since.is_none_or(|since| *ends >= since));
        }
    }
}

/// What answers a search best so far.
#[derive(Default)]
struct Best<'a> {
    /// By how well they do and how far they are from now, which is farther for what is over.
    first: Vec<((Reverse<usize>, i64), &'a Event)>,
    count: usize,
    /// How well the worst of all does.
    worst: usize,
}

impl<'a> Best<'a> {
    fn consider(&mut self, it: KnownEvent<'a>, matcher: &Matcher, now: Timestamp) {
        let (rank, Window { from, to }) = (it.rank(matcher), it.extent());
        self.worst = if self.count == 0 { rank } else { self.worst.min(rank) };
        self.count += 1;
        let away = match to < now {
            true => i64::MAX / 2 - to.as_second(),
            false => from.max(now).as_second() - now.as_second(),
        };
        let place = (Reverse(rank), away);
        let at = self.first.partition_point(|(known, _)| *known <= place);
        if at < BEST_SHOWN {
            self.first.insert(at, (place, it.event));
            self.first.truncate(BEST_SHOWN);
        }
    }

    /// Those that do better than others, or the nearest of many.
    fn told(&self) -> impl Iterator<Item = &'a Event> {
        let best = self.first.first().map_or(0, |((Reverse(rank), _), _)| *rank);
        let is_worth_it = best > self.worst || (self.count > SHORT && best > 0);
        let is_told = move |rank: usize| is_worth_it && rank == best;
        self.first.iter().filter(move |((Reverse(rank), _), _)| is_told(*rank)).map(|(_, event)| *event)
    }
}

impl<'a> Chosen<'a> {
    fn of(snapshot: &'a Snapshot, matcher: &'a Matcher, near: Window, page: &Page, zone: &Zone) -> Self {
        let first = page.first(zone);
        let (mut past, mut ahead, mut repeated) = (Past::new(page.most_past), Vec::new(), Vec::new());
        let mut chosen =
            Self { single: Vec::new(), repeating: Vec::new(), since: None, until: None, best: Best::default() };
        // Those of the days before the page's first are not on it, nor may those be that begin as it does.
        let counted_from = if page.from.is_some() { days_off(first, ZONES_APART_DAYS) } else { page.now };
        let is_ranked = matcher.has_words() && page.from.is_none();
        for it in snapshot.visible(matcher) {
            let Window { from: begins, to: ends } = it.extent();
            if is_ranked {
                chosen.best.consider(it, matcher, page.now);
            }
            match () {
                () if it.repeats() && ends < days_off(first, -REPEATS_BEHIND_DAYS) => {}
                () if it.repeats() => {
                    repeated.extend(
                        it.beginnings().filter(|begins| (counted_from.max(near.from)..near.to).contains(begins)),
                    );
                    chosen.repeating.push(it);
                }
                () if ends < page.now && page.from.is_some() => {}
                () if ends < page.now => past.put(ends, it),
                () if it.is_partial() => chosen.single.push(it.event),
                () if page.from.is_some() && begins < days_off(first, -ZONES_APART_DAYS) => {}
                () => ahead.push((begins, it)),
            }
        }
        let past = past.last();
        chosen.since = past.since;
        let of_single = ahead.iter().map(|(begins, _)| *begins);
        let of_single = of_single.filter(|begins| page.from.is_none() || *begins >= counted_from);
        let mut begin: Vec<Timestamp> = of_single.chain(repeated).collect();
        if begin.len() > page.most_ahead {
            let (_, last, _) = begin.select_nth_unstable(page.most_ahead);
            chosen.until = Some(days_off(*last, ZONES_APART_DAYS));
        }
        ahead.sort_unstable_by_key(|(begins, _)| *begins);
        ahead.retain(|(begins, ..)| chosen.until.is_none_or(|until| *begins <= until));
        chosen.single.extend(past.ended.into_iter().chain(ahead).map(|(_, it)| &**it.event));
        chosen
    }
}

/// The next date of what repeats, or else the event itself.
fn nearest_date(event: &Event, now: Timestamp) -> Event {
    let next = event.details.repeat.as_ref().and_then(|_| event.next_occurrence(now));
    next.unwrap_or_else(|| event.clone())
}

fn days_off(at: Timestamp, days: i64) -> Timestamp {
    at.saturating_add(SignedDuration::from_hours(24 * days)).unwrap_or(at)
}

/// When the dates of repeating events are listed on a page with this first day.
fn near(filter: &EventFilter, first: Timestamp) -> Window {
    Window {
        from: filter.window.from.max(days_off(first, -REPEATS_BEHIND_DAYS)),
        to: filter.window.to.min(days_off(first.max(filter.window.from), REPEATS_AHEAD_DAYS)),
    }
}

/// What a page lists of repeating events: the dates near the page's first day, or those asked for; at least the next.
fn dates(chosen: &Chosen<'_>, filter: &EventFilter, near: Window, first: Timestamp) -> Vec<Event> {
    let near = Window {
        from: near.from.max(chosen.since.unwrap_or(near.from)),
        to: near.to.min(chosen.until.unwrap_or(near.to)),
    };
    let mut found = Vec::new();
    for it in &chosen.repeating {
        let (event, known) = (it.event, found.len());
        if it.touches(near) {
            found.extend(it.occurrences(near));
        }
        if chosen.until.is_none() && found[known..].iter().all(|event| event.details.when.end_instant() < first) {
            found.extend(event.next_occurrence(first).filter(|next| filter.matches(next)));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::actor::Actor;
    use crate::domain::event::{EventPatch, Kind};
    use crate::store::Store;

    /// Looks at few events, and finds what looking at all of them finds.
    #[tokio::test]
    async fn a_page_is_the_same_as_if_all_events_were_looked_at() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(&folder.path().join("kalends.db")).await.unwrap();
        let zones = ["Pacific/Kiritimati", "Etc/GMT+12", "Asia/Shanghai"];
        for number in 0..400_usize {
            let day = 1 + number / 16;
            let start = if number % 3 == 0 {
                format!("2030-03-{day:02}")
            } else {
                format!("2030-03-{day:02}T{:02}:15", number % 24)
            };
            let end = (number % 40 == 0).then(|| format!("2030-03-{:02}", day + 5));
            let fields = EventPatch {
                kind: Some(Kind::Meeting),
                title: Some(format!("Event {number}")),
                start: Some(if number % 50 == 7 { "2030-05".parse().unwrap() } else { start.parse().unwrap() }),
                end: end.filter(|_| start.len() == 10).map(|end| end.parse().ok()),
                repeat: (number % 9 == 1).then(|| ["FREQ=DAILY;COUNT=4", "FREQ=WEEKLY"][number % 2].into()),
                ..EventPatch::default()
            };
            let fields = EventPatch { repeat: fields.repeat.filter(|_| number % 50 != 7), ..fields };
            let details = fields.onto(None, &zones[number % 3].parse().unwrap()).unwrap();
            store.add_event(&Actor::Operator, details, "example.org").await.unwrap();
        }
        store.keep_events().await.unwrap();
        let (snapshot, filter) = (store.snapshot().await.unwrap().unwrap(), EventFilter::default());
        let (all, matcher) = (store.events().await.unwrap(), filter.matcher());
        let (single, repeating): (Vec<&Event>, Vec<&Event>) =
            all.iter().partition(|event| event.details.repeat.is_none());
        let mut cut = 0;
        for zone in ["Asia/Shanghai", "UTC", "Pacific/Pago_Pago"] {
            let zone: Zone = zone.parse().unwrap();
            for from in [None, Some("2030-03-12"), Some("2030-03-13"), Some("2030-03-20"), Some("2030-03-25")] {
                let (from, now) = (from.map(|day| day.parse().unwrap()), "2030-03-11T10:00:00Z".parse().unwrap());
                let page = Page { now, from, most_ahead: 30, most_past: 8 };
                let window = near(&filter, page.first(&zone));
                let chosen = Chosen::of(&snapshot, &matcher, window, &page, &zone);
                cut += usize::from(chosen.until.is_some());
                let found = dates(&chosen, &filter, window, page.first(&zone));
                let near = |days| days_off(page.first(&zone), days);
                let near = Window { from: near(-REPEATS_BEHIND_DAYS), to: near(REPEATS_AHEAD_DAYS) };
                let every: Vec<Event> = repeating.iter().flat_map(|event| event.occurrences(near)).collect();
                let few = agenda(chosen.single.iter().copied().chain(&found), &page, &zone);
                let whole = agenda(single.iter().copied().chain(&every), &page, &zone);
                let ids = |events: &[&Event]| events.iter().map(|it| (it.id, it.occurrence)).collect::<Vec<_>>();
                let told = |days: &std::collections::BTreeMap<_, Vec<&Event>>| {
                    days.iter().map(|(day, events)| (*day, ids(events))).collect::<Vec<_>>()
                };
                assert_eq!(told(&few.days), told(&whole.days), "{zone} {from:?}");
                assert_eq!((ids(&few.past), few.next_page), (ids(&whole.past), whole.next_page), "{zone} {from:?}");
                assert_eq!(ids(&few.expected), ids(&whole.expected), "{zone} {from:?}");
            }
        }
        assert!(cut > 6, "{cut}");
    }
}
