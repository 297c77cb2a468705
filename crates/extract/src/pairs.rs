//! Days with what is on them told below, or above: each pair is an item, as if both stood in one line.

use std::ops::Range;

use crate::block::{Block, Cell, Role};
use crate::language::{self, Place};
use crate::parallel;

/// What is on a day is told in so many words at the most: what is longer is a text with its date over it.
const MOST_WORDS: usize = 16;

/// Fewer are not worth a thread.
const LEAST_BLOCKS: usize = 1000;

/// The lines of a group that are pairs, with those that each takes: `June 8` over `Regional Synod`. None if the group is no
/// list of pairs.
pub fn of_lines(group: &[&str], places: &[Option<Place>], begins_at: usize) -> Option<Vec<(Range<usize>, Block)>> {
    let days: Vec<usize> = (0..group.len()).filter(|at| places[*at] == Some(Place::Alone)).collect();
    let are_others_bare = (0..group.len()).all(|at| places[at].is_none() || days.binary_search(&at).is_ok());
    let are_apart = days.windows(2).all(|pair| pair[1] > pair[0] + 1);
    if days.len() < 2 || !are_others_bare || !are_apart || !group.iter().all(|line| is_short(line)) {
        return None;
    }
    let (first, last) = (days[0], days[days.len() - 1]);
    let pair = |day: usize, thing: usize| {
        let begins = day.min(thing);
        let text = group.get(begins..=day.max(thing)).unwrap_or_default().join(" ");
        Some((begins, item(group[day], group[thing], &text, begins_at + begins)?))
    };
    let pairs: Option<Vec<(usize, Block)>> = match () {
        () if first <= 1 && last + 1 < group.len() => days.iter().map(|day| pair(*day, day + 1)).collect(),
        // The name above its day.
        () if first >= 1 && last + 1 == group.len() => days.iter().map(|day| pair(*day, day - 1)).collect(),
        () => None,
    };
    let begins: Vec<usize> = pairs.as_ref()?.iter().map(|(begins, _)| *begins).collect();
    let ends = begins.iter().skip(1).copied().chain([group.len()]);
    Some(
        begins.iter().zip(ends).map(|(begin, end)| *begin..end).zip(pairs?.into_iter().map(|(_, item)| item)).collect(),
    )
}

fn item(day: &str, thing: &str, text: &str, line: usize) -> Option<Block> {
    let cell = |text: &str| Cell { head: String::new(), text: text.to_owned() };
    Block::of_cells(vec![cell(day), cell(thing)], text, line)
}

/// The same of blocks.
pub fn joined(blocks: Vec<Block>) -> Vec<Block> {
    let (blocks, are_days) = bare_days(blocks);
    let mut is_pair: Vec<bool> = Vec::with_capacity(blocks.len());
    for at in 0..blocks.len() {
        // `End of April 2025` between them is no day, and one of them all the same.
        let is_next = at >= 2 && is_pair[at - 2];
        let is_one = are_days[at] || is_next && is_period(&blocks[at]);
        is_pair.push(is_one && is_over_name(&blocks, &are_days, at, is_next));
    }
    if is_pair.iter().filter(|is_pair| **is_pair).count() < 2 {
        return blocks;
    }
    let mut kept: Vec<Block> = Vec::with_capacity(blocks.len());
    let mut blocks = blocks.into_iter().zip(is_pair);
    while let Some((block, is_pair)) = blocks.next() {
        match is_pair.then(|| blocks.next()).flatten() {
            Some((thing, _)) => {
                let text = format!("{} {}", block.text, thing.text);
                kept.extend(item(&block.text, &thing.text, &text, block.line));
            }
            None => kept.push(block),
        }
    }
    kept
}

/// Makes a list of days one below the other, with nothing that says what is on them: of what the heading names. And which
/// blocks are days that stand by themselves.
fn bare_days(mut blocks: Vec<Block>) -> (Vec<Block>, Vec<bool>) {
    let mut are_days = parallel::map(&blocks, LEAST_BLOCKS, is_day);
    let mut begin = 0;
    while begin < blocks.len() {
        let end = begin + are_days[begin..].iter().take_while(|is_day| **is_day).count();
        if end - begin >= 2 {
            blocks[begin..end].iter_mut().for_each(|block| block.role = Role::Item);
            are_days[begin..end].fill(false);
        }
        begin = end.max(begin + 1);
    }
    (blocks, are_days)
}

fn is_day(block: &Block) -> bool {
    matches!(block.role, Role::Paragraph | Role::Heading)
        && block.cells.is_empty()
        && block.text.len() <= 60
        && language::of(&block.text).place(&block.text) == Some(Place::Alone)
}

/// A month or another period, and nothing else.
fn is_period(block: &Block) -> bool {
    let mut rest = block.text.clone();
    let dates = language::of(&rest).dates(&rest);
    dates.iter().rev().for_each(|date| rest.replace_range(date.clone(), ""));
    dates.len() == 1 && block.cells.is_empty() && !rest.contains(char::is_alphanumeric)
}

/// Whether below a day stands a name; under a heading of its own it would be the day on which an article was written.
/// `is_next`: it stands behind another pair.
fn is_over_name(blocks: &[Block], are_days: &[bool], at: usize, is_next: bool) -> bool {
    let Some(next) = blocks.get(at + 1) else { return false };
    let is_under_heading =
        at.checked_sub(1).is_some_and(|before| blocks[before].role == Role::Heading && !are_days[before]);
    let is_first = are_days.get(at + 2) == Some(&true) && next.role == Role::Paragraph;
    // What follows the last of them may make its name look like a heading.
    let is_last = is_next && blocks[at - 1].role == Role::Paragraph;
    let ends_there = are_days.get(at + 2).is_none_or(|is_day| *is_day);
    let is_name = next.role == Role::Paragraph || next.role == Role::Heading && (ends_there || is_last);
    (!is_under_heading || is_first)
        && is_name
        && next.cells.is_empty()
        && is_short(&next.text)
        && language::of(&next.text).place(&next.text).is_none()
}

fn is_short(text: &str) -> bool {
    text.split_whitespace().count() <= MOST_WORDS
}
