//! Text as people give it, made fit to keep.

use super::Invalid;

/// One line: runs of white space (line breaks too) become one space, other control characters vanish.
pub fn single_line(text: &str) -> String {
    let visible: String =
        text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| !c.is_control()).collect();
    visible.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Several lines: line ends become `\n`, other control characters (but the tab) vanish, the ends are trimmed.
pub fn multi_line(text: &str) -> String {
    text.replace("\r\n", "\n")
        .replace('\r', "\n")
        .chars()
        .filter(|c| matches!(c, '\n' | '\t') || !c.is_control())
        .collect::<String>()
        .trim()
        .to_owned()
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

pub fn at_most(what: &str, text: &str, limit: usize) -> Result<(), Invalid> {
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
    let bad =
        || Invalid(format!("`{}` is not a web address: write one as https://example.org/page", single_line(text)));
    let url = url::Url::parse(text).map_err(|_| bad())?;
    match url.scheme() {
        "http" | "https" if url.has_host() && text.len() <= 2000 => Ok(url.into()),
        _ => Err(bad()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
