//! Which events are asked for: the same questions on the command line, the pages and the feeds.

use jiff::Timestamp;

use super::event::{Event, Kind, Status};
use super::when::{Point, When};
use super::zone::Zone;
use super::{Invalid, standard, text};

/// Every field narrows; an empty one asks for all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// This one alone.
    pub id: Option<i64>,
    pub kinds: Vec<Kind>,
    pub topics: Vec<String>,
    pub standard: String,
    pub organizer: String,
    /// Words that must all occur somewhere in the event.
    pub search: String,
    pub statuses: Vec<Status>,
    /// Not over before this.
    pub from: Option<Timestamp>,
    /// Begun before this.
    pub to: Option<Timestamp>,
    /// Leaves out events of which only the month, quarter or year is known.
    pub precise: bool,
}

impl EventFilter {
    /// Days, inclusive, as people give them: `from` 2020-09 begins with the month, `to` 2020-09 ends with it.
    pub fn between(mut self, from: Option<&str>, to: Option<&str>, zone: &Zone) -> Result<Self, Invalid> {
        let window = |text: &str| -> Result<_, Invalid> { When::new(text.parse::<Point>()?, None, zone.clone()) };
        if let Some(from) = from {
            self.from = Some(window(from)?.first_instant());
        }
        if let Some(to) = to {
            self.to = Some(window(to)?.end_instant());
        }
        match (self.from, self.to) {
            (Some(from), Some(to)) if to <= from => Err(Invalid::new("the last day asked for lies before the first")),
            _ => Ok(self),
        }
    }

    pub fn matches(&self, event: &Event) -> bool {
        let details = &event.details;
        let any = |wanted: &[String], has: &[String]| {
            wanted.is_empty() || wanted.iter().any(|w| has.iter().any(|h| text::fold_case(h) == text::fold_case(w)))
        };
        let wanted_standard = standard::key(&self.standard);
        self.id.is_none_or(|id| id == event.id)
            && (self.kinds.is_empty() || self.kinds.contains(&details.kind))
            && (self.statuses.is_empty() || self.statuses.contains(&details.status))
            && any(&self.topics, &details.topics)
            && (wanted_standard.is_empty()
                || details.standards.iter().any(|s| standard::matches(&standard::key(s), &wanted_standard)))
            && (self.organizer.is_empty()
                || text::fold_case(&details.organizer).contains(&text::fold_case(&self.organizer)))
            && !(self.precise && details.when.is_partial())
            // A moment without length counts on its own instant, so `>=` there.
            && self.from.is_none_or(|from| details.when.end_instant() > from || details.when.first_instant() >= from)
            && self.to.is_none_or(|to| details.when.first_instant() < to)
            && (self.search.trim().is_empty() || {
                let haystack = details.search_text();
                // "gb/t35273" too finds "GB/T 35273-2020".
                let closed: String = haystack.split(' ').collect();
                text::fold_case(&self.search).split_whitespace().all(|word| haystack.contains(word) || closed.contains(word))
            })
    }
}
