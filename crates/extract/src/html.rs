//! HTML, read token by token: what people see of it, and nothing of its scripts.

use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};

use jiff::civil::Date;

use crate::block::{Block, Cell, Role, STRUCK};
use crate::lines;
use crate::table::{self, RawCell, RawRow};
use crate::text::single_line;

pub fn blocks(text: &str) -> Vec<Block> {
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(text));
    let tokenizer = Tokenizer::new(Sink::default(), TokenizerOpts::default());
    // The tokenizer pauses where a browser would run a script.
    while !input.is_empty() {
        let _ = tokenizer.feed(&input);
    }
    tokenizer.end();
    let mut page = tokenizer.sink.page.take();
    page.close_cell();
    page.close_block();
    page.close_table();
    page.blocks
}

#[derive(Default)]
struct Sink {
    page: RefCell<Page>,
}

#[derive(Default)]
struct Page {
    blocks: Vec<Block>,
    open: String,
    role: Option<Role>,
    line: usize,
    /// Of what nobody sees, the element that must end first.
    hidden_by: Option<String>,
    table: Option<Table>,
    /// The label of a list of definitions.
    label: Option<String>,
    time: Option<TimeElement>,
}

#[derive(Default)]
struct Table {
    rows: Vec<RawRow>,
    caption: String,
    is_in_cell: bool,
    /// It sets a page, not data: headings and lists lie in its cells.
    is_layout: bool,
}

/// `<time datetime="2024-03-12">12 March</time>`
struct TimeElement {
    datetime: String,
    begins_at: usize,
}

impl Page {
    fn close_block(&mut self) {
        if let Some(table) = self.table.as_mut().filter(|table| table.is_in_cell && !table.is_layout) {
            // A paragraph inside of a cell.
            let _ = table;
            self.open.push(' ');
            return;
        }
        let role = self.role.take().unwrap_or(Role::Paragraph);
        let text = std::mem::take(&mut self.open);
        let text = text.trim_matches(['|', ' ']);
        let label = if text.trim().is_empty() { None } else { self.label.take() };
        match (role, label) {
            (Role::Item, Some(label)) => {
                let value = text.replace('\n', " ");
                let cell = Cell { head: label.clone(), text: value.clone() };
                let label = label.trim().trim_end_matches(':');
                self.blocks.extend(Block::of_cells(vec![cell], &format!("{label}: {value}"), self.line));
            }
            _ if role != Role::Heading && text.contains('\n') => {
                let lines: Vec<&str> = text.split('\n').map(str::trim).filter(|line| !line.is_empty()).collect();
                if !lines.is_empty() {
                    let blocks = lines::blocks(&lines, self.line).into_iter();
                    let line = self.line;
                    self.blocks.extend(blocks.map(|block| Block {
                        line,
                        role: if role == Role::Item { role } else { block.role },
                        ..block
                    }));
                }
            }
            _ => self.blocks.extend(Block::of(role, text, self.line)),
        }
    }

    fn take_text(&mut self, text: &str, line: u64) {
        if self.hidden_by.is_none() {
            if self.open.is_empty() && text.trim().is_empty() {
                return;
            }
            // What separates may stand before the first word: a cell without a table, a break.
            if self.open.trim_start_matches(['|', ' ', '\n', STRUCK.0, STRUCK.1]).is_empty() {
                let before = text.len() - text.trim_start().len();
                let lines_in = text.matches('\n').count() - text[..before].matches('\n').count();
                self.line = (line as usize).saturating_sub(lines_in).max(1);
            }
            self.open.extend(text.chars().map(|c| if c == '\n' { ' ' } else { c }));
        }
    }

    fn take_tag(&mut self, tag: &Tag, line: u64) {
        let name: &str = &tag.name;
        match (&self.hidden_by, tag.kind) {
            (Some(hidden), TagKind::EndTag) if *hidden == name => self.hidden_by = None,
            (Some(_), _) => {}
            (None, TagKind::StartTag) if is_hidden(name) && !tag.self_closing => {
                self.close_block();
                self.hidden_by = Some(name.to_owned());
            }
            (None, TagKind::StartTag) => self.open_element(name, tag, line),
            (None, TagKind::EndTag) => self.close_element(name),
        }
    }

    fn open_element(&mut self, name: &str, tag: &Tag, line: u64) {
        match name {
            "table" => {
                // A table in a table: the outer one sets the page.
                self.lay_out();
                self.close_block();
                self.close_table();
                self.table = Some(Table::default());
            }
            "tr" => {
                self.close_cell();
                if let Some(table) = self.table.as_mut().filter(|table| !table.is_layout) {
                    table.rows.push(RawRow { cells: Vec::new(), line: line as usize });
                } else {
                    self.close_block();
                    self.role = Some(Role::Item);
                }
            }
            "td" | "th" => {
                self.close_cell();
                let size = |name: &str| attribute(tag, name).and_then(|value| value.trim().parse().ok()).unwrap_or(1);
                match self.table.as_mut().filter(|table| !table.is_layout) {
                    Some(table) => {
                        if table.rows.is_empty() {
                            table.rows.push(RawRow { cells: Vec::new(), line: line as usize });
                        }
                        let cell = RawCell {
                            text: String::new(),
                            rows: size("rowspan"),
                            columns: size("colspan"),
                            is_head: name == "th",
                        };
                        if let Some(row) = table.rows.last_mut() {
                            row.cells.push(cell);
                        }
                        table.is_in_cell = true;
                        self.open.clear();
                    }
                    None => self.open.push_str(" | "),
                }
            }
            "br" => self.open.push('\n'),
            "del" | "s" | "strike" => self.open.push(STRUCK.0),
            "time" => {
                let datetime = attribute(tag, "datetime").unwrap_or_default();
                self.time = Some(TimeElement { datetime, begins_at: self.open.len() });
            }
            "meta" => self.blocks.extend(published(tag).map(|day| Block::written(day, line as usize))),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "ul" | "ol" | "dl" | "article" | "section" => {
                self.lay_out();
                self.close_block();
                self.role = role(name);
            }
            _ => {
                if let Some(role) = role(name) {
                    self.close_block();
                    self.role = Some(role);
                }
            }
        }
    }

    fn close_element(&mut self, name: &str) {
        match name {
            "table" => {
                self.close_cell();
                self.close_block();
                self.close_table();
            }
            "td" | "th" => self.close_cell(),
            "caption" => {
                if let Some(table) = self.table.as_mut() {
                    table.caption = std::mem::take(&mut self.open);
                }
                self.close_block();
            }
            "del" | "s" | "strike" => self.open.push(STRUCK.1),
            "time" => self.close_time(),
            "dt" => self.label = Some(std::mem::take(&mut self.open)).filter(|label| !label.trim().is_empty()),
            _ => {
                if role(name).is_some() {
                    self.close_block();
                }
            }
        }
    }

    /// The machine's word for a date counts for more than the reader's, unless that says more.
    fn close_time(&mut self) {
        let Some(time) = self.time.take() else { return };
        let shown = self.open.get(time.begins_at..).unwrap_or_default();
        let datetime = time.datetime.trim().replace(' ', "T");
        let tells_time = datetime.contains('T');
        let shows_time = shown.contains(':')
            || shown.to_ascii_lowercase().contains("m.")
            || shown.ends_with("am")
            || shown.ends_with("pm");
        let is_day = datetime.get(..10).is_some_and(|day| day.parse::<Date>().is_ok());
        if is_day && (tells_time || !shows_time) {
            self.open.truncate(time.begins_at);
            self.open.push_str(&datetime);
        }
    }

    fn close_cell(&mut self) {
        let Some(table) = self.table.as_mut().filter(|table| table.is_in_cell && !table.is_layout) else { return };
        table.is_in_cell = false;
        let text = std::mem::take(&mut self.open);
        if let Some(cell) = table.rows.last_mut().and_then(|row| row.cells.last_mut()) {
            cell.text = text;
        }
    }

    /// What was taken for a table sets the page: what its cells held are blocks.
    fn lay_out(&mut self) {
        let Some(table) = self.table.as_mut().filter(|table| !table.is_layout) else { return };
        table.is_layout = true;
        table.is_in_cell = false;
        for row in std::mem::take(&mut table.rows) {
            let blocks = row.cells.iter().filter_map(|cell| Block::of(Role::Paragraph, &cell.text, row.line.max(1)));
            self.blocks.extend(blocks.collect::<Vec<_>>());
        }
    }

    fn close_table(&mut self) {
        let Some(table) = self.table.take() else { return };
        let is_single = table.rows.iter().all(|row| row.cells.len() < 2);
        if is_single {
            let cells = table.rows.iter().flat_map(|row| row.cells.iter().map(|cell| (cell, row.line.max(1))));
            self.blocks.extend(cells.filter_map(|(cell, line)| Block::of(Role::Paragraph, &cell.text, line)));
            return;
        }
        self.blocks.extend(table::rows(table.rows, &single_line(&table.caption)));
    }
}

fn attribute(tag: &Tag, name: &str) -> Option<String> {
    tag.attrs.iter().find(|attribute| &*attribute.name.local == name).map(|attribute| attribute.value.to_string())
}

/// The day that a page's head names: `<meta property="article:published_time" content="2020-06-10T…">`.
fn published(tag: &Tag) -> Option<Date> {
    const NAMES: &[&str] = &[
        "article:published_time",
        "date",
        "dc.date",
        "dc.date.issued",
        "dcterms.date",
        "dcterms.issued",
        "pubdate",
        "publishdate",
        "publish_date",
        "publish-date",
        "datepublished",
        "og:published_time",
        "citation_publication_date",
        "citation_date",
    ];
    let name = attribute(tag, "property").or_else(|| attribute(tag, "name")).or_else(|| attribute(tag, "itemprop"))?;
    NAMES.contains(&name.to_ascii_lowercase().as_str()).then_some(())?;
    attribute(tag, "content")?.trim().get(..10)?.replace('/', "-").parse().ok()
}

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<()> {
        let mut page = self.page.borrow_mut();
        match token {
            Token::CharacterTokens(text) => page.take_text(&text, line),
            Token::TagToken(tag) => {
                page.take_tag(&tag, line);
                if tag.kind == TagKind::StartTag {
                    return match &*tag.name {
                        "script" => TokenSinkResult::RawData(RawKind::ScriptData),
                        "style" | "iframe" | "noembed" | "noframes" => TokenSinkResult::RawData(RawKind::Rawtext),
                        "title" | "textarea" => TokenSinkResult::RawData(RawKind::Rcdata),
                        _ => TokenSinkResult::Continue,
                    };
                }
            }
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

fn is_hidden(name: &str) -> bool {
    matches!(
        name,
        "script"
            | "style"
            | "title"
            | "textarea"
            | "iframe"
            | "noembed"
            | "noframes"
            | "template"
            | "svg"
            | "nav"
            | "select"
    )
}

/// What stands apart from the text around it.
fn role(name: &str) -> Option<Role> {
    match name {
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => Some(Role::Heading),
        "li" | "tr" | "dt" | "dd" | "option" => Some(Role::Item),
        "p" | "div" | "article" | "section" | "header" | "footer" | "main" | "aside" | "body" | "html" | "head"
        | "ul" | "ol" | "dl" | "table" | "thead" | "tbody" | "tfoot" | "caption" | "blockquote" | "pre" | "figure"
        | "figcaption" | "hr" | "form" | "fieldset" | "address" | "details" | "summary" => Some(Role::Paragraph),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_see_is_read_and_scripts_are_not() {
        let page = "<!doctype html><html><head><title>T</title><style>p{}</style></head><body>\n<h1>A &amp; B</h1>\n\
                    <script>if (1 < 2) { '<p>5 May 2021</p>' }</script><p>One<br>two <b>th</b>ree\n</p>\n<ul><li>four<li>five</ul>\
                    <table><tr><td>6 May</td><td>seven</td></tr></table>eight";
        let told: Vec<_> = blocks(page).into_iter().map(|block| (block.role, block.text, block.line)).collect();
        let expected = [
            (Role::Heading, "A & B", 2),
            (Role::Paragraph, "One two three", 3),
            (Role::Item, "four", 5),
            (Role::Item, "five", 5),
            (Role::Item, "6 May | seven", 5),
            (Role::Paragraph, "eight", 5),
        ];
        assert_eq!(told, expected.map(|(role, text, line)| (role, text.to_owned(), line)));
    }

    #[test]
    fn a_cell_without_a_table_stands_on_its_line() {
        for page in ["<p>one</p>\n\n<td>two", "<p>one</p>\n\n<br>two", "<p>one</p>\n\n<del></del>two"] {
            let lines: Vec<_> = blocks(page).into_iter().map(|block| block.line).collect();
            assert_eq!(lines, [1, 3], "{page}");
        }
    }
}
