//! The title of what a sentence dates, by its kind.

use std::ops::Range;

use super::called::context::telling;
use super::called::titled::{is_plural, lowered};
use super::clause::Dated;
use super::kind::Cue;
use super::lexicon::Sense;
use super::naming::{
    capitalised, is_generic, is_nameless, name_after, says_more, title, title_of_heading, without_generic_end,
};
use super::nouns::event_in;
use super::sentence::Sentence;
use crate::event::Kind;
use crate::token::{Token, tokens};

impl Sentence<'_> {
    /// Fit to be published, as far as the sentence and what stands over it allow.
    pub fn title(
        &self,
        phrase: Option<Range<usize>>,
        dated: Dated,
        cue: Option<&Cue>,
        organizer: &str,
        location: &str,
        identifiers: &[String],
    ) -> String {
        let title = self.title_of_words(phrase, dated, cue, organizer, location, identifiers);
        self.fitted(&title, dated.kind, cue)
    }

    fn title_of_words(
        &self,
        phrase: Option<Range<usize>>,
        dated: Dated,
        cue: Option<&Cue>,
        organizer: &str,
        location: &str,
        identifiers: &[String],
    ) -> String {
        let heading = title_of_heading(telling(&self.around.heading, &self.around.title));
        let tokens = phrase.clone().map(|phrase| self.slice(phrase)).unwrap_or_default();
        let words = phrase.clone().map(|phrase| title(self.words(phrase))).unwrap_or_default();
        let is_vague = words.is_empty() || is_generic(tokens);
        let named = identifiers.first().map(|first| self.named(first));
        let is_plural = words.split(" of ").next().is_some_and(|head| {
            head.ends_with('s') && !head.ends_with("ss") && !head.ends_with("us") && !head.ends_with("is")
        });
        if cue.is_some_and(|cue| self.tokens[cue.tokens.start].is("interviewed")) {
            return format!("Interview with {}", words.split(',').next().unwrap_or_default());
        }
        match dated.kind {
            Kind::Meeting | Kind::Forum => {
                let is_meeting_of = !(words.len() < 5
                    && ["We", "I", "It", "They", "You", "All"].contains(&words.as_str()))
                    && cue
                        .is_some_and(|cue| cue.sense == Sense::Meets && !cue.is_passive && event_in(tokens).is_none())
                    || dated.kind == Kind::Meeting && words == organizer;
                match () {
                    () if is_meeting_of && !words.is_empty() && (!is_vague || heading.is_empty()) => {
                        self.meeting_of(tokens, &words)
                    }
                    () if is_nameless(tokens)
                        && !words.is_empty()
                        && !["It", "They", "We", "This"].contains(&words.as_str())
                        && !organizer.is_empty()
                        && organizer.len() < 120 =>
                    {
                        let is_the =
                            cue.and_then(|cue| self.subject(cue)).is_some_and(|who| self.tokens[who.start].is("the"));
                        format!("{words} of {}{organizer}", if is_the { "the " } else { "" })
                    }
                    // `Environmental Procedures: public hearing`
                    () if is_vague && !heading.is_empty() && !names_event(&heading) && event_in(tokens).is_some() => {
                        format!("{heading}: {}", lowered(&words))
                    }
                    () if is_vague && !heading.is_empty() => heading,
                    () if words.is_empty() => self.excerpt(),
                    () if is_vague && !location.is_empty() && location != "online" => format!("{words} in {location}"),
                    () => words,
                }
            }
            Kind::Deadline => {
                let released = || {
                    let cue = self.cues.iter().find(|cue| cue.sense == Sense::Release && !cue.is_noun)?;
                    let about = if cue.is_passive { self.subject(cue) } else { self.object(cue) }?;
                    Some(title(self.words(about)))
                };
                let named = named.or_else(|| released().filter(|_| begins_with_comments(&words)));
                let about = named
                    .filter(|named| !words.contains(named.as_str()))
                    .or(Some(heading).filter(|heading| !heading.is_empty() && is_vague));
                let begins = words.to_lowercase();
                let subject = match () {
                    () if words.is_empty() => "Deadline".to_owned(),
                    () if begins.starts_with("deadline")
                        || begins.starts_with("closing date")
                        || begins.starts_with("last da")
                        || begins.starts_with("final date") =>
                    {
                        words
                    }
                    () => format!("Deadline: {words}"),
                };
                about.map_or(subject.clone(), |about| format!("{subject} ({about})"))
            }
            Kind::EffectiveDate if self.lasts_until(dated, cue) => self.lasting(&words),
            // `From 6 April landlords must register`: what is to be done, in the sentence's own words.
            Kind::EffectiveDate if cue.is_none_or(|cue| !self.says_effect(cue)) && named.is_none() => {
                self.clause_words(cue).unwrap_or(words)
            }
            Kind::Release | Kind::EffectiveDate => {
                let told = match (named, phrase) {
                    (Some(named), Some(phrase)) if !is_vague => {
                        self.title_with_standard(phrase, &identifiers[0], &named).unwrap_or(words)
                    }
                    (Some(named), _) => named,
                    (None, _) if is_vague && !heading.is_empty() => heading,
                    (None, _) if words.is_empty() => self.excerpt(),
                    (None, _) => words,
                };
                effect_title(&told, dated.kind, cue, is_plural && identifiers.is_empty())
            }
            Kind::Other => match () {
                () if (dated.is_bare || words.is_empty()) && !heading.is_empty() && cue.is_none() && !self.is_item => {
                    heading
                }
                () if words.is_empty() => self.excerpt(),
                () if is_vague && !heading.is_empty() && cue.is_none() => heading,
                () => self.with_verb(words, cue),
            },
        }
    }

    /// Whether a verb says that something takes effect: then its subject is what does.
    fn says_effect(&self, cue: &Cue) -> bool {
        let extends =
            self.tokens[cue.tokens.start].text.to_lowercase().starts_with("extend") && cue.sense == Sense::Applies;
        matches!(cue.sense, Sense::Effective | Sense::Applies | Sense::Withdrawn | Sense::Moved | Sense::Closes)
            && !extends
    }

    fn lasts_until(&self, dated: Dated, cue: Option<&Cue>) -> bool {
        cue.is_none()
            && dated.kind == Kind::EffectiveDate
            && self.tokens.iter().any(|token| token.is_one_of(&["until", "through", "till"]))
    }

    /// `Lark 5.4: security fixes end`
    fn lasting(&self, words: &str) -> String {
        const MODALS: &[&str] =
            &["will", "is", "are", "remains", "remain", "receives", "receive", "continues", "shall"];
        let who: Vec<&str> = words.split_whitespace().take_while(|word| !MODALS.contains(word)).collect();
        let at = self.tokens.iter().position(|token| token.is_one_of(&["fixes", "updates", "patches"]));
        let what = match at {
            Some(at)
                if at > 0
                    && self.tokens[at - 1].is_word()
                    && self.tokens[at - 1].text.starts_with(char::is_lowercase) =>
            {
                format!("{} {} end", self.tokens[at - 1].text, self.tokens[at].text)
            }
            _ if self.tokens.iter().any(|token| token.is_one_of(&["supported", "support", "maintained"])) => {
                "support ends".to_owned()
            }
            _ => "ends".to_owned(),
        };
        title(&format!("{}: {what}", who.join(" ")))
    }

    /// The clause without its date.
    pub fn clause_words(&self, cue: Option<&Cue>) -> Option<String> {
        let mention = self.mentions.first()?;
        let lead = super::lead::Lead::start(&self.tokens, mention.tokens.start);
        let range = match lead {
            0 => mention.tokens.end..self.clause_end(mention.tokens.end),
            _ => self.clause_start(cue.map_or(lead, |cue| cue.verb_start)).min(lead)..lead,
        };
        let words = title(self.words(range));
        let words = words.trim_end_matches(['.', ',', ' ']).to_owned();
        (words.split_whitespace().count() > 1).then_some(words)
    }

    /// What opens, begins, is closed: the thing alone would not tell it.
    fn with_verb(&self, words: String, cue: Option<&Cue>) -> String {
        let Some(cue) = cue.filter(|cue| !cue.is_noun) else { return words };
        let verb = self.tokens[cue.tokens.start].text.to_lowercase();
        // `The Commission opened a public consultation`
        let object = self.object(cue).filter(|object| {
            let is_of_house = self.slice(object.clone()).iter().any(|token| token.is_one_of(&["doors", "gates"]));
            cue.sense == Sense::Opens
                && !is_of_house
                && !cue.is_passive
                && self.tokens[object.start].is_one_of(&["a", "an", "the", "its"])
        });
        let words = object.map_or(words, |object| title(self.words(object)));
        let ends = if is_plural(&words) { "" } else { "s" };
        match cue.sense {
            Sense::Closes if cue.is_passive => format!("{words} closed"),
            Sense::Opens | Sense::Other => {
                let stem = ["open", "begin", "start", "resume"].iter().find(|stem| verb.starts_with(**stem));
                match stem {
                    Some(stem) if !cue.is_passive => format!("{words} {stem}{ends}"),
                    _ => words,
                }
            }
            _ => words,
        }
    }

    /// The identifier with its name, where it is known.
    fn named(&self, identifier: &str) -> String {
        let here = self.standards.iter().filter(|standard| standard.identifier == identifier);
        let mut names = here.map(|standard| name_after(&self.tokens, standard.token + 1, self.text));
        let known = || self.around.names.iter().find(|(known, _)| known == identifier).map(|(_, name)| name.clone());
        let name = names.find(|name| !name.is_empty()).or_else(known).unwrap_or_default();
        format!("{identifier} {name}").trim().to_owned()
    }

    /// A phrase that names a standard: what it says of it, and the standard by number and name.
    fn title_with_standard(&self, phrase: Range<usize>, identifier: &str, named: &str) -> Option<String> {
        let token = self
            .standards
            .iter()
            .find(|standard| standard.identifier == identifier && phrase.contains(&standard.token))?
            .token;
        let before = self.words(phrase.start..token);
        if !says_more(before) {
            return Some(named.to_owned());
        }
        let before = without_generic_end(before.trim_end_matches(['(', ' ', '“', '–', '—', ':', ',']));
        // `Recommendation ITU-T X.1771`
        let is_close = token == phrase.start + 1;
        let glue = if is_close
            || before.ends_with(" of")
            || before.ends_with(" for")
            || before.ends_with(" on")
            || before.ends_with(" to")
        {
            " "
        } else {
            ": "
        };
        Some(title(&format!("{before}{glue}{named}")))
    }

    /// Of a committee that met.
    fn meeting_of(&self, tokens: &[Token<'_>], words: &str) -> String {
        match tokens.first().is_some_and(|first| first.is("the")) {
            true => format!(
                "Meeting of the {}",
                self.text.get(tokens[0].end()..tokens[tokens.len() - 1].end()).unwrap_or(words).trim()
            ),
            false => capitalised(&format!("Meeting of {words}")),
        }
    }

    /// The first words of the sentence, where it has no better name.
    fn excerpt(&self) -> String {
        let words: Vec<&str> = self.text.split_whitespace().take(10).collect();
        title(&words.join(" "))
    }
}

fn names_event(heading: &str) -> bool {
    event_in(&tokens(heading)).is_some()
}

fn begins_with_comments(words: &str) -> bool {
    let words = words.to_lowercase();
    ["comment", "public comment", "feedback", "opinion", "view"].iter().any(|begin| words.starts_with(begin))
}

pub fn effect_title(told: &str, kind: Kind, cue: Option<&Cue>, is_plural: bool) -> String {
    let told = title(told);
    match (kind, cue) {
        (Kind::EffectiveDate, Some(cue)) if cue.sense == Sense::Withdrawn => {
            format!("{told} {} withdrawn", if is_plural { "are" } else { "is" })
        }
        (Kind::EffectiveDate, Some(cue)) if cue.sense == Sense::Closes => {
            const VERBS: &[&str] = &["reached", "reaches", "reach", "will", "goes", "went", "is", "has"];
            let who: Vec<&str> = told.split_whitespace().take_while(|word| !VERBS.contains(word)).collect();
            let who = who.join(" ");
            match ["support", "maintenance", "sale"].iter().any(|word| who.to_lowercase().starts_with(word)) {
                true => format!("{who} ends"),
                false => format!("{who}: end of life"),
            }
        }
        (Kind::EffectiveDate, Some(cue)) if cue.verb_start > 0 => {
            // `the entry into force of the rules`
            let lower = told.to_lowercase();
            let noun = ["entry into force of ", "entry into application of ", "application of ", "implementation of "];
            let told = noun
                .iter()
                .find(|noun| lower.starts_with(**noun))
                .and_then(|noun| told.get(noun.len()..))
                .map_or(told.clone(), title);
            format!("{told} {} effect", if is_plural { "take" } else { "takes" })
        }
        _ => told,
    }
}
