//! Of which kind a date is, by the verb that speaks of it, by what leads to it, or by the noun beside it.

use super::{Dated, Place};
use crate::english::kind::Cue;
use crate::english::lead::Lead;
use crate::english::lexicon::Sense;
use crate::english::nouns::{event_in, event_noun, is_call_noun, is_deadline_noun, is_release_noun};
use crate::english::sentence::Sentence;
use crate::event::Kind;
use crate::token::{Class, Token};
use crate::written::Written;
use crate::year::Tense;

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

impl Sentence<'_> {
    /// What the date is the date of, by the cue that speaks of it.
    pub fn dated(&self, index: usize, owner: Option<usize>) -> Option<Dated> {
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
        // `rooms are held until 1 March`, `comments are invited by 5 May`
        let is_open = |cue: &Cue| {
            matches!(lead, Lead::By | Lead::Until | Lead::No)
                && self.slice(cue.verb_start..cue.tokens.start).iter().any(|token| token.is_one_of(&["is", "are"]))
        };
        let tense = match cue {
            Some(cue) if cue.is_ahead || is_open(cue) => Tense::Ahead,
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
            let own = self.slice(self.clause_start(self.lead_start(index))..mention.tokens.start);
            if begins || lead == Lead::Until && own.iter().any(|token| token.is_one_of(LASTING)) {
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
            Written::Season(_) => false,
            Written::Year(_) if cue.sense == Sense::Opens && cue.is_ahead => true,
            Written::Year(_) => (cue.is_ahead || cue.sense == Sense::Moved) && lead != Lead::Of && kind != Kind::Other,
        };
        is_known_enough.then(|| dated(kind, false))
    }

    fn is_of_law(&self, cue: &Cue) -> bool {
        const LAWS: &[&str] =
            &["part", "parts", "article", "section", "chapter", "regulation", "regulations", "act", "order"];
        self.tokens[cue.tokens.start].is_one_of(&["commence", "commences"])
            && self.slice(self.clause_start(cue.verb_start)..cue.verb_start).iter().any(|token| token.is_one_of(LAWS))
    }

    fn is_of_call(&self, cue: &Cue) -> bool {
        let own = self.slice(self.clause_start(cue.verb_start)..cue.verb_start);
        let call = own.iter().rposition(|token| token.is_one_of(&["call", "calls"]));
        call.is_some_and(|call| {
            own[call + 1..].iter().all(|token| token.is_one_of(&["itself", "for", "proposals", "is"]))
        })
    }

    /// The kind that a verb tells of its date, considering how the date is led to.
    fn kind_by(&self, index: usize, cue: &Cue, lead: Lead, noun: Option<Kind>) -> Option<Kind> {
        // `From mid-2025 suppliers must publish their tariffs`
        if matches!(lead, Lead::From | Lead::AsOf) && self.must() && self.mentions.get(index)?.end.is_none() {
            return Some(Kind::EffectiveDate);
        }
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
            // `Part 1 commences on 1 January`
            Sense::Opens if self.is_of_law(cue) => Kind::EffectiveDate,
            // A call for proposals is none on the telephone.
            Sense::Opens | Sense::Closes if self.is_of_call(cue) => match cue.sense {
                Sense::Closes => Kind::Deadline,
                _ => Kind::Other,
            },
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
            Sense::Other if self.tokens[cue.tokens.start].is_one_of(&["follows", "follow", "resumes", "resume"]) => {
                let of_version = self.is_of_version(cue).then_some(Kind::Release);
                phrase_kind().or(noun).or(of_version).unwrap_or(Kind::Other)
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
        event_in(first).or_else(|| event_in(second)).or_else(|| event_in(&self.tokens[self.turn_before(start)..start]))
    }

    fn object_is_event(&self, cue: &Cue) -> bool {
        let object = &self.tokens[cue.tokens.end..self.clause_end(cue.tokens.end)];
        // `convened a seminar`, `gathered for the Forum`
        let is_direct = object.first().is_some_and(|first| first.is_one_of(&["a", "an", "the", "its"]));
        (is_direct || object.iter().any(|token| token.is("for")))
            && object.iter().any(|token| event_noun(token).is_some())
    }

    /// `RC1 would follow`, `the beta follows`
    fn is_of_version(&self, cue: &Cue) -> bool {
        self.slice(self.clause_start(cue.verb_start)..cue.verb_start).iter().any(|token| {
            let lower = token.text.to_lowercase();
            matches!(lower.trim_end_matches(|c: char| c.is_ascii_digit()), "rc" | "beta" | "alpha" | "candidate")
        })
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

    fn must(&self) -> bool {
        self.tokens.iter().enumerate().any(|(at, token)| {
            token.is_one_of(&["must", "shall"])
                || token.is_one_of(&["have", "has"]) && self.tokens.get(at + 1).is_some_and(|to| to.is("to"))
        })
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
}
