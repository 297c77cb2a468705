//! A text of the web in whatever encoding, by what it and its server say of it.

use encoding_rs::{Encoding, UTF_8};

use super::icalendar::decode;

/// Where a text says what it is written in, in octets from its beginning.
const HEAD: usize = 1024;

/// Octets that are UTF-8 are that, whatever is said of them, since hardly any other text looks so; else a byte order mark,
/// the text's own word (`<?xml encoding="…"?>`, `<meta charset="…">`) and the server's are heard, in this order. Servers
/// that name one charset for all that they have are often wrong.
pub fn decoded(octets: &[u8], content_type: Option<&str>) -> String {
    if Encoding::for_bom(octets).is_some() {
        return decode::text(octets);
    }
    let label = || said_by_itself(octets).or_else(|| said_by_server(content_type?));
    match std::str::from_utf8(octets) {
        // Of ASCII alone are also what shifts with escapes (ISO-2022-JP).
        Ok(text) if !text.is_ascii() => text.to_owned(),
        _ => match label().filter(|encoding| *encoding != UTF_8) {
            Some(encoding) => encoding.decode_without_bom_handling(octets).0.into_owned(),
            None => decode::text(octets),
        },
    }
}

fn said_by_itself(octets: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(octets.get(..octets.len().min(HEAD))?).to_ascii_lowercase();
    let behind = |word: &str| {
        let at = head.find(word)? + word.len();
        let value = head.get(at..)?.trim_start().strip_prefix('=')?.trim_start().trim_start_matches(['"', '\'']);
        Encoding::for_label(value.split(|c: char| "\"'/>; \t\r\n".contains(c)).next()?.as_bytes())
    };
    let is_xml = head.trim_start().starts_with("<?xml");
    is_xml.then(|| behind("encoding")).flatten().or_else(|| behind("charset"))
}

fn said_by_server(content_type: &str) -> Option<&'static Encoding> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim()
            .eq_ignore_ascii_case("charset")
            .then(|| Encoding::for_label(value.trim().trim_matches('"').as_bytes()))?
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_by_what_is_said_of_it_unless_it_is_utf_8() {
        for (octets, content_type, text) in [
            (&b"<p>Caf\xc3\xa9"[..], Some("text/html; charset=ISO-8859-1"), "<p>Café"),
            (b"<p>Caf\xe9", Some("text/html; charset=UTF-8"), "<p>Café"),
            (b"<meta charset=gb2312>\xd6\xd0\xb9\xfa", Some("text/html"), "<meta charset=gb2312>中国"),
            (b"<meta content='text/html; charset=GBK'>\xd6\xd0", None, "<meta content='text/html; charset=GBK'>中"),
            (b"<?xml version='1.0' encoding='GBK'?><a>\xd6\xd0", None, "<?xml version='1.0' encoding='GBK'?><a>中"),
            (b"\xd6\xd0", Some("application/xml; charset=\"gb18030\""), "中"),
            (b"\xff\xfe<\0a\0", Some("text/xml; charset=us-ascii"), "<a"),
            (b"<?xml encoding='nonsense'?>\xe9", None, "<?xml encoding='nonsense'?>é"),
            (b"", Some(";=;charset"), ""),
        ] {
            assert_eq!(decoded(octets, content_type), text);
        }
    }
}
