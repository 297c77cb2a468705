//! In which languages each digest is read: all its readers are looked through for that, so once a minute at most.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::domain::wording::Locale;
use crate::office::{Office, Result};

const FRESH_FOR: Duration = Duration::from_secs(60);

/// When it was looked up, and what was found, those of the most readers first.
type Found = (Instant, Vec<Locale>);

/// By slug.
#[derive(Default)]
pub struct Languages(Mutex<BTreeMap<String, Found>>);

impl Languages {
    /// As they were within the last minute, by their own names. Who asks meanwhile waits for who asked first.
    pub async fn of(&self, office: &Office, slug: &str) -> Result<Vec<String>> {
        let mut known = self.0.lock().await;
        let found = match known.get(slug) {
            Some((at, found)) if at.elapsed() < FRESH_FOR => found.clone(),
            _ => {
                let found = office.languages_of_readers(slug).await?;
                known.insert(slug.to_owned(), (Instant::now(), found.clone()));
                found
            }
        };
        Ok(found.into_iter().map(Locale::name).collect())
    }
}
