//! What was seen of watched pages and feeds, and drafts of what they tell.

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;
use jiff::civil::Date;
use sqlx::{Sqlite, SqliteConnection, Transaction};

use super::drafts::note_move;
use super::{Result, Store, from_json, parsed, to_json, words_to_json};
use crate::clock::whole_second;
use crate::domain::actor::Actor;
use crate::domain::event::{Action, Event, HistoryEntry, Kind};
use crate::domain::text;
use crate::domain::watch::{Decided, Known, Seen, SeenProposal, SeenText};
use crate::domain::when::Point;

/// When something was seen is kept to the day: a look at what did not change writes nothing.
const FRESH: i64 = 24 * 60 * 60;

/// What is not there any more is known for so long, in seconds.
const KEPT: i64 = 366 * 24 * 60 * 60;

/// As many rows are cleared at once.
const LOT: i64 = 1000;

/// What has to be known of events to decide on a look.
#[derive(Debug, Default)]
pub struct Wanted {
    pub uids: BTreeSet<String>,
    pub starts: BTreeSet<(Point, Kind)>,
    /// The days on which something was to be before.
    pub days: BTreeSet<(Date, Kind)>,
}

impl Store {
    /// What was seen of the source at this address.
    pub async fn watched(&self, source: &str) -> Result<Seen> {
        fetch(&mut *self.read.acquire().await?, source).await
    }

    /// Lets `decide` say what becomes of what a source tells now, and keeps it: drafts with their history, and what was seen.
    pub async fn keep_look<T>(
        &self,
        by: &Actor,
        source: &str,
        wanted: &Wanted,
        decide: impl FnOnce(Known) -> (Decided, T),
    ) -> Result<T> {
        let now = whole_second(self.now());
        let mut transaction = self.begin().await?;
        let seen = fetch(&mut transaction, source).await?;
        let ids: BTreeSet<i64> = seen.proposals.iter().flat_map(|seen| [seen.event_id, seen.moves]).flatten().collect();
        let uids: Vec<&str> = wanted.uids.iter().map(String::as_str).collect();
        let mut all = super::events::ids_like(&mut transaction, &uids, &wanted.starts, &wanted.days).await?;
        all.extend(ids);
        let events = super::events::by_ids(&mut transaction, &all).await?;
        let touched = touched(&mut transaction, &all).await?;
        let (decided, told) = decide(Known { seen, events, touched });
        let added = keep_drafts(&mut transaction, by, &decided, now).await?;
        keep_seen(&mut transaction, source, &decided, &added, now).await?;
        transaction.commit().await?;
        Ok(told)
    }

    /// How much is remembered of a source, how much of it was proposed, and how many drafts of it wait for an editor.
    pub async fn watched_figures(&self, source: &str) -> Result<[usize; 3]> {
        let row = sqlx::query!(
            r#"SELECT (SELECT count(*) FROM watched_text WHERE source = $1) AS "texts!: i64",
                      (SELECT count(DISTINCT event_id) FROM watched_proposal WHERE source = $1) AS "proposed!: i64",
                      (SELECT count(DISTINCT event.id) FROM watched_proposal JOIN event ON event.id = event_id
                       WHERE watched_proposal.source = $1 AND status = 'draft' AND removed = 0) AS "drafts!: i64""#,
            source
        );
        let row = row.fetch_one(&self.read).await?;
        Ok([row.texts, row.proposed, row.drafts].map(|count| usize::try_from(count).unwrap_or_default()))
    }

    /// A source is as it was: what is remembered of it goes on being there.
    pub async fn watched_is_there_still(&self, source: &str) -> Result<()> {
        let now = self.now().as_second();
        let stale = now - FRESH;
        // What was gone before it was seen last is not there.
        sqlx::query!(
            "UPDATE watched_text SET seen_at = $2 WHERE source = $1 AND seen_at < $3
               AND seen_at >= (SELECT max(seen_at) FROM watched_text WHERE source = $1) - $4",
            source,
            now,
            stale,
            FRESH
        )
        .execute(&self.write)
        .await?;
        sqlx::query!(
            "UPDATE watched_proposal SET seen_at = $2 WHERE source = $1 AND seen_at < $3 AND is_told = 1",
            source,
            now,
            stale
        )
        .execute(&self.write)
        .await?;
        Ok(())
    }

    /// Clears a lot of what has not been there for a year; how many.
    pub async fn clear_watched(&self) -> Result<u64> {
        let before = self.now().as_second() - KEPT;
        let texts = sqlx::query!(
            "DELETE FROM watched_text WHERE (source, key) IN
                (SELECT source, key FROM watched_text WHERE seen_at < $1 LIMIT $2)",
            before,
            LOT
        );
        let proposals = sqlx::query!(
            "DELETE FROM watched_proposal WHERE (source, uid) IN
                (SELECT source, uid FROM watched_proposal WHERE seen_at < $1 LIMIT $2)",
            before,
            LOT
        );
        let cleared = texts.execute(&self.write).await?.rows_affected();
        Ok(cleared + proposals.execute(&self.write).await?.rows_affected())
    }
}

async fn fetch(connection: &mut SqliteConnection, source: &str) -> Result<Seen> {
    let texts = sqlx::query!("SELECT key, link, title, hash, tries FROM watched_text WHERE source = $1", source);
    let texts = texts.fetch_all(&mut *connection).await?.into_iter().map(|row| SeenText {
        key: row.key,
        link: row.link,
        title: row.title,
        hash: row.hash,
        tries: row.tries.map(|tries| u32::try_from(tries).unwrap_or(u32::MAX)),
    });
    let texts = texts.collect();
    let rows = sqlx::query!(
        "SELECT uid, item, kind, title, standards, start, event_id, moves, is_told FROM watched_proposal WHERE source = $1",
        source
    );
    let proposals = rows.fetch_all(connection).await?.into_iter().map(|row| {
        Ok(SeenProposal {
            uid: row.uid,
            item: row.item,
            kind: parsed(&row.kind)?,
            title: text::kept_line(row.title),
            standards: from_json(&row.standards)?,
            start: parsed(&row.start)?,
            event_id: row.event_id,
            moves: row.moves,
            is_told: row.is_told != 0,
        })
    });
    Ok(Seen { texts, proposals: proposals.collect::<Result<_>>()? })
}

/// Those of these events that somebody changed who is no source.
async fn touched(connection: &mut SqliteConnection, ids: &[i64]) -> Result<Vec<i64>> {
    let ids = words_to_json(ids);
    let touched = sqlx::query_scalar!(
        "SELECT DISTINCT event_id FROM history
         WHERE event_id IN (SELECT value FROM json_each($1)) AND actor NOT LIKE 'source %'",
        ids
    );
    Ok(touched.fetch_all(connection).await?)
}

/// The ids of what was added, by UID.
async fn keep_drafts(
    transaction: &mut Transaction<'_, Sqlite>,
    by: &Actor,
    decided: &Decided,
    now: Timestamp,
) -> Result<HashMap<String, i64>> {
    let first = super::events::next_id(transaction).await?;
    let (mut added, mut events, mut lines) = (HashMap::new(), Vec::new(), Vec::new());
    for (id, (uid, details)) in (first..).zip(&decided.added) {
        lines.push((id, HistoryEntry::of(Action::Added, now)));
        events.push(Event::new(id, uid.clone(), details.clone(), now));
        added.insert(uid.clone(), id);
    }
    let revised: Vec<i64> = decided.revised.iter().map(|(id, _)| *id).collect();
    for mut event in super::events::by_ids(transaction, &revised).await? {
        let Some((_, details)) = decided.revised.iter().find(|(id, _)| *id == event.id) else { continue };
        let entries = event.revise(details.clone(), now)?;
        lines.extend(entries.into_iter().map(|entry| (event.id, entry)));
        events.push(event);
    }
    super::events::keep(transaction, by, &events, &lines).await?;
    Ok(added)
}

async fn keep_seen(
    transaction: &mut Transaction<'_, Sqlite>,
    source: &str,
    decided: &Decided,
    added: &HashMap<String, i64>,
    now: Timestamp,
) -> Result<()> {
    let now = now.as_second();
    let stale = now - FRESH;
    for text in &decided.texts {
        let SeenText { key, link, title, hash, tries } = text;
        sqlx::query!(
            "INSERT INTO watched_text (source, key, link, title, hash, tries, seen_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (source, key) DO UPDATE
                SET link = excluded.link, title = excluded.title, hash = excluded.hash, tries = excluded.tries,
                    seen_at = excluded.seen_at
              WHERE hash <> excluded.hash OR tries IS NOT excluded.tries OR seen_at < $8
                 OR link <> excluded.link OR title <> excluded.title",
            source,
            key,
            link,
            title,
            hash,
            tries,
            now,
            stale
        )
        .execute(&mut **transaction)
        .await?;
    }
    for seen in &decided.proposals {
        let (kind, standards, start) = (seen.kind.as_str(), to_json(&seen.standards), seen.start.to_string());
        let event_id = added.get(&seen.uid).copied().or(seen.event_id);
        sqlx::query!(
            "INSERT INTO watched_proposal
                (source, uid, item, kind, title, standards, start, event_id, moves, is_told, seen_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
             ON CONFLICT (source, uid) DO UPDATE
                SET item = excluded.item, kind = excluded.kind, title = excluded.title, standards = excluded.standards,
                    start = excluded.start, event_id = excluded.event_id, moves = excluded.moves,
                    is_told = excluded.is_told, seen_at = excluded.seen_at",
            source,
            seen.uid,
            seen.item,
            kind,
            seen.title,
            standards,
            start,
            event_id,
            seen.moves,
            seen.is_told,
            now
        )
        .execute(&mut **transaction)
        .await?;
        if let (Some(draft), Some(event)) = (event_id, seen.moves) {
            note_move(transaction, draft, event).await?;
        }
    }
    Ok(())
}
