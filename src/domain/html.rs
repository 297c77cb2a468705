//! HTML that came from anywhere, as plain text tells it.

use std::cell::RefCell;

use html5ever::LocalName;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};

use super::text::{cleaned, single_line};

/// Those that go with all that is in them: nothing of it is for readers.
pub const DROPPED: [&str; 12] = [
    "iframe", "math", "noembed", "noframes", "noscript", "script", "style", "svg", "template", "textarea", "title",
    "xmp",
];

/// Its words. Blocks begin lines of their own, items are marked as such, cells are parted, and behind a link stands its
/// address where its words are others.
pub fn words(html: &str) -> String {
    let text = read(html, Reader::default()).0.into_inner().finish();
    let mut lines: Vec<String> = Vec::new();
    for line in cleaned(&text).lines().map(single_line) {
        if !(line.is_empty() && lines.last().is_none_or(String::is_empty)) {
            lines.push(line);
        }
    }
    lines.join("\n").trim_end().to_owned()
}

/// Hands HTML to `sink`, token by token.
pub fn read<S: TokenSink>(html: &str, sink: S) -> S {
    let input = BufferQueue::default();
    input.push_back(html.into());
    let tokenizer = Tokenizer::new(sink, TokenizerOpts::default());
    // The tokenizer pauses where a browser would run a script.
    while !input.is_empty() {
        let _ = tokenizer.feed(&input);
    }
    tokenizer.end();
    tokenizer.sink
}

/// How the tokenizer is to take what an element holds that begins with this tag.
pub fn content<H>(tag: &Tag) -> TokenSinkResult<H> {
    match &*tag.name {
        "script" => TokenSinkResult::RawData(RawKind::ScriptData),
        "style" | "iframe" | "noembed" | "noframes" => TokenSinkResult::RawData(RawKind::Rawtext),
        "title" | "textarea" => TokenSinkResult::RawData(RawKind::Rcdata),
        _ => TokenSinkResult::Continue,
    }
}

pub fn attribute<'a>(tag: &'a Tag, name: &str) -> Option<&'a str> {
    tag.attrs.iter().find(|attribute| &*attribute.name.local == name).map(|attribute| &*attribute.value)
}

/// Text as the content of an element.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[derive(Default)]
struct Reader(RefCell<Writer>);

#[derive(Default)]
struct Writer {
    text: String,
    /// How many lines end before the next word: two leave one empty.
    breaks: usize,
    has_space: bool,
    /// What stands before the next word of an item.
    mark: String,
    /// The lists that are open, each with the number of its next item where they are numbered.
    lists: Vec<Option<usize>>,
    /// Whether the row has a cell with words, and another has begun.
    row: (bool, bool),
    /// Links that are open: where they lead, and where their words begin, if there were any.
    links: Vec<(String, Option<usize>)>,
    preformatted: usize,
    /// What is passed over, and how many of its kind are open in it.
    dropped: Option<(LocalName, usize)>,
}

impl TokenSink for Reader {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut writer = self.0.borrow_mut();
        match token {
            Token::TagToken(tag) => return writer.tag(&tag),
            Token::CharacterTokens(words) if writer.dropped.is_none() => writer.words(&words),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

impl Writer {
    fn words(&mut self, words: &str) {
        for c in words.chars() {
            match c {
                '\n' if self.preformatted > 0 => self.line_break(),
                ' ' | '\t' | '\n' | '\r' | '\u{c}' => self.has_space = true,
                c => self.put(c),
            }
        }
    }

    fn put(&mut self, c: char) {
        let is_first = self.text.is_empty();
        if self.breaks > 0 && !is_first {
            self.text.extend(std::iter::repeat_n('\n', self.breaks));
        } else if self.row == (true, true) && self.breaks == 0 {
            self.text.push_str(" | ");
        } else if self.has_space && !is_first {
            self.text.push(' ');
        }
        self.row = (true, false);
        (self.breaks, self.has_space) = (0, false);
        self.text.push_str(&std::mem::take(&mut self.mark));
        for (_, begin) in self.links.iter_mut().rev().take_while(|(_, begin)| begin.is_none()) {
            *begin = Some(self.text.len());
        }
        self.text.push(c);
    }

    /// What comes begins a line; with `lines` = 2 an empty one lies before it.
    fn begin_lines(&mut self, lines: usize) {
        // An item's first paragraph stands beside its mark.
        if self.mark.is_empty() {
            self.breaks = self.breaks.max(lines);
        }
    }

    fn line_break(&mut self) {
        self.breaks = (self.breaks + 1).min(2);
    }

    fn tag(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        let (name, begins) = (&*tag.name, tag.kind == TagKind::StartTag);
        if let Some((dropped, depth)) = &mut self.dropped {
            if *dropped == tag.name {
                *depth = if begins { *depth + 1 } else { *depth - 1 };
            }
            if *depth == 0 {
                self.dropped = None;
            }
            return TokenSinkResult::Continue;
        }
        if begins && !tag.self_closing && DROPPED.contains(&name) {
            self.dropped = Some((tag.name.clone(), 1));
            return match name {
                "xmp" => TokenSinkResult::RawData(RawKind::Rawtext),
                _ => content(tag),
            };
        }
        match name {
            "br" => self.line_break(),
            "hr" => self.begin_lines(2),
            "img" => self.words(attribute(tag, "alt").unwrap_or_default()),
            "a" if begins => self.links.push((attribute(tag, "href").unwrap_or_default().trim().to_owned(), None)),
            "a" => self.end_link(),
            "ol" | "ul" if begins => {
                self.begin_lines(if self.lists.is_empty() { 2 } else { 1 });
                let start = attribute(tag, "start").and_then(|start| start.parse().ok()).unwrap_or(1);
                self.lists.push((name == "ol").then_some(start));
            }
            "ol" | "ul" => {
                self.lists.pop();
                self.mark.clear();
                self.begin_lines(if self.lists.is_empty() { 2 } else { 1 });
            }
            "li" if begins => {
                self.mark.clear();
                self.begin_lines(1);
                self.mark = match self.lists.last_mut() {
                    Some(Some(number)) => {
                        *number += 1;
                        format!("{}. ", *number - 1)
                    }
                    _ => "- ".to_owned(),
                };
            }
            "td" | "th" if begins => self.row.1 = true,
            "tr" | "li" => {
                self.begin_lines(1);
                self.row = (false, false);
            }
            "pre" => {
                self.preformatted = if begins { self.preformatted + 1 } else { self.preformatted.saturating_sub(1) };
                self.begin_lines(2);
            }
            "blockquote" | "dl" | "figure" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "p" | "table" => {
                self.begin_lines(2);
            }
            "address" | "article" | "aside" | "body" | "caption" | "center" | "dd" | "details" | "div" | "dt"
            | "fieldset" | "figcaption" | "footer" | "form" | "header" | "main" | "nav" | "section" | "summary"
            | "tbody" | "tfoot" | "thead" => self.begin_lines(1),
            _ => {}
        }
        TokenSinkResult::Continue
    }

    /// An address is told once.
    fn end_link(&mut self) {
        let Some((address, begin)) = self.links.pop() else { return };
        let shown = match address.split_once(':') {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("mailto") => {
                rest.split('?').next().unwrap_or_default().to_owned()
            }
            Some((scheme, _)) if ["http", "https"].iter().any(|web| scheme.eq_ignore_ascii_case(web)) => address,
            _ => return,
        };
        let told = begin.and_then(|begin| self.text.get(begin..)).map(str::trim);
        match told {
            _ if shown.is_empty() => {}
            None => {
                self.has_space = true;
                self.words(&shown);
                self.has_space = true;
            }
            Some(told) if bare(told) == bare(&shown) => {}
            // Right behind the words, whatever ends with them.
            Some(_) => self.text.push_str(&format!(" ({shown})")),
        }
    }

    fn finish(mut self) -> String {
        while !self.links.is_empty() {
            self.end_link();
        }
        self.text
    }
}

/// An address as people write it.
fn bare(address: &str) -> String {
    let address = address.trim_start_matches("http://").trim_start_matches("https://");
    address.trim_end_matches('/').to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_html_are_told_as_a_mail_would_tell_them() {
        for (html, expected) in [
            ("<h2>Agenda</h2>\n<p>One &amp; <b>two</b>,\n three &lt;4&gt;</p>", "Agenda\n\nOne & two, three <4>"),
            ("<ul><li>a</li><li><p>b</p></li></ul>c", "- a\n- b\n\nc"),
            ("<ol><li>a<ul><li>x</li></ul></li><li>b</li></ol>", "1. a\n- x\n2. b"),
            ("<div>a</div><div><br></div><div>b</div><div>c</div>", "a\n\nb\nc"),
            ("a<br>b<br/><br>c<br></div><div>d", "a\nb\n\nc\nd"),
            (
                "<table><tr><td>9:00</td><td></td><td>Opening</td></tr><tr><th>10:00</th></tr></table>",
                "9:00 | Opening\n10:00",
            ),
            (
                "a <a href=\"https://example.org/x?a=1&amp;b=2\">link</a>, b",
                "a link (https://example.org/x?a=1&b=2), b",
            ),
            ("<a href=https://example.org/>example.org</a><a href='#x'>x</a>", "example.orgx"),
            (
                "<a href='mailto:ada@example.org?subject=x'>Ada</a> <a href='javascript:x()'>y</a>",
                "Ada (ada@example.org) y",
            ),
            (
                "<a href='https://example.org/map'><img alt='A map' src=x></a> <a href='https://a.example'></a>z",
                "A map (https://example.org/map) https://a.example z",
            ),
            ("a<script>if (1 < 2) x</script>b<style>p {}</style><svg><svg></svg>x</svg>c<title>t</title>", "abc"),
            ("<pre>a\n  b</pre>c", "a\nb\n\nc"),
            ("<!-- x --><p title='a>b'>caf&eacute;&nbsp;&#8211; &bogus; <b", "café – &bogus;"),
            ("", ""),
        ] {
            assert_eq!(words(html), expected, "{html}");
        }
    }

    #[test]
    fn html_without_a_bottom_costs_little() {
        for piece in ["<b>", "<ul><li>", "<a href=https://example.org/>", "<svg>", "<table><tr><td>", "<!--", "&"] {
            words(&piece.repeat(30_000));
        }
    }
}
