//! Names of time zones as other programs write them.

use std::collections::HashMap;
use std::str::FromStr;
use std::sync::LazyLock;

use calcard::common::timezone::Tz;
use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::{Offset, TimeZone, TimeZoneDatabase};

use super::moment;

/// The copy of the tz database inside the binary, so that every machine reads the same times.
static DATABASE: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// Every zone once, under its main name.
pub static ALL: LazyLock<Vec<TimeZone>> = LazyLock::new(|| {
    let zones = DATABASE.available().filter_map(|name| DATABASE.get(name.as_str()).ok());
    zones.filter(TimeZone::is_primary).collect()
});

/// The zones people live in, those of more people before others of the same offsets.
pub static COMMON: LazyLock<Vec<TimeZone>> = LazyLock::new(|| COMMON_NAMES.into_iter().filter_map(iana).collect());

const COMMON_NAMES: [&str; 43] = [
    "UTC",
    "Europe/London",
    "Europe/Berlin",
    "Europe/Athens",
    "Europe/Istanbul",
    "Europe/Moscow",
    "Asia/Shanghai",
    "Asia/Kolkata",
    "Asia/Tokyo",
    "Asia/Bangkok",
    "Asia/Dubai",
    "Asia/Karachi",
    "Asia/Dhaka",
    "Asia/Kathmandu",
    "Asia/Yangon",
    "Asia/Kabul",
    "Asia/Tehran",
    "Asia/Jerusalem",
    "Asia/Beirut",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Phoenix",
    "America/Anchorage",
    "America/Halifax",
    "America/St_Johns",
    "America/Mexico_City",
    "America/Bogota",
    "America/Caracas",
    "America/Sao_Paulo",
    "America/Argentina/Buenos_Aires",
    "America/Santiago",
    "Pacific/Honolulu",
    "Africa/Lagos",
    "Africa/Johannesburg",
    "Africa/Nairobi",
    "Africa/Cairo",
    "Australia/Sydney",
    "Australia/Brisbane",
    "Australia/Adelaide",
    "Australia/Darwin",
    "Pacific/Auckland",
];

/// The last parts of zones' names, in lower case: most are cities.
static CITIES: LazyLock<HashMap<String, Vec<TimeZone>>> = LazyLock::new(|| {
    let mut cities: HashMap<String, Vec<TimeZone>> = HashMap::new();
    for name in DATABASE.available() {
        if let (Some((_, city)), Some(zone)) = (name.as_str().rsplit_once('/'), iana(name.as_str())) {
            cities.entry(city.to_ascii_lowercase()).or_default().push(zone);
        }
    }
    cities
});

/// What a name alone tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    Zone(TimeZone),
    /// Such as `EST`, which means one thing to the tz database and may mean another to who wrote it. If the file tells
    /// what it is, that counts.
    Perhaps(TimeZone),
    /// Seconds east of UTC.
    Offset(i32),
    Unknown,
}

/// A longer text is no name.
const LONGEST: usize = 200;

pub fn named(text: &str) -> Named {
    let text = text.trim().trim_matches('"').trim();
    if text.len() > LONGEST {
        return Named::Unknown;
    }
    // `America_New_York`, `US-Eastern`
    let replaced = || text.contains(['_', '-']).then(|| iana(&text.replacen(['_', '-'], "/", 1))).flatten();
    if let Some(zone) = iana(text).or_else(replaced) {
        let is_exact = zone == TimeZone::UTC || text.contains('/') && zone.iana_name() == Some(text);
        return if is_exact { Named::Zone(zone) } else { Named::Perhaps(zone) };
    }
    // `/mozilla.org/20050126_1/Europe/Berlin`, `tzone://Microsoft/Utc`
    let tails = text.match_indices('/').filter_map(|(at, _)| text.get(at + 1..));
    if let Some(zone) = tails.filter(|tail| tail.matches('/').count() < 3).find_map(iana) {
        return Named::Zone(zone);
    }
    let (offset, name) = offset_before(text);
    // `Pacific Time (US & Canada), Tijuana`
    let first = || name.split([',', ';']).next().filter(|first| first.len() < name.len()).and_then(windows);
    if let Some(zone) = windows(name).or_else(first) {
        let is_full = offset.is_some() || name.ends_with("Standard Time");
        return if is_full { Named::Zone(zone) } else { Named::Perhaps(zone) };
    }
    match offset {
        Some(offset) => city(name, Some(offset)).map_or(Named::Offset(offset), Named::Zone),
        // `Amsterdam, Belgrade, Berlin`
        None if name.contains(',') => city(name, None).map_or(Named::Unknown, Named::Perhaps),
        None => Named::Unknown,
    }
}

/// A zone by its IANA name, in any case, and also with spaces for underscores.
fn iana(name: &str) -> Option<TimeZone> {
    let found = DATABASE.get(name).or_else(|error| match name.contains(' ') {
        true => DATABASE.get(&name.replace(' ', "_")),
        false => Err(error),
    });
    found.ok().filter(|zone| zone.iana_name().is_some()).map(|zone| match zone.primary_iana_name() {
        Some("UTC") => TimeZone::UTC,
        _ => zone,
    })
}

/// A zone of a fixed offset that has an IANA name; those are of whole hours.
pub fn of_offset(seconds: i32) -> Option<TimeZone> {
    // These names count westwards, as POSIX does.
    let hours = (seconds % 3600 == 0).then_some(-seconds / 3600)?;
    if hours == 0 { Some(TimeZone::UTC) } else { iana(&format!("Etc/GMT{hours:+}")) }
}

/// The zone for a name that Windows or Outlook uses.
fn windows(name: &str) -> Option<TimeZone> {
    // Where calcard's table is not what Unicode's windowsZones has.
    const CORRECTED: [(&str, &str); 5] = [
        ("Central Asia Standard Time", "Asia/Bishkek"),
        ("Mountain Standard Time (Mexico)", "America/Mazatlan"),
        ("South Sudan Standard Time", "Africa/Juba"),
        ("Saskatchewan", "America/Regina"),
        // Of Lotus Notes.
        ("Western/Central Europe", "Europe/Berlin"),
    ];
    // Outlook numbers the zones of a file: `W. Europe Standard Time 1`.
    let name = name.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end();
    if name.is_empty() {
        return None;
    }
    if let Some((_, zone)) = CORRECTED.iter().find(|(known, _)| name.eq_ignore_ascii_case(known)) {
        return iana(zone);
    }
    let standard = name.strip_suffix(" Daylight Time").or_else(|| name.strip_suffix(" Summer Time")).unwrap_or(name);
    // The full name first: calcard means something else by `Dateline` than by `Dateline Standard Time`.
    let zone = Tz::from_str(&format!("{standard} Standard Time")).or_else(|()| Tz::from_str(name)).ok()?;
    let zone = iana(&zone.name()?)?;
    zone.primary_iana_name().and_then(iana).or(Some(zone))
}

/// The zone for one of the numbers that Exchange gives to zones (X-MICROSOFT-CDO-TZID).
pub fn of_microsoft(number: &str) -> Named {
    let zone = Tz::from_ms_cdo_zone_id(number.trim()).and_then(|zone| iana(&zone.name()?));
    zone.map_or(Named::Unknown, Named::Perhaps)
}

/// `(UTC+01:00) Amsterdam, Berlin` is an offset and a name; `GMT+0100`, `UTC+8` and `+08:00` are an offset only.
fn offset_before(text: &str) -> (Option<i32>, &str) {
    let (inside, name) = match text.strip_prefix('(').and_then(|text| text.split_once(')')) {
        Some((inside, name)) => (inside, name.trim()),
        None => (text, ""),
    };
    let has_prefix = |prefix: &str| inside.get(..3).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    let rest = if has_prefix("UTC") || has_prefix("GMT") { inside.get(3..).unwrap_or_default() } else { inside };
    match (rest.trim(), rest.len() < inside.len()) {
        ("", true) => (Some(0), name),
        (rest, _) => match moment::offset(rest) {
            Some(offset) => (Some(offset), name),
            None => (None, text),
        },
    }
}

/// A zone with a city of that name, and with that offset when no clocks are put forward.
fn city(name: &str, offset: Option<i32>) -> Option<TimeZone> {
    let has_offset = |zone: &&TimeZone| {
        let offset_in = |month| {
            let at = Offset::UTC.to_timestamp(date(2020, month, 15).at(12, 0, 0, 0)).unwrap_or(Timestamp::UNIX_EPOCH);
            zone.to_offset(at).seconds()
        };
        [1, 7].into_iter().map(offset_in).min() == offset || offset.is_none()
    };
    let names = name.split([',', ';']).map(|city| city.trim().replace(' ', "_").to_ascii_lowercase());
    let zone = names.filter_map(|city| CITIES.get(&city)).find_map(|zones| zones.iter().find(has_offset))?;
    zone.primary_iana_name().and_then(iana)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_mean_zones() {
        for (text, meant) in [
            ("Europe/Berlin", "zone Europe/Berlin"),
            (" europe/BERLIN ", "perhaps Europe/Berlin"),
            ("\"Asia/Shanghai\"", "zone Asia/Shanghai"),
            ("America/New York", "perhaps America/New_York"),
            ("America_New_York", "perhaps America/New_York"),
            ("US-Eastern", "perhaps US/Eastern"),
            ("Pacific Time (US & Canada), Tijuana", "perhaps America/Los_Angeles"),
            ("Amsterdam, Belgrade, Berlin", "perhaps Europe/Amsterdam"),
            ("Amsterdam", "unknown"),
            ("Western/Central Europe", "perhaps Europe/Berlin"),
            ("/freeassociation.sourceforge.net/Tzfile/Europe/Berlin", "zone Europe/Berlin"),
            ("/mozilla.org/20050126_1/America/Argentina/Ushuaia", "zone America/Argentina/Ushuaia"),
            ("/freeassociation.sourceforge.net/Tzfile/SystemV/EST5EDT", "zone EST5EDT"),
            ("http://tzurl.org/zoneinfo/Europe/Paris", "zone Europe/Paris"),
            ("tzone://Microsoft/Utc", "zone UTC"),
            ("UTC", "zone UTC"),
            ("Etc/GMT", "zone UTC"),
            ("EST", "perhaps EST"),
            ("China Standard Time", "zone Asia/Shanghai"),
            ("W. Europe Standard Time", "zone Europe/Berlin"),
            ("W. Europe Standard Time 1", "perhaps Europe/Berlin"),
            ("W. Europe Daylight Time", "perhaps Europe/Berlin"),
            ("India Standard Time", "zone Asia/Kolkata"),
            ("Central Asia Standard Time", "zone Asia/Bishkek"),
            ("Eastern", "perhaps America/New_York"),
            ("Dateline", "perhaps Etc/GMT+12"),
            ("(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "zone Europe/Berlin"),
            ("(UTC+08:00) Beijing, Chongqing, Hong Kong, Urumqi", "zone Asia/Shanghai"),
            ("(UTC+02:00) Athens, Bucharest", "zone Europe/Athens"),
            ("(UTC+03:00) Minsk", "zone Europe/Minsk"),
            ("(GMT-05:00)", "offset -18000"),
            ("(UTC+05:30) Nowhere", "offset 19800"),
            ("(UTC) Coordinated Universal Time", "offset 0"),
            ("GMT+0100", "offset 3600"),
            ("UTC+8", "offset 28800"),
            ("UTC +08:00", "offset 28800"),
            ("+08:00", "offset 28800"),
            ("GMT0", "zone UTC"),
            ("tzone://Microsoft/Custom", "unknown"),
            ("Customized Time Zone", "unknown"),
            ("1", "unknown"),
            ("", "unknown"),
            ("Etc/Unknown", "unknown"),
        ] {
            let found = match named(text) {
                Named::Zone(zone) => format!("zone {}", zone.iana_name().unwrap()),
                Named::Perhaps(zone) => format!("perhaps {}", zone.iana_name().unwrap()),
                Named::Offset(seconds) => format!("offset {seconds}"),
                Named::Unknown => "unknown".to_owned(),
            };
            assert_eq!(found, meant, "{text}");
        }
        assert_eq!(named(&"x/".repeat(1000)), Named::Unknown);
    }

    #[test]
    fn offsets_of_whole_hours_are_zones() {
        assert_eq!(of_offset(28_800).unwrap().iana_name(), Some("Etc/GMT-8"));
        assert_eq!(of_offset(-18_000).unwrap().iana_name(), Some("Etc/GMT+5"));
        assert_eq!(of_offset(0), Some(TimeZone::UTC));
        assert_eq!(of_offset(19_800), None);
        assert_eq!(of_offset(54_000), None);
    }

    #[test]
    fn all_common_names_are_known() {
        assert_eq!(COMMON.len(), COMMON_NAMES.len());
        assert!(ALL.len() > 300);
    }
}
