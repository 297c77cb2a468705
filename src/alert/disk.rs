//! How much room the disks have on which we write.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::config::{Config, TransportKind};
use crate::domain::alert::{Alert, AlertKind, Trouble};
use crate::domain::octets::Octets;
use crate::store::{Disk, Store};

/// A copy of the database, its log and a migration need so many times as much room as the database itself.
const TIMES_THE_DATABASE: u64 = 3;
/// A twentieth of a disk that is free is little, but for one so large that this is plenty.
const PART: u64 = 20;
const PLENTY: u64 = 10 << 30;

/// How much must be free beside a database of this size, at least; `wanted` is what the operator says.
fn least(disk: Disk, database: u64, wanted: Option<Octets>) -> u64 {
    let wanted = wanted.map_or((disk.total / PART).min(PLENTY), |wanted| wanted.0);
    wanted.max(TIMES_THE_DATABASE * database)
}

/// Whether there is less; where there was, it is so until there is half as much again.
fn is_short(disk: Disk, least: u64, was_short: bool) -> bool {
    disk.free < if was_short { least + least / 2 } else { least }
}

/// The folders in which we write most.
pub fn folders(store: &Store, config: &Config) -> Vec<PathBuf> {
    let database = store.path().parent().map(Path::to_owned).unwrap_or_default();
    let outbox = (config.mail.transport == TransportKind::File).then(|| config.mail.outbox.clone());
    [database].into_iter().chain(outbox).collect()
}

/// The disks of these folders that are nearly full, each once.
pub fn short(
    folders: &[PathBuf],
    database: u64,
    wanted: Option<Octets>,
    open: &[Alert],
    now: Timestamp,
) -> Vec<Trouble> {
    let (mut devices, mut found) = (Vec::new(), Vec::new());
    for folder in folders {
        let Some(disk) = Disk::of(folder).filter(|disk| !devices.contains(&disk.device)) else { continue };
        devices.push(disk.device);
        let about = if folder.as_os_str().is_empty() { ".".to_owned() } else { folder.display().to_string() };
        let was_short = open.iter().any(|alert| alert.kind == AlertKind::Disk && alert.about == about);
        let least = least(disk, database, wanted);
        if is_short(disk, least, was_short) {
            let (least, total) = (Octets(least), Octets(disk.total));
            let sentence =
                format!("The disk that holds {about} has less than {least} free of {total}: it is nearly full.");
            found.push(Trouble { kind: AlertKind::Disk, about, since: now, sentence, is_sure: true });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const MB: u64 = 1_000_000;

    #[test]
    fn a_disk_is_nearly_full_by_its_own_size_or_by_that_of_the_database() {
        for (total, free, database, was_short, expected) in [
            (1000 * MB, 51 * MB, MB, false, false),
            (1000 * MB, 49 * MB, MB, false, true),
            (1000 * MB, 299 * MB, 100 * MB, false, true),
            (1000 * MB, 301 * MB, 100 * MB, false, false),
            // What is short stays so for a while, or mails would come and go.
            (1000 * MB, 301 * MB, 100 * MB, true, true),
            (1000 * MB, 451 * MB, 100 * MB, true, false),
            // Ten gigabytes are enough, whatever the disk could hold.
            (4_000_000 * MB, 12_000 * MB, MB, false, false),
            (4_000_000 * MB, 9_000 * MB, MB, false, true),
            (0, 0, 0, false, false),
        ] {
            let disk = Disk { total, free, device: 1 };
            let least = least(disk, database, None);
            assert_eq!(is_short(disk, least, was_short), expected, "{disk:?} {database} {was_short}");
        }
    }

    #[test]
    fn the_operator_says_how_much_is_enough_and_a_copy_of_the_database_has_room_in_any_case() {
        let disk = Disk { total: 1000 * MB, free: 40 * MB, device: 1 };
        for (wanted, database, expected) in [(10 * MB, MB, 10 * MB), (400 * MB, MB, 400 * MB), (0, 100 * MB, 300 * MB)]
        {
            assert_eq!(least(disk, database, Some(Octets(wanted))), expected);
        }
    }

    #[test]
    fn each_disk_is_told_once_also_for_a_folder_that_is_not_there_yet() {
        let folder = tempfile::tempdir().unwrap();
        let folders = [folder.path().to_owned(), folder.path().join("not/there")];
        let short = short(&folders, u64::MAX / 10, None, &[], Timestamp::UNIX_EPOCH);
        assert!(short.len() == 1 && short[0].about == folder.path().display().to_string(), "{short:?}");
    }
}
