//! What happened to dates, from the lines of history, act by act. Pure.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::Timestamp;

use super::message::{ToldDate, What};
use crate::domain::actor::Actor;
use crate::domain::changes::{Change, changes};
use crate::domain::event::{Action, Aspect, Event, Field, Revision};
use crate::domain::links::Links;
use crate::domain::when::Point;

/// What somebody did at once.
#[derive(Debug, Clone, PartialEq)]
pub struct Act {
    pub by: Actor,
    pub at: Timestamp,
    pub dates: Vec<ToldDate>,
}

/// Fields whose former value is told: the others are long, or lists.
const TOLD_BEFORE: [Field; 6] =
    [Field::Title, Field::Start, Field::End, Field::Timezone, Field::Status, Field::Location];

/// A date by its event, and its own original start if only that is meant.
type Key = (i64, Option<Point>);

/// What these lines of history come to. What changed several times is told once, with the last act that touched it; what
/// nobody outside may see is not told.
pub fn acts(events: &[Arc<Event>], revisions: &[Revision], links: Links<'_>) -> Vec<Act> {
    let news: Vec<Revision> = revisions.iter().filter(|line| line.entry.action != Action::Reread).cloned().collect();
    let revisions = news.as_slice();
    let public: Vec<Arc<Event>> = events.iter().filter(|event| event.is_public()).cloned().collect();
    let by_id: HashMap<i64, &Arc<Event>> = public.iter().map(|event| (event.id, event)).collect();
    let mut lines: BTreeMap<Key, Vec<&Revision>> = BTreeMap::new();
    let mut order: Vec<Key> = Vec::new();
    for revision in revisions.iter().filter(|revision| by_id.contains_key(&revision.event_id)) {
        let key = (revision.event_id, revision.entry.occurrence);
        let known = lines.entry(key).or_default();
        if known.is_empty() {
            order.push(key);
        }
        known.push(revision);
    }
    let developments = changes(&public, revisions);
    let mut told: HashMap<Key, (What, Arc<Event>)> = HashMap::new();
    for (event, change) in developments.changed {
        told.insert((event.id, event.occurrence), (what_of(&change), event));
    }
    let mut acts: Vec<Act> = Vec::new();
    for key in order {
        let (lines, Some(whole)) = (&lines[&key], by_id.get(&key.0)) else { continue };
        let is_new = developments.added.contains(&key.0);
        let (what, event) = match told.remove(&key) {
            Some(known) => known,
            None if is_new && key.1.is_none() => (What::Added, Arc::clone(whole)),
            // Of what is new or gone as a whole, no single date is told.
            None if is_new || whole.is_cancelled() => continue,
            None => (What::Edited, key.1.map_or_else(|| Arc::clone(whole), |start| Arc::new(whole.occurrence(start)))),
        };
        let fields = if what == What::Added { Vec::new() } else { changed_fields(&event, lines) };
        if what == What::Edited && (fields.is_empty() || event.is_cancelled()) {
            continue;
        }
        let Some(last) = lines.last() else { continue };
        let date = told_date(what, &event, &fields, links);
        match acts.iter_mut().rev().find(|act| act.by == last.by && act.at == last.entry.at) {
            Some(act) => act.dates.push(date),
            None => acts.push(Act { by: last.by.clone(), at: last.entry.at, dates: vec![date] }),
        }
    }
    acts
}

fn what_of(change: &Change) -> What {
    match change {
        Change::Moved { .. } | Change::Exact { .. } => What::Moved,
        Change::Relocated { .. } | Change::Relinked => What::Relocated,
        Change::Placed | Change::Linked | Change::Confirmed | Change::Updated { .. } => What::Edited,
        Change::Rescheduled => What::Rescheduled,
        Change::Cancelled => What::Cancelled,
        Change::Reinstated => What::Reinstated,
    }
}

/// What is not as it was before these lines, with how it was.
fn changed_fields(event: &Event, lines: &[&Revision]) -> Vec<(Field, String)> {
    let mut first: Vec<(Field, String)> = Vec::new();
    for entry in lines.iter().map(|line| &line.entry) {
        if let (Some(Aspect::Field(field)), Some(before)) = (&entry.about, &entry.before)
            && !first.iter().any(|(known, _)| known == field)
        {
            first.push((*field, before.clone()));
        }
    }
    first.retain(|(field, before)| field.text(&event.details) != *before);
    first
}

fn told_date(what: What, event: &Event, fields: &[(Field, String)], links: Links<'_>) -> ToldDate {
    let details = &event.details;
    let before = fields.iter().filter(|(field, _)| TOLD_BEFORE.contains(field));
    ToldDate {
        change: what,
        id: event.id,
        uid: event.uid.clone(),
        occurrence: event.occurrence,
        kind: details.kind,
        title: details.title.clone(),
        start: details.when.start(),
        end: details.when.end(),
        timezone: details.when.zone().to_string(),
        precision: details.when.precision(),
        status: details.status,
        location: details.location.clone(),
        join_url: if event.is_cancelled() { String::new() } else { details.join_url.clone() },
        topics: details.topics.clone(),
        standards: details.standards.clone(),
        page: links.event(event.id),
        sequence: event.sequence,
        cancel_reason: event.cancel_reason.clone(),
        fields: fields.iter().map(|(field, _)| field.to_string()).collect(),
        before: before.map(|(field, text)| (field.to_string(), text.clone())).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::event::{Details, HistoryEntry, Kind, Status};
    use crate::domain::when::When;
    use crate::domain::zone::Zone;

    /// Events that an editor changes, second after second.
    #[derive(Default)]
    struct Desk {
        events: Vec<Event>,
        lines: Vec<Revision>,
        second: i64,
    }

    impl Desk {
        fn note(&mut self, by: &Actor, id: i64, entries: Vec<HistoryEntry>) {
            self.lines.extend(entries.into_iter().map(|entry| Revision {
                line: 0,
                event_id: id,
                by: by.clone(),
                entry,
            }));
        }

        fn add(&mut self, by: &Actor, title: &str, status: Status) -> usize {
            let at = Timestamp::from_second(self.second).unwrap();
            let when = When::parse("2026-12-18", None, Zone::utc()).unwrap();
            let details = Details { status, ..Details::new(Kind::Meeting, title, when) };
            let id = self.events.len() as i64 + 1;
            self.events.push(Event::new(id, format!("u{id}"), details, at));
            self.note(by, id, vec![HistoryEntry::of(Action::Added, at)]);
            self.events.len() - 1
        }

        fn change(&mut self, index: usize, change: impl FnOnce(&mut Event, Timestamp) -> Vec<HistoryEntry>) {
            self.second += 1;
            let at = Timestamp::from_second(self.second).unwrap();
            let entries = change(&mut self.events[index], at);
            self.note(&Actor::Operator, index as i64 + 1, entries);
        }

        /// What is told of all since the last time.
        fn told(&mut self) -> Vec<Vec<String>> {
            let events: Vec<_> = self.events.iter().cloned().map(Arc::new).collect();
            let lines = std::mem::take(&mut self.lines);
            let acts = acts(&events, &lines, Links::new("https://s.example"));
            let date = |date: &ToldDate| format!("{} {} {:?}", date.title, date.change, date.fields);
            acts.iter().map(|act| act.dates.iter().map(date).collect()).collect()
        }
    }

    fn moved(day: &str) -> impl FnOnce(&mut Event, Timestamp) -> Vec<HistoryEntry> {
        let when = When::parse(day, None, Zone::utc()).unwrap();
        move |event, at| event.revise(Details { when, ..event.details.clone() }, at).unwrap()
    }

    fn titled(title: &str) -> impl FnOnce(&mut Event, Timestamp) -> Vec<HistoryEntry> {
        let title = title.to_owned();
        move |event, at| event.revise(Details { title, ..event.details.clone() }, at).unwrap()
    }

    #[test]
    fn what_is_done_at_once_is_one_act() {
        let mut desk = Desk::default();
        for title in ["A", "B", "C"] {
            desk.add(&Actor::Source("tc260".into()), title, Status::Confirmed);
        }
        desk.add(&Actor::Operator, "D", Status::Confirmed);
        assert_eq!(desk.told(), [vec!["A added []", "B added []", "C added []"], vec!["D added []"]]);
    }

    #[test]
    fn a_date_is_told_once_with_what_all_its_changes_come_to() {
        let mut desk = Desk::default();
        let plenary = desk.add(&Actor::Operator, "Plenary", Status::Confirmed);
        desk.change(plenary, moved("2026-12-19"));
        assert_eq!(desk.told(), [["Plenary added []"]]);
        desk.change(plenary, moved("2026-12-20"));
        desk.change(plenary, titled("Second plenary"));
        desk.change(plenary, moved("2026-12-21"));
        assert_eq!(desk.told(), [["Second plenary moved [\"start\", \"title\"]"]]);
        desk.change(plenary, moved("2026-12-22"));
        desk.change(plenary, moved("2026-12-21"));
        assert!(desk.told().is_empty());
        desk.change(plenary, titled("Plenary"));
        assert_eq!(desk.told(), [["Plenary edited [\"title\"]"]]);
        desk.change(plenary, |event, at| event.cancel("", at).unwrap());
        assert_eq!(desk.told(), [["Plenary cancelled [\"status\"]"]]);
        desk.change(plenary, |event, at| event.remove(at));
        assert!(desk.told().is_empty(), "it was cancelled before");
    }

    #[test]
    fn nothing_is_told_of_what_nobody_outside_may_see() {
        let mut desk = Desk::default();
        let draft = desk.add(&Actor::Operator, "Draft", Status::Draft);
        desk.change(draft, moved("2026-12-19"));
        assert!(desk.told().is_empty());
        desk.change(draft, |event, at| event.publish(at).unwrap());
        assert_eq!(desk.told(), [["Draft added []"]]);
        let brief = desk.add(&Actor::Operator, "Brief", Status::Confirmed);
        desk.change(brief, |event, at| event.cancel("", at).unwrap());
        assert!(desk.told().is_empty());
    }
}
