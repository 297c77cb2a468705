//! What thousands get alike, encoded once: a message with gaps that each recipient's own words are put into.
//!
//! Encoding a message costs a hundred times what it takes to fill a gap. The gaps are found by the placeholders that a
//! sample was built with, in whatever way their part is encoded.

use std::ops::Range;

use data_encoding::BASE64;
use lettre::message::header::ContentTransferEncoding;

/// A finished sample and its gaps, in order.
pub struct Stencil {
    octets: Vec<u8>,
    gaps: Vec<Gap>,
}

struct Gap {
    /// Where it lies in the sample.
    at: Range<usize>,
    fill: Fill,
}

enum Fill {
    /// One of the values, by its number.
    Whole(usize),
    /// The part of a value that stands before or after a soft line break.
    Piece(usize, Range<usize>),
    /// In base64, with its neighbours, since three octets share four letters.
    Base64(Vec<Raw>),
}

enum Raw {
    Fixed(Vec<u8>),
    Value(usize),
}

/// A part of the message that may hold placeholders: as it reads, and as it stands in the sample.
pub struct Part<'a> {
    pub raw: &'a [u8],
    pub encoded: &'a [u8],
    pub encoding: ContentTransferEncoding,
}

impl Stencil {
    /// Finds the gaps of a sample; `placeholders` are what it was built with instead of the personal values. In the
    /// body a value must be as long as its placeholder and, like it, made of letters that quoted-printable leaves as
    /// they are; in the head any length will do.
    pub fn new(octets: Vec<u8>, placeholders: &[&str], parts: &[Part<'_>]) -> Self {
        let mut gaps = Vec::new();
        let body = find(&octets, b"\r\n\r\n").unwrap_or(octets.len());
        for (value, placeholder) in placeholders.iter().enumerate() {
            for at in occurrences(&octets[..body], placeholder.as_bytes()) {
                gaps.push(Gap { at: at..at + placeholder.len(), fill: Fill::Whole(value) });
            }
        }
        for part in parts {
            let Some(start) = find(&octets, part.encoded) else { continue };
            match part.encoding {
                ContentTransferEncoding::Base64 => base64_gaps(part, start, placeholders, &mut gaps),
                _ => plain_gaps(part, start, placeholders, &mut gaps),
            }
        }
        gaps.sort_by_key(|gap| gap.at.start);
        Self { octets, gaps }
    }

    /// The message with `values` in its gaps, one for each placeholder.
    pub fn fill(&self, values: &[&str]) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.octets.len() + 256);
        let of = |value: usize| values.get(value).copied().unwrap_or_default().as_bytes();
        let mut done = 0;
        for gap in &self.gaps {
            out.extend_from_slice(&self.octets[done..gap.at.start]);
            match &gap.fill {
                Fill::Whole(value) => out.extend_from_slice(of(*value)),
                Fill::Piece(value, part) => out.extend_from_slice(of(*value).get(part.clone()).unwrap_or_default()),
                Fill::Base64(pieces) => {
                    let raw: Vec<&[u8]> = pieces
                        .iter()
                        .map(|piece| match piece {
                            Raw::Fixed(octets) => octets,
                            Raw::Value(value) => of(*value),
                        })
                        .collect();
                    let letters = BASE64.encode(&raw.concat());
                    let mut letters = letters.bytes();
                    // The line breaks stay where they are.
                    out.extend(self.octets[gap.at.clone()].iter().map(|&octet| match octet {
                        b'\r' | b'\n' => octet,
                        _ => letters.next().unwrap_or(octet),
                    }));
                }
            }
            done = gap.at.end;
        }
        out.extend_from_slice(&self.octets[done..]);
        out
    }
}

/// In 7bit and quoted-printable the letters stand as they are, but a soft line break may lie between them.
fn plain_gaps(part: &Part<'_>, start: usize, placeholders: &[&str], gaps: &mut Vec<Gap>) {
    for (value, placeholder) in placeholders.iter().enumerate() {
        let mut from = 0;
        while let Some(pieces) = find_broken(&part.encoded[from..], placeholder.as_bytes()) {
            let mut end = from;
            for (at, piece) in pieces {
                end = from + at.end;
                gaps.push(Gap { at: start + from + at.start..start + end, fill: Fill::Piece(value, piece) });
            }
            from = end;
        }
    }
}

/// The first occurrence of `needle`, as pieces between soft line breaks: where each lies, and which part it is.
fn find_broken(text: &[u8], needle: &[u8]) -> Option<Vec<(Range<usize>, Range<usize>)>> {
    let starts = occurrences(text, needle.get(..1)?);
    starts.into_iter().find_map(|start| {
        let (mut at, mut done) = (start, 0);
        let mut pieces = Vec::new();
        while done < needle.len() {
            let fits = text[at..].iter().zip(&needle[done..]).take_while(|(a, b)| a == b).count();
            if fits == 0 {
                return None;
            }
            pieces.push((at..at + fits, done..done + fits));
            (at, done) = (at + fits, done + fits);
            if done < needle.len() {
                at += text[at..].starts_with(b"=\r\n").then_some(3)?;
            }
        }
        Some(pieces)
    })
}

fn base64_gaps(part: &Part<'_>, start: usize, placeholders: &[&str], gaps: &mut Vec<Gap>) {
    // RFC 2045 section 6.8: lines of 76 letters, 57 octets.
    let place = |letter: usize| start + letter + letter / 76 * 2;
    let mut found: Vec<(Range<usize>, usize)> = Vec::new();
    for (value, placeholder) in placeholders.iter().enumerate() {
        let all = occurrences(part.raw, placeholder.as_bytes());
        found.extend(all.into_iter().map(|at| (at..at + placeholder.len(), value)));
    }
    found.sort_by_key(|(at, _)| at.start);
    // Those that share letters are filled together.
    for near in found.chunk_by(|(a, _), (b, _)| a.end.div_ceil(3) > b.start / 3) {
        let (Some((head, _)), Some((tail, _))) = (near.first(), near.last()) else { continue };
        let (first, last) = (head.start / 3, tail.end.div_ceil(3));
        let (mut pieces, mut done) = (Vec::new(), first * 3);
        for (at, value) in near {
            pieces.extend([Raw::Fixed(part.raw[done..at.start].to_vec()), Raw::Value(*value)]);
            done = at.end;
        }
        pieces.push(Raw::Fixed(part.raw[done..part.raw.len().min(last * 3)].to_vec()));
        gaps.push(Gap { at: place(first * 4)..place(last * 4 - 1) + 1, fill: Fill::Base64(pieces) });
    }
}

fn occurrences(text: &[u8], needle: &[u8]) -> Vec<usize> {
    memchr::memmem::find_iter(text, needle).collect()
}

fn find(text: &[u8], needle: &[u8]) -> Option<usize> {
    memchr::memmem::find(text, needle)
}

#[cfg(test)]
mod tests {
    use super::*;
    use lettre::message::Body;
    use proptest::prelude::*;

    const PLACEHOLDER: &str = "Placeholder-of-a-link_0123456789-abcdefghij";
    const VALUE: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA_BBBBBB-C1";

    fn encode(raw: &str, encoding: ContentTransferEncoding) -> Vec<u8> {
        Body::new_with_encoding(raw.as_bytes().to_vec(), encoding).unwrap().into_vec()
    }

    fn check(raw: &str, encoding: ContentTransferEncoding) {
        let encoded = encode(raw, encoding);
        let sample = [b"To: x\r\n\r\n--b\r\n\r\n", &encoded[..], b"\r\n--b--\r\n"].concat();
        let part = Part { raw: raw.as_bytes(), encoded: &encoded, encoding };
        let filled = Stencil::new(sample, &[PLACEHOLDER], &[part]).fill(&[VALUE]);
        let expected = encode(&raw.replace(PLACEHOLDER, VALUE), encoding);
        let expected = [b"To: x\r\n\r\n--b\r\n\r\n", &expected[..], b"\r\n--b--\r\n"].concat();
        assert_eq!(String::from_utf8_lossy(&filled), String::from_utf8_lossy(&expected));
    }

    #[test]
    fn a_value_in_the_head_may_have_any_length() {
        let sample = b"To: somebody\r\nX: <somebody>\r\n\r\nsomebody\r\n".to_vec();
        let stencil = Stencil::new(sample, &["somebody"], &[]);
        assert_eq!(stencil.fill(&["ada"]), b"To: ada\r\nX: <ada>\r\n\r\nsomebody\r\n");
    }

    proptest! {
        #[test]
        fn filling_gives_what_encoding_would(before in "\\PC{0,150}", between in "\\PC{0,150}", after in "\\PC{0,150}") {
            let raw = format!("{before}\r\n{PLACEHOLDER} {between}{PLACEHOLDER}{after}");
            check(&raw, ContentTransferEncoding::QuotedPrintable);
            check(&raw, ContentTransferEncoding::Base64);
            if raw.is_ascii() {
                check(&raw, ContentTransferEncoding::SevenBit);
            }
        }
    }
}
