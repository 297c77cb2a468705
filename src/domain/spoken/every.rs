//! How something repeats, as people say it: `2nd tuesday`, `every two weeks until 30 June`, `last friday of the month`.

use jiff::civil::{Date, DateTime, Time, Weekday};

use super::chinese::rule_in_english;
use super::words::{count, month, ordinal, weekday, weekday_name};
use super::{LONGEST, point, quoted};
use crate::domain::Invalid;
use crate::domain::recurrence::Rule;
use crate::domain::when::Point;
use crate::domain::zone::Zone;

/// A rule for repeating, said in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Every {
    /// An RRULE (RFC 5545 section 3.3.10).
    pub rule: String,
    /// Where the words name the days: the first of them from today on.
    pub first: Option<Date>,
}

/// Which days of a week, month or year.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct On {
    /// With the ordinal in its month: 2 is the second, -1 the last.
    weekdays: Vec<(Option<i8>, Weekday)>,
    /// -1 is the last.
    days: Vec<i8>,
    months: Vec<i8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Day,
    Week,
    Month,
    Year,
}

/// Reads what was said of an event that begins at `start`, if that is said. A day named that is not the start's is refused.
pub fn every(said: &str, start: Option<Point>, now: DateTime) -> Result<Every, Invalid> {
    let words = said.trim().to_lowercase();
    if words.chars().count() > LONGEST {
        return Err(unreadable(said));
    }
    let words = rule_in_english(&words, now.date());
    let (words, end) = ending(&words, start, now)?;
    let words: Vec<&str> = words.split([' ', ',', '\t']).filter(|word| !word.is_empty()).collect();
    let (unit, interval, on) = phrase(&words).ok_or_else(|| unreadable(said))?;
    let mut parts = vec![format!("FREQ={}", unit.frequency())];
    parts.extend(on.parts());
    let names_days = !on.weekdays.is_empty() || !on.days.is_empty() || unit == Unit::Day;
    // Which of the months or weeks it is, the first date says.
    let plain = parts.join(";");
    if interval > 1 {
        parts.insert(1, format!("INTERVAL={interval}"));
    }
    let today = now.date();
    let from = start.map_or(today, Point::first_day);
    let first = match names_days {
        true => Some(first_from(&plain, from).ok_or_else(|| Invalid(format!("`{}` never comes", quoted(said))))?),
        false => None,
    };
    if let (Some(first), Some(start)) = (first, start)
        && matches!(start, Point::Day(_) | Point::Minute(_))
        && first != start.first_day()
    {
        return Err(Invalid(format!(
            "{} {} is not one of the days of `{}`: the first after it is {first}, a {}",
            weekday_name(from.weekday()),
            from,
            quoted(said),
            weekday_name(first.weekday())
        )));
    }
    parts.extend(end);
    Ok(Every { rule: parts.join(";"), first: first.filter(|_| start.is_none()) })
}

fn unreadable(said: &str) -> Invalid {
    Invalid(format!(
        "`{}` does not say how it repeats: say 2nd tuesday, every two weeks, tuesday and thursday, last friday of the month, \
         the 15th, every year, and perhaps until 30 June 2021 or 10 times; or write a rule with --repeat",
        quoted(said)
    ))
}

/// The first such day from one on. For days that come at all, within the 28 years in which calendars come round.
fn first_from(rule: &str, from: Date) -> Option<Date> {
    // By months and years a rule is counted from its start, so that any start does where it names the days.
    let begin = Point::Day(from);
    let rule = Rule::read(rule, begin, &Zone::utc()).ok()?;
    let dates = crate::domain::recurrence::expand(rule.parts().clone(), from.to_datetime(Time::midnight()), None);
    dates.map(|at| at.date()).find(|day| *day >= from)
}

impl Unit {
    fn frequency(self) -> &'static str {
        match self {
            Unit::Day => "DAILY",
            Unit::Week => "WEEKLY",
            Unit::Month => "MONTHLY",
            Unit::Year => "YEARLY",
        }
    }
}

impl On {
    fn parts(&self) -> Vec<String> {
        let listed = |items: Vec<String>| items.join(",");
        let mut parts = Vec::new();
        if !self.months.is_empty() {
            parts.push(format!("BYMONTH={}", listed(self.months.iter().map(i8::to_string).collect())));
        }
        if !self.days.is_empty() {
            parts.push(format!("BYMONTHDAY={}", listed(self.days.iter().map(i8::to_string).collect())));
        }
        if !self.weekdays.is_empty() {
            let day = |(nth, weekday): &(Option<i8>, Weekday)| {
                let code = &weekday_name(*weekday)[..2].to_uppercase();
                format!("{}{code}", nth.map(|nth| nth.to_string()).unwrap_or_default())
            };
            parts.push(format!("BYDAY={}", listed(self.weekdays.iter().map(day).collect())));
        }
        parts
    }
}

/// What stands at the end: `until 30 june`, `10 times`. The rest, and the part of a rule that it is.
fn ending(words: &str, start: Option<Point>, now: DateTime) -> Result<(&str, Option<String>), Invalid> {
    if let Some((rest, until)) = words.split_once(" until ").or_else(|| words.split_once(" till ")) {
        // The end is the next such date after the start.
        let from = start.map_or(now, |start| start.first_day().to_datetime(now.time()));
        let last = point(until, from.max(now))?.last_day();
        if last < from.date() {
            return Err(Invalid(format!("`{}` ends before it begins", quoted(words))));
        }
        return Ok((rest, Some(format!("UNTIL={}", last.strftime("%Y%m%d")))));
    }
    let Some(rest) = words.strip_suffix(" times") else { return Ok((words, None)) };
    let (rest, n) = rest.rsplit_once(' ').ok_or_else(|| unreadable(words))?;
    let n = count(n).filter(|n| *n > 0).ok_or_else(|| unreadable(words))?;
    let rest = rest.trim_end().strip_suffix(" for").unwrap_or(rest);
    Ok((rest.trim_end_matches(','), Some(format!("COUNT={n}"))))
}

fn phrase(words: &[&str]) -> Option<(Unit, i64, On)> {
    let words = match words {
        ["every" | "each", rest @ ..] => rest,
        all => all,
    };
    // `weekly`, `two weeks`, `other tuesday`, `month`
    let (unit, interval, rest) = match words {
        ["daily", rest @ ..] => (Some(Unit::Day), 1, rest),
        ["weekly", rest @ ..] => (Some(Unit::Week), 1, rest),
        ["fortnightly" | "fortnight", rest @ ..] => (Some(Unit::Week), 2, rest),
        ["monthly", rest @ ..] => (Some(Unit::Month), 1, rest),
        ["quarterly" | "quarter", rest @ ..] => (Some(Unit::Month), 3, rest),
        ["yearly" | "annually", rest @ ..] => (Some(Unit::Year), 1, rest),
        ["weekday" | "weekdays" | "workday" | "workdays", rest @ ..] => {
            let days = [Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday];
            let on = On { weekdays: days.map(|day| (None, day)).to_vec(), ..On::default() };
            return rest.is_empty().then_some((Unit::Week, 1, on));
        }
        ["working", "day" | "days"] => return phrase(&["weekdays"]),
        ["other" | "second" | "2nd", word, rest @ ..] if unit(word).is_some() => (unit(word), 2, rest),
        ["third" | "3rd", word, rest @ ..] if unit(word).is_some() => (unit(word), 3, rest),
        ["other", rest @ ..] if weekday(rest.first()?).is_some() => (Some(Unit::Week), 2, rest),
        [word, rest @ ..] if unit(word).is_some() => (unit(word), 1, rest),
        [n, "quarters", rest @ ..] => (Some(Unit::Month), 3 * count(n)?, rest),
        [n, word, rest @ ..] if unit(word).is_some() && count(n).is_some() => (unit(word), count(n)?, rest),
        rest => (None, 1, rest),
    };
    let (on, of) = days(rest)?;
    let unit = match (unit, of) {
        (Some(unit), None) => unit,
        (None, Some(of)) => of,
        (Some(unit), Some(of)) if unit == of => unit,
        (Some(Unit::Month), Some(Unit::Year)) | (Some(_), Some(_)) => return None,
        (None, None) => return None,
    };
    let fits = match unit {
        Unit::Day => on == On::default(),
        Unit::Week => on.days.is_empty() && on.months.is_empty() && on.weekdays.iter().all(|(nth, _)| nth.is_none()),
        Unit::Month => on.months.is_empty() && on.weekdays.iter().all(|(nth, _)| nth.is_some()),
        Unit::Year => {
            on.weekdays.iter().all(|(nth, _)| nth.is_some()) && (on == On::default() || !on.months.is_empty())
        }
    };
    (fits && (on.days.is_empty() || on.weekdays.is_empty()) && (1..1000).contains(&interval))
        .then_some((unit, interval, on))
}

fn unit(word: &str) -> Option<Unit> {
    Some(match word {
        "day" | "days" => Unit::Day,
        "week" | "weeks" => Unit::Week,
        "month" | "months" => Unit::Month,
        "year" | "years" => Unit::Year,
        _ => return None,
    })
}

/// The days that the rest names, and what they are days of, where that follows.
fn days(words: &[&str]) -> Option<(On, Option<Unit>)> {
    let mut on = On::default();
    let mut of = None;
    let mut nth = None;
    let mut words = words;
    while let [word, rest @ ..] = words {
        words = rest;
        match *word {
            "on" | "the" | "and" | "of" | "in" | "every" | "each" | "a" => continue,
            "month" if nth.is_none() => {
                of = Some(Unit::Month);
                continue;
            }
            "last" if rest.first() == Some(&"day") => {
                words = &rest[1..];
                on.days.push(-1);
                of = of.or(Some(Unit::Month));
                continue;
            }
            "last" => {
                nth = Some(-1);
                continue;
            }
            _ => {}
        }
        if let Some(weekday) = weekday(word) {
            on.weekdays.push((nth.take(), weekday));
            let unit = if on.weekdays.iter().any(|(nth, _)| nth.is_some()) { Unit::Month } else { Unit::Week };
            of = of.or(Some(unit));
        } else if let Some(month) = month(word) {
            // `1 october`, `2nd tuesday of march`
            on.days.extend(nth.take());
            on.months.push(month);
            of = Some(Unit::Year);
        } else if let Some(n) = ordinal(word).or_else(|| bare(word, rest, &on)) {
            // `1st and 15th`, `1st and 3rd tuesday`
            match (nth.take(), rest.iter().find(|word| !matches!(**word, "and" | "the")).and_then(|word| weekday(word)))
            {
                (Some(before), Some(day)) => on.weekdays.push((Some(before), day)),
                (before, _) => on.days.extend(before),
            }
            nth = Some(n);
        } else {
            return None;
        }
    }
    if let Some(day) = nth {
        on.days.push(day);
        of = of.or(Some(Unit::Month));
    }
    let is_nth = on.weekdays.iter().all(|(nth, _)| nth.is_none_or(|nth| nth == -1 || (1..=5).contains(&nth)));
    let is_day = on.days.iter().all(|day| *day == -1 || (1..=31).contains(day));
    let is_there = match (on.days.as_slice(), on.months.as_slice()) {
        ([day], [month]) if *day > 0 => Date::new(2024, *month, *day).is_ok(),
        _ => true,
    };
    (is_nth && is_day && is_there).then_some((on, of))
}

/// `1` of `1 october`, `15` of `october 15`.
fn bare(word: &str, rest: &[&str], on: &On) -> Option<i8> {
    let day: i8 = word.parse().ok().filter(|day| (1..=31).contains(day))?;
    let is_before = rest.first().is_some_and(|next| *next == "of" || month(next).is_some());
    (is_before || !on.months.is_empty()).then_some(day)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn said(words: &str, start: Option<&str>) -> Result<(String, Option<String>), String> {
        // A Monday.
        let now = date(2026, 11, 30).at(10, 0, 0, 0);
        let every = every(words, start.map(|start| start.parse().unwrap()), now).map_err(|error| error.to_string())?;
        Ok((every.rule, every.first.map(|day| day.to_string())))
    }

    #[test]
    fn rules_are_said_in_words() {
        for (words, rule, first) in [
            ("2nd tuesday", "FREQ=MONTHLY;BYDAY=2TU", Some("2026-12-08")),
            ("second Tuesday of the month", "FREQ=MONTHLY;BYDAY=2TU", Some("2026-12-08")),
            ("every month on the 2nd tuesday", "FREQ=MONTHLY;BYDAY=2TU", Some("2026-12-08")),
            ("last friday", "FREQ=MONTHLY;BYDAY=-1FR", Some("2026-12-25")),
            ("1st and 3rd monday", "FREQ=MONTHLY;BYDAY=1MO,3MO", Some("2026-12-07")),
            ("first monday and last friday", "FREQ=MONTHLY;BYDAY=1MO,-1FR", Some("2026-12-07")),
            ("every two weeks until 30 June", "FREQ=WEEKLY;INTERVAL=2;UNTIL=20270630", None),
            ("every other tuesday", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", Some("2026-12-01")),
            ("two weeks on tuesday", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", Some("2026-12-01")),
            ("tuesday and thursday", "FREQ=WEEKLY;BYDAY=TU,TH", Some("2026-12-01")),
            ("mon, wed, fri", "FREQ=WEEKLY;BYDAY=MO,WE,FR", Some("2026-11-30")),
            ("Tuesdays 6 times", "FREQ=WEEKLY;BYDAY=TU;COUNT=6", Some("2026-12-01")),
            ("every tuesday for ten times", "FREQ=WEEKLY;BYDAY=TU;COUNT=10", Some("2026-12-01")),
            ("weekdays", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", Some("2026-11-30")),
            ("every day until 24 december", "FREQ=DAILY;UNTIL=20261224", Some("2026-11-30")),
            ("weekly", "FREQ=WEEKLY", None),
            ("month", "FREQ=MONTHLY", None),
            ("quarterly", "FREQ=MONTHLY;INTERVAL=3", None),
            ("every 3 months on the 15th", "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=15", Some("2026-12-15")),
            ("the 1st and 15th", "FREQ=MONTHLY;BYMONTHDAY=1,15", Some("2026-12-01")),
            ("last day of the month", "FREQ=MONTHLY;BYMONTHDAY=-1", Some("2026-11-30")),
            ("yearly", "FREQ=YEARLY", None),
            ("every year on 1 October", "FREQ=YEARLY;BYMONTH=10;BYMONTHDAY=1", Some("2027-10-01")),
            ("october 15", "FREQ=YEARLY;BYMONTH=10;BYMONTHDAY=15", Some("2027-10-15")),
            ("2nd tuesday of march", "FREQ=YEARLY;BYMONTH=3;BYDAY=2TU", Some("2027-03-09")),
        ] {
            assert_eq!(said(words, None), Ok((rule.to_owned(), first.map(str::to_owned))), "{words}");
        }
    }

    #[test]
    fn what_is_no_rule_is_refused_and_a_start_must_be_one_of_its_days() {
        for words in [
            "",
            "tuesday 2nd and soon",
            "2nd tuesday every week",
            "blue moon",
            "0 weeks",
            "31 february",
            "day on tuesday",
        ] {
            let error = said(words, None).unwrap_err();
            assert!(error.contains("does not say how it repeats"), "{words}: {error}");
        }
        assert_eq!(said("2nd tuesday", Some("2026-12-08 09:00")).unwrap().0, "FREQ=MONTHLY;BYDAY=2TU");
        let error = said("2nd tuesday", Some("2026-12-01")).unwrap_err();
        assert!(error.contains("Tuesday 2026-12-01 is not one of the days") && error.contains("2026-12-08"), "{error}");
        assert!(said("every week until 1 December 2020", Some("2026-12-01")).unwrap_err().contains("ends before"));
    }
}
