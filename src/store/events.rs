//! Events and their history. Each operation owns its transaction; what is to change is decided in `domain::event`.

mod history;
pub(super) mod import;
mod narrow;
mod private;
mod row;

pub(super) use narrow::ids_like;
pub(super) use row::{fetch_by_ids as by_ids, next_id};

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
pub use private::Disclosed;
use sqlx::{Sqlite, SqliteConnection, Transaction};
use uuid::Uuid;

use self::history::refuse_stale;
use super::told::count_as_told;
use super::{Error, ROWS_AT_ONCE, Result, Store, from_json, instant, parsed, to_json, words_to_json};
use crate::clock::whole_second;
use crate::domain::actor::Actor;
use crate::domain::edition::Telling;
use crate::domain::event::{Action, Details, Event, HistoryEntry};
use crate::domain::refused::{Noun, Refused};
use crate::domain::several::Ids;
use crate::domain::tell::Tell;
use crate::domain::when::Window;

/// How many connections read all events together.
const READERS_AT_ONCE: i64 = 2;

impl Store {
    /// All events ever published or drafted, the removed ones too (calendars must be told of those).
    pub async fn events(&self) -> Result<Vec<Event>> {
        let next_id = row::next_id(&mut *self.read.acquire().await?).await?;
        // Reading a row costs more than finding it, so several readers share the work.
        let share = next_id / READERS_AT_ONCE + 1;
        let readers: Vec<_> = (0..READERS_AT_ONCE)
            .map(|number| {
                let pool = self.read.clone();
                tokio::spawn(async move {
                    let mut events = Vec::new();
                    let (after, until) = (number * share, (number + 1) * share);
                    row::fetch_each(&mut *pool.acquire().await?, after, until, |event| events.push(event)).await?;
                    Ok::<_, Error>(events)
                })
            })
            .collect();
        let mut events = Vec::new();
        for reader in readers {
            events.extend(reader.await.map_err(|error| Error::Damaged(error.to_string()))??);
        }
        Ok(events)
    }

    /// The same, handed on one by one in the order of their ids.
    pub async fn each_event(&self, take: impl FnMut(Event)) -> Result<()> {
        row::fetch_each(&mut *self.read.acquire().await?, 0, i64::MAX, take).await
    }

    /// Those of which this is true, which is told how to ask whether an event has a date in a window.
    pub async fn events_that(
        &self,
        is_so: impl Fn(&Event, &dyn Fn(Window) -> bool) -> bool,
    ) -> Result<Vec<Arc<Event>>> {
        if let Some(snapshot) = self.snapshot().await? {
            let found = snapshot.all().filter(|it| is_so(it.event, &|window| it.touches(window)));
            return Ok(found.map(|it| it.event.clone()).collect());
        }
        let mut events = Vec::new();
        let is_so = |event: &Event| is_so(event, &|window| event.touches(window));
        self.each_event(|event| events.extend(Some(event).filter(is_so).map(Arc::new))).await?;
        Ok(events)
    }

    /// Those that changed after the history's line `head`.
    pub async fn events_changed_since(&self, head: i64) -> Result<Vec<Event>> {
        row::fetch_changed(&mut *self.read.acquire().await?, head).await
    }

    pub async fn event(&self, id: i64) -> Result<Event> {
        fetch_event(&mut *self.read.acquire().await?, id).await
    }

    /// The same, also where it was removed.
    pub async fn event_ever(&self, id: i64) -> Result<Event> {
        row::fetch_one(&mut *self.read.acquire().await?, id).await?.ok_or_else(|| no_event(id))
    }

    /// Those with these ids that are there, in the order of the list.
    pub async fn events_by_ids(&self, ids: &[i64]) -> Result<Vec<Event>> {
        let mut connection = self.read.acquire().await?;
        let mut events = Vec::new();
        for &id in ids {
            events.extend(row::fetch_one(&mut connection, id).await?.filter(|event| !event.removed));
        }
        Ok(events)
    }

    /// The first of those whose ids lie there, by id.
    pub async fn events_between(&self, ids: Ids, limit: usize) -> Result<Vec<Event>> {
        let mut events = Vec::new();
        row::fetch_each(&mut *self.read.acquire().await?, ids.first.saturating_sub(1), ids.last, |event| {
            if !event.removed && events.len() < limit {
                events.push(event);
            }
        })
        .await?;
        Ok(events)
    }

    /// Adds an event under a UID made for it at `host`.
    pub async fn add_event(&self, by: &Actor, details: Details, host: &str) -> Result<Event> {
        let mut transaction = self.begin().await?;
        let event = add(&mut transaction, by, new_uid(host), details, whole_second(self.now())).await?;
        transaction.commit().await?;
        Ok(event)
    }

    /// Makes the event of this UID what `tell` makes of what it says, or adds it where there is none; one that was
    /// removed is there again. `seen`: only if it still is in this version.
    pub async fn put_event(
        &self,
        by: &Actor,
        uid: &str,
        seen: Option<i64>,
        tell: impl FnOnce(Option<&Details>) -> std::result::Result<Details, Refused>,
    ) -> Result<Put> {
        let mut transaction = self.begin().await?;
        let id = sqlx::query_scalar!(r#"SELECT id AS "id!" FROM event WHERE uid = $1"#, uid);
        let put = match (id.fetch_optional(&mut *transaction).await?, seen) {
            (Some(id), _) => {
                let target = Target { id, seen, may_be_removed: true };
                let revise = |event: &mut Event, now| event.revise(tell(Some(&event.details))?, now);
                Put { event: self.revise(&mut transaction, by, target, revise).await?.event, is_new: false }
            }
            (None, Some(_)) => {
                return Err(Refused::conflict("there is no event with this UID that could have been seen").into());
            }
            (None, None) => {
                let (details, now) = (tell(None)?, whole_second(self.now()));
                Put { event: add(&mut transaction, by, uid.to_owned(), details, now).await?, is_new: true }
            }
        };
        transaction.commit().await?;
        Ok(put)
    }

    /// Lets `revise` change the event and keeps what it did, with its history.
    pub async fn revise_event(
        &self,
        by: &Actor,
        target: impl Into<Target>,
        revise: impl FnOnce(&mut Event, Timestamp) -> std::result::Result<Vec<HistoryEntry>, Refused>,
    ) -> Result<Revised> {
        let mut transaction = self.begin().await?;
        let revised = self.revise(&mut transaction, by, target.into(), revise).await?;
        transaction.commit().await?;
        Ok(revised)
    }

    /// The same with several: all of them, or none if one is not there or is not to be changed so.
    pub async fn revise_events(
        &self,
        by: &Actor,
        ids: &[i64],
        revise: impl Fn(&mut Event, Timestamp) -> std::result::Result<Vec<HistoryEntry>, Refused>,
    ) -> Result<Vec<Revised>> {
        let mut transaction = self.begin().await?;
        let mut revised = Vec::new();
        for &id in ids {
            revised.push(self.revise(&mut transaction, by, id.into(), &revise).await?);
        }
        transaction.commit().await?;
        Ok(revised)
    }

    pub(super) async fn revise(
        &self,
        transaction: &mut Transaction<'_, Sqlite>,
        by: &Actor,
        target: Target,
        revise: impl FnOnce(&mut Event, Timestamp) -> std::result::Result<Vec<HistoryEntry>, Refused>,
    ) -> Result<Revised> {
        let id = target.id;
        let found = row::fetch_one(transaction, id).await?;
        let mut event = found.filter(|event| !event.removed || target.may_be_removed).ok_or_else(|| no_event(id))?;
        if let Some(seen) = target.seen {
            refuse_stale(transaction, id, seen).await?;
        }
        // What is kept knows whole seconds; what is returned is the same.
        let before = event.clone();
        let entries = revise(&mut event, whole_second(self.now()))?;
        if !entries.is_empty() {
            keep_told(transaction, &before, &event, &entries).await?;
            row::save(transaction, &[&event]).await?;
            let lines: Vec<_> = entries.iter().map(|entry| (id, entry.clone())).collect();
            row::append_history(transaction, by, &lines).await?;
        }
        Ok(Revised { event, entries })
    }
}

/// What was told with a date that changes in silence counts as told with the new one. The dates of a series that changes as a
/// whole are others.
async fn keep_told(
    transaction: &mut Transaction<'_, Sqlite>,
    before: &Event,
    after: &Event,
    entries: &[HistoryEntry],
) -> Result<()> {
    let mut dates: Vec<_> =
        entries.iter().filter(|entry| entry.tell == Some(Tell::Never)).map(|it| it.occurrence).collect();
    dates.dedup();
    for date in dates {
        let telling = |event: &Event| match date {
            Some(start) => Telling::of(&event.occurrence(start)),
            None => Telling::of(event),
        };
        count_as_told(transaction, &telling(before), &telling(after)).await?;
    }
    Ok(())
}

/// Which event somebody wants to change.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    pub id: i64,
    /// The version of it that they saw; none: whatever it is by now.
    pub seen: Option<i64>,
    /// Also if it was taken off the lists.
    pub may_be_removed: bool,
}

impl From<i64> for Target {
    fn from(id: i64) -> Self {
        Self { id, seen: None, may_be_removed: false }
    }
}

/// An event after somebody's change.
#[derive(Debug, Clone)]
pub struct Revised {
    pub event: Event,
    /// What was changed; nothing if it was so already.
    pub entries: Vec<HistoryEntry>,
}

/// An event that is as somebody wants it.
#[derive(Debug, Clone)]
pub struct Put {
    pub event: Event,
    /// There was none of this UID.
    pub is_new: bool,
}

/// Those with these UIDs that are there, removed ones too, by their UIDs.
pub(super) async fn by_uids(connection: &mut SqliteConnection, uids: &[&str]) -> Result<HashMap<String, Event>> {
    let mut events = HashMap::new();
    for &uid in uids {
        let id = sqlx::query_scalar!(r#"SELECT id AS "id!" FROM event WHERE uid = $1"#, uid);
        if let Some(id) = id.fetch_optional(&mut *connection).await?
            && let Some(event) = row::fetch_one(connection, id).await?
        {
            events.insert(uid.to_owned(), event);
        }
    }
    Ok(events)
}

/// Writes events and lines of their history.
pub(super) async fn keep(
    transaction: &mut Transaction<'_, Sqlite>,
    by: &Actor,
    events: &[Event],
    lines: &[(i64, HistoryEntry)],
) -> Result<()> {
    row::save(transaction, &events.iter().collect::<Vec<_>>()).await?;
    row::append_history(transaction, by, lines).await
}

async fn add(
    transaction: &mut Transaction<'_, Sqlite>,
    by: &Actor,
    uid: String,
    details: Details,
    now: Timestamp,
) -> Result<Event> {
    let event = Event::new(row::next_id(transaction).await?, uid, details, now);
    row::save(transaction, &[&event]).await?;
    row::append_history(transaction, by, &[(event.id, HistoryEntry::of(Action::Added, now))]).await?;
    Ok(event)
}

fn no_event(id: i64) -> Error {
    Refused::not_found(Noun::Event, id).into()
}

fn new_uid(host: &str) -> String {
    format!("{}@{host}", Uuid::new_v4())
}

async fn fetch_event(connection: &mut SqliteConnection, id: i64) -> Result<Event> {
    row::fetch_one(connection, id).await?.filter(|event| !event.removed).ok_or_else(|| no_event(id))
}
