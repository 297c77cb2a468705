//! What other users of the machine may not read, and whose files we meet.

use std::fs::File;
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
use std::path::Path;

use rustix::fs::Mode;

/// What the user's group may do with a file, and everybody else.
pub const OTHERS: u32 = 0o077;
pub const EVERYBODY: u32 = 0o007;

/// From now on what this program makes is its user's alone.
pub fn make_files_private() {
    rustix::process::umask(Mode::from_raw_mode(OTHERS));
}

/// Takes from all others what they may do with a file, if they may do any of `unwanted` and it is ours.
pub fn tighten(path: &Path, unwanted: u32) {
    let Ok(found) = std::fs::symlink_metadata(path) else { return };
    let is_ours = found.uid() == rustix::process::geteuid().as_raw() && !found.is_symlink();
    if !is_ours || found.mode() & unwanted == 0 {
        return;
    }
    let mode = found.mode() & 0o7777 & !OTHERS;
    match std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)) {
        Ok(()) => tracing::info!(path = %path.display(), "was open to other users, and is private now"),
        Err(error) => tracing::warn!(path = %path.display(), %error, "is open to other users"),
    }
}

/// Who runs this may be root, and the daemon another user: what is in the place of a file, or beside it, is its owner's.
pub fn give_to_owner_of(path: &Path, file: &File) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let (there, made) = (path.metadata().or_else(|_| folder.metadata())?, file.metadata()?);
    match (there.uid(), there.gid()) == (made.uid(), made.gid()) || !is_root() {
        true => Ok(()),
        false => fchown(file, Some(there.uid()), Some(there.gid())),
    }
}

pub fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Whether a file is of another user than ours.
pub fn is_anothers(path: &Path) -> bool {
    path.metadata().is_ok_and(|found| found.uid() != rustix::process::geteuid().as_raw())
}

/// What to say where a file can't be opened because it is another user's.
pub fn not_ours(path: &Path) -> String {
    let owner = owner_of(path);
    format!("{} is private: run it as the daemon's user (sudo -u {owner} kalends …)", path.display())
}

/// Whose it is, as a name.
pub fn owner_of(path: &Path) -> String {
    // What lies in a closed folder can't be looked at: then the folder tells.
    let here = Path::new(".");
    let above = path.ancestors().map(|path| if path.as_os_str().is_empty() { here } else { path });
    let Some(found) = above.filter_map(|path| path.metadata().ok()).next() else { return "its owner".into() };
    match found.uid() {
        // As a package installs its configuration: of root, for the daemon's group to read.
        0 if found.mode() & 0o040 != 0 && found.gid() != 0 => name("/etc/group", found.gid()),
        uid => name("/etc/passwd", uid),
    }
}

/// The name behind a number, or the number.
fn name(table: &str, number: u32) -> String {
    let table = std::fs::read_to_string(table).unwrap_or_default();
    let found = table.lines().find_map(|line| {
        let mut cells = line.split(':');
        let (name, number_there) = (cells.next()?, cells.nth(1)?);
        (number_there.parse() == Ok(number)).then(|| name.to_owned())
    });
    found.unwrap_or_else(|| number.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_file_is_told_with_the_user_who_may_open_it() {
        assert_eq!(name("/etc/passwd", 0), "root");
        assert_eq!(name("/etc/passwd", 4_000_000_000), "4000000000");
        let file = tempfile::NamedTempFile::new().unwrap();
        let owner = name("/etc/passwd", file.path().metadata().unwrap().uid());
        for path in [file.path().to_owned(), file.path().join("below")] {
            assert!(not_ours(&path).ends_with(&format!("(sudo -u {owner} kalends …)")), "{}", not_ours(&path));
        }
    }
}
