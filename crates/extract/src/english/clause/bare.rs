//! What a date is that no verb speaks of: by the noun beside it, by a duty, by how the line is made.

use super::Place;
use crate::english::lead::Lead;
use crate::english::nouns::{event_in, event_noun, is_deadline_noun};
use crate::english::sentence::Sentence;
use crate::event::Kind;

impl Sentence<'_> {
    /// A noun right beside the date: `the Conference, 28–30 October`, `the meeting of 5 May`, `the 5 May workshop`.
    pub fn noun_beside(&self, index: usize) -> Option<Kind> {
        const NEAR: usize = 7;
        let mention = self.mentions.get(index)?;
        let start = self.lead_start(index);
        let from = self.segment_start(index).max(start.saturating_sub(NEAR)).min(start);
        let before = self.tokens[from..start].iter().rev().find_map(|token| match event_noun(token) {
            Some(kind) => Some(kind),
            None if token.is("deadline") => Some(Kind::Deadline),
            None => None,
        });
        let is_table = self.slice(from..start).windows(2).any(|two| two[0].is("round") && two[1].is("tables"));
        let before = before.or(is_table.then_some(Kind::Meeting));
        let after = || self.tokens[mention.tokens.end..].iter().take(2).find_map(event_noun);
        before.or_else(after)
    }

    /// What a date is that no verb speaks of.
    pub fn line_kind(&self, index: usize) -> Option<Kind> {
        let mention = self.mentions.get(index)?;
        let mark = self.tokens.get(mention.tokens.end);
        let start = self.lead_start(index);
        // `Save the date: 7 December 2021 – …`
        let is_labelled = start.checked_sub(1).is_some_and(|colon| colon <= 3 && self.tokens[colon].text == ":");
        let heads_line = (start == 0 || is_labelled)
            && mark.is_some_and(|mark| matches!(mark.text, ":" | "|" | ")") || mark.is_dash());
        let is_field = is_labelled && mention.tokens.end + 1 >= self.tokens.len();
        if is_field && self.tokens[..start].iter().any(is_deadline_noun) {
            return Some(Kind::Deadline);
        }
        if heads_line || self.is_item {
            let rest = &self.tokens[mention.tokens.end..];
            let is_deadline = self.tokens.iter().any(|token| token.is_one_of(&["deadline", "due", "closes"]));
            let found =
                if is_deadline { Some(Kind::Deadline) } else { event_in(rest).or_else(|| event_in(&self.tokens)) };
            // `Next face-to-face: Porto, 5–6 October`
            let is_named = self.is_item && index == 0 && self.tokens[..start].iter().any(|colon| colon.text == ":");
            return found.or_else(|| (heads_line || is_named).then_some(Kind::Other));
        }
        // `The dyeing weekend is from 7 to 9 October`
        let lasts = mention.end.is_some()
            && self.lead(index) == Lead::From
            && start.checked_sub(1).is_some_and(|be| self.tokens[be].is_one_of(&["is", "are", "be", "runs"]));
        if lasts {
            return Some(Kind::Other);
        }
        let is_led = matches!(self.lead(index), Lead::On | Lead::Bare) && self.place(index) == Place::Fronted;
        let until =
            matches!(self.lead(index), Lead::By | Lead::Until | Lead::No) && self.tokens.iter().any(is_deadline_noun);
        let is_bare = matches!(self.lead(index), Lead::Until | Lead::No) && self.cues.is_empty();
        match () {
            () if until || is_bare => Some(Kind::Deadline),
            () if is_led || matches!(self.lead(index), Lead::Is | Lead::On) => Some(Kind::Other),
            () => None,
        }
    }

    fn has_until(&self, index: usize) -> bool {
        let have = self.lead_start(index).checked_sub(1);
        have.is_some_and(|have| self.tokens[have].is_one_of(&["have", "has", "had"]))
    }

    /// What must be done by a day, or from a day on, is told without any of our words: `must be labelled by 1 July`.
    pub fn duty(&self, index: usize, lead: Lead) -> Option<Kind> {
        const DUTIES: &[&str] = &[
            "must",
            "shall",
            "should",
            "required",
            "requested",
            "obliged",
            "please",
            "prohibited",
            "banned",
            "need",
            "needs",
        ];
        let must = self.tokens.iter().any(|token| token.is_one_of(DUTIES))
            || self.tokens.windows(2).any(|pair| pair[0].is_one_of(&["have", "has"]) && pair[1].is("to"));
        let complies = self.tokens.windows(2).any(|pair| {
            pair[0].is_one_of(&["compliance", "implementation", "applicability", "application", "effective"])
                && pair[1].is_one_of(&["date", "dates"])
        });
        if complies && matches!(lead, Lead::Is | Lead::Bare) {
            return Some(Kind::EffectiveDate);
        }
        // `Compliance is required for units manufactured after 1 March`
        const MADE: &[&str] = &[
            "manufactured",
            "made",
            "imported",
            "sold",
            "placed",
            "produced",
            "built",
            "issued",
            "received",
            "filed",
            "submitted",
            "market",
            "installed",
            "registered",
            "concluded",
            "signed",
            "entering",
        ];
        let made = self.slice(0..self.lead_start(index)).iter().rev().take(5).any(|token| token.is_one_of(MADE));
        let may = self.tokens.iter().any(|token| token.is_one_of(&["can", "may", "will"]));
        match lead {
            Lead::After if self.tokens.windows(2).any(|two| two[0].is("no") && two[1].is("longer")) => {
                Some(Kind::EffectiveDate)
            }
            // `return the form by 17 June`, one of a list; `would have until 1 January`
            // `To testify, sign up by 21 March`
            Lead::By | Lead::Until | Lead::No
                if self.is_item || self.has_until(index) || self.tokens.first().is_some_and(|to| to.is("to")) =>
            {
                Some(Kind::Deadline)
            }
            Lead::After if made && (must || self.tokens.iter().any(|token| token.is_one_of(&["apply", "applies"]))) => {
                Some(Kind::EffectiveDate)
            }
            Lead::AsOf if may && self.mentions.get(index)?.start.is_day() => Some(Kind::EffectiveDate),
            Lead::By | Lead::Until | Lead::No if must || self.tokens.iter().any(is_deadline_noun) => {
                (must || lead != Lead::By || self.mentions.get(index)?.start.is_day()).then_some(Kind::Deadline)
            }
            // `Statements may be e-mailed through June 9`
            Lead::Until | Lead::No if self.tokens.iter().any(|token| token.is_one_of(&["can", "may"])) => {
                Some(Kind::Deadline)
            }
            // `from 18 August onward every third request fails`
            Lead::From
                if self
                    .mentions
                    .get(index)
                    .and_then(|mention| self.tokens.get(mention.tokens.end))
                    .is_some_and(|next| next.is_one_of(&["onward", "onwards"])) =>
            {
                Some(Kind::EffectiveDate)
            }
            Lead::AsOf | Lead::From if must && self.mentions.get(index)?.end.is_none() => Some(Kind::EffectiveDate),
            _ => None,
        }
    }
}
