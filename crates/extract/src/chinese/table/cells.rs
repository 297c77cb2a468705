//! Cells that tell of events by themselves, whatever the row is about.

use crate::chinese::cues::Sense;
use crate::chinese::read::Reader;
use crate::chinese::script::is_han;
use crate::chinese::sentence::Sentence;

impl Reader<'_> {
    /// Reads a row whose cells are sentences of their own: `2023-08-06 发布 | 2023-09-06 实施`, or of which one holds
    /// a list of several.
    pub fn cells_of_their_own(&mut self, at: usize, cells: &[&String]) -> bool {
        if self.heads.is_empty() && cells.len() >= 2 && cells.iter().all(|cell| is_date_with_verb(cell)) {
            for cell in cells {
                self.prose(at, cell, false);
            }
            return true;
        }
        let lists: Vec<Vec<&str>> =
            cells.iter().map(|cell| numbered_items(cell)).filter(|items| items.len() > 1).collect();
        for item in lists.iter().flatten() {
            self.prose(at, item, false);
        }
        !lists.is_empty()
    }
}

/// The words of a line, with a standard's number as one: `GB/T 44010—2024`.
pub fn words(line: &str) -> Vec<&str> {
    let mut words: Vec<&str> = Vec::new();
    for word in line.split_whitespace() {
        let is_number = word.starts_with(|c: char| c.is_ascii_digit()) && word.contains(['-', '—', '－', '–']);
        if let Some(last) = words.last_mut().filter(|_| is_number)
            && last.starts_with(|c: char| c.is_ascii_uppercase())
            && last.chars().all(|c| c.is_ascii_uppercase() || matches!(c, '/' | '0'..='9'))
        {
            // Both are parts of the line, with what stands between.
            let begin = last.as_ptr() as usize - line.as_ptr() as usize;
            let end = word.as_ptr() as usize - line.as_ptr() as usize + word.len();
            *last = line.get(begin..end).unwrap_or(last);
            continue;
        }
        words.push(word);
    }
    words
}

/// `2023-08-06 发布`
fn is_date_with_verb(cell: &str) -> bool {
    if cell.len() > 60 {
        return false;
    }
    let s = Sentence::new(cell);
    let ([mention], [cue]) = (s.mentions.as_slice(), s.cues.as_slice()) else { return false };
    matches!(cue.sense, Sense::Release | Sense::Effective) && mention.place.len() + cue.place.len() + 1 >= s.len()
}

/// Whether a cell with one date has words of its own beside it.
pub fn has_own_words(cell: &Sentence) -> bool {
    let own = (0..cell.len()).filter(|at| cell.mention_at(*at).is_none() && cell.text.at(*at).is_some_and(is_han));
    cell.mentions.len() == 1 && own.count() >= 2
}

/// `1.报到（2月18日） 2.上课（2月20日）`: a list in one cell, with the numbers in order.
fn numbered_items(cell: &str) -> Vec<&str> {
    if cell.len() > 4000 {
        return Vec::new();
    }
    let mut begins: Vec<usize> = Vec::new();
    let mut before = ' ';
    for (at, c) in cell.char_indices() {
        let number = (begins.len() + 1).to_string();
        let is_number = c.is_ascii_digit() && !before.is_ascii_digit() && before != '.';
        if is_number
            && let Some(rest) = cell[at..].strip_prefix(&number)
            && let Some(rest) = rest.strip_prefix(['.', '、', '．', ')', '）'])
            && !rest.starts_with(|c: char| c.is_ascii_digit())
        {
            begins.push(at);
        }
        before = c;
    }
    if begins.len() < 2 || begins[0] > 0 {
        return Vec::new();
    }
    let ends = begins.iter().skip(1).copied().chain([cell.len()]);
    begins.iter().zip(ends).map(|(begin, end)| cell[*begin..end].trim()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_may_hold_a_list() {
        assert_eq!(
            numbered_items("1.新生报到（9月2日） 2.军训（9月3日） 3、选课"),
            ["1.新生报到（9月2日）", "2.军训（9月3日）", "3、选课"]
        );
        for cell in ["1.5 万元", "9月1日", "1.报到", "2.报到 1.选课", "版本 1.2 与 2.0"] {
            assert!(numbered_items(cell).is_empty(), "{cell}");
        }
    }

    #[test]
    fn a_cell_may_be_a_date_with_its_verb() {
        assert!(is_date_with_verb("2023-08-06 发布") && is_date_with_verb("2024年2月1日起实施"));
        assert!(!is_date_with_verb("2023-08-06") && !is_date_with_verb("2023年8月6日发布《甲规范》"));
    }
}
