//! What ended so long ago that a feed leaves it out: month by month, so that its octets change once a month and no more. Pure.

use jiff::civil::{Date, Time};
use jiff::{Span, Timestamp};

use crate::config::Config;
use crate::domain::zone::Zone;

/// How far a feed looks back, by the months of a zone.
#[derive(Debug, Clone)]
pub struct Past {
    span: Span,
    zone: Zone,
}

impl Past {
    /// As the configuration has it; none where feeds have all.
    pub fn of(config: &Config) -> Option<Self> {
        config.feed.past.as_ref().map(|past| Self { span: past.span(), zone: config.site.timezone.clone() })
    }

    /// What ended by then is left out `now`: the first instant of the month that lies so far back.
    pub fn begins(&self, now: Timestamp) -> Timestamp {
        self.looked_from(self.zone.at(now).date())
    }

    /// When more is left out next: as the next month begins.
    pub fn next(&self, now: Timestamp) -> Timestamp {
        self.first_instant(next_month(self.zone.at(now).date()))
    }

    /// Since when something is left out that ended then.
    pub fn leaves(&self, ended: Timestamp) -> Timestamp {
        let ended_on = self.zone.at(ended).date();
        let mut month = ended_on.checked_add(self.span).unwrap_or(Date::MAX).first_of_month();
        // A month ago is another day in another month: the first guess may be early, and is never late.
        while self.looked_from(month) < ended && month < Date::MAX.first_of_month() {
            month = next_month(month);
        }
        self.first_instant(month)
    }

    /// As it is seen on a day.
    fn looked_from(&self, day: Date) -> Timestamp {
        self.first_instant(day.first_of_month().checked_sub(self.span).unwrap_or(Date::MIN).first_of_month())
    }

    fn first_instant(&self, day: Date) -> Timestamp {
        self.zone.instant(day.to_datetime(Time::midnight()))
    }
}

fn next_month(day: Date) -> Date {
    day.last_of_month().tomorrow().unwrap_or(Date::MAX.first_of_month())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn past(span: Span) -> Past {
        Past { span, zone: "Asia/Shanghai".parse().unwrap() }
    }

    #[test]
    fn it_begins_with_a_month_of_the_zone() {
        let past = past(Span::new().years(2));
        for now in ["2026-12-01T00:00:00+08:00", "2026-12-31T23:59:59+08:00"] {
            let now = now.parse().unwrap();
            assert_eq!(past.begins(now), "2024-12-01T00:00:00+08:00".parse().unwrap());
            assert_eq!(past.next(now), "2027-01-01T00:00:00+08:00".parse().unwrap());
        }
        let leaves = |ended: &str| past.leaves(ended.parse().unwrap()).to_string();
        assert_eq!(leaves("2024-12-01T00:00:00+08:00"), "2026-11-30T16:00:00Z");
        assert_eq!(leaves("2024-12-01T00:00:01+08:00"), "2026-12-31T16:00:00Z");
    }

    proptest! {
        #[test]
        fn what_leaves_is_there_a_second_before_and_gone_then(
            seconds in 0_i64..4_000_000_000, days in 0_i64..3000, months in 0_i64..40,
        ) {
            for span in [Span::new().days(days), Span::new().months(months), Span::new().weeks(days / 7)] {
                let (past, ended) = (past(span), Timestamp::from_second(seconds).unwrap());
                let leaves = past.leaves(ended);
                prop_assert!(ended <= past.begins(leaves), "{span} {ended}: {leaves}");
                let before = leaves - Span::new().seconds(1);
                prop_assert!(ended > past.begins(before), "{span} {ended}: {leaves}");
            }
        }
    }
}
