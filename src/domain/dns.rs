//! Records of the domain name system.

use serde::Serialize;

/// One DNS record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Record {
    pub name: String,
    #[serde(rename = "type")]
    pub kind: RecordType,
    pub value: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum RecordType {
    Txt,
    Mx,
    Ptr,
}

/// A TXT record is made of strings of at most this many octets (RFC 1035 section 3.3); readers join them.
const LONGEST_STRING: usize = 255;

impl Record {
    /// As it stands in a zone file (RFC 1035 section 5.1).
    pub fn zone_line(&self) -> String {
        let name = &self.name;
        match self.kind {
            RecordType::Txt => {
                let strings: Vec<_> = self.value.as_bytes().chunks(LONGEST_STRING).map(quoted).collect();
                match strings.as_slice() {
                    [one] => format!("{name}. IN TXT {one}"),
                    several => format!("{name}. IN TXT (\n    {} )", several.join("\n    ")),
                }
            }
            RecordType::Mx => format!("{name}. IN MX {}.", self.value),
            RecordType::Ptr => format!("; the address of {name}, where addresses are given out: PTR {}.", self.value),
        }
    }
}

fn quoted(string: &[u8]) -> String {
    format!("\"{}\"", String::from_utf8_lossy(string).replace('\\', "\\\\").replace('"', "\\\""))
}

/// A value of a tag list (RFC 6376 section 3.2).
pub fn tag<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.split(';').filter_map(|pair| pair.split_once('=')).find(|(tag, _)| tag.trim() == name).map(|(_, v)| v.trim())
}
