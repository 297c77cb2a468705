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
