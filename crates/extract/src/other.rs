//! Any language that is not read: dates in figures are found all the same, and that is all that is said of them.

use crate::block::Block;
use crate::clock;
use crate::event::Kind;
use crate::figures;
use crate::language::{Around, Language, Place, Sentence, Statement};
use crate::mask::{mask, span};
use crate::text::shortened;
use crate::token::{Token, tokens};
use crate::written::{Span, Written};
use crate::year::Tense;

pub struct Other;

/// As much of a line as makes a title, in characters.
const LONGEST_TITLE: usize = 100;

impl Language for Other {
    fn byline(&self, _block: &Block) -> Option<Written> {
        None
    }

    fn day(&self, block: &Block) -> Option<Span> {
        let raw = tokens(&block.text);
        let (date, end) = figures::date(&raw, 0)?;
        (end == raw.len()).then(|| Span::of(date))
    }

    fn place(&self, line: &str) -> Option<Place> {
        let raw = tokens(line);
        let found = dates(&mask(line, &raw).tokens);
        let (_, at, end) = *found.first()?;
        Some(match () {
            () if at == 0 => Place::Head,
            () if end == raw.len() => Place::Tail,
            () => Place::Inside,
        })
    }

    fn standards(&self, text: &str) -> Vec<(String, String)> {
        let raw = tokens(text);
        mask(text, &raw).standards.into_iter().map(|standard| (standard.identifier, String::new())).collect()
    }

    fn read(&self, block: &Block, _around: &mut Around) -> Vec<Sentence> {
        block
            .text
            .split_inclusive(['.', '。', '!', '?', '\u{61f}', '।'])
            .fold(Vec::<String>::new(), joined)
            .iter()
            .filter_map(|text| read(text))
            .collect()
    }
}

/// A full stop inside of a number ends nothing.
fn joined(mut sentences: Vec<String>, part: &str) -> Vec<String> {
    let goes_on = |last: &String| last.ends_with('.') && !part.starts_with(char::is_whitespace) && last.len() < 2000;
    match sentences.last_mut().filter(|last| goes_on(last)) {
        Some(last) => last.push_str(part),
        None => sentences.push(part.to_owned()),
    }
    sentences
}

fn read(text: &str) -> Option<Sentence> {
    let text = text.trim();
    let raw = tokens(text);
    let masked = mask(text, &raw);
    let found = dates(&masked.tokens);
    let [(date, at, end)] = *found.as_slice() else {
        let dates: Vec<Span> = found.into_iter().map(|(span, ..)| span).collect();
        return (!dates.is_empty()).then(|| Sentence { text: text.to_owned(), dates, ..Sentence::default() });
    };
    let before = &text[span(&masked.tokens, 0..at)];
    let after = &text[span(&masked.tokens, end..masked.tokens.len())];
    let is_mark = |c: char| {
        c.is_whitespace()
            || matches!(c, ',' | ';' | ':' | '.' | '-' | '–' | '—' | '|' | '(' | ')' | '，' | '、' | '：' | '。')
    };
    let title = format!("{} {}", before.trim_matches(is_mark), after.trim_matches(is_mark));
    let title = shortened(title.trim(), LONGEST_TITLE);
    let statement = Statement {
        kind: Kind::Other,
        date,
        tense: Tense::Unknown,
        title,
        location: String::new(),
        organizer: String::new(),
        standards: masked.standards.iter().map(|standard| standard.identifier.clone()).collect(),
        was: None,
    };
    let statements = if statement.title.chars().any(char::is_alphabetic) { vec![statement] } else { Vec::new() };
    Some(Sentence { text: text.to_owned(), dates: vec![date], statements, ..Sentence::default() })
}

/// The dates in figures with a year, and the tokens they take.
fn dates(tokens: &[Token<'_>]) -> Vec<(Span, usize, usize)> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let Some((start, next)) = figures::date(tokens, at).filter(|(date, _)| date.exists()) else {
            at += 1;
            continue;
        };
        let (times, next) = match clock::times_after(tokens, next) {
            Some((times, next)) => (Some(times), next),
            None => (None, next),
        };
        found.push((Span { times, ..Span::of(start) }, at, next));
        at = next;
    }
    found
}
