//! What is remembered of digests: which moments had their edition, and the editions themselves.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use sqlx::{Sqlite, Transaction};

use super::acts::note;
use super::marks::drop_marks;
use super::{Error, Result, Store, Stretch, instant, words_to_json};
use crate::clock::SLACK;
use crate::domain::act::Deed;
use crate::domain::actor::Actor;
use crate::domain::edition::{Edition, EditionRef, Hold};
use crate::domain::refused::{Noun, Refused};

/// No attempt is put off for longer than this: by the table of retries, or until quiet hours are over.
const PUT_OFF_AT_MOST: SignedDuration = SignedDuration::from_hours(8 * 24);

/// More than an hourly digest has moments in a year.
const MOMENTS_KEPT: i64 = 10_000;

/// A digest's state beside its definition.
#[derive(Debug, Clone)]
pub struct DigestState {
    /// Moments up to here have had their edition; none if no daemon has seen the digest yet.
    pub handled_until: Option<Timestamp>,
    /// So do moments up to here, it was said; but that is farther ahead of now than it can be, so that a clock was wrong.
    /// It counts when now has come there.
    pub set_aside: Option<Timestamp>,
    pub paused: bool,
    /// The schedule that a daemon keeps to, as it told (see `adopt_schedule`).
    pub schedule: String,
}

/// A digest that is not in the configuration any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AbsentDigest {
    pub slug: String,
    pub readers: i64,
    /// How many of its mails wait.
    pub queued: i64,
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

    /// Tells which digests a daemon now has: mails of all others wait until one has them again.
    pub async fn keep_digests(&self, slugs: &[&str]) -> Result<()> {
        let kept = words_to_json(slugs);
        sqlx::query!(
            "INSERT INTO digest (slug, schedule, paused) SELECT value, '', 0 FROM json_each($1) WHERE true
             ON CONFLICT (slug) DO NOTHING",
            kept
        )
        .execute(&self.write)
        .await?;
        sqlx::query!(
            "UPDATE digest SET configured = slug IN (SELECT value FROM json_each($1))
             WHERE configured <> (slug IN (SELECT value FROM json_each($1)))",
            kept
        )
        .execute(&self.write)
        .await?;
        Ok(())
    }

    /// The digests that the daemon had once, has no more, and whose readers or mails wait for it.
    pub async fn absent_digests(&self) -> Result<Vec<AbsentDigest>> {
        let rows = sqlx::query_as!(
            AbsentDigest,
            r#"SELECT slug,
                      (SELECT count(*) FROM subscription
                       WHERE digest_id = digest.id AND status = 'confirmed') AS "readers!: i64",
                      (SELECT count(*) FROM delivery WHERE lane = digest.id AND next_at IS NOT NULL) AS "queued!: i64"
               FROM digest WHERE NOT configured ORDER BY slug"#
        );
        let absent = rows.fetch_all(&self.read).await?;
        Ok(absent.into_iter().filter(|digest| digest.readers > 0 || digest.queued > 0).collect())
    }

    /// Tells that a daemon now keeps to `schedule`. If it is new or changed, the moments before `since` are nobody's; none:
    /// it goes on from what was handled, if anything was. What was handled lies up to `ahead` ahead of now.
    pub async fn adopt_schedule(
        &self,
        slug: &str,
        schedule: &str,
        ahead: SignedDuration,
        since: Option<Timestamp>,
    ) -> Result<()> {
        let (now, reach) = (self.now(), (self.now() + ahead).as_second());
        let mut transaction = self.begin().await?;
        let known = sqlx::query!(
            r#"SELECT schedule = $2 AS "is_same!: bool",
                      EXISTS (SELECT 1 FROM handled WHERE digest_id = id AND until <= $3) AS "is_handled!: bool"
               FROM digest WHERE slug = $1"#,
            slug,
            schedule,
            reach
        )
        .fetch_optional(&mut *transaction)
        .await?
        .ok_or_else(|| no_digest(slug))?;
        if !known.is_same {
            sqlx::query!("UPDATE digest SET schedule = $2 WHERE slug = $1", slug, schedule)
                .execute(&mut *transaction)
                .await?;
        }
        match since {
            Some(since) if !known.is_same || !known.is_handled => settle(&mut transaction, slug, since).await?,
            None if !known.is_handled => settle(&mut transaction, slug, now).await?,
            _ => {}
        }
        sqlx::query!(
            "DELETE FROM handled WHERE digest_id = (SELECT id FROM digest WHERE slug = $1) AND until NOT IN
                (SELECT until FROM handled newest WHERE newest.digest_id = handled.digest_id
                 ORDER BY until DESC LIMIT $2)",
            slug,
            MOMENTS_KEPT
        )
        .execute(&mut *transaction)
        .await?;
        Ok(transaction.commit().await?)
    }

    /// What is said to be handled may lie up to `ahead` ahead of now.
    pub async fn digest_state(&self, slug: &str, ahead: SignedDuration) -> Result<DigestState> {
        let reach = (self.now() + ahead).as_second();
        let row = sqlx::query!(
            r#"SELECT paused, schedule, (SELECT max(until) FROM handled WHERE digest_id = id AND until <= $2) AS "handled: i64",
                      (SELECT max(until) FROM handled WHERE digest_id = id AND until > $2) AS "set_aside: i64"
               FROM digest WHERE slug = $1"#,
            slug,
            reach
        )
        .fetch_optional(&self.read)
        .await?
        .ok_or_else(|| no_digest(slug))?;
        Ok(DigestState {
            handled_until: row.handled.map(instant).transpose()?,
            set_aside: row.set_aside.map(instant).transpose()?,
            paused: row.paused != 0,
            schedule: row.schedule,
        })
    }

    /// Pauses a digest, or lets it go on; the moments that passed meanwhile are not made up for.
    pub async fn set_paused(&self, by: &Actor, slug: &str, paused: bool) -> Result<()> {
        let now = self.now();
        let mut transaction = self.begin().await?;
        let was_paused = sqlx::query_scalar!(r#"SELECT paused AS "paused: bool" FROM digest WHERE slug = $1"#, slug)
            .fetch_optional(&mut *transaction)
            .await?
            .ok_or_else(|| no_digest(slug))?;
        sqlx::query!("UPDATE digest SET paused = $2 WHERE slug = $1", slug, paused).execute(&mut *transaction).await?;
        if was_paused && !paused {
            settle(&mut transaction, slug, now).await?;
        }
        if was_paused != paused {
            let deed = if paused { Deed::Paused } else { Deed::Resumed };
            note(&mut transaction, now, by, deed, (Noun::Digest, slug), "").await?;
        }
        Ok(transaction.commit().await?)
    }

    /// Notes that the moments up to `moment` need no edition any more, and nothing of what was wanted of it.
    pub async fn settle_schedule(&self, slug: &str, moment: Timestamp) -> Result<()> {
        let mut transaction = self.begin().await?;
        drop_marks(&mut transaction, slug, moment).await?;
        settle(&mut transaction, slug, moment).await?;
        Ok(transaction.commit().await?)
    }

    /// Brings what was to happen later, or was noted as of later, back to now where a clock that was ahead put it there:
    /// else mail that it put off would wait until then. How many deliveries these are.
    pub async fn come_back(&self) -> Result<u64> {
        let now = self.now();
        let (at, ahead) = (now.as_second(), (now + SLACK).as_second());
        let far_ahead = (now + PUT_OFF_AT_MOST).as_second();
        let mut transaction = self.begin().await?;
        let deliveries = sqlx::query!(
            "UPDATE delivery SET next_at = $1
             WHERE next_at > $2 AND (created_at > $2 OR tried_since > $2
                                     OR next_at > $3 AND status IN ('deferred', 'uncertain'))",
            at,
            ahead,
            far_ahead
        )
        .execute(&mut *transaction)
        .await?
        .rows_affected();
        sqlx::query!(
            "UPDATE delivery SET created_at = $1, tried_since = iif(tried_since > $2, $1, tried_since)
             WHERE created_at > $2",
            at,
            ahead
        )
        .execute(&mut *transaction)
        .await?;
        sqlx::query!("UPDATE sign_up SET created_at = $1 WHERE created_at > $2", at, ahead)
            .execute(&mut *transaction)
            .await?;
        sqlx::query!("UPDATE source SET next_at = $1 WHERE tried_at > $2", at, ahead)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(deliveries)
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

    /// The moments after this one for which a digest has an edition.
    pub async fn edition_moments(&self, slug: &str, after: Timestamp) -> Result<BTreeSet<Timestamp>> {
        let after = after.as_second();
        let moments = sqlx::query_scalar!(
            "SELECT scheduled_for FROM edition
             WHERE digest_id = (SELECT id FROM digest WHERE slug = $1) AND scheduled_for > $2",
            slug,
            after
        );
        moments.fetch_all(&self.read).await?.into_iter().map(instant).collect()
    }

    /// The edition that somebody asks for.
    pub async fn edition(&self, wanted: &EditionRef) -> Result<Edition> {
        let (id, slug, number) = match wanted {
            EditionRef::Id(id) => (Some(*id), None, None),
            EditionRef::Name(name) => (None, Some(&name.digest), Some(name.number)),
        };
        let row = sqlx::query_as!(
            EditionRow,
            r#"SELECT edition.id, slug, number, scheduled_for, composed_at, history_head, candidates, stopped_at,
                    is_given_up AS "is_given_up!: bool"
             FROM edition JOIN digest ON digest.id = digest_id
             WHERE edition.id = $1 OR $1 IS NULL AND slug = $2 AND number = $3"#,
            id,
            slug,
            number
        );
        let row = row.fetch_optional(&self.read).await?;
        row.ok_or_else(|| Refused::not_found(Noun::Edition, wanted))?.try_into()
    }

    /// Those of a digest, or all; the newest first.
    pub async fn editions(&self, slug: Option<&str>, stretch: Stretch) -> Result<Vec<Edition>> {
        let most = stretch.most();
        let rows = sqlx::query_as!(
            EditionRow,
            r#"SELECT edition.id, slug, number, scheduled_for, composed_at, history_head, candidates, stopped_at,
                    is_given_up AS "is_given_up!: bool"
             FROM edition JOIN digest ON digest.id = digest_id
             WHERE ($1 IS NULL OR slug = $1) AND ($2 IS NULL OR edition.id < $2)
             ORDER BY edition.id DESC LIMIT $3"#,
            slug,
            stretch.before,
            most
        );
        rows.fetch_all(&self.read).await?.into_iter().map(Edition::try_from).collect()
    }

    pub async fn last_edition(&self, slug: &str) -> Result<Option<Edition>> {
        self.last_edition_made_by(slug, Timestamp::MAX).await
    }

    /// The last that was made by then.
    pub async fn last_edition_made_by(&self, slug: &str, then: Timestamp) -> Result<Option<Edition>> {
        let then = then.as_second();
        let row = sqlx::query_as!(
            EditionRow,
            r#"SELECT edition.id, slug, number, scheduled_for, composed_at, history_head, candidates, stopped_at,
                    is_given_up AS "is_given_up!: bool"
             FROM edition JOIN digest ON digest.id = digest_id WHERE slug = $1 AND composed_at <= $2
             ORDER BY number DESC LIMIT 1"#,
            slug,
            then
        );
        row.fetch_optional(&self.read).await?.map(Edition::try_from).transpose()
    }
}

struct EditionRow {
    id: i64,
    slug: String,
    number: i64,
    scheduled_for: i64,
    composed_at: i64,
    history_head: i64,
    candidates: i64,
    stopped_at: Option<i64>,
    is_given_up: bool,
}

impl TryFrom<EditionRow> for Edition {
    type Error = Error;

    fn try_from(row: EditionRow) -> Result<Self> {
        Ok(Self {
            id: row.id,
            digest: row.slug,
            number: row.number,
            scheduled_for: instant(row.scheduled_for)?,
            composed_at: instant(row.composed_at)?,
            history_head: row.history_head,
            candidates: row.candidates,
            hold: match row.stopped_at.map(instant).transpose()? {
                None => Hold::None,
                Some(since) if row.is_given_up => Hold::GivenUp(since),
                Some(since) => Hold::Stopped(since),
            },
        })
    }
}

fn no_digest(slug: &str) -> Error {
    Refused::not_found(Noun::Digest, slug).into()
}

pub(super) async fn settle(transaction: &mut Transaction<'_, Sqlite>, slug: &str, moment: Timestamp) -> Result<()> {
    let (moment, shortly_before) = (moment.as_second(), (moment - SLACK).as_second());
    // Of moments that come every minute the last is enough.
    sqlx::query!(
        "DELETE FROM handled WHERE digest_id = (SELECT id FROM digest WHERE slug = $1) AND until BETWEEN $2 AND $3",
        slug,
        shortly_before,
        moment
    )
    .execute(&mut **transaction)
    .await?;
    sqlx::query!("INSERT INTO handled (digest_id, until) SELECT id, $2 FROM digest WHERE slug = $1", slug, moment)
        .execute(&mut **transaction)
        .await?;
    Ok(())
}
