//! A sentence with everything that was found in it.

use std::ops::Range;

use super::dates::Mention;
use super::kind::Cue;
use super::lexicon::Sense;
use crate::language::Around;
use crate::mask::{Standard, span};
use crate::token::Token;

#[derive(Debug)]
pub struct Sentence<'a> {
    pub text: &'a str,
    pub tokens: Vec<Token<'a>>,
    pub standards: Vec<Standard>,
    pub mentions: Vec<Mention>,
    pub cues: Vec<Cue>,
    /// An item of a list, or a row of a table: it needs no verb.
    pub is_item: bool,
    /// The kind of the cue that the article's heading has.
    pub heading_sense: Option<Sense>,
    pub around: &'a Around,
    /// The sentence after it; empty for the last.
    pub next: &'a str,
}

impl<'a> Sentence<'a> {
    pub fn slice(&self, range: Range<usize>) -> &[Token<'a>] {
        self.tokens.get(range).unwrap_or_default()
    }

    pub fn words(&self, range: Range<usize>) -> &'a str {
        self.text.get(span(&self.tokens, range)).unwrap_or_default()
    }
}
