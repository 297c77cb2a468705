//! Ways out: what events look like to programs. Pure: events go in, text comes out.

pub mod atom;
pub mod content_lines;
pub mod csv;
pub mod ics;
pub mod json;
pub mod past;
pub mod timezone;

use std::sync::Arc;

use askama::Template;
use jiff::Timestamp;

use crate::config::Config;
use crate::domain::archive::ArchiveEntry;
use crate::domain::event::Event;
use crate::domain::links::{self, Links};
use crate::domain::wording::Locale;
pub use past::Past;

/// About how many events, and octets, Google Calendar takes of a calendar that it follows: of a larger one it shows a part.
pub const LARGE_EVENTS: usize = 1100;
pub const LARGE_OCTETS: usize = 1_000_000;

/// The forms that a feed has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    Calendar,
    Atom,
    Json,
}

impl Format {
    /// Where it is found on the site.
    pub fn path(self) -> &'static str {
        match self {
            Format::Calendar => links::CALENDAR,
            Format::Atom => "/feed.atom",
            Format::Json => "/feed.json",
        }
    }

    pub fn media_type(self) -> &'static str {
        match self {
            Format::Calendar => "text/calendar; charset=utf-8",
            Format::Atom => "application/atom+xml; charset=utf-8",
            Format::Json => "application/feed+json; charset=utf-8",
        }
    }

    /// The events in this form. The same events give the same octets.
    pub fn print(self, events: &[Arc<Event>], info: &FeedInfo) -> String {
        match self {
            Format::Calendar => ics::calendar(events, info, ics::Style::Feed),
            Format::Atom => atom::feed(events, info),
            Format::Json => json::feed(events, info),
        }
    }
}

/// Prints a part of a feed.
pub type Printer<'a> = Box<dyn Fn() -> String + Send + Sync + 'a>;

/// So many events of a long feed are printed at once.
const AT_ONCE: usize = 512;

/// The text of a feed in parts, one after the other, so that a long one never is in memory as a whole.
pub struct Parts<'a> {
    pub head: String,
    pub middle: Vec<Printer<'a>>,
    pub foot: String,
}

impl Parts<'_> {
    fn text(self) -> String {
        let middle: String = self.middle.iter().map(|print| print()).collect();
        self.head + &middle + &self.foot
    }
}

/// What a feed says of itself.
#[derive(Debug, Clone)]
pub struct FeedInfo {
    pub title: String,
    pub description: String,
    /// How often programs should look again: a duration (RFC 5545 section 3.3.6).
    pub refresh: String,
    /// Where the feed itself is found; empty if that is not for all to know.
    pub source: String,
    /// Of the site, whose pages it links to.
    pub base_url: String,
    pub timezone: String,
    /// The language of our own words in it.
    pub locale: Locale,
    /// Past editions that are told beside the events, where a format has a place for them; the newest first.
    pub editions: Vec<ArchiveEntry>,
}

impl FeedInfo {
    /// As the configuration has it, for the feed at `path` (with its query), or one without an address to show.
    pub fn of(config: &Config, path: &str) -> Self {
        let links = config.site.links();
        Self {
            title: config.feed_title().to_owned(),
            description: config.feed.description.clone(),
            refresh: config.feed.refresh.duration().unwrap_or_else(|| "PT6H".into()),
            source: if path.is_empty() { String::new() } else { links.at(path) },
            base_url: config.site.base_url.as_str().to_owned(),
            timezone: config.site.timezone.name().to_owned(),
            locale: config.site.locale,
            editions: Vec::new(),
        }
    }

    fn links(&self) -> Links<'_> {
        Links::new(&self.base_url)
    }
}

/// The title with what a list must not leave out: that it is cancelled, and how little of a date is known.
fn summary(event: &Event, locale: Locale) -> String {
    let mut summary = event.details.title.clone();
    if event.is_cancelled() {
        summary = locale.with("feed-cancelled", "title", summary);
    }
    if event.details.when.is_partial() {
        let when = locale.when(&event.details.when);
        summary = locale.tell("feed-expected", [("title", summary.into()), ("when", when.into())]);
    }
    summary
}

/// An event as HTML for feed readers.
#[derive(Template)]
#[template(path = "page/feed_entry.html")]
struct EntryPage<'a> {
    event: &'a Event,
    /// When, kind, place and the like; the first is what counts most.
    facts: Vec<String>,
    cancelled: String,
    description: String,
    links: Vec<(String, String)>,
}

fn entry_html(event: &Event, locale: Locale) -> String {
    let details = &event.details;
    let when = match locale.when(&details.when) {
        when if details.repeat.is_some() => locale.joined(when, locale.repeat_of(details)),
        when => when,
    };
    let facts = [when, locale.kind(details.kind), details.place().to_owned(), details.organizer.clone()];
    let entry = EntryPage {
        event,
        facts: facts.into_iter().chain(details.standards.iter().cloned()).filter(|fact| !fact.is_empty()).collect(),
        cancelled: match event.cancel_reason.as_str() {
            "" => String::new(),
            reason => locale.with("cancelled-because", "reason", reason),
        },
        description: crate::markdown::description::html(details),
        links: event.links().map(|(phrase, address)| (locale.say(phrase), address)).collect(),
    };
    // Writing into memory does not fail.
    entry.render().unwrap_or_default()
}

/// The order that feed readers show.
fn last_changed_first(events: &[Arc<Event>]) -> Vec<&Event> {
    let mut events: Vec<&Event> = events.iter().map(|event| &**event).collect();
    events.sort_by_key(|event| std::cmp::Reverse((event.updated_at, event.id)));
    events
}

/// What of all events belongs into a feed, and until when that stays true by itself.
#[derive(Default)]
pub struct Selection {
    pub events: Vec<Arc<Event>>,
    /// When the next event drops out that is cancelled or long over.
    pub valid_until: Option<Timestamp>,
    /// When the last one dropped out.
    pub dropped_at: Option<Timestamp>,
}

/// Those of some events, each with when its last date ends, that are published and not over for longer than `past`; cancelled and
/// removed ones, and cancelled dates of repeating ones, stay for `keep_cancelled`, so that calendars learn it. In the order of
/// their ids, which no change disturbs.
pub fn select<'a>(
    events: impl IntoIterator<Item = (&'a Arc<Event>, Timestamp)>,
    config: &Config,
    past: Option<&Past>,
    now: Timestamp,
) -> Selection {
    let (keep_cancelled, zone) = (config.feed.keep_cancelled.span(), &config.site.timezone);
    let mut selection = Selection::default();
    let keep_until = |ended_at: Option<Timestamp>| {
        ended_at.and_then(|at| zone.at(at).checked_add(keep_cancelled).ok()).map(|zoned| zoned.timestamp())
    };
    let begins = past.map(|past| past.begins(now));
    let mut last_over = None;
    for (event, ends) in events.into_iter().filter(|(event, _)| event.is_public()) {
        // What ends as the month begins was over before it.
        if begins.is_some_and(|begins| ends <= begins) {
            last_over = last_over.max(Some(ends));
            continue;
        }
        if event.is_cancelled() && !selection.is_kept(keep_until(event.ended_at), now) {
            continue;
        }
        let over: Vec<_> = event
            .overrides
            .iter()
            .filter(|change| change.ended_at.is_some() && !selection.is_kept(keep_until(change.ended_at), now))
            .map(|change| change.occurrence)
            .collect();
        selection.events.push(match over.as_slice() {
            [] => event.clone(),
            over => Arc::new(event.without_dates(over)),
        });
    }
    if let Some(past) = past {
        selection.dropped_at = selection.dropped_at.max(last_over.map(|ended| past.leaves(ended)));
        let next = past.next(now);
        selection.valid_until = Some(selection.valid_until.map_or(next, |first| first.min(next)));
    }
    selection
}

impl Selection {
    /// Whether what is kept until then is still there `now`; remembers when that changes.
    fn is_kept(&mut self, until: Option<Timestamp>, now: Timestamp) -> bool {
        match until {
            Some(at) if at <= now => {
                self.dropped_at = self.dropped_at.max(Some(at));
                false
            }
            Some(at) => {
                self.valid_until = Some(self.valid_until.map_or(at, |first| first.min(at)));
                true
            }
            None => true,
        }
    }
}
