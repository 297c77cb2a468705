//! Events and their history. Each operation owns its transaction; what is to change is decided in `domain::event`.

use std::collections::HashMap;

use jiff::Timestamp;
use sqlx::{Sqlite, SqliteConnection, Transaction};
use uuid::Uuid;

use super::{Error, Result, Store, from_json, instant, parsed, to_json};
use crate::clock::whole_second;
use crate::domain::event::{Action, Details, Event, HistoryEntry, Revision, Status};
use crate::domain::fields::EventFields;
use crate::domain::when::When;
use crate::domain::{FieldError, Invalid};

/// One entry of an import: an event, perhaps with the UID it has elsewhere.
#[derive(Debug, Clone)]
pub struct ImportEntry {
    /// Where in the input it stands, for the report.
    pub line: u64,
    pub uid: Option<String>,
    /// The SEQUENCE it has elsewhere: calendars that know the UID must not see a lower one.
    pub sequence: u32,
    /// What the input says; fields it is silent about stay as they are.
    pub fields: EventFields,
    /// The event these fields make by themselves.
    pub details: Details,
}

/// What an import did, or would have done.
#[derive(Debug, Default)]
pub struct ImportCounts {
    pub added: usize,
    pub updated: usize,
    pub unchanged: usize,
    /// Line and reason of entries that can't be.
    pub rejected: Vec<(u64, FieldError)>,
}

struct Row {
    id: i64,
    uid: String,
    kind: String,
    title: String,
    start: String,
    end: Option<String>,
    timezone: String,
    status: String,
    location: String,
    organizer: String,
    topics: String,
    standards: String,
    url: String,
    description: String,
    cancel_reason: String,
    sequence: i64,
    created_at: i64,
    updated_at: i64,
    ended_at: Option<i64>,
    removed: i64,
}

impl TryFrom<Row> for Event {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let when = When::parse(&row.start, row.end.as_deref(), parsed(&row.timezone)?)
            .map_err(|e| Error::Damaged(format!("event {}: {e}", row.id)))?;
        Ok(Self {
            id: row.id,
            uid: row.uid,
            details: Details {
                kind: parsed(&row.kind)?,
                title: row.title,
                when,
                status: parsed(&row.status)?,
                location: row.location,
                organizer: row.organizer,
                topics: from_json(&row.topics)?,
                standards: from_json(&row.standards)?,
                url: row.url,
                description: row.description,
            },
            cancel_reason: row.cancel_reason,
            sequence: u32::try_from(row.sequence).unwrap_or(u32::MAX),
            created_at: instant(row.created_at)?,
            updated_at: instant(row.updated_at)?,
            ended_at: row.ended_at.map(instant).transpose()?,
            removed: row.removed != 0,
        })
    }
}

impl Store {
    /// All events ever published or drafted, the removed ones too (calendars must be told of those).
    pub async fn events(&self) -> Result<Vec<Event>> {
        fetch_events(&mut *self.read.acquire().await?, None).await
    }

    pub async fn event(&self, id: i64) -> Result<Event> {
        fetch_event(&mut *self.read.acquire().await?, id).await
    }

    /// Adds an event under a UID made for it at `host`.
    pub async fn add_event(&self, details: Details, host: &str) -> Result<Event> {
        let mut transaction = self.begin().await?;
        let new = NewEvent { uid: new_uid(host), details, cancel_reason: String::new(), sequence: 0 };
        let event = insert_event(&mut transaction, new, whole_second(self.now())).await?;
        transaction.commit().await?;
        Ok(event)
    }

    /// Lets `revise` change the event and keeps what it did, with its history.
    pub async fn revise_event(
        &self,
        id: i64,
        revise: impl FnOnce(&mut Event, Timestamp) -> std::result::Result<Vec<HistoryEntry>, Invalid>,
    ) -> Result<(Event, Vec<HistoryEntry>)> {
        let mut transaction = self.begin().await?;
        let mut event = fetch_event(&mut transaction, id).await?;
        // What is kept knows whole seconds; what is returned is the same.
        let entries = revise(&mut event, whole_second(self.now()))?;
        if !entries.is_empty() {
            update_event(&mut transaction, &event, &entries).await?;
        }
        transaction.commit().await?;
        Ok((event, entries))
    }

    /// The history of an event, oldest first, also of a removed one.
    pub async fn event_history(&self, id: i64) -> Result<Vec<HistoryEntry>> {
        let entries: Vec<_> = self.fetch_history(0, i64::MAX, Some(id)).await?.into_iter().map(|r| r.entry).collect();
        if entries.is_empty() {
            return Err(no_event(id));
        }
        Ok(entries)
    }

    /// Everything that happened after the history's line `since` up to its line `head`, oldest first.
    pub async fn history_between(&self, since: i64, head: i64) -> Result<Vec<Revision>> {
        self.fetch_history(since, head, None).await
    }

    async fn fetch_history(&self, after: i64, until: i64, event_id: Option<i64>) -> Result<Vec<Revision>> {
        let rows = sqlx::query!(
            "SELECT event_id, at, action, field, before, after FROM history
             WHERE id > $1 AND id <= $2 AND ($3 IS NULL OR event_id = $3) ORDER BY id",
            after,
            until,
            event_id
        )
        .fetch_all(&self.read)
        .await?;
        rows.into_iter()
            .map(|row| {
                Ok(Revision {
                    event_id: row.event_id,
                    entry: HistoryEntry {
                        at: instant(row.at)?,
                        action: parsed(&row.action)?,
                        field: row.field,
                        before: row.before,
                        after: row.after,
                    },
                })
            })
            .collect()
    }

    /// The newest line of history: when it is the same, no event changed.
    pub async fn history_head(&self) -> Result<i64> {
        Ok(sqlx::query_scalar!("SELECT coalesce(max(id), 0) FROM history").fetch_one(&self.read).await?)
    }

    /// The last line of history written before `moment`.
    pub async fn history_head_at(&self, moment: Timestamp) -> Result<i64> {
        let moment = moment.as_second();
        Ok(sqlx::query_scalar!("SELECT coalesce(max(id), 0) FROM history WHERE at < $1", moment)
            .fetch_one(&self.read)
            .await?)
    }

    /// Adds what is new, updates what changed, in one transaction; a dry run ends with nothing kept.
    /// Entries are matched by UID, without one by kind, title and start.
    pub async fn import_events(&self, entries: Vec<ImportEntry>, host: &str, dry_run: bool) -> Result<ImportCounts> {
        let now = whole_second(self.now());
        let mut transaction = self.begin().await?;
        let known_events = fetch_events(&mut transaction, None).await?;
        let mut by_uid: HashMap<String, usize> = HashMap::new();
        let mut by_content: HashMap<String, usize> = HashMap::new();
        for (index, event) in known_events.iter().enumerate() {
            by_uid.insert(event.uid.clone(), index);
            // Of several alike, one that is still there.
            let known = by_content.entry(content_key(&event.details)).or_insert(index);
            if known_events[*known].removed && !event.removed {
                *known = index;
            }
        }
        let mut events = known_events;
        // The line that spoke of an event; a second one would undo it, at each import again.
        let mut spoken: HashMap<usize, u64> = HashMap::new();
        let mut counts = ImportCounts::default();
        for entry in entries {
            let found = match &entry.uid {
                Some(uid) => by_uid.get(uid).copied(),
                None => by_content.get(&content_key(&entry.details)).copied(),
            };
            let index = found.unwrap_or(events.len());
            if let Some(line) = spoken.insert(index, entry.line) {
                counts.rejected.push((entry.line, same_as(line, entry.uid.is_some())));
                continue;
            }
            if found.is_none() {
                let uid = entry.uid.unwrap_or_else(|| new_uid(host));
                let reason = entry.fields.cancel_reason.unwrap_or_default();
                let new = NewEvent { uid, details: entry.details, cancel_reason: reason, sequence: entry.sequence };
                let event = insert_event(&mut transaction, new, now).await?;
                by_uid.insert(event.uid.clone(), events.len());
                by_content.insert(content_key(&event.details), events.len());
                events.push(event);
                counts.added += 1;
                continue;
            }
            let event = &mut events[index];
            match take_over(event, &entry, now) {
                Err(reason) => counts.rejected.push((entry.line, reason)),
                Ok(done) if done.is_empty() => counts.unchanged += 1,
                Ok(done) => {
                    update_event(&mut transaction, event, &done).await?;
                    counts.updated += 1;
                }
            }
        }
        match dry_run {
            true => transaction.rollback().await?,
            false => transaction.commit().await?,
        }
        Ok(counts)
    }
}

/// Brings a known event to what an import says of it.
fn take_over(
    event: &mut Event,
    entry: &ImportEntry,
    now: Timestamp,
) -> std::result::Result<Vec<HistoryEntry>, FieldError> {
    let fields = &entry.fields;
    let status = |reason| FieldError { field: "status", reason };
    let zone = event.details.when.zone().clone();
    let mut details = fields.onto(Some(&event.details), &zone)?;
    // A table without UIDs is typed by hand and knows nothing of what was cancelled or removed here since.
    if entry.uid.is_none() && event.removed {
        return Ok(Vec::new());
    }
    if entry.uid.is_none() && event.details.status == Status::Cancelled {
        details.status = Status::Cancelled;
    }
    let cancelled = details.status == Status::Cancelled && event.details.status != Status::Draft;
    let mut done = event.revise(details, now).map_err(status)?;
    if cancelled {
        done.extend(event.cancel(fields.cancel_reason.as_deref().unwrap_or_default(), now).map_err(status)?);
    }
    if !done.is_empty() {
        event.sequence = event.sequence.max(entry.sequence);
    }
    Ok(done)
}

fn same_as(line: u64, by_uid: bool) -> FieldError {
    let what = if by_uid { "UID" } else { "kind, title and start" };
    FieldError {
        field: if by_uid { "uid" } else { "title" },
        reason: Invalid(format!("is the same event as in line {line}, by its {what}")),
    }
}

fn no_event(id: i64) -> Error {
    Error::not_found("event", id, ": `kalends event list` shows the ids")
}

fn new_uid(host: &str) -> String {
    format!("{}@{host}", Uuid::new_v4())
}

fn content_key(details: &Details) -> String {
    format!("{}\n{}\n{}", details.kind, details.title, details.when.start())
}

async fn fetch_event(connection: &mut SqliteConnection, id: i64) -> Result<Event> {
    fetch_events(connection, Some(id)).await?.pop().filter(|event| !event.removed).ok_or_else(|| no_event(id))
}

/// One event, or all in the order of their ids.
async fn fetch_events(connection: &mut SqliteConnection, id: Option<i64>) -> Result<Vec<Event>> {
    // A range instead of "$1 IS NULL OR id = $1", so that the primary key serves both.
    let (first, last) = (id.unwrap_or(0), id.unwrap_or(i64::MAX));
    sqlx::query_as!(
        Row,
        r#"SELECT id, uid, kind, title, start, "end", timezone, status, location, organizer, topics, standards, url,
                  description, cancel_reason, sequence, created_at, updated_at, ended_at, removed
           FROM event WHERE id BETWEEN $1 AND $2 ORDER BY id"#,
        first,
        last
    )
    .fetch_all(connection)
    .await?
    .into_iter()
    .map(Event::try_from)
    .collect()
}

/// An event that has no id yet.
struct NewEvent {
    uid: String,
    details: Details,
    cancel_reason: String,
    sequence: u32,
}

async fn insert_event(transaction: &mut Transaction<'_, Sqlite>, new: NewEvent, now: Timestamp) -> Result<Event> {
    let mut event = Event::new(0, new.uid, new.details, now);
    event.cancel_reason = new.cancel_reason;
    event.sequence = new.sequence;
    event.ended_at = event.is_cancelled().then_some(event.created_at);
    event.id = save(transaction, &event).await?;
    insert_history(transaction, event.id, &[HistoryEntry::of(Action::Added, now)]).await?;
    Ok(event)
}

async fn update_event(
    transaction: &mut Transaction<'_, Sqlite>,
    event: &Event,
    entries: &[HistoryEntry],
) -> Result<()> {
    save(transaction, event).await?;
    insert_history(transaction, event.id, entries).await
}

/// Writes every column of an event; one with the id 0 is new and gets its id.
async fn save(transaction: &mut Transaction<'_, Sqlite>, event: &Event) -> Result<i64> {
    let details = &event.details;
    let id = Some(event.id).filter(|id| *id != 0);
    let start = details.when.start().to_string();
    let end = details.when.end().map(|end| end.to_string());
    let (kind, status, zone) = (details.kind.as_str(), details.status.as_str(), details.when.zone().name());
    let (topics, standards) = (to_json(&details.topics), to_json(&details.standards));
    let (created_at, updated_at) = (event.created_at.as_second(), event.updated_at.as_second());
    let ended_at = event.ended_at.map(Timestamp::as_second);
    Ok(sqlx::query_scalar!(
        r#"INSERT INTO event (id, uid, kind, title, start, "end", timezone, status, location, organizer, topics,
                              standards, url, description, cancel_reason, sequence, created_at, updated_at, ended_at,
                              removed)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
           ON CONFLICT (id) DO UPDATE
              SET kind = excluded.kind, title = excluded.title, start = excluded.start, "end" = excluded."end",
                  timezone = excluded.timezone, status = excluded.status, location = excluded.location,
                  organizer = excluded.organizer, topics = excluded.topics, standards = excluded.standards,
                  url = excluded.url, description = excluded.description, cancel_reason = excluded.cancel_reason,
                  sequence = excluded.sequence, updated_at = excluded.updated_at, ended_at = excluded.ended_at,
                  removed = excluded.removed
           RETURNING id"#,
        id,
        event.uid,
        kind,
        details.title,
        start,
        end,
        zone,
        status,
        details.location,
        details.organizer,
        topics,
        standards,
        details.url,
        details.description,
        event.cancel_reason,
        event.sequence,
        created_at,
        updated_at,
        ended_at,
        event.removed
    )
    .fetch_one(&mut **transaction)
    .await?)
}

async fn insert_history(
    transaction: &mut Transaction<'_, Sqlite>,
    event_id: i64,
    entries: &[HistoryEntry],
) -> Result<()> {
    for entry in entries {
        let (at, action) = (entry.at.as_second(), entry.action.as_str());
        sqlx::query!(
            "INSERT INTO history (event_id, at, action, field, before, after) VALUES ($1, $2, $3, $4, $5, $6)",
            event_id,
            at,
            action,
            entry.field,
            entry.before,
            entry.after
        )
        .execute(&mut **transaction)
        .await?;
    }
    Ok(())
}
