//! The pictures of an article's text: which it shows, and how they stand on a page.

use std::cell::RefCell;

use comrak::nodes::NodeValue;
use comrak::{Arena, parse_document};
use html5ever::tokenizer::{TagKind, Token, TokenSink, TokenSinkResult};
use percent_encoding::percent_decode_str;

use super::{article_html, options, plain};
use crate::domain::article::Article;
use crate::domain::html::{attribute, content, read};
use crate::domain::links::Links;
use crate::domain::picture::{ArticleImage, hash_in, named};
use crate::domain::text::single_line;

/// Where a picture lies that a text shows.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Place {
    /// In a file beside the text: its path.
    Beside(String),
    /// A path that leads out of the folder of the text, or is none.
    Outside(String),
    /// A path from the root, of this site or of a disk.
    Root(String),
    /// Among what is kept: its address.
    Kept(String),
    /// On another site, or this one by its whole address.
    Elsewhere(String),
}

impl Place {
    /// Nothing where an address leads nowhere.
    pub fn of(address: &str) -> Option<Self> {
        let address = address.trim();
        let path = decoded(address);
        let scheme = address.split_once(':').map(|(scheme, _)| scheme).filter(|scheme| is_scheme(scheme));
        match scheme {
            // The drive of a disk.
            Some(scheme) if scheme.len() == 1 || scheme.eq_ignore_ascii_case("file") => Some(Self::Outside(path)),
            Some(_) => Some(Self::Elsewhere(address.to_owned())),
            None if address.starts_with("//") => Some(Self::Elsewhere(address.to_owned())),
            None if address.starts_with('/') && hash_in(&path).is_some() => Some(Self::Kept(path)),
            None if address.starts_with('/') => Some(Self::Root(path)),
            None if address.is_empty() || address.starts_with(['#', '?']) => None,
            None => beside(&path),
        }
    }

    /// By which an article knows it.
    fn name(&self) -> &str {
        match self {
            Self::Beside(name) | Self::Outside(name) | Self::Root(name) | Self::Kept(name) | Self::Elsewhere(name) => {
                name
            }
        }
    }
}

fn is_scheme(text: &str) -> bool {
    let is_within = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(is_within)
}

fn decoded(path: &str) -> String {
    percent_decode_str(path).decode_utf8().map_or_else(|_| path.to_owned(), |decoded| decoded.into_owned())
}

fn beside(path: &str) -> Option<Place> {
    let parts: Vec<_> = path.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    match () {
        () if parts.contains(&"..") || path.chars().any(char::is_control) => Some(Place::Outside(path.to_owned())),
        () if parts.is_empty() => None,
        () => Some(Place::Beside(parts.join("/"))),
    }
}

/// A picture that a text shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    pub place: Place,
    pub alt: String,
    /// Of the text, from 1.
    pub line: u64,
}

/// The pictures that a text shows, in its order, those in raw HTML too.
pub fn references(markdown: &str) -> Vec<Reference> {
    let arena = Arena::new();
    let root = parse_document(&arena, markdown, &options());
    let mut found = Vec::new();
    for node in root.descendants() {
        let data = node.data.borrow();
        let line = data.sourcepos.start.line as u64;
        match &data.value {
            NodeValue::Image(link) => found.push((link.url.clone(), plain(node), line)),
            NodeValue::HtmlBlock(block) => found.extend(in_html(&block.literal, line)),
            NodeValue::HtmlInline(html) => found.extend(in_html(html, line)),
            _ => {}
        }
    }
    let reference = |(address, alt, line): (String, String, u64)| {
        Some(Reference { place: Place::of(&address)?, alt: single_line(&alt), line })
    };
    found.into_iter().filter_map(reference).collect()
}

fn in_html(html: &str, first_line: u64) -> Vec<(String, String, u64)> {
    let found = read(html, Found::default()).0.into_inner();
    // The tokenizer counts from 1.
    found.into_iter().map(|(src, alt, line)| (src, alt, first_line + line.saturating_sub(1))).collect()
}

#[derive(Default)]
struct Found(RefCell<Vec<(String, String, u64)>>);

impl TokenSink for Found {
    type Handle = ();

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<()> {
        match token {
            Token::TagToken(tag) if tag.kind == TagKind::StartTag && &*tag.name == "img" => {
                let said = |name| attribute(&tag, name).unwrap_or_default().to_owned();
                self.0.borrow_mut().push((said("src"), said("alt"), line));
                TokenSinkResult::Continue
            }
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => content(&tag),
            _ => TokenSinkResult::Continue,
        }
    }
}

/// The text of an article with its pictures, whose addresses `links` makes.
pub fn html(article: &Article, links: Links<'_>) -> String {
    with_pictures(&article_html(&article.body), &article.images, links)
}

/// The picture that the text of an article shows first, with the words that stand for it there.
pub fn first(article: &Article) -> Option<ArticleImage> {
    if article.images.is_empty() {
        return None;
    }
    references(&article.body).into_iter().find_map(|reference| {
        let image = named(&article.images, reference.place.name())?;
        let alt = if reference.alt.is_empty() { image.alt.clone() } else { reference.alt };
        Some(ArticleImage { alt, ..image.clone() })
    })
}

/// HTML as `sanitized` writes it, where every `<` outside of quotes begins a tag. A picture that is not there any more is left out.
fn with_pictures(html: &str, images: &[ArticleImage], links: Links<'_>) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(begin) = rest.find('<') {
        let (before, tag) = rest.split_at(begin);
        let (tag, behind) = tag.split_at(end_of_tag(tag));
        out.push_str(before);
        match tag.strip_prefix("<img") {
            Some(inside) if inside.starts_with([' ', '>']) => picture(tag, inside, images, links, &mut out),
            _ => out.push_str(tag),
        }
        rest = behind;
    }
    out.push_str(rest);
    out
}

fn end_of_tag(tag: &str) -> usize {
    let mut is_quoted = false;
    for (at, octet) in tag.bytes().enumerate() {
        match octet {
            b'"' => is_quoted = !is_quoted,
            b'>' if !is_quoted => return at + 1,
            _ => {}
        }
    }
    tag.len()
}

fn picture(tag: &str, inside: &str, images: &[ArticleImage], links: Links<'_>, out: &mut String) {
    let attributes = attributes(inside);
    let value = |name: &str| attributes.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
    let place = value("src").map(unescaped).and_then(|address| Place::of(&address));
    let image = place.as_ref().and_then(|place| named(images, place.name()));
    match (image, place) {
        (Some(image), _) => {
            let alt = match value("alt") {
                Some(alt) if !alt.is_empty() => alt.to_owned(),
                _ => quoted(&image.alt),
            };
            // What somebody wrote beside it stays.
            let size = match value("width").or(value("height")) {
                None => format!(" width=\"{}\" height=\"{}\"", image.width, image.height),
                Some(_) => ["width", "height"]
                    .into_iter()
                    .filter_map(|name| Some(format!(" {name}=\"{}\"", value(name)?)))
                    .collect(),
            };
            let title = value("title").map(|title| format!(" title=\"{title}\"")).unwrap_or_default();
            let address = image.address(links);
            out.push_str(&format!(
                "<img src=\"{address}\" alt=\"{alt}\"{size}{title} loading=\"lazy\" decoding=\"async\">"
            ));
        }
        (None, Some(Place::Beside(_) | Place::Kept(_) | Place::Outside(_))) => {}
        (None, _) => out.push_str(tag),
    }
}

/// ` src="…" alt="…">`: names, and values as they stand.
fn attributes(inside: &str) -> Vec<(&str, &str)> {
    let mut rest = inside;
    std::iter::from_fn(|| {
        let (name, behind) = rest.trim_start().split_once("=\"")?;
        let (value, behind) = behind.split_once('"')?;
        rest = behind;
        Some((name, value))
    })
    .collect()
}

fn unescaped(value: &str) -> String {
    let named = [("&quot;", "\""), ("&lt;", "<"), ("&gt;", ">"), ("&nbsp;", "\u{a0}"), ("&amp;", "&")];
    named.into_iter().fold(value.to_owned(), |value, (written, meant)| value.replace(written, meant))
}

/// As the value of an attribute.
fn quoted(text: &str) -> String {
    crate::domain::html::escaped(text).replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::picture::{Picture, PictureFormat, hash};

    fn image(name: &str) -> ArticleImage {
        let picture = Picture::new(PictureFormat::Jpeg, 640, 480, name.as_bytes().to_vec());
        ArticleImage { is_shown: true, ..ArticleImage::of(name, "A \"seal\"", &picture) }
    }

    #[test]
    fn what_a_text_shows_is_told_with_its_place_and_line() {
        let kept = format!("/media/{}.png", hash(b"a"));
        let text = format!(
            "# T\n\n![A *seal*](seal.png \"title\") and ![](<./my pictures/a.png>)\n\n![x][1]\n\n<p>\n<img alt='b' src='b%20c.JPG'>\n</p>\n\n\
             Inline <IMG SRC=d.gif> `<img src=e.png>`\n\n    <img src=f.png>\n\n![k]({kept})\n\n[1]: ../g.png\n\n\
             ![](https://example.org/h.png) ![](data:image/png;base64,AA) ![](/i.png) ![](file:///etc/j.png) ![](C:/k.png) ![](#l)\n"
        );
        let found = references(&text).into_iter().map(|found| (found.place, found.alt, found.line));
        let told = |place: Place, alt: &str, line| (place, alt.to_owned(), line);
        let beside = |name: &str| Place::Beside(name.into());
        let elsewhere = |name: &str| Place::Elsewhere(name.into());
        assert_eq!(
            found.collect::<Vec<_>>(),
            [
                told(beside("seal.png"), "A seal", 3),
                told(beside("my pictures/a.png"), "", 3),
                told(Place::Outside("../g.png".into()), "x", 5),
                told(beside("b c.JPG"), "b", 8),
                told(beside("d.gif"), "", 11),
                told(Place::Kept(kept), "k", 15),
                told(elsewhere("https://example.org/h.png"), "", 19),
                told(elsewhere("data:image/png;base64,AA"), "", 19),
                told(Place::Root("/i.png".into()), "", 19),
                told(Place::Outside("file:///etc/j.png".into()), "", 19),
                told(Place::Outside("C:/k.png".into()), "", 19),
            ]
        );
    }

    #[test]
    fn pictures_stand_on_a_page_with_their_size_and_what_is_gone_does_not() {
        let images = [image("seal.png"), image("my a&b.png")];
        let [seal, other] = &images;
        let page = |markdown: &str| with_pictures(&article_html(markdown), &images, Links::new("https://example.org"));
        let address = |image: &ArticleImage| format!("https://example.org/media/{}.jpg", image.hash);
        let lazy = "loading=\"lazy\" decoding=\"async\"";
        let size = "width=\"640\" height=\"480\"";
        for (markdown, expected) in [
            (
                "![A > b](./seal.png \"T\")",
                format!("<p><img src=\"{}\" alt=\"A &gt; b\" {size} title=\"T\" {lazy}></p>\n", address(seal)),
            ),
            (
                "![](seal.png)",
                format!("<p><img src=\"{}\" alt=\"A &quot;seal&quot;\" {size} {lazy}></p>\n", address(seal)),
            ),
            (
                "<img src='my%20a&amp;b.png' width=90>",
                format!("<img src=\"{}\" alt=\"A &quot;seal&quot;\" width=\"90\" {lazy}>\n", address(other)),
            ),
            (
                &format!("![k](/media/{}.jpg)", seal.hash),
                format!("<p><img src=\"{}\" alt=\"k\" {size} {lazy}></p>\n", address(seal)),
            ),
            (
                &format!("![k](https://example.org/media/{}.jpg)", seal.hash),
                format!("<p><img src=\"{}\" alt=\"k\" {size} {lazy}></p>\n", address(seal)),
            ),
            ("![gone](gone.png) A", "<p> A</p>\n".to_owned()),
            (&format!("![gone](/media/{}.jpg)", hash(b"gone")), "<p></p>\n".to_owned()),
            (
                "![o](https://example.org/o.png)",
                "<p><img src=\"https://example.org/o.png\" alt=\"o\"></p>\n".to_owned(),
            ),
            (
                "![<img src=\"seal.png\">](https://example.org/o.png)",
                "<p><img src=\"https://example.org/o.png\" alt=\"\"></p>\n".to_owned(),
            ),
            ("a < b > \"c", "<p>a &lt; b &gt; \"c</p>\n".to_owned()),
        ] {
            assert_eq!(page(markdown).replace("&lt;img src=&quot;seal.png&quot;&gt;", ""), expected, "{markdown}");
        }
    }

    #[test]
    fn any_address_has_a_place_within_the_folder_or_is_outside() {
        for (address, place) in [
            ("a/../b.png", Place::Outside("a/../b.png".into())),
            ("%2e%2e/b.png", Place::Outside("../b.png".into())),
            ("..", Place::Outside("..".into())),
            ("a\u{0}.png", Place::Outside("a\u{0}.png".into())),
            ("..a.png", Place::Beside("..a.png".into())),
            (" a//./b.png ", Place::Beside("a/b.png".into())),
            ("//example.org/a.png", Place::Elsewhere("//example.org/a.png".into())),
            ("a b:c.png", Place::Beside("a b:c.png".into())),
        ] {
            assert_eq!(Place::of(address), Some(place), "{address}");
        }
        for nothing in ["", "#a", "?a", "./", "."] {
            assert_eq!(Place::of(nothing), None, "{nothing}");
        }
    }
}
