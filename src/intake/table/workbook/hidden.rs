//! Rows that a sheet hides, as a filter does: the library does not tell them.

use std::collections::{HashMap, HashSet};
use std::io::{BufRead, BufReader, Cursor, Read};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

type Archive<'a> = ZipArchive<Cursor<&'a [u8]>>;

/// What tells of the sheets is short.
const LONGEST_PART: u64 = 16 * 1024 * 1024;

/// The hidden rows of each sheet, from 1, by its name.
#[derive(Debug, Default)]
pub struct HiddenRows(HashMap<String, HashSet<u32>>);

impl HiddenRows {
    pub fn of(&self, sheet: &str) -> Option<&HashSet<u32>> {
        self.0.get(sheet)
    }

    /// Where a part is not as it should be, nothing is known to be hidden.
    pub fn find(archive: &mut Archive<'_>) -> Self {
        let mut sheets = Vec::new();
        each(archive, "xl/workbook.xml", |element| {
            if element.local_name().as_ref() == b"sheet" {
                sheets.extend(attribute(element, "name").zip(attribute(element, "id")));
            }
        });
        let mut targets = HashMap::new();
        each(archive, "xl/_rels/workbook.xml.rels", |element| {
            if element.local_name().as_ref() == b"Relationship" {
                targets.extend(attribute(element, "Id").zip(attribute(element, "Target")));
            }
        });
        let mut hidden = HashMap::new();
        for (name, id) in sheets.into_iter().take(super::MOST_SHEETS) {
            let Some(target) = targets.get(&id) else { continue };
            let part = target.strip_prefix('/').map_or_else(|| format!("xl/{target}"), str::to_owned);
            let mut rows = HashSet::new();
            each(archive, &part, |element| {
                let is_row = element.local_name().as_ref() == b"row";
                if is_row && attribute(element, "hidden").is_some_and(|is_it| is_it == "1" || is_it == "true") {
                    rows.extend(attribute(element, "r").and_then(|row| row.parse::<u32>().ok()));
                }
            });
            hidden.insert(name, rows);
        }
        Self(hidden)
    }
}

/// Hands over the elements of a part as they open.
fn each(archive: &mut Archive<'_>, part: &str, mut take: impl FnMut(&BytesStart<'_>)) {
    let Ok(file) = archive.by_name(part) else { return };
    let is_short = !part.contains("worksheets/");
    let octets: Box<dyn BufRead + '_> = match is_short {
        true => Box::new(BufReader::new(file.take(LONGEST_PART))),
        false => Box::new(BufReader::new(file)),
    };
    let mut reader = Reader::from_reader(octets);
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Start(element) | Event::Empty(element)) => take(&element),
            Ok(Event::Eof) | Err(_) => return,
            Ok(_) => {}
        }
    }
}

/// Of an attribute, whatever stands before the colon of its name.
fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = element.attributes();
    let mut attributes = attributes.with_checks(false).flatten();
    let found = attributes.find(|found| found.key.local_name().as_ref() == name.as_bytes())?;
    let text = String::from_utf8_lossy(&found.value).into_owned();
    Some(quick_xml::escape::unescape(&text).map(|text| text.into_owned()).unwrap_or(text))
}
