//! One event or article of an edition, in words.

use std::sync::Arc;

use jiff::ToSpan;
use jiff::civil::Date;

use super::{Frame, Measure, hang, wrap};
use crate::digest::compose::{Item, Lead};
use crate::domain::article::Article;
use crate::domain::changes::Change;
use crate::domain::event::{Event, KindSaid, Status};
use crate::domain::links::Links;
use crate::domain::picture::ArticleImage;
use crate::domain::when::Point;
use crate::domain::wording::Locale;
use crate::markdown;
use crate::markdown::{description, pictures};

/// How long an excerpt may be, in characters.
const EXCERPT_OF_EVENT: usize = 220;
const EXCERPT_OF_ARTICLE: usize = 360;
/// Up to how far ahead it is said how many days it takes.
const MOST_DAYS_AWAY: i64 = 100;
/// How wide a picture may be, in pixels: as what a mail is wide, without its edges.
const PICTURE_COLUMNS: u32 = 584;

#[derive(Default)]
pub struct Entry {
    pub title: String,
    pub url: String,
    pub when: String,
    /// `in 3 days`, where that helps.
    pub aside: String,
    /// `New`, `Moved`, `Cancelled`.
    pub badge: String,
    pub is_cancelled: bool,
    /// Title and month alone, and whether that is sure.
    pub is_in_short: bool,
    pub is_tentative: bool,
    /// What was before, or why.
    pub note: String,
    /// Kind (unless the section says it), place, organizer, standards.
    pub facts: Vec<String>,
    /// The first paragraph, plain.
    pub excerpt: String,
    /// Addresses that people follow by their words.
    pub links: Vec<(String, String)>,
    /// The event for calendar programs; empty where there is nothing to come that has a day.
    pub calendar: String,
    /// Where an article goes on.
    pub more: String,
    pub picture: Option<Picture>,
}

/// A picture of an article, as large as it is shown in a mail.
pub struct Picture {
    pub address: String,
    pub alt: String,
    /// In pixels.
    pub width: u32,
    pub height: u32,
}

impl Picture {
    fn of(image: &ArticleImage, links: Links<'_>) -> Self {
        let width = image.width.min(PICTURE_COLUMNS);
        let height = (u64::from(image.height) * u64::from(width)).div_ceil(u64::from(image.width.max(1)));
        let height = u32::try_from(height).unwrap_or(u32::MAX);
        Self { address: image.address(links), alt: image.alt.clone(), width, height }
    }
}

impl Entry {
    /// All of it but its links, as lines for plain text: the title behind a bullet, the rest indented.
    pub fn lines(&self, locale: Locale) -> String {
        let badge = if self.badge.is_empty() { String::new() } else { format!("{}: ", self.badge) };
        let mut lines = vec![hang(&format!("{badge}{}", self.title), "* ", "  ")];
        let said = [self.when_line(locale), self.note.clone(), self.fact_line()];
        lines.extend(said.iter().filter(|said| !said.is_empty()).map(|said| wrap(said, "  ")));
        lines.extend(
            self.picture.as_ref().map(|picture| wrap(&locale.with("picture", "alt", picture.alt.as_str()), "  ")),
        );
        lines.extend(Some(&self.excerpt).filter(|text| !text.is_empty()).map(|text| wrap(text, "  ")));
        lines.join("\n")
    }

    /// `Thursday 1 October 2020 · in 3 days, tentative`.
    fn when_line(&self, locale: Locale) -> String {
        let mut line = self.when.clone();
        if !line.is_empty() && !self.aside.is_empty() {
            line = format!("{line} · {}", self.aside);
        }
        match self.is_tentative && !line.is_empty() {
            true => format!("{line}, {}", locale.say("tentative")),
            false => line,
        }
    }

    /// What stands under the title on one line: `Meeting · Beijing`.
    pub fn fact_line(&self) -> String {
        self.facts.join(" · ")
    }
}

/// Whether its title says of what kind it is.
fn is_said(event: &Event) -> bool {
    event.details.kind.traits().said_in(&event.details.title) != KindSaid::Nowhere
}

/// Writes the entries of an edition.
#[derive(Clone, Copy)]
pub struct Writer<'a> {
    pub frame: &'a Frame<'a>,
    pub measure: Measure,
}

impl Writer<'_> {
    pub fn locale(self) -> Locale {
        self.frame.locale
    }

    pub fn today(self) -> Date {
        self.frame.today
    }

    fn links(&self) -> Links<'_> {
        self.frame.config.site.links()
    }

    pub fn lead(self, lead: &Lead) -> Entry {
        match lead {
            Lead::Change(event, change) => self.change((event, change)),
            // What its section would say is said beside it.
            Lead::Event(item, _) if item.event.details.kind.traits().has_own_section() && !is_said(&item.event) => {
                let mut entry = self.item(item);
                entry.facts.insert(0, self.locale().kind(item.event.details.kind));
                entry
            }
            Lead::Event(item, _) => self.item(item),
            Lead::Article(article) => self.article(article),
        }
    }

    pub fn change(self, (event, change): (&Arc<Event>, &Change)) -> Entry {
        let l = self.locale();
        let entry = self.event(event);
        match change {
            Change::Moved { before } => {
                let note = l.with("moved-from", "before", l.when_by(before, self.frame.clock));
                Entry { badge: l.say("badge-moved"), note, ..entry }
            }
            Change::Exact { before } => {
                let note = l.with("exact-from", "before", l.when_by(before, self.frame.clock));
                Entry { badge: l.say("badge-exact"), note, ..entry }
            }
            Change::Placed => Entry { badge: l.say("badge-placed"), ..entry },
            Change::Linked => Entry { badge: l.say("badge-linked"), ..entry },
            Change::Confirmed => Entry { badge: l.say("badge-confirmed"), note: l.say("had-been-tentative"), ..entry },
            Change::Updated { title } => {
                let note = title.as_deref().map_or_else(String::new, |title| l.with("retitled-from", "before", title));
                Entry { badge: l.say("badge-updated"), note, ..entry }
            }
            Change::Relocated { before } => {
                let note = l.with("relocated-from", "before", before.as_str());
                Entry { badge: l.say("badge-relocated"), note, ..entry }
            }
            Change::Relinked => {
                let note = match event.details.join_url.is_empty() {
                    true => l.say("join-gone"),
                    false => l.say("join-new"),
                };
                Entry { badge: l.say("badge-relinked"), note, ..entry }
            }
            Change::Rescheduled => Entry { badge: l.say("badge-rescheduled"), ..entry },
            Change::Cancelled => {
                let (badge, note) = (l.say("badge-cancelled"), event.cancel_reason.clone());
                Entry { badge, is_cancelled: true, aside: String::new(), calendar: String::new(), note, ..entry }
            }
            Change::Reinstated => {
                Entry { badge: l.say("badge-reinstated"), note: l.say("had-been-cancelled"), ..entry }
            }
        }
    }

    pub fn item(self, item: &Item) -> Entry {
        if item.is_in_short {
            return self.in_short(&item.event);
        }
        let badge = if item.is_new { self.locale().say("badge-new") } else { String::new() };
        Entry { badge, ..self.event(&item.event) }
    }

    /// `in July 2029`.
    fn in_short(self, event: &Event) -> Entry {
        let (l, when) = (self.locale(), &event.details.when);
        let about = match (when.is_partial(), self.frame.days(event).0) {
            (true, _) => l.when(when),
            (false, day) => l.point(Point::Month(day.year(), day.month())),
        };
        Entry {
            title: event.details.title.clone(),
            url: self.links().event(event.id),
            when: l.with("in-month", "when", about),
            is_in_short: true,
            is_tentative: event.details.status == Status::Tentative,
            ..Entry::default()
        }
    }

    fn event(self, event: &Event) -> Entry {
        let l = self.locale();
        let details = &event.details;
        let when = match &details.repeat {
            Some(_) => l.joined(l.long_when(&details.when), l.repeat_of(details)),
            None => l.long_when_by(&details.when, self.frame.clock),
        };
        let (first_day, today) = self.frame.days(event);
        // Of what is far, the date says more than a number of days.
        let is_near = (today..=today.checked_add(MOST_DAYS_AWAY.days()).unwrap_or(Date::MAX)).contains(&first_day);
        let aside = match !details.when.is_partial() && is_near {
            true => l.days_away(today, first_day),
            false => String::new(),
        };
        let is_to_come = !details.when.is_partial() && self.frame.last_day(event) >= today;
        let kind = match details.kind.traits().has_own_section() || is_said(event) {
            true => String::new(),
            false => l.kind(details.kind),
        };
        let facts = [kind, details.place().to_owned(), details.organizer.clone(), details.standards.join(", ")];
        let excerpt = match self.measure.has_excerpts {
            true => description::beginning(details, EXCERPT_OF_EVENT),
            false => String::new(),
        };
        Entry {
            title: details.title.clone(),
            url: self.links().event(event.id),
            when,
            aside,
            is_tentative: details.status == Status::Tentative,
            facts: facts.into_iter().filter(|fact| !fact.is_empty()).collect(),
            excerpt,
            calendar: match is_to_come && !event.is_cancelled() {
                true => self.links().event_calendar(event.id),
                false => String::new(),
            },
            links: event.links().map(|(phrase, address)| (l.say(phrase), address)).collect(),
            ..Entry::default()
        }
    }

    pub fn article(self, article: &Article) -> Entry {
        let l = self.locale();
        let excerpt = match self.measure.has_excerpts {
            true => markdown::excerpt(&article.body, EXCERPT_OF_ARTICLE),
            false => String::new(),
        };
        let facts = [l.day(article.date), article.byline.clone()];
        Entry {
            title: article.title.clone(),
            url: self.links().article(article.id),
            facts: facts.into_iter().filter(|fact| !fact.is_empty()).collect(),
            excerpt,
            more: l.say("read-on"),
            picture: pictures::first(article)
                .filter(|_| self.frame.digest.images && self.measure.has_excerpts)
                .map(|image| Picture::of(&image, self.links())),
            ..Entry::default()
        }
    }
}
