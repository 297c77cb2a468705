//! A query of any text, as it stands behind the question mark of an address: read or refused, and what is read asks the
//! same in its short form.
#![no_main]

use jiff::Timestamp;
use kalends::domain::event::{Details, Event, Kind};
use kalends::domain::when::When;
use kalends::domain::zone::Zone;
use kalends::web::site::query::FilterQuery;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| {
    // Half of each input is the query, half the words of an event that it may find.
    let Ok(text) = std::str::from_utf8(octets) else { return };
    let (query, words) = text.split_once('\n').unwrap_or((text, "Plenary of GB/T 35273-2020"));
    let Ok(asked) = FilterQuery::parse(query) else { return };
    let short = asked.canonical();
    let again = FilterQuery::parse(&short).unwrap_or_else(|wrong| panic!("{wrong:?}: {query:?} became {short:?}"));
    assert_eq!(again.canonical(), short, "{query:?}");
    let zone = Zone::utc();
    let (Ok(filter), Ok(same)) = (asked.filter(&zone), again.filter(&zone)) else {
        assert!(asked.filter(&zone).is_err() && again.filter(&zone).is_err(), "{query:?}");
        return;
    };
    let when = When::new("2020-10-01".parse().unwrap(), None, zone).unwrap();
    let mut details = Details::new(Kind::Meeting, words, when);
    (details.standards, details.topics) = (vec![words.to_owned()], vec![words.to_owned()]);
    let event = Event::new(1, "a@example.org".into(), details, Timestamp::UNIX_EPOCH);
    assert_eq!(filter.matches(&event), same.matches(&event), "{query:?}");
    let _ = (asked.page(), asked.at("/"), asked.on_day(jiff::civil::date(2020, 10, 1)));
});
