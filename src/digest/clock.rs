//! Readers' clocks: when a digest's moment comes on each of them, and when the first of them says that it is time.
//!
//! A moment of a schedule is an instant in the digest's own zone. What its clock shows then is the wall time at which
//! every reader gets the edition on their own clock; readers may have chosen another hour of that date.

use std::collections::BTreeSet;

use jiff::civil::{DateTime, Time};
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp, ToSpan};

use crate::clock::SLACK;
use crate::domain::schedule::{self, Schedule};
use crate::domain::zone::Zone;

/// No reader's time comes earlier than this before the moment itself: clocks lie up to 26 hours apart, and the hour that
/// a reader chose up to a day before the digest's.
pub const FARTHEST_AHEAD: SignedDuration = SignedDuration::from_hours(26 + 24);

/// How far ahead of now a moment may lie that has its edition. What lies farther ahead was noted by a clock that was wrong.
pub fn handled_ahead(per_reader_time: bool) -> SignedDuration {
    if per_reader_time { SLACK + FARTHEST_AHEAD } else { SLACK }
}

/// A reader's clock, and the hour on it at which they want their mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReaderClock {
    zone: Zone,
    hour: Option<Time>,
}

impl ReaderClock {
    /// Without an `hour` (0 to 23), the digest's own time of day counts.
    pub fn new(zone: Zone, hour: Option<i8>) -> Self {
        Self { zone, hour: hour.and_then(|hour| Time::new(hour, 0, 0, 0).ok()) }
    }

    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// The instant at which what is due at `wall` on the digest's clock is due on this one. A time that is skipped here
    /// is due right after the gap, one that comes twice is due the first time, as schedules have it.
    pub fn instant(&self, wall: DateTime) -> Timestamp {
        instant(self.hour.map_or(wall, |hour| wall.date().to_datetime(hour)), &self.zone)
    }

    /// The last wall time of a digest that is due here at `now`.
    fn reach(&self, now: Timestamp) -> DateTime {
        let reached = reached(now, &self.zone);
        let Some(hour) = self.hour else { return reached };
        // All of the last date whose hour has come.
        let last = if reached.time() >= hour { Some(reached.date()) } else { reached.date().yesterday().ok() };
        last.map_or(DateTime::MIN, |date| date.at(23, 59, 59, 0))
    }
}

/// What the clock of the digest's zone shows at `moment`.
pub fn wall(moment: Timestamp, own: &Zone) -> DateTime {
    own.at(moment).datetime()
}

fn instant(wall: DateTime, zone: &Zone) -> Timestamp {
    let second = Offset::UTC.to_timestamp(wall).map_or(i64::MAX, Timestamp::as_second);
    schedule::instant(second, zone.time_zone()).unwrap_or(Timestamp::MAX)
}

/// How far the clock has come by `now`, whatever it shows since it was put back.
fn reached(now: Timestamp, zone: &Zone) -> DateTime {
    let second = schedule::reached(now, zone.time_zone());
    Offset::UTC.to_datetime(Timestamp::from_second(second).unwrap_or(Timestamp::MAX))
}

/// A schedule in the digest's own zone, and the clocks of its readers. Without any, its own clock counts.
#[derive(Debug, Clone, Copy)]
pub struct Timetable<'a> {
    pub schedule: &'a Schedule,
    pub own: &'a Zone,
    pub clocks: &'a [ReaderClock],
    /// Moments that have an edition already, made at somebody's wish.
    pub taken: &'a BTreeSet<Timestamp>,
}

impl<'a> Timetable<'a> {
    /// The moments after this one that are still to have their edition.
    pub fn upcoming(&self, after: Timestamp) -> impl Iterator<Item = Timestamp> + use<'a> {
        let Self { schedule, own, taken, .. } = *self;
        let following = move |moment: &Timestamp| schedule.next_after(*moment, own.time_zone());
        std::iter::successors(following(&after), following).filter(|moment| !taken.contains(moment))
    }

    /// The moment whose edition is made next: one that has come and was not handled yet, or the first to come. Without
    /// `handled_until` no daemon has seen the digest, and what has passed is nobody's.
    pub fn next(&self, handled_until: Option<Timestamp>, now: Timestamp) -> Option<Timestamp> {
        let due = handled_until.and_then(|handled| self.due(handled, now));
        match due {
            Some(due) if !self.taken.contains(&due) => Some(due),
            _ => self.upcoming(due.or(handled_until).unwrap_or(now)).next(),
        }
    }

    /// When the moment's edition is to be made: when it is time on the first of the readers' clocks.
    pub fn made_at(&self, moment: Timestamp) -> Timestamp {
        let wall = wall(moment, self.own);
        self.clocks.iter().map(|clock| clock.instant(wall)).min().unwrap_or(moment)
    }

    /// The last moment after `handled_until` whose edition is to be made by `now`: it stands for all before it. It may
    /// lie ahead, as some readers' clocks are ahead.
    pub fn due(&self, handled_until: Timestamp, now: Timestamp) -> Option<Timestamp> {
        let reach = self.clocks.iter().map(|clock| clock.reach(now)).max();
        let mut until = reach.map_or(now, |wall| instant(wall, self.own));
        loop {
            let moment = self.schedule.last_between(handled_until, until, self.own.time_zone())?;
            if self.made_at(moment) <= now {
                return Some(moment);
            }
            // Only where the digest's own clock skips what the readers' do not.
            until = moment.checked_sub(1.nanosecond()).ok()?;
        }
    }

    /// When the next edition after the moment `handled_until` is to be made.
    pub fn next_made_at(&self, handled_until: Timestamp) -> Option<Timestamp> {
        self.upcoming(handled_until).next().map(|moment| self.made_at(moment))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NONE_TAKEN: &BTreeSet<Timestamp> = &BTreeSet::new();

    const ZONES: [&str; 14] = [
        "UTC",
        "Pacific/Kiritimati",
        "Pacific/Niue",
        "Pacific/Auckland",
        "Pacific/Apia",
        "Asia/Shanghai",
        "Asia/Kathmandu",
        "Asia/Beirut",
        "Europe/Brussels",
        "Europe/Dublin",
        "America/New_York",
        "America/Sao_Paulo",
        "America/St_Johns",
        "Australia/Lord_Howe",
    ];

    fn zone(name: &str) -> Zone {
        name.parse().unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn clock(name: &str, hour: Option<i8>) -> ReaderClock {
        ReaderClock::new(zone(name), hour)
    }

    /// When a reader gets the edition of `moment`, a digest's in `own`.
    fn gets_it(own: &str, moment: &str, clock: &ReaderClock) -> String {
        clock.instant(wall(at(moment), &zone(own))).to_string()
    }

    #[test]
    fn each_reader_gets_it_at_the_same_time_of_their_own_day() {
        // Monday 28 September 2020, 08:00 in Shanghai.
        const MOMENT: &str = "2020-09-28T00:00:00Z";
        for (name, hour, expected) in [
            ("Asia/Shanghai", None, MOMENT),
            ("Pacific/Auckland", None, "2020-09-27T19:00:00Z"),
            ("Europe/Brussels", None, "2020-09-28T06:00:00Z"),
            ("America/New_York", None, "2020-09-28T12:00:00Z"),
            ("Pacific/Kiritimati", None, "2020-09-27T18:00:00Z"),
            ("Pacific/Niue", None, "2020-09-28T19:00:00Z"),
            ("Europe/Brussels", Some(7), "2020-09-28T05:00:00Z"),
            ("Europe/Brussels", Some(0), "2020-09-27T22:00:00Z"),
            ("Europe/Brussels", Some(23), "2020-09-28T21:00:00Z"),
            // 49 hours apart, and both on Monday.
            ("Pacific/Kiritimati", Some(0), "2020-09-27T10:00:00Z"),
            ("Pacific/Niue", Some(23), "2020-09-29T10:00:00Z"),
        ] {
            assert_eq!(gets_it("Asia/Shanghai", MOMENT, &clock(name, hour)), expected, "{name} {hour:?}");
        }
    }

    #[test]
    fn the_date_is_the_digests_own_also_across_the_date_line() {
        // Monday 23:30 in Niue is Wednesday already on Kiritimati, where Monday 23:30 was two days before.
        let moment = "2020-09-29T10:30:00Z";
        assert_eq!(gets_it("Pacific/Niue", moment, &clock("Pacific/Kiritimati", None)), "2020-09-28T09:30:00Z");
        assert_eq!(gets_it("Pacific/Niue", moment, &clock("Pacific/Kiritimati", Some(0))), "2020-09-27T10:00:00Z");
    }

    #[test]
    fn when_clocks_change_it_comes_after_the_gap_and_in_an_overlap_the_first_time() {
        for (moment, name, hour, expected) in [
            // 02:30 is skipped in Brussels on 29 March 2020: clocks go from 02:00 to 03:00.
            ("2020-03-29T02:30:00Z", "Europe/Brussels", None, "2020-03-29T01:00:00Z"),
            ("2020-03-29T08:00:00Z", "Europe/Brussels", Some(2), "2020-03-29T01:00:00Z"),
            ("2020-03-29T08:00:00Z", "Europe/Brussels", None, "2020-03-29T06:00:00Z"),
            ("2020-03-28T08:00:00Z", "Europe/Brussels", None, "2020-03-28T07:00:00Z"),
            // It comes twice on 25 October.
            ("2020-10-25T02:30:00Z", "Europe/Brussels", None, "2020-10-25T00:30:00Z"),
            ("2020-10-25T08:00:00Z", "Europe/Brussels", Some(2), "2020-10-25T00:00:00Z"),
            // New York changes on other days, Auckland the other way round.
            ("2020-03-08T02:30:00Z", "America/New_York", None, "2020-03-08T07:00:00Z"),
            ("2020-11-01T01:30:00Z", "America/New_York", None, "2020-11-01T05:30:00Z"),
            ("2020-09-27T02:30:00Z", "Pacific/Auckland", None, "2020-09-26T14:00:00Z"),
            ("2020-04-05T02:30:00Z", "Pacific/Auckland", None, "2020-04-04T13:30:00Z"),
            // Beirut skips midnight itself, and Samoa all of 30 December 2011.
            ("2020-03-29T08:00:00Z", "Asia/Beirut", Some(0), "2020-03-28T22:00:00Z"),
            ("2011-12-30T08:00:00Z", "Pacific/Apia", None, "2011-12-30T10:00:00Z"),
        ] {
            assert_eq!(gets_it("UTC", moment, &clock(name, hour)), expected, "{moment} {name} {hour:?}");
        }
    }

    #[test]
    fn an_edition_is_made_when_it_is_time_on_the_first_clock() {
        let schedule: Schedule = "0 8 * * mon".parse().unwrap();
        let own = zone("Asia/Shanghai");
        let (before, moment) = (at("2020-09-22T00:00:00Z"), at("2020-09-28T00:00:00Z"));
        for (clocks, made_at) in [
            (vec![], "2020-09-28T00:00:00Z"),
            (vec![clock("Europe/Brussels", None), clock("America/New_York", None)], "2020-09-28T06:00:00Z"),
            (vec![clock("Europe/Brussels", None), clock("Pacific/Auckland", None)], "2020-09-27T19:00:00Z"),
            (vec![clock("Pacific/Kiritimati", Some(0)), clock("Asia/Shanghai", None)], "2020-09-27T10:00:00Z"),
            (vec![clock("Pacific/Niue", Some(23))], "2020-09-29T10:00:00Z"),
        ] {
            let timetable = Timetable { schedule: &schedule, own: &own, clocks: &clocks, taken: NONE_TAKEN };
            let made_at = at(made_at);
            let just_before = made_at - SignedDuration::from_secs(1);
            assert_eq!(timetable.next_made_at(before), Some(made_at), "{clocks:?}");
            assert_eq!(timetable.due(before, just_before), None, "{clocks:?}");
            assert_eq!(timetable.due(before, made_at), Some(moment), "{clocks:?}");
            assert_eq!(timetable.due(moment, made_at + SignedDuration::from_hours(48)), None, "{clocks:?}");
            // Three weeks of rest are made up for by one.
            let late = at("2020-10-19T00:00:00Z") + made_at.duration_since(moment);
            assert_eq!(timetable.due(before, late), Some(at("2020-10-19T00:00:00Z")), "{clocks:?}");
        }
    }

    #[test]
    fn the_next_moment_is_the_first_that_is_still_to_have_its_edition() {
        let schedule: Schedule = "0 8 * * *".parse().unwrap();
        let own = zone("Europe/Brussels");
        // Eight o'clock of these days of October 2020; clocks were put back on the 25th.
        let eight = |day: i8| at(&format!("2020-10-{day}T0{}:00:00Z", if day < 25 { 6 } else { 7 }));
        let western = [clock("America/New_York", None)];
        for (handled, now, clocks, taken, next) in [
            (None, "2020-10-23T12:00:00Z", &[][..], &[][..], 24),
            (None, "2020-10-23T12:00:00Z", &[], &[24, 25], 26),
            (Some(23), "2020-10-23T12:00:00Z", &[], &[], 24),
            // What came while no daemon ran is made up for by one, as soon as one does.
            (Some(20), "2020-10-23T12:00:00Z", &[], &[], 23),
            (Some(20), "2020-10-23T12:00:00Z", &[], &[23, 24], 25),
            // By its readers' clocks it had its edition ahead of its time,
            (Some(24), "2020-10-23T12:00:00Z", &[], &[], 25),
            // and the time of the last that passed has yet to come for them.
            (Some(22), "2020-10-23T11:59:00Z", &western, &[], 23),
            (Some(22), "2020-10-23T12:00:00Z", &western, &[], 23),
            (Some(23), "2020-10-23T12:00:00Z", &western, &[], 24),
        ] {
            let taken = taken.iter().map(|day| eight(*day)).collect();
            let timetable = Timetable { schedule: &schedule, own: &own, clocks, taken: &taken };
            let (handled, now) = (handled.map(eight), at(now));
            assert_eq!(timetable.next(handled, now), Some(eight(next)), "{handled:?} {now} {taken:?}");
        }
    }

    #[test]
    fn a_digest_that_comes_every_second_is_found_at_once() {
        let schedule: Schedule = "* * * * * *".parse().unwrap();
        let clocks = [clock("Pacific/Kiritimati", None), clock("Pacific/Niue", None)];
        let own = zone("Pacific/Niue");
        let timetable = Timetable { schedule: &schedule, own: &own, clocks: &clocks, taken: NONE_TAKEN };
        let now = at("2020-09-28T00:00:00Z");
        // Kiritimati is 25 hours ahead.
        assert_eq!(timetable.due(now, now), Some(at("2020-09-29T01:00:00Z")));
    }

    prop_compose! {
        fn any_clock()(name in prop::sample::select(&ZONES[..]), hour in prop::option::of(0i8..24)) -> ReaderClock {
            clock(name, hour)
        }
    }

    proptest! {
        /// The clock shows the time that was wanted, unless it skips it; then it shows the first after that.
        #[test]
        fn clocks_show_what_was_wanted(
            clock in any_clock(),
            own in prop::sample::select(&ZONES[..]),
            second in 1_262_304_000i64..2_500_000_000,
        ) {
            let wanted = wall(Timestamp::from_second(second).unwrap(), &zone(own));
            let shown = clock.zone.at(clock.instant(wanted)).datetime();
            let wanted = clock.hour.map_or(wanted, |hour| wanted.date().to_datetime(hour));
            if clock.zone.time_zone().to_ambiguous_zoned_datetime(wanted).is_ambiguous() {
                prop_assert!(shown >= wanted);
                prop_assert!(shown.duration_since(wanted) <= SignedDuration::from_hours(24));
            } else {
                prop_assert_eq!(shown, wanted);
            }
        }

        /// What is wanted later on the same clock does not come earlier.
        #[test]
        fn later_times_come_later(
            clock in any_clock(),
            second in 1_262_304_000i64..2_500_000_000,
            later in 0i64..200_000,
        ) {
            let [first, second] = [second, second + later]
                .map(|second| clock.instant(wall(Timestamp::from_second(second).unwrap(), &Zone::utc())));
            prop_assert!(first <= second);
        }

        /// Nobody's time comes earlier than the scheduler looks ahead, and what it finds is exactly what is due.
        #[test]
        fn the_last_moment_that_is_due_is_found(
            clocks in prop::collection::vec(any_clock(), 0..6),
            own in prop::sample::select(&ZONES[..]),
            text in prop::sample::select(&["30 2 * * *", "0 8 * * mon", "0 0 * * *", "59 23 * * *", "0 8 1 * *"][..]),
            now in 1_262_304_000i64..2_500_000_000,
        ) {
            let (schedule, own): (Schedule, Zone) = (text.parse().unwrap(), zone(own));
            let timetable = Timetable { schedule: &schedule, own: &own, clocks: &clocks, taken: NONE_TAKEN };
            let now = Timestamp::from_second(now).unwrap();
            let after = now - SignedDuration::from_hours(24 * 8);
            let mut last = None;
            let mut moment = after;
            while let Some(next) = schedule.next_after(moment, own.time_zone()) {
                if next > now + FARTHEST_AHEAD + SignedDuration::from_hours(24) {
                    break;
                }
                prop_assert!(timetable.made_at(next) >= next - FARTHEST_AHEAD);
                if timetable.made_at(next) <= now {
                    last = Some(next);
                }
                moment = next;
            }
            prop_assert_eq!(timetable.due(after, now), last);
            // What was found is not found again, and the next is not due yet.
            if let Some(last) = last {
                prop_assert_eq!(timetable.due(last, now), None);
            }
            let next = timetable.next_made_at(last.unwrap_or(after));
            prop_assert!(next.is_none_or(|next| next > now));
        }
    }
}
