//! Events, as editors handle them.

use std::borrow::Cow;

use jiff::{SignedDuration, Timestamp};

use super::many::like;
use super::{Office, Result};
use crate::domain::FieldError;
use crate::domain::actor::Actor;
use crate::domain::article::Article;
use crate::domain::editor::{Editor, named};
use crate::domain::event::{
    Action, Aspect, Details, Event, EventPatch, HistoryEntry, Said, checked_uid, status_before_cancelling,
};
use crate::domain::filter::EventFilter;
use crate::domain::occurrence::unroll;
use crate::domain::refused::{Noun, Refused};
use crate::domain::tell::Tell;
use crate::domain::when::{Point, Window};
use crate::shape::event::HistoryRecord;
use crate::store::{Put, Revised, Target};

/// A rule may make a date every minute: so long may be looked at, at once.
const LONGEST_WINDOW: SignedDuration = SignedDuration::from_hours(24 * 366 * 2);

/// Which event, or which one of its dates, and what somebody saw of it.
#[derive(Debug, Clone, Copy)]
pub struct Aim {
    pub id: i64,
    /// One date of a repeating event: its day, or the start that the rule gives it.
    pub occurrence: Option<Point>,
    /// The version that the editor saw; if it is another by now, the change is refused.
    pub seen: Option<i64>,
    /// What the editor says of telling the change to readers.
    pub tell: Option<Tell>,
}

impl Aim {
    pub fn at(id: i64) -> Self {
        Self { id, occurrence: None, seen: None, tell: None }
    }
}

/// An event after a change.
#[derive(Debug, Clone)]
pub struct Changed {
    /// All of it, or the one date that was changed.
    pub event: Event,
    /// Nothing if it was so already.
    pub entries: Vec<HistoryEntry>,
}

impl Changed {
    pub(super) fn of(revised: Revised, occurrence: Option<Point>) -> Self {
        let event = match occurrence {
            Some(start) => revised.event.occurrence(start),
            None => revised.event,
        };
        Self { event, entries: revised.entries }
    }
}

/// An event with what belongs to it.
pub struct Shown {
    pub event: Event,
    pub version: i64,
    /// Those about it, newest first.
    pub articles: Vec<Article>,
}

/// Where in a list by date something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub at: Timestamp,
    pub id: i64,
    /// Of one date of a repeating event: the start that the rule gives it.
    pub occurrence: Option<Point>,
}

impl Place {
    fn of(event: &Event) -> Self {
        Self { at: event.details.when.first_instant(), id: event.id, occurrence: event.occurrence }
    }
}

/// Some events of a list.
pub struct EventPage {
    pub events: Vec<Event>,
    /// Behind which the next page begins, if there is one.
    pub next: Option<Place>,
}

impl EventPage {
    /// The first of those behind `after`.
    fn of(mut events: Vec<Event>, after: Option<Place>, limit: usize) -> Self {
        events.retain(|event| after.is_none_or(|after| Place::of(event) > after));
        events.sort_by_key(Place::of);
        let is_more = events.len() > limit;
        events.truncate(limit);
        let next = events.last().map(Place::of).filter(|_| is_more);
        Self { events, next }
    }
}

/// One line of a history, with the name of who made it.
pub struct ToldEntry {
    /// The event: the one asked for, or another that the same series is kept in.
    pub event: i64,
    pub by: String,
    pub entry: HistoryEntry,
}

impl ToldEntry {
    pub fn record(&self) -> HistoryRecord<'_> {
        HistoryRecord { event: self.event, by: &self.by, entry: &self.entry }
    }
}

impl Office {
    pub async fn event(&self, id: i64) -> Result<Shown> {
        // The version first: what comes in between makes it stale, not wrong.
        let version = self.store.event_version(id).await?;
        let event = self.store.event(id).await?;
        let articles = self.store.articles_of_event(id).await?;
        Ok(Shown { event, version, articles })
    }

    /// The same, also where it was removed: it can be taken up again.
    pub async fn event_ever(&self, id: i64) -> Result<Shown> {
        let version = self.store.event_version(id).await?;
        let event = self.store.event_ever(id).await?;
        let articles = self.store.articles_of_event(id).await?;
        Ok(Shown { event, version, articles })
    }

    /// By date. With a last day asked for, each date of a repeating event is one; with a first day alone, the next of its
    /// dates; else the event itself.
    pub async fn events(&self, filter: &EventFilter, limit: usize) -> Result<Vec<Event>> {
        let all = self.store.events_for(filter, limit).await?;
        let mut events = listed(&all, filter);
        events.sort_by_key(|event| (event.details.when.first_instant(), event.id));
        events.truncate(limit);
        Ok(events.into_iter().map(Cow::into_owned).collect())
    }

    /// The same a page at a time, each event once: those behind `after`.
    pub async fn events_after(&self, filter: &EventFilter, after: Option<Place>, limit: usize) -> Result<EventPage> {
        let events = self.store.events_after(filter, after.map(|after| (after.at, after.id)), limit + 1).await?;
        Ok(EventPage::of(events, after, limit))
    }

    /// The same with each date of a repeating event as one, which needs a first and a last day.
    pub async fn dates_after(&self, filter: &EventFilter, after: Option<Place>, limit: usize) -> Result<EventPage> {
        let window = filter.window;
        for (field, is_open) in [("from", window.from == Window::ALL.from), ("to", window.to == Window::ALL.to)] {
            if is_open {
                let said = format!("what repeats may have dates without end: say `{field}`, too");
                return Err(Refused::invalid(said).in_field(field).into());
            }
        }
        if window.to.duration_since(window.from) > LONGEST_WINDOW {
            let said = "more than two years are asked for: ask for less at once";
            return Err(Refused::invalid(said).in_field("to").into());
        }
        let narrowed = behind(filter, after);
        // How many of them match is known when their dates are.
        let all = self.store.events_for(&narrowed, usize::MAX).await?;
        let dates = listed(&all, &narrowed).into_iter().map(Cow::into_owned).collect();
        Ok(EventPage::of(dates, after, limit))
    }

    pub async fn add_event(&self, by: &Actor, patch: &EventPatch) -> Result<Changed> {
        let details = patch.onto(None, self.zone())?;
        let event = self.store.add_event(by, details, &self.host()).await?;
        Ok(Changed { event, entries: Vec::new() })
    }

    /// Makes the event of this UID what `patch` says, and adds it where there is none; the rest stays, and one that was
    /// removed is there again.
    pub async fn put_event(&self, by: &Actor, uid: &str, seen: Option<i64>, patch: &EventPatch) -> Result<Put> {
        let uid = checked_uid(uid).map_err(FieldError::of("uid"))?;
        let tell = |known: Option<&Details>| Ok(patch.onto(known, self.zone())?);
        Ok(self.store.put_event(by, &uid, seen, tell).await?)
    }

    /// Changes what `patch` speaks of; the rest stays.
    pub async fn edit_event(&self, by: &Actor, aim: Aim, patch: &EventPatch) -> Result<Changed> {
        if *patch == EventPatch::default() {
            return Err(Refused::invalid("nothing is said that is to be changed").into());
        }
        self.change(by, aim, false, |event, now| {
            let details = patch.onto(Some(&event.details), self.zone())?;
            event.revise(details, now)
        })
        .await
    }

    /// Moves an event or one of its dates: what the patch leaves unsaid of its time, the hour and how long it lasts, stays.
    pub async fn move_event(&self, by: &Actor, aim: Aim, patch: &EventPatch) -> Result<Changed> {
        self.change(by, aim, false, |event, now| {
            let patch = like(&event.details, patch)?;
            let details = patch.onto(Some(&event.details), self.zone())?;
            event.revise(details, now)
        })
        .await
    }

    /// Cancels an event or one of its dates; readers are told why.
    pub async fn cancel_event(&self, by: &Actor, aim: Aim, reason: &str) -> Result<Changed> {
        self.change(by, aim, false, |event, now| event.cancel(reason, now)).await
    }

    pub async fn remove_event(&self, by: &Actor, aim: Aim) -> Result<Changed> {
        self.change(by, aim, false, |event, now| Ok(event.remove(now))).await
    }

    /// Takes the last removal or cancellation back.
    pub async fn restore_event(&self, by: &Actor, aim: Aim) -> Result<Changed> {
        let history = self.store.event_history(aim.id).await?;
        self.change(by, aim, true, |event, now| {
            let before = status_before_cancelling(&history, event.occurrence);
            event.restore(before, now)
        })
        .await
    }

    /// What was changed behind a version of it, oldest first.
    pub async fn changes_since(&self, id: i64, version: i64) -> Result<Vec<ToldEntry>> {
        let editors: Vec<Editor> = self.store.editors().await?;
        let newer = self.store.revisions_since(id, version).await?.into_iter();
        Ok(newer
            .map(|line| ToldEntry { event: line.event_id, by: named(&line.by, &editors), entry: line.entry })
            .collect())
    }

    /// Takes back what was edited at one time, if it is so still: each of its fields is as it was before.
    pub async fn undo_event(&self, by: &Actor, id: i64, change: &str) -> Result<Changed> {
        let at: Timestamp = change.parse().map_err(|_| Refused::invalid("no such change").in_field("change"))?;
        let history = self.store.series_history(id).await?;
        let lines = history
            .iter()
            .map(|line| &line.entry)
            .filter(|entry| entry.at == at && entry.action == Action::Edited && entry.occurrence.is_none());
        let lines: Vec<&HistoryEntry> = lines.collect();
        if lines.is_empty() {
            return Err(Refused::not_found(Noun::Event, format!("{id} as of {change}")).into());
        }
        self.change(by, Aim::at(id), false, |event, now| {
            let mut patch = EventPatch::default();
            for line in &lines {
                let Some(Aspect::Field(field)) = line.about else { continue };
                if field.text(&event.details) != line.after.as_deref().unwrap_or_default() {
                    let said = format!("the {field} was changed again since: take that back first");
                    return Err(Refused::conflict(said).about(Noun::Event, id).in_field(field.as_str()));
                }
                patch.say(field, Said::Text(line.before.as_deref().unwrap_or_default()))?;
            }
            let details = patch.onto(Some(&event.details), self.zone())?;
            event.revise(details, now)
        })
        .await
    }

    /// The event that a draft gives another date, if it does.
    pub async fn moved_by(&self, draft: i64) -> Result<Option<i64>> {
        Ok(self.store.event_moved_by(draft).await?)
    }

    /// The topics that events carry, each as it is spelled first.
    pub async fn topics_in_use(&self) -> Result<Vec<String>> {
        Ok(self.store.topics_in_use().await?)
    }

    /// Oldest first, also of what was removed; of a series that is kept in several events, that of all.
    pub async fn event_history(&self, id: i64) -> Result<Vec<ToldEntry>> {
        let editors: Vec<Editor> = self.store.editors().await?;
        let history = self.store.series_history(id).await?.into_iter();
        let told =
            history.map(|line| ToldEntry { event: line.event_id, by: named(&line.by, &editors), entry: line.entry });
        Ok(told.collect())
    }

    /// One change of an event or of one of its dates.
    async fn change(
        &self,
        by: &Actor,
        aim: Aim,
        may_be_removed: bool,
        revise: impl FnOnce(&mut Event, Timestamp) -> std::result::Result<Vec<HistoryEntry>, Refused>,
    ) -> Result<Changed> {
        let mut occurrence = None;
        let target = Target { id: aim.id, seen: aim.seen, may_be_removed };
        let revised = self.store.revise_event(by, target, |event, now| {
            let mut entries = match aim.occurrence {
                None => revise(event, now)?,
                Some(given) => {
                    let start = event.find_occurrence(given)?;
                    occurrence = Some(start);
                    event.change_occurrence(start, now, |it| revise(it, now))?
                }
            };
            entries.iter_mut().for_each(|entry| entry.tell = aim.tell);
            Ok(entries)
        });
        let revised = revised.await?;
        Ok(Changed::of(revised, occurrence))
    }
}

/// The same question of what is not over at a place in the list: what begins later ends later, too.
fn behind(filter: &EventFilter, after: Option<Place>) -> EventFilter {
    let mut narrowed = filter.clone();
    narrowed.window.from = narrowed.window.from.max(after.map_or(Timestamp::MIN, |after| after.at));
    narrowed
}

fn listed<'a>(events: &'a [Event], filter: &EventFilter) -> Vec<Cow<'a, Event>> {
    let of_window =
        |events: Vec<Cow<'a, Event>>| events.into_iter().filter(|event| filter.matches(event)).collect::<Vec<_>>();
    let window = filter.window;
    if window == Window::ALL {
        return of_window(events.iter().map(Cow::Borrowed).collect());
    }
    if window.to < Window::ALL.to {
        return of_window(unroll(events, window));
    }
    let next = |event: &'a Event| match event.details.repeat {
        None => Some(Cow::Borrowed(event)),
        Some(_) => event.next_occurrence(window.from).map(Cow::Owned),
    };
    of_window(events.iter().filter_map(next).collect())
}
