//! Who is to be known no more: people erased everywhere, and the hash that keeps an import from bringing them back.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::time::Duration;

use futures_util::TryStreamExt;
use jiff::Timestamp;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Row, Sqlite, Transaction};

use super::personal_calendars::revoke;
use super::queue::NO_READER;
use super::subscribers::{find, no_subscriber};
use super::{Error, Result, Store, acts, answers, desk, editors, hooks, instant};
use crate::domain::act::Deed;
use crate::domain::actor::Actor;
use crate::domain::address::EmailAddress;
use crate::domain::mention::{mentions, names};
use crate::domain::refused::{Noun, Refused};
use crate::domain::subscriber::Subscriber;
use crate::domain::text;

/// What deliveries show in the place of a forgotten address; the sums stay right. RFC 2606 keeps it from being one.
pub(super) const NOBODY: &str = "forgotten@forgotten.invalid";

/// How much of a file is looked at in one go.
const SCAN_OCTETS: usize = 1 << 20;

/// How long one try to empty the log may hold up who writes, how many there are, and how far apart.
const LOG_TRY: Duration = Duration::from_millis(20);
const LOG_TRIES: u32 = 20;
const LOG_PAUSE: Duration = Duration::from_millis(100);

/// The entry of `meta` that says that octets of who is forgotten may be left.
const SCRUB_DUE: &str = "scrub_due";

/// What became of the wish to be forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Forgotten {
    /// Whether anything was kept of the person.
    pub was_known: bool,
    /// Deliveries whose address was erased.
    pub deliveries: u64,
    /// Whether the octets are gone from the database's files too. Otherwise a program that was reading, or a full disk,
    /// kept them from being cleared.
    pub is_scrubbed: bool,
}

impl Store {
    /// Erases all that is kept of a person, but for a keyed hash of the address: with it an import or an editor can't
    /// bring them back. They themselves can, by confirming a sign-up. An editor is refused, as long as they are one. Which
    /// columns hold something of a person, and what becomes of it, stands in `personal`.
    pub async fn forget(&self, by: &Actor, email: &EmailAddress) -> Result<Forgotten> {
        let (key, now) = (email.key(), self.now());
        let at = now.as_second();
        let hash = self.token_key().await?.fingerprint(&key);
        let mut transaction = self.begin().await?;
        let erased = erase(&mut transaction, email, now).await?;
        keep_hash(&mut transaction, &hash, at).await?;
        if erased.was_known {
            acts::note(&mut transaction, now, by, Deed::Forgotten, (Noun::Subscriber, ""), "").await?;
        }
        transaction.commit().await?;
        if self.is_rehearsal {
            let Erased { was_known, deliveries, .. } = erased;
            return Ok(Forgotten { was_known, deliveries, is_scrubbed: true });
        }
        let is_scrubbed = self.scrub(email, erased.with_message).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "the files of the database could not be cleared of who is forgotten");
            false
        });
        if !is_scrubbed {
            self.set_meta(SCRUB_DUE, "1").await?;
        }
        Ok(Forgotten { was_known: erased.was_known, deliveries: erased.deliveries, is_scrubbed })
    }

    /// Whether a mail to somebody who was forgotten is being handed over.
    pub async fn is_nobody_on_the_wire(&self) -> Result<bool> {
        let found = sqlx::query_scalar!(
            "SELECT 1 AS found FROM delivery WHERE status = 'sending' AND address = $1 LIMIT 1",
            NOBODY
        );
        Ok(found.fetch_optional(&self.read).await?.is_some())
    }

    /// Deletes the person; deliveries keep the address. Mail still queued is suppressed at hand-off. If nothing may be
    /// sent to the address, that outlives the person. `expect` may refuse it, of them as they are.
    pub async fn remove_subscriber(
        &self,
        by: &Actor,
        email: &EmailAddress,
        expect: impl FnOnce(&Subscriber) -> std::result::Result<(), Refused>,
    ) -> Result<()> {
        let (key, now) = (email.key(), self.now());
        let hash = self.token_key().await?.fingerprint(&key);
        let mut transaction = self.begin().await?;
        let found = find(&mut transaction, email).await?.ok_or_else(|| no_subscriber(email))?;
        expect(&found)?;
        revoke(&mut transaction, found.id, now).await?;
        sqlx::query!("DELETE FROM subscriber WHERE id = $1", found.id).execute(&mut *transaction).await?;
        if found.suppression.is_some() {
            keep_hash(&mut transaction, &hash, now.as_second()).await?;
        }
        let what = (Noun::Subscriber, found.id.to_string());
        acts::note(&mut transaction, now, by, Deed::Removed, (what.0, &what.1), "").await?;
        Ok(transaction.commit().await?)
    }

    /// Clears the database's files of an address that no row holds any more; whether that was possible. SQLite zeroes
    /// what is deleted (`secure_delete`), but not every copy it made when it moved rows within a page before. Where the
    /// file still holds the address, or may hold it as mails spell it, it is written anew.
    async fn scrub(&self, email: &EmailAddress, may_be_encoded: bool) -> Result<bool> {
        if !self.empty_log().await? {
            return Ok(false);
        }
        let (store, address) = (self.clone(), email.as_str().to_ascii_lowercase());
        let found = tokio::task::spawn_blocking(move || holds(store.octets()?, address.as_bytes())).await;
        if matches!(found, Ok(Ok(false))) && !may_be_encoded {
            return Ok(true);
        }
        self.write_anew().await
    }

    /// Leaves nothing of what was deleted in the files; whether that was possible.
    async fn write_anew(&self) -> Result<bool> {
        sqlx::query("VACUUM").execute(&self.write).await?;
        self.empty_log().await
    }

    /// The database's file, to look through all its octets. It stays open as long as the process lives (see [`super::find`]).
    fn octets(&self) -> std::io::Result<&'static File> {
        match self.file.get() {
            Some(file) => Ok(file),
            None => {
                let file = Box::leak(Box::new(File::open(&self.path)?));
                Ok(self.file.get_or_init(|| file))
            }
        }
    }

    /// Writes SQLite's log into the file and cuts it to nothing, since it holds pages as they were. False if a program
    /// was reading from it for longer than anybody waits. Nobody else can write while one waits for readers, so each try
    /// is short: a program that copies the log as it grows reads always.
    async fn empty_log(&self) -> Result<bool> {
        let options = SqliteConnectOptions::new().filename(&self.path).busy_timeout(LOG_TRY);
        let mut connection = options.connect().await?;
        for attempt in 0..LOG_TRIES {
            if attempt > 0 {
                tokio::time::sleep(LOG_PAUSE).await;
            }
            match sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&mut connection).await.map_err(Error::from) {
                Ok(row) if row.try_get::<i64, _>(0)? == 0 => return Ok(true),
                Ok(_) | Err(Error::Locked(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(false)
    }

    /// Clears the files of whoever was forgotten while another program read the log, if there is anybody.
    pub async fn scrub_again(&self) -> Result<()> {
        if self.meta(SCRUB_DUE).await?.is_none() || !self.empty_log().await? {
            return Ok(());
        }
        if self.write_anew().await? {
            sqlx::query("DELETE FROM meta WHERE key = $1").bind(SCRUB_DUE).execute(&self.write).await?;
            tracing::info!("the database's files were cleared of who was forgotten while another program read them");
        }
        Ok(())
    }
}

/// What was erased of a person.
pub(super) struct Erased {
    pub was_known: bool,
    /// Deliveries whose address was erased.
    deliveries: u64,
    /// Whether a message was kept that came back from them.
    with_message: bool,
}

/// Erases all that the rows hold of a person. An editor is refused, as long as they are one.
pub(super) async fn erase(
    transaction: &mut Transaction<'_, Sqlite>,
    email: &EmailAddress,
    now: Timestamp,
) -> Result<Erased> {
    let key = email.key();
    // While it is known whose row it is.
    desk::forget(transaction, email).await?;
    let edited = editors::forget(transaction, email).await?;
    let ids = all_ids(transaction, email).await?;
    let mut deliveries = 0;
    for id in &ids {
        deliveries += erase_deliveries(transaction, *id).await?;
        revoke(transaction, *id, now).await?;
        erase_acts(transaction, *id).await?;
    }
    deliveries += erase_notices(transaction, email).await?;
    hooks::erase_answers(transaction, &ids, &key).await?;
    let bounces = erase_bounces(transaction, &key).await?;
    answers::erase(transaction, &key).await?;
    let deleted = sqlx::query!("DELETE FROM subscriber WHERE email_key = $1", key)
        .execute(&mut **transaction)
        .await?
        .rows_affected();
    let was_known = deleted + deliveries + bounces.rows + edited > 0;
    Ok(Erased { was_known, deliveries, with_message: bounces.with_message })
}

/// Whether a file holds these octets, which are in lower case, in any case.
fn holds(file: &File, octets: &[u8]) -> std::io::Result<bool> {
    let (mut piece, mut next, mut at) = (Vec::new(), vec![0; SCAN_OCTETS], 0);
    loop {
        let read = file.read_at(&mut next, at)?;
        if read == 0 {
            return Ok(false);
        }
        at += read as u64;
        // What may be the beginning of it stays for the next piece.
        piece.drain(..piece.len().saturating_sub(octets.len()));
        piece.extend(next[..read].iter().map(u8::to_ascii_lowercase));
        if piece.windows(octets.len().max(1)).any(|window| window == octets) {
            return Ok(true);
        }
    }
}

/// When the address behind this hash was forgotten, if it was.
pub(super) async fn forgotten_at(transaction: &mut Transaction<'_, Sqlite>, hash: &str) -> Result<Option<Timestamp>> {
    let at = sqlx::query_scalar!("SELECT at FROM forgotten WHERE hash = $1", hash);
    at.fetch_optional(&mut **transaction).await?.map(instant).transpose()
}

/// Nothing speaks against the address any more: the person behind it came back.
pub(super) async fn welcome_back(transaction: &mut Transaction<'_, Sqlite>, hash: &str) -> Result<()> {
    sqlx::query!("DELETE FROM forgotten WHERE hash = $1", hash).execute(&mut **transaction).await?;
    Ok(())
}

/// The ids that the person behind an address has, and had before they were removed.
pub(super) async fn all_ids(transaction: &mut Transaction<'_, Sqlite>, email: &EmailAddress) -> Result<Vec<i64>> {
    let (key, address) = (email.key(), email.as_str());
    // SQLite folds the case of ASCII alone; of other letters the spelling given is found.
    Ok(sqlx::query_scalar!(
        r#"SELECT id AS "id!" FROM subscriber WHERE email_key = $1
           UNION SELECT subscriber_id FROM delivery WHERE subscriber_id <> $3 AND (lower(address) = $1 OR address = $2)"#,
        key,
        address,
        NO_READER
    )
    .fetch_all(&mut **transaction)
    .await?)
}

/// What servers said of a delivery may quote the address, whole or in part.
async fn erase_deliveries(transaction: &mut Transaction<'_, Sqlite>, subscriber_id: i64) -> Result<u64> {
    // Before the deliveries, which show whose these are.
    sqlx::query!(
        "UPDATE bounce SET address = NULL, diagnostic = NULL, message = NULL, digest = NULL, message_of = NULL,
                           reader_id = NULL
         WHERE delivery_id IN (SELECT id FROM delivery WHERE subscriber_id = $1) OR reader_id = $1",
        subscriber_id
    )
    .execute(&mut **transaction)
    .await?;
    sqlx::query!(
        "DELETE FROM refusal WHERE delivery_id IN (SELECT id FROM delivery WHERE subscriber_id = $1)",
        subscriber_id
    )
    .execute(&mut **transaction)
    .await?;
    let erased = sqlx::query!(
        "UPDATE delivery SET address = $2, error = NULL, next_at = NULL, held_until = NULL,
                status = CASE WHEN status IN ('queued', 'deferred') THEN 'suppressed' ELSE status END
         WHERE subscriber_id = $1",
        subscriber_id,
        NOBODY
    )
    .execute(&mut **transaction)
    .await?;
    Ok(erased.rows_affected())
}

/// Of mails that went to the address of somebody as no reader.
async fn erase_notices(transaction: &mut Transaction<'_, Sqlite>, email: &EmailAddress) -> Result<u64> {
    let (key, address) = (email.key(), email.as_str());
    // What an editor had forwarded is told in the answer, and may name anybody.
    sqlx::query!(
        "UPDATE mail SET subject = '', text = '', html = '', answers = ''
         WHERE answers IS NOT NULL AND id IN (SELECT mail_id FROM delivery
                                              WHERE subscriber_id = $3 AND (lower(address) = $1 OR address = $2))",
        key,
        address,
        NO_READER
    )
    .execute(&mut **transaction)
    .await?;
    let erased = sqlx::query!(
        "UPDATE delivery SET address = $4, error = NULL, next_at = NULL, held_until = NULL,
                status = CASE WHEN status IN ('queued', 'deferred') THEN 'suppressed' ELSE status END
         WHERE subscriber_id = $3 AND (lower(address) = $1 OR address = $2)",
        key,
        address,
        NO_READER,
        NOBODY
    )
    .execute(&mut **transaction)
    .await?;
    Ok(erased.rows_affected())
}

/// Bounces that named somebody.
struct ErasedBounces {
    rows: u64,
    /// Whether a message was kept with one of them.
    with_message: bool,
}

/// Of bounces that no delivery is known of: what they quote may hold the address anywhere, also as mails spell it.
async fn erase_bounces(transaction: &mut Transaction<'_, Sqlite>, key: &str) -> Result<ErasedBounces> {
    let mut named = Vec::new();
    let mut rows = sqlx::query!(
        "SELECT id, address, diagnostic, message FROM bounce
         WHERE message IS NOT NULL OR lower(address) = $1 OR instr(lower(diagnostic), $1) > 0",
        key
    )
    .fetch(&mut **transaction);
    // One at a time: messages are large.
    while let Some(row) = rows.try_next().await? {
        let is_theirs = row.address.as_deref().is_some_and(|address| text::fold_case(address) == key);
        let has_message = row.message.is_some();
        let quotes = mentions(row.message.as_deref().unwrap_or_default(), key)
            || row.diagnostic.as_deref().is_some_and(|said| names(said, key));
        if is_theirs || quotes {
            named.push((row.id, is_theirs, has_message));
        }
    }
    drop(rows);
    for (id, is_theirs, _) in &named {
        sqlx::query!(
            "UPDATE bounce SET address = CASE WHEN $2 THEN NULL ELSE address END, diagnostic = NULL, message = NULL,
                    digest = NULL, message_of = NULL
             WHERE id = $1",
            id,
            is_theirs
        )
        .execute(&mut **transaction)
        .await?;
    }
    let with_message = named.iter().any(|(_, _, has_message)| *has_message);
    Ok(ErasedBounces { rows: named.len() as u64, with_message })
}

/// Acts stay, and tell no more whom they were about.
async fn erase_acts(transaction: &mut Transaction<'_, Sqlite>, subscriber_id: i64) -> Result<()> {
    let (noun, name) = (Noun::Subscriber.as_str(), subscriber_id.to_string());
    sqlx::query!("UPDATE act SET name = '', detail = '' WHERE noun = $1 AND name = $2", noun, name)
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

async fn keep_hash(transaction: &mut Transaction<'_, Sqlite>, hash: &str, now: i64) -> Result<()> {
    sqlx::query!("INSERT INTO forgotten (hash, at) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING", hash, now)
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octets_are_found_wherever_they_stand_in_a_file() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let size = SCAN_OCTETS;
        for at in [0, 1, size - 7, size - 3, size, 2 * size - 1] {
            let mut octets = vec![b'.'; 2 * size + 20];
            octets[at..at + 7].copy_from_slice(b"Ada@Org");
            std::fs::write(file.path(), &octets).unwrap();
            assert!(holds(file.as_file(), b"ada@org").unwrap(), "{at}");
            assert!(!holds(file.as_file(), b"eve@org").unwrap());
        }
        std::fs::write(file.path(), b"ada@or").unwrap();
        assert!(!holds(file.as_file(), b"ada@org").unwrap());
    }
}
