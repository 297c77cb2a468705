//! What is new, what changed, what is the same, and what is there no more.

use std::collections::HashMap;

use jiff::Timestamp;

use super::held::{Look, hold};
use super::take_over::{VANISHED, take_over, take_over_occurrences};
use super::{ContentKey, Extent, ImportCounts, ImportEntry, ImportOrigin, Imported, Known, Missing};
use crate::domain::event::{Action, Event, HistoryEntry, Status};
use crate::domain::when::Window;
use crate::domain::{FieldError, Invalid};

/// Adds what is new and updates what changed, by the same rules as an editor's change. Entries are matched by UID,
/// without one by kind, title and start. What vanished from a source that was read whole is cancelled, if it is not
/// suddenly too much. `new_uid` makes the UID of what has none.
pub fn decide(
    entries: Vec<ImportEntry>,
    known: Known,
    origin: ImportOrigin<'_>,
    now: Timestamp,
    new_uid: impl Fn() -> String,
) -> Imported {
    let mut import = Import::onto(known, origin, now);
    let is_empty = entries.is_empty();
    for entry in entries {
        import.take(entry, &new_uid);
    }
    if origin.source.is_some() {
        import.cancel_vanished(is_empty);
    }
    import.finish()
}

/// An import in the making: events that may be spoken of, those known first.
struct Import<'a> {
    origin: ImportOrigin<'a>,
    now: Timestamp,
    next_id: i64,
    events: Vec<Event>,
    by_uid: HashMap<String, usize>,
    by_content: HashMap<ContentKey<'static>, usize>,
    /// The line that spoke of an event; a second one would undo it, at each import again.
    spoken: HashMap<usize, u64>,
    /// Which events are to be written, each once, in order.
    touched: Vec<usize>,
    history: Vec<(i64, HistoryEntry)>,
    counts: ImportCounts,
}

impl<'a> Import<'a> {
    fn onto(known: Known, origin: ImportOrigin<'a>, now: Timestamp) -> Self {
        let Known { events, next_id } = known;
        let mut by_uid = HashMap::new();
        let mut by_content: HashMap<_, usize> = HashMap::new();
        for (index, event) in events.iter().enumerate() {
            by_uid.insert(event.uid.clone(), index);
            // A table typed by hand has no say over what a foreign calendar brought.
            if event.source.as_deref() != origin.source {
                continue;
            }
            // Of several alike, one that is still there.
            let known = by_content.entry(ContentKey::of(&event.details).into_owned()).or_insert(index);
            if events[*known].removed && !event.removed {
                *known = index;
            }
        }
        Self {
            origin,
            now,
            next_id,
            events,
            by_uid,
            by_content,
            spoken: HashMap::new(),
            touched: Vec::new(),
            history: Vec::new(),
            counts: ImportCounts::default(),
        }
    }

    fn finish(self) -> Imported {
        let mut all: Vec<_> = self.events.into_iter().map(Some).collect();
        let events = self.touched.iter().filter_map(|index| all.get_mut(*index)?.take()).collect();
        Imported { events, history: self.history, counts: self.counts }
    }

    fn take(&mut self, entry: ImportEntry, new_uid: impl Fn() -> String) {
        let found = match &entry.uid {
            Some(uid) => self.by_uid.get(uid).copied(),
            None => self.by_content.get(&ContentKey::of(&entry.details)).copied(),
        };
        let index = found.unwrap_or(self.events.len());
        if let Some(line) = self.spoken.insert(index, entry.line) {
            self.counts.rejected.push((entry.line, same_as(line, entry.uid.is_some())));
            return;
        }
        match found {
            None => self.add(entry, new_uid),
            Some(index) => self.update(index, &entry),
        }
    }

    fn add(&mut self, entry: ImportEntry, new_uid: impl Fn() -> String) {
        if entry.extent == Extent::Cut && self.origin.source.is_some() {
            let reason = "the file ends in the middle of this event: it is taken when all of it is there";
            self.counts.rejected.push((entry.line, FieldError { field: "uid", reason: Invalid::new(reason) }));
            return;
        }
        let uid = entry.uid.clone().unwrap_or_else(new_uid);
        let mut event = Event::new(self.next_id, uid, entry.details.clone(), self.now);
        event.cancel_reason = entry.fields.cancel_reason.clone().unwrap_or_default();
        event.source = self.origin.source.map(str::to_owned);
        self.next_id += 1;
        // Its history begins with it as it is; what single dates have otherwise belongs to that.
        let (_, rejected) = take_over_occurrences(&mut event, &entry, self.now);
        self.counts.rejected.extend(rejected);
        event.sequence = entry.sequence;
        self.history.push((event.id, HistoryEntry::of(Action::Added, self.now)));
        self.by_uid.insert(event.uid.clone(), self.events.len());
        self.by_content.insert(ContentKey::of(&event.details).into_owned(), self.events.len());
        self.touched.push(self.events.len());
        self.events.push(event);
        self.counts.added += 1;
    }

    fn update(&mut self, index: usize, entry: &ImportEntry) {
        let event = &mut self.events[index];
        // A calendar that moved, or an event that moved to another one, takes its events along.
        let is_orphan = event.source.as_deref().is_some_and(|owner| {
            !self.origin.configured.contains(&owner) || (event.is_cancelled() && event.cancel_reason == VANISHED)
        });
        if self.origin.source.is_some() && is_orphan {
            event.source = self.origin.source.map(str::to_owned);
        }
        if event.source.as_deref() != self.origin.source {
            // Not which one: its address may hold a password.
            let owner = match event.source.is_some() {
                true => "is kept in step with another calendar: it is changed there",
                false => "has the UID of an event that was added here: that one stays",
            };
            self.counts.rejected.push((entry.line, FieldError { field: "uid", reason: Invalid::new(owner) }));
            return;
        }
        if entry.extent == Extent::Cut {
            let reason = "the file ends in the middle of this event, which stays as it was";
            self.counts.rejected.push((entry.line, FieldError { field: "uid", reason: Invalid::new(reason) }));
            return;
        }
        match take_over(event, entry, self.now) {
            Err(reason) => self.counts.rejected.push((entry.line, reason)),
            Ok((done, rejected)) => {
                self.counts.rejected.extend(rejected);
                self.keep(index, done);
            }
        }
    }

    fn keep(&mut self, index: usize, done: Vec<HistoryEntry>) {
        if done.is_empty() {
            self.counts.unchanged += 1;
            return;
        }
        let id = self.events[index].id;
        self.history.extend(done.into_iter().map(|entry| (id, entry)));
        self.touched.push(index);
        self.counts.updated += 1;
    }

    /// What the source has no more is cancelled here, if it still lay ahead: what has begun or is past is not rewritten.
    /// A draft stays for its editor to judge.
    fn cancel_vanished(&mut self, is_empty: bool) {
        let ahead: Vec<usize> = (0..self.events.len()).filter(|index| self.lies_ahead(&self.events[*index])).collect();
        let vanished: Vec<usize> = ahead.iter().copied().filter(|index| !self.spoken.contains_key(index)).collect();
        let held = match self.origin.missing {
            Missing::Unread => return,
            Missing::Believed => None,
            Missing::Gone { held } => {
                let known = self.spoken.keys().filter_map(|index| self.events.get(*index));
                let told = known.map(|event| event.id).collect();
                let missing = vanished.iter().map(|index| self.events[*index].id).collect();
                hold(Look { missing, ahead: ahead.len(), told: &told, is_empty, now: self.now }, held)
            }
        };
        if held.is_some() {
            self.counts.held = held;
            return;
        }
        for index in vanished {
            let event = &mut self.events[index];
            let done = event.cancel(VANISHED, self.now).unwrap_or_default();
            let id = event.id;
            self.history.extend(done.into_iter().map(|entry| (id, entry)));
            self.touched.push(index);
            self.counts.cancelled += 1;
        }
    }

    /// Whether it is one of the source's that people still wait for.
    fn lies_ahead(&self, event: &Event) -> bool {
        let lies_ahead = match event.details.repeat {
            None => event.details.when.first_instant() > self.now,
            Some(_) => event.touches(Window { from: self.now, ..Window::ALL }),
        };
        let is_ours = event.source.as_deref() == self.origin.source;
        is_ours && lies_ahead && !event.is_cancelled() && event.details.status != Status::Draft
    }
}

fn same_as(line: u64, by_uid: bool) -> FieldError {
    let what = if by_uid { "UID" } else { "kind, title and start" };
    FieldError {
        field: if by_uid { "uid" } else { "title" },
        reason: Invalid(format!("is the same event as in line {line}, by its {what}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::event::{Details, EventPatch, Field, Kind};
    use crate::domain::import::{Held, Needed};
    use crate::domain::when::When;
    use crate::domain::zone::Zone;

    const MINE: &str = "https://example.org/a.ics";

    fn now() -> Timestamp {
        "2020-09-01T00:00:00Z".parse().unwrap()
    }

    fn entry(line: u64, uid: Option<&str>, title: &str, start: &str) -> ImportEntry {
        let fields = EventPatch {
            kind: Some(Kind::Meeting),
            title: Some(title.into()),
            start: Some(start.parse().unwrap()),
            ..EventPatch::default()
        };
        let details = fields.onto(None, &Zone::utc()).unwrap();
        let (uid, occurrences) = (uid.map(str::to_owned), Vec::new());
        ImportEntry {
            line,
            uid,
            sequence: 0,
            fields,
            details,
            tells_dates: false,
            extent: Extent::Whole,
            occurrences,
        }
    }

    fn event(id: i64, title: &str, start: &str, source: Option<&str>) -> Event {
        let when = When::parse(start, None, Zone::utc()).unwrap();
        let event = Event::new(id, format!("u{id}"), Details::new(Kind::Meeting, title, when), Timestamp::UNIX_EPOCH);
        Event { source: source.map(str::to_owned), ..event }
    }

    fn import(entries: Vec<ImportEntry>, events: Vec<Event>, origin: ImportOrigin<'_>) -> Imported {
        decide(entries, Known { events, next_id: 100 }, origin, now(), || "made@example.org".into())
    }

    fn by_hand(entries: Vec<ImportEntry>, events: Vec<Event>) -> Imported {
        import(entries, events, ImportOrigin::default())
    }

    fn numbers(imported: &Imported) -> [usize; 5] {
        let counts = &imported.counts;
        [counts.added, counts.updated, counts.unchanged, counts.cancelled, counts.rejected.len()]
    }

    const SOURCE: ImportOrigin<'static> =
        ImportOrigin { host: "", source: Some(MINE), configured: &[MINE], missing: GONE, dry_run: false };
    const GONE: Missing<'static> = Missing::Gone { held: None };

    #[test]
    fn what_is_not_known_is_added_under_a_uid_made_for_it() {
        let imported = by_hand(vec![entry(2, None, "Plenary", "2020-10-01")], Vec::new());
        assert_eq!(numbers(&imported), [1, 0, 0, 0, 0]);
        assert_eq!((imported.events[0].id, &*imported.events[0].uid), (100, "made@example.org"));
        assert_eq!((imported.history[0].0, imported.history[0].1.action), (100, Action::Added));
    }

    #[test]
    fn what_is_known_by_its_uid_is_changed_and_what_says_the_same_is_left() {
        let known = || vec![event(1, "Plenary", "2020-10-01", None), event(2, "Forum", "2020-10-02", None)];
        let entries = vec![entry(2, Some("u1"), "Plenary", "2020-10-08"), entry(3, Some("u2"), "Forum", "2020-10-02")];
        let imported = by_hand(entries, known());
        assert_eq!(numbers(&imported), [0, 1, 1, 0, 0]);
        assert_eq!(imported.events.iter().map(|event| event.id).collect::<Vec<_>>(), [1]);
        assert!(imported.history[0].1.is_about(Field::Start));
    }

    #[test]
    fn a_table_without_uids_knows_an_event_by_what_it_says_and_rather_one_that_is_still_there() {
        let removed = Event { removed: true, ..event(1, "Plenary", "2020-10-01", None) };
        let known =
            vec![removed, event(2, "Plenary", "2020-10-01", None), event(3, "Plenary", "2020-10-01", Some(MINE))];
        let mut told = entry(2, None, "Plenary", "2020-10-01");
        told.fields.location = Some("Room 4".into());
        let imported = by_hand(vec![told], known);
        assert_eq!((imported.events.len(), imported.events[0].id), (1, 2));
    }

    #[test]
    fn two_lines_about_one_event_are_no_two_changes() {
        let entries = vec![entry(2, Some("u1"), "Plenary", "2020-10-01"), entry(3, Some("u1"), "Forum", "2020-10-01")];
        let imported = by_hand(entries, Vec::new());
        assert_eq!(numbers(&imported), [1, 0, 0, 0, 1]);
        assert!(imported.counts.rejected[0].1.to_string().contains("line 2"));
    }

    #[test]
    fn nobody_takes_over_the_events_of_a_calendar_that_is_configured() {
        let known = vec![event(1, "Plenary", "2020-10-01", Some(MINE))];
        let imported = by_hand(vec![entry(2, Some("u1"), "Forum", "2020-10-01")], known);
        assert_eq!((numbers(&imported), imported.events.len()), ([0, 0, 0, 0, 1], 0));
    }

    #[test]
    fn what_vanished_from_a_calendar_is_cancelled_if_it_lay_ahead() {
        let known = || {
            vec![
                event(1, "Plenary", "2020-10-01", Some(MINE)),
                event(2, "Past", "2020-08-01", Some(MINE)),
                event(3, "Ours", "2020-10-01", None),
            ]
        };
        let other = || vec![entry(2, Some("x"), "Forum", "2020-10-07")];
        let imported = import(other(), known(), SOURCE);
        assert_eq!(numbers(&imported), [1, 0, 0, 1, 0]);
        assert_eq!((imported.events[1].id, imported.events[1].is_cancelled()), (1, true));
        let partly = import(other(), known(), ImportOrigin { missing: Missing::Unread, ..SOURCE });
        assert_eq!(numbers(&partly), [1, 0, 0, 0, 0]);
    }

    #[test]
    fn nothing_at_all_is_held_until_somebody_believes_it() {
        let known = || vec![event(1, "Plenary", "2020-10-01", Some(MINE)), event(2, "Past", "2020-08-01", Some(MINE))];
        let held = import(Vec::new(), known(), SOURCE);
        let expected = Held { since: now(), missing: vec![1], ahead: 1 };
        assert_eq!((numbers(&held), held.counts.held, held.events.len()), ([0; 5], Some(expected), 0));
        let believed = import(Vec::new(), known(), ImportOrigin { missing: Missing::Believed, ..SOURCE });
        assert_eq!((numbers(&believed), believed.counts.held), ([0, 0, 0, 1, 0], None));
    }

    #[test]
    fn of_a_calendar_that_lacks_most_of_it_the_rest_is_taken() {
        let drafted = |id| {
            let mut draft = event(id, "Draft", "2020-10-01", Some(MINE));
            draft.details.status = Status::Draft;
            draft
        };
        let mut known: Vec<_> = (1..=12).map(|id| event(id, &format!("Day {id}"), "2020-10-01", Some(MINE))).collect();
        known.extend([drafted(13), event(14, "Past", "2020-08-01", Some(MINE))]);
        let told = |id: u64| entry(id, Some(&format!("u{id}")), &format!("Evening {id}"), "2020-10-01");
        let imported = import((1..=3).map(told).collect(), known, SOURCE);
        assert_eq!(numbers(&imported), [0, 3, 0, 0, 0]);
        assert_eq!(imported.counts.held, Some(Held { since: now(), missing: (4..=12).collect(), ahead: 12 }));
    }

    #[test]
    fn half_an_event_changes_nothing() {
        let cut = |uid: &str| ImportEntry { extent: Extent::Cut, ..entry(9, Some(uid), "Ple", "2020-10-02") };
        let origin = ImportOrigin { missing: Missing::Unread, ..SOURCE };
        for (uid, source, origin, numbers_of) in [
            ("u1", Some(MINE), origin, [0, 0, 0, 0, 1]),
            ("new", Some(MINE), origin, [0, 0, 0, 0, 1]),
            ("u1", None, ImportOrigin::default(), [0, 0, 0, 0, 1]),
            // Who hands a file in sees what came of it.
            ("new", None, ImportOrigin::default(), [1, 0, 0, 0, 0]),
        ] {
            let known = vec![event(1, "Plenary", "2020-10-01", source)];
            let imported = import(vec![cut(uid)], known, origin);
            assert_eq!(numbers(&imported), numbers_of, "{uid} {source:?}");
        }
    }

    #[test]
    fn what_came_back_to_its_calendar_is_on_again() {
        let mut gone = event(1, "Plenary", "2020-10-01", Some(MINE));
        gone.cancel(VANISHED, now()).unwrap();
        let imported = import(vec![entry(2, Some("u1"), "Plenary", "2020-10-01")], vec![gone], SOURCE);
        assert_eq!((imported.counts.updated, imported.events[0].is_cancelled()), (1, false));
    }

    #[test]
    fn only_what_may_match_is_asked_for() {
        let entries = vec![entry(2, Some("u1"), "Plenary", "2020-10-01"), entry(3, None, "Forum", "2020-10-02")];
        let needed = Needed::of(&entries, SOURCE);
        assert_eq!(needed.uids.iter().collect::<Vec<_>>(), [&"u1"]);
        assert_eq!(needed.contents.iter().map(|key| &*key.title).collect::<Vec<_>>(), ["Forum"]);
        assert_eq!(needed.all_of, Some(MINE));
        assert_eq!(Needed::of(&entries, ImportOrigin::default()).all_of, None);
    }
}
