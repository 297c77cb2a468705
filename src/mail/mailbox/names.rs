//! Names of folders as commands have them: in modified UTF-7 (RFC 3501 section 5.1.3), quoted.

use data_encoding::BASE64_NOPAD;

/// A folder's name on the wire. `delimiter` is what the server parts levels by; none if it has none.
pub fn folder(name: &str, delimiter: Option<char>) -> String {
    let name: String = name.chars().map(|c| if c == '/' { delimiter.unwrap_or(c) } else { c }).collect();
    quoted(&utf7(&name)).unwrap_or_default()
}

/// A quoted string (RFC 3501 section 4.3); none if it can't be one.
pub fn quoted(text: &str) -> Option<String> {
    let fits = text.bytes().all(|octet| (b' '..=b'~').contains(&octet));
    fits.then(|| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")))
}

fn utf7(name: &str) -> String {
    let (mut encoded, mut units) = (String::new(), Vec::new());
    let flush = |units: &mut Vec<u8>, encoded: &mut String| {
        if !units.is_empty() {
            encoded.push_str(&format!("&{}-", BASE64_NOPAD.encode(units).replace('/', ",")));
            units.clear();
        }
    };
    for c in name.chars() {
        if (' '..='~').contains(&c) {
            flush(&mut units, &mut encoded);
            encoded.push(c);
            if c == '&' {
                encoded.push('-');
            }
        } else {
            units.extend(c.encode_utf16(&mut [0; 2]).iter().flat_map(|unit| unit.to_be_bytes()));
        }
    }
    flush(&mut units, &mut encoded);
    encoded
}

/// Numbers as a set: `1:3,7`. They are in order, and none is there twice.
pub fn set(numbers: &[u32]) -> String {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for number in numbers {
        match runs.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(*number) => *last = *number,
            _ => runs.push((*number, *number)),
        }
    }
    let run = |(first, last): &(u32, u32)| {
        if first == last { first.to_string() } else { format!("{first}:{last}") }
    };
    runs.iter().map(run).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_outside_of_ascii_goes_as_modified_utf_7() {
        for (name, wire) in [
            ("INBOX", r#""INBOX""#),
            ("A & B", r#""A &- B""#),
            (r#"a"b\c"#, r#""a\"b\\c""#),
            // RFC 3501's own example.
            ("~peter/mail/台北/日本語", r#""~peter/mail/&U,BTFw-/&ZeVnLIqe-""#),
            ("Rückläufer", r#""R&APw-ckl&AOQ-ufer""#),
            ("📬", r#""&2D3c7A-""#),
        ] {
            assert_eq!(folder(name, Some('/')), wire);
        }
        assert_eq!(folder("Done/kalends", Some('.')), r#""Done.kalends""#);
        assert_eq!(folder("Done/kalends", None), r#""Done/kalends""#);
    }

    #[test]
    fn numbers_in_a_row_are_told_as_one() {
        for (numbers, told) in
            [(&[][..], ""), (&[7], "7"), (&[1, 2, 3, 7, 9, 10], "1:3,7,9:10"), (&[u32::MAX], "4294967295")]
        {
            assert_eq!(set(numbers), told);
        }
    }
}
