//! Tables, of whatever they were written in, as rows whose cells know their heads.

use crate::block::{Block, Cell};

/// No table that people read has more columns.
const MOST_COLUMNS: usize = 60;

#[derive(Debug, Clone, Default)]
pub struct RawCell {
    pub text: String,
    /// How many rows and columns it takes.
    pub rows: usize,
    pub columns: usize,
    pub is_head: bool,
}

#[derive(Debug, Clone, Default)]
pub struct RawRow {
    pub cells: Vec<RawCell>,
    pub line: usize,
}

/// The rows below the heads, those too that say nothing of a date.
pub fn rows(table: Vec<RawRow>, caption: &str) -> Vec<Block> {
    let mut heads: Vec<String> = Vec::new();
    // By column: what a cell of a row above says here, too, and for how many rows.
    let mut above: Vec<(usize, String)> = Vec::new();
    let mut blocks = Vec::new();
    let count = table.len();
    for (index, row) in table.into_iter().enumerate() {
        let are_heads = row.cells.iter().all(|cell| cell.is_head);
        let is_first = index == 0 && count > 1 && row.cells.len() > 1;
        let is_label = |cell: &RawCell| !cell.text.trim().is_empty() && !holds_number(&cell.text);
        let is_head =
            !row.cells.is_empty() && (are_heads && row.cells.len() > 1 || is_first && row.cells.iter().all(is_label));
        let texts = spread(row.cells, &mut above);
        if is_head && texts.iter().any(|text| !text.trim().is_empty()) {
            heads = texts;
            continue;
        }
        // A label beside its value: a table of two columns without heads.
        let cells: Vec<Cell> = match texts.as_slice() {
            [label, value] if heads.is_empty() && !holds_number(label) => {
                vec![Cell { head: label.clone(), text: value.clone() }]
            }
            _ => texts
                .iter()
                .enumerate()
                .map(|(at, text)| Cell { head: heads.get(at).cloned().unwrap_or_default(), text: text.clone() })
                .collect(),
        };
        let text = texts.iter().map(|text| text.trim()).filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" | ");
        blocks.extend(Block::of_cells(cells, &text, row.line).map(|block| Block { head: caption.to_owned(), ..block }));
    }
    blocks
}

/// A row's texts by column, with those that reach down from above.
fn spread(cells: Vec<RawCell>, above: &mut Vec<(usize, String)>) -> Vec<String> {
    let mut texts: Vec<String> = Vec::new();
    let mut cells = cells.into_iter().peekable();
    while texts.len() < MOST_COLUMNS {
        let column = texts.len();
        if let Some((rows, text)) = above.get_mut(column).filter(|(rows, _)| *rows > 0) {
            *rows -= 1;
            texts.push(text.clone());
            continue;
        }
        let Some(cell) = cells.next() else {
            if above.iter().skip(column).any(|(rows, _)| *rows > 0) {
                texts.push(String::new());
                continue;
            }
            break;
        };
        for _ in 0..cell.columns.clamp(1, MOST_COLUMNS - column) {
            let at = texts.len();
            if above.len() <= at {
                above.resize(at + 1, (0, String::new()));
            }
            above[at] = (cell.rows.clamp(1, 1000) - 1, if cell.rows > 1 { cell.text.clone() } else { String::new() });
            texts.push(if at == column { cell.text.clone() } else { String::new() });
        }
    }
    texts
}

fn holds_number(text: &str) -> bool {
    text.chars().any(|c| c.is_numeric())
}
