use crate::domain::Invalid;
use crate::domain::format::Format;
use crate::domain::zone::Zone;
use crate::intake::{Intake, Preset};
use proptest::prelude::*;

fn read_octets(octets: &[u8]) -> Result<Intake, Invalid> {
    crate::intake::read(octets, Format::Csv, &Preset::default(), &Zone::utc())
}

fn intake(text: &str) -> Result<Intake, Invalid> {
    read_octets(text.as_bytes())
}

#[test]
fn a_bad_row_is_reported_with_line_and_column_and_the_rest_goes_in() {
    let table = "kind,title,start,end\nmeeting,A,2020-09-11,\nmeeting,B,2020-02-30,\nparty,C,2020-01-01,\n\
                 meeting,,2020-01-01,\nmeeting,D,2020-01-01\nforum,\"E\nE\",2020-01-01,2019-01-01\nforum,F,2020,\n";
    let intake = intake(table).unwrap();
    assert_eq!(intake.entries.iter().map(|e| e.line).collect::<Vec<_>>(), [2, 9]);
    let mut rejected: Vec<_> = intake.rejected.iter().map(|r| (r.line, r.column.as_deref())).collect();
    rejected.sort();
    assert_eq!(rejected, [(3, Some("start")), (4, Some("kind")), (5, Some("title")), (6, None), (7, Some("end"))]);
}

#[test]
fn spreadsheets_of_any_country_are_read() {
    for table in [
        "\u{feff}kind,title,start\r\nmeeting,A,2020-09-11\r\n",
        "kind;title;start\nmeeting;A;2020-09-11\n",
        "Kind\ttitle\tSTART\nmeeting\tA\t2020-09-11",
        "sep=;\r\nkind;title;start\r\nmeeting;A, B and C;2020-09-11\r\n",
        "SEP=\t\nkind\ttitle\tstart\tcancel reason\nmeeting\tA\t2020-09-11\t\n",
    ] {
        assert_eq!(intake(table).unwrap().entries.len(), 1, "{table:?}");
        // Excel's "Unicode text", with the mark of either order of octets and without.
        let units =
            |mark: &str| format!("{mark}{}", table.trim_start_matches('\u{feff}')).encode_utf16().collect::<Vec<_>>();
        for mark in ["\u{feff}", ""] {
            let little: Vec<u8> = units(mark).iter().flat_map(|unit| unit.to_le_bytes()).collect();
            let big: Vec<u8> = units(mark).iter().flat_map(|unit| unit.to_be_bytes()).collect();
            assert_eq!(read_octets(&little).unwrap().entries.len(), 1, "{table:?}");
            assert_eq!(read_octets(&big).unwrap().entries.len(), 1, "{table:?}");
        }
    }
    assert!(read_octets(b"\xff\xfek\0i\0n").unwrap_err().to_string().contains("save it as CSV UTF-8"));
    assert_eq!(intake("sep=;\nkind;title;start\n\nparty;A;2020\n").unwrap().rejected[0].line, 4);
}

#[test]
fn what_is_no_table_of_events_is_refused() {
    for (table, part) in [
        ("", "empty"),
        ("kind,tilte,start\n", "line 1: `tilte` (did you mean `title`?) is not a column"),
        ("kind,tilte,start,plaats\n", "`tilte` (did you mean `title`?), `plaats` are not columns"),
        ("sep=,\nkind,tilte,start\n", "line 2: `tilte`"),
        ("kind,title\n", "no column `start`"),
        ("kind,title,start,kind\n", "two columns `kind`"),
    ] {
        let error = intake(table).unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    }
    let latin1 = read_octets(b"kind,title,start\nmeeting,Caf\xe9,2020-09-11\nmeeting,B,2020-09-11\n").unwrap();
    assert_eq!((latin1.entries.len(), latin1.rejected.len()), (1, 1));
    assert!(latin1.rejected[0].reason.contains("title is not UTF-8"), "{}", latin1.rejected[0].reason);
}

#[test]
fn a_quote_that_is_never_closed_swallows_nothing_in_silence() {
    let heading = "kind,title,start,description\n";
    let table = format!("{heading}meeting,A,2020,x\n\n\nmeeting,B,2020,\"unclosed\nmeeting,C,2020,y\n");
    let read = intake(&table).unwrap();
    assert_eq!((read.entries.len(), read.rejected[0].line), (1, 5));
    assert!(read.rejected[0].reason.contains("never closed"), "{}", read.rejected[0].reason);
    let last_line = format!("{heading}meeting,A,2020,\"unclosed");
    assert_eq!(intake(&last_line).unwrap().entries.len(), 0);
    // An inch mark is no opening quote, and a pair of quotes is closed.
    for fine in ["meeting,5\" disks,2020,x\n", "meeting,\"5\"\" disks\",2020,\"two\nlines\"\n"] {
        assert_eq!(intake(&format!("{heading}{fine}")).unwrap().entries.len(), 1, "{fine}");
    }
}

proptest! {
    #[test]
    fn any_octets_are_read_or_refused(octets in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = read_octets(&octets);
        let with_heading = [b"kind,title,start\n".as_slice(), &octets].concat();
        let _ = read_octets(&with_heading);
    }
}
