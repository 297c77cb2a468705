//! Taking in many events at once: reads what may match, and writes what was decided of it.

use std::collections::{BTreeSet, HashMap, HashSet};

use jiff::Timestamp;
use sqlx::{Sqlite, SqliteConnection, Transaction};

use super::history::HistoryRow;
use super::row::{append_history, append_watched, fetch_by_ids, next_id, save, save_watched};
use super::{Result, Store, new_uid, parsed, words_to_json};
use crate::clock::whole_second;
use crate::domain::actor::Actor;
use crate::domain::event::{Event, Revision, Status};
use crate::domain::import::decide::decide;
use crate::domain::import::{
    ByHand, ContentKey, ImportCounts, ImportEntry, ImportOrigin, Imported, Known, Needed, in_doubt,
};
use crate::domain::text;
use crate::progress::Progress;

impl Store {
    /// Adds what is new, updates what changed, in one transaction.
    pub async fn import_events(
        &self,
        by: &Actor,
        entries: Vec<ImportEntry>,
        origin: ImportOrigin<'_>,
    ) -> Result<ImportCounts> {
        self.progress.begin("comparing it with what is known");
        let mut transaction = self.begin().await?;
        let counts = take_in(&mut transaction, by, entries, origin, self.now(), &self.progress).await?;
        if !origin.dry_run {
            let _settling = self.progress.settle();
            transaction.commit().await?;
        }
        Ok(counts)
    }
}

/// The same in a transaction of somebody else's.
pub async fn take_in(
    transaction: &mut Transaction<'_, Sqlite>,
    by: &Actor,
    entries: Vec<ImportEntry>,
    origin: ImportOrigin<'_>,
    now: Timestamp,
    progress: &Progress,
) -> Result<ImportCounts> {
    let (_, imported) = decided(transaction, entries, origin, now).await?;
    if !origin.dry_run {
        let events: Vec<_> = imported.events.iter().collect();
        progress.begin_counted("writing events", events.len());
        save_watched(transaction, &events, progress).await?;
        progress.begin_counted("writing their history", imported.history.len());
        append_watched(transaction, by, &imported.history, progress).await?;
        keep_foreign_uids(transaction, &imported.foreign_uids).await?;
    }
    Ok(imported.counts)
}

/// What came of entries that may make drafts and change drafts, and nothing else.
#[derive(Debug, Default)]
pub struct Sifted {
    pub added: Vec<Event>,
    /// Drafts, as they are now.
    pub revised: Vec<Event>,
    /// What is published, cancelled or removed, and what it would have become.
    pub withheld: Vec<(Event, Event)>,
    pub counts: ImportCounts,
}

/// Keeps what entries tell of drafts; all else stays as it is.
pub async fn sift(
    transaction: &mut Transaction<'_, Sqlite>,
    by: &Actor,
    entries: Vec<ImportEntry>,
    origin: ImportOrigin<'_>,
    now: Timestamp,
) -> Result<Sifted> {
    let (before, Imported { events, history, counts, .. }) = decided(transaction, entries, origin, now).await?;
    let before: HashMap<i64, Event> = before.into_iter().map(|event| (event.id, event)).collect();
    let mut sifted = Sifted { counts, ..Sifted::default() };
    for event in events {
        match before.get(&event.id) {
            None => sifted.added.push(event),
            Some(known) if known.details.status == Status::Draft && !known.removed => sifted.revised.push(event),
            Some(known) => sifted.withheld.push((known.clone(), event)),
        }
    }
    let kept: Vec<&Event> = sifted.added.iter().chain(&sifted.revised).collect();
    let ids: HashSet<i64> = kept.iter().map(|event| event.id).collect();
    save(transaction, &kept).await?;
    let lines: Vec<_> = history.into_iter().filter(|(id, _)| ids.contains(id)).collect();
    append_history(transaction, by, &lines).await?;
    Ok(sifted)
}

/// What becomes of the entries, and the events as they are before that.
async fn decided(
    transaction: &mut Transaction<'_, Sqlite>,
    entries: Vec<ImportEntry>,
    origin: ImportOrigin<'_>,
    now: Timestamp,
) -> Result<(Vec<Event>, Imported)> {
    let events = fetch_needed(transaction, &Needed::of(&entries, origin), origin.source).await?;
    let foreign_uids = fetch_foreign_uids(transaction, origin.source).await?;
    let by_hand = ByHand::of(&fetch_by_hand(transaction, &in_doubt(&entries, &events, &foreign_uids)).await?);
    let before = events.clone();
    let known = Known { events, foreign_uids, next_id: next_id(transaction).await?, by_hand };
    Ok((before, decide(entries, known, origin, whole_second(now), || new_uid(origin.host))))
}

/// Who described these events, and who published them, oldest first.
async fn fetch_by_hand(connection: &mut SqliteConnection, ids: &[i64]) -> Result<Vec<Revision>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids = words_to_json(ids);
    let rows = sqlx::query_as!(
        HistoryRow,
        "SELECT id AS line, event_id, at, actor, action, occurrence, field, before, after, tell FROM history
         WHERE event_id IN (SELECT value FROM json_each($1)) AND (action = 'published' OR field = 'description')
         ORDER BY id",
        ids
    );
    rows.fetch_all(connection).await?.into_iter().map(Revision::try_from).collect()
}

/// In the order of their ids. Nobody else writes while these are read, so there must be few.
async fn fetch_needed(
    connection: &mut SqliteConnection,
    needed: &Needed<'_>,
    source: Option<&str>,
) -> Result<Vec<Event>> {
    let mut ids = find_alike(connection, &needed.contents, source).await?;
    let (uids, series) = (words_to_json(&needed.uids), words_to_json(&needed.series));
    let named = sqlx::query_scalar!(
        r#"SELECT id AS "id!" FROM event WHERE uid IN (SELECT value FROM json_each($1))
           UNION ALL SELECT id FROM event WHERE source = $2
           UNION ALL SELECT event.id FROM json_each($3) AS series CROSS JOIN event
               ON uid > series.value || '#' AND uid < series.value || '$'"#,
        uids,
        needed.all_of,
        series
    );
    ids.extend(named.fetch_all(&mut *connection).await?);
    fetch_by_ids(connection, &ids).await
}

/// By which UIDs a source knows its events, where these are not their own, by their ids.
async fn fetch_foreign_uids(connection: &mut SqliteConnection, source: Option<&str>) -> Result<HashMap<i64, String>> {
    let Some(source) = source else { return Ok(HashMap::new()) };
    let rows = sqlx::query!(
        "SELECT event_id, foreign_uid.uid FROM event JOIN foreign_uid ON event_id = event.id WHERE source = $1",
        source
    );
    Ok(rows.fetch_all(connection).await?.into_iter().map(|row| (row.event_id, row.uid)).collect())
}

async fn keep_foreign_uids(connection: &mut SqliteConnection, uids: &[(i64, Option<String>)]) -> Result<()> {
    if uids.is_empty() {
        return Ok(());
    }
    let uids = words_to_json(uids);
    sqlx::query!(
        "INSERT INTO foreign_uid (event_id, uid)
         SELECT told.value ->> 0, told.value ->> 1 FROM json_each($1) AS told WHERE told.value ->> 1 IS NOT NULL
         ON CONFLICT (event_id) DO UPDATE SET uid = excluded.uid",
        uids
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "DELETE FROM foreign_uid WHERE event_id IN
           (SELECT told.value ->> 0 FROM json_each($1) AS told WHERE told.value ->> 1 IS NULL)",
        uids
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Those of the same source that say one of these. Titles are compared as they are read, not as a row has kept them.
async fn find_alike(
    connection: &mut SqliteConnection,
    contents: &BTreeSet<ContentKey<'_>>,
    source: Option<&str>,
) -> Result<Vec<i64>> {
    let dates: BTreeSet<_> = contents.iter().map(|key| (key.start, key.kind)).collect();
    let dates = words_to_json(dates);
    let rows = sqlx::query!(
        r#"SELECT event.id AS "id!", kind, start, title
           FROM json_each($1) AS date CROSS JOIN event ON start = date.value ->> 0 AND kind = date.value ->> 1
           WHERE source IS $2"#,
        dates,
        source
    );
    let mut ids = Vec::new();
    for row in rows.fetch_all(connection).await? {
        let title = text::kept_line(row.title);
        let key = ContentKey { kind: parsed(&row.kind)?, start: parsed(&row.start)?, title: title.into() };
        ids.extend(contents.contains(&key).then_some(row.id));
    }
    Ok(ids)
}
