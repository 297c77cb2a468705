//! What takes long to count in a large office. It is counted anew each time, unless that would keep a processor busy.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::Site;
use crate::office::Result;
use crate::shape::digest::DigestRecord;
use crate::store::Size;

/// What takes longer than this is good for so many times as long as it took: a scrape a second costs a twentieth of a
/// processor then.
const SHORT: Duration = Duration::from_millis(50);
const KEPT_TIMES: u32 = 20;

/// A process has one database.
static LAST: Mutex<Option<(Instant, Arc<Heavy>)>> = Mutex::const_new(None);

pub struct Heavy {
    pub deliveries: Vec<(String, i64)>,
    pub size: Size,
    /// Each with when its last edition was made.
    pub digests: Vec<(DigestRecord, Option<Timestamp>)>,
}

impl Heavy {
    pub async fn of(site: &Site) -> Result<Arc<Self>> {
        let mut last = LAST.lock().await;
        let begun = Instant::now();
        if let Some((good_until, heavy)) = &*last
            && begun < *good_until
        {
            return Ok(heavy.clone());
        }
        let heavy = Arc::new(Self::count(site).await?);
        let took = begun.elapsed();
        let keep = if took < SHORT { Duration::ZERO } else { took * KEPT_TIMES };
        *last = Some((Instant::now() + keep, heavy.clone()));
        Ok(heavy)
    }

    async fn count(site: &Site) -> Result<Self> {
        let mut digests = Vec::new();
        for digest in site.digests().await? {
            let made_at = site.store.last_edition(&digest.slug).await?.map(|edition| edition.composed_at);
            digests.push((digest, made_at));
        }
        Ok(Self { deliveries: site.store.delivery_counts().await?, size: site.store.size().await?, digests })
    }
}
