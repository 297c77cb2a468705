//! Text as people give it, made fit to keep, and what an older version kept made fit to show.

use std::borrow::Cow;

use super::Invalid;

/// Without what no text needs and what harms where it is shown: control characters but tab and line ends, noncharacters
/// (XML 1.0 section 2.2 has no room for U+FFFE and U+FFFF: one of them makes a feed unreadable), and what turns the
/// direction of writing beyond itself (UAX 9): overrides, embeddings, isolates that are not ended in their own line.
pub fn cleaned(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_odd) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let lone = lone_isolates(line);
        let is_lone = |at: usize, c: char| is_isolate(c) && lone.contains(&at);
        let kept = line.char_indices().filter(|&(at, c)| !(is_unwanted(c) || is_lone(at, c)));
        out.extend(kept.map(|(_, c)| c));
    }
    Cow::Owned(out)
}

fn is_odd(c: char) -> bool {
    is_unwanted(c) || is_isolate(c)
}

fn is_unwanted(c: char) -> bool {
    let is_noncharacter = u32::from(c) & 0xfffe == 0xfffe || ('\u{fdd0}'..='\u{fdef}').contains(&c);
    c.is_control() && !matches!(c, '\t' | '\n' | '\r') || is_noncharacter || ('\u{202a}'..='\u{202e}').contains(&c)
}

fn is_isolate(c: char) -> bool {
    ('\u{2066}'..='\u{2069}').contains(&c)
}

/// Where isolates of a line stand that have no other end.
fn lone_isolates(line: &str) -> Vec<usize> {
    let (mut open, mut lone) = (Vec::new(), Vec::new());
    for (at, c) in line.char_indices().filter(|(_, c)| is_isolate(*c)) {
        match c {
            '\u{2069}' if open.pop().is_none() => lone.push(at),
            '\u{2069}' => {}
            _ => open.push(at),
        }
    }
    lone.extend(open);
    lone
}

/// One line: runs of white space (line breaks too) become one space; else [`cleaned`].
pub fn single_line(text: &str) -> String {
    if is_single_line(text) {
        return text.to_owned();
    }
    let line: String = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
    cleaned(&line).split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Whether it is one line as it stands, as most texts are.
fn is_single_line(text: &str) -> bool {
    let mut is_behind_space = true;
    for c in text.chars() {
        if (c != ' ' && c.is_whitespace()) || (c == ' ' && is_behind_space) || is_odd(c) {
            return false;
        }
        is_behind_space = c == ' ';
    }
    !is_behind_space || text.is_empty()
}

/// Several lines: line ends become `\n`, the ends are trimmed; else [`cleaned`].
pub fn multi_line(text: &str) -> String {
    if !text.contains('\r') {
        return cleaned(text).trim().to_owned();
    }
    cleaned(&text.replace("\r\n", "\n").replace('\r', "\n")).trim().to_owned()
}

/// One line that an older version kept, as [`single_line`] keeps it today.
pub fn kept_line(text: String) -> String {
    if text.chars().any(|c| is_odd(c) || matches!(c, '\n' | '\r' | '\t')) { single_line(&text) } else { text }
}

/// Several lines that an older version kept, as [`multi_line`] keeps them today.
pub fn kept_lines(text: String) -> String {
    if text.chars().any(|c| is_odd(c) || c == '\r') { multi_line(&text) } else { text }
}

/// What somebody else's server or program said, for logs and terminals: one line, no password in an address, and not
/// too much of it.
pub fn overheard(text: &str) -> String {
    const MOST: usize = 300;
    let line = without_logins(&single_line(text));
    match line.char_indices().nth(MOST - 1) {
        Some((at, _)) if line.chars().count() > MOST => format!("{}…", &line[..at]),
        _ => line,
    }
}

/// Takes user names and passwords out of the addresses in a text: `https://…@example.org/`.
pub fn without_logins(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at + 3);
        out.push_str(before);
        let end = after.find(|c: char| c.is_whitespace() || "/?#\"'`<>".contains(c)).unwrap_or(after.len());
        match after[..end].rfind('@') {
            Some(login) => {
                out.push('…');
                rest = &after[login..];
            }
            None => rest = after,
        }
    }
    out.push_str(rest);
    out
}

/// A value that is quoted in a sentence: its beginning.
pub fn quoted(text: &str) -> String {
    const MOST: usize = 80;
    let line = single_line(text);
    match line.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line,
    }
}

/// A cell of a table (CSV) that no spreadsheet takes for a formula: an apostrophe stands before what it would.
pub fn to_cell(text: &str) -> Cow<'_, str> {
    match is_formula(text) {
        true => Cow::Owned(format!("'{text}")),
        false => Cow::Borrowed(text),
    }
}

/// What [`to_cell`] made a cell of.
pub fn from_cell(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(text) if is_formula(text) => text,
        _ => cell,
    }
}

/// Behind apostrophes too, so that each text has a cell of its own.
fn is_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// Short labels, each once whatever its case, in the order given. A semicolon separates labels in a CSV,
/// so none may hold one.
pub fn labels<'a>(what: &str, given: impl IntoIterator<Item = &'a str>) -> Result<Vec<String>, Invalid> {
    let mut labels: Vec<String> = Vec::new();
    for label in given.into_iter().map(single_line).filter(|label| !label.is_empty()) {
        if label.contains(';') {
            return Err(Invalid(format!("the {what} `{label}` holds a semicolon: give each {what} by itself")));
        }
        at_most(what, &label, 200)?;
        if !labels.iter().any(|known| fold_case(known) == fold_case(&label)) {
            labels.push(label);
        }
    }
    Ok(labels)
}

/// For comparing words whatever their case.
pub fn fold_case(text: &str) -> String {
    text.to_lowercase()
}

/// A word without the signs within it: `gb/t` as `gbt`, `cyber-security` as `cybersecurity`; none if it has none.
pub fn squeezed(word: &str) -> Option<String> {
    let is_sign = |c: char| matches!(c, '-' | '/' | '.' | '_' | '\'' | '·' | '‐'..='―' | '‘'..='’');
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    word.contains(is_sign).then(|| word.chars().filter(|c| !is_sign(*c)).collect())
}

/// Whether two texts differ by case at most.
pub fn is_same(a: &str, b: &str) -> bool {
    match a.is_ascii() && b.is_ascii() {
        true => a.eq_ignore_ascii_case(b),
        false => fold_case(a) == fold_case(b),
    }
}

/// At most `most` characters of it, and a sign where something was left out.
pub fn clip(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

pub fn at_most(what: &str, text: &str, limit: usize) -> Result<(), Invalid> {
    // No character has less than an octet.
    if text.len() <= limit {
        return Ok(());
    }
    match text.chars().count() {
        n if n > limit => Err(Invalid(format!("the {what} has {n} characters: {limit} are allowed"))),
        _ => Ok(()),
    }
}

/// An address of the web that is safe to put behind a link: http or https only, and no line break.
pub fn web_url(text: &str) -> Result<String, Invalid> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(String::new());
    }
    let bad = || Invalid(format!("`{}` is not a web address: write one as https://example.org/page", quoted(text)));
    let url = url::Url::parse(text).map_err(|_| bad())?;
    match url.scheme() {
        "http" | "https" if url.has_host() && text.len() <= 2000 => Ok(url.into()),
        _ => Err(bad()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_harms_is_taken_out_of_text() {
        for (given, line) in [
            ("T\u{202e}gnp.exe", "Tgnp.exe"),
            ("Forum\u{ffff}\u{fffe}\u{fdd0}\u{1fffe}\u{10ffff} 1", "Forum 1"),
            ("a\u{1b}[31mb\u{9b}c", "a[31mbc"),
            ("\u{2067}مرحبا\u{2069} x", "\u{2067}مرحبا\u{2069} x"),
            ("\u{2066}open", "open"),
            ("closed\u{2069}", "closed"),
            ("\u{2068}a\u{2066}b\u{2069}", "a\u{2066}b\u{2069}"),
            ("שלום\u{200f}!", "שלום\u{200f}!"),
        ] {
            assert_eq!(single_line(given), line, "{given:?}");
            assert_eq!(multi_line(given), line, "{given:?}");
        }
        // An isolate ends with its line, whether or not something ends it.
        assert_eq!(multi_line("\u{2066}a\nb\u{2069}"), "a\nb");
    }

    #[test]
    fn what_others_say_is_short_and_shows_no_password() {
        let said = "can't read https://ada:s3cr@t@example.org/x?y@z and http://eve:p@host: no";
        assert_eq!(overheard(said), "can't read https://…@example.org/x?y@z and http://…@host: no");
        let long = overheard(&"回".repeat(2_000));
        assert_eq!((long.chars().count(), long.ends_with('…')), (300, true));
        assert_eq!(overheard(&"回".repeat(300)), "回".repeat(300));
    }

    proptest! {
        #[test]
        fn text_that_was_cleaned_stays_as_it_is(text in "(\\PC|[\u{2066}-\u{2069}\u{202a}-\u{202e}\u{fffe}\r\n\t\u{0}]){0,30}") {
            let (line, lines) = (single_line(&text), multi_line(&text));
            prop_assert_eq!(&single_line(&line), &line);
            prop_assert_eq!(&multi_line(&lines), &lines);
            prop_assert_eq!(kept_line(line.clone()), line);
            prop_assert_eq!(kept_lines(lines.clone()), lines);
        }

        #[test]
        fn each_text_comes_back_from_its_cell(text in "'{0,3}[=+@a\t\r-]?\\PC{0,9}") {
            let cell = to_cell(&text);
            prop_assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']));
            prop_assert_eq!(from_cell(&cell), &text);
        }
    }

    #[test]
    fn a_line_stays_one_line() {
        assert_eq!(single_line(" a\r\nb\t c\u{7}\u{200b}d "), "a b c\u{200b}d");
        assert_eq!(multi_line("a\r\nb\rc\u{0}\n"), "a\nb\nc");
    }

    #[test]
    fn only_web_addresses_are_links() {
        assert_eq!(web_url("https://example.org/ä").unwrap(), "https://example.org/%C3%A4");
        for bad in ["javascript:alert(1)", "example.org", "http://", "ftp://example.org/", "https://"] {
            assert!(web_url(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn labels_are_told_once() {
        let given = ["Smart City", "smart city", " ", "ipv6"];
        assert_eq!(labels("topic", given).unwrap(), ["Smart City", "ipv6"]);
        assert!(labels("topic", ["a;b"]).is_err());
    }
}
