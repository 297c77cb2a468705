//! What a VTIMEZONE defines (RFC 5545 section 3.6.5): from when on clocks are how far from UTC.
//!
//! calcard reads it but never reckons with it, so that is done here, for rules of one switch or a few in a year.

use calcard::icalendar::{ICalendarComponentType, ICalendarProperty, ICalendarValue};
use calcard::{Entry, Parser};
use jiff::Timestamp;
use jiff::civil::{DateTime, date};
use jiff::tz::{Offset, TimeZone};

use super::observance::{Observance, Switch, shifted};

#[derive(Debug)]
pub struct Rules {
    /// In order, and never empty.
    switches: Vec<Switch>,
    /// What the definition says of itself besides: X-LIC-LOCATION, TZURL, a number of Microsoft's.
    pub hints: Vec<Hint>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hint {
    Name(String),
    Microsoft(String),
}

impl Rules {
    /// Reads one VTIMEZONE. None if it can't be told what it means. Each takes what it costs out of `budget`.
    pub fn read(text: &str, budget: &mut u64) -> Option<Self> {
        let Entry::ICalendar(calendar) = Parser::new(text).entry() else { return None };
        let mut hints = Vec::new();
        let mut switches = Vec::new();
        for component in &calendar.components {
            if component.component_type == ICalendarComponentType::VTimezone {
                hints.extend(component.entries.iter().filter_map(|entry| hint(&entry.name, text_of(&entry.values)?)));
            } else {
                Observance::read(component)?.switches(&mut switches, budget)?;
            }
        }
        switches.sort_unstable();
        (!switches.is_empty()).then_some(Self { switches, hints })
    }

    /// Clocks that are always `seconds` east of UTC.
    pub fn fixed(seconds: i32) -> Self {
        let switch = Switch { utc: date(1900, 1, 1).at(0, 0, 0, 0), from: seconds, to: seconds };
        Self { switches: vec![switch], hints: Vec::new() }
    }

    /// The instant at which clocks show `local`. In a gap it is reckoned with the offset before the gap, and of two
    /// such instants it is the first (section 3.3.5).
    pub fn instant(&self, local: DateTime) -> Option<Timestamp> {
        let is_past =
            |switch: &Switch| shifted(switch.utc, switch.from.max(switch.to)).is_some_and(|switched| switched <= local);
        let offset = self.offset_after(self.switches.partition_point(is_past))?;
        Offset::from_seconds(offset).ok()?.to_timestamp(local).ok()
    }

    /// Seconds east of UTC after so many switches.
    fn offset_after(&self, passed: usize) -> Option<i32> {
        match passed.checked_sub(1) {
            Some(last) => self.switches.get(last).map(|switch| switch.to),
            None => self.switches.first().map(|switch| switch.from),
        }
    }

    fn offset_at(&self, utc: DateTime) -> Option<i32> {
        self.offset_after(self.switches.partition_point(|switch| switch.utc <= utc))
    }

    /// Whether clocks in `zone` show the same in the midst of that year's winter and summer.
    pub fn resembles(&self, zone: &TimeZone, year: i16) -> bool {
        [1, 7].into_iter().all(|month| {
            let utc = date(year, month, 15).at(12, 0, 0, 0);
            Offset::UTC.to_timestamp(utc).is_ok_and(|at| self.offset_at(utc) == Some(zone.to_offset(at).seconds()))
        })
    }

    /// Whether clocks in `zone` always show the same in those years.
    pub fn equals(&self, zone: &TimeZone, first_year: i16, last_year: i16) -> bool {
        let begin = date(first_year, 1, 1).at(0, 0, 0, 0);
        let end = date(last_year, 12, 31).at(23, 59, 59, 0);
        let Ok(at) = Offset::UTC.to_timestamp(begin) else { return false };
        let at_first = zone.to_offset(at).seconds();
        if self.offset_at(begin) != Some(at_first) || !self.resembles(zone, first_year) {
            return false;
        }
        let passed = self.switches.partition_point(|switch| switch.utc <= begin);
        let here = self.switches.iter().skip(passed).map(|switch| (switch.utc, switch.to));
        let there =
            zone.following(at).map(|change| (Offset::UTC.to_datetime(change.timestamp()), change.offset().seconds()));
        changes(at_first, end, here).eq(changes(at_first, end, there))
    }
}

/// Those of `switches` until `end` that change the offset.
fn changes(
    mut offset: i32,
    end: DateTime,
    switches: impl Iterator<Item = (DateTime, i32)>,
) -> impl Iterator<Item = (DateTime, i32)> {
    switches.take_while(move |(utc, _)| *utc <= end).filter(move |(_, to)| std::mem::replace(&mut offset, *to) != *to)
}

fn text_of(values: &[ICalendarValue]) -> Option<&str> {
    values.first().and_then(ICalendarValue::as_text)
}

fn hint(name: &ICalendarProperty, value: &str) -> Option<Hint> {
    match name {
        ICalendarProperty::Tzurl => Some(Hint::Name(value.to_owned())),
        ICalendarProperty::Other(name) if name.eq_ignore_ascii_case("X-LIC-LOCATION") => {
            Some(Hint::Name(value.to_owned()))
        }
        ICalendarProperty::Other(name) if name.eq_ignore_ascii_case("X-MICROSOFT-CDO-TZID") => {
            Some(Hint::Microsoft(value.to_owned()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A definition with the switches given as `to standard` or `to daylight`.
    fn rules(standard: &str, daylight: &str) -> Option<Rules> {
        let part = |name: &str, text: &str| {
            let lines = text.replace(' ', "\r\n").replace("FROM:", "TZOFFSETFROM:").replace("TO:", "TZOFFSETTO:");
            if text.is_empty() { String::new() } else { format!("BEGIN:{name}\r\n{lines}\r\nEND:{name}\r\n") }
        };
        let (standard, daylight) = (part("STANDARD", standard), part("DAYLIGHT", daylight));
        Rules::read(&format!("BEGIN:VTIMEZONE\r\n{standard}{daylight}END:VTIMEZONE\r\n"), &mut 10_000)
    }

    const WINTER: &str = "DTSTART:16010101T030000 FROM:+0200 TO:+0100 RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10";
    const SUMMER: &str = "DTSTART:16010101T020000 FROM:+0100 TO:+0200 RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3";

    #[test]
    fn times_become_instants() {
        let central = rules(WINTER, SUMMER).unwrap();
        for (local, utc) in [
            ("2020-01-15T12:00", "2020-01-15T11:00:00Z"),
            ("2020-07-15T12:00", "2020-07-15T10:00:00Z"),
            ("2020-03-29T01:59", "2020-03-29T00:59:00Z"),
            ("2020-03-29T02:30", "2020-03-29T01:30:00Z"),
            ("2020-03-29T03:00", "2020-03-29T01:00:00Z"),
            ("2020-10-25T02:30", "2020-10-25T00:30:00Z"),
            ("2020-10-25T03:00", "2020-10-25T02:00:00Z"),
            ("1500-01-01T00:00", "1499-12-31T23:00:00Z"),
            ("2500-01-01T00:00", "2499-12-31T23:00:00Z"),
        ] {
            let instant = central.instant(local.parse().unwrap()).unwrap();
            assert_eq!(instant.to_string(), utc, "{local}");
        }
    }

    #[test]
    fn rules_are_told_from_others() {
        let us_winter = "DTSTART:20071104T020000 FROM:-0400 TO:-0500 RRULE:FREQ=YEARLY;BYMONTHDAY=1,2,3,4,5,6,7;BYDAY=SU;BYMONTH=11";
        let us_summer = "DTSTART:20070311T020000 FROM:-0500 TO:-0400 RRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3";
        let until = |rule: &str| format!("{rule};UNTIL=20101231T000000Z");
        let counted = |rule: &str| {
            format!(
                "{};INTERVAL=2;COUNT=3",
                rule.replace("16010101T03", "20041031T03").replace("16010101T02", "20040328T02")
            )
        };
        let ended = "DTSTART:19700101T000000 FROM:+0300 TO:+0200 RRULE:FREQ=YEARLY;UNTIL=19800101T000000Z";
        for (standard, daylight, zone, year, equals) in [
            (WINTER, SUMMER, "Europe/Berlin", 2020, true),
            (WINTER, SUMMER, "Europe/Athens", 2020, false),
            (WINTER, SUMMER, "Africa/Lagos", 2020, false),
            (WINTER, SUMMER, "Europe/Berlin", 1990, false),
            (us_winter, us_summer, "America/New_York", 2020, true),
            (us_winter, us_summer, "America/Havana", 2020, false),
            ("DTSTART:19700101T000000 TO:+05:30", "", "Asia/Kolkata", 2020, false),
            ("DTSTART:19700101T000000 TO:+0530", "", "Asia/Kolkata", 2020, true),
            (
                "DTSTART:19700101T000000 FROM:+0000 TO:+0200 RDATE:19750101T000000,19760101T000000",
                "",
                "Africa/Maputo",
                2020,
                true,
            ),
            (ended, "", "Africa/Maputo", 2020, true),
            (&until(WINTER), &until(SUMMER), "Europe/Berlin", 2009, true),
            (&until(WINTER), &until(SUMMER), "Africa/Lagos", 2020, true),
            (&counted(WINTER), &counted(SUMMER), "Europe/Berlin", 2004, true),
            (&counted(WINTER), &counted(SUMMER), "Africa/Lagos", 2005, true),
            (&counted(WINTER), &counted(SUMMER), "Europe/Berlin", 2008, true),
            (&counted(WINTER), &counted(SUMMER), "Africa/Lagos", 2010, true),
        ] {
            let zone = TimeZone::get(zone).unwrap();
            let found = rules(standard, daylight).unwrap().equals(&zone, year, year);
            assert_eq!(found, equals, "{standard} {zone:?} {year}");
        }
    }

    #[test]
    fn what_can_not_be_reckoned_with_is_no_rule() {
        for standard in [
            "",
            "DTSTART:19700101T000000",
            "TO:+0100",
            "DTSTART:19700101T000000 TO:+0100 RRULE:FREQ=DAILY",
            "DTSTART:19700101T000000 TO:+0100 RRULE:FREQ=YEARLY;BYYEARDAY=1",
            "DTSTART:19700101T000000 TO:+0100 RRULE:often",
            "DTSTART:19700101T000000 TO:+0100 RRULE:FREQ=YEARLY;BYMONTH=1,2,3,4,5,6,7,8,9,10,11,12;BYDAY=SU,MO",
            "DTSTART:19700101T000000 TO:+0100 RRULE:FREQ=YEARLY;BYMONTH=99",
        ] {
            assert!(rules(standard, "").is_none(), "{standard}");
        }
        assert!(Rules::read("BEGIN:VTIMEZONE\r\nEND:VTIMEZONE\r\n", &mut 0).is_none());
        let text = format!(
            "BEGIN:VTIMEZONE\r\nBEGIN:STANDARD\r\n{}\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n",
            WINTER.replace(' ', "\r\n")
        );
        assert!(Rules::read(&text.replace("TO:", "TZOFFSETTO:"), &mut 10).is_none());
    }

    #[test]
    fn a_definition_may_hint_at_its_zone() {
        let text = "BEGIN:VTIMEZONE\r\nTZID:x\r\nX-LIC-LOCATION:Europe/Rome\r\nX-MICROSOFT-CDO-TZID:4\r\nTZURL:http://tzurl.org/Europe/Paris\r\n\
             BEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n";
        let hints = Rules::read(text, &mut 10).unwrap().hints;
        let name = |name: &str| Hint::Name(name.to_owned());
        assert_eq!(hints, [name("Europe/Rome"), Hint::Microsoft("4".into()), name("http://tzurl.org/Europe/Paris")]);
    }
}
