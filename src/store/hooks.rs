//! What other programs are told: how far each has been told, what happened since, and the outbox of messages.

use std::collections::{HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};
use sqlx::{Sqlite, Transaction};

use super::queue::to_ids;
use super::{Error, Result, Store, acts, instant, parsed};
use crate::domain::act::Deed;
use crate::domain::actor::Actor;
use crate::domain::hook::{MessageStatus, Topic};
use crate::domain::mention::names;
use crate::domain::refused::{Noun, Refused};

/// What has been taken or given up can be sent again for so long.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How it stands with a webhook.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HookState {
    /// All up to here is in the outbox.
    pub head: HookHead,
    /// Since when its server says that nobody wants it any more.
    pub gone_at: Option<Timestamp>,
    /// The last time that all went well.
    pub taken_at: Option<Timestamp>,
    /// How often it failed since,
    pub failures: u32,
    /// and since when something that is yet to be taken is not.
    pub failing_since: Option<Timestamp>,
    pub waiting: u64,
    /// Given up, and kept to be sent again.
    pub failed: u64,
    /// What went wrong the last time, if it did.
    pub error: Option<String>,
}

/// The last of what happened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HookHead {
    /// A line of the history of events.
    pub history: i64,
    pub happening: i64,
}

/// Something that no history of events tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happening {
    pub at: Timestamp,
    pub topic: Topic,
    /// An edition, a delivery, a subscriber or an alert.
    pub about: i64,
    /// The slug, where it is about a subscriber.
    pub digest: Option<String>,
}

/// A delivery that failed, and still has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FailedDelivery {
    pub id: i64,
    pub edition: Option<i64>,
    pub subscriber: i64,
}

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
    /// Knows these webhooks from now on, by name and a hash of their addresses, and no others. What happened before is not
    /// told to a new one.
    pub async fn keep_webhooks(&self, hooks: &[(String, [u8; 32])]) -> Result<()> {
        let mut known = Vec::new();
        for row in sqlx::query!("SELECT name, address FROM webhook ORDER BY name").fetch_all(&self.read).await? {
            known.push((row.name, row.address));
        }
        let mut wanted: Vec<(String, Vec<u8>)> =
            hooks.iter().map(|(name, hash)| (name.clone(), hash.to_vec())).collect();
        wanted.sort();
        if known == wanted {
            return Ok(());
        }
        let names = super::words_to_json(wanted.iter().map(|(name, _)| name).collect::<Vec<_>>());
        let mut transaction = self.begin().await?;
        let gone = "NOT IN (SELECT value FROM json_each($1))";
        for (table, column) in [("webhook", "name"), ("hook_message", "webhook")] {
            let delete = format!("DELETE FROM {table} WHERE {column} {gone}");
            sqlx::query(sqlx::AssertSqlSafe(delete)).bind(&names).execute(&mut *transaction).await?;
        }
        for (name, address) in wanted {
            sqlx::query!(
                "INSERT INTO webhook (name, history_id, happening_id, address)
                 VALUES ($1, (SELECT coalesce(max(id), 0) FROM history),
                         (SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'happening'), $2)
                 ON CONFLICT (name) DO UPDATE
                    SET history_id = iif(gone_at IS NULL, history_id, excluded.history_id),
                        happening_id = iif(gone_at IS NULL, happening_id, excluded.happening_id),
                        address = excluded.address, gone_at = NULL, failures = 0
                  WHERE address <> excluded.address",
                name,
                address
            )
            .execute(&mut *transaction)
            .await?;
        }
        Ok(transaction.commit().await?)
    }

    /// None if no daemon knows it yet.
    pub async fn hook_state(&self, name: &str) -> Result<Option<HookState>> {
        let row = sqlx::query!(
            r#"SELECT history_id, happening_id, gone_at, taken_at, failures AS "failures: u32",
                      (SELECT count(*) FROM hook_message WHERE webhook = name AND status = 'waiting') AS "waiting!: i64",
                      (SELECT count(*) FROM hook_message WHERE webhook = name AND status = 'failed') AS "failed!: i64",
                      (SELECT answer FROM hook_message
                       WHERE webhook = name AND status <> 'taken' AND answer IS NOT NULL ORDER BY id DESC LIMIT 1) AS error,
                      (SELECT min(tried_since) FROM hook_message WHERE webhook = name AND status = 'waiting')
                          AS "failing_since: i64"
               FROM webhook WHERE name = $1"#,
            name
        )
        .fetch_optional(&self.read)
        .await?;
        row.map(|row| {
            Ok(HookState {
                head: HookHead { history: row.history_id, happening: row.happening_id },
                gone_at: row.gone_at.map(instant).transpose()?,
                taken_at: row.taken_at.map(instant).transpose()?,
                failures: row.failures,
                failing_since: row.failing_since.filter(|_| row.failures > 0).map(instant).transpose()?,
                waiting: u64::try_from(row.waiting).unwrap_or_default(),
                failed: u64::try_from(row.failed).unwrap_or_default(),
                error: row.error.filter(|_| row.failures > 0 || row.gone_at.is_some()),
            })
        })
        .transpose()
    }

    /// The last of what happened by now.
    pub async fn hook_head(&self) -> Result<HookHead> {
        let row = sqlx::query!(
            r#"SELECT (SELECT coalesce(max(id), 0) FROM history) AS "history!: i64",
                      (SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'happening') AS "happening!: i64""#
        )
        .fetch_one(&self.read)
        .await?;
        Ok(HookHead { history: row.history, happening: row.happening })
    }

    /// When the first thing behind `head` happened; none if nothing did.
    pub async fn first_behind(&self, head: HookHead) -> Result<Option<Timestamp>> {
        let at = sqlx::query_scalar!(
            r#"SELECT min(at) AS "at: i64" FROM (SELECT at FROM (SELECT at FROM history WHERE id > $1 ORDER BY id LIMIT 1)
               UNION ALL SELECT at FROM (SELECT at FROM happening WHERE id > $2 ORDER BY id LIMIT 1))"#,
            head.history,
            head.happening
        );
        at.fetch_one(&self.read).await?.map(instant).transpose()
    }

    /// What happened behind one and up to another, the oldest first.
    pub async fn happenings(&self, after: i64, until: i64) -> Result<Vec<Happening>> {
        let rows = sqlx::query!(
            "SELECT at, topic, about, slug AS digest FROM happening LEFT JOIN digest ON digest.id = digest_id
             WHERE happening.id > $1 AND happening.id <= $2 ORDER BY happening.id",
            after,
            until
        );
        let rows = rows.fetch_all(&self.read).await?.into_iter();
        rows.map(|row| {
            Ok(Happening { at: instant(row.at)?, topic: parsed(&row.topic)?, about: row.about, digest: row.digest })
        })
        .collect()
    }

    /// Those of these deliveries that have failed. A relay that refused everybody takes it back.
    pub async fn failed_deliveries(&self, ids: &[i64]) -> Result<Vec<FailedDelivery>> {
        let ids = to_ids(ids);
        Ok(sqlx::query_as!(
            FailedDelivery,
            "SELECT id, edition_id AS edition, subscriber_id AS subscriber FROM delivery
             WHERE id IN (SELECT value FROM json_each($1)) AND status = 'failed' ORDER BY id",
            ids
        )
        .fetch_all(&self.read)
        .await?)
    }

    /// Which relay or source an alert is about, and what it says.
    pub async fn alert_told(&self, id: i64) -> Result<Option<(String, String)>> {
        let row = sqlx::query!("SELECT about, sentence FROM alert WHERE id = $1", id);
        Ok(row.fetch_optional(&self.read).await?.map(|row| (row.about, row.sentence)))
    }

    /// The addresses of those of these people who are there.
    pub async fn addresses_of(&self, ids: &[i64]) -> Result<HashMap<i64, String>> {
        let ids = to_ids(ids);
        let rows = sqlx::query!("SELECT id, email FROM subscriber WHERE id IN (SELECT value FROM json_each($1))", ids);
        Ok(rows.fetch_all(&self.read).await?.into_iter().map(|row| (row.id, row.email)).collect())
    }

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

    /// Somebody tried a webhook, and it took the message: if it was gone, it is there again, and told from now on.
    pub async fn note_hook_tested(&self, by: &Actor, hook: &str, is_taken: bool) -> Result<()> {
        let now = self.now();
        let mut transaction = self.begin().await?;
        if is_taken {
            sqlx::query!(
                "UPDATE webhook
                 SET history_id = (SELECT coalesce(max(id), 0) FROM history),
                     happening_id = (SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE sqlite_sequence.name = 'happening'),
                     gone_at = NULL, failures = 0
                 WHERE name = $1 AND gone_at IS NOT NULL",
                hook
            )
            .execute(&mut *transaction)
            .await?;
        }
        acts::note(&mut transaction, now, by, Deed::Tested, (Noun::Webhook, hook), "").await?;
        Ok(transaction.commit().await?)
    }

    /// Has messages sent again at once, with the same ids; how many. None, if one that is named is not there.
    pub async fn replay_hook_messages(&self, by: &Actor, hook: &str, which: &Replay) -> Result<u64> {
        let now = self.now();
        let at = now.as_second();
        let (ids, since) = match which {
            Replay::Untaken => (None, None),
            Replay::Some(ids) => (Some(super::to_json(ids)), None),
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
pub(super) async fn erase_answers(transaction: &mut Transaction<'_, Sqlite>, ids: &[i64], key: &str) -> Result<()> {
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
