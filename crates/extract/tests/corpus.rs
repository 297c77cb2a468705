//! `extract` on sentences whose events are known: what is found, missed and wrong.

#![allow(clippy::unwrap_used, clippy::panic)]

use jiff::civil::date;
use kalends_extract::{Event, Form, Known, Topics, extract};

const CORPUS: &str = include_str!("data/corpus.txt");
const HELD_OUT: &str = include_str!("data/held-out.txt");
const STRANGERS: &str = include_str!("data/strangers.txt");

/// A text, and what is to be found in it.
struct Case {
    text: String,
    form: Form,
    expected: Vec<Expected>,
    /// What is found would be made of a number.
    is_number: bool,
}

struct Expected {
    kinds: Vec<String>,
    dates: String,
    /// As it should be published, where the corpus says it.
    title: Option<String>,
}

fn cases(corpus: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut is_open = false;
    let mut form = Form::Plain;
    for line in corpus.lines() {
        if let Some(named) = line.strip_prefix(": ") {
            form = named.parse().unwrap();
        } else if let Some(text) = line.strip_prefix('>') {
            if !is_open {
                let form = std::mem::replace(&mut form, Form::Plain);
                cases.push(Case { text: String::new(), form, expected: Vec::new(), is_number: false });
            }
            is_open = true;
            cases.last_mut().unwrap().text.push_str(&format!("{}\n", text.strip_prefix(' ').unwrap_or(text)));
        } else if let Some(told) = line.strip_prefix("= ") {
            is_open = false;
            let case = cases.last_mut().unwrap();
            let (told, title) = told.split_once(" | ").map_or((told, None), |(told, title)| (told, Some(title)));
            let mut words = told.split(' ');
            match (words.next().unwrap(), words.next()) {
                ("none", number) => case.is_number = number.is_some(),
                (kinds, start) => case.expected.push(Expected {
                    kinds: kinds.split('|').map(str::to_owned).collect(),
                    dates: [start.unwrap(), words.next().unwrap_or_default()].join(" ").trim().to_owned(),
                    title: title.map(str::to_owned),
                }),
            }
        }
    }
    cases
}

fn dates(event: &Event) -> String {
    let when = &event.when;
    let end = when.end.map(|end| end.to_string()).unwrap_or_default();
    format!("{} {end}", when.start).trim().to_owned()
}

#[derive(Default)]
struct Score {
    expected: usize,
    found: usize,
    right_kind: usize,
    of_numbers: usize,
    unasked: usize,
    wrong_titles: usize,
}

fn score(name: &str, corpus: &str) -> Score {
    let topics = Topics::default();
    let known = Known { topics: &topics, written: None, today: date(2021, 6, 1) };
    let mut score = Score::default();
    for case in cases(corpus) {
        let mut events = extract(&case.text, case.form, &known);
        score.expected += case.expected.len();
        for expected in &case.expected {
            // Of several of one date, the one of the right kind.
            let same: Vec<usize> = (0..events.len()).filter(|at| dates(&events[*at]) == expected.dates).collect();
            let is_right = |at: &usize| expected.kinds.iter().any(|kind| *kind == events[*at].kind.as_str());
            let Some(at) = same.iter().copied().find(is_right).or(same.first().copied()) else {
                let found: Vec<_> = events.iter().map(dates).collect();
                println!("missed   {} {:?} in {}         found {found:?}", expected.dates, expected.kinds, case.text);
                continue;
            };
            score.found += 1;
            let event = events.remove(at);
            match expected.kinds.iter().any(|kind| kind == event.kind.as_str()) {
                true => score.right_kind += 1,
                false => println!("kind     {} for {:?} in {}", event.kind, expected.kinds, case.text),
            }
            if let Some(title) = expected.title.as_ref().filter(|title| **title != event.title) {
                score.wrong_titles += 1;
                println!("title    “{}”, not “{title}”, in {}", event.title, case.text);
            }
            if std::env::var_os("SHOW_TITLES").is_some() {
                let details = &event;
                println!(
                    "title    {} | {} | {} | {:?}",
                    details.title, details.location, details.organizer, details.standards
                );
            }
        }
        for event in &events {
            score.unasked += 1;
            score.of_numbers += usize::from(case.is_number);
            println!("unasked  {} {} “{}” in {}", dates(event), event.kind, event.title, case.text);
        }
    }
    let percent = |count: usize, of: usize| 100.0 * count as f64 / of as f64;
    println!(
        "{name}: of {} dated events {} found ({:.1} %), {} of them of the right kind ({:.1} %); {} unasked, {} of them made of a number",
        score.expected,
        score.found,
        percent(score.found, score.expected),
        score.right_kind,
        percent(score.right_kind, score.found),
        score.unasked,
        score.of_numbers
    );
    score
}

fn check(score: &Score) {
    assert_eq!(score.of_numbers, 0, "a date was made of a number");
    assert!(score.found * 100 >= score.expected * 95, "too few of the dates are found");
    assert!(score.right_kind * 10 >= score.found * 9, "too few of the kinds are right");
    assert!(score.unasked * 20 <= score.expected, "too much is proposed that is no event");
}

#[test]
fn dated_events_are_found_in_the_corpus() {
    assert!(cases(CORPUS).len() >= 80);
    check(&score("corpus", CORPUS));
}

#[test]
fn dated_events_are_found_in_what_was_held_out() {
    check(&score("held out", HELD_OUT));
}

#[test]
fn what_strangers_announce_is_found_and_called_by_its_name() {
    let score = score("strangers", STRANGERS);
    assert_eq!((score.found, score.right_kind, score.unasked), (score.expected, score.expected, 0));
    assert_eq!(score.wrong_titles, 0);
}
