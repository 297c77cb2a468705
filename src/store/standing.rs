//! How the outbox stands, for whoever looks after it: what waits, how fast it goes, what failed and why.

use std::os::unix::fs::MetadataExt;
use std::path::Path;

use jiff::Timestamp;

use super::{Result, Store, instant, parsed};
use crate::domain::edition::{DeliveryStatus, EditionName};

/// A digest as the database knows it, whether or not it is configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownDigest {
    pub slug: String,
    pub paused: bool,
    /// Who confirmed.
    pub readers: i64,
}

/// What waits in one lane of the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// A digest's slug; none of what somebody waits for, such as confirmations.
    pub digest: Option<String>,
    /// Whether nothing is sent of it: its digest is paused, or the daemon does not have it.
    pub is_held: bool,
    pub mails: i64,
    /// How many of them could go now.
    pub due: i64,
    /// When the oldest that is due became so.
    pub due_since: Option<Timestamp>,
    /// When the last of them is due.
    pub last_at: Timestamp,
}

/// How many mails went out within a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SentLately {
    pub mails: i64,
    /// The first of them.
    pub since: Option<Timestamp>,
}

/// A delivery that did not go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Miscarried {
    pub id: i64,
    pub edition: Option<EditionName>,
    pub address: String,
    pub status: DeliveryStatus,
    /// Whether it is tried again by itself.
    pub is_tried_again: bool,
    pub error: String,
}

/// The files of the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizes {
    /// In octets.
    pub database: u64,
    /// What is yet to be written into the file itself.
    pub log: u64,
}

/// A file system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Disk {
    /// In octets, for us: what is kept for root is not.
    pub free: u64,
    pub total: u64,
    /// Tells it from others.
    pub device: u64,
}

impl Disk {
    /// Which holds a path, or the folder that is there of those above it.
    pub fn of(path: &Path) -> Option<Self> {
        let above = path.ancestors().map(|path| if path.as_os_str().is_empty() { Path::new(".") } else { path });
        let path = above.into_iter().find(|path| path.exists())?;
        let found = rustix::fs::statvfs(path).ok()?;
        Some(Self {
            free: found.f_bavail * found.f_frsize,
            total: found.f_blocks * found.f_frsize,
            device: path.metadata().ok()?.dev(),
        })
    }
}

impl Store {
    pub fn sizes(&self) -> Sizes {
        let size = |path: &Path| path.metadata().map_or(0, |file| file.len());
        let path = std::fs::canonicalize(self.path()).unwrap_or_else(|_| self.path().to_owned());
        let mut log = path.clone().into_os_string();
        log.push("-wal");
        Sizes { database: size(&path), log: size(Path::new(&log)) }
    }

    pub async fn known_digests(&self) -> Result<Vec<KnownDigest>> {
        let readers = self.audience_sizes().await?;
        let rows = sqlx::query!(r#"SELECT slug, paused AS "paused: bool" FROM digest ORDER BY slug"#);
        let known = rows.fetch_all(&self.read).await?.into_iter().map(|row| KnownDigest {
            readers: readers.iter().find(|(slug, _)| *slug == row.slug).map_or(0, |(_, readers)| *readers),
            slug: row.slug,
            paused: row.paused,
        });
        Ok(known.collect())
    }

    /// What waits, lane by lane.
    pub async fn waiting(&self) -> Result<Vec<Waiting>> {
        let now = self.now().as_second();
        let rows = sqlx::query!(
            r#"SELECT slug AS "slug?", coalesce(paused OR NOT configured, 0) AS "is_held!: bool",
                      count(*) AS "mails!: i64", sum(next_at <= $1) AS "due!: i64",
                      min(iif(next_at <= $1, next_at, NULL)) AS "due_since: i64", max(next_at) AS "last_at!: i64"
               FROM delivery LEFT JOIN digest ON digest.id = lane
               WHERE next_at IS NOT NULL GROUP BY lane ORDER BY lane"#,
            now
        )
        .fetch_all(&self.read)
        .await?;
        rows.into_iter()
            .map(|row| {
                Ok(Waiting {
                    digest: row.slug,
                    is_held: row.is_held,
                    mails: row.mails,
                    due: row.due,
                    due_since: row.due_since.map(instant).transpose()?,
                    last_at: instant(row.last_at)?,
                })
            })
            .collect()
    }

    /// How many were sent of those that were first tried since then: in the newest editions, which are those under way.
    pub async fn sent_since(&self, since: Timestamp) -> Result<SentLately> {
        let since = since.as_second();
        let row = sqlx::query!(
            r#"SELECT count(*) AS "mails!: i64", min(tried_since) AS "since: i64" FROM delivery
               WHERE status = 'sent' AND tried_since >= $1
                 AND (edition_id IS NULL OR edition_id IN (SELECT id FROM edition ORDER BY id DESC LIMIT 10))"#,
            since
        )
        .fetch_one(&self.read)
        .await?;
        Ok(SentLately { mails: row.mails, since: row.since.map(instant).transpose()? })
    }

    /// The newest deliveries since then that failed, wait for another attempt, or of which nobody knows.
    pub async fn miscarried(&self, since: Timestamp, limit: u32) -> Result<Vec<Miscarried>> {
        let since = since.as_second();
        let rows = sqlx::query_as!(
            MiscarriedRow,
            r#"SELECT delivery.id, address, status, next_at IS NOT NULL AS "is_tried_again!: bool",
                      coalesce(error, '') AS "error!", slug AS "slug?", number AS "number?"
               FROM delivery LEFT JOIN edition ON edition.id = edition_id LEFT JOIN digest ON digest.id = digest_id
               WHERE status IN ('failed', 'deferred', 'uncertain') AND created_at >= $1
               ORDER BY delivery.id DESC LIMIT $2"#,
            since,
            limit
        );
        rows.fetch_all(&self.read).await?.into_iter().map(MiscarriedRow::read).collect()
    }

    /// The same of one edition, whenever it was.
    pub async fn miscarried_of(&self, edition: i64, limit: u32) -> Result<Vec<Miscarried>> {
        let rows = sqlx::query_as!(
            MiscarriedRow,
            r#"SELECT delivery.id AS "id!", address AS "address!", status AS "status!",
                      next_at IS NOT NULL AS "is_tried_again!: bool",
                      coalesce(error, '') AS "error!", slug AS "slug?", number AS "number?"
               FROM delivery JOIN edition ON edition.id = edition_id JOIN digest ON digest.id = digest_id
               WHERE edition_id = $1 AND status IN ('failed', 'deferred', 'uncertain')
               ORDER BY delivery.id DESC LIMIT $2"#,
            edition,
            limit
        );
        rows.fetch_all(&self.read).await?.into_iter().map(MiscarriedRow::read).collect()
    }
}

struct MiscarriedRow {
    id: i64,
    address: String,
    status: String,
    is_tried_again: bool,
    error: String,
    slug: Option<String>,
    number: Option<i64>,
}

impl MiscarriedRow {
    fn read(self) -> Result<Miscarried> {
        Ok(Miscarried {
            id: self.id,
            edition: self.slug.zip(self.number).map(|(digest, number)| EditionName { digest, number }),
            address: self.address,
            status: parsed(&self.status)?,
            is_tried_again: self.is_tried_again,
            error: self.error,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_is_known_also_for_a_folder_that_is_not_there_yet() {
        let folder = tempfile::tempdir().unwrap();
        let disk = Disk::of(folder.path()).unwrap();
        assert!(disk.total > 0 && disk.free <= disk.total);
        assert_eq!(Disk::of(&folder.path().join("not/there")).unwrap().device, disk.device);
    }
}
