//! The day of a date and time as feeds write it.

use jiff::civil::Date;

/// RFC 3339 or RFC 5322 (section 3.3), and what is like one of them: `2026-12-05T09:00:00Z`, `2026/12/5`,
/// `Sat, 05 Dec 2026 09:00:00 GMT`, `5-Dec-26`. On the clock that it was written by.
pub fn read(text: &str) -> Option<Date> {
    let words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | '-' | '/' | '.' | 'T' | '年' | '月' | '日'))
        .filter(|word| !word.is_empty())
        .take(5)
        .collect();
    let number = |at: usize| words.get(at)?.parse::<i16>().ok();
    match number(0) {
        Some(year @ 1000..) => Date::new(year, i8::try_from(number(1)?).ok()?, i8::try_from(number(2)?).ok()?).ok(),
        _ => {
            let at = words.iter().position(|word| month(word).is_some())?;
            let (month, before, after) = (month(words[at])?, at.checked_sub(1).and_then(number), number(at + 1)?);
            // `5 Dec 2026`, `Dec 5 2026`
            let (day, year) = before.map(|day| (day, after)).or_else(|| Some((after, number(at + 2)?)))?;
            let year = match year {
                0..70 => year + 2000,
                70..100 => year + 1900,
                year => year,
            };
            Date::new(year, month, i8::try_from(day).ok()?).ok()
        }
    }
}

fn month(word: &str) -> Option<i8> {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let start = word.get(..3)?.to_ascii_lowercase();
    MONTHS.iter().position(|name| *name == start).and_then(|at| i8::try_from(at + 1).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_in_the_ways_that_feeds_write_them() {
        for (text, day) in [
            ("Sat, 05 Dec 2026 09:00:00 GMT", "2026-12-05"),
            ("Sat, 05 Dec 2026 23:30:00 -0500", "2026-12-05"),
            ("5 Dec 26 09:00 EST", "2026-12-05"),
            ("Dec 5, 2026", "2026-12-05"),
            ("Saturday, December 5, 2026 9:00", "2026-12-05"),
            ("2026-12-05T09:00:00+08:00", "2026-12-05"),
            ("2026-12-05", "2026-12-05"),
            ("2026/12/5 9:00", "2026-12-05"),
            ("2026年12月5日", "2026-12-05"),
            ("31 Nov 2026", ""),
            ("soon", ""),
            ("May", ""),
            ("", ""),
        ] {
            assert_eq!(read(text).map(|day| day.to_string()).unwrap_or_default(), day, "{text}");
        }
    }
}
