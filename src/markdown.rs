//! Markdown as people write it in descriptions: to HTML that is safe to show, or to plain text.

use comrak::nodes::{AstNode, NodeValue};
use comrak::{Arena, Options, markdown_to_html, parse_document};

fn options() -> Options<'static> {
    let mut options = Options::default();
    options.extension.autolink = true;
    options.extension.strikethrough = true;
    options.extension.table = true;
    // Raw HTML and javascript: links are left out; that is the library's default, and the reason to keep it.
    options.render.r#unsafe = false;
    options
}

pub fn to_html(markdown: &str) -> String {
    markdown_to_html(markdown, &options())
}

/// The first paragraph without its marks, cut at a word after about `limit` characters.
pub fn excerpt(markdown: &str, limit: usize) -> String {
    let arena = Arena::new();
    let root = parse_document(&arena, markdown, &options());
    let paragraph = root.children().find(|node| matches!(node.data.borrow().value, NodeValue::Paragraph));
    let text = paragraph.map(plain).unwrap_or_default();
    match text.char_indices().nth(limit) {
        None => text,
        Some((cut, _)) => {
            let end = text[..cut].rfind(char::is_whitespace).unwrap_or(cut);
            format!("{}…", text[..end].trim_end_matches(|c: char| !c.is_alphanumeric()))
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_do_not_pass() {
        let html =
            to_html("<script>alert(1)</script>\n\n[x](javascript:alert(1)) **bold** <img src=x onerror=alert(1)>");
        assert!(!html.contains("<script") && !html.contains("javascript:") && !html.contains("onerror"), "{html}");
        assert!(html.contains("<strong>bold</strong>"));
    }

    #[test]
    fn an_excerpt_is_the_first_paragraph_as_text() {
        assert_eq!(
            excerpt("# Heading\n\nA *first* [paragraph](https://x.org)\nhere.\n\nMore.", 80),
            "A first paragraph here."
        );
        assert_eq!(excerpt("one two three four", 10), "one two…");
        assert_eq!(excerpt("", 10), "");
    }
}
