//! What an edition is about, what matters most first: what its subject tells, and what mail programs show behind it. Pure.

use jiff::Timestamp;
use jiff::civil::Date;

use super::compose::{Content, Lead, Part};
use crate::domain::article::Article;
use crate::domain::changes::Change;
use crate::domain::event::Event;
use crate::domain::section::Section;

/// One thing that an edition tells.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Headline<'a> {
    Change(&'a Event, &'a Change),
    /// An event, or one date of a repeating one, in this section.
    Event(&'a Event, Section),
    Article(&'a Article),
}

impl<'a> Headline<'a> {
    fn of(lead: &'a Lead) -> Self {
        match lead {
            Lead::Change(event, change) => Self::Change(event, change),
            Lead::Event(item, section) => Self::Event(&item.event, *section),
            Lead::Article(article) => Self::Article(article),
        }
    }

    pub fn event(self) -> Option<&'a Event> {
        match self {
            Self::Change(event, _) | Self::Event(event, _) => Some(event),
            Self::Article(_) => None,
        }
    }

    pub fn title(self) -> &'a str {
        match self {
            Self::Change(event, _) | Self::Event(event, _) => &event.details.title,
            Self::Article(article) => &article.title,
        }
    }

    /// What must be known today comes before what is good to know: what people had planned and is otherwise now, then what
    /// binds them, then where they may go, then what is over or far.
    fn rank(self, today: Date) -> u8 {
        match self {
            Self::Change(_, Change::Cancelled | Change::Moved { .. } | Change::Rescheduled) => 0,
            Self::Change(_, _) => 2,
            Self::Event(event, section) => {
                let when = &event.details.when;
                match section {
                    Section::Effective | Section::Deadlines if when.last_day() >= today => 1,
                    Section::Effective | Section::Deadlines | Section::Changes => 5,
                    Section::Upcoming if when.first_day() >= today => 3,
                    Section::Upcoming => 4,
                    Section::InEffect => 5,
                    Section::Released => 6,
                    Section::Held => 7,
                    Section::Ahead | Section::Articles | Section::First => 8,
                }
            }
            Self::Article(_) => 9,
        }
    }
}

/// All that an edition tells those for whom it is `today`: what its editors put first, then what matters most. What matters
/// alike comes by nearness, or as the edition has it.
pub fn headlines(content: &Content, today: Date) -> Vec<Headline<'_>> {
    let (first, others): (Vec<_>, Vec<_>) =
        content.sections.iter().partition(|(section, _)| **section == Section::First);
    let mut others: Vec<Headline<'_>> = others.into_iter().flat_map(|(section, part)| told(*section, part)).collect();
    others.sort_by_cached_key(|headline| {
        let rank = headline.rank(today);
        let nearness = match (rank, headline) {
            (1 | 3, Headline::Event(event, _)) => event.details.when.first_instant(),
            _ => Timestamp::MIN,
        };
        (rank, nearness)
    });
    first.into_iter().flat_map(|(section, part)| told(*section, part)).chain(others).collect()
}

fn told(section: Section, part: &Part) -> Vec<Headline<'_>> {
    match part {
        Part::First(leads) => leads.iter().map(Headline::of).collect(),
        Part::Changes(changes) => changes.iter().map(|(event, change)| Headline::Change(event, change)).collect(),
        Part::Events(items) => items.iter().map(|item| Headline::Event(&item.event, section)).collect(),
        Part::Weeks(weeks) => {
            let items = weeks.iter().flat_map(|week| &week.items);
            items.map(|item| Headline::Event(&item.event, section)).collect()
        }
        Part::Articles(articles) => articles.iter().map(|article| Headline::Article(article)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::digest::compose::{Item, Week};
    use crate::domain::event::{Details, Kind};
    use crate::domain::when::When;

    fn event(title: &str, kind: Kind, from: &str, to: Option<&str>) -> Arc<Event> {
        let when = When::parse(from, to, "UTC".parse().unwrap()).unwrap();
        Arc::new(Event::new(1, title.into(), Details::new(kind, title, when), Timestamp::UNIX_EPOCH))
    }

    fn items(events: &[(&str, Kind, &str, Option<&str>)]) -> Vec<Item> {
        let item = |(title, kind, from, to): &(&str, Kind, &str, Option<&str>)| Item {
            event: event(title, *kind, from, *to),
            is_new: false,
            is_in_short: false,
        };
        events.iter().map(item).collect()
    }

    #[test]
    fn what_must_be_known_comes_before_what_is_good_to_know() {
        let moved = |title: &str| event(title, Kind::Meeting, "2020-12-01", None);
        let weeks = [
            ("Going on", Kind::Meeting, "2020-09-20", Some("2020-10-02")),
            ("Meeting", Kind::Meeting, "2020-10-05", None),
        ];
        let content = Content {
            sections: [
                (
                    Section::Changes,
                    Part::Changes(vec![
                        (moved("Cancelled"), Change::Cancelled),
                        (moved("New dates"), Change::Rescheduled),
                        (moved("New link"), Change::Relinked),
                    ]),
                ),
                (
                    Section::Effective,
                    Part::Events(items(&[
                        ("In effect", Kind::EffectiveDate, "2020-09-25", None),
                        ("Takes effect", Kind::EffectiveDate, "2020-10-09", None),
                    ])),
                ),
                (Section::Deadlines, Part::Events(items(&[("Due", Kind::Deadline, "2020-10-01", None)]))),
                (Section::Upcoming, Part::Weeks(vec![Week { monday: None, items: items(&weeks) }])),
                (Section::Released, Part::Events(items(&[("Out", Kind::Release, "2020-09-24", None)]))),
                (Section::Held, Part::Events(items(&[("Held", Kind::Forum, "2020-09-24", None)]))),
                (Section::Ahead, Part::Events(items(&[("Far", Kind::Release, "2021", None)]))),
            ]
            .into(),
        };
        let titles = |today: &str| -> Vec<String> {
            headlines(&content, today.parse().unwrap()).iter().map(|headline| headline.title().to_owned()).collect()
        };
        assert_eq!(
            titles("2020-09-28"),
            [
                "Cancelled",
                "New dates",
                "Due",
                "Takes effect",
                "New link",
                "Meeting",
                "Going on",
                "In effect",
                "Out",
                "Held",
                "Far"
            ]
        );
        assert_eq!(titles("2020-10-02")[2..4], ["Takes effect", "New link"]);
        assert!(headlines(&Content::default(), "2020-10-02".parse().unwrap()).is_empty());
    }
}
