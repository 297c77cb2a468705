//! Which moments of a digest are still to have their edition, for whoever asks. The scheduler goes by the same timetable.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::clock::{ReaderClock, Timetable, handled_ahead};
use super::publish::reader_clock;
use crate::config::{Config, DigestConfig};
use crate::store::{DigestState, Result, Store};

/// How a digest stands, and when its editions come.
pub struct Moments<'a> {
    pub state: DigestState,
    /// What the scheduler goes on from: none where it has yet to adopt the schedule.
    handled_until: Option<Timestamp>,
    digest: &'a DigestConfig,
    config: &'a Config,
    clocks: Vec<ReaderClock>,
    taken: BTreeSet<Timestamp>,
    now: Timestamp,
}

impl<'a> Moments<'a> {
    pub async fn of(store: &Store, config: &'a Config, digest: &'a DigestConfig) -> Result<Self> {
        let (slug, now) = (digest.slug.as_str(), store.now());
        let state = store.digest_state(slug, handled_ahead(digest.per_reader_time)).await?;
        let handled_until = state.handled_until.filter(|_| state.schedule == adopted(config, digest));
        let clocks = match digest.per_reader_time {
            true => reader_clocks(store, config, digest).await?,
            false => Vec::new(),
        };
        let taken = store.edition_moments(slug, handled_until.unwrap_or(now)).await?;
        Ok(Self { state, handled_until, digest, config, clocks, taken, now })
    }

    fn timetable(&self) -> Timetable<'_> {
        let (schedule, own) = (&self.digest.schedule, self.config.zone_of(self.digest));
        Timetable { schedule, own, clocks: &self.clocks, taken: &self.taken }
    }

    /// The moment whose edition is made next, once the digest is not paused. It may have passed if no daemon runs.
    pub fn next(&self) -> Option<Timestamp> {
        self.timetable().next(self.handled_until, self.now)
    }

    /// When the edition of a moment is to be made: when it is time on the first of its readers' clocks.
    pub fn made_at(&self, moment: Timestamp) -> Timestamp {
        self.timetable().made_at(moment)
    }

    /// All of them, from the next on.
    pub fn upcoming(&self) -> impl Iterator<Item = Timestamp> {
        let next = self.next();
        next.into_iter().chain(next.into_iter().flat_map(|next| self.timetable().upcoming(next)))
    }

    /// Those from a moment on, itself too if the digest is due in it, but for those that have their edition.
    pub async fn since(&self, store: &Store, from: Timestamp) -> Result<impl Iterator<Item = Timestamp>> {
        let before = from.checked_sub(SignedDuration::from_nanos(1)).unwrap_or(Timestamp::MIN);
        // Kept by the second.
        let second_before = from.checked_sub(SignedDuration::from_secs(1)).unwrap_or(Timestamp::MIN);
        let taken = store.edition_moments(self.digest.slug.as_str(), second_before).await?;
        // By its readers' clocks one may have been handled ahead of its time.
        let handled = self.handled_until.filter(|handled| *handled > self.now);
        let is_handled = move |moment: Timestamp| moment > self.now && handled.is_some_and(|until| moment <= until);
        let none = const { &BTreeSet::new() };
        let moments = Timetable { taken: none, ..self.timetable() }.upcoming(before);
        Ok(moments.filter(move |moment| !taken.contains(moment) && !is_handled(*moment)))
    }

    /// The first at or after a moment, whether or not it has its edition.
    pub fn first_from(&self, from: Timestamp) -> Option<Timestamp> {
        let before = from.checked_sub(SignedDuration::from_nanos(1)).unwrap_or(Timestamp::MIN);
        self.digest.schedule.next_after(before, self.config.zone_of(self.digest).time_zone())
    }
}

/// How a schedule that a daemon keeps to is kept.
pub fn adopted(config: &Config, digest: &DigestConfig) -> String {
    format!("{} {}", digest.schedule, config.zone_of(digest))
}

/// The clocks of a digest's readers.
pub async fn reader_clocks(store: &Store, config: &Config, digest: &DigestConfig) -> Result<Vec<ReaderClock>> {
    let chosen = store.reader_clocks(digest.slug.as_str()).await?;
    let clocks = chosen.into_iter();
    Ok(clocks.map(|(timezone, hour)| reader_clock(config, digest, timezone.as_ref(), hour)).collect())
}
