//! How long it takes from the database to a calendar, as ratios to what the bare icalendar crate takes to print the same
//! events: `cargo bench --bench feed`. Rounds are taken in turns, because machines are noisy; medians are compared.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use icalendar::{Component, EventLike};
use kalends::config::Config;
use kalends::domain::actor::Actor;
use kalends::domain::event::{Event, EventPatch, Kind};
use kalends::domain::filter::Wanted;
use kalends::domain::import::ImportOrigin;
use kalends::domain::zone::Zone;
use kalends::feed::{FeedInfo, Format, ics};
use kalends::intake::{Intake, ToldEvent};
use kalends::store::Store;
use kalends::web::http::work::Work;
use kalends::web::kept::feed::FeedKey;
use kalends::web::kept::feeds::Feeds;
use kalends::web::kept::snapshots::Snapshots;
use tokio_util::sync::CancellationToken;

const EVENTS: usize = 10_000;
const ROUNDS: usize = 15;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(run());
}

async fn run() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(&folder.path().join("kalends.db")).await.unwrap();
    let zone: Zone = "Asia/Shanghai".parse().unwrap();
    let intake = Intake::of((0..EVENTS).map(told), &zone);
    assert!(intake.rejected.is_empty(), "{:?}", intake.rejected.first());
    store
        .import_events(
            &Actor::Operator,
            intake.entries,
            ImportOrigin { host: "example.org", ..ImportOrigin::default() },
        )
        .await
        .unwrap();
    let config = Arc::new(Config::parse("bench", "", Vec::new()).unwrap());
    let info = FeedInfo::of(&config, "/calendar.ics");
    let events: Vec<Arc<Event>> = store.events().await.unwrap().into_iter().map(Arc::new).collect();

    let stop = CancellationToken::new();
    let mut changes = store.watch(stop.clone()).await.unwrap();
    let snapshots = Arc::new(Snapshots::new(store.clone(), changes.clone()).await.unwrap());
    let feeds = Feeds::new(store.clone(), config.clone(), snapshots, Work::default()).await.unwrap();
    let (format, locale) = (Format::Calendar, config.site.locale);
    let key = FeedKey { format, wanted: Wanted::default(), locale, is_whole: false, path: format.path().to_owned() };
    let feed = || feeds.feed(&key, Vec::new());
    feed().await.unwrap();

    let (mut bare, mut build, mut next) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        bare.push(time(|| black_box(print_bare(&events))));

        let begun = Instant::now();
        let read: Vec<Arc<Event>> = store.events().await.unwrap().into_iter().map(Arc::new).collect();
        black_box(ics::calendar(&read, &info, ics::Style::Feed));
        build.push(begun.elapsed());

        changes.mark_unchanged();
        store
            .revise_event(&Actor::Operator, round as i64 + 1, |event, now| {
                let mut details = event.details.clone();
                details.location = format!("Room {round}");
                event.revise(details, now)
            })
            .await
            .unwrap();
        changes.changed().await.unwrap();
        next.push(time_async(feed).await);
    }
    stop.cancel();

    let reference = median(&mut bare);
    println!(
        "{EVENTS} events, medians of {ROUNDS} rounds in turns; the bare icalendar crate prints them in {reference:.1?}"
    );
    for (what, times, target) in [
        ("from the database to the whole calendar", &mut build, 1.5),
        ("the next fetch after a change of one event, packed", &mut next, 0.1),
    ] {
        let ratio = median(times).as_secs_f64() / reference.as_secs_f64();
        println!("{what:<52} {:>9.1?}   ratio {ratio:.3} (to reach: {target})", median(times));
    }
}

fn told(number: usize) -> ToldEvent {
    let day = 1 + number % 28;
    let (year, month) = (2020 + number / 336 % 40, 1 + number / 28 % 12);
    let text = |text: String| Some(text);
    ToldEvent {
        line: number as u64,
        uid: text(format!("{number:06}@example.org")),
        fields: EventPatch {
            kind: Some(Kind::Meeting),
            title: text(format!("中秋节 meeting {number}; budget, review 🎉")),
            start: format!("{year}-{month:02}-{day:02}T09:00").parse().ok(),
            end: Some(format!("{year}-{month:02}-{day:02}T10:30").parse().ok()),
            location: text("上海市人民大道100号".into()),
            topics: Some(vec!["cybersecurity".into(), "smart city".into()]),
            description: text("An agenda of the usual points, and some words more on each. ".repeat(4)),
            ..EventPatch::default()
        },
        ..ToldEvent::default()
    }
}

/// As somebody would write it who knows nothing of folding, zones and control characters.
fn print_bare(events: &[Arc<Event>]) -> String {
    let mut calendar = icalendar::Calendar::new();
    for event in events {
        let details = &event.details;
        let stamp = event.updated_at.strftime("%Y%m%dT%H%M%SZ").to_string();
        let mut out = icalendar::Event::new();
        out.uid(&event.uid).summary(&details.title).description(&details.description).location(&details.location);
        for (name, value) in [
            ("DTSTAMP", stamp.as_str()),
            ("LAST-MODIFIED", &stamp),
            ("CREATED", &stamp),
            ("SEQUENCE", "0"),
            ("STATUS", "CONFIRMED"),
            ("TRANSP", "OPAQUE"),
            ("X-MICROSOFT-CDO-BUSYSTATUS", "BUSY"),
            ("URL", "https://example.org/events/1"),
            ("X-KALENDS-KIND", "meeting"),
        ] {
            out.add_property(name, value);
        }
        for (name, at) in [("DTSTART", details.when.first_instant()), ("DTEND", details.when.end_instant())] {
            out.add_property(name, at.strftime("%Y%m%dT%H%M%SZ").to_string());
        }
        out.categories(&details.topics);
        calendar.push(out.done());
    }
    calendar.to_string()
}

fn time<T>(work: impl FnOnce() -> T) -> Duration {
    let begun = Instant::now();
    black_box(work());
    begun.elapsed()
}

async fn time_async<T, F: Future<Output = T>>(work: impl FnOnce() -> F) -> Duration {
    let begun = Instant::now();
    black_box(work().await);
    begun.elapsed()
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort();
    times[times.len() / 2]
}
