//! The guard on everything iCalendar that leaves: content lines as RFC 5545 section 3.1 has them, whatever the
//! library wrote.

use std::borrow::Cow;

/// The most octets a line may have, its line end not counted.
const LINE_OCTETS: usize = 75;

/// Unfolds `text` and writes its lines again: CRLF at the end of each, none over 75 octets, no character split, no
/// control character but the tab.
pub fn refold(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 32);
    let mut rest = text;
    while !rest.is_empty() {
        let (line, after) = logical_line(rest);
        rest = after;
        fold_into(&mut out, &line);
    }
    out
}

/// The first line of `text` with its continuations, and what comes after. Only CRLF ends a line: a lone CR or LF is a
/// slip inside of one.
fn logical_line(text: &str) -> (Cow<'_, str>, &str) {
    let (first, mut rest) = text.split_once("\r\n").unwrap_or((text, ""));
    let mut line = Cow::Borrowed(first);
    while let Some(continued) = rest.strip_prefix([' ', '\t']) {
        let (more, after) = continued.split_once("\r\n").unwrap_or((continued, ""));
        line.to_mut().push_str(more);
        rest = after;
    }
    // A look at the octets first, which costs next to nothing: C1 controls begin with 0xC2 in UTF-8.
    let may_hold_one = line.bytes().any(|octet| octet.is_ascii_control() || octet == 0xC2);
    if may_hold_one && line.contains(is_forbidden) {
        line = Cow::Owned(line.replace(is_forbidden, ""));
    }
    (line, rest)
}

fn is_forbidden(c: char) -> bool {
    c.is_control() && c != '\t'
}

fn fold_into(out: &mut String, line: &str) {
    let mut rest = line;
    let mut room = LINE_OCTETS;
    while rest.len() > room {
        let cut = (1..=room).rev().find(|&at| rest.is_char_boundary(at)).unwrap_or(rest.len());
        out.push_str(&rest[..cut]);
        out.push_str("\r\n ");
        rest = &rest[cut..];
        // The space that begins a continuation counts.
        room = LINE_OCTETS - 1;
    }
    out.push_str(rest);
    out.push_str("\r\n");
}

/// Escapes TEXT (RFC 5545 section 3.3.11) for properties that the library takes for something else.
pub fn escape_text(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace(';', "\\;")
        .replace(',', "\\,")
        .replace("\r\n", "\\n")
        .replace(['\n', '\r'], "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn unfold(text: &str) -> String {
        text.replace("\r\n ", "")
    }

    #[test]
    fn a_line_the_library_folds_too_late_is_folded_again() {
        let long = format!("SUMMARY:{}\r\n {}\r\nEND:X\r\n", "é".repeat(33), "a".repeat(76));
        let refolded = refold(&long);
        assert!(refolded.split("\r\n").all(|line| line.len() <= 75), "{refolded}");
        assert_eq!(unfold(&refolded), format!("SUMMARY:{}{}\r\nEND:X\r\n", "é".repeat(33), "a".repeat(76)));
    }

    #[test]
    fn control_characters_and_stray_line_ends_vanish() {
        assert_eq!(refold("SUMMARY:a\rb\nc\u{7}d\te\r\n"), "SUMMARY:abcd\te\r\n");
    }

    proptest! {
        #[test]
        fn lines_are_short_whole_and_say_the_same(
            values in proptest::collection::vec("[\\PC中文標準🎉👩‍💻\u{0}-\u{1f}é]{0,400}", 1..5)
        ) {
            let text: String = values.iter().map(|v| format!("X:{}\r\n", v.replace(['\r', '\n'], ""))).collect();
            let folded = refold(&text);
            // Were a character split, it would not be a str; each physical line must be short.
            prop_assert!(folded.ends_with("\r\n"));
            for line in folded.split("\r\n") {
                prop_assert!(line.len() <= 75);
                prop_assert!(!line.contains(is_forbidden));
            }
            let wanted: String = text.chars().filter(|c| !is_forbidden(*c) || matches!(c, '\r' | '\n')).collect();
            prop_assert_eq!(unfold(&folded), wanted);
            prop_assert_eq!(refold(&folded), folded);
        }
    }
}
