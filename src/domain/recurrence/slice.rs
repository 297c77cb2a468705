//! A series that is another one from some date on (RFC 5545 section 3.2.13, RANGE=THISANDFUTURE): what comes before that
//! date, and what becomes of the rest.

use std::iter::once;

use ical::recur::IcalRecurFreq;
use jiff::ToSpan as _;
use jiff::civil::{Date, DateTime};

use super::{Recurrence, Rule, expand, local};
use crate::domain::when::{Point, When, YEARS};

/// What no rule makes any more is told date by date, up to so many; and so many show that a rule makes the same.
const MOST_DATES: usize = 400;
/// Farther on nothing is counted.
const MOST_COUNTED: usize = 5000;

/// How far the dates of a series are moved on the clock on the wall.
#[derive(Debug, Clone, Copy)]
pub struct Shift {
    from: Point,
    to: Point,
}

impl Shift {
    /// Such that `from` becomes `to`.
    pub fn between(from: Point, to: Point) -> Self {
        Self { from, to }
    }

    pub fn apply(self, date: Point) -> Point {
        self.checked(date).unwrap_or(date)
    }

    /// The date that becomes this one.
    pub fn undo(self, date: Point) -> Point {
        Self { from: self.to, to: self.from }.apply(date)
    }

    fn checked(self, date: Point) -> Option<Point> {
        let days = |date: Date| date.checked_add(self.to.first_day() - self.from.first_day()).ok();
        let moved = match (self.from, self.to, date) {
            (Point::Minute(from), Point::Minute(to), Point::Minute(at)) => {
                Point::Minute(at.checked_add(to.duration_since(from)).ok()?)
            }
            (_, Point::Minute(to), date) => Point::Minute(days(date.first_day())?.to_datetime(to.time())),
            (_, _, date) => Point::Day(days(date.first_day())?),
        };
        YEARS.contains(&moved.first_day().year()).then_some(moved)
    }
}

/// What becomes of the rest of a series.
#[derive(Debug)]
pub struct Rest {
    /// None: it is one date.
    pub repeat: Option<Recurrence>,
    /// How many of its dates could not be told, at least.
    pub left_out: usize,
}

impl Recurrence {
    /// What an event told by `when` has before `at`. None: nothing. None within: its start alone.
    pub fn before(&self, when: &When, at: Point) -> Option<Option<Recurrence>> {
        let earlier = |dates: &[Point]| dates.iter().copied().filter(|date| *date < at).collect::<Vec<_>>();
        let rule = self.rule.as_ref().and_then(|rule| {
            let until = Until::before(at)?;
            Rule::read(&until.end(rule), when.start(), when.zone()).ok()
        });
        let rdates: Vec<_> = earlier(&self.rdates);
        let before = Recurrence { rule, rdates, exdates: earlier(&self.exdates) };
        match before.rule.is_some() || !before.rdates.is_empty() {
            true => Some(Some(before)),
            false => (when.start() < at).then_some(None),
        }
    }

    /// The dates of an event told by `when` from `from` on, which are before `until` if that is given, moved so that the
    /// first is `to`'s.
    pub fn rest(&self, when: &When, from: Point, until: Option<Point>, to: &When) -> Option<Rest> {
        let shift = Shift::between(from, to.start());
        let is_in = |date: &Point| *date >= from && until.is_none_or(|until| *date < until);
        let moved = |dates: &[Point]| {
            let mut moved: Vec<_> =
                dates.iter().copied().filter(is_in).filter_map(|date| shift.checked(date)).collect();
            moved.retain(|date| *date != to.start());
            moved.sort();
            moved.dedup();
            moved
        };
        let end = match self.rule.as_ref() {
            Some(rule) => Some((rule, self.end_of(rule, when, from, until)?)),
            None => None,
        };
        let wanted: Vec<_> = once(from)
            .chain(self.starts(when, Some(local(from))).filter(|date| *date != from))
            .take_while(is_in)
            .map_while(|date| shift.checked(date))
            .take(MOST_DATES + 1)
            .collect();
        let texts = end.iter().flat_map(|(rule, end)| candidates(rule, end, shift));
        for text in texts {
            let Ok(rule) = Rule::read(&text, to.start(), to.zone()) else { continue };
            let repeat = Recurrence { rule: Some(rule), rdates: moved(&self.rdates), exdates: moved(&self.exdates) };
            let made: Vec<_> = repeat.starts(to, None).take(MOST_DATES + 1).collect();
            if made == wanted {
                return Some(Rest { repeat: Some(repeat), left_out: 0 });
            }
        }
        let left_out = wanted.len().saturating_sub(MOST_DATES);
        let rdates: Vec<_> = wanted.into_iter().take(MOST_DATES).filter(|date| *date != to.start()).collect();
        let repeat = (!rdates.is_empty()).then(|| Recurrence { rule: None, rdates, exdates: Vec::new() });
        Some(Rest { repeat, left_out })
    }

    /// Where the rest ends, as the rule itself says it. None: too far on to be counted.
    fn end_of(&self, rule: &Rule, when: &When, from: Point, until: Option<Point>) -> Option<Until> {
        if let Some(until) = until {
            return Until::before(until);
        }
        let Some(count) = rule.parts().count else {
            return Some(rule.until().map_or(Until::Never, |at| Until::At(point_like(when.start(), at))));
        };
        let (begin, end) = (local(when.start()), local(from));
        let passed =
            expand(rule.parts().clone(), begin, None).take(MOST_COUNTED + 1).take_while(|at| *at < end).count();
        (passed <= MOST_COUNTED).then_some(Until::Count(count.saturating_sub(passed as u32)))
    }
}

fn point_like(start: Point, at: DateTime) -> Point {
    match start {
        Point::Minute(_) => Point::Minute(at),
        _ => Point::Day(at.date()),
    }
}

/// How a rule ends, in dates of its own.
#[derive(Debug, Clone, Copy)]
enum Until {
    Never,
    At(Point),
    Count(u32),
}

impl Until {
    fn before(at: Point) -> Option<Self> {
        Some(Self::At(match at {
            Point::Minute(at) => Point::Minute(at.checked_sub(1.minute()).ok()?),
            other => Point::Day(other.first_day().yesterday().ok()?),
        }))
    }

    /// The rule with this end.
    fn end(self, rule: &Rule) -> String {
        self.apply(rule.as_str().split(';').map(str::to_owned).collect())
    }

    fn apply(self, mut parts: Vec<String>) -> String {
        parts.retain(|part| !part.starts_with("COUNT=") && !part.starts_with("UNTIL="));
        match self {
            Until::Never => {}
            Until::At(Point::Minute(at)) => parts.push(format!("UNTIL={}", at.strftime("%Y%m%dT%H%M%S"))),
            Until::At(day) => parts.push(format!("UNTIL={}", day.first_day().strftime("%Y%m%d"))),
            Until::Count(count) => parts.push(format!("COUNT={count}")),
        }
        parts.join(";")
    }
}

/// Rules that may make the dates of `rule` so moved: which of them does, shows when they are followed.
fn candidates(rule: &Rule, end: &Until, shift: Shift) -> Vec<String> {
    let end = match *end {
        Until::At(at) => Until::At(shift.apply(at)),
        other => other,
    };
    let parts: Vec<String> = rule.as_str().split(';').map(str::to_owned).collect();
    let without = |names: &[&str], parts: &[String]| -> Vec<String> {
        let goes = |part: &str| part.split_once('=').is_some_and(|(name, _)| names.contains(&name));
        parts.iter().filter(|part| !goes(part)).cloned().collect()
    };
    let turned = turned_weekdays(&parts, rule, shift);
    let mut texts = Vec::new();
    for by_day in [parts.clone(), turned, without(&["BYDAY", "BYMONTHDAY"], &parts)] {
        for by_time in [without(&[], &by_day), without(&["BYHOUR", "BYMINUTE"], &by_day)] {
            let text = end.apply(by_time);
            if !texts.contains(&text) {
                texts.push(text);
            }
        }
    }
    texts
}

/// The weekdays of a week as many days on.
fn turned_weekdays(parts: &[String], rule: &Rule, shift: Shift) -> Vec<String> {
    const DAYS: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
    if !matches!(rule.parts().freq, IcalRecurFreq::Weekly | IcalRecurFreq::Daily) {
        return parts.to_vec();
    }
    let days = i64::from((shift.to.first_day() - shift.from.first_day()).get_days()).rem_euclid(7) as usize;
    let turn = |day: &str| match DAYS.iter().position(|known| *known == day) {
        Some(at) => DAYS[(at + days) % 7].to_owned(),
        None => day.to_owned(),
    };
    let turned = parts.iter().map(|part| match part.split_once('=') {
        Some((name @ ("BYDAY" | "WKST"), list)) => {
            format!("{name}={}", list.split(',').map(turn).collect::<Vec<_>>().join(","))
        }
        _ => part.clone(),
    });
    let mut turned: Vec<String> = turned.collect();
    if days != 0 && !turned.iter().any(|part| part.starts_with("WKST=")) {
        turned.push(format!("WKST={}", turn("MO")));
    }
    turned
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::zone::Zone;

    fn series(start: &str, rule: &str, rdates: &[&str], exdates: &[&str]) -> (When, Recurrence) {
        let when = When::parse(start, None, "Europe/Berlin".parse().unwrap()).unwrap();
        let points = |dates: &[&str]| dates.iter().map(|date| date.parse().unwrap()).collect();
        let rule = (!rule.is_empty()).then(|| Rule::read(rule, when.start(), when.zone()).unwrap());
        let repeat = Recurrence::new(rule, points(rdates), points(exdates), &when).unwrap();
        (when, repeat)
    }

    fn shown(when: &When, repeat: Option<&Recurrence>) -> String {
        match repeat {
            None => when.start().to_string(),
            Some(repeat) => {
                repeat.starts(when, None).take(6).map(|date| date.to_string()).collect::<Vec<_>>().join(" ")
            }
        }
    }

    #[test]
    fn a_series_is_parted_and_its_rest_moved() {
        for (start, rule, from, to, before, rest, text) in [
            // Two hours later, by COUNT.
            (
                "2027-06-01 12:00",
                "FREQ=WEEKLY;COUNT=4",
                "2027-06-15T12:00",
                "2027-06-15 14:00",
                "2027-06-01T12:00 2027-06-08T12:00",
                "2027-06-15T14:00 2027-06-22T14:00",
                "FREQ=WEEKLY;COUNT=2",
            ),
            // To other weekdays, for ever.
            (
                "2027-06-01 12:00",
                "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU",
                "2027-06-06T12:00",
                "2027-06-08 09:00",
                "2027-06-01T12:00",
                "2027-06-08T09:00 2027-06-17T09:00 2027-06-22T09:00 2027-07-01T09:00 2027-07-06T09:00 2027-07-15T09:00",
                "FREQ=WEEKLY;INTERVAL=2;BYDAY=TH,TU;WKST=WE",
            ),
            (
                "2027-06-01",
                "FREQ=DAILY;UNTIL=20270604",
                "2027-06-03",
                "2027-06-13",
                "2027-06-01 2027-06-02",
                "2027-06-13 2027-06-14",
                "FREQ=DAILY;UNTIL=20270614",
            ),
            // At another hour than the rule names.
            (
                "2027-06-01 12:00",
                "FREQ=DAILY;BYHOUR=12;COUNT=3",
                "2027-06-02T12:00",
                "2027-06-02 15:30",
                "2027-06-01T12:00",
                "2027-06-02T15:30 2027-06-03T15:30",
                "FREQ=DAILY;COUNT=2",
            ),
            // The day after the first Monday has no rule.
            (
                "2027-06-07 12:00",
                "FREQ=MONTHLY;BYDAY=1MO;COUNT=4",
                "2027-07-05T12:00",
                "2027-07-06 12:00",
                "2027-06-07T12:00",
                "2027-07-06T12:00 2027-08-03T12:00 2027-09-07T12:00",
                "",
            ),
            (
                "2027-06-15",
                "FREQ=MONTHLY;BYMONTHDAY=15;COUNT=3",
                "2027-07-15",
                "2027-07-16",
                "2027-06-15",
                "2027-07-16 2027-08-16",
                "FREQ=MONTHLY;COUNT=2",
            ),
            // From days to times.
            (
                "2027-06-01",
                "FREQ=DAILY;COUNT=3",
                "2027-06-02",
                "2027-06-02 10:00",
                "2027-06-01",
                "2027-06-02T10:00 2027-06-03T10:00",
                "FREQ=DAILY;COUNT=2",
            ),
            (
                "2027-06-01 10:00",
                "FREQ=DAILY;COUNT=3",
                "2027-06-02T10:00",
                "2027-06-03",
                "2027-06-01T10:00",
                "2027-06-03 2027-06-04",
                "FREQ=DAILY;COUNT=2",
            ),
            // A date that the rule does not make.
            (
                "2027-06-01 10:00",
                "FREQ=DAILY;COUNT=3",
                "2027-06-02T12:00",
                "2027-06-02 13:00",
                "2027-06-01T10:00 2027-06-02T10:00",
                "2027-06-02T13:00 2027-06-03T11:00",
                "",
            ),
            (
                "2027-06-01 10:00",
                "FREQ=DAILY;COUNT=2",
                "2027-06-02T10:00",
                "2027-06-02 11:00",
                "2027-06-01T10:00",
                "2027-06-02T11:00",
                "FREQ=DAILY;COUNT=1",
            ),
            (
                "2027-06-01 10:00",
                "FREQ=DAILY;COUNT=2",
                "2027-06-01T10:00",
                "2027-06-01 11:00",
                "nothing",
                "2027-06-01T11:00 2027-06-02T11:00",
                "FREQ=DAILY;COUNT=2",
            ),
        ] {
            let (when, repeat) = series(start, rule, &[], &[]);
            let (from, to) = (from.parse().unwrap(), When::parse(to, None, Zone::utc()).unwrap());
            let told = match repeat.before(&when, from) {
                None => "nothing".to_owned(),
                Some(before) => shown(&when, before.as_ref()),
            };
            assert_eq!(told, before, "{rule}");
            let found = repeat.rest(&when, from, None, &to).unwrap();
            assert_eq!(shown(&to, found.repeat.as_ref()), rest, "{rule}");
            let rule_found = found.repeat.as_ref().and_then(|repeat| repeat.rule.as_ref()).map_or("", Rule::as_str);
            assert_eq!(
                (rule_found.split(";UNTIL=2").next(), found.left_out),
                (text.split(";UNTIL=2").next(), 0),
                "{rule}"
            );
        }
    }

    #[test]
    fn what_was_added_and_left_out_goes_along_and_another_change_ends_it() {
        let (when, repeat) = series(
            "2027-06-01 10:00",
            "FREQ=DAILY",
            &["2027-06-01T18:00", "2027-06-04T18:00"],
            &["2027-06-02T10:00", "2027-06-05T10:00"],
        );
        let to = When::parse("2027-06-03 12:00", None, "Europe/Berlin".parse().unwrap()).unwrap();
        let from = "2027-06-03T10:00".parse().unwrap();
        let before = repeat.before(&when, from).unwrap();
        assert_eq!(shown(&when, before.as_ref()), "2027-06-01T10:00 2027-06-01T18:00");
        let rest = repeat.rest(&when, from, Some("2027-06-07T10:00".parse().unwrap()), &to).unwrap();
        assert_eq!(
            shown(&to, rest.repeat.as_ref()),
            "2027-06-03T12:00 2027-06-04T12:00 2027-06-04T20:00 2027-06-06T12:00"
        );
        assert!(rest.repeat.unwrap().rule.is_some());
    }

    #[test]
    fn what_no_rule_makes_is_told_as_far_as_it_goes() {
        let (when, repeat) = series("2027-06-07 12:00", "FREQ=MONTHLY;BYDAY=1MO", &[], &[]);
        let to = When::parse("2027-07-06 12:00", None, Zone::utc()).unwrap();
        let rest = repeat.rest(&when, "2027-07-05T12:00".parse().unwrap(), None, &to).unwrap();
        assert_eq!((rest.repeat.unwrap().rdates.len(), rest.left_out), (MOST_DATES - 1, 1));
        let (when, repeat) = series("2027-06-07 12:00", "FREQ=MINUTELY;COUNT=100000", &[], &[]);
        assert!(repeat.rest(&when, "2027-07-05T12:00".parse().unwrap(), None, &to).is_none());
    }
}
