//! What a dated thing is called, who does it, where, and which standards it is about.

mod parties;

use std::ops::Range;

use super::clause::Dated;
use super::kind::Cue;
use super::lexicon::Sense;
use super::nouns::{event_in, event_noun};
use super::parts::parts;
use super::phrase::told_organizer;
use super::place::place_of;
use super::sentence::Sentence;
use super::titles::effect_title;
use crate::event::Kind;
use crate::token::{Class, Token};

#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Subject {
    pub title: String,
    pub location: String,
    pub organizer: String,
    pub standards: Vec<String>,
}

/// Most often one; several where one sentence tells of several parts of a standard.
pub fn subjects(sentence: &Sentence<'_>, index: usize, dated: Dated) -> Vec<Subject> {
    let cue = dated.cue.and_then(|cue| sentence.cues.get(cue));
    let phrase = sentence.phrase(cue, dated.kind, index);
    let is_vague_date = sentence.mentions.get(index).is_none_or(|mention| !mention.start.is_day());
    if is_vague_date && phrase.as_ref().is_some_and(|phrase| counts(sentence.slice(phrase.clone()))) {
        return Vec::new();
    }
    let told_after =
        || told_organizer(sentence.next).filter(|_| dated.kind.is_attended()).unwrap_or_default().to_owned();
    let organizer = Some(sentence.organizer(cue)).filter(|who| !who.is_empty()).unwrap_or_else(told_after);
    let (phrase, beside) = sentence.without_open_bracket(phrase);
    let location = Some(sentence.location(cue, dated.kind, index))
        .filter(|place| !place.is_empty())
        .or(beside.filter(|_| dated.kind.is_attended()))
        .unwrap_or_default();
    if let Some(phrase) = &phrase
        && matches!(dated.kind, Kind::Release | Kind::EffectiveDate)
    {
        let several = parts(sentence.text, &sentence.tokens, phrase.clone(), &sentence.standards);
        if !several.is_empty() {
            let subject = |(identifier, name): (String, String)| Subject {
                title: effect_title(format!("{identifier} {name}").trim(), dated.kind, cue, false),
                location: location.clone(),
                organizer: organizer.clone(),
                standards: vec![identifier],
            };
            return several.into_iter().map(subject).collect();
        }
    }
    let identifiers = sentence.identifiers(phrase.clone(), index);
    let title = sentence.title(phrase, dated, cue, &organizer, &location, &identifiers);
    vec![Subject { title, location, organizer, standards: identifiers }]
}

impl Sentence<'_> {
    /// `its autumn session (Bern, 14 October)`: the phrase ends before the bracket, and a place may stand in it.
    fn without_open_bracket(&self, phrase: Option<Range<usize>>) -> (Option<Range<usize>>, Option<String>) {
        let Some(range) = phrase else { return (None, None) };
        let tokens = self.slice(range.clone());
        let open = tokens.iter().rposition(|token| token.text == "(");
        match open.filter(|open| *open > 0 && !tokens[*open..].iter().any(|token| token.text == ")")) {
            Some(open) => {
                let open = range.start + open;
                let place = place_of(self.text, &self.tokens, open + 1..range.end);
                (Some(range.start..open), Some(place).filter(|place| !place.is_empty()))
            }
            None => (Some(range), None),
        }
    }

    /// What is held, released, due.
    fn phrase(&self, cue: Option<&Cue>, kind: Kind, index: usize) -> Option<Range<usize>> {
        if let (Some(own), Some(_)) = (self.own_noun(index), cue) {
            return Some(own);
        }
        let Some(cue) = cue else {
            return match kind {
                Kind::Deadline | Kind::EffectiveDate if !self.is_item => self.duty_phrase(index),
                _ => self.phrase_without_verb(index),
            };
        };
        if cue.is_noun && cue.sense == Sense::Release {
            return self
                .subject(cue)
                .or(Some(cue.tokens.start..self.object(cue).map_or(cue.tokens.end, |object| object.end)));
        }
        if cue.sense == Sense::Meets
            && !cue.is_passive
            && let Some(event) = self.gathered_for(cue)
        {
            return Some(event);
        }
        // `SAMR released on 5 May the Notice`
        let is_parted =
            cue.is_reduced && cue.verb_start.checked_sub(1).is_some_and(|before| self.tokens[before].is_word());
        let is_active = !cue.is_passive
            && (!cue.is_reduced || is_parted && object_follows(self, cue))
            && matches!(cue.sense, Sense::Held | Sense::Release | Sense::Other);
        if cue.sense == Sense::Deadline {
            return self.deadline_phrase(cue);
        }
        let object = || self.object(cue).filter(|object| self.is_name_of_something(object));
        match is_active {
            true => object().or_else(|| self.subject(cue)),
            false => self.subject(cue).or_else(|| (kind != Kind::EffectiveDate).then(object).flatten()),
        }
    }

    /// What stands before a later date that shares its verb with the one before: `…, the second meeting on 16 February`.
    fn own_noun(&self, index: usize) -> Option<Range<usize>> {
        const SMALL: &[&str] =
            &["and", "or", "then", "also", "again", "followed", "in", "at", "from", "to", "with", "respectively"];
        let before = self.mentions.get(index.checked_sub(1)?)?.tokens.end;
        let lead = self.lead_start(index);
        let segment = self.slice(before..lead);
        // `abstracts 5 May, papers 12 June`
        let is_short = segment.len() <= 5 && segment.first().is_some_and(|comma| comma.text == ",");
        let words = segment.iter().skip(1);
        let verbs = self.cues.iter().any(|cue| !cue.is_noun && (before..lead).contains(&cue.tokens.start));
        if is_short
            && !verbs
            && segment.len() > 1
            && words.clone().all(|token| token.is_word() && !token.is_one_of(SMALL))
        {
            return self.line_part(before + 1..lead);
        }
        let begins = segment.iter().take(3).position(|token| token.is_one_of(&["the", "a", "an", "its"]))?;
        let joins = segment[..begins].iter().all(|token| token.is_one_of(&["and", ",", ";"]));
        let has_verb = self.cues.iter().any(|cue| !cue.is_noun && (before..lead).contains(&cue.tokens.start));
        (joins && !has_verb && lead > before + begins + 1).then(|| self.line_part(before + begins..lead)).flatten()
    }

    /// `gathered in Riga for the Baltic Metrology Forum`
    fn gathered_for(&self, cue: &Cue) -> Option<Range<usize>> {
        let end = self.clause_end(cue.tokens.end);
        let is_direct =
            self.tokens.get(cue.tokens.end).is_some_and(|first| first.is_one_of(&["a", "an", "the", "its"]));
        let start = match is_direct {
            true => cue.tokens.end,
            false => (cue.tokens.end..end).find(|at| self.tokens[*at].is("for"))? + 1,
        };
        let object = self.object(&Cue { tokens: start..start, ..cue.clone() })?;
        event_in(self.slice(object.clone())).is_some().then_some(object)
    }

    pub fn is_name_of_something(&self, range: &Range<usize>) -> bool {
        let is_version = |range: &Range<usize>| {
            self.slice(range.clone())
                .windows(3)
                .any(|three| three[0].number().is_some() && three[1].text == "." && !three[2].spaced)
        };
        (self.slice(range.clone()).iter().any(|token| token.is_word() || token.class == Class::Opaque)
            || is_version(range))
            && !self
                .slice(range.clone())
                .first()
                .is_some_and(|first| first.is_one_of(&["on", "in", "between", "from", "the first", "again", "and"]))
    }

    /// `The deadline for comments`, `comments on the draft`.
    fn deadline_phrase(&self, cue: &Cue) -> Option<Range<usize>> {
        let first = &self.tokens[cue.tokens.start];
        let clause = self.clause_start(cue.tokens.start);
        let named = (clause..cue.tokens.start).find(|at| self.tokens[*at].is_one_of(&["deadline", "deadlines"]));
        if let Some(named) = named {
            let end = (named + 1..self.tokens.len())
                .find(|at| self.tokens[*at].is_one_of(&["is", "was", "will", "has", ":", ",", "are", "by", "to"]));
            return Some(named..end.unwrap_or(cue.tokens.end));
        }
        // `Rents fall due on 1 October`
        let falls = cue.tokens.len() == 1
            && first.is("due")
            && self.tokens[..cue.tokens.start]
                .last()
                .is_some_and(|verb| verb.is_one_of(&["fall", "falls", "fell", "become"]));
        if falls {
            return self.subject(&Cue { verb_start: cue.tokens.start - 1, ..cue.clone() });
        }
        let begins_phrase = first.is_one_of(&["deadline", "deadlines", "closing", "due", "final", "last", "end"])
            && cue.verb_start == cue.tokens.start;
        if begins_phrase {
            let limit = self.clause_end(cue.tokens.end);
            let end = (cue.tokens.end..limit)
                .find(|at| {
                    self.tokens[*at].is_one_of(&["is", "was", "will", "has", ":", "by", ",", "on", "are", "to", "has"])
                })
                .unwrap_or(limit);
            return Some(cue.tokens.start..end);
        }
        let asks = first.is_one_of(&[
            "submit",
            "submits",
            "invite",
            "invited",
            "invites",
            "inviting",
            "solicit",
            "solicits",
            "solicited",
            "soliciting",
            "seeks",
            "sought",
            "request",
            "requested",
            "collect",
            "collecting",
        ]);
        if asks && !cue.is_passive {
            let begin = if cue.tokens.len() > 1 { cue.tokens.end - 1 } else { cue.tokens.end };
            let end =
                self.object(&Cue { tokens: begin..begin, ..cue.clone() }).map_or(cue.tokens.end, |object| object.end);
            return (begin < end).then_some(begin..end);
        }
        self.subject(cue)
    }

    /// Of a line that needs no verb, or a noun beside the date.
    fn phrase_without_verb(&self, index: usize) -> Option<Range<usize>> {
        let mention = self.mentions.get(index)?;
        let start = self.lead_start(index);
        let before = (start > 0).then(|| self.noun_phrase_before(start)).flatten();
        let after = || self.line_part(mention.tokens.end..self.tokens.len());
        match start {
            0 => after(),
            _ => before.or_else(after),
        }
    }

    /// What is to be done: the clause around the date.
    fn duty_phrase(&self, index: usize) -> Option<Range<usize>> {
        let mention = self.mentions.get(index)?;
        let lead = self.lead_start(index);
        let before = self.clause_start(lead)..lead;
        let after = mention.tokens.end..self.clause_end(mention.tokens.end);
        let part = |range: Range<usize>| {
            let start =
                range.start + usize::from(self.slice(range.clone()).first().is_some_and(|first| first.is("please")));
            self.line_part(start..range.end)
        };
        part(before).or_else(|| part(after)).or_else(|| self.phrase_without_verb(index))
    }

    /// What ends right before a date: `free for the Open Data Conference, 28 October`.
    fn noun_phrase_before(&self, end: usize) -> Option<Range<usize>> {
        const BREAKS: &[&str] = &[
            "is", "are", "was", "were", "should", "must", "will", "shall", "can", "may", "has", "have", "to", "need",
            "reach",
        ];
        let tokens = &self.tokens;
        // The `to` of `face-to-face` is none.
        let is_break = |at: usize| tokens[at].is_one_of(BREAKS) && (tokens[at].spaced || at == 0);
        let noun = (0..end).rev().find(|at| event_noun(&tokens[*at]).is_some());
        let begins = |noun: usize| {
            (0..noun)
                .rev()
                .find(|at| tokens[*at].is_one_of(&["the", "a", "an", "for", "at", ":", "|"]) || is_break(*at))
        };
        match noun {
            Some(noun) => self.line_part(begins(noun).map_or(0, |at| at + 1)..end),
            None => self.line_part(0..(0..end).find(|at| is_break(*at)).unwrap_or(end)),
        }
    }

    fn line_part(&self, range: Range<usize>) -> Option<Range<usize>> {
        let Range { mut start, mut end } = range;
        let is_mark = |at: usize| self.tokens[at].class == Class::Mark && !self.tokens[at].opens();
        while start < end && is_mark(start) {
            start += 1;
        }
        let stop = (start..end).find(|at| {
            matches!(self.tokens[*at].text, ";" | "|")
                || self.tokens[*at].text == "." && self.tokens.get(at + 1).is_none_or(|next| next.spaced)
        });
        end = stop.unwrap_or(end);
        while end > start && (is_mark(end - 1) || self.tokens[end - 1].opens()) {
            end -= 1;
        }
        if let Some(comma) = (start..end).rev().find(|at| self.tokens[*at].text == ",")
            && self.place_at_end(start..end).is_some()
        {
            end = comma;
        }
        (start < end).then_some(start..end)
    }
}

/// A count is a statistic, not an event: `1,200 standards`, `more than 50% of them`.
fn counts(phrase: &[Token<'_>]) -> bool {
    const ABOUT: &[&str] = &[
        "more",
        "than",
        "over",
        "about",
        "some",
        "nearly",
        "a",
        "total",
        "of",
        "around",
        "the",
        "at",
        "least",
        "almost",
        "fewer",
        "less",
        "up",
        "to",
        "approximately",
        "only",
        "all",
    ];
    let number = phrase.iter().find(|token| !token.is_one_of(ABOUT));
    let is_year = |token: &Token<'_>| token.text.len() == 4;
    number.is_some_and(|token| {
        token.number().is_some() && !is_year(token)
            || token.class == Class::Opaque && token.text.starts_with(|c: char| c.is_ascii_digit())
    })
}

fn object_follows(sentence: &Sentence<'_>, cue: &Cue) -> bool {
    sentence.object(cue).is_some_and(|object| {
        sentence
            .slice(object)
            .first()
            .is_some_and(|first| first.is_capitalised() || first.is_one_of(&["the", "a", "an", "its"]) || first.opens())
    })
}
