//! Events as an iCalendar file (RFC 5545) that Google, Apple, Outlook and Thunderbird all take.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

use icalendar::{Calendar, Component, EventLike, Property};
use jiff::Timestamp;
use jiff::civil::Date;

use super::content_lines::{escape_text, refold};
use super::timezone::vtimezone;
use super::{FeedInfo, summary};
use crate::domain::conference;
use crate::domain::event::{DescriptionFormat, Event, EventPatch, Field, Icalendar, Status};
use crate::domain::length::Length;
use crate::domain::recurrence::Recurrence;
use crate::domain::when::{Point, When};
use crate::domain::wording::Locale;
use crate::domain::zone::Zone;
use crate::markdown::description;
use crate::parallel;

/// The years in which the time zones of a calendar are right to the second; after them they go on as they are today.
const ZONE_YEARS: RangeInclusive<i16> = 1990..=2040;

/// Printed together, by one thread.
const EVENTS_AT_ONCE: usize = 256;

/// What the last lines of a calendar are.
pub const FOOT: &str = "END:VCALENDAR\r\n";

/// Whom a calendar is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// People: titles and descriptions say what their programs would show nowhere else.
    Feed,
    /// Programs of ours: everything as it was given.
    Export,
}

/// What an event takes, more or less.
const USUAL_OCTETS: usize = 1024;

/// One VCALENDAR. The same events give the same octets: nothing in it is random or of the present moment.
pub fn calendar(events: &[Arc<Event>], info: &FeedInfo, style: Style) -> String {
    let some: Vec<_> = events.chunks(EVENTS_AT_ONCE).collect();
    let printed = parallel::map(&some, 4, |events| components(events, info, style));
    let mut text = head(events, info);
    text.reserve(printed.iter().map(String::len).sum::<usize>() + FOOT.len());
    text.extend(printed);
    text.push_str(FOOT);
    text
}

/// What comes before the events: what the calendar says of itself, and the time zones that its events are told in.
pub fn head(events: &[Arc<Event>], info: &FeedInfo) -> String {
    let mut text = header(info);
    text.truncate(text.rfind("END:VCALENDAR").unwrap_or(text.len()));
    let mut text = refold(&text);
    for (name, zone) in zones(events) {
        text.push_str(&vtimezone(name, zone.time_zone(), ZONE_YEARS));
    }
    text
}

/// The events alone, in the order given.
pub fn components(events: &[Arc<Event>], info: &FeedInfo, style: Style) -> String {
    let mut text = String::with_capacity(events.len() * USUAL_OCTETS);
    for event in events {
        // One at a time: a whole `Calendar` of them takes a hundred times the memory. Writing to a String can't fail.
        let zone = event.details.when.zone();
        let _ = vevent(event, zone, info, style).fmt_write(&mut text);
        for change in &event.overrides {
            let _ = vevent(&event.occurrence(change.occurrence), zone, info, style).fmt_write(&mut text);
        }
    }
    refold(&text)
}

/// Each zone that a time is told in, by name; a date of a series that has its own, too. UTC needs no definition.
fn zones<'a>(events: &'a [Arc<Event>]) -> BTreeMap<&'a str, &'a Zone> {
    let times = |event: &'a Arc<Event>| {
        let changed = event.overrides.iter().filter_map(|change| match &change.patch {
            EventPatch { start: Some(start), timezone: Some(Some(zone)), .. } => Some((*start, zone)),
            _ => None,
        });
        std::iter::once((event.details.when.start(), event.details.when.zone())).chain(changed)
    };
    let local = events.iter().flat_map(times).filter(|(start, zone)| is_local(*start, zone));
    local.map(|(_, zone)| (zone.name(), zone)).collect()
}

/// Whether it is told on the wall clock of a zone, not as days and not in UTC.
fn is_local(start: Point, zone: &Zone) -> bool {
    matches!(start, Point::Minute(_)) && *zone != Zone::utc()
}

fn header(info: &FeedInfo) -> String {
    let refresh = &info.refresh;
    let mut calendar = Calendar::empty();
    let mut add = |key: &str, value: &str, parameter: Option<&str>| {
        let mut property = Property::new(key, value);
        if let Some(value_type) = parameter {
            property.add_parameter("VALUE", value_type);
        }
        calendar.append_property(property);
    };
    add("VERSION", "2.0", None);
    add("PRODID", "-//kalends//kalends//EN", None);
    add("CALSCALE", "GREGORIAN", None);
    add("METHOD", "PUBLISH", None);
    // The library escapes what it knows to be TEXT; NAME and REFID it does not know.
    add("NAME", &escape_text(&info.title), None);
    add("X-WR-CALNAME", &info.title, None);
    if !info.description.is_empty() {
        add("DESCRIPTION", &info.description, None);
        add("X-WR-CALDESC", &info.description, None);
    }
    add("X-WR-TIMEZONE", &info.timezone, None);
    add("REFRESH-INTERVAL", refresh, Some("DURATION"));
    add("X-PUBLISHED-TTL", refresh, None);
    if !info.source.is_empty() {
        add("SOURCE", &info.source, Some("URI"));
    }
    add("URL", &info.base_url, Some("URI"));
    add("COLOR", "steelblue", None);
    calendar.to_string()
}

/// `series` is the zone in which a repeating event tells its dates, whatever zone one of them was moved to.
fn vevent(event: &Event, series: &Zone, info: &FeedInfo, style: Style) -> icalendar::Event {
    let details = &event.details;
    let when = &details.when;
    let page = info.links().event(event.id);
    let mut out = icalendar::Event::new();
    out.add_property("UID", &event.uid);
    out.add_property("DTSTAMP", utc(event.updated_at));
    out.add_property("LAST-MODIFIED", utc(event.updated_at));
    out.add_property("CREATED", utc(event.created_at));
    out.add_property("SEQUENCE", event.sequence.to_string());
    let summary = if style == Style::Feed { summary(event, info.locale) } else { details.title.clone() };
    out.add_property("SUMMARY", &summary);
    let (status, busy) = (status(event), is_busy(event));
    out.add_property("STATUS", status);
    out.add_property("TRANSP", if busy { "OPAQUE" } else { "TRANSPARENT" });
    out.add_property("X-MICROSOFT-CDO-BUSYSTATUS", if busy { "BUSY" } else { "FREE" });
    add_times(&mut out, when, details.repeat.is_some(), style);
    if let Some(start) = event.occurrence {
        out.append_property(property("RECURRENCE-ID", &[start], series));
    }
    if let Some(repeat) = &details.repeat {
        add_recurrence(&mut out, event, repeat, style);
    }
    let url = if details.url.is_empty() && style == Style::Feed { &page } else { &details.url };
    if !url.is_empty() {
        out.add_property("URL", url);
    }
    let description = match style {
        Style::Feed => feed_description(event, &page, info.locale),
        Style::Export => description::text(details).into_owned(),
    };
    if !description.is_empty() {
        out.add_property("DESCRIPTION", description);
    }
    if !event.cancel_reason.is_empty() {
        out.add_property("COMMENT", &event.cancel_reason);
    }
    if !details.location.is_empty() {
        out.add_property("LOCATION", &details.location);
    }
    if !details.organizer.is_empty() {
        // ORGANIZER wants an address, which we don't have; CONTACT is free text (section 3.8.4.2).
        out.add_property("CONTACT", &details.organizer);
    }
    if !details.topics.is_empty() {
        out.categories(&details.topics);
    }
    for standard in &details.standards {
        // What an event is about has its own property (RFC 9253 section 8.3).
        out.append_multi_property(Property::new("REFID", escape_text(standard)));
    }
    for field in Field::ALL.iter().filter(|field| field.is_said(details)) {
        match field.about().icalendar {
            Icalendar::Itself => {}
            // There is nothing to join any more.
            Icalendar::Address(_) if style == Style::Feed && event.is_cancelled() => {}
            Icalendar::Address(names) => {
                let address = field.text(details);
                let mut property = Property::new(names.first().copied().unwrap_or_default(), &address);
                property.add_parameter("VALUE", "URI");
                if conference::is_one(&address) {
                    property.add_parameter("FEATURE", "VIDEO");
                }
                out.append_property(property);
            }
            Icalendar::Wordless if style == Style::Export => {
                out.add_property(field.kalends_property(), field.text(details));
            }
            Icalendar::Wordless => {}
        }
    }
    out.add_property("X-KALENDS-KIND", details.kind.as_str());
    // What iCalendar has no words for, so that nothing is lost on the way to another kalends.
    if summary != details.title {
        out.add_property("X-KALENDS-TITLE", &details.title);
    }
    if details.status.as_str() != status.to_lowercase() && !event.is_cancelled() {
        out.add_property("X-KALENDS-STATUS", details.status.as_str());
    }
    if when.is_partial() {
        out.add_property("X-KALENDS-START", when.start().to_string());
        if let Some(end) = when.end() {
            out.add_property("X-KALENDS-END", end.to_string());
        }
    }
    if style == Style::Export && description::text(details) != details.description {
        out.add_property("X-KALENDS-DESCRIPTION", &details.description);
    }
    if style == Style::Feed && details.description_format != DescriptionFormat::Markdown {
        // Here it is plain, whatever it was written in; what says nothing is Markdown to another kalends.
        out.add_property(Field::DescriptionFormat.kalends_property(), DescriptionFormat::Plain.as_str());
    }
    if style == Style::Export && !is_local(when.start(), when.zone()) {
        out.add_property("X-KALENDS-TIMEZONE", when.zone().name());
    }
    out
}

/// DTSTART and DTEND (section 3.8.2). Days are VALUE=DATE with an exclusive end; of a partial date only the first day
/// is taken, and the summary says what is known. A time without an end has no DTEND. `repeats`: whether it is the first of
/// several.
fn add_times(out: &mut icalendar::Event, when: &When, repeats: bool, style: Style) {
    let zone = when.zone();
    let in_utc = |at| Point::Minute(Zone::utc().at(at).datetime());
    if let Point::Minute(start) = when.start() {
        match style {
            // What clocks show twice is told without them: programs differ on which of the two is meant.
            Style::Feed if when.length().is_some() && !repeats => {
                out.append_property(property("DTSTART", &[in_utc(when.first_instant())], &Zone::utc()))
            }
            _ => out.append_property(property("DTSTART", &[when.start()], zone)),
        };
        match (when.end(), when.length()) {
            (Some(Point::Minute(end)), length) if repeats => {
                let exact = Length::between(when.first_instant(), when.end_instant());
                let is_told = end.duration_since(start) == when.end_instant().duration_since(when.first_instant());
                match length.or(exact.filter(|_| !is_told)) {
                    // Its other dates last as long, also where programs count on the wall.
                    Some(length) => out.append_property(Property::new("DURATION", length.to_string())),
                    None => out.append_property(property("DTEND", &[Point::Minute(end)], zone)),
                };
            }
            (Some(_), Some(_)) => {
                out.append_property(property("DTEND", &[in_utc(when.end_instant())], &Zone::utc()));
            }
            (Some(end), None) => {
                out.append_property(property("DTEND", &[end], zone));
            }
            (None, _) => {}
        }
        return;
    }
    let last = if when.is_partial() { when.first_day() } else { when.last_day() };
    out.append_property(property("DTSTART", &[Point::Day(when.first_day())], zone));
    out.append_property(property("DTEND", &[Point::Day(last.tomorrow().unwrap_or(Date::MAX))], zone));
}

fn add_recurrence(out: &mut icalendar::Event, event: &Event, repeat: &Recurrence, style: Style) {
    let when = &event.details.when;
    let (mut added, mut left_out) = (repeat.rdates.clone(), repeat.exdates.clone());
    // A changed date that no rule makes is one to some programs only; said here, all have it.
    let changed: Vec<_> = event.overrides.iter().map(|change| change.occurrence).collect();
    let outside = if style == Style::Feed { repeat.outside(when, &changed) } else { Vec::new() };
    if !outside.is_empty() {
        left_out.retain(|date| outside.binary_search(date).is_err());
        added.extend(outside.iter().filter(|date| date.precision() == when.precision()));
        added.sort();
        added.dedup();
    }
    if let Some(rule) = &repeat.rule {
        out.add_property("RRULE", rule.as_str());
    }
    if !repeat.is_synchronized(when) {
        // Programs differ on a start that no rule makes; said twice, all have it.
        added.insert(0, when.start());
    }
    for (name, dates) in [("RDATE", &added), ("EXDATE", &left_out)] {
        if !dates.is_empty() {
            out.append_multi_property(property(name, dates, when.zone()));
        }
    }
}

/// Dates, or times in UTC or on the wall clock of a zone (sections 3.3.4, 3.3.5), as the first of `points` is.
fn property(name: &str, points: &[Point], zone: &Zone) -> Property {
    let is_utc = *zone == Zone::utc();
    let value = |point: &Point| match point {
        Point::Minute(at) if is_utc => at.strftime("%Y%m%dT%H%M%SZ").to_string(),
        Point::Minute(at) => at.strftime("%Y%m%dT%H%M%S").to_string(),
        day => day.first_day().strftime("%Y%m%d").to_string(),
    };
    let mut property = Property::new(name, points.iter().map(value).collect::<Vec<_>>().join(","));
    match points.first() {
        Some(Point::Minute(_)) if is_utc => {}
        Some(Point::Minute(_)) => {
            property.add_parameter("TZID", zone.name());
        }
        _ => {
            property.add_parameter("VALUE", "DATE");
        }
    }
    property
}

fn utc(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

fn status(event: &Event) -> &'static str {
    match event.details.status {
        _ if event.is_cancelled() => "CANCELLED",
        Status::Tentative => "TENTATIVE",
        _ if event.details.when.is_partial() => "TENTATIVE",
        _ => "CONFIRMED",
    }
}

/// Only what has its hours and is attended blocks them.
fn is_busy(event: &Event) -> bool {
    event.details.kind.traits().is_attended
        && !event.is_cancelled()
        && matches!((event.details.when.start(), event.details.when.end()), (Point::Minute(_), Some(_)))
}

/// The description with what many programs show nowhere else.
fn feed_description(event: &Event, page: &str, locale: Locale) -> String {
    let details = &event.details;
    let mut lines = Vec::new();
    if !event.cancel_reason.is_empty() {
        lines.push(locale.with("cancelled-because", "reason", event.cancel_reason.as_str()));
    }
    if !details.organizer.is_empty() {
        lines.push(locale.with("feed-organizer", "organizer", details.organizer.as_str()));
    }
    if !details.standards.is_empty() {
        lines.push(locale.with("feed-standards", "standards", details.standards.join(", ")));
    }
    let text = description::text(details);
    let link = if details.url.is_empty() { page } else { &details.url };
    if !text.contains(link) {
        lines.push(link.to_owned());
    }
    lines.extend(event.links().map(|(phrase, address)| format!("{}: {address}", locale.say(phrase))));
    match text {
        text if text.is_empty() => lines.join("\n"),
        text => format!("{text}\n\n{}", lines.join("\n")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::event::{Details, Kind};

    fn info() -> FeedInfo {
        FeedInfo {
            editions: Vec::new(),
            title: "Standards; calendar, 标准".into(),
            description: "All dates".into(),
            refresh: "PT6H".into(),
            source: "https://example.org/calendar.ics".into(),
            base_url: "https://example.org".into(),
            timezone: "Asia/Shanghai".into(),
            locale: Locale::default(),
        }
    }

    fn event(kind: Kind, start: &str, end: Option<&str>) -> Event {
        let when = When::parse(start, end, "Asia/Shanghai".parse().unwrap()).unwrap();
        Event::new(7, "u@example.org".into(), Details::new(kind, "Title, with; marks", when), Timestamp::UNIX_EPOCH)
    }

    /// The lines of the only VEVENT, unfolded.
    fn lines(event: &Event) -> Vec<String> {
        let text = calendar(&[Arc::new(event.clone())], &info(), Style::Feed).replace("\r\n ", "");
        let from = text.find("BEGIN:VEVENT").unwrap();
        text[from..].lines().map(str::to_owned).collect()
    }

    #[track_caller]
    fn check(event: &Event, expected: &[&str], absent: &[&str]) {
        let lines = lines(event);
        for line in expected {
            assert!(lines.iter().any(|l| l == line), "no {line} in {lines:#?}");
        }
        for key in absent {
            assert!(!lines.iter().any(|l| l.starts_with(key)), "{key} in {lines:#?}");
        }
    }

    #[test]
    fn a_day_ends_before_the_next() {
        check(
            &event(Kind::EffectiveDate, "2020-10-01", None),
            &[
                "DTSTART;VALUE=DATE:20201001",
                "DTEND;VALUE=DATE:20201002",
                "STATUS:CONFIRMED",
                "TRANSP:TRANSPARENT",
                "SUMMARY:Title\\, with\\; marks",
                "DTSTAMP:19700101T000000Z",
                "SEQUENCE:0",
                "URL:https://example.org/events/7",
            ],
            &[],
        );
        check(
            &event(Kind::Forum, "2020-12-29", Some("2021-01-02")),
            &["DTSTART;VALUE=DATE:20201229", "DTEND;VALUE=DATE:20210103"],
            &[],
        );
    }

    #[test]
    fn a_time_is_told_in_its_zone() {
        check(
            &event(Kind::Meeting, "2020-09-16 09:00", Some("2020-09-16 17:00")),
            &[
                "DTSTART;TZID=Asia/Shanghai:20200916T090000",
                "DTEND;TZID=Asia/Shanghai:20200916T170000",
                "TRANSP:OPAQUE",
            ],
            &[],
        );
        let mut in_utc = event(Kind::Deadline, "2020-09-16 09:00", None);
        in_utc.details.when = When::parse("2020-09-16 09:00", None, Zone::utc()).unwrap();
        check(&in_utc, &["DTSTART:20200916T090000Z"], &["DTEND", "DURATION"]);
        let text =
            calendar(&[Arc::new(in_utc), Arc::new(event(Kind::Forum, "2020-09-16", None))], &info(), Style::Feed);
        assert!(!text.contains("VTIMEZONE"), "{text}");
    }

    #[test]
    fn times_that_clocks_show_twice_are_told_in_utc_and_a_length_that_others_count_on_the_wall_as_one() {
        let mut event = event(Kind::Meeting, "2020-09-16 09:00", None);
        let lasting = |start: &str, length: &str| {
            When::lasting(start.parse().unwrap(), length.parse().unwrap(), "Europe/Berlin".parse().unwrap()).unwrap()
        };
        event.details.when = lasting("2027-10-31 01:30", "PT1H30M");
        check(&event, &["DTSTART:20271030T233000Z", "DTEND:20271031T010000Z"], &["DURATION"]);
        for (start, length, line) in [
            ("2027-10-31 01:30", "PT1H30M", "DURATION:PT1H30M"),
            ("2027-03-27 12:00", "PT24H", "DURATION:PT24H"),
            ("2027-03-27 12:00", "P1D", "DURATION:P1D"),
            ("2027-03-26 12:00", "PT24H", "DTEND;TZID=Europe/Berlin:20270327T120000"),
        ] {
            event.details.when = lasting(start, length);
            let fields = EventPatch { repeat: Some("FREQ=DAILY;COUNT=3".into()), ..EventPatch::default() };
            event.details = fields.onto(Some(&event.details), event.details.when.zone()).unwrap();
            check(&event, &[line], &[if line.starts_with("DTEND") { "DURATION" } else { "DTEND" }]);
        }
    }

    #[test]
    fn a_repeating_event_carries_its_rule_and_what_is_different_about_single_dates() {
        let mut event = event(Kind::Meeting, "2020-09-15 09:00", Some("2020-09-15 10:00"));
        let now = Timestamp::UNIX_EPOCH;
        let fields = EventPatch {
            repeat: Some("FREQ=WEEKLY;COUNT=9".into()),
            exdates: Some(vec!["2020-09-29".parse().unwrap()]),
            rdates: Some(vec!["2020-09-17".parse().unwrap()]),
            ..EventPatch::default()
        };
        let details = fields.onto(Some(&event.details), event.details.when.zone()).unwrap();
        event.revise(details, now).unwrap();
        let moved =
            EventPatch { start: Some("2020-09-23 09:00".parse().unwrap()), end: Some(None), ..EventPatch::default() };
        event
            .change_occurrence("2020-09-22T09:00".parse().unwrap(), now, |it| {
                it.revise(moved.onto(Some(&it.details), it.details.when.zone()).unwrap(), now)
            })
            .unwrap();
        event.change_occurrence("2020-10-06T09:00".parse().unwrap(), now, |it| it.cancel("a holiday", now)).unwrap();
        check(
            &event,
            &[
                "DTSTART;TZID=Asia/Shanghai:20200915T090000",
                "RRULE:FREQ=WEEKLY;COUNT=9",
                "RDATE;TZID=Asia/Shanghai:20200917T090000",
                "EXDATE;TZID=Asia/Shanghai:20200929T090000",
                "RECURRENCE-ID;TZID=Asia/Shanghai:20200922T090000",
                "DTSTART;TZID=Asia/Shanghai:20200923T090000",
                "RECURRENCE-ID;TZID=Asia/Shanghai:20201006T090000",
                "SUMMARY:[Cancelled] Title\\, with\\; marks",
                "COMMENT:a holiday",
                "SEQUENCE:3",
            ],
            &[],
        );
        let text = calendar(&[Arc::new(event.clone())], &info(), Style::Feed);
        assert_eq!(text.matches("BEGIN:VTIMEZONE").count(), 1);
        assert_eq!(text.matches("RRULE:FREQ=WEEKLY").count(), 1);
    }

    #[test]
    fn a_partial_date_is_its_first_day_and_says_so() {
        for (start, end, day, suffix) in [
            ("2021", None, "20210101", "2021"),
            ("2021-Q3", None, "20210701", "Q3 2021"),
            ("2020-03", None, "20200301", "March 2020"),
            ("2021", Some("2022"), "20210101", "2021–2022"),
        ] {
            let expected = [
                format!("DTSTART;VALUE=DATE:{day}"),
                format!("SUMMARY:Title\\, with\\; marks ({suffix})"),
                "STATUS:TENTATIVE".into(),
                "TRANSP:TRANSPARENT".into(),
            ];
            let expected: Vec<_> = expected.iter().map(String::as_str).collect();
            check(&event(Kind::Release, start, end), &expected, &[]);
        }
    }

    #[test]
    fn a_cancelled_event_says_so_and_why() {
        let mut event = event(Kind::Meeting, "2020-09-16", None);
        event.cancel("the hall is closed", Timestamp::UNIX_EPOCH).unwrap();
        check(
            &event,
            &[
                "STATUS:CANCELLED",
                "SUMMARY:[Cancelled] Title\\, with\\; marks",
                "SEQUENCE:1",
                "DESCRIPTION:Cancelled: the hall is closed\\nhttps://example.org/events/7",
            ],
            &[],
        );
    }

    proptest::proptest! {
        /// Long titles in any script, with everything in them that iCalendar treats as its own.
        #[test]
        fn any_title_and_description_come_through(
            title in "[a-z]{1,3}[\\PC中文標準🎉👩‍💻é,;:\\\\\"]{0,400}",
            description in "[\\PC中文🎉,;\\\\\\n\\t]{0,300}",
        ) {
            let mut event = event(Kind::Release, "2020-09-16", None);
            let details = Details { title, description, ..event.details.clone() };
            event.details = details.checked().unwrap();
            let text = calendar(&[Arc::new(event.clone())], &info(), Style::Feed);
            for line in text.split("\r\n") {
                proptest::prop_assert!(line.len() <= 75 && !line.contains(['\r', '\n']));
            }
            let value = |key: &str| {
                let unfolded = text.replace("\r\n ", "");
                let from = unfolded.find("BEGIN:VEVENT").unwrap();
                let line = unfolded[from..].split("\r\n").find(|line| line.starts_with(key)).unwrap().to_owned();
                unescape(&line[key.len()..])
            };
            proptest::prop_assert_eq!(value("SUMMARY:"), &*event.details.title);
            proptest::prop_assert!(value("DESCRIPTION:").starts_with(&event.details.description));
        }
    }

    /// TEXT as RFC 5545 section 3.3.11 reads it.
    fn unescape(text: &str) -> String {
        let mut out = String::new();
        let mut chars = text.chars();
        while let Some(c) = chars.next() {
            match c {
                '\\' => out.push(match chars.next() {
                    Some('n' | 'N') => '\n',
                    Some(other) => other,
                    None => panic!("a lone backslash at the end of {text}"),
                }),
                ',' | ';' => panic!("a bare {c} in {text}"),
                other => out.push(other),
            }
        }
        out
    }

    #[test]
    fn the_calendar_says_what_it_is() {
        let text = calendar(&[], &info(), Style::Feed);
        for line in [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "METHOD:PUBLISH",
            "NAME:Standards\\; calendar\\, 标准",
            "X-WR-CALNAME:Standards\\; calendar\\, 标准",
            "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
            "X-PUBLISHED-TTL:PT6H",
            "SOURCE;VALUE=URI:https://example.org/calendar.ics",
            "END:VCALENDAR",
        ] {
            assert!(text.contains(&format!("{line}\r\n")), "no {line} in {text}");
        }
    }
}
