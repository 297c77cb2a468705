//! Whether mails of editions that may go do go.

use jiff::{SignedDuration, Timestamp};

use super::{Result, Store, instant};
use crate::domain::edition::EditionName;
use crate::domain::zone::Zone;

/// What could not reach a relay is due again within this time: it waits for nothing of its own.
const SOON: SignedDuration = SignedDuration::from_secs(60);

/// A digest that is not paused and has mails to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lane {
    pub digest: String,
    /// Whose mail is the next, or on the wire.
    pub edition: EditionName,
    /// How many are due.
    pub due: i64,
    /// How many mails have ended of the editions that are under way.
    pub ended: i64,
    /// When the first of those that are due was to go, if it was not tried yet.
    pub due_since: Option<Timestamp>,
    /// The last first attempt of those that have ended.
    pub ended_at: Option<Timestamp>,
}

impl Store {
    /// The digests whose mails are due or on the wire. Nothing is due there that is put off to another time: by quiet hours,
    /// rates of domains, readers' clocks or a server that wants it later; nor what is held.
    pub async fn lanes(&self) -> Result<Vec<Lane>> {
        let soon = (self.now() + SOON).as_second();
        let rows = sqlx::query!(
            r#"WITH next (lane, delivery_id) AS MATERIALIZED
                    (SELECT id, coalesce(
                         (SELECT delivery.id FROM delivery WHERE lane = digest.id AND next_at <= $1
                          ORDER BY next_at LIMIT 1),
                         (SELECT delivery.id FROM delivery WHERE status = 'sending' AND lane = digest.id LIMIT 1))
                     FROM digest WHERE NOT paused)
               SELECT slug, delivery.edition_id AS "edition_id!: i64", number, attempts, next_at,
                      (SELECT count(*) FROM delivery due WHERE due.lane = next.lane AND due.next_at <= $1) AS "due!: i64",
                      (SELECT count(*) FROM delivery ended
                       WHERE ended.status IN ('sent', 'failed', 'suppressed') AND ended.edition_id IN
                           (SELECT edition.id FROM edition WHERE edition.id = delivery.edition_id
                               OR edition.through_at IS NULL AND edition.digest_id = next.lane)) AS "ended!: i64",
                      (SELECT max(tried_since) FROM delivery ended WHERE ended.edition_id = delivery.edition_id
                          AND ended.status IN ('sent', 'failed')) AS "ended_at?: i64"
               FROM next JOIN delivery ON delivery.id = delivery_id JOIN edition ON edition.id = delivery.edition_id
                    JOIN digest ON digest.id = next.lane"#,
            soon
        )
        .fetch_all(&self.read)
        .await?;
        let lanes = rows.into_iter().map(|row| {
            let due_since = row.next_at.filter(|_| row.attempts == 0);
            Ok(Lane {
                edition: EditionName { digest: row.slug.clone(), number: row.number },
                digest: row.slug,
                due: row.due,
                ended: row.ended,
                due_since: due_since.map(instant).transpose()?,
                ended_at: row.ended_at.map(instant).transpose()?,
            })
        });
        lanes.collect()
    }

    /// The time zones of the readers whose mails of a digest are due; None for who has none.
    pub async fn zones_due(&self, slug: &str) -> Result<Vec<Option<Zone>>> {
        let soon = (self.now() + SOON).as_second();
        let zones = sqlx::query_scalar!(
            "SELECT DISTINCT timezone FROM delivery LEFT JOIN subscriber ON subscriber.id = subscriber_id
             WHERE lane = (SELECT id FROM digest WHERE slug = $1) AND next_at <= $2",
            slug,
            soon
        );
        Ok(zones.fetch_all(&self.read).await?.into_iter().map(|zone| zone.and_then(|zone| zone.parse().ok())).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An office with an edition whose three mails are as these assignments say.
    async fn lanes(change: &str) -> Vec<Lane> {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(&folder.path().join("kalends.db")).await.unwrap();
        let rows = "INSERT INTO digest (id, slug, schedule, paused) VALUES (1, 'weekly', '', 0);
            INSERT INTO edition (digest_id, number, scheduled_for, composed_at, history_head, candidates)
            VALUES (1, 3, 100, 100, 0, 3);
            INSERT INTO mail (id, edition_id, subject, text, html) VALUES (1, 1, '', '', '');
            INSERT INTO delivery (mail_id, edition_id, lane, subscriber_id, address, message_id, status, next_at, attempts,
                                  tried_since, created_at)
            VALUES (1, 1, 1, 1, 'a@x', 'a', 'queued', 200, 0, NULL, 100),
                   (1, 1, 1, 2, 'b@x', 'b', 'sent', NULL, 1, 300, 100),
                   (1, 1, 1, 3, 'c@x', 'c', 'deferred', 250, 2, 300, 100);";
        for statement in [rows, change] {
            sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&store.write).await.unwrap();
        }
        store.lanes().await.unwrap()
    }

    #[tokio::test]
    async fn what_may_go_now_is_due_and_what_is_put_off_held_or_paused_is_not() {
        let at = |second: i64| Some(Timestamp::from_second(second).unwrap());
        let found = lanes("").await;
        let expected = Lane {
            digest: "weekly".into(),
            edition: EditionName { digest: "weekly".into(), number: 3 },
            due: 2,
            ended: 1,
            due_since: at(200),
            ended_at: at(300),
        };
        assert_eq!(found, [expected]);
        // What was tried before is due too, but nobody knows since when.
        let found = lanes("UPDATE delivery SET status = 'failed', next_at = NULL WHERE id = 1").await;
        assert_eq!((found[0].due, found[0].ended, found[0].due_since), (1, 2, None));
        let found = lanes("UPDATE delivery SET status = 'sending', next_at = NULL WHERE id <> 2").await;
        assert_eq!((found[0].due, found[0].ended), (0, 1));
        for nothing in [
            "UPDATE digest SET paused = 1",
            // Quiet hours, a slot of its domain, a reader's clock, a server that wants it later.
            "UPDATE delivery SET next_at = unixepoch() + 300 WHERE next_at IS NOT NULL",
            // Held until somebody says what is to become of it.
            "UPDATE delivery SET status = 'uncertain', next_at = NULL WHERE next_at IS NOT NULL",
            "UPDATE delivery SET next_at = NULL",
            "UPDATE delivery SET status = 'sent', next_at = NULL",
        ] {
            assert_eq!(lanes(nothing).await, [], "{nothing}");
        }
    }
}
