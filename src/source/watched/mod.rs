//! Pages and feeds that are watched: what is new there is read by the extractor, and becomes drafts.

mod decide;
mod feed;
mod follow;
mod page;

use data_encoding::HEXLOWER;
use jiff::civil::Date;
use sha2::{Digest, Sha256};
use url::Url;

pub use self::decide::Outcome;
use self::decide::{Look, Piece};
use super::{Error, Synced};
use crate::config::{Config, SourceConfig};
use crate::domain::actor::Actor;
use crate::domain::event::Kind;
use crate::domain::format::SourceFormat;
use crate::domain::proposal::Proposal;
use crate::domain::source::Validators;
use crate::domain::text::{clip, single_line};
use crate::domain::when::Point;
use crate::domain::zone::Zone;
use crate::domain::{Invalid, text};
use crate::intake::extract::{self, Document, Form, Known, Topics};
use crate::intake::page::is_stamp;
use crate::net::fetch::{Fetched, Fetcher};
use crate::store::{SourceState, Store, Wanted};

/// As many titles of what was held back are told.
const TITLES_TOLD: usize = 5;
const TITLE_CHARS: usize = 60;

/// What came of a look at a watched source.
#[derive(Debug, Default)]
pub struct Watched {
    /// Items of a feed, or blocks of a page, that are there.
    pub items: usize,
    /// Of these, those that are new or changed.
    pub new: usize,
    pub outcome: Outcome,
    /// What could not be read, or has to wait.
    pub notes: Vec<String>,
    /// Whether pages that its items link to have yet to be read.
    is_waiting: bool,
}

/// What came, and where it was found.
struct Came {
    octets: Vec<u8>,
    content_type: Option<String>,
    address: Url,
}

/// What is read, with all that decides on how.
#[derive(Clone)]
struct Reader {
    zone: Zone,
    today: Date,
    topics: Vec<String>,
    kind: Kind,
    more_topics: Vec<String>,
    prefix: String,
}

/// What was read, before it is decided on.
struct Reading {
    look: Look,
    watched: Watched,
}

/// Fetches it if it changed, and makes drafts of what is new there.
pub async fn take_over(
    store: &Store,
    config: &Config,
    source: &SourceConfig,
    fetcher: &Fetcher,
    state: &mut SourceState,
) -> Result<Synced, Error> {
    let url = source.url.as_str();
    let fetcher = &fetcher.of_pages();
    let turn = follow::turn(source.url.url()).await;
    let answer = fetcher.get(source.url.url(), &state.validators).await?;
    drop(turn);
    let (octets, content_type, validators) = match answer {
        Fetched::NotModified => {
            store.watched_is_there_still(url).await?;
            return Ok(Synced::NotModified);
        }
        Fetched::Body { octets, content_type, validators } => (octets, content_type, validators),
    };
    let found = validators.url.as_deref().and_then(|url| url.parse().ok());
    let came = Came { octets, content_type, address: found.unwrap_or_else(|| source.url.url().clone()) };
    let reader = Reader {
        zone: config.site.timezone.clone(),
        today: config.site.timezone.at(store.now()).date(),
        topics: store.topics_of_events().await?,
        kind: source.kind,
        more_topics: source.topics.clone(),
        prefix: source.prefix.clone(),
    };
    let seen = store.watched(url).await?;
    let Reading { look, mut watched } = match source.watched() {
        Some(SourceFormat::Feed) => feed::read(reader, source, fetcher, came, seen, store.now()).await?,
        _ => page::read(reader, source, came, seen, store.now()).await?,
    };
    let by = Actor::Source(source.name().to_owned());
    let wanted = wanted(&look);
    watched.outcome = store.keep_look(&by, url, &wanted, |known| decide::decide(look, known)).await?;
    watched.notes.extend(held_back(&watched.outcome.held_back));
    // What waits is looked at again, though nothing changes there.
    let is_waiting = watched.is_waiting || !watched.outcome.held_back.is_empty();
    state.validators = if is_waiting { Validators::default() } else { validators };
    Ok(Synced::Watched(Box::new(watched)))
}

fn wanted(look: &Look) -> Wanted {
    let (uids, starts, days) = extract::asked_of(look.pieces.iter().flat_map(|piece| &piece.proposals));
    Wanted { uids: uids.into_iter().map(str::to_owned).collect(), starts, days }
}

/// `12 more proposals wait for the next look: Plenary of TC 5; …`
fn held_back(titles: &[String]) -> Option<String> {
    let told: Vec<_> = titles.iter().take(TITLES_TOLD).map(|title| clip(title, TITLE_CHARS)).collect();
    let more = if titles.len() > TITLES_TOLD { "; …" } else { "" };
    match titles.len() {
        0 => None,
        1 => Some(format!("1 more proposal waits for the next look: {}", told.join("; "))),
        count => Some(format!("{count} more proposals wait for the next look: {}{more}", told.join("; "))),
    }
}

impl Reader {
    /// What a text tells, as drafts of this source. `url`: where people read it.
    fn proposals(&self, document: &Document, url: &str) -> Vec<Proposal> {
        let topics = Topics::new(self.topics.iter().map(String::as_str));
        let known = Known { topics: &topics, written: document.written, today: self.today, zone: &self.zone };
        let form = document.form.unwrap_or(Form::Plain);
        let found = extract::extract(&document.text, form, &known);
        let found = found.into_iter().filter(|proposal| !self.is_of_the_page(proposal));
        found.map(|proposal| self.dressed(proposal, url)).collect()
    }

    /// Whether it is no event, but the day on which the page is looked at or was written.
    fn is_of_the_page(&self, proposal: &Proposal) -> bool {
        let when = &proposal.details.when;
        let is_today = when.end().is_none() && matches!(when.start(), Point::Day(day) if day == self.today);
        proposal.details.kind == Kind::Other && (is_today || is_stamp(&proposal.source_text))
    }

    fn dressed(&self, mut proposal: Proposal, url: &str) -> Proposal {
        let mut details = proposal.details.clone();
        details.url = text::web_url(url).unwrap_or_default();
        details.topics.extend(self.more_topics.iter().cloned());
        if details.kind == Kind::Other {
            details.kind = self.kind;
        }
        details.title = format!("{}{}", self.prefix, details.title);
        // Too long with its prefix, it does without.
        if let Ok(details) = details.checked() {
            proposal.details = details;
        }
        proposal
    }
}

/// Reading takes its time, and others wait for this thread.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
    let failed = |_| Error::Unreadable(Invalid::new("reading it failed; please report this source"));
    tokio::task::spawn_blocking(work).await.map_err(failed)
}

fn hashed<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
        hash.update([0]);
    }
    HEXLOWER.encode(&hash.finalize()[..16])
}

/// What somebody else's page is called, in a note.
fn named(title: &str) -> String {
    clip(&single_line(title), TITLE_CHARS)
}
