//! Pieces of a page put together: strings to lines, lines to the order in which they are read.

use std::collections::HashMap;

use super::page::Piece;

/// What stands in one line without a gap wider than between words.
#[derive(Debug, Clone)]
pub struct Segment {
    pub x: f64,
    pub end: f64,
    pub text: String,
}

#[derive(Debug, Clone)]
pub struct Line {
    pub y: f64,
    pub size: f64,
    pub is_bold: bool,
    pub segments: Vec<Segment>,
    /// Begins something new: a page, a column.
    pub is_first: bool,
}

impl Line {
    pub fn x(&self) -> f64 {
        self.segments.first().map_or(0.0, |segment| segment.x)
    }

    pub fn end(&self) -> f64 {
        self.segments.last().map_or(0.0, |segment| segment.end)
    }

    pub fn text(&self) -> String {
        self.segments.iter().map(|segment| segment.text.as_str()).collect::<Vec<_>>().join("  ")
    }

    fn of(&self, segments: Vec<Segment>) -> Option<Self> {
        (!segments.is_empty()).then(|| Self { segments, ..self.clone() })
    }
}

/// In parts of the size: what parts two words, and two columns.
const WORD_GAP: f64 = 0.16;
const COLUMN_GAP: f64 = 1.6;

/// The lines of a page in the order in which they are read.
pub fn of_page(pieces: Vec<Piece>) -> Vec<Line> {
    let mut turns = [0_usize; 4];
    for piece in &pieces {
        turns[usize::from(piece.turn & 3)] += piece.text.len();
    }
    // What lies across the page is a mark on it.
    let turn = (0..4_u8).max_by_key(|turn| (turns[usize::from(*turn)], 4 - turn)).unwrap_or(0);
    let mut pieces: Vec<Piece> = pieces.into_iter().filter(|piece| piece.turn == turn).collect();
    pieces.sort_by(|a, b| b.y.total_cmp(&a.y).then(a.x.total_cmp(&b.x)));
    let mut lines: Vec<Vec<Piece>> = Vec::new();
    for piece in pieces {
        match lines.last_mut() {
            Some(line) if belongs(line, &piece) => line.push(piece),
            _ => lines.push(vec![piece]),
        }
    }
    let mut lines = in_columns(lines.into_iter().filter_map(line).collect());
    if let Some(first) = lines.first_mut() {
        first.is_first = true;
    }
    lines
}

/// Also what is set a little higher or lower: 1st, H2O.
fn belongs(line: &[Piece], piece: &Piece) -> bool {
    line.iter().rev().take(4).any(|other| (other.y - piece.y).abs() < 0.4 * other.size.max(piece.size))
}

fn line(mut pieces: Vec<Piece>) -> Option<Line> {
    pieces.sort_by(|a, b| a.x.total_cmp(&b.x));
    let largest = pieces.iter().max_by(|a, b| a.text.len().cmp(&b.text.len()).then(a.size.total_cmp(&b.size)))?;
    let (y, size) = (largest.y, largest.size);
    let is_bold = pieces.iter().filter(|piece| !piece.text.trim().is_empty()).all(|piece| piece.is_bold);
    let mut segments: Vec<Segment> = Vec::new();
    let mut before: Option<(f64, String)> = None;
    for piece in pieces {
        // Bold by writing twice.
        if before.as_ref().is_some_and(|(x, text)| (piece.x - x).abs() < 0.1 * size && *text == piece.text) {
            continue;
        }
        before = Some((piece.x, piece.text.clone()));
        match segments.last_mut() {
            Some(last) if piece.x - last.end < COLUMN_GAP * size || is_mark(&last.text) => {
                if piece.x - last.end > WORD_GAP * size && !last.text.ends_with(' ') {
                    last.text.push(' ');
                }
                last.text.push_str(&piece.text);
                last.end = last.end.max(piece.end);
            }
            _ if piece.text.trim().is_empty() => {}
            _ => segments.push(Segment { x: piece.x, end: piece.end, text: piece.text }),
        }
    }
    for segment in &mut segments {
        segment.text = segment.text.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    segments.retain(|segment| !segment.text.is_empty());
    (!segments.is_empty()).then_some(Line { y, size, is_bold, segments, is_first: false })
}

/// What stands before an item of a list.
fn is_mark(text: &str) -> bool {
    let text = text.trim();
    let number = text.trim_start_matches('(').trim_end_matches(['.', ')']);
    matches!(text, "•" | "-" | "–" | "*" | "▪" | "◦" | "·" | "\u{f0b7}" | "●" | "■" | "o" | "§")
        || (number.len() < text.len() && number.len() <= 3 && number.chars().all(|c| c.is_ascii_alphanumeric()))
}

/// Two columns of text one after the other; what goes over both stays where it is. A table has short cells.
fn in_columns(lines: Vec<Line>) -> Vec<Line> {
    let Some(gutter) = gutter(&lines) else { return lines };
    let (mut ordered, mut left, mut right) = (Vec::new(), Vec::<Line>::new(), Vec::<Line>::new());
    let flush = |left: &mut Vec<Line>, right: &mut Vec<Line>, ordered: &mut Vec<Line>| {
        for column in [left, right] {
            if let Some(first) = column.first_mut() {
                first.is_first = true;
            }
            ordered.append(column);
        }
    };
    for line in lines {
        if line.segments.iter().any(|segment| segment.x < gutter && segment.end > gutter) {
            flush(&mut left, &mut right, &mut ordered);
            ordered.push(line);
            continue;
        }
        let (before, after) = line.segments.iter().cloned().partition(|segment| segment.end <= gutter);
        left.extend(line.of(before));
        right.extend(line.of(after));
    }
    flush(&mut left, &mut right, &mut ordered);
    ordered
}

/// Where most lines have a gap, with prose on both sides.
fn gutter(lines: &[Line]) -> Option<f64> {
    const LEAST_LINES: usize = 8;
    /// Of each side of a line, in letters.
    const LEAST_LETTERS: usize = 24;
    let mut votes: HashMap<i64, usize> = HashMap::new();
    for line in lines {
        for pair in line.segments.windows(2) {
            let [before, after] = pair else { continue };
            let is_prose = |text: &str| text.chars().map(|c| if u32::from(c) > 0x2e80 { 2 } else { 1 }).sum::<usize>();
            if is_prose(&before.text) >= LEAST_LETTERS && is_prose(&after.text) >= LEAST_LETTERS {
                // Where the right column begins is the same in all its lines.
                *votes.entry((after.x / 4.0).round() as i64).or_default() += 1;
            }
        }
    }
    let (place, count) = votes.into_iter().max_by_key(|(place, count)| (*count, -place))?;
    let gutter = place as f64 * 4.0 - 4.0;
    let crossing = lines.iter().filter(|line| line.segments.iter().any(|s| s.x < gutter && s.end > gutter)).count();
    (count >= LEAST_LINES && crossing * 3 < lines.len()).then_some(gutter)
}
