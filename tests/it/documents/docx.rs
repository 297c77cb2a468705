//! Small .docx files, made as Word makes them.

use std::io::{Cursor, Write};

use flate2::{Compress, Compression, FlushCompress};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

pub fn run(properties: &str, text: &str) -> String {
    format!("<w:r><w:rPr>{properties}</w:rPr><w:t xml:space='preserve'>{text}</w:t></w:r>")
}

pub fn paragraph(text: &str) -> String {
    format!("<w:p>{}</w:p>", run("", text))
}

pub fn styled(style: &str, text: &str) -> String {
    format!("<w:p><w:pPr><w:pStyle w:val='{style}'/></w:pPr>{}</w:p>", run("", text))
}

pub fn cell(text: &str) -> String {
    format!("<w:tc>{}</w:tc>", paragraph(text))
}

pub fn row(cells: &[String]) -> String {
    format!("<w:tr>{}</w:tr>", cells.concat())
}

pub fn table(rows: &[String]) -> String {
    format!("<w:tbl>{}</w:tbl>", rows.concat())
}

pub fn footnote(text: &str) -> String {
    format!("<w:footnote w:id='2'>{}</w:footnote>", paragraph(text))
}

pub struct Docx {
    parts: Vec<(&'static str, String)>,
}

const NAMESPACES: &str = "xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main' \
                          xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006'";

impl Docx {
    pub fn of(body: &[String]) -> Self {
        let head = "<?xml version='1.0' encoding='UTF-8' standalone='yes'?>";
        let document =
            format!("{head}\n<w:document {NAMESPACES}><w:body>{}<w:sectPr/></w:body></w:document>", body.concat());
        Self { parts: vec![("[Content_Types].xml", "<Types/>".into()), ("word/document.xml", document)] }
    }

    pub fn with_styles(self, styles: &str) -> Self {
        self.with("word/styles.xml", format!("<w:styles {NAMESPACES}>{styles}</w:styles>"))
    }

    pub fn with_footnotes(self, notes: &str) -> Self {
        self.with("word/footnotes.xml", format!("<w:footnotes {NAMESPACES}>{notes}</w:footnotes>"))
    }

    pub fn with_dates(self, created: &str, modified: &str, more: &str) -> Self {
        let dates = format!(
            "<dcterms:created>{created}</dcterms:created><dcterms:modified>{modified}</dcterms:modified>{more}"
        );
        self.with("docProps/core.xml", format!("<cp:coreProperties>{dates}</cp:coreProperties>"))
    }

    fn with(mut self, name: &'static str, part: String) -> Self {
        self.parts.push((name, part));
        self
    }

    pub fn packed(&self) -> Vec<u8> {
        zip(self.parts.iter().map(|(name, part)| (*name, part.as_bytes())))
    }

    /// Not compressed, so that what is spoilt is the text.
    pub fn stored(&self) -> Vec<u8> {
        let parts = self.parts.iter().map(|(name, part)| (*name, part.as_bytes()));
        archive(CompressionMethod::Stored, parts)
    }
}

pub fn zip<'a>(parts: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Vec<u8> {
    archive(CompressionMethod::Deflated, parts)
}

fn archive<'a>(method: CompressionMethod, parts: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, part) in parts {
        zip.start_file(name, SimpleFileOptions::default().compression_method(method)).unwrap();
        zip.write_all(part).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// Where headers of an archive's entries begin: of the entries themselves, or of the list of them.
fn headers(octets: &[u8], sign: &[u8]) -> Vec<usize> {
    (0..octets.len().saturating_sub(4)).filter(|at| octets[*at..].starts_with(sign)).collect()
}

const ENTRY: &[u8] = b"PK\x03\x04";
const LISTED: &[u8] = b"PK\x01\x02";

/// Says of all entries that they have a password.
pub fn mark_encrypted(octets: &mut [u8]) {
    for (sign, flags) in [(ENTRY, 6), (LISTED, 8)] {
        for at in headers(octets, sign) {
            octets[at + flags] |= 1;
        }
    }
}

/// So many megabytes of spaces (RFC 1951).
pub fn packed_spaces(megabytes: usize) -> Vec<u8> {
    let spaces = vec![b' '; 1 << 20];
    let mut block = Vec::with_capacity(1 << 16);
    Compress::new(Compression::best(), false).compress_vec(&spaces, &mut block, FlushCompress::Full).unwrap();
    let mut packed = block.repeat(megabytes);
    packed.extend([3, 0]);
    packed
}

/// A .docx whose text unpacks to so many megabytes of spaces, and says otherwise.
pub fn bomb(megabytes: usize) -> Vec<u8> {
    let packed = packed_spaces(megabytes);
    let mut octets = archive(CompressionMethod::Stored, [("word/document.xml", packed.as_slice())]);
    for (sign, method) in [(ENTRY, 8), (LISTED, 10)] {
        for at in headers(&octets, sign) {
            octets[at + method] = 8;
        }
    }
    octets
}
