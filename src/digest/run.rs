//! The scheduler: makes each digest's edition at its moment, once, and after a rest one for all that was missed.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::Error;
use super::approval::{self, Aim, Look};
use super::clock::{FARTHEST_AHEAD, ReaderClock, Timetable, handled_ahead};
use super::moments::{adopted, reader_clocks};
use super::publish::{Occasion, Published, publish};
use super::welcome::welcome;
use crate::clock::{self, SLACK};
use crate::config::{Config, DigestConfig};
use crate::domain::approval::Approval;
use crate::domain::zone::Zone;
use crate::idle::Part;
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
/// An edition about which editors are to be asked, and that has nothing to tell yet, is composed this often: the database
/// changes often while mail is sent.
const EMPTY_FOR: Duration = Duration::from_secs(5);

/// Tells that a daemon now keeps to the schedules that are configured. Where one is new or another than before, it is from
/// `since` on; none: from where the one before ended.
pub async fn adopt_schedules(store: &Store, config: &Config, since: Option<Timestamp>) -> crate::store::Result<()> {
    for digest in &config.digests {
        let schedule = adopted(config, digest);
        let ahead = handled_ahead(digest.per_reader_time);
        store.adopt_schedule(digest.slug.as_str(), &schedule, ahead, since).await?;
    }
    Ok(())
}

/// Runs until `stop`, by the configuration that is in force.
pub async fn run(
    store: Store,
    mut config: watch::Receiver<Arc<Config>>,
    mut changes: Changes,
    idle: Part,
    stop: CancellationToken,
) {
    let mut scheduler = Scheduler::new(store, config.borrow_and_update().clone());
    loop {
        let seen = changes.borrow_and_update().count;
        let Rest { pause, until } = scheduler.step().await;
        match until {
            Until::Unknown => idle.works(),
            Until::Change => idle.rests(seen, None),
            Until::Moment(moment) => idle.rests(seen, Some(moment)),
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
            // A digest may have been paused or resumed; the next step finds out.
            Ok(()) = changes.changed() => {}
            Ok(()) = config.changed() => {
                let next = config.borrow_and_update().clone();
                scheduler.go_by(next).await;
            }
        }
    }
}

struct Scheduler {
    store: Store,
    config: Arc<Config>,
    /// The clocks of each digest's readers, by slug.
    clocks: HashMap<String, Clocks>,
    /// The machine's own clock, whatever a demo's shows.
    machine: fn() -> Timestamp,
    watch: Watch,
    /// The moment of each digest whose edition had nothing to tell, and when that was seen.
    empty: HashMap<String, (Timestamp, Instant)>,
    /// What was told to be set aside of each digest.
    set_aside: HashMap<String, Timestamp>,
    /// Whether something that was due could not be made at the last look.
    has_failed: bool,
    /// Whether the schedules have yet to be adopted, and since when they are kept to.
    to_adopt: Option<Option<Timestamp>>,
}

/// What is remembered of the clock itself.
enum Watch {
    /// Nothing was looked at yet.
    New,
    /// It is told that the machine's clock has yet to be set.
    Unset,
    /// It showed this when it was looked at last.
    Set(Timestamp),
}

/// What a look at a digest, or at all of them, leaves to be done.
#[derive(Debug, Clone, Copy)]
struct Rest {
    /// How long until the next look.
    pause: Duration,
    until: Until,
}

/// What has to come before anything is to be made.
#[derive(Debug, Clone, Copy)]
enum Until {
    /// There may be something already.
    Unknown,
    Moment(Timestamp),
    Change,
}

impl Rest {
    const AFTER_ERROR: Self = Self { pause: PAUSE_AFTER_ERROR, until: Until::Unknown };
    const WITHOUT_END: Self = Self { pause: LONGEST_SLEEP, until: Until::Change };

    /// What comes first.
    fn and(self, other: Self) -> Self {
        let until = match (self.until, other.until) {
            (Until::Unknown, _) | (_, Until::Unknown) => Until::Unknown,
            (Until::Moment(one), Until::Moment(other)) => Until::Moment(one.min(other)),
            (Until::Moment(moment), Until::Change) | (Until::Change, Until::Moment(moment)) => Until::Moment(moment),
            (Until::Change, Until::Change) => Until::Change,
        };
        Self { pause: self.pause.min(other.pause), until }
    }
}

struct Clocks {
    clocks: Vec<ReaderClock>,
    good_until: Instant,
}

impl Scheduler {
    fn new(store: Store, config: Arc<Config>) -> Self {
        let (clocks, empty, set_aside) = (HashMap::new(), HashMap::new(), HashMap::new());
        let (machine, watch) = (Timestamp::now, Watch::New);
        Self { store, config, clocks, empty, machine, watch, set_aside, has_failed: false, to_adopt: None }
    }

    /// Keeps to another configuration from now on. What is due by the old one is made first, so that no moment is left out
    /// between them.
    async fn go_by(&mut self, config: Arc<Config>) {
        let now = self.store.now();
        self.step().await;
        // What could not be made under the old one is made up for under the new one.
        let since = (!self.has_failed).then_some(now);
        self.config = config;
        self.clocks.clear();
        self.to_adopt = Some(self.to_adopt.unwrap_or(since));
    }

    /// Makes what is due now; how long to rest then. One digest that fails holds up no other.
    async fn step(&mut self) -> Rest {
        self.has_failed = true;
        match self.look_at_clock().await {
            Ok(true) => {}
            Ok(false) => return Rest::AFTER_ERROR,
            Err(error) => {
                tracing::error!(%error, "no edition could be made; tried again soon");
                return Rest::AFTER_ERROR;
            }
        }
        self.has_failed = false;
        let config = self.config.clone();
        let mut rest = Rest::WITHOUT_END;
        for digest in &config.digests {
            let of_digest = self.publish_due(digest).await.unwrap_or_else(|error| {
                let digest = digest.slug.as_str();
                tracing::error!(digest, %error, "an edition could not be made; tried again soon");
                self.has_failed = true;
                Rest::AFTER_ERROR
            });
            rest = rest.and(of_digest);
        }
        match welcome(&self.store, &config).await {
            Ok(false) => rest,
            // There may be more of them.
            Ok(true) => rest.and(Rest { pause: Duration::ZERO, until: Until::Unknown }),
            Err(error) => {
                tracing::error!(%error, "a new reader could not be welcomed; tried again soon");
                rest.and(Rest::AFTER_ERROR)
            }
        }
    }

    /// Whether the clock can be relied on. After a start, and whenever it was set back, what it put too far ahead comes
    /// back.
    async fn look_at_clock(&mut self) -> Result<bool, Error> {
        let machine = (self.machine)();
        if !clock::is_set(machine) {
            if !matches!(self.watch, Watch::Unset) {
                tracing::error!(%machine, "the machine's clock has yet to be set: until then no edition is made");
            }
            self.watch = Watch::Unset;
            return Ok(false);
        }
        let now = self.store.now();
        let has_gone_on = matches!(self.watch, Watch::Set(last) if now + SLACK >= last);
        if let Some(since) = self.to_adopt {
            adopt_schedules(&self.store, &self.config, since).await?;
            self.to_adopt = None;
        }
        if !has_gone_on {
            adopt_schedules(&self.store, &self.config, Some(now)).await?;
            let deliveries = self.store.come_back().await?;
            if deliveries > 0 {
                tracing::warn!(deliveries, "mail that a clock put into the future goes out now");
            }
        }
        self.watch = Watch::Set(now);
        Ok(true)
    }

    /// Makes the edition of one digest if one is due; how long until the next may be.
    async fn publish_due(&mut self, digest: &DigestConfig) -> Result<Rest, Error> {
        let slug = digest.slug.as_str();
        let state = self.store.digest_state(slug, handled_ahead(digest.per_reader_time)).await?;
        self.tell_set_aside(slug, state.set_aside);
        let Some(mut handled_until) = state.handled_until.filter(|_| !state.paused) else {
            return Ok(Rest::WITHOUT_END);
        };
        let config = self.config.clone();
        let taken = self.store.edition_moments(slug, handled_until).await?;
        let (schedule, own) = (&digest.schedule, config.zone_of(digest));
        let mut timetable = Timetable { schedule, own, clocks: &[], taken: &taken };
        let mut look_again = None;
        let clocks;
        if digest.per_reader_time {
            let Some(next) = timetable.next_made_at(handled_until) else { return Ok(Rest::WITHOUT_END) };
            let earliest = asked_from(digest, own, next).checked_sub(FARTHEST_AHEAD).unwrap_or(Timestamp::MIN);
            if earliest > self.store.now() {
                return Ok(self.until(earliest));
            }
            (clocks, look_again) = self.clocks(digest).await?;
            timetable.clocks = &clocks;
        }
        let mut rest = Rest::WITHOUT_END;
        let before = handled_until;
        if let Some(moment) = timetable.due(handled_until, self.store.now()) {
            match self.approval(digest, timetable, moment, before).await? {
                Look::Goes => self.publish(digest, moment, before).await?,
                Look::Waits(again) => rest = rest.and(self.again(again)),
                // It would have gone.
                Look::Empty => {}
            }
            handled_until = moment;
        }
        let next = timetable.upcoming(handled_until).next().map(|next| (next, timetable.made_at(next)));
        if let Some((_, made_at)) = next {
            rest = rest.and(self.until(made_at));
        }
        if let Some((moment, made_at)) = next.filter(|_| digest.approval == Approval::Ask) {
            let asked_from = asked_from(digest, own, made_at);
            if asked_from > self.store.now() {
                rest = rest.and(self.until(asked_from));
            } else if let Look::Waits(again) = self.approval(digest, timetable, moment, before).await? {
                rest = rest.and(self.again(again));
            }
        }
        Ok(match look_again {
            // The readers' clocks were not read anew.
            Some(pause) => rest.and(Rest { pause, until: Until::Unknown }),
            None => rest,
        })
    }

    /// Whether the edition of a moment may go, once it is time; its editors are asked if they are to be.
    async fn approval(
        &mut self,
        digest: &DigestConfig,
        timetable: Timetable<'_>,
        moment: Timestamp,
        handled_until: Timestamp,
    ) -> Result<Look, Error> {
        if digest.approval == Approval::None {
            return Ok(Look::Goes);
        }
        let slug = digest.slug.as_str();
        let aim = Aim { moment, made_at: timetable.made_at(moment), missed_since: Some(handled_until) };
        let is_ahead = aim.made_at > self.store.now();
        if is_ahead && self.empty.get(slug).is_some_and(|(of, seen)| *of == moment && seen.elapsed() < EMPTY_FOR) {
            return Ok(Look::Waits(Some(self.store.now() + EMPTY_FOR)));
        }
        let look = approval::look(&self.store, &self.config, digest, aim).await?;
        if look == Look::Empty {
            self.empty.insert(slug.to_owned(), (moment, Instant::now()));
        }
        Ok(look)
    }

    fn again(&self, at: Option<Timestamp>) -> Rest {
        at.map_or(Rest::WITHOUT_END, |at| self.until(at))
    }

    /// The edition of a scheduled moment. One that is late tells how things stand now.
    async fn publish(&self, digest: &DigestConfig, moment: Timestamp, handled_until: Timestamp) -> Result<(), Error> {
        let slug = digest.slug.as_str();
        let per_reader_time = digest.per_reader_time;
        let occasion = Occasion {
            moment,
            as_of: self.store.now(),
            by: None,
            per_reader_time,
            missed_since: Some(handled_until),
            is_trial: false,
        };
        match publish(&self.store, &self.config, digest, occasion).await? {
            Published::Edition(edition) => tracing::info!(
                digest = slug,
                edition = %edition.name(),
                scheduled_for = %moment,
                candidates = edition.candidates,
                "edition made and queued"
            ),
            Published::Already => tracing::info!(digest = slug, %moment, "the edition was there already"),
            Published::Empty => tracing::info!(digest = slug, %moment, "nothing to tell, so no edition"),
            // Somebody has said something else just now: it is asked about anew.
            Published::Unapproved => {}
            // Of what somebody wants alone.
            Published::NoReaders | Published::Trial(_) => {}
        }
        Ok(())
    }

    /// The clocks of a digest's readers and, if these are from a moment ago, how soon they are to be looked at again.
    async fn clocks(&mut self, digest: &DigestConfig) -> Result<(Vec<ReaderClock>, Option<Duration>), Error> {
        let slug = digest.slug.as_str();
        let begun = Instant::now();
        if let Some(known) = self.clocks.get(slug).filter(|known| begun < known.good_until) {
            return Ok((known.clocks.clone(), Some(known.good_until - begun)));
        }
        let clocks = reader_clocks(&self.store, &self.config, digest).await?;
        let good_until = Instant::now() + CLOCKS_KEPT.max(begun.elapsed() * CLOCKS_KEPT_TIMES);
        self.clocks.insert(slug.to_owned(), Clocks { clocks: clocks.clone(), good_until });
        // A change wakes the scheduler before that.
        Ok((clocks, None))
    }

    fn tell_set_aside(&mut self, slug: &str, set_aside: Option<Timestamp>) {
        let Some(ahead) = set_aside else { return };
        if self.set_aside.insert(slug.to_owned(), ahead) != Some(ahead) {
            tracing::warn!(
                digest = slug,
                said_to_be_handled_until = %ahead,
                "a clock was ahead: this is set aside, and the last moment before now counts"
            );
        }
    }

    fn until(&self, moment: Timestamp) -> Rest {
        let pause = Duration::try_from(moment.duration_since(self.store.now())).unwrap_or_default();
        Rest { pause: pause.min(LONGEST_SLEEP), until: Until::Moment(moment) }
    }
}

/// When editors are asked about an edition that is to be made then.
fn asked_from(digest: &DigestConfig, own: &Zone, made_at: Timestamp) -> Timestamp {
    match digest.approval {
        Approval::None => made_at,
        Approval::Ask => own.at(made_at).checked_sub(digest.prepare.span()).map_or(Timestamp::MIN, |at| at.timestamp()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: &str = "[[digest]]\nslug = \"daily\"\nschedule = \"0 8 * * *\"\nsend_empty = true\n\
                          [[digest]]\nslug = \"own\"\nschedule = \"0 8 * * *\"\nsend_empty = true\nper_reader_time = true\n";

    async fn scheduler(folder: &std::path::Path) -> Scheduler {
        let store = Store::create(&folder.join("kalends.db")).await.unwrap();
        store.register_digests(["daily", "own"]).await.unwrap();
        Scheduler::new(store, Arc::new(Config::parse("test", CONFIG, Vec::new()).unwrap()))
    }

    async fn editions(scheduler: &mut Scheduler, machine: fn() -> Timestamp, now: &str) -> Vec<Option<String>> {
        scheduler.machine = machine;
        scheduler.store.set_clock(now.parse().unwrap()).await.unwrap();
        scheduler.step().await;
        let mut last = Vec::new();
        for slug in ["daily", "own"] {
            let edition = scheduler.store.last_edition(slug).await.unwrap();
            last.push(edition.map(|edition| edition.scheduled_for.to_string()));
        }
        last
    }

    #[tokio::test]
    async fn a_machine_whose_clock_has_yet_to_be_set_makes_no_edition() {
        let folder = tempfile::tempdir().unwrap();
        let mut scheduler = scheduler(folder.path()).await;
        let unset: fn() -> Timestamp = || Timestamp::UNIX_EPOCH;
        let set: fn() -> Timestamp = Timestamp::now;
        let moment = |day: &str| Some(format!("{day}T08:00:00Z"));
        // A new office whose machine begins in 1970.
        assert_eq!(editions(&mut scheduler, unset, "1970-01-05T09:00:00Z").await, [None, None]);
        assert_eq!(editions(&mut scheduler, set, "2026-09-28T09:00:00Z").await, [None, None]);
        let first = [moment("2026-09-29"), moment("2026-09-29")];
        assert_eq!(editions(&mut scheduler, set, "2026-09-29T08:00:01Z").await, first);
        // It starts in 1970 once more, and the moment that passed meanwhile is made up for, once.
        assert_eq!(editions(&mut scheduler, unset, "1970-01-01T08:00:01Z").await, first);
        let second = [moment("2026-09-30"), moment("2026-09-30")];
        for now in ["2026-09-30T08:30:00Z", "2026-09-30T08:31:00Z"] {
            assert_eq!(editions(&mut scheduler, set, now).await, second);
        }
        assert_eq!(scheduler.store.last_edition("own").await.unwrap().unwrap().number, 2);
    }

    #[tokio::test]
    async fn a_clock_that_is_set_back_while_the_daemon_runs_silences_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let mut scheduler = scheduler(folder.path()).await;
        let set: fn() -> Timestamp = Timestamp::now;
        editions(&mut scheduler, set, "2036-09-28T09:00:00Z").await;
        for day in ["2036-09-29", "2026-09-30", "2026-10-01"] {
            // Before it counts, a digest that the wrong clock alone has seen is adopted anew.
            editions(&mut scheduler, set, &format!("{day}T07:00:00Z")).await;
            let last = editions(&mut scheduler, set, &format!("{day}T08:00:01Z")).await;
            assert_eq!(last[0], Some(format!("{day}T08:00:00Z")));
            assert_eq!(last, [last[0].clone(), last[0].clone()]);
        }
    }

    fn with_schedule(schedule: &str) -> Arc<Config> {
        let digest =
            |slug: &str| format!("[[digest]]\nslug = \"{slug}\"\nschedule = \"{schedule}\"\nsend_empty = true\n");
        let text = digest("daily") + &digest("own") + "per_reader_time = true\n";
        Arc::new(Config::parse("test", &text, Vec::new()).unwrap())
    }

    #[tokio::test]
    async fn a_changed_schedule_leaves_no_moment_out_and_makes_none_twice() {
        let folder = tempfile::tempdir().unwrap();
        let mut scheduler = scheduler(folder.path()).await;
        let set: fn() -> Timestamp = Timestamp::now;
        let at = |moment: &str| [Some(moment.to_owned()), Some(moment.to_owned())];
        editions(&mut scheduler, set, "2026-09-28T09:00:00Z").await;
        // Eight o'clock has come and nobody has looked yet.
        scheduler.store.set_clock("2026-09-29T08:00:00Z".parse().unwrap()).await.unwrap();
        scheduler.go_by(with_schedule("0 9 * * *")).await;
        assert_eq!(editions(&mut scheduler, set, "2026-09-29T08:00:01Z").await, at("2026-09-29T08:00:00Z"));
        assert_eq!(editions(&mut scheduler, set, "2026-09-29T09:00:01Z").await, at("2026-09-29T09:00:00Z"));
        // It has been nine o'clock already, also for the next one.
        scheduler.go_by(with_schedule("0 9,10 * * *")).await;
        assert_eq!(editions(&mut scheduler, set, "2026-09-29T09:30:00Z").await, at("2026-09-29T09:00:00Z"));
        for slug in ["daily", "own"] {
            assert_eq!(scheduler.store.last_edition(slug).await.unwrap().unwrap().number, 2);
        }
        assert_eq!(editions(&mut scheduler, set, "2026-09-29T10:00:00Z").await, at("2026-09-29T10:00:00Z"));
    }

    #[tokio::test]
    async fn what_failed_under_the_old_schedule_is_made_up_for_under_the_new_one() {
        let folder = tempfile::tempdir().unwrap();
        let mut scheduler = scheduler(folder.path()).await;
        editions(&mut scheduler, Timestamp::now, "2026-09-28T09:00:00Z").await;
        // Nothing can be made while the clock is not to be trusted.
        scheduler.machine = || Timestamp::UNIX_EPOCH;
        scheduler.store.set_clock("2026-09-29T08:00:30Z".parse().unwrap()).await.unwrap();
        scheduler.go_by(with_schedule("* * * * *")).await;
        let last = editions(&mut scheduler, Timestamp::now, "2026-09-29T08:00:40Z").await;
        assert_eq!(last[0].as_deref(), Some("2026-09-29T08:00:00Z"));
    }
}
