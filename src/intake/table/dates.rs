//! Dates and times of day as spreadsheets and people write them in tables. What could be two dates is none, unless the
//! other rows say in which order its table writes them.

use jiff::civil::{Date, Time};

use crate::domain::Invalid;
use crate::domain::text::quoted;
use crate::domain::when::{Point, month_name};

/// In which order the dates of a table stand that are written as 03/04/2020.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dates {
    /// The first that can only be one of it, and its line.
    day_first: Option<(u64, String)>,
    month_first: Option<(u64, String)>,
    /// The first that follows the others.
    pub settled: Option<(u64, String)>,
}

impl Dates {
    /// Of the cells that hold dates, with their lines.
    pub fn of<'a>(cells: impl Iterator<Item = (u64, &'a str)>) -> Self {
        let mut dates = Self::default();
        for (line, text) in cells.filter(|(_, text)| text.contains(['/', '-'])) {
            let Some((Written::Numbers(first, second, _), _)) = Cursor(text.trim()).date() else { continue };
            let place = match (first, second) {
                (13..=31, 1..=12) => &mut dates.day_first,
                (1..=12, 13..=31) => &mut dates.month_first,
                (a, b) if a != b => &mut dates.settled,
                _ => continue,
            };
            place.get_or_insert_with(|| (line, text.trim().to_owned()));
        }
        if dates.day_first.is_some() == dates.month_first.is_some() {
            dates.settled = None;
        }
        dates
    }

    /// What is to be told where some dates were read in the order of others.
    pub fn note(&self) -> Option<(u64, String)> {
        let (line, text) = self.settled.as_ref()?;
        let (order, (other_line, other)) = match (&self.day_first, &self.month_first) {
            (Some(other), None) => ("the day", other),
            (None, Some(other)) => ("the month", other),
            _ => return None,
        };
        let said = format!(
            "dates such as `{}` are read with {order} first, since `{}` in line {other_line} can't be read otherwise",
            quoted(text),
            quoted(other)
        );
        Some((*line, said))
    }

    /// A date, perhaps with its time, or a longer period.
    pub fn point(&self, text: &str) -> Result<Point, Invalid> {
        let text = text.trim();
        let strict = match text.parse() {
            Ok(point) => return Ok(point),
            Err(error) => error,
        };
        if text.len() == 5 && text.parse::<u32>().is_ok() {
            let said =
                format!("`{text}` may be a number of days as spreadsheets count them: let its column show dates");
            return Err(Invalid(said));
        }
        let Some((written, rest)) = Cursor(text).date() else { return Err(strict) };
        let point = self.judged(written, text)?;
        let rest = rest.trim_start_matches([' ', ',', 'T', 't', '，', '\u{a0}']);
        match (point, rest) {
            (point, "") => Ok(point),
            (Point::Day(day), rest) => match clock(rest) {
                Some(time) => Ok(Point::Minute(day.to_datetime(time))),
                None => Err(strict),
            },
            _ => Err(strict),
        }
    }

    fn judged(&self, written: Written, text: &str) -> Result<Point, Invalid> {
        let (year, month, day) = match written {
            Written::Day(year, month, day) => (year, month, day),
            Written::Numbers(first, second, year) => {
                let is_day_first = match (first, second) {
                    (13.., _) => true,
                    (_, 13..) => false,
                    (a, b) if a == b => true,
                    _ => match (&self.day_first, &self.month_first) {
                        (Some(_), None) => true,
                        (None, Some(_)) => false,
                        _ => return Err(ambiguous(first, second, year, text)),
                    },
                };
                if is_day_first { (year, second, first) } else { (year, first, second) }
            }
            Written::Month(year, month) => return format!("{year:04}-{month:02}").parse(),
            Written::Quarter(year, quarter) => return format!("{year:04}-Q{quarter}").parse(),
            Written::Year(year) => return format!("{year:04}").parse(),
            Written::ShortYear => {
                return Err(Invalid(format!("`{}` has a year of two digits: write it with four", quoted(text))));
            }
        };
        format!("{year:04}-{month:02}-{day:02}").parse().map_err(|error: Invalid| {
            Invalid(format!("`{}` is not a date: {}", quoted(text), error.0.rsplit(": ").next().unwrap_or_default()))
        })
    }
}

fn ambiguous(first: u16, second: u16, year: u16, text: &str) -> Invalid {
    let named = |day: u16, month: u16| format!("{day} {} {year}", month_name(month as i8));
    let (a, b) = (named(first, second), named(second, first));
    Invalid(format!(
        "`{}` may be {a} or {b}, and the other rows do not say which: write {year:04}-{second:02}-{first:02} or \
         {year:04}-{first:02}-{second:02}",
        quoted(text)
    ))
}

/// A time of the day, or two with a dash between.
pub fn clocks(text: &str) -> Result<(Time, Option<Time>), Invalid> {
    let text = text.trim();
    let unreadable = || Invalid(format!("`{}` is no time of the day: write it as 09:30", quoted(text)));
    let (from, to) = match text.split_once(['-', '–', '—', '~', '～', '至']) {
        Some((from, to)) => (from, Some(to)),
        None => (text, None),
    };
    let from = clock(from.trim()).ok_or_else(unreadable)?;
    let to = to.map(|to| clock(to.trim()).ok_or_else(unreadable)).transpose()?;
    Ok((from, to))
}

/// `9:30`, `09:30:00`, `9:30 PM`, `9 am`, `下午3:30`. Seconds that say something are refused: nobody keeps them.
fn clock(text: &str) -> Option<Time> {
    let mut cursor = Cursor(text);
    let before = ["上午", "下午", "晚上", "中午"].into_iter().find(|word| cursor.eat(word));
    cursor.skip_spaces();
    let (hour, _) = cursor.number()?;
    let mut minute = 0;
    let has_minutes = [":", "：", ".", "点", "时"].into_iter().any(|mark| cursor.eat(mark));
    if has_minutes && let Some((number, width)) = cursor.number() {
        minute = if width == 2 { number } else { return None };
        cursor.eat("分");
        if cursor.eat(":") && cursor.number()? != (0, 2) {
            return None;
        }
        // What spreadsheets put behind seconds.
        if cursor.eat(".") && cursor.number()?.0 != 0 {
            return None;
        }
    } else if text.contains([':', '：', '.']) {
        return None;
    }
    cursor.skip_spaces();
    let word = cursor.word().to_ascii_lowercase();
    let half = match (before, word.trim_end_matches('.'), cursor.0.trim_matches(['.', ' '])) {
        (None, "am", "") => Some(false),
        (None, "pm", "") => Some(true),
        (None, "a", "m") => Some(false),
        (None, "p", "m") => Some(true),
        (Some("上午"), "", "") => Some(false),
        (Some(_), "", "") => Some(true),
        (None, "", "") if has_minutes => None,
        _ => return None,
    };
    let hour = match (half, hour) {
        (None, hour) => hour,
        (Some(false), 12) => 0,
        (Some(true), 12) => 12,
        (Some(is_second), 1..=11) => hour + if is_second { 12 } else { 0 },
        // 下午15:30
        (Some(true), 13..=23) if before.is_some() => hour,
        _ => return None,
    };
    Time::new(i8::try_from(hour).ok()?, i8::try_from(minute).ok()?, 0, 0).ok()
}

/// A date before it is judged: year, month and day are numbers of any size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Written {
    Day(u16, u16, u16),
    /// Two that stand in an order that is not known, and the year.
    Numbers(u16, u16, u16),
    Month(u16, u16),
    Quarter(u16, u16),
    Year(u16),
    ShortYear,
}

/// What is left to read.
#[derive(Clone, Copy)]
struct Cursor<'a>(&'a str);

impl<'a> Cursor<'a> {
    /// The date at the beginning, behind a weekday, and what follows.
    fn date(mut self) -> Option<(Written, &'a str)> {
        let mut behind_weekday = self;
        if is_weekday(behind_weekday.word()) {
            behind_weekday.0 = behind_weekday.0.trim_start_matches(['.', ',', ' ']);
            self = behind_weekday;
        }
        let written = match self.number() {
            Some((number, width)) => self.date_from_number(number, width),
            None => self.date_from_word(),
        }?;
        let rest = self.0;
        // 2020年10月1日（星期四）
        let bracketed = |open: char, close: char| rest.trim_start().strip_prefix(open)?.split_once(close);
        let day = bracketed('(', ')').or_else(|| bracketed('（', '）'));
        match day.filter(|(word, _)| is_weekday(word.trim())) {
            Some((_, rest)) => Some((written, rest)),
            // Digits that go on are of no date.
            None if rest.starts_with(|c: char| c.is_ascii_digit()) => None,
            None => Some((written, rest)),
        }
    }

    fn date_from_number(&mut self, first: u16, width: usize) -> Option<Written> {
        match width {
            4 => self.date_from_year(first),
            1 | 2 => self.date_from_small_number(first),
            _ => None,
        }
    }

    /// `2020/10/1`, `2020年10月1日`, `2020/10`, `2020 Q4`
    fn date_from_year(&mut self, year: u16) -> Option<Written> {
        if self.eat("年") {
            let Some((month, 1..=2)) = self.number() else { return Some(Written::Year(year)) };
            if !self.eat("月") {
                return None;
            }
            let Some((day, 1..=2)) = self.number() else { return Some(Written::Month(year, month)) };
            return (self.eat("日") || self.eat("号")).then_some(Written::Day(year, month, day));
        }
        let mut quarter = *self;
        quarter.skip_spaces();
        if quarter.eat("Q") || quarter.eat("q") {
            *self = quarter;
            return self.number().filter(|(_, width)| *width == 1).map(|(quarter, _)| Written::Quarter(year, quarter));
        }
        let mark = ["/", ".", "-"].into_iter().find(|mark| self.eat(mark))?;
        let (month, 1..=2) = self.number()? else { return None };
        if self.eat(mark) {
            return self.number().filter(|(_, width)| *width <= 2).map(|(day, _)| Written::Day(year, month, day));
        }
        // 2020.1 is what a spreadsheet makes of 2020.10.
        (mark != ".").then_some(Written::Month(year, month))
    }

    /// `01.10.2020`, `03/04/2020`, `1 October 2020`, `10/2020`
    fn date_from_small_number(&mut self, first: u16) -> Option<Written> {
        let after_number = *self;
        for mark in [".", "/", "-"] {
            if !self.eat(mark) {
                continue;
            }
            self.skip_spaces();
            match self.number() {
                Some((year, 4)) if mark == "/" => return Some(Written::Month(year, first)),
                Some((second, 1..=2)) if self.eat(mark) => {
                    self.skip_spaces();
                    return match self.number()? {
                        (year, 4) if mark == "." => Some(Written::Day(year, second, first)),
                        (year, 4) => Some(Written::Numbers(first, second, year)),
                        (_, 2) => Some(Written::ShortYear),
                        _ => None,
                    };
                }
                _ => *self = after_number,
            }
        }
        let _ = ["st", "nd", "rd", "th", "."].into_iter().any(|mark| self.eat(mark));
        self.skip_marks();
        let month = month_named(self.word())?;
        self.skip_marks();
        match self.number()? {
            (year, 4) => Some(Written::Day(year, month, first)),
            (_, 2) => Some(Written::ShortYear),
            _ => None,
        }
    }

    /// `October 1, 2020`, `October 2020`, `Q4 2020`
    fn date_from_word(&mut self) -> Option<Written> {
        if self.eat("Q") || self.eat("q") {
            let (quarter, 1) = self.number()? else { return None };
            self.0 = self.0.trim_start_matches([' ', '/', '-']);
            return self.number().filter(|(_, width)| *width == 4).map(|(year, _)| Written::Quarter(year, quarter));
        }
        let month = month_named(self.word())?;
        self.skip_marks();
        match self.number()? {
            (year, 4) => Some(Written::Month(year, month)),
            (day, 1..=2) => {
                let _ = ["st", "nd", "rd", "th"].into_iter().any(|mark| self.eat(mark));
                let before = self.0;
                self.skip_marks();
                // October 20
                match self.number().filter(|_| before.len() != self.0.len())? {
                    (year, 4) => Some(Written::Day(year, month, day)),
                    (_, 2) => Some(Written::ShortYear),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// A number and how many digits it has; at most four, as no part of a date has more.
    fn number(&mut self) -> Option<(u16, usize)> {
        let width = self.0.bytes().take_while(u8::is_ascii_digit).count();
        let number = self.0.get(..width).filter(|_| (1..=4).contains(&width))?.parse().ok()?;
        self.0 = &self.0[width..];
        Some((number, width))
    }

    fn word(&mut self) -> &'a str {
        let end = self.0.find(|c: char| !c.is_alphabetic()).unwrap_or(self.0.len());
        let (word, rest) = self.0.split_at(end);
        self.0 = rest;
        word
    }

    fn eat(&mut self, mark: &str) -> bool {
        let rest = self.0.strip_prefix(mark);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }

    fn skip_spaces(&mut self) {
        self.0 = self.0.trim_start();
    }

    fn skip_marks(&mut self) {
        self.0 = self.0.trim_start_matches([' ', '.', ',', '-', '/', '\u{a0}']);
    }
}

/// By its name or the first three letters or more of it.
fn month_named(word: &str) -> Option<u16> {
    let word = word.to_lowercase();
    let is_it = |month: &u16| month_name(*month as i8).to_lowercase().starts_with(&word);
    // Sept. is usual.
    (word.len() >= 3).then(|| (1..=12).find(is_it)).flatten()
}

fn is_weekday(word: &str) -> bool {
    const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let lower = word.to_lowercase();
    let is_chinese = ["星期", "周"].iter().any(|start| {
        word.strip_prefix(start).is_some_and(|day| ["一", "二", "三", "四", "五", "六", "日", "天"].contains(&day))
    });
    is_chinese || (lower.len() >= 3 && DAYS.iter().any(|day| day.starts_with(&lower)))
}

/// A day that a cell says with a time that all of its column has at midnight.
pub fn midnight(day: Date, is_day: bool) -> String {
    if is_day { day.to_string() } else { format!("{day}T00:00") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn dates_are_read_as_spreadsheets_and_people_write_them() {
        for (given, point) in [
            ("2020-10-01", "2020-10-01"),
            ("2020-10-01 09:30", "2020-10-01T09:30"),
            ("2020/10/1", "2020-10-01"),
            ("2020/10/1 9:30", "2020-10-01T09:30"),
            ("2020.10.01", "2020-10-01"),
            ("2020-1-5", "2020-01-05"),
            ("01.10.2020", "2020-10-01"),
            ("1.10.2020 9:30", "2020-10-01T09:30"),
            ("1. 10. 2020", "2020-10-01"),
            ("25/04/2020", "2020-04-25"),
            ("04/25/2020", "2020-04-25"),
            ("5/5/2020", "2020-05-05"),
            ("04/25/2020 9:30:00 PM", "2020-04-25T21:30"),
            ("1 October 2020", "2020-10-01"),
            ("1st October, 2020", "2020-10-01"),
            ("01-Oct-2020", "2020-10-01"),
            ("Thursday, 1 October 2020", "2020-10-01"),
            ("Thu 1 Oct 2020, 9:30", "2020-10-01T09:30"),
            ("October 1, 2020", "2020-10-01"),
            ("Oct 1st 2020", "2020-10-01"),
            ("Sept. 7, 2020", "2020-09-07"),
            ("October 2020", "2020-10"),
            ("10/2020", "2020-10"),
            ("2020/10", "2020-10"),
            ("Q4 2020", "2020-Q4"),
            ("2020 Q4", "2020-Q4"),
            ("2020年10月1日", "2020-10-01"),
            ("2020年10月1日（星期四）上午9:30", "2020-10-01T09:30"),
            ("2020年10月", "2020-10"),
            ("2020年", "2020"),
            ("2021", "2021"),
        ] {
            assert_eq!(Dates::default().point(given).map(|point| point.to_string()), Ok(point.to_owned()), "{given}");
        }
    }

    #[test]
    fn what_is_no_date_or_may_be_two_is_refused_with_what_would_be_right() {
        for (given, part) in [
            ("03/04/2020", "may be 3 April 2020 or 4 March 2020"),
            ("03-04-2020", "write 2020-04-03 or 2020-03-04"),
            ("03/04/20", "two digits"),
            ("1 Oct 20", "two digits"),
            ("30.02.2020", "February 2020 has 29 days"),
            ("31/02/2020", "February 2020 has 29 days"),
            ("13/13/2020", "months run from 01 to 12"),
            ("October 20", "is not a date"),
            ("2020.1", "is not a date"),
            ("soon", "is not a date"),
            ("2020-10-01 noon", "no readable time"),
            ("2020/10/1 25:00", "is not a date"),
            ("2020/10/011", "is not a date"),
            ("1 Mo 2020", "is not a date"),
            ("Monday", "is not a date"),
            ("44105", "days as spreadsheets count them"),
        ] {
            let error = Dates::default().point(given).unwrap_err().to_string();
            assert!(error.contains(part), "{given}: {error}");
        }
    }

    #[test]
    fn the_other_rows_settle_in_which_order_dates_stand_unless_they_contradict_each_other() {
        let of = |cells: &[&'static str]| Dates::of(cells.iter().enumerate().map(|(n, cell)| (n as u64 + 2, *cell)));
        let point = |dates: &Dates| dates.point("03/04/2020").map(|point| point.to_string());
        let day_first = of(&["03/04/2020", "25/04/2020"]);
        assert_eq!(point(&day_first), Ok("2020-04-03".into()));
        let note = day_first.note().unwrap();
        assert_eq!((note.0, note.1.contains("the day first"), note.1.contains("line 3")), (2, true, true), "{note:?}");
        assert_eq!(point(&of(&["03/04/2020", "04/25/2020 9:00 AM"])), Ok("2020-03-04".into()));
        for cells in [&["03/04/2020", "25/04/2020", "04/25/2020"][..], &["03/04/2020"], &["2020-04-25", "05/05/2020"]] {
            assert!(point(&of(cells)).is_err(), "{cells:?}");
            assert_eq!(of(cells).note(), None);
        }
        assert_eq!(of(&["25/04/2020"]).note(), None);
    }

    #[test]
    fn times_of_day_are_read_as_clocks_show_them() {
        for (given, from, to) in [
            ("9:30", "09:30", None),
            ("09:30:00", "09:30", None),
            ("12:00:00 AM", "00:00", None),
            ("12:30 p.m.", "12:30", None),
            ("9 pm", "21:00", None),
            ("9.30", "09:30", None),
            ("下午3:30", "15:30", None),
            ("9点30分", "09:30", None),
            ("14时", "14:00", None),
            ("09:00–17:30", "09:00", Some("17:30")),
            ("9:00 AM - 5:30 PM", "09:00", Some("17:30")),
        ] {
            let text = |time: Time| time.strftime("%H:%M").to_string();
            let (found, end) = clocks(given).unwrap();
            assert_eq!((text(found), end.map(text)), (from.to_owned(), to.map(str::to_owned)), "{given}");
        }
        for wrong in ["", "9", "soon", "25:00", "9:5", "9:30:15", "13:00 PM", "9:00-", "9:00 uhr", "9:"] {
            assert!(clocks(wrong).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_date_a_time_or_an_error(text in "\\PC{0,20}|[0-9]{1,4}[/.\\-年 ][0-9A-Za-z]{1,4}[/.\\-月 ,][0-9]{0,4}[ 0-9:]{0,6}") {
            let dates = Dates::of([(2, text.as_str())].into_iter());
            let _ = (dates.point(&text), clocks(&text), dates.note());
        }

        #[test]
        fn every_day_is_read_in_every_form(year in 1000i16..3000, month in 1i8..=12, day in 1i8..=28) {
            let date = jiff::civil::date(year, month, day);
            let name = month_name(month);
            for form in [
                format!("{year:04}/{month}/{day}"), format!("{day}.{month}.{year:04}"), format!("{day} {name} {year:04}"),
                format!("{}-{}-{year:04}", day, &name[..3]), format!("{name} {day}, {year:04}"), format!("{year:04}年{month}月{day}日"),
            ] {
                prop_assert_eq!(Dates::default().point(&form), Ok(Point::Day(date)), "{}", form);
            }
        }
    }
}
