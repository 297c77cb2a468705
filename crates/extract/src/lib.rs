//! Dated events found in running text. A text becomes blocks (`html`, `markdown`, `plain`), blocks become articles. Each
//! block is read in its own language, by the module of that language behind the trait of `language` (Chinese texts, whose
//! lines tell of each other more, by `chinese` whole); what is the same in all languages is done around that: `mask` takes
//! out the numbers that are no dates, `year` fills in years, `merge` tells each event once.
//!
//! Each sentence is read by itself and no further than it goes, so the work grows with the length of the text alone.
//! Nothing is read or written here but the text, and today is a parameter.

mod alike;
mod article;
mod block;
mod chinese;
mod clock;
mod english;
mod event;
mod figures;
mod form;
mod html;
mod language;
mod lines;
mod mail;
mod markdown;
mod mask;
mod merge;
mod order;
mod other;
mod pairs;
pub mod parallel;
mod plain;
mod read;
mod table;
mod text;
mod token;
mod topics;
mod written;
mod year;
mod zones;

#[cfg(test)]
mod proptests;

pub use alike::Likeness;
pub use event::{Event, Kind, Point, When, Year};
pub use form::{Form, UnknownForm};
pub use language::is_read;
pub use topics::Topics;

use jiff::civil::Date;

/// What a text does not say itself.
#[derive(Debug)]
pub struct Known<'a> {
    /// Topics of events that there are.
    pub topics: &'a Topics,
    /// When the text was written, if somebody knows.
    pub written: Option<Date>,
    /// Where dates without a year are understood from if nobody does.
    pub today: Date,
}

/// All dated events of a text, each once, in the order told.
pub fn extract(text: &str, form: Form, known: &Known<'_>) -> Vec<Event> {
    let read = |blocks: Vec<block::Block>| {
        let blocks = pairs::joined(blocks);
        let is_day_first = order::is_day_first(&blocks);
        read::events(article::articles(blocks), is_day_first, known)
    };
    let mut events = match form {
        Form::Plain => {
            let (chinese, rest) = chinese::lines_apart(text);
            let mut events = if chinese.is_empty() { Vec::new() } else { chinese::events_of_text(&chinese, known) };
            events.extend(read(plain::blocks(&rest)));
            events
        }
        Form::Markdown | Form::Html => {
            let blocks = if form == Form::Html { html::blocks(text) } else { markdown::blocks(text) };
            let (chinese, rest) = chinese::blocks_apart(blocks);
            let mut events = chinese::events(&chinese, known);
            events.extend(read(rest));
            events
        }
    };
    events.sort_by_key(|event| event.line);
    merge::merged(events)
}
