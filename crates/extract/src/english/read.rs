//! A block in English: every sentence that holds a date is read.

use super::clause::{Dated, judge};
use super::dates::{Mention, mentions};
use super::item;
use super::kind::cues;
use super::lead::Lead;
use super::lexicon::Sense;
use super::names::{month, weekday};
use super::naming::name_after;
use super::old;
use super::sentence::Sentence;
use super::sentences::sentences;
use super::subject::subjects;
use crate::block::{Block, Role};
use crate::language::{self, Around, Statement};
use crate::mask::{Masked, mask};
use crate::token::{Token, tokens};
use crate::written::{Span, Written};
use crate::year::Tense;

pub fn read(block: &Block, around: &mut Around) -> Vec<language::Sentence> {
    if let Some(item) = item::read(block, around) {
        for (standard, name) in standards_in(&block.text) {
            around.remember(&standard, &name);
        }
        return vec![item];
    }
    let mut found: Vec<language::Sentence> = Vec::new();
    let mut last_date: Option<Written> = None;
    let texts = sentences(&block.text);
    for (number, &text) in texts.iter().enumerate() {
        if !may_hold_date(text) {
            continue;
        }
        let raw = tokens(text);
        let masked = mask(text, &raw);
        let told = standards(&masked, text);
        let mut dates = mentions(&masked.tokens);
        if dates.is_empty() {
            dates.extend(last_date.and_then(|date| same_day(&masked.tokens, date)));
            // A bare sentence before gives its day away.
            if let (false, Some(before)) = (dates.is_empty(), found.last_mut()) {
                before.statements.retain(|statement| statement.tense != Tense::Unknown);
            }
        }
        if !dates.is_empty() {
            last_date = dates.last().map(|mention| mention.start).filter(|date| date.is_day());
            let heading_sense = heading_sense(&around.heading);
            let sentence = Sentence {
                text,
                cues: cues(&masked.tokens, block.role == Role::Heading),
                tokens: masked.tokens,
                standards: masked.standards,
                mentions: dates,
                is_item: block.role == Role::Item,
                heading_sense,
                around,
                next: texts.get(number + 1).copied().unwrap_or_default(),
            };
            found.push(sentence.told());
        }
        for (standard, name) in &told {
            around.remember(standard, name);
        }
    }
    found
}

impl Sentence<'_> {
    fn told(&self) -> language::Sentence {
        let mut statements = Vec::new();
        let was = self.was();
        for (index, dated) in judge(self).into_iter().enumerate() {
            let (Some(dated), Some(mention)) = (dated, self.mentions.get(index)) else { continue };
            let told = subjects(self, index, dated).into_iter();
            statements.extend(told.map(|subject| Statement {
                kind: dated.kind,
                date: date(mention, dated),
                tense: dated.tense,
                title: subject.title,
                location: subject.location,
                organizer: subject.organizer,
                standards: subject.standards,
                was,
            }));
        }
        // Of several new dates none is told to be the one that takes its place.
        if statements.len() > 1 {
            statements.iter_mut().for_each(|statement: &mut Statement| statement.was = None);
        }
        let dates = self.mentions.iter().map(Mention::span).collect();
        language::Sentence { text: self.text.to_owned(), dates, statements }
    }
}

impl Sentence<'_> {
    /// The date that was before: told as the old one, or left in `moved from … to …`.
    fn was(&self) -> Option<Span> {
        let moves = self.cues.iter().any(|cue| cue.sense == Sense::Moved);
        (0..self.mentions.len())
            .find(|index| {
                old::is_old(&self.tokens, &self.mentions, *index)
                    || moves && self.lead(*index) == Lead::From && index + 1 < self.mentions.len()
            })
            .and_then(|index| self.mentions.get(index))
            .map(Mention::span)
            .or_else(|| {
                let mut ranges = self.mentions.iter().filter(|mention| moves && mention.end.is_some());
                ranges.next().map(|mention| Span::of(mention.start))
            })
            .filter(|_| self.mentions.len() < 4)
    }
}

fn date(mention: &Mention, dated: Dated) -> Span {
    match mention.end.filter(|_| dated.is_end_only) {
        Some(end) => Span::of(end),
        None => mention.span(),
    }
}

/// The kind of what the heading tells.
fn heading_sense(heading: &str) -> Option<Sense> {
    let raw = tokens(heading);
    cues(&mask(heading, &raw).tokens, true).last().map(|cue| cue.sense)
}

/// The standards of a sentence with their names.
fn standards(masked: &Masked<'_>, text: &str) -> Vec<(String, String)> {
    let told = masked.standards.iter();
    told.map(|standard| (standard.identifier.clone(), name_after(&masked.tokens, standard.token + 1, text))).collect()
}

/// Those of a heading.
pub fn standards_in(text: &str) -> Vec<(String, String)> {
    let raw = tokens(text);
    standards(&mask(text, &raw), text)
}

/// Whether it is worth reading: most sentences hold no digit and no word such as `That day`.
fn may_hold_date(text: &str) -> bool {
    text.bytes().any(|octet| octet.is_ascii_digit())
        || text.split(|c: char| !c.is_alphanumeric()).any(|word| {
            matches!(word, "day" | "date" | "today" | "tomorrow" | "yesterday" | "next" | "last")
                || (word.starts_with(|c: char| c.is_ascii_uppercase())
                    && (month(word).is_some() || weekday(word).is_some()))
        })
}

/// `That day, …`, `On the same day …`: the day told before.
fn same_day(tokens: &[Token<'_>], date: Written) -> Option<Mention> {
    let begin = usize::from(tokens.first().is_some_and(|first| first.is("on")));
    let first = tokens.get(begin)?;
    let next = begin + 1 + usize::from(first.is("the"));
    let is_pointing = first.is_one_of(&["that", "this"]) || (first.is("the") && tokens.get(begin + 1)?.is("same"));
    (is_pointing && tokens.get(next)?.is_one_of(&["day", "date"])).then(|| Mention {
        tokens: begin..next + 1,
        start: date,
        end: None,
        times: None,
        weekday: None,
    })
}
