//! How an event repeats (RFC 5545 section 3.8.5): a rule, dates added to it and dates left out of it.
//!
//! A rule is expanded on the wall clock of the event's zone, so that a meeting at nine stays at nine when the clocks
//! change; what is made of each local start is [`When`]'s to say.

mod membership;
mod slice;

use ical::recur::expand::IcalRecurExpand;
use ical::recur::{IcalRecurDateTime, IcalRecurFreq, IcalRecurRule};
use jiff::civil::{Date, DateTime, Time};

use super::Invalid;
use super::when::{Point, When, YEARS};
use super::zone::Zone;

pub use slice::{Rest, Shift};

/// The parts of a rule that are understood; RSCALE and SKIP (RFC 7529) are not, because calendar programs do not.
const PARTS: [&str; 13] = [
    "FREQ",
    "UNTIL",
    "COUNT",
    "INTERVAL",
    "BYMINUTE",
    "BYHOUR",
    "BYDAY",
    "BYMONTHDAY",
    "BYYEARDAY",
    "BYWEEKNO",
    "BYMONTH",
    "BYSETPOS",
    "WKST",
];

/// An endless rule is told by leaving COUNT out; a larger number is a typing error and would have to be counted through.
const MOST_COUNTED: u32 = 100_000;

/// Every quarter of an hour. More than that by BYHOUR and BYMINUTE is nobody's calendar, and costs as much.
const MOST_TIMES_A_DAY: usize = 96;

/// An RRULE (section 3.3.10), read and fit for the event it was read for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    text: String,
    parts: IcalRecurRule,
    /// UNTIL as the clock at the event's place shows it.
    until: Option<DateTime>,
}

impl Rule {
    /// Reads a rule for an event that begins at `start` in `zone`. UNTIL may be a day or a time, with or without dashes;
    /// it becomes what section 3.3.10 wants: a date for days, UTC for times.
    pub fn read(text: &str, start: Point, zone: &Zone) -> Result<Self, Invalid> {
        let example = "write one such as FREQ=WEEKLY;BYDAY=TU or FREQ=MONTHLY;BYDAY=2TU;COUNT=6";
        let bad =
            |why: String| Invalid(format!("`{text}` is not a rule for repeating (RFC 5545 RRULE): {why}; {example}"));
        let upper: String = text.trim().to_uppercase().split_whitespace().collect();
        let value = upper.strip_prefix("RRULE:").unwrap_or(&upper);
        let mut parts: Vec<(&str, String)> = Vec::new();
        for part in value.split(';').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').ok_or_else(|| bad(format!("`{part}` has no `=`")))?;
            if name == "BYSECOND" && value == "0" {
                // Says nothing: all times here are whole minutes.
                continue;
            }
            if !PARTS.contains(&name) {
                return Err(bad(format!("`{name}` is not one of {}", PARTS.join(", "))));
            }
            if parts.iter().any(|(known, _)| *known == name) {
                return Err(bad(format!("there are two {name}")));
            }
            if value.is_empty() {
                return Err(bad(format!("{name} says nothing")));
            }
            parts.push((name, value.to_owned()));
        }
        // Older programs want it first.
        parts.sort_by_key(|(name, _)| *name != "FREQ");
        let mut until = None;
        if let Some((_, value)) = parts.iter_mut().find(|(name, _)| *name == "UNTIL") {
            let local = read_until(value, zone).ok_or_else(|| bad(format!("UNTIL={value} is not a date")))?;
            (until, *value) = until_for(local, start, zone);
        }
        let canonical = parts.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(";");
        let mut parts = IcalRecurRule::parse(&canonical).map_err(|error| bad(in_words(&error.to_string())))?;
        if let Some(problem) = parts.problems().first() {
            return Err(bad(in_words(&problem.to_string())));
        }
        parts.until = until.map(to_library);
        let rule = Self { text: canonical, parts, until };
        rule.check(start)
            .map_err(|error| Invalid(format!("this event can't repeat by `{text}`: {error}", text = text.trim())))?;
        Ok(rule)
    }

    /// What the standard allows and an event of ours can't be.
    fn check(&self, start: Point) -> Result<(), Invalid> {
        let parts = &self.parts;
        if parts.freq == IcalRecurFreq::Secondly {
            return Err(Invalid::new("events begin at whole minutes, so nothing repeats every second"));
        }
        let by_the_clock = matches!(parts.freq, IcalRecurFreq::Hourly | IcalRecurFreq::Minutely)
            || !parts.by_hour.is_empty()
            || !parts.by_minute.is_empty();
        match start {
            Point::Day(_) if by_the_clock => return Err(Invalid::new("it names times, and the event has none")),
            Point::Minute(_) | Point::Day(_) => {}
            other => {
                return Err(Invalid(format!("`{other}` is no day, and only what has its day can repeat")));
            }
        }
        if parts.by_hour.len().max(1) * parts.by_minute.len().max(1) > MOST_TIMES_A_DAY {
            return Err(Invalid(format!("it comes more than {MOST_TIMES_A_DAY} times a day")));
        }
        if !(1..=MOST_COUNTED).contains(&parts.count.unwrap_or(1)) {
            return Err(Invalid(format!("COUNT is from 1 to {MOST_COUNTED}; leave it out for a rule without end")));
        }
        match self.starts(local(start), None).next() {
            Some(_) => Ok(()),
            None => Err(Invalid::new("it never comes")),
        }
    }

    /// As feeds and exports carry it.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The rule for the same event at another time: an UNTIL that took in the last day's date goes on to do so.
    pub fn text_for_another_start(&self, start: Point) -> String {
        let last = self.until.filter(|until| matches!(start, Point::Minute(at) if until.time() >= at.time()));
        let part = |part: &str| match last.filter(|_| part.starts_with("UNTIL=")) {
            Some(until) => format!("UNTIL={}", until.date().strftime("%Y%m%d")),
            None => part.to_owned(),
        };
        self.text.split(';').map(part).collect::<Vec<_>>().join(";")
    }

    pub fn parts(&self) -> &IcalRecurRule {
        &self.parts
    }

    /// The last local moment it may reach, if it has one.
    pub fn until(&self) -> Option<DateTime> {
        self.until
    }

    /// The local starts it makes from `start` on, in order. Those before `from` are not walked through where the rule
    /// allows to jump, so that an endless rule costs what is taken of it.
    fn starts(&self, start: DateTime, from: Option<DateTime>) -> impl Iterator<Item = DateTime> + use<> {
        expand(self.parts.clone(), start, from)
    }
}

/// The local times that a rule makes from `start` on, as [`Rule::starts`] does, for any rule of section 3.3.10.
pub fn expand(rule: IcalRecurRule, start: DateTime, from: Option<DateTime>) -> impl Iterator<Item = DateTime> {
    let begin = to_library(start);
    let from = from.map(to_library);
    let jumped = from.map_or(begin, |from| jump(&rule, begin, from));
    IcalRecurExpand::new(rule, jumped).skip_while(move |at| from.is_some_and(|from| *at < from)).map_while(to_civil)
}

/// A start as many whole periods later as fit before `from`: the same rule makes the same dates from there. What is
/// counted, and what hangs on the start's own weekday or on a day that not every month has, is walked through.
fn jump(rule: &IcalRecurRule, start: IcalRecurDateTime, from: IcalRecurDateTime) -> IcalRecurDateTime {
    if rule.count.is_none() && start.day <= 28 && rule.by_week_no.is_empty() {
        let months = match rule.freq {
            IcalRecurFreq::Yearly => 12 * i64::from(rule.interval),
            IcalRecurFreq::Monthly => i64::from(rule.interval),
            _ => 0,
        };
        if months > 0 {
            let number = |at: IcalRecurDateTime| i64::from(at.year) * 12 + i64::from(at.month) - 1;
            let month = number(start) + ((number(from) - number(start)) / months - 1).max(0) * months;
            return IcalRecurDateTime { year: (month / 12) as i32, month: (month % 12) as u8 + 1, ..start };
        }
    }
    let unit = match rule.freq {
        IcalRecurFreq::Minutely => 60,
        IcalRecurFreq::Hourly => 3600,
        IcalRecurFreq::Daily => 86_400,
        IcalRecurFreq::Weekly => 7 * 86_400,
        _ => return start,
    };
    if rule.count.is_some() {
        return start;
    }
    let step = unit * i64::from(rule.interval);
    // One period less, because a week's dates may lie before the day it is counted from.
    let periods = ((from.seconds() - start.seconds()) / step - 1).max(0);
    IcalRecurDateTime::from_seconds(start.seconds() + periods * step)
}

fn to_library(at: DateTime) -> IcalRecurDateTime {
    IcalRecurDateTime {
        year: at.year().into(),
        month: at.month() as u8,
        day: at.day() as u8,
        hour: at.hour() as u8,
        minute: at.minute() as u8,
        second: at.second() as u8,
    }
}

fn to_civil(at: IcalRecurDateTime) -> Option<DateTime> {
    let date = Date::new(i16::try_from(at.year).ok()?, at.month as i8, at.day as i8).ok()?;
    // A leap second is the second before it to everybody else.
    Some(date.to_datetime(Time::new(at.hour as i8, at.minute as i8, at.second.min(59) as i8, 0).ok()?))
}

/// The library's words, as part of a sentence.
fn in_words(message: &str) -> String {
    match message.split_at_checked(1) {
        Some((first, rest)) if rest.starts_with(char::is_lowercase) => first.to_lowercase() + rest,
        _ => message.to_owned(),
    }
}

/// UNTIL as somebody gave it: a day, or a time on the wall clock of `zone`.
enum Until {
    Day(Date),
    Time(DateTime),
}

fn read_until(value: &str, zone: &Zone) -> Option<Until> {
    let digits: String = value.chars().filter(|c| !matches!(c, '-' | ':')).collect();
    let (naive, is_utc) = match digits.strip_suffix('Z') {
        Some(naive) => (naive, true),
        None => (digits.as_str(), false),
    };
    let (day, time) = naive.split_once('T').map_or((naive, None), |(day, time)| (day, Some(time)));
    let number = |text: &str, from: usize, to: usize| text.get(from..to)?.parse::<i16>().ok();
    if day.len() != 8 {
        return None;
    }
    let date = Date::new(number(day, 0, 4)?, number(day, 4, 6)? as i8, number(day, 6, 8)? as i8).ok()?;
    let Some(time) = time else { return Some(Until::Day(date)) };
    if !matches!(time.len(), 4 | 6) {
        return None;
    }
    let second = number(time, 4, 6).unwrap_or(0).min(59) as i8;
    let at = date.to_datetime(Time::new(number(time, 0, 2)? as i8, number(time, 2, 4)? as i8, second, 0).ok()?);
    Some(Until::Time(match is_utc {
        true => zone.at(Zone::utc().instant(at)).datetime(),
        false => at,
    }))
}

/// UNTIL on the event's wall clock, and as section 3.3.10 has it written. A day includes all of it.
fn until_for(until: Until, start: Point, zone: &Zone) -> (Option<DateTime>, String) {
    if let Point::Minute(_) = start {
        let local = match until {
            Until::Day(day) => day.at(23, 59, 59, 0),
            Until::Time(at) => at,
        };
        return (Some(local), zone.instant(local).strftime("%Y%m%dT%H%M%SZ").to_string());
    }
    let day = match until {
        Until::Day(day) => day,
        Until::Time(at) => at.date(),
    };
    (Some(day.to_datetime(Time::midnight())), day.strftime("%Y%m%d").to_string())
}

/// Midnight for a day.
fn local(point: Point) -> DateTime {
    match point {
        Point::Minute(at) => at,
        other => other.first_day().to_datetime(Time::midnight()),
    }
}

/// All the dates of a repeating event, but for what is different about single ones.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recurrence {
    pub rule: Option<Rule>,
    /// Starts beside those of the rule (RDATE, section 3.8.5.2), of the precision of the event's own.
    pub rdates: Vec<Point>,
    /// Starts that are left out (EXDATE, section 3.8.5.1).
    pub exdates: Vec<Point>,
}

impl Recurrence {
    /// Sorts the dates and sees that they are of the event's precision.
    pub fn new(rule: Option<Rule>, rdates: Vec<Point>, exdates: Vec<Point>, when: &When) -> Result<Self, Invalid> {
        let sorted = |mut dates: Vec<Point>| {
            if let Some(odd) = dates.iter().find(|date| date.precision() != when.precision()) {
                let (wanted, start) = (when.precision(), when.start());
                return Err(Invalid(format!("`{odd}` is not told to the {wanted}, as the start `{start}` is")));
            }
            dates.sort();
            dates.dedup();
            Ok(dates)
        };
        if when.is_partial() {
            return Err(Invalid(format!("only what has its day can repeat, and `{}` is none", when.start())));
        }
        Ok(Self { rule, rdates: sorted(rdates)?, exdates: sorted(exdates)? })
    }

    /// The starts of an event told by `when` that are not before `from`, on its own clock, in order. The event's first
    /// start is one of them whatever the rule says (section 3.8.5.3 leaves that open; most calendar programs have it so,
    /// and no date is lost).
    pub fn starts(&self, when: &When, from: Option<DateTime>) -> impl Iterator<Item = Point> + use<'_> {
        let start = when.start();
        let by_day = matches!(start, Point::Day(_));
        let point = move |at: DateTime| if by_day { Point::Day(at.date()) } else { Point::Minute(at) };
        let mut single: Vec<Point> = self.rdates.iter().copied().chain([start]).collect();
        single.retain(|point| from.is_none_or(|from| local(*point) >= from));
        single.sort();
        let mut by_rule = self.rule.iter().flat_map(move |rule| rule.starts(local(start), from)).map(point).peekable();
        let mut single = single.into_iter().peekable();
        let mut last = None;
        std::iter::from_fn(move || {
            loop {
                let next = match (by_rule.peek(), single.peek()) {
                    (Some(a), Some(b)) if a <= b => by_rule.next(),
                    (_, Some(_)) => single.next(),
                    _ => by_rule.next(),
                }?;
                if !YEARS.contains(&next.first_day().year()) {
                    return None;
                }
                if last.replace(next) != Some(next) && self.exdates.binary_search(&next).is_err() {
                    return Some(next);
                }
            }
        })
    }

    /// The last of them; none where there is no last, or where it comes after more than `most`.
    pub fn last_start(&self, when: &When, most: usize) -> Option<Point> {
        let is_endless = self.rule.as_ref().is_some_and(|rule| rule.parts.count.is_none() && rule.until.is_none());
        let mut starts = self.starts(when, None);
        if is_endless {
            return None;
        }
        let last = starts.by_ref().take(most).last();
        last.filter(|_| starts.next().is_none())
    }

    /// Whether a rule makes the event's first start.
    pub fn is_synchronized(&self, when: &When) -> bool {
        let start = local(when.start());
        self.rule.as_ref().is_some_and(|rule| rule.starts(start, None).next() == Some(start))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn brussels() -> Zone {
        "Europe/Brussels".parse().unwrap()
    }

    fn starts(start: &str, rule: &str, n: usize) -> Vec<String> {
        let when = When::parse(start, None, brussels()).unwrap();
        let rule = Rule::read(rule, when.start(), when.zone()).unwrap();
        let recurrence = Recurrence { rule: Some(rule), ..Recurrence::default() };
        recurrence.starts(&when, None).take(n).map(|p| p.to_string()).collect()
    }

    #[test]
    fn a_rule_gives_the_dates_one_expects() {
        for (start, rule, expected) in [
            ("2020-09-15", "FREQ=WEEKLY;COUNT=3", "2020-09-15 2020-09-22 2020-09-29"),
            ("2020-09-08 09:00", "FREQ=MONTHLY;BYDAY=2TU;COUNT=2", "2020-09-08T09:00 2020-10-13T09:00"),
            ("2020-12-30", "FREQ=DAILY;UNTIL=20210101", "2020-12-30 2020-12-31 2021-01-01"),
            ("2020-12-30 22:00", "FREQ=DAILY;UNTIL=2020-12-31", "2020-12-30T22:00 2020-12-31T22:00"),
            ("2020-12-30 22:00", "FREQ=DAILY;UNTIL=20201231T205959Z", "2020-12-30T22:00"),
            ("2020-01-31", "FREQ=MONTHLY;COUNT=3", "2020-01-31 2020-03-31 2020-05-31"),
            // Not one of the rule's days, and yet the first.
            ("2020-09-11", "rrule:freq=weekly; byday=TU; count=2", "2020-09-11 2020-09-15 2020-09-22"),
        ] {
            assert_eq!(starts(start, rule, 9).join(" "), expected, "{start} {rule}");
        }
    }

    #[test]
    fn until_is_written_as_the_standard_wants_it() {
        for (start, until, written) in [
            ("2020-09-15", "2020-12-31", "20201231"),
            ("2020-09-15", "20201231T120000Z", "20201231"),
            ("2020-09-15 09:00", "20201231", "20201231T225959Z"),
            ("2020-09-15 09:00", "20201231T090000", "20201231T080000Z"),
            ("2020-09-15 09:00", "20201231T080000Z", "20201231T080000Z"),
        ] {
            let start: Point = start.parse().unwrap();
            let rule = Rule::read(&format!("UNTIL={until};FREQ=DAILY"), start, &brussels()).unwrap();
            assert_eq!(rule.as_str(), format!("FREQ=DAILY;UNTIL={written}"));
            assert_eq!(Rule::read(rule.as_str(), start, &brussels()).unwrap(), rule);
        }
    }

    #[test]
    fn wrong_rules_are_refused_with_what_would_be_right() {
        for (start, rule, part) in [
            ("2020-09-15", "weekly", "`WEEKLY` has no `=`"),
            ("2020-09-15", "", "FREQ=WEEKLY;BYDAY=TU"),
            ("2020-09-15", "FREQ=WEEKLY;BYDAYS=TU", "`BYDAYS` is not one of FREQ"),
            ("2020-09-15", "FREQ=WEEKLY;BYDAY=XX", "weekday"),
            ("2020-09-15", "FREQ=WEEKLY;BYDAY=2TU", "ordinal"),
            ("2020-09-15", "FREQ=WEEKLY;BYDAY=Ü", "weekday"),
            ("2020-09-15", "FREQ=WEEKLY;FREQ=DAILY", "two FREQ"),
            ("2020-09-15", "FREQ=DAILY;COUNT=2;UNTIL=20210101", "UNTIL and COUNT"),
            ("2020-09-15", "FREQ=DAILY;INTERVAL=0", "interval"),
            ("2020-09-15", "FREQ=DAILY;COUNT=0", "COUNT is from 1"),
            ("2020-09-15", "FREQ=DAILY;UNTIL=2021-02-30", "UNTIL=2021-02-30 is not a date"),
            ("2020-09-15", "FREQ=HOURLY", "names times"),
            ("2020-09-15 09:00", "FREQ=SECONDLY", "whole minutes"),
            ("2020-09", "FREQ=MONTHLY", "only what has its day can repeat"),
            ("2020-09-15", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "never comes"),
            ("2020-09-15", "RSCALE=CHINESE;FREQ=YEARLY", "`RSCALE` is not one of"),
        ] {
            let error = Rule::read(rule, start.parse().unwrap(), &brussels()).unwrap_err().to_string();
            assert!(error.contains(part), "{rule}: {error}");
        }
    }

    #[test]
    fn dates_are_added_and_left_out() {
        let when = When::parse("2020-09-15", None, brussels()).unwrap();
        let rule = Rule::read("FREQ=WEEKLY;COUNT=3", when.start(), when.zone()).unwrap();
        let days = |list: &[&str]| list.iter().map(|day| day.parse().unwrap()).collect::<Vec<Point>>();
        let recurrence = Recurrence::new(
            Some(rule),
            days(&["2020-10-20", "2020-09-22", "2020-09-17"]),
            days(&["2020-09-29"]),
            &when,
        );
        let starts: Vec<_> = recurrence.unwrap().starts(&when, None).map(|p| p.to_string()).collect();
        assert_eq!(starts, ["2020-09-15", "2020-09-17", "2020-09-22", "2020-10-20"]);
        let error = Recurrence::new(None, days(&["2020-09-17T09:00"]), vec![], &when).unwrap_err();
        assert!(error.to_string().contains("is not told to the day"), "{error}");
    }

    proptest! {
        #[test]
        fn any_text_is_a_rule_or_an_error(text in "(FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY|HOURLY);?)?(BY(DAY|MONTH|SETPOS|WEEKNO)=)?[-0-9A-Z,;=Üé]{0,20}") {
            let start: Point = "2020-09-15T09:00".parse().unwrap();
            if let Ok(rule) = Rule::read(&text, start, &brussels()) {
                prop_assert_eq!(Rule::read(rule.as_str(), start, &brussels()), Ok(rule));
            }
        }

        #[test]
        fn jumping_gives_the_same_dates_as_walking(
            freq in "(DAILY|WEEKLY|HOURLY|MINUTELY|MONTHLY|YEARLY)",
            interval in 1u32..9,
            by in "(|;BYDAY=MO,TH,SU|;BYMONTH=1,7|;BYDAY=TU,WE;BYSETPOS=-1|;WKST=SU;BYDAY=SU,MO)",
            days in 0i64..20_000,
        ) {
            let start: DateTime = "2020-09-15T09:00".parse().unwrap();
            let text = format!("FREQ={freq};INTERVAL={interval}{by}");
            let Ok(rule) = Rule::read(&text, Point::Minute(start), &brussels()) else { return Ok(()) };
            let days = if matches!(&*freq, "MINUTELY" | "HOURLY") { days % 100 } else { days };
            let from = start.checked_add(jiff::Span::new().days(days)).unwrap();
            let walked: Vec<_> = rule.starts(start, None).skip_while(|at| *at < from).take(5).collect();
            let jumped: Vec<_> = rule.starts(start, Some(from)).take(5).collect();
            prop_assert_eq!(jumped, walked);
        }
    }
}
