//! The verbs of a sentence: what each says of a date, and how it says it.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use super::lexicon::{PHRASES, Sense};
use crate::token::Token;

/// A verb or a phrase in a sentence.
#[derive(Debug, Clone)]
pub struct Cue {
    pub tokens: Range<usize>,
    /// Where its verb begins, helping verbs included: `is expected to be released`.
    pub verb_start: usize,
    pub sense: Sense,
    /// What the verb does is done to its subject: `was held`.
    pub is_passive: bool,
    pub is_ahead: bool,
    /// A participle that only describes a noun: `the list, released by the council`.
    pub is_reduced: bool,
    /// The noun rather than the verb: `the release of`.
    pub is_noun: bool,
    pub is_negated: bool,
}

struct Phrase {
    sense: Sense,
    rest: Vec<Vec<&'static str>>,
}

/// By their first words.
static BY_WORD: LazyLock<HashMap<&str, Vec<Phrase>>> = LazyLock::new(|| {
    let mut by_word: HashMap<&str, Vec<Phrase>> = HashMap::new();
    for (sense, phrases) in PHRASES {
        for phrase in *phrases {
            let mut words = phrase.split(' ').map(|word| word.split('|').collect::<Vec<_>>());
            let first = words.next().unwrap_or_default();
            let rest: Vec<_> = words.collect();
            for word in first {
                by_word.entry(word).or_default().push(Phrase { sense: *sense, rest: rest.clone() });
            }
        }
    }
    // Longer phrases are tried first.
    by_word.values_mut().for_each(|phrases| phrases.sort_by_key(|phrase| std::cmp::Reverse(phrase.rest.len())));
    by_word
});

/// All cues of a sentence, in order. In a heading every word may begin with a capital.
pub fn cues(tokens: &[Token<'_>], is_heading: bool) -> Vec<Cue> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        match phrase(tokens, at, is_heading) {
            Some((sense, end)) => {
                let cue = cue(tokens, at..end, sense, is_heading);
                // A week celebrates a theme; a day is celebrated.
                let is_theme =
                    !cue.is_passive && !is_heading && tokens[at].is_one_of(&["celebrated", "commemorated", "observed"]);
                if !is_theme {
                    found.push(cue);
                }
                at = end;
            }
            None => at += 1,
        }
    }
    found
}

fn phrase(tokens: &[Token<'_>], at: usize, is_heading: bool) -> Option<(Sense, usize)> {
    let first = tokens.get(at).filter(|first| first.is_word())?;
    // A capital in the middle of a sentence is a name's.
    let is_name = first.is_capitalised() && at > 0 && !is_heading && !matches!(tokens[at - 1].text, ":" | "“" | "•");
    // `to re-open`
    if at.checked_sub(1).is_some_and(|dash| tokens[dash].text == "-" && !tokens[dash].spaced && !first.spaced) {
        return None;
    }
    // `the register listed`
    let before = at.checked_sub(1).and_then(|before| tokens.get(before));
    if first.is("register")
        && before.is_some_and(|before| before.is_one_of(&["the", "a", "our", "its", "this", "of", "public"]))
    {
        return None;
    }
    // `due to start on`
    let leads_on =
        first.is("due") && tokens.get(at + 1).is_some_and(|next| next.is_one_of(&["to", "for", "date", "dates"]));
    // `via GitHub issues`
    if first.is("issues") && before.is_some_and(|before| before.text.starts_with("Git")) {
        return None;
    }
    let is_rsvp = first.text == "RSVP";
    let phrases = match first.text.bytes().any(|octet| octet.is_ascii_uppercase() || !octet.is_ascii()) {
        true => BY_WORD.get(first.text.to_lowercase().as_str()),
        false => BY_WORD.get(first.text),
    };
    let phrases = phrases.filter(|_| !is_name || is_rsvp)?;
    if leads_on && !tokens.get(at + 1).is_some_and(|next| next.is("for")) {
        return None;
    }
    phrases.iter().find_map(|phrase| {
        let mut next = at + 1;
        for words in &phrase.rest {
            // `made publicly available`, `came fully into force`
            let is_adverb = |token: &Token<'_>| {
                token.is_word() && token.text.ends_with("ly")
                    || token.is_one_of(&["public", "written", "your", "any", "further"])
            };
            next += usize::from(tokens.get(next).is_some_and(is_adverb));
            let is_hyphenated = words.iter().any(|word| word.contains('-'));
            if is_hyphenated || !tokens.get(next)?.is_one_of(words) {
                return None;
            }
            next += 1;
        }
        // What leads to the date stays with the date.
        let ends = tokens[next - 1]
            .is_one_of(&["by", "on", "before", "until", "till", "from", "in", "no", "is", "through", "for", "to"]);
        Some((phrase.sense, if ends && next - at > 1 { next - 1 } else { next }))
    })
}

const BE: &[&str] = &["is", "are", "was", "were", "be", "been", "being", "gets", "got"];
const AHEAD: &[&str] = &[
    "will",
    "shall",
    "to",
    "expected",
    "planned",
    "scheduled",
    "due",
    "should",
    "must",
    "may",
    "can",
    "foreseen",
    "slated",
    "would",
    "intends",
    "plans",
    "aims",
    "likely",
    "could",
    "anticipated",
    "set",
    "going",
];
const HELPERS: &[&str] = &[
    "has",
    "have",
    "had",
    "not",
    "also",
    "now",
    "then",
    "first",
    "again",
    "thus",
    "both",
    "once",
    "later",
    "never",
    "still",
    "therefore",
    "soon",
    "next",
];
const PAST: &[&str] = &[
    "took", "came", "went", "held", "met", "began", "ran", "became", "put", "brought", "sent", "made", "was", "were",
    "taken", "set", "entry", "sought",
];

fn cue(tokens: &[Token<'_>], range: Range<usize>, sense: Sense, is_heading: bool) -> Cue {
    let belongs = |token: &&Token<'_>| {
        token.is_one_of(BE)
            || token.is_one_of(AHEAD)
            || token.is_one_of(HELPERS)
            || (token.is_word() && token.text.ends_with("ly"))
    };
    let group = tokens[..range.start].iter().rev().take(8).take_while(belongs).count();
    let group = &tokens[range.start - group..range.start];
    let has = |words: &[&str]| group.iter().any(|token| token.is_one_of(words));
    let word = tokens[range.start].text.to_lowercase();
    let is_past = word.ends_with("ed") || word.ends_with("wn") || PAST.contains(&word.as_str());
    let is_participle =
        word.ends_with("ed") || word.ends_with("wn") || matches!(word.as_str(), "held" | "taken" | "made" | "sent");
    let after = tokens.get(range.end);
    let before = range.start.checked_sub(1).map(|at| &tokens[at]);
    let describes = is_participle && group.is_empty() && !is_heading;
    let needs_object = !matches!(sense, Sense::Meets | Sense::Effective | Sense::Opens | Sense::Closes | Sense::Moved);
    let is_followed_by_phrase = after.is_none_or(|next| {
        next.is_one_of(&[
            "by", "in", "on", "at", "as", "for", "under", "from", "during", "until", "to", ",", ")", "between", ".",
        ])
    });
    let is_attributive = before.is_some_and(|before| {
        before.is_one_of(&[
            "the", "a", "an", "its", "their", "newly", "all", "any", "these", "such", "recently", "this", "no",
        ]) || before.text == "-"
    });
    let is_noun = (matches!(
        word.as_str(),
        "release"
            | "issue"
            | "launch"
            | "publication"
            | "announcement"
            | "issues"
            | "releases"
            | "implementation"
            | "present"
    ) && !has(&["will", "shall", "to", "can", "must", "should", "would", "may", "could"]))
        || (is_participle && is_attributive);
    Cue {
        verb_start: range.start - group.len(),
        sense,
        is_passive: has(BE) && is_participle,
        is_ahead: has(AHEAD)
            || sense == Sense::Expected
            || (!is_past && !is_noun && !has(HELPERS) && !has(&["was", "were"])),
        is_reduced: describes && needs_object && is_followed_by_phrase,
        is_noun,
        is_negated: has(&["not", "never"]),
        tokens: range,
    }
}
