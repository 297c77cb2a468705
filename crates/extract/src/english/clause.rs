//! Which of a sentence's cues speaks of which of its dates, and whether a date is an event's at all.

mod bare;
mod kind;
mod off;

use super::dates::Mention;
use super::kind::Cue;
use super::lead::Lead;
use super::lexicon::Sense;
use super::sentence::Sentence;
use crate::event::Kind;
use crate::year::Tense;

/// What a date is the date of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dated {
    pub kind: Kind,
    /// Of the cues, the one that speaks of it.
    pub cue: Option<usize>,
    pub tense: Tense,
    /// Nothing but the date itself tells that it is an event.
    pub is_bare: bool,
    /// Of the range written, only its end counts: `moved from 5 to 7 May`.
    pub is_end_only: bool,
}

/// For each mention of the sentence what it is the date of, or nothing.
pub fn judge(sentence: &Sentence<'_>) -> Vec<Option<Dated>> {
    let mut owners: Vec<Option<usize>> = vec![None; sentence.mentions.len()];
    let mut owned = vec![false; sentence.cues.len()];
    let places: Vec<_> = (0..sentence.mentions.len()).map(|index| sentence.place(index)).collect();
    // A verb belongs to the date that follows it; what is left over, to the date that stands before it.
    for (index, place) in places.iter().enumerate().filter(|(_, place)| **place != Place::Fronted) {
        let found = sentence.cue_before(index, &owned);
        let is_better_after = *place == Place::AfterComma && found.is_none_or(|cue| sentence.cues[cue].is_noun);
        owners[index] = found.filter(|_| !is_better_after);
        owners[index].into_iter().for_each(|cue| owned[cue] = true);
    }
    for (index, place) in places.iter().enumerate() {
        if owners[index].is_none() && (*place != Place::Trailing || sentence.cue_before(index, &[]).is_none()) {
            owners[index] = sentence.cue_after(index, &owned);
            owners[index].into_iter().for_each(|cue| owned[cue] = true);
        }
    }
    // A second place or time of the same thing: `in Geneva on 3 May and in Beijing on 7 June`.
    for index in 1..owners.len() {
        let between = sentence.mentions[index - 1].tokens.end..sentence.mentions[index].tokens.start;
        let is_parted = sentence.tokens.get(between).is_some_and(|tokens| tokens.iter().any(|token| token.text == ";"));
        if owners[index].is_none() && places[index] != Place::Fronted && !is_parted {
            owners[index] =
                owners[index - 1].filter(|cue| sentence.cues[*cue].tokens.end <= sentence.mentions[index].tokens.start);
        }
    }
    owners.into_iter().enumerate().map(|(index, owner)| sentence.dated(index, owner)).collect()
}

/// Where in its clause a date stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Fronted,
    AfterComma,
    Trailing,
}

impl Sentence<'_> {
    pub fn lead(&self, index: usize) -> Lead {
        self.mentions.get(index).map_or(Lead::Bare, |mention| Lead::of(&self.tokens, mention.tokens.start))
    }

    /// The first token of what leads to a mention.
    pub fn lead_start(&self, index: usize) -> usize {
        self.mentions.get(index).map_or(0, |mention| Lead::start(&self.tokens, mention.tokens.start))
    }

    fn place(&self, index: usize) -> Place {
        match self.lead_start(index).checked_sub(1).and_then(|before| self.tokens.get(before)) {
            None => Place::Fronted,
            Some(before)
                if before.is_one_of(&["and", "but", "while", "whereas", "that", "when", ";", ":", "•", "•"]) =>
            {
                // `held on 3 May and on 7 June` goes on with the same verb.
                let has_cue_after = self.cue_after(index, &[]).is_some();
                if has_cue_after { Place::Fronted } else { Place::Trailing }
            }
            Some(before) if before.text == "," || (before.is_dash() && before.spaced) => Place::AfterComma,
            Some(_) => Place::Trailing,
        }
    }

    /// The end of the date before this one; the sentence's start for the first.
    fn segment_start(&self, index: usize) -> usize {
        index.checked_sub(1).and_then(|before| self.mentions.get(before)).map_or(0, |before| before.tokens.end)
    }

    /// The nearest verb before the date, and after the date before it.
    fn cue_before(&self, index: usize, owned: &[bool]) -> Option<usize> {
        let mention = self.mentions.get(index)?;
        let from = match self.mentions.get(index.wrapping_sub(1)) {
            Some(before) if before.tokens == mention.tokens => before.tokens.start,
            _ => self.segment_start(index),
        };
        let candidates = || {
            self.cues.iter().enumerate().rev().filter(move |(cue_index, cue)| {
                (from..mention.tokens.start).contains(&cue.tokens.start)
                    && !owned.get(*cue_index).copied().unwrap_or(false)
            })
        };
        let near = || candidates().filter(|(_, cue)| !self.is_behind(cue, mention));
        near().find(|(_, cue)| !cue.is_noun).or_else(|| near().next()).map(|(at, _)| at)
    }

    /// Whether the cue lies in a clause that ended before the date.
    fn is_behind(&self, cue: &Cue, mention: &Mention) -> bool {
        self.tokens[cue.tokens.end.min(mention.tokens.start)..mention.tokens.start]
            .iter()
            .any(|token| token.is_one_of(&[";", "but", "whereas"]))
    }

    /// The verb that a date at the head of a clause speaks of.
    fn cue_after(&self, index: usize, owned: &[bool]) -> Option<usize> {
        let mention = self.mentions.get(index)?;
        // As far as the next date that heads a clause.
        let is_free = |cue: usize| !owned.get(cue).copied().unwrap_or(false);
        let end = self.tokens[mention.tokens.end..]
            .iter()
            .position(|token| token.text == ";")
            .map_or(self.tokens.len(), |n| mention.tokens.end + n);
        let candidates: Vec<usize> = (0..self.cues.len())
            .filter(|cue| (mention.tokens.end..end).contains(&self.cues[*cue].tokens.start) && is_free(*cue))
            .collect();
        let finite = |cue: &&usize| !self.cues[**cue].is_noun && !self.cues[**cue].is_reduced;
        let is_vague = |sense: Sense| matches!(sense, Sense::Expected | Sense::Opens | Sense::Closes | Sense::Other);
        // Of several things said of one day, the one that the heading names.
        let named = || {
            candidates.iter().filter(finite).find(|cue| {
                self.heading_sense.is_some_and(|heading| heading == self.cues[**cue].sense && heading == Sense::Release)
            })
        };
        let definite = || candidates.iter().filter(finite).find(|cue| !is_vague(self.cues[**cue].sense));
        named().or_else(definite).or_else(|| candidates.iter().find(finite)).or_else(|| candidates.first()).copied()
    }

    /// Where the clause begins in which the token stands: after the last date, semicolon or conjunction.
    pub fn clause_start(&self, token: usize) -> usize {
        let after_mention =
            self.mentions.iter().map(|mention| mention.tokens.end).filter(|end| *end <= token).max().unwrap_or(0);
        let after_mark = self.tokens[after_mention..token]
            .iter()
            .rposition(|token| token.is_one_of(&[";", "while", "but", "whereas"]))
            .map_or(0, |at| after_mention + at + 1);
        after_mention.max(after_mark)
    }

    /// Behind the last word before a token with which a sentence turns to something else: `…, but the prize-giving`.
    pub fn turn_before(&self, token: usize) -> usize {
        let turns = |at: &usize| self.tokens[*at].is_one_of(&["but", "whereas", ";"]);
        (0..token).rev().find(turns).map_or(0, |at| at + 1)
    }

    pub fn clause_end(&self, token: usize) -> usize {
        let until_mention = self.mentions.iter().map(|mention| mention.tokens.start).find(|start| *start >= token);
        let until_mark = self.tokens[token..].iter().position(|token| matches!(token.text, ";")).map(|at| token + at);
        [until_mention, until_mark].into_iter().flatten().min().unwrap_or(self.tokens.len())
    }
}
