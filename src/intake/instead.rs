//! What came instead of a calendar or a table, by its first octets: servers answer with pages, programs with errors.

use std::io::Read;

use flate2::read::GzDecoder;

use super::icalendar::decode::readable;
use super::ics::names_a_calendar;
use super::{Intake, Preset, Rejected};
use crate::domain::format::Format;
use crate::domain::zone::Zone;
use crate::domain::{Invalid, text};

/// What may come out of gzip, in octets: as much as comes without.
const MOST: u64 = 20_000_000;
/// So far what begins a file is looked at, in octets.
const HEAD: usize = 256 * 1024;

/// What somebody handed in, as it is to be read.
#[derive(Debug)]
pub struct Opened {
    pub octets: Vec<u8>,
    /// It was packed, and nobody said so.
    was_packed: bool,
}

/// Unpacks what is gzip, whatever its name and its server say.
pub fn open(octets: Vec<u8>) -> Result<Opened, Invalid> {
    if !octets.starts_with(b"\x1f\x8b\x08") {
        return Ok(Opened { octets, was_packed: false });
    }
    let mut unpacked = Vec::new();
    let read = GzDecoder::new(&octets[..]).take(MOST + 1).read_to_end(&mut unpacked);
    match read {
        Err(_) => Err(Invalid::new("it is gzip, without saying so, and is broken or cut off")),
        Ok(_) if unpacked.len() as u64 > MOST => {
            Err(Invalid(format!("it is gzip, without saying so, and holds more than {} MB", MOST / 1_000_000)))
        }
        Ok(_) => Ok(Opened { octets: unpacked, was_packed: true }),
    }
}

impl Opened {
    /// An error means that nothing of it could be read.
    pub fn read(&self, format: Format, preset: &Preset, zone: &Zone) -> Result<Intake, Invalid> {
        let mut intake = super::read(&self.octets, format, preset, zone)?;
        if self.was_packed {
            intake.notes.insert(0, Rejected::whole(1, "it is gzip, without saying so: it was unpacked"));
        }
        Ok(intake)
    }
}

/// Refuses what is no calendar and no table at all, in words that say what it is.
pub(super) fn refuse(octets: &[u8], format: Format) -> Result<(), Invalid> {
    match what_came(octets, format) {
        Some(what) => Err(Invalid(format!("{what} instead of a calendar"))),
        None => Ok(()),
    }
}

/// By what such files begin with.
const MAGIC: [(&[u8], &str); 9] = [
    (b"%PDF-", "a PDF came"),
    (b"PK\x03\x04", "a zip archive (or an Office document, which is one) came"),
    (b"PK\x05\x06", "an empty zip archive came"),
    (b"\x1f\x8b", "gzip inside of gzip came"),
    (b"\x89PNG", "a picture came"),
    (b"GIF8", "a picture came"),
    (b"\xff\xd8\xff", "a picture came"),
    (b"\xd0\xcf\x11\xe0", "an old Office document came"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive came"),
];

fn what_came(octets: &[u8], format: Format) -> Option<String> {
    if let Some((_, what)) = MAGIC.iter().find(|(magic, _)| octets.starts_with(magic)) {
        return Some((*what).to_owned());
    }
    let head = readable(octets.get(..HEAD).unwrap_or(octets));
    let head = String::from_utf8_lossy(&head);
    let head = head.trim_start_matches('\u{feff}').trim_start();
    if head.is_empty() && octets.len() <= HEAD && format != Format::Csv {
        return Some("nothing (an empty answer or file) came".to_owned());
    }
    match head.as_bytes().first() {
        // Behind a warning of the server's program there may be a calendar all the same.
        Some(b'<') if !names_a_calendar(octets) => Some(markup(head)),
        Some(b'{') if format != Format::Csv => object(octets),
        _ => None,
    }
}

fn markup(head: &str) -> String {
    let lower = head.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    let is_page = has(&["<html", "<!doctype html", "<head", "<body", "<script", "<title", "<div", "<p>", "<h1", "<br"]);
    match () {
        () if has(&["<rss", "<feed", "<rdf:rdf"]) && !has(&["<html"]) => "a news feed (RSS or Atom) came".to_owned(),
        () if is_page => page(head, &lower),
        () => "an XML document came".to_owned(),
    }
}

fn page(head: &str, lower: &str) -> String {
    let title = title(head, lower);
    let what = if asks_to_log_in(&title.to_lowercase(), lower) { "a page that asks to log in" } else { "a web page" };
    match title.is_empty() {
        true => format!("{what} came"),
        false => format!("{what} (“{}”) came", text::quoted(&title)),
    }
}

fn title(head: &str, lower: &str) -> String {
    // Lower case of ASCII alone is as long.
    let begin = lower.find("<title").and_then(|at| lower[at..].find('>').map(|end| at + end + 1));
    let title = begin.and_then(|begin| lower[begin..].find('<').map(|length| &head[begin..begin + length]));
    text::single_line(title.unwrap_or_default())
}

/// It has a field for a password, or says in its title what it is for.
fn asks_to_log_in(title: &str, lower: &str) -> bool {
    const TITLES: [&str; 14] = [
        "log in",
        "login",
        "log-in",
        "sign in",
        "signin",
        "sign-in",
        "anmelden",
        "anmeldung",
        "connexion",
        "iniciar sesi",
        "accedi",
        "登录",
        "登入",
        "ログイン",
    ];
    let fields = ["type=\"password\"", "type='password'", "type=password"];
    fields.iter().any(|field| lower.contains(field)) || TITLES.iter().any(|word| title.contains(word))
}

/// An object of JSON, which no calendar is: what a program says that has none.
fn object(octets: &[u8]) -> Option<String> {
    let octets = octets.strip_prefix(b"\xef\xbb\xbf").unwrap_or(octets);
    let serde_json::Value::Object(object) = serde_json::from_slice(octets).ok()? else { return None };
    let said = ["error_description", "error", "message", "detail", "title", "reason"].iter().find_map(|name| {
        let value = object.get(*name)?;
        value.as_str().or_else(|| value.get("message")?.as_str())
    });
    Some(match said {
        Some(said) => format!("a JSON object that says “{}” came", text::quoted(said)),
        None => "a JSON object came".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use proptest::prelude::*;

    use super::*;

    fn packed(octets: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(octets).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn what_came_is_told_in_words() {
        let utf16: Vec<u8> = "\u{feff}<html><body>x".encode_utf16().flat_map(u16::to_le_bytes).collect();
        for (octets, said) in [
            (&b"<!DOCTYPE html>\n<html><head><title>Not\n found</title>"[..], Some("a web page (“Not found”) came")),
            (b"\xef\xbb\xbf \r\n<html lang=en><p>Gone", Some("a web page came")),
            (b"<br />\n<b>Fatal error</b>: Uncaught", Some("a web page came")),
            (&utf16, Some("a web page came")),
            (b"<HTML><form><INPUT name=p TYPE=\"password\">", Some("a page that asks to log in came")),
            (
                b"<html><title>Sign in to your account</title>",
                Some("a page that asks to log in (“Sign in to your account”)"),
            ),
            ("<html><title>用户登录</title>".as_bytes(), Some("a page that asks to log in")),
            (b"<?xml version=\"1.0\"?><rss version=\"2.0\">", Some("a news feed")),
            (b"<?xml version=\"1.0\"?><feed xmlns=\"http://www.w3.org/2005/Atom\">", Some("a news feed")),
            (b"<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>", Some("an XML document came")),
            (
                b"{\"error\": {\"code\": 401, \"message\": \"No token\"}}",
                Some("a JSON object that says “No token” came"),
            ),
            (b"{\"detail\":\"Not found.\"}", Some("a JSON object that says “Not found.” came")),
            (b"{\"a\":1}", Some("a JSON object came")),
            (b"%PDF-1.7\n", Some("a PDF came")),
            (b"PK\x03\x04\x14\0", Some("a zip archive")),
            (b"\x89PNG\r\n", Some("a picture came")),
            (b" \r\n", Some("nothing")),
            (b"", Some("nothing")),
            (b"BEGIN:VCALENDAR\nEND:VCALENDAR\n", None),
            (b"<br />\n<b>Warning</b>: x\nBEGIN:VCALENDAR\nEND:VCALENDAR\n", None),
            (b"[]", None),
            (b"kind,title,start\n", None),
        ] {
            let came = what_came(octets, Format::Ics);
            let shown = String::from_utf8_lossy(octets);
            assert!(
                said.map_or(came.is_none(), |said| came.as_deref().unwrap_or_default().contains(said)),
                "{shown}: {came:?}"
            );
        }
    }

    #[test]
    fn gzip_is_unpacked_within_bounds() {
        let plain = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n";
        let opened = open(packed(plain)).unwrap();
        assert!(opened.octets == plain && opened.was_packed);
        let opened = open(plain.to_vec()).unwrap();
        assert!(opened.octets == plain && !opened.was_packed);
        let whole = packed(plain);
        let cut = open(whole[..whole.len() - 4].to_vec()).unwrap_err();
        assert!(cut.0.contains("cut off"), "{cut}");
        let bomb = open(packed(&vec![0; MOST as usize + 1])).unwrap_err();
        assert!(bomb.0.contains("more than 20 MB"), "{bomb}");
        let twice = open(packed(&packed(plain))).unwrap();
        assert_eq!(what_came(&twice.octets, Format::Ics).as_deref(), Some("gzip inside of gzip came"));
    }

    proptest! {
        #[test]
        fn nothing_foreign_is_a_surprise(begin in prop::sample::select(vec!["", "<html><title", "<", "{", "\u{1f}\u{8b}"]), rest in any::<Vec<u8>>()) {
            let octets = [begin.as_bytes(), &rest].concat();
            if let Ok(opened) = open(octets) {
                let _ = what_came(&opened.octets, Format::Ics);
            }
        }
    }
}
