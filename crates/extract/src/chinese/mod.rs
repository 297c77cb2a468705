//! Chinese, in either script. Its texts are read whole, since a line often tells only what its neighbours tell something
//! of: `lines` cuts a text, `stamp` finds when it was written, `fields` and `table` know labels and columns. A sentence
//! (`sentence`) has the same three parts as in English: `mask` takes out the numbers that are no dates, `dates` reads
//! the dates, `cues` and `nouns` know the words that tell what happens then. `kind` brings them together, `titles`,
//! `naming` and `place` say what it is about, `year` fills in what was left out, `read` goes through it all.
//!
//! Everything is compared in one width and one script (`script`), and shown as it was written.

/// Many words, parted by white space.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident = $text:literal) => {
        $(#[$doc])*
        static $name: std::sync::LazyLock<Vec<&'static str>> =
            std::sync::LazyLock::new(|| $text.split_whitespace().collect());
    };
}

mod around;
mod clock;
mod cues;
mod dates;
mod fields;
mod kind;
mod lines;
mod mask;
mod naming;
mod nouns;
mod numeral;
mod place;
mod read;
mod script;
mod sentence;
mod stamp;
mod table;
mod titles;
mod year;

use crate::Known;
use crate::block::{Block, Role};
use crate::event::Event;

pub use script::is_chinese;

/// The Chinese lines of a plain text and the others, each at its place in a text of its own: empty lines stand for those of the other.
pub fn lines_apart(text: &str) -> (String, String) {
    if !text.chars().any(script::is_han) {
        return (String::new(), text.to_owned());
    }
    let is_mostly = script::is_chinese(text);
    let (mut chinese, mut rest) = (String::with_capacity(text.len()), String::new());
    let lines: Vec<&str> = text.lines().collect();
    let mut are_ours: Vec<bool> = lines.iter().map(|line| is_ours(line, is_mostly)).collect();
    keep_tables_whole(&lines, &mut are_ours);
    for (line, is_ours) in lines.into_iter().zip(are_ours) {
        let own = if is_ours { &mut chinese } else { &mut rest };
        own.push_str(line);
        chinese.push('\n');
        rest.push('\n');
    }
    (chinese, if rest.trim().is_empty() { String::new() } else { rest })
}

/// A table is read by one reader, in whatever language its heads are.
fn keep_tables_whole(lines: &[&str], are_ours: &mut [bool]) {
    let tabs = |line: &&str| line.matches('\t').count();
    let mut begin = 0;
    while begin < lines.len() {
        let width = tabs(&lines[begin]);
        let end = begin + 1 + lines[begin + 1..].iter().take_while(|line| width > 0 && tabs(line) == width).count();
        if width > 0 && are_ours[begin..end].contains(&true) {
            are_ours[begin..end].fill(true);
        }
        begin = end;
    }
}

/// The same of blocks.
pub fn blocks_apart(blocks: Vec<Block>) -> (Vec<Block>, Vec<Block>) {
    let is_mostly = blocks.iter().any(|block| block.text.chars().any(script::is_han))
        && script::is_chinese(&blocks.iter().map(|block| block.text.as_str()).collect::<Vec<_>>().join("\n"));
    // A page's own word for its day is for both.
    let days: Vec<Block> = blocks.iter().filter(|block| matches!(block.role, Role::Written(_))).cloned().collect();
    let mut are_ours: Vec<bool> = blocks.iter().map(|block| is_ours(&block.text, is_mostly)).collect();
    if is_mostly {
        keep_rows_together(&blocks, &mut are_ours);
    }
    let (mut chinese, mut rest) = (Vec::new(), Vec::new());
    for (block, is_ours) in blocks.into_iter().zip(are_ours).filter(|(block, _)| !block.text.is_empty()) {
        if is_ours { chinese.push(block) } else { rest.push(block) }
    }
    if !chinese.is_empty() {
        chinese.splice(0..0, days.iter().cloned());
    }
    rest.splice(0..0, days);
    (chinese, rest)
}

/// The rows of a table that is Chinese for the most part, by the heads that they share.
fn keep_rows_together(blocks: &[Block], are_ours: &mut [bool]) {
    let heads = |block: &Block| block.cells.iter().map(|cell| cell.head.clone()).collect::<Vec<_>>();
    let mut begin = 0;
    while begin < blocks.len() {
        if blocks[begin].cells.len() < 2 {
            begin += 1;
            continue;
        }
        let of = heads(&blocks[begin]);
        let end = begin + 1 + blocks[begin + 1..].iter().take_while(|block| heads(block) == of).count();
        let ours = are_ours[begin..end].iter().filter(|is_ours| **is_ours).count();
        if ours * 2 >= end - begin {
            are_ours[begin..end].fill(true);
        }
        begin = end;
    }
}

/// Whether a line is for this reader: in a Chinese text those too that hold no words at all.
fn is_ours(line: &str, is_mostly: bool) -> bool {
    if !is_mostly {
        return script::is_chinese(line);
    }
    if stamp::is_furniture(line) || lines::one_label(line).is_some() {
        return true;
    }
    // `Plenary: 20 February – 1 March 2024, Geneva`
    if holds_english_date(line) && !script::is_chinese(line) {
        return false;
    }
    let words = line.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| word.len() > 1);
    words.take(5).count() < 5 || script::is_chinese(line)
}

/// Whether a month stands beside a number by its English name.
fn holds_english_date(line: &str) -> bool {
    const MONTHS: &[&str] = &["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let words: Vec<&str> = line.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let is_month = |word: &str| word.len() <= 9 && word.get(..3).is_some_and(|start| MONTHS.contains(&start));
    let is_day = |word: &str| word.len() <= 2 && word.bytes().all(|octet| octet.is_ascii_digit());
    words.windows(2).any(|pair| is_day(pair[0]) && is_month(pair[1]) || is_month(pair[0]) && is_day(pair[1]))
}

/// Lines of a marked-up paragraph that are items each, by what stands at their heads; none where they are one text.
pub fn own_lines(group: &[&str], begins_at: usize) -> Option<Vec<Block>> {
    if group.len() < 2 || !group.iter().any(|line| line.chars().any(script::is_han)) {
        return None;
    }
    let are_items: Vec<bool> = group.iter().map(|line| lines::is_own(line)).collect();
    let count = are_items.iter().filter(|is_item| **is_item).count();
    let is_list = count >= 2 && count * 2 >= group.len();
    is_list.then(|| {
        let mut begins: Vec<usize> =
            (0..group.len()).filter(|at| *at == 0 || are_items[*at] || are_items[*at - 1]).collect();
        begins.push(group.len());
        let block =
            |pair: &[usize]| Block::of(Role::Paragraph, &group.get(pair[0]..pair[1])?.join(" "), begins_at + pair[0]);
        begins.windows(2).filter_map(block).collect()
    })
}

/// All dated events of plain text, in the order told.
pub fn events_of_text(text: &str, known: &Known<'_>) -> Vec<Event> {
    read::events(&lines::of_text(text), known)
}

/// All dated events of what was marked up.
pub fn events(blocks: &[Block], known: &Known<'_>) -> Vec<Event> {
    read::events(&lines::of_blocks(blocks), known)
}
