use super::*;
use crate::domain::actor::Actor;
use crate::domain::event::{Details, EventPatch, HistoryEntry, Kind, Said};
use crate::domain::zone::Zone;

/// What editions tell after an event was changed so, with a word on telling it.
fn after(was: &[(Field, &str)], is: &[(Field, &str)], tell: Option<Tell>) -> Option<Change> {
    let said = |fields: &[(Field, &str)]| {
        let mut patch = EventPatch::default();
        fields.iter().for_each(|(field, text)| patch.say(*field, Said::Text(text)).unwrap());
        patch
    };
    let when = When::parse("2027-03-15", None, Zone::utc()).unwrap();
    let details = said(was).onto(Some(&Details::new(Kind::Meeting, "Plenary", when)), &Zone::utc()).unwrap();
    let mut event = Event::new(1, "a@example.org".into(), details, "2027-01-01T00:00:00Z".parse().unwrap());
    let details = said(is).onto(Some(&event.details), &Zone::utc()).unwrap();
    let entries = event.revise(details, "2027-01-02T00:00:00Z".parse().unwrap()).unwrap();
    let of = |entry: HistoryEntry| Revision {
        line: 1,
        event_id: 1,
        by: Actor::Operator,
        entry: HistoryEntry { tell, ..entry },
    };
    let revisions: Vec<_> = entries.into_iter().map(of).collect();
    changes(&[Arc::new(event)], &revisions).changed.into_iter().map(|(_, change)| change).next()
}

#[test]
fn what_lets_people_plan_is_news_and_a_typo_is_none() {
    let when = |text: &str| When::parse(text, None, Zone::utc()).unwrap();
    let exact = |before: &str| Some(Change::Exact { before: when(before) });
    let (start, place, join, title, status) =
        (Field::Start, Field::Location, Field::JoinUrl, Field::Title, Field::Status);
    for (was, is, told) in [
        ((start, "2027-03"), (start, "2027-03-15"), exact("2027-03")),
        ((start, "2027-Q1"), (start, "2027-03"), exact("2027-Q1")),
        ((start, "2027-03-15"), (start, "2027-03-15 09:00"), exact("2027-03-15")),
        ((start, "2027-03"), (start, "2027-04-15"), Some(Change::Moved { before: when("2027-03") })),
        ((start, "2027-03-15"), (start, "2027-03"), Some(Change::Moved { before: when("2027-03-15") })),
        ((status, "tentative"), (status, "confirmed"), Some(Change::Confirmed)),
        ((status, "confirmed"), (status, "tentative"), None),
        ((place, ""), (place, "Geneva"), Some(Change::Placed)),
        ((place, "Bern"), (place, "Geneva"), Some(Change::Relocated { before: "Bern".into() })),
        ((place, "Genvea"), (place, "Geneva"), None),
        ((join, ""), (join, "https://meet.example.org/a"), Some(Change::Linked)),
        ((join, "https://meet.example.org/a"), (join, "https://meet.example.org/b"), Some(Change::Relinked)),
        ((title, "Plenery"), (title, "Plenary"), None),
    ] {
        assert_eq!(after(&[was], &[is], None), told, "{was:?} {is:?}");
    }
}

#[test]
fn editors_have_the_last_word_on_what_is_told() {
    let (place, title) = (Field::Location, Field::Title);
    let next = Some(Tell::Next);
    let retitled = Change::Updated { title: Some("Plenery".into()) };
    assert_eq!(after(&[(title, "Plenery")], &[(title, "Plenary")], next), Some(retitled));
    assert_eq!(
        after(&[(place, "Genvea")], &[(place, "Geneva")], next),
        Some(Change::Relocated { before: "Genvea".into() })
    );
    assert_eq!(after(&[(Field::Start, "2027-03-15")], &[(Field::Start, "2027-04-15")], Some(Tell::Never)), None);
}
