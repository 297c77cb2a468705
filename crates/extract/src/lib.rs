//! Dated events found in running text. A text becomes blocks (`html`, `markdown`, `plain`), blocks become articles. Each
//! block is read in its own language, by the module of that language behind the trait of `language`; what is the same in all
//! languages is done around that: `mask` takes out the numbers that are no dates, `year` fills in years, `merge` tells
//! each event once.
//!
//! Each sentence is read by itself and no further than it goes, so the work grows with the length of the text alone.
//! Nothing is read or written here but the text, and today is a parameter.

mod alike;
mod article;
mod block;
mod clock;
mod english;
mod event;
mod form;
mod html;
mod language;
mod lines;
mod markdown;
mod mask;
mod merge;
mod order;
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
    let blocks = match form {
        Form::Plain => plain::blocks(text),
        Form::Markdown => markdown::blocks(text),
        Form::Html => html::blocks(text),
    };
    let is_day_first = order::is_day_first(&blocks);
    merge::merged(read::events(article::articles(blocks), is_day_first, known))
}
