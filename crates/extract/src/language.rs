//! What a language provides, and which language a block is written in.
//!
//! A language reads one block at a time and says what is dated there, each date as it is written. It fills in no years,
//! looks at no other block, and does not care whether something was told before: all of that is the same in every
//! language and is done in `read`, `year` and `merge`.

use std::ops::Range;

use crate::block::Block;
use crate::chinese;
use crate::english::English;
use crate::event::Kind;
use crate::other::Other;
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

    /// Where in a line its dates stand, in octets: a row of a table that has lost its marks is cut there.
    fn dates(&self, _line: &str) -> Vec<Range<usize>> {
        Vec::new()
    }

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
    /// Where the events of the text around it take place, of a sentence that says nothing else: `Location: Oslo`.
    pub place: Option<String>,
    /// The day of writing, of a paragraph that begins with it: `MONTREAL, 12 December 2022 – …`.
    pub written: Option<Written>,
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
    /// The title of what was told last: a pronoun may point to it.
    pub last: String,
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

/// The language of a block, by its own words: a text may be of several. What gives no sign is taken for English.
pub fn of(text: &str) -> &'static dyn Language {
    if is_english(text) { &English } else { &Other }
}

/// Whether a text is, for the most part, in a language that is read.
pub fn is_read(text: &str) -> bool {
    let (mut read, mut unread) = (0, 0);
    for line in text.lines().filter(|line| line.chars().any(char::is_alphabetic)).take(2000) {
        match is_english(line) || chinese::is_chinese(line) {
            true => read += line.len(),
            false => unread += line.len(),
        }
    }
    unread <= read
}

/// As much of a block as is looked at, in octets.
const LOOKED_AT: usize = 400;

fn is_english(text: &str) -> bool {
    let cut = text.char_indices().map(|(at, _)| at).find(|at| *at >= LOOKED_AT).unwrap_or(text.len());
    let (mut english, mut foreign, mut other_letters, mut letters) = (0, 0, 0, 0);
    for word in text[..cut].split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()) {
        letters += 1;
        if !word.is_ascii() && word.chars().any(is_of_another_script) {
            other_letters += 1;
        } else if word.len() <= LONGEST_SMALL_WORD {
            let lower = word.to_ascii_lowercase();
            english += usize::from(is_english_word(&lower));
            foreign += usize::from(is_foreign_word(&lower));
        }
        // Most texts give themselves away at once.
        if english >= 2 && foreign == 0 && other_letters == 0 {
            return true;
        }
    }
    other_letters * 2 <= letters && !(foreign >= 2 && foreign > english * 2)
}

fn is_of_another_script(c: char) -> bool {
    c > '\u{2ff}' && c.is_alphabetic() && !('\u{1e00}'..='\u{1eff}').contains(&c)
}

/// In octets, of those below.
const LONGEST_SMALL_WORD: usize = 5;

/// Small words that English has and others have not.
fn is_english_word(word: &str) -> bool {
    matches!(
        word,
        "the"
            | "of"
            | "and"
            | "to"
            | "is"
            | "for"
            | "will"
            | "be"
            | "by"
            | "with"
            | "are"
            | "at"
            | "from"
            | "this"
            | "that"
            | "has"
            | "was"
            | "it"
            | "on"
    )
}

fn is_foreign_word(word: &str) -> bool {
    matches!(
        word,
        "le" | "la"
            | "les"
            | "des"
            | "du"
            | "et"
            | "est"
            | "sera"
            | "aux"
            | "une"
            | "dans"
            | "pour"
            | "sur"
            | "der"
            | "die"
            | "das"
            | "und"
            | "ist"
            | "wird"
            | "den"
            | "dem"
            | "im"
            | "von"
            | "mit"
            | "für"
            | "auf"
            | "el"
            | "los"
            | "las"
            | "del"
            | "y"
            | "se"
            | "para"
            | "una"
            | "con"
            | "il"
            | "della"
            | "che"
            | "di"
            | "per"
            | "gli"
            | "o"
            | "os"
            | "da"
            | "em"
            | "uma"
            | "het"
            | "een"
            | "van"
            | "op"
            | "voor"
            | "och"
            | "på"
            | "av"
            | "för"
            | "det"
            | "og"
            | "til"
            | "w"
            | "na"
            | "się"
            | "nie"
            | "jest"
            | "au"
            | "zum"
            | "zur"
            | "bis"
            | "en"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_known_by_its_small_words_and_letters() {
        for (text, expected) in [
            ("The forum is held in La Paz on 5 May", true),
            ("Stichting De Zaak, Den Haag", true),
            ("Policy Board", true),
            ("La réunion du comité aura lieu le 2023-05-24 à Paris", false),
            ("Die Sitzung findet am 12.06.2023 in der Stadthalle statt und ist öffentlich", false),
            ("La reunión se celebrará el 2023-05-24 en la sede", false),
            ("Заседание состоится 24.05.2023 в Москве", false),
        ] {
            assert_eq!(is_english(text), expected, "{text}");
        }
    }
}
