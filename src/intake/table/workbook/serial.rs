//! The days that spreadsheets count (ECMA-376 part 1, section 18.17.4).

use jiff::civil::{Date, DateTime, date};
use jiff::{SignedDuration, Span};

use super::Told;

const SECONDS_OF_A_DAY: f64 = 86_400.0;

/// Days since the last day of 1899, where Excel has a 29 February 1900; or since the first of 1904.
fn day(serial: i32, is_1904: bool) -> Option<Date> {
    let epoch = match (is_1904, serial) {
        (true, _) => date(1904, 1, 1),
        (false, 60) => return None,
        (false, ..60) => date(1899, 12, 31),
        (false, _) => date(1899, 12, 30),
    };
    epoch.checked_add(Span::new().try_days(serial).ok()?).ok()
}

/// A cell that shows a date, or with `shows_time` a time too. What is no date that a calendar has stays a number.
pub fn told(value: f64, is_1904: bool, shows_time: bool) -> Told {
    // Times are kept as parts of a day, and so not exactly.
    let seconds = (value * SECONDS_OF_A_DAY).round();
    let within = |seconds: f64| (0.0..2_958_466.0 * SECONDS_OF_A_DAY).contains(&seconds);
    let Some(seconds) = Some(seconds).filter(|seconds| within(*seconds)).map(|seconds| seconds as i64) else {
        return Told::Text(number(value));
    };
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    let time = |at: DateTime| at.checked_add(SignedDuration::from_secs(rest)).ok();
    // A time of the day by itself.
    if days == 0 && (rest > 0 || shows_time) {
        let at = time(date(2000, 1, 1).at(0, 0, 0, 0));
        return Told::Text(at.map(|at| at.strftime("%H:%M:%S").to_string()).unwrap_or_default());
    }
    match day(days as i32, is_1904) {
        None => Told::Text(number(value)),
        Some(day) if rest == 0 && shows_time => Told::Midnight(day),
        Some(day) if rest == 0 => Told::Text(day.to_string()),
        Some(day) => {
            let at = time(day.at(0, 0, 0, 0));
            Told::Text(at.map(|at| at.strftime("%Y-%m-%dT%H:%M:%S").to_string()).unwrap_or_default())
        }
    }
}

/// A number as a cell shows it: a year is `2021`, and not `2021.0`.
pub fn number(value: f64) -> String {
    format!("{value}")
}

/// Whether a format of numbers shows hours (section 18.8.31): what stands in quotes, brackets or behind a backslash is
/// text.
pub fn shows_time(format: &str) -> bool {
    let mut chars = format.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => {
                chars.by_ref().find(|c| *c == '"');
            }
            '\\' | '_' | '*' => {
                chars.next();
            }
            '[' => {
                // [h]:mm counts hours; [$-409] is a language.
                let inside: String = chars.by_ref().take_while(|c| *c != ']').collect();
                if inside.chars().all(|c| matches!(c, 'h' | 'H')) && !inside.is_empty() {
                    return true;
                }
            }
            'h' | 'H' => return true,
            ';' => return false,
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(value: f64, is_1904: bool, shows_time: bool) -> String {
        match told(value, is_1904, shows_time) {
            Told::Text(text) => text,
            Told::Midnight(day) => format!("{day} at midnight"),
            Told::Error(_) => unreachable!(),
        }
    }

    #[test]
    fn days_are_counted_as_excel_counts_them() {
        for (value, is_1904, shows_time, told) in [
            (44105.0, false, false, "2020-10-01"),
            (44105.0, false, true, "2020-10-01 at midnight"),
            (44105.395833333336, false, true, "2020-10-01T09:30:00"),
            (44105.39583333332, false, true, "2020-10-01T09:30:00"),
            (42643.0, true, false, "2020-10-01"),
            (0.375, false, true, "09:00:00"),
            (0.999999999, false, true, "1900-01-01 at midnight"),
            (0.0, false, true, "00:00:00"),
            (1.0, false, false, "1900-01-01"),
            (59.0, false, false, "1900-02-28"),
            (60.0, false, false, "60"),
            (61.0, false, false, "1900-03-01"),
            (0.0, true, false, "1904-01-01"),
            (-1.0, false, false, "-1"),
            (1e300, false, false, &number(1e300)),
            (f64::NAN, false, true, "NaN"),
        ] {
            assert_eq!(text(value, is_1904, shows_time), told, "{value}");
        }
        assert_eq!((number(2021.0), number(3.5)), ("2021".into(), "3.5".into()));
    }

    #[test]
    fn a_format_shows_hours_where_it_has_them_and_not_in_its_words() {
        for (format, shows) in [
            ("yyyy-mm-dd h:mm:ss", true),
            ("[h]:mm", true),
            ("dd/mm/yyyy", false),
            ("[$-409]d mmm yyyy", false),
            ("\"hour \"0", false),
            ("d\\hmm", false),
            ("yyyy;h", false),
            ("General", false),
        ] {
            assert_eq!(shows_time(format), shows, "{format}");
        }
    }

    proptest! {
        #[test]
        fn any_number_is_told(value in any::<f64>(), is_1904 in any::<bool>(), shows_time in any::<bool>()) {
            let _ = told(value, is_1904, shows_time);
        }
    }
}
