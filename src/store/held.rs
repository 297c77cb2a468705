//! Editions whose sending is held, goes on, or is given up. What is held has no `next_at`, so that nothing takes it in hand;
//! a trigger sees to those that come back from the wire meanwhile.

use jiff::Timestamp;

use super::acts::note;
use super::{Result, Store};
use crate::domain::act::Deed;
use crate::domain::actor::Actor;
use crate::domain::edition::Edition;
use crate::domain::refused::Noun;

/// Stands with what was never sent, for people.
const GIVEN_UP: &str = "the edition was given up";

impl Store {
    /// Holds what waits; how many deliveries that were.
    pub async fn stop_edition(&self, by: &Actor, edition: &Edition) -> Result<u64> {
        let mut transaction = self.begin().await?;
        let now = self.now();
        let at = now.as_second();
        let held = sqlx::query!(
            "UPDATE delivery SET held_until = next_at, next_at = NULL WHERE edition_id = $1 AND next_at IS NOT NULL",
            edition.id
        );
        let held = held.execute(&mut *transaction).await?.rows_affected();
        sqlx::query!("UPDATE edition SET stopped_at = coalesce(stopped_at, $2) WHERE id = $1", edition.id, at)
            .execute(&mut *transaction)
            .await?;
        told(&mut transaction, now, by, Deed::Stopped, edition, held).await?;
        transaction.commit().await?;
        Ok(held)
    }

    /// Lets what was held be due again; how many deliveries that are.
    pub async fn go_on_with_edition(&self, by: &Actor, edition: &Edition) -> Result<u64> {
        let mut transaction = self.begin().await?;
        sqlx::query!("UPDATE edition SET stopped_at = NULL WHERE id = $1 AND NOT is_given_up", edition.id)
            .execute(&mut *transaction)
            .await?;
        let freed = sqlx::query!(
            "UPDATE delivery SET next_at = held_until, held_until = NULL
             WHERE edition_id = $1 AND held_until IS NOT NULL",
            edition.id
        );
        let freed = freed.execute(&mut *transaction).await?.rows_affected();
        told(&mut transaction, self.now(), by, Deed::WentOn, edition, freed).await?;
        transaction.commit().await?;
        Ok(freed)
    }

    /// Sends nothing of it any more; how many deliveries were given up. Those of which nobody knows stay so, and are not
    /// tried again. What nobody got is taken out of the archive.
    pub async fn give_up_edition(&self, by: &Actor, edition: &Edition) -> Result<u64> {
        let mut transaction = self.begin().await?;
        let now = self.now();
        let at = now.as_second();
        let given_up = sqlx::query!(
            "UPDATE delivery SET status = 'suppressed', error = $2, next_at = NULL, held_until = NULL
             WHERE edition_id = $1 AND status IN ('queued', 'deferred')",
            edition.id,
            GIVEN_UP
        );
        let given_up = given_up.execute(&mut *transaction).await?.rows_affected();
        sqlx::query!(
            "UPDATE delivery SET next_at = NULL, held_until = NULL
             WHERE edition_id = $1 AND (next_at IS NOT NULL OR held_until IS NOT NULL)",
            edition.id
        )
        .execute(&mut *transaction)
        .await?;
        sqlx::query!(
            "UPDATE edition SET stopped_at = coalesce(stopped_at, $2), is_given_up = 1 WHERE id = $1",
            edition.id,
            at
        )
        .execute(&mut *transaction)
        .await?;
        sqlx::query!(
            "DELETE FROM archived_edition
             WHERE edition_id = $1
               AND NOT EXISTS (SELECT 1 FROM delivery
                               WHERE edition_id = $1 AND status IN ('sent', 'sending', 'uncertain'))
               AND NOT EXISTS (SELECT 1 FROM cleared_delivery WHERE edition_id = $1 AND status IN ('sent', 'uncertain'))",
            edition.id
        )
        .execute(&mut *transaction)
        .await?;
        told(&mut transaction, now, by, Deed::GivenUp, edition, given_up).await?;
        transaction.commit().await?;
        Ok(given_up)
    }

    /// The ids of editions that are stopped, the oldest first.
    pub async fn stopped_editions(&self) -> Result<Vec<i64>> {
        let ids =
            sqlx::query_scalar!("SELECT id FROM edition WHERE stopped_at IS NOT NULL AND NOT is_given_up ORDER BY id");
        Ok(ids.fetch_all(&self.read).await?)
    }
}

async fn told(
    transaction: &mut sqlx::Transaction<'_, sqlx::Sqlite>,
    now: Timestamp,
    by: &Actor,
    deed: Deed,
    edition: &Edition,
    deliveries: u64,
) -> Result<()> {
    let detail = crate::domain::wording::count(deliveries as usize, "delivery", "deliveries");
    note(transaction, now, by, deed, (Noun::Edition, &edition.name().to_string()), &detail).await
}
