//! Dates as they are typed: also in words, which are told back as they were understood.

use std::cell::RefCell;
use std::io::Write;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};

use super::Failure;
use super::output::{may_ask, note};
use super::question;
use crate::domain::spoken::{self, Reading, Span};
use crate::domain::when::{Point, When, month_name};
use crate::domain::zone::Zone;
use crate::domain::{FieldError, Invalid};

/// What dates in words are meant by, and what was understood.
pub struct Saying {
    now: DateTime,
    zone: Zone,
    understood: RefCell<Vec<Span>>,
}

impl Saying {
    pub fn new(now: Timestamp, zone: &Zone) -> Self {
        let (now, zone) = (zone.at(now).datetime(), zone.clone());
        Self { now, zone, understood: RefCell::default() }
    }

    pub fn today(&self) -> Date {
        self.now.date()
    }

    pub fn now(&self) -> DateTime {
        self.now
    }

    /// When something is, or goes on: what can be read in two ways is asked, where somebody can answer. A time alone is today's,
    /// and refused where that is past.
    pub fn event_span(&self, field: &'static str, said: &str) -> Result<Span, Failure> {
        let wrong = FieldError::of(field);
        let reading = spoken::read(said, self.now).map_err(&wrong)?;
        reading.refuse_past(said, self.now).map_err(wrong)?;
        self.understood(field, said, &reading)
    }

    /// From one to another: what one leaves out in words, the other says.
    pub fn both_ends(&self, from: &str, to: &str) -> Result<Span, Failure> {
        let (reading, said) = (spoken::from_to(from, to, self.now)?, format!("{from} to {to}"));
        reading.refuse_past(&said, self.now).map_err(FieldError::of("end"))?;
        self.understood("end", &said, &reading)
    }

    /// The same of one date, not of a range.
    pub fn event_point(&self, field: &'static str, said: &str) -> Result<Point, Failure> {
        match self.event_span(field, said)? {
            Span { start, end: None } => Ok(start),
            _ => Err(FieldError::of(field)(Invalid(format!("`{said}` is more than one date: say one"))).into()),
        }
    }

    /// One day or moment as it is written: what was said in words is told back, and the rest is as it was, right or wrong.
    pub fn written(&self, field: &'static str, said: &str) -> Result<String, Failure> {
        let is_written = said.trim().parse::<Point>().is_ok() || said.trim().parse::<Timestamp>().is_ok();
        if is_written || spoken::read(said, self.now).is_err() {
            return Ok(said.to_owned());
        }
        let point = self.event_point(field, said)?;
        self.tell();
        Ok(point.to_string())
    }

    /// From when on a list is asked for, and until when: of a range its start and its end.
    pub fn window(&self, from: Option<&str>, to: Option<&str>) -> Result<(Option<String>, Option<String>), Failure> {
        let span = |field, said: Option<&str>| said.map(|said| self.asked(field, said)).transpose();
        let (from, to) = (span("from", from)?, span("to", to)?);
        let last = |span: Span| span.end.unwrap_or(span.start).to_string();
        Ok((from.map(|span| span.start.to_string()), to.map(last)))
    }

    fn asked(&self, field: &'static str, said: &str) -> Result<Span, Failure> {
        let reading = spoken::read(said, self.now).map_err(FieldError::of(field))?;
        self.understood(field, said, &reading)
    }

    /// The one meaning; of several the one that is chosen.
    fn understood(&self, field: &'static str, said: &str, reading: &Reading) -> Result<Span, Failure> {
        let span = match reading.spans.as_slice() {
            [_, _, ..] if may_ask() => choose(said, &reading.spans)?,
            _ => reading.only(said).map_err(FieldError::of(field))?,
        };
        if reading.in_words {
            self.understood.borrow_mut().push(span);
        }
        Ok(span)
    }

    /// Tells what was understood of words.
    pub fn tell(&self) {
        for span in self.understood.take() {
            note(&in_words(span, &self.zone));
        }
    }
}

/// Asks which of several dates is meant.
fn choose(said: &str, spans: &[Span]) -> Result<Span, Failure> {
    let mut err = std::io::stderr().lock();
    writeln!(err, "`{}` can be read in {} ways:", said.trim(), spans.len())?;
    for (number, span) in spans.iter().enumerate() {
        writeln!(err, "  {}  {}", number + 1, dates_in_words(*span))?;
    }
    drop(err);
    let answer = question::line(&format!("Which one? [1-{}] ", spans.len()), "nothing was done")?.unwrap_or_default();
    let chosen = answer.parse::<usize>().ok().and_then(|number| spans.get(number.checked_sub(1)?));
    chosen.copied().ok_or_else(|| Failure::failed("not done"))
}

/// `Tuesday 1 December 2026, 09:00 Asia/Shanghai`.
pub fn in_words(span: Span, zone: &Zone) -> String {
    match span.start {
        Point::Minute(_) => format!("{} {zone}", dates_in_words(span)),
        _ => dates_in_words(span),
    }
}

/// The same of when an event is.
pub fn when_in_words(when: &When) -> String {
    in_words(Span { start: when.start(), end: when.end() }, when.zone())
}

fn dates_in_words(Span { start, end }: Span) -> String {
    match (start, end) {
        (start, None) => point(start),
        (Point::Minute(from), Some(Point::Minute(to))) if from.date() == to.date() => {
            format!("{}–{}", point(start), to.strftime("%H:%M"))
        }
        (start, Some(end)) => format!("{} – {}", point(start), point(end)),
    }
}

fn point(point: Point) -> String {
    let day = |day: Date| day.strftime("%A %-d %B %Y").to_string();
    match point {
        Point::Minute(at) => format!("{}, {}", day(at.date()), at.strftime("%H:%M")),
        Point::Day(date) => day(date),
        Point::Month(year, month) => format!("{} {year}", month_name(month)),
        Point::Quarter(year, quarter) => format!("Q{quarter} {year}"),
        Point::Year(year) => year.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_understood_is_told_with_weekday_and_year() {
        let zone: Zone = "Asia/Shanghai".parse().unwrap();
        let saying = Saying::new("2026-11-30T02:00:00Z".parse().unwrap(), &zone);
        for (said, told) in [
            ("tomorrow 9:00", "Tuesday 1 December 2026, 09:00 Asia/Shanghai"),
            ("22 June - 3 July", "Tuesday 22 June 2027 – Saturday 3 July 2027"),
            ("1.12.2026 9:00-12:00", "Tuesday 1 December 2026, 09:00–12:00 Asia/Shanghai"),
            ("next quarter", "Q1 2027"),
            ("next month", "December 2026"),
        ] {
            assert_eq!(in_words(saying.event_span("start", said).unwrap(), &zone), told, "{said}");
        }
        let error = saying.event_span("start", "9:00").unwrap_err().to_string();
        assert_eq!(error, "`9:00` alone is today, and that is past: say the day, as in `tomorrow 9:00`");
        assert!(saying.event_span("start", "11:00").is_ok());
        assert!(saying.event_point("start", "next week").unwrap_err().to_string().contains("more than one date"));
    }
}
