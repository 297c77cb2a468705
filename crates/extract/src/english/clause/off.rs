//! Dates that hold no more, in a sentence: cancelled, or left for another one.

use crate::english::lead::Lead;
use crate::english::lexicon::Sense;
use crate::english::old;
use crate::english::sentence::Sentence;

impl Sentence<'_> {
    /// `moved from 10 June to 9 July`, each a date of its own.
    pub fn is_followed_by_new_date(&self, index: usize) -> bool {
        let next = self.mentions.get(index + 1).and_then(|next| next.tokens.start.checked_sub(1));
        next.is_some_and(|before| self.tokens[before].is_one_of(&["to", "until"]))
    }

    /// As far as what is said reaches: `the open day has been cancelled, but the prize-giving goes ahead`.
    fn clause_around(&self, index: usize) -> std::ops::Range<usize> {
        let Some(mention) = self.mentions.get(index) else { return 0..self.tokens.len() };
        let is_turn = |at: &usize| self.tokens[*at].is_one_of(&["but", "while", "whereas", "however", ";"]);
        let start = (0..mention.tokens.start).rev().find(is_turn).unwrap_or(0);
        start..(mention.tokens.end..self.tokens.len()).find(is_turn).unwrap_or(self.tokens.len())
    }

    /// Whether the date holds no more: cancelled, or the old one of what was moved.
    pub fn is_called_off(&self, index: usize) -> bool {
        let clause = self.clause_around(index);
        let is_here = |at: usize| clause.contains(&at);
        let has = |sense: Sense| self.cues.iter().any(|cue| cue.sense == sense && !cue.is_negated);
        let is_cancelled =
            self.cues.iter().any(|cue| cue.sense == Sense::Cancelled && !cue.is_negated && is_here(cue.tokens.start));
        let start = self.lead_start(index);
        let is_old = self.tokens[self.segment_start(index).min(start)..start].iter().rev().take(6).any(|token| {
            token.is_one_of(&["born", "died"])
                || has(Sense::Moved) && token.is_one_of(&["originally", "initially", "previously", "formerly"])
        });
        let is_moved = has(Sense::Moved);
        let after = self.mentions.get(index).map_or(0, |mention| mention.tokens.end);
        // `on 5 May each year`, but `on 5 and 6 May each day from 10 a.m.`
        let is_yearly = self.tokens.get(after).is_some_and(|token| token.is_one_of(&["every", "each"]))
            && !self.tokens.get(after + 1).is_some_and(|token| token.is("day"));
        let is_left = is_moved && self.lead(index) == Lead::From && self.is_followed_by_new_date(index);
        // Nobody calls off more than a few dates in one sentence.
        let is_off =
            self.mentions.len() <= 20 && old::is_off(self.slice(clause.clone())) && !old::has_new(&self.tokens);
        let is_spare = self.mentions.get(index).is_some_and(|mention| old::is_spare(&self.tokens, mention));
        is_yearly
            || is_left
            || is_spare
            || (is_cancelled && !is_moved)
            || is_old
            || is_off
            || old::is_old(&self.tokens, &self.mentions, index)
    }
}
