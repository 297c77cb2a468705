//! What is remembered of digests: which moments had their edition, and the editions themselves.

use jiff::Timestamp;
use sqlx::{Sqlite, Transaction};

use super::outbox::insert_mail;
use super::{Error, Result, Store, from_json, instant};
use crate::domain::edition::{Edition, Rendered};

/// A digest's state beside its definition.
#[derive(Debug, Clone)]
pub struct DigestState {
    /// Moments up to here have had their edition; none if no daemon has seen the digest yet.
    pub handled_until: Option<Timestamp>,
    pub paused: bool,
}

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
}

impl Store {
    /// Makes sure that each digest of the configuration has its row.
    pub async fn register_digests(&self, slugs: impl IntoIterator<Item = &str>) -> Result<()> {
        let known: Vec<String> = sqlx::query_scalar!("SELECT slug FROM digest").fetch_all(&self.read).await?;
        for slug in slugs.into_iter().filter(|slug| !known.iter().any(|k| k == slug)) {
            sqlx::query!(
                "INSERT INTO digest (slug, schedule, paused) VALUES ($1, '', 0) ON CONFLICT (slug) DO NOTHING",
                slug
            )
            .execute(&self.write)
            .await?;
        }
        Ok(())
    }

    /// Tells that a daemon now keeps to `schedule`. If it is new or changed, the moments before now are nobody's.
    pub async fn adopt_schedule(&self, slug: &str, schedule: &str) -> Result<()> {
        let now = self.now().as_second();
        sqlx::query!(
            "UPDATE digest SET schedule = $2, handled_until = max(coalesce(handled_until, $3), $3)
             WHERE slug = $1 AND (schedule <> $2 OR handled_until IS NULL)",
            slug,
            schedule,
            now
        )
        .execute(&self.write)
        .await?;
        Ok(())
    }

    pub async fn digest_state(&self, slug: &str) -> Result<DigestState> {
        let row = sqlx::query!("SELECT handled_until, paused FROM digest WHERE slug = $1", slug)
            .fetch_optional(&self.read)
            .await?
            .ok_or_else(|| no_digest(slug))?;
        Ok(DigestState { handled_until: row.handled_until.map(instant).transpose()?, paused: row.paused != 0 })
    }

    /// Pauses a digest, or lets it go on; the moments that passed meanwhile are not made up for.
    pub async fn set_paused(&self, slug: &str, paused: bool) -> Result<()> {
        let now = self.now().as_second();
        let updated = sqlx::query!(
            "UPDATE digest SET paused = $2, handled_until = CASE WHEN paused AND NOT $2
                    THEN max(coalesce(handled_until, $3), $3) ELSE handled_until END
             WHERE slug = $1",
            slug,
            paused,
            now
        )
        .execute(&self.write)
        .await?;
        match updated.rows_affected() {
            0 => Err(no_digest(slug)),
            _ => Ok(()),
        }
    }

    /// Notes that the moments up to `moment` need no edition any more.
    pub async fn settle_schedule(&self, slug: &str, moment: Timestamp) -> Result<()> {
        let mut transaction = self.begin().await?;
        settle(&mut transaction, slug, moment).await?;
        Ok(transaction.commit().await?)
    }

    pub async fn last_edition(&self, slug: &str) -> Result<Option<Edition>> {
        let row = sqlx::query!(
            "SELECT edition.id, number, scheduled_for, history_head, candidates
             FROM edition JOIN digest ON digest.id = digest_id WHERE slug = $1 ORDER BY number DESC LIMIT 1",
            slug
        )
        .fetch_optional(&self.read)
        .await?;
        row.map(|row| {
            Ok(Edition {
                id: row.id,
                digest: slug.to_owned(),
                number: row.number,
                scheduled_for: instant(row.scheduled_for)?,
                history_head: row.history_head,
                candidates: row.candidates,
            })
        })
        .transpose()
    }

    /// Makes an edition with a delivery for each reader, all in one transaction, or nothing if there is one for that
    /// moment already. `render` is asked once for each set of topics that readers follow; where it
    /// has nothing to tell, nobody gets a mail.
    pub async fn create_edition<E: From<Error>>(
        &self,
        new: NewEdition<'_>,
        mut render: impl FnMut(&[String]) -> std::result::Result<Option<Rendered>, E>,
    ) -> std::result::Result<Option<Edition>, E> {
        let mut transaction = self.begin().await?;
        let Some(edition) = insert_edition(&mut transaction, &new, self.now()).await? else {
            if new.settles_schedule {
                settle(&mut transaction, new.digest, new.scheduled_for).await?;
            }
            transaction.commit().await.map_err(Error::from)?;
            return Ok(None);
        };
        let mut candidates = 0;
        for topics in topics_followed(&mut transaction, new.digest).await? {
            if let Some(mail) = render(&from_json(&topics)?)? {
                candidates +=
                    queue_group(&mut transaction, &edition, &topics, &mail, new.mail_domain, self.now()).await?;
            }
        }
        sqlx::query!("UPDATE edition SET candidates = $2 WHERE id = $1", edition.id, candidates)
            .execute(&mut *transaction)
            .await
            .map_err(Error::from)?;
        if new.settles_schedule {
            settle(&mut transaction, new.digest, new.scheduled_for).await?;
        }
        transaction.commit().await.map_err(Error::from)?;
        Ok(Some(Edition { candidates, ..edition }))
    }
}

fn no_digest(slug: &str) -> Error {
    Error::not_found("digest", slug, ": `kalends digest list` shows those configured")
}

async fn settle(transaction: &mut Transaction<'_, Sqlite>, slug: &str, moment: Timestamp) -> Result<()> {
    let moment = moment.as_second();
    sqlx::query!(
        "UPDATE digest SET handled_until = max(coalesce(handled_until, $2), $2) WHERE slug = $1",
        slug,
        moment
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
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

/// The sets of topics that a digest's readers follow, as the column has them.
async fn topics_followed(transaction: &mut Transaction<'_, Sqlite>, slug: &str) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar!(
        "SELECT DISTINCT topics FROM subscription
         JOIN subscriber ON subscriber.id = subscriber_id JOIN digest ON digest.id = digest_id
         WHERE slug = $1 AND status = 'confirmed' ORDER BY topics",
        slug
    )
    .fetch_all(&mut **transaction)
    .await?)
}

/// Queues one mail for everybody who follows these topics; how many they are.
async fn queue_group(
    transaction: &mut Transaction<'_, Sqlite>,
    edition: &Edition,
    topics: &str,
    mail: &Rendered,
    mail_domain: &str,
    now: Timestamp,
) -> Result<i64> {
    let mail_id = insert_mail(transaction, Some(edition.id), mail).await?;
    let now = now.as_second();
    let queued =
        sqlx::query!(
        "INSERT INTO delivery (mail_id, edition_id, lane, subscriber_id, address, message_id, status, next_at, created_at)
         SELECT $1, $2, digest_id, subscriber.id, email, lower(hex(randomblob(16))) || '@' || $3, 'queued', $4, $4
         FROM subscription JOIN subscriber ON subscriber.id = subscriber_id
         WHERE digest_id = (SELECT digest_id FROM edition WHERE id = $2) AND status = 'confirmed'
           AND topics = $5",
        mail_id, edition.id, mail_domain, now, topics
    )
        .execute(&mut **transaction)
        .await?;
    Ok(i64::try_from(queued.rows_affected()).unwrap_or(i64::MAX))
}
