//! The outbox of what other programs are told.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};
use sqlx::{Sqlite, Transaction};

use super::super::queue::to_ids;
use super::super::{Error, Result, Store, acts, instant, parsed, to_json};
use super::HookHead;
use crate::domain::act::Deed;
use crate::domain::actor::Actor;
use crate::domain::hook::{MessageStatus, Topic};
use crate::domain::mention::names;
use crate::domain::refused::{Noun, Refused};

/// What has been taken or given up can be sent again for so long.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewHookMessage {
    pub id: String,
    pub topic: Topic,
    pub body: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookMessage {
    /// Of its row.
    pub row: i64,
    /// The same each time that it is sent.
    pub id: String,
    pub topic: Topic,
    pub body: String,
    pub status: MessageStatus,
    pub attempts: i64,
    pub tried_since: Option<Timestamp>,
    pub next_at: Option<Timestamp>,
    pub done_at: Option<Timestamp>,
    pub answer: Option<String>,
    pub created_at: Timestamp,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    Taken,
    /// It is tried again then; with `rest`, no other message of the webhook before that.
    Later {
        at: Timestamp,
        rest: Option<Timestamp>,
    },
    GivenUp,
    /// The server says that nobody wants any message any more.
    Gone,
}

/// Which messages are sent again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Replay {
    /// What waits or was given up.
    Untaken,
    /// These, by their ids, whatever became of them.
    Some(Vec<String>),
    /// All since then, whatever became of them.
    Since(Timestamp),
}

struct Row {
    row: i64,
    message_id: String,
    topic: String,
    body: String,
    status: String,
    attempts: i64,
    tried_since: Option<i64>,
    next_at: Option<i64>,
    done_at: Option<i64>,
    answer: Option<String>,
    created_at: i64,
}

impl TryFrom<Row> for HookMessage {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            row: row.row,
            id: row.message_id,
            topic: parsed(&row.topic)?,
            body: row.body,
            status: parsed(&row.status)?,
            attempts: row.attempts,
            tried_since: row.tried_since.map(instant).transpose()?,
            next_at: row.next_at.map(instant).transpose()?,
            done_at: row.done_at.map(instant).transpose()?,
            answer: row.answer,
            created_at: instant(row.created_at)?,
        })
    }
}

impl Store {
    /// Puts messages into the outbox, and notes that all up to `until` is there. Whoever read from another place than
    /// `since` has nothing to put.
    pub async fn put_hook_messages(
        &self,
        hook: &str,
        since: HookHead,
        until: HookHead,
        messages: &[NewHookMessage],
    ) -> Result<()> {
        let now = self.now().as_second();
        let mut transaction = self.begin().await?;
        let moved = sqlx::query!(
            "UPDATE webhook SET history_id = $4, happening_id = $5
             WHERE name = $1 AND history_id = $2 AND happening_id = $3 AND gone_at IS NULL",
            hook,
            since.history,
            since.happening,
            until.history,
            until.happening
        );
        if moved.execute(&mut *transaction).await?.rows_affected() == 0 {
            return Ok(());
        }
        for message in messages {
            put(&mut transaction, hook, message, now).await?;
        }
        sqlx::query!("DELETE FROM happening WHERE id <= (SELECT min(happening_id) FROM webhook WHERE gone_at IS NULL)")
            .execute(&mut *transaction)
            .await?;
        let old = now - KEPT.as_secs();
        sqlx::query!("DELETE FROM hook_message WHERE done_at < $1", old).execute(&mut *transaction).await?;
        Ok(transaction.commit().await?)
    }

    /// The message of a webhook that is to be sent first, also if that is not yet.
    pub async fn next_hook_message(&self, hook: &str) -> Result<Option<HookMessage>> {
        let row = sqlx::query_as!(
            Row,
            r#"SELECT id AS row, message_id, topic, body, status, attempts, tried_since, next_at, done_at, answer, created_at
               FROM hook_message
               WHERE webhook = $1 AND status = 'waiting' AND EXISTS (SELECT 1 FROM webhook WHERE name = $1)
               ORDER BY next_at, id LIMIT 1"#,
            hook
        );
        row.fetch_optional(&self.read).await?.map(HookMessage::try_from).transpose()
    }

    /// The last messages of a webhook, the newest first.
    pub async fn hook_messages(&self, hook: &str, limit: u32) -> Result<Vec<HookMessage>> {
        let rows = sqlx::query_as!(
            Row,
            r#"SELECT id AS row, message_id, topic, body, status, attempts, tried_since, next_at, done_at, answer, created_at
               FROM hook_message WHERE webhook = $1 ORDER BY id DESC LIMIT $2"#,
            hook,
            limit
        );
        rows.fetch_all(&self.read).await?.into_iter().map(HookMessage::try_from).collect()
    }

    /// Keeps how an attempt ended, with what was answered.
    pub async fn settle_hook_message(&self, hook: &str, row: i64, told: &Told, answer: &str) -> Result<()> {
        let now = self.now().as_second();
        let (status, next_at) = match told {
            Told::Taken => (MessageStatus::Taken, None),
            Told::Later { at, .. } => (MessageStatus::Waiting, Some(at.as_second())),
            Told::GivenUp | Told::Gone => (MessageStatus::Failed, None),
        };
        let (word, is_taken, is_gone) = (status.as_str(), *told == Told::Taken, *told == Told::Gone);
        let mut transaction = self.begin().await?;
        sqlx::query!(
            "UPDATE hook_message SET status = $2, next_at = $3, attempts = attempts + 1,
                    tried_since = coalesce(tried_since, $4), done_at = iif($3 IS NULL, $4, NULL), answer = $5
             WHERE id = $1",
            row,
            word,
            next_at,
            now,
            answer
        )
        .execute(&mut *transaction)
        .await?;
        sqlx::query!(
            "UPDATE webhook SET failures = iif($2, 0, failures + 1), taken_at = iif($2, $3, taken_at),
                    gone_at = iif($4, $3, iif($2, NULL, gone_at))
             WHERE name = $1",
            hook,
            is_taken,
            now,
            is_gone
        )
        .execute(&mut *transaction)
        .await?;
        if let Told::Later { rest: Some(rest), .. } = told {
            let rest = rest.as_second();
            sqlx::query!(
                "UPDATE hook_message SET next_at = max(next_at, $2) WHERE webhook = $1 AND status = 'waiting'",
                hook,
                rest
            )
            .execute(&mut *transaction)
            .await?;
        }
        if is_gone {
            sqlx::query!(
                "UPDATE hook_message SET status = 'failed', next_at = NULL, done_at = $2
                 WHERE webhook = $1 AND status = 'waiting'",
                hook,
                now
            )
            .execute(&mut *transaction)
            .await?;
        }
        Ok(transaction.commit().await?)
    }

    /// Has messages sent again at once, with the same ids; how many. None, if one that is named is not there.
    pub async fn replay_hook_messages(&self, by: &Actor, hook: &str, which: &Replay) -> Result<u64> {
        let now = self.now();
        let at = now.as_second();
        let (ids, since) = match which {
            Replay::Untaken => (None, None),
            Replay::Some(ids) => (Some(to_json(ids)), None),
            Replay::Since(since) => (None, Some(since.as_second())),
        };
        let mut transaction = self.begin().await?;
        let sent = sqlx::query!(
            "UPDATE hook_message SET status = 'waiting', next_at = $4, tried_since = NULL, done_at = NULL
             WHERE webhook = $1
               AND CASE WHEN $2 IS NOT NULL THEN message_id IN (SELECT value FROM json_each($2))
                        WHEN $3 IS NOT NULL THEN created_at >= $3
                        ELSE status <> 'taken' END",
            hook,
            ids,
            since,
            at
        )
        .execute(&mut *transaction)
        .await?
        .rows_affected();
        if let Replay::Some(ids) = which
            && sent < ids.iter().collect::<HashSet<_>>().len() as u64
        {
            let said = format!("the webhook {hook} has not all of these messages, so none is sent again");
            return Err(Refused::conflict(said).about(Noun::Webhook, hook).into());
        }
        if sent > 0 {
            let detail = format!("{sent} messages");
            acts::note(&mut transaction, now, by, Deed::Retried, (Noun::Webhook, hook), &detail).await?;
        }
        transaction.commit().await?;
        Ok(sent)
    }
}

async fn put(transaction: &mut Transaction<'_, Sqlite>, hook: &str, message: &NewHookMessage, now: i64) -> Result<()> {
    let topic = message.topic.as_str();
    sqlx::query!(
        "INSERT INTO hook_message (webhook, message_id, topic, body, status, next_at, created_at)
         VALUES ($1, $2, $3, $4, 'waiting', $5, $5)",
        hook,
        message.id,
        topic,
        message.body,
        now
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// What servers answered may name somebody: whoever was told of in the message, or whose address it holds.
pub async fn erase_answers(transaction: &mut Transaction<'_, Sqlite>, ids: &[i64], key: &str) -> Result<()> {
    let ids = to_ids(ids);
    sqlx::query!(
        "UPDATE hook_message SET answer = NULL
         WHERE answer IS NOT NULL
           AND EXISTS (SELECT 1 FROM json_each(body, '$.data.subscribers') person
                       WHERE person.value ->> 'id' IN (SELECT value FROM json_each($1)))",
        ids
    )
    .execute(&mut **transaction)
    .await?;
    let answers = sqlx::query!(r#"SELECT id, answer AS "answer!" FROM hook_message WHERE answer IS NOT NULL"#);
    for row in answers.fetch_all(&mut **transaction).await? {
        if names(&row.answer, key) {
            sqlx::query!("UPDATE hook_message SET answer = NULL WHERE id = $1", row.id)
                .execute(&mut **transaction)
                .await?;
        }
    }
    Ok(())
}
