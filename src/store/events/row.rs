//! An event as a row of its table: read, and written many at a time.

use futures_util::TryStreamExt as _;
use futures_util::future::join;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::query_builder::Separated;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection, Transaction};

use super::{Error, ROWS_AT_ONCE, Result, from_json, instant, parsed, to_json, words_to_json};
use crate::domain::actor::Actor;
use crate::domain::event::{Aspect, Details, Event, EventPatch, HistoryEntry, Override, Stamp};
use crate::domain::recurrence::{Recurrence, Rule};
use crate::domain::tell::Tell;
use crate::domain::when::{Point, When};
use crate::domain::zone::Zone;
use crate::domain::{Invalid, text};
use crate::progress::Progress;

/// The columns in their order, with their types: each is named here, in the statements that sqlx checks, and where it
/// meets an event.
macro_rules! columns {
    ($($name:ident: $type:ty,)+) => {
        struct EventRow { $($name: $type,)+ }

        const COLUMNS: &[&str] = &[$(stringify!($name)),+];

        impl EventRow {
            fn bind(self, values: &mut Separated<'_, Sqlite, &'static str>) {
                $(values.push_bind(self.$name);)+
            }
        }
    };
}

columns! {
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
    join_url: String,
    description_format: String,
    private: i64,
    duration: Option<String>,
    stamp_sequence: Option<i64>,
    stamp_at: Option<i64>,
}

/// What of an event never changes.
const FOR_EVER: [&str; 3] = ["\"id\"", "\"uid\"", "\"created_at\""];

/// Rows of events, those that the condition names.
macro_rules! select {
    ($condition:tt $(, $value:expr)*) => {
        sqlx::query_as!(
            EventRow,
            r#"SELECT id, uid, kind, title, start, "end", timezone, repeat, rdates, exdates, overrides, status, location,
                      organizer, topics, standards, url, description, cancel_reason, source, sequence, created_at,
                      updated_at, ended_at, removed, join_url, description_format, private, duration, stamp_sequence,
                      stamp_at
               FROM event "# + $condition $(, $value)*
        )
    };
}

/// An [`Override`] as JSON: what is different. An older version kept all that the date says.
#[derive(Serialize, Deserialize)]
struct OverrideRow {
    occurrence: String,
    #[serde(default)]
    cancel_reason: String,
    ended_at: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stamp: Option<(u32, Option<i64>)>,
    #[serde(flatten)]
    patch: EventPatch,
}

impl From<&Event> for EventRow {
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
            join_url: details.join_url.clone(),
            description_format: details.description_format.to_string(),
            private: event.private.into(),
            duration: details.when.length().map(|length| length.to_string()),
            stamp_sequence: event.stamp.map(|stamp| stamp.sequence.into()),
            stamp_at: event.stamp.and_then(|stamp| stamp.at).map(|at| at.as_second()),
        }
    }
}

impl TryFrom<EventRow> for Event {
    type Error = Error;

    fn try_from(row: EventRow) -> Result<Self> {
        let damaged = |e: Invalid| Error::Damaged(format!("event {}: {e}", row.id));
        let zone: Zone = parsed(&row.timezone)?;
        let when = match row.duration.as_deref() {
            None => When::parse(&row.start, row.end.as_deref(), zone),
            Some(length) => length.parse().and_then(|length| When::lasting(row.start.parse()?, length, zone)),
        }
        .map_err(damaged)?;
        let repeat = recurrence(&row.repeat, &row.rdates, &row.exdates, &when)?;
        let overrides: Vec<OverrideRow> = match row.overrides.as_str() {
            "[]" => Vec::new(),
            text => read_overrides(text).map_err(|e| Error::Damaged(format!("event {}: {e}", row.id)))?,
        };
        let mut event = Self {
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
                join_url: text::kept_line(row.join_url),
                description_format: parsed(&row.description_format)?,
            },
            overrides: Vec::new(),
            cancel_reason: text::kept_line(row.cancel_reason),
            source: row.source,
            private: row.private != 0,
            sequence: u32::try_from(row.sequence).unwrap_or(u32::MAX),
            created_at: instant(row.created_at)?,
            updated_at: instant(row.updated_at)?,
            ended_at: row.ended_at.map(instant).transpose()?,
            removed: row.removed != 0,
            stamp: row.stamp_sequence.map(|sequence| stamp(sequence, row.stamp_at)).transpose()?,
        };
        for row in overrides {
            let change = Override::try_from(row)?;
            let plain = event.plain_occurrence(change.occurrence).details;
            event.overrides.push(change.compared(&plain));
        }
        event.overrides.sort_by_key(|change| change.occurrence);
        Ok(event)
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
        Self {
            occurrence: change.occurrence.to_string(),
            cancel_reason: change.cancel_reason.clone(),
            ended_at: change.ended_at.map(|at| at.as_second()),
            stamp: change.stamp.map(|stamp| (stamp.sequence, stamp.at.map(|at| at.as_second()))),
            patch: change.patch.clone(),
        }
    }
}

impl TryFrom<OverrideRow> for Override {
    type Error = Error;

    fn try_from(row: OverrideRow) -> Result<Self> {
        Ok(Self {
            occurrence: parsed(&row.occurrence)?,
            patch: row.patch,
            cancel_reason: row.cancel_reason,
            ended_at: row.ended_at.map(instant).transpose()?,
            stamp: row.stamp.map(|(sequence, at)| stamp(sequence.into(), at)).transpose()?,
        })
    }
}

fn stamp(sequence: i64, at: Option<i64>) -> Result<Stamp> {
    Ok(Stamp { sequence: u32::try_from(sequence).unwrap_or(u32::MAX), at: at.map(instant).transpose()? })
}

/// Texts are made fit to show before they get any meaning.
fn read_overrides(json: &str) -> serde_json::Result<Vec<OverrideRow>> {
    let mut rows: Value = serde_json::from_str(json)?;
    keep_texts(&mut rows);
    serde_json::from_value(rows)
}

fn keep_texts(value: &mut Value) {
    match value {
        Value::String(text) => *text = text::kept_lines(std::mem::take(text)),
        Value::Array(items) => items.iter_mut().for_each(keep_texts),
        Value::Object(members) => members.values_mut().for_each(keep_texts),
        _ => {}
    }
}

/// Topics or standards as they are kept today.
fn labels(kept: Vec<String>) -> Vec<String> {
    kept.into_iter().map(text::kept_line).collect()
}

/// Those of which the history tells something after its line `head`, in the order of their ids.
pub async fn fetch_changed(connection: &mut SqliteConnection, head: i64) -> Result<Vec<Event>> {
    let rows = select!("WHERE id IN (SELECT event_id FROM history WHERE history.id > $1) ORDER BY id", head);
    rows.fetch_all(connection).await?.into_iter().map(Event::try_from).collect()
}

/// Those with these ids that are there, in the order of their ids.
pub async fn fetch_by_ids(connection: &mut SqliteConnection, ids: &[i64]) -> Result<Vec<Event>> {
    let ids = words_to_json(ids);
    let rows = select!("WHERE id IN (SELECT value FROM json_each($1)) ORDER BY id", ids);
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
    let mut rows = select!("WHERE id > $1 AND id <= $2 ORDER BY id", after, until).fetch(connection);
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
    save_watched(transaction, events, &Progress::default()).await
}

/// The same, which tells how many are written.
pub async fn save_watched(
    transaction: &mut Transaction<'_, Sqlite>,
    events: &[&Event],
    progress: &Progress,
) -> Result<()> {
    for event in events.iter().filter(|event| event.details.repeat.is_some()) {
        // What could not be read back would make all events unreadable.
        Event::try_from(EventRow::from(*event)).map_err(|error| Invalid(format!("event {}: {error}", event.id)))?;
    }
    write_in_lots(transaction, events, upsert, progress).await
}

/// Writes items by statements of many rows. While SQLite writes some, on a thread of its own, the next are made ready.
async fn write_in_lots<T>(
    transaction: &mut Transaction<'_, Sqlite>,
    items: &[T],
    statement: impl Fn(&[T]) -> QueryBuilder<Sqlite>,
    progress: &Progress,
) -> Result<()> {
    let mut done = 0;
    let mut lots = items.chunks(ROWS_AT_ONCE);
    let mut next = lots.next().map(&statement);
    while let Some(mut lot) = next {
        let (written, ready) =
            join(lot.build().execute(&mut **transaction), async { lots.next().map(&statement) }).await;
        written?;
        done = items.len().min(done + ROWS_AT_ONCE);
        progress.at(done as u64);
        next = ready;
    }
    Ok(())
}

fn upsert(events: &[&Event]) -> QueryBuilder<Sqlite> {
    let named: Vec<_> = COLUMNS.iter().map(|name| format!("\"{name}\"")).collect();
    let mut upsert = QueryBuilder::new(format!("INSERT INTO event ({}) ", named.join(", ")));
    upsert.push_values(events.iter().map(|event| EventRow::from(*event)), |mut values, row| row.bind(&mut values));
    let changing = named.iter().filter(|name| !FOR_EVER.contains(&name.as_str()));
    let set: Vec<_> = changing.map(|name| format!("{name} = excluded.{name}")).collect();
    upsert.push(format!(" ON CONFLICT (id) DO UPDATE SET {}", set.join(", ")));
    upsert
}

/// Appends lines of history that somebody made, each with the id of its event.
pub async fn append_history(
    transaction: &mut Transaction<'_, Sqlite>,
    by: &Actor,
    lines: &[(i64, HistoryEntry)],
) -> Result<()> {
    append_watched(transaction, by, lines, &Progress::default()).await
}

/// The same, which tells how many are written.
pub async fn append_watched(
    transaction: &mut Transaction<'_, Sqlite>,
    by: &Actor,
    lines: &[(i64, HistoryEntry)],
    progress: &Progress,
) -> Result<()> {
    let by = by.to_string();
    let insert = |some: &[(i64, HistoryEntry)]| {
        let mut insert = QueryBuilder::<Sqlite>::new(
            "INSERT INTO history (event_id, at, actor, action, occurrence, field, before, after, tell) ",
        );
        insert.push_values(some, |mut values, (event_id, entry)| {
            values.push_bind(event_id).push_bind(entry.at.as_second()).push_bind(&by).push_bind(entry.action.as_str());
            values.push_bind(entry.occurrence.map(|start| start.to_string()));
            values
                .push_bind(entry.about.as_ref().map(Aspect::to_string))
                .push_bind(&entry.before)
                .push_bind(&entry.after)
                .push_bind(entry.tell.map(Tell::as_str));
        });
        insert
    };
    write_in_lots(transaction, lines, insert, progress).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::event::{Kind, Status};

    fn weekly() -> Event {
        let when = When::parse("2020-09-15 09:00", Some("2020-09-15 10:00"), Zone::utc()).unwrap();
        let rule = Rule::read("FREQ=WEEKLY", when.start(), when.zone()).unwrap();
        let repeat = Recurrence::new(Some(rule), Vec::new(), Vec::new(), &when).unwrap();
        let details = Details { repeat: Some(Box::new(repeat)), ..Details::new(Kind::Meeting, "Plenary", when) };
        Event::new(1, "u".into(), details, jiff::Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn a_date_that_an_older_version_kept_whole_is_read_as_what_is_different_about_it() {
        let old = r#"[{"occurrence":"2020-09-22T09:00","kind":"meeting","title":"Plenary","start":"2020-09-22T09:00",
            "end":"2020-09-22T10:00","timezone":"UTC","status":"confirmed","location":"Hall\u001b 2","organizer":"",
            "topics":[],"standards":[],"url":"","description":"","cancel_reason":"","ended_at":null},
            {"occurrence":"2020-09-29T09:00","kind":"meeting","title":"Plenary","start":"2020-09-29T09:00",
            "end":null,"timezone":"UTC","status":"cancelled","location":"","organizer":"",
            "topics":[],"standards":[],"url":"","description":"","cancel_reason":"a holiday","ended_at":7}]"#;
        let row = EventRow { overrides: old.into(), ..EventRow::from(&weekly()) };
        let event = Event::try_from(row).unwrap();
        let patches: Vec<_> = event.overrides.iter().map(|change| change.patch.clone()).collect();
        assert_eq!(patches[0], EventPatch { location: Some("Hall 2".into()), ..EventPatch::default() });
        assert_eq!(
            (patches[1].status, patches[1].end, &patches[1].title),
            (Some(Status::Cancelled), Some(None), &None)
        );
        let date = event.occurrence("2020-09-29T09:00".parse().unwrap());
        assert_eq!((date.cancel_reason.as_str(), date.ended_at.map(|at| at.as_second())), ("a holiday", Some(7)));
        // And what is kept from here on says no more than that.
        let kept = EventRow::from(&event).overrides;
        assert!(
            kept.contains(
                r#"{"occurrence":"2020-09-22T09:00","cancel_reason":"","ended_at":null,"location":"Hall 2"}"#
            ),
            "{kept}"
        );
        assert_eq!(Event::try_from(EventRow { overrides: kept, ..EventRow::from(&event) }).unwrap(), event);
    }
}
