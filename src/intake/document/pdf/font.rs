//! What the codes of a shown string stand for (ISO 32000-1 section 9), and how wide they are.

use std::collections::HashMap;

use encoding_rs::{BIG5, GB18030, SHIFT_JIS, UTF_16BE};
use lopdf::{Dictionary, Document, Encoding, Object};

/// The largest table of characters that a font may have, unpacked.
const LARGEST_TABLE: usize = 4 * 1024 * 1024;

pub struct Font<'a> {
    codes: Codes<'a>,
    /// By code, in thousandths of the size.
    widths: HashMap<u32, f64>,
    default_width: Option<f64>,
    pub is_bold: bool,
}

enum Codes<'a> {
    /// An octet a code.
    Octets(Vec<String>),
    /// Two octets a code.
    Pairs(Encoding<'a>),
    /// Codes of a character set.
    Text(&'static encoding_rs::Encoding),
    /// Two octets a code, and nothing says which letters they are.
    Unknown,
}

/// One character, or the letters of a ligature.
pub struct Glyph {
    pub text: String,
    /// In parts of the size.
    pub width: f64,
    pub is_space: bool,
}

impl<'a> Font<'a> {
    pub fn of(font: &'a Dictionary, without_encoding: &'a Dictionary, document: &'a Document) -> Self {
        let is_composite = font.get(b"Subtype").and_then(Object::as_name).is_ok_and(|name| name == b"Type0");
        let name = font.get(b"BaseFont").and_then(Object::as_name).unwrap_or_default();
        let name = String::from_utf8_lossy(name).to_ascii_lowercase();
        let (widths, default_width) = if is_composite { wide(font, document) } else { narrow(font, document) };
        Self {
            codes: codes(font, without_encoding, document, is_composite),
            widths,
            default_width,
            is_bold: ["bold", "black", "heavy", "semibold", "simhei", "黑体"].iter().any(|word| name.contains(word)),
        }
    }

    pub fn glyphs(&self, octets: &[u8]) -> Vec<Glyph> {
        match &self.codes {
            Codes::Octets(letters) => octets
                .iter()
                .map(|octet| {
                    let text = letters.get(usize::from(*octet)).cloned().unwrap_or_default();
                    self.glyph(u32::from(*octet), text, *octet == b' ')
                })
                .collect(),
            Codes::Pairs(encoding) => octets
                .chunks(2)
                .map(|pair| {
                    let text = encoding.bytes_to_string(pair).unwrap_or_default();
                    self.glyph(code(pair), text, false)
                })
                .collect(),
            Codes::Unknown => octets.chunks(2).map(|pair| self.glyph(code(pair), '\u{fffd}'.into(), false)).collect(),
            Codes::Text(set) => {
                let text = set.decode_without_bom_handling(octets).0;
                text.chars().map(|c| Glyph { width: usual_width(c), text: c.into(), is_space: c == ' ' }).collect()
            }
        }
    }

    fn glyph(&self, code: u32, text: String, is_space: bool) -> Glyph {
        let usual = || text.chars().map(usual_width).sum();
        let width = self.widths.get(&code).copied().or(self.default_width).map(|width| width / 1000.0);
        Glyph { width: width.filter(|width| (0.0..8.0).contains(width)).unwrap_or_else(usual), text, is_space }
    }
}

fn code(octets: &[u8]) -> u32 {
    octets.iter().fold(0, |code, octet| code << 8 | u32::from(*octet))
}

/// Of fonts that every reader has, and that say nothing of themselves.
fn usual_width(c: char) -> f64 {
    match c {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | ' ' | 'f' | 't' | 'I' | '/' | '(' | ')' => 0.28,
        'm' | 'w' | 'M' | 'W' | '—' => 0.83,
        c if c.is_uppercase() => 0.69,
        c if u32::from(c) >= 0x2e80 => 1.0,
        _ => 0.54,
    }
}

/// A table that says what letters are goes before names of encodings, which are about glyphs.
fn codes<'a>(
    font: &'a Dictionary,
    without_encoding: &'a Dictionary,
    document: &'a Document,
    is_composite: bool,
) -> Codes<'a> {
    let encoding_name = font.get_deref(b"Encoding", document).and_then(Object::as_name).unwrap_or_default();
    let table = font
        .has(b"ToUnicode")
        .then(|| without_encoding.get_font_encoding_with_limit(document, LARGEST_TABLE).ok())
        .flatten()
        .filter(|encoding| matches!(encoding, Encoding::UnicodeMapEncoding(_)));
    if is_composite {
        return match (table, character_set(encoding_name)) {
            (Some(table), _) => Codes::Pairs(table),
            (None, Some(set)) => Codes::Text(set),
            (None, None) => Codes::Unknown,
        };
    }
    let named = font.get_font_encoding_with_limit(document, LARGEST_TABLE).ok();
    let differences = differences(font, document);
    let base = Encoding::SimpleEncoding(b"WinAnsiEncoding");
    let letter = |octet: u8| {
        let of = |encoding: &Encoding<'_>| {
            let text = encoding.bytes_to_string(&[octet]).unwrap_or_default();
            Some(text).filter(|text| !text.is_empty() && !text.contains(['\u{fffd}', '\0']))
        };
        table
            .as_ref()
            .and_then(of)
            .or_else(|| differences.get(&octet).cloned())
            .or_else(|| named.as_ref().and_then(of))
            .or_else(|| of(&base))
            .unwrap_or_default()
    };
    Codes::Octets((0..=255).map(letter).collect())
}

/// The sets of characters behind the names of the predefined CMaps (table 118).
fn character_set(name: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    let name = String::from_utf8_lossy(name);
    match &*name {
        _ if name.starts_with("Uni") && (name.contains("UCS2") || name.contains("UTF16")) => Some(UTF_16BE),
        _ if name.starts_with("GB") => Some(GB18030),
        _ if name.starts_with("ETen") || name.starts_with("B5") || name.starts_with("HKscs") => Some(BIG5),
        _ if name.contains("RKSJ") => Some(SHIFT_JIS),
        _ => None,
    }
}

/// Names of glyphs that a font puts in the place of others. What the library knows no name of is looked at here alone:
/// ligatures, and names that are numbers.
fn differences(font: &Dictionary, document: &Document) -> HashMap<u8, String> {
    let mut letters = HashMap::new();
    let encoding = font.get_deref(b"Encoding", document).and_then(Object::as_dict);
    let list = encoding.and_then(|encoding| encoding.get_deref(b"Differences", document)).and_then(Object::as_array);
    let mut code = 0_u8;
    for object in list.map(Vec::as_slice).unwrap_or_default() {
        match object {
            Object::Integer(number) => code = u8::try_from(*number).unwrap_or_default(),
            Object::Name(name) => {
                letters.extend(letter(&String::from_utf8_lossy(name)).map(|letter| (code, letter)));
                code = code.wrapping_add(1);
            }
            _ => {}
        }
    }
    letters
}

fn letter(name: &str) -> Option<String> {
    let known = [
        ("space", " "),
        ("ff", "ff"),
        ("fi", "fi"),
        ("fl", "fl"),
        ("ffi", "ffi"),
        ("ffl", "ffl"),
        ("hyphen", "-"),
        ("period", "."),
        ("comma", ","),
        ("colon", ":"),
        ("semicolon", ";"),
        ("slash", "/"),
        ("parenleft", "("),
        ("parenright", ")"),
        ("endash", "–"),
        ("emdash", "—"),
        ("quoteright", "’"),
        ("quoteleft", "‘"),
        ("quotedblleft", "“"),
        ("quotedblright", "”"),
        ("bullet", "•"),
        ("at", "@"),
        ("ampersand", "&"),
        ("zero", "0"),
        ("one", "1"),
        ("two", "2"),
        ("three", "3"),
        ("four", "4"),
        ("five", "5"),
        ("six", "6"),
        ("seven", "7"),
        ("eight", "8"),
        ("nine", "9"),
    ];
    if let Some((_, letter)) = known.iter().find(|(known, _)| *known == name) {
        return Some((*letter).to_owned());
    }
    if name.len() == 1 {
        return Some(name.to_owned());
    }
    let number = name.strip_prefix("uni").or_else(|| name.strip_prefix('u')).filter(|number| number.len() >= 4)?;
    u32::from_str_radix(number, 16).ok().and_then(char::from_u32).map(String::from)
}

fn narrow(font: &Dictionary, document: &Document) -> (HashMap<u32, f64>, Option<f64>) {
    let first = font.get_deref(b"FirstChar", document).and_then(Object::as_i64).unwrap_or_default();
    let widths = font.get_deref(b"Widths", document).and_then(Object::as_array);
    let widths =
        widths.map(Vec::as_slice).unwrap_or_default().iter().take(256).enumerate().filter_map(|(at, width)| {
            let code = u32::try_from(first.checked_add(at as i64)?).ok()?;
            Some((code, number(width, document)?)).filter(|(_, width)| *width > 0.0)
        });
    (widths.collect(), None)
}

/// Lists of `code [width width …]` and of `code code width` (9.7.4.3).
fn wide(font: &Dictionary, document: &Document) -> (HashMap<u32, f64>, Option<f64>) {
    const MOST: u32 = 70_000;
    let mut widths = HashMap::new();
    let descendants = font.get_deref(b"DescendantFonts", document).and_then(Object::as_array);
    let Some(descendant) = descendants.ok().and_then(|fonts| fonts.first()) else { return (widths, None) };
    let Ok(descendant) = document.dereference(descendant).and_then(|(_, object)| object.as_dict()) else {
        return (widths, None);
    };
    let default = descendant.get_deref(b"DW", document).ok().and_then(|width| number(width, document));
    let list = descendant.get_deref(b"W", document).and_then(Object::as_array);
    let list = list.map(Vec::as_slice).unwrap_or_default();
    let mut at = 0;
    while let (Some(first), Some(second)) = (list.get(at), list.get(at + 1)) {
        let Some(first) = number(first, document).map(|code| code as u32) else { break };
        if let Ok((_, Object::Array(run))) = document.dereference(second) {
            let run = run.iter().take(MOST as usize).enumerate();
            widths.extend(
                run.filter_map(|(more, width)| Some((first.checked_add(more as u32)?, number(width, document)?))),
            );
            at += 2;
        } else {
            let last = number(second, document).unwrap_or_default() as u32;
            let Some(width) = list.get(at + 2).and_then(|width| number(width, document)) else { break };
            widths.extend((first..=last.min(first.saturating_add(MOST))).map(|code| (code, width)));
            at += 3;
        }
        if widths.len() > MOST as usize {
            break;
        }
    }
    (widths, Some(default.unwrap_or(1000.0)))
}

pub fn number(object: &Object, document: &Document) -> Option<f64> {
    match document.dereference(object).ok()?.1 {
        Object::Integer(number) => Some(*number as f64),
        Object::Real(number) => Some(f64::from(*number)).filter(|number| number.is_finite()),
        _ => None,
    }
}
