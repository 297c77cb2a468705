//! Which of a sentence's cues speaks of which of its dates, and whether a date is an event's at all.

use super::dates::Mention;
use super::kind::Cue;
use super::lead::Lead;
use super::lexicon::Sense;
use super::nouns::{event_in, event_noun, is_call_noun, is_deadline_noun, is_release_noun};
use super::old;
use super::sentence::Sentence;
use crate::event::Kind;
use crate::token::{Class, Token};
use crate::written::Written;
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

/// What goes on until a day, and then no more: `will receive security fixes until October 2029`.
const LASTING: &[&str] = &[
    "support",
    "supported",
    "maintained",
    "maintenance",
    "fixes",
    "updates",
    "patches",
    "receive",
    "receives",
    "valid",
    "continue",
    "continues",
    "available",
    "sold",
];

/// What is closed for a day and open again.
fn is_house(token: &Token<'_>) -> bool {
    token.is_one_of(&[
        "library",
        "libraries",
        "office",
        "offices",
        "museum",
        "pool",
        "shop",
        "road",
        "street",
        "bridge",
        "centre",
        "center",
        "hall",
        "school",
        "schools",
        "station",
        "building",
        "gallery",
        "park",
        "counter",
        "desk",
        "campus",
        "archive",
        "branch",
        "clinic",
        "bank",
        "banks",
        "we",
    ])
}

fn mention_start(sentence: &Sentence<'_>, index: usize) -> usize {
    sentence.mentions.get(index).map_or(0, |mention| mention.tokens.start)
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
            .any(|token| token.text == ";")
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

    fn dated(&self, index: usize, owner: Option<usize>) -> Option<Dated> {
        let mention = self.mentions.get(index)?;
        let lead = self.lead(index);
        let cue = owner.and_then(|cue| self.cues.get(cue));
        if self.is_called_off(index) || cue.is_some_and(|cue| cue.is_negated) {
            return None;
        }
        // `the conference planned for spring was postponed`
        let has_moved = self.cues.iter().any(|cue| cue.sense == Sense::Moved);
        if has_moved && cue.is_some_and(|cue| cue.sense == Sense::Expected && cue.is_reduced) {
            return None;
        }
        let tense = match cue {
            Some(cue) if cue.is_ahead => Tense::Ahead,
            Some(_) => Tense::Past,
            None => Tense::Unknown,
        };
        let is_day = mention.start.is_day();
        let dated = |kind: Kind, is_bare: bool| Dated {
            kind,
            cue: owner,
            tense,
            is_bare,
            is_end_only: cue.is_some_and(|cue| cue.sense == Sense::Moved)
                && mention.end.is_some()
                && lead == Lead::From
                && !self.is_followed_by_new_date(index),
        };
        let noun = self.noun_beside(index);
        let Some(cue) = cue else {
            // `From 1 May 2024, the old API answers every request with an error.`
            let is_statistic = lead == Lead::AsOf
                && self.tokens[mention.tokens.end..].iter().any(|token| {
                    token.class == Class::Opaque
                        || token.number().is_some_and(|number| number > 31)
                        || token.is_word() && token.text.ends_with("ed")
                });
            let begins = !is_statistic
                && mention.times.is_none()
                && matches!(lead, Lead::From | Lead::AsOf)
                && mention.end.is_none()
                && self.place(index) == Place::Fronted
                && self.lead_start(index) == 0
                && is_day
                && !self.is_item;
            if begins || lead == Lead::Until && self.tokens.iter().any(|token| token.is_one_of(LASTING)) {
                return Some(dated(Kind::EffectiveDate, false));
            }
            let duty = self.duty(index, lead);
            let kind = duty.or(noun).or_else(|| self.line_kind(index))?;
            let is_event = match lead {
                _ if duty.is_some() => true,
                Lead::Since | Lead::AsOf | Lead::After => false,
                Lead::Of => noun.is_some_and(|kind| kind != Kind::Other),
                Lead::By | Lead::Until => kind == Kind::Deadline,
                Lead::From => mention.end.is_some(),
                Lead::On | Lead::Bare | Lead::Is | Lead::No => true,
            };
            let is_relative = matches!(mention.start, Written::Relative(_)) && duty.is_none() && noun.is_none()
                || matches!(mention.start, Written::Year(_));
            return (is_event && !is_relative && (is_day || kind != Kind::Other))
                .then(|| dated(kind, kind == Kind::Other));
        };
        let kind = self.kind_by(index, cue, lead, noun)?;
        let is_known_enough = match mention.start {
            Written::Day { .. } | Written::Slashed { .. } => true,
            // `today` is a date only where something is said to happen.
            Written::Relative(_) => {
                !cue.is_reduced
                    && !cue.is_noun
                    && (noun.is_some() || !matches!(cue.sense, Sense::Applies | Sense::Other))
            }
            Written::Month { .. } | Written::Quarter { .. } => !cue.is_reduced || cue.is_ahead,
            // A year alone is news only if it is to come.
            Written::Year(_) if cue.sense == Sense::Opens && cue.is_ahead => true,
            Written::Year(_) => (cue.is_ahead || cue.sense == Sense::Moved) && lead != Lead::Of && kind != Kind::Other,
        };
        is_known_enough.then(|| dated(kind, false))
    }

    /// The kind that a verb tells of its date, considering how the date is led to.
    fn kind_by(&self, index: usize, cue: &Cue, lead: Lead, noun: Option<Kind>) -> Option<Kind> {
        let phrase_kind = || self.noun_of(cue);
        let is_for_deadline = || self.tokens.iter().any(is_deadline_noun);
        let kind = match cue.sense {
            Sense::Held => match phrase_kind().or(noun) {
                Some(kind) => kind,
                None if self
                    .tokens
                    .iter()
                    .any(|token| token.is_one_of(&["consultation", "ballot", "registration", "enquiry", "period"])) =>
                {
                    Kind::Deadline
                }
                None if self.is_named_event(cue) => Kind::Forum,
                None => Kind::Other,
            },
            Sense::Meets => {
                phrase_kind().filter(|_| cue.is_passive || self.object_is_event(cue)).unwrap_or(Kind::Meeting)
            }
            // `will be presented at a public meeting on`
            Sense::Release
                if self.is_presented(cue)
                    && event_in(self.slice(cue.tokens.end..mention_start(self, index))).is_some() =>
            {
                event_in(self.slice(cue.tokens.end..mention_start(self, index))).unwrap_or(Kind::Release)
            }
            Sense::Release => match noun {
                // A meeting's day, on which something was adopted.
                Some(kind) if lead == Lead::Of => kind,
                _ => Kind::Release,
            },
            Sense::Effective | Sense::Withdrawn => Kind::EffectiveDate,
            Sense::Applies => Kind::EffectiveDate,
            // What was handed in is no deadline: `was submitted for approval in June`.
            Sense::Deadline if self.is_handed_in(cue) && matches!(lead, Lead::On | Lead::Bare) => {
                return self.mentions.get(index)?.start.is_day().then_some(Kind::Other);
            }
            // `From 6 April landlords must register`
            Sense::Deadline if matches!(lead, Lead::From | Lead::AsOf) && self.has_duty() => Kind::EffectiveDate,
            Sense::Deadline => Kind::Deadline,
            Sense::Closes if self.is_end_of_life(cue) => Kind::EffectiveDate,
            Sense::Closes if cue.is_passive && self.tokens[..cue.tokens.start].iter().any(is_house) => Kind::Other,
            Sense::Opens | Sense::Closes => match phrase_kind() {
                _ if cue.sense == Sense::Closes && self.tokens[..cue.tokens.start].iter().any(is_call_noun) => {
                    Kind::Deadline
                }
                Some(kind) => kind,
                None if cue.sense == Sense::Closes => Kind::Deadline,
                None => Kind::Other,
            },
            Sense::Moved
                if self
                    .cues
                    .iter()
                    .any(|other| other.sense == Sense::Effective && other.tokens.end <= cue.tokens.start) =>
            {
                Kind::EffectiveDate
            }
            Sense::Expected if self.tokens[..cue.tokens.start].iter().any(|token| token.is("proposal")) => {
                Kind::Release
            }
            // `1.71 is expected on`
            Sense::Expected
                if self.slice(self.clause_start(cue.verb_start)..cue.verb_start).windows(3).any(|three| {
                    three[0].number().is_some()
                        && three[1].text == "."
                        && !three[2].spaced
                        && three[2].number().is_some()
                }) =>
            {
                Kind::Release
            }
            Sense::Expected | Sense::Moved => match phrase_kind() {
                _ if self.tokens.iter().any(|token| token.is("deadline")) => Kind::Deadline,
                Some(kind) => kind,
                // `scheduled for release on`
                None if self.cues.iter().any(|other| {
                    other.is_noun && other.sense == Sense::Release && other.tokens.start >= cue.tokens.end
                }) =>
                {
                    Kind::Release
                }
                None if self.tokens[..cue.tokens.start].iter().any(is_release_noun) => Kind::Release,
                None if is_for_deadline() => Kind::Deadline,
                None => Kind::Other,
            },
            Sense::Cancelled => return None,
            Sense::Other if self.tokens[cue.tokens.start].is_one_of(&["follows", "resumes", "resume"]) => {
                phrase_kind().or(noun).unwrap_or(Kind::Other)
            }
            Sense::Other => Kind::Other,
        };
        let is_effect = kind == Kind::EffectiveDate;
        match lead {
            Lead::No => Some(Kind::Deadline),
            Lead::Until if cue.sense == Sense::Held => match kind {
                Kind::Meeting | Kind::Forum => Some(kind),
                _ => Some(Kind::Deadline),
            },
            Lead::Until if matches!(cue.sense, Sense::Release | Sense::Other) => {
                is_for_deadline().then_some(Kind::Deadline)
            }
            Lead::Until if cue.sense == Sense::Moved || kind == Kind::Deadline => Some(kind),
            Lead::Until => Some(Kind::Deadline),
            Lead::By if kind == Kind::Deadline => Some(kind),
            Lead::By if cue.sense == Sense::Applies => Some(Kind::Deadline),
            Lead::By if is_for_deadline() && !matches!(cue.sense, Sense::Release | Sense::Effective) => {
                Some(Kind::Deadline)
            }
            Lead::By => cue.is_ahead.then_some(kind),
            Lead::AsOf => (is_effect || (kind == Kind::Release && cue.is_ahead)).then_some(kind),
            Lead::Since => is_effect.then_some(kind),
            Lead::After => None,
            Lead::Of => {
                noun.filter(|kind| *kind != Kind::Other).or((self.place(index) == Place::Fronted).then_some(kind))
            }
            Lead::From | Lead::On | Lead::Bare | Lead::Is => Some(kind),
        }
    }

    /// The event noun that belongs to a verb: what is done, or what it is done to.
    fn noun_of(&self, cue: &Cue) -> Option<Kind> {
        let start = self.clause_start(cue.verb_start);
        let subject = &self.tokens[start..cue.verb_start];
        let object = &self.tokens[cue.tokens.end..self.clause_end(cue.tokens.end)];
        let is_active = !cue.is_passive
            && cue.sense == Sense::Held
            && !object
                .first()
                .is_none_or(|first| first.is_one_of(&["on", "in", "from", "at", "online", "by", "between"]));
        let (first, second) = if is_active { (object, subject) } else { (subject, object) };
        event_in(first).or_else(|| event_in(second)).or_else(|| event_in(&self.tokens[..start]))
    }

    fn object_is_event(&self, cue: &Cue) -> bool {
        let object = &self.tokens[cue.tokens.end..self.clause_end(cue.tokens.end)];
        // `convened a seminar`, `gathered for the Forum`
        let is_direct = object.first().is_some_and(|first| first.is_one_of(&["a", "an", "the", "its"]));
        (is_direct || object.iter().any(|token| token.is("for")))
            && object.iter().any(|token| event_noun(token).is_some())
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

    pub fn clause_end(&self, token: usize) -> usize {
        let until_mention = self.mentions.iter().map(|mention| mention.tokens.start).find(|start| *start >= token);
        let until_mark = self.tokens[token..].iter().position(|token| matches!(token.text, ";")).map(|at| token + at);
        [until_mention, until_mark].into_iter().flatten().min().unwrap_or(self.tokens.len())
    }

    /// A noun right beside the date: `the Conference, 28–30 October`, `the meeting of 5 May`, `the 5 May workshop`.
    fn noun_beside(&self, index: usize) -> Option<Kind> {
        const NEAR: usize = 7;
        let mention = self.mentions.get(index)?;
        let start = self.lead_start(index);
        let from = self.segment_start(index).max(start.saturating_sub(NEAR)).min(start);
        let before = self.tokens[from..start].iter().rev().find_map(|token| match event_noun(token) {
            Some(kind) => Some(kind),
            None if token.is("deadline") => Some(Kind::Deadline),
            None => None,
        });
        let after = || self.tokens[mention.tokens.end..].iter().take(2).find_map(event_noun);
        before.or_else(after)
    }

    /// What a date is that no verb speaks of.
    fn line_kind(&self, index: usize) -> Option<Kind> {
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
            return found.or_else(|| heads_line.then_some(Kind::Other));
        }
        let is_led = matches!(self.lead(index), Lead::On | Lead::Bare) && self.place(index) == Place::Fronted;
        let until =
            matches!(self.lead(index), Lead::By | Lead::Until | Lead::No) && self.tokens.iter().any(is_deadline_noun);
        match () {
            () if until => Some(Kind::Deadline),
            () if is_led || matches!(self.lead(index), Lead::Is | Lead::On) => Some(Kind::Other),
            () => None,
        }
    }

    fn is_handed_in(&self, cue: &Cue) -> bool {
        !cue.is_ahead
            && cue.is_passive
            && self.tokens[cue.tokens.start].is_one_of(&["submitted", "sent", "invited", "requested"])
    }

    /// `reaches its end of life`, `goes end-of-life`
    fn is_end_of_life(&self, cue: &Cue) -> bool {
        let after = self.tokens[cue.tokens.start..].iter().take(8).filter(|token| token.is_word()).collect::<Vec<_>>();
        let before = self
            .slice(self.clause_start(cue.verb_start)..cue.verb_start)
            .iter()
            .find(|token| token.is_word() && !token.is_one_of(&["the", "all"]));
        before.is_some_and(|first| first.is_one_of(&["support", "maintenance", "sales", "sale"]))
            || after.windows(3).any(|three| {
                three[0].is("end")
                    && three[1].is("of")
                    && three[2].is_one_of(&["life", "support", "service", "sale", "maintenance"])
            })
    }

    fn is_presented(&self, cue: &Cue) -> bool {
        self.tokens[cue.tokens.start].text.to_lowercase().starts_with("present")
            && self.tokens[cue.tokens.end..].iter().any(|token| token.is("at"))
    }

    fn has_duty(&self) -> bool {
        self.tokens.iter().any(|token| token.is_one_of(&["must", "shall", "required", "obliged", "need", "have"]))
    }

    /// Whether what takes place has a name of its own: `the Open Science Jam will take place`.
    fn is_named_event(&self, cue: &Cue) -> bool {
        let start = self.clause_start(cue.verb_start);
        let is_name = |token: &Token<'_>| token.is_capitalised();
        self.tokens[start..cue.verb_start]
            .iter()
            .enumerate()
            .filter(|(at, token)| is_name(token) && start + at > 0)
            .count()
            > 0
            || self.tokens[cue.tokens.end..self.clause_end(cue.tokens.end)]
                .iter()
                .take(6)
                .filter(|token| is_name(token))
                .count()
                > 1
    }

    /// What must be done by a day, or from a day on, is told without any of our words: `must be labelled by 1 July`.
    fn duty(&self, index: usize, lead: Lead) -> Option<Kind> {
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
        match lead {
            Lead::By | Lead::Until | Lead::No if must || self.tokens.iter().any(is_deadline_noun) => {
                (must || lead != Lead::By || self.mentions.get(index)?.start.is_day()).then_some(Kind::Deadline)
            }
            Lead::AsOf | Lead::From if must && self.mentions.get(index)?.end.is_none() => Some(Kind::EffectiveDate),
            _ => None,
        }
    }

    /// `moved from 10 June to 9 July`, each a date of its own.
    fn is_followed_by_new_date(&self, index: usize) -> bool {
        let next = self.mentions.get(index + 1).and_then(|next| next.tokens.start.checked_sub(1));
        next.is_some_and(|before| self.tokens[before].is_one_of(&["to", "until"]))
    }

    /// Whether the date holds no more: cancelled, or the old one of what was moved.
    fn is_called_off(&self, index: usize) -> bool {
        let has = |sense: Sense| self.cues.iter().any(|cue| cue.sense == sense && !cue.is_negated);
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
        let is_off = self.mentions.len() <= 20 && old::is_off(&self.tokens) && !old::has_new(&self.tokens);
        is_yearly
            || is_left
            || (has(Sense::Cancelled) && !is_moved)
            || is_old
            || is_off
            || old::is_old(&self.tokens, &self.mentions, index)
    }
}
