//! Blocks that tell nothing but when a text was written.

use super::dates::mentions;
use super::names::month;
use super::nouns::{event_noun, is_deadline_noun};
use crate::block::{Block, Role};
use crate::mask::mask;
use crate::token::{Class, Token, tokens};
use crate::written::{Span, Written};

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
    "sent",
    "issued",
    "modified",
    "dated",
];

/// The day of `By … on 9 October`, `Published: 2 July 2021`, `Brussels, 12 March 2021`, or of a day alone; the month of
/// `Issue 48, April 2022`; of a heading the month or year that it names.
pub fn byline(block: &Block) -> Option<Written> {
    if block.text.len() > 200 || !block.text.contains(|c: char| c.is_ascii_digit()) || !block.cells.is_empty() {
        return None;
    }
    let raw = tokens(&block.text);
    let masked = mask(&block.text, &raw);
    let tokens = &masked.tokens;
    let found = mentions(tokens);
    let [mention] = found.as_slice() else {
        // `TIDES 2024`, `2024`, `Programme 2023/24`
        let is_period = (block.role == Role::Heading || tokens.len() == 1) && found.is_empty();
        // `June` over its days
        let named = tokens.first().filter(|_| block.role == Role::Heading && tokens.len() == 1);
        if let Some((month, _)) = named.and_then(|only| month(only.text)) {
            return Some(Written::Month { year: None, month });
        }
        let mut years = tokens.iter().filter_map(|token| year(token));
        let only = years.next().filter(|first| years.all(|other| other == *first)).map(Written::Year);
        return tokens.iter().find_map(season).or(only).filter(|_| is_period).or_else(|| issue_of_year(block, tokens));
    };
    let (before, after) = (&tokens[..mention.tokens.start], &tokens[mention.tokens.end..]);
    let is_last = after.iter().all(|token| !token.is_word());
    // `mk -- posted 26 May 2023 in Local News`
    let is_posted = before.last().is_some_and(|last| last.is_one_of(&["posted", "published"]))
        && before.len() <= 5
        && after.len() <= 5;
    let is_signed = after.first().is_some_and(|by| by.is("by"));
    // `On Tue, Feb 28, 2023 at 3:12 PM Ann Other wrote:`
    let is_reply = before.iter().all(|on| on.is("on"))
        && after.iter().rev().take(3).any(|wrote| wrote.is("wrote"))
        && block.text.ends_with(':');
    match (mention.start, mention.end) {
        (date @ (Written::Day { .. } | Written::Slashed { year: Some(_), .. }), None) => {
            let is_title = block.role == Role::Heading && is_last && before.last().is_some_and(|lead| lead.is("for"));
            let is_byline = is_last
                && (is_numbered_issue(before)
                    || block.role == Role::Heading && names_paper(before)
                    || is_by_somebody(before)
                    || is_label(before)
                    || before.iter().rposition(|mark| mark.is_dash() && mark.spaced).is_some_and(|dash| {
                        before.len() <= 8 && dash + 1 < before.len() && is_label(&before[dash + 1..])
                    })
                    || is_source(before)
                    || mention.times.is_none() && is_place(before, block))
                || is_signed && is_label(before)
                || is_posted
                || is_reply
                || is_title;
            is_byline.then_some(date)
        }
        (period @ (Written::Month { year: Some(_), .. } | Written::Year(_)), None) => {
            let is_own = block.role == Role::Heading
                || is_last && (before.is_empty() || before.len() <= 3 && names_paper(before))
                || is_last && is_numbered_paper(before)
                || is_last && (block.role == Role::Paragraph && is_issue(before) || is_numbered_issue(before));
            is_own.then_some(period)
        }
        // `January 2022 – June 2022 calendar`
        (Written::Month { year: Some(first), .. }, Some(Written::Month { year: Some(last), .. }))
            if block.role == Role::Heading =>
        {
            match last - first {
                0 => Some(Written::Year(first)),
                1 => Some(Written::Season(first)),
                _ => None,
            }
        }
        _ => None,
    }
}

pub fn year(token: &Token<'_>) -> Option<i16> {
    token.number().filter(|number| token.text.len() == 4 && (1990..2060).contains(number)).map(|number| number as i16)
}

/// What comes out by numbers or dates.
const PAPERS: &[&str] = &["newsletter", "bulletin", "circular", "issue", "no", "gazette", "digest", "letter", "report"];

/// `News for the parish, 6/2/23`
fn names_paper(before: &[Token<'_>]) -> bool {
    before.len() <= 20 && before.iter().any(|token| token.is("news") || token.is_one_of(PAPERS) && !token.is("no"))
}

/// `Newsletter 3/2024`
fn issue_of_year(block: &Block, tokens: &[Token<'_>]) -> Option<Written> {
    let is_short = block.role != Role::Item && tokens.len() <= 10;
    let number = tokens.iter().find_map(|token| {
        let (issue, year) = token.text.split_once('/').filter(|_| token.class == Class::Opaque)?;
        let year = year.parse::<i16>().ok().filter(|year| (1990..2060).contains(year))?;
        (issue.len() <= 2 && issue.bytes().all(|octet| octet.is_ascii_digit())).then_some(Written::Year(year))
    });
    number.filter(|_| is_short && tokens.iter().any(|token| token.is_one_of(PAPERS)))
}

/// `2023/24`, `2023–2024`: what is planned from summer to summer.
fn season(token: &Token<'_>) -> Option<Written> {
    let (first, last) = token.text.split_once(['/', '-', '–']).filter(|_| token.class == Class::Opaque)?;
    let first: i16 = first.parse().ok().filter(|year| (1990..2060).contains(year))?;
    let next = (first + 1).to_string();
    (last == next || last == next.get(2..)?).then_some(Written::Season(first))
}

/// A day and nothing else but its number: `DAY ONE - Tuesday, March 11, 2025`.
pub fn bare_day(block: &Block) -> Option<Span> {
    if block.text.len() > 60 || !block.cells.is_empty() || !block.text.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let raw = tokens(&block.text);
    let found = mentions(&raw);
    let [mention] = found.as_slice() else { return None };
    let is_mark = |token: &Token<'_>| !token.is_word() && token.number().is_none();
    let (before, after) = (&raw[..mention.tokens.start], &raw[mention.tokens.end..]);
    let counts =
        before.iter().any(|token| token.is("day")) && before.iter().all(|token| is_mark(token) || is_count(token));
    let is_bare = (counts || before.iter().all(is_mark)) && after.iter().all(is_mark);
    (is_bare && mention.start.is_day() && mention.end.is_none() && mention.times.is_none()).then(|| mention.span())
}

/// A part of `Day two`, `First day`.
fn is_count(token: &Token<'_>) -> bool {
    const COUNTS: &[&str] = &["day", "one", "two", "three", "four", "five", "first", "second", "third", "fourth"];
    token.is_one_of(COUNTS) || token.number().is_some_and(|number| number < 10)
}

/// `Source: China Standards Daily, `
fn is_source(before: &[Token<'_>]) -> bool {
    before.len() <= 16
        && before.first().is_some_and(|first| first.is_one_of(&["source", "sources", "via", "from", "date", "sent"]))
        && before.get(1).is_some_and(|colon| matches!(colon.text, ":" | "|"))
}

/// `Federal Register Volume 88, Number 141 (`
fn is_numbered_issue(before: &[Token<'_>]) -> bool {
    let numbers = before.windows(2).any(|pair| {
        pair[0].is_one_of(&["volume", "vol", "issue", "number", "no", "edition"])
            && (pair[1].number().is_some() || pair[1].text == ".")
    });
    numbers && is_issue(before)
}

/// `newsletter of the guild of inspectors, no. 212, `
fn is_numbered_paper(before: &[Token<'_>]) -> bool {
    names_paper(before)
        && before.windows(2).any(|pair| pair[0].is_one_of(&["no", "issue", "number", "vol"]) && !pair[1].is_word())
}

/// `Issue 48, `, `Vol. 7, No. 3, `, `Harbour Newsletter, `
fn is_issue(before: &[Token<'_>]) -> bool {
    let is_part =
        |token: &Token<'_>| !token.is_word() || token.is_capitalised() || token.is_one_of(&["of", "the", "no", "and"]);
    before.len() <= 14
        && before.iter().all(is_part)
        && !before
            .iter()
            .any(|token| event_noun(token).is_some() || is_deadline_noun(token) || token.class == Class::Opaque)
}

/// `By Ann Other, `, `By order of the Board, `
fn is_by_somebody(before: &[Token<'_>]) -> bool {
    const SMALL: &[&str] =
        &["on", "and", "for", "de", "van", "von", "der", "den", "la", "da", "di", "bin", "al", "of", "the", "in", "at"];
    let is_order = |second: &Token<'_>| second.is_one_of(&["order", "direction", "authority", "resolution"]);
    matches!(before, [first, second, ..] if first.is("by") && (second.is_capitalised() || is_order(second)))
        && before[1..]
            .iter()
            .all(|token| !token.is_word() || token.is_capitalised() || is_order(token) || token.is_one_of(SMALL))
}

fn is_label(before: &[Token<'_>]) -> bool {
    const SMALL: &[&str] = &[
        "on",
        "date",
        "at",
        "updated",
        "modified",
        "release",
        "published",
        "by",
        "of",
        "publication",
        "last",
        "this",
        "update",
        "change",
        "changed",
        "revised",
        "review",
        "reviewed",
        "page",
    ];
    before.len() <= 6
        && before.first().is_some_and(|first| first.is_one_of(LABELS))
        && before[1..].iter().all(|token| !token.is_word() || token.is_one_of(SMALL))
}

fn is_place(before: &[Token<'_>], block: &Block) -> bool {
    let is_place = before.len() <= 4
        && before.last().is_none_or(|comma| comma.text == ",")
        && before.iter().all(|token| token.is_capitalised() || token.text == ",");
    is_place && block.role != Role::Item && !block.text.ends_with('.')
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
            ("Press release 13-09-2022 - 14:05", true),
            ("Source: Harbour Daily, 10 November 2022", true),
            ("Posted on 9 May 2023 by the release team", true),
            ("Issue 48, April 2022", true),
            ("Annual meeting, Rotterdam, May 2022", false),
            ("Comments are due by 12 March 2021.", false),
            ("By order of the Board, April 21, 2023", true),
            ("On Tue, Feb 28, 2023 at 3:12 PM Ann Other wrote:", true),
            ("By the law of 12 March 2021", false),
        ] {
            let block = Block::of(Role::Paragraph, text, 1).unwrap();
            assert_eq!(byline(&block).is_some(), is_byline, "{text}");
        }
    }
}
