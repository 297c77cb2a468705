//! A property with its parameters, and the text it holds (RFC 5545 sections 3.1, 3.2 and 3.3.11).

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

use super::lines::Line;

/// One content line, and where its name ends and its value begins.
#[derive(Debug, Clone)]
pub struct Property<'a> {
    pub line: u64,
    text: Cow<'a, str>,
    name_end: usize,
    value_at: usize,
}

impl<'a> Property<'a> {
    /// None if the line has no name, or no value after it.
    pub fn of(line: Line<'a>) -> Option<Self> {
        let text = line.text;
        let name_end = text.find([':', ';'])?;
        let value_at = value_at(&text, name_end)?;
        let name = text.get(..name_end)?.trim_ascii();
        let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
        is_name.then_some(Self { line: line.number, text, name_end, value_at })
    }

    pub fn name(&self) -> &str {
        self.text.get(..self.name_end).unwrap_or_default().trim_ascii()
    }

    /// As it stands, without the white space around it.
    pub fn value(&self) -> &str {
        self.text.get(self.value_at..).unwrap_or_default().trim_ascii()
    }

    /// The parameters, each after a `;`.
    fn head(&self) -> &str {
        self.text.get(self.name_end..self.value_at.saturating_sub(1)).unwrap_or_default()
    }

    /// A parameter's whole value without its quotes: what looks like a list to the RFC is one name to some programs.
    pub fn parameter(&self, name: &str) -> Option<String> {
        parameter(self.head(), name)
    }

    /// The zone and the dates of a property that holds dates. The name of a zone may hold colons that no quotes
    /// protect, as in `DTSTART;TZID=tzone://Microsoft/Custom:20200916T090000`.
    pub fn zone_and_dates(&self) -> (Option<String>, &str) {
        let is_date = |text: &str| text.trim_ascii_start().bytes().take_while(u8::is_ascii_digit).count() >= 4;
        let (mut head, mut value) = (self.head(), self.value());
        if !head.is_empty() && !is_date(value) {
            let colons = self.text.match_indices(':').map(|(at, _)| at).filter(|at| *at >= self.value_at);
            let cuts = colons.filter_map(|at| Some((self.text.get(self.name_end..at)?, self.text.get(at + 1..)?)));
            if let Some((longer, dates)) = cuts.into_iter().find(|(_, after)| is_date(after)) {
                (head, value) = (longer, dates.trim_ascii());
            }
        }
        let zone = parameter(head, "TZID").map(|zone| unescaped(&zone));
        (zone.filter(|zone| !zone.is_empty()), value)
    }

    /// The TEXT it holds; none if it is encoded in a way that is not read.
    pub fn text(&self) -> Option<String> {
        let encoding = self.encoding();
        match encoding.as_deref() {
            None => Some(unescaped(self.value())),
            Some("QUOTED-PRINTABLE") => {
                let octets = quoted_printable(self.value());
                let charset = self.parameter("CHARSET").and_then(|label| Encoding::for_label(label.as_bytes()));
                let is_utf8 = std::str::from_utf8(&octets).is_ok();
                let charset = charset.unwrap_or(if is_utf8 { UTF_8 } else { WINDOWS_1252 });
                Some(unescaped(charset.decode_without_bom_handling(&octets).0.trim_ascii()).replace("\r\n", "\n"))
            }
            Some(_) => None,
        }
    }

    /// ENCODING (RFC 5545 section 3.2.7), if it tells anything. vCalendar 1.0 leaves out its name.
    fn encoding(&self) -> Option<String> {
        let head = self.head();
        if head.is_empty() {
            return None;
        }
        let named = parameter(head, "ENCODING").map(|encoding| encoding.to_ascii_uppercase());
        let bare = || ["QUOTED-PRINTABLE", "BASE64"].into_iter().find(|word| parameter(head, word).is_some());
        named.filter(|encoding| !matches!(encoding.as_str(), "" | "7BIT" | "8BIT")).or_else(|| bare().map(String::from))
    }

    /// The parts of a list of TEXT, parted by commas or, as in vCalendar 1.0, by semicolons.
    pub fn list(&self) -> Vec<String> {
        let mut parts = Vec::new();
        let mut rest = self.value();
        while !rest.is_empty() {
            let mut is_escaped = false;
            let end = rest.find(|c: char| {
                let ends = matches!(c, ',' | ';') && !is_escaped;
                is_escaped = c == '\\' && !is_escaped;
                ends
            });
            let (part, after) = rest.split_at_checked(end.unwrap_or(rest.len())).unwrap_or((rest, ""));
            parts.push(unescaped(part).trim().to_owned());
            rest = after.get(1..).unwrap_or_default();
        }
        parts.retain(|part| !part.is_empty());
        parts
    }
}

/// Where the value begins: after the first colon outside of quotes or, if quotes are never closed, the first of all.
fn value_at(text: &str, name_end: usize) -> Option<usize> {
    let mut is_quoted = false;
    let after_name = text.bytes().enumerate().skip(name_end);
    let colon = after_name.clone().find(|(_, octet)| {
        is_quoted ^= *octet == b'"';
        *octet == b':' && !is_quoted
    });
    let colon = colon.or_else(|| after_name.clone().find(|(_, octet)| *octet == b':'));
    colon.map(|(at, _)| at + 1)
}

fn parameter(head: &str, name: &str) -> Option<String> {
    let mut rest = head.strip_prefix(';')?;
    loop {
        let mut is_quoted = false;
        let end = rest.bytes().position(|octet| {
            is_quoted ^= octet == b'"';
            octet == b';' && !is_quoted
        });
        let (one, after) = rest.split_at_checked(end.unwrap_or(rest.len()))?;
        let (key, value) = one.split_once('=').unwrap_or((one, ""));
        if key.trim_ascii().eq_ignore_ascii_case(name) {
            return Some(parameter_text(value));
        }
        rest = after.strip_prefix(';')?;
    }
}

/// A parameter's text without quotes, and with what RFC 6868 writes with a `^`.
fn parameter_text(value: &str) -> String {
    let value = value.trim_ascii().replace('"', "");
    if !value.contains('^') {
        return value.trim_ascii().to_owned();
    }
    let mut text = String::with_capacity(value.len());
    let mut chars = value.chars().peekable();
    while let Some(c) = chars.next() {
        let meant = match (c, chars.peek()) {
            ('^', Some('n')) => '\n',
            ('^', Some('^')) => '^',
            ('^', Some('\'')) => '"',
            _ => {
                text.push(c);
                continue;
            }
        };
        text.push(meant);
        chars.next();
    }
    text
}

/// TEXT as it is meant (RFC 5545 section 3.3.11). A backslash that escapes nothing stays, as in `C:\temp`.
pub fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        out.push_str(before);
        let mut chars = after.chars();
        match chars.next() {
            Some('n' | 'N') => out.push('\n'),
            Some(c @ ('\\' | ';' | ',' | ':' | '"')) => out.push(c),
            other => {
                out.push('\\');
                out.extend(other);
            }
        }
        rest = chars.as_str();
    }
    out.push_str(rest);
    out
}

/// The octets that QUOTED-PRINTABLE stands for (RFC 2045 section 6.7). What is none stays as it is.
fn quoted_printable(text: &str) -> Vec<u8> {
    let hex = |octet: Option<&u8>| octet.and_then(|octet| char::from(*octet).to_digit(16));
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let digits = (*first == b'=').then(|| hex(after.first()).zip(hex(after.get(1)))).flatten();
        match digits {
            Some((high, low)) => {
                out.push((high * 16 + low) as u8);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                out.push(*first);
                rest = after;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn property(text: &str) -> Property<'_> {
        Property::of(Line { number: 1, text: Cow::Borrowed(text), is_cut: false }).unwrap()
    }

    #[test]
    fn a_line_is_parted_into_name_parameters_and_value() {
        for (text, name, parameter, value) in [
            ("SUMMARY:a:b;c", "SUMMARY", None, "a:b;c"),
            ("SUMMARY : a ", "SUMMARY", None, "a"),
            ("X;P=1:v", "X", Some("1"), "v"),
            ("X;p=\"a:b;c\";Q=2:v", "X", Some("a:b;c"), "v"),
            ("X;Q=2; P = \"a\" :v", "X", Some("a"), "v"),
            ("X;P=\"a:v", "X", Some("a"), "v"),
            ("X;P=^'Jo^'^n^^^x:v", "X", Some("\"Jo\"\n^^x"), "v"),
            ("X;P=a,\"b\",c:", "X", Some("a,b,c"), ""),
            ("X;P:v", "X", Some(""), "v"),
        ] {
            let property = property(text);
            assert_eq!((property.name(), property.value()), (name, value), "{text}");
            assert_eq!(property.parameter("P").as_deref(), parameter, "{text}");
        }
        for text in ["", ":", ":a", "a b:c", "SUMMARY", "SUMMARY;X=1", "ä:b"] {
            let line = Line { number: 1, text: Cow::Borrowed(text), is_cut: false };
            assert!(Property::of(line).is_none(), "{text}");
        }
    }

    #[test]
    fn a_zone_may_hold_colons_without_quotes() {
        for (text, zone, dates) in [
            ("DTSTART:20200916T090000", None, "20200916T090000"),
            ("DTSTART;TZID=Europe/Berlin: 20200916T090000 ", Some("Europe/Berlin"), "20200916T090000"),
            ("DTSTART;TZID=\"Europe/Berlin\":20200916", Some("Europe/Berlin"), "20200916"),
            ("DTSTART;TZID=tzone://Microsoft/Custom:20200916", Some("tzone://Microsoft/Custom"), "20200916"),
            ("DTSTART;TZID=(UTC+01:00) Rom, Wien:20200916", Some("(UTC+01:00) Rom, Wien"), "20200916"),
            ("DTSTART;VALUE=DATE:2020-09-16T09:00:00", None, "2020-09-16T09:00:00"),
            ("DTSTART;TZID=Here\\, there:20200916", Some("Here, there"), "20200916"),
            ("DTSTART;TZID=:20200916", None, "20200916"),
            ("DTSTART;VALUE=DATE:soon: or later", None, "soon: or later"),
        ] {
            assert_eq!(property(text).zone_and_dates(), (zone.map(String::from), dates), "{text}");
        }
    }

    #[test]
    fn text_is_what_is_meant() {
        for (text, meant) in [
            (r"X:a\, b\; c\\n\nd\Ne", Some("a, b; c\\n\nd\ne")),
            (r"X:C:\temp\", Some(r"C:\temp\")),
            (r#"X:9\:30 \"x\" \ä"#, Some(r#"9:30 "x" \ä"#)),
            ("X;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:Caf=C3=A9=0D=0A=3d\\;=", Some("Café\n=;=")),
            ("X;QUOTED-PRINTABLE:Caf=E9 100=%", Some("Café 100=%")),
            ("X;CHARSET=GB2312;ENCODING=quoted-printable:=D6=D0=B9=FA", Some("中国")),
            ("X;ENCODING=8BIT:é", Some("é")),
            ("X;ENCODING=BASE64:w6k=", None),
            ("X;BASE64:w6k=", None),
        ] {
            assert_eq!(property(text).text().as_deref(), meant, "{text}");
        }
        for (text, parts) in [
            ("X:a,b", vec!["a", "b"]),
            (r"X: a\,b ,, c;d\\,e", vec!["a,b", "c", "d\\", "e"]),
            ("X:", vec![]),
            ("X:,", vec![]),
        ] {
            assert_eq!(property(text).list(), parts, "{text}");
        }
    }
}
