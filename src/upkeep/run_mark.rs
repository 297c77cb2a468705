//! Whether the last daemon ended in order: what its lock file holds says so.

use std::fs::File;
use std::io::{Read, Seek, Write};

const RUNNING: &[u8] = b"running\n";

/// Whether nothing was cut off, as far as the lock file tells.
pub fn has_ended_in_order(mut lock: &File) -> bool {
    let mut mark = Vec::new();
    let read = lock.rewind().and_then(|()| lock.take(RUNNING.len() as u64).read_to_end(&mut mark));
    read.is_ok() && mark.is_empty()
}

/// From now on an end that is not in order is seen, a power cut's too.
pub fn mark_running(mut lock: &File) {
    if let Err(error) = lock.rewind().and_then(|()| lock.write_all(RUNNING)).and_then(|()| lock.sync_all()) {
        tracing::warn!(%error, "the lock file could not be written: a crash would not be seen at the next start");
    }
}

/// If the mark stays, the next start looks at the database for nothing.
pub fn mark_ended(lock: &File) {
    if let Err(error) = lock.set_len(0) {
        tracing::warn!(%error, "the lock file could not be cleared");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_end_in_order_takes_the_mark_away() {
        let folder = tempfile::tempdir().unwrap();
        let open = || File::options().read(true).write(true).create(true).truncate(false).open(folder.path().join("l"));
        let lock = open().unwrap();
        assert!(has_ended_in_order(&lock), "there was no run yet");
        mark_running(&lock);
        drop(lock);
        let lock = open().unwrap();
        assert!(!has_ended_in_order(&lock));
        mark_running(&lock);
        mark_ended(&lock);
        assert!(has_ended_in_order(&open().unwrap()));
    }
}
