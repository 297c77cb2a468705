//! Lines on their way into HTML: headings by their size, paragraphs that were wrapped, tables by their columns.

use std::collections::HashMap;

use super::lines::Line;
use crate::intake::document::html::{escaped, is_han, is_heading_like};

/// More than between two lines of a paragraph, in parts of the size.
const LOOSE: f64 = 1.75;

pub fn html(pages: Vec<Vec<Line>>) -> String {
    let lines: Vec<Line> = without_page_heads(pages);
    let body = body_size(&lines);
    let mut flow =
        Flow { html: String::new(), body, right: 0.0, lines: Vec::new(), open: String::new(), is_heading: false };
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        let before = at.checked_sub(1).and_then(|before| lines.get(before));
        let rows = table_rows(&lines[at..]);
        if rows >= 2 {
            flow.end_block();
            flow.table(&lines[at..at + rows]);
            at += rows;
            continue;
        }
        // The margin of what belongs together.
        if before.is_none_or(|before| is_apart(before, line)) {
            flow.end_block();
            let block = lines[at..].iter().skip(1).take_while(|next| !next.is_first);
            flow.right = block.take(60).filter(|next| next.size == line.size).map(Line::end).fold(line.end(), f64::max);
        }
        flow.take(before, line);
        at += 1;
    }
    flow.end_block();
    flow.html
}

struct Flow {
    html: String,
    body: f64,
    right: f64,
    /// Of the open block; the last is the open one.
    lines: Vec<String>,
    open: String,
    /// What the open block is.
    is_heading: bool,
}

/// Whether a line begins another block than the one before.
fn is_apart(before: &Line, line: &Line) -> bool {
    let is_resized = (before.size - line.size).abs() > 0.12 * line.size || before.is_bold != line.is_bold;
    let down = before.y - line.y;
    // A paragraph may go on over the page: then nothing is known of its distance.
    let is_loose = !line.is_first && !(0.0..=LOOSE * line.size.max(before.size)).contains(&down);
    is_resized || is_loose || line.is_first && (ends(&before.text()) || !goes_on(line))
}

/// On another page, only what begins in the middle of a sentence.
fn goes_on(line: &Line) -> bool {
    line.text().starts_with(|c: char| c.is_lowercase() || is_han(c) && !"第一二三四五六七八九十附".contains(c))
}

fn ends(text: &str) -> bool {
    text.trim_end_matches(['”', '"', ')', '）']).ends_with(['.', '!', '?', ':', ';', '。', '：', '；', '！', '？'])
}

impl Flow {
    fn take(&mut self, before: Option<&Line>, line: &Line) {
        let text = line.text();
        let is_heading = self.is_heading(line, &text);
        let goes_on =
            before.filter(|_| !self.open.is_empty()).is_some_and(|before| self.is_wrapped(before, line, is_heading));
        if goes_on {
            append(&mut self.open, &text);
        } else {
            if is_han_text(&text) || is_item(&text) || is_heading || self.is_heading {
                self.end_block();
            }
            self.end_line();
            self.open = text;
            self.is_heading = is_heading;
        }
    }

    fn is_heading(&self, line: &Line, text: &str) -> bool {
        // What is much larger needs no other sign.
        let is_large =
            line.size > 1.25 * self.body && !ends(text) && text.chars().filter(|c| c.is_alphabetic()).count() > 3;
        is_large || (line.size > 1.12 * self.body || line.is_bold) && is_heading_like(text)
    }

    /// Whether the line before was full, so that this one is its rest.
    fn is_wrapped(&self, before: &Line, line: &Line, is_heading: bool) -> bool {
        let text = line.text();
        if is_heading {
            return !ends(&before.text());
        }
        let first = line.segments.first();
        let first_word = match first {
            Some(segment) if text.starts_with(is_han) => {
                (segment.end - segment.x) / segment.text.chars().count().max(1) as f64
            }
            Some(segment) => {
                let word = segment.text.split(' ').next().unwrap_or_default().chars().count();
                (segment.end - segment.x) / segment.text.chars().count().max(1) as f64 * (word as f64 + 1.0)
            }
            None => 0.0,
        };
        let is_full = before.end() + first_word > self.right - 0.5 * line.size;
        let is_indented = line.x() > before.x() + 1.2 * line.size && !is_item(&before.text());
        is_full && !is_item(&text) && !is_indented
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.open);
        if !line.trim().is_empty() {
            self.lines.push(line);
        }
    }

    fn end_block(&mut self) {
        self.end_line();
        let lines = std::mem::take(&mut self.lines);
        let text = lines.iter().map(|line| escaped(line)).collect::<Vec<_>>().join("<br>");
        self.html.push_str(&match lines.as_slice() {
            [] => return,
            _ if self.is_heading => format!("<h2>{text}</h2>\n"),
            [one] if is_item(one) => format!("<ul><li>{}</li></ul>\n", escaped(without_mark(one))),
            _ => format!("<p>{text}</p>\n"),
        });
    }

    fn table(&mut self, lines: &[Line]) {
        let Some(widest) = lines.iter().max_by_key(|line| line.segments.len()) else { return };
        let starts: Vec<f64> = widest.segments.iter().map(|segment| segment.x).collect();
        let mut rows: Vec<Vec<String>> = Vec::new();
        for line in lines {
            let mut cells = vec![String::new(); starts.len()];
            for segment in &line.segments {
                let distance = |at: &usize| (starts[*at] - segment.x).abs();
                let near = (0..starts.len()).min_by(|a, b| distance(a).total_cmp(&distance(b))).unwrap_or(0);
                append(&mut cells[near], &segment.text);
            }
            match rows.last_mut() {
                // The rest of cells of the row above.
                Some(row) if cells.first().is_some_and(String::is_empty) => {
                    row.iter_mut()
                        .zip(&cells)
                        .filter(|(_, rest)| !rest.is_empty())
                        .for_each(|(cell, rest)| append(cell, rest));
                }
                _ => rows.push(cells),
            }
        }
        self.html.push_str("<table>\n");
        for row in rows {
            let cells: String = row.iter().map(|cell| format!("<td>{}</td>", escaped(cell))).collect();
            self.html.push_str(&format!("<tr>{cells}</tr>\n"));
        }
        self.html.push_str("</table>\n");
    }
}

/// How many of the lines that come are rows of one table: set in columns, or the rest of a cell.
fn table_rows(lines: &[Line]) -> usize {
    let Some(first) = lines.first().filter(|line| line.segments.len() >= 2) else { return 0 };
    let mut count = 1;
    let mut real = 1;
    for pair in lines.windows(2) {
        let [before, line] = pair else { break };
        let down = before.y - line.y;
        let is_near = !line.is_first && down > 0.0 && down < 4.0 * line.size;
        let is_row = line.segments.len() >= 2;
        let is_rest = line.x() > first.x() + line.size && down < LOOSE * line.size;
        if !is_near || !(is_row || is_rest) {
            break;
        }
        count += 1;
        real += usize::from(is_row);
    }
    if real >= 2 { count } else { 0 }
}

/// Adds the rest of a wrapped line: a word that was parted becomes one, Chinese needs no space.
fn append(open: &mut String, rest: &str) {
    let before = open.chars().last();
    let next = rest.chars().next();
    match (before, next) {
        (None, _) => {}
        (Some('-' | '\u{ad}' | '‐'), Some(next))
            if next.is_lowercase() && open.chars().rev().nth(1).is_some_and(char::is_alphabetic) =>
        {
            open.pop();
        }
        (Some('-' | '–' | '/'), _) => {}
        (Some(before), Some(next)) if is_han(before) || is_han(next) => {}
        _ => open.push(' '),
    }
    open.push_str(rest);
}

fn is_han_text(text: &str) -> bool {
    text.contains(is_han)
}

const MARKS: &[char] = &['•', '▪', '◦', '·', '●', '■', '\u{f0b7}', '-', '–', '*'];

fn is_item(text: &str) -> bool {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    text.strip_prefix(MARKS).is_some_and(|rest| rest.starts_with(' '))
        || (1..=2).contains(&(text.len() - rest.len())) && (rest.starts_with(". ") || rest.starts_with(") "))
}

fn without_mark(text: &str) -> &str {
    text.strip_prefix(MARKS).map_or(text, str::trim_start)
}

/// The size in which most is written.
fn body_size(lines: &[Line]) -> f64 {
    let mut sizes: HashMap<i64, usize> = HashMap::new();
    for line in lines {
        *sizes.entry((line.size * 4.0).round() as i64).or_default() += line.text().chars().count();
    }
    sizes.into_iter().max_by_key(|(size, count)| (*count, -size)).map_or(10.0, |(size, _)| size as f64 / 4.0)
}

/// Leaves out a page's number, and what stands at the head or foot of each: it is told once.
fn without_page_heads(pages: Vec<Vec<Line>>) -> Vec<Line> {
    const LEAST_PAGES: usize = 3;
    let words = |line: &Line| line.text().chars().filter(|c| !c.is_numeric()).collect::<String>();
    let is_edge = |at: usize, count: usize| at < 2 || at + 2 >= count;
    let mut seen: HashMap<String, usize> = HashMap::new();
    for page in &pages {
        for (at, line) in page.iter().enumerate() {
            if is_edge(at, page.len()) {
                *seen.entry(words(line)).or_default() += 1;
            }
        }
    }
    let mut told: HashMap<String, bool> = HashMap::new();
    let mut kept = Vec::new();
    for page in pages {
        let count = page.len();
        let mut is_first = true;
        for (at, mut line) in page.into_iter().enumerate() {
            let text = line.text();
            let is_number = is_edge(at, count) && is_page_number(&text);
            let words = words(&line);
            let is_repeated = is_edge(at, count)
                && seen.get(&words).is_some_and(|pages| *pages >= LEAST_PAGES)
                && told.insert(words, true).is_some();
            if !is_number && !is_repeated {
                line.is_first |= is_first;
                is_first = false;
                kept.push(line);
            }
        }
    }
    kept
}

/// `- 3 -`, `Page 3 of 9`, `第3页`
fn is_page_number(text: &str) -> bool {
    let words: String = text.to_lowercase().chars().filter(|c| c.is_alphabetic()).collect();
    let numbers: Vec<&str> = text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
    ["", "page", "of", "pageof", "第页", "第页共页", "第頁", "共页第页"].contains(&words.as_str())
        && (1..=2).contains(&numbers.len())
        && numbers.iter().all(|number| number.len() <= 3)
        && !text.contains(['.', ':'])
}
