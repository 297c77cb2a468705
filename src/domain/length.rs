//! How long something lasts, where the clock on the wall does not tell it.

use std::fmt;
use std::str::FromStr;

use jiff::civil::DateTime;
use jiff::{SignedDuration, Span, Timestamp};

use super::zone::Zone;
use super::{Invalid, serde_as_text};

/// More days are no event's.
const MOST_DAYS: i32 = 36_600;

/// A length of time: whole days, from a time to the same on another day, and then minutes that pass (RFC 5545 section
/// 3.3.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Length {
    days: i32,
    minutes: i64,
}

impl Length {
    /// None: it is no length, or none that anything has. Seconds are more than anybody's meeting has.
    pub fn new(days: i64, seconds: i64) -> Option<Self> {
        let (days, minutes) = (i32::try_from(days).ok()?, seconds.div_euclid(60));
        let is_length = (0..=MOST_DAYS).contains(&days) && (0..=i64::from(MOST_DAYS) * 1440).contains(&minutes);
        (is_length && (days > 0 || minutes > 0)).then_some(Self { days, minutes })
    }

    /// So long as it is from one instant to another.
    pub fn between(from: Timestamp, to: Timestamp) -> Option<Self> {
        Self::new(0, to.duration_since(from).as_secs())
    }

    /// Whether it has days, which may be longer or shorter than 24 hours.
    pub fn has_days(self) -> bool {
        self.days > 0
    }

    /// The instant at which it is over that begins at a time in a zone.
    pub fn after(self, start: DateTime, zone: &Zone) -> Option<Timestamp> {
        let day = start.checked_add(Span::new().try_days(self.days).ok()?).ok()?;
        zone.instant(day).checked_add(SignedDuration::from_mins(self.minutes)).ok()
    }
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("P")?;
        if self.days > 0 {
            write!(f, "{}D", self.days)?;
        }
        if self.minutes > 0 {
            f.write_str("T")?;
        }
        match (self.minutes / 60, self.minutes % 60) {
            (0, 0) => Ok(()),
            (0, minutes) => write!(f, "{minutes}M"),
            (hours, 0) => write!(f, "{hours}H"),
            (hours, minutes) => write!(f, "{hours}H{minutes}M"),
        }
    }
}

impl FromStr for Length {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        let unreadable = || Invalid(format!("`{text}` is no duration: write PT1H30M, P1D or P1DT2H"));
        let rest = text.to_ascii_uppercase();
        let rest = rest.strip_prefix('P').ok_or_else(unreadable)?;
        let (days, times) = rest.split_once('T').map_or((rest, None), |(days, times)| (days, Some(times)));
        let whole: i64 = match days {
            "" => 0,
            days => days.strip_suffix('D').and_then(number).ok_or_else(unreadable)?,
        };
        let (mut minutes, mut left) = (0, times.unwrap_or_default());
        for (mark, length) in [('H', 60), ('M', 1)] {
            if let Some((given, rest)) = left.split_once(mark) {
                minutes += number(given).ok_or_else(unreadable)? * length;
                left = rest;
            }
        }
        if !left.is_empty() || times == Some("") {
            return Err(unreadable());
        }
        Self::new(whole, minutes * 60).ok_or_else(unreadable)
    }
}

fn number(text: &str) -> Option<i64> {
    ((1..=8).contains(&text.len()) && text.bytes().all(|octet| octet.is_ascii_digit())).then(|| text.parse().ok())?
}

serde_as_text!(Length);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_length_is_written_as_icalendar_writes_it() {
        for (text, written) in
            [("PT60M", "PT1H"), ("pt1h30m", "PT1H30M"), ("P1D", "P1D"), ("P1DT2H", "P1DT2H"), ("PT24H", "PT24H")]
        {
            assert_eq!(text.parse::<Length>().unwrap().to_string(), written);
        }
        for wrong in ["", "P", "PT", "P0D", "PT0M", "1H", "P1H", "PT1H1", "P1DT", "-PT1H", "PT999999999H", "PTé"] {
            assert!(wrong.parse::<Length>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn days_are_counted_on_the_wall_and_hours_as_they_pass() {
        let zone: Zone = "Europe/Berlin".parse().unwrap();
        let start = jiff::civil::date(2027, 10, 30).at(12, 0, 0, 0);
        let after = |text: &str| text.parse::<Length>().unwrap().after(start, &zone).unwrap().to_string();
        assert_eq!((after("P1D"), after("PT24H")), ("2027-10-31T11:00:00Z".into(), "2027-10-31T10:00:00Z".into()));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(days in 0i64..40_000, seconds in 0i64..10_000_000) {
            if let Some(length) = Length::new(days, seconds) {
                prop_assert_eq!(length.to_string().parse::<Length>(), Ok(length));
            }
        }

        #[test]
        fn any_text_is_a_length_or_an_error(text in "\\PC{0,12}|P[0-9TDHM]{0,12}") {
            let _ = text.parse::<Length>();
        }
    }
}
