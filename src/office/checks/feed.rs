//! Whether the calendar is small enough for those who take it.

use super::Findings;
use crate::config::Config;
use crate::domain::octets::Octets;
use crate::domain::wording::count;
use crate::feed::{FeedInfo, Format, LARGE_EVENTS, LARGE_OCTETS, Past, select};
use crate::store::Store;

pub(super) async fn check(config: &Config, store: &Store, findings: &mut Findings) {
    // What can't be read is told of the database.
    let Ok(public) = store.events_that(|event, _| event.is_public()).await else { return };
    let told = public.iter().map(|event| (event, event.extent().to));
    let selection = select(told, config, Past::of(config).as_ref(), store.now());
    let events = selection.events.len();
    let counted = count(events, "event", "events");
    // Of so many it is large in any case, and to print them takes a while.
    let octets = (events <= LARGE_EVENTS)
        .then(|| Format::Calendar.print(&selection.events, &FeedInfo::of(config, Format::Calendar.path())).len());
    let size = octets.map_or_else(String::new, |octets| format!(", {}", Octets(octets as u64)));
    if octets.is_some_and(|octets| octets <= LARGE_OCTETS) {
        return findings.add("calendar", Ok(format!("{counted}{size}")));
    }
    let remedy = match config.feed.past {
        None => "`[feed] past = \"2y\"` leaves out what is long over",
        Some(_) => "a shorter `[feed] past` leaves out more of what is over, and calendars of a topic hold less",
    };
    findings.warn(
        "calendar",
        format!("{counted}{size}: Google takes about {LARGE_EVENTS} events or 1 MB and leaves out the rest. {remedy}"),
    );
}
