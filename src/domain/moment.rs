//! A moment as people give it.

use jiff::Timestamp;
use jiff::civil::Time;

use super::Invalid;
use super::when::{Point, YEARS};
use super::zone::Zone;

/// Reads RFC 3339 with an offset, or a local date or time in `zone`; a day begins at midnight.
pub fn moment(text: &str, zone: &Zone) -> Result<Timestamp, Invalid> {
    let moment = match text.trim().parse::<Timestamp>() {
        Ok(instant) => instant,
        Err(_) => match text.parse::<Point>()? {
            Point::Minute(local) => zone.instant(local),
            Point::Day(day) => zone.instant(day.to_datetime(Time::midnight())),
            _ => {
                let said = format!("`{text}` is no moment: write 2020-09-28 08:00 or 2020-09-28T08:00:00+08:00");
                return Err(Invalid(said));
            }
        },
    };
    match YEARS.contains(&zone.at(moment).year()) {
        true => Ok(moment),
        false => Err(Invalid(format!("the year of `{text}` lies outside {} to {}", YEARS.start(), YEARS.end()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_has_an_offset_or_is_local() {
        let zone: Zone = "Asia/Shanghai".parse().unwrap();
        for (text, expected) in [
            ("2020-09-28T08:00:00+08:00", "2020-09-28T00:00:00Z"),
            ("2020-09-28T00:00:00Z", "2020-09-28T00:00:00Z"),
            ("2020-09-28 08:00", "2020-09-28T00:00:00Z"),
            (" 2020-09-28 ", "2020-09-27T16:00:00Z"),
        ] {
            assert_eq!(moment(text, &zone).unwrap().to_string(), expected, "{text}");
        }
        for wrong in ["", "2020", "2020-Q3", "soon", "2020-02-30", "9999-12-30T22:00:00Z", "-009999-01-02T00:00:00Z"] {
            assert!(moment(wrong, &zone).is_err(), "{wrong}");
        }
    }
}
