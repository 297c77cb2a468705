//! Events as lists on pages show them.

use jiff::civil::Date;

use crate::domain::event::{Event, Kind, Status};
use crate::domain::links::Links;
use crate::domain::when::Point;
use crate::domain::wording::Locale;

pub struct Card {
    pub url: String,
    /// Names its colour.
    pub kind: Kind,
    pub kind_label: String,
    pub title: String,
    pub when: String,
    /// `in 3 days`, where that helps.
    pub aside: String,
    pub facts: Vec<String>,
    pub topics: Vec<Label>,
    pub is_tentative: bool,
    pub is_cancelled: bool,
}

/// What leads to a page about it.
pub struct Label {
    pub name: String,
    pub url: String,
}

impl Label {
    pub fn topic(name: &str) -> Self {
        Self { name: name.to_owned(), url: Links::HERE.topic(name) }
    }

    pub fn standard(name: &str) -> Self {
        Self { name: name.to_owned(), url: Links::HERE.standard(name) }
    }
}

impl Card {
    pub fn of(event: &Event, today: Date, locale: Locale) -> Self {
        let details = &event.details;
        let facts = [details.place().to_owned(), details.organizer.clone(), details.standards.join(", ")];
        let aside = match details.when.is_partial() {
            true => String::new(),
            false if details.when.last_day() < today => locale.days_away(today, details.when.last_day()),
            false => locale.days_away(today, details.when.first_day()),
        };
        Self {
            url: Links::HERE.event(event.id),
            kind: details.kind,
            kind_label: locale.kind(details.kind),
            title: details.title.clone(),
            when: locale.when(&details.when),
            aside,
            facts: facts.into_iter().filter(|fact| !fact.is_empty()).collect(),
            topics: details.topics.iter().map(|topic| Label::topic(topic)).collect(),
            is_tentative: details.status == Status::Tentative,
            is_cancelled: event.is_cancelled(),
        }
    }
}

/// The events of one day, under its heading.
pub struct Day {
    pub heading: String,
    pub aside: String,
    pub cards: Vec<Card>,
}

impl Day {
    /// None for what began on an earlier day and goes on.
    pub fn of(day: Option<Date>, events: &[&Event], today: Date, locale: Locale) -> Self {
        let card = |event: &&Event| {
            let mut card = Card::of(event, today, locale);
            if day.is_some() {
                // The heading says it already; a range or a time says more.
                card.aside.clear();
                let when = &event.details.when;
                if when.end().is_none() && matches!(when.start(), Point::Day(_)) {
                    card.when.clear();
                }
            }
            card
        };
        Self {
            heading: day.map_or_else(|| locale.say("now"), |day| locale.long_day(day)),
            aside: day.map(|day| locale.days_away(today, day)).unwrap_or_default(),
            cards: events.iter().map(card).collect(),
        }
    }
}

/// What a kind is called in a list of them, where the last is what is none of the others.
pub fn kind_in_list(kind: Kind, locale: Locale) -> String {
    match kind {
        Kind::Other => locale.say("kind-other-of-list"),
        kind => locale.kind(kind),
    }
}
