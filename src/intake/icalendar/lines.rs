//! From octets to content lines (RFC 5545 section 3.1), however their lines are ended, folded and encoded.

use std::borrow::Cow;

use super::decode::{decoded, head};
use super::names::{is_free_text, is_known, is_scheme};

/// A line that other programs fold at 75 octets is about that long; a longer or shorter one was broken by a person.
const FOLDED: std::ops::RangeInclusive<usize> = 60..=80;

/// Names are far shorter. A bound keeps short what is looked at again for each line that may continue another.
const LONGEST_NAME: usize = 100;

/// A property, or what stands in its place, on one line without folds and control characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line<'a> {
    /// The physical line it begins in, from 1.
    pub number: u64,
    pub text: Cow<'a, str>,
    /// The file ends in it, without a line end.
    pub is_cut: bool,
}

/// Whether a line begins with the name of a property.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Start {
    Name,
    /// `Note: bring cake` or `http://…`: rather a line of prose.
    Doubtful,
    NoName,
}

/// The content lines of a file, each with all that belongs to it.
pub struct Lines<'a> {
    rest: &'a [u8],
    number: u64,
    next: Option<Physical<'a>>,
    /// White space before every line, in a file that was pasted with it.
    indent: &'a [u8],
    /// The file writes `begin:vcalendar`: its names are in lower case.
    is_lower: bool,
}

#[derive(Clone, Copy)]
struct Physical<'a> {
    number: u64,
    octets: &'a [u8],
    is_cut: bool,
}

impl<'a> Lines<'a> {
    pub fn new(octets: &'a [u8]) -> Self {
        let mut lines = Self { rest: octets, number: 1, next: None, indent: &[], is_lower: false };
        lines.next = lines.physical();
        if let Some(first) = &mut lines.next {
            let text = first.octets.trim_ascii_start();
            lines.indent = first.octets.get(..first.octets.len() - text.len()).unwrap_or_default();
            lines.is_lower = text.starts_with(b"begin");
            first.octets = text;
        }
        lines
    }

    /// The next line that is not blank. Any of CRLF, LF and CR ends one, and CRs before an LF count with it.
    fn physical(&mut self) -> Option<Physical<'a>> {
        while !self.rest.is_empty() {
            let number = self.number;
            let length = self.rest.iter().position(|octet| matches!(octet, b'\r' | b'\n'));
            let (line, after) = self.rest.split_at_checked(length.unwrap_or(self.rest.len()))?;
            let returns = after.iter().take_while(|octet| **octet == b'\r').count();
            let after = after.get(returns..).unwrap_or_default();
            match after.strip_prefix(b"\n") {
                Some(after) => (self.rest, self.number) = (after, number + 1),
                None => (self.rest, self.number) = (after, number + returns as u64),
            }
            // Files put one after the other have a byte order mark inside.
            let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
            let line = line.strip_prefix(self.indent).unwrap_or(line);
            let begin = line.iter().position(|octet| *octet >= b' ' || *octet == b'\t');
            if let Some(octets) = begin.and_then(|begin| line.get(begin..)) {
                return Some(Physical { number, octets, is_cut: length.is_none() });
            }
        }
        None
    }

    fn start(&self, line: &[u8]) -> Start {
        let length = line.iter().take_while(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_'));
        let (name, after) = line.split_at_checked(length.count()).unwrap_or_default();
        let after = after.trim_ascii_start();
        let is_name = name.first().is_some_and(u8::is_ascii_alphabetic) && name.len() <= LONGEST_NAME;
        match after.first() {
            _ if !is_name => return Start::NoName,
            Some(b':' | b';') => {}
            // `ORGANIZER="mailto:…"` is a property gone wrong, and no prose.
            Some(b'=') if is_known(name) && !name.iter().any(u8::is_ascii_lowercase) => return Start::Name,
            _ => return Start::NoName,
        }
        let is_prose = || !self.is_lower && matches!(after.get(1), Some(b' '));
        if is_scheme(name) {
            Start::Doubtful
        } else if !name.iter().any(u8::is_ascii_lowercase) || name.starts_with(b"x-") || is_known(name) && !is_prose() {
            Start::Name
        } else {
            Start::Doubtful
        }
    }

    /// What of `next` continues `line`; none if it begins a line of its own.
    fn continuation(&self, line: &Unfolded<'a>, next: &'a [u8]) -> Option<(Join, &'a [u8])> {
        if line.ends_softly() {
            return Some((Join::Soft, next.strip_prefix(b" ").unwrap_or(next)));
        }
        if let Some((b' ' | b'\t', folded)) = next.split_first() {
            return Some((Join::Fold, folded));
        }
        let start = self.start(next);
        if start == Start::Name || line.start == Start::NoName {
            return None;
        }
        let join = match (start, line.is_free_text()) {
            (_, true) if FOLDED.contains(&line.last_length) => Join::Fold,
            (_, true) => Join::Break,
            (Start::NoName, false) if line.last_length >= *FOLDED.start() || line.has_no_value() => Join::Fold,
            (Start::Doubtful, false) if line.last_length >= *FOLDED.start() && is_url(next) => Join::Fold,
            _ => return None,
        };
        Some((join, next))
    }
}

fn is_url(line: &[u8]) -> bool {
    is_scheme(line.split(|octet| *octet == b':').next().unwrap_or_default())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Join {
    /// As the RFC has it.
    Fold,
    /// A line break of QUOTED-PRINTABLE, marked by `=`.
    Soft,
    /// A line break that was never escaped.
    Break,
}

/// A content line that is being put together. Folds may lie inside of a character, so these are octets.
struct Unfolded<'a> {
    first: Physical<'a>,
    joined: Option<Vec<u8>>,
    start: Start,
    is_quoted_printable: bool,
    last_length: usize,
}

impl<'a> Unfolded<'a> {
    fn new(first: Physical<'a>, start: Start) -> Self {
        let is_quoted_printable = first.octets.ends_with(b"=") && contains(head(first.octets), b"QUOTED-PRINTABLE");
        Self { first, joined: None, start, is_quoted_printable, last_length: first.octets.len() }
    }

    fn octets(&self) -> &[u8] {
        self.joined.as_deref().unwrap_or(self.first.octets)
    }

    fn append(&mut self, join: Join, octets: &[u8], length: usize) {
        let joined = self.joined.get_or_insert_with(|| self.first.octets.to_vec());
        match join {
            Join::Fold => {}
            Join::Soft => drop(joined.pop()),
            Join::Break => joined.extend_from_slice(b"\\n"),
        }
        joined.extend_from_slice(octets);
        self.last_length = length;
    }

    /// The property's name is in the first line, or there is none.
    fn is_free_text(&self) -> bool {
        let name = self.first.octets.split(|octet| matches!(octet, b':' | b';')).next().unwrap_or_default();
        self.start != Start::NoName && is_free_text(name.trim_ascii())
    }

    fn has_no_value(&self) -> bool {
        self.octets().ends_with(b":")
    }

    fn ends_softly(&self) -> bool {
        self.is_quoted_printable && self.octets().ends_with(b"=")
    }

    fn into_line(self, is_cut: bool) -> Line<'a> {
        let octets = match self.joined {
            Some(joined) => Cow::Owned(joined),
            None => Cow::Borrowed(self.first.octets),
        };
        Line { number: self.first.number, text: decoded(octets), is_cut }
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = Line<'a>;

    fn next(&mut self) -> Option<Line<'a>> {
        let first = self.next.take()?;
        let mut is_cut = first.is_cut;
        let start = self.start(first.octets);
        let mut line = Unfolded::new(first, start);
        while let Some(next) = self.physical() {
            let Some((join, octets)) = self.continuation(&line, next.octets) else {
                self.next = Some(next);
                break;
            };
            line.append(join, octets, next.octets.len());
            is_cut = next.is_cut;
        }
        Some(line.into_line(is_cut))
    }
}

fn contains(octets: &[u8], word: &[u8]) -> bool {
    octets.windows(word.len()).any(|window| window.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(octets: &[u8], expected: &[(u64, &str)]) {
        let lines: Vec<_> = Lines::new(octets).map(|line| (line.number, line.text.into_owned())).collect();
        let lines: Vec<_> = lines.iter().map(|(number, text)| (*number, text.as_str())).collect();
        assert_eq!(lines, expected, "{}", String::from_utf8_lossy(octets));
    }

    #[test]
    fn any_line_end_ends_a_line() {
        check(b"A:1\r\nB:2\nC:3\rD:4", &[(1, "A:1"), (2, "B:2"), (3, "C:3"), (4, "D:4")]);
        check(b"A:1\r\r\nB:2\r\r\n", &[(1, "A:1"), (2, "B:2")]);
        check(b"A:1\r\rB:2\n\n\nC:3\n", &[(1, "A:1"), (3, "B:2"), (6, "C:3")]);
        check(b"\r\n\0\x1a\n\x07A:1\x07\0\x1a\n\x1a", &[(3, "A:1")]);
        check(b"", &[]);
    }

    #[test]
    fn folded_lines_are_put_together() {
        check(b"A:1\r\n 2\r\n\t3\r\nB:4", &[(1, "A:123"), (4, "B:4")]);
        check(b"A:1\r\n\r\n  2\r\n", &[(1, "A:1 2")]);
        check("A:\u{e4}".as_bytes(), &[(1, "A:ä")]);
        check(b"A:\xc3\r\n \xa4\r\n", &[(1, "A:ä")]);
        check(b" A:1\n B:2\n  3\n", &[(1, "A:1"), (2, "B:23")]);
    }

    #[test]
    fn lines_folded_wrongly_are_put_together() {
        let long = format!("DESCRIPTION:{}", "x".repeat(63));
        check(format!("{long}\r\ny z\r\nA:1").as_bytes(), &[(1, &format!("{long}y z")), (3, "A:1")]);
        check(
            format!("ATTENDEE;CN={}\nmailto:x", "x".repeat(63)).as_bytes(),
            &[(1, &format!("ATTENDEE;CN={}mailto:x", "x".repeat(63)))],
        );
        check(
            b"DESCRIPTION:one\nNote: two\nhttp://x\n09:00 three\nUID:1",
            &[(1, "DESCRIPTION:one\\nNote: two\\nhttp://x\\n09:00 three"), (5, "UID:1")],
        );
        check(b"DTSTART:\n20200916\n", &[(1, "DTSTART:20200916")]);
        check(
            b"DTSTART:20200916\njunk\nmore\nNote:x",
            &[(1, "DTSTART:20200916"), (2, "junk"), (3, "more"), (4, "Note:x")],
        );
        check(b"SUMMARY:a\nLocation:b\nbegin:x", &[(1, "SUMMARY:a"), (2, "Location:b"), (3, "begin:x")]);
        check(b"SUMMARY:a\nORGANIZER=b\n", &[(1, "SUMMARY:a"), (2, "ORGANIZER=b")]);
        check(b"SUMMARY:a\nLocation: b\n", &[(1, "SUMMARY:a\\nLocation: b")]);
        check(
            b"begin:vcalendar\nsummary:a\nlocation: b",
            &[(1, "begin:vcalendar"), (2, "summary:a"), (3, "location: b")],
        );
    }

    #[test]
    fn quoted_printable_breaks_lines_in_its_own_way() {
        check(
            b"SUMMARY;ENCODING=QUOTED-PRINTABLE:a=\nB:c=\n d\nE:f",
            &[(1, "SUMMARY;ENCODING=QUOTED-PRINTABLE:aB:cd"), (4, "E:f")],
        );
        check(b"SUMMARY:a=\nB:c", &[(1, "SUMMARY:a="), (2, "B:c")]);
    }

    #[test]
    fn the_end_of_the_file_is_told_from_a_line_end() {
        for (octets, is_cut) in [(&b"A:1\n"[..], false), (b"A:1", true), (b"A:1\n 2", true), (b"A:1\n 2\r", false)] {
            let last = Lines::new(octets).last();
            assert_eq!(last.map(|line| line.is_cut), Some(is_cut), "{}", String::from_utf8_lossy(octets));
        }
    }
}
