//! What an edition is made from, and the mail it becomes for readers who see the same.

use std::collections::HashSet;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;

use super::Error;
use super::compose::{Brief, Content, Survey};
use super::render::{Frame, render};
use crate::config::{Config, DigestConfig};
use crate::domain::choice::Choice;
use crate::domain::edition::Rendered;
use crate::domain::event::{Event, Kind};
use crate::domain::filter::EventFilter;
use crate::domain::text;
use crate::domain::wording::Locale;
use crate::domain::zone::Zone;
use crate::store::Store;

/// All that makes one reader's mail differ from another's. Readers for whom it is the same get the same mail, rendered
/// once.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Audience {
    /// Topics followed, in order and in lower case; none means all.
    topics: Vec<String>,
    kinds: Vec<Kind>,
    locale: Locale,
    /// The date on which they get it.
    today: Date,
}

impl Audience {
    fn filter(&self) -> EventFilter {
        EventFilter { topics: self.topics.clone(), kinds: self.kinds.clone(), ..EventFilter::default() }
    }
}

/// What an edition of `digest` is made from.
pub struct Draft<'a> {
    config: &'a Config,
    digest: &'a DigestConfig,
    as_of: Timestamp,
    is_demo: bool,
    survey: Survey,
    /// The newest line of history it takes in.
    pub history_head: i64,
}

impl<'a> Draft<'a> {
    /// How things stand `as_of` then, and what changed since the last edition.
    pub async fn load(
        store: &Store,
        config: &'a Config,
        digest: &'a DigestConfig,
        as_of: Timestamp,
    ) -> Result<Self, Error> {
        let slug = digest.slug.as_str();
        let zone = config.zone_of(digest);
        let head = store.history_head().await?;
        let last = store.last_edition(slug).await?;
        let since = match &last {
            Some(edition) => edition.history_head,
            None => {
                let first = zone.at(as_of).checked_sub(digest.recent.span()).map_or(Timestamp::MIN, |z| z.timestamp());
                store.history_head_at(first).await?
            }
        };
        let revisions = store.history_between(since, head).await?;
        let brief = Brief {
            now: as_of,
            zone: zone.clone(),
            upcoming: digest.upcoming.span(),
            recent: digest.recent.span(),
            kinds: digest.kinds.clone(),
            topics: digest.topics.clone(),
            is_first: last.is_none(),
        };
        // Of all that was ever kept, an edition tells little: what is near, and what changed.
        let near = brief.window();
        let changed: HashSet<i64> = revisions.iter().map(|revision| revision.event_id).collect();
        let mut events = Vec::new();
        let is_told = |event: &Event| event.is_public() && (changed.contains(&event.id) || event.touches(near));
        store.each_event(|event| events.extend(Some(event).filter(is_told).map(Arc::new))).await?;
        let survey = Survey::new(&brief, &events, &revisions);
        Ok(Self { config, digest, as_of, is_demo: store.is_demo(), survey, history_head: head })
    }

    /// Readers who chose nothing, in the digest's own zone.
    pub fn everybody(&self) -> Audience {
        self.audience(&Choice::default(), self.date_in(self.config.zone_of(self.digest)))
    }

    /// Those who chose this and get it on the date that is `today`.
    pub fn audience(&self, choice: &Choice, today: Date) -> Audience {
        let mut topics: Vec<_> = choice.topics.iter().map(|topic| text::fold_case(topic)).collect();
        topics.sort();
        topics.dedup();
        let mut kinds = choice.kinds.clone();
        kinds.sort();
        kinds.dedup();
        let locale = choice.locale.as_deref().and_then(|locale| locale.parse().ok());
        Audience { topics, kinds, locale: locale.unwrap_or(self.config.site.locale), today }
    }

    /// The date there as of which it tells.
    pub fn date_in(&self, zone: &Zone) -> Date {
        zone.at(self.as_of).date()
    }

    pub fn content(&self, audience: &Audience) -> Content {
        self.survey.content(&audience.filter(), audience.today)
    }

    /// Whether there is nothing to tell anybody, and that is not to be told.
    pub fn is_empty(&self) -> bool {
        !self.digest.send_empty && self.content(&self.everybody()).is_empty()
    }

    /// The mail, also where it has nothing to tell.
    pub fn mail(&self, audience: &Audience) -> Result<Rendered, Error> {
        self.render(&self.content(audience), audience)
    }

    /// The mail, if these readers get one.
    pub fn mail_if_any(&self, audience: &Audience) -> Result<Option<Rendered>, Error> {
        let content = self.content(audience);
        match content.is_empty() && !self.digest.send_empty {
            true => Ok(None),
            false => self.render(&content, audience).map(Some),
        }
    }

    fn render(&self, content: &Content, audience: &Audience) -> Result<Rendered, Error> {
        let frame = Frame {
            digest_title: self.digest.title().to_owned(),
            description: self.digest.description.clone(),
            site_title: self.config.site.title.as_str().to_owned(),
            base_url: self.config.site.base_url.as_str().to_owned(),
            locale: audience.locale,
            today: audience.today,
            is_demo: self.is_demo,
        };
        Ok(render(content, &frame)?)
    }
}
