//! Blocks that tell nothing but when a text was written.

use super::dates::{Mention, mentions};
use crate::block::{Block, Role};
use crate::mask::mask;
use crate::token::{Token, tokens};
use crate::written::Written;

/// Labels before the day on which something was published.
const LABELS: &[&str] = &[
    "published",
    "posted",
    "date",
    "updated",
    "dated",
    "released",
    "publication",
    "last",
    "release",
    "press",
    "news",
    "created",
];

/// The day of `By … on 9 October`, `Published: 2 July 2021`, `Brussels, 12 March 2021`, or of a day alone.
pub fn byline(block: &Block) -> Option<Written> {
    if block.text.len() > 160 || !block.text.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let raw = tokens(&block.text);
    let masked = mask(&block.text, &raw);
    let found = mentions(&masked.tokens);
    let [mention @ Mention { start: date @ Written::Day { .. }, end: None, .. }] = found.as_slice() else {
        return None;
    };
    let (before, after) = (&masked.tokens[..mention.tokens.start], &masked.tokens[mention.tokens.end..]);
    let is_last = after.iter().all(|token| !token.is_word());
    (is_last && (is_by_somebody(before) || is_label(before) || is_place(before, block))).then_some(*date)
}

fn is_by_somebody(before: &[Token<'_>]) -> bool {
    const SMALL: &[&str] =
        &["on", "and", "for", "de", "van", "von", "der", "den", "la", "da", "di", "bin", "al", "of", "the", "in", "at"];
    matches!(before, [first, second, ..] if first.is("by") && second.is_capitalised())
        && before[1..].iter().all(|token| !token.is_word() || token.is_capitalised() || token.is_one_of(SMALL))
}

fn is_label(before: &[Token<'_>]) -> bool {
    const SMALL: &[&str] =
        &["on", "date", "at", "updated", "modified", "release", "published", "by", "of", "publication", "last"];
    before.len() <= 6
        && before.first().is_some_and(|first| first.is_one_of(LABELS))
        && before[1..].iter().all(|token| !token.is_word() || token.is_one_of(SMALL))
}

fn is_place(before: &[Token<'_>], block: &Block) -> bool {
    let is_place = before.len() <= 4
        && before.last().is_none_or(|comma| comma.text == ",")
        && before.iter().all(|token| token.is_capitalised() || token.text == ",");
    is_place && block.role == Role::Paragraph && !block.text.ends_with('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bylines_tell_the_day_and_are_no_events() {
        for (text, is_byline) in [
            ("By Haley WU on 9 October", true),
            ("By Jonas van der Berg, 14 November 2021", true),
            ("Published: 18 December 2021", true),
            ("Last updated on 2021-05-06", true),
            ("Brussels, 12 March 2021", true),
            ("12 March 2021", true),
            ("By July 2020 more than 90% were connected", false),
            ("The deadline is 12 March 2021", false),
            ("Comments are due by 12 March 2021.", false),
            ("By the law of 12 March 2021", false),
        ] {
            let block = Block::of(Role::Paragraph, text, 1).unwrap();
            assert_eq!(byline(&block).is_some(), is_byline, "{text}");
        }
    }
}
