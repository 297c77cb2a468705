use super::*;
use crate::domain::event::{Details, Field, Kind};
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
    ImportEntry {
        line,
        uid: uid.map(str::to_owned),
        sequence: 0,
        stamp: None,
        telling: Telling::List,
        fields,
        details,
        tells_dates: false,
        extent: Extent::Whole,
        formerly: None,
        occurrences: Vec::new(),
        private: None,
        withheld: Vec::new(),
        date_of: None,
    }
}

fn event(id: i64, title: &str, start: &str, source: Option<&str>) -> Event {
    let when = When::parse(start, None, Zone::utc()).unwrap();
    let event = Event::new(id, format!("u{id}"), Details::new(Kind::Meeting, title, when), Timestamp::UNIX_EPOCH);
    Event { source: source.map(str::to_owned), ..event }
}

fn import(entries: Vec<ImportEntry>, events: Vec<Event>, origin: ImportOrigin<'_>) -> Imported {
    import_as(entries, events, &[], origin)
}

/// With what the source called some of them the last time.
fn import_as(
    entries: Vec<ImportEntry>,
    events: Vec<Event>,
    foreign: &[(i64, &str)],
    origin: ImportOrigin<'_>,
) -> Imported {
    let foreign_uids = foreign.iter().map(|(id, uid)| (*id, (*uid).to_owned())).collect();
    let known = Known { events, foreign_uids, next_id: 100, ..Known::default() };
    decide(entries, known, origin, now(), || "made@example.org".into())
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
    let known = vec![removed, event(2, "Plenary", "2020-10-01", None), event(3, "Plenary", "2020-10-01", Some(MINE))];
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

/// The ids that the entries' UIDs stand for afterwards.
fn names(imported: &Imported) -> Vec<(i64, Option<&str>)> {
    imported.foreign_uids.iter().map(|(id, uid)| (*id, uid.as_deref())).collect()
}

#[test]
fn events_whose_uids_changed_stay_what_they_are() {
    let known =
        || vec![event(1, "Plenary", "2020-10-01", Some(MINE)), event(2, "Forum", "2020-10-02 09:00", Some(MINE))];
    let told = || {
        let forum = ImportEntry { sequence: 1_000, ..entry(3, Some("y"), "Forum", "2020-10-02 09:00") };
        vec![entry(2, Some("x"), "Plenary", "2020-10-01"), forum]
    };
    let imported = import(told(), known(), SOURCE);
    assert_eq!((numbers(&imported), imported.counts.renamed, imported.events.len()), ([0, 0, 2, 0, 0], 2, 0));
    assert_eq!(names(&imported), [(1, Some("x")), (2, Some("y"))]);
    // From now on under these, whatever they say; or under their own again.
    let mut moved = told();
    moved[0] = entry(2, Some("x"), "Plenary", "2020-10-08");
    let imported = import_as(moved, known(), &[(1, "x"), (2, "y")], SOURCE);
    assert_eq!((numbers(&imported), imported.counts.renamed, imported.events[0].id), ([0, 1, 1, 0, 0], 0, 1));
    let own = vec![entry(2, Some("u1"), "Plenary", "2020-10-01"), entry(3, Some("u2"), "Forum", "2020-10-03 09:00")];
    let imported = import_as(own, known(), &[(1, "x"), (2, "y")], SOURCE);
    assert_eq!((numbers(&imported), names(&imported)), ([0, 1, 1, 0, 0], vec![(1, None), (2, None)]));
    // Another title, too: another event.
    let imported = import(vec![entry(2, Some("x"), "Plenary 2", "2020-10-01"), told().remove(1)], known(), SOURCE);
    assert_eq!((numbers(&imported), imported.counts.renamed), ([1, 0, 1, 1, 0], 1));
    // What changed beside is a change like any other, whose number is ours.
    let mut told = told();
    told[1].fields.location = Some("Room 4".into());
    let imported = import(told, known(), SOURCE);
    assert_eq!((numbers(&imported), imported.events[0].sequence), ([0, 1, 1, 0, 0], 1));
}

#[test]
fn copies_that_an_older_version_cancelled_stay_so() {
    let gone = |id| {
        let mut gone = event(id, "Plenary", "2020-10-01", Some(MINE));
        gone.cancel(VANISHED, now()).unwrap();
        gone
    };
    let known = vec![gone(1), gone(2), event(3, "Plenary", "2020-10-01", Some(MINE)), gone(4)];
    let imported = import(vec![entry(2, Some("x"), "Plenary", "2020-10-01")], known, SOURCE);
    assert_eq!((numbers(&imported), names(&imported)), ([0, 0, 1, 0, 0], vec![(3, Some("x"))]));
    // Of none that is left, the last is on again.
    let imported = import(vec![entry(2, Some("x"), "Plenary", "2020-10-01")], vec![gone(1), gone(2)], SOURCE);
    assert_eq!((numbers(&imported), imported.events[0].id), ([0, 1, 0, 0, 0], 2));
    // What was removed here is not added again.
    let removed = Event { removed: true, ..event(1, "Plenary", "2020-10-01", Some(MINE)) };
    let imported = import(vec![entry(2, Some("x"), "Plenary", "2020-10-01")], vec![removed], SOURCE);
    assert_eq!(numbers(&imported), [0, 0, 1, 0, 0]);
}

#[test]
fn uids_that_are_places_in_a_list_say_nothing() {
    let titles = ["Alpha", "Beta", "Gamma", "Delta"];
    let known = || -> Vec<Event> {
        let days = titles.iter().enumerate();
        days.map(|(at, title)| event(at as i64 + 1, title, &format!("2020-10-0{}", at + 1), Some(MINE))).collect()
    };
    let told = |uid: &str, at: usize| entry(1, Some(uid), titles[at], &format!("2020-10-0{}", at + 1));
    // One is new at the top.
    let mut list = vec![entry(1, Some("u1"), "New", "2020-09-30")];
    list.extend((0..4).map(|at| told(&format!("u{}", at + 2), at)));
    let imported = import(list, known(), SOURCE);
    assert_eq!((numbers(&imported), imported.counts.renamed), ([1, 0, 4, 0, 0], 4));
    assert_eq!(imported.events[0].uid, "made@example.org");
    let right = [(100, Some("u1")), (1, Some("u2")), (2, Some("u3")), (3, Some("u4")), (4, Some("u5"))];
    assert_eq!(names(&imported), right);
    // The first is gone.
    let imported = import((1..4).map(|at| told(&format!("u{at}"), at)).collect(), known(), SOURCE);
    assert_eq!((numbers(&imported), imported.events[0].id), ([0, 0, 3, 1, 0], 1));
    // A UID that is one is gone by, also where it takes over another's day.
    let weekly = || vec![event(1, "Weekly", "2020-10-01", Some(MINE)), event(2, "Weekly", "2020-10-08", Some(MINE))];
    let later = vec![entry(1, Some("u1"), "Weekly", "2020-10-08"), entry(2, Some("u2"), "Weekly", "2020-10-15")];
    let imported = import(later, weekly(), SOURCE);
    assert_eq!((numbers(&imported), imported.counts.renamed), ([0, 2, 0, 0, 0], 0));
}

#[test]
fn of_several_alike_the_place_tells_which_it_is() {
    let at = |mut event: Event, room: &str| {
        event.details.location = room.into();
        event
    };
    let told = |line, uid, room: &str| {
        let mut told = entry(line, Some(uid), "Workshop", "2020-10-01 09:00");
        (told.fields.location, told.details.location) = (Some(room.into()), room.into());
        told
    };
    let known = || {
        vec![
            at(event(1, "Workshop", "2020-10-01 09:00", Some(MINE)), "Room A"),
            at(event(2, "Workshop", "2020-10-01 09:00", Some(MINE)), "Room B"),
        ]
    };
    let imported = import(vec![told(1, "x", "Room B"), told(2, "y", "Room A")], known(), SOURCE);
    assert_eq!((numbers(&imported), names(&imported)), ([0, 0, 2, 0, 0], vec![(2, Some("x")), (1, Some("y"))]));
    let imported = import(vec![told(1, "x", "Room C"), told(2, "y", "Room A")], known(), SOURCE);
    assert_eq!((numbers(&imported), imported.events[0].id), ([0, 1, 1, 0, 0], 2));
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
