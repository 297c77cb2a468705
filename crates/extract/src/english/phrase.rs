//! Noun phrases: what is held, released or due, and who does it.

use std::ops::Range;

use super::kind::Cue;
use super::lexicon::Sense;
use super::nouns::event_noun;
use super::sentence::Sentence;
use crate::mask::span;
use crate::token::{Class, Token, tokens};

/// Phrases longer than this are somebody's mistake, or ours.
const MOST_TOKENS: usize = 60;

const ADVERBIAL: &[&str] = &[
    "on",
    "in",
    "at",
    "during",
    "as",
    "after",
    "following",
    "according",
    "from",
    "with",
    "since",
    "for",
    "by",
    "currently",
    "finally",
    "then",
    "however",
    "meanwhile",
    "moreover",
    "furthermore",
    "also",
    "later",
    "until",
    "before",
    "under",
    "within",
    "while",
    "when",
    "if",
    "to",
    "today",
    "recently",
    "earlier",
    "through",
    "besides",
    "among",
    "between",
    "because",
    "although",
    "that",
    "this",
    "same",
    "day",
    "and",
    "but",
    "meanwhile",
    "subject",
    "ahead",
    "except",
    "pending",
    "despite",
    "without",
    "unless",
    "given",
    "owing",
    "prior",
    "upon",
    "once",
    "throughout",
    "due",
    "alongside",
    "instead",
    "please",
];

/// What follows `online` where that is the place.
const AFTER_ONLINE: &[&str] = &[
    "on", "at", "from", "in", "via", "with", "through", "and", "by", "for", "between", "until", "to", "each", "every",
];

/// What `this` and `that` are no adverbials before: a thing.
const OF_TIME: &[&str] = &[
    "day",
    "week",
    "month",
    "year",
    "time",
    "morning",
    "afternoon",
    "evening",
    "spring",
    "summer",
    "autumn",
    "fall",
    "winter",
];

const RELATIVE: &[&str] = &["which", "who", "that", "whose", "where"];

impl Sentence<'_> {
    /// The phrase before a verb: the subject.
    pub fn subject(&self, cue: &Cue) -> Option<Range<usize>> {
        let mut start = self.clause_start(cue.verb_start);
        // `and if nothing comes up we vote`
        let before = cue.verb_start.checked_sub(1).filter(|before| *before > start);
        if let Some(who) = before.filter(|before| self.tokens[*before].is_one_of(&["we", "you", "they"])) {
            return Some(who..who + 1);
        }
        // After a verb of the same clause: `SAC released the draft and invited comments`.
        let other = |from: usize| {
            self.cues.iter().rev().find(|other| {
                other.tokens.end <= cue.verb_start && other.tokens.start >= from && !other.is_noun && !other.is_reduced
            })
        };
        if let Some(mark) = self.relative_before(cue) {
            let told = self.phrase_in(start.min(mark)..mark).map(|phrase| self.nearest_event(phrase));
            return match other(0).filter(|before| before.verb_start > 0) {
                Some(before) if told.is_none() || other(start).is_some() => self.theme(before).or(told),
                _ => told,
            };
        }
        if let Some(before) = other(start) {
            let joint = (before.tokens.end..cue.verb_start)
                .rev()
                .find(|at| self.tokens[*at].is_one_of(&["and", ",", "which", "that"]));
            match joint {
                Some(joint) if self.has_name(joint + 1..cue.verb_start) => start = joint + 1,
                Some(_) => return self.subject(before).filter(|subject| subject.end <= before.verb_start),
                None => {}
            }
        }
        let phrase = self.phrase_in(start..cue.verb_start);
        let is_pronoun = |phrase: &Range<usize>| {
            phrase.len() == 1 && self.tokens[phrase.start].is_one_of(&["it", "they", "this", "both"])
        };
        if phrase.as_ref().is_some_and(is_pronoun)
            && let Some(before) = other(0)
        {
            return self.theme(before).or(phrase);
        }
        if phrase.is_some() || start == 0 {
            return phrase;
        }
        // `but the prize-giving on 21 October goes ahead`
        let turn = self.turn_before(start);
        let mention = (0..self.mentions.len()).find(|index| self.mentions[*index].tokens.end == start);
        let own = mention.filter(|_| turn > 0).and_then(|index| self.phrase_in(turn..self.lead_start(index).max(turn)));
        if own.is_some() {
            return own;
        }
        // Nothing between the last date and the verb: the subject of the verb before it, or what stood before the date.
        match other(0) {
            Some(before) if matches!(cue.sense, Sense::Effective | Sense::Applies) => self.theme(before),
            Some(before) => self.subject(before),
            None => self.phrase_in(0..start),
        }
        .or_else(|| {
            let first = self.cues.iter().find(|first| first.is_reduced && first.tokens.end <= cue.verb_start)?;
            self.phrase_in(0..first.verb_start)
        })
    }

    /// What a verb is about: its object, where somebody does it to something.
    fn theme(&self, cue: &Cue) -> Option<Range<usize>> {
        let object =
            || self.object(cue).filter(|object| !self.tokens[object.start].is_one_of(&["on", "in", "for", "to"]));
        (!cue.is_passive && !cue.is_reduced).then(object).flatten().or_else(|| self.subject(cue))
    }

    /// The comma or bracket before `which was held`, or `which` itself.
    fn relative_before(&self, cue: &Cue) -> Option<usize> {
        let before = cue.verb_start.checked_sub(1)?;
        // `the Regulation, effective 1 September`
        let is_aside = matches!(self.tokens[before].text, "," | "(");
        if is_aside && self.tokens[cue.tokens.start].is_one_of(&["effective", "applicable", "valid"]) {
            return Some(before);
        }
        let relative = Some(before).filter(|at| self.tokens[*at].is_one_of(&["which", "that", "who"]))?;
        let mark = relative.checked_sub(1).filter(|mark| matches!(self.tokens[*mark].text, "," | "("));
        Some(mark.unwrap_or(relative))
    }

    /// Of `one of the activities of the Week`, the week.
    fn nearest_event(&self, phrase: Range<usize>) -> Range<usize> {
        let tail =
            phrase.clone().rev().find(|at| self.tokens[*at].is_one_of(&["of", "for", "at", "in", "during", "to"]));
        match tail {
            Some(at)
                if self.tokens[at + 1..phrase.end]
                    .iter()
                    .any(|token| token.is_capitalised() && event_noun(token).is_some()) =>
            {
                at + 1..phrase.end
            }
            _ => phrase,
        }
    }

    fn has_name(&self, range: Range<usize>) -> bool {
        self.tokens[range]
            .iter()
            .any(|token| token.is_capitalised() || token.is_one_of(&["the", "a", "an", "its", "it", "they", "their"]))
    }

    /// The phrase among these tokens that begins where adverbials end.
    fn phrase_in(&self, range: Range<usize>) -> Option<Range<usize>> {
        let Range { mut start, end } = range;
        start = start.max(end.saturating_sub(MOST_TOKENS));
        // `during which the video was released`
        if let Some(at) = (start..end).rev().find(|at| {
            self.tokens[*at].is("which") && at.checked_sub(1).is_some_and(|p| self.tokens[p].is_one_of(ADVERBIAL))
        }) {
            start = at + 1;
        }
        start = self.skip_marks(start, end);
        // Nor does a phrase hold a verb of its own: `the draft was circulated, the final text`.
        let has_verb = |start: usize, comma: usize| {
            self.tokens[start..comma]
                .iter()
                .any(|token| token.is_one_of(&["was", "were", "is", "are", "has", "had", "have"]))
        };
        let goes_on = |start: usize| {
            let comma = (start..end).find(|at| self.tokens[*at].text == ",");
            let points = self.tokens[start].is_one_of(&["this", "that", "same"])
                && start + 1 < end
                && self.tokens[start + 1].is_word()
                && !self.tokens[start + 1].is_one_of(OF_TIME);
            self.tokens[start].is_one_of(ADVERBIAL) && !points || comma.is_some_and(|comma| has_verb(start, comma))
        };
        while start < end && goes_on(start) {
            let comma = (start..end).find(|at| self.tokens[*at].text == ",");
            let Some(after) = comma.map(|comma| self.skip_marks(comma + 1, end)) else {
                // `In Beijing the forum`
                start = (start + 1..end).find(|at| self.tokens[*at].is_one_of(&["the", "a", "an"])).unwrap_or(end);
                break;
            };
            start = after;
        }
        let end = self.phrase_end(start, end);
        (start < end).then_some(start..end)
    }

    fn skip_marks(&self, start: usize, end: usize) -> usize {
        (start..end)
            .find(|at| {
                self.tokens[*at].class != Class::Mark && !self.tokens[*at].is_one_of(&["and", "but"])
                    || self.tokens[*at].opens()
            })
            .unwrap_or(end)
    }

    /// Without what only describes: relative clauses, participles, asides between dashes.
    fn phrase_end(&self, start: usize, end: usize) -> usize {
        let mut depth = 0usize;
        for at in start..end {
            let token = &self.tokens[at];
            depth = depth_after(depth, token);
            let next = self.tokens.get(at + 1).filter(|_| at + 1 < end);
            let names = next.is_some_and(|next| {
                next.is_capitalised()
                    || (next.is("and") || next.is("the")) && self.tokens.get(at + 2).is_some_and(Token::is_capitalised)
            });
            let is_aside = token.is_dash() && token.spaced && next.is_some_and(|next| next.spaced) && !names;
            let is_comma = token.text == "," && !(names && next.is_some());
            let is_relative = token.is_one_of(RELATIVE) && at > start;
            if depth == 0 && (is_aside || is_comma || is_relative) {
                return at;
            }
        }
        end
    }

    /// The phrase after a verb: the object.
    pub fn object(&self, cue: &Cue) -> Option<Range<usize>> {
        const STOPS: &[&str] = &[
            "in",
            "at",
            "from",
            "with",
            "under",
            "during",
            "as",
            "which",
            "that",
            "through",
            "via",
            "online",
            "when",
            "where",
            "by",
            "after",
            "before",
            "until",
            "while",
            "who",
            "virtually",
            "titled",
            "entitled",
            "was",
            "is",
            "were",
            "are",
        ];
        let start = self.object_start(cue.tokens.end);
        let limit = self.clause_end(start).min(start + MOST_TOKENS);
        let mut depth = 0usize;
        let mut end = limit;
        for at in start..limit {
            let token = &self.tokens[at];
            let before = depth;
            depth = depth_after(depth, token);
            if before > 0 || depth > 0 {
                continue;
            }
            let next = self.tokens.get(at + 1);
            let is_verb_next = self.cues.iter().any(|other| other.verb_start == at + 1 && !other.is_noun);
            let leads = token.is_one_of(&["on", "between", "for", "to"])
                && self.mentions.iter().any(|mention| mention.tokens.start == at + 1);
            let is_aside = token.is_dash() && token.spaced && !next.is_some_and(|next| next.is_capitalised());
            // `online sessions`
            let describes = token.is_one_of(&["online", "virtually"])
                && next.is_some_and(|next| next.is_word() && !next.is_one_of(AFTER_ONLINE));
            if token.is_one_of(STOPS) && !describes
                || matches!(token.text, "," | ";" | ":")
                || token.text == "."
                    && !self.tokens[at.saturating_sub(1)].is_one_of(&["no", "nos", "art", "dr", "st"])
                    && next.is_none_or(|next| next.spaced)
                || leads
                || is_aside
                || (token.is("and") && is_verb_next)
            {
                end = at;
                break;
            }
        }
        while end > start && self.tokens[end - 1].is_one_of(&["on", "for", "of", "and", "the", "to"]) {
            end -= 1;
        }
        (start < end).then_some(start..end)
    }

    /// `released on 5 May the Notice`: the date may stand in between.
    fn object_start(&self, at: usize) -> usize {
        let between = self
            .mentions
            .iter()
            .position(|mention| mention.tokens.start >= at)
            .filter(|index| self.lead_start(*index) == at);
        between.and_then(|index| self.mentions.get(index)).map_or(at, |mention| mention.tokens.end)
    }
}

/// Who did it: `by the Commission`, after a verb or a noun.
pub fn agent(tokens: &[Token<'_>], from: usize) -> Option<Range<usize>> {
    const SMALL: &[&str] = &["of", "for", "and", "the", "on"];
    let limit = tokens.len().min(from + MOST_TOKENS);
    let by = (from.min(limit)..limit).find(|at| tokens[*at].is("by"))?;
    let start = by + 1 + usize::from(tokens.get(by + 1).is_some_and(|token| token.is("the")));
    tokens.get(start).filter(|first| first.is_capitalised())?;
    let is_part = |token: &Token<'_>| {
        token.is_capitalised()
            || token.is_one_of(SMALL)
            || matches!(token.text, "/" | "-" | "&")
            || token.class == Class::Opaque
            || (token.number().is_some() && !token.spaced)
    };
    let mut end = start + tokens.get(start..limit)?.iter().take_while(|token| is_part(token)).count();
    // `SAC and in Beijing`, `SAC on 5 May`
    while end > start && tokens[end - 1].is_one_of(SMALL) {
        end -= 1;
    }
    (start < end).then_some(start..end)
}

/// Who organised what the sentence before told of: `It was organised by TC 260`.
pub fn told_organizer(sentence: &str) -> Option<&str> {
    let tokens = tokens(sentence);
    let verb = tokens
        .windows(2)
        .position(|pair| pair[0].is_one_of(&["organised", "organized", "hosted"]) && pair[1].is("by"))?;
    let who = agent(&tokens, verb)?;
    sentence.get(span(&tokens, who))
}

fn depth_after(depth: usize, token: &Token<'_>) -> usize {
    match token.text {
        "(" | "[" | "“" | "«" | "„" => depth + 1,
        ")" | "]" | "”" | "»" => depth.saturating_sub(1),
        _ => depth,
    }
}
