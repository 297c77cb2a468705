//! What a file of a picture is made of: the segments of a JPEG (ITU-T T.81 annex B), the chunks of a PNG (its section 5).

use crate::domain::picture::PictureFormat;

/// Whether a JPEG lacks its end: the library fills up with grey what did not come.
pub fn is_cut_off(octets: &[u8]) -> bool {
    let scan = segments(octets).find(|segment| segment.marker == START_OF_SCAN);
    let Some(scan) = scan else { return true };
    // Within what is coded, 0xff is followed by 0, or by a number where decoding may begin anew.
    !scan.rest.windows(2).any(|two| two == [0xff, END_OF_IMAGE])
}

/// Whether it holds nothing but the picture, in the simplest form: nothing before, between or behind it.
pub fn is_bare(octets: &[u8], format: PictureFormat) -> bool {
    match format {
        PictureFormat::Jpeg => is_bare_jpeg(octets),
        PictureFormat::Png => is_bare_png(octets),
        PictureFormat::Gif | PictureFormat::Webp => false,
    }
}

const START_OF_SCAN: u8 = 0xda;
const END_OF_IMAGE: u8 = 0xd9;
/// The head of a JFIF file, the tables, the size of one whose lines follow each other: what every program reads.
const JFIF: u8 = 0xe0;
const QUANTISATION: u8 = 0xdb;
const SIMPLE: [u8; 4] = [QUANTISATION, 0xc0, 0xc4, START_OF_SCAN];

struct Segment<'a> {
    marker: u8,
    data: &'a [u8],
    /// What follows it.
    rest: &'a [u8],
}

/// Those up to the first scan; they end where no segment is.
fn segments(octets: &[u8]) -> impl Iterator<Item = Segment<'_>> {
    let mut rest = octets.get(2..).unwrap_or_default();
    let mut is_over = false;
    std::iter::from_fn(move || {
        // A marker may be filled up with more of its first octet.
        let filled = rest.iter().take_while(|octet| **octet == 0xff).count();
        let (marker, behind) = rest.get(filled..)?.split_first()?;
        if is_over || filled == 0 {
            return None;
        }
        let length = usize::from(u16::from_be_bytes([*behind.first()?, *behind.get(1)?]));
        let data = behind.get(2..length)?;
        rest = behind.get(length..)?;
        is_over = *marker == START_OF_SCAN;
        Some(Segment { marker: *marker, data, rest })
    })
}

/// The tables by which a JPEG is coarse (B.2.4.1).
pub fn tables(octets: &[u8]) -> impl Iterator<Item = &[u8]> {
    segments(octets).filter(|segment| segment.marker == QUANTISATION).map(|segment| segment.data)
}

fn is_bare_jpeg(octets: &[u8]) -> bool {
    let mut segments = segments(octets).peekable();
    let has_head = segments.next_if(|segment| segment.marker == JFIF && is_plain_head(segment.data)).is_some();
    let mut coded: &[u8] = &[];
    let mut is_simple = true;
    for segment in segments {
        is_simple &= SIMPLE.contains(&segment.marker);
        coded = if segment.marker == START_OF_SCAN { segment.rest } else { &[] };
    }
    let ends = coded.windows(2).position(|two| two[0] == 0xff && two[1] != 0);
    has_head && is_simple && octets.starts_with(&[0xff, 0xd8]) && {
        let end = ends.and_then(|at| coded.get(at..));
        end == Some(&[0xff, END_OF_IMAGE])
    }
}

/// Without a small picture of it.
fn is_plain_head(data: &[u8]) -> bool {
    data.len() == 14 && data.starts_with(b"JFIF\0") && data.ends_with(&[0, 0])
}

/// By a flag in its head (RFC 9649 section 2.7.1).
pub fn is_animated_webp(octets: &[u8]) -> bool {
    octets.get(12..16) == Some(b"VP8X") && octets.get(20).is_some_and(|flags| flags & 2 != 0)
}

fn is_bare_png(octets: &[u8]) -> bool {
    let Some(mut rest) = octets.strip_prefix(b"\x89PNG\r\n\x1a\n") else { return false };
    let mut is_first = true;
    loop {
        let Some((head, behind)) = rest.split_at_checked(8) else { return false };
        let length = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
        let kind = &head[4..];
        let Some(data) = behind.get(..length) else { return false };
        // With its check sum.
        let Some(next) = length.checked_add(4).and_then(|end| behind.get(end..)) else { return false };
        // 8 bits a colour, no palette, no interlacing.
        let is_simple =
            |head: &[u8]| head.len() == 13 && head[8] == 8 && [0, 2, 4, 6].contains(&head[9]) && head[12] == 0;
        match kind {
            b"IHDR" if is_first && is_simple(data) => {}
            b"IDAT" if !is_first => {}
            b"IEND" => return !is_first && length == 0 && next.is_empty(),
            _ => return false,
        }
        is_first = false;
        rest = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octets_that_are_no_picture_are_neither_whole_nor_bare() {
        for octets in [
            &b""[..],
            b"\xff\xd8",
            b"\xff\xd8\xff",
            b"\xff\xd8\xff\xe0\0",
            b"\xff\xd8\xff\xe0\0\x01\xff",
            b"\x89PNG\r\n\x1a\n",
        ] {
            assert!(is_cut_off(octets), "{octets:?}");
            assert!(!is_bare_jpeg(octets) && !is_bare_png(octets), "{octets:?}");
        }
    }
}
