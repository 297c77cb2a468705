//! Markdown, with or without front matter.

use comrak::arena_tree::NodeEdge;
use comrak::nodes::{AstNode, NodeValue};
use comrak::{Arena, Options, parse_document};
use jiff::civil::Date;

use crate::block::{Block, Role, STRUCK};
use crate::html;
use crate::lines;
use crate::table::{self, RawCell, RawRow};

pub fn blocks(text: &str) -> Vec<Block> {
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.strikethrough = true;
    let fence = if text.starts_with("+++") { "+++" } else { "---" };
    options.extension.front_matter_delimiter = Some(fence.to_owned());
    let arena = Arena::new();
    let mut blocks = Vec::new();
    for node in parse_document(&arena, text, &options).descendants() {
        let data = node.data.borrow();
        let line = data.sourcepos.start.line;
        match &data.value {
            NodeValue::FrontMatter(matter) => blocks.extend(front_matter(matter)),
            NodeValue::Heading(_) => blocks.extend(Block::of(Role::Heading, &plain(node), line)),
            NodeValue::Paragraph => {
                let item = node.parent().filter(|parent| matches!(parent.data.borrow().value, NodeValue::Item(_)));
                let in_list = item.is_some();
                let over = item.and_then(over_list).unwrap_or_default();
                let text = plain(node);
                let lines: Vec<&str> = text.split('\n').filter(|line| !line.trim().is_empty()).collect();
                if lines.is_empty() {
                    continue;
                }
                let read = lines::blocks(&lines, line).into_iter();
                blocks.extend(read.map(|block| Block {
                    role: if in_list { Role::Item } else { block.role },
                    head: if block.head.is_empty() { over.clone() } else { block.head },
                    ..block
                }));
            }
            NodeValue::Table(_) => {
                let rows = node.children().map(|row| {
                    let is_head = matches!(row.data.borrow().value, NodeValue::TableRow(true));
                    let cell = |text| RawCell { text, rows: 1, columns: 1, is_head };
                    RawRow {
                        cells: row.children().map(plain).map(cell).collect(),
                        line: row.data.borrow().sourcepos.start.line,
                    }
                });
                blocks.extend(table::rows(rows.collect(), ""));
            }
            NodeValue::HtmlBlock(raw) => {
                blocks.extend(
                    html::blocks(&raw.literal).into_iter().map(|block| Block { line: line + block.line - 1, ..block }),
                );
            }
            _ => {}
        }
    }
    blocks
}

/// Of an item of a list within an item, what that says: `Labels` over `from 21 September`.
fn over_list<'a>(item: &'a AstNode<'a>) -> Option<String> {
    let outer = item.parent()?.parent().filter(|outer| matches!(outer.data.borrow().value, NodeValue::Item(_)))?;
    let told = outer.first_child().filter(|told| matches!(told.data.borrow().value, NodeValue::Paragraph))?;
    let text = plain(told).replace('\n', " ");
    (text.len() <= LONGEST_OVER_LIST && !text.contains(char::is_numeric)).then_some(text)
}

/// In octets, of what says what the items of a list are about.
const LONGEST_OVER_LIST: usize = 120;

/// What a reader sees of it, line by line, with marks around what is crossed out.
fn plain<'a>(node: &'a AstNode<'a>) -> String {
    let mut text = String::new();
    for edge in node.traverse() {
        let (node, is_start) = match edge {
            NodeEdge::Start(node) => (node, true),
            NodeEdge::End(node) => (node, false),
        };
        match &node.data.borrow().value {
            NodeValue::Strikethrough => text.push(if is_start { STRUCK.0 } else { STRUCK.1 }),
            _ if !is_start => {}
            NodeValue::Text(part) => text.push_str(part),
            NodeValue::Code(code) => text.push_str(&code.literal),
            NodeValue::SoftBreak | NodeValue::LineBreak => text.push('\n'),
            NodeValue::HtmlInline(tag) => {
                let name = tag.trim_start_matches(['<', '/']).split(['>', ' ', '/']).next().unwrap_or_default();
                match (name.to_ascii_lowercase().as_str(), tag.starts_with("</")) {
                    ("del" | "s" | "strike", false) => text.push(STRUCK.0),
                    ("del" | "s" | "strike", true) => text.push(STRUCK.1),
                    ("br", _) => text.push('\n'),
                    _ => {}
                }
            }
            _ => {}
        }
    }
    text
}

/// The title is a heading, the date says when the text was published. YAML (`title: …`) or TOML (`title = "…"`).
fn front_matter(matter: &str) -> Vec<Block> {
    let is_toml = matter.trim_start().starts_with("+++");
    let fields: Vec<(String, &str, usize)> = matter
        .lines()
        .enumerate()
        .filter_map(|(index, line)| {
            let (key, value) = line.split_once(if is_toml { '=' } else { ':' })?;
            Some((key.trim().to_ascii_lowercase(), value.trim().trim_matches(['"', '\'']), index + 1))
        })
        .collect();
    let field = |names: &[&str]| names.iter().find_map(|name| fields.iter().find(|(key, ..)| key == name));
    let title = field(&["title"]).and_then(|(_, title, line)| Block::of(Role::Heading, title, *line));
    // A blog's own path may be all that tells the day: `path = "2020/06/10/x"`.
    let date = field(&[
        "date",
        "published",
        "published_at",
        "publishdate",
        "pubdate",
        "created",
        "written",
        "path",
        "slug",
        "permalink",
    ]);
    let date = date.and_then(|(_, value, line)| Some(Block::written(day_in(value)?, *line)));
    title.into_iter().chain(date).collect()
}

fn day_in(value: &str) -> Option<Date> {
    let start = value.find(|c: char| c.is_ascii_digit())?;
    value.get(start..start + 10)?.replace('/', "-").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_headings_paragraphs_lists_and_rows() {
        let text = "---\ntitle: \"A Title\"\ndate: 2021-05-06\n---\n\n# One\n\nTwo *three*\nfour.\n\n- five\n\n| a | b |\n|---|---|\n| 6 | 7 |\n\n<p>Eight</p>\n";
        let told: Vec<_> = blocks(text).into_iter().map(|block| (block.role, block.text, block.line)).collect();
        let expected = [
            (Role::Heading, "A Title", 2),
            (Role::Written(Date::constant(2021, 5, 6)), "", 3),
            (Role::Heading, "One", 6),
            (Role::Paragraph, "Two three four.", 8),
            (Role::Item, "five", 11),
            (Role::Item, "6 | 7", 15),
            (Role::Paragraph, "Eight", 17),
        ];
        assert_eq!(told, expected.map(|(role, text, line)| (role, text.to_owned(), line)));
    }
}
