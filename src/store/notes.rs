//! What editors say of editions to come.

use jiff::Timestamp;
use sqlx::{Sqlite, SqliteExecutor, Transaction};

use super::acts::note;
use super::{Result, Store, parsed};
use crate::domain::act::Deed;
use crate::domain::actor::Actor;
use crate::domain::edition::Edition;
use crate::domain::note::{EditorsNote, EditorsNotes, EditorsWords, Spoken};
use crate::domain::refused::{Noun, Refused};
use crate::domain::text;
use crate::domain::wording::Locale;

impl Store {
    /// Keeps what is said of an edition to come to readers of a language, or to all: the note as it is now, and who said
    /// what it replaces, if there was one.
    pub async fn keep_note(
        &self,
        by: &Actor,
        digest: &str,
        of: Spoken,
        locale: Option<Locale>,
        said: EditorsWords,
    ) -> Result<(EditorsNote, Option<Actor>)> {
        let mut transaction = self.begin().await?;
        let now = self.now();
        refuse_made(&mut transaction, digest, of.moment).await?;
        let known = fetch(&mut *transaction, digest, of.moment, now).await?;
        let known = known.into_iter().find(|known| known.note.locale == locale);
        let id = known.as_ref().map(|known| known.id);
        let (before, replaced) = match known {
            None => (EditorsNote { locale, subject: String::new(), body: String::new() }, None),
            Some(known) => (known.note, Some(parsed(&known.actor)?)),
        };
        let note_now = before.saying(said)?;
        remove(&mut transaction, digest, of.moment, now, Some(locale)).await?;
        let (at, actor, said_at, tag) =
            (of.moment.as_second(), by.to_string(), now.as_second(), locale.map_or("", Locale::tag));
        sqlx::query!(
            "INSERT INTO edition_note (id, digest, scheduled_for, is_next, locale, subject, body, actor, said_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            id,
            digest,
            at,
            of.is_next,
            tag,
            note_now.subject,
            note_now.body,
            actor,
            said_at
        )
        .execute(&mut *transaction)
        .await?;
        note(&mut transaction, now, by, Deed::Noted, (Noun::Digest, digest), &of.moment.to_string()).await?;
        transaction.commit().await?;
        Ok((note_now, replaced))
    }

    /// Takes back what is said of the edition of a moment, in one language or in all; how many notes that were.
    pub async fn clear_notes(
        &self,
        by: &Actor,
        digest: &str,
        moment: Timestamp,
        locale: Option<Locale>,
    ) -> Result<u64> {
        let mut transaction = self.begin().await?;
        let now = self.now();
        refuse_made(&mut transaction, digest, moment).await?;
        let cleared = remove(&mut transaction, digest, moment, now, locale.map(Some)).await?;
        if cleared > 0 {
            note(&mut transaction, now, by, Deed::Unsaid, (Noun::Digest, digest), &moment.to_string()).await?;
        }
        transaction.commit().await?;
        Ok(cleared)
    }

    /// What an edition of this moment says for its editors.
    pub async fn notes(&self, digest: &str, moment: Timestamp) -> Result<EditorsNotes> {
        fetch_notes(&self.read, digest, moment, self.now()).await
    }

    /// What an edition has said for them.
    pub async fn notes_of(&self, edition: &Edition) -> Result<EditorsNotes> {
        let rows = sqlx::query!(
            "SELECT locale, subject, body FROM edition_note WHERE edition_id = $1 ORDER BY scheduled_for DESC, id",
            edition.id
        );
        let mut notes: Vec<EditorsNote> = Vec::new();
        for row in rows.fetch_all(&self.read).await? {
            let said = spoken(&row.locale, row.subject, row.body);
            if !notes.iter().any(|known| known.locale == said.locale) {
                notes.push(said);
            }
        }
        Ok(EditorsNotes(notes))
    }
}

/// What is still to be said.
struct Waiting {
    id: i64,
    note: EditorsNote,
    actor: String,
}

/// What an edition of this moment says for its editors if it is made now: what was said of it, of the next edition, if this
/// is it, and of those that should have come before.
pub(super) async fn fetch_notes(
    executor: impl SqliteExecutor<'_>,
    digest: &str,
    moment: Timestamp,
    now: Timestamp,
) -> Result<EditorsNotes> {
    let notes = fetch(executor, digest, moment, now).await?;
    Ok(EditorsNotes(notes.into_iter().map(|waiting| waiting.note).collect()))
}

/// Of each language that of the latest moment. In the order in which they were first said.
async fn fetch(
    executor: impl SqliteExecutor<'_>,
    digest: &str,
    moment: Timestamp,
    now: Timestamp,
) -> Result<Vec<Waiting>> {
    let (at, passed) = (moment.as_second(), moment.min(now).as_second());
    let rows = sqlx::query!(
        "WITH waiting AS
              (SELECT id, scheduled_for, locale, subject, body, actor FROM edition_note
               WHERE digest = $1 AND edition_id IS NULL
                 AND (scheduled_for = $2 OR scheduled_for < $3 OR (is_next AND $2 BETWEEN said_at AND scheduled_for)))
         SELECT id, locale, subject, body, actor FROM waiting
         WHERE NOT EXISTS (SELECT 1 FROM waiting later
                           WHERE later.locale = waiting.locale AND later.scheduled_for > waiting.scheduled_for)
         ORDER BY id",
        digest,
        at,
        passed
    );
    let notes = rows.fetch_all(executor).await?.into_iter().map(|row| Waiting {
        id: row.id,
        note: spoken(&row.locale, row.subject, row.body),
        actor: row.actor,
    });
    Ok(notes.collect())
}

fn spoken(tag: &str, subject: String, body: String) -> EditorsNote {
    let locale = Some(tag).filter(|tag| !tag.is_empty()).and_then(|tag| tag.parse().ok());
    EditorsNote { locale, subject: text::kept_line(subject), body: text::kept_lines(body) }
}

/// Takes out what an edition of this moment would say, in every language or in one (none: to all readers).
async fn remove(
    transaction: &mut Transaction<'_, Sqlite>,
    digest: &str,
    moment: Timestamp,
    now: Timestamp,
    locale: Option<Option<Locale>>,
) -> Result<u64> {
    let (at, passed) = (moment.as_second(), moment.min(now).as_second());
    let tag = locale.map(|locale| locale.map_or("", Locale::tag));
    let removed = sqlx::query!(
        "DELETE FROM edition_note
         WHERE digest = $1 AND edition_id IS NULL AND ($4 IS NULL OR locale = $4)
           AND (scheduled_for = $2 OR scheduled_for < $3 OR (is_next AND $2 BETWEEN said_at AND scheduled_for))",
        digest,
        at,
        passed,
        tag
    );
    Ok(removed.execute(&mut **transaction).await?.rows_affected())
}

/// Part of the transaction that makes the edition: what it says is not said again.
pub(super) async fn use_notes(
    transaction: &mut Transaction<'_, Sqlite>,
    digest: &str,
    moment: Timestamp,
    now: Timestamp,
    edition_id: i64,
) -> Result<()> {
    let (at, passed) = (moment.as_second(), moment.min(now).as_second());
    sqlx::query!(
        "UPDATE edition_note SET edition_id = $4
         WHERE digest = $1 AND edition_id IS NULL
           AND (scheduled_for = $2 OR scheduled_for < $3 OR (is_next AND $2 BETWEEN said_at AND scheduled_for))",
        digest,
        at,
        passed,
        edition_id
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// What was said of an edition stays as it went out.
pub(super) async fn refuse_made(
    transaction: &mut Transaction<'_, Sqlite>,
    digest: &str,
    moment: Timestamp,
) -> Result<()> {
    let at = moment.as_second();
    let number = sqlx::query_scalar!(
        "SELECT number FROM edition JOIN digest ON digest.id = digest_id WHERE slug = $1 AND scheduled_for = $2",
        digest,
        at
    );
    match number.fetch_optional(&mut **transaction).await? {
        None => Ok(()),
        Some(number) => {
            let said = format!("{digest}/{number} is made already: what is said of it stays as it went out");
            Err(Refused::conflict(said).about(Noun::Digest, digest).in_field("for").into())
        }
    }
}
