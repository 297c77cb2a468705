//! Editions to come as they stand: composing one looks at all that is near, so it is done once for all who look while nothing
//! changes of what they tell.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::{Mutex, MutexGuard};

use crate::domain::wording::Locale;
use crate::office::digests::NoteAim;
use crate::office::{Office, Result};
use crate::shape::digest::PreviewRecord;
use crate::shape::draft::DraftRecord;

/// So many ways to see an edition are kept.
const MOST: usize = 20;

#[derive(Default)]
pub struct Coming(Mutex<Kept>);

/// What was composed of one state of the database, within one minute.
#[derive(Default)]
struct Kept {
    as_of: (String, i64),
    drafts: HashMap<(String, Locale), Arc<DraftRecord>>,
    /// By language and topics.
    previews: HashMap<(String, Option<String>, Vec<String>), Arc<PreviewRecord>>,
}

impl Coming {
    /// The next edition of a digest as a list, in a language.
    pub async fn draft(&self, office: &Office, slug: &str, locale: Locale) -> Result<Arc<DraftRecord>> {
        let mut kept = self.as_of_now(office).await?;
        let wanted = (slug.to_owned(), locale);
        if let Some(known) = kept.drafts.get(&wanted) {
            return Ok(known.clone());
        }
        let aim = NoteAim { moment: None, locale: Some(locale.tag()) };
        let draft = Arc::new(office.draft_edition(slug, aim).await?);
        kept.drafts.insert(wanted, draft.clone());
        Ok(draft)
    }

    /// The same as readers get it who read a language and follow topics.
    pub async fn preview(
        &self,
        office: &Office,
        slug: &str,
        locale: Option<&str>,
        topics: Vec<String>,
    ) -> Result<Arc<PreviewRecord>> {
        let mut kept = self.as_of_now(office).await?;
        let wanted = (slug.to_owned(), locale.map(str::to_owned), topics);
        if let Some(known) = kept.previews.get(&wanted) {
            return Ok(known.clone());
        }
        let preview = Arc::new(office.preview_for(slug, locale, &wanted.2).await?);
        kept.previews.insert(wanted, preview.clone());
        Ok(preview)
    }

    /// What was composed of what is there now. Who asks meanwhile waits for who asked first.
    async fn as_of_now(&self, office: &Office) -> Result<MutexGuard<'_, Kept>> {
        let mut kept = self.0.lock().await;
        let as_of = (office.told_version().await?, office.now().as_second() / 60);
        if kept.as_of != as_of || kept.drafts.len() + kept.previews.len() >= MOST {
            *kept = Kept { as_of, ..Kept::default() };
        }
        Ok(kept)
    }
}
