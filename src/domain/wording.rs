//! Dates in words, for mails and pages.

use ical::recur::{IcalRecurFreq, IcalRecurWeekdayNum};
use jiff::civil::{Date, DateTime};

use super::event::Details;
use super::recurrence::{Recurrence, Rule};
use super::when::{Point, When, month_name};

/// `Thursday`.
pub fn weekday(day: Date) -> String {
    day.strftime("%A").to_string()
}

/// `1 October 2020`.
pub fn day(day: Date) -> String {
    day.strftime("%-d %B %Y").to_string()
}

/// `Thursday 1 October 2020`.
pub fn long_day(day: Date) -> String {
    day.strftime("%A %-d %B %Y").to_string()
}

fn clock(at: DateTime) -> String {
    at.strftime("%H:%M").to_string()
}

/// The whole of it, as short as it stays clear: `14–20 September 2020`, `22 June – 3 July 2020`,
/// `16 September 2020, 09:00–17:00 (Asia/Shanghai)`, `Q3 2021`, `March 2020`, `2021`.
pub fn when(when: &When) -> String {
    let Some(end) = when.end() else {
        return match when.start() {
            Point::Minute(at) => format!("{}, {} ({})", day(at.date()), clock(at), when.zone()),
            other => point(other),
        };
    };
    match (when.start(), end) {
        (Point::Minute(a), Point::Minute(b)) if a.date() == b.date() => {
            format!("{}, {}–{} ({})", day(a.date()), clock(a), clock(b), when.zone())
        }
        (Point::Minute(a), Point::Minute(b)) => {
            format!("{}, {} – {}, {} ({})", day(a.date()), clock(a), day(b.date()), clock(b), when.zone())
        }
        (Point::Day(a), Point::Day(b)) if (a.year(), a.month()) == (b.year(), b.month()) => {
            format!("{}–{}", a.day(), day(b))
        }
        (Point::Day(a), Point::Day(b)) if a.year() == b.year() => {
            format!("{} – {}", a.strftime("%-d %B"), day(b))
        }
        (Point::Month(a, m), Point::Month(b, n)) if a == b => {
            format!("{}–{} {a}", month_name(m), month_name(n))
        }
        (Point::Quarter(a, q), Point::Quarter(b, r)) if a == b => format!("Q{q}–Q{r} {a}"),
        (Point::Year(a), Point::Year(b)) => format!("{a}–{b}"),
        (a, b) => format!("{} – {}", point(a), point(b)),
    }
}

/// One end alone: `1 October 2020`, `March 2020`, `Q3 2021`, `2021`.
pub fn point(at: Point) -> String {
    match at {
        Point::Minute(at) => format!("{}, {}", day(at.date()), clock(at)),
        Point::Day(date) => day(date),
        Point::Month(year, month) => format!("{} {year}", month_name(month)),
        Point::Quarter(year, quarter) => format!("Q{quarter} {year}"),
        Point::Year(year) => year.to_string(),
    }
}

/// How far away a day is: `today`, `tomorrow`, `in 3 days`, `yesterday`, `8 days ago`.
pub fn days_away(from: Date, to: Date) -> String {
    let days = (to - from).get_days();
    match days {
        0 => "today".into(),
        1 => "tomorrow".into(),
        -1 => "yesterday".into(),
        2.. => format!("in {days} days"),
        _ => format!("{} days ago", -days),
    }
}

/// `1 event`, `2 events`.
pub fn count(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// How an event repeats, if it does.
pub fn repeat_of(details: &Details) -> String {
    details.repeat.as_ref().map(|how| repeat(how, &details.when)).unwrap_or_default()
}

/// How an event repeats: `every week on Tuesday`, `every month on the second Tuesday, until 31 December 2020`.
/// A rule that has no short words is told as it is written.
fn repeat(repeat: &Recurrence, when: &When) -> String {
    let mut words = match &repeat.rule {
        Some(rule) => rule_in_words(rule, when).unwrap_or_else(|| format!("by the rule {}", rule.as_str())),
        None => "on single dates".into(),
    };
    if !repeat.rdates.is_empty() {
        words.push_str(&format!(", and on {}", dates(&repeat.rdates)));
    }
    if !repeat.exdates.is_empty() {
        words.push_str(&format!(", but not on {}", dates(&repeat.exdates)));
    }
    words
}

fn dates(points: &[Point]) -> String {
    let days: Vec<_> = points.iter().map(|at| day(at.first_day())).collect();
    listing(&days)
}

/// `a`, `a and b`, `a, b and c`.
fn listing(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn rule_in_words(rule: &Rule, when: &When) -> Option<String> {
    let parts = rule.parts();
    let is_plain = parts.by_set_pos.is_empty()
        && parts.by_week_no.is_empty()
        && parts.by_year_day.is_empty()
        && parts.by_hour.is_empty()
        && parts.by_minute.is_empty()
        && parts.by_month_day.len() <= 1
        && (parts.by_day.is_empty() || parts.by_month_day.is_empty());
    if !is_plain {
        return None;
    }
    let first = when.first_day();
    let weekdays = || parts.by_day.iter().map(weekday_in_words).collect::<Option<Vec<_>>>();
    let (unit, on) = match parts.freq {
        IcalRecurFreq::Daily if parts.by_day.is_empty() && parts.by_month_day.is_empty() => ("day", None),
        IcalRecurFreq::Weekly if parts.by_day.is_empty() => ("week", Some(weekday(first))),
        IcalRecurFreq::Weekly => ("week", Some(listing(&weekdays()?))),
        IcalRecurFreq::Monthly => match (parts.by_day.is_empty(), parts.by_month_day.first()) {
            (false, _) => ("month", Some(format!("the {}", listing(&weekdays()?)))),
            (true, Some(-1)) => ("month", Some("the last day".into())),
            (true, Some(day @ 1..)) => ("month", Some(format!("day {day}"))),
            (true, Some(_)) => return None,
            (true, None) => ("month", Some(format!("day {}", first.day()))),
        },
        IcalRecurFreq::Yearly if parts.by_day.is_empty() && parts.by_month.len() <= 1 => {
            let month = parts.by_month.first().map_or(first.month(), |month| *month as i8);
            let day = parts.by_month_day.first().map_or(first.day(), |day| *day);
            ("year", Some((day > 0).then(|| format!("{day} {}", month_name(month)))?))
        }
        _ => return None,
    };
    let months = match parts.freq {
        IcalRecurFreq::Yearly => String::new(),
        _ if parts.by_month.is_empty() => String::new(),
        _ => format!(
            " in {}",
            listing(&parts.by_month.iter().map(|m| month_name(*m as i8).to_owned()).collect::<Vec<_>>())
        ),
    };
    let every = match parts.interval {
        1 => format!("every {unit}"),
        2 => format!("every second {unit}"),
        n => format!("every {n} {unit}s"),
    };
    let on = on.map(|on| format!(" on {on}")).unwrap_or_default();
    let end = match (parts.count, rule.until()) {
        (Some(n), _) => format!(", {}", count(n as usize, "time", "times")),
        (None, Some(until)) => format!(", until {}", day(until.date())),
        (None, None) => String::new(),
    };
    Some(format!("{every}{on}{months}{end}"))
}

/// `Tuesday`, `second Tuesday`, `last Friday`.
fn weekday_in_words(day: &IcalRecurWeekdayNum) -> Option<String> {
    const NAMES: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
    let name = NAMES.get(day.weekday as usize)?;
    Some(match day.ordinal {
        None => (*name).to_owned(),
        Some(-1) => format!("last {name}"),
        Some(n @ 1..=5) => format!("{} {name}", ["first", "second", "third", "fourth", "fifth"].get(n as usize - 1)?),
        Some(_) => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_read_as_one_would_write_them() {
        for (start, end, words) in [
            ("2020-10-01", None, "1 October 2020"),
            ("2020-09-14", Some("2020-09-20"), "14–20 September 2020"),
            ("2020-06-22", Some("2020-07-03"), "22 June – 3 July 2020"),
            ("2020-12-29", Some("2021-01-02"), "29 December 2020 – 2 January 2021"),
            ("2020-09-16 09:00", None, "16 September 2020, 09:00 (Asia/Shanghai)"),
            ("2020-09-16 09:00", Some("2020-09-16 17:30"), "16 September 2020, 09:00–17:30 (Asia/Shanghai)"),
            ("2020-03", None, "March 2020"),
            ("2020-03", Some("2020-05"), "March–May 2020"),
            ("2021-Q3", None, "Q3 2021"),
            ("2021-Q3", Some("2022-Q1"), "Q3 2021 – Q1 2022"),
            ("2021", Some("2025"), "2021–2025"),
        ] {
            let parsed = When::parse(start, end, "Asia/Shanghai".parse().unwrap()).unwrap();
            assert_eq!(when(&parsed), words);
        }
    }

    #[test]
    fn a_rule_reads_as_one_would_say_it() {
        for (start, rule, words) in [
            ("2020-09-15", "FREQ=DAILY", "every day"),
            ("2020-09-15", "FREQ=WEEKLY", "every week on Tuesday"),
            ("2020-09-15", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH", "every second week on Tuesday and Thursday"),
            ("2020-09-08", "FREQ=MONTHLY;BYDAY=2TU;COUNT=6", "every month on the second Tuesday, 6 times"),
            ("2020-09-25", "FREQ=MONTHLY;INTERVAL=3;BYDAY=-1FR", "every 3 months on the last Friday"),
            ("2020-09-15", "FREQ=MONTHLY;UNTIL=20201231", "every month on day 15, until 31 December 2020"),
            ("2020-09-30", "FREQ=MONTHLY;BYMONTHDAY=-1", "every month on the last day"),
            ("2020-10-01", "FREQ=YEARLY", "every year on 1 October"),
            ("2020-09-15", "FREQ=WEEKLY;BYMONTH=9,10", "every week on Tuesday in September and October"),
            ("2020-09-15", "FREQ=YEARLY;BYWEEKNO=20", "by the rule FREQ=YEARLY;BYWEEKNO=20"),
        ] {
            let when = When::parse(start, None, "Asia/Shanghai".parse().unwrap()).unwrap();
            let rule = Rule::read(rule, when.start(), when.zone()).unwrap();
            let recurrence = Recurrence { rule: Some(rule), ..Recurrence::default() };
            assert_eq!(repeat(&recurrence, &when), words);
        }
    }
}
