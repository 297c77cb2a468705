//! A line that tells several days of the like: `Meetings in 2024: 4 January, 8 February (budget) and 7 March`.

use crate::block::Block;
use crate::english::byline::year;
use crate::english::called::{Called, called};
use crate::english::dates::Mention;
use crate::english::edges::is_label;
use crate::english::kind::cues;
use crate::english::lead::Lead;
use crate::language::{Around, Statement};
use crate::mask::{Masked, span};
use crate::token::{Class, Token};
use crate::written::Span;
use crate::year::Tense;

/// A name between two dates has so many words at the most.
const MOST_WORDS: usize = 4;

/// An event for each date of a label. None if something else is told of them.
pub fn several(block: &Block, masked: &Masked<'_>, dates: &[Mention], around: &Around) -> Option<Vec<Statement>> {
    let tokens = &masked.tokens;
    // The label may name a year.
    let days: Vec<&Mention> = dates.iter().skip_while(|mention| !mention.start.is_day()).collect();
    let first = days.first().filter(|_| days.len() > 1)?;
    let colon = tokens[..first.tokens.start].iter().position(|token| token.text == ":")?;
    let label = tokens.get(..colon).filter(|label| is_label(label) && !label.is_empty())?;
    let year = label.iter().find_map(year);
    let is_plain = label.iter().all(|token| token.is_one_of(&["deadline", "deadlines", "important", "key", "dates"]));
    let mut statements = Vec::new();
    let mut from = colon + 1;
    for mention in days {
        let between = tokens.get(from..Lead::start(tokens, mention.tokens.start).max(from))?;
        let own = own_words(between)?;
        let own = block.text.get(span(own, 0..own.len())).unwrap_or_default();
        if is_plain && !own.is_empty() {
            return None;
        }
        let label = without_year(label);
        let label = block.text.get(span(label, 0..label.len())).unwrap_or_default();
        let text = if own.is_empty() { label.to_owned() } else { format!("{label}: {own}") };
        let named = called(&Called {
            text: &text,
            over: &block.head,
            heading: &around.heading,
            title: &around.title,
            ..Called::default()
        })?;
        statements.push(Statement {
            kind: named.kind,
            date: of_year(mention.span(), year),
            tense: Tense::Unknown,
            title: named.title,
            location: named.location,
            organizer: String::new(),
            standards: named.standards,
            was: None,
        });
        from = mention.tokens.end;
    }
    own_words(tokens.get(from..)?).filter(|rest| rest.is_empty())?;
    Some(statements)
}

/// `Meetings in 2024`
fn without_year<'a>(label: &'a [Token<'a>]) -> &'a [Token<'a>] {
    let is_year = |token: &Token<'_>| token.text.len() == 4 && token.number().is_some();
    let begin = label.iter().take_while(|token| is_year(token)).count();
    let end =
        label.iter().rposition(|token| !is_year(token) && !token.is_one_of(&["in", "for"])).map_or(0, |at| at + 1);
    label.get(begin..end).unwrap_or_default()
}

fn of_year(span: Span, year: Option<i16>) -> Span {
    let start = if span.start.year().is_none() { span.start.with_year(year) } else { span.start };
    Span {
        start,
        end: span.end.map(|end| if end.year().is_none() { end.with_year(start.year()) } else { end }),
        ..span
    }
}

/// What names the next date, behind marks and remarks on the last one. None where more than a name stands there.
fn own_words<'a>(between: &'a [Token<'a>]) -> Option<&'a [Token<'a>]> {
    let mut at = 0;
    while let Some(token) = between.get(at) {
        match token.text {
            // `(budget)`
            "(" => at += between[at..].iter().position(|close| close.text == ")")? + 1,
            _ if token.class == Class::Mark || token.is_one_of(&["and", "or"]) => at += 1,
            _ => break,
        }
    }
    let own = &between[at..];
    let words = own.iter().filter(|token| token.is_word()).count();
    let is_name = own.iter().all(|token| token.is_word() || token.text == "-" || token.number().is_some());
    let has_verb = cues(own, false).iter().any(|cue| !cue.is_noun && !cue.is_reduced);
    (words <= MOST_WORDS && is_name && !has_verb).then_some(own)
}
