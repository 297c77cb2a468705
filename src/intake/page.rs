//! What people see of a web page, block by block, without its menus: to be read, and to be compared with what it was.

mod clock;
#[cfg(test)]
mod tests;

use std::cell::RefCell;

use html5ever::tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult};
use jiff::civil::Date;

pub use clock::is_stamp;

use super::extract::{Document, Form};
use crate::domain::html::{self, attribute};

/// As many blocks of a page are looked at, from its beginning.
pub const MOST_BLOCKS: usize = 5000;
/// As much of a page is read, in octets.
const LONGEST: usize = 4 * 1024 * 1024;

/// A page as it is read.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// HTML with a block a line, or plain text.
    pub text: String,
    pub is_html: bool,
    /// Each block's words, as they are compared.
    pub blocks: Vec<String>,
    /// How many more blocks there are.
    pub left_out: usize,
}

impl Page {
    /// Of a page in HTML. `today`: what only tells that is none of its blocks.
    pub fn of_html(html: &str, today: Date) -> Self {
        let html = html.get(..html.floor_char_boundary(LONGEST)).unwrap_or(html);
        let mut lines = lines(html, true);
        // An element that hides what is in it and never ends hides the page.
        if !lines.iter().any(|line| line.has_words()) {
            lines = self::lines(html, false);
        }
        // What is in `<main>` is what the page is about.
        let has_main = lines.iter().any(|line| line.is_main && line.has_words());
        let is_aside = |line: &Line| has_main && !line.is_main || clock::is_clock(&line.said, today);
        for line in lines.iter_mut().filter(|line| is_aside(line)) {
            line.html = std::mem::take(&mut line.marks);
            line.words.clear();
        }
        let mut page = Self { is_html: true, ..Self::default() };
        for line in lines {
            page.take(&line.html, line.words);
        }
        page
    }

    /// Of a text that is no HTML, such as that of a document: a line is a block.
    pub fn of_text(text: &str, today: Date) -> Self {
        let text = text.get(..text.floor_char_boundary(LONGEST)).unwrap_or(text);
        let mut page = Self::default();
        for line in text.lines().filter(|line| !clock::is_clock(line, today)) {
            page.take(line, words(line));
        }
        page
    }

    fn take(&mut self, line: &str, words: String) {
        let has_words = words.chars().any(char::is_alphabetic);
        if has_words && self.blocks.len() == MOST_BLOCKS {
            self.left_out += 1;
            return;
        }
        self.text.push_str(line);
        self.text.push('\n');
        if has_words {
            self.blocks.push(words);
        }
    }

    /// What the extractor reads.
    pub fn document(self) -> Document {
        let form = if self.is_html { Form::Html } else { Form::Plain };
        Document { text: self.text, form: Some(form), written: None }
    }
}

/// The words of a text in small letters, whatever stands between them.
pub fn words(text: &str) -> String {
    let folded = text.to_lowercase();
    let words: Vec<_> = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

/// A block, or marks without words between two.
#[derive(Debug, Default)]
struct Line {
    html: String,
    /// Its elements without what they hold.
    marks: String,
    said: String,
    words: String,
    is_main: bool,
}

impl Line {
    fn has_words(&self) -> bool {
        self.words.chars().any(char::is_alphabetic)
    }
}

fn lines(text: &str, hides: bool) -> Vec<Line> {
    let sink = Sink(RefCell::new(Writer { hides, ..Writer::default() }));
    let mut writer = html::read(text, sink).0.take();
    writer.end_line();
    writer.lines
}

struct Sink(RefCell<Writer>);

/// Writes a page anew: a block a line, with those elements that the extractor goes by.
#[derive(Debug, Default)]
struct Writer {
    lines: Vec<Line>,
    open: Line,
    /// Whether menus and the like are left out.
    hides: bool,
    /// What nobody is to read, by the name of its element, and how many of that name are open.
    hidden_by: Option<(String, usize)>,
    main: usize,
    /// Within a cell of a table, where a paragraph begins no block.
    cells: usize,
}

impl Writer {
    fn end_line(&mut self) {
        let mut line = std::mem::take(&mut self.open);
        if line.html.trim().is_empty() {
            return;
        }
        line.words = words(&line.said);
        line.is_main = self.main > 0;
        self.lines.push(line);
    }

    fn take_text(&mut self, text: &str) {
        if self.hidden_by.is_some() {
            return;
        }
        for c in text.chars() {
            let c = if c.is_whitespace() { ' ' } else { c };
            self.open.said.push(c);
            match c {
                '&' => self.open.html.push_str("&amp;"),
                '<' => self.open.html.push_str("&lt;"),
                '>' => self.open.html.push_str("&gt;"),
                c => self.open.html.push(c),
            }
        }
    }

    fn take_tag(&mut self, tag: &Tag) {
        let name: &str = &tag.name;
        let is_start = tag.kind == TagKind::StartTag;
        if let Some((hidden, depth)) = &mut self.hidden_by {
            if hidden == name {
                *depth = if is_start { *depth + 1 } else { *depth - 1 };
                if *depth == 0 {
                    self.hidden_by = None;
                }
            }
            return;
        }
        if is_start && !tag.self_closing && (is_never_seen(name) || self.hides && self.is_aside(name, tag)) {
            // What stands before it does not go on behind it.
            if self.cells == 0 {
                self.end_line();
                self.open.html.push_str("<hr>");
                self.open.marks.push_str("<hr>");
                self.end_line();
            }
            self.open.said.push(' ');
            self.open.html.push(' ');
            self.hidden_by = Some((name.to_owned(), 1));
            return;
        }
        match name {
            "main" => {
                self.end_line();
                self.main = if is_start { self.main + 1 } else { self.main.saturating_sub(1) };
            }
            "td" | "th" => {
                self.cells = usize::from(is_start);
                if is_start {
                    self.open.said.push(' ');
                }
            }
            "tr" | "table" => self.cells = 0,
            _ => {}
        }
        if is_block(name) && (self.cells == 0 || is_block_in_cell(name)) {
            if is_start {
                self.end_line();
            }
            self.write(tag);
            if !is_start {
                self.end_line();
            }
        } else if is_block(name) || is_mark(name) {
            self.open.said.push(' ');
            self.write(tag);
        }
    }

    fn write(&mut self, tag: &Tag) {
        let slash = if tag.kind == TagKind::EndTag { "/" } else { "" };
        // What was no menu here is none when it is read again.
        let name: &str = if &*tag.name == "header" { "div" } else { &tag.name };
        let mut mark = format!("<{slash}{name}");
        for attribute in &tag.attrs {
            let name: &str = &attribute.name.local;
            if matches!(name, "datetime" | "rowspan" | "colspan" | "property" | "name" | "itemprop" | "content") {
                let value =
                    attribute.value.replace('&', "&amp;").replace('"', "&quot;").replace(char::is_whitespace, " ");
                mark.push_str(&format!(" {name}=\"{value}\""));
            }
        }
        mark.push('>');
        self.open.html.push_str(&mark);
        self.open.marks.push_str(&mark);
    }

    /// Whether an element holds what stands on every page of a site.
    fn is_aside(&self, name: &str, tag: &Tag) -> bool {
        let is_menu = |word: &str| {
            let known = ["nav", "navbar", "navigation", "menu", "breadcrumb", "breadcrumbs", "sidebar", "footer"];
            known.iter().any(|known| word.eq_ignore_ascii_case(known))
        };
        let is_region =
            |role: &str| matches!(role, "navigation" | "banner" | "contentinfo" | "complementary" | "search");
        match name {
            "nav" | "aside" | "footer" => true,
            // That of an article is its heading.
            "header" => self.main == 0,
            "div" | "section" | "ul" | "ol" => {
                attribute(tag, "role").is_some_and(is_region)
                    || ["class", "id"]
                        .iter()
                        .any(|name| attribute(tag, name).is_some_and(|value| value.split(' ').any(is_menu)))
            }
            _ => false,
        }
    }
}

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut writer = self.0.borrow_mut();
        match token {
            Token::CharacterTokens(text) => writer.take_text(&text),
            Token::TagToken(tag) => {
                writer.take_tag(&tag);
                if tag.kind == TagKind::StartTag {
                    return html::content(&tag);
                }
            }
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

fn is_never_seen(name: &str) -> bool {
    matches!(
        name,
        "script"
            | "style"
            | "title"
            | "textarea"
            | "iframe"
            | "noembed"
            | "noframes"
            | "noscript"
            | "template"
            | "svg"
            | "select"
    )
}

fn is_block(name: &str) -> bool {
    matches!(
        name,
        "p" | "div"
            | "article"
            | "section"
            | "header"
            | "main"
            | "body"
            | "blockquote"
            | "pre"
            | "figure"
            | "figcaption"
            | "hr"
            | "form"
            | "fieldset"
            | "address"
            | "details"
            | "summary"
            | "li"
            | "tr"
            | "dt"
            | "dd"
            | "caption"
            | "thead"
            | "tbody"
            | "tfoot"
            | "meta"
    ) || is_block_in_cell(name)
}

/// What shows that a table sets the page, so that its cells hold blocks.
fn is_block_in_cell(name: &str) -> bool {
    matches!(
        name,
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "ul" | "ol" | "dl" | "table" | "tr" | "article" | "section"
    )
}

fn is_mark(name: &str) -> bool {
    matches!(name, "br" | "td" | "th" | "del" | "s" | "strike" | "time")
}
