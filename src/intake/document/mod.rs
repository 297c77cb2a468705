//! Documents of other programs, and the text in them: .docx and PDF. What they are is told by their first octets, never by a
//! name. It is read in a process of its own (`crate::confined`), which answers with one `Answer` as JSON.

mod docx;
mod html;
mod pdf;

use jiff::ToSpan;
use jiff::civil::Date;
use memchr::memmem;
use serde::{Deserialize, Serialize};

/// The largest document that is looked at, in octets.
const LARGEST: usize = 32 * 1024 * 1024;

/// The longest text that is taken out of one, in octets.
const LONGEST_TEXT: usize = 8 * 1024 * 1024;

/// What the text of a document is.
#[derive(Debug, Serialize, Deserialize)]
pub struct Text {
    pub text: String,
    pub is_html: bool,
    /// When the document says that it was written.
    pub written: Option<Date>,
}

/// What the process answers that reads a document.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    Text(Text),
    Unread(Unread),
}

/// Why a document has no text for us. The sentence is the parent's own: what reads a document tells a word alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Unread {
    #[error("this document is larger than 32 MB: save the part with the dates as a document of its own")]
    LargeFile,
    #[error("this document holds too much to be read: save the part with the dates as a document of its own")]
    Large,
    #[error("this PDF is broken or cut off: get it again, or save it as plain text or HTML")]
    BrokenPdf,
    #[error("this .docx is broken or cut off: get it again, or open it and save it anew")]
    BrokenDocx,
    #[error("this document has a password: open it and save it without one, or save it as plain text")]
    Locked,
    #[error(
        "this PDF has no text in it: it is a picture of pages; run text recognition (OCR) over it first, or type the dates in"
    )]
    Picture,
    #[error("the letters of this PDF can't be told from its fonts: save it as plain text or HTML")]
    Unlettered,
    #[error("this document has no text in it")]
    Empty,
    #[error("this is an old Word file (.doc): save it as .docx, PDF or plain text")]
    OldWord,
    #[error("this is an old Office file: save it as .docx, PDF or plain text")]
    OldOffice,
    #[error("this is an Excel workbook: save the sheet as CSV and import it, or save it as PDF or plain text")]
    Excel,
    #[error("this is a PowerPoint presentation: save it as PDF or plain text")]
    PowerPoint,
    #[error("this is an OpenDocument file: save it as .docx, PDF or plain text")]
    OpenDocument,
    #[error("this is an e-book: save it as .docx, PDF or plain text")]
    Book,
    #[error("this is a zip archive and no document: unpack it, and give its texts, .docx or PDFs one by one")]
    Zip,
    #[error("this is RTF: save it as .docx, PDF or plain text")]
    Rtf,
}

/// What a file is, by its first octets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    Pdf,
    Zip,
    /// What Word, Excel and others wrote before 2007, and in what they lock up what they write today.
    Compound,
    Rtf,
}

fn sort(octets: &[u8]) -> Option<Sort> {
    let octets = octets.strip_prefix(b"\xef\xbb\xbf").unwrap_or(octets).trim_ascii_start();
    let signs = [
        (&b"%PDF"[..], Sort::Pdf),
        (b"PK\x03\x04", Sort::Zip),
        (b"PK\x05\x06", Sort::Zip),
        (b"\xd0\xcf\x11\xe0", Sort::Compound),
        (b"{\\rtf", Sort::Rtf),
    ];
    signs.into_iter().find(|(sign, _)| octets.starts_with(sign)).map(|(_, sort)| sort)
}

/// Whether it is no text but what another program keeps one in.
pub fn is_document(octets: &[u8]) -> bool {
    sort(octets).is_some()
}

/// What can be told without reading it.
pub fn refusal(octets: &[u8]) -> Option<Unread> {
    match sort(octets)? {
        Sort::Rtf => Some(Unread::Rtf),
        Sort::Compound => Some(compound(octets)),
        Sort::Pdf | Sort::Zip => (octets.len() > LARGEST).then_some(Unread::LargeFile),
    }
}

/// By the names of what lies in it.
fn compound(octets: &[u8]) -> Unread {
    let holds = |name: &str| {
        let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        memmem::find(octets, &name).is_some()
    };
    match () {
        () if holds("EncryptedPackage") => Unread::Locked,
        () if holds("WordDocument") => Unread::OldWord,
        () => Unread::OldOffice,
    }
}

/// The text of a document. May panic, loop or want all memory: only to be called where that does no harm.
pub fn read(octets: &[u8]) -> Answer {
    let text = match (refusal(octets), sort(octets)) {
        (Some(unread), _) => Err(unread),
        (None, Some(Sort::Pdf)) => pdf::read(octets),
        (None, _) => docx::read(octets),
    };
    match text {
        Ok(text) if text.text.len() > LONGEST_TEXT => Answer::Unread(Unread::Large),
        Ok(text) => Answer::Text(text),
        Err(unread) => Answer::Unread(unread),
    }
}

/// Who took last year's notice and changed it has a document of last year.
const LONGEST_WORK_DAYS: i64 = 60;

/// The day a document was made, unless it was changed long after.
fn written(created: Option<Date>, modified: Option<Date>) -> Option<Date> {
    let created = created.or(modified)?;
    let latest = created.checked_add(LONGEST_WORK_DAYS.days()).ok()?;
    modified.is_none_or(|modified| modified <= latest).then_some(created)
}
