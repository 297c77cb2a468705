//! HTML, read token by token: what people see of it, and nothing of its scripts.

use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};

use crate::block::{Block, Role};

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
    page.close_block();
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
}

impl Page {
    fn close_block(&mut self) {
        let role = self.role.take().unwrap_or(Role::Paragraph);
        self.blocks.extend(Block::of(role, self.open.trim_matches(['|', ' ']), self.line));
        self.open.clear();
    }

    fn take_text(&mut self, text: &str, line: u64) {
        if self.hidden_by.is_none() {
            if self.open.is_empty() && text.trim().is_empty() {
                return;
            }
            if self.open.is_empty() {
                let before = text.len() - text.trim_start().len();
                let lines_in = text.matches('\n').count() - text[..before].matches('\n').count();
                self.line = (line as usize).saturating_sub(lines_in).max(1);
            }
            self.open.push_str(text);
        }
    }

    fn take_tag(&mut self, tag: &Tag) {
        let name: &str = &tag.name;
        match (&self.hidden_by, tag.kind) {
            (Some(hidden), TagKind::EndTag) if *hidden == name => self.hidden_by = None,
            (Some(_), _) => {}
            (None, TagKind::StartTag) if is_hidden(name) && !tag.self_closing => {
                self.close_block();
                self.hidden_by = Some(name.to_owned());
            }
            (None, TagKind::StartTag) => match name {
                "td" | "th" => self.open.push_str(" | "),
                "br" => self.open.push(' '),
                _ => {
                    if let Some(role) = role(name) {
                        self.close_block();
                        self.role = Some(role);
                    }
                }
            },
            (None, TagKind::EndTag) => {
                if role(name).is_some() {
                    self.close_block();
                }
            }
        }
    }
}

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<()> {
        let mut page = self.page.borrow_mut();
        match token {
            Token::CharacterTokens(text) => page.take_text(&text, line),
            Token::TagToken(tag) => {
                page.take_tag(&tag);
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
}
