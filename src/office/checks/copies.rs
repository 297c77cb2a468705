//! Whether the copies are made that the configuration asks for, and which are there.

use jiff::SignedDuration;

use super::Findings;
use crate::config::Config;
use crate::domain::copy::{OwnCopy, Why};
use crate::store::{Copies, Store};

pub async fn check(config: &Config, store: &Store, findings: &mut Findings) {
    let copies = Copies::of(store.path(), config.backup.policy());
    let all = match copies.list() {
        Ok(all) => all,
        Err(error) => return findings.add("backups", Err(format!("the copies can't be looked at: {error}"))),
    };
    let others: Vec<_> = all.iter().filter(|copy| copy.why != Why::Scheduled).map(told).collect();
    if !others.is_empty() {
        findings.add("copies", Ok(format!("also kept: {}", others.join("; "))));
    }
    let Some(folder) = &config.backup.folder else {
        let said = "[backup] folder is not set: no copies of the database are made but before it is brought up to date";
        return findings.warn("backups", said);
    };
    let scheduled: Vec<_> = all.iter().filter(|copy| copy.why == Why::Scheduled).collect();
    let last = match scheduled.first() {
        Some(last) => format!("{} in {}, the last of {}", scheduled.len(), folder.display(), last.made_at),
        None => format!("none yet in {}", folder.display()),
    };
    let every = SignedDuration::try_from(copies.policy().every).unwrap_or(SignedDuration::MAX);
    let is_late = |copy: &&OwnCopy| store.now().duration_since(copy.made_at) > every.saturating_mul(2);
    match store.failed_backup().await {
        Err(error) => findings.add("backups", Err(error.to_string())),
        Ok(Some(failed)) => {
            findings.add("backups", Err(format!("at {} none was made: {}; {last}", failed.at, failed.reason)));
        }
        Ok(None) if scheduled.first().is_none_or(is_late) => {
            findings.warn("backups", format!("{last}: the daemon makes the next when it runs"));
        }
        Ok(None) => findings.add("backups", Ok(format!("{last}; each was opened and checked"))),
    }
}

/// A copy and until when it is there.
fn told(copy: &OwnCopy) -> String {
    let until = copy.until.map_or("until the next of its kind".to_owned(), |until| format!("until {until}"));
    format!("{} ({}, {until})", copy.path.display(), copy.why)
}
