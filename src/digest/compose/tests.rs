use jiff::{Span, Timestamp};

use super::*;
use crate::digest::brief::Reminders;
use crate::domain::actor::Actor;
use crate::domain::event::{Action, Details, HistoryEntry, Status};
use crate::domain::recurrence::{Recurrence, Rule};
use crate::domain::when::When;

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
        articles: true,
        retell: false,
        reminders: None,
        last_made: Some("2020-09-21T00:00:00Z".parse().unwrap()),
        makes_up: None,
        marks: EditionMarks::default(),
        carried: vec![],
        retold: None,
        known: HashSet::new(),
    }
}

fn event(id: i64, kind: Kind, start: &str, end: Option<&str>) -> Event {
    let when = When::parse(start, end, "Asia/Shanghai".parse().unwrap()).unwrap();
    Event::new(id, id.to_string(), Details::new(kind, &format!("Event {id}"), when), now())
}

fn clock() -> Clock {
    Clock::at(now(), &"Asia/Shanghai".parse().unwrap(), false)
}

fn material(events: &[Event], revisions: &[Revision]) -> Material {
    let events = events.iter().cloned().map(Arc::new).collect();
    Material { events, revisions: revisions.to_vec(), ..Material::default() }
}

/// What readers are told who have read all editions.
fn content(brief: &Brief, material: &Material) -> Content {
    content_for(&EventFilter::default(), 1, brief, material)
}

fn content_for(reader: &EventFilter, first_edition: i64, brief: &Brief, material: &Material) -> Content {
    let read = Read { first_edition, missed: &[] };
    Survey::new(brief, material).content(
        reader,
        brief.zone.at(brief.now).date(),
        &Clock::at(brief.now, &brief.zone, false),
        read,
    )
}

fn history(event: i64, entries: Vec<HistoryEntry>) -> Vec<Revision> {
    entries.into_iter().map(|entry| Revision { line: 0, event_id: event, by: Actor::Operator, entry }).collect()
}

fn added(event: i64) -> Vec<Revision> {
    history(event, vec![HistoryEntry::of(Action::Added, now())])
}

fn moved(event: &mut Event, to: &str) -> Vec<Revision> {
    let when = When::parse(to, None, event.details.when.zone().clone()).unwrap();
    let entries = event.revise(Details { when, ..event.details.clone() }, now()).unwrap();
    history(event.id, entries)
}

fn ids(content: &Content, section: Section) -> Vec<i64> {
    let part = content.sections.get(&section).cloned();
    let content = Content { sections: part.map(|part| (section, part)).into_iter().collect() };
    content.events().map(|event| event.id).collect()
}

fn article(id: i64, date: &str, topics: &[&str], events: &[i64]) -> Arc<Article> {
    Arc::new(Article {
        id,
        uid: id.to_string(),
        title: format!("Article {id}"),
        images: Vec::new(),
        byline: String::new(),
        date: date.parse().unwrap(),
        source: String::new(),
        topics: topics.iter().map(|&topic| topic.into()).collect(),
        events: events.to_vec(),
        body: "Text.".into(),
        created_at: now(),
        updated_at: now(),
        published_at: Some("2020-09-20T00:00:00Z".parse().unwrap()),
    })
}

fn article_ids(content: &Content) -> Vec<i64> {
    content.articles().map(|article| article.id).collect()
}

#[test]
fn each_event_has_its_place() {
    let mut expected = event(11, Kind::Release, "2020-09", None);
    expected.details.status = Status::Tentative;
    let events = [
        event(1, Kind::EffectiveDate, "2020-10-01", None),
        event(2, Kind::Deadline, "2020-10-09", None),
        event(3, Kind::Meeting, "2020-10-12", Some("2020-10-14")),
        event(4, Kind::Forum, "2020-09-14", Some("2020-09-20")),
        event(5, Kind::Forum, "2020-09-27", Some("2020-09-29")),
        event(6, Kind::Release, "2021", None),
        event(7, Kind::Release, "2020", None),
        event(8, Kind::Meeting, "2020-12-01", None),
        event(9, Kind::Meeting, "2020-09-01", None),
        event(10, Kind::Release, "2020-09", None),
        expected,
        event(12, Kind::Release, "2020-09-20", None),
        event(13, Kind::Deadline, "2020-09-20", None),
        event(14, Kind::EffectiveDate, "2020-09-25", None),
        event(15, Kind::Other, "2020-10-18", None),
        event(16, Kind::Meeting, "2020-10-02", None),
    ];
    let content = content(&brief(), &material(&events, &[]));
    assert_eq!(ids(&content, Section::Effective), [1]);
    assert_eq!(ids(&content, Section::InEffect), [14]);
    assert_eq!(ids(&content, Section::Deadlines), [2]);
    assert_eq!(ids(&content, Section::Released), [10, 12]);
    assert_eq!(ids(&content, Section::Held), [4]);
    assert_eq!(ids(&content, Section::Ahead), [11, 6]);
    let Some(Part::Weeks(weeks)) = content.sections.get(&Section::Upcoming) else { panic!("{content:?}") };
    let ids_of = |week: &Week| week.items.iter().map(|item| item.event.id).collect::<Vec<_>>();
    let weeks: Vec<_> = weeks.iter().map(|w| (w.monday.map(|day| day.to_string()), ids_of(w))).collect();
    assert_eq!(
        weeks,
        [(None, vec![5]), (Some("2020-09-28".into()), vec![16]), (Some("2020-10-12".into()), vec![3, 15])]
    );
    assert_eq!(content.sections.get(&Section::Changes), None);
    assert_eq!(content.events().count(), 12);
}

#[test]
fn drafts_and_other_kinds_and_topics_stay_out() {
    let mut draft = event(1, Kind::Meeting, "2020-10-01", None);
    draft.details.status = Status::Draft;
    let mut smart = event(2, Kind::Meeting, "2020-10-01", None);
    smart.details.topics = vec!["Smart City".into()];
    let material = material(&[draft, smart, event(3, Kind::Release, "2020-10-01", None)], &added(1));
    let told = |brief: &Brief| content(brief, &material).events().count();
    assert_eq!(told(&brief()), 2);
    assert_eq!(told(&Brief { kinds: vec![Kind::Meeting], ..brief() }), 1);
    assert_eq!(told(&Brief { topics: vec!["smart city".into()], ..brief() }), 1);
    let told_to = |reader: EventFilter| content_for(&reader, 1, &brief(), &material).events().count();
    assert_eq!(told_to(EventFilter { topics: vec!["ipv6".into()], ..EventFilter::default() }), 0);
    assert_eq!(told_to(EventFilter { kinds: vec![Kind::Release], ..EventFilter::default() }), 1);
}

#[test]
fn changes_are_told_with_what_was_before_and_nowhere_else() {
    let mut away = event(1, Kind::Meeting, "2020-10-12", None);
    let mut revisions = moved(&mut away, "2020-10-19");
    let mut cancelled = event(2, Kind::Forum, "2020-10-12", None);
    revisions.extend(history(2, cancelled.cancel("storm", now()).unwrap()));
    revisions.extend(added(4));
    let mut elsewhere = event(5, Kind::Meeting, "2020-10-13", None);
    elsewhere.details.location = "Beijing".into();
    let entries = elsewhere.revise(Details { location: "Tianjin".into(), ..elsewhere.details.clone() }, now()).unwrap();
    revisions.extend(history(5, entries));
    let mut found = event(6, Kind::Meeting, "2020-10-14", None);
    let entries = found.revise(Details { location: "Tianjin".into(), ..found.details.clone() }, now()).unwrap();
    revisions.extend(history(6, entries));
    let events = [away, cancelled, event(4, Kind::Meeting, "2020-10-02", None), elsewhere, found];
    let content = content(&brief(), &material(&events, &revisions));
    let Some(Part::Changes(changes)) = content.sections.get(&Section::Changes) else { panic!("{content:?}") };
    let changes: Vec<_> = changes.iter().map(|(event, change)| (event.id, change.clone())).collect();
    let before = When::parse("2020-10-12", None, "Asia/Shanghai".parse().unwrap()).unwrap();
    let relocated = Change::Relocated { before: "Beijing".into() };
    assert_eq!(changes, [(2, Change::Cancelled), (1, Change::Moved { before }), (5, relocated), (6, Change::Placed)]);
    assert_eq!(ids(&content, Section::Upcoming), [4]);
}

#[test]
fn an_event_moved_there_and_back_is_no_news() {
    let mut event = event(1, Kind::Meeting, "2020-12-12", None);
    let mut revisions = moved(&mut event, "2020-12-19");
    revisions.extend(moved(&mut event, "2020-12-12"));
    assert!(content(&brief(), &material(&[event], &revisions)).is_empty());
}

/// Makes an edition after another: what it tells is told from then on.
fn publish(number: i64, brief: &Brief, material: &mut Material) -> Vec<i64> {
    let survey = Survey::new(brief, material);
    let today = brief.zone.at(brief.now).date();
    let read = |first_edition| Read { first_edition, missed: &[] };
    let told =
        survey.content(&EventFilter::default(), today, &clock(), read(1)).events().map(|event| event.id).collect();
    let all = survey.content(&EventFilter::default(), today, &clock(), read(i64::MAX));
    for telling in survey.tellings(&all, brief) {
        let runs = material.told.entry(telling).or_default();
        match runs.last_mut().filter(|run| run.until == number - 1) {
            Some(run) => run.until = number,
            None => runs.push(Run { since: number, until: number }),
        }
    }
    told
}

#[test]
fn nothing_is_told_twice_unless_its_date_changed() {
    let mut material = material(
        &[
            event(1, Kind::Meeting, "2020-10-12", None),
            event(2, Kind::Release, "2021", None),
            event(3, Kind::Meeting, "2020-11-02", None),
        ],
        &[],
    );
    assert_eq!(publish(1, &brief(), &mut material), [1, 2]);
    assert_eq!(publish(2, &brief(), &mut material), [] as [i64; 0]);
    // What comes within reach is new, and so is what moved.
    let week_later = Brief { now: "2020-10-05T00:00:00Z".parse().unwrap(), ..brief() };
    let mut first = (*material.events[0]).clone();
    material.revisions = moved(&mut first, "2020-10-13");
    material.events[0] = Arc::new(first);
    assert_eq!(publish(3, &week_later, &mut material), [1, 3]);
    material.revisions.clear();
    assert_eq!(publish(4, &week_later, &mut material), [] as [i64; 0]);
    // An agenda tells all of it each time.
    let agenda = Brief { retell: true, ..week_later };
    assert_eq!(content(&agenda, &material).events().map(|e| e.id).collect::<Vec<_>>(), [1, 3, 2]);
}

#[test]
fn a_new_reader_is_told_what_the_others_know() {
    let mut material = material(&[event(1, Kind::Meeting, "2020-10-12", None)], &[]);
    publish(1, &brief(), &mut material);
    material.events.push(Arc::new(event(2, Kind::Meeting, "2020-10-13", None)));
    let told = |first_edition| {
        let content = content_for(&EventFilter::default(), first_edition, &brief(), &material);
        content.events().map(|event| event.id).collect::<Vec<_>>()
    };
    assert_eq!((told(1), told(2)), (vec![2], vec![1, 2]));
    let survey = Survey::new(&brief(), &material);
    assert_eq!(survey.oldest_telling(), Some(1));
}

#[test]
fn each_date_of_a_repeating_event_is_told_once() {
    let mut weekly = event(1, Kind::Meeting, "2020-09-29", None);
    let rule = Rule::read("FREQ=WEEKLY", weekly.details.when.start(), weekly.details.when.zone()).unwrap();
    weekly.details.repeat = Some(Box::new(Recurrence { rule: Some(rule), ..Recurrence::default() }));
    let mut material = material(&[weekly], &[]);
    assert_eq!(publish(1, &brief(), &mut material), [1; 5]);
    let week_later = Brief { now: "2020-10-05T00:00:00Z".parse().unwrap(), ..brief() };
    let told = content(&week_later, &material);
    let dates: Vec<_> = told.events().map(|event| event.details.when.start().to_string()).collect();
    assert_eq!(dates, ["2020-11-03"]);
}

#[test]
fn a_change_of_what_is_far_ahead_is_told_again_when_it_comes_near() {
    let mut far = event(1, Kind::Meeting, "2020-12-01", None);
    let revisions = moved(&mut far, "2020-12-15");
    let mut material = material(&[far], &revisions);
    assert_eq!(publish(1, &brief(), &mut material), [1]);
    material.revisions.clear();
    assert_eq!(publish(2, &brief(), &mut material), [] as [i64; 0]);
    let near = Brief { now: "2020-12-07T00:00:00Z".parse().unwrap(), ..brief() };
    assert_eq!(publish(3, &near, &mut material), [1]);
}

#[test]
fn what_is_new_and_far_is_announced_and_told_when_it_comes_near() {
    let far = [event(1, Kind::Meeting, "2020-12-15", None), event(2, Kind::Meeting, "2020-12-15", None)];
    let mut material = material(&far, &added(1));
    assert_eq!(ids(&content(&brief(), &material), Section::Ahead), [1]);
    assert_eq!(publish(1, &brief(), &mut material), [1]);
    material.revisions.clear();
    assert_eq!(publish(2, &brief(), &mut material), [] as [i64; 0]);
    let near = Brief { now: "2020-12-07T00:00:00Z".parse().unwrap(), ..brief() };
    assert_eq!(publish(3, &near, &mut material), [1, 2]);
}

#[test]
fn articles_are_told_once_to_those_whom_they_concern() {
    let mut smart = event(1, Kind::Meeting, "2020-01-01", None);
    smart.details.topics = vec!["Smart City".into()];
    let mut material = material(&[smart], &[]);
    let mut late = (*article(5, "2020-02-01", &[], &[])).clone();
    late.published_at = Some("2020-09-27T00:00:00Z".parse().unwrap());
    material.articles = vec![
        article(1, "2020-09-23", &["IPv6"], &[]),
        article(2, "2020-09-22", &[], &[1]),
        article(3, "2020-09-21", &[], &[]),
        article(4, "2020-08-01", &[], &[]),
        Arc::new(late),
    ];
    let told = |reader: &EventFilter| article_ids(&content_for(reader, 1, &brief(), &material));
    let topics = |topic: &str| EventFilter { topics: vec![topic.into()], ..EventFilter::default() };
    assert_eq!(told(&EventFilter::default()), [1, 2, 3, 5]);
    assert_eq!(told(&topics("ipv6")), [1, 3, 5]);
    assert_eq!(told(&topics("smart city")), [2, 3, 5]);
    assert_eq!(told(&EventFilter { kinds: vec![Kind::Meeting], ..EventFilter::default() }), [2]);
    assert!(content(&Brief { articles: false, ..brief() }, &material).is_empty());
    publish(1, &brief(), &mut material);
    assert!(content(&brief(), &material).is_empty());
}

#[test]
fn reminders_hold_what_is_just_so_far_ahead() {
    let reminders = |days: &[&str]| Brief {
        reminders: Some(Reminders {
            before: vec![Span::new().days(7), Span::new().days(1), Span::new().months(1)],
            days: days.iter().map(|day| day.parse().unwrap()).collect(),
        }),
        ..brief()
    };
    let mut cancelled = event(8, Kind::Deadline, "2020-10-05", None);
    let revisions = history(8, cancelled.cancel("", now()).unwrap());
    let events = [
        event(1, Kind::Deadline, "2020-10-05", None),
        event(2, Kind::Deadline, "2020-10-06", None),
        event(3, Kind::EffectiveDate, "2020-09-29", None),
        event(4, Kind::Meeting, "2020-10-28 09:00", None),
        event(5, Kind::Release, "2020-10", None),
        event(6, Kind::Deadline, "2020-10-04", None),
        event(7, Kind::Deadline, "2020-09-27", None),
        cancelled,
    ];
    let mut material = material(&events, &revisions);
    material.articles = vec![article(1, "2020-09-23", &[], &[])];
    let told = |brief: &Brief| {
        let mut ids: Vec<_> = content(brief, &material).events().map(|event| event.id).collect();
        ids.sort();
        ids
    };
    assert_eq!(told(&reminders(&["2020-09-28"])), [1, 3, 4]);
    // The days that were missed count too, but for what has passed meanwhile.
    assert_eq!(told(&reminders(&["2020-09-26", "2020-09-27", "2020-09-28"])), [1, 3, 4, 6]);
    assert!(
        brief().window().to > Timestamp::UNIX_EPOCH
            && reminders(&["2020-09-28"]).asks()(&events[3], &|window| events[3].touches(window))
    );
    assert!(content(&reminders(&["2020-09-28"]), &material).articles().next().is_none());
}
