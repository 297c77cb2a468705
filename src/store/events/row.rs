//! An event as a row of its table: read, and written many at a time.

use futures_util::TryStreamExt as _;
use serde::{Deserialize, Serialize};
use sqlx::{QueryBuilder, Sqlite, SqliteConnection, Transaction};

use super::{Error, ROWS_AT_ONCE, Result, from_json, instant, parsed, to_json, words_to_json};
use crate::domain::actor::Actor;
use crate::domain::event::{Aspect, Details, Event, HistoryEntry, Override};
use crate::domain::recurrence::{Recurrence, Rule};
use crate::domain::when::{Point, When};
use crate::domain::zone::Zone;
use crate::domain::{Invalid, text};

struct Row {
    id: i64,
    uid: String,
    kind: String,
    title: String,
    start: String,
    end: Option<String>,
    timezone: String,
    repeat: String,
    rdates: String,
    exdates: String,
    overrides: String,
    status: String,
    location: String,
    organizer: String,
    topics: String,
    standards: String,
    url: String,
    description: String,
    cancel_reason: String,
    source: Option<String>,
    sequence: i64,
    created_at: i64,
    updated_at: i64,
    ended_at: Option<i64>,
    removed: i64,
}

/// An [`Override`] as JSON.
#[derive(Serialize, Deserialize)]
struct OverrideRow {
    occurrence: String,
    kind: String,
    title: String,
    start: String,
    end: Option<String>,
    timezone: String,
    status: String,
    location: String,
    organizer: String,
    topics: Vec<String>,
    standards: Vec<String>,
    url: String,
    description: String,
    cancel_reason: String,
    ended_at: Option<i64>,
}

impl From<&Event> for Row {
    fn from(event: &Event) -> Self {
        let details = &event.details;
        let repeat = details.repeat.as_deref();
        let dates = |of: fn(&Recurrence) -> &Vec<Point>| {
            let texts: Vec<_> = repeat.map(of).into_iter().flatten().map(Point::to_string).collect();
            to_json(&texts)
        };
        let overrides: Vec<_> = event.overrides.iter().map(OverrideRow::from).collect();
        Self {
            id: event.id,
            uid: event.uid.clone(),
            kind: details.kind.to_string(),
            title: details.title.clone(),
            start: details.when.start().to_string(),
            end: details.when.end().map(|end| end.to_string()),
            timezone: details.when.zone().to_string(),
            repeat: details.rule().to_owned(),
            rdates: dates(|repeat| &repeat.rdates),
            exdates: dates(|repeat| &repeat.exdates),
            overrides: serde_json::to_string(&overrides).unwrap_or_else(|_| "[]".into()),
            status: details.status.to_string(),
            location: details.location.clone(),
            organizer: details.organizer.clone(),
            topics: to_json(&details.topics),
            standards: to_json(&details.standards),
            url: details.url.clone(),
            description: details.description.clone(),
            cancel_reason: event.cancel_reason.clone(),
            source: event.source.clone(),
            sequence: event.sequence.into(),
            created_at: event.created_at.as_second(),
            updated_at: event.updated_at.as_second(),
            ended_at: event.ended_at.map(|at| at.as_second()),
            removed: event.removed.into(),
        }
    }
}

impl TryFrom<Row> for Event {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let damaged = |e: Invalid| Error::Damaged(format!("event {}: {e}", row.id));
        let zone: Zone = parsed(&row.timezone)?;
        let when = When::parse(&row.start, row.end.as_deref(), zone).map_err(damaged)?;
        let repeat = recurrence(&row.repeat, &row.rdates, &row.exdates, &when)?;
        let overrides = match row.overrides.as_str() {
            "[]" => Vec::new(),
            text => {
                let rows: Vec<OverrideRow> =
                    serde_json::from_str(text).map_err(|e| Error::Damaged(format!("event {}: {e}", row.id)))?;
                rows.into_iter().map(Override::try_from).collect::<Result<_>>()?
            }
        };
        Ok(Self {
            id: row.id,
            uid: text::kept_line(row.uid),
            occurrence: None,
            details: Details {
                kind: parsed(&row.kind)?,
                title: text::kept_line(row.title),
                when,
                repeat: repeat.map(Box::new),
                status: parsed(&row.status)?,
                location: text::kept_line(row.location),
                organizer: text::kept_line(row.organizer),
                topics: labels(from_json(&row.topics)?),
                standards: labels(from_json(&row.standards)?),
                url: text::kept_line(row.url),
                description: text::kept_lines(row.description),
            },
            overrides,
            cancel_reason: text::kept_line(row.cancel_reason),
            source: row.source,
            sequence: u32::try_from(row.sequence).unwrap_or(u32::MAX),
            created_at: instant(row.created_at)?,
            updated_at: instant(row.updated_at)?,
            ended_at: row.ended_at.map(instant).transpose()?,
            removed: row.removed != 0,
        })
    }
}

fn recurrence(rule: &str, rdates: &str, exdates: &str, when: &When) -> Result<Option<Recurrence>> {
    if rule.is_empty() && rdates == "[]" {
        return Ok(None);
    }
    let dates = |json: &str| -> Result<Vec<Point>> { from_json(json)?.iter().map(|date| parsed(date)).collect() };
    let read = || -> Result<_> {
        let rule = (!rule.is_empty()).then(|| Rule::read(rule, when.start(), when.zone())).transpose()?;
        Ok(Recurrence::new(rule, dates(rdates)?, dates(exdates)?, when)?)
    };
    read().map(Some).map_err(|e| Error::Damaged(e.to_string()))
}

impl From<&Override> for OverrideRow {
    fn from(change: &Override) -> Self {
        let details = &change.details;
        Self {
            occurrence: change.occurrence.to_string(),
            kind: details.kind.to_string(),
            title: details.title.clone(),
            start: details.when.start().to_string(),
            end: details.when.end().map(|end| end.to_string()),
            timezone: details.when.zone().to_string(),
            status: details.status.to_string(),
            location: details.location.clone(),
            organizer: details.organizer.clone(),
            topics: details.topics.clone(),
            standards: details.standards.clone(),
            url: details.url.clone(),
            description: details.description.clone(),
            cancel_reason: change.cancel_reason.clone(),
            ended_at: change.ended_at.map(|at| at.as_second()),
        }
    }
}

impl TryFrom<OverrideRow> for Override {
    type Error = Error;

    fn try_from(row: OverrideRow) -> Result<Self> {
        Ok(Self {
            occurrence: parsed(&row.occurrence)?,
            details: Details {
                kind: parsed(&row.kind)?,
                title: text::kept_line(row.title),
                when: When::parse(&row.start, row.end.as_deref(), parsed(&row.timezone)?)?,
                repeat: None,
                status: parsed(&row.status)?,
                location: text::kept_line(row.location),
                organizer: text::kept_line(row.organizer),
                topics: labels(row.topics),
                standards: labels(row.standards),
                url: text::kept_line(row.url),
                description: text::kept_lines(row.description),
            },
            cancel_reason: text::kept_line(row.cancel_reason),
            ended_at: row.ended_at.map(instant).transpose()?,
        })
    }
}

/// Topics or standards as they are kept today.
fn labels(kept: Vec<String>) -> Vec<String> {
    kept.into_iter().map(text::kept_line).collect()
}

/// Those of which the history tells something after its line `head`, in the order of their ids.
pub async fn fetch_changed(connection: &mut SqliteConnection, head: i64) -> Result<Vec<Event>> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT id, uid, kind, title, start, "end", timezone, repeat, rdates, exdates, overrides, status, location,
                  organizer, topics, standards, url, description, cancel_reason, source, sequence, created_at,
                  updated_at, ended_at, removed
           FROM event WHERE id IN (SELECT event_id FROM history WHERE history.id > $1) ORDER BY id"#,
        head
    );
    rows.fetch_all(connection).await?.into_iter().map(Event::try_from).collect()
}

/// Those with these ids that are there, in the order of their ids.
pub async fn fetch_by_ids(connection: &mut SqliteConnection, ids: &[i64]) -> Result<Vec<Event>> {
    let ids = words_to_json(ids);
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT id, uid, kind, title, start, "end", timezone, repeat, rdates, exdates, overrides, status, location,
                  organizer, topics, standards, url, description, cancel_reason, source, sequence, created_at,
                  updated_at, ended_at, removed
           FROM event WHERE id IN (SELECT value FROM json_each($1)) ORDER BY id"#,
        ids
    );
    rows.fetch_all(connection).await?.into_iter().map(Event::try_from).collect()
}

/// Those with an id in (after, until], in the order of their ids, handed on one by one: a database may hold more than
/// one wants to have in memory twice.
pub async fn fetch_each(
    connection: &mut SqliteConnection,
    after: i64,
    until: i64,
    mut take: impl FnMut(Event),
) -> Result<()> {
    let mut rows = sqlx::query_as!(
        Row,
        r#"SELECT id, uid, kind, title, start, "end", timezone, repeat, rdates, exdates, overrides, status, location,
                  organizer, topics, standards, url, description, cancel_reason, source, sequence, created_at,
                  updated_at, ended_at, removed
           FROM event WHERE id > $1 AND id <= $2 ORDER BY id"#,
        after,
        until
    )
    .fetch(connection);
    while let Some(row) = rows.try_next().await? {
        take(Event::try_from(row)?);
    }
    Ok(())
}

pub async fn fetch_one(connection: &mut SqliteConnection, id: i64) -> Result<Option<Event>> {
    let mut found = None;
    fetch_each(connection, id.saturating_sub(1), id, |event| found = Some(event)).await?;
    Ok(found)
}

/// The id that the next new event gets. Rows are never deleted, so none is given twice.
pub async fn next_id(connection: &mut SqliteConnection) -> Result<i64> {
    Ok(sqlx::query_scalar!("SELECT coalesce(max(id), 0) + 1 FROM event").fetch_one(connection).await?)
}

/// Writes every column of events, new ones and those that are there. Many rows a statement are several times as fast as
/// one; such a statement can't be checked when it is compiled.
pub async fn save(transaction: &mut Transaction<'_, Sqlite>, events: &[&Event]) -> Result<()> {
    for event in events.iter().filter(|event| event.details.repeat.is_some()) {
        // What could not be read back would make all events unreadable.
        Event::try_from(Row::from(*event)).map_err(|error| Invalid(format!("event {}: {error}", event.id)))?;
    }
    for some in events.chunks(ROWS_AT_ONCE) {
        let mut insert = QueryBuilder::<Sqlite>::new(
            r#"INSERT INTO event (id, uid, kind, title, start, "end", timezone, repeat, rdates, exdates, overrides,
                                  status, location, organizer, topics, standards, url, description, cancel_reason,
                                  source, sequence, created_at, updated_at, ended_at, removed) "#,
        );
        insert.push_values(some.iter().map(|event| Row::from(*event)), |mut values, row| {
            values.push_bind(row.id).push_bind(row.uid).push_bind(row.kind).push_bind(row.title);
            values.push_bind(row.start).push_bind(row.end).push_bind(row.timezone).push_bind(row.repeat);
            values.push_bind(row.rdates).push_bind(row.exdates).push_bind(row.overrides).push_bind(row.status);
            values.push_bind(row.location).push_bind(row.organizer).push_bind(row.topics).push_bind(row.standards);
            values.push_bind(row.url).push_bind(row.description).push_bind(row.cancel_reason).push_bind(row.source);
            values.push_bind(row.sequence).push_bind(row.created_at).push_bind(row.updated_at);
            values.push_bind(row.ended_at).push_bind(row.removed);
        });
        insert.push(
            r#" ON CONFLICT (id) DO UPDATE
                  SET kind = excluded.kind, title = excluded.title, start = excluded.start, "end" = excluded."end",
                      timezone = excluded.timezone, repeat = excluded.repeat, rdates = excluded.rdates,
                      exdates = excluded.exdates, overrides = excluded.overrides, status = excluded.status,
                      location = excluded.location, organizer = excluded.organizer, topics = excluded.topics,
                      standards = excluded.standards, url = excluded.url, description = excluded.description,
                      cancel_reason = excluded.cancel_reason, source = excluded.source, sequence = excluded.sequence,
                      updated_at = excluded.updated_at, ended_at = excluded.ended_at, removed = excluded.removed"#,
        );
        insert.build().execute(&mut **transaction).await?;
    }
    Ok(())
}

/// Appends lines of history that somebody made, each with the id of its event.
pub async fn append_history(
    transaction: &mut Transaction<'_, Sqlite>,
    by: &Actor,
    lines: &[(i64, HistoryEntry)],
) -> Result<()> {
    let by = by.to_string();
    for some in lines.chunks(ROWS_AT_ONCE) {
        let mut insert = QueryBuilder::<Sqlite>::new(
            "INSERT INTO history (event_id, at, actor, action, occurrence, field, before, after) ",
        );
        insert.push_values(some, |mut values, (event_id, entry)| {
            values.push_bind(event_id).push_bind(entry.at.as_second()).push_bind(&by).push_bind(entry.action.as_str());
            values.push_bind(entry.occurrence.map(|start| start.to_string()));
            values
                .push_bind(entry.about.as_ref().map(Aspect::to_string))
                .push_bind(&entry.before)
                .push_bind(&entry.after);
        });
        insert.build().execute(&mut **transaction).await?;
    }
    Ok(())
}
