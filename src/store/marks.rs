//! What editors want of single entries of editions to come.

use std::collections::HashMap;

use jiff::Timestamp;
use sqlx::{Sqlite, SqliteExecutor, Transaction};

use super::acts::note;
use super::notes::refuse_made;
use super::{Error, Result, Store, parsed};
use crate::domain::act::Deed;
use crate::domain::actor::Actor;
use crate::domain::edition::Edition;
use crate::domain::mark::{Carried, EditionMarks, Entry, Mark, Marked};
use crate::domain::note::Spoken;
use crate::domain::refused::{Noun, Refused};

/// What is wanted of entries.
#[derive(Debug, Clone, Copy)]
pub struct MarkWish<'a> {
    pub mark: Mark,
    pub entries: &'a [Entry],
    /// Of all editions to come.
    pub is_for_good: bool,
}

impl MarkWish<'_> {
    fn said(&self, of: Timestamp) -> String {
        let entries: Vec<_> = self.entries.iter().map(Entry::to_string).collect();
        let of = if self.is_for_good { "for good".to_owned() } else { of.to_string() };
        format!("{of}: {} {}", self.mark, entries.join(", "))
    }
}

impl Store {
    /// What an edition of this moment goes by if it is made now.
    pub async fn marks(&self, digest: &str, moment: Timestamp) -> Result<EditionMarks> {
        fetch_marks(&self.read, digest, moment, self.now()).await
    }

    /// Keeps what is wanted of entries of an edition to come, all of it or, if one is so already, nothing.
    pub async fn keep_marks(&self, by: &Actor, digest: &str, of: Spoken, wish: MarkWish<'_>) -> Result<()> {
        let mut transaction = self.begin().await?;
        let now = self.now();
        if !wish.is_for_good {
            refuse_made(&mut transaction, digest, of.moment).await?;
        }
        let known = fetch_marks(&mut *transaction, digest, of.moment, now).await?;
        for entry in wish.entries {
            refuse_marked(digest, &known, *entry, wish)?;
        }
        if wish.mark == Mark::LeftOut {
            // What is left out stands nowhere.
            let put_first = known.0.iter().filter(|known| known.mark == Mark::PutFirst);
            let gone = put_first.filter(|known| wish.entries.iter().any(|entry| entry.covers(known.entry)));
            for marked in gone {
                remove(&mut transaction, digest, of.moment, now, marked).await?;
            }
        }
        let moment = (!wish.is_for_good).then_some(of.moment.as_second());
        let first = sqlx::query_scalar!(
            r#"SELECT coalesce(min(place), 0) AS "first!: i64" FROM edition_mark WHERE digest = $1 AND edition_id IS NULL"#,
            digest
        )
        .fetch_one(&mut *transaction)
        .await?;
        // What is said later comes before, in its own order.
        let places = first - i64::try_from(wish.entries.len()).unwrap_or_default()..;
        let (mark, actor, said_at) = (wish.mark.as_str(), by.to_string(), now.as_second());
        for (place, entry) in places.zip(wish.entries) {
            let ((what, id), occurrence) = (entry.parts(), occurrence_of(*entry));
            sqlx::query!(
                "INSERT INTO edition_mark (digest, scheduled_for, is_next, mark, what, entry, occurrence, place, actor, said_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                digest,
                moment,
                of.is_next,
                mark,
                what,
                id,
                occurrence,
                place,
                actor,
                said_at
            )
            .execute(&mut *transaction)
            .await?;
        }
        note(&mut transaction, now, by, Deed::Arranged, (Noun::Digest, digest), &wish.said(of.moment)).await?;
        Ok(transaction.commit().await?)
    }

    /// Takes back what is wanted of entries of an edition to come, all of it or, if one is not so, nothing.
    pub async fn clear_marks(&self, by: &Actor, digest: &str, of: Spoken, wish: MarkWish<'_>) -> Result<()> {
        let mut transaction = self.begin().await?;
        let now = self.now();
        if !wish.is_for_good {
            refuse_made(&mut transaction, digest, of.moment).await?;
        }
        let known = fetch_marks(&mut *transaction, digest, of.moment, now).await?;
        for entry in wish.entries {
            let it = known
                .0
                .iter()
                .find(|known| (known.entry, known.mark, known.is_for_good) == (*entry, wish.mark, wish.is_for_good));
            let it = it.ok_or_else(|| not_so(digest, &known, *entry, wish))?;
            remove(&mut transaction, digest, of.moment, now, it).await?;
        }
        let said = format!("{}: taken back", wish.said(of.moment));
        note(&mut transaction, now, by, Deed::Arranged, (Noun::Digest, digest), &said).await?;
        Ok(transaction.commit().await?)
    }

    /// What an edition went by, and what is wanted of all since.
    pub async fn marks_of(&self, edition: &Edition) -> Result<EditionMarks> {
        let rows = sqlx::query!(
            r#"SELECT mark, what, entry, occurrence, scheduled_for IS NULL AS "is_for_good!: bool" FROM edition_mark
               WHERE edition_id = $1 OR digest = $2 AND scheduled_for IS NULL
               ORDER BY place, id"#,
            edition.id,
            edition.digest
        );
        let marks = rows.fetch_all(&self.read).await?.into_iter().map(|row| {
            let entry = entry_of(&row.what, row.entry, row.occurrence)?;
            Ok(Marked { entry, mark: parsed(&row.mark)?, is_for_good: row.is_for_good })
        });
        Ok(EditionMarks(marks.collect::<Result<_>>()?))
    }

    /// What the edition of a digest before this one left out, by number.
    pub async fn carried_into(&self, digest: &str, number: i64) -> Result<Vec<Carried>> {
        let before = number - 1;
        let rows = sqlx::query!(
            r#"SELECT what, entry, occurrence, since AS "since!"
               FROM edition_mark JOIN edition ON edition.id = edition_id
               WHERE digest = $1 AND number = $2 AND mark = 'left-out' AND since IS NOT NULL
                 AND edition_mark.scheduled_for IS NOT NULL
               ORDER BY edition_mark.id"#,
            digest,
            before
        );
        let carried = rows.fetch_all(&self.read).await?.into_iter().map(|row| {
            let entry = entry_of(&row.what, row.entry, row.occurrence)?;
            Ok(Carried { entry, since: row.since })
        });
        carried.collect()
    }
}

fn occurrence_of(entry: Entry) -> String {
    match entry {
        Entry::Event { occurrence: Some(start), .. } => start.to_string(),
        _ => String::new(),
    }
}

fn entry_of(what: &str, id: i64, occurrence: String) -> Result<Entry> {
    match what {
        "event" => {
            let occurrence = Some(occurrence).filter(|start| !start.is_empty());
            Ok(Entry::Event { id, occurrence: occurrence.as_deref().map(parsed).transpose()? })
        }
        "article" => Ok(Entry::Article { id }),
        other => Err(Error::Damaged(format!("`{other}` is no kind of entry"))),
    }
}

/// What can't be wanted beside what is wanted already.
fn refuse_marked(digest: &str, known: &EditionMarks, entry: Entry, wish: MarkWish<'_>) -> Result<()> {
    let of = |mark: Mark| known.of(entry).find(move |known| known.mark == mark);
    let said = match (of(Mark::LeftOut), wish.mark) {
        (Some(out), Mark::LeftOut) if out.is_for_good => format!("{entry} is left out of {digest} for good already"),
        (Some(_), Mark::LeftOut) if !wish.is_for_good => format!("{entry} is left out of this edition already"),
        (Some(out), Mark::PutFirst | Mark::Added) => match out.is_for_good {
            true => format!("{entry} is left out of {digest} for good"),
            false => format!("{entry} is left out of this edition"),
        },
        (_, Mark::PutFirst) if of(Mark::PutFirst).is_some() => format!("{entry} is put first already"),
        (_, Mark::Added) if of(Mark::Added).is_some() => format!("{entry} is added already"),
        (_, Mark::LeftOut) if of(Mark::Added).is_some() => {
            format!("{entry} is added to this edition: taken back, that is told no more")
        }
        _ => return Ok(()),
    };
    Err(Refused::conflict(said).about(Noun::Digest, digest).in_field("entries").into())
}

/// Why nothing can be taken back.
fn not_so(digest: &str, known: &EditionMarks, entry: Entry, wish: MarkWish<'_>) -> Error {
    let is_otherwise = known.of(entry).any(|it| it.mark == wish.mark && it.is_for_good != wish.is_for_good);
    let said = match (wish.mark, wish.is_for_good) {
        (Mark::LeftOut, false) if is_otherwise => {
            format!("{entry} is left out of {digest} for good, not of this edition alone")
        }
        (Mark::LeftOut, true) if is_otherwise => format!("{entry} is left out of this edition alone, not for good"),
        (Mark::LeftOut, false) => format!("{entry} is not left out of this edition"),
        (Mark::LeftOut, true) => format!("{entry} is not left out of {digest} for good"),
        (Mark::PutFirst, _) => format!("{entry} is not put first"),
        (Mark::Added, _) => format!("{entry} is not added to this edition"),
    };
    Refused::conflict(said).about(Noun::Digest, digest).in_field("entries").into()
}

/// What an edition of this moment goes by if it is made now: what was said of it, of the next edition, if this is it, of
/// those that should have come before, and of all. What is said of the latest moment counts.
pub(super) async fn fetch_marks(
    executor: impl SqliteExecutor<'_>,
    digest: &str,
    moment: Timestamp,
    now: Timestamp,
) -> Result<EditionMarks> {
    let (at, passed) = (moment.as_second(), moment.min(now).as_second());
    let rows = sqlx::query!(
        r#"SELECT scheduled_for, mark, what, entry, occurrence FROM edition_mark
           WHERE digest = $1
             AND (scheduled_for IS NULL
                  OR edition_id IS NULL
                     AND (scheduled_for = $2 OR scheduled_for < $3 OR (is_next AND $2 BETWEEN said_at AND scheduled_for)))
           ORDER BY place, id"#,
        digest,
        at,
        passed
    );
    let mut marks = Vec::new();
    let mut latest: HashMap<Entry, i64> = HashMap::new();
    for row in rows.fetch_all(executor).await? {
        let entry = entry_of(&row.what, row.entry, row.occurrence)?;
        if let Some(of) = row.scheduled_for {
            let known = latest.entry(entry).or_insert(of);
            *known = of.max(*known);
        }
        marks.push((
            row.scheduled_for,
            Marked { entry, mark: parsed(&row.mark)?, is_for_good: row.scheduled_for.is_none() },
        ));
    }
    let is_latest =
        |of: &Option<i64>, entry: &Entry| of.is_none_or(|of| latest.get(entry).is_none_or(|known| *known == of));
    let counting = marks.into_iter().filter(|(of, marked)| is_latest(of, &marked.entry));
    let mut marks: Vec<Marked> = Vec::new();
    for (_, marked) in counting {
        if !marks.contains(&marked) {
            marks.push(marked);
        }
    }
    Ok(EditionMarks(marks))
}

/// Takes one out of what an edition of this moment would go by. What was for good has left it out of editions that were
/// made meanwhile: it is as if the last of them had left it out alone, so that the next tells it.
async fn remove(
    transaction: &mut Transaction<'_, Sqlite>,
    digest: &str,
    moment: Timestamp,
    now: Timestamp,
    marked: &Marked,
) -> Result<()> {
    let (at, passed) = (moment.as_second(), moment.min(now).as_second());
    let ((what, id), occurrence, mark) = (marked.entry.parts(), occurrence_of(marked.entry), marked.mark.as_str());
    if marked.is_for_good {
        sqlx::query!(
            "UPDATE edition_mark SET scheduled_for = (SELECT scheduled_for FROM edition WHERE edition.id = edition_id)
             WHERE digest = $1 AND scheduled_for IS NULL AND edition_id IS NOT NULL
               AND mark = $2 AND what = $3 AND entry = $4 AND occurrence = $5",
            digest,
            mark,
            what,
            id,
            occurrence
        )
        .execute(&mut **transaction)
        .await?;
    }
    sqlx::query!(
        "DELETE FROM edition_mark
         WHERE digest = $1 AND edition_id IS NULL AND mark = $4 AND what = $5 AND entry = $6 AND occurrence = $7
           AND iif($8, scheduled_for IS NULL,
                   scheduled_for = $2 OR scheduled_for < $3 OR (is_next AND $2 BETWEEN said_at AND scheduled_for))",
        digest,
        at,
        passed,
        mark,
        what,
        id,
        occurrence,
        marked.is_for_good
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// Part of the transaction that makes the edition: what it went by is done, and what it left out is told by the next, from
/// where that begins or, if it was left out before, from where it should have been told first.
pub(super) async fn use_marks(
    transaction: &mut Transaction<'_, Sqlite>,
    digest: &str,
    moment: Timestamp,
    now: Timestamp,
    (edition_id, history_since): (i64, i64),
) -> Result<()> {
    let (at, passed) = (moment.as_second(), moment.min(now).as_second());
    sqlx::query!(
        "UPDATE edition_mark
         SET edition_id = $4,
             since = coalesce(since,
                              (SELECT min(before.since) FROM edition_mark before JOIN edition last ON last.id = before.edition_id
                               WHERE before.digest = edition_mark.digest AND before.mark = 'left-out'
                                 AND before.what = edition_mark.what AND before.entry = edition_mark.entry
                                 AND last.number = (SELECT number - 1 FROM edition made WHERE made.id = $4)),
                              $5)
         WHERE digest = $1
           AND (scheduled_for IS NULL
                OR edition_id IS NULL
                   AND (scheduled_for = $2 OR scheduled_for < $3 OR (is_next AND $2 BETWEEN said_at AND scheduled_for)))",
        digest,
        at,
        passed,
        edition_id,
        history_since
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// Part of the transaction that settles a moment without an edition: what was wanted of it had its time. Nothing was told,
/// so the next edition begins where this one would have.
pub(super) async fn drop_marks(
    transaction: &mut Transaction<'_, Sqlite>,
    digest: &str,
    moment: Timestamp,
) -> Result<()> {
    let at = moment.as_second();
    sqlx::query!(
        "DELETE FROM edition_mark WHERE digest = $1 AND edition_id IS NULL AND scheduled_for <= $2",
        digest,
        at
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}
