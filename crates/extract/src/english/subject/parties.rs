//! Who does what is dated, where it is, and which standards it is about.

use std::ops::Range;

use crate::english::kind::Cue;
use crate::english::lexicon::Sense;
use crate::english::naming::is_generic;
use crate::english::phrase::agent;
use crate::english::sentence::Sentence;
use crate::event::Kind;
use crate::token::Token;

impl Sentence<'_> {
    pub fn organizer(&self, cue: Option<&Cue>) -> String {
        let Some(cue) = cue else { return String::new() };
        let does_something = matches!(cue.sense, Sense::Held | Sense::Release | Sense::Meets | Sense::Other)
            && !cue.is_passive
            && !cue.is_reduced;
        let has_object =
            cue.sense == Sense::Meets || self.object(cue).is_some_and(|object| self.is_name_of_something(&object));
        let who = match does_something && has_object {
            true => self.subject(cue).filter(|subject| !is_generic(self.slice(subject.clone()))),
            false => agent(&self.tokens, cue.tokens.end),
        };
        let Some(who) = who else { return String::new() };
        let words = self.words(who);
        // A name longer than this is a list.
        let named = ["today", "now", "yesterday", "also", "recently", "earlier"]
            .iter()
            .find_map(|adverb| words.strip_suffix(adverb))
            .unwrap_or(words);
        let is_sentence = named
            .split_whitespace()
            .any(|word| matches!(word, "is" | "are" | "was" | "has" | "have" | "we" | "We" | "We’re" | "We're"));
        let named = if is_sentence { "" } else { named };
        let named = named.trim_start_matches("The ").trim_start_matches("the ").trim_end_matches([',', ' ']);
        let is_told =
            named.split(|c: char| !c.is_ascii_digit()).any(|digits| digits.len() == 4) && named.contains(" of ");
        if named.chars().count() > 200 || is_told { String::new() } else { named.to_owned() }
    }

    pub fn location(&self, cue: Option<&Cue>, kind: Kind, index: usize) -> String {
        let Some(mention) = self.mentions.get(index) else { return String::new() };
        let after_mention = mention.tokens.end..self.clause_end(mention.tokens.end);
        let found = match cue {
            Some(cue) if cue.tokens.end <= mention.tokens.start => {
                self.place_in(cue.tokens.end..mention.tokens.start).or_else(|| self.place_in(after_mention))
            }
            Some(cue) => {
                self.place_in(cue.tokens.end..self.clause_end(cue.tokens.end)).or_else(|| self.place_in(after_mention))
            }
            None => {
                let line = mention.tokens.end..self.tokens.len();
                self.place_in(line.clone())
                    .or_else(|| self.place_at_end(line.clone()))
                    .or_else(|| self.place_in(0..mention.tokens.start))
            }
        };
        let is_attended = kind.is_attended();
        let of_heading = || is_attended.then(|| place_of_heading(&self.around.heading)).flatten();
        found.filter(|_| is_attended || kind == Kind::Other).or_else(of_heading).unwrap_or_default()
    }

    /// The standards that this date is about: those of its phrase, else of its clause, else what the phrase points back to.
    pub fn identifiers(&self, phrase: Option<Range<usize>>, index: usize) -> Vec<String> {
        let within = |range: &Range<usize>| -> Vec<String> {
            let told = self
                .standards
                .iter()
                .filter(|standard| range.contains(&standard.token) && !self.is_other_edition(standard.token));
            let mut identifiers: Vec<String> = Vec::new();
            for standard in told {
                if !identifiers.contains(&standard.identifier) {
                    identifiers.push(standard.identifier.clone());
                }
            }
            identifiers
        };
        let Some(phrase) = phrase else { return within(&(0..self.tokens.len())) };
        let own = within(&phrase);
        if !own.is_empty() {
            return own;
        }
        let Some(mention) = self.mentions.get(index) else { return own };
        let clause = self.clause_start(mention.tokens.start)..self.clause_end(mention.tokens.end);
        let beside = within(&clause);
        match is_generic(self.slice(phrase.clone())) {
            _ if !beside.is_empty() => beside,
            true if points_to_document(self.slice(phrase.clone())) => {
                self.around.standards.first().cloned().into_iter().collect()
            }
            true => Vec::new(),
            false => Vec::new(),
        }
    }

    /// Whether what is said is of another standard: `replaces GB/T 35273-2017`, `based on ISO 9001`.
    fn is_other_edition(&self, token: usize) -> bool {
        let before = &self.tokens[token.saturating_sub(4)..token];
        before.iter().any(|token| {
            ["replac", "supersed", "based", "according", "amend", "instead", "accordance", "compar"]
                .iter()
                .any(|stem| token.text.to_lowercase().starts_with(stem))
        })
    }
}

/// Whether a phrase may stand for a standard told before.
fn points_to_document(phrase: &[Token<'_>]) -> bool {
    const DOCUMENTS: &[&str] = &[
        "standard",
        "version",
        "edition",
        "specification",
        "document",
        "draft",
        "text",
        "revision",
        "amendment",
        "it",
        "this",
        "comments",
        "part",
    ];
    phrase.iter().any(|token| token.is_one_of(DOCUMENTS))
}

/// `… Held in Beijing`
fn place_of_heading(heading: &str) -> Option<String> {
    let words: Vec<&str> = heading.split_whitespace().collect();
    let verb = words
        .iter()
        .rposition(|word| matches!(word.to_lowercase().as_str(), "held" | "convened" | "opened" | "hosted"))?;
    match words.get(verb + 1)?.to_lowercase().as_str() {
        "online" => Some("online".to_owned()),
        "in" => Some(words[verb + 2..].join(" "))
            .filter(|place| place.starts_with(char::is_uppercase) && words.len() <= verb + 5),
        _ => None,
    }
}
