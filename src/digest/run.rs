//! The scheduler: makes each digest's edition at its moment, once, and after a rest one for all that was missed.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::Error;
use super::clock::{FARTHEST_AHEAD, ReaderClock, Timetable};
use super::publish::{Occasion, Published, publish, reader_clock};
use crate::config::{Config, DigestConfig};
use crate::store::Store;
use crate::store::watch::Changes;

/// Without anything to wake for, the clock is looked at this often: machines sleep and clocks are set.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);
/// After an error of the database.
const PAUSE_AFTER_ERROR: Duration = Duration::from_secs(5);
/// Readers' clocks are good for this long, and for so many times as long as it took to read them: that goes through all
/// readers, and the database changes often while mail is sent.
const CLOCKS_KEPT: Duration = Duration::from_secs(1);
const CLOCKS_KEPT_TIMES: u32 = 20;

/// Runs until `stop`.
pub async fn run(store: Store, config: Arc<Config>, mut changes: Changes, stop: CancellationToken) {
    let mut scheduler = Scheduler { store, config, clocks: HashMap::new() };
    loop {
        let pause = scheduler.step().await;
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
            // A digest may have been paused or resumed; the next step finds out.
            Ok(()) = changes.changed() => {}
        }
    }
}

struct Scheduler {
    store: Store,
    config: Arc<Config>,
    /// The clocks of each digest's readers, by slug.
    clocks: HashMap<String, Clocks>,
}

struct Clocks {
    clocks: Vec<ReaderClock>,
    good_until: Instant,
}

impl Scheduler {
    /// Makes what is due now; how long to rest then. One digest that fails holds up no other.
    async fn step(&mut self) -> Duration {
        let config = self.config.clone();
        let mut rest = LONGEST_SLEEP;
        for digest in &config.digests {
            let pause = self.publish_due(digest).await.unwrap_or_else(|error| {
                let digest = digest.slug.as_str();
                tracing::error!(digest, %error, "an edition could not be made; tried again soon");
                PAUSE_AFTER_ERROR
            });
            rest = rest.min(pause);
        }
        rest
    }

    /// Makes the edition of one digest if one is due; how long until the next may be.
    async fn publish_due(&mut self, digest: &DigestConfig) -> Result<Duration, Error> {
        let slug = digest.slug.as_str();
        let state = self.store.digest_state(slug).await?;
        let Some(mut handled_until) = state.handled_until.filter(|_| !state.paused) else { return Ok(LONGEST_SLEEP) };
        let config = self.config.clone();
        let mut timetable = Timetable { schedule: &digest.schedule, own: config.zone_of(digest), clocks: &[] };
        let mut look_again = LONGEST_SLEEP;
        let clocks;
        if digest.per_reader_time {
            let Some(next) = timetable.next_made_at(handled_until) else { return Ok(LONGEST_SLEEP) };
            let earliest = next.checked_sub(FARTHEST_AHEAD).unwrap_or(Timestamp::MIN);
            if earliest > self.store.now() {
                return Ok(self.until(earliest));
            }
            (clocks, look_again) = self.clocks(digest).await?;
            timetable.clocks = &clocks;
        }
        if let Some(moment) = timetable.due(handled_until, self.store.now()) {
            self.publish(digest, moment, handled_until).await?;
            handled_until = moment;
        }
        let next = timetable.next_made_at(handled_until);
        Ok(next.map_or(LONGEST_SLEEP, |next| self.until(next)).min(look_again))
    }

    /// The edition of a scheduled moment. One that is late tells how things stand now.
    async fn publish(&self, digest: &DigestConfig, moment: Timestamp, handled_until: Timestamp) -> Result<(), Error> {
        let slug = digest.slug.as_str();
        let per_reader_time = digest.per_reader_time;
        let occasion = Occasion {
            moment,
            as_of: self.store.now(),
            is_scheduled: true,
            per_reader_time,
            missed_since: Some(handled_until),
        };
        match publish(&self.store, &self.config, digest, occasion).await? {
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
        Ok(())
    }

    /// The clocks of a digest's readers, and how soon they are to be looked at again.
    async fn clocks(&mut self, digest: &DigestConfig) -> Result<(Vec<ReaderClock>, Duration), Error> {
        let slug = digest.slug.as_str();
        let begun = Instant::now();
        if let Some(known) = self.clocks.get(slug).filter(|known| begun < known.good_until) {
            return Ok((known.clocks.clone(), known.good_until - begun));
        }
        let chosen = self.store.reader_clocks(slug).await?;
        let clocks: Vec<_> = chosen
            .into_iter()
            .map(|(timezone, send_hour)| reader_clock(&self.config, digest, timezone.as_ref(), send_hour))
            .collect();
        let good_until = Instant::now() + CLOCKS_KEPT.max(begun.elapsed() * CLOCKS_KEPT_TIMES);
        self.clocks.insert(slug.to_owned(), Clocks { clocks: clocks.clone(), good_until });
        // A change wakes the scheduler before that.
        Ok((clocks, LONGEST_SLEEP))
    }

    fn until(&self, moment: Timestamp) -> Duration {
        Duration::try_from(moment.duration_since(self.store.now())).unwrap_or_default()
    }
}
