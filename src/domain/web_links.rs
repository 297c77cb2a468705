//! Addresses of the web in running text.

use std::ops::Range;

/// In octets: nobody's address is longer.
const LONGEST: usize = 2000;

/// What never stands in an address as people write it: also what ends a sentence in Chinese.
const ENDS: &str = "<>\"`{}|\\^，。；：！？、（）【】《》「」“”‘’…";

/// Where those are that begin with their scheme, in order. What ends the sentence around one is none of it.
pub fn find(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let at = from + text.get(from..)?.find("://")?;
            from = at + 3;
            let before = text.get(..at)?;
            let scheme = ["https", "http"].into_iter().find(|scheme| {
                before
                    .len()
                    .checked_sub(scheme.len())
                    .and_then(|begin| before.get(begin..))
                    .is_some_and(|end| end.eq_ignore_ascii_case(scheme))
            });
            let Some(scheme) = scheme else { continue };
            let begin = at - scheme.len();
            if before.get(..begin)?.chars().next_back().is_some_and(|c| c.is_ascii_alphanumeric()) {
                continue;
            }
            let rest = text.get(from..)?;
            let end =
                rest.find(|c: char| c.is_whitespace() || c.is_control() || ENDS.contains(c)).unwrap_or(rest.len());
            let end = if end > LONGEST { rest.floor_char_boundary(LONGEST) } else { end };
            let length = trimmed(rest.get(..end)?);
            if rest.get(..length)?.chars().next().is_some_and(char::is_alphanumeric) {
                from += length;
                return Some(begin..from);
            }
        }
    })
}

/// How much of it is the address: not the marks at its end, nor a bracket that was opened before it.
fn trimmed(address: &str) -> usize {
    let mut address = address;
    loop {
        let count = |c: char| address.matches(c).count();
        let shorter = match address.chars().next_back() {
            Some('.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '_' | '~') => true,
            Some(')') => count(')') > count('('),
            Some(']') => count(']') > count('['),
            _ => false,
        };
        if !shorter {
            return address.len();
        }
        let end = address.char_indices().next_back().map_or(0, |(at, _)| at);
        address = address.get(..end).unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_the_sentence_around_them() {
        for (text, expected) in [
            ("See https://example.org/a?b=c&d=e#f.", &["https://example.org/a?b=c&d=e#f"][..]),
            (
                "(http://example.org/wiki/A_(b)), <HTTPS://example.org/x>",
                &["http://example.org/wiki/A_(b)", "HTTPS://example.org/x"],
            ),
            ("会议链接：https://example.org/j/1，密码 2。", &["https://example.org/j/1"]),
            ("https://例子.example/标准 ftp://example.org xhttps://a.example https://", &["https://例子.example/标准"]),
            ("https://a.example/?url=https://b.example/c", &["https://a.example/?url=https://b.example/c"]),
            ("[x](https://example.org/a)", &["https://example.org/a"]),
            ("", &[]),
        ] {
            assert_eq!(find(text).map(|range| &text[range]).collect::<Vec<_>>(), expected, "{text}");
        }
    }
}
