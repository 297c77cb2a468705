//! Rules for repeating (RRULE) as other programs write them, mended where it is plain what is meant.

use jiff::civil::{DateTime, Time};

use crate::domain::Invalid;
use crate::domain::recurrence::{Rule, expand};
use crate::domain::when::Point;
use crate::domain::zone::Zone;

/// What counting through the rules of one file may cost, in dates.
#[derive(Debug)]
pub struct Budget(u32);

impl Default for Budget {
    fn default() -> Self {
        Self(1_000_000)
    }
}

/// Reads a rule as [`Rule::read`] does. What was taken otherwise than it stands is told in sentences.
pub fn read(text: &str, start: Point, zone: &Zone, budget: &mut Budget) -> Result<(Rule, Vec<&'static str>), Invalid> {
    let mut notes = Vec::new();
    let mut parts: Vec<(String, String)> = Vec::new();
    let upper: String = text.to_uppercase().split_whitespace().collect();
    for part in upper.strip_prefix("RRULE:").unwrap_or(&upper).split(';').filter(|part| !part.is_empty()) {
        match part.split_once('=') {
            Some(("INTERVAL", value)) if is_zero(value) => {
                notes.push("its rule has INTERVAL=0, which is no interval: it is taken for 1");
            }
            Some((name, value)) => parts.push((name.to_owned(), value.to_owned())),
            None => return Rule::read(text, start, zone).map(|rule| (rule, notes)),
        }
    }
    let has_numbers = parts.iter().any(|(name, value)| {
        (name == "FREQ" && matches!(value.as_str(), "MONTHLY" | "YEARLY"))
            && !parts.iter().any(|(name, _)| name == "BYWEEKNO")
    });
    for (_, value) in parts.iter_mut().filter(|(name, _)| name == "BYDAY" && !has_numbers) {
        let days = without_numbers(value);
        if days != *value {
            notes.push("its rule has numbered weekdays (such as 1MO), which are for months and years alone: the numbers are passed over");
            *value = days;
        }
    }
    let ends = |name: &str| parts.iter().any(|(known, _)| known == name);
    if !(ends("COUNT") && ends("UNTIL")) {
        return Rule::read(&joined(&parts, ""), start, zone).map(|rule| (rule, notes));
    }
    let counted = Rule::read(&joined(&parts, "UNTIL"), start, zone);
    let until = Rule::read(&joined(&parts, "COUNT"), start, zone);
    notes.push("its rule ends by COUNT and by UNTIL, of which one is allowed: the earlier is taken");
    match (counted, until) {
        (Ok(counted), Ok(until)) => {
            let rule = if budget.reaches(&until, start, counted.parts().count)? { counted } else { until };
            Ok((rule, notes))
        }
        (Ok(rule), Err(_)) | (Err(_), Ok(rule)) => Ok((rule, notes)),
        (Err(error), Err(_)) => Err(error),
    }
}

impl Budget {
    /// Whether a rule makes so many dates before it ends.
    fn reaches(&mut self, rule: &Rule, start: Point, count: Option<u32>) -> Result<bool, Invalid> {
        let (count, begin) = (count.unwrap_or(u32::MAX), local(start));
        let mut made = 0;
        for _ in expand(rule.parts().clone(), begin, None).take(count as usize) {
            let Some(rest) = self.0.checked_sub(1) else {
                return Err(Invalid::new(
                    "the rules of this file end by COUNT and by UNTIL too often to tell which is earlier",
                ));
            };
            self.0 = rest;
            made += 1;
        }
        Ok(made >= count)
    }
}

/// Midnight for a day.
fn local(point: Point) -> DateTime {
    match point {
        Point::Minute(at) => at,
        day => day.first_day().to_datetime(Time::midnight()),
    }
}

fn is_zero(number: &str) -> bool {
    !number.is_empty() && number.bytes().all(|digit| digit == b'0')
}

fn without_numbers(days: &str) -> String {
    let mut bare: Vec<&str> = Vec::new();
    for day in days.split(',').map(|day| day.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-')))
    {
        if !bare.contains(&day) && bare.len() < 8 {
            bare.push(day);
        }
    }
    bare.join(",")
}

fn joined(parts: &[(String, String)], without: &str) -> String {
    let kept = parts.iter().filter(|(name, _)| name != without);
    kept.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(";")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_mended_where_it_is_plain_what_is_meant() {
        for (rule, mended, notes) in [
            ("FREQ=DAILY;COUNT=3", "FREQ=DAILY;COUNT=3", 0),
            ("FREQ=DAILY;UNTIL=20271205T140000;COUNT=30;INTERVAL=1", "FREQ=DAILY;UNTIL=20271205T130000Z;INTERVAL=1", 1),
            ("FREQ=DAILY;UNTIL=20271205T140000;COUNT=3", "FREQ=DAILY;COUNT=3", 1),
            ("FREQ=DAILY;UNTIL=20271205T140000;COUNT=2", "FREQ=DAILY;COUNT=2", 1),
            ("FREQ=DAILY;UNTIL=20271205;COUNT=999999", "FREQ=DAILY;UNTIL=20271205T225959Z", 1),
            ("FREQ=DAILY;UNTIL=never;COUNT=2", "FREQ=DAILY;COUNT=2", 1),
            ("FREQ=DAILY;INTERVAL=0", "FREQ=DAILY", 1),
            ("freq=daily; interval=00;", "FREQ=DAILY", 1),
            ("FREQ=WEEKLY;BYDAY=1MO,-1MO,2TH", "FREQ=WEEKLY;BYDAY=MO,TH", 1),
            ("FREQ=DAILY;BYDAY=+1FR", "FREQ=DAILY;BYDAY=FR", 1),
            ("FREQ=MONTHLY;BYDAY=1MO", "FREQ=MONTHLY;BYDAY=1MO", 0),
            ("FREQ=YEARLY;BYDAY=20MO", "FREQ=YEARLY;BYDAY=20MO", 0),
            ("FREQ=YEARLY;BYWEEKNO=20;BYDAY=1MO", "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", 1),
        ] {
            let start = "2027-12-03T14:00".parse().unwrap();
            let read = read(rule, start, &"Europe/Amsterdam".parse().unwrap(), &mut Budget::default());
            let (read, told) = read.unwrap_or_else(|error| panic!("{rule}: {error}"));
            assert_eq!((read.as_str(), told.len()), (mended, notes), "{rule}");
        }
        for rule in ["", "weekly", "FREQ=WEEKLY;BYDAY=1XX", "FREQ=DAILY;COUNT=0;UNTIL=never", "FREQ=DAILY;INTERVAL=-0"]
        {
            let start = "2027-12-03T14:00".parse().unwrap();
            assert!(read(rule, start, &Zone::utc(), &mut Budget::default()).is_err(), "{rule}");
        }
    }

    #[test]
    fn counting_has_an_end() {
        let rule = "FREQ=MINUTELY;COUNT=100000;UNTIL=29991231";
        let start = "2027-12-03T14:00".parse().unwrap();
        let mut budget = Budget::default();
        let read: Vec<_> = (0..20).map(|_| read(rule, start, &Zone::utc(), &mut budget).is_ok()).collect();
        assert_eq!(read.iter().filter(|is_read| **is_read).count(), 10);
    }
}
