//! What a TZID means (RFC 5545 section 3.2.19): a zone of the tz database wherever there is one for it.

use std::collections::HashMap;
use std::rc::Rc;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::definition::Definition;
use super::rules::{Hint, Rules};
use super::times::Clock;
use super::zone_names::{ALL, COMMON, Named, named, of_microsoft, of_offset};

/// What is known of a TZID in one calendar.
#[derive(Debug, Clone)]
enum Meaning {
    Zone(TimeZone),
    /// Offsets from UTC, and zones that are likely to have them.
    Rules(Rc<Rules>, Rc<[TimeZone]>),
    Unknown,
}

/// All that the TZIDs of a file mean.
pub struct Zones<'a> {
    definitions: HashMap<&'a str, Vec<&'a Definition>>,
    /// The calendar whose TZIDs are in `meanings`.
    calendar: usize,
    /// What that calendar says its times are to be shown in (X-WR-TIMEZONE).
    calendar_zone: Option<TimeZone>,
    meanings: HashMap<String, Meaning>,
    /// By the definition's text.
    rules: HashMap<&'a str, Option<Rc<Rules>>>,
    /// By seconds east of UTC, for names that say them.
    fixed: HashMap<i32, Rc<Rules>>,
    /// By the rules' address and the year, and whether it repeats.
    found: HashMap<(*const Rules, i16, bool), Option<Agreeing>>,
    /// What may still be spent on definitions and on looking for zones: a file made to need more than any honest one
    /// is read without.
    budget: u64,
    searches: u32,
}

impl<'a> Zones<'a> {
    pub fn new(definitions: impl IntoIterator<Item = &'a Definition>) -> Self {
        let mut by_name: HashMap<&str, Vec<&Definition>> = HashMap::new();
        for definition in definitions {
            by_name.entry(definition.tzid.as_str()).or_default().push(definition);
        }
        Self {
            definitions: by_name,
            calendar: usize::MAX,
            calendar_zone: None,
            meanings: HashMap::new(),
            rules: HashMap::new(),
            fixed: HashMap::new(),
            found: HashMap::new(),
            budget: 1_000_000,
            searches: 2_000,
        }
    }

    /// From here on, TZIDs are those of this calendar.
    pub fn enter(&mut self, calendar: usize, zone_name: Option<&str>) {
        (self.calendar, self.calendar_zone) = (calendar, None);
        self.meanings.clear();
        self.calendar_zone = zone_name.and_then(|name| match self.meaning(name).clone() {
            Meaning::Zone(zone) => Some(zone),
            Meaning::Rules(_, likely) => likely.first().cloned(),
            Meaning::Unknown => None,
        });
    }

    pub fn calendar_zone(&self) -> Option<&TimeZone> {
        self.calendar_zone.as_ref()
    }

    /// The clock that a TZID names, for an event at that time which may repeat later. The flag tells that nothing is
    /// known of it.
    pub fn clock(&mut self, tzid: &str, at: DateTime, repeats: bool) -> (Clock, bool) {
        let (rules, likely) = match self.meaning(tzid) {
            Meaning::Zone(zone) => return (Clock::Zone(zone.clone()), false),
            Meaning::Unknown => return (Clock::Floating, true),
            Meaning::Rules(rules, likely) => (Rc::clone(rules), Rc::clone(likely)),
        };
        // Who wrote the file says that it is this zone, so a definition that is wrong by a few hours may be forgiven.
        let stated = likely.iter().find(|zone| rules.resembles(zone, at.year())).cloned();
        let zone = stated.or_else(|| self.agreeing(&rules, at, repeats));
        (zone.map_or(Clock::Defined(rules), Clock::Zone), false)
    }

    fn meaning(&mut self, tzid: &str) -> &Meaning {
        if !self.meanings.contains_key(tzid) {
            let meaning = self.find_meaning(tzid);
            self.meanings.insert(tzid.to_owned(), meaning);
        }
        self.meanings.get(tzid).unwrap_or(&Meaning::Unknown)
    }

    fn find_meaning(&mut self, tzid: &str) -> Meaning {
        let name = named(tzid);
        if let Named::Zone(zone) = name {
            return Meaning::Zone(zone);
        }
        let defined = self.defined(tzid);
        match (defined, name) {
            (Some(rules), name) => {
                let hinted = rules.hints.iter().map(|hint| match hint {
                    Hint::Name(name) => named(name),
                    Hint::Microsoft(number) => of_microsoft(number),
                });
                let likely = std::iter::once(name).chain(hinted).filter_map(|name| match name {
                    Named::Zone(zone) | Named::Perhaps(zone) => Some(zone),
                    Named::Offset(_) | Named::Unknown => None,
                });
                let likely = likely.collect();
                Meaning::Rules(rules, likely)
            }
            (None, Named::Perhaps(zone) | Named::Zone(zone)) => Meaning::Zone(zone),
            (None, Named::Offset(seconds)) => match of_offset(seconds) {
                Some(zone) => Meaning::Zone(zone),
                None => {
                    let rules = self.fixed.entry(seconds).or_insert_with(|| Rc::new(Rules::fixed(seconds)));
                    Meaning::Rules(Rc::clone(rules), Rc::new([]))
                }
            },
            (None, Named::Unknown) => Meaning::Unknown,
        }
    }

    /// What a VTIMEZONE of this calendar says or, if there is none in it, one of another in the same file.
    fn defined(&mut self, tzid: &str) -> Option<Rc<Rules>> {
        let definitions = self.definitions.get(tzid)?;
        let own = definitions.partition_point(|definition| definition.calendar < self.calendar);
        let own = definitions.get(own).filter(|definition| definition.calendar == self.calendar);
        let definition = own.or_else(|| definitions.first())?;
        let budget = &mut self.budget;
        self.rules
            .entry(definition.text.as_str())
            .or_insert_with(|| Rules::read(&definition.text, budget).map(Rc::new))
            .clone()
    }

    /// A zone that has the same offsets: that of the calendar if it does, else one that many people live in. One that
    /// differs only about the switches is taken too, unless that makes a difference to a time that is told once.
    fn agreeing(&mut self, rules: &Rc<Rules>, at: DateTime, repeats: bool) -> Option<TimeZone> {
        let year = at.year();
        let key = (Rc::as_ptr(rules), year, repeats);
        let agrees = |zone: &TimeZone, likeness| match likeness {
            Likeness::Years => repeats && rules.equals(zone, year, year.saturating_add(3)),
            Likeness::Year => rules.equals(zone, year, year),
            Likeness::Seasons => rules.resembles(zone, year) && rules.resembles(zone, year.saturating_add(1)),
        };
        let own = self.calendar_zone.as_ref().filter(|zone| agrees(zone, Likeness::Year));
        let found = match (own, self.found.get(&key)) {
            (Some(own), _) => Some((own.clone(), true)),
            (None, Some(found)) => found.clone(),
            (None, None) => {
                self.searches = self.searches.checked_sub(1)?;
                let best = [Likeness::Years, Likeness::Year, Likeness::Seasons].into_iter().find_map(|likeness| {
                    let zone = COMMON.iter().chain(ALL.iter()).find(|zone| agrees(zone, likeness))?;
                    Some((zone.clone(), likeness != Likeness::Seasons))
                });
                self.found.insert(key, best.clone());
                best
            }
        };
        let is_same = |zone: &TimeZone| zone.to_timestamp(at).ok() == rules.instant(at);
        found.filter(|(zone, is_exact)| *is_exact || repeats || is_same(zone)).map(|(zone, _)| zone)
    }
}

/// A zone that agrees with a definition, and whether always.
type Agreeing = (TimeZone, bool);

/// How much alike a zone and a definition are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Likeness {
    /// Always, in the year of an event and those after.
    Years,
    /// Always, in that year.
    Year,
    /// In winter and summer. Some programs define switches an hour off, or only those of a few years.
    Seasons,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A definition with its zone's name and its parts, as `from to DTSTART rule` for each.
    fn definition(calendar: usize, tzid: &str, hint: &str, parts: &[&str]) -> Definition {
        let mut text = format!("BEGIN:VTIMEZONE\r\n{hint}\r\n");
        for part in parts {
            let [from, to, start, rule] = part.split(' ').collect::<Vec<_>>().try_into().unwrap();
            text += &format!("BEGIN:STANDARD\r\nDTSTART:{start}\r\nTZOFFSETFROM:{from}\r\nTZOFFSETTO:{to}\r\n");
            text += &format!("RRULE:FREQ=YEARLY;{rule}\r\nEND:STANDARD\r\n");
        }
        Definition { calendar, tzid: tzid.to_owned(), text: text + "END:VTIMEZONE\r\n" }
    }

    const CENTRAL: [&str; 2] =
        ["+0200 +0100 16010101T030000 BYMONTH=10;BYDAY=-1SU", "+0100 +0200 16010101T020000 BYMONTH=3;BYDAY=-1SU"];
    /// An hour off, as Lotus Notes has it.
    const SLOPPY: [&str; 2] =
        ["+0200 +0100 19501029T020000 BYMONTH=10;BYDAY=-1SU", "+0100 +0200 19500326T020000 BYMONTH=3;BYDAY=-1SU"];
    /// Of no place.
    const STRANGE: [&str; 2] =
        ["+0217 +0117 16010101T030000 BYMONTH=10;BYDAY=-1SU", "+0117 +0217 16010101T020000 BYMONTH=3;BYDAY=-1SU"];

    #[test]
    fn a_tzid_means_a_zone_if_there_is_one_for_it() {
        let definitions = [
            definition(0, "Custom", "", &CENTRAL),
            definition(0, "Hinted", "X-LIC-LOCATION:Europe/Vienna", &CENTRAL),
            definition(0, "Misled", "X-LIC-LOCATION:Asia/Tokyo", &CENTRAL),
            definition(0, "Asia/Tokyo", "", &CENTRAL),
            definition(0, "asia/tokyo", "", &CENTRAL),
            definition(0, "EST", "", &CENTRAL),
            definition(0, "Sloppy", "", &SLOPPY),
            definition(0, "Strange", "", &STRANGE),
            definition(0, "India", "", &["+0530 +0530 16010101T000000 UNTIL=16020101"]),
            definition(0, "Broken", "", &["+0530 +0530 16010101T000000 BYEASTER=1;BYYEARDAY=1"]),
            definition(1, "Custom", "", &["+0800 +0800 16010101T000000 UNTIL=16020101"]),
        ];
        let mut zones = Zones::new(&definitions);
        for (calendar, shown_in, tzid, at, repeats, meant) in [
            (0, "", "Custom", "2020-06-01T12:00", false, "Europe/Berlin"),
            (1, "", "Custom", "2020-06-01T12:00", false, "Asia/Shanghai"),
            (2, "", "Custom", "2020-06-01T12:00", false, "Europe/Berlin"),
            (0, "Europe/Paris", "Custom", "2020-06-01T12:00", false, "Europe/Paris"),
            (0, "Europe/London", "Custom", "2020-06-01T12:00", false, "Europe/Berlin"),
            (0, "", "Hinted", "2020-06-01T12:00", false, "Europe/Vienna"),
            (0, "", "Misled", "2020-06-01T12:00", false, "Europe/Berlin"),
            (0, "", "Asia/Tokyo", "2020-06-01T12:00", false, "Asia/Tokyo"),
            (0, "", "asia/tokyo", "2020-06-01T12:00", false, "Europe/Berlin"),
            (2, "", "america/chicago", "2020-06-01T12:00", false, "America/Chicago"),
            (0, "", "EST", "2020-06-01T12:00", false, "Europe/Berlin"),
            (0, "", "MST", "2020-06-01T12:00", false, "MST"),
            (0, "", "Sloppy", "2020-06-01T12:00", false, "Europe/Berlin"),
            (0, "", "Sloppy", "2020-10-25T02:30", true, "Europe/Berlin"),
            (0, "", "Sloppy", "2020-10-25T02:30", false, "2020-10-25T01:30:00Z"),
            (0, "", "Strange", "2020-06-01T12:00", true, "2020-06-01T09:43:00Z"),
            (0, "", "India", "2020-06-01T12:00", true, "Asia/Kolkata"),
            (0, "", "Broken", "2020-06-01T12:00", true, "unknown"),
            (0, "", "Nowhere", "2020-06-01T12:00", true, "unknown"),
            (0, "", "GMT+0100", "2020-06-01T12:00", true, "Etc/GMT-1"),
            (0, "", "UTC+05:30", "2020-06-01T12:00", true, "Asia/Kolkata"),
            (0, "", "UTC+01:17", "2020-06-01T12:00", true, "2020-06-01T10:43:00Z"),
        ] {
            zones.enter(calendar, Some(shown_in));
            let at: DateTime = at.parse().unwrap();
            let found = match zones.clock(tzid, at, repeats) {
                (Clock::Zone(zone), false) => zone.iana_name().unwrap().to_owned(),
                (clock @ Clock::Defined(_), false) => clock.instant(at).unwrap().to_string(),
                (Clock::Floating, true) => "unknown".to_owned(),
                other => panic!("{tzid}: {other:?}"),
            };
            assert_eq!(found, meant, "{tzid} {at}");
        }
    }

    #[test]
    fn a_calendar_is_shown_in_a_zone() {
        let definitions = [definition(0, "Custom", "X-LIC-LOCATION:Europe/Vienna", &CENTRAL)];
        let mut zones = Zones::new(&definitions);
        for (name, zone) in [
            (Some("Europe/Berlin"), Some("Europe/Berlin")),
            (Some("Custom"), Some("Europe/Vienna")),
            (Some("Nowhere"), None),
            (None, None),
        ] {
            zones.enter(0, name);
            assert_eq!(zones.calendar_zone().and_then(TimeZone::iana_name), zone);
        }
    }
}
