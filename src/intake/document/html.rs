//! What both sorts of documents have in common on their way into HTML.

/// What an unmarked heading is shorter than, in characters.
const LONGEST_HEADING: usize = 120;

pub fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '\n' | '\r' => html.push(' '),
            c => html.push(c),
        }
    }
    html
}

/// Whether a line that somebody has made stand out, in the middle, larger or in bold, can be a heading: no sentence, no
/// field, no date that somebody signs with.
pub fn is_heading_like(text: &str) -> bool {
    let text = text.trim();
    let ends = text.ends_with(['.', '!', '?', ':', ';', ',', '…', '。', '：', '；', '，', '！', '？']);
    let has_words = text.chars().any(char::is_alphabetic) && text.chars().nth(3).is_some();
    let is_field = text.contains(": ") || text.contains(['：', '\t']) || text.contains("<br>");
    has_words && !ends && !is_field && !is_date(text) && text.chars().take(LONGEST_HEADING).count() < LONGEST_HEADING
}

/// `5 May 2021`, `二〇二〇年九月`
fn is_date(text: &str) -> bool {
    text.chars().filter(|c| c.is_alphabetic()).count() <= 10 && text.chars().any(|c| c.is_numeric() || c == '年')
}

pub fn is_han(c: char) -> bool {
    ('\u{3000}'..='\u{9fff}').contains(&c) || ('\u{ff00}'..='\u{ffef}').contains(&c)
}
