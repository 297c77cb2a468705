//! What is remembered of digests: which moments had their edition, and the editions themselves.

use jiff::Timestamp;
use sqlx::{Sqlite, Transaction};

use super::{Error, Result, Store, instant};
use crate::domain::edition::Edition;

/// A digest's state beside its definition.
#[derive(Debug, Clone)]
pub struct DigestState {
    /// Moments up to here have had their edition; none if no daemon has seen the digest yet.
    pub handled_until: Option<Timestamp>,
    pub paused: bool,
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

    /// Whether a digest has an edition for a moment.
    pub async fn has_edition(&self, slug: &str, moment: Timestamp) -> Result<bool> {
        let moment = moment.as_second();
        let found = sqlx::query_scalar!(
            "SELECT 1 AS found FROM edition JOIN digest ON digest.id = digest_id WHERE slug = $1 AND scheduled_for = $2",
            slug,
            moment
        );
        Ok(found.fetch_optional(&self.read).await?.is_some())
    }

    pub async fn last_edition(&self, slug: &str) -> Result<Option<Edition>> {
        let row = sqlx::query!(
            "SELECT edition.id, number, scheduled_for, composed_at, history_head, candidates
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
                composed_at: instant(row.composed_at)?,
                history_head: row.history_head,
                candidates: row.candidates,
            })
        })
        .transpose()
    }
}

fn no_digest(slug: &str) -> Error {
    Error::not_found("digest", slug, ": `kalends digest list` shows those configured")
}

pub(super) async fn settle(transaction: &mut Transaction<'_, Sqlite>, slug: &str, moment: Timestamp) -> Result<()> {
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
