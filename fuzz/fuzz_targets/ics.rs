//! An iCalendar file of any octets: read, and what was read printed and read again.
#![no_main]

use std::sync::Arc;

use jiff::Timestamp;
use kalends::domain::event::Event;
use kalends::domain::format::Format;
use kalends::domain::when::Window;
use kalends::domain::zone::Zone;
use kalends::feed::{FeedInfo, ics};
use kalends::intake::{self, Preset};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| {
    let preset = Preset { kind: Some(kalends::domain::event::Kind::Other), ..Preset::default() };
    let Ok(intake) = intake::read(octets, Format::Ics, &preset, &Zone::utc()) else { return };
    let now = Timestamp::UNIX_EPOCH;
    let events: Vec<_> = intake
        .entries
        .iter()
        .enumerate()
        .map(|(id, entry)| Arc::new(Event::new(id as i64, entry.uid.clone().unwrap_or_default(), entry.details.clone(), now)))
        .collect();
    for event in &events {
        let _ = event.next_occurrences(now, 3);
        let _ = event.touches(Window { from: now, ..Window::ALL });
    }
    let info = FeedInfo {
        title: "x".into(),
        description: String::new(),
        refresh: "PT6H".into(),
        source: "https://example.org/calendar.ics".into(),
        base_url: "https://example.org".into(),
        timezone: "UTC".into(),
        locale: kalends::domain::wording::Locale::default(),
        editions: Vec::new(),
    };
    // What is taken can be given on, and is the same events then.
    let printed = ics::calendar(&events, &info, ics::Style::Export);
    assert!(printed.split("\r\n").all(|line| line.len() <= 75));
    let again = intake::read(printed.as_bytes(), Format::Ics, &preset, &Zone::utc());
    let again = again.unwrap_or_else(|error| panic!("{error}: {printed}"));
    assert!(again.rejected.is_empty(), "{:?}: {printed}", again.rejected);
});
