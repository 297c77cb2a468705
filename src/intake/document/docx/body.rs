//! A part that holds paragraphs and tables (ECMA-376 part 1, section 17), in its order.

use super::block::{Page, Paragraph};
use super::styles::{Look, Styles, look_of_level};
use super::table::Table;
use super::xml::{self, Element, Node};
use crate::intake::document::Unread;

pub fn read(part: &[u8], styles: &Styles) -> Result<String, Unread> {
    let mut body = Body {
        styles,
        path: Vec::new(),
        prefix: None,
        left_out: None,
        run: Run::default(),
        page: Page::default(),
        paragraphs: Vec::new(),
        tables: Vec::new(),
    };
    xml::walk(part, |node| match node {
        Node::Open(element) => body.open(&element),
        Node::Close => body.close(),
        Node::Text(text) => body.text(&text),
    })
    .map_err(|_| Unread::BrokenDocx)?;
    Ok(body.page.finish())
}

struct Body<'a> {
    styles: &'a Styles,
    path: Vec<Tag>,
    /// Of the elements that count: those of the root's namespace.
    prefix: Option<Vec<u8>>,
    /// How deep the element stands whose content counts for nothing.
    left_out: Option<usize>,
    run: Run,
    page: Page,
    /// A text box lies in a paragraph and holds others.
    paragraphs: Vec<Paragraph>,
    tables: Vec<Table>,
}

/// How a piece of text looks.
#[derive(Debug, Default)]
struct Run {
    is_bold: bool,
    is_struck: bool,
    is_hidden: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tag {
    Paragraph,
    ParagraphProperties,
    Run,
    RunProperties,
    Text,
    Table,
    Row,
    RowProperties,
    Cell,
    Other,
}

impl Tag {
    fn of(name: &str) -> Self {
        match name {
            "p" => Self::Paragraph,
            "pPr" => Self::ParagraphProperties,
            "r" => Self::Run,
            "rPr" => Self::RunProperties,
            "t" => Self::Text,
            "tbl" => Self::Table,
            "tr" => Self::Row,
            "trPr" => Self::RowProperties,
            "tc" => Self::Cell,
            _ => Self::Other,
        }
    }
}

/// What is not there any more, how things looked before, what is there twice (17.13.5, 17.17.3), and how to pronounce it.
const LEFT_OUT: &[&str] = &[
    "del",
    "moveFrom",
    "Fallback",
    "pPrChange",
    "rPrChange",
    "tblPrChange",
    "trPrChange",
    "tcPrChange",
    "sectPrChange",
    "rt",
];

impl Body<'_> {
    fn open(&mut self, element: &Element<'_>) {
        let name = element.name();
        let is_ours = element.prefix() == self.prefix.get_or_insert_with(|| element.prefix().to_vec()).as_slice();
        let tag = if is_ours { Tag::of(&name) } else { Tag::Other };
        let parent = self.path.last().copied();
        self.path.push(tag);
        if self.left_out.is_some() {
            return;
        }
        if parent == Some(Tag::RowProperties) && name == "del" {
            self.in_table(|table| table.row_is_deleted = true);
        }
        if LEFT_OUT.contains(&&*name) {
            self.left_out = Some(self.path.len());
        } else if is_ours {
            self.begin(tag, parent, &name, element);
        }
    }

    fn begin(&mut self, tag: Tag, parent: Option<Tag>, name: &str, element: &Element<'_>) {
        let value = || element.attribute("val");
        let is_on = || !value().is_some_and(|value| ["0", "false", "off", "none"].contains(&value.as_str()));
        match (tag, parent) {
            (Tag::Paragraph, _) => self.paragraphs.push(Paragraph::default()),
            (Tag::Run, _) => self.run = Run::default(),
            (Tag::Table, _) => self.tables.push(Table::default()),
            (Tag::Row, _) => self.in_table(Table::open_row),
            (Tag::Cell, _) => self.in_table(Table::open_cell),
            (Tag::Other, Some(Tag::Run)) => match name {
                "tab" | "ptab" => self.write("\t"),
                "noBreakHyphen" => self.write("-"),
                "br" | "cr" => self.in_paragraph(Paragraph::end_line),
                _ => {}
            },
            (Tag::Other, Some(Tag::RunProperties)) if self.is_of_run() => match name {
                "b" => self.run.is_bold = is_on(),
                "strike" | "dstrike" => self.run.is_struck |= is_on(),
                "vanish" => self.run.is_hidden = is_on(),
                _ => {}
            },
            (Tag::Other, Some(Tag::ParagraphProperties)) => {
                let look = match name {
                    "pStyle" => value().map(|id| self.styles.look(&id)),
                    "outlineLvl" => value().and_then(|level| look_of_level(&level)),
                    _ => None,
                };
                let is_centred = name == "jc" && value().is_some_and(|value| value == "center");
                self.in_paragraph(|paragraph| {
                    paragraph.look = look.unwrap_or(paragraph.look);
                    paragraph.is_centred |= is_centred;
                });
            }
            (Tag::Other, Some(Tag::RowProperties)) if name == "tblHeader" => {
                let is_head = is_on();
                self.in_table(|table| table.row_is_head = is_head);
            }
            _ => match name {
                "numId" => self.number(value().as_deref()),
                "gridSpan" => {
                    let columns = value().and_then(|value| value.parse().ok()).unwrap_or(1);
                    self.in_table(|table| table.span(columns));
                }
                "vMerge" if value().is_none_or(|value| value != "restart") => self.in_table(Table::go_on),
                _ => {}
            },
        }
    }

    fn close(&mut self) {
        let depth = self.path.len();
        let tag = self.path.pop();
        if let Some(left_out) = self.left_out {
            if left_out == depth {
                self.left_out = None;
            }
            return;
        }
        match tag {
            Some(Tag::Paragraph) => {
                let Some(paragraph) = self.paragraphs.pop() else { return };
                match self.tables.last_mut() {
                    Some(table) => table.write(&paragraph.finish().1),
                    None => self.page.take(paragraph),
                }
            }
            Some(Tag::Cell) => self.in_table(Table::close_cell),
            Some(Tag::Row) => self.in_table(Table::close_row),
            Some(Tag::Table) => {
                let Some(table) = self.tables.pop() else { return };
                match self.tables.last_mut() {
                    Some(outer) => outer.write(&table.finish_inside()),
                    None => self.page.block(&table.finish()),
                }
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if self.left_out.is_none() && self.path.last() == Some(&Tag::Text) {
            self.write(text);
        }
    }

    fn write(&mut self, text: &str) {
        let Run { is_bold, is_struck, is_hidden } = self.run;
        if !is_hidden {
            self.in_paragraph(|paragraph| paragraph.write(text, is_struck, is_bold));
        }
    }

    /// A list's paragraph, or a numbered heading.
    fn number(&mut self, id: Option<&str>) {
        let is_list = id != Some("0");
        self.in_paragraph(|paragraph| match paragraph.look {
            Look::Text if is_list => paragraph.look = Look::Item,
            Look::Item if !is_list => paragraph.look = Look::Text,
            _ => {}
        });
    }

    /// Of the text, not of the mark that ends a paragraph.
    fn is_of_run(&self) -> bool {
        self.path.iter().rev().nth(2) == Some(&Tag::Run)
    }

    fn in_paragraph(&mut self, change: impl FnOnce(&mut Paragraph)) {
        if let Some(paragraph) = self.paragraphs.last_mut() {
            change(paragraph);
        }
    }

    fn in_table(&mut self, change: impl FnOnce(&mut Table)) {
        if let Some(table) = self.tables.last_mut() {
            change(table);
        }
    }
}
