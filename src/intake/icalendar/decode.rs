//! From octets to text, in whatever encoding.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Octets whose line ends can be seen: UTF-16 becomes UTF-8, all else stays as it is.
pub fn readable(octets: &[u8]) -> Cow<'_, [u8]> {
    let (encoding, skip) = match (Encoding::for_bom(octets), octets) {
        (Some(found), _) => found,
        (None, [letter, 0, ..]) if letter.is_ascii_graphic() => (UTF_16LE, 0),
        (None, [0, letter, ..]) if letter.is_ascii_graphic() => (UTF_16BE, 0),
        (None, _) => (UTF_8, 0),
    };
    let octets = octets.get(skip..).unwrap_or_default();
    if encoding == UTF_8 {
        return Cow::Borrowed(octets);
    }
    Cow::Owned(encoding.decode_without_bom_handling(octets).0.into_owned().into_bytes())
}

/// What stands before the value.
pub fn head(line: &[u8]) -> &[u8] {
    line.split(|octet| *octet == b':').next().unwrap_or_default()
}

fn without_controls(octets: Cow<'_, [u8]>) -> Cow<'_, [u8]> {
    let is_control = |octet: &u8| (*octet < b' ' && *octet != b'\t') || *octet == 0x7f;
    if !octets.iter().any(is_control) {
        return octets;
    }
    let mut octets = octets.into_owned();
    octets.retain(|octet| !is_control(octet));
    Cow::Owned(octets)
}

/// UTF-8, or else what CHARSET says (vCalendar 1.0), or Windows-1252, which holds Latin-1. A line of UTF-8 in which
/// which some characters were spoilt remains one: hardly any other text has such sequences of octets.
pub fn decoded(octets: Cow<'_, [u8]>) -> Cow<'_, str> {
    let octets = match without_controls(octets) {
        Cow::Borrowed(octets) => match std::str::from_utf8(octets) {
            Ok(text) => return Cow::Borrowed(text),
            Err(_) => Cow::Borrowed(octets),
        },
        Cow::Owned(octets) => match String::from_utf8(octets) {
            Ok(text) => return Cow::Owned(text),
            Err(error) => Cow::Owned(error.into_bytes()),
        },
    };
    let encoding = charset(head(&octets)).filter(|encoding| *encoding != UTF_8).unwrap_or_else(|| guess(&octets));
    Cow::Owned(encoding.decode_without_bom_handling(&octets).0.into_owned())
}

/// A whole text that does not name its encoding.
pub fn text(octets: &[u8]) -> String {
    let octets = readable(octets);
    match std::str::from_utf8(&octets) {
        Ok(text) => text.to_owned(),
        Err(_) => guess(&octets).decode_without_bom_handling(&octets).0.into_owned(),
    }
}

fn guess(octets: &[u8]) -> &'static Encoding {
    let (mut good, mut spoilt) = (0usize, 0usize);
    for chunk in octets.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        spoilt += usize::from(!chunk.invalid().is_empty());
    }
    if good > 0 && good * 2 >= spoilt { UTF_8 } else { WINDOWS_1252 }
}

fn charset(head: &[u8]) -> Option<&'static Encoding> {
    let parameters = head.split(|octet| *octet == b';').skip(1);
    parameters.filter_map(|parameter| parameter.split_at_checked(8)).find_map(|(name, label)| {
        name.eq_ignore_ascii_case(b"CHARSET=").then(|| Encoding::for_label(label.trim_ascii())).flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_may_be_utf_16() {
        for (octets, text) in [
            (&b"\xff\xfeA\0:\0\xe4\0"[..], "A:ä"),
            (b"\xfe\xff\0A\0:\0\xe4", "A:ä"),
            (b"A\0:\0\xe4\0", "A:ä"),
            (b"\0A\0:\0\xe4", "A:ä"),
            (b"\xef\xbb\xbfA:\xc3\xa4", "A:ä"),
            (b"\xff\xfeA\0:", "A\u{fffd}"),
            (b"", ""),
        ] {
            assert_eq!(String::from_utf8_lossy(&readable(octets)), text, "{octets:?}");
        }
    }

    #[test]
    fn each_line_is_decoded_by_itself() {
        for (octets, text) in [
            (&b"SUMMARY:Caf\xe9 \x80"[..], "SUMMARY:Café €"),
            (b"SUMMARY:Caf\xc3\xa9", "SUMMARY:Café"),
            (b"SUMMARY:\xc3\xa9\xc3\xa8 \xc3", "SUMMARY:éè \u{fffd}"),
            (b"SUMMARY:\xe5? \xe5\xb1\x8b \xe6?", "SUMMARY:\u{fffd}? 屋 \u{fffd}?"),
            (b"SUMMARY;CHARSET=GB2312:\xd6\xd0\xb9\xfa", "SUMMARY;CHARSET=GB2312:中国"),
            (b"SUMMARY;charset=UTF-8:\xe9", "SUMMARY;charset=UTF-8:é"),
            (b"SUMMARY;CHARSET=nonsense:\xe9", "SUMMARY;CHARSET=nonsense:é"),
            (b"A:\x01b\x7f\tc", "A:b\tc"),
        ] {
            assert_eq!(decoded(Cow::Borrowed(octets)), text);
            assert_eq!(decoded(Cow::Owned(octets.to_vec())), text);
        }
    }
}
