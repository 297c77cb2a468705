//! What somebody looks for, word by word, in the ways in which it may be written.

use jiff::civil::date;
use memchr::memmem::Finder;

use crate::domain::event::Event;
use crate::domain::when::{Point, When, Window};
use crate::domain::{spoken, text};

/// Ends of words that are written in two ways.
const ALIKE: [(&str, &str); 4] = [("isation", "ization"), ("ise", "ize"), ("ising", "izing"), ("yse", "yze")];

/// A word that is looked for, or a date of several.
#[derive(Debug, Clone)]
pub(super) struct Word {
    /// The ways in which it may be written; one of them has to be there.
    written: Vec<Finder<'static>>,
    /// It may be several without their spaces, such as the number of a document. Shorter ones are found across any two words.
    may_be_closed: bool,
    /// Of a date: what lies there is meant, too.
    date: Option<Point>,
}

/// The words of a search, each once; all of them have to be there.
pub(super) fn of(search: &str) -> Vec<Word> {
    let folded = text::fold_case(search);
    let said: Vec<&str> = folded.split_whitespace().collect();
    let mut words: Vec<(String, Option<Point>)> = Vec::new();
    let mut rest = said.as_slice();
    while !rest.is_empty() {
        let found = (1..=rest.len().min(3)).rev().find_map(|count| {
            let phrase = rest[..count].join(" ");
            dated(&phrase).map(|point| (count, phrase, point))
        });
        let (count, phrase, point) = match found {
            Some((count, phrase, point)) => (count, phrase, Some(point)),
            None => (1, rest[0].to_owned(), None),
        };
        words.push((phrase, point));
        rest = &rest[count..];
    }
    words.sort();
    words.dedup();
    words.iter().map(|(word, date)| Word::of(word, *date)).collect()
}

/// A date that says its year: `2020-09`, `september 2020`, `2020年9月`.
fn dated(phrase: &str) -> Option<Point> {
    let has_year = phrase.split(|c: char| !c.is_ascii_digit()).any(|run| run.len() == 4);
    // The year is said, so that it matters not when it is.
    has_year.then(|| spoken::point(phrase, date(2000, 1, 1).at(0, 0, 0, 0)).ok()).flatten()
}

/// The ways in which a word may be written, itself first.
fn variants(word: &str) -> Vec<String> {
    let mut all = vec![word.to_owned()];
    all.extend(text::squeezed(word));
    if word.bytes().all(|octet| octet.is_ascii_alphabetic()) {
        let one = match word {
            _ if word.len() > 4 && word.ends_with("ies") => Some(format!("{}y", &word[..word.len() - 3])),
            _ if word.len() > 3 && word.ends_with('s') && !word.ends_with("ss") => {
                Some(word[..word.len() - 1].to_owned())
            }
            _ => None,
        };
        all.extend(one);
        for (s, z) in ALIKE {
            for known in all.clone() {
                all.extend(known.strip_suffix(s).map(|stem| format!("{stem}{z}")));
                all.extend(known.strip_suffix(z).map(|stem| format!("{stem}{s}")));
            }
        }
    }
    all
}

impl Word {
    fn of(word: &str, date: Option<Point>) -> Self {
        Self {
            written: variants(word).iter().map(|it| Finder::new(it).into_owned()).collect(),
            may_be_closed: word.len() >= 8 || word.bytes().any(|octet| octet.is_ascii_digit()),
            date,
        }
    }

    /// Whether it is in what is searched of an event, of which it is told how to ask whether it has a date in a window.
    pub fn is_in(&self, event: &Event, searched: &str, touches: &dyn Fn(Window) -> bool) -> bool {
        self.is_written_in(searched) || self.date.is_some_and(|point| lies_in(event, point, touches))
    }

    pub fn is_written_in(&self, searched: &str) -> bool {
        self.written
            .iter()
            .any(|it| it.find(searched.as_bytes()).is_some() || self.may_be_closed && has_closed(searched, it.needle()))
    }
}

/// Whether an event, or one of its dates, lies there, by its own calendar.
fn lies_in(event: &Event, point: Point, touches: &dyn Fn(Window) -> bool) -> bool {
    let when = &event.details.when;
    match event.details.repeat {
        None => when.first_day() <= point.last_day() && when.last_day() >= point.first_day(),
        Some(_) => {
            let (first, last) = (point.first_day(), point.last_day());
            let last = (last > first).then_some(Point::Day(last));
            When::new(Point::Day(first), last, when.zone().clone()).is_ok_and(|days| touches(Window::of(&days)))
        }
    }
}

/// Whether a word is there if no space counts.
fn has_closed(searched: &str, word: &[u8]) -> bool {
    let Some((first, rest)) = word.split_first() else { return true };
    let octets = searched.as_bytes();
    memchr::memchr_iter(*first, octets).any(|at| {
        let mut others = octets[at + 1..].iter().filter(|octet| **octet != b' ');
        rest.iter().all(|octet| others.next() == Some(octet))
    })
}

#[cfg(test)]
mod tests {
    use crate::domain::event::{Details, Event, Kind};
    use crate::domain::filter::EventFilter;
    use crate::domain::when::When;
    use crate::domain::zone::Zone;

    fn finds(search: &str, title: &str, standard: &str, start: &str) -> bool {
        let when = When::parse(start, None, "Asia/Shanghai".parse::<Zone>().unwrap()).unwrap();
        let standards = if standard.is_empty() { Vec::new() } else { vec![standard.to_owned()] };
        let details = Details { standards, ..Details::new(Kind::Other, title, when) };
        let event = Event::new(1, "u".into(), details, jiff::Timestamp::UNIX_EPOCH);
        EventFilter { search: search.to_owned(), ..EventFilter::default() }.matches(&event)
    }

    #[test]
    fn what_is_written_in_another_way_is_found() {
        for (search, title, standard) in [
            ("GBT 35273", "Takes effect", "GB/T 35273-2020"),
            ("gbt35273", "Takes effect", "GB/T 35273-2020"),
            ("gb/t35273", "Takes effect", "GB/T 35273-2020"),
            ("35273—2020", "Takes effect", "GB/T 35273-2020"),
            ("cybersecurity", "Cyber-security week", ""),
            ("cyber-security", "Cybersecurity week", ""),
            ("meetings", "The meeting of all", ""),
            ("meeting", "All meetings", ""),
            ("cities", "A smart city", ""),
            ("standardise", "How to standardize", ""),
            ("standardization", "On standardisation", ""),
            ("plenaryin", "Plenary in the capital", ""),
            ("标准", "国家标准发布", ""),
            ("个人信息", "个人信息安全规范", ""),
        ] {
            assert!(finds(search, title, standard, "2020-10-01"), "{search} in {title} {standard}");
        }
        for (search, title) in
            [("meeting forum", "A meeting"), ("gbt", "Big data"), ("class", "The cla"), ("标题", "国家标准")]
        {
            assert!(!finds(search, title, "", "2020-10-01"), "{search} in {title}");
        }
    }

    #[test]
    fn a_date_is_found_as_it_is_said() {
        for search in [
            "2020-10",
            "October 2020",
            "plenary october 2020",
            "2020年10月",
            "2020 plenary",
            "2020-Q4",
            "1 October 2020",
        ] {
            assert!(finds(search, "Plenary", "", "2020-10-01"), "{search}");
        }
        for search in ["2020-09", "September 2020", "2021 plenary", "2 October 2020", "October 2021"] {
            assert!(!finds(search, "Plenary", "", "2020-10-01"), "{search}");
        }
        // A number is no year alone.
        assert!(finds("2019", "The plan of 2019", "", "2020-10-01"));
    }
}
