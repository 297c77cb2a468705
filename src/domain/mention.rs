//! Whether a text names an address, also in the ways in which mails and links spell it: what somebody said of a person may
//! stand anywhere in what came back.

use std::borrow::Cow;
use std::collections::HashSet;

use data_encoding::BASE64_NOPAD;

use super::text::fold_case;

/// Whether these octets name the address with this key: as it is, in quoted-printable (RFC 2045 section 6.7), with percent
/// signs (RFC 3986 section 2.1) or in base64, and in any case.
pub fn mentions(octets: &[u8], key: &str) -> bool {
    let unfolded = unescaped(octets, b'=');
    let links = [unescaped(octets, b'%'), unescaped(&unfolded, b'%')];
    [octets, &unfolded, &links[0], &links[1]].into_iter().any(|octets| names(&String::from_utf8_lossy(octets), key))
        || in_base64(octets).any(|octets| names(&String::from_utf8_lossy(&octets), key))
}

/// All in these octets that may be an address, in each of these spellings.
pub fn addresses(octets: &[u8]) -> HashSet<String> {
    let unfolded = unescaped(octets, b'=');
    let links = [unescaped(octets, b'%'), unescaped(&unfolded, b'%')];
    let mut found = HashSet::new();
    let mut gather = |octets: &[u8]| {
        let text = String::from_utf8_lossy(octets);
        let words = text.split(|c| c != '@' && !belongs(c)).map(|word| word.trim_end_matches(['.', '-']));
        found.extend(words.filter(|word| word.matches('@').count() == 1).map(fold_case));
    };
    [octets, &unfolded, &links[0], &links[1]].into_iter().for_each(&mut gather);
    in_base64(octets).for_each(|octets| gather(&octets));
    found
}

/// Whether a text names the address, and not just a longer one that ends or begins like it.
pub fn names(text: &str, key: &str) -> bool {
    let text = fold_case(text);
    text.match_indices(key).any(|(at, _)| {
        let after = text[at + key.len()..].trim_start_matches('.');
        !text[..at].ends_with(belongs) && !after.starts_with(|c: char| c.is_alphanumeric() || c == '-')
    })
}

fn belongs(c: char) -> bool {
    c.is_alphanumeric() || "._%+-".contains(c)
}

/// With two hexadecimal digits behind each `sign` read as the octet that they stand for; behind `=` the end of a line is
/// none.
fn unescaped(octets: &[u8], sign: u8) -> Cow<'_, [u8]> {
    if !octets.contains(&sign) {
        return Cow::Borrowed(octets);
    }
    let digit = |at: usize| octets.get(at).and_then(|octet| char::from(*octet).to_digit(16));
    let mut plain = Vec::with_capacity(octets.len());
    let mut at = 0;
    while at < octets.len() {
        let rest = &octets[at..];
        let value = digit(at + 1).zip(digit(at + 2)).and_then(|(high, low)| u8::try_from(high * 16 + low).ok());
        at += match (rest[0] == sign, value) {
            (true, Some(value)) => {
                plain.push(value);
                3
            }
            (true, None) if sign == b'=' && rest[1..].starts_with(b"\r\n") => 3,
            (true, None) if sign == b'=' && rest[1..].starts_with(b"\n") => 2,
            _ => {
                plain.push(rest[0]);
                1
            }
        };
    }
    Cow::Owned(plain)
}

/// All that may be base64, decoded: words of its letters over any number of lines. Where one begins is not certain, since
/// the end of a header may run into it, so that it is read from each of four letters on.
fn in_base64(octets: &[u8]) -> impl Iterator<Item = Vec<u8>> + '_ {
    let is_letter = |octet: &u8| octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'/' | b'\r' | b'\n');
    let runs = octets.split(move |octet| !is_letter(octet));
    runs.filter(|run| run.len() >= 8).flat_map(|run| {
        let letters: Vec<u8> = run.iter().copied().filter(|octet| !matches!(octet, b'\r' | b'\n')).collect();
        (0..4).filter_map(move |from| {
            let letters = letters.get(from..)?;
            // What is left of a last group holds one or two octets more.
            let whole = letters.len() / 4 * 4;
            let mut decoded = BASE64_NOPAD.decode(&letters[..whole]).ok()?;
            let last = [&letters[whole..], b"AAA"].concat();
            decoded.extend(BASE64_NOPAD.decode(&last[..4.min(last.len())]).unwrap_or_default());
            Some(decoded)
        })
    })
}

#[cfg(test)]
mod tests {
    use data_encoding::BASE64;

    use super::*;

    const ADA: &str = "ada@example.org";

    #[test]
    fn an_address_is_not_part_of_a_longer_one() {
        for (text, is_named) in [
            ("550 <Ada@example.org>: user unknown", true),
            ("no such user ada@example.org.", true),
            ("To: ada@example.org\r\n", true),
            ("ada@example.org", true),
            ("<nada@example.org>", false),
            ("x.ada@example.org", false),
            ("ada@example.org.uk", false),
            ("ada@example.orga", false),
        ] {
            assert_eq!(names(text, ADA), is_named, "{text}");
            assert_eq!(mentions(text.as_bytes(), ADA), is_named, "{text}");
            assert_eq!(addresses(text.as_bytes()).contains(ADA), is_named, "{text}");
        }
    }

    #[test]
    fn an_address_is_found_as_mails_and_links_spell_it() {
        for text in [
            "=41da=40example.org",
            "<ad=\r\na@exam=\nple.org>",
            "https://example.org/?to=ADA%40example.org&x",
            "https://example.org/?to=3Dada%40example=\r\n.org",
        ] {
            assert!(mentions(text.as_bytes(), ADA), "{text}");
            assert!(addresses(text.as_bytes()).contains(ADA), "{text}");
        }
        for before in ["", "x", "xy", "xyz", "Nobody lives at "] {
            for after in ["", ".", "> is full", ">\r\nand so on"] {
                let encoded = BASE64.encode(format!("{before} Ada@Example.org{after}").as_bytes());
                let folded = [&encoded[..5], &encoded[5..12], &encoded[12..]].join("\r\n");
                for mail in [
                    format!("Content-Transfer-Encoding: base64\r\n\r\n{folded}\r\n--b--"),
                    format!("Subject: =?utf-8?B?{encoded}?="),
                ] {
                    assert!(mentions(mail.as_bytes(), ADA), "{mail}");
                    assert!(addresses(mail.as_bytes()).contains(ADA), "{mail}");
                }
            }
        }
        let nada = BASE64.encode(b"nada@example.org");
        assert!(!mentions(format!("base64\r\n\r\n{nada}\r\n").as_bytes(), ADA));
    }
}
