//! English. A line, a bullet or a row that dates a thing without a sentence is an `item`, and `called` names it. Elsewhere
//! `sentences` cuts a block, `dates` reads dates as they are written, `kind` knows the words that tell what
//! happens. `clause` gives each date its verb, `phrase` and `place` find what stands around it, `subject` and `titles`
//! name what it is about. All of them look at one [`sentence::Sentence`].

mod beside;
mod byline;
mod called;
mod clause;
mod dates;
mod edges;
mod fit;
mod item;
mod kind;
mod lead;
mod lexicon;
mod names;
mod naming;
mod nouns;
mod old;
mod opening;
mod parts;
mod phrase;
mod place;
mod read;
mod sentence;
mod sentences;
mod subject;
mod titles;

use std::ops::Range;

use crate::block::Block;
use crate::language::{Around, Language, Place, Sentence};
use crate::written::{Span, Written};

pub use names::{WEEKDAYS, month};

pub struct English;

impl Language for English {
    fn byline(&self, block: &Block) -> Option<Written> {
        byline::byline(block)
    }

    fn day(&self, block: &Block) -> Option<Span> {
        byline::bare_day(block)
    }

    fn place(&self, line: &str) -> Option<Place> {
        edges::place(line)
    }

    fn dates(&self, line: &str) -> Vec<Range<usize>> {
        edges::dates(line)
    }

    fn standards(&self, text: &str) -> Vec<(String, String)> {
        read::standards_in(text)
    }

    fn read(&self, block: &Block, around: &mut Around) -> Vec<Sentence> {
        read::read(block, around)
    }
}
