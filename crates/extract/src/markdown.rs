//! Markdown, with or without front matter.

use comrak::nodes::{AstNode, NodeValue};
use comrak::{Arena, Options, parse_document};

use crate::block::{Block, Role};
use crate::html;

pub fn blocks(text: &str) -> Vec<Block> {
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.strikethrough = true;
    options.extension.front_matter_delimiter = Some("---".to_owned());
    let arena = Arena::new();
    let mut blocks = Vec::new();
    for node in parse_document(&arena, text, &options).descendants() {
        let data = node.data.borrow();
        let line = data.sourcepos.start.line;
        match &data.value {
            NodeValue::FrontMatter(matter) => blocks.extend(front_matter(matter)),
            NodeValue::Heading(_) => blocks.extend(Block::of(Role::Heading, &plain(node), line)),
            NodeValue::Paragraph => {
                let in_list =
                    node.parent().is_some_and(|parent| matches!(parent.data.borrow().value, NodeValue::Item(_)));
                let role = if in_list { Role::Item } else { Role::Paragraph };
                blocks.extend(Block::of(role, &plain(node), line));
            }
            NodeValue::TableRow(_) => {
                let cells: Vec<_> = node.children().map(plain).collect();
                blocks.extend(Block::of(Role::Item, &cells.join(" | "), line));
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

fn plain<'a>(node: &'a AstNode<'a>) -> String {
    let mut text = String::new();
    for node in node.descendants() {
        match &node.data.borrow().value {
            NodeValue::Text(part) => text.push_str(part),
            NodeValue::Code(code) => text.push_str(&code.literal),
            NodeValue::SoftBreak | NodeValue::LineBreak => text.push(' '),
            _ => {}
        }
    }
    text
}

/// The title is a heading, the date says when the text was published.
fn front_matter(matter: &str) -> Vec<Block> {
    let field = |name: &str| {
        matter.lines().enumerate().find_map(|(index, line)| {
            let (key, value) = line.split_once(':')?;
            (key.trim() == name).then(|| (value.trim().trim_matches(['"', '\'']).to_owned(), index + 1))
        })
    };
    let title = field("title").and_then(|(title, line)| Block::of(Role::Heading, &title, line));
    let date = field("date").and_then(|(date, line)| Block::of(Role::Paragraph, &format!("Published: {date}"), line));
    title.into_iter().chain(date).collect()
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
            (Role::Paragraph, "Published: 2021-05-06", 3),
            (Role::Heading, "One", 6),
            (Role::Paragraph, "Two three four.", 8),
            (Role::Item, "five", 11),
            (Role::Item, "a | b", 13),
            (Role::Item, "6 | 7", 15),
            (Role::Paragraph, "Eight", 17),
        ];
        assert_eq!(told, expected.map(|(role, text, line)| (role, text.to_owned(), line)));
    }
}
