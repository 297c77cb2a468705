//! Who hears of a change of an event, and when.

use crate::digest::moments::Moments;
use crate::domain::event::Event;
use crate::domain::filter::EventFilter;
use crate::domain::tell::Tell;
use crate::office::digests::next_at;
use crate::office::{Office, Result};
use crate::shape::event::HearersRecord;
use crate::store::Grouping;

impl Office {
    /// The readers of each digest who follow what an event is about, with the edition that tells them. Of what is not public
    /// nobody hears, nor of what is never told.
    pub async fn hearers(&self, event: &Event, tell: Option<Tell>) -> Result<Vec<HearersRecord>> {
        let mut hearers = Vec::new();
        if !event.is_public() || tell == Some(Tell::Never) {
            return Ok(hearers);
        }
        // What readers had before makes no difference here.
        let alike = Grouping::by_choice();
        for digest in &self.config.digests {
            let follows = |topics: &[String], kinds: &[_]| {
                EventFilter { topics: topics.to_vec(), kinds: kinds.to_vec(), ..EventFilter::default() }.matches(event)
            };
            if !digest.remind_before.is_empty() || !follows(&digest.topics, &digest.kinds) {
                continue;
            }
            let slug = digest.slug.as_str();
            let groups = self.store.reader_groups(slug, &alike).await?;
            let who = groups.iter().filter(|group| follows(&group.choice.topics, &group.choice.kinds));
            let readers: i64 = who.map(|group| group.readers).sum();
            if readers > 0 {
                let moments = Moments::of(&self.store, &self.config, digest).await?;
                hearers.push(HearersRecord { digest: slug.to_owned(), readers, next_at: next_at(&moments) });
            }
        }
        Ok(hearers)
    }
}
