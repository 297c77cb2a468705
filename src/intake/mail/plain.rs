//! Passages of a plain text.

use super::heads::{self, Head, Line};

/// A text that was quoted and quoted again is so deep at most.
const DEEPEST: usize = 6;

/// Each with the head that stands above it; none above the first.
pub fn passages(text: &str) -> Vec<(Option<Head>, String)> {
    let mut lines = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let read = line.trim_start_matches(['>', ' ', '\t', '\u{a0}']).trim_end();
        lines.push(Line { text: read.replace('\u{a0}', " "), at: at..at + line.len() });
        at += line.len();
    }
    cut(text, heads::find(&lines), unquoted)
}

/// What stands between heads, as `reading` has it; what is empty is left out.
pub fn cut(
    text: &str,
    heads: Vec<(std::ops::Range<usize>, Head)>,
    reading: impl Fn(&str) -> String,
) -> Vec<(Option<Head>, String)> {
    let ends = heads.iter().map(|(at, _)| at.start).chain([text.len()]);
    let starts = [0].into_iter().chain(heads.iter().map(|(at, _)| at.end));
    let heads = [None].into_iter().chain(heads.iter().map(|(_, head)| Some(head.clone())));
    let passages = heads.zip(starts.zip(ends)).map(|(head, (start, end))| {
        let passage = text.get(start..end.max(start)).unwrap_or_default();
        (head, reading(passage))
    });
    passages.filter(|(_, text)| text.contains(char::is_alphanumeric)).collect()
}

/// Without the marks of quoting, where all of it is quoted.
fn unquoted(passage: &str) -> String {
    let mut text = passage.to_owned();
    for _ in 0..DEEPEST {
        let lines = || text.lines().filter(|line| !line.trim().is_empty());
        let quoted = lines().filter(|line| line.starts_with('>')).count();
        if quoted == 0 || quoted * 5 < lines().count() * 4 {
            break;
        }
        let strip =
            |line: &str| line.strip_prefix('>').map_or(line, |rest| rest.strip_prefix(' ').unwrap_or(rest)).to_owned();
        text = text.lines().map(strip).collect::<Vec<_>>().join("\n");
    }
    text
}
