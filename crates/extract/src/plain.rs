//! Plain text, as people write it and as programs wrap its lines.

use crate::block::{Block, Role};

/// What a heading is shorter than, in characters.
const LONGEST_HEADING: usize = 220;

pub fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut group: Vec<&str> = Vec::new();
    let mut begins_at = 1;
    let mut number = 0;
    for line in text.lines().chain([""]) {
        number += 1;
        if !line.trim().is_empty() {
            if group.is_empty() {
                begins_at = number;
            }
            group.push(line);
            continue;
        }
        take_group(&group, begins_at, &mut blocks);
        group.clear();
    }
    mark_headings(&mut blocks);
    blocks
}

/// Lines between two empty ones. A line that had room for the first word of the next was ended on purpose.
fn take_group(group: &[&str], begins_at: usize, blocks: &mut Vec<Block>) {
    let width = group.iter().map(|line| line.trim_end().chars().count()).max().unwrap_or(0);
    let mut open = String::new();
    let mut open_at = begins_at;
    for (index, line) in group.iter().enumerate() {
        let ends_here = index.checked_sub(1).is_some_and(|before| is_break(group[before], line, width));
        if ends_here {
            blocks.extend(block(&open, open_at));
            open.clear();
        }
        if open.is_empty() {
            open_at = begins_at + index;
        } else {
            open.push(' ');
        }
        open.push_str(line);
    }
    blocks.extend(block(&open, open_at));
}

fn is_break(line: &str, next: &str, width: usize) -> bool {
    let word = next.split_whitespace().next().unwrap_or_default().chars().count();
    let had_room = line.trim_end().chars().count() + 1 + word <= width;
    let is_done = ends_sentence(line) || is_title_like(line.trim()) || is_byline_like(line.trim());
    bullet(next).is_some() || (had_room && is_done && next.trim_start().starts_with(|c: char| !c.is_lowercase()))
}

fn is_byline_like(line: &str) -> bool {
    line.starts_with("By ") && line.chars().count() < 80
}

fn block(text: &str, line: usize) -> Option<Block> {
    match bullet(text) {
        Some(item) => Block::of(Role::Item, item, line),
        None => Block::of(Role::Paragraph, text, line),
    }
}

/// What stands after the mark of a list's line.
fn bullet(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let marked = ["• ", "* ", "- ", "– ", "▪ ", "◦ ", "· ", "o "].iter().find_map(|mark| line.strip_prefix(mark));
    marked.or_else(|| {
        let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
        let digits = line.len() - rest.len();
        (1..=2).contains(&digits).then(|| rest.strip_prefix(". ").or_else(|| rest.strip_prefix(") "))).flatten()
    })
}

fn ends_sentence(line: &str) -> bool {
    let line = line.trim_end().trim_end_matches(['”', '"', '’', ')', '»']);
    line.ends_with(['.', '!', '?', ':', ';', '…', '。'])
}

/// A line of its own without a full stop is a heading, if it is written as one or a text follows.
fn mark_headings(blocks: &mut [Block]) {
    for index in 0..blocks.len() {
        let is_followed =
            blocks.get(index + 1).is_some_and(|next| ends_sentence(&next.text) && next.role == Role::Paragraph);
        let block = &mut blocks[index];
        let is_short = block.text.chars().take(LONGEST_HEADING).count() < LONGEST_HEADING;
        let has_words = block.text.split_whitespace().nth(1).is_some() && block.text.contains(char::is_alphabetic);
        let ends = ends_sentence(&block.text) || block.text.ends_with([',', '–', '-']);
        // `Next meeting: 14 July 2021`
        let is_field = block.text.split(": ").skip(1).any(|value| value.starts_with(|c: char| c.is_ascii_digit()));
        if block.role != Role::Paragraph || is_field || !is_short || !has_words || ends || is_byline_like(&block.text) {
            continue;
        }
        if is_title_like(&block.text) || (is_followed && block.text.starts_with(char::is_uppercase)) {
            block.role = Role::Heading;
        }
    }
}

/// Most of its longer words begin with a capital.
fn is_title_like(line: &str) -> bool {
    if line.ends_with([',', '.', ';', ':']) {
        return false;
    }
    let longer = |word: &&str| word.chars().filter(|c| c.is_alphabetic()).count() >= 4;
    let is_capital = |word: &&str| word.chars().find(|c| c.is_alphanumeric()).is_some_and(char::is_uppercase);
    let (all, capital) = line
        .split_whitespace()
        .filter(longer)
        .fold((0, 0), |(all, capital), word| (all + 1, capital + usize::from(is_capital(&word))));
    all > 1 && capital * 3 >= all * 2
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<(Role, String)> {
        blocks(text).into_iter().map(|block| (block.role, block.text)).collect()
    }

    #[test]
    fn wrapped_lines_are_one_paragraph_and_lists_are_not() {
        let text = "New Rules for Lifts\nThe committee met on 5 May\n2021 in Oslo. It was a long\nday.\n\n  • one;\n  • two,\n    and more\n";
        assert_eq!(
            told(text),
            [
                (Role::Heading, "New Rules for Lifts".to_owned()),
                (Role::Paragraph, "The committee met on 5 May 2021 in Oslo. It was a long day.".to_owned()),
                (Role::Item, "one;".to_owned()),
                (Role::Item, "two, and more".to_owned()),
            ]
        );
    }

    #[test]
    fn headings_stand_alone_without_a_full_stop() {
        let text = "Forum Held in Oslo\n\nIt was held.\n\nFor more, please visit\n\nRules adopted for new lifts\n\nThey were adopted.\n";
        let roles: Vec<_> = told(text).into_iter().map(|(role, _)| role).collect();
        assert_eq!(roles, [Role::Heading, Role::Paragraph, Role::Paragraph, Role::Heading, Role::Paragraph]);
    }

    #[test]
    fn a_block_knows_its_line() {
        let lines: Vec<_> = blocks("\n\nOne thing.\n\n\n- two\n- three\n").iter().map(|block| block.line).collect();
        assert_eq!(lines, [3, 6, 7]);
    }
}
