//! What a sentence says beside the verb that speaks of a date: a duty, a name, another date like it, a time further on.

use super::clause::Dated;
use super::dates::Mention;
use super::lead::Lead;
use super::lexicon::Sense;
use super::nouns::{event_in, event_noun};
use super::old;
use super::sentence::Sentence;
use crate::clock::{self, Times};
use crate::event::Kind;
use crate::token::tokens;
use crate::year::Tense;

impl Sentence<'_> {
    /// `Clause 6 requires each distributor to publish its plan by 30 September`: what must be done is a deadline.
    pub fn as_duty(&self, index: usize, dated: Dated) -> Dated {
        const DUTIES: &[&str] = &["requires", "require", "required", "must", "shall", "obliged", "obliges"];
        let is_limit = matches!(self.lead(index), Lead::By | Lead::Until | Lead::No);
        let cue =
            dated.cue.and_then(|cue| self.cues.get(cue)).filter(|cue| dated.kind == Kind::Release && !cue.is_passive);
        let must = cue.is_some_and(|cue| self.tokens[..cue.tokens.start].iter().any(|token| token.is_one_of(DUTIES)));
        if is_limit && must { Dated { kind: Kind::Deadline, ..dated } } else { dated }
    }

    /// Of what is held or moved, the name may say more than the verb: `It will take place from 15 to 18 September`.
    pub fn kind_by_name(&self, dated: Dated, name: &str) -> Kind {
        let cue = dated.cue.and_then(|cue| self.cues.get(cue));
        let is_held = cue.is_some_and(|cue| matches!(cue.sense, Sense::Held | Sense::Moved | Sense::Expected));
        let raw = tokens(name);
        let is_said = dated.cue.is_none() && raw.last().is_some_and(|last| event_noun(last).is_some());
        let is_version = raw.iter().any(|token| {
            let lower = token.text.to_lowercase();
            let number = lower.strip_prefix("rc").or_else(|| lower.strip_prefix("beta"));
            number.is_some_and(|number| number.bytes().all(|octet| octet.is_ascii_digit()) && lower.len() > 2)
        });
        match dated.kind {
            Kind::Other if is_held || is_said => event_in(&raw).unwrap_or(Kind::Other),
            Kind::Other if is_version => Kind::Release,
            kind => kind,
        }
    }

    /// What is told behind `will` is not past, whatever the verb beside it looks like.
    pub fn tense(&self, index: usize, told: Tense) -> Tense {
        let start = self.mentions.get(index).map_or(0, |mention| mention.tokens.start);
        let is_ahead = self.slice(0..start).iter().any(|token| token.is_one_of(&["will", "shall"]));
        if told == Tense::Past && is_ahead { Tense::Unknown } else { told }
    }

    /// Whether a date goes on with what was told of the one before: nothing but a joint stands between them.
    pub fn is_told_again(&self, index: usize, dated: Dated) -> bool {
        dated.kind == Kind::Other && dated.cue.is_none() && self.follows_joint(index)
    }

    pub fn follows_joint(&self, index: usize) -> bool {
        let Some(before) = index.checked_sub(1).and_then(|before| self.mentions.get(before)) else { return false };
        let between = self.slice(before.tokens.end..self.lead_start(index).max(before.tokens.end));
        between.first().is_some_and(|joint| joint.is("and"))
            && between
                .iter()
                .all(|token| !token.is_word() || token.is_one_of(&["and", "again", "once", "more", "then"]))
    }

    /// The time that stands behind the place: `on 3 September at the Guild Hall, Kendal, at 2 pm`.
    pub fn time_behind(&self, mention: &Mention) -> Option<Times> {
        let is_free =
            self.mentions.len() == 1 && mention.times.is_none() && mention.end.is_none() && mention.start.is_day();
        let end = self.clause_end(mention.tokens.end);
        let is_led = |at: &usize| {
            self.tokens[*at].is("at") && at.checked_sub(1).is_some_and(|mark| self.tokens[mark].text == ",")
        };
        (mention.tokens.end..end)
            .filter(|_| is_free)
            .filter(is_led)
            .find_map(|at| clock::times(&self.tokens, at))
            .map(|(times, _)| times)
    }

    /// `the balance sheet as at 31 March`, `covering the period 1 July to 30 June`: what is told of, and no event.
    pub fn is_of_accounts(&self, index: usize) -> bool {
        let Some(mention) = self.mentions.get(index) else { return false };
        let is = |back: usize, words: &[&str]| {
            mention.tokens.start.checked_sub(back).is_some_and(|at| self.tokens[at].is_one_of(words))
        };
        old::is_visit(&self.tokens, mention)
            || is(1, &["from"]) && is(2, &["continued"])
            || is(1, &["at"]) && is(2, &["as"])
            || is(1, &["ended", "ending"]) && is(2, &["year", "quarter", "months", "period"])
            || mention.end.is_some() && is(1, &["period", "covering", "year", "covers"])
    }
}
