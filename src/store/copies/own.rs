//! The copies that this program makes by itself: where they go, and which are there. Only what is ours by its name and by
//! its content is ever listed, and so ever cleared.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};

use super::super::known;
use super::is_copy;
use super::make::{is_sound, schema_of};
use crate::domain::copy::{self, CopyPolicy, OwnCopy, Why};

/// Those of one database.
#[derive(Debug, Clone)]
pub struct Copies {
    database: PathBuf,
    policy: CopyPolicy,
}

impl Copies {
    pub fn of(database: &Path, policy: CopyPolicy) -> Self {
        Self { database: database.to_owned(), policy }
    }

    /// Those that need no configuration: not the scheduled ones.
    pub fn beside(database: &Path) -> Self {
        Self::of(database, CopyPolicy::default())
    }

    pub fn policy(&self) -> &CopyPolicy {
        &self.policy
    }

    /// Where the next copy goes, a path at which nothing is: a scheduled one into its folder, any other beside the
    /// database, where it needs neither a configuration nor another disk.
    pub fn place(&self, why: Why, now: Timestamp) -> PathBuf {
        let folder = match (why, &self.policy.folder) {
            (Why::Scheduled, Some(folder)) => folder,
            _ => self.own_folder(),
        };
        // Its name knows no less than a second.
        let moments = (0..).filter_map(|later| now.checked_add(SignedDuration::from_secs(later)).ok());
        let paths = moments.map(|moment| folder.join(copy::name(&self.database, why, moment)));
        paths
            .into_iter()
            .find(|path| path.symlink_metadata().is_err())
            .unwrap_or_else(|| folder.join("kalends-copy.db"))
    }

    /// Those that are there, the newest first. A folder that is not there holds none.
    pub fn list(&self) -> io::Result<Vec<OwnCopy>> {
        let mut folders = vec![self.own_folder()];
        folders.extend(self.policy.folder.as_deref().filter(|folder| !is_same(folder, self.own_folder())));
        let mut copies = Vec::new();
        for folder in folders {
            let entries = match std::fs::read_dir(folder) {
                Ok(entries) => entries,
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                Err(error) => return Err(error),
            };
            for entry in entries {
                let entry = entry?;
                let copy = OwnCopy::named(&folder.join(entry.file_name()), &self.database, &self.policy);
                let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
                // What can't be opened is another user's, or gone again.
                let is_ours = |copy: &OwnCopy| std::fs::File::open(&copy.path).is_ok_and(|file| is_copy(&file));
                copies.extend(copy.filter(|_| is_file).filter(is_ours));
            }
        }
        copies.sort_by(|a, b| (b.made_at, &b.path).cmp(&(a.made_at, &a.path)));
        Ok(copies)
    }

    /// Removes those of these kinds that have had their time.
    pub fn clear(&self, kinds: &[Why], now: Timestamp) -> io::Result<Vec<OwnCopy>> {
        let mut cleared = self.policy.to_clear(&self.list()?, now);
        cleared.retain(|copy| kinds.contains(&copy.why));
        for copy in &cleared {
            std::fs::remove_file(&copy.path)?;
        }
        Ok(cleared)
    }

    /// The last that is sound, and not newer than this program.
    pub async fn last_good(&self) -> Option<OwnCopy> {
        for copy in self.list().ok()? {
            if schema_of(&copy.path).await.is_ok_and(|schema| schema <= known()) && is_sound(&copy.path).await {
                return Some(copy);
            }
        }
        None
    }

    fn own_folder(&self) -> &Path {
        match self.database.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        }
    }
}

fn is_same(a: &Path, b: &Path) -> bool {
    a == b || matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::domain::copy::Keep;

    #[test]
    fn copies_are_found_in_both_folders_and_nothing_else_is_taken_for_one() {
        let home = tempfile::tempdir().unwrap();
        let database = home.path().join("kalends.db");
        let folder = home.path().join("backups");
        let policy =
            |folder: Option<PathBuf>| CopyPolicy { folder, every: Duration::from_secs(86_400), keep: Keep::Copies(14) };
        let copies = Copies::of(&database, policy(Some(folder.clone())));
        assert_eq!(copies.list().unwrap(), [], "the folder is not there yet");
        std::fs::create_dir(&folder).unwrap();

        let now: Timestamp = "2026-11-29T01:32:05Z".parse().unwrap();
        let mut header = [0; 100];
        header[68..72].copy_from_slice(b"klnd");
        let put = |why: Why| {
            let path = copies.place(why, now);
            std::fs::write(&path, header).unwrap();
            path
        };
        let first = put(Why::BeforeMigration);
        let second = put(Why::BeforeMigration);
        let third = put(Why::Scheduled);
        assert_eq!(first.parent(), Some(home.path()));
        assert_eq!(third, folder.join("kalends-20261129T013205Z-scheduled.db"));
        assert_eq!(second, home.path().join("kalends-20261129T013206Z-before-migration.db"));
        // Of this name and not ours, ours and not of this name, and a folder.
        std::fs::write(folder.join("kalends-20261129T010000Z-scheduled.db"), "what somebody wrote").unwrap();
        std::fs::write(folder.join("by-hand.db"), header).unwrap();
        std::fs::create_dir(folder.join("kalends-20261129T020000Z-scheduled.db")).unwrap();

        let found: Vec<_> = copies.list().unwrap().into_iter().map(|copy| copy.path).collect();
        assert_eq!(found, [second, first, third]);
        // The database's own folder may be that of backups, by another way to write it.
        let beside = Copies::of(&database, policy(Some(home.path().join("backups/.."))));
        assert_eq!(beside.list().unwrap().len(), 2);
    }
}
