//! Whole files.

use super::*;

/// The events of a calendar with one event of these lines, and the reasons of its problems.
fn one(lines: &str) -> (Option<ForeignEvent>, Vec<String>) {
    let reading = read(format!("BEGIN:VCALENDAR\nBEGIN:VEVENT\n{lines}\nEND:VEVENT\nEND:VCALENDAR\n").as_bytes());
    assert!(reading.events.len() <= 1, "{lines}");
    let reasons = reading.problems.into_iter().map(|problem| problem.reason).collect();
    (reading.events.into_iter().next(), reasons)
}

fn shown(moment: Moment) -> String {
    match moment {
        Moment::Day(day) => day.to_string(),
        Moment::Local(at) => at.to_string(),
    }
}

fn all_shown(moments: &[Moment]) -> String {
    moments.iter().copied().map(shown).collect::<Vec<_>>().join(" ")
}

fn zone_of(event: &ForeignEvent) -> &str {
    event.zone.as_ref().and_then(|zone| zone.iana_name()).unwrap_or("none")
}

#[test]
fn starts_and_ends_are_read() {
    for (lines, start, end, zone, notes) in [
        ("DTSTART:20200916", "2020-09-16", "", "none", 0),
        ("DTSTART;VALUE=DATE:20200916\nDTEND;VALUE=DATE:20200919", "2020-09-16", "2020-09-18", "none", 0),
        ("DTSTART;VALUE=DATE:20200916T000000\nDTEND;VALUE=DATE:20200917T000000", "2020-09-16", "", "none", 0),
        (
            "DTSTART;VALUE=DATE:20200916T000000\nDTEND;VALUE=DATE:20200916T010000",
            "2020-09-16T00:00:00",
            "2020-09-16T01:00:00",
            "none",
            1,
        ),
        ("DTSTART;VALUE=DATE:20200916T090000", "2020-09-16T09:00:00", "", "none", 1),
        ("DTSTART;VALUE=DATE-TIME:20200916", "2020-09-16", "", "none", 0),
        ("dtstart : 20200916T0900 \ndtend:20200916T10", "2020-09-16T09:00:00", "2020-09-16T10:00:00", "none", 0),
        ("DTSTART:20200916T090000Z\nDURATION:PT90M", "2020-09-16T09:00:00", "2020-09-16T10:30:00", "UTC", 0),
        ("DTSTART:20200916\nDURATION:P1W", "2020-09-16", "2020-09-22", "none", 0),
        ("DTSTART:20200916\nDURATION:-P1D", "2020-09-16", "", "none", 1),
        ("DTSTART:20200916\nDURATION:long", "2020-09-16", "", "none", 1),
        ("DTSTART:20200916\nDTEND:soon\nDURATION:P2D", "2020-09-16", "2020-09-17", "none", 1),
        ("DTSTART:20200916T090000\nDTEND:20200916T080000", "2020-09-16T09:00:00", "", "none", 1),
        ("DTSTART:20200916\nDTEND:20200917T120000Z", "2020-09-16", "2020-09-17", "none", 1),
        (
            "DTSTART;TZID=Europe/Berlin:20200916T090000\nDTEND;TZID=America/New_York:20200916T120000",
            "2020-09-16T09:00:00",
            "2020-09-16T18:00:00",
            "Europe/Berlin",
            0,
        ),
        ("DTSTART;TZID=\"China Standard Time\":20200916T090000", "2020-09-16T09:00:00", "", "Asia/Shanghai", 0),
        ("DTSTART;TZID=UTC+8:20200916T090000", "2020-09-16T09:00:00", "", "Etc/GMT-8", 0),
        ("DTSTART;TZID=tzone://Microsoft/Custom:20200916T090000", "2020-09-16T09:00:00", "", "none", 1),
        ("DTSTART;TZID=Europe/Berlin:20200916T090000Z", "2020-09-16T09:00:00", "", "UTC", 1),
        ("DTSTART;TZID=UTC:20200916T090000Z", "2020-09-16T09:00:00", "", "UTC", 0),
        ("DTSTART:20200916T090000+0200", "2020-09-16T07:00:00", "", "UTC", 0),
        ("RECURRENCE-ID:20200916T090000Z", "2020-09-16T09:00:00", "", "UTC", 1),
    ] {
        let (event, reasons) = one(lines);
        let event = event.unwrap_or_else(|| panic!("{lines}: {reasons:?}"));
        assert_eq!(shown(event.start), start, "{lines}");
        assert_eq!(event.end.map(shown).unwrap_or_default(), end, "{lines}");
        assert_eq!(zone_of(&event), zone, "{lines}");
        assert_eq!(reasons.len(), notes, "{lines}: {reasons:?}");
    }
}

#[test]
fn an_event_without_a_readable_start_is_rejected() {
    for (lines, part) in [
        ("SUMMARY:a", "has no start"),
        ("DTSTART:INVALID-DATE", "`INVALID-DATE` is not a date"),
        ("DTSTART:", "can't be read"),
        ("DTSTART:00010101T000000Z", "not between 1000 and 2999"),
        ("DTSTART:30000101", "not between 1000 and 2999"),
        ("DTSTART:20200230", "no such day"),
    ] {
        let (event, reasons) = one(lines);
        assert_eq!(event, None, "{lines}");
        assert!(matches!(&reasons[..], [reason] if reason.contains(part)), "{lines}: {reasons:?}");
    }
}

#[test]
fn what_repeats_is_told_in_the_zone_of_the_start() {
    let berlin = "DTSTART;TZID=Europe/Berlin:20200916T090000";
    for (start, lines, rdates, exdates, notes) in [
        (berlin, "EXDATE:20200923T070000Z", "", "2020-09-23T09:00:00", 0),
        (
            berlin,
            "EXDATE;TZID=Asia/Tokyo:20200923T160000,20200930T160000",
            "",
            "2020-09-23T09:00:00 2020-09-30T09:00:00",
            0,
        ),
        (berlin, "EXDATE:20200923T090000\nEXDATE;VALUE=DATE:20200930", "", "2020-09-23T09:00:00 2020-09-30", 0),
        (
            berlin,
            "RDATE;VALUE=PERIOD:20200923T070000Z/PT1H, 20200930T070000Z/20200930T080000Z",
            "2020-09-23T09:00:00 2020-09-30T09:00:00",
            "",
            0,
        ),
        (berlin, "RDATE;VALUE=DATE:20200923", "2020-09-23T09:00:00", "", 0),
        (berlin, "EXDATE:20200923T070000Z;20200930T070000Z", "", "2020-09-23T09:00:00 2020-09-30T09:00:00", 0),
        (berlin, "EXDATE:never,20200923T090000,,", "", "2020-09-23T09:00:00", 1),
        ("DTSTART:20200916", "EXDATE:20200923T000000\nRDATE:20200930", "2020-09-30", "2020-09-23", 0),
        ("X-WR-TIMEZONE:x\nDTSTART:20200916T090000", "EXDATE:20200923T070000Z", "", "2020-09-23T07:00:00", 0),
    ] {
        let (event, reasons) = one(&format!("{start}\n{lines}"));
        let event = event.unwrap();
        assert_eq!(
            (all_shown(&event.rdates).as_str(), all_shown(&event.exdates).as_str()),
            (rdates, exdates),
            "{lines}"
        );
        assert_eq!(reasons.len(), notes, "{lines}: {reasons:?}");
        assert_eq!(event.repeats(), !rdates.is_empty());
    }
    let (event, _) = one("DTSTART:20200916\nRRULE: FREQ=DAILY;COUNT=3\nrrule:FREQ=YEARLY\nEXRULE:FREQ=WEEKLY");
    let event = event.unwrap();
    assert_eq!(
        (event.rrules, event.exrules),
        (vec!["FREQ=DAILY;COUNT=3".into(), "FREQ=YEARLY".into()], vec!["FREQ=WEEKLY".into()])
    );
}

#[test]
fn a_changed_occurrence_is_named_as_its_series_tells_time() {
    for (series, change, named, notes) in [
        (
            "DTSTART;TZID=Europe/Berlin:20200916T090000",
            "DTSTART:20200923T080000Z\nRECURRENCE-ID:20200923T070000Z",
            "2020-09-23T09:00:00",
            0,
        ),
        (
            "DTSTART;TZID=Europe/Berlin:20200916T090000",
            "DTSTART:20200923\nRECURRENCE-ID;TZID=Europe/Berlin:20200923T090000",
            "2020-09-23T09:00:00",
            0,
        ),
        (
            "DTSTART;TZID=Europe/Berlin:20200916T090000",
            "DTSTART:20200923T080000Z\nRECURRENCE-ID;RANGE=THISANDFUTURE:20200923",
            "2020-09-23",
            0,
        ),
        (
            "DTSTART:20200916",
            "DTSTART:20200923T080000Z\nRECURRENCE-ID;TZID=Europe/Berlin:20200923T000000",
            "2020-09-23",
            0,
        ),
        ("DTSTART:20200916T090000", "DTSTART:20200923T100000\nRECURRENCE-ID:20200923T090000", "2020-09-23T09:00:00", 0),
        (
            "UID:other\nDTSTART;TZID=Europe/Berlin:20200916T090000",
            "DTSTART:20200923T080000Z\nRECURRENCE-ID:20200923T070000Z",
            "2020-09-23T07:00:00",
            0,
        ),
        ("DTSTART:20200916", "DTSTART:20200923T080000Z\nRECURRENCE-ID:when", "", 1),
    ] {
        for turned in [false, true] {
            let [series_lines, change_lines] =
                [series, change].map(|lines| format!("BEGIN:VEVENT\n{lines}\nUID:a\nEND:VEVENT\n"));
            let file = if turned { change_lines + &series_lines } else { series_lines + &change_lines };
            let reading = read(file.as_bytes());
            let event = reading.events.get(usize::from(!turned)).unwrap();
            assert_eq!(event.recurrence_id.map(shown).unwrap_or_default(), named, "{series} {change}");
            assert_eq!(reading.problems.len(), notes, "{:?}", reading.problems);
        }
    }
}

#[test]
fn texts_are_read() {
    let (event, reasons) = one(concat!(
        "DTSTART:20200916\nUID: a\\,b \nSEQUENCE:3\nSUMMARY;LANGUAGE=en:Caf\\,é\nSUMMARY:second\nDESCRIPTION:\n",
        "DESCRIPTION:one\\ntwo\nLOCATION;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:Stra=C3=9Fe\nCATEGORIES:a,b\\,c\n",
        "CATEGORIES:d\nSTATUS:cancelled\nURL:https://example.org/a?b=c\nREFID:ISO 1\nREFID:ISO 2\nREFID:\n",
        "ORGANIZER;CN=\"Doe, ^'J^'\":mailto:j@example.org\nX-KALENDS-KIND:forum\nX-Foo;X=y:b\\;ar\nX-ALT-DESC:<p>",
    ));
    let event = event.unwrap();
    assert_eq!(reasons, Vec::<String>::new());
    assert_eq!((event.line, event.uid.as_deref(), event.sequence), (2, Some("a,b"), 3));
    assert_eq!((event.summary.as_deref(), event.description.as_deref()), (Some("Caf,é"), Some("one\ntwo")));
    assert_eq!((event.location.as_deref(), event.organizer.as_deref()), (Some("Straße"), Some("Doe, \"J\"")));
    assert_eq!((event.categories.join("|"), event.refids.join("|")), ("a|b,c|d".into(), "ISO 1|ISO 2".into()));
    assert_eq!((event.status, event.kind.as_deref()), (Some(Status::Cancelled), Some("forum")));
    assert_eq!(event.url.as_deref(), Some("https://example.org/a?b=c"));
    assert_eq!((event.extension("x-foo"), event.extension("X-ALT-DESC")), (Some("b;ar"), None));
    for (lines, organizer, notes) in [
        ("ORGANIZER:MAILTO: j@example.org", Some("j@example.org"), 0),
        ("ORGANIZER;CN=:mailto:j@example.org", Some("j@example.org"), 0),
        ("ORGANIZER;CN=a:b:mailto:j@example.org", Some("a"), 0),
        ("ORGANIZER:invalid:nomail\nCONTACT:Jane\\, Berlin", Some("Jane, Berlin"), 0),
        ("SUMMARY;ENCODING=BASE64:QQ==", None, 1),
        ("SEQUENCE:-1", None, 0),
    ] {
        let (event, reasons) = one(&format!("DTSTART:20200916\n{lines}"));
        let event = event.unwrap();
        assert_eq!((event.organizer.as_deref(), event.summary, reasons.len()), (organizer, None, notes), "{lines}");
    }
}

#[test]
fn a_file_that_is_cut_off_is_read_as_far_as_it_goes() {
    for (file, summary, problems) in [
        ("BEGIN:VEVENT\nDTSTART:20200916\nSUMMARY:abc\nRRULE:FREQ=WEEKLY;UNT", "abc", 2),
        ("BEGIN:VEVENT\nDTSTART:20200916\nSUMMARY:ab", "ab", 2),
        ("BEGIN:VEVENT\nSUMMARY:abc\nDTSTART:202009", "rejected", 2),
        ("BEGIN:VEVENT\nDTSTART:20200916\n", "rejected", 2),
        ("BEGIN:VEVENT\nDTSTART:20200916\nSUMMARY:a\nEND:VEVENT", "a", 0),
    ] {
        let reading = read(file.as_bytes());
        let event = reading.events.first();
        assert_eq!(event.and_then(|event| event.summary.as_deref()).unwrap_or("rejected"), summary, "{file}");
        assert!(event.is_none_or(|event| event.rrules.is_empty()));
        assert_eq!(reading.problems.iter().any(|problem| problem.rejected), summary == "rejected");
        assert_eq!(reading.problems.len(), problems, "{file}: {:?}", reading.problems);
    }
}

#[test]
fn calendars_say_what_holds_for_all_their_events() {
    let file = "BEGIN:VCALENDAR\nMETHOD:CANCEL\nBEGIN:VEVENT\nDTSTART:20200916T070000Z\nEND:VEVENT\nX-WR-TIMEZONE:Europe/Berlin\n\
                END:VCALENDAR\nBEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20200916T070000\nEXDATE:20200923T070000Z\nEND:VEVENT\nEND:VCALENDAR\n";
    let reading = read(file.as_bytes());
    let [first, second] = &reading.events[..] else { panic!("{reading:?}") };
    assert_eq!((first.status, second.status), (Some(Status::Cancelled), None));
    assert_eq!((first.method, second.method), (Method::Cancel, Method::Publish));
    assert_eq!(first.calendar_zone.as_ref().and_then(TimeZone::iana_name), Some("Europe/Berlin"));
    assert!(first.is_utc() && !second.is_utc() && second.calendar_zone.is_none());
    assert!(reading.problems.is_empty());
}

#[test]
fn an_unknown_zone_is_told_once_and_one_of_no_place_when_it_matters() {
    let zone = "BEGIN:VTIMEZONE\nTZID:odd\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETTO:+0117\nEND:STANDARD\nEND:VTIMEZONE\n";
    let event =
        |zone: &str, more: &str| format!("BEGIN:VEVENT\nDTSTART;TZID={zone}:20200916T090000\n{more}END:VEVENT\n");
    let file =
        [zone, &event("nowhere", ""), &event("nowhere", ""), &event("odd", ""), &event("odd", "RRULE:FREQ=DAILY\n")]
            .concat();
    let reading = read(file.as_bytes());
    let starts: Vec<_> = reading.events.iter().map(|event| (shown(event.start), zone_of(event))).collect();
    let (local, utc) = (("2020-09-16T09:00:00".into(), "none"), ("2020-09-16T07:43:00".into(), "UTC"));
    assert_eq!(starts, [local.clone(), local, utc.clone(), utc]);
    let lines: Vec<_> = reading.problems.iter().map(|problem| (problem.line, problem.rejected)).collect();
    assert_eq!(lines, [(9, false), (18, false)]);
}

#[test]
fn legacy_files_are_read() {
    let vcalendar = b"BEGIN:VCALENDAR\r\nVERSION:1.0\r\nBEGIN:VEVENT\r\nSUMMARY;ENCODING=QUOTED-PRINTABLE:Caf=E9 =\r\n\
        au lait\r\nDTSTART:20200916T090000\r\nLOCATION:Gen\xe8ve\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    let utf16: Vec<u8> = "\u{feff}BEGIN:VEVENT\nSUMMARY:Café\nDTSTART:20200916\nEND:VEVENT\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    for (octets, summary) in [(&vcalendar[..], "Café au lait"), (&utf16, "Café")] {
        let reading = read(octets);
        assert_eq!(reading.events.first().and_then(|event| event.summary.as_deref()), Some(summary));
        assert!(reading.problems.is_empty(), "{:?}", reading.problems);
    }
}

#[test]
fn a_date_more_may_last_as_long_as_it_says() {
    for (lines, ends, notes) in [
        ("RDATE;VALUE=PERIOD:20200923T070000Z/PT3H,20200930T070000Z/20200930T073000Z", "12:00 09:30", 0),
        ("RDATE;VALUE=PERIOD;TZID=Asia/Tokyo:20200923T160000/20200923T180000", "11:00", 0),
        ("RDATE:20200923T070000Z/-PT3H,20200924T070000Z/soon,20200925T070000Z/20200924T070000Z", "", 3),
        ("RDATE:20200923T070000Z", "", 0),
    ] {
        let (event, reasons) = one(&format!("DTSTART;TZID=Europe/Berlin:20200916T090000\n{lines}"));
        let event = event.unwrap();
        assert_eq!(event.rdates.len(), lines.split(',').count(), "{lines}");
        let told: Vec<_> = event.periods.iter().map(|(_, end)| shown(*end)[11..16].to_owned()).collect();
        assert_eq!((told.join(" ").as_str(), reasons.len()), (ends, notes), "{lines}: {reasons:?}");
    }
}

#[test]
fn what_calls_off_or_answers_need_not_say_when_it_is() {
    for (method, lines, events, problems) in [
        ("CANCEL", "UID:a\nDTSTAMP:20201101T080000Z", 1, 0),
        ("CANCEL", "UID:a\nRECURRENCE-ID:20201101T080000Z", 1, 0),
        ("REQUEST", "UID:a\nDTSTAMP:20201101T080000Z", 0, 1),
        ("REPLY", "UID:a\nDTSTART:20201101T080000Z", 0, 1),
        ("ADD", "UID:a\nDTSTART:20201101T080000Z", 1, 0),
    ] {
        let file = format!("BEGIN:VCALENDAR\nMETHOD:{method}\nBEGIN:VEVENT\n{lines}\nEND:VEVENT\nEND:VCALENDAR\n");
        let reading = read(file.as_bytes());
        assert_eq!((reading.events.len(), reading.problems.len()), (events, problems), "{method} {lines}");
    }
}
