//! What somebody who comes in wants to see first.

use jiff::Timestamp;

use super::{Office, Result};
use crate::domain::editor::named;
use crate::domain::event::{Action, Event};
use crate::domain::wording::Locale;

/// A change of an event, as it is told in a list of the latest.
pub struct LatestChange {
    pub at: Timestamp,
    pub by: String,
    pub action: Action,
    /// The event, and its title as it is now.
    pub event: i64,
    pub title: String,
}

impl Office {
    /// How many drafts wait for somebody to look at them.
    pub async fn drafts_waiting(&self) -> Result<i64> {
        Ok(self.store.drafts_waiting().await?)
    }

    /// The first of them, by date.
    pub async fn waiting_drafts(&self, most: usize) -> Result<Vec<Event>> {
        let mut drafts = self.store.waiting_drafts().await?;
        drafts.sort_by_key(|draft| (draft.details.when.first_instant(), draft.id));
        drafts.truncate(most);
        Ok(drafts)
    }

    /// The languages that a digest's readers read it in, those of the most readers first.
    pub async fn languages_of_readers(&self, slug: &str) -> Result<Vec<Locale>> {
        let mut sums: Vec<(Locale, i64)> = Vec::new();
        for (tag, readers) in self.store.locales_of_readers(slug).await? {
            let locale = tag.and_then(|tag| tag.parse().ok()).unwrap_or(self.config.site.locale);
            match sums.iter_mut().find(|(known, _)| *known == locale) {
                Some((_, sum)) => *sum += readers,
                None => sums.push((locale, readers)),
            }
        }
        sums.sort_by_key(|(_, readers)| std::cmp::Reverse(*readers));
        Ok(sums.into_iter().map(|(locale, _)| locale).collect())
    }

    /// The latest changes of events, the newest first; what was changed of one event at once is one.
    pub async fn latest_changes(&self, most: u32) -> Result<Vec<LatestChange>> {
        let editors = self.store.editors().await?;
        let latest = self.store.latest_changes(most).await?.into_iter().map(|change| LatestChange {
            at: change.at,
            by: named(&change.by, &editors),
            action: change.action,
            event: change.event,
            title: change.title,
        });
        Ok(latest.collect())
    }
}
