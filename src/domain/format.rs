//! In which form a calendar comes.

use super::words;

words! {
    /// Of a calendar that comes in.
    pub enum Format, "format" {
        Ics => "ics",
        Csv => "csv",
        Json => "json",
        /// A workbook of Excel.
        Xlsx => "xlsx",
    }
}

words! {
    /// Of what goes out.
    pub enum ExportFormat, "format of an export" {
        Ics => "ics",
        Csv => "csv",
        Json => "json",
    }
}

words! {
    /// Of a source: of a calendar that is kept in step, or of what is watched.
    pub enum SourceFormat, "format of a source" {
        Ics => "ics",
        Csv => "csv",
        Json => "json",
        /// RSS, Atom or JSON Feed.
        Feed => "feed",
        /// A web page, or a document.
        Page => "page",
    }
}

impl SourceFormat {
    /// Of a calendar; none: it is watched.
    pub fn calendar(self) -> Option<Format> {
        match self {
            Self::Ics => Some(Format::Ics),
            Self::Csv => Some(Format::Csv),
            Self::Json => Some(Format::Json),
            Self::Feed | Self::Page => None,
        }
    }
}

impl Format {
    /// By a file's name.
    pub fn of_name(name: &str) -> Option<Self> {
        name.rsplit_once('.').and_then(|(_, ending)| ending.parse().ok())
    }

    /// A workbook by its first octets, whatever its name; else by a file's name or an address's path, else by what a
    /// server says of it, else by its first octets.
    pub fn guess(name: &str, content_type: Option<&str>, octets: &[u8]) -> Self {
        if octets.starts_with(b"PK\x03\x04") || octets.starts_with(b"\xd0\xcf\x11\xe0") {
            return Self::Xlsx;
        }
        let by_type = || {
            let media_type = content_type?.split(';').next()?.trim().to_ascii_lowercase();
            [("text/calendar", Self::Ics), ("text/csv", Self::Csv), ("application/json", Self::Json)]
                .into_iter()
                .find_map(|(known, format)| (media_type == known).then_some(format))
        };
        let by_content = || {
            // Past a byte order mark, if there is one.
            let text = octets.strip_prefix(b"\xef\xbb\xbf").unwrap_or(octets).trim_ascii_start();
            let begins = |word: &[u8]| text.get(..word.len()).is_some_and(|first| first.eq_ignore_ascii_case(word));
            match () {
                () if begins(b"[") || begins(b"{") => Self::Json,
                // A page, or a warning of the server's program with a calendar behind it.
                () if begins(b"<") => Self::Ics,
                // UTF-16 begins with its mark.
                () if begins(b"BEGIN:") || octets.starts_with(b"\xff\xfe") || octets.starts_with(b"\xfe\xff") => {
                    Self::Ics
                }
                () => Self::Csv,
            }
        };
        // What is only called a workbook is something else.
        let by_name = Self::of_name(name).filter(|format| *format != Self::Xlsx);
        by_name.or_else(by_type).unwrap_or_else(by_content)
    }
}
