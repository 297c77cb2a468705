//! The log of acts.

use jiff::Timestamp;
use sqlx::{Sqlite, Transaction};

use super::{Result, Store, Stretch, instant, parsed};
use crate::domain::act::{Act, Deed};
use crate::domain::actor::Actor;
use crate::domain::refused::Noun;

/// Writes one in the transaction of what was done. A person is named by the id of their row, and the detail names nobody.
pub(super) async fn note(
    transaction: &mut Transaction<'_, Sqlite>,
    at: Timestamp,
    by: &Actor,
    deed: Deed,
    (noun, name): (Noun, &str),
    detail: &str,
) -> Result<()> {
    let (at, by, deed, noun) = (at.as_second(), by.to_string(), deed.as_str(), noun.as_str());
    sqlx::query!(
        "INSERT INTO act (at, actor, action, noun, name, detail) VALUES ($1, $2, $3, $4, $5, $6)",
        at,
        by,
        deed,
        noun,
        name,
        detail
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

impl Store {
    /// Writes one of what leaves no other trace in the database, such as a test mail.
    pub async fn note_act(&self, by: &Actor, deed: Deed, what: (Noun, &str), detail: &str) -> Result<()> {
        let mut transaction = self.begin().await?;
        note(&mut transaction, self.now(), by, deed, what, detail).await?;
        Ok(transaction.commit().await?)
    }

    /// The address of a subscriber whom the log names by the id of their row; none if they are gone.
    pub async fn address_of(&self, id: &str) -> Result<Option<String>> {
        let address = sqlx::query_scalar!("SELECT email FROM subscriber WHERE CAST(id AS TEXT) = $1", id);
        Ok(address.fetch_optional(&self.read).await?)
    }

    /// The newest first.
    pub async fn acts(&self, stretch: Stretch) -> Result<Vec<Act>> {
        let most = stretch.most();
        let rows = sqlx::query!(
            "SELECT id, at, actor, action, noun, name, detail FROM act WHERE $1 IS NULL OR id < $1
             ORDER BY id DESC LIMIT $2",
            stretch.before,
            most
        );
        let acts = rows.fetch_all(&self.read).await?.into_iter().map(|row| {
            Ok(Act {
                id: row.id,
                at: instant(row.at)?,
                by: parsed(&row.actor)?,
                deed: parsed(&row.action)?,
                noun: parsed(&row.noun)?,
                name: row.name,
                detail: row.detail,
            })
        });
        acts.collect()
    }
}
