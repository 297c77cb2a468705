//! Times by the clock of whoever reads them.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};

use super::Locale;
use super::dates::{clock, end_clock};
use crate::domain::when::{Point, When};
use crate::domain::zone::{Zone, said_offset};

/// By which readers are told times, and what day it is there when they read them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Clock {
    pub zone: Zone,
    pub today: Date,
    /// They chose it; else it is the site's.
    pub is_own: bool,
}

impl Clock {
    /// What the clock of a zone shows at `now`.
    pub fn at(now: Timestamp, zone: &Zone, is_own: bool) -> Self {
        Self { zone: zone.clone(), today: zone.at(now).date(), is_own }
    }

    /// The first day of an event: by this clock, where it has a time.
    pub fn first_day(&self, when: &When) -> Date {
        match when.start() {
            Point::Minute(_) => self.zone.at(when.first_instant()).date(),
            other => other.first_day(),
        }
    }

    /// The last day that it touches.
    pub fn last_day(&self, when: &When) -> Date {
        match when.start() {
            Point::Minute(_) => Times::on(self, when).last_day(),
            _ => when.last_day(),
        }
    }
}

/// What clocks of one zone show as an event begins and ends.
#[derive(Debug, PartialEq, Eq)]
struct Times {
    begin: DateTime,
    /// The day and the time. Midnight is the end of the day before: `24:00`.
    end: Option<(Date, String)>,
}

impl Times {
    /// By the event's own clocks.
    fn of(when: &When, begin: DateTime) -> Self {
        let end = match when.end() {
            Some(Point::Minute(end)) => Some(Self::end(begin, end, end_clock(when, end))),
            _ => None,
        };
        Self { begin, end }
    }

    fn on(clock_of_reader: &Clock, when: &When) -> Self {
        let zone = &clock_of_reader.zone;
        let (begins, ends) = (zone.at(when.first_instant()), zone.at(when.end_instant()));
        let (begin, end) = (begins.datetime(), ends.datetime());
        // Clocks that are put back between the two show what can't be told by them alone.
        let told = match end <= begin && ends > begins {
            true => format!("{} {}", clock(end), said_offset(ends.offset())),
            false => clock(end),
        };
        Self { begin, end: when.end().map(|_| Self::end(begin, end, told)) }
    }

    fn end(begin: DateTime, end: DateTime, told: String) -> (Date, String) {
        match end.date().yesterday() {
            Ok(day) if end.time().hour() == 0 && end.time().minute() == 0 && day >= begin.date() => {
                (day, "24:00".into())
            }
            _ => (end.date(), told),
        }
    }

    fn last_day(&self) -> Date {
        self.end.as_ref().map_or(self.begin.date(), |(day, _)| *day)
    }

    fn is_within_a_day(&self) -> bool {
        self.last_day() == self.begin.date()
    }

    /// `10:00–12:00`.
    fn clocks(&self) -> String {
        match &self.end {
            None => clock(self.begin),
            Some((_, end)) => format!("{}–{end}", clock(self.begin)),
        }
    }
}

impl Locale {
    /// Like `long_when`, with times by the reader's clock, and by those of the event where they show something else:
    /// `Tuesday 1 December 2020, 02:00–04:00 your time (10:00–12:00 Shanghai)`.
    pub fn long_when_by(self, when: &When, reader: &Clock) -> String {
        self.told_by(when, reader, Self::long_day).unwrap_or_else(|| self.long_when(when))
    }

    /// The same without the weekday.
    pub fn when_by(self, when: &When, reader: &Clock) -> String {
        self.told_by(when, reader, Self::day).unwrap_or_else(|| self.when(when))
    }

    /// None where it has no time, or none but its own is to be told.
    fn told_by(self, when: &When, reader: &Clock, day: impl Fn(Self, Date) -> String) -> Option<String> {
        let Point::Minute(begin) = when.start() else { return None };
        let (here, there) = (Times::on(reader, when), Times::of(when, begin));
        let zone = reader.zone.city();
        match here == there {
            true if reader.is_own => Some(self.with("your-time", "when", self.times(&here, day))),
            true => None,
            false => {
                let is_on_the_same_day =
                    here.is_within_a_day() && there.is_within_a_day() && here.begin.date() == there.begin.date();
                let told = if is_on_the_same_day { there.clocks() } else { self.times(&there, Self::day) };
                let id = if reader.is_own { "your-time-and-there" } else { "time-here-and-there" };
                let values = [
                    ("when", self.times(&here, day).into()),
                    ("here", zone.into()),
                    ("then", told.into()),
                    ("there", when.zone().city().into()),
                ];
                Some(self.tell(id, values))
            }
        }
    }

    /// A day and its times, `day` tells how; or two days with a time each.
    fn times(self, times: &Times, day: impl Fn(Self, Date) -> String) -> String {
        let at = |day: String, time: String| self.tell("at-time", [("date", day.into()), ("time", time.into())]);
        match &times.end {
            Some((last, end)) if *last != times.begin.date() => {
                self.range(at(self.day(times.begin.date()), clock(times.begin)), at(self.day(*last), end.clone()))
            }
            _ => at(day(self, times.begin.date()), times.clocks()),
        }
    }
}

/// The instants at which clocks are looked at to tell an event.
pub fn instants(when: &When) -> impl Iterator<Item = Timestamp> + use<> {
    let is_timed = matches!(when.start(), Point::Minute(_));
    let found = is_timed.then(|| [when.first_instant(), when.end_instant()]);
    found.into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_by_the_clock_of_whoever_reads_them() {
        for (zone, start, end, reader, english, chinese) in [
            (
                "Asia/Shanghai",
                "2020-09-16 10:00",
                Some("2020-09-16 12:00"),
                "Europe/London",
                "Wednesday 16 September 2020, 03:00–05:00 your time (10:00–12:00 Shanghai)",
                "2020年9月16日 星期三 03:00–05:00（您的时间，Shanghai时间为10:00–12:00）",
            ),
            (
                // The evening before.
                "Asia/Shanghai",
                "2020-09-16 11:00",
                None,
                "America/New_York",
                "Tuesday 15 September 2020, 23:00 your time (16 September 2020, 11:00 Shanghai)",
                "2020年9月15日 星期二 23:00（您的时间，Shanghai时间为2020年9月16日 11:00）",
            ),
            (
                "Asia/Shanghai",
                "2020-09-16 10:00",
                Some("2020-09-16 12:00"),
                "America/New_York",
                "Tuesday 15 September 2020, 22:00–24:00 your time (16 September 2020, 10:00–12:00 Shanghai)",
                "2020年9月15日 星期二 22:00–24:00（您的时间，Shanghai时间为2020年9月16日 10:00–12:00）",
            ),
            (
                "Asia/Shanghai",
                "2020-09-16 11:00",
                Some("2020-09-16 13:30"),
                "America/New_York",
                "15 September 2020, 23:00 – 16 September 2020, 01:30 your time \
                 (16 September 2020, 11:00–13:30 Shanghai)",
                "2020年9月15日 23:00至2020年9月16日 01:30（您的时间，Shanghai时间为2020年9月16日 11:00–13:30）",
            ),
            (
                "Asia/Shanghai",
                "2020-09-16 10:00",
                Some("2020-09-16 12:00"),
                "Asia/Singapore",
                "Wednesday 16 September 2020, 10:00–12:00 your time",
                "2020年9月16日 星期三 10:00–12:00（您的时间）",
            ),
            (
                // Half an hour, and a name of two words.
                "America/New_York",
                "2020-09-16 10:00",
                None,
                "Asia/Kolkata",
                "Wednesday 16 September 2020, 19:30 your time (10:00 New York)",
                "2020年9月16日 星期三 19:30（您的时间，New York时间为10:00）",
            ),
            (
                // Clocks are put back in Brussels between its beginning and its end.
                "UTC",
                "2020-10-25 00:30",
                Some("2020-10-25 01:15"),
                "Europe/Brussels",
                "Sunday 25 October 2020, 02:30–02:15 UTC+1 your time (00:30–01:15 UTC)",
                "2020年10月25日 星期日 02:30–02:15 UTC+1（您的时间，UTC时间为00:30–01:15）",
            ),
            ("UTC", "2020-10-25", None, "Asia/Tokyo", "Sunday 25 October 2020", "2020年10月25日 星期日"),
            ("UTC", "2020-10", None, "Asia/Tokyo", "October 2020", "2020年10月"),
        ] {
            let when = When::parse(start, end, zone.parse().unwrap()).unwrap();
            let reader = Clock::at(when.first_instant(), &reader.parse().unwrap(), true);
            assert_eq!(Locale::default().long_when_by(&when, &reader), english);
            assert_eq!("zh".parse::<Locale>().unwrap().long_when_by(&when, &reader), chinese);
        }
    }

    #[test]
    fn the_sites_clock_goes_by_its_name() {
        for (zone, site, english) in [
            ("Asia/Shanghai", "Asia/Shanghai", "16 September 2020, 10:00–12:00 (Asia/Shanghai)"),
            // It shows the same, so the event's own says it.
            ("Asia/Shanghai", "Asia/Singapore", "16 September 2020, 10:00–12:00 (Asia/Shanghai)"),
            ("Europe/Brussels", "Asia/Shanghai", "16 September 2020, 16:00–18:00 Shanghai (10:00–12:00 Brussels)"),
            ("Etc/GMT+5", "UTC", "16 September 2020, 15:00–17:00 UTC (10:00–12:00 UTC-5)"),
        ] {
            let when = When::parse("2020-09-16 10:00", Some("2020-09-16 12:00"), zone.parse().unwrap()).unwrap();
            let clock = Clock::at(when.first_instant(), &site.parse().unwrap(), false);
            assert_eq!(Locale::default().when_by(&when, &clock), english);
        }
    }

    #[test]
    fn its_days_are_those_of_that_clock() {
        let when = When::parse("2020-09-16 10:00", Some("2020-09-16 12:00"), "Asia/Shanghai".parse().unwrap()).unwrap();
        let clock = |zone: &str| Clock::at(when.first_instant(), &zone.parse().unwrap(), true);
        let days = |zone: &str| (clock(zone).first_day(&when).day(), clock(zone).last_day(&when).day());
        assert_eq!(
            (days("America/New_York"), days("Asia/Shanghai"), days("Pacific/Honolulu")),
            ((15, 15), (16, 16), (15, 15))
        );
        assert_eq!(clock("America/New_York").today.day(), 15);
        assert_eq!(instants(&when).count(), 2);
        assert_eq!(instants(&When::parse("2020-09-16", None, Zone::utc()).unwrap()).count(), 0);
    }
}
