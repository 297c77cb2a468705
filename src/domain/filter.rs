//! Which events are asked for: the same questions on the command line, the pages and the feeds.

mod words;

use self::words::Word;
use super::event::{Event, Kind, Status};
use super::when::{Point, When, Window};
use super::zone::Zone;
use super::{Invalid, standard, text};

/// Every field narrows; an empty one asks for all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct EventFilter {
    pub kinds: Vec<Kind>,
    /// One of these, or a standard (any edition of it) that one of them is the identifier of.
    pub topics: Vec<String>,
    pub standard: String,
    pub organizer: String,
    /// Where people go, or a part of it.
    pub place: String,
    /// Words that must all occur somewhere in the event.
    pub search: String,
    pub statuses: Vec<Status>,
    /// Going on some time in this.
    pub window: Window,
    /// Leaves out events of which only the month, quarter or year is known.
    pub precise: bool,
}

impl EventFilter {
    /// Days, inclusive, as people give them: `from` 2020-09 begins with the month, `to` 2020-09 ends with it.
    pub fn between(mut self, from: Option<&str>, to: Option<&str>, zone: &Zone) -> Result<Self, Invalid> {
        let window = |text: &str| -> Result<_, Invalid> { When::new(text.parse::<Point>()?, None, zone.clone()) };
        if let Some(from) = from {
            self.window.from = window(from)?.first_instant();
        }
        if let Some(to) = to {
            self.window.to = window(to)?.end_instant();
        }
        match self.window.to <= self.window.from {
            true => Err(Invalid::new("the last day asked for lies before the first")),
            false => Ok(self),
        }
    }

    /// Of a repeating event: whether one of its dates lies in the window. For many events, make a matcher once.
    pub fn matches(&self, event: &Event) -> bool {
        self.matcher().matches(event)
    }

    /// The same questions, made ready to be asked of many events.
    pub fn matcher(&self) -> Matcher {
        Matcher {
            kinds: self.kinds.clone(),
            topics: self.topics.iter().map(|topic| text::fold_case(topic)).collect(),
            standards_as_topics: self.topics.iter().filter_map(|topic| standard::key_of_number(topic)).collect(),
            standard: standard::key(&self.standard),
            organizer: text::fold_case(&self.organizer),
            place: text::fold_case(&self.place),
            words: words::of(&self.search),
            statuses: self.statuses.clone(),
            window: self.window,
            precise: self.precise,
            is_of_kinds_alone: self.statuses.is_empty()
                && self.topics.is_empty()
                && self.standard.is_empty()
                && self.organizer.is_empty()
                && self.place.is_empty()
                && !self.precise,
        }
    }
}

/// What is known of an event without looking at it.
pub struct KnownOf<'a> {
    pub kind: Kind,
    /// The time in which all its dates lie.
    pub extent: Window,
    /// Its words, as they are searched.
    pub searched: &'a str,
    /// Whether one of its dates lies in a window.
    pub touches: &'a dyn Fn(Window) -> bool,
}

/// A filter whose words are folded and told once.
#[derive(Debug, Clone)]
pub struct Matcher {
    kinds: Vec<Kind>,
    topics: Vec<String>,
    standards_as_topics: Vec<String>,
    standard: String,
    organizer: String,
    place: String,
    words: Vec<Word>,
    statuses: Vec<Status>,
    window: Window,
    precise: bool,
    /// Nothing else is asked of the event itself.
    is_of_kinds_alone: bool,
}

impl Matcher {
    pub fn matches(&self, event: &Event) -> bool {
        self.asks_for(event)
            && (self.words.is_empty() || {
                let searched = event.details.search_text();
                self.words.iter().all(|word| word.is_in(event, &searched, &|window| event.touches(window)))
            })
            && event.touches(self.window)
    }

    /// The same of an event of which more is known; it is looked at itself as late as can be.
    pub fn matches_known(&self, event: &Event, known: &KnownOf<'_>) -> bool {
        self.window.meets(known.extent)
            && (self.kinds.is_empty() || self.kinds.contains(&known.kind))
            && (self.is_of_kinds_alone || self.asks_for(event))
            && self.words.iter().all(|word| word.is_in(event, known.searched, known.touches))
            && (self.window == Window::ALL || (known.touches)(self.window))
    }

    /// Whether words are asked for.
    pub fn has_words(&self) -> bool {
        !self.words.is_empty()
    }

    /// Whether much of each event has to be read.
    pub fn reads_texts(&self) -> bool {
        self.has_words() || !self.place.is_empty() || !self.organizer.is_empty()
    }

    /// How well what is searched of an event answers the words, which are in it: better where they are in its title, which stands
    /// behind its kind.
    pub fn rank(&self, searched: &str) -> usize {
        let title = searched.split('\n').nth(1).unwrap_or_default();
        self.words.iter().filter(|word| word.is_written_in(title)).count()
    }

    /// The topics asked for, in lower case; none: all.
    pub fn topics(&self) -> &[String] {
        &self.topics
    }

    /// The keys of those that may be standards.
    pub fn standards_as_topics(&self) -> &[String] {
        &self.standards_as_topics
    }

    /// The key of the standard asked for; empty: any.
    pub fn standard(&self) -> &str {
        &self.standard
    }

    /// All but the words and the window.
    fn asks_for(&self, event: &Event) -> bool {
        let details = &event.details;
        (self.kinds.is_empty() || self.kinds.contains(&details.kind))
            && (self.statuses.is_empty() || self.statuses.contains(&details.status))
            && (self.topics.is_empty()
                || details.topics.iter().any(|topic| self.topics.iter().any(|wanted| text::is_same(wanted, topic)))
                || any_standard(&self.standards_as_topics, &details.standards))
            && (self.standard.is_empty()
                || details.standards.iter().any(|s| standard::matches(&standard::key(s), &self.standard)))
            && (self.organizer.is_empty() || text::fold_case(&details.organizer).contains(&self.organizer))
            && (self.place.is_empty() || text::fold_case(details.place()).contains(&self.place))
            && !(self.precise && details.when.is_partial())
    }
}

/// Whether one of the labels asked for is there, whatever its case; all are if none is asked for.
pub fn any_label(wanted: &[String], has: &[String]) -> bool {
    wanted.is_empty() || wanted.iter().any(|w| has.iter().any(|h| text::is_same(h, w)))
}

/// Whether one of the keys asked for means one of these standards.
fn any_standard(keys: &[String], standards: &[String]) -> bool {
    let is_meant = |own: &String| keys.iter().any(|wanted| standard::matches(&standard::key(own), wanted));
    !keys.is_empty() && standards.iter().any(is_meant)
}

/// The same of topics asked for, of which some may be standards.
pub fn any_standard_as_topic(topics: &[String], standards: &[String]) -> bool {
    let keys: Vec<String> = topics.iter().filter_map(|topic| standard::key_of_number(topic)).collect();
    any_standard(&keys, standards)
}

/// What is looked for in a text, in the ways in which it may be written.
#[derive(Debug, Clone)]
pub struct Sought(Vec<Word>);

impl Sought {
    /// The words of a search.
    pub fn of(search: &str) -> Self {
        Self(words::of(search))
    }

    /// Whether all of them are in a text of which the case is folded.
    pub fn is_in(&self, folded: &str) -> bool {
        self.0.iter().all(|word| word.is_written_in(folded))
    }
}

/// Which events are in a feed: those that a filter lets through, and one of others, if there are any.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Wanted {
    pub filter: EventFilter,
    pub one_of: Vec<EventFilter>,
}

impl Wanted {
    /// The same, made ready to be asked of many events: what must match, and of which, if there are any, one must.
    pub fn matchers(&self) -> (Matcher, Vec<Matcher>) {
        (self.filter.matcher(), self.one_of.iter().map(EventFilter::matcher).collect())
    }
}
