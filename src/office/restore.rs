//! A backup put back in the place of what is kept.

use std::path::Path;

use super::Result;
use crate::config::Config;
use crate::domain::actor::Actor;
use crate::domain::copy::OwnCopy;
use crate::progress::Progress;
use crate::shape::setup::{HeldRecord, KeptCopy, RestoreRecord, UndoneRecord, UntouchedRecord};
use crate::store::{self, Copies};

/// Puts a copy of `file` into the place of the configured database, which no daemon may be at work on.
pub async fn restore(by: &Actor, config: &Config, file: &Path, progress: &Progress) -> Result<RestoreRecord> {
    let database = config.database.url.path();
    let policy = config.backup.policy();
    let copies = Copies::of(database, policy.clone());
    let slugs = config.digests.iter().map(|digest| digest.slug.as_str());
    let restored = store::restore(by, database, file, &copies, slugs, progress).await?;
    let copy = restored.copy.map(|file| {
        let until = OwnCopy::named(&file, database, &policy).and_then(|copy| copy.until);
        KeptCopy { file, until }
    });
    Ok(RestoreRecord {
        file: file.to_owned(),
        database: database.to_owned(),
        copy,
        brought_up_to_date: restored.was_older,
        carried_over: restored.carried.map(|carried| UntouchedRecord {
            forgotten: carried.forgotten,
            removed: carried.removed,
            left: carried.left,
            suppressed: carried.suppressed,
            calendars: carried.calendars,
            editors: carried.editors,
            tokens: carried.tokens,
            editions: carried.editions,
            deliveries: carried.deliveries,
        }),
        undone: restored.carried.map(|carried| UndoneRecord {
            people: carried.lost_people,
            consents: carried.lost_consents,
            changes: carried.lost_changes,
        }),
        unread: restored.unread,
        held: restored.held.into_iter().map(|(edition, deliveries)| HeldRecord { edition, deliveries }).collect(),
        paused: restored.paused,
    })
}
