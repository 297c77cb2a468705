//! Markdown as people write it: to HTML that is safe to show, or to plain text.

pub mod description;
pub mod pictures;
mod sanitized;

use comrak::arena_tree::NodeEdge;
use comrak::nodes::{AstNode, NodeValue};
use comrak::{Arena, Options, format_html, markdown_to_html, parse_document};

use crate::domain::text;

fn options() -> Options<'static> {
    let mut options = Options::default();
    options.extension.autolink = true;
    options.extension.strikethrough = true;
    options.extension.table = true;
    // Raw HTML and javascript: links are left out; that is the library's default, and the reason to keep it.
    options.render.r#unsafe = false;
    options
}

/// Of a description, which comes from anywhere: raw HTML in it is left out.
pub fn to_html(markdown: &str) -> String {
    // References such as &#8238; stand for any character.
    text::cleaned(&markdown_to_html(markdown, &options())).into_owned()
}

/// Of an article, to stand below a page's own `h1`: its headings begin with `h2`. The HTML that newsletters are pasted
/// with stays as far as it is harmless.
pub fn article_html(markdown: &str) -> String {
    let mut options = options();
    options.render.r#unsafe = true;
    text::cleaned(&sanitized::clean(&below(markdown, 1, &options))).into_owned()
}

/// Of an editor's note, to stand below the title of an edition and among its sections: its headings begin with `h3`, and raw
/// HTML in it is left out.
pub fn note_html(markdown: &str) -> String {
    text::cleaned(&below(markdown, 2, &options())).into_owned()
}

/// With its headings so many levels deeper.
fn below(markdown: &str, levels: u8, options: &Options<'_>) -> String {
    let arena = Arena::new();
    let root = parse_document(&arena, markdown, options);
    for node in root.descendants() {
        if let NodeValue::Heading(heading) = &mut node.data.borrow_mut().value {
            heading.level = (heading.level + levels).min(6);
        }
    }
    let mut html = String::new();
    // Writing to a text can't fail.
    let _ = format_html(root, options, &mut html);
    html
}

/// The first line that holds raw HTML, which what is no article does not show.
pub fn raw_html(markdown: &str) -> Option<usize> {
    let arena = Arena::new();
    let root = parse_document(&arena, markdown, &options());
    root.descendants().find_map(|node| {
        let node = node.data.borrow();
        matches!(node.value, NodeValue::HtmlBlock(_) | NodeValue::HtmlInline(_)).then_some(node.sourcepos.start.line)
    })
}

/// About how many elements of its HTML lie one in the other where it is deepest, found without building any.
pub fn nesting(markdown: &str) -> usize {
    let mut options = options();
    options.render.r#unsafe = true;
    depth_of(&markdown_to_html(markdown, &options))
}

fn depth_of(html: &str) -> usize {
    let mut depth = 0_usize;
    let mut deepest = 0;
    for piece in html.split('<').skip(1) {
        let tag = piece.split_once('>').map_or(piece, |(tag, _)| tag);
        match tag.bytes().next() {
            Some(b'/') => depth = depth.saturating_sub(1),
            Some(first) if first.is_ascii_alphabetic() && !has_no_end(tag) => depth += 1,
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

/// Whether nothing lies in an element, by the inside of its tag.
fn has_no_end(tag: &str) -> bool {
    let name = tag.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    tag.ends_with('/') || ["br", "hr", "img", "wbr"].iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// A heading of the first level that the text begins with, as plain text, and what follows it.
pub fn leading_heading(markdown: &str) -> Option<(String, String)> {
    let arena = Arena::new();
    let root = parse_document(&arena, markdown, &options());
    let first = root.first_child()?;
    let node = first.data.borrow();
    match &node.value {
        NodeValue::Heading(heading) if heading.level == 1 && node.sourcepos.start.line == 1 => {
            let rest = markdown.lines().skip(node.sourcepos.end.line).collect::<Vec<_>>().join("\n");
            Some((plain(first), rest.trim().to_owned()))
        }
        _ => None,
    }
}

/// The first paragraph that has words, without its marks, cut after about `limit` characters: between words where
/// there are any.
pub fn excerpt(markdown: &str, limit: usize) -> String {
    let arena = Arena::new();
    let root = parse_document(&arena, markdown, &options());
    let paragraphs = root.descendants().filter(|node| matches!(node.data.borrow().value, NodeValue::Paragraph));
    cut(paragraphs.map(told).find(|text| !text.is_empty()).unwrap_or_default(), limit)
}

/// About `limit` characters of it: to the end of a word where there are any.
fn cut(words: String, limit: usize) -> String {
    match words.char_indices().nth(limit) {
        None => words,
        Some((cut, _)) => {
            // Chinese has no spaces between words: one that lies far back belongs to a name.
            let end = words[..cut].rfind(char::is_whitespace).filter(|&end| end > cut / 2).unwrap_or(cut);
            let beginning = words[..end].trim_end_matches(|c: char| !c.is_alphanumeric());
            // Its cut may have taken the end of what turned the direction of writing.
            format!("{}…", text::cleaned(beginning))
        }
    }
}

/// The words in a node, without its marks.
pub fn plain<'a>(node: &'a AstNode<'a>) -> String {
    words(node.descendants())
}

/// The same without those that stand for a picture.
fn told<'a>(node: &'a AstNode<'a>) -> String {
    let is_picture = |node: &AstNode<'a>| matches!(node.data.borrow().value, NodeValue::Image(_));
    let mut pictures = 0;
    let outside = node.traverse().filter_map(|edge| match edge {
        NodeEdge::Start(node) => {
            pictures += usize::from(is_picture(node));
            (pictures == 0).then_some(node)
        }
        NodeEdge::End(node) => {
            pictures -= usize::from(is_picture(node));
            None
        }
    });
    text::single_line(&words(outside))
}

fn words<'a>(nodes: impl Iterator<Item = &'a AstNode<'a>>) -> String {
    let mut words = String::new();
    for node in nodes {
        match &node.data.borrow().value {
            NodeValue::Text(part) => words.push_str(part),
            NodeValue::Code(code) => words.push_str(&code.literal),
            NodeValue::SoftBreak | NodeValue::LineBreak => words.push(' '),
            _ => {}
        }
    }
    text::cleaned(&words).trim().to_owned()
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
        for (markdown, limit, expected) in [
            ("# Heading\n\nA *first* [paragraph](https://x.org)\nhere.\n\nMore.", 80, "A first paragraph here."),
            ("one two three four", 10, "one two…"),
            ("", 10, ""),
            ("- a list\n- alone", 10, "a list"),
            ("![](https://example.org/a.png)\n\n<br>\n\nText.", 10, "Text."),
            ("![A seal](a.png)\n\nText ![and *more*](b.png) here.", 80, "Text here."),
            ("A <b>bold</b> word", 80, "A bold word"),
            ("GB 标准化管理委员会发布了新的国家标准目录", 10, "GB 标准化管理委员…"),
            ("Unbreakable", 5, "Unbre…"),
        ] {
            assert_eq!(excerpt(markdown, limit), expected, "{markdown}");
        }
    }

    #[test]
    fn a_heading_at_the_top_is_told_apart_from_the_text() {
        let told = |heading: &str, rest: &str| Some((heading.to_owned(), rest.to_owned()));
        for (markdown, expected) in [
            ("# A *title*\n\nText.", told("A title", "Text.")),
            ("A title\n=======\nText.\n\n# More", told("A title", "Text.\n\n# More")),
            ("# A title", told("A title", "")),
            ("## A section\n\nText.", None),
            ("Text.\n\n# Later", None),
            ("[1]: https://example.org\n# Not at the top\n\n[x][1]", None),
            ("", None),
        ] {
            assert_eq!(leading_heading(markdown), expected, "{markdown}");
        }
    }

    #[test]
    fn how_deep_elements_lie_in_each_other_is_told_without_those_that_have_no_end() {
        for (markdown, expected) in [
            ("", 0),
            ("Text.\n\nMore.", 1),
            ("> > - *a*", 5),
            ("<br>A<BR/>B<img src=a>![](b)\n\n---", 1),
            ("<div><div><p>A</p></div></div>", 3),
            ("`<div><div><div>`", 2),
        ] {
            assert_eq!(nesting(markdown), expected, "{markdown}");
        }
    }

    #[test]
    fn the_headings_of_an_article_stand_below_its_title() {
        assert_eq!(
            article_html("# A\n\n## B\n\n###### C\n\nText."),
            "<h2>A</h2>\n<h3>B</h3>\n<h6>C</h6>\n<p>Text.</p>\n"
        );
    }
}
