//! Digests: when they are due, how their editions go, and pausing them.

mod approve;
mod correct;
mod draft;
mod hearers;
mod hold;
mod note;
mod preview;
mod resend;
mod send;

use jiff::Timestamp;

pub use crate::digest::publish::Published;
pub use draft::EntryWish;
pub(super) use hold::given_up;
pub use note::NoteAim;
pub use preview::Preview;
pub use send::{EditionWish, Sending};

use super::{Office, Result, failures};
use crate::clock;
use crate::config::{Config, DigestConfig};
use crate::digest::moments::Moments;
use crate::domain::FieldError;
use crate::domain::actor::Actor;
use crate::domain::edition::{Edition, EditionName, EditionRef};
use crate::domain::moment::moment;
use crate::domain::refused::{Noun, Refused};
use crate::shape::digest::{DigestRecord, DigestStatusRecord, PausedRecord, ShownDigest};
use crate::shape::edition::{EditionRecord, ShownEdition};
use crate::shape::status::FailureRecord;
use crate::store::{self, DigestState, Stretch};

/// Of the machine's clock.
const CLOCK_UNSET: &str =
    "the machine's clock shows a time before 2020, so that it has yet to be set: until then no edition is made";

/// Of what did not go of one edition, the newest of these are told.
const FAILURES_AT_MOST: u32 = 2000;

/// How a digest stands, and what a clock that was wrong has left behind.
pub struct DigestStatus {
    pub record: DigestStatusRecord,
    pub wrong_clock: Option<String>,
}

impl Office {
    pub fn digest(&self, slug: &str) -> Result<&DigestConfig> {
        Ok(self.config.digest(slug).ok_or_else(|| self.no_digest(slug))?)
    }

    /// That there is such a digest, or was once: what it sent stays when it is taken out of the configuration.
    pub async fn expect_digest(&self, slug: &str) -> Result<()> {
        let is_known = self.config.digest(slug).is_some() || self.store.last_edition(slug).await?.is_some();
        if is_known { Ok(()) } else { Err(self.no_digest(slug).into()) }
    }

    /// That there is none of this name.
    pub(super) fn no_digest(&self, slug: &str) -> Refused {
        Refused::not_found(Noun::Digest, slug).or_meant(self.config.slugs())
    }

    /// The edition that somebody asks for.
    pub(super) async fn wanted_edition(&self, wanted: &EditionRef) -> Result<Edition> {
        let found = self.store.edition(wanted).await;
        match (found, wanted) {
            // What a digest sent stays when it is taken out of the configuration.
            (Err(store::Error::Refused(refused)), EditionRef::Name(EditionName { digest, number }))
                if self.config.digest(digest).is_none() =>
            {
                let named: Vec<_> = self.config.slugs().iter().map(|slug| format!("{slug}/{number}")).collect();
                Err(refused.or_meant(named.iter().map(String::as_str)).into())
            }
            (found, _) => Ok(found?),
        }
    }

    /// A moment as people give it, local on the digest's own clock; `field` is what they give it as.
    pub fn digest_moment(&self, slug: &str, field: &'static str, text: Option<&str>) -> Result<Option<Timestamp>> {
        let zone = self.config.zone_of(self.digest(slug)?);
        Ok(text.map(|text| moment(text, zone).map_err(FieldError::of(field))).transpose()?)
    }

    /// A moment as the digest's own clock shows it.
    pub fn local(&self, digest: &DigestConfig, at: Timestamp) -> String {
        local(&self.config, digest, at)
    }

    /// Those of the configuration.
    pub async fn digests(&self) -> Result<Vec<DigestRecord>> {
        let sizes = self.store.audience_sizes().await?;
        let mut records = Vec::new();
        for digest in &self.config.digests {
            let moments = Moments::of(&self.store, &self.config, digest).await?;
            records.push(self.digest_record(digest, &moments, &sizes));
        }
        Ok(records)
    }

    /// One of them, and how it stands.
    pub async fn shown_digest(&self, slug: &str) -> Result<ShownDigest> {
        let digest = self.digest(slug)?;
        let sizes = self.store.audience_sizes().await?;
        let moments = Moments::of(&self.store, &self.config, digest).await?;
        Ok(ShownDigest {
            digest: self.digest_record(digest, &moments, &sizes),
            set_aside: moments.state.set_aside,
            last: self.last_edition_record(slug).await?,
        })
    }

    fn digest_record(&self, digest: &DigestConfig, moments: &Moments<'_>, sizes: &[(String, i64)]) -> DigestRecord {
        let slug = digest.slug.as_str();
        DigestRecord {
            slug: slug.to_owned(),
            title: self.config.title_of(digest, self.config.site.locale).to_owned(),
            description: self.config.description_of(digest, self.config.site.locale).to_owned(),
            schedule: digest.schedule.to_string(),
            timezone: self.config.zone_of(digest).clone(),
            per_reader_time: digest.per_reader_time,
            paused: moments.state.paused,
            next_at: next_at(moments),
            subscribers: sizes.iter().find(|(known, _)| known == slug).map_or(0, |(_, readers)| *readers),
        }
    }

    /// The next moments at which a digest is due, or those from a moment on, but for those that have their edition.
    pub async fn digest_moments(&self, slug: &str, from: Option<Timestamp>, count: usize) -> Result<Vec<Timestamp>> {
        let moments = Moments::of(&self.store, &self.config, self.digest(slug)?).await?;
        Ok(match from {
            None => moments.upcoming().take(count).collect(),
            Some(from) => moments.since(&self.store, from).await?.take(count).collect(),
        })
    }

    /// How one digest stands, or all of them.
    pub async fn digest_status(&self, slug: Option<&str>) -> Result<Vec<DigestStatus>> {
        let digests = match slug {
            Some(slug) => vec![self.digest(slug)?],
            None => self.config.digests.iter().collect(),
        };
        let mut all = Vec::new();
        for digest in digests {
            let slug = digest.slug.as_str();
            let moments = Moments::of(&self.store, &self.config, digest).await?;
            let last = self.last_edition_record(slug).await?;
            let record = DigestStatusRecord {
                digest: slug.to_owned(),
                paused: moments.state.paused,
                next_at: next_at(&moments),
                set_aside: moments.state.set_aside,
                approval: self.approval_record(digest, &moments, next_at(&moments)).await?,
                last,
            };
            all.push(DigestStatus { record, wrong_clock: wrong_clock(&self.config, digest, &moments.state) });
        }
        Ok(all)
    }

    /// How the sending of one edition goes.
    pub async fn edition_status(&self, wanted: &EditionRef) -> Result<ShownEdition> {
        let edition = self.wanted_edition(wanted).await?;
        let lost = self.store.lost_by(edition.id).await?;
        Ok(ShownEdition { edition: self.edition_record(&edition).await?, lost })
    }

    /// How far it is: the same without who left.
    pub async fn edition_progress(&self, wanted: &EditionRef) -> Result<EditionRecord> {
        let edition = self.wanted_edition(wanted).await?;
        Ok(self.edition_record(&edition).await?)
    }

    /// Why mails of an edition did not go, the like of them together; the newest first.
    pub async fn edition_failures(&self, wanted: &EditionRef) -> Result<Vec<FailureRecord>> {
        let edition = self.wanted_edition(wanted).await?;
        Ok(failures::alike(self.store.miscarried_of(edition.id, FAILURES_AT_MOST).await?))
    }

    /// Those of a digest, or all; the newest first.
    pub async fn editions(&self, slug: Option<&str>, stretch: Stretch) -> Result<Vec<EditionRecord>> {
        let editions = self.editions_alone(slug, stretch).await?;
        let mut records = Vec::new();
        for edition in &editions {
            records.push(self.edition_record(edition).await?);
        }
        Ok(records)
    }

    /// The same without how they went.
    pub async fn editions_alone(&self, slug: Option<&str>, stretch: Stretch) -> Result<Vec<Edition>> {
        let editions = self.store.editions(slug, stretch).await?;
        if let Some(slug) = slug.filter(|_| editions.is_empty()) {
            self.expect_digest(slug).await?;
        }
        Ok(editions)
    }

    pub(super) async fn last_edition_record(&self, slug: &str) -> store::Result<Option<EditionRecord>> {
        match self.store.last_edition(slug).await? {
            Some(edition) => Ok(Some(self.edition_record(&edition).await?)),
            None => Ok(None),
        }
    }

    /// An edition, and how far it is.
    pub async fn edition_record(&self, edition: &Edition) -> store::Result<EditionRecord> {
        let tally = self.store.tally(edition.id).await?;
        // Some readers' clocks may have a while to go.
        let queued_until = match tally.queued {
            0 => None,
            _ => self.store.queued_until(edition.id).await?.filter(|at| *at > self.store.now()),
        };
        Ok(EditionRecord::of(edition, tally, queued_until))
    }

    /// From now on it makes no editions and sends none; or it goes on, and the moments that passed meanwhile are not made
    /// up for.
    pub async fn pause_digest(&self, by: &Actor, slug: &str, paused: bool) -> Result<PausedRecord> {
        let digest = self.digest(slug)?;
        self.store.set_paused(by, slug, paused).await?;
        let moments = Moments::of(&self.store, &self.config, digest).await?;
        Ok(PausedRecord { digest: slug.to_owned(), paused, next_at: next_at(&moments) })
    }
}

/// The moment whose edition is made next, while the digest is not paused.
pub(super) fn next_at(moments: &Moments<'_>) -> Option<Timestamp> {
    moments.next().filter(|_| !moments.state.paused)
}

fn local(config: &Config, digest: &DigestConfig, at: Timestamp) -> String {
    let zone = config.zone_of(digest);
    format!("{} {zone}", zone.at(at).strftime("%a %Y-%m-%d %H:%M:%S"))
}

/// That this machine's clock has yet to be set, if so.
pub fn unset_clock() -> Option<&'static str> {
    (!clock::is_set(Timestamp::now())).then_some(CLOCK_UNSET)
}

/// What a clock that was wrong has left behind, or leaves undone; none if all is well.
pub fn wrong_clock(config: &Config, digest: &DigestConfig, state: &DigestState) -> Option<String> {
    let slug = digest.slug.as_str();
    state.set_aside.map(|ahead| {
        format!(
            "{slug} is said to have had its editions until {}, which is ahead of now, so that a clock was wrong: this is set \
             aside until then, and the moments after {} count",
            local(config, digest, ahead),
            state.handled_until.map_or("now".into(), |at| local(config, digest, at)),
        )
    })
}
