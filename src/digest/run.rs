//! The scheduler: makes each digest's edition at its moment, once, and after a rest one for all that was missed.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use super::compose::{Brief, Content, compose};
use super::render::{Frame, render};
use crate::config::{Config, DigestConfig};
use crate::domain::edition::{Edition, Rendered};
use crate::domain::event::{Event, Revision};
use crate::store::watch::Changes;
use crate::store::{self, NewEdition, Store};

/// Without anything to wake for, the clock is looked at this often: machines sleep and clocks are set.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);
/// After an error of the database.
const PAUSE_AFTER_ERROR: Duration = Duration::from_secs(5);

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error("the digest's template failed: {0}")]
    Template(#[from] askama::Error),
}

/// What became of a wish to publish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Published {
    Edition(Edition),
    /// There is one for this moment already.
    Already,
    /// Nothing to tell, so nothing was made.
    Empty,
}

/// What an edition of `digest` is made from.
pub struct Draft<'a> {
    config: &'a Config,
    digest: &'a DigestConfig,
    as_of: Timestamp,
    is_demo: bool,
    events: Vec<Event>,
    revisions: Vec<Revision>,
    is_first: bool,
    head: i64,
}

impl<'a> Draft<'a> {
    pub async fn load(
        store: &Store,
        config: &'a Config,
        digest: &'a DigestConfig,
        as_of: Timestamp,
    ) -> Result<Self, Error> {
        let slug = digest.slug.as_str();
        let head = store.history_head().await?;
        let last = store.last_edition(slug).await?;
        let since = match &last {
            Some(edition) => edition.history_head,
            None => {
                let zoned = config.zone_of(digest).at(as_of);
                let first = zoned.checked_sub(digest.recent.span()).map_or(Timestamp::MIN, |z| z.timestamp());
                store.history_head_at(first).await?
            }
        };
        let is_demo = store.is_demo();
        let revisions = store.history_between(since, head).await?;
        let mut draft =
            Self { config, digest, as_of, is_demo, events: Vec::new(), revisions, is_first: last.is_none(), head };
        // Of all that was ever kept, an edition tells little: what is near, and what changed.
        let near = draft.brief(&[]).window();
        let changed: HashSet<i64> = draft.revisions.iter().map(|revision| revision.event_id).collect();
        let mut events = Vec::new();
        let is_told = |event: &Event| event.is_public() && (changed.contains(&event.id) || event.touches(near));
        store.each_event(|event| events.extend(Some(event).filter(is_told))).await?;
        draft.events = events;
        Ok(draft)
    }

    fn brief(&self, reader_topics: &[String]) -> Brief {
        Brief {
            now: self.as_of,
            zone: self.config.zone_of(self.digest).clone(),
            upcoming: self.digest.upcoming.span(),
            recent: self.digest.recent.span(),
            kinds: self.digest.kinds.clone(),
            topics: self.digest.topics.clone(),
            reader_topics: reader_topics.to_vec(),
            is_first: self.is_first,
        }
    }

    /// What readers who follow `topics` (none: all) are told.
    pub fn content(&self, topics: &[String]) -> Content {
        compose(&self.brief(topics), &self.events, &self.revisions)
    }

    pub fn mail(&self, content: &Content) -> Result<Rendered, Error> {
        let frame = Frame {
            digest_title: self.digest.title().to_owned(),
            description: self.digest.description.clone(),
            site_title: self.config.site.title.as_str().to_owned(),
            base_url: self.config.site.base_url.as_str().to_owned(),
            zone: self.config.zone_of(self.digest).clone(),
            now: self.as_of,
            is_demo: self.is_demo,
        };
        Ok(render(content, &frame)?)
    }

    fn mail_for(&self, topics: &[String]) -> Result<Option<Rendered>, Error> {
        let content = self.content(topics);
        match content.is_empty() && !self.digest.send_empty {
            true => Ok(None),
            false => self.mail(&content).map(Some),
        }
    }
}

/// Makes the edition of `digest` for `moment`, telling what is so `as_of` then, and queues its deliveries.
/// `settles_schedule` says that it stands for the scheduled moments up to its own.
pub async fn publish(
    store: &Store,
    config: &Config,
    digest: &DigestConfig,
    moment: Timestamp,
    as_of: Timestamp,
    settles_schedule: bool,
) -> Result<Published, Error> {
    let draft = Draft::load(store, config, digest, as_of).await?;
    if draft.content(&[]).is_empty() && !digest.send_empty {
        if settles_schedule {
            store.settle_schedule(digest.slug.as_str(), moment).await?;
        }
        return Ok(Published::Empty);
    }
    let new = NewEdition {
        digest: digest.slug.as_str(),
        scheduled_for: moment,
        history_head: draft.head,
        mail_domain: config.mail.from.address.domain(),
        settles_schedule,
    };
    let made = store.create_edition(new, |topics| draft.mail_for(topics)).await?;
    Ok(made.map_or(Published::Already, Published::Edition))
}

/// Runs until `stop`.
pub async fn run(store: Store, config: Arc<Config>, mut changes: Changes, stop: CancellationToken) {
    loop {
        let pause = step(&store, &config).await;
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
            // A digest may have been paused or resumed; the next step finds out.
            Ok(()) = changes.changed() => {}
        }
    }
}

/// Makes what is due now; how long to rest then. One digest that fails holds up no other.
pub async fn step(store: &Store, config: &Config) -> Duration {
    let mut rest = LONGEST_SLEEP;
    for digest in &config.digests {
        let pause = match publish_due(store, config, digest).await {
            Ok(None) => continue,
            Ok(Some(next)) => Duration::try_from(next.duration_since(store.now())).unwrap_or_default(),
            Err(error) => {
                tracing::error!(digest = digest.slug.as_str(), %error, "an edition could not be made; tried again soon");
                PAUSE_AFTER_ERROR
            }
        };
        rest = rest.min(pause);
    }
    rest
}

/// Makes the edition of one digest if one is due; when the next is.
async fn publish_due(store: &Store, config: &Config, digest: &DigestConfig) -> Result<Option<Timestamp>, Error> {
    let slug = digest.slug.as_str();
    let zone = config.zone_of(digest).time_zone();
    let state = store.digest_state(slug).await?;
    let Some(handled_until) = state.handled_until.filter(|_| !state.paused) else { return Ok(None) };
    if let Some(moment) = digest.schedule.last_between(handled_until, store.now(), zone) {
        // One that is late tells how things stand now.
        match publish(store, config, digest, moment, store.now(), true).await? {
            Published::Edition(edition) => tracing::info!(
                digest = slug,
                edition = edition.id,
                scheduled_for = %moment,
                candidates = edition.candidates,
                "edition made and queued"
            ),
            Published::Already => tracing::info!(digest = slug, %moment, "the edition was there already"),
            Published::Empty => tracing::info!(digest = slug, %moment, "nothing to tell, so no edition"),
        }
    }
    Ok(digest.schedule.next_after(store.now(), zone))
}
