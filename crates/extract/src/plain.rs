//! Plain text, as people write it and as programs wrap its lines. A lone CR ends a line, too.

use crate::block::{Block, Role};
use crate::lines::{self, ends_sentence, is_byline_like, is_title_like};
use crate::mail;
use crate::parallel;

/// What a heading is shorter than, in characters.
const LONGEST_HEADING: usize = 220;

/// The same of one over a list, which says of itself that it is no text.
const LONGEST_OVER_LIST: usize = 60;

/// What letters, mails and notices put before what is no heading.
const LABELS: &[&str] = &[
    "from",
    "to",
    "cc",
    "sent",
    "date",
    "dates",
    "subject",
    "source",
    "contact",
    "agency",
    "action",
    "summary",
    "address",
    "addresses",
    "location",
    "venue",
    "place",
    "author",
    "tel",
    "phone",
    "email",
    "e-mail",
    "web",
    "website",
    "organiser",
    "organizer",
    "speaker",
    "speakers",
    "remote participation",
    "reply-to",
    "re",
    "note",
];

/// Fewer are not worth a thread.
const LEAST_GROUPS: usize = 1000;

pub fn blocks<'a>(text: &'a str) -> Vec<Block> {
    let mut groups: Vec<(Vec<&str>, usize)> = Vec::new();
    let mut group: Vec<&str> = Vec::new();
    let mut begins_at = 1;
    let mut number = 0;
    let mut was_quoted = false;
    let mut close = |group: &mut Vec<&'a str>, begins_at: usize| {
        if !group.is_empty() {
            groups.push((std::mem::take(group), begins_at));
        }
    };
    for line in text.split('\n').flat_map(|line| line.trim_end_matches('\r').split('\r')).chain([""]) {
        number += 1;
        let quoted = mail::quoted(line);
        if quoted.is_some() != was_quoted {
            close(&mut group, begins_at);
        }
        was_quoted = quoted.is_some();
        let line = quoted.unwrap_or(line);
        // `=====` below a heading parts it from what follows.
        let is_rule =
            line.len() >= 3 && line.trim().chars().all(|c| matches!(c, '=' | '-' | '*' | '_' | '~')) && group.len() < 2;
        if !line.trim().is_empty() && !is_rule {
            if group.is_empty() {
                begins_at = number;
            }
            group.push(line);
            if !mail::is_attribution(line) {
                continue;
            }
        }
        close(&mut group, begins_at);
    }
    let read = |(group, begins_at): &(Vec<&str>, usize)| {
        mail::header(group, *begins_at).unwrap_or_else(|| lines::blocks(group, *begins_at))
    };
    let mut blocks: Vec<Block> = parallel::map(&groups, LEAST_GROUPS, read).into_iter().flatten().collect();
    mark_headings(&mut blocks);
    blocks
}

/// A line of its own without a full stop is a heading, if it is written as one or a text follows.
fn mark_headings(blocks: &mut [Block]) {
    for index in 0..blocks.len() {
        let next = blocks.get(index + 1);
        let is_over_list = next.is_some_and(|next| next.role == Role::Item && next.head.is_empty())
            && blocks[index].text.chars().count() <= LONGEST_OVER_LIST;
        // The first line of a text, if no text goes on from it, is its title.
        let is_title = index == 0 && next.is_some_and(|next| next.line > blocks[0].line + 1);
        let is_followed = is_over_list
            || is_title
            || next.is_some_and(|next| ends_sentence(&next.text) && next.role == Role::Paragraph);
        let block = &mut blocks[index];
        let is_short = block.text.chars().take(LONGEST_HEADING).count() < LONGEST_HEADING;
        let has_words = block.text.split_whitespace().nth(1).is_some() && block.text.contains(char::is_alphabetic);
        let ends = ends_sentence(&block.text) || block.text.ends_with([',', '–', '-']);
        // `Next meeting: 14 July 2021`
        let is_field = block.text.split(": ").skip(1).any(|value| value.starts_with(|c: char| c.is_ascii_digit()));
        let is_label =
            block.text.split_once(':').is_some_and(|(label, _)| LABELS.contains(&label.trim().to_lowercase().as_str()));
        let is_hour = lines::begins_with_time(&block.text);
        if block.role != Role::Paragraph
            || is_hour
            || is_label
            || is_field
            || !is_short
            || !has_words
            || ends
            || is_byline_like(&block.text)
        {
            continue;
        }
        if is_title_like(&block.text) || (is_followed && block.text.starts_with(char::is_uppercase)) {
            block.role = Role::Heading;
        }
    }
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
    fn a_narrow_paragraph_goes_on() {
        let text = "The Fire Door Forum was held in\nTurin on 3 May 2021.\n";
        assert_eq!(told(text), [(Role::Paragraph, "The Fire Door Forum was held in Turin on 3 May 2021.".to_owned())]);
        assert_eq!(told("Harbour Parish Council\nMeeting Dates 2024\n").len(), 2);
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
