//! How long is kept what has had its use.

use std::str::FromStr;

use jiff::{Span, Timestamp};
use serde::{Deserialize, Deserializer};

use super::Period;
use crate::domain::Invalid;
use crate::domain::zone::Zone;

/// Nothing goes that nobody asked to go: an upgrade deletes nothing of an office by itself.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table of options")]
pub struct KeepConfig {
    /// Those that have ended; editions, what they told and their counts stay.
    #[serde(deserialize_with = "at_least::<_, 90>")]
    pub deliveries: Retention,
    /// What came back.
    #[serde(deserialize_with = "at_least::<_, 30>")]
    pub bounces: Retention,
    /// Wishes to subscribe; the record of consent stays.
    #[serde(deserialize_with = "at_least::<_, 7>")]
    pub sign_ups: Retention,
}

/// For so long, or for ever.
#[derive(Debug, Clone, Default)]
pub struct Retention(Option<Period>);

impl Retention {
    /// What is older than this has had its time; none: nothing has.
    pub fn before(&self, now: Timestamp) -> Option<Timestamp> {
        let span = self.0.as_ref()?.span();
        Zone::utc().at(now).checked_sub(span).ok().map(|before| before.timestamp())
    }

    /// Whether it is this many days at least, whichever months it spans.
    fn is_at_least(&self, days: i32) -> bool {
        // The shortest months lie behind this day.
        let Ok(day) = "2027-05-01T00:00:00Z".parse::<Timestamp>() else { return false };
        let floor = Zone::utc().at(day).checked_sub(Span::new().days(days)).map(|floor| floor.timestamp());
        self.before(day).is_none_or(|before| floor.is_ok_and(|floor| before <= floor))
    }
}

impl FromStr for Retention {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text.trim() {
            "never" => Ok(Self(None)),
            text => {
                let period =
                    text.parse().map_err(|Invalid(said)| Invalid(format!("{said}, or \"never\" to clear none")))?;
                Ok(Self(Some(period)))
            }
        }
    }
}

fn at_least<'de, D: Deserializer<'de>, const DAYS: i32>(deserializer: D) -> Result<Retention, D::Error> {
    let text = String::deserialize(deserializer)?;
    let retention: Retention = text.parse().map_err(serde::de::Error::custom)?;
    match retention.is_at_least(DAYS) {
        true => Ok(retention),
        false => Err(serde::de::Error::custom(format!("`{text}` is too short: {}", reason(DAYS)))),
    }
}

/// What needs them for so long.
fn reason(days: i32) -> &'static str {
    match days {
        90 => "keep deliveries for 90d at least, since what comes back and `who got it` need them",
        30 => "keep bounces for 30d at least, since reports of the same mail come in for so long",
        _ => "keep sign-ups for 7d at least, since their links are valid for days",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_as_short_as_they_can_be() {
        for (text, days, expected) in [
            ("90d", 90, true),
            ("89d", 90, false),
            ("2159h", 90, false),
            ("3mo", 90, false),
            ("4mo", 90, true),
            ("1y", 90, true),
            ("never", 90, true),
            ("1mo", 30, true),
            ("4w", 30, false),
        ] {
            assert_eq!(text.parse::<Retention>().unwrap().is_at_least(days), expected, "{text}");
        }
    }
}
