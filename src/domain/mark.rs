//! What editors want of single entries of an edition to come: which it leaves out, puts first, tells beside the rest.

use super::event::Event;
use super::when::Point;
use super::{Invalid, words};

words! {
    /// What an editor wants of an entry.
    pub enum Mark, "mark of an entry" {
        /// The edition does not tell it.
        LeftOut => "left-out",
        /// It stands before all else.
        PutFirst => "put-first",
        /// It is told, though the digest would not tell it by itself.
        Added => "added",
    }
}

/// An entry as people name it: `event 12`, `article 3`, and `event 12@2020-10-05` for one date of a repeating event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Entry {
    Event {
        id: i64,
        /// The original start of the date that is meant; none: all of it.
        occurrence: Option<Point>,
    },
    Article {
        id: i64,
    },
}

impl Entry {
    pub fn of(event: &Event) -> Self {
        Self::Event { id: event.id, occurrence: event.occurrence }
    }

    /// Several, as they are typed: `12 event:13 article 3`.
    pub fn list(words: &[String]) -> Result<Vec<Self>, Invalid> {
        let mut entries = Vec::new();
        let mut words = words.iter().map(|word| word.trim());
        while let Some(word) = words.next() {
            let entry = match Noun::read(word) {
                Some(_) => format!("{word} {}", words.next().unwrap_or_default()).parse()?,
                None => word.parse()?,
            };
            if !entries.contains(&entry) {
                entries.push(entry);
            }
        }
        match entries.len() {
            0 => Err(Invalid::new("no entry is named: name an event by its id, an article as article:3")),
            n if n > MOST_AT_ONCE => Err(Invalid(format!("{n} entries are too many: {MOST_AT_ONCE} at most"))),
            _ => Ok(entries),
        }
    }

    /// Whether an event, or one date of it, is meant by this.
    pub fn means(self, event: &Event) -> bool {
        match self {
            Self::Event { id, occurrence } => {
                id == event.id && (occurrence.is_none() || occurrence == event.occurrence)
            }
            Self::Article { .. } => false,
        }
    }

    /// Whether all that the other means is meant by this.
    pub fn covers(self, other: Self) -> bool {
        match (self, other) {
            (Self::Event { id, occurrence }, Self::Event { id: other, occurrence: date }) => {
                id == other && (occurrence.is_none() || occurrence == date)
            }
            _ => self == other,
        }
    }

    /// Of what kind it is, and its id, as they are kept.
    pub fn parts(self) -> (&'static str, i64) {
        match self {
            Self::Event { id, .. } => ("event", id),
            Self::Article { id } => ("article", id),
        }
    }

    pub fn event_id(self) -> Option<i64> {
        match self {
            Self::Event { id, .. } => Some(id),
            Self::Article { .. } => None,
        }
    }
}

/// Said of so many at once.
const MOST_AT_ONCE: usize = 200;

/// What stands before an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Noun {
    Event,
    Article,
}

impl Noun {
    fn read(word: &str) -> Option<Self> {
        match word {
            _ if word.eq_ignore_ascii_case("event") => Some(Self::Event),
            _ if word.eq_ignore_ascii_case("article") => Some(Self::Article),
            _ => None,
        }
    }
}

impl std::fmt::Display for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Event { id, occurrence: None } => write!(f, "event {id}"),
            Self::Event { id, occurrence: Some(start) } => write!(f, "event {id}@{start}"),
            Self::Article { id } => write!(f, "article {id}"),
        }
    }
}

impl std::str::FromStr for Entry {
    type Err = Invalid;

    /// An id alone is that of an event.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        let shown: String = text.chars().take(60).collect();
        let none = || Invalid(format!("`{shown}` names no entry: write event:12, or 12 alone, or article:3"));
        let (noun, rest) = match text.split_once([':', ' ', '/']).map(|(noun, rest)| (Noun::read(noun), rest)) {
            Some((Some(noun), rest)) => (noun, rest.trim()),
            _ => (Noun::Event, text),
        };
        let (digits, date) = rest.split_once('@').map_or((rest, None), |(digits, date)| (digits, Some(date)));
        // `parse` would take `+5`.
        let id = digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok()).flatten();
        let id = id.filter(|id: &i64| *id > 0).ok_or_else(none)?;
        match (noun, date) {
            (Noun::Event, date) => Ok(Self::Event { id, occurrence: date.map(str::parse).transpose()? }),
            (Noun::Article, None) => Ok(Self::Article { id }),
            (Noun::Article, Some(_)) => Err(none()),
        }
    }
}

/// What is wanted of one entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marked {
    pub entry: Entry,
    pub mark: Mark,
    /// Of all editions to come: it is left out for good.
    pub is_for_good: bool,
}

/// All that is wanted of the entries of one edition. Of what is put first, the first stands first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EditionMarks(pub Vec<Marked>);

impl EditionMarks {
    fn entries(&self, mark: Mark) -> impl Iterator<Item = Entry> {
        self.0.iter().filter(move |marked| marked.mark == mark).map(|marked| marked.entry)
    }

    pub fn has(&self, mark: Mark, event: &Event) -> bool {
        self.entries(mark).any(|entry| entry.means(event))
    }

    pub fn has_article(&self, mark: Mark, id: i64) -> bool {
        self.entries(mark).any(|entry| entry == Entry::Article { id })
    }

    /// How an entry is marked, where it is meant as a whole.
    pub fn of(&self, entry: Entry) -> impl Iterator<Item = &Marked> {
        self.0.iter().filter(move |marked| marked.entry.covers(entry))
    }

    /// Where it stands among those that are put first.
    pub fn place(&self, event: &Event) -> Option<usize> {
        self.entries(Mark::PutFirst).position(|entry| entry.means(event))
    }

    pub fn place_of_article(&self, id: i64) -> Option<usize> {
        self.entries(Mark::PutFirst).position(|entry| entry == Entry::Article { id })
    }

    /// The dates of an event that are added: its own, where all of it is.
    pub fn added_dates(&self, event_id: i64) -> impl Iterator<Item = Option<Point>> {
        self.entries(Mark::Added).filter_map(move |entry| match entry {
            Entry::Event { id, occurrence } if id == event_id => Some(occurrence),
            _ => None,
        })
    }

    pub fn adds_articles(&self) -> bool {
        self.entries(Mark::Added).any(|entry| matches!(entry, Entry::Article { .. }))
    }

    /// The events that something is wanted of.
    pub fn event_ids(&self) -> impl Iterator<Item = i64> {
        self.0.iter().filter_map(|marked| marked.entry.event_id())
    }

    /// The same, without what has this mark.
    pub fn without(&self, mark: Mark) -> Self {
        Self(self.0.iter().filter(|marked| marked.mark != mark).copied().collect())
    }
}

/// What an edition left out, so that the next one tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Carried {
    pub entry: Entry,
    /// What happened to it behind this line of history is still to be told.
    pub since: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_named_in_more_than_one_way() {
        let event = |id, date: Option<&str>| Entry::Event { id, occurrence: date.map(|date| date.parse().unwrap()) };
        for (text, entry, shown) in [
            ("12", event(12, None), "event 12"),
            (" event:12 ", event(12, None), "event 12"),
            ("Event 012", event(12, None), "event 12"),
            ("event/12@2020-10-05", event(12, Some("2020-10-05")), "event 12@2020-10-05"),
            ("12@2020-10-05 09:00", event(12, Some("2020-10-05T09:00")), "event 12@2020-10-05T09:00"),
            ("article:3", Entry::Article { id: 3 }, "article 3"),
            ("article 3", Entry::Article { id: 3 }, "article 3"),
        ] {
            assert_eq!(text.parse(), Ok(entry), "{text}");
            assert_eq!(entry.to_string(), shown);
            assert_eq!(shown.parse(), Ok(entry));
        }
        for text in [
            "",
            "event",
            "article",
            "0",
            "-1",
            "+1",
            "1e3",
            "12@",
            "12@soon",
            "article:3@2020",
            "digest:1",
            "99999999999999999999",
        ] {
            assert!(text.parse::<Entry>().is_err(), "{text}");
        }
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let listed = Entry::list(&words("12 event 13 article 3 article:3 12")).unwrap();
        assert_eq!(listed, [event(12, None), event(13, None), Entry::Article { id: 3 }]);
        assert!(Entry::list(&[]).is_err() && Entry::list(&words("event")).is_err());
        assert!(Entry::list(&(1..=201).map(|id| id.to_string()).collect::<Vec<_>>()).is_err());
    }

    #[test]
    fn an_event_as_a_whole_covers_its_dates() {
        let (whole, date): (Entry, Entry) = ("12".parse().unwrap(), "12@2020-10-05".parse().unwrap());
        for (one, other, covers) in
            [(whole, date, true), (date, whole, false), (date, date, true), (whole, whole, true)]
        {
            assert_eq!(one.covers(other), covers, "{one} {other}");
        }
        assert!(!whole.covers(Entry::Article { id: 12 }) && Entry::Article { id: 1 }.covers(Entry::Article { id: 1 }));
    }
}
