//! Whether day or month stands first in dates such as `04/03/2021`: one date of a text that leaves no choice decides for
//! all.

use crate::block::Block;

/// True for the day; none where nothing decides, or two dates contradict each other.
pub fn is_day_first(blocks: &[Block]) -> Option<bool> {
    let mut found = None;
    for block in blocks.iter().filter(|block| block.text.contains('/')) {
        let mut rest = block.text.as_str();
        while let Some(at) = rest.find('/') {
            let (before, after) = (&rest[..at], &rest[at + 1..]);
            let first = number(before.len() - trailing_digits(before), before);
            let second = after.len() - after.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            let is_date = after[second..].starts_with('/') && after[second..].len() > 2;
            let decides = match (first, after[..second].parse::<u32>().ok()) {
                (Some(first @ 13..=31), Some(1..=12)) if first > 12 => Some(true),
                (Some(1..=12), Some(13..=31)) => Some(false),
                _ => None,
            };
            if let Some(decides) = decides.filter(|_| is_date) {
                if found.is_some_and(|found| found != decides) {
                    return None;
                }
                found = Some(decides);
            }
            rest = after;
        }
    }
    found
}

fn trailing_digits(text: &str) -> usize {
    text.len() - text.trim_end_matches(|c: char| c.is_ascii_digit()).len()
}

fn number(from: usize, text: &str) -> Option<u32> {
    text.get(from..).filter(|digits| (1..=2).contains(&digits.len()))?.parse().ok()
}
