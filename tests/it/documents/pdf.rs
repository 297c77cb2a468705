//! Small PDFs, written by hand.

use std::fmt::Write as _;

/// A line of a page: where its baseline begins, in points from the page's lower left corner.
pub struct Shown {
    content: String,
}

/// In Helvetica.
pub fn at(x: u32, y: u32, text: &str) -> Shown {
    shown("F1", 11, x, y, &literal(text))
}

/// In a font and a size.
pub fn set(font: &str, size: u32, x: u32, y: u32, text: &str) -> Shown {
    shown(font, size, x, y, &literal(text))
}

/// In a Chinese font that every reader has, by the CMap UniGB-UCS2-H.
pub fn chinese(size: u32, x: u32, y: u32, text: &str) -> Shown {
    let octets: String = text.encode_utf16().fold(String::new(), |mut all, unit| {
        let _ = write!(all, "{unit:04X}");
        all
    });
    shown("F3", size, x, y, &format!("<{octets}>"))
}

fn shown(font: &str, size: u32, x: u32, y: u32, string: &str) -> Shown {
    Shown { content: format!("BT /{font} {size} Tf 1 0 0 1 {x} {y} Tm {string} Tj ET\n") }
}

/// Operators as they are.
pub fn raw(content: &str) -> Shown {
    Shown { content: content.to_owned() }
}

fn literal(text: &str) -> String {
    format!("({})", text.replace('\\', "\\\\").replace('(', "\\(").replace(')', "\\)"))
}

pub const FONTS: &str = "/F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >> \
     /F2 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >> \
     /F3 << /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [<< /Type /Font \
     /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> \
     /DW 1000 /W [1 95 500] >>] >> \
     /F4 << /Type /Font /Subtype /Type0 /BaseFont /Own /Encoding /Identity-H /DescendantFonts [<< /Type /Font \
     /Subtype /CIDFontType2 /BaseFont /Own /DW 1000 >>] >>";

/// A page that shows what unpacks to so many megabytes.
pub fn bomb(megabytes: usize) -> Vec<u8> {
    let packed = super::docx::packed_spaces(megabytes);
    let hex = packed.iter().fold("789C".to_owned(), |mut hex, octet| {
        let _ = write!(hex, "{octet:02X}");
        hex
    });
    let form = format!(
        "<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Filter [/ASCIIHexDecode /FlateDecode] /Length {} >>\nstream\n{hex}>\nendstream",
        hex.len() + 1
    );
    pdf(&[vec![raw("/Im1 Do\n")]], "", &[form])
}

/// A document of these pages. `more` are entries of its trailer, `objects` more objects, from number 100.
pub fn pdf(pages: &[Vec<Shown>], more: &str, objects: &[String]) -> Vec<u8> {
    let mut all: Vec<(usize, String)> = vec![(1, "<< /Type /Catalog /Pages 2 0 R >>".into())];
    let kids: String = (0..pages.len()).map(|at| format!("{} 0 R ", 10 + 2 * at)).collect();
    all.push((2, format!("<< /Type /Pages /Count {} /Kids [{kids}] >>", pages.len())));
    for (at, page) in pages.iter().enumerate() {
        let number = 10 + 2 * at;
        let content: String = page.iter().map(|shown| shown.content.as_str()).collect();
        all.push((
            number,
            format!(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {} 0 R /Resources << /Font << {FONTS} >> \
                 /XObject << /Im1 100 0 R >> >> >>",
                number + 1
            ),
        ));
        all.push((number + 1, format!("<< /Length {} >>\nstream\n{content}endstream", content.len())));
    }
    all.extend(objects.iter().enumerate().map(|(at, object)| (100 + at, object.clone())));
    let mut octets = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec();
    let mut places = Vec::new();
    for (number, object) in &all {
        places.push((*number, octets.len()));
        octets.extend(format!("{number} 0 obj\n{object}\nendobj\n").as_bytes());
    }
    let start = octets.len();
    let mut table = "xref\n0 1\n0000000000 65535 f \n".to_owned();
    for (number, place) in &places {
        let _ = write!(table, "{number} 1\n{place:010} 00000 n \n");
    }
    let size = places.iter().map(|(number, _)| number + 1).max().unwrap_or(1);
    let _ = write!(table, "trailer\n<< /Size {size} /Root 1 0 R {more} >>\nstartxref\n{start}\n%%EOF\n");
    octets.extend(table.as_bytes());
    octets
}
