//! Dates that hold no more: moved, taken back, cancelled.

use super::dates::Mention;
use super::nouns::event_noun;
use crate::token::Token;
use crate::written::Span;

/// Those that hold, and the one that was before, if it is told.
pub fn parted(tokens: &[Token<'_>], mentions: &[Mention]) -> (Vec<Mention>, Option<Span>) {
    let is_old: Vec<bool> = (0..mentions.len()).map(|index| is_old(tokens, mentions, index)).collect();
    let kept: Vec<Mention> =
        mentions.iter().zip(&is_old).filter(|(_, is_old)| !**is_old).map(|(mention, _)| mention.clone()).collect();
    let was = mentions.iter().zip(&is_old).find(|(_, is_old)| **is_old).map(|(mention, _)| mention.span());
    (kept, was)
}

/// Whether a date is told as the one that holds no more: `(previously 30 June)`, `instead of 3 May`, `was scheduled for`.
pub fn is_old(tokens: &[Token<'_>], mentions: &[Mention], index: usize) -> bool {
    let Some(mention) = mentions.get(index) else { return false };
    let start = mention.tokens.start;
    let from = index.checked_sub(1).map_or(0, |before| mentions[before].tokens.end);
    let own = &tokens[from.min(start)..start];
    let near = &own[own.len().saturating_sub(7)..];
    let is = |at: usize, words: &[&str]| near.get(at).is_some_and(|token| token.is_one_of(words));
    for at in 0..near.len() {
        let goes_new =
            near[at..].iter().any(|token| token.is_one_of(&["to", "now", "until"]) || matches!(token.text, ";"));
        let is_told_old = is(at, &["previously", "formerly", "originally", "initially", "instead", "old"])
            || is(at, &["was", "were"])
                && (at == 0 || matches!(near[at - 1].text, "(" | "["))
                && near.len() - at <= 3
                && from > 0
            || is(at, &["rather"]) && is(at + 1, &["than"])
            || is(at, &["no"]) && is(at + 1, &["longer"])
            || is(at, &["not"]) && at + 1 >= near.len().saturating_sub(1) && from > 0;
        // `previously announced for`, `instead of`, but not `previously 3 May, now 5 May`.
        let is_instead = !is(at, &["instead"]) || is(at + 1, &["of"]);
        if is_told_old && is_instead && !goes_new {
            return true;
        }
    }
    let goes_on = index + 1 < mentions.len();
    let moves_before = |words: &[&str]| tokens[..start].iter().any(|token| token.is_one_of(words));
    // `has put back its meeting (14-15 March) by a fortnight: we meet on 28 March`
    let is_aside = start > 0 && tokens[start - 1].text == "(" && goes_on;
    if is_aside && moves_before(&["postponed", "moved", "rescheduled", "back", "off", "deferred"]) {
        return true;
    }
    // `which was to expire on 17 February, is extended to 3 March`
    let was_to = near.windows(2).any(|two| two[0].is_one_of(&["was", "were"]) && two[1].is("to"));
    if was_to && goes_on {
        return true;
    }
    // `which was scheduled for 3 May, has been rescheduled for 7 June`, `the congress scheduled for 4 May will now be held`
    let is_planned = near.iter().enumerate().any(|(at, token)| {
        let be = at.checked_sub(1).and_then(|be| near.get(be));
        token.is_one_of(&["scheduled", "planned", "due", "announced", "set", "foreseen"])
            && !be.is_some_and(|be| be.is_one_of(&["is", "are", "be", "now", "newly"]))
    });
    let moves = |token: &Token<'_>| {
        token.is_one_of(&[
            "rescheduled",
            "moved",
            "postponed",
            "now",
            "instead",
            "delayed",
            "deferred",
            "brought",
            "put",
            "pushed",
        ])
    };
    let is_postponed =
        tokens.iter().take(3).any(|token| token.is_one_of(&["postponed", "rescheduled", "moved", "deferred"]))
            && mentions.get(index + 1).is_some_and(|next| {
                let between = &tokens[mention.tokens.end..next.tokens.start.max(mention.tokens.end)];
                between.iter().any(|token| token.is_one_of(&["new", "now"]))
            });
    is_postponed || is_planned && index + 1 < mentions.len() && tokens[mention.tokens.end..].iter().any(moves)
}

/// The day on which somebody looked something up: `(last visited 7 January 2022)`.
pub fn is_visit(tokens: &[Token<'_>], mention: &Mention) -> bool {
    let before = mention.tokens.start.checked_sub(1).and_then(|at| tokens.get(at));
    before.is_some_and(|word| word.is_one_of(&["visited", "accessed", "retrieved"]))
}

/// A day kept free in case the other one fails: `(reserve day 8 September)`, `rain date: 24 August`.
pub fn is_spare(tokens: &[Token<'_>], mention: &Mention) -> bool {
    let before = &tokens[mention.tokens.start.saturating_sub(4)..mention.tokens.start];
    let spare = |token: &Token<'_>| {
        token.is_one_of(&["reserve", "rain", "backup", "fallback", "spare", "contingency", "alternate"])
    };
    before.iter().enumerate().any(|(at, token)| {
        spare(token)
            && before[at + 1..].iter().all(|next| {
                next.is_one_of(&["day", "date", "days", "dates", "on", "is"]) || matches!(next.text, ":" | "-")
            })
    })
}

/// Whether a sentence or line takes something back: cancelled, called off, `will not go ahead`, `no meetings`.
pub fn is_off(tokens: &[Token<'_>]) -> bool {
    let is = |at: usize, words: &[&str]| tokens.get(at).is_some_and(|token| token.is_one_of(words));
    (0..tokens.len()).any(|at| {
        is(at, &["cancelled", "canceled", "cancellation", "postponed", "scrapped", "shelved", "axed"])
            && !is(at.wrapping_sub(1), &["not", "been"])
            && !is(at.wrapping_sub(2), &["not", "n’t"])
            && (at < 3
                || is(at.wrapping_sub(1), &["is", "was", "are", "were", "(", "|", ":", "–", "-"])
                || at + 2 >= tokens.len())
            || is(at, &["called"]) && is(at + 1, &["off"])
            || is(at, &["no"]) && names_none(tokens, at)
            || is(at, &["not"])
                && (is(at + 1, &["go"]) && is(at + 2, &["ahead"])
                    || is(at + 1, &["take", "be"]) && is(at + 2, &["place", "held"]))
            || is(at, &["cannot"]) && is(at + 1, &["stand", "take", "go", "be", "happen"]) && !is(at + 2, &["accepted"])
            || is(at, &["longer"]) && is(at.wrapping_sub(1), &["no"]) && is(at + 1, &["take", "be", "taking"])
            || is(at, &["won’t", "won't"]) && is(at + 1, &["go", "take", "be"])
    })
}

/// `no meetings`, and at the head of a line or behind its date `no` and any other thing that is held.
fn names_none(tokens: &[Token<'_>], at: usize) -> bool {
    const ANYWHERE: &[&str] = &["meeting", "meetings", "class", "classes", "session", "sessions", "seminar", "service"];
    let Some(name) = tokens.get(at + 1) else { return false };
    let is_head = at.checked_sub(1).and_then(|before| tokens.get(before)).is_none_or(|before| {
        before.is_dash() || matches!(before.text, ":" | "|") || before.text.ends_with(|c: char| c.is_ascii_digit())
    });
    let ends = tokens.get(at + 2).is_none_or(|next| {
        !next.is_word() || next.is_one_of(&["on", "in", "this", "for", "at", "from", "during", "until"])
    });
    name.is_one_of(ANYWHERE)
        || is_head && ends && (event_noun(name).is_some() || name.is_one_of(&["meetup", "course", "courses"]))
}

/// Whether what is taken back has a new date all the same.
pub fn has_new(tokens: &[Token<'_>]) -> bool {
    let is = |at: usize, words: &[&str]| tokens.get(at).is_some_and(|token| token.is_one_of(words));
    (0..tokens.len()).any(|at| {
        is(at, &["new"]) && is(at + 1, &["date", "dates", "time"])
            || is(at, &["rescheduled", "moved", "now", "instead"])
            || is(at, &["until", "to"]) && is(at.wrapping_sub(1), &["postponed", "deferred"])
    })
}
