use super::*;
use crate::domain::event::Kind;
use crate::domain::when::When;
use crate::domain::zone::Zone;

fn now() -> Timestamp {
    "2026-03-02T09:00:00Z".parse().unwrap()
}

fn details(title: &str, start: &str) -> Details {
    Details {
        status: Status::Draft,
        ..Details::new(Kind::Forum, title, When::parse(start, None, Zone::utc()).unwrap())
    }
}

fn proposal(uid: &str, title: &str, start: &str) -> Proposal {
    Proposal {
        uid: uid.into(),
        details: details(title, start),
        is_year_guessed: false,
        was: None,
        note: None,
        becomes: Default::default(),
        source_text: format!("{title} on {start}."),
        line: 1,
    }
}

fn seen(uid: &str, title: &str, start: &str, event_id: Option<i64>) -> SeenProposal {
    SeenProposal { is_told: true, ..row("", &proposal(uid, title, start), event_id, None) }
}

fn event(id: i64, title: &str, start: &str, status: Status) -> Event {
    Event::new(id, format!("e{id}"), Details { status, ..details(title, start) }, Timestamp::UNIX_EPOCH)
}

struct Case {
    seen: Vec<SeenProposal>,
    events: Vec<Event>,
    touched: Vec<i64>,
}

fn known(case: &Case) -> Known {
    let seen = crate::domain::watch::Seen {
        texts: vec![SeenText { key: "old".into(), ..SeenText::default() }],
        proposals: case.seen.clone(),
    };
    Known { seen, events: case.events.clone(), touched: case.touched.clone() }
}

/// A page that tells these now.
fn told(case: &Case, proposals: Vec<Proposal>) -> (Decided, Outcome) {
    let pieces = vec![Piece { item: String::new(), proposals }];
    decide(
        Look { pieces, texts: Vec::new(), is_ahead_only: false, old_words: Some(String::new()), now: now() },
        known(case),
    )
}

/// New drafts as `Forum 2026-05-05`, with what they move, and drafts that change.
fn done(case: &Case, proposals: Vec<Proposal>) -> (Vec<String>, Vec<String>) {
    let (decided, _) = told(case, proposals);
    let moves = |uid: &str| decided.proposals.iter().rev().find(|seen| seen.uid == uid).and_then(|seen| seen.moves);
    let added = decided.added.iter().map(|(uid, it)| match moves(uid) {
        Some(event) => format!("{} {} moves {event}", it.title, it.when.start()),
        None => format!("{} {}", it.title, it.when.start()),
    });
    (added.collect(), decided.revised.iter().map(|(id, it)| format!("{id} {}", it.when.start())).collect())
}

fn none() -> Vec<String> {
    Vec::new()
}

#[test]
fn what_is_new_becomes_a_draft_once() {
    let nothing = Case { seen: Vec::new(), events: Vec::new(), touched: Vec::new() };
    let one = proposal("a", "Lift Forum", "2026-05-05");
    assert_eq!(done(&nothing, vec![one.clone()]), (vec!["Lift Forum 2026-05-05".to_owned()], none()));
    // Told twice in other words, it is one.
    assert_eq!(done(&nothing, vec![one.clone(), proposal("b", "The Lift Forum", "2026-05-05")]).0.len(), 1);
    // Known by its sentence, by title and date, or because an event tells it.
    for uid in ["a", "b"] {
        let removed = Case {
            seen: vec![seen("a", "Lift Forum", "2026-05-05", Some(7))],
            events: Vec::new(),
            touched: Vec::new(),
        };
        assert_eq!(done(&removed, vec![proposal(uid, "Lift Forum", "2026-05-05")]), (none(), none()));
    }
    let typed = Case { events: vec![event(7, "Forum on lifts", "2026-05-05", Status::Confirmed)], ..nothing };
    let (decided, outcome) = told(&typed, vec![one]);
    assert_eq!((decided.added.len(), decided.proposals[0].event_id, outcome.known), (0, Some(7), 1));
}

#[test]
fn another_date_moves_an_untouched_draft_and_is_proposed_for_all_else() {
    let moved = || vec![proposal("b", "Lift Forum", "2026-05-12")];
    let seen_before = || vec![seen("a", "Lift Forum", "2026-05-05", Some(7))];
    let case = |event: Event, touched: Vec<i64>| Case { seen: seen_before(), events: vec![event], touched };
    let draft = || event(7, "Lift Forum", "2026-05-05", Status::Draft);
    let proposed = vec!["Lift Forum 2026-05-12 moves 7".to_owned()];
    assert_eq!(done(&case(draft(), Vec::new()), moved()), (none(), vec!["7 2026-05-12".to_owned()]));
    assert_eq!(done(&case(draft(), vec![7]), moved()), (proposed.clone(), none()));
    assert_eq!(
        done(&case(event(7, "Lift Forum", "2026-05-05", Status::Confirmed), Vec::new()), moved()),
        (proposed, none())
    );
    // Removed by an editor, it stays away; moved by them, it is where it should be.
    let removed = Event { removed: true, ..draft() };
    assert_eq!(done(&case(removed, vec![7]), moved()), (none(), none()));
    assert_eq!(
        done(&case(event(7, "Lift Forum", "2026-05-12", Status::Confirmed), vec![7]), moved()),
        (none(), none())
    );
    // A corrected year, where the text is the same and says it elsewhere.
    assert_eq!(
        done(&case(draft(), Vec::new()), vec![proposal("a", "Lift Forum", "2027-05-05")]),
        (none(), vec!["7 2027-05-05".to_owned()])
    );
    let guessed = Proposal { is_year_guessed: true, ..proposal("a", "Lift Forum", "2027-05-05") };
    assert_eq!(done(&case(draft(), Vec::new()), vec![guessed]), (none(), none()));
}

#[test]
fn what_is_still_told_or_past_or_another_thing_has_not_moved() {
    let case = |title: &str, start: &str| Case {
        seen: vec![seen("a", title, start, Some(7))],
        events: vec![event(7, title, start, Status::Draft)],
        touched: Vec::new(),
    };
    let new = |title: &str| proposal("b", title, "2026-05-12");
    let still = proposal("a", "Lift Forum", "2026-05-05");
    assert_eq!(done(&case("Lift Forum", "2026-05-05"), vec![still, new("Lift Forum")]).0, ["Lift Forum 2026-05-12"]);
    assert_eq!(done(&case("Lift Forum", "2026-02-05"), vec![new("Lift Forum")]).0, ["Lift Forum 2026-05-12"]);
    assert_eq!(done(&case("Forum of WG 1", "2026-05-05"), vec![new("Forum of WG 2")]).0, ["Forum of WG 2 2026-05-12"]);
}

#[test]
fn a_move_that_nobody_looked_at_says_the_last_date_and_one_that_was_refused_may_come_again() {
    let chain = |draft: Event, touched: Vec<i64>| Case {
        seen: vec![
            SeenProposal { is_told: false, ..seen("a", "Lift Forum", "2026-05-05", Some(7)) },
            SeenProposal { moves: Some(7), ..seen("b", "Lift Forum", "2026-05-12", Some(8)) },
        ],
        events: vec![event(7, "Lift Forum", "2026-05-05", Status::Confirmed), draft],
        touched,
    };
    let draft = || event(8, "Lift Forum", "2026-05-12", Status::Draft);
    let again = || vec![proposal("c", "Lift Forum", "2026-05-19")];
    assert_eq!(done(&chain(draft(), vec![7]), again()), (none(), vec!["8 2026-05-19".to_owned()]));
    let refused = Event { removed: true, ..draft() };
    assert_eq!(done(&chain(refused, vec![7, 8]), again()).0, ["Lift Forum 2026-05-19 moves 7"]);
    // Back to where the event is: there is nothing to move.
    let back = vec![proposal("a", "Lift Forum", "2026-05-05")];
    assert_eq!(done(&chain(Event { removed: true, ..draft() }, vec![7, 8]), back), (none(), none()));
}

#[test]
fn a_text_that_says_what_the_date_was_moves_that_event() {
    let case = Case {
        seen: Vec::new(),
        events: vec![event(7, "Lift Forum", "2026-05-05", Status::Confirmed)],
        touched: vec![7],
    };
    let told = Proposal { was: Some("2026-05-05".into()), ..proposal("b", "Lift Forum", "2026-05-12") };
    assert_eq!(done(&case, vec![told]).0, ["Lift Forum 2026-05-12 moves 7"]);
}

#[test]
fn what_is_held_back_is_no_more_remembered_than_its_text() {
    let case = Case { seen: Vec::new(), events: Vec::new(), touched: Vec::new() };
    let names = ["Lift", "Door", "Kettle", "Bridge"];
    let proposals: Vec<_> = (0..60_usize)
        .map(|at| {
            proposal(
                &format!("u{at}"),
                &format!("{} Forum", names[at % 4]),
                &format!("2026-{:02}-{:02}", 4 + at / 28, at % 28 + 1),
            )
        })
        .collect();
    let look = |is_page: bool| Look {
        pieces: vec![Piece { item: "i".into(), proposals: proposals.clone() }],
        texts: vec![SeenText { key: "i".into(), hash: "h".into(), ..SeenText::default() }],
        is_ahead_only: true,
        old_words: is_page.then(String::new),
        now: now(),
    };
    let (page, outcome) = decide(look(true), known(&case));
    assert_eq!((page.added.len(), outcome.held_back.len(), page.texts.len()), (50, 10, 0));
    // What comes first is proposed first.
    assert_eq!(page.added[0].1.when.start().to_string(), "2026-04-01");
    let (feed, _) = decide(look(false), known(&case));
    assert_eq!((feed.texts[0].hash.as_str(), feed.proposals.len()), ("", 50));
}

#[test]
fn at_first_and_on_a_page_that_was_there_what_is_over_or_old_is_no_news() {
    let case = Case { seen: Vec::new(), events: Vec::new(), touched: Vec::new() };
    let look = |is_ahead_only: bool, old: &str| Look {
        pieces: vec![Piece { item: String::new(), proposals: vec![proposal("a", "Lift Forum", "2026-01-05")] }],
        texts: Vec::new(),
        is_ahead_only,
        old_words: Some(old.into()),
        now: now(),
    };
    for (is_ahead_only, old, added) in [(true, "", 0), (false, "", 1), (false, "x lift forum on 2026 01 05 y", 0)] {
        let (decided, _) = decide(look(is_ahead_only, old), known(&case));
        assert_eq!((decided.added.len(), decided.proposals.len()), (added, 1), "{is_ahead_only} {old}");
    }
}
