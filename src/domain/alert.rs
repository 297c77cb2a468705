//! What needs a hand, and what is told of it when. Pure: `now` is a parameter.

use jiff::{SignedDuration, Timestamp};

use super::words;

/// Mails about what is new come this far apart at least, and so do those about what is over.
pub const ONE_MAIL_IN: SignedDuration = SignedDuration::from_hours(1);

/// What is gone for less than this may be back the next moment.
pub const OVER_AFTER: SignedDuration = SignedDuration::from_secs(10);

/// What ends within this time is told together.
const TOGETHER: SignedDuration = SignedDuration::from_secs(60);

/// What is over is kept for a while.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

words! {
    pub enum AlertKind, "kind of alert" {
        /// Mails of an edition that should have gone did not.
        Stalled => "stalled",
        /// A relay refuses everybody.
        Relay => "relay",
        /// A foreign calendar can't be read.
        Source => "source",
        /// The disk is nearly full.
        Disk => "disk",
        /// A changed configuration could not be taken over.
        Configuration => "configuration",
        /// No backup could be made.
        Backup => "backup",
        /// A program that is told what happens takes nothing, or is gone.
        Webhook => "webhook",
        /// The mailbox that bounces arrive in can't be read.
        Mailbox => "mailbox",
    }
}

/// How long something may last before it is told.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    pub stalled: SignedDuration,
    /// Of what is elsewhere: it may be there again.
    pub peer: SignedDuration,
}

impl Patience {
    fn of(&self, kind: AlertKind) -> SignedDuration {
        match kind {
            AlertKind::Stalled => self.stalled,
            AlertKind::Source | AlertKind::Mailbox => self.peer,
            AlertKind::Relay | AlertKind::Disk | AlertKind::Configuration | AlertKind::Backup | AlertKind::Webhook => {
                SignedDuration::ZERO
            }
        }
    }
}

/// Something that is wrong now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    pub kind: AlertKind,
    /// Which of its kind: a relay, a source, an edition, a folder, a webhook; empty where there is but one.
    pub about: String,
    /// As far as can be seen; what is known already lasts since it was seen first.
    pub since: Timestamp,
    /// For the person who can mend it.
    pub sentence: String,
    /// Whether it is. What can't be told from what will pass the next moment is kept in mind and not told.
    pub is_sure: bool,
}

/// Something that is wrong or was, and what was told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// 0 if it is not kept yet.
    pub id: i64,
    pub kind: AlertKind,
    pub about: String,
    pub since: Timestamp,
    pub sentence: String,
    /// When it had lasted for as long as its kind may.
    pub raised_at: Option<Timestamp>,
    /// By mail.
    pub told_at: Option<Timestamp>,
    pub over_at: Option<Timestamp>,
    pub over_told_at: Option<Timestamp>,
}

impl Alert {
    fn of(trouble: &Trouble) -> Self {
        let Trouble { kind, about, since, sentence, .. } = trouble.clone();
        let (raised_at, told_at, over_at, over_told_at) = (None, None, None, None);
        Self { id: 0, kind, about, since, sentence, raised_at, told_at, over_at, over_told_at }
    }

    fn is_of(&self, trouble: &Trouble) -> bool {
        self.kind == trouble.kind && self.about == trouble.about
    }

    /// Whether it goes on, as far as the operator knows: it does, or its end is yet to be told.
    fn is_known_to_last(&self) -> bool {
        self.over_at.is_none() || self.told_at.is_some() && self.over_told_at.is_none()
    }

    /// Whether it needs a hand now.
    pub fn is_open(&self) -> bool {
        self.over_at.is_none() && self.raised_at.is_some()
    }
}

/// What a look at what is wrong comes to.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// All alerts as they are from now on.
    pub alerts: Vec<Alert>,
    /// Those that are not kept any more, by id.
    pub dropped: Vec<i64>,
    /// For the log.
    pub raised: Vec<Alert>,
    pub ended: Vec<Alert>,
    /// For a mail, if there is any.
    pub news: Vec<Alert>,
    pub over: Vec<Alert>,
    /// When there may be something to tell though nothing changes.
    pub wake: Option<Timestamp>,
}

/// What is to be kept and told of what is wrong now, if this was known before. Without somebody who gets mail only the log
/// is told.
pub fn step(known: Vec<Alert>, troubles: &[Trouble], has_address: bool, patience: Patience, now: Timestamp) -> Step {
    let mut step = Step { alerts: known, ..Step::default() };
    for trouble in troubles {
        match step.alerts.iter_mut().find(|alert| alert.is_of(trouble) && alert.is_known_to_last()) {
            Some(alert) => {
                alert.over_at = None;
                alert.since = alert.since.min(now);
                alert.sentence.clone_from(&trouble.sentence);
            }
            None => step.alerts.push(Alert { since: trouble.since.min(now), ..Alert::of(trouble) }),
        }
    }
    for alert in step.alerts.iter_mut().filter(|alert| alert.over_at.is_none()) {
        match troubles.iter().find(|trouble| alert.is_of(trouble)) {
            None => {
                alert.over_at = Some(now);
                step.ended.extend(alert.raised_at.is_some().then(|| alert.clone()));
            }
            Some(Trouble { is_sure: true, .. })
                if alert.raised_at.is_none() && now.duration_since(alert.since) >= patience.of(alert.kind) =>
            {
                alert.raised_at = Some(now);
                step.raised.push(alert.clone());
            }
            Some(_) => {}
        }
    }
    let is_late_enough = |last: Option<Timestamp>| last.is_none_or(|last| is_past(last, ONE_MAIL_IN, now));
    if has_address && is_late_enough(step.alerts.iter().filter_map(|alert| alert.told_at).max()) {
        for alert in step.alerts.iter_mut().filter(|alert| alert.is_open() && alert.told_at.is_none()) {
            alert.told_at = Some(now);
            step.news.push(alert.clone());
        }
    }
    let may_tell_over = is_late_enough(step.alerts.iter().filter_map(|alert| alert.over_told_at).max());
    let ends = |alert: &Alert| alert.over_at.filter(|_| alert.told_at.is_some() && alert.over_told_at.is_none());
    let (first, last) = (step.alerts.iter().filter_map(ends).min(), step.alerts.iter().filter_map(ends).max());
    let more_may_end = last.is_some_and(|last| !is_past(last, OVER_AFTER, now))
        && first.is_some_and(|first| !is_past(first, TOGETHER, now));
    for alert in &mut step.alerts {
        let Some(over_at) = ends(alert) else { continue };
        if !is_past(over_at, OVER_AFTER, now) {
            let wake = over_at + OVER_AFTER;
            step.wake = Some(step.wake.map_or(wake, |known| known.min(wake)));
        } else if !has_address || may_tell_over && !more_may_end {
            alert.over_told_at = Some(now);
            step.over.extend(has_address.then(|| alert.clone()));
        }
    }
    // Nobody knows of it, or everything was told of it a while ago.
    let is_done = |alert: &Alert| match (alert.over_at, alert.told_at, alert.over_told_at) {
        (Some(_), None, _) => true,
        (_, _, Some(told)) => is_past(told, KEPT, now),
        _ => false,
    };
    let (done, alerts) = step.alerts.into_iter().partition(is_done);
    let done: Vec<Alert> = done;
    Step { alerts, dropped: done.iter().map(|alert| alert.id).filter(|id| *id != 0).collect(), ..step }
}

/// Whether so much time has passed since then. What seems to be ahead was told by a clock that was wrong.
fn is_past(then: Timestamp, length: SignedDuration, now: Timestamp) -> bool {
    now.duration_since(then).abs() >= length
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PATIENCE: Patience =
        Patience { stalled: SignedDuration::from_hours(1), peer: SignedDuration::from_hours(24) };

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    fn trouble(kind: AlertKind, about: &str, since: i64) -> Trouble {
        Trouble { kind, about: about.into(), since: at(since), sentence: "It is wrong.".into(), is_sure: true }
    }

    /// What is kept, and the seconds at which what was told.
    #[derive(Default)]
    struct Office {
        alerts: Vec<Alert>,
        told: Vec<(i64, String)>,
        over: Vec<(i64, String)>,
        logged: Vec<(i64, String)>,
    }

    impl Office {
        fn look(&mut self, second: i64, troubles: &[Trouble], has_address: bool) -> Option<Timestamp> {
            let before = self.alerts.clone();
            let step = step(before.clone(), troubles, has_address, PATIENCE, at(second));
            let names =
                |alerts: &[Alert]| alerts.iter().map(|alert| format!("{} {}", alert.kind, alert.about)).collect();
            let lists: [Vec<String>; 3] = [names(&step.news), names(&step.over), names(&step.raised)];
            let [news, over, raised] = lists;
            self.told.extend(news.into_iter().map(|name| (second, name)));
            self.over.extend(over.into_iter().map(|name| (second, name)));
            self.logged.extend(raised.into_iter().map(|name| (second, name)));
            // As the store keeps them.
            for (index, alert) in step.alerts.iter().enumerate() {
                let id = if alert.id == 0 { 1000 + second * 10 + index as i64 } else { alert.id };
                self.alerts.push(Alert { id, ..alert.clone() });
            }
            self.alerts.drain(..before.len());
            assert!(self.alerts.iter().all(|alert| !step.dropped.contains(&alert.id)));
            step.wake
        }
    }

    fn told(list: &[(i64, &str)]) -> Vec<(i64, String)> {
        list.iter().map(|(second, name)| (*second, (*name).to_owned())).collect()
    }

    #[test]
    fn what_is_new_is_told_at_once_and_what_comes_within_the_hour_together() {
        let (relay, disk, backup) =
            (trouble(AlertKind::Relay, "a", 0), trouble(AlertKind::Disk, "data", 0), trouble(AlertKind::Backup, "", 0));
        let mut office = Office::default();
        office.look(0, std::slice::from_ref(&relay), true);
        office.look(60, &[relay.clone(), disk.clone()], true);
        office.look(90, &[relay.clone(), disk.clone(), backup.clone()], true);
        office.look(3599, &[relay.clone(), disk.clone(), backup.clone()], true);
        office.look(3600, &[relay, disk, backup], true);
        assert_eq!(office.told, told(&[(0, "relay a"), (3600, "disk data"), (3600, "backup ")]));
        assert_eq!(office.over, []);
    }

    #[test]
    fn what_must_last_is_told_when_it_has() {
        let (stalled, source) = (trouble(AlertKind::Stalled, "weekly/3", 0), trouble(AlertKind::Source, "tc260", 0));
        let mut office = Office::default();
        for second in [0, 3599] {
            office.look(second, &[stalled.clone(), source.clone()], true);
            assert!(office.told.is_empty() && office.alerts.iter().all(|alert| !alert.is_open()));
        }
        // It began earlier than it was seen now.
        office.look(3600, &[trouble(AlertKind::Stalled, "weekly/3", 3600), source.clone()], true);
        office.look(86_400, &[source], true);
        assert_eq!(office.told, told(&[(3600, "stalled weekly/3"), (86_400, "source tc260")]));
        assert_eq!(office.over, []);
        office.look(86_410, &[trouble(AlertKind::Source, "tc260", 0)], true);
        assert_eq!(office.over, told(&[(86_410, "stalled weekly/3")]));
    }

    #[test]
    fn what_is_not_sure_is_kept_in_mind_and_neither_told_nor_over() {
        let sure = trouble(AlertKind::Stalled, "weekly/3", 0);
        let unsure = Trouble { is_sure: false, ..sure.clone() };
        let mut office = Office::default();
        office.look(0, std::slice::from_ref(&unsure), true);
        office.look(5000, std::slice::from_ref(&unsure), true);
        assert_eq!(office.told, []);
        office.look(5001, &[sure], true);
        office.look(5002, &[unsure], true);
        assert_eq!(office.told, told(&[(5001, "stalled weekly/3")]));
        assert!(office.alerts[0].is_open());
    }

    #[test]
    fn what_is_over_is_told_once_if_it_stays_so_and_was_told_to_be_wrong() {
        let relay = [trouble(AlertKind::Relay, "a", 0)];
        let mut office = Office::default();
        office.look(0, &relay, true);
        assert_eq!(office.look(100, &[], true), Some(at(110)));
        // It was back at once.
        office.look(105, &relay, true);
        office.look(200, &[], true);
        assert_eq!(office.over, []);
        for second in [210, 211, 4000, 8000] {
            office.look(second, &[], true);
        }
        assert_eq!(office.over, told(&[(210, "relay a")]));
        // What comes and goes within the hour after a mail is told to nobody, but to the log.
        office.look(8000, &relay, true);
        office.look(8010, &[], true);
        office.look(8020, &[], true);
        office.look(8100, &relay, true);
        office.look(8110, &[], true);
        office.look(8120, &[], true);
        assert_eq!(office.told, told(&[(0, "relay a"), (8000, "relay a")]));
        assert_eq!(office.over, told(&[(210, "relay a"), (8020, "relay a")]));
        assert_eq!(office.logged.len(), 3);
    }

    #[test]
    fn what_ends_one_after_the_other_is_told_together() {
        let (relay, disk) = (trouble(AlertKind::Relay, "a", 0), trouble(AlertKind::Disk, "data", 0));
        let mut office = Office::default();
        office.look(0, &[relay.clone(), disk.clone()], true);
        office.look(100, std::slice::from_ref(&disk), true);
        assert_eq!(office.look(109, &[], true), Some(at(110)));
        assert_eq!(office.look(110, &[], true), Some(at(119)));
        assert_eq!(office.over, []);
        office.look(119, &[], true);
        assert_eq!(office.over, told(&[(119, "relay a"), (119, "disk data")]));
        // Those that go on ending keep the first back for a minute at most.
        let relays: Vec<_> = (0..20).map(|n| trouble(AlertKind::Relay, &n.to_string(), 0)).collect();
        let mut office = Office::default();
        office.look(0, &relays, true);
        for (ended, second) in (1..20).zip((100..).step_by(5)) {
            office.look(second, &relays[ended..], true);
        }
        assert_eq!((office.over.len(), office.over[0].0, office.over[10].0), (11, 160, 160));
    }

    #[test]
    fn without_an_address_the_log_is_told_and_whoever_comes_later_is_told_what_goes_on() {
        let relay = [trouble(AlertKind::Relay, "a", 0)];
        let mut office = Office::default();
        office.look(0, &relay, false);
        assert_eq!((office.told.len(), office.logged.len()), (0, 1));
        assert!(office.alerts[0].is_open());
        office.look(10, &relay, true);
        assert_eq!(office.told, told(&[(10, "relay a")]));
        office.look(20, &[], false);
        office.look(40, &[], false);
        office.look(60, &[], true);
        assert_eq!(office.over, []);
    }

    #[test]
    fn a_clock_that_was_ahead_silences_nobody() {
        let mut office = Office::default();
        let ahead = 10 * 365 * 86_400;
        office.look(ahead, &[trouble(AlertKind::Relay, "a", ahead)], true);
        office.look(0, &[trouble(AlertKind::Relay, "a", ahead), trouble(AlertKind::Disk, "data", 0)], true);
        assert_eq!(office.told, told(&[(ahead, "relay a"), (0, "disk data")]));
        office.look(60, &[trouble(AlertKind::Disk, "data", 0)], true);
        office.look(70, &[trouble(AlertKind::Disk, "data", 0)], true);
        assert_eq!(office.over, told(&[(70, "relay a")]));
        assert!(office.alerts.iter().all(|alert| alert.since <= at(0)), "{:?}", office.alerts);
    }

    proptest! {
        /// A day of troubles that come and go, looked at now and then.
        #[test]
        fn never_more_than_one_mail_an_hour_each_end_once_and_nothing_lost(
            looks in prop::collection::vec((1i64..1500, prop::collection::vec(any::<bool>(), 4)), 1..200),
        ) {
            let kinds = [AlertKind::Relay, AlertKind::Disk, AlertKind::Stalled, AlertKind::Backup];
            let (mut office, mut second) = (Office::default(), 0);
            for (pause, wrong) in &looks {
                second += pause;
                let troubles: Vec<_> = kinds
                    .iter()
                    .zip(wrong)
                    .filter(|(_, wrong)| **wrong)
                    .map(|(kind, _)| trouble(*kind, "x", second))
                    .collect();
                office.look(second, &troubles, true);
            }
            for list in [&office.told, &office.over] {
                let mut seconds: Vec<_> = list.iter().map(|(second, _)| *second).collect();
                seconds.dedup();
                prop_assert!(seconds.windows(2).all(|pair| pair[1] - pair[0] >= 3600), "{list:?}");
            }
            // What goes on is told within two hours more, what is gone is told to be over.
            let all: Vec<_> = kinds.iter().map(|kind| trouble(*kind, "x", second)).collect();
            for _ in 0..180 {
                second += 60;
                office.look(second, &all, true);
            }
            prop_assert!(office.alerts.iter().filter(|alert| alert.over_at.is_none()).all(|alert| alert.told_at.is_some()));
            for _ in 0..180 {
                second += 60;
                office.look(second, &[], true);
            }
            for kind in kinds {
                let name = format!("{kind} x");
                let count = |list: &[(i64, String)]| list.iter().filter(|(_, told)| *told == name).count();
                prop_assert!(count(&office.told) >= 1);
                prop_assert_eq!(count(&office.told), count(&office.over), "{}", name);
            }
        }
    }
}
