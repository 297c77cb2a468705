//! The description of an event, as its readers see it.

use std::borrow::Cow;

use super::{cut, depth_of, excerpt, sanitized, to_html};
use crate::domain::event::{DescriptionFormat, Details};
use crate::domain::html::{self, words};
use crate::domain::text::{cleaned, single_line};
use crate::domain::web_links;

/// How far a line of plain text is indented at most.
const MOST_INDENTED: usize = 16;
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
            let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !is_rule(line));
            // A first line such as "Agenda:" says little, so what follows is told as well.
            let mut words = String::new();
            for line in lines {
                if words.chars().nth(limit).is_some() {
                    break;
                }
                words = format!("{words} {line}");
            }
            cut(single_line(&words), limit)
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

/// Text as it stands, in HTML: an empty line parts paragraphs, an indented line stays so, and addresses are links.
fn paragraphs(text: &str) -> String {
    let parts = text.split("\n\n").map(|part| part.trim_matches('\n')).filter(|part| !part.trim().is_empty());
    parts.map(|part| format!("<p>{}</p>\n", part.split('\n').map(line).collect::<Vec<_>>().join("<br>\n"))).collect()
}

fn line(line: &str) -> String {
    let words = line.trim_start();
    let indent: usize = line.chars().take_while(|c| c.is_whitespace()).map(|c| if c == '\t' { 4 } else { 1 }).sum();
    let mut html = "&nbsp;".repeat(indent.min(MOST_INDENTED));
    let mut from = 0;
    for range in web_links::find(words) {
        let (before, address) = (words.get(from..range.start), words.get(range.clone()));
        let (before, address) = (escaped(before.unwrap_or_default()), escaped(address.unwrap_or_default()));
        html.push_str(&format!("{before}<a href=\"{address}\" rel=\"noopener\">{address}</a>"));
        from = range.end;
    }
    html + &escaped(words.get(from..).unwrap_or_default())
}

fn escaped(text: &str) -> String {
    html::escaped(text).replace('"', "&quot;")
}

/// Of lines that are nothing but a rule, such as those that Teams puts around what it adds, an excerpt has no need.
fn is_rule(line: &str) -> bool {
    let mut marks = line.chars().filter(|c| !c.is_whitespace());
    let first = marks.next();
    first.is_some_and(|first| !first.is_alphanumeric() && line.chars().count() > 2 && marks.all(|mark| mark == first))
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
        assert_eq!(beginning(&plain, 100), "# 1 < 2 & *so* next <b>x</b>");
        assert_eq!(beginning(&plain, 8), "# 1 < 2…");
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
        assert_eq!(beginning(&details, 60), "Agenda One & two, three <4> - a - b join us");
    }

    #[test]
    fn html_without_a_bottom_is_told_in_its_words() {
        let deep = format!("{}deep", "<b>".repeat(30_000));
        let details = written(DescriptionFormat::Html, &deep);
        assert_eq!(html(&details), "<p>deep</p>\n");
        assert_eq!(text(&written(DescriptionFormat::Html, "")), "");
    }
}
