//! Which styles are headings and lists.

use std::collections::HashMap;

use super::xml::{self, Node};

/// What a paragraph is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Look {
    Heading(u8),
    Item,
    #[default]
    Text,
}

/// By id. What styles are called in Chinese or Norwegian, their names are in English.
#[derive(Debug, Default)]
pub struct Styles {
    by_id: HashMap<String, Style>,
}

#[derive(Debug, Default)]
struct Style {
    look: Option<Look>,
    based_on: Option<String>,
}

impl Styles {
    /// A part that is broken names no styles.
    pub fn read(part: &[u8]) -> Self {
        let mut styles = Self::default();
        let mut open: Option<(String, Style)> = None;
        let _ = xml::walk(part, |node| {
            let Node::Open(element) = node else { return };
            let name = element.name();
            if name == "style" {
                styles.keep(open.take());
                open = element.attribute("styleId").map(|id| (id, Style::default()));
                return;
            }
            let (Some((_, style)), Some(value)) = (&mut open, element.attribute("val")) else { return };
            match &*name {
                "name" => style.look = look_of_name(&value).or(style.look),
                "basedOn" => style.based_on = Some(value),
                "outlineLvl" => style.look = style.look.or_else(|| look_of_level(&value)),
                "numId" if value != "0" => style.look = style.look.or(Some(Look::Item)),
                _ => {}
            }
        });
        styles.keep(open);
        styles
    }

    fn keep(&mut self, style: Option<(String, Style)>) {
        self.by_id.extend(style);
    }

    pub fn look(&self, id: &str) -> Look {
        const MOST_ANCESTORS: usize = 12;
        let mut id = id;
        for _ in 0..MOST_ANCESTORS {
            match self.by_id.get(id) {
                Some(Style { look: Some(look), .. }) => return *look,
                Some(Style { based_on: Some(based_on), .. }) => id = based_on,
                _ => break,
            }
        }
        Look::Text
    }
}

fn look_of_name(name: &str) -> Option<Look> {
    let name = name.to_ascii_lowercase();
    match name.as_str() {
        "title" => Some(Look::Heading(1)),
        "subtitle" => Some(Look::Heading(2)),
        _ if name.starts_with("list ") && name != "list paragraph" => Some(Look::Item),
        _ => name.strip_prefix("heading ")?.trim().parse().ok().map(|level: u8| Look::Heading(level.clamp(1, 6))),
    }
}

/// A level of the outline, from 0; 9 is text.
pub fn look_of_level(level: &str) -> Option<Look> {
    level.trim().parse().ok().filter(|level| *level < 9).map(|level: u8| Look::Heading((level + 1).min(6)))
}
