//! Readers of a digest in groups who chose the same, and what they have not got.

use jiff::Timestamp;
use sqlx::SqliteExecutor;

use super::subscribers::kinds_from_json;
use super::{Error, Result, Store, from_json, instant, parsed, words_to_json};
use crate::domain::address::EmailAddress;
use crate::domain::choice::Choice;
use crate::domain::edition::Missed;
use crate::domain::zone::Zone;

/// Which readers are other groups than others, beside those who chose something else.
#[derive(Debug, Clone)]
pub struct Grouping {
    /// Those who get it at other times: in other zones, or at other hours.
    pub per_reader_time: bool,
    /// Those in other zones.
    pub by_zone: bool,
    /// Not those who have read since an edition before this one from those who have since it,
    pub oldest_telling: i64,
    /// nor, if they missed some, those who have read since an edition before this one.
    pub oldest_run: i64,
    /// Those who missed other ones of these, by number.
    pub missed: Vec<i64>,
    /// The line of history behind which it begins to tell: those apart whom an edition that came late told of later ones.
    pub since: i64,
}

impl Grouping {
    /// All who chose the same are one, whatever they have read and wherever they live.
    pub fn by_choice() -> Self {
        Self {
            per_reader_time: false,
            by_zone: false,
            oldest_telling: i64::MAX,
            oldest_run: i64::MAX,
            missed: Vec::new(),
            since: i64::MAX,
        }
    }
}

/// Readers of a digest who chose the same.
#[derive(Debug, Clone)]
pub struct ReaderGroup {
    /// What they chose as the database tells it: the columns as a JSON array.
    pub(super) key: String,
    pub choice: Choice,
    pub readers: i64,
}

/// Those whom a digest has and does not go to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Absent {
    /// They have yet to confirm.
    pub unconfirmed: i64,
    /// Nothing may be sent to their address.
    pub suppressed: i64,
}

impl Store {
    /// The groups of a digest's readers: those who confirmed and may be written to.
    pub async fn reader_groups(&self, slug: &str, grouping: &Grouping) -> Result<Vec<ReaderGroup>> {
        let keys = group_keys(&self.read, slug, grouping).await?;
        keys.into_iter().map(|(key, readers)| Ok(ReaderGroup { choice: choice(&key)?, key, readers })).collect()
    }

    /// The time zones and hours that a digest's readers chose.
    pub async fn reader_clocks(&self, slug: &str) -> Result<Vec<(Option<Zone>, Option<i8>)>> {
        let rows = sqlx::query!(
            r#"SELECT DISTINCT timezone, send_hour AS "send_hour: i8"
               FROM subscription JOIN subscriber ON subscriber.id = subscriber_id
               WHERE digest_id = (SELECT id FROM digest WHERE slug = $1)
                 AND status = 'confirmed' AND suppressed IS NULL"#,
            slug
        )
        .fetch_all(&self.read)
        .await?;
        rows.into_iter().map(|row| Ok((row.timezone.as_deref().map(parsed).transpose()?, row.send_hour))).collect()
    }

    /// How many a digest does not go to.
    pub async fn absent_readers(&self, slug: &str) -> Result<Absent> {
        let row = sqlx::query!(
            r#"SELECT coalesce(sum(status = 'pending'), 0) AS "unconfirmed!: i64",
                      coalesce(sum(status = 'confirmed' AND suppressed IS NOT NULL), 0) AS "suppressed!: i64"
               FROM subscription JOIN subscriber ON subscriber.id = subscriber_id
               WHERE digest_id = (SELECT id FROM digest WHERE slug = $1)"#,
            slug
        );
        let row = row.fetch_one(&self.read).await?;
        Ok(Absent { unconfirmed: row.unconfirmed, suppressed: row.suppressed })
    }

    /// What one subscriber chose, as a reader of a digest.
    pub async fn choice(&self, email: &EmailAddress, slug: &str) -> Result<Choice> {
        let key = email.key();
        let found = sqlx::query_scalar!(
            r#"SELECT json_array(topics, kinds, locale, timezone, send_hour,
                   (SELECT coalesce(max(first_edition), 1) FROM subscription JOIN digest ON digest.id = digest_id
                    WHERE subscriber_id = subscriber.id AND slug = $2),
                   json((SELECT json_group_array(number) FROM missed
                         WHERE digest_id = (SELECT digest.id FROM digest WHERE slug = $2)
                           AND subscriber_id = subscriber.id)),
                   (SELECT max(told_until) FROM subscription JOIN digest ON digest.id = digest_id
                    WHERE subscriber_id = subscriber.id AND slug = $2)) AS "key!: String"
               FROM subscriber WHERE email_key = $1"#,
            key,
            slug
        )
        .fetch_optional(&self.read)
        .await?;
        choice(&found.ok_or_else(|| super::subscribers::no_subscriber(email))?)
    }

    /// The editions of a digest, made since `since`, that some of its readers have not got.
    pub async fn missed_editions(&self, slug: &str, since: Timestamp) -> Result<Vec<Missed>> {
        let since = since.as_second();
        let rows = sqlx::query!(
            r#"SELECT number, scheduled_for, history_since AS "history_since!", history_head,
                      (SELECT composed_at FROM edition before
                       WHERE before.digest_id = edition.digest_id AND before.number = edition.number - 1)
                      AS "made_after?: i64"
               FROM edition
               WHERE digest_id = (SELECT id FROM digest WHERE slug = $1) AND composed_at >= $2
                 AND EXISTS (SELECT 1 FROM missed
                             WHERE missed.digest_id = edition.digest_id AND missed.number = edition.number)
               ORDER BY number"#,
            slug,
            since
        );
        let missed = rows.fetch_all(&self.read).await?.into_iter().map(|row| {
            Ok(Missed {
                number: row.number,
                scheduled_for: instant(row.scheduled_for)?,
                made_after: row.made_after.map(instant).transpose()?,
                history_since: row.history_since,
                history_head: row.history_head,
            })
        });
        missed.collect()
    }
}

/// What the readers of a digest chose and missed, each once, and how many they are.
pub(super) async fn group_keys(
    executor: impl SqliteExecutor<'_>,
    slug: &str,
    grouping: &Grouping,
) -> Result<Vec<(String, i64)>> {
    let missed = words_to_json(&grouping.missed);
    let rows = sqlx::query!(
        r#"WITH lost (reader, numbers) AS MATERIALIZED
                (SELECT subscriber_id, json_group_array(number) FROM
                     (SELECT subscriber_id, number FROM missed
                      WHERE digest_id = (SELECT id FROM digest WHERE slug = $1)
                        AND number IN (SELECT value FROM json_each($5))
                      ORDER BY subscriber_id, number)
                 GROUP BY subscriber_id)
           SELECT json_array(topics, kinds, locale, iif($2 OR $7, timezone, NULL), iif($2, send_hour, NULL),
                             max(first_edition, iif(numbers IS NULL, $3, $4)),
                             json(coalesce(numbers, '[]')), iif(told_until > $6, told_until, NULL)) AS "key!: String",
                  count(*) AS "readers!"
           FROM subscription JOIN subscriber ON subscriber.id = subscriber_id LEFT JOIN lost ON reader = subscriber_id
           WHERE digest_id = (SELECT id FROM digest WHERE slug = $1) AND status = 'confirmed' AND suppressed IS NULL
           GROUP BY 1"#,
        slug,
        grouping.per_reader_time,
        grouping.oldest_telling,
        grouping.oldest_run,
        missed,
        grouping.since,
        grouping.by_zone
    )
    .fetch_all(executor)
    .await?;
    Ok(rows.into_iter().map(|row| (row.key, row.readers)).collect())
}

fn choice(key: &str) -> Result<Choice> {
    let damaged = |e| Error::Damaged(format!("`{key}` is not what a reader chose: {e}"));
    let (topics, kinds, locale, timezone, send_hour, first_edition, missed, told_until): (
        String,
        String,
        _,
        Option<String>,
        _,
        _,
        _,
        _,
    ) = serde_json::from_str(key).map_err(damaged)?;
    Ok(Choice {
        first_edition,
        missed,
        told_until,
        topics: from_json(&topics)?,
        kinds: kinds_from_json(&kinds)?,
        locale,
        timezone: timezone.as_deref().map(parsed).transpose()?,
        send_hour,
    })
}
