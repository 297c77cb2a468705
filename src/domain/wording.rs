//! Dates in words, for mails and pages.

use jiff::civil::{Date, DateTime};

use super::when::{Point, When, month_name};

/// `Thursday`.
pub fn weekday(day: Date) -> String {
    day.strftime("%A").to_string()
}

/// `1 October 2020`.
pub fn day(day: Date) -> String {
    day.strftime("%-d %B %Y").to_string()
}

/// `Thursday 1 October 2020`.
pub fn long_day(day: Date) -> String {
    day.strftime("%A %-d %B %Y").to_string()
}

fn clock(at: DateTime) -> String {
    at.strftime("%H:%M").to_string()
}

/// The whole of it, as short as it stays clear: `14–20 September 2020`, `22 June – 3 July 2020`,
/// `16 September 2020, 09:00–17:00 (Asia/Shanghai)`, `Q3 2021`, `March 2020`, `2021`.
pub fn when(when: &When) -> String {
    let Some(end) = when.end() else {
        return match when.start() {
            Point::Minute(at) => format!("{}, {} ({})", day(at.date()), clock(at), when.zone()),
            other => point(other),
        };
    };
    match (when.start(), end) {
        (Point::Minute(a), Point::Minute(b)) if a.date() == b.date() => {
            format!("{}, {}–{} ({})", day(a.date()), clock(a), clock(b), when.zone())
        }
        (Point::Minute(a), Point::Minute(b)) => {
            format!("{}, {} – {}, {} ({})", day(a.date()), clock(a), day(b.date()), clock(b), when.zone())
        }
        (Point::Day(a), Point::Day(b)) if (a.year(), a.month()) == (b.year(), b.month()) => {
            format!("{}–{}", a.day(), day(b))
        }
        (Point::Day(a), Point::Day(b)) if a.year() == b.year() => {
            format!("{} – {}", a.strftime("%-d %B"), day(b))
        }
        (Point::Month(a, m), Point::Month(b, n)) if a == b => {
            format!("{}–{} {a}", month_name(m), month_name(n))
        }
        (Point::Quarter(a, q), Point::Quarter(b, r)) if a == b => format!("Q{q}–Q{r} {a}"),
        (Point::Year(a), Point::Year(b)) => format!("{a}–{b}"),
        (a, b) => format!("{} – {}", point(a), point(b)),
    }
}

/// One end alone: `1 October 2020`, `March 2020`, `Q3 2021`, `2021`.
pub fn point(at: Point) -> String {
    match at {
        Point::Minute(at) => format!("{}, {}", day(at.date()), clock(at)),
        Point::Day(date) => day(date),
        Point::Month(year, month) => format!("{} {year}", month_name(month)),
        Point::Quarter(year, quarter) => format!("Q{quarter} {year}"),
        Point::Year(year) => year.to_string(),
    }
}

/// How far away a day is: `today`, `tomorrow`, `in 3 days`, `yesterday`, `8 days ago`.
pub fn days_away(from: Date, to: Date) -> String {
    let days = (to - from).get_days();
    match days {
        0 => "today".into(),
        1 => "tomorrow".into(),
        -1 => "yesterday".into(),
        2.. => format!("in {days} days"),
        _ => format!("{} days ago", -days),
    }
}

/// `1 event`, `2 events`.
pub fn count(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_read_as_one_would_write_them() {
        for (start, end, words) in [
            ("2020-10-01", None, "1 October 2020"),
            ("2020-09-14", Some("2020-09-20"), "14–20 September 2020"),
            ("2020-06-22", Some("2020-07-03"), "22 June – 3 July 2020"),
            ("2020-12-29", Some("2021-01-02"), "29 December 2020 – 2 January 2021"),
            ("2020-09-16 09:00", None, "16 September 2020, 09:00 (Asia/Shanghai)"),
            ("2020-09-16 09:00", Some("2020-09-16 17:30"), "16 September 2020, 09:00–17:30 (Asia/Shanghai)"),
            ("2020-03", None, "March 2020"),
            ("2020-03", Some("2020-05"), "March–May 2020"),
            ("2021-Q3", None, "Q3 2021"),
            ("2021-Q3", Some("2022-Q1"), "Q3 2021 – Q1 2022"),
            ("2021", Some("2025"), "2021–2025"),
        ] {
            let parsed = When::parse(start, end, "Asia/Shanghai".parse().unwrap()).unwrap();
            assert_eq!(when(&parsed), words);
        }
    }
}
