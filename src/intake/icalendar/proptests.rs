//! Nothing makes the reader panic.

use proptest::prelude::*;

use super::*;

fn read_one(lines: &str) -> Reading {
    read(format!("BEGIN:VCALENDAR\nBEGIN:VEVENT\n{lines}\nEND:VEVENT\nEND:VCALENDAR\n").as_bytes())
}

proptest! {
    #[test]
    fn any_octets_are_read_without_a_panic(octets in prop::collection::vec(any::<u8>(), 0..2000)) {
        let _ = read(&octets);
    }

    #[test]
    fn near_icalendar_is_read_without_a_panic(lines in prop::collection::vec(prop::sample::select(PIECES), 0..60), more in ".{0,20}", end in "(\r\n|\n|\r|)") {
        let text = lines.iter().flat_map(|line| [*line, end.as_str()]).collect::<String>() + &more;
        let reading = read(text.as_bytes());
        for event in reading.events {
            let ends_later = match (event.start, event.end) {
                (Moment::Day(start), Some(Moment::Day(end))) => start < end,
                (Moment::Local(start), Some(Moment::Local(end))) => start < end,
                (_, end) => end.is_none(),
            };
            prop_assert!(ends_later);
            prop_assert!(event.zone.is_none_or(|zone| zone.iana_name().is_some()));
        }
    }

    #[test]
    fn any_dates_are_read_without_a_panic(start in "[0-9]{8}(T[0-9]{4,6}Z?)?", end in "[0-9]{8}(T[0-9]{4,6}Z?)?", length in "-?P[0-9]{0,10}[WDT]?[0-9]{0,10}[HMS]?", zone in "(Europe/Berlin|UTC|GMT[+-][0-9]{1,4}|[A-Za-z/_+() -]{0,20})") {
        let _ = read_one(&format!("DTSTART;TZID={zone}:{start}\nDTEND:{end}\nEXDATE:{end}\nRDATE;TZID={zone}:{end}/{length}"));
        let _ = read_one(&format!("DTSTART;TZID={zone}:{start}\nDURATION:{length}"));
    }
}

/// Lines and parts of lines that files are made of.
const PIECES: &[&str] = &[
    "BEGIN:VCALENDAR",
    "END:VCALENDAR",
    "BEGIN:VEVENT",
    "END:VEVENT",
    "BEGIN:VTIMEZONE",
    "END:VTIMEZONE",
    "BEGIN:STANDARD",
    "END:STANDARD",
    "BEGIN:VALARM",
    "END:VALARM",
    "BEGIN:VTODO",
    "TZID:odd",
    "X-LIC-LOCATION:Europe/Rome",
    "TZOFFSETTO:+0117",
    "TZOFFSETFROM:-2359",
    "DTSTART:16010101T000000",
    "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
    "RRULE:FREQ=SECONDLY",
    "RRULE:FREQ=YEARLY;UNTIL=99991231T235959Z;INTERVAL=65535;COUNT=4294967295",
    "RDATE:20200101T000000,20210101T000000",
    "DTSTART;TZID=odd:20200916T090000",
    "DTSTART;VALUE=DATE:20200916",
    "DTEND;TZID=odd:20200916T100000",
    "DTEND:29991231T235959Z",
    "DURATION:P99999999W",
    "DURATION:-PT1H",
    "SUMMARY:a",
    "DESCRIPTION;ENCODING=QUOTED-PRINTABLE:=C3=",
    "X-WR-TIMEZONE:odd",
    "RECURRENCE-ID:20200916T090000Z",
    "EXDATE;TZID=odd:20200916T090000,10000101T000000Z",
    "UID:1",
    " folded",
    "\t",
    "junk",
    ":",
    ";",
    "\"",
];
