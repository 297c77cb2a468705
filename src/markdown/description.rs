//! The description of an event, as its readers see it.

use std::borrow::Cow;
use std::sync::LazyLock;

use ammonia::Builder;

use super::{cut, depth_of, excerpt, sanitized, to_html};
use crate::domain::event::{DescriptionFormat, Details};
use crate::domain::text::{cleaned, single_line};

/// How many elements of HTML may lie one in the other; of what has more only the words are shown.
const MOST_NESTED: usize = 500;

/// To stand on a page or in a feed's entry.
pub fn html(of: &Details) -> String {
    let written = &of.description;
    match of.description_format {
        DescriptionFormat::Markdown => to_html(written),
        DescriptionFormat::Html if depth_of(written) <= MOST_NESTED => cleaned(&sanitized::clean(written)).into_owned(),
        DescriptionFormat::Plain | DescriptionFormat::Html => paragraphs(&text(of)),
    }
}

/// Its beginning in about so many characters, plain.
pub fn beginning(of: &Details, limit: usize) -> String {
    match of.description_format {
        DescriptionFormat::Markdown => excerpt(&of.description, limit),
        DescriptionFormat::Plain | DescriptionFormat::Html => {
            let text = text(of);
            let words = text.split("\n\n").map(single_line).find(|words| !words.is_empty());
            cut(words.unwrap_or_default(), limit)
        }
    }
}

/// All of it for programs that show text alone. Markdown is readable as it was written.
pub fn text(of: &Details) -> Cow<'_, str> {
    match of.description_format {
        DescriptionFormat::Markdown | DescriptionFormat::Plain => Cow::Borrowed(&of.description),
        DescriptionFormat::Html => Cow::Owned(words(&of.description)),
    }
}

/// Text as it stands, in HTML: an empty line parts paragraphs.
fn paragraphs(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    let parts = escaped.split("\n\n").map(str::trim).filter(|part| !part.is_empty());
    parts.map(|part| format!("<p>{}</p>\n", part.replace('\n', "<br>\n"))).collect()
}

/// Each of these begins a line; before all but the last three an empty one parts them from what was.
const BLOCKS: [&str; 20] = [
    "blockquote",
    "dd",
    "div",
    "dl",
    "dt",
    "figure",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "ol",
    "p",
    "pre",
    "table",
    "ul",
    "br",
    "li",
    "tr",
];

static BARE: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::empty();
    builder.tags(BLOCKS.into_iter().collect());
    builder
});

/// The words of HTML, its blocks parted as they would be in a mail.
fn words(html: &str) -> String {
    // Flat HTML first: what lies too deep takes the parser long, and has no blocks that anybody meant.
    let shallow = if depth_of(html) <= MOST_NESTED { Cow::Borrowed(html) } else { Cow::Owned(without_tags(html)) };
    // What is left has no attributes and is escaped, so that every `<` begins one of the elements above.
    let bare = BARE.clean(&sanitized::clean(&shallow)).to_string();
    let mut words = String::new();
    for piece in bare.split('<') {
        let (tag, text) = piece.split_once('>').unwrap_or(("", piece));
        words.push_str(match (tag, tag.trim_start_matches('/')) {
            ("", _) | ("/li" | "/tr", _) => "",
            ("li", _) => "\n- ",
            (_, "br" | "tr") => "\n",
            _ => "\n\n",
        });
        let begins = words.ends_with(char::is_whitespace) || words.is_empty();
        let blank = |text: &str| if text.is_empty() { "" } else { " " };
        let line = text.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
        let leading = if begins { "" } else { blank(&text[..text.len() - text.trim_ascii_start().len()]) };
        let trailing = if line.is_empty() { "" } else { blank(&text[text.trim_ascii_end().len()..]) };
        words.extend([leading, &line, trailing]);
    }
    let unescaped = words.replace("&lt;", "<").replace("&gt;", ">").replace("&nbsp;", " ").replace("&amp;", "&");
    let mut lines: Vec<String> = Vec::new();
    for line in cleaned(&unescaped).lines().map(single_line) {
        if !(line.is_empty() && lines.last().is_none_or(String::is_empty)) {
            lines.push(line);
        }
    }
    lines.join("\n").trim_end().to_owned()
}

fn without_tags(html: &str) -> String {
    let pieces = html.split('<').map(|piece| piece.split_once('>').map_or(piece, |(_, text)| text));
    pieces.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::event::Kind;
    use crate::domain::when::When;
    use crate::domain::zone::Zone;

    fn written(description_format: DescriptionFormat, description: &str) -> Details {
        let when = When::parse("2020-09-11", None, Zone::utc()).unwrap();
        Details { description_format, description: description.into(), ..Details::new(Kind::Meeting, "A", when) }
    }

    #[test]
    fn what_is_plain_means_nothing_but_itself() {
        let plain = written(DescriptionFormat::Plain, "# 1 < 2 & *so*\nnext\n\n<b>x</b>");
        assert_eq!(html(&plain), "<p># 1 &lt; 2 &amp; *so*<br>\nnext</p>\n<p>&lt;b&gt;x&lt;/b&gt;</p>\n");
        assert_eq!(beginning(&plain, 100), "# 1 < 2 & *so* next");
        assert_eq!(text(&plain), plain.description);
    }

    #[test]
    fn of_html_what_is_harmless_is_shown_and_its_words_are_told() {
        let source = "<h2>Agenda</h2>\n<p>One &amp; <b onclick=\"x()\">two</b>,\n three &lt;4&gt;</p><ul><li>a</li><li>b</li></ul>                      <script>alert(1)</script><p><a href=\"javascript:x()\" title=\"a>b\">join</a><br>us</p>";
        let details = written(DescriptionFormat::Html, source);
        let shown = html(&details);
        assert!(shown.contains("<b>two</b>") && shown.contains("<h2>Agenda</h2>"), "{shown}");
        assert!(!shown.contains("script") && !shown.contains("onclick"), "{shown}");
        assert_eq!(text(&details), "Agenda\n\nOne & two, three <4>\n\n- a\n- b\n\njoin\nus");
        assert_eq!(beginning(&details, 100), "Agenda");
    }

    #[test]
    fn html_without_a_bottom_is_told_in_its_words() {
        let deep = format!("{}deep", "<b>".repeat(30_000));
        let details = written(DescriptionFormat::Html, &deep);
        assert_eq!(html(&details), "<p>deep</p>\n");
        assert_eq!(text(&written(DescriptionFormat::Html, "")), "");
    }
}
