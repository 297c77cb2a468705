//! Which editions were shown to editors before they go, and who has approved them.

use jiff::Timestamp;
use sqlx::{Sqlite, SqliteExecutor, Transaction};

use super::acts::note;
use super::alerts::queue_notice;
use super::marks::fetch_marks;
use super::notes::{fetch_notes, refuse_made};
use super::{Error, Notice, Result, Store, instant, parsed};
use crate::domain::act::Deed;
use crate::domain::actor::Actor;
use crate::domain::approval::{ApprovalLink, KeptApproval, ToldLine, words_of};
use crate::domain::edition::EditionName;
use crate::domain::refused::{Noun, Refused};

/// A mail to an editor, with a link that is theirs.
#[derive(Debug)]
pub struct Question {
    pub editor_id: i64,
    /// Of the link's token.
    pub hash: [u8; 32],
    pub notice: Notice,
}

/// An edition as somebody has seen it.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    pub digest: &'a str,
    pub moment: Timestamp,
    /// What its editors say.
    pub words: &'a str,
    /// What it tells.
    pub told: &'a [ToldLine],
}

impl Store {
    /// What is kept of the edition of a moment that asks.
    pub async fn approval(&self, digest: &str, moment: Timestamp) -> Result<Option<KeptApproval>> {
        Ok(fetch(&self.read, digest, moment).await?.map(|(_, kept)| kept))
    }

    /// When editors last said something that still is to be gone by.
    pub async fn last_word_at(&self, digest: &str) -> Result<Option<Timestamp>> {
        let last = sqlx::query_scalar!(
            r#"SELECT max(said_at) AS "last: i64" FROM
                   (SELECT said_at FROM edition_note WHERE digest = $1 AND edition_id IS NULL
                    UNION ALL SELECT said_at FROM edition_mark WHERE digest = $1 AND edition_id IS NULL)"#,
            digest
        );
        last.fetch_one(&self.read).await?.map(instant).transpose()
    }

    /// Asks editors, each by a mail of their own; `known` is what was kept when the mails were written. Whether it did:
    /// if anything is otherwise by now, nobody is asked.
    pub async fn ask_editors(
        &self,
        seen: Seen<'_>,
        known: Option<&KeptApproval>,
        questions: &[Question],
    ) -> Result<bool> {
        let Seen { digest, moment, words, .. } = seen;
        let mut transaction = self.begin().await?;
        let now = self.now();
        let kept = fetch(&mut *transaction, digest, moment).await?;
        let is_same = kept.as_ref().map(|(_, kept)| kept) == known
            && current(&mut transaction, digest, moment, now).await? == words;
        if !is_same || refuse_made(&mut transaction, digest, moment).await.is_err() {
            return Ok(false);
        }
        let (at, asked_at) = (moment.as_second(), now.as_second());
        let id = sqlx::query_scalar!(
            r#"INSERT INTO edition_approval (digest, scheduled_for, words, asked_at, told) VALUES ($1, $2, $3, $4, '[]')
               ON CONFLICT (digest, scheduled_for) DO UPDATE
                  SET words = excluded.words, asked_at = excluded.asked_at, approved_at = NULL, actor = NULL, told = '[]'
               RETURNING id AS "id!""#,
            digest,
            at,
            words,
            asked_at
        )
        .fetch_one(&mut *transaction)
        .await?;
        for question in questions {
            let hash = question.hash.to_vec();
            sqlx::query!(
                "INSERT INTO approval_link (hash, approval_id, editor_id, words, made_at) VALUES ($1, $2, $3, $4, $5)",
                hash,
                id,
                question.editor_id,
                words,
                asked_at
            )
            .execute(&mut *transaction)
            .await?;
            queue_notice(&mut transaction, &question.notice, now).await?;
        }
        transaction.commit().await?;
        Ok(true)
    }

    /// Approves the edition as it was seen; by a link, if its hash is given, which is used then. What is otherwise by now
    /// is refused.
    pub async fn approve(&self, by: &Actor, seen: Seen<'_>, link: Option<[u8; 32]>) -> Result<()> {
        let Seen { digest, moment, words, told } = seen;
        let mut transaction = self.begin().await?;
        let now = self.now();
        let refuse = |said: String| Error::from(Refused::conflict(said).about(Noun::Digest, digest).in_field("for"));
        refuse_made(&mut transaction, digest, moment).await?;
        if current(&mut transaction, digest, moment, now).await? != words {
            return Err(refuse("what editors say of this edition was changed just now: look at it again".into()));
        }
        let kept = fetch(&mut *transaction, digest, moment).await?;
        if kept.is_some_and(|(_, kept)| kept.of(words).is_some()) {
            return Err(refuse("this edition is approved already".into()));
        }
        let (at, approved_at, actor) = (moment.as_second(), now.as_second(), by.to_string());
        let told = serde_json::to_string(told).map_err(|error| Error::Damaged(error.to_string()))?;
        sqlx::query!(
            "INSERT INTO edition_approval (digest, scheduled_for, words, approved_at, actor, told)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (digest, scheduled_for) DO UPDATE
                SET words = excluded.words, approved_at = excluded.approved_at, actor = excluded.actor, told = excluded.told",
            digest,
            at,
            words,
            approved_at,
            actor,
            told
        )
        .execute(&mut *transaction)
        .await?;
        if let Some(hash) = link {
            let hash = hash.to_vec();
            let used = sqlx::query!(
                "UPDATE approval_link SET used_at = $2
                 WHERE hash = $1 AND used_at IS NULL AND words = $3
                   AND editor_id IN (SELECT editor.id FROM editor WHERE left_at IS NULL)",
                hash,
                approved_at,
                words
            );
            if used.execute(&mut *transaction).await?.rows_affected() != 1 {
                return Err(refuse("this link does nothing any more".into()));
            }
        }
        note(&mut transaction, now, by, Deed::Approved, (Noun::Digest, digest), &moment.to_string()).await?;
        Ok(transaction.commit().await?)
    }

    /// What a link to approve is of, by the hash of its token.
    pub async fn approval_link(&self, hash: [u8; 32]) -> Result<Option<ApprovalLink>> {
        let hash = hash.to_vec();
        let row = sqlx::query!(
            r#"SELECT asked.digest, asked.scheduled_for, editor_id, locale, left_at IS NOT NULL AS "has_left!: bool",
                      link.words, used_at IS NOT NULL AS "is_used!: bool",
                      (SELECT number FROM edition JOIN digest ON digest.id = digest_id
                       WHERE slug = asked.digest AND edition.scheduled_for = asked.scheduled_for) AS "number?: i64"
               FROM approval_link link JOIN edition_approval asked ON asked.id = approval_id
                    JOIN editor ON editor.id = editor_id
               WHERE hash = $1"#,
            hash
        );
        let row = row.fetch_optional(&self.read).await?;
        row.map(|row| {
            Ok(ApprovalLink {
                scheduled_for: instant(row.scheduled_for)?,
                editor_id: row.editor_id,
                locale: row.locale.and_then(|tag| tag.parse().ok()),
                has_left: row.has_left,
                words: row.words,
                is_used: row.is_used,
                edition: row.number.map(|number| EditionName { digest: row.digest.clone(), number }),
                digest: row.digest,
            })
        })
        .transpose()
    }
}

async fn fetch(
    executor: impl SqliteExecutor<'_>,
    digest: &str,
    moment: Timestamp,
) -> Result<Option<(i64, KeptApproval)>> {
    let at = moment.as_second();
    let row = sqlx::query!(
        "SELECT id, words, asked_at, approved_at, actor, told FROM edition_approval WHERE digest = $1 AND scheduled_for = $2",
        digest,
        at
    );
    let Some(row) = row.fetch_optional(executor).await? else { return Ok(None) };
    let approved = match (row.actor, row.approved_at) {
        (Some(actor), Some(at)) => Some((parsed(&actor)?, instant(at)?)),
        _ => None,
    };
    let told = serde_json::from_str(&row.told).map_err(|error| Error::Damaged(error.to_string()))?;
    let asked_at = row.asked_at.map(instant).transpose()?;
    Ok(Some((row.id, KeptApproval { words: row.words, asked_at, approved, told })))
}

/// What editors say of the edition by now.
async fn current(
    transaction: &mut Transaction<'_, Sqlite>,
    digest: &str,
    moment: Timestamp,
    now: Timestamp,
) -> Result<String> {
    let notes = fetch_notes(&mut **transaction, digest, moment, now).await?;
    let marks = fetch_marks(&mut **transaction, digest, moment, now).await?;
    Ok(words_of(&notes, &marks))
}
