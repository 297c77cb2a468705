//! Which programs are told what happens: how far each has been told, and what happened since.

mod outbox;

use std::collections::HashMap;

use jiff::Timestamp;

use super::queue::to_ids;
use super::{Result, Store, acts, instant, parsed};
use crate::domain::act::Deed;
use crate::domain::actor::Actor;
use crate::domain::hook::Topic;
use crate::domain::refused::Noun;
pub(super) use outbox::erase_answers;
pub use outbox::{HookMessage, NewHookMessage, Replay, Told};

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

/// A webhook that takes nothing, or is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailingHook {
    pub name: String,
    pub gone_at: Option<Timestamp>,
    pub failing_since: Option<Timestamp>,
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

    /// Those that fail or are gone, in the order of their names. Nothing is counted for it.
    pub async fn failing_hooks(&self) -> Result<Vec<FailingHook>> {
        let rows = sqlx::query!(
            r#"SELECT name, gone_at,
                      (SELECT answer FROM hook_message
                       WHERE webhook = name AND status <> 'taken' AND answer IS NOT NULL ORDER BY id DESC LIMIT 1) AS error,
                      (SELECT min(tried_since) FROM hook_message WHERE webhook = name AND status = 'waiting')
                          AS "failing_since: i64"
               FROM webhook WHERE failures > 0 OR gone_at IS NOT NULL ORDER BY name"#
        );
        let failing = rows.fetch_all(&self.read).await?.into_iter().map(|row| {
            let (gone_at, since) = (row.gone_at.map(instant).transpose()?, row.failing_since.map(instant).transpose()?);
            Ok(FailingHook { name: row.name, gone_at, failing_since: since, error: row.error })
        });
        failing.collect()
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
}
