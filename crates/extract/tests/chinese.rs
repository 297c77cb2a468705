//! `extract` on Chinese passages whose events are known: what is found, missed and wrong, and what titles hold.

#![allow(clippy::unwrap_used, clippy::panic)]

use jiff::civil::date;
use kalends_extract::{Event, Form, Known, Topics, extract};

const PASSAGES: &str = include_str!("data/chinese.txt");

struct Passage {
    text: String,
    expected: Vec<Expected>,
}

/// `= kinds start [end] : words of the title @ place`; with `=?` it may be found or not.
struct Expected {
    kinds: Vec<String>,
    starts: Vec<String>,
    end: Option<String>,
    words: Vec<String>,
    place: String,
    is_optional: bool,
}

impl Expected {
    fn of(told: &str, is_optional: bool) -> Self {
        let (told, place) = told.split_once(" @ ").unwrap_or((told, ""));
        let (told, words) = told.split_once(" : ").unwrap_or((told, ""));
        let parts: Vec<&str> = told.split_whitespace().collect();
        let all = |text: &str| text.split('|').map(str::to_owned).collect();
        Self {
            kinds: all(parts[0]),
            starts: all(parts[1]),
            end: parts.get(2).map(|end| (*end).to_owned()),
            words: words.split_whitespace().map(str::to_owned).collect(),
            place: place.trim().to_owned(),
            is_optional,
        }
    }

    fn is_date_of(&self, event: &Event) -> bool {
        self.starts.contains(&event.when.start.to_string()) && self.end == event.when.end.map(|end| end.to_string())
    }

    fn is_kind_of(&self, event: &Event) -> bool {
        self.kinds.iter().any(|kind| kind == event.kind.as_str())
    }

    fn is_title_of(&self, event: &Event) -> bool {
        self.words.iter().all(|word| event.title.contains(word.as_str()))
    }
}

fn form(text: &str) -> Form {
    match text.as_bytes() {
        [b'<', ..] => Form::Html,
        [b'#', ..] => Form::Markdown,
        _ => Form::Plain,
    }
}

fn passages() -> Vec<Passage> {
    let mut passages: Vec<Passage> = Vec::new();
    let mut is_open = false;
    for line in PASSAGES.lines() {
        if let Some(text) = line.strip_prefix('>') {
            if !is_open {
                passages.push(Passage { text: String::new(), expected: Vec::new() });
            }
            is_open = true;
            passages.last_mut().unwrap().text.push_str(&format!("{}\n", text.strip_prefix(' ').unwrap_or(text)));
        } else if let Some(told) = line.strip_prefix('=') {
            is_open = false;
            let is_optional = told.starts_with('?');
            let told = told.trim_start_matches('?').trim();
            if told != "none" {
                passages.last_mut().unwrap().expected.push(Expected::of(told, is_optional));
            }
        }
    }
    passages
}

#[derive(Debug, Default)]
struct Score {
    expected: usize,
    found: usize,
    kinds: usize,
    titles: usize,
    places: usize,
    unasked: usize,
}

fn score() -> Score {
    let topics = Topics::default();
    let known = Known { topics: &topics, written: None, today: date(2026, 11, 28) };
    let mut score = Score::default();
    for passage in passages() {
        let form = form(&passage.text);
        let mut events = extract(&passage.text, form, &known);
        let (optional, wanted): (Vec<_>, Vec<_>) = passage.expected.iter().partition(|expected| expected.is_optional);
        for expected in wanted {
            score.expected += 1;
            let same = (0..events.len()).filter(|at| expected.is_date_of(&events[*at]));
            let rank = |at: &usize| (!expected.is_kind_of(&events[*at]), !expected.is_title_of(&events[*at]));
            let Some(at) = same.min_by_key(rank) else {
                println!("missed   {:?} {:?} in {}", expected.starts, expected.words, passage.text);
                continue;
            };
            let event = events.remove(at);
            let is_place = event.location.contains(&expected.place);
            score.found += 1;
            score.kinds += usize::from(expected.is_kind_of(&event));
            score.titles += usize::from(expected.is_title_of(&event));
            score.places += usize::from(is_place);
            if !(expected.is_kind_of(&event) && expected.is_title_of(&event) && is_place) {
                println!("wrong    {} “{}” @ {} for {:?}", event.kind, event.title, event.location, expected.words);
            }
            if std::env::var_os("SHOW_TITLES").is_some() {
                println!("title    {} | {} | {}", event.title, event.location, event.organizer);
            }
        }
        events.retain(|event| !optional.iter().any(|expected| expected.is_date_of(event)));
        for event in &events {
            score.unasked += 1;
            println!("unasked  {} {} “{}” in {}", event.when, event.kind, event.title, passage.text);
        }
    }
    score
}

#[test]
fn dated_events_are_found_in_chinese_passages() {
    assert!(passages().len() >= 200);
    let score = score();
    println!("{score:?}");
    assert!(score.found * 100 >= score.expected * 97, "too few of the dates are found");
    assert!(score.kinds * 100 >= score.found * 97, "too few of the kinds are right");
    assert!(score.titles * 100 >= score.found * 95, "too few of the titles say what it is");
    assert!(score.places * 100 >= score.found * 95, "too few of the places are right");
    assert!(score.unasked * 100 <= score.expected * 3, "too much is proposed that is no event");
}

/// What is published must be short, without its date, and must not begin or end in the middle of a sentence.
#[test]
fn titles_of_chinese_passages_are_fit_to_be_published() {
    let topics = Topics::default();
    let known = Known { topics: &topics, written: None, today: date(2026, 11, 28) };
    for passage in passages() {
        let form = form(&passage.text);
        for event in extract(&passage.text, form, &known) {
            let title = &event.title;
            let is_led_to = ["关于", "自2", "定于", "将于", "請", "请", "为了", "，", "。", "：", "、"]
                .iter()
                .any(|lead| title.starts_with(lead));
            let is_cut = ["的", "于", "将", "，", "、", "在", "（"].iter().any(|end| title.ends_with(end));
            assert!(!is_led_to && !is_cut && title.chars().count() <= 60, "{title}");
            assert!(!title.contains("日上午") && !title.contains("月1日"), "{title}");
        }
    }
}

#[test]
fn english_and_chinese_lines_of_one_text_are_each_read_in_their_language() {
    let text = "The Fire Door Forum will be held in Turin on 3 May 2021.\n\n全国标准化年会将于2021年6月5日在苏州召开。\n\nComments are due by 30 September 2021.\n";
    let topics = Topics::default();
    let known = Known { topics: &topics, written: None, today: date(2021, 1, 1) };
    for text in [
        text.to_owned(),
        format!("{}\n\n标准审查会由6月8日推迟至2021年7月8日。\n\n《规范》自2021年8月1日起施行。\n", text),
    ] {
        let starts: Vec<_> =
            extract(&text, Form::Plain, &known).iter().map(|event| event.when.start.to_string()).collect();
        assert_eq!(starts[..3], ["2021-05-03", "2021-06-05", "2021-09-30"]);
    }
}

#[test]
fn a_year_that_no_text_tells_is_marked_as_a_guess() {
    use kalends_extract::Year;
    let topics = Topics::default();
    let of = |text: &str, written| {
        let known = Known { topics: &topics, written, today: date(2026, 11, 28) };
        extract(text, Form::Plain, &known)
            .into_iter()
            .map(|event| (event.when.start.to_string(), event.year))
            .collect::<Vec<_>>()
    };
    let text = "标准化论坛将于3月14日在南宁开幕。";
    assert_eq!(of(text, None), [("2027-03-14".to_owned(), Year::Guessed)]);
    assert_eq!(of(text, Some(date(2022, 2, 1))), [("2022-03-14".to_owned(), Year::Understood)]);
    assert_eq!(of("标准化论坛将于2023年3月14日在南宁开幕。", None), [("2023-03-14".to_owned(), Year::Told)]);
    // What takes the place of another date says of which.
    let moved = "原定于2022年9月22日举行的标准化论坛延期至2022年11月10日举行。";
    let known = Known { topics: &topics, written: None, today: date(2026, 11, 28) };
    let events = extract(moved, Form::Plain, &known);
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].was.unwrap().to_string(), "2022-09-22");
}
