//! The room on the disk that holds a path.

use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// Of a file system, in octets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    pub total: u64,
    /// For us: what is kept for root is not.
    pub free: u64,
}

impl Room {
    /// Of the file system that holds a path, or will.
    pub fn of(path: &Path) -> Option<Self> {
        let found = rustix::fs::statvfs(there(path)?).ok()?;
        Some(Self { total: found.f_blocks * found.f_frsize, free: found.f_bavail * found.f_frsize })
    }
}

/// What tells file systems apart.
pub fn device(path: &Path) -> Option<u64> {
    there(path)?.metadata().ok().map(|path| path.dev())
}

/// A path, or the folder that is there of those above it.
fn there(path: &Path) -> Option<&Path> {
    let above = path.ancestors().map(|path| if path.as_os_str().is_empty() { Path::new(".") } else { path });
    above.into_iter().find(|path| path.exists())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_not_there_yet_will_be_on_the_disk_of_the_one_above() {
        let folder = tempfile::tempdir().unwrap();
        let inside = folder.path().join("not/there");
        assert!(device(folder.path()).is_some() && device(&inside) == device(folder.path()));
        assert!(Room::of(&inside).unwrap().total > 0);
        assert_eq!(device(Path::new("")), device(Path::new(".")));
    }
}
