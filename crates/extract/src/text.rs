//! Small things that are done to text.

/// One line: runs of white space (line breaks too) become one space, other control characters vanish.
pub fn single_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    let mut is_spaced = false;
    for c in text.chars() {
        if c.is_whitespace() {
            is_spaced = !line.is_empty();
        } else if !c.is_control() {
            if std::mem::take(&mut is_spaced) {
                line.push(' ');
            }
            line.push(c);
        }
    }
    line
}

/// For comparing words whatever their case.
pub fn fold_case(text: &str) -> String {
    text.to_lowercase()
}

/// At most so many characters of it, cut between two words.
pub fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some((cut, _)) => {
            let end = text[..cut].rfind(' ').unwrap_or(cut);
            format!("{}…", text[..end].trim_end_matches(|c: char| !c.is_alphanumeric()))
        }
    }
}
