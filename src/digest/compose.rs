//! What is in an edition: chosen from the events and their history. Pure; what `now` is, the caller says.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use jiff::civil::Date;
use jiff::{Span, Timestamp};

use crate::domain::event::{Action, Event, Kind, Revision};
use crate::domain::filter::EventFilter;
use crate::domain::when::{Point, Precision, When, Window};
use crate::domain::zone::Zone;

/// What an edition is asked to tell, whoever reads it.
#[derive(Debug, Clone)]
pub struct Brief {
    pub now: Timestamp,
    pub zone: Zone,
    /// How far ahead it looks.
    pub upcoming: Span,
    /// How far back.
    pub recent: Span,
    pub kinds: Vec<Kind>,
    pub topics: Vec<String>,
    /// Nothing was told before: then everything would be new, and is not marked so.
    pub is_first: bool,
}

impl Brief {
    /// All that an edition looks at, but for what changed.
    pub fn window(&self) -> Window {
        Reach::of(self).whole()
    }
}

/// An event in an edition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    pub event: Arc<Event>,
    /// Not told before.
    pub is_new: bool,
}

/// Events that begin on the same day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// None for what has begun already and goes on.
    pub date: Option<Date>,
    pub items: Vec<Item>,
}

/// What happened to an event since the last edition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    New,
    Moved {
        before: When,
    },
    /// It repeats otherwise than before.
    Rescheduled,
    Cancelled,
    Reinstated,
}

/// The content of one edition for readers who see the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Content {
    /// What was moved, cancelled, reinstated, and what is new and stands nowhere else here.
    pub changes: Vec<(Arc<Event>, Change)>,
    pub effective: Vec<Item>,
    pub deadlines: Vec<Item>,
    pub days: Vec<Day>,
    /// Expected in a month, quarter or year that begins within reach.
    pub expected: Vec<Item>,
    pub recent: Vec<Item>,
}

impl Content {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Every event it tells of, for a summary.
    pub fn count(&self) -> usize {
        self.changes.len()
            + self.effective.len()
            + self.deadlines.len()
            + self.days.iter().map(|day| day.items.len()).sum::<usize>()
            + self.expected.len()
            + self.recent.len()
    }
}

/// All that an edition may tell, found once; each group of readers takes its part of it.
#[derive(Debug)]
pub struct Survey {
    zone: Zone,
    /// In the order of their beginnings.
    placed: Vec<Placed>,
    /// Bad news first, then what moved, then what is new.
    changes: Vec<(Arc<Event>, Change)>,
    /// Events to be marked as new.
    new: HashSet<i64>,
}

/// An event, or one date of a repeating one, and where it belongs.
#[derive(Debug)]
struct Placed {
    /// The event as a whole: whether a reader wants it is asked of this.
    whole: Arc<Event>,
    event: Arc<Event>,
    place: Place,
}

impl Survey {
    /// Chooses from `events` what `brief` asks for; `revisions` is the history since the last edition.
    pub fn new(brief: &Brief, events: &[Arc<Event>], revisions: &[Revision]) -> Self {
        let reach = Reach::of(brief);
        let of_digest =
            EventFilter { kinds: brief.kinds.clone(), topics: brief.topics.clone(), ..EventFilter::default() };
        let is_told = |event: &Event| event.is_public() && of_digest.matches(event);
        let in_order = |event: &Event| (event.details.when.first_instant(), event.id);

        let mut placed = Vec::new();
        for whole in events.iter().filter(|event| is_told(event)) {
            let dates = match whole.details.repeat {
                None => vec![whole.clone()],
                Some(_) => whole.occurrences(reach.whole()).into_iter().map(Arc::new).collect(),
            };
            for event in dates.into_iter().filter(|event| !event.is_cancelled()) {
                if let Some(place) = reach.place(&event.details.when) {
                    placed.push(Placed { whole: whole.clone(), event, place });
                }
            }
        }
        placed.sort_by_cached_key(|placed| in_order(&placed.event));

        let mut changes = changes(events, revisions);
        changes.retain(|(event, _)| is_told(event));
        let is_new = |(_, change): &&(Arc<Event>, Change)| !brief.is_first && *change == Change::New;
        let new = changes.iter().filter(is_new).map(|(event, _)| event.id).collect();
        changes.retain(|(event, change)| match change {
            // What is long over is news only to those who were told of the rest before.
            Change::New => !brief.is_first || event.touches(Window { from: brief.now, ..Window::ALL }),
            Change::Moved { before } => reach.is_current(event) || before.end_instant() > reach.first,
            Change::Rescheduled | Change::Cancelled | Change::Reinstated => reach.is_current(event),
        });
        changes.sort_by_cached_key(|(event, change)| {
            let rank = match change {
                Change::Cancelled => 0,
                Change::Moved { .. } | Change::Rescheduled => 1,
                Change::Reinstated => 2,
                Change::New => 3,
            };
            (rank, in_order(event))
        });
        Self { zone: brief.zone.clone(), placed, changes, new }
    }

    /// What those are told who want what `reader` matches, and for whom it is `today`.
    pub fn content(&self, reader: &EventFilter, today: Date) -> Content {
        let mut content = Content::default();
        let mut days: BTreeMap<Option<Date>, Vec<Item>> = BTreeMap::new();
        let mut told = HashSet::new();
        for Placed { event, place, .. } in self.placed.iter().filter(|placed| reader.matches(&placed.whole)) {
            told.insert(event.id);
            let item = Item { is_new: self.new.contains(&event.id), event: event.clone() };
            match (place, event.details.kind) {
                (Place::Past, _) => content.recent.push(item),
                (_, Kind::EffectiveDate) => content.effective.push(item),
                (_, Kind::Deadline) => content.deadlines.push(item),
                (Place::Partial, _) => content.expected.push(item),
                (Place::Dated, _) => {
                    days.entry(event.details.when.listed_on(&self.zone, today)).or_default().push(item);
                }
            }
        }
        content.days = days.into_iter().map(|(date, items)| Day { date, items }).collect();
        // The newest first: that is what is news.
        content
            .recent
            .sort_by_cached_key(|item| (std::cmp::Reverse(item.event.details.when.end_instant()), item.event.id));
        let is_told_above = |event: &Event, change: &Change| *change == Change::New && told.contains(&event.id);
        content.changes = self
            .changes
            .iter()
            .filter(|(event, change)| reader.matches(event) && !is_told_above(event, change))
            .cloned()
            .collect();
        content
    }
}

/// Where an event lies as seen from an edition.
#[derive(Debug)]
enum Place {
    Past,
    /// Going on, or begins within reach.
    Dated,
    Partial,
}

struct Reach {
    now: Timestamp,
    first: Timestamp,
    last: Timestamp,
}

impl Reach {
    fn of(brief: &Brief) -> Self {
        let now = brief.zone.at(brief.now);
        Self {
            now: brief.now,
            first: now.checked_sub(brief.recent).map_or(Timestamp::MIN, |z| z.timestamp()),
            last: now.checked_add(brief.upcoming).map_or(Timestamp::MAX, |z| z.timestamp()),
        }
    }

    fn place(&self, when: &When) -> Option<Place> {
        let (begins, ends) = (when.first_instant(), when.end_instant());
        if ends <= self.now {
            return (ends > self.first).then_some(Place::Past);
        }
        let is_ahead = (self.now..self.last).contains(&begins);
        match when.is_partial() {
            // A year that has begun would be told every week of it; a month is short enough.
            true => (is_ahead || (begins < self.now && when.precision() == Precision::Month)).then_some(Place::Partial),
            false => (is_ahead || begins < self.now).then_some(Place::Dated),
        }
    }

    /// All that an edition looks at.
    fn whole(&self) -> Window {
        Window { from: self.first, to: self.last }
    }

    /// Not over for longer than an edition looks back.
    fn is_current(&self, event: &Event) -> bool {
        event.touches(Window { from: self.first, ..Window::ALL })
    }
}

/// What the revisions amount to for each event, and for single dates of repeating ones: an event moved there and back
/// has no change.
fn changes(events: &[Arc<Event>], revisions: &[Revision]) -> Vec<(Arc<Event>, Change)> {
    let mut by_date: BTreeMap<(i64, Option<Point>), Vec<&Revision>> = BTreeMap::new();
    for revision in revisions {
        by_date.entry((revision.event_id, revision.entry.occurrence)).or_default().push(revision);
    }
    let by_id: HashMap<i64, &Arc<Event>> = events.iter().map(|event| (event.id, event)).collect();
    let mut changes = Vec::new();
    let mut whole_told = None;
    for ((id, occurrence), revisions) in by_date {
        let Some(event) = by_id.get(&id) else { continue };
        let event = match occurrence {
            // Of what is new or cancelled as a whole, no single date is told.
            Some(_) if whole_told == Some(id) => continue,
            Some(start) => Arc::new(event.occurrence(start)),
            None => Arc::clone(event),
        };
        if let Some(change) = net_change(&event, &revisions) {
            if matches!(change, Change::New | Change::Cancelled) && occurrence.is_none() {
                whole_told = Some(id);
            }
            changes.push((event, change));
        }
    }
    changes
}

fn net_change(event: &Event, revisions: &[&Revision]) -> Option<Change> {
    let entries = || revisions.iter().map(|revision| &revision.entry);
    let is_new = entries().any(|entry| matches!(entry.action, Action::Added | Action::Published));
    if is_new {
        // Cancelled before anybody was told of it: nothing to tell.
        return (!event.is_cancelled()).then_some(Change::New);
    }
    // The first of these tells what it was before.
    let turn = entries()
        .map(|entry| entry.action)
        .find(|action| matches!(action, Action::Cancelled | Action::Removed | Action::Reinstated));
    let was_told = event.ended_at.is_some_and(|ended| entries().all(|entry| ended < entry.at));
    match (turn, event.is_cancelled()) {
        // It was cancelled before and only taken off the list now.
        (Some(Action::Removed), true) if was_told => return None,
        (Some(Action::Cancelled | Action::Removed), true) => return Some(Change::Cancelled),
        (Some(Action::Reinstated), false) => return Some(Change::Reinstated),
        (_, true) => return None,
        _ => {}
    }
    let before = |field: &str| {
        entries().find(|entry| entry.field.as_deref() == Some(field)).and_then(|entry| entry.before.clone())
    };
    let when = &event.details.when;
    let old_start = before("start").unwrap_or_else(|| when.start().to_string());
    let old_end = before("end").unwrap_or_else(|| when.end().map(|end| end.to_string()).unwrap_or_default());
    let old_zone = before("timezone").and_then(|zone| zone.parse().ok()).unwrap_or_else(|| when.zone().clone());
    let old = When::parse(&old_start, Some(&old_end), old_zone).ok()?;
    if old != *when {
        return Some(Change::Moved { before: old });
    }
    let differs = |field: &str, now: &str| before(field).is_some_and(|old| old != now);
    let is_rescheduled =
        differs("repeat", event.details.rule()) || ["rdates", "exdates"].iter().any(|field| before(field).is_some());
    is_rescheduled.then_some(Change::Rescheduled)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::event::{Details, HistoryEntry, Status};

    const NOW: &str = "2020-09-28T00:00:00Z";

    fn now() -> Timestamp {
        NOW.parse().unwrap()
    }

    fn brief() -> Brief {
        Brief {
            now: now(),
            zone: "Asia/Shanghai".parse().unwrap(),
            upcoming: Span::new().days(30),
            recent: Span::new().days(14),
            kinds: vec![],
            topics: vec![],
            is_first: false,
        }
    }

    fn event(id: i64, kind: Kind, start: &str, end: Option<&str>) -> Event {
        let when = When::parse(start, end, "Asia/Shanghai".parse().unwrap()).unwrap();
        Event::new(id, id.to_string(), Details::new(kind, &format!("Event {id}"), when), now())
    }

    fn compose(brief: &Brief, events: &[Event], revisions: &[Revision]) -> Content {
        compose_for(&EventFilter::default(), brief, events, revisions)
    }

    fn compose_for(reader: &EventFilter, brief: &Brief, events: &[Event], revisions: &[Revision]) -> Content {
        let events: Vec<_> = events.iter().cloned().map(Arc::new).collect();
        Survey::new(brief, &events, revisions).content(reader, brief.zone.at(brief.now).date())
    }

    fn history(event: i64, entries: Vec<HistoryEntry>) -> Vec<Revision> {
        entries.into_iter().map(|entry| Revision { event_id: event, entry }).collect()
    }

    fn added(event: i64) -> Vec<Revision> {
        history(event, vec![HistoryEntry::of(Action::Added, now())])
    }

    fn ids(items: &[Item]) -> Vec<i64> {
        items.iter().map(|item| item.event.id).collect()
    }

    #[test]
    fn each_event_has_its_place() {
        let events = [
            event(1, Kind::EffectiveDate, "2020-10-01", None),
            event(2, Kind::Deadline, "2020-10-09", None),
            event(3, Kind::Meeting, "2020-10-12", Some("2020-10-14")),
            event(4, Kind::Forum, "2020-09-14", Some("2020-09-20")),
            event(5, Kind::Forum, "2020-09-27", Some("2020-09-29")),
            event(6, Kind::Release, "2020-10", None),
            event(7, Kind::Release, "2020", None),
            event(8, Kind::Meeting, "2020-12-01", None),
            event(9, Kind::Meeting, "2020-09-01", None),
        ];
        let content = compose(&brief(), &events, &[]);
        assert_eq!(ids(&content.effective), [1]);
        assert_eq!(ids(&content.deadlines), [2]);
        assert_eq!(ids(&content.expected), [6]);
        assert_eq!(ids(&content.recent), [4]);
        let days: Vec<_> = content.days.iter().map(|day| (day.date.map(|d| d.to_string()), ids(&day.items))).collect();
        assert_eq!(days, [(None, vec![5]), (Some("2020-10-12".into()), vec![3])]);
        assert!(content.changes.is_empty());
    }

    #[test]
    fn drafts_and_other_kinds_and_topics_stay_out() {
        let mut draft = event(1, Kind::Meeting, "2020-10-01", None);
        draft.details.status = Status::Draft;
        let mut smart = event(2, Kind::Meeting, "2020-10-01", None);
        smart.details.topics = vec!["Smart City".into()];
        let events = [draft, smart, event(3, Kind::Release, "2020-10-01", None)];
        let told = |brief: &Brief| compose(brief, &events, &added(1)).count();
        assert_eq!(told(&brief()), 2);
        assert_eq!(told(&Brief { kinds: vec![Kind::Meeting], ..brief() }), 1);
        assert_eq!(told(&Brief { topics: vec!["smart city".into()], ..brief() }), 1);
        let told_to = |reader: EventFilter| compose_for(&reader, &brief(), &events, &added(1)).count();
        assert_eq!(told_to(EventFilter { topics: vec!["ipv6".into()], ..EventFilter::default() }), 0);
        assert_eq!(told_to(EventFilter { kinds: vec![Kind::Release], ..EventFilter::default() }), 1);
    }

    #[test]
    fn changes_are_told_with_what_was_before() {
        let mut moved = event(1, Kind::Meeting, "2020-10-12", None);
        let to = When::parse("2020-12-19", None, moved.details.when.zone().clone()).unwrap();
        let entries = moved.revise(Details { when: to, ..moved.details.clone() }, now()).unwrap();
        let mut revisions = history(1, entries);
        let mut cancelled = event(2, Kind::Forum, "2020-10-12", None);
        revisions.extend(history(2, cancelled.cancel("storm", now()).unwrap()));
        revisions.extend(added(3));
        revisions.extend(added(4));
        let events =
            [moved, cancelled, event(3, Kind::Meeting, "2022", None), event(4, Kind::Meeting, "2020-10-02", None)];
        let content = compose(&brief(), &events, &revisions);
        let changes: Vec<_> = content.changes.iter().map(|(event, change)| (event.id, change.clone())).collect();
        let before = When::parse("2020-10-12", None, "Asia/Shanghai".parse().unwrap()).unwrap();
        assert_eq!(changes, [(2, Change::Cancelled), (1, Change::Moved { before }), (3, Change::New)]);
        // What is new and stands among the coming events is marked there.
        assert_eq!((ids(&content.days[0].items), content.days[0].items[0].is_new), (vec![4], true));
    }

    #[test]
    fn an_event_moved_there_and_back_is_no_news() {
        let mut event = event(1, Kind::Meeting, "2020-10-12", None);
        let original = event.details.clone();
        let away = When::parse("2020-10-19", None, original.when.zone().clone()).unwrap();
        let mut entries = event.revise(Details { when: away, ..original.clone() }, now()).unwrap();
        entries.extend(event.revise(original, now()).unwrap());
        let content = compose(&brief(), &[event], &history(1, entries));
        assert!(content.changes.is_empty());
    }

    #[test]
    fn the_first_edition_marks_nothing_as_new_and_digs_up_nothing_old() {
        let events = [
            event(1, Kind::Release, "2017-12", None),
            event(2, Kind::Release, "2021", None),
            event(3, Kind::Meeting, "2020-10-02", None),
        ];
        let revisions: Vec<_> = (1..=3).flat_map(added).collect();
        let first = compose(&Brief { is_first: true, ..brief() }, &events, &revisions);
        assert_eq!(first.changes.iter().map(|(e, _)| e.id).collect::<Vec<_>>(), [2]);
        assert!(!first.days[0].items[0].is_new);
        let later = compose(&brief(), &events, &revisions);
        assert_eq!(later.changes.iter().map(|(e, _)| e.id).collect::<Vec<_>>(), [1, 2]);
    }
}
