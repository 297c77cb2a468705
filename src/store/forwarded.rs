//! Mails that editors forward: what comes of one is kept together, drafts, answer, and that it was taken.

use std::collections::BTreeMap;

use data_encoding::HEXLOWER;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use sqlx::{Sqlite, Transaction};

use super::alerts::queue_notice;
use super::drafts::note_move;
use super::events::import::{Sifted, sift};
use super::links::subject;
use super::{Notice, Result, Store, acts, instant, parsed};
use crate::clock::whole_second;
use crate::domain::FieldError;
use crate::domain::act::Deed;
use crate::domain::actor::Actor;
use crate::domain::bounce::Way;
use crate::domain::editor::Editor;
use crate::domain::event::{Action, Details, Event, HistoryEntry, Status};
use crate::domain::import::{ImportEntry, ImportOrigin};
use crate::domain::proposal::{Becomes, Proposal, may_be_moved, moves_sentence};
use crate::domain::refused::{Noun, Refused};
use crate::domain::token::{Nonce, Subject};

const DAY: SignedDuration = SignedDuration::from_hours(24);
/// That a mail was taken is known for so long.
const KNOWN_FOR: SignedDuration = SignedDuration::from_hours(366 * 24);
/// Rows of one transaction.
const LOT: i64 = 500;

/// A mail that is taken.
#[derive(Debug)]
pub struct Forward<'a> {
    pub way: Way,
    pub editor: i64,
    /// Keyed hashes of what tells it from others.
    pub keys: &'a [Vec<u8>],
    /// Calendars and tables, each with its name.
    pub files: Vec<(String, Vec<ImportEntry>)>,
    pub proposals: Vec<Proposal>,
    /// New UIDs are made for this host.
    pub host: &'a str,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct CameOf {
    /// New drafts.
    pub drafts: Vec<Event>,
    /// Drafts that are otherwise now.
    pub revised: Vec<Event>,
    /// Of new drafts, by their ids, those that move an event, and which.
    pub moves: BTreeMap<i64, i64>,
    /// Published events that a file has otherwise, and that stay as they are.
    pub otherwise: Vec<Event>,
    /// How many entries of files were known and are the same.
    pub unchanged: usize,
    /// File, line and reason of entries that can't be.
    pub rejected: Vec<(String, u64, FieldError)>,
    /// File and line of what was taken otherwise than it may be meant, and how.
    pub notes: Vec<(String, u64, String)>,
    /// How many answers the editor got within a day before this.
    pub answers: usize,
}

/// How much of one kind came by one way since it was first counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForwardFigures {
    pub way: Way,
    /// `taken`, `again`, `unproved`
    pub what: String,
    pub number: u64,
    pub last_at: Timestamp,
}

impl Store {
    /// The row of an editor, as their address stands for it.
    pub async fn editor_subject(&self, id: i64) -> Result<Subject> {
        let nonce = sqlx::query_scalar!(r#"SELECT nonce AS "nonce: Vec<u8>" FROM editor WHERE id = $1"#, id);
        let nonce = nonce.fetch_optional(&self.read).await?;
        subject(id, nonce.ok_or_else(|| Refused::not_found(Noun::Editor, id))?)
    }

    /// Makes another address for an editor: the former one is nobody's from now on.
    pub async fn renew_forward_address(&self, by: &Actor, editor: &Editor) -> Result<Subject> {
        let (id, now) = (editor.id, self.now());
        let mut transaction = self.begin().await?;
        let nonce = sqlx::query_scalar!(
            r#"UPDATE editor SET nonce = randomblob(8) WHERE id = $1 RETURNING nonce AS "nonce!: Vec<u8>""#,
            id
        );
        let nonce = nonce.fetch_one(&mut *transaction).await?;
        acts::note(&mut transaction, now, by, Deed::Renewed, (Noun::Editor, &id.to_string()), "address").await?;
        transaction.commit().await?;
        Ok(Subject { id, nonce: Nonce::new(&nonce) })
    }

    /// Whether an editor's mail was taken that is told from others by one of these.
    pub async fn was_forwarded(&self, editor: i64, keys: &[Vec<u8>]) -> Result<bool> {
        for key in keys {
            let found =
                sqlx::query_scalar!("SELECT 1 AS found FROM forwarded WHERE editor_id = $1 AND key = $2", editor, key);
            if found.fetch_optional(&self.read).await?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Takes a mail, once: what comes of it, that it was taken, and the answer that `answer` makes of that are kept together.
    /// None if it was taken before. What is published stays as it is.
    pub async fn take_forward(
        &self,
        forward: Forward<'_>,
        answer: impl FnOnce(&CameOf) -> Option<Notice>,
    ) -> Result<Option<CameOf>> {
        let Forward { way, editor, keys, files, proposals, host } = forward;
        let (by, now) = (Actor::Editor(editor), self.now());
        let at = now.as_second();
        let mut transaction = self.begin().await?;
        for key in keys {
            let is_new = sqlx::query!(
                "INSERT INTO forwarded (editor_id, key, at, is_answered) VALUES ($1, $2, $3, 0) ON CONFLICT DO NOTHING",
                editor,
                key,
                at
            );
            if is_new.execute(&mut *transaction).await?.rows_affected() == 0 {
                return Ok(None);
            }
        }
        let mut came =
            CameOf { answers: answers_since(&mut transaction, editor, now - DAY).await?, ..CameOf::default() };
        for (name, entries) in files {
            let origin = ImportOrigin { host, ..ImportOrigin::default() };
            let sifted = sift(&mut transaction, &by, entries, origin, now).await?;
            keep_file(&mut transaction, &by, &name, sifted, &mut came, now).await?;
        }
        let kept = match self.keep_drafts(&mut transaction, &by, &proposals, host).await? {
            Ok(kept) => kept,
            Err(error) => {
                came.rejected.push((String::new(), 0, error));
                Vec::new()
            }
        };
        for (event, proposal) in kept.into_iter().zip(&proposals) {
            match proposal.becomes {
                Becomes::Draft => came.drafts.push(event),
                Becomes::Correction { .. } => came.revised.push(event),
                Becomes::Move { event: moved } => {
                    came.moves.insert(event.id, moved);
                    came.drafts.push(event);
                }
            }
        }
        if let (Some(notice), Some(key)) = (answer(&came), keys.first()) {
            queue_notice(&mut transaction, &notice, now).await?;
            sqlx::query!("UPDATE forwarded SET is_answered = 1 WHERE editor_id = $1 AND key = $2", editor, key)
                .execute(&mut *transaction)
                .await?;
        }
        note(&mut transaction, way, "taken", now).await?;
        transaction.commit().await?;
        Ok(Some(came))
    }

    /// Something came to the intake address of which nothing was made.
    pub async fn note_forward(&self, way: Way, what: &str) -> Result<()> {
        let mut transaction = self.begin().await?;
        note(&mut transaction, way, what, self.now()).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// What came to the intake address, by way and kind; in the order of their words.
    pub async fn forward_figures(&self) -> Result<Vec<ForwardFigures>> {
        let rows = sqlx::query!("SELECT way, what, number, last_at FROM forwarded_way ORDER BY way, what");
        let figures = rows.fetch_all(&self.read).await?.into_iter().map(|row| {
            Ok(ForwardFigures {
                way: parsed(&row.way)?,
                what: row.what,
                number: u64::try_from(row.number).unwrap_or_default(),
                last_at: instant(row.last_at)?,
            })
        });
        figures.collect()
    }

    /// Forgets mails that were taken long ago; how many of them in one go.
    pub async fn clear_forwarded(&self) -> Result<u64> {
        let before = (self.now() - KNOWN_FOR).as_second();
        let cleared = sqlx::query!(
            "DELETE FROM forwarded
             WHERE (editor_id, key) IN (SELECT editor_id, key FROM forwarded WHERE at < $1 LIMIT $2)",
            before,
            LOT
        );
        Ok(cleared.execute(&self.write).await?.rows_affected())
    }
}

async fn answers_since(transaction: &mut Transaction<'_, Sqlite>, editor: i64, since: Timestamp) -> Result<usize> {
    let since = since.as_second();
    let answers = sqlx::query_scalar!(
        "SELECT count(*) FROM forwarded WHERE editor_id = $1 AND at > $2 AND is_answered = 1",
        editor,
        since
    );
    Ok(usize::try_from(answers.fetch_one(&mut **transaction).await?).unwrap_or_default())
}

async fn note(transaction: &mut Transaction<'_, Sqlite>, way: Way, what: &str, now: Timestamp) -> Result<()> {
    let (way, at) = (way.as_str(), now.as_second());
    sqlx::query!(
        "INSERT INTO forwarded_way (way, what, number, last_at) VALUES ($1, $2, 1, $3)
         ON CONFLICT DO UPDATE SET number = number + 1, last_at = excluded.last_at",
        way,
        what,
        at
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// What a calendar or table tells of drafts was kept. Another date for what is published is a draft that moves it.
async fn keep_file(
    transaction: &mut Transaction<'_, Sqlite>,
    by: &Actor,
    name: &str,
    sifted: Sifted,
    came: &mut CameOf,
    now: Timestamp,
) -> Result<()> {
    let Sifted { added, revised, withheld, counts } = sifted;
    came.drafts.extend(added);
    came.revised.extend(revised);
    came.unchanged += counts.unchanged;
    came.rejected.extend(counts.rejected.into_iter().map(|(line, error)| (name.to_owned(), line, error)));
    came.notes.extend(counts.notes.into_iter().map(|(line, note)| (name.to_owned(), line, note)));
    for (before, after) in withheld {
        let is_other_date = after.details.when != before.details.when && !after.is_cancelled() && !after.removed;
        if !is_other_date || !may_be_moved(&before) || after.details.repeat.is_some() {
            came.otherwise.push(before);
            continue;
        }
        let uid = moving_uid(&before, &after);
        if super::events::by_uids(transaction, &[&uid]).await?.contains_key(&uid) {
            came.unchanged += 1;
            continue;
        }
        let description = format!("{}\n\n{}", after.details.description, moves_sentence(&before)).trim().to_owned();
        let details = Details { status: Status::Draft, description, ..after.details };
        let id = super::events::next_id(transaction).await?;
        let now = whole_second(now);
        let draft = Event::new(id, uid, details, now);
        let lines = [(id, HistoryEntry::of(Action::Added, now))];
        super::events::keep(transaction, by, std::slice::from_ref(&draft), &lines).await?;
        note_move(transaction, id, before.id).await?;
        came.moves.insert(id, before.id);
        came.drafts.push(draft);
    }
    Ok(())
}

/// The same for the same event and date.
fn moving_uid(before: &Event, after: &Event) -> String {
    let when = &after.details.when;
    let end = when.end().map(|end| end.to_string()).unwrap_or_default();
    let said = [before.uid.as_str(), &when.start().to_string(), &end, &when.zone().to_string()].join("\0");
    format!("moves-{}", HEXLOWER.encode(&Sha256::digest(said)[..16]))
}
