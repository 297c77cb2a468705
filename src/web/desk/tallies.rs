//! How the editions of the list went: to count the deliveries of many takes a while.

use std::collections::HashMap;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::office::{Error, Office, Result, Stretch};
use crate::shape::edition::EditionRecord;

const FRESH_FOR: Duration = Duration::from_secs(60);

/// By the id of the edition: when it was counted, as of which version of the database.
#[derive(Default)]
pub struct Tallies(Mutex<HashMap<i64, Counted>>);

struct Counted {
    at: Instant,
    version: i64,
    record: EditionRecord,
}

impl Tallies {
    /// The newest editions. What is through is as it was within the last minute; the rest is counted anew.
    pub async fn newest(&self, office: &Office, most: usize) -> Result<Vec<EditionRecord>> {
        let mut known = self.0.lock().await;
        let version = office.version().await?;
        let editions = office.editions_alone(None, Stretch::newest(most)).await?;
        known.retain(|id, _| editions.iter().any(|edition| edition.id == *id));
        for edition in &editions {
            let is_fresh = |counted: &Counted| {
                counted.version == version || counted.record.tally.is_through() && counted.at.elapsed() < FRESH_FOR
            };
            if !known.get(&edition.id).is_some_and(is_fresh) {
                let record = office.edition_record(edition).await.map_err(Error::from)?;
                known.insert(edition.id, Counted { at: Instant::now(), version, record });
            }
        }
        Ok(editions.iter().filter_map(|edition| known.get(&edition.id)).map(|counted| counted.record.clone()).collect())
    }
}
