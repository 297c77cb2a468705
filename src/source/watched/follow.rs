//! The pages that the items of a feed link to: asked for one after the other, with a pause, and by the same guard as all else.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::civil::Date;
use tokio::sync::OwnedMutexGuard;
use url::Url;

use super::page::page;
use crate::domain::source::Validators;
use crate::domain::text::overheard;
use crate::intake::extract::Document;
use crate::net::fetch::{Fetched, Fetcher};

/// As many pages are asked for in one look.
pub(super) const MOST_PAGES: usize = 20;
/// As often one is asked for in vain.
pub(super) const MOST_TRIES: u32 = 5;
/// Behind a page, before the next one of its server.
const PAUSE: Duration = Duration::from_secs(1);
/// A look is over by then, however slow the servers are.
const LONGEST: Duration = Duration::from_secs(5 * 60);

/// Who is being asked, by the names of servers.
static ASKED: LazyLock<Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>> = LazyLock::new(Mutex::default);

/// Waits until nobody else asks this server for what is watched, whichever source it is of.
pub(super) async fn turn(url: &Url) -> OwnedMutexGuard<()> {
    let server = {
        let mut asked = ASKED.lock().unwrap_or_else(PoisonError::into_inner);
        asked.retain(|_, server| Arc::strong_count(server) > 1);
        asked.entry(url.host_str().unwrap_or_default().to_owned()).or_default().clone()
    };
    server.lock_owned().await
}

/// What came of asking for a page; none: there was no time for it.
pub(super) type Answer = Option<Result<Document, String>>;

/// Asks for pages, by the keys of the items that link to them.
pub(super) async fn ask(fetcher: &Fetcher, pages: &[(String, String)], today: Date) -> HashMap<String, Answer> {
    let begun = Instant::now();
    let mut answers = HashMap::new();
    for (key, link) in pages {
        let Ok(url) = Url::parse(link) else { continue };
        if begun.elapsed() > LONGEST {
            answers.insert(key.clone(), None);
            continue;
        }
        let turn = turn(&url).await;
        answers.insert(key.clone(), Some(one(fetcher, &url, today).await));
        tokio::time::sleep(PAUSE).await;
        drop(turn);
    }
    answers
}

async fn one(fetcher: &Fetcher, url: &Url, today: Date) -> Result<Document, String> {
    let told = |error: &dyn std::fmt::Display| overheard(&error.to_string());
    match fetcher.get(url, &Validators::default()).await {
        Ok(Fetched::Body { octets, content_type, .. }) => {
            let (page, written) = page(octets, content_type, today).await.map_err(|error| told(&error))?;
            Ok(Document { written, ..page.document() })
        }
        Ok(Fetched::NotModified) => Err("nothing came".to_owned()),
        Err(error) => Err(told(&error)),
    }
}
