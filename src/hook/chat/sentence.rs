//! A message in sentences of the site's language: one for each date.

use crate::config::Config;
use crate::domain::hook::Topic;
use crate::domain::wording::{Locale, Value};
use crate::hook::message::{Data, Dates, Deliveries, Message, Readers, ToldDate, ToldEdition, ToldReader, What};

/// A sentence, and the page here that tells more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub text: String,
    pub page: Option<String>,
}

/// What of a text is not ours, in the way that does no harm.
type Shown<'a> = &'a dyn Fn(&str) -> String;

pub fn joined(lines: &[Line]) -> String {
    let line = |Line { text, page }: &Line| match page {
        Some(page) => format!("{text} {page}"),
        None => text.clone(),
    };
    lines.iter().map(line).collect::<Vec<_>>().join("\n")
}

pub fn lines(config: &Config, message: &Message, shown: Shown<'_>) -> Vec<Line> {
    let l = config.site.locale;
    let one = |text: String| vec![Line { text, page: None }];
    match &message.data {
        Data::Dates(dates) => of_dates(l, dates, shown),
        Data::Edition(edition) => {
            let text = of_edition(config, message.topic, edition, shown);
            vec![Line { text, page: edition.page.clone() }]
        }
        Data::Readers(readers) => one(of_readers(config, message.topic, readers, shown)),
        Data::Deliveries(deliveries) => one(of_deliveries(l, deliveries, shown)),
        Data::Source { source, .. } => one(l.with("hook-source-failing", "source", shown(source))),
        Data::Relay { relay, .. } => one(l.with("hook-relay-stopped", "relay", shown(relay))),
        Data::Test { site } => one(l.with("hook-test", "site", shown(site))),
    }
}

fn of_dates(l: Locale, dates: &Dates, shown: Shown<'_>) -> Vec<Line> {
    let mut lines = Vec::new();
    if dates.count > dates.events.len() {
        lines.push(Line { text: l.with("hook-many", "count", number(dates.count)), page: None });
    }
    let line = |date: &ToldDate| Line { text: of_date(l, date, shown), page: Some(date.page.clone()) };
    lines.extend(dates.events.iter().map(line));
    lines
}

fn of_date(l: Locale, date: &ToldDate, shown: Shown<'_>) -> String {
    let when = date.when().map_or_else(|| date.start.to_string(), |when| l.when(&when));
    let mut values = vec![("title", Value::from(shown(&date.title))), ("when", when.into())];
    let phrase = match date.change {
        What::Added => "hook-added",
        What::Moved => {
            let before = date.when_before().map_or_else(String::new, |before| l.when(&before));
            values.push(("before", before.into()));
            "hook-moved"
        }
        What::Relocated if !date.before.contains_key("location") => "hook-relinked",
        What::Relocated if !date.location.is_empty() => {
            values.push(("place", shown(&date.location).into()));
            values.push(("before", shown(date.before.get("location").map_or("", String::as_str)).into()));
            "hook-relocated"
        }
        What::Rescheduled => "hook-rescheduled",
        What::Reinstated => "hook-reinstated",
        What::Relocated | What::Edited => "hook-edited",
        What::Cancelled if date.cancel_reason.is_empty() => "hook-cancelled",
        What::Cancelled => {
            values.push(("reason", shown(&date.cancel_reason).into()));
            "hook-cancelled-because"
        }
    };
    l.tell(phrase, values)
}

fn of_edition(config: &Config, topic: Topic, edition: &ToldEdition, shown: Shown<'_>) -> String {
    let l = config.site.locale;
    let title = config.digest(&edition.digest).map_or(edition.digest.as_str(), |digest| config.title_of(digest, l));
    let values =
        [("number", edition.number.into()), ("newsletter", l.with("newsletter", "title", shown(title)).into())];
    match topic {
        Topic::EditionSent => {
            let lost = edition.failed + edition.uncertain;
            let counts = [("sent", edition.sent.into()), ("failed", lost.into())];
            l.tell("hook-edition-sent", values.into_iter().chain(counts))
        }
        _ => l.tell("hook-edition-made", values.into_iter().chain([("readers", edition.candidates.into())])),
    }
}

fn of_readers(config: &Config, topic: Topic, readers: &Readers, shown: Shown<'_>) -> String {
    let l = config.site.locale;
    let titles = shown(&config.titles(l, &readers.digests));
    let values = [("count", number(readers.count)), ("newsletters", titles.into())];
    let sentence = match topic {
        Topic::SubscriberConfirmed => l.tell("hook-confirmed", values),
        _ => l.tell("hook-left", values),
    };
    named(l, sentence, &readers.subscribers, shown)
}

fn of_deliveries(l: Locale, deliveries: &Deliveries, shown: Shown<'_>) -> String {
    let count = ("count", number(deliveries.failed));
    let sentence = match &deliveries.edition {
        Some(edition) => l.tell("hook-deliveries-failed", [count, ("edition", shown(edition).into())]),
        None => l.tell("hook-mails-failed", [count]),
    };
    named(l, sentence, &deliveries.subscribers, shown)
}

/// With the addresses that may be told.
fn named(l: Locale, sentence: String, readers: &[ToldReader], shown: Shown<'_>) -> String {
    let addresses: Vec<String> = readers.iter().filter_map(|reader| reader.email.as_deref()).map(shown).collect();
    match addresses.is_empty() {
        true => sentence,
        false => format!("{sentence} {}", l.listing(&addresses)),
    }
}

fn number(count: usize) -> Value<'static> {
    i64::try_from(count).unwrap_or(i64::MAX).into()
}
