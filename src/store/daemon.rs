//! What the daemon tells other processes of itself: since when it runs, and which configuration it goes by.

use std::fs::TryLockError;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::{Result, Store, from_json, instant, to_json};

/// The daemon that runs, or ran last.
#[derive(Debug, Clone)]
pub struct Daemon {
    pub version: String,
    pub started_at: Timestamp,
    /// The configuration in force, as JSON, without its secrets.
    pub settings: String,
    /// When that was taken over.
    pub taken_at: Timestamp,
    /// What of the file takes a new start, in sentences.
    pub waiting: Vec<String>,
    /// What the file says now could not be taken over.
    pub refused: Option<RefusedFile>,
}

/// A configuration that is wrong while another is in force.
#[derive(Debug, Clone)]
pub struct RefusedFile {
    /// Since when it can't be taken over.
    pub since: Timestamp,
    /// What is wrong with it.
    pub sentences: Vec<String>,
}

/// The file beside a database that its daemon holds locked as long as it lives.
pub fn lock_file(database: &Path) -> PathBuf {
    // By its real name: two ways to write a path must not make two locks.
    let path = std::fs::canonicalize(database).unwrap_or_else(|_| database.to_owned());
    path.with_added_extension("lock")
}

/// Whether a daemon serves a database now. Who asks holds the lock themselves for a moment.
pub fn is_served(database: &Path) -> bool {
    let Ok(file) = std::fs::File::open(lock_file(database)) else { return false };
    matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock))
}

impl Store {
    /// The daemon that runs, or ran last; none if none ever did.
    pub async fn daemon(&self) -> Result<Option<Daemon>> {
        let row = sqlx::query!("SELECT * FROM daemon").fetch_optional(&self.read).await?;
        row.map(|row| {
            let sentences = from_json(&row.refused)?;
            Ok(Daemon {
                version: row.version,
                started_at: instant(row.started_at)?,
                settings: row.settings,
                taken_at: instant(row.taken_at)?,
                waiting: from_json(&row.waiting)?,
                refused: row
                    .refused_at
                    .map(|since| Ok::<_, super::Error>(RefusedFile { since: instant(since)?, sentences }))
                    .transpose()?,
            })
        })
        .transpose()
    }

    /// Tells that a daemon starts with this configuration.
    pub async fn note_start(&self, version: &str, settings: &str) -> Result<()> {
        let now = self.now().as_second();
        sqlx::query!(
            "INSERT OR REPLACE INTO daemon (id, version, started_at, settings, taken_at, waiting, refused)
             VALUES (1, $1, $2, $3, $2, '[]', '[]')",
            version,
            now,
            settings
        )
        .execute(&self.write)
        .await?;
        Ok(())
    }

    /// Tells that the daemon took a configuration over, but for what is `waiting`.
    pub async fn note_taken_over(&self, settings: &str, waiting: &[String]) -> Result<()> {
        let (now, waiting) = (self.now().as_second(), to_json(waiting));
        sqlx::query!(
            "UPDATE daemon SET settings = $1, taken_at = $2, waiting = $3, refused_at = NULL, refused = '[]'",
            settings,
            now,
            waiting
        )
        .execute(&self.write)
        .await?;
        Ok(())
    }

    /// Tells that what the file says is wrong; nothing else of it is if there are no sentences.
    pub async fn note_refused_file(&self, sentences: &[String]) -> Result<()> {
        let since = (!sentences.is_empty()).then(|| self.now().as_second());
        let sentences = to_json(sentences);
        sqlx::query!(
            "UPDATE daemon SET refused_at = iif($1 IS NULL, NULL, coalesce(refused_at, $1)), refused = $2",
            since,
            sentences
        )
        .execute(&self.write)
        .await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_wrong_with_a_file_is_told_until_one_is_taken_over() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(&folder.path().join("kalends.db")).await.unwrap();
        assert!(store.daemon().await.unwrap().is_none());
        store.note_start("1.2.3", "[]").await.unwrap();
        let daemon = store.daemon().await.unwrap().unwrap();
        assert!(daemon.version == "1.2.3" && daemon.refused.is_none() && daemon.taken_at == daemon.started_at);

        store.note_refused_file(&["line 3: no".into()]).await.unwrap();
        let first = store.daemon().await.unwrap().unwrap().refused.unwrap();
        store.note_refused_file(&["line 4: no".into()]).await.unwrap();
        let second = store.daemon().await.unwrap().unwrap().refused.unwrap();
        assert_eq!((second.since, second.sentences), (first.since, vec!["line 4: no".to_owned()]));
        // The old one is in the file again.
        store.note_refused_file(&[]).await.unwrap();
        assert!(store.daemon().await.unwrap().unwrap().refused.is_none());

        store.note_refused_file(&["line 5: no".into()]).await.unwrap();
        store.note_taken_over("[1]", &["[http] listen".into()]).await.unwrap();
        let daemon = store.daemon().await.unwrap().unwrap();
        assert!(daemon.refused.is_none() && daemon.settings == "[1]" && daemon.waiting == ["[http] listen"]);
    }

    #[tokio::test]
    async fn a_digest_that_is_gone_is_told_only_if_somebody_misses_it() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(&folder.path().join("kalends.db")).await.unwrap();
        store.keep_digests(&["weekly", "daily"]).await.unwrap();
        let ada =
            crate::domain::subscriber::NewSubscriber::of("ada@example.org".parse().unwrap(), vec!["weekly".into()]);
        let consent = crate::store::Recorded { wish: ada, at: store.now(), note: String::new() };
        store.record_consent(&crate::domain::actor::Actor::Operator, consent).await.unwrap();
        store.keep_digests(&[]).await.unwrap();
        let absent = store.absent_digests().await.unwrap();
        assert_eq!(absent, [crate::store::AbsentDigest { slug: "weekly".into(), readers: 1, queued: 0 }]);
        store.keep_digests(&["weekly"]).await.unwrap();
        assert!(store.absent_digests().await.unwrap().is_empty());
    }
}
