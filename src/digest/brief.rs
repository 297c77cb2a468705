//! What an edition is asked to tell. Pure.

use std::collections::HashSet;

use jiff::civil::Date;
use jiff::{Span, Timestamp, ToSpan};

use super::reach::Reach;
use crate::config::DigestConfig;
use crate::domain::event::{Event, Kind};
use crate::domain::mark::{EditionMarks, Entry, Mark};
use crate::domain::when::{When, Window};
use crate::domain::zone::Zone;

/// What an edition is asked to tell, whoever reads it.
#[derive(Debug, Clone)]
pub struct Brief {
    pub now: Timestamp,
    pub zone: Zone,
    /// How far ahead it looks.
    pub upcoming: Span,
    /// How far back.
    pub recent: Span,
    pub kinds: Vec<Kind>,
    pub topics: Vec<String>,
    /// Whether articles are told.
    pub articles: bool,
    /// Tells everything within reach, whether or not it was told before.
    pub retell: bool,
    /// Instead of all else: reminders.
    pub reminders: Option<Reminders>,
    /// When the last edition was made; none if this is the first.
    pub last_made: Option<Timestamp>,
    /// The first of the editions that its readers have not got, if it makes up for some.
    pub makes_up: Option<MakesUp>,
    /// What its editors want of its entries.
    pub marks: EditionMarks,
    /// What the edition before left out.
    pub carried: Vec<Entry>,
    /// Nothing but these, wherever they lie now: what an edition told that somebody gets late.
    pub retold: Option<HashSet<Entry>>,
    /// What its readers know as it is.
    pub known: HashSet<Entry>,
}

/// An edition that is made up for.
#[derive(Debug, Clone, Copy)]
pub struct MakesUp {
    /// Its moment.
    pub moment: Timestamp,
    /// When the one before it was made.
    pub made_after: Option<Timestamp>,
}

impl Brief {
    /// What each edition of a digest is asked, before anything is known of what was told, said and left out.
    pub fn of(digest: &DigestConfig, zone: &Zone, now: Timestamp) -> Self {
        Self {
            now,
            zone: zone.clone(),
            upcoming: digest.upcoming.span(),
            recent: digest.recent.span(),
            kinds: digest.kinds.clone(),
            topics: digest.topics.clone(),
            articles: digest.tells_articles(),
            retell: digest.retell,
            reminders: None,
            last_made: None,
            makes_up: None,
            marks: EditionMarks::default(),
            carried: Vec::new(),
            retold: None,
            known: HashSet::new(),
        }
    }

    /// How far it looks, and as far back as the first edition did that it makes up for.
    pub fn reach(&self) -> Reach {
        let usual = self.usual_reach();
        match self.makes_up {
            None => usual,
            Some(missed) => usual.back_to(self.begin(missed.moment).0),
        }
    }

    /// How far an edition looks that makes up for none.
    pub fn usual_reach(&self) -> Reach {
        Reach::new(&self.zone.at(self.now), self.recent, self.upcoming)
    }

    /// Where one of that moment begins to look.
    fn begin(&self, moment: Timestamp) -> (Timestamp, Date) {
        let begin = self.zone.at(moment).checked_sub(self.recent);
        begin.map_or((Timestamp::MIN, Date::MIN), |at| (at.timestamp(), at.date()))
    }

    /// All dates that an edition looks at, but for what changed and what has no day yet.
    pub fn window(&self) -> Window {
        match &self.reminders {
            None => self.reach().whole(),
            Some(reminders) => {
                let last = reminders.farthest().and_then(|day| day.checked_add(2.days()).ok());
                let to = last.map_or(self.now, |day| self.zone.instant(day.at(0, 0, 0, 0)));
                Window { from: self.now, to: to.max(self.now) }
            }
        }
    }

    /// Whether an event has to be looked at that did not change; it is told how to ask whether that has a date in a window. To
    /// be asked of all events: what is the same for each is reckoned once.
    pub fn asks(&self) -> impl Fn(&Event, &dyn Fn(Window) -> bool) -> bool + use<> {
        let (window, now, is_of_reminders) = (self.window(), self.now, self.reminders.is_some());
        let is_open = move |event: &Event| event.details.when.is_partial() && event.details.when.first_instant() >= now;
        move |event, touches| touches(window) || (!is_of_reminders && is_open(event))
    }

    /// Whether the edition before left it out.
    pub fn is_carried(&self, event: &Event) -> bool {
        self.carried.iter().any(|entry| entry.means(event))
    }

    /// Whether an edition told it that somebody gets late.
    pub fn is_retold(&self, entry: Entry) -> bool {
        self.retold.as_ref().is_some_and(|retold| retold.contains(&entry))
    }

    /// Whether it does not tell it: its editors do not want it, or the edition before left it out and it is over by now.
    pub fn leaves_out(&self, event: &Event) -> bool {
        self.marks.has(Mark::LeftOut, event)
            || self.retold.is_some() && !self.is_retold(Entry::of(event))
            || self.is_carried(event) && !event.touches(Window { from: self.now, ..Window::ALL })
    }

    /// The first day of articles that it may tell.
    pub fn articles_from(&self) -> Date {
        self.begin(self.makes_up.map_or(self.now, |missed| missed.moment.min(self.now))).1
    }

    /// The first day of those that an edition may tell that makes up for none.
    pub fn usual_articles_from(&self) -> Date {
        self.begin(self.now).1
    }
}

/// When to remind of an event: so long before its first day, on the days that an edition stands for.
#[derive(Debug, Clone)]
pub struct Reminders {
    pub before: Vec<Span>,
    pub days: Vec<Date>,
}

impl Reminders {
    /// Whether its first day is just that far from one of the days, and has not passed by `today`.
    pub fn are_due(&self, when: &When, today: Date) -> bool {
        let first = when.first_day();
        let is_due = |day: &Date| self.before.iter().any(|span| day.checked_add(*span).is_ok_and(|due| due == first));
        !when.is_partial() && first >= today && self.days.iter().any(is_due)
    }

    /// The farthest day that can be due.
    pub fn farthest(&self) -> Option<Date> {
        let days = self.days.iter().flat_map(|day| self.before.iter().filter_map(|span| day.checked_add(*span).ok()));
        days.max()
    }
}
