//! Editions: who reads a digest and what they chose, and an edition with all its deliveries in one transaction.

use std::collections::HashSet;

use jiff::Timestamp;
use sqlx::{Sqlite, SqliteExecutor, Transaction};

use super::digests::settle;
use super::outbox::insert_mail;
use super::subscribers::kinds_from_json;
use super::{Error, Result, Store, from_json, parsed};
use crate::domain::address::EmailAddress;
use crate::domain::choice::Choice;
use crate::domain::edition::{Edition, Rendered};
use crate::domain::zone::Zone;

/// An edition about to be made.
#[derive(Debug, Clone)]
pub struct NewEdition<'a> {
    pub digest: &'a str,
    pub scheduled_for: Timestamp,
    /// The newest line of history it takes in.
    pub history_head: i64,
    /// The domain of its deliveries' Message-IDs.
    pub mail_domain: &'a str,
    /// Whether it stands for all moments up to its own, so that the daemon makes no other for them.
    pub settles_schedule: bool,
    /// Whether readers with other clocks are other groups.
    pub per_reader_time: bool,
}

/// Readers of a digest who chose the same.
#[derive(Debug, Clone)]
pub struct ReaderGroup {
    /// What they chose as the database tells it: the columns as a JSON array.
    key: String,
    pub choice: Choice,
}

/// What a group gets of an edition.
#[derive(Debug, Clone)]
pub struct Portion {
    pub group: ReaderGroup,
    /// Which of the mails; none where there is nothing to tell.
    pub mail: Option<usize>,
    /// When it is to be sent.
    pub next_at: Timestamp,
}

/// What became of an edition about to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Made {
    Edition(Edition),
    /// There is one for that moment.
    Already,
    /// Nothing was made: some readers chose what there is no portion for.
    OtherGroups,
}

impl Store {
    /// The groups of a digest's readers: those who confirmed and may be written to. What they chose of time zone and
    /// hour counts with `per_reader_time` only.
    pub async fn reader_groups(&self, slug: &str, per_reader_time: bool) -> Result<Vec<ReaderGroup>> {
        let keys = group_keys(&self.read, slug, per_reader_time).await?;
        keys.into_iter().map(|key| Ok(ReaderGroup { choice: choice(&key)?, key })).collect()
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

    /// What one subscriber chose.
    pub async fn choice(&self, email: &EmailAddress) -> Result<Choice> {
        let key = email.key();
        let found = sqlx::query_scalar!(
            r#"SELECT json_array(topics, kinds, locale, timezone, send_hour) AS "key!: String"
               FROM subscriber WHERE email_key = $1"#,
            key
        )
        .fetch_optional(&self.read)
        .await?;
        choice(&found.ok_or_else(|| super::subscribers::no_subscriber(email))?)
    }

    /// Makes an edition with a delivery for each reader who has a portion of it, all in one transaction, or nothing.
    pub async fn create_edition(&self, new: &NewEdition<'_>, mails: &[Rendered], portions: &[Portion]) -> Result<Made> {
        let mut transaction = self.begin().await?;
        let made = match insert_edition(&mut transaction, new, self.now()).await? {
            None => Made::Already,
            Some(edition) => {
                let known: HashSet<_> = portions.iter().map(|portion| &portion.group.key).collect();
                let groups = group_keys(&mut *transaction, new.digest, new.per_reader_time).await?;
                if groups.iter().any(|key| !known.contains(key)) {
                    transaction.rollback().await?;
                    return Ok(Made::OtherGroups);
                }
                let plan = insert_mails(&mut transaction, edition.id, mails, portions).await?;
                let candidates = queue(&mut transaction, &edition, new, &plan, self.now()).await?;
                Made::Edition(Edition { candidates, ..edition })
            }
        };
        if new.settles_schedule {
            settle(&mut transaction, new.digest, new.scheduled_for).await?;
        }
        transaction.commit().await?;
        Ok(made)
    }
}

/// What the readers of a digest chose, each once.
async fn group_keys(executor: impl SqliteExecutor<'_>, slug: &str, per_reader_time: bool) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar!(
        r#"SELECT DISTINCT json_array(topics, kinds, locale, iif($2, timezone, NULL), iif($2, send_hour, NULL))
                  AS "key!: String"
           FROM subscription JOIN subscriber ON subscriber.id = subscriber_id
           WHERE digest_id = (SELECT id FROM digest WHERE slug = $1) AND status = 'confirmed' AND suppressed IS NULL"#,
        slug,
        per_reader_time
    )
    .fetch_all(executor)
    .await?)
}

fn choice(key: &str) -> Result<Choice> {
    let (topics, kinds, locale, timezone, send_hour): (String, String, _, Option<String>, _) =
        serde_json::from_str(key).map_err(|e| Error::Damaged(format!("`{key}` is not what a reader chose: {e}")))?;
    Ok(Choice {
        topics: from_json(&topics)?,
        kinds: kinds_from_json(&kinds)?,
        locale,
        timezone: timezone.as_deref().map(parsed).transpose()?,
        send_hour,
    })
}

async fn insert_edition(
    transaction: &mut Transaction<'_, Sqlite>,
    new: &NewEdition<'_>,
    now: Timestamp,
) -> Result<Option<Edition>> {
    let (scheduled_for, composed_at) = (new.scheduled_for.as_second(), now.as_second());
    let row = sqlx::query!(
        r#"INSERT INTO edition (digest_id, number, scheduled_for, composed_at, history_head, candidates)
           SELECT digest.id, 1 + (SELECT coalesce(max(number), 0) FROM edition WHERE digest_id = digest.id), $2, $3, $4, 0
           FROM digest WHERE slug = $1
           ON CONFLICT (digest_id, scheduled_for) DO NOTHING
           RETURNING id AS "id!", number AS "number!""#,
        new.digest, scheduled_for, composed_at, new.history_head
    )
    .fetch_optional(&mut **transaction)
    .await?;
    Ok(row.map(|row| Edition {
        id: row.id,
        digest: new.digest.to_owned(),
        number: row.number,
        scheduled_for: new.scheduled_for,
        history_head: new.history_head,
        candidates: 0,
    }))
}

/// Keeps the mails; what each group gets and when, as JSON: a group's key, the mail's id, the instant.
async fn insert_mails(
    transaction: &mut Transaction<'_, Sqlite>,
    edition_id: i64,
    mails: &[Rendered],
    portions: &[Portion],
) -> Result<String> {
    let mut ids = Vec::with_capacity(mails.len());
    for mail in mails {
        ids.push(insert_mail(transaction, Some(edition_id), mail).await?);
    }
    let plan: Vec<_> = portions
        .iter()
        .filter_map(|portion| {
            let mail_id = *ids.get(portion.mail?)?;
            Some((&portion.group.key, mail_id, portion.next_at.as_second()))
        })
        .collect();
    serde_json::to_string(&plan).map_err(|error| Error::Damaged(error.to_string()))
}

/// Queues a delivery for everybody whose group is in the plan; how many they are. SQLite does all of it: no reader comes
/// into our memory.
async fn queue(
    transaction: &mut Transaction<'_, Sqlite>,
    edition: &Edition,
    new: &NewEdition<'_>,
    plan: &str,
    now: Timestamp,
) -> Result<i64> {
    let now = now.as_second();
    // Message-IDs that rise with the readers are appended to their index; random ones would write all over it.
    let prefix = uuid::Uuid::new_v4().simple().to_string().split_off(8);
    let queued = sqlx::query!(
        "WITH portion (chosen, mail_id, next_at) AS MATERIALIZED
              (SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each($1))
         INSERT INTO delivery
                (mail_id, edition_id, lane, subscriber_id, address, message_id, status, next_at, created_at)
         SELECT mail_id, $2, digest_id, subscriber.id, email, $3 || printf('%08x', subscriber.id) || '@' || $4,
                'queued', next_at, $5
         FROM subscription JOIN subscriber ON subscriber.id = subscriber_id
              JOIN portion ON chosen = json_array(topics, kinds, locale, iif($6, timezone, NULL),
                                                  iif($6, send_hour, NULL))
         WHERE digest_id = (SELECT digest_id FROM edition WHERE edition.id = $2)
           AND status = 'confirmed' AND suppressed IS NULL",
        plan,
        edition.id,
        prefix,
        new.mail_domain,
        now,
        new.per_reader_time
    )
    .execute(&mut **transaction)
    .await?;
    let candidates = i64::try_from(queued.rows_affected()).unwrap_or(i64::MAX);
    sqlx::query!("UPDATE edition SET candidates = $2 WHERE id = $1", edition.id, candidates)
        .execute(&mut **transaction)
        .await?;
    Ok(candidates)
}
