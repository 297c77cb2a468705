//! Time zones by their IANA names.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;
use std::sync::LazyLock;

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone, TimeZoneDatabase};
use jiff::{Timestamp, ZonedDateTime};

use super::meant::{asked, meant};
use super::{Invalid, serde_as_text, text};

/// The copy of the tz database inside the binary, so that every machine computes the same calendar.
static DATABASE: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// A time zone that has an IANA name, such as `Asia/Shanghai` or `UTC`.
#[derive(Clone)]
pub struct Zone(TimeZone);

impl Zone {
    pub fn utc() -> Self {
        Self(TimeZone::UTC)
    }

    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// Those a person may live in, by name: the areas of the tz database and UTC, without its names for mere offsets.
    pub fn names() -> Vec<String> {
        let areas = [
            "Africa",
            "America",
            "Antarctica",
            "Arctic",
            "Asia",
            "Atlantic",
            "Australia",
            "Europe",
            "Indian",
            "Pacific",
        ];
        let is_place = |name: &String| name.split_once('/').is_some_and(|(area, _)| areas.contains(&area));
        let mut names: Vec<String> = DATABASE.available().map(|name| name.to_string()).filter(is_place).collect();
        names.sort();
        names.push("UTC".into());
        names
    }

    /// What people call it in a sentence: the city that names it, `Shanghai`. An offset is told as one, since its name
    /// has the sign turned round: `UTC-5` for `Etc/GMT+5`.
    pub fn city(&self) -> String {
        match self.name().rsplit_once('/') {
            Some(("Etc", _)) => said_offset(self.0.to_offset(Timestamp::UNIX_EPOCH)),
            Some((_, city)) => city.replace('_', " "),
            None => self.name().to_owned(),
        }
    }

    pub fn time_zone(&self) -> &TimeZone {
        &self.0
    }

    /// The instant a wall clock here shows `local`. In a gap it is the time moved on by the gap's length,
    /// in an overlap the first of the two, as RFC 5545 section 3.3.5 has it.
    pub fn instant(&self, local: DateTime) -> Timestamp {
        self.0.to_ambiguous_zoned_datetime(local).compatible().map_or(
            // Only at the very ends of the calendar, which `When` does not reach.
            Timestamp::MAX,
            |zoned| zoned.timestamp(),
        )
    }

    /// What a calendar and clock here show at `instant`.
    pub fn at(&self, instant: Timestamp) -> ZonedDateTime {
        instant.to_zoned_datetime(self.0.clone())
    }
}

/// `UTC`, `UTC+8`, `UTC-3:30`.
pub fn said_offset(offset: Offset) -> String {
    let minutes = offset.seconds() / 60;
    let sign = if minutes < 0 { '-' } else { '+' };
    match (minutes.abs() / 60, minutes.abs() % 60) {
        (0, 0) => "UTC".to_owned(),
        (hours, 0) => format!("UTC{sign}{hours}"),
        (hours, minutes) => format!("UTC{sign}{hours}:{minutes:02}"),
    }
}

/// Names those that are nearly called so, or whose city is: `Shangai` for `Asia/Shanghai`.
fn meant_aside(name: &str) -> String {
    let known: Vec<String> = DATABASE.available().map(|zone| zone.to_string()).collect();
    let known = || known.iter().map(String::as_str);
    let mut nearest = meant(name, known());
    if nearest.is_empty() && !name.contains('/') {
        let city = |zone: &'_ str| zone.rsplit_once('/').map_or("", |(_, city)| city).to_owned();
        let cities: Vec<String> = known().map(city).collect();
        let cities = meant(name, cities.iter().map(String::as_str));
        nearest = known().filter(|zone| cities.contains(&city(zone).as_str())).take(cities.len().max(1)).collect();
    }
    asked(&nearest).map_or(String::new(), |question| format!(" ({question})"))
}

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Zone {}

impl Hash for Zone {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name().hash(state);
    }
}

impl FromStr for Zone {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let name = text.trim();
        if name.eq_ignore_ascii_case("utc") || name == "Z" {
            return Ok(Self::utc());
        }
        DATABASE.get(name).map(Self).map_err(|_| {
            let (meant, name) = (meant_aside(name), text::quoted(name));
            Invalid(format!(
                "`{name}` is not a known time zone{meant}: use an IANA name such as Asia/Shanghai, Europe/Brussels or UTC"
            ))
        })
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Zone({})", self.name())
    }
}

serde_as_text!(Zone);

#[cfg(test)]
mod tests {
    use super::super::meant::slips;
    use super::*;

    #[test]
    fn a_slip_in_a_name_is_told_with_the_name_that_was_meant() {
        let known: Vec<String> = DATABASE.available().map(|zone| zone.to_string()).collect();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        // Of every seventh the first slips that are clear, of all kinds since they are by the alphabet.
        for zone in known.iter().step_by(7) {
            for slip in slips::clear(zone, &known).take(3) {
                let said = slip.parse::<Zone>().unwrap_err();
                assert!(said.0.contains(&format!("`{zone}`")), "{slip} for {zone}: {said}");
            }
        }
    }

    #[test]
    fn a_city_alone_leads_to_its_zone_and_what_is_far_from_all_to_none() {
        for (given, part) in [
            ("shanghai", "(did you mean `Asia/Shanghai`?): use an IANA name"),
            ("Brusels", "(did you mean `Europe/Brussels`?)"),
            ("Mars/Olympus", "`Mars/Olympus` is not a known time zone: use"),
        ] {
            let said = given.parse::<Zone>().unwrap_err();
            assert!(said.0.contains(part), "{given}: {said}");
        }
        let said = "Asia/".repeat(1000).parse::<Zone>().unwrap_err();
        assert!(!said.0.contains("did you mean") && said.0.len() < 300, "{said}");
    }
}
