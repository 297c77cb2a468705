//! How paragraphs begin before they tell something: labels, heads of their own, the place and day of writing.

use super::dates::mentions;
use super::naming::capitalised;
use crate::block::{Block, Role};
use crate::token::{Token, tokens};
use crate::written::Written;

/// Without the label that official notices begin their paragraphs with: `SUMMARY: The Committee will meet …`.
pub fn without_label(text: &str) -> &str {
    const LABELS: &[&str] = &[
        "SUMMARY",
        "DATES",
        "DATE",
        "ACTION",
        "AGENCY",
        "ADDRESSES",
        "SUPPLEMENTARY INFORMATION",
        "STATUS",
        "NOTE",
        "UPDATE",
        "REMINDER",
        "TIME AND DATE",
        "DATE AND TIME",
        "NOTICE",
        "BACKGROUND",
    ];
    match text.split_once(": ") {
        Some((label, rest)) if LABELS.contains(&label) => rest,
        _ => text,
    }
}

/// The head that a paragraph begins with, as a title, and what follows: `FISH FRY. The club will serve …`.
pub fn run_in_head(text: &str) -> Option<(String, &str)> {
    let end = text.char_indices().take(60).find(|(_, c)| matches!(c, '.' | ':' | '—' | '–')).map(|(at, _)| at)?;
    let (head, rest) = (text.get(..end)?.trim_end(), text.get(end..)?);
    let rest = rest.trim_start_matches(['.', ':', '—', '–', ' ']);
    let letters = head.chars().filter(|c| c.is_alphabetic()).count();
    let is_head = letters >= 5
        && head.split_whitespace().count() <= 5
        && head.chars().all(|c| c.is_uppercase() || matches!(c, ' ' | '-' | '’' | '\'' | '&'))
        && rest.starts_with(char::is_uppercase)
        && rest.len() > 20;
    let lower = head.to_lowercase();
    let is_word = |word: &str| ["notice", "notices", "update", "reminder", "note", "summary", "action"].contains(&word);
    (is_head && !lower.split(' ').all(is_word)).then(|| (capitalised(&lower), rest))
}

/// What officials and hosts begin with, and what they then say: `NOTICE IS HEREBY GIVEN that the Board …`.
pub fn without_opening(text: &str) -> &str {
    const OPENINGS: &[&str] = &[
        "notice is hereby given that ",
        "notice is given that ",
        "public notice is hereby given that ",
        "please be advised that ",
        "please be informed that ",
        "please note that ",
        "please be reminded that ",
        "we are pleased to announce that ",
        "we are delighted to announce that ",
        "we would like to inform you that ",
        "members are reminded that ",
    ];
    let is_opening =
        |opening: &&&str| text.get(..opening.len()).is_some_and(|start| start.eq_ignore_ascii_case(opening));
    OPENINGS.iter().find(is_opening).and_then(|opening| text.get(opening.len()..)).unwrap_or(text)
}

/// The day that a paragraph begins with as the day of writing, and what follows it: `MONTREAL, 12 December 2022 – …`,
/// `25-06-2019 The committee …`.
pub fn dateline<'a>(text: &'a str, block: &Block) -> (Option<Written>, &'a str) {
    let end = text.char_indices().map(|(at, _)| at).find(|at| *at > 120).unwrap_or(text.len());
    let head = &text[..end];
    if block.role != Role::Paragraph || !head.contains(|c: char| c.is_ascii_digit()) || text.len() < 60 {
        return (None, text);
    }
    let raw = tokens(head);
    let found = mentions(&raw);
    let Some(first) = found.first() else { return (None, text) };
    let is_day = matches!(first.start, Written::Day { year: Some(_), .. }) && first.end.is_none();
    let is_place = |token: &Token<'_>| token.is_capitalised() || matches!(token.text, "," | "(" | ")" | "/");
    let before = &raw[..first.tokens.start];
    let next = raw.get(first.tokens.end);
    let is_parted = next.is_some_and(|mark| mark.is_dash() && mark.spaced || mark.text == "|" || mark.text == "/");
    let is_figures = before.is_empty()
        && raw[first.tokens.clone()].iter().all(|token| !token.is_word())
        && next.is_some_and(|next| next.is_capitalised());
    let is_dateline =
        is_day && (before.len() <= 6 && before.iter().all(is_place) && is_parted && !before.is_empty() || is_figures);
    let rest = if is_figures { next } else { raw.get(first.tokens.end + 1) };
    match rest.filter(|_| is_dateline) {
        Some(rest) => (Some(first.start), &text[rest.at..]),
        None => (None, text),
    }
}
