//! Who was forgotten since the backup was made is known by hashes alone: each address that the backup holds anywhere is
//! held against them, and erased as it was then.

use std::collections::HashSet;

use futures_util::TryStreamExt;
use jiff::Timestamp;
use sqlx::{Sqlite, Transaction};

use crate::domain::address::EmailAddress;
use crate::domain::mention::addresses;
use crate::domain::token::TokenKey;
use crate::store::Result;
use crate::store::forgotten::erase;

/// Wherever an address stands by itself.
const ADDRESSES: &str = "
    SELECT email FROM main.subscriber UNION SELECT address FROM main.delivery
    UNION SELECT address FROM main.bounce WHERE address IS NOT NULL
    UNION SELECT email FROM main.editor WHERE email IS NOT NULL";

const MERGED: &str = "INSERT OR IGNORE INTO main.forgotten (hash, at) SELECT hash, at FROM old.forgotten WHERE TRUE";

/// Erases them; how many they were.
pub(super) async fn erase_forgotten(
    transaction: &mut Transaction<'_, Sqlite>,
    key: &TokenKey,
    now: Timestamp,
) -> Result<u64> {
    let forgotten = texts(transaction, "SELECT hash FROM old.forgotten").await?;
    let known_before = texts(transaction, "SELECT hash FROM main.forgotten").await?;
    // Who asks to come back has a row while the hash still stands.
    let asks_again = texts(transaction, "SELECT email_key FROM old.subscriber").await?;
    let mut people = texts(transaction, ADDRESSES).await?;
    people.extend(quoted(transaction).await?);
    let mut erased = 0;
    for address in people {
        let Ok(email) = address.parse::<EmailAddress>() else { continue };
        let (email_key, hash) = (email.key(), key.fingerprint(&email.key()));
        let stays = known_before.contains(&hash) && asks_again.contains(&email_key);
        if !forgotten.contains(&hash) || stays {
            continue;
        }
        // Who was forgotten was no editor any more.
        sqlx::query("UPDATE main.editor SET left_at = coalesce(left_at, $2) WHERE email_key = $1")
            .bind(&email_key)
            .bind(now.as_second())
            .execute(&mut **transaction)
            .await?;
        erased += u64::from(erase(transaction, &email, now).await?.was_known);
    }
    sqlx::query(MERGED).execute(&mut **transaction).await?;
    Ok(erased)
}

/// Addresses inside of what came back.
async fn quoted(transaction: &mut Transaction<'_, Sqlite>) -> Result<HashSet<String>> {
    let kept = "SELECT coalesce(CAST(message AS BLOB), x'') || x'0a' || coalesce(CAST(diagnostic AS BLOB), x'')
                FROM main.bounce WHERE message IS NOT NULL OR diagnostic IS NOT NULL";
    let (mut kept, mut found) = (sqlx::query_scalar::<_, Vec<u8>>(kept).fetch(&mut **transaction), HashSet::new());
    // One at a time: messages are large.
    while let Some(octets) = kept.try_next().await? {
        found.extend(addresses(&octets));
    }
    Ok(found)
}

async fn texts(transaction: &mut Transaction<'_, Sqlite>, query: &'static str) -> Result<HashSet<String>> {
    let texts: Vec<String> = sqlx::query_scalar(query).fetch_all(&mut **transaction).await?;
    Ok(texts.into_iter().collect())
}
