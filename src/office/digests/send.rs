//! An edition at somebody's wish, and a test mail.

use std::path::PathBuf;

use jiff::Timestamp;

use crate::clock::whole_second;
use crate::config::DigestConfig;
use crate::digest::moments::Moments;
use crate::digest::publish::{Occasion, Published, Trial, publish};
use crate::domain::act::Deed;
use crate::domain::actor::Actor;
use crate::domain::address::EmailAddress;
use crate::domain::choice::Choice;
use crate::domain::edition::EditionName;
use crate::domain::refused::{Noun, Refused};
use crate::mail::carrier::send_once;
use crate::mail::smtp::Envelope;
use crate::office::{Error, Office, Result};
use crate::shape::edition::{SendRecord, TestMailRecord};

/// How an edition is wanted.
#[derive(Debug, Clone, Copy, Default)]
pub struct EditionWish {
    /// The moment it is for; none: now.
    pub at: Option<Timestamp>,
    /// It stands in the place of the scheduled edition of that moment, or of the first after it.
    pub instead: bool,
    /// Each reader gets it when it is that time on their own clock; else all get it at once.
    pub per_reader_time: bool,
    /// It is only told what would be.
    pub is_trial: bool,
}

/// What became of the wish.
pub struct Sending {
    pub digest: String,
    /// The moment it is for.
    pub moment: Timestamp,
    pub instead: bool,
    /// What is queued waits until the digest is resumed.
    pub is_paused: bool,
    pub published: Published,
}

impl Sending {
    pub fn record(&self) -> SendRecord {
        let nothing = SendRecord {
            edition: None,
            digest: self.digest.clone(),
            number: None,
            scheduled_for: self.moment,
            instead: self.instead,
            candidates: None,
            reason: None,
            subject: None,
            left_out: None,
            unconfirmed: None,
            suppressed: None,
        };
        match &self.published {
            Published::Edition(edition) => SendRecord {
                edition: Some(edition.id),
                number: Some(edition.number),
                candidates: Some(edition.candidates),
                ..nothing
            },
            Published::Trial(Trial { number, subject, candidates, left_out, absent }) => SendRecord {
                number: Some(*number),
                candidates: Some(*candidates),
                reason: Some("dry-run"),
                subject: Some(subject.clone()),
                left_out: Some(*left_out),
                unconfirmed: Some(absent.unconfirmed),
                suppressed: Some(absent.suppressed),
                ..nothing
            },
            Published::Already => SendRecord { reason: Some("already"), ..nothing },
            Published::Empty => SendRecord { reason: Some("empty"), ..nothing },
            Published::Unapproved => SendRecord { reason: Some("unapproved"), ..nothing },
            Published::NoReaders => SendRecord { reason: Some("no-readers"), ..nothing },
        }
    }

    /// The name that the edition has, or would have.
    pub fn name(&self) -> Option<EditionName> {
        self.record().number.map(|number| EditionName { digest: self.digest.clone(), number })
    }
}

/// A test mail that was sent, or written.
pub struct TestMail {
    pub to: EmailAddress,
    message_id: String,
    /// Where mail goes into files: nobody was sent anything.
    pub file: Option<PathBuf>,
}

impl TestMail {
    pub fn record(&self) -> TestMailRecord {
        TestMailRecord {
            to: self.to.to_string(),
            message_id: format!("<{}>", self.message_id),
            file: self.file.as_ref().map(|file| file.display().to_string()),
        }
    }
}

impl Office {
    /// Makes an edition and queues it. One for a moment that is still ahead would go out before its time and be the only
    /// one of that moment, so it must be said that this is meant.
    pub async fn send_edition(&self, by: &Actor, slug: &str, wish: EditionWish) -> Result<Sending> {
        let digest = self.digest(slug)?;
        let now = self.store.now();
        let moments = Moments::of(&self.store, &self.config, digest).await?;
        // Editions are told apart by the second.
        let wanted = whole_second(wish.at.unwrap_or(now));
        let scheduled = moments.first_from(wish.at.map_or(now, whole_second));
        let moment = match wish.instead {
            true => scheduled.filter(|at| *at > now).ok_or_else(|| self.nothing_to_replace(digest, wanted))?,
            false => wanted,
        };
        let has_edition = self.store.has_edition(slug, moment).await?;
        // On each reader's clock it would wait for its moment, and takes nobody's place if none is scheduled then.
        let takes_its_time = wish.per_reader_time && scheduled != Some(moment);
        if moment > now && !wish.instead && !has_edition && !takes_its_time {
            return Err(self.still_ahead(digest, moment, scheduled == Some(moment), moments.next()).into());
        }
        let occasion = Occasion {
            moment,
            as_of: if wish.at.is_some() || wish.instead { moment } else { now },
            by: Some(by),
            per_reader_time: wish.per_reader_time,
            missed_since: None,
            is_trial: wish.is_trial || self.store.is_rehearsal(),
        };
        let published = publish(&self.store, &self.config, digest, occasion).await?;
        Ok(Sending {
            digest: slug.to_owned(),
            moment,
            instead: wish.instead,
            is_paused: moments.state.paused,
            published,
        })
    }

    fn still_ahead(
        &self,
        digest: &DigestConfig,
        moment: Timestamp,
        is_scheduled: bool,
        next: Option<Timestamp>,
    ) -> Refused {
        let (slug, at) = (digest.slug.as_str(), self.local(digest, moment));
        let next = match next {
            Some(next) => format!("the next moment of {slug} is {}", self.local(digest, next)),
            None => format!("{slug} is never due again"),
        };
        let what = match is_scheduled {
            true => "an edition made now would take the place of the scheduled one",
            false => "an edition made now would go out at once",
        };
        let said = format!("{at} is still ahead, and {what}; {next}");
        Refused { field: Some("instead"), ..Refused::conflict(said) }.about(Noun::Digest, slug)
    }

    fn nothing_to_replace(&self, digest: &DigestConfig, wanted: Timestamp) -> Refused {
        let (slug, at) = (digest.slug.as_str(), self.local(digest, wanted));
        let said = format!("no edition of {slug} is still to come at {at}, in whose place another could stand");
        Refused::conflict(said).about(Noun::Digest, slug)
    }

    /// Sends one mail to one address: a test, which makes no edition.
    pub async fn send_test(&self, by: &Actor, slug: &str, at: Option<Timestamp>, to: EmailAddress) -> Result<TestMail> {
        let digest = self.digest(slug)?;
        let mut mail = self.compose(digest, at, &Choice::default()).await?;
        mail.subject = format!("[Test] {}", mail.subject);
        let from = &self.config.mail.from.address;
        let message_id = format!("{}@{}", uuid::Uuid::new_v4().simple(), from.domain());
        let octets = self.message(digest, &to, &mail, &message_id)?;
        let envelope = Envelope { from: Some(from.clone()), to: to.clone() };
        let file = match self.store.is_rehearsal() {
            true => None,
            false => send_once(&self.config, &envelope, &octets)
                .await
                .map_err(|error| Error::Failed(format!("the test mail was not sent: {error}")))?,
        };
        self.store.note_act(by, Deed::Tested, (Noun::Digest, slug), "").await?;
        Ok(TestMail { to, message_id, file })
    }
}
