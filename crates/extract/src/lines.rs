//! Lines that belong together: a wrapped paragraph, a list without bullets, columns, fields that tell of one thing.

mod one;
mod torn;

use std::ops::Range;

use crate::block::{Block, Cell, Role, numbered};
use crate::chinese;
use crate::language::{self, Place};
use crate::mail;
use crate::pairs;
use crate::table::{self, RawCell, RawRow};
use crate::text::single_line;
use torn::Mended;

/// Lines of one thing are few.
const MOST_FIELDS: usize = 10;

/// The blocks of lines between two empty ones.
pub fn blocks(group: &[&str], begins_at: usize) -> Vec<Block> {
    if let Some(items) = chinese::own_lines(group, begins_at) {
        return items;
    }
    // `IV.2.2) Time limit` over its fields
    if let [first, rest @ ..] = group
        && let Some(name) =
            numbered(first).filter(|_| !rest.is_empty() && rest.iter().all(|line| field(line).is_some()))
    {
        let lines: Vec<&str> = [name].into_iter().chain(rest.iter().copied()).collect();
        return blocks(&lines, begins_at);
    }
    if let Some(found) = mended(group, begins_at) {
        return found;
    }
    if let Some(rows) = columns(group, begins_at) {
        return rows;
    }
    // `Best, Henk` and the day below it are two things.
    if group.len() <= 4 && mail::closes(group[0]) {
        return group.iter().enumerate().filter_map(|(at, line)| block(line, begins_at + at)).collect();
    }
    if let Some(rows) = flattened(group, begins_at) {
        return rows;
    }
    // Of one line by itself nobody asks.
    let places: Vec<Option<Place>> =
        group.iter().map(|line| if group.len() > 1 { place(line) } else { None }).collect();
    if let Some(one) = one::one_thing(group, &places, begins_at) {
        return one;
    }
    if let Some(several) = one::fields_of_one(group, &places, begins_at) {
        return several;
    }
    if let Some(pairs) = pairs::of_lines(group, &places, begins_at) {
        let head = pairs.first().filter(|(lines, _)| lines.start > 0).map(|_| group[0].trim()).unwrap_or_default();
        let over = block(head, begins_at).into_iter();
        return over.chain(pairs.into_iter().map(|(_, item)| Block { head: head.to_owned(), ..item })).collect();
    }
    let is_list = is_list(group, &places);
    let width = group.iter().map(|line| line.trim_end().chars().count()).max().unwrap_or(0);
    let mut blocks: Vec<Block> = Vec::new();
    let mut head = String::new();
    let mut open = 0;
    let mut take = |lines: Range<usize>| {
        let is_item = is_list && lines.clone().any(|at| places[at].is_some());
        let text = group[lines.clone()].join(" ");
        let Some(mut block) = block(&text, begins_at + lines.start) else { return };
        match is_item {
            true => {
                block.role = Role::Item;
                block.head.clone_from(&head);
            }
            false if is_list => head.clone_from(&block.text),
            false => {}
        }
        blocks.push(block);
    };
    for at in 1..group.len() {
        let is_dated = is_list && matches!(places[at], Some(Place::Head | Place::Labelled)) && places[at - 1].is_some();
        let goes_on = goes_on(group[at - 1], group[at]) && !is_dated;
        let is_own = is_list || is_labelled(places[at]) && ends_line(group[at - 1]);
        if bullet(group[at]).is_some() || (is_own && !goes_on) || is_break(group[at - 1], group[at], width) {
            take(open..at);
            open = at;
        }
    }
    take(open..group.len());
    blocks
}

/// The blocks of lines that were torn.
fn mended(group: &[&str], begins_at: usize) -> Option<Vec<Block>> {
    let Mended { lines, skipped, told } = torn::mended(group)?;
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let mut found = blocks(&lines, begins_at + skipped);
    if let Some((read, stands)) = told {
        // Its text stays as it stands; what is no thing with its day is read as it stands, too.
        let first = found.first_mut().filter(|first| !first.cells.is_empty())?;
        let rest = first.text.strip_prefix(&single_line(&read))?;
        first.text = single_line(&stands) + rest;
    }
    Some(found)
}

/// Where a line's date stands, in the language of the line.
fn place(line: &str) -> Option<Place> {
    let line = bullet(line).unwrap_or(line).trim();
    if line.len() > 400 || !line.chars().any(char::is_numeric) {
        return None;
    }
    language::of(line).place(line)
}

fn is_labelled(place: Option<Place>) -> bool {
    place == Some(Place::Labelled)
}

/// Whether these lines are a list: most hold a date at one of their ends.
fn is_list(group: &[&str], places: &[Option<Place>]) -> bool {
    let dated = places.iter().filter(|place| place.is_some_and(|place| place != Place::Inside)).count();
    let longest = group.iter().map(|line| line.trim().chars().count()).max().unwrap_or(0);
    let is_prose =
        group.iter().zip(group.iter().skip(1)).any(|(line, next)| goes_on(line, next) && line.trim().len() > 50);
    match dated {
        0 => false,
        1 => group.len() > 1 && longest < 70 && !is_prose,
        count => count * 2 >= group.len() && !(is_prose && count * 3 < group.len() * 2),
    }
}

/// Whether the next line is the rest of this one.
fn goes_on(line: &str, next: &str) -> bool {
    const LEADS: &[&str] = &[
        "on", "in", "by", "until", "from", "of", "and", "to", "the", "at", "for", "a", "before", "between", "is", "or",
    ];
    let last = line.trim_end().rsplit(' ').next().unwrap_or_default();
    let indent = |line: &str| line.len() - line.trim_start().len();
    next.trim_start().starts_with(|c: char| c.is_lowercase())
        || last.ends_with(',') && !next.trim_start().starts_with(|c: char| c.is_numeric())
        || LEADS.contains(&last)
        || (indent(next) > indent(line) + 1 && bullet(line).is_some())
}

fn ends_line(line: &str) -> bool {
    ends_sentence(line) || line.trim().chars().count() < 60
}

/// `09:30 Opening`
pub fn begins_with_time(line: &str) -> bool {
    let text = line.trim_start();
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = text.len() - rest.len();
    (1..=2).contains(&digits)
        && rest.starts_with([':', '.', 'h'])
        && rest[1..].starts_with(|c: char| c.is_ascii_digit())
}

/// `Location: Oslo`
fn field(line: &str) -> Option<Cell> {
    let (label, value) = line.split_once([':', '：'])?;
    let is_label = label.split_whitespace().count() <= 4
        && label.chars().count() <= 40
        && label.trim().starts_with(|c: char| c.is_uppercase() || (c.is_alphabetic() && !c.is_lowercase()));
    let is_value = value.starts_with(char::is_whitespace) || line.contains('：');
    (is_label && is_value && !value.trim().is_empty())
        .then(|| Cell { head: label.trim().to_owned(), text: value.trim().to_owned() })
}

/// A table whose marks were lost: `Closing date Meeting date` over lines of as many dates and nothing else.
fn flattened(group: &[&str], begins_at: usize) -> Option<Vec<Block>> {
    let (heads, rows) = group.split_first().filter(|(_, rows)| rows.len() >= 2)?;
    let heads = heads_of_dates(heads).filter(|heads| heads.len() >= 2)?;
    let row = |text: &str| -> Option<Vec<RawCell>> {
        let dates = language::of(text).dates(text);
        let mut rest = text.to_owned();
        dates.iter().rev().for_each(|date| rest.replace_range(date.clone(), ""));
        let is_bare = dates.len() == heads.len() && !rest.contains(char::is_alphanumeric);
        let cell = |text: &str| RawCell { text: text.to_owned(), rows: 1, columns: 1, is_head: false };
        is_bare.then(|| dates.into_iter().map(|date| cell(&text[date])).collect())
    };
    let mut table = vec![RawRow {
        cells: heads.iter().map(|head| RawCell { text: head.clone(), rows: 1, columns: 1, is_head: true }).collect(),
        line: begins_at,
    }];
    for (at, text) in rows.iter().enumerate() {
        table.push(RawRow { cells: row(text)?, line: begins_at + 1 + at });
    }
    let over = block(group[0], begins_at).into_iter();
    let line = |block: &Block| group.get(block.line - begins_at).map(|line| single_line(line));
    let rows = table::rows(table, "").into_iter().map(|row| Block { text: line(&row).unwrap_or_default(), ..row });
    Some(over.map(|over| Block { role: Role::Heading, ..over }).chain(rows).collect())
}

/// `Submission closing date 2022 Meeting date 2022` cut behind each `date`.
fn heads_of_dates(line: &str) -> Option<Vec<String>> {
    if line.len() > 200 {
        return None;
    }
    let mut heads: Vec<String> = Vec::new();
    let mut open: Vec<&str> = Vec::new();
    for word in line.split_whitespace() {
        let is_year = word.len() == 4 && word.bytes().all(|octet| octet.is_ascii_digit());
        match word.to_ascii_lowercase().as_str() {
            "date" | "dates" | "deadline" => {
                open.push(word);
                heads.push(std::mem::take(&mut open).join(" "));
            }
            _ if is_year && open.is_empty() && !heads.is_empty() => {}
            _ => open.push(word),
        }
    }
    (open.is_empty() && heads.iter().all(|head| head.contains(' '))).then_some(heads)
}

/// Lines that spaces or tabs set in columns.
fn columns(group: &[&str], begins_at: usize) -> Option<Vec<Block>> {
    // `Title:   …`, `Dates:   …` are no columns.
    if group.iter().all(|line| field(line).is_some()) {
        return None;
    }
    // As many tabs or other marks in each line: what stands between two of them is a cell, an empty one, too.
    let whole = group.len();
    let count = |line: &str, mark: char| line.matches(mark).count();
    let is_set_by = |mark: char, least: usize| {
        let marks = group.iter().find(|line| !line.starts_with('#')).map_or(0, |line| count(line, mark));
        marks >= least && group.iter().all(|line| line.starts_with('#') || count(line, mark) == marks)
    };
    let mark = [('\t', 1), (';', 2), ('|', 2)].into_iter().find(|(mark, least)| is_set_by(*mark, *least));
    // A remark over what a program wrote.
    let group = if mark.is_some() && group[0].starts_with('#') { group.get(1..)? } else { group };
    let begins_at = begins_at + usize::from(group.len() < whole);
    let cut: Vec<Vec<(usize, &str)>> = match mark {
        Some((mark, _)) => group.iter().map(|line| line.split(mark).map(str::trim).enumerate().collect()).collect(),
        None => group.iter().map(|line| parts(line)).collect(),
    };
    let wide = cut.iter().filter(|parts| parts.len() >= 2).count();
    if group.len() < 2 || wide * 3 < group.len() * 2 || wide < 2 || cut[0].len() < 2 {
        return None;
    }
    let is_rule = |line: &str| line.trim().chars().all(|c| matches!(c, '-' | '=' | '+' | '|' | ' ' | '_' | '\t'));
    let starts: Vec<usize> = cut[0].iter().map(|(start, _)| *start).collect();
    let rows = group.iter().zip(&cut).enumerate().filter(|(_, (line, _))| !is_rule(line)).map(|(at, (_, parts))| {
        let mut cells = vec![RawCell { rows: 1, columns: 1, ..RawCell::default() }; starts.len()];
        for (number, (start, text)) in parts.iter().enumerate() {
            // The column that begins nearest; of a line set by tabs, simply the next.
            let near = (0..starts.len()).min_by_key(|column| starts[*column].abs_diff(*start)).unwrap_or(0);
            let column = if parts.len() == starts.len() { number } else { near };
            let cell = &mut cells[column].text;
            *cell = format!("{cell} {text}").trim().to_owned();
        }
        RawRow { cells, line: begins_at + at }
    });
    Some(table::rows(rows.collect(), "")).map(|blocks| {
        // The line as it stands, not as a row.
        let line = |block: &Block| group.get(block.line - begins_at).map(|line| single_line(line));
        blocks.into_iter().map(|block| Block { text: line(&block).unwrap_or_default(), ..block }).collect()
    })
}

/// What two spaces or a tab part, with where it begins.
fn parts(line: &str) -> Vec<(usize, &str)> {
    let mut parts = Vec::new();
    let mut rest = line;
    loop {
        let trimmed = rest.trim_start();
        if trimmed.is_empty() {
            return parts;
        }
        let start = line.len() - trimmed.len();
        let end = trimmed.find("  ").into_iter().chain(trimmed.find('\t')).min().unwrap_or(trimmed.len());
        parts.push((start, trimmed[..end].trim()));
        rest = &trimmed[end..];
    }
}

/// A line that had room for the first word of the next was ended on purpose.
fn is_break(line: &str, next: &str, width: usize) -> bool {
    let word = next.split_whitespace().next().unwrap_or_default().chars().count();
    // Lines that are all short were not ended by the edge of a page.
    let had_room = line.trim_end().chars().count() + 1 + word <= width.max(NARROW);
    let is_done = ends_sentence(line) || is_title_like(line.trim()) || is_byline_like(line.trim());
    had_room && is_done && !goes_on(line, next) && next.trim_start().starts_with(|c: char| !c.is_lowercase())
}

/// No paragraph is set in so few characters a line.
const NARROW: usize = 50;

pub fn is_byline_like(line: &str) -> bool {
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
    let marked =
        ["• ", "* ", "*** ", "- ", "– ", "▪ ", "◦ ", "· ", "o "].iter().find_map(|mark| line.strip_prefix(mark));
    marked.or_else(|| numbered(line)).or_else(|| {
        let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
        let digits = line.len() - rest.len();
        (1..=2).contains(&digits).then(|| rest.strip_prefix(". ").or_else(|| rest.strip_prefix(") "))).flatten()
    })
}

pub fn ends_sentence(line: &str) -> bool {
    let line = line.trim_end().trim_end_matches(['”', '"', '’', ')', '»']);
    line.ends_with(['.', '!', '?', ':', ';', '…', '。'])
}

/// Most of its longer words begin with a capital.
pub fn is_title_like(line: &str) -> bool {
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
