//! What a language provides, and which language a block is written in.
//!
//! A language reads one block at a time and says what is dated there, each date as it is written. It fills in no years,
//! looks at no other block, and does not care whether something was told before: all of that is the same in every
//! language and is done in `read`, `year` and `merge`.

use crate::block::Block;
use crate::english::English;
use crate::event::Kind;
use crate::written::{Span, Written};
use crate::year::Tense;

pub trait Language: Sync {
    /// When the text was written, of a block that tells nothing else: `By Ann Other on 9 October`, `Brussels, 12 March
    /// 2021`, `Issue 48, April 2022`. Of a heading that names a month or a year, that.
    fn byline(&self, block: &Block) -> Option<Written>;

    /// The day that a block tells and nothing else, with its weekday: `Tuesday, 7 May 2024`. What stands below may be on it.
    fn day(&self, block: &Block) -> Option<Span>;

    /// Where in a line its date stands, or nothing if it holds none: so lists of lines are told from wrapped paragraphs.
    fn place(&self, line: &str) -> Option<Place>;

    /// The standards that a text names, each with its name as far as it is told: what blocks below a heading point back to.
    fn standards(&self, text: &str) -> Vec<(String, String)>;

    /// What a block tells, sentence by sentence; those without dates may be left out. A language keeps in `around` what
    /// later blocks may point back to.
    fn read(&self, block: &Block, around: &mut Around) -> Vec<Sentence>;
}

/// Where in a line a date stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A day with its time and its place, and nothing that says what it is about.
    Alone,
    Head,
    Tail,
    /// Right behind a label.
    Labelled,
    Inside,
}

/// A sentence or line that holds dates.
#[derive(Debug, Clone, Default)]
pub struct Sentence {
    /// As it stands in the block.
    pub text: String,
    /// All dates of it, in order, those too that are no event's: they tell the years of others.
    pub dates: Vec<Span>,
    pub statements: Vec<Statement>,
}

/// An event that a sentence tells of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    pub kind: Kind,
    pub date: Span,
    /// What the sentence says of the time of it: a help for the year.
    pub tense: Tense,
    /// Fit to be published as it is, as far as that can be.
    pub title: String,
    pub location: String,
    pub organizer: String,
    pub standards: Vec<String>,
    /// The date that this one takes the place of.
    pub was: Option<Span>,
}

/// What the text around a block tells of what it is about.
#[derive(Debug, Default, Clone)]
pub struct Around {
    pub heading: String,
    /// The first heading of the text; empty where that is the heading.
    pub title: String,
    /// The day that stands over the block: what has a time and no date is on it.
    pub day: Option<Span>,
    /// The month that stands over it: a number at the head of a line is a day of it.
    pub month: Option<Written>,
    /// Standards told before, the likeliest first: the heading's, then the nearest.
    pub standards: Vec<String>,
    /// Their names, where the text told them.
    pub names: Vec<(String, String)>,
}

/// How many of the standards told before are remembered: a text points back to what it told a moment ago.
const REMEMBERED: usize = 12;

impl Around {
    /// Keeps a standard that was told, with its name, which may be empty. The heading's stay the first.
    pub fn remember(&mut self, standard: &str, name: &str) {
        if !name.is_empty() && !self.names.iter().any(|(known, _)| known == standard) {
            self.names.push((standard.to_owned(), name.to_owned()));
            if self.names.len() > REMEMBERED {
                self.names.remove(0);
            }
        }
        if !self.standards.iter().any(|known| known == standard) {
            let of_heading = usize::from(!self.standards.is_empty());
            self.standards.insert(of_heading, standard.to_owned());
            self.standards.truncate(REMEMBERED);
        }
    }
}

/// The language of a block, by its own letters: a text may be of several.
pub fn of(_text: &str) -> &'static dyn Language {
    &English
}
