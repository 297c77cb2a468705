//! Events from a table with a heading (RFC 4180), as spreadsheets save it.

use csv::{ByteRecord, ReaderBuilder};

use super::Intake;
use crate::domain::Invalid;
use crate::domain::fields::{COLUMNS, EventFields, split_list};
use crate::domain::zone::Zone;

const REQUIRED: [&str; 3] = ["kind", "title", "start"];

/// Rows to entries. An error means that the heading itself can't be used.
pub fn read(octets: &[u8], zone: &Zone) -> Result<Intake, Invalid> {
    let octets = octets.strip_prefix(b"\xef\xbb\xbf").unwrap_or(octets);
    let mut reader =
        ReaderBuilder::new().delimiter(delimiter(octets)).flexible(true).has_headers(false).from_reader(octets);
    let mut records = reader.byte_records();
    let heading = match records.next() {
        Some(Ok(record)) => heading(&record)?,
        Some(Err(error)) => return Err(Invalid(format!("line 1 can't be read: {error}"))),
        None => {
            return Err(Invalid::new("the file is empty: its first line must name the columns (kind, title, start, …)"));
        }
    };
    let mut intake = Intake::default();
    for record in records {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                intake.reject(line, format!("can't be read: {error}"));
                continue;
            }
        };
        let line = record.position().map_or(0, csv::Position::line);
        if record.iter().all(|cell| cell.trim_ascii().is_empty()) {
            continue;
        }
        match row(&heading, &record) {
            Ok((uid, fields)) => intake.take(line, uid, fields, zone),
            Err(reason) => intake.reject(line, reason),
        }
    }
    Ok(intake)
}

/// Spreadsheets separate by what the user's country writes numbers with.
fn delimiter(octets: &[u8]) -> u8 {
    let first_line = octets.split(|octet| *octet == b'\n').next().unwrap_or_default();
    let count = |delimiter: u8| first_line.iter().filter(|octet| **octet == delimiter).count();
    [b',', b';', b'\t'].into_iter().max_by_key(|d| (count(*d), *d == b',')).unwrap_or(b',')
}

fn heading(record: &ByteRecord) -> Result<Vec<String>, Invalid> {
    let names: Vec<String> = record.iter().map(|cell| String::from_utf8_lossy(cell).trim().to_lowercase()).collect();
    if let Some(name) = names.iter().find(|name| !COLUMNS.contains(&name.as_str())) {
        return Err(Invalid(format!("line 1: `{name}` is not a column: use {}", COLUMNS.join(", "))));
    }
    if let Some(missing) = REQUIRED.iter().find(|name| !names.iter().any(|n| n == *name)) {
        return Err(Invalid(format!("line 1: there is no column `{missing}`: kind, title and start are needed")));
    }
    if let Some(twice) = names.iter().enumerate().find(|(i, name)| names[..*i].contains(name)) {
        return Err(Invalid(format!("line 1: there are two columns `{}`", twice.1)));
    }
    Ok(names)
}

fn row(heading: &[String], record: &ByteRecord) -> Result<(Option<String>, EventFields), String> {
    if record.len() != heading.len() {
        let (has, wants) = (record.len(), heading.len());
        return Err(format!("has {has} fields where the heading has {wants}: see its commas and quotes"));
    }
    let mut uid = None;
    let mut fields = EventFields::default();
    for (name, cell) in heading.iter().zip(record) {
        let text = std::str::from_utf8(cell)
            .map_err(|_| format!("column {name} is not UTF-8: save the table as CSV UTF-8"))?
            .to_owned();
        match name.as_str() {
            "uid" => uid = Some(text.trim().to_owned()).filter(|uid| !uid.is_empty()),
            "kind" => fields.kind = Some(text),
            "title" => fields.title = Some(text),
            "start" => fields.start = Some(text),
            "end" => fields.end = Some(text),
            "timezone" => fields.timezone = Some(text).filter(|zone| !zone.trim().is_empty()),
            "status" => fields.status = Some(text),
            "location" => fields.location = Some(text),
            "organizer" => fields.organizer = Some(text),
            "topics" => fields.topics = Some(split_list(&text)),
            "standards" => fields.standards = Some(split_list(&text)),
            "url" => fields.url = Some(text),
            "description" => fields.description = Some(text),
            "cancel_reason" => fields.cancel_reason = Some(text),
            // What follows from the rest, or is made here.
            _ => {}
        }
    }
    Ok((uid, fields))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn intake(text: &str) -> Result<Intake, Invalid> {
        read(text.as_bytes(), &Zone::utc())
    }

    #[test]
    fn a_bad_row_is_reported_with_line_and_column_and_the_rest_goes_in() {
        let table = "kind,title,start,end\nmeeting,A,2020-09-11,\nmeeting,B,2020-02-30,\nparty,C,2020-01-01,\n\
                     meeting,,2020-01-01,\nmeeting,D,2020-01-01\nforum,\"E\nE\",2020-01-01,2019-01-01\nforum,F,2020,\n";
        let intake = intake(table).unwrap();
        assert_eq!(intake.entries.iter().map(|e| e.line).collect::<Vec<_>>(), [2, 9]);
        let rejected: Vec<_> = intake.rejected.iter().map(|r| (r.line, r.column.as_deref())).collect();
        assert_eq!(rejected, [(3, Some("start")), (4, Some("kind")), (5, Some("title")), (6, None), (7, Some("end"))]);
    }

    #[test]
    fn spreadsheets_of_any_country_are_read() {
        for table in [
            "\u{feff}kind,title,start\r\nmeeting,A,2020-09-11\r\n",
            "kind;title;start\nmeeting;A;2020-09-11\n",
            "Kind\ttitle\tSTART\nmeeting\tA\t2020-09-11",
        ] {
            assert_eq!(intake(table).unwrap().entries.len(), 1, "{table:?}");
        }
    }

    #[test]
    fn what_is_no_table_of_events_is_refused() {
        for (table, part) in [
            ("", "empty"),
            ("kind,titel,start\n", "`titel` is not a column"),
            ("kind,title\n", "no column `start`"),
            ("kind,title,start,kind\n", "two columns `kind`"),
        ] {
            let error = intake(table).unwrap_err().to_string();
            assert!(error.contains(part), "{error}");
        }
        let latin1 =
            read(b"kind,title,start\nmeeting,Caf\xe9,2020-09-11\nmeeting,B,2020-09-11\n", &Zone::utc()).unwrap();
        assert_eq!((latin1.entries.len(), latin1.rejected.len()), (1, 1));
        assert!(latin1.rejected[0].reason.contains("title is not UTF-8"), "{}", latin1.rejected[0].reason);
    }

    proptest! {
        #[test]
        fn any_octets_are_read_or_refused(octets in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&octets, &Zone::utc());
            let with_heading = [b"kind,title,start\n".as_slice(), &octets].concat();
            let _ = read(&with_heading, &Zone::utc());
        }
    }
}
