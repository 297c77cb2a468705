//! Titles made fit: none begins with a pronoun or a label, none ends in a preposition. Where a sentence has no name for the
//! thing, it is what the heading is about and what happens.

mod deadline;

use super::called::context::{about, without_date};
use super::kind::Cue;
use super::lexicon::Sense;
use super::naming::{capitalised, title};
use super::nouns::event_noun;
use super::sentence::Sentence;
use crate::event::Kind;
use crate::mask::span;
use crate::token::{Class, Token, tokens};

/// Words that no title begins with.
const BAD_BEGINNINGS: &[&str] = &[
    "we", "i", "it", "they", "he", "she", "you", "this", "that", "these", "those", "there", "please", "who", "which",
    "what", "ahead", "subject", "except", "no", "from", "by", "as", "also", "and", "but", "or", "if", "when", "while",
    "with", "after", "before", "until", "on", "in", "at", "of", "to", "for", "is", "are", "was", "were", "be", "must",
    "shall", "should", "will", "may", "can", "has", "have", "had", "not", "now", "then", "however", "today",
    "tomorrow", "due", "becomes", "become", "closed", "instead", "both", "its", "our", "your", "their", "since",
    "during", "only", "all",
];

/// Words that no title ends with.
const BAD_ENDS: &[&str] = &[
    "occurring",
    "scheduled",
    "cannot",
    "of",
    "for",
    "to",
    "in",
    "on",
    "at",
    "by",
    "is",
    "are",
    "was",
    "were",
    "be",
    "been",
    "will",
    "must",
    "shall",
    "should",
    "may",
    "can",
    "and",
    "or",
    "the",
    "a",
    "an",
    "has",
    "have",
    "had",
    "with",
    "from",
    "as",
    "that",
    "which",
    "than",
    "not",
    "no",
    "its",
    "their",
    "into",
    "who",
    "until",
    "between",
    "also",
    "now",
    "then",
    "follows",
    "circulates",
    "circulated",
    "sought",
    "would",
    "could",
    "do",
    "does",
    "goes",
    "go",
    "via",
    "but",
    "through",
    "please",
    "today",
];

/// Where the name of what is due ends and the duty begins.
const DUTIES: &[&str] =
    &["must", "should", "shall", "will", "may", "can", "need", "needs", "have", "has", "are", "is", "was", "were"];

/// Without what only its kind says.
pub fn bare(title: &str) -> &str {
    let title = title.strip_prefix("Deadline: ").unwrap_or(title);
    [" takes effect", " take effect", " is withdrawn", " are withdrawn", " opens", " open"]
        .iter()
        .find_map(|end| title.strip_suffix(end))
        .unwrap_or(title)
}

impl Sentence<'_> {
    pub fn fitted(&self, raw: &str, kind: Kind, cue: Option<&Cue>) -> String {
        let is_deadline = raw.starts_with("Deadline: ") || raw == "Deadline";
        let end = raw.strip_prefix("Deadline: ").unwrap_or(raw).strip_prefix(bare(raw)).unwrap_or_default();
        let body = without_date(&trimmed(without_label(bare(raw)), is_deadline));
        let context = about(&self.around.heading, &self.around.title).filter(|context| context.chars().count() < 100);
        if is_deadline || kind == Kind::Deadline {
            return self.deadline(&body, context.as_deref(), cue, raw);
        }
        let is_decision = cue.is_some_and(|cue| self.tokens[cue.tokens.start].is_one_of(&["decided", "agreed"]));
        if is_decision && let Some(clause) = self.clause_words(cue) {
            return clause;
        }
        let is_presented = kind.is_attended() && cue.is_some_and(|cue| cue.sense == Sense::Release);
        if let Some(event) = self.event_phrase().filter(|_| is_presented) {
            return event;
        }
        let body = self.with_number(body);
        let body = match kind {
            Kind::Meeting | Kind::Forum | Kind::Release => trimmed(before_verb(&body), false),
            Kind::EffectiveDate if !end.is_empty() => trimmed(before_verb(&body), false),
            _ => body,
        };
        // `We intend to publish our response` is not what the heading is.
        let is_ours = self.tokens.first().is_some_and(|first| is_one_of(pronoun(first.text), &["we", "i"]))
            && !kind.is_attended();
        if let Some(deed) = self.deed(cue).filter(|_| is_ours && end.is_empty()) {
            return deed;
        }
        if !is_bad(&body) {
            return format!("{}{end}", capitalised(&body));
        }
        let points =
            tokens(&body).first().is_some_and(|first| first.is_one_of(&["it", "they", "this", "these", "both"]));
        let of_subject = || {
            let subject = title(without_label(self.words(self.subject(cue?)?)));
            let subject = trimmed(&subject, false);
            (!is_bad(&subject) && !begins(raw, &["it", "they", "this"])).then_some(subject)
        };
        let last = Some(self.around.last.as_str()).filter(|last| points && !last.is_empty()).map(str::to_owned);
        let event = || self.event_phrase().filter(|_| kind.is_attended() || kind == Kind::Other);
        let deed = || self.deed(cue).filter(|_| points || body.is_empty() || begins(&body, &["we", "i", "you"]));
        match last.or_else(of_subject).or_else(event) {
            Some(name) => format!("{name}{end}"),
            None if begins(&body, &["instead"]) => {
                cue.and_then(|cue| self.subject(cue)).map_or(body, |subject| title(self.words(subject)))
            }
            None if kind == Kind::EffectiveDate && points && context.is_none() => "Entry into effect".to_owned(),
            None => match (deed(), context) {
                (Some(deed), _) => deed,
                (None, Some(context)) => {
                    format!("{context}{}", if end.is_empty() { what(kind) } else { end.to_owned() })
                }
                (None, None) if begins(&body, &["we", "i", "you", "it", "they", "this"]) && !body.contains(' ') => {
                    match kind {
                        Kind::Meeting => "Meeting".to_owned(),
                        Kind::Forum => "Event".to_owned(),
                        _ => self.excerpt_title(),
                    }
                }
                (None, None) if body.is_empty() => self.excerpt_title(),
                (None, None) => format!("{}{end}", capitalised(&body)),
            },
        }
    }

    /// `a new version, 1.68.0, on 9 March`: the number belongs to the name.
    fn with_number(&self, body: String) -> String {
        let last = body.rsplit(' ').next().unwrap_or_default();
        if !["version", "release", "edition"].contains(&last.to_lowercase().as_str()) {
            return body;
        }
        let number = (0..self.tokens.len()).find(|at| self.tokens[*at].text == last).and_then(|at| {
            let next = at + 1 + usize::from(self.tokens.get(at + 1).is_some_and(|comma| comma.text == ","));
            let first =
                self.tokens.get(next).filter(|first| first.number().is_some() || first.class == Class::Opaque)?;
            self.text.get(first.at..)?.split([' ', ',']).next()
        });
        match number.filter(|number| {
            !self.mentions.iter().any(|mention| self.words(mention.tokens.clone()).starts_with(number))
        }) {
            Some(number) => format!("{body} {number}"),
            None => body,
        }
    }

    /// What somebody who is only `we` does: `stop accepting uploads from clients older than 1.40`.
    fn deed(&self, cue: Option<&Cue>) -> Option<String> {
        let from = cue.map_or(0, |cue| cue.tokens.start);
        let mention = self.mentions.iter().find(|mention| mention.tokens.start >= from)?;
        let lead = super::lead::Lead::start(&self.tokens, mention.tokens.start);
        let limit = cue.map_or(lead, |cue| cue.tokens.start);
        let helps = |token: &Token<'_>| {
            token.is_one_of(&[
                "will", "shall", "intend", "to", "plan", "are", "is", "be", "going", "expect", "hope", "also", "now",
                "have", "has", "like", "would", "do",
            ])
        };
        let subject = (0..limit)
            .rev()
            .find(|at| is_one_of(pronoun(self.tokens[*at].text), &["we", "i", "you", "it", "they", "this"]))?;
        let start = (subject + 1..=limit).find(|at| !helps(&self.tokens[*at]))?;
        let words = title(self.text.get(span(&self.tokens, start..lead))?);
        let words = trimmed(&words, false);
        (words.split_whitespace().count() > 1).then_some(words)
    }

    /// The noun phrase of an event, anywhere in the sentence: `the next meeting of Study Group 21`.
    fn event_phrase(&self) -> Option<String> {
        let noun = self.tokens.iter().position(|token| event_noun(token).is_some())?;
        let is_edge = |token: &Token<'_>| {
            token.is_one_of(&[
                "the", "a", "an", "to", "for", "of", "its", "our", "at", "in", "is", "be", "hold", "host", "attend",
            ]) || !token.is_word() && token.number().is_none()
        };
        let start = (0..noun).rev().find(|at| is_edge(&self.tokens[*at])).map_or(0, |at| at + 1);
        let goes_on = |token: &Token<'_>| {
            token.is_capitalised()
                || token.is_one_of(&["of", "for", "on", "the", "and"])
                || token.number().is_some()
                || token.class == Class::Opaque
                || token.text == "/"
        };
        let mut end = noun + 1;
        while end < self.tokens.len()
            && goes_on(&self.tokens[end])
            && !self.mentions.iter().any(|mention| mention.tokens.contains(&end))
        {
            end += 1;
        }
        let words = trimmed(&title(self.text.get(span(&self.tokens, start..end))?), false);
        (words.split_whitespace().count() > 1 && !is_bad(&words)).then_some(words)
    }

    fn excerpt_title(&self) -> String {
        let words: Vec<&str> = self.text.split_whitespace().take(10).collect();
        let text = title(&words.join(" "));
        if text.is_empty() { "Date".to_owned() } else { text }
    }
}

fn what(kind: Kind) -> String {
    match kind {
        Kind::Meeting => ": meeting",
        Kind::Deadline => ": deadline",
        Kind::EffectiveDate => " takes effect",
        Kind::Forum | Kind::Release | Kind::Other => "",
    }
    .to_owned()
}

/// What stands before the verb, where a phrase was taken too far.
fn before_verb(body: &str) -> &str {
    let cut =
        [" is ", " are ", " will ", " was ", " were ", " cannot "].iter().filter_map(|verb| body.find(verb)).min();
    cut.and_then(|cut| body.get(..cut)).unwrap_or(body)
}

/// `DATES: The meeting`, `Please note that the meeting`, `Instead, it`
fn without_label(text: &str) -> &str {
    const TURNS: &[&str] = &["instead, ", "however, ", "also, ", "then, ", "therefore, ", "finally, ", "in addition, "];
    let turn = TURNS.iter().find(|turn| text.get(..turn.len()).is_some_and(|start| start.eq_ignore_ascii_case(turn)));
    let text = turn.and_then(|turn| text.get(turn.len()..)).unwrap_or(text);
    const OPENINGS: &[&str] = &[
        "please note that ",
        "note that ",
        "please be informed that ",
        "we are pleased to announce that ",
        "we are pleased to announce ",
        "please be advised that ",
    ];
    let lower = text.to_lowercase();
    let text = OPENINGS
        .iter()
        .find(|opening| lower.starts_with(**opening))
        .and_then(|opening| text.get(opening.len()..))
        .unwrap_or(text);
    let Some((label, rest)) = text.split_once(": ") else { return text };
    let is_label = label.chars().all(|c| c.is_uppercase() || c.is_whitespace())
        && label.chars().count() > 2
        && label.split_whitespace().count() < 4;
    let is_known = ["note", "update", "reminder", "from", "subject", "to", "date", "dates", "when"]
        .contains(&label.to_lowercase().as_str());
    if (is_label || is_known) && !rest.trim().is_empty() { rest } else { text }
}

/// Without what it can't end with; what is due, without the duty.
fn trimmed(text: &str, is_deadline: bool) -> String {
    let mut words: Vec<&str> = text.split_whitespace().collect();
    let is_gloss = |word: &&str| matches!(word.trim_matches(['(', '.', ',']), "i.e" | "e.g" | "viz");
    if let Some(gloss) = words.iter().skip(1).position(is_gloss) {
        words.truncate(gloss + 1);
    }
    const ASIDES: &[&str] = &["scheduled", "planned", "originally", "previously", "initially", "foreseen"];
    if let Some(aside) = words.iter().skip(1).position(|word| ASIDES.contains(word)) {
        words.truncate(aside + 1);
    }
    if is_deadline
        && let Some(duty) = words.iter().skip(1).position(|word| DUTIES.contains(&word.to_lowercase().as_str()))
    {
        words.truncate(duty + 1);
    }
    if matches!(words.as_slice(), [_, .., "for" | "of" | "on", "it" | "this" | "them"]) {
        words.truncate(words.len() - 2);
    }
    while let Some(last) = words.last() {
        let plain = last.trim_matches(|c: char| !c.is_alphanumeric());
        if !BAD_ENDS.contains(&plain.to_lowercase().as_str())
            || plain.chars().all(char::is_uppercase) && plain.len() > 1
        {
            break;
        }
        words.pop();
    }
    title(&words.join(" "))
}

fn begins(text: &str, words: &[&str]) -> bool {
    is_one_of(pronoun(text.split_whitespace().next().unwrap_or_default()), words)
}

/// `I’d` and `we’ll` without their verb.
fn pronoun(word: &str) -> &str {
    match word.split_once(['’', '\'']) {
        Some((word, "d" | "ll" | "re" | "m" | "ve")) => word,
        _ => word,
    }
}

fn is_one_of(word: &str, words: &[&str]) -> bool {
    words.iter().any(|known| known.eq_ignore_ascii_case(word))
}

/// Whether nobody would print it.
fn is_bad(body: &str) -> bool {
    const NAMELESS: &[&str] = &[
        "meeting",
        "date",
        "deadline",
        "event",
        "notice",
        "voting",
        "text",
        "deadlines",
        "session",
        "hearing",
        "webinar",
        "conference",
        "workshop",
        "call",
        "ballot",
    ];
    let words = body.split_whitespace().count();
    let is_number = !body.chars().any(char::is_alphabetic);
    let is_of_pronoun = body
        .strip_prefix("Meeting of ")
        .is_some_and(|who| matches!(who.to_lowercase().as_str(), "we" | "i" | "it" | "they" | "you" | "all"));
    let is_counted = body.strip_prefix("No. ").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    if is_counted {
        return false;
    }
    body.is_empty()
        || is_number
        || is_of_pronoun
        || begins(body, BAD_BEGINNINGS)
        || body.starts_with('(')
        || words == 1 && NAMELESS.contains(&body.to_lowercase().as_str())
}
